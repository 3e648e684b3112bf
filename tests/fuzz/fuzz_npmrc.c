#include "fuzz_edit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const keys[] = {"registry", "@a:registry", "omit", "a", NULL};
    return fuzz_edit(&mw_editor_npmrc, keys, data, size);
}
