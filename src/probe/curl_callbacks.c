/* What libcurl calls while a request is under way. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

#include "curl_slot.h"
#include "peer.h"

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
    if (value == NULL)
        return;
    free(*to);
    *to = value;
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

size_t curl_slot_on_header(char *line, size_t size, size_t count, void *context)
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

size_t curl_slot_on_body(char *bytes, size_t size, size_t count, void *context)
{
    struct curl_slot *slot = context;
    size_t len = size * count;
    size_t room = slot->body_max - slot->response.body.len;
    slot->response.is_cut = len > room;
    mw_buf_append(&slot->response.body, bytes, len > room ? room : len);
    return len > room ? 0 : len;
}

static long port_of(const struct sockaddr *address)
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

curl_socket_t curl_slot_on_open(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct curl_slot *slot = context;
    enum probe_scope scope = PROBE_SCOPE_LOOPBACK;
    (void)purpose;
    /* The address of a proxy is the user's own choice. Hosts that are excepted from it are not. */
    bool is_proxy = slot->may_be_proxied && port_of(&address->addr) != slot->port;
    if (!is_proxy && (!probe_address_scope(&address->addr, &scope) || scope < slot->least_scope)) {
        slot->is_blocked = true;
        return CURL_SOCKET_BAD;
    }
    if (!is_proxy)
        probe_peer_add_address(&slot->response.peer, &address->addr);
    if (slot->opened_us == 0)
        slot->opened_us = probe_clock_real.now_us(NULL);
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd >= 0 && slot->socket_count < CURL_SLOT_SOCKETS)
        slot->sockets[slot->socket_count++] = fd;
    return fd;
}

/* Called with the slot that opened the socket, which may have gone on to other requests since. */
int curl_slot_on_close(void *context, curl_socket_t fd)
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
