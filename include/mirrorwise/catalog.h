/* The catalogue: which services there are, their mirrors, and what every honest one must serve.
 *
 * A service is a set of mirrors that serve the same content; several tools may draw on one. Read
 * from assets/mirrors/SERVICE.json (built in), extended or overridden by id from the user's files
 * (contract: catalogue). Order matters: it is the order of preference where nothing was measured.
 * Text is handed in; this room opens nothing. */
#ifndef MW_CATALOG_H
#define MW_CATALOG_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "mirrorwise/buffer.h"
#include "mirrorwise/error.h"

enum mw_mirror_status { MW_MIRROR_ACTIVE, MW_MIRROR_FALLBACK, MW_MIRROR_DEAD };
const char *mw_mirror_status_word(enum mw_mirror_status status);

/* A small immutable object that every honest mirror serves byte for byte. Which fields are set
 * depends on the service's protocol: project and file (pypi), repository and digest (oci), crate
 * and version (cargo), path (all others), and with a path one of sha256, begins and contains.
 *
 * A file that says nothing of a canary shares the service's first one (the built-in one: an honest
 * mirror of the service serves it too) and the service's first bulk. With a canary of its own, or
 * "canary": null for "these mirrors have none", a file stands for itself in both. */
struct mw_canary {
    atomic_uint keepers; /* here and below: beside the catalogue, mw_fact_keep() */
    char *path, *project, *file, *repository, *digest, *crate, *version;
    char *sha256;            /* hex; with a digest that one without "sha256:" */
    char *begins, *contains; /* what the object begins with, or holds as a line; NULL: sha256 */
    long bytes;              /* -1 unknown */
};

/* A larger immutable object for measuring throughput. */
struct mw_bulk {
    atomic_uint keepers;
    char *path, *sha256;
    long bytes;
};

/* A value of a JSON answer, by pointer (RFC 6901): it is there, is an address on the mirror's own
 * host, or is `text`. */
struct mw_json_rule {
    char *pointer, *text; /* text NULL: see is_host */
    bool is_host;
};

/* One request and what its answer must be; NULL and 0: whatever it is. */
struct mw_ask {
    char *path, *accept, *agent, *type, *begins;
    struct mw_json_rule *rules;
    size_t rule_count;
    long range;  /* the first so many bytes */
    long status; /* 200 if the file does not say */
    bool is_head;
};

/* How the mirrors of a service are asked: by a list of requests, the first of which is timed, or
 * by a protocol whose requests follow from answers. */
struct mw_inquiry {
    atomic_uint keepers;
    char *protocol; /* a name of src/probe; "path" for a list */
    char *agent;    /* what a protocol's requests say they come from; NULL: mirrorwise */
    char *path;     /* what a protocol asks for where there is no canary; or NULL */
    struct mw_ask *asks;
    size_t ask_count;
};

/* How the date of a mirror's newest state is written. */
enum mw_age_form {
    MW_AGE_UNIX,
    MW_AGE_HTTP_DATE,
    MW_AGE_RFC3339,
    MW_AGE_DATE,    /* 2026-08-21 */
    MW_AGE_DIGITS,  /* yyyymmddhhmmss */
    MW_AGE_JSON,    /* `name` is a pointer to any of these */
    MW_AGE_XML,     /* the text of the first element `name` */
    MW_AGE_RELEASE, /* the field `name` of a Debian Release file */
    MW_AGE_REPOMD,  /* the <revision> of a repomd.xml */
    MW_AGE_SAME,    /* no date: the same bytes as upstream, or not */
};

/* Where that date stands. */
struct mw_age_rule {
    atomic_uint keepers;
    char *path;
    char *header; /* NULL: in the body */
    char *name;
    enum mw_age_form form;
};

/* What one file says of a service; of several the first is the service. */
struct mw_service {
    char *id, *title, *title_zh, *file; /* title "": the id */
    long max_age_s;                     /* 0: no limit of its own */
    struct mw_canary *canary;           /* this and the next: NULL if it says nothing */
    struct mw_bulk *bulk;
    struct mw_inquiry *inquiry;
    struct mw_age_rule *age;
};

