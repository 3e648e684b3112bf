/* pip: which of its files counts, which values it takes, what wins over a file. */
#include "mirrorwise/tool.h"

#include <stdlib.h>

#include "mirrorwise/memory.h"
#include "support/rows.h"
#include "support/tool_rows.h"
#include "support/world.h"

static const struct mw_tool *pip(void)
{
    return mw_tool_find("pip");
}

/* ---- keys and values ------------------------------------------------------------------------- */

static const struct {
    const char *name, *key, *canonical;
} key_rows[] = {
    {"plain", "global.index-url", "global.index-url"},
    {"any case, underscores", "Global.INDEX_URL", "global.index-url"},
    {"command", "install.trusted-host", "install.trusted-host"},
    {"no section", "index-url", NULL},
    {"unknown section", "user.index-url", NULL},
    {"unknown option", "global.index", NULL},
    {"nothing", "", NULL},
    {"only a dot", ".", NULL},
};

static void test_keys(void **state)
{
    (void)state;
    struct mw_strings names = {0};
    for (size_t i = 0; i < ROWS(key_rows); i++) {
        char *key = mw_tool_canonical(pip(), key_rows[i].key);
        row_string_equal(key_rows[i].name, key != NULL ? key : "-",
                         key_rows[i].canonical != NULL ? key_rows[i].canonical : "-");
        free(key);
    }
    mw_tool_key_names(pip(), &names);
    assert_true(names.count > 0 && names.count <= pip()->key_count);
    for (size_t i = 0; i < names.count; i++)
        row_true(names.items[i], mw_tool_key(pip(), names.items[i]) == mw_tool_key_at(pip(), i));
    assert_int_equal(mw_tool_key(pip(), pip()->mirror_key)->shape, MW_SHAPE_URL);
    mw_strings_release(&names);
}

static const struct tool_value_row value_rows[] = {
    {"https", "global.index-url", "https://pypi.org/simple", NULL},
    {"http", "global.index-url", "http://127.0.0.1:8080/simple/", NULL},
    {"credentials", "global.index-url", "https://u:p%40x@a.example/simple", NULL},
    {"two URLs", "global.index-url", "https://a.example https://b.example", ""},
    {"no scheme", "global.index-url", "a.example/simple", ""},
    {"ftp", "global.index-url", "ftp://a.example", ""},
    {"fragment", "global.index-url", "https://a.example/simple#x", ""},
    {"quoted", "global.index-url", "\"https://a.example\"", ""},
    {"extra", "install.extra-index-url", "https://b.example/simple", NULL},
    {"extra path", "global.extra-index-url", "/srv/wheels", ""},
    {"links path", "global.find-links", "/srv/wheels", NULL},
    {"links file", "global.find-links", "file:///srv/wheels", NULL},
    {"links with blank", "global.find-links", "/srv/my wheels", ""},
    {"host", "global.trusted-host", "a.example", NULL},
    {"host and port", "global.trusted-host", "a.example:8080", NULL},
    {"host as URL", "global.trusted-host", "https://a.example", ""},
    {"host with path", "global.trusted-host", "a.example/simple", ""},
    {"true", "global.no-index", "true", NULL},
    {"Off", "global.no-index", "Off", NULL},
    {"maybe", "global.no-index", "maybe", ""},
    {"30", "global.timeout", "30", NULL},
    {"2.5", "global.timeout", "2.5", NULL},
    {"0", "global.timeout", "0", ""},
    {"negative", "global.timeout", "-1", ""},
    {"fast", "global.timeout", "fast", ""},
    {"30s", "global.timeout", "30s", ""},
    {"inf", "global.timeout", "inf", ""},
    {"retries", "global.retries", "0", NULL},
    {"retries 1.5", "global.retries", "1.5", ""},
    {"proxy", "global.proxy", "http://u:p@proxy.example:3128", NULL},
    {"proxy without scheme", "global.proxy", "proxy.example:3128", NULL},
    {"proxy with blank", "global.proxy", "proxy.example 3128", ""},
    {"keyring", "global.keyring-provider", "subprocess", NULL},
    {"keyring gnome", "global.keyring-provider", "gnome", ""},
    {"cert", "global.cert", "/etc/ssl/my certs.pem", NULL},
    {"cert with line break", "global.cert", "/etc/ssl\n/x", ""},
};

static void test_values(void **state)
{
    (void)state;
    tool_values(pip(), value_rows, ROWS(value_rows));
}

