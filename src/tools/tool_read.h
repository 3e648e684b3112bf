/* What the readers of a tool's file share. */
#ifndef MW_TOOLS_TOOL_READ_H
#define MW_TOOLS_TOOL_READ_H

#include "mirrorwise/json_tree.h"
#include "mirrorwise/tool.h"

/* Their index is that of the enum; NULL ends them. */
extern const char *const mw_type_words[];
extern const char *const mw_group_words[];
extern const char *const mw_unheard_words[];

void mw_pairs_release(struct mw_pairs *pairs);

/* Owned: what mw_tool_head() says, of a built-in file; NULL if that is wrong. */
struct mw_tool *tool_read_head(const char *id, const char *text, size_t len);

/* One of `words`; leaves *index alone if the field is not there. */
enum mw_code tool_read_word(const struct mw_json_tree *tree, struct mw_json_node node,
                            const char *name, const char *const *words,
                            size_t *index) MW_WARN_UNUSED;
/* An object of texts; replaces what `pairs` held if the field is there. */
enum mw_code tool_read_pairs(const struct mw_json_tree *tree, struct mw_json_node node,
                             const char *name, struct mw_pairs *pairs) MW_WARN_UNUSED;
/* The same for "sources". */
enum mw_code tool_read_sources(const struct mw_json_tree *tree, struct mw_json_node node,
                               struct mw_tool *tool) MW_WARN_UNUSED;
void tool_sources_release(struct mw_tool *tool);
/* The same for "keys". */
enum mw_code tool_read_keys(const struct mw_json_tree *tree, struct mw_json_node node,
                            struct mw_tool *tool) MW_WARN_UNUSED;
/* Reads a key of a built-in file that was put off. Any thread. */
void tool_key_need(const struct mw_tool *tool, struct mw_tool_key *key);
/* Fills what follows from the rest. */
void tool_key_derive(const struct mw_tool *tool, struct mw_tool_key *key);
void tool_keys_release(struct mw_tool *tool);

#endif
