#include "list_edit.h"

#include <stdlib.h>
#include <string.h>

#include "edit_parts.h"
#include "mirrorwise/memory.h"

/* Where the line of an offset begins; the list's own begin if that is on the same line. */
static size_t line_begin(const struct list_edit *list, size_t at)
{
    while (at > list->begin && list->text[at - 1] != '\n')
        at--;
    return at;
}

static bool leads_line(const struct list_edit *list, size_t index)
{
    size_t begin = line_begin(list, list->items[index].begin);
    if (begin == list->begin)
        return false;
    for (size_t i = begin; i < list->items[index].begin; i++) {
        if (!edit_is_blank(list->text[i]))
            return false;
    }
    return true;
}

/* Behind an item: its comma, if it has one, and where the next line begins, if nothing but a
 * comment stands before it. */
static bool ends_line(const struct list_edit *list, size_t index, size_t *comma, size_t *next)
{
    size_t at = list->items[index].end;
    *comma = 0;
    for (; at < list->end; at++) {
        char c = list->text[at];
        if (c == ',' && *comma == 0)
            *comma = at;
        else if (c == '\n')
            break;
        else if (list->comment != '\0' && c == list->comment)
            while (at + 1 < list->end && list->text[at + 1] != '\n')
                at++;
        else if (!edit_is_blank(c) && c != '\r')
            return false;
    }
    *next = at + 1;
    return at < list->end;
}

static void put_quoted(const struct list_edit *list, const char *item, struct mw_buf *out)
{
    MW_FREE char *quoted = list->quote(item);
    mw_buf_puts(out, quoted);
}

/* Items [from, to) of the old list go. */
static void drop(const struct list_edit *list, size_t from, size_t to, struct mw_edits *edits)
{
    if (from == to)
        return;
    bool whole_lines = true;
    size_t comma = 0;
    size_t next = 0;
    for (size_t i = from; i < to && whole_lines; i++)
        whole_lines = leads_line(list, i) && ends_line(list, i, &comma, &next);
    if (whole_lines && (list->may_trail || to < list->count)) {
        for (size_t i = from; i < to; i++) {
            ends_line(list, i, &comma, &next);
            mw_edits_add(edits, line_begin(list, list->items[i].begin), next);
        }
    } else if (from > 0) {
        mw_edits_add(edits, list->items[from - 1].end, list->items[to - 1].end);
    } else {
        mw_edits_add(edits, list->items[0].begin, list->items[to].begin);
    }
}

/* Further items behind the old item `after`. */
static void insert(const struct list_edit *list, size_t after, const struct mw_strings *wanted,
                   size_t from, size_t to, struct mw_edits *edits)
{
    size_t comma = 0;
    size_t next = 0;
    const struct list_item *item = &list->items[after];
    if (from == to)
        return;
    if (!leads_line(list, after) || !ends_line(list, after, &comma, &next)) {
        struct mw_buf *out = mw_edits_add(edits, item->end, item->end);
        for (size_t i = from; i < to; i++) {
            mw_buf_puts(out, ", ");
            put_quoted(list, wanted->items[i], out);
        }
        return;
    }
    if (comma == 0)
        mw_buf_putc(mw_edits_add(edits, item->end, item->end), ',');
    struct mw_buf *out = mw_edits_add(edits, next, next);
    size_t begin = line_begin(list, item->begin);
    for (size_t i = from; i < to; i++) {
        mw_buf_append(out, list->text + begin, item->begin - begin);
        put_quoted(list, wanted->items[i], out);
        if (comma != 0 || i + 1 < to)
            mw_buf_putc(out, ',');
        mw_buf_puts(out, list->ending);
    }
}

static void replace_whole(const struct list_edit *list, const struct mw_strings *wanted,
                          struct mw_edits *edits)
{
    struct mw_buf *out = mw_edits_add(edits, list->begin, list->end);
    mw_buf_putc(out, '[');
    for (size_t i = 0; i < wanted->count; i++) {
        if (i > 0)
            mw_buf_puts(out, ", ");
        put_quoted(list, wanted->items[i], out);
    }
    mw_buf_putc(out, ']');
}

void list_same_ends(const struct mw_strings *a, const struct mw_strings *b, size_t *front,
                    size_t *back)
{
    size_t least = a->count < b->count ? a->count : b->count;
    *front = *back = 0;
    while (*front < least && strcmp(a->items[*front], b->items[*front]) == 0)
        ++*front;
    while (*back < least - *front &&
           strcmp(a->items[a->count - 1 - *back], b->items[b->count - 1 - *back]) == 0)
        ++*back;
}

static void edit(const struct list_edit *list, const struct mw_strings *wanted,
                 struct mw_edits *edits)
{
    size_t least = list->count < wanted->count ? list->count : wanted->count;
    size_t front = 0;
    size_t back = 0;
    list_same_ends(list->have, wanted, &front, &back);
    if (least == 0) {
        replace_whole(list, wanted, edits);
        return;
    }
    size_t both = least - front - back;
    for (size_t i = front; i < front + both; i++)
        put_quoted(list, wanted->items[i],
                   mw_edits_add(edits, list->items[i].begin, list->items[i].end));
    size_t at = front + both;
    drop(list, at, list->count - back, edits);
    if (wanted->count - back > at && at > 0) {
        insert(list, at - 1, wanted, at, wanted->count - back, edits);
    } else if (wanted->count - back > at) {
        struct mw_buf *out = mw_edits_add(edits, list->items[0].begin, list->items[0].begin);
        size_t begin = line_begin(list, list->items[0].begin);
        for (size_t i = 0; i < wanted->count - back; i++) {
            put_quoted(list, wanted->items[i], out);
            mw_buf_puts(out, leads_line(list, 0) ? "," : ", ");
            if (leads_line(list, 0)) {
                mw_buf_puts(out, list->ending);
                mw_buf_append(out, list->text + begin, list->items[0].begin - begin);
            }
        }
    }
}

void list_edit(struct list_edit *list, const struct mw_strings *wanted, struct mw_edits *edits)
{
    edit(list, wanted, edits);
    free(list->items);
}
