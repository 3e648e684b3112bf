/* A JSON document that knows where everything stands: the spans of json_scan.h, so that an error
 * names line and column. */
#ifndef MW_JSON_TREE_H
#define MW_JSON_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "mirrorwise/buffer.h"
#include "mirrorwise/error.h"
#include "mirrorwise/json_scan.h"

struct mw_json_tree {
    const char *file, *text; /* borrowed */
    bool is_built_in; /* the text lives as long as the program, and is not judged: tests do that */
    struct mw_json_span span;
    struct mw_error *err;
};

/* A value of the tree. */
struct mw_json_node {
    bool is_there; /* false: the object has no such field */
    struct mw_json_span span;
};

/* Checks the text as strictly as json_scan.h does, and refuses half of a surrogate pair. The text
 * and the name are borrowed. */
enum mw_code mw_json_tree_parse(struct mw_json_tree *tree, const char *file, const char *text,
                                size_t len, struct mw_error *err) MW_WARN_UNUSED;
struct mw_json_node mw_json_tree_root(const struct mw_json_tree *tree);
/* One field of an object, without a look at those behind it. */
struct mw_json_node mw_json_tree_field(const struct mw_json_tree *tree, struct mw_json_node object,
                                       const char *name);

/* "FILE:LINE:COLUMN: WHAT; allowed: ALLOWED", MW_BAD_PROFILE; `allowed` may be NULL. */
enum mw_code mw_json_tree_refuse(const struct mw_json_tree *tree, size_t offset,
                                 const char *allowed, const char *what, ...) MW_PRINTF(4, 5);

/* Finds the fields of an object: found[i] is the one called names[i]. Refuses anything but an
 * object, a field twice, and an unknown field unless its name starts with "x-". `what` names the
 * object in messages. */
enum mw_code mw_json_tree_fields(const struct mw_json_tree *tree, struct mw_json_node object,
                                 const char *what, const char *const *names, size_t count,
                                 struct mw_json_node *found) MW_WARN_UNUSED;
/* A table of an object's fields, and where in a struct each goes. */
enum mw_json_shape {
    MW_JSON_NODE,   /* only found */
    MW_JSON_WORD,   /* char *, as of mw_json_tree_word() */
    MW_JSON_WORDS,  /* struct mw_strings, as of mw_json_tree_words() */
    MW_JSON_MARK,   /* bool */
    MW_JSON_AMOUNT, /* long, as of mw_json_tree_number() */
};

struct mw_json_field {
    const char *name;
    enum mw_json_shape shape;
    size_t offset; /* in the struct */
    bool (*is_right)(const char *text);
    const char *allowed; /* N_() */
    bool is_needed;
};

/* Finds the fields of an object as mw_json_tree_fields() does, and reads them into `to` in their
 * order; what is not there stays as it is. */
enum mw_code mw_json_tree_read(const struct mw_json_tree *tree, struct mw_json_node object,
                               const char *what, const struct mw_json_field *fields, size_t count,
                               struct mw_json_node *found, void *to) MW_WARN_UNUSED;
/* Frees what that may have read. */
void mw_json_fields_release(const struct mw_json_field *fields, size_t count, void *from);
/* The elements of an array; owned array in *items. `name` is that of the field, for messages. */
enum mw_code mw_json_tree_elements(const struct mw_json_tree *tree, struct mw_json_node array,
                                   const char *name, struct mw_json_node **items,
                                   size_t *count) MW_WARN_UNUSED;
/* A string of one line without control characters and of a known grammar (is_right NULL: any);
 * leaves *to alone if the field is not there, else frees what it held. */
enum mw_code mw_json_tree_word(const struct mw_json_tree *tree, struct mw_json_node node,
                               const char *name, bool (*is_right)(const char *text),
                               const char *allowed, char **to) MW_WARN_UNUSED;
/* A string or a list of strings, each as of mw_json_tree_word(); replaces what *to held. *is_list
 * (may be NULL) tells which it was. Leaves both alone if the field is not there. */
enum mw_code mw_json_tree_words(const struct mw_json_tree *tree, struct mw_json_node node,
                                const char *name, struct mw_strings *to,
                                bool *is_list) MW_WARN_UNUSED;
/* true or false; leaves *to alone if the field is not there. */
enum mw_code mw_json_tree_bool(const struct mw_json_tree *tree, struct mw_json_node node,
                               const char *name, bool *to) MW_WARN_UNUSED;
/* The members of an object whose names are data: owned array in *items, names in `names`. A name
 * twice, an empty one and one with control characters are refused. `name` is that of the field. */
enum mw_code mw_json_tree_members(const struct mw_json_tree *tree, struct mw_json_node object,
                                  const char *name, struct mw_json_node **items,
                                  struct mw_strings *names) MW_WARN_UNUSED;
/* MW_BAD_PROFILE unless the field NAME of the object WHAT at `offset` is there. */
enum mw_code mw_json_tree_need(const struct mw_json_tree *tree, size_t offset,
                               struct mw_json_node node, const char *what,
                               const char *name) MW_WARN_UNUSED;
/* A whole number from 0 to 2^31 - 1. */
enum mw_code mw_json_tree_number(const struct mw_json_tree *tree, struct mw_json_node node,
                                 const char *name, long *number) MW_WARN_UNUSED;

#endif
