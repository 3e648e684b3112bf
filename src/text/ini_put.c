/* pip.conf: one key changed.
 *
 * Two facts keep a changed line from swallowing its neighbours or being swallowed. Within a
 * section the indentation of options never grows, since a deeper line would belong to the option
 * above it: so where a line goes away, none behind it is deeper than the option it then follows.
 * And a new option is indented like the last of its section, or, in an empty section, like the
 * header behind it: so none behind it is deeper than itself. */
#include <stdlib.h>
#include <string.h>

#include "edit_parts.h"
#include "ini_file.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

struct slice {
    const char *text;
    size_t len;
};

/* How this file is written. */
struct style {
    struct slice indent; /* of a new option */
    struct slice unit;   /* a continuation is indented deeper by this */
    char before;         /* the blank before the delimiter; 0: none */
    char delimiter;
    char after;
    const char *ending; /* of lines */
};

static struct slice indent_of(const char *text, const struct line *line)
{
    return (struct slice){text + line->begin, ini_begin(line) - line->begin};
}

static const char *ending_of(const char *text, const struct line *line)
{
    size_t len = line->next - line->end;
    return len == 2 ? "\r\n" : len == 1 && text[line->end] == '\r' ? "\r" : "\n";
}

/* The delimiter of an existing option with one blank at most on either side. */
static void copy_delimiter(const char *text, const struct line *option, struct style *style)
{
    style->delimiter = text[option->delimiter];
    style->before =
        mw_text_is_blank(text[option->delimiter - 1]) ? text[option->delimiter - 1] : '\0';
    if (option->value == option->value_end) /* nothing to learn from an empty value */
        style->after =
            style->before != '\0' ? style->before : (char)(style->delimiter == ':' ? ' ' : '\0');
    else
        style->after =
            mw_text_is_blank(text[option->delimiter + 1]) ? text[option->delimiter + 1] : '\0';
}

static struct style learn_style(const char *text, const struct ini_survey *survey)
{
    struct style style = {
        .unit = {"    ", 4}, .before = ' ', .delimiter = '=', .after = ' ', .ending = "\n"};
    const struct line *sample = survey->own.number != 0 ? &survey->own : &survey->any;
    if (sample->number != 0)
        copy_delimiter(text, sample, &style);
    if (survey->own.number != 0)
        style.indent = indent_of(text, &survey->own);
    else if (survey->behind.number != 0)
        style.indent = indent_of(text, &survey->behind);
    if (survey->more.number != 0) {
        struct slice outer = indent_of(text, &survey->more_option);
        struct slice inner = indent_of(text, &survey->more);
        if (inner.len > outer.len && memcmp(inner.text, outer.text, outer.len) == 0)
            style.unit = (struct slice){inner.text + outer.len, inner.len - outer.len};
    }
    if (survey->first.number != 0)
        style.ending = ending_of(text, &survey->first);
    return style;
}

/* ---- what can be written --------------------------------------------------------------------- */

static enum mw_code check_item(const char *key, const char *item, bool in_list,
                               struct mw_error *err)
{
    size_t begin = 0;
    size_t end = strlen(item);
    const char *what = NULL;
    edit_trim(EDIT_PYTHON, item, &begin, &end);
    if (item[strcspn(item, "\n\r")] != '\0')
        what = _("a line break");
    else if (!mw_utf8_valid(item, strlen(item)))
        what = _("bytes that are not UTF-8");
    else if (begin > 0 || end < strlen(item))
        what = _("a blank at its start or end, which pip would drop");
    else if (in_list && end == 0)
        what = _("an empty line, which pip would drop");
    else if (in_list && (item[0] == '#' || item[0] == ';'))
        what = _("a line that starts with # or ;, which pip would take for a comment");
    return what != NULL ? edit_refuse_value(err, key, what) : MW_OK;
}

static bool is_option_name(const char *name)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    return *name != '\0' && name[strspn(name, allowed)] == '\0';
}

static enum mw_code check_put(const char *key, const struct mw_value *value, struct ini_key *split,
                              struct mw_error *err)
{
    if (!ini_split_key(key, split) || split->section_len == 0 || !is_option_name(split->option) ||
        key[strcspn(key, "\n\r")] != '\0' || !mw_utf8_valid(key, strlen(key)))
        return mw_fail(err, MW_USAGE, 0, "edit",
                       _("\"%s\" is no key of pip's configuration; write SECTION.OPTION, such as "
                         "global.index-url."),
                       key);
    if (value->kind == MW_VALUE_LITERAL)
        return mw_fail(err, MW_USAGE, 0, "edit", _("%s takes a string or a list of strings."), key);
    if (value->kind == MW_VALUE_LIST && value->items.count == 0)
        return mw_fail(
            err, MW_USAGE, 0, "edit",
            _("An empty list cannot be written to pip's configuration; remove %s instead."), key);
    for (size_t i = 0; i < value->items.count; i++) {
        enum mw_code code =
            check_item(key, value->items.items[i], value->kind == MW_VALUE_LIST, err);
        if (code != MW_OK)
            return code;
    }
    return MW_OK;
}

