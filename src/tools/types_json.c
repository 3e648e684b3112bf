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
    const char *name;
    struct mw_json_span span, object;
};

static enum mw_code check_value(struct json_look *look, const struct mw_tool_key *row,
                                const struct json_value *value);

static enum mw_code refuse(struct json_look *look, const struct json_value *value,
                           const char *reason)
{
    look->at = value->span.begin;
    return mw_fail(look->err, MW_BAD_PROFILE, 0, "validate", "%s: %s", value->name, reason);
}

/* The same with the name of another key in the reason. */
static enum mw_code refuse_with(struct json_look *look, const struct json_value *value,
                                const char *reason, const char *other)
{
    MW_FREE char *whole = mw_text_replace(reason, "%s", other);
    return refuse(look, value, whole);
}

/* ---- what stands beside it ------------------------------------------------------------------- */

/* Owned: a text without its quotes, "" for null, all else as it stands. */
static char *text_of(const struct json_look *look, struct mw_json_span span)
{
    size_t len = 0;
    if (span.type == MW_JSON_NULL)
        return mw_xstrdup("");
    if (span.type == MW_JSON_STRING)
        return mw_json_unescape(look->text, span.begin, span.end, &len);
    return mw_xstrndup(look->text + span.begin, span.end - span.begin);
}

/* The member "NAME" of an object, or "NAME.MEMBER" of one in it; of several the last, as Go decodes
 * them. */
static bool find_member(const struct json_look *look, struct mw_json_span object, const char *path,
                        struct mw_json_span *found)
{
    struct mw_json_member member = {0};
    const char *dot = strchr(path, '.');
    size_t len = 0, path_len = dot != NULL ? (size_t)(dot - path) : strlen(path);
    bool is_there = false;
    while (object.type == MW_JSON_OBJECT && mw_json_next(look->text, object, &member)) {
        MW_FREE char *name = mw_json_unescape(look->text, member.key_begin, member.key_end, &len);
        if (strlen(name) != path_len || strncasecmp(name, path, path_len) != 0)
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
        MW_FREE char *text = text_of(look, span);
        return text[0] != '\0' ? mw_xstrdup(text) : NULL;
    }
    if (value->object.begin == look->root.begin && mw_tool_key(look->tool, path) != NULL)
        mw_hit_find(look->sys, look->tool, look->scope, path, &found);
    return found.value.items.count > 0 ? mw_xstrdup(found.value.items.items[0]) : NULL;
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
    MW_FREE char *text = is_object ? mw_xstrdup("{}") : text_of(look, value->span);
    MW_FREE char *reason =
        text[0] != '\0' ? mw_tool_broken_tie(&beside, row, row->key, text) : NULL;
    return reason != NULL ? refuse(look, value, reason) : MW_OK;
}

/* Is one of the items of a flag "NAME=…"? */
static bool is_in_flag(const struct json_look *look, const char *key, const char *name)
{
    MW_AUTO(mw_hit) found = {0};
    size_t len = strlen(name);
    bool is_in = false;
    mw_hit_find(look->sys, look->tool, look->scope, key, &found);
    for (size_t i = 0; !is_in && i < found.value.items.count; i++) {
        const char *item = found.value.items.items[i];
        is_in = strncmp(item, name, len) == 0 && item[len] == '=';
    }
    return is_in;
}

static enum mw_code check_names(struct json_look *look, const struct mw_tool_key *row,
                                const struct json_value *value)
{
    MW_FREE char *name = text_of(look, value->span);
    struct mw_json_span span;
    bool is_there = row->names.count == 0 || name[0] == '\0';
    for (size_t i = 0; !is_there && i < row->names.count; i++) {
        const char *pattern = row->names.items[i];
        MW_FREE char *path = mw_text_replace(pattern, "{name}", name);
        is_there = strcmp(path, pattern) == 0 ? is_in_flag(look, pattern, name)
                                              : find_member(look, value->object, path, &span);
    }
    if (is_there)
        return MW_OK;
    MW_FREE char *where = mw_xstrndup(row->names.items[0], strcspn(row->names.items[0], "."));
    MW_FREE char *others =
        row->other != NULL ? mw_strings_join(&row->other->choices, ", ") : mw_xstrdup("");
    MW_FREE char *reason =
        mw_xasprintf(others[0] != '\0' ? _("nothing in \"%s\" has the name \"%s\", and it is "
                                           "none of %s")
                                       : _("nothing in \"%s\" has the name \"%s\""),
                     where, name, others);
    return refuse(look, value, reason);
}

