#include "fuzz_edit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const keys[] = {"global.index-url", "global.a", "install.index-url", "i.a-b",
                                       "DEFAULT.a",        NULL};
    return fuzz_edit(&mw_editor_ini, keys, data, size);
}
