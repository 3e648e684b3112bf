/* The way to a file: links, missing directories, things that are no files. */
#include "support/rows.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "mirrorwise/hash.h"
#include "mirrorwise/memory.h"
#include "support/box.h"

static enum mw_code read_file(const char *name, struct mw_file *file, struct mw_error *err)
{
    char *path = mw_sandbox_path(&box, name);
    enum mw_code code = mw_file_read(&box.sys, path, box.sys.user, file, err);
    free(path);
    return code;
}

static void reads_bytes_and_identity(void **state)
{
    (void)state;
    struct mw_file file = {0};
    char sha256[MW_SHA256_HEX];
    mw_sandbox_put(&box, "d/f", "GOPROXY=x\n", 0640);

    assert_int_equal(read_file("d/f", &file, NULL), MW_OK);
    assert_true(file.exists);
    assert_string_equal(mw_buf_text(&file.bytes), "GOPROXY=x\n");
    mw_sha256_hex("GOPROXY=x\n", 10, sha256);
    assert_string_equal(file.sha256, sha256);
    assert_string_equal(file.path, file.real_path);
    assert_int_equal(file.st.st_mode & 07777, 0640);
    assert_false(file.is_mount_point);
    assert_false(file.is_immutable);
    mw_file_release(&file);
}

/* Where a path ends up, or how it is refused; names relative to the sandbox. */
static void path_rows(void **state)
{
    (void)state;
    static const struct {
        const char *name, *path;
        const char *real; /* NULL: refused */
        enum mw_code code;
        bool exists;
        const char *message_has;
    } rows[] = {
        {"plain", "dots/pip.conf", "dots/pip.conf", MW_OK, true, NULL},
        {"dots and slashes", "dots/.//./pip.conf", "dots/pip.conf", MW_OK, true, NULL},
        {"up and down", "home/../dots/pip.conf", "dots/pip.conf", MW_OK, true, NULL},
        {"relative link", "home/pip.conf", "dots/pip.conf", MW_OK, true, NULL},
        {"absolute link", "home/absolute", "dots/pip.conf", MW_OK, true, NULL},
        {"link to a link", "home/second", "dots/pip.conf", MW_OK, true, NULL},
        {"link to a directory", "home/config/pip.conf", "dots/pip.conf", MW_OK, true, NULL},
        {"missing", "dots/none", "dots/none", MW_OK, false, NULL},
        {"missing parents", "new/a/b/c", "new/a/b/c", MW_OK, false, NULL},
        {"missing below a link", "home/config/x/y", "dots/x/y", MW_OK, false, NULL},
        {"up from nowhere", "new/../f", NULL, MW_BAD_CONFIG, false, "/new"},
        {"dangling", "home/dangling", NULL, MW_BAD_CONFIG, false, "dots/gone"},
        {"dangling directory", "home/gone/f", NULL, MW_BAD_CONFIG, false, "/nowhere"},
        {"dangling in the middle", "home/half", NULL, MW_BAD_CONFIG, false, "/nowhere"},
        {"loop", "home/loop", NULL, MW_BAD_CONFIG, false, "circle"},
        {"loop of two", "home/ping", NULL, MW_BAD_CONFIG, false, "circle"},
        {"loop of directories", "home/round/f", NULL, MW_BAD_CONFIG, false, "circle"},
        {"directory", "dots", NULL, MW_BAD_CONFIG, false, "not a regular file"},
        {"link to directory", "home/config", NULL, MW_BAD_CONFIG, false, "not a regular file"},
        {"link up", "home/up", NULL, MW_BAD_CONFIG, false, "not a regular file"},
        {"fifo", "fifo", NULL, MW_BAD_CONFIG, false, "not a regular file"},
        {"socket", "socket", NULL, MW_BAD_CONFIG, false, "not a regular file"},
        {"below a file", "dots/pip.conf/x", NULL, MW_BAD_CONFIG, false, "not a directory"},
        {"too large", "large", NULL, MW_BAD_CONFIG, false, "16 MiB"},
    };
    mw_sandbox_put(&box, "dots/pip.conf", "[global]\n", 0644);
    mw_sandbox_link(&box, "home/pip.conf", "../dots/pip.conf");
    char *absolute = mw_sandbox_path(&box, "dots/pip.conf");
    mw_sandbox_link(&box, "home/absolute", absolute);
    free(absolute);
    mw_sandbox_link(&box, "home/second", "pip.conf");
    mw_sandbox_link(&box, "home/config", "../dots/");
    mw_sandbox_link(&box, "home/dangling", "../dots/gone");
    mw_sandbox_link(&box, "home/gone", "../nowhere");
    mw_sandbox_link(&box, "home/half", "../nowhere/f");
    mw_sandbox_link(&box, "home/loop", "loop");
    mw_sandbox_link(&box, "home/ping", "pong");
    mw_sandbox_link(&box, "home/pong", "ping");
    mw_sandbox_link(&box, "home/round", "round/x");
    mw_sandbox_link(&box, "home/up", "..");
    mw_sandbox_put(&box, "large", "", 0644);
    char *large = mw_sandbox_path(&box, "large");
    assert_int_equal(truncate(large, (off_t)MW_FILE_MAX_BYTES + 1), 0);
    free(large);
    assert_int_equal(chdir(box.dir), 0); /* a socket's path may only be short */
    assert_int_equal(mkfifo("fifo", 0600), 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
    int server = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(server, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(chdir("/"), 0);

    unsigned descriptors = mw_sandbox_descriptors();
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_file file = {0};
        struct mw_error err = {0};
        row_size_equal(rows[i].name, read_file(rows[i].path, &file, &err), rows[i].code);
        row_size_equal(rows[i].name, err.code, rows[i].code);
        row_true(rows[i].name, file.exists == rows[i].exists);
        if (rows[i].real != NULL) {
            char *real = mw_sandbox_path(&box, rows[i].real);
            row_string_equal(rows[i].name, file.real_path, real);
            free(real);
        } else if (strstr(err.message, rows[i].message_has) == NULL) {
            fail_msg("%s: \"%s\" lacks \"%s\"", rows[i].name, err.message, rows[i].message_has);
        }
        mw_file_release(&file);
        row_size_equal(rows[i].name, mw_sandbox_descriptors(), descriptors);
    }
    close(server);
}

/* 40 links are followed, the 41st is one too many, as in the kernel. */
static void forty_links(void **state)
{
    (void)state;
    struct mw_file file = {0};
    mw_sandbox_put(&box, "l0", "end", 0644);
    for (int i = 1; i <= 41; i++) {
        char *name = mw_xasprintf("l%d", i);
        char *target = mw_xasprintf("l%d", i - 1);
        mw_sandbox_link(&box, name, target);
        free(name);
        free(target);
    }
    assert_int_equal(read_file("l40", &file, NULL), MW_OK);
    assert_string_equal(mw_buf_text(&file.bytes), "end");
    mw_file_release(&file);
    assert_int_equal(read_file("l41", &file, NULL), MW_BAD_CONFIG);
}

/* Below --root a path means what it will mean when the root is "/". */
static void root_rows(void **state)
{
    (void)state;
    static const struct {
        const char *name, *path, *real;
    } rows[] = {
        {"absolute link", "img/etc/docker/daemon.json", "img/data/daemon.json"},
        {"absolute directory link", "img/opt/docker/daemon.json", "img/data/daemon.json"},
        {"up and out", "img/etc/out", "img/data/daemon.json"},
        {"up and out by the path", "img/../../../data/daemon.json", "img/data/daemon.json"},
    };
    mw_sandbox_put(&box, "img/data/daemon.json", "{}", 0644);
    mw_sandbox_link(&box, "img/etc/docker/daemon.json", "/data/daemon.json");
    mw_sandbox_link(&box, "img/opt/docker", "/data");
    mw_sandbox_link(&box, "img/etc/out", "../../../../../../data/daemon.json");
    mw_sandbox_set_root(&box, "img");
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_file file = {0};
        char *real = mw_sandbox_path(&box, rows[i].real);
        row_size_equal(rows[i].name, read_file(rows[i].path, &file, NULL), MW_OK);
        row_true(rows[i].name, file.exists);
        row_string_equal(rows[i].name, file.real_path, real);
        mw_file_release(&file);
        free(real);
    }
    mw_sandbox_put(&box, "secret", "outside", 0644);
    char *outside = mw_sandbox_path(&box, "secret");
    mw_sandbox_link(&box, "img/etc/escape", outside);
    char *escape = mw_sandbox_path(&box, "img/etc/escape");
    struct mw_file file = {0};
    assert_int_equal(read_file("img/etc/escape", &file, NULL), MW_BAD_CONFIG);
    assert_false(mw_path_exists(&box.sys, escape));
    free(escape);
    free(outside);
}

