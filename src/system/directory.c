/* Looking at directories and at other people's text files. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

#include "internal.h"

/* Where a path that exists leads, inside sys->root; false and errno. */
static bool find_place(const struct mw_system *sys, const char *path, struct mw_place *place)
{
    struct mw_error err = {0};
    if (mw_place_open(sys, path, sys->euid, MW_FOLLOW_LINKS, place, &err) == MW_OK &&
        place->missing.count == 0)
        return true;
    errno = err.sys_errno != 0 ? err.sys_errno : ENOENT;
    return false;
}

int mw_path_open(const struct mw_system *sys, const char *path, int flags)
{
    MW_AUTO(mw_place) place = {.dirfd = -1};
    if (!mw_path_below_root(sys, path))
        return mw_fd_open(sys, AT_FDCWD, path, flags, 0);
    return find_place(sys, path, &place)
               ? mw_fd_open(sys, place.dirfd, place.name, flags | O_NOFOLLOW, 0)
               : -1;
}

int mw_path_stat(const struct mw_system *sys, const char *path, struct stat *st)
{
    MW_AUTO(mw_place) place = {.dirfd = -1};
    if (!mw_path_below_root(sys, path))
        return sys->ops->fstatat(AT_FDCWD, path, st, 0);
    return find_place(sys, path, &place)
               ? sys->ops->fstatat(place.dirfd, place.name, st, AT_SYMLINK_NOFOLLOW)
               : -1;
}

bool mw_path_exists(const struct mw_system *sys, const char *path)
{
    struct stat st;
    return mw_path_stat(sys, path, &st) == 0;
}

char *mw_path_resolve(const struct mw_system *sys, const char *path)
{
    MW_AUTO(mw_place) place = {.dirfd = -1};
    return find_place(sys, path, &place) ? mw_place_path(&place) : NULL;
}