/* ---- where ----------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    const char *environment[2];
    enum mw_scope scope;
    bool under_sudo;
    const char *path;
} where_rows[] = {
    {.name = "user", .path = "/home/u/.config/pip/pip.conf"},
    {.name = "XDG", .environment = {"XDG_CONFIG_HOME=/x"}, .path = "/x/pip/pip.conf"},
    {.name = "named", .environment = {"PIP_CONFIG_FILE=/etc/team.conf"}, .path = "/etc/team.conf"},
    {.name = "named but missing",
     .environment = {"PIP_CONFIG_FILE=/etc/none.conf"},
     .path = "/home/u/.config/pip/pip.conf"},
    {.name = "null device",
     .environment = {"PIP_CONFIG_FILE=/dev/null"},
     .path = "/home/u/.config/pip/pip.conf"},
    {.name = "sudo",
     .environment = {"PIP_CONFIG_FILE=/etc/team.conf", "XDG_CONFIG_HOME=/x"},
     .under_sudo = true,
     .path = "/home/u/.config/pip/pip.conf"},
    {.name = "system", .scope = MW_SCOPE_SYSTEM, .path = "/etc/pip.conf"},
};

static void test_locate(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(where_rows); i++) {
        struct mw_sandbox box;
        struct mw_location location = {0};
        mw_world_open(&box);
        mw_sandbox_put(&box, "etc/team.conf", "", 0644);
        /* The old place is read by pip and never written by us. */
        mw_sandbox_put(&box, "home/u/.pip/pip.conf", "[global]\n", 0644);
        tool_environment(&box, where_rows[i].environment);
        box.sys.under_sudo = where_rows[i].under_sudo;
        row_true(where_rows[i].name,
                 mw_locate(&box.sys, pip(), where_rows[i].scope, NULL, &location, NULL) == MW_OK);
        row_string_equal(where_rows[i].name, location.path, where_rows[i].path);
        mw_location_release(&location);
        mw_sandbox_close(&box);
    }
}

/* ---- what wins ------------------------------------------------------------------------------- */

#define A "https://a.example/simple"
#define OURS "[global]\nindex-url = " A "\n"

