/* Drawing clips by columns and never wraps; layouts are complete and overlap nowhere. */
#include "support/rows.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../../src/tui/views.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

static struct tui tui;

static void start(int rows, int cols)
{
    resizeterm(rows, cols);
    tui = (struct tui){.rows = rows, .cols = cols};
    tui_palette_init(&tui.palette, MW_THEME_DEFAULT, true);
    werase(stdscr);
}

/* Owned: the text of a row, without the blanks at its end. */
static char *row_text(int y, int cols)
{
    struct mw_buf text = {0};
    for (int x = 0; x < cols;) {
        cchar_t cell;
        wchar_t wide[CCHARW_MAX + 1] = {0};
        attr_t attrs = 0;
        short pair = 0;
        char bytes[4];
        mvin_wch(y, x, &cell);
        getcchar(&cell, wide, &attrs, &pair, NULL);
        mw_buf_append(&text, bytes, mw_utf8_encode((unsigned)wide[0], bytes));
        x += mw_utf8_cols((unsigned)wide[0]) == 2 ? 2 : 1;
    }
    while (text.len > 0 && text.data[text.len - 1] == ' ')
        text.data[--text.len] = '\0';
    return mw_buf_take(&text);
}

static void test_put(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text, *wanted;
        int x, width, cols;
    } rows[] = {
        {"fits", "abc", "abc", 0, 10, 3},
        {"cut", "abcdef", "abc…", 0, 4, 4},
        {"wide", "清华大学", "清华大学", 0, 8, 8},
        {"wide cut", "清华大学", "清华…", 0, 5, 5},
        {"wide on the edge", "清华大学", "清…", 0, 4, 3},
        {"escape", "a\033[2Jb", "a\\x1B[2Jb", 0, 20, 9},
        {"return and tab", "a\rb\tc", "a\\x0Db\\x09c", 0, 20, 11},
        {"broken UTF-8",
         "a\xff\xfe"
         "b",
         "a\\xFF\\xFEb", 0, 20, 10},
        {"bidi", "\xe2\x80\xaex", "\\u{202E}x", 0, 20, 9},
        {"no width", "abc", "", 0, 0, 0},
        {"right edge", "abcdef", "                              ab", 30, 6, 2},
        {"outside", "abc", "", 40, 6, 0},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        start(4, 32);
        int cols = tui_put(&tui, 1, rows[i].x, rows[i].width, TUI_TEXT, rows[i].text);
        char *text = row_text(1, 32);
        row_string_equal(rows[i].name, text, rows[i].wanted);
        row_true(rows[i].name, cols == rows[i].cols);
        free(text);
        char *below = row_text(2, 32);
        row_string_equal(rows[i].name, below, "");
        free(below);
    }
}

