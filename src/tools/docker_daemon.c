/* Finding the dockerd that runs, through Linux's /proc (proc(5)). */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "docker_parts.h"
#include "internal.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

static const char process_name[] = "dockerd\n";
static const char snap_programs[] = "/snap/docker/";
static const char snap_files[] = "/var/snap/docker/";

char *docker_runtime_path(const struct mw_system *sys, const char *name)
{
    const char *runtime = mw_system_user_env(sys, "XDG_RUNTIME_DIR");
    if (runtime != NULL && runtime[0] == '/')
        return mw_xasprintf("%s/%s", runtime, name);
    return mw_xasprintf("/run/user/%lu/%s", (unsigned long)sys->user.uid, name);
}

/* ---- one process ----------------------------------------------------------------------------- */

/* Three calls for each process of the machine: everything else about it costs more. */
static bool is_dockerd(const struct mw_system *sys, const char *pid)
{
    char name[sizeof process_name + 1];
    MW_FREE char *path = mw_xasprintf("/proc/%s/comm", pid);
    int fd = sys->ops->openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
    ssize_t len = fd < 0 ? -1 : sys->ops->read(fd, name, sizeof name);
    if (fd >= 0)
        (void)sys->ops->close(fd);
    return len == (ssize_t)strlen(process_name) && memcmp(name, process_name, (size_t)len) == 0;
}

static bool read_process_file(const struct mw_system *sys, const char *pid, const char *name,
                              struct mw_buf *text)
{
    MW_FREE char *path = mw_xasprintf("/proc/%s/%s", pid, name);
    return mw_text_file_read(sys, path, text);
}

/* "State: Z (zombie)": it has ended, and its parent has not asked how. */
static bool is_dead(const struct mw_buf *status)
{
    static const char state[] = "\nState:\t";
    const char *line = strstr(mw_buf_text(status), state);
    return line != NULL && (line[strlen(state)] == 'Z' || line[strlen(state)] == 'X');
}

/* "Uid: real effective ..." and "NSpid: here inner ...": a process with an inner number runs in a
 * container, with files of its own. The child of process 1 was started by systemd or a script. */
static bool read_status(const struct mw_system *sys, const char *pid, struct docker_daemon *daemon)
{
    static const char uid_line[] = "\nUid:", pid_line[] = "\nNSpid:", init[] = "\nPPid:\t1\n";
    MW_AUTO(mw_buf) status = {0};
    MW_AUTO(mw_strings) numbers = {0};
    if (!read_process_file(sys, pid, "status", &status) || is_dead(&status))
        return false;
    const char *uids = strstr(mw_buf_text(&status), uid_line);
    const char *pids = strstr(mw_buf_text(&status), pid_line);
    if (uids != NULL)
        daemon->uid = (uid_t)strtoul(uids + strlen(uid_line), NULL, 10);
    daemon->is_service = strstr(mw_buf_text(&status), init) != NULL;
    if (pids != NULL) {
        pids += strlen(pid_line);
        MW_FREE char *line = mw_xstrndup(pids, strcspn(pids, "\n"));
        mw_strings_split(&numbers, line, " \t");
    }
    return uids != NULL && numbers.count <= 1;
}

/* Owned: the text of a link below /proc/PID; "" if it cannot be read. */
static char *read_link(const struct mw_system *sys, const char *pid, const char *name)
{
    MW_FREE char *path = mw_xasprintf("/proc/%s/%s", pid, name);
    char *text = mw_link_target(sys, path);
    return text != NULL ? text : mw_xstrdup("");
}

/* A program that only root could have put there; set-user-id ones take on any name that a link to
 * them has. */
static bool is_roots_program(const struct mw_system *sys, const char *path)
{
    struct stat st;
    return sys->ops->fstatat(AT_FDCWD, path, &st, 0) == 0 && S_ISREG(st.st_mode) &&
           st.st_uid == 0 && (st.st_mode & (S_IWGRP | S_IWOTH | S_ISUID | S_ISGID)) == 0;
}

