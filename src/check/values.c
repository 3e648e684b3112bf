/* Rows about values: does the tool accept them, are they heard. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"

enum { MAX_FILLED = 50, MAX_FILLED_BYTES = 1 << 18 };

static bool is_pattern(const char *key)
{
    return strchr(key, '{') != NULL;
}

/* Keys that files have: those with a {name}, and those of sections other than the one shown. */
struct key_look {
    const struct mw_tool *tool;
    struct mw_strings *keys;
    size_t most;
};

static void add_found(void *context, const char *section, const char *option, size_t line)
{
    const struct key_look *look = context;
    const struct mw_tool *tool = look->tool;
    (void)line;
    if (option == NULL || look->keys->count >= look->most ||
        (section != NULL && (tool->section == NULL || strcmp(section, tool->section) == 0 ||
                             !mw_tool_has_section(tool, section))))
        return;
    MW_FREE char *key =
        section != NULL ? mw_xasprintf("%s.%s", section, option) : mw_xstrdup(option);
    /* The tables that it stands in, too. */
    for (char *end = key + strlen(key); end != NULL; end = strrchr(key, '.')) {
        *end = '\0';
        const struct mw_tool_key *row = mw_tool_key(tool, key);
        bool is_looked_for =
            row != NULL &&
            (section != NULL ? row->unheard == MW_HEARD && mw_tool_key_is_in(tool, row, section)
                             : is_pattern(row->key));
        if (is_looked_for && !mw_strings_has(look->keys, key))
            mw_strings_add(look->keys, key);
        if (section != NULL)
            break;
    }
}

static void add_keys_of_files(const struct check_run *run, size_t max_bytes, size_t most,
                              struct mw_strings *keys)
{
    struct key_look look = {.tool = run->tool->tool, .keys = keys, .most = most};
    for (size_t i = 0; i < run->tool->file_count; i++) {
        const struct check_file *file = &run->tool->files[i];
        const struct mw_source *source = file->location.source;
        if (file->file.bytes.len <= max_bytes && file->is_valid && source != NULL &&
            source->editor != NULL && source->editor->names != NULL)
            source->editor->names(mw_buf_text(&file->file.bytes), file->file.bytes.len, add_found,
                                  &look);
    }
}

void check_key_names(const struct check_run *run, struct mw_strings *keys)
{
    const struct mw_tool *tool = run->tool->tool;
    bool has_patterns = false;
    for (size_t i = 0; i < tool->key_count; i++) {
        const char *key = tool->keys[i].key;
        if (is_pattern(key))
            has_patterns = true;
        else if (tool->section != NULL && !mw_tool_key_has_section(tool, tool->keys[i].key))
            mw_strings_take(keys, mw_xasprintf("%s.%s", tool->section, key));
        else
            mw_strings_add(keys, key);
    }
    /* Each of them is read in full, and of a file of nothing else the first ones do. */
    if (has_patterns)
        add_keys_of_files(run, MAX_FILLED_BYTES, keys->count + MAX_FILLED, keys);
}

const struct mw_hit *check_in_effect(const struct check_run *run, const char *key)
{
    struct check_known *known = run->tool->known;
    while (known->next != NULL && strcmp(known->next->key, key) != 0)
        known = known->next;
    if (known->next == NULL) {
        known->next = mw_xcalloc(1, sizeof *known);
        known->next->key = mw_xstrdup(key);
        mw_hit_find(run->sys, run->tool->tool, run->ctx->scope, key, &known->next->effective);
    }
    return &known->next->effective;
}

const char *check_text_in_effect(const struct check_run *run, const char *key)
{
    const struct mw_strings *items = &check_in_effect(run, key)->value.items;
    return items->count > 0 ? items->items[0] : "";
}

char *check_place_of(const struct mw_hit *effective)
{
    return effective->value.kind != MW_VALUE_ABSENT ? mw_hit_place(effective)
                                                    : mw_xstrdup(_("the tool's own default"));
}

/* ---- what the tool refuses ------------------------------------------------------------------- */

/* A null is as good as nothing (encoding/json leaves the field alone). */
static bool is_null(const struct mw_value *value)
{
    return value->kind == MW_VALUE_LITERAL && value->items.count == 1 &&
           strcmp(value->items.items[0], "null") == 0;
}

