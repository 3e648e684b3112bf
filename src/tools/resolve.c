/* The one resolver: every place that says something about a key, strongest first. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/memory.h"

/* ---- which sources -------------------------------------------------------------------------- */

/* What mw_resolve() is asked. */
struct question {
    const struct mw_system *sys;
    const struct mw_tool *tool;
    enum mw_scope scope;
    const struct mw_overlay *overlay;
    const struct mw_tool_key *row;
};

/* The environment, the user and the folder of this run say nothing about an image. */
static bool is_heard(const struct question *question, const struct mw_source *source)
{
    bool is_image = question->sys->root[0] != '\0' && question->scope == MW_SCOPE_SYSTEM;
    return !is_image || source->scope == MW_SCOPE_SYSTEM || source->kind == MW_SOURCE_HOOK;
}

/* Adds the files of a source that are heard, weakest first, be they there or not. */
static void add_files(const struct question *question, const struct mw_source *source,
                      struct mw_locations *files)
{
    MW_AUTO(mw_strings) paths = {0};
    if ((source->kind != MW_SOURCE_FILE && source->kind != MW_SOURCE_SHELL) ||
        !is_heard(question, source) ||
        mw_source_hidden_by(question->sys, question->tool, source, NULL) != NULL)
        return;
    mw_source_paths(question->sys, question->tool, source, &paths);
    for (size_t i = 0; i < paths.count; i++)
        mw_locations_add(files, paths.items[i],
                         mw_source_actor(question->sys, source, paths.items[i]), source);
}

/* ---- files ----------------------------------------------------------------------------------- */

bool mw_overlay_read(const struct mw_system *sys, const char *path, struct mw_actor actor,
                     const struct mw_overlay *overlay, struct mw_buf *text)
{
    if (overlay != NULL && strcmp(overlay->path, path) == 0) {
        mw_buf_append(text, mw_buf_text(overlay->text), overlay->text->len);
        return true;
    }
    return mw_tools_read(sys, path, actor, text);
}

void mw_hits_add_file(const struct mw_system *sys, const struct mw_tool *tool,
                      const struct mw_source *source, const char *path, struct mw_actor actor,
                      const struct mw_overlay *overlay, const char *key, struct mw_hits *hits)
{
    MW_AUTO(mw_buf) text = {0};
    MW_AUTO(mw_value) value = {0};
    const char *bytes;
    if (!mw_overlay_read(sys, path, actor, overlay, &text))
        return;
    bytes = mw_buf_text(&text);
    if (mw_source_check(source, path, bytes, text.len, NULL) != MW_OK ||
        mw_source_get(source, tool, bytes, text.len, key, &value, NULL) != MW_OK ||
        value.kind == MW_VALUE_ABSENT)
        return;
    *MW_PUSH(hits->items, hits->count) = (struct mw_hit){
        .value = value,
        .source = source,
        .path = mw_xstrdup(path),
        .line = mw_source_line(source, tool, &text, key),
    };
    value = (struct mw_value){0};
}

/* ---- the environment ------------------------------------------------------------------------- */

/* What {key}, {KEY} and {LAST} of the template become. */
static void put_word(struct mw_buf *name, const char *word, const char *key)
{
    if (strncmp(word, "{key}", 5) == 0) {
        mw_buf_puts(name, key);
        return;
    }
    const char *dot = strncmp(word, "{LAST}", 6) == 0 ? strrchr(key, '.') : NULL;
    for (const char *p = dot != NULL ? dot + 1 : key; *p != '\0'; p++)
        mw_buf_putc(name, isalnum((unsigned char)*p) ? (char)toupper((unsigned char)*p) : '_');
}

static char *variable_name(const struct mw_source *source, const char *key)
{
    struct mw_buf name = {0};
    for (const char *p = source->environment; *p != '\0'; p++) {
        const char *end = *p == '{' ? strchr(p, '}') : NULL;
        if (end != NULL) {
            put_word(&name, p, key);
            p = end;
        } else {
            mw_buf_putc(&name, *p);
        }
    }
    return mw_buf_take(&name);
}