/* `key` NULL: global.index-url. */
static const struct tool_shadow_row shadow_rows[] = {
    {.name = "alone", .want = A, .text = OURS},
    {.name = "environment",
     .want = A,
     .text = OURS,
     .environment = {"PIP_INDEX_URL=https://e.example"},
     .by = "environment variable PIP_INDEX_URL",
     .value = "https://e.example"},
    {.name = "environment in mixed case",
     .want = A,
     .text = OURS,
     .environment = {"PIP_Index_Url=https://e.example"},
     .by = "environment variable PIP_Index_Url",
     .value = "https://e.example"},
    {.name = "small prefix counts for nothing",
     .want = A,
     .text = OURS,
     .environment = {"pip_index_url=https://e.example"}},
    {.name = "empty environment", .want = A, .text = OURS, .environment = {"PIP_INDEX_URL="}},
    {.name = "same place, other spelling",
     .want = A,
     .text = OURS,
     .environment = {"PIP_INDEX_URL=https://A.example/simple/"}},
    {.name = "other name of the option",
     .key = "global.timeout",
     .want = "30",
     .text = "[global]\ntimeout = 30\n",
     .environment = {"PIP_DEFAULT_TIMEOUT=100"},
     .by = "environment variable PIP_DEFAULT_TIMEOUT",
     .value = "100"},
    {.name = "other name in our file, later",
     .key = "global.timeout",
     .want = "30",
     .text = "[global]\ntimeout = 30\ndefault-timeout = 100\n",
     .by = "/home/u/.config/pip/pip.conf:3 [global] default-timeout",
     .value = "100"},
    {.name = "other name in our file, earlier",
     .key = "global.timeout",
     .want = "30",
     .text = "[global]\ndefault-timeout = 100\ntimeout = 30\n"},
    {.name = "no file is read",
     .want = A,
     .text = OURS,
     .environment = {"PIP_CONFIG_FILE=/dev/null", "PIP_INDEX_URL=https://e.example"},
     .by = "environment variable PIP_CONFIG_FILE=/dev/null",
     .value = ""},
    {.name = "install section of our file",
     .want = A,
     .text = OURS "[install]\n# x\nindex-url = https://i.example\n",
     .by = "/home/u/.config/pip/pip.conf:5 [install] index-url",
     .value = "https://i.example"},
    {.name = "download section too",
     .want = A,
     .text = OURS "[download]\nindex-url = https://i.example\n",
     .by = "/home/u/.config/pip/pip.conf:4 [download] index-url",
     .value = "https://i.example"},
    {.name = "section of a command that downloads nothing",
     .want = A,
     .text = OURS "[freeze]\nindex-url = https://i.example\n"},
    {.name = "empty install section value falls back",
     .want = A,
     .text = OURS "[install]\nindex-url =\n"},
    {.name = "global of the system's file loses",
     .want = A,
     .text = OURS,
     .file = "etc/pip.conf",
     .file_text = "[global]\nindex-url = https://s.example\n"},
    {.name = "install of the system's file wins",
     .want = A,
     .text = OURS,
     .file = "etc/pip.conf",
     .file_text = "[install]\nindex-url = https://s.example\n",
     .by = "/etc/pip.conf:2 [install] index-url",
     .value = "https://s.example"},
    {.name = "install of the system's file, underscore",
     .want = A,
     .text = OURS,
     .file = "etc/xdg/pip/pip.conf",
     .file_text = "[install]\nindex_url: https://s.example\n",
     .by = "/etc/xdg/pip/pip.conf:2 [install] index-url",
     .value = "https://s.example"},
    {.name = "our own install section",
     .key = "install.index-url",
     .want = A,
     .text = "[install]\nindex-url = " A "\n",
     .file = "etc/pip.conf",
     .file_text = "[install]\nindex-url = https://s.example\n[download]\nindex-url = x\n"},
    {.name = "old user file loses",
     .want = A,
     .text = OURS,
     .file = "home/u/.pip/pip.conf",
     .file_text = "[global]\nindex-url = https://o.example\n"},
    {.name = "user file over the system's",
     .want = A,
     .text = OURS,
     .scope = MW_SCOPE_SYSTEM,
     .file = "home/u/.config/pip/pip.conf",
     .file_text = "[global]\nindex-url = https://u.example\n",
     .by = "/home/u/.config/pip/pip.conf:2 [global] index-url",
     .value = "https://u.example"},
    {.name = "virtual environment",
     .want = A,
     .text = OURS,
     .environment = {"VIRTUAL_ENV=/venv"},
     .file = "venv/pip.conf",
     .file_text = "[global]\nindex-url = https://v.example\n",
     .by = "/venv/pip.conf:2 [global] index-url",
     .value = "https://v.example"},
    {.name = "prefix of the pip in PATH",
     .want = A,
     .text = OURS,
     .file = "usr/pip.conf",
     .file_text = "[global]\nindex-url = https://p.example\n",
     .by = "/usr/pip.conf:2 [global] index-url",
     .value = "https://p.example"},
    {.name = "an empty value hides ours",
     .want = A,
     .text = OURS,
     .file = "usr/pip.conf",
     .file_text = "[global]\nindex-url =\n",
     .by = "/usr/pip.conf:2 [global] index-url",
     .value = ""},
    {.name = "an empty value of a section hides ours, whatever [global] says",
     .key = "install.index-url",
     .want = A,
     .text = "[install]\nindex-url = " A "\n[global]\nindex-url = https://g.example\n",
     .file = "usr/pip.conf",
     .file_text = "[install]\nindex-url =\n",
     .by = "/usr/pip.conf:2 [install] index-url",
     .value = ""},
    {.name = "a section elsewhere that is right says nothing of the others",
     .want = A,
     .text = OURS,
     .file = "usr/pip.conf",
     .file_text = "[global]\nindex-url = https://p.example\n[install]\nindex-url = " A "\n",
     .by = "/usr/pip.conf:2 [global] index-url",
     .value = "https://p.example"},
    {.name = "the second of several folders",
     .want = A,
     .text = OURS,
     .environment = {"XDG_CONFIG_DIRS=relative:/x:/y"},
     .file = "y/pip/pip.conf",
     .file_text = "[install]\nindex-url = https://y.example\n",
     .by = "/y/pip/pip.conf:2 [install] index-url",
     .value = "https://y.example"},
    {.name = "other name in a stronger file",
     .key = "global.timeout",
     .want = "30",
     .text = "[global]\ntimeout = 30\n",
     .file = "usr/pip.conf",
     .file_text = "[global]\ndefault-timeout = 9\n",
     .by = "/usr/pip.conf:2 [global] default-timeout",
     .value = "9"},
    {.name = "DEFAULT of a stronger file",
     .want = A,
     .text = OURS,
     .file = "usr/pip.conf",
     .file_text = "[DEFAULT]\nindex-url = https://d.example\n[global]\n",
     .by = "/usr/pip.conf [global] index-url",
     .value = "https://d.example"},
    {.name = "a broken file stops pip",
     .want = A,
     .text = OURS,
     .file = "etc/pip.conf",
     .file_text = "index-url = x\n",
     .by = "/etc/pip.conf, which pip cannot read",
     .value = ""},
    {.name = "no-index",
     .want = A,
     .text = OURS,
     .environment = {"PIP_NO_INDEX=1"},
     .by = "environment variable PIP_NO_INDEX",
     .value = "no-index"},
    {.name = "no-index in our file",
     .want = A,
     .text = OURS "no-index = yes\n",
     .by = "/home/u/.config/pip/pip.conf:3 [global] no-index",
     .value = "no-index"},
    {.name = "no-index switched off", .want = A, .text = OURS "no-index = no\n"},
    {.name = "plain http",
     .want = "http://h.example/simple",
     .text = "[global]\nindex-url = http://h.example/simple\n",
     .by = "pip's rule against plain http (h.example is not in trusted-host)",
     .value = ""},
    {.name = "plain http, trusted",
     .want = "http://h.example/simple",
     .text = "[global]\nindex-url = http://h.example/simple\ntrusted-host =\n  x\n  H.example\n"},
    {.name = "plain http, another port trusted",
     .want = "http://h.example:81/simple",
     .text = "[global]\nindex-url = http://h.example:81/simple\ntrusted-host = h.example:82\n",
     .by = "pip's rule against plain http (h.example is not in trusted-host)",
     .value = ""},
    {.name = "plain http on loopback",
     .want = "http://127.0.0.1:80/simple",
     .text = "[global]\nindex-url = http://127.0.0.1:80/simple\n"},
    {.name = "list on one line is the same list",
     .key = "global.trusted-host",
     .want = "a.example b.example",
     .text = "[global]\ntrusted-host =\n  a.example\n  b.example\n",
     .environment = {"PIP_TRUSTED_HOST=a.example  b.example"}},
    {.name = "list is replaced, not joined",
     .key = "global.trusted-host",
     .want = "a.example",
     .text = "[global]\ntrusted-host =\n  a.example\n",
     .environment = {"PIP_TRUSTED_HOST=b.example"},
     .by = "environment variable PIP_TRUSTED_HOST",
     .value = "b.example"},
    {.name = "removed, and nobody else has it", .text = "[global]\n"},
    {.name = "removed, but a weaker file has it",
     .text = "[global]\n",
     .file = "etc/pip.conf",
     .file_text = "[global]\nindex-url = https://s.example\n",
     .by = "/etc/pip.conf:2 [global] index-url",
     .value = "https://s.example"},
    {.name = "removed, but the environment has it",
     .text = "",
     .environment = {"PIP_INDEX_URL=https://e.example"},
     .by = "environment variable PIP_INDEX_URL",
     .value = "https://e.example"},
    {.name = "removed, but a stronger file has it",
     .text = "",
     .file = "usr/pip.conf",
     .file_text = "[global]\nindex-url = https://p.example\n",
     .by = "/usr/pip.conf:2 [global] index-url",
     .value = "https://p.example"},
    {.name = "named file is ours, site loses",
     .want = A,
     .text = OURS,
     .environment = {"PIP_CONFIG_FILE=/usr/pip.conf"},
     .file = "usr/pip.conf",
     .file_text = "[global]\nindex-url = https://p.example\n"},
    {.name = "isolation by environment isolates no install",
     .want = A,
     .text = OURS,
     .environment = {"PIP_ISOLATED=1"}},
    {.name = "relative XDG",
     .want = A,
     .text = OURS,
     .environment = {"XDG_CONFIG_HOME=cfg"},
     .by = "environment variable XDG_CONFIG_HOME=cfg, a relative path",
     .value = ""},
};

