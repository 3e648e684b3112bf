/* Values that the tool refuses: as they were meant, without the parts that are wrong, or gone. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/json_scan.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

enum { MAX_DROPPED = 1000 };

/* The lines that an editor would take away; false if it would take none. */
static bool lines_of_key(const struct mw_tool *tool, const struct check_file *file, const char *key,
                         size_t *from, size_t *to)
{
    struct mw_edits edits = {0};
    struct mw_value nothing = {0};
    bool is_found = false;
    const char *text = mw_buf_text(&file->file.bytes);
    if (!file->is_valid || mw_source_put(file->location.source, tool, text, file->file.bytes.len,
                                         key, &nothing, &edits, NULL) != MW_OK)
        return false;
    for (size_t i = 0; i < edits.count; i++) {
        size_t first = 0, last = 0, column = 0;
        const struct mw_edit *edit = &edits.items[i];
        if (edit->end <= edit->begin)
            continue;
        mw_text_position(text, edit->begin, &first, &column);
        mw_text_position(text, edit->end - 1, &last, &column);
        *from = is_found ? *from : first;
        *to = last;
        is_found = true;
    }
    mw_edits_release(&edits);
    return is_found;
}

/* What is odd about the lines that the value stands on may be all that is wrong with it. */
static void mend_lines(const struct check_run *run, const struct check_file *file, const char *key,
                       struct check_ways *ways)
{
    struct mw_notices notices = {0};
    size_t from = 0, to = 0;
    if (lines_of_key(run->tool->tool, file, key, &from, &to))
        mw_source_notices(file->location.source, run->tool->tool, mw_buf_text(&file->file.bytes),
                          file->file.bytes.len, &notices);
    for (size_t i = 0; i < notices.count; i++) {
        if (notices.items[i].line >= from && notices.items[i].line <= to)
            check_mend_line(run, file, &notices.items[i], ways);
    }
    mw_notices_release(&notices);
}

static bool accepts(const struct check_run *run, const char *key, enum mw_value_kind kind,
                    const char *item)
{
    struct mw_value one = {0};
    struct mw_error why = {0};
    mw_value_set_string(&one, item);
    one.kind = kind;
    bool is_good = mw_tool_validate(run->sys, run->tool->tool, key, &one, &why) == MW_OK;
    mw_value_release(&one);
    return is_good;
}

/* The parts that the tool refuses by themselves. */
static void bad_parts(const struct check_run *run, const char *key, const struct mw_value *value,
                      struct mw_strings *bad)
{
    struct mw_strings parts = {0};
    if (value->kind == MW_VALUE_LIST)
        mw_strings_copy(&parts, &value->items);
    else
        check_add_parts(value, &parts);
    for (size_t i = 0; i < parts.count; i++) {
        if (!accepts(run, key, value->kind, parts.items[i]))
            mw_strings_add(bad, parts.items[i]);
    }
    mw_strings_release(&parts);
}

/* The parts of a text with nothing but a comma between them, and ASCII in the place of what only
 * looks like it. */
static void join_anew(const struct check_run *run, const char *key,
                      const struct mw_effective *effective, struct check_ways *ways)
{
    struct mw_strings parts = {0};
    struct mw_value joined = {0};
    struct mw_buf ascii = {0};
    char *full = NULL;
    const struct check_file *file = check_home_of(run->tool, key, effective, &full);
    const char *old = effective->value.items.count > 0 ? effective->value.items.items[0] : "";
    bool is_other = check_put_ascii(old, strlen(old), &ascii);
    mw_value_set_string(&joined, mw_buf_text(&ascii));
    check_add_parts(&joined, &parts);
    const struct mw_tool_key *row = mw_tool_key(run->tool->tool, key);
    bool is_list = row != NULL && row->shape == MW_SHAPE_LIST;
    if (file != NULL && is_list) {
        struct mw_value list = {.kind = MW_VALUE_LIST};
        for (size_t i = 0; i < effective->value.items.count; i++)
            mw_strings_split(&list.items, effective->value.items.items[i], CHECK_SEPARATORS);
        struct check_way *way = check_way_put(run, ways, file, full, &list);
        for (size_t i = 0; way != NULL && i < effective->value.items.count; i++)
            mw_strings_add(&way->drops, effective->value.items.items[i]);
        mw_value_release(&list);
    } else if (file != NULL && effective->value.kind == MW_VALUE_STRING &&
               (parts.count > 1 || is_other)) {
        char *text = mw_strings_join(&parts, ",");
        mw_value_set_string(&joined, text);
        struct check_way *way = check_way_put(run, ways, file, full, &joined);
        if (way != NULL && is_other)
            mw_buf_puts(&way->changes, old);
        free(text);
    }
    mw_buf_release(&ascii);
    mw_value_release(&joined);
    mw_strings_release(&parts);
    free(full);
}

