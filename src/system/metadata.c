/* What a file is besides its bytes: owner, mode, ACL, SELinux label, user attributes. A
 * replacement keeps all of it or does not happen. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"

#define MAX_XATTR_BYTES 65536 /* XATTR_LIST_MAX and XATTR_SIZE_MAX of Linux */
#define MODE_BITS 07777

/* Signatures of the content and of the inode, which the kernel makes anew (Linux, Documentation/
 * ABI/testing/ima_policy, evm): those of the old file would be wrong. */
static bool is_signature(const char *name)
{
    return strcmp(name, "security.ima") == 0 || strcmp(name, "security.evm") == 0;
}

void mw_xattrs_release(struct mw_xattr *xattrs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(xattrs[i].name);
        mw_buf_release(&xattrs[i].value);
    }
    free(xattrs);
}

int mw_xattrs_read(const struct mw_system *sys, int fd, struct mw_xattr **xattrs, size_t *count)
{
    struct mw_xattr *list = NULL;
    size_t list_count = 0;
    MW_FREE char *value = NULL;
    ssize_t names_len = sys->ops->flistxattr(fd, NULL, 0); /* mostly there are none */
    MW_FREE char *names = mw_xmalloc(names_len > 0 ? MAX_XATTR_BYTES : 1);

    if (names_len > 0)
        names_len = sys->ops->flistxattr(fd, names, MAX_XATTR_BYTES);
    if (names_len < 0 && errno != EOPNOTSUPP && errno != ENOSYS)
        return -1;
    for (ssize_t at = 0; at < names_len; at += (ssize_t)strlen(names + at) + 1) {
        const char *name = names + at;
        if (is_signature(name))
            continue;
        if (value == NULL)
            value = mw_xmalloc(MAX_XATTR_BYTES);
        ssize_t len = sys->ops->fgetxattr(fd, name, value, MAX_XATTR_BYTES);
        if (len < 0) {
            mw_xattrs_release(list, list_count);
            return -1;
        }
        struct mw_xattr *xattr = MW_PUSH(list, list_count);
        xattr->name = mw_xstrdup(name);
        mw_buf_append(&xattr->value, value, (size_t)len);
    }
    *xattrs = list;
    *count = list_count;
    return 0;
}

bool mw_xattrs_equal(const struct mw_xattr *a, size_t a_count, const struct mw_xattr *b,
                     size_t b_count)
{
    bool is_equal = a_count == b_count;
    for (size_t i = 0; is_equal && i < a_count; i++) {
        const struct mw_xattr *same = MW_FIND(b, b_count, name, a[i].name);
        is_equal = same != NULL && mw_buf_equals(&same->value, &a[i].value);
    }
    return is_equal;
}

static enum mw_code fail_keeping(const struct mw_file *file, const char *what, int sys_errno,
                                 struct mw_error *err)
{
    enum mw_code code = mw_errno_code(sys_errno, MW_IO);
    mw_fail(err, code, sys_errno, "metadata", _("cannot keep %s of %s"), what, file->real_path);
    mw_error_hint(err, _("Nothing was changed: a file that would lose its owner, its rights or "
                         "its labels is not replaced."));
    return code;
}

/* True if the attributes of `fd` are those of the file, after setting what differs when `set`.
 * An ACL that the directory's default gave to the new file is taken away again. */
static bool xattrs_agree(const struct mw_system *sys, int fd, const struct mw_file *file, bool set,
                         bool *changed, const char **what)
{
    struct mw_xattr *have = NULL;
    size_t have_count = 0;
    bool agree = false;

    *what = _("the extended attributes");
    if (mw_xattrs_read(sys, fd, &have, &have_count) != 0)
        goto out;
    for (size_t i = 0; i < have_count; i++) {
        bool is_acl = strcmp(have[i].name, "system.posix_acl_access") == 0;
        if (!is_acl || MW_FIND(file->xattrs, file->xattr_count, name, have[i].name) != NULL)
            continue;
        *what = _("the access list");
        *changed = true;
        if (!set || sys->ops->fremovexattr(fd, have[i].name) != 0)
            goto out;
    }
    for (size_t i = 0; i < file->xattr_count; i++) {
        const struct mw_xattr *want = &file->xattrs[i];
        const struct mw_xattr *same = MW_FIND(have, have_count, name, want->name);
        if (same != NULL && mw_buf_equals(&same->value, &want->value))
            continue;
        *what = want->name;
        *changed = true;
        if (!set ||
            sys->ops->fsetxattr(fd, want->name, mw_buf_text(&want->value), want->value.len) != 0)
            goto out;
    }
    agree = true;
out:;
    int why = errno;
    mw_xattrs_release(have, have_count);
    errno = why;
    return agree;
}

/* Owner first, because chown clears set-id bits; mode last, because it also is the ACL's mask. */
enum mw_code mw_metadata_keep(const struct mw_system *sys, int fd, const struct mw_file *file,
                              struct mw_error *err)
{
    const struct mw_ops *ops = sys->ops;
    const char *what = NULL;
    bool changed = false;
    struct stat st;

    if (ops->fstat(fd, &st) != 0)
        return fail_keeping(file, _("the owner"), errno, err);
    uid_t uid = st.st_uid == file->st.st_uid ? (uid_t)-1 : file->st.st_uid;
    gid_t gid = st.st_gid == file->st.st_gid ? (gid_t)-1 : file->st.st_gid;
    if (uid != (uid_t)-1 || gid != (gid_t)-1) {
        changed = true;
        if (ops->fchown(fd, uid, gid) != 0)
            return fail_keeping(file, uid != (uid_t)-1 ? _("the owner") : _("the group"), errno,
                                err);
    }
    if (!xattrs_agree(sys, fd, file, true, &changed, &what))
        return fail_keeping(file, what, errno, err);
    mode_t mode = file->st.st_mode & MODE_BITS;
    if ((changed || (st.st_mode & MODE_BITS) != mode) && ops->fchmod(fd, mode) != 0)
        return fail_keeping(file, _("the mode"), errno, err);

    /* Some file systems (vfat, squashed NFS) accept all of it and do nothing. */
    if (ops->fstat(fd, &st) != 0)
        return fail_keeping(file, _("the mode"), errno, err);
    if (st.st_uid != file->st.st_uid || st.st_gid != file->st.st_gid)
        return fail_keeping(file, _("the owner"), EPERM, err);
    if ((st.st_mode & MODE_BITS) != mode)
        return fail_keeping(file, _("the mode"), EPERM, err);
    if (changed && !xattrs_agree(sys, fd, file, false, &changed, &what))
        return fail_keeping(file, what, EPERM, err);
    return MW_OK;
}
