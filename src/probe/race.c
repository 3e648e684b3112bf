#include "race.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"

#include "engine_parts.h"

/* A name that is looked up for longer than this counts as slow itself: the tool waits for it too.
 * First lookups of far names take a while; more patience where the best is far. */
#define LOOKUP_GRACE_US 100000

/* Through a proxy a request is at least connection, CONNECT, handshake and answer away. */
#define PROXIED_ROUND_TRIPS 4

/* With places left to fill, who is still worth waiting for: "up to N" mirrors. */
#define PATIENCE_FACTOR 8
#define PATIENCE_MIN_US 400000

/* Ties are ties: within this the order of the catalogue decides, so both must be known. */
#define TIE_US 1000

/* A lower bound for a mirror whose best round trip so far is `rtt_us`. */
static long floor_of_us(long rtt_us)
{
    return rtt_us - rtt_us / 4; /* later samples may be better */
}

/* As far as a usable runner's round trip may still turn out to be. */
static long ceiling_us(const struct probe_runner *runner)
{
    return runner->is_settled ? runner->rtt_us : runner->rtt_us + runner->rtt_us / 4;
}

long probe_race_floor_us(const struct probe_glimpse *glimpse)
{
    if (glimpse->phase == PROBE_LOOKUP)
        return glimpse->since_us > LOOKUP_GRACE_US ? glimpse->since_us / 2 : 0;
    if (glimpse->is_proxied)
        return glimpse->since_us / PROXIED_ROUND_TRIPS;
    if (glimpse->phase == PROBE_CONNECT)
        return glimpse->since_us;
    return glimpse->rtt_us > 0 ? floor_of_us(glimpse->rtt_us) : 0;
}

static bool is_of(const struct probe_runner *runner, const char *tool)
{
    return strcmp(runner->tool, tool) == 0;
}

/* Somebody has proved himself with all his samples: there will be a winner, whatever becomes of
 * those who have only begun well. */
static bool has_leader(const struct probe_runner *runners, size_t count, const char *tool)
{
    for (size_t i = 0; i < count; i++)
        if (is_of(&runners[i], tool) && runners[i].is_settled && runners[i].is_usable)
            return true;
    return false;
}

/* Beyond this round trip nobody who is still running matters. */
static long limit_us(const struct probe_runner *runners, size_t count, const char *tool,
                     size_t wanted)
{
    MW_FREE long *times = mw_xcalloc(count + 1, sizeof *times);
    size_t known = 0;
    long limit = LONG_MAX;
    bool is_led = has_leader(runners, count, tool);
    for (size_t i = 0; is_led && i < count; i++)
        if (is_of(&runners[i], tool) && runners[i].is_usable && !runners[i].is_out)
            times[known++] = ceiling_us(&runners[i]);
    qsort(times, known, sizeof *times, probe_compare_long);
    if (known >= wanted) {
        limit = times[wanted - 1] + TIE_US;
    } else if (known > 0) {
        limit = times[0] * PATIENCE_FACTOR;
        if (limit < PATIENCE_MIN_US)
            limit = PATIENCE_MIN_US;
    }
    return limit;
}

/* How much the mirrors in use are favoured may decide between these two. */
static long favour_us(const struct probe_runner *a, const struct probe_runner *b)
{
    long far_us = ceiling_us(a) > ceiling_us(b) ? ceiling_us(a) : ceiling_us(b);
    return a->is_in_use || b->is_in_use ? (long)probe_keep_us((double)far_us) : TIE_US;
}

/* Could further samples of `runner`, which has a good one, change its place? */
static bool is_contested(const struct probe_runner *runners, size_t count,
                         const struct probe_runner *runner)
{
    for (size_t i = 0; i < count; i++) {
        const struct probe_runner *other = &runners[i];
        if (other == runner || !is_of(other, runner->tool) || other->is_out ||
            (other->is_settled && !other->is_usable))
            continue;
        long favour = favour_us(runner, other);
        long other_floor_us = other->is_settled ? other->rtt_us : other->floor_us;
        bool is_behind = other_floor_us - favour > ceiling_us(runner);
        bool is_before = other->is_usable && ceiling_us(other) + favour < runner->floor_us;
        if (!is_behind && !is_before)
            return true;
    }
    return false;
}

/* May the fallback mirrors of `tool` run? Only when every other one is settled or out and none of
 * them is usable. */
static bool needs_fallback(const struct probe_runner *runners, size_t count, const char *tool)
{
    for (size_t i = 0; i < count; i++) {
        const struct probe_runner *runner = &runners[i];
        if (!is_of(runner, tool) || runner->is_fallback)
            continue;
        if (runner->is_settled ? runner->is_usable : !runner->is_out)
            return false;
    }
    return true;
}

