/* What has to stand beside a value, and what must not: "names", "least", "most", "requires" and
 * "forbids" of its key. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"

static bool is_no_file(const struct mw_beside *beside, const char *name, const char *path)
{
    const struct mw_tool_key *row = mw_tool_key(beside->tool, name);
    if (row == NULL || row->exists != MW_EXISTS_IF_REQUIRED || path[0] != '/')
        return false;
    MW_FREE char *full = mw_system_path(beside->sys, path);
    return !mw_path_exists(beside->sys, full);
}

/* To a tool with sections (pip) an option that says no is as good as none. */
static bool says_no(const struct mw_tool *tool, const char *text)
{
    bool is_yes = false;
    return tool->section != NULL &&
           (text[0] == '\0' || (mw_pip_parse_bool(text, &is_yes) && !is_yes));
}

/* Does it say that under that name, or anything (NULL)? */
static bool is_so(const struct mw_beside *beside, const char *name, const char *wanted,
                  bool *is_without_file)
{
    MW_FREE char *have = beside->find(beside->context, name);
    *is_without_file = *is_without_file || (have != NULL && is_no_file(beside, name, have));
    return have != NULL && !says_no(beside->tool, have) &&
           (wanted == NULL || strcmp(have, wanted) == 0);
}

/* "NAME|NAME=VALUE": is one of them so? *told receives them as messages have them. */
static bool is_any_so(const struct mw_beside *beside, const struct mw_tool_key *row,
                      const char *key, const char *any, char **told, bool *is_without_file)
{
    MW_AUTO(mw_strings) conditions = {0}, filled = {0};
    bool is_any = false;
    mw_strings_split(&conditions, any, "|");
    for (size_t i = 0; i < conditions.count; i++) {
        const char *value = strchr(conditions.items[i], '=');
        MW_FREE char *spelling =
            mw_xstrndup(conditions.items[i], strcspn(conditions.items[i], "="));
        MW_FREE char *name = mw_tool_key_fill(row, spelling, key); /* may hold a '=' itself */
        is_any = is_so(beside, name, value != NULL ? value + 1 : NULL, is_without_file) || is_any;
        mw_strings_take(&filled, mw_xasprintf("%s%s", name, value != NULL ? value : ""));
    }
    *told = mw_strings_join(&filled, _(" or "));
    return is_any;
}

/* A condition of a section, SECTION.NAME, holds for what stands there or where all sections read
 * it. */
static bool concerns(const struct mw_tool *tool, const char *key, const char *condition)
{
    MW_FREE char *section = mw_xstrndup(key, strcspn(key, "."));
    return tool->section == NULL || strcmp(section, tool->section) == 0 ||
           !mw_strings_has(&tool->sections, section) ||
           strncmp(condition, key, strlen(section) + 1) == 0;
}

/* What the value at hand requires or forbids. */
static void find_conditions(const struct mw_tool *tool, const struct mw_pairs *pairs,
                            const char *key, const char *text, struct mw_strings *conditions)
{
    for (size_t i = 0; i < pairs->count; i++) {
        const char *of = pairs->items[i].name;
        MW_AUTO(mw_strings) all = {0};
        if (strcmp(of, "*") == 0 || strcmp(of, text) == 0)
            mw_strings_split(&all, pairs->items[i].value, " ");
        for (size_t k = 0; k < all.count; k++) {
            if (concerns(tool, key, all.items[k]))
                mw_strings_add(conditions, all.items[k]);
        }
    }
}

/* ---- names ----------------------------------------------------------------------------------- */

/* Is one of the lines "NAME=…"? */
static bool has_item(const char *lines, const char *name)
{
    MW_FREE char *item = mw_xasprintf("\n%s=", name);
    MW_FREE char *all = mw_xasprintf("\n%s", lines);
    return strstr(all, item) != NULL;
}

