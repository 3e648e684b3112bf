/* Inside the JSON editor: how the file at hand is written, so that a new member looks like its
 * neighbours, and what is written so. */
#ifndef MW_JSON_STYLE_H
#define MW_JSON_STYLE_H

#include "edit_parts.h"
#include "mirrorwise/json_scan.h"
#include "tree.h"

struct json_style {
    const char *ending;       /* of lines */
    struct edit_slice colon;  /* between a key and its value */
    bool lines;               /* a member a line; else all on one line */
    struct edit_slice unit;   /* one level of indentation */
    struct edit_slice indent; /* of the members, if each has its line, */
    int levels;               /* and by so many units more */
    struct edit_slice behind; /* the comma and what follows, if they share one */
    /* Of an array with elements: behind '[', between two elements, before ']'. Without text if
     * there is none to learn from. */
    struct edit_slice array_open, array_comma, array_close;
};

/* The style of an object. */
struct json_style json_style_learn(const struct tree *json, size_t object);
/* Takes the gaps between elements from this value, if it is an array with elements. */
void json_style_learn_array(const struct tree *json, const struct node *array,
                            struct json_style *style);

/* A line break and the indentation of the members, deeper by some levels; -1 for the bracket
 * that closes the object. */
void json_style_break(const struct json_style *style, int deeper, struct mw_buf *out);

/* These write parts of a change in that style, `deeper` levels below the members. */

/* The comma between two members, with its gap. */
void json_put_separator(struct mw_buf *out, const struct json_style *style, int deeper);
/* The value of the key, with an object for each part of its path behind `part`; no deeper than
 * values nest. */
void json_put_value(struct mw_buf *out, const struct json_style *style,
                    const struct tree_change *change, size_t part, int deeper);
/* The object that a part leads to, with the member that picks it, if one does. */
void json_put_object(struct mw_buf *out, const struct json_style *style,
                     const struct tree_change *change, size_t part, int deeper);
void json_put_member(struct mw_buf *out, const struct json_style *style,
                     const struct tree_change *change, size_t part);
/* The only member of its object, between the brackets. */
void json_put_only_member(struct mw_buf *out, const struct json_style *style,
                          const struct tree_change *change, size_t part);

#endif
