/* A network and a clock made of a script, for tests of the prober: every request is answered by a
 * function of the test, after a time that passes only when the engine waits. */
#ifndef MW_TEST_FAKE_TRANSPORT_H
#define MW_TEST_FAKE_TRANSPORT_H

#include "../../src/probe/transport.h"

/* What becomes of a request. Texts of `response` must be allocated. */
struct fake_answer {
    struct probe_response response;
    long lookup_us, connect_us; /* until the name is known; from then until the SYN-ACK */
    long delay_us;              /* from the start to the end; -1: never */
};

struct fake_request {
    bool is_busy;
    char *url;
    long range_bytes;
    bool needs_new_connection;
    int64_t started_us;
    struct fake_answer answer;
};

struct fake_transport {
    struct probe_transport base;
    struct probe_clock clock;
    int64_t now_us;
    /* The script. `answer` comes in good: 200, class OK, 10 ms. */
    void (*script)(void *context, const struct probe_request *request, struct fake_answer *answer);
    void *context;
    struct fake_request *requests; /* by ticket */
    size_t count;
    /* What happened. */
    struct mw_strings urls; /* in the order of their start */
    int64_t *times_us;      /* of the same */
    size_t time_count;
    size_t busy, busy_most, host_overlaps, cancelled, new_connections;
    long range_total;
};

void fake_transport_init(struct fake_transport *fake,
                         void (*script)(void *context, const struct probe_request *request,
                                        struct fake_answer *answer),
                         void *context);
void fake_transport_release(struct fake_transport *fake);

/* Sets the body (and, not NULL, the type) of an answer. */
void fake_answer_body(struct fake_answer *answer, const char *body, const char *type);

#endif
