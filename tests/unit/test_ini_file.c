#include "support/rows.h"

#include <stdlib.h>

#include "support/edit_laws.h"

#define BOM "\xEF\xBB\xBF"
#define NBSP "\xC2\xA0"
#define WIDE_BLANK "\xE3\x80\x80"
#define KELVIN "\xE2\x84\xAA"
#define EDITOR (&mw_editor_ini)
#define KEY "global.index-url"

static const char *const other_keys[] = {"global.timeout", "global.trusted-host",
                                         "install.index-url", "install.pre", NULL};

/* What pip fails on, and what looks as if it did. Python agrees: tests/e2e/editors_differential. */
static void check_rows(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text, *message; /* NULL: passes; else how the message starts */
    } rows[] = {
        {"empty", "", NULL},
        {"plain", "[global]\nindex-url = x\n", NULL},
        {"comments and blanks first", "# c\n\n ; d\n[global]\n", NULL},
        {"two spellings", "[global]\nindex-url = x\nindex_url = y\n", NULL},
        {"same option in two sections", "[a]\nx = 1\n[b]\nx = 1\n", NULL},
        {"[DEFAULT] may repeat", "[DEFAULT]\na=1\n[DEFAULT]\nb=1\n", NULL},
        {"[DEFAULT] in lower case may not", "[default]\n[default]\n", "f:2:1: section [default] "},
        {"option twice in [DEFAULT]", "[DEFAULT]\na=1\n[DEFAULT]\na=2\n", "f:4:1: option \"a\" "},
        {"section twice", "[global]\n[install]\n[global]\n",
         "f:3:1: section [global] is there twice, first on line 1; every pip command fails"},
        {"section twice but for case", "[global]\n[Global]\n[ global]\n", NULL},
        {"text behind a section", "[global] # c\n[global] ; d\n", "f:2:1: section [global] "},
        {"option twice", "[global]\na = 1\nb = 2\nA : 3\n", "f:4:1: option \"A\" is there twice"},
        {"option twice by the Kelvin sign", "[global]\nk = 1\n" KELVIN " = 2\n", "f:3:1: option "},
        {"option first", "index-url = x\n[global]\n",
         "f:1:1: \"index-url = x\" stands before the first [section]"},
        {"BOM", BOM "[global]\n", "f:1:1: the file starts with a byte order mark"},
        {"BOM and comment", BOM "# c\n[global]\n", "f:1:1: the file starts with a byte order mark"},
        {"BOM alone", BOM, "f:1:1: the file starts with a byte order mark"},
        {"bare word", "[global]\n\n  no-index\n", "f:3:3: \"no-index\" is neither NAME = VALUE"},
        {"bare word is a continuation", "[global]\na = 1\n no-index\n", NULL},
        {"no name", "[global]\n= x\n", "f:2:1: \"= x\" has no name"},
        {"no name but a colon", "[global]\n: x\n", "f:2:1: \": x\" has no name"},
        {"unclosed section", "[global\nindex-url = x\n",
         "f:1:1: \"[global\" is no section: its name in [ ] is missing or not closed; every pip "
         "command fails with \"File contains no section headers\""},
        {"unclosed second section", "[global]\n[install\n", "f:2:1: \"[install\" is no section"},
        {"unclosed section that is an option", "[global]\n[install = x\n", NULL},
        {"no section name", "[global]\n[]\n", "f:2:1: \"[]\" is no section"},
        {"a bracket as section name", "[]]\na = 1\n", NULL},
        {"the first fault counts", "[a]\n= x\n[a]\n", "f:2:1: "},
        {"the first fault counts, again", "[a]\n[a]\n= x\n", "f:2:1: "},
        {"not UTF-8", "[global]\n# caf\xE9\n", "f:2:6: a byte that is not UTF-8"},
        {"not UTF-8 after CRLF and CR", "[a]\r\n#\r\r\xFF", "f:4:1: a byte that is not UTF-8"},
        {"lines end in CR", "[a]\rx = 1\rx = 2\r", "f:3:1: option \"x\""},
        {"a form feed ends no line", "[a]\nx = 1\fx = 2\n", NULL},
        {"indented by a wide blank", "[a]\nx = 1\n" WIDE_BLANK "x = 2\n", NULL},
        {"indentation counts characters", "[a]\n  x = 1\n" WIDE_BLANK "x = 2\n",
         "f:3:4: option \"x\""},
        {"long line is cut",
         "0123456789012345678901234567890123456789012345678901234567890123456789",
         "f:1:1: \"01234567890123456789012345678901234567890123456789012345678\xE2\x80\xA6\" "},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_error err = {0};
        struct mw_editor pip = *EDITOR;
        pip.reader = "pip";
        enum mw_code code = pip.check(&pip, "f", rows[i].text, strlen(rows[i].text), &err);
        if (rows[i].message == NULL) {
            if (code != MW_OK)
                fail_msg("%s: refused: %s", rows[i].name, err.message);
            continue;
        }
        row_true(rows[i].name, code == MW_BAD_CONFIG);
        if (strncmp(err.message, rows[i].message, strlen(rows[i].message)) != 0)
            fail_msg("%s: found \"%s\"", rows[i].name, err.message);
        row_true(rows[i].name, strstr(err.message, "; every pip command fails with \"") != NULL);
        row_true(rows[i].name, err.hint[0] != '\0');
    }
}

