/* Other programs: what they get, what comes back, and when they are stopped. */
#include "support/rows.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "mirrorwise/memory.h"
#include "support/box.h"

#define LONG_MS 20000 /* never reached unless something is broken */

struct result {
    enum mw_code code;
    int status;
    struct mw_buf output, diagnostics;
    struct mw_error err;
};

static struct result run_as(const char *script, struct mw_actor actor, char *const *environment,
                            int timeout_ms)
{
    const char *const argv[] = {"/bin/sh", "-c", script, NULL};
    struct result r = {.status = -1};
    r.code = mw_child_run(&box.sys, argv, actor, environment, timeout_ms, &r.output, &r.diagnostics,
                          &r.status, &r.err);
    return r;
}

static struct result run(const char *script)
{
    return run_as(script, (struct mw_actor){0}, NULL, LONG_MS);
}

static void result_release(struct result *r)
{
    mw_buf_release(&r->output);
    mw_buf_release(&r->diagnostics);
}

static void script_rows(void **state)
{
    (void)state;
    static const struct {
        const char *script;
        int status;
        const char *output, *diagnostics;
    } rows[] = {
        {"echo out; echo err >&2", 0, "out\n", "err\n"},
        {"exit 7", 7, "", ""},
        {"kill -TERM $$", 128 + 15, "", ""},
        {"cat", 0, "", ""},    /* standard input is empty, not the terminal */
        {"pwd", 0, "/\n", ""}, /* no go.mod of the caller's directory */
        {"exec >&- 2>&-; exit 3", 3, "", ""},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        unsigned descriptors = mw_sandbox_descriptors();
        struct result r = run(rows[i].script);
        row_size_equal(rows[i].script, r.code, MW_OK);
        row_size_equal(rows[i].script, (size_t)r.status, (size_t)rows[i].status);
        row_string_equal(rows[i].script, mw_buf_text(&r.output), rows[i].output);
        row_string_equal(rows[i].script, mw_buf_text(&r.diagnostics), rows[i].diagnostics);
        result_release(&r);
        row_size_equal(rows[i].script, mw_sandbox_descriptors(), descriptors);
    }
}

/* A daemon that the child leaves behind keeps its pipes open; it is not waited for. */
static void grandchildren_are_not_waited_for(void **state)
{
    (void)state;
    char *fifo = mw_sandbox_path(&box, "fifo");
    assert_int_equal(mkfifo(fifo, 0600), 0);
    char *script = mw_xasprintf("cat '%s' & echo started", fifo);
    struct result r = run(script);
    assert_int_equal(r.code, MW_OK);
    assert_string_equal(mw_buf_text(&r.output), "started\n");
    int fd = open(fifo, O_WRONLY | O_CLOEXEC); /* lets it end */
    assert_true(fd >= 0 && close(fd) == 0);
    result_release(&r);
    free(script);
    free(fifo);
}

/* Also those that were opened without O_CLOEXEC: a lock that a child holds outlives us. */
static void inherits_no_descriptors(void **state)
{
    (void)state;
    char *path = mw_sandbox_path(&box, "secret");
    int fd = open(path, O_RDWR | O_CREAT, 0600);
    int high = fcntl(fd, F_DUPFD, 300);
    assert_true(fd >= 0 && high >= 300);
    struct result r = run("for fd in /dev/fd/*; do [ -e $fd ] && echo ${fd##*/}; done");
    assert_int_equal(r.code, MW_OK);
    assert_null(strstr(mw_buf_text(&r.output), "300"));
    char *low = mw_xasprintf("\n%d\n", fd);
    assert_null(strstr(mw_buf_text(&r.output), low));
    free(low);
    result_release(&r);
    close(high);
    close(fd);
    free(path);
}

static void environment_rows(void **state)
{
    (void)state;
    static char *const given[] = {"GOENV=/x", NULL};
    struct result r = run_as("echo $GOENV:$HOME", (struct mw_actor){0}, given, LONG_MS);
    assert_string_equal(mw_buf_text(&r.output), "/x:\n");
    result_release(&r);

    free(box.sys.environ_copy);
    box.sys.environ_copy = mw_xcalloc(2, sizeof(char *));
    box.sys.environ_copy[0] = mw_xstrdup("OURS=yes");
    r = run("echo $OURS");
    assert_string_equal(mw_buf_text(&r.output), "yes\n");
    result_release(&r);
}

