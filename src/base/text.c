#include "mirrorwise/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <wchar.h>

#include "mirrorwise/buffer.h"
#include "mirrorwise/memory.h"

size_t mw_utf8_decode(const char *text, size_t len, unsigned *code_point)
{
    if (len == 0)
        return 0;
    unsigned first = (unsigned char)text[0];
    size_t need = first < 0x80             ? 1
                  : (first & 0xE0) == 0xC0 ? 2
                  : (first & 0xF0) == 0xE0 ? 3
                  : (first & 0xF8) == 0xF0 ? 4
                                           : 0;
    if (need == 0 || need > len)
        return 0;
    unsigned point = need == 1 ? first : first & (0x7Fu >> need);
    for (size_t i = 1; i < need; i++) {
        unsigned next = (unsigned char)text[i];
        if ((next & 0xC0) != 0x80)
            return 0;
        point = point << 6 | (next & 0x3F);
    }
    static const unsigned smallest[] = {[1] = 0, [2] = 0x80, [3] = 0x800, [4] = 0x10000};
    if (point < smallest[need] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF))
        return 0;
    if (code_point != NULL)
        *code_point = point;
    return need;
}

size_t mw_utf8_bad(const char *text, size_t len)
{
    size_t at = 0;
    size_t used = 1;
    while (at < len && used > 0) {
        used = (unsigned char)text[at] < 0x80 ? 1 : mw_utf8_decode(text + at, len - at, NULL);
        at += used;
    }
    return at;
}

bool mw_utf8_valid(const char *text, size_t len)
{
    return mw_utf8_bad(text, len) == len;
}

size_t mw_utf8_encode(unsigned code_point, char out[4])
{
    if (code_point < 0x80) {
        out[0] = (char)code_point;
        return 1;
    }
    size_t len = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (code_point & 0x3F));
        code_point >>= 6;
    }
    static const unsigned lead[] = {[2] = 0xC0, [3] = 0xE0, [4] = 0xF0};
    out[0] = (char)(lead[len] | code_point);
    return len;
}

/* Appends how the character at `text` is shown; returns the bytes it took, *cols its width. */
static size_t show(struct mw_buf *out, const char *text, size_t len, bool keep_lines, size_t *cols)
{
    unsigned point = 0;
    size_t used = mw_utf8_decode(text, len, &point);
    size_t before = out->len;
    if (used == 0) {
        used = 1;
        mw_buf_printf(out, "\\x%02X", (unsigned char)text[0]);
    } else if (keep_lines && (point == '\n' || point == '\t')) {
        mw_buf_putc(out, text[0]);
        *cols = 0;
        return used;
    } else if (!mw_utf8_unsafe(point)) {
        mw_buf_append(out, text, used);
        *cols = mw_utf8_cols(point);
        return used;
    } else {
        mw_buf_printf(out, point < 0x80 ? "\\x%02X" : "\\u{%04X}", point);
    }
    *cols = out->len - before;
    return used;
}

char *mw_text_safe(const char *text, size_t len, size_t max_cols, bool keep_lines)
{
    static const char ellipsis[] = "\xE2\x80\xA6";
    struct mw_buf out = {0};
    size_t cols = 0;
    size_t fits = 0; /* length of the longest start that leaves a column for the ellipsis */
    while (len > 0) {
        size_t more = 0;
        size_t used = show(&out, text, len, keep_lines, &more);
        cols += more;
        if (max_cols > 0 && cols > max_cols) {
            out.len = fits;
            mw_buf_puts(&out, ellipsis);
            break;
        }
        if (cols < max_cols)
            fits = out.len;
        text += used;
        len -= used;
    }
    return mw_buf_take(&out);
}

size_t mw_text_cols(const char *text)
{
    size_t cols = 0;
    size_t len = strlen(text);
    while (len > 0) {
        unsigned point = 0;
        size_t used = mw_utf8_decode(text, len, &point);
        cols += used > 0 ? mw_utf8_cols(point) : 1;
        used = used > 0 ? used : 1;
        text += used;
        len -= used;
    }
    return cols;
}

