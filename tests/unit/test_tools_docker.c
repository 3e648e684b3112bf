/* docker: which daemon.json, which values, which flags forbid a key, and the reload. */
#include "mirrorwise/tool.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "mirrorwise/memory.h"
#include "support/rows.h"
#include "support/tool_rows.h"
#include "support/unix_server.h"
#include "support/world.h"

static const struct mw_tool *docker(void)
{
    return mw_tool_find("docker");
}

/* ---- keys and values ------------------------------------------------------------------------- */

static const struct tool_value_row value_rows[] = {
    {"https", "registry-mirrors", "https://m.example", NULL},
    {"slash", "registry-mirrors", "https://m.example/", NULL},
    {"http and port", "registry-mirrors", "http://127.0.0.1:5000", NULL},
    {"capitals", "registry-mirrors", "HTTPS://m.example", NULL},
    {"no scheme", "registry-mirrors", "m.example", ""},
    {"host and port only", "registry-mirrors", "m.example:5000", ""},
    {"blank", "registry-mirrors", " https://m.example", ""},
    {"ftp", "registry-mirrors", "ftp://m.example", ""},
    {"query", "registry-mirrors", "https://m.example/?a=1", ""},
    {"fragment", "registry-mirrors", "https://m.example/#a", ""},
    {"user", "registry-mirrors", "https://u:p@m.example", ""},
    {"host", "insecure-registries", "r.example", NULL},
    {"host and port", "insecure-registries", "r.example:5000", NULL},
    {"IPv4 network", "insecure-registries", "10.0.0.0/8", NULL},
    {"IPv6 network", "insecure-registries", "fd00::/8", NULL},
    {"network too long", "insecure-registries", "10.0.0.0/33", ""},
    {"URL", "insecure-registries", "http://r.example", ""},
    {"path", "insecure-registries", "r.example/team", ""},
    {"hyphen", "insecure-registries", "-r.example", ""},
    {"port too large", "insecure-registries", "r.example:70000", ""},
    {"true", "debug", "true", NULL},
    {"yes", "debug", "yes", ""},
    {"True", "live-restore", "True", ""},
    {"3", "max-concurrent-downloads", "3", NULL},
    {"0", "max-concurrent-uploads", "0", NULL},
    {"03", "max-concurrent-uploads", "03", ""},
    {"attempts 0", "max-download-attempts", "0", ""},
    {"1e3", "max-download-attempts", "1e3", ""},
    {"forever", "shutdown-timeout", "-1", NULL},
    {"negative", "shutdown-timeout", "-2", ""},
};

static void test_values(void **state)
{
    (void)state;
    tool_values(docker(), value_rows, ROWS(value_rows));
}

/* With a path the answer depends on the dockerd that is installed. */
static const struct {
    const char *name, *version;
    enum mw_code code;
} path_rows[] = {
    {"Debian 12", "Docker version 20.10.24+dfsg1, build 5d6db84", MW_BAD_PROFILE},
    {"24.0.7", "Docker version 24.0.7, build afdd53b", MW_BAD_PROFILE},
    {"24.0.8", "Docker version 24.0.8, build afdd53b", MW_OK},
    {"25", "Docker version 25.0.0, build 1", MW_OK},
    {"29", "Docker version 29.1.2, build 1", MW_OK},
    {"a dockerd that does not tell", "hello", MW_OK},
};

static void test_mirror_with_a_path(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(path_rows); i++) {
        struct mw_sandbox box;
        struct mw_error err = {0};
        struct mw_value value = {0};
        mw_sandbox_open(&box);
        char *text = mw_xasprintf("PATH=%s/bin", box.dir);
        mw_world_setenv(&box, text);
        free(text);
        text = mw_xasprintf("#!/bin/sh\necho '%s'\n", path_rows[i].version);
        mw_sandbox_put(&box, "bin/dockerd", text, 0755);
        free(text);
        mw_value_set_string(&value, "https://m.example/docker.io");
        row_true(path_rows[i].name, mw_tool_validate(&box.sys, docker(), "registry-mirrors", &value,
                                                     &err) == path_rows[i].code);
        row_true(path_rows[i].name, (err.hint[0] != '\0') == (path_rows[i].code != MW_OK));

        mw_sandbox_set_root(&box, box.dir);
        row_true("of an image nothing is asked",
                 mw_tool_validate(&box.sys, docker(), "registry-mirrors", &value, &err) == MW_OK);
        mw_value_release(&value);
        mw_sandbox_close(&box);
    }
}

static const struct {
    const char *name, *key, *text;
    enum mw_code code;
    enum mw_value_kind kind;
    const char *items; /* joined by '|' */
} text_rows[] = {
    {"list", "registry-mirrors", "https://a, https://b", MW_OK, MW_VALUE_LIST,
     "https://a|https://b"},
    {"switch", "debug", "true", MW_OK, MW_VALUE_LITERAL, "true"},
    {"number", "max-concurrent-downloads", "10", MW_OK, MW_VALUE_LITERAL, "10"},
    {"word", "debug", "yes", MW_BAD_PROFILE, MW_VALUE_ABSENT, ""},
    {"string literal", "debug", "\"true\"", MW_BAD_PROFILE, MW_VALUE_ABSENT, ""},
    {"object", "debug", "{}", MW_BAD_PROFILE, MW_VALUE_ABSENT, ""},
    {"two values", "debug", "true false", MW_BAD_PROFILE, MW_VALUE_ABSENT, ""},
};

static void test_value_from_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(text_rows); i++) {
        struct mw_value value = {0};
        const struct mw_tool_key *row = mw_tool_key(docker(), text_rows[i].key);
        row_true(text_rows[i].name, mw_tool_value_from_text(row, text_rows[i].text, &value, NULL) ==
                                        text_rows[i].code);
        row_true(text_rows[i].name, value.kind == text_rows[i].kind);
        char *items = mw_strings_join(&value.items, "|");
        row_string_equal(text_rows[i].name, items, text_rows[i].items);
        free(items);
        mw_value_release(&value);
    }
}

