/* What the readers of a tool's file share. */
#ifndef MW_TOOLS_TOOL_READ_H
#define MW_TOOLS_TOOL_READ_H

#include "mirrorwise/json_tree.h"
#include "mirrorwise/tool.h"

/* Their index is that of the enum; NULL ends them. */
extern const char *const mw_type_words[];
extern const char *const mw_group_words[];
extern const char *const mw_unheard_words[];

/* Owned: what mw_tool_head() says, of a built-in file; NULL if that is wrong. */
struct mw_tool *tool_read_head(const char *id, const char *text, size_t len);

/* Owned: the first {WORD} of a text that is none of `known` ("{url}{name}"); NULL: there is none.
 */
char *tool_read_other_hole(const char *text, const char *known);

/* For the table of a tool's fields. */
enum mw_code tool_read_sources(const struct mw_json_tree *tree, struct mw_json_node node, void *at);
void tool_sources_release(struct mw_tool *tool);
/* Is it a place where programs keep their configuration? What is built in is not asked. */
enum mw_code tool_check_path(const struct mw_json_tree *tree, struct mw_json_node node,
                             enum mw_scope scope, const char *path);
/* A kind of parts: how each is read, into `size` bytes, and looked at again (NULL: not). */
struct mw_part_kind {
    const char *name, *what; /* of the field that holds them; N_(): of one, for messages */
    const struct mw_json_field *fields;
    size_t count, size;
    enum mw_code (*check)(const struct mw_json_tree *tree, struct mw_json_node node,
                          const char *name, const void *part);
};
extern const struct mw_part_kind tool_grammar_kind, tool_risk_kind;
enum mw_code tool_read_parts(const struct mw_part_kind *kind, const struct mw_json_tree *tree,
                             struct mw_json_node node, struct mw_parts *parts);
/* Borrowed, as long as the tool; NULL: there is none. Any thread. */
const void *tool_find_part(const struct mw_part_kind *kind, const struct mw_tool *tool,
                           const struct mw_parts *parts, const char *name);
/* Adds the name of each, once. */
void tool_part_names(const struct mw_tool *tool, const struct mw_parts *parts,
                     struct mw_strings *names);
void tool_parts_release(const struct mw_part_kind *kind, struct mw_parts *parts);
enum mw_code tool_read_keys(const struct mw_json_tree *tree, struct mw_json_node node, void *at);
/* Reads a key of a built-in file that was put off. Any thread. */
const struct mw_tool_key *tool_key_need(const struct mw_tool *tool, struct mw_key_entry *entry);
/* Fills what follows from the rest. */
void tool_key_derive(const struct mw_tool *tool, struct mw_tool_key *key);
void tool_keys_release(struct mw_tool *tool);

#endif
