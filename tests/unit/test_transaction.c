/* The promise of the program: every file old or every file new, whatever happens when. Three real
 * files (go, pip, docker) in a sandbox, the real tools table, and an ops table that fails, is
 * killed or is interfered with at every single call. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/fake_ops.h"
#include "support/rows.h"
#include "support/sandbox.h"

#include "mirrorwise/memory.h"
#include "mirrorwise/transaction.h"

#define GO_FILE "home/.config/go/env"
#define PIP_FILE "home/.config/pip/pip.conf"
#define DOCKER_FILE "root/etc/docker/daemon.json"

#define GO_BEFORE "# mine\nGOFLAGS=-mod=mod\nGOPROXY=https://old.example\n"
#define GO_AFTER "# mine\nGOFLAGS=-mod=mod\nGOPROXY=https://new.example,direct\n"
#define DOCKER_BEFORE "{\n\t\"debug\": true,\n\t\"big\": 9007199254740993\n}\n"

struct world {
    struct mw_sandbox box;
    struct mw_wanted_list wanted;
    char *state;
};

static void want(struct world *w, const char *tool, const char *key, enum mw_value_kind kind,
                 const char *text)
{
    struct mw_wanted *wanted = MW_PUSH(w->wanted.items, w->wanted.count);
    wanted->tool = mw_tool_find(tool);
    assert_non_null(wanted->tool);
    wanted->key = mw_xstrdup(key);
    wanted->value.kind = kind;
    if (kind != MW_VALUE_ABSENT)
        mw_strings_add(&wanted->value.items, text);
}

static void open_world(struct world *w)
{
    *w = (struct world){0};
    mw_sandbox_open(&w->box);
    free(w->box.sys.root);
    w->box.sys.root = mw_sandbox_path(&w->box, "root");
    mw_sandbox_mkdir(&w->box, "home", 0755);
    mw_sandbox_mkdir(&w->box, "root", 0755);
    mw_sandbox_mkdir(&w->box, "root/etc", 0755);
    /* Installed tools: none may be left out because its file is out of reach. */
    mw_sandbox_put(&w->box, "root/usr/bin/go", "", 0755);
    mw_sandbox_put(&w->box, "root/usr/bin/pip3", "", 0755);
    mw_sandbox_put(&w->box, "root/usr/bin/dockerd", "", 0755);
    mw_sandbox_put(&w->box, GO_FILE, GO_BEFORE, 0644);
    mw_sandbox_put(&w->box, DOCKER_FILE, DOCKER_BEFORE, 0640);
    char *state = mw_sandbox_path(&w->box, "state");
    free(w->box.sys.environ_copy);
    w->box.sys.environ_copy = mw_xcalloc(2, sizeof(char *));
    w->box.sys.environ_copy[0] = mw_xasprintf("MIRRORWISE_STATE_DIR=%s", state);
    free(state);
    w->state = mw_system_state_dir(&w->box.sys);
    want(w, "go", "GOPROXY", MW_VALUE_STRING, "https://new.example,direct");
    want(w, "pip", "global.index-url", MW_VALUE_STRING, "https://new.example/simple");
    want(w, "docker", "registry-mirrors", MW_VALUE_LIST, "https://new.example");
}

static void close_world(struct world *w)
{
    mw_wanted_list_release(&w->wanted);
    free(w->state);
    mw_sandbox_close(&w->box);
}

/* Every file of the user and of the system: names, contents, modes. The state is not among them. */
static char *snapshot(const struct world *w)
{
    static const char *const files[] = {GO_FILE, PIP_FILE, DOCKER_FILE};
    struct mw_buf text = {0};
    char *home = mw_sandbox_list(&w->box, "home"), *etc = mw_sandbox_list(&w->box, "root/etc");
    mw_buf_printf(&text, "%s | %s\n", home, etc);
    for (size_t i = 0; i < ROWS(files); i++) {
        char *bytes = mw_sandbox_get(&w->box, files[i]);
        if (bytes != NULL) {
            struct stat st = mw_sandbox_stat(&w->box, files[i]);
            mw_buf_printf(&text, "%s %o %u:\n%s", files[i], st.st_mode, st.st_uid, bytes);
        }
        free(bytes);
    }
    free(home);
    free(etc);
    return mw_buf_take(&text);
}

