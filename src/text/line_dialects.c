/* Bundler's config and Yarn 1's .yarnrc: two small grammars. */
#include <stdlib.h>
#include <string.h>

#include "edit_parts.h"
#include "line_file.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/json_scan.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

/* ---- Bundler: `KEY: value`, its own reader and no YAML (bundler/yaml_serializer.rb) ---------- */

static char *read_bundle_key(const char *bytes, size_t len)
{
    MW_AUTO(mw_buf) key = {0};
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] == '.')
            mw_buf_puts(&key, "__");
        else
            mw_buf_putc(&key, bytes[i]);
    }
    bool is_url = strcasestr(mw_buf_text(&key), "http:") != NULL ||
                  strcasestr(mw_buf_text(&key), "https:") != NULL;
    if (is_url && key.len > 0 && key.data[key.len - 1] != '/')
        mw_buf_putc(&key, '/');
    return mw_edit_item(mw_buf_text(&key), key.len);
}

static size_t bundle_end(const char *text, const struct line *line)
{
    return line->end - (line->end > line->begin && text[line->end - 1] == '\r');
}

/* The key ends at the last colon that has a blank behind it or nothing; `end`: there is none. */
static size_t bundle_colon(const char *text, size_t key, size_t end)
{
    size_t colon = end;
    for (size_t i = key + 1; i < end; i++) {
        if (text[i] == ':' && (i + 1 == end || strchr(" \t\v\f\r", text[i + 1]) != NULL))
            colon = i;
    }
    return colon;
}

/* A lone value of nothing begins a list. */
static void cut_bundle(const char *text, struct line *line)
{
    size_t end = bundle_end(text, line);
    /* Two blanks are one level: one alone is none. */
    size_t key = line->begin + (line->begin < end && text[line->begin] == ' ');
    if (key == end || text[key] == '#' || text[key] == '-' || text[key] == ' ')
        return;
    size_t colon = bundle_colon(text, key, end);
    size_t value = colon + 1;
    if (colon < end && value < end && text[value] == ' ')
        value++;
    if (colon == end || value >= end)
        return;
    line_set(line, key, colon, value, end);
}

static char *read_bundle(const char *bytes, size_t len)
{
    if (len > 1 && (bytes[0] == '"' || bytes[0] == '\'') && bytes[len - 1] == bytes[0])
        return mw_edit_item(bytes + 1, len - 2);
    return mw_edit_item(bytes, len);
}

static enum mw_code accepts_bundle(const char *key, const char *item, struct mw_error *err)
{
    MW_FREE char *own = read_bundle_key(key, strlen(key));
    bool fits = strcmp(own, key) == 0 && *key != '\0' && strchr("#- \"'", *key) == NULL &&
                key[strcspn(key, "# \t\v\f\r\n\"'")] == '\0' && mw_utf8_valid(key, strlen(key));
    if (!fits)
        return mw_fail(err, MW_USAGE, 0, "edit",
                       _("\"%s\" cannot be a key of this format, which has \"__\" for a dot and "
                         "capital letters."),
                       key);
    for (const char *c = item; c != NULL && *c != '\0'; c++) {
        if (*c == ':' && c[1] != '\0' && strchr(" \t\v\f", c[1]) != NULL)
            return edit_refuse_value(err, key,
                                     _("a colon with a blank behind it, which ends a key"));
    }
    return line_accepts(key, item, err);
}

static void write_bundle(const char *text, struct line *old, const char *item, struct mw_buf *out)
{
    char quote = '"';
    if (old != NULL && old->value_end - old->value > 1 && text[old->value] == '\'')
        quote = '\'';
    /* A tab behind the colon is of the value; without a blank there the colon ends no key. */
    if (old != NULL && text[old->value - 1] == ':')
        mw_buf_putc(out, ' ');
    mw_buf_printf(out, "%c%s%c", quote, item, quote);
}

static const struct line_dialect bundle = {
    .follows_ending = true,
    .cut = cut_bundle,
    .read_key = read_bundle_key,
    .read = read_bundle,
    .accepts = accepts_bundle,
    .delimiter = ": ",
    .write = write_bundle,
};

