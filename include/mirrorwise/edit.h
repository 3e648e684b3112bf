/* Editors: change one key of a file and leave every other byte alone.
 *
 * An editor is pure: text in, byte spans out. It never parses and prints a file again; what lies
 * outside the returned spans is copied verbatim: comments, order, indentation, line endings, big
 * numbers. The laws that tests hold every editor to: no edit = same bytes; get(put(v)) = v; put
 * twice = put once; bytes outside the spans are equal; put then remove of a new key = same bytes.
 *
 * An editor knows a grammar, not a tool: which keys exist and what values make sense is decided
 * in tools. Adding a format means one editor and one row in mw_editors. */
#ifndef MW_EDIT_H
#define MW_EDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "mirrorwise/buffer.h"
#include "mirrorwise/error.h"
#include "mirrorwise/value.h"

/* Replace bytes [begin, end) of the old text by `text`. */
struct mw_edit {
    size_t begin, end;
    struct mw_buf text;
};

/* Edits in ascending order, not overlapping. */
struct mw_edits {
    struct mw_edit *items;
    size_t count;
};

void mw_edits_release(struct mw_edits *edits);
/* The new text: `text` with the spans replaced. `out` must be empty. */
void mw_edits_apply(const struct mw_edits *edits, const char *text, size_t len, struct mw_buf *out);

/* Something in the file that its own tool silently ignores or misreads. */
struct mw_notice {
    size_t line;
    const char *id; /* stable: "env-bom", "env-cr", ... */
    char *message;  /* owned; translated; sanitised */
};

struct mw_notices {
    struct mw_notice *items;
    size_t count;
};

void mw_notices_release(struct mw_notices *notices);

struct mw_editor {
    const char *name; /* "env", "ini", "json" */

    /* Refuses a text that the tool itself could not read: MW_BAD_CONFIG with
     * "PATH:LINE:COLUMN: what is wrong". `path` is only for the message. Empty text is fine. */
    enum mw_code (*check)(const char *path, const char *text, size_t len, struct mw_error *err);

    /* What the tool would read for `key`, exactly (last duplicate, trimming, line endings).
     * Requires check() to have passed. `value` must be empty. */
    enum mw_code (*get)(const char *text, size_t len, const char *key, struct mw_value *value,
                        struct mw_error *err);

    /* Spans that make `key` read as `value`; MW_VALUE_ABSENT removes it (every duplicate, so that
     * no older one comes to life). No spans if it reads so already. Fails with MW_USAGE for a
     * value that the format cannot hold (a newline in an env value). */
    enum mw_code (*put)(const char *text, size_t len, const char *key, const struct mw_value *value,
                        struct mw_edits *edits, struct mw_error *err);

    /* Lines that have no effect though they look as if they had. */
    void (*notices)(const char *text, size_t len, struct mw_notices *notices);
};

/* Go's env file: KEY=VALUE lines (golang/go cmd/go/internal/cfg readEnvFile). Key: "GOPROXY". */
extern const struct mw_editor mw_editor_env;
/* Python configparser.RawConfigParser as pip uses it. Key: "SECTION.OPTION", split at the first
 * dot; option names compare as pip does: lower case, '_' equals '-', a leading "--" dropped. */
extern const struct mw_editor mw_editor_ini;
/* Strict JSON object as Go's encoding/json reads it. Key: a member name at top level, or a path
 * of member names joined by '/' ("features/buildkit"). A list is an array of strings. */
extern const struct mw_editor mw_editor_json;

#endif
