/* What the fuzz targets of the editors share. The input is: a byte that picks the key, one that
 * picks the kind of value, one for the value's length, the value, and the text. The oracle are
 * the editors' laws. */
#ifndef MW_FUZZ_EDIT_H
#define MW_FUZZ_EDIT_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/memory.h"
#include "support/edit_laws.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct mw_value fuzz_value(uint8_t kind, const char *text, size_t len)
{
    static const char marks[] = "-slx";
    if (kind % 4 == 0)
        return (struct mw_value){0};
    char *item = mw_xstrndup(text, len);
    char *notation = mw_xasprintf("%c:%s", marks[kind % 4], item);
    struct mw_value value = edit_value(notation);
    free(notation);
    free(item);
    return value;
}

/* `keys` ends with NULL. */
static int fuzz_edit(const struct mw_editor *editor, const char *const *keys, const uint8_t *data,
                     size_t size)
{
    size_t key_count = 0;
    while (keys[key_count] != NULL)
        key_count++;
    if (size < 3 || data[2] > size - 3)
        return 0;
    struct mw_value value = fuzz_value(data[1], (const char *)data + 3, data[2]);
    const char *text = (const char *)data + 3 + data[2];
    char *broken =
        edit_broken_law(editor, text, size - 3 - data[2], keys[data[0] % key_count], &value, keys);
    if (broken != NULL) {
        fprintf(stderr, "%s\n", broken);
        abort();
    }
    mw_value_release(&value);
    return 0;
}

#endif
