/* Go's env file. The reader is golang/go cmd/go/internal/cfg initEnvCache: lines end in LF; a line
 * counts if it has a '=' and starts with A-Z; what stands before the first '=' is the key, all
 * the rest is the value; the last line of a key wins. Nothing is trimmed, quoted or escaped. */
#include <stdlib.h>
#include <string.h>

#include "edit_parts.h"
#include "line_file.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

/* Of a name in a message. */
enum { SHOWN_BYTES = 80 };

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static void cut_go(const char *text, struct line *line)
{
    const char *equals = memchr(text + line->begin, '=', line->end - line->begin);
    line->key = line->begin;
    line->key_end = equals != NULL ? (size_t)(equals - text) : line->end;
    line->has_delimiter = equals != NULL;
    line->value = line->key_end + line->has_delimiter;
    line->value_end = line->end;
    line->sets = line->has_delimiter && is_upper(text[line->begin]);
}

/* The bytes that `go env -w` refuses (cmd/go/internal/envcmd checkEnvWrite). */
static enum mw_code accepts_go(const char *key, const char *item, struct mw_error *err)
{
    if (!is_upper(*key) || key[strcspn(key, "=\n")] != '\0')
        return mw_fail(err, MW_USAGE, 0, "edit",
                       _("\"%s\" cannot be a key of an env file: a key starts with A-Z and "
                         "holds no '='."),
                       key);
    if (item == NULL)
        return MW_OK;
    if (item[strcspn(item, "\n\r\v")] != '\0')
        return mw_fail(err, MW_USAGE, 0, "edit",
                       _("The value of %s holds a line break; a value in an env file is one line."),
                       key);
    return edit_check_utf8(err, key, item);
}

static const struct line_dialect go_env = {.cut = cut_go, .accepts = accepts_go};

/* ---- notices --------------------------------------------------------------------------------- */

static void notice_value(const char *text, const struct line *line, const char *key,
                         struct mw_notices *notices)
{
    struct mw_key_fact fact = {0};
    if (notices->fact != NULL)
        fact = notices->fact(notices->context, key);
    size_t begin = line->value;
    size_t end = line->end;
    if (begin == end)
        return;
    if (text[end - 1] == '\r') {
        end--;
        bool is_harmed = fact.cr_breaks == NULL || edit_is(text, begin, end, fact.cr_breaks);
        if (!fact.trims && is_harmed)
            mw_notices_add(notices, line->number, "env-cr",
                           _("the value of %.*s ends in a carriage return (a Windows line "
                             "ending): %s"),
                           SHOWN_BYTES, key,
                           fact.cr != NULL ? fact.cr : _("it is taken as part of the value"));
    }
    if (begin == end)
        return;
    if (!fact.quotes && (text[begin] == '"' || text[begin] == '\''))
        mw_notices_add(notices, line->number, "env-quotes",
                       _("the value of %.*s starts with a quote, which is taken as part of the "
                         "value"),
                       SHOWN_BYTES, key);
    if (!fact.trims && (mw_text_is_blank(text[begin]) || mw_text_is_blank(text[end - 1])))
        mw_notices_add(notices, line->number, "env-space",
                       _("the value of %.*s starts or ends with a blank, which is taken as part "
                         "of the value"),
                       SHOWN_BYTES, key);
}

/* A line whose key is not one to Go though a person would take it for one: indented, after
 * `export`, with a blank before the '=', in lower case. False if the line is none of these. */
static bool notice_key(const char *text, const struct line *line, struct mw_notices *notices)
{
    if (!line->has_delimiter)
        return false;
    size_t end = line->key_end;
    size_t begin = edit_skip_blanks(text, line->begin, end);
    if (end - begin > 7 && memcmp(text + begin, "export", 6) == 0 &&
        mw_text_is_blank(text[begin + 6]))
        begin = edit_skip_blanks(text, begin + 7, end);
    while (begin < end && mw_text_is_blank(text[end - 1]))
        end--;
    bool lower = false;
    for (size_t i = begin; i < end; i++) {
        char c = text[i];
        bool is_digit = c >= '0' && c <= '9';
        lower = lower || is_lower(c);
        if (!is_upper(c) && !is_lower(c) && c != '_' && (i == begin || !is_digit))
            return false;
    }
    bool spaced = begin > line->begin || end < line->key_end;
    if (begin == end || (!spaced && !lower))
        return false;
    int key_len = end - begin < SHOWN_BYTES ? (int)(end - begin) : SHOWN_BYTES;
    if (spaced)
        mw_notices_add(notices, line->number, "env-space",
                       _("this line is ignored: \"%.*s\" must start the line and be followed by "
                         "'=' without a blank or \"export\""),
                       key_len, text + begin);
    else
        mw_notices_add(notices, line->number, "env-lower-case",
                       _("there is no \"%.*s\": keys are in upper case"), key_len, text + begin);
    return true;
}

