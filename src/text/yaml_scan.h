/* A YAML text in block style as a tree that knows where everything stands. What has no place in
 * block style, or would need more of YAML than this (anchors, aliases, tags, block scalars, scalars
 * and flow lists over several lines), is one opaque value. */
#ifndef MW_YAML_SCAN_H
#define MW_YAML_SCAN_H

#include "tree.h"

enum yaml_kind {
    YAML_NULL, /* nothing behind the colon or the dash */
    YAML_PLAIN,
    YAML_QUOTED,
    YAML_FLOW,   /* [a, b] on one line, or in braces */
    YAML_BRACES, /* {a: b}; only read */
    YAML_LIST,
    YAML_MAP,
    YAML_OPAQUE
};

/* `parse` of the format. */
bool yaml_parse(struct tree *yaml);
/* Is the sign at `at` one of its own, as a colon and a dash must be: a blank or nothing behind it?
 */
bool yaml_is_alone(const char *text, size_t at, size_t end);
/* Behind the closing quote; 0 if there is none before `end`. */
size_t yaml_quoted_end(const char *text, size_t at, size_t end);
/* The end of a plain scalar: before " #", ": " or, in a flow list, its signs. */
size_t yaml_plain_end(const char *text, size_t at, size_t end, bool in_flow);
bool yaml_begins_plain(const char *text, size_t at, size_t end, bool in_flow);
/* Owned: a scalar as it reads; a NULL reads "". */
char *yaml_read(const struct tree *yaml, const struct node *node);
/* Would a plain scalar of this spelling be anything but a string? As YAML 1.1 has it. */
bool yaml_is_typed(const char *text, size_t len);
/* Appends what a quoted scalar reads as (NULL: nobody asks); false if an escape is none of YAML's.
 */
bool yaml_unquote(const char *text, size_t begin, size_t end, struct mw_buf *out);
/* Is a string read as it is without quotes? In doubt it is not. */
bool yaml_is_plain(const char *item);

#endif
