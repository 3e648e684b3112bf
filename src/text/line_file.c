#include "line_file.h"
#include "edit_parts.h"

#include <stdlib.h>
#include <string.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"

bool line_next(const struct line_dialect *dialect, const char *text, size_t len, struct line *line)
{
    if (line->next >= len)
        return false;
    *line = (struct line){.number = line->number + 1,
                          .begin = line->next,
                          .in_section = line->in_section,
                          .in_option = line->in_option,
                          .indent = line->indent,
                          .quote = line->quote};
    size_t end = line->begin;
    if (dialect->cr_ends) {
        while (end < len && text[end] != '\n' && text[end] != '\r')
            end++;
    } else {
        const char *lf = memchr(text + end, '\n', len - end);
        end = lf != NULL ? (size_t)(lf - text) : len;
    }
    line->end = end;
    line->next = end;
    if (end < len)
        line->next += text[end] == '\r' && end + 1 < len && text[end + 1] == '\n' ? 2 : 1;
    if (line->next > end || !dialect->ends_last)
        dialect->cut(text, line);
    return true;
}

void line_set(struct line *line, size_t key, size_t key_end, size_t value, size_t value_end)
{
    line->sets = line->has_delimiter = true;
    line->key = key;
    line->key_end = key_end;
    line->value = value;
    line->value_end = value_end;
}

/* All that get() and put() need to know of a text. */
struct survey {
    const struct line_dialect *dialect;
    const char *text;
    struct line *hits; /* owned; the lines that set the key */
    size_t count;
    struct line first, last; /* of the text; `last` of what counts */
    struct line tail;        /* the last line that sets anything */
    struct line like;        /* what a new line looks like */
    struct line stop;        /* the line from which on nothing counts; number 0: none */
};

static void survey(const struct line_dialect *dialect, const char *text, size_t len,
                   const char *key, struct survey *found)
{
    *found = (struct survey){.dialect = dialect, .text = text};
    struct line line = {0};
    while (line_next(dialect, text, len, &line)) {
        if (found->first.number == 0)
            found->first = line;
        if (dialect->stops != NULL && dialect->stops(text, &line)) {
            found->stop = line;
            break;
        }
        found->last = line;
        if (!line.sets)
            continue;
        found->tail = line;
        MW_FREE char *own = dialect->read_key != NULL
                                ? dialect->read_key(text + line.key, line.key_end - line.key)
                                : NULL;
        if (own != NULL ? strcmp(own, key) == 0 : edit_is(text, line.key, line.key_end, key))
            *MW_PUSH(found->hits, found->count) = line;
    }
    found->like = found->count > 0 ? found->hits[found->count - 1] : found->tail;
}

static char *read_line(const struct survey *found, const struct line *line)
{
    size_t len = line->value_end - line->value;
    if (found->dialect->read != NULL && line->has_delimiter)
        return found->dialect->read(found->text + line->value, len);
    return line->has_delimiter ? mw_edit_item(found->text + line->value, len) : mw_xstrdup("true");
}

static void read_hits(const struct survey *found, struct mw_value *value)
{
    bool is_list = false;
    for (size_t i = 0; i < found->count; i++) {
        is_list = is_list || found->hits[i].is_item;
        if (i + 1 == found->count || found->dialect->lists) {
            if (!is_list)
                mw_strings_release(&value->items);
            mw_strings_take(&value->items, read_line(found, &found->hits[i]));
        }
    }
    if (found->count > 0)
        value->kind = is_list ? MW_VALUE_LIST : MW_VALUE_STRING;
}

enum mw_code line_get(const struct mw_editor *editor, const char *text, size_t len, const char *key,
                      struct mw_value *value, struct mw_error *err)
{
    struct survey found;
    (void)err;
    survey(editor->lines, text, len, key, &found);
    read_hits(&found, value);
    free(found.hits);
    return MW_OK;
}

static enum mw_code check_put(const struct line_dialect *dialect, const char *key,
                              const struct mw_value *value, struct mw_error *err)
{
    bool is_list = value->kind == MW_VALUE_LIST;
    if (value->kind == MW_VALUE_LITERAL || (is_list && !dialect->lists))
        return mw_fail(err, MW_USAGE, 0, "edit",
                       _("%s takes one string; a file of this format knows nothing else."), key);
    if (is_list && value->items.count == 0)
        return mw_fail(err, MW_USAGE, 0, "edit",
                       _("A file of this format cannot hold an empty list; remove %s instead."),
                       key);
    enum mw_code code = dialect->accepts(key, NULL, err);
    for (size_t i = 0; i < value->items.count && code == MW_OK; i++)
        code = dialect->accepts(key, value->items.items[i], err);
    return code;
}

static const char *ending_of(const struct survey *found)
{
    const struct line *first = &found->first;
    if (!found->dialect->follows_ending || first->next == first->end)
        return "\n";
    if (first->next - first->end == 2 || (!found->dialect->cr_ends && first->end > first->begin &&
                                          found->text[first->end - 1] == '\r'))
        return "\r\n";
    return "\n";
}