/* What stops every command of Bundler: two blanks are one level, and a line that is deeper than any
 * key without a value before it, or an item of a list before there was one, is an error to it. */
static enum mw_code bundle_check(const struct mw_editor *editor, const char *path, const char *text,
                                 size_t len, struct mw_error *err)
{
    enum mw_code code = odd_text_check(editor, path, text, len, err);
    struct line line = {0};
    size_t levels = 1;
    while (code == MW_OK && line_next(&bundle, text, len, &line)) {
        size_t end = bundle_end(text, &line), key = line.begin;
        while (key < end && text[key] == ' ')
            key++;
        size_t begin = key; /* a colon at once: the blank before it is the key */
        if (key > line.begin && key < end && text[key] == ':')
            begin--;
        size_t colon = bundle_colon(text, begin, end);
        size_t level = (begin - line.begin) / 2;
        bool is_item = colon == end && key + 1 < end && text[key] == '-' && text[key + 1] == ' ';
        bool is_empty = colon + 1 == end || (colon + 2 == end && text[colon + 1] == ' ');
        if ((is_item && levels == 1) || (colon < end && level >= levels))
            code = edit_refuse(err, "bundle", path, text, key,
                               is_item ? _("an item of a list that no key begins")
                                       : _("a line that is indented below no key"),
                               _("Remove the line: every command stops at it."));
        else if (colon < end && is_empty && level + 2 > levels)
            levels = level + 2;
    }
    return code;
}

/* ---- .yarnrc: `KEY VALUE` or `KEY: VALUE` as in yarn.lock (yarnpkg/yarn src/lockfile/parse.js).
 * A word ends at a colon, so an address stands in quotes; with a colon behind the key it need not,
 * for what is no such file Yarn reads as YAML. Indented lines belong to an object. ---- */

