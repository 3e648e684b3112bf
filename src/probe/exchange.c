#include "exchange.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "mirrorwise/hash.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "mirrorwise/url.h"

#include "link.h"
#include "peer.h"

/* As blackbox_exporter and pip allow about so many; Go stops after ten. */
#define REDIRECTS_MAX 5

/* Columns of a sentence; long enough for a host name and libcurl's words. */
#define SENTENCE_COLS 200

static const struct probe_protocol *const protocols[] = {
    &probe_protocol_path, &probe_protocol_goproxy, &probe_protocol_pypi,
    &probe_protocol_oci,  &probe_protocol_cargo,   &probe_protocol_sumdb,
};

/* A mirror of which nothing is known can still be asked for its canary, or for "/". */
static const struct probe_protocol *find_protocol(const struct mw_probe_target *target)
{
    const struct mw_inquiry *inquiry = target->inquiry;
    if (inquiry == NULL)
        return &probe_protocol_path;
    for (size_t i = 0; i < sizeof protocols / sizeof *protocols; i++)
        if (strcmp(protocols[i]->name, inquiry->protocol) == 0)
            return protocols[i];
    return NULL;
}

char *probe_exchange_below(const struct probe_exchange *exchange, const char *path)
{
    const struct mw_probe_target *target = exchange->target;
    const char *from = target->path_from;
    if (from == NULL || *from == '\0' || strncmp(path, from, strlen(from)) != 0)
        return probe_link_below(target->url, path);
    MW_FREE char *moved = mw_xasprintf("%s%s", target->path_to, path + strlen(from));
    return probe_link_below(target->url, moved);
}

void probe_exchange_call_itself(struct probe_exchange *exchange, const char *agent)
{
    mw_replace(&exchange->agent, mw_xasprintf("%s%smirrorwise/%s", agent != NULL ? agent : "",
                                              agent != NULL ? " " : "", MW_VERSION));
    exchange->request.user_agent = exchange->agent;
}

static void put_safe(char *to, size_t size, const char *text)
{
    MW_FREE char *safe = mw_text_safe(text, strlen(text), SENTENCE_COLS, false);
    mw_text_put(to, size, safe);
}

MW_PRINTF(3, 0)
static void put_sentence(char *to, size_t size, const char *format, va_list args)
{
    MW_AUTO(mw_buf) text = {0};
    mw_buf_vprintf(&text, format, args);
    put_safe(to, size, mw_buf_text(&text));
}

bool probe_exchange_fail(struct probe_exchange *exchange, enum mw_probe_class class,
                         const char *format, ...)
{
    va_list args;
    va_start(args, format);
    put_sentence(exchange->sample.reason, sizeof exchange->sample.reason, format, args);
    va_end(args);
    exchange->sample.class = class;
    return false;
}

void probe_exchange_note(struct probe_exchange *exchange, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    put_sentence(exchange->sample.note, sizeof exchange->sample.note, format, args);
    va_end(args);
}

bool probe_exchange_end_well(struct probe_exchange *exchange)
{
    exchange->sample.class = MW_PROBE_OK;
    return false;
}

void probe_exchange_ask(struct probe_exchange *exchange, char *url, const char *accept,
                        size_t body_max)
{
    mw_replace(&exchange->url, url);
    exchange->request.url = url;
    exchange->request.accept = accept;
    exchange->request.authorization = exchange->authorization;
    exchange->request.body_max = body_max;
    exchange->request.range_bytes = 0;
    exchange->request.is_head = false;
    exchange->request.header = NULL;
    exchange->redirects = 0;
}

bool probe_response_is(const struct probe_response *response, const char *media_type)
{
    return response->content_type != NULL &&
           strncasecmp(response->content_type, media_type, strlen(media_type)) == 0;
}

bool probe_exchange_has_status(struct probe_exchange *exchange,
                               const struct probe_response *response, long wanted)
{
    long status = response->status;
    if (status == wanted)
        return true;
    if (status == 511) /* RFC 6585, section 6 */
        return probe_exchange_fail(exchange, MW_PROBE_CONTENT, "%s",
                                   _("It answers 511: the network wants a login first."));
    if (status < 100 || status > 599)
        return probe_exchange_fail(exchange, MW_PROBE_HTTP,
                                   _("It answers %ld, which is no status of HTTP."), status);
    return probe_exchange_fail(exchange, MW_PROBE_HTTP, _("It answers %ld instead of %ld."), status,
                               wanted);
}

