/* Unified diffs (diffutils manual, "Detailed Description of Unified Format").
 *
 * Lines are compared with E. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986),
 * after the common start and end are set aside. Configuration files differ in a few lines; for
 * two files that have little in common the search gives up and the whole middle is shown as
 * replaced, so that time stays linear in the size of the files. */
#include "mirrorwise/text.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/buffer.h"
#include "mirrorwise/memory.h"

enum {
    CONTEXT_LINES = 3,
    /* The trace holds half of its square in numbers: 2 MiB. */
    DISTANCE_MAX = 1000,
};

struct line {
    const char *text;
    size_t len; /* with its newline, if it has one */
    uint32_t hash;
};

struct side {
    struct line *lines;
    size_t count;
    bool *changed; /* removed from the old side, or added on the new one */
};

static uint32_t hash_line(const char *text, size_t len)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)text[i]) * 16777619u;
    return hash;
}

static void split_lines(struct side *side, const char *text, size_t len)
{
    while (len > 0) {
        const char *newline = memchr(text, '\n', len);
        size_t used = newline != NULL ? (size_t)(newline - text) + 1 : len;
        *MW_PUSH(side->lines, side->count) = (struct line){text, used, hash_line(text, used)};
        text += used;
        len -= used;
    }
    side->changed = mw_xcalloc(side->count, sizeof *side->changed);
}

static void side_release(struct side *side)
{
    free(side->lines);
    free(side->changed);
}

