/* The prober from a shell, for the lab's tests and benchmarks:
 *
 *     probe_tool [OPTION=VALUE]... CATALOGUE.json...
 *
 * measures the mirrors of the catalogues and prints a line for each, best first, fields separated
 * by tabs: rank id class usable rtt_us dns_us tcp_us tls_us ttfb_us jitter_us samples lost
 * integrity bytes_per_s family proxied host reason. A last line starts with "#": wall_ms, the
 * milliseconds from start to end; cpu_ms, the processor's; rss_kib, the largest resident size;
 * files, the most that were seen open at once.
 *
 * Options: samples timeout deadline spacing slots family race=N metric=latency|throughput|balanced
 * thorough=0|1 max_latency max_age http=1 seed in_use=URL stop=MS (give up after so long)
 * thread=1 (through the thread, which runs no race). SSL_CERT_FILE and the proxy variables count.
 */
#include <dirent.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "mirrorwise/builtin.h"
#include "mirrorwise/catalog.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/probe.h"
#include "mirrorwise/text.h"
#include "mirrorwise/url.h"

enum { SERVICES_MAX = 64 };

struct settings {
    struct mw_probe_options options;
    size_t race;
    int family;
    long stop_ms;
    bool uses_thread;
    const char *in_use;
};

struct run {
    double begun_ms;
    long stop_ms;
    size_t files;
    unsigned turns;
};

static double now_ms(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec * 1000 + (double)now.tv_nsec / 1e6;
}

static size_t count_files(void)
{
    size_t count = 0;
    DIR *directory = opendir("/proc/self/fd");
    while (directory != NULL && readdir(directory) != NULL)
        count++;
    if (directory != NULL)
        closedir(directory);
    return count;
}

static bool go_on(void *context)
{
    struct run *run = context;
    if (run->turns++ % 32 == 0) { /* counting takes time */
        size_t files = count_files();
        run->files = files > run->files ? files : run->files;
    }
    return run->stop_ms == 0 || now_ms(CLOCK_MONOTONIC) - run->begun_ms < (double)run->stop_ms;
}

static bool set(struct settings *settings, const char *name, const char *value)
{
    static const char *const metrics[] = {[MW_METRIC_LATENCY] = "latency",
                                          [MW_METRIC_THROUGHPUT] = "throughput",
                                          [MW_METRIC_BALANCED] = "balanced"};
    long number = strtol(value, NULL, 10);
    struct mw_probe_options *options = &settings->options;
    if (strcmp(name, "samples") == 0)
        options->samples = (int)number;
    else if (strcmp(name, "timeout") == 0)
        options->timeout_ms = number;
    else if (strcmp(name, "deadline") == 0)
        options->deadline_ms = number;
    else if (strcmp(name, "spacing") == 0)
        options->spacing_ms = number;
    else if (strcmp(name, "slots") == 0)
        options->slots = (int)number;
    else if (strcmp(name, "seed") == 0)
        options->seed = (unsigned long)number;
    else if (strcmp(name, "family") == 0)
        settings->family = (int)number;
    else if (strcmp(name, "race") == 0)
        settings->race = (size_t)number;
    else if (strcmp(name, "stop") == 0)
        settings->stop_ms = number;
    else if (strcmp(name, "thread") == 0)
        settings->uses_thread = number != 0;
    else if (strcmp(name, "thorough") == 0)
        options->is_thorough = number != 0;
    else if (strcmp(name, "http") == 0)
        options->policy.require_https = number == 0;
    else if (strcmp(name, "max_latency") == 0)
        options->policy.max_latency_ms = number;
    else if (strcmp(name, "max_age") == 0)
        options->policy.max_age_s = number;
    else if (strcmp(name, "in_use") == 0)
        settings->in_use = value;
    else if (strcmp(name, "metric") == 0) {
        for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++)
            if (strcmp(metrics[i], value) == 0)
                options->policy.metric = (enum mw_metric)i;
    } else {
        return false;
    }
    return true;
}

/* The services that are built in, without their mirrors: only those of the files are measured. */
static enum mw_code add_services(struct mw_catalog *catalog, struct mw_error *err)
{
    enum mw_code code = MW_OK;
    for (const struct mw_builtin *file = mw_builtin_files; file->path != NULL; file++) {
        if (code == MW_OK && mw_text_starts(file->path, "assets/mirrors/"))
            code = mw_catalog_add(catalog, file->path, file->text, file->len, true, err);
    }
    for (size_t i = 0; i < catalog->count; i++)
        catalog->mirrors[i]->status = MW_MIRROR_DEAD;
    return code;
}

static bool add_catalogue(struct mw_catalog *catalog, const char *path, struct mw_error *err)
{
    struct mw_buf text = {0};
    char block[65536];
    size_t got;
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return mw_fail(err, MW_IO, 0, "open", "cannot open %s", path) == MW_OK;
    while ((got = fread(block, 1, sizeof block, file)) > 0)
        mw_buf_append(&text, block, got);
    fclose(file);
    enum mw_code code = mw_catalog_add(catalog, path, mw_buf_text(&text), text.len, false, err);
    mw_buf_release(&text);
    return code == MW_OK;
}

