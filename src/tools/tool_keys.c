/* What a tool's file says, as questions: keys, titles, sources. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/secret.h"
#include "mirrorwise/text.h"
#include "tool_read.h"

const char *const mw_group_words[] = {
    [MW_GROUP_LANGUAGE] = "language",
    [MW_GROUP_SYSTEM] = "system",
    [MW_GROUP_CONTAINER] = "container",
    NULL,
};

const char *mw_group_word(enum mw_group group)
{
    return mw_group_words[group];
}

bool mw_group_parse(const char *word, enum mw_group *group)
{
    for (size_t i = 0; mw_group_words[i] != NULL; i++) {
        if (strcmp(mw_group_words[i], word) == 0) {
            *group = (enum mw_group)i;
            return true;
        }
    }
    return false;
}

/* ---- words ---------------------------------------------------------------------------------- */

const char *mw_tools_spoken(const char *text, const char *chinese)
{
    return chinese != NULL && strcmp(mw_i18n_spoken(), "zh_CN") == 0 ? chinese : text;
}

const char *mw_tool_title(const struct mw_tool *tool)
{
    return mw_tools_spoken(tool->title, tool->title_zh);
}

const char *mw_tool_key_summary(const struct mw_tool_key *key)
{
    return mw_tools_spoken(key->summary, key->summary_zh);
}

/* ---- keys ----------------------------------------------------------------------------------- */

static bool is_text(const char *whole, const char *text, size_t len)
{
    return whole != NULL && strlen(whole) == len && memcmp(whole, text, len) == 0;
}

static bool has_section(const struct mw_tool *tool, const char *text, size_t len)
{
    for (size_t i = 0; i < tool->sections.count; i++) {
        if (is_text(tool->sections.items[i], text, len))
            return true;
    }
    return is_text(tool->section_over, text, len);
}

bool mw_tool_has_section(const struct mw_tool *tool, const char *section)
{
    return has_section(tool, section, strlen(section));
}

size_t mw_tools_match_name(const char *pattern, const char *key, size_t *begin)
{
    static const char hole[] = "{name}";
    const char *at = strstr(pattern, hole);
    size_t before = at == NULL ? 0 : (size_t)(at - pattern);
    if (at == NULL || strncmp(pattern, key, before) != 0)
        return 0;
    /* A host may stand behind a slash, and in quotes anything. */
    bool is_host = before > 0 && pattern[before - 1] == '/';
    const char *name = key + before;
    const char *close = name[0] == '"' ? strchr(name + 1, '"') : NULL;
    size_t len =
        close != NULL ? (size_t)(close - name) + 1 : strcspn(name, is_host ? "/[]\"= " : ".:[]\"=");
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)name[i] < 0x20 || name[i] == 0x7F)
            return 0;
    }
    *begin = before;
    return strcmp(key + before + len, at + strlen(hole)) == 0 ? len : 0;
}

char *mw_tool_key_fill(const struct mw_tool_key *row, const char *spelling, const char *key)
{
    static const char hole[] = "{name}";
    size_t begin = 0;
    size_t len = mw_tools_match_name(row->key, key, &begin);
    const char *at = strstr(spelling, hole);
    if (len == 0 || at == NULL)
        return mw_xstrdup(spelling);
    return mw_xasprintf("%.*s%.*s%s", (int)(at - spelling), spelling, (int)len, key + begin,
                        at + strlen(hole));
}

char *mw_tool_key_of(const char *pattern, const char *name)
{
    MW_FREE char *quoted =
        name[strcspn(name, ".:[")] != '\0' ? mw_xasprintf("\"%s\"", name) : mw_xstrdup(name);
    return mw_text_replace(pattern, "{name}", quoted);
}

const struct mw_tool_key *mw_tool_key_at(const struct mw_tool *tool, size_t i)
{
    return tool_key_need(tool, &tool->keys[i]);
}

