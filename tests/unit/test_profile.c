#include "support/rows.h"

#include <dirent.h>
#include <stdio.h>

#include "mirrorwise/memory.h"
#include "mirrorwise/profile.h"
#include "support/model_host.h"

/* ---- what is refused, word for word ---------------------------------------------------------- */

static const struct refusal {
    const char *name;
    const char *text;
    size_t len; /* 0: strlen(text) */
    const char *message;
    const char *hint;
} refusals[] = {
    {.name = "comment in a URL",
     .text = "[pip]\nglobal.index-url = https://h/a#frag\n",
     .message = "p.ini:2: a '#' inside an unquoted value, which would cut it there; allowed: "
                "quotes around such a value, or a blank before a comment",
     .hint = "Put the value into double quotes: KEY = \"VALUE\"."},
    {.name = "semicolon without a blank",
     .text = "[go]\nGOSUMDB = a;b\n",
     .message = "p.ini:2: a ';' inside an unquoted value, which would cut it there; allowed: "
                "quotes around such a value, or a blank before a comment",
     .hint = "Put the value into double quotes: KEY = \"VALUE\"."},
    {.name = "comment glued to '='",
     .text = "[go]\nGOSUMDB =#x\n",
     .message = "p.ini:2: a '#' inside an unquoted value, which would cut it there; allowed: "
                "quotes around such a value, or a blank before a comment",
     .hint = "Put the value into double quotes: KEY = \"VALUE\"."},
    {.name = "duplicate key",
     .text = "[go]\nGOSUMDB = a\n\ngosumdb = b\n",
     .message = "p.ini:4: the key GOSUMDB stands in line 2 already; allowed: each key once in a "
                "section"},
    {.name = "two spellings of a key",
     .text = "[pip]\nglobal.index-url = a\nglobal.index_url = b\n",
     .message = "p.ini:3: the key global.index-url stands in line 2 already; allowed: each key "
                "once in a section"},
    {.name = "duplicate section",
     .text = "[go]\n[pip]\n[GO]\n",
     .message = "p.ini:3: the section [GO] stands in line 1 already; allowed: each section once in "
                "a file"},
    {.name = "colon in a section",
     .text = "[check:vpn]\n",
     .message = "p.ini:1: a ':' in the name of a section; allowed: a dot instead, as in "
                "[check.NAME]"},
    {.name = "empty section name",
     .text = "[ ]\n",
     .message = "p.ini:1: a section whose name is empty or has a character that no name has; "
                "allowed: letters, digits, '.', '_' and '-'"},
    {.name = "open section",
     .text = "[go\n",
     .message = "p.ini:1: a section without ]; allowed: [NAME] alone on its line"},
    {.name = "comment behind a section",
     .text = "[go] ; Go\n",
     .message = "p.ini:1: something follows the ] of a section; allowed: [NAME] alone on its line, "
                "comments on lines of their own"},
    {.name = "key : value",
     .text = "[go]\nGOSUMDB : off\n",
     .message = "p.ini:2: a ':' where '=' belongs; allowed: [SECTION], KEY = VALUE, or a comment "
                "after ';' or '#'"},
    {.name = "bare word",
     .text = "[go]\nGOSUMDB\n",
     .message = "p.ini:2: a line without '='; allowed: [SECTION], KEY = VALUE, or a comment after "
                "';' or '#'"},
    {.name = "no key",
     .text = "[go]\n = x\n",
     .message = "p.ini:2: a key that is empty or has a character that no key has; allowed: "
                "letters, digits, '.', '_' and '-'"},
    {.name = "colon in a key",
     .text = "[go]\na:b = x\n",
     .message = "p.ini:2: a key that is empty or has a character that no key has; allowed: "
                "letters, digits, '.', '_' and '-'"},
    {.name = "key without section",
     .text = "; c\nname = x\n",
     .message = "p.ini:2: a key before the first section; allowed: keys below a [SECTION]"},
    {.name = "backslash at the end",
     .text = "[go]\nGOPROXY = a,\\\n  b\n",
     .message = "p.ini:2: a backslash at the end of the line, which would join the next line to "
                "it; allowed: each value on one line"},
    {.name = "backslash and blanks at the end of a comment",
     .text = "; C:\\ \r\n[go]\n",
     .message = "p.ini:1: a backslash at the end of the line, which would join the next line to "
                "it; allowed: each value on one line"},
    {.name = "open quote",
     .text = "[go]\nGOSUMDB = \"off\n",
     .message = "p.ini:2: a quote that is never closed; allowed: a value in \"double\" or 'single' "
                "quotes on one line"},
    {.name = "text after a quote",
     .text = "[go]\nGOSUMDB = \"off\" x\n",
     .message = "p.ini:2: text after the closing quote; allowed: a comment or nothing; quotes "
                "around the whole value"},
    {.name = "backslash in quotes",
     .text = "[go]\nGOSUMDB = \"a\\b\"\n",
     .message = "p.ini:2: a backslash in a quoted value; allowed: backslashes in unquoted values"},
    {.name = "byte order mark",
     .text = "\xEF\xBB\xBF[go]\n",
     .message = "p.ini:1: a byte order mark; allowed: UTF-8 without one"},
    {.name = "NUL",
     .text = "[go]\nGOSUMDB = a\0b\n",
     .len = 18,
     .message = "p.ini:2: the control character 0x00 in column 12; allowed: printable text and "
                "tabs"},
    {.name = "escape",
     .text = "[go]\nGOSUMDB = \x1B[31m\n",
     .message = "p.ini:2: the control character 0x1B in column 11; allowed: printable text and "
                "tabs"},
    {.name = "carriage return inside",
     .text = "[go]\nGOSUMDB = a\rb\n",
     .message = "p.ini:2: the control character 0x0D in column 12; allowed: printable text and "
                "tabs"},
    {.name = "not UTF-8, even in a comment",
     .text = "; caf\xE9\n",
     .message = "p.ini:1: the byte 0xE9 in column 6 is not UTF-8; allowed: UTF-8"},
    {.name = "unknown section",
     .text = "[profile]\n[pipp]\na = b\n",
     .message = "p.ini:2: unknown section [pipp]; allowed: profile, policy, go, pip, docker, "
                "check.NAME",
     .hint = "Did you mean pip?"},
    {.name = "check without a name",
     .text = "[check.]\n",
     .message = "p.ini:1: unknown section [check.]; allowed: profile, policy, go, pip, docker, "
                "check.NAME"},
    {.name = "unknown profile key",
     .text = "[profile]\nextend = base\n",
     .message = "p.ini:2: unknown key 'extend' in [profile]; allowed: name, summary, extends",
     .hint = "Did you mean extends?"},
    {.name = "unknown policy key",
     .text = "[policy]\nmax_age = 6h\n",
     .message = "p.ini:2: unknown key 'max_age' in [policy]; allowed: select, metric, max-latency, "
                "max-age, require",
     .hint = "Did you mean max-age?"},
    {.name = "unknown tool key",
     .text = "[go]\nGOPROXI = direct\n",
     .message = "p.ini:2: unknown key 'GOPROXI' in [go]; allowed: GOPROXY, GOSUMDB, GOPRIVATE, "
                "GONOSUMDB",
     .hint = "Did you mean GOPROXY?"},
    {.name = "unknown check key",
     .text = "[check.VPN]\ntitel = x\n",
     .message = "p.ini:2: unknown key 'titel' in [check.VPN]; allowed: title, command, file, "
                "expected, fix, why",
     .hint = "Did you mean title?"},
    {.name = "bad profile name",
     .text = "[profile]\nname = my profile\n",
     .message = "p.ini:2: 'my profile' cannot be the name of a profile; allowed: 1 to 64 letters, "
                "digits, '.', '_' and '-'"},
    {.name = "extends itself",
     .text = "[profile]\nname = dev\nextends = dev\n",
     .message = "p.ini:3: the profiles extend each other: dev -> dev; allowed: a chain of profiles "
                "that ends",
     .hint = "A profile cannot extend one of its own name, built in or not: give it another "
             "[profile] name."},
    {.name = "missing parent",
     .text = "[profile]\nname = devel\nextends = level\n",
     .message = "p.ini:3: there is no profile 'level' to extend; allowed: devel",
     .hint = "Did you mean devel?"},
    {.name = "select",
     .text = "[policy]\nselect = fast\n",
     .message = "p.ini:2: 'fast' is no value for select; allowed: ordered, fastest"},
    {.name = "metric",
     .text = "[policy]\nmetric = speed\n",
     .message = "p.ini:2: 'speed' is no value for metric; allowed: latency, throughput, balanced"},
    {.name = "latency without unit",
     .text = "[policy]\nmax-latency = 300\n",
     .message = "p.ini:2: '300' is no value for max-latency; allowed: a time with its unit (ms, s, "
                "m, h, d), such as 300ms"},
    {.name = "latency of zero",
     .text = "[policy]\nmax-latency = 0ms\n",
     .message = "p.ini:2: '0ms' is no value for max-latency; allowed: a time with its unit (ms, s, "
                "m, h, d), such as 300ms"},
    {.name = "age below a second",
     .text = "[policy]\nMax-Age = 900ms\n",
     .message = "p.ini:2: '900ms' is no value for Max-Age; allowed: a time of at least 1s with its "
                "unit (s, m, h, d), such as 6h"},
    {.name = "require",
     .text = "[policy]\nrequire = https, none\n",
     .message = "p.ini:2: 'https, none' is no value for require; allowed: https, integrity, both "
                "with a comma between, or none"},
    {.name = "require a secret URL: no password in the message",
     .text = "[policy]\nselect = https://me:hunter2@h/\n",
     .message = "p.ini:2: 'https://me:****@h/' is no value for select; allowed: ordered, fastest"},
    {.name = "unset variable, and not the first line",
     .text = "[go]\nGOSUMDB = off\nGOPROXY = https://${env:TOKEN}@h\n",
     .message = "p.ini:3: the environment variable TOKEN is not set",
     .hint = "Set TOKEN, or put the value into a file and write ${file:PATH}."},
};

