/* pip.conf: what a key is to pip (pypa/pip _internal/configuration.py) in the terms of Python's
 * configparser, how it is read, and how one is changed.
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

/* A line that spells the key. */
struct hit {
    struct line line;
    bool is_default; /* stands in [DEFAULT], though the key does not */
};

/* All that get() and put() need to know of a text. Lines with number 0 are not there. */
struct survey {
    const char *text;
    size_t len;
    const struct ini_key *key;
    struct edit_slice name; /* of a new option */
    struct hit *hits;
    size_t count;
    struct line first, last; /* of the text */
    struct line before;      /* the line above the header */
    struct line header;      /* of the key's section */
    struct line tail;        /* the section's last line that is neither blank nor comment */
    struct line behind;      /* the header of the next section */
    struct line own;         /* the last option of the section */
    struct line any;         /* the last option of the text */
    struct line more;        /* the last continuation of the text */
    struct line more_option; /* and what it continues */
};

/* ---- reading --------------------------------------------------------------------------------- */

static bool spells(const char *text, const struct line *line, const struct ini_key *key)
{
    MW_FREE char *name = ini_name(text + line->key, line->key_end - line->key, true);
    MW_FREE char *wanted = ini_name(key->option, strlen(key->option), true);
    return strcmp(name, wanted) == 0;
}

static bool is_section(const char *text, const struct line *line, const struct ini_key *key)
{
    return line->key_end - line->key == key->section_len &&
           memcmp(text + line->key, key->section, key->section_len) == 0;
}

static void find_all(const char *text, size_t len, const struct ini_key *key, struct survey *survey)
{
    *survey = (struct survey){.text = text, .len = len, .key = key};
    struct line line = {0};
    bool ours = false;
    bool is_default = false;
    while (ini_next(text, len, &line)) {
        if (line.kind == LINE_SECTION) {
            if (ours)
                survey->behind = line;
            ours = is_section(text, &line, key);
            is_default = !ours && ini_is_default(text, &line);
            if (ours) {
                survey->before = survey->last;
                survey->header = line;
                survey->own = survey->behind = (struct line){0};
            }
        } else if (line.kind == LINE_OPTION) {
            survey->any = line;
            if (ours)
                survey->own = line;
            if ((ours || is_default) && spells(text, &line, key))
                *MW_PUSH(survey->hits, survey->count) = (struct hit){line, is_default};
        } else if (line.kind == LINE_MORE) {
            survey->more = line;
            survey->more_option = survey->any;
        }
        if (ours && line.kind != LINE_BLANK && line.kind != LINE_COMMENT)
            survey->tail = line;
        if (survey->first.number == 0)
            survey->first = line;
        survey->last = line;
    }
}

static void survey_release(struct survey *survey)
{
    free(survey->hits);
    *survey = (struct survey){0};
}

/* The hit in [DEFAULT], or outside of it, that configparser takes for the same option. */
static const struct hit *find_same(const struct survey *survey, const struct line *line,
                                   bool is_default)
{
    const char *text = survey->text;
    MW_FREE char *name = ini_name(text + line->key, line->key_end - line->key, false);
    for (size_t i = 0; i < survey->count; i++) {
        const struct line *other = &survey->hits[i].line;
        MW_FREE char *found = ini_name(text + other->key, other->key_end - other->key, false);
        if (survey->hits[i].is_default == is_default && strcmp(found, name) == 0)
            return &survey->hits[i];
    }
    return NULL;
}

/* pip walks the options of a section in the order of configparser's items(): first those of
 * [DEFAULT], each with the section's own value if the section spells it the same, then the rest
 * of the section. Of the spellings that are one key to pip the last in this order wins. */
static const struct hit *find_winner(const struct survey *survey)
{
    const struct hit *inherited = NULL;
    const struct hit *own = NULL;
    for (size_t i = 0; i < survey->count; i++) {
        if (survey->hits[i].is_default)
            inherited = &survey->hits[i];
    }
    for (size_t i = 0; i < survey->count; i++) {
        const struct hit *hit = &survey->hits[i];
        if (!hit->is_default && (inherited == NULL || find_same(survey, &hit->line, true) == NULL))
            own = hit;
    }
    if (own != NULL || inherited == NULL)
        return own;
    own = find_same(survey, &inherited->line, false);
    return own != NULL ? own : inherited;
}

/* The next line that goes on with the value. */
static bool next_more(const struct survey *survey, struct line *line)
{
    while (ini_next(survey->text, survey->len, line)) {
        if (line->kind == LINE_MORE)
            return true;
        if (line->kind != LINE_BLANK && line->kind != LINE_COMMENT)
            break;
    }
    return false;
}

static void read_ini_value(const struct survey *survey, const struct line *first,
                           struct mw_value *value)
{
    struct line line = *first;
    bool is_list = next_more(survey, &line);
    value->kind = is_list ? MW_VALUE_LIST : MW_VALUE_STRING;
    if (!is_list || first->value < first->value_end)
        line = *first;
    do
        mw_strings_take(&value->items,
                        mw_edit_item(survey->text + line.value, line.value_end - line.value));
    while (next_more(survey, &line));
}

