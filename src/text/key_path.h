/* The key of a value in a nested file: names joined by dots. A name that holds a dot or a bracket
 * stands in double quotes. `[name=value]` behind a name picks the list item, table or element whose
 * child (`@name`: attribute) has that value; the value may stand in double quotes, too. */
#ifndef MW_KEY_PATH_H
#define MW_KEY_PATH_H

#include <stdbool.h>
#include <stddef.h>

struct key_part {
    char *name;
    char *pick; /* NULL: none */
    char *pick_value;
};

struct key_path {
    struct key_part *parts;
    size_t count;
};

/* False if it is none: an empty name, an open quote or bracket, bytes that are not UTF-8, a control
 * character. The path must be released either way. */
bool key_path_parse(const char *key, struct key_path *path);
void key_path_release(struct key_path *path);

/* Owned: the path with one more name in front; `take_below` (NULL: it is the first) is taken. NULL
 * without a name. */
char *key_path_above(const char *name, char *take_below);

#endif
