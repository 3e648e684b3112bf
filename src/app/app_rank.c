/* Who is best, and who is asked next. */
#include <string.h>

#include "app_parts.h"

/* ---- ranking ------------------------------------------------------------------------------- */

static struct mw_probe_target target_of(const struct mw_app *app, const struct mw_app_mirror *from)
{
    return (struct mw_probe_target){
        .tool = from->track->service,
        .id = from->id,
        .url = from->url,
        .family = app->options.family,
        .is_default = from->is_default,
        .is_fallback = from->status == MW_MIRROR_FALLBACK,
        .is_in_use = from->is_in_use,
        .place_in_use = from->place_in_use,
    };
}

/* Tools may share a service: it is measured and kept once. */
static bool is_repeated(const struct mw_app *app, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (app->mirrors[i].track == app->mirrors[index].track)
            return true;
    }
    return false;
}

/* Each tool has its own best of a service: what is in use there is in front. */
static void rank_service(struct mw_app *app, size_t panel, size_t service, enum mw_metric metric,
                         struct mw_probe_target *targets, struct mw_probe_result *results)
{
    MW_FREE size_t *places = mw_xcalloc(app->mirror_count, sizeof *places);
    size_t count = 0;
    for (size_t i = 0; i < app->mirror_count; i++) {
        if (app->mirrors[i].panel != panel || app->mirrors[i].service != service)
            continue;
        targets[count] = target_of(app, &app->mirrors[i]);
        results[count] = app->mirrors[i].track->result;
        places[count++] = i;
    }
    mw_probe_rank(targets, count, metric, results);
    if (service == 0)
        app->panels[panel].leader = MW_APP_NONE;
    for (size_t i = 0; i < count; i++) {
        app->mirrors[places[i]].rank = results[i].rank;
        app->mirrors[places[i]].is_tied = results[i].is_tied;
        if (results[i].rank == 1 && service == 0)
            app->panels[panel].leader = places[i];
    }
}

void app_rank_make(struct mw_app *app)
{
    if (app->mirror_count == 0)
        return;
    MW_FREE struct mw_probe_target *targets = mw_xcalloc(app->mirror_count, sizeof *targets);
    MW_FREE struct mw_probe_result *results = mw_xcalloc(app->mirror_count, sizeof *results);
    enum mw_metric metric =
        app->session != NULL ? app->session->profile.policy.metric : MW_METRIC_LATENCY;
    for (size_t i = 0; i < app->panel_count; i++) {
        for (size_t k = 0; k < app->panels[i].service_count; k++)
            rank_service(app, i, k, metric, targets, results);
    }
}

bool app_rank_is_judged(const struct mw_app *app, size_t panel, size_t service)
{
    bool is_known = false;
    bool is_waited_for = false;
    for (size_t i = 0; i < app->mirror_count; i++) {
        const struct mw_app_mirror *mirror = &app->mirrors[i];
        if (mirror->panel != panel || mirror->service != service)
            continue;
        if (mirror->rank > 0)
            return true;
        is_known = is_known || mirror->track->result.class != MW_PROBE_NONE;
        is_waited_for = is_waited_for || mw_app_mirror_state(mirror) == MW_STATE_WAITING;
    }
    return is_known && !is_waited_for;
}

void app_rank_export(const struct mw_app *app, struct mw_ranking *ranking)
{
    MW_FREE struct mw_probe_target *targets = mw_xcalloc(app->mirror_count + 1, sizeof *targets);
    MW_FREE struct mw_probe_result *results = mw_xcalloc(app->mirror_count + 1, sizeof *results);
    size_t count = 0;
    for (size_t i = 0; i < app->mirror_count; i++) {
        const struct mw_app_mirror *mirror = &app->mirrors[i];
        if (mirror->is_unknown || !app_rank_is_judged(app, mirror->panel, mirror->service) ||
            is_repeated(app, i))
            continue;
        targets[count] = target_of(app, mirror);
        results[count] = mirror->track->result;
        results[count++].rank = mirror->rank;
    }
    if (count > 0)
        mw_probe_ranking(targets, count, results, ranking);
}

