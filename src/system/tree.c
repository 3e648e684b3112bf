/* Every file below a directory. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/memory.h"

struct walk {
    const struct mw_system *sys;
    size_t max;
    struct mw_strings directories; /* that are still to be read */
    struct mw_strings *files;
};

static bool add(struct walk *walk, int dirfd, const char *directory, const char *name)
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
    DIR *directory = fd >= 0 ? fdopendir(fd) : NULL;
    const struct dirent *entry;
    bool is_whole = directory != NULL;
    if (directory == NULL) {
        mw_fd_drop(walk->sys, fd);
        return false;
    }
    while (is_whole && (entry = readdir(directory)) != NULL)
        is_whole = add(walk, fd, path, entry->d_name);
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