bool probe_exchange_verify(struct probe_exchange *exchange, const struct probe_response *response,
                           const struct mw_canary *canary, const char *what)
{
    char found[MW_SHA256_HEX];
    const char *body = mw_buf_text(&response->body);
    mw_sha256_hex(response->body.data, response->body.len, found);
    if (canary->sha256 != NULL   ? !response->is_cut && strcasecmp(found, canary->sha256) == 0
        : canary->begins != NULL ? mw_text_starts(body, canary->begins)
                                 : strstr(body, canary->contains) != NULL) {
        exchange->sample.integrity = MW_PROBE_GENUINE;
        return true;
    }
    if (probe_response_is(response, "text/html"))
        return probe_exchange_fail(exchange, MW_PROBE_CONTENT,
                                   _("It serves a web page in place of its %s."), what);
    if (canary->sha256 != NULL && response->body.len == 0)
        return probe_exchange_fail(exchange, MW_PROBE_CONTENT, _("It serves an empty %s."), what);
    exchange->sample.integrity = MW_PROBE_WRONG;
    if (canary->sha256 == NULL)
        return probe_exchange_fail(exchange, MW_PROBE_INTEGRITY,
                                   _("Its %s is not the one that everybody else serves."), what);
    if (response->is_cut)
        return probe_exchange_fail(exchange, MW_PROBE_INTEGRITY,
                                   _("Its %s is longer than it can be."), what);
    return probe_exchange_fail(exchange, MW_PROBE_INTEGRITY,
                               _("Its %s is not the one that everybody else serves: SHA-256 "
                                 "%.12s… instead of %.12s…"),
                               what, found, canary->sha256);
}

void probe_exchange_note_host(struct probe_exchange *exchange)
{
    char host[sizeof exchange->sample.host];
    probe_link_host(exchange->url, host, sizeof host);
    if (strcasecmp(host, exchange->sample.host) != 0)
        probe_exchange_note(exchange, _("Its files come from %s."), host);
}

/* Judges leniently: a mirror that lacks the object is not a bad one, its speed stays unknown. */
static bool answer_bulk(struct probe_exchange *exchange, const struct probe_response *response)
{
    const struct mw_bulk *bulk = exchange->target->bulk;
    const struct mw_canary whole = {.sha256 = bulk->sha256};
    bool is_served = (response->status == 206 || response->status == 200) &&
                     response->body.len > 0 && !probe_response_is(response, "text/html");
    if (!is_served)
        return probe_exchange_fail(exchange, MW_PROBE_HTTP,
                                   _("It does not serve the object that speed is measured with."));
    if (bulk->bytes == (long)response->body.len && bulk->sha256 != NULL &&
        !probe_exchange_verify(exchange, response, &whole, bulk->path))
        return false;
    long body_us = response->body_us > 0 ? response->body_us : 1;
    exchange->sample.bytes_per_s = (long)((double)response->body.len * 1e6 / (double)body_us);
    return probe_exchange_end_well(exchange);
}

bool probe_exchange_begin(struct probe_exchange *exchange, const struct mw_probe_target *target,
                          const struct mw_probe_options *options, enum probe_kind kind,
                          long bulk_bytes)
{
    struct mw_url url;
    const char *wrong = NULL;
    *exchange = (struct probe_exchange){
        .target = target,
        .options = options,
        .protocol = find_protocol(target),
        .kind = kind,
        .sample = {.rtt_us = -1,
                   .dns_us = -1,
                   .tcp_us = -1,
                   .tls_us = -1,
                   .ttfb_us = -1,
                   .bytes_per_s = -1,
                   .state_s = -1,
                   .age_s = -1},
    };
    if (exchange->protocol == NULL)
        return probe_exchange_fail(exchange, MW_PROBE_POLICY,
                                   _("Nothing here knows how to measure a mirror of %s."),
                                   target->tool);
    if (!mw_url_parse(target->url, &url, &wrong))
        return probe_exchange_fail(exchange, MW_PROBE_POLICY, _("Its URL is wrong: %s."), wrong);
    /* To this machine itself there is no line that anybody could listen at. */
    bool must_encrypt = options->policy.require_https && !mw_url_is_loopback(&url);
    if (!mw_url_is(&url, "https") && (must_encrypt || !mw_url_is(&url, "http")))
        return probe_exchange_fail(exchange, MW_PROBE_POLICY,
                                   _("It is not on https, which the profile requires."));
    probe_link_host(target->url, exchange->sample.host, sizeof exchange->sample.host);
    probe_exchange_call_itself(exchange, target->inquiry != NULL ? target->inquiry->agent : NULL);
    exchange->request.family = target->family;
    if (kind != PROBE_BULK) {
        exchange->protocol->begin(exchange);
        return true;
    }
    probe_exchange_ask(exchange, probe_exchange_below(exchange, target->bulk->path), NULL,
                       (size_t)bulk_bytes);
    exchange->request.range_bytes = bulk_bytes;
    return true;
}

