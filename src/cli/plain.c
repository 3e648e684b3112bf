/* The same choices as the interface on a screen: a menu of numbered lines, one answer a line.
 * Nothing is drawn over, nothing moves, every state is a word. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mirrorwise/app.h"
#include "render.h"

struct plain {
    struct mw_run *run;
    struct mw_app app; /* what is chosen, and the jobs that follow from it */
    unsigned round;    /* of measuring */
    bool is_over;
};

/* ---- saying and asking --------------------------------------------------------------------- */

static void say_text(struct plain *plain, char *take_text)
{
    MW_FREE char *text = take_text;
    struct mw_buf line = {0};
    mw_put_line(&line, text);
    mw_run_print(plain->run, &line);
}
#define say(plain, ...) say_text(plain, mw_xasprintf(__VA_ARGS__))

static void say_error(struct plain *plain, const struct mw_error *err)
{
    say(plain, _("error: %s"), err->message);
    if (err->hint[0] != '\0')
        say(plain, _("hint: %s"), err->hint);
}

/* A line without its end; false at the end of input. */
static bool ask_line(struct plain *plain, const char *question, char *answer, size_t size)
{
    struct mw_buf text = {0};
    mw_buf_printf(&text, "%s ", question);
    mw_run_print(plain->run, &text);
    mw_run_flush(plain->run);
    if (plain->run->host->stop_signal() != 0 || fgets(answer, (int)size, stdin) == NULL) {
        plain->is_over = true;
        say(plain, "%s", "");
        return false;
    }
    /* The rest of a line that is too long is no answer to the next question. */
    for (int c = 0; strchr(answer, '\n') == NULL && c != '\n' && c != EOF;)
        c = getchar();
    answer[strcspn(answer, "\r\n")] = '\0';
    return true;
}

/* A number between 1 and `count`; 0 for anything else. "q" leaves, from wherever it is said. */
static size_t ask_number(struct plain *plain, const char *question, size_t count)
{
    char answer[64];
    if (!ask_line(plain, question, answer, sizeof answer) || answer[0] == '\0')
        return 0;
    if (strcmp(answer, "q") == 0) {
        plain->is_over = true;
        return 0;
    }
    char *end = NULL;
    unsigned long number = strtoul(answer, &end, 10);
    if (*end == '\0' && number >= 1 && number <= count)
        return number;
    say(plain, _("Please answer with a number from 1 to %zu, or q to quit."), count);
    return 0;
}

static bool ask_yes(struct plain *plain, const char *question)
{
    char answer[16];
    return ask_line(plain, question, answer, sizeof answer) &&
           (strcasecmp(answer, "y") == 0 || strcasecmp(answer, "yes") == 0);
}

/* ---- jobs ---------------------------------------------------------------------------------- */

static void tell_step(void *context, const char *sentence)
{
    say(context, "  %s", sentence);
}

static int stop_signal(void *context)
{
    const struct plain *plain = context;
    return plain->run->host->stop_signal();
}

/* Does at once what the app wishes for after the event. */
static void update(struct plain *plain, struct mw_event event)
{
    const struct mw_progress progress = {
        .context = plain, .step = tell_step, .stop_signal = stop_signal};
    struct mw_job *job = NULL;
    (void)mw_app_update(&plain->app, &event);
    while ((job = mw_app_take_job(&plain->app)) != NULL) {
        event = (struct mw_event){
            .kind = MW_EVENT_RESULT,
            .result = mw_job_run(job, &mw_ops_real, &progress),
        };
        (void)mw_app_update(&plain->app, &event);
    }
}

static void act(struct plain *plain, enum mw_app_action_id action)
{
    update(plain, (struct mw_event){.kind = MW_EVENT_ACTION, .action = (int)action});
}

static void press(struct plain *plain, int key)
{
    update(plain, (struct mw_event){.kind = MW_EVENT_KEY, .key = key});
}

static void go_home(struct plain *plain)
{
    while (plain->app.view_count > 1)
        press(plain, MW_KEY_ESCAPE);
}