static void get_rows(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text, *value;
    } rows[] = {
        {"empty", "", NULL},
        {"plain", "[global]\nindex-url = x\n", "s:x"},
        {"no final newline", "[global]\nindex-url = x", "s:x"},
        {"colon", "[global]\nindex-url: x\n", "s:x"},
        {"the first delimiter", "[global]\nindex-url = a:b=c\n", "s:a:b=c"},
        {"a colon first", "[global]\nindex:url = x\nindex-url:=x\n", "s:=x"},
        {"underscore", "[global]\nindex_url=x\n", "s:x"},
        {"upper case", "[global]\nIndex-URL=x\n", "s:x"},
        {"with dashes", "[global]\n--index-url=x\n", "s:x"},
        {"with underscores for dashes", "[global]\n__index_url=x\n", "s:x"},
        {"dashes go once", "[global]\n----index-url=x\n", NULL},
        {"the later spelling", "[global]\nindex-url=a\nindex_url=b\n", "s:b"},
        {"the later spelling, again", "[global]\nindex_url=a\nindex-url=b\n", "s:b"},
        {"another section", "[install]\nindex-url=x\n", NULL},
        {"section in another case", "[GLOBAL]\nindex-url=x\n", NULL},
        {"section with blanks", "[ global ]\nindex-url=x\n", NULL},
        {"section indented and with more behind", "  [global] = x\n  index-url=x\n", "s:x"},
        {"up to the last bracket", "[global] ]\nindex-url=x\n", NULL},
        {"no value", "[global]\nindex-url =\n", "s:"},
        {"no inline comments", "[global]\nindex-url = x # c\n", "s:x # c"},
        {"trimmed", "[global]\nindex-url  = \t x \n", "s:x"},
        {"trimmed as Python does", "[global]\n" NBSP "index-url" NBSP "=" WIDE_BLANK "x\x1F\f\n",
         "s:x"},
        {"CRLF", "[global]\r\nindex-url = x\r\n", "s:x"},
        {"CR", "[global]\rindex-url = x\r", "s:x"},
        {"lines below", "[global]\nindex-url =\n  a\n\tb\n", "l:a|b"},
        {"one line below", "[global]\nindex-url =\n  a\n", "l:a"},
        {"lines beside and below", "[global]\nindex-url = a\n  b\n   c\n", "l:a|b|c"},
        {"comments and blanks between", "[global]\nindex-url = a\n\n# c\n  ; d\n  b\n\n", "l:a|b"},
        {"an indented option is a value", "[global]\nindex-url = a\n timeout = 5\n",
         "l:a|timeout = 5"},
        {"an indented section is a value", "[global]\nindex-url = a\n [install]\n",
         "l:a|[install]"},
        {"equal indent ends a value", "[global]\n  index-url = a\n  b = c\n", "s:a"},
        {"less indent ends a value", "[global]\n  index-url = a\n b = c\n", "s:a"},
        {"a comment does not", "[global]\nindex-url = a\n# c\n  b\n", "l:a|b"},
        {"a section starts anew", "[install]\nb = c\n[global]\n   index-url = a\n", "s:a"},
        {"[DEFAULT]", "[DEFAULT]\nindex-url = d\n[global]\n", "s:d"},
        {"[DEFAULT] below", "[global]\n[DEFAULT]\nindex-url = d\n", "s:d"},
        {"[DEFAULT] without the section", "[DEFAULT]\nindex-url = d\n[install]\n", NULL},
        {"[DEFAULT] overridden", "[global]\nindex-url = g\n[DEFAULT]\nindex-url = d\n", "s:g"},
        {"[DEFAULT] overridden, spelled otherwise",
         "[DEFAULT]\nindex-url = d\n[global]\nindex_url = g\n", "s:g"},
        {"[DEFAULT] wins by its second spelling",
         "[DEFAULT]\nindex_url = d\nindex-url = e\n[global]\nindex_url = g\n", "s:e"},
        {"a third spelling wins over it",
         "[DEFAULT]\nindex_url = d\nindex-url = e\n[global]\nindex_url = g\n--index-url = h\n",
         "s:h"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char *value = edit_get(EDITOR, rows[i].text, strlen(rows[i].text), KEY);
        row_string_equal(rows[i].name, value != NULL ? value : "(absent)",
                         rows[i].value != NULL ? rows[i].value : "(absent)");
        row_true(rows[i].name,
                 EDITOR->check(EDITOR, "f", rows[i].text, strlen(rows[i].text), NULL) == MW_OK);
        free(value);
    }
    char *value = edit_get(EDITOR, "[global]\nfind-lin" KELVIN "s = x\n", 26, "global.find-links");
    assert_string_equal(value, "s:x");
    free(value);
    assert_null(edit_get(EDITOR, "[global]\na=1\n", 13, "no dot"));
}

