/* A TOML text (1.1, of which 1.0 is a part) as a tree that knows where everything stands. */
#ifndef MW_TOML_SCAN_H
#define MW_TOML_SCAN_H

#include "tree.h"

enum toml_kind {
    TOML_TABLE,
    TOML_TABLES, /* [[name]]: its children are tables without a name */
    TOML_STRING,
    TOML_ARRAY,
    TOML_INLINE, /* { } */
    TOML_OTHER   /* a number, a date, true, false */
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

/* `parse` of the format. */
bool toml_parse(struct tree *toml);

/* The child of that name; 0 if there is none. */
size_t toml_child(const struct tree *toml, size_t parent, const char *name, size_t len);
/* Is [text, text + len) one value, but no string? */
bool toml_is_literal(const char *text, size_t len);

/* What its two halves share: */
/* -1 at the end. */
int toml_peek(const struct tree *toml);
bool toml_is_control(int c);
void toml_skip_blanks(struct tree *toml);
/* Bytes of the line ending at the position; 0 if there is none. */
size_t toml_ending(const struct tree *toml);

/* A string from its quote on; appends what it reads (NULL: nobody asks). */
bool toml_scan_string(struct tree *toml, struct mw_buf *out);
/* What a value is that stands neither in quotes nor in brackets. */
enum toml_word {
    TOML_NO_WORD, /* nothing of TOML */
    TOML_TRUTH,
    TOML_INTEGER,
    TOML_TOO_BIG, /* an integer, but not of 64 bits */
    TOML_FLOAT,
    TOML_DATE
};
enum toml_word toml_word(const char *text, size_t len);
/* One more of those; of what 1.1 has added the first is told. */
void toml_note(struct tree *toml, size_t at, const char *what);
#define TOML_NEWER "toml-1.1"

#endif
