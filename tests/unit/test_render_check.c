/* Documents of checks: what goes in comes out, whatever the texts hold. Real parsers read them in
 * e2e/checklist_formats.sh; here the bytes. */
#include "support/rows.h"

#include <stdio.h>
#include <stdlib.h>

#include "mirrorwise/check.h"
#include "mirrorwise/memory.h"

static char *dup(const char *text)
{
    return mw_xstrdup(text);
}

static void add(struct mw_checks *checks, const char *id, const char *area,
                enum mw_check_status status, const char *title, const char *observed,
                const char *fix)
{
    struct mw_check *check = MW_PUSH(checks->items, checks->count);
    *check = (struct mw_check){.id = dup(id),
                               .area = area,
                               .status = status,
                               .title = dup(title),
                               .observed = dup(observed),
                               .expected = dup("all well"),
                               .why = dup("because"),
                               .fix = dup(fix)};
}

static void fill(struct mw_checks *checks)
{
    add(checks, "go-file", "go", MW_CHECK_PASS, "Go: file", "fine", "");
    add(checks, "go-lines.env-cr.2", "go", MW_CHECK_WARN, "Go: lines #2", "a \\ b <c> & \"d\"",
        "sed -i 's/`x`//' f");
    add(checks, "pip-file", "pip", MW_CHECK_FAIL, "pip: *file*", "x\x01y\xC3\xA9", "rm a");
    checks->items[checks->count - 1].took_ms = 1234;
    add(checks, "docker-live", "docker", MW_CHECK_SKIP, "Docker: live", "no # dockerd", "");
}

static void test_tap(void **state)
{
    (void)state;
    struct mw_checks checks = {0};
    struct mw_buf buf = {0};
    fill(&checks);
    mw_checks_render_tap(&buf, &checks);
    const char *text = mw_buf_text(&buf);
    assert_true(strncmp(text, "TAP version 14\n1..4\n", 20) == 0);
    assert_non_null(strstr(text, "\nok 1 - go-file: Go: file\n"));
    assert_non_null(strstr(text, "\nok 2 - go-lines.env-cr.2: Go: lines \\#2\n  ---\n"));
    assert_non_null(strstr(text, "\nnot ok 3 - pip-file: pip: *file*\n  ---\n"));
    assert_non_null(strstr(text, "\nok 4 - docker-live: Docker: live # SKIP no \\# dockerd\n"));
    assert_non_null(strstr(text, "  observed: \"a \\\\ b <c> & \\\"d\\\"\"\n"));
    mw_buf_release(&buf);
    mw_checks_release(&checks);
}

static void test_junit(void **state)
{
    (void)state;
    struct mw_checks checks = {0};
    struct mw_buf buf = {0};
    fill(&checks);
    mw_checks_render_junit(&buf, &checks, "a \"title\" & <more>");
    const char *text = mw_buf_text(&buf);
    assert_non_null(strstr(text, "<testsuites name=\"a &quot;title&quot; &amp; &lt;more&gt;\" "
                                 "tests=\"4\" failures=\"1\" errors=\"0\" time=\"1.234\">"));
    assert_non_null(strstr(text, "<testsuite name=\"go\" tests=\"2\" failures=\"0\""));
    assert_non_null(
        strstr(text, "<testcase name=\"pip-file\" classname=\"mirrorwise.pip\" time=\"1.234\">"));
    assert_non_null(strstr(text, "<failure message=\"xy\xC3\xA9\" type=\"fail\">"));
    assert_non_null(strstr(text, "<skipped message=\"no # dockerd\"/>"));
    assert_non_null(strstr(text, "a \\ b &lt;c&gt; &amp; &quot;d&quot;"));
    assert_null(strchr(text, '\x01'));
    mw_buf_release(&buf);
    mw_checks_release(&checks);
}

static void test_md(void **state)
{
    (void)state;
    struct mw_checks checks = {0};
    struct mw_buf buf = {0};
    fill(&checks);
    mw_checks_render_md(&buf, &checks, "List");
    const char *text = mw_buf_text(&buf);
    assert_true(strncmp(text, "## List\n\n", 9) == 0);
    assert_non_null(strstr(text, "- [x] Go: file: fine\n"));
    assert_non_null(strstr(text, "- [x] Go: lines \\#2 **(warning)**\n"));
    assert_non_null(strstr(text, "  - found: a \\\\ b \\<c\\> \\& \"d\"\n"));
    assert_non_null(strstr(text, "  - fix: ``sed -i 's/`x`//' f``\n"));
    assert_non_null(strstr(text, "- [ ] pip: \\*file\\* **(failed)**\n"));
    assert_non_null(strstr(text, "- [ ] Docker: live (not checked): no \\# dockerd\n"));
    mw_buf_release(&buf);
    mw_checks_release(&checks);
}

static void test_empty(void **state)
{
    (void)state;
    struct mw_checks checks = {0};
    struct mw_buf buf = {0};
    mw_checks_render_tap(&buf, &checks);
    assert_string_equal(mw_buf_text(&buf), "TAP version 14\n1..0\n");
    mw_buf_release(&buf);
    mw_checks_render_junit(&buf, &checks, "t");
    assert_non_null(strstr(mw_buf_text(&buf), "tests=\"0\""));
    mw_buf_release(&buf);
    assert_int_equal(mw_checks_code(&checks), MW_OK);
}

/* Only a failure fails. */
static void test_code(void **state)
{
    (void)state;
    static const struct {
        enum mw_check_status status;
        enum mw_code code;
        const char *word;
    } rows[] = {
        {MW_CHECK_PASS, MW_OK, "pass"},
        {MW_CHECK_WARN, MW_OK, "warn"},
        {MW_CHECK_FAIL, MW_PENDING, "fail"},
        {MW_CHECK_SKIP, MW_OK, "skip"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_checks checks = {0};
        add(&checks, "x", "go", rows[i].status, "x", "x", "");
        row_size_equal(rows[i].word, (size_t)mw_checks_code(&checks), (size_t)rows[i].code);
        row_string_equal("word", mw_check_status_word(rows[i].status), rows[i].word);
        row_size_equal(rows[i].word, mw_checks_count(&checks, rows[i].status), 1);
        mw_checks_release(&checks);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tap),   cmocka_unit_test(test_junit), cmocka_unit_test(test_md),
        cmocka_unit_test(test_empty), cmocka_unit_test(test_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
