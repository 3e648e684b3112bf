/* Our own look at the text of a profile, line by line.
 *
 * iniparser 4.1 reads the values, but it tells no line numbers, lets the last of two equal keys
 * win, cuts an unquoted value at ';' or '#', forgives an unterminated quote and joins lines at a
 * backslash, all without a word. This scan accepts only what can be read in one way, and says
 * where everything stands. */
#ifndef MW_MODEL_PROFILE_SCAN_H
#define MW_MODEL_PROFILE_SCAN_H

#include <stddef.h>

#include "mirrorwise/error.h"

struct mw_profile_section {
    char *name; /* lower case, as iniparser has it */
    char *spelling;
    size_t line;
    size_t end; /* in the text, behind the ']' */
};

enum mw_profile_sign {
    MW_SIGN_SET,    /* KEY = VALUE */
    MW_SIGN_ADD,    /* KEY += ITEM */
    MW_SIGN_REMOVE, /* KEY -= ITEM */
};

struct mw_profile_entry {
    size_t section; /* index */
    char *key;      /* in the profile's spelling */
    char *value;    /* without quotes and comment */
    enum mw_profile_sign sign;
    size_t line;
    size_t begin, end; /* of the line in the text */
};

struct mw_profile_scan {
    struct mw_profile_section *sections;
    size_t section_count;
    struct mw_profile_entry *entries;
    size_t entry_count;
};

enum mw_code mw_profile_scan(const char *file, const char *text, size_t len,
                             struct mw_profile_scan *scan, struct mw_error *err) MW_WARN_UNUSED;
void mw_profile_scan_release(struct mw_profile_scan *scan);

/* The entry SECTION.KEY (any case), or NULL. */
const struct mw_profile_entry *mw_profile_scan_find(const struct mw_profile_scan *scan,
                                                    const char *section, const char *key);

#endif
