#include "engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"

#include "engine_parts.h"
#include "link.h"

/* Every mirror has a slot as far as the files of a process allow: the loop is far from busy, and
 * the kernel's round trips do not see it. A hundred mirrors in turn would take longer than the
 * slowest. */
#define SLOTS_DEFAULT 12
#define RACE_SLOTS 64

/* Nobody waits longer than this for us to notice that he wants us to stop. */
#define TURN_MAX_MS 50
/* One new connection and two requests on it: each has seen the round trip several times. */
#define RACE_SAMPLES_MAX 3

/* How long a mirror keeps the others of its server waiting. */
#define HOST_PATIENCE_US 250000

/* While a race is open, the passing of time alone decides things. */
#define RACE_TURN_MS 4

/* libcurl's own timeout should come first, with its better explanation. */
#define OVERDUE_MS 150

/* What measuring speed may take in all, whatever the number of tools and mirrors. */
#define BUDGET_BYTES 8000000L
#define CANDIDATES_A_TOOL 4

/* Long enough to be past the slow start of TCP, short enough not to annoy. */
#define LONGEST_US 1000000
#define SETTLED_US 300000

/* A race wants everybody at the start. */
static size_t slots_for(const struct mw_probe_options *options, size_t count, bool is_race)
{
    size_t least = is_race ? RACE_SLOTS : SLOTS_DEFAULT;
    size_t slots = count;
    if (options->slots > 0)
        slots = (size_t)options->slots;
    else if (slots < least)
        slots = least;
    return slots < PROBE_REQUESTS_MAX ? slots : PROBE_REQUESTS_MAX;
}

static int64_t now_us_of(const struct probe_engine *engine)
{
    return engine->clock->now_us(engine->clock->context);
}

/* Where in its round a target stands: any fixed mixing will do (splitmix64). */
static uint64_t order_in_round(unsigned long seed, unsigned round, size_t index)
{
    uint64_t mixed = seed + 0x9e3779b97f4a7c15U * (((uint64_t)round << 32) + index + 1);
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
    return mixed ^ (mixed >> 31);
}

static void group_hosts(struct probe_engine *engine)
{
    for (size_t i = 0; i < engine->count; i++) {
        size_t first = 0;
        while (first < i &&
               !probe_link_is_same_host(engine->targets[first].url, engine->targets[i].url))
            first++;
        engine->lanes[i].host = first;
    }
}

struct probe_engine *probe_engine_new(const struct mw_probe_target *targets, size_t count,
                                      const struct mw_probe_options *options,
                                      const struct mw_probe_wish *wishes, size_t wish_count,
                                      const struct mw_probe_watch *watch,
                                      struct probe_transport *transport,
                                      const struct probe_clock *clock,
                                      struct mw_probe_result *results)
{
    struct probe_engine *engine = mw_xcalloc(1, sizeof *engine);
    *engine = (struct probe_engine){
        .targets = targets,
        .count = count,
        .options = *options,
        .wishes = wishes,
        .wish_count = wish_count,
        .watch = watch,
        .transport = transport,
        .clock = clock,
        .results = results,
        .lanes = mw_xcalloc(count + 1, sizeof *engine->lanes),
        .hosts = mw_xcalloc(count + 1, sizeof *engine->hosts),
        .slots = slots_for(options, count, wish_count > 0),
    };
    if (wish_count > 0) {
        engine->runners = mw_xcalloc(count + 1, sizeof *engine->runners);
        engine->options.spacing_ms = 0;
        engine->options.is_thorough = false;
        if (engine->options.samples > RACE_SAMPLES_MAX)
            engine->options.samples = RACE_SAMPLES_MAX;
    }
    for (size_t i = 0; i < count; i++)
        mw_probe_result_init(&results[i]);
    group_hosts(engine);
    engine->begun_us = now_us_of(engine);
    return engine;
}

static void send_request(struct probe_engine *engine, size_t index)
{
    struct probe_lane *lane = &engine->lanes[index];
    int64_t spent_ms = (now_us_of(engine) - lane->started_us) / 1000;
    long left_ms = engine->options.timeout_ms - (long)spent_ms;
    lane->exchange.request.timeout_ms = left_ms > 1 ? left_ms : 1;
    lane->ticket = engine->transport->ops->start(engine->transport, &lane->exchange.request);
}

static void release_lane(struct probe_engine *engine, struct probe_lane *lane)
{
    probe_exchange_release(&lane->exchange);
    lane->is_busy = false;
    struct probe_host *host = &engine->hosts[lane->host];
    if (host->holder == (size_t)(lane - engine->lanes))
        host->free_us = 0;
    engine->busy--;
}

