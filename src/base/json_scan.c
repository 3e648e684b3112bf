#include "mirrorwise/json_scan.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

struct scan {
    const char *text;
    size_t len;
    size_t pos;
    const char *what; /* untranslated; set once, with `pos` at the offending byte */
};

static bool refuse_json(struct scan *scan, size_t at, const char *what)
{
    scan->pos = at;
    scan->what = what;
    return false;
}

/* -1 at the end: no byte has that value. */
static int peek(const struct scan *scan)
{
    return scan->pos < scan->len ? (unsigned char)scan->text[scan->pos] : -1;
}

static bool is_space(int c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}

static void skip_space(struct scan *scan)
{
    while (is_space(peek(scan)))
        scan->pos++;
}

/* Where a value, a key or punctuation was expected and something else stands: name the usual
 * slips, otherwise say what was expected. */
static bool refuse_here(struct scan *scan, const char *expected)
{
    int c = peek(scan);
    const char *what = expected;
    const char *lookalike = mw_utf8_lookalike_at(scan->text, scan->len, scan->pos);
    if (c < 0)
        what = N_("the text ends too early: a bracket is still open");
    else if (c == '/' || c == '#')
        what = N_("a comment; JSON has none");
    else if (c == '\'')
        what = N_("a single quote; JSON strings stand in double quotes");
    else if (mw_utf8_decode(scan->text + scan->pos, scan->len - scan->pos, NULL) == 0)
        what = N_("a byte that is not UTF-8");
    else if (lookalike != NULL)
        what = lookalike;
    return refuse_json(scan, scan->pos, what);
}

static bool scan_escape(struct scan *scan)
{
    size_t begin = scan->pos++;
    int c = peek(scan);
    if (c >= 0 && c != '\0' && strchr("\"\\/bfnrt", c) != NULL) {
        scan->pos++;
        return true;
    }
    if (c != 'u')
        return refuse_json(scan, begin,
                           N_("an unknown escape in a string (a backslash itself? write "
                              "\\\\)"));
    for (size_t i = 1; i <= 4; i++) {
        if (scan->len - scan->pos <= i || mw_text_hex(scan->text[scan->pos + i]) < 0)
            return refuse_json(scan, begin, N_("\\u without four hexadecimal digits"));
    }
    scan->pos += 5;
    return true;
}

/* Characters of one byte that stand for themselves: nearly all there are. */
static void skip_plain(struct scan *scan)
{
    const unsigned char *text = (const unsigned char *)scan->text;
    size_t pos = scan->pos;
    while (pos < scan->len && text[pos] >= 0x20 && text[pos] < 0x80 && text[pos] != '"' &&
           text[pos] != '\\')
        pos++;
    scan->pos = pos;
}

static bool scan_string(struct scan *scan)
{
    size_t begin = scan->pos++;
    for (;;) {
        skip_plain(scan);
        int c = peek(scan);
        if (c < 0)
            return refuse_json(scan, begin, N_("a string that is never closed"));
        if (c < 0x20)
            return refuse_json(scan, scan->pos,
                               N_("a control character in a string (line break? write \\n)"));
        if (c == '"') {
            scan->pos++;
            return true;
        }
        if (c == '\\') {
            if (!scan_escape(scan))
                return false;
            continue;
        }
        size_t used = mw_utf8_decode(scan->text + scan->pos, scan->len - scan->pos, NULL);
        if (used == 0)
            return refuse_json(scan, scan->pos, N_("a byte that is not UTF-8"));
        scan->pos += used;
    }
}

static size_t skip_digits(struct scan *scan)
{
    size_t begin = scan->pos;
    while (is_digit(peek(scan)))
        scan->pos++;
    return scan->pos - begin;
}

static bool scan_number(struct scan *scan)
{
    size_t begin = scan->pos;
    if (peek(scan) == '-')
        scan->pos++;
    size_t first = scan->pos;
    size_t digits = skip_digits(scan);
    if (digits == 0)
        return refuse_json(scan, begin, N_("a number without digits"));
    if (digits > 1 && scan->text[first] == '0')
        return refuse_json(scan, begin, N_("a number with a leading 0"));
    if (peek(scan) == '.') {
        scan->pos++;
        if (skip_digits(scan) == 0)
            return refuse_json(scan, begin, N_("a number without digits after its point"));
    }
    if (peek(scan) == 'e' || peek(scan) == 'E') {
        scan->pos++;
        if (peek(scan) == '+' || peek(scan) == '-')
            scan->pos++;
        if (skip_digits(scan) == 0)
            return refuse_json(scan, begin, N_("a number without digits in its exponent"));
    }
    if (is_letter(peek(scan)))
        return refuse_json(scan, begin, N_("a number that goes on with letters"));
    return true;
}

