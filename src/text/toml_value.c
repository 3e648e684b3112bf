/* The leaves of TOML: strings, numbers, dates. */
#include <errno.h>
#include <pthread.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "edit_parts.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "toml_scan.h"

int toml_peek(const struct tree *toml)
{
    return toml->pos < toml->len ? (unsigned char)toml->text[toml->pos] : -1;
}

void toml_skip_blanks(struct tree *toml)
{
    toml->pos = edit_skip_blanks(toml->text, toml->pos, toml->len);
}

void toml_note(struct tree *toml, size_t at, const char *what)
{
    bool is_newer = strcmp(what, TOML_NEWER) == 0;
    if (!is_newer || !toml->is_newer)
        *MW_PUSH(toml->odd, toml->odd_count) = (struct toml_odd){.what = what, .at = at};
    toml->is_newer = toml->is_newer || is_newer;
}

size_t toml_ending(const struct tree *toml)
{
    return toml_peek(toml) == '\n' ? 1 : tree_at(toml, "\r\n") ? 2 : 0;
}

bool toml_is_control(int c)
{
    return (c >= 0 && c < 0x20 && c != '\t') || c == 0x7F;
}

/* ---- strings --------------------------------------------------------------------------------- */

static size_t escape(const char *text, size_t len, unsigned *point)
{
    return edit_escape(text, len, "btnfre\"\\", L"\b\t\n\f\r\x1B\"\\", point);
}

static void put(struct mw_buf *out, const char *bytes, size_t len)
{
    if (out != NULL)
        mw_buf_append(out, bytes, len);
}

static bool scan_escape(struct tree *toml, bool is_long, struct mw_buf *out)
{
    size_t at = toml->pos++;
    unsigned point = 0;
    size_t used = escape(toml->text + at, toml->len - at, &point);
    if (toml_peek(toml) == 'x' || toml_peek(toml) == 'e')
        toml_note(toml, at, TOML_NEWER);
    if (used > 0) {
        char bytes[4];
        put(out, bytes, mw_utf8_encode(point, bytes));
        toml->pos = at + used;
        return true;
    }
    toml_skip_blanks(toml);
    if (!is_long || toml_ending(toml) == 0)
        return tree_refuse(toml, at, N_("an unknown escape in a string"));
    for (; toml_ending(toml) > 0; toml_skip_blanks(toml)) /* a line that goes on */
        toml->pos += toml_ending(toml);
    return true;
}

bool toml_scan_string(struct tree *toml, struct mw_buf *out)
{
    size_t begin = toml->pos;
    int quote = toml_peek(toml);
    const char *mark = quote == '"' ? "\"\"\"" : "'''";
    bool is_long = tree_at(toml, mark);
    toml->pos += is_long ? 3 : 1;
    toml->pos += is_long ? toml_ending(toml) : 0;
    for (;;) {
        int c = toml_peek(toml);
        if (c < 0)
            return tree_refuse(toml, begin, N_("a string that is never closed"));
        if (is_long && tree_at(toml, mark)) {
            toml->pos += 3;
            for (int more = 0; more < 2 && toml_peek(toml) == quote; more++)
                put(out, &toml->text[toml->pos++], 1);
            return true;
        }
        if (!is_long && c == quote) {
            toml->pos++;
            return true;
        }
        if (quote == '"' && c == '\\') {
            if (!scan_escape(toml, is_long, out))
                return false;
        } else if (toml_ending(toml) > 0) {
            if (!is_long)
                return tree_refuse(toml, begin, N_("a string that is never closed"));
            toml->pos += toml_ending(toml);
            put(out, "\n", 1);
        } else if (toml_is_control(c)) {
            return tree_refuse(toml, toml->pos, N_("a control character"));
        } else {
            put(out, &toml->text[toml->pos++], 1);
        }
    }
}

#define DIGITS "[0123456789](_?[0123456789])*"
#define WHOLE "(0|[123456789](_?[0123456789])*)"
#define DATE "[0123456789]{4}-[0123456789]{2}-[0123456789]{2}"
#define TIME "[0123456789]{2}:[0123456789]{2}(:[0123456789]{2}(\\.[0123456789]+)?)?"
#define ZONE "[Zz]|[+-][0123456789]{2}:[0123456789]{2}"

/* The digits one by one: what a range holds depends on the locale. */
static struct {
    enum toml_word word;
    const char *pattern;
    regex_t regex;
} words[] = {
    {.word = TOML_TRUTH, .pattern = "^(true|false)$"},
    {.word = TOML_INTEGER,
     .pattern = "^([+-]?" WHOLE "|0x[0123456789abcdefABCDEF](_?[0123456789abcdefABCDEF])*"
                "|0o[01234567](_?[01234567])*|0b[01](_?[01])*)$"},
    {.word = TOML_FLOAT,
     .pattern = "^[+-]?(inf|nan|" WHOLE "(\\." DIGITS ")?([eE][+-]?" DIGITS ")?)$"},
    {.word = TOML_DATE, .pattern = "^(" TIME "|" DATE "([Tt ]" TIME "(" ZONE ")?)?)$"},
};
enum { WORDS = sizeof words / sizeof *words };

static void compile(void)
{
    for (size_t i = 0; i < WORDS; i++) {
        if (regcomp(&words[i].regex, words[i].pattern, REG_EXTENDED | REG_NOSUB) != 0)
            abort();
    }
}

/* A whole number that does not fit into 64 bits, of which 1.0 says that it is an error. */
static bool is_too_big(const char *number)
{
    MW_FREE char *digits = mw_text_replace(number, "_", "");
    char mark = digits[0] == '0' ? digits[1] : '\0';
    int base = mark == 'x' ? 16 : mark == 'o' ? 8 : mark == 'b' ? 2 : 10;
    errno = 0;
    (void)strtoll(base == 10 ? digits : digits + 2, NULL, base);
    return errno == ERANGE;
}

enum toml_word toml_word(const char *text, size_t len)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    MW_FREE char *word = mw_xstrndup(text, len);
    size_t i = 0;
    pthread_once(&once, compile);
    while (i < WORDS && regexec(&words[i].regex, word, 0, NULL, 0) != 0)
        i++;
    if (i == WORDS)
        return TOML_NO_WORD;
    return words[i].word == TOML_INTEGER && is_too_big(word) ? TOML_TOO_BIG : words[i].word;
}
