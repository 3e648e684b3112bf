/* Who could change a file or a directory behind our back. */
#include <errno.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"

bool mw_owner_is_ours(const struct mw_system *sys, uid_t uid)
{
    return uid == 0 || uid == sys->euid || (sys->user.switched && uid == sys->user.uid);
}

/* With an ACL the bits of the group are its mask: they speak of others than the group. */
static bool has_acl(const struct mw_system *sys, int fd, bool is_directory)
{
    struct mw_xattr *xattrs = NULL;
    size_t count = 0;
    bool is_found = false;
    /* A descriptor that only names a directory tells no attributes. */
    int readable = is_directory ? mw_fd_open(sys, fd, ".", O_RDONLY | O_DIRECTORY, 0) : fd;
    if (readable < 0 || mw_xattrs_read(sys, readable, &xattrs, &count) != 0)
        is_found = true;
    for (size_t i = 0; i < count; i++)
        is_found = is_found || strcmp(xattrs[i].name, "system.posix_acl_access") == 0;
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
