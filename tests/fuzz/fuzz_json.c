#include "fuzz_edit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const keys[] = {"registry-mirrors", "a",   "b.a", "b.c.d",
                                       "b.\"c.d\"",        "x/y", NULL};
    return fuzz_edit(&mw_editor_json, keys, data, size);
}
