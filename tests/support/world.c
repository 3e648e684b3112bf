#include "world.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "mirrorwise/memory.h"
#include "rows.h"

static const char *world_dir;
static int (*kill_hook)(void *context, pid_t pid, int sig);
static void *kill_context;

/* The path on the real machine, in `room`. */
static const char *real(const char *path, char room[PATH_MAX])
{
    size_t len = strlen(world_dir);
    if (path[0] != '/' || (strncmp(path, world_dir, len) == 0 && path[len] == '/'))
        return path;
    assert_true(snprintf(room, PATH_MAX, "%s%s", world_dir, path) < PATH_MAX);
    return room;
}

static int world_openat(int dirfd, const char *name, int flags, mode_t mode)
{
    char room[PATH_MAX];
    return mw_ops_real.openat(dirfd, real(name, room), flags, mode);
}

static int world_fstatat(int dirfd, const char *name, struct stat *st, int flags)
{
    char room[PATH_MAX];
    return mw_ops_real.fstatat(dirfd, real(name, room), st, flags);
}

static ssize_t world_readlinkat(int dirfd, const char *name, char *target, size_t size)
{
    char room[PATH_MAX];
    return mw_ops_real.readlinkat(dirfd, real(name, room), target, size);
}

static int world_faccessat(int dirfd, const char *name, int mode, int flags)
{
    char room[PATH_MAX];
    return mw_ops_real.faccessat(dirfd, real(name, room), mode, flags);
}

static int world_kill(pid_t pid, int sig)
{
    return kill_hook == NULL ? 0 : kill_hook(kill_context, pid, sig);
}

static int world_nanosleep(const struct timespec *duration)
{
    (void)duration;
    return 0;
}

void mw_world_on_kill(int (*hook)(void *context, pid_t pid, int sig), void *context)
{
    kill_hook = hook;
    kill_context = context;
}

void mw_world_open(struct mw_sandbox *box)
{
    static struct mw_ops ops;
    mw_sandbox_open(box);
    mw_world_on_kill(NULL, NULL);
    world_dir = box->dir;
    ops = mw_ops_real;
    ops.openat = world_openat;
    ops.fstatat = world_fstatat;
    ops.readlinkat = world_readlinkat;
    ops.faccessat = world_faccessat;
    ops.kill = world_kill;
    ops.nanosleep = world_nanosleep;
    free(box->sys.home);
    free(box->sys.cwd);
    box->sys.ops = &ops;
    box->sys.home = mw_xstrdup("/home/u");
    box->sys.cwd = mw_xstrdup("/work");
    box->sys.euid = 1000;
    box->sys.user = (struct mw_actor){.uid = 1000, .gid = 1000};
    mw_world_setenv(box, "PATH=/usr/bin");
}

void mw_world_setenv(struct mw_sandbox *box, const char *assignment)
{
    size_t count = 0;
    while (box->sys.environ_copy[count] != NULL)
        count++;
    box->sys.environ_copy =
        mw_xrealloc(box->sys.environ_copy, count + 2, sizeof *box->sys.environ_copy);
    box->sys.environ_copy[count] = mw_xstrdup(assignment);
    box->sys.environ_copy[count + 1] = NULL;
}
