/* The statistics of one mirror, and what they make of it.
 *
 * Never a mean: a median gets better with more samples where a mean gets worse, because delays
 * have a long tail. No percentiles either: five samples have none. */
#ifndef MW_PROBE_TALLY_H
#define MW_PROBE_TALLY_H

#include "mirrorwise/probe.h"

struct probe_figures {
    long *values;
    size_t count;
};

struct probe_tally {
    struct probe_figures rtt, tcp, tls, cold_ttfb, warm_ttfb, ttfb;
    unsigned good, lost;
    bool has_think;    /* think_us of the result is known */
    bool is_condemned; /* it once did what no good mirror does, and more samples change nothing */
    enum mw_probe_class last_class; /* of the last failure */
    char last_reason[256];
};

/* What is compared under `metric = latency`: the kernel's round trip, and the time that the mirror
 * takes to think where that is beyond doubt. -1 unknown. */
long probe_latency_us(const struct mw_probe_result *result);
/* Adds a sample and brings the result up to date, but for rank and is_done. */
void probe_tally_add(struct probe_tally *tally, const struct mw_probe_sample *sample,
                     const struct mw_policy *policy, struct mw_probe_result *result);
void probe_tally_release(struct probe_tally *tally);
/* Of two longs, as qsort(3) wants it. */
int probe_compare_long(const void *a, const void *b);

#endif
