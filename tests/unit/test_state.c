/* Our private files: durable, private, and whole after any failure. */
#include "support/rows.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mirrorwise/memory.h"
#include "support/box.h"
#include "support/fake_ops.h"

#define MAX_CALLS 200

static enum mw_code make_dir(const char *name, struct mw_error *err)
{
    char *path = mw_sandbox_path(&box, name);
    enum mw_code code = mw_state_make_dir(&box.sys, path, err);
    free(path);
    return code;
}

static enum mw_code write_text(const char *name, const char *text, struct mw_error *err)
{
    char *path = mw_sandbox_path(&box, name);
    enum mw_code code = mw_state_write(&box.sys, path, text, strlen(text), err);
    free(path);
    return code;
}

static enum mw_code append_text(const char *name, const char *text, struct mw_error *err)
{
    char *path = mw_sandbox_path(&box, name);
    enum mw_code code = mw_state_append(&box.sys, path, text, strlen(text), err);
    free(path);
    return code;
}

static void assert_text(const char *row, const char *name, const char *wanted)
{
    char *text = mw_sandbox_get(&box, name);
    row_string_equal(row, text != NULL ? text : "none", wanted);
    free(text);
}

static void assert_list(const char *row, const char *name, const char *wanted)
{
    char *list = mw_sandbox_list(&box, name);
    row_string_equal(row, list, wanted);
    free(list);
}

static void makes_a_private_directory(void **state)
{
    (void)state;
    umask(0);
    assert_int_equal(make_dir("var/lib/mirrorwise", NULL), MW_OK);
    umask(022);
    assert_int_equal(mw_sandbox_stat(&box, "var/lib/mirrorwise").st_mode & 07777, 0700);
    assert_int_equal(mw_sandbox_stat(&box, "var/lib").st_mode & 07777,
                     geteuid() == 0 ? 0755 : 0700);
    assert_int_equal(make_dir("var/lib/mirrorwise", NULL), MW_OK);
}

static void refuses_what_others_could_change(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        mode_t mode;
        uid_t uid;
        enum mw_code code;
    } rows[] = {
        {"private", 0700, 0, MW_OK},
        {"readable", 0755, 0, MW_OK}, /* what is in it is 0600 */
        {"group", 0770, 0, MW_NO_PERMISSION},
        {"everybody", 0777, 0, MW_NO_PERMISSION},
        {"sticky", 01777, 0, MW_NO_PERMISSION},
        {"other owner", 0700, MW_SANDBOX_USER, MW_NO_PERMISSION},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_error err = {0};
        if (rows[i].uid != 0 && geteuid() != 0)
            continue;
        mw_sandbox_mkdir(&box, rows[i].name, rows[i].mode);
        char *path = mw_sandbox_path(&box, rows[i].name);
        if (rows[i].uid != 0)
            assert_int_equal(chown(path, rows[i].uid, rows[i].uid), 0);
        free(path);
        row_size_equal(rows[i].name, make_dir(rows[i].name, &err), rows[i].code);
        row_true(rows[i].name, rows[i].code == MW_OK || strstr(err.message, "somebody else"));
    }
    mw_sandbox_put(&box, "file", "", 0600);
    mw_sandbox_link(&box, "dangling", "nowhere");
    assert_int_equal(make_dir("file", NULL), MW_CANNOT_CREATE);
    assert_int_equal(make_dir("file/below", NULL), MW_CANNOT_CREATE);
    assert_int_equal(make_dir("dangling", NULL), MW_CANNOT_CREATE);
}

static void round_trip(void **state)
{
    (void)state;
    struct mw_buf bytes = {0};
    bool exists = true;
    char *path = mw_sandbox_path(&box, "s/journal");

    mw_sandbox_mkdir(&box, "s", 0700);
    assert_int_equal(mw_state_read(&box.sys, path, &bytes, &exists, NULL), MW_OK);
    assert_false(exists);
    assert_int_equal(mw_state_write(&box.sys, path, "a\0b", 3, NULL), MW_OK);
    assert_int_equal(mw_state_read(&box.sys, path, &bytes, &exists, NULL), MW_OK);
    assert_true(exists);
    assert_int_equal(bytes.len, 3);
    assert_memory_equal(bytes.data, "a\0b", 3);
    assert_int_equal(mw_sandbox_stat(&box, "s/journal").st_mode & 07777, 0600);
    mw_buf_release(&bytes);

    assert_int_equal(mw_state_read_head(&box.sys, path, 2, &bytes, &exists, NULL), MW_OK);
    assert_int_equal(bytes.len, 2);
    assert_list("round trip", "s", "journal");
    assert_int_equal(mw_state_unlink(&box.sys, path, NULL), MW_OK);
    assert_int_equal(mw_state_unlink(&box.sys, path, NULL), MW_OK);
    assert_list("round trip", "s", "");
    mw_buf_release(&bytes);
    free(path);
}

