/* What the password and group databases know of a user. */
#include <errno.h>
#include <grp.h>

#include "internal.h"
#include "mirrorwise/memory.h"

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
