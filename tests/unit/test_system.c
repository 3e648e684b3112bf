/* What a run knows of its surroundings: environment, whose files, where things are. */
#include "support/rows.h"

#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "mirrorwise/memory.h"
#include "support/box.h"
#include "support/fake_ops.h"

/* Replaces the environment of the sandbox by one variable, or none. */
static void set_variable(const char *variable)
{
    for (char **item = box.sys.environ_copy; *item != NULL; item++)
        free(*item);
    free(box.sys.environ_copy);
    box.sys.environ_copy = mw_xcalloc(2, sizeof(char *));
    if (variable != NULL)
        box.sys.environ_copy[0] = mw_xstrdup(variable);
}

static void environment(void **state)
{
    (void)state;
    set_variable("GOENV=off");
    assert_string_equal(mw_system_getenv(&box.sys, "GOENV"), "off");
    assert_null(mw_system_getenv(&box.sys, "GOEN"));
    assert_null(mw_system_getenv(&box.sys, "GOENVX"));
    assert_string_equal(mw_system_user_env(&box.sys, "GOENV"), "off");
    set_variable("GOENV=");
    assert_string_equal(mw_system_getenv(&box.sys, "GOENV"), "");
    assert_null(mw_system_user_env(&box.sys, "GOENV"));
    set_variable("GOENV=/root/evil");
    box.sys.under_sudo = true;
    assert_string_equal(mw_system_getenv(&box.sys, "GOENV"), "/root/evil");
    assert_null(mw_system_user_env(&box.sys, "GOENV"));
}