/* How this file is written. */
struct style {
    struct edit_slice indent;    /* of a new option */
    struct edit_slice unit;      /* a continuation is indented deeper by this */
    struct edit_slice delimiter; /* with the blank before it */
    struct edit_slice after;     /* the blank behind it */
    const char *ending;          /* of lines */
};

static struct edit_slice indent_of(const char *text, const struct line *line)
{
    return (struct edit_slice){text + line->begin, ini_begin(line) - line->begin};
}

static const char *ending_of(const char *text, const struct line *line)
{
    size_t len = line->next - line->end;
    return len == 2 ? "\r\n" : len == 1 && text[line->end] == '\r' ? "\r" : "\n";
}

/* The delimiter of an existing option with one blank at most on either side. */
static void copy_delimiter(const char *text, const struct line *option, struct style *style)
{
    const char *at = text + option->delimiter;
    bool is_spaced = mw_text_is_blank(at[-1]);
    bool is_empty = option->value == option->value_end; /* nothing to learn from it */
    style->delimiter = (struct edit_slice){at - is_spaced, 1 + is_spaced};
    style->after = !is_empty   ? (struct edit_slice){at + 1, mw_text_is_blank(at[1])}
                   : is_spaced ? (struct edit_slice){at - 1, 1}
                               : (struct edit_slice){" ", *at == ':'};
}

static struct style learn_style(const struct survey *survey)
{
    const char *text = survey->text;
    struct style style = {
        .unit = {"    ", 4}, .delimiter = {" =", 2}, .after = {" ", 1}, .ending = "\n"};
    const struct line *sample = survey->own.number != 0 ? &survey->own : &survey->any;
    if (sample->number != 0)
        copy_delimiter(text, sample, &style);
    if (survey->own.number != 0)
        style.indent = indent_of(text, &survey->own);
    else if (survey->behind.number != 0)
        style.indent = indent_of(text, &survey->behind);
    if (survey->more.number != 0) {
        struct edit_slice outer = indent_of(text, &survey->more_option);
        struct edit_slice inner = indent_of(text, &survey->more);
        if (inner.len > outer.len && memcmp(inner.text, outer.text, outer.len) == 0)
            style.unit = (struct edit_slice){inner.text + outer.len, inner.len - outer.len};
    }
    if (survey->first.number != 0)
        style.ending = ending_of(text, &survey->first);
    return style;
}

/* ---- writing --------------------------------------------------------------------------------- */

/* Text to be inserted behind a line; gives the line the ending that it may lack. */
static struct mw_buf *insert_behind(const struct survey *survey, const struct line *line,
                                    struct style *style, struct mw_edits *edits)
{
    struct mw_buf *buf = mw_edits_add(edits, line->next, line->next);
    if (line->end == line->next)
        mw_buf_puts(buf, style->ending);
    else
        style->ending = ending_of(survey->text, line);
    return buf;
}

static void put_items(struct mw_buf *buf, const struct style *style, struct edit_slice indent,
                      struct edit_slice deeper, const struct mw_strings *items, size_t from)
{
    for (size_t i = from; i < items->count; i++) {
        edit_put_slice(buf, indent);
        edit_put_slice(buf, deeper);
        mw_buf_puts(buf, items->items[i]);
        mw_buf_puts(buf, style->ending);
    }
}

static void put_option(struct mw_buf *buf, const struct style *style, struct edit_slice name,
                       const struct mw_value *value)
{
    edit_put_slice(buf, style->indent);
    edit_put_slice(buf, name);
    edit_put_slice(buf, style->delimiter);
    if (value->kind == MW_VALUE_STRING && value->items.items[0][0] != '\0') {
        edit_put_slice(buf, style->after);
        mw_buf_puts(buf, value->items.items[0]);
    }
    mw_buf_puts(buf, style->ending);
    if (value->kind == MW_VALUE_LIST)
        put_items(buf, style, style->indent, style->unit, &value->items, 0);
}

static void add_option(const struct survey *survey, const struct mw_value *value,
                       struct mw_edits *edits)
{
    struct style style = learn_style(survey);
    struct mw_buf *buf = insert_behind(survey, &survey->tail, &style, edits);
    put_option(buf, &style, survey->name, value);
}

/* At the end, set off by a blank line: above it, or below it if the text ends in one already, as
 * configparser writes its files. remove_section() relies on this. */
static void add_section(const struct survey *survey, const struct mw_value *value,
                        struct mw_edits *edits)
{
    struct style style = learn_style(survey);
    bool is_empty = survey->last.number == 0;
    bool ends_blank = !is_empty && survey->last.kind == LINE_BLANK;
    struct mw_buf *buf =
        is_empty ? mw_edits_add(edits, 0, 0) : insert_behind(survey, &survey->last, &style, edits);
    if (!is_empty && !ends_blank)
        mw_buf_puts(buf, style.ending);
    mw_buf_putc(buf, '[');
    edit_put_slice(buf, (struct edit_slice){survey->key->section, survey->key->section_len});
    mw_buf_putc(buf, ']');
    mw_buf_puts(buf, style.ending);
    put_option(buf, &style, survey->name, value);
    if (ends_blank)
        mw_buf_puts(buf, style.ending);
}

