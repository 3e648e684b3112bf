/* One list between brackets made of another: items that stay are not touched, nor is what stands
 * between them. */
#include <string.h>

#include "edit_parts.h"
#include "mirrorwise/memory.h"
#include "tree.h"

struct list {
    const char *text;
    size_t begin, end;        /* of the list, brackets included */
    const struct node *items; /* texts, below which nothing stands: so they are side by side */
    size_t count;
    const char *ending; /* of lines */
    char comment;
    tree_put_item *put;
};

/* Where the line of an offset begins; the list's own begin if that is on the same line. */
static size_t line_begin(const struct list *list, size_t at)
{
    while (at > list->begin && list->text[at - 1] != '\n')
        at--;
    return at;
}

static bool leads_line(const struct list *list, size_t index)
{
    size_t begin = line_begin(list, list->items[index].value);
    if (begin == list->begin)
        return false;
    for (size_t i = begin; i < list->items[index].value; i++) {
        if (!mw_text_is_blank(list->text[i]))
            return false;
    }
    return true;
}

/* Behind an item: its comma, if it has one, and where the next line begins, if nothing but a
 * comment stands before it. */
static bool ends_line(const struct list *list, size_t index, size_t *comma, size_t *next)
{
    size_t at = list->items[index].value_end;
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
        else if (!mw_text_is_blank(c) && c != '\r')
            return false;
    }
    *next = at + 1;
    return at < list->end;
}

/* Items [from, to) of the old list go. */
static void drop(const struct list *list, size_t from, size_t to, struct mw_edits *edits)
{
    if (from == to)
        return;
    bool whole_lines = true;
    size_t comma = 0;
    size_t next = 0;
    for (size_t i = from; i < to && whole_lines; i++)
        whole_lines = leads_line(list, i) && ends_line(list, i, &comma, &next);
    if (whole_lines && (list->comment != '\0' || to < list->count)) {
        for (size_t i = from; i < to; i++) {
            ends_line(list, i, &comma, &next);
            mw_edits_add(edits, line_begin(list, list->items[i].value), next);
        }
    } else if (from > 0) {
        mw_edits_add(edits, list->items[from - 1].value_end, list->items[to - 1].value_end);
    } else {
        mw_edits_add(edits, list->items[0].value, list->items[to].value);
    }
}

/* Further items behind the old item `after`. */
static void insert(const struct list *list, size_t after, const struct mw_strings *wanted,
                   size_t from, size_t to, struct mw_edits *edits)
{
    size_t comma = 0;
    size_t next = 0;
    const struct node *item = &list->items[after];
    if (!leads_line(list, after) || !ends_line(list, after, &comma, &next)) {
        struct mw_buf *out = mw_edits_add(edits, item->value_end, item->value_end);
        for (size_t i = from; i < to; i++) {
            mw_buf_puts(out, ", ");
            list->put(wanted->items[i], out);
        }
        return;
    }
    if (comma == 0)
        mw_buf_putc(mw_edits_add(edits, item->value_end, item->value_end), ',');
    struct mw_buf *out = mw_edits_add(edits, next, next);
    size_t begin = line_begin(list, item->value);
    for (size_t i = from; i < to; i++) {
        mw_buf_append(out, list->text + begin, item->value - begin);
        list->put(wanted->items[i], out);
        if (comma != 0 || i + 1 < to)
            mw_buf_putc(out, ',');
        mw_buf_puts(out, list->ending);
    }
}

bool tree_read_strings(const struct tree *tree, const struct node *node, bool is_list,
                       char *(*read)(const struct tree *tree, const struct node *node),
                       struct mw_value *value)
{
    if (!is_list) {
        MW_FREE char *string = read(tree, node);
        if (string != NULL)
            mw_value_set_string(value, string);
        return string != NULL;
    }
    MW_AUTO(mw_strings) found = {0};
    for (size_t i = node->first; i != 0; i = tree->nodes[i].next) {
        char *string = read(tree, &tree->nodes[i]);
        if (string == NULL)
            return false;
        mw_strings_take(&found, string);
    }
    value->kind = MW_VALUE_LIST;
    value->items = found;
    found = (struct mw_strings){0};
    return true;
}

void tree_put_strings(const struct mw_strings *items, tree_put_item *put, struct mw_buf *out)
{
    mw_buf_putc(out, '[');
    for (size_t i = 0; i < items->count; i++) {
        mw_buf_puts(out, i > 0 ? ", " : "");
        put(items->items[i], out);
    }
    mw_buf_putc(out, ']');
}

void tree_same_ends(const struct mw_strings *a, const struct mw_strings *b, size_t *front,
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

void tree_put_list(const struct tree_change *change, char comment, tree_put_item *put)
{
    const struct tree *tree = change->tree;
    const struct node *node = &tree->nodes[change->place.at];
    const struct mw_strings *have = &change->have.items, *wanted = &change->value->items;
    const struct list list = {.text = tree->text,
                              .begin = node->value,
                              .end = node->value_end,
                              .items = &tree->nodes[node->first],
                              .count = have->count,
                              .ending = edit_ending(tree->text, tree->len),
                              .comment = comment,
                              .put = put};
    struct mw_edits *edits = change->edits;
    size_t least = have->count < wanted->count ? have->count : wanted->count;
    size_t front = 0;
    size_t back = 0;
    tree_same_ends(have, wanted, &front, &back);
    if (least == 0) {
        tree_put_strings(wanted, put, mw_edits_add(edits, list.begin, list.end));
        return;
    }
    size_t at = least - back;
    for (size_t i = front; i < at; i++)
        put(wanted->items[i], mw_edits_add(edits, list.items[i].value, list.items[i].value_end));
    size_t end = wanted->count - back;
    drop(&list, at, list.count - back, edits);
    if (end > at && at > 0) {
        insert(&list, at - 1, wanted, at, end, edits);
    } else if (end > at) {
        size_t first = list.items[0].value;
        size_t begin = line_begin(&list, first);
        struct mw_buf *out = mw_edits_add(edits, first, first);
        bool leads = leads_line(&list, 0);
        for (size_t i = 0; i < end; i++) {
            put(wanted->items[i], out);
            mw_buf_puts(out, leads ? "," : ", ");
            mw_buf_puts(out, leads ? list.ending : "");
            mw_buf_append(out, list.text + begin, leads ? first - begin : 0);
        }
    }
}
