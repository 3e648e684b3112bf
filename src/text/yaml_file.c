/* YAML: .yarnrc.yml, .condarc, .gemrc, pnpm-workspace.yaml, registries.yaml. Block maps and lists
 * of scalars are written, and a flow list on one line; any other form is only read, as it is
 * spelled. */
#include <stdlib.h>
#include <string.h>

#include "edit_parts.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "yaml_scan.h"

/* ---- reading --------------------------------------------------------------------------------- */

static bool is_scalar(const struct node *node)
{
    return node->kind == YAML_PLAIN || node->kind == YAML_QUOTED;
}

static char *read_yaml_string(const struct tree *yaml, const struct node *node)
{
    bool is_string = node->kind == YAML_QUOTED ||
                     (node->kind == YAML_PLAIN &&
                      !yaml_is_typed(yaml->text + node->value, node->value_end - node->value));
    return is_string ? yaml_read(yaml, node) : NULL;
}

static void read_yaml_value(const struct tree *yaml, const struct tree_place *place,
                            struct mw_value *value)
{
    const struct node *node = &yaml->nodes[place->at];
    bool is_lines = node->kind == YAML_LIST;
    if (node->kind == YAML_MAP ||
        tree_read_strings(yaml, node, is_lines || node->kind == YAML_FLOW, read_yaml_string, value))
        return;
    size_t begin = is_lines ? yaml->nodes[node->first].begin : node->value;
    size_t end = is_lines ? node->end : node->value_end;
    while (end > begin && strchr("\r\n", yaml->text[end - 1]) != NULL)
        end--;
    value->kind = MW_VALUE_LITERAL;
    mw_strings_take(&value->items, node->kind == YAML_NULL
                                       ? mw_xstrdup("null")
                                       : mw_edit_item(yaml->text + begin, end - begin));
}

/* Of equal names the last one counts; the name of an item is its number. */
static size_t find_child(const struct tree *yaml, size_t map, const char *name)
{
    size_t found = 0;
    char *end = NULL;
    size_t number = strtoul(name, &end, 10);
    for (size_t i = yaml->nodes[map].first; i != 0; i = yaml->nodes[i].next) {
        const struct node *node = &yaml->nodes[i];
        bool is_number = node->number == number && end > name && *end == '\0';
        if (node->name != NULL ? strcmp(node->name, name) == 0 : is_number)
            found = i;
    }
    return found;
}

static bool has_child(const struct tree *yaml, size_t map, const char *name, const char *wanted)
{
    size_t child = find_child(yaml, map, name);
    if (child == 0 || !is_scalar(&yaml->nodes[child]))
        return false;
    MW_FREE char *value = yaml_read(yaml, &yaml->nodes[child]);
    return strcmp(value, wanted) == 0;
}

/* Holds nothing yet, beside its key: no value, null, {} or, where items go, []. */
static bool is_hollow(const struct tree *yaml, size_t at, bool is_list)
{
    static const char *const nulls[] = {"null", "~", NULL};
    const struct node *node = &yaml->nodes[at];
    const char *value = yaml->text + node->value;
    size_t len = node->value_end - node->value;
    bool is_braces = node->kind == YAML_BRACES && len > 1 && *value == '{' &&
                     edit_skip_blanks(value, 1, len) == len - 1 &&
                     memchr(yaml->text + node->colon, '\n', node->value - node->colon) == NULL;
    return node->kind == YAML_NULL ||
           (node->kind == YAML_PLAIN && mw_text_is_word(value, len, nulls)) ||
           (is_list ? node->kind == YAML_FLOW && node->first == 0 : is_braces);
}

