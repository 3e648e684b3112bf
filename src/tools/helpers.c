/* What the tools have in common. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/json_scan.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

/* ---- values ------------------------------------------------------------------------------- */

const char *mw_tools_first(const struct mw_value *value)
{
    return value->items.count > 0 ? value->items.items[0] : "";
}

bool mw_tools_is_number(const char *text, size_t max_digits)
{
    size_t len = strspn(text, "0123456789");
    return len > 0 && len <= max_digits && text[len] == '\0';
}

bool mw_tools_is_word(const char *words, const char *text)
{
    size_t len = strlen(text);
    for (const char *at = words; *at != '\0';) {
        size_t word_len = strcspn(at, " ");
        if (word_len == len && memcmp(at, text, len) == 0)
            return true;
        at += word_len + (at[word_len] == ' ');
    }
    return false;
}

enum mw_code mw_tools_refuse(struct mw_error *err, const char *item, const char *reason)
{
    MW_FREE char *shown = mw_text_redact(item);
    mw_fail(err, MW_BAD_PROFILE, 0, "validate", _("\"%s\": %s"), shown, reason);
    return MW_BAD_PROFILE;
}

bool mw_tools_names_variable(const char *text)
{
    for (const char *p = strchr(text, '$'); p != NULL; p = strchr(p + 1, '$')) {
        char next = p[1] == '{' ? p[2] : p[1];
        if ((next >= 'A' && next <= 'Z') || (next >= 'a' && next <= 'z') || next == '_')
            return true;
    }
    return false;
}

enum mw_code mw_tools_refuse_variable(struct mw_error *err, const char *item, const char *program)
{
    char *reason =
        mw_xasprintf(_("%s puts no variables in and takes this text as it stands"), program);
    mw_tools_refuse(err, item, reason);
    mw_error_hint(err, "%s",
                  _("Write the value itself, or in a profile ${env:NAME}, which is put in when the "
                    "file is written."));
    free(reason);
    return MW_BAD_PROFILE;
}

static bool is_json_scalar(const char *text)
{
    struct mw_json_span root;
    return mw_json_check(text, strlen(text), &root, NULL, NULL) &&
           (root.type == MW_JSON_NUMBER || root.type == MW_JSON_TRUE || root.type == MW_JSON_FALSE);
}

enum mw_code mw_tool_value_from_text(const struct mw_tool_key *key, const char *text,
                                     struct mw_value *value, struct mw_error *err)
{
    struct mw_value made = {.kind = MW_VALUE_STRING};
    if (key->shape == MW_SHAPE_LIST) {
        made.kind = MW_VALUE_LIST;
        mw_strings_split(&made.items, text, ", \t");
    } else if (key->kind == MW_VALUE_LITERAL) {
        if (mw_type_check(key, text, err) != MW_OK)
            return MW_BAD_PROFILE;
        if (!is_json_scalar(text))
            return mw_tools_refuse(err, text, _("it is neither a number nor true or false"));
        made.kind = MW_VALUE_LITERAL;
        mw_strings_add(&made.items, text);
    } else {
        mw_strings_add(&made.items, text);
    }
    mw_value_release(value);
    *value = made;
    return MW_OK;
}

/* ---- locations, live state --------------------------------------------------------- */

void mw_location_release(struct mw_location *location)
{
    free(location->path);
    *location = (struct mw_location){0};
}

void mw_live_release(struct mw_live *live)
{
    free(live->message);
    *live = (struct mw_live){0};
}

void mw_tools_shadow_relative_xdg(const struct mw_system *sys, struct mw_shadows *shadows)
{
    const char *xdg = mw_system_user_env(sys, "XDG_CONFIG_HOME");
    if (xdg != NULL && xdg[0] != '/')
        mw_shadows_add(shadows, MW_SHADOW_RELATIVE,
                       (struct mw_hit){.variable = mw_xstrdup("XDG_CONFIG_HOME")}, mw_xstrdup(""),
                       mw_xstrdup(xdg));
}

/* ---- files ---------------------------------------------------------------------------------- */

char *mw_tools_config_file(const struct mw_system *sys, const char *name)
{
    MW_FREE char *config = mw_system_config_home(sys);
    return config != NULL ? mw_xasprintf("%s/%s", config, name) : NULL;
}

char *mw_tools_absolute(const struct mw_system *sys, const char *path)
{
    return path[0] == '/' ? mw_xstrdup(path) : mw_xasprintf("%s/%s", sys->cwd, path);
}

bool mw_tools_in_root(const struct mw_system *sys, const struct mw_location *location)
{
    size_t len = strlen(sys->root);
    return len > 0 && mw_text_starts(location->path, sys->root) && location->path[len] == '/';
}

static void release_file(void *found)
{
    mw_file_release(found);
    free(found);
}

/* Whose eyes read which file. */
struct reader {
    const char *path;
    struct mw_actor actor;
};

/* A file that cannot be read is kept as one that is not there. */
static void *find_file(const struct mw_system *sys, const void *of)
{
    const struct reader *reader = of;
    struct mw_file *file = mw_xcalloc(1, sizeof *file);
    if (mw_file_read(sys, reader->path, reader->actor, file, NULL) != MW_OK)
        file->exists = false;
    return file;
}

bool mw_tools_read(const struct mw_system *sys, const char *path, struct mw_actor actor,
                   struct mw_buf *text)
{
    const struct reader reader = {.path = path, .actor = actor};
    MW_AUTO(mw_held) held = {0};
    MW_FREE char *name =
        mw_xasprintf("file %d %lu %s", actor.switched, (unsigned long)actor.uid, path);
    const struct mw_file *file = mw_memo_hold(sys, name, find_file, &reader, release_file, &held);
    bool exists = file->exists;
    if (exists)
        mw_buf_append(text, mw_buf_text(&file->bytes), file->bytes.len);
    return exists;
}

void mw_tools_get(const struct mw_editor *editor, const struct mw_buf *text, const char *key,
                  struct mw_value *value)
{
    const char *bytes = mw_buf_text(text);
    if (editor->check(editor, "", bytes, text->len, NULL) != MW_OK ||
        editor->get(editor, bytes, text->len, key, value, NULL) != MW_OK)
        mw_value_release(value);
}

/* A new line is no answer: the value then comes from elsewhere, such as [DEFAULT]. */
static bool replaces(const struct mw_edit *edit)
{
    return edit->begin < edit->end || strchr(mw_buf_text(&edit->text), '\n') == NULL;
}

/* Editors speak of bytes, so ask one where it would write another value. */
size_t mw_tools_line(const struct mw_editor *editor, const struct mw_buf *text, const char *key)
{
    MW_AUTO(mw_value) other = {0};
    MW_AUTO(mw_edits) edits = {0};
    const char *bytes = mw_buf_text(text);
    size_t line = 0, column = 0;
    mw_value_set_string(&other, "another-value");
    if (editor->check(editor, "", bytes, text->len, NULL) == MW_OK &&
        editor->put(editor, bytes, text->len, key, &other, &edits, NULL) == MW_OK &&
        edits.count > 0 && replaces(&edits.items[0]))
        mw_text_position(bytes, edits.items[0].begin, &line, &column);
    return line;
}