/* A variable cannot hold a '-', so tools take '_' for it. The first `exact` bytes are as they are.
 */
static bool is_name(const char *item, const char *name, size_t exact, bool any_case)
{
    for (size_t i = 0; name[i] != '\0'; i++) {
        int a = (unsigned char)item[i], b = name[i] == '-' ? '_' : (unsigned char)name[i];
        bool is_same = a == b || (any_case && i >= exact && a != '\0' && tolower(a) == tolower(b));
        if (!is_same)
            return false;
    }
    return item[strlen(name)] == '=';
}

static void add_variables(const struct mw_system *sys, const struct mw_source *source,
                          const struct mw_strings *spellings, struct mw_hits *hits)
{
    MW_AUTO(mw_strings) names = {0};
    size_t count = 0;
    bool is_exact = isupper((unsigned char)source->environment[0]);
    size_t exact = is_exact ? strcspn(source->environment, "{") : 0;
    for (size_t i = 0; i < spellings->count; i++)
        mw_strings_take(&names, variable_name(source, spellings->items[i]));
    while (sys->environ_copy != NULL && sys->environ_copy[count] != NULL)
        count++;
    for (size_t i = count * names.count; i > 0; i--) {
        const char *item = sys->environ_copy[(i - 1) / names.count];
        size_t len = strcspn(item, "=");
        const char *name = names.items[(i - 1) % names.count];
        if (!is_name(item, name, exact, source->any_case) || item[len] == '\0' ||
            item[len + 1] == '\0')
            continue;
        struct mw_hit *hit = MW_PUSH(hits->items, hits->count);
        *hit = (struct mw_hit){.source = source, .variable = mw_xstrndup(item, len)};
        mw_value_set_string(&hit->value, item + len + 1);
    }
}

/* ---- one source ------------------------------------------------------------------------------ */

static void ask_variables(const struct question *question, const struct mw_source *source,
                          const char *spelling, const char *key, struct mw_hits *hits)
{
    MW_AUTO(mw_strings) spellings = {0};
    const char *pattern = source->keys.count > 0 ? spelling : question->row->key;
    mw_strings_take(&spellings, mw_tool_key_fill(question->row, pattern, key));
    for (size_t i = 0; i < question->row->spellings.count; i++)
        mw_strings_add(&spellings, question->row->spellings.items[i]);
    size_t before = hits->count;
    add_variables(question->sys, source, &spellings, hits);
    for (size_t i = before; i < hits->count; i++)
        mw_source_split(source, question->tool, question->row->key, &hits->items[i].value);
}

static void ask_source(const struct question *question, const struct mw_source *source,
                       const char *key, struct mw_hits *hits)
{
    const char *spelling = NULL;
    if (!is_heard(question, source) || !mw_source_holds(source, question->row, &spelling))
        return;
    if (source->kind == MW_SOURCE_ENVIRONMENT)
        ask_variables(question, source, spelling, key, hits);
    MW_AUTO(mw_locations) files = {0};
    add_files(question, source, &files);
    for (size_t i = files.count; i > 0; i--)
        mw_hits_add_file(question->sys, question->tool, source, files.items[i - 1].path,
                         files.items[i - 1].actor, question->overlay, key, hits);
}

/* ---- sections -------------------------------------------------------------------------------- */

static void release_texts(void *found)
{
    struct mw_tool_texts *texts = found;
    for (size_t i = 0; i < texts->count; i++) {
        MW_FREE_ALL(texts->items[i].path, texts->items[i].broken);
        mw_buf_release(&texts->items[i].text);
    }
    MW_FREE_ALL(texts->items, texts);
}

static void read_text(const struct question *question, const struct mw_location *file,
                      struct mw_tool_texts *texts)
{
    struct mw_buf text = {0};
    struct mw_error why = {0};
    if (!mw_overlay_read(question->sys, file->path, file->actor, question->overlay, &text))
        return;
    bool is_right =
        mw_source_check(file->source, file->path, mw_buf_text(&text), text.len, &why) == MW_OK;
    *MW_PUSH(texts->items, texts->count) =
        (struct mw_tool_text){.source = file->source,
                              .path = mw_xstrdup(file->path),
                              .text = text,
                              .broken = is_right ? NULL : mw_xstrdup(why.message)};
}

