/* Jobs: a session from its opening to its end, on whatever thread. */
#include <string.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/job.h"
#include "mirrorwise/memory.h"

void mw_job_free(struct mw_job *job)
{
    if (job == NULL)
        return;
    struct mw_session_options *options = &job->options;
    mw_strings_release_all(&options->sets, &options->mirrors, &options->catalogs, &options->only,
                           &options->skip, &options->accepted);
    mw_ranking_release(&job->ranking);
    MW_FREE_ALL(job->profile, job->root, job->fix, job->agreed, job);
}

void mw_job_result_free(struct mw_job_result *result)
{
    if (result == NULL)
        return;
    mw_session_free(&result->session);
    for (size_t i = 0; i < result->now_count; i++) {
        mw_hit_release(&result->now[i].effective);
        for (size_t k = 0; k < MW_TOOL_SERVICES; k++)
            mw_strings_release(&result->now[i].urls[k]);
    }
    free(result->now);
    mw_outcome_release(&result->outcome);
    mw_checks_release(&result->checks);
    mw_live_release(&result->live);
    free(result);
}

char *mw_plan_fingerprint(const struct mw_plan *plan)
{
    struct mw_buf text = {0};
    for (size_t i = 0; i < plan->file_count; i++) {
        const struct mw_plan_file *file = &plan->files[i];
        if (file->verdict == MW_FILE_CREATE || file->verdict == MW_FILE_CHANGE)
            mw_buf_printf(&text, "%s:%s:%s\n", file->location.path, file->before.sha256,
                          file->after_sha256);
    }
    return mw_buf_take(&text);
}

bool mw_job_writes(const struct mw_job *job)
{
    return job->kind == MW_JOB_APPLY || job->kind == MW_JOB_ROLLBACK || job->kind == MW_JOB_FIX;
}

/* What was measured on the screen counts more than what was saved. */
static void take_ranking(struct mw_session *session, struct mw_job *job)
{
    if (job->ranking.count == 0)
        return;
    mw_ranking_release(&session->ranking);
    session->ranking = job->ranking;
    job->ranking = (struct mw_ranking){0};
    mw_session_take_ranking(session);
}

static enum mw_code make_plan(struct mw_session *session, const struct mw_job *job,
                              struct mw_error *err)
{
    if (job->kind == MW_JOB_GO_BACK || job->kind == MW_JOB_ROLLBACK)
        return mw_session_plan_rollback(session, job->generation, err);
    if (job->kind == MW_JOB_PLAN_FIX || job->kind == MW_JOB_FIX) {
        MW_AUTO(mw_strings) ids = {0};
        mw_strings_add(&ids, job->fix);
        return mw_session_plan_fix(session, &ids, err);
    }
    enum mw_code code = mw_session_load_profile(session, err);
    return code == MW_OK ? mw_session_plan(session, err) : code;
}

/* Between the question and the answer somebody may have written a file, or the mirrors may have
 * changed places: nothing is written that nobody saw. */
static enum mw_code check_agreed(const struct mw_session *session, const struct mw_job *job,
                                 struct mw_error *err)
{
    MW_FREE char *fingerprint = mw_plan_fingerprint(&session->plan);
    bool is_agreed = job->agreed != NULL && strcmp(fingerprint, job->agreed) == 0;
    if (is_agreed)
        return MW_OK;
    enum mw_code code = mw_fail(err, MW_CONFLICT, 0, "agree",
                                _("the files have changed since you looked; nothing was written"));
    mw_error_hint(err, _("Look at the new plan and apply again."));
    return code;
}

static enum mw_code write_plan(struct mw_session *session, const struct mw_job *job,
                               const struct mw_progress *progress, struct mw_outcome *outcome,
                               struct mw_error *err)
{
    enum mw_code code = mw_plan_verdict(&session->plan, err);
    if (code == MW_OK)
        code = check_agreed(session, job, err);
    if (code == MW_OK)
        code = mw_session_apply(session, progress, outcome, err);
    /* What chose the mirrors decides without the network, too; not to remember it spoils nothing.
     */
    bool is_chosen_by_it = code == MW_OK && session->is_measured && job->kind == MW_JOB_APPLY;
    if (is_chosen_by_it && mw_session_save_ranking(session, NULL) != MW_OK)
        session->is_measured = false;
    if (code == MW_OK && job->kind == MW_JOB_APPLY)
        code = mw_plan_effective(&session->plan, err);
    return code;
}

