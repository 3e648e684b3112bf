#include "curl_slot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mirrorwise/memory.h"
#include "mirrorwise/url.h"

/* No CURLOPT_BUFFERSIZE below libcurl's default here: curl_easy_reset() takes the size back but
 * keeps the buffer, and while there is a buffer setopt refuses a new size (7.88, lib/setopt.c), so
 * that a later transfer would write 16 KiB into less. */
void curl_slot_set_common(const struct mw_curl *curl, CURL *easy, const char *ca_file)
{
    curl->easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl->easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); /* never join a resolver thread */
    /* libcurl keeps the parsed certificates only if they come from a file alone
     * (lib/vtls/openssl.c, cached_x509_store); else each handshake parses them again, 30 ms. */
    curl->easy_setopt(easy, CURLOPT_CAPATH, NULL);
    if (ca_file != NULL)
        curl->easy_setopt(easy, CURLOPT_CAINFO, ca_file);
    curl->easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    /* A first connection is to be one: no resumed session from the sample before, no address from
     * a minute ago. */
    curl->easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
    curl->easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
}

const char *curl_slot_set_or(const char *text, const char *otherwise)
{
    return text != NULL && *text != '\0' ? text : otherwise;
}

/* Sets the proxy always: left alone, libcurl would read the environment by itself. */
static void set_proxy(struct curl_slot *slot, const char *url)
{
    const struct mw_probe_environment *environment = slot->environment;
    bool is_tls = strncasecmp(url, "https:", 6) == 0;
    const char *proxy =
        curl_slot_set_or(is_tls ? environment->https_proxy : environment->http_proxy,
                         curl_slot_set_or(environment->all_proxy, ""));
    slot->may_be_proxied = *proxy != '\0';
    slot->curl->easy_setopt(slot->easy, CURLOPT_PROXY, proxy);
    slot->curl->easy_setopt(slot->easy, CURLOPT_NOPROXY,
                            curl_slot_set_or(environment->no_proxy, ""));
    slot->curl->easy_setopt(slot->easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
}

static void add_header(struct curl_slot *slot, const char *name, const char *value)
{
    MW_AUTO(mw_buf) line = {0};
    if (value == NULL)
        return;
    mw_buf_printf(&line, "%s: %s", name, value);
    slot->headers = slot->curl->slist_append(slot->headers, line.data);
}

static void set_request(struct curl_slot *slot, const struct probe_request *request)
{
    const struct mw_curl *curl = slot->curl;
    CURL *easy = slot->easy;
    curl->easy_setopt(easy, CURLOPT_URL, request->url);
    curl->easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl->easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "https");
    curl->easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L); /* exchange.c follows, by policy */
    curl->easy_setopt(easy, CURLOPT_USERAGENT, request->user_agent);
    curl->easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    curl->easy_setopt(easy, CURLOPT_TIMEOUT_MS, request->timeout_ms);
    curl->easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, request->timeout_ms);
    curl->easy_setopt(easy, CURLOPT_FRESH_CONNECT, request->needs_new_connection ? 1L : 0L);
    curl->easy_setopt(easy, CURLOPT_CERTINFO, request->wants_certificate ? 1L : 0L);
    curl->easy_setopt(easy, CURLOPT_IPRESOLVE,
                      (long)(request->family == 4   ? CURL_IPRESOLVE_V4
                             : request->family == 6 ? CURL_IPRESOLVE_V6
                                                    : CURL_IPRESOLVE_WHATEVER));
    curl->easy_setopt(easy, CURLOPT_NOBODY, request->is_head ? 1L : 0L);
    if (request->range_bytes > 0) {
        char range[32];
        snprintf(range, sizeof range, "0-%ld", request->range_bytes - 1);
        curl->easy_setopt(easy, CURLOPT_RANGE, range);
        curl->easy_setopt(easy, CURLOPT_BUFFERSIZE, 65536L);
    }
}

static long port_of(const char *text)
{
    struct mw_url url;
    return mw_url_parse(text, &url, NULL) ? (long)mw_url_port(&url) : 0;
}

void curl_slot_prepare(struct curl_slot *slot, const struct probe_request *request)
{
    const struct mw_curl *curl = slot->curl;
    if (slot->easy == NULL)
        slot->easy = curl->easy_init();
    else
        curl->easy_reset(slot->easy);
    probe_response_init(&slot->response);
    slot->error[0] = '\0';
    slot->body_max = request->body_max;
    slot->port = port_of(request->url);
    slot->header_bytes = 0;
    slot->least_scope = request->least_scope;
    snprintf(slot->header, sizeof slot->header, "%s",
             request->header != NULL ? request->header : "");
    slot->is_blocked = slot->is_overlong = false;
    slot->wants_certificate = request->wants_certificate;
    slot->started_us = probe_clock_real.now_us(NULL);
    slot->opened_us = 0;
    slot->socket_count = 0;
    curl_slot_set_common(curl, slot->easy, slot->ca_file);
    set_request(slot, request);
    set_proxy(slot, request->url);
    slot->headers = NULL;
    add_header(slot, "Accept", request->accept);
    add_header(slot, "Authorization", request->authorization);
    curl->easy_setopt(slot->easy, CURLOPT_HTTPHEADER, slot->headers);
    curl->easy_setopt(slot->easy, CURLOPT_ERRORBUFFER, slot->error);
    curl->easy_setopt(slot->easy, CURLOPT_PRIVATE, slot);
    curl->easy_setopt(slot->easy, CURLOPT_HEADERFUNCTION, curl_slot_on_header);
    curl->easy_setopt(slot->easy, CURLOPT_HEADERDATA, slot);
    curl->easy_setopt(slot->easy, CURLOPT_WRITEFUNCTION, curl_slot_on_body);
    curl->easy_setopt(slot->easy, CURLOPT_WRITEDATA, slot);
    curl->easy_setopt(slot->easy, CURLOPT_OPENSOCKETFUNCTION, curl_slot_on_open);
    curl->easy_setopt(slot->easy, CURLOPT_OPENSOCKETDATA, slot);
    curl->easy_setopt(slot->easy, CURLOPT_CLOSESOCKETFUNCTION, curl_slot_on_close);
    curl->easy_setopt(slot->easy, CURLOPT_CLOSESOCKETDATA, slot);
}

void curl_slot_release(struct curl_slot *slot)
{
    slot->curl->slist_free_all(slot->headers);
    if (slot->easy != NULL)
        slot->curl->easy_cleanup(slot->easy);
    probe_response_release(&slot->response);
}