static bool has_journal(const struct world *w)
{
    char *journal = mw_xasprintf("%s/journal", w->state);
    bool has = access(journal, F_OK) == 0;
    free(journal);
    return has;
}

struct asked {
    int count, stop_at, signal_number;
};

static int stop_signal(void *context)
{
    struct asked *asked = context;
    return ++asked->count == asked->stop_at ? asked->signal_number : 0;
}

struct given {
    const struct mw_ops *ops;
    bool force;
    struct asked *asked;
};

/* A whole apply as the program does it. */
static enum mw_code apply(struct world *w, struct given given, long *generation,
                          struct mw_error *err)
{
    struct mw_system *sys = &w->box.sys;
    struct mw_guard guard = {.fd = -1};
    struct mw_history history = {0};
    struct mw_plan plan = {0};
    struct mw_outcome outcome = {0};
    struct mw_progress progress = {.context = given.asked, .stop_signal = stop_signal};
    struct mw_plan_options options = {.scope = MW_SCOPE_USER, .force = given.force};
    struct mw_apply_request request = {.action = "apply", .profile = "test", .restores = -1};
    if (given.ops != NULL)
        sys->ops = given.ops;
    enum mw_code code = mw_guard_take(sys, &guard, err);
    if (code == MW_OK)
        code = mw_history_load(sys, &history, NULL, err);
    if (code == MW_OK)
        code = mw_plan_make(sys, &w->wanted, &history, &options, &plan, err);
    if (code == MW_OK)
        code = mw_plan_verdict(&plan, err);
    if (code == MW_OK)
        code = mw_transaction_run(sys, &history, &plan, &request,
                                  given.asked != NULL ? &progress : NULL, &outcome, err);
    if (generation != NULL)
        *generation = outcome.generation;
    mw_outcome_release(&outcome);
    mw_plan_release(&plan);
    mw_history_release(&history);
    mw_guard_release(sys, &guard);
    sys->ops = &mw_ops_real;
    return code;
}

static enum mw_code roll_back(struct world *w, long id, bool force, struct mw_error *err)
{
    struct mw_system *sys = &w->box.sys;
    struct mw_guard guard = {.fd = -1};
    struct mw_history history = {0};
    struct mw_plan plan = {0};
    struct mw_outcome outcome = {0};
    struct mw_apply_request request = {.action = "rollback"};
    enum mw_code code = mw_guard_take(sys, &guard, err);
    if (code == MW_OK)
        code = mw_history_load(sys, &history, NULL, err);
    if (code == MW_OK)
        code = mw_rollback_plan(sys, &history, id, force, &plan, &request.restores, err);
    if (code == MW_OK)
        code = mw_plan_verdict(&plan, err);
    if (code == MW_OK)
        code = mw_transaction_run(sys, &history, &plan, &request, NULL, &outcome, err);
    mw_outcome_release(&outcome);
    mw_plan_release(&plan);
    mw_history_release(&history);
    mw_guard_release(sys, &guard);
    return code;
}

static enum mw_code recover(struct world *w, bool *recovered, struct mw_error *err)
{
    struct mw_guard guard = {.fd = -1};
    struct mw_outcome outcome = {0};
    bool did = false;
    enum mw_code code = mw_guard_take(&w->box.sys, &guard, err);
    if (code == MW_OK)
        code = mw_recover(&w->box.sys, NULL, &did, &outcome, err);
    if (recovered != NULL)
        *recovered = did;
    mw_outcome_release(&outcome);
    mw_guard_release(&w->box.sys, &guard);
    return code;
}

/* ---- what must work ------------------------------------------------------------------------- */