/* Any other line that Go passes over, unless it is blank or begins as comments do elsewhere: Go
 * needs none to mark them. */
static void notice_passed_over(const char *text, const struct line *line,
                               struct mw_notices *notices)
{
    size_t begin = line->begin;
    size_t end = line->end;
    while (begin < end && (mw_text_is_blank(text[begin]) || text[begin] == '\r'))
        begin++;
    bool is_bom = line->begin == 0 && odd_text_mark(text, end) > 0;
    bool is_comment = begin < end && (memchr("#;", text[begin], 2) != NULL ||
                                      (end - begin > 1 && memcmp(text + begin, "//", 2) == 0));
    if (begin == end || is_bom || is_comment)
        return;
    mw_notices_add(notices, line->number, "env-no-setting",
                   !line->has_delimiter
                       ? _("this line is ignored: it has no '='; a setting is KEY=VALUE")
                       : _("this line is ignored: it does not start with a key; a setting is "
                           "KEY=VALUE"));
}

/* Owned, by line: the line that its key is taken from. */
static size_t *find_winners(const char *text, size_t len)
{
    MW_AUTO(names) names = {0};
    struct line line = {0};
    while (line_next(&go_env, text, len, &line)) {
        if (line.sets)
            names_add(&names, mw_edit_item(text + line.key, line.key_end - line.key), 0,
                      line.number);
    }
    size_t *wins = mw_xcalloc(line.number + 1, sizeof *wins);
    names_sort(&names);
    for (size_t i = names.count; i-- > 0;) {
        const struct name *name = &names.items[i];
        wins[name->line] = names_again(&names, i + 1) ? wins[name[1].line] : name->line;
    }
    return wins;
}

static void env_notices(const char *text, size_t len, struct mw_notices *notices)
{
    MW_FREE size_t *wins = find_winners(text, len);
    struct line line = {0};
    while (line_next(&go_env, text, len, &line)) {
        size_t number = line.number;
        MW_FREE char *key = mw_edit_item(text + line.key, line.key_end - line.key);
        if (notice_key(text, &line, notices))
            continue;
        if (!line.sets)
            notice_passed_over(text, &line, notices);
        else if (wins[number] == number)
            notice_value(text, &line, key, notices);
        else
            mw_notices_add(notices, number, "env-duplicate",
                           _("%.*s is set again on line %zu, so this line has no effect"),
                           SHOWN_BYTES, key, wins[number]);
    }
}

/* What a person meant as a setting; that a name is indented or in lower case is a notice. */
static void env_names(const char *text, size_t len, mw_each_name *each, void *context)
{
    struct line line = {0};
    while (line_next(&go_env, text, len, &line)) {
        bool is_name = line.sets;
        for (size_t i = line.key; i < line.key_end; i++)
            is_name = is_name && !mw_text_is_blank(text[i]) && !is_lower(text[i]);
        if (!is_name)
            continue;
        MW_FREE char *key = mw_xstrndup(text + line.key, line.key_end - line.key);
        each(context, NULL, key, line.number);
    }
}

/* Go reads any bytes; what it cannot use it ignores. */
const struct mw_editor mw_editor_env = {
    .name = "go-env",
    .has_comments = true,
    .check = odd_text_check_mark,
    .get = line_get,
    .put = line_put,
    .mark_id = "env-bom",
    .mark = N_("the file starts with a byte order mark, so its first line is ignored"),
    .notices = env_notices,
    .names = env_names,
    .lines = &go_env,
};
