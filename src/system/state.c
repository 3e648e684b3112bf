/* Our own files: journal, generations, lock, audit log. The process writes them with its own
 * rights, never with those of another user. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"
#include "mirrorwise/command.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"

#define STATE_MAX_BYTES (256u << 20)

enum mw_code mw_own_file_code(enum mw_code code, enum mw_code otherwise)
{
    return code == MW_BAD_CONFIG ? otherwise : code;
}

static enum mw_code fail_state(const char *path, const char *step, const char *sentence,
                               enum mw_code otherwise, struct mw_error *err)
{
    int why = errno;
    enum mw_code code = mw_own_file_code(mw_errno_code(why, otherwise), otherwise);
    return mw_fail(err, code, why, step, "%s: %s", path, sentence);
}

static enum mw_code open_place(const struct mw_system *sys, const char *path,
                               struct mw_place *place, struct mw_error *err)
{
    return mw_place_open(sys, path, sys->euid, MW_FOLLOW_TO_NAME, place, err);
}

/* Others must not be able to change what we will believe at the next start. */
static enum mw_code check_private(const struct mw_system *sys, int dirfd, const char *path,
                                  struct mw_error *err)
{
    struct stat st;
    if (sys->ops->fstat(dirfd, &st) != 0)
        return fail_state(path, "state", _("cannot look at the directory"), MW_IO, err);
    if (st.st_uid == sys->euid && (st.st_mode & (S_IWGRP | S_IWOTH)) == 0)
        return MW_OK;
    mw_fail(err, MW_NO_PERMISSION, 0, "state",
            _("somebody else could change the state directory %s (it belongs to user %lu and has "
              "mode %04o)"),
            path, (unsigned long)st.st_uid, (unsigned)(st.st_mode & 07777));
    MW_FREE char *word = mw_command_word(path);
    if (st.st_uid == sys->euid)
        mw_error_hint(err,
                      _("Make it private (chmod 700 %s), or name another one in "
                        "MIRRORWISE_STATE_DIR."),
                      word);
    else
        mw_error_hint(err, _("Name another one in MIRRORWISE_STATE_DIR."));
    return MW_NO_PERMISSION;
}

/* Nor lead root to another place, or exchange what root keeps there. */
static enum mw_code check_way(const struct mw_system *sys, const struct mw_place *place,
                              const char *path, struct mw_error *err)
{
    if (sys->euid != 0 || place->doubt == NULL)
        return MW_OK;
    mw_fail(err, MW_NO_PERMISSION, 0, "state",
            _("somebody else could change the way to the state directory %s (%s)"), path,
            place->doubt);
    mw_error_hint(err, _("Name another one in MIRRORWISE_STATE_DIR."));
    return MW_NO_PERMISSION;
}

void mw_state_hint_elsewhere(struct mw_error *err)
{
    mw_error_hint(err, "%s",
                  _("What is written must be undone some day: name a folder that you may write to "
                    "in MIRRORWISE_STATE_DIR, or your own in HOME."));
}

enum mw_code mw_state_make_dir(const struct mw_system *sys, const char *path, struct mw_error *err)
{
    MW_AUTO(mw_place) place = {.dirfd = -1};
    int status = 0;
    bool made = false;
    /* A user's parents (~/.local/state) are private as the XDG base directory specification says;
     * root's (/var/lib) are everybody's to pass. */
    mode_t parents = sys->euid == 0 ? 0755 : 0700;

    /* The tree of --root is its owner's. */
    bool is_wary = sys->euid == 0 && !mw_path_below_root(sys, path);
    enum mw_code code = mw_place_open(sys, path, sys->euid,
                                      is_wary ? MW_FOLLOW_WARILY : MW_FOLLOW_LINKS, &place, err);
    if (code != MW_OK) {
        code = mw_own_file_code(code, MW_CANNOT_CREATE);
        if (err != NULL)
            err->code = code;
        if (code == MW_CANNOT_CREATE || code == MW_NO_PERMISSION)
            mw_state_hint_elsewhere(err);
        return code;
    }
    code = check_way(sys, &place, path, err);
    if (code != MW_OK)
        return code;
    for (size_t i = 0; status == 0 && i < place.missing.count; i++)
        status = mw_place_descend(&place, place.missing.items[i], parents, true,
                                  place.missing.items[i], &made);
    if (status == 0)
        status = mw_place_descend(&place, place.name, 0700, false, place.name, &made);
    if (status == 0)
        return check_private(sys, place.dirfd, path, err);
    code = fail_state(path, "state", _("cannot make the state directory"), MW_CANNOT_CREATE, err);
    mw_state_hint_elsewhere(err);
    return code;
}

