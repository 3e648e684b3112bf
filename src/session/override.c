/* --set and --mirror: the strongest layer. */
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "mirrorwise/tool.h"
#include "parts.h"

/* ---- names of settings -------------------------------------------------------------------- */

static char *tool_names(void)
{
    struct mw_strings names = {0};
    size_t count = mw_tool_count();
    for (size_t i = 0; i < count; i++)
        mw_strings_add(&names, mw_tool_id(i));
    char *text = mw_strings_join(&names, ", ");
    mw_strings_release(&names);
    return text;
}

/* "go.GOPROXY", "pip.global.index-url", ...: of one tool, or of all if it is NULL. */
static void setting_names(const struct mw_tool *only, struct mw_strings *names)
{
    size_t count = mw_tool_count();
    for (size_t i = 0; i < count; i++) {
        struct mw_strings keys = {0};
        const struct mw_tool *tool = mw_tool_at(i);
        if (tool != NULL && (only == NULL || only == tool))
            mw_tool_key_names(tool, &keys);
        for (size_t k = 0; k < keys.count; k++)
            mw_strings_take(names, mw_xasprintf("%s.%s", mw_tool_id(i), keys.items[k]));
        mw_strings_release(&keys);
    }
}

static void hint_settings(const struct mw_tool *tool, const char *name, struct mw_error *err)
{
    struct mw_strings names = {0};
    setting_names(tool, &names);
    char *closest = mw_text_closest(name, (const char *const *)names.items, names.count);
    if (closest != NULL) {
        mw_error_hint(err, _("Did you mean %s?"), closest);
    } else if (tool == NULL) {
        mw_error_hint(err, _("For example go.GOPROXY; --list tools shows them all."));
    } else {
        char *allowed = mw_strings_join(&names, ", ");
        mw_error_hint(err, _("Allowed are %s."), allowed);
        free(allowed);
    }
    free(closest);
    mw_strings_release(&names);
}

static enum mw_code parse_name(const char *where, const char *name, const struct mw_tool **tool,
                               char **key, struct mw_error *err)
{
    const char *dot = strchr(name, '.');
    if (dot == NULL || dot == name || dot[1] == '\0') {
        enum mw_code code = mw_fail(err, MW_USAGE, 0, "options",
                                    _("%s: '%s' is not of the form TOOL.KEY"), where, name);
        hint_settings(mw_tool_find(name), name, err);
        return code;
    }

    char *id = mw_xstrndup(name, (size_t)(dot - name));
    const struct mw_tool *found = mw_tool_find(id);
    char *canonical = found == NULL ? NULL : mw_tool_canonical(found, dot + 1);
    enum mw_code code = MW_OK;
    if (found == NULL) {
        char *tools = tool_names();
        code = mw_fail(err, MW_USAGE, 0, "options", _("%s: '%s' is not a tool; the tools are %s"),
                       where, id, tools);
        hint_settings(NULL, name, err);
        free(tools);
    } else if (canonical == NULL) {
        code = mw_fail(err, MW_USAGE, 0, "options", _("%s: %s has no setting '%s'"), where, id,
                       dot + 1);
        hint_settings(found, name, err);
    } else {
        *tool = found;
        *key = canonical;
    }
    free(id);
    return code;
}

enum mw_code mw_setting_name_parse(const char *where, const char *text, size_t len,
                                   const struct mw_tool **tool, char **key, struct mw_error *err)
{
    char *name = mw_xstrndup(text, len);
    enum mw_code code = parse_name(where, name, tool, key, err);
    free(name);
    return code;
}

/* ---- --set -------------------------------------------------------------------------------- */

static void set_wish(struct mw_session *session, const char *tool, const char *key,
                     const char *text, bool is_secret, const char *option)
{
    struct mw_origin from = {.layer = MW_LAYER_COMMAND_LINE, .file = mw_xstrdup(option)};
    mw_wishes_set(&session->profile.wishes, tool, key, text, is_secret, &from);
    mw_origin_release(&from);
}

