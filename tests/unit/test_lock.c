/* The lock of the state directory: one holder, a known one, and never a hang. */
#include "support/rows.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mirrorwise/memory.h"
#include "support/box.h"
#include "support/fake_ops.h"

static char *path;

static int set_up(void **state)
{
    (void)box_set_up(state);
    path = mw_sandbox_path(&box, "lock");
    return 0;
}

static int tear_down(void **state)
{
    free(path);
    return box_tear_down(state);
}

static void take_and_release(void **state)
{
    (void)state;
    unsigned descriptors = mw_sandbox_descriptors();
    for (int i = 0; i < 2; i++) {
        int fd = -1;
        assert_int_equal(mw_lock_take(&box.sys, path, 0, &fd, NULL), MW_OK);
        assert_true(fd >= 0);
        mw_lock_release(&box.sys, fd);
    }
    mw_lock_release(&box.sys, -1);
    assert_int_equal(mw_sandbox_stat(&box, "lock").st_mode & 07777, 0600);
    assert_int_equal(mw_sandbox_descriptors(), descriptors);
}

/* flock belongs to the open file, so a second taker in the same process is as foreign as any. */
static void names_the_holder(void **state)
{
    (void)state;
    int held = -1, fd = -1;
    struct mw_error err = {0};
    box.sys.ops = mw_fake_ops(&(struct mw_fake){.epoch_s = 1787000000});
    assert_int_equal(mw_lock_take(&box.sys, path, 0, &held, NULL), MW_OK);
    assert_int_equal(mw_lock_take(&box.sys, path, 5000, &fd, &err), MW_LOCKED);
    assert_int_equal(fd, -1);

    char *who = mw_xasprintf("pid %ld since 2026-08-17T20:53:20Z: ", (long)getpid());
    assert_non_null(strstr(err.message, who));
    assert_non_null(strstr(strstr(err.message, who), "lock")); /* this program's own name */
    free(who);
    struct timespec now;
    box.sys.ops->clock_gettime(CLOCK_MONOTONIC, &now);
    assert_in_range(now.tv_sec, 1787000005, 1787000006);
    mw_lock_release(&box.sys, held);
    assert_int_equal(mw_lock_take(&box.sys, path, 0, &fd, NULL), MW_OK);
    mw_lock_release(&box.sys, fd);
}

static void holder_text_is_untrusted(void **state)
{
    (void)state;
    int held = -1, fd = -1;
    struct mw_error err = {0};
    assert_int_equal(mw_lock_take(&box.sys, path, 0, &held, NULL), MW_OK);
    mw_sandbox_put(&box, "lock", "pid 1\033]52;c;eA\007: \xe2\x80\xaex\nmore", 0600);
    assert_int_equal(mw_lock_take(&box.sys, path, 0, &fd, &err), MW_LOCKED);
    assert_null(strchr(err.message, '\033'));
    assert_null(strstr(err.message, "\xe2\x80\xae"));
    assert_null(strstr(err.message, "more"));
    assert_non_null(strstr(err.message, "pid 1\\x1B"));
    mw_sandbox_put(&box, "lock", "", 0600);
    assert_int_equal(mw_lock_take(&box.sys, path, 0, &fd, &err), MW_LOCKED);
    assert_non_null(strstr(err.message, "did not say"));
    mw_lock_release(&box.sys, held);
}

static void release_while_waiting(void *fd)
{
    mw_ops_real.close(*(int *)fd);
}

static void waits_for_the_holder(void **state)
{
    (void)state;
    int held = -1, fd = -1;
    assert_int_equal(mw_lock_take(&box.sys, path, 0, &held, NULL), MW_OK);
    box.sys.ops = mw_fake_ops(&(struct mw_fake){.at = 10,
                                                .only = "flock",
                                                .fault = MW_FAKE_HOOK,
                                                .hook = release_while_waiting,
                                                .context = &held});
    assert_int_equal(mw_lock_take(&box.sys, path, 5000, &fd, NULL), MW_OK);
    assert_int_equal(mw_fake_calls(), 10);
    mw_lock_release(&box.sys, fd);
}

/* The kernel forgets the lock of a process that dies, whatever it left in the file. */
static void cannot_go_stale(void **state)
{
    (void)state;
    int status = 0, fd = -1;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        if (mw_lock_take(&box.sys, path, 0, &fd, NULL) == MW_OK)
            (void)kill(getpid(), SIGKILL);
        _exit(1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(mw_lock_take(&box.sys, path, 0, &fd, NULL), MW_OK);
    mw_lock_release(&box.sys, fd);
}

static void file_systems_that_cannot_lock(void **state)
{
    (void)state;
    static const int errors[] = {ENOLCK, ENOSYS, EOPNOTSUPP, EIO};
    for (size_t i = 0; i < ROWS(errors); i++) {
        struct mw_error err = {0};
        int fd = -1;
        box.sys.ops = mw_fake_ops(
            &(struct mw_fake){.at = 1, .only = "flock", .error = errors[i], .persistent = true});
        assert_int_equal(mw_lock_take(&box.sys, path, 5000, &fd, &err), MW_LOCKED);
        assert_int_equal(err.sys_errno, errors[i]);
        assert_int_equal(mw_fake_calls(), 1);
        assert_non_null(strstr(err.hint, "MIRRORWISE_STATE_DIR"));
    }
}

static void no_right_to_lock(void **state)
{
    (void)state;
    struct mw_error err = {0};
    int fd = -1;
    box.sys.ops = mw_fake_ops(
        &(struct mw_fake){.at = 1, .only = "openat", .error = EACCES, .persistent = true});
    assert_int_equal(mw_lock_take(&box.sys, path, 0, &fd, &err), MW_NO_PERMISSION);
    char *missing = mw_sandbox_path(&box, "none/lock");
    box.sys.ops = &mw_ops_real;
    assert_int_equal(mw_lock_take(&box.sys, missing, 0, &fd, &err), MW_CANNOT_CREATE);
    free(missing);
}

/* What the holder writes must not go to where a link leads. */
static void follows_no_link(void **state)
{
    (void)state;
    struct mw_error err = {0};
    int fd = -1;
    mw_sandbox_put(&box, "victim", "precious\n", 0644);
    mw_sandbox_link(&box, "linked", "victim");
    char *linked = mw_sandbox_path(&box, "linked");
    assert_int_equal(mw_lock_take(&box.sys, linked, 0, &fd, &err), MW_CANNOT_CREATE);
    assert_int_equal(err.sys_errno, ELOOP);
    free(linked);
    char *text = mw_sandbox_get(&box, "victim");
    assert_string_equal(text, "precious\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(take_and_release, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_the_holder, set_up, tear_down),
        cmocka_unit_test_setup_teardown(holder_text_is_untrusted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(waits_for_the_holder, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cannot_go_stale, set_up, tear_down),
        cmocka_unit_test_setup_teardown(file_systems_that_cannot_lock, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_right_to_lock, set_up, tear_down),
        cmocka_unit_test_setup_teardown(follows_no_link, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("lock", tests, NULL, NULL);
}
