/* The one resolver: every place that says something about a key, strongest first. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

/* ---- hits ------------------------------------------------------------------------------------ */

void mw_hit_release(struct mw_hit *hit)
{
    mw_value_release(&hit->value);
    MW_FREE_ALL(hit->path, hit->section, hit->spelling, hit->variable, hit->flag);
    *hit = (struct mw_hit){0};
}

void mw_hits_release(struct mw_hits *hits)
{
    for (size_t i = 0; i < hits->count; i++)
        mw_hit_release(&hits->items[i]);
    free(hits->items);
    *hits = (struct mw_hits){0};
}

const struct mw_hit *mw_hits_winner(const struct mw_hits *hits)
{
    for (size_t i = 0; i < hits->count; i++) {
        const struct mw_source *source = hits->items[i].source;
        if (source == NULL || source->program == NULL)
            return &hits->items[i];
    }
    return NULL;
}

static char *copy_of(const char *text)
{
    return text != NULL ? mw_xstrdup(text) : NULL;
}

void mw_hit_copy_place(struct mw_hit *to, const struct mw_hit *from)
{
    *to = *from;
    to->value = (struct mw_value){0};
    to->path = copy_of(from->path);
    to->section = copy_of(from->section);
    to->spelling = copy_of(from->spelling);
    to->variable = copy_of(from->variable);
    to->flag = copy_of(from->flag);
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

const char *mw_hit_file(const struct mw_hit *hit)
{
    return hit->flag == NULL && hit->variable == NULL ? hit->path : NULL;
}

bool mw_hit_same_place(const struct mw_hit *a, const struct mw_hit *b)
{
    return same_text(a->path, b->path) && same_text(a->variable, b->variable) &&
           same_text(a->flag, b->flag) && same_text(a->section, b->section) && a->line == b->line;
}

char *mw_hit_place(const struct mw_hit *hit)
{
    if (hit->variable != NULL)
        return mw_xasprintf(_("environment variable %s"), hit->variable);
    char *place = hit->line > 0 ? mw_xasprintf("%s:%zu", hit->path, hit->line)
                                : mw_xstrdup(hit->path != NULL ? hit->path : "");
    char *text = NULL;
    if (hit->flag != NULL)
        text = mw_xasprintf(_("flag --%s in %s"), hit->flag, place);
    else if (hit->section != NULL)
        text = mw_xasprintf("%s [%s] %s", place, hit->section, hit->spelling);
    else
        return place;
    free(place);
    return text;
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

static void add_files(const struct mw_system *sys, const struct mw_tool *tool,
                      const struct mw_source *source, const struct mw_overlay *overlay,
                      const char *key, struct mw_hits *hits)
{
    MW_AUTO(mw_strings) paths = {0};
    if (mw_source_hidden_by(sys, tool, source) != NULL)
        return;
    mw_source_paths(sys, tool, source, &paths);
    for (size_t i = paths.count; i > 0; i--)
        mw_hits_add_file(sys, tool, source, paths.items[i - 1], mw_source_actor(sys, source),
                         overlay, key, hits);
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

/* A variable cannot hold a '-', so tools take '_' for it. */
static bool is_name(const char *item, const char *name, bool any_case)
{
    for (; *name != '\0'; item++, name++) {
        int a = (unsigned char)*item, b = *name == '-' ? '_' : (unsigned char)*name;
        if (a != b && !(any_case && a != '\0' && tolower(a) == tolower(b)))
            return false;
    }
    return *item == '=';
}

void mw_hits_add_variables(const struct mw_system *sys, const struct mw_source *source,
                           const char *spelling, struct mw_hits *hits)
{
    MW_FREE char *name = variable_name(source, spelling);
    for (char **item = sys->environ_copy; item != NULL && *item != NULL; item++) {
        if (!is_name(*item, name, source->any_case) || (*item)[strcspn(*item, "=") + 1] == '\0')
            continue;
        struct mw_hit *hit = MW_PUSH(hits->items, hits->count);
        size_t len = strcspn(*item, "=");
        *hit = (struct mw_hit){.source = source, .variable = mw_xstrndup(*item, len)};
        mw_value_set_string(&hit->value, *item + len + 1);
    }
}

/* ---- all of them ----------------------------------------------------------------------------- */

static bool speaks_of_tree(const struct mw_system *sys, enum mw_scope scope)
{
    return sys->root[0] != '\0' && scope == MW_SCOPE_SYSTEM;
}

void mw_resolve_by_data(const struct mw_system *sys, const struct mw_tool *tool,
                        enum mw_scope scope, const char *key, const struct mw_overlay *overlay,
                        struct mw_hits *hits)
{
    const struct mw_tool_key *row = mw_tool_key(tool, key);
    for (size_t i = tool->source_count; row != NULL && i > 0; i--) {
        const struct mw_source *source = &tool->sources[i - 1];
        const char *spelling = NULL;
        bool is_here = source->scope != MW_SCOPE_SYSTEM && source->kind != MW_SOURCE_HOOK;
        /* The environment, the user and the folder of this run say nothing about an image. */
        if (!mw_source_holds(source, row, &spelling) || (speaks_of_tree(sys, scope) && is_here))
            continue;
        if (source->kind == MW_SOURCE_FILE || source->kind == MW_SOURCE_SHELL)
            add_files(sys, tool, source, overlay, key, hits);
        else if (source->kind == MW_SOURCE_ENVIRONMENT)
            mw_hits_add_variables(sys, source, source->keys.count > 0 ? spelling : row->key, hits);
    }
    for (size_t i = 0; i < hits->count; i++)
        mw_tool_tell_secret(tool, key, &hits->items[i].value.items);
}

void mw_resolve(const struct mw_system *sys, const struct mw_tool *tool, enum mw_scope scope,
                const char *key, const struct mw_overlay *overlay, struct mw_hits *hits)
{
    if (tool->code != NULL && tool->code->resolve != NULL)
        tool->code->resolve(sys, tool, scope, key, overlay, hits);
    else
        mw_resolve_by_data(sys, tool, scope, key, overlay, hits);
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

char *mw_hit_own_text(const struct mw_tool *tool, const struct mw_hit *own)
{
    MW_FREE char *place = mw_hit_place(own);
    MW_FREE char *value = mw_value_text(&own->value);
    return mw_xasprintf(_("%s: %s uses %s for itself alone: %s"), tool->id, own->source->program,
                        value, place);
}

/* ---- questions ------------------------------------------------------------------------------- */

void mw_locations_release(struct mw_locations *locations)
{
    for (size_t i = 0; i < locations->count; i++)
        mw_location_release(&locations->items[i]);
    free(locations->items);
    *locations = (struct mw_locations){0};
}

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

void mw_locations_add(struct mw_locations *locations, const char *path, struct mw_actor actor,
                      const struct mw_source *source)
{
    *MW_PUSH(locations->items, locations->count) =
        (struct mw_location){.path = mw_xstrdup(path), .actor = actor, .source = source};
}

void mw_files(const struct mw_system *sys, const struct mw_tool *tool, enum mw_scope scope,
              struct mw_locations *locations)
{
    if (tool->code != NULL && tool->code->files != NULL) {
        tool->code->files(sys, scope, locations);
        for (size_t i = 0; i < locations->count; i++) {
            if (locations->items[i].source == NULL)
                locations->items[i].source = mw_tool_target(tool, MW_SCOPE_SYSTEM, NULL);
        }
        return;
    }
    /* Code that says where the file is means the only one. */
    if (tool->code != NULL && tool->code->locate != NULL) {
        MW_AUTO(mw_location) at = {0};
        if (mw_locate(sys, tool, scope, NULL, &at, NULL) == MW_OK && mw_path_exists(sys, at.path))
            mw_locations_add(locations, at.path, at.actor, at.source);
        return;
    }
    for (size_t i = 0; i < tool->source_count; i++) {
        const struct mw_source *source = &tool->sources[i];
        MW_AUTO(mw_strings) paths = {0};
        if ((source->kind != MW_SOURCE_FILE && source->kind != MW_SOURCE_SHELL) ||
            (speaks_of_tree(sys, scope) && source->scope != MW_SCOPE_SYSTEM) ||
            mw_source_hidden_by(sys, tool, source) != NULL)
            continue;
        mw_source_paths(sys, tool, source, &paths);
        for (size_t k = 0; k < paths.count; k++) {
            if (mw_path_exists(sys, paths.items[k]))
                mw_locations_add(locations, paths.items[k], mw_source_actor(sys, source), source);
        }
    }
}

/* Does the project name a table without an address: a folder where it keeps its packages? No
 * mirror is asked there, and that is right. */
static bool keeps_packages(const struct mw_system *sys, const struct mw_tool *tool, const char *key,
                           const struct mw_hit *winner)
{
    bool names_table = false, has_address = false;
    if (winner->source == NULL || winner->source->scope != MW_SCOPE_PROJECT)
        return false;
    for (size_t i = 0; i < tool->row_count; i++) {
        const struct mw_mirror_row *naming = mw_row_naming(tool, &tool->rows[i]);
        MW_AUTO(mw_hit) found = {0};
        if (naming == NULL || strcmp(naming->set, key) != 0)
            continue;
        mw_row_find(sys, tool, MW_SCOPE_USER, &tool->rows[i], &found);
        names_table = true;
        has_address = has_address || found.value.kind != MW_VALUE_ABSENT;
    }
    return names_table && !has_address;
}

/* Is it a path that XDG_CONFIG_HOME moves? */
static bool is_below_xdg(const struct mw_system *sys, const struct mw_source *source)
{
    bool is_moved = source->moved_by != NULL && mw_system_user_env(sys, source->moved_by) != NULL;
    for (size_t i = 0; !is_moved && i < source->paths.count; i++) {
        if (strstr(source->paths.items[i], "${XDG_CONFIG_HOME:-") != NULL)
            return true;
    }
    return false;
}

void mw_shadows_by_data(const struct mw_system *sys, const struct mw_tool *tool,
                        const struct mw_location *location, const struct mw_buf *text,
                        const struct mw_tool_setting *setting, struct mw_shadows *shadows)
{
    MW_AUTO(mw_hits) hits = {0};
    const struct mw_source *source = location->source;
    const char *hidden_by = source != NULL ? mw_source_hidden_by(sys, tool, source) : NULL;
    if (hidden_by != NULL) {
        mw_shadows_add(shadows, MW_SHADOW_UNREAD,
                       (struct mw_hit){.variable = mw_xstrdup(source->moved_by)}, mw_xstrdup(""),
                       mw_xstrdup(hidden_by));
        return;
    }
    struct mw_overlay overlay = {.path = location->path, .text = text};
    enum mw_scope scope = mw_tools_in_root(sys, location) ? MW_SCOPE_SYSTEM
                          : source != NULL                ? source->scope
                                                          : MW_SCOPE_USER;
    mw_resolve(sys, tool, scope, setting->key, &overlay, &hits);
    const struct mw_hit *winner = mw_hits_winner(&hits);
    if (winner != NULL && keeps_packages(sys, tool, setting->key, winner))
        return;
    bool is_ours =
        winner != NULL && winner->path != NULL && strcmp(winner->path, location->path) == 0;
    if (winner != NULL && !is_ours &&
        !mw_strings_equal(&winner->value.items, &setting->value->items)) {
        struct mw_hit place;
        mw_hit_copy_place(&place, winner);
        mw_shadows_add(shadows, MW_SHADOW_STRONGER, place, mw_value_text(&winner->value), NULL);
    }
    if (source != NULL && is_below_xdg(sys, source))
        mw_tools_shadow_relative_xdg(sys, shadows);
}

void mw_shadows_find(const struct mw_system *sys, const struct mw_tool *tool,
                     const struct mw_location *location, const struct mw_buf *text,
                     const struct mw_tool_setting *setting, struct mw_shadows *shadows)
{
    if (tool->code != NULL && tool->code->shadows != NULL)
        tool->code->shadows(sys, location, text, setting, shadows);
    else
        mw_shadows_by_data(sys, tool, location, text, setting, shadows);
    for (size_t i = 0; i < shadows->count; i++)
        mw_shadow_say(tool, setting->key, &shadows->items[i]);
}

bool mw_tool_reloads(const struct mw_tool *tool)
{
    return tool->code != NULL && tool->code->reload != NULL;
}

bool mw_tool_restarts(const struct mw_system *sys, const struct mw_tool *tool,
                      const struct mw_location *location)
{
    return tool->code != NULL && tool->code->restarts != NULL &&
           tool->code->restarts(sys, location);
}

enum mw_code mw_tool_reload(const struct mw_system *sys, const struct mw_tool *tool,
                            const struct mw_location *location,
                            const struct mw_tool_setting *settings, size_t count,
                            struct mw_live *live, struct mw_error *err)
{
    if (!mw_tool_reloads(tool)) {
        *live = (struct mw_live){.state = MW_LIVE_NONE};
        return MW_OK;
    }
    return tool->code->reload(sys, location, settings, count, live, err);
}

char *mw_tool_elsewhere(const struct mw_system *sys, const struct mw_tool *tool)
{
    return tool->code != NULL && tool->code->elsewhere != NULL ? tool->code->elsewhere(sys) : NULL;
}

void mw_rewrites_release(struct mw_rewrites *rewrites)
{
    for (size_t i = 0; i < rewrites->count; i++) {
        free(rewrites->items[i].path);
        mw_edits_release(&rewrites->items[i].edits);
    }
    free(rewrites->items);
    *rewrites = (struct mw_rewrites){0};
}

bool mw_tool_unflag(const struct mw_system *sys, const struct mw_tool *tool,
                    const struct mw_location *location, const char *key,
                    struct mw_rewrites *rewrites)
{
    const struct mw_tool_key *row = mw_tool_key(tool, key);
    return row != NULL && row->flag != NULL && tool->code != NULL && tool->code->unflag != NULL &&
           tool->code->unflag(sys, tool, location, row, rewrites);
}

/* Is it there, none that stands for it, and not the file that a variable or a flag names? */
static bool is_unread(const struct mw_system *sys, const struct mw_tool *tool, const char *path,
                      const char *unless)
{
    MW_AUTO(mw_location) ours = {0};
    MW_FREE char *other =
        unless[0] != '\0' ? mw_tools_expand_path(sys, tool, MW_SCOPE_USER, unless) : NULL;
    return mw_path_exists(sys, path) && (other == NULL || !mw_path_exists(sys, other)) &&
           (mw_locate(sys, tool, MW_SCOPE_USER, NULL, &ours, NULL) != MW_OK ||
            strcmp(ours.path, path) != 0);
}

void mw_tool_unread(const struct mw_system *sys, const struct mw_tool *tool, struct mw_hits *hits)
{
    for (size_t i = 0; i < tool->unread.count; i++) {
        const char *place = tool->unread.items[i].name, *what = tool->unread.items[i].value;
        bool is_file = what[0] == '\0' || strchr(what, '/') != NULL;
        MW_FREE char *path = mw_tools_expand_path(sys, tool, MW_SCOPE_USER, place);
        if (path != NULL && is_file && is_unread(sys, tool, path, what))
            *MW_PUSH(hits->items, hits->count) = (struct mw_hit){
                .path = mw_xstrdup(path),
                .actor = place[0] == '/' ? (struct mw_actor){0} : sys->user,
            };
        else if (path != NULL && !is_file && tool->code != NULL && tool->code->unread != NULL)
            tool->code->unread(sys, path, what, hits);
    }
}

/* ---- asking the tool itself ------------------------------------------------------------------ */

static const char hole[] = "{key}";

enum mw_code mw_tool_ask(const struct mw_system *sys, const struct mw_tool *tool,
                         const struct mw_location *location, const char *key,
                         struct mw_value *value, struct mw_error *err)
{
    if (tool->code != NULL && tool->code->ask != NULL)
        return tool->code->ask(sys, location, key, value, err);
    bool is_general = false;
    for (size_t i = 0; i < tool->ask_words.count; i++)
        is_general = is_general || strstr(tool->ask_words.items[i], hole) != NULL;
    if (tool->ask_words.count == 0 || (!is_general && strcmp(key, tool->mirror_key) != 0))
        return mw_fail(err, MW_FAILURE, 0, "ask", _("%s cannot be asked"), mw_tool_title(tool));
    const char *argv[16] = {NULL};
    MW_AUTO(mw_strings) words = {0};
    MW_AUTO(mw_buf) output = {0};
    for (size_t i = 0; i < tool->ask_words.count && i + 1 < sizeof argv / sizeof *argv; i++)
        mw_strings_take(&words, mw_text_replace(tool->ask_words.items[i], hole, key));
    for (size_t i = 0; i < words.count; i++)
        argv[i] = words.items[i];
    enum mw_code code = mw_tools_run(sys, argv, &output, err);
    if (code == MW_OK) {
        const char *text = mw_buf_text(&output);
        size_t len = strcspn(text, "\r\n");
        MW_FREE char *line = mw_xstrndup(text, len);
        mw_value_set_string(value, line);
    }
    return code;
}
