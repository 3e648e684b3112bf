/* One replacement on a healthy system: what it keeps, whom it notices, what it refuses. */
#include "support/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "mirrorwise/memory.h"
#include "support/box.h"
#include "support/fake_ops.h"

struct replacement {
    struct mw_file file;
    struct mw_stage stage;
    struct mw_error err;
};

static enum mw_code prepare(const char *name, const char *text, struct replacement *r)
{
    struct mw_buf bytes = {0};
    char *path = mw_sandbox_path(&box, name);
    mw_buf_puts(&bytes, text);
    enum mw_code code = mw_file_read(&box.sys, path, box.sys.user, &r->file, &r->err);
    if (code == MW_OK)
        code = mw_file_preflight(&box.sys, &r->file, &r->err);
    if (code == MW_OK)
        code = mw_stage_plan(&box.sys, &r->file, &r->stage, &r->err);
    if (code == MW_OK)
        code = mw_stage_write(&box.sys, &r->file, &r->stage, &bytes, 0666, &r->err);
    free(path);
    mw_buf_release(&bytes);
    return code;
}

static enum mw_code publish(struct replacement *r)
{
    enum mw_code code = mw_stage_publish(&box.sys, &r->file, &r->stage, &r->err);
    if (code != MW_OK)
        mw_stage_discard(&box.sys, &r->file, &r->stage);
    return code;
}

static void finish(struct replacement *r)
{
    mw_stage_release(&box.sys, &r->stage);
    mw_file_release(&r->file);
}

static enum mw_code replace(const char *name, const char *text, struct mw_error *err)
{
    struct replacement r = {0};
    enum mw_code code = prepare(name, text, &r);
    if (code == MW_OK)
        code = publish(&r);
    *err = r.err;
    finish(&r);
    return code;
}

static void must_replace(const char *name, const char *text)
{
    struct mw_error err = {0};
    if (replace(name, text, &err) != MW_OK)
        fail_msg("%s: %s", name, err.message);
    char *found = mw_sandbox_get(&box, name);
    assert_non_null(found);
    assert_string_equal(found, text);
    free(found);
}

static void assert_list(const char *name, const char *wanted)
{
    char *found = mw_sandbox_list(&box, name);
    assert_string_equal(found, wanted);
    free(found);
}

static void replaces_and_leaves_nothing(void **state)
{
    (void)state;
    mw_sandbox_put(&box, "d/f", "old\n", 0644);
    must_replace("d/f", "new\n");
    must_replace("d/f", "");
    must_replace("d/f", "again\n");
    assert_list("d", "f");
}

/* Whatever the mode is, it stays, also a "wrong" one; the umask has no say. */
static void mode_rows(void **state)
{
    (void)state;
    static const mode_t modes[] = {0600, 0644, 0664, 0666, 0777, 0400, 0444, 0000, 0640};
    static const mode_t umasks[] = {0, 002, 022, 077};
    for (size_t u = 0; u < ROWS(umasks); u++) {
        for (size_t i = 0; i < ROWS(modes); i++) {
            if (geteuid() != 0 && (modes[i] & 0400) == 0)
                continue;
            mw_sandbox_mkdir(&box, "d", 0750);
            mw_sandbox_put(&box, "d/f", "old\n", modes[i]);
            umask(umasks[u]);
            box.sys.umask = umasks[u];
            must_replace("d/f", "new\n");
            umask(022);
            assert_int_equal(mw_sandbox_stat(&box, "d/f").st_mode & 07777, modes[i]);
            assert_int_equal(mw_sandbox_stat(&box, "d").st_mode & 07777, 0750);
            char *path = mw_sandbox_path(&box, "d/f");
            assert_int_equal(unlink(path), 0);
            free(path);
        }
    }
}

static void new_file_honours_umask(void **state)
{
    (void)state;
    static const struct {
        mode_t umask, file, directory;
    } rows[] = {{022, 0644, 0755}, {077, 0600, 0700}, {002, 0664, 0775}, {0, 0666, 0777}};
    for (size_t i = 0; i < ROWS(rows); i++) {
        char *name = mw_xasprintf("u%zu/a/f", i);
        char *directory = mw_xasprintf("u%zu/a", i);
        umask(rows[i].umask);
        box.sys.umask = rows[i].umask;
        must_replace(name, "new\n");
        umask(022);
        assert_int_equal(mw_sandbox_stat(&box, name).st_mode & 07777, rows[i].file);
        assert_int_equal(mw_sandbox_stat(&box, directory).st_mode & 07777, rows[i].directory);
        free(directory);
        free(name);
    }
}

