/* Measuring mirrors: which of them work, are honest, and are near.
 *
 * A run takes targets (mirrors, usually from the catalogue) and asks each a few times what its
 * tool would ask: Go a .mod file, pip a project's page and a wheel, Docker /v2/ and a manifest.
 * A mirror is usable only if status, content type, content and, where the catalogue names a
 * canary, its SHA-256 hold; everything else is a failure with a class and a sentence, however
 * fast it came. Figures are the network's: the round trip comes from the kernel (TCP_INFO), the
 * phases are differences, first connections and reused ones are kept apart.
 *
 * mw_probe_run() measures on the caller's thread, for the command line; mw_probe_thread_* runs
 * the same engine in a thread and hands out values, for the interface. Everything that leaves
 * this room is a value without pointers, and its texts are safe to print. Nothing here reads the
 * environment: the caller passes what it found there. All times are of a monotonic clock. */
#ifndef MW_PROBE_H
#define MW_PROBE_H

#include <stdbool.h>
#include <stddef.h>

#include "mirrorwise/catalog.h"
#include "mirrorwise/choose.h"
#include "mirrorwise/error.h"
#include "mirrorwise/profile.h"

enum mw_probe_class {
    MW_PROBE_NONE, /* not judged: not asked yet, or not worth asking any more */
    MW_PROBE_OK,
    MW_PROBE_DNS,
    MW_PROBE_REFUSED,
    MW_PROBE_UNREACHABLE,
    MW_PROBE_TIMEOUT,
    MW_PROBE_TLS,
    MW_PROBE_TLS_EARLY,   /* by this machine's clock the certificate is not valid yet */
    MW_PROBE_TLS_EXPIRED, /* or no longer */
    MW_PROBE_HTTP,        /* a status that is no, or a broken answer */
    MW_PROBE_CONTENT,     /* not what this tool serves: a portal, an empty page */
    MW_PROBE_INTEGRITY,
    MW_PROBE_REDIRECTED,
    MW_PROBE_RATE_LIMITED,
    MW_PROBE_PROXY,  /* the proxy on the way is what fails */
    MW_PROBE_POLICY, /* works, but the profile or our own rules forbid it */
};
/* "ok", "dns", "rate-limited"; for JSON, never translated. */
const char *mw_probe_class_word(enum mw_probe_class class);
/* The same for people, translated, short enough for a column: "no address", "bad TLS". */
const char *mw_probe_class_label(enum mw_probe_class class);

/* What helps where it is the network that fails rather than the mirror, a sentence; NULL: nothing
 * is known to. */
const char *mw_probe_advice(enum mw_probe_class class);

/* Did nothing come back, as where there is no network? */
bool mw_probe_is_silent(enum mw_probe_class class);

enum mw_probe_integrity { MW_PROBE_UNCHECKED, MW_PROBE_GENUINE, MW_PROBE_WRONG };
/* "unchecked", "ok", "wrong". */
const char *mw_probe_integrity_word(enum mw_probe_integrity integrity);

/* The protocol of a checksum database, which is asked for a tree that is signed. A result's
 * http_status is that of the first answer; `note` says how large the tree is. */
#define MW_PROBE_SUMDB "sumdb"

/* What to measure; borrowed. mw_probe_run() needs it for the call, the thread copies it. `tool` is
 * the id of the service. */
struct mw_probe_target {
    const char *tool, *id, *url;
    const struct mw_inquiry *inquiry; /* NULL: its canary, or "/", is all that is asked for */
    const struct mw_canary *canary;   /* NULL: judged by the inquiry alone */
    const struct mw_age_rule *age;    /* NULL: its age stays unknown */
    const struct mw_bulk *bulk;       /* NULL: no throughput */
    const char *path_from, *path_to;  /* as of a mirror; NULL: none */
    bool path_after_v2;               /* the path of a registry's address stands behind /v2 */
    long max_age_s;                   /* of the service; 0: only the policy's */
    bool is_default;                  /* upstream: what others are compared with */
    const char *note_key;             /* of MW_PROBE_SUMDB: who signs its trees, NAME+HASH+KEY */
    bool is_relayed;                  /* of MW_PROBE_SUMDB: a proxy asked whether it relays */
    int family;                       /* 4 or 6; 0: what the system prefers */
    bool is_fallback;                 /* ranks behind everything usable that is not */
    bool is_in_use;                   /* keeps its place unless clearly beaten */
    size_t place_in_use;              /* among those that the tool uses: 0 is asked first */
};

/* Sets what a mirror at the target's url is asked and judged by: by what the catalogue says of
 * `mirror`, or where that is NULL by what it says of the service. */
void mw_probe_target_judge(struct mw_probe_target *target, const struct mw_catalog *catalog,
                           const struct mw_mirror *mirror);

/* Targets of the catalogue's mirrors of `tool`, in its order, without the dead ones. Owned array in
 * *targets (free()), borrowing from the catalogue; appended to what it holds. */
