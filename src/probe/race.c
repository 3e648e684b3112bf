#include "race.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/memory.h"

#include "rank.h"

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

static int compare_long(const void *a, const void *b)
{
    long left = *(const long *)a;
    long right = *(const long *)b;
    return (left > right) - (left < right);
}

static bool is_of(const struct probe_runner *runner, const char *tool)
{
    return strcmp(runner->tool, tool) == 0;
}

/* Beyond this round trip nobody who is still running matters. */
static long limit_us(const struct probe_runner *runners, size_t count, const char *tool,
                     size_t wanted)
{
    long *times = mw_xcalloc(count + 1, sizeof *times);
    size_t known = 0;
    long limit = LONG_MAX;
    for (size_t i = 0; i < count; i++)
        if (is_of(&runners[i], tool) && runners[i].is_settled && runners[i].is_usable)
            times[known++] = runners[i].rtt_us;
    qsort(times, known, sizeof *times, compare_long);
    if (known >= wanted) {
        limit = times[wanted - 1] + TIE_US;
    } else if (known > 0) {
        limit = times[0] * PATIENCE_FACTOR;
        if (limit < PATIENCE_MIN_US)
            limit = PATIENCE_MIN_US;
    }
    free(times);
    return limit;
}

bool probe_race_update(struct probe_runner *runners, size_t count, const char *tool, size_t wanted,
                       long max_latency_us)
{
    bool is_decided = true;
    long limit = limit_us(runners, count, tool, wanted);
    for (size_t i = 0; i < count; i++) {
        struct probe_runner *runner = &runners[i];
        if (!is_of(runner, tool) || runner->is_settled)
            continue;
        double margin = runner->is_in_use ? probe_keep_us((double)runner->floor_us) : 0;
        runner->is_out = (double)runner->floor_us - margin > (double)limit ||
                         (max_latency_us > 0 && runner->floor_us > max_latency_us);
        if (!runner->is_out && !runner->is_fallback)
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