/* No text is NULL: what a file does not say is "", the name is then the id. `tool` is the id of
 * the service. */
struct mw_mirror {
    char *tool, *id, *name, *name_zh, *operator_name, *url, *region, *verified, *source, *reason;
    char *style;               /* "before-v2", "after-v2" or "": where a registry's path goes */
    struct mw_strings aliases; /* other addresses of it; may have one '*' for a host label */
    struct mw_strings lacks;   /* parts that it does not have */
    char *path_from, *path_to; /* what paths of the service begin with, and what here; "" both */
    bool is_default;           /* what the tool uses by itself; `url` may be a stand-in's */
    enum mw_mirror_status status;
    char *file;                     /* the catalogue file that said so */
    const struct mw_canary *canary; /* these four belong to a service; NULL if none */
    const struct mw_bulk *bulk;
    const struct mw_inquiry *inquiry;
    const struct mw_age_rule *age;
};

struct mw_catalog {
    struct mw_mirror **mirrors; /* grouped by nothing; order within a service is preference */
    size_t count;
    struct mw_service **services; /* one for each file that was read */
    size_t service_count;
    struct mw_catalog_promise *promises; /* built-in files that nobody asked for yet */
    size_t promise_count;
    struct mw_pairs left_out; /* the service that a file is named after, and what is wrong there */
    bool (*is_drawn_on)(const char *service); /* by a tool; NULL: by none */
};

/* A built-in file is read when its service is first asked for, by a function that takes the id of
 * a service: a run names two or three of them. So one catalogue is one thread's at a time. The
 * text is borrowed. */
void mw_catalog_promise(struct mw_catalog *catalog, const char *service, const char *file,
                        const char *text, size_t len);
/* The mirrors of a service one after the other, `after` NULL: the first; NULL: no more. */
const struct mw_mirror *mw_catalog_next(const struct mw_catalog *catalog, const char *service,
                                        const struct mw_mirror *after);

/* Adds the mirrors of one file; an id already there is replaced in place (its order kept).
 * MW_BAD_PROFILE with file:line:column for anything that is not such a catalogue: unknown fields
 * too, unless their names start with "x-". A file may bring a service that no other has if it says
 * how to ask its mirrors, or if a tool draws on it; then they are asked for "/". A built-in one has
 * to say where its facts come from. */
enum mw_code mw_catalog_add(struct mw_catalog *catalog, const char *file, const char *text,
                            size_t len, bool is_built_in, struct mw_error *err) MW_WARN_UNUSED;
void mw_catalog_release(struct mw_catalog *catalog);

/* Why a mirror may be unknown: MW_BAD_PROFILE if a file of the service was left out, else MW_OK. */
enum mw_code mw_catalog_left_out(const struct mw_catalog *catalog, const char *service,
                                 struct mw_error *err) MW_WARN_UNUSED;

/* NULL if there is none. */
const struct mw_service *mw_catalog_service(const struct mw_catalog *catalog, const char *id);
/* What the service's tools use if nobody tells them anything; NULL if nobody said. */
const struct mw_mirror *mw_catalog_default(const struct mw_catalog *catalog, const char *service);

/* The mirror with that id; NULL if there is none. `tool` is a service's id, here and below. */
const struct mw_mirror *mw_catalog_find(const struct mw_catalog *catalog, const char *tool,
                                        const char *id);
/* The mirror at that address, dead ones included, by its url or one of its aliases; http and https
 * count as one, and so does an address with a tool's own prefix ("sparse+https://..."). NULL if
 * there is none. */
const struct mw_mirror *mw_catalog_find_url(const struct mw_catalog *catalog, const char *tool,
                                            const char *url);

/* The same canary, bulk, inquiry or age rule, which never change once they are read, for a thread
 * that outlives the catalogue: it stays until both have freed it. NULL of NULL. */
const void *mw_fact_keep(const void *fact);
void mw_canary_free(struct mw_canary *canary);
void mw_bulk_free(struct mw_bulk *bulk);
void mw_inquiry_free(struct mw_inquiry *inquiry);
void mw_age_rule_free(struct mw_age_rule *rule);

#endif