bool docker_is_same_file(const struct mw_system *sys, const char *a, const char *b)
{
    struct stat one, two;
    return sys->ops->fstatat(AT_FDCWD, a, &one, 0) == 0 &&
           sys->ops->fstatat(AT_FDCWD, b, &two, 0) == 0 && one.st_dev == two.st_dev &&
           one.st_ino == two.st_ino;
}

/* The name and the arguments of a process are what whoever started it wrote there, and a
 * set-user-id program started through a link named dockerd has root's uid, too. What root would
 * write by them is believed only of a program named dockerd that is root's, in our own mount
 * namespace and root directory: elsewhere the same path is another file. The snap's has a namespace
 * of its own, in which /var/snap is the one from here; find_config() asks for no other file of it.
 * What others run could not write it anyway. */
static bool is_believed(const struct mw_system *sys, const char *pid, uid_t uid, bool *is_snap)
{
    static const char deleted[] = " (deleted)"; /* replaced by an update since it was started */
    if (sys->euid != 0 || uid != 0)
        return true;
    MW_FREE char *link = mw_xasprintf("/proc/%s/exe", pid);
    MW_FREE char *exe = read_link(sys, pid, "exe");
    MW_FREE char *root = read_link(sys, pid, "root");
    MW_FREE char *mounts = read_link(sys, pid, "ns/mnt");
    MW_FREE char *own_mounts = read_link(sys, "self", "ns/mnt");
    size_t len = strlen(exe);
    if (len > sizeof deleted - 1 && strcmp(exe + len - (sizeof deleted - 1), deleted) == 0)
        exe[len - (sizeof deleted - 1)] = '\0';
    const char *slash = strrchr(exe, '/');
    bool is_here = mounts[0] != '\0' && strcmp(mounts, own_mounts) == 0;
    /* Is what runs the file that has its name here, whatever is mounted where it runs? */
    *is_snap =
        !is_here && mw_text_starts(exe, snap_programs) && docker_is_same_file(sys, link, exe);
    return slash != NULL && strcmp(slash, "/dockerd") == 0 && is_roots_program(sys, exe) &&
           strcmp(root, "/") == 0 && (is_here || *is_snap);
}

static void read_command(const struct mw_system *sys, const char *pid,
                         struct docker_command *command)
{
    MW_AUTO(mw_buf) bytes = {0};
    MW_FREE char *place = mw_xasprintf("dockerd (pid %s)", pid);
    if (read_process_file(sys, pid, "cmdline", &bytes)) {
        for (size_t at = 0; at < bytes.len; at += strlen(bytes.data + at) + 1)
            docker_command_add(command, bytes.data + at, place);
    }
}

/* Owned: --config-file, from where the daemon was started; else the default of its kind. */
static char *find_config(const struct mw_system *sys, const char *pid,
                         const struct docker_daemon *daemon)
{
    MW_AUTO(docker_flag) flag = {0};
    char *config = NULL;
    docker_command_flag(&daemon->command, "config-file", '\0', false, &flag);
    const char *last = flag.values.count > 0 ? flag.values.items[flag.values.count - 1] : NULL;
    if (last != NULL && last[0] == '/') {
        config = mw_xstrdup(last);
    } else if (last != NULL) {
        MW_FREE char *cwd = read_link(sys, pid, "cwd");
        if (cwd[0] != '\0')
            config = mw_xasprintf("%s/%s", cwd, last);
    } else if (daemon->uid == 0 || daemon->uid == sys->user.uid) {
        config = docker_default_file(sys, daemon->uid != 0);
    }
    return config;
}

