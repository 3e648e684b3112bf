/* Go's env file. The reader is golang/go cmd/go/internal/cfg initEnvCache: lines end in LF; a line
 * counts if it has a '=' and starts with A-Z; what stands before the first '=' is the key, all
 * the rest is the value; the last line of a key wins. Nothing is trimmed, quoted or escaped. */
#include <stdlib.h>
#include <string.h>

#include "edit_parts.h"
#include "line_file.h"
#include "mirrorwise/edit.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "odd_text.h"

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
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
                       _("\"%s\" cannot be a key of Go's env file: a key starts with A-Z and "
                         "holds no '='."),
                       key);
    if (item == NULL)
        return MW_OK;
    if (item[strcspn(item, "\n\r\v")] != '\0')
        return mw_fail(err, MW_USAGE, 0, "edit",
                       _("The value of %s holds a line break; a value in Go's env file is one "
                         "line."),
                       key);
    return edit_check_utf8(err, key, item);
}

static void write_go(const char *text, struct line *old, const char *item, struct mw_buf *out)
{
    (void)text;
    (void)old;
    mw_buf_puts(out, item);
}

static void begin_go(const char *text, const struct line *like, const char *key, bool is_item,
                     struct mw_buf *out)
{
    (void)text;
    (void)like;
    (void)is_item;
    mw_buf_printf(out, "%s=", key);
}

static const struct line_dialect go_env = {
    .cut = cut_go, .accepts = accepts_go, .write = write_go, .begin = begin_go};

static enum mw_code env_get(const char *text, size_t len, const char *key, struct mw_value *value,
                            struct mw_error *err)
{
    (void)err;
    return line_get(&go_env, text, len, key, value);
}

static enum mw_code env_put(const char *text, size_t len, const char *key,
                            const struct mw_value *value, struct mw_edits *edits,
                            struct mw_error *err)
{
    return line_put(&go_env, text, len, key, value, edits, err);
}

/* ---- notices --------------------------------------------------------------------------------- */

/* What Go does with stray bytes in the value of a key, where it is not the rule: they stay, and
 * the value is wrong. Sources: modfetch proxyList trims each proxy; cmd/internal/quoted splits
 * flags and compilers at white space and takes quotes; modfetch dbDial compares "off" exactly;
 * x/mod module.MatchPrefixPatterns trims nothing. */
static const struct key_fact {
    const char *key; /* a key, or the start of one if it ends in '_' */
    bool trims;      /* blanks and CR at either end do no harm */
    bool quotes;     /* quotes are syntax */
    const char *cr;  /* what a CR breaks */
} key_facts[] = {
    {.key = "GOPROXY", .trims = true},
    {.key = "GOFLAGS", .trims = true, .quotes = true},
    {.key = "CC", .trims = true, .quotes = true},
    {.key = "CXX", .trims = true, .quotes = true},
    {.key = "FC", .trims = true, .quotes = true},
    {.key = "CGO_", .trims = true, .quotes = true},
    {.key = "GOSUMDB", .cr = N_("\"off\" with it is no longer off but an invalid name")},
    {.key = "GOPRIVATE",
     .cr = N_("its last pattern never matches, so private module paths are sent to the public "
              "proxy and checksum database")},
    {.key = "GONOPROXY",
     .cr = N_("its last pattern never matches, so private module paths are sent to the public "
              "proxy")},
    {.key = "GONOSUMDB",
     .cr = N_("its last pattern never matches, so private module paths are sent to the public "
              "checksum database")},
    {.key = "GOINSECURE", .cr = N_("its last pattern never matches")},
};

struct assignment {
    struct line line;
    const char *key;
    size_t key_len;
    size_t wins; /* number of the line that Go takes this key from */
};