static void path_rows(void **state)
{
    (void)state;
    static const struct {
        const char *name, *variable;
        uid_t euid;
        bool under_sudo;
        const char *root, *home;
        const char *config, *state; /* NULL: unknown */
    } rows[] = {
        {"plain", NULL, 1000, false, "", "/home/u", "/home/u/.config",
         "/home/u/.local/state/mirrorwise"},
        {"config home", "XDG_CONFIG_HOME=/c", 1000, false, "", "/home/u", "/c",
         "/home/u/.local/state/mirrorwise"},
        {"state home", "XDG_STATE_HOME=/s", 1000, false, "", "/home/u", "/home/u/.config",
         "/s/mirrorwise"},
        {"relative", "XDG_CONFIG_HOME=c", 1000, false, "", "/home/u", "/home/u/.config",
         "/home/u/.local/state/mirrorwise"},
        {"relative state", "XDG_STATE_HOME=s", 1000, false, "", "/home/u", "/home/u/.config",
         "/home/u/.local/state/mirrorwise"},
        {"empty", "XDG_CONFIG_HOME=", 1000, false, "", "/home/u", "/home/u/.config",
         "/home/u/.local/state/mirrorwise"},
        {"no home", NULL, 1000, false, "", NULL, NULL, NULL},
        {"no home but XDG", "XDG_STATE_HOME=/s", 1000, false, "", NULL, NULL, "/s/mirrorwise"},
        {"root", NULL, 0, false, "", "/root", "/root/.config", "/var/lib/mirrorwise"},
        {"root of an image", NULL, 0, false, "/img", "/root", "/root/.config",
         "/img/var/lib/mirrorwise"},
        {"image without root", NULL, 1000, false, "/img", "/home/u", "/home/u/.config",
         "/home/u/.local/state/mirrorwise"},
        {"sudo", "XDG_CONFIG_HOME=/c", 0, true, "", "/home/u", "/home/u/.config",
         "/var/lib/mirrorwise"},
        {"named", "MIRRORWISE_STATE_DIR=/n", 0, true, "/img", "/home/u", "/home/u/.config", "/n"},
        {"named below here", "MIRRORWISE_STATE_DIR=n", 1000, false, "", NULL, NULL, "/work/n"},
        {"named nothing", "MIRRORWISE_STATE_DIR=", 0, false, "", "/root", "/root/.config",
         "/var/lib/mirrorwise"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        set_variable(rows[i].variable);
        struct mw_system sys = {.ops = &mw_ops_real,
                                .environ_copy = box.sys.environ_copy,
                                .home = mw_xstrdup(rows[i].home != NULL ? rows[i].home : ""),
                                .cwd = mw_xstrdup("/work"),
                                .root = mw_xstrdup(rows[i].root),
                                .euid = rows[i].euid,
                                .under_sudo = rows[i].under_sudo};
        if (rows[i].home == NULL) {
            free(sys.home);
            sys.home = NULL;
        }
        char *config = mw_system_config_home(&sys);
        char *state_dir = mw_system_state_dir(&sys);
        row_string_equal(rows[i].name, config != NULL ? config : "unknown",
                         rows[i].config != NULL ? rows[i].config : "unknown");
        row_string_equal(rows[i].name, state_dir != NULL ? state_dir : "unknown",
                         rows[i].state != NULL ? rows[i].state : "unknown");
        free(state_dir);
        free(config);
        sys.environ_copy = NULL; /* the sandbox's */
        mw_system_release(&sys);
    }
}

static void short_path_rows(void **state)
{
    (void)state;
    static const struct {
        const char *name, *home, *path, *shown;
        bool under_sudo;
    } rows[] = {
        {"below home", "/home/u", "/home/u/.config/pip", "~/.config/pip", false},
        {"home itself", "/home/u", "/home/u", "/home/u", false},
        {"another home", "/home/u", "/home/u2/x", "/home/u2/x", false},
        {"home is /", "/", "/etc/pip.conf", "/etc/pip.conf", false},
        {"no home", NULL, "/home/u/x", "/home/u/x", false},
        {"sudo", "/home/u", "/home/u/x", "/home/u/x", true},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char *home = rows[i].home != NULL ? mw_xstrdup(rows[i].home) : NULL;
        const struct mw_system sys = {.home = home, .under_sudo = rows[i].under_sudo};
        char *shown = mw_system_short_path(&sys, rows[i].path);
        row_string_equal(rows[i].name, shown, rows[i].shown);
        free(shown);
        free(home);
    }
}

/* Sets or unsets a variable of the process for mw_system_init(). */
static void set_process_variable(const char *name, const char *value)
{
    if (value != NULL)
        assert_int_equal(setenv(name, value, 1), 0);
    else
        assert_int_equal(unsetenv(name), 0);
}

static void init_rows(void **state)
{
    (void)state;
    const struct passwd *self = getpwuid(geteuid());
    char *own_home = mw_xstrdup(self != NULL ? self->pw_dir : "");
    const struct passwd *other = geteuid() == 0 ? getpwnam("daemon") : NULL;
    char *other_home = mw_xstrdup(other != NULL ? other->pw_dir : "");
    char *other_uid = mw_xasprintf("%lu", other != NULL ? (unsigned long)other->pw_uid : 1);
    const struct {
        const char *name, *home_variable, *sudo_uid;
        bool needs_root, is_sudo;
        const char *home;
    } rows[] = {
        {"HOME", "/home/u", NULL, false, false, "/home/u"},
        {"HOME unset", NULL, NULL, false, false, own_home},
        {"HOME empty", "", NULL, false, false, own_home},
        {"HOME relative", "u", NULL, false, false, NULL},
        {"sudo of root", "/home/u", "0", false, false, "/home/u"},
        {"sudo of rubbish", "/home/u", "1x", false, false, "/home/u"},
        {"sudo of minus", "/home/u", "-1", false, false, "/home/u"},
        {"sudo of nobody known", "/home/u", "987654", true, true, NULL},
        {"sudo", "/home/u", other_uid, true, true, other_home},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        if (rows[i].needs_root && other == NULL)
            continue;
        struct mw_system sys = {0};
        set_process_variable("HOME", rows[i].home_variable);
        set_process_variable("SUDO_UID", rows[i].sudo_uid);
        set_process_variable("SUDO_GID", "12345");
        row_size_equal(rows[i].name, mw_system_init(&sys, &mw_ops_real, NULL, NULL), MW_OK);
        row_string_equal(rows[i].name, sys.home != NULL ? sys.home : "unknown",
                         rows[i].home != NULL ? rows[i].home : "unknown");
        row_true(rows[i].name, sys.under_sudo == rows[i].is_sudo);
        row_true(rows[i].name, sys.user.switched == rows[i].is_sudo);
        if (rows[i].is_sudo) {
            char *uid = mw_xasprintf("%lu", (unsigned long)sys.user.uid);
            row_string_equal(rows[i].name, uid, rows[i].sudo_uid);
            row_size_equal(rows[i].name, sys.user.gid, rows[i].home ? other->pw_gid : 12345);
            free(uid);
        }
        row_size_equal(rows[i].name, sys.umask, 022);
        mw_system_release(&sys);
    }
    set_process_variable("SUDO_UID", NULL);
    set_process_variable("SUDO_GID", NULL);
    free(other_uid);
    free(other_home);
    free(own_home);
}

static void init_root(void **state)
{
    (void)state;
    struct mw_system sys = {0};
    struct mw_error err = {0};
    mw_sandbox_mkdir(&box, "img", 0755);
    mw_sandbox_link(&box, "link", "img");
    mw_sandbox_put(&box, "file", "", 0644);
    char *file = mw_sandbox_path(&box, "file");
    char *none = mw_sandbox_path(&box, "none");
    char *link = mw_sandbox_path(&box, "link/");
    char *image = mw_sandbox_path(&box, "img");
    assert_int_equal(mw_system_init(&sys, &mw_ops_real, file, &err), MW_USAGE);
    assert_int_equal(mw_system_init(&sys, &mw_ops_real, none, &err), MW_USAGE);
    assert_int_equal(mw_system_init(&sys, &mw_ops_real, link, &err), MW_OK);
    assert_string_equal(sys.root, image);
    char *path = mw_system_path(&sys, "/etc/docker/daemon.json");
    assert_memory_equal(path, image, strlen(image));
    assert_string_equal(path + strlen(image), "/etc/docker/daemon.json");
    free(path);
    mw_system_release(&sys);
    assert_int_equal(mw_system_init(&sys, &mw_ops_real, "/", &err), MW_OK);
    assert_string_equal(sys.root, "");
    mw_system_release(&sys);
    free(image);
    free(link);
    free(none);
    free(file);
}

static void assert_which(const char *row, const char *program, const char *wanted)
{
    char *found = mw_system_which(&box.sys, program);
    char *path = wanted != NULL ? mw_sandbox_path(&box, wanted) : NULL;
    row_string_equal(row, found != NULL ? found : "none", path != NULL ? path : "none");
    free(path);
    free(found);
}

static void finds_programs(void **state)
{
    (void)state;
    mw_sandbox_put(&box, "bin/mw-pip", "", 0755);
    mw_sandbox_put(&box, "late/mw-pip", "", 0755);
    mw_sandbox_put(&box, "late/mw-go", "", 0755);
    mw_sandbox_put(&box, "bin/mw-data", "", 0644);
    mw_sandbox_mkdir(&box, "bin/mw-dir", 0755);
    char *path = mw_xasprintf("PATH=relative::%s/bin:%s/late", box.dir, box.dir);
    set_variable(path);
    free(path);
    assert_which("first", "mw-pip", "bin/mw-pip");
    assert_which("later", "mw-go", "late/mw-go");
    assert_which("no program", "mw-data", NULL);
    assert_which("directory", "mw-dir", NULL);
    assert_which("none", "mw-none", NULL);
    assert_int_equal(chdir(box.dir), 0);
    mw_sandbox_put(&box, "relative/mw-here", "", 0755);
    assert_which("relative", "mw-here", NULL);
    assert_int_equal(chdir("/"), 0);
    if (geteuid() != 0)
        return;

    /* As root not where somebody else could have put it. */
    char *bin = mw_sandbox_path(&box, "bin");
    char *pip = mw_sandbox_path(&box, "late/mw-pip");
    assert_int_equal(chown(bin, MW_SANDBOX_USER, MW_SANDBOX_USER), 0);
    assert_which("foreign directory", "mw-pip", "late/mw-pip");
    assert_int_equal(chmod(pip, 0777), 0);
    assert_which("open program", "mw-pip", NULL);
    free(pip);
    free(bin);
    char *sh = mw_system_which(&box.sys, "sh"); /* PATH does not name its directory */
    assert_non_null(sh);
    free(sh);
}

static void finds_programs_of_an_image(void **state)
{
    (void)state;
    mw_sandbox_put(&box, "img/usr/local/go/bin/go", "", 0755);
    mw_sandbox_put(&box, "img/opt/pip", "", 0755);
    mw_sandbox_link(&box, "img/usr/bin/pip", "/opt/pip");
    mw_sandbox_link(&box, "img/usr/bin/sh", "/bin/sh"); /* ours is not the image's */
    mw_sandbox_set_root(&box, "img");
    assert_which("go", "go", "img/usr/local/go/bin/go");
    assert_which("link inside", "pip", "img/usr/bin/pip");
    assert_which("link outside", "sh", NULL);
}

static void tells_the_time(void **state)
{
    (void)state;
    char text[MW_TIME_TEXT];
    box.sys.ops = mw_fake_ops(&(struct mw_fake){.epoch_s = 1787304600});
    mw_system_now(&box.sys, text);
    assert_string_equal(text, "2026-08-21T09:30:00Z");
}

static void text_file_rows(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *text; /* NULL: not there, or refused */
    } rows[] = {
        {"text", "line\n"}, {"empty", ""}, {"none", NULL}, {"text/below", NULL}, {"link", "line\n"},
        {"dangling", NULL}, {"dir", NULL}, {"fifo", NULL}, {"large", NULL},
    };
    mw_sandbox_put(&box, "text", "line\n", 0644);
    mw_sandbox_put(&box, "empty", "", 0644);
    mw_sandbox_link(&box, "link", "text");
    mw_sandbox_link(&box, "dangling", "gone");
    mw_sandbox_mkdir(&box, "dir", 0755);
    mw_sandbox_put(&box, "large", "", 0644);
    char *large = mw_sandbox_path(&box, "large");
    assert_int_equal(truncate(large, (off_t)MW_FILE_MAX_BYTES + 1), 0);
    free(large);
    char *fifo = mw_sandbox_path(&box, "fifo");
    assert_int_equal(mkfifo(fifo, 0600), 0);
    free(fifo);
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_buf bytes = {0};
        char *path = mw_sandbox_path(&box, rows[i].name);
        row_true(rows[i].name, mw_text_file_read(&box.sys, path, &bytes) == (rows[i].text != NULL));
        row_string_equal(rows[i].name, mw_buf_text(&bytes),
                         rows[i].text != NULL ? rows[i].text : "");
        free(path);
        mw_buf_release(&bytes);
    }
}

