/* The app with real files: what a person presses, what is on the disk then. */
#include "support/rows.h"

#include "mirrorwise/memory.h"
#include "support/app_world.h"
#include "support/sandbox.h"
#include <stdlib.h>
#include <string.h>

static struct mw_sandbox box;

static void run_jobs(struct mw_app *app)
{
    struct mw_job *job = NULL;
    while ((job = mw_app_take_job(app)) != NULL) {
        struct mw_event event = {
            .kind = MW_EVENT_RESULT,
            .now_ms = app->now_ms + 1,
            .result = mw_job_run(job, &mw_ops_real, NULL),
        };
        (void)mw_app_update(app, &event);
    }
}

static void press(struct mw_app *app, const char *keys)
{
    while (*keys != '\0') {
        const char *end = *keys == '<' ? strchr(keys, '>') : keys;
        char *one = mw_xstrndup(keys, (size_t)(end - keys) + 1);
        app_world_keys(app, one);
        run_jobs(app);
        free(one);
        keys = end + 1;
    }
}

static void open_real(struct mw_app *app, struct mw_strings *only, const char *root)
{
    struct mw_app_options options = {.may_color = true};
    options.session.profile = "prod";
    options.session.root = root;
    options.session.no_network = true;
    options.session.only = *only;
    mw_app_init(app, &options);
    mw_app_update(app, &(struct mw_event){.kind = MW_EVENT_START, .now_ms = 1});
    run_jobs(app);
}

static void set_environment(void)
{
    char *home = mw_sandbox_path(&box, "home");
    char *state = mw_sandbox_path(&box, "state");
    mw_sandbox_mkdir(&box, "home", 0755);
    mw_sandbox_mkdir(&box, "root", 0755);
    setenv("HOME", home, 1);
    setenv("MIRRORWISE_STATE_DIR", state, 1);
    setenv("PATH", "/nonexistent", 1);
    unsetenv("XDG_CONFIG_HOME");
    unsetenv("GOENV");
    unsetenv("GOPROXY");
    unsetenv("GOSUMDB");
    unsetenv("PIP_CONFIG_FILE");
    unsetenv("PIP_INDEX_URL");
    unsetenv("SUDO_UID");
    unsetenv("MIRRORWISE_PROFILE");
    free(state);
    free(home);
}

static void test_apply_and_back(void **state)
{
    (void)state;
    struct mw_strings only = {0};
    mw_strings_split(&only, "go,pip", ",");
    mw_sandbox_open(&box);
    set_environment();
    char *root = mw_sandbox_path(&box, "root");
    struct mw_app app;
    open_real(&app, &only, root);
    assert_int_equal(app.read_code, MW_OK);
    assert_int_equal(mw_app_changes(&app), 2);

    press(&app, "a<Enter>"); /* the default is No */
    assert_int_equal(mw_app_top(&app), MW_VIEW_HOME);
    assert_string_equal(app.messages[app.message_count - 1].text, "nothing was written");
    assert_null(mw_sandbox_get(&box, "home/.config/go/env"));

    press(&app, "a<Right><Enter>");
    assert_int_equal(app.apply.phase, MW_PHASE_DONE);
    assert_int_equal(app.apply.code, MW_OK);
    char *text = mw_sandbox_get(&box, "home/.config/go/env");
    assert_non_null(text);
    assert_non_null(strstr(text, "GOPROXY=https://goproxy.cn"));
    free(text);
    assert_int_equal(mw_app_changes(&app), 0);
    press(&app, "<Enter>a"); /* nothing to do: said, not done */
    assert_int_equal(mw_app_top(&app), MW_VIEW_HOME);
    assert_true(app.mirrors[app.panels[0].now_mirror].is_in_use);

    press(&app, "Hu"); /* the way back, asked for again */
    assert_int_equal(app.apply.phase, MW_PHASE_ASKING);
    press(&app, "y");
    assert_int_equal(app.apply.code, MW_OK);
    assert_null(mw_sandbox_get(&box, "home/.config/go/env"));
    assert_int_equal(app.session->history.count, 2);

    mw_app_release(&app);
    mw_strings_release(&only);
    free(root);
    mw_sandbox_close(&box);
}

/* What was shown is what is written: a file that changed between question and answer stops it. */
static void test_changed_while_asked(void **state)
{
    (void)state;
    struct mw_strings only = {0};
    mw_strings_split(&only, "go", ",");
    mw_sandbox_open(&box);
    set_environment();
    char *root = mw_sandbox_path(&box, "root");
    struct mw_app app;
    open_real(&app, &only, root);
    press(&app, "a");
    mw_sandbox_put(&box, "home/.config/go/env", "GOFLAGS=-v\n", 0644);
    press(&app, "y");
    assert_int_equal(app.apply.code, MW_CONFLICT);
    char *text = mw_sandbox_get(&box, "home/.config/go/env");
    assert_string_equal(text, "GOFLAGS=-v\n");
    free(text);
    mw_app_release(&app);
    mw_strings_release(&only);
    free(root);
    mw_sandbox_close(&box);
}

