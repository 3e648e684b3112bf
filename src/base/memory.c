#include "mirrorwise/memory.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

/* No stdio, no gettext, no atexit handlers: each of them may want memory. */
static _Noreturn void out_of_memory(void)
{
    static const char line[] = "mirrorwise: out of memory; no file was left half written\n";
    ssize_t written = write(STDERR_FILENO, line, sizeof line - 1);
    (void)written;
    _exit(1);
}

void *mw_xmalloc(size_t size)
{
    void *memory = malloc(size > 0 ? size : 1);
    if (memory == NULL)
        out_of_memory();
    return memory;
}

void *mw_xcalloc(size_t count, size_t size)
{
    void *memory = count > 0 && size > 0 ? calloc(count, size) : calloc(1, 1);
    if (memory == NULL)
        out_of_memory();
    return memory;
}

void *mw_xrealloc(void *old, size_t count, size_t size)
{
    size_t bytes = 0;
    if (__builtin_mul_overflow(count, size, &bytes))
        out_of_memory();
    void *memory = realloc(old, bytes > 0 ? bytes : 1);
    if (memory == NULL)
        out_of_memory();
    return memory;
}

char *mw_xstrdup(const char *text)
{
    return mw_xstrndup(text, strlen(text));
}

char *mw_copy(const char *text)
{
    return text != NULL ? mw_xstrdup(text) : NULL;
}

char *mw_xstrndup(const char *text, size_t length)
{
    size_t size = strnlen(text, length);
    char *copy = mw_xmalloc(size + 1);
    memcpy(copy, text, size);
    copy[size] = '\0';
    return copy;
}

char *mw_xasprintf(const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    int length = vasprintf(&text, format, args);
    va_end(args);
    if (length < 0 || text == NULL)
        out_of_memory();
    return text;
}

void mw_free_all(void **pointers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(pointers[i]);
}

void mw_memory_trim(void)
{
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

enum { FIRST_ROOM = 4 };

void *mw_find_text(const void *array, size_t count, size_t size, size_t offset, const char *text)
{
    char *at = (char *)(uintptr_t)array;
    for (size_t i = 0; i < count; i++, at += size) {
        if (strcmp(*(char **)(void *)(at + offset), text) == 0)
            return at;
    }
    return NULL;
}

void *mw_push_room(void *array, size_t count, size_t size)
{
    /* Full exactly when the count is 0 or a power of two, of which the first is 4. */
    if ((count & (count - 1)) == 0 && (count == 0 || count >= FIRST_ROOM)) {
        if (count > SIZE_MAX / 2)
            out_of_memory();
        array = mw_xrealloc(array, count == 0 ? FIRST_ROOM : count * 2, size);
    }
    memset((char *)array + count * size, 0, size);
    return array;
}