/* ---- a machine with daemons ------------------------------------------------------------------ */

static void put_bytes(const struct mw_sandbox *box, const char *name, const char *bytes, size_t len)
{
    mw_sandbox_put(box, name, "", 0644);
    char *path = mw_sandbox_path(box, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
    free(path);
}

/* What is behind a process: its program, mount namespace and root directory. */
static void put_links(const struct mw_sandbox *box, long pid, const char *program,
                      const char *mounts, const char *root)
{
    const char *const links[][2] = {{"exe", program}, {"ns/mnt", mounts}, {"root", root}};
    for (size_t i = 0; i < ROWS(links); i++) {
        char *name = mw_xasprintf("proc/%ld/%s", pid, links[i][0]);
        char *path = mw_sandbox_path(box, name);
        (void)unlink(path);
        mw_sandbox_link(box, name, links[i][1]);
        free(path);
        free(name);
    }
    char *own = mw_sandbox_path(box, "proc/self/ns/mnt");
    (void)unlink(own);
    mw_sandbox_link(box, "proc/self/ns/mnt", "mnt:[1]");
    free(own);
    char *installed = mw_sandbox_path(box, "usr/sbin/dockerd");
    if (access(installed, F_OK) != 0)
        mw_sandbox_put(box, "usr/sbin/dockerd", "", 0755);
    free(installed);
}

/* `arguments` behind "dockerd", separated by blanks. */
static void put_process(const struct mw_sandbox *box, long pid, const char *name, unsigned uid,
                        const char *inner_pid, const char *arguments)
{
    char *path = mw_xasprintf("proc/%ld/comm", pid);
    char *text = mw_xasprintf("%s\n", name);
    mw_sandbox_put(box, path, text, 0644);
    free(path);
    free(text);
    path = mw_xasprintf("proc/%ld/status", pid);
    text = mw_xasprintf("Name:\t%s\nPid:\t%ld\nUid:\t%u\t%u\t%u\t%u\nNSpid:\t%ld%s\nThreads:\t1\n",
                        name, pid, uid, uid, uid, uid, pid, inner_pid);
    mw_sandbox_put(box, path, text, 0644);
    free(path);
    free(text);
    path = mw_xasprintf("proc/%ld/cmdline", pid);
    text = mw_xasprintf("dockerd%s%s", arguments[0] != '\0' ? " " : "", arguments);
    size_t len = strlen(text) + 1;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == ' ')
            text[i] = '\0';
    }
    put_bytes(box, path, text, len);
    free(path);
    free(text);
    if (pid == 700) /* the engine of this machine, where there is one */
        put_links(box, pid, "/usr/sbin/dockerd", "mnt:[1]", "/");
}

struct where_row {
    const char *name;
    unsigned euid;
    enum mw_scope scope;
    const char *environment;
    const char *file, *text; /* something on the machine */
    const char *arguments;   /* of a dockerd of root, pid 700; NULL: none runs */
    const char *own;         /* of a dockerd of user 1000, pid 800 */
    const char *path;
    bool is_users, has_snap;
};

static const struct where_row where_rows[] = {
    {.name = "nothing there", .euid = 1000, .path = "/etc/docker/daemon.json"},
    {.name = "root", .path = "/etc/docker/daemon.json"},
    {.name = "system scope of a user with rootless Docker",
     .euid = 1000,
     .scope = MW_SCOPE_SYSTEM,
     .own = "",
     .path = "/etc/docker/daemon.json"},
    {.name = "rootless socket",
     .euid = 1000,
     .environment = "XDG_RUNTIME_DIR=/run/user/1000",
     .file = "run/user/1000/docker.sock",
     .path = "/home/u/.config/docker/daemon.json",
     .is_users = true},
    {.name = "rootless unit",
     .euid = 1000,
     .file = "home/u/.config/systemd/user/docker.service",
     .path = "/home/u/.config/docker/daemon.json",
     .is_users = true},
    {.name = "DOCKER_HOST in the runtime directory",
     .euid = 1000,
     .environment = "DOCKER_HOST=unix:///run/user/1000/docker.sock",
     .path = "/home/u/.config/docker/daemon.json",
     .is_users = true},
    {.name = "DOCKER_HOST elsewhere",
     .euid = 1000,
     .environment = "DOCKER_HOST=unix:///var/run/docker.sock",
     .path = "/etc/docker/daemon.json"},
    {.name = "rootless daemon runs",
     .euid = 1000,
     .own = "",
     .path = "/home/u/.config/docker/daemon.json",
     .is_users = true},
    {.name = "rootless daemon with a file of its own",
     .euid = 1000,
     .own = "--config-file=/home/u/d.json",
     .path = "/home/u/d.json",
     .is_users = true},
    {.name = "root does not take a user's", .own = "", .path = "/etc/docker/daemon.json"},
    {.name = "flag of the running daemon",
     .arguments = "-H fd:// --config-file /srv/d.json",
     .path = "/srv/d.json"},
    {.name = "flag in the unit",
     .file = "lib/systemd/system/docker.service",
     .text = "[Service]\nExecStart=/usr/bin/dockerd --config-file=/opt/d.json\n",
     .path = "/opt/d.json"},
    {.name = "the snap, stopped",
     .file = "etc/systemd/system/snap.docker.dockerd.service",
     .text = "[Service]\nExecStart=/usr/bin/snap run docker.dockerd\n",
     .has_snap = true,
     .path = "/var/snap/docker/current/config/daemon.json"},
    {.name = "a snap that was removed",
     .file = "etc/systemd/system/snap.docker.dockerd.service",
     .text = "[Service]\nExecStart=/usr/bin/snap run docker.dockerd\n",
     .path = "/etc/docker/daemon.json"},
    {.name = "the snap beside a distribution's engine",
     .file = "etc/systemd/system/docker.service",
     .text = "[Service]\nExecStart=/usr/bin/dockerd\n",
     .has_snap = true,
     .path = "/etc/docker/daemon.json"},
    {.name = "running daemon beats the unit",
     .file = "lib/systemd/system/docker.service",
     .text = "[Service]\nExecStart=/usr/bin/dockerd --config-file=/opt/d.json\n",
     .arguments = "",
     .path = "/etc/docker/daemon.json"},
};

