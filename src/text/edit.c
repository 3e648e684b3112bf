#include "mirrorwise/edit.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "edit_parts.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

const struct mw_editor *const mw_editors[] = {
    // clang-format off
    &mw_editor_env,
    &mw_editor_ini,
    &mw_editor_json,
    &mw_editor_npmrc,
    &mw_editor_brew_env,
    &mw_editor_shell_env,
    &mw_editor_bundle,
    &mw_editor_yarnrc,
    &mw_editor_toml,
    &mw_editor_yaml,
    &mw_editor_xml,
    NULL,
    // clang-format on
};

struct mw_buf *mw_edits_add(struct mw_edits *edits, size_t begin, size_t end)
{
    struct mw_edit *edit = MW_PUSH(edits->items, edits->count);
    edit->begin = begin;
    edit->end = end;
    return &edit->text;
}

void mw_edits_release(struct mw_edits *edits)
{
    for (size_t i = 0; i < edits->count; i++)
        mw_buf_release(&edits->items[i].text);
    free(edits->items);
    *edits = (struct mw_edits){0};
}

void mw_edits_apply(const struct mw_edits *edits, const char *text, size_t len, struct mw_buf *out)
{
    size_t copied = 0;
    for (size_t i = 0; i < edits->count; i++) {
        const struct mw_edit *edit = &edits->items[i];
        if (edit->begin > copied)
            mw_buf_append(out, text + copied, edit->begin - copied);
        mw_buf_append(out, mw_buf_text(&edit->text), edit->text.len);
        copied = edit->end;
    }
    if (len > copied)
        mw_buf_append(out, text + copied, len - copied);
}

void mw_edits_copy(struct mw_edits *to, const struct mw_edits *from)
{
    for (size_t i = 0; i < from->count; i++) {
        const struct mw_edit *edit = &from->items[i];
        mw_buf_append(mw_edits_add(to, edit->begin, edit->end), mw_buf_text(&edit->text),
                      edit->text.len);
    }
}

static bool is_same_edit(const struct mw_edit *a, const struct mw_edit *b)
{
    return a->begin == b->begin && a->end == b->end && mw_buf_equals(&a->text, &b->text);
}

/* Spans that only touch are apart, but not two that put text at the same place. */
static bool is_apart(const struct mw_edit *a, const struct mw_edit *b)
{
    return a->begin != b->begin && (a->end <= b->begin || b->end <= a->begin);
}

static int compare_edits(const void *left, const void *right)
{
    const struct mw_edit *a = left;
    const struct mw_edit *b = right;
    return a->begin < b->begin ? -1 : a->begin > b->begin;
}

void mw_edits_sort(struct mw_edits *edits)
{
    if (edits->count > 1)
        qsort(edits->items, edits->count, sizeof *edits->items, compare_edits);
}

bool mw_edits_merge(struct mw_edits *to, const struct mw_edits *from)
{
    struct mw_edits news = {0};
    size_t first = 0; /* both are in the order of the text: what ends before is behind us */
    for (size_t i = 0; i < from->count; i++) {
        const struct mw_edit *edit = &from->items[i];
        bool is_known = false;
        while (first < to->count && to->items[first].begin < edit->begin &&
               to->items[first].end <= edit->begin)
            first++;
        for (size_t k = first; k < to->count && to->items[k].begin <= edit->end; k++) {
            bool is_same = is_same_edit(edit, &to->items[k]);
            is_known = is_known || is_same;
            if (!is_same && !is_apart(edit, &to->items[k])) {
                mw_edits_release(&news);
                return false;
            }
        }
        if (!is_known)
            mw_buf_append(mw_edits_add(&news, edit->begin, edit->end), mw_buf_text(&edit->text),
                          edit->text.len);
    }
    mw_edits_copy(to, &news);
    mw_edits_sort(to);
    mw_edits_release(&news);
    return true;
}

size_t mw_edits_origin(const struct mw_edits *edits, size_t offset)
{
    size_t grown = 0, shrunk = 0; /* by the edits before */
    for (size_t i = 0; i < edits->count; i++) {
        const struct mw_edit *edit = &edits->items[i];
        size_t begin = edit->begin + grown - shrunk;
        if (offset < begin)
            break;
        if (offset < begin + edit->text.len)
            return edit->begin;
        grown += edit->text.len;
        shrunk += edit->end - edit->begin;
    }
    return offset + shrunk - grown;
}

char *mw_edit_item(const char *bytes, size_t len)
{
    struct mw_buf item = {0};
    while (len > 0) {
        size_t clean = strnlen(bytes, len);
        mw_buf_append(&item, bytes, clean);
        if (clean < len) {
            mw_buf_puts(&item, "\xEF\xBF\xBD");
            clean++;
        }
        bytes += clean;
        len -= clean;
    }
    return mw_buf_take(&item);
}

void mw_notices_add(struct mw_notices *notices, size_t line, const char *id, const char *format,
                    ...)
{
    MW_AUTO(mw_buf) message = {0};
    va_list args;
    va_start(args, format);
    mw_buf_vprintf(&message, format, args);
    va_end(args);

    struct mw_notice *notice = MW_PUSH(notices->items, notices->count);
    notice->line = line;
    notice->id = id;
    notice->message = mw_text_safe(mw_buf_text(&message), message.len, 0, false);
}

static int compare_notices(const void *left, const void *right)
{
    const struct mw_notice *a = left;
    const struct mw_notice *b = right;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    return strcmp(a->id, b->id);
}

void mw_notices_sort(struct mw_notices *notices)
{
    if (notices->count > 1)
        qsort(notices->items, notices->count, sizeof *notices->items, compare_notices);
}

void mw_notices_release(struct mw_notices *notices)
{
    for (size_t i = 0; i < notices->count; i++)
        free(notices->items[i].message);
    free(notices->items);
    *notices = (struct mw_notices){0};
}

void mw_editor_notices(const struct mw_editor *editor, const char *text, size_t len,
                       struct mw_notices *notices)
{
    if (editor->comments != NULL)
        odd_text_notices(text, len, editor->comments, notices);
    if (editor->mark != NULL && odd_text_mark(text, len) > 0)
        mw_notices_add(notices, 1, editor->mark_id, "%s", _(editor->mark));
    if (editor->notices != NULL)
        editor->notices(text, len, notices);
    mw_notices_sort(notices);
}
