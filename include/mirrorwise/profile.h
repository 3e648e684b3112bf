/* Profiles: what is wanted, and where each wish comes from.
 *
 * A profile is an INI file with [profile], [policy], one section a tool and optional
 * [check.NAME] sections (contract: profiles). This room parses text that is handed in; it opens
 * nothing itself: files, environment and the schema of the tools come through `struct
 * mw_profile_host`. Values keep their provenance: layer, file, line, and what they override.
 * Mirror references (@ID, @fastest) stay as written; choose.h turns them into URLs.
 *
 * iniparser reads the values; our own scan of the same text knows the lines and refuses whatever
 * could be read in two ways: a ';' or '#' without a blank before it in an unquoted value, a key or
 * section twice in a file, an open quote, a backslash at the end of a line, lines that iniparser
 * would cut. A value left empty removes the tool's key, or brings the default of a [policy] key
 * back (`require = none` requires nothing). Loading is for one thread at a time: the error
 * callback of iniparser is global. */
#ifndef MW_PROFILE_H
#define MW_PROFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "mirrorwise/buffer.h"
#include "mirrorwise/error.h"

/* From weak to strong. */
enum mw_layer {
    MW_LAYER_DEFAULT,      /* built into the program */
    MW_LAYER_PROFILE,      /* the profile or one that it extends */
    MW_LAYER_ENVIRONMENT,  /* MIRRORWISE_... */
    MW_LAYER_COMMAND_LINE, /* --set, --mirror */
};

/* "default", "profile", "environment", "command-line"; for JSON, never translated. */
const char *mw_layer_word(enum mw_layer layer);

struct mw_origin {
    enum mw_layer layer;
    char *profile; /* name of the profile, or NULL */
    char *file;    /* path, "builtin:profiles/dev.ini", "--set", or NULL */
    size_t line;   /* 0 if there is none */
};

void mw_origin_copy(struct mw_origin *to, const struct mw_origin *from);
void mw_origin_release(struct mw_origin *origin);
/* Owned, for people: "profile dev, /etc/…/dev.ini:12", "--set". */
char *mw_origin_text(const struct mw_origin *origin);

/* KEY += ITEM, KEY -= ITEM. */
struct mw_list_edit {
    char *item; /* expanded as a text is */
    bool removes, is_secret;
    struct mw_origin from;
};

/* One wish: TOOL.KEY = TEXT, or what to add to a list and take from it. The key "mirror" stands for
 * whatever puts the tool on a mirror, and so does "mirror" of the tool "all" for every tool that
 * has no such wish of its own; a service's name for the mirrors of that service. */
struct mw_wish {
    char *tool;
    char *key;           /* in the tool's own spelling */
    const char *service; /* borrowed: whose mirrors it names; NULL: the tool's id */
    char *text;          /* ${env:} and ${file:} already expanded; "" removes the key */
    bool is_secret;
    bool is_edit;               /* no text: the edits are made to what stands in the file */
    struct mw_list_edit *edits; /* in order, of the text if there is one */
    size_t edit_count;
    bool is_unexpanded;    /* the texts are as written, and so are no value yet */
    struct mw_origin from; /* of the text; of the last edit if there is none */
    struct mw_overridden {
        char *text; /* "****" if secret; never expanded if it lost while a profile was loaded */
        struct mw_origin from;
    } * overridden; /* strongest first */
    size_t overridden_count;
};

struct mw_wishes {
    struct mw_wish *items;
    size_t count;
};

void mw_wishes_release(struct mw_wishes *wishes);
struct mw_wish *mw_wishes_find(const struct mw_wishes *wishes, const char *tool, const char *key);
/* Sets a wish from a stronger or equal layer; an older one goes to `overridden`. */
void mw_wishes_set(struct mw_wishes *wishes, const char *tool, const char *key, const char *text,
                   bool is_secret, const struct mw_origin *from);
/* Adds an edit to what is wished of that key so far. */
void mw_wishes_edit(struct mw_wishes *wishes, const char *tool, const char *key, const char *item,
                    bool removes, bool is_secret, const struct mw_origin *from);

