/* A TOML text (1.1, of which 1.0 is a part) as a tree that knows where everything stands. */
#ifndef MW_TOML_SCAN_H
#define MW_TOML_SCAN_H

#include "mirrorwise/edit.h"

#include <stdbool.h>
#include <stddef.h>

enum toml_kind {
    TOML_TABLE,
    TOML_TABLES, /* [[name]]: its children are tables without a name */
    TOML_STRING,
    TOML_ARRAY,
    TOML_INLINE, /* { } */
    TOML_OTHER   /* a number, a date, true, false */
};

/* Nodes are named by their place in toml->nodes; 0 is the root, and as a relative means none. */
struct toml_node {
    enum toml_kind kind;
    char *name; /* owned; NULL: none */
    size_t name_len;
    size_t parent, first, last, next;
    size_t explicit_in; /* the section that defines the table, from 1; 0: none does */
    size_t section;     /* of a table with a header: its section; of a value: where it stands */
    bool is_dotted;     /* a table that only dotted keys lead to */
    bool is_inside;     /* stands in a value */
    size_t begin, end;  /* a value: whole lines, its key's and its own */
    size_t value, value_end; /* of a value, as spelled */
};

/* What stands between two headers. The first one, section 0, has no header. */
struct toml_section {
    size_t node;
    size_t begin, end; /* from its header on; all lines */
    size_t tail;       /* behind the last line that is a header or belongs to a value */
    size_t last;       /* the last value in it; 0: none */
    size_t count;      /* of its values */
    bool has_comments;
};

/* What not every reader takes, as `odd` of the editor calls it. */
struct toml_odd {
    const char *what;
    size_t at;
};

struct toml {
    const char *text;
    size_t len, pos;
    size_t bad;       /* where it is wrong */
    const char *what; /* untranslated; NULL: nothing is wrong */
    struct toml_node *nodes;
    size_t count;
    struct toml_section *sections;
    size_t section_count;
    size_t *slots; /* nodes by parent and name */
    size_t slot_count;
    struct toml_odd *odd; /* in the order of the text */
    size_t odd_count;
    bool is_newer; /* one of them is of 1.1 */
};

/* False if the text is no TOML: `bad` and `what` say why. Must be released either way. */
bool toml_parse(struct toml *toml, const char *text, size_t len);
void toml_release(struct toml *toml);
/* The child of that name; 0 if there is none. */
size_t toml_child(const struct toml *toml, size_t parent, const char *name, size_t len);
/* Appends the text of a string at [begin, end), quotes included. */
void toml_unquote(const char *text, size_t begin, size_t end, struct mw_buf *out);
/* Is [text, text + len) one value, but no string? */
bool toml_is_literal(const char *text, size_t len);

/* `names` and `odd` of the editor. */
void toml_names(const char *text, size_t len, mw_each_name *each, void *context);
void toml_odd(const char *text, size_t len, mw_each_name *each, void *context);

#endif
