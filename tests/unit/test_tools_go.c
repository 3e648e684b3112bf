/* go: where its env file is, which values it takes, what wins over the file. */
#include "mirrorwise/tool.h"

#include <stdlib.h>

#include "mirrorwise/memory.h"
#include "support/rows.h"
#include "support/tool_rows.h"
#include "support/world.h"

static const struct mw_tool *go(void)
{
    return mw_tool_find("go");
}

/* ---- values ---------------------------------------------------------------------------------- */

static const struct tool_value_row value_rows[] = {
    {"usual list", "GOPROXY", "https://goproxy.cn,https://a.example|direct", NULL},
    {"blanks around elements", "GOPROXY", " https://a.example , direct ", NULL},
    {"empty elements", "GOPROXY", "https://a.example,,direct", NULL},
    {"trailing slash", "GOPROXY", "https://a.example/", NULL},
    {"no scheme", "GOPROXY", "goproxy.cn,direct", NULL},
    {"host and port", "GOPROXY", "localhost:3000", NULL},
    {"http", "GOPROXY", "http://a.example", NULL},
    {"scheme in capitals", "GOPROXY", "HTTPS://a.example", NULL},
    {"file", "GOPROXY", "file:///srv/go", NULL},
    {"credentials over https", "GOPROXY", "https://u:p@a.example", NULL},
    {"off", "GOPROXY", "off", NULL},
    {"DIRECT", "GOPROXY", "https://a.example,DIRECT", "lower case"},
    {"Off", "GOPROXY", "Off", "lower case"},
    {"behind direct", "GOPROXY", "direct,https://a.example", "ever used"},
    {"behind off", "GOPROXY", "off|https://a.example", "ever used"},
    {"semicolon", "GOPROXY", "https://a.example;https://b.example", "';' or blank"},
    {"blank between", "GOPROXY", "https://a.example direct", "';' or blank"},
    {"bare word", "GOPROXY", "goproxy", "neither a URL"},
    {"absolute path", "GOPROXY", "/srv/go", "a path is no URL"},
    {"other scheme", "GOPROXY", "ftp://a.example", "schemes https"},
    {"file with host", "GOPROXY", "file://host/srv", "host"},
    {"query", "GOPROXY", "https://a.example/?token=1", "'?'"},
    {"bad one behind a good one", "GOPROXY", "https://a.example,gopher://b", "schemes https"},
    {"credentials over http", "GOPROXY", "http://u:secret@a.example", "plain http"},
    {"only separators", "GOPROXY", ",|", "no entries"},
    {"control character", "GOPROXY", "https://a.example\r", "control"},
    {"not UTF-8", "GOPROXY", "https://a.example/\xff", "UTF-8"},
    {"empty", "GOPROXY", "", "empty"},

    {"sumdb off", "GOSUMDB", "off", NULL},
    {"known", "GOSUMDB", "sum.golang.org", NULL},
    {"known with URL", "GOSUMDB", "sum.golang.org https://goproxy.cn/sumdb/sum.golang.org", NULL},
    {"alias", "GOSUMDB", "sum.golang.google.cn", NULL},
    {"whole key", "GOSUMDB", "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
     NULL},
    {"key with a slip", "GOSUMDB",
     "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn9", "neither"},
    {"key of another name", "GOSUMDB",
     "sum.golang.com+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8", "neither"},
    {"OFF", "GOSUMDB", "OFF", "lower case"},
    {"unknown", "GOSUMDB", "sum.example.com", "neither"},
    {"alias with URL", "GOSUMDB", "sum.golang.google.cn https://a.example", "nothing follows"},
    {"three fields", "GOSUMDB", "sum.golang.org https://a.example b", "at most one"},
    {"bad URL", "GOSUMDB", "sum.golang.org a.example", "scheme"},
    {"ftp", "GOSUMDB", "sum.golang.org ftp://a.example", "https or http"},

    {"globs", "GOPRIVATE", "*.corp.example,corp.example,git.example/team-[a-c]/", NULL},
    {"class", "GONOPROXY", "git.example/[^a-z\\]]x", NULL},
    {"none", "GONOSUMDB", "none", NULL},
    {"space", "GOPRIVATE", "a.example, b.example", "trim"},
    {"semicolon", "GOPRIVATE", "a.example;b.example", "';'"},
    {"open class", "GOPRIVATE", "git.example/[a", "malformed"},
    {"empty class", "GOPRIVATE", "git.example/[]", "malformed"},
    {"half range", "GOPRIVATE", "git.example/[a-]", "malformed"},
    {"lone backslash", "GOINSECURE", "git.example\\", "malformed"},
    {"URL", "GOPRIVATE", "https://git.example", "scheme"},
    {"leading slash", "GOPRIVATE", "/git.example", "empty element"},
    {"quotes", "GOPRIVATE", "\"git.example\"", "quotes"},
    {"only commas", "GOPRIVATE", ",", "no patterns"},
    {"user", "GOPRIVATE", "git@git.example/team", "names no user"},
    {"not of ASCII", "GOPRIVATE", "gït.example", "of ASCII"},

    {"flags", "GOFLAGS", "-mod=mod --trimpath", NULL},
    {"no flag", "GOFLAGS", "-mod=mod trimpath", "must be a flag"},
    {"flag and value apart", "GOFLAGS", "-mod mod", "must be a flag"},
    {"three dashes", "GOFLAGS", "---x", "must be a flag"},
    {"no name", "GOFLAGS", "-=x", "must be a flag"},
    {"toolchain local", "GOTOOLCHAIN", "local", NULL},
    {"toolchain version", "GOTOOLCHAIN", "go1.24.4", NULL},
    {"toolchain version+auto", "GOTOOLCHAIN", "go1.24.4+auto", NULL},
    {"toolchain number", "GOTOOLCHAIN", "1.24.4", "it must be local"},
    {"toolchain auto+auto", "GOTOOLCHAIN", "auto+auto", "it must be local"},
    {"modules on", "GO111MODULE", "on", NULL},
    {"modules true", "GO111MODULE", "true", "one of on, off, auto"},
    {"vcs", "GOVCS", "public:git|hg,private:all", NULL},
    {"vcs without list", "GOVCS", "public", "PATTERN:LIST"},
    {"vcs unknown", "GOVCS", "*:gitt", "PATTERN:LIST"},
    {"vcs with blanks", "GOVCS", "public : git | hg, private:all", NULL},
    {"vcs, a comma at the end", "GOVCS", "public:git,", "empty"},
    {"vcs, two commas", "GOVCS", "public:git,,private:all", "empty"},
    {"vcs, a program without a name", "GOVCS", "public:git||hg", "PATTERN:LIST"},
    {"vcs, a pattern again", "GOVCS", "public:git,public:hg", "before it"},
    {"auth", "GOAUTH", "netrc;git /srv", NULL},
    {"auth off and more", "GOAUTH", "netrc;off", "alone"},
    {"auth, an empty command", "GOAUTH", "netrc;", "no command"},
    {"flag, no processes", "GOFLAGS", "-p=0", "1 or more"},
    {"flag, a compiler", "GOFLAGS", "-compiler=foo", "gccgo"},
    {"flag, a mode", "GOFLAGS", "-buildmode=foo", "c-archive"},
    {"flags of the linker without quotes", "GOFLAGS", "-ldflags=-s -w", "quotes"},
    {"flags of the linker", "GOFLAGS", "'-ldflags=-s -w'", NULL},
    {"flags with an open quote", "GOFLAGS", "'-ldflags=-s -w", "not closed"},
    {"flag, a switch", "GOFLAGS", "-v=false -buildvcs=auto", NULL},
    {"flag, a switch with another value", "GOFLAGS", "-v=2", "true or false"},
    {"flag, without its value", "GOFLAGS", "-mod", "needs its value"},
    {"flag, a folder", "GOFLAGS", "-C=/srv", "command line only"},
    {"temporary folder", "GOTMPDIR", "tmp", "absolute"},
    {"no workspace", "GOWORK", "off", NULL},
    {"workspace", "GOWORK", "go.work", "absolute"},
    {"flags of C", "CGO_CFLAGS", "-O2 '-I/a b'", NULL},
    {"flags of C with an open quote", "CGO_CFLAGS", "-O2 '-I/a b", "not closed"},
    {"no such key", "GONOSUMCHECK", "1", "no such setting"},
};

