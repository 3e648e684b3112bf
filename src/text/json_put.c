/* daemon.json: one key changed. */
#include <stdlib.h>
#include <string.h>

#include "edit_parts.h"
#include "json_style.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

/* ---- what can be written --------------------------------------------------------------------- */

/* Would the value still be within the nesting that check() allows, so many objects deep? */
static bool nests(const char *value, size_t names)
{
    MW_AUTO(mw_buf) wrapped = {0};
    for (size_t i = 0; i < names; i++)
        mw_buf_putc(&wrapped, '[');
    mw_buf_puts(&wrapped, value);
    for (size_t i = 0; i < names; i++)
        mw_buf_putc(&wrapped, ']');
    return mw_json_check(mw_buf_text(&wrapped), wrapped.len, NULL, NULL, NULL);
}

/* A literal is one JSON value that reads as a literal again, without blanks around it. */
static bool is_literal(const char *text)
{
    struct mw_json_span span;
    size_t len = strlen(text);
    if (!mw_json_check(text, len, &span, NULL, NULL) || span.begin != 0 || span.end != len)
        return false;
    MW_AUTO(mw_value) value = {0};
    json_read_value(text, span, &value);
    return value.kind == MW_VALUE_LITERAL;
}

static enum mw_code check_put(const char *key, const struct mw_value *value, struct mw_error *err)
{
    const char *item = value->kind == MW_VALUE_LITERAL ? value->items.items[0] : "[]";
    MW_AUTO(key_path) path = {0};
    bool parsed = key_path_parse(key, &path);
    for (size_t i = 0; i < path.count; i++)
        parsed = parsed && path.parts[i].pick == NULL;
    if (edit_check_path(err, key, &path, parsed) != MW_OK)
        return MW_USAGE;
    if (value->kind == MW_VALUE_LITERAL && !is_literal(item))
        return mw_fail(err, MW_USAGE, 0, "edit",
                       _("The value of %s is no JSON literal: true, false, null, a number or an "
                         "object."),
                       key);
    if (!nests(item, path.count))
        return mw_fail(err, MW_USAGE, 0, "edit", _("%s would be nested more than %d deep."), key,
                       MW_JSON_MAX_DEPTH);
    return edit_check_items(err, key, value);
}

/* ---- writing --------------------------------------------------------------------------------- */

static void put_slice(struct mw_buf *out, struct json_slice slice)
{
    mw_buf_append(out, slice.text, slice.len);
}

static void put_quoted(struct mw_buf *out, const char *text, size_t len)
{
    MW_FREE char *quoted = mw_json_quote(text, len);
    mw_buf_puts(out, quoted);
}

/* Docker's documentation writes an element a line. */
static void put_default_list(struct mw_buf *out, const struct json_style *style, int deeper,
                             const struct mw_strings *items)
{
    for (size_t i = 0; i < items->count; i++) {
        if (style->lines) {
            mw_buf_puts(out, i > 0 ? "," : "");
            json_style_break(style, deeper + 1, out);
        } else if (i > 0) {
            put_slice(out, style->behind);
        }
        put_quoted(out, items->items[i], strlen(items->items[i]));
    }
    if (style->lines)
        json_style_break(style, deeper, out);
}

static void put_learned_list(struct mw_buf *out, const struct json_style *style,
                             const struct mw_strings *items)
{
    put_slice(out, style->array_open);
    for (size_t i = 0; i < items->count; i++) {
        if (i > 0 && style->array_comma.text != NULL) {
            put_slice(out, style->array_comma);
        } else if (i > 0 && memchr(style->array_open.text, '\n', style->array_open.len) != NULL) {
            mw_buf_putc(out, ',');
            put_slice(out, style->array_open);
        } else if (i > 0) {
            mw_buf_puts(out, style->colon.len == 1 ? "," : ", ");
        }
        put_quoted(out, items->items[i], strlen(items->items[i]));
    }
    put_slice(out, style->array_close);
}

static void put_list(struct mw_buf *out, const struct json_style *style, int deeper,
                     const struct mw_strings *items)
{
    mw_buf_putc(out, '[');
    if (items->count > 0 && deeper == 0 && style->array_open.text != NULL)
        put_learned_list(out, style, items);
    else if (items->count > 0)
        put_default_list(out, style, deeper, items);
    mw_buf_putc(out, ']');
}

/* The value of names[level], with an object for each name that follows. */
static void put_value(struct mw_buf *out, const struct json_style *style,
                      const struct json_path *path, size_t level, const struct mw_value *value)
{
    int deeper = 0;
    for (size_t i = level + 1; i < path->count; i++) {
        mw_buf_putc(out, '{');
        deeper++;
        if (style->lines)
            json_style_break(style, deeper, out);
        put_quoted(out, path->levels[i].name, path->levels[i].name_len);
        put_slice(out, style->colon);
    }
    if (value->kind == MW_VALUE_LIST)
        put_list(out, style, deeper, &value->items);
    else if (value->kind == MW_VALUE_STRING)
        put_quoted(out, value->items.items[0], strlen(value->items.items[0]));
    else
        mw_buf_puts(out, value->items.items[0]);
    while (deeper > 0) {
        deeper--;
        if (style->lines)
            json_style_break(style, deeper, out);
        mw_buf_putc(out, '}');
    }
}