/* The part of the value that stands beside the key, or a line below. */
static void replace_line(const char *text, const struct line *line, const char *item,
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
        edit_put_slice(buf, style.after);
    mw_buf_puts(buf, item);
}

/* Line by line, so that comments between the lines of a value stay where they are. A list that
 * began beside its key goes on doing so, unless that would make it a string. */
static void replace_ini_value(const struct survey *survey, const struct line *first,
                              const struct mw_value *value, struct mw_edits *edits)
{
    const char *text = survey->text;
    struct line line = *first, last = *first, more = *first;
    bool had_more = next_more(survey, &more);
    const struct mw_strings *items = &value->items;
    bool is_list = value->kind == MW_VALUE_LIST;
    bool beside = !is_list || (had_more && items->count > 1 && first->value < first->value_end);
    size_t placed = beside ? 1 : 0;
    replace_line(text, first, beside ? items->items[0] : "", edits);
    for (; next_more(survey, &line); last = line) {
        if (placed < items->count)
            replace_line(text, &line, items->items[placed++], edits);
        else
            mw_edits_add(edits, line.begin, line.next);
    }
    if (placed < items->count) {
        struct style style = learn_style(survey);
        struct mw_buf *buf = insert_behind(survey, &last, &style, edits);
        struct edit_slice deeper = had_more ? (struct edit_slice){"", 0} : style.unit;
        put_items(buf, &style, indent_of(text, &last), deeper, items, placed);
    }
}

/* ---- removing -------------------------------------------------------------------------------- */

/* The span of a section that holds the key and nothing else and ends the text: what add_section()
 * writes. One blank line goes with it. */
static bool is_last_and_alone(const struct survey *survey, size_t *begin, size_t *end)
{
    struct line line = survey->header;
    bool blank = false;
    *begin = line.begin;
    *end = survey->len;
    while (ini_next(survey->text, survey->len, &line)) {
        bool goes = line.kind == LINE_MORE ||
                    (line.kind == LINE_OPTION && spells(survey->text, &line, survey->key));
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

static void remove_key(const struct survey *survey, struct mw_edits *edits)
{
    size_t begin = 0;
    size_t end = 0;
    bool any = false;
    bool alone = survey->header.number != 0 && is_last_and_alone(survey, &begin, &end);
    for (size_t i = 0; i < survey->count; i++) {
        const struct hit *hit = &survey->hits[i];
        if (hit->is_default)
            continue;
        any = true;
        if (alone && hit->line.begin > begin)
            continue;
        struct line line = hit->line;
        do
            mw_edits_add(edits, line.begin, line.next);
        while (next_more(survey, &line));
    }
    if (any && alone)
        mw_edits_add(edits, begin, end);
}

static enum mw_code ini_put(const struct mw_editor *editor, const char *text, size_t len,
                            const char *key, const struct mw_value *value, struct mw_edits *edits,
                            struct mw_error *err)
{
    struct ini_key split;
    enum mw_code code = ini_accepts(editor, key, value, &split, err);
    if (code != MW_OK)
        return code;
    MW_AUTO(survey) survey = {0};
    find_all(text, len, &split, &survey);
    const struct hit *winner = find_winner(&survey);
    bool has_section = survey.header.number != 0;
    MW_AUTO(mw_value) have = {0};
    if (winner != NULL && has_section)
        read_ini_value(&survey, &winner->line, &have);
    /* Of the spellings in [DEFAULT] only the one that wins there is sure to be overridden. */
    survey.name = (struct edit_slice){split.option, strlen(split.option)};
    if (winner != NULL)
        survey.name =
            (struct edit_slice){text + winner->line.key, winner->line.key_end - winner->line.key};

    if (value->kind == MW_VALUE_ABSENT)
        remove_key(&survey, edits);
    else if (mw_value_equal(&have, value))
        code = MW_OK; /* nothing to do */
    else if (winner != NULL && !winner->is_default)
        replace_ini_value(&survey, &winner->line, value, edits);
    else if (has_section)
        add_option(&survey, value, edits);
    else
        add_section(&survey, value, edits);
    return code;
}

static enum mw_code ini_get(const struct mw_editor *editor, const char *text, size_t len,
                            const char *key, struct mw_value *value, struct mw_error *err)
{
    (void)editor;
    (void)err;
    struct ini_key split;
    if (!ini_split_key(key, &split))
        return MW_OK;
    MW_AUTO(survey) survey = {0};
    find_all(text, len, &split, &survey);
    const struct hit *winner = find_winner(&survey);
    if (winner != NULL && survey.header.number != 0)
        read_ini_value(&survey, &winner->line, value);
    return MW_OK;
}

const struct mw_editor mw_editor_ini = {
    .name = "ini",
    .has_comments = true,
    .has_lists = true,
    .check = ini_check,
    .get = ini_get,
    .put = ini_put,
    .notices = ini_notices,
    .names = ini_each_name,
    .comments = "#;",
};