static void missing_directories(void **state)
{
    (void)state;
    struct mw_buf bytes = {0};
    struct mw_strings names = {0};
    bool exists = true;
    char *path = mw_sandbox_path(&box, "none/x");
    assert_int_equal(mw_state_read(&box.sys, path, &bytes, &exists, NULL), MW_OK);
    assert_false(exists);
    assert_int_equal(mw_state_list(&box.sys, path, &names, NULL), MW_OK);
    assert_int_equal(names.count, 0);
    assert_int_equal(mw_state_unlink(&box.sys, path, NULL), MW_OK);
    assert_int_equal(mw_state_write(&box.sys, path, "x", 1, NULL), MW_CANNOT_CREATE);
    assert_int_equal(mw_state_append(&box.sys, path, "x", 1, NULL), MW_CANNOT_CREATE);
    free(path);
}

/* The directory may be a link (a small disk); what is in it is what is there. */
static void follows_links_to_the_directory_only(void **state)
{
    (void)state;
    struct mw_buf bytes = {0};
    bool exists = false;
    mw_sandbox_mkdir(&box, "disk", 0700);
    mw_sandbox_link(&box, "s", "disk");
    mw_sandbox_put(&box, "victim", "precious", 0644);
    mw_sandbox_link(&box, "disk/audit", "../victim");
    char *path = mw_sandbox_path(&box, "s/audit");
    assert_int_equal(make_dir("s", NULL), MW_OK);
    assert_int_equal(append_text("s/audit", "line\n", NULL), MW_CANNOT_CREATE);
    assert_int_equal(mw_state_read(&box.sys, path, &bytes, &exists, NULL), MW_IO);
    assert_int_equal(write_text("s/audit", "ours", NULL), MW_OK);
    assert_text("written", "disk/audit", "ours");
    assert_text("victim", "victim", "precious");
    free(path);
}

static void appends_lines(void **state)
{
    (void)state;
    mw_sandbox_mkdir(&box, "s", 0700);
    assert_int_equal(append_text("s/audit", "one\n", NULL), MW_OK);
    assert_int_equal(append_text("s/audit", "two\n", NULL), MW_OK);
    assert_text("append", "s/audit", "one\ntwo\n");
    assert_int_equal(mw_sandbox_stat(&box, "s/audit").st_mode & 07777, 0600);
}

/* The file-size limit lets a part of the line through, as a full disk does. */
static void half_a_line_does_not_stay(void **state)
{
    (void)state;
    struct rlimit before, limit;
    mw_sandbox_put(&box, "s/audit", "one\n", 0600);
    (void)signal(SIGXFSZ, SIG_IGN); /* as main does */
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    limit = before;
    limit.rlim_cur = 6;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    enum mw_code code = append_text("s/audit", "two\n", NULL);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(code, MW_IO);
    assert_text("append", "s/audit", "one\n");
}

static void lists_numbers_in_order(void **state)
{
    (void)state;
    static const char *const names[] = {"g/10", "g/9", "g/2.json", "g/.mw-0123", "g/x1", "g/100"};
    struct mw_strings found = {0};
    for (size_t i = 0; i < ROWS(names); i++)
        mw_sandbox_put(&box, names[i], "", 0600);
    char *path = mw_sandbox_path(&box, "g");
    assert_int_equal(mw_state_list(&box.sys, path, &found, NULL), MW_OK);
    char *text = mw_strings_join(&found, " ");
    assert_string_equal(text, "2.json 9 10 100");
    free(text);
    free(path);
    mw_strings_release(&found);
}

static void sweeps_what_was_left(void **state)
{
    (void)state;
    static const struct {
        const char *name;
    } rows[] = {{"s/.mw-0123456789ab"}, {"s/journal"}, {"s/.mw-directory"}};
    mw_sandbox_mkdir(&box, "s/.mw-directory", 0700);
    for (size_t i = 0; i < ROWS(rows); i++) {
        char *file = mw_sandbox_path(&box, rows[i].name);
        if (strcmp(rows[i].name, "s/.mw-directory") != 0)
            mw_sandbox_put(&box, rows[i].name, "x", 0600);
        free(file);
    }
    char *path = mw_sandbox_path(&box, "s");
    mw_state_sweep(&box.sys, path);
    assert_list("sweep", "s", ".mw-directory journal");
    free(path);
    path = mw_sandbox_path(&box, "none");
    mw_state_sweep(&box.sys, path);
    free(path);
}

