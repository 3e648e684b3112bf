#include "edit_parts.h"

#include <string.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/json_scan.h"
#include "mirrorwise/text.h"

void edit_put_slice(struct mw_buf *out, struct edit_slice slice)
{
    mw_buf_append(out, slice.text, slice.len);
}

bool edit_is_word(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

bool edit_is(const char *text, size_t begin, size_t end, const char *word)
{
    return end - begin == strlen(word) && memcmp(text + begin, word, end - begin) == 0;
}

size_t edit_skip_blanks(const char *text, size_t at, size_t end)
{
    while (at < end && mw_text_is_blank(text[at]))
        at++;
    return at;
}

size_t edit_skip_space(const char *text, size_t at, size_t end)
{
    while (at < end && edit_is_space(text[at]))
        at++;
    return at;
}

size_t edit_blank_len(enum edit_language language, const char *text, size_t len)
{
    unsigned point = len > 0 ? (unsigned char)*text : 0;
    size_t used = point < 0x80 ? 1 : mw_utf8_decode(text, len, &point);
    bool is_own = language == EDIT_PYTHON ? (point >= 0x1C && point <= 0x1F) || point == 0x85
                                          : point == 0xFEFF;
    bool is_blank = is_own || point == ' ' || (point >= '\t' && point <= '\r') || point == 0xA0 ||
                    point == 0x1680 || (point >= 0x2000 && point <= 0x200A) || point == 0x2028 ||
                    point == 0x2029 || point == 0x202F || point == 0x205F || point == 0x3000;
    return is_blank ? used : 0;
}

void edit_trim(enum edit_language language, const char *text, size_t *begin, size_t *end)
{
    size_t used;
    while (*begin < *end && (used = edit_blank_len(language, text + *begin, *end - *begin)) > 0)
        *begin += used;
    while (*begin < *end) {
        used = 1; /* no blank takes more than 3 bytes */
        while (used < 3 && used < *end - *begin &&
               ((unsigned char)text[*end - used] & 0xC0) == 0x80)
            used++;
        if (edit_blank_len(language, text + *end - used, used) != used)
            return;
        *end -= used;
    }
}

const char *edit_ending(const char *text, size_t len)
{
    const char *lf = len > 0 ? memchr(text, '\n', len) : NULL;
    return lf != NULL && lf > text && lf[-1] == '\r' ? "\r\n" : "\n";
}

size_t edit_escape(const char *text, size_t len, const char *letters, const wchar_t *meant,
                   unsigned *point)
{
    char c = len > 1 ? text[1] : '\0';
    const char *found = c != '\0' ? strchr(letters, c) : NULL;
    size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
    if (found != NULL) {
        *point = (unsigned)meant[found - letters];
        return 2;
    }
    if (digits == 0 || len < 2 + digits)
        return 0;
    for (size_t i = 0; i < digits; i++) {
        if (mw_text_hex(text[2 + i]) < 0)
            return 0;
    }
    *point = mw_text_hex_value(text + 2, digits);
    return *point > 0x10FFFF || (*point >= 0xD800 && *point < 0xE000) ? 0 : 2 + digits;
}

void edit_put_quoted(const char *item, struct mw_buf *out)
{
    size_t len = strlen(item);
    mw_buf_putc(out, '"');
    for (size_t at = 0; at < len;) {
        unsigned point = 0;
        size_t used = mw_utf8_decode(item + at, len - at, &point);
        bool is_odd = mw_utf8_unsafe(point) || point == 0xFFFE || point == 0xFFFF;
        if (point == '"' || point == '\\')
            mw_buf_printf(out, "\\%c", (int)point);
        else if (is_odd)
            mw_buf_printf(out, point > 0xFFFF ? "\\U%08X" : "\\u%04X", point);
        else
            mw_buf_append(out, item + at, used);
        at += used > 0 ? used : 1;
    }
    mw_buf_putc(out, '"');
}

bool edit_fits_single_quotes(const char *item)
{
    while (*item != '\0' && *item != '\'' && *item != 0x7F && (unsigned char)*item >= 0x20)
        item++;
    return *item == '\0';
}

enum mw_code edit_refuse(struct mw_error *err, const char *step, const char *path, const char *text,
                         size_t at, const char *what, const char *hint)
{
    size_t line = 0, column = 0;
    mw_text_position(text, at, &line, &column);
    enum mw_code code =
        mw_fail(err, MW_BAD_CONFIG, 0, step, _("%s:%zu:%zu: %s."), path, line, column, what);
    mw_error_hint(err, "%s",
                  hint != NULL ? hint
                               : _("Correct the file there; its own tool cannot read it either."));
    return code;
}

enum mw_code edit_refuse_value(struct mw_error *err, const char *key, const char *what)
{
    return mw_fail(err, MW_USAGE, 0, "edit", _("The value of %s holds %s."), key, what);
}

enum mw_code edit_check_utf8(struct mw_error *err, const char *key, const char *item)
{
    if (mw_utf8_valid(item, strlen(item)))
        return MW_OK;
    return mw_fail(err, MW_USAGE, 0, "edit", _("The value of %s is not UTF-8."), key);
}
