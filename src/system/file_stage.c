/* One replacement: plan, write beside, publish by rename. The order of the steps and the reason
 * of each is the write algorithm that SQLite, git (lockfile.c) and augeas (transform.c) share:
 * readers see the old file or the new one, and what they see after a crash is durable. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"
#include "mirrorwise/hash.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"

#define TEMP_FLAGS (O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
#define LIVE_FLAGS (O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW)

static enum mw_code open_place(const struct mw_system *sys, const struct mw_file *file,
                               struct mw_place *place, struct mw_error *err)
{
    return mw_place_open(sys, file->real_path, mw_actor_uid(sys, file->actor), MW_REFUSE_LINKS,
                         place, err);
}

static enum mw_code fail_step(const struct mw_file *file, const char *step, const char *sentence,
                              struct mw_error *err)
{
    int why = errno;
    enum mw_code code = mw_errno_code(why, MW_CANNOT_CREATE);
    return mw_fail(err, code, why, step, "%s: %s", file->real_path, sentence);
}

static enum mw_code fail_conflict(const struct mw_file *file, const char *sentence,
                                  struct mw_error *err)
{
    mw_fail(err, MW_CONFLICT, 0, "compare", "%s: %s", file->real_path, sentence);
    mw_error_hint(err, _("Look at the file and run the command again."));
    return MW_CONFLICT;
}

enum mw_code mw_stage_plan(const struct mw_system *sys, const struct mw_file *file,
                           struct mw_stage *stage, struct mw_error *err)
{
    struct mw_place place = {.dirfd = -1};
    struct mw_stage planned = {.dirfd = -1};

    enum mw_code code = mw_actor_enter(sys, file->actor, err);
    if (code != MW_OK)
        return code;
    code = open_place(sys, file, &place, err);
    mw_actor_leave(sys, file->actor);
    if (code != MW_OK)
        goto out;
    planned.temp_name = mw_temp_name(sys);
    if (planned.temp_name == NULL) {
        code = fail_step(file, "random", _("cannot choose a temporary name"), err);
        goto out;
    }
    for (size_t i = 1; i <= place.missing.count; i++)
        mw_strings_take(&planned.made_directories, mw_place_directory(&place, i));
    planned.directory = mw_place_directory(&place, place.missing.count);
    planned.name = mw_xstrdup(place.name);
    *stage = planned;
out:
    mw_place_release(sys, &place);
    return code;
}

/* Innermost first, with the rights of the moment. */
static void remove_directories(const struct mw_system *sys, const struct mw_strings *directories)
{
    for (size_t i = directories->count; i > 0; i--)
        (void)sys->ops->unlinkat(AT_FDCWD, directories->items[i - 1], AT_REMOVEDIR);
}

void mw_directories_remove(const struct mw_system *sys, struct mw_actor actor,
                           const struct mw_strings *directories)
{
    if (directories->count == 0 || mw_actor_enter(sys, actor, NULL) != MW_OK)
        return;
    remove_directories(sys, directories);
    mw_actor_leave(sys, actor);
}

/* Makes one directory below place->dirfd, durable, and goes down into it. */
static int make_directory(const struct mw_system *sys, struct mw_place *place, const char *name,
                          const char *path, struct mw_strings *made)
{
    if (sys->ops->mkdirat(place->dirfd, name, 0777) == 0)
        mw_strings_add(made, path);
    else if (errno != EEXIST)
        return -1;
    int fd = mw_fd_open(sys, place->dirfd, name, MW_O_DIRECTORY | O_NOFOLLOW, 0);
    if (fd < 0)
        return -1;
    if (mw_fd_sync_dir(sys, place->dirfd) != 0) {
        mw_fd_drop(sys, fd);
        return -1;
    }
    mw_fd_drop(sys, place->dirfd);
    place->dirfd = fd;
    return 0;
}

/* A directory that is missing now and was there when the journal was written has vanished. */
static enum mw_code make_directories(const struct mw_system *sys, const struct mw_file *file,
                                     const struct mw_stage *stage, struct mw_place *place,
                                     struct mw_strings *made, struct mw_error *err)
{
    for (size_t i = 1; i <= place->missing.count; i++) {
        enum mw_code code = MW_OK;
        char *path = mw_place_directory(place, i);
        if (!mw_strings_has(&stage->made_directories, path))
            code = fail_conflict(file, _("its directory has vanished meanwhile"), err);
        else if (make_directory(sys, place, place->missing.items[i - 1], path, made) != 0)
            code = fail_step(file, "mkdir", _("cannot make its directory"), err);
        free(path);
        if (code != MW_OK)
            return code;
    }
    return MW_OK;
}

/* What the kernel took is what we gave: a short write that was overlooked, a file system that
 * lies. */
