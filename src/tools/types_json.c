/* Is a JSON value what its key says, at every level? A tool that decodes into typed fields, as
 * dockerd does, refuses the whole file for one that is not. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/json_scan.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

/* What all levels of one value share. */
struct json_look {
    const struct mw_system *sys;
    const struct mw_tool *tool;
    enum mw_scope scope;
    const char *text;
    struct mw_json_span root;
    size_t at; /* where that stands which is refused */
    struct mw_error *err;
};

/* A value, and the object that it is a member of. */
struct json_value {
    const char *name; /* NULL: whoever asks knows it */
    struct mw_json_span span, object;
};

static enum mw_code check_value(struct json_look *look, const struct mw_tool_key *row,
                                const struct json_value *value);

static enum mw_code refuse_member(struct json_look *look, const struct json_value *value,
                                  const char *reason)
{
    look->at = value->span.begin;
    return value->name == NULL
               ? mw_fail(look->err, MW_BAD_PROFILE, 0, "validate", "%s", reason)
               : mw_fail(look->err, MW_BAD_PROFILE, 0, "validate", "%s: %s", value->name, reason);
}

/* The same with the name of another key in the reason. */
static enum mw_code refuse_with(struct json_look *look, const struct json_value *value,
                                const char *reason, const char *other)
{
    MW_FREE char *whole = mw_text_replace(reason, "%s", other);
    return refuse_member(look, value, whole);
}

/* ---- what stands beside it ------------------------------------------------------------------- */

/* Owned: a text without its quotes, "" for null, of a list its items, one a line, all else as it
 * stands. */
static char *span_text(const struct json_look *look, struct mw_json_span span)
{
    struct mw_json_member item = {0};
    MW_AUTO(mw_strings) items = {0};
    size_t len = 0;
    if (span.type == MW_JSON_NULL)
        return mw_xstrdup("");
    if (span.type == MW_JSON_STRING)
        return mw_json_unescape(look->text, span.begin, span.end, &len);
    if (span.type != MW_JSON_ARRAY)
        return mw_xstrndup(look->text + span.begin, span.end - span.begin);
    while (mw_json_next(look->text, span, &item))
        mw_strings_take(&items, span_text(look, item.value));
    return mw_strings_join(&items, "\n");
}

/* The member "NAME" of an object, or "NAME.MEMBER" of one in it, a name with a dot in quotes; of
 * several the last, as Go decodes them. */
static bool find_member(const struct json_look *look, struct mw_json_span object, const char *path,
                        struct mw_json_span *found)
{
    struct mw_json_member member = {0};
    const char *quote = path[0] == '"' ? strchr(path + 1, '"') : NULL;
    const char *first = quote != NULL ? path + 1 : path;
    size_t len = 0, first_len = quote != NULL ? (size_t)(quote - first) : strcspn(first, ".");
    const char *dot = strchr(quote != NULL ? quote : path, '.');
    bool is_there = false;
    while (object.type == MW_JSON_OBJECT && mw_json_next(look->text, object, &member)) {
        MW_FREE char *name = mw_json_unescape(look->text, member.key_begin, member.key_end, &len);
        if (strlen(name) != first_len || strncasecmp(name, first, first_len) != 0)
            continue;
        *found = member.value;
        is_there = true;
    }
    return is_there && dot != NULL ? find_member(look, *found, dot + 1, found) : is_there;
}

/* Owned: what a member beside the value says; NULL: nothing. Beside a key of the tool that is also
 * what a flag says. */
static char *find_beside(const struct json_look *look, const struct json_value *value,
                         const char *path)
{
    struct mw_json_span span;
    MW_AUTO(mw_hit) found = {0};
    if (find_member(look, value->object, path, &span)) {
        MW_FREE char *text = span_text(look, span);
        return text[0] != '\0' ? mw_xstrdup(text) : NULL;
    }
    if (value->object.begin == look->root.begin && mw_tool_key(look->tool, path) != NULL)
        mw_hit_find(look->sys, look->tool, look->scope, path, &found);
    return found.value.items.count > 0 ? mw_strings_join(&found.value.items, "\n") : NULL;
}

struct json_beside {
    const struct json_look *look;
    const struct json_value *value;
};

static char *find_in_object(const void *context, const char *name)
{
    const struct json_beside *here = context;
    return find_beside(here->look, here->value, name);
}

