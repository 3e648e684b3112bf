/* Which pip is installed, by the folder that says so beside its code ("pip-23.0.1.dist-info"):
 * starting Python takes a tenth of a second or more. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

/* Adds the versions of pip in "LIB/python3*" of LIB. */
static void add_versions(const struct mw_system *sys, char *take_lib, struct mw_strings *versions)
{
    static const char *const packages[] = {"site-packages", "dist-packages"};
    static const char begin[] = "pip-", end[] = ".dist-info";
    MW_AUTO(mw_strings) pythons = {0};
    mw_dir_list(sys, take_lib, "", &pythons);
    for (size_t i = 0; i < pythons.count * 2; i++) {
        MW_AUTO(mw_strings) names = {0};
        const char *python = pythons.items[i / 2];
        MW_FREE char *folder = mw_xasprintf("%s/%s/%s", take_lib, python, packages[i % 2]);
        if (mw_text_starts(python, "python3"))
            mw_dir_list(sys, folder, end, &names);
        for (size_t n = 0; n < names.count; n++) {
            const char *name = names.items[n];
            if (mw_text_starts(name, begin))
                mw_strings_take(versions, mw_xstrndup(name + strlen(begin),
                                                      strlen(name) - strlen(begin) - strlen(end)));
        }
    }
    free(take_lib);
}

/* Python looks in the user's own folder first, then (Debian's) in /usr/local, and elsewhere where a
 * variable says so. With two pips about, only Python knows. */
char *mw_pip_version(const struct mw_system *sys, const char *program)
{
    static const char *const movers[] = {"PYTHONPATH", "PYTHONHOME", "PYTHONUSERBASE"};
    MW_AUTO(mw_strings) versions = {0};
    char *version = NULL;
    for (size_t i = 0; i < sizeof movers / sizeof *movers; i++) {
        if (mw_system_getenv(sys, movers[i]) != NULL)
            return NULL;
    }
    MW_FREE char *prefix = mw_tools_real_prefix(sys, program);
    if (prefix == NULL || mw_tools_is_shim(sys, program))
        return NULL;
    add_versions(sys, mw_xasprintf("%s/lib", prefix), &versions);
    if (strcmp(prefix, "/usr") == 0)
        add_versions(sys, mw_xstrdup("/usr/local/lib"), &versions);
    if (sys->home != NULL)
        add_versions(sys, mw_xasprintf("%s/.local/lib", sys->home), &versions);
    if (versions.count == 1 && versions.items[0][0] >= '0' && versions.items[0][0] <= '9')
        version = mw_xstrdup(versions.items[0]);
    return version;
}
