/* Many tools: the overview, its order and its keys; what blocks one tool and not the others; bad
 * mirrors that would be written. */
#include "support/rows.h"

#include <stdlib.h>
#include <string.h>

#include "mirrorwise/memory.h"
#include "support/app_world.h"

static const char *tool_at(const struct mw_app *app, size_t row)
{
    return app->panels[app->order[row]].tool->id;
}

static const char *focused(const struct mw_app *app)
{
    return app->panels[app->focus].tool->id;
}

/* As the worker would answer: the tools that were left out are no longer in the plan. */
static void read_again(struct mw_app *app)
{
    struct mw_job_result *result = app_world_many(app);
    struct mw_session *session = result->session;
    for (size_t i = 0; i < app->skip.count; i++) {
        for (size_t k = 0; k < session->plan.file_count; k++) {
            if (strcmp(session->plan.files[k].tool->id, app->skip.items[i]) == 0)
                mw_plan_leave_tool(&session->plan, session->plan.files[k].tool);
        }
    }
    mw_app_update(
        app, &(struct mw_event){.kind = MW_EVENT_RESULT, .now_ms = app->now_ms, .result = result});
}

static void test_order_of_need(void **state)
{
    (void)state;
    static const char *const order[] = {"foxtrot", "golf",  "hotel",   "echo", "bravo",
                                        "delta",   "alpha", "charlie", "india"};
    struct mw_app app;
    app_world_open(&app, APP_WORLD_MANY);
    assert_int_equal(mw_app_top(&app), MW_VIEW_OVERVIEW);
    assert_int_equal(app.panel_count, ROWS(order));
    assert_int_equal(app.absent.count, 3);
    app_world_measure(&app);
    for (size_t i = 0; i < ROWS(order); i++)
        row_string_equal(order[i], tool_at(&app, i), order[i]);
    assert_string_equal(focused(&app), "foxtrot"); /* nobody has moved: the first line */
    assert_int_equal(app.panels[app.order[3]].need, MW_NEED_DEAD);
    assert_int_equal(app.panels[app.order[5]].task, MW_TASK_CREATE);
    mw_app_release(&app);
}

/* The selection is a tool: it stays over a new reading, and the lines hold still after a move. */
static void test_lines_hold_still(void **state)
{
    (void)state;
    struct mw_app app;
    app_world_open(&app, APP_WORLD_MANY);
    app_world_keys(&app, "G");
    assert_string_equal(focused(&app), "india");
    app_world_sample(&app, "echo", "upstream", -1, 10); /* in use: it would move up */
    assert_string_equal(tool_at(&app, 3), "bravo");
    app_world_tick(&app, MW_APP_HOLD_MS + 500);
    assert_string_equal(tool_at(&app, 3), "echo");
    assert_string_equal(focused(&app), "india");
    mw_app_release(&app);
}

static void test_keys_of_the_overview(void **state)
{
    (void)state;
    static const struct {
        const char *keys, *focus;
        enum mw_app_view view;
    } rows[] = {
        {"3", "hotel", MW_VIEW_OVERVIEW},
        {"jj", "hotel", MW_VIEW_OVERVIEW},
        {"4<Enter>", "echo", MW_VIEW_HOME},
        {"4l", "echo", MW_VIEW_HOME},
        {"4lh", "echo", MW_VIEW_OVERVIEW},
        {"4l<Esc>", "echo", MW_VIEW_OVERVIEW},
        {"4l5", "bravo", MW_VIEW_HOME},
        {"4l<Enter>", "echo", MW_VIEW_DETAIL},
        {"/char<Enter>", "charlie", MW_VIEW_OVERVIEW},
        {"d", "foxtrot", MW_VIEW_DIFF},
        {"a", "foxtrot", MW_VIEW_APPLY},
        {"<Esc>", "foxtrot", MW_VIEW_OVERVIEW},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_app app;
        app_world_open(&app, APP_WORLD_MANY);
        app_world_measure(&app);
        app_world_keys(&app, rows[i].keys);
        row_string_equal(rows[i].keys, focused(&app), rows[i].focus);
        row_size_equal(rows[i].keys, mw_app_top(&app), rows[i].view);
        mw_app_release(&app);
    }
}

