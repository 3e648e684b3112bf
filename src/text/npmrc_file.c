/* .npmrc, as npm reads it: the package `ini` (npm/ini lib/ini.js, decode and unsafe). Lines end in
 * LF, CRLF or CR. Blanks are those of JavaScript's String.trim(), the byte order mark included. A
 * value in quotes is JSON if it can be; in any other, `;` and `#` begin a comment unless they are
 * escaped. A key alone is "true". What follows a [section] belongs to the section, not to npm. */
#include <stdlib.h>
#include <string.h>

#include "edit_parts.h"
#include "line_file.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/json_scan.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

/* So that a lone quote is quoted, too, as in ini's isQuoted(). */
static bool is_quoted(const char *bytes, size_t len)
{
    return len > 0 && (bytes[0] == '"' || bytes[0] == '\'') && bytes[len - 1] == bytes[0];
}

/* The end of an unquoted word before its comment. */
static size_t before_comment(const char *text, size_t begin, size_t end)
{
    for (size_t i = begin; i < end; i++) {
        if (text[i] == ';' || text[i] == '#')
            return i;
        i += text[i] == '\\';
    }
    return end;
}

/* ini's unsafe(): a key or a value that is trimmed already. */
static char *read_word(const char *bytes, size_t len)
{
    if (is_quoted(bytes, len)) {
        struct mw_json_span span;
        if (bytes[0] == '\'') { /* slice(1, -1) */
            bytes += 1;
            len = len > 2 ? len - 2 : 0;
        }
        if (len > 0 && bytes[0] == '"' && mw_json_check(bytes, len, &span, NULL, NULL) &&
            span.type == MW_JSON_STRING) {
            MW_FREE char *raw = mw_json_unescape(bytes, span.begin, span.end, &len);
            return mw_edit_item(raw, len);
        }
        return mw_edit_item(bytes, len);
    }
    MW_AUTO(mw_buf) word = {0};
    len = before_comment(bytes, 0, len);
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] == '\\' && i + 1 < len && strchr("\\;#", bytes[i + 1]) != NULL)
            i++;
        mw_buf_putc(&word, bytes[i]);
    }
    size_t begin = 0;
    size_t end = word.len;
    if (end > 0)
        edit_trim(EDIT_JAVASCRIPT, word.data, &begin, &end);
    return mw_edit_item(mw_buf_text(&word) + begin, end - begin);
}

static char *read_key(const char *bytes, size_t len)
{
    char *key = read_word(bytes, len);
    len = strlen(key);
    if (len > 2 && strcmp(key + len - 2, "[]") == 0)
        key[len - 2] = '\0';
    return key;
}

/* ^\[([^\]]*)\]\s*$ */
static bool is_section(const char *text, const struct line *line)
{
    if (line->begin == line->end || text[line->begin] != '[')
        return false;
    const char *close = memchr(text + line->begin, ']', line->end - line->begin);
    if (close == NULL)
        return false;
    size_t rest = (size_t)(close - text) + 1;
    size_t end = line->end;
    edit_trim(EDIT_JAVASCRIPT, text, &rest, &end);
    return rest == end;
}

/* ^([^=]+)(=(.*))?$, in which a dot is no line separator of Unicode. */
static void cut(const char *text, struct line *line)
{
    size_t begin = line->begin;
    size_t end = line->end;
    edit_trim(EDIT_JAVASCRIPT, text, &begin, &end);
    if (begin == end || text[begin] == ';' || text[begin] == '#' || text[line->begin] == '=')
        return;
    const char *equals = memchr(text + line->begin, '=', line->end - line->begin);
    size_t delimiter = equals != NULL ? (size_t)(equals - text) : line->end;
    size_t rest = line->end - delimiter;
    if (memmem(text + delimiter, rest, "\xE2\x80\xA8", 3) != NULL ||
        memmem(text + delimiter, rest, "\xE2\x80\xA9", 3) != NULL)
        return;
    line->sets = true;
    line->has_delimiter = equals != NULL;
    line->key = line->begin;
    line->key_end = delimiter;
    edit_trim(EDIT_JAVASCRIPT, text, &line->key, &line->key_end);
    MW_FREE char *key = read_word(text + line->key, line->key_end - line->key);
    size_t len = strlen(key);
    line->is_item = len > 2 && strcmp(key + len - 2, "[]") == 0;
    line->value = delimiter + line->has_delimiter;
    line->value_end = line->end;
    edit_trim(EDIT_JAVASCRIPT, text, &line->value, &line->value_end);
    if (!is_quoted(text + line->value, line->value_end - line->value)) {
        line->value_end = before_comment(text, line->value, line->value_end);
        edit_trim(EDIT_JAVASCRIPT, text, &line->value, &line->value_end);
    }
    if (!line->has_delimiter)
        line->value = line->value_end = line->key_end;
}

