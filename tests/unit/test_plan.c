#include "support/rows.h"

#include "mirrorwise/memory.h"
#include "mirrorwise/plan.h"
#include "mirrorwise/secret.h"

static void diff_hides_secrets(void **state)
{
    (void)state;
    static const struct {
        const char *name, *secrets, *after, *shown;
    } rows[] = {
        {"none", "", "GOPROXY=https://a\n", "+GOPROXY=https://a\n"},
        {"one", "hush", "GOPROXY=https://hush.a\n", "+GOPROXY=https://****.a\n"},
        {"twice", "hush", "A=hush,hush\n", "+A=****,****\n"},
        {"the old one begins the new one", "tok tok123", "A=tok123\n", "+A=****\n"},
        {"the new one begins the old one", "tok123 tok", "A=tok123\n", "+A=****\n"},
        {"credentials of a URL", "", "A=https://u:p@a\n", "+A=https://u:****@a\n"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char path[] = "/env";
        struct mw_plan_file file = {
            .verdict = MW_FILE_CREATE, .location = {.path = path}, .after_exists = true};
        mw_buf_puts(&file.after, rows[i].after);
        struct mw_strings secrets = {0};
        mw_strings_split(&secrets, rows[i].secrets, " ");
        for (size_t k = 0; k < secrets.count; k++)
            mw_secret_add(secrets.items[k]);
        char *diff = mw_plan_file_diff(&file);
        char *wanted = mw_xasprintf("--- /dev/null\n+++ /env\n@@ -0,0 +1 @@\n%s", rows[i].shown);
        row_string_equal(rows[i].name, diff, wanted);
        free(wanted);
        free(diff);
        mw_secret_forget();
        mw_strings_release(&secrets);
        mw_buf_release(&file.after);
    }
}

/* One sentence names everything that stands in the way, what is worst first. */
static void test_verdict_names_all(void **state)
{
    (void)state;
    struct mw_plan_file files[4] = {
        {.verdict = MW_FILE_CONFLICT, .tool = mw_tool_find("go")},
        {.verdict = MW_FILE_BLOCKED, .tool = mw_tool_find("pip")},
        {.verdict = MW_FILE_BLOCKED, .tool = mw_tool_find("docker")},
        {.verdict = MW_FILE_BLOCKED, .tool = mw_tool_find("docker"), .is_skipped = true},
    };
    const struct mw_plan plan = {.files = files, .file_count = 4};
    struct mw_error err = {0};
    mw_fail(&files[0].error, MW_CONFLICT, 0, "drift", "somebody changed it");
    mw_fail(&files[1].error, MW_BAD_CONFIG, 0, "parse", "pip.conf is broken");
    mw_error_hint(&files[1].error, "Mend it.");
    mw_fail(&files[2].error, MW_NO_PERMISSION, 0, "open", "no rights");
    mw_fail(&files[3].error, MW_NO_PERMISSION, 0, "open", "left out");
    assert_int_equal(mw_plan_verdict(&plan, &err), MW_BAD_CONFIG);
    assert_string_equal(err.message, "pip.conf is broken; somebody changed it; Docker: no rights");
    assert_string_equal(err.hint, "Mend it.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(diff_hides_secrets),
        cmocka_unit_test(test_verdict_names_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