/* Adds the times of a response. A redirect on the way to the first answer costs what it costs,
 * because the tool pays for it too; what the later steps take is nobody's latency. */
static void add_times(struct probe_exchange *exchange, const struct probe_response *response)
{
    struct mw_probe_sample *sample = &exchange->sample;
    sample->bytes += (long)response->body.len;
    sample->total_us += response->total_us;
    if (exchange->is_measured)
        return;
    if (!exchange->has_answer) {
        sample->dns_us = response->dns_us;
        sample->tcp_us = response->tcp_us;
        sample->tls_us = response->tls_us;
        sample->is_cold = response->is_cold;
        sample->is_proxied = response->is_proxied;
        sample->family = response->family;
        memcpy(sample->address, response->address, sizeof sample->address);
        mw_probe_peer_merge(&sample->peer, &response->peer);
        put_safe(sample->peer.cert_issuer, sizeof sample->peer.cert_issuer,
                 response->peer.cert_issuer);
    }
    sample->http_status = response->status;
    sample->http_version = response->http_version;
    long rtt_us = response->is_proxied ? response->ttfb_us : response->rtt_us;
    if (rtt_us >= 0)
        sample->rtt_us = (sample->rtt_us >= 0 ? sample->rtt_us : 0) + rtt_us;
    if (response->ttfb_us >= 0)
        sample->ttfb_us = (sample->ttfb_us >= 0 ? sample->ttfb_us : 0) + response->ttfb_us;
}

static bool is_redirect(const struct probe_response *response)
{
    long status = response->status;
    return response->location != NULL &&
           ((status >= 301 && status <= 303) || status == 307 || status == 308);
}

static bool follow_redirect(struct probe_exchange *exchange, const struct probe_response *response)
{
    char from[sizeof exchange->sample.host];
    char to[sizeof exchange->sample.host];
    if (exchange->redirects == REDIRECTS_MAX)
        return probe_exchange_fail(exchange, MW_PROBE_REDIRECTED,
                                   _("It redirects more than %d times."), REDIRECTS_MAX);
    char *url = probe_link_resolve(exchange->url, response->location);
    if (url == NULL)
        return probe_exchange_fail(exchange, MW_PROBE_REDIRECTED,
                                   _("It redirects to where nobody should follow: %s"),
                                   response->location);
    probe_link_host(exchange->url, from, sizeof from);
    probe_link_host(url, to, sizeof to);
    if (strcasecmp(from, to) != 0) {
        mw_replace(&exchange->authorization, NULL);
        exchange->request.authorization = NULL;
    }
    mw_replace(&exchange->url, url);
    exchange->request.url = url;
    exchange->redirects++;
    if (!exchange->is_measured)
        memcpy(exchange->sample.host, to, sizeof to);
    return true;
}

/* Where it stopped, for a timeout; a lookup has a sentence of its own. */
static const char *phase_text(enum probe_phase phase)
{
    return phase == PROBE_CONNECT     ? _("the connection")
           : phase == PROBE_HANDSHAKE ? _("the TLS handshake")
           : phase == PROBE_ANSWER    ? _("the answer")
                                      : _("the end of the answer");
}

/* The mirror's name stays out of it: it is the same for all of them. */
static bool blame_proxy(struct probe_exchange *exchange, long status)
{
    enum { LOGIN = 407 }; /* RFC 9110, section 15.5.8 */
    if (status == LOGIN)
        return probe_exchange_fail(exchange, MW_PROBE_PROXY, "%s",
                                   _("The proxy wants another name and password, or one at all."));
    if (status != 0)
        return probe_exchange_fail(exchange, MW_PROBE_PROXY,
                                   _("The proxy answers %ld instead of connecting."), status);
    return probe_exchange_fail(exchange, MW_PROBE_PROXY, "%s",
                               _("The proxy cannot be reached, or breaks off."));
}