static void apply_then_rollback_returns_every_byte(void **unused)
{
    (void)unused;
    struct world w;
    struct mw_error err = {0};
    long generation = 0;
    open_world(&w);
    char *before = snapshot(&w);
    if (apply(&w, (struct given){0}, &generation, &err) != MW_OK)
        fail_msg("%s", err.message);
    assert_int_equal(generation, 1);
    char *go = mw_sandbox_get(&w.box, GO_FILE), *pip = mw_sandbox_get(&w.box, PIP_FILE);
    char *docker = mw_sandbox_get(&w.box, DOCKER_FILE);
    assert_string_equal(go, GO_AFTER);
    assert_string_equal(pip, "[global]\nindex-url = https://new.example/simple\n");
    assert_non_null(strstr(docker, "\t\"big\": 9007199254740993,\n\t\"registry-mirrors\": ["));
    assert_int_equal(mw_sandbox_stat(&w.box, DOCKER_FILE).st_mode & 07777, 0640);
    assert_false(has_journal(&w));

    assert_int_equal(apply(&w, (struct given){0}, &generation, &err), MW_OK);
    assert_int_equal(generation, 0); /* the second time there is nothing to do */

    if (roll_back(&w, -1, false, &err) != MW_OK)
        fail_msg("%s", err.message);
    char *after = snapshot(&w);
    assert_string_equal(after, before);
    /* A rollback is a generation like any other: undoing it applies again. */
    assert_int_equal(roll_back(&w, -1, false, &err), MW_OK);
    char *again = mw_sandbox_get(&w.box, GO_FILE);
    assert_string_equal(again, GO_AFTER);
    assert_int_equal(roll_back(&w, 0, false, &err), MW_OK);
    free(after);
    after = snapshot(&w);
    assert_string_equal(after, before);
    free(again);
    free(after);
    free(before);
    free(go);
    free(pip);
    free(docker);
    close_world(&w);
}

static void rollback_says_what_it_cannot_do(void **unused)
{
    (void)unused;
    struct world w;
    struct mw_error err = {0};
    open_world(&w);
    assert_int_equal(roll_back(&w, -1, false, &err), MW_OK); /* nothing was written yet */
    assert_int_equal(roll_back(&w, 1, false, &err), MW_USAGE);
    assert_int_equal(apply(&w, (struct given){0}, NULL, &err), MW_OK);
    assert_int_equal(roll_back(&w, 7, false, &err), MW_USAGE);
    mw_sandbox_put(&w.box, GO_FILE, "GOPROXY=off\n", 0644);
    assert_int_equal(roll_back(&w, -1, false, &err), MW_CONFLICT);
    assert_non_null(strstr(err.message, "go/env"));
    char *pip = mw_sandbox_get(&w.box, PIP_FILE);
    assert_non_null(pip); /* no file was touched, not only the one in conflict */
    assert_int_equal(roll_back(&w, -1, true, &err), MW_OK);
    char *go = mw_sandbox_get(&w.box, GO_FILE);
    assert_string_equal(go, "GOPROXY=https://old.example\n"); /* what they deleted stays so */
    free(go);
    free(pip);
    close_world(&w);
}

/* What others wrote since is theirs: our settings go back, the rest stays. */
static void rollback_takes_back_ours_only(void **unused)
{
    (void)unused;
    struct world w;
    struct mw_error err = {0};
    open_world(&w);
    char *docker = mw_sandbox_get(&w.box, DOCKER_FILE);
    assert_int_equal(apply(&w, (struct given){0}, NULL, &err), MW_OK);
    mw_sandbox_put(&w.box, GO_FILE, "GOFLAGS=-x\n" GO_AFTER "# theirs\n", 0644);
    mw_sandbox_put(&w.box, PIP_FILE,
                   "[global]\nindex-url = https://new.example/simple\ntimeout = 9\n", 0644);
    if (roll_back(&w, -1, false, &err) != MW_OK)
        fail_msg("%s", err.message);
    char *go = mw_sandbox_get(&w.box, GO_FILE);
    char *pip = mw_sandbox_get(&w.box, PIP_FILE);
    char *docker_after = mw_sandbox_get(&w.box, DOCKER_FILE);
    assert_string_equal(go, "GOFLAGS=-x\n" GO_BEFORE "# theirs\n");
    assert_string_equal(pip, "[global]\ntimeout = 9\n");
    assert_string_equal(docker_after, docker); /* nobody touched it: every byte */
    /* It is a generation of its own, with their lines in its images. */
    assert_int_equal(roll_back(&w, -1, false, &err), MW_OK);
    free(go);
    go = mw_sandbox_get(&w.box, GO_FILE);
    assert_string_equal(go, "GOFLAGS=-x\n" GO_AFTER "# theirs\n");
    free(go);
    free(pip);
    free(docker);
    free(docker_after);
    close_world(&w);
}

