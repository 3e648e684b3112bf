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
    const void *owner; /* borrowed: what is made of it, for `take` */
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

/* A table of an object's fields, and where in a struct each goes. */
enum mw_json_shape {
    MW_JSON_OWN,    /* only what `take` makes of it */
    MW_JSON_WORD,   /* char *, as of mw_json_tree_word() */
    MW_JSON_WORDS,  /* struct mw_strings, as of mw_json_tree_words() */
    MW_JSON_MARK,   /* bool */
    MW_JSON_AMOUNT, /* long: a whole number from 0 to 2^31 - 1 */
    MW_JSON_CHOICE, /* an enum: the place of the text in `words` */
    MW_JSON_PAIRS,  /* struct mw_pairs: an object of texts */
};

struct mw_json_field {
    const char *name;
    enum mw_json_shape shape;
    size_t offset; /* in the struct */
    bool is_needed;
    bool (*is_right)(const char *text); /* of a word; NULL: any */
    const char *allowed;                /* N_(): what it may be */
    const char *const *words;           /* ended by NULL */
    /* Called where the field is there, after those without: reads it, or looks again at what was
     * read; `at` is where it goes. */
    enum mw_code (*take)(const struct mw_json_tree *tree, struct mw_json_node node, void *at);
};

/* Reads the fields of an object into `to` in their order; what is not there stays as it is.
 * found[i] (may be NULL) is the one of fields[i]. Refuses anything but an object, a field twice,
 * and an unknown field unless its name starts with "x-". `what` names the object in messages. */
enum mw_code mw_json_tree_read(const struct mw_json_tree *tree, struct mw_json_node object,
                               const char *what, const struct mw_json_field *fields, size_t count,
                               struct mw_json_node *found, void *to) MW_WARN_UNUSED;
/* Frees what that may have read, but for what `take` alone did. */
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
/* A string or a list of strings, each as of mw_json_tree_word(); replaces what *to held, if the
 * field is there. */
enum mw_code mw_json_tree_words(const struct mw_json_tree *tree, struct mw_json_node node,
                                const char *name, struct mw_strings *to) MW_WARN_UNUSED;
/* The place of the string among `words`, which NULL ends; leaves *index alone if the field is not
 * there. */
enum mw_code mw_json_tree_choice(const struct mw_json_tree *tree, struct mw_json_node node,
                                 const char *name, const char *const *words,
                                 unsigned *index) MW_WARN_UNUSED;
/* An object of texts; replaces what `pairs` held. */
enum mw_code mw_json_tree_pairs(const struct mw_json_tree *tree, struct mw_json_node node,
                                const char *name, struct mw_pairs *pairs) MW_WARN_UNUSED;
/* The members of an object whose names are data: owned array in *items, names in `names`. A name
 * twice, an empty one and one with control characters are refused. `name` is that of the field. */
enum mw_code mw_json_tree_members(const struct mw_json_tree *tree, struct mw_json_node object,
                                  const char *name, struct mw_json_node **items,
                                  struct mw_strings *names) MW_WARN_UNUSED;
/* MW_BAD_PROFILE unless the field NAME of the object WHAT at `offset` is there. */
enum mw_code mw_json_tree_need(const struct mw_json_tree *tree, size_t offset,
                               struct mw_json_node node, const char *what,
                               const char *name) MW_WARN_UNUSED;

#endif