static void *read_texts(const struct mw_system *sys, const void *of)
{
    (void)sys;
    const struct question *question = of;
    struct mw_tool_texts *texts = mw_xcalloc(1, sizeof *texts);
    MW_AUTO(mw_locations) files = {0};
    for (size_t i = 0; i < question->tool->source_count; i++)
        add_files(question, &question->tool->sources[i], &files);
    for (size_t i = 0; i < files.count; i++)
        read_text(question, &files.items[i], texts);
    return texts;
}

const struct mw_tool_texts *mw_tool_texts_hold(const struct mw_system *sys,
                                               const struct mw_tool *tool, enum mw_scope scope,
                                               const struct mw_overlay *overlay,
                                               struct mw_held *held)
{
    const struct question question = {sys, tool, scope, overlay, NULL};
    MW_FREE char *name = mw_xasprintf("texts %s %d", tool->id, scope == MW_SCOPE_SYSTEM);
    if (overlay == NULL)
        return mw_memo_hold(sys, name, read_texts, &question, release_texts, held);
    if (overlay->texts != NULL)
        return overlay->texts;
    *held = (struct mw_held){read_texts(sys, &question), release_texts};
    return held->found;
}

/* Most files have one section or two; a search is cheaper than to read the file for each. */
bool mw_tool_text_has(const struct mw_tool_text *in, const char *section, size_t len)
{
    MW_FREE char *header = mw_xasprintf("[%.*s]", (int)len, section);
    return memmem(mw_buf_text(&in->text), in->text.len, header, strlen(header)) != NULL;
}

static void add_text(const struct mw_tool_text *in, const char *key, struct mw_hits *hits)
{
    const struct mw_editor *editor = in->source->editor;
    size_t section = strcspn(key, ".");
    MW_AUTO(mw_value) value = {0};
    if (editor == NULL || in->broken != NULL || !mw_tool_text_has(in, key, section) ||
        editor->get(editor, mw_buf_text(&in->text), in->text.len, key, &value, NULL) != MW_OK ||
        value.kind == MW_VALUE_ABSENT)
        return;
    *MW_PUSH(hits->items, hits->count) = (struct mw_hit){
        .value = value,
        .source = in->source,
        .path = mw_xstrdup(in->path),
        .line = mw_tools_line(editor, &in->text, key),
        .section = mw_xstrndup(key, section),
        .spelling = mw_xstrdup(key + section + 1),
    };
    value = (struct mw_value){0};
}

void mw_section_keys(const struct mw_tool *tool, const struct mw_tool_key *row, const char *key,
                     struct mw_strings *keys)
{
    const char *name = strchr(key, '.') + 1;
    MW_FREE char *own = mw_xstrndup(key, (size_t)(name - key) - 1);
    bool is_first = strcmp(own, tool->section) == 0 && tool->sections.count > 1;
    const char *section = is_first ? tool->sections.items[1] : own;
    if (tool->section_over != NULL)
        mw_strings_take(keys, mw_xasprintf("%s.%s", tool->section_over, name));
    if (row == NULL || mw_tool_key_is_in(tool, row, section))
        mw_strings_take(keys, mw_xasprintf("%s.%s", section, name));
    if (strcmp(section, tool->section) != 0)
        mw_strings_take(keys, mw_xasprintf("%s.%s", tool->section, name));
}

void mw_section_words(const struct mw_tool_key *row, struct mw_value *value)
{
    struct mw_strings words = {0};
    bool is_list = mw_type_is_list(row->type) || value->kind == MW_VALUE_LIST ||
                   strchr(mw_tools_first(value), '\n') != NULL;
    mw_value_split(value, " \t\r\n", &words);
    MW_FREE char *text = mw_strings_join(&words, " ");
    mw_value_release(value);
    *value = (struct mw_value){.kind = MW_VALUE_LIST, .items = words};
    if (!is_list)
        mw_value_set_string(value, text);
}

