/* daemon.json: how dockerd reads it (moby/moby daemon/config, Go's encoding/json). */
#include <stdlib.h>
#include <string.h>

#include "edit_parts.h"
#include "json_path.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "odd_text.h"

static bool is_blank_text(const char *text, size_t len)
{
    size_t i = 0;
    while (i < len && edit_is_space(text[i]))
        i++;
    return i == len;
}

enum mw_code json_root(const char *path, const char *text, size_t len, struct mw_json_span *root,
                       struct mw_error *err)
{
    if (odd_text_check_mark(path, text, len, err) != MW_OK)
        return MW_BAD_CONFIG;
    size_t at = 0;
    const char *what = NULL;
    if (is_blank_text(text, len)) {
        *root = (struct mw_json_span){.type = MW_JSON_NULL, .begin = 0, .end = len};
        return MW_OK;
    }
    if (mw_json_check(text, len, root, &at, &what)) {
        if (root->type == MW_JSON_OBJECT || root->type == MW_JSON_NULL)
            return MW_OK;
        at = root->begin;
        what = _("the text is not an object in { }");
    }
    return edit_refuse(err, "check", path, text, at, what, NULL);
}

static enum mw_code json_check(const char *path, const char *text, size_t len, struct mw_error *err)
{
    struct mw_json_span root;
    return json_root(path, text, len, &root, err);
}

static bool is_string_list(const char *text, struct mw_json_span span)
{
    MW_FREE struct mw_json_member *elements = NULL;
    size_t count = mw_json_children(text, span, &elements);
    bool strings = span.type == MW_JSON_ARRAY;
    for (size_t i = 0; i < count && strings; i++)
        strings = elements[i].value.type == MW_JSON_STRING;
    return strings;
}

static void take_string(const char *text, struct mw_json_span span, struct mw_value *value)
{
    size_t len = 0;
    MW_FREE char *raw = mw_json_unescape(text, span.begin, span.end, &len);
    mw_strings_take(&value->items, mw_edit_item(raw, len));
}

void json_read_value(const char *text, struct mw_json_span span, struct mw_value *value)
{
    if (span.type == MW_JSON_STRING) {
        value->kind = MW_VALUE_STRING;
        take_string(text, span, value);
    } else if (is_string_list(text, span)) {
        MW_FREE struct mw_json_member *elements = NULL;
        size_t count = mw_json_children(text, span, &elements);
        value->kind = MW_VALUE_LIST;
        for (size_t i = 0; i < count; i++)
            take_string(text, elements[i].value, value);
    } else {
        value->kind = MW_VALUE_LITERAL;
        mw_strings_add_n(&value->items, text + span.begin, span.end - span.begin);
    }
}

static enum mw_code json_get(const char *text, size_t len, const char *key, struct mw_value *value,
                             struct mw_error *err)
{
    struct mw_json_span root;
    struct json_path path;
    enum mw_code code = json_root(_("the text"), text, len, &root, err);
    if (code != MW_OK)
        return code;
    if (!json_path_open(text, len, root, key, &path))
        return MW_OK;
    struct json_place place = json_path_last(&path, path.count - 1);
    if (place.found)
        json_read_value(text, json_member(&path, path.count - 1, place)->value, value);
    json_path_close(&path);
    return MW_OK;
}

struct named {
    char *name; /* owned */
    size_t len;
    size_t index, line;
    enum mw_json_type type;
};

static int compare_named(const void *left, const void *right)
{
    const struct named *a = left;
    const struct named *b = right;
    if (a->len != b->len)
        return a->len < b->len ? -1 : 1;
    int order = memcmp(a->name, b->name, a->len);
    if (order != 0)
        return order;
    return a->index < b->index ? -1 : 1;
}

static struct named *list_named(const char *text, const struct mw_json_member *members,
                                size_t count)
{
    struct named *list = mw_xcalloc(count, sizeof *list);
    size_t line = 1;
    size_t seen = 0;
    for (size_t i = 0; i < count; i++) {
        for (; seen < members[i].key_begin; seen++)
            line += text[seen] == '\n';
        list[i].name =
            mw_json_unescape(text, members[i].key_begin, members[i].key_end, &list[i].len);
        list[i].index = i;
        list[i].line = line;
        list[i].type = members[i].value.type;
    }
    return list;
}

/* Of two members of one name the later counts; only objects merge. */
static void json_notices(const char *text, size_t len, struct mw_notices *notices)
{
    struct mw_json_span root;
    if (json_root("", text, len, &root, NULL) != MW_OK)
        return;
    MW_FREE struct mw_json_member *members = NULL;
    size_t count = mw_json_children(text, root, &members);
    MW_FREE struct named *list = list_named(text, members, count);
    qsort(list, count, sizeof *list, compare_named);
    for (size_t i = 0; i + 1 < count; i++) {
        const struct named *next = &list[i + 1];
        bool same = list[i].len == next->len && memcmp(list[i].name, next->name, next->len) == 0;
        bool merge = list[i].type == MW_JSON_OBJECT && next->type == MW_JSON_OBJECT;
        if (same && !merge)
            mw_notices_add(notices, list[i].line, "json-duplicate",
                           _("\"%.60s\" is given again on line %zu, so this one has no effect"),
                           list[i].name, next->line);
    }
    mw_notices_sort(notices);
    for (size_t i = 0; i < count; i++)
        free(list[i].name);
}

const struct mw_editor mw_editor_json = {
    .name = "json",
    .refuses_empty = true,
    .check = json_check,
    .get = json_get,
    .put = json_put,
    .notices = json_notices,
    .is_typed = true,
};
