/* The app by key scripts: no terminal, no network, no files. */
#include "support/rows.h"

#include <stdlib.h>
#include <string.h>

#include "mirrorwise/memory.h"
#include "support/app_world.h"

/* ---- moving, order, filter ----------------------------------------------------------------- */

static const char *selected(const struct mw_app *app)
{
    const struct mw_app_mirror *mirror = mw_app_selected(app);
    return mirror != NULL ? mirror->id : "";
}

static const char *row_id(const struct mw_app *app, size_t panel, size_t row)
{
    return app->mirrors[app->panels[panel].rows[row]].id;
}

static void test_first_reading(void **state)
{
    (void)state;
    struct mw_app app;
    app_world_open(&app, APP_WORLD_USUAL);
    assert_int_equal(app.panel_count, 3);
    assert_int_equal(app.panels[0].mirror_count, 4); /* the dead one is nobody's */
    assert_int_equal(mw_app_changes(&app), 1);
    assert_string_equal(app.mirrors[app.panels[0].now_mirror].id, "upstream");
    assert_string_equal(app.mirrors[app.panels[1].now_mirror].id, "tuna");
    /* What the catalogue does not know is a row all the same. */
    assert_string_equal(app.mirrors[app.panels[2].now_mirror].name, "elsewhere.example");
    assert_true(app.mirrors[app.panels[2].now_mirror].is_unknown);
    assert_string_equal(app.panels[2].now, "https://elsewhere.example");
    assert_true(app.mirrors[app.panels[0].rows[0]].is_wanted);
    mw_app_release(&app);
}

static void test_best_comes_first(void **state)
{
    (void)state;
    struct mw_app app;
    app_world_open(&app, APP_WORLD_USUAL);
    app_world_sample(&app, "go", "goproxy.cn", 80, 0);
    app_world_sample(&app, "go", "aliyun", 20, 0);
    app_world_sample(&app, "go", "upstream", -1, 0);
    app_world_tick(&app, 500);
    assert_string_equal(row_id(&app, 0, 0), "aliyun");
    assert_string_equal(row_id(&app, 0, 1), "goproxy.cn");
    assert_string_equal(row_id(&app, 0, 3), "upstream");
    assert_int_equal(app.panels[0].leader, app.panels[0].rows[0]);
    assert_string_equal(selected(&app), "aliyun"); /* nobody has moved: the first row */
    mw_app_release(&app);
}

/* The order holds still after a move, and the selection stays on its mirror when it does change. */
static void test_selection_follows_its_mirror(void **state)
{
    (void)state;
    struct mw_app app;
    app_world_open(&app, APP_WORLD_USUAL);
    app_world_sample(&app, "go", "goproxy.cn", 60, 0);
    app_world_sample(&app, "go", "aliyun", 90, 0);
    app_world_tick(&app, 500);
    app_world_keys(&app, "j");
    assert_string_equal(selected(&app), "aliyun");
    for (int i = 0; i < 9; i++)
        app_world_sample(&app, "go", "aliyun", 2, 100);
    assert_string_equal(row_id(&app, 0, 0), "goproxy.cn");
    app_world_tick(&app, 3000);
    assert_string_equal(row_id(&app, 0, 0), "aliyun");
    assert_string_equal(selected(&app), "aliyun");
    mw_app_release(&app);
}

