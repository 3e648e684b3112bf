/* Putting a new file in place, or taking one away, so that nobody's write is lost.
 *
 * Comparing first and renaming then leaves a moment between the two. So what a name led to is taken
 * out, by an exchange at one moment, and compared where nobody finds it any more; if it is not what
 * was read, it goes back. Its bytes are nowhere else meanwhile: it lies under a name by which a
 * recovery can tell it from a temp that was being written (MW_TEMP_WHOLE). */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"
#include "mirrorwise/hash.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"

/* `go env -w` opens, reads and writes within a few milliseconds. */
enum { WRITER_WAIT_MS = 500, WRITER_POLL_MS = 5 };

/* Names in one directory. */
struct swap {
    const struct mw_system *sys;
    const struct mw_file *file;
    int dirfd;
    const char *name;
    char *whole; /* the temp when it is complete; afterwards what was taken out */
};

static bool is_unsupported(int number)
{
    return number == EINVAL || number == ENOSYS || number == EOPNOTSUPP;
}

/* ---- comparing ------------------------------------------------------------------------------- */

static enum mw_code compare_open(const struct mw_system *sys, const struct mw_file *file, int fd,
                                 struct mw_error *err)
{
    MW_AUTO(mw_buf) live = {0};
    struct mw_xattr *xattrs = NULL;
    size_t xattr_count = 0;
    char sha256[MW_SHA256_HEX];
    enum mw_code code = MW_OK;
    struct stat st;

    if (sys->ops->fstat(fd, &st) != 0)
        code = mw_stage_fail(file, "compare", _("cannot look at it again"), err);
    else if (!S_ISREG(st.st_mode))
        code = mw_stage_conflict(file, _("it is no longer a regular file"), err);
    else if (st.st_mode != file->st.st_mode || st.st_uid != file->st.st_uid ||
             st.st_gid != file->st.st_gid)
        code = mw_stage_conflict(file, _("somebody changed its owner or mode meanwhile"), err);
    else if (st.st_nlink > file->st.st_nlink)
        code = mw_stage_conflict(file, _("somebody gave it a second name meanwhile"), err);
    else if (mw_xattrs_read(sys, fd, &xattrs, &xattr_count) != 0 ||
             (mw_fd_read_all(sys, fd, MW_FILE_MAX_BYTES, &live) != 0 && errno != EFBIG))
        code = mw_stage_fail(file, "compare", _("cannot read it again"), err);
    else if (!mw_xattrs_equal(xattrs, xattr_count, file->xattrs, file->xattr_count))
        code = mw_stage_conflict(
            file, _("somebody changed its access list or other attributes meanwhile"), err);
    if (code == MW_OK) {
        mw_sha256_hex(mw_buf_text(&live), live.len, sha256);
        if (strcmp(sha256, file->sha256) != 0)
            code = mw_stage_conflict(file, _("somebody changed it meanwhile"), err);
    }
    mw_xattrs_release(xattrs, xattr_count);
    return code;
}

/* Is the file what it was when it was read? `go env -w` and `pip config set` take no lock, so only
 * the content tells. */
static enum mw_code compare_content(const struct mw_system *sys, const struct mw_file *file,
                                    int dirfd, const char *name, struct mw_error *err)
{
    int fd = mw_fd_open(sys, dirfd, name, MW_LIVE_FLAGS, 0);
    if (fd < 0 && errno == ENOENT)
        return file->exists ? mw_stage_conflict(file, _("somebody removed it meanwhile"), err)
                            : MW_OK;
    if (fd < 0 && errno == ELOOP)
        return mw_stage_conflict(file, _("somebody put a symbolic link here meanwhile"), err);
    if (fd < 0)
        return mw_stage_fail(file, "compare", _("cannot open it again"), err);
    enum mw_code code = file->exists
                            ? compare_open(sys, file, fd, err)
                            : mw_stage_conflict(file, _("somebody made it meanwhile"), err);
    mw_fd_drop(sys, fd);
    return code;
}

/* Whoever opened the file before it was taken out may write into it yet: until nobody can. False if
 * somebody still has it. */
static bool wait_for_writers(const struct mw_system *sys, int fd)
{
    const struct timespec pause = {.tv_nsec = WRITER_POLL_MS * 1000000L};
    for (int waited_ms = 0; sys->ops->check_writers(fd) != 0 && errno == EAGAIN;
         waited_ms += WRITER_POLL_MS) {
        if (waited_ms >= WRITER_WAIT_MS)
            return false;
        (void)sys->ops->nanosleep(&pause);
    }
    return true;
}

