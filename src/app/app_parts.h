/* What the files behind app.h share. */
#ifndef MW_APP_PARTS_H
#define MW_APP_PARTS_H

#include "mirrorwise/app.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"

/* ---- app.c ---- */
/* Shows a sentence in the message line and keeps it in the log. */
#define app_say(app, level, ...) app_take_message(app, level, mw_xasprintf(__VA_ARGS__))
void app_take_message(struct mw_app *app, enum mw_app_level level, char *take_text);
/* The same for an error and its hint. */
void app_say_error(struct mw_app *app, const struct mw_error *err);
/* What is being typed goes there: a filter, or what is sought. */
char *app_typed_into(struct mw_app *app);
void app_push(struct mw_app *app, enum mw_app_view view);
void app_pop(struct mw_app *app);
/* Is it anywhere in the stack of views? */
bool app_is_open(const struct mw_app *app, enum mw_app_view view);
/* Takes it out of the stack, wherever it is. */
void app_close(struct mw_app *app, enum mw_app_view view);

/* ---- app_jobs.c: what is asked of the worker, and what comes of it ---- */
unsigned app_read(struct mw_app *app);
unsigned app_preview(struct mw_app *app, const char *profile);
/* Works out what is asked about, if it is not the profile's plan. */
unsigned app_plan_question(struct mw_app *app);
unsigned app_write(struct mw_app *app);
unsigned app_check(struct mw_app *app);
/* Keeps what was measured for runs without the network. */
unsigned app_save(struct mw_app *app);
/* Trusts that file as `sha256` says it was shown. */
unsigned app_trust(struct mw_app *app, const char *path, const char *sha256);
unsigned app_reload(struct mw_app *app, const struct mw_tool *tool);
unsigned app_take_result(struct mw_app *app, struct mw_job_result *take_result);

/* ---- app_checks.c: the checklist as it comes in ---- */
/* Takes an item of the run that is under way. */
unsigned app_checks_take(struct mw_app *app, const struct mw_event *event);
/* Takes the whole list when the run is over. */
void app_checks_end(struct mw_app *app, struct mw_checks *checks);
/* The list is of no use any more: another profile. */
void app_checks_forget(struct mw_app *app);

/* ---- action_*.c: what the rows of the table of actions call ---- */
typedef const char *why_not_function(const struct mw_app *app);
why_not_function app_why_not_write, app_why_not_no, app_why_not_back, app_why_not_skip,
    app_why_not_force, app_why_not_press, app_why_not_accept, app_why_not_check,
    app_why_not_check_again, app_why_not_fix, app_why_not_copy, app_why_not_mirror,
    app_why_not_tool, app_why_not_choose, app_why_not_trust, app_why_not_go_back, app_why_not_apply,
    app_why_not_undo, app_why_not_checks, app_why_not_diff, app_why_not_session, app_why_not_probe,
    app_why_not_next, app_why_not_filtered, app_why_not_unfilter, app_why_not_theme,
    app_why_not_language, app_why_not_quit;
typedef unsigned run_function(struct mw_app *app);
run_function app_run_move, app_run_pages, app_run_sideways, app_run_match, app_run_open,
    app_run_effect, app_run_back, app_run_skip, app_run_force, app_run_accept, app_run_fix,
    app_run_copy, app_run_press, app_run_jump, app_run_only, app_run_apply_row, app_run_choose,
    app_run_trust, app_run_go_back, app_run_apply, app_run_undo, app_run_profiles, app_run_checks,
    app_run_pick, app_run_probe, app_run_filter, app_run_sort, app_run_reverse, app_run_freeze,
    app_run_interval, app_run_family, app_run_theme, app_run_language;

/* Moves the cursor, or the text, of whatever is on top. */
unsigned app_move(struct mw_app *app, long lines);
/* Goes to the first place found, unless one is in sight. */
unsigned app_find_first(struct mw_app *app);
void app_apply_release(struct mw_app_apply *apply);
/* Opens the question. */
void app_ask(struct mw_app *app, enum mw_app_question question);

/* ---- app_need.c: what each tool needs ---- */
void app_need_make(struct mw_app *app);
/* The overview's lines anew: by need, filtered. */
void app_need_order(struct mw_app *app);

/* ---- app_load.c: the mirrors there are ---- */
/* Makes panels and mirrors anew from the session; what was measured stays. True: they are the ones
 * of before, and the rows stand as they stood. */
bool app_load(struct mw_app *app, const struct mw_app_now *tools, size_t count);
/* Is one of the URLs a spelling of that one? */
bool app_has_place(const struct mw_strings *urls, const char *url);
void app_load_release(struct mw_app *app);
void app_tracks_release(struct mw_app *app);

/* ---- app_feed.c: what is measured of them ---- */
unsigned app_feed_event(struct mw_app *app, const struct mw_probe_event *event);

/* ---- app_rank.c: who is best, and who is asked next ---- */
/* Ranks all mirrors by what is known. */
void app_rank_make(struct mw_app *app);
/* Is the best mirror of the tool's service known, or that none is usable? */
bool app_rank_is_judged(const struct mw_app *app, size_t panel, size_t service);
/* The ranking as jobs want it: of the tools that are judged, also of those without a usable
 * mirror. */
void app_rank_export(const struct mw_app *app, struct mw_ranking *ranking);

/* ---- app_rows.c: the rows that are shown ---- */
/* Sorts and filters all panels now. The selection stays on its mirror. */
void app_rows_make(struct mw_app *app);
/* The same if it is time to: not frozen, nobody has just moved. True if it was done. */
bool app_rows_settle(struct mw_app *app);
/* Milliseconds until app_rows_settle() would do something; -1: nothing waits. */
long app_rows_wait_ms(const struct mw_app *app);
/* Does any of the texts have what is filtered for, in any case? */
bool app_any_has(const char *const *texts, size_t count, const char *filter);
/* Row of the selection in its panel; 0 if there is none. */
size_t app_rows_cursor(const struct mw_app_panel *panel);
void app_rows_move(struct mw_app *app, long lines);

#endif