static enum mw_code check_ties(struct json_look *look, const struct mw_tool_key *row,
                               const struct json_value *value)
{
    const struct json_beside here = {look, value};
    const struct mw_beside beside = {look->sys, look->tool, find_in_object, &here};
    bool is_object = value->span.type == MW_JSON_OBJECT;
    MW_FREE char *text = is_object ? mw_xstrdup("{}") : span_text(look, value->span);
    MW_FREE char *named = NULL;
    MW_FREE char *reason =
        text[0] != '\0' ? mw_tool_broken_tie(&beside, row, row->key, text, &named) : NULL;
    return reason != NULL ? refuse_member(look, value, reason) : MW_OK;
}

/* ---- its type -------------------------------------------------------------------------------- */

/* Without a row it is any text. */
static enum mw_code check_text(struct json_look *look, const struct mw_tool_key *row,
                               const struct json_value *value)
{
    if (value->span.type != MW_JSON_STRING && value->span.type != MW_JSON_NULL)
        return refuse_member(look, value, _("it must be a text in quotes"));
    MW_FREE char *item = span_text(look, value->span);
    enum mw_code code = MW_OK;
    if (item[0] == '\0' && row != NULL && (row->refuses_empty || row->clears_to_list))
        return refuse_member(look, value, _("it is empty"));
    if (row != NULL && item[0] != '\0')
        code = mw_types_check_text(look->sys, look->tool, row, item, look->err);
    if (code != MW_OK)
        look->at = value->span.begin;
    return code;
}

/* Go decodes whole numbers from digits alone: neither 1.5 nor 1e3, and none beyond 64 bits. */
static enum mw_code check_number(struct json_look *look, const struct mw_tool_key *row,
                                 const struct json_value *value)
{
    const struct mw_json_span span = value->span;
    MW_FREE char *text = span_text(look, span);
    const char *digits = text + (text[0] == '-');
    errno = 0;
    (void)strtoll(text, NULL, 10);
    if (span.type != MW_JSON_NUMBER || digits[strspn(digits, "0123456789")] != '\0')
        return refuse_member(look, value, _("it must be a whole number, without quotes"));
    if (errno == ERANGE)
        return refuse_member(look, value, _("the number is too large"));
    enum mw_code code = MW_OK;
    if (row->check != NULL || row->range != NULL)
        code = mw_types_check(look->sys, look->tool, row, text, look->err);
    if (code != MW_OK)
        look->at = span.begin;
    return code;
}

static const struct mw_tool_key *find_field(const struct mw_tool_key *row, const char *name)
{
    for (size_t i = 0; i < row->field_count; i++) {
        if (strcasecmp(row->fields[i].key, name) == 0)
            return &row->fields[i];
    }
    return NULL;
}

static enum mw_code check_member(struct json_look *look, const struct mw_tool_key *row,
                                 const struct json_value *value)
{
    const struct mw_tool_key *inside = find_field(row, value->name);
    if (inside == NULL)
        inside = row->item;
    bool is_known = inside != NULL && mw_tool_knows(look->sys, look->tool, inside);
    if (row->choices.count > 0 && (!is_known || !mw_strings_has(&row->choices, value->name))) {
        MW_FREE char *list = mw_strings_join(&row->choices, ", ");
        return refuse_with(look, value, _("there is no such option; allowed: %s"), list);
    }
    if (mw_strings_has(&row->except, value->name))
        return refuse_member(look, value, _("this name is taken; choose another"));
    /* What looks names up does so letter by letter; what decodes into fields does not. */
    bool is_other = inside != NULL && inside->key != NULL && strcmp(inside->key, value->name) != 0;
    if (row->is_closed && (!is_known || is_other))
        return refuse_member(look, value, _("there is no such option"));
    return is_known ? check_value(look, inside, value) : MW_OK;
}

/* The grammar of the whole: of a list the items, of an object the values of its fields, one a
 * line. */
static enum mw_code check_whole(struct json_look *look, const struct mw_tool_key *row,
                                const struct json_value *value)
{
    struct mw_json_member member = {0};
    MW_AUTO(mw_strings) parts = {0};
    for (size_t i = 0; i < row->field_count; i++) {
        struct mw_json_span span;
        bool is_there = find_member(look, value->span, row->fields[i].key, &span);
        mw_strings_take(&parts, is_there ? span_text(look, span) : mw_xstrdup(""));
    }
    while (row->field_count == 0 && mw_json_next(look->text, value->span, &member))
        mw_strings_take(&parts, span_text(look, member.value));
    MW_FREE char *text = mw_strings_join(&parts, "\n");
    const char *reason = mw_grammar_wrong(row->whole, text);
    return reason == NULL ? MW_OK : refuse_member(look, value, reason);
}

