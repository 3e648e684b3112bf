/* System calls as every caller wants them: whole, and patient with signals. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"

#include "internal.h"

/* Enough for any storm of signals, and no endless loop on a broken file system. */
#define MAX_INTERRUPTS 64

int mw_fd_open(const struct mw_system *sys, int dirfd, const char *name, int flags, mode_t mode)
{
    for (int i = 0;; i++) {
        int fd = sys->ops->openat(dirfd, name, flags | O_CLOEXEC, mode);
        if (fd >= 0 || errno != EINTR || i >= MAX_INTERRUPTS)
            return fd;
    }
}

int mw_fd_read(const struct mw_system *sys, int fd, size_t max, struct mw_buf *bytes)
{
    char chunk[16384];
    int interrupts = 0;
    while (max > 0) {
        ssize_t got = sys->ops->read(fd, chunk, max < sizeof chunk ? max : sizeof chunk);
        if (got < 0 && errno == EINTR && interrupts++ < MAX_INTERRUPTS)
            continue;
        if (got <= 0)
            return (int)got;
        mw_buf_append(bytes, chunk, (size_t)got);
        max -= (size_t)got;
    }
    return 0;
}

int mw_fd_read_all(const struct mw_system *sys, int fd, size_t max, struct mw_buf *bytes)
{
    int status = mw_fd_read(sys, fd, max + 1, bytes);
    if (status == 0 && bytes->len > max) {
        errno = EFBIG;
        status = -1;
    }
    return status;
}

int mw_fd_write_all(const struct mw_system *sys, int fd, const void *bytes, size_t len)
{
    const char *next = bytes;
    int interrupts = 0;
    while (len > 0) {
        ssize_t put = sys->ops->write(fd, next, len);
        if (put < 0 && errno == EINTR && interrupts++ < MAX_INTERRUPTS)
            continue;
        if (put < 0)
            return -1;
        if (put == 0) {
            errno = EIO;
            return -1;
        }
        next += put;
        len -= (size_t)put;
    }
    return 0;
}

/* Any other error is final: the kernel reports a lost page once and a second fsync would
 * "succeed" (PostgreSQL found out in 2018; its data_sync_retry is off since). */
int mw_fd_sync(const struct mw_system *sys, int fd)
{
    for (int i = 0;; i++) {
        int status = sys->ops->fsync(fd);
        if (status == 0 || errno != EINTR || i >= MAX_INTERRUPTS)
            return status;
    }
}

/* Some file systems cannot fsync a directory and need not; PostgreSQL's fsync_fname() in fd.c
 * ignores the same two. */
bool mw_cannot_sync_dirs(int sys_errno)
{
    return sys_errno == EINVAL || sys_errno == EBADF;
}

int mw_fd_sync_dir(const struct mw_system *sys, int dirfd)
{
    int fd = mw_fd_open(sys, dirfd, ".", O_RDONLY | O_DIRECTORY, 0);
    if (fd < 0)
        return -1;
    int status = mw_fd_sync(sys, fd);
    if (status != 0 && mw_cannot_sync_dirs(errno))
        status = 0;
    mw_fd_drop(sys, fd);
    return status;
}

void mw_fd_drop(const struct mw_system *sys, int fd)
{
    int kept = errno;
    if (fd >= 0)
        (void)sys->ops->close(fd);
    errno = kept;
}

char *mw_temp_name(const struct mw_system *sys)
{
    unsigned char random[6];
    if (sys->ops->random(random, sizeof random) != 0)
        return NULL;
    return mw_xasprintf(MW_TEMP_PREFIX "%02x%02x%02x%02x%02x%02x", random[0], random[1], random[2],
                        random[3], random[4], random[5]);
}

enum mw_code mw_errno_code(int sys_errno, enum mw_code otherwise)
{
    switch (sys_errno) {
    case EACCES:
    case EPERM:
    case EROFS:
        return MW_NO_PERMISSION;
    case ENOTDIR:
    case EISDIR:
    case ELOOP:
        return MW_BAD_CONFIG;
    case EIO:
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return MW_IO;
    default:
        return otherwise;
    }
}

/* ---- a file without a name, for libraries that take only file names -------------------------- */

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
    MW_FREE char *name = mw_xasprintf("/dev/fd/%d", made);
    if (!mw_path_exists(sys, name)) {
        mw_fd_drop(sys, made);
        return mw_fail(err, MW_IO, ENOENT, "memory file", _("a file in memory has no name here"));
    }
    *path = mw_xstrdup(name);
    *fd = made;
    return MW_OK;
}
