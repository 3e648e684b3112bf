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
#include "mirrorwise/profile.h"
#include "model.h"

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

/* The entry [SECTION] KEY (any case), or NULL. */
const struct mw_profile_entry *mw_profile_scan_find(const struct mw_profile_scan *scan,
                                                    const char *section, const char *key);

/* ---- what is made of it ---------------------------------------------------------------------- */

/* Scans `file` and lets iniparser read it; MW_BAD_PROFILE unless both find the same values; `scan`
 * is to be released either way. Not for two threads at once: the error callback of iniparser is
 * global. */
enum mw_code mw_profile_read(const struct mw_profile_file *file, const struct mw_profile_host *host,
                             struct mw_profile_scan *scan, struct mw_error *err) MW_WARN_UNUSED;

/* Puts the sections of one profile file on top of what the files it extends said: checks every
 * section and key of `scan` and applies it to `profile`; texts stay unexpanded. With faults
 * `profile` is half changed and good for nothing but mw_profile_release(). */
void mw_profile_apply(const struct mw_profile_file *file, const struct mw_profile_scan *scan,
                      const struct mw_profile_host *host, struct mw_profile *profile,
                      struct mw_faults *faults);

#endif