static enum mw_code check_children(struct json_look *look, const struct mw_tool_key *row,
                                   const struct json_value *value)
{
    struct mw_json_member member = {0};
    size_t len = 0;
    enum mw_code code = MW_OK;
    while (code == MW_OK && mw_json_next(look->text, value->span, &member)) {
        bool is_member = value->span.type == MW_JSON_OBJECT;
        MW_FREE char *name =
            is_member ? mw_json_unescape(look->text, member.key_begin, member.key_end, &len) : NULL;
        struct json_value inside = {is_member ? name : value->name, member.value, value->span};
        if (is_member)
            code = check_member(look, row, &inside);
        else if (row->item != NULL)
            code = check_value(look, row->item, &inside);
        else
            code = check_text(look, row, &inside);
    }
    if (code == MW_OK && row->whole != NULL)
        code = check_whole(look, row, value);
    return code;
}

static enum mw_code check_type(struct json_look *look, const struct mw_tool_key *row,
                               const struct json_value *value)
{
    const enum mw_json_type type = value->span.type;
    if (row->type == MW_TYPE_ANY)
        return MW_OK;
    if (row->type == MW_TYPE_OBJECT)
        return type == MW_JSON_OBJECT ? check_children(look, row, value)
                                      : refuse_member(look, value, _("it must be an object in {}"));
    if (mw_type_is_list(row->type))
        return type == MW_JSON_ARRAY ? check_children(look, row, value)
                                     : refuse_member(look, value, _("it must be a list in []"));
    if (row->type == MW_TYPE_BOOL)
        return type == MW_JSON_TRUE || type == MW_JSON_FALSE
                   ? MW_OK
                   : refuse_member(look, value, _("it must be true or false, without quotes"));
    if (row->type == MW_TYPE_NUMBER || row->type == MW_TYPE_SECONDS)
        return check_number(look, row, value);
    return check_text(look, row, value);
}

/* ---- all of it ------------------------------------------------------------------------------- */

/* As one row has it; with "by" as the field has it that a value beside it names. */
static enum mw_code check_row(struct json_look *look, const struct mw_tool_key *row,
                              const struct json_value *value)
{
    if (value->span.type == MW_JSON_NULL && (!row->refuses_empty || mw_type_is_list(row->type)))
        return MW_OK;
    if (row->by.count > 0) {
        MW_FREE char *which = find_beside(look, value, row->by.items[0]);
        const struct mw_tool_key *field = find_field(row, which != NULL ? which : row->by.items[1]);
        row = field != NULL ? field : row;
    }
    enum mw_code code = check_type(look, row, value);
    return code == MW_OK ? check_ties(look, row, value) : code;
}

static enum mw_code check_value(struct json_look *look, const struct mw_tool_key *row,
                                const struct json_value *value)
{
    enum mw_code code = check_row(look, row, value);
    for (row = row->other; code != MW_OK && row != NULL; row = row->other) {
        struct mw_error why = {0};
        struct json_look other = *look;
        other.err = &why;
        if (mw_tool_knows(look->sys, look->tool, row))
            code = check_row(&other, row, value);
        if (code == MW_OK || other.at <= look->at)
            continue;
        /* It is one of these, and wrong inside. */
        look->at = other.at;
        if (look->err != NULL)
            *look->err = why;
    }
    return code;
}

enum mw_code mw_tool_check_json(const struct mw_system *sys, const struct mw_tool *tool,
                                enum mw_scope scope, const struct mw_tool_key *row,
                                const char *text, struct mw_json_span root,
                                struct mw_json_span span, size_t *at, struct mw_error *err)
{
    struct json_look look = {.sys = sys,
                             .tool = tool,
                             .scope = scope,
                             .text = text,
                             .root = root,
                             .at = span.begin,
                             .err = err};
    /* A value without the object that it is a member of. */
    bool is_alone = root.begin == span.begin;
    root.type = is_alone ? MW_JSON_NULL : root.type;
    enum mw_code code =
        check_value(&look, row, &(struct json_value){is_alone ? NULL : row->key, span, root});
    *at = look.at;
    return code;
}
