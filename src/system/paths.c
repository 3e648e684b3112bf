/* Where things are, and what time it is. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"
#include "mirrorwise/command.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

/* An XDG directory: the variable if it is absolute, else below home. Owned, NULL if unknown. */
static char *xdg_home(const struct mw_system *sys, const char *variable, const char *below_home)
{
    const char *value = mw_system_user_env(sys, variable);
    if (value != NULL && value[0] == '/')
        return mw_xstrdup(value);
    return sys->home != NULL ? mw_xasprintf("%s/%s", sys->home, below_home) : NULL;
}

char *mw_system_config_home(const struct mw_system *sys)
{
    return xdg_home(sys, "XDG_CONFIG_HOME", ".config");
}

char *mw_system_own_config_dir(const struct mw_system *sys)
{
    const char *named = mw_system_user_env(sys, "MIRRORWISE_CONFIG_DIR");
    if (named != NULL)
        return mw_xstrdup(named);
    MW_FREE char *home = mw_system_config_home(sys);
    return home != NULL ? mw_xasprintf("%s/mirrorwise", home) : NULL;
}

char *mw_system_state_dir(const struct mw_system *sys)
{
    const char *named = mw_system_getenv(sys, "MIRRORWISE_STATE_DIR");
    if (named != NULL && named[0] == '/')
        return mw_xstrdup(named);
    if (named != NULL && named[0] != '\0')
        return mw_xasprintf("%s/%s", sys->cwd, named);
    if (sys->euid == 0)
        return mw_system_path(sys, "/var/lib/mirrorwise");
    MW_FREE char *base = xdg_home(sys, "XDG_STATE_HOME", ".local/state");
    return base != NULL ? mw_xasprintf("%s/mirrorwise", base) : NULL;
}

char *mw_system_path(const struct mw_system *sys, const char *system_path)
{
    return mw_xasprintf("%s%s", sys->root, system_path);
}

char *mw_system_short_path(const struct mw_system *sys, const char *path)
{
    /* Under sudo "~" would be root's home to one reader and the user's to the next. */
    size_t len = sys->home != NULL && !sys->under_sudo ? strlen(sys->home) : 0;
    bool is_below = len > 1 && strncmp(path, sys->home, len) == 0 && path[len] == '/';
    return is_below ? mw_xasprintf("~%s", path + len) : mw_xstrdup(path);
}

static const char system_programs[] =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/go/bin:/snap/bin";

static bool is_only_roots(const struct stat *st)
{
    return st->st_uid == 0 && (st->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/* As root a program is run, or believed to be installed, only if nobody else could have put it
 * there: PATH may be the user's when sudo keeps it. */
static bool is_usable(const struct mw_system *sys, const char *path)
{
    bool is_wary = sys->euid == 0 && sys->root[0] == '\0';
    struct stat st;
    if (mw_path_stat(sys, path, &st) != 0 || !S_ISREG(st.st_mode) ||
        (st.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) == 0)
        return false;
    MW_FREE char *directory = is_wary ? mw_text_directory(path) : NULL;
    if (is_wary &&
        (!is_only_roots(&st) || mw_path_stat(sys, directory, &st) != 0 || !is_only_roots(&st)))
        return false;
    return sys->euid == 0 || sys->root[0] != '\0' ||
           sys->ops->faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0;
}

/* The folders of a list that are there, open: most programs are asked for and not there. */
struct folders {
    struct folder {
        int fd;
        char *path;
    } * items;
    size_t count;
};

static void close_folders(void *found)
{
    MW_FREE struct folders *folders = found;
    for (size_t i = 0; i < folders->count; i++) {
        (void)close(folders->items[i].fd);
        free(folders->items[i].path);
    }
    free(folders->items);
}

static void *open_folders(const struct mw_system *sys, const void *list)
{
    struct folders *folders = mw_xcalloc(1, sizeof *folders);
    MW_AUTO(mw_strings) paths = {0};
    mw_strings_split(&paths, list, ":");
    for (size_t i = 0; i < paths.count; i++) {
        char *path = mw_system_path(sys, paths.items[i]);
        int fd = paths.items[i][0] == '/' ? mw_path_open(sys, path, MW_O_DIRECTORY) : -1;
        if (fd >= 0)
            *MW_PUSH(folders->items, folders->count) = (struct folder){.fd = fd, .path = path};
        else
            free(path);
    }
    return folders;
}

static char *find_in(const struct mw_system *sys, const char *list, const char *program)
{
    MW_AUTO(mw_held) held = {0};
    const struct folders *folders =
        mw_memo_hold(sys, list, open_folders, list, close_folders, &held);
    for (size_t i = 0; i < folders->count; i++) {
        struct stat st;
        if (sys->ops->fstatat(folders->items[i].fd, program, &st, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        char *path = mw_xasprintf("%s/%s", folders->items[i].path, program);
        if (is_usable(sys, path))
            return path;
        free(path);
    }
    return NULL;
}

char *mw_system_which(const struct mw_system *sys, const char *program)
{
    const char *path = sys->root[0] == '\0' ? mw_system_getenv(sys, "PATH") : NULL;
    char *found = path != NULL ? find_in(sys, path, program) : NULL;
    if (found == NULL && (path == NULL || sys->euid == 0))
        found = find_in(sys, system_programs, program);
    return found;
}

void mw_system_now(const struct mw_system *sys, char text[MW_TIME_TEXT])
{
    struct timespec now = {0};
    struct tm utc = {0};
    (void)sys->ops->clock_gettime(CLOCK_REALTIME, &now);
    (void)gmtime_r(&now.tv_sec, &utc);
    if (strftime(text, MW_TIME_TEXT, "%Y-%m-%dT%H:%M:%SZ", &utc) == 0)
        text[0] = '\0';
}

long mw_monotonic_ms(const struct mw_system *sys)
{
    struct timespec now = {0};
    (void)sys->ops->clock_gettime(CLOCK_MONOTONIC, &now);
    return (long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void mw_system_put_program(const struct mw_system *sys, struct mw_buf *buf, bool needs_root)
{
    const char *program = mw_command_program();
    bool is_relative = program[0] != '/' && strchr(program, '/') != NULL && sys->cwd != NULL;
    MW_FREE char *full =
        is_relative ? mw_xasprintf("%s/%s", sys->cwd, program) : mw_xstrdup(program);
    if (sys->under_sudo || (needs_root && sys->euid != 0))
        mw_buf_put_word(buf, "sudo");
    mw_buf_put_word(buf, full);
}

char *mw_system_service(const struct mw_system *sys, bool is_users, const char *verb,
                        const char *service)
{
    if (is_users)
        return mw_xasprintf("systemctl --user %s %s", verb, service);
    const char *sudo = sys->euid != 0 || sys->under_sudo ? "sudo " : "";
    return mw_path_exists(sys, "/run/systemd/system")
               ? mw_xasprintf("%ssystemctl %s %s", sudo, verb, service)
               : mw_xasprintf("%sservice %s %s", sudo, service, verb);
}

void mw_system_put_command(const struct mw_system *sys, struct mw_buf *buf)
{
    mw_system_put_program(sys, buf, false);
    if (sys->root[0] != '\0')
        mw_buf_put_option(buf, "--root", sys->root);
}
