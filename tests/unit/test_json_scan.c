#include "support/rows.h"

#include <stdio.h>
#include <stdlib.h>

#include "mirrorwise/json_scan.h"
#include "mirrorwise/text.h"

static void accepted_rows(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum mw_json_type type;
        const char *value; /* NULL: the whole text */
    } rows[] = {
        {"{}", MW_JSON_OBJECT, NULL},
        {" \t\r\n{ }\n", MW_JSON_OBJECT, "{ }"},
        {"[]", MW_JSON_ARRAY, NULL},
        {"[1,\"a\",[true],{\"b\":null}]", MW_JSON_ARRAY, NULL},
        {"\"text\"", MW_JSON_STRING, NULL},
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"", MW_JSON_STRING, NULL},
        {"\"lone surrogate \\ud800\"", MW_JSON_STRING, NULL},
        {"\"\x7F \xC2\x9B \xE2\x80\xA8\"", MW_JSON_STRING, NULL},
        {"0", MW_JSON_NUMBER, NULL},
        {"-0", MW_JSON_NUMBER, NULL},
        {"-0.5e+10 ", MW_JSON_NUMBER, "-0.5e+10"},
        {"1E400", MW_JSON_NUMBER, NULL},
        {"9007199254740993", MW_JSON_NUMBER, NULL},
        {"true", MW_JSON_TRUE, NULL},
        {"false", MW_JSON_FALSE, NULL},
        {"null\n", MW_JSON_NULL, "null"},
        {"{\"a\":1,\"a\":2}", MW_JSON_OBJECT, NULL},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_json_span root = {0};
        size_t at = 0;
        const char *what = "accepted";
        bool good = mw_json_check(rows[i].text, strlen(rows[i].text), &root, &at, &what);
        row_string_equal(rows[i].text, what, "accepted");
        row_true(rows[i].text, good && root.type == rows[i].type);
        char value[100];
        snprintf(value, sizeof value, "%.*s", (int)(root.end - root.begin),
                 rows[i].text + root.begin);
        row_string_equal(rows[i].text, value, rows[i].value != NULL ? rows[i].value : rows[i].text);
    }
}

static void refused_rows(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t at;
        const char *what_has;
    } rows[] = {
        {"", 0, "no value"},
        {" \n", 2, "no value"},
        {"\xEF\xBB\xBF{}", 0, "byte order mark"},
        {"{} {}", 3, "second value"},
        {"{}x", 2, "second value"},
        {"1 2", 2, "second value"},
        {"{}}", 2, "second value"},
        {"{} // done", 3, "comment"},
        {"/* a */ {}", 0, "comment"},
        {"{ # a\n}", 2, "comment"},
        {"{\"a\":1, // b\n \"c\":2}", 8, "comment"},
        {"[1,2,]", 4, "comma before ]"},
        {"{\"a\":1 , }", 7, "comma before }"},
        {"[,1]", 1, "value is missing"},
        {"[1,,2]", 3, "value is missing"},
        {"[1 2]", 3, "comma or ]"},
        {"[1}", 2, "comma or ]"},
        {"{\"a\":1 \"b\":2}", 7, "comma or }"},
        {"{\"a\":1]", 6, "comma or }"},
        {"{\"a\" 1}", 5, "colon"},
        {"{\"a\"}", 4, "colon"},
        {"{\"a\":}", 5, "value is missing"},
        {"{a:1}", 1, "key without"},
        {"{1:1}", 1, "key in double quotes"},
        {"{,}", 1, "key in double quotes"},
        {"{'a':1}", 1, "single quote"},
        {"['a']", 1, "single quote"},
        {"[", 1, "ends too early"},
        {"{\"a\":", 5, "ends too early"},
        {"{\"a\":1", 6, "ends too early"},
        {"[1,", 3, "ends too early"},
        {"\"abc", 0, "never closed"},
        {"[\"abc\\\"]", 1, "never closed"},
        {"\"a\nb\"", 2, "control character"},
        {"\"a\tb\"", 2, "control character"},
        {"\"\\x41\"", 1, "unknown escape"},
        {"\"C:\\Users\"", 3, "unknown escape"},
        {"\"\\u12g4\"", 1, "four hexadecimal"},
        {"\"\\u12", 1, "four hexadecimal"},
        {"\"\\", 1, "unknown escape"},
        {"01", 0, "leading 0"},
        {"[-012]", 1, "leading 0"},
        {"-", 0, "without digits"},
        {"[-a]", 1, "without digits"},
        {"1.", 0, "after its point"},
        {"1.e5", 0, "after its point"},
        {"1e", 0, "exponent"},
        {"1e+", 0, "exponent"},
        {"0x10", 0, "letters"},
        {"+1", 0, "starts with +"},
        {".5", 0, "starts with +"},
        {"True", 0, "does not know"},
        {"[nul]", 1, "does not know"},
        {"NaN", 0, "does not know"},
        {"truefalse", 0, "does not know"},
        {"\"\xFF\"", 1, "not UTF-8"},
        {"\"\xC0\xAF\"", 1, "not UTF-8"},
        {"\"\xED\xA0\x80\"", 1, "not UTF-8"},
        {"[\xFF]", 1, "not UTF-8"},
        {"\f{}", 0, "value is missing"},
        {"\xC2\xA0{}", 0, "no-break"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_json_span root = {.end = 77};
        size_t at = 1000;
        const char *what = NULL;
        row_true(rows[i].text,
                 !mw_json_check(rows[i].text, strlen(rows[i].text), &root, &at, &what));
        row_true(rows[i].text, what != NULL);
        if (strstr(what, rows[i].what_has) == NULL)
            fail_msg("%s: it says \"%s\"", rows[i].text, what);
        row_size_equal(rows[i].text, at, rows[i].at);
        row_size_equal(rows[i].text, root.end, 77);
    }
}