bool mw_text_file_read(const struct mw_system *sys, const char *path, struct mw_buf *bytes)
{
    MW_AUTO(mw_buf) found = {0};
    struct stat st;

    const struct mw_stand_in *stand_in = mw_stand_in_find(sys, path, NULL);
    if (stand_in != NULL) {
        mw_buf_append(bytes, stand_in->text, stand_in->len);
        return true;
    }
    int fd = mw_path_open(sys, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return false;
    bool is_read = sys->ops->fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
                   mw_fd_read_all(sys, fd, MW_FILE_MAX_BYTES, &found) == 0;
    if (is_read)
        mw_buf_append(bytes, mw_buf_text(&found), found.len);
    mw_fd_drop(sys, fd);
    return is_read;
}

static bool ends_with(const char *text, const char *suffix)
{
    size_t len = strlen(text);
    size_t suffix_len = strlen(suffix);
    return len >= suffix_len && strcmp(text + len - suffix_len, suffix) == 0;
}

/* Numbers in their order, so that 10 comes after 9; everything else by its bytes. */
static int compare_names(const void *a, const void *b)
{
    const char *left = *(char *const *)a;
    const char *right = *(char *const *)b;
    unsigned long long x = strtoull(left, NULL, 10);
    unsigned long long y = strtoull(right, NULL, 10);
    if (x != y)
        return x < y ? -1 : 1;
    return strcmp(left, right);
}

/* Takes the descriptor over; NULL and errno. */
static DIR *directory_of(const struct mw_system *sys, int fd)
{
    DIR *directory = fd >= 0 ? fdopendir(fd) : NULL;
    if (directory == NULL)
        mw_fd_drop(sys, fd);
    return directory;
}

/* Appends the names in a directory that begin with one of these characters (NULL: any but '.') and
 * end so; -1 and errno. */
static int list_names(const struct mw_system *sys, const char *path, const char *first,
                      const char *suffix, struct mw_strings *names)
{
    DIR *directory = directory_of(sys, mw_path_open(sys, path, O_RDONLY | O_DIRECTORY));
    if (directory == NULL)
        return -1;
    const struct dirent *entry;
    errno = 0;
    while ((entry = readdir(directory)) != NULL) {
        const char *name = entry->d_name;
        bool is_wanted = first != NULL ? strchr(first, name[0]) != NULL : name[0] != '.';
        if (is_wanted && ends_with(name, suffix))
            mw_strings_add(names, name);
        errno = 0;
    }
    int why = errno;
    (void)closedir(directory);
    if (names->count > 1)
        qsort(names->items, names->count, sizeof *names->items, compare_names);
    errno = why;
    return why == 0 ? 0 : -1;
}

void mw_dir_list(const struct mw_system *sys, const char *path, const char *suffix,
                 struct mw_strings *names)
{
    (void)list_names(sys, path, NULL, suffix, names);
    size_t len = strlen(path);
    for (const struct mw_stand_in *at = sys->stand_ins; at != NULL; at = at->next) {
        const char *name = at->path + len + 1;
        if (mw_text_starts(at->path, path) && at->path[len] == '/' && strchr(name, '/') == NULL &&
            ends_with(name, suffix))
            mw_strings_add_new(names, name);
    }
}

size_t mw_dir_list_some(const struct mw_system *sys, const char *path, const char *suffix,
                        size_t max, struct mw_strings *names)
{
    mw_strings_release(names);
    mw_dir_list(sys, path, suffix, names);
    size_t count = names->count;
    while (names->count > max)
        free(names->items[--names->count]);
    return count;
}

enum mw_code mw_state_list(const struct mw_system *sys, const char *path, struct mw_strings *names,
                           struct mw_error *err)
{
    MW_AUTO(mw_strings) found = {0};
    if (list_names(sys, path, "0123456789", "", &found) != 0 && errno != ENOENT) {
        int why = errno;
        return mw_fail(err, mw_errno_code(why, MW_IO), why, "list",
                       _("cannot read the directory %s"), path);
    }
    mw_strings_add_all(names, &found);
    return MW_OK;
}

void mw_state_sweep(const struct mw_system *sys, const char *path)
{
    MW_AUTO(mw_strings) names = {0};
    (void)list_names(sys, path, ".", "", &names);
    for (size_t i = 0; i < names.count; i++) {
        MW_AUTO(mw_place) place = {.dirfd = -1};
        struct stat st;
        MW_FREE char *temp = mw_xasprintf("%s/%s", path, names.items[i]);
        if (mw_text_starts(names.items[i], MW_TEMP_PREFIX) &&
            mw_place_open(sys, temp, sys->euid, MW_FOLLOW_TO_NAME, &place, NULL) == MW_OK &&
            place.missing.count == 0 &&
            sys->ops->fstatat(place.dirfd, place.name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(st.st_mode))
            (void)sys->ops->unlinkat(place.dirfd, place.name, 0);
    }
}

/* ---- every file below a directory ------------------------------------------------------------ */

struct walk {
    const struct mw_system *sys;
    size_t max;
    struct mw_strings directories; /* that are still to be read */
    struct mw_strings *files;
};

static bool add_walked(struct walk *walk, int dirfd, const char *directory, const char *name)
{
    struct stat st;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, ".git") == 0)
        return true;
    if (walk->sys->ops->fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return false;
    bool is_directory = S_ISDIR(st.st_mode);
    struct mw_strings *list = is_directory ? &walk->directories : walk->files;
    if (!is_directory && !S_ISREG(st.st_mode) && !S_ISLNK(st.st_mode))
        return true;
    mw_strings_take(list, mw_xasprintf("%s/%s", directory, name));
    return list->count <= walk->max;
}

static bool read_directory(struct walk *walk, const char *path)
{
    int fd = mw_fd_open(walk->sys, AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
    DIR *directory = directory_of(walk->sys, fd);
    const struct dirent *entry;
    bool is_whole = true;
    if (directory == NULL)
        return false;
    while (is_whole && (entry = readdir(directory)) != NULL)
        is_whole = add_walked(walk, fd, path, entry->d_name);
    (void)closedir(directory);
    return is_whole;
}

bool mw_tree_list(const struct mw_system *sys, struct mw_actor actor, const char *path, size_t max,
                  struct mw_strings *files)
{
    struct walk walk = {.sys = sys, .max = max, .files = files};
    if (mw_actor_enter(sys, actor, NULL) != MW_OK)
        return false;
    bool is_whole = read_directory(&walk, path);
    while (is_whole && walk.directories.count > 0) {
        char *next = walk.directories.items[--walk.directories.count];
        is_whole = read_directory(&walk, next);
        free(next);
    }
    mw_actor_leave(sys, actor);
    mw_strings_release(&walk.directories);
    mw_strings_sort(files);
    return is_whole;
}

char *mw_link_target(const struct mw_system *sys, const char *path)
{
    char target[4096];
    ssize_t len = sys->ops->readlinkat(AT_FDCWD, path, target, sizeof target);
    return len > 0 ? mw_xstrndup(target, (size_t)len) : NULL;
}