bool mw_tool_has_secrets(const struct mw_tool *tool)
{
    bool has = tool->text != NULL && strstr(tool->text, "\"secret\"") != NULL;
    for (size_t i = 0; !has && i < tool->key_count; i++)
        has = tool->keys[i].row != NULL && tool->keys[i].row->is_secret;
    return has;
}

void mw_tool_tell_secret(const struct mw_tool *tool, const char *key,
                         const struct mw_strings *items)
{
    const struct mw_tool_key *row = mw_tool_key(tool, key);
    for (size_t i = 0; i < items->count; i++) {
        const char *item = items->items[i];
        const char *word = strrchr(item, ' ') != NULL ? strrchr(item, ' ') + 1 : item;
        if (row != NULL && row->is_secret)
            mw_secret_add(item);
        else if (mw_text_is_token(word, strlen(word))) /* wherever it was put by mistake */
            mw_secret_add(word);
    }
}

static struct mw_key_entry *find_key(const struct mw_tool *tool, const char *key)
{
    const char *full = key;
    struct mw_key_entry *found = NULL;
    if (tool->sections.count > 0) {
        const char *dot = strchr(key, '.');
        if (dot == NULL || !has_section(tool, key, (size_t)(dot - key)))
            return NULL;
        key = dot + 1;
    }
    for (size_t i = 0; i < tool->key_count; i++) {
        const char *name = tool->keys[i].key;
        if (name[0] == full[0] && strcmp(name, full) == 0)
            return &tool->keys[i];
        if (found == NULL && name[0] == key[0] && strcmp(name, key) == 0)
            found = &tool->keys[i];
    }
    if (found != NULL)
        return found;
    for (size_t i = 0; i < tool->key_count; i++) {
        size_t begin = 0;
        if (mw_tools_match_name(tool->keys[i].key, key, &begin) > 0)
            return &tool->keys[i];
    }
    return NULL;
}

bool mw_tool_has_key(const struct mw_tool *tool, const char *key)
{
    return find_key(tool, key) != NULL;
}

const struct mw_tool_key *mw_tool_key(const struct mw_tool *tool, const char *key)
{
    struct mw_key_entry *found = find_key(tool, key);
    return found != NULL ? tool_key_need(tool, found) : NULL;
}

bool mw_tool_key_has_section(const struct mw_tool *tool, const char *key)
{
    const char *dot = tool->sections.count > 0 ? strchr(key, '.') : NULL;
    return dot != NULL && has_section(tool, key, (size_t)(dot - key));
}

bool mw_tool_key_is_in(const struct mw_tool *tool, const struct mw_tool_key *key,
                       const char *section)
{
    return mw_tool_key_has_section(tool, key->key) || key->sections.count == 0 ||
           mw_strings_has(&key->sections, section) || strcmp(section, tool->section) == 0 ||
           is_text(tool->section_over, section, strlen(section));
}

/* In any case, and '_' for '-'. */
static bool is_spelling(const char *a, const char *b)
{
    for (; *a != '\0' && *b != '\0'; a++, b++) {
        int left = *a == '_' ? '-' : tolower((unsigned char)*a);
        int right = *b == '_' ? '-' : tolower((unsigned char)*b);
        if (left != right)
            return false;
    }
    return *a == *b;
}

/* The name of key `i` below that section. */
static char *full_name(const struct mw_tool *tool, const char *section, size_t i)
{
    return section != NULL ? mw_xasprintf("%s.%s", section, tool->keys[i].key)
                           : mw_xstrdup(tool->keys[i].key);
}

static char *canonical_below(const struct mw_tool *tool, const char *section, const char *key)
{
    for (size_t i = 0; i < tool->key_count; i++) {
        if (is_spelling(tool->keys[i].key, key) && !mw_tool_key_at(tool, i)->is_only_read)
            return full_name(tool, section, i);
    }
    const struct mw_tool_key *row = section == NULL ? mw_tool_key(tool, key) : NULL;
    return row != NULL && !row->is_only_read ? mw_xstrdup(key) : NULL;
}

