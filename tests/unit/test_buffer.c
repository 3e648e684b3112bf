#include "support/rows.h"

#include "mirrorwise/buffer.h"
#include "mirrorwise/memory.h"

static void empty_buffer_is_valid(void **state)
{
    (void)state;
    struct mw_buf buf = {0};
    struct mw_buf other = {0};
    assert_string_equal(mw_buf_text(&buf), "");
    assert_true(mw_buf_equals(&buf, &other));
    char *text = mw_buf_take(&buf);
    assert_string_equal(text, "");
    free(text);
    mw_buf_append(&buf, NULL, 0);
    assert_non_null(buf.data);
    assert_string_equal(buf.data, "");
    assert_true(mw_buf_equals(&buf, &other));
    mw_buf_release(&buf);
    mw_buf_release(&buf);
}

/* Every length around the growth of the buffer, so that a room too small by one is seen. */
static void appends_of_all_lengths(void **state)
{
    (void)state;
    for (size_t len = 0; len < 300; len++) {
        struct mw_buf buf = {0};
        struct mw_buf other = {0};
        for (size_t i = 0; i < len; i++)
            mw_buf_putc(&buf, (char)('a' + i % 26));
        mw_buf_append(&other, mw_buf_text(&buf), len);
        assert_int_equal(buf.len, len);
        assert_int_equal(strlen(mw_buf_text(&buf)), len);
        assert_true(mw_buf_equals(&buf, &other));
        mw_buf_printf(&other, "%0*d", (int)len + 1, 7);
        assert_int_equal(other.len, 2 * len + 1);
        assert_int_equal(strlen(other.data), other.len);
        assert_false(mw_buf_equals(&buf, &other));
        mw_buf_release(&buf);
        mw_buf_release(&other);
    }
}

static void buffer_holds_nuls(void **state)
{
    (void)state;
    struct mw_buf a = {0};
    struct mw_buf b = {0};
    mw_buf_append(&a, "x\0y", 3);
    mw_buf_append(&b, "x\0z", 3);
    assert_int_equal(a.len, 3);
    assert_int_equal(a.data[3], '\0');
    assert_false(mw_buf_equals(&a, &b));
    mw_buf_release(&a);
    mw_buf_release(&b);
}

static void take_leaves_the_buffer_empty(void **state)
{
    (void)state;
    struct mw_buf buf = {0};
    mw_buf_puts(&buf, "moved");
    char *text = mw_buf_take(&buf);
    assert_string_equal(text, "moved");
    assert_null(buf.data);
    assert_int_equal(buf.len, 0);
    mw_buf_puts(&buf, "new");
    assert_string_equal(mw_buf_text(&buf), "new");
    assert_string_equal(text, "moved");
    free(text);
    mw_buf_release(&buf);
}

static void word_rows(void **state)
{
    (void)state;
    static const struct {
        const char *name, *before, *word, *after;
    } rows[] = {
        {"the first", "", "mirrorwise", "mirrorwise"},
        {"the next", "mv", "/etc/pip.conf", "mv /etc/pip.conf"},
        {"after a blank", "sudo ", "mv", "sudo mv"},
        {"what a shell leaves alone", "", "a@b%c+d=e:f,g.h/i-j_0", "a@b%c+d=e:f,g.h/i-j_0"},
        {"nothing is a word too", "cat", "", "cat ''"},
        {"blanks", "cat", "two words", "cat 'two words'"},
        {"expansions", "echo", "$HOME `id` *", "echo '$HOME `id` *'"},
        {"home", "cat", "~/x", "cat '~/x'"},
        {"other commands", "cat", "x;id", "cat 'x;id'"},
        {"a line break", "cat", "x\ny", "cat 'x\ny'"},
        {"an apostrophe", "cat", "it's", "cat 'it'\\''s'"},
        {"other alphabets", "cat", "\u955c", "cat '\u955c'"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_buf buf = {0};
        mw_buf_puts(&buf, rows[i].before);
        mw_buf_put_word(&buf, rows[i].word);
        row_string_equal(rows[i].name, mw_buf_text(&buf), rows[i].after);
        mw_buf_release(&buf);
    }
}

static void split_rows(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text, *separators, *joined;
    } rows[] = {
        {"empty", "", ",", ""},
        {"one", "direct", ",", "direct"},
        {"GOPROXY", "https://a|https://b,direct", ",|", "https://a;https://b;direct"},
        {"blanks are trimmed", " a ,\tb c\t, d", ",", "a;b c;d"},
        {"empty items are dropped", ",a,, ,b,", ",", "a;b"},
        {"only separators", ",,,", ",", ""},
        {"no separators", "a,b", "", "a,b"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_strings list = {0};
        mw_strings_split(&list, rows[i].text, rows[i].separators);
        char *joined = mw_strings_join(&list, ";");
        row_string_equal(rows[i].name, joined, rows[i].joined);
        free(joined);
        mw_strings_release(&list);
    }
}

static void lists_compare_and_copy(void **state)
{
    (void)state;
    struct mw_strings a = {0};
    struct mw_strings b = {0};
    assert_true(mw_strings_equal(&a, &b));
    for (size_t i = 0; i < 20; i++)
        mw_strings_take(&a, mw_xasprintf("item %zu", i));
    mw_strings_add_n(&a, "cut here", 3);
    assert_true(mw_strings_has(&a, "cut"));
    assert_false(mw_strings_has(&a, "cut here"));
    assert_false(mw_strings_equal(&a, &b));

    mw_strings_add(&b, "old");
    mw_strings_copy(&b, &a);
    assert_true(mw_strings_equal(&a, &b));
    mw_strings_copy(&b, &b);
    assert_true(mw_strings_equal(&a, &b));
    mw_strings_add(&b, "more");
    assert_false(mw_strings_equal(&a, &b));
    mw_strings_release(&a);
    assert_int_equal(a.count, 0);
    mw_strings_release(&b);
}

static void push_zeroes_what_it_adds(void **state)
{
    (void)state;
    unsigned char(*cells)[24] = NULL;
    size_t count = 0;
    static const unsigned char zero[24];
    for (size_t i = 0; i < 100; i++) {
        unsigned char *cell = *MW_PUSH(cells, count);
        assert_int_equal(count, i + 1);
        assert_memory_equal(cell, zero, sizeof zero);
        memset(cell, 0xAA, sizeof zero);
    }
    free(cells);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_buffer_is_valid),
        cmocka_unit_test(appends_of_all_lengths),
        cmocka_unit_test(buffer_holds_nuls),
        cmocka_unit_test(take_leaves_the_buffer_empty),
        cmocka_unit_test(word_rows),
        cmocka_unit_test(split_rows),
        cmocka_unit_test(lists_compare_and_copy),
        cmocka_unit_test(push_zeroes_what_it_adds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
