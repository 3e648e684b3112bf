/* Lint, doctor and checklist of a session: hands the check room what it may know. */
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/check.h"
#include "mirrorwise/probe.h"
#include "parts.h"

/* ---- lint --------------------------------------------------------------------------------- */

static enum mw_code check_accepted(const struct mw_session *session, struct mw_error *err)
{
    const struct mw_strings *accepted = &session->options.accepted;
    MW_AUTO(mw_strings) ids = {0};
    enum mw_code code = MW_OK;
    if (accepted->count > 0) {
        mw_lint_ids(&ids); /* reads the files of all tools */
        mw_strings_add(&ids, MW_RISK_COMMANDS);
    }
    for (size_t i = 0; code == MW_OK && i < accepted->count; i++) {
        const char *id = accepted->items[i];
        if (mw_strings_has(&ids, id))
            continue;
        const char *closest = mw_text_closest(id, &ids);
        MW_FREE char *known = mw_strings_join(&ids, ", ");
        code =
            mw_misuse(err, _("--accept-risk: there is no finding '%s'; there are: %s"), id, known);
        if (closest != NULL)
            mw_error_hint(err, _("Did you mean %s?"), closest);
    }
    return code;
}

void session_warn_of(struct mw_session *session, const struct mw_lint_finding *finding)
{
    bool stops = finding->level == MW_LINT_ERROR && !finding->is_accepted;
    if (finding->is_standing || stops || (finding->level != MW_LINT_ERROR && finding->is_accepted))
        return;
    session_warn(session,
                 finding->is_accepted ? _("accepted (%s): %s.%s = %s: %s.")
                                      : _("risky (%s): %s.%s = %s: %s."),
                 finding->id, finding->tool->id, finding->key, finding->value, finding->sentence);
}

enum mw_code session_lint(struct mw_session *session, struct mw_error *err)
{
    struct mw_lint_settings settings = {0};
    MW_AUTO(mw_strings) places = {0};
    enum mw_code code = check_accepted(session, err);
    if (code != MW_OK)
        return code;

    const struct mw_wanted_list *wanted = &session->wanted;
    for (size_t i = 0; i < wanted->count; i++) {
        mw_strings_take(&places, mw_origin_text(&wanted->items[i].from));
        if (wanted->items[i].adds_nothing)
            continue;
        *MW_PUSH(settings.items, settings.count) = (struct mw_lint_setting){
            .tool = wanted->items[i].tool,
            .key = wanted->items[i].key,
            .value = &wanted->items[i].value,
            .is_secret = wanted->items[i].is_secret,
            .is_wanted = true,
            .where = places.items[i],
        };
    }
    mw_lint_findings_release(&session->lint);
    mw_lint(&settings, &session->profile.policy, &session->options.accepted, &session->lint);
    for (size_t i = 0; i < session->lint.count; i++)
        session_warn_of(session, &session->lint.items[i]);
    free(settings.items);
    return MW_OK;
}

/* ---- the lists ---------------------------------------------------------------------------- */

/* Loads and plans as far as it goes; an error without a message is none. */
static void prepare(struct mw_session *session, enum mw_check_list list,
                    struct mw_error *profile_error, struct mw_error *plan_error)
{
    bool is_loaded = session->profile.name != NULL;
    if (!is_loaded && mw_session_load_profile(session, profile_error) != MW_OK)
        *plan_error = *profile_error;
    else if (list == MW_CHECK_CHECKLIST && !session->has_plan &&
             mw_session_plan(session, plan_error) == MW_OK)
        *plan_error = (struct mw_error){0};
}

/* Borrowed: the command that makes root follow the file of which the error is; else NULL. A long
 * sentence was cut. */
static const char *profile_mending(const struct mw_session *session, const struct mw_error *err)
{
    const struct mw_profile_set *set = &session->profiles;
    for (size_t i = 0; err->code == MW_UNTRUSTED && i < set->count; i++) {
        const struct mw_profile_file *file = &set->items[i];
        if (file->distrust != NULL && mw_text_starts(file->distrust, err->message))
            return file->mending;
    }
    return NULL;
}

static const char *profile_by(const struct mw_session *session)
{
    static const char *const ways[] = {
        [MW_NAMED_BY_OPTION] = N_("named by --profile"),
        [MW_NAMED_BY_ENVIRONMENT] = N_("named by MIRRORWISE_PROFILE"),
        [MW_NAMED_BY_HISTORY] = N_("the last one applied"),
        [MW_NAMED_BY_DEFAULT] = N_("the default"),
    };
    return _(ways[session->named_by]);
}

enum mw_code mw_session_check(struct mw_session *session, enum mw_check_list list, long deadline_ms,
                              struct mw_checks *checks, struct mw_error *err)
{
    MW_AUTO(mw_strings) own = {0}; /* of our own files; what planning warns of has its own rows */
    struct mw_error profile_error = {0}, plan_error = {0};
    mw_strings_copy(&own, &session->warnings);
    prepare(session, list, &profile_error, &plan_error);
    enum mw_code code = MW_OK;
    if (list == MW_CHECK_CHECKLIST)
        code = mw_session_may_run(session, err);
    if (code == MW_OK)
        code = mw_system_stopped(&session->sys, err);
    if (code != MW_OK)
        return code;
    bool is_under_way = mw_recover_needed(&session->sys) && mw_guard_is_held(&session->sys);
    if (is_under_way)
        mw_strings_add(&own, _("another run is under way: what stands here may change at once"));

    bool measures = list == MW_CHECK_CHECKLIST || session->options.samples > 0;
    bool is_default = session->named_by == MW_NAMED_BY_DEFAULT;
    struct mw_check_context context = {
        .sys = &session->sys,
        .catalog = &session->catalog,
        .scope = session->options.scope,
        .only = &session->options.only,
        .skip = &session->options.skip,
        .accepted = &session->options.accepted,
        .profile = session->profile.name != NULL ? &session->profile : NULL,
        .profile_name = list == MW_CHECK_DOCTOR && is_default ? NULL : session->profile_name,
        .is_profile_named =
            session->named_by == MW_NAMED_BY_OPTION || session->named_by == MW_NAMED_BY_ENVIRONMENT,
        .profile_by = profile_by(session),
        .applied_serial = session_applied_serial(session),
        .profile_error = profile_error.message[0] != '\0' ? &profile_error : NULL,
        .profile_mending = profile_mending(session, &profile_error),
        .wanted = list == MW_CHECK_CHECKLIST ? session->wanted : (struct mw_wanted_list){0},
        .plan_error = plan_error.message[0] != '\0' ? &plan_error : NULL,
        .warnings = &own,
        .has_journal = mw_recover_needed(&session->sys) && !is_under_way,
        .no_network = session->options.no_network,
        .deadline_ms = deadline_ms,
        .measure_context = session,
        .measure = measures ? session_check_measure : NULL,
        .ask_database = measures ? session_check_database : NULL,
        .found_context = session->found_context,
        .found = session->found,
    };
    mw_checks_run(&context, list, checks);
    return mw_system_stopped(&session->sys, err);
}