/* A file that its tool cannot read any more, or that is gone, has no settings to put back. */
static void rollback_without_settings_is_a_conflict(void **unused)
{
    (void)unused;
    static const char *const texts[] = {"{ not json", NULL};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct world w;
        struct mw_error err = {0};
        open_world(&w);
        char *before = mw_sandbox_get(&w.box, DOCKER_FILE);
        char *path = mw_sandbox_path(&w.box, DOCKER_FILE);
        assert_int_equal(apply(&w, (struct given){0}, NULL, &err), MW_OK);
        if (texts[i] != NULL)
            mw_sandbox_put(&w.box, DOCKER_FILE, texts[i], 0644);
        else
            assert_int_equal(unlink(path), 0);
        assert_int_equal(roll_back(&w, -1, false, &err), MW_CONFLICT);
        assert_int_equal(roll_back(&w, -1, true, &err), MW_OK);
        char *after = mw_sandbox_get(&w.box, DOCKER_FILE);
        assert_string_equal(after, before);
        free(after);
        free(before);
        free(path);
        close_world(&w);
    }
}

static void three_way_rule(void **unused)
{
    (void)unused;
    struct world w;
    struct mw_error err = {0};
    open_world(&w);
    assert_int_equal(apply(&w, (struct given){0}, NULL, &err), MW_OK); /* foreign: written */
    /* Another key of the same file is none of our business. */
    mw_sandbox_put(&w.box, GO_FILE, GO_AFTER "GOFLAGS=-x\n", 0644);
    assert_int_equal(apply(&w, (struct given){0}, NULL, &err), MW_OK);
    mw_sandbox_put(&w.box, GO_FILE, "GOPROXY=https://theirs.example\n", 0644);
    assert_int_equal(apply(&w, (struct given){0}, NULL, &err), MW_CONFLICT);
    assert_non_null(strstr(err.message, "GOPROXY"));
    assert_non_null(strstr(err.hint, "--force"));
    assert_int_equal(apply(&w, (struct given){.force = true}, NULL, &err), MW_OK);
    /* A file that is gone is made again. */
    char *path = mw_sandbox_path(&w.box, GO_FILE);
    assert_int_equal(unlink(path), 0);
    free(path);
    assert_int_equal(apply(&w, (struct given){0}, NULL, &err), MW_OK);
    close_world(&w);
}

/* ---- what must not happen -------------------------------------------------------------------- */

static void check_old_or_new(const struct world *w, const char *row, const char *old,
                             const char *new, bool must_be_old)
{
    char *now = snapshot(w);
    if (strcmp(now, old) != 0 && (must_be_old || strcmp(now, new) != 0))
        fail_msg("%s: neither old nor new:\n%s", row, now);
    free(now);
}

static char *snapshot_of_success(void)
{
    struct world w;
    struct mw_error err = {0};
    open_world(&w);
    assert_int_equal(apply(&w, (struct given){0}, NULL, &err), MW_OK);
    char *new = snapshot(&w);
    close_world(&w);
    return new;
}

/* Fails the n-th call, for all n, once or from there on. */
static void torture(int error, enum mw_fake_fault fault, bool persistent)
{
    char *new = snapshot_of_success();
    unsigned calls = 1;
    for (unsigned n = 0; n <= calls; n++) {
        struct world w;
        struct mw_error err = {0};
        char row[64];
        snprintf(row, sizeof row, "call %u: errno %d, %s", n, error,
                 persistent ? "persistent" : "once");
        open_world(&w);
        char *old = snapshot(&w);
        unsigned descriptors = mw_sandbox_descriptors();
        struct mw_fake fake = {.at = n, .fault = fault, .error = error, .persistent = persistent};
        enum mw_code code = apply(&w, (struct given){.ops = mw_fake_ops(&fake)}, NULL, &err);
        if (n == 0) {
            assert_int_equal(code, MW_OK);
            calls = mw_fake_calls(); /* how many there are in an undisturbed run */
        }
        row_size_equal(row, mw_sandbox_descriptors(), descriptors);
        if (code != MW_OK && err.message[0] == '\0')
            fail_msg("%s: code %d without a message", row, code);
        row_true(row, code != MW_INCOMPLETE || has_journal(&w));
        /* A failed run may leave a journal that it could not remove; the next one deals with it. */
        if (code != MW_OK && recover(&w, NULL, &err) != MW_OK)
            fail_msg("%s: recovery: %s", row, err.message);
        row_true(row, !has_journal(&w));
        check_old_or_new(&w, row, old, new, code != MW_OK);
        free(old);
        close_world(&w);
    }
    assert_true(calls > 100); /* a run of a few calls would have tested nothing */
    free(new);
}

