/* The walk to a file. Each directory is opened relative to the one before and without following
 * links, so nobody can exchange a component behind our back, and links are followed by us, so
 * that --root can contain them (sudo, src/edit_open.c, walks the same way). */
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"

#define MAX_LINKS 40 /* as the kernel, path_resolution(7) */

struct level {
    int fd;
    char *name; /* of the base: sys->root or "" */
};

struct walk {
    const struct mw_system *sys;
    const char *path; /* as asked for */
    uid_t uid;
    enum mw_links links;
    struct level *levels; /* open directories from the base down */
    size_t depth;
    struct mw_strings pending; /* components still to walk, the next one last */
    struct mw_strings missing;
    char *name; /* set when the walk has arrived */
    size_t link_count;
    /* A component belongs to the target of a link if, when it is taken, at least so many are
     * still pending. */
    size_t link_end;
    bool is_sticky; /* the directory where we are is open to all, each their own */
    char *doubt;    /* of the first part that others could change */
    struct mw_error *err;
};

bool mw_path_below_root(const struct mw_system *sys, const char *path)
{
    size_t len = strlen(sys->root);
    return len > 0 && strncmp(path, sys->root, len) == 0 && path[len] == '/';
}

static char *directory_text(const struct walk *walk)
{
    struct mw_buf text = {0};
    for (size_t i = 0; i < walk->depth; i++)
        mw_buf_printf(&text, i == 0 ? "%s" : "/%s", walk->levels[i].name);
    if (text.len == 0)
        mw_buf_putc(&text, '/');
    return mw_buf_take(&text);
}

static char *joined(const char *directory, const char *name)
{
    return mw_xasprintf("%s%s%s", directory, directory[strlen(directory) - 1] == '/' ? "" : "/",
                        name);
}

/* Fails with a sentence whose first %s is the asked path and whose second is where we are. */
static enum mw_code fail_at(const struct walk *walk, enum mw_code code, int sys_errno,
                            const char *component, const char *sentence)
{
    MW_FREE char *directory = directory_text(walk);
    MW_FREE char *place = joined(directory, component);
    mw_fail(walk->err, code, sys_errno, "walk", _("%s: %s (%s)"), walk->path, sentence, place);
    return code;
}

static void add_doubt(struct walk *walk, const char *component, char *take_reason)
{
    if (take_reason != NULL && walk->doubt == NULL) {
        MW_FREE char *directory = directory_text(walk);
        MW_FREE char *place =
            component != NULL ? joined(directory, component) : mw_xstrdup(directory);
        walk->doubt = mw_xasprintf("%s: %s", place, take_reason);
    }
    free(take_reason);
}

/* Who could change the names in the directory where we are now. */
static void look_at_level(struct walk *walk)
{
    struct stat st;
    int fd = walk->levels[walk->depth - 1].fd;
    if (walk->links != MW_FOLLOW_WARILY)
        return;
    if (walk->sys->ops->fstat(fd, &st) != 0)
        add_doubt(walk, NULL, mw_xstrdup(_("nobody can tell whose it is")));
    else
        add_doubt(walk, NULL, mw_owner_doubt(walk->sys, fd, &st, &walk->is_sticky));
}

/* A link in a directory that is open to all is its owner's word. */
static void look_at_link(struct walk *walk, const char *component)
{
    struct stat st;
    if (walk->links != MW_FOLLOW_WARILY || !walk->is_sticky)
        return;
    if (walk->sys->ops->fstatat(walk->levels[walk->depth - 1].fd, component, &st,
                                AT_SYMLINK_NOFOLLOW) != 0 ||
        !mw_owner_is_ours(walk->sys, st.st_uid) || st.st_nlink > 1)
        add_doubt(walk, component, mw_xstrdup(_("somebody else may have put the link there")));
}

static void push_level(struct walk *walk, int fd, char *take_name)
{
    struct level *level = MW_PUSH(walk->levels, walk->depth);
    level->fd = fd;
    level->name = take_name;
    look_at_level(walk);
}

static void pop_levels(struct walk *walk, size_t depth)
{
    while (walk->depth > depth) {
        struct level *level = &walk->levels[--walk->depth];
        mw_fd_drop(walk->sys, level->fd);
        free(level->name);
    }
    if (depth > 0)
        look_at_level(walk);
}

/* Puts the components of `text` in front of what is pending. */
static void push_components(struct walk *walk, const char *text)
{
    MW_AUTO(mw_strings) parts = {0};
    for (const char *at = text; *at != '\0';) {
        size_t len = strcspn(at, "/");
        if (len > 0 && !(len == 1 && at[0] == '.'))
            mw_strings_add_n(&parts, at, len);
        at += len + (at[len] == '/');
    }
    for (size_t i = parts.count; i > 0; i--)
        mw_strings_add(&walk->pending, parts.items[i - 1]);
}