/* Three tools cannot be done: x leaves them out, and the rest can be written. */
static void test_one_blocks_no_other(void **state)
{
    (void)state;
    struct mw_app app;
    app_world_open(&app, APP_WORLD_MANY);
    app_world_keys(&app, "ay");
    assert_int_equal(app.apply.phase, MW_PHASE_ASKING);
    assert_non_null(mw_app_without_mirror(&app));
    assert_int_not_equal(app_world_keys(&app, "x") & MW_EFFECT_JOB, 0);
    assert_true(mw_strings_has(&app.skip, "foxtrot") && mw_strings_has(&app.skip, "golf") &&
                mw_strings_has(&app.skip, "hotel"));
    assert_int_equal(app.skip.count, 3);
    read_again(&app);
    assert_null(mw_app_without_mirror(&app));
    assert_int_equal(app.panels[0].task, MW_TASK_NONE);
    app_world_keys(&app, "y");
    assert_int_equal(app.apply.phase, MW_PHASE_WRITING);
    mw_app_release(&app);
}

/* A mirror that was measured as bad is not written without a key of its own. */
static void test_bad_mirror_needs_a_key(void **state)
{
    (void)state;
    struct mw_app app;
    app_world_open(&app, APP_WORLD_USUAL);
    for (int i = 0; i < 4; i++)
        app_world_sample(&app, "go", "goproxy.cn", -1, 10);
    assert_non_null(mw_app_bad_mirror(&app, NULL));
    app_world_tick(&app, 500);
    assert_int_equal(app.panels[0].task, MW_TASK_BAD_MIRROR);
    app_world_keys(&app, "ay");
    assert_int_equal(app.apply.phase, MW_PHASE_ASKING);
    app_world_keys(&app, "A");
    assert_null(mw_app_bad_mirror(&app, NULL));
    app_world_keys(&app, "<Esc>"); /* for one question only */
    assert_non_null(mw_app_bad_mirror(&app, NULL));
    app_world_keys(&app, "aAy");
    assert_int_equal(app.apply.phase, MW_PHASE_WRITING);
    mw_app_release(&app);
}

/* All of them at one key, for who has read them has read them all. */
static void test_bad_mirrors_are_taken_together(void **state)
{
    (void)state;
    struct mw_app app;
    app_world_open(&app, APP_WORLD_MANY);
    for (size_t i = 0; i < 4 * app.mirror_count; i++) {
        const struct mw_app_mirror *mirror = &app.mirrors[i / 4];
        app_world_sample(&app, app.panels[mirror->panel].tool->id, mirror->id, -1, 10);
    }
    size_t count = 0;
    for (size_t i = 0; i < app.mirror_count; i++)
        count += app.mirrors[i].is_wanted && mw_app_writes_bad(&app, &app.mirrors[i]);
    assert_true(count > 1);
    app_world_keys(&app, "aA");
    assert_null(mw_app_bad_mirror(&app, NULL));
    mw_app_release(&app);
}

/* Why a profile cannot be used is said beside it, not in a line that is cut. */
static void test_preview_says_why(void **state)
{
    (void)state;
    struct mw_app app;
    app_world_open(&app, APP_WORLD_USUAL);
    app_world_keys(&app, "p");
    size_t said = app.message_count;
    struct mw_job_result *result = mw_xcalloc(1, sizeof *result);
    result->kind = MW_JOB_PREVIEW;
    result->number = app.newest[MW_JOB_PREVIEW];
    result->code = mw_fail(&result->error, MW_NO_MIRROR, 0, "choose", "no usable mirror for go");
    mw_app_update(&app, &(struct mw_event){.kind = MW_EVENT_RESULT, .result = result});
    assert_string_equal(app.preview_error.message, "no usable mirror for go");
    assert_int_equal(app.message_count, said);
    mw_app_release(&app);
}

