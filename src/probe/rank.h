#ifndef MW_PROBE_RANK_H
#define MW_PROBE_RANK_H

#include "mirrorwise/probe.h"

/* By how much a mirror in use with this cost must be beaten to be left: 15 % or 10 ms, whichever
 * is more. */
double probe_keep_us(double cost_us);

#endif
