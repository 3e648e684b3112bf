/* The one byte buffer and the one list of strings. A zeroed struct is an empty, valid value;
 * `data` is always NUL-terminated after the first append, and may hold NULs inside. */
#ifndef MW_BUFFER_H
#define MW_BUFFER_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct mw_buf {
    char *data; /* NULL while empty */
    size_t len; /* bytes, without the terminating NUL */
    size_t cap;
};

void mw_buf_append(struct mw_buf *buf, const void *bytes, size_t len);
void mw_buf_puts(struct mw_buf *buf, const char *text);
void mw_buf_putc(struct mw_buf *buf, char c);
void mw_buf_printf(struct mw_buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void mw_buf_vprintf(struct mw_buf *buf, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
/* Appends a word of a command line, quoted where a POSIX shell would not take it as it is, after
 * one blank unless it is the first. */
void mw_buf_put_word(struct mw_buf *buf, const char *word);
/* Two of them. */
void mw_buf_put_option(struct mw_buf *buf, const char *option, const char *value);
/* A sentence becomes a part of one: without its stop. */
void mw_buf_end_clause(struct mw_buf *buf);
/* Appends it in single quotes, as a shell reads them. */
void mw_buf_put_quoted(struct mw_buf *buf, const char *word);
/* The text so far, "" if nothing was appended. Borrowed until the next change. */
const char *mw_buf_text(const struct mw_buf *buf);
/* Moves the text out as an owned string and leaves the buffer empty. */
char *mw_buf_take(struct mw_buf *buf);
void mw_buf_release(struct mw_buf *buf);
bool mw_buf_equals(const struct mw_buf *a, const struct mw_buf *b);

/* An ordered list of owned strings. */
struct mw_strings {
    char **items;
    size_t count;
};

void mw_strings_add(struct mw_strings *list, const char *text);
void mw_strings_add_n(struct mw_strings *list, const char *text, size_t len);
void mw_strings_take(struct mw_strings *list, char *text);
bool mw_strings_has(const struct mw_strings *list, const char *text);
/* Adds the text unless it is there. */
void mw_strings_add_new(struct mw_strings *list, const char *text);
/* Adds all of `more`. */
void mw_strings_add_all(struct mw_strings *list, const struct mw_strings *more);
/* By their bytes; and then in a time that hardly grows with the list. */
void mw_strings_sort(struct mw_strings *list);
bool mw_strings_has_sorted(const struct mw_strings *list, const char *text);
bool mw_strings_equal(const struct mw_strings *a, const struct mw_strings *b);
/* Replaces what `to` held. */
void mw_strings_copy(struct mw_strings *to, const struct mw_strings *from);
/* Owned: the items joined by `separator`; "" for an empty list. */
char *mw_strings_join(const struct mw_strings *list, const char *separator);
/* Splits at every byte of `separators`, trims blanks, drops empty items. */
void mw_strings_split(struct mw_strings *list, const char *text, const char *separators);
void mw_strings_release(struct mw_strings *list);
/* The same for each of them. */
#define mw_strings_release_all(...)                                                                \
    mw_strings_release_each((struct mw_strings *const[]){__VA_ARGS__},                             \
                            sizeof((struct mw_strings *const[]){__VA_ARGS__}) / sizeof(void *))
void mw_strings_release_each(struct mw_strings *const *lists, size_t count);

/* Two texts that belong together; both owned. */
struct mw_pair {
    char *name, *value;
};

struct mw_pairs {
    struct mw_pair *items;
    size_t count;
};

/* The value of `name`, NULL if there is none. */
const char *mw_pairs_find(const struct mw_pairs *pairs, const char *name);
void mw_pairs_release(struct mw_pairs *pairs);

#endif