/* ---- writing --------------------------------------------------------------------------------- */

static void put_slice(struct mw_buf *buf, struct slice slice)
{
    mw_buf_append(buf, slice.text, slice.len);
}

static void put_blank(struct mw_buf *buf, char blank)
{
    if (blank != '\0')
        mw_buf_putc(buf, blank);
}

/* Text to be inserted behind a line; gives the line the ending that it may lack. */
static struct mw_buf *insert_behind(const char *text, const struct line *line, struct style *style,
                                    struct mw_edits *edits)
{
    struct mw_buf *buf = mw_edits_add(edits, line->next, line->next);
    if (line->end == line->next)
        mw_buf_puts(buf, style->ending);
    else
        style->ending = ending_of(text, line);
    return buf;
}

static void put_items(struct mw_buf *buf, const struct style *style, struct slice indent,
                      struct slice deeper, const struct mw_strings *items, size_t from)
{
    for (size_t i = from; i < items->count; i++) {
        put_slice(buf, indent);
        put_slice(buf, deeper);
        mw_buf_puts(buf, items->items[i]);
        mw_buf_puts(buf, style->ending);
    }
}

static void put_option(struct mw_buf *buf, const struct style *style, struct slice name,
                       const struct mw_value *value)
{
    put_slice(buf, style->indent);
    put_slice(buf, name);
    put_blank(buf, style->before);
    mw_buf_putc(buf, style->delimiter);
    if (value->kind == MW_VALUE_STRING && value->items.items[0][0] != '\0') {
        put_blank(buf, style->after);
        mw_buf_puts(buf, value->items.items[0]);
    }
    mw_buf_puts(buf, style->ending);
    if (value->kind == MW_VALUE_LIST)
        put_items(buf, style, style->indent, style->unit, &value->items, 0);
}

static void add_option(const char *text, const struct ini_survey *survey, struct slice name,
                       const struct mw_value *value, struct mw_edits *edits)
{
    struct style style = learn_style(text, survey);
    struct mw_buf *buf = insert_behind(text, &survey->tail, &style, edits);
    put_option(buf, &style, name, value);
}

/* At the end, set off by a blank line: above it, or below it if the text ends in one already, as
 * configparser writes its files. remove_section() relies on this. */
static void add_section(const char *text, const struct ini_survey *survey,
                        const struct ini_key *key, struct slice name, const struct mw_value *value,
                        struct mw_edits *edits)
{
    struct style style = learn_style(text, survey);
    bool is_empty = survey->last.number == 0;
    bool ends_blank = !is_empty && survey->last.kind == LINE_BLANK;
    struct mw_buf *buf =
        is_empty ? mw_edits_add(edits, 0, 0) : insert_behind(text, &survey->last, &style, edits);
    if (!is_empty && !ends_blank)
        mw_buf_puts(buf, style.ending);
    mw_buf_putc(buf, '[');
    put_slice(buf, (struct slice){key->section, key->section_len});
    mw_buf_putc(buf, ']');
    mw_buf_puts(buf, style.ending);
    put_option(buf, &style, name, value);
    if (ends_blank)
        mw_buf_puts(buf, style.ending);
}

/* The part of the value that stands beside the key. */
static void replace_beside(const char *text, const struct line *line, const char *item,
                           struct mw_edits *edits)
{
    size_t old_len = line->value_end - line->value;
    size_t len = strlen(item);
    if (old_len == len && memcmp(text + line->value, item, len) == 0)
        return;
    if (old_len > 0 && len > 0) {
        mw_buf_puts(mw_edits_add(edits, line->value, line->value_end), item);
        return;
    }
    struct style style;
    copy_delimiter(text, line, &style);
    struct mw_buf *buf = mw_edits_add(edits, line->delimiter + 1, line->end);
    if (len > 0)
        put_blank(buf, style.after);
    mw_buf_puts(buf, item);
}

static void replace_below(const char *text, const struct line *line, const char *item,
                          struct mw_edits *edits)
{
    size_t len = strlen(item);
    if (line->value_end - line->value != len || memcmp(text + line->value, item, len) != 0)
        mw_buf_puts(mw_edits_add(edits, line->value, line->value_end), item);
}