bool probe_race_update(struct probe_runner *runners, size_t count, const char *tool, size_t wanted,
                       long max_latency_us)
{
    bool is_decided = true;
    bool is_led = has_leader(runners, count, tool);
    long limit = limit_us(runners, count, tool, wanted);
    for (size_t i = 0; i < count; i++) {
        struct probe_runner *runner = &runners[i];
        if (!is_of(runner, tool) || runner->is_settled)
            continue;
        double margin = runner->is_in_use ? probe_keep_us((double)runner->floor_us) : 0;
        runner->is_out = (double)runner->floor_us - margin > (double)limit ||
                         (max_latency_us > 0 && runner->floor_us > max_latency_us);
    }
    for (size_t i = 0; i < count; i++) {
        const struct probe_runner *runner = &runners[i];
        if (!is_of(runner, tool) || runner->is_settled || runner->is_out || runner->is_fallback)
            continue;
        if (!is_led || !runner->is_usable || is_contested(runners, count, runner))
            is_decided = false;
    }
    if (!is_decided || !needs_fallback(runners, count, tool))
        return is_decided;
    for (size_t i = 0; i < count; i++)
        if (is_of(&runners[i], tool) && !runners[i].is_settled && !runners[i].is_out)
            return false;
    return true;
}

/* ---- the engine's race: runners from its lanes ----------------------------------------------- */

/* Speed is measured among the nearest few. */
#define BULK_RUNNERS 4

static size_t wanted(const struct probe_engine *engine, const struct mw_probe_wish *wish)
{
    if (engine->options.policy.metric != MW_METRIC_LATENCY && wish->count < BULK_RUNNERS)
        return BULK_RUNNERS;
    return wish->count > 0 ? wish->count : 1;
}

static void fill_runner(struct probe_engine *engine, size_t index)
{
    const struct probe_lane *lane = &engine->lanes[index];
    const struct mw_probe_result *result = &engine->results[index];
    struct probe_runner *runner = &engine->runners[index];
    bool was_out = runner->is_out;
    struct probe_glimpse glimpse;
    *runner = (struct probe_runner){
        .tool = engine->targets[index].tool,
        .is_fallback = engine->targets[index].is_fallback,
        .is_in_use = engine->targets[index].is_in_use,
        .is_settled = lane->is_done && !was_out,
        .is_usable = result->is_usable,
        .rtt_us = probe_latency_us(result),
        .is_out = was_out,
    };
    if (lane->is_done)
        return;
    if (result->rtt_min_us >= 0) {
        runner->floor_us = floor_of_us(result->rtt_min_us);
    } else if (lane->is_busy && lane->exchange.has_answer) {
        runner->floor_us = floor_of_us(lane->exchange.sample.rtt_us);
    } else if (lane->is_busy) {
        engine->transport->ops->look(engine->transport, lane->ticket, &glimpse);
        runner->floor_us = probe_race_floor_us(&glimpse);
    }
}

static void put_out(struct probe_engine *engine, size_t index)
{
    struct mw_probe_result *result = &engine->results[index];
    long limit_ms = engine->options.policy.max_latency_ms;
    bool is_too_far = limit_ms > 0 && engine->runners[index].floor_us > limit_ms * 1000;
    probe_engine_drop(engine, index);
    engine->lanes[index].is_done = true;
    result->is_usable = false;
    result->class = is_too_far ? MW_PROBE_POLICY : MW_PROBE_NONE;
    if (is_too_far)
        snprintf(result->reason, sizeof result->reason,
                 _("It is farther away than the profile allows: more than %ld ms."), limit_ms);
    else
        snprintf(result->reason, sizeof result->reason, "%s",
                 _("Not measured to the end: nearer mirrors had answered."));
}

bool probe_engine_race(struct probe_engine *engine)
{
    if (engine->runners == NULL)
        return true;
    for (size_t i = 0; i < engine->count; i++)
        fill_runner(engine, i);
    bool is_open = false;
    for (size_t i = 0; i < engine->wish_count; i++) {
        const struct mw_probe_wish *wish = &engine->wishes[i];
        if (!probe_race_update(engine->runners, engine->count, wish->tool, wanted(engine, wish),
                               engine->options.policy.max_latency_ms * 1000))
            is_open = true;
    }
    for (size_t i = 0; i < engine->count; i++)
        if (engine->runners[i].is_out && !engine->lanes[i].is_done)
            put_out(engine, i);
    return is_open;
}

bool probe_engine_may_run(const struct probe_engine *engine, size_t index)
{
    const struct mw_probe_target *target = &engine->targets[index];
    bool is_wished = engine->runners == NULL;
    for (size_t i = 0; i < engine->wish_count; i++)
        is_wished = is_wished || strcmp(engine->wishes[i].tool, target->tool) == 0;
    return is_wished && (engine->runners == NULL || !target->is_fallback ||
                         needs_fallback(engine->runners, engine->count, target->tool));
}
