/* Running another program: no shell, no inherited descriptors, no more time and output than
 * granted, and, for another user, no way back to root. */
#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"

#define OUTPUT_MAX_BYTES (1u << 20)
#define TICK_MS 10
#define MAX_READS 256 /* at once: more than the largest pipe holds, less than a flood */
#define SYSTEM_PATH "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

enum { STDIO_COUNT = 3 };

/* Everything the child needs, made before fork(): after it, only calls that are safe there. */
struct child {
    const char *const *argv;
    char *const *environment;
    struct mw_actor actor;
    gid_t groups[MW_GROUPS_MAX];
    int group_count;
    int stdio[STDIO_COUNT]; /* the child's 0, 1, 2 */
    int report;             /* where it writes errno if it cannot start */
};

/* A pipe whose ends are not 0, 1 or 2, even if those were closed when we started. */
static int make_pipe(int ends[2])
{
    int made[2];
    if (pipe(made) != 0)
        return -1;
    for (int i = 0; i < 2; i++)
        ends[i] = fcntl(made[i], F_DUPFD_CLOEXEC, STDIO_COUNT);
    int why = errno;
    (void)close(made[0]);
    (void)close(made[1]);
    errno = why;
    return ends[0] >= 0 && ends[1] >= 0 ? 0 : -1;
}

/* As root setgid() and setuid() set the real, effective and saved id; that there is no way back is
 * tried, not assumed. */
static int become(const struct child *child)
{
    if (setgroups((size_t)child->group_count, child->groups) != 0 ||
        setgid(child->actor.gid) != 0 || setuid(child->actor.uid) != 0)
        return -1;
    if (child->actor.uid != 0 && setuid(0) == 0) {
        errno = EPERM;
        return -1;
    }
    return 0;
}

