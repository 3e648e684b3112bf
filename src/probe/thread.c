/* The thread of the interface. It alone owns transport and engine; requests come in and values go
 * out under one mutex, held for copying only. */
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/net.h"
#include "mirrorwise/thread.h"

#include "engine.h"
#include "transport.h"

/* ---- what the thread is handed, whose targets outlive the catalogue they came from ----------- */

struct job {
    unsigned generation;
    struct mw_probe_options options;
    struct mw_probe_target *targets;
    size_t count;
    struct mw_strings strings; /* the texts behind borrowed pointers */
};

static char *keep(struct mw_strings *strings, const char *text)
{
    if (text == NULL)
        return NULL;
    mw_strings_add(strings, text);
    return strings->items[strings->count - 1];
}

static void environment_copy(struct mw_probe_environment *to,
                             const struct mw_probe_environment *from, struct mw_strings *strings)
{
    *to = (struct mw_probe_environment){
        .ca_file = keep(strings, from->ca_file),
        .http_proxy = keep(strings, from->http_proxy),
        .https_proxy = keep(strings, from->https_proxy),
        .all_proxy = keep(strings, from->all_proxy),
        .no_proxy = keep(strings, from->no_proxy),
    };
}

static bool is_same(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool environment_is_same(const struct mw_probe_environment *a,
                                const struct mw_probe_environment *b)
{
    return is_same(a->ca_file, b->ca_file) && is_same(a->http_proxy, b->http_proxy) &&
           is_same(a->https_proxy, b->https_proxy) && is_same(a->all_proxy, b->all_proxy) &&
           is_same(a->no_proxy, b->no_proxy);
}

static void copy_target(struct job *job, size_t index, const struct mw_probe_target *from)
{
    struct mw_probe_target *to = &job->targets[index];
    *to = *from;
    to->tool = keep(&job->strings, from->tool);
    to->id = keep(&job->strings, from->id);
    to->url = keep(&job->strings, from->url);
    to->note_key = keep(&job->strings, from->note_key);
    to->path_from = keep(&job->strings, from->path_from);
    to->path_to = keep(&job->strings, from->path_to);
    to->canary = mw_fact_keep(from->canary);
    to->bulk = mw_fact_keep(from->bulk);
    to->inquiry = mw_fact_keep(from->inquiry);
    to->age = mw_fact_keep(from->age);
}

/* What was kept is ours; a target only borrows. */
static void release_target(struct mw_probe_target *target)
{
    mw_canary_free((struct mw_canary *)(uintptr_t)target->canary);
    mw_bulk_free((struct mw_bulk *)(uintptr_t)target->bulk);
    mw_inquiry_free((struct mw_inquiry *)(uintptr_t)target->inquiry);
    mw_age_rule_free((struct mw_age_rule *)(uintptr_t)target->age);
}

static struct job *job_new(const struct mw_probe_options *options,
                           const struct mw_probe_target *targets, size_t count)
{
    struct job *job = mw_xcalloc(1, sizeof *job);
    *job = (struct job){
        .options = *options,
        .targets = mw_xcalloc(count + 1, sizeof *job->targets),
        .count = count,
    };
    environment_copy(&job->options.environment, &options->environment, &job->strings);
    for (size_t i = 0; i < count; i++)
        copy_target(job, i, &targets[i]);
    return job;
}

static void job_free(struct job *job)
{
    for (size_t i = 0; i < job->count; i++)
        release_target(&job->targets[i]);
    mw_strings_release(&job->strings);
    free(job->targets);
    free(job);
}

/* ---- the thread ------------------------------------------------------------------------------ */

struct mw_probe_thread {
    struct mw_probe_environment environment; /* of the transport; as `strings`, the thread's own */
    struct mw_strings strings;               /* behind the environment */
    atomic_uint generation; /* of the newest run; a run of another one ends itself */
    atomic_bool is_stopping;

    struct mw_post post;               /* events; its mutex guards everything below, too */
    struct job *job;                   /* waiting; NULL: none */
    struct probe_transport *transport; /* for waking; NULL until made and after the end */
};

static void set_transport(struct mw_probe_thread *self, struct probe_transport *transport)
{
    pthread_mutex_lock(&self->post.mutex);
    self->transport = transport;
    pthread_mutex_unlock(&self->post.mutex);
}

static void emit(struct mw_probe_thread *self, const struct mw_probe_event *event)
{
    pthread_mutex_lock(&self->post.mutex);
    /* Compared under the mutex, so that nothing of a cancelled run comes after the cancelling. */
    if (event->generation == atomic_load(&self->generation))
        mw_post_put(&self->post, event);
    pthread_mutex_unlock(&self->post.mutex);
}

struct listener {
    struct mw_probe_thread *self;
    unsigned generation;
};

static void on_sample(void *context, const struct mw_probe_sample *sample,
                      const struct mw_probe_result *result)
{
    const struct listener *listener = context;
    emit(listener->self, &(struct mw_probe_event){
                             .kind = MW_PROBE_EVENT_SAMPLE,
                             .generation = listener->generation,
                             .target = sample->target,
                             .sample = *sample,
                             .result = *result,
                         });
}

static bool go_on(void *context)
{
    const struct listener *listener = context;
    return !atomic_load(&listener->self->is_stopping) &&
           atomic_load(&listener->self->generation) == listener->generation;
}

static void measure(struct mw_probe_thread *self, const struct job *job)
{
    struct listener listener = {.self = self, .generation = job->generation};
    struct mw_probe_watch watch = {.context = &listener, .sample = on_sample, .go_on = go_on};
    MW_FREE struct mw_probe_result *results = mw_xcalloc(job->count + 1, sizeof *results);
    struct probe_engine *engine =
        probe_engine_new(job->targets, job->count, &job->options, NULL, 0, &watch, self->transport,
                         &probe_clock_real, results);
    while (probe_engine_step(engine))
        ;
    probe_engine_free(engine);
    self->transport->ops->rest(self->transport);
    mw_memory_trim();
    for (size_t i = 0; i < job->count; i++)
        emit(self, &(struct mw_probe_event){.kind = MW_PROBE_EVENT_RESULT,
                                            .generation = job->generation,
                                            .target = i,
                                            .result = results[i]});
    emit(self,
         &(struct mw_probe_event){.kind = MW_PROBE_EVENT_DONE, .generation = job->generation});
}

/* The next job, moved out; NULL when the thread is to end. */
static struct job *wait_for_job(struct mw_probe_thread *self)
{
    pthread_mutex_lock(&self->post.mutex);
    while (self->job == NULL && !atomic_load(&self->is_stopping))
        pthread_cond_wait(&self->post.has_work, &self->post.mutex);
    struct job *job = self->job;
    self->job = NULL;
    pthread_mutex_unlock(&self->post.mutex);
    if (job != NULL && atomic_load(&self->is_stopping)) {
        job_free(job);
        job = NULL;
    }
    return job;
}

static void free_transport(struct mw_probe_thread *self)
{
    struct probe_transport *transport = self->transport;
    set_transport(self, NULL); /* before it is gone: others wake it */
    if (transport != NULL)
        transport->ops->free(transport);
}

/* The parsed certificates are most of what a transport weighs: it stays as long as it fits. */
static void fit_transport(struct mw_probe_thread *self, const struct mw_probe_environment *wanted,
                          struct mw_error *err)
{
    if (environment_is_same(&self->environment, wanted))
        return;
    free_transport(self);
    mw_strings_release(&self->strings);
    environment_copy(&self->environment, wanted, &self->strings);
    set_transport(self, probe_transport_curl(&self->environment, err));
}

static void *work(void *context)
{
    struct mw_probe_thread *self = context;
    struct mw_error err = {0};
    struct job *job = NULL;
    set_transport(self, probe_transport_curl(&self->environment, &err));
    while ((job = wait_for_job(self)) != NULL) {
        fit_transport(self, &job->options.environment, &err);
        if (self->transport != NULL) {
            measure(self, job);
        } else {
            struct mw_probe_event event = {.kind = MW_PROBE_EVENT_FAILED,
                                           .generation = job->generation};
            snprintf(event.result.reason, sizeof event.result.reason, "%.255s", err.message);
            emit(self, &event);
        }
        job_free(job);
    }
    free_transport(self);
    return NULL;
}

struct mw_probe_thread *mw_probe_thread_new(const struct mw_probe_environment *environment,
                                            struct mw_error *err)
{
    if (mw_curl_load(err) == NULL) /* here, where somebody hears that libcurl is missing */
        return NULL;
    struct mw_probe_thread *self = mw_xcalloc(1, sizeof *self);
    environment_copy(&self->environment, environment, &self->strings);
    if (mw_post_open(&self->post, sizeof(struct mw_probe_event), work, self,
                     _("cannot start the measuring thread"), err) == MW_OK)
        return self;
    mw_strings_release(&self->strings);
    free(self);
    return NULL;
}

/* Puts `job` (NULL: nothing) in the place of whatever runs or waits. */
static unsigned replace_job(struct mw_probe_thread *self, struct job *job)
{
    pthread_mutex_lock(&self->post.mutex);
    unsigned generation = atomic_load(&self->generation) + 1;
    if (generation == 0)
        generation = 1;
    atomic_store(&self->generation, generation);
    if (self->job != NULL)
        job_free(self->job);
    self->job = job;
    if (job != NULL)
        job->generation = generation;
    mw_post_drop_all(&self->post);
    pthread_cond_signal(&self->post.has_work);
    if (self->transport != NULL)
        self->transport->ops->wake(self->transport);
    pthread_mutex_unlock(&self->post.mutex);
    return generation;
}

unsigned mw_probe_thread_start(struct mw_probe_thread *thread,
                               const struct mw_probe_options *options,
                               const struct mw_probe_target *targets, size_t count)
{
    return replace_job(thread, job_new(options, targets, count));
}

void mw_probe_thread_cancel(struct mw_probe_thread *thread)
{
    replace_job(thread, NULL);
}

int mw_probe_thread_fd(const struct mw_probe_thread *thread)
{
    return thread->post.fd;
}

bool mw_probe_thread_take(struct mw_probe_thread *thread, struct mw_probe_event *event)
{
    return mw_post_take(&thread->post, event);
}

void mw_probe_thread_stop(struct mw_probe_thread **thread)
{
    struct mw_probe_thread *self = *thread;
    *thread = NULL;
    if (self == NULL)
        return;
    atomic_store(&self->is_stopping, true);
    replace_job(self, NULL);
    pthread_join(self->post.thread, NULL);
    mw_post_close(&self->post); /* no job waits any more */
    mw_strings_release(&self->strings);
    free(self);
}
