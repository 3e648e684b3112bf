/* Hits: places that say something about a key of a tool (files, variables, flags), and what comes
 * of them: what is in effect, what wins over a file of ours, what a running tool answered. Data
 * only; tool.h has the functions that find them. */
#ifndef MW_HIT_H
#define MW_HIT_H

#include <stdbool.h>
#include <stddef.h>

#include "mirrorwise/system.h"
#include "mirrorwise/value.h"

struct mw_source; /* tool.h */

/* Where a tool's file is. */
struct mw_location {
    char *path;
    struct mw_actor actor;
    const struct mw_source *source; /* whose file it is */
};

void mw_location_release(struct mw_location *location);

/* A place that says something about a key. Which of path, variable and flag are set tells what kind
 * of place it is; sentences are made by whoever shows it, in the language of the run. */
struct mw_hit {
    struct mw_value value;
    const struct mw_source *source; /* NULL: found by code that knows no row for it */
    char *path;                     /* the file; of a flag the file or process it was written in */
    struct mw_actor actor;
    size_t line;              /* from 1; 0: unknown */
    char *section, *spelling; /* NULL where they say nothing new */
    char *variable;           /* of the environment */
    char *flag;               /* of a command line, without dashes */
};

/* Why a value that stands in our file is not what counts. */
enum mw_shadow_kind {
    MW_SHADOW_STRONGER,   /* `place` says otherwise */
    MW_SHADOW_EXCLUDES,   /* `place` says it too, and the tool does not start with both */
    MW_SHADOW_UNREAD,     /* the variable of `place` keeps the tool from reading the file */
    MW_SHADOW_RELATIVE,   /* it leads to a file that depends on where the tool is started */
    MW_SHADOW_BROKEN,     /* the tool cannot read the file of `place`: `detail` */
    MW_SHADOW_NO_INDEX,   /* `place` makes the tool ask nobody */
    MW_SHADOW_PLAIN_HTTP, /* the tool refuses `detail`, a host without TLS */
    MW_SHADOW_NARROWER,   /* the key `spelling` at `place` is more special than ours */
    MW_SHADOW_ELSEWHERE,  /* what answers at `place` does not read our file */
};

/* Something that wins over a value that stands in our file, or forbids it. */
struct mw_shadow {
    enum mw_shadow_kind kind;
    struct mw_hit place; /* without a value; empty: a rule of the tool's */
    char *value;         /* what wins; "" if the file is not read at all; not redacted */
    char *detail;        /* see the kinds; NULL */
    bool is_fatal;       /* the tool would not start */
    /* For people, made of the rest by mw_shadows_find(); parsed by nobody: */
    char *by;  /* "environment variable GOPROXY" */
    char *fix; /* what the user can do */
};

struct mw_shadows {
    struct mw_shadow *items;
    size_t count;
};

/* Takes the place, the value and the detail (may be NULL). The result, without its texts for
 * people, is good until the next one is added. */
struct mw_shadow *mw_shadows_add(struct mw_shadows *shadows, enum mw_shadow_kind kind,
                                 struct mw_hit take_place, char *take_value, char *take_detail);
void mw_shadows_release(struct mw_shadows *shadows);

/* What the running tool said after a reload. */
enum mw_live_state {
    MW_LIVE_NONE,       /* nothing runs that would have to notice */
    MW_LIVE_OK,         /* the running tool uses the wanted values */
    MW_LIVE_REFUSED,    /* it runs and goes on with other values: undo */
    MW_LIVE_UNVERIFIED, /* it runs, but we could not ask it */
};

struct mw_live {
    enum mw_live_state state;
    char *message; /* a sentence for people; NULL if none */
};

void mw_live_release(struct mw_live *live);

/* Files in the order in which a tool reads them; a later one wins. */
struct mw_locations {
    struct mw_location *items;
    size_t count;
};

void mw_locations_release(struct mw_locations *locations);

/* Strongest first. */
struct mw_hits {
    struct mw_hit *items;
    size_t count;
};

void mw_hit_release(struct mw_hit *hit);
void mw_hits_release(struct mw_hits *hits);
/* The first that is heard by every program of the tool; NULL: the tool's own default. */
const struct mw_hit *mw_hits_winner(const struct mw_hits *hits);
/* Copies all of it but the value. */
void mw_hit_copy_place(struct mw_hit *to, const struct mw_hit *from);
/* The file that it stands in; NULL: none, it is a variable or a flag. */
const char *mw_hit_file(const struct mw_hit *hit);
/* The same file and line, variable or flag? */
bool mw_hit_same_place(const struct mw_hit *a, const struct mw_hit *b);
/* Owned, for people: "environment variable GOPROXY", "/etc/pip.conf:3 [install] index-url", "flag
 * --registry-mirror in /etc/default/docker:9"; not sanitised. */
char *mw_hit_place(const struct mw_hit *hit);

#endif
