/* Is a JSON value of the type that its key says? A tool that decodes into typed fields, as dockerd
 * does, refuses the whole file for one that is not. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/json_scan.h"
#include "mirrorwise/memory.h"

/* What all levels of one value share. */
struct json_look {
    const struct mw_system *sys;
    const struct mw_tool *tool;
    const char *text;
    struct mw_error *err;
};

static enum mw_code check_value(const struct json_look *look, const struct mw_tool_key *row,
                                const char *name, struct mw_json_span span);

static enum mw_code refuse(const struct json_look *look, const char *name, const char *reason)
{
    return mw_fail(look->err, MW_BAD_PROFILE, 0, "validate", "%s: %s", name, reason);
}

static enum mw_code check_text(const struct json_look *look, const struct mw_tool_key *row,
                               const char *name, struct mw_json_span span)
{
    size_t len = 0;
    if (span.type != MW_JSON_STRING)
        return refuse(look, name, _("it must be a text in quotes"));
    MW_FREE char *item = mw_json_unescape(look->text, span.begin, span.end, &len);
    enum mw_code code = MW_OK;
    if (row != NULL && item[0] != '\0')
        code = mw_types_check(look->sys, look->tool, row, item, look->err);
    return code;
}

/* Go decodes whole numbers from digits alone: neither 1.5 nor 1e3. */
static enum mw_code check_number(const struct json_look *look, const char *name,
                                 struct mw_json_span span)
{
    const char *digits = look->text + span.begin + (look->text[span.begin] == '-');
    size_t len = span.end - (size_t)(digits - look->text);
    if (span.type == MW_JSON_NUMBER && strspn(digits, "0123456789") >= len)
        return MW_OK;
    return refuse(look, name, _("it must be a whole number, without quotes"));
}

static const struct mw_tool_key *find_field(const struct mw_tool_key *row, const char *name)
{
    for (size_t i = 0; i < row->field_count; i++) {
        if (strcasecmp(row->fields[i].key, name) == 0)
            return &row->fields[i];
    }
    return NULL;
}

static enum mw_code check_member(const struct json_look *look, const struct mw_tool_key *row,
                                 const struct mw_json_member *member)
{
    size_t len = 0;
    MW_FREE char *name = mw_json_unescape(look->text, member->key_begin, member->key_end, &len);
    const struct mw_tool_key *inside = row->item != NULL ? row->item : find_field(row, name);
    enum mw_code code = MW_OK;
    if (inside != NULL)
        code = check_value(look, inside, name, member->value);
    else if (row->is_closed)
        code = refuse(look, name, _("there is no such option"));
    return code;
}

static enum mw_code check_children(const struct json_look *look, const struct mw_tool_key *row,
                                   const char *name, struct mw_json_span span)
{
    struct mw_json_member member = {0};
    enum mw_code code = MW_OK;
    while (code == MW_OK && mw_json_next(look->text, span, &member)) {
        if (span.type == MW_JSON_OBJECT)
            code = check_member(look, row, &member);
        else if (row->item != NULL)
            code = check_value(look, row->item, name, member.value);
        else
            code = check_text(look, row, name, member.value);
    }
    return code;
}

static enum mw_code check_value(const struct json_look *look, const struct mw_tool_key *row,
                                const char *name, struct mw_json_span span)
{
    if (span.type == MW_JSON_NULL || row->type == MW_TYPE_ANY)
        return MW_OK;
    if (row->type == MW_TYPE_OBJECT)
        return span.type == MW_JSON_OBJECT ? check_children(look, row, name, span)
                                           : refuse(look, name, _("it must be an object in {}"));
    if (mw_type_is_list(row->type))
        return span.type == MW_JSON_ARRAY ? check_children(look, row, name, span)
                                          : refuse(look, name, _("it must be a list in []"));
    if (row->type == MW_TYPE_BOOL)
        return span.type == MW_JSON_TRUE || span.type == MW_JSON_FALSE
                   ? MW_OK
                   : refuse(look, name, _("it must be true or false, without quotes"));
    if (row->type == MW_TYPE_NUMBER || row->type == MW_TYPE_SECONDS)
        return check_number(look, name, span);
    return check_text(look, row, name, span);
}

enum mw_code mw_tool_check_json(const struct mw_system *sys, const struct mw_tool *tool,
                                const struct mw_tool_key *row, const char *text,
                                struct mw_json_span span, struct mw_error *err)
{
    struct json_look look = {.sys = sys, .tool = tool, .text = text, .err = err};
    return check_value(&look, row, row->key, span);
}