static void links_are_written_through(void **state)
{
    (void)state;
    mw_sandbox_put(&box, "dots/pip.conf", "old\n", 0644);
    mw_sandbox_link(&box, "home/pip.conf", "../dots/pip.conf");
    must_replace("home/pip.conf", "new\n");
    assert_true(S_ISLNK(mw_sandbox_stat(&box, "home/pip.conf").st_mode));
    assert_list("dots", "pip.conf");
    assert_list("home", "pip.conf");
}

static void long_name(void **state)
{
    (void)state;
    char name[256] = "d/";
    memset(name + 2, 'x', 250);
    mw_sandbox_put(&box, name, "old\n", 0644);
    must_replace(name, "new\n");
}

/* user:: rw-, user:65534 r--, group:: r--, mask r--, other ---; posix_acl_xattr.h of Linux */
static const unsigned char acl[] = {2,    0, 0, 0,                      /* version */
                                    1,    0, 6, 0, 255, 255, 255, 255,  /* owner */
                                    2,    0, 4, 0, 254, 255, 0,   0,    /* named user */
                                    4,    0, 4, 0, 255, 255, 255, 255,  /* group */
                                    0x10, 0, 4, 0, 255, 255, 255, 255,  /* mask */
                                    0x20, 0, 0, 0, 255, 255, 255, 255}; /* others */

static bool set_xattr(const char *name, const char *key, const void *value, size_t len)
{
    char *path = mw_sandbox_path(&box, name);
    bool worked = setxattr(path, key, value, len, 0) == 0;
    free(path);
    return worked;
}

static ssize_t get_xattr(const char *name, const char *key, void *value, size_t size)
{
    char *path = mw_sandbox_path(&box, name);
    ssize_t len = getxattr(path, key, value, size);
    free(path);
    return len;
}

static void keeps_owner_acl_and_attributes(void **state)
{
    (void)state;
    char found[128];
    mw_sandbox_put(&box, "d/f", "old\n", 0640);
    if (!set_xattr("d/f", "user.note", "by hand", 7) ||
        !set_xattr("d/f", "system.posix_acl_access", acl, sizeof acl))
        skip(); /* a file system without them */
    char *path = mw_sandbox_path(&box, "d/f");
    if (geteuid() == 0)
        assert_int_equal(chown(path, MW_SANDBOX_USER, 12345), 0);
    free(path);
    struct stat before = mw_sandbox_stat(&box, "d/f");

    must_replace("d/f", "new\n");
    struct stat after = mw_sandbox_stat(&box, "d/f");
    assert_int_equal(after.st_mode, before.st_mode);
    assert_int_equal(after.st_uid, before.st_uid);
    assert_int_equal(after.st_gid, before.st_gid);
    assert_int_equal(get_xattr("d/f", "user.note", found, sizeof found), 7);
    assert_memory_equal(found, "by hand", 7);
    assert_int_equal(get_xattr("d/f", "system.posix_acl_access", found, sizeof found), sizeof acl);
    assert_memory_equal(found, acl, sizeof acl);
}

/* The directory's default ACL would give the new file rights that the old one did not grant. */
static void default_acl_grants_nothing_new(void **state)
{
    (void)state;
    char found[128];
    mw_sandbox_put(&box, "d/f", "old\n", 0640);
    if (!set_xattr("d", "system.posix_acl_default", acl, sizeof acl))
        skip();
    must_replace("d/f", "new\n");
    assert_int_equal(get_xattr("d/f", "system.posix_acl_access", found, sizeof found), -1);
    assert_int_equal(mw_sandbox_stat(&box, "d/f").st_mode & 07777, 0640);
    must_replace("d/new", "new\n"); /* a new one is the directory's to rule */
    assert_int_equal(get_xattr("d/new", "system.posix_acl_access", found, sizeof found),
                     sizeof acl);
}

/* What somebody else does between reading and publishing. */
static void meanwhile_write(void *name)
{
    mw_sandbox_put(&box, name, "theirs\n", 0644);
}

static void meanwhile_remove(void *name)
{
    char *path = mw_sandbox_path(&box, name);
    assert_int_equal(unlink(path), 0);
    free(path);
}

static void meanwhile_link(void *name)
{
    meanwhile_remove(name);
    mw_sandbox_link(&box, name, "/etc/passwd");
}

static void meanwhile_second(void *name)
{
    char *path = mw_sandbox_path(&box, name);
    char *other = mw_sandbox_path(&box, "a-second-name");
    assert_int_equal(link(path, other), 0);
    free(other);
    free(path);
}

static void meanwhile_directory(void *name)
{
    meanwhile_remove(name);
    mw_sandbox_mkdir(&box, name, 0755);
}

