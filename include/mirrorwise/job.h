/* Jobs: what the interface has done that takes time, and the thread that does it.
 *
 * A job is all that its doing needs, a result all that came of it; both own what they hold, so
 * they cross from thread to thread by changing hands, and nobody shares anything. The state of the
 * interface (app.h) wishes for jobs and takes results in; it never waits. */
#ifndef MW_JOB_H
#define MW_JOB_H

#include <stdbool.h>
#include <stddef.h>

#include "mirrorwise/check.h"
#include "mirrorwise/session.h"
#include "mirrorwise/tool.h"

/* ---- jobs -------------------------------------------------------------------------------- */

enum mw_job_kind {
    MW_JOB_READ,     /* profile and plan; mirrors, history, what the tools use now */
    MW_JOB_PREVIEW,  /* the same for another profile: nothing else is taken over */
    MW_JOB_APPLY,    /* writes the plan that was shown, or fails if it is another one now */
    MW_JOB_GO_BACK,  /* the plan that returns to a generation */
    MW_JOB_ROLLBACK, /* writes that */
    MW_JOB_PLAN_FIX, /* the plan that mends a finding */
    MW_JOB_FIX,      /* writes that */
    MW_JOB_CHECKS,   /* the checklist */
    MW_JOB_RELOAD,   /* makes a running tool read its file again */
    MW_JOB_SAVE,     /* keeps what was measured for runs without the network */
    MW_JOB_TRUST,    /* trusts the profile, a path, as it was shown */
};

/* What to do; every string is owned by the job. */
struct mw_job {
    enum mw_job_kind kind;
    unsigned number;                   /* counts up; a result says whose it is */
    struct mw_session_options options; /* lists are copies */
    char *profile, *root;              /* what the options point to; NULL: as the options mean it */
    long generation;                   /* GO_BACK, ROLLBACK: where to */
    char *fix;                         /* PLAN_FIX, FIX: id of the finding */
    char *agreed;                      /* APPLY, ROLLBACK, FIX: fingerprint of the plan that was
                                          shown; TRUST: hash of the profile that was shown */
    struct mw_ranking ranking;         /* measured here and now; empty: whatever was saved */
    const struct mw_tool *tool;        /* RELOAD: which */
    size_t skip_count; /* of options.skip: the others are left out of the plan, but looked at */
    /* CHECKS: hears of each item as soon as it is known. NULL: nobody does. */
    void *found_context;
    void (*found)(void *context, const struct mw_check *check);
};
void mw_job_free(struct mw_job *job);
/* APPLY, ROLLBACK or FIX. */
bool mw_job_writes(const struct mw_job *job);

/* What a tool uses now. */
struct mw_app_now {
    const struct mw_tool *tool;
    struct mw_hit effective;
    /* In use, of each of its services (mw_tool_services()), as the catalogue spells them; the first
     * is asked first. */
    struct mw_strings urls[MW_TOOL_SERVICES];
    bool is_missing; /* neither installed nor wanted all the same */
};

/* What came of it. Everything is owned. */
struct mw_job_result {
    enum mw_job_kind kind;
    unsigned number;
    enum mw_code code;
    struct mw_error error;
    struct mw_session *session; /* as far as it came; closed already for writing */
    struct mw_app_now *now;     /* READ: one a tool */
    size_t now_count;
    struct mw_outcome outcome; /* APPLY, ROLLBACK, FIX */
    struct mw_checks checks;   /* CHECKS */
    struct mw_live live;       /* RELOAD */
};
void mw_job_result_free(struct mw_job_result *result);

/* Does a job on the calling thread. Takes `job`; owned result, never NULL. */
struct mw_job_result *mw_job_run(struct mw_job *take_job, const struct mw_ops *ops,
                                 const struct mw_progress *progress);
/* Owned: what a plan would write, as one word: two plans with the same word write the same. */
char *mw_plan_fingerprint(const struct mw_plan *plan);

/* ---- the worker --------------------------------------------------------------------------- */

/* The thread that does jobs, in order. All functions are for the interface's thread. */
struct mw_worker;

/* NULL with `err` filled if the thread cannot be made. */
struct mw_worker *mw_worker_new(const struct mw_ops *ops, struct mw_error *err);
/* Takes the job. */
void mw_worker_start(struct mw_worker *worker, struct mw_job *take_job);
/* Readable while something waits; for poll() only. */
int mw_worker_fd(const struct mw_worker *worker);
/* What a job has to say: one of these; all are owned by whoever took it. */
struct mw_worker_news {
    unsigned number;              /* of the job */
    char *step;                   /* of a transaction */
    struct mw_checks checks;      /* one item, as soon as it is known */
    struct mw_job_result *result; /* the last word */
};
/* False if nothing waits. */
bool mw_worker_take(struct mw_worker *worker, struct mw_worker_news *news);
/* Asks a transaction under way to undo itself and stop, as a signal would. */
void mw_worker_stop_writing(struct mw_worker *worker, int sig);
/* Is a job that writes under way? It must be let finish. */
bool mw_worker_is_writing(struct mw_worker *worker);
/* Ends the thread. Waits for a job that writes. Any other job under way is left to itself and dies
 * with the process, even halfway through undoing what a crash left, which the next run finishes, or
 * through a RELOAD: then the worker is not freed. Sets *worker to NULL. True: the thread is left to
 * itself, so nobody may tidy up behind it (libraries do, at exit()). */
bool mw_worker_end(struct mw_worker **worker);

#endif
