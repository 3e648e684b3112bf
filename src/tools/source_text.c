/* The text of a source: by the editor of its format, or lines of ours ("content"), a file of their
 * own or a block between two marker lines. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/json_scan.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

enum { NAMES_MAX = 100 };

/* How the file spells the key; NULL if the source does not hold it. A key below a section is
 * spelled with it. */
static char *spelling_of(const struct mw_source *source, const struct mw_tool *tool,
                         const char *key)
{
    const struct mw_tool_key *row = mw_tool_key(tool, key);
    const char *spelling = NULL;
    if (row == NULL) /* any key of the format may be asked for */
        return source->keys.count == 0 ? mw_xstrdup(key) : NULL;
    if (!mw_source_holds(source, row, &spelling))
        return NULL;
    const char *dot = tool->sections.count > 0 ? strchr(key, '.') : NULL;
    return dot == NULL ? mw_tool_key_fill(row, spelling, key)
                       : mw_xasprintf("%.*s.%s", (int)(dot - key), key, spelling);
}

/* The same for a text: the other way to say it, if the text has that. */
static char *spelling_in(const struct mw_source *source, const struct mw_tool *tool,
                         const char *text, size_t len, const char *key)
{
    char *spelling = spelling_of(source, tool, key);
    const struct mw_tool_key *row = mw_tool_key(tool, key);
    MW_AUTO(mw_value) value = {0};
    if (spelling != NULL && row != NULL && row->also != NULL && source->editor != NULL &&
        source->editor->get(source->editor, text, len, row->also, &value, NULL) == MW_OK &&
        value.kind != MW_VALUE_ABSENT)
        mw_replace(&spelling, mw_xstrdup(row->also));
    return spelling;
}

/* ---- content --------------------------------------------------------------------------------- */

/* The part of a text that is ours: all of it, or the lines between the markers; `outer` includes
 * these. */
struct span {
    size_t begin, end, outer_begin, outer_end;
    bool is_there;
};

static char *marker(const struct mw_source *source, bool opens)
{
    return mw_xasprintf("%s %s mirrorwise %s", source->block, opens ? ">>>" : "<<<",
                        opens ? ">>>" : "<<<");
}

static size_t next_line(const char *text, size_t len, size_t at)
{
    const char *end = at < len ? memchr(text + at, '\n', len - at) : NULL;
    return end == NULL ? len : (size_t)(end - text) + 1;
}

/* The bytes of the line at `at` without its end. */
static size_t line_len(const char *text, size_t len, size_t at)
{
    size_t end = next_line(text, len, at);
    end -= end > at && text[end - 1] == '\n';
    end -= end > at && text[end - 1] == '\r';
    return end - at;
}

/* The offset of the line that is exactly `line`, from `at` on; SIZE_MAX: none. */
static size_t find_line(const char *text, size_t len, size_t at, const char *line)
{
    size_t size = strlen(line);
    while (at < len && (line_len(text, len, at) != size || memcmp(text + at, line, size) != 0))
        at = next_line(text, len, at);
    return at < len ? at : SIZE_MAX;
}

static struct span find_span(const struct mw_source *source, const char *text, size_t len)
{
    struct span span = {.begin = 0, .end = len, .outer_end = len, .is_there = len > 0};
    if (source->block == NULL)
        return span;
    MW_FREE char *first = marker(source, true);
    MW_FREE char *last = marker(source, false);
    size_t from = find_line(text, len, 0, first);
    size_t to = from == SIZE_MAX ? SIZE_MAX : find_line(text, len, from, last);
    span = (struct span){.begin = len, .end = len, .outer_begin = len, .outer_end = len};
    if (to != SIZE_MAX)
        span = (struct span){.begin = next_line(text, len, from),
                             .end = to,
                             .outer_begin = from,
                             .outer_end = next_line(text, len, to),
                             .is_there = true};
    return span;
}

const char *mw_source_hole(const struct mw_tool *tool, const char *line, size_t *len)
{
    for (const char *at = line; (at = strchr(at, '{')) != NULL; at++) {
        const char *end = strchr(at, '}');
        MW_FREE char *key = end == NULL ? NULL : mw_xstrndup(at + 1, (size_t)(end - at - 1));
        bool is = key != NULL && mw_tool_has_key(tool, key);
        if (is) {
            *len = (size_t)(end - at - 1);
            return at;
        }
    }
    return NULL;
}

char *mw_source_between(const char *line, size_t len, const char *before, const char *after)
{
    size_t before_len = strlen(before), after_len = strlen(after);
    if (len < before_len + after_len || memcmp(line, before, before_len) != 0 ||
        memcmp(line + len - after_len, after, after_len) != 0)
        return NULL;
    return mw_xstrndup(line + before_len, len - before_len - after_len);
}

/* Owned: the value of the key by the lines of the template that hold it alone; NULL: none. *line is
 * where. */
