#include "fuzz_edit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const keys[] = {"a", "b.c", "d[e=f].g", ":h", NULL};
    return fuzz_edit(&mw_editor_yaml, keys, data, size);
}