static void meanwhile_chmod(void *name)
{
    char *path = mw_sandbox_path(&box, name);
    assert_int_equal(chmod(path, 0600), 0);
    free(path);
}

static void meanwhile_nothing(void *name)
{
    (void)name;
}

static void conflict_rows(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool exists;
        void (*meanwhile)(void *name);
        enum mw_code code;
        const char *now; /* content afterwards; NULL: not a file */
    } rows[] = {
        {"nothing", true, meanwhile_nothing, MW_OK, "new\n"},
        {"written", true, meanwhile_write, MW_CONFLICT, "theirs\n"},
        {"removed", true, meanwhile_remove, MW_CONFLICT, NULL},
        {"made a link", true, meanwhile_link, MW_CONFLICT, NULL},
        {"made a directory", true, meanwhile_directory, MW_CONFLICT, NULL},
        {"made private", true, meanwhile_chmod, MW_CONFLICT, "old\n"},
        {"given a second name", true, meanwhile_second, MW_CONFLICT, "old\n"},
        {"nothing new", false, meanwhile_nothing, MW_OK, "new\n"},
        {"made", false, meanwhile_write, MW_CONFLICT, "theirs\n"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct replacement r = {0};
        char *directory = mw_xasprintf("c%zu", i);
        char *name = mw_xasprintf("c%zu/f", i);
        mw_sandbox_mkdir(&box, directory, 0755);
        if (rows[i].exists)
            mw_sandbox_put(&box, name, "old\n", 0644);
        row_size_equal(rows[i].name, prepare(name, "new\n", &r), MW_OK);
        rows[i].meanwhile(name);
        row_size_equal(rows[i].name, publish(&r), rows[i].code);
        row_true(rows[i].name, r.stage.published == (rows[i].code == MW_OK));
        char *list = mw_sandbox_list(&box, directory);
        row_string_equal(rows[i].name, list, rows[i].meanwhile == meanwhile_remove ? "" : "f");
        if (rows[i].now != NULL) {
            char *now = mw_sandbox_get(&box, name);
            row_string_equal(rows[i].name, now, rows[i].now);
            free(now);
        }
        finish(&r);
        free(list);
        free(name);
        free(directory);
    }
}

/* The last moment at which another writer is still noticed is the compare, right before rename. */
static void compares_right_before_rename(void **state)
{
    (void)state;
    struct mw_error err = {0};
    mw_sandbox_put(&box, "d/f", "old\n", 0644);
    box.sys.ops = mw_fake_ops(&(struct mw_fake){0});
    assert_int_equal(replace("d/f", "new\n", &err), MW_OK);
    const char *rename = strstr(mw_fake_log(), "renameat");
    assert_non_null(rename);
    const char *before = "fstat flistxattr read read close ";
    assert_memory_equal(rename - strlen(before), before, strlen(before));
}

static void vanished_directory(void **state)
{
    (void)state;
    struct replacement r = {0};
    mw_sandbox_put(&box, "d/e/f", "old\n", 0644);
    char *from = mw_sandbox_path(&box, "d/e");
    char *to = mw_sandbox_path(&box, "elsewhere");
    char *path = mw_sandbox_path(&box, "d/e/f");
    struct mw_buf bytes = {0};
    mw_buf_puts(&bytes, "new\n");
    assert_int_equal(mw_file_read(&box.sys, path, box.sys.user, &r.file, NULL), MW_OK);
    assert_int_equal(mw_stage_plan(&box.sys, &r.file, &r.stage, NULL), MW_OK);
    assert_int_equal(rename(from, to), 0);
    assert_int_equal(mw_stage_write(&box.sys, &r.file, &r.stage, &bytes, 0644, &r.err),
                     MW_CONFLICT);
    mw_stage_discard(&box.sys, &r.file, &r.stage);
    assert_list("d", "");
    assert_list("elsewhere", "f");
    finish(&r);
    mw_buf_release(&bytes);
    free(path);
    free(to);
    free(from);
}

static void planning_touches_nothing(void **state)
{
    (void)state;
    struct replacement r = {0};
    char *path = mw_sandbox_path(&box, "a/b/c/f");
    char *first = mw_sandbox_path(&box, "a");
    char *last = mw_sandbox_path(&box, "a/b/c");
    assert_int_equal(mw_file_read(&box.sys, path, box.sys.user, &r.file, NULL), MW_OK);
    assert_int_equal(mw_file_preflight(&box.sys, &r.file, NULL), MW_OK);
    assert_int_equal(mw_stage_plan(&box.sys, &r.file, &r.stage, NULL), MW_OK);
    assert_int_equal(r.stage.made_directories.count, 3);
    assert_string_equal(r.stage.made_directories.items[0], first);
    assert_string_equal(r.stage.made_directories.items[2], last);
    assert_string_equal(r.stage.directory, last);
    assert_string_equal(r.stage.name, "f");
    assert_memory_equal(r.stage.temp_name, ".mw-", 4);
    assert_list("", "");
    finish(&r);
    free(last);
    free(first);
    free(path);
}

