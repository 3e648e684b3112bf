#include "tree.h"

#include <stdlib.h>
#include <string.h>

#include "edit_parts.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

bool tree_parse(const struct tree_format *format, struct tree *tree, const char *text, size_t len)
{
    *tree = (struct tree){.text = text, .len = len, .pos = odd_text_mark(text, len)};
    return format->parse(tree);
}

void tree_release(struct tree *tree)
{
    for (size_t i = 0; i < tree->count; i++)
        free(tree->nodes[i].name);
    MW_FREE_ALL(tree->nodes, tree->sections, tree->attributes, tree->slots, tree->odd);
}

bool tree_refuse(struct tree *tree, size_t at, const char *what)
{
    const char *lookalike = mw_utf8_lookalike_at(tree->text, tree->len, at);
    tree->bad = at;
    tree->what = lookalike != NULL ? lookalike : what;
    return false;
}

bool tree_at(const struct tree *tree, const char *part)
{
    size_t len = strlen(part);
    return tree->len - tree->pos >= len && memcmp(tree->text + tree->pos, part, len) == 0;
}

size_t tree_add(struct tree *tree, size_t parent, struct node node)
{
    size_t index = tree->count;
    node.parent = parent;
    *MW_PUSH(tree->nodes, tree->count) = node;
    if (index > 0) {
        struct node *above = &tree->nodes[parent];
        if (above->last != 0) {
            tree->nodes[above->last].next = index;
            tree->nodes[index].number = tree->nodes[above->last].number + 1;
        } else {
            above->first = index;
        }
        above->last = index;
    }
    return index;
}

/* ---- the editor ------------------------------------------------------------------------------ */

static enum mw_code refuse_text(const struct tree_format *format, const struct tree *tree,
                                const char *path, struct mw_error *err)
{
    return edit_refuse(err, "check", path, tree->text, tree->bad, _(tree->what),
                       format->hint != NULL ? _(format->hint) : NULL);
}

enum mw_code tree_check(const struct mw_editor *editor, const char *path, const char *text,
                        size_t len, struct mw_error *err)
{
    const struct tree_format *format = editor->tree;
    MW_AUTO(tree) tree = {0};
    enum mw_code code = odd_text_check(editor, path, text, len, err);
    if (code == MW_OK && !tree_parse(format, &tree, text, len))
        code = refuse_text(format, &tree, path, err);
    return code;
}

enum mw_code tree_get(const struct mw_editor *editor, const char *text, size_t len, const char *key,
                      struct mw_value *value, struct mw_error *err)
{
    const struct tree_format *format = editor->tree;
    MW_AUTO(tree) tree = {0};
    MW_AUTO(key_path) path = {0};
    struct tree_place place = {.fits = true};
    if (!tree_parse(format, &tree, text, len))
        return refuse_text(format, &tree, _("the text"), err);
    if (key_path_parse(key, &path)) {
        format->follow(&tree, &path, &place);
        if (place.fits && place.done == path.count)
            format->read(&tree, &place, value);
    }
    return MW_OK;
}

enum mw_code tree_put(const struct mw_editor *editor, const char *text, size_t len, const char *key,
                      const struct mw_value *value, struct mw_edits *edits, struct mw_error *err)
{
    const struct tree_format *format = editor->tree;
    MW_AUTO(tree) tree = {0};
    MW_AUTO(key_path) path = {0};
    bool is_parsed = key_path_parse(key, &path);
    struct tree_change change = {.tree = &tree,
                                 .path = &path,
                                 .key = key,
                                 .place = {.fits = true},
                                 .value = value,
                                 .edits = edits,
                                 .err = err};
    enum mw_code code = format->accepts(key, &path, is_parsed, value, err);
    if (code != MW_OK)
        return code;
    if (!tree_parse(format, &tree, text, len))
        return refuse_text(format, &tree, _("the text"), err);
    format->follow(&tree, &path, &change.place);
    if (change.place.fits && change.place.done == path.count)
        format->read(&tree, &change.place, &change.have);
    bool may_hide = format->has_dead && value->kind == MW_VALUE_ABSENT;
    if (may_hide || !mw_value_equal(&change.have, value))
        code = format->change(&change);
    mw_value_release(&change.have);
    return code;
}

enum mw_code tree_refuse_change(const struct tree_change *change, size_t at, const char *what,
                                const char *hint)
{
    MW_FREE char *whole = mw_xasprintf(_("%s cannot be changed: %s"), change->key, what);
    return edit_refuse(change->err, "edit", "", change->tree->text, at, whole,
                       hint != NULL ? hint : _("Correct the file there, or change it by hand."));
}

/* Owned: the whole path of a node; NULL if it stands in a list whose items have no names. */
static char *path_of(const struct tree_format *format, const struct tree *tree, size_t at)
{
    char *path = NULL;
    for (; at != 0; at = tree->nodes[at].parent) {
        const char *name = tree->nodes[at].name;
        bool is_item = name == NULL && format->has_numbers;
        MW_FREE char *number = is_item ? mw_xasprintf("%zu", tree->nodes[at].number) : NULL;
        path = key_path_above(name != NULL ? name : number, path);
        if (path == NULL)
            return NULL;
    }
    return path;
}

void tree_names(const struct tree_format *format,
                bool (*is_told)(const struct tree *tree, const struct node *node, size_t *begin),
                const char *text, size_t len, mw_each_name *each, void *context)
{
    MW_AUTO(tree) tree = {0};
    bool is_read = tree_parse(format, &tree, text, len);
    size_t line = 1, at = 0, begin = 0;
    for (size_t i = 1; is_read && i < tree.count; i++) {
        bool is_wanted = is_told(&tree, &tree.nodes[i], &begin) && begin >= at;
        MW_FREE char *path = is_wanted ? path_of(format, &tree, i) : NULL;
        for (; path != NULL && at < begin; at++)
            line += text[at] == '\n';
        if (path != NULL)
            each(context, NULL, path, line);
    }
}
