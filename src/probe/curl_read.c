/* What a request under way or ended has to say. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "curl_slot.h"
#include "peer.h"

static long info_long(const struct curl_slot *slot, CURLINFO what)
{
    long value = 0;
    slot->curl->easy_getinfo(slot->easy, what, &value);
    return value;
}

static long info_us(const struct curl_slot *slot, CURLINFO what)
{
    curl_off_t value = 0;
    slot->curl->easy_getinfo(slot->easy, what, &value);
    return (long)value;
}

static const struct {
    CURLcode code;
    enum mw_probe_class class;
} classes[] = {
    {CURLE_OK, MW_PROBE_OK},
    {CURLE_URL_MALFORMAT, MW_PROBE_POLICY},
    {CURLE_COULDNT_RESOLVE_HOST, MW_PROBE_DNS},
    {CURLE_OPERATION_TIMEDOUT, MW_PROBE_TIMEOUT},
    {CURLE_SSL_CONNECT_ERROR, MW_PROBE_TLS},
    {CURLE_SSL_CERTPROBLEM, MW_PROBE_TLS},
    {CURLE_SSL_CIPHER, MW_PROBE_TLS},
    {CURLE_SSL_CACERT_BADFILE, MW_PROBE_TLS},
    {CURLE_SSL_ISSUER_ERROR, MW_PROBE_TLS},
    {CURLE_SSL_INVALIDCERTSTATUS, MW_PROBE_TLS},
};

static enum mw_probe_class class_of_connect(long sys_errno)
{
    return sys_errno == ECONNREFUSED ? MW_PROBE_REFUSED
           : sys_errno == ETIMEDOUT  ? MW_PROBE_TIMEOUT
                                     : MW_PROBE_UNREACHABLE;
}

/* Did it end at the proxy? A mirror on https gets its first word behind a tunnel. */
static bool is_of_proxy(const struct curl_slot *slot, CURLcode result)
{
    long status = info_long(slot, CURLINFO_HTTP_CONNECTCODE);
    bool has_tunnel = status >= 200 && status < 300;
    bool is_cut_off = result == CURLE_RECV_ERROR || result == CURLE_SEND_ERROR ||
                      result == CURLE_GOT_NOTHING || result == CURLE_PROXY;
    return result == CURLE_COULDNT_RESOLVE_PROXY ||
           (slot->was_proxied && result != CURLE_OK && !has_tunnel &&
            (status != 0 || result == CURLE_COULDNT_CONNECT ||
             (is_cut_off && info_us(slot, CURLINFO_PRETRANSFER_TIME_T) == 0)));
}

/* CURLINFO_SSL_VERIFYRESULT is X509_STORE_CTX_get_error()'s number where libcurl has OpenSSL. */
static enum mw_probe_class class_of_certificate(long verdict)
{
    enum { NOT_YET_VALID = 9, HAS_EXPIRED = 10 };
    return verdict == NOT_YET_VALID ? MW_PROBE_TLS_EARLY
           : verdict == HAS_EXPIRED ? MW_PROBE_TLS_EXPIRED
                                    : MW_PROBE_TLS;
}

static enum mw_probe_class class_of(const struct curl_slot *slot, CURLcode result)
{
    if (slot->is_blocked && result != CURLE_OK)
        return MW_PROBE_POLICY;
    if (slot->response.is_cut)
        return MW_PROBE_OK; /* we closed; what came is judged */
    if (is_of_proxy(slot, result))
        return MW_PROBE_PROXY;
    if (result == CURLE_COULDNT_CONNECT)
        return class_of_connect(info_long(slot, CURLINFO_OS_ERRNO));
    if (result == CURLE_PEER_FAILED_VERIFICATION)
        return class_of_certificate(info_long(slot, CURLINFO_SSL_VERIFYRESULT));
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (classes[i].code == result)
            return classes[i].class;
    return MW_PROBE_HTTP;
}

/* Of the socket that this request opened or, in the end, of the one that it reused. Once
 * measured it stays: libcurl may have closed it since. */
static long read_rtt(const struct curl_slot *slot)
{
    long rtt_us = slot->response.rtt_us;
    curl_socket_t reused = CURL_SOCKET_BAD;
    for (size_t i = 0; i < slot->socket_count; i++) {
        long now_us = probe_tcp_rtt_us(slot->sockets[i]);
        rtt_us = now_us >= 0 ? now_us : rtt_us;
    }
    slot->curl->easy_getinfo(slot->easy, CURLINFO_ACTIVESOCKET, &reused);
    if (rtt_us < 0 && reused != CURL_SOCKET_BAD)
        rtt_us = probe_tcp_rtt_us(reused);
    return rtt_us;
}

static void read_times(struct curl_slot *slot)
{
    struct probe_response *response = &slot->response;
    long lookup = info_us(slot, CURLINFO_NAMELOOKUP_TIME_T);
    long connect = info_us(slot, CURLINFO_CONNECT_TIME_T);
    long handshake = info_us(slot, CURLINFO_APPCONNECT_TIME_T);
    long request = info_us(slot, CURLINFO_PRETRANSFER_TIME_T);
    long answer = info_us(slot, CURLINFO_STARTTRANSFER_TIME_T);
    response->total_us = info_us(slot, CURLINFO_TOTAL_TIME_T);
    response->is_cold = info_long(slot, CURLINFO_NUM_CONNECTS) > 0;
    if (response->is_cold || slot->opened_us != 0) {
        response->dns_us = lookup > 0 ? lookup : -1;
        response->tcp_us = connect > 0 ? connect - lookup : -1;
        response->tls_us = handshake > 0 ? handshake - connect : -1;
    }
    if (answer > 0 && request > 0)
        response->ttfb_us = answer - request;
    if (answer > 0)
        response->body_us = response->total_us - answer;
    response->rtt_us = read_rtt(slot);
    if (response->rtt_us < 0)
        response->rtt_us = response->tcp_us; /* no TCP_INFO on this system */

    response->phase = answer > 0                            ? PROBE_BODY
                      : request > 0                         ? PROBE_ANSWER
                      : connect > 0 || response->rtt_us > 0 ? PROBE_HANDSHAKE
                      : lookup > 0 || slot->opened_us != 0  ? PROBE_CONNECT
                                                            : PROBE_LOOKUP;
}

