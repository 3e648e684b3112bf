#include "copy.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/memory.h"

static char *keep(struct probe_strings *strings, const char *text)
{
    if (text == NULL)
        return NULL;
    char *copy = mw_xstrdup(text);
    *MW_PUSH(strings->items, strings->count) = copy;
    return copy;
}

void probe_strings_release(struct probe_strings *strings)
{
    for (size_t i = 0; i < strings->count; i++)
        free(strings->items[i]);
    free(strings->items);
    *strings = (struct probe_strings){0};
}

void probe_environment_copy(struct mw_probe_environment *to,
                            const struct mw_probe_environment *from, struct probe_strings *strings)
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

bool probe_environment_is_same(const struct mw_probe_environment *a,
                               const struct mw_probe_environment *b)
{
    return is_same(a->ca_file, b->ca_file) && is_same(a->http_proxy, b->http_proxy) &&
           is_same(a->https_proxy, b->https_proxy) && is_same(a->all_proxy, b->all_proxy) &&
           is_same(a->no_proxy, b->no_proxy);
}

static void copy_target(struct probe_job *job, size_t index, const struct mw_probe_target *from)
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

struct probe_job *probe_job_new(const struct mw_probe_options *options,
                                const struct mw_probe_target *targets, size_t count,
                                const struct mw_probe_wish *wishes, size_t wish_count)
{
    struct probe_job *job = mw_xcalloc(1, sizeof *job);
    *job = (struct probe_job){
        .options = *options,
        .targets = mw_xcalloc(count + 1, sizeof *job->targets),
        .count = count,
        .wishes = mw_xcalloc(wish_count + 1, sizeof *job->wishes),
        .wish_count = wish_count,
    };
    probe_environment_copy(&job->options.environment, &options->environment, &job->strings);
    for (size_t i = 0; i < count; i++)
        copy_target(job, i, &targets[i]);
    for (size_t i = 0; i < wish_count; i++)
        job->wishes[i] = (struct mw_probe_wish){
            .tool = keep(&job->strings, wishes[i].tool),
            .count = wishes[i].count,
        };
    return job;
}

void probe_job_free(struct probe_job *job)
{
    for (size_t i = 0; i < job->count; i++)
        release_target(&job->targets[i]);
    probe_strings_release(&job->strings);
    free(job->targets);
    free(job->wishes);
    free(job);
}