static enum mw_code apply_set(struct mw_session *session, const char *set, struct mw_error *err)
{
    const char *equals = strchr(set, '=');
    if (equals == NULL) {
        enum mw_code code = mw_fail(err, MW_USAGE, 0, "options",
                                    _("--set: '%s' is not of the form TOOL.KEY=VALUE"), set);
        mw_error_hint(err, _("For example: --set go.GOPRIVATE=git.example.com"));
        return code;
    }

    const struct mw_tool *tool = NULL;
    char *key = NULL;
    enum mw_code code =
        mw_setting_name_parse("--set", set, (size_t)(equals - set), &tool, &key, err);
    if (code != MW_OK)
        return code;

    struct mw_profile_host host;
    session_profile_host(session, &host);
    char *text = NULL;
    bool is_secret = false;
    code = mw_profile_expand(&host, "--set", session->sys.cwd, equals + 1, &text, &is_secret, err);
    if (code == MW_OK)
        set_wish(session, tool->id, key, text, is_secret, "--set");
    free(text);
    free(key);
    return code;
}

/* ---- --mirror ----------------------------------------------------------------------------- */

const char *session_forced_mirror(const struct mw_session *session, const char *tool)
{
    size_t len = strlen(tool);
    const struct mw_strings *mirrors = &session->options.mirrors;
    for (size_t i = mirrors->count; i > 0; i--) {
        const char *text = mirrors->items[i - 1];
        if (strncmp(text, tool, len) == 0 && text[len] == '=')
            return text + len + 1;
    }
    return NULL;
}

static bool is_unknown_id(const struct mw_session *session, const char *tool, const char *text)
{
    text += *text == '@';
    return strstr(text, "://") == NULL && mw_catalog_find(&session->catalog, tool, text) == NULL;
}

/* The wish keeps its words, because `direct` and the separators stay; choosing puts the forced
 * mirror in. A profile that does not name the key gets the tool's plain form. */
static enum mw_code apply_mirror(struct mw_session *session, const char *mirror,
                                 struct mw_error *err)
{
    const char *equals = strchr(mirror, '=');
    char *id = mw_xstrndup(mirror, equals == NULL ? strlen(mirror) : (size_t)(equals - mirror));
    const struct mw_tool *tool = mw_tool_find(id);
    enum mw_code code = MW_OK;
    if (equals == NULL || equals[1] == '\0') {
        code = mw_fail(err, MW_USAGE, 0, "options",
                       _("--mirror: '%s' is not of the form TOOL=ID or TOOL=URL"), mirror);
        mw_error_hint(err, _("For example: --mirror pip=tuna; --list mirrors shows the ids."));
    } else if (tool == NULL) {
        char *tools = tool_names();
        code = mw_fail(err, MW_USAGE, 0, "options",
                       _("--mirror: '%s' is not a tool; the tools are %s"), id, tools);
        free(tools);
    } else if (is_unknown_id(session, tool->id, equals + 1)) {
        /* Before anything is measured for the other tools. */
        code = session_refuse_mirror(&session->catalog, tool->id, equals + 1 + (equals[1] == '@'),
                                     NULL, err);
    } else {
        const struct mw_wish *wish =
            mw_wishes_find(&session->profile.wishes, tool->id, tool->mirror_key);
        const struct mw_tool_key *row = mw_tool_key(tool, tool->mirror_key);
        bool is_chain = row != NULL && row->shape == MW_SHAPE_CHAIN;
        bool has_words = wish != NULL && wish->text[0] != '\0';
        char *text = mw_xstrdup(has_words ? wish->text : is_chain ? "@fastest,direct" : "@fastest");
        set_wish(session, tool->id, tool->mirror_key, text, has_words && wish->is_secret,
                 "--mirror");
        free(text);
    }
    free(id);
    return code;
}

enum mw_code session_override(struct mw_session *session, struct mw_error *err)
{
    const struct mw_session_options *options = &session->options;
    enum mw_code code = MW_OK;
    for (size_t i = 0; code == MW_OK && i < options->sets.count; i++)
        code = apply_set(session, options->sets.items[i], err);
    for (size_t i = 0; code == MW_OK && i < options->mirrors.count; i++)
        code = apply_mirror(session, options->mirrors.items[i], err);
    return code;
}
