/* What does not fit elsewhere: words, defaults, targets, the clock, and a run on the caller's
 * thread. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/probe.h"

#include "engine.h"
#include "transport.h"

/* The word of a document and the label of a screen. */
static const struct {
    const char *word, *label;
} classes[] = {
    [MW_PROBE_NONE] = {"none", N_("waiting")},
    [MW_PROBE_OK] = {"ok", N_("alive")},
    [MW_PROBE_DNS] = {"dns", N_("no address")},
    [MW_PROBE_REFUSED] = {"refused", N_("refused")},
    [MW_PROBE_UNREACHABLE] = {"unreachable", N_("unreachable")},
    [MW_PROBE_TIMEOUT] = {"timeout", N_("timeout")},
    [MW_PROBE_TLS] = {"tls", N_("bad TLS")},
    [MW_PROBE_TLS_EARLY] = {"tls", N_("bad TLS")},
    [MW_PROBE_TLS_EXPIRED] = {"tls", N_("bad TLS")},
    [MW_PROBE_HTTP] = {"http", N_("bad answer")},
    [MW_PROBE_CONTENT] = {"content", N_("not a mirror")},
    [MW_PROBE_INTEGRITY] = {"integrity", N_("tampered")},
    [MW_PROBE_REDIRECTED] = {"redirected", N_("redirected")},
    [MW_PROBE_RATE_LIMITED] = {"rate-limited", N_("rate limit")},
    [MW_PROBE_PROXY] = {"proxy", N_("proxy")},
    [MW_PROBE_POLICY] = {"policy", N_("not allowed")},
};

const char *mw_probe_class_word(enum mw_probe_class class)
{
    return classes[class].word;
}

const char *mw_probe_class_label(enum mw_probe_class class)
{
    return _(classes[class].label);
}

const char *mw_probe_advice(enum mw_probe_class class)
{
    switch (class) {
    case MW_PROBE_PROXY:
        return _("It is the proxy that fails, which https_proxy, http_proxy or all_proxy names: "
                 "its login stands there, in front of the host and an @. What no_proxy names needs "
                 "none.");
    case MW_PROBE_TLS:
        return _(
            "If a company's own authority signs here, SSL_CERT_FILE=FILE names a file with its "
            "certificate.");
    case MW_PROBE_TLS_EARLY:
    case MW_PROBE_TLS_EXPIRED:
        return _("Is the clock of this machine right?");
    case MW_PROBE_CONTENT:
        return _("Does this network want a login first? Open any page in a browser.");
    default:
        return NULL;
    }
}

bool mw_probe_is_silent(enum mw_probe_class class)
{
    return class == MW_PROBE_DNS || class == MW_PROBE_UNREACHABLE || class == MW_PROBE_TIMEOUT;
}

const char *mw_probe_integrity_word(enum mw_probe_integrity integrity)
{
    static const char *const words[] = {
        [MW_PROBE_UNCHECKED] = "unchecked",
        [MW_PROBE_GENUINE] = "ok",
        [MW_PROBE_WRONG] = "wrong",
    };
    return words[integrity];
}

void mw_probe_options_init(struct mw_probe_options *options)
{
    *options = (struct mw_probe_options){
        .samples = 5,
        .timeout_ms = 3000,
        .deadline_ms = 20000,
        .spacing_ms = 100,
        .is_thorough = true,
        .policy = {.require_https = true, .require_integrity = true},
    };
}

void mw_probe_target_judge(struct mw_probe_target *target, const struct mw_catalog *catalog,
                           const struct mw_mirror *mirror)
{
    const struct mw_service *service = mw_catalog_service(catalog, target->tool);
    if (service != NULL) {
        target->inquiry = service->inquiry;
        target->age = service->age;
        target->max_age_s = service->max_age_s;
    }
    if (mirror == NULL)
        return;
    target->inquiry = mirror->inquiry;
    target->canary = mirror->canary;
    target->age = mirror->age;
    target->bulk = mirror->bulk;
    target->path_from = mirror->path_from;
    target->path_to = mirror->path_to;
    target->path_after_v2 = strcmp(mirror->style, "after-v2") == 0;
    target->is_default = mirror->is_default;
}

void mw_probe_targets_add(struct mw_probe_target **targets, size_t *count,
                          const struct mw_catalog *catalog, const char *tool, int family)
{
    const struct mw_mirror *mirror = NULL;
    while ((mirror = mw_catalog_next(catalog, tool, mirror)) != NULL) {
        if (mirror->status == MW_MIRROR_DEAD)
            continue;
        struct mw_probe_target *target = MW_PUSH(*targets, *count);
        *target = (struct mw_probe_target){
            .tool = mirror->tool,
            .id = mirror->id,
            .url = mirror->url,
            .family = family,
            .is_fallback = mirror->status == MW_MIRROR_FALLBACK,
        };
        mw_probe_target_judge(target, catalog, mirror);
    }
}

static int64_t monotonic_us(void *context)
{
    struct timespec now;
    (void)context;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

const struct probe_clock probe_clock_real = {.now_us = monotonic_us};

void probe_response_init(struct probe_response *response)
{
    *response = (struct probe_response){
        .dns_us = -1,
        .tcp_us = -1,
        .tls_us = -1,
        .ttfb_us = -1,
        .rtt_us = -1,
        .retry_after_s = -1,
    };
}

void probe_response_forget(struct probe_response *response)
{
    MW_FREE_ALL(response->content_type, response->location, response->challenge, response->header);
    response->content_type = response->location = response->challenge = response->header = NULL;
    response->is_registry = false;
}

void probe_response_release(struct probe_response *response)
{
    mw_buf_release(&response->body);
    probe_response_forget(response);
    probe_response_init(response);
}

enum mw_code mw_probe_run(const struct mw_probe_target *targets, size_t count,
                          const struct mw_probe_options *options,
                          const struct mw_probe_wish *wishes, size_t wish_count,
                          const struct mw_probe_watch *watch, struct mw_probe_result *results,
                          struct mw_error *err)
{
    struct mw_error why = {0};
    struct probe_transport *transport = probe_transport_curl(&options->environment, &why);
    if (transport == NULL) {
        if (err != NULL)
            *err = why;
        return why.code;
    }
    struct probe_engine *engine = probe_engine_new(targets, count, options, wishes, wish_count,
                                                   watch, transport, &probe_clock_real, results);
    while (probe_engine_step(engine))
        ;
    probe_engine_free(engine);
    transport->ops->free(transport);
    return MW_OK;
}
