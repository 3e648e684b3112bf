#include "mirrorwise/source.h"

#include <string.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "parts.h"

const char *mw_from_word(enum mw_from source)
{
    static const char *const words[] = {
        [MW_FROM_BUILTIN] = "builtin",       [MW_FROM_SYSTEM] = "system", [MW_FROM_USER] = "user",
        [MW_FROM_REPOSITORY] = "repository", [MW_FROM_FILE] = "file",     [MW_FROM_TREE] = "root",
    };
    return words[source];
}

const char *mw_from_text(enum mw_from source, bool is_stranger)
{
    static const char *const texts[] = {
        [MW_FROM_BUILTIN] = N_("built in"),
        [MW_FROM_SYSTEM] = N_("of this machine"),
        [MW_FROM_USER] = N_("your own"),
        [MW_FROM_REPOSITORY] = N_("of this directory, trusted"),
        [MW_FROM_FILE] = N_("named by its path"),
        [MW_FROM_TREE] = N_("of the tree of --root"),
    };
    return is_stranger ? _("a stranger's, not trusted") : _(texts[source]);
}

bool source_is_in(const char *path, const char *directory)
{
    MW_FREE char *other = mw_text_directory(path);
    return strcmp(other, directory) == 0;
}

bool source_is_below(const char *path, const char *directory)
{
    size_t len = strlen(directory);
    while (len > 0 && directory[len - 1] == '/')
        len--;
    return strncmp(path, directory, len) == 0 && path[len] == '/';
}
