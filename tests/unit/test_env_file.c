#include "support/rows.h"

#include <stdlib.h>

#include "support/edit_laws.h"

#define BOM "\xEF\xBB\xBF"
#define EDITOR (&mw_editor_env)

static const char *const other_keys[] = {"GOPROXY", "GOSUMDB", "GOPRIVATE", "GOFLAGS", NULL};

/* The reader of cmd/go, line by line of golang/go cmd/go/internal/cfg initEnvCache. */
static void get_reads_as_go(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text, *value;
    } rows[] = {
        {"empty", "", NULL},
        {"plain", "GOPROXY=x\n", "s:x"},
        {"no final newline", "GOPROXY=x", "s:x"},
        {"empty value", "GOPROXY=\n", "s:"},
        {"last wins", "GOPROXY=a\nGOFLAGS=\nGOPROXY=b\n", "s:b"},
        {"last wins though empty", "GOPROXY=a\nGOPROXY=\n", "s:"},
        {"first = splits", "GOPROXY=a=b==\n", "s:a=b=="},
        {"nothing is trimmed", "GOPROXY= a \t\n", "s: a \t"},
        {"CR stays", "GOPROXY=a\r\n", "s:a\r"},
        {"lone CR ends no line", "GOPROXY=a\rGOPROXY=b\n", "s:a\rGOPROXY=b"},
        {"quotes stay", "GOPROXY=\"a\"\n", "s:\"a\""},
        {"no comment behind", "GOPROXY=a # b\n", "s:a # b"},
        {"comment", "#GOPROXY=a\n", NULL},
        {"indented", " GOPROXY=a\n", NULL},
        {"export", "export GOPROXY=a\n", NULL},
        {"lower case", "goproxy=a\n", NULL},
        {"blank before =", "GOPROXY =a\n", NULL},
        {"without =", "GOPROXY\n", NULL},
        {"longer key", "GOPROXY2=a\n", NULL},
        {"shorter key", "GOPROX=a\n", NULL},
        {"BOM kills the first line", BOM "GOPROXY=a\n", NULL},
        {"BOM kills only the first line", BOM "GOPROXY=a\nGOPROXY=b\n", "s:b"},
        {"no UTF-8", "GOPROXY=\xFF\n", "s:\xFF"},
        {"blank lines", "\n\n=\nGOPROXY=a\n\n", "s:a"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char *value = edit_get(EDITOR, rows[i].text, strlen(rows[i].text), "GOPROXY");
        row_string_equal(rows[i].name, value != NULL ? value : "(absent)",
                         rows[i].value != NULL ? rows[i].value : "(absent)");
        row_true(rows[i].name,
                 EDITOR->check(EDITOR, "f", rows[i].text, strlen(rows[i].text), NULL) == MW_OK);
        free(value);
    }
}

