#include "support/rows.h"

#include <stdlib.h>

#include "mirrorwise/edit.h"
#include "mirrorwise/memory.h"
#include "support/edit_laws.h"

static void no_edits_same_bytes(void **state)
{
    (void)state;
    struct mw_edits edits = {0};
    struct mw_buf out = {0};
    mw_edits_apply(&edits, "a\0b\r\n", 5, &out);
    assert_int_equal(out.len, 5);
    assert_memory_equal(out.data, "a\0b\r\n", 5);
    mw_buf_release(&out);
    mw_edits_apply(&edits, NULL, 0, &out);
    assert_int_equal(out.len, 0);
    mw_buf_release(&out);
}

static void spans_are_replaced(void **state)
{
    (void)state;
    struct mw_edits edits = {0};
    struct mw_buf out = {0};
    mw_buf_puts(mw_edits_add(&edits, 0, 0), "<");
    mw_edits_add(&edits, 1, 3);
    mw_buf_puts(mw_edits_add(&edits, 3, 4), "three");
    mw_buf_puts(mw_edits_add(&edits, 6, 6), ">");
    mw_edits_apply(&edits, "012345", 6, &out);
    assert_string_equal(mw_buf_text(&out), "<0three45>");
    mw_buf_release(&out);
    mw_edits_release(&edits);
    assert_int_equal(edits.count, 0);
}

static void items_show_their_nuls(void **state)
{
    (void)state;
    static const struct {
        const char *name, *bytes;
        size_t len;
        const char *item;
    } rows[] = {
        {"empty", "", 0, ""},
        {"plain", "abc", 3, "abc"},
        {"cut", "abc", 2, "ab"},
        {"inside", "a\0b", 3,
         "a\xEF\xBF\xBD"
         "b"},
        {"at both ends", "\0a\0", 3,
         "\xEF\xBF\xBD"
         "a\xEF\xBF\xBD"},
        {"not UTF-8", "\xFF", 1, "\xFF"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char *item = mw_edit_item(rows[i].bytes, rows[i].len);
        row_string_equal(rows[i].name, item, rows[i].item);
        free(item);
    }
}

static void notices_are_sanitised_and_sorted(void **state)
{
    (void)state;
    struct mw_notices notices = {0};
    mw_notices_add(&notices, 7, "b", "later");
    mw_notices_add(&notices, 2, "b", "escape %s", "\x1B[31m");
    mw_notices_add(&notices, 2, "a", "same line");
    mw_notices_sort(&notices);
    assert_int_equal(notices.count, 3);
    assert_string_equal(notices.items[0].message, "same line");
    assert_string_equal(notices.items[1].message, "escape \\x1B[31m");
    assert_int_equal(notices.items[2].line, 7);
    mw_notices_release(&notices);
}

static void editors_are_listed(void **state)
{
    (void)state;
    const char *names[] = {"go-env", "ini",    "json", "npmrc", "brew-env", "env",
                           "bundle", "yarnrc", "toml", "yaml",  "xml"};
    size_t count = 0;
    for (; mw_editors[count] != NULL; count++)
        assert_string_equal(mw_editors[count]->name, names[count]);
    assert_int_equal(count, ROWS(names));
}

/* Whoever calls put() has the path, and puts it in front. */
static void refusals_name_their_place(void **state)
{
    (void)state;
    static const struct {
        const struct mw_editor *editor;
        const char *text, *key, *message;
    } rows[] = {
        {&mw_editor_json, "{\n \"a\": 5}", "a.b", ":2:7: a.b cannot be changed: what "},
        {&mw_editor_json, "{\"a\": {}}", "a[n=x].v", ":1:7: a[n=x].v cannot be changed: what "},
        {&mw_editor_toml, "x = 1\na = {b = 1}\n", "a.c", ":2:5: a.c cannot be changed: it "},
        {&mw_editor_yaml, "x: 1\na: &b c\n", "a", ":2:1: a cannot be changed: it "},
        {&mw_editor_xml, "<a>\n <b/><b/></a>", "a.b", ":2:2: a.b cannot be changed: the "},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        MW_AUTO(mw_edits) edits = {0};
        struct mw_error err = {0};
        struct mw_value value = edit_value("s:v");
        assert_int_equal(rows[i].editor->put(rows[i].editor, rows[i].text, strlen(rows[i].text),
                                             rows[i].key, &value, &edits, &err),
                         MW_BAD_CONFIG);
        err.message[strnlen(rows[i].message, sizeof err.message)] = '\0';
        row_string_equal(rows[i].text, err.message, rows[i].message);
        mw_value_release(&value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_edits_same_bytes),   cmocka_unit_test(spans_are_replaced),
        cmocka_unit_test(items_show_their_nuls), cmocka_unit_test(notices_are_sanitised_and_sorted),
        cmocka_unit_test(editors_are_listed),    cmocka_unit_test(refusals_name_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