static enum mw_code accepts_npmrc(const char *key, const char *item, struct mw_error *err)
{
    size_t len = strlen(key);
    size_t begin = 0;
    size_t end = len;
    edit_trim(EDIT_JAVASCRIPT, key, &begin, &end);
    if (len == 0 || begin > 0 || end < len || key[strcspn(key, "=;#\"'\\\n\r")] != '\0' ||
        key[0] == '[' || strcmp(key, "__proto__") == 0 ||
        (len > 2 && strcmp(key + len - 2, "[]") == 0) || !mw_utf8_valid(key, len))
        return mw_fail(err, MW_USAGE, 0, "edit", _("\"%s\" cannot be a key of an npmrc file."),
                       key);
    if (item != NULL &&
        (strstr(item, "\xE2\x80\xA8") != NULL || strstr(item, "\xE2\x80\xA9") != NULL))
        return edit_refuse_value(err, key, _("a line break"));
    return line_accepts(key, item, err);
}

/* Could the text stand without quotes? */
static bool is_plain(const char *item)
{
    size_t begin = 0;
    size_t len = strlen(item);
    size_t end = len;
    edit_trim(EDIT_JAVASCRIPT, item, &begin, &end);
    return begin == 0 && end == len && item[0] != '"' && item[0] != '\'';
}

/* JSON would make something else of what begins so. */
static bool is_single(const char *item)
{
    char c = item[0];
    return ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '/' || c == '@') &&
           strchr(item, '\'') == NULL && strcmp(item, "true") != 0 && strcmp(item, "false") != 0 &&
           strcmp(item, "null") != 0;
}

static void write_value(const char *text, struct line *old, const char *item, struct mw_buf *out)
{
    size_t len = old != NULL ? old->value_end - old->value : 0;
    if (old != NULL &&
        memmem(text + old->value_end, old->end - old->value_end, "\xE2\x80", 2) != NULL)
        old->value_end = old->end; /* no value goes with a line separator of Unicode */
    bool was_quoted = len > 1 && is_quoted(text + old->value, len);
    bool has_tail = old != NULL && before_comment(text, old->value_end, old->end) < old->end;
    if (was_quoted && !has_tail && text[old->value] == '\'' && is_single(item)) {
        mw_buf_printf(out, "'%s'", item);
        return;
    }
    if (!is_plain(item) || (was_quoted && !has_tail)) {
        /* Quotes with a comment behind them are part of the value. */
        if (old != NULL)
            old->value_end = old->end;
        MW_FREE char *quoted = mw_json_quote(item, strlen(item));
        mw_buf_puts(out, quoted);
        return;
    }
    for (; *item != '\0'; item++) {
        if (*item == ';' || *item == '#' ||
            (*item == '\\' && strchr("\\;#", item[1]) != NULL)) /* or it is the last one */
            mw_buf_putc(out, '\\');
        mw_buf_putc(out, *item);
    }
}

static void begin_line(const char *text, const struct line *like, const char *key, bool is_item,
                       struct mw_buf *out)
{
    bool spaced = like != NULL && like->has_delimiter && text[like->key_end] == ' ' &&
                  like->value > 0 && text[like->value - 1] == ' ';
    mw_buf_printf(out, "%s%s%s", key, is_item ? "[]" : "", spaced ? " = " : "=");
}

static const struct line_dialect npmrc = {
    .cr_ends = true,
    .follows_ending = true,
    .lists = true,
    .stops = is_section,
    .cut = cut,
    .read_key = read_key,
    .read = read_word,
    .accepts = accepts_npmrc,
    .write = write_value,
    .begin = begin_line,
};

static void npmrc_notices(const char *text, size_t len, struct mw_notices *notices)
{
    struct line line = {0};
    while (line_next(&npmrc, text, len, &line)) {
        if (is_section(text, &line)) {
            mw_notices_add(notices, line.number, "npmrc-section",
                           _("from this line on nothing is taken for a setting: the format "
                             "knows no sections"));
            break;
        }
        size_t key_len = line.key_end - line.key;
        const char *key = text + line.key;
        size_t word = 0;
        while (word < key_len && ((key[word] >= 'a' && key[word] <= 'z') || key[word] == '-'))
            word++;
        if (line.has_delimiter && mw_text_fits(key, key_len, "export "))
            mw_notices_add(notices, line.number, "line-export",
                           _("a line that begins with \"export\" is not read; write NAME=VALUE"));
        bool has_colon = word > 0 && word < key_len && key[word] == ':';
        if (line.sets && !line.has_delimiter && (has_colon || memchr(key, ' ', key_len) != NULL))
            mw_notices_add(notices, line.number, "npmrc-colon",
                           _("this line is ignored: a setting is written KEY=VALUE, with an "
                             "equals sign"));
    }
}

static void npmrc_names(const char *text, size_t len, mw_each_name *each, void *context)
{
    struct line line = {0};
    while (line_next(&npmrc, text, len, &line) && !is_section(text, &line)) {
        if (!line.sets)
            continue;
        MW_FREE char *key = read_key(text + line.key, line.key_end - line.key);
        each(context, NULL, key, line.number);
    }
}

const struct mw_editor mw_editor_npmrc = {
    .has_lists = true,
    .name = "npmrc",
    .check = odd_text_check,
    .get = line_get,
    .put = line_put,
    .notices = npmrc_notices,
    .names = npmrc_names,
    .comments = "#;",
    .lines = &npmrc,
};