static bool scan_word(struct scan *scan, enum mw_json_type *type)
{
    static const struct {
        const char *word;
        enum mw_json_type type;
    } words[] = {{"true", MW_JSON_TRUE}, {"false", MW_JSON_FALSE}, {"null", MW_JSON_NULL}};
    size_t begin = scan->pos;
    while (is_letter(peek(scan)) || is_digit(peek(scan)))
        scan->pos++;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t len = strlen(words[i].word);
        if (scan->pos - begin == len && memcmp(scan->text + begin, words[i].word, len) == 0) {
            *type = words[i].type;
            return true;
        }
    }
    return refuse_json(scan, begin,
                       N_("a word that JSON does not know; only true, false and null stand without "
                          "quotes"));
}

static bool scan_key(struct scan *scan)
{
    if (peek(scan) != '"')
        return is_letter(peek(scan))
                   ? refuse_json(scan, scan->pos, N_("a key without double quotes"))
                   : refuse_here(scan, N_("a key in double quotes is missing"));
    if (!scan_string(scan))
        return false;
    skip_space(scan);
    if (peek(scan) != ':')
        return refuse_here(scan, N_("a colon is missing after the key"));
    scan->pos++;
    return true;
}

static bool scan_value(struct scan *scan, size_t depth, enum mw_json_type *type);

/* After an item: true with *more set, or false for an error. */
static bool scan_separator(struct scan *scan, bool is_object, bool *more)
{
    char close = is_object ? '}' : ']';
    skip_space(scan);
    int c = peek(scan);
    *more = c == ',';
    if (c != ',' && c != close)
        return refuse_here(scan, is_object ? N_("a comma or } is missing")
                                           : N_("a comma or ] is missing"));
    size_t comma = scan->pos++;
    if (!*more)
        return true;
    skip_space(scan);
    if (peek(scan) == close)
        return refuse_json(scan, comma,
                           is_object ? N_("a comma before }") : N_("a comma before ]"));
    return true;
}

static bool scan_container(struct scan *scan, size_t depth, bool is_object)
{
    if (depth >= MW_JSON_MAX_DEPTH)
        return refuse_json(scan, scan->pos, N_("brackets nested more than 64 deep"));
    scan->pos++;
    skip_space(scan);
    if (peek(scan) == (is_object ? '}' : ']')) {
        scan->pos++;
        return true;
    }
    bool more = true;
    while (more) {
        enum mw_json_type type;
        if (is_object && !scan_key(scan))
            return false;
        if (!scan_value(scan, depth + 1, &type) || !scan_separator(scan, is_object, &more))
            return false;
    }
    return true;
}

/* Recursion is bounded by MW_JSON_MAX_DEPTH. */
static bool scan_value(struct scan *scan, size_t depth, enum mw_json_type *type)
{
    skip_space(scan);
    int c = peek(scan);
    if (c == '{' || c == '[') {
        *type = c == '{' ? MW_JSON_OBJECT : MW_JSON_ARRAY;
        return scan_container(scan, depth, c == '{');
    }
    if (c == '"') {
        *type = MW_JSON_STRING;
        return scan_string(scan);
    }
    if (c == '-' || is_digit(c)) {
        *type = MW_JSON_NUMBER;
        return scan_number(scan);
    }
    if (is_letter(c))
        return scan_word(scan, type);
    if (c == '+' || c == '.')
        return refuse_json(scan, scan->pos, N_("a number that starts with + or a point"));
    return refuse_here(scan, N_("a value is missing"));
}

static bool scan_text(struct scan *scan, struct mw_json_span *root)
{
    if (scan->len >= 3 && memcmp(scan->text, "\xEF\xBB\xBF", 3) == 0)
        return refuse_json(scan, 0, N_("a byte order mark; JSON text starts without one"));
    skip_space(scan);
    if (peek(scan) < 0)
        return refuse_json(scan, scan->pos, N_("the text holds no value"));
    root->begin = scan->pos;
    if (!scan_value(scan, 0, &root->type))
        return false;
    root->end = scan->pos;
    skip_space(scan);
    if (peek(scan) >= 0)
        return refuse_here(scan, N_("a second value after the end"));
    return true;
}