/* CURLINFO_USED_PROXY is libcurl 8.7's. Before it: https through an HTTP proxy has the answer to
 * a CONNECT, and everything else gives itself away by the port it went to. */
static bool was_proxied(const struct curl_slot *slot)
{
    long port = info_long(slot, CURLINFO_PRIMARY_PORT);
    return info_long(slot, CURLINFO_HTTP_CONNECTCODE) != 0 || (port != 0 && port != slot->port);
}

static int http_version_of(long version)
{
    return version == CURL_HTTP_VERSION_1_0   ? 10
           : version == CURL_HTTP_VERSION_1_1 ? 11
           : version == CURL_HTTP_VERSION_2_0 ? 20
                                              : 0;
}

static void read_connection(struct curl_slot *slot)
{
    struct probe_response *response = &slot->response;
    char *address = NULL;
    slot->curl->easy_getinfo(slot->easy, CURLINFO_PRIMARY_IP, &address);
    if (address != NULL)
        snprintf(response->address, sizeof response->address, "%s", address);
    if (response->address[0] != '\0')
        response->family = strchr(response->address, ':') != NULL ? 6 : 4;
    response->scope = probe_address_scope_text(response->address);
    response->http_version = http_version_of(info_long(slot, CURLINFO_HTTP_VERSION));
    response->is_proxied = slot->may_be_proxied && was_proxied(slot);
    if (response->is_proxied)
        response->scope = PROBE_SCOPE_LOOPBACK; /* unknown: restricts nothing */
}

/* The first certificate is the server's own. */
static void read_certificate(struct curl_slot *slot)
{
    struct curl_certinfo *chain = NULL;
    if (!slot->wants_certificate)
        return;
    slot->curl->easy_getinfo(slot->easy, CURLINFO_CERTINFO, &chain);
    if (chain == NULL || chain->num_of_certs < 1)
        return;
    for (const struct curl_slist *line = chain->certinfo[0]; line != NULL; line = line->next)
        probe_peer_read(&slot->response.peer, line->data, (long)time(NULL));
}

void curl_slot_finish(struct curl_slot *slot, CURLcode result)
{
    struct probe_response *response = &slot->response;
    curl_off_t retry_after_s = 0;
    response->class = class_of(slot, result);
    /* libcurl's name for HTTP/0.9 is that of a protocol it does not speak. */
    response->is_not_http =
        result == CURLE_UNSUPPORTED_PROTOCOL || result == CURLE_WEIRD_SERVER_REPLY;
    response->status = info_long(slot, CURLINFO_RESPONSE_CODE);
    response->proxy_status = info_long(slot, CURLINFO_HTTP_CONNECTCODE);
    slot->curl->easy_getinfo(slot->easy, CURLINFO_RETRY_AFTER, &retry_after_s);
    response->retry_after_s = retry_after_s > 0 ? (long)retry_after_s : -1;
    read_times(slot);
    read_certificate(slot);
    read_connection(slot);
    response->is_lookup_late =
        response->class == MW_PROBE_TIMEOUT && response->phase == PROBE_LOOKUP;
    if (response->is_lookup_late)
        response->class = MW_PROBE_DNS;
    /* libcurl gives up on a line of more than 100 KiB with "out of memory". */
    if (slot->is_overlong || result == CURLE_OUT_OF_MEMORY)
        snprintf(response->detail, sizeof response->detail, "%s", "headers without end");
    else if (response->class != MW_PROBE_OK)
        snprintf(response->detail, sizeof response->detail, "%s",
                 slot->error[0] != '\0' ? slot->error : slot->curl->easy_strerror(result));
    mw_buf_puts(&response->body, "");
    slot->curl->slist_free_all(slot->headers);
    slot->headers = NULL;
}

void curl_slot_look(const struct curl_slot *slot, struct probe_glimpse *glimpse)
{
    int64_t now_us = probe_clock_real.now_us(NULL);
    long request = info_us(slot, CURLINFO_PRETRANSFER_TIME_T);
    long answer = info_us(slot, CURLINFO_STARTTRANSFER_TIME_T);
    long rtt_us = read_rtt(slot);
    bool is_connected = info_us(slot, CURLINFO_CONNECT_TIME_T) > 0;
    long elapsed = (long)(now_us - slot->started_us);
    *glimpse = (struct probe_glimpse){
        .phase = PROBE_LOOKUP,
        .since_us = elapsed,
        .rtt_us = -1,
        .is_proxied = slot->may_be_proxied,
    };
    if (is_connected || rtt_us >= 0) {
        glimpse->rtt_us = rtt_us;
        glimpse->phase = answer > 0 ? PROBE_BODY : request > 0 ? PROBE_ANSWER : PROBE_HANDSHAKE;
    } else if (slot->opened_us != 0) {
        glimpse->phase = PROBE_CONNECT;
        glimpse->since_us = (long)(now_us - slot->opened_us);
    }
    if (answer > 0) {
        glimpse->body_bytes = (long)slot->response.body.len;
        glimpse->body_us = elapsed - answer;
    }
}
