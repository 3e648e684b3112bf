/* What the interface remembers: read, written, and never a reason to fail. */
#include "support/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/app.h"
#include "mirrorwise/memory.h"
#include "support/sandbox.h"

static struct mw_preferences parse(const char *text, struct mw_strings *warnings)
{
    struct mw_preferences preferences = {0};
    mw_preferences_parse(&preferences, "interface.ini", text, warnings);
    return preferences;
}

static void test_words(void **state)
{
    (void)state;
    struct mw_strings warnings = {0};
    struct mw_preferences got = parse("# mine\n\n theme =light \r\nlanguage=zh_CN\nfamily = 6\n"
                                      "interval = 30",
                                      &warnings);
    assert_int_equal(warnings.count, 0);
    assert_true(got.has_theme && got.theme == MW_THEME_LIGHT);
    assert_true(got.has_language && got.language == MW_LANGUAGE_ZH);
    assert_true(got.has_family && got.family == 6);
    assert_true(got.has_interval && mw_app_intervals_ms[got.interval] == 30000);
}

/* A line that means nothing is said, with its place; the others count all the same. */
static void test_broken_lines(void **state)
{
    (void)state;
    static const char *const lines[] = {"theme = pink", "theme",        "= light",
                                        "family = 5",   "interval = 7", "interval = -1",
                                        "colour = red", "\001\033[2J"};
    for (size_t i = 0; i < ROWS(lines); i++) {
        struct mw_strings warnings = {0};
        char *text = mw_xasprintf("language = en\n%s\nfamily = any\n", lines[i]);
        struct mw_preferences got = parse(text, &warnings);
        row_size_equal(lines[i], warnings.count, 1);
        row_true(lines[i], strstr(warnings.items[0], "interface.ini:2") != NULL);
        row_true(lines[i], got.has_language && got.has_family);
        row_true(lines[i], !got.has_theme && !got.has_interval);
        mw_strings_release(&warnings);
        free(text);
    }
}

/* Every choice that the keys can make comes back as it was. */
static void test_there_and_back(void **state)
{
    (void)state;
    static const int families[] = {0, 4, 6};
    for (size_t i = 0; i < mw_app_interval_count * 3; i++) {
        struct mw_strings warnings = {0};
        const struct mw_preferences put = {
            .has_theme = true,
            .has_language = i % 2 == 0,
            .has_family = true,
            .has_interval = true,
            .theme = (enum mw_app_theme)(i % 3),
            .language = MW_LANGUAGE_ZH,
            .family = families[i % 3],
            .interval = i % mw_app_interval_count,
        };
        char *text = mw_preferences_format(&put, "");
        struct mw_preferences got = parse(text, &warnings);
        row_size_equal(text, warnings.count, 0);
        row_true(text, got.theme == put.theme && got.family == put.family);
        row_true(text, got.interval == put.interval && got.has_language == put.has_language);
        free(text);
    }
}

/* Rubbish without end is not said without end, and no line of it fills the screen. */
static void test_much_rubbish(void **state)
{
    (void)state;
    enum { LINES = 5000, MOST = 11, MOST_BYTES = 200 };
    struct mw_buf text = {0};
    struct mw_strings warnings = {0};
    for (size_t i = 0; i < LINES; i++)
        mw_buf_puts(&text, "rubbish ");
    for (size_t i = 0; i < LINES; i++)
        mw_buf_puts(&text, "\nrubbish");
    mw_buf_puts(&text, "\ntheme = mono");
    struct mw_preferences got = parse(mw_buf_text(&text), &warnings);
    assert_true(got.has_theme);
    assert_int_equal(warnings.count, MOST);
    for (size_t i = 0; i < warnings.count; i++)
        assert_true(strlen(warnings.items[i]) < MOST_BYTES);
    assert_non_null(strstr(warnings.items[MOST - 1], "4991 more lines"));
    mw_strings_release(&warnings);
    mw_buf_release(&text);
}