static void put_rows(void **state)
{
    (void)state;
    static const struct edit_row rows[] = {
        {"into nothing", "", "GOPROXY", "s:x", "GOPROXY=x\n"},
        {"at the end", "# c\nGOFLAGS=\n", "GOPROXY", "s:x", "# c\nGOFLAGS=\nGOPROXY=x\n"},
        {"the missing newline first", "GOFLAGS=-v", "GOPROXY", "s:x", "GOFLAGS=-v\nGOPROXY=x\n"},
        {"in place", "A=1\nGOPROXY=a\n# c\n", "GOPROXY", "s:b", "A=1\nGOPROXY=b\n# c\n"},
        {"in place without newline", "A=1\nGOPROXY=a", "GOPROXY", "s:b", "A=1\nGOPROXY=b"},
        {"the last of duplicates", "GOPROXY=a\nA=1\nGOPROXY=b\n", "GOPROXY", "s:c",
         "GOPROXY=a\nA=1\nGOPROXY=c\n"},
        {"same value", "GOPROXY=a\nGOPROXY=b\n", "GOPROXY", "s:b", "GOPROXY=a\nGOPROXY=b\n"},
        {"dead value is not the same", "GOPROXY=b\nGOPROXY=a\n", "GOPROXY", "s:b",
         "GOPROXY=b\nGOPROXY=b\n"},
        {"empty value", "GOPROXY=a\n", "GOPROXY", "s:", "GOPROXY=\n"},
        {"our line in a CRLF file ends in LF", "A=1\r\nGOSUMDB=off\r\nB=2\r\n", "GOSUMDB", "s:off",
         "A=1\r\nGOSUMDB=off\nB=2\r\n"},
        {"new line in a CRLF file", "A=1\r\n", "GOSUMDB", "s:off", "A=1\r\nGOSUMDB=off\n"},
        {"dead lines are no lines of the key", " GOPROXY=a\ngoproxy=b\nGOPROXY =c\n", "GOPROXY",
         "s:d", " GOPROXY=a\ngoproxy=b\nGOPROXY =c\nGOPROXY=d\n"},
        {"behind a BOM", BOM "GOPROXY=a\n", "GOPROXY", "s:b", BOM "GOPROXY=a\nGOPROXY=b\n"},
        {"Unicode", "", "GOPROXY", "s:https://例.example/é", "GOPROXY=https://例.example/é\n"},
        {"blanks and quotes are kept", "", "GOFLAGS", "s: \"-v\" ", "GOFLAGS= \"-v\" \n"},
        {"remove", "A=1\nGOPROXY=a\nB=2\n", "GOPROXY", NULL, "A=1\nB=2\n"},
        {"remove all duplicates", "GOPROXY=a\nA=1\nGOPROXY=b\nGOPROXY=c", "GOPROXY", NULL, "A=1\n"},
        {"remove the only line", "GOPROXY=a\r\n", "GOPROXY", NULL, ""},
        {"remove what is not there", "A=1\n#GOPROXY=\n", "GOPROXY", NULL, "A=1\n#GOPROXY=\n"},
        {"refuse LF", "", "GOPROXY", "s:a\nGOSUMDB=off", NULL},
        {"refuse CR", "", "GOPROXY", "s:a\r", NULL},
        {"refuse VT", "", "GOPROXY", "s:a\vb", NULL},
        {"refuse what is not UTF-8", "", "GOPROXY", "s:\xC3(", NULL},
        {"refuse a list", "", "GOPROXY", "l:a|b", NULL},
        {"refuse a literal", "", "GOPROXY", "x:true", NULL},
        {"refuse a key with =", "", "GOPROXY=a", "s:b", NULL},
        {"refuse a key in lower case", "", "goproxy", "s:b", NULL},
        {"refuse no key", "", "", "s:b", NULL},
        {"refuse to remove no key", "=a\n", "", NULL, NULL},
    };
    edit_check_rows(EDITOR, rows, ROWS(rows), other_keys);
}

static void nul_is_kept_and_shown(void **state)
{
    (void)state;
    static const char text[] = "A=\0\nGOPROXY=a\0b\n";
    char *value = edit_get(EDITOR, text, sizeof text - 1, "GOPROXY");
    assert_string_equal(value, "s:a\xEF\xBF\xBD"
                               "b");
    free(value);
    struct mw_value wanted = edit_value("s:a");
    struct mw_buf after = {0};
    assert_true(edit_put(EDITOR, text, sizeof text - 1, "GOPROXY", &wanted, &after));
    assert_int_equal(after.len, 14);
    assert_memory_equal(after.data, "A=\0\nGOPROXY=a\n", 14);
    mw_buf_release(&after);
    mw_value_release(&wanted);
}

