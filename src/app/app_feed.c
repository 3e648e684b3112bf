/* Mirrors, and what samples make of them.
 *
 * The prober measures in rounds, and each round knows only itself; what a person judges by is the
 * last while. So a mirror remembers its last MW_APP_POINTS samples here, and figures are medians
 * of those. */
#include <stdlib.h>
#include <string.h>

#include "app_parts.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "mirrorwise/url.h"

/* ---- loading ------------------------------------------------------------------------------- */

static void release_mirror(struct mw_app_mirror *mirror)
{
    free(mirror->id);
    free(mirror->name);
    free(mirror->name_zh);
    free(mirror->operator_name);
    free(mirror->url);
    free(mirror->region);
    free(mirror->verified);
    free(mirror->source);
    free(mirror->reason);
}

static void release_panel(struct mw_app_panel *panel)
{
    free(panel->rows);
    free(panel->now);
    free(panel->now_by);
    free(panel->picked);
}

void app_feed_release(struct mw_app *app)
{
    for (size_t i = 0; i < app->mirror_count; i++)
        release_mirror(&app->mirrors[i]);
    for (size_t i = 0; i < app->panel_count; i++)
        release_panel(&app->panels[i]);
    free(app->mirrors);
    free(app->panels);
    app->mirrors = NULL;
    app->panels = NULL;
    app->mirror_count = app->panel_count = 0;
}

static void load_mirror(struct mw_app *app, size_t panel, const struct mw_mirror *from)
{
    struct mw_app_mirror *mirror = MW_PUSH(app->mirrors, app->mirror_count);
    *mirror = (struct mw_app_mirror){
        .panel = panel,
        .id = mw_xstrdup(from->id),
        .name = mw_xstrdup(from->name),
        .name_zh = mw_xstrdup(from->name_zh),
        .operator_name = mw_xstrdup(from->operator_name),
        .url = mw_xstrdup(from->url),
        .region = mw_xstrdup(from->region),
        .verified = mw_xstrdup(from->verified),
        .source = mw_xstrdup(from->source),
        .reason = mw_xstrdup(from->reason),
        .status = from->status,
    };
    mw_probe_result_init(&mirror->result);
}

/* The part of a value that the tool asks first: of GOPROXY's "a,b|c" that is a. */
static char *first_of(const struct mw_value *value)
{
    if (value->items.count == 0)
        return mw_xstrdup("");
    const char *text = value->items.items[0];
    return mw_xstrndup(text, strcspn(text, ",| "));
}

/* What a tool asks if nobody tells it anything is in the catalogue as "upstream". */
static size_t find_now(const struct mw_app *app, size_t panel, const char *url)
{
    for (size_t i = 0; i < app->mirror_count; i++) {
        const struct mw_app_mirror *mirror = &app->mirrors[i];
        if (mirror->panel != panel)
            continue;
        if (url[0] == '\0' ? strcmp(mirror->id, "upstream") == 0 : mw_url_same(mirror->url, url))
            return i;
    }
    return MW_APP_NONE;
}

static void mark_in_use(struct mw_app *app, size_t index, const char *url, size_t place)
{
    size_t mirror = find_now(app, index, url);
    if (mirror == MW_APP_NONE || app->mirrors[mirror].is_in_use)
        return;
    app->mirrors[mirror].is_in_use = true;
    app->mirrors[mirror].place_in_use = place;
}

/* Every mirror of the value is in use; the first is what the tool asks. */
static void load_now(struct mw_app *app, size_t index, const struct mw_app_now *now,
                     const char *url)
{
    struct mw_app_panel *panel = &app->panels[index];
    struct mw_strings urls = {0};
    panel->now_mirror = find_now(app, index, url);
    mark_in_use(app, index, url, 0);
    for (size_t i = 0; now != NULL && i < now->effective.value.items.count; i++)
        mw_strings_split(&urls, now->effective.value.items.items[i], ",| ");
    for (size_t i = 0; i < urls.count; i++)
        mark_in_use(app, index, urls.items[i], i);
    mw_strings_release(&urls);
    panel->now = mw_text_redact(url);
    const char *by = now != NULL ? now->effective.variable : NULL;
    panel->now_by = mw_xstrdup(by != NULL ? by : "");
}

