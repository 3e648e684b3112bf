#include "fuzz_edit.h"

/* The first byte picks the editor. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct mw_editor *const editors[] = {&mw_editor_brew_env, &mw_editor_shell_env,
                                                      &mw_editor_bundle, &mw_editor_yarnrc};
    static const char *const keys[] = {"A", "HOMEBREW_A", "BUNDLE_HTTPS://A/", NULL};
    if (size == 0)
        return 0;
    return fuzz_edit(editors[data[0] % 4], keys, data + 1, size - 1);
}
