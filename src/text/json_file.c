/* daemon.json: how dockerd reads it (moby/moby daemon/config, Go's encoding/json). */
#include <stdlib.h>
#include <string.h>

#include "edit_parts.h"
#include "json_path.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "names.h"
#include "odd_text.h"

enum mw_code json_root(const char *path, const char *text, size_t len, struct mw_json_span *root,
                       struct mw_error *err)
{
    if (odd_text_check_mark(NULL, path, text, len, err) != MW_OK)
        return MW_BAD_CONFIG;
    size_t at = 0;
    const char *what = NULL;
    while (at < len && edit_is_space(text[at]))
        at++;
    if (at == len) {
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

static enum mw_code json_check(const struct mw_editor *editor, const char *path, const char *text,
                               size_t len, struct mw_error *err)
{
    struct mw_json_span root;
    (void)editor;
    return json_root(path, text, len, &root, err);
}

/* Owned. */
static char *read_string(const char *text, size_t begin, size_t end)
{
    size_t len = 0;
    MW_FREE char *raw = mw_json_unescape(text, begin, end, &len);
    return mw_edit_item(raw, len);
}

void json_read_value(const char *text, struct mw_json_span span, struct mw_value *value)
{
    MW_FREE struct mw_json_member *elements = NULL;
    size_t count = span.type == MW_JSON_ARRAY ? mw_json_children(text, span, &elements) : 0;
    bool is_list = span.type == MW_JSON_ARRAY;
    for (size_t i = 0; i < count && is_list; i++)
        is_list = elements[i].value.type == MW_JSON_STRING;
    value->kind = is_list                       ? MW_VALUE_LIST
                  : span.type == MW_JSON_STRING ? MW_VALUE_STRING
                                                : MW_VALUE_LITERAL;
    if (value->kind == MW_VALUE_STRING)
        mw_strings_take(&value->items, read_string(text, span.begin, span.end));
    else if (value->kind == MW_VALUE_LITERAL)
        mw_strings_add_n(&value->items, text + span.begin, span.end - span.begin);
    for (size_t i = 0; i < count && is_list; i++)
        mw_strings_take(&value->items,
                        read_string(text, elements[i].value.begin, elements[i].value.end));
}

void json_read_key(const struct json_path *path, struct mw_value *value)
{
    struct json_place place = json_path_last(path, path->count - 1);
    if (place.found)
        json_read_value(path->text, json_member(path, path->count - 1, place)->value, value);
}

static enum mw_code json_get(const struct mw_editor *editor, const char *text, size_t len,
                             const char *key, struct mw_value *value, struct mw_error *err)
{
    (void)editor;
    struct mw_json_span root;
    struct json_path path;
    enum mw_code code = json_root(_("the text"), text, len, &root, err);
    if (code != MW_OK)
        return code;
    if (!json_path_open(text, len, root, key, &path))
        return MW_OK;
    json_read_key(&path, value);
    json_path_close(&path);
    return MW_OK;
}

/* Of two members of one name the later counts; only objects merge. */
static void json_notices(const char *text, size_t len, struct mw_notices *notices)
{
    struct mw_json_span root;
    if (json_root("", text, len, &root, NULL) != MW_OK)
        return;
    MW_FREE struct mw_json_member *members = NULL;
    size_t count = mw_json_children(text, root, &members);
    MW_AUTO(names) names = {0};
    size_t line = 1;
    size_t seen = 0;
    for (size_t i = 0; i < count; i++) {
        for (; seen < members[i].key_begin; seen++)
            line += text[seen] == '\n';
        names_add(&names, read_string(text, members[i].key_begin, members[i].key_end), 0, line);
    }
    names_sort(&names);
    for (size_t i = 1; i < count; i++) {
        const struct name *name = &names.items[i - 1];
        bool merge = members[name->place].value.type == MW_JSON_OBJECT &&
                     members[name[1].place].value.type == MW_JSON_OBJECT;
        if (names_again(&names, i) && !merge)
            mw_notices_add(notices, name->line, "json-duplicate",
                           _("\"%.60s\" is given again on line %zu, so this one has no effect"),
                           name->text, name[1].line);
    }
    mw_notices_sort(notices);
}

const struct mw_editor mw_editor_json = {
    .name = "json",
    .check = json_check,
    .get = json_get,
    .put = json_put,
    .notices = json_notices,
    .is_typed = true,
    .is_json = true,
};
