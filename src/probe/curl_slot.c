#include "curl_slot.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "mirrorwise/url.h"

#include "peer.h"

/* ---- what libcurl calls while a request is under way ----------------------------------------- */

/* Real answers have one or two KiB of headers. */
#define HEADERS_MAX_BYTES 65536

/* Read while the connection is there: when the transfer ends it may be gone. */
static void note_rtt(struct curl_slot *slot)
{
    for (size_t i = 0; i < slot->socket_count; i++) {
        long rtt_us = probe_tcp_rtt_us(slot->sockets[i]);
        if (rtt_us >= 0)
            slot->response.rtt_us = rtt_us;
    }
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
    if (value != NULL)
        mw_replace(to, value);
}

static void read_header(struct curl_slot *slot, const char *line, size_t len)
{
    struct probe_response *response = &slot->response;
    if (slot->header[0] != '\0')
        keep_header(&response->header, header_value(line, len, slot->header));
    keep_header(&response->content_type, header_value(line, len, "Content-Type"));
    keep_header(&response->location, header_value(line, len, "Location"));
    char *challenge = header_value(line, len, "WWW-Authenticate");
    /* A registry may offer Basic beside Bearer; one of several lines is the one we can use. */
    if (challenge != NULL && response->challenge != NULL &&
        strncasecmp(response->challenge, "Bearer", 6) == 0)
        free(challenge);
    else
        keep_header(&response->challenge, challenge);
    MW_FREE char *registry = header_value(line, len, "Docker-Distribution-API-Version");
    response->is_registry = response->is_registry || registry != NULL;
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
        probe_response_forget(&slot->response); /* only the last counts, not a "100 Continue" */
    else if (len <= 2)
        note_rtt(slot);
    else
        read_header(slot, line, len);
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

static long port_of_address(const struct sockaddr *address)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    if (address->sa_family == AF_INET) {
        memcpy(&v4, address, sizeof v4);
        return ntohs(v4.sin_port);
    }
    memcpy(&v6, address, sizeof v6);
    return ntohs(v6.sin6_port);
}

static curl_socket_t on_open(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct curl_slot *slot = context;
    enum probe_scope scope = PROBE_SCOPE_LOOPBACK;
    (void)purpose;
    /* The address of a proxy is the user's own choice. Hosts that are excepted from it are not. */
    bool is_proxy = slot->may_be_proxied && port_of_address(&address->addr) != slot->port;
    if (!is_proxy)
        probe_peer_add_address(&slot->response.peer, &address->addr);
    if (!is_proxy && (!probe_address_scope(&address->addr, &scope) || scope < slot->least_scope)) {
        slot->is_blocked = true;
        return CURL_SOCKET_BAD;
    }
    slot->was_proxied = slot->was_proxied || is_proxy;
    if (slot->opened_us == 0)
        slot->opened_us = probe_clock_real.now_us(NULL);
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd >= 0 && slot->socket_count < CURL_SLOT_SOCKETS)
        slot->sockets[slot->socket_count++] = fd;
    return fd;
}

/* Called with the slot that opened the socket, which may have gone on to other requests since. */
static int on_close(void *context, curl_socket_t fd)
{
    struct curl_slot *slot = context;
    for (size_t i = 0; i < slot->socket_count; i++) {
        if (slot->sockets[i] != fd)
            continue;
        note_rtt(slot);
        slot->sockets[i] = slot->sockets[--slot->socket_count];
        break;
    }
    return close(fd);
}

/* ---- what it is told before ------------------------------------------------------------------ */

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
    slot->is_blocked = slot->is_overlong = slot->was_proxied = false;
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
    curl->easy_setopt(slot->easy, CURLOPT_HEADERFUNCTION, on_header);
    curl->easy_setopt(slot->easy, CURLOPT_HEADERDATA, slot);
    curl->easy_setopt(slot->easy, CURLOPT_WRITEFUNCTION, on_body);
    curl->easy_setopt(slot->easy, CURLOPT_WRITEDATA, slot);
    curl->easy_setopt(slot->easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
    curl->easy_setopt(slot->easy, CURLOPT_OPENSOCKETDATA, slot);
    curl->easy_setopt(slot->easy, CURLOPT_CLOSESOCKETFUNCTION, on_close);
    curl->easy_setopt(slot->easy, CURLOPT_CLOSESOCKETDATA, slot);
}

void curl_slot_release(struct curl_slot *slot)
{
    slot->curl->slist_free_all(slot->headers);
    if (slot->easy != NULL)
        slot->curl->easy_cleanup(slot->easy);
    probe_response_release(&slot->response);
}
