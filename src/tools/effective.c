/* Who is heard, by go, pip and docker: which sources have a say, and in which order. */
#include <stdlib.h>
#include <string.h>

#include "docker_parts.h"
#include "internal.h"
#include "mirrorwise/memory.h"
#include "pip_files.h"

void mw_effective_release(struct mw_effective *effective)
{
    mw_value_release(&effective->value);
    mw_hit_release(&effective->place);
    free(effective->by);
    free(effective->path);
    free(effective->variable);
    *effective = (struct mw_effective){0};
}

void mw_locations_release(struct mw_locations *locations)
{
    for (size_t i = 0; i < locations->count; i++)
        mw_location_release(&locations->items[i]);
    free(locations->items);
    *locations = (struct mw_locations){0};
}

static void add_location(struct mw_locations *locations, const char *path, struct mw_actor actor,
                         const struct mw_source *source)
{
    *MW_PUSH(locations->items, locations->count) =
        (struct mw_location){.path = mw_xstrdup(path), .actor = actor, .source = source};
}

/* Adds the file of that scope if it is there. */
static void add_scope(const struct mw_system *sys, const struct mw_tool *tool, enum mw_scope scope,
                      struct mw_locations *locations)
{
    MW_AUTO(mw_location) location = {0};
    if (mw_locate(sys, tool, scope, NULL, &location, NULL) != MW_OK)
        return;
    if (mw_path_exists(sys, location.path))
        add_location(locations, location.path, location.actor, location.source);
}

/* ---- pip: by the rules of pip_files.c -------------------------------------------------------- */

/* Every file; our own as `overlay` has it, else as it is. */
static void read_pip(const struct mw_system *sys, enum mw_scope scope,
                     const struct mw_overlay *overlay, struct pip_sources *sources, bool *in_root)
{
    MW_AUTO(mw_location) location = {0};
    MW_AUTO(mw_buf) text = {0};
    *in_root = false;
    if (mw_pip_locate(sys, scope, &location, NULL) == MW_OK) {
        *in_root = mw_tools_in_root(sys, &location);
        bool is_given = overlay != NULL && strcmp(overlay->path, location.path) == 0;
        if (is_given) {
            mw_buf_append(&text, mw_buf_text(overlay->text), overlay->text->len);
        } else if (!mw_tools_read(sys, location.path, location.actor, &text)) {
            /* Listed with its own text: a path that is not there must not become a source. */
            free(location.path);
            location.path = mw_xasprintf("%s/-", *in_root ? sys->root : "");
        }
    } else {
        location.path = mw_xstrdup("/-");
    }
    if (*in_root || !pip_reads_nothing(sys))
        pip_sources_list(sys, &location, &text, sources);
}

struct pip_list {
    struct pip_sources sources;
    bool in_root;
};

static void release_list(void *found)
{
    MW_FREE struct pip_list *list = found;
    pip_sources_release(&list->sources);
}

static void *find_list(const struct mw_system *sys, const void *of)
{
    const enum mw_scope *scope = of;
    struct pip_list *list = mw_xcalloc(1, sizeof *list);
    read_pip(sys, *scope, NULL, &list->sources, &list->in_root);
    return list;
}

/* With an overlay nothing is kept. */
static const struct pip_list *list_pip(const struct mw_system *sys, enum mw_scope scope,
                                       const struct mw_overlay *overlay, struct mw_held *held)
{
    if (overlay == NULL)
        return mw_memo_hold(sys, scope == MW_SCOPE_SYSTEM ? "pip system" : "pip user", find_list,
                            &scope, release_list, held);
    struct pip_list *list = mw_xcalloc(1, sizeof *list);
    read_pip(sys, scope, overlay, &list->sources, &list->in_root);
    *held = (struct mw_held){.found = list, .release = release_list};
    return list;
}

