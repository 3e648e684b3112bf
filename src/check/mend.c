/* Lines that have no effect, or not the one they look like, and what they become. Every way keeps
 * the number of lines, so that what is named by number stays what it was. */
#include <string.h>

#include "internal.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

static bool is_blank_byte(char c)
{
    return c == ' ' || c == '\t';
}

/* ---- characters that look like others -------------------------------------------------------- */

bool check_put_ascii(const char *line, size_t len, struct mw_buf *out)
{
    bool is_other = false;
    for (size_t i = 0; i < len;) {
        char ascii[2];
        size_t n = mw_utf8_meant(line + i, len - i, ascii);
        is_other = is_other || n > 0;
        if (n == 0)
            mw_buf_putc(out, line[i++]);
        else
            mw_buf_puts(out, ascii);
        i += n;
    }
    return is_other;
}

/* ---- by kind --------------------------------------------------------------------------------- */

/* A line being mended, without the CR at its end, which stays. */
struct mended {
    const struct check_run *run;
    const char *line;
    size_t len;
    struct mw_buf *out;
};

/* False: not mended that way. */
typedef bool mender(const struct mended *m);

/* A value that only begins with a quote is not mended by taking one away at the end. */
static bool unquote(const struct mended *m)
{
    size_t at = 0, end = m->len;
    while (at < end && m->line[at] != '=' && m->line[at] != ':')
        at++;
    for (at += at < end; at < end && is_blank_byte(m->line[at]);)
        at++;
    while (end > at && is_blank_byte(m->line[end - 1]))
        end--;
    if (end < at + 2 || (m->line[at] != '"' && m->line[at] != '\'') ||
        (m->line[end - 1] != '"' && m->line[end - 1] != '\''))
        return false;
    mw_buf_append(m->out, m->line, at);
    mw_buf_append(m->out, m->line + at + 1, end - at - 2);
    return true;
}

/* "export  GOPROXY = x " */
static bool close_up(const struct mended *m)
{
    const char *line = m->line;
    size_t len = m->len;
    mw_text_trim(&line, &len);
    if (len > 7 && strncmp(line, "export", 6) == 0 && is_blank_byte(line[6])) {
        line += 7;
        len -= 7;
        mw_text_trim(&line, &len);
    }
    const char *equals = memchr(line, '=', len);
    if (equals == NULL)
        return false;
    const char *key = line;
    const char *value = equals + 1;
    size_t key_len = (size_t)(equals - line), value_len = len - key_len - 1;
    mw_text_trim(&key, &key_len);
    mw_text_trim(&value, &value_len);
    mw_buf_append(m->out, key, key_len);
    mw_buf_putc(m->out, '=');
    mw_buf_append(m->out, value, value_len);
    return true;
}

static bool unindent(const struct mended *m)
{
    size_t at = 0;
    while (at < m->len && is_blank_byte(m->line[at]))
        at++;
    mw_buf_append(m->out, m->line + at, m->len - at);
    return at > 0;
}

static bool cut_comment(const struct mended *m)
{
    for (size_t i = 1; i < m->len; i++) {
        if ((m->line[i] != '#' && m->line[i] != ';') || !is_blank_byte(m->line[i - 1]))
            continue;
        while (i > 0 && is_blank_byte(m->line[i - 1]))
            i--;
        mw_buf_append(m->out, m->line, i);
        return true;
    }
    return false;
}

static bool drop_bom(const struct mended *m)
{
    if (m->len < 3 || memcmp(m->line, "\xEF\xBB\xBF", 3) != 0)
        return false;
    mw_buf_append(m->out, m->line + 3, m->len - 3);
    return true;
}

/* "GOPROXY https://x", "registry: https://x": a key of the tool and one word. */
static bool put_equals(const struct mended *m)
{
    const char *line = m->line;
    size_t len = m->len, key_len = 0;
    mw_text_trim(&line, &len);
    while (key_len < len && !is_blank_byte(line[key_len]) && line[key_len] != ':')
        key_len++;
    size_t begin = key_len + (key_len < len && line[key_len] == ':');
    const char *value = line + begin;
    size_t value_len = len - begin;
    mw_text_trim(&value, &value_len);
    MW_FREE char *key = mw_xstrndup(line, key_len);
    bool is_one = value_len > 0 && memchr(value, ' ', value_len) == NULL &&
                  memchr(value, '\t', value_len) == NULL &&
                  mw_tool_key(m->run->tool->tool, key) != NULL;
    if (!is_one)
        return false;
    mw_buf_append(m->out, line, key_len);
    mw_buf_putc(m->out, '=');
    mw_buf_append(m->out, value, value_len);
    return true;
}

/* Up to `end` letters from `first` on, 'a' or 'A', change their case. */
static bool change_case(const struct mended *m, const char *end, char first)
{
    for (size_t i = 0; end != NULL && i < m->len; i++) {
        char c = m->line[i];
        bool changes = m->line + i < end && c >= first && c < first + 26;
        mw_buf_putc(m->out, changes ? (char)(c ^ ('a' ^ 'A')) : c);
    }
    return end != NULL;
}

/* "goproxy=…", "BUNDLE_MIRROR__https://rubygems__org/: …" */
static bool raise_name(const struct mended *m)
{
    const char *colon = memmem(m->line, m->len, ": ", 2);
    return change_case(m, colon != NULL ? colon : memchr(m->line, '=', m->len), 'a');
}

static bool lower_section(const struct mended *m)
{
    return change_case(m, memrchr(m->line, ']', m->len), 'A');
}

static const struct {
    const char *id;
    mender *mend;
} menders[] = {
    {"env-bom", drop_bom},
    {"env-quotes", unquote},
    {"env-space", close_up},
    {"env-no-setting", put_equals},
    {"npmrc-colon", put_equals},
    {"env-lower-case", raise_name},
    {"ini-indented-option", unindent},
    {"line-export", close_up},
    {"line-quotes", unquote},
    {"ini-quotes", unquote},
    {"ini-inline-comment", cut_comment},
    {"ini-section-case", lower_section},
};

/* ---- ways ------------------------------------------------------------------------------------ */

static bool mend(const char *id, const struct mended *m)
{
    for (size_t i = 0; i < sizeof menders / sizeof *menders; i++) {
        if (strcmp(menders[i].id, id) == 0)
            return menders[i].mend(m);
    }
    return false;
}

void check_mend_line(const struct check_run *run, const struct check_file *file,
                     const struct mw_notice *notice, struct check_ways *ways)
{
    size_t len = 0;
    const char *line =
        check_line(mw_buf_text(&file->file.bytes), file->file.bytes.len, notice->line, &len);
    bool has_cr = len > 0 && line[len - 1] == '\r';
    MW_AUTO(mw_buf) mended = {0}, ascii = {0};
    struct mended m = {.run = run, .line = line, .len = len - has_cr, .out = &mended};
    bool is_cr = strcmp(notice->id, "env-cr") == 0;
    if (is_cr)
        mw_buf_append(&mended, line, len - has_cr);
    if (is_cr || mend(notice->id, &m)) {
        if (has_cr && !is_cr)
            mw_buf_putc(&mended, '\r');
        check_way_line(run, ways, file, notice->line, &mended);
    }
    if (check_put_ascii(line, len, &ascii))
        check_way_line(run, ways, file, notice->line, &ascii);
    struct check_way *comment =
        check_has_comments(file) ? check_way_comment(run, ways, file, notice->line) : NULL;
    /* Of a key that the tool does not look for there nothing was in effect. */
    if (comment != NULL && mw_text_starts(notice->id, "env-unknown"))
        mw_buf_append(&comment->changes, line, len);
}
