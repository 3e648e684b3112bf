/* Go's modules: which of them a list of patterns means, and the way to a database of checksums. One
 * with an address of its own is asked there; of another one the proxies are asked first whether
 * they relay it (cmd/go/internal/modfetch/sumdb.go and proxy.go). */
#ifndef MW_MODULE_H
#define MW_MODULE_H

#include "mirrorwise/note.h"
#include "mirrorwise/system.h"

/* Would go treat a module as matched by this list of patterns (GOPRIVATE and its kind)? The rules
 * of x/mod module.MatchPrefixPatterns. */
bool mw_module_matches(const char *patterns, const char *module);
/* The same for the first `len` bytes, which are one pattern. */
bool mw_module_matches_one(const char *pattern, size_t len, const char *module);

/* A database to be asked, and what came of it. */
struct mw_database_answer {
    const char *url;     /* "https://NAME", or below a proxy "PROXY/sumdb/NAME" */
    const char *service; /* whose mirrors are asked as it is */
    const char *key;     /* that its trees are signed with, "NAME+HASH+KEY" */
    bool is_relayed;     /* by a proxy, which is asked first whether it does */
    bool is_asked;
    long http_status; /* of the first answer; 0: there was none */
    bool is_genuine;  /* its tree is signed */
    char reason[256]; /* why not, or why nobody was asked */
    char note[192];   /* what else is worth knowing */
};
/* All at once; whoever stands behind the first that is genuine need not be waited for. */
typedef void mw_ask_database(void *context, struct mw_database_answer *answers, size_t count);

/* What a setting names. */
struct mw_database {
    struct mw_note_key key;
    char *key_text;
    char *url; /* its own address; NULL: by the proxies */
};

/* Where the tool ends up, and what it met before. */
struct mw_database_way {
    struct mw_database_answer end;
    char *url;         /* of the end; NULL: the tool gives up on the way */
    struct mw_buf met; /* for people; "" if nothing was in the way */
};

/* The key of the one database that every go knows (cmd/go/internal/modfetch/key.go), its name, and
 * the proxies that are asked where nobody set any. */
extern const char mw_database_known_key[], mw_database_known[], mw_database_proxies[];

/* False if the tool would refuse it. */
bool mw_database_read(const char *text, struct mw_database *database);
void mw_database_release(struct mw_database *database);

/* `proxies` is a list that the tool accepts. */
void mw_database_find_way(const struct mw_system *sys, const struct mw_database *database,
                          const char *proxies, mw_ask_database *ask, void *context,
                          struct mw_database_way *way);
void mw_database_way_release(struct mw_database_way *way);
/* Owned: another value than `has` with which the tool gets to the same database, or NULL if none
 * answers now. *is_unknown: somebody could not be asked. */
char *mw_database_find_value(const struct mw_database *database, const char *has,
                             mw_ask_database *ask, void *context, bool *is_unknown);
#endif
