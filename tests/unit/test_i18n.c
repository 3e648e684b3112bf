#include "support/rows.h"

#include "mirrorwise/i18n.h"

/* ---- which language -------------------------------------------------------------------------- */

enum { VARIABLES_MAX = 4 };

struct variable {
    const char *name, *value;
};

static const struct variable *environment;

static const char *get_env(const char *name)
{
    for (size_t i = 0; i < VARIABLES_MAX && environment[i].name != NULL; i++) {
        if (strcmp(environment[i].name, name) == 0)
            return environment[i].value;
    }
    return NULL;
}

static void test_wanted(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct variable environment[VARIABLES_MAX];
        const char *lang;
    } rows[] = {
        {"nothing is set", {{NULL, NULL}}, "en"},
        {"LANG", {{"LANG", "zh_CN.UTF-8"}}, "zh_CN"},
        {"Taiwan", {{"LANG", "zh_TW.UTF-8"}}, "zh_CN"},
        {"Hong Kong, no character set", {{"LC_MESSAGES", "zh_HK"}}, "zh_CN"},
        {"LC_ALL beats LANG", {{"LANG", "zh_CN.UTF-8"}, {"LC_ALL", "en_US.UTF-8"}}, "en"},
        {"LC_MESSAGES beats LANG", {{"LANG", "en_US.UTF-8"}, {"LC_MESSAGES", "zh_CN"}}, "zh_CN"},
        {"an empty LC_ALL is none", {{"LANG", "zh_CN.UTF-8"}, {"LC_ALL", ""}}, "zh_CN"},
        {"another language", {{"LANG", "de_DE.UTF-8"}}, "en"},
        {"LANGUAGE beats the locale", {{"LANG", "en_US.UTF-8"}, {"LANGUAGE", "zh_CN:en"}}, "zh_CN"},
        {"the first that we speak", {{"LANG", "zh_CN.UTF-8"}, {"LANGUAGE", "de:en:zh"}}, "en"},
        {"LANGUAGE without ours", {{"LANG", "zh_CN.UTF-8"}, {"LANGUAGE", "de::fr"}}, "zh_CN"},
        {"a script in C", {{"LC_ALL", "C"}, {"LANGUAGE", "zh_CN"}, {"LANG", "zh_CN"}}, "en"},
        {"a container in C.UTF-8", {{"LANG", "C.UTF-8"}, {"LANGUAGE", "zh_CN"}}, "en"},
        {"our own beats all", {{"MIRRORWISE_LANG", "zh_CN"}, {"LC_ALL", "C"}}, "zh_CN"},
        {"our own, in short", {{"MIRRORWISE_LANG", "zh"}}, "zh_CN"},
        {"our own English", {{"MIRRORWISE_LANG", "en"}, {"LANG", "zh_CN.UTF-8"}}, "en"},
        {"our own, unknown", {{"MIRRORWISE_LANG", "fr"}, {"LANG", "zh_CN.UTF-8"}}, "zh_CN"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        environment = rows[i].environment;
        row_string_equal(rows[i].name, mw_i18n_wanted(get_env), rows[i].lang);
    }
}

/* ---- what it says ---------------------------------------------------------------------------- */

static int speak_english(void **state)
{
    (void)state;
    mw_i18n_speak("en");
    return 0;
}

/* In whatever locale: this program never calls setlocale. */
static void test_speaks(void **state)
{
    (void)state;
    assert_string_equal(mw_i18n_spoken(), "en");
    assert_string_equal(_("history"), "history");

    mw_i18n_speak("zh_CN");
    assert_string_equal(mw_i18n_spoken(), "zh_CN");
    assert_string_equal(_("history"), "历史");
    assert_string_equal(_("yes"), "是");
    static const char unknown[] = "no sentence of this program";
    assert_ptr_equal(_(unknown), unknown);
    assert_string_equal(_(""), ""); /* not the header of the catalogue */

    mw_i18n_speak("fr");
    assert_string_equal(mw_i18n_spoken(), "en");
    assert_string_equal(_("history"), "history");
}

static void test_counts(void **state)
{
    (void)state;
    assert_string_equal(ngettext("%zu line", "%zu lines", 0), "%zu lines");
    assert_string_equal(ngettext("%zu line", "%zu lines", 1), "%zu line");
    assert_string_equal(ngettext("%zu line", "%zu lines", 2), "%zu lines");

    mw_i18n_speak("zh_CN");
    for (unsigned long n = 0; n < 3; n++)
        assert_string_equal(ngettext("%zu line", "%zu lines", n), "%zu 行");
    assert_string_equal(ngettext("one odd thing", "many odd things", 1), "one odd thing");
    assert_string_equal(ngettext("one odd thing", "many odd things", 2), "many odd things");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wanted),
        cmocka_unit_test_teardown(test_speaks, speak_english),
        cmocka_unit_test_teardown(test_counts, speak_english),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