static void test_values(void **state)
{
    (void)state;
    tool_values(go(), value_rows, ROWS(value_rows));
}

static void test_keys(void **state)
{
    (void)state;
    struct mw_strings names = {0};
    char *key = mw_tool_canonical(go(), "goproxy");
    assert_string_equal(key, "GOPROXY");
    free(key);
    assert_null(mw_tool_canonical(go(), "gopro"));
    assert_int_equal(mw_tool_key(go(), go()->mirror_key)->shape, MW_SHAPE_CHAIN);
    mw_tool_key_names(go(), &names);
    assert_string_equal(names.items[0], "GOPROXY");
    for (size_t i = 0; i < names.count; i++)
        assert_non_null(mw_tool_key(go(), names.items[i])->summary);
    mw_strings_release(&names);
}

static void test_list_is_refused(void **state)
{
    (void)state;
    struct mw_value list = {.kind = MW_VALUE_LIST};
    struct mw_value absent = {0};
    struct mw_sandbox box;
    mw_world_open(&box);
    mw_strings_add(&list.items, "https://a.example");
    mw_strings_add(&list.items, "direct");
    assert_int_equal(mw_tool_validate(&box.sys, go(), "GOPROXY", &list, NULL), MW_BAD_PROFILE);
    assert_int_equal(mw_tool_validate(&box.sys, go(), "GOPROXY", &absent, NULL), MW_OK);
    mw_value_release(&list);
    mw_sandbox_close(&box);
}

