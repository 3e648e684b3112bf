/* The transport over libcurl's multi interface. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"

#include "curl_slot.h"

/* ---- waiting --------------------------------------------------------------------------------- */

/* Waiting for what libcurl waits for: an epoll set of its sockets and its one timer.
 *
 * curl_multi_perform() goes through every transfer each time that anything happens to one of
 * them; with 250 under way a quarter of the processor went there. curl_multi_socket_action()
 * touches only the transfer of the socket that is ready. One thread, but for wake. */
struct curl_events {
    const struct mw_curl *curl; /* borrowed, as is the next */
    CURLM *multi;
    int epoll_fd, wake_fd;
    int64_t due_us; /* libcurl's timer; -1: not set */
};

/* What one turn takes; the rest stays ready for the next. A handshake is a millisecond of work, and
 * between two turns somebody may want to stop. */
#define READY_MAX 16

/* CURLMOPT_SOCKETFUNCTION. A socket may have been closed unnoticed and its number be in use again:
 * the kernel knows which of both it is. */
static int on_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *unused)
{
    struct curl_events *events = context;
    struct epoll_event wanted = {.data.fd = fd};
    (void)easy;
    (void)unused;
    if (what == CURL_POLL_REMOVE) {
        epoll_ctl(events->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
        return 0;
    }
    wanted.events =
        ((what & CURL_POLL_IN) != 0 ? EPOLLIN : 0U) | ((what & CURL_POLL_OUT) != 0 ? EPOLLOUT : 0U);
    if (epoll_ctl(events->epoll_fd, EPOLL_CTL_MOD, fd, &wanted) == 0 || errno != ENOENT)
        return 0;
    epoll_ctl(events->epoll_fd, EPOLL_CTL_ADD, fd, &wanted);
    return 0;
}

/* CURLMOPT_TIMERFUNCTION. */
static int on_timer(CURLM *multi, long timeout_ms, void *context)
{
    struct curl_events *events = context;
    (void)multi;
    events->due_us =
        timeout_ms < 0 ? -1 : probe_clock_real.now_us(NULL) + (int64_t)timeout_ms * 1000;
    return 0;
}

/* Makes `multi` tell what it waits for. False with errno when the system has no more files. Must
 * not move until it is released, which comes after the end of `multi`. */
static bool events_init(struct curl_events *events, const struct mw_curl *curl, CURLM *multi)
{
    struct epoll_event wake = {.events = EPOLLIN};
    *events = (struct curl_events){.curl = curl, .multi = multi, .due_us = -1};
    events->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    events->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    wake.data.fd = events->wake_fd;
    curl->multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl->multi_setopt(multi, CURLMOPT_SOCKETDATA, events);
    curl->multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl->multi_setopt(multi, CURLMOPT_TIMERDATA, events);
    return events->epoll_fd >= 0 && events->wake_fd >= 0 &&
           epoll_ctl(events->epoll_fd, EPOLL_CTL_ADD, events->wake_fd, &wake) == 0;
}

static void events_release(struct curl_events *events)
{
    if (events->epoll_fd >= 0)
        close(events->epoll_fd);
    if (events->wake_fd >= 0)
        close(events->wake_fd);
}

/* Milliseconds until the timer, rounded up: a turn too early would be one for nothing. */
static int until_due_ms(const struct curl_events *events, long wait_ms)
{
    if (events->due_us < 0)
        return (int)wait_ms;
    int64_t left_us = events->due_us - probe_clock_real.now_us(NULL);
    int64_t left_ms = left_us > 0 ? (left_us + 999) / 1000 : 0;
    return (int)(left_ms < wait_ms ? left_ms : wait_ms);
}

static void act(struct curl_events *events, const struct epoll_event *ready)
{
    int running = 0;
    int mask = 0;
    if (ready->data.fd == events->wake_fd) {
        uint64_t count = 0;
        ssize_t drained = read(events->wake_fd, &count, sizeof count);
        (void)drained;
        return;
    }
    if ((ready->events & EPOLLIN) != 0)
        mask |= CURL_CSELECT_IN;
    if ((ready->events & EPOLLOUT) != 0)
        mask |= CURL_CSELECT_OUT;
    if ((ready->events & (EPOLLERR | EPOLLHUP)) != 0)
        mask |= CURL_CSELECT_ERR;
    events->curl->multi_socket_action(events->multi, ready->data.fd, mask, &running);
}

/* Lets libcurl work on what is ready; waits for that at most so long. */
static void events_step(struct curl_events *events, long wait_ms)
{
    struct epoll_event ready[READY_MAX];
    int running = 0;
    int count = epoll_wait(events->epoll_fd, ready, READY_MAX, until_due_ms(events, wait_ms));
    for (int i = 0; i < count; i++)
        act(events, &ready[i]);
    if (events->due_us < 0 || probe_clock_real.now_us(NULL) < events->due_us)
        return;
    events->due_us = -1;
    events->curl->multi_socket_action(events->multi, CURL_SOCKET_TIMEOUT, 0, &running);
}

/* Ends a step that waits, or the next one. */
static void events_wake(struct curl_events *events)
{
    const uint64_t one = 1;
    ssize_t written = write(events->wake_fd, &one, sizeof one);
    (void)written; /* full: then it is awake already */
}

/* ---- the transport --------------------------------------------------------------------------- */

/* Turns of the state machine until a handshake has begun; three are enough. */
#define WARM_UP_TURNS 20

struct transport_curl {
    struct probe_transport base;
    const struct mw_curl *curl;
    CURLM *multi;
    CURLSH *connections; /* the idle ones; a share, because only that can be emptied at will */
    struct curl_events events;
    const struct mw_probe_environment *environment;
    const char *ca_file; /* NULL: libcurl's own */
    struct curl_slot **slots;
    size_t slot_count;
};

static struct transport_curl *self(struct probe_transport *transport)
{
    return (struct transport_curl *)transport;
}

static size_t free_slot(struct transport_curl *transport)
{
    for (size_t i = 0; i < transport->slot_count; i++)
        if (!transport->slots[i]->is_busy)
            return i;
    struct curl_slot *slot = mw_xcalloc(1, sizeof *slot);
    slot->curl = transport->curl;
    slot->environment = transport->environment;
    slot->ca_file = transport->ca_file;
    *MW_PUSH(transport->slots, transport->slot_count) = slot;
    return transport->slot_count - 1;
}

static size_t start(struct probe_transport *base, const struct probe_request *request)
{
    struct transport_curl *transport = self(base);
    size_t ticket = free_slot(transport);
    struct curl_slot *slot = transport->slots[ticket];
    curl_slot_prepare(slot, request);
    transport->curl->easy_setopt(slot->easy, CURLOPT_SHARE, transport->connections);
    slot->response.ticket = ticket;
    slot->is_busy = true;
    transport->curl->multi_add_handle(transport->multi, slot->easy);
    return ticket;
}

static void step(struct probe_transport *base, long wait_ms)
{
    /* A request just added has set libcurl's timer to now. */
    events_step(&self(base)->events, wait_ms);
}

static bool next_done(struct probe_transport *base, struct probe_response *response)
{
    struct transport_curl *transport = self(base);
    int left = 0;
    const CURLMsg *message = NULL;
    do {
        message = transport->curl->multi_info_read(transport->multi, &left);
    } while (message != NULL && message->msg != CURLMSG_DONE);
    if (message == NULL)
        return false;
    CURL *easy = message->easy_handle;
    CURLcode result = message->data.result; /* gone once the handle is removed */
    char *private = NULL;
    transport->curl->easy_getinfo(easy, CURLINFO_PRIVATE, &private);
    struct curl_slot *slot = (struct curl_slot *)(void *)private;
    curl_slot_finish(slot, result);
    transport->curl->multi_remove_handle(transport->multi, easy);
    *response = slot->response;
    probe_response_init(&slot->response);
    slot->is_busy = false;
    return true;
}

static void look(struct probe_transport *base, size_t ticket, struct probe_glimpse *glimpse)
{
    curl_slot_look(self(base)->slots[ticket], glimpse);
}

static void cancel(struct probe_transport *base, size_t ticket)
{
    struct transport_curl *transport = self(base);
    struct curl_slot *slot = transport->slots[ticket];
    if (!slot->is_busy)
        return;
    transport->curl->multi_remove_handle(transport->multi, slot->easy);
    transport->curl->slist_free_all(slot->headers);
    slot->headers = NULL;
    probe_response_release(&slot->response);
    slot->is_busy = false;
}

static void wake(struct probe_transport *base)
{
    events_wake(&self(base)->events);
}

static void share_connections(struct transport_curl *transport)
{
    transport->connections = transport->curl->share_init();
    transport->curl->share_setopt(transport->connections, CURLSHOPT_SHARE, CURL_LOCK_DATA_CONNECT);
}

/* A share that is in use cannot be cleaned up. */
static void rest(struct probe_transport *base)
{
    struct transport_curl *transport = self(base);
    for (size_t i = 0; i < transport->slot_count; i++) {
        cancel(base, i);
        if (transport->slots[i]->easy != NULL)
            transport->curl->easy_setopt(transport->slots[i]->easy, CURLOPT_SHARE, NULL);
    }
    transport->curl->share_cleanup(transport->connections);
    share_connections(transport);
}

static void free_transport(struct probe_transport *base)
{
    MW_FREE struct transport_curl *transport = self(base);
    rest(base); /* closes connections, with the slots as context */
    for (size_t i = 0; i < transport->slot_count; i++)
        curl_slot_release(transport->slots[i]);
    transport->curl->share_cleanup(transport->connections);
    transport->curl->multi_cleanup(transport->multi);
    events_release(&transport->events);
    for (size_t i = 0; i < transport->slot_count; i++)
        free(transport->slots[i]);
    free(transport->slots);
}

static const struct probe_transport_ops ops = {
    .start = start,
    .step = step,
    .next_done = next_done,
    .look = look,
    .cancel = cancel,
    .rest = rest,
    .wake = wake,
    .free = free_transport,
};

/* A listener on a port of 127.0.0.1; -1 if there cannot be one. */
static int listen_to_ourselves(unsigned *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t len = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && bind(fd, (struct sockaddr *)&address, len) == 0 && listen(fd, 1) == 0 &&
        getsockname(fd, (struct sockaddr *)&address, &len) == 0) {
        *port = ntohs(address.sin_port);
        return fd;
    }
    if (fd >= 0)
        close(fd);
    return -1;
}