char *mw_tool_canonical(const struct mw_tool *tool, const char *key)
{
    if (tool->sections.count == 0)
        return canonical_below(tool, NULL, key);
    const char *dot = strchr(key, '.');
    char *found = NULL;
    MW_FREE char *section = mw_xstrndup(key, dot != NULL ? (size_t)(dot - key) : 0);
    for (size_t i = 0; dot != NULL && found == NULL && i < tool->sections.count; i++) {
        if (is_spelling(tool->sections.items[i], section))
            found = canonical_below(tool, tool->sections.items[i], dot + 1);
    }
    return found;
}

void mw_tool_key_names(const struct mw_tool *tool, struct mw_strings *names)
{
    const char *section = tool->sections.count > 0 ? tool->sections.items[0] : NULL;
    for (size_t i = 0; i < tool->key_count; i++) {
        if (!mw_tool_key_at(tool, i)->is_only_read)
            mw_strings_take(names, full_name(tool, section, i));
    }
}

/* Has a line of "content" a place for the key? */
static bool has_hole(const struct mw_source *source, const char *key)
{
    MW_FREE char *hole = mw_xasprintf("{%s}", key);
    bool has = false;
    for (size_t i = 0; !has && i < source->content.count; i++)
        has = strstr(source->content.items[i], hole) != NULL;
    return has;
}

bool mw_source_holds(const struct mw_source *source, const struct mw_tool_key *key,
                     const char **spelling)
{
    const char *there = source->keys.count > 0 ? mw_pairs_find(&source->keys, key->key) : key->as;
    if (source->content.count > 0 && strchr(key->key, '{') == NULL && !has_hole(source, key->key))
        there = NULL;
    if (there != NULL && spelling != NULL)
        *spelling = there;
    return there != NULL;
}

/* ---- what follows from the rest -------------------------------------------------------------- */

static bool is_joined(const struct mw_tool *tool, const struct mw_tool_key *key)
{
    for (size_t i = 0; i < tool->row_count; i++) {
        const struct mw_key_entry *set =
            tool->rows[i].join != NULL ? find_key(tool, tool->rows[i].set) : NULL;
        if (set != NULL && strcmp(set->key, key->key) == 0)
            return true;
    }
    return false;
}

void tool_key_derive(const struct mw_tool *tool, struct mw_tool_key *key)
{
    bool is_typed = tool->editor != NULL && tool->editor->is_typed;
    bool is_literal =
        key->type == MW_TYPE_BOOL || key->type == MW_TYPE_NUMBER || key->type == MW_TYPE_SECONDS;
    if (key->as == NULL)
        key->as = mw_xstrdup(key->key);
    key->shape = mw_type_is_list(key->type) ? MW_SHAPE_LIST
                 : is_joined(tool, key)     ? MW_SHAPE_CHAIN
                 : key->type == MW_TYPE_URL ? MW_SHAPE_URL
                                            : MW_SHAPE_SCALAR;
    key->kind = is_typed && is_literal ? MW_VALUE_LITERAL : MW_VALUE_ABSENT;
    if (key->other != NULL)
        tool_key_derive(tool, key->other);
}

static bool is_written(const struct mw_source *source)
{
    return (source->kind == MW_SOURCE_FILE || source->kind == MW_SOURCE_SHELL) &&
           source->scope != MW_SCOPE_PROJECT && !source->is_only_read && source->program == NULL;
}

/* Can the key be written: does a line of "content" hold it, or is there a file of a format? */
static bool has_place(const struct mw_tool *tool, const char *key)
{
    for (size_t i = 0; i < tool->source_count; i++) {
        const struct mw_source *source = &tool->sources[i];
        if (!is_written(source))
            continue;
        if (source->content.count == 0)
            return true;
        for (size_t k = 0; k < source->content.count; k++) {
            size_t len = 0;
            const char *hole = mw_source_hole(tool, source->content.items[k], &len);
            if (hole != NULL && strlen(key) == len && strncmp(hole + 1, key, len) == 0)
                return true;
        }
    }
    return false;
}

