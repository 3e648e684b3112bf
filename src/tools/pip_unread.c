/* Where people put pip's settings and pip does not look: Windows' name for the file, and places of
 * other tools' kind. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/memory.h"
#include "pip_files.h"

void mw_pip_unread(const struct mw_system *sys, struct mw_hits *hits)
{
    static const char *const files[] = {
        "~/.pip.conf",           "~/pip.conf",         "~/.pip/pip.ini", "~/pip/pip.ini",
        "~/.config/pip/pip.ini", "~/.config/pip.conf", "/etc/pip.ini",   "/etc/pip/pip.conf",
    };
    MW_FREE char *named = pip_named_file(sys);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        MW_FREE char *path = files[i][0] == '/'  ? mw_system_path(sys, files[i])
                             : sys->home != NULL ? mw_xasprintf("%s%s", sys->home, files[i] + 1)
                                                 : NULL;
        struct mw_actor actor = {0};
        if (files[i][0] != '/')
            actor = sys->user;
        bool is_named = path != NULL && named != NULL && strcmp(path, named) == 0;
        if (path != NULL && !is_named && mw_path_exists(sys, path))
            *MW_PUSH(hits->items, hits->count) = (struct mw_hit){
                .path = mw_xstrdup(path),
                .actor = actor,
            };
    }
}
