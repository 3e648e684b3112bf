/* Secrets: the texts that no output may hold.
 *
 * Whoever learns one, from ${env:}, ${file:} or a record, says so here once, before the text goes
 * anywhere. mw_text_redact(), through which all output goes, masks them from then on wherever they
 * stand: in a path, a query, an id, a title, another tool's message; as they are, escaped as JSON
 * or as a URL, whole or item by item. So nothing has to be carried beside a value, and nobody can
 * forget it. Any thread. */
#ifndef MW_SECRET_H
#define MW_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "mirrorwise/buffer.h"

/* Shorter texts occur everywhere by chance: a value that holds one is masked whole instead, by
 * mw_value_shown(), and is a secret as a whole. */
#define MW_SECRET_MIN 4
/* Is `text` one of those, or an item of one? What is said of it needs mw_secret_mask_words(). */
bool mw_secret_is_short(const char *text);
/* Owned: `text` without the short ones that stand in it as words: for places where a value stands,
 * not for sentences. */
char *mw_secret_mask_words(const char *text);

/* `text` is one: one line, as it stands in a value. */
void mw_secret_add(const char *text);
/* Appends those that `text` holds, as they were added, to `found`. */
void mw_secret_find(const char *text, struct mw_strings *found);
/* Owned: `text` with each of them replaced by "****". */
char *mw_secret_mask(const char *text);
/* Wipes and frees a text that held or may have held one; NULL is nothing. */
void mw_secret_free(char *text);
/* The end of the process: wipes what was added. */
void mw_secret_forget(void);

#endif
