/* A file without a name, for libraries that take only file names. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"

enum mw_code mw_anonymous_file(const struct mw_system *sys, const char *text, size_t len,
                               char **path, int *fd, struct mw_error *err)
{
    int made = memfd_create("mirrorwise", MFD_CLOEXEC);
    /* Where /dev/fd duplicates the descriptor, its offset is shared. */
    if (made < 0 || mw_fd_write_all(sys, made, text, len) != 0 || lseek(made, 0, SEEK_SET) != 0) {
        int why = errno;
        mw_fd_drop(sys, made);
        return mw_fail(err, MW_IO, why, "memory file", _("cannot make a file in memory"));
    }
    char *name = mw_xasprintf("/dev/fd/%d", made);
    if (!mw_path_exists(sys, name)) {
        mw_fd_drop(sys, made);
        free(name);
        return mw_fail(err, MW_IO, ENOENT, "memory file", _("a file in memory has no name here"));
    }
    *path = name;
    *fd = made;
    return MW_OK;
}

void mw_anonymous_close(const struct mw_system *sys, int fd)
{
    mw_fd_drop(sys, fd);
}
