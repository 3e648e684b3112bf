/* One run at a time: the lock of the state directory. */
#include "mirrorwise/transaction.h"

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"

enum mw_code mw_guard_take(const struct mw_system *sys, struct mw_guard *guard,
                           struct mw_error *err)
{
    guard->fd = -1;
    char *directory = mw_system_state_dir(sys);
    if (directory == NULL)
        return mw_fail(err, MW_CANNOT_CREATE, 0, "lock",
                       _("there is no state directory: HOME is not set"));
    enum mw_code code = mw_state_make_dir(sys, directory, err);
    if (code == MW_OK) {
        char *path = mw_xasprintf("%s/lock", directory);
        code = mw_lock_take(sys, path, MW_LOCK_WAIT_MS, &guard->fd, err);
        free(path);
    }
    free(directory);
    return code;
}

void mw_guard_release(const struct mw_system *sys, struct mw_guard *guard)
{
    if (guard->fd >= 0)
        mw_lock_release(sys, guard->fd);
    guard->fd = -1;
}