static void write_item(const struct survey *found, struct line *old, const char *item,
                       struct mw_buf *out)
{
    if (found->dialect->write != NULL)
        found->dialect->write(found->text, old, item, out);
    else
        mw_buf_puts(out, item);
}

/* Lines for all items of the value; the last one without its ending. */
static void write_lines(const struct survey *found, const char *key, const struct mw_value *value,
                        size_t from, struct mw_buf *out)
{
    const struct line *like = found->like.number != 0 ? &found->like : NULL;
    for (size_t i = from; i < value->items.count; i++) {
        if (i > from)
            mw_buf_puts(out, ending_of(found));
        if (found->dialect->begin != NULL)
            found->dialect->begin(found->text, like, key, value->kind == MW_VALUE_LIST, out);
        else
            mw_buf_printf(out, "%s%s", key,
                          found->dialect->delimiter != NULL ? found->dialect->delimiter : "=");
        write_item(found, NULL, value->items.items[i], out);
    }
}

/* Behind the last line that sets something, if lines that do not count follow; else at the end. */
static void add_lines(const struct survey *found, const char *key, const struct mw_value *value,
                      struct mw_edits *edits)
{
    const char *ending = ending_of(found);
    const struct line *last = &found->last;
    bool is_open = last->number != 0 && last->next == last->end;
    size_t at = last->next;
    if (found->stop.number != 0)
        at = found->tail.number != 0 ? found->tail.next : found->stop.begin;
    else if (is_open && found->dialect->ends_last)
        at = last->begin;
    struct mw_buf *out = mw_edits_add(edits, at, at);
    if (is_open && !found->dialect->ends_last)
        mw_buf_puts(out, ending);
    write_lines(found, key, value, 0, out);
    mw_buf_puts(out, ending);
}

static void replace_line(const struct survey *found, const struct line *hit, const char *item,
                         struct mw_edits *edits)
{
    MW_FREE char *old = read_line(found, hit);
    if (strcmp(old, item) == 0)
        return;
    struct line line = *hit;
    MW_AUTO(mw_buf) spelled = {0};
    if (!line.has_delimiter)
        mw_buf_putc(&spelled, '=');
    write_item(found, &line, item, &spelled);
    struct mw_buf *out = mw_edits_add(edits, line.value, line.value_end);
    mw_buf_append(out, mw_buf_text(&spelled), spelled.len);
}

/* Item by item, so that comments between them stay where they are. */
static void replace_list(const struct survey *found, const char *key, const struct mw_value *value,
                         struct mw_edits *edits)
{
    for (size_t i = 0; i < found->count; i++) {
        const struct line *hit = &found->hits[i];
        if (i >= value->items.count) {
            mw_edits_add(edits, hit->begin, hit->next);
            continue;
        }
        replace_line(found, hit, value->items.items[i], edits);
        if (i + 1 == found->count && i + 1 < value->items.count) {
            struct mw_buf *out = mw_edits_add(edits, hit->end, hit->end);
            mw_buf_puts(out, ending_of(found));
            write_lines(found, key, value, i + 1, out);
        }
    }
}

/* Makes a list of a string or a string of a list: in the place of the last line. */
static void replace_all(const struct survey *found, const char *key, const struct mw_value *value,
                        struct mw_edits *edits)
{
    for (size_t i = 0; i + 1 < found->count; i++)
        mw_edits_add(edits, found->hits[i].begin, found->hits[i].next);
    const struct line *last = &found->hits[found->count - 1];
    write_lines(found, key, value, 0, mw_edits_add(edits, last->begin, last->end));
}

static bool is_pure_list(const struct survey *found)
{
    for (size_t i = 0; i < found->count; i++) {
        if (!found->hits[i].is_item)
            return false;
    }
    return true;
}

enum mw_code line_put(const struct mw_editor *editor, const char *text, size_t len, const char *key,
                      const struct mw_value *value, struct mw_edits *edits, struct mw_error *err)
{
    enum mw_code code = check_put(editor->lines, key, value, err);
    if (code != MW_OK)
        return code;
    struct survey found;
    MW_AUTO(mw_value) have = {0};
    survey(editor->lines, text, len, key, &found);
    read_hits(&found, &have);
    if (mw_value_equal(&have, value)) {
        /* nothing to do */
    } else if (value->kind == MW_VALUE_ABSENT) {
        for (size_t i = 0; i < found.count; i++)
            mw_edits_add(edits, found.hits[i].begin, found.hits[i].next);
    } else if (found.count == 0) {
        add_lines(&found, key, value, edits);
    } else if (have.kind != value->kind || (have.kind == MW_VALUE_LIST && !is_pure_list(&found))) {
        replace_all(&found, key, value, edits);
    } else if (have.kind == MW_VALUE_LIST) {
        replace_list(&found, key, value, edits);
    } else {
        replace_line(&found, &found.hits[found.count - 1], value->items.items[0], edits);
    }
    free(found.hits);
    return code;
}

enum mw_code line_accepts(const char *key, const char *item, struct mw_error *err)
{
    if (item == NULL)
        return MW_OK;
    if (item[strcspn(item, "\n\r")] != '\0')
        return edit_refuse_value(err, key, _("a line break"));
    return edit_check_utf8(err, key, item);
}
