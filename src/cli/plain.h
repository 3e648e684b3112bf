/* The interface as numbered lines, for screen readers and terminals that cannot place a cursor. */
#ifndef MW_CLI_PLAIN_H
#define MW_CLI_PLAIN_H

#include "run.h"

/* Asks on stdin and answers on stdout until somebody leaves or the input ends. */
enum mw_code mw_plain_run(struct mw_run *run) MW_WARN_UNUSED;

#endif
