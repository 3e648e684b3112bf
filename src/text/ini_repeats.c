/* Names that occur twice. Sorting finds them at little cost in a file of any size. */
#include <stdlib.h>
#include <string.h>

#include "ini_scan.h"
#include "mirrorwise/memory.h"

static int compare_bytes(const struct ini_name *a, const struct ini_name *b)
{
    if (a->len != b->len)
        return a->len < b->len ? -1 : 1;
    return memcmp(a->name, b->name, a->len);
}

/* Any order will do in which equal names are neighbours; by hash it is found fastest. */
static int compare(const struct ini_name *a, const struct ini_name *b, enum ini_sameness same)
{
    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    if (same == INI_SAME_SECTION)
        return compare_bytes(a, b);
    if (a->section != b->section)
        return a->section < b->section ? -1 : 1;
    return ini_compare(a->name, a->len, b->name, b->len, same == INI_SAME_KEY);
}

/* qsort() passes no context. */
static int in_line_order(const struct ini_name *a, const struct ini_name *b, int order)
{
    return order != 0 ? order : a->number < b->number ? -1 : 1;
}

static int sort_sections(const void *a, const void *b)
{
    return in_line_order(a, b, compare(a, b, INI_SAME_SECTION));
}

static int sort_options(const void *a, const void *b)
{
    return in_line_order(a, b, compare(a, b, INI_SAME_OPTION));
}

static int sort_keys(const void *a, const void *b)
{
    return in_line_order(a, b, compare(a, b, INI_SAME_KEY));
}

static int (*const sorters[])(const void *, const void *) = {
    [INI_SAME_SECTION] = sort_sections,
    [INI_SAME_OPTION] = sort_options,
    [INI_SAME_KEY] = sort_keys,
};

static size_t list_names(const char *text, size_t len, enum ini_sameness same,
                         struct ini_name **names)
{
    enum ini_kind kind = same == INI_SAME_SECTION ? INI_SECTION : INI_OPTION;
    size_t count = 0;
    size_t sections = 0;
    size_t section = 0;
    struct ini_scan scan = {.text = text, .len = len};
    struct ini_line line;
    while (ini_next(&scan, &line) && line.kind < INI_HOMELESS) {
        bool is_default = line.kind == INI_SECTION && ini_is_default(text, &line);
        if (line.kind == INI_SECTION)
            section = is_default ? 0 : ++sections;
        if (line.kind != kind || is_default)
            continue;
        *MW_PUSH(*names, count) = (struct ini_name){
            .name = text + line.name,
            .len = line.name_end - line.name,
            .section = section,
            .number = line.number,
            .column = line.text - line.begin + 1,
            .hash = ini_hash(text + line.name, line.name_end - line.name, same == INI_SAME_KEY),
        };
    }
    return count;
}

size_t ini_repeats(const char *text, size_t len, enum ini_sameness same,
                   struct ini_repeat **repeats)
{
    MW_FREE struct ini_name *names = NULL;
    size_t name_count = list_names(text, len, same, &names);
    struct ini_repeat *list = NULL;
    size_t count = 0;
    if (name_count > 0)
        qsort(names, name_count, sizeof *names, sorters[same]);
    for (size_t i = 1; i < name_count; i++) {
        if (compare(&names[i - 1], &names[i], same) == 0)
            *MW_PUSH(list, count) = (struct ini_repeat){names[i - 1], names[i]};
    }
    *repeats = list;
    return count;
}
