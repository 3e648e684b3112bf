/* What file systems refuse, on real ones: mounts, full disks, attributes, sticky directories,
 * other people's files. Everything here needs root and a mount namespace of our own; where that is
 * not permitted the tests say so and are skipped. */
#include "support/rows.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "mirrorwise/memory.h"
#include "support/box.h"
#if defined(__linux__)
#include <linux/fs.h>
#include <sched.h>
#include <sys/mount.h>
#endif

static bool can_mount;

static enum mw_code replace_as(const char *name, const char *text, struct mw_actor actor,
                               struct mw_error *err)
{
    struct mw_file file = {0};
    struct mw_stage stage = {.dirfd = -1};
    struct mw_buf bytes = {0};
    char *path = mw_sandbox_path(&box, name);

    mw_buf_puts(&bytes, text);
    enum mw_code code = mw_file_read(&box.sys, path, actor, &file, err);
    if (code == MW_OK)
        code = mw_file_preflight(&box.sys, &file, err);
    if (code == MW_OK)
        code = mw_stage_plan(&box.sys, &file, &stage, err);
    if (code == MW_OK)
        code = mw_stage_write(&box.sys, &file, &stage, &bytes, 0666, err);
    if (code == MW_OK)
        code = mw_stage_publish(&box.sys, &file, &stage, err);
    if (code != MW_OK)
        mw_stage_discard(&box.sys, &file, &stage);
    mw_stage_release(&box.sys, &stage);
    mw_file_release(&file);
    mw_buf_release(&bytes);
    free(path);
    return code;
}

static const struct mw_actor as_root = {0};
static const struct mw_actor as_user = {
    .switched = true, .uid = MW_SANDBOX_USER, .gid = MW_SANDBOX_USER};

/* Refused with this code and a message that has this word; the file is as it was, alone. */
static void assert_refused(const char *directory, const char *name, struct mw_actor actor,
                           enum mw_code code, const char *step, const char *word)
{
    struct mw_error err = {0};
    char *before = mw_sandbox_list(&box, directory);
    char *old = mw_sandbox_get(&box, name);
    enum mw_code found = replace_as(name, "new\n", actor, &err);
    char *now = mw_sandbox_get(&box, name);
    char *after = mw_sandbox_list(&box, directory);
    if (found != code || strstr(err.message, word) == NULL)
        fail_msg("%s: code %d, \"%s\"", name, found, err.message);
    assert_string_equal(err.step, step);
    assert_string_equal(after, before);
    assert_string_equal(now != NULL ? now : "none", old != NULL ? old : "none");
    free(after);
    free(now);
    free(old);
    free(before);
}

static void chown_to(const char *name, uid_t uid, gid_t gid)
{
    char *path = mw_sandbox_path(&box, name);
    assert_int_equal(lchown(path, uid, gid), 0);
    free(path);
}

#define NEEDS_ROOT                                                                                 \
    do {                                                                                           \
        if (geteuid() != 0) {                                                                      \
            print_message("needs root\n");                                                         \
            skip();                                                                                \
        }                                                                                          \
    } while (0)

static void owner_is_kept_by_root(void **state)
{
    (void)state;
    NEEDS_ROOT;
    struct mw_error err = {0};
    mw_sandbox_put(&box, "d/f", "old\n", 0600);
    chown_to("d/f", MW_SANDBOX_USER, 12345);
    assert_int_equal(replace_as("d/f", "new\n", as_root, &err), MW_OK);
    assert_int_equal(mw_sandbox_stat(&box, "d/f").st_uid, MW_SANDBOX_USER);
    assert_int_equal(mw_sandbox_stat(&box, "d/f").st_gid, 12345);
    assert_int_equal(mw_sandbox_stat(&box, "d/f").st_mode & 07777, 0600);
}

/* sudo before there is any ~/.config: all of it is the user's. */
static void user_files_belong_to_the_user(void **state)
{
    (void)state;
    NEEDS_ROOT;
    static const char *const names[] = {"home/.config", "home/.config/go", "home/.config/go/env"};
    struct mw_error err = {0};
    mw_sandbox_mkdir(&box, "home", 0755);
    chown_to("home", MW_SANDBOX_USER, MW_SANDBOX_USER);
    assert_int_equal(replace_as("home/.config/go/env", "new\n", as_user, &err), MW_OK);
    assert_int_equal(replace_as("home/.config/go/env", "newer\n", as_user, &err), MW_OK);
    for (size_t i = 0; i < ROWS(names); i++) {
        row_size_equal(names[i], mw_sandbox_stat(&box, names[i]).st_uid, MW_SANDBOX_USER);
        row_size_equal(names[i], mw_sandbox_stat(&box, names[i]).st_gid, MW_SANDBOX_USER);
    }
}

