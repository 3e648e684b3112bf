/* One run at a time: the lock of the state directory. */

#include "internal.h"

/* MW_LOCKED only; a home where nothing can be locked has no run that could be met. */
static enum mw_code take_persons(const struct mw_system *sys, struct mw_guard *guard,
                                 struct mw_error *err)
{
    struct mw_system as;
    MW_FREE char *directory = mw_trace_dir(sys);
    if (directory == NULL || !mw_person_enter(sys, &as))
        return MW_OK;
    MW_FREE char *path = mw_xasprintf("%s/lock", directory);
    enum mw_code code = mw_state_make_dir(&as, directory, NULL);
    if (code == MW_OK)
        code = mw_lock_take(&as, path, MW_LOCK_WAIT_MS, &guard->person_fd, err);
    mw_person_leave(sys);
    return code == MW_LOCKED ? MW_LOCKED : MW_OK;
}

enum mw_code mw_guard_take(const struct mw_system *sys, struct mw_guard *guard,
                           struct mw_error *err)
{
    guard->fd = guard->person_fd = -1;
    MW_FREE char *directory = mw_system_state_dir(sys);
    if (directory == NULL) {
        mw_fail(err, MW_CANNOT_CREATE, 0, "lock",
                _("there is no state directory: HOME is not set to a full path"));
        mw_state_hint_elsewhere(err);
        return MW_CANNOT_CREATE;
    }
    enum mw_code code = mw_state_make_dir(sys, directory, err);
    if (code == MW_OK) {
        MW_FREE char *path = mw_xasprintf("%s/lock", directory);
        code = mw_lock_take(sys, path, MW_LOCK_WAIT_MS, &guard->fd, err);
        if (code == MW_CANNOT_CREATE || code == MW_NO_PERMISSION)
            mw_state_hint_elsewhere(err);
    }
    if (code == MW_OK && sys->under_sudo) {
        code = take_persons(sys, guard, err);
        if (code != MW_OK)
            mw_guard_release(sys, guard);
    }
    return code;
}

bool mw_guard_is_held(const struct mw_system *sys)
{
    MW_FREE char *directory = mw_system_state_dir(sys);
    MW_FREE char *path = directory != NULL ? mw_xasprintf("%s/lock", directory) : NULL;
    return path != NULL && mw_lock_is_held(sys, path);
}

void mw_guard_release(const struct mw_system *sys, struct mw_guard *guard)
{
    if (guard->fd >= 0)
        mw_lock_release(sys, guard->fd);
    if (guard->person_fd >= 0)
        mw_lock_release(sys, guard->person_fd);
    guard->fd = guard->person_fd = -1;
}
