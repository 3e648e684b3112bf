/* How far mirrors are behind each other: the newest state that one of them shows is what the others
 * could have. The date alone says nothing, a service may be quiet for months. */
#include <stdio.h>
#include <string.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/probe.h"

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
