/* pip.conf: what a key is to pip (pypa/pip _internal/configuration.py) in the terms of Python's
 * configparser, and how it is read. */
#include "ini_file.h"

#include <stdlib.h>
#include <string.h>

#include "mirrorwise/memory.h"

bool ini_split_key(const char *text, struct ini_key *key)
{
    const char *dot = strchr(text, '.');
    if (dot == NULL)
        return false;
    *key = (struct ini_key){text, (size_t)(dot - text), dot + 1};
    return true;
}

bool ini_spells(const char *text, const struct line *line, const struct ini_key *key)
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

void ini_survey(const char *text, size_t len, const struct ini_key *key, struct ini_survey *survey)
{
    *survey = (struct ini_survey){.text = text, .len = len};
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
            if ((ours || is_default) && ini_spells(text, &line, key))
                *MW_PUSH(survey->hits, survey->count) = (struct ini_hit){line, is_default};
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

void ini_survey_release(struct ini_survey *survey)
{
    free(survey->hits);
    *survey = (struct ini_survey){0};
}

/* The hit in [DEFAULT], or outside of it, that configparser takes for the same option. */
static const struct ini_hit *find_same(const struct ini_survey *survey, const struct line *line,
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
const struct ini_hit *ini_winner(const struct ini_survey *survey)
{
    const struct ini_hit *inherited = NULL;
    const struct ini_hit *own = NULL;
    for (size_t i = 0; i < survey->count; i++) {
        if (survey->hits[i].is_default)
            inherited = &survey->hits[i];
    }
    for (size_t i = 0; i < survey->count; i++) {
        const struct ini_hit *hit = &survey->hits[i];
        if (!hit->is_default && (inherited == NULL || find_same(survey, &hit->line, true) == NULL))
            own = hit;
    }
    if (own != NULL || inherited == NULL)
        return own;
    own = find_same(survey, &inherited->line, false);
    return own != NULL ? own : inherited;
}

size_t ini_value_lines(const struct ini_survey *survey, const struct ini_hit *hit,
                       struct line **lines)
{
    struct line line = hit->line;
    size_t count = 0;
    *lines = NULL;
    do {
        if (line.kind == LINE_OPTION || line.kind == LINE_MORE)
            *MW_PUSH(*lines, count) = line;
    } while (ini_next(survey->text, survey->len, &line) &&
             (line.kind == LINE_MORE || line.kind == LINE_BLANK || line.kind == LINE_COMMENT));
    return count;
}

void ini_read_value(const struct ini_survey *survey, const struct ini_hit *hit,
                    struct mw_value *value)
{
    MW_FREE struct line *lines = NULL;
    size_t count = ini_value_lines(survey, hit, &lines);
    value->kind = count > 1 ? MW_VALUE_LIST : MW_VALUE_STRING;
    for (size_t i = 0; i < count; i++) {
        size_t len = lines[i].value_end - lines[i].value;
        if (len > 0 || count == 1)
            mw_strings_take(&value->items, mw_edit_item(survey->text + lines[i].value, len));
    }
}

static enum mw_code ini_get(const struct mw_editor *editor, const char *text, size_t len,
                            const char *key, struct mw_value *value, struct mw_error *err)
{
    (void)editor;
    (void)err;
    struct ini_key split;
    if (!ini_split_key(key, &split))
        return MW_OK;
    MW_AUTO(ini_survey) survey = {0};
    ini_survey(text, len, &split, &survey);
    const struct ini_hit *winner = ini_winner(&survey);
    if (winner != NULL && survey.header.number != 0)
        ini_read_value(&survey, winner, value);
    return MW_OK;
}

const struct mw_editor mw_editor_ini = {
    .name = "ini",
    .has_comments = true,
    .check = ini_check,
    .get = ini_get,
    .put = ini_put,
    .notices = ini_notices,
    .names = ini_each_name,
};