/* ---- its type -------------------------------------------------------------------------------- */

/* Without a row it is any text. */
static enum mw_code check_text(struct json_look *look, const struct mw_tool_key *row,
                               const struct json_value *value)
{
    if (value->span.type != MW_JSON_STRING && value->span.type != MW_JSON_NULL)
        return refuse(look, value, _("it must be a text in quotes"));
    MW_FREE char *item = text_of(look, value->span);
    enum mw_code code = MW_OK;
    if (item[0] == '\0' && row != NULL && row->refuses_empty)
        return refuse(look, value, _("it is empty"));
    if (row != NULL && item[0] != '\0')
        code = mw_types_check(look->sys, look->tool, row, item, look->err);
    if (code != MW_OK)
        look->at = value->span.begin;
    return code;
}

/* Go decodes whole numbers from digits alone: neither 1.5 nor 1e3, and none beyond 64 bits. */
static enum mw_code check_number(struct json_look *look, const struct mw_tool_key *row,
                                 const struct json_value *value)
{
    const struct mw_json_span span = value->span;
    MW_FREE char *text = text_of(look, span);
    const char *digits = text + (text[0] == '-');
    errno = 0;
    (void)strtoll(text, NULL, 10);
    if (span.type != MW_JSON_NUMBER || digits[strspn(digits, "0123456789")] != '\0')
        return refuse(look, value, _("it must be a whole number, without quotes"));
    if (errno == ERANGE)
        return refuse(look, value, _("the number is too large"));
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

static bool is_of_version(const struct json_look *look, const struct mw_tool_key *row)
{
    bool is_ranged = row->since != NULL || row->until != NULL;
    MW_FREE char *version = is_ranged ? mw_tool_version(look->sys, look->tool) : NULL;
    return mw_version_within(version, row->since, row->until);
}

static enum mw_code check_member(struct json_look *look, const struct mw_tool_key *row,
                                 const struct json_value *value)
{
    const struct mw_tool_key *inside = find_field(row, value->name);
    if (inside == NULL)
        inside = row->item;
    if (row->choices.count > 0 && !mw_strings_has(&row->choices, value->name)) {
        MW_FREE char *list = mw_strings_join(&row->choices, ", ");
        return refuse_with(look, value, _("there is no such option; allowed: %s"), list);
    }
    if (mw_strings_has(&row->except, value->name))
        return refuse(look, value, _("this name is taken; choose another"));
    if (inside != NULL)
        return is_of_version(look, inside) ? check_value(look, inside, value) : MW_OK;
    return row->is_closed ? refuse(look, value, _("there is no such option")) : MW_OK;
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
        mw_strings_take(&parts, is_there ? text_of(look, span) : mw_xstrdup(""));
    }
    while (row->field_count == 0 && mw_json_next(look->text, value->span, &member))
        mw_strings_take(&parts, text_of(look, member.value));
    MW_FREE char *text = mw_strings_join(&parts, "\n");
    const char *reason = mw_grammar_wrong(row->whole, text);
    return reason == NULL ? MW_OK : refuse(look, value, reason);
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
            is_member ? mw_json_unescape(look->text, member.key_begin, member.key_end, &len)
                      : mw_xstrdup(value->name);
        struct json_value inside = {name, member.value, value->span};
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
                                      : refuse(look, value, _("it must be an object in {}"));
    if (mw_type_is_list(row->type))
        return type == MW_JSON_ARRAY ? check_children(look, row, value)
                                     : refuse(look, value, _("it must be a list in []"));
    if (row->type == MW_TYPE_BOOL)
        return type == MW_JSON_TRUE || type == MW_JSON_FALSE
                   ? MW_OK
                   : refuse(look, value, _("it must be true or false, without quotes"));
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
    if (code == MW_OK)
        code = check_names(look, row, value);
    if (code == MW_OK)
        code = check_ties(look, row, value);
    return code;
}

static enum mw_code check_value(struct json_look *look, const struct mw_tool_key *row,
                                const struct json_value *value)
{
    enum mw_code code = check_row(look, row, value);
    struct json_look other = *look;
    other.err = NULL;
    for (row = row->other; code != MW_OK && row != NULL; row = row->other) {
        if (is_of_version(look, row))
            code = check_row(&other, row, value);
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
    enum mw_code code = check_value(&look, row, &(struct json_value){row->key, span, root});
    *at = look.at;
    return code;
}