/* ---- choices ------------------------------------------------------------------------------- */

static void show_plan(struct plain *plain)
{
    const struct mw_session *session = mw_app_shown_session(&plain->app);
    if (session == NULL || !session->has_plan) {
        say_error(plain, plain->app.apply.question == MW_ASK_APPLY ? &plain->app.read_error
                                                                   : &plain->app.apply.error);
        return;
    }
    struct mw_buf text = {0};
    mw_render_plan(&text, session, &plain->run->out);
    mw_buf_putc(&text, '\n');
    mw_run_print(plain->run, &text);
    mw_render_diff(&text, &session->plan, &plain->run->out);
    mw_run_print(plain->run, &text);
}

static void show_mirrors(struct plain *plain)
{
    const struct mw_app *app = &plain->app;
    for (size_t i = 0; i < app->panel_count; i++) {
        const struct mw_app_panel *panel = &app->panels[i];
        say(plain, "%s", mw_tool_title(panel->tool));
        for (size_t k = 0; k < panel->row_count; k++) {
            const struct mw_app_mirror *mirror = &app->mirrors[panel->rows[k]];
            MW_FREE char *verdict = mw_app_verdict(app, mirror);
            MW_FREE char *rtt =
                mirror->track->result.rtt_us >= 0
                    ? mw_xasprintf("%ld ms, ", (mirror->track->result.rtt_us + 500) / 1000)
                    : mw_xstrdup("");
            say(plain, _("  %zu. %s (%s): %s%s%s%s"), k + 1, mw_app_name(app, mirror), mirror->id,
                rtt, verdict, mirror->is_in_use ? _(", in use now") : "",
                mirror->is_wanted && !mirror->is_in_use ? _(", apply writes it") : "");
        }
    }
}

/* ---- measuring ----------------------------------------------------------------------------- */

static void take_sample(void *context, const struct mw_probe_sample *sample,
                        const struct mw_probe_result *result)
{
    struct plain *plain = context;
    const struct mw_probe_event probe = {.kind = MW_PROBE_EVENT_SAMPLE,
                                         .generation = plain->round,
                                         .target = sample->target,
                                         .sample = *sample,
                                         .result = *result};
    mw_app_update(&plain->app, &(struct mw_event){.kind = MW_EVENT_PROBE, .probe = &probe});
}

static bool go_on(void *context)
{
    return stop_signal(context) == 0;
}

/* One round, as the interface makes it; the plan follows what was measured. */
static void measure(struct plain *plain)
{
    struct mw_app *app = &plain->app;
    const char *reason = mw_app_action_find(MW_DO_PROBE)->why_not(app);
    struct mw_error err = {0};
    if (reason != NULL) {
        say(plain, "%s", reason);
        return;
    }
    struct mw_probe_options options;
    MW_FREE struct mw_probe_target *targets = NULL;
    mw_app_probe_options(app, &options);
    mw_session_environment(&app->session->sys, &options.policy, &options.environment);
    size_t count = mw_app_probe_targets(app, &targets);
    MW_FREE struct mw_probe_result *results = mw_xcalloc(count + 1, sizeof *results);
    struct mw_probe_watch watch = {.context = plain, .sample = take_sample, .go_on = go_on};
    say(plain, _("measuring"));
    mw_app_probe_started(app, ++plain->round);
    if (mw_probe_run(targets, count, &options, NULL, 0, &watch, results, &err) != MW_OK)
        say_error(plain, &err);
    const struct mw_probe_event done = {.kind = MW_PROBE_EVENT_DONE, .generation = plain->round};
    /* Later by what lets the rows find their new order. */
    update(plain, (struct mw_event){.kind = MW_EVENT_PROBE,
                                    .now_ms = app->now_ms + MW_APP_HOLD_MS,
                                    .probe = &done});
    show_mirrors(plain);
}

