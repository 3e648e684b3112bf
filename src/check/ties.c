/* Values that other keys and the machine have a say in: what has to be there as well or must not,
 * programs and folders that are not here. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "mirrorwise/url.h"

struct tie {
    const struct check_run *run;
    const char *key;
    const struct mw_tool_key *row;
    struct mw_error *err;
};

/* ---- what has to exist ----------------------------------------------------------------------- */

/* Owned: where it leads, from the folder that a file's paths begin at. */
static char *path_from(const struct tie *tie, const struct mw_tool_key *row,
                       const struct mw_hit *found, const char *text)
{
    if (row->exists == MW_EXISTS_ABSOLUTE && text[0] == '~' && tie->run->sys->home != NULL)
        return mw_xasprintf("%s%s", tie->run->sys->home, text + 1);
    MW_FREE char *folder = found->path != NULL ? mw_text_directory(found->path) : NULL;
    if (text[0] == '/')
        return mw_xstrdup(text);
    return mw_xasprintf("%s/%s/%s", folder != NULL ? folder : tie->run->sys->cwd,
                        folder != NULL && row->beside != NULL ? row->beside : ".", text);
}

static bool is_there(const struct tie *tie, const struct mw_tool_key *row,
                     const struct mw_hit *found, const char *text)
{
    const struct mw_system *sys = tie->run->sys;
    bool is_name = strchr(text, '/') == NULL && row->exists == MW_EXISTS_PROGRAM;
    MW_FREE char *path = is_name ? mw_system_which(sys, text) : path_from(tie, row, found, text);
    return path != NULL && mw_path_exists(sys, path);
}

/* The programs of this machine say nothing about another root, nor where the tool is not. */
static enum mw_code check_exists(const struct tie *tie, const struct mw_hit *found,
                                 const struct mw_tool_key *row)
{
    const struct mw_value *value = &found->value;
    if (row->exists == MW_EXISTS_ANYWAY || tie->run->sys->root[0] != '\0' ||
        value->kind == MW_VALUE_LITERAL || tie->run->tool->program == NULL)
        return MW_OK;
    for (size_t i = 0; i < value->items.count; i++) {
        const char *text = value->items.items[i];
        if (row->exists == MW_EXISTS_ABSOLUTE && text[0] != '/' && !mw_text_starts(text, "~/"))
            continue;
        if (text[0] != '\0' && !is_there(tie, row, found, text))
            return mw_fail(tie->err, MW_BAD_CONFIG, 0, "check",
                           row->exists == MW_EXISTS_PROGRAM
                               ? _("\"%s\": there is no such program, and %s stops without it")
                               : _("\"%s\" is not there, and %s stops without it"),
                           text, mw_tool_title(tie->run->tool->tool));
    }
    return MW_OK;
}

/* Cargo: util/context load_file() stops at a file that it has read already for the same one. */
static enum mw_code check_included(const struct tie *tie, const struct mw_hit *found)
{
    const struct mw_tool *tool = tie->run->tool->tool;
    const char *includes = found->source != NULL ? found->source->includes : NULL;
    bool is_asked = found->path != NULL && includes != NULL && strcmp(includes, tie->key) == 0;
    MW_FREE char *twice =
        is_asked ? mw_source_included_twice(tie->run->sys, tool, found->source, found->path) : NULL;
    return twice == NULL ? MW_OK
                         : mw_fail(tie->err, MW_BAD_CONFIG, 0, "check",
                                   _("%s is included twice or includes itself, and %s stops at it"),
                                   twice, mw_tool_title(tool));
}

/* ---- what is there besides ------------------------------------------------------------------- */

/* Owned: the key of the same pattern before this one that has this value; NULL if there is none. */
static char *find_equal(const struct tie *tie, const char *text)
{
    MW_AUTO(mw_strings) keys = {0};
    if (tie->row->is_unique)
        check_key_names(tie->run, &keys);
    for (size_t i = 0; i < keys.count && strcmp(keys.items[i], tie->key) != 0; i++) {
        if (mw_tool_key(tie->run->tool->tool, keys.items[i]) == tie->row &&
            mw_url_same(check_text_in_effect(tie->run, keys.items[i]), text))
            return mw_xstrdup(keys.items[i]);
    }
    return NULL;
}

