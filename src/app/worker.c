/* The thread that does jobs: requests in, steps and results out, under one mutex that is held for
 * moving pointers only. */
#include <stdatomic.h>
#include <string.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/job.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/thread.h"

struct mw_worker {
    const struct mw_ops *ops;
    atomic_int stop_signal; /* asks a transaction to undo itself */
    unsigned number;        /* of the job under way; of the thread alone */

    struct mw_post post; /* news; its mutex guards everything below, too */
    struct mw_job **jobs;
    size_t job_count;
    bool is_busy, is_writing, is_ending;
};

static void put(struct mw_worker *self, struct mw_worker_news news)
{
    pthread_mutex_lock(&self->post.mutex);
    mw_post_put(&self->post, &news);
    if (news.result != NULL) /* the job is over */
        self->is_busy = self->is_writing = false;
    pthread_mutex_unlock(&self->post.mutex);
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
    pthread_mutex_lock(&self->post.mutex);
    while (self->job_count == 0 && !self->is_ending)
        pthread_cond_wait(&self->post.has_work, &self->post.mutex);
    if (self->job_count > 0 && !self->is_ending) {
        job = self->jobs[0];
        self->job_count--;
        memmove(self->jobs, self->jobs + 1, self->job_count * sizeof *self->jobs);
        self->is_busy = true;
        self->is_writing = mw_job_writes(job);
    }
    pthread_mutex_unlock(&self->post.mutex);
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

struct mw_worker *mw_worker_new(const struct mw_ops *ops, struct mw_error *err)
{
    struct mw_worker *self = mw_xcalloc(1, sizeof *self);
    self->ops = ops;
    if (mw_post_open(&self->post, sizeof(struct mw_worker_news), work, self,
                     _("cannot start the worker thread"), err) == MW_OK)
        return self;
    free(self);
    return NULL;
}

void mw_worker_start(struct mw_worker *worker, struct mw_job *job)
{
    pthread_mutex_lock(&worker->post.mutex);
    *MW_PUSH(worker->jobs, worker->job_count) = job;
    pthread_cond_signal(&worker->post.has_work);
    pthread_mutex_unlock(&worker->post.mutex);
}

int mw_worker_fd(const struct mw_worker *worker)
{
    return worker->post.fd;
}

bool mw_worker_take(struct mw_worker *worker, struct mw_worker_news *news)
{
    return mw_post_take(&worker->post, news);
}

void mw_worker_stop_writing(struct mw_worker *worker, int sig)
{
    atomic_store(&worker->stop_signal, sig);
}

bool mw_worker_is_writing(struct mw_worker *worker)
{
    pthread_mutex_lock(&worker->post.mutex);
    bool is_writing = worker->is_writing;
    for (size_t i = 0; i < worker->job_count; i++)
        is_writing = is_writing || mw_job_writes(worker->jobs[i]);
    pthread_mutex_unlock(&worker->post.mutex);
    return is_writing;
}

bool mw_worker_end(struct mw_worker **worker)
{
    struct mw_worker *self = *worker;
    *worker = NULL;
    if (self == NULL)
        return false;
    pthread_mutex_lock(&self->post.mutex);
    self->is_ending = true;
    bool must_wait = !self->is_busy || self->is_writing;
    pthread_cond_signal(&self->post.has_work);
    pthread_mutex_unlock(&self->post.mutex);
    if (!must_wait) {
        pthread_detach(self->post.thread);
        return true;
    }
    pthread_join(self->post.thread, NULL);
    struct mw_worker_news news;
    while (mw_worker_take(self, &news)) {
        free(news.step);
        mw_checks_release(&news.checks);
        mw_job_result_free(news.result);
    }
    for (size_t i = 0; i < self->job_count; i++)
        mw_job_free(self->jobs[i]);
    mw_post_close(&self->post);
    MW_FREE_ALL(self->jobs, self);
    return false;
}
