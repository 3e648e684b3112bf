#include "sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "mirrorwise/memory.h"
#include "rows.h"

static void must(bool worked, const char *what, const char *name)
{
    if (!worked)
        fail_msg("sandbox: %s %s: %s", what, name, strerror(errno));
}

void mw_sandbox_open(struct mw_sandbox *box)
{
    char real[PATH_MAX];
    const char *base = getenv("TMPDIR");
    char *path = mw_xasprintf("%s/mw-test-XXXXXX", base != NULL && *base != '\0' ? base : "/tmp");
    must(mkdtemp(path) != NULL, "mkdtemp", path);
    must(chmod(path, 0755) == 0, "chmod", path);
    must(realpath(path, real) != NULL, "realpath", path);
    free(path);
    box->dir = mw_xstrdup(real);
    box->sys = (struct mw_system){.ops = &mw_ops_real,
                                  .environ_copy = mw_xcalloc(1, sizeof(char *)),
                                  .home = mw_sandbox_path(box, "home"),
                                  .cwd = mw_xstrdup(real),
                                  .root = mw_xstrdup(""),
                                  .euid = geteuid(),
                                  .umask = 022,
                                  .user = {.uid = geteuid(), .gid = getegid()},
                                  .user_name = mw_xstrdup("tester"),
                                  .host_name = mw_xstrdup("localhost")};
    umask(022);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)kind;
    (void)ftw;
    return remove(path);
}

void mw_sandbox_close(struct mw_sandbox *box)
{
    must(nftw(box->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0, "cannot remove", box->dir);
    mw_system_release(&box->sys);
    free(box->dir);
    box->dir = NULL;
}

void mw_sandbox_set_root(struct mw_sandbox *box, const char *root)
{
    free(box->sys.root);
    box->sys.root = root[0] == '/' ? mw_xstrdup(root) : mw_sandbox_path(box, root);
}

char *mw_sandbox_path(const struct mw_sandbox *box, const char *name)
{
    return mw_xasprintf("%s/%s", box->dir, name);
}

static void make_parents(const struct mw_sandbox *box, char *path)
{
    for (char *at = path + strlen(box->dir) + 1; (at = strchr(at, '/')) != NULL; at++) {
        *at = '\0';
        must(mkdir(path, 0755) == 0 || errno == EEXIST, "mkdir", path);
        *at = '/';
    }
}

void mw_sandbox_mkdir(const struct mw_sandbox *box, const char *name, mode_t mode)
{
    char *path = mw_sandbox_path(box, name);
    make_parents(box, path);
    must((mkdir(path, 0700) == 0 || errno == EEXIST) && chmod(path, mode) == 0, "mkdir", path);
    free(path);
}

void mw_sandbox_put(const struct mw_sandbox *box, const char *name, const char *text, mode_t mode)
{
    char *path = mw_sandbox_path(box, name);
    make_parents(box, path);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    must(fd >= 0, "open", path);
    must(write(fd, text, strlen(text)) == (ssize_t)strlen(text), "write", path);
    must(fchmod(fd, mode) == 0 && close(fd) == 0, "close", path);
    free(path);
}

void mw_sandbox_link(const struct mw_sandbox *box, const char *name, const char *target)
{
    char *path = mw_sandbox_path(box, name);
    make_parents(box, path);
    must(symlink(target, path) == 0, "symlink", path);
    free(path);
}

char *mw_sandbox_get(const struct mw_sandbox *box, const char *name)
{
    struct mw_buf text = {0};
    char chunk[4096];
    ssize_t got;
    char *path = mw_sandbox_path(box, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    free(path);
    if (fd < 0)
        return NULL;
    while ((got = read(fd, chunk, sizeof chunk)) > 0)
        mw_buf_append(&text, chunk, (size_t)got);
    must(got == 0 && close(fd) == 0, "read", name);
    return text.len > 0 ? mw_buf_take(&text) : mw_xstrdup("");
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list_into(const char *base, const char *below, struct mw_strings *names)
{
    char *path = mw_xasprintf("%s/%s", base, below);
    DIR *directory = opendir(path);
    free(path);
    const struct dirent *entry;
    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        char *name = mw_xasprintf("%s%s%s", below, *below != '\0' ? "/" : "", entry->d_name);
        mw_strings_add(names, name);
        if (entry->d_type == DT_DIR)
            list_into(base, name, names);
        free(name);
    }
    if (directory != NULL)
        (void)closedir(directory);
}

char *mw_sandbox_list(const struct mw_sandbox *box, const char *name)
{
    struct mw_strings names = {0};
    char *path = mw_sandbox_path(box, name);
    list_into(path, "", &names);
    if (names.count > 1)
        qsort(names.items, names.count, sizeof *names.items, compare);
    char *text = mw_strings_join(&names, " ");
    mw_strings_release(&names);
    free(path);
    return text;
}

struct stat mw_sandbox_stat(const struct mw_sandbox *box, const char *name)
{
    struct stat st = {0};
    char *path = mw_sandbox_path(box, name);
    must(lstat(path, &st) == 0, "lstat", path);
    free(path);
    return st;
}

unsigned mw_sandbox_descriptors(void)
{
    unsigned count = 0;
    for (int fd = 0; fd < 1024; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}
