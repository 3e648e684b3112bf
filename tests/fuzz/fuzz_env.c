#include "fuzz_edit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const keys[] = {"GOPROXY", "GOSUMDB", "A", "AB", NULL};
    return fuzz_edit(&mw_editor_env, keys, data, size);
}
