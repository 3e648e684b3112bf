#include "tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"

/* Fewer differences than two have no median worth the name. */
#define JITTER_VALUES_MIN 3

/* So much between request and answer may be nobody's but ours: libcurl's clock does not stand still
 * for the handshakes of others nor for a busy machine, and a server that knows no TCP_NODELAY waits
 * for our delayed acknowledgement (40 ms). It must not blur the kernel's round trips. */
#define THINK_DOUBT_US 100000

int probe_compare_long(const void *a, const void *b)
{
    long left = *(const long *)a;
    long right = *(const long *)b;
    return (left > right) - (left < right);
}

/* Takes the array. */
static long median_of(long *values, size_t count)
{
    long middle = -1;
    if (count > 0) {
        qsort(values, count, sizeof *values, probe_compare_long);
        middle = count % 2 == 1
                     ? values[count / 2]
                     : values[count / 2 - 1] + (values[count / 2] - values[count / 2 - 1]) / 2;
    }
    free(values);
    return middle;
}

long mw_probe_median(const long *values, size_t count)
{
    long *sorted = mw_xcalloc(count + 1, sizeof *sorted);
    if (count > 0)
        memcpy(sorted, values, count * sizeof *sorted);
    return median_of(sorted, count);
}

long mw_probe_jitter(const long *values, size_t count)
{
    if (count < JITTER_VALUES_MIN)
        return -1;
    long *steps = mw_xcalloc(count, sizeof *steps);
    for (size_t i = 1; i < count; i++)
        steps[i - 1] = labs(values[i] - values[i - 1]);
    return median_of(steps, count - 1);
}

static void add_figure(struct probe_figures *figures, long value)
{
    if (value >= 0)
        *MW_PUSH(figures->values, figures->count) = value;
}

static long median(const struct probe_figures *figures)
{
    return mw_probe_median(figures->values, figures->count);
}

long probe_latency_us(const struct mw_probe_result *result)
{
    return result->rtt_us < 0 ? -1 : result->rtt_us + result->think_us;
}

void mw_probe_result_init(struct mw_probe_result *result)
{
    *result = (struct mw_probe_result){
        .rtt_us = -1,
        .rtt_min_us = -1,
        .rtt_max_us = -1,
        .dns_us = -1,
        .tcp_us = -1,
        .tls_us = -1,
        .ttfb_us = -1,
        .jitter_us = -1,
        .state_s = -1,
        .age_s = -1,
        .lag_s = -1,
        .bytes_per_s = -1,
    };
}

/* What the server itself takes to answer beyond doubt: the tool waits for it, too. */
static long think_us(const struct mw_probe_sample *sample)
{
    long think = sample->ttfb_us - sample->rtt_us - THINK_DOUBT_US;
    return think > 0 ? think : 0;
}

static void note_think(struct probe_tally *tally, const struct mw_probe_sample *sample,
                       struct mw_probe_result *result)
{
    if (sample->rtt_us < 0 || sample->ttfb_us < 0)
        return;
    long think = think_us(sample);
    if (!tally->has_think || think < result->think_us)
        result->think_us = think;
    tally->has_think = true;
}

static void add_figures(struct probe_tally *tally, const struct mw_probe_sample *sample,
                        struct mw_probe_result *result)
{
    add_figure(&tally->rtt, sample->rtt_us);
    add_figure(&tally->ttfb, sample->ttfb_us);
    add_figure(sample->is_cold ? &tally->cold_ttfb : &tally->warm_ttfb, sample->ttfb_us);
    if (sample->is_cold) {
        add_figure(&tally->tcp, sample->tcp_us);
        add_figure(&tally->tls, sample->tls_us);
    }
    if (result->dns_us < 0)
        result->dns_us = sample->dns_us;
    result->rtt_us = median(&tally->rtt);
    result->tcp_us = median(&tally->tcp);
    result->tls_us = median(&tally->tls);
    result->ttfb_us = median(tally->warm_ttfb.count > 0 ? &tally->warm_ttfb : &tally->cold_ttfb);
    note_think(tally, sample, result);
    result->jitter_us = mw_probe_jitter(tally->ttfb.values, tally->ttfb.count);
    if (sample->rtt_us >= 0 && (result->rtt_min_us < 0 || sample->rtt_us < result->rtt_min_us))
        result->rtt_min_us = sample->rtt_us;
    if (sample->rtt_us > result->rtt_max_us)
        result->rtt_max_us = sample->rtt_us;
}

