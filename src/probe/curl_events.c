#include "curl_events.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "transport.h"

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

bool curl_events_init(struct curl_events *events, const struct mw_curl *curl, CURLM *multi)
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

void curl_events_release(struct curl_events *events)
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

void curl_events_step(struct curl_events *events, long wait_ms)
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

void curl_events_wake(struct curl_events *events)
{
    const uint64_t one = 1;
    ssize_t written = write(events->wake_fd, &one, sizeof one);
    (void)written; /* full: then it is awake already */
}