static void test_locate(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(where_rows); i++) {
        const struct where_row *row = &where_rows[i];
        struct mw_sandbox box;
        struct mw_location location = {0};
        mw_world_open(&box);
        box.sys.euid = row->euid;
        mw_sandbox_mkdir(&box, "run/systemd/system", 0755);
        if (row->environment != NULL)
            mw_world_setenv(&box, row->environment);
        if (row->file != NULL)
            mw_sandbox_put(&box, row->file, row->text != NULL ? row->text : "", 0644);
        if (row->has_snap)
            mw_sandbox_mkdir(&box, "var/snap/docker/current", 0755);
        if (row->arguments != NULL)
            put_process(&box, 700, "dockerd", 0, "", row->arguments);
        if (row->own != NULL)
            put_process(&box, 800, "dockerd", 1000, "", row->own);
        /* None of these is an engine of this machine. */
        put_process(&box, 650, "dockerd", 0, "\t1", "--config-file /in/a/container.json");
        put_process(&box, 651, "dockerd-rootles", 0, "", "--config-file /wrapper.json");
        put_process(&box, 652, "docker", 0, "", "--config-file /client.json");
        put_process(&box, 653, "dockerd", 0, "", "--config-file /dead.json");
        mw_sandbox_put(&box, "proc/653/status",
                       "Name:\tdockerd\nState:\tZ (zombie)\nPid:\t653\nUid:\t0\t0\t0\t0\n", 0644);
        row_true(row->name,
                 mw_locate(&box.sys, docker(), row->scope, NULL, &location, NULL) == MW_OK);
        row_string_equal(row->name, location.path, row->path);
        row_true(row->name, (location.actor.uid == 1000) == row->is_users);
        mw_location_release(&location);
        mw_sandbox_close(&box);
    }
}

/* Any process may carry that name; root is led by the installed program alone. */
static void test_whom_root_believes(void **state)
{
    (void)state;
    static const struct {
        const char *name, *program, *mounts, *root;
        mode_t mode;
        unsigned euid;
        const char *path;
    } rows[] = {
        {"the installed one", "/usr/sbin/dockerd", "mnt:[1]", "/", 0755, 0, "/victim.json"},
        {"updated since", "/usr/sbin/dockerd (deleted)", "mnt:[1]", "/", 0755, 0, "/victim.json"},
        {"another program through a link", "/usr/bin/sudo", "mnt:[1]", "/", 0755, 0, NULL},
        {"a program of that name with set-user-id", "/usr/sbin/dockerd", "mnt:[1]", "/", 04755, 0,
         NULL},
        {"one that others can write", "/usr/sbin/dockerd", "mnt:[1]", "/", 0777, 0, NULL},
        {"in another mount namespace", "/usr/sbin/dockerd", "mnt:[2]", "/", 0755, 0, NULL},
        {"in another root directory", "/usr/sbin/dockerd", "mnt:[1]", "/jail", 0755, 0, NULL},
        {"without a program", "", "mnt:[1]", "/", 0755, 0, NULL},
        {"a user writes nothing of root's", "/usr/bin/sudo", "mnt:[1]", "/", 0755, 1000,
         "/victim.json"},
    };
    if (geteuid() != 0)
        skip(); /* whose program it is cannot be arranged */
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_sandbox box;
        struct mw_location location = {0};
        mw_world_open(&box);
        box.sys.euid = rows[i].euid;
        put_process(&box, 700, "dockerd", 0, "", "--config-file=/victim.json");
        mw_sandbox_put(&box, "usr/bin/sudo", "", 0755);
        char *path = mw_sandbox_path(&box, "usr/sbin/dockerd");
        assert_int_equal(chmod(path, rows[i].mode), 0);
        free(path);
        if (rows[i].program[0] != '\0')
            put_links(&box, 700, rows[i].program, rows[i].mounts, rows[i].root);
        else
            put_links(&box, 700, "/nothing", rows[i].mounts, rows[i].root);
        row_true(rows[i].name,
                 mw_locate(&box.sys, docker(), MW_SCOPE_SYSTEM, NULL, &location, NULL) == MW_OK);
        row_string_equal(rows[i].name, location.path,
                         rows[i].path != NULL ? rows[i].path : "/etc/docker/daemon.json");
        mw_location_release(&location);
        mw_sandbox_close(&box);
    }
}

static void test_locate_in_root(void **state)
{
    (void)state;
    struct mw_sandbox box;
    struct mw_location location = {0};
    mw_world_open(&box);
    mw_sandbox_set_root(&box, "/image");
    put_process(&box, 700, "dockerd", 0, "", "--config-file /srv/d.json");
    mw_sandbox_put(&box, "home/u/.config/systemd/user/docker.service", "", 0644);
    assert_int_equal(mw_locate(&box.sys, docker(), MW_SCOPE_USER, NULL, &location, NULL), MW_OK);
    assert_string_equal(location.path, "/image/etc/docker/daemon.json");
    mw_location_release(&location);
    mw_sandbox_put(&box, "image/lib/systemd/system/docker.service",
                   "[Service]\nExecStart=dockerd --config-file /opt/d.json\n", 0644);
    assert_int_equal(mw_locate(&box.sys, docker(), MW_SCOPE_USER, NULL, &location, NULL), MW_OK);
    assert_string_equal(location.path, "/image/opt/d.json");
    mw_location_release(&location);
    mw_sandbox_close(&box);
}

