/* --set and --mirror: the strongest layer. */
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/secret.h"
#include "parts.h"

/* ---- names of settings -------------------------------------------------------------------- */

void session_tool_ids(struct mw_strings *ids)
{
    for (size_t i = 0; i < mw_tool_count(); i++)
        mw_strings_add(ids, mw_tool_id(i));
}

static enum mw_code refuse_tool(const char *where, const char *id, struct mw_error *err)
{
    MW_AUTO(mw_strings) ids = {0};
    session_tool_ids(&ids);
    MW_FREE char *tools = mw_strings_join(&ids, ", ");
    return mw_misuse(err, _("%s: '%s' is not a tool; the tools are %s"), where, id, tools);
}

/* "go.GOPROXY", "pip.global.index-url", ...: of one tool, or of all if it is NULL. */
static void setting_names(const struct mw_tool *only, struct mw_strings *names)
{
    size_t count = mw_tool_count();
    for (size_t i = 0; i < count; i++) {
        MW_AUTO(mw_strings) keys = {0};
        const struct mw_tool *tool = mw_tool_at(i);
        if (tool != NULL && (only == NULL || only == tool))
            mw_tool_key_names(tool, &keys);
        for (size_t k = 0; k < keys.count; k++)
            mw_strings_take(names, mw_xasprintf("%s.%s", mw_tool_id(i), keys.items[k]));
    }
}

static void hint_settings(const struct mw_tool *tool, const char *name, struct mw_error *err)
{
    MW_AUTO(mw_strings) names = {0};
    setting_names(tool, &names);
    const char *closest = mw_text_closest(name, &names);
    if (closest != NULL) {
        mw_error_hint(err, _("Did you mean %s?"), closest);
    } else if (tool == NULL) {
        mw_error_hint(err, _("For example %s; --list tools shows them all."),
                      names.count > 0 ? names.items[0] : "-");
    } else {
        MW_FREE char *allowed = mw_strings_join(&names, ", ");
        mw_error_hint(err, _("Allowed are %s."), allowed);
    }
}

enum mw_code mw_setting_name_parse(const char *where, const char *text, size_t len,
                                   const struct mw_tool **tool, char **key, struct mw_error *err)
{
    MW_FREE char *name = mw_xstrndup(text, len);
    const char *dot = strchr(name, '.');
    if (dot == NULL || dot == name || dot[1] == '\0') {
        enum mw_code code = mw_misuse(err, _("%s: '%s' is not of the form TOOL.KEY"), where, name);
        hint_settings(mw_tool_find(name), name, err);
        return code;
    }

    MW_FREE char *id = mw_xstrndup(name, (size_t)(dot - name));
    const struct mw_tool *found = NULL;
    enum mw_code code = mw_tool_need(id, &found, err);
    char *canonical = found == NULL ? NULL : mw_tool_canonical(found, dot + 1);
    if (found != NULL && canonical == NULL)
        canonical = session_mirror_key(found, dot + 1);
    if (code == MW_USAGE) {
        code = refuse_tool(where, id, err);
        hint_settings(NULL, name, err);
    } else if (code == MW_OK && canonical == NULL) {
        code = mw_misuse(err, _("%s: %s has no setting '%s'"), where, id, dot + 1);
        hint_settings(found, name, err);
    } else if (code == MW_OK) {
        *tool = found;
        *key = canonical;
    }
    return code;
}

/* ---- --set -------------------------------------------------------------------------------- */

/* `option` says so; NULL: --mirror, or who speaks in its place. */
static void set_wish(struct mw_session *session, const char *tool, const char *key,
                     const char *text, bool is_secret, const char *option)
{
    const char *by = session->options.mirrors_by;
    option = option != NULL ? option : by != NULL ? by : "--mirror";
    MW_AUTO(mw_origin) from = {.layer = MW_LAYER_COMMAND_LINE, .file = mw_xstrdup(option)};
    MW_FREE char *words =
        mw_secret_mask_words(text); /* --fix sets again what a profile had expanded */
    bool holds = is_secret || strcmp(words, text) != 0;
    mw_wishes_set(&session->profile.wishes, tool, key, text, holds, &from);
}

static void hint_set(struct mw_error *err)
{
    MW_AUTO(mw_strings) names = {0};
    setting_names(NULL, &names);
    if (names.count > 0)
        mw_error_hint(err, _("For example: --set %s=VALUE"), names.items[0]);
}

