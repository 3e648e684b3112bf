/* A strict JSON scanner (RFC 8259): the judge of daemon.json and of catalogues, and the source
 * of byte spans for edits. It builds no tree: it walks the text once and calls back for each
 * member or element. cJSON is too lenient to judge (it accepts 01, trailing documents, raw
 * newlines and invalid UTF-8); Go's encoding/json, which dockerd uses, is as strict as this. */
#ifndef MW_JSON_SCAN_H
#define MW_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "mirrorwise/error.h"

#define MW_JSON_MAX_DEPTH 64

enum mw_json_type {
    MW_JSON_OBJECT,
    MW_JSON_ARRAY,
    MW_JSON_STRING,
    MW_JSON_NUMBER,
    MW_JSON_TRUE,
    MW_JSON_FALSE,
    MW_JSON_NULL,
};

struct mw_json_span {
    enum mw_json_type type;
    size_t begin, end; /* bytes of the value, quotes and brackets included */
};

struct mw_json_member {
    size_t key_begin, key_end; /* the quoted key; equal for an array element */
    struct mw_json_span value;
};

/* Checks that [text, text+len) is exactly one JSON value and returns its span. On error *at is
 * the offset of the offending byte and *what a static, translated description. Any of them may be
 * NULL. */
bool mw_json_check(const char *text, size_t len, struct mw_json_span *root, size_t *at,
                   const char **what);

/* The span of a text that passed it before. */
struct mw_json_span mw_json_root(const char *text, size_t len);

/* Steps through the direct members of an object, or the elements of an array, whose text has passed
 * mw_json_check(): to the first one if *member is zeroed. False behind the last, and for a value
 * that is neither. */
bool mw_json_next(const char *text, struct mw_json_span container, struct mw_json_member *member);
/* All of them: their number, and an owned array in *members (free()). */
size_t mw_json_children(const char *text, struct mw_json_span container,
                        struct mw_json_member **members);

/* Owned: the text of a JSON string span, unescaped to UTF-8; lone surrogates become U+FFFD, as in
 * Go. *len receives its length (it may hold NULs). */
char *mw_json_unescape(const char *text, size_t begin, size_t end, size_t *len);
/* Owned: `text` as a quoted JSON string; '"', '\\' and whatever is unsafe on a terminal escaped,
 * invalid UTF-8 replaced by U+FFFD. */
char *mw_json_quote(const char *text, size_t len);

/* 1-based line and column (in bytes) of an offset. */
void mw_text_position(const char *text, size_t offset, size_t *line, size_t *column);

#endif