/* Nor does a new plan, which may come at any moment, move rows under the eyes. */
static void test_reading_moves_nothing(void **state)
{
    (void)state;
    struct mw_app app;
    app_world_open(&app, APP_WORLD_USUAL);
    app_world_sample(&app, "go", "goproxy.cn", 60, 0);
    app_world_sample(&app, "go", "aliyun", 90, 0);
    app_world_tick(&app, 500);
    app_world_keys(&app, "j");
    for (int i = 0; i < 9; i++)
        app_world_sample(&app, "go", "aliyun", 2, 100);
    struct mw_job_result *result = app_world_result(&app, APP_WORLD_USUAL, "dev");
    mw_app_update(
        &app, &(struct mw_event){.kind = MW_EVENT_RESULT, .now_ms = app.now_ms, .result = result});
    assert_string_equal(row_id(&app, 0, 0), "goproxy.cn");
    assert_string_equal(selected(&app), "aliyun");
    app_world_tick(&app, 3000);
    assert_string_equal(row_id(&app, 0, 0), "aliyun");

    app_world_keys(&app, "z");
    for (int i = 0; i < 9; i++)
        app_world_sample(&app, "go", "aliyun", 400, 100);
    result = app_world_result(&app, APP_WORLD_USUAL, "dev");
    mw_app_update(
        &app,
        &(struct mw_event){.kind = MW_EVENT_RESULT, .now_ms = app.now_ms + 9000, .result = result});
    app_world_tick(&app, 3000);
    assert_string_equal(row_id(&app, 0, 0), "aliyun");
    mw_app_release(&app);
}

static void test_frozen(void **state)
{
    (void)state;
    struct mw_app app;
    app_world_open(&app, APP_WORLD_USUAL);
    unsigned effects = app_world_keys(&app, "z");
    assert_true((effects & MW_EFFECT_CANCEL) != 0);
    assert_int_equal(mw_app_wait_ms(&app) > 5000, 1);
    assert_int_equal(app_world_tick(&app, 60000) & MW_EFFECT_PROBE, 0);
    assert_int_equal(app_world_keys(&app, "r") & MW_EFFECT_PROBE, 0);
    assert_non_null(strstr(app.messages[app.message_count - 1].text, "z goes on"));
    assert_true((app_world_keys(&app, "z") & MW_EFFECT_PROBE) != 0);
    mw_app_release(&app);
}

static const char *last_words(const struct mw_app *app)
{
    return app->message_count > 0 ? app->messages[app->message_count - 1].text : "";
}

/* A key that does nothing says so, one that cannot act says why in the words of who pressed it. */
static void test_every_key_answers(void **state)
{
    (void)state;
    struct mw_app app;
    app_world_open(&app, APP_WORLD_USUAL);
    app_world_keys(&app, "x");
    assert_non_null(strstr(last_words(&app), "? shows"));
    app_world_keys(&app, "<Esc>");
    assert_string_equal(last_words(&app), "Esc: this is the first view; q quits");
    assert_true((app_world_keys(&app, "u") & MW_EFFECT_JOB) != 0);
    assert_int_equal(mw_app_top(&app), MW_VIEW_APPLY);
    assert_int_equal(app.apply.question, MW_ASK_ROLLBACK);
    mw_app_release(&app);
}

static void test_filter(void **state)
{
    (void)state;
    struct mw_app app;
    app_world_open(&app, APP_WORLD_USUAL);
    app_world_keys(&app, "j/ALI");
    assert_int_equal(app.panels[0].row_count, 1);
    assert_string_equal(row_id(&app, 0, 0), "aliyun");
    app_world_keys(&app, "q"); /* a letter, not "quit" */
    assert_int_equal(app.panels[0].row_count, 0);
    app_world_keys(&app, "<BS><Enter>");
    assert_int_equal(app.panels[0].row_count, 1);
    app_world_keys(&app, "<Esc>");
    assert_int_equal(app.panels[0].row_count, 4);
    mw_app_release(&app);
}

static void test_sort(void **state)
{
    (void)state;
    struct mw_app app;
    app_world_open(&app, APP_WORLD_USUAL);
    app_world_keys(&app, "s");
    assert_string_equal(row_id(&app, 0, 0), "aliyun"); /* Alibaba */
    app_world_keys(&app, "S");
    assert_string_equal(row_id(&app, 0, 3), "aliyun");
    const struct mw_event click = {
        .kind = MW_EVENT_SORT, .now_ms = app.now_ms, .sort = MW_SORT_RTT};
    app_world_sample(&app, "go", "huawei", 3, 0);
    mw_app_update(&app, &click);
    assert_string_equal(row_id(&app, 0, 0), "huawei");
    mw_app_update(&app, &click);
    assert_string_equal(row_id(&app, 0, 0), "huawei"); /* what nobody knows stays last */
    mw_app_release(&app);
}