/* TOOL.KEY += ITEM, or -=, as in a profile. */
static enum mw_code edit_wish(struct mw_session *session, const struct mw_tool *tool,
                              const char *key, const char *item, bool removes, bool is_secret,
                              struct mw_error *err)
{
    MW_AUTO(mw_origin) from = {.layer = MW_LAYER_COMMAND_LINE, .file = mw_xstrdup("--set")};
    MW_FREE char *mirror = session_mirror_key(tool, key);
    const char *reason = item[0] == '\0'  ? _("no item behind += or -=")
                         : mirror != NULL ? _("it is no list that += and -= could change")
                                          : NULL;
    if (reason != NULL)
        return mw_misuse(err, "--set: %s.%s: %s", tool->id, key, reason);
    mw_wishes_edit(&session->profile.wishes, tool->id, key, item, removes, is_secret, &from);
    return MW_OK;
}

/* TOOL.KEY=VALUE, TOOL.KEY+=ITEM, TOOL.KEY-=ITEM */
static enum mw_code apply_set(struct mw_session *session, const char *set, struct mw_error *err)
{
    const char *equals = strchr(set, '=');
    bool is_edit = equals != NULL && equals > set && (equals[-1] == '+' || equals[-1] == '-');
    if (equals == NULL) {
        enum mw_code code = mw_misuse(err, _("--set: '%s' is not of the form TOOL.KEY=VALUE"), set);
        hint_set(err);
        return code;
    }

    const struct mw_tool *tool = NULL;
    MW_FREE char *key = NULL;
    enum mw_code code =
        mw_setting_name_parse("--set", set, (size_t)(equals - set) - is_edit, &tool, &key, err);
    if (code != MW_OK)
        return code;

    struct mw_profile_host host;
    session_profile_host(session, &host);
    MW_FREE char *text = NULL;
    bool is_secret = false;
    code = mw_profile_expand(&host, MW_FROM_USER, "--set", session->sys.cwd, equals + 1, &text,
                             &is_secret, err);
    if (code == MW_OK && is_edit)
        code = edit_wish(session, tool, key, text, equals[-1] == '-', is_secret, err);
    else if (code == MW_OK)
        set_wish(session, tool->id, key, text, is_secret, "--set");
    return code;
}

/* ---- --mirror ----------------------------------------------------------------------------- */

const char *session_mirror_in(const char *option, const char *tool, const char *service)
{
    size_t len = strlen(tool);
    if (!mw_text_starts(option, tool))
        return NULL;
    if (option[len] == '=')
        return option + len + 1;
    option += len + 1;
    return option[-1] == '.' && mw_text_starts(option, service) && option[strlen(service)] == '='
               ? option + strlen(service) + 1
               : NULL;
}

const char *session_forced_mirror(const struct mw_session *session, const char *tool,
                                  const char *service)
{
    const struct mw_strings *mirrors = &session->options.mirrors;
    const char *found = NULL;
    for (size_t i = mirrors->count; i > 0 && found == NULL; i--)
        found = session_mirror_in(mirrors->items[i - 1], tool, service);
    return found;
}

static bool has_mirror(const struct mw_session *session, const char *service, const char *text)
{
    text += *text == '@';
    return strstr(text, "://") != NULL || mw_catalog_find(&session->catalog, service, text) != NULL;
}

/* The services that "TOOL" or "TOOL.SERVICE" means; MW_USAGE for a wrong name. */
static enum mw_code parse_target(const char *name, const struct mw_tool **tool,
                                 struct mw_strings *services, struct mw_error *err)
{
    const char *dot = strchr(name, '.');
    MW_FREE char *id = mw_xstrndup(name, dot != NULL ? (size_t)(dot - name) : strlen(name));
    MW_AUTO(mw_strings) all = {0};
    enum mw_code code = mw_tool_need(id, tool, err);
    if (code == MW_OK)
        mw_session_services(*tool, &all);
    MW_FREE char *known = mw_strings_join(&all, ", ");
    if (code == MW_USAGE) {
        code = refuse_tool("--mirror", id, err);
    } else if (code == MW_OK && all.count == 0) {
        code = mw_misuse(err, _("--mirror: %s has no mirrors"), id);
    } else if (code == MW_OK && dot != NULL && !mw_strings_has(&all, dot + 1)) {
        code = mw_misuse(err, _("--mirror: '%s' is no service of %s; there are: %s"), dot + 1, id,
                         known);
    } else if (dot != NULL) {
        mw_strings_add(services, dot + 1);
    } else {
        mw_strings_copy(services, &all);
    }
    return code;
}

/* Wishes of the tool's own keep their words, because `direct` and the separators stay; choosing
 * puts the forced mirror in. */
