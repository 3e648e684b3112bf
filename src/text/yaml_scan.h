/* A YAML text in block style as a tree that knows where everything stands. What has no place in
 * block style, or would need more of YAML than this (anchors, aliases, tags, block scalars, scalars
 * and flow collections over several lines, flow maps), is one opaque value. */
#ifndef MW_YAML_SCAN_H
#define MW_YAML_SCAN_H

#include "mirrorwise/edit.h"

#include <stdbool.h>
#include <stddef.h>

enum yaml_kind {
    YAML_NULL, /* nothing behind the colon or the dash */
    YAML_PLAIN,
    YAML_QUOTED,
    YAML_FLOW, /* [a, b] on one line, of scalars */
    YAML_LIST,
    YAML_MAP,
    YAML_OPAQUE
};

/* Nodes are named by their place in yaml->nodes; 0 is the root, and as a relative means none. */
struct yaml_node {
    enum yaml_kind kind;
    char *name; /* owned; NULL: a list item */
    size_t parent, first, last, next;
    size_t indent;           /* of what is inside a map or a list */
    size_t column;           /* where it begins itself */
    size_t begin, end;       /* whole lines; of an item of a flow list: as the value */
    size_t colon;            /* behind the colon or the dash */
    size_t value, value_end; /* as it is spelled */
};

struct yaml {
    const char *text;
    size_t len;
    size_t bad;       /* where it is wrong */
    const char *what; /* untranslated; NULL: nothing is wrong */
    struct yaml_node *nodes;
    size_t count;
    size_t start; /* of what can be edited: behind a byte order mark and `---` */
};

bool yaml_parse(struct yaml *yaml, const char *text, size_t len);
void yaml_release(struct yaml *yaml);
/* Owned: a scalar as it reads; a NULL reads "". */
char *yaml_read(const struct yaml *yaml, const struct yaml_node *node);
/* Would a plain scalar of this spelling be anything but a string? As YAML 1.1 has it. */
bool yaml_is_typed(const char *text, size_t len);
/* Is every escape of the quoted scalar at [at, end) one of YAML's? */
bool yaml_has_good_escapes(const char *text, size_t at, size_t end);
/* Owned: a string as a scalar, without quotes where it needs none. */
char *yaml_quote(const char *item);
char *yaml_quote_double(const char *item);
/* `names` of the editor. */
void yaml_names(const char *text, size_t len, mw_each_name *each, void *context);

#endif
