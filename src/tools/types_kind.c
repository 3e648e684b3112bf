/* Is a value of a kind that its key says? A tool that decodes TOML into typed fields, as Cargo
 * does, stops at one that is not. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

enum kind { TEXT, LIST, ITEMS, TABLES, NUMBER, BOOL, OBJECT, KINDS };

static const char *const told[KINDS] = {
    [TEXT] = N_("a text in quotes"),
    [LIST] = N_("a list of texts in []"),
    [ITEMS] = N_("a list in []"),
    [TABLES] = N_("a list of tables"),
    [NUMBER] = N_("a whole number, without quotes"),
    [BOOL] = N_("true or false, without quotes"),
    [OBJECT] = N_("a table"),
};

/* What has no value of its own is a table. */
static enum kind kind_of(const struct mw_value *value)
{
    if (value->kind == MW_VALUE_STRING)
        return TEXT;
    if (value->kind == MW_VALUE_LIST)
        return LIST;
    const char *text = mw_tools_first(value);
    const char *dash = text + strspn(text, " ");
    if (text[0] == '[' || mw_text_starts(dash, "- ") || mw_text_starts(dash, "-\n"))
        return ITEMS;
    if (text[0] == '{' || text[0] == '\0')
        return OBJECT;
    return strcmp(text, "true") == 0 || strcmp(text, "false") == 0 ? BOOL : NUMBER;
}

static enum kind kind_of_row(const struct mw_tool_key *row)
{
    if (mw_type_is_list(row->type) && row->item != NULL)
        return row->item->type == MW_TYPE_OBJECT ? TABLES : ITEMS;
    if (mw_type_is_list(row->type))
        return LIST;
    switch (row->type) {
    case MW_TYPE_BOOL:
        return BOOL;
    case MW_TYPE_NUMBER:
    case MW_TYPE_SECONDS:
        return NUMBER;
    case MW_TYPE_OBJECT:
        return OBJECT;
    default:
        return TEXT;
    }
}

/* A list of anything may be one of texts. */
bool mw_tool_is_of_kind(const struct mw_tool_key *row, const struct mw_value *value)
{
    enum kind allowed = kind_of_row(row), found = kind_of(value);
    if (allowed == TABLES)
        return found == ITEMS || (found == LIST && value->items.count == 0);
    return row->type == MW_TYPE_ANY || allowed == found || (allowed == ITEMS && found == LIST);
}

enum mw_code mw_tool_refuse_kind(const struct mw_tool_key *row, struct mw_error *err)
{
    MW_AUTO(mw_buf) kinds = {0};
    for (const struct mw_tool_key *kind = row; kind != NULL; kind = kind->other)
        mw_buf_printf(&kinds, "%s%s", kind != row ? _(" or ") : "", _(told[kind_of_row(kind)]));
    return mw_fail(err, MW_BAD_PROFILE, 0, "validate",
                   _("the value has the wrong type; it must be %s"), mw_buf_text(&kinds));
}

/* As TOML spells it: +1, 1_000, 0x1F, 0o17, 0b1; or as npm takes it: 1e3. */
static long long number_of_literal(const char *text)
{
    MW_AUTO(mw_buf) digits = {0};
    double number = strtod(text, NULL);
    if (number >= (double)LLONG_MAX)
        return LLONG_MAX;
    if (strpbrk(text, ".eE") != NULL && text[strcspn(text, "xob")] == '\0')
        return (long long)number;
    bool has_base = text[0] == '0' && text[1] != '\0' && strchr("xob", text[1]) != NULL;
    int base = !has_base ? 10 : text[1] == 'x' ? 16 : text[1] == 'o' ? 8 : 2;
    for (const char *at = text + (has_base ? 2 : 0); *at != '\0'; at++) {
        if (*at != '_')
            mw_buf_putc(&digits, *at);
    }
    return strtoll(mw_buf_text(&digits), NULL, base);
}

enum mw_code mw_types_check_literal(const struct mw_tool_key *row, const char *text,
                                    struct mw_error *err)
{
    char first = text[strspn(text, "+-")];
    if (row->range == NULL || first < '0' || first > '9')
        return MW_OK;
    long long number = number_of_literal(text);
    for (const char *at = row->range; at != NULL; at = strchr(at, ',')) {
        char *end = NULL;
        long long least = strtoll(at + (*at == ','), &end, 10);
        bool is_open = end[2] == '\0';
        long long most = is_open ? LLONG_MAX : strtoll(end + 2, &end, 10);
        if (number >= least && number <= most)
            return MW_OK;
        at = end;
    }
    size_t before = strcspn(row->range, ".,");
    bool is_open = strcmp(row->range + before, "..") == 0;
    MW_FREE char *reason = is_open ? mw_xasprintf(_("it must be a whole number, %.*s or more"),
                                                  (int)before, row->range)
                                   : mw_xasprintf(_("it must be a number in %s"), row->range);
    return mw_tools_refuse(err, text, reason);
}