/* Adds one file and loads it. */
static enum mw_code load_text(const char *path, const char *text, size_t len,
                              struct mw_profile *profile, struct mw_error *err)
{
    struct test_world world = {0};
    struct mw_profile_host host = test_host(&world);
    struct mw_profile_set set = {0};
    mw_profile_set_add(&set, path, text, len);
    enum mw_code code = mw_profile_load(&set, set.items[0].name, &host, profile, err);
    mw_profile_set_release(&set);
    return code;
}

static void refusals_name_the_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(refusals); i++) {
        const struct refusal *row = &refusals[i];
        struct mw_profile profile = {0};
        struct mw_error err = {0};
        size_t len = row->len > 0 ? row->len : strlen(row->text);
        enum mw_code code = load_text("p.ini", row->text, len, &profile, &err);
        row_size_equal(row->name, code, MW_BAD_PROFILE);
        row_size_equal(row->name, err.code, MW_BAD_PROFILE);
        row_string_equal(row->name, err.message, row->message);
        row_string_equal(row->name, err.hint, row->hint != NULL ? row->hint : "");
        row_true(row->name, profile.name == NULL);
    }
}

static void long_lines_are_refused_where_iniparser_would(void **state)
{
    (void)state;
    static const struct {
        size_t bytes; /* with the line end */
        const char *message;
    } rows[] = {
        {1022, ""},
        {1023, ""},
        {1024, "p.ini:2: a line of 1024 bytes; allowed: up to 1023 bytes with the line end"},
        {5000, "p.ini:2: a line of 5000 bytes; allowed: up to 1023 bytes with the line end"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_buf text = {0};
        struct mw_profile profile = {0};
        struct mw_error err = {0};
        mw_buf_puts(&text, "[go]\nGOSUMDB=");
        while (text.len < strlen("[go]\n") + rows[i].bytes - 1)
            mw_buf_putc(&text, 'x');
        mw_buf_puts(&text, "\n");
        enum mw_code code = load_text("p.ini", text.data, text.len, &profile, &err);
        row_size_equal(rows[i].message, code, *rows[i].message == '\0' ? MW_OK : MW_BAD_PROFILE);
        row_string_equal(rows[i].message, err.message, rows[i].message);
        if (code == MW_OK)
            assert_int_equal(strlen(profile.wishes.items[0].text),
                             rows[i].bytes - 1 - strlen("GOSUMDB="));
        mw_profile_release(&profile);
        mw_buf_release(&text);
    }
}

static void too_much_is_refused(void **state)
{
    (void)state;
    struct mw_buf text = {0};
    struct mw_profile profile = {0};
    struct mw_error err = {0};
    mw_buf_puts(&text, "[check.a]\n");
    for (int i = 0; i < 4097; i++)
        mw_buf_printf(&text, "k%d=\n", i);
    assert_int_equal(load_text("p.ini", text.data, text.len, &profile, &err), MW_BAD_PROFILE);
    assert_string_equal(err.message,
                        "p.ini:4098: more than 4096 keys; allowed: up to 4096 keys in a file");
    while (text.len <= 1 << 20)
        mw_buf_puts(&text, "\n");
    assert_int_equal(load_text("p.ini", text.data, text.len, &profile, &err), MW_BAD_PROFILE);
    assert_string_equal(err.message, "p.ini: a profile of 1048577 bytes; allowed: up to 1 MiB");
    mw_buf_release(&text);
}

/* ---- values ---------------------------------------------------------------------------------- */

static void values_are_read_as_iniparser_reads_them(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        const char *value;
    } rows[] = {
        {"GOSUMDB = off", "off"},
        {"gosumdb=off", "off"},
        {"\t GoSumDB \t=\t off \t", "off"},
        {"GOSUMDB = off ; comment", "off"},
        {"GOSUMDB = off\t# comment", "off"},
        {"GOSUMDB = a b  c ;d", "a b  c"},
        {"GOSUMDB = \"a;b#c\" ; comment", "a;b#c"},
        {"GOSUMDB = 'a \"b\" c'# comment", "a \"b\" c"},
        {"GOSUMDB = \"  kept  \"", "  kept  "},
        {"GOSUMDB = a=b=c", "a=b=c"},
        {"GOSUMDB == b", "= b"},
        {"GOSUMDB = a \"b\" 'c'", "a \"b\" 'c'"},
        {"GOSUMDB = a\\b", "a\\b"},
        {"GOSUMDB = https://h/a;v=1", NULL},
        {"GOSUMDB = [x]", "[x]"},
        {"GOSUMDB = 七牛云", "七牛云"},
        {"GOSUMDB =", ""},
        {"GOSUMDB = ; nothing", ""},
        {"GOSUMDB = \"\"", ""},
        {"GOSUMDB = '' # nothing", ""},
        {"GOSUMDB = \"\" x", NULL},
        {"GOSUMDB = a\r", "a"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_profile profile = {0};
        char *text = mw_xasprintf("[GO]\n%s\n", rows[i].line);
        enum mw_code code = load_text("x/p.ini", text, strlen(text), &profile, NULL);
        row_size_equal(rows[i].line, code, rows[i].value != NULL ? MW_OK : MW_BAD_PROFILE);
        if (code == MW_OK) {
            row_string_equal(rows[i].line, profile.wishes.items[0].tool, "go");
            row_string_equal(rows[i].line, profile.wishes.items[0].key, "GOSUMDB");
            row_string_equal(rows[i].line, profile.wishes.items[0].text, rows[i].value);
        }
        mw_profile_release(&profile);
        free(text);
    }
}

/* Whatever the scan lets through, iniparser reads the same: lines made of the characters that
 * mean something to one of the two. */
static void generated_lines_have_one_reading(void **state)
{
    (void)state;
    static const char alphabet[] = "ab  =;#\"'\\[]:\t\r$";
    unsigned seed = 20260824;
    unsigned accepted = 0;
    for (int round = 0; round < 20000; round++) {
        char text[64] = "[go]\nGOSUMDB";
        size_t len = strlen(text);
        for (int i = 0; i < 14; i++) {
            seed = seed * 1664525u + 1013904223u;
            text[len++] = i == 0 ? '=' : alphabet[(seed >> 16) % (sizeof alphabet - 1)];
        }
        text[len++] = '\n';
        struct mw_profile profile = {0};
        struct mw_error err = {0};
        enum mw_code code = load_text("p.ini", text, len, &profile, &err);
        if (strstr(err.message, "ambiguous") != NULL || strstr(err.message, "iniparser") != NULL)
            fail_msg("%s\n%s", text, err.message);
        accepted += code == MW_OK;
        mw_profile_release(&profile);
    }
    assert_in_range(accepted, 100, 19900);
}

static void durations(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        long ms;
    } rows[] = {
        {"300ms", 300},
        {"2s", 2000},
        {"5m", 300000},
        {"6h", 21600000},
        {"1d", 86400000},
        {"0s", 0},
        {"", -1},
        {"300", -1},
        {"ms", -1},
        {"-1s", -1},
        {"1.5s", -1},
        {"1 s", -1},
        {" 1s", -1},
        {"1s ", -1},
        {"1S", -1},
        {"1w", -1},
        {"9223372036854775807ms", 9223372036854775807L},
        {"9223372036854775808ms", -1},
        {"9223372036854775807s", -1},
        {"99999999999999999999999d", -1},
    };
    for (size_t i = 0; i < ROWS(rows); i++)
        row_true(rows[i].text, mw_duration_parse_ms(rows[i].text) == rows[i].ms);
}