static bool fill_own(struct mw_session *session, const struct mw_tool *tool,
                     const struct mw_strings *services)
{
    bool found = false;
    struct mw_wishes *wishes = &session->profile.wishes;
    for (size_t i = 0; i < wishes->count; i++) {
        const struct mw_wish *wish = &wishes->items[i];
        bool is_own = strcmp(wish->tool, tool->id) == 0 &&
                      session_row_of(tool, wish->key) != NULL &&
                      mw_strings_has(services, mw_session_service_of(tool, wish->key));
        if (!is_own || wish->is_edit || wish->text[0] == '\0')
            continue;
        MW_FREE char *text = mw_xstrdup(wish->text);
        MW_FREE char *key = mw_xstrdup(wish->key);
        set_wish(session, tool->id, key, text, wish->is_secret, NULL);
        found = true;
    }
    return found;
}

/* Acts as `mirror` for the services that have such a one. */
static void set_mirror(struct mw_session *session, const struct mw_tool *tool,
                       const struct mw_strings *services, const char *value)
{
    const char *bare = value + (*value == '@');
    MW_FREE char *text = strstr(bare, "://") != NULL ? mw_xstrdup(bare) : mw_xasprintf("@%s", bare);
    MW_AUTO(mw_strings) all = {0};
    mw_session_services(tool, &all);
    for (size_t i = 0; i < services->count; i++) {
        if (!has_mirror(session, services->items[i], value))
            session_warn(session, _("--mirror: %s has no mirror %s; it is left as it is"),
                         services->items[i], bare);
        else
            set_wish(session, tool->id, all.count > 1 ? services->items[i] : MW_MIRROR_KEY, text,
                     false, NULL);
    }
}

static void hint_mirrors(const struct mw_catalog *catalog, struct mw_error *err)
{
    const struct mw_tool *tool = mw_tool_at(0);
    const char *services[MW_TOOL_SERVICES];
    const struct mw_mirror *mirror = tool != NULL && mw_tool_services(tool, services) > 0
                                         ? mw_catalog_next(catalog, services[0], NULL)
                                         : NULL;
    if (mirror != NULL)
        mw_error_hint(err, _("For example: --mirror %s=%s; --list mirrors shows the ids."),
                      tool->id, mirror->id);
}

static enum mw_code apply_mirror(struct mw_session *session, const char *mirror,
                                 struct mw_error *err)
{
    const char *equals = strchr(mirror, '=');
    if (equals == NULL || equals[1] == '\0') {
        mw_misuse(err, _("--mirror: '%s' is not of the form TOOL=ID or TOOL=URL"), mirror);
        hint_mirrors(&session->catalog, err);
        return MW_USAGE;
    }
    MW_FREE char *name = mw_xstrndup(mirror, (size_t)(equals - mirror));
    const struct mw_tool *tool = NULL;
    MW_AUTO(mw_strings) services = {0};
    bool is_any = false;
    enum mw_code code = parse_target(name, &tool, &services, err);
    for (size_t i = 0; i < services.count; i++)
        is_any = is_any || has_mirror(session, services.items[i], equals + 1);
    if (code == MW_OK && !is_any) /* before anything is measured for the other tools */
        code = session_refuse_mirror(&session->catalog, services.items[0],
                                     equals + 1 + (equals[1] == '@'), NULL, err);
    else if (code == MW_OK && !fill_own(session, tool, &services))
        set_mirror(session, tool, &services, equals + 1);
    return code;
}

/* What is wished of a key that is a secret by what it is. */
static void tell_secrets(struct mw_wishes *wishes)
{
    for (size_t i = 0; i < wishes->count; i++) {
        struct mw_wish *wish = &wishes->items[i];
        const struct mw_tool *tool = mw_tool_find(wish->tool);
        const struct mw_tool_key *row = tool != NULL ? mw_tool_key(tool, wish->key) : NULL;
        if (row == NULL || !row->is_secret)
            continue;
        wish->is_secret = true;
        mw_secret_add(wish->text);
        for (size_t k = 0; k < wish->edit_count; k++)
            mw_secret_add(wish->edits[k].item);
        for (size_t k = 0; k < wish->overridden_count; k++)
            mw_secret_add(wish->overridden[k].text);
    }
}

enum mw_code session_override(struct mw_session *session, struct mw_error *err)
{
    const struct mw_session_options *options = &session->options;
    enum mw_code code = MW_OK;
    for (size_t i = 0; code == MW_OK && i < options->sets.count; i++)
        code = apply_set(session, options->sets.items[i], err);
    for (size_t i = 0; code == MW_OK && i < options->mirrors.count; i++)
        code = apply_mirror(session, options->mirrors.items[i], err);
    tell_secrets(&session->profile.wishes);
    return code;
}
