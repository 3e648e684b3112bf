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
    assert_int_equal(got.choice[MW_PREFER_THEME], 1 + MW_THEME_LIGHT);
    assert_int_equal(got.choice[MW_PREFER_LANGUAGE], 1 + MW_LANGUAGE_ZH);
    assert_int_equal(got.choice[MW_PREFER_FAMILY], 3);
    assert_int_equal(mw_app_intervals_ms[got.choice[MW_PREFER_INTERVAL] - 1], 30000);
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
        row_true(lines[i],
                 got.choice[MW_PREFER_LANGUAGE] == 1 && got.choice[MW_PREFER_FAMILY] == 1);
        row_true(lines[i], !got.choice[MW_PREFER_THEME] && !got.choice[MW_PREFER_INTERVAL]);
        mw_strings_release(&warnings);
        free(text);
    }
}

/* Every choice that the keys can make comes back as it was. */
static void test_there_and_back(void **state)
{
    (void)state;
    static const int most[] = {MW_THEME_COUNT, 2, 3, 6};
    assert_int_equal(mw_app_interval_count, most[MW_PREFER_INTERVAL]);
    for (int i = 0; i < 18; i++) {
        struct mw_strings warnings = {0};
        struct mw_preferences put = {{0}};
        for (int k = 0; k < MW_PREFERENCES; k++)
            put.choice[k] = 1 + i % most[k];
        put.choice[MW_PREFER_LANGUAGE] = i % 3; /* nobody chose, too */
        MW_AUTO(mw_buf) text = {0};
        mw_preferences_format(&put, "", &text);
        struct mw_preferences got = parse(mw_buf_text(&text), &warnings);
        row_size_equal(text.data, warnings.count, 0);
        row_true(text.data, memcmp(&got, &put, sizeof got) == 0);
        char word[32];
        snprintf(word, sizeof word, "interval = %ld\n",
                 mw_app_intervals_ms[put.choice[MW_PREFER_INTERVAL] - 1] / 1000);
        row_true(text.data, strstr(text.data, word) != NULL);
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
    assert_int_equal(got.choice[MW_PREFER_THEME], 1 + MW_THEME_MONO);
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
        {[MW_PREFER_THEME] = 1 + MW_THEME_LIGHT, [MW_PREFER_FAMILY] = 2}};
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
        MW_AUTO(mw_buf) after = {0};
        mw_preferences_format(&chosen, rows[i].before, &after);
        row_string_equal(rows[i].name, mw_buf_text(&after), rows[i].after);
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
    const struct mw_preferences put = {{[MW_PREFER_THEME] = 1 + MW_THEME_MONO}};
    mw_sandbox_open(&box);
    mw_sandbox_mkdir(&box, "home", 0755);
    open_system(&box, &sys);

    mw_preferences_load(&sys, &got, &warnings);
    assert_int_equal(warnings.count, 0);
    assert_int_equal(got.choice[MW_PREFER_THEME], 0);

    mw_preferences_save(&sys, &put); /* the folders are made */
    char *text = mw_sandbox_get(&box, "home/.config/mirrorwise/interface.ini");
    assert_non_null(text);
    assert_non_null(strstr(text, "theme = mono\n"));
    free(text);
    mw_preferences_load(&sys, &got, &warnings);
    assert_int_equal(warnings.count, 0);
    assert_int_equal(got.choice[MW_PREFER_THEME], 1 + MW_THEME_MONO);

    /* Another interface has chosen meanwhile; and one that chose nothing leaves the file alone. */
    mw_sandbox_put(&box, "home/.config/mirrorwise/interface.ini", "# mine\nfamily = 6\n", 0644);
    mw_preferences_save(&sys, &(struct mw_preferences){{0}});
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
    const struct mw_preferences put = {{[MW_PREFER_FAMILY] = 2}};
    mw_sandbox_open(&box);
    mw_sandbox_mkdir(&box, "home", 0755);
    mw_sandbox_put(&box, "home/.config", "a file, no folder\n", 0644);
    open_system(&box, &sys);
    mw_preferences_save(&sys, &put);
    char *text = mw_sandbox_get(&box, "home/.config");
    assert_string_equal(text, "a file, no folder\n");
    free(text);
    mw_preferences_load(&sys, &got, &warnings);
    assert_int_equal(got.choice[MW_PREFER_FAMILY], 0);
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
    assert_int_equal(got.choice[MW_PREFER_THEME], 1 + MW_THEME_LIGHT);
    assert_int_equal(got.choice[MW_PREFER_LANGUAGE], 1 + MW_LANGUAGE_ZH);
    assert_int_equal(got.choice[MW_PREFER_FAMILY], 2);
    assert_int_equal(mw_app_intervals_ms[got.choice[MW_PREFER_INTERVAL] - 1], 5000);
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