static bool is_empty(const struct mw_hit *hit)
{
    return mw_tools_first(&hit->value)[0] == '\0';
}

/* Names of one option are keys of a dictionary, which are heard in the order in which they came
 * into it. */
static bool comes_later(const struct mw_hits *a, const struct mw_hits *b)
{
    const struct mw_hit *x = &a->items[a->count - 1], *y = &b->items[b->count - 1];
    return x->source > y->source || (x->source == y->source && x->line > y->line);
}

/* Moves what is heard of one name of an option: an empty value hides the weaker ones, and counts
 * for nothing itself. */
static void take_heard(struct mw_hits *said, struct mw_hits *hits, struct mw_hits *empty)
{
    bool is_hidden = false;
    for (size_t i = 0; i < said->count; i++) {
        struct mw_hit *hit = &said->items[i];
        struct mw_hits *to = is_empty(hit) ? empty : hits;
        if (is_hidden)
            mw_hit_release(hit);
        else
            *MW_PUSH(to->items, to->count) = *hit;
        is_hidden = is_hidden || to == empty;
    }
    free(said->items);
    *said = (struct mw_hits){0};
}

/* What all files say of an option in one section. */
static void ask_section(const struct mw_tool_texts *texts, const struct mw_tool_key *row,
                        const char *key, struct mw_hits *hits, struct mw_hits *empty)
{
    MW_AUTO(mw_hits) best = {0}, rest = {0};
    for (size_t n = 0; n <= row->spellings.count; n++) {
        struct mw_hits next = {0};
        MW_FREE char *other = n > 0 ? mw_xasprintf("%.*s.%s", (int)strcspn(key, "."), key,
                                                   row->spellings.items[n - 1])
                                    : mw_xstrdup(key);
        for (size_t i = texts->count; i > 0; i--)
            add_text(&texts->items[i - 1], other, &next);
        for (size_t i = 0; i < next.count; i++)
            mw_section_words(row, &next.items[i].value);
        bool is_better = next.count > 0 && !is_empty(next.items) &&
                         (best.count == 0 || comes_later(&next, &best));
        take_heard(is_better ? &best : &next, &rest, empty);
        if (is_better)
            best = next;
    }
    take_heard(&best, hits, empty);
    take_heard(&rest, hits, empty);
}

/* Files are merged section by section, a later one over an earlier one, and only then do sections
 * and the environment follow each other: a section of any file beats the first one of all. */
static void ask_sections(const struct question *question, const char *key, struct mw_hits *hits,
                         struct mw_hits *empty)
{
    MW_AUTO(mw_strings) keys = {0};
    struct mw_hits said = {0};
    MW_AUTO(mw_held) held = {0};
    const struct mw_tool_texts *texts = mw_tool_texts_hold(
        question->sys, question->tool, question->scope, question->overlay, &held);
    mw_section_keys(question->tool, question->row, key, &keys);
    for (size_t i = question->tool->source_count; i > 0; i--) {
        const struct mw_source *source = &question->tool->sources[i - 1];
        if (source->kind == MW_SOURCE_ENVIRONMENT)
            ask_source(question, source, key, &said);
    }
    for (size_t i = 0; i < said.count; i++) {
        mw_section_words(question->row, &said.items[i].value);
        if (is_empty(&said.items[i]))
            mw_hit_release(&said.items[i]);
        else
            *MW_PUSH(hits->items, hits->count) = said.items[i];
    }
    free(said.items);
    for (size_t i = 0; i < keys.count; i++)
        ask_section(texts, question->row, keys.items[i], hits, empty);
}

/* ---- all of them ----------------------------------------------------------------------------- */