/* The section that speaks for all tools, and the key that stands for what a mirror sets. */
#define MW_ALL_TOOLS "all"
#define MW_MIRROR_KEY "mirror"

/* What to do for a tool that is not installed. */
enum mw_missing {
    MW_MISSING_AS_TOOL_SAYS, /* `prepare` of its file */
    MW_MISSING_SKIP,
    MW_MISSING_CONFIGURE,
};

enum mw_select { MW_SELECT_ORDERED, MW_SELECT_FASTEST };
enum mw_metric { MW_METRIC_LATENCY, MW_METRIC_THROUGHPUT, MW_METRIC_BALANCED };

/* Defaults: ordered, latency, no limits, https and integrity required. */
struct mw_policy {
    enum mw_select select;
    enum mw_metric metric;
    long max_latency_ms; /* 0: no limit */
    long max_age_s;      /* 0: no limit */
    bool require_https;
    bool require_integrity;
    char ca_file[256]; /* CA certificates (PEM) to measure with; "": those of the environment */
    enum mw_missing missing;
};

void mw_policy_init(struct mw_policy *policy);

/* A [check.NAME] section; judged by the check room. */
struct mw_profile_check {
    char *name, *title, *command, *file, *expected, *fix, *why; /* NULL if not given */
    long timeout_ms;                                            /* 0 if not given */
    bool needs_trust; /* a file has a say in it whose commands nobody has trusted yet */
    struct mw_origin from;
};

/* Where a profile comes from, which decides whom it speaks for (src/source). */
enum mw_from {
    MW_FROM_BUILTIN,
    MW_FROM_SYSTEM,     /* /usr/share, /etc */
    MW_FROM_USER,       /* the user's own config folder */
    MW_FROM_REPOSITORY, /* ./.mirrorwise of the working directory */
    MW_FROM_FILE,       /* named by its path, or beside one that was */
    MW_FROM_TREE,       /* inside --root DIR */
};

struct mw_profile {
    char *name, *summary;
    char *file;              /* of the profile itself */
    enum mw_from source;     /* of the profile itself */
    bool is_stranger;        /* it, or what it extends: nothing was expanded */
    char *stranger;          /* the file of the two; NULL: neither */
    bool needs_trust;        /* one of its commands does */
    struct mw_strings reads; /* "${env:NAME}", "${file:/PATH}", each once */
    long serial;             /* of the profile itself: a newer text has a higher one; 0: none */
    char *expires;           /* of the profile itself: a date, or RFC 3339; NULL: never */
    struct mw_strings chain; /* names from the profile itself to its root */
    struct mw_policy policy;
    struct mw_wishes said; /* [policy] as it is written, key by key; their tool is "policy" */
    struct mw_wishes wishes;
    struct mw_profile_check *checks;
    size_t check_count;
};

void mw_profile_release(struct mw_profile *profile);

/* How far from the profile itself that was said: its own 0, of what it extends 1, and so on. What
 * is stronger than a profile is nearer than any: -1. */
long mw_profile_distance(const struct mw_profile *profile, const struct mw_origin *from);

/* A profile file that was found; nothing of it parsed yet but what it says of itself. */
struct mw_profile_file {
    char *name;              /* of [profile] name, else of the file without ".ini" */
    char *summary, *extends; /* as it says; "" if it says nothing, or is broken */
    char *path;              /* "builtin:profiles/dev.ini" for built-in ones */
    char *real_path;         /* every link followed; NULL for built-in ones */
    struct mw_buf text;
    enum mw_from source;
    bool is_weak;            /* any other of its name wins */
    bool is_stranger;        /* nobody has trusted it: it is shown, and no more than that */
    bool needs_trust;        /* its commands are not run */
    bool is_trusted;         /* somebody has said so, and of what it extends there */
    char *distrust, *remedy; /* why nobody should follow it, and what to do; NULL: nothing */
    char *mending;           /* the command that does it; NULL: none */
};

struct mw_profile_set {
    struct mw_profile_file *items; /* weakest first; a later one of the same name wins */
    size_t count;
};