static void put_rows(void **state)
{
    (void)state;
    static const struct edit_row rows[] = {
        {"into nothing", "", KEY, "s:x", "[global]\nindex-url = x\n"},
        {"a list into nothing", "", KEY, "l:a|b", "[global]\nindex-url =\n    a\n    b\n"},
        {"a list of one", "", KEY, "l:a", "[global]\nindex-url =\n    a\n"},
        {"an empty value", "", KEY, "s:", "[global]\nindex-url =\n"},
        {"a new section", "[install]\npre = 1\n", KEY, "s:x",
         "[install]\npre = 1\n\n[global]\nindex-url = x\n"},
        {"a new section as configparser writes", "[install]\npre = 1\n\n", KEY, "s:x",
         "[install]\npre = 1\n\n[global]\nindex-url = x\n\n"},
        {"a new section behind a comment", "# c", KEY, "s:x", "# c\n\n[global]\nindex-url = x\n"},
        {"a new section in the file's style", "[install]\r\n  pre:1", KEY, "s:x",
         "[install]\r\n  pre:1\r\n\r\n[global]\r\nindex-url:x\r\n"},
        {"in place", "[global]\n# a\nindex-url = a # b\n# c\n", KEY, "s:x",
         "[global]\n# a\nindex-url = x\n# c\n"},
        {"in place, spacing kept", "[global]\nINDEX_URL:\t a \t\r\n", KEY, "s:x",
         "[global]\nINDEX_URL:\t x \t\r\n"},
        {"the later spelling", "[global]\nindex-url = a\nindex_url = b\n", KEY, "s:x",
         "[global]\nindex-url = a\nindex_url = x\n"},
        {"same value", "[global]\nindex-url = a\nindex_url = b\n", KEY, "s:b",
         "[global]\nindex-url = a\nindex_url = b\n"},
        {"to empty", "[global]\nindex-url = a\n", KEY, "s:", "[global]\nindex-url =\n"},
        {"from empty", "[global]\nindex-url =\n", KEY, "s:x", "[global]\nindex-url = x\n"},
        {"from empty, blank behind", "[global]\nindex-url = \t\n", KEY, "s:x",
         "[global]\nindex-url = x\n"},
        {"from empty, no blanks", "[global]\nindex-url=\n", KEY, "s:x", "[global]\nindex-url=x\n"},
        {"from empty, colon", "[global]\nindex-url:\n", KEY, "s:x", "[global]\nindex-url: x\n"},
        {"new, style of the section", "[install]\na: 1\n[global]\nb=2\n\n# c\n[x]\nd = 3\n", KEY,
         "s:x", "[install]\na: 1\n[global]\nb=2\nindex-url=x\n\n# c\n[x]\nd = 3\n"},
        {"new, style of the file", "[global]\n[x]\nd: 3\n", KEY, "s:x",
         "[global]\nindex-url: x\n[x]\nd: 3\n"},
        {"new, alignment is not copied", "[global]\npre        =   1\n", KEY, "s:x",
         "[global]\npre        =   1\nindex-url = x\n"},
        {"new, indented as its neighbours", "[global]\n  b = 2\n[x]\n", KEY, "s:x",
         "[global]\n  b = 2\n  index-url = x\n[x]\n"},
        {"new, behind the value of its neighbour", "[global]\nb =\n  1\n# c\n  2\n\n[x]\n", KEY,
         "s:x", "[global]\nb =\n  1\n# c\n  2\nindex-url = x\n\n[x]\n"},
        {"new, not above an indented section", "[global]\n  [x]\n  a = 1\n", KEY, "s:x",
         "[global]\n  index-url = x\n  [x]\n  a = 1\n"},
        {"new, no final newline", "[global]\nb = 2", KEY, "s:x",
         "[global]\nb = 2\nindex-url = x\n"},
        {"new, CRLF", "[global]\r\nb = 2\r\n", KEY, "l:a|b",
         "[global]\r\nb = 2\r\nindex-url =\r\n    a\r\n    b\r\n"},
        {"new, CR", "[global]\rb = 2\r", KEY, "s:x", "[global]\rb = 2\rindex-url = x\r"},
        {"new list, the file's indent", "[global]\n  b =\n  \t1\n", KEY, "l:a|c",
         "[global]\n  b =\n  \t1\n  index-url =\n  \ta\n  \tc\n"},
        {"list, elements replaced", "[global]\nindex-url =\n  a\n  # b\n  c\n\n", KEY, "l:a|d",
         "[global]\nindex-url =\n  a\n  # b\n  d\n\n"},
        {"list grows", "[global]\nindex-url =\n  a\n# b\n   c\n# d\n", KEY, "l:a|c|e|f",
         "[global]\nindex-url =\n  a\n# b\n   c\n   e\n   f\n# d\n"},
        {"list shrinks", "[global]\nindex-url =\n  a\n# b\n  c\n  d\n", KEY, "l:a",
         "[global]\nindex-url =\n  a\n# b\n"},
        {"list beside its key", "[global]\nindex-url = a\n  b\n", KEY, "l:c|d|e",
         "[global]\nindex-url = c\n  d\n  e\n"},
        {"list beside its key to one", "[global]\nindex-url = a\n  b\n", KEY, "l:c",
         "[global]\nindex-url =\n  c\n"},
        {"list to string", "[global]\nindex-url =\n  a\n  # c\n  b\npre = 1\n", KEY, "s:x",
         "[global]\nindex-url = x\n  # c\npre = 1\n"},
        {"string to list", "[global]\nindex-url = a\n", KEY, "l:b|c",
         "[global]\nindex-url =\n    b\n    c\n"},
        {"string to list, no final newline", "[global]\n index-url = a", KEY, "l:b",
         "[global]\n index-url =\n     b\n"},
        {"items may look like anything", "", KEY, "l:[x]|a = b|: c",
         "[global]\nindex-url =\n    [x]\n    a = b\n    : c\n"},
        {"a value may look like anything", "[global]\na=1\n", KEY, "s:# [x] = ; y",
         "[global]\na=1\nindex-url=# [x] = ; y\n"},
        {"over [DEFAULT]", "[DEFAULT]\nindex_url = d\n[global]\n", KEY, "s:x",
         "[DEFAULT]\nindex_url = d\n[global]\nindex_url = x\n"},
        {"over the second spelling of [DEFAULT]",
         "[DEFAULT]\nindex_url=d\n--Index-URL=e\n[global]\nindex_url=g\n", KEY, "s:x",
         "[DEFAULT]\nindex_url=d\n--Index-URL=e\n[global]\nindex_url=g\n--Index-URL=x\n"},
        {"into the last [DEFAULT], as it is written", "[DEFAULT]\n  a=1\n  [x]\n[DEFAULT]\n",
         "DEFAULT.c", "s:x", "[DEFAULT]\n  a=1\n  [x]\n[DEFAULT]\nc=x\n"},
        {"new list, indented by other blanks", "[global]\n\tb =\n      1\n", KEY, "l:a",
         "[global]\n\tb =\n      1\n\tindex-url =\n\t    a\n"},
        {"same as [DEFAULT]", "[DEFAULT]\nindex-url=d\n[global]\n", KEY, "s:d",
         "[DEFAULT]\nindex-url=d\n[global]\n"},
        {"into [DEFAULT] itself", "[DEFAULT]\na=1\n[x]\n[DEFAULT]\nb=1\n", "DEFAULT.c", "s:x",
         "[DEFAULT]\na=1\n[x]\n[DEFAULT]\nb=1\nc=x\n"},
        {"dead section stays dead", "[GLOBAL]\nindex-url=a\n", KEY, "s:x",
         "[GLOBAL]\nindex-url=a\n\n[global]\nindex-url=x\n"},
        {"remove", "[global]\na = 1\nindex-url = x\n# c\nb = 2\n", KEY, NULL,
         "[global]\na = 1\n# c\nb = 2\n"},
        {"remove all spellings and lines",
         "[global]\nindex-url = x\n  y\n\n # c\n  z\nb = 2\nindex_url =\n  a\n[x]\n", KEY, NULL,
         "[global]\n\n # c\nb = 2\n[x]\n"},
        {"remove, the header stays", "[global]\nindex-url = x\n[x]\n", KEY, NULL,
         "[global]\n[x]\n"},
        {"remove, the comment keeps the header", "[global]\n# c\nindex-url = x\n", KEY, NULL,
         "[global]\n# c\n"},
        {"remove with the section", "[x]\na=1\n\n[global]\nindex-url=x\n y\n", KEY, NULL,
         "[x]\na=1\n"},
        {"remove with the section and the blank below", "[x]\n\n[global]\nindex-url=x\n\n\n", KEY,
         NULL, "[x]\n\n\n"},
        {"remove the whole file", "[global]\nindex-url=x", KEY, NULL, ""},
        {"remove what is not there", "[global]\n", KEY, NULL, "[global]\n"},
        {"remove does not touch [DEFAULT]", "[DEFAULT]\nindex-url=d\n[global]\nindex-url=x\n", KEY,
         NULL, "[DEFAULT]\nindex-url=d\n"},
        {"refuse a line break", "", KEY, "s:a\n[x]", NULL},
        {"refuse a CR", "", KEY, "s:a\rb", NULL},
        {"refuse a blank at the start", "", KEY, "s: a", NULL},
        {"refuse a blank at the end", "", KEY, "s:a\t", NULL},
        {"refuse a blank beyond ASCII", "", KEY, "s:a" NBSP, NULL},
        {"refuse a wide blank", "", KEY, "s:" WIDE_BLANK "a", NULL},
        {"refuse what is not UTF-8", "", KEY, "s:\xFF", NULL},
        {"refuse an empty list", "", KEY, "l:", NULL},
        {"refuse an empty item", "", KEY, "l:a||b", NULL},
        {"refuse a comment as item", "", KEY, "l:a|#b", NULL},
        {"refuse a comment as first item", "", KEY, "l:;a|b", NULL},
        {"refuse a literal", "", KEY, "x:true", NULL},
        {"refuse a key without section", "", "index-url", "s:a", NULL},
        {"refuse a key with a delimiter", "", "global.a=b", "s:a", NULL},
        {"refuse a key without option", "", "global.", "s:a", NULL},
        {"refuse a section of two lines", "", "a]\n[b.c", "s:a", NULL},
    };
    edit_check_rows(EDITOR, rows, ROWS(rows), other_keys);
}

