/* Types of values. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "tool_read.h"

const char *const mw_type_words[] = {
    [MW_TYPE_TEXT] = "text",
    [MW_TYPE_URL] = "url",
    [MW_TYPE_URL_LIST] = "url-list",
    [MW_TYPE_LIST] = "list",
    [MW_TYPE_BOOL] = "bool",
    [MW_TYPE_NUMBER] = "number",
    [MW_TYPE_SECONDS] = "seconds",
    [MW_TYPE_PATH] = "path",
    [MW_TYPE_HOST_LIST] = "host-list",
    [MW_TYPE_GLOB_LIST] = "glob-list",
    [MW_TYPE_CHOICE] = "choice",
    [MW_TYPE_OBJECT] = "object",
    [MW_TYPE_ANY] = "any",
    NULL,
};

bool mw_type_is_list(enum mw_type type)
{
    return type == MW_TYPE_URL_LIST || type == MW_TYPE_LIST || type == MW_TYPE_HOST_LIST ||
           type == MW_TYPE_GLOB_LIST;
}

char *mw_list_glue(const struct mw_source *source, const struct mw_tool *tool, const char *key,
                   bool writes)
{
    bool is_variable = source->kind == MW_SOURCE_ENVIRONMENT;
    const struct mw_editor *editor = is_variable ? tool->editor : source->editor;
    const struct mw_tool_key *row = mw_tool_key(tool, key);
    bool has_lists = editor != NULL && (editor->is_typed || editor->has_lists);
    if (row == NULL || !mw_type_is_list(row->type) || (has_lists && !is_variable))
        return NULL;
    for (size_t i = 0; row->split == NULL && i < tool->row_count; i++) {
        if (tool->rows[i].join != NULL && strcmp(tool->rows[i].set, row->key) == 0)
            return mw_xstrdup(tool->rows[i].join);
    }
    if (row->split == NULL)
        return has_lists ? NULL : mw_xstrdup(" ");
    return mw_xstrndup(row->split, writes ? 1 : strlen(row->split));
}

void mw_source_split(const struct mw_source *source, const struct mw_tool *tool, const char *key,
                     struct mw_value *value)
{
    MW_FREE char *between = mw_list_glue(source, tool, key, false);
    if (between == NULL || value->kind != MW_VALUE_STRING)
        return;
    MW_AUTO(mw_value) whole = *value;
    *value = (struct mw_value){.kind = MW_VALUE_LIST};
    mw_value_split(&whole, between, &value->items);
}

/* How it is judged: by the grammar that its key names, else by that of its type; NULL: by none. */
static const struct mw_grammar *grammar_of(const struct mw_tool_key *row)
{
    return row->check != NULL ? row->check : mw_grammar_of_type(row->type);
}

char *mw_tool_meant(const struct mw_tool_key *row, const char *text)
{
    const struct mw_grammar *grammar = grammar_of(row);
    return grammar != NULL && grammar->meant != NULL ? grammar->meant(text) : NULL;
}

/* ---- one value ------------------------------------------------------------------------------- */

/* Of which versions it is; NULL: of all. */
static const struct mw_choice_range *range_of(const struct mw_tool_key *row, const char *text)
{
    for (size_t i = 0; i < row->only_count; i++) {
        const char *choice = row->only[i].choice;
        if (row->choices.count > 0 ? strcmp(choice, text) == 0 : mw_text_starts(text, choice))
            return &row->only[i];
    }
    return NULL;
}

char *mw_tool_unknown_value(const struct mw_system *sys, const struct mw_tool *tool,
                            const struct mw_tool_key *row, const char *text)
{
    const struct mw_choice_range *range = range_of(row, text);
    if (range == NULL)
        return NULL;
    bool is_ranged = range->package == NULL || range->since != NULL || range->until != NULL;
    MW_FREE char *version = is_ranged ? mw_tool_version(sys, tool) : NULL;
    if ((is_ranged && mw_version_within(version, range->since, range->until)) ||
        (range->package != NULL && !mw_tools_lacks(sys, tool, range->package)))
        return NULL;
    const char *title = mw_tool_title(tool);
    if (range->package != NULL)
        return mw_xasprintf(_("%s needs the package %s for this value, and it is not installed"),
                            title, range->package);
    bool is_early = mw_version_within(version, NULL, range->since);
    if (row->choices.count == 0 && range->since != NULL && is_early)
        return mw_xasprintf(_("%s %s does not know %s; from %s on it does"), title, version,
                            range->choice, range->since);
    return mw_xasprintf(_("%s %s does not know this value"), title, version);
}

/* A value of some versions is judged by the one that is installed. */
static enum mw_code check_range(const struct mw_system *sys, const struct mw_tool *tool,
                                const struct mw_tool_key *row, const char *item,
                                struct mw_error *err)
{
    MW_FREE char *reason = mw_tool_unknown_value(sys, tool, row, item);
    return reason != NULL ? mw_tools_refuse(err, item, reason) : MW_OK;
}

