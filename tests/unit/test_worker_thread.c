/* The worker: jobs in, results out, ended at any moment. Runs under ThreadSanitizer in CI. */
#include "support/rows.h"

#include <poll.h>
#include <stdlib.h>

#include "mirrorwise/job.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/tool.h"
#include "support/sandbox.h"

static struct mw_job *new_job(enum mw_job_kind kind, unsigned number, const char *root)
{
    struct mw_job *job = mw_xcalloc(1, sizeof *job);
    job->kind = kind;
    job->number = number;
    job->profile = mw_xstrdup("prod");
    job->root = mw_xstrdup(root);
    job->options.no_network = true;
    job->generation = -1;
    return job;
}

static struct mw_job_result *next_result(struct mw_worker *worker)
{
    for (int i = 0; i < 200; i++) {
        struct pollfd fd = {.fd = mw_worker_fd(worker), .events = POLLIN};
        struct mw_worker_news news = {0};
        poll(&fd, 1, 100);
        while (mw_worker_take(worker, &news)) {
            free(news.step);
            mw_checks_release(&news.checks);
            if (news.result != NULL)
                return news.result;
        }
    }
    return NULL;
}

static void test_results_come_in_order(void **state)
{
    const struct mw_sandbox *box = *state;
    struct mw_worker *worker = mw_worker_new(&mw_ops_real, NULL);
    assert_non_null(worker);
    for (unsigned i = 1; i <= 5; i++)
        mw_worker_start(worker, new_job(MW_JOB_READ, i, box->dir));
    for (unsigned i = 1; i <= 5; i++) {
        struct mw_job_result *result = next_result(worker);
        assert_non_null(result);
        assert_int_equal(result->number, i);
        assert_int_equal(result->code, MW_OK);
        assert_int_equal(result->now_count, mw_tool_count());
        mw_job_result_free(result);
    }
    assert_false(mw_worker_is_writing(worker));
    mw_worker_end(&worker);
    assert_null(worker);
}

/* Whoever leaves waits for a job that writes; what was queued behind it is never begun. */
static void test_ended_while_writing(void **state)
{
    const struct mw_sandbox *box = *state;
    struct mw_worker *worker = mw_worker_new(&mw_ops_real, NULL);
    assert_non_null(worker);
    mw_worker_start(worker, new_job(MW_JOB_APPLY, 1, box->dir));
    assert_true(mw_worker_is_writing(worker));
    mw_worker_stop_writing(worker, 15);
    mw_worker_end(&worker);
    assert_null(worker);
}

static int open_box(void **state)
{
    static struct mw_sandbox box;
    mw_sandbox_open(&box);
    char *home = mw_sandbox_path(&box, "home");
    char *state_dir = mw_sandbox_path(&box, "state");
    setenv("HOME", home, 1);
    setenv("MIRRORWISE_STATE_DIR", state_dir, 1);
    setenv("PATH", "/nonexistent", 1);
    unsetenv("XDG_CONFIG_HOME");
    unsetenv("SUDO_UID");
    free(state_dir);
    free(home);
    *state = &box;
    return 0;
}

static int close_box(void **state)
{
    mw_sandbox_close(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_results_come_in_order),
        cmocka_unit_test(test_ended_while_writing),
    };
    return cmocka_run_group_tests(tests, open_box, close_box);
}