/* A text where a list, a number or a truth belongs, and a list that holds more than texts. */
static void retype(const struct mw_tool_key *row, const struct mw_value *value,
                   struct mw_value *meant)
{
    const char *text = value->items.count == 1 ? value->items.items[0] : "";
    bool is_list = row->shape == MW_SHAPE_LIST;
    struct mw_json_member *members = NULL;
    struct mw_json_span root;
    const char *what = NULL;
    size_t at = 0, len = 0;
    bool is_json = value->items.count == 1 && mw_json_check(text, strlen(text), &root, &at, &what);
    if (is_list && value->kind == MW_VALUE_LITERAL && is_json && root.type == MW_JSON_ARRAY) {
        size_t count = mw_json_children(text, root, &members);
        meant->kind = MW_VALUE_LIST;
        for (size_t i = 0; i < count; i++) {
            struct mw_json_span span = members[i].value;
            if (span.type == MW_JSON_STRING)
                mw_strings_take(&meant->items, mw_json_unescape(text, span.begin, span.end, &len));
        }
        free(members);
        return;
    }
    mw_value_copy(meant, value);
    if (is_list && value->kind == MW_VALUE_STRING)
        meant->kind = MW_VALUE_LIST;
    else if (!is_list && row->kind == MW_VALUE_LITERAL && value->kind == MW_VALUE_STRING && is_json)
        meant->kind = MW_VALUE_LITERAL;
}

/* What the tool would take: each item as it was meant, without those of a list that mean nothing.
 */
static void put_meant(const struct check_run *run, const char *key,
                      const struct mw_effective *effective, struct check_ways *ways)
{
    char *full = NULL;
    const struct check_file *file = check_home_of(run->tool, key, effective, &full);
    const struct mw_tool_key *row = mw_tool_key(run->tool->tool, key);
    struct mw_value typed = {0}, meant = {0};
    if (row != NULL)
        retype(row, &effective->value, &typed);
    meant.kind = typed.kind;
    for (size_t i = 0; i < typed.items.count; i++) {
        const char *item = typed.items.items[i];
        bool is_good = accepts(run, key, typed.kind, item);
        char *other = is_good ? mw_xstrdup(item) : mw_tool_meant(row, item);
        if (other != NULL && other[0] != '\0')
            mw_strings_add(&meant.items, other);
        free(other);
    }
    bool is_other = meant.items.count > 0 && !mw_value_equal(&meant, &effective->value);
    struct check_way *way =
        file != NULL && is_other ? check_way_put(run, ways, file, full, &meant) : NULL;
    if (way != NULL)
        check_add_parts(&effective->value, &way->drops);
    mw_value_release(&typed);
    mw_value_release(&meant);
    free(full);
}

void check_mend_value(const struct check_run *run, const char *key,
                      const struct mw_effective *effective, struct check_ways *ways)
{
    char *full = NULL;
    struct mw_strings bad = {0};
    const struct check_file *file = check_home_of(run->tool, key, effective, &full);
    if (file != NULL && effective->variable == NULL) {
        mend_lines(run, file, full, ways);
        put_meant(run, key, effective, ways);
        join_anew(run, key, effective, ways);
        bad_parts(run, key, &effective->value, &bad);
        if (bad.count > 0 && bad.count <= MAX_DROPPED)
            check_drop_parts(run, key, effective, &bad, ways);
    }
    free(full);
    mw_strings_release(&bad);
    check_end_effect(run, key, effective, ways);
}