/* Fails with the sentence for a request that never got an answer; false. */
static bool explain(struct probe_exchange *exchange, const struct probe_response *response)
{
    enum mw_probe_class class = response->class;
    const char *address = response->peer.tried[0];
    char host[sizeof exchange->sample.host + sizeof response->peer.tried[0] + 4];
    probe_link_host(exchange->url, host, sizeof exchange->sample.host);
    /* A name of somebody else that leads to this machine: a block list, or a resolver that lies. */
    bool is_misled = address[0] != '\0' && strcasecmp(host, "localhost") != 0 &&
                     strstr(host, address) == NULL &&
                     probe_address_scope_text(address) == PROBE_SCOPE_LOOPBACK;
    if (is_misled)
        snprintf(host + strlen(host), sizeof host - strlen(host), " (%s)", address);
    switch (class) {
    case MW_PROBE_DNS:
        if (response->is_lookup_late)
            return probe_exchange_fail(exchange, class, "%s",
                                       _("Its name cannot be resolved in time."));
        /* libcurl's "Could not resolve host: NAME" would say it a second time. */
        if (mw_text_starts(response->detail, "Could not resolve host"))
            return probe_exchange_fail(exchange, class, "%s", _("Its name cannot be resolved."));
        return probe_exchange_fail(exchange, class, _("Its name cannot be resolved: %s"),
                                   response->detail);
    case MW_PROBE_PROXY:
        return blame_proxy(exchange, response->proxy_status);
    case MW_PROBE_REFUSED:
        return probe_exchange_fail(exchange, class, _("%s refuses connections."), host);
    case MW_PROBE_UNREACHABLE:
        return probe_exchange_fail(exchange, class, _("%s cannot be reached."), host);
    case MW_PROBE_TIMEOUT:
        return probe_exchange_fail(exchange, class, _("%s keeps us waiting for %s."), host,
                                   phase_text(response->phase));
    case MW_PROBE_TLS:
    case MW_PROBE_TLS_EARLY:
    case MW_PROBE_TLS_EXPIRED:
        return probe_exchange_fail(exchange, class, _("No trusted TLS session with %s: %s"), host,
                                   response->detail);
    case MW_PROBE_POLICY:
        if (is_misled && exchange->redirects == 0)
            return probe_exchange_fail(exchange, MW_PROBE_DNS, _("Its name leads nowhere here: %s"),
                                       host);
        return probe_exchange_fail(
            exchange, exchange->redirects > 0 ? MW_PROBE_REDIRECTED : MW_PROBE_POLICY,
            _("It sends us to %s, which is in a more private network than itself."), host);
    default:
        if (response->is_not_http)
            return probe_exchange_fail(exchange, MW_PROBE_HTTP,
                                       _("What %s answers is not HTTP/1.0 or later."), host);
        return probe_exchange_fail(exchange, MW_PROBE_HTTP, _("The connection to %s broke off: %s"),
                                   host, response->detail);
    }
}

static bool judge_response(struct probe_exchange *exchange, const struct probe_response *response)
{
    if (response->class != MW_PROBE_OK)
        return explain(exchange, response);
    if (response->status == 407 && response->is_proxied)
        return blame_proxy(exchange, response->status);
    if (response->status == 429 || (response->status == 503 && response->retry_after_s >= 0))
        return probe_exchange_fail(
            exchange, MW_PROBE_RATE_LIMITED, _("It asks for a pause: %ld, try again after %ld s."),
            response->status, response->retry_after_s > 0 ? response->retry_after_s : 0);
    if (is_redirect(response))
        return follow_redirect(exchange, response);
    exchange->is_measured = true;
    if (exchange->kind == PROBE_BULK)
        return answer_bulk(exchange, response);
    if (exchange->is_age) {
        probe_age_answer(exchange, response);
        return false;
    }
    if (exchange->protocol->answer(exchange, response))
        return true;
    return exchange->sample.class == MW_PROBE_OK && probe_age_ask(exchange);
}

bool probe_exchange_take(struct probe_exchange *exchange, const struct probe_response *response)
{
    enum mw_probe_integrity integrity = exchange->sample.integrity;
    bool was_optional = exchange->is_optional;
    add_times(exchange, response);
    if (!exchange->has_answer) {
        exchange->has_answer = true;
        exchange->scope = response->scope;
        exchange->request.least_scope = response->scope;
        exchange->request.needs_new_connection = false;
        exchange->request.wants_certificate = false;
    }
    bool more = judge_response(exchange, response);
    if (was_optional && exchange->sample.class != MW_PROBE_OK) {
        exchange->sample.class = MW_PROBE_OK;
        exchange->sample.integrity = integrity;
        exchange->sample.reason[0] = '\0';
    }
    return more;
}

void probe_exchange_release(struct probe_exchange *exchange)
{
    MW_FREE_ALL(exchange->url, exchange->authorization, exchange->agent, exchange->next_url);
    exchange->url = exchange->authorization = exchange->agent = exchange->next_url = NULL;
}
