#include "fake_ops.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mirrorwise/buffer.h"

static struct mw_fake plan;
static unsigned counted;
static struct mw_buf calls; /* "openat fstat read ..." */
static long long clock_ns;

/* Counts a call. True if it is the one that shall misbehave. */
static bool is_struck(const char *function)
{
    if (calls.len > 0)
        mw_buf_putc(&calls, ' ');
    mw_buf_puts(&calls, function);
    if (plan.only != NULL && strcmp(plan.only, function) != 0)
        return false;
    counted++;
    return plan.at != 0 && (plan.persistent ? counted >= plan.at : counted == plan.at);
}

/* True if the struck call shall fail; else it does its work. */
static bool misbehave(void)
{
    if (plan.fault == MW_FAKE_KILL)
        (void)kill(getpid(), SIGKILL);
    if (plan.fault == MW_FAKE_HOOK)
        plan.hook(plan.context);
    errno = plan.error;
    return plan.fault == MW_FAKE_FAIL;
}

static bool strike(const char *function)
{
    return is_struck(function) && misbehave();
}

static size_t half(size_t len)
{
    return len > 1 ? len / 2 : len;
}

static ssize_t fake_read(int fd, void *bytes, size_t len)
{
    if (!is_struck("read"))
        return mw_ops_real.read(fd, bytes, len);
    if (misbehave())
        return -1;
    return mw_ops_real.read(fd, bytes, plan.fault == MW_FAKE_SHORT ? half(len) : len);
}

static ssize_t fake_write(int fd, const void *bytes, size_t len)
{
    if (!is_struck("write"))
        return mw_ops_real.write(fd, bytes, len);
    if (plan.fault == MW_FAKE_KILL || plan.fault == MW_FAKE_SHORT)
        len = half(len);
    if (plan.fault == MW_FAKE_KILL)
        (void)!mw_ops_real.write(fd, bytes, len);
    if (plan.fault == MW_FAKE_LIE)
        return (ssize_t)len;
    return misbehave() ? -1 : mw_ops_real.write(fd, bytes, len);
}

/* Also a close that reports an error has closed: close(2), "Dealing with error returns". */
static int fake_close(int fd)
{
    bool fails = strike("close");
    int error = errno;
    int status = mw_ops_real.close(fd);
    errno = error;
    return fails ? -1 : status;
}

static int fake_clock_gettime(clockid_t clock, struct timespec *ts)
{
    (void)clock;
    ts->tv_sec = (time_t)(clock_ns / 1000000000);
    ts->tv_nsec = (long)(clock_ns % 1000000000);
    return 0;
}

static int fake_nanosleep(const struct timespec *duration)
{
    clock_ns += duration->tv_sec * 1000000000LL + duration->tv_nsec;
    return 0;
}

static int fake_fsync(int fd)
{
    return strike("fsync") ? -1 : mw_ops_real.fsync(fd);
}

static void fake_fsync_each(const int *fds, size_t count, int *errors)
{
    for (size_t i = 0; i < count; i++)
        errors[i] = fake_fsync(fds[i]) == 0 ? 0 : errno;
}