static void nul_is_no_end(void **state)
{
    (void)state;
    struct mw_json_span root;
    size_t at = 0;
    const char *what = NULL;
    assert_false(mw_json_check("{}\0{}", 5, &root, &at, &what));
    assert_int_equal(at, 2);
    assert_false(mw_json_check("\"a\0b\"", 5, &root, &at, &what));
    assert_int_equal(at, 2);
}

static void depth_is_bounded(void **state)
{
    (void)state;
    char text[2 * (MW_JSON_MAX_DEPTH + 1)];
    for (size_t depth = MW_JSON_MAX_DEPTH; depth <= MW_JSON_MAX_DEPTH + 1; depth++) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        struct mw_json_span root;
        size_t at = 0;
        const char *what = NULL;
        bool good = mw_json_check(text, 2 * depth, &root, &at, &what);
        assert_int_equal(good, depth == MW_JSON_MAX_DEPTH);
    }
}

/* The scanner must never read beyond its end, wherever the text is cut: the copies are exactly as
 * long as the cut text, so that a sanitizer sees one byte too many. */
static void every_cut_is_refused(void **state)
{
    (void)state;
    static const char text[] =
        "{\"a\": [1.5e-3, \"\\u4e2d\\n\xE4\xB8\xAD\", true], \"b\": {\"c\": null}}";
    for (size_t len = 0; len < sizeof text - 1; len++) {
        char *cut = malloc(len > 0 ? len : 1);
        assert_non_null(cut);
        memcpy(cut, text, len);
        struct mw_json_span root;
        size_t at = 0;
        const char *what = NULL;
        assert_false(mw_json_check(cut, len, &root, &at, &what));
        assert_true(at <= len && what != NULL);
        free(cut);
    }
}

static struct mw_json_span check(const char *text)
{
    struct mw_json_span root = {0};
    size_t at = 0;
    const char *what = NULL;
    if (!mw_json_check(text, strlen(text), &root, &at, &what))
        fail_msg("%s: %s at %zu", text, what, at);
    return root;
}