void probe_engine_drop(struct probe_engine *engine, size_t index)
{
    struct probe_lane *lane = &engine->lanes[index];
    if (!lane->is_busy)
        return;
    engine->transport->ops->cancel(engine->transport, lane->ticket);
    release_lane(engine, lane);
}

/* A mirror that has never answered is not asked again; neither is one that condemned itself or
 * asked for a pause. One that loses a sample now and then is. */
static bool is_enough(const struct probe_engine *engine, const struct probe_lane *lane,
                      const struct mw_probe_sample *sample)
{
    return sample->number + 1 >= (unsigned)engine->options.samples || lane->tally.good == 0 ||
           lane->tally.is_condemned || sample->class == MW_PROBE_RATE_LIMITED;
}

static void end_sample(struct probe_engine *engine, size_t index)
{
    struct probe_lane *lane = &engine->lanes[index];
    struct mw_probe_result *result = &engine->results[index];
    struct mw_probe_sample *sample = &lane->exchange.sample;
    sample->at_ms = (long)((now_us_of(engine) - engine->begun_us) / 1000);
    release_lane(engine, lane);
    if (lane->exchange.kind == PROBE_BULK) {
        result->bytes_per_s = sample->bytes_per_s;
        if (sample->integrity == MW_PROBE_WRONG)
            probe_tally_add(&lane->tally, sample, &engine->options.policy, result);
    } else {
        probe_tally_add(&lane->tally, sample, &engine->options.policy, result);
        lane->is_done = is_enough(engine, lane, sample);
    }
    result->is_done = lane->is_done;
    mw_probe_compare_ages(engine->targets, engine->count, &engine->options.policy, engine->results,
                          index);
    if (engine->watch != NULL && engine->watch->sample != NULL)
        engine->watch->sample(engine->watch->context, sample, result);
}

static void start_sample(struct probe_engine *engine, size_t index, enum probe_kind kind)
{
    struct probe_lane *lane = &engine->lanes[index];
    lane->started_us = now_us_of(engine);
    lane->next_us = lane->started_us + (int64_t)engine->options.spacing_ms * 1000;
    lane->is_busy = true;
    engine->hosts[lane->host] = (struct probe_host){
        .holder = index,
        .free_us = lane->started_us + HOST_PATIENCE_US,
    };
    engine->busy++;
    bool asks = probe_exchange_begin(&lane->exchange, &engine->targets[index], &engine->options,
                                     kind, engine->bulk_bytes);
    lane->exchange.request.needs_new_connection = lane->started == 0;
    lane->exchange.request.wants_certificate = lane->started == 0 && engine->options.is_thorough;
    lane->exchange.sample.target = index;
    lane->exchange.sample.number = lane->started++;
    if (asks)
        send_request(engine, index);
    else
        end_sample(engine, index);
}

static bool may_start(const struct probe_engine *engine, size_t index, int64_t now_us)
{
    const struct probe_lane *lane = &engine->lanes[index];
    return !lane->is_done && !lane->is_busy && now_us >= engine->hosts[lane->host].free_us &&
           now_us >= lane->next_us && probe_engine_may_run(engine, index);
}

/* The next target in turn; count if there is none. */
static size_t next_in_turn(const struct probe_engine *engine, int64_t now_us)
{
    size_t best = engine->count;
    uint64_t best_order = 0;
    for (size_t i = 0; i < engine->count; i++) {
        if (!may_start(engine, i, now_us))
            continue;
        unsigned round = engine->lanes[i].started;
        uint64_t order = order_in_round(engine->options.seed, round, i);
        if (best == engine->count || round < engine->lanes[best].started ||
            (round == engine->lanes[best].started && order < best_order)) {
            best = i;
            best_order = order;
        }
    }
    return best;
}

static void start_all(struct probe_engine *engine)
{
    while (engine->busy < engine->slots) {
        size_t index = next_in_turn(engine, now_us_of(engine));
        if (index == engine->count)
            return;
        start_sample(engine, index, engine->lanes[index].started == 0 ? PROBE_FULL : PROBE_PING);
    }
}

static void take_responses(struct probe_engine *engine)
{
    struct probe_response response;
    while (engine->transport->ops->next_done(engine->transport, &response)) {
        for (size_t i = 0; i < engine->count; i++) {
            struct probe_lane *lane = &engine->lanes[i];
            if (!lane->is_busy || lane->ticket != response.ticket)
                continue;
            if (probe_exchange_take(&lane->exchange, &response))
                send_request(engine, i);
            else
                end_sample(engine, i);
            break;
        }
        probe_response_release(&response);
    }
}