/* Turns the machine until the certificates are parsed, which it does just before its first word
 * to the server; CURLE_OK also if it does not come to that: then the first sample pays. */
static CURLcode perform_handshake(struct transport_curl *transport, CURL *easy, int listener)
{
    const struct mw_curl *curl = transport->curl;
    const CURLMsg *message = NULL;
    int server = -1;
    int left = 0;
    char hello = 0;
    for (int i = 0; i < WARM_UP_TURNS && message == NULL; i++) {
        events_step(&transport->events, 1);
        message = curl->multi_info_read(transport->multi, &left);
        if (server < 0)
            server = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (server >= 0 && recv(server, &hello, 1, MSG_PEEK) == 1)
            break;
    }
    if (server >= 0)
        close(server);
    CURLcode result = message != NULL ? message->data.result : CURLE_OK;
    curl->multi_remove_handle(transport->multi, easy);
    return result;
}

/* Has libcurl parse the CA file now (40 ms, once): it does so at the first handshake, and what it
 * times meanwhile would be wrong. The handshake is with ourselves. */
static CURLcode warm_up(struct transport_curl *transport)
{
    const struct mw_curl *curl = transport->curl;
    unsigned port = 0;
    char url[64];
    int listener = listen_to_ourselves(&port);
    if (listener < 0)
        return CURLE_OK;
    snprintf(url, sizeof url, "https://127.0.0.1:%u/", port);
    CURL *easy = curl->easy_init();
    curl_slot_set_common(curl, easy, transport->ca_file);
    curl->easy_setopt(easy, CURLOPT_URL, url);
    curl->easy_setopt(easy, CURLOPT_PROXY, "");
    curl->multi_add_handle(transport->multi, easy);
    CURLcode result = perform_handshake(transport, easy, listener);
    curl->easy_cleanup(easy);
    close(listener);
    return result == CURLE_SSL_CACERT_BADFILE ? result : CURLE_OK;
}

