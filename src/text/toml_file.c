/* TOML: cargo's config.toml, uv.toml, pdm's config.toml, hosts.toml, registries.conf. Tables with a
 * header and their lines are written; what stands in an inline table or was made by dotted keys is
 * only read. */
#include <stdlib.h>
#include <string.h>

#include "edit_parts.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "toml_scan.h"

/* ---- reading --------------------------------------------------------------------------------- */

static char *read_string(const struct tree *toml, const struct node *node)
{
    MW_AUTO(mw_buf) text = {0};
    if (node->kind != TOML_STRING)
        return NULL;
    MW_AUTO(tree) string = {.text = toml->text, .len = node->value_end, .pos = node->value};
    toml_scan_string(&string, &text);
    return mw_edit_item(mw_buf_text(&text), text.len);
}

static void read_node(const struct tree *toml, size_t index, struct mw_value *value)
{
    const struct node *node = &toml->nodes[index];
    if (node->kind == TOML_TABLE ||
        tree_read_strings(toml, node, node->kind == TOML_ARRAY, read_string, value))
        return;
    value->kind = MW_VALUE_LITERAL;
    if (node->kind == TOML_TABLES)
        mw_strings_add(&value->items, "[{}]");
    else
        mw_strings_add_n(&value->items, toml->text + node->value, node->value_end - node->value);
}

static bool has_child(const struct tree *toml, size_t table, const char *name, const char *wanted)
{
    size_t child = toml_child(toml, table, name, strlen(name));
    MW_AUTO(mw_value) value = {0};
    if (child != 0)
        read_node(toml, child, &value);
    return (value.kind == MW_VALUE_STRING || value.kind == MW_VALUE_LITERAL) &&
           strcmp(value.items.items[0], wanted) == 0;
}

static void read_toml_value(const struct tree *toml, const struct tree_place *place,
                            struct mw_value *value)
{
    read_node(toml, place->at, value);
}

/* It does not fit where a list needs a pick or a pick needs a list. */
static void follow_toml(const struct tree *toml, const struct key_path *path,
                        struct tree_place *place)
{
    for (; place->done < path->count; place->done++) {
        const struct key_part *part = &path->parts[place->done];
        size_t child = toml_child(toml, place->at, part->name, strlen(part->name));
        if (child == 0)
            return;
        bool is_tables = toml->nodes[child].kind == TOML_TABLES;
        bool is_list = is_tables || toml->nodes[child].kind == TOML_ARRAY;
        bool is_last = place->done + 1 == path->count;
        place->fits = part->pick != NULL ? is_list : !is_list || is_last;
        if (part->pick != NULL && is_list) {
            size_t item = toml->nodes[child].first;
            while (item != 0 && !has_child(toml, item, part->pick, part->pick_value))
                item = toml->nodes[item].next;
            if (item == 0 && is_tables)
                return;
            place->fits = item != 0; /* an array of values cannot get a table of its own */
            child = item != 0 ? item : child;
        }
        place->at = child;
        if (!place->fits)
            return;
    }
}

/* ---- writing --------------------------------------------------------------------------------- */