static enum mw_code check_alone(const struct tie *tie, const char *text)
{
    const char *title = mw_tool_title(tie->run->tool->tool);
    MW_FREE char *equal = find_equal(tie, text);
    MW_FREE char *name = mw_tool_key_fill(tie->row, "{name}", tie->key);
    if (equal != NULL)
        return mw_fail(tie->err, MW_BAD_CONFIG, 0, "check",
                       _("%s has the same address, and %s takes no two of one address"), equal,
                       title);
    for (size_t i = 0; i < tie->row->taken.count; i++) {
        const struct mw_pair *taken = &tie->row->taken.items[i];
        if (mw_url_same(taken->name, text) && strcmp(taken->value, name) != 0)
            return mw_fail(tie->err, MW_BAD_CONFIG, 0, "check",
                           _("\"%s\" is the address of %s, and %s takes no two of one address"),
                           text, taken->value, title);
    }
    return MW_OK;
}

/* An empty one is set, and the variables of sudo are not those of the user. */
char *check_unset(const struct mw_system *sys, const char **text)
{
    bool is_seen = sys->root[0] == '\0' && !sys->under_sudo;
    for (const char *at = *text; is_seen && (at = strstr(at, "${")) != NULL; at += 2) {
        size_t len = strspn(at + 2, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                    "0123456789_");
        MW_FREE char *name = mw_xstrndup(at + 2, len);
        bool is_escaped = at > *text && at[-1] == '\\';
        *text = at + 2 + len;
        if (len > 0 && **text == '}' && !is_escaped && mw_system_getenv(sys, name) == NULL)
            return mw_xstrdup(name);
    }
    return NULL;
}

/* What is left of a variable is no address (npm/config env-replace.js). */
static enum mw_code check_variables(const struct tie *tie, const char *text)
{
    const struct mw_tool *tool = tie->run->tool->tool;
    bool is_seen = tool->expands && tool->editor != NULL && tool->editor->elements == NULL &&
                   tie->row->type == MW_TYPE_URL;
    MW_FREE char *name = is_seen ? check_unset(tie->run->sys, &text) : NULL;
    return name == NULL ? MW_OK
                        : mw_fail(tie->err, MW_BAD_CONFIG, 0, "check",
                                  _("the variable %s is not set here, and without it %s has no "
                                    "address"),
                                  name, mw_tool_title(tool));
}

static char *find_in_effect(const void *context, const char *name)
{
    const struct tie *tie = context;
    const struct mw_value *value = &check_in_effect(tie->run, name)->value;
    return value->kind != MW_VALUE_ABSENT ? mw_strings_join(&value->items, "\n") : NULL;
}

static enum mw_code check_company(const struct tie *tie, const struct mw_value *value,
                                  const char *text)
{
    const struct mw_tool *tool = tie->run->tool->tool;
    const struct mw_beside beside = {tie->run->sys, tool, find_in_effect, tie};
    bool is_table =
        value->kind == MW_VALUE_ABSENT || (value->kind == MW_VALUE_LITERAL && text[0] == '{');
    MW_FREE char *named = NULL;
    MW_FREE char *reason =
        mw_tool_broken_tie(&beside, tie->row, tie->key, is_table ? "{}" : text, &named);
    if (reason != NULL)
        return mw_fail(tie->err, MW_BAD_CONFIG, 0, "check", "%s", reason);
    return named != NULL
               ? check_exists(tie, check_in_effect(tie->run, named), mw_tool_key(tool, named))
               : MW_OK;
}

enum mw_code check_tie(const struct check_run *run, const char *key, const struct mw_tool_key *row,
                       const struct mw_hit *found, struct mw_error *err)
{
    const struct tie tie = {.run = run, .key = key, .row = row, .err = err};
    const struct mw_value *value = &found->value;
    const char *text = value->items.count == 1 ? value->items.items[0] : "";
    enum mw_code code = check_company(&tie, value, text);
    if (code == MW_OK && row->exists < MW_EXISTS_IF_NAMED)
        code = check_exists(&tie, found, row);
    if (code == MW_OK)
        code = check_variables(&tie, text);
    if (code == MW_OK)
        code = check_included(&tie, found);
    return code == MW_OK ? check_alone(&tie, text) : code;
}