static void every_call_fails_once(void **unused)
{
    (void)unused;
    torture(EIO, MW_FAKE_FAIL, false);
    torture(EPERM, MW_FAKE_FAIL, false);
}

static void every_call_is_interrupted_once(void **unused)
{
    (void)unused;
    torture(EINTR, MW_FAKE_FAIL, false);
    torture(0, MW_FAKE_SHORT, false);
}

static void every_call_fails_from_there_on(void **unused)
{
    (void)unused;
    torture(ENOSPC, MW_FAKE_FAIL, true);
}

/* SIGKILL at every call of an apply over three files, then a recovery, which is killed at every
 * call in its turn for one of the crash points in the middle. */
static void killed_at_every_call(void **unused)
{
    (void)unused;
    char *new = snapshot_of_success();
    bool was_killed = true;
    unsigned n = 0, recoveries = 0;
    while (was_killed) {
        struct world w;
        struct mw_error err = {0};
        char row[64];
        bool recovered = false;
        snprintf(row, sizeof row, "killed at call %u", ++n);
        open_world(&w);
        char *old = snapshot(&w);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            struct mw_fake fake = {.at = n, .fault = MW_FAKE_KILL};
            (void)apply(&w, (struct given){.ops = mw_fake_ops(&fake)}, NULL, &err);
            _exit(0);
        }
        int status = 0;
        assert_int_equal(waitpid(child, &status, 0), child);
        was_killed = WIFSIGNALED(status);
        bool had_journal = has_journal(&w);
        if (recover(&w, &recovered, &err) != MW_OK)
            fail_msg("%s: recovery: %s", row, err.message);
        row_true(row, recovered == had_journal);
        recoveries += recovered;
        row_true(row, !has_journal(&w));
        check_old_or_new(&w, row, old, new, recovered);
        /* Idempotent. */
        row_true(row, recover(&w, &recovered, &err) == MW_OK && !recovered);
        /* And the next apply works as if nothing had been. */
        if (apply(&w, (struct given){0}, NULL, &err) != MW_OK)
            fail_msg("%s: the next apply: %s", row, err.message);
        check_old_or_new(&w, row, new, new, true);
        free(old);
        close_world(&w);
    }
    assert_true(recoveries > 20);
    free(new);
}

static void recovery_killed_at_every_call(void **unused)
{
    (void)unused;
    for (unsigned n = 1, killed = 1; killed; n++) {
        struct world w;
        struct mw_error err = {0};
        char row[64];
        snprintf(row, sizeof row, "recovery killed at call %u", n);
        open_world(&w);
        char *old = snapshot(&w);
        int status = 0;
        pid_t child = fork();
        if (child == 0) {
            /* After the second rename of a file of the user: two are new, one is old. */
            struct mw_fake fake = {.at = 4, .only = "renameat", .fault = MW_FAKE_KILL};
            (void)apply(&w, (struct given){.ops = mw_fake_ops(&fake)}, NULL, &err);
            _exit(0);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status) && has_journal(&w));
        child = fork();
        if (child == 0) {
            struct mw_fake fake = {.at = n, .fault = MW_FAKE_KILL};
            w.box.sys.ops = mw_fake_ops(&fake);
            (void)recover(&w, NULL, &err);
            _exit(0);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        killed = WIFSIGNALED(status);
        if (recover(&w, NULL, &err) != MW_OK)
            fail_msg("%s: %s", row, err.message);
        row_true(row, !has_journal(&w));
        check_old_or_new(&w, row, old, old, true);
        free(old);
        close_world(&w);
    }
}