/* Owned: the key of the row's "names" that is there for that name; NULL: none is. */
static char *find_named(const struct mw_beside *beside, const struct mw_tool_key *row,
                        const char *name)
{
    for (size_t i = 0; i < row->names.count; i++) {
        const char *pattern = row->names.items[i];
        char *key = mw_tool_key_of(pattern, name);
        MW_FREE char *there = beside->find(beside->context, key);
        if (there != NULL && (strcmp(key, pattern) != 0 || has_item(there, name)))
            return key;
        free(key);
    }
    return NULL;
}

/* Cargo goes from table to table, and in a circle for ever (sources/config.rs load()). */
static char *broken_name(const struct mw_beside *beside, const struct mw_tool_key *row,
                         const char *first, char **named)
{
    const char *title = mw_tool_title(beside->tool);
    MW_AUTO(mw_strings) seen = {0};
    MW_FREE char *name = mw_xstrdup(first);
    while (name != NULL) {
        bool is_back = mw_strings_has(&seen, name);
        mw_strings_add(&seen, name);
        MW_FREE char *way = mw_strings_join(&seen, "\" -> \"");
        if (is_back)
            return mw_xasprintf(
                _("\"%s\": that leads back to where it was, and %s comes to no end"), way, title);
        free(*named);
        *named = find_named(beside, row, name);
        if (*named == NULL)
            return mw_xasprintf(_("\"%s\": nothing of that name is defined, and %s does nothing "
                                  "without it"),
                                way, title);
        MW_FREE char *next = row->follows != NULL ? mw_tool_key_of(row->follows, name) : NULL;
        free(name);
        name = next != NULL ? beside->find(beside->context, next) : NULL;
    }
    return NULL;
}

/* ---- numbers --------------------------------------------------------------------------------- */

/* Is it on the wrong side of the other key's number, "KEY (NUMBER)"? */
static char *find_limit(const struct mw_beside *beside, const struct mw_strings *limit,
                        const char *text, int side)
{
    if (limit->count == 0)
        return NULL;
    MW_FREE char *other = beside->find(beside->context, limit->items[0]);
    const char *most = other != NULL ? other : limit->items[1];
    char *end = NULL, *other_end = NULL;
    double distance = (strtod(text, &end) - strtod(most, &other_end)) * side;
    return distance > 0 && end != text && other_end != most
               ? mw_xasprintf("%s (%s)", limit->items[0], most)
               : NULL;
}

static char *broken_limit(const struct mw_beside *beside, const struct mw_tool_key *row,
                          const char *text)
{
    MW_FREE char *least = find_limit(beside, &row->least, text, -1);
    MW_FREE char *most = find_limit(beside, &row->most, text, 1);
    if (least != NULL)
        return mw_xasprintf(_("it must not be less than %s"), least);
    return most != NULL ? mw_xasprintf(_("it must not be more than %s"), most) : NULL;
}

char *mw_tool_broken_tie(const struct mw_beside *beside, const struct mw_tool_key *row,
                         const char *key, const char *text, char **named)
{
    MW_AUTO(mw_strings) required = {0}, forbidden = {0};
    *named = NULL;
    char *reason = row->names.count > 0 ? broken_name(beside, row, text, named)
                                        : broken_limit(beside, row, text);
    if (reason != NULL)
        return reason;
    if (row->type == MW_TYPE_BOOL && says_no(beside->tool, text))
        return NULL;
    find_conditions(beside->tool, &row->requires, key, text, &required);
    find_conditions(beside->tool, &row->forbids, key, text, &forbidden);
    for (size_t i = 0; i < required.count; i++) {
        MW_FREE char *told = NULL;
        bool is_without_file = false;
        if (!is_any_so(beside, row, key, required.items[i], &told, &is_without_file))
            return mw_xasprintf(_("%s has to be there, too"), told);
        if (is_without_file)
            return mw_xasprintf(_("with this value the file of %s has to be there"), told);
    }
    for (size_t i = 0; i < forbidden.count; i++) {
        MW_FREE char *told = NULL;
        bool is_without_file = false;
        if (is_any_so(beside, row, key, forbidden.items[i], &told, &is_without_file))
            return mw_xasprintf(_("it and %s exclude each other"), told);
    }
    return NULL;
}