static void follow_yaml(const struct tree *yaml, const struct key_path *path,
                        struct tree_place *place)
{
    for (; place->done < path->count; place->done++) {
        const struct key_part *part = &path->parts[place->done];
        const struct node *node = &yaml->nodes[place->at];
        size_t child = find_child(yaml, place->at, part->name);
        if (child == 0) {
            place->fits = node->kind == YAML_MAP || is_hollow(yaml, place->at, false) ||
                          (place->at == 0 && yaml->count == 1);
            return;
        }
        if (part->pick != NULL) {
            if (yaml->nodes[child].kind != YAML_LIST && !is_hollow(yaml, child, true)) {
                place->at = child;
                place->fits = false;
                return;
            }
            place->list = child;
            size_t item = yaml->nodes[child].first;
            while (item != 0 && !has_child(yaml, item, part->pick, part->pick_value))
                item = yaml->nodes[item].next;
            if (item == 0)
                return;
            place->list = 0;
            child = item;
        }
        place->at = child;
    }
}

/* ---- writing --------------------------------------------------------------------------------- */

static void put_string(const char *item, struct mw_buf *out)
{
    if (yaml_is_plain(item))
        mw_buf_puts(out, item);
    else
        edit_put_quoted(item, out);
}

/* What stands beside the key; a list that does is empty. */
static void put_scalar(const struct mw_value *value, struct mw_buf *out)
{
    if (value->kind == MW_VALUE_STRING)
        put_string(value->items.items[0], out);
    else
        mw_buf_puts(out, value->kind == MW_VALUE_LIST ? "[]" : value->items.items[0]);
}

/* How much deeper than its key a list or a map of this file stands. */
static size_t learn_step(const struct tree *yaml, enum yaml_kind kind)
{
    for (size_t i = 1; i < yaml->count; i++) {
        const struct node *node = &yaml->nodes[i];
        if (node->kind == kind && node->name != NULL && node->first != 0)
            return node->indent - node->column;
    }
    return 2;
}

static void put_items(const struct mw_strings *items, size_t from, size_t to, size_t indent,
                      const char *ending, struct mw_buf *out)
{
    for (size_t i = from; i < to; i++) {
        mw_buf_printf(out, "%*s- ", (int)indent, "");
        put_string(items->items[i], out);
        mw_buf_puts(out, ending);
    }
}

/* Items as lines of their own at `where`, which may be the end of a text without a line ending. */
static void add_items(const struct tree *yaml, size_t where, const struct mw_strings *items,
                      size_t from, size_t to, size_t indent, struct mw_edits *edits)
{
    const char *ending = edit_ending(yaml->text, yaml->len);
    if (from >= to)
        return;
    struct mw_buf *out = mw_edits_add(edits, where, where);
    if (yaml->text[where - 1] != '\n')
        mw_buf_puts(out, ending);
    put_items(items, from, to, indent, ending, out);
}

static void put_name(const char *name, struct mw_buf *out)
{
    bool is_symbol = name[0] == ':' && yaml_is_plain(name + 1); /* of Ruby */
    mw_buf_puts(out, is_symbol ? ":" : "");
    put_string(name + is_symbol, out);
    mw_buf_putc(out, ':');
}

/* The line of a key, and those of its value. */
static void put_entry(const struct tree *yaml, const char *name, const struct mw_value *value,
                      size_t indent, struct mw_buf *out)
{
    const char *ending = edit_ending(yaml->text, yaml->len);
    bool to_lines = value->kind == MW_VALUE_LIST && value->items.count > 0;
    put_name(name, out);
    if (!to_lines) {
        mw_buf_putc(out, ' ');
        put_scalar(value, out);
    }
    mw_buf_puts(out, ending);
    if (to_lines)
        put_items(&value->items, 0, value->items.count, indent + learn_step(yaml, YAML_LIST),
                  ending, out);
}

