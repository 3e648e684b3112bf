#include "support/rows.h"

#include <locale.h>
#include <stdlib.h>

#include "mirrorwise/buffer.h"
#include "mirrorwise/hash.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

static void utf8_rows(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text;
        size_t used;
        unsigned point;
    } rows[] = {
        {"ASCII", "a", 1, 'a'},
        {"two bytes", "\xC3\xA9", 2, 0xE9},
        {"three bytes", "\xE4\xB8\xAD", 3, 0x4E2D},
        {"four bytes", "\xF0\x9F\x98\x80", 4, 0x1F600},
        {"largest", "\xF4\x8F\xBF\xBF", 4, 0x10FFFF},
        {"beyond the largest", "\xF4\x90\x80\x80", 0, 0},
        {"five bytes", "\xF8\x88\x80\x80\x80", 0, 0},
        {"overlong /", "\xC0\xAF", 0, 0},
        {"overlong of three", "\xE0\x80\xAF", 0, 0},
        {"overlong of four", "\xF0\x8F\xBF\xBF", 0, 0},
        {"surrogate", "\xED\xA0\x80", 0, 0},
        {"before the surrogates", "\xED\x9F\xBF", 3, 0xD7FF},
        {"continuation first", "\x80", 0, 0},
        {"cut", "\xE4\xB8", 0, 0},
        {"lead without continuation", "\xC3(", 0, 0},
        {"FF", "\xFF", 0, 0},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        unsigned point = 0;
        row_size_equal(rows[i].name, mw_utf8_decode(rows[i].text, strlen(rows[i].text), &point),
                       rows[i].used);
        row_size_equal(rows[i].name, point, rows[i].point);
        row_true(rows[i].name,
                 mw_utf8_valid(rows[i].text, strlen(rows[i].text)) == (rows[i].used > 0));
    }
    assert_int_equal(mw_utf8_decode("", 0, NULL), 0);
    assert_true(mw_utf8_valid("", 0));
}

static void every_code_point_survives(void **state)
{
    (void)state;
    for (unsigned point = 0; point <= 0x10FFFF; point++) {
        if (point == 0xD800)
            point = 0xE000;
        char bytes[4];
        unsigned again = ~point;
        size_t len = mw_utf8_encode(point, bytes);
        if (mw_utf8_decode(bytes, len, &again) != len || again != point)
            fail_msg("U+%04X does not survive", point);
    }
}

static void safe_rows(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text;
        size_t max_cols;
        bool keep_lines;
        const char *shown;
    } rows[] = {
        {"plain", "goproxy.cn", 0, false, "goproxy.cn"},
        {"Chinese", "\xE4\xB8\xAD\xE6\x96\x87", 0, false, "\xE4\xB8\xAD\xE6\x96\x87"},
        {"escape sequence", "\x1B[31mred", 0, false, "\\x1B[31mred"},
        {"OSC 52", "\x1B]52;c;AAAA\x07", 0, false, "\\x1B]52;c;AAAA\\x07"},
        {"CR and DEL", "a\rb\x7F", 0, false, "a\\x0Db\\x7F"},
        {"lines escaped", "a\n\tb", 0, false, "a\\x0A\\x09b"},
        {"lines kept", "a\n\tb\r\n", 0, true, "a\n\tb\\x0D\n"},
        {"C1",
         "\xC2\x9B"
         "31m",
         0, false, "\\u{009B}31m"},
        {"raw C1 byte",
         "\x9B"
         "31m",
         0, false, "\\x9B31m"},
        {"bidi override",
         "a\xE2\x80\xAE"
         "b",
         0, false, "a\\u{202E}b"},
        {"zero width space",
         "a\xE2\x80\x8B"
         "b",
         0, false, "a\\u{200B}b"},
        {"BOM", "\xEF\xBB\xBFx", 0, false, "\\u{FEFF}x"},
        {"line separator",
         "a\xE2\x80\xA8"
         "b",
         0, true, "a\\u{2028}b"},
        {"tag character", "\xF3\xA0\x81\xA1", 0, false, "\\u{E0061}"},
        {"Hangul filler", "\xE3\x85\xA4", 0, false, "\\u{3164}"},
        {"overlong", "\xC0\xAF", 0, false, "\\xC0\\xAF"},
        {"emoji with variation selector", "\xE2\x9A\xA0\xEF\xB8\x8F", 0, false,
         "\xE2\x9A\xA0\xEF\xB8\x8F"},
        {"fits exactly", "12345", 5, false, "12345"},
        {"cut", "123456", 5, false, "1234\xE2\x80\xA6"},
        {"wide fits", "\xE4\xB8\xAD\xE6\x96\x87", 4, false, "\xE4\xB8\xAD\xE6\x96\x87"},
        {"wide cut", "\xE4\xB8\xAD\xE6\x96\x87", 3, false, "\xE4\xB8\xAD\xE2\x80\xA6"},
        {"wide cut leaves a column", "\xE4\xB8\xAD\xE6\x96\x87x", 4, false,
         "\xE4\xB8\xAD\xE2\x80\xA6"},
        {"escape is cut whole",
         "ab\x1B"
         "cd",
         5, false, "ab\xE2\x80\xA6"},
        {"mark stays with its letter", "ae\xCC\x81xyz", 3, false, "ae\xCC\x81\xE2\x80\xA6"},
        {"one column", "ab", 1, false, "\xE2\x80\xA6"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char *shown =
            mw_text_safe(rows[i].text, strlen(rows[i].text), rows[i].max_cols, rows[i].keep_lines);
        row_string_equal(rows[i].name, shown, rows[i].shown);
        row_true(rows[i].name, rows[i].max_cols == 0 || mw_text_cols(shown) <= rows[i].max_cols);
        free(shown);
    }
    char *shown = mw_text_safe("a\0b", 3, 0, true);
    assert_string_equal(shown, "a\\x00b");
    free(shown);
}

