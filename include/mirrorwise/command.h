/* Commands that are printed for people to paste: they work where they are printed, so they begin
 * with this program as it was started. And those of profiles. */
#ifndef MW_COMMAND_H
#define MW_COMMAND_H

#include "mirrorwise/buffer.h"
#include "mirrorwise/error.h"

/* Said once at the start, before there are threads; borrowed for the life of the process. */
void mw_command_started_as(const char *program);
/* As it was started; "mirrorwise" as long as nobody said. Not quoted. */
const char *mw_command_program(void);
/* Owned: the word as a shell reads it. */
char *mw_command_word(const char *word);

#define MW_COMMAND_MAX_WORDS 64
/* Splits a command of a profile: blanks separate; '…' is literal; in "…" and outside of quotes a
 * backslash makes the next character literal. No variables, no patterns, no pipes: unquoted ones
 * of |&;<>()`$ are refused, so that nobody takes this for a shell. MW_BAD_PROFILE with the reason.
 */
enum mw_code mw_command_split(const char *text, struct mw_strings *argv,
                              struct mw_error *err) MW_WARN_UNUSED;

#endif