enum mw_code mw_state_read_head(const struct mw_system *sys, const char *path, size_t len,
                                struct mw_buf *bytes, bool *exists, struct mw_error *err)
{
    MW_AUTO(mw_place) place = {.dirfd = -1};
    MW_AUTO(mw_buf) found = {0};
    enum mw_code code = open_place(sys, path, &place, err);
    if (code != MW_OK)
        return code;
    int fd = mw_place_file(&place, O_RDONLY | O_NONBLOCK | O_NOFOLLOW, 0);
    if (fd < 0 && errno != ENOENT)
        return fail_state(path, "open", _("cannot open it"), MW_IO, err);
    *exists = fd >= 0;
    if (fd >= 0 && mw_fd_read(sys, fd, len, &found) != 0)
        code = fail_state(path, "read", _("cannot read it"), MW_IO, err);
    else if (fd >= 0)
        mw_buf_append(bytes, mw_buf_text(&found), found.len);
    mw_fd_drop(sys, fd);
    return code;
}

enum mw_code mw_state_read(const struct mw_system *sys, const char *path, struct mw_buf *bytes,
                           bool *exists, struct mw_error *err)
{
    return mw_state_read_head(sys, path, STATE_MAX_BYTES, bytes, exists, err);
}

/* Writes, fsyncs and closes; -1 and errno. */
static int write_durably(const struct mw_system *sys, int fd, const void *bytes, size_t len)
{
    if (mw_fd_write_all(sys, fd, bytes, len) != 0 || mw_fd_sync(sys, fd) != 0) {
        mw_fd_drop(sys, fd);
        return -1;
    }
    return sys->ops->close(fd) == 0 || errno == EINTR ? 0 : -1;
}