/* The transport has a timeout of its own; this is for one that forgot, and for the deadline. */
static void end_overdue(struct probe_engine *engine, bool is_over)
{
    int64_t limit_us = ((int64_t)engine->options.timeout_ms + OVERDUE_MS) * 1000;
    int64_t now_us = now_us_of(engine);
    for (size_t i = 0; i < engine->count; i++) {
        struct probe_lane *lane = &engine->lanes[i];
        bool is_late = lane->is_busy && now_us - lane->started_us > limit_us;
        if (lane->is_busy && (is_late || is_over)) {
            engine->transport->ops->cancel(engine->transport, lane->ticket);
            probe_exchange_fail(&lane->exchange, MW_PROBE_TIMEOUT, "%s",
                                is_over ? _("The time for measuring ran out before it answered.")
                                        : _("It does not come to an end in time."));
            end_sample(engine, i);
        }
    }
}

/* Until a target may start its next sample. */
static long wait_ms(const struct probe_engine *engine)
{
    long wait = engine->runners != NULL && !engine->is_bulk ? RACE_TURN_MS : TURN_MAX_MS;
    int64_t now_us = now_us_of(engine);
    if (engine->busy >= engine->slots || engine->is_bulk)
        return wait;
    for (size_t i = 0; i < engine->count; i++) {
        const struct probe_lane *lane = &engine->lanes[i];
        if (lane->is_done || lane->is_busy || !probe_engine_may_run(engine, i))
            continue;
        int64_t next_us = engine->hosts[lane->host].free_us;
        if (next_us < lane->next_us)
            next_us = lane->next_us;
        long until_ms = next_us <= now_us ? 0 : (long)((next_us - now_us + 999) / 1000);
        if (until_ms < wait)
            wait = until_ms;
    }
    return wait;
}

/* Is anybody left to be asked? */
static bool has_more(const struct probe_engine *engine)
{
    if (engine->busy > 0)
        return true;
    for (size_t i = 0; i < engine->count; i++)
        if (!engine->lanes[i].is_done && probe_engine_may_run(engine, i))
            return true;
    return false;
}

/* ---- how fast the nearest few deliver ----------------------------------------------------- */

/* One at a time, or they would share the link (rate-mirrors measures its best ones again alone for
 * that reason). */
static void bulk_begin(struct probe_engine *engine)
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
    end_sample(engine, index);
}

static bool bulk_step(struct probe_engine *engine)
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
    start_sample(engine, engine->bulk_queue[engine->bulk_next++], PROBE_BULK);
    return true;
}

/* ---- the whole --------------------------------------------------------------------------- */

static void finish(struct probe_engine *engine)
{
    for (size_t i = 0; i < engine->count; i++) {
        struct mw_probe_result *result = &engine->results[i];
        probe_engine_drop(engine, i);
        result->is_done = true;
        if (result->samples == 0 && result->reason[0] == '\0')
            snprintf(result->reason, sizeof result->reason, "%s",
                     _("Not asked: the measurement was over before its turn."));
    }
    mw_probe_rank(engine->targets, engine->count, engine->options.policy.metric, engine->results);
}

/* True while the part that measures latency goes on. */
static bool step_latency(struct probe_engine *engine)
{
    if (!probe_engine_race(engine))
        return false;
    start_all(engine);
    return has_more(engine);
}

bool probe_engine_step(struct probe_engine *engine)
{
    const struct mw_probe_watch *watch = engine->watch;
    bool goes_on = watch == NULL || watch->go_on == NULL || watch->go_on(watch->context);
    int64_t spent_us = now_us_of(engine) - engine->begun_us;
    if (goes_on && spent_us >= (int64_t)engine->options.deadline_ms * 1000) {
        end_overdue(engine, true);
        goes_on = false;
    }
    if (goes_on && !engine->is_bulk && !step_latency(engine))
        bulk_begin(engine);
    if (goes_on && engine->is_bulk)
        goes_on = bulk_step(engine);
    if (!goes_on) {
        finish(engine);
        return false;
    }
    engine->transport->ops->step(engine->transport, wait_ms(engine));
    take_responses(engine);
    end_overdue(engine, false);
    return true;
}

void probe_engine_free(struct probe_engine *engine)
{
    for (size_t i = 0; i < engine->count; i++) {
        probe_engine_drop(engine, i);
        probe_tally_release(&engine->lanes[i].tally);
    }
    MW_FREE_ALL(engine->lanes, engine->runners, engine->hosts, engine->bulk_queue, engine);
}
