/* The prober's way to the network: single HTTP requests, many at once.
 *
 * The engine talks to this table only; libcurl stands behind it in the program, a script in the
 * tests. A transport follows no redirect, judges no status and knows no tool. One thread uses
 * it, but for wake(). */
#ifndef MW_PROBE_TRANSPORT_H
#define MW_PROBE_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mirrorwise/buffer.h"
#include "mirrorwise/error.h"
#include "mirrorwise/probe.h"

#include "address.h"

/* Requests at once and, apart from these, connections kept. A request takes three files while its
 * name is looked up (libcurl's socket pair and what libc reads), less after; so a run stays below
 * the 1,024 files that a process may open on most systems. */
#define PROBE_REQUESTS_MAX 240

struct probe_request {
    const char *url, *user_agent;       /* copied by start() */
    const char *accept, *authorization; /* values of these headers, or NULL */
    const char *header;                 /* whose value the answer is to say; NULL: none */
    bool is_head;                       /* HEAD: no body */
    long range_bytes;                   /* 0: the whole, else its first so many bytes */
    size_t body_max;                    /* bytes; what comes after is refused by closing */
    long timeout_ms;                    /* for everything, from now */
    int family;                         /* 0, 4, 6 */
    bool needs_new_connection, wants_certificate;
    enum probe_scope least_scope; /* addresses more private than this are refused */
};

/* How far a request got. */
enum probe_phase { PROBE_LOOKUP, PROBE_CONNECT, PROBE_HANDSHAKE, PROBE_ANSWER, PROBE_BODY };

struct probe_response {
    size_t ticket;                                /* as start() returned it */
    enum mw_probe_class class;                    /* MW_PROBE_OK: HTTP answered, whatever it said */
    enum probe_phase phase;                       /* where it failed */
    char detail[256];                             /* libcurl's words for the failure; untrusted */
    long status, proxy_status;                    /* 0: none; the second is that of a CONNECT */
    long dns_us, tcp_us, tls_us, ttfb_us, rtt_us; /* -1: did not happen */
    long body_us, total_us;
    struct mw_buf body;
    bool is_lookup_late;                       /* nobody answered for its name in time */
    bool is_not_http;                          /* it answered, and not as HTTP/1.0 or later does */
    bool is_cut;                               /* there was more than body_max */
    char *content_type, *location, *challenge; /* owned, untrusted; NULL: no such header */
    char *header;                              /* the one that was asked for; the same */
    bool is_registry;                          /* said Docker-Distribution-API-Version */
    long retry_after_s;                        /* -1: not said */
    bool is_cold, is_proxied;
    int family, http_version;
    enum probe_scope scope; /* of the address reached */
    char address[46];
    struct mw_probe_peer peer; /* untrusted */
};

void probe_response_init(struct probe_response *response);
void probe_response_release(struct probe_response *response);
/* All that its headers said. */
void probe_response_forget(struct probe_response *response);

/* A request under way, to decide whether it can still matter. */
struct probe_glimpse {
    enum probe_phase phase;
    long since_us; /* the start of that phase, as far back; CONNECT: the first SYN */
    long rtt_us;   /* -1 before the connection stands */
    bool is_proxied;
    long body_bytes, body_us; /* received so far, and since the first byte */
};

struct probe_transport;

struct probe_transport_ops {
    /* A ticket that no other request under way has; small numbers, reused. */
    size_t (*start)(struct probe_transport *transport, const struct probe_request *request);
    /* Works, and waits at most so long for something to happen or for wake(). */
    void (*step)(struct probe_transport *transport, long wait_ms);
    /* Moves out the next finished request; false if there is none. */
    bool (*next_done)(struct probe_transport *transport, struct probe_response *response);
    void (*look)(struct probe_transport *transport, size_t ticket, struct probe_glimpse *glimpse);
    void (*cancel)(struct probe_transport *transport, size_t ticket);
    /* Nothing is under way and nothing will be for a while: closes the idle connections. */
    void (*rest)(struct probe_transport *transport);
    /* From any thread: ends a step() that waits. */
    void (*wake)(struct probe_transport *transport);
    void (*free)(struct probe_transport *transport);
};

struct probe_transport {
    const struct probe_transport_ops *ops;
};

/* libcurl's. Borrows the environment. NULL with `err` without libcurl or with a CA file that
 * cannot be used. */
struct probe_transport *probe_transport_curl(const struct mw_probe_environment *environment,
                                             struct mw_error *err);

/* Monotonic time; a table so that tests can make their own. */
struct probe_clock {
    int64_t (*now_us)(void *context);
    void *context;
};
extern const struct probe_clock probe_clock_real;

#endif
