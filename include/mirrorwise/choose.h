/* Choosing: from a wish with mirror references to a value with URLs.
 *
 * "@ID" is a mirror of the catalogue, "@fastest" the best usable one, "@fastest:N" up to N. What
 * "best" means comes from a ranking if there is one (measured now, or saved by an earlier
 * measurement), else from the catalogue's order. */
#ifndef MW_CHOOSE_H
#define MW_CHOOSE_H

#include <stdbool.h>

#include "mirrorwise/catalog.h"
#include "mirrorwise/profile.h"
#include "mirrorwise/value.h"

/* One line of a ranking; mirrors of a tool stand best first. */
struct mw_ranked {
    char *tool, *id, *url;
    bool usable;
    char *reason; /* why not usable; "" otherwise */
    char *class;  /* the same as a word: mw_probe_class_word(), or "old"; NULL: not known */
    long rtt_us;  /* -1 unknown */
    long ttfb_us;
    char *measured_at, *network; /* if other than the ranking's, else NULL */
};

struct mw_ranking {
    struct mw_ranked *items;
    size_t count;
    char *measured_at; /* RFC 3339, NULL if nothing was measured; of several the newest */
    char *network;     /* fingerprint of the network it was measured on, or NULL */
};

void mw_ranking_release(struct mw_ranking *ranking);
/* Fills an empty ranking. */
void mw_ranking_copy(struct mw_ranking *to, const struct mw_ranking *from);
/* Adds the tools that `ranking` lacks from an older one, with their own time and network. */
void mw_ranking_merge(struct mw_ranking *ranking, const struct mw_ranking *older);
/* The mirror of that tool; NULL: none. */
const struct mw_ranked *mw_ranking_find(const struct mw_ranking *ranking, const char *tool,
                                        const char *id);
/* When and on which network the mirrors of the tool were measured; borrowed, NULL: unknown, or
 * never. */
const char *mw_ranking_time(const struct mw_ranking *ranking, const char *tool);
const char *mw_ranking_network(const struct mw_ranking *ranking, const char *tool);

/* Takes the mirrors of the tool out of the ranking, as if it had never been measured. */
void mw_ranking_forget(struct mw_ranking *ranking, const char *tool);

/* The text of last-ranking.json. Fields that this version does not know are passed over, another
 * schema_version is refused (MW_FAILURE: the file is our own). */
enum mw_code mw_ranking_parse(const char *text, size_t len, struct mw_ranking *ranking,
                              struct mw_error *err) MW_WARN_UNUSED;
/* Owned, with a final newline; `rank` counts the usable ones of a tool from 1, null otherwise. */
char *mw_ranking_format(const struct mw_ranking *ranking);

/* How the tool writes a setting that names mirrors. */
enum mw_shape {
    MW_SHAPE_SCALAR, /* one string; no mirror lists */
    MW_SHAPE_URL,    /* exactly one mirror or URL */
    MW_SHAPE_CHAIN,  /* GOPROXY: elements joined by ',' or '|', each binding to the left one */
    MW_SHAPE_LIST    /* a list of strings: split at commas and blanks */
};

struct mw_choice {
    struct mw_value value;
    struct mw_strings
        ids; /* the mirrors that were put in, in order; a URL that is none stays out */
    struct mw_strings warnings; /* dead or fallback mirrors named by hand, ... */
    bool used_ranking;
};

void mw_choice_release(struct mw_choice *choice);

/* Turns `wish` into a value.
 *
 * A text without references stays as it is, byte for byte, but for a list, which is split; an
 * empty one becomes MW_VALUE_ABSENT. In a scalar '@' means nothing. No mirror is put in twice:
 * `@fastest:2` after `@a` finds two others. In a chain the URLs of `@fastest:3|direct` are joined
 * by the separator to its right (at the end: to its left; alone: ',').
 *
 * @fastest takes active mirrors, fallback ones only if no other is usable, dead ones never. If
 * the policy selects the fastest and the ranking has mirrors of the tool, only those that it
 * calls usable count; else all of the catalogue do. With require_https plain http is passed over,
 * and refused where @ID names it (loopback excepted).
 *
 * `forced` (NULL or "": none) is the --mirror of the tool: an id, or a URL. It takes the place of
 * the first mirror that the wish names, the others go, keywords such as `direct` stay; a wish
 * that names none gets it in front. Only for settings that name mirrors: a list of host names
 * would get it too. The command line's word stands: plain http is a warning then.
 *
 * MW_BAD_PROFILE for an unknown id (with the closest), a list where one is wanted;
 * MW_NO_MIRROR if @fastest finds nothing usable (the hint says why each is not). */
enum mw_code mw_choose(const struct mw_catalog *catalog, const struct mw_policy *policy,
                       const struct mw_ranking *ranking, const struct mw_wish *wish,
                       enum mw_shape shape, const char *forced, struct mw_choice *choice,
                       struct mw_error *err) MW_WARN_UNUSED;

/* Has the ranking a mirror of the tool that @fastest could take? A saved one may be of mirrors that
 * have left the catalogue, or of a day on which none answered. */
bool mw_ranking_has_usable(const struct mw_ranking *ranking, const struct mw_catalog *catalog,
                           const struct mw_policy *policy, const char *tool);

/* How many of the best mirrors the text can need; 0 if it does not refer to @fastest. */
size_t mw_choose_fastest_count(const char *text);

#endif