void mw_probe_targets_add(struct mw_probe_target **targets, size_t *count,
                          const struct mw_catalog *catalog, const char *tool, int family);

/* What the caller found in the environment or the profile; borrowed, NULL or "": not set. */
struct mw_probe_environment {
    const char *ca_file; /* SSL_CERT_FILE; not set: the system's */
    const char *http_proxy, *https_proxy, *all_proxy, *no_proxy;
};

/* How to measure; mw_probe_options_init() gives the defaults in brackets. */
struct mw_probe_options {
    int samples;             /* a mirror [5] */
    long timeout_ms;         /* a sample [3000] */
    long deadline_ms;        /* the run [20000] */
    long spacing_ms;         /* least time between two samples of a mirror [100] */
    int slots;               /* samples at once [0: one a mirror, 240 at most] */
    bool is_thorough;        /* also ask what changes no verdict: checksum relay, age, certificate
                                [true] */
    unsigned long seed;      /* of the order within a round [0] */
    struct mw_policy policy; /* metric, max_latency, max_age, https, integrity [of a profile] */
    struct mw_probe_environment environment;
};
void mw_probe_options_init(struct mw_probe_options *options);

/* A race is over as soon as the best `count` mirrors of every tool named are known; no wishes:
 * every target gets all its samples. Nobody waits in a race: it takes at most three samples of a
 * mirror, without spacing, and asks nothing that changes no verdict. */
struct mw_probe_wish {
    const char *tool;
    size_t count;
};

enum { MW_PROBE_ADDRESSES = 4, MW_PROBE_CERT_SOON_DAYS = 14 };

/* The other end of a connection that was made. */
struct mw_probe_peer {
    char tried[MW_PROBE_ADDRESSES][46]; /* addresses, in order; "" ends */
    long cert_expires_s;                /* since 1970; 0: not asked, or none */
    long cert_left_s;                   /* until then, when it was shown */
    char cert_issuer[96];               /* "Let's Encrypt, R11"; or "" */
};

/* Owned: "valid until 2026-11-24, 1 day left"; NULL if its certificate is not known. */
char *mw_probe_cert_text(const struct mw_probe_peer *peer);

/* Puts what `from` knows to `peer`: addresses as far as there is room, its certificate if any. */
void mw_probe_peer_merge(struct mw_probe_peer *peer, const struct mw_probe_peer *from);

/* One sample. Times in microseconds, -1 where there is none: a reused connection has no dns_us,
 * a refused one no ttfb_us. */
struct mw_probe_sample {
    size_t target;   /* index */
    unsigned number; /* of this mirror's samples, from 0 */
    enum mw_probe_class class;
    long http_status; /* 0: no answer */
    long rtt_us;      /* of the connection, by the kernel; through a proxy the same as ttfb_us */
    long dns_us, tcp_us, tls_us;
    long ttfb_us; /* from the request to the first byte of the answer */
    long total_us;
    long at_ms;               /* when it ended, since the start of the run */
    long bytes;               /* of bodies */
    long bytes_per_s;         /* of a throughput sample; else -1 */
    long state_s;             /* date of the mirror's newest state, since 1970; -1 unknown */
    long age_s;               /* since then */
    unsigned long state_hash; /* of its bytes, where upstream has the same or not; 0 unknown */
    int family;               /* 4, 6; 0 not connected */
    int http_version;         /* 10, 11, 20; 0 no answer */
    bool is_cold;             /* the connection was made for it */
    bool is_proxied;          /* dns_us, tcp_us describe the way to the proxy */
    bool is_withheld;         /* there is a canary, but the mirror does not serve it */
    enum mw_probe_integrity integrity;
    char address[46]; /* of the other end; "" if never connected */
    struct mw_probe_peer peer;
    char host[128];   /* that the answer came from, after redirects */
    char reason[256]; /* a sentence if class is not OK */
    char note[192];   /* a sentence worth knowing that changes no verdict, or "" */
};

/* What is known of a mirror. Medians of its good samples; -1 unknown. */
struct mw_probe_result {
    size_t rank;  /* from 1; 0: not usable or not ranked yet */
    bool is_tied; /* within noise of the one before it */
    bool is_usable;
    bool is_done; /* no more samples will come */
    enum mw_probe_class class;
    enum mw_probe_integrity integrity;
    unsigned samples, lost; /* attempts, and those of them that failed */
    long rtt_us;
    long rtt_min_us, rtt_max_us;
    long think_us; /* what its quickest answer took beyond the round trip and all doubt */
    long dns_us;   /* of the first lookup */
    long tcp_us, tls_us;
    long ttfb_us;             /* of reused connections; of a new one if there is nothing else */
    long jitter_us;           /* median difference of successive ttfb_us; needs three samples */
    long state_s;             /* date of its newest state, since 1970 */
    unsigned long state_hash; /* as of a sample */
    long age_s;               /* since that date */
    long lag_s;               /* behind the newest state seen of the service */
    long bytes_per_s, http_status;
    int family, http_version;
    bool is_proxied, is_withheld;
    char address[46];
    struct mw_probe_peer peer; /* all addresses that were tried; the last certificate */
    char host[128];
    char reason[256]; /* why it is not usable; "" otherwise */
    char note[192];
};