static void look_at_tools(struct mw_job_result *result, const struct mw_job *job)
{
    struct mw_session_options options = job->options;
    options.skip.count = job->skip_count;
    for (size_t i = 0; i < mw_tool_count(); i++) {
        bool is_looked_at = mw_options_select(&options, mw_tool_id(i));
        const struct mw_tool *tool = is_looked_at ? mw_tool_at(i) : NULL;
        if (tool == NULL)
            continue;
        struct mw_app_now *now = MW_PUSH(result->now, result->now_count);
        now->tool = tool;
        now->is_missing = !tool->prepare && !mw_tool_installed(&result->session->sys, tool, NULL);
        if (tool->row_count == 0 || now->is_missing)
            continue;
        mw_row_find(&result->session->sys, tool, job->options.scope, mw_tool_mirror_row(tool),
                    &now->effective);
        const char *services[MW_TOOL_SERVICES];
        size_t service_count = mw_tool_services(tool, services);
        for (size_t k = 0; k < service_count; k++)
            mw_session_in_use(result->session, tool, services[k], &now->urls[k]);
    }
}

static enum mw_code reload(struct mw_session *session, const struct mw_job *job,
                           struct mw_job_result *result)
{
    MW_AUTO(mw_location) location = {0};
    enum mw_code code =
        mw_locate(&session->sys, job->tool, job->options.scope, NULL, &location, &result->error);
    if (code == MW_OK)
        code = mw_tool_reload(&session->sys, job->tool, &location, NULL, 0, &result->live,
                              &result->error);
    return code;
}

static enum mw_code trust(struct mw_session *session, const struct mw_job *job,
                          struct mw_error *err)
{
    MW_AUTO(mw_trust_questions) questions = {0};
    enum mw_code code = mw_session_trust_look(session, job->profile, &questions, err);
    if (code == MW_OK && strcmp(questions.items[0].now.files[0].sha256, job->agreed) != 0)
        code = mw_fail(err, MW_CONFLICT, 0, "agree",
                       _("the profile has changed since you looked; nothing was trusted"));
    if (code == MW_OK)
        code = mw_session_trust(session, &questions, err);
    return code;
}

/* ---- running ------------------------------------------------------------------------------- */

static enum mw_code run_session(struct mw_job *job, const struct mw_ops *ops,
                                const struct mw_progress *progress, struct mw_job_result *result)
{
    struct mw_session *session = result->session;
    struct mw_error *err = &result->error;
    enum mw_code code = mw_session_open(session, &job->options, ops, err);
    if (code != MW_OK)
        return code;
    enum mw_intent intent = mw_job_writes(job)         ? MW_INTENT_WRITE
                            : job->kind == MW_JOB_SAVE ? MW_INTENT_LOOK
                                                       : MW_INTENT_READ;
    code = mw_session_begin(session, intent, progress, err);
    if (code != MW_OK)
        return code;
    take_ranking(session, job);
    if (job->kind == MW_JOB_READ)
        look_at_tools(result, job);
    if (job->kind == MW_JOB_SAVE)
        return session->is_measured ? mw_session_save_ranking(session, err) : MW_OK;
    if (job->kind == MW_JOB_RELOAD)
        return reload(session, job, result);
    if (job->kind == MW_JOB_TRUST)
        return trust(session, job, err);
    if (job->kind == MW_JOB_CHECKS) {
        session->found_context = job->found_context;
        session->found = job->found;
        return mw_session_check(session, MW_CHECK_CHECKLIST, 0, &result->checks, err);
    }
    code = make_plan(session, job, err);
    if (code == MW_OK && mw_job_writes(job))
        code = write_plan(session, job, progress, &result->outcome, err);
    return code;
}

struct mw_job_result *mw_job_run(struct mw_job *job, const struct mw_ops *ops,
                                 const struct mw_progress *progress)
{
    struct mw_job_result *result = mw_xcalloc(1, sizeof *result);
    result->kind = job->kind;
    result->number = job->number;
    result->session = mw_xcalloc(1, sizeof *result->session);
    job->options.profile = job->profile;
    job->options.root = job->root;
    result->code = run_session(job, ops, progress, result);

    /* Others may write now, and the options end with the job. */
    struct mw_session *session = result->session;
    if (session->guard.fd >= 0)
        mw_guard_release(&session->sys, &session->guard);
    session->guard.fd = -1;
    session->options = (struct mw_session_options){.scope = job->options.scope};
    mw_job_free(job);
    return result;
}