static struct mw_key_fact fact_of(const void *context, const char *key)
{
    (void)context;
    if (strcmp(key, "GOPROXY") == 0)
        return (struct mw_key_fact){.trims = true};
    if (strcmp(key, "GOFLAGS") == 0 || strcmp(key, "CC") == 0 || strncmp(key, "CGO_", 4) == 0)
        return (struct mw_key_fact){.trims = true, .quotes = true};
    if (strcmp(key, "GOSUMDB") == 0)
        return (struct mw_key_fact){.cr = "no longer off", .cr_breaks = "off"};
    if (strcmp(key, "GOPRIVATE") == 0)
        return (struct mw_key_fact){.cr = "private module paths"};
    return (struct mw_key_fact){0};
}

static void notice_rows(void **state)
{
    (void)state;
    static const struct edit_notice_row rows[] = {
        {"nothing", "", ""},
        {"clean", "# c\nGOPROXY=https://a,direct\nGOFLAGS=\"-v\" \nGOSUMDB=sum.golang.org\n", ""},
        {"BOM", BOM "GOPROXY=a\nGOFLAGS=\n", "env-bom 1"},
        {"CR that breaks", "GOSUMDB=off\r\nGOPRIVATE=a,b\r\nGOBIN=/b\r\n",
         "env-cr 1, env-cr 2, env-cr 3"},
        {"CR that does not", "GOPROXY=a\r\nGOSUMDB=sum.golang.org\r\nGOFLAGS=-v\r\n", ""},
        {"CR alone", "GOPRIVATE=\r\n", "env-cr 1"},
        {"quotes", "GOPROXY=\"a\"\nGOPRIVATE='b'\nCGO_CFLAGS=\"-g\"\n",
         "env-quotes 1, env-quotes 2"},
        {"blanks", " GOPROXY=a\n\tGOSUMDB=off\nexport GOFLAGS=-v\nGOPRIVATE = b\n",
         "env-space 1, env-space 2, env-space 3, env-space 4"},
        {"blanks in values", "GOPRIVATE= a\nGOSUMDB=off \nGOPROXY= a \n",
         "env-space 1, env-space 2"},
        {"lower case", "goproxy=a\nGoProxy=b\n", "env-lower-case 1, env-lower-case 2"},
        {"prose with =", "a sum = two\n<x>=1\n= 2\nset GOPROXY=a\n",
         "env-no-setting 1, env-no-setting 2, env-no-setting 3, env-no-setting 4"},
        {"no =", "GOPROXY https://a\n  just words\r\nGOFLAGS",
         "env-no-setting 1, "
         "env-no-setting 2, env-no-setting 3"},
        {"nothing to be heard", "# GOPROXY\n\n \t\r\n ; GOPROXY=a\n// GOPROXY\n", ""},
        {"duplicates", "GOPROXY=a\nGOFLAGS=\nGOPROXY=b\nGOPROXY=c\n",
         "env-duplicate 1, env-duplicate 3"},
        {"a dead line says only so", "GOPRIVATE=\"a\" \r\nGOPRIVATE=b\n", "env-duplicate 1"},
        {"prefix of a longer duplicate",
         "GOARM=5\nGOARM64=v8.0\nGOMIPS64=softfloat\nGOMIPS=softfloat\n", ""},
    };
    const struct mw_notices told = {.fact = fact_of};
    edit_check_notices(EDITOR, &told, rows, ROWS(rows));
}

static void notices_say_what_breaks(void **state)
{
    (void)state;
    static const char text[] = "GOPRIVATE=git.corp.example\r\nGOSUMDB=off\r\nGOPROXY=\"a\"\n";
    static const char *const parts[] = {"private module paths", "no longer off", "quote"};
    struct mw_notices notices = {.fact = fact_of};
    mw_editor_notices(EDITOR, text, sizeof text - 1, &notices);
    assert_int_equal(notices.count, ROWS(parts));
    for (size_t i = 0; i < ROWS(parts); i++)
        assert_non_null(strstr(notices.items[i].message, parts[i]));
    mw_notices_release(&notices);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(get_reads_as_go),         cmocka_unit_test(put_rows),
        cmocka_unit_test(nul_is_kept_and_shown),   cmocka_unit_test(notice_rows),
        cmocka_unit_test(notices_say_what_breaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
