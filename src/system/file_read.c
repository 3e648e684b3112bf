/* Reading a file that may be replaced later: bytes, identity, metadata. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"
#include "mirrorwise/hash.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"

static enum mw_code fail_reading(const struct mw_file *file, size_t max_bytes, struct mw_error *err)
{
    int why = errno;
    if (why == EFBIG)
        return mw_fail(err, MW_BAD_CONFIG, 0, "read", _("%s is larger than %zu MiB"), file->path,
                       max_bytes >> 20);
    return mw_fail(err, mw_errno_code(why, MW_IO), why, "read", _("cannot read %s"), file->path);
}

static enum mw_code fail_kind(const struct mw_file *file, struct mw_error *err)
{
    enum mw_code code =
        mw_fail(err, MW_BAD_CONFIG, 0, "open", _("%s is not a regular file"), file->path);
    mw_error_hint(err, _("Move it away; a container may have made a directory of that name."));
    return code;
}

static enum mw_code read_open(const struct mw_system *sys, int fd, size_t max_bytes,
                              struct mw_file *file, struct mw_error *err)
{
    unsigned attributes = 0;

    if (sys->ops->fstat(fd, &file->st) != 0)
        return fail_reading(file, max_bytes, err);
    if (!S_ISREG(file->st.st_mode))
        return fail_kind(file, err);
    if (sys->ops->attributes(fd, &attributes) != 0 ||
        mw_fd_read_all(sys, fd, max_bytes, &file->bytes) != 0 ||
        mw_xattrs_read(sys, fd, &file->xattrs, &file->xattr_count) != 0)
        return fail_reading(file, max_bytes, err);
    file->exists = true;
    file->is_mount_point = attributes & MW_ATTRIBUTE_MOUNT_ROOT;
    file->is_immutable = attributes & (MW_ATTRIBUTE_IMMUTABLE | MW_ATTRIBUTE_APPEND_ONLY);
    mw_sha256_hex(mw_buf_text(&file->bytes), file->bytes.len, file->sha256);
    return MW_OK;
}

/* The last part of the path. */
static void look_at_file(const struct mw_system *sys, const struct mw_place *place, int fd,
                         struct mw_file *file)
{
    MW_FREE char *reason = mw_owner_doubt(sys, fd, &file->st, NULL);
    if (reason == NULL && place->is_sticky && file->st.st_nlink > 1)
        reason = mw_xstrdup(_("it has a second name, which anybody may have given it there"));
    if (reason != NULL)
        file->doubt = mw_xasprintf("%s: %s", file->real_path, reason);
}

static enum mw_code read_at(const struct mw_system *sys, const struct mw_place *place,
                            enum mw_links links, size_t max_bytes, struct mw_file *file,
                            struct mw_error *err)
{
    int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW;
    int fd = mw_fd_open(sys, place->dirfd, place->name, flags, 0);
    if (fd < 0 && errno == ENOENT)
        return MW_OK;
    if (fd < 0 && errno == ENXIO) /* a socket, or a device without a driver */
        return fail_kind(file, err);
    if (fd < 0)
        return fail_reading(file, max_bytes, err);
    enum mw_code code = read_open(sys, fd, max_bytes, file, err);
    if (code == MW_OK && links == MW_FOLLOW_WARILY && place->doubt == NULL)
        look_at_file(sys, place, fd, file);
    mw_fd_drop(sys, fd);
    return code;
}

const struct mw_stand_in *mw_stand_in_find(const struct mw_system *sys, const char *path,
                                           const char *real_path)
{
    for (const struct mw_stand_in *at = sys->stand_ins; at != NULL; at = at->next) {
        if (strcmp(at->path, path) == 0 || (real_path != NULL && strcmp(at->path, real_path) == 0))
            return at;
    }
    return NULL;
}

static void read_stand_in(const struct mw_system *sys, struct mw_file *file)
{
    const struct mw_stand_in *stand_in = mw_stand_in_find(sys, file->path, file->real_path);
    if (stand_in == NULL)
        return;
    mw_buf_release(&file->bytes);
    mw_buf_append(&file->bytes, stand_in->text, stand_in->len);
    mw_sha256_hex(stand_in->text, stand_in->len, file->sha256);
    file->exists = true;
}

static enum mw_code read_open_file(const struct mw_system *sys, const char *path,
                                   struct mw_actor actor, enum mw_links links, size_t max_bytes,
                                   struct mw_file *file, struct mw_error *err)
{
    MW_AUTO(mw_place) place = {.dirfd = -1};
    enum mw_code code = mw_actor_enter(sys, actor, err);
    if (code != MW_OK)
        return code;
    struct mw_file found = {.path = mw_xstrdup(path), .actor = actor};
    code = mw_place_open(sys, path, mw_actor_uid(sys, actor), links, &place, err);
    if (code == MW_OK) {
        found.real_path = mw_place_path(&place);
        found.doubt = place.doubt;
        if (place.missing.count == 0)
            code = read_at(sys, &place, links, max_bytes, &found, err);
        place.doubt = NULL;
    }
    mw_actor_leave(sys, actor);
    if (code != MW_OK) {
        mw_file_release(&found);
        return code;
    }
    read_stand_in(sys, &found);
    *file = found;
    return MW_OK;
}

enum mw_code mw_file_read(const struct mw_system *sys, const char *path, struct mw_actor actor,
                          struct mw_file *file, struct mw_error *err)
{
    return read_open_file(sys, path, actor, MW_FOLLOW_LINKS, MW_FILE_MAX_BYTES, file, err);
}

enum mw_code mw_file_read_warily(const struct mw_system *sys, const char *path,
                                 struct mw_actor actor, size_t max_bytes, struct mw_file *file,
                                 struct mw_error *err)
{
    return read_open_file(sys, path, actor, MW_FOLLOW_WARILY, max_bytes, file, err);
}

void mw_file_release(struct mw_file *file)
{
    MW_FREE_ALL(file->path, file->real_path, file->doubt);
    mw_buf_release(&file->bytes);
    mw_xattrs_release(file->xattrs, file->xattr_count);
    *file = (struct mw_file){0};
}
