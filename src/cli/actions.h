/* The functions behind the rows of the table of actions; one file an action. Each prints its
 * text unless --json was given, leaves what JSON needs in the run, and returns its code. */
#ifndef MW_CLI_ACTIONS_H
#define MW_CLI_ACTIONS_H

#include "mirrorwise/error.h"

struct mw_buf;
struct mw_run;
struct mw_style;

enum mw_code mw_action_apply(struct mw_run *run);
enum mw_code mw_action_diff(struct mw_run *run);
enum mw_code mw_action_probe(struct mw_run *run);
enum mw_code mw_action_checklist(struct mw_run *run);
enum mw_code mw_action_doctor(struct mw_run *run);
enum mw_code mw_action_history(struct mw_run *run);
enum mw_code mw_action_mend(struct mw_run *run);
enum mw_code mw_action_recover(struct mw_run *run);
enum mw_code mw_action_list(struct mw_run *run);
/* --show profile.NAME */
enum mw_code mw_show_profile(struct mw_run *run, const char *name);
enum mw_code mw_action_show(struct mw_run *run);
enum mw_code mw_action_generate(struct mw_run *run);
enum mw_code mw_action_trust(struct mw_run *run);
enum mw_code mw_action_untrust(struct mw_run *run);
enum mw_code mw_action_help(struct mw_run *run);
enum mw_code mw_action_version(struct mw_run *run);

/* The interface as numbered lines, for screen readers and terminals that cannot place a cursor:
 * asks on stdin and answers on stdout until somebody leaves or the input ends. */
enum mw_code mw_plain_run(struct mw_run *run);
/* The usage in a few lines, for a run without an action. */
void mw_help_short(struct mw_buf *buf, const struct mw_style *style);

#endif
