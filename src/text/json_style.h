/* Inside the JSON editor: how the file at hand is written, so that a new member looks like its
 * neighbours. */
#ifndef MW_JSON_STYLE_H
#define MW_JSON_STYLE_H

#include "json_path.h"
#include "mirrorwise/buffer.h"

struct json_slice {
    const char *text;
    size_t len;
};

struct json_style {
    const char *ending;       /* of lines */
    struct json_slice colon;  /* between a key and its value */
    bool lines;               /* a member a line; else all on one line */
    struct mw_buf unit;       /* one level of indentation */
    struct mw_buf indent;     /* of the members, if each has its line */
    struct json_slice behind; /* the comma and what follows, if they share one */
    /* Of an array with elements: behind '[', between two elements, before ']'. Without text if
     * there is none to learn from. */
    struct json_slice array_open, array_comma, array_close;
};

/* The style of an object of the path; release it. */
void json_style_learn(const struct json_path *path, size_t level, size_t object,
                      struct json_style *style);
/* Takes the gaps between elements from this array, if it has elements. */
void json_style_learn_array(const char *text, struct mw_json_span array, struct json_style *style);
void json_style_release(struct json_style *style);

/* A line break and the indentation of the members, deeper by some levels; -1 for the bracket
 * that closes the object. */
void json_style_break(const struct json_style *style, int deeper, struct mw_buf *out);

#endif
