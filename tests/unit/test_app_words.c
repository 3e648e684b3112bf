/* What the interface calls things, and what it remembers of the keys. */
#include "support/rows.h"

#include <stdlib.h>
#include <string.h>

#include "support/app_world.h"

/* What is chosen is to be remembered; what nobody touched is not. */
static void test_choices_are_kept(void **state)
{
    (void)state;
    struct mw_app app;
    app_world_open(&app, APP_WORLD_USUAL);
    app.options.preferences.choice[MW_PREFER_FAMILY] = 3;
    const int *chosen = app.chosen.choice;
    assert_false(chosen[MW_PREFER_THEME] || chosen[MW_PREFER_INTERVAL]);
    app_world_keys(&app, "ti");
    assert_int_equal(chosen[MW_PREFER_THEME], 1 + MW_THEME_LIGHT);
    assert_int_equal(chosen[MW_PREFER_INTERVAL], 1 + app.interval);
    assert_false(chosen[MW_PREFER_FAMILY] || chosen[MW_PREFER_LANGUAGE]);
    mw_app_release(&app);
}

/* Chinese would be question marks where the characters are not UTF-8. */
static void test_language_of_the_locale(void **state)
{
    (void)state;
    struct mw_app app;
    app_world_open(&app, APP_WORLD_USUAL);
    app.options.is_english_only = true;
    assert_int_equal(app_world_keys(&app, "L") & MW_EFFECT_LANGUAGE, 0);
    assert_int_equal(app.options.language, MW_LANGUAGE_EN);
    assert_int_equal(app.chosen.choice[MW_PREFER_LANGUAGE], 0);
    assert_non_null(strstr(app.messages[app.message_count - 1].text, "--lang zh_CN"));
    app.options.is_english_only = false;
    assert_true((app_world_keys(&app, "L") & MW_EFFECT_LANGUAGE) != 0);
    assert_int_equal(app.chosen.choice[MW_PREFER_LANGUAGE], 1 + MW_LANGUAGE_ZH);
    mw_app_release(&app);
}

/* The command for root does what the interface was started to do. */
static void test_sudo_command(void **state)
{
    (void)state;
    static const struct {
        const char *keys, *command;
        struct mw_session_options options;
    } rows[] = {
        {"a", "sudo mirrorwise --apply --profile dev", {0}},
        {"a", "sudo mirrorwise --apply --profile dev --scope system", {.scope = MW_SCOPE_SYSTEM}},
        {"a", "sudo mirrorwise --apply --profile dev --no-network", {.no_network = true}},
        {"Hj<Enter>",
         "sudo mirrorwise --rollback 1 --root /mnt --scope system --no-network",
         {.root = "/mnt", .scope = MW_SCOPE_SYSTEM, .no_network = true}},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_app app;
        app_world_open(&app, APP_WORLD_USUAL);
        app.options.session = rows[i].options;
        app_world_keys(&app, rows[i].keys);
        char *command = mw_app_sudo(&app);
        row_string_equal(rows[i].command, command, rows[i].command);
        free(command);
        mw_app_release(&app);
    }
}

static void test_proxy_without_credentials(void **state)
{
    (void)state;
    static const struct {
        const char *https, *all, *none, *shown;
    } rows[] = {
        {NULL, NULL, NULL, NULL},
        {"", "", NULL, NULL},
        {"http://proxy.example:3128", NULL, NULL, "proxy.example:3128"},
        {"http://me:s3cret@proxy.example:3128/", NULL, NULL, "proxy.example:3128"},
        {"me:p@ss@proxy.example", NULL, NULL, "proxy.example"},
        {NULL, "socks5h://[2001:db8::1]:1080", NULL, "[2001:db8::1]:1080"},
        {"http://proxy.example", NULL, "*", NULL},
        {"http://proxy.example", NULL, "localhost", "proxy.example"},
        {"http://user:pa#ss@proxy:3128", NULL, NULL, "proxy:3128"},
        {"http://user:pa/s?s@proxy:3128/x", NULL, NULL, "proxy:3128"},
        {"user:a://b@proxy:3128", NULL, NULL, "proxy:3128"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        const struct mw_probe_environment environment = {
            .https_proxy = rows[i].https,
            .http_proxy = "http://of-plain-http.example",
            .all_proxy = rows[i].all,
            .no_proxy = rows[i].none,
        };
        char *shown = mw_app_proxy(&environment, true);
        if (rows[i].shown == NULL)
            assert_null(shown);
        else
            row_string_equal(rows[i].shown, shown, rows[i].shown);
        free(shown);
    }
}

static void test_proxy_of_plain_http(void **state)
{
    (void)state;
    const struct mw_probe_environment both = {.http_proxy = "me:s3cret@plain.example:80/",
                                              .https_proxy = "http://tls.example"};
    const struct mw_probe_environment other = {.https_proxy = "http://tls.example",
                                               .all_proxy = "socks5h://all.example"};
    char *shown = mw_app_proxy(&both, false);
    assert_string_equal(shown, "plain.example:80");
    free(shown);
    shown = mw_app_proxy(&other, false);
    assert_string_equal(shown, "all.example");
    free(shown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_choices_are_kept),
        cmocka_unit_test(test_language_of_the_locale),
        cmocka_unit_test(test_sudo_command),
        cmocka_unit_test(test_proxy_without_credentials),
        cmocka_unit_test(test_proxy_of_plain_http),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
