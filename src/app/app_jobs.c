/* What is asked of the worker, and what comes of it. */
#include <string.h>

#include "app_parts.h"

/* ---- asking -------------------------------------------------------------------------------- */

/* Owned: what the options say, and what was said here on top of it. */
static struct mw_strings joined(const struct mw_strings *given, const struct mw_strings *more)
{
    struct mw_strings list = {0};
    mw_strings_copy(&list, given);
    mw_strings_add_all(&list, more);
    return list;
}

/* `profile` NULL: the one chosen here, else the options decide. */
static struct mw_job *new_job(struct mw_app *app, enum mw_job_kind kind, const char *profile)
{
    static const struct mw_strings nothing = {0};
    const struct mw_session_options *from = &app->options.session;
    struct mw_job *job = mw_xcalloc(1, sizeof *job);
    if (profile == NULL)
        profile = app->profile != NULL ? app->profile : from->profile;
    job->kind = kind;
    job->number = app->newest[kind] = ++app->job_number;
    job->options = *from;
    job->options.force = from->force || app->is_forced;
    /* Measuring is the prober's, where everybody can watch it. */
    job->options.no_network = kind != MW_JOB_CHECKS || from->no_network;
    job->options.leave_without_mirror = kind != MW_JOB_CHECKS;
    job->options.catalogs = joined(&from->catalogs, &nothing);
    job->options.only = joined(&from->only, &nothing);
    job->options.skip = joined(&from->skip, &app->skip);
    job->options.sets = joined(&from->sets, &app->sets);
    job->options.accepted = joined(&from->accepted, &app->accepted);
    job->skip_count = from->skip.count;
    /* The mirrors picked here come last: they win over those of the command line. */
    job->options.mirrors = joined(&from->mirrors, &nothing);
    for (size_t i = 0; i < app->panel_count; i++)
        mw_strings_add_all(&job->options.mirrors, &app->panels[i].picked);
    if (from->mirrors.count == 0)
        job->options.mirrors_by = _("picked here");
    job->profile = profile != NULL ? mw_xstrdup(profile) : NULL;
    job->root = from->root != NULL ? mw_xstrdup(from->root) : NULL;
    job->generation = -1;
    app_rank_export(app, &job->ranking);
    return job;
}

static unsigned queue(struct mw_app *app, struct mw_job *job)
{
    if (app->job_count == sizeof app->jobs / sizeof *app->jobs) { /* nobody takes them */
        mw_job_free(job);
        return 0;
    }
    app->jobs[app->job_count++] = job;
    return MW_EFFECT_JOB | MW_EFFECT_DRAW;
}

unsigned app_read(struct mw_app *app)
{
    app->is_reading = true;
    return queue(app, new_job(app, MW_JOB_READ, NULL));
}

unsigned app_preview(struct mw_app *app, const char *profile)
{
    return queue(app, new_job(app, MW_JOB_PREVIEW, profile));
}

/* The jobs of a question: what works its plan out, and what writes it. */
static const struct {
    enum mw_job_kind plan, write;
} jobs_of[] = {
    [MW_ASK_APPLY] = {MW_JOB_READ, MW_JOB_APPLY},
    [MW_ASK_ROLLBACK] = {MW_JOB_GO_BACK, MW_JOB_ROLLBACK},
    [MW_ASK_FIX] = {MW_JOB_PLAN_FIX, MW_JOB_FIX},
};

/* A finding of the checklist is found again only with the profile that it was made for. */
static struct mw_job *new_job_of(struct mw_app *app, enum mw_job_kind kind)
{
    const struct mw_app_apply *apply = &app->apply;
    struct mw_job *job =
        new_job(app, kind, apply->question == MW_ASK_FIX ? app->session->profile_name : NULL);
    job->generation = apply->generation;
    job->fix = apply->fix != NULL ? mw_xstrdup(apply->fix) : NULL;
    return job;
}

unsigned app_plan_question(struct mw_app *app)
{
    app->apply.phase = MW_PHASE_PLANNING;
    return queue(app, new_job_of(app, jobs_of[app->apply.question].plan));
}

unsigned app_write(struct mw_app *app)
{
    struct mw_app_apply *apply = &app->apply;
    const struct mw_session *session = mw_app_shown_session(app);
    if (session == NULL || !session->has_plan)
        return 0;
    struct mw_job *job = new_job_of(app, jobs_of[apply->question].write);
    job->agreed = mw_plan_fingerprint(&session->plan);
    /* The ranking that made the plan that was shown, or none, whatever has been measured since. */
    mw_ranking_release(&job->ranking);
    if (apply->question == MW_ASK_APPLY && session->is_measured)
        mw_ranking_copy(&job->ranking, &session->ranking);
    apply->phase = MW_PHASE_WRITING;
    apply->changes = mw_plan_changes(&session->plan);
    mw_strings_release(&apply->steps);
    return queue(app, job);
}

unsigned app_check(struct mw_app *app)
{
    app->is_checking = true;
    mw_strings_release(&app->fresh_checks);
    return queue(app, new_job(app, MW_JOB_CHECKS, NULL));
}

unsigned app_reload(struct mw_app *app, const struct mw_tool *tool)
{
    struct mw_job *job = new_job(app, MW_JOB_RELOAD, NULL);
    job->tool = tool;
    app->is_reloading = true;
    return queue(app, job);
}

unsigned app_save(struct mw_app *app)
{
    return queue(app, new_job(app, MW_JOB_SAVE, NULL));
}