/* What an anchor, an alias, a tag or a block of YAML comes to is not read here. */
static bool is_unread(const struct mw_tool *tool, const struct mw_value *value)
{
    const struct mw_editor *editor = tool->editor;
    return editor != NULL && editor->is_typed && value->kind == MW_VALUE_LITERAL &&
           value->items.count == 1 && strchr("&*!|>", value->items.items[0][0]) != NULL;
}

/* An empty element is as good as none, but for a text. */
static bool is_empty_element(const struct mw_tool *tool, const struct mw_tool_key *row,
                             const struct mw_value *value)
{
    bool is_empty = value->items.count == 1 && value->items.items[0][0] == '\0';
    return tool->editor != NULL && tool->editor->elements != NULL && is_empty &&
           (row->type == MW_TYPE_BOOL || row->type == MW_TYPE_PATH || row->type == MW_TYPE_OBJECT);
}

/* Does it matter what kind of value stands in the file? Of YAML's readers RubyGems wants a list
 * where an address stands alone, and Yarn a map where it has one. */
static bool is_typed(const struct mw_tool *tool, const struct mw_tool_key *row,
                     const struct mw_hit *found)
{
    const struct mw_editor *editor = tool->editor;
    return editor != NULL && found->variable == NULL && found->flag == NULL &&
           (editor->is_strict ||
            (editor->is_typed &&
             (row->type == MW_TYPE_URL_LIST || row->type == MW_TYPE_OBJECT || row->item != NULL)));
}

/* A table of its own has no value. */
struct table_look {
    const char *key;
    size_t line; /* 0: it is not there */
};

static void find_table(void *context, const char *section, const char *option, size_t line)
{
    struct table_look *look = context;
    size_t len = strlen(look->key);
    (void)section;
    if (look->line == 0 && option != NULL && strncmp(option, look->key, len) == 0 &&
        (option[len] == '.' || option[len] == '\0'))
        look->line = line;
}

/* Owned: where a table is. */
static char *place_of_table(const struct check_run *run, const char *key)
{
    for (size_t i = 0; i < run->tool->file_count; i++) {
        const struct check_file *file = &run->tool->files[i];
        const struct mw_source *source = file->location.source;
        struct table_look look = {.key = key};
        if (file->is_valid && source != NULL && source->editor != NULL &&
            source->editor->names != NULL)
            source->editor->names(mw_buf_text(&file->file.bytes), file->file.bytes.len, find_table,
                                  &look);
        if (look.line > 0)
            return mw_xasprintf("%s:%zu", file->location.path, look.line);
    }
    return mw_xstrdup("");
}

bool check_is_of_row(const struct mw_tool *tool, const char *key)
{
    for (size_t i = 0; i < tool->row_count; i++) {
        if (mw_row_has_address(&tool->rows[i]) && mw_row_sets(&tool->rows[i], key))
            return true;
    }
    return false;
}

/* A mirror that the version installed cannot ask, which has to go with all that names it. */
static bool is_too_new(const struct check_run *run, const char *key, const struct mw_hit *found)
{
    const struct mw_tool *tool = run->tool->tool;
    if (!check_is_of_row(tool, key) || found->value.items.count != 1)
        return false;
    MW_FREE char *why =
        mw_tool_unknown_value(run->sys, tool, mw_tool_key(tool, key), found->value.items.items[0]);
    return why != NULL;
}

static void add_refused(struct check_run *run, const char *key, const struct mw_hit *found,
                        const char *why)
{
    struct check_ways ways = {0};
    if (!run->is_trial)
        check_mend_value(run, key, found, &ways);
    if (!run->is_trial && is_too_new(run, key, found)) {
        MW_FREE char *none = mw_xasprintf("%s.%s=", run->tool->tool->id, MW_MIRROR_KEY);
        check_way_apply(run, &ways, run->tool->tool, none);
    }
    const char *section = found->section;
    bool is_for_all =
        section != NULL && strcmp(section, run->tool->tool->section) == 0 &&
        mw_tool_key_has_section(run->tool->tool, mw_tool_key(run->tool->tool, key)->key);
    MW_FREE char *place = check_place_of(found);
    check_found(run, MW_CHECK_FAIL, key, ways,
                is_for_all ? _("%s (%s): %s; write it in the section of the command that it is "
                               "meant for")
                           : _("%s (%s): %s"),
                key, place, why);
}