/* A dead mirror is shown only where somebody still uses it. */
static void load_panel(struct mw_app *app, const struct mw_job_result *result,
                       const struct mw_tool *tool)
{
    const struct mw_app_now *now = NULL;
    for (size_t i = 0; i < result->now_count; i++) {
        if (result->now[i].tool == tool)
            now = &result->now[i];
    }
    static const struct mw_value nothing = {0};
    char *url = first_of(now != NULL ? &now->effective.value : &nothing);

    size_t index = app->panel_count;
    struct mw_app_panel *panel = MW_PUSH(app->panels, app->panel_count);
    *panel = (struct mw_app_panel){
        .tool = tool,
        .selected = MW_APP_NONE,
        .leader = MW_APP_NONE,
        .now_mirror = MW_APP_NONE,
    };
    const struct mw_catalog *catalog = &result->session->catalog;
    for (size_t i = 0; i < catalog->count; i++) {
        const struct mw_mirror *mirror = &catalog->mirrors[i];
        bool is_wanted = mirror->status != MW_MIRROR_DEAD || mw_url_same(mirror->url, url);
        if (strcmp(mirror->tool, tool->id) == 0 && is_wanted) {
            load_mirror(app, index, mirror);
            panel->mirror_count++;
        }
    }
    load_now(app, index, now, url);
    free(url);
}

/* ---- what stays over a new reading ----------------------------------------------------------- */

static size_t find_same(const struct mw_app *app, const struct mw_app_panel *panel,
                        const struct mw_app_mirror *old)
{
    for (size_t i = 0; i < app->mirror_count; i++) {
        const struct mw_app_mirror *mirror = &app->mirrors[i];
        if (app->panels[mirror->panel].tool == panel->tool && strcmp(mirror->id, old->id) == 0 &&
            strcmp(mirror->url, old->url) == 0)
            return i;
    }
    return MW_APP_NONE;
}

static void keep_mirrors(struct mw_app *app, const struct mw_app *old)
{
    for (size_t i = 0; i < old->mirror_count; i++) {
        const struct mw_app_mirror *from = &old->mirrors[i];
        size_t index = find_same(app, &old->panels[from->panel], from);
        if (index == MW_APP_NONE)
            continue;
        struct mw_app_mirror *to = &app->mirrors[index];
        to->result = from->result;
        to->last = from->last;
        to->has_sample = from->has_sample;
        to->seen = from->seen;
        to->lost = from->lost;
        memcpy(to->points, from->points, sizeof to->points);
    }
}

static void keep_panels(struct mw_app *app, const struct mw_app *old)
{
    for (size_t i = 0; i < old->panel_count; i++) {
        struct mw_app_panel *from = &old->panels[i];
        for (size_t k = 0; k < app->panel_count; k++) {
            struct mw_app_panel *to = &app->panels[k];
            if (to->tool != from->tool)
                continue;
            if (from->selected != MW_APP_NONE)
                to->selected = find_same(app, from, &old->mirrors[from->selected]);
            if (from->leader != MW_APP_NONE)
                to->leader = find_same(app, from, &old->mirrors[from->leader]);
            to->top = from->top;
            to->picked = from->picked;
            from->picked = NULL;
        }
    }
}

static void keep_targets(struct mw_app *app, const struct mw_app *old)
{
    for (size_t i = 0; i < app->target_count; i++) {
        if (app->targets[i] == MW_APP_NONE)
            continue;
        const struct mw_app_mirror *mirror = &old->mirrors[app->targets[i]];
        app->targets[i] = find_same(app, &old->panels[mirror->panel], mirror);
    }
}

static void mark_wanted(struct mw_app *app)
{
    const struct mw_plan *plan = &app->session->plan;
    for (size_t i = 0; app->session->has_plan && i < plan->setting_count; i++) {
        const struct mw_plan_setting *setting = &plan->settings[i];
        if (setting->verdict == MW_VERDICT_SAME)
            continue;
        for (size_t k = 0; k < app->mirror_count; k++) {
            struct mw_app_mirror *mirror = &app->mirrors[k];
            if (app->panels[mirror->panel].tool == setting->tool &&
                mw_strings_has(&setting->mirror_ids, mirror->id))
                mirror->is_wanted = true;
        }
    }
}