/* What protected_symlinks(5) of the kernel forbids where it is switched on: a link that somebody
 * else planted in a directory that everybody can write. */
static bool is_planted(const struct walk *walk, const char *component)
{
    const struct mw_ops *ops = walk->sys->ops;
    int dirfd = walk->levels[walk->depth - 1].fd;
    struct stat dir, link;
    if (ops->fstat(dirfd, &dir) != 0 ||
        ops->fstatat(dirfd, component, &link, AT_SYMLINK_NOFOLLOW) != 0)
        return true;
    return (dir.st_mode & S_IWOTH) && link.st_uid != walk->uid && link.st_uid != dir.st_uid;
}

static enum mw_code follow_link(struct walk *walk, const char *component, const char *target,
                                bool in_link)
{
    if (walk->links == MW_REFUSE_LINKS)
        return fail_at(walk, MW_CONFLICT, 0, component,
                       _("somebody put a symbolic link here meanwhile"));
    if (++walk->link_count > MAX_LINKS)
        return fail_at(walk, MW_BAD_CONFIG, ELOOP, component,
                       _("the symbolic links go round in a circle"));
    if (is_planted(walk, component))
        return fail_at(walk, MW_NO_PERMISSION, 0, component,
                       _("not following a symbolic link that belongs to somebody else, in a "
                         "directory that everybody can write"));
    if (!in_link)
        walk->link_end = walk->pending.count;
    look_at_link(walk, component);
    if (target[0] == '/')
        pop_levels(walk, 1);
    push_components(walk, target);
    return MW_OK;
}

/* Names the whole end point, though the first part of it is missing already. */
static enum mw_code fail_dangling(const struct walk *walk, const char *component)
{
    MW_AUTO(mw_buf) end = {0};
    mw_buf_puts(&end, component);
    for (size_t i = walk->pending.count; i > walk->link_end; i--)
        mw_buf_printf(&end, "/%s", walk->pending.items[i - 1]);
    enum mw_code code = fail_at(walk, MW_BAD_CONFIG, 0, mw_buf_text(&end),
                                _("a symbolic link leads to something that does not exist"));
    mw_error_hint(walk->err, _("Create the end point of the link, or remove the link."));
    return code;
}

/* 1: a link, `target` is its text; 0: something else; -1 and errno. */
static int read_link(const struct walk *walk, const char *component, char target[PATH_MAX])
{
    int dirfd = walk->levels[walk->depth - 1].fd;
    ssize_t len = walk->sys->ops->readlinkat(dirfd, component, target, PATH_MAX);
    if (len < 0)
        return errno == EINVAL ? 0 : -1;
    if (len >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }
    target[len] = '\0';
    return 1;
}

static enum mw_code fail_walking(const struct walk *walk, const char *component)
{
    int why = errno;
    return fail_at(walk, mw_errno_code(why, MW_IO), why, component, _("cannot reach it"));
}

/* A component that has others behind it. */
static enum mw_code step_directory(struct walk *walk, const char *component, bool in_link)
{
    char target[PATH_MAX];
    int dirfd = walk->levels[walk->depth - 1].fd;
    int fd = mw_fd_open(walk->sys, dirfd, component, MW_O_DIRECTORY | O_NOFOLLOW, 0);
    if (fd >= 0) {
        push_level(walk, fd, mw_xstrdup(component));
        return MW_OK;
    }
    if (errno == ENOENT && in_link)
        return fail_dangling(walk, component);
    if (errno == ENOENT) {
        mw_strings_add(&walk->missing, component);
        return MW_OK;
    }
    /* Linux answers ENOTDIR for a link here, POSIX says ELOOP. */
    if (errno != ENOTDIR && errno != ELOOP)
        return fail_walking(walk, component);
    int is_link = read_link(walk, component, target);
    if (is_link < 0)
        return fail_walking(walk, component);
    if (is_link == 0)
        return fail_at(walk, MW_BAD_CONFIG, 0, component,
                       _("a part of the path is not a directory"));
    return follow_link(walk, component, target, in_link);
}

static enum mw_code step_last(struct walk *walk, const char *component, bool in_link)
{
    char target[PATH_MAX];
    if (walk->links == MW_FOLLOW_TO_NAME) {
        walk->name = mw_xstrdup(component);
        return MW_OK;
    }
    int is_link = read_link(walk, component, target);
    if (is_link > 0)
        return follow_link(walk, component, target, in_link);
    if (is_link < 0 && errno != ENOENT)
        return fail_walking(walk, component);
    if (is_link < 0 && in_link)
        return fail_dangling(walk, component);
    walk->name = mw_xstrdup(component);
    return MW_OK;
}

