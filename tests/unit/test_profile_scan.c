/* Which profiles are refused, word for word, and that what is not refused has one reading. */
#include "support/rows.h"

#include <stdio.h>
#include <unistd.h>

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
    {.name = "text behind a section",
     .text = "[go] Go ; a comment\n",
     .message = "p.ini:1: something follows the ] of a section; allowed: [NAME], then nothing or a "
                "comment after ';' or '#'"},
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
    {.name = "every mistake is told, and nothing that follows from one",
     .text = "[go\nGOPROXY = a\n[pip]\nglobal.timeout\nglobal.nothing = 1\n",
     .message = "p.ini:1: a section without ]; allowed: [NAME] alone on its line; p.ini:4: a line "
                "without '='; allowed: [SECTION], KEY = VALUE, or a comment after ';' or '#'"},
    {.name = "unknown keys and sections together",
     .text = "[gop]\nGOPROXY = a\n[policy]\nselect = fast\n[all]\nmiror = @fastest\n",
     .message = "p.ini:1: unknown section [gop]; allowed: profile, policy, all, go, pip, docker, "
                "check.NAME, watch; p.ini:4: 'fast' is no value for select; allowed: ordered, "
                "fastest; p.ini:6: unknown key 'miror' in [all]; allowed: mirror",
     .hint = "Did you mean go?"},
    {.name = "an addition of nothing",
     .text = "[docker]\nregistry-mirrors +=\n",
     .message = "p.ini:2: no item behind += or -=; allowed: KEY += ITEM, KEY -= ITEM"},
    {.name = "an addition where there is no list",
     .text = "[policy]\nselect += ordered\n",
     .message = "p.ini:2: select is no list that += and -= could change; allowed: lists of a tool"},
    {.name = "expires on no day",
     .text = "[profile]\nexpires = 2027-02-30\n",
     .message =
         "p.ini:2: '2027-02-30' is no value for expires; allowed: a date such as 2027-06-30, "
         "or 2027-06-30T12:00:00Z"},
    {.name = "two things to check",
     .text = "[check.vpn]\nfile = /etc/x\ntitle = x\ncommand = true\n",
     .message = "p.ini:4: [check.vpn] has both \"file\" and \"command\"; allowed: one of the two"},
    {.name = "expires",
     .text = "[profile]\nexpires = tomorrow\n",
     .message = "p.ini:2: 'tomorrow' is no value for expires; allowed: a date such as 2027-06-30, "
                "or 2027-06-30T12:00:00Z"},
    {.name = "watch",
     .text = "[watch]\ninterval = 1s\n",
     .message = "p.ini:2: '1s' is no value for interval; allowed: a time of at least 10s with its "
                "unit (s, m, h, d), such as 15m"},
    {.name = "watch has no such key",
     .text = "[watch]\nintervall = 15m\n",
     .message = "p.ini:2: unknown key 'intervall' in [watch]; allowed: switch, interval, survey, "
                "fall, rise, hold, budget",
     .hint = "Did you mean interval?"},
    {.name = "timeout of a check",
     .text = "[check.x]\ntimeout = 5\n",
     .message = "p.ini:2: '5' is no value for timeout; allowed: a time up to 1h with its unit (ms, "
                "s, m, h), such as 30s"},
    {.name = "unknown section",
     .text = "[profile]\n[pipp]\na = b\n",
     .message = "p.ini:2: unknown section [pipp]; allowed: profile, policy, all, go, pip, docker, "
                "check.NAME, watch",
     .hint = "Did you mean pip?"},
    {.name = "check without a name",
     .text = "[check.]\n",
     .message =
         "p.ini:1: unknown section [check.]; allowed: profile, policy, all, go, pip, docker, "
         "check.NAME, watch"},
    {.name = "unknown profile key",
     .text = "[profile]\nextend = base\n",
     .message = "p.ini:2: unknown key 'extend' in [profile]; allowed: name, summary, extends, "
                "serial, expires",
     .hint = "Did you mean extends?"},
    {.name = "unknown policy key",
     .text = "[policy]\nmax_age = 6h\n",
     .message = "p.ini:2: unknown key 'max_age' in [policy]; allowed: select, metric, max-latency, "
                "max-age, require, missing, ca-file",
     .hint = "Did you mean max-age?"},
    {.name = "unknown tool key",
     .text = "[go]\nGOPROXI = direct\n",
     .message = "p.ini:2: unknown key 'GOPROXI' in [go]; allowed: GOPROXY, GOSUMDB, GOPRIVATE, "
                "GONOSUMDB",
     .hint = "Did you mean GOPROXY?"},
    {.name = "unknown check key",
     .text = "[check.VPN]\ntitel = x\n",
     .message = "p.ini:2: unknown key 'titel' in [check.VPN]; allowed: title, command, file, "
                "expected, fix, why, timeout",
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
    {.name = "no failures",
     .text = "[watch]\nfall = 99\nrise = 0\n",
     .message = "p.ini:3: '0' is no value for rise; allowed: a whole number from 1 to 99"},
    {.name = "a budget of requests alone",
     .text = "[watch]\nbudget = 400\n",
     .message = "p.ini:2: '400' is no value for budget; allowed: requests and bytes a day, such as "
                "400, 3MiB"},
    {.name = "a budget in another unit",
     .text = "[watch]\nbudget = 400,3MB\n",
     .message =
         "p.ini:2: '400,3MB' is no value for budget; allowed: requests and bytes a day, such "
         "as 400, 3MiB"},
    {.name = "ca-file",
     .text = "[policy]\nca-file = ca.pem\n",
     .message = "p.ini:2: 'ca.pem' is no value for ca-file; allowed: the absolute path of a PEM "
                "file, shorter than 256 bytes"},
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

static void refusals_name_the_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(refusals); i++) {
        const struct refusal *row = &refusals[i];
        struct mw_profile profile = {0};
        struct mw_error err = {0};
        size_t len = row->len > 0 ? row->len : strlen(row->text);
        enum mw_code code = test_load_profile("p.ini", row->text, len, &profile, &err);
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
        enum mw_code code = test_load_profile("p.ini", text.data, text.len, &profile, &err);
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
    assert_int_equal(test_load_profile("p.ini", text.data, text.len, &profile, &err),
                     MW_BAD_PROFILE);
    assert_string_equal(err.message,
                        "p.ini:4098: more than 4096 keys; allowed: up to 4096 keys in a file");
    while (text.len <= 1 << 20)
        mw_buf_puts(&text, "\n");
    assert_int_equal(test_load_profile("p.ini", text.data, text.len, &profile, &err),
                     MW_BAD_PROFILE);
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
        enum mw_code code = test_load_profile("x/p.ini", text, strlen(text), &profile, NULL);
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
        enum mw_code code = test_load_profile("p.ini", text, len, &profile, &err);
        if (strstr(err.message, "ambiguous") != NULL || strstr(err.message, "iniparser") != NULL)
            fail_msg("%s\n%s", text, err.message);
        accepted += code == MW_OK;
        mw_profile_release(&profile);
    }
    assert_in_range(accepted, 100, 19900);
}