/* Of what was taken out. */
static enum mw_code compare_whole(const struct swap *swap, struct mw_error *err)
{
    int fd = mw_fd_open(swap->sys, swap->dirfd, swap->whole, MW_LIVE_FLAGS, 0);
    if (fd < 0)
        return errno == ELOOP
                   ? mw_stage_conflict(swap->file, _("somebody put a symbolic link here meanwhile"),
                                       err)
                   : mw_stage_fail(swap->file, "compare", _("cannot open it again"), err);
    enum mw_code code =
        wait_for_writers(swap->sys, fd)
            ? compare_open(swap->sys, swap->file, fd, err)
            : mw_stage_conflict(swap->file, _("another program has it open for writing"), err);
    mw_fd_drop(swap->sys, fd);
    return code;
}

/* What the first of two others wrote lies beside what the second did. */
static enum mw_code fail_two(const char *real_path, const char *whole, enum mw_code code,
                             const char *step, struct mw_error *err)
{
    return mw_fail(err, code, 0, step,
                   _("%s: two others wrote it meanwhile; what the first of them wrote is kept as "
                     "%s beside it"),
                   real_path, whole);
}

/* ---- where there is no exchange -------------------------------------------------------------- */

/* The old file gets a second name, keeps it when the new one replaces it, and has it alone then. */
static enum mw_code replace(struct swap *swap, struct mw_stage *stage, struct mw_error *err)
{
    const struct mw_ops *ops = swap->sys->ops;
    const char *temp = stage->temp_name;
    if (ops->renameat(swap->dirfd, swap->whole, swap->dirfd, temp) != 0)
        return mw_stage_fail(swap->file, "rename", _("cannot put the new content in place"), err);
    stage->is_whole = false;
    bool is_linked = ops->linkat(swap->dirfd, swap->name, swap->whole) == 0;
    if (ops->renameat(swap->dirfd, temp, swap->dirfd, swap->name) != 0) {
        int why = errno;
        stage->is_whole = is_linked;
        errno = why;
        return mw_stage_fail(swap->file, "rename", _("cannot put the new content in place"), err);
    }
    stage->published = true;
    enum mw_code code = is_linked ? compare_whole(swap, err) : MW_OK;
    if (code != MW_OK && ops->renameat(swap->dirfd, swap->whole, swap->dirfd, swap->name) == 0)
        stage->published = false;
    if (code == MW_OK && is_linked && ops->unlinkat(swap->dirfd, swap->whole, 0) != 0) {
        stage->is_whole = true;
        code = mw_stage_fail(swap->file, "unlink", _("cannot remove what it replaced"), err);
    }
    return code;
}

/* ---- by exchange ----------------------------------------------------------------------------- */