void app_feed_load(struct mw_app *app, const struct mw_job_result *result)
{
    struct mw_app old = *app;
    app->mirrors = NULL;
    app->panels = NULL;
    app->mirror_count = app->panel_count = 0;
    for (size_t i = 0; i < result->now_count; i++)
        load_panel(app, result, result->now[i].tool);
    keep_mirrors(app, &old);
    keep_panels(app, &old);
    keep_targets(app, &old);
    app_feed_release(&old);
    if (app->focus >= app->panel_count)
        app->focus = 0;
    mark_wanted(app);
}

/* ---- samples ------------------------------------------------------------------------------- */

static int compare_longs(const void *a, const void *b)
{
    long x = *(const long *)a;
    long y = *(const long *)b;
    return (x > y) - (x < y);
}

static long median(long *values, size_t count)
{
    if (count == 0)
        return -1;
    qsort(values, count, sizeof *values, compare_longs);
    return count % 2 == 1 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static size_t kept_points(const struct mw_app_mirror *mirror)
{
    return mirror->seen < MW_APP_POINTS ? mirror->seen : MW_APP_POINTS;
}

/* First bytes of reused connections say what a download will feel like; those of new ones stand in
 * only where there is nothing else. */
static void take_medians(struct mw_app_mirror *mirror)
{
    long rtt[MW_APP_POINTS];
    long warm[MW_APP_POINTS];
    long cold[MW_APP_POINTS];
    long steps[MW_APP_POINTS];
    size_t rtts = 0;
    size_t warms = 0;
    size_t colds = 0;
    size_t step_count = 0;
    long before = -1;
    size_t kept = kept_points(mirror);
    for (size_t i = 0; i < kept; i++) {
        const struct mw_app_point *point =
            &mirror->points[(mirror->seen - kept + i) % MW_APP_POINTS];
        if (point->rtt_us >= 0)
            rtt[rtts++] = point->rtt_us;
        if (point->ttfb_us < 0)
            continue;
        if (point->is_cold) {
            cold[colds++] = point->ttfb_us;
            continue;
        }
        if (before >= 0)
            steps[step_count++] = labs(point->ttfb_us - before);
        before = point->ttfb_us;
        warm[warms++] = point->ttfb_us;
    }
    struct mw_probe_result *result = &mirror->result;
    result->rtt_us = median(rtt, rtts);
    if (rtts > 0) {
        result->rtt_min_us = rtt[0];
        result->rtt_max_us = rtt[rtts - 1];
    }
    result->ttfb_us = warms > 0 ? median(warm, warms) : median(cold, colds);
    result->jitter_us = step_count >= 2 ? median(steps, step_count) : -1;
}

/* A condemned mirror is out at once; one that is merely ill may be so for a moment. */
static bool is_passing(enum mw_probe_class class)
{
    return class == MW_PROBE_DNS || class == MW_PROBE_REFUSED || class == MW_PROBE_UNREACHABLE ||
           class == MW_PROBE_TIMEOUT || class == MW_PROBE_RATE_LIMITED;
}

static bool was_lost(const struct mw_app_mirror *mirror, unsigned back)
{
    return mirror->seen > back &&
           mirror->points[(mirror->seen - 1 - back) % MW_APP_POINTS].ttfb_us < 0;
}

static void take_figures(struct mw_probe_result *to, const struct mw_probe_result *from)
{
    mw_probe_peer_merge(&to->peer, &from->peer);
    to->dns_us = from->dns_us >= 0 ? from->dns_us : to->dns_us;
    to->tcp_us = from->tcp_us >= 0 ? from->tcp_us : to->tcp_us;
    to->tls_us = from->tls_us >= 0 ? from->tls_us : to->tls_us;
    to->age_s = from->age_s >= 0 ? from->age_s : to->age_s;
    to->bytes_per_s = from->bytes_per_s >= 0 ? from->bytes_per_s : to->bytes_per_s;
}

static void take_sample(struct mw_app_mirror *mirror, const struct mw_probe_event *event,
                        long now_ms)
{
    const struct mw_probe_sample *sample = &event->sample;
    bool is_good = sample->class == MW_PROBE_OK || sample->class == MW_PROBE_POLICY;
    mirror->last = *sample;
    mirror->has_sample = true;
    mirror->points[mirror->seen % MW_APP_POINTS] = (struct mw_app_point){
        .at_ms = now_ms,
        .rtt_us = is_good ? (int)sample->rtt_us : -1,
        .ttfb_us = is_good ? (int)sample->ttfb_us : -1,
        .dns_us = (int)sample->dns_us,
        .tcp_us = (int)sample->tcp_us,
        .tls_us = (int)sample->tls_us,
        .total_us = (int)sample->total_us,
        .class = sample->class,
        .http_status = (int)sample->http_status,
        .is_cold = sample->is_cold,
    };
    mirror->seen++;
    if (!is_good)
        mirror->lost++;

    struct mw_probe_result *result = &mirror->result;
    bool is_hiccup = !is_good && is_passing(sample->class) && result->is_usable &&
                     !(was_lost(mirror, 1) && was_lost(mirror, 2));
    if (!is_hiccup) {
        struct mw_probe_result known = event->result;
        take_figures(&known, result);
        take_figures(&known, &event->result);
        known.rank = result->rank;
        known.is_tied = result->is_tied;
        known.rtt_min_us = result->rtt_min_us;
        known.rtt_max_us = result->rtt_max_us;
        *result = known;
    }
    result->samples = mirror->seen;
    result->lost = mirror->lost;
    take_medians(mirror);
}

void app_feed_forget(struct mw_app *app)
{
    for (size_t i = 0; i < app->mirror_count; i++) {
        struct mw_app_mirror *mirror = &app->mirrors[i];
        mirror->seen = mirror->lost = 0;
    }
}

enum { BEST_OF_TOOL = 3 };

/* Owned: what "@fastest:3" would name, tool by tool. */
static char *best_mirrors(const struct mw_app *app)
{
    struct mw_buf text = {0};
    for (size_t rank = 1; rank <= BEST_OF_TOOL; rank++) {
        for (size_t i = 0; i < app->mirror_count; i++) {
            if (app->mirrors[i].result.rank == rank)
                mw_buf_printf(&text, "%zu=%s\n", app->mirrors[i].panel, app->mirrors[i].id);
        }
    }
    return mw_buf_take(&text);
}

/* A plan made by measurement follows the measurement, but not under the eyes of somebody who is
 * being asked about it. */
static unsigned follow_best(struct mw_app *app)
{
    bool is_measured =
        app->session != NULL && app->session->profile.policy.select == MW_SELECT_FASTEST;
    if (!is_measured || app->is_reading || mw_app_top(app) == MW_VIEW_APPLY)
        return 0;
    char *best = best_mirrors(app);
    bool is_news = app->best == NULL || strcmp(best, app->best) != 0;
    free(app->best);
    app->best = best;
    return is_news ? app_read(app) : 0;
}

static unsigned round_ended(struct mw_app *app)
{
    app->is_measuring = false;
    app->round++;
    app->is_unsorted = true;
    if (!app_rows_settle(app))
        app_rank_make(app);
    return MW_EFFECT_DRAW | follow_best(app);
}

unsigned app_feed_event(struct mw_app *app, const struct mw_probe_event *event)
{
    if (event->generation != app->generation || event->generation == 0)
        return 0;
    switch (event->kind) {
    case MW_PROBE_EVENT_SAMPLE:
        if (event->target < app->target_count && app->targets[event->target] != MW_APP_NONE) {
            take_sample(&app->mirrors[app->targets[event->target]], event, app->now_ms);
            app->is_unsorted = true;
            app_rows_settle(app);
        }
        return MW_EFFECT_DRAW;
    case MW_PROBE_EVENT_DONE:
        return round_ended(app);
    case MW_PROBE_EVENT_FAILED:
        free(app->probe_error);
        app->probe_error = mw_xstrdup(event->result.reason);
        app->is_measuring = false;
        app_say(app, MW_LEVEL_ERROR, _("nothing can be measured: %s"), event->result.reason);
        return MW_EFFECT_DRAW;
    case MW_PROBE_EVENT_RESULT: /* of one round; the figures here are of more */
    default:
        return 0;
    }
}
