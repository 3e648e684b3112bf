/* TOML: cargo's config.toml, uv.toml, pdm's config.toml, hosts.toml, registries.conf. Tables with a
 * header and their lines are written; what stands in an inline table or was made by dotted keys is
 * only read. */
#include <stdlib.h>
#include <string.h>

#include "edit_parts.h"
#include "list_edit.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "odd_text.h"
#include "toml_scan.h"

static enum mw_code toml_check(const char *path, const char *text, size_t len, struct mw_error *err)
{
    enum mw_code code = odd_text_check(path, text, len, err);
    if (code != MW_OK)
        return code;
    MW_AUTO(toml) toml = {0};
    if (!toml_parse(&toml, text, len)) {
        code = edit_refuse(err, "check", path, text, toml.bad, _(toml.what), NULL);
    }
    return code;
}

/* ---- reading --------------------------------------------------------------------------------- */

static char *read_string(const struct toml *toml, const struct toml_node *node)
{
    MW_AUTO(mw_buf) text = {0};
    toml_unquote(toml->text, node->value, node->value_end, &text);
    return mw_edit_item(mw_buf_text(&text), text.len);
}

static void read_value(const struct toml *toml, size_t index, struct mw_value *value)
{
    const struct toml_node *node = &toml->nodes[index];
    if (node->kind == TOML_TABLE || node->kind == TOML_TABLES)
        return;
    bool is_list = node->kind == TOML_ARRAY;
    for (size_t i = node->first; i != 0 && is_list; i = toml->nodes[i].next)
        is_list = toml->nodes[i].kind == TOML_STRING;
    if (node->kind == TOML_STRING) {
        value->kind = MW_VALUE_STRING;
        mw_strings_take(&value->items, read_string(toml, node));
    } else if (is_list) {
        value->kind = MW_VALUE_LIST;
        for (size_t i = node->first; i != 0; i = toml->nodes[i].next)
            mw_strings_take(&value->items, read_string(toml, &toml->nodes[i]));
    } else {
        value->kind = MW_VALUE_LITERAL;
        mw_strings_add_n(&value->items, toml->text + node->value, node->value_end - node->value);
    }
}

static bool has_child(const struct toml *toml, size_t table, const char *name, const char *wanted)
{
    size_t child = toml_child(toml, table, name, strlen(name));
    MW_AUTO(mw_value) value = {0};
    if (child != 0)
        read_value(toml, child, &value);
    return (value.kind == MW_VALUE_STRING || value.kind == MW_VALUE_LITERAL) &&
           strcmp(value.items.items[0], wanted) == 0;
}

/* Follows the path as far as it is there: `at` is the last node, `done` the parts that led to it.
 * False where a list needs a pick or a pick needs a list. */
static bool follow(const struct toml *toml, const struct key_path *path, size_t *at, size_t *done)
{
    *at = 0;
    for (*done = 0; *done < path->count; ++*done) {
        const struct key_part *part = &path->parts[*done];
        size_t child = toml_child(toml, *at, part->name, strlen(part->name));
        if (child == 0)
            return true;
        bool is_list =
            toml->nodes[child].kind == TOML_TABLES || toml->nodes[child].kind == TOML_ARRAY;
        bool is_last = *done + 1 == path->count;
        if (part->pick == NULL && is_list && (!is_last || toml->nodes[child].kind == TOML_TABLES)) {
            *at = child;
            return false;
        }
        if (part->pick != NULL) {
            if (!is_list) {
                *at = child;
                return false;
            }
            size_t item = toml->nodes[child].first;
            while (item != 0 && !has_child(toml, item, part->pick, part->pick_value))
                item = toml->nodes[item].next;
            if (item == 0) {
                /* An array of values cannot get a table of its own. */
                if (toml->nodes[child].kind == TOML_TABLES)
                    return true;
                *at = child;
                return false;
            }
            child = item;
        }
        *at = child;
    }
    return true;
}