/* ---- flags ----------------------------------------------------------------------------------- */

struct flag_row {
    const char *name;
    const char *key;       /* NULL: registry-mirrors */
    bool removed, sysv;    /* sysv: not booted by systemd */
    bool is_service;       /* what runs was started by process 1 */
    const char *files[6];  /* path, text, path, text ... */
    const char *arguments; /* of a running dockerd */
    const char *by, *value;
};

#define UNIT "lib/systemd/system/docker.service"
#define ETC_UNIT "etc/systemd/system/docker.service"
#define DEBIAN_UNIT                                                                                \
    "[Unit]\nDescription=Docker\n[Service]\nEnvironmentFile=-/etc/default/docker\n"                \
    "ExecStart=/usr/sbin/dockerd -H fd:// \\\n  --containerd=/run/c.sock $DOCKER_OPTS\n"           \
    "[Install]\nWantedBy=multi-user.target\n"
#define M "--registry-mirror=https://f.example"

static const struct flag_row flag_rows[] = {
    {.name = "nothing"},
    {.name = "unit without the flag", .files = {UNIT, DEBIAN_UNIT}},
    {.name = "unit",
     .files = {UNIT, "# " M "\n[Service]\nType=notify\nExecStart=/usr/bin/dockerd " M "\n"},
     .by = "flag --registry-mirror in /lib/systemd/system/docker.service:4",
     .value = "https://f.example"},
    {.name = "unit, value apart and twice",
     .files = {UNIT, "[Service]\nExecStart=dockerd --registry-mirror https://f.example \\\n"
                     "# comment\n  --registry-mirror \"https://g.example\"\n"},
     .by = "flag --registry-mirror in /lib/systemd/system/docker.service:2",
     .value = "https://f.example, https://g.example"},
    {.name = "another section", .files = {UNIT, "[Unit]\nExecStart=dockerd " M "\n"}},
    {.name = "longer flag", .files = {UNIT, "[Service]\nExecStart=dockerd --registry-mirrors=x\n"}},
    {.name = "drop-in adds",
     .files = {UNIT, DEBIAN_UNIT, "etc/systemd/system/docker.service.d/10-m.conf",
               "[Service]\nExecStart=\nExecStart=/usr/sbin/dockerd " M "\n"},
     .by = "flag --registry-mirror in /etc/systemd/system/docker.service.d/10-m.conf:3",
     .value = "https://f.example"},
    {.name = "drop-in takes away",
     .files = {UNIT, "[Service]\nExecStart=dockerd " M "\n",
               "etc/systemd/system/docker.service.d/10-m.conf",
               "[Service]\nExecStart=\nExecStart=/usr/sbin/dockerd\n"}},
    {.name = "later drop-in wins",
     .files = {UNIT, DEBIAN_UNIT, "etc/systemd/system/docker.service.d/10-m.conf",
               "[Service]\nExecStart=\nExecStart=dockerd " M "\n",
               "run/systemd/system/docker.service.d/20-n.conf",
               "[Service]\nExecStart=\nExecStart=dockerd\n"}},
    {.name = "drop-in of the same name in /etc hides the other",
     .files = {UNIT, DEBIAN_UNIT, "etc/systemd/system/docker.service.d/10-m.conf", "",
               "lib/systemd/system/docker.service.d/10-m.conf",
               "[Service]\nExecStart=\nExecStart=dockerd " M "\n"}},
    {.name = "unit in /etc hides the other",
     .files = {UNIT, "[Service]\nExecStart=dockerd " M "\n", "etc/systemd/system/docker.service",
               "[Service]\nExecStart=dockerd\n"}},
    {.name = "DOCKER_OPTS that the unit uses",
     .files = {UNIT, DEBIAN_UNIT, "etc/default/docker",
               "# DOCKER_OPTS=\"--debug\"\nDOCKER_OPTS=\"--dns 8.8.8.8 " M "\"\n"},
     .by = "flag --registry-mirror in /etc/default/docker:2",
     .value = "https://f.example"},
    {.name = "DOCKER_OPTS that the unit does not use",
     .files = {UNIT, "[Service]\nExecStart=dockerd -H fd://\n", "etc/default/docker",
               "DOCKER_OPTS=\"" M "\"\n"}},
    {.name = "Environment=",
     .files = {UNIT, "[Service]\nEnvironment=\"A=x\" \"DOCKER_OPTS=" M "\"\n"
                     "ExecStart=dockerd $A ${DOCKER_OPTS}\n"},
     .by = "flag --registry-mirror in /lib/systemd/system/docker.service:2",
     .value = "https://f.example"},
    {.name = "init script without systemd",
     .sysv = true,
     .files = {"etc/init.d/docker", "#!/bin/sh\n", "etc/default/docker",
               "export DOCKER_OPTS='" M "'\n"},
     .by = "flag --registry-mirror in /etc/default/docker:1",
     .value = "https://f.example"},
    {.name = "service that still runs with a flag",
     .files = {UNIT, DEBIAN_UNIT},
     .arguments = M,
     .is_service = true},
    {.name = "service of nobody knows whose",
     .arguments = M,
     .is_service = true,
     .by = "flag --registry-mirror in dockerd (pid 700)",
     .value = "https://f.example"},
    {.name = "no init script and no unit",
     .sysv = true,
     .files = {"etc/default/docker", "DOCKER_OPTS='" M "'\n"}},
    {.name = "running daemon",
     .arguments = "-H unix:///s " M,
     .by = "flag --registry-mirror in dockerd (pid 700)",
     .value = "https://f.example"},
    {.name = "running daemon with another file", .arguments = "--config-file /other.json " M},
    {.name = "the unit is named rather than the daemon",
     .files = {UNIT, "[Service]\nExecStart=dockerd " M "\n"},
     .arguments = M,
     .by = "flag --registry-mirror in /lib/systemd/system/docker.service:2",
     .value = "https://f.example"},
    {.name = "removed key",
     .removed = true,
     .files = {UNIT, "[Service]\nExecStart=dockerd " M "\n"},
     .by = "flag --registry-mirror in /lib/systemd/system/docker.service:2",
     .value = "https://f.example"},
    {.name = "switch by letter",
     .key = "debug",
     .files = {UNIT, "[Service]\nExecStart=dockerd -D -H fd://\n"},
     .by = "flag --debug in /lib/systemd/system/docker.service:2",
     .value = "true"},
    {.name = "switch with a value",
     .key = "live-restore",
     .files = {UNIT, "[Service]\nExecStart=dockerd --live-restore=false x\n"},
     .by = "flag --live-restore in /lib/systemd/system/docker.service:2",
     .value = "false"},
};

