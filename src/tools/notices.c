/* Lines of a tool's file that have no effect: names that are no settings of the tool's, and what
 * its editor tells. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

enum { MAX_GUESSES = 100, LONG_NAME = 8 };

/* Names that are no settings of the tool's there. */
struct vocabulary {
    const struct mw_tool *tool;
    const struct mw_source *source;
    struct mw_notices unknown;
    size_t guesses;
};

/* Is it that name, or the list that an item is picked from? */
static bool spells(const char *spelling, const char *option)
{
    size_t len = strlen(option);
    return strncmp(spelling, option, len) == 0 && (spelling[len] == '\0' || spelling[len] == '[');
}

/* A setting that the tool has and we do not set, or one that the source spells in its own way. */
static bool is_other(const struct mw_tool *tool, const struct mw_source *source, const char *option)
{
    bool is = mw_strings_has(&tool->others, option);
    for (size_t i = 0; !is && i < source->keys.count; i++)
        is = spells(source->keys.items[i].value, option);
    for (size_t i = 0; !is && i < tool->key_count; i++)
        is = spells(mw_tool_key_at(tool, i)->as, option);
    return is;
}

/* Owned: the key with what the option has in the place of its {name}, as far as they agree. */
static char *fill_from(const char *key, const char *option)
{
    const char *hole = strstr(key, "{name}");
    size_t before = hole != NULL ? (size_t)(hole - key) : 0;
    if (before == 0 || strncmp(key, option, before) != 0)
        return mw_xstrdup(key);
    const char *name = option + before;
    const char *close = name[0] == '"' ? strchr(name + 1, '"') : NULL;
    MW_FREE char *part =
        mw_xstrndup(name, close != NULL ? (size_t)(close - name) + 1 : strcspn(name, "."));
    return mw_text_replace(key, "{name}", part);
}

/* Does it stand in a value of which the vocabulary says no more than that it is a table or a list?
 */
static bool is_free(const struct vocabulary *vocabulary, const char *option)
{
    const struct mw_tool *tool = vocabulary->tool;
    MW_FREE char *above = mw_xstrdup(option);
    bool is = false, is_known = false;
    for (char *dot = NULL; !is_known && (dot = strrchr(above, '.')) != NULL;) {
        *dot = '\0';
        const struct mw_tool_key *row = mw_tool_key(tool, above);
        is = is_known = row != NULL || is_other(tool, vocabulary->source, above);
        size_t len = row != NULL ? strlen(row->key) : 0;
        for (size_t i = 0; len > 0 && is && i < tool->key_count; i++)
            is = strncmp(tool->keys[i].key, row->key, len) != 0 || tool->keys[i].key[len] != '.';
    }
    return is;
}

static void judge_name(void *context, const char *section, const char *option, size_t line)
{
    struct vocabulary *vocabulary = context;
    const struct mw_tool *tool = vocabulary->tool;
    const struct mw_tool_key *row = section == NULL ? mw_tool_key(tool, option) : NULL;
    if (row != NULL && strcmp(row->as, row->key) != 0 && strcmp(row->as, option) != 0)
        row = NULL; /* a profile's word for it, and not the tool's */
    const char *title = mw_tool_title(tool);
    MW_AUTO(mw_strings) names = {0};
    if (section != NULL || (row != NULL && row->unheard != MW_UNHEARD_ENVIRONMENT))
        return;
    if (row != NULL) {
        mw_notices_add(&vocabulary->unknown, line, "env-unknown-env",
                       _("%.80s has no effect in this file; %s takes it from the environment only"),
                       option, title);
        return;
    }
    const char *id = tool->is_whole ? "env-unknown-key" : "unknown-key";
    if (row == NULL && (is_other(tool, vocabulary->source, option) || is_free(vocabulary, option)))
        return;
    /* Nobody reads a thousand of them. */
    const struct mw_pairs *own = &vocabulary->source->keys;
    for (size_t i = 0; i < own->count; i++)
        mw_strings_add(&names, own->items[i].value);
    for (size_t i = 0; own->count == 0 && i < tool->key_count && vocabulary->guesses < MAX_GUESSES;
         i++)
        mw_strings_take(&names, fill_from(mw_tool_key_at(tool, i)->as, option));
    /* Short ones resemble settings of other programs by chance. */
    for (size_t i = 0; own->count == 0 && i < tool->others.count; i++) {
        if (strlen(tool->others.items[i]) >= LONG_NAME)
            mw_strings_add(&names, tool->others.items[i]);
    }
    vocabulary->guesses++;
    const char *closest = mw_text_closest(option, &names);
    if (closest == NULL && !tool->is_whole)
        ; /* perhaps one that is not in our list */
    else if (closest != NULL)
        mw_notices_add(&vocabulary->unknown, line, id,
                       _("%s has no setting \"%.80s\" and ignores this line; is %s meant?"), title,
                       option, closest);
    else
        mw_notices_add(&vocabulary->unknown, line, "env-unknown-key",
                       _("%s has no setting \"%.80s\" and ignores this line"), title, option);
}

/* Of a line that is not heard at all nothing else is told. Both are in the order of lines. */
static void put_in_place(struct mw_notices *notices, struct mw_notices *unknown)
{
    size_t kept = 0, at = 0;
    for (size_t i = 0; i < notices->count; i++) {
        while (at < unknown->count && unknown->items[at].line < notices->items[i].line)
            at++;
        if (at < unknown->count && unknown->items[at].line == notices->items[i].line)
            free(notices->items[i].message);
        else
            notices->items[kept++] = notices->items[i];
    }
    notices->count = kept;
    for (size_t i = 0; i < unknown->count; i++)
        *MW_PUSH(notices->items, notices->count) = unknown->items[i];
    free(unknown->items);
    mw_notices_sort(notices);
}

static struct mw_key_fact fact_of(const void *context, const char *key)
{
    const struct mw_tool_key *row = mw_tool_key(context, key);
    if (row == NULL)
        return (struct mw_key_fact){0};
    return (struct mw_key_fact){
        .trims = row->strays != MW_STRAYS_STAY,
        .quotes = row->strays == MW_STRAYS_QUOTED,
        .cr = row->cr != NULL ? mw_tools_spoken(row->cr, row->cr_zh) : NULL,
        .cr_breaks = row->cr_breaks,
    };
}

void mw_source_notices(const struct mw_source *source, const struct mw_tool *tool, const char *text,
                       size_t len, struct mw_notices *notices)
{
    const struct mw_editor *editor = source->editor;
    struct vocabulary vocabulary = {.tool = tool, .source = source};
    if (editor == NULL)
        return;
    notices->fact = fact_of;
    notices->context = tool;
    notices->reader = mw_tool_title(tool);
    notices->is_of_sections = tool->sections.count > 0;
    mw_editor_notices(editor, text, len, notices);
    if (editor->names != NULL && tool->sections.count == 0)
        editor->names(text, len, judge_name, &vocabulary);
    if (vocabulary.unknown.count > 0)
        put_in_place(notices, &vocabulary.unknown);
}
