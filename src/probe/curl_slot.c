#include "curl_slot.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "mirrorwise/url.h"

#include "tcp_rtt.h"

/* Real answers have one or two KiB of headers. */
#define HEADERS_MAX_BYTES 65536

/* What is read at once; the default of 16 KiB is memory that a thousand handles do not need. */
#define READ_BYTES 8192L

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

static void note_rtt(struct curl_slot *slot)
{
    curl_socket_t fd = CURL_SOCKET_BAD;
    slot->curl->easy_getinfo(slot->easy, CURLINFO_ACTIVESOCKET, &fd);
    long rtt_us = fd == CURL_SOCKET_BAD ? -1 : probe_tcp_rtt_us(fd);
    if (rtt_us >= 0)
        slot->response.rtt_us = rtt_us;
}

/* The value of the header `name` in `line`, owned and trimmed; NULL if it is another one. */
static char *header_value(const char *line, size_t len, const char *name)
{
    size_t name_len = strlen(name);
    if (len <= name_len || line[name_len] != ':' || strncasecmp(line, name, name_len) != 0)
        return NULL;
    const char *value = line + name_len + 1;
    size_t value_len = len - name_len - 1;
    while (value_len > 0 && strchr("\r\n", value[value_len - 1]) != NULL)
        value_len--;
    mw_text_trim(&value, &value_len);
    return mw_xstrndup(value, strnlen(value, value_len));
}

static void keep_header(char **to, char *value)
{
    if (value == NULL)
        return;
    free(*to);
    *to = value;
}

static void read_header(struct probe_response *response, const char *line, size_t len)
{
    keep_header(&response->content_type, header_value(line, len, "Content-Type"));
    keep_header(&response->location, header_value(line, len, "Location"));
    char *challenge = header_value(line, len, "WWW-Authenticate");
    /* A registry may offer Basic beside Bearer; one of several lines is the one we can use. */
    if (challenge != NULL && response->challenge != NULL &&
        strncasecmp(response->challenge, "Bearer", 6) == 0)
        free(challenge);
    else
        keep_header(&response->challenge, challenge);
    char *registry = header_value(line, len, "Docker-Distribution-API-Version");
    response->is_registry = response->is_registry || registry != NULL;
    free(registry);
}

/* Only the final answer counts, not a "100 Continue" before it. */
static void forget_headers(struct probe_response *response)
{
    free(response->content_type);
    free(response->location);
    free(response->challenge);
    response->content_type = response->location = response->challenge = NULL;
    response->is_registry = false;
}

static size_t on_header(char *line, size_t size, size_t count, void *context)
{
    struct curl_slot *slot = context;
    size_t len = size * count;
    slot->header_bytes += len;
    if (slot->header_bytes > HEADERS_MAX_BYTES) {
        slot->is_overlong = true;
        return 0;
    }
    if (len >= 5 && memcmp(line, "HTTP/", 5) == 0)
        forget_headers(&slot->response);
    else if (len <= 2)
        note_rtt(slot); /* the connection may be gone when the transfer ends */
    else
        read_header(&slot->response, line, len);
    return len;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    struct curl_slot *slot = context;
    size_t len = size * count;
    size_t room = slot->body_max - slot->response.body.len;
    slot->response.is_cut = len > room;
    mw_buf_append(&slot->response.body, bytes, len > room ? room : len);
    return len > room ? 0 : len;
}

static curl_socket_t on_open(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct curl_slot *slot = context;
    enum probe_scope scope = PROBE_SCOPE_LOOPBACK;
    (void)purpose;
    /* The address of a proxy is the user's own choice. */
    if (!slot->may_be_proxied &&
        (!probe_address_scope(&address->addr, &scope) || scope < slot->least_scope)) {
        slot->is_blocked = true;
        return CURL_SOCKET_BAD;
    }
    if (slot->opened_us == 0)
        slot->opened_us = probe_clock_real.now_us(NULL);
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

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
    /* A first connection is to be one: no resumed session from the sample before. */
    curl->easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
    curl->easy_setopt(easy, CURLOPT_BUFFERSIZE, READ_BYTES);
}

