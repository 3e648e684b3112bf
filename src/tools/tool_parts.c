/* Parts of a tool's file that are objects by name, "grammars" and "risks": a run asks for few of
 * them, so those of a built-in file are read as they are asked for. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "tool_read.h"

struct mw_part {
    char *name;
    void *body; /* of its kind */
    struct mw_part *next;
};

static struct mw_part *find_read(const struct mw_parts *parts, const char *name)
{
    struct mw_part *part = parts->items;
    while (part != NULL && strcmp(part->name, name) != 0)
        part = part->next;
    return part;
}

/* What a stronger file says of one that a weaker file said is added to it: keys point at it. */
static enum mw_code read_part(const struct mw_part_kind *kind, const struct mw_json_tree *tree,
                              struct mw_json_node node, const char *name, struct mw_parts *parts)
{
    struct mw_part *part = find_read(parts, name);
    if (part == NULL) {
        part = mw_xcalloc(1, sizeof *part);
        *part = (struct mw_part){mw_xstrdup(name), mw_xcalloc(1, kind->size), parts->items};
        parts->items = part;
    }
    enum mw_code code =
        mw_json_tree_read(tree, node, _(kind->what), kind->fields, kind->count, NULL, part->body);
    return code == MW_OK && kind->check != NULL ? kind->check(tree, node, name, part->body) : code;
}

enum mw_code tool_read_parts(const struct mw_part_kind *kind, const struct mw_json_tree *tree,
                             struct mw_json_node node, struct mw_parts *parts)
{
    MW_FREE struct mw_json_node *items = NULL;
    MW_AUTO(mw_strings) names = {0};
    if (tree->is_built_in) {
        parts->unread = node.span;
        return MW_OK;
    }
    enum mw_code code = mw_json_tree_members(tree, node, kind->name, &items, &names);
    for (size_t i = 0; i < names.count && code == MW_OK; i++)
        code = read_part(kind, tree, items[i], names.items[i], parts);
    return code;
}

/* What is not read yet is of this text. */
static struct mw_json_tree built_in(const struct mw_tool *tool)
{
    return (struct mw_json_tree){
        .file = tool->file, .text = tool->text, .is_built_in = true, .owner = tool};
}

const void *tool_find_part(const struct mw_part_kind *kind, const struct mw_tool *tool,
                           const struct mw_parts *parts, const char *name)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    (void)pthread_mutex_lock(&lock);
    struct mw_part *part = find_read(parts, name);
    const struct mw_json_tree tree = built_in(tool);
    struct mw_json_node node = {0};
    if (part == NULL && parts->unread.end > 0)
        node = mw_json_tree_field(&tree, (struct mw_json_node){true, parts->unread}, name);
    if (node.is_there) {
        (void)read_part(kind, &tree, node, name, (struct mw_parts *)parts);
        part = parts->items;
    }
    (void)pthread_mutex_unlock(&lock);
    return part != NULL ? part->body : NULL;
}

void tool_part_names(const struct mw_tool *tool, const struct mw_parts *parts,
                     struct mw_strings *names)
{
    const struct mw_json_tree tree = built_in(tool);
    MW_FREE struct mw_json_node *items = NULL;
    const struct mw_json_node unread = {true, parts->unread};
    if (parts->unread.end > 0 && mw_json_tree_members(&tree, unread, "", &items, names) != MW_OK)
        return; /* a built-in file has no faults */
    for (const struct mw_part *part = parts->items; part != NULL; part = part->next)
        mw_strings_add_new(names, part->name);
}

void tool_parts_release(const struct mw_part_kind *kind, struct mw_parts *parts)
{
    while (parts->items != NULL) {
        struct mw_part *part = parts->items;
        parts->items = part->next;
        mw_json_fields_release(kind->fields, kind->count, part->body);
        free(part->name);
        free(part->body);
        free(part);
    }
}