static void output_is_capped(void **state)
{
    (void)state;
    struct result r = run("head -c 3000000 /dev/zero | tr '\\0' x; exit 5");
    assert_int_equal(r.code, MW_OK);
    assert_int_equal(r.status, 5);
    assert_int_equal(r.output.len, 1u << 20);
    result_release(&r);
}

static void stops_at_the_deadline(void **state)
{
    (void)state;
    struct timespec before, after;
    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &before), 0);
    struct result r = run_as("echo begun; sleep 60 & sleep 60", (struct mw_actor){0}, NULL, 100);
    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &after), 0);
    assert_int_equal(r.code, MW_FAILURE);
    assert_int_equal(r.status, -1);
    assert_int_equal(r.output.len, 0); /* nothing on failure */
    assert_non_null(strstr(r.err.message, "100 ms"));
    assert_true(after.tv_sec - before.tv_sec < 30);
    result_release(&r);
}

static void cannot_run(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        int error;
    } rows[] = {{"none", ENOENT}, {"plain", EACCES}, {"", EACCES}};
    mw_sandbox_put(&box, "plain", "x", 0644);
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_error err = {0};
        char *path = mw_sandbox_path(&box, rows[i].path);
        const char *const argv[] = {path, NULL};
        int status = -1;
        enum mw_code code = mw_child_run(&box.sys, argv, (struct mw_actor){0}, NULL, LONG_MS, NULL,
                                         NULL, &status, &err);
        row_size_equal(path, code, MW_FAILURE);
        assert_int_equal(err.sys_errno, rows[i].error);
        assert_string_equal(err.step, "exec");
        assert_int_equal(status, -1);
        free(path);
    }
}

static void another_user_has_nothing_of_roots(void **state)
{
    (void)state;
    if (geteuid() != 0)
        skip();
    struct mw_actor user = {.switched = true, .uid = MW_SANDBOX_USER, .gid = MW_SANDBOX_USER};
    free(box.sys.environ_copy);
    box.sys.environ_copy = mw_xcalloc(2, sizeof(char *));
    box.sys.environ_copy[0] = mw_xstrdup("SECRET=root");
    struct result r = run_as("grep -E '^([UG]id|Groups|CapEff):' /proc/self/status; "
                             "echo $HOME $USER $LOGNAME $SECRET",
                             user, NULL, LONG_MS);
    assert_int_equal(r.code, MW_OK);
    const char *text = mw_buf_text(&r.output);
    assert_non_null(strstr(text, "Uid:\t65534\t65534\t65534\t65534\n"));
    assert_non_null(strstr(text, "Gid:\t65534\t65534\t65534\t65534\n"));
    assert_non_null(strstr(text, "Groups:\t65534 \n"));
    assert_non_null(strstr(text, "CapEff:\t0000000000000000\n"));
    char *names = mw_xasprintf("%s/home tester tester\n", box.dir);
    assert_non_null(strstr(text, names));
    free(names);
    result_release(&r);
}

/* Signals that the interface blocks or ignores are as new for the child. */
static void signals_are_as_new(void **state)
{
    (void)state;
    struct result r = run("grep -E '^Sig(Blk|Ign)' /proc/self/status");
    if (r.output.len == 0)
        skip();
    assert_string_equal(mw_buf_text(&r.output),
                        "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
    result_release(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOX_TEST(script_rows),
        BOX_TEST(grandchildren_are_not_waited_for),
        BOX_TEST(inherits_no_descriptors),
        BOX_TEST(environment_rows),
        BOX_TEST(output_is_capped),
        BOX_TEST(stops_at_the_deadline),
        BOX_TEST(cannot_run),
        BOX_TEST(another_user_has_nothing_of_roots),
        BOX_TEST(signals_are_as_new),
    };
    (void)signal(SIGPIPE, SIG_IGN); /* as main does; the child must not inherit it */
    return cmocka_run_group_tests_name("child", tests, NULL, NULL);
}