static void a_signal_undoes_what_was_done(void **unused)
{
    (void)unused;
    static const struct {
        int signal_number;
        enum mw_code code;
    } rows[] = {{SIGTERM, MW_TERMINATED}, {SIGINT, MW_INTERRUPTED}, {SIGHUP, MW_HANGUP}};
    for (size_t i = 0; i < ROWS(rows); i++) {
        for (int at = 1; at <= 9; at++) { /* 3 temps, 3 renames, 3 verifications */
            struct world w;
            struct mw_error err = {0};
            struct asked asked = {.stop_at = at, .signal_number = rows[i].signal_number};
            open_world(&w);
            char *old = snapshot(&w);
            enum mw_code code = apply(&w, (struct given){.asked = &asked}, NULL, &err);
            assert_int_equal(code, rows[i].code);
            check_old_or_new(&w, "signal", old, old, true);
            assert_false(has_journal(&w));
            free(old);
            close_world(&w);
        }
    }
}

static void write_theirs(void *context)
{
    mw_sandbox_put(&((struct world *)context)->box, PIP_FILE, "[global]\ntimeout = 1\n", 0644);
}

/* `pip config set` takes no lock: it writes while we do. Theirs stays, ours is undone. */
static void somebody_writes_meanwhile(void **unused)
{
    (void)unused;
    struct world w;
    struct mw_error err = {0};
    open_world(&w);
    struct mw_fake fake = {
        .at = 2, .only = "renameat", .fault = MW_FAKE_HOOK, .hook = write_theirs, .context = &w};
    enum mw_code code = apply(&w, (struct given){.ops = mw_fake_ops(&fake)}, NULL, &err);
    assert_int_equal(code, MW_CONFLICT);
    assert_non_null(strstr(err.message, "pip.conf"));
    char *go = mw_sandbox_get(&w.box, GO_FILE), *pip = mw_sandbox_get(&w.box, PIP_FILE);
    char *docker = mw_sandbox_get(&w.box, DOCKER_FILE);
    assert_string_equal(go, GO_BEFORE);
    assert_string_equal(pip, "[global]\ntimeout = 1\n");
    assert_string_equal(docker, DOCKER_BEFORE);
    assert_false(has_journal(&w));
    free(go);
    free(pip);
    free(docker);
    close_world(&w);
}

static void write_over_ours(void *context)
{
    mw_sandbox_put(&((struct world *)context)->box, GO_FILE, "GOPROXY=off\n", 0644);
}

/* `go env -w` after our rename and before our check: theirs stays, and what both hid is kept. */
static void somebody_writes_over_ours(void **unused)
{
    (void)unused;
    struct world w;
    struct mw_error err = {0};
    long generation = 0;
    open_world(&w);
    struct mw_fake fake = {
        .at = 4, .only = "renameat", .fault = MW_FAKE_HOOK, .hook = write_over_ours, .context = &w};
    enum mw_code code = apply(&w, (struct given){.ops = mw_fake_ops(&fake)}, &generation, &err);
    assert_int_equal(code, MW_CONFLICT);
    assert_non_null(strstr(err.message, "that stays"));
    assert_non_null(strstr(err.hint, "generation 1"));
    assert_int_equal(generation, 1);
    assert_false(has_journal(&w));
    char *go = mw_sandbox_get(&w.box, GO_FILE), *docker = mw_sandbox_get(&w.box, DOCKER_FILE);
    assert_string_equal(go, "GOPROXY=off\n");
    assert_string_equal(docker, DOCKER_BEFORE);
    if (roll_back(&w, -1, false, &err) != MW_OK)
        fail_msg("%s", err.message);
    free(go);
    free(docker);
    go = mw_sandbox_get(&w.box, GO_FILE);
    assert_string_equal(go, GO_BEFORE);
    free(go);
    close_world(&w);
}

/* A record that this version cannot read may be one that another can: it keeps its number. */
static void a_damaged_record_is_not_overwritten(void **unused)
{
    (void)unused;
    struct world w;
    struct mw_error err = {0};
    long generation = 0;
    open_world(&w);
    mw_sandbox_mkdir(&w.box, "state", 0700);
    mw_sandbox_mkdir(&w.box, "state/generations", 0700);
    mw_sandbox_put(&w.box, "state/generations/000004", "from the future\n", 0600);
    assert_int_equal(apply(&w, (struct given){0}, &generation, &err), MW_OK);
    assert_int_equal(generation, 5);
    char *record = mw_sandbox_get(&w.box, "state/generations/000004");
    assert_string_equal(record, "from the future\n");
    free(record);
    close_world(&w);
}

