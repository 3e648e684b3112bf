#include <string.h>

#include "edit_parts.h"
#include "ini_file.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

static size_t count_chars(const char *text, size_t begin, size_t end)
{
    size_t count = 0;
    for (size_t i = begin; i < end; i++)
        count += ((unsigned char)text[i] & 0xC0) != 0x80;
    return count;
}

/* SECTCRE: \[(?P<header>.+)\], as much as can be. */
static bool match_section(const char *text, struct line *line)
{
    if (text[line->key] != '[')
        return false;
    const char *close = memrchr(text + line->key, ']', line->value_end - line->key);
    if (close == NULL || (size_t)(close - text) < line->key + 2)
        return false;
    line->key++;
    line->key_end = (size_t)(close - text);
    return true;
}

/* OPTCRE: (?P<option>.*?)\s*(?P<vi>=|:)\s*(?P<value>.*)$ */
static bool match_option(const char *text, struct line *line)
{
    size_t at = line->key;
    while (at < line->value_end && text[at] != '=' && text[at] != ':')
        at++;
    if (at == line->value_end)
        return false;
    line->delimiter = line->key_end = at;
    line->value = at + 1;
    edit_trim(EDIT_PYTHON, text, &line->key, &line->key_end);
    edit_trim(EDIT_PYTHON, text, &line->value, &line->value_end);
    return true;
}

/* A line that is neither blank nor comment nor goes on with a value. */
static enum line_kind match_head(const char *text, struct line *line)
{
    if (match_section(text, line)) {
        line->in_section = true;
        line->in_option = false;
        return LINE_SECTION;
    }
    if (!line->in_section)
        return LINE_HOMELESS;
    if (!match_option(text, line))
        return LINE_BARE;
    line->sets = line->in_option = line->key < line->key_end;
    return line->sets ? LINE_OPTION : LINE_NAMELESS;
}

static void cut(const char *text, struct line *line)
{
    line->key = line->begin;
    line->value_end = line->end;
    edit_trim(EDIT_PYTHON, text, &line->key, &line->value_end);
    line->value = line->key;
    size_t indent = count_chars(text, line->begin, line->key);
    if (line->key == line->value_end) {
        line->kind = LINE_BLANK;
    } else if (text[line->key] == '#' || text[line->key] == ';') {
        line->kind = LINE_COMMENT;
    } else if (line->in_option && indent > line->indent) {
        line->kind = LINE_MORE;
    } else {
        line->indent = indent;
        line->kind = match_head(text, line);
    }
}

bool ini_next(const char *text, size_t len, struct line *line)
{
    static const struct line_dialect ini = {.cr_ends = true, .cut = cut};
    return line_next(&ini, text, len, line);
}

size_t ini_begin(const struct line *line)
{
    return line->kind == LINE_SECTION ? line->key - 1 : line->key;
}

bool ini_is_default(const char *text, const struct line *section)
{
    return edit_is(text, section->key, section->key_end, "DEFAULT");
}

/* U+212A, the Kelvin sign, is the one letter beyond ASCII whose lower case is ASCII: Python reads
 * "find-lin\u212As" as find-links. */
char *ini_name(const char *bytes, size_t len, bool as_tool)
{
    MW_AUTO(mw_buf) name = {0};
    for (size_t i = 0; i < len; i++) {
        bool is_kelvin = len - i >= 3 && memcmp(bytes + i, "\xE2\x84\xAA", 3) == 0;
        char c = is_kelvin ? 'k' : bytes[i];
        i += is_kelvin ? 2 : 0;
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        mw_buf_putc(&name, as_tool && c == '_' ? '-' : c);
    }
    size_t dashes = as_tool && mw_text_starts(mw_buf_text(&name), "--") ? 2 : 0;
    return mw_edit_item(mw_buf_text(&name) + dashes, name.len - dashes);
}

void ini_names(const char *text, size_t len, enum ini_sameness same, struct names *names)
{
    size_t sections = 0;
    size_t section = 0; /* 0 is [DEFAULT], however often it occurs */
    struct line line = {0};
    while (ini_next(text, len, &line) && line.kind < LINE_HOMELESS) {
        bool is_section = line.kind == LINE_SECTION;
        bool is_default = is_section && ini_is_default(text, &line);
        if (is_section)
            section = is_default ? 0 : ++sections;
        if (is_default || !(same == INI_SAME_SECTION ? is_section : line.sets))
            continue;
        const char *bytes = text + line.key;
        size_t bytes_len = line.key_end - line.key;
        struct name *name = is_section
                                ? names_add(names, mw_edit_item(bytes, bytes_len), 0, line.number)
                                : names_add(names, ini_name(bytes, bytes_len, same == INI_SAME_KEY),
                                            section, line.number);
        name->at = line.key;
        name->len = bytes_len;
    }
    names_sort(names);
}
