/* The thread that does jobs: requests in, steps and results out, under one mutex that is held for
 * moving pointers only. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/job.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/thread.h"

struct mw_worker {
    pthread_t thread;
    const struct mw_ops *ops;
    int event_fd;
    atomic_int stop_signal; /* asks a transaction to undo itself */

    pthread_mutex_t mutex; /* guards everything below */
    pthread_cond_t has_job;
    struct mw_job **jobs;
    size_t job_count;
    struct mw_worker_news *out;
    size_t out_first, out_count; /* out[out_first .. out_count) wait */
    unsigned number;             /* of the job under way; of the thread alone */
    bool is_busy, is_writing, is_ending;
};

static void put(struct mw_worker *self, struct mw_worker_news out)
{
    const uint64_t one = 1;
    pthread_mutex_lock(&self->mutex);
    *MW_PUSH(self->out, self->out_count) = out;
    if (out.result != NULL) /* the job is over */
        self->is_busy = self->is_writing = false;
    ssize_t written = write(self->event_fd, &one, sizeof one);
    (void)written; /* fails only if nobody has read for 2^64 events */
    pthread_mutex_unlock(&self->mutex);
}

static void on_step(void *context, const char *sentence)
{
    struct mw_worker *self = context;
    put(self, (struct mw_worker_news){.number = self->number, .step = mw_xstrdup(sentence)});
}

static void on_found(void *context, const struct mw_check *check)
{
    struct mw_worker *self = context;
    struct mw_worker_news news = {.number = self->number};
    mw_checks_put(&news.checks, news.checks.count, check);
    put(self, news);
}

static int on_stop_signal(void *context)
{
    struct mw_worker *self = context;
    return atomic_load(&self->stop_signal);
}

/* The next job, moved out; NULL when the thread is to end. */
static struct mw_job *wait_for_job(struct mw_worker *self)
{
    struct mw_job *job = NULL;
    pthread_mutex_lock(&self->mutex);
    while (self->job_count == 0 && !self->is_ending)
        pthread_cond_wait(&self->has_job, &self->mutex);
    if (self->job_count > 0 && !self->is_ending) {
        job = self->jobs[0];
        self->job_count--;
        memmove(self->jobs, self->jobs + 1, self->job_count * sizeof *self->jobs);
        self->is_busy = true;
        self->is_writing = mw_job_writes(job);
    }
    pthread_mutex_unlock(&self->mutex);
    return job;
}

static void *work(void *context)
{
    struct mw_worker *self = context;
    const struct mw_progress progress = {
        .context = self,
        .step = on_step,
        .stop_signal = on_stop_signal,
    };
    const struct mw_progress quiet = {.context = self, .stop_signal = on_stop_signal};
    struct mw_job *job = NULL;
    while ((job = wait_for_job(self)) != NULL) {
        const struct mw_progress *told = mw_job_writes(job) ? &progress : &quiet;
        self->number = job->number;
        job->found_context = self;
        job->found = on_found;
        struct mw_job_result *result = mw_job_run(job, self->ops, told);
        put(self, (struct mw_worker_news){.number = self->number, .result = result});
        mw_memory_trim();
    }
    return NULL;
}

static void release(struct mw_worker *self)
{
    if (self->event_fd >= 0)
        close(self->event_fd);
    pthread_cond_destroy(&self->has_job);
    pthread_mutex_destroy(&self->mutex);
    for (size_t i = 0; i < self->job_count; i++)
        mw_job_free(self->jobs[i]);
    for (size_t i = self->out_first; i < self->out_count; i++) {
        free(self->out[i].step);
        mw_checks_release(&self->out[i].checks);
        mw_job_result_free(self->out[i].result);
    }
    free(self->jobs);
    free(self->out);
    free(self);
}

struct mw_worker *mw_worker_new(const struct mw_ops *ops, struct mw_error *err)
{
    struct mw_worker *self = mw_xcalloc(1, sizeof *self);
    self->ops = ops;
    pthread_mutex_init(&self->mutex, NULL);
    pthread_cond_init(&self->has_job, NULL);
    self->event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    int failed = self->event_fd < 0 ? -1 : mw_thread_start(&self->thread, work, self);
    if (failed == 0)
        return self;
    mw_fail(err, MW_FAILURE, failed > 0 ? failed : 0, "thread",
            _("cannot start the worker thread"));
    release(self);
    return NULL;
}

void mw_worker_start(struct mw_worker *worker, struct mw_job *job)
{
    pthread_mutex_lock(&worker->mutex);
    *MW_PUSH(worker->jobs, worker->job_count) = job;
    pthread_cond_signal(&worker->has_job);
    pthread_mutex_unlock(&worker->mutex);
}

int mw_worker_fd(const struct mw_worker *worker)
{
    return worker->event_fd;
}

bool mw_worker_take(struct mw_worker *worker, struct mw_worker_news *news)
{
    pthread_mutex_lock(&worker->mutex);
    bool has_one = worker->out_first < worker->out_count;
    if (has_one)
        *news = worker->out[worker->out_first++];
    if (worker->out_first == worker->out_count) {
        worker->out_first = worker->out_count = 0;
        uint64_t count = 0;
        ssize_t drained = read(worker->event_fd, &count, sizeof count);
        (void)drained;
    }
    pthread_mutex_unlock(&worker->mutex);
    return has_one;
}

void mw_worker_stop_writing(struct mw_worker *worker, int sig)
{
    atomic_store(&worker->stop_signal, sig);
}

bool mw_worker_is_writing(struct mw_worker *worker)
{
    pthread_mutex_lock(&worker->mutex);
    bool is_writing = worker->is_writing;
    for (size_t i = 0; i < worker->job_count; i++)
        is_writing = is_writing || mw_job_writes(worker->jobs[i]);
    pthread_mutex_unlock(&worker->mutex);
    return is_writing;
}

bool mw_worker_end(struct mw_worker **worker)
{
    struct mw_worker *self = *worker;
    *worker = NULL;
    if (self == NULL)
        return false;
    pthread_mutex_lock(&self->mutex);
    self->is_ending = true;
    bool must_wait = !self->is_busy || self->is_writing;
    pthread_cond_signal(&self->has_job);
    pthread_mutex_unlock(&self->mutex);
    if (!must_wait) {
        pthread_detach(self->thread);
        return true;
    }
    pthread_join(self->thread, NULL);
    release(self);
    return false;
}
