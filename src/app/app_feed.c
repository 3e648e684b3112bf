/* What samples make of the mirrors.
 *
 * The prober measures in rounds, and each round knows only itself; what a person judges by is the
 * last while. So a mirror's last MW_APP_POINTS samples are remembered, and figures are medians of
 * those. Tools that use the same service share them. */
#include <stdlib.h>
#include <string.h>

#include "app_parts.h"

size_t mw_app_kept(const struct mw_app_track *track)
{
    return track->seen < MW_APP_POINTS ? track->seen : MW_APP_POINTS;
}

const struct mw_app_point *mw_app_point_back(const struct mw_app_track *track, size_t back)
{
    return &track->points[(track->seen - 1 - back) % MW_APP_POINTS];
}

/* First bytes of reused connections say what a download will feel like; those of new ones stand in
 * only where there is nothing else. */
static void take_medians(struct mw_app_track *track)
{
    struct mw_probe_result *result = &track->result;
    long rtt[MW_APP_POINTS];
    long warm[MW_APP_POINTS];
    long cold[MW_APP_POINTS];
    size_t rtts = 0;
    size_t warms = 0;
    size_t colds = 0;
    for (size_t left = mw_app_kept(track); left > 0; left--) {
        const struct mw_app_point *point = mw_app_point_back(track, left - 1);
        if (point->rtt_us >= 0)
            rtt[rtts++] = point->rtt_us;
        if (point->ttfb_us >= 0 && point->is_cold)
            cold[colds++] = point->ttfb_us;
        else if (point->ttfb_us >= 0)
            warm[warms++] = point->ttfb_us;
    }
    for (size_t i = 0; i < rtts; i++) {
        result->rtt_min_us = i == 0 || rtt[i] < result->rtt_min_us ? rtt[i] : result->rtt_min_us;
        result->rtt_max_us = i == 0 || rtt[i] > result->rtt_max_us ? rtt[i] : result->rtt_max_us;
    }
    result->rtt_us = mw_probe_median(rtt, rtts);
    result->ttfb_us = warms > 0 ? mw_probe_median(warm, warms) : mw_probe_median(cold, colds);
    result->jitter_us = mw_probe_jitter(warm, warms);
}

/* A condemned mirror is out at once; one that is merely ill may be so for a moment. */
static bool is_passing(enum mw_probe_class class)
{
    return class == MW_PROBE_DNS || class == MW_PROBE_REFUSED || class == MW_PROBE_UNREACHABLE ||
           class == MW_PROBE_TIMEOUT || class == MW_PROBE_RATE_LIMITED || class == MW_PROBE_PROXY;
}

static bool was_lost(const struct mw_app_track *track, unsigned back)
{
    return track->seen > back && mw_app_point_back(track, back)->ttfb_us < 0;
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

static void take_sample(struct mw_app_track *track, const struct mw_probe_event *event, long now_ms)
{
    const struct mw_probe_sample *sample = &event->sample;
    bool is_good = sample->class == MW_PROBE_OK || sample->class == MW_PROBE_POLICY;
    track->points[track->seen % MW_APP_POINTS] = (struct mw_app_point){
        .rtt_us = is_good ? (int)sample->rtt_us : -1,
        .ttfb_us = is_good ? (int)sample->ttfb_us : -1,
        .dns_us = (int)sample->dns_us,
        .tcp_us = (int)sample->tcp_us,
        .tls_us = (int)sample->tls_us,
        .total_us = (int)sample->total_us,
        .at_ms = (unsigned)now_ms,
        .http_status = (short)sample->http_status,
        .class = (signed char)sample->class,
        .is_cold = sample->is_cold,
    };
    track->seen++;
    if (!is_good)
        track->lost++;

    struct mw_probe_result *result = &track->result;
    bool is_hiccup = !is_good && is_passing(sample->class) && result->is_usable &&
                     !(was_lost(track, 1) && was_lost(track, 2));
    if (!is_hiccup) {
        struct mw_probe_result known = event->result;
        take_figures(&known, result);
        take_figures(&known, &event->result);
        known.rtt_min_us = result->rtt_min_us;
        known.rtt_max_us = result->rtt_max_us;
        *result = known;
    }
    result->samples = track->seen;
    result->lost = track->lost;
    take_medians(track);
}

enum { BEST_OF_TOOL = 3 };

/* Owned: what "@fastest:3" would name, tool by tool. */
static char *best_mirrors(const struct mw_app *app)
{
    struct mw_buf text = {0};
    for (size_t i = 0; i < app->panel_count; i++) {
        if (app_rank_is_judged(app, i, 0) && app->panels[i].leader == MW_APP_NONE)
            mw_buf_printf(&text, "%zu: none\n", i);
    }
    for (size_t rank = 1; rank <= BEST_OF_TOOL; rank++) {
        for (size_t i = 0; i < app->mirror_count; i++) {
            if (app->mirrors[i].rank == rank)
                mw_buf_printf(&text, "%zu.%zu=%s\n", app->mirrors[i].panel, app->mirrors[i].service,
                              app->mirrors[i].id);
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
    mw_replace(&app->best, best);
    return is_news ? app_read(app) : 0;
}

/* After the first round, then once a minute; where nobody answers that is no news of mirrors. */
static unsigned save_now_and_then(struct mw_app *app)
{
    enum { SAVE_MS = 60000 };
    if (app->session == NULL || mw_app_is_cut_off(app) ||
        (app->saved_at_ms != 0 && app->now_ms - app->saved_at_ms < SAVE_MS))
        return 0;
    app->saved_at_ms = app->now_ms > 0 ? app->now_ms : 1;
    return app_save(app);
}

static unsigned round_ended(struct mw_app *app)
{
    app->is_measuring = false;
    app->round++;
    app->is_unsorted = true;
    if (!app_rows_settle(app))
        app_rank_make(app);
    return MW_EFFECT_DRAW | follow_best(app) | save_now_and_then(app);
}

unsigned app_feed_event(struct mw_app *app, const struct mw_probe_event *event)
{
    if (event->generation != app->generation || event->generation == 0)
        return 0;
    switch (event->kind) {
    case MW_PROBE_EVENT_SAMPLE:
        if (event->target < app->target_count && app->targets[event->target] != MW_APP_NONE) {
            take_sample(app->mirrors[app->targets[event->target]].track, event, app->now_ms);
            app->is_unsorted = true;
            app_rows_settle(app);
        }
        return MW_EFFECT_DRAW;
    case MW_PROBE_EVENT_DONE:
        return round_ended(app);
    case MW_PROBE_EVENT_FAILED:
        mw_replace(&app->probe_error, mw_xstrdup(event->result.reason));
        app->is_measuring = false;
        app_say(app, MW_LEVEL_ERROR, _("nothing can be measured: %s"), event->result.reason);
        return MW_EFFECT_DRAW;
    case MW_PROBE_EVENT_RESULT: /* of one round; the figures here are of more */
    default:
        return 0;
    }
}