/* Lines for the parts of the path that are not there, below what is. */
static void add_entry(const struct tree_change *change)
{
    const struct tree *yaml = change->tree;
    const struct key_path *path = change->path;
    size_t at = change->place.at, done = change->place.done, list = change->place.list;
    const struct node *node = &yaml->nodes[at];
    size_t step = learn_step(yaml, YAML_MAP);
    bool is_empty = at == 0 && node->first == 0;
    size_t indent = node->kind != YAML_MAP && at != 0 ? node->column + step : node->indent;
    size_t where = is_empty ? yaml->len : list != 0 ? yaml->nodes[list].end : node->end;
    size_t end = where;
    const struct node *hollow = &yaml->nodes[list != 0 ? list : at];
    if (hollow->value_end > 0 && is_empty) { /* the line of the braces */
        where = hollow->value;
        end = hollow->value_end;
    } else if (hollow->value_end > 0) {
        mw_edits_add(change->edits, hollow->colon, hollow->value_end);
    }
    struct mw_buf *out = mw_edits_add(change->edits, where, end);
    if (where > odd_text_mark(yaml->text, yaml->len) && yaml->text[where - 1] != '\n')
        mw_buf_puts(out, edit_ending(yaml->text, yaml->len));
    for (size_t i = done; i < path->count; i++) {
        const struct key_part *part = &path->parts[i];
        bool is_old_list = i == done && list != 0;
        bool behind_dash = out->len > 2 && memcmp(out->data + out->len - 2, "- ", 2) == 0;
        if (!is_old_list) {
            mw_buf_printf(out, "%*s", behind_dash ? 0 : (int)indent, "");
            if (i + 1 == path->count) {
                put_entry(yaml, part->name, change->value, indent, out);
                break;
            }
            put_name(part->name, out);
            mw_buf_puts(out, edit_ending(yaml->text, yaml->len));
        }
        if (part->pick == NULL) {
            indent += step;
            continue;
        }
        bool has_items = is_old_list && yaml->nodes[list].first != 0;
        indent = has_items ? yaml->nodes[list].indent : indent + learn_step(yaml, YAML_LIST);
        mw_buf_printf(out, "%*s- ", (int)indent, "");
        indent += 2;
        const char *pick = key_path_pick(path, i);
        if (pick != NULL) {
            put_name(pick, out);
            mw_buf_putc(out, ' ');
            put_string(part->pick_value, out);
            mw_buf_puts(out, edit_ending(yaml->text, yaml->len));
        }
    }
}

/* Line by line: items that stay are not touched. */
static void replace_block(const struct tree *yaml, const struct node *node,
                          const struct mw_strings *have, const struct mw_strings *wanted,
                          struct mw_edits *edits)
{
    size_t front = 0;
    size_t back = 0;
    tree_same_ends(have, wanted, &front, &back);
    size_t old_end = have->count - back;
    size_t new_end = wanted->count - back;
    size_t both = (old_end < new_end ? old_end : new_end) - front;
    size_t at = 0;
    for (size_t i = node->first; i != 0; i = yaml->nodes[i].next, at++) {
        const struct node *item = &yaml->nodes[i];
        if (at == front && both == 0)
            add_items(yaml, item->begin, wanted, front, new_end, node->indent, edits);
        if (at < front || at >= old_end)
            continue;
        if (at < front + both)
            put_string(wanted->items[at], mw_edits_add(edits, item->value, item->value_end));
        else
            mw_edits_add(edits, item->begin, item->end);
        if (at + 1 == front + both)
            add_items(yaml, item->end, wanted, at + 1, new_end, node->indent, edits);
    }
    if (at == front && both == 0)
        add_items(yaml, node->end, wanted, front, new_end, node->indent, edits);
}

static void replace_yaml_value(const struct tree_change *change)
{
    const struct tree *yaml = change->tree;
    const struct node *node = &yaml->nodes[change->place.at];
    const struct mw_value *value = change->value;
    struct mw_edits *edits = change->edits;
    bool lists = change->have.kind == MW_VALUE_LIST && value->kind == MW_VALUE_LIST;
    bool to_lines = value->kind == MW_VALUE_LIST && value->items.count > 0;
    if (lists && node->kind == YAML_FLOW && node->first != 0) {
        tree_put_list(change, '\0', put_string);
        return;
    }
    if (lists && node->kind == YAML_LIST && to_lines) {
        replace_block(yaml, node, &change->have.items, &value->items, edits);
        return;
    }
    bool has_value = node->value_end > node->value && node->kind != YAML_LIST;
    size_t begin = has_value && !to_lines ? node->value : node->colon;
    bool was_quoted = node->kind == YAML_QUOTED && value->kind == MW_VALUE_STRING;
    struct mw_buf *out = NULL;
    if (has_value || !to_lines)
        out = mw_edits_add(edits, begin, has_value ? node->value_end : node->colon);
    if (begin == node->colon && !to_lines)
        mw_buf_putc(out, ' ');
    if (was_quoted && yaml->text[node->value] == '\'' &&
        edit_fits_single_quotes(value->items.items[0])) {
        mw_buf_printf(out, "'%s'", value->items.items[0]);
    } else if (was_quoted) {
        edit_put_quoted(value->items.items[0], out);
    } else if (!to_lines) {
        put_scalar(value, out);
    }
    for (size_t i = node->kind == YAML_LIST ? node->first : 0; i != 0; i = yaml->nodes[i].next)
        mw_edits_add(edits, yaml->nodes[i].begin, yaml->nodes[i].end);
    if (to_lines)
        add_items(yaml, node->end, &value->items, 0, value->items.count,
                  node->column + learn_step(yaml, YAML_LIST), edits);
}

