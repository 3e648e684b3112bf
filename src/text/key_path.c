#include "tree.h"

#include <stdlib.h>
#include <string.h>

#include "edit_parts.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

/* Owned: the word that ends before one of `stops`, or a quoted one; NULL if there is none. */
static char *take_word(const char **at, const char *stops)
{
    const char *begin = *at;
    size_t len = strcspn(begin, stops);
    if (*begin == '"') {
        begin++;
        len = strcspn(begin, "\"");
        if (begin[len] == '\0')
            return NULL;
        *at = begin + len + 1;
        return mw_xstrndup(begin, len);
    }
    *at = begin + len;
    return len > 0 ? mw_xstrndup(begin, len) : NULL;
}

static bool take_pick(const char **at, struct key_part *part)
{
    if (**at != '[')
        return true;
    ++*at;
    part->pick = take_word(at, "=]");
    if (part->pick == NULL || *(*at)++ != '=')
        return false;
    part->pick_value = take_word(at, "]");
    return part->pick_value != NULL && *(*at)++ == ']';
}

bool key_path_parse(const char *key, struct key_path *path)
{
    *path = (struct key_path){0};
    if (!mw_utf8_valid(key, strlen(key)))
        return false;
    for (const char *c = key; *c != '\0'; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7F)
            return false;
    }
    for (;;) {
        struct key_part *part = MW_PUSH(path->parts, path->count);
        part->name = take_word(&key, ".[");
        if (part->name == NULL || !take_pick(&key, part))
            return false;
        if (*key == '\0')
            return true;
        if (*key++ != '.')
            return false;
    }
}

void key_path_release(struct key_path *path)
{
    for (size_t i = 0; i < path->count; i++) {
        MW_FREE_ALL(path->parts[i].name, path->parts[i].pick, path->parts[i].pick_value);
    }
    free(path->parts);
    *path = (struct key_path){0};
}

const char *key_path_pick(const struct key_path *path, size_t part)
{
    const char *pick = path->parts[part].pick;
    bool is_key =
        pick != NULL && part + 2 == path->count && strcmp(pick, path->parts[part + 1].name) == 0;
    return is_key ? NULL : pick;
}

char *key_path_above(const char *name, char *take_below)
{
    char *path = NULL;
    if (name != NULL)
        path = mw_xasprintf(name[strcspn(name, ".[\"")] != '\0' ? "\"%s\"%s%s" : "%s%s%s", name,
                            take_below != NULL ? "." : "", take_below != NULL ? take_below : "");
    free(take_below);
    return path;
}

enum mw_code tree_accepts(struct mw_error *err, const char *key, const struct key_path *path,
                          bool is_parsed, const struct mw_value *value)
{
    enum mw_code code = MW_OK;
    if (!is_parsed || path->parts[path->count - 1].pick != NULL)
        return mw_fail(err, MW_USAGE, 0, "edit",
                       _("\"%s\" is no path of names joined by dots (a name that holds a dot "
                         "stands in double quotes)."),
                       key);
    for (size_t i = 0; i < value->items.count && code == MW_OK; i++)
        code = edit_check_utf8(err, key, value->items.items[i]);
    return code;
}