static enum mw_code toml_get(const char *text, size_t len, const char *key, struct mw_value *value,
                             struct mw_error *err)
{
    (void)err;
    MW_AUTO(toml) toml = {0};
    MW_AUTO(key_path) path = {0};
    size_t at = 0;
    size_t done = 0;
    if (key_path_parse(key, &path) && toml_parse(&toml, text, len)) {
        if (follow(&toml, &path, &at, &done) && done == path.count)
            read_value(&toml, at, value);
    }
    return MW_OK;
}

/* ---- writing --------------------------------------------------------------------------------- */

static char *quote(const char *item)
{
    struct mw_buf out = {0};
    mw_buf_putc(&out, '"');
    for (; *item != '\0'; item++) {
        unsigned char c = (unsigned char)*item;
        if (c == '"' || c == '\\')
            mw_buf_printf(&out, "\\%c", c);
        else if (c < 0x20 || c == 0x7F)
            mw_buf_printf(&out, "\\u%04X", c);
        else
            mw_buf_putc(&out, *item);
    }
    mw_buf_putc(&out, '"');
    return mw_buf_take(&out);
}

static void put_name(const char *name, struct mw_buf *out)
{
    static const char bare[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    if (*name != '\0' && name[strspn(name, bare)] == '\0') {
        mw_buf_puts(out, name);
        return;
    }
    MW_FREE char *quoted = quote(name);
    mw_buf_puts(out, quoted);
}

static void put_value(const struct mw_value *value, struct mw_buf *out)
{
    bool is_list = value->kind == MW_VALUE_LIST;
    if (value->kind == MW_VALUE_LITERAL) {
        mw_buf_puts(out, value->items.items[0]);
        return;
    }
    if (is_list)
        mw_buf_putc(out, '[');
    for (size_t i = 0; i < value->items.count; i++) {
        MW_FREE char *quoted = quote(value->items.items[i]);
        mw_buf_printf(out, "%s%s", i > 0 ? ", " : "", quoted);
    }
    if (is_list)
        mw_buf_putc(out, ']');
}

static bool is_blank_line(const struct toml *toml, size_t begin, size_t end)
{
    for (size_t i = begin; i < end; i++) {
        if (strchr(" \t\r\n", toml->text[i]) == NULL)
            return false;
    }
    return true;
}

static size_t next_line(const struct toml *toml, size_t at)
{
    const char *lf = at < toml->len ? memchr(toml->text + at, '\n', toml->len - at) : NULL;
    return lf != NULL ? (size_t)(lf - toml->text) + 1 : toml->len;
}

static size_t line_before(const struct toml *toml, size_t at)
{
    if (at > 0)
        at--;
    while (at > 0 && toml->text[at - 1] != '\n')
        at--;
    return at;
}

static void put_line(const struct toml *toml, const char *name, const struct mw_value *value,
                     struct mw_buf *out)
{
    put_name(name, out);
    mw_buf_puts(out, " = ");
    put_value(value, out);
    mw_buf_puts(out, edit_ending(toml->text, toml->len));
}

/* A line in a table that has a header. */
static void add_line(const struct toml *toml, size_t table, const char *name,
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
        size_t end = begin;
        while (toml->text[end] == ' ' || toml->text[end] == '\t')
            end++;
        mw_buf_append(out, toml->text + begin, end - begin);
    }
    put_line(toml, name, value, out);
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
static void add_table(const struct toml *toml, const struct key_path *path, size_t first,
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
        if (part->pick != NULL &&
            !(i + 2 == path->count && strcmp(part->pick, path->parts[i + 1].name) == 0)) {
            struct mw_value picked = pick_value(part->pick_value);
            put_line(toml, part->pick, &picked, out);
            mw_value_release(&picked);
        }
    }
    put_line(toml, path->parts[path->count - 1].name, value, out);
    if (ends_blank)
        mw_buf_puts(out, ending);
}