static enum mw_code check_written(const struct mw_system *sys, const struct mw_file *file,
                                  const struct mw_stage *stage, const struct mw_buf *bytes,
                                  struct mw_error *err)
{
    struct mw_buf read_back = {0};
    enum mw_code code = MW_OK;
    int fd = mw_fd_open(sys, stage->dirfd, stage->temp_name, LIVE_FLAGS, 0);
    if (fd < 0 || mw_fd_read_all(sys, fd, MW_FILE_MAX_BYTES, &read_back) != 0)
        code = fail_step(file, "re-read", _("cannot read the new content back"), err);
    else if (!mw_buf_equals(&read_back, bytes))
        code = mw_fail(err, MW_IO, 0, "re-read",
                       _("%s: the new content came back changed from the disk"), file->real_path);
    mw_fd_drop(sys, fd);
    mw_buf_release(&read_back);
    return code;
}

static enum mw_code write_temp(const struct mw_system *sys, const struct mw_file *file,
                               const struct mw_stage *stage, int fd, const struct mw_buf *bytes,
                               mode_t new_mode, struct mw_error *err)
{
    mode_t mode = new_mode & ~sys->umask;

    if (mw_fd_write_all(sys, fd, bytes->data, bytes->len) != 0) {
        int why = errno;
        return mw_fail(err, mw_errno_code(why, MW_IO), why, "write",
                       _("cannot write the %zu bytes of the new %s"), bytes->len, file->real_path);
    }
    if (file->exists) {
        enum mw_code code = mw_metadata_keep(sys, fd, file, err);
        if (code != MW_OK)
            return code;
    } else if (mode != 0600 && sys->ops->fchmod(fd, mode) != 0) {
        return fail_step(file, "fchmod", _("cannot set the mode"), err);
    }
    return check_written(sys, file, stage, bytes, err);
}

/* Writes the temp; removes it again if any step fails. */
static enum mw_code make_temp(const struct mw_system *sys, const struct mw_file *file,
                              const struct mw_stage *stage, const struct mw_buf *bytes,
                              mode_t new_mode, struct mw_error *err)
{
    int fd = mw_fd_open(sys, stage->dirfd, stage->temp_name, TEMP_FLAGS, 0600);
    if (fd < 0)
        return fail_step(file, "create", _("cannot make a temporary file beside it"), err);
    enum mw_code code = write_temp(sys, file, stage, fd, bytes, new_mode, err);
    if (code == MW_OK && mw_fd_sync(sys, fd) != 0)
        code = fail_step(file, "fsync", _("the new content did not reach the disk"), err);
    /* A network file system may report here that the bytes did not fit. */
    if (code == MW_OK && sys->ops->close(fd) != 0 && errno != EINTR)
        code = fail_step(file, "close", _("the new content did not reach the disk"), err);
    else if (code != MW_OK)
        mw_fd_drop(sys, fd);
    if (code != MW_OK)
        (void)sys->ops->unlinkat(stage->dirfd, stage->temp_name, 0);
    return code;
}

enum mw_code mw_stage_write(const struct mw_system *sys, const struct mw_file *file,
                            struct mw_stage *stage, const struct mw_buf *bytes, mode_t new_mode,
                            struct mw_error *err)
{
    struct mw_place place = {.dirfd = -1};
    struct mw_strings made = {0};

    enum mw_code code = mw_actor_enter(sys, file->actor, err);
    if (code != MW_OK)
        return code;
    code = open_place(sys, file, &place, err);
    if (code == MW_OK)
        code = make_directories(sys, file, stage, &place, &made, err);
    if (code != MW_OK)
        goto out;
    mw_fd_drop(sys, stage->dirfd);
    stage->dirfd = place.dirfd;
    place.dirfd = -1;
    code = make_temp(sys, file, stage, bytes, new_mode, err);
out:
    if (code != MW_OK) {
        remove_directories(sys, &made);
        mw_strings_release(&made);
    }
    mw_actor_leave(sys, file->actor);
    mw_place_release(sys, &place);
    mw_strings_release(&stage->made_directories);
    stage->made_directories = made;
    return code;
}

static enum mw_code compare_open(const struct mw_system *sys, const struct mw_file *file, int fd,
                                 struct mw_error *err)
{
    struct mw_buf live = {0};
    char sha256[MW_SHA256_HEX];
    enum mw_code code = MW_OK;
    struct stat st;

    if (sys->ops->fstat(fd, &st) != 0)
        code = fail_step(file, "compare", _("cannot look at it again"), err);
    else if (!S_ISREG(st.st_mode))
        code = fail_conflict(file, _("it is no longer a regular file"), err);
    else if (st.st_mode != file->st.st_mode || st.st_uid != file->st.st_uid ||
             st.st_gid != file->st.st_gid)
        code = fail_conflict(file, _("somebody changed its owner or mode meanwhile"), err);
    else if (mw_fd_read_all(sys, fd, MW_FILE_MAX_BYTES, &live) != 0 && errno != EFBIG)
        code = fail_step(file, "compare", _("cannot read it again"), err);
    if (code == MW_OK) {
        mw_sha256_hex(mw_buf_text(&live), live.len, sha256);
        if (strcmp(sha256, file->sha256) != 0)
            code = fail_conflict(file, _("somebody changed it meanwhile"), err);
    }
    mw_buf_release(&live);
    return code;
}