static void choose_profile(struct plain *plain)
{
    size_t count = mw_app_profile_count(&plain->app);
    act(plain, MW_DO_PROFILES);
    for (size_t i = 0; i < count; i++)
        say(plain, "%zu. %s%s", i + 1, mw_app_profile_file(&plain->app, i)->name,
            mw_app_profile_file(&plain->app, i)->is_stranger ? _(" (a stranger's)") : "");
    size_t number = ask_number(plain, _("Which profile?"), count);
    if (number == 0) {
        go_home(plain);
        return;
    }
    const struct mw_profile_file *file = mw_app_profile_file(&plain->app, number - 1);
    if (file->is_stranger) {
        MW_AUTO(mw_buf) command = {0};
        mw_system_put_program(&plain->app.session->sys, &command, false);
        mw_buf_puts(&command, " --trust");
        mw_buf_put_word(&command, file->path);
        say(plain, _("Look at it, then trust it: `%s`."), mw_buf_text(&command));
        go_home(plain);
        return;
    }
    plain->app.scroll[MW_VIEW_PROFILES] =
        (struct mw_app_scroll){.cursor = number - 1, .count = count};
    press(plain, MW_KEY_ENTER);
    go_home(plain);
    show_plan(plain);
}

static void pick_mirror(struct plain *plain)
{
    struct mw_app *app = &plain->app;
    for (size_t i = 0; i < app->panel_count; i++)
        say(plain, "%zu. %s", i + 1, mw_tool_title(app->panels[i].tool));
    size_t tool = ask_number(plain, _("For which tool?"), app->panel_count);
    if (tool == 0)
        return;
    struct mw_app_panel *panel = &app->panels[tool - 1];
    for (size_t i = 0; i < panel->row_count; i++)
        say(plain, "%zu. %s", i + 1, mw_app_name(app, &app->mirrors[panel->rows[i]]));
    size_t row = ask_number(plain, _("Which mirror?"), panel->row_count);
    if (row == 0)
        return;
    /* Of many tools its panel opens. */
    update(plain, (struct mw_event){.kind = MW_EVENT_SELECT, .panel = tool - 1, .row = row - 1});
    act(plain, MW_DO_PICK);
    go_home(plain);
    show_plan(plain);
}

/* The obstacle with its remedy, and the question that this action answers with yes. */
static bool overcome(struct plain *plain, enum mw_app_action_id action, const char *question)
{
    if (mw_app_action_find(action)->why_not(&plain->app) != NULL || !ask_yes(plain, question))
        return false;
    act(plain, action);
    return true;
}

static void say_bad_mirrors(struct plain *plain)
{
    const struct mw_app *app = &plain->app;
    for (size_t i = 0; i < app->mirror_count; i++) {
        const struct mw_app_mirror *mirror = &app->mirrors[i];
        MW_FREE char *verdict = mw_app_verdict(app, mirror);
        if (mw_app_writes_bad(app, mirror))
            say(plain, "%s: %s: %s", mw_tool_title(app->panels[mirror->panel].tool),
                mw_app_name(app, mirror), verdict);
    }
}

/* What stands in the way is said, one after the other, with the way on if there is one here.
 * False: nothing can be written. */