char *mw_text_replace(const char *text, const char *what, const char *with)
{
    struct mw_buf out = {0};
    size_t len = strlen(what);
    while (*text != '\0') {
        if (strncmp(text, what, len) == 0) {
            mw_buf_puts(&out, with);
            text += len;
        } else {
            mw_buf_putc(&out, *text++);
        }
    }
    return mw_buf_take(&out);
}

int mw_text_hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

unsigned mw_text_hex_value(const char *text, size_t digits)
{
    unsigned value = 0;
    for (size_t i = 0; i < digits; i++)
        value = value * 16 + (unsigned)mw_text_hex(text[i]);
    return value;
}

void mw_text_put(char *room, size_t size, const char *text)
{
    size_t len = strnlen(text, size);
    if (len == size)
        len--;
    while (text[len] != '\0' && len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80)
        len--;
    memcpy(room, text, len);
    room[len] = '\0';
}

bool mw_text_starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool mw_text_fits(const char *text, size_t len, const char *form)
{
    for (size_t i = 0; form[i] != '\0'; i++) {
        if (i >= len || (form[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != form[i]))
            return false;
    }
    return true;
}

bool mw_text_is_of(const char *text, const char *set)
{
    return *text != '\0' && text[strspn(text, set)] == '\0';
}

bool mw_text_is_word(const char *text, size_t len, const char *const *words)
{
    while (*words != NULL && (strlen(*words) != len || strncasecmp(*words, text, len) != 0))
        words++;
    return *words != NULL;
}

/* Chinese punctuation that no line starts with, and that none ends with. */
static const wchar_t closing[] = L"\u2019\u201D\u2026\u3001\u3002\u300B\u300D\u300F\u3011"
                                 L"\uFF01\uFF09\uFF0C\uFF1A\uFF1B\uFF1F";
static const wchar_t opening[] = L"\u2018\u201C\u300A\u300C\u300E\u3010\uFF08";

static bool is_among(const wchar_t *marks, unsigned code_point)
{
    return code_point != 0 && wcschr(marks, (wchar_t)code_point) != NULL;
}

size_t mw_text_piece(const char *text, size_t limit, size_t *cols)
{
    size_t at = 0;
    unsigned before = 0;
    *cols = 0;
    while (text[at] != '\0' && text[at] != ' ') {
        unsigned code_point = 0;
        size_t bytes = mw_utf8_decode(text + at, strnlen(text + at, 4), &code_point);
        size_t wide = bytes > 0 ? mw_utf8_cols(code_point) : 1;
        bool is_between_wide = at > 0 && wide > 0 && (wide == 2 || mw_utf8_cols(before) == 2);
        if (is_between_wide && !is_among(closing, code_point) && !is_among(opening, before))
            break;
        if (at > 0 && limit > 0 && *cols + wide > limit)
            break;
        at += bytes > 0 ? bytes : 1;
        *cols += wide;
        before = bytes > 0 ? code_point : '?';
    }
    return at;
}

void mw_text_trim(const char **text, size_t *len)
{
    while (*len > 0 && mw_text_is_blank(**text)) {
        (*text)++;
        (*len)--;
    }
    while (*len > 0 && mw_text_is_blank((*text)[*len - 1]))
        (*len)--;
}

/* Longer words are no slips of each other that a person could see at a glance. */
enum { WORD_MAX = 64 };

/* Optimal string alignment: insertion, deletion, replacement and a swap of neighbours cost 1. */
static size_t edit_distance(const char *a, const char *b)
{
    size_t rows[3][WORD_MAX + 1];
    size_t a_len = strlen(a);
    size_t b_len = strlen(b);
    for (size_t j = 0; j <= b_len; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i - 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            size_t cost = above[j - 1] + (strncasecmp(&a[i - 1], &b[j - 1], 1) != 0);
            if (above[j] + 1 < cost)
                cost = above[j] + 1;
            if (row[j - 1] + 1 < cost)
                cost = row[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                rows[(i - 2) % 3][j - 2] + 1 < cost)
                cost = rows[(i - 2) % 3][j - 2] + 1;
            row[j] = cost;
        }
    }
    return rows[a_len % 3][b_len];
}