/* A lost sample or two are a hiccup; three in a row say that something is wrong. */
static void test_hiccup(void **state)
{
    (void)state;
    struct mw_app app;
    app_world_open(&app, APP_WORLD_USUAL);
    const struct mw_app_mirror *mirror = &app.mirrors[0];
    for (int i = 0; i < 4; i++)
        app_world_sample(&app, "go", "goproxy.cn", 20, 10);
    app_world_sample(&app, "go", "goproxy.cn", -1, 10);
    assert_int_equal(mw_app_mirror_state(mirror), MW_STATE_GOOD);
    assert_int_equal(mirror->track->lost, 1);
    app_world_sample(&app, "go", "goproxy.cn", -1, 10);
    app_world_sample(&app, "go", "goproxy.cn", -1, 10);
    assert_int_equal(mw_app_mirror_state(mirror), MW_STATE_BAD);
    app_world_sample(&app, "go", "goproxy.cn", 20, 10);
    assert_int_equal(mw_app_mirror_state(mirror), MW_STATE_GOOD);
    mw_app_release(&app);
}

/* A new reading brings new rows; what was measured and what is selected stays. */
static void test_reading_again_keeps_samples(void **state)
{
    (void)state;
    struct mw_app app;
    app_world_open(&app, APP_WORLD_USUAL);
    app_world_measure(&app);
    app_world_keys(&app, "jj");
    char *before = mw_xstrdup(selected(&app));
    app_world_keys(&app, "L"); /* any key that reads nothing */
    struct mw_job_result *result = app_world_result(&app, APP_WORLD_USUAL, "prod");
    mw_app_update(
        &app, &(struct mw_event){.kind = MW_EVENT_RESULT, .now_ms = app.now_ms, .result = result});
    assert_string_equal(selected(&app), before);
    assert_int_equal(app.mirrors[0].track->seen, 9);
    assert_string_equal(app.session->profile.name, "prod");
    free(before);
    mw_app_release(&app);
}

/* The first rounds follow at once; then only those who may be chosen are asked every time. */
static void test_rounds(void **state)
{
    (void)state;
    struct mw_app app;
    app_world_open(&app, APP_WORLD_USUAL);
    app_world_measure(&app);
    struct mw_probe_target *targets = NULL;
    size_t asked[MW_APP_BURST + 12] = {0};
    for (size_t i = 1; i < ROWS(asked); i++) {
        unsigned effects = app_world_tick(&app, i < MW_APP_BURST ? 1 : 10000);
        assert_true((effects & MW_EFFECT_PROBE) != 0);
        asked[i] = mw_app_probe_targets(&app, &targets);
        free(targets);
        mw_app_probe_started(&app, (unsigned)i + 1);
        assert_int_equal(app_world_tick(&app, 1) & MW_EFFECT_PROBE, 0); /* it runs */
        const struct mw_probe_event done = {.kind = MW_PROBE_EVENT_DONE,
                                            .generation = app.generation};
        mw_app_update(
            &app, &(struct mw_event){.kind = MW_EVENT_PROBE, .now_ms = app.now_ms, .probe = &done});
    }
    size_t all = app.mirror_count;
    size_t least = all;
    size_t most = 0;
    for (size_t i = MW_APP_BURST; i < ROWS(asked); i++) {
        least = asked[i] < least ? asked[i] : least;
        most = asked[i] > most ? asked[i] : most;
    }
    assert_true(least < all);
    assert_true(most >= all - 1); /* the broken have their turn */
    mw_app_release(&app);
}