static struct key_fact fact_of(const struct assignment *assignment)
{
    for (size_t i = 0; i < sizeof key_facts / sizeof *key_facts; i++) {
        size_t len = strlen(key_facts[i].key);
        bool is_start = key_facts[i].key[len - 1] == '_';
        if ((is_start ? assignment->key_len >= len : assignment->key_len == len) &&
            memcmp(assignment->key, key_facts[i].key, len) == 0)
            return key_facts[i];
    }
    return (struct key_fact){.cr = N_("Go takes it as part of the value")};
}

static int compare_assignments(const void *left, const void *right)
{
    const struct assignment *a = *(const struct assignment *const *)left;
    const struct assignment *b = *(const struct assignment *const *)right;
    size_t common = a->key_len < b->key_len ? a->key_len : b->key_len;
    int order = memcmp(a->key, b->key, common);
    if (order != 0)
        return order;
    if (a->key_len != b->key_len)
        return a->key_len < b->key_len ? -1 : 1;
    return a->line.number < b->line.number ? -1 : 1;
}

/* Fills `wins` of all; sorting keeps a file of nothing but duplicates cheap. */
static void find_winners(struct assignment *list, size_t count)
{
    struct assignment **sorted = mw_xcalloc(count, sizeof *sorted);
    for (size_t i = 0; i < count; i++)
        sorted[i] = &list[i];
    qsort(sorted, count, sizeof *sorted, compare_assignments);
    for (size_t i = count; i-- > 0;) {
        bool same = i + 1 < count && sorted[i]->key_len == sorted[i + 1]->key_len &&
                    memcmp(sorted[i]->key, sorted[i + 1]->key, sorted[i]->key_len) == 0;
        sorted[i]->wins = same ? sorted[i + 1]->wins : sorted[i]->line.number;
    }
    free(sorted);
}

static bool key_is(const struct assignment *assignment, const char *key)
{
    return assignment->key_len == strlen(key) &&
           memcmp(assignment->key, key, assignment->key_len) == 0;
}

static void notice_value(const char *text, const struct assignment *assignment, int key_len,
                         struct mw_notices *notices)
{
    const struct line *line = &assignment->line;
    struct key_fact fact = fact_of(assignment);
    size_t begin = line->value;
    size_t end = line->end;
    if (begin == end)
        return;
    if (text[end - 1] == '\r') {
        end--;
        bool harmless = fact.trims || (key_is(assignment, "GOSUMDB") &&
                                       !(end - begin == 3 && memcmp(text + begin, "off", 3) == 0));
        if (!harmless)
            mw_notices_add(notices, line->number, "env-cr",
                           _("the value of %.*s ends in a carriage return (a Windows line "
                             "ending): %s"),
                           key_len, assignment->key, _(fact.cr));
    }
    if (begin == end)
        return;
    if (!fact.quotes && (text[begin] == '"' || text[begin] == '\''))
        mw_notices_add(notices, line->number, "env-quotes",
                       _("the value of %.*s starts with a quote, which Go takes as part of the "
                         "value"),
                       key_len, assignment->key);
    if (!fact.trims && (is_blank(text[begin]) || is_blank(text[end - 1])))
        mw_notices_add(notices, line->number, "env-space",
                       _("the value of %.*s starts or ends with a blank, which Go takes as part "
                         "of the value"),
                       key_len, assignment->key);
}

/* The dead and the harmed among the lines that Go reads. */
static void notice_assignment(const char *text, const struct assignment *assignment,
                              struct mw_notices *notices)
{
    size_t number = assignment->line.number;
    int key_len = assignment->key_len < 80 ? (int)assignment->key_len : 80;
    if (assignment->wins != number)
        mw_notices_add(notices, number, "env-duplicate",
                       _("%.*s is set again on line %zu, so this line has no effect"), key_len,
                       assignment->key, assignment->wins);
    else
        notice_value(text, assignment, key_len, notices);
}

/* A line whose key is not one to Go though a person would take it for one: indented, after
 * `export`, with a blank before the '=', in lower case. False if the line is none of these. */