static void add_if_dockerd(const struct mw_system *sys, const char *pid,
                           struct docker_daemons *daemons)
{
    struct docker_daemon daemon = {.pid = (pid_t)strtol(pid, NULL, 10)};
    bool is_snap = false;
    if (!is_dockerd(sys, pid) || !read_status(sys, pid, &daemon) ||
        !is_believed(sys, pid, daemon.uid, &is_snap))
        return;
    read_command(sys, pid, &daemon.command);
    daemon.config = find_config(sys, pid, &daemon);
    bool is_snaps_file = daemon.config != NULL && mw_text_starts(daemon.config, snap_files) &&
                         strstr(daemon.config, "/../") == NULL;
    if (is_snap && !is_snaps_file) {
        docker_command_release(&daemon.command);
        free(daemon.config);
        return;
    }
    *MW_PUSH(daemons->items, daemons->count) = daemon;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static void look_at_pid_file(const struct mw_system *sys, const char *path,
                             struct docker_daemons *daemons)
{
    MW_AUTO(mw_buf) text = {0};
    if (mw_text_file_read(sys, path, &text)) {
        MW_FREE char *pid =
            mw_xstrndup(mw_buf_text(&text), strspn(mw_buf_text(&text), "0123456789"));
        if (pid[0] != '\0' && strlen(pid) <= 9)
            add_if_dockerd(sys, pid, daemons);
    }
}

static void release_daemons(void *found)
{
    MW_FREE struct docker_daemons *daemons = found;
    for (size_t i = 0; i < daemons->count; i++) {
        docker_command_release(&daemons->items[i].command);
        free(daemons->items[i].config);
    }
    free(daemons->items);
}

/* A pid file of the usual name spares the search. */
static void *find_daemons(const struct mw_system *sys, const void *of)
{
    (void)of;
    struct docker_daemons *daemons = mw_xcalloc(1, sizeof *daemons);
    MW_AUTO(mw_strings) pids = {0};
    if (sys->root[0] != '\0')
        return daemons;
    MW_FREE char *own = docker_runtime_path(sys, "docker.pid");
    look_at_pid_file(sys, own, daemons);
    look_at_pid_file(sys, "/var/run/docker.pid", daemons);
    if (daemons->count > 0)
        return daemons;
    mw_dir_list(sys, "/proc", "", &pids);
    for (size_t i = 0; i < pids.count; i++) {
        if (mw_tools_is_number(pids.items[i], 9))
            add_if_dockerd(sys, pids.items[i], daemons);
    }
    return daemons;
}

const struct docker_daemons *docker_daemons_find(const struct mw_system *sys, struct mw_held *held)
{
    return mw_memo_hold(sys, "dockerd", find_daemons, NULL, release_daemons, held);
}

/* ---- its socket ------------------------------------------------------------------------------ */

static char *default_socket(const struct mw_system *sys, const struct docker_daemon *daemon)
{
    return daemon->uid == 0 ? mw_xstrdup("/var/run/docker.sock")
                            : docker_runtime_path(sys, "docker.sock");
}

char *docker_daemon_socket(const struct mw_system *sys, const struct docker_daemon *daemon)
{
    MW_AUTO(docker_flag) flag = {0};
    struct mw_strings *hosts = &flag.values;
    char *socket = NULL;
    docker_command_flag(&daemon->command, "host", 'H', false, &flag);
    if (hosts->count == 0 && daemon->config != NULL) {
        MW_AUTO(mw_buf) text = {0};
        MW_AUTO(mw_value) listed = {0};
        if (mw_tools_read(sys, daemon->config, (struct mw_actor){0}, &text))
            mw_tools_get(&mw_editor_json, &text, "hosts", &listed);
        mw_strings_copy(hosts, &listed.items);
    }
    if (hosts->count == 0)
        socket = default_socket(sys, daemon);
    for (size_t i = 0; socket == NULL && i < hosts->count; i++) {
        const char *host = hosts->items[i];
        if (strcmp(host, "unix://") == 0)
            socket = default_socket(sys, daemon);
        else if (mw_text_starts(host, "unix:///"))
            socket = mw_xstrdup(host + strlen("unix://"));
        else if (mw_text_starts(host, "fd://"))
            socket = mw_xstrdup("/run/docker.sock"); /* ListenStream= of docker.socket */
    }
    return socket;
}
