/* Homebrew's brew.env and a plain shell env file: two small grammars of NAME=VALUE. */
#include <stdlib.h>
#include <string.h>

#include "edit_parts.h"
#include "line_file.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

static bool is_name_char(char c, bool first)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
           (!first && c >= '0' && c <= '9');
}

/* Bytes of the name of a variable at the start of the text. */
static size_t name_len(const char *text, size_t len)
{
    size_t used = 0;
    while (used < len && is_name_char(text[used], used == 0))
        used++;
    return used;
}

static enum mw_code accepts_variable(const char *key, const char *item, struct mw_error *err)
{
    if (*key == '\0' || name_len(key, strlen(key)) != strlen(key))
        return mw_fail(err, MW_USAGE, 0, "edit",
                       _("\"%s\" cannot be the name of a variable: letters, digits and '_', no "
                         "digit in front."),
                       key);
    return line_accepts(key, item, err);
}

/* ---- brew.env: what `while read -r line; do export "$line"` of bin/brew makes of it ---------- */

static void cut_brew(const char *text, struct line *line)
{
    size_t begin = edit_skip_blanks(text, line->begin, line->end);
    size_t end = line->end;
    while (end > begin && mw_text_is_blank(text[end - 1]))
        end--;
    size_t key_end = begin + name_len(text + begin, end - begin);
    if (key_end == begin || key_end == end || text[key_end] != '=')
        return;
    line_set(line, begin, key_end, key_end + 1, end);
}

static enum mw_code accepts_brew(const char *key, const char *item, struct mw_error *err)
{
    enum mw_code code = accepts_variable(key, item, err);
    size_t len = item != NULL ? strlen(item) : 0;
    if (code == MW_OK && len > 0 && mw_text_is_blank(item[len - 1]))
        code = edit_refuse_value(err, key, _("a blank at its end, which would be dropped"));
    return code;
}

static const struct line_dialect brew_env = {
    .ends_last = true, .cut = cut_brew, .accepts = accepts_brew};

static void brew_notices(const char *text, size_t len, struct mw_notices *notices)
{
    struct line line = {0};
    while (line_next(&brew_env, text, len, &line)) {
        if (line.next == line.end && line.end > line.begin)
            mw_notices_add(notices, line.number, "line-unended",
                           _("the last line has no line ending, so it is not read"));
        if (!line.sets && mw_text_fits(text + line.begin, line.end - line.begin, "export "))
            mw_notices_add(notices, line.number, "line-export",
                           _("a line that begins with \"export\" is not read; write NAME=VALUE"));
        if (!line.sets)
            continue;
        if (line.value < line.value_end && strchr("\"'", text[line.value]) != NULL)
            mw_notices_add(notices, line.number, "line-quotes",
                           _("the value starts with a quote, which is taken as part of it"));
        if (line.value < line.value_end && text[line.value_end - 1] == '\r')
            mw_notices_add(notices, line.number, "line-cr",
                           _("the value ends in a carriage return (a Windows line ending), which "
                             "is taken as part of it"));
    }
}

/* ---- env: [export] NAME=WORD as a POSIX shell reads it, but that nothing is expanded ---- */

/* The end of the word at `at`, quotes and escapes included; `end` if a quote stays open. */
static size_t word_end(const char *text, size_t at, size_t end)
{
    while (at < end && !mw_text_is_blank(text[at]) && text[at] != ';' && text[at] != '&') {
        char quote = text[at];
        if (quote == '\\') {
            at++;
        } else if (quote == '\'' || quote == '"') {
            at++;
            while (at < end && text[at] != quote)
                at += quote == '"' && text[at] == '\\' ? 2 : 1;
        }
        at++;
    }
    return at < end ? at : end;
}

/* What is open at the end of the line: a quote, a backslash, or nothing. */
static char open_quote(const char *text, const struct line *line)
{
    char quote = line->quote != '\\' ? line->quote : '\0';
    bool leads = line->quote == '\0'; /* a word, which may be a comment */
    for (size_t at = line->begin; at < line->end; at++) {
        char c = text[at];
        if (quote == '\0' && leads && c == '#')
            break;
        if (c == '\\' && quote != '\'' && ++at == line->end)
            return quote != '\0' ? quote : '\\';
        if (quote == '\0' ? c == '\'' || c == '"' : c == quote)
            quote = quote == '\0' ? c : '\0';
        leads = mw_text_is_blank(c) || c == ';' || c == '&';
    }
    return quote;
}