static ino_t inode_of(const struct swap *swap, const char *name)
{
    struct stat st;
    bool is_known = swap->sys->ops->fstatat(swap->dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
    return is_known ? st.st_ino : 0;
}

/* What was taken out is not what was read, or nobody can tell: it goes back, and the file with the
 * inode `ours` comes out. If it is another one that comes out, somebody wrote over ours in this
 * very moment: that stays in place then, and the older one is left beside it, named. */
static void put_back(struct swap *swap, struct mw_stage *stage, ino_t ours, struct mw_error *err)
{
    const struct mw_ops *ops = swap->sys->ops;
    if (ops->rename_special(swap->dirfd, swap->whole, swap->name, MW_RENAME_EXCHANGE) != 0) {
        /* They removed ours; if this fails, too, a recovery finds it. */
        if (errno == ENOENT &&
            ops->rename_special(swap->dirfd, swap->whole, swap->name, MW_RENAME_NEW) == 0)
            stage->published = false;
        return;
    }
    stage->published = false;
    stage->is_whole = inode_of(swap, swap->whole) == ours;
    if (stage->is_whole)
        return;
    /* If this fails both are there, the other way round. */
    (void)ops->rename_special(swap->dirfd, swap->whole, swap->name, MW_RENAME_EXCHANGE);
    fail_two(swap->file->real_path, swap->whole, MW_CONFLICT, "compare", err);
}

static enum mw_code exchange(struct swap *swap, struct mw_stage *stage, struct mw_error *err)
{
    const struct mw_ops *ops = swap->sys->ops;
    ino_t ours = inode_of(swap, swap->whole);
    if (ours == 0)
        return mw_stage_fail(swap->file, "exchange", _("cannot look at it again"), err);
    if (ops->rename_special(swap->dirfd, swap->whole, swap->name, MW_RENAME_EXCHANGE) != 0)
        return is_unsupported(errno) ? replace(swap, stage, err)
               : errno == ENOENT
                   ? mw_stage_conflict(swap->file, _("somebody removed it meanwhile"), err)
                   : mw_stage_fail(swap->file, "exchange", _("cannot put the new content in place"),
                                   err);
    stage->published = true;
    stage->is_whole = false;
    enum mw_code code = compare_whole(swap, err);
    if (code != MW_OK) {
        put_back(swap, stage, ours, err);
        return code;
    }
    stage->is_whole = true;
    if (ops->unlinkat(swap->dirfd, swap->whole, 0) != 0)
        return mw_stage_fail(swap->file, "unlink", _("cannot remove what it replaced"), err);
    return MW_OK;
}

/* ---- the steps ------------------------------------------------------------------------------- */

static enum mw_code put_new(struct swap *swap, struct mw_stage *stage, struct mw_error *err)
{
    const struct mw_ops *ops = swap->sys->ops;
    int status = ops->rename_special(swap->dirfd, swap->whole, swap->name, MW_RENAME_NEW);
    if (status != 0 && errno == EEXIST)
        return mw_stage_conflict(swap->file, _("somebody made it meanwhile"), err);
    if (status != 0 && is_unsupported(errno))
        status = ops->renameat(swap->dirfd, swap->whole, swap->dirfd, swap->name);
    if (status != 0)
        return mw_stage_fail(swap->file, "rename", _("cannot put the new content in place"), err);
    stage->published = true;
    stage->is_whole = false;
    return MW_OK;
}

enum mw_code mw_stage_publish(const struct mw_system *sys, const struct mw_file *file,
                              struct mw_stage *stage, struct mw_error *err)
{
    struct swap swap = {.sys = sys, .file = file, .dirfd = stage->dirfd, .name = stage->name};
    enum mw_code code = mw_actor_enter(sys, file->actor, err);
    if (code != MW_OK)
        return code;
    swap.whole = mw_xasprintf("%s" MW_TEMP_WHOLE, stage->temp_name);
    code = compare_content(sys, file, stage->dirfd, stage->name, err);
    if (code == MW_OK &&
        sys->ops->renameat(stage->dirfd, stage->temp_name, stage->dirfd, swap.whole) != 0)
        code = errno == ENOENT
                   ? mw_stage_conflict(file, _("its directory has vanished meanwhile"), err)
                   : mw_stage_fail(file, "rename", _("cannot put the new content in place"), err);
    if (code == MW_OK) {
        stage->is_whole = true;
        code = file->exists ? exchange(&swap, stage, err) : put_new(&swap, stage, err);
    }
    if (code == MW_OK && mw_unsynced_add_dir(sys, stage->dirfd, file->real_path) != 0)
        code = mw_stage_fail(file, "fsync", _("its directory did not reach the disk"), err);
    free(swap.whole);
    mw_actor_leave(sys, file->actor);
    return code;
}

/* Moved aside, compared, removed. */
static enum mw_code take_away(struct swap *swap, struct mw_error *err)
{
    const struct mw_ops *ops = swap->sys->ops;
    if (ops->rename_special(swap->dirfd, swap->name, swap->whole, MW_RENAME_NEW) != 0) {
        if (errno == ENOENT)
            return mw_stage_conflict(swap->file, _("somebody removed it meanwhile"), err);
        if (is_unsupported(errno) && ops->unlinkat(swap->dirfd, swap->name, 0) == 0)
            return MW_OK;
        return mw_stage_fail(swap->file, "unlink", _("cannot remove it"), err);
    }
    enum mw_code code = compare_whole(swap, err);
    if (code == MW_OK && ops->unlinkat(swap->dirfd, swap->whole, 0) != 0)
        code = mw_stage_fail(swap->file, "unlink", _("cannot remove it"), err);
    else if (code != MW_OK &&
             ops->rename_special(swap->dirfd, swap->whole, swap->name, MW_RENAME_NEW) != 0)
        fail_two(swap->file->real_path, swap->whole, code, "compare", err);
    return code;
}

enum mw_code mw_file_remove(const struct mw_system *sys, const struct mw_file *file,
                            const char *temp_name, struct mw_error *err)
{
    MW_AUTO(mw_place) place = {.dirfd = -1};

    if (!file->exists)
        return MW_OK;
    enum mw_code code = mw_actor_enter(sys, file->actor, err);
    if (code != MW_OK)
        return code;
    struct swap swap = {.sys = sys, .file = file};
    swap.whole = mw_xasprintf("%s" MW_TEMP_WHOLE, temp_name);
    code = mw_stage_place(sys, file, &place, err);
    if (code == MW_OK && place.missing.count > 0)
        code = mw_stage_conflict(file, _("its directory has vanished meanwhile"), err);
    if (code == MW_OK)
        code = compare_content(sys, file, place.dirfd, place.name, err);
    if (code == MW_OK) {
        swap.dirfd = place.dirfd;
        swap.name = place.name;
        code = take_away(&swap, err);
    }
    if (code == MW_OK && mw_unsynced_add_dir(sys, place.dirfd, file->real_path) != 0)
        code = mw_stage_fail(file, "fsync", _("its directory did not reach the disk"), err);
    free(swap.whole);
    mw_actor_leave(sys, file->actor);
    return code;
}

/* ---- after a crash --------------------------------------------------------------------------- */

/* Does the file of that name hash to one of `known`? *exists: it is there and a regular file. */
static bool is_known(const struct mw_system *sys, int dirfd, const char *name,
                     const char *const known[], bool *exists)
{
    MW_AUTO(mw_buf) bytes = {0};
    char sha256[MW_SHA256_HEX];
    struct stat st;
    bool is_one = false;
    *exists = false;
    int fd = mw_fd_open(sys, dirfd, name, MW_LIVE_FLAGS, 0);
    if (fd >= 0 && sys->ops->fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        *exists = true;
        if (mw_fd_read_all(sys, fd, MW_FILE_MAX_BYTES, &bytes) == 0) {
            mw_sha256_hex(mw_buf_text(&bytes), bytes.len, sha256);
            for (size_t i = 0; known[i] != NULL && !is_one; i++)
                is_one = strcmp(known[i], sha256) == 0;
        }
    }
    mw_fd_drop(sys, fd);
    return is_one;
}

/* Two names of one file: the run ended before the new one replaced it. */
static bool is_same_file(const struct mw_system *sys, int dirfd, const char *a, const char *b)
{
    struct stat one, other;
    return sys->ops->fstatat(dirfd, a, &one, AT_SYMLINK_NOFOLLOW) == 0 &&
           sys->ops->fstatat(dirfd, b, &other, AT_SYMLINK_NOFOLLOW) == 0 &&
           one.st_ino == other.st_ino && one.st_dev == other.st_dev;
}

/* The run ended between taking the file out and looking at it, and somebody else wrote it in the
 * moment before. Over ours it goes back; over something of theirs it does not. */
static enum mw_code settle_whole(const struct mw_system *sys, int dirfd, const char *whole,
                                 const char *name, const char *real_path, const char *const known[],
                                 struct mw_error *err)
{
    bool exists = false, has_live = false;
    bool is_ours = is_known(sys, dirfd, whole, known, &exists);
    if (!exists)
        return MW_OK;
    if (!is_ours && !is_same_file(sys, dirfd, whole, name)) {
        bool is_live_ours = is_known(sys, dirfd, name, known, &has_live);
        int status = -1;
        if (is_live_ours)
            status = sys->ops->rename_special(dirfd, whole, name, MW_RENAME_EXCHANGE);
        else if (!has_live)
            return sys->ops->rename_special(dirfd, whole, name, MW_RENAME_NEW) == 0
                       ? MW_OK
                       : mw_fail(err, MW_IO, errno, "restore", _("cannot put %s back"), real_path);
        if (status != 0)
            return fail_two(real_path, whole, MW_CONFLICT, "restore", err);
    }
    if (sys->ops->unlinkat(dirfd, whole, 0) != 0 && errno != ENOENT)
        return mw_fail(err, mw_errno_code(errno, MW_IO), errno, "unlink",
                       _("cannot remove the temporary file %s"), whole);
    return MW_OK;
}

enum mw_code mw_temp_remove(const struct mw_system *sys, const char *path, const char *real_path,
                            struct mw_actor actor, const char *const known[], struct mw_error *err)
{
    MW_AUTO(mw_place) place = {.dirfd = -1};
    struct stat st;

    enum mw_code code = mw_actor_enter(sys, actor, err);
    if (code != MW_OK)
        return code;
    code = mw_place_open(sys, path, mw_actor_uid(sys, actor), MW_REFUSE_LINKS, &place, err);
    bool is_temp = code == MW_OK && place.missing.count == 0 &&
                   strncmp(place.name, MW_TEMP_PREFIX, strlen(MW_TEMP_PREFIX)) == 0;
    if (is_temp && sys->ops->fstatat(place.dirfd, place.name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISREG(st.st_mode) && sys->ops->unlinkat(place.dirfd, place.name, 0) != 0 &&
        errno != ENOENT)
        code = mw_fail(err, mw_errno_code(errno, MW_IO), errno, "unlink",
                       _("cannot remove the temporary file %s"), path);
    /* A record may say anything: what lies there is only put into its own directory. */
    const char *slash = real_path != NULL ? strrchr(real_path, '/') : NULL;
    bool is_beside = slash != NULL && slash[1] != '\0' && is_temp &&
                     strncmp(path, real_path, (size_t)(slash + 1 - real_path)) == 0 &&
                     strchr(path + (slash + 1 - real_path), '/') == NULL;
    if (is_beside && code == MW_OK) {
        MW_FREE char *whole = mw_xasprintf("%s" MW_TEMP_WHOLE, place.name);
        code = settle_whole(sys, place.dirfd, whole, slash + 1, real_path, known, err);
    }
    mw_actor_leave(sys, actor);
    return code;
}