/* A key or a section of another version is not read. */
static bool is_read(const struct check_run *run, const struct mw_tool_key *row,
                    const struct mw_hit *found)
{
    const struct mw_tool *tool = run->tool->tool;
    const char *since =
        found->section != NULL ? mw_pairs_find(&tool->section_since, found->section) : NULL;
    MW_FREE char *version = since != NULL ? mw_tool_version(run->sys, tool) : NULL;
    return mw_tool_knows(run->sys, tool, row) && mw_version_within(version, since, NULL);
}

/* A number may have blanks around it wherever one is read from a text. */
static bool may_break(const struct mw_tool_key *row)
{
    return row->shape == MW_SHAPE_LIST || row->type == MW_TYPE_NUMBER ||
           row->type == MW_TYPE_SECONDS;
}

static bool has_break(const struct mw_value *value)
{
    bool has = value->kind == MW_VALUE_LIST;
    for (size_t i = 0; !has && i < value->items.count; i++)
        has = strchr(value->items.items[i], '\n') != NULL;
    return has;
}

/* The members of a file with types are judged as a whole by a row of their own. */
static bool has_row_for_keys(const struct mw_tool *tool)
{
    return mw_pairs_find(&tool->checks, "keys") != NULL;
}

/* What a version does not know it passes over; where another key is meant since, it stops. */
static bool is_of_others(struct check_run *run, const char *key, const struct mw_tool_key *row,
                         const struct mw_hit *found)
{
    const struct mw_tool *tool = run->tool->tool;
    bool is_old = row->until != NULL && row->instead != NULL && !has_row_for_keys(tool);
    bool is_typed_file = tool->editor != NULL && tool->editor->is_typed;
    /* Of files with sections that is told line by line; a variable is no line. */
    bool is_new = is_typed_file || (tool->sections.count == 0 && mw_hit_file(found) != NULL);
    if (!is_old && !is_new)
        return false;
    MW_FREE char *place = check_place_of(found);
    if (is_old) {
        check_found(run, MW_CHECK_WARN, key, check_no_way,
                    _("%s (%s): %s stops at it from %s on; %s is what it takes"), key, place,
                    mw_tool_title(tool), row->until, row->instead);
        return true;
    }
    MW_FREE char *reason = mw_tool_unknown_key(run->sys, tool, key, row);
    if (reason != NULL)
        check_add(run, (struct check_result){
                           .status = MW_CHECK_WARN,
                           .subject = mw_xstrdup(key),
                           .observed = mw_xasprintf("%s: %s", place, reason),
                           .why = _("it looks set and is not"),
                       });
    return reason != NULL;
}

/* Owned. */
static char *json_of(const struct mw_value *value)
{
    MW_AUTO(mw_strings) quoted = {0};
    if (value->kind == MW_VALUE_LITERAL)
        return mw_xstrdup(value->items.items[0]);
    for (size_t i = 0; i < value->items.count; i++)
        mw_strings_take(&quoted,
                        mw_json_quote(value->items.items[i], strlen(value->items.items[i])));
    MW_FREE char *text = mw_strings_join(&quoted, ", ");
    return value->kind == MW_VALUE_LIST ? mw_xasprintf("[%s]", text) : mw_xstrdup(text);
}

static enum mw_code judge_json(const struct check_run *run, const struct mw_tool_key *row,
                               const struct mw_value *value, struct mw_error *why)
{
    MW_FREE char *text = json_of(value);
    struct mw_json_span root;
    const char *what = NULL;
    size_t at = 0;
    return mw_json_check(text, strlen(text), &root, &at, &what)
               ? mw_tool_check_json(run->sys, run->tool->tool, run->ctx->scope, row, text, root,
                                    root, &at, why)
               : MW_OK;
}

