/* An app as after its first reading, without disk, network, terminal or time: profile, plan,
 * catalogue and history are made by hand, samples are told. */
#ifndef MW_TEST_APP_WORLD_H
#define MW_TEST_APP_WORLD_H

#include "mirrorwise/app.h"

/* Catalogues: the usual one, one whose names are long, wide or hostile, or nine made-up tools in
 * every state beside three that are not there. */
enum app_world_names { APP_WORLD_USUAL, APP_WORLD_HOSTILE, APP_WORLD_MANY };

/* Opens at home with the result of the first reading taken; the prober's first run has begun. */
void app_world_open(struct mw_app *app, enum app_world_names names);
/* Owned: the result of a READ; `profile` names it. */
struct mw_job_result *app_world_result(struct mw_app *app, enum app_world_names names,
                                       const char *profile);
/* The same of many tools. */
struct mw_job_result *app_world_many(const struct mw_app *app);
/* A sample of a mirror: `ttfb_ms` below 0 is a timeout. The clock goes on by `after_ms`. */
void app_world_sample(struct mw_app *app, const char *tool, const char *id, long ttfb_ms,
                      long after_ms);
/* Enough samples of everything for all views to have something to show. */
void app_world_measure(struct mw_app *app);
/* The checklist's answers: the first `count` of them, or all and the end of the run. The checks
 * must have been asked for. */
void app_world_checks(struct mw_app *app, size_t count);
/* Owned: the end of the run of checks that is under way, with every answer. */
struct mw_job_result *app_world_answers(const struct mw_app *app);
/* The profile wants something dangerous. */
void app_world_risk(struct mw_app *app);
/* Two of the tools' files are broken, the third is as wanted; measuring has something to warn of.
 */
void app_world_block(struct mw_app *app);
/* Presses each character; "<Enter>", "<Esc>", "<Up>", "<Down>", "<Left>", "<Right>", "<Tab>",
 * "<C-d>" and the like are one key. Returns all effects together. */
unsigned app_world_keys(struct mw_app *app, const char *keys);
unsigned app_world_tick(struct mw_app *app, long after_ms);

#endif