/* Line by line, so that comments between the lines of a value stay where they are. A list that
 * began beside its key goes on doing so, unless that would make it a string. */
static void replace_value(const char *text, const struct ini_survey *survey,
                          const struct ini_hit *hit, const struct mw_value *value,
                          struct mw_edits *edits)
{
    MW_FREE struct line *lines = NULL;
    size_t count = ini_value_lines(survey, hit, &lines);
    const struct mw_strings *items = &value->items;
    bool is_list = value->kind == MW_VALUE_LIST;
    bool beside =
        !is_list || (count > 1 && items->count > 1 && lines[0].value < lines[0].value_end);
    size_t placed = beside ? 1 : 0;
    replace_beside(text, &lines[0], beside ? items->items[0] : "", edits);
    for (size_t i = 1; i < count; i++) {
        if (placed < items->count)
            replace_below(text, &lines[i], items->items[placed++], edits);
        else
            mw_edits_add(edits, lines[i].begin, lines[i].next);
    }
    if (placed < items->count) {
        struct style style = learn_style(text, survey);
        struct mw_buf *buf = insert_behind(text, &lines[count - 1], &style, edits);
        struct slice deeper = count > 1 ? (struct slice){"", 0} : style.unit;
        put_items(buf, &style, indent_of(text, &lines[count - 1]), deeper, items, placed);
    }
}

/* ---- removing -------------------------------------------------------------------------------- */

/* The span of a section that holds the key and nothing else and ends the text: what add_section()
 * writes. One blank line goes with it. */
static bool is_last_and_alone(const struct ini_survey *survey, const struct ini_key *key,
                              size_t *begin, size_t *end)
{
    struct line line = survey->header;
    bool blank = false;
    *begin = line.begin;
    *end = survey->len;
    while (ini_next(survey->text, survey->len, &line)) {
        bool goes = line.kind == LINE_MORE ||
                    (line.kind == LINE_OPTION && ini_spells(survey->text, &line, key));
        if (line.kind == LINE_BLANK && !blank) {
            blank = true;
            *end = line.next;
        } else if (line.kind != LINE_BLANK && (blank || !goes)) {
            return false;
        }
    }
    if (!blank && survey->before.number != 0 && survey->before.kind == LINE_BLANK)
        *begin = survey->before.begin;
    return true;
}

static void remove_key(const struct ini_survey *survey, const struct ini_key *key,
                       struct mw_edits *edits)
{
    size_t begin = 0;
    size_t end = 0;
    bool any = false;
    bool alone = survey->header.number != 0 && is_last_and_alone(survey, key, &begin, &end);
    for (size_t i = 0; i < survey->count; i++) {
        const struct ini_hit *hit = &survey->hits[i];
        if (hit->is_default)
            continue;
        any = true;
        if (alone && hit->line.begin > begin)
            continue;
        MW_FREE struct line *lines = NULL;
        size_t count = ini_value_lines(survey, hit, &lines);
        for (size_t j = 0; j < count; j++)
            mw_edits_add(edits, lines[j].begin, lines[j].next);
    }
    if (any && alone)
        mw_edits_add(edits, begin, end);
}

static bool reads_so(const struct ini_survey *survey, const struct ini_hit *winner,
                     const struct mw_value *value)
{
    MW_AUTO(mw_value) found = {0};
    ini_read_value(survey, winner, &found);
    return mw_value_equal(&found, value);
}

enum mw_code ini_put(const struct mw_editor *editor, const char *text, size_t len, const char *key,
                     const struct mw_value *value, struct mw_edits *edits, struct mw_error *err)
{
    (void)editor;
    struct ini_key split;
    enum mw_code code = check_put(key, value, &split, err);
    if (code != MW_OK)
        return code;
    MW_AUTO(ini_survey) survey = {0};
    ini_survey(text, len, &split, &survey);
    const struct ini_hit *winner = ini_winner(&survey);
    bool has_section = survey.header.number != 0;
    /* Of the spellings in [DEFAULT] only the one that wins there is sure to be overridden. */
    struct slice name = {split.option, strlen(split.option)};
    if (winner != NULL)
        name = (struct slice){text + winner->line.key, winner->line.key_end - winner->line.key};

    if (value->kind == MW_VALUE_ABSENT)
        remove_key(&survey, &split, edits);
    else if (winner != NULL && has_section && reads_so(&survey, winner, value))
        code = MW_OK; /* nothing to do */
    else if (winner != NULL && !winner->is_default)
        replace_value(text, &survey, winner, value, edits);
    else if (has_section)
        add_option(text, &survey, name, value, edits);
    else
        add_section(text, &survey, &split, name, value, edits);
    return code;
}