static enum mw_code check_choice(const struct mw_system *sys, const struct mw_tool *tool,
                                 const struct mw_tool_key *row, const char *item,
                                 struct mw_error *err)
{
    bool is_open = tool->expands && mw_tools_names_variable(item);
    size_t no =
        row->negated != NULL && mw_text_starts(item, row->negated) ? strlen(row->negated) : 0;
    /* "none" is no negation, and has none. */
    bool is_negated =
        no > 0 && !mw_strings_has(&row->choices, item) && !mw_text_starts(item + no, row->negated);
    size_t len = is_negated ? no : 0;
    if (row->choices.count == 0 || is_open || mw_strings_has(&row->choices, item + len))
        return check_range(sys, tool, row, item + len, err);
    char *list = mw_strings_join(&row->choices, ", ");
    char *reason = mw_xasprintf(_("it must be one of %s"), list);
    mw_tools_refuse(err, item, reason);
    free(reason);
    free(list);
    return MW_BAD_PROFILE;
}

/* A blank at a separator is of the choice. */
static enum mw_code check_choices(const struct mw_system *sys, const struct mw_tool *tool,
                                  const struct mw_tool_key *row, const char *text,
                                  struct mw_error *err)
{
    enum mw_code code = MW_OK;
    if (row->split == NULL)
        return check_choice(sys, tool, row, text, err);
    for (size_t len = 0; code == MW_OK && *text != '\0'; text += len + (text[len] != '\0')) {
        len = strcspn(text, row->split);
        MW_FREE char *item = mw_xstrndup(text, len);
        if (len > 0)
            code = check_choice(sys, tool, row, item, err);
    }
    return code;
}

/* What the tool takes by itself; NULL: that cannot be told. */
static const char *of_machine(const struct mw_tool_key *row)
{
    for (size_t i = 0; i < row->machine.count; i++) {
        if (mw_system_is_machine(row->machine.items[i].name))
            return row->machine.items[i].value;
    }
    return NULL;
}

enum mw_code mw_tool_check_pair(const struct mw_system *sys, const struct mw_tool *tool,
                                const struct mw_tool_key *row, const char *own, const char *other,
                                struct mw_error *err)
{
    own = own[0] != '\0' ? own : of_machine(row);
    other = other[0] != '\0' ? other : of_machine(mw_tool_key(tool, row->goes_with));
    if (own == NULL || other == NULL)
        return MW_OK;
    MW_FREE char *pair = mw_xasprintf("%s/%s", other, own);
    if (!mw_strings_has(&row->pairs->choices, pair))
        return mw_fail(err, MW_BAD_CONFIG, 0, "check", _("%s does not know %s together with %s"),
                       mw_tool_title(tool), own, other);
    MW_FREE char *why = mw_tool_unknown_value(sys, tool, row->pairs, pair);
    return why == NULL ? MW_OK
                       : mw_fail(err, MW_BAD_CONFIG, 0, "check", _("\"%s\": %s"), pair, why);
}

/* What a mirror row puts behind the addresses ("direct") is no address. */
static bool is_last_word(const struct mw_tool *tool, const struct mw_tool_key *row,
                         const char *item)
{
    for (size_t i = 0; i < tool->row_count; i++) {
        const struct mw_mirror_row *sets = &tool->rows[i];
        if (sets->last != NULL && strcmp(sets->set, row->key) == 0 && strcmp(sets->last, item) == 0)
            return true;
    }
    return false;
}

enum mw_code mw_types_check(const struct mw_system *sys, const struct mw_tool *tool,
                            const struct mw_tool_key *row, const char *item, struct mw_error *err)
{
    for (const char *p = item; *p != '\0'; p++) {
        bool is_line_end = *p == '\n' && row->type == MW_TYPE_ANY;
        if (((unsigned char)*p < 0x20 && !is_line_end) || *p == 0x7F)
            return mw_tools_refuse(err, item, _("it holds a control character"));
    }
    return mw_types_check_text(sys, tool, row, item, err);
}

enum mw_code mw_types_check_text(const struct mw_system *sys, const struct mw_tool *tool,
                                 const struct mw_tool_key *row, const char *item,
                                 struct mw_error *err)
{
    if (!mw_utf8_valid(item, strlen(item)))
        return mw_tools_refuse(err, item, _("it is not UTF-8"));
    if (*item == '\0')
        return row->takes_empty
                   ? MW_OK
                   : mw_fail(err, MW_BAD_PROFILE, 0, "validate", _("the value is empty"));
    if (mw_type_is_list(row->type) && is_last_word(tool, row, item))
        return MW_OK;
    enum mw_code code = check_choices(sys, tool, row, item, err);
    const struct mw_grammar *grammar = grammar_of(row);
    /* What a variable comes to is known to the tool alone. */
    if (tool->expands && mw_tools_names_variable(item))
        grammar = NULL;
    if (code == MW_OK && grammar != NULL)
        code = mw_grammar_check(sys, grammar, item, err);
    return code == MW_OK ? mw_types_check_literal(row, item, err) : code;
}