/* Where systems keep the certificates of authorities: Debian and Arch, Fedora, openSUSE, Alpine and
 * BSD. A linked libcurl knows its own; one inside a static program (MW_STATIC) cannot. */
static const char *default_ca_file(void)
{
#ifdef MW_STATIC_CURL
    static const char *const usual[] = {
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem",
    };
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
        if (access(usual[i], R_OK) == 0)
            return usual[i];
    }
#endif
    return NULL;
}

struct probe_transport *probe_transport_curl(const struct mw_probe_environment *environment,
                                             struct mw_error *err)
{
    struct stat st;
    /* libcurl opens whatever the name leads to, and a FIFO would keep it waiting for good. */
    if (environment->ca_file != NULL && stat(environment->ca_file, &st) == 0 &&
        !S_ISREG(st.st_mode)) {
        mw_fail(err, MW_IO, 0, "certificates",
                _("the certificates in %s cannot be used: it is not a regular file"),
                environment->ca_file);
        mw_error_hint(err, "%s", _("SSL_CERT_FILE names a file of CA certificates in PEM form."));
        return NULL;
    }
    const struct mw_curl *curl = mw_curl_load(err);
    if (curl == NULL)
        return NULL;
    struct transport_curl *transport = mw_xcalloc(1, sizeof *transport);
    transport->base.ops = &ops;
    transport->curl = curl;
    transport->multi = curl->multi_init();
    share_connections(transport);
    transport->environment = environment;
    transport->ca_file = curl_slot_set_or(environment->ca_file, default_ca_file());
    curl->multi_setopt(transport->multi, CURLMOPT_MAXCONNECTS, (long)PROBE_REQUESTS_MAX);
    if (!events_init(&transport->events, curl, transport->multi)) {
        mw_fail(err, MW_FAILURE, errno, "epoll_create", _("the network cannot be waited for"));
        free_transport(&transport->base);
        return NULL;
    }
    CURLcode result = warm_up(transport);
    if (result == CURLE_OK)
        return &transport->base;
    mw_fail(err, MW_IO, 0, "certificates", _("the certificates in %s cannot be used: %s"),
            transport->ca_file != NULL ? transport->ca_file : _("the system's CA file"),
            curl->easy_strerror(result));
    mw_error_hint(err, "%s", _("SSL_CERT_FILE names a file of CA certificates in PEM form."));
    free_transport(&transport->base);
    return NULL;
}