/* The user's link to root's file is written with the user's rights: not at all. */
static void user_cannot_point_us_at_roots_files(void **state)
{
    (void)state;
    NEEDS_ROOT;
    mw_sandbox_put(&box, "etc/passwd", "root\n", 0644);
    mw_sandbox_link(&box, "home/pip.conf", "../etc/passwd");
    chown_to("home", MW_SANDBOX_USER, MW_SANDBOX_USER);
    chown_to("home/pip.conf", MW_SANDBOX_USER, MW_SANDBOX_USER);
    assert_refused("etc", "home/pip.conf", as_user, MW_NO_PERMISSION, "preflight", "directory");
}

static void directory_rights(void **state)
{
    (void)state;
    NEEDS_ROOT;
    mw_sandbox_put(&box, "d/f", "old\n", 0666);
    chown_to("d/f", MW_SANDBOX_USER, MW_SANDBOX_USER);
    assert_refused("d", "d/f", as_user, MW_NO_PERMISSION, "preflight", "cannot write");
    assert_refused("d", "d/a/b/f", as_user, MW_NO_PERMISSION, "preflight", "cannot write");

    mw_sandbox_put(&box, "t/f", "old\n", 0666);
    mw_sandbox_mkdir(&box, "t", 01777);
    assert_refused("t", "t/f", as_user, MW_NO_PERMISSION, "preflight", "sticky");

    mw_sandbox_put(&box, "open/f", "old\n", 0666);
    mw_sandbox_mkdir(&box, "open", 0777);
    assert_refused("open", "open/f", as_user, MW_NO_PERMISSION, "preflight", "belongs to user 0");
}

/* A group that the user is not in cannot be kept; that shows only when it is tried. */
static void foreign_group(void **state)
{
    (void)state;
    NEEDS_ROOT;
    mw_sandbox_put(&box, "d/f", "old\n", 0644);
    chown_to("d", MW_SANDBOX_USER, MW_SANDBOX_USER);
    chown_to("d/f", MW_SANDBOX_USER, 12345);
    assert_refused("d", "d/f", as_user, MW_NO_PERMISSION, "metadata", "group");
}

static void hard_link(void **state)
{
    (void)state;
    mw_sandbox_put(&box, "d/f", "old\n", 0644);
    char *path = mw_sandbox_path(&box, "d/f");
    char *other = mw_sandbox_path(&box, "d/other");
    assert_int_equal(link(path, other), 0);
    free(other);
    free(path);
    assert_refused("d", "d/f", as_root, MW_NO_PERMISSION, "preflight", "2 names");
}