/* Where the plan finds the same of it, one key takes the risk. */
static void test_bad_mirror_is_asked_about_once(void **state)
{
    (void)state;
    const struct mw_strings nothing = {0};
    struct mw_value value = {0};
    struct mw_app app;
    app_world_open(&app, APP_WORLD_USUAL);
    for (int i = 0; i < 4; i++)
        app_world_sample(&app, "go", "goproxy.cn", -1, 10);
    mw_value_set_string(&value, "https://goproxy.cn");
    const struct mw_lint_setting setting = {
        .tool = app.panels[0].tool, .key = "GOPROXY", .value = &value, .is_wanted = true};
    mw_lint_add(mw_lint_untrusted, &setting, MW_LINT_ERROR, &nothing, &app.session->lint);
    app_world_keys(&app, "aA");
    assert_true(mw_strings_has(&app.accepted, mw_lint_untrusted));
    assert_null(mw_app_bad_mirror(&app, NULL));
    mw_value_release(&value);
    mw_app_release(&app);
}

static bool has_job(struct mw_app *app, enum mw_job_kind kind)
{
    bool is_there = false;
    struct mw_job *job = NULL;
    while ((job = mw_app_take_job(app)) != NULL) {
        is_there = is_there || (job->kind == kind && job->ranking.count > 0);
        mw_job_free(job);
    }
    return is_there;
}

/* What was measured is kept after the first round, then once a minute, and not while nothing can be
 * reached: who is offline for a while has the ranking of before. */
static void test_measurements_are_kept(void **state)
{
    (void)state;
    static const struct {
        long after_ms;
        bool is_kept, is_cut_off;
    } rounds[] = {{10, true, false},
                  {10, false, false},
                  {30000, false, false},
                  {31000, true, false},
                  {61000, false, true}};
    struct mw_app app;
    app_world_open(&app, APP_WORLD_MANY);
    app_world_measure(&app);
    app.saved_at_ms = 0;
    for (size_t i = 0; i < ROWS(rounds); i++) {
        const struct mw_probe_event done = {.kind = MW_PROBE_EVENT_DONE,
                                            .generation = app.generation};
        for (size_t k = 0; rounds[i].is_cut_off && k < app.track_count; k++)
            app.tracks[k]->result.class = MW_PROBE_DNS;
        mw_app_update(&app, &(struct mw_event){.kind = MW_EVENT_PROBE,
                                               .now_ms = app.now_ms + rounds[i].after_ms,
                                               .probe = &done});
        assert_int_equal(has_job(&app, MW_JOB_SAVE), rounds[i].is_kept);
    }
    mw_app_release(&app);
}

/* d and a of the chooser are about the row under the cursor. */
static void test_profile_under_the_cursor(void **state)
{
    (void)state;
    struct mw_app app;
    app_world_open(&app, APP_WORLD_USUAL);
    app_world_keys(&app, "pj"); /* prod; its preview has not come */
    app_world_keys(&app, "d");
    assert_int_equal(mw_app_top(&app), MW_VIEW_DIFF);
    assert_null(mw_app_shown_session(&app));
    app_world_keys(&app, "<Esc>a");
    assert_string_equal(app.profile, "prod");
    assert_int_equal(mw_app_top(&app), MW_VIEW_APPLY);
    assert_true(app.is_reading);
    app_world_keys(&app, "y"); /* not before its plan is there */
    assert_int_equal(app.apply.phase, MW_PHASE_ASKING);
    mw_app_release(&app);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_of_need),
        cmocka_unit_test(test_lines_hold_still),
        cmocka_unit_test(test_keys_of_the_overview),
        cmocka_unit_test(test_one_blocks_no_other),
        cmocka_unit_test(test_bad_mirror_needs_a_key),
        cmocka_unit_test(test_bad_mirrors_are_taken_together),
        cmocka_unit_test(test_bad_mirror_is_asked_about_once),
        cmocka_unit_test(test_preview_says_why),
        cmocka_unit_test(test_measurements_are_kept),
        cmocka_unit_test(test_profile_under_the_cursor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