static void policies(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        struct mw_policy policy;
    } rows[] = {
        {"", {.require_https = true, .require_integrity = true}},
        {"select = fastest", {MW_SELECT_FASTEST, MW_METRIC_LATENCY, 0, 0, true, true}},
        {"SELECT =", {MW_SELECT_ORDERED, MW_METRIC_LATENCY, 0, 0, true, true}},
        {"metric = throughput", {MW_SELECT_ORDERED, MW_METRIC_THROUGHPUT, 0, 0, true, true}},
        {"metric = balanced", {MW_SELECT_ORDERED, MW_METRIC_BALANCED, 0, 0, true, true}},
        {"max-latency = 2s", {MW_SELECT_ORDERED, MW_METRIC_LATENCY, 2000, 0, true, true}},
        {"max-age = 6h", {MW_SELECT_ORDERED, MW_METRIC_LATENCY, 0, 21600, true, true}},
        {"require = https", {MW_SELECT_ORDERED, MW_METRIC_LATENCY, 0, 0, true, false}},
        {"require = integrity , https", {MW_SELECT_ORDERED, MW_METRIC_LATENCY, 0, 0, true, true}},
        {"require = none", {MW_SELECT_ORDERED, MW_METRIC_LATENCY, 0, 0, false, false}},
        {"require =", {MW_SELECT_ORDERED, MW_METRIC_LATENCY, 0, 0, true, true}},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_profile profile = {0};
        const struct mw_policy *want = &rows[i].policy;
        char *text = mw_xasprintf("[policy]\n%s\n", rows[i].text);
        row_size_equal(rows[i].text, load_text("p.ini", text, strlen(text), &profile, NULL), MW_OK);
        const struct mw_policy *have = &profile.policy;
        row_true(rows[i].text, have->select == want->select && have->metric == want->metric);
        row_true(rows[i].text, have->max_latency_ms == want->max_latency_ms);
        row_true(rows[i].text, have->max_age_s == want->max_age_s);
        row_true(rows[i].text, have->require_https == want->require_https);
        row_true(rows[i].text, have->require_integrity == want->require_integrity);
        mw_profile_release(&profile);
        free(text);
    }
}

