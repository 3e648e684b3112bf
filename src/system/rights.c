/* Whose rights count for file access, what the databases know of a user, and who could change a
 * file or a directory behind our back. */
#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"

#include "internal.h"

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

enum { ENTRY_BYTES = 1024, ENTRY_MAX_BYTES = 1 << 20 };

bool mw_user_find(uid_t uid, struct passwd *user, char **bytes)
{
    *bytes = NULL;
    for (size_t size = ENTRY_BYTES; size <= ENTRY_MAX_BYTES; size *= 2) {
        struct passwd *found = NULL;
        *bytes = mw_xrealloc(*bytes, size, 1);
        if (getpwuid_r(uid, user, *bytes, size, &found) != ERANGE)
            return found != NULL;
    }
    return false;
}

int mw_user_groups(uid_t uid, gid_t gid, gid_t groups[MW_GROUPS_MAX])
{
    int count = 1;
    groups[0] = gid;
    struct passwd user;
    MW_FREE char *bytes = NULL;
    if (mw_user_find(uid, &user, &bytes)) {
        count = MW_GROUPS_MAX;
        if (getgrouplist(user.pw_name, gid, groups, &count) < 0)
            count = MW_GROUPS_MAX;
    }
    return count;
}

bool mw_owner_is_ours(const struct mw_system *sys, uid_t uid)
{
    return uid == 0 || uid == sys->euid || (sys->user.switched && uid == sys->user.uid);
}

/* With an ACL the bits of the group are its mask: they speak of others than the group. */
static bool has_acl(const struct mw_system *sys, int fd, bool is_directory)
{
    struct mw_xattr *xattrs = NULL;
    size_t count = 0;
    /* A descriptor that only names a directory tells no attributes. */
    int readable = is_directory ? mw_fd_open(sys, fd, ".", O_RDONLY | O_DIRECTORY, 0) : fd;
    bool is_found = readable < 0 || mw_xattrs_read(sys, readable, &xattrs, &count) != 0 ||
                    MW_FIND(xattrs, count, name, "system.posix_acl_access") != NULL;
    mw_xattrs_release(xattrs, count);
    if (is_directory)
        mw_fd_drop(sys, readable);
    return is_found;
}

char *mw_owner_doubt(const struct mw_system *sys, int fd, const struct stat *st, bool *is_sticky)
{
    bool is_directory = S_ISDIR(st->st_mode);
    bool is_for_all = (st->st_mode & S_IWOTH) != 0;
    bool is_for_group = (st->st_mode & S_IWGRP) != 0;
    bool is_group_ours = st->st_gid == 0 || (sys->user.switched && st->st_gid == sys->user.gid);
    if (is_for_group && is_group_ours)
        is_for_group = has_acl(sys, fd, is_directory);
    bool is_open = is_for_all || is_for_group;
    bool is_kept = is_directory && (st->st_mode & S_ISVTX) != 0;
    if (is_sticky != NULL)
        *is_sticky = is_open && is_kept;
    if (!mw_owner_is_ours(sys, st->st_uid))
        return mw_xasprintf(_("it belongs to user %lu"), (unsigned long)st->st_uid);
    if (is_open && !is_kept)
        return mw_xasprintf(_("others may write it (mode %04o)"), (unsigned)(st->st_mode & 07777));
    return NULL;
}
