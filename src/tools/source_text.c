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
    struct mw_value value = {0};
    if (spelling == NULL || row == NULL || row->also == NULL || source->editor == NULL ||
        source->editor->get(source->editor, text, len, row->also, &value, NULL) != MW_OK)
        return spelling;
    if (value.kind != MW_VALUE_ABSENT) {
        free(spelling);
        spelling = mw_xstrdup(row->also);
    }
    mw_value_release(&value);
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

/* The offset of the line that is exactly `line`, from `at` on; SIZE_MAX: none. */
static size_t find_line(const char *text, size_t len, size_t at, const char *line)
{
    size_t size = strlen(line);
    while (at < len) {
        const char *end = memchr(text + at, '\n', len - at);
        size_t next = end == NULL ? len : (size_t)(end - text);
        size_t used = next - at - (next > at && text[next - 1] == '\r');
        if (used == size && memcmp(text + at, line, size) == 0)
            return at;
        at = next + 1;
    }
    return SIZE_MAX;
}

static size_t next_line(const char *text, size_t len, size_t at)
{
    const char *end = at < len ? memchr(text + at, '\n', len - at) : NULL;
    return end == NULL ? len : (size_t)(end - text) + 1;
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
            size_t end = next_line(text, span.end, at);
            size_t used = end - at - (end > at && text[end - 1] == '\n');
            used -= used > 0 && text[at + used - 1] == '\r';
            char *value = mw_source_between(text + at, used, before, hole + hole_len + 2);
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
    if (!span.is_there && len > 0 && text[len - 1] != '\n')
        mw_buf_putc(out, '\n');
    render(source, tool, text, len, key, wanted, out);
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

enum mw_code mw_source_check(const struct mw_source *source, const char *path, const char *text,
                             size_t len, struct mw_error *err)
{
    if (source->editor != NULL)
        return source->editor->check(source->editor, path, text, len, err);
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
    else if (source->editor != NULL)
        code = source->editor->put(source->editor, text, len, spelling, value, edits, err);
    else if (source->kind == MW_SOURCE_SHELL)
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

enum { MAX_GUESSES = 100, LONG_NAME = 8 };

/* Names that are no settings of the tool's there. */
struct vocabulary {
    const struct mw_tool *tool;
    const struct mw_source *source;
    struct mw_notices unknown;
    size_t guesses;
};

/* Is it that name, or the list that an item is picked from? */
static bool spells(const char *spelling, const char *option)
{
    size_t len = strlen(option);
    return strncmp(spelling, option, len) == 0 && (spelling[len] == '\0' || spelling[len] == '[');
}

/* A setting that the tool has and we do not set, or one that the source spells in its own way. */
static bool is_other(const struct mw_tool *tool, const struct mw_source *source, const char *option)
{
    bool is = mw_strings_has(&tool->others, option);
    for (size_t i = 0; !is && i < source->keys.count; i++)
        is = spells(source->keys.items[i].value, option);
    for (size_t i = 0; !is && i < tool->key_count; i++)
        is = spells(mw_tool_key_at(tool, i)->as, option);
    return is;
}

/* Owned: the key with what the option has in the place of its {name}, as far as they agree. */
static char *fill_from(const char *key, const char *option)
{
    const char *hole = strstr(key, "{name}");
    size_t before = hole != NULL ? (size_t)(hole - key) : 0;
    if (before == 0 || strncmp(key, option, before) != 0)
        return mw_xstrdup(key);
    const char *name = option + before;
    const char *close = name[0] == '"' ? strchr(name + 1, '"') : NULL;
    MW_FREE char *part =
        mw_xstrndup(name, close != NULL ? (size_t)(close - name) + 1 : strcspn(name, "."));
    return mw_text_replace(key, "{name}", part);
}

/* Does it stand in a value of which the vocabulary says no more than that it is a table or a list?
 */
static bool is_free(const struct vocabulary *vocabulary, const char *option)
{
    const struct mw_tool *tool = vocabulary->tool;
    MW_FREE char *above = mw_xstrdup(option);
    bool is = false, is_known = false;
    for (char *dot = NULL; !is_known && (dot = strrchr(above, '.')) != NULL;) {
        *dot = '\0';
        const struct mw_tool_key *row = mw_tool_key(tool, above);
        is = is_known = row != NULL || is_other(tool, vocabulary->source, above);
        size_t len = row != NULL ? strlen(row->key) : 0;
        for (size_t i = 0; len > 0 && is && i < tool->key_count; i++)
            is = strncmp(tool->keys[i].key, row->key, len) != 0 || tool->keys[i].key[len] != '.';
    }
    return is;
}

static void judge_name(void *context, const char *section, const char *option, size_t line)
{
    struct vocabulary *vocabulary = context;
    const struct mw_tool *tool = vocabulary->tool;
    const struct mw_tool_key *row = section == NULL ? mw_tool_key(tool, option) : NULL;
    if (row != NULL && strcmp(row->as, row->key) != 0 && strcmp(row->as, option) != 0)
        row = NULL; /* a profile's word for it, and not the tool's */
    const char *title = mw_tool_title(tool);
    MW_AUTO(mw_strings) names = {0};
    if (section != NULL || (row != NULL && row->unheard != MW_UNHEARD_ENVIRONMENT))
        return;
    if (row != NULL) {
        mw_notices_add(&vocabulary->unknown, line, "env-unknown-env",
                       _("%.80s has no effect in this file; %s takes it from the environment only"),
                       option, title);
        return;
    }
    const char *id = tool->is_whole ? "env-unknown-key" : "unknown-key";
    if (row == NULL && (is_other(tool, vocabulary->source, option) || is_free(vocabulary, option)))
        return;
    /* Nobody reads a thousand of them. */
    const struct mw_pairs *own = &vocabulary->source->keys;
    for (size_t i = 0; i < own->count; i++)
        mw_strings_add(&names, own->items[i].value);
    for (size_t i = 0; own->count == 0 && i < tool->key_count && vocabulary->guesses < MAX_GUESSES;
         i++)
        mw_strings_take(&names, fill_from(mw_tool_key_at(tool, i)->as, option));
    /* Short ones resemble settings of other programs by chance. */
    for (size_t i = 0; own->count == 0 && i < tool->others.count; i++) {
        if (strlen(tool->others.items[i]) >= LONG_NAME)
            mw_strings_add(&names, tool->others.items[i]);
    }
    vocabulary->guesses++;
    const char *closest = mw_text_closest(option, &names);
    if (closest == NULL && !tool->is_whole)
        ; /* perhaps one that is not in our list */
    else if (closest != NULL)
        mw_notices_add(&vocabulary->unknown, line, id,
                       _("%s has no setting \"%.80s\" and ignores this line; is %s meant?"), title,
                       option, closest);
    else
        mw_notices_add(&vocabulary->unknown, line, "env-unknown-key",
                       _("%s has no setting \"%.80s\" and ignores this line"), title, option);
}

/* Of a line that is not heard at all nothing else is told. Both are in the order of lines. */
static void put_in_place(struct mw_notices *notices, struct mw_notices *unknown)
{
    size_t kept = 0, at = 0;
    for (size_t i = 0; i < notices->count; i++) {
        while (at < unknown->count && unknown->items[at].line < notices->items[i].line)
            at++;
        if (at < unknown->count && unknown->items[at].line == notices->items[i].line)
            free(notices->items[i].message);
        else
            notices->items[kept++] = notices->items[i];
    }
    notices->count = kept;
    for (size_t i = 0; i < unknown->count; i++)
        *MW_PUSH(notices->items, notices->count) = unknown->items[i];
    free(unknown->items);
    mw_notices_sort(notices);
}

static struct mw_key_fact fact_of(const void *context, const char *key)
{
    const struct mw_tool_key *row = mw_tool_key(context, key);
    if (row == NULL)
        return (struct mw_key_fact){0};
    return (struct mw_key_fact){
        .trims = row->strays != MW_STRAYS_STAY,
        .quotes = row->strays == MW_STRAYS_QUOTED,
        .cr = row->cr != NULL ? mw_tools_spoken(row->cr, row->cr_zh) : NULL,
        .cr_breaks = row->cr_breaks,
    };
}

void mw_source_notices(const struct mw_source *source, const struct mw_tool *tool, const char *text,
                       size_t len, struct mw_notices *notices)
{
    const struct mw_editor *editor = source->editor;
    struct vocabulary vocabulary = {.tool = tool, .source = source};
    if (editor == NULL)
        return;
    notices->fact = fact_of;
    notices->context = tool;
    mw_editor_notices(editor, text, len, notices);
    if (editor->names != NULL && tool->sections.count == 0)
        editor->names(text, len, judge_name, &vocabulary);
    if (vocabulary.unknown.count > 0)
        put_in_place(notices, &vocabulary.unknown);
}