/* ---- extends --------------------------------------------------------------------------------- */

static void add(struct mw_profile_set *set, const char *path, const char *text)
{
    mw_profile_set_add(set, path, text, strlen(text));
}

static void children_override_key_by_key(void **state)
{
    (void)state;
    static const struct test_pair env[] = {{"TOKEN", "s3cret"}, {NULL, NULL}};
    struct test_world world = {.env = env};
    struct mw_profile_host host = test_host(&world);
    struct mw_profile_set set = {0};
    struct mw_profile profile = {0};
    add(&set, "/etc/root.ini",
        "[policy]\nselect = fastest\nmax-age = 1d\n[go]\nGOPROXY = ${env:MISSING}\n"
        "GOSUMDB = ${env:TOKEN}\n[check.VPN]\ntitle = old\nwhy = because\n");
    add(&set, "/etc/mid.ini", "[profile]\nextends = root\n[go]\nGOPROXY = https://u:p@mid\n");
    add(&set, "/home/leaf.ini",
        "[profile]\nsummary = Leaf\nextends = mid\n[policy]\nmax-age =\n[go]\ngoproxy = direct\n"
        "[check.vpn]\ntitle = new\n");
    assert_int_equal(mw_profile_load(&set, "leaf", &host, &profile, NULL), MW_OK);

    char *chain = mw_strings_join(&profile.chain, " ");
    assert_string_equal(chain, "leaf mid root");
    free(chain);
    assert_string_equal(profile.name, "leaf");
    assert_string_equal(profile.summary, "Leaf");
    assert_string_equal(profile.file, "/home/leaf.ini");
    assert_int_equal(profile.policy.select, MW_SELECT_FASTEST);
    assert_int_equal(profile.policy.max_age_s, 0);

    const struct mw_wish *proxy = mw_wishes_find(&profile.wishes, "go", "GOPROXY");
    assert_string_equal(proxy->text, "direct");
    assert_false(proxy->is_secret);
    char *origin = mw_origin_text(&proxy->from);
    assert_string_equal(origin, "profile leaf, /home/leaf.ini:7");
    free(origin);
    assert_int_equal(proxy->overridden_count, 2);
    assert_string_equal(proxy->overridden[0].text, "****");
    assert_string_equal(proxy->overridden[0].from.profile, "mid");
    assert_int_equal(proxy->overridden[0].from.line, 4);
    /* Not looked up: nobody needs it. */
    assert_string_equal(proxy->overridden[1].text, "${env:MISSING}");
    assert_string_equal(proxy->overridden[1].from.file, "/etc/root.ini");

    const struct mw_wish *sumdb = mw_wishes_find(&profile.wishes, "go", "GOSUMDB");
    assert_string_equal(sumdb->text, "s3cret");
    assert_true(sumdb->is_secret);

    assert_int_equal(profile.check_count, 1);
    assert_string_equal(profile.checks[0].name, "VPN");
    assert_string_equal(profile.checks[0].title, "new");
    assert_string_equal(profile.checks[0].why, "because");
    assert_null(profile.checks[0].command);
    assert_string_equal(profile.checks[0].from.file, "/home/leaf.ini");
    mw_profile_release(&profile);
    mw_profile_set_release(&set);
}

