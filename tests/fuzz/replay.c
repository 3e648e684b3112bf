/* Stands in for libFuzzer in ordinary builds: gives every file below the named directories to the
 * target once, so that what the fuzzer found stays found. */
#include <ftw.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "mirrorwise/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t replayed;

static int replay(const char *path, const struct stat *st, int kind, struct FTW *where)
{
    (void)where;
    if (kind != FTW_F)
        return 0;
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return -1;
    size_t size = (size_t)st->st_size;
    /* Exactly as long as the input, so that ASan sees a read past its end. */
    uint8_t *data = mw_xmalloc(size + (size == 0));
    bool whole = fread(data, 1, size, file) == size;
    fclose(file);
    if (whole) {
        fprintf(stderr, "%s\n", path);
        LLVMFuzzerTestOneInput(data, size);
        replayed++;
    }
    free(data);
    return whole ? 0 : -1;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (nftw(argv[i], replay, 16, FTW_PHYS) != 0) {
            fprintf(stderr, "cannot read %s\n", argv[i]);
            return 1;
        }
    }
    printf("%zu inputs replayed\n", replayed);
    return replayed > 0 ? 0 : 1; /* a corpus that is not found proves nothing */
}