/* What protected_symlinks(5) forbids, wherever it is switched off. */
static void planted_link(void **state)
{
    (void)state;
    if (geteuid() != 0)
        skip();
    struct mw_file file = {0};
    struct mw_error err = {0};
    mw_sandbox_put(&box, "mine", "secret", 0600);
    mw_sandbox_mkdir(&box, "tmp", 01777);
    mw_sandbox_link(&box, "tmp/link", "../mine");
    assert_int_equal(read_file("tmp/link", &file, NULL), MW_OK);
    mw_file_release(&file);
    char *link = mw_sandbox_path(&box, "tmp/link");
    assert_int_equal(lchown(link, MW_SANDBOX_USER, MW_SANDBOX_USER), 0);
    free(link);
    assert_int_equal(read_file("tmp/link", &file, &err), MW_NO_PERMISSION);
    assert_non_null(strstr(err.message, "somebody else"));
}

/* As another user: what that user may not read is not read, not even by root. */
static void rights_of_the_actor(void **state)
{
    (void)state;
    if (geteuid() != 0)
        skip();
    struct mw_actor user = {.switched = true, .uid = MW_SANDBOX_USER, .gid = MW_SANDBOX_USER};
    struct mw_file file = {0};
    struct mw_error err = {0};
    mw_sandbox_put(&box, "secret", "root's", 0600);
    mw_sandbox_put(&box, "closed/f", "root's", 0644);
    mw_sandbox_mkdir(&box, "closed", 0700);
    mw_sandbox_put(&box, "passable/f", "seen", 0644);
    mw_sandbox_mkdir(&box, "passable", 0711);
    box.sys.user = user;
    assert_int_equal(read_file("secret", &file, &err), MW_NO_PERMISSION);
    assert_int_equal(err.sys_errno, EACCES);
    assert_int_equal(read_file("closed/f", &file, NULL), MW_NO_PERMISSION);
    assert_int_equal(read_file("passable/f", &file, NULL), MW_OK);
    assert_int_equal(geteuid(), 0);
    assert_int_equal(getegid(), 0);
    mw_file_release(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOX_TEST(reads_bytes_and_identity),
        BOX_TEST(path_rows),
        BOX_TEST(forty_links),
        BOX_TEST(root_rows),
        BOX_TEST(planted_link),
        BOX_TEST(rights_of_the_actor),
    };
    return cmocka_run_group_tests_name("file_read", tests, NULL, NULL);
}