/* Whoever may be chosen is watched closely, the rest now and then, the broken rarely: that is kind
 * to mirrors, and to the battery, most of whose share are handshakes. The first rounds of all are
 * for everybody who works; where nobody does, everybody is asked, to see the network come back. Of
 * many tools the one that is looked at is watched as if it was alone, the others take turns. */
static bool is_turn_of(const struct mw_app *app, size_t index)
{
    enum { CLOSE_RANK = 3, REST_ROUNDS = 4, BROKEN_ROUNDS = 12, TOOLS_A_TURN = 5 };
    const struct mw_app_mirror *mirror = &app->mirrors[index];
    const struct mw_app_panel *panel = &app->panels[mirror->panel];
    if (app->round == 0 || mirror->track->seen == 0 || panel->leader == MW_APP_NONE)
        return true;
    bool is_aside = mw_app_is_many(app) && mirror->panel != app->focus;
    size_t turns = is_aside ? 1 + app->panel_count / TOOLS_A_TURN : 1;
    size_t turn = app->round + index;
    if (mw_app_mirror_state(mirror) == MW_STATE_BAD && !mirror->is_in_use && !mirror->is_wanted)
        return turn % (BROKEN_ROUNDS * turns) == 0;
    bool is_close = mirror->is_in_use || mirror->is_wanted || mirror->rank == 1 ||
                    (!is_aside && (mirror->rank <= CLOSE_RANK || index == panel->selected));
    return app->round < MW_APP_BURST || turn % (is_close ? turns : REST_ROUNDS * turns) == 0;
}

/* Under another tool, in this round. */
static bool is_asked(const struct mw_app *app, size_t index)
{
    for (size_t i = 0; i < app->target_count; i++) {
        if (app->mirrors[app->targets[i]].track == app->mirrors[index].track)
            return true;
    }
    return false;
}

size_t mw_app_probe_targets(struct mw_app *app, struct mw_probe_target **targets)
{
    const struct mw_catalog *catalog = app->session != NULL ? &app->session->catalog : NULL;
    free(app->targets);
    app->targets = mw_xcalloc(app->mirror_count + 1, sizeof *app->targets);
    app->target_count = 0;
    *targets = mw_xcalloc(app->mirror_count + 1, sizeof **targets);
    for (size_t i = 0; i < app->mirror_count; i++) {
        if (!is_turn_of(app, i) || is_asked(app, i))
            continue;
        const struct mw_app_mirror *mirror = &app->mirrors[i];
        struct mw_probe_target *target = &(*targets)[app->target_count];
        *target = target_of(app, mirror);
        app->targets[app->target_count++] = i;
        if (catalog != NULL)
            mw_probe_target_judge(target, catalog,
                                  mirror->is_unknown
                                      ? mw_session_sample(catalog, target->tool)
                                      : mw_catalog_find(catalog, target->tool, mirror->id));
        target->is_default = mirror->is_default;
    }
    return app->target_count;
}

void mw_app_probe_started(struct mw_app *app, unsigned generation)
{
    app->generation = generation;
    app->is_measuring = true;
    app->round_at_ms = app->now_ms;
}

/* Every handshake that is under way takes 80 KiB; a round is soon over all the same. */
enum { SLOTS = 20 };

void mw_app_probe_options(const struct mw_app *app, struct mw_probe_options *options)
{
    mw_probe_options_init(options);
    options->samples = 2; /* one on a new connection, one on that it left */
    options->slots = SLOTS;
    /* The age of a mirror and the like do not change from one round to the next. */
    options->is_thorough = app->round == 0;
    if (app->session != NULL)
        options->policy = app->session->profile.policy;
}
