/* The ops table that calls the kernel. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "mirrorwise/system.h"
#if defined(__APPLE__)
#include <sys/random.h>
#endif

static int real_openat(int dirfd, const char *name, int flags, mode_t mode)
{
    return openat(dirfd, name, flags, mode);
}

static int real_random(void *bytes, size_t len)
{
    return getentropy(bytes, len);
}

static int real_nanosleep(const struct timespec *duration)
{
    return nanosleep(duration, NULL);
}

#if defined(__APPLE__)
static ssize_t real_flistxattr(int fd, char *names, size_t size)
{
    return flistxattr(fd, names, size, 0);
}

static ssize_t real_fgetxattr(int fd, const char *name, void *value, size_t size)
{
    return fgetxattr(fd, name, value, size, 0, 0);
}

static int real_fsetxattr(int fd, const char *name, const void *value, size_t size)
{
    return fsetxattr(fd, name, value, size, 0, 0);
}

static int real_fremovexattr(int fd, const char *name)
{
    return fremovexattr(fd, name, 0);
}

static int real_attributes(int fd, unsigned *attributes)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return -1;
    *attributes = (st.st_flags & (UF_IMMUTABLE | SF_IMMUTABLE)) ? MW_ATTRIBUTE_IMMUTABLE : 0;
    if (st.st_flags & (UF_APPEND | SF_APPEND))
        *attributes |= MW_ATTRIBUTE_APPEND_ONLY;
    return 0;
}
#else
static ssize_t real_flistxattr(int fd, char *names, size_t size)
{
    return flistxattr(fd, names, size);
}

static ssize_t real_fgetxattr(int fd, const char *name, void *value, size_t size)
{
    return fgetxattr(fd, name, value, size);
}

static int real_fsetxattr(int fd, const char *name, const void *value, size_t size)
{
    return fsetxattr(fd, name, value, size, 0);
}

static int real_fremovexattr(int fd, const char *name)
{
    return fremovexattr(fd, name);
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
#endif

/* The groups of root to return to, and those of the user last asked for, so that the password and
 * group databases are read once a run. */
#define MAX_GROUPS 256
static struct groups {
    int count;
    gid_t list[MAX_GROUPS];
} own_groups, other_groups;
static uid_t other_uid = (uid_t)-1;
static gid_t own_gid;

static void find_groups(uid_t uid, gid_t gid)
{
    const struct passwd *user = uid == other_uid ? NULL : getpwuid(uid);
    if (uid == other_uid)
        return;
    other_groups.count = 1;
    other_groups.list[0] = gid;
#if !defined(__APPLE__) /* there the list has another type; the primary group will do */
    if (user != NULL) {
        int count = MAX_GROUPS;
        if (getgrouplist(user->pw_name, gid, other_groups.list, &count) < 0)
            count = MAX_GROUPS;
        other_groups.count = count;
    }
#endif
    other_uid = uid;
}

/* Effective ids only, so that the way back stays open, in the order of sudoedit
 * (sudo, src/sudo_edit.c, switch_user). Effective uid other than 0 also drops the capabilities
 * that override file permissions. */
static int real_switch_to(uid_t uid, gid_t gid)
{
    own_gid = getegid();
    own_groups.count = getgroups(MAX_GROUPS, own_groups.list);
    if (own_groups.count < 0)
        return -1;
    find_groups(uid, gid);
    if (setgroups((size_t)other_groups.count, other_groups.list) == 0 && setegid(gid) == 0 &&
        seteuid(uid) == 0)
        return 0;
    int why = errno;
    (void)!setegid(own_gid);
    (void)!setgroups((size_t)own_groups.count, own_groups.list);
    errno = why;
    return -1;
}

static int real_switch_back(void)
{
    if (seteuid(0) != 0 || setegid(own_gid) != 0)
        return -1;
    return setgroups((size_t)own_groups.count, own_groups.list);
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
    .flistxattr = real_flistxattr,
    .fgetxattr = real_fgetxattr,
    .fsetxattr = real_fsetxattr,
    .flock = flock,
    .ftruncate = ftruncate,
    .kill = kill,
    .clock_gettime = clock_gettime,
    .random = real_random,
    .fremovexattr = real_fremovexattr,
    .faccessat = faccessat,
    .attributes = real_attributes,
    .nanosleep = real_nanosleep,
    .switch_to = real_switch_to,
    .switch_back = real_switch_back,
};
