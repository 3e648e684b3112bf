/* The engine's inside, shared by its files: engine.c steps, race.c cuts short. */
#ifndef MW_PROBE_ENGINE_PARTS_H
#define MW_PROBE_ENGINE_PARTS_H

#include "engine.h"
#include "exchange.h"
#include "race.h"
#include "tally.h"

/* One target on its way. */
struct probe_lane {
    size_t host;  /* index of the first target with the same host: one request at once */
    bool is_busy; /* a sample is under way, its request has `ticket` */
    bool is_done; /* no more samples */
    size_t ticket;
    struct probe_exchange exchange;
    struct probe_tally tally;
    unsigned started;            /* samples */
    int64_t started_us, next_us; /* of the sample under way; earliest start of the next */
};

/* Where several mirrors live on one server, one request at a time; but who does not answer holds
 * up the others only for a while. */
struct probe_host {
    size_t holder; /* index of the target asked last */
    int64_t free_us;
};

struct probe_engine {
    const struct mw_probe_target *targets;
    size_t count;
    struct mw_probe_options options;
    const struct mw_probe_wish *wishes;
    size_t wish_count;
    const struct mw_probe_watch *watch; /* NULL: nobody */
    struct probe_transport *transport;
    const struct probe_clock *clock;
    struct mw_probe_result *results;
    struct probe_lane *lanes;
    struct probe_runner *runners; /* of a race; NULL: none */
    struct probe_host *hosts;     /* by lane->host */
    size_t slots, busy;
    int64_t begun_us;
    /* Throughput. */
    bool is_bulk;       /* the latency part is over */
    size_t *bulk_queue; /* targets, best first */
    size_t bulk_count, bulk_next;
    long bulk_bytes; /* a target's share */
    long bulk_best;  /* bytes per second so far */
};

/* Drops the sample under way of a target, if any; nobody hears of it. */
void probe_engine_drop(struct probe_engine *engine, size_t index);

/* True while the race is open; without wishes always. Drops whoever is out. */
bool probe_engine_race(struct probe_engine *engine);
bool probe_engine_may_run(const struct probe_engine *engine, size_t index);

#endif