static void lists_files_by_suffix(void **state)
{
    (void)state;
    static const char *const names[] = {"p/b.ini", "p/a.ini", "p/c.txt", "p/.hidden.ini", "p/ini"};
    struct mw_strings found = {0};
    for (size_t i = 0; i < ROWS(names); i++)
        mw_sandbox_put(&box, names[i], "", 0644);
    char *path = mw_sandbox_path(&box, "p");
    mw_dir_list(&box.sys, path, ".ini", &found);
    char *text = mw_strings_join(&found, " ");
    assert_string_equal(text, "a.ini b.ini");
    free(text);
    mw_strings_release(&found);
    char *none = mw_sandbox_path(&box, "none");
    mw_dir_list(&box.sys, none, ".ini", &found);
    assert_int_equal(found.count, 0);
    free(none);
    free(path);
}

static void anonymous_file(void **state)
{
    (void)state;
    char text[32] = "";
    char *path = NULL;
    int fd = -1;
    assert_int_equal(mw_anonymous_file(&box.sys, "[profile]\n", 10, &path, &fd, NULL), MW_OK);
    for (int i = 0; i < 2; i++) { /* libraries may open it twice */
        int reader = open(path, O_RDONLY | O_CLOEXEC);
        assert_true(reader >= 0);
        assert_int_equal(read(reader, text, sizeof text), 10);
        assert_memory_equal(text, "[profile]\n", 10);
        close(reader);
    }
    (void)box.sys.ops->close(fd);
    free(path);
}