static enum mw_code write_whole(const struct mw_system *sys, const char *path, bool is_report,
                                const void *bytes, size_t len, struct mw_error *err)
{
    MW_AUTO(mw_place) place = {.dirfd = -1};
    const struct mw_ops *ops = sys->ops;
    MW_FREE char *temp = NULL;
    bool published = false;
    int fd = -1;

    enum mw_code code = open_place(sys, path, &place, err);
    if (code != MW_OK)
        return code;
    struct stat st;
    if (is_report &&
        place.missing.count == 0 && /* neither a link nor a device is replaced by one */
        ops->fstatat(place.dirfd, place.name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
        !S_ISREG(st.st_mode))
        return mw_fail(err, MW_CANNOT_CREATE, 0, "report", _("%s is not a regular file"), path);
    errno = ENOENT;
    if (place.missing.count == 0)
        temp = mw_temp_name(sys);
    if (temp != NULL)
        fd = mw_fd_open(sys, place.dirfd, temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW,
                        is_report ? 0666 : 0600);
    if (fd < 0)
        return fail_state(path, "create", _("cannot make a temporary file beside it"),
                          MW_CANNOT_CREATE, err);
    if (write_durably(sys, fd, bytes, len) != 0)
        code = fail_state(path, "write", _("cannot write it"), MW_IO, err);
    else if (ops->renameat(place.dirfd, temp, place.dirfd, place.name) != 0)
        code = fail_state(path, "rename", _("cannot put it in place"), MW_IO, err);
    else
        published = true;
    if (published && mw_fd_sync_dir(sys, place.dirfd) != 0)
        code = fail_state(path, "fsync", _("its directory did not reach the disk"), MW_IO, err);
    if (!published)
        (void)ops->unlinkat(place.dirfd, temp, 0);
    return code;
}

enum mw_code mw_state_write(const struct mw_system *sys, const char *path, const void *bytes,
                            size_t len, struct mw_error *err)
{
    return write_whole(sys, path, false, bytes, len, err);
}

enum mw_code mw_report_write(const struct mw_system *sys, const char *path, const void *bytes,
                             size_t len, struct mw_error *err)
{
    MW_FREE char *full = path[0] == '/' || sys->cwd == NULL ? mw_xstrdup(path)
                                                            : mw_xasprintf("%s/%s", sys->cwd, path);
    return write_whole(sys, full, true, bytes, len, err);
}

enum mw_code mw_state_write_as(const struct mw_system *sys, struct mw_actor actor,
                               const char *directory, const char *name, const void *bytes,
                               size_t len, struct mw_error *err)
{
    struct mw_system as = *sys; /* whose the directory has to be */
    enum mw_code code = mw_actor_enter(sys, actor, err);
    if (code != MW_OK)
        return code;
    as.euid = mw_actor_uid(sys, actor);
    code = mw_state_make_dir(&as, directory, err);
    if (code == MW_OK) {
        MW_FREE char *path = mw_xasprintf("%s/%s", directory, name);
        code = mw_state_write(&as, path, bytes, len, err);
    }
    mw_actor_leave(sys, actor);
    return code;
}

/* Half a line must not stay: the next one would continue it. */
static int append_durably(const struct mw_system *sys, int fd, const void *bytes, size_t len)
{
    struct stat before;
    if (sys->ops->fstat(fd, &before) != 0)
        return -1;
    if (mw_fd_write_all(sys, fd, bytes, len) == 0 && mw_fd_sync(sys, fd) == 0)
        return 0;
    int why = errno;
    (void)sys->ops->ftruncate(fd, before.st_size);
    errno = why;
    return -1;
}

enum mw_code mw_state_append(const struct mw_system *sys, const char *path, const void *bytes,
                             size_t len, struct mw_error *err)
{
    MW_AUTO(mw_place) place = {.dirfd = -1};
    int flags = O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK;
    bool made = false;
    enum mw_code code = open_place(sys, path, &place, err);
    if (code != MW_OK)
        return code;
    int fd = mw_place_file(&place, flags, 0);
    if (fd < 0 && errno == ENOENT) {
        fd = mw_place_file(&place, flags | O_CREAT, 0600);
        made = fd >= 0;
    }
    if (fd < 0)
        code = fail_state(path, "create", _("cannot open it"), MW_CANNOT_CREATE, err);
    else if (append_durably(sys, fd, bytes, len) != 0)
        code = fail_state(path, "append", _("cannot add to it"), MW_IO, err);
    else if (made && mw_fd_sync_dir(sys, place.dirfd) != 0)
        code = fail_state(path, "fsync", _("its directory did not reach the disk"), MW_IO, err);
    mw_fd_drop(sys, fd);
    return code;
}

enum mw_code mw_state_rename(const struct mw_system *sys, const char *from, const char *to,
                             bool *renamed, struct mw_error *err)
{
    MW_AUTO(mw_place) source = {.dirfd = -1};
    MW_AUTO(mw_place) target = {.dirfd = -1};

    if (renamed != NULL)
        *renamed = false;
    enum mw_code code = open_place(sys, from, &source, err);
    if (code == MW_OK)
        code = open_place(sys, to, &target, err);
    if (code != MW_OK)
        return code;
    bool is_there = source.missing.count == 0 && target.missing.count == 0;
    errno = ENOENT;
    if (!is_there || sys->ops->renameat(source.dirfd, source.name, target.dirfd, target.name) != 0)
        return fail_state(from, "rename", _("cannot rename it"), MW_IO, err);
    if (renamed != NULL)
        *renamed = true;
    bool is_same = strcmp(source.directory, target.directory) == 0;
    if (mw_fd_sync_dir(sys, target.dirfd) != 0 ||
        (!is_same && mw_fd_sync_dir(sys, source.dirfd) != 0))
        return fail_state(to, "fsync", _("its directory did not reach the disk"), MW_IO, err);
    return MW_OK;
}

enum mw_code mw_state_unlink(const struct mw_system *sys, const char *path, struct mw_error *err)
{
    MW_AUTO(mw_place) place = {.dirfd = -1};

    enum mw_code code = open_place(sys, path, &place, err);
    if (code != MW_OK || place.missing.count > 0)
        return code;
    if (sys->ops->unlinkat(place.dirfd, place.name, 0) == 0)
        (void)mw_fd_sync_dir(sys, place.dirfd);
    else if (errno != ENOENT)
        code = fail_state(path, "unlink", _("cannot remove it"), MW_IO, err);
    return code;
}