/* After a crash somebody writes one of the files: it is left alone and named, the others are put
 * back, and what that file was before us can still be had. */
static void somebody_writes_after_a_crash(void **unused)
{
    (void)unused;
    struct world w;
    struct mw_error err = {0};
    bool recovered = false;
    open_world(&w);
    pid_t child = fork();
    if (child == 0) {
        struct mw_fake fake = {.at = 4, .only = "renameat", .fault = MW_FAKE_KILL};
        (void)apply(&w, (struct given){.ops = mw_fake_ops(&fake)}, NULL, &err);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    mw_sandbox_put(&w.box, GO_FILE, "GOPROXY=off\n", 0644);
    assert_int_equal(recover(&w, &recovered, &err), MW_CONFLICT);
    assert_non_null(strstr(err.message, "go/env"));
    char *go = mw_sandbox_get(&w.box, GO_FILE), *pip = mw_sandbox_get(&w.box, PIP_FILE);
    assert_string_equal(go, "GOPROXY=off\n");
    assert_null(pip);
    assert_int_equal(recover(&w, &recovered, &err), MW_OK); /* said once, not for ever */
    assert_false(recovered);
    if (roll_back(&w, -1, false, &err) != MW_OK)
        fail_msg("%s", err.message);
    free(go);
    go = mw_sandbox_get(&w.box, GO_FILE);
    assert_string_equal(go, GO_BEFORE);
    free(go);
    close_world(&w);
}

static void a_damaged_journal_stops_nobody(void **unused)
{
    (void)unused;
    struct world w;
    struct mw_error err = {0};
    open_world(&w);
    assert_int_equal(apply(&w, (struct given){0}, NULL, &err), MW_OK);
    char *journal = mw_xasprintf("%s/journal", w.state);
    FILE *file = fopen(journal, "w");
    fputs("mirrorwise-record 1 9 0000\n{}", file);
    fclose(file);
    free(journal);
    assert_int_equal(recover(&w, NULL, &err), MW_OK);
    assert_false(has_journal(&w));
    close_world(&w);
}

static void a_broken_file_is_refused_and_kept(void **unused)
{
    (void)unused;
    struct world w;
    struct mw_error err = {0};
    open_world(&w);
    mw_sandbox_put(&w.box, DOCKER_FILE, "{\"a\": 1,}\n", 0644);
    char *old = snapshot(&w);
    assert_int_equal(apply(&w, (struct given){0}, NULL, &err), MW_BAD_CONFIG);
    if (strstr(err.message, "daemon.json:1:8") == NULL)
        fail_msg("%s", err.message);
    check_old_or_new(&w, "broken", old, old, true);
    free(old);
    close_world(&w);
}

int main(void)
{
    /* Thousands of fsyncs that only a disk would take seriously. */
    if (access("/dev/shm", W_OK) == 0)
        setenv("TMPDIR", "/dev/shm", 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(apply_then_rollback_returns_every_byte),
        cmocka_unit_test(rollback_says_what_it_cannot_do),
        cmocka_unit_test(rollback_takes_back_ours_only),
        cmocka_unit_test(rollback_without_settings_is_a_conflict),
        cmocka_unit_test(three_way_rule),
        cmocka_unit_test(every_call_fails_once),
        cmocka_unit_test(every_call_is_interrupted_once),
        cmocka_unit_test(every_call_fails_from_there_on),
        cmocka_unit_test(killed_at_every_call),
        cmocka_unit_test(recovery_killed_at_every_call),
        cmocka_unit_test(a_signal_undoes_what_was_done),
        cmocka_unit_test(somebody_writes_meanwhile),
        cmocka_unit_test(somebody_writes_over_ours),
        cmocka_unit_test(somebody_writes_after_a_crash),
        cmocka_unit_test(a_damaged_record_is_not_overwritten),
        cmocka_unit_test(a_damaged_journal_stops_nobody),
        cmocka_unit_test(a_broken_file_is_refused_and_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