unsigned app_trust(struct mw_app *app, const char *path, const char *sha256)
{
    struct mw_job *job = new_job(app, MW_JOB_TRUST, path);
    job->agreed = mw_xstrdup(sha256);
    return queue(app, job);
}

struct mw_job *mw_app_take_job(struct mw_app *app)
{
    if (app->job_count == 0)
        return NULL;
    struct mw_job *job = app->jobs[0];
    app->job_count--;
    memmove(app->jobs, app->jobs + 1, app->job_count * sizeof *app->jobs);
    return job;
}

/* ---- what comes of it ---------------------------------------------------------------------- */

static struct mw_session *take_session(struct mw_job_result *result)
{
    struct mw_session *session = result->session;
    result->session = NULL;
    return session;
}

static unsigned take_read(struct mw_app *app, struct mw_job_result *result)
{
    bool is_first = app->session == NULL;
    app->is_reading = false;
    app->read_code = result->code;
    app->read_error = result->error;
    mw_session_free(&app->session);
    app->session = take_session(result);
    bool is_same = result->now_count > 0 && app_load(app, result->now, result->now_count);
    app->is_unsorted = true;
    if (!is_same)
        app_rows_make(app);
    else if (!app_rows_settle(app))
        app_rank_make(app);
    app_need_make(app);
    return MW_EFFECT_DRAW | (is_first && app->is_online ? MW_EFFECT_PROBE : 0);
}

static unsigned take_preview(struct mw_app *app, struct mw_job_result *result)
{
    mw_session_free(&app->preview);
    app->preview = take_session(result);
    app->preview_error = result->error;
    return MW_EFFECT_DRAW;
}

static unsigned take_planned(struct mw_app *app, struct mw_job_result *result)
{
    struct mw_app_apply *apply = &app->apply;
    if (apply->phase != MW_PHASE_PLANNING)
        return 0;
    mw_session_free(&apply->session);
    apply->session = take_session(result);
    apply->phase = MW_PHASE_ASKING;
    apply->is_yes = false;
    apply->code = result->code;
    apply->error = result->error;
    return MW_EFFECT_DRAW;
}

static unsigned take_written(struct mw_app *app, struct mw_job_result *result)
{
    struct mw_app_apply *apply = &app->apply;
    apply->phase = MW_PHASE_DONE;
    apply->code = result->code;
    apply->error = result->error;
    mw_outcome_release(&apply->outcome);
    apply->outcome = result->outcome;
    result->outcome = (struct mw_outcome){0};
    app->is_forced = false;
    if (result->code == MW_OK)
        app_say(app, MW_LEVEL_GOOD,
                apply->question == MW_ASK_ROLLBACK ? _("went back; this is generation %ld")
                : apply->question == MW_ASK_FIX    ? _("mended; this is generation %ld")
                                                   : _("applied; this is generation %ld"),
                apply->outcome.generation);
    else if (result->code == MW_SHADOWED)
        app_say(app, MW_LEVEL_WARNING,
                _("applied; this is generation %ld, but not all of it takes effect"),
                apply->outcome.generation);
    else
        app_say_error(app, &result->error);
    return app_read(app);
}

static unsigned take_checks(struct mw_app *app, struct mw_job_result *result)
{
    app_checks_end(app, &result->checks);
    return MW_EFFECT_DRAW;
}

static unsigned take_reloaded(struct mw_app *app, struct mw_job_result *result)
{
    const struct mw_live *live = &result->live;
    bool is_good = live->state == MW_LIVE_OK || live->state == MW_LIVE_NONE;
    app->is_reloading = false;
    if (result->code == MW_OK)
        app_say(app, is_good ? MW_LEVEL_GOOD : MW_LEVEL_WARNING, "%s",
                live->message != NULL ? live->message : _("it was told to reload"));
    return MW_EFFECT_DRAW | app_check(app);
}

/* Trusted, it is picked, as it was meant to be. */
static unsigned take_trusted(struct mw_app *app, struct mw_job_result *result)
{
    if (result->code == MW_OK)
        app_say(app, MW_LEVEL_GOOD, _("%s is trusted now"), app->profile);
    app_checks_forget(app);
    return MW_EFFECT_DRAW | app_read(app);
}

unsigned app_take_result(struct mw_app *app, struct mw_job_result *result)
{
    /* What it says in the view that asked for it needs no message; that what was measured could not
     * be kept is no news for somebody who looks at it. */
    static const struct {
        unsigned (*take)(struct mw_app *, struct mw_job_result *);
        bool is_quiet;
    } takers[] = {
        [MW_JOB_READ] = {take_read, false},       [MW_JOB_PREVIEW] = {take_preview, true},
        [MW_JOB_APPLY] = {take_written, true},    [MW_JOB_GO_BACK] = {take_planned, true},
        [MW_JOB_ROLLBACK] = {take_written, true}, [MW_JOB_PLAN_FIX] = {take_planned, true},
        [MW_JOB_FIX] = {take_written, true},      [MW_JOB_CHECKS] = {take_checks, false},
        [MW_JOB_RELOAD] = {take_reloaded, false}, [MW_JOB_SAVE] = {NULL, true},
        [MW_JOB_TRUST] = {take_trusted, false},
    };
    unsigned effects = 0;
    if (result->number == app->newest[result->kind] && takers[result->kind].take != NULL) {
        if (result->code != MW_OK && !takers[result->kind].is_quiet)
            app_say_error(app, &result->error);
        effects = takers[result->kind].take(app, result);
    }
    mw_job_result_free(result);
    return effects;
}
