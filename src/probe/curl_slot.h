/* One request of the libcurl transport: options in, callbacks, figures out. */
#ifndef MW_PROBE_CURL_SLOT_H
#define MW_PROBE_CURL_SLOT_H

#include "../net/curl_table.h"
#include "transport.h"

/* Happy eyeballs opens two at once; more than these are used, but not asked for their round trip.
 */
#define CURL_SLOT_SOCKETS 8

struct curl_slot {
    const struct mw_curl *curl; /* borrowed, as are the next two */
    const struct mw_probe_environment *environment;
    const char *ca_file;
    CURL *easy; /* NULL until first used; reused after */
    struct curl_slist *headers;
    bool is_busy;
    char error[CURL_ERROR_SIZE];
    size_t body_max, header_bytes;
    enum probe_scope least_scope;
    char header[64];                  /* whose value is kept; "" none */
    bool is_blocked;                  /* by least_scope */
    bool is_overlong;                 /* headers beyond all measure */
    bool may_be_proxied, was_proxied; /* a connection was begun to one */
    bool wants_certificate;
    long port;                      /* of the URL */
    int64_t started_us, opened_us;  /* monotonic; 0: not yet */
    int sockets[CURL_SLOT_SOCKETS]; /* opened for this request and not closed yet */
    size_t socket_count;
    struct probe_response response;
};

/* Prepares slot->easy for the request; the caller adds it to the multi handle. */
void curl_slot_prepare(struct curl_slot *slot, const struct probe_request *request);
/* The request has ended with `result`: fills slot->response. */
void curl_slot_finish(struct curl_slot *slot, CURLcode result);
void curl_slot_look(const struct curl_slot *slot, struct probe_glimpse *glimpse);
void curl_slot_release(struct curl_slot *slot);

/* The text, or the other one if it is NULL or "". */
const char *curl_slot_set_or(const char *text, const char *otherwise);

/* The round trip that the kernel has seen on a connection (tcp_rtt.c): microseconds, the least
 * since it was made (Linux 4.6: tcpi_min_rtt); -1 if the kernel does not say. No scheduling of ours
 * can inflate it. */
long probe_tcp_rtt_us(int socket);

/* What every handle gets, the one that warms up too. */
void curl_slot_set_common(const struct mw_curl *curl, CURL *easy, const char *ca_file);

#endif