static bool same_line(const struct line *a, const struct line *b)
{
    return a->hash == b->hash && a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

/* The part between the common start and the common end. */
struct middle {
    const struct line *old_lines, *new_lines;
    int old_count, new_count;
    bool *removed, *added;
};

/* Walks on while lines are equal; returns the reached position in the old
 * lines. */
static int slide(const struct middle *m, int x, int diagonal)
{
    int y = x - diagonal;
    while (x < m->old_count && y < m->new_count && same_line(&m->old_lines[x], &m->new_lines[y])) {
        x++;
        y++;
    }
    return x;
}

/* Row `distance` of the trace: how far each diagonal -distance, -distance + 2, ... +distance
 * reaches. Rows lie one after another: row d starts at d * (d + 1) / 2. */
static int *trace_row(int *trace, int distance)
{
    return trace + (size_t)distance * ((size_t)distance + 1) / 2;
}

/* True if the best way to `diagonal` at `distance` adds a line (comes from the diagonal above),
 * false if it removes one. `before` is the row of distance - 1. */
static bool comes_by_adding(const int *before, int distance, int diagonal)
{
    int i = (diagonal + distance) / 2; /* index of `diagonal`; its neighbours are i - 1 and i */
    return diagonal == -distance || (diagonal != distance && before[i - 1] < before[i]);
}

static int start_of(const int *before, int distance, int diagonal)
{
    int i = (diagonal + distance) / 2;
    return comes_by_adding(before, distance, diagonal) ? before[i] : before[i - 1] + 1;
}

/* Fills one row; true when the end of both sides is reached. */
static bool fill_row(const struct middle *m, int *trace, int distance)
{
    int *row = trace_row(trace, distance);
    const int *before = distance > 0 ? trace_row(trace, distance - 1) : NULL;
    for (int i = 0; i <= distance; i++) {
        int diagonal = 2 * i - distance;
        int x = before != NULL ? start_of(before, distance, diagonal) : 0;
        /* Diagonals outside the grid lead nowhere, but keep their place in the row. */
        row[i] = x - diagonal <= m->new_count && x <= m->old_count ? slide(m, x, diagonal) : x;
        if (row[i] == m->old_count && row[i] - diagonal == m->new_count)
            return true;
    }
    return false;
}

static void walk_back(const struct middle *m, int *trace, int distance)
{
    int diagonal = m->old_count - m->new_count;
    for (; distance > 0; distance--) {
        const int *before = trace_row(trace, distance - 1);
        int x = start_of(before, distance, diagonal);
        if (comes_by_adding(before, distance, diagonal)) {
            m->added[x - diagonal - 1] = true;
            diagonal++;
        } else {
            m->removed[x - 1] = true;
            diagonal--;
        }
    }
}

/* False if the two have so little in common that the search gave up. */
static bool compare_middle(const struct middle *m)
{
    MW_FREE int *trace = NULL;
    int rows = 0;
    bool found = false;
    for (int distance = 0; distance <= DISTANCE_MAX && !found; distance++) {
        if (distance >= rows) {
            rows = rows > 0 ? rows * 2 : 16;
            trace = mw_xrealloc(trace, (size_t)rows * ((size_t)rows + 1) / 2, sizeof *trace);
        }
        found = fill_row(m, trace, distance);
        if (found)
            walk_back(m, trace, distance);
    }
    return found;
}

static void compare_sides(struct side *before, struct side *after)
{
    size_t shorter = before->count < after->count ? before->count : after->count;
    size_t start = 0;
    while (start < shorter && same_line(&before->lines[start], &after->lines[start]))
        start++;
    size_t end = 0;
    while (end < shorter - start && same_line(&before->lines[before->count - 1 - end],
                                              &after->lines[after->count - 1 - end]))
        end++;

    size_t old_count = before->count - start - end;
    size_t new_count = after->count - start - end;
    bool *removed = before->changed + start;
    bool *added = after->changed + start;
    if (old_count > 0 && new_count > 0 && old_count < INT_MAX / 2 && new_count < INT_MAX / 2) {
        struct middle m = {
            .old_lines = before->lines + start,
            .new_lines = after->lines + start,
            .old_count = (int)old_count,
            .new_count = (int)new_count,
            .removed = removed,
            .added = added,
        };
        if (compare_middle(&m))
            return;
    }
    memset(removed, true, old_count);
    memset(added, true, new_count);
}

/* Lines [old_begin, old_end) became [new_begin, new_end); either may be empty. */
struct change {
    size_t old_begin, old_end, new_begin, new_end;
};

static bool is_changed(const struct side *side, size_t i)
{
    return i < side->count && side->changed[i];
}

/* Finds the next change at or behind the position in `change`; false at the end. */
static bool next_change(const struct side *before, const struct side *after, struct change *change)
{
    size_t i = change->old_end;
    size_t j = change->new_end;
    while (i < before->count && j < after->count && !before->changed[i] && !after->changed[j]) {
        i++;
        j++;
    }
    *change = (struct change){i, i, j, j};
    while (is_changed(before, change->old_end))
        change->old_end++;
    while (is_changed(after, change->new_end))
        change->new_end++;
    return change->old_end > change->old_begin || change->new_end > change->new_begin;
}

static void put_marked_line(struct mw_buf *out, char mark, const struct line *line)
{
    mw_buf_putc(out, mark);
    mw_buf_append(out, line->text, line->len);
    if (line->text[line->len - 1] != '\n')
        mw_buf_puts(out, "\n\\ No newline at end of file\n");
}

/* "5,2"; a count of 1 is left out, and an empty range names the line in front of it. */
static void put_range(struct mw_buf *out, char mark, size_t begin, size_t end)
{
    size_t count = end - begin;
    mw_buf_printf(out, " %c%zu", mark, count > 0 ? begin + 1 : begin);
    if (count != 1)
        mw_buf_printf(out, ",%zu", count);
}

static void put_hunk(struct mw_buf *out, const struct side *before, const struct side *after,
                     const struct change *changes, size_t count)
{
    const struct change *first = &changes[0];
    const struct change *last = &changes[count - 1];
    size_t lead = first->old_begin < CONTEXT_LINES ? first->old_begin : CONTEXT_LINES;
    size_t rest = before->count - last->old_end;
    size_t trail = rest < CONTEXT_LINES ? rest : CONTEXT_LINES;
    mw_buf_puts(out, "@@");
    put_range(out, '-', first->old_begin - lead, last->old_end + trail);
    put_range(out, '+', first->new_begin - lead, last->new_end + trail);
    mw_buf_puts(out, " @@\n");

    size_t i = first->old_begin - lead;
    for (size_t n = 0; n < count; n++) {
        for (; i < changes[n].old_begin; i++)
            put_marked_line(out, ' ', &before->lines[i]);
        for (; i < changes[n].old_end; i++)
            put_marked_line(out, '-', &before->lines[i]);
        for (size_t j = changes[n].new_begin; j < changes[n].new_end; j++)
            put_marked_line(out, '+', &after->lines[j]);
    }
    for (; i < last->old_end + trail; i++)
        put_marked_line(out, ' ', &before->lines[i]);
}

static void put_hunks(struct mw_buf *out, const struct side *before, const struct side *after)
{
    MW_FREE struct change *changes = NULL;
    size_t count = 0;
    struct change change = {0};
    while (next_change(before, after, &change))
        *MW_PUSH(changes, count) = change;
    for (size_t begin = 0; begin < count;) {
        size_t end = begin + 1;
        while (end < count &&
               changes[end].old_begin - changes[end - 1].old_end <= (size_t)2 * CONTEXT_LINES)
            end++;
        put_hunk(out, before, after, &changes[begin], end - begin);
        begin = end;
    }
}

/* A name that holds a blank ends with a tab, as GNU diff and git have it; patch(1) would end it at
 * the blank. */
static void put_name(struct mw_buf *out, const char *mark, const char *name)
{
    mw_buf_printf(out, "%s %s%s\n", mark, name, strchr(name, ' ') != NULL ? "\t" : "");
}

char *mw_text_diff(const char *before, size_t before_len, const char *after, size_t after_len,
                   const char *from, const char *to)
{
    struct mw_buf out = {0};
    if (before_len != after_len || (before_len > 0 && memcmp(before, after, before_len) != 0)) {
        MW_AUTO(side) old_side = {0};
        MW_AUTO(side) new_side = {0};
        split_lines(&old_side, before, before_len);
        split_lines(&new_side, after, after_len);
        compare_sides(&old_side, &new_side);
        put_name(&out, "---", from);
        put_name(&out, "+++", to);
        put_hunks(&out, &old_side, &new_side);
    }
    return mw_buf_take(&out);
}
