/* An ops table that counts its calls and misbehaves at a chosen one, for torture in the manner of
 * curl and SQLite: run once to count, then let the n-th call fail, for all n.
 *
 *     const struct mw_ops *ops = mw_fake_ops(&(struct mw_fake){.at = 7, .error = EIO});
 *
 * There is one fake a process; mw_fake_ops() starts it anew. switch_back is not counted, because
 * its failure ends the program by design; nor are the clock and the sleep, which are the fake's
 * own: nothing waits, each sleep moves the clock. */
#ifndef MW_TEST_FAKE_OPS_H
#define MW_TEST_FAKE_OPS_H

#include "mirrorwise/system.h"

enum mw_fake_fault {
    MW_FAKE_FAIL,  /* return -1 with `error`, doing nothing (close does close) */
    MW_FAKE_SHORT, /* read or write half; other calls do their work */
    MW_FAKE_LIE,   /* write nothing and say that all is written; other calls do their work */
    MW_FAKE_KILL,  /* SIGKILL to ourselves; a write has written half of its bytes then */
    MW_FAKE_HOOK,  /* call `hook`, then do the work: somebody else acts at this moment */
};

struct mw_fake {
    unsigned at;      /* the call it happens at, from 1; 0: never */
    const char *only; /* count only calls of this function ("renameat"); NULL: all of them */
    enum mw_fake_fault fault;
    int error;
    bool persistent; /* at every counted call from `at` on */
    void (*hook)(void *context);
    void *context;
    long long epoch_s; /* the fake's clock at start; both clocks show the same */
};

const struct mw_ops *mw_fake_ops(const struct mw_fake *fake);
/* Counted calls since mw_fake_ops(). */
unsigned mw_fake_calls(void);
/* All calls of one function since mw_fake_ops(). */
unsigned mw_fake_calls_of(const char *function);
/* The names of all calls, in order, separated by blanks. Borrowed until the next call. */
const char *mw_fake_log(void);

#endif