static void test_late_samples_do_not_count(void **state)
{
    (void)state;
    struct mw_app app;
    app_world_open(&app, APP_WORLD_USUAL);
    const struct mw_probe_event late = {
        .kind = MW_PROBE_EVENT_SAMPLE, .generation = 77, .target = 0};
    mw_app_update(&app,
                  &(struct mw_event){.kind = MW_EVENT_PROBE, .now_ms = app.now_ms, .probe = &late});
    assert_int_equal(app.mirrors[0].track->seen, 0);
    const struct mw_probe_event wild = {
        .kind = MW_PROBE_EVENT_SAMPLE, .generation = app.generation, .target = 100000};
    mw_app_update(&app,
                  &(struct mw_event){.kind = MW_EVENT_PROBE, .now_ms = app.now_ms, .probe = &wild});
    mw_app_release(&app);
}

static void test_too_small(void **state)
{
    (void)state;
    struct mw_app app;
    app_world_open(&app, APP_WORLD_USUAL);
    mw_app_update(&app, &(struct mw_event){.kind = MW_EVENT_TOO_SMALL, .is_small = true});
    assert_int_equal(app_world_keys(&app, "a"), 0);
    assert_int_equal(mw_app_top(&app), MW_VIEW_HOME);
    assert_true((app_world_keys(&app, "q") & MW_EFFECT_QUIT) != 0);
    mw_app_release(&app);
}

/* Whatever is pressed: no crash, and the stack of views stays small. */
static void test_ten_thousand_keys(void **state)
{
    (void)state;
    struct mw_app app;
    app_world_open(&app, APP_WORLD_HOSTILE);
    unsigned seed = 1;
    for (int i = 0; i < 10000; i++) {
        seed = seed * 1103515245U + 12345U;
        int key = (int)((seed >> 16) % 400);
        key = key < 200 ? key : MW_KEY_UP + (key - 200) % 24;
        mw_app_update(
            &app, &(struct mw_event){.kind = MW_EVENT_KEY, .now_ms = app.now_ms + 1, .key = key});
        assert_in_range(app.view_count, 1, MW_VIEW_COUNT);
        for (size_t view = 0; view < MW_VIEW_COUNT; view++)
            mw_app_extent(&app, (enum mw_app_view)view, seed % 50, seed % 7);
        struct mw_job *job = NULL;
        while ((job = mw_app_take_job(&app)) != NULL)
            mw_job_free(job);
        if (i % 10 == 0)
            app_world_sample(&app, "go", "aliyun", (long)(seed % 90) - 5, 3);
    }
    mw_app_release(&app);
}

/* ---- the checklist ------------------------------------------------------------------------- */

static const char *check_id(const struct mw_app *app)
{
    const struct mw_check *check = mw_app_check(app);
    return check != NULL ? check->id : "";
}

static void test_checks_come_in(void **state)
{
    (void)state;
    struct mw_app app;
    app_world_open(&app, APP_WORLD_USUAL);
    app_world_keys(&app, "c");
    assert_true(app.is_checking);
    app_world_checks(&app, 2);
    assert_int_equal(app.checks.count, 2); /* what is answered is there at once */
    app_world_keys(&app, "j");
    assert_string_equal(check_id(&app), "go-installed");
    static const char *const by_area[] = {"own-files", "go-installed", "go-settings.GOPROXY",
                                          "go-effective.GOPROXY", "pip-installed"};
    app_world_checks(&app, ROWS(by_area));
    assert_true(app.is_checking);
    for (size_t i = 0; i < ROWS(by_area); i++)
        row_string_equal(by_area[i], app.checks.items[i].id, by_area[i]);
    app_world_checks(&app, 6);
    assert_false(app.is_checking);
    assert_int_equal(app.checks.count, 6);
    assert_string_equal(app.checks.items[0].id, "go-installed"); /* what fails first */
    assert_string_equal(app.checks.items[1].id, "go-settings.GOPROXY");
    assert_string_equal(check_id(&app), "go-installed"); /* the cursor stays */

    /* Again: what was known stays until there is something newer. */
    app_world_keys(&app, "r");
    assert_int_equal(app.checks.count, 6);
    assert_false(mw_app_check_is_fresh(&app, &app.checks.items[0]));
    app_world_checks(&app, 1);
    assert_string_equal(app.checks.items[3].id, "own-files");
    assert_true(mw_app_check_is_fresh(&app, &app.checks.items[3]));
    assert_int_equal(app_world_keys(&app, "r") & MW_EFFECT_JOB, 0); /* it runs already */

    /* An answer to somebody else's question. */
    const struct mw_check late = app.checks.items[1];
    struct mw_checks one = {0};
    mw_checks_put(&one, 0, &late);
    mw_app_update(&app, &(struct mw_event){.kind = MW_EVENT_CHECK,
                                           .now_ms = app.now_ms,
                                           .number = app.newest[MW_JOB_CHECKS] + 7,
                                           .checks = &one});
    assert_int_equal(one.count, 0);
    assert_int_equal(app.fresh_checks.count, 1);
    mw_app_release(&app);
}

