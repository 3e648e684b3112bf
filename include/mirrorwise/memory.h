/* Memory: allocation never returns NULL. Running out is fatal and safe, because files change
 * only by rename under a journal; the process ends with exit code 1 and one line on stderr. */
#ifndef MW_MEMORY_H
#define MW_MEMORY_H

#include <stddef.h>
#include <stdlib.h>

void *mw_xmalloc(size_t size) __attribute__((malloc, returns_nonnull));
void *mw_xcalloc(size_t count, size_t size) __attribute__((malloc, returns_nonnull));
/* Grows `old` (may be NULL) to count * size bytes; overflow is fatal too. */
void *mw_xrealloc(void *old, size_t count, size_t size) __attribute__((returns_nonnull));
char *mw_xstrdup(const char *text) __attribute__((returns_nonnull));
char *mw_copy(const char *text); /* the same; NULL of NULL */
char *mw_xstrndup(const char *text, size_t length) __attribute__((returns_nonnull));
char *mw_xasprintf(const char *format, ...) __attribute__((returns_nonnull, format(printf, 1, 2)));

/* Returns free heap to the system; to be called after much was freed. */
void mw_memory_trim(void);

/* Variables released at the end of their block, on every path: `MW_FREE char *key = ...` is freed,
 * `MW_AUTO(mw_buf) text = {0}` is a struct mw_buf that mw_buf_release() is called for. Each is
 * initialised where it is declared, and no goto jumps past it. What outlives the block is declared
 * plainly or moved out (mw_buf_take()). */
#define MW_FREE __attribute__((cleanup(mw_free_held)))
#define MW_AUTO(type) __attribute__((cleanup(type##_release))) struct type
static inline void mw_free_held(void *pointer)
{
    free(*(void **)pointer);
}

/* A text in the place of another; both owned, or NULL. */
static inline void mw_replace(char **text, char *take_text)
{
    free(*text);
    *text = take_text;
}

/* Frees each of them. */
#define MW_FREE_ALL(...)                                                                           \
    mw_free_all((void *[]){__VA_ARGS__}, sizeof((void *[]){__VA_ARGS__}) / sizeof(void *))
void mw_free_all(void **pointers, size_t count);

/* Appends a zeroed element to a growing array and evaluates to a pointer to it:
 *   struct row *row = MW_PUSH(list->rows, list->count);
 * The capacity is the next power of two from 4 on, so no capacity field is needed. */
#define MW_PUSH(array, count)                                                                      \
    (((array) = mw_push_room((array), (count), sizeof *(array))), (count)++, &(array)[(count)-1])
void *mw_push_room(void *array, size_t count, size_t size) __attribute__((returns_nonnull));

/* The first element of an array of structs whose member, a char *, is that text; NULL if none is:
 *   struct row *row = MW_FIND(list->rows, list->count, name, "x"); */
#define MW_FIND(array, count, member, text)                                                        \
    mw_find_text((array), (count), sizeof *(array), offsetof(__typeof__(*(array)), member), (text))
void *mw_find_text(const void *array, size_t count, size_t size, size_t offset, const char *text);

#endif