enum mw_code mw_type_check(const struct mw_tool_key *row, const char *item, struct mw_error *err)
{
    const char *reason = NULL;
    bool is_bool = strcmp(item, "true") == 0 || strcmp(item, "false") == 0;
    if ((row->check != NULL && !row->check->is_of_files) || row->choices.count > 0)
        return MW_OK;
    if (row->type == MW_TYPE_BOOL && !is_bool)
        reason = _("it must be true or false");
    else if ((row->type == MW_TYPE_NUMBER || row->type == MW_TYPE_SECONDS) &&
             !mw_tools_is_number(item, 18))
        reason = _("it must be a whole number, 0 or more");
    return reason == NULL ? MW_OK : mw_tools_refuse(err, item, reason);
}

bool mw_tool_knows(const struct mw_system *sys, const struct mw_tool *tool,
                   const struct mw_tool_key *row)
{
    bool is_ranged = row->since != NULL || row->until != NULL;
    MW_FREE char *version = is_ranged ? mw_tool_version(sys, tool) : NULL;
    return mw_version_within(version, row->since, row->until);
}

char *mw_tool_key_range(const struct mw_tool_key *row)
{
    if (row->since != NULL && row->until != NULL)
        return mw_xasprintf(_("from %s to before %s"), row->since, row->until);
    return row->since != NULL ? mw_xasprintf(_("since %s"), row->since)
                              : mw_xasprintf(_("before %s"), row->until);
}

char *mw_tool_unknown_key(const struct mw_system *sys, const struct mw_tool *tool, const char *key,
                          const struct mw_tool_key *row)
{
    if (mw_tool_knows(sys, tool, row))
        return NULL;
    MW_FREE char *range = mw_tool_key_range(row);
    MW_FREE char *version = mw_tool_version(sys, tool);
    return mw_xasprintf(_("\"%s\" is an option %s only, and %s %s does not know it"), key, range,
                        mw_tool_title(tool), version);
}

static enum mw_code check_items(const struct mw_system *sys, const struct mw_tool *tool,
                                const struct mw_tool_key *row, const struct mw_value *value,
                                struct mw_error *err)
{
    if (value->kind == MW_VALUE_LITERAL && tool->editor != NULL && tool->editor->is_strict)
        return row->check != NULL ? mw_types_check(sys, tool, row, mw_tools_first(value), err)
                                  : mw_types_check_literal(row, mw_tools_first(value), err);
    if (value->kind == MW_VALUE_ABSENT)
        return MW_OK;
    /* Of a line "key[]" npm makes a list, with which it asks nobody. */
    bool is_listed = value->kind == MW_VALUE_LIST && tool->section == NULL &&
                     (row->type == MW_TYPE_URL || row->type == MW_TYPE_PATH);
    if (is_listed ||
        (row->shape != MW_SHAPE_LIST && row->type != MW_TYPE_ANY && value->items.count != 1))
        return mw_fail(err, MW_BAD_PROFILE, 0, "validate", _("it takes one value, not a list"));
    if (value->items.count == 0 && !row->clears_to_list && !row->takes_empty)
        return mw_fail(err, MW_BAD_PROFILE, 0, "validate", _("the list is empty"));
    for (size_t i = 0; i < value->items.count; i++) {
        const char *item = value->items.items[i];
        if (item[0] == '\0' &&
            (value->items.count > 1 || (value->kind == MW_VALUE_LIST && row->check != NULL)))
            return mw_fail(err, MW_BAD_PROFILE, 0, "validate", _("entry %zu of the list is empty"),
                           i + 1);
        if (mw_types_check(sys, tool, row, item, err) != MW_OK)
            return MW_BAD_PROFILE;
    }
    return MW_OK;
}

enum mw_code mw_tool_validate(const struct mw_system *sys, const struct mw_tool *tool,
                              const char *key, const struct mw_value *value, struct mw_error *err)
{
    const struct mw_tool_key *row = mw_tool_key(tool, key);
    return row != NULL ? check_items(sys, tool, row, value, err)
                       : mw_fail(err, MW_BAD_PROFILE, 0, "validate", _("there is no such setting"));
}

enum mw_code mw_tool_check_found(const struct mw_system *sys, const struct mw_tool *tool,
                                 const struct mw_tool_key *kind, const struct mw_value *value,
                                 struct mw_error *err)
{
    bool is_free =
        kind->type == MW_TYPE_ANY ||
        (kind->takes_empty && (kind->type == MW_TYPE_TEXT || kind->type == MW_TYPE_LIST));
    if (kind->whole != NULL && value->kind == MW_VALUE_LIST && value->items.count > 0) {
        MW_FREE char *lines = mw_strings_join(&value->items, "\n");
        const char *wrong = mw_grammar_wrong(kind->whole, lines);
        return wrong == NULL ? MW_OK : mw_fail(err, MW_BAD_PROFILE, 0, "validate", "%s", wrong);
    }
    return is_free && kind->check == NULL && kind->choices.count == 0
               ? MW_OK
               : check_items(sys, tool, kind, value, err);
}
