#include "support/rows.h"

#include "mirrorwise/memory.h"
#include "mirrorwise/plan.h"

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
        mw_strings_split(&file.secrets, rows[i].secrets, " ");
        char *diff = mw_plan_file_diff(&file);
        char *wanted = mw_xasprintf("--- /dev/null\n+++ /env\n@@ -0,0 +1 @@\n%s", rows[i].shown);
        row_string_equal(rows[i].name, diff, wanted);
        free(wanted);
        free(diff);
        mw_strings_release(&file.secrets);
        mw_buf_release(&file.after);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(diff_hides_secrets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
