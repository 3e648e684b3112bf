/* One sample: the requests that a service's protocol makes of a mirror, one after the other.
 *
 * The exchange hands out a request, takes the response, and so on until the sample is complete.
 * It follows redirects, adds up times and keeps the rules that are the same for all; what to ask
 * and what a good answer is, the catalogue says and a row of the protocol table knows. Touches no
 * network. */
#ifndef MW_PROBE_EXCHANGE_H
#define MW_PROBE_EXCHANGE_H

#include "mirrorwise/probe.h"

#include "transport.h"

enum probe_kind {
    PROBE_FULL, /* everything, with the canary */
    PROBE_PING, /* its first request only: how long does it take now? */
    PROBE_BULK, /* a piece of the bulk object */
};

struct probe_exchange {
    const struct mw_probe_target *target; /* borrowed, as is the next */
    const struct mw_probe_options *options;
    const struct probe_protocol *protocol;
    enum probe_kind kind;
    int step;         /* the protocol's */
    bool is_age;      /* the last step: how old is it? */
    bool is_optional; /* failure of this step changes no verdict */
    int redirects;    /* of the present step */
    bool is_measured; /* the first step is over: the times of the others don't count */
    bool has_answer;  /* from the mirror itself; `scope` is that of its address */
    enum probe_scope scope;
    struct probe_request request; /* the next one; its texts are owned below */
    char *url, *authorization, *agent;
    char *next_url; /* what a protocol has learnt for a later step; or NULL */
    struct mw_probe_sample sample;
};

struct probe_protocol {
    const char *name; /* as a catalogue's "probe" says it */
    /* Makes the first request. */
    void (*begin)(struct probe_exchange *exchange);
    /* Judges an answer that is neither a redirect nor a rate limit; true if it made another
     * request, false if the sample is complete. */
    bool (*answer)(struct probe_exchange *exchange, const struct probe_response *response);
};

extern const struct probe_protocol probe_protocol_path, probe_protocol_goproxy, probe_protocol_pypi,
    probe_protocol_oci, probe_protocol_cargo, probe_protocol_sumdb;

/* Begins a sample. False if there is nothing to ask: the sample then says why. `bulk_bytes` is
 * for PROBE_BULK. */
bool probe_exchange_begin(struct probe_exchange *exchange, const struct mw_probe_target *target,
                          const struct mw_probe_options *options, enum probe_kind kind,
                          long bulk_bytes);
/* True if there is another request. */
bool probe_exchange_take(struct probe_exchange *exchange, const struct probe_response *response);
void probe_exchange_release(struct probe_exchange *exchange);

/* For protocols. Makes the next request; takes `url`. `accept` is NULL or static. */
void probe_exchange_ask(struct probe_exchange *exchange, char *url, const char *accept,
                        size_t body_max);
/* Owned: the address of `path` on the mirror. */
char *probe_exchange_below(const struct probe_exchange *exchange, const char *path);
/* What the requests from now on say they come from; NULL: we. */
void probe_exchange_call_itself(struct probe_exchange *exchange, const char *agent);
/* Completes the sample as failed; false, so that an answer() can return it. The arguments of the
 * format may be untrusted: the sentence is made safe. */
bool probe_exchange_fail(struct probe_exchange *exchange, enum mw_probe_class class,
                         const char *format, ...) MW_PRINTF(3, 4);
void probe_exchange_note(struct probe_exchange *exchange, const char *format, ...) MW_PRINTF(2, 3);
/* Completes the sample as good; false. */
bool probe_exchange_end_well(struct probe_exchange *exchange);
/* Has the answer that status? Fails the sample otherwise. */
bool probe_exchange_has_status(struct probe_exchange *exchange,
                               const struct probe_response *response, long wanted);
/* Holds the body to the canary, by its hash or by a text: sets the sample's integrity, and fails
 * it.
 */
bool probe_exchange_verify(struct probe_exchange *exchange, const struct probe_response *response,
                           const struct mw_canary *canary, const char *what);
/* Notes that files come from another host than the answers, if they do. */
void probe_exchange_note_host(struct probe_exchange *exchange);
/* Does the media type begin so? Parameters and case do not matter. */
bool probe_response_is(const struct probe_response *response, const char *media_type);

/* Has it a canary that a path leads to? */
static inline bool probe_has_canary(const struct probe_exchange *exchange)
{
    return exchange->target->canary != NULL && exchange->target->canary->path != NULL;
}

/* How long the canary's object may be: as long as it is, where that is known and counts. */
static inline size_t probe_canary_max(const struct mw_canary *canary, size_t otherwise)
{
    return canary->bytes > 0 && canary->sha256 != NULL ? (size_t)canary->bytes : otherwise;
}

/* How old it is (age.c): makes the request if anybody wants to know; reads the answer. */
bool probe_age_ask(struct probe_exchange *exchange);
void probe_age_answer(struct probe_exchange *exchange, const struct probe_response *response);

#endif
