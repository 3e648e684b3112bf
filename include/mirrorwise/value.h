/* The value of one setting, whatever the format: nothing, a string, a list of strings, or a JSON
 * literal. Profiles want values, editors read and write them, plans compare them. */
#ifndef MW_VALUE_H
#define MW_VALUE_H

#include <stdbool.h>

#include "mirrorwise/buffer.h"

enum mw_value_kind {
    MW_VALUE_ABSENT, /* the key is not in the file */
    MW_VALUE_STRING, /* one string; the item may be "" */
    MW_VALUE_LIST,   /* zero or more strings: a JSON array, an INI value of several lines */
    MW_VALUE_LITERAL /* JSON true, false, null, a number or an object in its own spelling */
};

struct mw_value {
    enum mw_value_kind kind;
    struct mw_strings items;
};

void mw_value_release(struct mw_value *value);
void mw_value_copy(struct mw_value *to, const struct mw_value *from); /* `to` is released first */
bool mw_value_equal(const struct mw_value *a, const struct mw_value *b);
void mw_value_set_string(struct mw_value *value, const char *text); /* replaces what it held */
/* Adds the parts of every item, split as by mw_strings_split(). */
void mw_value_split(const struct mw_value *value, const char *separators, struct mw_strings *parts);
/* Owned: the items joined by ", "; "" if absent. Neither sanitised nor redacted. */
char *mw_value_text(const struct mw_value *value);
bool mw_value_has_secret(const struct mw_value *value);
/* Owned, for people: the same without the secrets in it; "****" if it is one in which no part could
 * be told; an empty list as "[]" and an empty string as "\"\"". Not sanitised. */
char *mw_value_shown(const struct mw_value *value, bool is_secret);

#endif
