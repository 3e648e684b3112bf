/* The names of a text, to find those that occur again. */
#ifndef MW_NAMES_H
#define MW_NAMES_H

#include <stdbool.h>
#include <stddef.h>

struct name {
    char *text;   /* owned; as it is compared */
    size_t scope; /* the same text in another scope is another name */
    size_t place; /* among all, as they were added */
    size_t line;
    size_t at, len; /* the caller's: how it is spelled */
};

struct names {
    struct name *items;
    size_t count;
};

/* Borrowed until the next call. */
struct name *names_add(struct names *names, char *take_text, size_t scope, size_t line);
/* The same ones side by side, as they were added; cheap in a text of any size. */
void names_sort(struct names *names);
/* Of sorted ones: is this one the same as the one before it? */
bool names_again(const struct names *names, size_t i);
void names_release(struct names *names);

#endif
