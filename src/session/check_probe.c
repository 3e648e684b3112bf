/* What the checks ask of mirrors and databases over the network. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/check.h"
#include "mirrorwise/probe.h"
#include "mirrorwise/url.h"
#include "parts.h"

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

void session_check_measure(void *context, struct mw_check_mirror *mirrors, size_t count,
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

/* The tool asks once and by whatever scheme it was told, so neither samples nor the policy matter.
 */
void session_check_database(void *context, struct mw_database_answer *database, long left_ms)
{
    const struct mw_session *session = context;
    const struct mw_probe_watch watch = {.context = context, .go_on = session_goes_on};
    struct mw_probe_options options;
    struct mw_probe_result result = {0};
    struct mw_error why = {0};
    if (refuse_secret(database->url, database->reason, sizeof database->reason))
        return;
    measuring_options(session, left_ms, &options);
    options.samples = 1;
    options.policy = (struct mw_policy){.metric = MW_METRIC_LATENCY};
    static char protocol[] = MW_PROBE_SUMDB;
    const struct mw_service *service = mw_catalog_service(&session->catalog, database->service);
    const struct mw_inquiry *as = service != NULL ? service->inquiry : NULL;
    const struct mw_inquiry inquiry = {.protocol = protocol,
                                       .agent = as != NULL ? as->agent : NULL};
    struct mw_probe_target target = {
        .tool = MW_PROBE_SUMDB,
        .inquiry = &inquiry,
        .id = database->url,
        .url = database->url,
        .note_key = database->key,
        .is_relayed = database->is_relayed,
    };
    if (mw_probe_run(&target, 1, &options, NULL, 0, &watch, &result, &why) != MW_OK) {
        snprintf(database->reason, sizeof database->reason, "%.255s", why.message);
        return;
    }
    database->is_asked = !was_cut_off(&result, &options);
    database->is_genuine = result.is_usable;
    database->http_status = result.http_status;
    snprintf(database->reason, sizeof database->reason, "%s", result.reason);
    snprintf(database->note, sizeof database->note, "%s", result.note);
}