/* ---- removing -------------------------------------------------------------------------------- */

static bool has_comment_lines(const struct tree *yaml, size_t begin, size_t end)
{
    bool leads = true;
    for (size_t i = begin; i < end; i++) {
        char c = yaml->text[i];
        if (c == '#' && (leads || yaml->text[i - 1] == ' '))
            return true;
        leads = c == '\n' || (leads && c == ' ');
    }
    return false;
}

static bool is_same_name(const struct tree *yaml, size_t a, size_t b)
{
    const char *name = yaml->nodes[a].name, *other = yaml->nodes[b].name;
    return a == b || (name != NULL && other != NULL && strcmp(name, other) == 0);
}

/* Is there another one of that name, or, of an item, one that the part picks, too? */
static bool is_doubled(const struct tree *yaml, size_t node, const struct key_part *part)
{
    bool is_item = yaml->nodes[node].name == NULL;
    for (size_t i = yaml->nodes[yaml->nodes[node].parent].first; i != 0; i = yaml->nodes[i].next) {
        bool is_same = !is_item
                           ? is_same_name(yaml, i, node)
                           : part->pick != NULL && has_child(yaml, i, part->pick, part->pick_value);
        if (i != node && is_same)
            return true;
    }
    return false;
}

/* What stands behind a dash goes: the next entry takes its place, unless a comment stands before
 * it. Returns the first entry that is not dealt with; false if an empty item would be left. */
static bool remove_first(const struct tree *yaml, size_t *at, struct mw_edits *edits)
{
    const struct node *first = &yaml->nodes[*at], *item = &yaml->nodes[first->parent];
    size_t next = first->next;
    if (first->parent == 0 || item->name != NULL || first->begin != item->begin)
        return true;
    while (next != 0 && is_same_name(yaml, *at, next))
        next = yaml->nodes[next].next;
    if (next == 0)
        return false;
    const struct node *kept = &yaml->nodes[next];
    size_t end = first->end;
    if (has_comment_lines(yaml, end, kept->begin)) {
        while (strchr("\r\n", yaml->text[end - 1]) != NULL)
            end--;
        mw_edits_add(edits, item->colon, end);
        *at = first->next;
    } else {
        mw_edits_add(edits, first->begin + first->column, kept->begin + kept->column);
        *at = next;
    }
    return true;
}

/* The entry, or the map or item around it that would be left empty, if no comment goes with it. */
static bool remove_entry(const struct tree_change *change)
{
    const struct tree *yaml = change->tree;
    const struct key_path *path = change->path;
    size_t at = change->place.at;
    size_t part = path->count - 1;
    for (;;) {
        size_t up = yaml->nodes[at].parent;
        bool alone = true;
        const struct key_part *above = &path->parts[part > 0 ? part - 1 : 0];
        const char *pick = yaml->nodes[up].name == NULL && up != 0 ? above->pick : NULL;
        for (size_t i = yaml->nodes[up].first; i != 0; i = yaml->nodes[i].next) {
            const char *name = yaml->nodes[i].name;
            bool is_pick = pick != NULL && name != NULL && strcmp(name, pick) == 0;
            alone = alone && (is_pick || is_same_name(yaml, i, at));
        }
        /* Without the later one of two maps the earlier would come to life. */
        if (up == 0 || !alone || is_doubled(yaml, up, above) ||
            has_comment_lines(yaml, yaml->nodes[up].begin, yaml->nodes[at].begin) ||
            has_comment_lines(yaml, yaml->nodes[at].end, yaml->nodes[up].end))
            break;
        part -= yaml->nodes[at].name != NULL; /* an item belongs to the part of its list */
        at = up;
    }
    size_t i = yaml->nodes[yaml->nodes[at].parent].first;
    if (is_same_name(yaml, i, at) && !remove_first(yaml, &i, change->edits))
        return false;
    for (; i != 0; i = yaml->nodes[i].next) {
        if (is_same_name(yaml, i, at))
            mw_edits_add(change->edits, yaml->nodes[i].begin, yaml->nodes[i].end);
    }
    return true;
}