static enum mw_code refuse_form(const struct toml *toml, size_t node, const char *key,
                                struct mw_error *err)
{
    while (node != 0 && toml->nodes[node].value == 0 && toml->nodes[node].first != 0)
        node = toml->nodes[node].first;
    size_t at = toml->nodes[node].value;
    if (node != 0 && at == 0 && toml->nodes[node].kind == TOML_TABLE)
        at = toml->sections[toml->nodes[node].section].begin;
    enum mw_code code =
        mw_fail(err, MW_BAD_CONFIG, 0, "edit",
                _("Line %zu: %s is given there in a form that is not edited (an inline table, "
                  "dotted keys, or a list in the place of a table)."),
                edit_line(toml->text, at), key);
    mw_error_hint(err, _("Write it as a table with a [header] of its own, or change it by hand."));
    return code;
}

/* Would a header at the end of the text add to this table? Only to the last one of a list. */
static bool is_open(const struct toml *toml, size_t node)
{
    for (; node != 0; node = toml->nodes[node].parent) {
        const struct toml_node *self = &toml->nodes[node];
        if (self->is_inside || self->is_dotted ||
            (self->kind != TOML_TABLE && self->kind != TOML_TABLES) ||
            (self->name == NULL && self->next != 0))
            return false;
    }
    return true;
}

static enum mw_code add_value(const struct toml *toml, const struct key_path *path, size_t at,
                              size_t done, const char *key, const struct mw_value *value,
                              struct mw_edits *edits, struct mw_error *err)
{
    const struct toml_node *node = &toml->nodes[at];
    const struct key_part *last = &path->parts[path->count - 1];
    bool is_next = done + 1 == path->count;
    for (size_t i = done; i + 2 < path->count; i++) {
        if (path->parts[i].pick != NULL)
            return refuse_form(toml, at, key, err); /* its remains could not be removed again */
    }
    bool has_lines = at == 0 || (node->kind == TOML_TABLE && node->section != 0);
    if (is_next && has_lines && !node->is_inside && last->pick == NULL)
        add_line(toml, at, last->name, value, edits);
    else if (last->pick == NULL && is_open(toml, at))
        add_table(toml, path, done < path->count - 1 ? done : path->count - 2, value, edits);
    else
        return refuse_form(toml, at, key, err);
    return MW_OK;
}

static void replace_list(const struct toml *toml, const struct toml_node *node,
                         const struct mw_strings *have, const struct mw_strings *wanted,
                         struct mw_edits *edits)
{
    struct list_edit list = {.text = toml->text,
                             .begin = node->value,
                             .end = node->value_end,
                             .ending = edit_ending(toml->text, toml->len),
                             .comment = '#',
                             .may_trail = true,
                             .quote = quote,
                             .have = have};
    for (size_t i = node->first; i != 0; i = toml->nodes[i].next) {
        const struct toml_node *item = &toml->nodes[i];
        *MW_PUSH(list.items, list.count) = (struct list_item){item->value, item->value_end};
    }
    list_edit(&list, wanted, edits);
}

static void replace_value(const struct toml *toml, size_t at, const struct mw_value *have,
                          const struct mw_value *value, struct mw_edits *edits)
{
    const struct toml_node *node = &toml->nodes[at];
    if (have->kind == MW_VALUE_LIST && value->kind == MW_VALUE_LIST) {
        replace_list(toml, node, &have->items, &value->items, edits);
        return;
    }
    struct mw_buf *out = mw_edits_add(edits, node->value, node->value_end);
    if (node->kind == TOML_STRING && toml->text[node->value] == '\'' &&
        value->kind == MW_VALUE_STRING && edit_fits_single_quotes(value->items.items[0]))
        mw_buf_printf(out, "'%s'", value->items.items[0]);
    else
        put_value(value, out);
}

/* ---- removing -------------------------------------------------------------------------------- */