static void test_flags(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(flag_rows); i++) {
        const struct flag_row *row = &flag_rows[i];
        struct mw_sandbox box;
        struct mw_shadows shadows = {0};
        struct mw_buf text = {0};
        struct mw_value value = {.kind = MW_VALUE_LIST};
        mw_world_open(&box);
        box.sys.euid = 0;
        if (!row->sysv)
            mw_sandbox_mkdir(&box, "run/systemd/system", 0755);
        for (size_t k = 0; k + 1 < ROWS(row->files) && row->files[k] != NULL; k += 2)
            mw_sandbox_put(&box, row->files[k], row->files[k + 1], 0644);
        if (row->arguments != NULL)
            put_process(&box, 700, "dockerd", 0, row->is_service ? "\nPPid:\t1" : "",
                        row->arguments);
        if (row->removed)
            value.kind = MW_VALUE_ABSENT;
        struct mw_location location = {.path = mw_xstrdup("/etc/docker/daemon.json")};
        struct mw_tool_setting setting = {.key = row->key != NULL ? row->key : "registry-mirrors",
                                          .value = &value};
        mw_shadows_find(&box.sys, docker(), &location, &text, &setting, &shadows);
        row_size_equal(row->name, shadows.count, row->by != NULL);
        if (row->by != NULL) {
            row_string_equal(row->name, shadows.items[0].by, row->by);
            row_string_equal(row->name, shadows.items[0].value, row->value);
            row_true(row->name, shadows.items[0].is_fatal == !row->removed);
        }
        mw_shadows_release(&shadows);
        mw_location_release(&location);
        mw_sandbox_close(&box);
    }
}

/* What is left of a flag's files, and where; NULL: nobody offers to write there. */
static const struct {
    const char *name, *key; /* NULL: registry-mirrors */
    const char *files[6];
    const char *after[4]; /* path, text, path, text */
    const char *arguments;
} unflag_rows[] = {
    {.name = "the machine's unit, in every spelling",
     .files = {ETC_UNIT,
               "[Service]\nExecStart=d " M " \\\n  -H fd:// \\\n  --registry-mirror \"a b\" \\\n"
               "# " M "\n  -D " M "\nRestart=no\n"},
     .after = {ETC_UNIT, "[Service]\nExecStart=d \\\n  -H fd:// \\\n# " M "\n  -D\nRestart=no\n"}},
    {.name = "CRLF and blanks stay",
     .key = "debug",
     .files = {ETC_UNIT, "[Service]\r\n ExecStart = d  -D\t--mtu 1\r\n"},
     .after = {ETC_UNIT, "[Service]\r\n ExecStart = d\t--mtu 1\r\n"}},
    {.name = "a drop-in",
     .key = "debug",
     .files = {UNIT, DEBIAN_UNIT, ETC_UNIT ".d/10.conf",
               "[Service]\nExecStart=\nExecStart=d --debug=false --debug-more\n"},
     .after = {ETC_UNIT ".d/10.conf", "[Service]\nExecStart=\nExecStart=d --debug-more\n"}},
    {.name = "a package's unit",
     .key = "hosts",
     .files = {UNIT, DEBIAN_UNIT},
     .after = {ETC_UNIT ".d/mirrorwise.conf",
               "[Service]\nExecStart=\nExecStart=/usr/sbin/dockerd \\\n"
               "  --containerd=/run/c.sock $DOCKER_OPTS\n"}},
    {.name = "a drop-in of a package that comes last",
     .files = {UNIT, DEBIAN_UNIT, UNIT ".d/zz.conf", "[Service]\nExecStart=\nExecStart=d " M "\n"}},
    {.name = "DOCKER_OPTS, the first",
     .files = {UNIT, DEBIAN_UNIT, "etc/default/docker", "A=\"x\"\nDOCKER_OPTS=\"" M " --ipv6\"\n"},
     .after = {"etc/default/docker", "A=\"x\"\nDOCKER_OPTS=\"--ipv6\"\n"}},
    {.name = "in two files",
     .files = {ETC_UNIT, "[Service]\nEnvironmentFile=/etc/default/docker\nExecStart=d $O " M "\n",
               "etc/default/docker", "O='-D " M "'\n"},
     .after = {"etc/default/docker", "O='-D'\n", ETC_UNIT,
               "[Service]\nEnvironmentFile=/etc/default/docker\nExecStart=d $O\n"}},
    {.name = "a file that only the unit names",
     .files = {ETC_UNIT, "[Service]\nEnvironmentFile=/opt/o\nExecStart=d $O\n", "opt/o",
               "O='" M "'\n"}},
    {.name = "all in quotes",
     .files = {ETC_UNIT, "[Service]\nExecStart=d \"--registry-mirror=a b\"\n"}},
    {.name = "a process", .arguments = M},
};