/* Lines that can be read back: one key each. */
static enum mw_code judge_content(const struct mw_tool *tool, const struct mw_source *source,
                                  struct mw_error *err)
{
    for (size_t i = 0; i < source->content.count; i++) {
        size_t len = 0;
        const char *hole = mw_source_hole(tool, source->content.items[i], &len);
        if (hole != NULL && mw_source_hole(tool, hole + 1, &len) != NULL)
            return mw_fail(
                err, MW_BAD_PROFILE, 0, "tool",
                _("%s:1:1: the line '%s' of \"content\" holds several keys; allowed: one "
                  "{KEY} a line"),
                tool->file, source->content.items[i]);
    }
    return MW_OK;
}

/* Which sources exist at all, and what the strongest file's format is. */
static enum mw_code judge_sources(struct mw_tool *tool, struct mw_error *err)
{
    bool is_any = false;
    for (size_t i = 0; i < tool->source_count; i++) {
        const struct mw_source *source = &tool->sources[i];
        if (judge_content(tool, source, err) != MW_OK)
            return MW_BAD_PROFILE;
        is_any = is_any || is_written(source);
        if (is_written(source) && source->editor != NULL)
            tool->editor = source->editor;
    }
    if (is_any)
        return MW_OK;
    return mw_fail(
        err, MW_BAD_PROFILE, 0, "tool",
        _("%s:1:1: %s has no source that could be written; allowed: \"sources\" with a file "
          "of the scope user or system"),
        tool->file, tool->id);
}

enum mw_code mw_tool_complete(struct mw_tool *tool, struct mw_error *err)
{
    if (tool->id == NULL || tool->key_count == 0 || tool->programs.count == 0)
        return mw_fail(err, MW_BAD_PROFILE, 0, "tool", _("%s:1:1: a tool needs \"%s\""), tool->file,
                       tool->id == NULL       ? "tool"
                       : tool->key_count == 0 ? "keys"
                                              : "programs");
    if (tool->title == NULL)
        tool->title = mw_xstrdup(tool->id);
    enum mw_code code = judge_sources(tool, err);
    if (code != MW_OK)
        return code;
    for (size_t i = 0; i < tool->source_count; i++)
        tool->sources[i].tool = tool;
    for (size_t i = 0; i < tool->row_count; i++) {
        struct mw_mirror_row *row = &tool->rows[i];
        if (row->from == NULL)
            row->from = mw_xstrdup(tool->id);
        for (size_t k = 0; k < tool->row_count && row->name == NULL; k++) {
            const struct mw_mirror_row *other = &tool->rows[k];
            if (mw_row_is_named(other) && other->name != NULL)
                row->name = mw_xstrdup(other->name); /* one table, however many rows speak of it */
        }
    }
    for (size_t i = 0; i < tool->key_count; i++) {
        if (!has_place(tool, tool->keys[i].key))
            return mw_fail(err, MW_BAD_PROFILE, 0, "tool",
                           _("%s:1:1: no line of \"content\" holds {%s}"), tool->file,
                           tool->keys[i].key);
    }
    for (size_t i = 0; i < tool->key_count; i++) {
        if (tool->keys[i].row != NULL)
            tool_key_derive(tool, tool->keys[i].row);
    }
    tool->mirror_key = tool->row_count > 0 ? mw_tool_mirror_row(tool)->set : "";
    tool->section = tool->sections.count > 0 ? tool->sections.items[0] : NULL;
    if (tool->hooks.count > 0)
        tool->code = mw_hook_find(tool->hooks.items[0]);
    return MW_OK;
}
