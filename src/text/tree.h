/* What the editors of nested formats share: a text as a tree of nodes that know where they stand,
 * and all of an editor but the grammar. */
#ifndef MW_TREE_H
#define MW_TREE_H

#include "mirrorwise/edit.h"

/* The key of a value in a nested file: names joined by dots. A name that holds a dot or a bracket
 * stands in double quotes. `[name=value]` behind a name picks the list item, table or element whose
 * child (`@name`: attribute) has that value; the value may stand in double quotes, too. */
struct key_part {
    char *name;
    char *pick; /* NULL: none */
    char *pick_value;
};

struct key_path {
    struct key_part *parts;
    size_t count;
};

/* False if it is none: an empty name, an open quote or bracket, bytes that are not UTF-8, a control
 * character. The path must be released either way. */
bool key_path_parse(const char *key, struct key_path *path);
void key_path_release(struct key_path *path);

/* What picks an item, if it must be written with it, for it is not the key itself; else NULL. */
const char *key_path_pick(const struct key_path *path, size_t part);

/* Owned: the path with one more name in front; `take_below` (NULL: it is the first) is taken. NULL
 * without a name. */
char *key_path_above(const char *name, char *take_below);

/* Nodes are named by their place in tree->nodes; 0 is the root (of XML what stands above it), and
 * as a relative means none. */
struct node {
    unsigned kind; /* the format's */
    char *name;    /* owned; NULL: none, as of a list item */
    size_t name_len;
    size_t parent, first, last, next;
    size_t number;           /* among its siblings, from 0 on */
    size_t begin, end;       /* whole lines; of XML, and of an item of a flow list: its own bytes;
                                of JSON the key begins there */
    size_t value, value_end; /* as it is spelled; of an element what stands between its tags */
    /* TOML: */
    size_t explicit_in; /* the section that defines the table, from 1; 0: none does */
    size_t section;     /* of a table with a header: its section; of a value: where it stands */
    bool is_dotted;     /* a table that only dotted keys lead to */
    bool is_inside;     /* stands in a value */
    size_t in_slot;     /* the next node of its slot */
    /* YAML: */
    size_t indent; /* of what is inside a map or a list */
    size_t column; /* where it begins itself */
    size_t colon;  /* behind the colon or the dash */
    /* XML: */
    size_t name_end; /* of its start tag; of JSON: of the key */
    size_t attribute, attribute_count;
    bool is_closed;   /* <x/> */
    bool has_text;    /* more than blanks */
    bool has_remarks; /* comments, processing instructions */
};

struct tree {
    const char *text;
    size_t len, pos;
    size_t bad;       /* where it is wrong */
    const char *what; /* untranslated; NULL: nothing is wrong */
    struct node *nodes;
    size_t count;
    size_t start;                     /* YAML: of what can be edited */
    struct toml_section *sections;    /* TOML; the first one has no header */
    struct xml_attribute *attributes; /* XML */
    size_t section_count, attribute_count;
    size_t *slots; /* TOML: nodes by parent and name */
    size_t slot_count;
    struct toml_odd *odd; /* TOML: what not every reader takes, in the order of the text */
    size_t odd_count;
    bool is_newer; /* one of them is of 1.1 */
};

/* Where a path leads, as far as it is there. */
struct tree_place {
    size_t at, done; /* the last node, and the parts that led to it */
    bool fits;       /* what stands there is no hindrance */
    size_t list;     /* YAML: the list of a part that is there, but not the item that it picks */
    /* XML: */
    const struct xml_attribute *attribute; /* NULL: none */
    bool is_one_of; /* a part stands for several elements; the first is taken */
};

/* One key changed: what is there, and what is wanted. */
struct tree_change {
    const struct tree *tree;
    const struct key_path *path;
    const char *key;
    struct tree_place place;
    struct mw_value have;
    const struct mw_value *value;
    struct mw_edits *edits;
    struct mw_error *err;
};

struct tree_format {
    /* False if the text is wrong: `bad` and `what` say why. Begins with a zeroed tree that has the
     * text. */
    bool (*parse)(struct tree *tree);
    bool has_numbers; /* names of what stands in an item have its number from 0 on */
    bool has_dead;    /* a key may be there though it does not count; it is removed, too */
    const char *hint; /* N_(), for who has to mend it; NULL: its own tool cannot read it either */
    void (*follow)(const struct tree *tree, const struct key_path *path, struct tree_place *place);
    void (*read)(const struct tree *tree, const struct tree_place *place, struct mw_value *value);
    /* MW_USAGE for what the format cannot hold. */
    enum mw_code (*accepts)(const char *key, const struct key_path *path, bool is_parsed,
                            const struct mw_value *value, struct mw_error *err);
    enum mw_code (*change)(const struct tree_change *change);
};

/* Must be released either way. */
bool tree_parse(const struct tree_format *format, struct tree *tree, const char *text, size_t len);
void tree_release(struct tree *tree);

/* For parsers. False, with what is wrong at that place; a character that only looks like one of
 * ASCII's is told instead. */
bool tree_refuse(struct tree *tree, size_t at, const char *what);
/* Does the text go on so? */
bool tree_at(const struct tree *tree, const char *part);
/* Puts the node behind the others of its parent. */
size_t tree_add(struct tree *tree, size_t parent, struct node node);

/* Of the editor. */
enum mw_code tree_check(const struct mw_editor *editor, const char *path, const char *text,
                        size_t len, struct mw_error *err);
enum mw_code tree_get(const struct mw_editor *editor, const char *text, size_t len, const char *key,
                      struct mw_value *value, struct mw_error *err);
enum mw_code tree_put(const struct mw_editor *editor, const char *text, size_t len, const char *key,
                      const struct mw_value *value, struct mw_edits *edits, struct mw_error *err);
/* Calls back with the path of each node that has one and is_told() wants, which says where it
 * begins. */
void tree_names(const struct tree_format *format,
                bool (*is_told)(const struct tree *tree, const struct node *node, size_t *begin),
                const char *text, size_t len, mw_each_name *each, void *context);
/* How many items two lists have in common at the front, and of the rest at the back. */
void tree_same_ends(const struct mw_strings *a, const struct mw_strings *b, size_t *front,
                    size_t *back);
/* Reads a string, or a list if all that stands in it is strings; false for anything else. `read`:
 * owned; NULL of a node that is no string. */
bool tree_read_strings(const struct tree *tree, const struct node *node, bool is_list,
                       char *(*read)(const struct tree *tree, const struct node *node),
                       struct mw_value *value);
/* Spells an item. */
typedef void tree_put_item(const char *item, struct mw_buf *out);
/* A list between brackets, on one line. */
void tree_put_strings(const struct mw_strings *items, tree_put_item *put, struct mw_buf *out);
/* Makes one list between brackets, whose items the node has, of another. `comment` begins one up to
 * the end of the line, and a comma may stand behind the last item; 0: neither. */
void tree_put_list(const struct tree_change *change, char comment, tree_put_item *put);

/* For change(): MW_BAD_CONFIG, "KEY cannot be changed: WHAT" of that place. `hint` is a whole
 * sentence; NULL: that it has to be done by hand. */
enum mw_code tree_refuse_change(const struct tree_change *change, size_t at, const char *what,
                                const char *hint);
/* For accepts(): MW_USAGE if the key was no path that leads to a value, or the value is not UTF-8.
 */
enum mw_code tree_accepts(struct mw_error *err, const char *key, const struct key_path *path,
                          bool is_parsed, const struct mw_value *value);

#endif