static void test_unflag(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(unflag_rows); i++) {
        const char *name = unflag_rows[i].name, *const *after = unflag_rows[i].after;
        struct mw_sandbox box;
        struct mw_location location = {.path = mw_xstrdup("/etc/docker/daemon.json")};
        struct mw_rewrites rewrites = {0};
        mw_world_open(&box);
        box.sys.euid = 0;
        mw_sandbox_mkdir(&box, "run/systemd/system", 0755);
        for (size_t k = 0; k < ROWS(unflag_rows[i].files) && unflag_rows[i].files[k] != NULL;
             k += 2)
            mw_sandbox_put(&box, unflag_rows[i].files[k], unflag_rows[i].files[k + 1], 0644);
        if (unflag_rows[i].arguments != NULL)
            put_process(&box, 700, "dockerd", 0, "", unflag_rows[i].arguments);
        bool is_done = mw_tool_unflag(
            &box.sys, docker(), &location,
            unflag_rows[i].key != NULL ? unflag_rows[i].key : "registry-mirrors", &rewrites);
        row_true(name, is_done == (after[0] != NULL));
        for (size_t k = 0; is_done && k < rewrites.count; k++) {
            struct mw_buf before = {0}, text = {0};
            (void)mw_text_file_read(&box.sys, rewrites.items[k].path, &before); /* it may be new */
            mw_edits_apply(&rewrites.items[k].edits, mw_buf_text(&before), before.len, &text);
            row_string_equal(name, rewrites.items[k].path + 1, after[2 * k]);
            row_string_equal(name, mw_buf_text(&text), after[2 * k + 1]);
            mw_buf_release(&before);
            mw_buf_release(&text);
        }
        row_true(name, !is_done || rewrites.count == (after[2] != NULL ? 2 : 1));
        mw_rewrites_release(&rewrites);
        mw_location_release(&location);
        mw_sandbox_close(&box);
    }
}

/* ---- reload ---------------------------------------------------------------------------------- */

#define HEAD "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
#define INFO(mirrors, more)                                                                        \
    HEAD "{\"RegistryConfig\":{\"InsecureRegistryCIDRs\":[\"127.0.0.0/8\"],\"IndexConfigs\":{"     \
         "\"docker.io\":{\"Secure\":true},\"r.example:5000\":{\"Secure\":false}},\"Mirrors\":"     \
         "[" mirrors "]}" more "}"

struct reload_row {
    const char *name;
    unsigned euid;
    const char *arguments; /* of the dockerd; %s: its socket. NULL: none runs */
    const char *config;    /* daemon.json; %s: the socket */
    const char *before;    /* answers until the signal; NULL: it never answers */
    const char *after;     /* the answer some requests after it */
    bool no_server;
    int kill_errno;
    const char *key, *items[3]; /* wanted; key NULL: an undo, what the file says */
    enum mw_live_state state;
    bool is_signalled;
    const char *part; /* of the message */
};