/* ---- the editor ------------------------------------------------------------------------------ */

static enum mw_code refuse_form(const struct tree_change *change)
{
    return tree_refuse_change(change, change->tree->nodes[change->place.at].begin,
                              _("it has a form here that is not edited (an anchor, a tag, braces, "
                                "several lines, or another kind of value)"),
                              NULL);
}

static bool is_literal(const char *item)
{
    return strcmp(item, "true") == 0 || strcmp(item, "false") == 0 || strcmp(item, "null") == 0 ||
           (mw_text_is_of(item, "0123456789.-") && yaml_is_typed(item, strlen(item)));
}

static enum mw_code accepts_yaml(const char *key, const struct key_path *path, bool is_parsed,
                                 const struct mw_value *value, struct mw_error *err)
{
    enum mw_code code = tree_accepts(err, key, path, is_parsed, value);
    if (code == MW_OK && value->kind == MW_VALUE_LITERAL && !is_literal(value->items.items[0]))
        code = mw_fail(err, MW_USAGE, 0, "edit",
                       _("The value of %s is no literal: true, false, null or a number."), key);
    return code;
}

static enum mw_code change_yaml_value(const struct tree_change *change)
{
    const struct tree *yaml = change->tree;
    size_t at = change->place.at;
    const struct node *node = &yaml->nodes[at];
    bool is_there = change->place.fits && change->place.done == change->path->count;
    bool gives_more = find_child(yaml, at, "<<") != 0 || find_child(yaml, node->parent, "<<") != 0;
    if (!change->place.fits || gives_more || node->is_inside ||
        (is_there &&
         (node->kind == YAML_MAP || node->kind == YAML_BRACES || node->kind == YAML_OPAQUE ||
          (change->have.kind == MW_VALUE_LITERAL &&
           (node->kind == YAML_LIST || node->kind == YAML_FLOW)))))
        return refuse_form(change);
    if (change->value->kind == MW_VALUE_ABSENT)
        return remove_entry(change) ? MW_OK : refuse_form(change);
    if (is_there)
        replace_yaml_value(change);
    else
        add_entry(change);
    return MW_OK;
}

static const struct tree_format format = {.parse = yaml_parse,
                                          .has_numbers = true,
                                          .hint =
                                              N_("Correct the file there, or change it by hand."),
                                          .follow = follow_yaml,
                                          .read = read_yaml_value,
                                          .accepts = accepts_yaml,
                                          .change = change_yaml_value};

static bool is_told(const struct tree *yaml, const struct node *node, size_t *begin)
{
    (void)yaml;
    *begin = node->begin;
    bool is_table = node->kind == YAML_MAP || (node->kind == YAML_BRACES && node->first != 0);
    return node->name != NULL && !is_table;
}

static void yaml_names(const char *text, size_t len, mw_each_name *each, void *context)
{
    tree_names(&format, is_told, text, len, each, context);
}

const struct mw_editor mw_editor_yaml = {
    .name = "yaml",
    .is_typed = true,
    .check = tree_check,
    .get = tree_get,
    .put = tree_put,
    .names = yaml_names,
    .comments = "#",
    .mark_id = "yaml-bom",
    .mark = N_("the file starts with a byte order mark, which some readers of YAML take for a part "
               "of the first key"),
    .tree = &format,
};