/* The table would be left with nothing but what picks it, and no comment would be lost. */
static bool is_emptied(const struct toml *toml, size_t table, size_t going, const char *pick)
{
    const struct toml_node *node = &toml->nodes[table];
    const struct toml_section *section = &toml->sections[node->section];
    bool is_item = node->name == NULL;
    if (table == 0 || node->section == 0 || section->has_comments)
        return false;
    for (size_t i = node->first; i != 0; i = toml->nodes[i].next) {
        const struct toml_node *child = &toml->nodes[i];
        bool is_pick = is_item && pick != NULL && strcmp(child->name, pick) == 0;
        bool is_below = child->kind == TOML_TABLE || child->kind == TOML_TABLES;
        if (i != going && !is_pick && (is_item || !is_below || child->is_dotted))
            return false;
    }
    return true;
}

static void remove_table(const struct toml *toml, size_t table, struct mw_edits *edits)
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

static enum mw_code remove_value(const struct toml *toml, const struct key_path *path, size_t at,
                                 const char *key, struct mw_edits *edits, struct mw_error *err)
{
    const struct toml_node *node = &toml->nodes[at];
    const char *pick = path->count > 1 ? path->parts[path->count - 2].pick : NULL;
    if (node->kind == TOML_TABLE || node->kind == TOML_TABLES)
        return MW_OK;
    if (node->is_inside)
        return refuse_form(toml, at, key, err);
    if (toml->sections[node->section].node == node->parent &&
        is_emptied(toml, node->parent, at, pick))
        remove_table(toml, node->parent, edits);
    else
        mw_edits_add(edits, node->begin, node->end);
    return MW_OK;
}

static enum mw_code check_put(const char *key, const struct key_path *path, bool parsed,
                              const struct mw_value *value, struct mw_error *err)
{
    enum mw_code code = edit_check_path(err, key, path, parsed);
    if (code == MW_OK)
        code = edit_check_items(err, key, value);
    for (size_t i = 0; i < value->items.count && code == MW_OK; i++) {
        const char *item = value->items.items[i];
        bool is_list = value->kind == MW_VALUE_LITERAL && item[0] == '[';
        if (value->kind == MW_VALUE_LITERAL && (is_list || !toml_is_literal(item, strlen(item))))
            code = mw_fail(err, MW_USAGE, 0, "edit",
                           _("The value of %s is no literal of TOML: true, false, a number or a "
                             "date."),
                           key);
    }
    return code;
}

static enum mw_code toml_put(const char *text, size_t len, const char *key,
                             const struct mw_value *value, struct mw_edits *edits,
                             struct mw_error *err)
{
    MW_AUTO(key_path) path = {0};
    bool parsed = key_path_parse(key, &path);
    MW_AUTO(toml) toml = {0};
    MW_AUTO(mw_value) have = {0};
    size_t at = 0;
    size_t done = 0;
    enum mw_code code = check_put(key, &path, parsed, value, err);
    if (code != MW_OK || !toml_parse(&toml, text, len))
        return code;
    bool fits = follow(&toml, &path, &at, &done);
    if (fits && done == path.count)
        read_value(&toml, at, &have);
    if (mw_value_equal(&have, value))
        return code;
    bool is_there = fits && done == path.count;
    enum toml_kind kind = toml.nodes[at].kind;
    if (!fits || (is_there && (toml.nodes[at].is_inside || kind == TOML_TABLE)))
        code = refuse_form(&toml, at, key, err);
    else if (value->kind == MW_VALUE_ABSENT)
        code = remove_value(&toml, &path, at, key, edits, err);
    else if (is_there)
        replace_value(&toml, at, &have, value, edits);
    else
        code = add_value(&toml, &path, at, done, key, value, edits, err);
    return code;
}

static void toml_notices(const char *text, size_t len, struct mw_notices *notices)
{
    odd_text_notices(text, len, "#", notices);
    if (odd_text_mark(text, len) > 0)
        mw_notices_add(notices, 1, "toml-bom",
                       _("the file starts with a byte order mark, which some readers of TOML "
                         "refuse"));
    mw_notices_sort(notices);
}

const struct mw_editor mw_editor_toml = {
    .name = "toml",
    .check = toml_check,
    .get = toml_get,
    .put = toml_put,
    .is_typed = true,
    .notices = toml_notices,
    .names = toml_names,
    .odd = toml_odd,
};
