/* What ends the effect of a value, mends it, or takes a part of it away. */
#include <string.h>
#include <strings.h>

#include "internal.h"
#include "mirrorwise/json_scan.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "mirrorwise/url.h"

enum { MAX_DROPPED = 1000 };

static const struct mw_value nothing = {.kind = MW_VALUE_ABSENT};

/* ---- where a value stands -------------------------------------------------------------------- */

/* The file that a value stands in, and its full key there (owned); NULL if it is in none of ours.
 */
static const struct check_file *home_of(const struct check_tool *tool, const char *key,
                                        const struct mw_hit *effective, char **full)
{
    /* The winner may stand in another section than the one that was asked for. */
    const char *section = effective->section;
    const char *dot = strchr(key, '.');
    bool has_section = tool->tool->section != NULL && section != NULL && dot != NULL;
    for (size_t i = 0; mw_hit_file(effective) != NULL && i < tool->file_count; i++) {
        if (strcmp(tool->files[i].location.path, effective->path) != 0)
            continue;
        *full = has_section ? mw_xasprintf("%s.%s", section, dot + 1) : mw_xstrdup(key);
        return &tool->files[i];
    }
    return NULL;
}

bool check_is_weaker(const struct check_tool *tool, const struct mw_hit *effective)
{
    if (mw_hit_file(effective) == NULL || tool->ours == NULL)
        return false;
    /* A file that is yet to be made stands behind all others in the list. */
    if (!tool->ours->file.exists && effective->source != NULL &&
        tool->ours->location.source != NULL)
        return effective->source < tool->ours->location.source;
    for (const struct check_file *file = tool->ours; file < tool->files + tool->file_count;
         file++) {
        if (strcmp(file->location.path, effective->path) == 0)
            return false;
    }
    return true;
}

/* ---- another value in its place -------------------------------------------------------------- */

/* The file with another value, ABSENT for none: parts of the old one that it lacks may go out of
 * effect. NULL if that cannot be done there. */
static struct check_way *put_instead(const struct check_run *run, struct check_ways *ways,
                                     const char *key, const struct mw_hit *effective,
                                     const struct mw_value *value)
{
    MW_FREE char *full = NULL;
    const struct check_file *file = home_of(run->tool, key, effective, &full);
    bool is_empty = value->kind == MW_VALUE_LIST && value->items.count == 0;
    if (file == NULL)
        return NULL;
    if (is_empty && check_has_comments(file)) /* which cannot hold an empty list */
        value = &nothing;
    struct check_way *way = check_way_put(run, ways, file, full, value);
    MW_AUTO(mw_strings) before = {0}, after = {0};
    if (way == NULL)
        return NULL;
    mw_value_split(&effective->value, CHECK_SEPARATORS, &before);
    mw_value_split(value, CHECK_SEPARATORS, &after);
    mw_strings_sort(&after);
    for (size_t i = 0; i < before.count; i++) {
        if (!mw_strings_has_sorted(&after, before.items[i]))
            mw_strings_add(&way->drops, before.items[i]);
    }
    return way;
}

void check_end_effect(const struct check_run *run, const char *key, const struct mw_hit *effective,
                      struct check_ways *ways)
{
    if (effective->variable != NULL)
        check_way_command(ways, MW_REMEDY_SHELL, mw_xasprintf("unset %s", effective->variable));
    else
        (void)put_instead(run, ways, key, effective, &nothing);
}

/* ---- without some parts ---------------------------------------------------------------------- */

/* The text without those parts and without what separated them from the next. */
static char *text_without(const char *text, const struct mw_strings *parts)
{
    struct mw_buf kept = {0};
    const char *separator = "";
    size_t separator_len = 0;
    for (const char *at = text; *at != '\0';) {
        size_t len = strcspn(at, CHECK_SEPARATORS);
        MW_FREE char *part = mw_xstrndup(at, len);
        if (len > 0 && !mw_strings_has(parts, part)) {
            if (kept.len > 0)
                mw_buf_append(&kept, separator, separator_len);
            mw_buf_append(&kept, at, len);
        }
        separator = at + len;
        separator_len = strspn(separator, CHECK_SEPARATORS);
        at = separator + separator_len;
    }
    return mw_buf_take(&kept);
}

/* The value without those parts; ABSENT where nothing else is in it and it is no list. */
static void value_without(const struct mw_value *value, const struct mw_strings *parts,
                          struct mw_value *kept)
{
    kept->kind = value->kind;
    for (size_t i = 0; i < value->items.count; i++) {
        const char *item = value->items.items[i];
        bool goes = mw_strings_has(parts, item);
        MW_FREE char *left = goes ? mw_xstrdup("") : text_without(item, parts);
        if (left[0] != '\0' || (value->kind == MW_VALUE_LIST && item[0] == '\0' && !goes))
            mw_strings_add(&kept->items, left);
    }
    if (kept->items.count == 0 && value->kind != MW_VALUE_LIST)
        kept->kind = MW_VALUE_ABSENT;
}