static char *read_content(const struct mw_source *source, const struct mw_tool *tool,
                          const char *text, size_t len, const char *key, size_t *number)
{
    struct span span = find_span(source, text, len);
    for (size_t i = 0; i < source->content.count; i++) {
        size_t hole_len = 0;
        const char *template = source->content.items[i];
        const char *hole = mw_source_hole(tool, template, &hole_len);
        if (hole == NULL || strlen(key) != hole_len || strncmp(hole + 1, key, hole_len) != 0)
            continue;
        MW_FREE char *before = mw_xstrndup(template, (size_t)(hole - template));
        for (size_t at = span.begin; at < span.end; at = next_line(text, span.end, at)) {
            char *value = mw_source_between(text + at, line_len(text, span.end, at), before,
                                            hole + hole_len + 2);
            size_t column = 0;
            if (value == NULL)
                continue;
            if (number != NULL)
                mw_text_position(text, at, number, &column);
            return value;
        }
    }
    return NULL;
}

/* What would end a quoted text of whatever language the lines are. */
bool mw_source_is_harmless(const char *value)
{
    for (const char *p = value; *p != '\0'; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7F || strchr("\"'\\`$", *p) != NULL)
            return false;
    }
    return true;
}

/* Appends the lines with the values of `text`, `key` being `wanted` (NULL: unset). */
static void render(const struct mw_source *source, const struct mw_tool *tool, const char *text,
                   size_t len, const char *key, const char *wanted, struct mw_buf *out)
{
    MW_AUTO(mw_buf) lines = {0};
    bool is_any = false;
    for (size_t i = 0; i < source->content.count; i++) {
        size_t hole_len = 0;
        const char *template = source->content.items[i];
        const char *hole = mw_source_hole(tool, template, &hole_len);
        if (hole == NULL) {
            mw_buf_printf(&lines, "%s\n", template);
            continue;
        }
        MW_FREE char *name = mw_xstrndup(hole + 1, hole_len);
        MW_FREE char *value = strcmp(name, key) != 0
                                  ? read_content(source, tool, text, len, name, NULL)
                              : wanted == NULL ? NULL
                                               : mw_xstrdup(wanted);
        if (value != NULL) {
            is_any = true;
            mw_buf_printf(&lines, "%.*s%s%s\n", (int)(hole - template), template, value,
                          hole + hole_len + 2);
        }
    }
    if (is_any && source->block != NULL) {
        MW_FREE char *first = marker(source, true);
        MW_FREE char *last = marker(source, false);
        mw_buf_printf(out, "%s\n%s%s\n", first, mw_buf_text(&lines), last);
    } else if (is_any) {
        mw_buf_append(out, mw_buf_text(&lines), lines.len);
    }
}

static enum mw_code put_content(const struct mw_source *source, const struct mw_tool *tool,
                                const char *text, size_t len, const char *key,
                                const struct mw_value *value, struct mw_edits *edits,
                                struct mw_error *err)
{
    const char *wanted = value->kind == MW_VALUE_ABSENT ? NULL : mw_tools_first(value);
    if (wanted != NULL && (value->items.count != 1 || !mw_source_is_harmless(wanted)))
        return mw_fail(err, MW_USAGE, 0, "put",
                       _("the value of %s is no single text without quotes, '\\', '`' and '$'"),
                       key);
    MW_FREE char *have = read_content(source, tool, text, len, key, NULL);
    bool is_same = have == NULL ? wanted == NULL : wanted != NULL && strcmp(have, wanted) == 0;
    if (is_same)
        return MW_OK;
    struct span span = find_span(source, text, len);
    struct mw_buf *out = mw_edits_add(edits, span.outer_begin, span.outer_end);
    MW_AUTO(mw_buf) lines = {0};
    if (!span.is_there && len > 0 && text[len - 1] != '\n')
        mw_buf_putc(&lines, '\n');
    render(source, tool, text, len, key, wanted, &lines);
    const char *line_end = memchr(text, '\n', len);
    bool has_returns = line_end != NULL && line_end > text && line_end[-1] == '\r';
    MW_FREE char *ours = mw_text_replace(mw_buf_text(&lines), "\n", has_returns ? "\r\n" : "\n");
    mw_buf_puts(out, ours);
    return MW_OK;
}

/* "sparse+https://host/index/" is "sparse+https://host/index". */
static bool same_address(const char *a, const char *b)
{
    size_t x = strlen(a), y = strlen(b);
    while (x > 0 && a[x - 1] == '/')
        x--;
    while (y > 0 && b[y - 1] == '/')
        y--;
    return x == y && strncasecmp(a, b, x) == 0;
}

/* ---- either ---------------------------------------------------------------------------------- */

/* The editor, which speaks of the tool. */
static struct mw_editor editor_of(const struct mw_source *source)
{
    struct mw_editor own = *source->editor;
    if (source->tool != NULL) {
        own.reader = mw_tool_title(source->tool);
        own.section = source->tool->section;
    }
    return own;
}