/* ---- where ----------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    const char *environment[2];
    bool under_sudo, no_home;
    const char *path; /* NULL: MW_USAGE */
} where_rows[] = {
    {.name = "default", .path = "/home/u/.config/go/env"},
    {.name = "XDG", .environment = {"XDG_CONFIG_HOME=/x"}, .path = "/x/go/env"},
    {.name = "empty XDG", .environment = {"XDG_CONFIG_HOME="}, .path = "/home/u/.config/go/env"},
    {.name = "GOENV", .environment = {"GOENV=/g/env"}, .path = "/g/env"},
    {.name = "relative GOENV", .environment = {"GOENV=sub/env"}, .path = "/work/sub/env"},
    {.name = "empty GOENV", .environment = {"GOENV="}, .path = "/home/u/.config/go/env"},
    {.name = "GOENV=off", .environment = {"GOENV=off"}, .path = "/home/u/.config/go/env"},
    {.name = "GOENV=/dev/null",
     .environment = {"GOENV=/dev/null"},
     .path = "/home/u/.config/go/env"},
    {.name = "GOENV beats XDG",
     .environment = {"GOENV=/g/env", "XDG_CONFIG_HOME=/x"},
     .path = "/g/env"},
    {.name = "sudo keeps GOENV and XDG",
     .environment = {"GOENV=/g/env", "XDG_CONFIG_HOME=/x"},
     .under_sudo = true,
     .path = "/home/u/.config/go/env"},
    {.name = "no HOME", .no_home = true},
    {.name = "no HOME but XDG",
     .environment = {"XDG_CONFIG_HOME=/x"},
     .no_home = true,
     .path = "/x/go/env"},
};

static void test_user_file(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(where_rows); i++) {
        struct mw_sandbox box;
        struct mw_location location = {0};
        struct mw_error err = {0};
        mw_world_open(&box);
        tool_environment(&box, where_rows[i].environment);
        box.sys.under_sudo = where_rows[i].under_sudo;
        if (where_rows[i].no_home) {
            free(box.sys.home);
            box.sys.home = NULL;
        }
        enum mw_code code = mw_locate(&box.sys, go(), MW_SCOPE_USER, NULL, &location, &err);
        if (where_rows[i].path == NULL) {
            row_true(where_rows[i].name, code == MW_USAGE && err.hint[0] != '\0');
        } else {
            row_true(where_rows[i].name, code == MW_OK);
            row_string_equal(where_rows[i].name, location.path, where_rows[i].path);
            row_true(where_rows[i].name, location.actor.uid == 1000);
        }
        mw_location_release(&location);
        mw_sandbox_close(&box);
    }
}