static void children_rows(void **state)
{
    (void)state;
    static const struct {
        const char *text, *children; /* KEY=TYPE VALUE; joined by '|' */
    } rows[] = {
        {"{}", ""},
        {"[ ]", ""},
        {"\"text\"", ""},
        {"12", ""},
        {"[1]", "=3 1"},
        {" [ 1 , -2.5 ,\n\"x\" ] ", "=3 1|=3 -2.5|=2 \"x\""},
        {"[true,false,null]", "=4 true|=5 false|=6 null"},
        {"{\"a\":{\"b\":[1,2]},\"c\":[[],{}]}", "\"a\"=0 {\"b\":[1,2]}|\"c\"=1 [[],{}]"},
        {"{ \"a\" : 1 , \"a\" : 2 }", "\"a\"=3 1|\"a\"=3 2"},
        {"{\"]}\\\"\":\"[{\\\\\",\"z\":0}", "\"]}\\\"\"=2 \"[{\\\\\"|\"z\"=3 0"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        const char *text = rows[i].text;
        struct mw_json_member *members = NULL;
        size_t count = mw_json_children(text, check(text), &members);
        char found[200] = "";
        for (size_t n = 0; n < count; n++) {
            const struct mw_json_member *m = &members[n];
            size_t len = strlen(found);
            snprintf(found + len, sizeof found - len, "%s%.*s=%d %.*s", n > 0 ? "|" : "",
                     (int)(m->key_end - m->key_begin), text + m->key_begin, (int)m->value.type,
                     (int)(m->value.end - m->value.begin), text + m->value.begin);
        }
        row_string_equal(text, found, rows[i].children);
        free(members);
    }
}

static void unescape_rows(void **state)
{
    (void)state;
    static const struct {
        const char *quoted, *text;
        size_t len;
    } rows[] = {
        {"\"\"", "", 0},
        {"\"plain\"", "plain", 5},
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t", 8},
        {"\"\\u0041\\u00e9\\u4E2D\"", "A\xC3\xA9\xE4\xB8\xAD", 6},
        {"\"\\ud83d\\ude80\"", "\xF0\x9F\x9A\x80", 4},
        {"\"\\uDBFF\\uDFFF\"", "\xF4\x8F\xBF\xBF", 4},
        {"\"\\ud83d\"", "\xEF\xBF\xBD", 3},
        {"\"\\ude80x\"", "\xEF\xBF\xBDx", 4},
        {"\"\\ud83d\\ud83d\\ude80\"", "\xEF\xBF\xBD\xF0\x9F\x9A\x80", 7},
        {"\"\\ud83d\\u0041\"",
         "\xEF\xBF\xBD"
         "A",
         4},
        {"\"\\ud83d\\n\"", "\xEF\xBF\xBD\n", 4},
        {"\"a\\u0000b\"", "a\0b", 3},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_json_span span = check(rows[i].quoted);
        size_t len = 0;
        char *text = mw_json_unescape(rows[i].quoted, span.begin, span.end, &len);
        row_size_equal(rows[i].quoted, len, rows[i].len);
        row_true(rows[i].quoted, memcmp(text, rows[i].text, len + 1) == 0);
        free(text);
    }
}

static void quote_rows(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text, *quoted;
    } rows[] = {
        {"empty", "", "\"\""},
        {"URL", "https://h/x", "\"https://h/x\""},
        {"quote and backslash", "a\"b\\", "\"a\\\"b\\\\\""},
        {"short forms", "\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\""},
        {"other controls", "\x01\x1B\x7F", "\"\\u0001\\u001b\\u007f\""},
        {"Chinese", "\xE4\xB8\xAD", "\"\xE4\xB8\xAD\""},
        {"bidi and C1", "\xE2\x80\xAE\xC2\x9B", "\"\\u202e\\u009b\""},
        {"tag character", "\xF3\xA0\x81\xA1", "\"\\udb40\\udc61\""},
        {"invalid bytes", "\xFF\xC3(", "\"\xEF\xBF\xBD\xEF\xBF\xBD(\""},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char *quoted = mw_json_quote(rows[i].text, strlen(rows[i].text));
        row_string_equal(rows[i].name, quoted, rows[i].quoted);
        check(quoted);
        free(quoted);
    }
    char *quoted = mw_json_quote("a\0b", 3);
    assert_string_equal(quoted, "\"a\\u0000b\"");
    free(quoted);
}

static void every_character_survives_quoting(void **state)
{
    (void)state;
    for (unsigned point = 0; point <= 0x10FFFF; point += point < 0x3000 ? 1 : 97) {
        char bytes[4];
        size_t len = mw_utf8_encode(point, bytes);
        if (!mw_utf8_valid(bytes, len))
            continue; /* a surrogate */
        char *quoted = mw_json_quote(bytes, len);
        struct mw_json_span span = check(quoted);
        size_t again_len = 0;
        char *again = mw_json_unescape(quoted, span.begin, span.end, &again_len);
        assert_int_equal(again_len, len);
        assert_memory_equal(again, bytes, len);
        free(again);
        free(quoted);
    }
}

static void position_rows(void **state)
{
    (void)state;
    static const char text[] = "ab\n\xE4\xB8\xAD"
                               "c\r\n\nd";
    static const struct {
        size_t offset, line, column;
    } rows[] = {{0, 1, 1}, {1, 1, 2}, {2, 1, 3},  {3, 2, 1},
                {6, 2, 4}, {9, 3, 1}, {10, 4, 1}, {11, 4, 2}};
    for (size_t i = 0; i < ROWS(rows); i++) {
        size_t line = 0;
        size_t column = 0;
        mw_text_position(text, rows[i].offset, &line, &column);
        assert_int_equal(line, rows[i].line);
        assert_int_equal(column, rows[i].column);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepted_rows),
        cmocka_unit_test(refused_rows),
        cmocka_unit_test(nul_is_no_end),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(every_cut_is_refused),
        cmocka_unit_test(children_rows),
        cmocka_unit_test(unescape_rows),
        cmocka_unit_test(quote_rows),
        cmocka_unit_test(every_character_survives_quoting),
        cmocka_unit_test(position_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