/* Of `count` values; -1 if there is none. The mean of the two in the middle for an even count. */
long mw_probe_median(const long *values, size_t count);
/* Median of the absolute differences of successive values; -1 for less than three. */
long mw_probe_jitter(const long *values, size_t count);
/* Nothing is known yet. */
void mw_probe_result_init(struct mw_probe_result *result);

/* Watches a run; both may be NULL. Called on the thread of mw_probe_run(). */
struct mw_probe_watch {
    void *context;
    /* A sample has ended; `result` is what is now known of its mirror. */
    void (*sample)(void *context, const struct mw_probe_sample *sample,
                   const struct mw_probe_result *result);
    /* Asked at least every 50 ms; false ends the run within as much again. */
    bool (*go_on)(void *context);
};

/* Measures and fills results[i] for targets[i], ranked. MW_OK also if no mirror is usable or
 * go_on() said no: the results tell. MW_FAILURE without libcurl, MW_IO if the CA file cannot be
 * used. */
enum mw_code mw_probe_run(const struct mw_probe_target *targets, size_t count,
                          const struct mw_probe_options *options,
                          const struct mw_probe_wish *wishes, size_t wish_count,
                          const struct mw_probe_watch *watch, struct mw_probe_result *results,
                          struct mw_error *err) MW_WARN_UNUSED;

/* After results[changed] has changed: fills lag_s of all mirrors of its service, how far each is
 * behind the newest state that any of them has shown, and condemns those that are further behind
 * than the policy, or else the service, allows. Unknown is never too far. Pure. */
void mw_probe_compare_ages(const struct mw_probe_target *targets, size_t count,
                           const struct mw_policy *policy, struct mw_probe_result *results,
                           size_t changed);

/* Gives ranks, tool by tool: usable before fallback, then by the metric, ties in the order of
 * the targets; the mirrors in use stay in front, in their order, unless clearly beaten (by
 * 15 % or 10 ms, whichever is more). Pure. */
void mw_probe_rank(const struct mw_probe_target *targets, size_t count, enum mw_metric metric,
                   struct mw_probe_result *results);

/* Fills an empty ranking from ranked results, tool by tool, best first, the unusable behind; when
 * and where they were measured the caller knows. */
void mw_probe_ranking(const struct mw_probe_target *targets, size_t count,
                      const struct mw_probe_result *results, struct mw_ranking *ranking);

/* The prober of the interface: one thread that measures, queues of values in and out. All
 * functions are for one thread, the interface's. */
struct mw_probe_thread;

enum mw_probe_event_kind {
    MW_PROBE_EVENT_SAMPLE, /* `sample`, and in `result` what is now known of its mirror */
    MW_PROBE_EVENT_RESULT, /* the final, ranked `result` of a target; at the end, one for each */
    MW_PROBE_EVENT_DONE,   /* the run has ended */
    MW_PROBE_EVENT_FAILED, /* nothing could be measured; the sentence is in result.reason */
};

struct mw_probe_event {
    enum mw_probe_event_kind kind;
    unsigned generation; /* of the run, as mw_probe_thread_start() returned it */
    size_t target;       /* index */
    struct mw_probe_sample sample;
    struct mw_probe_result result;
};

/* NULL with `err` filled if the thread cannot be made. It begins by reading the certificates of
 * `environment`, so that the first run need not wait for them. Signals stay with the other
 * threads. */
struct mw_probe_thread *mw_probe_thread_new(const struct mw_probe_environment *environment,
                                            struct mw_error *err);
/* Cancels what runs and measures these; the generation of the new run, never 0. Everything is
 * copied. Another environment than that of the run before costs reading its certificates. */
unsigned mw_probe_thread_start(struct mw_probe_thread *thread,
                               const struct mw_probe_options *options,
                               const struct mw_probe_target *targets, size_t count);
/* Ends the run, if any; no event of it can be taken afterwards. */
void mw_probe_thread_cancel(struct mw_probe_thread *thread);
/* Readable while events wait; for poll() only. */
int mw_probe_thread_fd(const struct mw_probe_thread *thread);
/* Takes the next event of the newest run; false if none waits. */
bool mw_probe_thread_take(struct mw_probe_thread *thread, struct mw_probe_event *event);
/* Ends the thread, within 50 ms whatever it does; frees it and sets *thread to NULL. */
void mw_probe_thread_stop(struct mw_probe_thread **thread);

#endif