static void put_go(struct mw_sandbox *box, const char *alternatives, bool with_file)
{
    mw_sandbox_put(box, "usr/lib/go-1.99/bin/go", "", 0755);
    mw_sandbox_link(box, "usr/bin/go", alternatives);
    mw_sandbox_link(box, "etc/alternatives/go", "../../usr/lib/go-1.99/bin/go");
    if (with_file)
        mw_sandbox_put(box, "usr/lib/go-1.99/go.env", "GOPROXY=https://proxy.example,direct\n",
                       0644);
}

static void test_system_file(void **state)
{
    (void)state;
    struct mw_sandbox box;
    struct mw_location location = {0};
    struct mw_error err = {0};
    mw_world_open(&box);
    assert_int_equal(mw_locate(&box.sys, go(), MW_SCOPE_SYSTEM, NULL, &location, &err), MW_USAGE);
    put_go(&box, "../../etc/alternatives/go", false);
    assert_int_equal(mw_locate(&box.sys, go(), MW_SCOPE_SYSTEM, NULL, &location, &err), MW_USAGE);
    assert_non_null(strstr(err.message, "go.env"));
    mw_sandbox_put(&box, "usr/lib/go-1.99/go.env", "", 0644);
    assert_int_equal(mw_locate(&box.sys, go(), MW_SCOPE_SYSTEM, NULL, &location, &err), MW_OK);
    assert_string_equal(location.path, "/usr/lib/go-1.99/go.env");
    assert_false(location.actor.switched);
    mw_location_release(&location);

    mw_sandbox_put(&box, "opt/go/go.env", "", 0644);
    mw_world_setenv(&box, "GOROOT=/opt/go");
    assert_int_equal(mw_locate(&box.sys, go(), MW_SCOPE_SYSTEM, NULL, &location, &err), MW_OK);
    assert_string_equal(location.path, "/opt/go/go.env");
    mw_location_release(&location);
    mw_sandbox_close(&box);
}

/* Under --root the links of the image stay inside it, and this machine's GOROOT means nothing. */
static void test_system_file_in_root(void **state)
{
    (void)state;
    struct mw_sandbox box;
    struct mw_location location = {0};
    mw_sandbox_open(&box);
    mw_world_setenv(&box, "GOROOT=/opt/go");
    mw_sandbox_set_root(&box, box.dir);
    put_go(&box, "/etc/alternatives/go", true);
    assert_int_equal(mw_locate(&box.sys, go(), MW_SCOPE_SYSTEM, NULL, &location, NULL), MW_OK);
    char *path = mw_sandbox_path(&box, "usr/lib/go-1.99/go.env");
    assert_string_equal(location.path, path);
    free(path);
    mw_location_release(&location);
    mw_sandbox_close(&box);
}

/* ---- what wins ------------------------------------------------------------------------------- */

/* `text` NULL: KEY=WANT. */
static const struct tool_shadow_row shadow_rows[] = {
    {.name = "nothing", .key = "GOPROXY", .want = "https://a.example"},
    {.name = "environment",
     .key = "GOPROXY",
     .want = "https://a.example",
     .environment = {"GOPROXY=direct"},
     .by = "environment variable GOPROXY",
     .value = "direct"},
    {.name = "environment says the same",
     .key = "GOPROXY",
     .want = "direct",
     .environment = {"GOPROXY=direct"}},
    {.name = "empty environment", .key = "GOPROXY", .want = "direct", .environment = {"GOPROXY="}},
    {.name = "environment and a removed key",
     .key = "GOPRIVATE",
     .environment = {"GOPRIVATE=corp.example"},
     .by = "environment variable GOPRIVATE",
     .value = "corp.example"},
    {.name = "GOENV=off",
     .key = "GOPROXY",
     .want = "direct",
     .environment = {"GOENV=off"},
     .by = "environment variable GOENV=off",
     .value = ""},
    {.name = "relative XDG",
     .key = "GOPROXY",
     .want = "direct",
     .environment = {"XDG_CONFIG_HOME=cfg"},
     .by = "environment variable XDG_CONFIG_HOME=cfg, a relative path",
     .value = ""},
    {.name = "GONOPROXY in the environment",
     .key = "GOPRIVATE",
     .want = "a.example,b.example",
     .environment = {"GONOPROXY=a.example"},
     .by = "GONOPROXY in the environment",
     .value = "a.example"},
    {.name = "GONOSUMDB in the file",
     .key = "GOPRIVATE",
     .want = "a.example",
     .text = "# mine\nGOPRIVATE=a.example\nGONOSUMDB=old.example\n",
     .by = "GONOSUMDB in /home/u/.config/go/env:3",
     .value = "old.example"},
    {.name = "GONOPROXY covers it",
     .key = "GOPRIVATE",
     .want = "a.example",
     .text = "GOPRIVATE=a.example\nGONOPROXY=c.example,a.example\n"},
    {.name = "GONOPROXY=none is meant",
     .key = "GOPRIVATE",
     .want = "a.example",
     .text = "GOPRIVATE=a.example\nGONOPROXY=none\n"},
    {.name = "GONOPROXY says nothing to GOPROXY",
     .key = "GOPROXY",
     .want = "direct",
     .environment = {"GONOPROXY=a.example"}},
};

