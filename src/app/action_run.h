/* What the rows of the table of actions call. */
#ifndef MW_ACTION_RUN_H
#define MW_ACTION_RUN_H

#include "mirrorwise/app.h"

const char *app_why_not_write(const struct mw_app *app);
const char *app_why_not_no(const struct mw_app *app);
const char *app_why_not_back(const struct mw_app *app);
const char *app_why_not_skip(const struct mw_app *app);
const char *app_why_not_force(const struct mw_app *app);
const char *app_why_not_press(const struct mw_app *app);
const char *app_why_not_accept(const struct mw_app *app);
const char *app_why_not_check(const struct mw_app *app);
const char *app_why_not_check_again(const struct mw_app *app);
const char *app_why_not_fix(const struct mw_app *app);
const char *app_why_not_copy(const struct mw_app *app);
const char *app_why_not_mirror(const struct mw_app *app);
const char *app_why_not_tool(const struct mw_app *app);
const char *app_why_not_choose(const struct mw_app *app);
const char *app_why_not_trust(const struct mw_app *app);
const char *app_why_not_go_back(const struct mw_app *app);
const char *app_why_not_apply(const struct mw_app *app);
const char *app_why_not_undo(const struct mw_app *app);
const char *app_why_not_checks(const struct mw_app *app);
const char *app_why_not_diff(const struct mw_app *app);
const char *app_why_not_session(const struct mw_app *app);
const char *app_why_not_probe(const struct mw_app *app);
const char *app_why_not_next(const struct mw_app *app);
const char *app_why_not_filtered(const struct mw_app *app);
const char *app_why_not_unfilter(const struct mw_app *app);
const char *app_why_not_theme(const struct mw_app *app);
const char *app_why_not_language(const struct mw_app *app);
const char *app_why_not_quit(const struct mw_app *app);

unsigned app_run_yes(struct mw_app *app);
unsigned app_run_back(struct mw_app *app);
unsigned app_run_skip(struct mw_app *app);
unsigned app_run_force(struct mw_app *app);
unsigned app_run_accept(struct mw_app *app);
unsigned app_run_check(struct mw_app *app);
unsigned app_run_check_again(struct mw_app *app);
unsigned app_run_fix(struct mw_app *app);
unsigned app_run_copy(struct mw_app *app);
unsigned app_run_press(struct mw_app *app);
unsigned app_run_panel(struct mw_app *app);
unsigned app_run_jump(struct mw_app *app);
unsigned app_run_only(struct mw_app *app);
unsigned app_run_apply_row(struct mw_app *app);
unsigned app_run_detail(struct mw_app *app);
unsigned app_run_choose(struct mw_app *app);
unsigned app_run_trust(struct mw_app *app);
unsigned app_run_go_back(struct mw_app *app);
unsigned app_run_apply(struct mw_app *app);
unsigned app_run_undo(struct mw_app *app);
unsigned app_run_diff(struct mw_app *app);
unsigned app_run_profiles(struct mw_app *app);
unsigned app_run_checks(struct mw_app *app);
unsigned app_run_history(struct mw_app *app);
unsigned app_run_pick(struct mw_app *app);
unsigned app_run_probe(struct mw_app *app);
unsigned app_run_filter(struct mw_app *app);
unsigned app_run_next(struct mw_app *app);
unsigned app_run_previous(struct mw_app *app);
unsigned app_run_sort(struct mw_app *app);
unsigned app_run_reverse(struct mw_app *app);
unsigned app_run_freeze(struct mw_app *app);
unsigned app_run_interval(struct mw_app *app);
unsigned app_run_family(struct mw_app *app);
unsigned app_run_theme(struct mw_app *app);
unsigned app_run_language(struct mw_app *app);
unsigned app_run_messages(struct mw_app *app);
unsigned app_run_help(struct mw_app *app);
unsigned app_run_redraw(struct mw_app *app);
unsigned app_run_quit(struct mw_app *app);
unsigned app_run_up(struct mw_app *app);
unsigned app_run_down(struct mw_app *app);
unsigned app_run_left(struct mw_app *app);
unsigned app_run_right(struct mw_app *app);
unsigned app_run_first(struct mw_app *app);
unsigned app_run_last(struct mw_app *app);
unsigned app_run_half_up(struct mw_app *app);
unsigned app_run_half_down(struct mw_app *app);
unsigned app_run_page_up(struct mw_app *app);
unsigned app_run_page_down(struct mw_app *app);

#endif
