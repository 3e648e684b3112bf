/* Whose rights count for file access. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "internal.h"
#include "mirrorwise/i18n.h"

enum mw_code mw_actor_enter(const struct mw_system *sys, struct mw_actor actor,
                            struct mw_error *err)
{
    if (!actor.switched || sys->ops->switch_to(actor.uid, actor.gid) == 0)
        return MW_OK;
    return mw_fail(err, MW_NO_PERMISSION, errno, "switch user", _("cannot act as user %lu"),
                   (unsigned long)actor.uid);
}

/* Going on with another user's rights could write root's files as that user, or worse: stop. The
 * journal makes the stop safe, and abort() lets the terminal be restored. */
void mw_actor_leave(const struct mw_system *sys, struct mw_actor actor)
{
    static const char text[] = "mirrorwise: cannot return to the rights of root; stopping here\n";
    if (!actor.switched || sys->ops->switch_back() == 0)
        return;
    ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);
    (void)ignored;
    abort();
}

uid_t mw_actor_uid(const struct mw_system *sys, struct mw_actor actor)
{
    return actor.switched ? actor.uid : sys->euid;
}

bool mw_person_enter(const struct mw_system *sys, struct mw_system *as)
{
    *as = *sys;
    as->euid = mw_actor_uid(sys, sys->user);
    return mw_actor_enter(sys, sys->user, NULL) == MW_OK;
}

void mw_person_leave(const struct mw_system *sys)
{
    mw_actor_leave(sys, sys->user);
}