void check_drop_parts(const struct check_run *run, const char *key, const struct mw_hit *effective,
                      const struct mw_strings *parts, struct check_ways *ways)
{
    MW_AUTO(mw_value) kept = {0};
    value_without(&effective->value, parts, &kept);
    struct check_way *way = put_instead(run, ways, key, effective, &kept);
    if (way != NULL && way->remedy.kind == MW_REMEDY_SET)
        way->remedy.kind = MW_REMEDY_REMOVE_ITEM;
}

/* ---- https ----------------------------------------------------------------------------------- */

/* Is there a mirror of the tool's on the same host that is asked over https? */
static bool is_known_host(const struct check_run *run, const char *text)
{
    const struct mw_tool *tool = run->tool->tool;
    struct mw_url url, known;
    bool is = false;
    if (!mw_url_parse(text, &url, NULL))
        return false;
    for (size_t i = 0; !is && i < tool->row_count; i++) {
        const struct mw_mirror *mirror = NULL;
        while (!is &&
               (mirror = mw_catalog_next(run->ctx->catalog, tool->rows[i].from, mirror)) != NULL)
            is = mirror->status != MW_MIRROR_DEAD && mw_url_parse(mirror->url, &known, NULL) &&
                 mw_url_is(&known, "https") && known.host_len == url.host_len &&
                 strncasecmp(known.host, url.host, url.host_len) == 0;
    }
    return is;
}

/* Does everything there that is asked over plain http answer over https, as far as we know? */
static bool is_known(const struct check_run *run, const struct mw_value *value)
{
    MW_AUTO(mw_strings) words = {0};
    bool is = true;
    mw_value_split(value, CHECK_SEPARATORS, &words);
    for (size_t i = 0; is && i < words.count; i++) {
        const char *at = strstr(words.items[i], "http://");
        is = at == NULL || is_known_host(run, at);
    }
    return is;
}

void check_use_tls(const struct check_run *run, const char *key, const struct mw_hit *effective,
                   struct check_ways *ways)
{
    MW_AUTO(mw_strings) dead = {0};
    MW_AUTO(mw_value) kept = {0}, safe = {0};
    check_find_dead(run, &effective->value, true, &dead);
    if (dead.count > 0)
        value_without(&effective->value, &dead, &kept);
    else
        mw_value_copy(&kept, &effective->value);
    safe.kind = kept.kind;
    for (size_t i = 0; i < kept.items.count; i++)
        mw_strings_take(&safe.items, mw_text_replace(kept.items.items[i], "http://", "https://"));
    struct check_way *way =
        mw_value_equal(&safe, &kept) ? NULL : put_instead(run, ways, key, effective, &safe);
    if (way != NULL)
        way->remedy.is_choice = !is_known(run, &kept);
}

/* ---- values that the tool refuses ------------------------------------------------------------ */

/* The lines that an editor would take away; false if it would take none. */
static bool lines_of_key(const struct mw_tool *tool, const struct check_file *file, const char *key,
                         size_t *from, size_t *to)
{
    MW_AUTO(mw_edits) edits = {0};
    bool is_found = false;
    const char *text = mw_buf_text(&file->file.bytes);
    if (!file->is_valid || mw_source_put(file->location.source, tool, text, file->file.bytes.len,
                                         key, &nothing, &edits, NULL) != MW_OK)
        return false;
    for (size_t i = 0; i < edits.count; i++) {
        size_t first = 0, column = 0;
        const struct mw_edit *edit = &edits.items[i];
        if (edit->end <= edit->begin)
            continue;
        mw_text_position(text, edit->begin, &first, &column);
        mw_text_position(text, edit->end - 1, to, &column);
        *from = is_found ? *from : first;
        is_found = true;
    }
    return is_found;
}

/* What is odd about the lines that the value stands on may be all that is wrong with it. */
static void mend_lines(const struct check_run *run, const struct check_file *file, const char *key,
                       struct check_ways *ways)
{
    MW_AUTO(mw_notices) notices = {0};
    size_t from = 0, to = 0;
    if (lines_of_key(run->tool->tool, file, key, &from, &to))
        mw_source_notices(file->location.source, run->tool->tool, mw_buf_text(&file->file.bytes),
                          file->file.bytes.len, &notices);
    for (size_t i = 0; i < notices.count; i++) {
        if (notices.items[i].line >= from && notices.items[i].line <= to)
            check_mend_line(run, file, &notices.items[i], ways);
    }
}