void mw_pip_files(const struct mw_system *sys, enum mw_scope scope, struct mw_locations *locations)
{
    MW_AUTO(mw_held) held = {0};
    const struct pip_list *list = list_pip(sys, scope, NULL, &held);
    for (size_t i = 0; i < list->sources.count; i++) {
        const char *path = list->sources.items[i].path;
        size_t home = sys->home != NULL ? strlen(sys->home) : 0;
        bool is_users = home > 0 && strncmp(path, sys->home, home) == 0 && path[home] == '/';
        add_location(locations, path, is_users ? sys->user : (struct mw_actor){0}, NULL);
    }
}

static void take_words(const struct mw_tool_key *row, struct mw_strings *words,
                       struct mw_value *value)
{
    if (row != NULL && row->shape == MW_SHAPE_LIST) {
        value->kind = MW_VALUE_LIST;
        value->items = *words;
        *words = (struct mw_strings){0};
        return;
    }
    MW_FREE char *text = mw_strings_join(words, " ");
    mw_value_set_string(value, text);
}

static void add_pip_hit(const struct mw_tool *tool, const struct pip_sources *sources,
                        const char *key, struct pip_hit *found, struct mw_hits *hits)
{
    struct mw_hit *hit = MW_PUSH(hits->items, hits->count);
    take_words(mw_tool_key(tool, key), &found->words, &hit->value);
    if (found->section == NULL) {
        hit->variable = mw_xstrdup(found->name);
        hit->source = &tool->sources[tool->source_count - 1];
        return;
    }
    hit->path = mw_xstrdup(sources->items[found->file].path);
    hit->line = found->line;
    hit->section = mw_xstrdup(found->section);
    hit->spelling = mw_xstrdup(found->name);
    hit->source = mw_tool_target(tool, MW_SCOPE_SYSTEM, NULL);
}

/* The winner first; then what each section says, the command's before [global]. */
void mw_pip_resolve(const struct mw_system *sys, const struct mw_tool *tool, enum mw_scope scope,
                    const char *key, const struct mw_overlay *overlay, struct mw_hits *hits)
{
    MW_AUTO(pip_hit) winner = {0};
    const char *dot = strchr(key, '.');
    if (dot == NULL)
        return;
    MW_FREE char *section = mw_xstrndup(key, (size_t)(dot - key));
    const char *const order[] = {pip_command_of(section), "global"};
    MW_AUTO(mw_held) held = {0};
    const struct pip_list *list = list_pip(sys, scope, overlay, &held);
    const struct pip_sources *sources = &list->sources;
    pip_find_winner(sys, sources, list->in_root, order[0], dot + 1, &winner);
    bool is_won = winner.is_set && winner.words.count > 0;
    if (is_won)
        add_pip_hit(tool, sources, key, &winner, hits);
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        MW_AUTO(pip_hit) next = {0};
        pip_find_key(sources, order[i], dot + 1, &next);
        bool is_same = is_won && next.is_set && winner.section != NULL &&
                       strcmp(winner.section, next.section) == 0 && winner.file == next.file;
        if (next.words.count > 0 && !is_same)
            add_pip_hit(tool, sources, key, &next, hits);
    }
}

/* ---- docker: daemon.json or a flag, never both ----------------------------------------------- */

void mw_docker_files(const struct mw_system *sys, enum mw_scope scope,
                     struct mw_locations *locations)
{
    add_scope(sys, mw_tool_find("docker"), scope, locations);
}

void mw_docker_resolve(const struct mw_system *sys, const struct mw_tool *tool, enum mw_scope scope,
                       const char *key, const struct mw_overlay *overlay, struct mw_hits *hits)
{
    MW_AUTO(mw_location) at = {0};
    if (mw_locate(sys, tool, scope, key, &at, NULL) != MW_OK)
        return;
    mw_hits_add_file(sys, tool, at.source, at.path, at.actor, overlay, key, hits);
    docker_add_flags(sys, tool, at.path, key, hits);
    docker_hear_elsewhere(sys, key, hits);
}