enum mw_code mw_source_check(const struct mw_source *source, const char *path, const char *text,
                             size_t len, struct mw_error *err)
{
    if (source->editor != NULL) {
        const struct mw_editor own = editor_of(source);
        return own.check(&own, path, text, len, err);
    }
    if (source->kind == MW_SOURCE_SHELL)
        return MW_OK;
    MW_FREE char *first = source->block == NULL ? NULL : marker(source, true);
    size_t at = first != NULL ? find_line(text, len, 0, first) : SIZE_MAX;
    if (at == SIZE_MAX || find_span(source, text, len).is_there)
        return MW_OK;
    size_t line = 0, column = 0;
    mw_text_position(text, at, &line, &column);
    return mw_fail(err, MW_BAD_CONFIG, 0, "check",
                   _("%s:%zu:%zu: the line '%s' has no counterpart"), path, line, column, first);
}

enum mw_code mw_source_get(const struct mw_source *source, const struct mw_tool *tool,
                           const char *text, size_t len, const char *key, struct mw_value *value,
                           struct mw_error *err)
{
    char *spelling = spelling_in(source, tool, text, len, key);
    enum mw_code code = MW_OK;
    if (spelling == NULL)
        return MW_OK;
    if (source->editor != NULL) {
        code = source->editor->get(source->editor, text, len, spelling, value, err);
    } else if (source->kind == MW_SOURCE_SHELL) {
        mw_shell_get(source, text, len, spelling, value);
    } else {
        MW_FREE char *found = read_content(source, tool, text, len, key, NULL);
        if (found != NULL)
            mw_value_set_string(value, found);
    }
    free(spelling);
    mw_source_split(source, tool, key, value);
    mw_tool_tell_secret(tool, key, &value->items);
    return code;
}

enum mw_code mw_source_put(const struct mw_source *source, const struct mw_tool *tool,
                           const char *text, size_t len, const char *key,
                           const struct mw_value *value, struct mw_edits *edits,
                           struct mw_error *err)
{
    MW_FREE char *spelling = spelling_in(source, tool, text, len, key);
    MW_FREE char *between = mw_list_glue(source, tool, key, true);
    MW_AUTO(mw_value) joined = {0};
    enum mw_code code = MW_OK;
    if (between != NULL && value->kind == MW_VALUE_LIST) {
        MW_FREE char *items = mw_strings_join(&value->items, between);
        mw_value_set_string(&joined, items);
        value = &joined;
    }
    if (spelling == NULL)
        code = mw_fail(err, MW_USAGE, 0, "put", _("%s has no place for %s there"),
                       mw_tool_title(tool), key);
    else if (source->editor != NULL) {
        const struct mw_editor own = editor_of(source);
        code = own.put(&own, text, len, spelling, value, edits, err);
    } else if (source->kind == MW_SOURCE_SHELL)
        code = mw_shell_put(source, text, len, spelling, value, edits, err);
    else
        code = put_content(source, tool, text, len, key, value, edits, err);
    return code;
}

/* What mw_source_find_name() is looking for. */
struct name_search {
    const struct mw_editor *editor;
    const char *text;
    size_t len;
    const char *pattern, *value;
    size_t tried;
    char *found;
};

/* A name in quotes would be another one where it is a value. */
static void try_name(void *context, const char *section, const char *option, size_t line)
{
    struct name_search *search = context;
    size_t begin = 0, len = 0;
    MW_AUTO(mw_value) has = {0};
    (void)line;
    if (search->found == NULL && section == NULL && search->tried < NAMES_MAX)
        len = mw_tools_match_name(search->pattern, option, &begin);
    if (len == 0 || option[begin] == '"')
        return;
    search->tried++;
    if (search->editor->get(search->editor, search->text, search->len, option, &has, NULL) ==
            MW_OK &&
        has.items.count == 1 && same_address(has.items.items[0], search->value))
        search->found = mw_xstrndup(option + begin, len);
}

char *mw_source_find_name(const struct mw_source *source, const struct mw_tool *tool,
                          const char *text, size_t len, const char *key, const char *value)
{
    MW_FREE char *pattern = spelling_of(source, tool, key);
    struct name_search search = {
        .editor = source->editor, .text = text, .len = len, .pattern = pattern, .value = value};
    if (pattern != NULL && source->editor != NULL && source->editor->names != NULL)
        source->editor->names(text, len, try_name, &search);
    return search.found;
}

size_t mw_source_line(const struct mw_source *source, const struct mw_tool *tool,
                      const struct mw_buf *text, const char *key)
{
    MW_FREE char *spelling = spelling_in(source, tool, mw_buf_text(text), text->len, key);
    size_t line = 0;
    if (spelling != NULL && source->editor != NULL)
        line = mw_tools_line(source->editor, text, spelling);
    else if (spelling != NULL && source->kind == MW_SOURCE_SHELL)
        line = mw_shell_line(source, text, spelling);
    else if (spelling != NULL)
        free(read_content(source, tool, mw_buf_text(text), text->len, key, &line));
    return line;
}