/* A text where a list, a number or a truth belongs, and a list that holds more than texts. */
static void retype(const struct mw_tool_key *row, const struct mw_value *value,
                   struct mw_value *meant)
{
    const char *text = value->items.count == 1 ? value->items.items[0] : "";
    bool is_list = row->shape == MW_SHAPE_LIST;
    MW_FREE struct mw_json_member *members = NULL;
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
        return;
    }
    mw_value_copy(meant, value);
    if (is_list && value->kind == MW_VALUE_STRING)
        meant->kind = MW_VALUE_LIST;
    else if (!is_list && row->kind == MW_VALUE_LITERAL && value->kind == MW_VALUE_STRING && is_json)
        meant->kind = MW_VALUE_LITERAL;
}

static bool accepts_kind(const struct check_run *run, const char *key, enum mw_value_kind kind,
                         const char *item)
{
    MW_AUTO(mw_value) one = {0};
    struct mw_error why = {0};
    mw_value_set_string(&one, item);
    one.kind = kind;
    return mw_tool_validate(run->sys, run->tool->tool, key, &one, &why) == MW_OK;
}

/* What the tool would take: each item as it was meant, without those of a list that mean nothing.
 */
static void put_meant(const struct check_run *run, const char *key, const struct mw_tool_key *row,
                      const struct mw_hit *effective, struct check_ways *ways)
{
    MW_AUTO(mw_value) typed = {0}, meant = {0};
    retype(row, &effective->value, &typed);
    meant.kind = typed.kind;
    for (size_t i = 0; i < typed.items.count; i++) {
        const char *item = typed.items.items[i];
        bool is_good = accepts_kind(run, key, typed.kind, item);
        MW_FREE char *other = is_good ? mw_xstrdup(item) : mw_tool_meant(row, item);
        if (other != NULL && other[0] != '\0')
            mw_strings_add(&meant.items, other);
    }
    if (meant.items.count > 0 && !mw_value_equal(&meant, &effective->value))
        (void)put_instead(run, ways, key, effective, &meant);
}

/* The parts as a list where one belongs; those of a text with nothing but a comma between them, and
 * ASCII in the place of what only looks like it. */
static void join_anew(const struct check_run *run, const char *key, const struct mw_tool_key *row,
                      const struct mw_hit *effective, struct check_ways *ways)
{
    MW_AUTO(mw_value) joined = {.kind = MW_VALUE_LIST};
    MW_AUTO(mw_strings) parts = {0};
    MW_AUTO(mw_buf) ascii = {0};
    if (row->shape == MW_SHAPE_LIST) {
        mw_value_split(&effective->value, CHECK_SEPARATORS, &joined.items);
        (void)put_instead(run, ways, key, effective, &joined);
    } else if (effective->value.kind == MW_VALUE_STRING) {
        const char *old = effective->value.items.items[0];
        bool is_other = check_put_ascii(old, strlen(old), &ascii);
        mw_strings_split(&parts, mw_buf_text(&ascii), CHECK_SEPARATORS);
        MW_FREE char *text = mw_strings_join(&parts, ",");
        mw_value_set_string(&joined, text);
        if (parts.count > 1 || is_other)
            (void)put_instead(run, ways, key, effective, &joined);
    }
}

/* Without the parts that the tool refuses by themselves. */
static void drop_bad_parts(const struct check_run *run, const char *key,
                           const struct mw_hit *effective, struct check_ways *ways)
{
    const struct mw_value *value = &effective->value;
    MW_AUTO(mw_strings) parts = {0}, bad = {0};
    if (value->kind == MW_VALUE_LIST)
        mw_strings_copy(&parts, &value->items);
    else
        mw_value_split(value, CHECK_SEPARATORS, &parts);
    for (size_t i = 0; i < parts.count; i++) {
        if (!accepts_kind(run, key, value->kind, parts.items[i]))
            mw_strings_add(&bad, parts.items[i]);
    }
    if (bad.count > 0 && bad.count <= MAX_DROPPED)
        check_drop_parts(run, key, effective, &bad, ways);
}

void check_mend_value(const struct check_run *run, const char *key, const struct mw_hit *effective,
                      struct check_ways *ways)
{
    MW_FREE char *full = NULL;
    const struct check_file *file = home_of(run->tool, key, effective, &full);
    const struct mw_tool_key *row = mw_tool_key(run->tool->tool, key);
    if (file != NULL && row != NULL) {
        mend_lines(run, file, full, ways);
        put_meant(run, key, row, effective, ways);
        join_anew(run, key, row, effective, ways);
        drop_bad_parts(run, key, effective, ways);
    }
    check_end_effect(run, key, effective, ways);
}
