/* The laws of mirrorwise/edit.h as one oracle, for tables, golden files, generated files and fuzz
 * targets alike; and a short notation for values in tables:
 *
 *     NULL      absent
 *     "s:text"  a string
 *     "l:a|b"   a list ("l:" is an empty one)
 *     "x:true"  a literal */
#ifndef MW_TEST_EDIT_LAWS_H
#define MW_TEST_EDIT_LAWS_H

#include "mirrorwise/edit.h"

/* The value must be released. */
struct mw_value edit_value(const char *notation);
/* Owned; NULL for absent. */
char *edit_notation(const struct mw_value *value);

/* Owned: the law that a put of this value breaks, with the texts; NULL if all hold, or if check()
 * refuses the text or put() the value. `others` are further keys, ending with NULL, that must
 * read the same before and after. */
char *edit_broken_law(const struct mw_editor *editor, const char *text, size_t len, const char *key,
                      const struct mw_value *value, const char *const *others);

/* What put() makes of a text; false if it refuses. `out` must be empty. */
bool edit_put(const struct mw_editor *editor, const char *text, size_t len, const char *key,
              const struct mw_value *value, struct mw_buf *out);
/* Owned notation of what get() reads. */
char *edit_get(const struct mw_editor *editor, const char *text, size_t len, const char *key);

/* One row of a table: what put() makes of a text. */
struct edit_row {
    const char *name, *before, *key, *value,
        *after; /* value: NULL removes; after: NULL is refused */
};

/* Fails the test at the first row that gives something else or breaks a law. */
void edit_check_rows(const struct mw_editor *editor, const struct edit_row *rows, size_t count,
                     const char *const *others);

/* One row of a table: the ids and lines of the notices of a text: "env-cr 2, env-space 3". */
struct edit_notice_row {
    const char *name, *text, *notices;
};

/* `told`: what the editor is told of the tool; NULL: nothing. */
void edit_check_notices(const struct mw_editor *editor, const struct mw_notices *told,
                        const struct edit_notice_row *rows, size_t count);

#endif
