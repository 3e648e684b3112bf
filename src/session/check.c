/* Lint, doctor and checklist of a session: hands the check room what it may know. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/check.h"
#include "mirrorwise/probe.h"
#include "mirrorwise/url.h"
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
        bool is_whole = !wanted->items[i].keeps_others;
        if (!is_whole && wanted->items[i].own.items.count == 0)
            continue;
        *MW_PUSH(settings.items, settings.count) = (struct mw_lint_setting){
            .tool = wanted->items[i].tool,
            .key = wanted->items[i].key,
            .value = is_whole ? &wanted->items[i].value : &wanted->items[i].own,
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

/* ---- asking mirrors and databases ------------------------------------------------------------ */

/* What the check room may ask over the network; `context` is the session. */
enum { PROBE_SAMPLES = 3, PROBE_DEADLINE_MS = 10000 };

/* Nothing is known of who was never asked, or had less time than one answer may take. */
static bool was_cut_off(const struct mw_probe_result *result,
                        const struct mw_probe_options *options)
{
    return !result->is_usable &&
           (result->class == MW_PROBE_NONE ||
            (result->class == MW_PROBE_TIMEOUT && options->deadline_ms < options->timeout_ms));
}

static void measuring_options(const struct mw_session *session, long left_ms,
                              struct mw_probe_options *options)
{
    session_probe_options(session, options);
    options->deadline_ms = left_ms < PROBE_DEADLINE_MS ? left_ms : PROBE_DEADLINE_MS;
}

static void copy_result(const struct mw_probe_result *result, struct mw_check_mirror *mirror)
{
    mirror->is_usable = result->is_usable;
    mirror->is_genuine = result->integrity == MW_PROBE_GENUINE;
    mirror->is_of_proxy = result->class == MW_PROBE_PROXY;
    /* A web page or an old certificate of one alone is its own. */
    bool is_its_own = result->class == MW_PROBE_CONTENT || result->class == MW_PROBE_TLS_EXPIRED;
    mirror->is_untrusted = result->class == MW_PROBE_TLS;
    mirror->advice = is_its_own ? NULL : mw_probe_advice(result->class);
    mirror->rtt_us = result->rtt_us;
    mirror->age_s = result->age_s;
    snprintf(mirror->reason, sizeof mirror->reason, "%s", result->reason);
    snprintf(mirror->note, sizeof mirror->note, "%s", result->note);
}

/* Others of its service, to see how far a mirror is behind: those of the user's own files first,
 * then upstream, then the catalogue's. */
enum { REFERENCES_MAX = 4, REFERENCE_PATIENCE_MS = 700 };

struct measurement {
    const struct mw_session *session;
    struct mw_probe_target *targets;
    struct mw_probe_result *results;
    size_t count, wanted; /* the first so many are those that somebody asked about */
    long wanted_done_ms;  /* 0: not yet */
};

static int reference_class(const struct mw_mirror *mirror)
{
    return !mw_text_starts(mirror->file, "builtin:") ? 0 : mirror->is_default ? 1 : 2;
}

static bool is_target(const struct measurement *run, const struct mw_mirror *mirror)
{
    for (size_t i = 0; i < run->count; i++) {
        if (strcmp(run->targets[i].tool, mirror->tool) == 0 &&
            mw_url_same(run->targets[i].url, mirror->url))
            return true;
    }
    return false;
}

static void add_references(const struct mw_session *session, const char *service,
                           struct measurement *run)
{
    const struct mw_catalog *catalog = &session->catalog;
    size_t found = 0;
    for (int class = 0; class <= 2; class ++) {
        const struct mw_mirror *mirror = NULL;
        while (found < REFERENCES_MAX &&
               (mirror = mw_catalog_next(catalog, service, mirror)) != NULL) {
            if (mirror->status != MW_MIRROR_ACTIVE || mirror->age == NULL ||
                reference_class(mirror) != class || is_target(run, mirror))
                continue;
            struct mw_probe_target *target = MW_PUSH(run->targets, run->count);
            *target = (struct mw_probe_target){
                .tool = mirror->tool, .id = mirror->id, .url = mirror->url};
            mw_probe_target_judge(target, catalog, mirror);
            found++;
        }
    }
}

static void add_all_references(const struct mw_session *session, struct measurement *run)
{
    for (size_t i = 0; i < run->wanted; i++) {
        const struct mw_probe_target *target = &run->targets[i];
        bool has_limit = session->profile.policy.max_age_s > 0 || target->max_age_s > 0;
        bool is_first = true;
        for (size_t k = 0; k < i; k++)
            is_first = is_first && strcmp(run->targets[k].tool, target->tool) != 0;
        if (has_limit && is_first && target->age != NULL)
            add_references(session, target->tool, run);
    }
}

/* Nobody waits long for the others. */
static bool is_worth_waiting(void *context)
{
    struct measurement *run = context;
    bool all_are_done = true;
    if (mw_system_stopped(&run->session->sys, NULL) != MW_OK)
        return false;
    for (size_t i = 0; i < run->wanted; i++) {
        if (!run->results[i].is_done)
            return true;
    }
    for (size_t i = run->wanted; i < run->count; i++)
        all_are_done = all_are_done && run->results[i].samples > 0;
    long now_ms = mw_monotonic_ms(&run->session->sys);
    if (run->wanted_done_ms == 0)
        run->wanted_done_ms = now_ms;
    return !all_are_done && now_ms - run->wanted_done_ms < REFERENCE_PATIENCE_MS;
}