static const struct reload_row reload_rows[] = {
    {.name = "takes over",
     .arguments = "-H unix://%s",
     .before = INFO("", ""),
     .after = INFO("\"https://a.example/\",\"http://b/\"", ""),
     .key = "registry-mirrors",
     .items = {"https://a.example", "http://b/"},
     .state = MW_LIVE_OK,
     .is_signalled = true,
     .part = "dockerd (pid 700) uses registry-mirrors = https://a.example, http://b/ now"},
    {.name = "one twice",
     .arguments = "--host=unix://%s",
     .before = INFO("", ""),
     .after = INFO("\"https://a.example/\"", ""),
     .key = "registry-mirrors",
     .items = {"https://a.example", "https://a.example/"},
     .state = MW_LIVE_OK,
     .is_signalled = true},
    {.name = "other order",
     .arguments = "-H unix://%s",
     .before = INFO("\"https://b/\",\"https://a/\"", ""),
     .key = "registry-mirrors",
     .items = {"https://a", "https://b"},
     .state = MW_LIVE_REFUSED,
     .is_signalled = true,
     .part = "goes on with registry-mirrors = https://b/, https://a/"},
    {.name = "forgets",
     .arguments = "-H unix://%s",
     .before = INFO("\"https://a/\"", ""),
     .after = INFO("", ""),
     .key = "registry-mirrors",
     .state = MW_LIVE_OK,
     .is_signalled = true,
     .part = "no registry-mirrors"},
    {.name = "socket named in the file",
     .arguments = "",
     .config = "{\"hosts\": [\"tcp://127.0.0.1:1\", \"unix://%s\"]}",
     .before = INFO("", ""),
     .after = INFO("\"https://a/\"", ""),
     .key = "registry-mirrors",
     .items = {"https://a"},
     .state = MW_LIVE_OK,
     .is_signalled = true},
    {.name = "insecure registry there",
     .arguments = "-H unix://%s",
     .before = INFO("", ""),
     .key = "insecure-registries",
     .items = {"r.example:5000", "127.0.0.0/8"},
     .state = MW_LIVE_OK,
     .is_signalled = true},
    {.name = "insecure registry missing",
     .arguments = "-H unix://%s",
     .before = INFO("", ""),
     .key = "insecure-registries",
     .items = {"docker.io"},
     .state = MW_LIVE_REFUSED,
     .is_signalled = true},
    {.name = "switch",
     .arguments = "-H unix://%s",
     .before = INFO("", ",\"Debug\":false"),
     .after = INFO("", ",\"Debug\":true"),
     .key = "debug",
     .items = {"true"},
     .state = MW_LIVE_OK,
     .is_signalled = true},
    {.name = "a setting that /info does not tell",
     .arguments = "-H unix://%s",
     .before = INFO("", ""),
     .key = "max-concurrent-downloads",
     .items = {"3"},
     .state = MW_LIVE_UNVERIFIED,
     .is_signalled = true,
     .part = "does not say"},
    {.name = "error answers",
     .arguments = "-H unix://%s",
     .before = INFO("", ""),
     .after = "HTTP/1.1 500 no\r\nConnection: close\r\n\r\n{}",
     .key = "registry-mirrors",
     .items = {"https://a"},
     .state = MW_LIVE_UNVERIFIED,
     .is_signalled = true,
     .part = "cannot be asked"},
    {.name = "no JSON before: not ready, no signal",
     .arguments = "-H unix://%s",
     .before = HEAD "starting",
     .key = "registry-mirrors",
     .state = MW_LIVE_UNVERIFIED,
     .part = "was not told to reload"},
    {.name = "no socket at all",
     .arguments = "-H tcp://127.0.0.1:1",
     .no_server = true,
     .key = "registry-mirrors",
     .state = MW_LIVE_UNVERIFIED,
     .is_signalled = true,
     .part = "no socket"},
    {.name = "socket of which nothing is left",
     .arguments = "-H unix://%s",
     .no_server = true,
     .key = "registry-mirrors",
     .state = MW_LIVE_UNVERIFIED,
     .is_signalled = true,
     .part = "no socket"},
    {.name = "no right to signal",
     .euid = 1000,
     .arguments = "-H unix://%s",
     .before = INFO("", ""),
     .key = "registry-mirrors",
     .state = MW_LIVE_UNVERIFIED,
     .part = "sudo systemctl reload docker"},
    {.name = "signal refused",
     .arguments = "-H unix://%s",
     .before = INFO("", ""),
     .kill_errno = EPERM,
     .key = "registry-mirrors",
     .state = MW_LIVE_UNVERIFIED,
     .is_signalled = true,
     .part = "could not be told"},
    {.name = "gone meanwhile",
     .arguments = "-H unix://%s",
     .before = INFO("", ""),
     .kill_errno = ESRCH,
     .key = "registry-mirrors",
     .state = MW_LIVE_NONE,
     .is_signalled = true,
     .part = "ended"},
    {.name = "another file",
     .arguments = "-H unix://%s --config-file /other.json",
     .before = INFO("", ""),
     .key = "registry-mirrors",
     .state = MW_LIVE_NONE,
     .part = "no running dockerd reads /etc/docker/daemon.json"},
    {.name = "it was started with the flag",
     .arguments = "-H unix://%s --registry-mirror https://old",
     .config = "{\"registry-mirrors\": [\"https://new\"]}",
     .before = INFO("\"https://old/\"", ""),
     .key = "registry-mirrors",
     .items = {"https://new"},
     .state = MW_LIVE_UNVERIFIED,
     .part = "runs with --registry-mirror and reads the file when it is started again: "
             "systemctl restart docker"},
    {.name = "none runs", .key = "registry-mirrors", .state = MW_LIVE_NONE, .part = "starts"},
    {.name = "undo",
     .arguments = "-H unix://%s",
     .config = "{\"registry-mirrors\": [\"https://old\"]}",
     .before = INFO("\"https://new/\"", ""),
     .after = INFO("\"https://old/\"", ""),
     .state = MW_LIVE_OK,
     .is_signalled = true,
     .part = "registry-mirrors = https://old"},
    {.name = "undo to a file without the key: dockerd does not forget",
     .arguments = "-H unix://%s",
     .config = "{}",
     .before = INFO("\"https://new/\"", ""),
     .state = MW_LIVE_REFUSED,
     .is_signalled = true,
     .part = "goes on with registry-mirrors = https://new/"},
    {.name = "undo, and a flag gives the mirrors",
     .arguments = "-H unix://%s --registry-mirror https://f",
     .config = "{}",
     .before = INFO("\"https://f/\"", ""),
     .state = MW_LIVE_OK,
     .is_signalled = true},
};

struct reloading {
    const struct reload_row *row;
    struct mw_unix_server *server;
    unsigned signals;
};

static int on_kill(void *context, pid_t pid, int sig)
{
    struct reloading *reloading = context;
    row_true(reloading->row->name, pid == 700 && sig == SIGHUP);
    reloading->signals++;
    if (reloading->row->after != NULL)
        mw_unix_server_answer(reloading->server, reloading->row->after, 2);
    errno = reloading->row->kill_errno;
    return errno == 0 ? 0 : -1;
}

/* Owned: `format` with its only %s, if any, replaced. */
static char *with_socket(const char *format, const char *socket)
{
    const char *hole = strstr(format, "%s");
    if (hole == NULL)
        return mw_xstrdup(format);
    return mw_xasprintf("%.*s%s%s", (int)(hole - format), format, socket, hole + 2);
}

static void run_reload_row(const struct reload_row *row, struct mw_sandbox *box)
{
    struct mw_live live = {0};
    struct reloading reloading = {.row = row};
    struct mw_value value = {0};
    char *socket = mw_sandbox_path(box, "s");
    if (row->arguments != NULL) {
        char *arguments = with_socket(row->arguments, socket);
        put_process(box, 700, "dockerd", 0, "", arguments);
        free(arguments);
    }
    if (row->config != NULL) {
        char *config = with_socket(row->config, socket);
        mw_sandbox_put(box, "etc/docker/daemon.json", config, 0644);
        free(config);
    }
    if (!row->no_server)
        reloading.server = mw_unix_server_start(socket, row->before);
    mw_world_on_kill(on_kill, &reloading);

    value.kind = MW_VALUE_LIST;
    for (size_t i = 0; i < ROWS(row->items) && row->items[i] != NULL; i++)
        mw_strings_add(&value.items, row->items[i]);
    struct mw_location location = {.path = mw_xstrdup("/etc/docker/daemon.json")};
    struct mw_tool_setting setting = {.key = row->key, .value = &value};
    row_true(row->name,
             mw_tool_reload(&box->sys, docker(), &location, row->key != NULL ? &setting : NULL,
                            row->key != NULL, &live, NULL) == MW_OK);
    if (live.state != row->state)
        fail_msg("%s: state %d, wanted %d: %s", row->name, (int)live.state, (int)row->state,
                 live.message != NULL ? live.message : "-");
    row_size_equal(row->name, reloading.signals, row->is_signalled);
    if (row->part != NULL && strstr(live.message, row->part) == NULL)
        fail_msg("%s: \"%s\" does not say \"%s\"", row->name, live.message, row->part);
    if (reloading.server != NULL)
        mw_unix_server_stop(reloading.server);
    mw_live_release(&live);
    mw_location_release(&location);
    mw_value_release(&value);
    free(socket);
}

