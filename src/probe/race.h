/* When is a race over? As soon as nobody who is still running can reach the places that count.
 * Pure arithmetic on lower bounds: a connection without an answer to its SYN after t has a round
 * trip above t. */
#ifndef MW_PROBE_RACE_H
#define MW_PROBE_RACE_H

#include <stdbool.h>
#include <stddef.h>

#include "transport.h"

struct probe_runner {
    const char *tool;
    bool is_fallback, is_in_use;
    bool is_settled; /* all its samples are there, or it has failed */
    bool is_usable;  /* its samples so far were good; if not settled, there is at least one */
    long rtt_us;     /* if usable */
    long floor_us;   /* else: its round trip cannot be, or be worth, less than this */
    bool is_out;     /* result: cannot win any more */
};

/* A lower bound from a request under way. */
long probe_race_floor_us(const struct probe_glimpse *glimpse);
/* By how much a mirror in use with this cost must be beaten to be left (rank.c): 15 % or 10 ms,
 * whichever is more. */
double probe_keep_us(double cost_us);

/* Marks who is out among the runners of `tool` when the best `wanted` are looked for, none slower
 * than `max_latency_us` (0: no limit). True if the race is decided: everybody else is settled, or,
 * behind somebody who is, has a place that its further samples could not change. */
bool probe_race_update(struct probe_runner *runners, size_t count, const char *tool, size_t wanted,
                       long max_latency_us);

#endif
