/* Waiting for what libcurl waits for: an epoll set of its sockets and its one timer.
 *
 * curl_multi_perform() goes through every transfer each time that anything happens to one of
 * them; with 250 under way a quarter of the processor went there. curl_multi_socket_action()
 * touches only the transfer of the socket that is ready. One thread, but for wake. */
#ifndef MW_PROBE_CURL_EVENTS_H
#define MW_PROBE_CURL_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "../net/curl_table.h"

struct curl_events {
    const struct mw_curl *curl; /* borrowed, as is the next */
    CURLM *multi;
    int epoll_fd, wake_fd;
    int64_t due_us; /* libcurl's timer; -1: not set */
};

/* Makes `multi` tell what it waits for. False with errno when the system has no more files. Must
 * not move until it is released, which comes after the end of `multi`. */
bool curl_events_init(struct curl_events *events, const struct mw_curl *curl, CURLM *multi);
void curl_events_release(struct curl_events *events);

/* Lets libcurl work on what is ready; waits for that at most so long. */
void curl_events_step(struct curl_events *events, long wait_ms);
/* Ends a step that waits, or the next one. */
void curl_events_wake(struct curl_events *events);

#endif
