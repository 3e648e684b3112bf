/* What one run knows of its surroundings. */
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"

extern char **environ;

static char **copy_environment(char *const *from)
{
    size_t count = 0;
    while (from != NULL && from[count] != NULL)
        count++;
    char **copy = mw_xcalloc(count + 1, sizeof *copy);
    for (size_t i = 0; i < count; i++)
        copy[i] = mw_xstrdup(from[i]);
    return copy;
}

/* A uid as sudo writes it: decimal digits only. */
static bool parse_id(const char *text, unsigned long *id)
{
    if (text == NULL || text[0] < '0' || text[0] > '9')
        return false;
    char *end = NULL;
    errno = 0;
    *id = strtoul(text, &end, 10);
    return errno == 0 && *end == '\0' && *id < UINT_MAX;
}

/* Under sudo neither HOME nor XDG_* is to be trusted: sudo may keep either (sudoers(5),
 * always_set_home, env_keep). Only the password database says whose files are where. */
static void find_user(struct mw_system *sys)
{
    unsigned long uid = 0, gid = 0;
    const char *sudo_uid = mw_system_getenv(sys, "SUDO_UID");
    sys->under_sudo = sys->euid == 0 && parse_id(sudo_uid, &uid) && uid != 0;
    if (!sys->under_sudo)
        uid = sys->euid;

    struct passwd user;
    MW_FREE char *bytes = NULL;
    bool is_known = mw_user_find((uid_t)uid, &user, &bytes);
    sys->user_name = is_known ? mw_xstrdup(user.pw_name) : mw_xasprintf("%lu", uid);
    const char *home = mw_system_getenv(sys, "HOME");
    if (sys->under_sudo || home == NULL || home[0] == '\0')
        home = is_known ? user.pw_dir : NULL;
    sys->home = home != NULL && home[0] == '/' ? mw_xstrdup(home) : NULL;
    size_t len = sys->home != NULL ? strlen(sys->home) : 0;
    while (len > 1 && sys->home[len - 1] == '/')
        sys->home[--len] = '\0';

    sys->user = (struct mw_actor){.switched = sys->under_sudo, .uid = (uid_t)uid, .gid = getegid()};
    if (sys->under_sudo && is_known)
        sys->user.gid = user.pw_gid;
    else if (sys->under_sudo && parse_id(mw_system_getenv(sys, "SUDO_GID"), &gid))
        sys->user.gid = (gid_t)gid;
    else if (sys->under_sudo)
        sys->user.gid = (gid_t)uid;
}

/* umask(2) tells by setting: files that another thread makes meanwhile would be open to all. Linux
 * also writes it where it can be read (proc_pid_status(5)); without /proc it is set once, before
 * the first who asks can make a file. */
static mode_t process_umask;
static pthread_once_t umask_once = PTHREAD_ONCE_INIT;

static void find_umask(void)
{
    char line[256];
    bool is_found = false;
    FILE *status = fopen("/proc/self/status", "re");
    while (status != NULL && !is_found && fgets(line, sizeof line, status) != NULL) {
        is_found = strncmp(line, "Umask:", 6) == 0;
        if (is_found)
            process_umask = (mode_t)strtoul(line + 6, NULL, 8);
    }
    if (status != NULL)
        (void)fclose(status);
    if (!is_found) {
        process_umask = umask(0);
        (void)umask(process_umask);
    }
}

/* Owned: the directory without links, "" for "/" itself; NULL and errno. */
static char *find_root(const char *root)
{
    struct stat st;
    char path[PATH_MAX];
    if (realpath(root, path) == NULL || stat(path, &st) != 0)
        return NULL;
    if (!S_ISDIR(st.st_mode)) {
        errno = ENOTDIR;
        return NULL;
    }
    return mw_xstrdup(strcmp(path, "/") == 0 ? "" : path);
}

enum mw_code mw_system_init(struct mw_system *sys, const struct mw_ops *ops, const char *root,
                            struct mw_error *err)
{
    char text[PATH_MAX];
    char *root_copy = root != NULL ? find_root(root) : mw_xstrdup("");
    if (root_copy == NULL)
        return mw_fail(err, MW_USAGE, errno, "root", _("--root %s is no directory"), root);

    *sys = (struct mw_system){.ops = ops, .root = root_copy, .euid = geteuid()};
    sys->environ_copy = copy_environment(environ);
    (void)pthread_once(&umask_once, find_umask);
    sys->umask = process_umask;
    sys->cwd = mw_xstrdup(getcwd(text, sizeof text) != NULL ? text : "/");
    sys->host_name = mw_xstrdup(gethostname(text, sizeof text) == 0 ? text : "localhost");
    find_user(sys);
    return MW_OK;
}

void mw_system_release(struct mw_system *sys)
{
    for (char **item = sys->environ_copy; item != NULL && *item != NULL; item++)
        free(*item);
    MW_FREE_ALL(sys->environ_copy, sys->home, sys->cwd, sys->root, sys->user_name, sys->host_name);
    *sys = (struct mw_system){0};
}

enum mw_code mw_system_stopped(const struct mw_system *sys, struct mw_error *err)
{
    int number = sys->stop_signal != NULL ? sys->stop_signal(sys->stop_context) : 0;
    if (number == 0)
        return MW_OK;
    return mw_fail(err, mw_signal_code(number), 0, "signal", _("stopped; nothing was written"));
}

bool mw_system_is_machine(const char *name)
{
    struct utsname names;
    return uname(&names) == 0 &&
           (strcmp(names.machine, name) == 0 || strcmp(names.sysname, name) == 0);
}

const char *mw_system_getenv(const struct mw_system *sys, const char *name)
{
    size_t len = strlen(name);
    for (char **item = sys->environ_copy; item != NULL && *item != NULL; item++)
        if (strncmp(*item, name, len) == 0 && (*item)[len] == '=')
            return *item + len + 1;
    return NULL;
}

const char *mw_system_user_env(const struct mw_system *sys, const char *name)
{
    const char *value = sys->under_sudo ? NULL : mw_system_getenv(sys, name);
    return value != NULL && value[0] != '\0' ? value : NULL;
}