static void file_size_limit(void **state)
{
    (void)state;
    struct rlimit before, limit;
    struct mw_error err = {0};
    mw_sandbox_put(&box, "d/f", "old\n", 0644);
    (void)signal(SIGXFSZ, SIG_IGN); /* as main does */
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    limit = before;
    limit.rlim_cur = 2;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    enum mw_code code = replace_as("d/f", "new\n", as_root, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(code, MW_IO);
    assert_int_equal(err.sys_errno, EFBIG);
    char *list = mw_sandbox_list(&box, "d");
    assert_string_equal(list, "f");
    free(list);
}

#if defined(__linux__)
#define NEEDS_MOUNT                                                                                \
    do {                                                                                           \
        if (!can_mount) {                                                                          \
            print_message("needs a mount namespace of its own\n");                                 \
            skip();                                                                                \
        }                                                                                          \
    } while (0)

static void mount_tmpfs(const char *name, const char *options)
{
    char *path = mw_sandbox_path(&box, name);
    mw_sandbox_mkdir(&box, name, 0755);
    assert_int_equal(mount("mw", path, "tmpfs", 0, options), 0);
    free(path);
}

static void unmount(const char *name)
{
    char *path = mw_sandbox_path(&box, name);
    assert_int_equal(umount(path), 0);
    free(path);
}

static void read_only_mount(void **state)
{
    (void)state;
    NEEDS_MOUNT;
    mount_tmpfs("m", "size=64k");
    mw_sandbox_put(&box, "m/f", "old\n", 0644);
    char *path = mw_sandbox_path(&box, "m");
    assert_int_equal(mount(NULL, path, NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
    free(path);
    assert_refused("m", "m/f", as_root, MW_NO_PERMISSION, "preflight", "ead-only");
    assert_refused("m", "m/a/f", as_root, MW_NO_PERMISSION, "preflight", "ead-only");
    unmount("m");
}

/* The kernel writes a part first and then says ENOSPC. */
static void full_disk(void **state)
{
    (void)state;
    NEEDS_MOUNT;
    struct mw_error err = {0};
    mount_tmpfs("m", "size=64k");
    mw_sandbox_put(&box, "m/f", "old\n", 0644);
    char *large = mw_xmalloc(100001);
    memset(large, 'x', 100000);
    large[100000] = '\0';
    enum mw_code code = replace_as("m/f", large, as_root, &err);
    free(large);
    assert_int_equal(code, MW_IO);
    assert_int_equal(err.sys_errno, ENOSPC);
    assert_string_equal(err.step, "write");
    assert_non_null(strstr(err.message, "100000 bytes"));
    char *list = mw_sandbox_list(&box, "m");
    char *text = mw_sandbox_get(&box, "m/f");
    assert_string_equal(list, "f");
    assert_string_equal(text, "old\n");
    free(text);
    free(list);
    unmount("m");
}

static void no_inodes_left(void **state)
{
    (void)state;
    NEEDS_MOUNT;
    mount_tmpfs("m", "nr_inodes=2");
    mw_sandbox_put(&box, "m/f", "old\n", 0644);
    assert_refused("m", "m/f", as_root, MW_IO, "create", "No space");
    assert_refused("m", "m/a/f", as_root, MW_IO, "mkdir", "No space");
    unmount("m");
}

static void bind_mounted_file(void **state)
{
    (void)state;
    NEEDS_MOUNT;
    mw_sandbox_put(&box, "outside/f", "old\n", 0644);
    mw_sandbox_put(&box, "d/f", "", 0644);
    char *from = mw_sandbox_path(&box, "outside/f");
    char *to = mw_sandbox_path(&box, "d/f");
    assert_int_equal(mount(from, to, NULL, MS_BIND, NULL), 0);
    free(to);
    free(from);
    assert_refused("d", "d/f", as_root, MW_NO_PERMISSION, "preflight", "mount point");
    unmount("d/f");
}

static bool set_attribute(const char *name, int flag, bool on)
{
    char *path = mw_sandbox_path(&box, name);
    int flags = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool worked = fd >= 0 && ioctl(fd, FS_IOC_GETFLAGS, &flags) == 0;
    flags = on ? flags | flag : flags & ~flag;
    worked = worked && ioctl(fd, FS_IOC_SETFLAGS, &flags) == 0;
    if (fd >= 0)
        close(fd);
    free(path);
    return worked;
}

static void attribute_rows(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int flag;
        const char *word;
    } rows[] = {
        {"d/f", FS_IMMUTABLE_FL, "immutable"},
        {"d/f", FS_APPEND_FL, "append-only"},
        {"d", FS_IMMUTABLE_FL, "not permitted"},
        {"d", FS_APPEND_FL, "not permitted"},
    };
    mw_sandbox_put(&box, "d/f", "old\n", 0644);
    for (size_t i = 0; i < ROWS(rows); i++) {
        if (!set_attribute(rows[i].name, rows[i].flag, true)) {
            print_message("needs chattr\n");
            skip();
        }
        struct mw_error err = {0};
        enum mw_code code = replace_as("d/f", "new\n", as_root, &err);
        assert_true(set_attribute(rows[i].name, rows[i].flag, false));
        assert_int_equal(code, MW_NO_PERMISSION);
        assert_string_equal(err.step, "preflight");
        assert_non_null(strstr(err.message, rows[i].word));
    }
    char *list = mw_sandbox_list(&box, "d");
    assert_string_equal(list, "f");
    free(list);
}

/* A home that home-manager made: the link leads into a store that nobody may write. */
static void package_store(void **state)
{
    (void)state;
    NEEDS_MOUNT;
    struct mw_error err = {0};
    mw_sandbox_set_root(&box, box.dir);
    mount_tmpfs("nix/store", "size=64k");
    mw_sandbox_put(&box, "nix/store/abc-home/pip.conf", "old\n", 0444);
    mw_sandbox_link(&box, "home/pip.conf", "/nix/store/abc-home/pip.conf");
    char *path = mw_sandbox_path(&box, "nix/store");
    assert_int_equal(mount(NULL, path, NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
    free(path);
    assert_int_equal(replace_as("home/pip.conf", "new\n", as_root, &err), MW_NO_PERMISSION);
    assert_non_null(strstr(err.hint, "home-manager"));
    unmount("nix/store");
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOX_TEST(owner_is_kept_by_root),
        BOX_TEST(user_files_belong_to_the_user),
        BOX_TEST(user_cannot_point_us_at_roots_files),
        BOX_TEST(directory_rights),
        BOX_TEST(foreign_group),
        BOX_TEST(hard_link),
        BOX_TEST(file_size_limit),
#if defined(__linux__)
        BOX_TEST(read_only_mount),
        BOX_TEST(full_disk),
        BOX_TEST(no_inodes_left),
        BOX_TEST(bind_mounted_file),
        BOX_TEST(attribute_rows),
        BOX_TEST(package_store),
#endif
    };
#if defined(__linux__)
    can_mount = geteuid() == 0 && unshare(CLONE_NEWNS) == 0 &&
                mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
#endif
    return cmocka_run_group_tests_name("file_mounts", tests, NULL, NULL);
}
