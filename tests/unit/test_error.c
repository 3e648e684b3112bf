#include "support/rows.h"

#include <errno.h>

#include "mirrorwise/error.h"
#include "mirrorwise/text.h"

/* The exit codes and words are frozen: scripts depend on them. */
static void codes_are_frozen(void **state)
{
    (void)state;
    static const struct {
        int code;
        const char *word;
    } rows[] = {
        {0, "ok"},           {1, "failure"},       {2, "pending"},        {3, "rolled-back"},
        {4, "incomplete"},   {5, "conflict"},      {6, "shadowed"},       {64, "usage"},
        {65, "bad-profile"}, {69, "no-mirror"},    {73, "cannot-create"}, {74, "io"},
        {75, "locked"},      {76, "untrusted"},    {77, "no-permission"}, {78, "bad-config"},
        {129, "hangup"},     {130, "interrupted"}, {143, "terminated"},
    };
    assert_int_equal(MW_CODE_COUNT, ROWS(rows));
    for (size_t i = 0; i < MW_CODE_COUNT; i++) {
        enum mw_code code = mw_code_at(i);
        assert_int_equal(code, rows[i].code);
        row_string_equal(rows[i].word, mw_code_word(code), rows[i].word);
        row_true(rows[i].word, strlen(mw_code_text(code)) > 0);
        for (size_t j = 0; j < i; j++)
            row_true(rows[i].word, strcmp(mw_code_text(code), mw_code_text(mw_code_at(j))) != 0);
    }
}

static void unknown_code_is_a_failure(void **state)
{
    (void)state;
    assert_string_equal(mw_code_word((enum mw_code)42), "failure");
}

static void fail_fills_everything(void **state)
{
    (void)state;
    struct mw_error err = {.hint = "old hint"};
    assert_int_equal(mw_fail(&err, MW_IO, ENOSPC, "fsync", "cannot write %s", "/x"), MW_IO);
    assert_int_equal(err.code, MW_IO);
    assert_int_equal(err.sys_errno, ENOSPC);
    assert_string_equal(err.step, "fsync");
    assert_string_equal(err.message, "cannot write /x: No space left on device");
    assert_string_equal(err.hint, "");

    mw_error_hint(&err, "Free %d MiB.", 3);
    assert_string_equal(err.hint, "Free 3 MiB.");
    assert_int_equal(mw_fail(&err, MW_USAGE, 0, "parse", "no"), MW_USAGE);
    assert_string_equal(err.message, "no");
    assert_int_equal(err.sys_errno, 0);
}

static void no_error_struct_is_fine(void **state)
{
    (void)state;
    assert_int_equal(mw_fail(NULL, MW_LOCKED, EAGAIN, "lock", "x"), MW_LOCKED);
    mw_error_hint(NULL, "x");
}

static void an_error_can_wrap_itself(void **state)
{
    (void)state;
    struct mw_error err;
    mw_fail(&err, MW_IO, 0, "read", "inner");
    mw_fail(&err, MW_FAILURE, 0, "plan", "outer: %s", err.message);
    assert_string_equal(err.message, "outer: inner");
    mw_error_hint(&err, "one");
    mw_error_hint(&err, "%s, two", err.hint);
    assert_string_equal(err.hint, "one, two");
}

/* A long message is cut between characters and still names the reason of the system. */
static void long_messages_are_cut_whole(void **state)
{
    (void)state;
    for (size_t shift = 0; shift < 4; shift++) {
        char path[4096] = "xxxx";
        size_t len = shift;
        while (len + 3 < sizeof path) {
            memcpy(path + len, "\xE4\xB8\xAD", 3);
            len += 3;
        }
        path[len] = '\0';
        struct mw_error err;
        mw_fail(&err, MW_IO, EACCES, "open", "%s", path);
        assert_true(mw_utf8_valid(err.message, strlen(err.message)));
        assert_non_null(strstr(err.message, ": Permission denied"));
        assert_true(strlen(err.message) > 600);
        mw_error_hint(&err, "%s", path);
        assert_true(mw_utf8_valid(err.hint, strlen(err.hint)));
        assert_true(strlen(err.hint) > 500);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_are_frozen),         cmocka_unit_test(unknown_code_is_a_failure),
        cmocka_unit_test(fail_fills_everything),    cmocka_unit_test(no_error_struct_is_fine),
        cmocka_unit_test(an_error_can_wrap_itself), cmocka_unit_test(long_messages_are_cut_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