/* Borrowed, until the next one is added, for the facts of its source. A weak one stands in front.
 */
struct mw_profile_file *mw_profile_set_add(struct mw_profile_set *set, const char *path,
                                           const char *text, size_t len);
struct mw_profile_file *mw_profile_set_add_weak(struct mw_profile_set *set, const char *path,
                                                const char *text, size_t len);
/* The winning file of that name, or NULL. */
const struct mw_profile_file *mw_profile_set_find(const struct mw_profile_set *set,
                                                  const char *name);
void mw_profile_set_release(struct mw_profile_set *set);

/* The world outside, as callbacks. */
struct mw_profile_host {
    void *context;
    /* NULL if unset. */
    const char *(*get_env)(void *context, const char *name);
    /* Whole file, for ${file:PATH}; PATH relative to the profile's directory is already joined. */
    enum mw_code (*read_file)(void *context, const char *path, struct mw_buf *text,
                              struct mw_error *err);
    /* Owned: where that absolute path is inside --root; NULL: nowhere. May be NULL itself. */
    char *(*tree_path)(void *context, const char *path);
    /* Nothing is expanded, whoever asks: for who wants no more than the policy. */
    bool expands_nothing;
    /* Openable name of a text, for iniparser, which takes only file names. */
    enum mw_code (*open_text)(void *context, const char *text, size_t len, char **path, int *fd,
                              struct mw_error *err);
    void (*close_text)(void *context, int fd);
    /* The tools' own knowledge. `tool_section`: is [NAME] the section of a tool? `tool_key`: owned
     * canonical spelling of a key of that section whatever its case, NULL if there is none.
     * `tool_keys`: the keys that are allowed, for the error message. */
    bool (*tool_section)(const char *name);
    char *(*tool_key)(const char *section, const char *key);
    void (*tool_sections)(struct mw_strings *names);
    void (*tool_keys)(const char *section, struct mw_strings *names);
};

/* Loads NAME of `set` with everything it extends. MW_BAD_PROFILE with file, line, what was found
 * and what is allowed. */
enum mw_code mw_profile_load(const struct mw_profile_set *set, const char *name,
                             const struct mw_profile_host *host, struct mw_profile *profile,
                             struct mw_error *err) MW_WARN_UNUSED;

/* The same for one file of the set, whichever of its name wins. */
enum mw_code mw_profile_load_file(const struct mw_profile_set *set,
                                  const struct mw_profile_file *file,
                                  const struct mw_profile_host *host, struct mw_profile *profile,
                                  struct mw_error *err) MW_WARN_UNUSED;

/* Appends the commands of its [check.NAME] sections and the paths of ${file:PATH} and ca-file, as
 * written. */
void mw_profile_file_uses(const struct mw_profile_file *file, struct mw_strings *commands,
                          struct mw_strings *files);

/* Expands ${env:NAME} and ${file:PATH} in `text` (for --set as well); *is_secret says whether
 * anything was. "$${" is "${" itself. `where` is for messages ("FILE:LINE" or "--set"); a relative
 * PATH is below `directory` (NULL: as it is), "~/" is HOME, and one newline at the end of the file
 * is dropped. `source` is that of the file: one inside --root reads nothing outside of it.
 * MW_BAD_PROFILE if a variable is unset, a text empty or more than one line. */
enum mw_code mw_profile_expand(const struct mw_profile_host *host, enum mw_from source,
                               const char *where, const char *directory, const char *text,
                               char **expanded, bool *is_secret,
                               struct mw_error *err) MW_WARN_UNUSED;
/* Appends what that would read, "${env:NAME}" and "${file:PATH}" with the whole path, each once;
 * true if it is anything. */
bool mw_profile_reads(const struct mw_profile_host *host, const char *directory, const char *text,
                      struct mw_strings *reads);

/* "300ms", "2s", "5m", "6h", "1d" to milliseconds; -1 if it is none. A bare number has no unit and
 * is refused. */
long mw_duration_parse_ms(const char *text);

#endif