static size_t yarn_word_end(const char *text, size_t at, size_t end)
{
    static const char starts[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                 "_/.-";
    if (at < end && text[at] == '"') {
        for (at++; at < end && text[at] != '"'; at++)
            at += text[at] == '\\' && at + 1 < end;
        return at < end ? at + 1 : at;
    }
    if (at < end && strchr(starts, text[at]) != NULL) {
        while (at < end && strchr(": ,", text[at]) == NULL)
            at++;
    }
    return at;
}

static void cut_yarn(const char *text, struct line *line)
{
    size_t end = line->end;
    size_t key_end = yarn_word_end(text, line->begin, end);
    bool has_colon = key_end < end && text[key_end] == ':';
    size_t value = edit_skip_blanks(text, key_end + has_colon, end);
    size_t value_end = yarn_word_end(text, value, end);
    size_t rest = edit_skip_blanks(text, value_end, end);
    if (has_colon && rest < end && text[rest] != '#') {
        const char *tail = memmem(text + value, end - value, " #", 2);
        value_end = tail != NULL ? (size_t)(tail - text) : end;
        while (value_end > value && text[value_end - 1] == ' ')
            value_end--;
        rest = end;
    }
    if (key_end == line->begin || value == key_end || value_end == value ||
        (rest < end && text[rest] != '#'))
        return;
    line_set(line, line->begin, key_end, value, value_end);
}

static char *read_yarn(const char *bytes, size_t len)
{
    struct mw_json_span span;
    if (len == 0 || bytes[0] != '"' || !mw_json_check(bytes, len, &span, NULL, NULL))
        return mw_edit_item(bytes, len);
    MW_FREE char *raw = mw_json_unescape(bytes, span.begin, span.end, &len);
    return mw_edit_item(raw, len);
}

/* Yarn reads what stands in quotes by JSON.parse(). */
static bool has_control(const char *text)
{
    while ((unsigned char)*text >= 0x20)
        text++;
    return *text != '\0';
}

static enum mw_code accepts_yarn(const char *key, const char *item, struct mw_error *err)
{
    if (*key == '\0' || key[strcspn(key, "\"\\")] != '\0' || has_control(key) ||
        !mw_utf8_valid(key, strlen(key)))
        return mw_fail(err, MW_USAGE, 0, "edit", _("\"%s\" cannot be a key of a .yarnrc file."),
                       key);
    if (item != NULL && item[strcspn(item, "\"\\")] != '\0')
        return edit_refuse_value(err, key, _("a quote or a backslash"));
    if (item != NULL && has_control(item))
        return edit_refuse_value(err, key, _("a control character"));
    return line_accepts(key, item, err);
}

/* Only without quotes is it a truth or a number; then a '#' behind it would belong to it. */
static void write_yarn(const char *text, struct line *old, const char *item, struct mw_buf *out)
{
    bool is_literal = strcmp(item, "true") == 0 || strcmp(item, "false") == 0 ||
                      mw_text_is_of(item, "0123456789");
    bool has_tail = old != NULL && old->value_end < old->end && text[old->value_end] == '#';
    mw_buf_printf(out, is_literal ? "%s" : "\"%s\"", item);
    if (is_literal && has_tail)
        mw_buf_putc(out, ' ');
}

static void begin_yarn(const char *text, const struct line *like, const char *key, bool is_item,
                       struct mw_buf *out)
{
    (void)is_item;
    bool has_colon = like != NULL && text[like->key_end] == ':';
    bool is_plain = yarn_word_end(key, 0, strlen(key)) == strlen(key) && key[0] > '9';
    mw_buf_printf(out, is_plain ? "%s%s " : "\"%s\"%s ", key, has_colon ? ":" : "");
}

static const struct line_dialect yarnrc = {
    .cr_ends = true,
    .follows_ending = true,
    .cut = cut_yarn,
    .read_key = read_yarn,
    .read = read_yarn,
    .accepts = accepts_yarn,
    .write = write_yarn,
    .begin = begin_yarn,
};

/* ---- notices --------------------------------------------------------------------------------- */

static void bundle_notices(const char *text, size_t len, struct mw_notices *notices)
{
    struct line line = {0};
    while (line_next(&bundle, text, len, &line)) {
        if (!line.sets)
            continue;
        const char *value = text + line.value;
        size_t value_len = line.value_end - line.value;
        const char *tail = memmem(value, value_len, " #", 2);
        bool is_lower = false; /* what is asked for is upper case (bundler/settings.rb key_for()) */
        for (size_t i = line.key; i < line.key_end; i++)
            is_lower = is_lower || (text[i] >= 'a' && text[i] <= 'z');
        if (is_lower)
            mw_notices_add(notices, line.number, "env-lower-case",
                           _("there is no \"%.*s\": keys are in upper case"),
                           (int)(line.key_end - line.key), text + line.key);
        else if (value[0] == ' ')
            mw_notices_add(notices, line.number, "line-blank",
                           _("there are two blanks behind the colon, and the second one is taken "
                             "as part of the value"));
        else if (tail != NULL)
            mw_notices_add(notices, line.number, "line-comment",
                           _("there are no comments behind a value here; it is taken as part of "
                             "it"));
    }
}

/* An address without quotes, or `registry=…`. */
static void yarn_notices(const char *text, size_t len, struct mw_notices *notices)
{
    struct line line = {0};
    while (line_next(&yarnrc, text, len, &line)) {
        size_t key_end = yarn_word_end(text, line.begin, line.end);
        size_t value = edit_skip_blanks(text, key_end, line.end);
        size_t value_end = yarn_word_end(text, value, line.end);
        bool is_bare = !line.sets && key_end > line.begin && value > key_end && value_end > value &&
                       value_end < line.end && text[value_end] == ':';
        if (is_bare || memchr(text + line.begin, '=', key_end - line.begin) != NULL)
            mw_notices_add(notices, line.number, "yarnrc-quotes",
                           _("this line is ignored: a setting is written KEY \"VALUE\", an "
                             "address in double quotes"));
    }
}

const struct mw_editor mw_editor_bundle = {.name = "bundle",
                                           .check = bundle_check,
                                           .get = line_get,
                                           .put = line_put,
                                           .comments = "#",
                                           .lines = &bundle,
                                           .notices = bundle_notices};
const struct mw_editor mw_editor_yarnrc = {.name = "yarnrc",
                                           .check = odd_text_check,
                                           .get = line_get,
                                           .put = line_put,
                                           .comments = "#",
                                           .lines = &yarnrc,
                                           .notices = yarn_notices};