/* Only the line of what was chosen changes. */
static void test_the_rest_stays(void **state)
{
    (void)state;
    static const struct mw_preferences chosen = {
        .has_theme = true, .theme = MW_THEME_LIGHT, .has_family = true, .family = 4};
    static const struct {
        const char *name, *before, *after;
    } rows[] = {
        {"one is there", "theme = mono\n", "theme = light\nfamily = 4\n"},
        {"what nobody chose", "language = zh_CN\ninterval=5\n",
         "language = zh_CN\ninterval=5\ntheme = light\nfamily = 4\n"},
        {"comments, blanks, unknown keys",
         "; mine\n\n[newer]\nsparkle = on\n# theme = mono\nfamily=any\ntheme=pink\n\n# end\n",
         "; mine\n\n[newer]\nsparkle = on\n# theme = mono\nfamily = 4\ntheme = light\n\n# end\n"},
        {"no newline at the end", "what is this", "what is this\ntheme = light\nfamily = 4\n"},
        {"every duplicate", "theme = mono\ntheme = default\nfamily = 6",
         "theme = light\ntheme = light\nfamily = 4\n"},
        {"its own work", "theme = light\nfamily = 4\n", "theme = light\nfamily = 4\n"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char *after = mw_preferences_format(&chosen, rows[i].before);
        row_string_equal(rows[i].name, after, rows[i].after);
        free(after);
    }
}

static void open_system(struct mw_sandbox *box, struct mw_system *sys)
{
    char *home = mw_sandbox_path(box, "home");
    setenv("HOME", home, 1);
    unsetenv("XDG_CONFIG_HOME");
    unsetenv("MIRRORWISE_CONFIG_DIR");
    unsetenv("SUDO_UID");
    assert_int_equal(mw_system_init(sys, &mw_ops_real, NULL, NULL), MW_OK);
    free(home);
}

static void test_file(void **state)
{
    (void)state;
    struct mw_sandbox box;
    struct mw_system sys = {0};
    struct mw_preferences got;
    struct mw_strings warnings = {0};
    const struct mw_preferences put = {.has_theme = true, .theme = MW_THEME_MONO};
    mw_sandbox_open(&box);
    mw_sandbox_mkdir(&box, "home", 0755);
    open_system(&box, &sys);

    mw_preferences_load(&sys, &got, &warnings);
    assert_int_equal(warnings.count, 0);
    assert_false(got.has_theme);

    mw_preferences_save(&sys, &put); /* the folders are made */
    char *text = mw_sandbox_get(&box, "home/.config/mirrorwise/interface.ini");
    assert_non_null(text);
    assert_non_null(strstr(text, "theme = mono\n"));
    free(text);
    mw_preferences_load(&sys, &got, &warnings);
    assert_int_equal(warnings.count, 0);
    assert_true(got.has_theme && got.theme == MW_THEME_MONO);

    /* Another interface has chosen meanwhile; and one that chose nothing leaves the file alone. */
    mw_sandbox_put(&box, "home/.config/mirrorwise/interface.ini", "# mine\nfamily = 6\n", 0644);
    mw_preferences_save(&sys, &(struct mw_preferences){0});
    mw_preferences_save(&sys, &put);
    text = mw_sandbox_get(&box, "home/.config/mirrorwise/interface.ini");
    assert_string_equal(text, "# mine\nfamily = 6\ntheme = mono\n");
    free(text);

    mw_system_release(&sys);
    mw_sandbox_close(&box);
}

/* Where nothing can be written nothing is: no error, no rubbish. */
static void test_no_place(void **state)
{
    (void)state;
    struct mw_sandbox box;
    struct mw_system sys = {0};
    struct mw_preferences got;
    struct mw_strings warnings = {0};
    const struct mw_preferences put = {.has_family = true, .family = 4};
    mw_sandbox_open(&box);
    mw_sandbox_mkdir(&box, "home", 0755);
    mw_sandbox_put(&box, "home/.config", "a file, no folder\n", 0644);
    open_system(&box, &sys);
    mw_preferences_save(&sys, &put);
    char *text = mw_sandbox_get(&box, "home/.config");
    assert_string_equal(text, "a file, no folder\n");
    free(text);
    mw_preferences_load(&sys, &got, &warnings);
    assert_false(got.has_family);
    mw_strings_release(&warnings);

    free(sys.home);
    sys.home = NULL;
    mw_preferences_save(&sys, &put);
    mw_preferences_load(&sys, &got, &warnings);
    assert_int_equal(warnings.count, 0);
    mw_system_release(&sys);
    mw_sandbox_close(&box);
}

/* A folder, a pipe, a link to nowhere in its place: said, and the interface starts. */
static void test_no_file(void **state)
{
    (void)state;
    struct mw_sandbox box;
    struct mw_system sys = {0};
    struct mw_preferences got;
    struct mw_strings warnings = {0};
    mw_sandbox_open(&box);
    mw_sandbox_mkdir(&box, "home", 0755);
    mw_sandbox_mkdir(&box, "home/.config", 0755);
    mw_sandbox_mkdir(&box, "home/.config/mirrorwise", 0755);
    mw_sandbox_mkdir(&box, "home/.config/mirrorwise/interface.ini", 0755);
    open_system(&box, &sys);
    mw_preferences_load(&sys, &got, &warnings);
    assert_int_equal(warnings.count, 1);
    assert_non_null(strstr(warnings.items[0], "interface.ini"));
    mw_strings_release(&warnings);
    mw_system_release(&sys);
    mw_sandbox_close(&box);
}

/* What version 0.1.0 wrote when every key was pressed once. */
static void test_of_0_1(void **state)
{
    (void)state;
    struct mw_strings warnings = {0};
    char text[4096] = "";
    FILE *file = fopen(MW_TEST_DIR "/golden/state-0.1/interface.ini", "r");
    assert_non_null(file);
    assert_true(fread(text, 1, sizeof text - 1, file) > 0);
    (void)fclose(file);
    struct mw_preferences got = parse(text, &warnings);
    assert_int_equal(warnings.count, 0);
    assert_true(got.has_theme && got.theme == MW_THEME_LIGHT);
    assert_true(got.has_language && got.language == MW_LANGUAGE_ZH);
    assert_true(got.has_family && got.family == 4);
    assert_true(got.has_interval && mw_app_intervals_ms[got.interval] == 5000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),          cmocka_unit_test(test_broken_lines),
        cmocka_unit_test(test_there_and_back), cmocka_unit_test(test_file),
        cmocka_unit_test(test_no_place),       cmocka_unit_test(test_much_rubbish),
        cmocka_unit_test(test_the_rest_stays), cmocka_unit_test(test_no_file),
        cmocka_unit_test(test_of_0_1),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