/* What was asked about is what is written, though mirrors have been measured in between. */
static void test_measured_while_asked(void **state)
{
    (void)state;
    struct mw_strings only = {0};
    mw_strings_split(&only, "go", ",");
    mw_sandbox_open(&box);
    set_environment();
    char *root = mw_sandbox_path(&box, "root");
    struct mw_app app;
    open_real(&app, &only, root);
    press(&app, "p");
    for (size_t i = 0; i < mw_app_profile_count(&app); i++) {
        if (strcmp(mw_app_profile_file(&app, i)->name, "dev") == 0)
            app.scroll[MW_VIEW_PROFILES].cursor = i;
    }
    press(&app, "<Enter>a");
    assert_string_equal(app.session->profile.name, "dev");
    assert_false(app.session->is_measured);
    struct mw_probe_target *targets = NULL;
    mw_app_probe_targets(&app, &targets);
    free(targets);
    mw_app_probe_started(&app, 1);
    app_world_sample(&app, "go", "tencent", 1, 10);
    app_world_tick(&app, 1000);
    press(&app, "y");
    assert_int_equal(app.apply.code, MW_OK);
    mw_app_release(&app);
    mw_strings_release(&only);
    free(root);
    mw_sandbox_close(&box);
}

/* Measured by the prober: every mirror of the tools shown, by default dead. */
static void measure_all(struct mw_app *app, const char *alive)
{
    struct mw_probe_target *targets = NULL;
    mw_app_probe_targets(app, &targets);
    free(targets);
    mw_app_probe_started(app, app->generation + 1);
    for (size_t i = 0; i < app->mirror_count; i++) {
        const struct mw_app_mirror *mirror = &app->mirrors[i];
        bool is_alive = strcmp(mirror->id, alive) == 0;
        app_world_sample(app, app->panels[mirror->panel].tool->id, mirror->id, is_alive ? 20 : -1,
                         1);
    }
    const struct mw_probe_event done = {.kind = MW_PROBE_EVENT_DONE, .generation = app->generation};
    mw_app_update(app, &(struct mw_event){
                           .kind = MW_EVENT_PROBE, .now_ms = app->now_ms + 9000, .probe = &done});
    run_jobs(app);
}

/* Mirrors that were measured as dead are not written, as the command line does not; before that
 * the question says that nothing was measured. */
static void test_dead_mirrors_are_not_applied(void **state)
{
    (void)state;
    struct mw_strings only = {0};
    mw_strings_split(&only, "go,pip", ",");
    mw_sandbox_open(&box);
    set_environment();
    char *root = mw_sandbox_path(&box, "root");
    struct mw_app app;
    struct mw_app_options options = {.may_color = true};
    options.session.profile = "dev";
    options.session.root = root;
    options.session.only = only;
    mw_app_init(&app, &options);
    mw_app_update(&app, &(struct mw_event){.kind = MW_EVENT_START, .now_ms = 1});
    run_jobs(&app);
    assert_int_equal(app.session->warnings.count, 1);
    assert_non_null(strstr(app.session->warnings.items[0], "nothing was measured yet"));

    measure_all(&app, "");
    assert_int_equal(app.read_code, MW_NO_MIRROR);
    assert_string_equal(app.read_error.message,
                        "no usable mirror for go, pip; nothing was written");
    assert_non_null(strstr(app.read_error.hint, "is this machine offline?"));
    for (size_t i = 0; i < app.mirror_count; i++)
        assert_false(app.mirrors[i].is_wanted);
    press(&app, "a");
    assert_int_equal(mw_app_top(&app), MW_VIEW_HOME);
    assert_string_equal(app.messages[app.message_count - 1].text,
                        "a: no usable mirror for go, pip; nothing was written");
    press(&app, "y");
    assert_null(mw_sandbox_get(&box, "home/.config/go/env"));
    assert_null(mw_sandbox_get(&box, "home/.config/pip/pip.conf"));

    /* Who answers badly answers: that is no cable that is out. */
    app.tracks[0]->result.class = MW_PROBE_INTEGRITY;
    mw_app_update(&app, &(struct mw_event){.kind = MW_EVENT_START, .now_ms = app.now_ms});
    run_jobs(&app);
    assert_null(strstr(app.read_error.hint, "offline"));

    measure_all(&app, "aliyun"); /* the cable is in again */
    assert_int_equal(app.read_code, MW_OK);
    assert_int_equal(app.session->warnings.count, 0);
    press(&app, "ay");
    assert_int_equal(app.apply.code, MW_OK);
    mw_app_release(&app);
    mw_strings_release(&only);
    free(root);
    mw_sandbox_close(&box);
}

