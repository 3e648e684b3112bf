#include "support/rows.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mirrorwise/error.h"
#include "mirrorwise/secret.h"
#include "mirrorwise/text.h"
#include "mirrorwise/value.h"

static int forget(void **state)
{
    (void)state;
    mw_secret_forget();
    return 0;
}

static void expect(const char *text, const char *wanted)
{
    char *redacted = mw_text_redact(text);
    assert_string_equal(redacted, wanted);
    free(redacted);
}

static void masks_wherever_it_stands(void **state)
{
    (void)state;
    mw_secret_add("hunter-22");
    expect("https://host/hunter-22/go", "https://host/****/go");
    expect("https://ci:hunter-22@host/simple", "https://ci:****@host/simple");
    expect("go-mirrors.hunter-22", "go-mirrors.****");
    expect("nothing here", "nothing here");
    expect("hunter-2", "hunter-2");
    assert_true(mw_text_has_secret("x hunter-22 y"));
}

static void masks_every_spelling(void **state)
{
    (void)state;
    mw_secret_add("a/b c\"d&e");
    expect("a/b c\"d&e", "****");
    expect("x?y=a%2Fb%20c%22d%26e", "x?y=****");
    expect("\"a/b c\\\"d&e\"", "\"****\"");
    expect("\"a\\/b c\\\"d&e\"", "\"****\"");
    expect("\"a/b c\\\"d\\u0026e\"", "\"****\"");
    mw_secret_add("p%40ss-word");
    expect("user p@ss-word", "user ****");
}

static void masks_the_parts_that_tools_take_apart(void **state)
{
    (void)state;
    mw_secret_add("https://bob:tiger77@a.example/x/,https://b.example/yy");
    expect("asked https://b.example/yy", "asked ****");
    expect("https://bob:tiger77@a.example/x", "****");
    expect("user bob, password tiger77", "user bob, password ****");
}

static void a_short_one_is_left_to_its_value(void **state)
{
    (void)state;
    struct mw_value value = {0};
    mw_secret_add("abc");
    expect("abc", "abc");
    mw_value_set_string(&value, "-tags=abc");
    char *shown = mw_value_shown(&value, true);
    assert_string_equal(shown, "-tags=****");
    free(shown);
    mw_value_set_string(&value, "https://habc.example");
    shown = mw_value_shown(&value, true);
    assert_string_equal(shown, "****");
    free(shown);
    mw_value_release(&value);
}

/* Where values stand it is known all the same. */
static void a_short_one_is_masked_as_a_word(void **state)
{
    (void)state;
    mw_secret_add("q.z,other.example");
    char *words = mw_secret_mask_words("+A=q.z,aq.z q.z/x \"q.z\" other.example");
    assert_string_equal(words, "+A=****,aq.z ****/x \"****\" other.example");
    free(words);
    assert_true(mw_secret_is_short("q.z"));
    assert_false(mw_secret_is_short("other.example"));
    assert_false(mw_secret_is_short("z.q"));
    struct mw_value value = {0};
    mw_value_set_string(&value, "q.z,b");
    char *shown = mw_value_shown(&value, false);
    assert_string_equal(shown, "****,b");
    free(shown);
    mw_value_release(&value);
}

static void only_itself_is_masked_in_a_value(void **state)
{
    (void)state;
    struct mw_value value = {0};
    mw_secret_add("hunter-22");
    mw_value_set_string(&value, "https://ci:hunter-22@pypi.example.com/simple");
    char *shown = mw_value_shown(&value, true);
    assert_string_equal(shown, "https://ci:****@pypi.example.com/simple");
    free(shown);
    mw_value_release(&value);
}

/* A message has limited room: a secret that does not fit must not be shown up to there. */
static void a_message_is_masked_before_it_is_cut(void **state)
{
    (void)state;
    struct mw_error err = {0};
    char text[sizeof err.message + 64];
    for (size_t begin = sizeof err.message - 200; begin < sizeof err.message; begin++) {
        static const char secret[] = "correct-horse-battery-staple";
        mw_secret_add(secret);
        memset(text, 'x', sizeof text);
        memcpy(text + begin, secret, sizeof secret);
        (void)mw_fail(&err, MW_FAILURE, 0, "test", "%s", text);
        assert_null(strstr(err.message, "corr"));
        mw_error_hint(&err, "%s", text);
        assert_null(strstr(err.hint, "corr"));
    }
}

static void finds_what_a_text_holds(void **state)
{
    (void)state;
    struct mw_strings found = {0};
    mw_secret_add("first-one");
    mw_secret_add("second-one");
    mw_secret_find("x=second-one", &found);
    assert_int_equal(found.count, 1);
    assert_string_equal(found.items[0], "second-one");
    mw_strings_release(&found);
}

/* A list of 200,000 items, each of which could be the start of a user part. */
static void long_texts_take_no_longer_than_they_must(void **state)
{
    (void)state;
    struct mw_buf text = {0};
    mw_secret_add("aaaa");
    for (int i = 0; i < 200000; i++)
        mw_buf_puts(&text, "a:b,?c&;aaaaa,");
    clock_t begin = clock();
    char *redacted = mw_text_redact(mw_buf_text(&text));
    assert_true(clock() - begin < 5 * CLOCKS_PER_SEC);
    free(redacted);
    mw_buf_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(masks_wherever_it_stands, forget),
        cmocka_unit_test_teardown(masks_every_spelling, forget),
        cmocka_unit_test_teardown(masks_the_parts_that_tools_take_apart, forget),
        cmocka_unit_test_teardown(a_short_one_is_left_to_its_value, forget),
        cmocka_unit_test_teardown(a_short_one_is_masked_as_a_word, forget),
        cmocka_unit_test_teardown(only_itself_is_masked_in_a_value, forget),
        cmocka_unit_test_teardown(a_message_is_masked_before_it_is_cut, forget),
        cmocka_unit_test_teardown(finds_what_a_text_holds, forget),
        cmocka_unit_test_teardown(long_texts_take_no_longer_than_they_must, forget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
