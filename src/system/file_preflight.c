/* Whether a file could be replaced, asked before anything is written. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"
#include "mirrorwise/command.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

static bool is_in_store(const struct mw_system *sys, const char *path)
{
    if (mw_path_below_root(sys, path))
        path += strlen(sys->root);
    return mw_text_starts(path, "/nix/store/") || mw_text_starts(path, "/gnu/store/");
}

static enum mw_code check_file(const struct mw_system *sys, const struct mw_file *file,
                               struct mw_error *err)
{
    const char *path = file->real_path;
    uid_t uid = mw_actor_uid(sys, file->actor);
    MW_FREE char *word = mw_command_word(path);

    if (file->is_mount_point) {
        mw_fail(err, MW_NO_PERMISSION, 0, "preflight",
                _("%s is a mount point of its own (a file bound into a container) and cannot be "
                  "replaced"),
                path);
        mw_error_hint(err, _("Change the file outside, where it comes from."));
    } else if (file->is_immutable) {
        mw_fail(err, MW_NO_PERMISSION, 0, "preflight",
                _("%s carries the immutable or append-only attribute"), path);
        mw_error_hint(err, _("If that is not on purpose: chattr -i -a %s"), word);
    } else if (file->st.st_nlink > 1) {
        mw_fail(err, MW_NO_PERMISSION, 0, "preflight",
                _("%s has %lu names (hard links); the other ones would keep the old content"), path,
                (unsigned long)file->st.st_nlink);
        mw_error_hint(err, _("Find them with: find / -xdev -samefile %s"), word);
    } else if (uid != 0 && file->st.st_uid != uid) {
        mw_fail(err, MW_NO_PERMISSION, 0, "preflight",
                _("%s belongs to user %lu, and only root could keep it so"), path,
                (unsigned long)file->st.st_uid);
        mw_error_hint(err, _("Give it back to its user: sudo chown %lu %s"), (unsigned long)uid,
                      word);
    } else {
        return MW_OK;
    }
    return MW_NO_PERMISSION;
}

static enum mw_code fail_directory(const struct mw_system *sys, const char *directory, bool is_own,
                                   int sys_errno, struct mw_error *err)
{
    MW_FREE char *word = mw_command_word(directory);
    mw_fail(err, mw_errno_code(sys_errno, MW_CANNOT_CREATE), sys_errno, "preflight",
            _("cannot write in the directory %s"), directory);
    if (is_in_store(sys, directory)) {
        mw_error_hint(err, _("It is a read-only package store: change the declaration that made "
                             "the file (Nix, home-manager, Guix)."));
    } else if (sys_errno == EROFS) {
        mw_error_hint(err, _("Its file system is mounted read-only, for root too."));
    } else if (sys_errno == EACCES && is_own) {
        mw_error_hint(err, _("The folder is yours: chmod u+rwx %s"), word);
    } else if (sys_errno == EPERM) {
        mw_error_hint(err,
                      _("It carries the immutable or append-only attribute; if that is not on "
                        "purpose: chattr -i -a %s"),
                      word);
    }
    return mw_errno_code(sys_errno, MW_CANNOT_CREATE);
}

/* The directory that the temporary file will be made in, or the nearest one that exists. */
static enum mw_code check_directory(const struct mw_system *sys, const struct mw_file *file,
                                    const struct mw_place *place, struct mw_error *err)
{
    unsigned attributes = 0;
    uid_t uid = mw_actor_uid(sys, file->actor);
    struct stat dir;

    /* Reading is for the fsync of the directory. */
    bool is_known = sys->ops->fstat(place->dirfd, &dir) == 0,
         is_own = is_known && dir.st_uid == uid;
    if (!is_known || sys->ops->faccessat(place->dirfd, ".", R_OK | W_OK | X_OK, AT_EACCESS) != 0 ||
        sys->ops->attributes(place->dirfd, &attributes) != 0)
        return fail_directory(sys, place->directory, is_own, errno, err);
    if (attributes & (MW_ATTRIBUTE_IMMUTABLE | MW_ATTRIBUTE_APPEND_ONLY))
        return fail_directory(sys, place->directory, is_own, EPERM, err);
    if (file->exists && uid != 0 && (dir.st_mode & S_ISVTX) && file->st.st_uid != uid &&
        dir.st_uid != uid)
        return mw_fail(err, MW_NO_PERMISSION, 0, "preflight",
                       _("%s lies in a sticky directory and belongs to somebody else"),
                       file->real_path);
    return MW_OK;
}

enum mw_code mw_file_preflight(const struct mw_system *sys, const struct mw_file *file,
                               struct mw_error *err)
{
    MW_AUTO(mw_place) place = {.dirfd = -1};

    enum mw_code code = mw_actor_enter(sys, file->actor, err);
    if (code != MW_OK)
        return code;
    code = mw_stage_place(sys, file, &place, err);
    if (code == MW_OK)
        code = check_directory(sys, file, &place, err);
    if (code == MW_OK && file->exists)
        code = check_file(sys, file, err);
    mw_actor_leave(sys, file->actor);
    return code;
}
