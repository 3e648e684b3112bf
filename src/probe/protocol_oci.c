/* A registry (OCI distribution-spec, end-1 and end-3; distribution's auth/token.md): /v2/, a
 * token where it wants one, and a manifest by digest. */
#include <stdio.h>
#include <string.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/url.h"

#include "challenge.h"
#include "exchange.h"
#include "link.h"

#define ACCEPT_MANIFEST                                                                            \
    "application/vnd.docker.distribution.manifest.v2+json, "                                       \
    "application/vnd.docker.distribution.manifest.list.v2+json, "                                  \
    "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json"

#define SMALL_BYTES 65536
#define MANIFEST_MAX_BYTES 1048576

enum { ASKED_BASE, ASKED_TOKEN, ASKED_MANIFEST };

/* Owned: where `path` of the registry is. A path of the address stands before /v2, or behind it, in
 * front of the repository. */
static char *registry_url(const struct probe_exchange *exchange, const char *path)
{
    const char *base = exchange->target->url;
    struct mw_url url;
    if (!exchange->target->path_after_v2 || !mw_url_parse(base, &url, NULL)) {
        MW_FREE char *whole = mw_xasprintf("/v2/%s", path);
        return probe_link_below(base, whole);
    }
    MW_FREE char *root = mw_xasprintf("%.*s/v2%.*s", (int)(url.path - base), base,
                                      *path != '\0' ? (int)url.path_len : 0, url.path);
    return probe_link_below(root, *path != '\0' ? path : "/");
}

static void begin_oci(struct probe_exchange *exchange)
{
    probe_exchange_ask(exchange, registry_url(exchange, ""), NULL, SMALL_BYTES);
}

static bool ask_manifest(struct probe_exchange *exchange)
{
    const struct mw_canary *canary = exchange->target->canary;
    MW_FREE char *path = mw_xasprintf("%s/manifests/%s", canary->repository, canary->digest);
    exchange->step = ASKED_MANIFEST;
    probe_exchange_ask(exchange, registry_url(exchange, path), ACCEPT_MANIFEST,
                       probe_canary_max(canary, MANIFEST_MAX_BYTES));
    return true;
}

/* Goes for a token; the mirror names the place, so it is resolved like any of its links. */
static bool ask_token(struct probe_exchange *exchange, const struct probe_challenge *challenge)
{
    MW_FREE char *named = probe_challenge_url(challenge, exchange->target->canary->repository);
    char *url = probe_link_resolve(exchange->url, named);
    if (url == NULL)
        return probe_exchange_fail(exchange, MW_PROBE_HTTP,
                                   _("It names a token server that nobody should ask: %s"),
                                   challenge->realm);
    exchange->step = ASKED_TOKEN;
    probe_exchange_ask(exchange, url, NULL, SMALL_BYTES);
    return true;
}

static bool answer_challenge(struct probe_exchange *exchange, const struct probe_response *response,
                             bool wants_token)
{
    MW_AUTO(probe_challenge) challenge = {0};
    if (response->challenge == NULL || !probe_challenge_parse(response->challenge, &challenge))
        return probe_exchange_fail(exchange, MW_PROBE_HTTP,
                                   _("It answers 401 and offers no token: it wants a login."));
    return wants_token && ask_token(exchange, &challenge);
}

static bool answer_base(struct probe_exchange *exchange, const struct probe_response *response)
{
    const struct mw_canary *canary = exchange->target->canary;
    bool wants_canary = exchange->kind == PROBE_FULL && canary != NULL &&
                        canary->repository != NULL && canary->digest != NULL;
    if (response->status == 401) {
        exchange->sample.class = MW_PROBE_OK; /* alive; answer_challenge() may object */
        return answer_challenge(exchange, response, wants_canary);
    }
    if (!probe_exchange_has_status(exchange, response, 200))
        return false;
    if (!response->is_registry && !probe_response_is(response, "application/json"))
        return probe_exchange_fail(exchange, MW_PROBE_CONTENT,
                                   _("It serves something else in place of a registry."));
    if (wants_canary)
        return ask_manifest(exchange);
    return probe_exchange_end_well(exchange);
}

static bool answer_token(struct probe_exchange *exchange, const struct probe_response *response)
{
    if (response->status != 200)
        return probe_exchange_fail(exchange, MW_PROBE_HTTP, _("Its token server answers %ld."),
                                   response->status);
    MW_FREE char *token = probe_challenge_token(mw_buf_text(&response->body));
    if (token == NULL)
        return probe_exchange_fail(exchange, MW_PROBE_HTTP,
                                   _("Its token server hands out no token."));
    mw_replace(&exchange->authorization, mw_xasprintf("Bearer %s", token));
    return ask_manifest(exchange);
}

static bool answer_manifest(struct probe_exchange *exchange, const struct probe_response *response)
{
    const struct mw_canary *canary = exchange->target->canary;
    /* /v2/ may be open where a repository wants a token. */
    if (response->status == 401 && exchange->authorization == NULL)
        return answer_challenge(exchange, response, true);
    /* An allow-list, or a cache that has not got it: not tampered, only not checked. */
    if (response->status == 403 || response->status == 404) {
        probe_exchange_note(exchange, _("It does not serve %s (%ld), so its honesty is unchecked."),
                            canary->repository, response->status);
        exchange->sample.is_withheld = true;
        return probe_exchange_end_well(exchange);
    }
    if (!probe_exchange_has_status(exchange, response, 200) ||
        !probe_exchange_verify(exchange, response, canary, _("manifest")))
        return false;
    return probe_exchange_end_well(exchange);
}

static bool answer_oci(struct probe_exchange *exchange, const struct probe_response *response)
{
    return exchange->step == ASKED_BASE    ? answer_base(exchange, response)
           : exchange->step == ASKED_TOKEN ? answer_token(exchange, response)
                                           : answer_manifest(exchange, response);
}

const struct probe_protocol probe_protocol_oci = {
    .name = "oci",
    .begin = begin_oci,
    .answer = answer_oci,
};