bool mw_json_check(const char *text, size_t len, struct mw_json_span *root, size_t *at,
                   const char **what)
{
    struct scan scan = {.text = text, .len = len};
    struct mw_json_span span = {0};
    bool is_json = scan_text(&scan, &span);
    if (is_json && root != NULL)
        *root = span;
    if (!is_json && at != NULL)
        *at = scan.pos;
    if (!is_json && what != NULL)
        *what = _(scan.what);
    return is_json;
}

/* The functions below walk text that has passed the check, so they need no bounds of their own:
 * every string is closed and every bracket has its partner. */

/* At a quote behind an even number of backslashes. */
static size_t string_end(const char *text, size_t begin)
{
    const char *quote = text + begin;
    size_t slashes = 0;
    do {
        quote = strchr(quote + 1, '"');
        for (slashes = 0; quote[-1 - (ptrdiff_t)slashes] == '\\';)
            slashes++;
    } while (slashes % 2 == 1);
    return (size_t)(quote - text) + 1;
}

static size_t container_end(const char *text, size_t begin)
{
    size_t depth = 0;
    size_t pos = begin;
    do {
        char c = text[pos];
        if (c == '"') {
            pos = string_end(text, pos);
            continue;
        }
        if (c == '{' || c == '[')
            depth++;
        else if (c == '}' || c == ']')
            depth--;
        pos++;
    } while (depth > 0);
    return pos;
}

static enum mw_json_type value_type(char first)
{
    switch (first) {
    case '{':
        return MW_JSON_OBJECT;
    case '[':
        return MW_JSON_ARRAY;
    case '"':
        return MW_JSON_STRING;
    case 't':
        return MW_JSON_TRUE;
    case 'f':
        return MW_JSON_FALSE;
    case 'n':
        return MW_JSON_NULL;
    default:
        return MW_JSON_NUMBER;
    }
}

static size_t value_end(const char *text, size_t begin, enum mw_json_type type)
{
    if (type == MW_JSON_OBJECT || type == MW_JSON_ARRAY)
        return container_end(text, begin);
    if (type == MW_JSON_STRING)
        return string_end(text, begin);
    return begin + strcspn(text + begin, " \t\r\n,]}");
}

static size_t after_space(const char *text, size_t pos)
{
    while (is_space(text[pos]))
        pos++;
    return pos;
}

struct mw_json_span mw_json_root(const char *text, size_t len)
{
    size_t begin = after_space(text, 0);
    while (is_space(text[len - 1]))
        len--;
    return (struct mw_json_span){.type = value_type(text[begin]), .begin = begin, .end = len};
}

bool mw_json_next(const char *text, struct mw_json_span container, struct mw_json_member *member)
{
    bool is_first = member->value.end == 0;
    if (container.type != MW_JSON_OBJECT && container.type != MW_JSON_ARRAY)
        return false;
    size_t pos = after_space(text, is_first ? container.begin + 1 : member->value.end);
    if (!is_first && text[pos] == ',')
        pos = after_space(text, pos + 1);
    if (pos >= container.end - 1)
        return false;
    if (container.type == MW_JSON_OBJECT) {
        member->key_begin = pos;
        member->key_end = string_end(text, pos);
        pos = after_space(text, after_space(text, member->key_end) + 1);
    }
    member->value.type = value_type(text[pos]);
    member->value.begin = pos;
    member->value.end = value_end(text, pos, member->value.type);
    return true;
}

size_t mw_json_children(const char *text, struct mw_json_span container,
                        struct mw_json_member **members)
{
    struct mw_json_member member = {0};
    size_t count = 0;
    *members = NULL;
    while (mw_json_next(text, container, &member))
        *MW_PUSH(*members, count) = member;
    return count;
}

void mw_text_position(const char *text, size_t offset, size_t *line, size_t *column)
{
    size_t line_begin = 0;
    *line = 1;
    for (size_t i = 0; i < offset; i++) {
        if (text[i] == '\n') {
            (*line)++;
            line_begin = i + 1;
        }
    }
    *column = offset - line_begin + 1;
}
