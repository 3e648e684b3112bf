#include "json_style.h"

#include <stdlib.h>
#include <string.h>

#include "edit_parts.h"
#include "mirrorwise/memory.h"

static struct edit_slice slice_of(const char *text, size_t begin, size_t end)
{
    return (struct edit_slice){text + begin, end - begin};
}

static bool has_break(struct edit_slice gap)
{
    return memchr(gap.text, '\n', gap.len) != NULL;
}

/* What follows the last line break of a gap that has one. */
static struct edit_slice last_line(struct edit_slice gap)
{
    const char *end = gap.text + gap.len;
    const char *lf = memrchr(gap.text, '\n', gap.len);
    return (struct edit_slice){lf + 1, (size_t)(end - lf - 1)};
}

/* White space before a member, behind the comma or the bracket. */
static struct edit_slice gap_before(const struct tree *json, size_t member)
{
    size_t end = json->nodes[member].begin;
    size_t begin = end;
    while (json->text[begin - 1] != ',' && json->text[begin - 1] != '{')
        begin--;
    return slice_of(json->text, begin, end);
}

/* What the members of the root are indented by, compared with its closing bracket. */
static void learn_unit(const struct tree *json, struct json_style *style)
{
    const struct node *root = &json->nodes[0];
    struct edit_slice inner = {"  ", 2};
    struct edit_slice outer = {"", 0};
    if (root->first != 0 && has_break(gap_before(json, root->first))) {
        struct edit_slice close =
            slice_of(json->text, json->nodes[root->last].value_end, root->value_end - 1);
        struct edit_slice indent = last_line(gap_before(json, root->first));
        if (has_break(close))
            outer = last_line(close);
        if (indent.len > outer.len && memcmp(indent.text, outer.text, outer.len) == 0)
            inner = indent;
        else
            outer.len = 0;
    }
    style->unit = (struct edit_slice){inner.text + outer.len, inner.len - outer.len};
}

static void learn_members(const struct tree *json, const struct node *object,
                          struct json_style *style)
{
    const struct node *last = &json->nodes[object->last];
    struct edit_slice colon = slice_of(json->text, last->name_end, last->value);
    struct edit_slice first_gap = gap_before(json, object->first);
    struct edit_slice last_gap = gap_before(json, object->last);
    if (!has_break(colon))
        style->colon = colon;
    style->lines = has_break(first_gap) || has_break(last_gap);
    if (style->lines) {
        style->indent = last_line(has_break(last_gap) ? last_gap : first_gap);
        style->levels = 0;
    } else if (object->first != object->last) {
        style->behind = (struct edit_slice){last_gap.text - 1, last_gap.len + 1};
    }
    for (size_t i = object->first; i != 0; i = json->nodes[i].next) /* the last one stays */
        json_style_learn_array(json, &json->nodes[i], style);
}

/* An empty object is written as its parent is, one level deeper; hence outermost first. */
static void learn_object(const struct tree *json, size_t object, struct json_style *style)
{
    const struct node *node = &json->nodes[object];
    if (node->first != 0) {
        learn_members(json, node, style);
        return;
    }
    if (object == 0)
        return;
    learn_object(json, node->parent, style); /* at most MW_JSON_MAX_DEPTH deep */
    style->array_open = (struct edit_slice){NULL, 0};
    style->levels++;
}

struct json_style json_style_learn(const struct tree *json, size_t object)
{
    struct json_style style = {
        .ending = edit_ending(json->text, json->len),
        .colon = {": ", 2},
        .lines = true,
        .indent = {"", 0},
        .levels = 1,
    };
    learn_unit(json, &style);
    learn_object(json, object, &style);
    if (style.behind.text == NULL)
        style.behind =
            style.colon.len == 1 ? (struct edit_slice){",", 1} : (struct edit_slice){", ", 2};
    return style;
}

void json_style_learn_array(const struct tree *json, const struct node *array,
                            struct json_style *style)
{
    const struct node *nodes = json->nodes;
    if (array->kind != MW_JSON_ARRAY || array->first == 0)
        return;
    size_t first_end = nodes[array->first].value_end;
    size_t second = nodes[array->first].next;
    style->array_open = slice_of(json->text, array->value + 1, nodes[array->first].value);
    style->array_close = slice_of(json->text, nodes[array->last].value_end, array->value_end - 1);
    style->array_comma = second != 0 ? slice_of(json->text, first_end, nodes[second].value)
                                     : (struct edit_slice){NULL, 0};
}

void json_style_break(const struct json_style *style, int deeper, struct mw_buf *out)
{
    int levels = style->levels + deeper;
    struct edit_slice indent = style->indent;
    if (levels < 0) /* members may be indented by less than others are */
        indent.len -= style->unit.len < indent.len ? style->unit.len : indent.len;
    mw_buf_puts(out, style->ending);
    edit_put_slice(out, indent);
    for (int i = 0; i < levels; i++)
        edit_put_slice(out, style->unit);
}