const char *mw_text_closest(const char *text, const struct mw_strings *names)
{
    size_t len = strlen(text);
    if (len == 0 || len > WORD_MAX)
        return NULL;
    const char *closest = NULL;
    size_t limit = len / 3 + 1;
    if (limit > 3)
        limit = 3;
    if (limit >= len)
        limit = len - 1;
    for (size_t i = 0; i < names->count; i++) {
        const char *name = names->items[i];
        size_t other = strlen(name);
        if (other > WORD_MAX || other > len + limit || len > other + limit)
            continue;
        size_t distance = edit_distance(text, name);
        if (distance > limit || (closest != NULL && distance == limit))
            continue;
        closest = name;
        limit = distance;
    }
    return closest;
}

char *mw_text_time(long seconds_since_1970)
{
    char text[64];
    time_t seconds = (time_t)seconds_since_1970;
    struct tm utc;
    if (gmtime_r(&seconds, &utc) == NULL ||
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc) == 0)
        return mw_xstrdup("?");
    return mw_xstrdup(text);
}

long mw_text_seconds(const char *text)
{
    struct tm date = {0};
    const char *end = strptime(text, "%Y-%m-%d", &date);
    if (end == NULL || (*end != 'T' && *end != 't' && *end != ' '))
        return -1;
    end = strptime(end + 1, "%H:%M:%S", &date);
    if (end == NULL)
        return -1;
    if (*end == '.')
        end += 1 + strspn(end + 1, "0123456789");
    long away_s = 0; /* from UTC */
    if (*end == '+' || *end == '-') {
        long hours = 0, minutes = 0;
        if (strspn(end + 1, "0123456789") != 2 || end[3] != ':' ||
            strspn(end + 4, "0123456789") != 2)
            return -1;
        hours = (end[1] - '0') * 10 + (end[2] - '0');
        minutes = (end[4] - '0') * 10 + (end[5] - '0');
        away_s = (*end == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
        end += 6;
    } else if (*end == 'Z' || *end == 'z') {
        end++;
    }
    const int day = date.tm_mday; /* timegm(3) makes March 2 of February 30 */
    const long seconds = (long)timegm(&date);
    return end[strspn(end, " \t\r\n")] == '\0' && date.tm_mday == day ? seconds - away_s : -1;
}

char *mw_text_local_time(const char *utc)
{
    size_t len = strlen(utc);
    if (len != strlen("2026-08-21T09:30:00Z") || utc[10] != 'T' || utc[len - 1] != 'Z')
        return mw_xstrdup(utc);
    struct tm parts = {0};
    struct tm local = {0};
    char text[64];
    const char *end = strptime(utc, "%Y-%m-%dT%H:%M:%SZ", &parts);
    time_t seconds = end != NULL && *end == '\0' ? timegm(&parts) : -1;
    if (seconds == -1 || localtime_r(&seconds, &local) == NULL || local.tm_gmtoff == 0 ||
        strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %z", &local) == 0)
        return mw_xasprintf("%.10s %.8s UTC", utc, utc + 11);
    return mw_xstrdup(text);
}

char *mw_text_directory(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return mw_xstrdup(".");
    return mw_xstrndup(path, slash == path ? 1 : (size_t)(slash - path));
}

char *mw_text_lower(const char *text)
{
    char *lower = mw_xstrdup(text);
    for (char *c = lower; *c != '\0'; c++) {
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    }
    return lower;
}