static void test_shadows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(shadow_rows); i++) {
        struct tool_shadow_row row = shadow_rows[i];
        struct mw_sandbox box;
        row.key = row.key != NULL ? row.key : "global.index-url";
        mw_world_open(&box);
        mw_sandbox_put(&box, "usr/bin/pip3", "", 0755);
        tool_shadows(pip(), &row, &box);
        mw_sandbox_close(&box);
    }
}

/* The image's files count, this machine's environment and the user's files do not. */
static void test_shadows_in_root(void **state)
{
    (void)state;
    struct mw_sandbox box;
    struct mw_location location = {0};
    struct mw_value want = {0};
    struct mw_shadows shadows = {0};
    struct mw_buf text = {0};
    mw_world_open(&box);
    mw_sandbox_set_root(&box, "/image");
    mw_world_setenv(&box, "PIP_INDEX_URL=https://e.example");
    mw_sandbox_put(&box, "home/u/.config/pip/pip.conf", "[install]\nindex-url = x\n", 0644);
    mw_sandbox_put(&box, "etc/xdg/pip/pip.conf", "[install]\nindex-url = x\n", 0644);
    mw_sandbox_put(&box, "image/etc/xdg/pip/pip.conf", "[install]\nindex-url = https://i\n", 0644);
    mw_value_set_string(&want, A);
    mw_buf_puts(&text, OURS);
    assert_int_equal(mw_locate(&box.sys, pip(), MW_SCOPE_SYSTEM, NULL, &location, NULL), MW_OK);
    assert_string_equal(location.path, "/image/etc/pip.conf");
    struct mw_tool_setting setting = {.key = "global.index-url", .value = &want};
    mw_shadows_find(&box.sys, pip(), &location, &text, &setting, &shadows);
    assert_int_equal(shadows.count, 1);
    assert_string_equal(shadows.items[0].by, "/image/etc/xdg/pip/pip.conf:2 [install] index-url");
    mw_buf_release(&text);
    mw_shadows_release(&shadows);
    mw_value_release(&want);
    mw_location_release(&location);
    mw_sandbox_close(&box);
}