static void print_result(const struct mw_probe_target *target, const struct mw_probe_result *result)
{
    printf("%zu\t%s\t%s\t%d\t%ld\t%ld\t%ld\t%ld\t%ld\t%ld\t%u\t%u\t%s\t%ld\t%d\t%d\t%s\t%s%s%s\n",
           result->rank, target->id, mw_probe_class_word(result->class), result->is_usable,
           result->rtt_us, result->dns_us, result->tcp_us, result->tls_us, result->ttfb_us,
           result->jitter_us, result->samples, result->lost,
           mw_probe_integrity_word(result->integrity), result->bytes_per_s, result->family,
           result->is_proxied, result->host, result->reason,
           result->note[0] != '\0' ? " NOTE: " : "", result->note);
}

/* Best first, the unusable behind. */
static void print_all(const struct mw_probe_target *targets, size_t count,
                      const struct mw_probe_result *results)
{
    for (size_t rank = 1; rank <= count; rank++)
        for (size_t i = 0; i < count; i++)
            if (results[i].rank == rank)
                print_result(&targets[i], &results[i]);
    for (size_t i = 0; i < count; i++)
        if (results[i].rank == 0)
            print_result(&targets[i], &results[i]);
}

static enum mw_code run_thread(const struct settings *settings,
                               const struct mw_probe_target *targets, size_t count, struct run *run,
                               struct mw_probe_result *results, struct mw_error *err)
{
    struct mw_probe_event event;
    struct mw_probe_thread *thread = mw_probe_thread_new(&settings->options.environment, err);
    if (thread == NULL)
        return MW_FAILURE;
    mw_probe_thread_start(thread, &settings->options, targets, count);
    enum mw_code code = MW_OK;
    for (bool is_done = false; !is_done && go_on(run);) {
        struct pollfd ready = {.fd = mw_probe_thread_fd(thread), .events = POLLIN};
        poll(&ready, 1, 10);
        while (mw_probe_thread_take(thread, &event)) {
            if (event.kind == MW_PROBE_EVENT_SAMPLE || event.kind == MW_PROBE_EVENT_RESULT)
                results[event.target] = event.result;
            if (event.kind == MW_PROBE_EVENT_FAILED)
                code = mw_fail(err, MW_FAILURE, 0, "probe", "%s", event.result.reason);
            is_done =
                is_done || event.kind == MW_PROBE_EVENT_DONE || event.kind == MW_PROBE_EVENT_FAILED;
        }
    }
    mw_probe_thread_stop(&thread);
    return code;
}

static enum mw_code run_all(const struct settings *settings, struct mw_catalog *catalog,
                            struct mw_error *err)
{
    struct mw_probe_wish wishes[SERVICES_MAX];
    struct mw_probe_target *targets = NULL;
    size_t count = 0;
    size_t wish_count = 0;
    for (size_t i = 0; i < catalog->service_count && wish_count < SERVICES_MAX; i++) {
        const char *service = catalog->services[i]->id;
        size_t before = count;
        if (mw_catalog_service(catalog, service) != catalog->services[i])
            continue; /* another file of the same */
        mw_probe_targets_add(&targets, &count, catalog, service, settings->family);
        for (size_t k = before; k < count; k++)
            targets[k].is_in_use =
                settings->in_use != NULL && mw_url_same(targets[k].url, settings->in_use);
        if (count > before && settings->race > 0)
            wishes[wish_count++] = (struct mw_probe_wish){service, settings->race};
    }
    struct mw_probe_result *results = mw_xcalloc(count + 1, sizeof *results);
    struct run run = {.begun_ms = now_ms(CLOCK_MONOTONIC), .stop_ms = settings->stop_ms};
    struct mw_probe_watch watch = {.context = &run, .go_on = go_on};
    double cpu_ms = now_ms(CLOCK_PROCESS_CPUTIME_ID);
    enum mw_code code = settings->uses_thread
                            ? run_thread(settings, targets, count, &run, results, err)
                            : mw_probe_run(targets, count, &settings->options, wishes, wish_count,
                                           &watch, results, err);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    if (code == MW_OK) {
        print_all(targets, count, results);
        printf("# wall_ms=%.1f cpu_ms=%.1f rss_kib=%ld files=%zu\n",
               now_ms(CLOCK_MONOTONIC) - run.begun_ms, now_ms(CLOCK_PROCESS_CPUTIME_ID) - cpu_ms,
               usage.ru_maxrss, run.files);
    }
    free(results);
    free(targets);
    return code;
}

int main(int argc, char **argv)
{
    struct settings settings = {0};
    struct mw_catalog catalog = {0};
    struct mw_error err = {0};
    mw_probe_options_init(&settings.options);
    settings.options.environment = (struct mw_probe_environment){
        .ca_file = getenv("SSL_CERT_FILE"),
        .http_proxy = getenv("http_proxy"),
        .https_proxy = getenv("https_proxy"),
        .all_proxy = getenv("all_proxy"),
        .no_proxy = getenv("no_proxy"),
    };
    enum mw_code code = add_services(&catalog, &err);
    for (int i = 1; i < argc && code == MW_OK; i++) {
        char *equals = strchr(argv[i], '=');
        if (equals == NULL) {
            if (!add_catalogue(&catalog, argv[i], &err))
                code = err.code;
            continue;
        }
        *equals = '\0';
        if (!set(&settings, argv[i], equals + 1))
            code = mw_fail(&err, MW_USAGE, 0, "option", "unknown option %s", argv[i]);
    }
    if (code == MW_OK)
        code = run_all(&settings, &catalog, &err);
    if (code != MW_OK)
        fprintf(stderr, "probe_tool: %s\n", err.message);
    mw_catalog_release(&catalog);
    return (int)code;
}