/* A dangerous value stops until its risk is named and taken, and for this one question only. */
static void test_risk_is_taken(void **state)
{
    (void)state;
    struct mw_strings only = {0};
    mw_strings_split(&only, "go", ",");
    mw_sandbox_open(&box);
    set_environment();
    char *root = mw_sandbox_path(&box, "root");
    struct mw_app app;
    struct mw_app_options options = {.may_color = true};
    options.session.profile = "prod";
    options.session.root = root;
    options.session.no_network = true;
    options.session.only = only;
    mw_strings_add(&options.session.sets, "go.GOSUMDB=off");
    mw_app_init(&app, &options);
    mw_app_update(&app, &(struct mw_event){.kind = MW_EVENT_START, .now_ms = 1});
    run_jobs(&app);

    press(&app, "ay");
    assert_int_equal(app.apply.phase, MW_PHASE_ASKING);
    assert_null(mw_sandbox_get(&box, "home/.config/go/env"));
    assert_non_null(mw_app_risk(&app));
    press(&app, "A<Esc>"); /* taken, and thought better of it */
    press(&app, "a");
    assert_non_null(mw_app_risk(&app));
    press(&app, "Ay");
    assert_int_equal(app.apply.code, MW_OK);
    char *text = mw_sandbox_get(&box, "home/.config/go/env");
    assert_non_null(text);
    assert_non_null(strstr(text, "GOSUMDB=off"));
    free(text);
    press(&app, "<Esc>");
    assert_int_equal(app.accepted.count, 0);
    mw_app_release(&app);
    mw_strings_release(&options.session.sets);
    mw_strings_release(&only);
    free(root);
    mw_sandbox_close(&box);
}

static const char *check_id(const struct mw_app *app)
{
    const struct mw_check *check = mw_app_check(app);
    return check != NULL ? check->id : "";
}

/* From a failing check to a passing one, with real files: f, yes, and it is checked again. */
static void test_fix_is_checked_again(void **state)
{
    (void)state;
    struct mw_strings only = {0};
    mw_strings_split(&only, "go,pip", ",");
    mw_sandbox_open(&box);
    set_environment();
    char *root = mw_sandbox_path(&box, "root");
    struct mw_app app;
    open_real(&app, &only, root);
    press(&app, "c/has GOPROXY<Enter>");
    /* Nobody draws here, so nobody finds: the cursor is put by hand. */
    for (size_t i = 0; i < app.checks.count; i++) {
        if (strcmp(app.checks.items[i].id, "go-settings.GOPROXY") == 0)
            app.scroll[MW_VIEW_CHECKS] = (struct mw_app_scroll){.cursor = i, .is_chosen = true};
    }
    assert_string_equal(check_id(&app), "go-settings.GOPROXY");
    assert_int_equal(mw_app_check(&app)->status, MW_CHECK_FAIL);
    press(&app, "f");
    assert_int_equal(mw_app_top(&app), MW_VIEW_APPLY);
    assert_int_equal(mw_plan_changes(&app.session->plan), 1);
    assert_string_equal(mw_app_only(&app)->id, "go");
    assert_int_equal(app.panel_count, 2); /* what is left out is still on the screen */
    press(&app, "y<Esc>");
    assert_int_equal(mw_app_top(&app), MW_VIEW_CHECKS);
    assert_string_equal(check_id(&app), "go-settings.GOPROXY");
    assert_int_equal(mw_app_check(&app)->status, MW_CHECK_PASS);
    assert_null(mw_sandbox_get(&box, "home/.config/pip/pip.conf"));
    mw_app_release(&app);
    mw_strings_release(&only);
    free(root);
    mw_sandbox_close(&box);
}

static void test_pick_and_profile(void **state)
{
    (void)state;
    struct mw_strings only = {0};
    mw_strings_split(&only, "pip", ",");
    mw_sandbox_open(&box);
    set_environment();
    char *root = mw_sandbox_path(&box, "root");
    struct mw_app app;
    open_real(&app, &only, root);
    press(&app, "/tuna<Enter><Down> ");
    assert_string_equal(app.panels[0].picked.items[0], "pip=tuna");
    const struct mw_plan_setting *setting = &app.session->plan.settings[0];
    assert_non_null(strstr(setting->want.items.items[0], "tuna"));
    press(&app, " ");
    assert_int_equal(app.panels[0].picked.count, 0);

    press(&app, "pg");
    assert_non_null(app.preview);
    assert_true(app.preview->has_plan);
    press(&app, "j<Enter>");
    assert_int_equal(mw_app_top(&app), MW_VIEW_HOME);
    assert_string_equal(app.session->profile.name, "dev");
    mw_app_release(&app);
    mw_strings_release(&only);
    free(root);
    mw_sandbox_close(&box);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_apply_and_back),
        cmocka_unit_test(test_changed_while_asked),
        cmocka_unit_test(test_measured_while_asked),
        cmocka_unit_test(test_risk_is_taken),
        cmocka_unit_test(test_fix_is_checked_again),
        cmocka_unit_test(test_pick_and_profile),
        cmocka_unit_test(test_dead_mirrors_are_not_applied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