/* A shim (pyenv) says nothing by its place: the Python beside it is asked for its prefix. */
static void test_site_file_of_a_shim(void **state)
{
    (void)state;
    struct mw_sandbox box;
    struct mw_hit found = {0};
    mw_sandbox_open(&box);
    char *path = mw_xasprintf("PATH=%s/shims", box.dir);
    char *python = mw_xasprintf("#!/bin/sh\necho %s/versions/3\n", box.dir);
    char *site = mw_xasprintf("%s/versions/3/pip.conf", box.dir);
    mw_world_setenv(&box, path);
    mw_sandbox_put(&box, "shims/pip3", "#!/bin/sh\nexit 1\n", 0755);
    mw_sandbox_put(&box, "shims/python3", python, 0755);
    mw_sandbox_put(&box, "versions/3/pip.conf", "[global]\nindex-url = https://s.example\n", 0644);
    mw_hit_find(&box.sys, pip(), MW_SCOPE_USER, "global.index-url", &found);
    row_string_equal("shim", found.path, site);
    mw_hit_release(&found);
    free(site);
    free(python);
    free(path);
    mw_sandbox_close(&box);
}

/* ---- asking ---------------------------------------------------------------------------------- */

static const struct {
    const char *name, *key, *answer; /* items joined by '|'; "" if absent */
} ask_rows[] = {
    {"environment wins", "global.timeout", "7"},
    {"install wins over global", "global.index-url", "https://i.example/it's"},
    {"section itself", "download.index-url", "https://d.example"},
    {"list of lines", "global.trusted-host", "a.example|b.example"},
    {"absent", "global.retries", ""},
};

static void test_ask(void **state)
{
    (void)state;
    struct mw_sandbox box;
    mw_sandbox_open(&box);
    char *path = mw_xasprintf("PATH=%s/bin", box.dir);
    mw_world_setenv(&box, path);
    free(path);
    mw_sandbox_put(&box, "bin/pip3",
                   "#!/bin/sh\n[ \"$*\" = 'config list' ] || exit 3\n/bin/cat <<'E'\n"
                   ":env:.timeout='7'\ndownload.index-url='https://d.example'\n"
                   "global.index-url='https://g.example'\nglobal.timeout='3'\n"
                   "global.trusted-host='\\na.example\\nb.example'\n"
                   "install.index-url=\"https://i.example/it's\"\nE\n",
                   0755);
    for (size_t i = 0; i < ROWS(ask_rows); i++) {
        struct mw_value value = {0};
        row_true(ask_rows[i].name,
                 mw_tool_ask(&box.sys, pip(), NULL, ask_rows[i].key, &value, NULL) == MW_OK);
        char *text = mw_strings_join(&value.items, "|");
        row_string_equal(ask_rows[i].name, text, ask_rows[i].answer);
        free(text);
        mw_value_release(&value);
    }
    mw_sandbox_close(&box);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_locate),
        cmocka_unit_test(test_shadows),
        cmocka_unit_test(test_shadows_in_root),
        cmocka_unit_test(test_ask),
        cmocka_unit_test(test_site_file_of_a_shim),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
