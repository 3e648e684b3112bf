/* JSON strings: from their spelling to text and back. */
#include <string.h>

#include "mirrorwise/buffer.h"
#include "mirrorwise/json_scan.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

/* Decodes the \u at `pos`, with its partner if it is a pair; returns the position behind it. */
static size_t unescape_unicode(const char *text, size_t pos, size_t end, unsigned *point)
{
    unsigned unit = mw_text_hex_value(text + pos + 2, 4);
    pos += 6;
    *point = unit;
    if (unit < 0xD800 || unit > 0xDFFF)
        return pos;
    *point = 0xFFFD;
    if (unit <= 0xDBFF && end - pos >= 6 && text[pos] == '\\' && text[pos + 1] == 'u') {
        unsigned low = mw_text_hex_value(text + pos + 2, 4);
        if (low >= 0xDC00 && low <= 0xDFFF) {
            *point = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
            pos += 6;
        }
    }
    return pos;
}

char *mw_json_unescape(const char *text, size_t begin, size_t end, size_t *len)
{
    static const char short_form[] = "\"\\/bfnrt";
    static const char meaning[] = "\"\\/\b\f\n\r\t";
    size_t pos = begin + 1, used = 0;
    size_t last = end - 1;                  /* the closing quote */
    char *out = mw_xmalloc(last - pos + 1); /* no escape is shorter than what it stands for */
    while (pos < last) {
        const char *escape = memchr(text + pos, '\\', last - pos);
        size_t plain = (escape != NULL ? (size_t)(escape - text) : last) - pos;
        if (plain > 0) {
            memcpy(out + used, text + pos, plain);
            pos += plain;
            used += plain;
        } else if (text[pos + 1] == 'u') {
            unsigned point = 0;
            pos = unescape_unicode(text, pos, last, &point);
            used += mw_utf8_encode(point, out + used);
        } else {
            out[used++] = meaning[strchr(short_form, text[pos + 1]) - short_form];
            pos += 2;
        }
    }
    out[used] = '\0';
    if (len != NULL)
        *len = used;
    return out;
}

static void put_escaped(struct mw_buf *out, unsigned point)
{
    static const char odd[] = "\b\f\n\r\t";
    static const char letters[] = "bfnrt";
    const char *found = point > 0 && point < 0x80 ? strchr(odd, (int)point) : NULL;
    if (found != NULL)
        mw_buf_printf(out, "\\%c", letters[found - odd]);
    else if (point >= 0x10000)
        mw_buf_printf(out, "\\u%04x\\u%04x", 0xD800 + ((point - 0x10000) >> 10),
                      0xDC00 + ((point - 0x10000) & 0x3FF));
    else
        mw_buf_printf(out, "\\u%04x", point);
}

char *mw_json_quote(const char *text, size_t len)
{
    struct mw_buf out = {0};
    mw_buf_putc(&out, '"');
    while (len > 0) {
        unsigned point = 0;
        size_t used = mw_utf8_decode(text, len, &point);
        if (used == 0) {
            used = 1;
            mw_buf_puts(&out, "\xEF\xBF\xBD");
        } else if (point == '"' || point == '\\') {
            mw_buf_putc(&out, '\\');
            mw_buf_putc(&out, (char)point);
        } else if (mw_utf8_unsafe(point)) {
            put_escaped(&out, point);
        } else {
            mw_buf_append(&out, text, used);
        }
        text += used;
        len -= used;
    }
    mw_buf_putc(&out, '"');
    return mw_buf_take(&out);
}