static void chains_of_any_depth(void **state)
{
    (void)state;
    struct test_world world = {0};
    struct mw_profile_host host = test_host(&world);
    struct mw_profile_set set = {0};
    struct mw_profile profile = {0};
    struct mw_error err = {0};
    enum { DEPTH = 300 };
    for (int i = 0; i < DEPTH; i++) {
        char *path = mw_xasprintf("p%d.ini", i);
        char *text = mw_xasprintf("[profile]\nextends = p%d\n[go]\nGOSUMDB = %d\n", i + 1, i);
        add(&set, path, text);
        free(path);
        free(text);
    }
    assert_int_equal(mw_profile_load(&set, "p0", &host, &profile, &err), MW_BAD_PROFILE);
    assert_non_null(strstr(err.message, "p299.ini:2: there is no profile 'p300' to extend"));
    add(&set, "p300.ini", "");
    assert_int_equal(mw_profile_load(&set, "p0", &host, &profile, &err), MW_OK);
    assert_int_equal(profile.chain.count, DEPTH + 1);
    assert_string_equal(profile.wishes.items[0].text, "0");
    assert_int_equal(profile.wishes.items[0].overridden_count, DEPTH - 1);
    mw_profile_release(&profile);
    mw_profile_set_release(&set);
}

static void cycles_show_the_chain(void **state)
{
    (void)state;
    struct test_world world = {0};
    struct mw_profile_host host = test_host(&world);
    struct mw_profile_set set = {0};
    struct mw_profile profile = {0};
    struct mw_error err = {0};
    add(&set, "a.ini", "[profile]\nextends = b\n");
    add(&set, "b.ini", "[profile]\nextends = c\n");
    add(&set, "c.ini", "[profile]\n\nextends = b\n");
    assert_int_equal(mw_profile_load(&set, "a", &host, &profile, &err), MW_BAD_PROFILE);
    assert_string_equal(err.message, "c.ini:3: the profiles extend each other: a -> b -> c -> b; "
                                     "allowed: a chain of profiles that ends");
    assert_string_equal(err.hint, "");
    mw_profile_set_release(&set);
}