static bool notice_key(const char *text, const struct line *line, struct mw_notices *notices)
{
    if (!line->has_delimiter)
        return false;
    size_t begin = line->begin;
    size_t end = line->key_end;
    while (begin < end && is_blank(text[begin]))
        begin++;
    if (end - begin > 7 && memcmp(text + begin, "export", 6) == 0 && is_blank(text[begin + 6]))
        begin += 7;
    while (begin < end && is_blank(text[begin]))
        begin++;
    while (begin < end && is_blank(text[end - 1]))
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
    int key_len = end - begin < 80 ? (int)(end - begin) : 80;
    if (spaced)
        mw_notices_add(notices, line->number, "env-space",
                       _("Go ignores this line: \"%.*s\" must start the line and be followed by "
                         "'=' without a blank or \"export\""),
                       key_len, text + begin);
    else
        mw_notices_add(notices, line->number, "env-lower-case",
                       _("Go knows no \"%.*s\": its keys are in upper case"), key_len,
                       text + begin);
    return true;
}

/* Any other line that Go passes over, unless it is blank or begins as comments do elsewhere: Go
 * needs none to mark them. */
static void notice_passed_over(const char *text, const struct line *line,
                               struct mw_notices *notices)
{
    size_t begin = line->begin;
    size_t end = line->end;
    while (begin < end && (is_blank(text[begin]) || text[begin] == '\r'))
        begin++;
    bool is_bom = line->begin == 0 && end >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0;
    bool is_comment = begin < end && (memchr("#;", text[begin], 2) != NULL ||
                                      (end - begin > 1 && memcmp(text + begin, "//", 2) == 0));
    if (begin == end || is_bom || is_comment)
        return;
    mw_notices_add(notices, line->number, "env-no-setting",
                   !line->has_delimiter
                       ? _("Go ignores this line: it has no '='; a setting is KEY=VALUE")
                       : _("Go ignores this line: it does not start with a key; a setting is "
                           "KEY=VALUE"));
}

static void env_notices(const char *text, size_t len, struct mw_notices *notices)
{
    MW_FREE struct assignment *list = NULL;
    size_t count = 0;
    struct line line = {0};
    while (line_next(&go_env, text, len, &line)) {
        if (!line.sets)
            continue;
        struct assignment *assignment = MW_PUSH(list, count);
        assignment->line = line;
        assignment->key = text + line.begin;
        assignment->key_len = line.key_end - line.begin;
    }
    find_winners(list, count);

    if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
        mw_notices_add(notices, 1, "env-bom",
                       _("the file starts with a byte order mark, so Go ignores its first line"));
    size_t next = 0;
    line = (struct line){0};
    while (line_next(&go_env, text, len, &line)) {
        bool is_assignment = next < count && list[next].line.number == line.number;
        if (!notice_key(text, &line, notices)) {
            if (is_assignment)
                notice_assignment(text, &list[next], notices);
            else
                notice_passed_over(text, &line, notices);
        }
        next += is_assignment;
    }
}

/* What a person meant as a setting; that a name is indented or in lower case is a notice. */
static void env_names(const char *text, size_t len, mw_each_name *each, void *context)
{
    struct line line = {0};
    while (line_next(&go_env, text, len, &line)) {
        bool is_name = line.sets;
        for (size_t i = line.key; i < line.key_end; i++)
            is_name = is_name && !is_blank(text[i]) && !is_lower(text[i]);
        if (!is_name)
            continue;
        MW_FREE char *key = mw_xstrndup(text + line.key, line.key_end - line.key);
        each(context, NULL, key, line.number);
    }
}

const struct mw_editor mw_editor_env = {
    .name = "go-env",
    .has_comments = true,
    .check = odd_text_check_mark, /* Go reads any bytes; what it cannot use it ignores */
    .get = env_get,
    .put = env_put,
    .notices = env_notices,
    .names = env_names,
};
