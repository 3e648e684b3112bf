/* What the files of this room share: how its errors are worded, and small rules of names. */
#ifndef MW_MODEL_MODEL_H
#define MW_MODEL_MODEL_H

#include <stdbool.h>
#include <stddef.h>

#include "mirrorwise/buffer.h"
#include "mirrorwise/error.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

/* "FILE:LINE: WHAT; allowed: ALLOWED" as MW_BAD_PROFILE; without ":LINE" if line is 0, without the
 * last part if `allowed` is NULL. */
enum mw_code mw_model_refuse(struct mw_error *err, const char *file, size_t line,
                             const char *allowed, const char *what, ...) MW_PRINTF(5, 6);

/* What is wrong with a text that is read on after each mistake, up to a few. */
struct mw_faults {
    struct mw_error first;
    struct mw_strings messages;
};

void mw_faults_add(struct mw_faults *faults, const struct mw_error *fault);
/* Are there so many that nobody reads on? */
bool mw_faults_full(const struct mw_faults *faults);
/* MW_OK if there are none; else the first one with the sentences of all, as far as they fit. */
enum mw_code mw_faults_tell(struct mw_faults *faults, struct mw_error *err);

/* Owned: foreign text for a message: secrets masked, control characters visible, cut. */
char *mw_model_shown(const char *text);

/* The same with the list of `names` as what is allowed and the closest to `found` as the hint;
 * empties `names`. */
enum mw_code mw_model_refuse_unknown(struct mw_error *err, const char *file, size_t line,
                                     struct mw_strings *names, const char *found, const char *what,
                                     ...) MW_PRINTF(6, 7);

/* Adds the hint "Did you mean ...?" if one of `names` is close to `text`. */
void mw_model_suggest(struct mw_error *err, const char *text, const struct mw_strings *names);

/* [A-Za-z0-9._-]{1,64}: names of profiles and checks. */
bool mw_model_is_name(const char *text);

/* Is the text of that form, in which each 0 stands for a digit? */
bool mw_model_fits(const char *text, const char *form);

/* Is it a day of the calendar, "2026-08-21"? */
bool mw_model_is_day(const char *text);

/* The offset of the first control character or byte that is not UTF-8; `len` if there is none. */
size_t mw_model_odd_byte(const char *text, size_t len);

#endif