static void test_reload(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(reload_rows); i++) {
        struct mw_sandbox box;
        mw_world_open(&box);
        box.sys.euid = reload_rows[i].euid;
        mw_sandbox_mkdir(&box, "run/systemd/system", 0755);
        run_reload_row(&reload_rows[i], &box);
        mw_sandbox_close(&box);
    }
}

static void test_reload_in_root(void **state)
{
    (void)state;
    struct mw_sandbox box;
    struct mw_live live = {0};
    struct reloading reloading = {.row = &reload_rows[0]};
    mw_world_open(&box);
    box.sys.euid = 0;
    put_process(&box, 700, "dockerd", 0, "", "");
    mw_sandbox_set_root(&box, "/image");
    mw_world_on_kill(on_kill, &reloading);
    struct mw_location location = {.path = mw_xstrdup("/image/etc/docker/daemon.json")};
    assert_int_equal(mw_tool_reload(&box.sys, docker(), &location, NULL, 0, &live, NULL), MW_OK);
    assert_int_equal(live.state, MW_LIVE_NONE);
    assert_null(live.message);
    assert_int_equal(reloading.signals, 0);
    mw_location_release(&location);
    mw_sandbox_close(&box);
}

/* A changed unit is systemd's to hear of; a restart is left to people. There is no systemctl. */
static void test_reload_of_units(void **state)
{
    static const struct {
        const char *path;
        bool has_systemd;
        enum mw_live_state live;
        const char *part;
    } rows[] = {
        {"/" ETC_UNIT ".d/10.conf", true, MW_LIVE_UNVERIFIED, "run: sudo systemctl daemon-reload"},
        {"/home/u/.config/systemd/user/docker.service", true, MW_LIVE_UNVERIFIED,
         "run: systemctl --user daemon-reload"},
        {"/etc/default/docker", true, MW_LIVE_NONE, "started again: systemctl restart docker"},
        {"/etc/default/docker", false, MW_LIVE_NONE, "started again: service docker restart"},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_sandbox box;
        struct mw_live live = {0};
        mw_world_open(&box);
        box.sys.euid = 0;
        mw_world_setenv(&box, "PATH=/nowhere");
        if (rows[i].has_systemd)
            mw_sandbox_mkdir(&box, "run/systemd/system", 0755);
        struct mw_location location = {
            .path = mw_xstrdup(rows[i].path),
            .source = mw_tool_source_at(&box.sys, docker(), rows[i].path),
        };
        assert_int_equal(mw_tool_reload(&box.sys, docker(), &location, NULL, 0, &live, NULL),
                         MW_OK);
        row_true(rows[i].path, live.state == rows[i].live);
        row_true(rows[i].path, strstr(live.message, rows[i].part) != NULL);
        mw_live_release(&live);
        mw_location_release(&location);
        mw_sandbox_close(&box);
    }
}

static void test_ask(void **state)
{
    (void)state;
    struct mw_sandbox box;
    struct mw_value value = {0};
    mw_world_open(&box);
    char *socket = mw_sandbox_path(&box, "s");
    char *arguments = mw_xasprintf("-H unix://%s", socket);
    put_process(&box, 700, "dockerd", 0, "", arguments);
    struct mw_unix_server *server = mw_unix_server_start(socket, INFO("\"https://a/\"", ""));
    struct mw_location location = {.path = mw_xstrdup("/etc/docker/daemon.json")};
    assert_int_equal(mw_tool_ask(&box.sys, docker(), &location, "registry-mirrors", &value, NULL),
                     MW_OK);
    assert_int_equal(value.items.count, 1);
    assert_string_equal(value.items.items[0], "https://a/");
    assert_string_equal(mw_unix_server_request(server), "GET /info HTTP/1.1");
    assert_int_equal(
        mw_tool_ask(&box.sys, docker(), &location, "max-concurrent-uploads", &value, NULL),
        MW_FAILURE);
    mw_unix_server_stop(server);
    mw_value_release(&value);
    mw_location_release(&location);
    free(arguments);
    free(socket);
    mw_sandbox_close(&box);
}

/* A user's PATH need not hold /usr/sbin; a client alone is no engine. */
static void test_installed(void **state)
{
    (void)state;
    struct mw_sandbox box;
    char *path = NULL;
    mw_world_open(&box);
    mw_sandbox_put(&box, "usr/bin/docker", "", 0755);
    assert_false(mw_tool_installed(&box.sys, docker(), NULL));
    mw_sandbox_put(&box, "usr/sbin/dockerd", "", 0755);
    assert_true(mw_tool_installed(&box.sys, docker(), &path));
    assert_string_equal(path, "/usr/sbin/dockerd");
    free(path);
    mw_sandbox_close(&box);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),          cmocka_unit_test(test_mirror_with_a_path),
        cmocka_unit_test(test_value_from_text), cmocka_unit_test(test_locate),
        cmocka_unit_test(test_locate_in_root),  cmocka_unit_test(test_whom_root_believes),
        cmocka_unit_test(test_flags),           cmocka_unit_test(test_unflag),
        cmocka_unit_test(test_reload),          cmocka_unit_test(test_reload_in_root),
        cmocka_unit_test(test_reload_of_units), cmocka_unit_test(test_ask),
        cmocka_unit_test(test_installed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
