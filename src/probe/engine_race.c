/* The engine's race: fills the runners from the lanes, lets race.c judge, drops who is out. */
#include <stdio.h>
#include <string.h>

#include "mirrorwise/i18n.h"

#include "engine_parts.h"

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
        runner->floor_us = probe_race_floor_of_us(result->rtt_min_us);
    } else if (lane->is_busy && lane->exchange.has_answer) {
        runner->floor_us = probe_race_floor_of_us(lane->exchange.sample.rtt_us);
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
                         probe_race_needs_fallback(engine->runners, engine->count, target->tool));
}