/* A text that keeps a line break before or in it. */
static enum mw_code judge_break(struct check_run *run, const char *key,
                                const struct mw_tool_key *row, const struct mw_hit *found,
                                struct mw_error *why)
{
    const char *title = mw_tool_title(run->tool->tool);
    if (run->tool->tool->section == NULL || may_break(row) || !has_break(&found->value))
        return MW_OK;
    if (row->shape != MW_SHAPE_URL || found->value.items.count > 1)
        return mw_fail(why, MW_BAD_CONFIG, 0, "check",
                       _("the line break before or in the value is a part of it to %s; write it on "
                         "the line of its name"),
                       title);
    MW_FREE char *place = check_place_of(found);
    check_found(run, MW_CHECK_WARN, key, check_no_way,
                _("%s (%s): some versions of %s take the line break before it for a part of it; "
                  "write it on the line of its name"),
                key, place, title);
    return MW_OK;
}

/* As one of the kinds that its key may be. */
static enum mw_code judge_as(struct check_run *run, const char *key, const struct mw_tool_key *kind,
                             const struct mw_hit *found, struct mw_error *why)
{
    enum mw_code code = mw_tool_check_found(run->sys, run->tool->tool, kind, &found->value, why);
    MW_FREE char *there = found->section != NULL
                              ? mw_xasprintf("%s%s", found->section, strchr(key, '.'))
                              : mw_xstrdup(key);
    return code == MW_OK ? check_tie(run, there, kind, found, why) : code;
}

static enum mw_code judge_setting_found(struct check_run *run, const char *key,
                                        const struct mw_tool_key *row, const struct mw_hit *found,
                                        struct mw_error *why)
{
    const struct mw_tool *tool = run->tool->tool;
    bool is_typed_here = is_typed(tool, row, found);
    struct mw_error reason = {0};
    if (is_null(&found->value))
        return mw_fail(why, MW_BAD_CONFIG, 0, "check", _("the value is empty"));
    if (tool->editor != NULL && tool->editor->is_json && mw_hit_file(found) != NULL) {
        enum mw_code whole = judge_json(run, row, &found->value, why);
        return whole != MW_OK || has_row_for_keys(tool) ? whole
                                                        : check_tie(run, key, row, found, why);
    }
    enum mw_code code = judge_break(run, key, row, found, why);
    if (code != MW_OK)
        return code;
    code = mw_tool_refuse_kind(row, why);
    for (const struct mw_tool_key *kind = row; kind != NULL; kind = kind->other) {
        if (!mw_tool_knows(run->sys, tool, kind) ||
            (is_typed_here && !mw_tool_is_of_kind(kind, &found->value)))
            continue;
        struct mw_error this = {0};
        if (judge_as(run, key, kind, found, &this) == MW_OK)
            return MW_OK;
        if (reason.message[0] == '\0')
            reason = *why = this;
    }
    return code;
}

bool check_may_be_table(const struct mw_tool_key *row)
{
    while (row != NULL && row->type != MW_TYPE_OBJECT && row->type != MW_TYPE_ANY)
        row = row->other;
    return row != NULL;
}

static void judge_found(struct check_run *run, const char *key, const struct mw_tool_key *row,
                        const struct mw_hit *found)
{
    struct mw_error why = {0};
    const struct mw_value *value = &found->value;
    bool is_absent = value->kind == MW_VALUE_ABSENT;
    bool is_table = is_absent && is_pattern(row->key) && check_may_be_table(row);
    if ((is_absent && !is_table) || is_unread(run->tool->tool, value) ||
        (is_null(value) && !row->refuses_empty) || is_empty_element(run->tool->tool, row, value) ||
        is_of_others(run, key, row, found) || !is_read(run, row, found) ||
        judge_setting_found(run, key, row, found, &why) == MW_OK)
        return;
    MW_FREE char *place = is_table ? place_of_table(run, key) : NULL;
    if (is_table)
        check_found(run, MW_CHECK_FAIL, key, check_no_way, "%s (%s): %s", key, place, why.message);
    else
        add_refused(run, key, found, why.message);
}

static void judge_value(struct check_run *run, const char *key, const struct mw_tool_key *row)
{
    judge_found(run, key, row, check_in_effect(run, key));
}

/* What one of its programs has for itself. */
static void judge_own(struct check_run *run, const char *key, const struct mw_tool_key *row)
{
    MW_AUTO(mw_hits) own = {0};
    mw_resolve_own(run->sys, run->tool->tool, run->ctx->scope, key, &own);
    for (size_t i = 0; i < own.count; i++) {
        judge_found(run, key, row, &own.items[i]);
    }
}