/* Whatever goes in, what comes out is UTF-8 that holds nothing unsafe and fits. */
static void safe_text_is_safe(void **state)
{
    (void)state;
    uint32_t seed = 1;
    for (size_t round = 0; round < 3000; round++) {
        char bytes[40];
        for (size_t i = 0; i < sizeof bytes; i++) {
            seed = seed * 1664525u + 1013904223u;
            bytes[i] = (char)(seed >> 24);
        }
        size_t max_cols = 1 + round % 90;
        char *shown = mw_text_safe(bytes, sizeof bytes, max_cols, false);
        size_t len = strlen(shown);
        assert_true(mw_text_cols(shown) <= max_cols);
        for (size_t at = 0, used = 0; at < len; at += used) {
            unsigned point = 0;
            used = mw_utf8_decode(shown + at, len - at, &point);
            assert_true(used > 0);
            assert_false(mw_utf8_unsafe(point));
        }
        free(shown);
    }
}

static void column_rows(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text;
        size_t cols;
    } rows[] = {
        {"empty", "", 0},
        {"ASCII", "mirror", 6},
        {"accent", "\xC3\xA9", 1},
        {"combining accent", "e\xCC\x81", 1},
        {"Chinese", "\xE4\xB8\xAD\xE6\x96\x87", 4},
        {"fullwidth", "\xEF\xBC\xA1", 2},
        {"halfwidth katakana", "\xEF\xBD\xB1", 1},
        {"Hangul syllable", "\xED\x95\x9C", 2},
        {"Hangul jamo compose", "\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB", 2},
        {"emoji", "\xF0\x9F\x9A\x80", 2},
        {"white heavy check mark", "\xE2\x9C\x85", 2},
        {"check mark", "\xE2\x9C\x93", 1},
        {"warning with emoji selector", "\xE2\x9A\xA0\xEF\xB8\x8F", 1},
        {"box drawing", "\xE2\x94\x80\xE2\x94\x82", 2},
        {"ellipsis", "\xE2\x80\xA6", 1},
        {"Thai vowel", "\xE0\xB8\x81\xE0\xB8\xB4", 1},
        {"plane 2", "\xF0\xA0\x80\x80", 2},
        {"ends of the table", "\xE1\x84\x80\xF0\xBF\xBF\xBD", 4},
    };
    assert_non_null(setlocale(LC_ALL, "C"));
    for (size_t i = 0; i < ROWS(rows); i++)
        row_size_equal(rows[i].name, mw_text_cols(rows[i].text), rows[i].cols);
}

