#include "mirrorwise/buffer.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

/* What tools' files and profiles hold passes through here, and any of it may be a secret: none is
 * left in freed memory. */
static void wipe(struct mw_buf *buf)
{
    if (buf->data != NULL)
        explicit_bzero(buf->data, buf->cap);
    free(buf->data);
}

/* Room for `more` bytes and the NUL. */
static void reserve(struct mw_buf *buf, size_t more)
{
    if (more < buf->cap - buf->len)
        return;
    size_t needed = SIZE_MAX;
    if (!__builtin_add_overflow(buf->len, more, &needed) && needed < SIZE_MAX / 2)
        needed++;
    size_t cap = buf->cap > 0 ? buf->cap : 64;
    while (cap < needed)
        cap = cap > SIZE_MAX / 2 ? SIZE_MAX : cap * 2;
    /* Not realloc(): it may leave the old bytes behind. */
    char *data = mw_xmalloc(cap);
    if (buf->len > 0)
        memcpy(data, buf->data, buf->len);
    wipe(buf);
    buf->data = data;
    buf->cap = cap;
}

void mw_buf_append(struct mw_buf *buf, const void *bytes, size_t len)
{
    reserve(buf, len);
    if (len > 0)
        memcpy(buf->data + buf->len, bytes, len);
    buf->len += len;
    buf->data[buf->len] = '\0';
}

void mw_buf_puts(struct mw_buf *buf, const char *text)
{
    mw_buf_append(buf, text, strlen(text));
}

void mw_buf_putc(struct mw_buf *buf, char c)
{
    mw_buf_append(buf, &c, 1);
}

void mw_buf_vprintf(struct mw_buf *buf, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    if (len >= 0) {
        reserve(buf, (size_t)len);
        len = vsnprintf(buf->data + buf->len, (size_t)len + 1, format, again);
        buf->len += len > 0 ? (size_t)len : 0;
    }
    va_end(again);
}

void mw_buf_printf(struct mw_buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    mw_buf_vprintf(buf, format, args);
    va_end(args);
}

void mw_buf_put_word(struct mw_buf *buf, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "@%+=:,./-_";
    if (buf->len > 0 && buf->data[buf->len - 1] != ' ')
        mw_buf_putc(buf, ' ');
    if (word[0] != '\0' && strspn(word, plain) == strlen(word)) {
        mw_buf_puts(buf, word);
        return;
    }
    mw_buf_put_quoted(buf, word);
}

void mw_buf_put_option(struct mw_buf *buf, const char *option, const char *value)
{
    mw_buf_put_word(buf, option);
    mw_buf_put_word(buf, value);
}

void mw_buf_put_quoted(struct mw_buf *buf, const char *word)
{
    mw_buf_putc(buf, '\'');
    for (; *word != '\0'; word++) {
        if (*word == '\'')
            mw_buf_puts(buf, "'\\''");
        else
            mw_buf_putc(buf, *word);
    }
    mw_buf_putc(buf, '\'');
}

void mw_buf_end_clause(struct mw_buf *buf)
{
    static const char *const stops[] = {".", "。"};
    for (size_t i = 0; i < sizeof stops / sizeof stops[0]; i++) {
        size_t len = strlen(stops[i]);
        if (buf->len >= len && memcmp(buf->data + buf->len - len, stops[i], len) == 0) {
            buf->len -= len;
            buf->data[buf->len] = '\0';
            return;
        }
    }
}

const char *mw_buf_text(const struct mw_buf *buf)
{
    return buf->data != NULL ? buf->data : "";
}

char *mw_buf_take(struct mw_buf *buf)
{
    char *text = buf->data != NULL ? buf->data : mw_xstrdup("");
    *buf = (struct mw_buf){0};
    return text;
}

void mw_buf_release(struct mw_buf *buf)
{
    wipe(buf);
    *buf = (struct mw_buf){0};
}

bool mw_buf_equals(const struct mw_buf *a, const struct mw_buf *b)
{
    return a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

static int compare_texts(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

void mw_strings_sort(struct mw_strings *list)
{
    if (list->count > 1)
        qsort(list->items, list->count, sizeof *list->items, compare_texts);
}

bool mw_strings_has_sorted(const struct mw_strings *list, const char *text)
{
    return list->count > 0 &&
           bsearch(&text, list->items, list->count, sizeof *list->items, compare_texts) != NULL;
}

void mw_strings_take(struct mw_strings *list, char *text)
{
    *MW_PUSH(list->items, list->count) = text;
}

void mw_strings_add_n(struct mw_strings *list, const char *text, size_t len)
{
    mw_strings_take(list, mw_xstrndup(text, len));
}

void mw_strings_add(struct mw_strings *list, const char *text)
{
    mw_strings_take(list, mw_xstrdup(text));
}

bool mw_strings_has(const struct mw_strings *list, const char *text)
{
    for (size_t i = 0; i < list->count; i++) {
        if (*list->items[i] == *text && strcmp(list->items[i], text) == 0)
            return true;
    }
    return false;
}

void mw_strings_add_new(struct mw_strings *list, const char *text)
{
    if (!mw_strings_has(list, text))
        mw_strings_add(list, text);
}

void mw_strings_add_all(struct mw_strings *list, const struct mw_strings *more)
{
    for (size_t i = 0; i < more->count; i++)
        mw_strings_add(list, more->items[i]);
}

bool mw_strings_equal(const struct mw_strings *a, const struct mw_strings *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        if (strcmp(a->items[i], b->items[i]) != 0)
            return false;
    }
    return true;
}

void mw_strings_copy(struct mw_strings *to, const struct mw_strings *from)
{
    if (to == from)
        return;
    mw_strings_release(to);
    mw_strings_add_all(to, from);
}

char *mw_strings_join(const struct mw_strings *list, const char *separator)
{
    struct mw_buf joined = {0};
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0)
            mw_buf_puts(&joined, separator);
        mw_buf_puts(&joined, list->items[i]);
    }
    return mw_buf_take(&joined);
}

void mw_strings_split(struct mw_strings *list, const char *text, const char *separators)
{
    for (;;) {
        size_t len = strcspn(text, separators);
        const char *item = text;
        size_t item_len = len;
        mw_text_trim(&item, &item_len);
        if (item_len > 0)
            mw_strings_add_n(list, item, item_len);
        if (text[len] == '\0')
            return;
        text += len + 1;
    }
}

void mw_strings_release(struct mw_strings *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i] != NULL)
            explicit_bzero(list->items[i], strlen(list->items[i]));
        free(list->items[i]);
    }
    free(list->items);
    *list = (struct mw_strings){0};
}

void mw_strings_release_each(struct mw_strings *const *lists, size_t count)
{
    for (size_t i = 0; i < count; i++)
        mw_strings_release(lists[i]);
}

const char *mw_pairs_find(const struct mw_pairs *pairs, const char *name)
{
    const struct mw_pair *pair = MW_FIND(pairs->items, pairs->count, name, name);
    return pair != NULL ? pair->value : NULL;
}

void mw_pairs_release(struct mw_pairs *pairs)
{
    for (size_t i = 0; i < pairs->count; i++) {
        free(pairs->items[i].name);
        free(pairs->items[i].value);
    }
    free(pairs->items);
    *pairs = (struct mw_pairs){0};
}
