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

static bool is_section(const char *text, const struct ini_line *line, const struct ini_key *key)
{
    return line->name_end - line->name == key->section_len &&
           memcmp(text + line->name, key->section, key->section_len) == 0;
}

static bool spells_key(const char *text, const struct ini_line *line, const struct ini_key *key)
{
    return ini_compare(text + line->name, line->name_end - line->name, key->option,
                       strlen(key->option), true) == 0;
}

void ini_survey(const char *text, size_t len, const struct ini_key *key, struct ini_survey *survey)
{
    *survey = (struct ini_survey){0};
    struct ini_scan scan = {.text = text, .len = len};
    struct ini_line line;
    bool ours = false;
    bool is_default = false;
    while (ini_next(&scan, &line)) {
        if (line.kind == INI_SECTION) {
            if (ours)
                survey->behind = line;
            ours = is_section(text, &line, key);
            is_default = !ours && ini_is_default(text, &line);
            if (ours) {
                survey->before = survey->last;
                survey->header = line;
                survey->body = scan;
                survey->own = (struct ini_line){0};
                survey->behind = (struct ini_line){0};
            }
        } else if (line.kind == INI_OPTION) {
            survey->any = line;
            if (ours)
                survey->own = line;
            if ((ours || is_default) && spells_key(text, &line, key))
                *MW_PUSH(survey->hits, survey->count) =
                    (struct ini_hit){.line = line, .after = scan, .is_default = is_default};
        } else if (line.kind == INI_MORE) {
            survey->more = line;
            survey->more_option = survey->any;
        }
        if (ours && line.kind != INI_BLANK && line.kind != INI_COMMENT)
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
static const struct ini_hit *find_same(const char *text, const struct ini_survey *survey,
                                       const struct ini_line *line, bool is_default)
{
    for (size_t i = 0; i < survey->count; i++) {
        const struct ini_line *other = &survey->hits[i].line;
        if (survey->hits[i].is_default == is_default &&
            ini_compare(text + line->name, line->name_end - line->name, text + other->name,
                        other->name_end - other->name, false) == 0)
            return &survey->hits[i];
    }
    return NULL;
}

/* pip walks the options of a section in the order of configparser's items(): first those of
 * [DEFAULT], each with the section's own value if the section spells it the same, then the rest
 * of the section. Of the spellings that are one key to pip the last in this order wins. */
const struct ini_hit *ini_winner(const char *text, const struct ini_survey *survey)
{
    const struct ini_hit *inherited = NULL;
    const struct ini_hit *own = NULL;
    for (size_t i = 0; i < survey->count; i++) {
        if (survey->hits[i].is_default)
            inherited = &survey->hits[i];
    }
    for (size_t i = 0; i < survey->count; i++) {
        const struct ini_hit *hit = &survey->hits[i];
        if (!hit->is_default &&
            (inherited == NULL || find_same(text, survey, &hit->line, true) == NULL))
            own = hit;
    }
    if (own != NULL || inherited == NULL)
        return own;
    own = find_same(text, survey, &inherited->line, false);
    return own != NULL ? own : inherited;
}

size_t ini_value_lines(const struct ini_hit *hit, struct ini_line **lines)
{
    struct ini_line *list = NULL;
    size_t count = 0;
    struct ini_scan scan = hit->after;
    struct ini_line line = hit->line;
    do {
        if (line.kind == INI_OPTION || line.kind == INI_MORE)
            *MW_PUSH(list, count) = line;
    } while (ini_next(&scan, &line) &&
             (line.kind == INI_MORE || line.kind == INI_BLANK || line.kind == INI_COMMENT));
    *lines = list;
    return count;
}

void ini_read_value(const char *text, const struct ini_hit *hit, struct mw_value *value)
{
    MW_FREE struct ini_line *lines = NULL;
    size_t count = ini_value_lines(hit, &lines);
    value->kind = count > 1 ? MW_VALUE_LIST : MW_VALUE_STRING;
    for (size_t i = 0; i < count; i++) {
        size_t len = lines[i].text_end - lines[i].value;
        if (len > 0 || count == 1)
            mw_strings_take(&value->items, mw_edit_item(text + lines[i].value, len));
    }
}

static enum mw_code ini_get(const char *text, size_t len, const char *key, struct mw_value *value,
                            struct mw_error *err)
{
    (void)err;
    struct ini_key split;
    if (!ini_split_key(key, &split))
        return MW_OK;
    MW_AUTO(ini_survey) survey = {0};
    ini_survey(text, len, &split, &survey);
    const struct ini_hit *winner = ini_winner(text, &survey);
    if (winner != NULL && survey.header.number != 0)
        ini_read_value(text, winner, value);
    return MW_OK;
}

const struct mw_editor mw_editor_ini = {
    .name = "ini",
    .has_comments = true,
    .check = ini_check,
    .get = ini_get,
    .put = ini_put,
    .notices = ini_notices,
    .names = ini_names,
};
