/* What the documents of --generate show of the table of actions and options. */
#ifndef MW_CLI_GENERATE_H
#define MW_CLI_GENERATE_H

#include "mirrorwise/cli.h"

/* The next row of the table that this version has; the first behind NULL, NULL behind the last. */
const struct mw_option *mw_cli_next(const struct mw_option *row);
/* All rows, in a completion of that shell. */
void mw_put_bash(struct mw_buf *out);
void mw_put_zsh(struct mw_buf *out);
void mw_put_fish(struct mw_buf *out);

#endif
