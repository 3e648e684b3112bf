/* Commands that are printed for people to paste: they work where they are printed, so they begin
 * with this program as it was started. */
#ifndef MW_COMMAND_H
#define MW_COMMAND_H

#include "mirrorwise/buffer.h"

/* Said once at the start, before there are threads; borrowed for the life of the process. */
void mw_command_started_as(const char *program);
/* As it was started; "mirrorwise" as long as nobody said. Not quoted. */
const char *mw_command_program(void);
/* Owned: the word as a shell reads it. */
char *mw_command_word(const char *word);

#endif
