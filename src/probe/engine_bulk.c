/* The engine's second part: how fast the nearest few deliver. One at a time, or they would share
 * the link (rate-mirrors measures its best ones again alone for that reason). */
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/memory.h"

#include "engine_parts.h"

/* In all, whatever the number of tools and mirrors. */
#define BUDGET_BYTES 8000000L
#define CANDIDATES_A_TOOL 4

/* Long enough to be past the slow start of TCP, short enough not to annoy. */
#define LONGEST_US 1000000
#define SETTLED_US 300000

void probe_engine_bulk_begin(struct probe_engine *engine)
{
    engine->is_bulk = true;
    if (engine->options.policy.metric == MW_METRIC_LATENCY)
        return;
    for (size_t i = 0; i < engine->count; i++)
        probe_engine_drop(engine, i);
    mw_probe_rank(engine->targets, engine->count, MW_METRIC_LATENCY, engine->results);
    engine->bulk_queue = mw_xcalloc(engine->count + 1, sizeof *engine->bulk_queue);
    long largest = 0;
    for (size_t rank = 1; rank <= CANDIDATES_A_TOOL; rank++) {
        for (size_t i = 0; i < engine->count; i++) {
            const struct mw_bulk *bulk = engine->targets[i].bulk;
            if (engine->results[i].rank != rank || bulk == NULL || bulk->path == NULL ||
                bulk->bytes <= 0)
                continue;
            engine->bulk_queue[engine->bulk_count++] = i;
            largest = bulk->bytes > largest ? bulk->bytes : largest;
        }
    }
    if (engine->bulk_count > 0)
        engine->bulk_bytes = BUDGET_BYTES / (long)engine->bulk_count;
    if (engine->bulk_bytes > largest)
        engine->bulk_bytes = largest;
}

/* Stops a transfer that has shown what it can, or that it cannot win any more. */
static void cut_short(struct probe_engine *engine, size_t index)
{
    struct probe_lane *lane = &engine->lanes[index];
    struct probe_glimpse glimpse;
    engine->transport->ops->look(engine->transport, lane->ticket, &glimpse);
    if (glimpse.body_us < SETTLED_US || glimpse.body_bytes <= 0)
        return;
    long bytes_per_s = (long)((double)glimpse.body_bytes * 1e6 / (double)glimpse.body_us);
    bool is_beaten = bytes_per_s < engine->bulk_best / 2;
    if (!is_beaten && glimpse.body_us < LONGEST_US)
        return;
    engine->transport->ops->cancel(engine->transport, lane->ticket);
    lane->exchange.sample.class = MW_PROBE_OK;
    lane->exchange.sample.bytes = glimpse.body_bytes;
    lane->exchange.sample.bytes_per_s = bytes_per_s;
    probe_engine_end_sample(engine, index);
}

bool probe_engine_bulk_step(struct probe_engine *engine)
{
    if (engine->bulk_next > 0) {
        size_t index = engine->bulk_queue[engine->bulk_next - 1];
        if (engine->lanes[index].is_busy)
            cut_short(engine, index);
        if (engine->lanes[index].is_busy)
            return true;
        if (engine->results[index].bytes_per_s > engine->bulk_best)
            engine->bulk_best = engine->results[index].bytes_per_s;
    }
    if (engine->bulk_next == engine->bulk_count)
        return false;
    probe_engine_start(engine, engine->bulk_queue[engine->bulk_next++], PROBE_BULK);
    return true;
}