static void notice_rows(void **state)
{
    (void)state;
    static const struct edit_notice_row rows[] = {
        {"nothing", "", ""},
        {"clean", "[global]\nindex-url = https://a/simple#x\ntrusted-host =\n  a:80\n  b\n", ""},
        {"dead sections", "[GLOBAL]\n[ install]\n[download ]\n[DEFAULT]\n[wheel]\n",
         "ini-section-case 1, ini-section-case 2, ini-section-case 3"},
        {"inline comments", "[global]\na = 1 # c\nb = 2\t; d\n# e # f\nc =\n  3 #\n",
         "ini-inline-comment 2, ini-inline-comment 3, ini-inline-comment 6"},
        {"quotes", "[global]\na = \"x\"\nb = 'y'\nc = z\"\n", "ini-quotes 2, ini-quotes 3"},
        {"indented", "[global]\na = 1\n  timeout = 5\n  [install]\n  pre: 1\n",
         "ini-indented-option 3, ini-indented-option 4, ini-indented-option 5"},
        {"indented values", "[global]\na =\n  https://x/?a=b\n  localhost:80\n  [x\n  a b = c\n",
         ""},
        {"two spellings", "[global]\na_b = 1\n--A-B = 2\na-b = 3\n[install]\na-b = 4\n",
         "ini-two-spellings 2, ini-two-spellings 3"},
        {"by line, then by id", "[GLOBAL]\na_b = \"1\" # c\na-b = 2\n",
         "ini-section-case 1, ini-inline-comment 2, ini-quotes 2, ini-two-spellings 2"},
    };
    static const struct mw_notices told = {.reader = "pip", .is_of_sections = true};
    edit_check_notices(EDITOR, &told, rows, ROWS(rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_rows),
        cmocka_unit_test(get_rows),
        cmocka_unit_test(put_rows),
        cmocka_unit_test(notice_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