static bool clear_the_way(struct plain *plain)
{
    enum { MOST = 32 }; /* risks, and the other two */
    struct mw_app *app = &plain->app;
    for (int i = 0; i < MOST && !plain->is_over; i++) {
        const struct mw_session *session = mw_app_shown_session(app);
        struct mw_error err = {0};
        const char *reason = mw_app_action_find(MW_DO_YES)->why_not(app);
        if (reason == NULL)
            return true;
        if (app->apply.question == MW_ASK_APPLY)
            say_bad_mirrors(plain);
        if (session == NULL || !session->has_plan || mw_session_verdict(session, &err) == MW_OK)
            say(plain, "%s", reason);
        else
            say_error(plain, &err);
        if (err.code == MW_NO_PERMISSION) {
            MW_FREE char *command = mw_app_sudo(app);
            say(plain, _("Run this instead: %s"), command);
        }
        const struct mw_lint_finding *risk = mw_app_risk(app);
        MW_FREE char *question =
            mw_xasprintf(_("Take the risk %s, this one time? Answer y or n; n is the default:"),
                         risk != NULL ? risk->id : "");
        bool goes_on = risk != NULL
                           ? overcome(plain, MW_DO_ACCEPT, question)
                           : overcome(plain, MW_DO_ACCEPT,
                                      _("Write it all the same, this one time? Answer y or n; n is "
                                        "the default:")) ||
                                 overcome(plain, MW_DO_SKIP,
                                          _("Leave those tools out and apply the rest? Answer y or "
                                            "n; n is the default:")) ||
                                 overcome(plain, MW_DO_FORCE,
                                          _("Overwrite it all the same? Answer y or n; n is the "
                                            "default:"));
        if (!goes_on)
            return false;
        show_plan(plain);
    }
    return false;
}

/* The question, whatever it is about; default No. */
static void ask_and_write(struct plain *plain, const char *question)
{
    struct mw_app *app = &plain->app;
    show_plan(plain);
    if (!clear_the_way(plain)) {
        go_home(plain);
        return;
    }
    if (!ask_yes(plain, question)) {
        say(plain, _("Nothing was written."));
        go_home(plain);
        return;
    }
    act(plain, MW_DO_YES);
    if (app->apply.code == MW_OK || app->apply.code == MW_SHADOWED)
        say(plain, _("Done: this is generation %ld."), app->apply.outcome.generation);
    if (app->apply.code != MW_OK)
        say_error(plain, &app->apply.error);
    for (size_t i = 0; i < app->apply.outcome.notes.count; i++)
        say(plain, "%s", app->apply.outcome.notes.items[i]);
    go_home(plain);
}

/* Does what the menu says, after a question. */
static void write_by(struct plain *plain, enum mw_app_action_id what, const char *question)
{
    const char *reason = mw_app_action_find(what)->why_not(&plain->app);
    if (reason != NULL) {
        say(plain, "%s", reason);
        return;
    }
    act(plain, what);
    ask_and_write(plain, question);
}

static void go_back(struct plain *plain)
{
    const struct mw_session *session = plain->app.session;
    size_t count = session != NULL ? session->history.count : 0;
    if (count == 0) {
        say(plain, _("Nothing was written yet."));
        return;
    }
    for (size_t i = count; i > 0; i--) {
        const struct mw_record *record = &session->history.items[i - 1];
        MW_FREE char *what = mw_record_words(record);
        MW_FREE char *time = mw_render_time(record->time);
        say(plain, _("%zu. generation %ld, %s, %s"), count - i + 1, record->id, time, what);
    }
    say(plain, _("%zu. before the first one"), count + 1);
    size_t number = ask_number(plain, _("Back to which?"), count + 1);
    if (number == 0)
        return;
    act(plain, MW_DO_HISTORY);
    plain->app.scroll[MW_VIEW_HISTORY] =
        (struct mw_app_scroll){.cursor = number - 1, .count = count + 1};
    press(plain, MW_KEY_ENTER);
    if (mw_app_top(&plain->app) == MW_VIEW_APPLY)
        ask_and_write(plain, _("Go back? Answer y or n; n is the default:"));
    else
        say(plain, _("This is how it is now."));
    go_home(plain);
}

static void say_check(struct plain *plain, size_t row)
{
    const struct mw_check *check = &plain->app.checks.items[row];
    say(plain, _("%zu. %s: %s"), row + 1, _(mw_check_status_word(check->status)), check->title);
}

