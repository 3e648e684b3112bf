#include "race.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/memory.h"

#include "tally.h"

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

long probe_race_floor_of_us(long rtt_us)
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
    return glimpse->rtt_us > 0 ? probe_race_floor_of_us(glimpse->rtt_us) : 0;
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
    if (!is_decided || !probe_race_needs_fallback(runners, count, tool))
        return is_decided;
    for (size_t i = 0; i < count; i++)
        if (is_of(&runners[i], tool) && !runners[i].is_settled && !runners[i].is_out)
            return false;
    return true;
}

bool probe_race_needs_fallback(const struct probe_runner *runners, size_t count, const char *tool)
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