/* The rights of the user, and back. */
static void switches_and_returns(void **state)
{
    (void)state;
    if (geteuid() != 0)
        skip();
    gid_t groups[64];
    int count = getgroups(64, groups);
    assert_int_equal(mw_ops_real.switch_to(MW_SANDBOX_USER, MW_SANDBOX_USER), 0);
    uid_t uid = geteuid();
    gid_t gid = getegid();
    gid_t group = 0;
    int switched_count = getgroups(1, &group);
    assert_int_equal(mw_ops_real.switch_back(), 0);
    assert_int_equal(uid, MW_SANDBOX_USER);
    assert_int_equal(gid, MW_SANDBOX_USER);
    assert_int_equal(switched_count, 1);
    assert_int_equal(group, MW_SANDBOX_USER);
    assert_int_equal(geteuid(), 0);
    assert_int_equal(getegid(), 0);
    assert_int_equal(getgroups(0, NULL), count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOX_TEST(environment),
        BOX_TEST(path_rows),
        cmocka_unit_test(short_path_rows),
        BOX_TEST(init_rows),
        BOX_TEST(init_root),
        BOX_TEST(finds_programs),
        BOX_TEST(finds_programs_of_an_image),
        BOX_TEST(tells_the_time),
        BOX_TEST(text_file_rows),
        BOX_TEST(lists_files_by_suffix),
        BOX_TEST(anonymous_file),
        BOX_TEST(switches_and_returns),
    };
    return cmocka_run_group_tests_name("system", tests, NULL, NULL);
}
