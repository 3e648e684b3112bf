#include "json_style.h"

#include <stdlib.h>
#include <string.h>

#include "edit_parts.h"
#include "mirrorwise/memory.h"

static struct json_slice slice_of(const char *text, size_t begin, size_t end)
{
    return (struct json_slice){text + begin, end - begin};
}

static bool has_break(struct json_slice gap)
{
    return memchr(gap.text, '\n', gap.len) != NULL;
}

/* What follows the last line break of a gap that has one. */
static struct json_slice last_line(struct json_slice gap)
{
    const char *end = gap.text + gap.len;
    const char *lf = memrchr(gap.text, '\n', gap.len);
    return (struct json_slice){lf + 1, (size_t)(end - lf - 1)};
}

/* White space before a member, behind the comma or the bracket. */
static struct json_slice gap_before(const char *text, const struct json_object *object, size_t i)
{
    size_t end = object->members[i].key_begin;
    size_t begin = end;
    while (text[begin - 1] != ',' && text[begin - 1] != '{')
        begin--;
    return slice_of(text, begin, end);
}

/* What the members of the root are indented by, compared with its closing bracket. */
static void learn_unit(const char *text, const struct json_object *root, struct json_style *style)
{
    struct json_slice inner = {"  ", 2};
    struct json_slice outer = {"", 0};
    if (root->count > 0 && has_break(gap_before(text, root, 0))) {
        struct json_slice close =
            slice_of(text, root->members[root->count - 1].value.end, root->span.end - 1);
        struct json_slice indent = last_line(gap_before(text, root, 0));
        if (has_break(close))
            outer = last_line(close);
        if (indent.len > outer.len && memcmp(indent.text, outer.text, outer.len) == 0)
            inner = indent;
        else
            outer.len = 0;
    }
    mw_buf_append(&style->unit, inner.text + outer.len, inner.len - outer.len);
}

static void learn_members(const char *text, const struct json_object *object,
                          struct json_style *style)
{
    const struct mw_json_member *last = &object->members[object->count - 1];
    struct json_slice colon = slice_of(text, last->key_end, last->value.begin);
    struct json_slice first_gap = gap_before(text, object, 0);
    struct json_slice last_gap = gap_before(text, object, object->count - 1);
    if (!has_break(colon))
        style->colon = colon;
    style->lines = has_break(first_gap) || has_break(last_gap);
    if (style->lines) {
        struct json_slice indent = last_line(has_break(last_gap) ? last_gap : first_gap);
        style->indent.len = 0;
        mw_buf_append(&style->indent, indent.text, indent.len);
    } else if (object->count > 1) {
        style->behind = (struct json_slice){last_gap.text - 1, last_gap.len + 1};
    }
    for (size_t i = object->count; i-- > 0 && style->array_open.text == NULL;)
        json_style_learn_array(text, object->members[i].value, style);
}

/* An empty object is written as its parent is, one level deeper; hence outermost first. */
static void learn_object(const struct json_path *path, size_t level, size_t index,
                         struct json_style *style)
{
    const struct json_object *object = &path->levels[level].objects[index];
    if (object->count > 0) {
        learn_members(path->text, object, style);
        return;
    }
    if (level == 0)
        return;
    learn_object(path, level - 1, object->parent, style); /* at most MW_JSON_MAX_DEPTH deep */
    style->array_open = (struct json_slice){NULL, 0};
    mw_buf_append(&style->indent, style->unit.data, style->unit.len);
}

void json_style_learn(const struct json_path *path, size_t level, size_t object,
                      struct json_style *style)
{
    const struct json_object *root = &path->levels[0].objects[0];
    *style = (struct json_style){
        .ending = edit_ending(path->text, path->len),
        .colon = {": ", 2},
        .lines = true,
    };
    learn_unit(path->text, root, style);
    mw_buf_append(&style->indent, style->unit.data, style->unit.len);
    learn_object(path, level, object, style);
    if (style->behind.text == NULL)
        style->behind =
            style->colon.len == 1 ? (struct json_slice){",", 1} : (struct json_slice){", ", 2};
}

void json_style_learn_array(const char *text, struct mw_json_span array, struct json_style *style)
{
    MW_FREE struct mw_json_member *elements = NULL;
    size_t count = array.type == MW_JSON_ARRAY ? mw_json_children(text, array, &elements) : 0;
    if (count > 0) {
        style->array_open = slice_of(text, array.begin + 1, elements[0].value.begin);
        style->array_close = slice_of(text, elements[count - 1].value.end, array.end - 1);
        style->array_comma = (struct json_slice){NULL, 0};
    }
    if (count > 1)
        style->array_comma = slice_of(text, elements[0].value.end, elements[1].value.begin);
}

void json_style_release(struct json_style *style)
{
    mw_buf_release(&style->unit);
    mw_buf_release(&style->indent);
}

void json_style_break(const struct json_style *style, int deeper, struct mw_buf *out)
{
    mw_buf_puts(out, style->ending);
    if (deeper < 0) {
        mw_buf_append(out, style->indent.data, style->indent.len - style->unit.len);
        return;
    }
    mw_buf_append(out, style->indent.data, style->indent.len);
    for (int i = 0; i < deeper; i++)
        mw_buf_append(out, style->unit.data, style->unit.len);
}
