#include "edit_parts.h"

#include <stdlib.h>
#include <string.h>

#include "mirrorwise/memory.h"

struct name *names_add(struct names *names, char *take_text, size_t scope, size_t line)
{
    struct name *name = MW_PUSH(names->items, names->count);
    *name =
        (struct name){.text = take_text, .scope = scope, .place = names->count - 1, .line = line};
    return name;
}

static int compare_options(const struct name *a, const struct name *b)
{
    return a->scope != b->scope ? (a->scope < b->scope ? -1 : 1) : strcmp(a->text, b->text);
}

static int compare_places(const void *left, const void *right)
{
    const struct name *a = left;
    const struct name *b = right;
    int order = compare_options(a, b);
    return order != 0 ? order : a->place < b->place ? -1 : 1;
}

void names_sort(struct names *names)
{
    if (names->count > 1)
        qsort(names->items, names->count, sizeof *names->items, compare_places);
}

bool names_again(const struct names *names, size_t i)
{
    return i > 0 && i < names->count &&
           compare_options(&names->items[i - 1], &names->items[i]) == 0;
}

void names_release(struct names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->items[i].text);
    free(names->items);
    *names = (struct names){0};
}
