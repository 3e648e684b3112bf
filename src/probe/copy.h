/* Deep copies of what the thread is handed: its targets outlive the catalogue they came from. */
#ifndef MW_PROBE_COPY_H
#define MW_PROBE_COPY_H

#include "mirrorwise/buffer.h"
#include "mirrorwise/probe.h"

/* The texts behind borrowed pointers. */
struct probe_strings {
    char **items;
    size_t count;
};

struct probe_job {
    unsigned generation;
    struct mw_probe_options options;
    struct mw_probe_target *targets;
    size_t count;
    struct mw_probe_wish *wishes;
    size_t wish_count;
    struct probe_strings strings;
};

struct probe_job *probe_job_new(const struct mw_probe_options *options,
                                const struct mw_probe_target *targets, size_t count,
                                const struct mw_probe_wish *wishes, size_t wish_count);
void probe_job_free(struct probe_job *job);

void probe_environment_copy(struct mw_probe_environment *to,
                            const struct mw_probe_environment *from, struct probe_strings *strings);
bool probe_environment_is_same(const struct mw_probe_environment *a,
                               const struct mw_probe_environment *b);
void probe_strings_release(struct probe_strings *strings);

#endif