/* Compare-and-swap's compare: is the file what it was when it was read? `go env -w` and `pip
 * config set` take no lock, so only the content tells. */
static enum mw_code compare(const struct mw_system *sys, const struct mw_file *file, int dirfd,
                            const char *name, struct mw_error *err)
{
    int fd = mw_fd_open(sys, dirfd, name, LIVE_FLAGS, 0);
    if (fd < 0 && errno == ENOENT)
        return file->exists ? fail_conflict(file, _("somebody removed it meanwhile"), err) : MW_OK;
    if (fd < 0 && errno == ELOOP)
        return fail_conflict(file, _("somebody put a symbolic link here meanwhile"), err);
    if (fd < 0)
        return fail_step(file, "compare", _("cannot open it again"), err);
    enum mw_code code = file->exists ? compare_open(sys, file, fd, err)
                                     : fail_conflict(file, _("somebody made it meanwhile"), err);
    mw_fd_drop(sys, fd);
    return code;
}

enum mw_code mw_stage_publish(const struct mw_system *sys, const struct mw_file *file,
                              struct mw_stage *stage, struct mw_error *err)
{
    enum mw_code code = mw_actor_enter(sys, file->actor, err);
    if (code != MW_OK)
        return code;
    code = compare(sys, file, stage->dirfd, stage->name, err);
    if (code != MW_OK)
        goto out;
    if (sys->ops->renameat(stage->dirfd, stage->temp_name, stage->dirfd, stage->name) != 0) {
        code = errno == ENOENT
                   ? fail_conflict(file, _("its directory has vanished meanwhile"), err)
                   : fail_step(file, "rename", _("cannot put the new content in place"), err);
        goto out;
    }
    stage->published = true;
    if (mw_fd_sync_dir(sys, stage->dirfd) != 0)
        code = fail_step(file, "fsync", _("its directory did not reach the disk"), err);
out:
    mw_actor_leave(sys, file->actor);
    return code;
}

void mw_stage_discard(const struct mw_system *sys, const struct mw_file *file,
                      struct mw_stage *stage)
{
    if (stage->temp_name == NULL || stage->dirfd < 0 ||
        mw_actor_enter(sys, file->actor, NULL) != MW_OK)
        return;
    if (!stage->published)
        (void)sys->ops->unlinkat(stage->dirfd, stage->temp_name, 0);
    remove_directories(sys, &stage->made_directories);
    mw_actor_leave(sys, file->actor);
}

void mw_stage_release(const struct mw_system *sys, struct mw_stage *stage)
{
    if (stage->temp_name != NULL)
        mw_fd_drop(sys, stage->dirfd);
    free(stage->directory);
    free(stage->name);
    free(stage->temp_name);
    mw_strings_release(&stage->made_directories);
    *stage = (struct mw_stage){.dirfd = -1};
}

enum mw_code mw_file_remove(const struct mw_system *sys, const struct mw_file *file,
                            struct mw_error *err)
{
    struct mw_place place = {.dirfd = -1};

    if (!file->exists)
        return MW_OK;
    enum mw_code code = mw_actor_enter(sys, file->actor, err);
    if (code != MW_OK)
        return code;
    code = open_place(sys, file, &place, err);
    if (code == MW_OK && place.missing.count > 0)
        code = fail_conflict(file, _("its directory has vanished meanwhile"), err);
    if (code == MW_OK)
        code = compare(sys, file, place.dirfd, place.name, err);
    if (code == MW_OK && sys->ops->unlinkat(place.dirfd, place.name, 0) != 0)
        code = fail_step(file, "unlink", _("cannot remove it"), err);
    else if (code == MW_OK && mw_fd_sync_dir(sys, place.dirfd) != 0)
        code = fail_step(file, "fsync", _("its directory did not reach the disk"), err);
    mw_place_release(sys, &place);
    mw_actor_leave(sys, file->actor);
    return code;
}

enum mw_code mw_temp_remove(const struct mw_system *sys, const char *path, struct mw_actor actor,
                            struct mw_error *err)
{
    struct mw_place place = {.dirfd = -1};
    struct stat st;

    enum mw_code code = mw_actor_enter(sys, actor, err);
    if (code != MW_OK)
        return code;
    code = mw_place_open(sys, path, mw_actor_uid(sys, actor), MW_REFUSE_LINKS, &place, err);
    if (code == MW_OK && place.missing.count == 0 &&
        strncmp(place.name, MW_TEMP_PREFIX, strlen(MW_TEMP_PREFIX)) == 0 &&
        sys->ops->fstatat(place.dirfd, place.name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISREG(st.st_mode) && sys->ops->unlinkat(place.dirfd, place.name, 0) != 0 &&
        errno != ENOENT)
        code = mw_fail(err, mw_errno_code(errno, MW_IO), errno, "unlink",
                       _("cannot remove the temporary file %s"), path);
    mw_place_release(sys, &place);
    mw_actor_leave(sys, actor);
    return code;
}