/* A secret is the tool's to send, to whom it is for. */
static bool refuse_secret(const char *url, char *reason, size_t size)
{
    bool holds_secret = mw_text_has_secret(url);
    if (holds_secret)
        snprintf(reason, size, "%s",
                 _("not measured: the address holds a secret, which only the tool itself may "
                   "send"));
    return holds_secret;
}

static void check_measure(void *context, struct mw_check_mirror *mirrors, size_t count,
                          long left_ms)
{
    const struct mw_session *session = context;
    struct measurement run = {.session = session};
    MW_FREE size_t *from = mw_xcalloc(count + 1, sizeof *from);
    const struct mw_probe_watch watch = {.context = &run, .go_on = is_worth_waiting};
    struct mw_probe_options options;
    struct mw_error why = {0};
    measuring_options(session, left_ms, &options);
    if (session->options.samples == 0)
        options.samples = PROBE_SAMPLES;
    for (size_t i = 0; i < count; i++) {
        if (refuse_secret(mirrors[i].url, mirrors[i].reason, sizeof mirrors[i].reason))
            continue;
        const struct mw_mirror *known =
            mw_catalog_find_url(&session->catalog, mirrors[i].tool, mirrors[i].url);
        from[run.wanted++] = i;
        struct mw_probe_target *target = MW_PUSH(run.targets, run.count);
        *target = (struct mw_probe_target){
            .tool = mirrors[i].tool,
            .id = mirrors[i].id,
            .url = mirrors[i].url,
            .is_in_use = true,
        };
        mw_probe_target_judge(target, &session->catalog, known);
    }
    if (run.count == 0)
        return;
    add_all_references(session, &run);
    run.results = mw_xcalloc(run.count + 1, sizeof *run.results);
    enum mw_code code =
        mw_probe_run(run.targets, run.count, &options, NULL, 0, &watch, run.results, &why);
    for (size_t i = 0; i < run.wanted; i++) {
        struct mw_check_mirror *mirror = &mirrors[from[i]];
        mirror->is_measured = code == MW_OK && !was_cut_off(&run.results[i], &options);
        if (code == MW_OK)
            copy_result(&run.results[i], mirror);
        else
            snprintf(mirror->reason, sizeof mirror->reason, "%.255s", why.message);
    }
    MW_FREE_ALL(run.targets, run.results);
}

struct questions {
    const struct mw_session *session;
    const struct mw_probe_result *results;
    size_t count;
};

/* Until the first that is genuine is known to be the first. */
static bool is_undecided(void *context)
{
    const struct questions *asked = context;
    size_t i = 0;
    while (i < asked->count && asked->results[i].is_done && !asked->results[i].is_usable)
        i++;
    return session_goes_on((void *)(uintptr_t)asked->session) &&
           (i == asked->count || !asked->results[i].is_done);
}

/* The tool asks once and by whatever scheme it was told, so neither samples nor the policy matter.
 */
static void check_database(void *context, struct mw_database_answer *answers, size_t count,
                           long left_ms)
{
    const struct mw_session *session = context;
    struct questions asked = {.session = session};
    const struct mw_probe_watch watch = {.context = &asked, .go_on = is_undecided};
    struct mw_probe_options options;
    struct mw_error why = {0};
    measuring_options(session, left_ms, &options);
    options.samples = 1;
    options.policy = (struct mw_policy){.metric = MW_METRIC_LATENCY};
    static char protocol[] = MW_PROBE_SUMDB;
    const struct mw_service *service = mw_catalog_service(&session->catalog, answers[0].service);
    const struct mw_inquiry *as = service != NULL ? service->inquiry : NULL;
    const struct mw_inquiry inquiry = {.protocol = protocol,
                                       .agent = as != NULL ? as->agent : NULL};
    MW_FREE struct mw_probe_target *targets = mw_xcalloc(count, sizeof *targets);
    MW_FREE struct mw_probe_result *results = mw_xcalloc(count, sizeof *results);
    MW_FREE size_t *from = mw_xcalloc(count, sizeof *from);
    for (size_t i = 0; i < count; i++) {
        if (refuse_secret(answers[i].url, answers[i].reason, sizeof answers[i].reason))
            continue;
        from[asked.count] = i;
        targets[asked.count++] = (struct mw_probe_target){
            .tool = MW_PROBE_SUMDB,
            .inquiry = &inquiry,
            .id = answers[i].url,
            .url = answers[i].url,
            .note_key = answers[i].key,
            .is_relayed = answers[i].is_relayed,
        };
    }
    asked.results = results;
    enum mw_code code =
        mw_probe_run(targets, asked.count, &options, NULL, 0, &watch, results, &why);
    for (size_t i = 0; i < asked.count; i++) {
        struct mw_database_answer *answer = &answers[from[i]];
        if (code != MW_OK) {
            snprintf(answer->reason, sizeof answer->reason, "%.255s", why.message);
            continue;
        }
        answer->is_asked = !was_cut_off(&results[i], &options);
        answer->is_genuine = results[i].is_usable;
        answer->http_status = results[i].http_status;
        snprintf(answer->reason, sizeof answer->reason, "%s", results[i].reason);
        snprintf(answer->note, sizeof answer->note, "%s", results[i].note);
    }
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
        .sets = &session->options.sets,
        .mirrors = &session->options.mirrors,
        .catalogs = &session->options.catalogs,
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
        .measure = measures ? check_measure : NULL,
        .ask_database = measures ? check_database : NULL,
        .found_context = session->found_context,
        .found = session->found,
    };
    mw_checks_run(&context, list, checks);
    return mw_system_stopped(&session->sys, err);
}