static void later_files_win(void **state)
{
    (void)state;
    struct test_world world = {0};
    struct mw_profile_host host = test_host(&world);
    struct mw_profile_set set = {0};
    struct mw_profile profile = {0};
    struct mw_error err = {0};
    add(&set, "builtin:profiles/dev.ini", "[go]\nGOSUMDB = old\n");
    add(&set, "/x/other.ini", "[profile]\nname = dev\n[go]\nGOSUMDB = new\n");
    add(&set, "/x/broken.ini", "[go\n");
    add(&set, "/x/bad name.ini", "");
    assert_string_equal(set.items[0].name, "dev");
    assert_string_equal(mw_profile_set_find(&set, "dev")->path, "/x/other.ini");
    assert_int_equal(mw_profile_load(&set, "dev", &host, &profile, NULL), MW_OK);
    assert_string_equal(profile.wishes.items[0].text, "new");
    mw_profile_release(&profile);

    /* A broken file stays where it is and says so when it is wanted. */
    assert_int_equal(mw_profile_load(&set, "broken", &host, &profile, &err), MW_BAD_PROFILE);
    assert_non_null(strstr(err.message, "/x/broken.ini:1: "));
    assert_int_equal(mw_profile_load(&set, "bad name", &host, &profile, &err), MW_BAD_PROFILE);
    assert_string_equal(err.message,
                        "/x/bad name.ini: 'bad name' cannot be the name of a profile; allowed: 1 "
                        "to 64 letters, digits, '.', '_' and '-'");
    assert_string_equal(err.hint, "Name it in the file: [profile] and name = NAME.");
    assert_int_equal(mw_profile_load(&set, "prod", &host, &profile, &err), MW_BAD_PROFILE);
    assert_string_equal(err.message,
                        "there is no profile 'prod'; there are: dev, broken, bad name");
    mw_profile_set_release(&set);
}