/* Undo removes what we made, and only while it is empty. */
static void discards_made_directories(void **state)
{
    (void)state;
    struct replacement r = {0};
    assert_int_equal(prepare("a/b/f", "new\n", &r), MW_OK);
    mw_stage_discard(&box.sys, &r.file, &r.stage);
    finish(&r);
    assert_list("", "");

    struct replacement second = {0};
    assert_int_equal(prepare("a/b/f", "new\n", &second), MW_OK);
    mw_sandbox_put(&box, "a/theirs", "x", 0644);
    mw_stage_discard(&box.sys, &second.file, &second.stage);
    finish(&second);
    assert_list("", "a a/theirs");
}

static void removes_only_what_it_knows(void **state)
{
    (void)state;
    struct mw_file file = {0};
    mw_sandbox_put(&box, "d/f", "ours\n", 0644);
    char *path = mw_sandbox_path(&box, "d/f");
    assert_int_equal(mw_file_read(&box.sys, path, box.sys.user, &file, NULL), MW_OK);
    mw_sandbox_put(&box, "d/f", "theirs\n", 0644);
    assert_int_equal(mw_file_remove(&box.sys, &file, ".mw-x", NULL), MW_CONFLICT);
    assert_list("d", "f");
    mw_sandbox_put(&box, "d/f", "ours\n", 0644);
    assert_int_equal(mw_file_remove(&box.sys, &file, ".mw-x", NULL), MW_OK);
    assert_list("d", "");
    assert_int_equal(mw_file_remove(&box.sys, &file, ".mw-x", NULL), MW_CONFLICT);
    mw_file_release(&file);
    free(path);
}

static void removes_only_temps(void **state)
{
    (void)state;
    static const char *const nothing[] = {NULL};
    static const struct {
        const char *name;
        bool stays;
    } rows[] = {{"d/.mw-0123456789ab", false}, {"d/pip.conf", true}, {"d/.mwx", true}};
    for (size_t i = 0; i < ROWS(rows); i++) {
        char *path = mw_sandbox_path(&box, rows[i].name);
        mw_sandbox_put(&box, rows[i].name, "x", 0644);
        row_size_equal(rows[i].name,
                       mw_temp_remove(&box.sys, path, path, (struct mw_actor){0}, nothing, NULL),
                       MW_OK);
        row_true(rows[i].name, mw_path_exists(&box.sys, path) == rows[i].stays);
        free(path);
    }
    char *gone = mw_sandbox_path(&box, "none/.mw-0123456789ab");
    assert_int_equal(mw_temp_remove(&box.sys, gone, gone, (struct mw_actor){0}, nothing, NULL),
                     MW_OK);
    free(gone);
}

/* The cost that the journal's design counts on: one fsync for the bytes, one for the name. */
static void costs_two_fsyncs(void **state)
{
    (void)state;
    struct mw_error err = {0};
    mw_sandbox_put(&box, "d/f", "old\n", 0644);
    box.sys.ops = mw_fake_ops(&(struct mw_fake){0});
    assert_int_equal(replace("d/f", "new\n", &err), MW_OK);
    assert_int_equal(mw_fake_calls_of("fsync"), 2);
    assert_int_equal(mw_fake_calls_of("fchown"), 0);
    assert_int_equal(mw_fake_calls_of("renameat"), 1);
    assert_int_equal(mw_fake_calls_of("rename_special"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOX_TEST(replaces_and_leaves_nothing),
        BOX_TEST(mode_rows),
        BOX_TEST(new_file_honours_umask),
        BOX_TEST(links_are_written_through),
        BOX_TEST(long_name),
        BOX_TEST(keeps_owner_acl_and_attributes),
        BOX_TEST(default_acl_grants_nothing_new),
        BOX_TEST(conflict_rows),
        BOX_TEST(compares_right_before_rename),
        BOX_TEST(vanished_directory),
        BOX_TEST(planning_touches_nothing),
        BOX_TEST(discards_made_directories),
        BOX_TEST(removes_only_what_it_knows),
        BOX_TEST(removes_only_temps),
        BOX_TEST(costs_two_fsyncs),
    };
    return cmocka_run_group_tests_name("file_stage", tests, NULL, NULL);
}