/* Mends one finding: as in the checklist of the interface, after a question where it writes. */
static void mend(struct plain *plain, size_t row)
{
    struct mw_app *app = &plain->app;
    app->scroll[MW_VIEW_CHECKS] = (struct mw_app_scroll){.cursor = row, .count = app->checks.count};
    const char *reason = mw_app_action_find(MW_DO_FIX)->why_not(app);
    if (reason != NULL) {
        say(plain, "%s", reason);
        return;
    }
    MW_FREE char *id = mw_xstrdup(app->checks.items[row].id);
    act(plain, MW_DO_FIX);
    if (mw_app_top(app) == MW_VIEW_APPLY)
        ask_and_write(plain, _("Write these changes? Answer y or n; n is the default:"));
    for (size_t i = 0; i < app->checks.count; i++) {
        if (strcmp(app->checks.items[i].id, id) == 0) /* it is still there */
            say_check(plain, i);
    }
}

static void show_checks(struct plain *plain)
{
    act(plain, MW_DO_CHECKS);
    const struct mw_checks *checks = &plain->app.checks;
    size_t wrong = 0;
    for (size_t i = 0; i < checks->count; i++) {
        const struct mw_check *check = &checks->items[i];
        say_check(plain, i);
        if (check->status == MW_CHECK_PASS)
            continue;
        wrong += check->fix[0] != '\0';
        if (check->observed[0] != '\0')
            say(plain, _("   found: %s"), check->observed);
        if (check->fix[0] != '\0')
            say(plain, _("   fix: %s"), check->fix);
    }
    size_t number = wrong > 0 ? ask_number(plain, _("Which to mend?"), checks->count) : 0;
    if (number > 0)
        mend(plain, number - 1);
    go_home(plain);
}

static void leave(struct plain *plain)
{
    plain->is_over = true;
}

/* ---- the menu ------------------------------------------------------------------------------ */

static const struct {
    const char *text;
    void (*run)(struct plain *plain); /* NULL: `action`, after the question */
    enum mw_app_action_id action;
    const char *question;
} choices[] = {
    {N_("show what apply would change"), show_plan, 0, NULL},
    {N_("apply it"), NULL, MW_DO_APPLY,
     N_("Write these changes? Answer y or n; n is the default:")},
    {N_("choose another profile"), choose_profile, 0, NULL},
    {N_("list the mirrors"), show_mirrors, 0, NULL},
    {N_("pick a mirror by hand"), pick_mirror, 0, NULL},
    {N_("checklist"), show_checks, 0, NULL},
    {N_("history, and the way back"), go_back, 0, NULL},
    {N_("undo the last write"), NULL, MW_DO_UNDO, N_("Go back? Answer y or n; n is the default:")},
    {N_("measure the mirrors"), measure, 0, NULL},
    {N_("quit, also q"), leave, 0, NULL},
};

static void show_menu(struct plain *plain)
{
    const struct mw_app *app = &plain->app;
    const struct mw_session *session = app->session;
    size_t changes = mw_app_changes(app);
    say(plain, "%s", "");
    if (session != NULL && session->has_plan)
        say(plain,
            ngettext("mirrorwise, profile %s: %zu file to change",
                     "mirrorwise, profile %s: %zu files to change", changes),
            session->profile.name, changes);
    else
        say_error(plain, &app->read_error);
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++)
        say(plain, "%zu. %s", i + 1, _(choices[i].text));
}

enum mw_code mw_plain_run(struct mw_run *run)
{
    struct plain plain = {.run = run};
    const struct mw_app_options options = {
        .session = run->options.session,
        .language = strcmp(mw_i18n_spoken(), "en") == 0 ? MW_LANGUAGE_EN : MW_LANGUAGE_ZH,
    };
    mw_app_init(&plain.app, &options);
    update(&plain, (struct mw_event){.kind = MW_EVENT_START});
    while (!plain.is_over) {
        show_menu(&plain);
        size_t number = ask_number(&plain, _("Your choice:"), sizeof choices / sizeof *choices);
        if (number == 0 || plain.is_over)
            continue;
        if (choices[number - 1].run != NULL)
            choices[number - 1].run(&plain);
        else
            write_by(&plain, choices[number - 1].action, _(choices[number - 1].question));
    }
    mw_app_release(&plain.app);
    return mw_run_stopped(run);
}