/* clang-format off */
#define FAKE(type, name, parameters, arguments)                                                    \
    static type fake_##name parameters                                                             \
    {                                                                                              \
        return strike(#name) ? -1 : mw_ops_real.name arguments;                                    \
    }
FAKE(int, openat, (int dirfd, const char *name, int flags, mode_t mode), (dirfd, name, flags, mode))
FAKE(int, fstat, (int fd, struct stat *st), (fd, st))
FAKE(int, fstatat, (int dirfd, const char *name, struct stat *st, int flags),
     (dirfd, name, st, flags))
FAKE(ssize_t, readlinkat, (int dirfd, const char *name, char *target, size_t size),
     (dirfd, name, target, size))
FAKE(int, renameat, (int from_dirfd, const char *from, int to_dirfd, const char *to),
     (from_dirfd, from, to_dirfd, to))
FAKE(int, unlinkat, (int dirfd, const char *name, int flags), (dirfd, name, flags))
FAKE(int, mkdirat, (int dirfd, const char *name, mode_t mode), (dirfd, name, mode))
FAKE(int, fchown, (int fd, uid_t uid, gid_t gid), (fd, uid, gid))
FAKE(int, fchmod, (int fd, mode_t mode), (fd, mode))
FAKE(ssize_t, flistxattr, (int fd, char *names, size_t size), (fd, names, size))
FAKE(ssize_t, fgetxattr, (int fd, const char *name, void *value, size_t size),
     (fd, name, value, size))
FAKE(int, fsetxattr, (int fd, const char *name, const void *value, size_t size),
     (fd, name, value, size))
FAKE(int, fremovexattr, (int fd, const char *name), (fd, name))
FAKE(int, flock, (int fd, int operation), (fd, operation))
FAKE(int, ftruncate, (int fd, off_t len), (fd, len))
FAKE(int, kill, (pid_t pid, int sig), (pid, sig))
FAKE(int, random, (void *bytes, size_t len), (bytes, len))
FAKE(int, faccessat, (int dirfd, const char *name, int mode, int flags),
     (dirfd, name, mode, flags))
FAKE(int, attributes, (int fd, unsigned *attributes), (fd, attributes))
FAKE(int, rename_special, (int dirfd, const char *from, const char *to, enum mw_rename how),
     (dirfd, from, to, how))
FAKE(int, linkat, (int dirfd, const char *from, const char *to), (dirfd, from, to))
FAKE(int, check_writers, (int fd), (fd))
FAKE(int, switch_to, (uid_t uid, gid_t gid), (uid, gid))
/* clang-format on */

static int fake_switch_back(void)
{
    return mw_ops_real.switch_back();
}

const struct mw_ops *mw_fake_ops(const struct mw_fake *fake)
{
    static const struct mw_ops ops = {
        .openat = fake_openat,
        .read = fake_read,
        .write = fake_write,
        .fsync = fake_fsync,
        .close = fake_close,
        .fstat = fake_fstat,
        .fstatat = fake_fstatat,
        .readlinkat = fake_readlinkat,
        .renameat = fake_renameat,
        .unlinkat = fake_unlinkat,
        .mkdirat = fake_mkdirat,
        .fchown = fake_fchown,
        .fchmod = fake_fchmod,
        .flistxattr = fake_flistxattr,
        .fgetxattr = fake_fgetxattr,
        .fsetxattr = fake_fsetxattr,
        .fremovexattr = fake_fremovexattr,
        .flock = fake_flock,
        .ftruncate = fake_ftruncate,
        .kill = fake_kill,
        .clock_gettime = fake_clock_gettime,
        .random = fake_random,
        .faccessat = fake_faccessat,
        .attributes = fake_attributes,
        .nanosleep = fake_nanosleep,
        .switch_to = fake_switch_to,
        .switch_back = fake_switch_back,
        .linkat = fake_linkat,
        .rename_special = fake_rename_special,
        .check_writers = fake_check_writers,
        .fsync_each = fake_fsync_each,
    };
    plan = *fake;
    counted = 0;
    clock_ns = plan.epoch_s * 1000000000LL;
    mw_buf_release(&calls);
    return &ops;
}

unsigned mw_fake_calls(void)
{
    return counted;
}

unsigned mw_fake_calls_of(const char *function)
{
    unsigned count = 0;
    size_t len = strlen(function);
    for (const char *at = mw_buf_text(&calls); *at != '\0';) {
        size_t word = strcspn(at, " ");
        count += word == len && strncmp(at, function, len) == 0;
        at += word + (at[word] == ' ');
    }
    return count;
}

const char *mw_fake_log(void)
{
    return mw_buf_text(&calls);
}
