/* The catalogue: which mirrors there are, and what every honest one must serve.
 *
 * Read from assets/mirrors/TOOL.json (built in), extended or overridden by id from the user's
 * files (contract: catalogue). Order matters: it is the order of preference where nothing was
 * measured. Text is handed in; this room opens nothing. */
#ifndef MW_CATALOG_H
#define MW_CATALOG_H

#include <stdbool.h>
#include <stddef.h>

#include "mirrorwise/buffer.h"
#include "mirrorwise/error.h"

enum mw_mirror_status { MW_MIRROR_ACTIVE, MW_MIRROR_FALLBACK, MW_MIRROR_DEAD };
const char *mw_mirror_status_word(enum mw_mirror_status status);

/* A small immutable object that every honest mirror serves byte for byte. Which fields are set
 * depends on the tool: path (go), project and file (pip), repository and digest (docker).
 *
 * A file that says nothing of a canary shares the tool's first one (the built-in one: an honest
 * mirror of the tool serves it too) and the tool's first bulk. With a canary of its own, or
 * "canary": null for "these mirrors have none", a file stands for itself in both. */
struct mw_canary {
    char *tool, *path, *project, *file, *repository, *digest;
    char *sha256; /* hex; for docker the digest without "sha256:" */
    long bytes;   /* -1 unknown */
};

/* A larger immutable object for measuring throughput. */
struct mw_bulk {
    char *tool, *path, *sha256;
    long bytes;
};

/* No text is NULL: what a file does not say is "", the name is then the id. */
struct mw_mirror {
    char *tool, *id, *name, *name_zh, *operator_name, *url, *region, *verified, *source, *reason;
    enum mw_mirror_status status;
    char *file;               /* the catalogue file that said so */
    struct mw_canary *canary; /* shared; owned by the catalogue; NULL if none */
    struct mw_bulk *bulk;     /* the same; NULL if none */
};

struct mw_catalog {
    struct mw_mirror *mirrors; /* grouped by nothing; order within a tool is preference */
    size_t count;
    struct mw_canary **canaries;
    size_t canary_count;
    struct mw_bulk **bulks;
    size_t bulk_count;
};

/* Adds the mirrors of one file; an id already there is replaced in place (its order kept).
 * MW_BAD_PROFILE with file:line:column for anything that is not such a catalogue: unknown fields
 * too, unless their names start with "x-". `is_tool` says which values of "tool" exist. */
enum mw_code mw_catalog_add(struct mw_catalog *catalog, const char *file, const char *text,
                            size_t len, bool (*is_tool)(const char *name),
                            struct mw_error *err) MW_WARN_UNUSED;
void mw_catalog_release(struct mw_catalog *catalog);

/* The mirror with that id; NULL if there is none. */
const struct mw_mirror *mw_catalog_find(const struct mw_catalog *catalog, const char *tool,
                                        const char *id);
/* The mirror at that URL (mw_url_same), dead ones included; NULL if there is none. */
const struct mw_mirror *mw_catalog_find_url(const struct mw_catalog *catalog, const char *tool,
                                            const char *url);

#endif