/* The item that somebody reads stays that item when the run ends, the first one too: `f` would mend
 * another. */
static void test_open_check_stays(void **state)
{
    (void)state;
    struct mw_app app;
    app_world_open(&app, APP_WORLD_USUAL);
    app_world_keys(&app, "c");
    app_world_checks(&app, 2);
    app_world_keys(&app, "<Enter>");
    assert_int_equal(mw_app_top(&app), MW_VIEW_CHECK);
    assert_string_equal(check_id(&app), "own-files");
    app_world_checks(&app, 6);
    assert_int_equal(mw_app_top(&app), MW_VIEW_CHECK);
    assert_string_equal(check_id(&app), "own-files");
    app_world_keys(&app, "?");
    app_world_keys(&app, "<Esc>r"); /* beneath another view as well */
    app_world_keys(&app, "?");
    app_world_checks(&app, 6);
    app_world_keys(&app, "<Esc>");
    assert_int_equal(mw_app_top(&app), MW_VIEW_CHECK);
    assert_string_equal(check_id(&app), "own-files");
    /* Nobody moved in the list: its first row is what fails, not the item that went down. */
    app_world_keys(&app, "<Esc>");
    assert_string_equal(check_id(&app), "go-installed");
    assert_int_equal(app.scroll[MW_VIEW_CHECKS].cursor, 0);
    app_world_keys(&app, "jjj<Enter>");
    assert_string_equal(check_id(&app), "own-files");

    /* An item that the run does not know any more closes. */
    app_world_keys(&app, "r");
    free(app.checks.items[3].id);
    app.checks.items[3].id = mw_xstrdup("gone");
    mw_app_update(&app, &(struct mw_event){.kind = MW_EVENT_RESULT,
                                           .now_ms = app.now_ms,
                                           .result = app_world_answers(&app)});
    assert_int_equal(mw_app_top(&app), MW_VIEW_CHECKS);
    assert_string_equal(check_id(&app), "go-installed");
    mw_app_release(&app);
}

static void test_only_what_is_wrong(void **state)
{
    (void)state;
    struct mw_app app;
    app_world_open(&app, APP_WORLD_USUAL);
    app_world_keys(&app, "c");
    app_world_checks(&app, 6);
    assert_int_equal(mw_app_check_count(&app), 6);
    app_world_keys(&app, "oG");
    assert_int_equal(mw_app_check_count(&app), 3);
    assert_string_equal(check_id(&app), "go-effective.GOPROXY");
    app_world_keys(&app, "o");
    assert_int_equal(mw_app_check_count(&app), 6);
    mw_app_release(&app);
}