/* What goes on over lines is left alone. */
static void cut_shell(const char *text, struct line *line)
{
    char quote = line->quote;
    line->quote = open_quote(text, line);
    if (quote != '\0' || line->quote != '\0')
        return;
    size_t begin = edit_skip_blanks(text, line->begin, line->end);
    size_t used = name_len(text + begin, line->end - begin);
    if (edit_is(text, begin, begin + used, "export") && begin + 6 < line->end &&
        mw_text_is_blank(text[begin + 6])) {
        begin = edit_skip_blanks(text, begin + 6, line->end);
        used = name_len(text + begin, line->end - begin);
    }
    if (used == 0 || begin + used == line->end || text[begin + used] != '=')
        return;
    size_t value_end = word_end(text, begin + used + 1, line->end);
    size_t rest = edit_skip_blanks(text, value_end, line->end);
    /* `A=b command` is a command. */
    if (rest < line->end && text[rest] != ';' && (text[rest] != '#' || rest == value_end) &&
        text[rest] != '\r')
        return;
    line_set(line, begin, begin + used, begin + used + 1, value_end);
}

static char *read_shell(const char *bytes, size_t len)
{
    MW_AUTO(mw_buf) word = {0};
    char quote = '\0';
    for (size_t i = 0; i < len; i++) {
        char c = bytes[i];
        bool escapes = c == '\\' && quote != '\'' && i + 1 < len &&
                       (quote == '\0' || strchr("$`\"\\", bytes[i + 1]) != NULL);
        if (escapes)
            mw_buf_putc(&word, bytes[++i]);
        else if (quote == '\0' && (c == '\'' || c == '"'))
            quote = c;
        else if (quote != '\0' && c == quote)
            quote = '\0';
        else
            mw_buf_putc(&word, c);
    }
    return mw_edit_item(mw_buf_text(&word), word.len);
}

static void write_shell(const char *text, struct line *old, const char *item, struct mw_buf *out)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_@%+=:,./-";
    bool was_quoted = old != NULL && old->value < old->value_end &&
                      (text[old->value] == '"' || text[old->value] == '\'');
    if (mw_text_is_of(item, plain)) {
        char mark[] = {was_quoted ? text[old->value] : '\0', '\0'};
        mw_buf_printf(out, "%s%s%s", mark, item, mark);
        return;
    }
    mw_buf_put_quoted(out, item);
}

static void begin_shell(const char *text, const struct line *like, const char *key, bool is_item,
                        struct mw_buf *out)
{
    (void)is_item;
    bool exports =
        like != NULL && memmem(text + like->begin, like->key - like->begin, "export", 6) != NULL;
    mw_buf_printf(out, "%s%s=", exports ? "export " : "", key);
}

static const struct line_dialect shell_env = {
    .cut = cut_shell,
    .read = read_shell,
    .accepts = accepts_variable,
    .write = write_shell,
    .begin = begin_shell,
};

static enum mw_code shell_check(const struct mw_editor *editor, const char *path, const char *text,
                                size_t len, struct mw_error *err)
{
    enum mw_code code = odd_text_check(editor, path, text, len, err);
    struct line line = {0};
    size_t opened = 0;
    bool was_open = false;
    while (code == MW_OK && line_next(&shell_env, text, len, &line)) {
        opened = was_open ? opened : line.begin;
        was_open = line.quote != '\0';
    }
    return code != MW_OK || !was_open
               ? code
               : edit_refuse(err, "check", path, text, opened, _("a string that is never closed"),
                             _("Correct the file there, or change it by hand."));
}

const struct mw_editor mw_editor_brew_env = {.name = "brew-env",
                                             .check = odd_text_check,
                                             .get = line_get,
                                             .put = line_put,
                                             .comments = "#",
                                             .lines = &brew_env,
                                             .notices = brew_notices};
const struct mw_editor mw_editor_shell_env = {.name = "env",
                                              .check = shell_check,
                                              .get = line_get,
                                              .put = line_put,
                                              .comments = "#",
                                              .lines = &shell_env};