/* ---- writing --------------------------------------------------------------------------------- */

static void put_json_quoted(struct mw_buf *out, const char *text)
{
    MW_FREE char *quoted = mw_json_quote(text, strlen(text));
    mw_buf_puts(out, quoted);
}

/* As the sample, or else as Docker's documentation writes it, an element a line. */
static void put_json_list(struct mw_buf *out, const struct json_style *style, int deeper,
                          const struct mw_strings *items)
{
    MW_AUTO(mw_buf) open = {0};
    MW_AUTO(mw_buf) comma = {0};
    MW_AUTO(mw_buf) close = {0};
    bool is_learned = deeper == 0 && style->array_open.text != NULL;
    if (is_learned) {
        edit_put_slice(&open, style->array_open);
        edit_put_slice(&close, style->array_close);
    } else if (style->lines) {
        json_style_break(style, deeper + 1, &open);
        json_style_break(style, deeper, &close);
    }
    if (is_learned && style->array_comma.text != NULL)
        edit_put_slice(&comma, style->array_comma);
    else if (memchr(mw_buf_text(&open), '\n', open.len) != NULL)
        mw_buf_printf(&comma, ",%s", open.data);
    else if (is_learned)
        mw_buf_puts(&comma, style->colon.len == 1 ? "," : ", ");
    else
        edit_put_slice(&comma, style->behind);
    mw_buf_putc(out, '[');
    for (size_t i = 0; i < items->count; i++) {
        mw_buf_puts(out, mw_buf_text(i == 0 ? &open : &comma));
        put_json_quoted(out, items->items[i]);
    }
    mw_buf_puts(out, items->count > 0 ? mw_buf_text(&close) : "");
    mw_buf_putc(out, ']');
}

/* Opens an object or a list, or closes it. */
static void put_bracket(struct mw_buf *out, const struct json_style *style, char bracket,
                        int deeper)
{
    bool opens = bracket == '{' || bracket == '[';
    if (opens)
        mw_buf_putc(out, bracket);
    if (style->lines)
        json_style_break(style, deeper, out);
    if (!opens)
        mw_buf_putc(out, bracket);
}

void json_put_separator(struct mw_buf *out, const struct json_style *style, int deeper)
{
    if (style->lines) {
        mw_buf_putc(out, ',');
        json_style_break(style, deeper, out);
    } else {
        edit_put_slice(out, style->behind);
    }
}

void json_put_object(struct mw_buf *out, const struct json_style *style,
                     const struct tree_change *change, size_t part, int deeper)
{
    const struct key_part *by = &change->path->parts[part], *next = by + 1;
    put_bracket(out, style, '{', deeper + 1);
    const char *pick = key_path_pick(change->path, part);
    if (pick != NULL) {
        put_json_quoted(out, pick);
        edit_put_slice(out, style->colon);
        put_json_quoted(out, by->pick_value);
        json_put_separator(out, style, deeper + 1);
    }
    put_json_quoted(out, next->name);
    edit_put_slice(out, style->colon);
    json_put_value(out, style, change, part + 1, deeper + 1);
    put_bracket(out, style, '}', deeper);
}

void json_put_value(struct mw_buf *out, const struct json_style *style,
                    const struct tree_change *change, size_t part, int deeper)
{
    const struct mw_value *value = change->value;
    if (part + 1 < change->path->count && change->path->parts[part].pick == NULL) {
        json_put_object(out, style, change, part, deeper);
    } else if (part + 1 < change->path->count) {
        put_bracket(out, style, '[', deeper + 1);
        json_put_object(out, style, change, part, deeper + 1);
        put_bracket(out, style, ']', deeper);
    } else if (value->kind == MW_VALUE_LIST) {
        put_json_list(out, style, deeper, &value->items);
    } else if (value->kind == MW_VALUE_STRING) {
        put_json_quoted(out, value->items.items[0]);
    } else {
        mw_buf_puts(out, value->items.items[0]);
    }
}

void json_put_member(struct mw_buf *out, const struct json_style *style,
                     const struct tree_change *change, size_t part)
{
    put_json_quoted(out, change->path->parts[part].name);
    edit_put_slice(out, style->colon);
    json_put_value(out, style, change, part, 0);
}

void json_put_only_member(struct mw_buf *out, const struct json_style *style,
                          const struct tree_change *change, size_t part)
{
    if (style->lines)
        json_style_break(style, 0, out);
    json_put_member(out, style, change, part);
    if (style->lines)
        json_style_break(style, -1, out);
}
