/* One run at a time. The kernel forgets a flock(2) when its holder dies, so it cannot go stale;
 * what the file says about the holder is only for people. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

#define POLL_MS 20
#define HOLDER_COLS 200

/* Owned: the command line of this process, secrets masked. */
static char *own_command(const struct mw_system *sys)
{
    MW_AUTO(mw_buf) raw = {0};
    if (!mw_text_file_read(sys, "/proc/self/cmdline", &raw) || raw.len == 0)
        mw_buf_puts(&raw, "mirrorwise");
    for (size_t i = 0; i + 1 < raw.len; i++)
        if (raw.data[i] == '\0')
            raw.data[i] = ' ';
    MW_FREE char *safe = mw_text_safe(raw.data, strnlen(raw.data, raw.len), 0, false);
    return mw_text_redact(safe);
}

static void write_holder(const struct mw_system *sys, int fd)
{
    char now[MW_TIME_TEXT];
    MW_FREE char *command = own_command(sys);
    mw_system_now(sys, now);
    MW_FREE char *text = mw_xasprintf("pid %ld since %s: %s\n", (long)getpid(), now, command);
    if (sys->ops->ftruncate(fd, 0) == 0)
        (void)mw_fd_write_all(sys, fd, text, strlen(text));
}

static enum mw_code fail_held(const struct mw_system *sys, int fd, const char *path,
                              struct mw_error *err)
{
    char text[1024];
    ssize_t len = sys->ops->read(fd, text, sizeof text);
    size_t line = 0;
    while (len > 0 && line < (size_t)len && text[line] != '\n')
        line++;
    MW_FREE char *holder = mw_text_safe(text, line, HOLDER_COLS, false);
    mw_fail(err, MW_LOCKED, 0, "lock", _("another run holds the lock %s: %s"), path,
            line > 0 ? holder : _("it did not say which"));
    mw_error_hint(err, _("Wait until it has ended, then try again."));
    return MW_LOCKED;
}

static enum mw_code fail_lock(int sys_errno, const char *path, struct mw_error *err)
{
    mw_fail(err, MW_LOCKED, sys_errno, "lock", _("the file system cannot lock %s"), path);
    mw_error_hint(err, _("Name a state directory on a local disk in MIRRORWISE_STATE_DIR."));
    return MW_LOCKED;
}

/* Tries until `wait_ms` have passed. 0; or -1 and errno: EWOULDBLOCK if somebody has it, EINTR if
 * the run is to stop. */
static int lock_within(const struct mw_system *sys, int fd, int wait_ms)
{
    const struct timespec pause = {.tv_nsec = POLL_MS * 1000000L};
    long deadline = mw_monotonic_ms(sys) + wait_ms;
    for (int waited_ms = 0;; waited_ms += POLL_MS) {
        if (sys->ops->flock(fd, LOCK_EX | LOCK_NB) == 0)
            return 0;
        if (errno != EWOULDBLOCK && errno != EINTR)
            return -1;
        if (mw_system_stopped(sys, NULL) != MW_OK) {
            errno = EINTR;
            return -1;
        }
        if (waited_ms >= wait_ms || mw_monotonic_ms(sys) >= deadline) {
            errno = EWOULDBLOCK;
            return -1;
        }
        (void)sys->ops->nanosleep(&pause);
    }
}

enum mw_code mw_lock_take(const struct mw_system *sys, const char *path, int wait_ms, int *fd,
                          struct mw_error *err)
{
    MW_AUTO(mw_place) place = {.dirfd = -1};
    enum mw_code code = mw_place_open(sys, path, sys->euid, MW_FOLLOW_TO_NAME, &place, err);
    if (code != MW_OK)
        return code;
    int lock = mw_place_file(&place, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600);
    if (lock < 0)
        code =
            mw_fail(err, mw_own_file_code(mw_errno_code(errno, MW_CANNOT_CREATE), MW_CANNOT_CREATE),
                    errno, "lock", _("cannot open the lock %s"), path);
    else if (lock_within(sys, lock, wait_ms) != 0)
        code = errno == EINTR         ? mw_system_stopped(sys, err)
               : errno == EWOULDBLOCK ? fail_held(sys, lock, path, err)
                                      : fail_lock(errno, path, err);
    if (code != MW_OK) {
        mw_fd_drop(sys, lock);
        return code;
    }
    write_holder(sys, lock);
    *fd = lock;
    return MW_OK;
}

bool mw_lock_is_held(const struct mw_system *sys, const char *path)
{
    int fd = mw_fd_open(sys, AT_FDCWD, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0);
    bool is_held = fd >= 0 && sys->ops->flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    mw_fd_drop(sys, fd);
    return is_held;
}

void mw_lock_release(const struct mw_system *sys, int fd)
{
    if (fd < 0)
        return;
    (void)sys->ops->ftruncate(fd, 0);
    mw_fd_drop(sys, fd);
}
