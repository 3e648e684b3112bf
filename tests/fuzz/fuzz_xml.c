#include "fuzz_edit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const keys[] = {"a.b", "a.c.d[e=f].g", "a.c.h[@i=j].@k", "a.@l", NULL};
    return fuzz_edit(&mw_editor_xml, keys, data, size);
}