static void profiles_describe_themselves(void **state)
{
    (void)state;
    struct mw_profile_set set = {0};
    char *name = NULL;
    char *summary = NULL;
    char *extends = NULL;
    add(&set, "x.ini", "[profile]\nname = y\nsummary = A \"b\"\nextends = z ; c\n");
    add(&set, "broken.ini", "[profile]\nname = y\nsummary = A\n?\n");
    mw_profile_describe(&set.items[0], &name, &summary, &extends);
    assert_string_equal(name, "y");
    assert_string_equal(summary, "A \"b\"");
    assert_string_equal(extends, "z");
    free(name);
    free(summary);
    free(extends);
    mw_profile_describe(&set.items[1], &name, &summary, &extends);
    assert_string_equal(name, "broken");
    assert_string_equal(summary, "");
    assert_string_equal(extends, "");
    free(name);
    free(summary);
    free(extends);
    mw_profile_set_release(&set);
}

static void origins_read_well(void **state)
{
    (void)state;
    static const struct {
        struct mw_origin from;
        const char *text;
    } rows[] = {
        {{MW_LAYER_DEFAULT, NULL, NULL, 0}, "built-in default"},
        {{MW_LAYER_COMMAND_LINE, NULL, (char *)(uintptr_t) "--set", 0}, "--set"},
        {{MW_LAYER_ENVIRONMENT, NULL, NULL, 0}, "environment"},
        {{MW_LAYER_PROFILE, (char *)(uintptr_t) "dev", NULL, 0}, "profile dev"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char *text = mw_origin_text(&rows[i].from);
        row_string_equal(rows[i].text, text, rows[i].text);
        free(text);
    }
    assert_string_equal(mw_layer_word(MW_LAYER_DEFAULT), "default");
    assert_string_equal(mw_layer_word(MW_LAYER_COMMAND_LINE), "command-line");
}

/* ---- golden files: NAME.ini loads as NAME.txt says ------------------------------------------- */

static void read_golden(const char *name, struct mw_buf *text)
{
    char *path = mw_xasprintf("%s/golden/profiles/%s", MW_TEST_DIR, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        fail_msg("cannot open %s", path);
    char room[4096];
    size_t got;
    while ((got = fread(room, 1, sizeof room, file)) > 0)
        mw_buf_append(text, room, got);
    fclose(file);
    free(path);
}

static void dump(const struct mw_profile *profile, struct mw_buf *out)
{
    static const char *const selects[] = {"ordered", "fastest"};
    static const char *const metrics[] = {"latency", "throughput", "balanced"};
    const struct mw_policy *policy = &profile->policy;
    char *chain = mw_strings_join(&profile->chain, " -> ");
    mw_buf_printf(out, "%s: %s\n", chain, profile->summary);
    free(chain);
    mw_buf_printf(out, "policy: %s %s %ldms %lds%s%s\n", selects[policy->select],
                  metrics[policy->metric], policy->max_latency_ms, policy->max_age_s,
                  policy->require_https ? " https" : "",
                  policy->require_integrity ? " integrity" : "");
    for (size_t i = 0; i < profile->wishes.count; i++) {
        const struct mw_wish *wish = &profile->wishes.items[i];
        mw_buf_printf(out, "%s.%s = <%s>%s (%s:%zu)\n", wish->tool, wish->key, wish->text,
                      wish->is_secret ? " secret" : "", wish->from.file, wish->from.line);
        for (size_t k = 0; k < wish->overridden_count; k++)
            mw_buf_printf(out, "    over <%s> (%s:%zu)\n", wish->overridden[k].text,
                          wish->overridden[k].from.file, wish->overridden[k].from.line);
    }
    for (size_t i = 0; i < profile->check_count; i++) {
        const struct mw_profile_check *check = &profile->checks[i];
        mw_buf_printf(
            out, "check %s: title <%s> command <%s> file <%s> expected <%s> fix <%s>\n",
            check->name, check->title != NULL ? check->title : "",
            check->command != NULL ? check->command : "", check->file != NULL ? check->file : "",
            check->expected != NULL ? check->expected : "", check->fix != NULL ? check->fix : "");
    }
}

static void golden_profiles(void **state)
{
    (void)state;
    static const struct test_pair env[] = {
        {"PIP_TOKEN", "tok"}, {"HOME", "/home/me"}, {NULL, NULL}};
    static const struct test_pair files[] = {
        {"/home/me/.token", "from-home\n"}, {"./secrets/host", "h.example\r\n"}, {NULL, NULL}};
    struct test_world world = {.env = env, .files = files};
    struct mw_profile_host host = test_host(&world);
    struct mw_profile_set set = {0};
    char *folder = mw_xasprintf("%s/golden/profiles", MW_TEST_DIR);
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        struct mw_buf text = {0};
        const char *name = entries[i]->d_name;
        size_t len = strlen(name);
        if (len > 4 && strcmp(name + len - 4, ".ini") == 0) {
            read_golden(name, &text);
            mw_profile_set_add(&set, name, mw_buf_text(&text), text.len);
        }
        mw_buf_release(&text);
        free(entries[i]);
    }
    free(entries);
    free(folder);
    assert_in_range(set.count, 5, 100);
    for (size_t i = 0; i < set.count; i++) {
        struct mw_profile profile = {0};
        struct mw_error err = {0};
        struct mw_buf found = {0};
        struct mw_buf wanted = {0};
        char *name =
            mw_xasprintf("%.*s.txt", (int)(strlen(set.items[i].path) - 4), set.items[i].path);
        if (mw_profile_load(&set, set.items[i].name, &host, &profile, &err) == MW_OK)
            dump(&profile, &found);
        else
            mw_buf_printf(&found, "%s\n%s\n", err.message, err.hint);
        read_golden(name, &wanted);
        row_string_equal(name, mw_buf_text(&found), mw_buf_text(&wanted));
        mw_profile_release(&profile);
        mw_buf_release(&found);
        mw_buf_release(&wanted);
        free(name);
    }
    mw_profile_set_release(&set);
}

/* ---- what is built in ------------------------------------------------------------------------ */

static void built_in_profiles_load(void **state)
{
    (void)state;
    static const char *const names[] = {"base", "dev", "test", "prod"};
    struct test_world world = {0};
    struct mw_profile_host host = test_host(&world);
    struct mw_profile_set set = {0};
    test_add_builtin_profiles(&set);
    for (size_t i = 0; i < ROWS(names); i++)
        row_true(names[i], mw_profile_set_find(&set, names[i]) != NULL);
    for (size_t i = 0; i < set.count; i++) {
        struct mw_profile profile = {0};
        struct mw_error err = {0};
        if (mw_profile_load(&set, set.items[i].name, &host, &profile, &err) != MW_OK)
            fail_msg("%s", err.message);
        row_true(profile.name, *profile.summary != '\0');
        row_true(profile.name, profile.wishes.count > 0);
        mw_profile_release(&profile);
    }
    mw_profile_set_release(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refusals_name_the_place),
        cmocka_unit_test(long_lines_are_refused_where_iniparser_would),
        cmocka_unit_test(too_much_is_refused),
        cmocka_unit_test(values_are_read_as_iniparser_reads_them),
        cmocka_unit_test(generated_lines_have_one_reading),
        cmocka_unit_test(durations),
        cmocka_unit_test(policies),
        cmocka_unit_test(children_override_key_by_key),
        cmocka_unit_test(chains_of_any_depth),
        cmocka_unit_test(cycles_show_the_chain),
        cmocka_unit_test(later_files_win),
        cmocka_unit_test(profiles_describe_themselves),
        cmocka_unit_test(origins_read_well),
        cmocka_unit_test(golden_profiles),
        cmocka_unit_test(built_in_profiles_load),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
