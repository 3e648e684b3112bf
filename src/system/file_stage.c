/* One replacement: plan, write beside; file_publish.c puts it in place. The order of the steps and
 * the reason of each is the write algorithm that SQLite, git (lockfile.c) and augeas (transform.c)
 * share: readers see the old file or the new one, and what they see after a crash is durable. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"

#define TEMP_FLAGS (O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)

enum mw_code mw_stage_place(const struct mw_system *sys, const struct mw_file *file,
                            struct mw_place *place, struct mw_error *err)
{
    return mw_place_open(sys, file->real_path, mw_actor_uid(sys, file->actor), MW_REFUSE_LINKS,
                         place, err);
}

enum mw_code mw_stage_fail(const struct mw_file *file, const char *step, const char *sentence,
                           struct mw_error *err)
{
    int why = errno;
    enum mw_code code = mw_errno_code(why, MW_CANNOT_CREATE);
    return mw_fail(err, code, why, step, "%s: %s", file->real_path, sentence);
}

enum mw_code mw_stage_conflict(const struct mw_file *file, const char *sentence,
                               struct mw_error *err)
{
    mw_fail(err, MW_CONFLICT, 0, "compare", "%s: %s", file->real_path, sentence);
    mw_error_hint(err, _("Look at the file and run the command again."));
    return MW_CONFLICT;
}

enum mw_code mw_stage_plan(const struct mw_system *sys, const struct mw_file *file,
                           struct mw_stage *stage, struct mw_error *err)
{
    MW_AUTO(mw_place) place = {.dirfd = -1};
    struct mw_stage planned = {.dirfd = -1};

    enum mw_code code = mw_actor_enter(sys, file->actor, err);
    if (code != MW_OK)
        return code;
    code = mw_stage_place(sys, file, &place, err);
    mw_actor_leave(sys, file->actor);
    if (code != MW_OK)
        return code;
    planned.temp_name = mw_temp_name(sys);
    if (planned.temp_name == NULL)
        return mw_stage_fail(file, "random", _("cannot choose a temporary name"), err);
    for (size_t i = 1; i <= place.missing.count; i++)
        mw_strings_take(&planned.made_directories, mw_place_directory(&place, i));
    planned.directory = mw_place_directory(&place, place.missing.count);
    planned.name = mw_xstrdup(place.name);
    *stage = planned;
    return MW_OK;
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

/* A directory that is missing now and was there when the journal was written has vanished. */
static enum mw_code make_directories(const struct mw_file *file, const struct mw_stage *stage,
                                     struct mw_place *place, struct mw_strings *made,
                                     struct mw_error *err)
{
    for (size_t i = 1; i <= place->missing.count; i++) {
        enum mw_code code = MW_OK;
        bool is_made = false;
        MW_FREE char *path = mw_place_directory(place, i);
        if (!mw_strings_has(&stage->made_directories, path))
            code = mw_stage_conflict(file, _("its directory has vanished meanwhile"), err);
        else if (mw_place_descend(place, place->missing.items[i - 1], 0777, true, path, &is_made) !=
                 0)
            code = mw_stage_fail(file, "mkdir", _("cannot make its directory"), err);
        if (is_made)
            mw_strings_add(made, path);
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
    MW_AUTO(mw_buf) read_back = {0};
    enum mw_code code = MW_OK;
    int fd = mw_fd_open(sys, stage->dirfd, stage->temp_name, MW_LIVE_FLAGS, 0);
    if (fd < 0 || mw_fd_read_all(sys, fd, MW_FILE_MAX_BYTES, &read_back) != 0)
        code = mw_stage_fail(file, "re-read", _("cannot read the new content back"), err);
    else if (!mw_buf_equals(&read_back, bytes))
        code = mw_fail(err, MW_IO, 0, "re-read",
                       _("%s: the new content came back changed from the disk"), file->real_path);
    mw_fd_drop(sys, fd);
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
        return mw_stage_fail(file, "fchmod", _("cannot set the mode"), err);
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
        return mw_stage_fail(file, "create", _("cannot make a temporary file beside it"), err);
    enum mw_code code = write_temp(sys, file, stage, fd, bytes, new_mode, err);
    if (code == MW_OK && sys->unsynced != NULL) {
        mw_unsynced_add(sys, fd, file->real_path);
        return MW_OK;
    }
    if (code == MW_OK && mw_fd_sync(sys, fd) != 0)
        code = mw_stage_fail(file, "fsync", _("the new content did not reach the disk"), err);
    /* A network file system may report here that the bytes did not fit. */
    if (code == MW_OK && sys->ops->close(fd) != 0 && errno != EINTR)
        code = mw_stage_fail(file, "close", _("the new content did not reach the disk"), err);
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
    MW_AUTO(mw_place) place = {.dirfd = -1};
    struct mw_strings made = {0};

    enum mw_code code = mw_actor_enter(sys, file->actor, err);
    if (code != MW_OK)
        return code;
    code = mw_stage_place(sys, file, &place, err);
    if (code == MW_OK)
        code = make_directories(file, stage, &place, &made, err);
    if (code == MW_OK) {
        mw_fd_drop(sys, stage->dirfd);
        stage->dirfd = place.dirfd;
        place.dirfd = -1;
        code = make_temp(sys, file, stage, bytes, new_mode, err);
    }
    if (code != MW_OK) {
        remove_directories(sys, &made);
        mw_strings_release(&made);
    }
    mw_actor_leave(sys, file->actor);
    mw_strings_release(&stage->made_directories);
    stage->made_directories = made;
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
    if (stage->is_whole) {
        MW_FREE char *whole = mw_xasprintf("%s" MW_TEMP_WHOLE, stage->temp_name);
        (void)sys->ops->unlinkat(stage->dirfd, whole, 0);
    }
    remove_directories(sys, &stage->made_directories);
    mw_actor_leave(sys, file->actor);
}

void mw_stage_release(const struct mw_system *sys, struct mw_stage *stage)
{
    if (stage->temp_name != NULL)
        mw_fd_drop(sys, stage->dirfd);
    MW_FREE_ALL(stage->directory, stage->name, stage->temp_name);
    mw_strings_release(&stage->made_directories);
    *stage = (struct mw_stage){.dirfd = -1};
}
