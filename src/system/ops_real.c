/* The ops table that calls the kernel. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/fs.h> /* RENAME_EXCHANGE, which not every libc has */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "internal.h"

static int real_openat(int dirfd, const char *name, int flags, mode_t mode)
{
    return openat(dirfd, name, flags, mode);
}

static int real_nanosleep(const struct timespec *duration)
{
    return nanosleep(duration, NULL);
}

static int real_fsetxattr(int fd, const char *name, const void *value, size_t size)
{
    return fsetxattr(fd, name, value, size, 0);
}

static int real_attributes(int fd, unsigned *attributes)
{
    *attributes = 0;
#if defined(STATX_ATTR_IMMUTABLE)
    struct statx found;
    if (statx(fd, "", AT_EMPTY_PATH, 0, &found) != 0)
        return errno == ENOSYS ? 0 : -1;
    if (found.stx_attributes & STATX_ATTR_IMMUTABLE)
        *attributes |= MW_ATTRIBUTE_IMMUTABLE;
    if (found.stx_attributes & STATX_ATTR_APPEND)
        *attributes |= MW_ATTRIBUTE_APPEND_ONLY;
#if defined(STATX_ATTR_MOUNT_ROOT)
    if (found.stx_attributes & STATX_ATTR_MOUNT_ROOT)
        *attributes |= MW_ATTRIBUTE_MOUNT_ROOT;
#endif
#else
    (void)fd;
#endif
    return 0;
}

/* ---- rights ---------------------------------------------------------------------------------- */

/* To the kernel of Linux each thread has rights of its own; the functions of libc change those of
 * all threads at once (POSIX wants it so, nptl(7)). Jobs run side by side in threads of the
 * interface, one as root and one as a user: so the system calls themselves, which change the
 * calling thread only. Effective ids only, so that the way back stays open. */
#if defined(SYS_setresuid32) /* 32 bits: the older calls have ids of 16 */
#define CALL_SETRESUID SYS_setresuid32
#define CALL_SETRESGID SYS_setresgid32
#define CALL_SETGROUPS SYS_setgroups32
#else
#define CALL_SETRESUID SYS_setresuid
#define CALL_SETRESGID SYS_setresgid
#define CALL_SETGROUPS SYS_setgroups
#endif

static int set_uid(uid_t uid)
{
    return (int)syscall(CALL_SETRESUID, (uid_t)-1, uid, (uid_t)-1);
}

static int set_gid(gid_t gid)
{
    return (int)syscall(CALL_SETRESGID, (gid_t)-1, gid, (gid_t)-1);
}

static int set_groups(int count, const gid_t *groups)
{
    return (int)syscall(CALL_SETGROUPS, (size_t)count, groups);
}

/* What this thread had and returns to. */
static _Thread_local gid_t own_gid;
static _Thread_local int own_group_count;
static _Thread_local gid_t own_groups[MW_GROUPS_MAX];
/* The groups of the user last asked for, so that a thread reads the databases once. */
struct other {
    bool is_known;
    uid_t uid;
    gid_t gid;
    int count;
    gid_t groups[MW_GROUPS_MAX];
};
static _Thread_local struct other other;

static void find_other(uid_t uid, gid_t gid)
{
    if (other.is_known && other.uid == uid && other.gid == gid)
        return;
    other.is_known = true;
    other.uid = uid;
    other.gid = gid;
    other.count = mw_user_groups(uid, gid, other.groups);
}

/* Other ids make the kernel forget it (prctl(2), PR_SET_DUMPABLE). */
static void forbid_dumps(void)
{
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/* In the order of sudoedit (sudo, src/sudo_edit.c, switch_user). Effective uid other than 0 also
 * drops the capabilities that override file permissions. */
static int real_switch_to(uid_t uid, gid_t gid)
{
    own_gid = getegid();
    own_group_count = getgroups(MW_GROUPS_MAX, own_groups);
    if (own_group_count < 0)
        return -1;
    find_other(uid, gid);
    if (set_groups(other.count, other.groups) == 0 && set_gid(gid) == 0 && set_uid(uid) == 0) {
        forbid_dumps();
        return 0;
    }
    int why = errno;
    (void)set_gid(own_gid);
    (void)set_groups(own_group_count, own_groups);
    errno = why;
    return -1;
}

static int real_switch_back(void)
{
    if (set_uid(0) != 0 || set_gid(own_gid) != 0)
        return -1;
    forbid_dumps();
    return set_groups(own_group_count, own_groups);
}

static int real_linkat(int dirfd, const char *from, const char *to)
{
    return linkat(dirfd, from, dirfd, to, 0);
}

static int real_rename_special(int dirfd, const char *from, const char *to, enum mw_rename how)
{
    unsigned flags = how == MW_RENAME_EXCHANGE ? RENAME_EXCHANGE : RENAME_NOREPLACE;
    return (int)syscall(SYS_renameat2, dirfd, from, dirfd, to, flags);
}

/* A lease for reading is granted only if nobody has the file open for writing. It is given back at
 * once: whoever opened the file later would have to wait for us. */
static int real_check_writers(int fd)
{
    if (fcntl(fd, F_SETLEASE, F_RDLCK) != 0)
        return -1;
    return fcntl(fd, F_SETLEASE, F_UNLCK);
}

const struct mw_ops mw_ops_real = {
    .openat = real_openat,
    .read = read,
    .write = write,
    .fsync = fsync,
    .close = close,
    .fstat = fstat,
    .fstatat = fstatat,
    .readlinkat = readlinkat,
    .renameat = renameat,
    .unlinkat = unlinkat,
    .mkdirat = mkdirat,
    .fchown = fchown,
    .fchmod = fchmod,
    .flistxattr = flistxattr,
    .fgetxattr = fgetxattr,
    .fsetxattr = real_fsetxattr,
    .flock = flock,
    .ftruncate = ftruncate,
    .kill = kill,
    .clock_gettime = clock_gettime,
    .random = getentropy,
    .fremovexattr = fremovexattr,
    .faccessat = faccessat,
    .attributes = real_attributes,
    .nanosleep = real_nanosleep,
    .switch_to = real_switch_to,
    .switch_back = real_switch_back,
    .linkat = real_linkat,
    .rename_special = real_rename_special,
    .check_writers = real_check_writers,
    .fsync_each = mw_fsync_each,
};