static void close_the_rest(void)
{
#if defined(CLOSE_RANGE_CLOEXEC)
    if (close_range(STDIO_COUNT, ~0U, CLOSE_RANGE_CLOEXEC) == 0)
        return;
#endif
    long limit = sysconf(_SC_OPEN_MAX);
    for (int fd = STDIO_COUNT; fd < (limit > 0 && limit < 65536 ? (int)limit : 65536); fd++)
        (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static _Noreturn void run_child(const struct child *child)
{
    sigset_t none;
    struct sigaction by_default = {.sa_handler = SIG_DFL};
    int why;

    (void)sigemptyset(&by_default.sa_mask);
    for (int sig = 1; sig < NSIG; sig++)
        (void)sigaction(sig, &by_default, NULL);
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)setpgid(0, 0);
    for (int fd = 0; fd < STDIO_COUNT; fd++)
        if (dup2(child->stdio[fd], fd) < 0)
            goto failed;
    close_the_rest();
    if (child->actor.switched && become(child) != 0)
        goto failed;
    if (chdir("/") != 0)
        goto failed;
    (void)execve(child->argv[0], (char *const *)(uintptr_t)child->argv, child->environment);
failed:
    why = errno;
    (void)!write(child->report, &why, sizeof why);
    _exit(127);
}

/* The environment of a switched actor, which has nothing of root's. */
static void make_environment(const struct mw_system *sys, struct mw_strings *environment)
{
    mw_strings_add(environment, SYSTEM_PATH);
    if (sys->home != NULL)
        mw_strings_take(environment, mw_xasprintf("HOME=%s", sys->home));
    if (sys->user_name != NULL) {
        mw_strings_take(environment, mw_xasprintf("USER=%s", sys->user_name));
        mw_strings_take(environment, mw_xasprintf("LOGNAME=%s", sys->user_name));
    }
    environment->items =
        mw_xrealloc(environment->items, environment->count + 1, sizeof *environment->items);
    environment->items[environment->count] = NULL;
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

/* One stream of the child; what exceeds the limit is read and dropped. */
struct stream {
    int ends[2];
    struct mw_buf bytes;
};

/* Reads what is there; closes at end of file. */
static void drain(struct stream *stream)
{
    char chunk[16384];
    for (int i = 0; i < MAX_READS && stream->ends[0] >= 0; i++) {
        ssize_t got = read(stream->ends[0], chunk, sizeof chunk);
        if (got > 0) {
            size_t room = OUTPUT_MAX_BYTES - stream->bytes.len;
            mw_buf_append(&stream->bytes, chunk, (size_t)got < room ? (size_t)got : room);
            continue;
        }
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        close_fd(&stream->ends[0]);
    }
}

struct pipes {
    int input;
    struct stream output, diagnostics;
    int report[2];
};

/* Collects output until the child ends (its own children may keep the pipes open), time is up or
 * the run is to stop.
 * True if it ended by itself; it is reaped in either case. */
static bool collect(const struct mw_system *sys, pid_t pid, struct pipes *pipes, int timeout_ms,
                    int *wait_status)
{
    long deadline = mw_monotonic_ms(sys) + timeout_ms;
    for (;;) {
        struct pollfd wanted[2] = {{.fd = pipes->output.ends[0], .events = POLLIN},
                                   {.fd = pipes->diagnostics.ends[0], .events = POLLIN}};
        bool are_closed = wanted[0].fd < 0 && wanted[1].fd < 0;
        (void)poll(wanted, 2, are_closed ? 1 : TICK_MS);
        /* In this order: what was written before the end is in the pipes now. */
        pid_t ended = waitpid(pid, wait_status, WNOHANG);
        drain(&pipes->output);
        drain(&pipes->diagnostics);
        if (ended == pid)
            return true;
        if (mw_monotonic_ms(sys) >= deadline || mw_system_stopped(sys, NULL) != MW_OK)
            break;
    }
    (void)sys->ops->kill(-pid, SIGKILL);
    while (waitpid(pid, wait_status, 0) < 0 && errno == EINTR)
        continue;
    return false;
}

/* The errno with which the child could not start, 0 if it did: exec closes the pipe. */
static int read_report(int fd)
{
    int why = 0;
    ssize_t got;
    do
        got = read(fd, &why, sizeof why);
    while (got < 0 && errno == EINTR);
    return got == (ssize_t)sizeof why ? why : 0;
}

static int open_pipes(struct pipes *pipes)
{
    int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
    pipes->input = input < 0 ? -1 : fcntl(input, F_DUPFD_CLOEXEC, STDIO_COUNT);
    if (input >= 0)
        (void)close(input);
    if (pipes->input < 0 || make_pipe(pipes->output.ends) != 0 ||
        make_pipe(pipes->diagnostics.ends) != 0 || make_pipe(pipes->report) != 0)
        return -1;
    (void)fcntl(pipes->output.ends[0], F_SETFL, O_NONBLOCK);
    (void)fcntl(pipes->diagnostics.ends[0], F_SETFL, O_NONBLOCK);
    return 0;
}

static void pipes_release(struct pipes *pipes)
{
    close_fd(&pipes->input);
    for (int i = 0; i < 2; i++) {
        close_fd(&pipes->output.ends[i]);
        close_fd(&pipes->diagnostics.ends[i]);
        close_fd(&pipes->report[i]);
    }
    mw_buf_release(&pipes->output.bytes);
    mw_buf_release(&pipes->diagnostics.bytes);
}

/* Starts the child, with everything of `pipes` but what we read from closed. */
static pid_t start(struct child *child, struct pipes *pipes)
{
    child->stdio[0] = pipes->input;
    child->stdio[1] = pipes->output.ends[1];
    child->stdio[2] = pipes->diagnostics.ends[1];
    child->report = pipes->report[1];
    pid_t pid = fork();
    if (pid == 0)
        run_child(child);
    if (pid > 0)
        (void)setpgid(pid, pid); /* whoever of the two comes first */
    close_fd(&pipes->output.ends[1]);
    close_fd(&pipes->diagnostics.ends[1]);
    close_fd(&pipes->report[1]);
    return pid;
}

static void hand_over(struct mw_buf *to, const struct stream *stream)
{
    if (to != NULL && stream->bytes.len > 0)
        mw_buf_append(to, stream->bytes.data, stream->bytes.len);
}

enum mw_code mw_child_run(const struct mw_system *sys, const char *const argv[],
                          struct mw_actor actor, char *const *environment, int timeout_ms,
                          struct mw_buf *output, struct mw_buf *diagnostics, int *status,
                          struct mw_error *err)
{
    MW_AUTO(pipes) pipes = {-1, {.ends = {-1, -1}}, {.ends = {-1, -1}}, {-1, -1}};
    MW_AUTO(mw_strings) own_environment = {0};
    struct child child = {.argv = argv, .environment = environment, .actor = actor};
    int wait_status = 0;
    pid_t pid = -1;

    if (environment == NULL && actor.switched) {
        make_environment(sys, &own_environment);
        child.environment = own_environment.items;
    } else if (environment == NULL) {
        child.environment = sys->environ_copy;
    }
    if (actor.switched)
        child.group_count = mw_user_groups(actor.uid, actor.gid, child.groups);
    if (open_pipes(&pipes) == 0)
        pid = start(&child, &pipes);
    if (pid < 0)
        return mw_fail(err, MW_FAILURE, errno, "fork", _("cannot run %s"), argv[0]);
    int why = read_report(pipes.report[0]);
    bool ended = collect(sys, pid, &pipes, timeout_ms, &wait_status);
    if (why != 0)
        return mw_fail(err, MW_FAILURE, why, "exec", _("cannot run %s"), argv[0]);
    enum mw_code code = ended ? MW_OK : mw_system_stopped(sys, err);
    if (!ended && code == MW_OK)
        code = mw_fail(err, MW_FAILURE, 0, "child", _("%s did not end within %d ms"), argv[0],
                       timeout_ms);
    if (code == MW_OK) {
        *status = WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
        hand_over(output, &pipes.output);
        hand_over(diagnostics, &pipes.diagnostics);
    }
    return code;
}