/* Sets the proxy always: left alone, libcurl would read the environment by itself. */
static void set_proxy(struct curl_slot *slot, const char *url)
{
    const struct curl_proxies *proxies = slot->proxies;
    bool is_tls = strncasecmp(url, "https:", 6) == 0;
    const char *proxy = is_tls ? proxies->https : proxies->http;
    if (proxy == NULL)
        proxy = proxies->all;
    slot->may_be_proxied = proxy != NULL;
    slot->curl->easy_setopt(slot->easy, CURLOPT_PROXY, proxy != NULL ? proxy : "");
    slot->curl->easy_setopt(slot->easy, CURLOPT_NOPROXY, proxies->no != NULL ? proxies->no : "");
    slot->curl->easy_setopt(slot->easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
}

static void set_headers(struct curl_slot *slot, const struct probe_request *request)
{
    struct mw_buf line = {0};
    slot->headers = NULL;
    if (request->accept != NULL) {
        mw_buf_printf(&line, "Accept: %s", request->accept);
        slot->headers = slot->curl->slist_append(slot->headers, line.data);
    }
    mw_buf_release(&line);
    if (request->authorization != NULL) {
        mw_buf_printf(&line, "Authorization: %s", request->authorization);
        slot->headers = slot->curl->slist_append(slot->headers, line.data);
    }
    mw_buf_release(&line);
    slot->curl->easy_setopt(slot->easy, CURLOPT_HTTPHEADER, slot->headers);
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
    curl->easy_setopt(easy, CURLOPT_IPRESOLVE,
                      (long)(request->family == 4   ? CURL_IPRESOLVE_V4
                             : request->family == 6 ? CURL_IPRESOLVE_V6
                                                    : CURL_IPRESOLVE_WHATEVER));
    if (request->range_bytes > 0) {
        char range[32];
        snprintf(range, sizeof range, "0-%ld", request->range_bytes - 1);
        curl->easy_setopt(easy, CURLOPT_RANGE, range);
        curl->easy_setopt(easy, CURLOPT_BUFFERSIZE, 65536L);
    }
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
    slot->header_bytes = 0;
    slot->least_scope = request->least_scope;
    slot->is_blocked = slot->is_overlong = false;
    slot->started_us = probe_clock_real.now_us(NULL);
    slot->opened_us = 0;
    curl_slot_set_common(curl, slot->easy, slot->ca_file);
    set_request(slot, request);
    set_proxy(slot, request->url);
    set_headers(slot, request);
    curl->easy_setopt(slot->easy, CURLOPT_ERRORBUFFER, slot->error);
    curl->easy_setopt(slot->easy, CURLOPT_PRIVATE, slot);
    curl->easy_setopt(slot->easy, CURLOPT_HEADERFUNCTION, on_header);
    curl->easy_setopt(slot->easy, CURLOPT_HEADERDATA, slot);
    curl->easy_setopt(slot->easy, CURLOPT_WRITEFUNCTION, on_body);
    curl->easy_setopt(slot->easy, CURLOPT_WRITEDATA, slot);
    curl->easy_setopt(slot->easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
    curl->easy_setopt(slot->easy, CURLOPT_OPENSOCKETDATA, slot);
}

static const struct {
    CURLcode code;
    enum mw_probe_class class;
} classes[] = {
    {CURLE_OK, MW_PROBE_OK},
    {CURLE_UNSUPPORTED_PROTOCOL, MW_PROBE_POLICY},
    {CURLE_URL_MALFORMAT, MW_PROBE_POLICY},
    {CURLE_COULDNT_RESOLVE_PROXY, MW_PROBE_DNS},
    {CURLE_COULDNT_RESOLVE_HOST, MW_PROBE_DNS},
    {CURLE_OPERATION_TIMEDOUT, MW_PROBE_TIMEOUT},
    {CURLE_SSL_CONNECT_ERROR, MW_PROBE_TLS},
    {CURLE_PEER_FAILED_VERIFICATION, MW_PROBE_TLS},
    {CURLE_SSL_CERTPROBLEM, MW_PROBE_TLS},
    {CURLE_SSL_CIPHER, MW_PROBE_TLS},
    {CURLE_SSL_CACERT_BADFILE, MW_PROBE_TLS},
    {CURLE_SSL_ISSUER_ERROR, MW_PROBE_TLS},
    {CURLE_SSL_INVALIDCERTSTATUS, MW_PROBE_TLS},
};

static enum mw_probe_class class_of_connect(long sys_errno)
{
    switch (sys_errno) {
    case ECONNREFUSED:
        return MW_PROBE_REFUSED;
    case ETIMEDOUT:
        return MW_PROBE_TIMEOUT;
    default:
        return MW_PROBE_UNREACHABLE;
    }
}

static enum mw_probe_class class_of(const struct curl_slot *slot, CURLcode result)
{
    if (slot->is_blocked && result != CURLE_OK)
        return MW_PROBE_POLICY;
    if (slot->response.is_cut)
        return MW_PROBE_OK; /* we closed; what came is judged */
    if (result == CURLE_COULDNT_CONNECT)
        return class_of_connect(info_long(slot, CURLINFO_OS_ERRNO));
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (classes[i].code == result)
            return classes[i].class;
    return MW_PROBE_HTTP;
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
    if (response->rtt_us < 0)
        note_rtt(slot);
    if (response->rtt_us < 0)
        response->rtt_us = response->tcp_us; /* no TCP_INFO on this system */

    response->phase = answer > 0                           ? PROBE_BODY
                      : request > 0                        ? PROBE_ANSWER
                      : connect > 0                        ? PROBE_HANDSHAKE
                      : lookup > 0 || slot->opened_us != 0 ? PROBE_CONNECT
                                                           : PROBE_LOOKUP;
}

static unsigned url_port(const char *text)
{
    struct mw_url url;
    if (!mw_url_parse(text, &url, NULL))
        return 0;
    if (url.port_len > 0)
        return (unsigned)strtoul(url.port, NULL, 10);
    return mw_url_is(&url, "https") ? 443 : 80;
}

/* CURLINFO_USED_PROXY is libcurl 8.7's. Before it: https through an HTTP proxy has the answer to
 * a CONNECT, and everything else gives itself away by the port it went to. */
static bool was_proxied(const struct curl_slot *slot)
{
    char *url = NULL;
    slot->curl->easy_getinfo(slot->easy, CURLINFO_EFFECTIVE_URL, &url);
    long port = info_long(slot, CURLINFO_PRIMARY_PORT);
    return info_long(slot, CURLINFO_HTTP_CONNECTCODE) != 0 ||
           (url != NULL && port != 0 && (unsigned)port != url_port(url));
}

static int http_version_of(long version)
{
    switch (version) {
    case CURL_HTTP_VERSION_1_0:
        return 10;
    case CURL_HTTP_VERSION_1_1:
        return 11;
    case CURL_HTTP_VERSION_2_0:
        return 20;
    default:
        return 0;
    }
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

void curl_slot_finish(struct curl_slot *slot, CURLcode result)
{
    struct probe_response *response = &slot->response;
    curl_off_t retry_after_s = 0;
    response->class = class_of(slot, result);
    response->status = info_long(slot, CURLINFO_RESPONSE_CODE);
    slot->curl->easy_getinfo(slot->easy, CURLINFO_RETRY_AFTER, &retry_after_s);
    response->retry_after_s = retry_after_s > 0 ? (long)retry_after_s : -1;
    read_times(slot);
    read_connection(slot);
    if (response->class == MW_PROBE_TIMEOUT && response->phase == PROBE_LOOKUP)
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
    bool is_connected = info_us(slot, CURLINFO_CONNECT_TIME_T) > 0;
    long elapsed = (long)(now_us - slot->started_us);
    *glimpse = (struct probe_glimpse){
        .phase = PROBE_LOOKUP,
        .since_us = elapsed,
        .rtt_us = -1,
        .is_proxied = slot->may_be_proxied,
    };
    if (is_connected) {
        curl_socket_t fd = CURL_SOCKET_BAD;
        slot->curl->easy_getinfo(slot->easy, CURLINFO_ACTIVESOCKET, &fd);
        glimpse->rtt_us = fd == CURL_SOCKET_BAD ? -1 : probe_tcp_rtt_us(fd);
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

void curl_slot_release(struct curl_slot *slot)
{
    slot->curl->slist_free_all(slot->headers);
    if (slot->easy != NULL)
        slot->curl->easy_cleanup(slot->easy);
    probe_response_release(&slot->response);
}