static enum mw_code step(struct walk *walk)
{
    enum mw_code code = MW_OK;
    MW_FREE char *component = walk->pending.items[--walk->pending.count];
    bool is_last = walk->pending.count == 0;
    bool in_link = walk->pending.count >= walk->link_end;

    if (walk->missing.count > 0 && strcmp(component, "..") == 0)
        code = fail_at(walk, MW_BAD_CONFIG, ENOENT, walk->missing.items[0], _("cannot reach it"));
    else if (walk->missing.count > 0 && is_last)
        walk->name = mw_xstrdup(component);
    else if (walk->missing.count > 0)
        mw_strings_add(&walk->missing, component);
    else if (strcmp(component, "..") == 0)
        pop_levels(walk, walk->depth > 1 ? walk->depth - 1 : 1);
    else if (is_last)
        code = step_last(walk, component, in_link);
    else
        code = step_directory(walk, component, in_link);
    return code;
}

static enum mw_code start(struct walk *walk, const char *absolute)
{
    bool rooted = mw_path_below_root(walk->sys, absolute);
    const char *base = rooted ? walk->sys->root : "";
    int fd = mw_fd_open(walk->sys, AT_FDCWD, rooted ? base : "/", MW_O_DIRECTORY, 0);
    enum mw_code code = fd >= 0 ? MW_OK : mw_errno_code(errno, MW_IO);
    if (fd < 0)
        return mw_fail(walk->err, code, errno, "walk", _("cannot open the directory %s"),
                       rooted ? base : "/");
    push_level(walk, fd, mw_xstrdup(base));
    push_components(walk, absolute + strlen(base));
    return MW_OK;
}

static void walk_release(struct walk *walk)
{
    pop_levels(walk, 0);
    mw_strings_release_all(&walk->pending, &walk->missing);
    MW_FREE_ALL(walk->levels, walk->name, walk->doubt);
}

enum mw_code mw_place_open(const struct mw_system *sys, const char *path, uid_t uid,
                           enum mw_links links, struct mw_place *place, struct mw_error *err)
{
    MW_AUTO(walk) walk = {
        .sys = sys, .path = path, .uid = uid, .links = links, .link_end = SIZE_MAX, .err = err};
    MW_FREE char *absolute =
        path[0] == '/' ? mw_xstrdup(path) : mw_xasprintf("%s/%s", sys->cwd, path);

    enum mw_code code = start(&walk, absolute);
    while (code == MW_OK && walk.name == NULL && walk.pending.count > 0)
        code = step(&walk);
    if (code != MW_OK)
        return code;

    place->sys = sys;
    place->dirfd = walk.levels[walk.depth - 1].fd;
    walk.levels[walk.depth - 1].fd = -1;
    place->directory = directory_text(&walk);
    place->missing = walk.missing;
    place->name = walk.name != NULL ? walk.name : mw_xstrdup(".");
    place->is_sticky = walk.is_sticky;
    place->doubt = walk.doubt;
    walk.doubt = walk.name = NULL;
    walk.missing = (struct mw_strings){0};
    return MW_OK;
}

int mw_place_file(const struct mw_place *place, int flags, mode_t mode)
{
    errno = ENOENT;
    return place->missing.count == 0
               ? mw_fd_open(place->sys, place->dirfd, place->name, flags, mode)
               : -1;
}

int mw_place_descend(struct mw_place *place, const char *name, mode_t mode, bool was_missing,
                     const char *path, bool *made)
{
    const struct mw_system *sys = place->sys;
    *made = sys->ops->mkdirat(place->dirfd, name, mode) == 0;
    if (!*made && errno != EEXIST)
        return -1;
    int fd = mw_fd_open(sys, place->dirfd, name, MW_O_DIRECTORY | O_NOFOLLOW, 0);
    if (fd < 0)
        return -1;
    if ((*made || was_missing) && mw_unsynced_add_dir(sys, place->dirfd, path) != 0) {
        mw_fd_drop(sys, fd);
        return -1;
    }
    mw_fd_drop(sys, place->dirfd);
    place->dirfd = fd;
    return 0;
}

void mw_place_release(struct mw_place *place)
{
    mw_fd_drop(place->sys, place->dirfd);
    mw_strings_release(&place->missing);
    MW_FREE_ALL(place->directory, place->name, place->doubt);
    *place = (struct mw_place){.dirfd = -1};
}

char *mw_place_directory(const struct mw_place *place, size_t count)
{
    char *path = mw_xstrdup(place->directory);
    for (size_t i = 0; i < count; i++) {
        char *longer = joined(path, place->missing.items[i]);
        free(path);
        path = longer;
    }
    return path;
}

char *mw_place_path(const struct mw_place *place)
{
    MW_FREE char *directory = mw_place_directory(place, place->missing.count);
    return joined(directory, place->name);
}
