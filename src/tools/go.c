/* Go: the env file that `go env -w` writes (cmd/go/internal/cfg/cfg.go Getenv). */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/memory.h"

/* Does `list` name every pattern of `wanted`? */
static bool covers(const char *list, const char *wanted)
{
    MW_AUTO(mw_strings) has = {0}, needs = {0};
    mw_strings_split(&has, list, ",");
    mw_strings_split(&needs, wanted, ",");
    mw_strings_sort(&has);
    bool all = true;
    for (size_t i = 0; i < needs.count; i++)
        all = all && mw_strings_has_sorted(&has, needs.items[i]);
    return all;
}

/* GOPRIVATE is only the default of these two (`go help environment`). "none" is the documented way
 * to let a private proxy serve private modules, so it is meant. */
static void shadow_private(const struct mw_system *sys, const struct mw_location *location,
                           const struct mw_buf *text, const char *want, struct mw_shadows *shadows)
{
    static const char *const overriding[] = {"GONOPROXY", "GONOSUMDB"};
    for (size_t i = 0; i < sizeof overriding / sizeof *overriding; i++) {
        const char *key = overriding[i];
        MW_AUTO(mw_value) in_file = {0};
        mw_tools_get(&mw_editor_env, text, key, &in_file);
        const char *named = mw_tools_in_root(sys, location) ? NULL : mw_system_getenv(sys, key);
        bool is_named = named != NULL && named[0] != '\0'; /* go takes an empty one for unset */
        const char *value = is_named ? named : mw_tools_first(&in_file);
        if (value[0] == '\0' || strcmp(value, "none") == 0 || covers(value, want))
            continue;
        struct mw_hit place = {.spelling = mw_xstrdup(key)};
        if (is_named) {
            place.variable = mw_xstrdup(key);
        } else {
            place.path = mw_xstrdup(location->path);
            place.line = mw_tools_line(&mw_editor_env, text, key);
        }
        mw_shadows_add(shadows, MW_SHADOW_NARROWER, place, mw_xstrdup(value), NULL);
    }
}

void mw_go_shadows(const struct mw_system *sys, const struct mw_location *location,
                   const struct mw_buf *text, const struct mw_tool_setting *setting,
                   struct mw_shadows *shadows)
{
    const char *want = mw_tools_first(setting->value);
    mw_shadows_by_data(sys, mw_tool_find("go"), location, text, setting, shadows);
    if (strcmp(setting->key, "GOPRIVATE") == 0 && want[0] != '\0')
        shadow_private(sys, location, text, want, shadows);
}
