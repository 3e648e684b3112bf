/* The transaction: every file of a plan becomes new, or every file stays old.
 *
 *     lock -> journal (fsync) -> temps (fsync) -> compare-and-swap, rename, fsync dir, per file
 *          -> reload -> verify -> commit: journal renamed to a generation -> audit
 *
 * A failure after the journal is durable undoes what was done and ends in MW_ROLLED_BACK; if even
 * that fails the journal stays and the result is MW_INCOMPLETE. A crash leaves the journal, and
 * the next run undoes it first (mw_recover). SIGINT, SIGTERM and SIGHUP during a transaction are
 * looked at between files and undo it. */
#ifndef MW_TRANSACTION_H
#define MW_TRANSACTION_H

#include "mirrorwise/history.h"
#include "mirrorwise/plan.h"

/* Told of each step, for people and logs; any member may be NULL. */
struct mw_progress {
    void *context;
    void (*step)(void *context, const char *sentence);
    /* Something begins that lets people wait: "measuring 12 mirrors". */
    void (*wait)(void *context, const char *sentence);
    /* The signal number that asks us to stop, 0 if none; looked at between files. */
    int (*stop_signal)(void *context);
};

struct mw_outcome {
    long generation;         /* of the new generation, 0 if nothing was written */
    struct mw_strings notes; /* what is now true: "dockerd uses 2 mirrors now" */
    struct mw_strings warnings;
};
void mw_outcome_release(struct mw_outcome *outcome);

/* Holds STATE/lock from before the plan is made until released. */
struct mw_guard {
    int fd;        /* -1: not held */
    int person_fd; /* under sudo that of the person's own state, whose runs write the same files */
};
#define MW_LOCK_WAIT_MS 5000

/* Makes the state directory and takes the lock. MW_LOCKED after MW_LOCK_WAIT_MS. */
enum mw_code mw_guard_take(const struct mw_system *sys, struct mw_guard *guard,
                           struct mw_error *err) MW_WARN_UNUSED;
/* Does another run hold it now? Writes nothing. */
bool mw_guard_is_held(const struct mw_system *sys);
void mw_guard_release(const struct mw_system *sys, struct mw_guard *guard);

/* What to write into the record besides the plan. */
struct mw_apply_request {
    const char *action;               /* "apply" or "rollback" */
    const char *profile;              /* or NULL */
    long profile_serial;              /* 0: none */
    long restores;                    /* rollback: generation id; -1 otherwise */
    const struct mw_ranking *ranking; /* or NULL */
};

/* Executes a plan that mw_plan_verdict() accepts. The caller holds the guard. Nothing to change is
 * MW_OK with outcome->generation 0. */
enum mw_code mw_transaction_run(const struct mw_system *sys, const struct mw_history *history,
                                const struct mw_plan *plan, const struct mw_apply_request *request,
                                const struct mw_progress *progress, struct mw_outcome *outcome,
                                struct mw_error *err) MW_WARN_UNUSED;

/* Is there a journal of an unfinished transaction? */
bool mw_recover_needed(const struct mw_system *sys);
/* Undoes what a crash left (the caller holds the guard). *recovered says whether there was
 * anything. MW_CONFLICT if somebody wrote a file since: that one is left alone and named;
 * MW_INCOMPLETE if a file could not be restored. Idempotent; needs neither network nor profile. */
enum mw_code mw_recover(const struct mw_system *sys, const struct mw_progress *progress,
                        bool *recovered, struct mw_outcome *outcome,
                        struct mw_error *err) MW_WARN_UNUSED;

/* The plan that returns to the state after generation `id` (0: before the first; -1: before the
 * last one). MW_USAGE for an unknown id, MW_CONFLICT per file that is not as we left it, unless
 * `force`. */
enum mw_code mw_rollback_plan(const struct mw_system *sys, const struct mw_history *history,
                              long id, bool force, struct mw_plan *plan, long *restores,
                              struct mw_error *err) MW_WARN_UNUSED;

#endif