/* Failures that are no matter of luck: what a mirror did once it may do again. */
static bool condemns(enum mw_probe_class class)
{
    return class == MW_PROBE_TLS || class == MW_PROBE_TLS_EARLY || class == MW_PROBE_TLS_EXPIRED ||
           class == MW_PROBE_CONTENT || class == MW_PROBE_INTEGRITY ||
           class == MW_PROBE_REDIRECTED || class == MW_PROBE_POLICY;
}

static void note_failure(struct probe_tally *tally, const struct mw_probe_sample *sample)
{
    tally->lost++;
    if (tally->is_condemned)
        return;
    tally->is_condemned = condemns(sample->class);
    tally->last_class = sample->class;
    memcpy(tally->last_reason, sample->reason, sizeof tally->last_reason);
}

static void condemn(struct mw_probe_result *result, enum mw_probe_class class, const char *reason)
{
    result->is_usable = false;
    result->class = class;
    snprintf(result->reason, sizeof result->reason, "%s", reason);
}

static void judge_figures(const struct mw_policy *policy, struct mw_probe_result *result)
{
    char reason[sizeof result->reason] = "";
    if (policy->require_integrity && result->is_withheld)
        snprintf(reason, sizeof reason, "%s",
                 _("It does not serve what its honesty is checked with, and the profile requires "
                   "that check."));
    else if (policy->max_latency_ms > 0 && result->rtt_us > policy->max_latency_ms * 1000)
        snprintf(reason, sizeof reason,
                 _("Its round trip of %ld ms is over the profile's limit of %ld ms."),
                 result->rtt_us / 1000, policy->max_latency_ms);
    else if (policy->max_latency_ms > 0 && probe_latency_us(result) > policy->max_latency_ms * 1000)
        snprintf(reason, sizeof reason,
                 _("It takes %ld ms to begin an answer; the profile's limit is %ld ms."),
                 result->ttfb_us / 1000, policy->max_latency_ms);
    if (reason[0] != '\0')
        condemn(result, MW_PROBE_POLICY, reason);
}

/* Half of the samples lost is a mirror that one cannot work with. */
static void judge_samples(const struct probe_tally *tally, const struct mw_policy *policy,
                          struct mw_probe_result *result)
{
    result->is_usable = true;
    result->class = MW_PROBE_OK;
    result->reason[0] = '\0';
    if (tally->is_condemned || tally->good == 0 || tally->lost > tally->good)
        condemn(result, tally->last_class, tally->last_reason);
    else
        judge_figures(policy, result);
}

static void copy_good(const struct mw_probe_sample *sample, struct mw_probe_result *result)
{
    if (sample->integrity != MW_PROBE_UNCHECKED)
        result->integrity = sample->integrity;
    result->is_withheld = result->is_withheld || sample->is_withheld;
    if (sample->age_s >= 0) {
        result->age_s = sample->age_s;
        result->state_s = sample->state_s;
    }
    if (sample->state_hash != 0)
        result->state_hash = sample->state_hash;
    if (sample->note[0] != '\0')
        memcpy(result->note, sample->note, sizeof result->note);
}

static void copy_connection(const struct mw_probe_sample *sample, struct mw_probe_result *result)
{
    memcpy(result->host, sample->host, sizeof result->host);
    mw_probe_peer_merge(&result->peer, &sample->peer);
    if (sample->family == 0)
        return;
    result->family = sample->family;
    result->is_proxied = sample->is_proxied;
    memcpy(result->address, sample->address, sizeof result->address);
    if (sample->http_status != 0) {
        result->http_status = sample->http_status;
        result->http_version = sample->http_version;
    }
}

void probe_tally_add(struct probe_tally *tally, const struct mw_probe_sample *sample,
                     const struct mw_policy *policy, struct mw_probe_result *result)
{
    bool is_good = sample->class == MW_PROBE_OK;
    result->samples++;
    copy_connection(sample, result);
    /* A mirror that answers well, but to somebody impatient, has its figures all the same. */
    add_figures(tally, sample, result);
    if (is_good) {
        tally->good++;
        copy_good(sample, result);
    } else {
        note_failure(tally, sample);
        if (sample->integrity == MW_PROBE_WRONG)
            result->integrity = MW_PROBE_WRONG;
    }
    result->lost = tally->lost;
    judge_samples(tally, policy, result);
    if (result->is_usable && sample->class == MW_PROBE_RATE_LIMITED)
        memcpy(result->note, sample->reason, sizeof result->note - 1);
}

void probe_tally_release(struct probe_tally *tally)
{
    MW_FREE_ALL(tally->rtt.values, tally->tcp.values, tally->tls.values, tally->cold_ttfb.values,
                tally->warm_ttfb.values, tally->ttfb.values);
    *tally = (struct probe_tally){0};
}