static void put_name(const char *name, struct mw_buf *out)
{
    static const char bare[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    if (mw_text_is_of(name, bare))
        mw_buf_puts(out, name);
    else
        edit_put_quoted(name, out);
}

static void put_toml_value(const struct mw_value *value, struct mw_buf *out)
{
    if (value->kind == MW_VALUE_LITERAL)
        mw_buf_puts(out, value->items.items[0]);
    else if (value->kind == MW_VALUE_LIST)
        tree_put_strings(&value->items, edit_put_quoted, out);
    else
        edit_put_quoted(value->items.items[0], out);
}

static bool is_blank_line(const struct tree *toml, size_t begin, size_t end)
{
    return edit_skip_space(toml->text, begin, end) == end;
}

static size_t next_line(const struct tree *toml, size_t at)
{
    const char *lf = at < toml->len ? memchr(toml->text + at, '\n', toml->len - at) : NULL;
    return lf != NULL ? (size_t)(lf - toml->text) + 1 : toml->len;
}

static size_t line_before(const struct tree *toml, size_t at)
{
    if (at > 0)
        at--;
    while (at > 0 && toml->text[at - 1] != '\n')
        at--;
    return at;
}

static void put_assignment(const struct tree *toml, const char *name, const struct mw_value *value,
                           struct mw_buf *out)
{
    put_name(name, out);
    mw_buf_puts(out, " = ");
    put_toml_value(value, out);
    mw_buf_puts(out, edit_ending(toml->text, toml->len));
}

/* A line in a table that has a header. */
static void add_line(const struct tree *toml, size_t table, const char *name,
                     const struct mw_value *value, struct mw_edits *edits)
{
    const struct toml_section *section = &toml->sections[toml->nodes[table].section];
    bool is_open_end = section == toml->sections && section->count == 0;
    size_t at = is_open_end ? section->end : section->tail;
    struct mw_buf *out = mw_edits_add(edits, at, at);
    if (at > odd_text_mark(toml->text, toml->len) && toml->text[at - 1] != '\n')
        mw_buf_puts(out, edit_ending(toml->text, toml->len));
    if (section->last != 0) {
        size_t begin = toml->nodes[section->last].begin;
        size_t end = edit_skip_blanks(toml->text, begin, toml->len);
        mw_buf_append(out, toml->text + begin, end - begin);
    }
    put_assignment(toml, name, value, out);
}

/* `true` and numbers are none in quotes. */
static struct mw_value pick_value(const char *text)
{
    struct mw_value value = {0};
    mw_value_set_string(&value, text);
    if (toml_is_literal(text, strlen(text)))
        value.kind = MW_VALUE_LITERAL;
    return value;
}

/* A table of its own at the end, set off by a blank line: above it, or below it if the text ends in
 * one. remove_table() relies on this. `first`: the first part of the path that is not there. */
static void add_table(const struct tree *toml, const struct key_path *path, size_t first,
                      const struct mw_value *value, struct mw_edits *edits)
{
    const char *ending = edit_ending(toml->text, toml->len);
    size_t mark = odd_text_mark(toml->text, toml->len);
    bool is_empty = toml->len == mark;
    size_t last_line = line_before(toml, toml->len);
    if (last_line < mark)
        last_line = mark;
    bool ends_blank = !is_empty && is_blank_line(toml, last_line, toml->len);
    struct mw_buf *out = mw_edits_add(edits, toml->len, toml->len);
    if (!is_empty && toml->text[toml->len - 1] != '\n')
        mw_buf_puts(out, ending);
    if (!is_empty && !ends_blank)
        mw_buf_puts(out, ending);
    /* A header for every list item on the way, and for the table itself. */
    for (size_t i = first; i + 1 < path->count; i++) {
        const struct key_part *part = &path->parts[i];
        if (part->pick == NULL && i + 2 < path->count)
            continue;
        mw_buf_puts(out, part->pick != NULL ? "[[" : "[");
        for (size_t j = 0; j <= i; j++) {
            if (j > 0)
                mw_buf_putc(out, '.');
            put_name(path->parts[j].name, out);
        }
        mw_buf_printf(out, "%s%s", part->pick != NULL ? "]]" : "]", ending);
        const char *pick = key_path_pick(path, i);
        if (pick != NULL) {
            struct mw_value picked = pick_value(part->pick_value);
            put_assignment(toml, pick, &picked, out);
            mw_value_release(&picked);
        }
    }
    put_assignment(toml, path->parts[path->count - 1].name, value, out);
    if (ends_blank)
        mw_buf_puts(out, ending);
}

static enum mw_code refuse_form(const struct tree_change *change)
{
    const struct tree *toml = change->tree;
    size_t node = change->place.at;
    while (node != 0 && toml->nodes[node].value == 0 && toml->nodes[node].first != 0)
        node = toml->nodes[node].first;
    size_t at = toml->nodes[node].value;
    if (node != 0 && at == 0 && toml->nodes[node].kind == TOML_TABLE)
        at = toml->sections[toml->nodes[node].section].begin;
    return tree_refuse_change(
        change, at,
        _("it has a form here that is not edited (an inline table, dotted keys, or a list in the "
          "place of a table)"),
        _("Write it as a table with a [header] of its own, or change it by hand."));
}

/* Would a header at the end of the text add to this table? Only to the last one of a list. */
static bool is_open(const struct tree *toml, size_t node)
{
    for (; node != 0; node = toml->nodes[node].parent) {
        const struct node *self = &toml->nodes[node];
        if (self->is_inside || self->is_dotted ||
            (self->kind != TOML_TABLE && self->kind != TOML_TABLES) ||
            (self->name == NULL && self->next != 0))
            return false;
    }
    return true;
}

static enum mw_code add_value(const struct tree_change *change)
{
    const struct tree *toml = change->tree;
    const struct key_path *path = change->path;
    size_t at = change->place.at, done = change->place.done;
    const struct node *node = &toml->nodes[at];
    const struct key_part *last = &path->parts[path->count - 1];
    bool is_next = done + 1 == path->count;
    for (size_t i = done; i + 2 < path->count; i++) {
        if (path->parts[i].pick != NULL)
            return refuse_form(change); /* its remains could not be removed again */
    }
    bool has_lines = at == 0 || (node->kind == TOML_TABLE && node->section != 0);
    if (is_next && has_lines && !node->is_inside && last->pick == NULL)
        add_line(toml, at, last->name, change->value, change->edits);
    else if (last->pick == NULL && is_open(toml, at))
        add_table(toml, path, is_next ? path->count - 2 : done, change->value, change->edits);
    else
        return refuse_form(change);
    return MW_OK;
}

static enum mw_code replace_toml_value(const struct tree_change *change)
{
    const struct tree *toml = change->tree;
    const struct node *node = &toml->nodes[change->place.at];
    const struct mw_value *value = change->value;
    if (change->have.kind == MW_VALUE_LIST && value->kind == MW_VALUE_LIST) {
        tree_put_list(change, '#', edit_put_quoted);
        return MW_OK;
    }
    struct mw_buf *out = mw_edits_add(change->edits, node->value, node->value_end);
    if (node->kind == TOML_STRING && toml->text[node->value] == '\'' &&
        value->kind == MW_VALUE_STRING && edit_fits_single_quotes(value->items.items[0]))
        mw_buf_printf(out, "'%s'", value->items.items[0]);
    else
        put_toml_value(value, out);
    return MW_OK;
}

/* ---- removing -------------------------------------------------------------------------------- */

/* The table would be left with nothing but what picks it, and no comment would be lost. */
static bool is_emptied(const struct tree *toml, size_t table, size_t going, const char *pick)
{
    const struct node *node = &toml->nodes[table];
    const struct toml_section *section = &toml->sections[node->section];
    bool is_item = node->name == NULL;
    if (table == 0 || node->section == 0 || section->has_comments)
        return false;
    for (size_t i = node->first; i != 0; i = toml->nodes[i].next) {
        const struct node *child = &toml->nodes[i];
        bool is_pick = is_item && pick != NULL && strcmp(child->name, pick) == 0;
        bool is_below = child->kind == TOML_TABLE || child->kind == TOML_TABLES;
        if (i != going && !is_pick && (is_item || !is_below || child->is_dotted))
            return false;
    }
    return true;
}

static void remove_table(const struct tree *toml, size_t table, struct mw_edits *edits)
{
    const struct toml_section *section = &toml->sections[toml->nodes[table].section];
    size_t begin = section->begin;
    size_t end = section->tail;
    size_t next = next_line(toml, end);
    size_t before = line_before(toml, begin);
    if (next > end && next <= section->end && is_blank_line(toml, end, next))
        end = next;
    else if (before < begin && before >= odd_text_mark(toml->text, toml->len) &&
             is_blank_line(toml, before, begin))
        begin = before;
    mw_edits_add(edits, begin, end);
}

static enum mw_code remove_value(const struct tree_change *change)
{
    const struct tree *toml = change->tree;
    const struct key_path *path = change->path;
    size_t at = change->place.at;
    const struct node *node = &toml->nodes[at];
    const char *pick = path->count > 1 ? path->parts[path->count - 2].pick : NULL;
    if (node->kind == TOML_TABLE || node->kind == TOML_TABLES)
        return MW_OK;
    if (node->is_inside)
        return refuse_form(change);
    if (toml->sections[node->section].node == node->parent &&
        is_emptied(toml, node->parent, at, pick))
        remove_table(toml, node->parent, change->edits);
    else
        mw_edits_add(change->edits, node->begin, node->end);
    return MW_OK;
}

/* ---- the editor ------------------------------------------------------------------------------ */

static enum mw_code accepts_toml(const char *key, const struct key_path *path, bool is_parsed,
                                 const struct mw_value *value, struct mw_error *err)
{
    enum mw_code code = tree_accepts(err, key, path, is_parsed, value);
    const char *item = value->items.count > 0 ? value->items.items[0] : "";
    if (code == MW_OK && value->kind == MW_VALUE_LITERAL &&
        (item[0] == '[' || !toml_is_literal(item, strlen(item))))
        code = mw_fail(err, MW_USAGE, 0, "edit",
                       _("The value of %s is no literal of TOML: true, false, a number or a date."),
                       key);
    return code;
}

static enum mw_code change_toml_value(const struct tree_change *change)
{
    const struct node *node = &change->tree->nodes[change->place.at];
    bool is_there = change->place.done == change->path->count;
    bool is_table = node->kind == TOML_TABLE || node->kind == TOML_TABLES;
    if (!change->place.fits || (is_there && (node->is_inside || is_table)))
        return refuse_form(change);
    if (change->value->kind == MW_VALUE_ABSENT)
        return remove_value(change);
    return is_there ? replace_toml_value(change) : add_value(change);
}

static const struct tree_format format = {.parse = toml_parse,
                                          .follow = follow_toml,
                                          .read = read_toml_value,
                                          .accepts = accepts_toml,
                                          .change = change_toml_value};

/* A table that nothing stands in is named by its header, and so are [[tables]] by their first. */
static bool is_told(const struct tree *toml, const struct node *node, size_t *begin)
{
    bool is_tables = node->kind == TOML_TABLES;
    const struct node *table = is_tables ? &toml->nodes[node->first] : node;
    bool is_bare =
        table->kind == TOML_TABLE && table->section != 0 && (is_tables || node->first == 0);
    *begin = is_bare ? toml->sections[table->section].begin : node->value;
    return is_bare || table->kind != TOML_TABLE;
}

static void toml_names(const char *text, size_t len, mw_each_name *each, void *context)
{
    tree_names(&format, is_told, text, len, each, context);
}

static void toml_odd(const char *text, size_t len, mw_each_name *each, void *context)
{
    MW_AUTO(tree) toml = {0};
    bool is_read = tree_parse(&format, &toml, text, len);
    size_t line = 1, at = 0;
    for (size_t i = 0; is_read && i < toml.odd_count; i++) {
        for (; at < toml.odd[i].at; at++)
            line += text[at] == '\n';
        each(context, NULL, toml.odd[i].what, line);
    }
}

const struct mw_editor mw_editor_toml = {
    .name = "toml",
    .check = tree_check,
    .get = tree_get,
    .put = tree_put,
    .is_typed = true,
    .is_strict = true,
    .names = toml_names,
    .odd = toml_odd,
    .comments = "#",
    .mark_id = "toml-bom",
    .mark = N_("the file starts with a byte order mark, which some readers of TOML refuse"),
    .tree = &format,
};