static void trim_and_prefix(void **state)
{
    (void)state;
    static const struct {
        const char *text, *trimmed;
    } rows[] = {{"", ""}, {" \t ", ""}, {"a", "a"}, {" \ta b\t ", "a b"}, {"a\n", "a\n"}};
    for (size_t i = 0; i < ROWS(rows); i++) {
        const char *text = rows[i].text;
        size_t len = strlen(text);
        mw_text_trim(&text, &len);
        row_size_equal(rows[i].text, len, strlen(rows[i].trimmed));
        row_true(rows[i].text, memcmp(text, rows[i].trimmed, len) == 0);
    }
    assert_true(mw_text_starts("https://x", "https:"));
    assert_true(mw_text_starts("x", ""));
    assert_false(mw_text_starts("htt", "https:"));
}

static void closest_rows(void **state)
{
    (void)state;
    MW_AUTO(mw_strings) names = {0};
    mw_strings_split(&names, "apply diff rollback probe profile go", " ");
    static const struct {
        const char *text, *closest;
    } rows[] = {
        {"aply", "apply"},
        {"aplpy", "apply"},
        {"APPLY", "apply"},
        {"dif", "diff"},
        {"rolback", "rollback"},
        {"prob", "probe"},
        {"profil", "profile"},
        {"og", "go"},
        {"zzzzz", NULL},
        {"x", NULL},
        {"", NULL},
        {"install", NULL},
        {"a word of more than sixty-four characters is never a slip of a short one", NULL},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        const char *closest = mw_text_closest(rows[i].text, &names);
        row_string_equal(rows[i].text, closest != NULL ? closest : "(none)",
                         rows[i].closest != NULL ? rows[i].closest : "(none)");
    }
    assert_null(mw_text_closest("apply", &(struct mw_strings){0}));
}

/* FIPS 180-4 examples. */
static void sha256_of_known_texts(void **state)
{
    (void)state;
    char hex[MW_SHA256_HEX];
    mw_sha256_hex(NULL, 0, hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    mw_sha256_hex("abc", 3, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void piece_rows(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text;
        size_t limit;
        const char *pieces; /* with bars between */
    } rows[] = {
        {"words", "two words", 0, "two|words"},
        {"a word longer than the line", "mirrors", 3, "mir|ror|s"},
        {"nothing", "", 0, ""},
        {"Han", "镜像", 0, "镜|像"},
        {"Han beside Latin", "用go时", 0, "用|go|时"},
        {"no line starts with it", "回滚，应用。", 0, "回|滚，|应|用。"},
        {"no line ends with it", "不测速（base）", 0, "不|测|速|（base）"},
        {"quotes", "读“未找到”时", 0, "读|“未|找|到”|时"},
        {"an accent of its own", "中\xCC\x81文", 0, "中\xCC\x81|文"},
        {"wider than the line", "中文", 1, "中|文"},
        {"not UTF-8",
         "a\xFF"
         "b",
         0,
         "a\xFF"
         "b"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_buf pieces = {0};
        for (const char *at = rows[i].text; *at != '\0'; at += strspn(at, " ")) {
            size_t cols = 0;
            size_t bytes = mw_text_piece(at, rows[i].limit, &cols);
            row_true(rows[i].name, bytes > 0);
            char *piece = mw_xstrndup(at, bytes);
            row_size_equal(rows[i].name, cols, mw_text_cols(piece));
            mw_buf_printf(&pieces, "%s%s", pieces.len > 0 ? "|" : "", piece);
            free(piece);
            at += bytes;
        }
        row_string_equal(rows[i].name, mw_buf_text(&pieces), rows[i].pieces);
        mw_buf_release(&pieces);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_rows),    cmocka_unit_test(every_code_point_survives),
        cmocka_unit_test(safe_rows),    cmocka_unit_test(safe_text_is_safe),
        cmocka_unit_test(column_rows),  cmocka_unit_test(trim_and_prefix),
        cmocka_unit_test(closest_rows), cmocka_unit_test(sha256_of_known_texts),
        cmocka_unit_test(piece_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
