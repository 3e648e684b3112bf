/* Ranks: who is better, who is as good, who stays. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/probe.h"

#include "race.h"
#include "tally.h"

/* Below this, two round trips on the same path differ by chance. */
#define NOISE_MIN_US 750

/* A mirror in use stays unless it is clearly beaten: by 15 % or 10 ms, whichever is more. The
 * lesser of them would be 2 ms for a mirror 13 ms away and 5 % for one at 200 ms, both within an
 * ordinary day's jitter: a machine measured every week would change its files every week, for
 * nothing. */
#define KEEP_PERCENT 15
#define KEEP_MIN_US 10000

/* "balanced" is the time for a small package: two round trips and so many bytes. */
#define BALANCED_BYTES 262144
#define THROUGHPUT_BYTES 1048576

/* Speeds are measured once and for a moment. */
#define SPEED_NOISE_PERCENT 10

struct contender {
    size_t index;
    bool is_fallback;
    double cost_us, noise_us;
};

static double fetch_us(double bytes, long bytes_per_s)
{
    return bytes * 1e6 / (double)bytes_per_s;
}

/* What is to be small. A mirror without a measured speed comes behind all that have one. */
static double cost_us(const struct mw_probe_result *result, enum mw_metric metric)
{
    const double unknown = 1e12;
    long latency = probe_latency_us(result);
    double latency_us = latency >= 0 ? (double)latency : unknown / 2;
    if (metric == MW_METRIC_LATENCY)
        return latency_us;
    if (result->bytes_per_s <= 0)
        return unknown + latency_us;
    return metric == MW_METRIC_THROUGHPUT ? fetch_us(THROUGHPUT_BYTES, result->bytes_per_s)
                                          : latency_us + (double)result->rtt_us +
                                                fetch_us(BALANCED_BYTES, result->bytes_per_s);
}

static double noise_us(const struct mw_probe_result *result, enum mw_metric metric, double cost)
{
    if (metric != MW_METRIC_LATENCY && result->bytes_per_s > 0)
        return cost * SPEED_NOISE_PERCENT / 100;
    double spread = (double)(result->rtt_max_us - result->rtt_min_us) / 4;
    return spread > NOISE_MIN_US ? spread : NOISE_MIN_US;
}

static int by_index(const void *a, const void *b)
{
    const struct contender *left = a;
    const struct contender *right = b;
    return (left->index > right->index) - (left->index < right->index);
}

static int by_cost(const void *a, const void *b)
{
    const struct contender *left = a;
    const struct contender *right = b;
    if (left->is_fallback != right->is_fallback)
        return left->is_fallback ? 1 : -1;
    if (left->cost_us != right->cost_us)
        return left->cost_us < right->cost_us ? -1 : 1;
    return by_index(a, b);
}

/* How many from `first` on are as good as the first. */
static size_t tie_length(const struct contender *first, size_t left)
{
    size_t length = 1;
    while (
        length < left && first[length].is_fallback == first->is_fallback &&
        first[length].cost_us - first->cost_us <=
            (first[length].noise_us > first->noise_us ? first[length].noise_us : first->noise_us))
        length++;
    return length;
}

double probe_keep_us(double cost_us)
{
    double margin = cost_us * KEEP_PERCENT / 100;
    return margin > KEEP_MIN_US ? margin : KEEP_MIN_US;
}

/* Which of the contenders from `place` on is in use and not clearly beaten by the one that stands
 * there; of several the one that is asked first. `count` if there is none. A tool's own default is
 * kept or left as a whole: behind a mirror that beats it, it would be in use before a list is
 * written and not after, and the list would change with every run. */
static size_t find_kept(const struct mw_probe_target *targets, const struct contender *contenders,
                        size_t place, size_t count)
{
    size_t kept = count;
    for (size_t i = place; i < count; i++) {
        const struct mw_probe_target *target = &targets[contenders[i].index];
        if (!target->is_in_use || (target->is_default && place > 0) ||
            contenders[i].is_fallback != contenders[place].is_fallback ||
            contenders[i].cost_us - contenders[place].cost_us >
                probe_keep_us(contenders[i].cost_us))
            continue;
        if (kept == count || target->place_in_use < targets[contenders[kept].index].place_in_use)
            kept = i;
    }
    return kept;
}

/* Moves the mirrors in use to the front as far as they are not clearly beaten. */
static void keep_in_use(const struct mw_probe_target *targets, struct contender *contenders,
                        size_t count)
{
    for (size_t place = 0; place < count; place++) {
        size_t i = find_kept(targets, contenders, place, count);
        if (i == count)
            continue;
        struct contender kept = contenders[i];
        memmove(contenders + place + 1, contenders + place, (i - place) * sizeof *contenders);
        contenders[place] = kept;
    }
}

static void rank_contenders(const struct mw_probe_target *targets, struct contender *contenders,
                            size_t count, struct mw_probe_result *results)
{
    qsort(contenders, count, sizeof *contenders, by_cost);
    for (size_t i = 0; i < count;) {
        size_t length = tie_length(contenders + i, count - i);
        qsort(contenders + i, length, sizeof *contenders, by_index);
        for (size_t k = 0; k < length; k++)
            results[contenders[i + k].index].is_tied = k > 0;
        i += length;
    }
    keep_in_use(targets, contenders, count);
    for (size_t i = 0; i < count; i++)
        results[contenders[i].index].rank = i + 1;
}