static void put_member(struct mw_buf *out, const struct json_style *style,
                       const struct json_path *path, size_t level, const struct mw_value *value)
{
    put_quoted(out, path->levels[level].name, path->levels[level].name_len);
    put_slice(out, style->colon);
    put_value(out, style, path, level, value);
}

/* The only member of its object, between the brackets. */
static void put_only_member(struct mw_buf *out, const struct json_style *style,
                            const struct json_path *path, size_t level,
                            const struct mw_value *value)
{
    if (style->lines)
        json_style_break(style, 0, out);
    put_member(out, style, path, level, value);
    if (style->lines)
        json_style_break(style, -1, out);
}

/* ---- changing -------------------------------------------------------------------------------- */

/* The text has no object yet. */
static void add_root(const struct json_path *path, struct mw_json_span root,
                     const struct mw_value *value, struct mw_edits *edits)
{
    MW_AUTO(json_style) style = {0};
    json_style_learn(path, 0, 0, &style);
    struct mw_buf *out = mw_edits_add(edits, root.begin, root.end);
    mw_buf_putc(out, '{');
    put_only_member(out, &style, path, 0, value);
    mw_buf_putc(out, '}');
    if (root.begin == 0 && root.end == path->len)
        mw_buf_puts(out, style.ending);
}

static void add_member(const struct json_path *path, size_t level, size_t index,
                       const struct mw_value *value, struct mw_edits *edits)
{
    const struct json_object *object = &path->levels[level].objects[index];
    MW_AUTO(json_style) style = {0};
    json_style_learn(path, level, index, &style);
    if (object->count == 0) {
        put_only_member(mw_edits_add(edits, object->span.begin + 1, object->span.end - 1), &style,
                        path, level, value);
    } else {
        size_t end = object->members[object->count - 1].value.end;
        struct mw_buf *out = mw_edits_add(edits, end, end);
        if (style.lines) {
            mw_buf_putc(out, ',');
            json_style_break(&style, 0, out);
        } else {
            put_slice(out, style.behind);
        }
        put_member(out, &style, path, level, value);
    }
}

static void replace_value(const struct json_path *path, size_t level, struct json_place place,
                          const struct mw_value *value, struct mw_edits *edits)
{
    const struct mw_json_member *member = json_member(path, level, place);
    MW_AUTO(json_style) style = {0};
    json_style_learn(path, level, place.object, &style);
    json_style_learn_array(path->text, member->value, &style);
    put_value(mw_edits_add(edits, member->value.begin, member->value.end), &style, path, level,
              value);
}

/* Goes down as far as there are objects and puts there what is missing. */
static enum mw_code set_key(const struct json_path *path, const char *key,
                            const struct mw_value *value, struct mw_edits *edits,
                            struct mw_error *err)
{
    size_t level = 0;
    struct json_place place = json_path_last(path, level);
    while (place.found && level + 1 < path->count &&
           json_member(path, level, place)->value.type == MW_JSON_OBJECT)
        place = json_path_last(path, ++level);
    if (!place.found) {
        add_member(path, level, path->levels[level].count - 1, value, edits);
        return MW_OK;
    }
    const struct mw_json_span *span = &json_member(path, level, place)->value;
    if (level + 1 < path->count && span->type != MW_JSON_NULL) {
        size_t line = 0;
        size_t column = 0;
        mw_text_position(path->text, span->begin, &line, &column);
        return mw_fail(err, MW_BAD_CONFIG, 0, "edit",
                       _("%s cannot be set: \"%s\" on line %zu is not an object."), key,
                       path->levels[level].name, line);
    }
    /* An object in the place of the null would merge with those that the null had discarded. */
    if (level + 1 < path->count && path->levels[level + 1].dead > 0)
        add_member(path, level, path->levels[level].count - 1, value, edits);
    else
        replace_value(path, level, place, value, edits);
    return MW_OK;
}

enum mw_code json_put(const struct mw_editor *editor, const char *text, size_t len, const char *key,
                      const struct mw_value *value, struct mw_edits *edits, struct mw_error *err)
{
    (void)editor;
    struct mw_json_span root;
    struct json_path path;
    MW_AUTO(mw_value) have = {0};
    enum mw_code code = check_put(key, value, err);
    if (code == MW_OK)
        code = json_root(_("the text"), text, len, &root, err);
    if (code != MW_OK)
        return code;
    json_path_open(text, len, root, key, &path);
    json_read_key(&path, &have);
    if (value->kind == MW_VALUE_ABSENT)
        json_remove(&path, edits);
    else if (mw_value_equal(&have, value))
        code = MW_OK;
    else if (root.type == MW_JSON_NULL)
        add_root(&path, root, value, edits);
    else
        code = set_key(&path, key, value, edits, err);
    json_path_close(&path);
    return code;
}