void mw_resolve_by_data(const struct mw_system *sys, const struct mw_tool *tool,
                        enum mw_scope scope, const char *key, const struct mw_overlay *overlay,
                        struct mw_hits *hits, struct mw_hits *empty)
{
    const struct question question = {sys, tool, scope, overlay, mw_tool_key(tool, key)};
    MW_AUTO(mw_hits) dropped = {0};
    if (question.row == NULL)
        return;
    if (tool->section != NULL)
        ask_sections(&question, key, hits, empty != NULL ? empty : &dropped);
    else
        for (size_t i = tool->source_count; i > 0; i--)
            ask_source(&question, &tool->sources[i - 1], key, hits);
    for (size_t i = 0; i < hits->count; i++)
        mw_tool_tell_secret(tool, key, &hits->items[i].value.items);
}

void mw_resolve(const struct mw_system *sys, const struct mw_tool *tool, enum mw_scope scope,
                const char *key, const struct mw_overlay *overlay, struct mw_hits *hits)
{
    if (tool->code != NULL && tool->code->resolve != NULL)
        tool->code->resolve(sys, tool, scope, key, overlay, hits);
    else
        mw_resolve_by_data(sys, tool, scope, key, overlay, hits, NULL);
}

/* Does its one program hear nothing stronger? */
static bool wins_alone(const struct mw_hits *hits, const struct mw_hit *own)
{
    for (const struct mw_hit *hit = hits->items; hit < own; hit++) {
        const char *program = hit->source != NULL ? hit->source->program : NULL;
        if (program == NULL || strcmp(program, own->source->program) == 0)
            return false;
    }
    return true;
}

void mw_resolve_own(const struct mw_system *sys, const struct mw_tool *tool, enum mw_scope scope,
                    const char *key, struct mw_hits *own)
{
    MW_AUTO(mw_hits) hits = {0};
    bool has_own = false;
    for (size_t i = 0; i < tool->source_count; i++)
        has_own = has_own || tool->sources[i].program != NULL;
    if (has_own)
        mw_resolve(sys, tool, scope, key, NULL, &hits);
    for (size_t i = 0; i < hits.count; i++) {
        const struct mw_hit *hit = &hits.items[i];
        bool is_own = hit->source != NULL && hit->source->program != NULL && wins_alone(&hits, hit);
        MW_FREE char *program = is_own ? mw_system_which(sys, hit->source->program) : NULL;
        if (program == NULL)
            continue;
        struct mw_hit *copy = MW_PUSH(own->items, own->count);
        mw_hit_copy_place(copy, hit);
        mw_value_copy(&copy->value, &hit->value);
    }
}

/* ---- questions ------------------------------------------------------------------------------- */

void mw_hit_find(const struct mw_system *sys, const struct mw_tool *tool, enum mw_scope scope,
                 const char *key, struct mw_hit *hit)
{
    MW_AUTO(mw_hits) hits = {0};
    mw_resolve(sys, tool, scope, key, NULL, &hits);
    const struct mw_hit *winner = mw_hits_winner(&hits);
    if (winner == NULL)
        return;
    mw_hit_copy_place(hit, winner);
    mw_value_copy(&hit->value, &winner->value);
}

void mw_files(const struct mw_system *sys, const struct mw_tool *tool, enum mw_scope scope,
              struct mw_locations *locations)
{
    /* Code that says where the file is means the only one. */
    if (tool->code != NULL && tool->code->locate != NULL) {
        MW_AUTO(mw_location) at = {0};
        if (mw_locate(sys, tool, scope, NULL, &at, NULL) == MW_OK && mw_path_exists(sys, at.path))
            mw_locations_add(locations, at.path, at.actor, at.source);
        return;
    }
    const struct question question = {sys, tool, scope, NULL, NULL};
    MW_AUTO(mw_locations) files = {0};
    for (size_t i = 0; i < tool->source_count; i++)
        add_files(&question, &tool->sources[i], &files);
    for (size_t i = 0; i < files.count; i++) {
        const struct mw_location *file = &files.items[i];
        if (mw_path_exists(sys, file->path))
            mw_locations_add(locations, file->path, file->actor, file->source);
    }
}