void mw_probe_rank(const struct mw_probe_target *targets, size_t count, enum mw_metric metric,
                   struct mw_probe_result *results)
{
    MW_FREE struct contender *contenders = mw_xcalloc(count + 1, sizeof *contenders);
    MW_FREE bool *is_seen = mw_xcalloc(count + 1, sizeof *is_seen);
    for (size_t first = 0; first < count; first++) {
        size_t found = 0;
        if (is_seen[first])
            continue;
        for (size_t i = first; i < count; i++) {
            if (is_seen[i] || strcmp(targets[i].tool, targets[first].tool) != 0)
                continue;
            is_seen[i] = true;
            results[i].rank = 0;
            results[i].is_tied = false;
            if (!results[i].is_usable)
                continue;
            double cost = cost_us(&results[i], metric);
            contenders[found++] = (struct contender){
                .index = i,
                .is_fallback = targets[i].is_fallback,
                .cost_us = cost,
                .noise_us = noise_us(&results[i], metric, cost),
            };
        }
        rank_contenders(targets, contenders, found, results);
    }
}

static void add_ranked(const struct mw_probe_target *target, const struct mw_probe_result *result,
                       struct mw_ranking *ranking)
{
    *MW_PUSH(ranking->items, ranking->count) = (struct mw_ranked){
        .tool = mw_xstrdup(target->tool),
        .id = mw_xstrdup(target->id),
        .url = mw_xstrdup(target->url),
        .usable = result->is_usable,
        .reason = mw_xstrdup(result->reason),
        .class = mw_xstrdup(result->class == MW_PROBE_POLICY && result->lag_s > 0
                                ? "old"
                                : mw_probe_class_word(result->class)),
        .rtt_us = result->rtt_us,
        .ttfb_us = result->ttfb_us,
    };
}

/* Of those that are left of the tool of `first`: by rank, the others behind as they come; `count`
 * if there are none. */
static size_t next_of_tool(const struct mw_probe_target *targets, size_t count,
                           const struct mw_probe_result *results, const bool *is_added,
                           size_t first)
{
    size_t best = count;
    for (size_t i = first; i < count; i++) {
        if (is_added[i] || strcmp(targets[i].tool, targets[first].tool) != 0)
            continue;
        if (best == count || (results[i].rank > 0 &&
                              (results[best].rank == 0 || results[i].rank < results[best].rank)))
            best = i;
    }
    return best;
}

void mw_probe_ranking(const struct mw_probe_target *targets, size_t count,
                      const struct mw_probe_result *results, struct mw_ranking *ranking)
{
    MW_FREE bool *is_added = mw_xcalloc(count + 1, sizeof *is_added);
    for (size_t first = 0, i = 0; first < count; first++) {
        while ((i = next_of_tool(targets, count, results, is_added, first)) < count) {
            add_ranked(&targets[i], &results[i], ranking);
            is_added[i] = true;
        }
    }
}

/* ---- how far mirrors are behind each other --------------------------------------------------- */

/* The newest state that one of them shows is what the others could have. The date alone says
 * nothing, a service may be quiet for months. */
enum { MINUTE_S = 60, HOUR_S = 3600 };

/* What the others of the service are compared with. */
struct newest {
    long state_s;             /* -1: nobody has shown a date */
    unsigned long state_hash; /* upstream's; 0: unknown */
};

static struct newest find_newest(const struct mw_probe_target *targets, size_t count,
                                 const struct mw_probe_result *results, const char *service)
{
    struct newest newest = {.state_s = -1};
    for (size_t i = 0; i < count; i++) {
        if (strcmp(targets[i].tool, service) != 0)
            continue;
        if (results[i].state_s > newest.state_s)
            newest.state_s = results[i].state_s;
        if (targets[i].is_default && results[i].state_hash != 0)
            newest.state_hash = results[i].state_hash;
    }
    return newest;
}

/* Other bytes than upstream's tell that it is behind, but not how far. */
static long lag_s(const struct mw_probe_result *result, const struct newest *newest)
{
    if (result->state_s >= 0 && newest->state_s >= 0)
        return newest->state_s - result->state_s;
    return result->state_hash != 0 && result->state_hash == newest->state_hash ? 0 : -1;
}

static void condemn(struct mw_probe_result *result, long limit_s)
{
    result->is_usable = false;
    result->class = MW_PROBE_POLICY;
    if (limit_s < 2 * HOUR_S)
        snprintf(result->reason, sizeof result->reason,
                 _("It is %ld minutes behind the newest that others have; allowed are %ld."),
                 result->lag_s / MINUTE_S, limit_s / MINUTE_S);
    else
        snprintf(result->reason, sizeof result->reason,
                 _("It is %ld hours behind the newest that others have; allowed are %ld."),
                 result->lag_s / HOUR_S, limit_s / HOUR_S);
}

void mw_probe_compare_ages(const struct mw_probe_target *targets, size_t count,
                           const struct mw_policy *policy, struct mw_probe_result *results,
                           size_t changed)
{
    const char *service = targets[changed].tool;
    struct newest newest = find_newest(targets, count, results, service);
    if (newest.state_s < 0 && newest.state_hash == 0)
        return;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(targets[i].tool, service) != 0)
            continue;
        long limit_s = policy->max_age_s > 0 ? policy->max_age_s : targets[i].max_age_s;
        results[i].lag_s = lag_s(&results[i], &newest);
        if (limit_s > 0 && results[i].lag_s > limit_s && results[i].is_usable)
            condemn(&results[i], limit_s);
    }
}