/* What is ours to do opens the usual question about that tool alone; what is not says why. */
static void test_fix(void **state)
{
    (void)state;
    struct mw_app app;
    app_world_open(&app, APP_WORLD_USUAL);
    app_world_keys(&app, "c");
    app_world_checks(&app, 6);
    assert_string_equal(check_id(&app), "go-installed");
    app_world_keys(&app, "f");
    assert_non_null(strstr(app.messages[app.message_count - 1].text, "no command"));
    app_world_keys(&app, "jjf");
    assert_string_equal(check_id(&app), "go-effective.GOPROXY");
    assert_non_null(strstr(app.messages[app.message_count - 1].text, "your own shell"));
    assert_true((app_world_keys(&app, "C") & MW_EFFECT_COPY) != 0);
    assert_string_equal(app.clipboard, "unset GOPROXY");

    assert_true((app_world_keys(&app, "kf") & MW_EFFECT_JOB) != 0);
    assert_int_equal(mw_app_top(&app), MW_VIEW_APPLY);
    assert_true(mw_strings_has(&app.skip, "pip") && mw_strings_has(&app.skip, "docker"));
    assert_false(mw_strings_has(&app.skip, "go"));
    app_world_keys(&app, "<Esc>");
    assert_int_equal(mw_app_top(&app), MW_VIEW_CHECKS);
    assert_int_equal(app.skip.count, 0);
    mw_app_release(&app);
}

/* A click on the key bar means what the bar of that view says. */
static void test_clicks_mean_the_view(void **state)
{
    (void)state;
    struct mw_app app;
    app_world_open(&app, APP_WORLD_USUAL);
    const struct mw_event open = {.kind = MW_EVENT_ACTION, .action = MW_DO_OPEN};
    app_world_keys(&app, "H");
    mw_app_update(&app, &open); /* "this is how it is now": no detail of a mirror */
    assert_int_equal(mw_app_top(&app), MW_VIEW_HISTORY);
    app_world_keys(&app, "<Esc>");
    mw_app_update(&app, &open);
    assert_int_equal(mw_app_top(&app), MW_VIEW_DETAIL);
    app_world_keys(&app, "<Esc>a");
    const struct mw_event theme = {.kind = MW_EVENT_ACTION, .action = MW_DO_PROFILES};
    mw_app_update(&app, &theme);
    assert_int_equal(mw_app_top(&app), MW_VIEW_APPLY);
    assert_non_null(strstr(app.messages[app.message_count - 1].text, "not from here"));
    mw_app_release(&app);
}

/* As many mirrors as before are not the same mirrors: a new one gets its row, frozen or not. */
static void test_new_mirror_has_a_row(void **state)
{
    (void)state;
    struct mw_app app;
    app_world_open(&app, APP_WORLD_USUAL);
    app_world_keys(&app, "z");
    struct mw_job_result *result = app_world_result(&app, APP_WORLD_USUAL, "dev");
    struct mw_mirror *mirror = result->session->catalog.mirrors[1];
    assert_string_equal(mirror->id, "aliyun");
    free(mirror->id);
    mirror->id = mw_xstrdup("newcomer");
    mw_app_update(
        &app, &(struct mw_event){.kind = MW_EVENT_RESULT, .now_ms = app.now_ms, .result = result});
    assert_int_equal(app.panels[0].row_count, 4);
    bool is_there = false;
    for (size_t i = 0; i < app.panels[0].row_count; i++)
        is_there = is_there || strcmp(row_id(&app, 0, i), "newcomer") == 0;
    assert_true(is_there);
    mw_app_release(&app);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_reading),
        cmocka_unit_test(test_best_comes_first),
        cmocka_unit_test(test_selection_follows_its_mirror),
        cmocka_unit_test(test_reading_moves_nothing),
        cmocka_unit_test(test_frozen),
        cmocka_unit_test(test_every_key_answers),
        cmocka_unit_test(test_filter),
        cmocka_unit_test(test_sort),
        cmocka_unit_test(test_hiccup),
        cmocka_unit_test(test_reading_again_keeps_samples),
        cmocka_unit_test(test_rounds),
        cmocka_unit_test(test_late_samples_do_not_count),
        cmocka_unit_test(test_too_small),
        cmocka_unit_test(test_ten_thousand_keys),
        cmocka_unit_test(test_checks_come_in),
        cmocka_unit_test(test_open_check_stays),
        cmocka_unit_test(test_fix),
        cmocka_unit_test(test_only_what_is_wrong),
        cmocka_unit_test(test_clicks_mean_the_view),
        cmocka_unit_test(test_new_mirror_has_a_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