/* Is it read even where something else wins over it, so that the tool stops at it all the same? */
static bool is_parsed(const struct mw_tool_key *row)
{
    return row->type != MW_TYPE_TEXT && row->type != MW_TYPE_PATH && row->type != MW_TYPE_URL &&
           (row->shape != MW_SHAPE_LIST || row->choices.count > 0);
}

/* What stands in the key's own section and is not what wins: other commands hear it. */
static void judge_weaker(struct check_run *run, const char *key, const struct mw_tool_key *row)
{
    MW_AUTO(mw_hits) hits = {0};
    mw_resolve(run->sys, run->tool->tool, run->ctx->scope, key, NULL, &hits);
    const struct mw_hit *winner = mw_hits_winner(&hits);
    for (size_t i = 0; i < hits.count; i++) {
        const struct mw_hit *hit = &hits.items[i];
        size_t len = hit->section != NULL ? strlen(hit->section) : 0;
        if (hit == winner || len == 0 || strncmp(key, hit->section, len) != 0 || key[len] != '.' ||
            (winner->variable != NULL && !is_parsed(row)))
            continue;
        judge_found(run, key, row, hit);
    }
}

/* Values that are right by themselves and wrong together; told of the one that somebody set. */
static void judge_pair(struct check_run *run, const char *key, const struct mw_tool_key *row)
{
    const struct mw_tool *tool = run->tool->tool;
    const struct mw_hit *own = check_in_effect(run, key);
    const struct mw_hit *other = check_in_effect(run, row->goes_with);
    bool is_own = own->value.kind != MW_VALUE_ABSENT;
    struct mw_error why = {0};
    if ((!is_own && other->value.kind == MW_VALUE_ABSENT) ||
        mw_tool_validate(run->sys, tool, key, &own->value, NULL) != MW_OK ||
        mw_tool_validate(run->sys, tool, row->goes_with, &other->value, NULL) != MW_OK)
        return;
    if (mw_tool_check_pair(run->sys, tool, row, check_text_in_effect(run, key),
                           check_text_in_effect(run, row->goes_with), &why) != MW_OK)
        add_refused(run, is_own ? key : row->goes_with, is_own ? own : other, why.message);
}

/* What the shown section comes to is that very line: it is judged already. */
static bool is_judged(const struct check_run *run, const char *key)
{
    MW_FREE char *other = mw_xasprintf("%s%s", run->tool->tool->section, strchr(key, '.'));
    const struct mw_hit *own = check_in_effect(run, key);
    const struct mw_hit *shown = check_in_effect(run, other);
    return own->value.kind != MW_VALUE_ABSENT && shown->value.kind != MW_VALUE_ABSENT &&
           mw_hit_same_place(own, shown);
}

static void judge_elsewhere(struct check_run *run)
{
    const struct mw_tool *tool = run->tool->tool;
    MW_AUTO(mw_strings) keys = {0};
    add_keys_of_files(run, SIZE_MAX, SIZE_MAX, &keys);
    for (size_t i = 0; i < keys.count; i++) {
        const struct mw_tool_key *row = mw_tool_key(tool, keys.items[i]);
        if (mw_tool_key_has_section(tool, row->key))
            continue; /* judged with the others */
        if (!is_judged(run, keys.items[i]))
            judge_value(run, keys.items[i], row);
        judge_weaker(run, keys.items[i], row);
    }
}

void check_values(struct check_run *run)
{
    const struct mw_tool *tool = run->tool->tool;
    MW_AUTO(mw_strings) keys = {0};
    check_key_names(run, &keys);
    for (size_t i = 0; i < keys.count; i++) {
        const struct mw_tool_key *row = mw_tool_key(tool, keys.items[i]);
        if (row->unheard != MW_HEARD || (has_row_for_keys(tool) && row->is_only_read))
            continue;
        judge_value(run, keys.items[i], row);
        judge_own(run, keys.items[i], row);
        if (tool->section != NULL)
            judge_weaker(run, keys.items[i], row);
        if (row->goes_with != NULL)
            judge_pair(run, keys.items[i], row);
    }
    if (tool->section != NULL)
        judge_elsewhere(run);
    check_tables(run);
}