/* What iniparser is handed instead of the profile; NULL: nothing, the host fails. */
static const char *other_text;

static enum mw_code open_other(void *context, const char *text, size_t len, char **path, int *fd,
                               struct mw_error *err)
{
    (void)text;
    (void)len;
    if (other_text == NULL)
        return mw_fail(err, MW_IO, 0, "memfd", "no memory file");
    struct mw_profile_host host = test_host(context);
    return host.open_text(context, other_text, strlen(other_text), path, fd, err);
}

/* The scan does not have the last word: iniparser must read the same, and complains only to us. */
static void iniparser_must_agree(void **state)
{
    (void)state;
    static const struct {
        const char *other;
        enum mw_code code;
        const char *message;
    } rows[] = {
        {"[go]\nGOSUMDB = off\n", MW_OK, ""},
        {"[go]\nGOSUMDB = on\n", MW_BAD_PROFILE,
         "p.ini:2: the value of GOSUMDB is ambiguous; allowed: a value that can be read in one way "
         "only"},
        {"[go]\n", MW_BAD_PROFILE,
         "p.ini:2: the value of GOSUMDB is ambiguous; allowed: a value that can be read in one way "
         "only"},
        {"[go]\nGOSUMDB\n", MW_BAD_PROFILE, "p.ini: iniparser cannot read this file"},
        {NULL, MW_OK, ""}, /* nobody to ask: the scan stands alone */
    };
    struct test_world world = {0};
    struct mw_profile_host host = test_host(&world);
    struct mw_profile_set set = {0};
    host.open_text = open_other;
    mw_profile_set_add(&set, "p.ini", rows[0].other, strlen(rows[0].other));
    FILE *said = tmpfile();
    int old_stderr = dup(STDERR_FILENO);
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_profile profile = {0};
        struct mw_error err = {0};
        other_text = rows[i].other;
        dup2(fileno(said), STDERR_FILENO);
        enum mw_code code = mw_profile_load(&set, "p", &host, &profile, &err);
        dup2(old_stderr, STDERR_FILENO);
        row_size_equal(rows[i].message, code, rows[i].code);
        row_string_equal(rows[i].message, err.message, rows[i].message);
        mw_profile_release(&profile);
    }
    close(old_stderr);
    assert_int_equal(fseek(said, 0, SEEK_END), 0);
    assert_int_equal(ftell(said), 0);
    fclose(said);
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
        cmocka_unit_test(iniparser_must_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
