/* What the steps of one transaction hand to each other. */
#ifndef MW_ENGINE_TRANSACTION_RUN_H
#define MW_ENGINE_TRANSACTION_RUN_H

#include "mirrorwise/transaction.h"

/* One run of mw_transaction_run(): what its steps hand to each other. */
struct run {
    const struct mw_system *sys;
    struct mw_system writing; /* the same, and what it writes is synced together: unsynced */
    struct mw_unsynced unsynced;
    const struct mw_history *history;
    const struct mw_plan *plan;
    const struct mw_progress *progress;
    struct mw_outcome *outcome;
    struct mw_record record;
    /* Parallel to record.files. */
    const struct mw_plan_file **files;
    struct mw_stage *stages;
    size_t count;
    size_t written; /* so many of them have been renamed or removed */
    char *journal;
    bool touched; /* the journal is durable and something outside the state may have changed */
    bool reloaded;
};

/* `sys`, borrowed from, as one that hears the signals that `progress` (may be NULL) tells of. */
static inline struct mw_system mw_progress_heard(const struct mw_system *sys,
                                                 const struct mw_progress *progress)
{
    struct mw_system hearing = *sys;
    if (progress != NULL && progress->stop_signal != NULL) {
        hearing.stop_signal = progress->stop_signal;
        hearing.stop_context = progress->context;
    }
    return hearing;
}

/* Fills run->record from the plan, and with it files, stages and count: which files change, under
 * which temporary names, and what they were before. Touches nothing. */
enum mw_code transaction_record(struct run *run, const struct mw_apply_request *request,
                                struct mw_error *err) MW_WARN_UNUSED;
void transaction_run_release(struct run *run);

#endif