static void test_times(void **state)
{
    (void)state;
    static const struct {
        long us;
        const char *wanted;
    } rows[] = {
        {-1, "       –"},      {0, "  0.0 ms"},        {1249, "  1.2 ms"},   {9949, "  9.9 ms"},
        {9950, "   10 ms"},    {12345, "   12 ms"},    {999499, "  999 ms"}, {1500000, " 1500 ms"},
        {9999500, "    9  s"}, {99999999, "   99  s"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        start(3, 20);
        tui_put_time(&tui, 0, 0, 8, rows[i].us);
        char *text = row_text(0, 20);
        row_string_equal(rows[i].wanted, text, rows[i].wanted);
        free(text);
    }
}

static void test_ages(void **state)
{
    (void)state;
    static const struct {
        long seconds;
        const char *wanted;
    } rows[] = {
        {-1, "    –"},     {59, "  0 m"},     {7199, "119 m"},          {7200, "  2 h"},
        {172799, " 47 h"}, {172800, "  2 d"}, {86400L * 5000, "999 d"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        start(3, 20);
        tui_put_age(&tui, 0, 0, 5, rows[i].seconds);
        char *text = row_text(0, 20);
        row_string_equal(rows[i].wanted, text, rows[i].wanted);
        free(text);
    }
}

static void test_spark_levels(void **state)
{
    (void)state;
    assert_int_equal(tui_spark_level(0), 0);
    assert_int_equal(tui_spark_level(8000), 0);
    assert_int_equal(tui_spark_level(8001), 1);
    assert_int_equal(tui_spark_level(64000), 3);
    assert_int_equal(tui_spark_level(1000000000), 7);
}

static void test_wrap(void **state)
{
    (void)state;
    struct tui_page page;
    tui_page_init(&page, 12);
    tui_page_line(&page);
    tui_page_wrap(&page, 2, TUI_TEXT, "one two three 清华大学 averyverylongword");
    static const char *const wanted[] = {"one two", "  three 清华", "  大学", "  averyveryl",
                                         "  ongword"};
    start(10, 14);
    tui_page_show(&tui, &page, (struct tui_rect){0, 0, 10, 14}, 0, "");
    for (size_t i = 0; i < ROWS(wanted); i++) {
        char *text = row_text((int)i, 14);
        row_string_equal(wanted[i], text, wanted[i]);
        free(text);
    }
    tui_page_release(&page);
}

static bool inside(struct tui_rect rect, struct tui_rect body)
{
    return rect.h == 0 ||
           (rect.y >= body.y && rect.x >= body.x && rect.h > 0 && rect.w > 0 &&
            rect.y + rect.h <= body.y + body.h && rect.x + rect.w <= body.x + body.w);
}

static bool overlap(struct tui_rect a, struct tui_rect b)
{
    return a.h > 0 && b.h > 0 && a.y < b.y + b.h && b.y < a.y + a.h && a.x < b.x + b.w &&
           b.x < a.x + a.w;
}

/* Whatever the size: every panel inside the body, none over another, the focused one shown. */
static void test_home_layout(void **state)
{
    (void)state;
    static const int wants[][4] = {{7, 16, 9, 6}, {3, 3, 3, 3}, {100, 100, 100, 100}};
    for (int rows = TUI_MIN_ROWS; rows < 80; rows++) {
        for (int cols = TUI_MIN_COLS; cols < 220; cols += 9) {
            for (size_t i = 0; i < ROWS(wants) * 4 * 4; i++) {
                size_t count = 1 + i % 4;
                size_t focus = i / 4 % 4 % count;
                struct tui_frame frame;
                struct tui_home home;
                tui_layout_frame(rows, cols, &frame);
                tui_layout_home(frame.body, wants[i / 16], count, focus, 14, &home);
                assert_true(home.panels[focus].h >= 4);
                assert_true(inside(home.plan, frame.body));
                for (size_t a = 0; a < count; a++) {
                    assert_true(inside(home.panels[a], frame.body));
                    assert_false(overlap(home.panels[a], home.plan));
                    for (size_t b = 0; b < a; b++)
                        assert_false(overlap(home.panels[a], home.panels[b]));
                }
            }
        }
    }
}

static void test_glyphs(void **state)
{
    (void)state;
    for (int i = 0; i < TUI_GLYPH_COUNT; i++) {
        const char *symbol = tui_glyph_of((enum tui_glyph)i, false);
        const char *ascii = tui_glyph_of((enum tui_glyph)i, true);
        assert_int_equal(mw_text_cols(symbol), 1);
        assert_true(strlen(ascii) <= 1);
        assert_true(ascii[0] == '\0' || (ascii[0] >= ' ' && ascii[0] < 127));
    }
}

static int open_curses(void **state)
{
    (void)state;
    setlocale(LC_CTYPE, "C.UTF-8");
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    return newterm("xterm-256color", fopen("/dev/null", "w"), fdopen(fds[0], "r")) == NULL;
}

static int close_curses(void **state)
{
    (void)state;
    endwin();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_put),    cmocka_unit_test(test_times),
        cmocka_unit_test(test_ages),   cmocka_unit_test(test_spark_levels),
        cmocka_unit_test(test_wrap),   cmocka_unit_test(test_home_layout),
        cmocka_unit_test(test_glyphs),
    };
    return cmocka_run_group_tests(tests, open_curses, close_curses);
}
