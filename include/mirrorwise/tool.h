/* Tools: go, pip and docker as rows of one table.
 *
 * A row says where the tool's file is, which editor its format needs, which keys there are and
 * what values are valid, what would shadow a value, and how the tool is made to notice. All else
 * (planning, writing, undoing) is the engine's and the same for every tool. To add a tool whose
 * format is known, add one file and one row. */
#ifndef MW_TOOL_H
#define MW_TOOL_H

#include <stdbool.h>
#include <stddef.h>

#include "mirrorwise/choose.h"
#include "mirrorwise/edit.h"
#include "mirrorwise/error.h"
#include "mirrorwise/system.h"
#include "mirrorwise/value.h"

enum mw_scope { MW_SCOPE_USER, MW_SCOPE_SYSTEM };

struct mw_tool_key {
    const char *key; /* the tool's own spelling; pip: the option, valid in several sections */
    enum mw_shape shape;
    enum mw_value_kind kind; /* MW_VALUE_LITERAL: a JSON number, true or false; else text */
    bool clears_to_list;     /* an empty wish writes [] instead of removing the key (docker) */
    const char *summary;     /* N_(): what the key does, half a sentence */
    /* Does the tool accept this text: the whole value, or one item of a list? MW_BAD_PROFILE with
     * the reason, which does not repeat the key. NULL: any text without control characters. */
    enum mw_code (*check)(const struct mw_system *sys, const char *text, struct mw_error *err);
};

/* Where a tool's file is. */
struct mw_location {
    char *path;
    struct mw_actor actor;
};

void mw_location_release(struct mw_location *location);

/* Something that wins over a value that stands in our file, or forbids it. */
struct mw_shadow {
    char *by;      /* "environment variable GOPROXY", "/etc/pip.conf:3 [install] index-url" */
    char *value;   /* what wins; "" if the file is not read at all; not redacted */
    char *fix;     /* what the user can do */
    bool is_fatal; /* the tool would not start: docker flag and file for the same key */
};

struct mw_shadows {
    struct mw_shadow *items;
    size_t count;
};

void mw_shadows_add(struct mw_shadows *shadows, bool is_fatal, char *take_by, char *take_value,
                    char *take_fix);
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

/* What a tool uses for a key when it is started from here, wherever that comes from. */
struct mw_effective {
    struct mw_value value; /* ABSENT: nobody says anything, so the tool's own default */
    char *by;              /* "environment variable GOPROXY", "/etc/pip.conf:3 [global] timeout" */
    char *path;            /* the file that it stands in; NULL: none */
    char *variable;        /* the environment variable; NULL: none */
};

void mw_effective_release(struct mw_effective *effective);

/* Files in the order in which a tool reads them; a later one wins. */
struct mw_locations {
    struct mw_location *items;
    size_t count;
};

void mw_locations_release(struct mw_locations *locations);

/* One key with the value that the file has (or is about to have). */
struct mw_tool_setting {
    const char *key;
    const struct mw_value *value;
};

struct mw_tool {
    const char *id;
    const char *title;           /* N_() */
    const char *const *programs; /* any of them in PATH means installed; NULL-terminated */
    const struct mw_editor *editor;
    const struct mw_tool_key *keys;
    size_t key_count;
    const char *mirror_key; /* the setting that names the tool's mirrors, as in a profile */
    const char *section;    /* pip: where mw_tool_key_names() shows a key; else NULL */

    /* Owned canonical spelling of a key in any case, or NULL. NULL function: look in `keys`. */
    char *(*canonical)(const char *key);
    /* The row of `keys` for a canonical key; NULL function: exact match. */
    const struct mw_tool_key *(*key_row)(const char *key);

    /* The file in that scope. MW_USAGE if the tool has none there. */
    enum mw_code (*locate)(const struct mw_system *sys, enum mw_scope scope,
                           struct mw_location *location, struct mw_error *err);
    /* Is `value` one that the tool accepts for `key`? MW_BAD_PROFILE with the reason. */
    enum mw_code (*validate)(const struct mw_system *sys, const char *key,
                             const struct mw_value *value, struct mw_error *err);
    /* Everything that wins over `setting` when the tool is started from this environment, given
     * the whole text that our file will have. Adds nothing for a value that wins. */
    void (*shadows)(const struct mw_system *sys, const struct mw_location *location,
                    const struct mw_buf *text, const struct mw_tool_setting *setting,
                    struct mw_shadows *shadows);
    /* Makes a running tool read its file again and asks it what it uses now. NULL: nothing to do.
     * `settings` are those of the plan; none of them (after an undo): what the file says now. */
    enum mw_code (*reload)(const struct mw_system *sys, const struct mw_location *location,
                           const struct mw_tool_setting *settings, size_t count,
                           struct mw_live *live, struct mw_error *err);
    /* What the tool would use for `key`, by our own reckoning: fast, starts nothing. Any key of the
     * format, not only those of `keys`; pip's as `pip install` sees it. `effective` must be empty.
     */
    void (*effective)(const struct mw_system *sys, enum mw_scope scope, const char *key,
                      struct mw_effective *effective);
    /* Every existing file that has a say in that. */
    void (*files)(const struct mw_system *sys, enum mw_scope scope, struct mw_locations *locations);
    /* Slow and only for --verbose: what the real tool reports for a key, or MW_FAILURE. */
    enum mw_code (*ask)(const struct mw_system *sys, const struct mw_location *location,
                        const char *key, struct mw_value *value, struct mw_error *err);
};

/* All tools in the order in which they are shown; *count receives their number. */
const struct mw_tool *mw_tools(size_t *count);
const struct mw_tool *mw_tool_find(const char *id);

/* Key row and canonical spelling; the NULL-function defaults applied. */
const struct mw_tool_key *mw_tool_key(const struct mw_tool *tool, const char *key);
char *mw_tool_canonical(const struct mw_tool *tool, const char *key);
/* Names of the keys for messages, "global.index-url" style where sections matter. */
void mw_tool_key_names(const struct mw_tool *tool, struct mw_strings *names);

/* What a wish's text (not empty, mirrors already chosen) is for that key: a string, a list split
 * at blanks and commas, or for MW_VALUE_LITERAL the literal; MW_BAD_PROFILE if it is none. */
enum mw_code mw_tool_value_from_text(const struct mw_tool_key *key, const char *text,
                                     struct mw_value *value, struct mw_error *err) MW_WARN_UNUSED;

/* Is any of its programs there? *path (owned, may be NULL) receives which. */
bool mw_tool_installed(const struct mw_system *sys, const struct mw_tool *tool, char **path);

#endif
