#include "ini_scan.h"

#include <string.h>

#include "mirrorwise/text.h"

static bool is_blank(unsigned point)
{
    if (point < 0x80)
        return point == ' ' || (point >= '\t' && point <= '\r') || (point >= 0x1C && point <= 0x1F);
    return point == 0x85 || point == 0xA0 || point == 0x1680 ||
           (point >= 0x2000 && point <= 0x200A) || point == 0x2028 || point == 0x2029 ||
           point == 0x202F || point == 0x205F || point == 0x3000;
}

size_t ini_blank_len(const char *text, size_t len)
{
    unsigned point = len > 0 ? (unsigned char)*text : 0;
    size_t used = point < 0x80 ? 1 : mw_utf8_decode(text, len, &point);
    return used > 0 && is_blank(point) ? used : 0;
}

static size_t skip_blanks(const char *text, size_t begin, size_t end)
{
    size_t used;
    while (begin < end && (used = ini_blank_len(text + begin, end - begin)) > 0)
        begin += used;
    return begin;
}

/* The end of [begin, end) without its trailing blanks. No blank takes more than 3 bytes. */
static size_t drop_blanks(const char *text, size_t begin, size_t end)
{
    for (;;) {
        size_t used = 1;
        while (used < 3 && used < end - begin && ((unsigned char)text[end - used] & 0xC0) == 0x80)
            used++;
        if (begin == end || ini_blank_len(text + end - used, used) != used)
            return end;
        end -= used;
    }
}

static size_t count_chars(const char *text, size_t begin, size_t end)
{
    size_t count = 0;
    for (size_t i = begin; i < end; i++)
        count += ((unsigned char)text[i] & 0xC0) != 0x80;
    return count;
}

/* Finds the ends of the line at scan->pos. */
static void cut_line(struct ini_scan *scan, struct ini_line *line)
{
    const char *text = scan->text;
    size_t end = scan->pos;
    while (end < scan->len && text[end] != '\n' && text[end] != '\r')
        end++;
    size_t next = end;
    if (next < scan->len)
        next += text[next] == '\r' && next + 1 < scan->len && text[next + 1] == '\n' ? 2 : 1;
    *line =
        (struct ini_line){.number = ++scan->number, .begin = scan->pos, .end = end, .next = next};
    line->text = skip_blanks(text, line->begin, end);
    line->text_end = drop_blanks(text, line->text, end);
    line->value = line->text;
    scan->pos = next;
}

/* SECTCRE: \[(?P<header>.+)\], as much as can be. */
static bool match_section(const char *text, struct ini_line *line)
{
    if (text[line->text] != '[')
        return false;
    const char *close = memrchr(text + line->text, ']', line->text_end - line->text);
    if (close == NULL || (size_t)(close - text) < line->text + 2)
        return false;
    line->name = line->text + 1;
    line->name_end = (size_t)(close - text);
    return true;
}

/* OPTCRE: (?P<option>.*?)\s*(?P<vi>=|:)\s*(?P<value>.*)$ */
static bool match_option(const char *text, struct ini_line *line)
{
    size_t at = line->text;
    while (at < line->text_end && text[at] != '=' && text[at] != ':')
        at++;
    if (at == line->text_end)
        return false;
    line->delimiter = at;
    line->name = line->text;
    line->name_end = drop_blanks(text, line->text, at);
    line->value = skip_blanks(text, at + 1, line->text_end);
    return true;
}

/* A line that is neither blank nor comment nor goes on with a value. */
static enum ini_kind match_head(struct ini_scan *scan, struct ini_line *line)
{
    if (match_section(scan->text, line)) {
        scan->in_section = true;
        scan->in_option = false;
        return INI_SECTION;
    }
    if (!scan->in_section)
        return INI_HOMELESS;
    if (!match_option(scan->text, line))
        return INI_BARE;
    scan->in_option = line->name < line->name_end;
    return scan->in_option ? INI_OPTION : INI_NAMELESS;
}

bool ini_next(struct ini_scan *scan, struct ini_line *line)
{
    if (scan->pos >= scan->len)
        return false;
    cut_line(scan, line);
    if (line->text == line->text_end) {
        line->kind = INI_BLANK;
        return true;
    }
    if (scan->text[line->text] == '#' || scan->text[line->text] == ';') {
        line->kind = INI_COMMENT;
        return true;
    }
    size_t indent = count_chars(scan->text, line->begin, line->text);
    if (scan->in_option && indent > scan->indent) {
        line->kind = INI_MORE;
        return true;
    }
    scan->indent = indent;
    line->kind = match_head(scan, line);
    return true;
}

/* The next character in lower case, -1 at the end. U+212A, the Kelvin sign, is the one letter
 * beyond ASCII whose lower case is ASCII: Python reads "find-lin\u212As" as find-links. */
static int next_lower(const char **text, const char *end, bool as_pip)
{
    if (*text == end)
        return -1;
    if (end - *text >= 3 && memcmp(*text, "\xE2\x84\xAA", 3) == 0) {
        *text += 3;
        return 'k';
    }
    int c = (unsigned char)*(*text)++;
    if (c >= 'A' && c <= 'Z')
        return c - 'A' + 'a';
    return as_pip && c == '_' ? '-' : c;
}

static void drop_dashes(const char **text, const char *end)
{
    const char *rest = *text;
    int first = next_lower(&rest, end, true);
    int second = next_lower(&rest, end, true);
    if (first == '-' && second == '-')
        *text = rest;
}

int ini_compare(const char *a, size_t a_len, const char *b, size_t b_len, bool as_pip)
{
    const char *a_end = a + a_len;
    const char *b_end = b + b_len;
    if (as_pip) {
        drop_dashes(&a, a_end);
        drop_dashes(&b, b_end);
    }
    int left;
    int right;
    do {
        left = next_lower(&a, a_end, as_pip);
        right = next_lower(&b, b_end, as_pip);
    } while (left == right && left >= 0);
    return (left > right) - (left < right);
}

size_t ini_hash(const char *name, size_t len, bool as_pip)
{
    const char *end = name + len;
    size_t hash = 2166136261u; /* FNV-1a */
    int c;
    if (as_pip)
        drop_dashes(&name, end);
    while ((c = next_lower(&name, end, as_pip)) >= 0)
        hash = (hash ^ (size_t)c) * 16777619u;
    return hash;
}

bool ini_is_default(const char *text, const struct ini_line *section)
{
    static const char name[] = "DEFAULT";
    return section->name_end - section->name == sizeof name - 1 &&
           memcmp(text + section->name, name, sizeof name - 1) == 0;
}

bool ini_refused(const char *text, size_t len, struct ini_line *line)
{
    struct ini_scan scan = {.text = text, .len = len};
    while (ini_next(&scan, line)) {
        if (line->kind >= INI_HOMELESS)
            return true;
    }
    return false;
}