static void test_shadows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(shadow_rows); i++) {
        struct tool_shadow_row row = shadow_rows[i];
        struct mw_sandbox box;
        char *text = row.want != NULL ? mw_xasprintf("%s=%s\n", row.key, row.want) : mw_xstrdup("");
        row.text = row.text != NULL ? row.text : text;
        mw_world_open(&box);
        tool_shadows(go(), &row, &box);
        mw_sandbox_close(&box);
        free(text);
    }
}

static void test_user_file_wins_over_the_systems(void **state)
{
    (void)state;
    struct mw_sandbox box;
    struct mw_value want = {0};
    struct mw_shadows shadows = {0};
    struct mw_buf text = {0};
    mw_world_open(&box);
    mw_sandbox_put(&box, "home/u/.config/go/env", "GOFLAGS=-v\nGOPROXY=off\n", 0644);
    mw_value_set_string(&want, "direct");
    mw_buf_puts(&text, "GOPROXY=direct\n");
    struct mw_location location = {.path = mw_xstrdup("/usr/lib/go/go.env")};
    struct mw_tool_setting setting = {.key = "GOPROXY", .value = &want};
    mw_shadows_find(&box.sys, go(), &location, &text, &setting, &shadows);
    assert_int_equal(shadows.count, 1);
    assert_string_equal(shadows.items[0].by, "/home/u/.config/go/env:2");
    assert_string_equal(shadows.items[0].value, "off");
    mw_shadows_release(&shadows);

    /* Of an image neither this machine's files nor its environment say anything. */
    mw_world_setenv(&box, "GOPROXY=https://env.example");
    mw_sandbox_set_root(&box, "/usr");
    mw_shadows_find(&box.sys, go(), &location, &text, &setting, &shadows);
    assert_int_equal(shadows.count, 0);
    mw_buf_release(&text);
    mw_value_release(&want);
    mw_location_release(&location);
    mw_sandbox_close(&box);
}

/* ---- asking ---------------------------------------------------------------------------------- */

static void test_ask(void **state)
{
    (void)state;
    struct mw_sandbox box;
    struct mw_value value = {0};
    struct mw_error err = {0};
    mw_sandbox_open(&box);
    char *path = mw_xasprintf("PATH=%s/bin", box.dir);
    mw_world_setenv(&box, path);
    free(path);
    mw_sandbox_put(&box, "bin/go",
                   "#!/bin/sh\n[ \"$*\" = 'env GOPROXY' ] || exit 3\n"
                   "echo https://a.example,direct\n",
                   0755);
    assert_int_equal(mw_tool_ask(&box.sys, go(), NULL, "GOPROXY", &value, &err), MW_OK);
    assert_string_equal(value.items.items[0], "https://a.example,direct");
    assert_int_equal(mw_tool_ask(&box.sys, go(), NULL, "GOSUMDB", &value, &err), MW_FAILURE);
    assert_non_null(strstr(err.message, "status 3"));
    mw_value_release(&value);
    mw_sandbox_close(&box);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_list_is_refused),
        cmocka_unit_test(test_user_file),
        cmocka_unit_test(test_system_file),
        cmocka_unit_test(test_system_file_in_root),
        cmocka_unit_test(test_shadows),
        cmocka_unit_test(test_user_file_wins_over_the_systems),
        cmocka_unit_test(test_ask),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