static void renames_durably(void **state)
{
    (void)state;
    mw_sandbox_put(&box, "s/journal", "record", 0600);
    mw_sandbox_mkdir(&box, "s/generations", 0700);
    char *from = mw_sandbox_path(&box, "s/journal");
    char *to = mw_sandbox_path(&box, "s/generations/1");
    char *beside = mw_sandbox_path(&box, "s/generations/2");
    box.sys.ops = mw_fake_ops(&(struct mw_fake){0});
    assert_int_equal(mw_state_rename(&box.sys, from, to, NULL, NULL), MW_OK);
    assert_int_equal(mw_fake_calls_of("fsync"), 2);
    box.sys.ops = mw_fake_ops(&(struct mw_fake){0});
    assert_int_equal(mw_state_rename(&box.sys, to, beside, NULL, NULL), MW_OK);
    assert_int_equal(mw_fake_calls_of("fsync"), 1);
    assert_list("rename", "s", "generations generations/2");
    assert_int_equal(mw_state_rename(&box.sys, from, to, NULL, NULL), MW_IO);
    free(beside);
    free(to);
    free(from);
}

/* Below --root a state directory that is an absolute link stays in the image. */
static void stays_below_root(void **state)
{
    (void)state;
    mw_sandbox_mkdir(&box, "img/data", 0755);
    mw_sandbox_link(&box, "img/var/lib", "/data");
    mw_sandbox_set_root(&box, "img");
    assert_int_equal(make_dir("img/var/lib/mirrorwise", NULL), MW_OK);
    assert_int_equal(write_text("img/var/lib/mirrorwise/journal", "x", NULL), MW_OK);
    assert_list("root", "img/data", "mirrorwise mirrorwise/journal");
}

/* One operation on s/f, which holds "old\n", under a failing kernel. */
struct operation {
    const char *name;
    enum mw_code (*run)(struct mw_error *err);
    const char *after;
};

static enum mw_code run_write(struct mw_error *err)
{
    return write_text("s/f", "new new\n", err);
}

static enum mw_code run_append(struct mw_error *err)
{
    return append_text("s/f", "new new\n", err);
}

static const struct operation operations[] = {
    {"write", run_write, "new new\n"},
    {"append", run_append, "old\nnew new\n"},
};

static void set_scene(void)
{
    mw_sandbox_mkdir(&box, "s", 0700);
    mw_sandbox_put(&box, "s/f", "old\n", 0600);
}

static void fails_at_every_call(void **state)
{
    (void)state;
    static const struct mw_fake faults[] = {
        {.error = EIO}, {.error = ENOSPC}, {.error = EINTR}, {.fault = MW_FAKE_SHORT}};
    for (size_t o = 0; o < ROWS(operations); o++) {
        for (size_t f = 0; f < ROWS(faults); f++) {
            unsigned n = 1;
            for (bool reached = true; reached && n < MAX_CALLS; n++) {
                struct mw_fake fake = faults[f];
                struct mw_error err = {0};
                fake.at = n;
                char *row = mw_xasprintf("%s, fault %zu, call %u", operations[o].name, f, n);
                set_scene();
                unsigned descriptors = mw_sandbox_descriptors();
                box.sys.ops = mw_fake_ops(&fake);
                enum mw_code code = operations[o].run(&err);
                reached = mw_fake_calls() >= n;
                box.sys.ops = &mw_ops_real;
                char *text = mw_sandbox_get(&box, "s/f");
                bool is_new = strcmp(text, operations[o].after) == 0;
                /* A directory that fails to sync has the new content all the same. */
                row_true(row, is_new || strcmp(text, "old\n") == 0);
                row_true(row, code != MW_OK || is_new);
                row_true(row, code == err.code);
                assert_list(row, "s", "f");
                row_size_equal(row, mw_sandbox_descriptors(), descriptors);
                free(text);
                free(row);
            }
            assert_in_range(n, 8, MAX_CALLS - 1);
        }
    }
}

static void dies_at_every_call_of_a_write(void **state)
{
    (void)state;
    bool died = true;
    for (unsigned n = 1; died && n < MAX_CALLS; n++) {
        int status = 0;
        set_scene();
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            box.sys.ops = mw_fake_ops(&(struct mw_fake){.at = n, .fault = MW_FAKE_KILL});
            _exit(write_text("s/f", "new new\n", NULL) == MW_OK ? 0 : 1);
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        died = WIFSIGNALED(status);
        char *text = mw_sandbox_get(&box, "s/f");
        assert_true(strcmp(text, "new new\n") == 0 || (died && strcmp(text, "old\n") == 0));
        free(text);
    }
    assert_false(died);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOX_TEST(makes_a_private_directory),
        BOX_TEST(refuses_what_others_could_change),
        BOX_TEST(round_trip),
        BOX_TEST(missing_directories),
        BOX_TEST(follows_links_to_the_directory_only),
        BOX_TEST(appends_lines),
        BOX_TEST(half_a_line_does_not_stay),
        BOX_TEST(lists_numbers_in_order),
        BOX_TEST(sweeps_what_was_left),
        BOX_TEST(renames_durably),
        BOX_TEST(stays_below_root),
        BOX_TEST(fails_at_every_call),
        BOX_TEST(dies_at_every_call_of_a_write),
    };
    return cmocka_run_group_tests_name("state", tests, NULL, NULL);
}
