/* What a tool uses when it is started from here, over all of its files and the environment. The
 * shadows of a setting say whether one file is heard; this says who is. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "pip_files.h"

void mw_effective_release(struct mw_effective *effective)
{
    mw_value_release(&effective->value);
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

static void add_location(struct mw_locations *locations, const char *path, struct mw_actor actor)
{
    *MW_PUSH(locations->items, locations->count) =
        (struct mw_location){.path = mw_xstrdup(path), .actor = actor};
}

/* Adds the file of that scope if it is there. */
static void add_scope(const struct mw_system *sys, const struct mw_tool *tool, enum mw_scope scope,
                      struct mw_locations *locations)
{
    struct mw_location location = {0};
    if (tool->locate(sys, scope, &location, NULL) != MW_OK)
        return;
    if (mw_path_exists(sys, location.path))
        add_location(locations, location.path, location.actor);
    mw_location_release(&location);
}

static void take_file_value(const struct mw_editor *editor, const char *path,
                            const struct mw_buf *text, const char *key, struct mw_value *value,
                            struct mw_effective *effective)
{
    mw_effective_release(effective);
    effective->by = mw_tools_place(editor, path, text, key);
    effective->path = mw_xstrdup(path);
    effective->value = *value;
    *value = (struct mw_value){0};
}

static void take_variable(const char *name, size_t len, struct mw_effective *effective)
{
    effective->variable = mw_xstrndup(name, len);
    effective->by = mw_xasprintf(_("environment variable %s"), effective->variable);
}

/* ---- go: environment, env file, go.env (cfg.go Getenv) ----------------------------------------
 */

void mw_go_files(const struct mw_system *sys, enum mw_scope scope, struct mw_locations *locations)
{
    const struct mw_tool *go = mw_tool_find("go");
    add_scope(sys, go, MW_SCOPE_SYSTEM, locations);
    if (scope == MW_SCOPE_USER && !mw_go_ignores_file(sys))
        add_scope(sys, go, MW_SCOPE_USER, locations);
}

void mw_go_effective(const struct mw_system *sys, enum mw_scope scope, const char *key,
                     struct mw_effective *effective)
{
    struct mw_locations files = {0};
    mw_go_files(sys, scope, &files);
    for (size_t i = 0; i < files.count; i++) {
        struct mw_buf text = {0};
        struct mw_value value = {0};
        if (mw_tools_read(sys, files.items[i].path, files.items[i].actor, &text))
            mw_tools_get(&mw_editor_env, &text, key, &value);
        if (value.kind != MW_VALUE_ABSENT)
            take_file_value(&mw_editor_env, files.items[i].path, &text, key, &value, effective);
        mw_value_release(&value);
        mw_buf_release(&text);
    }
    mw_locations_release(&files);

    const char *named = mw_system_getenv(sys, key);
    if (named != NULL && named[0] != '\0') {
        mw_effective_release(effective);
        take_variable(key, strlen(key), effective);
        mw_value_set_string(&effective->value, named);
    }
}

/* ---- pip: by the rules of pip_files.c -----------------------------------------------------------
 */

/* Every file, none of them replaced by what it is about to hold. */
static void list_pip(const struct mw_system *sys, enum mw_scope scope, struct pip_sources *sources,
                     bool *in_root)
{
    struct mw_location location = {0};
    struct mw_buf text = {0};
    *in_root = false;
    if (mw_pip_locate(sys, scope, &location, NULL) == MW_OK) {
        *in_root = mw_tools_in_root(sys, &location);
        /* Listed with its own text: a path that is not there must not become a source. */
        if (!mw_tools_read(sys, location.path, location.actor, &text)) {
            free(location.path);
            location.path = mw_xasprintf("%s/-", *in_root ? sys->root : "");
        }
    } else {
        location.path = mw_xstrdup("/-");
    }
    if (*in_root || !pip_reads_nothing(sys))
        pip_sources_list(sys, &location, &text, sources);
    mw_buf_release(&text);
    mw_location_release(&location);
}

void mw_pip_files(const struct mw_system *sys, enum mw_scope scope, struct mw_locations *locations)
{
    struct pip_sources sources = {0};
    bool in_root = false;
    list_pip(sys, scope, &sources, &in_root);
    for (size_t i = 0; i < sources.count; i++) {
        const char *path = sources.items[i].path;
        size_t home = sys->home != NULL ? strlen(sys->home) : 0;
        bool is_users = home > 0 && strncmp(path, sys->home, home) == 0 && path[home] == '/';
        add_location(locations, path, is_users ? sys->user : (struct mw_actor){0});
    }
    pip_sources_release(&sources);
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
    char *text = mw_strings_join(words, " ");
    mw_value_set_string(value, text);
    free(text);
}

void mw_pip_effective(const struct mw_system *sys, enum mw_scope scope, const char *key,
                      struct mw_effective *effective)
{
    struct pip_sources sources = {0};
    struct pip_hit winner = {0};
    bool in_root = false;
    const char *dot = strchr(key, '.');
    if (dot == NULL)
        return;
    char *section = mw_xstrndup(key, (size_t)(dot - key));
    list_pip(sys, scope, &sources, &in_root);
    pip_find_winner(sys, &sources, in_root, pip_command_of(section), dot + 1, &winner);
    if (winner.by != NULL && winner.words.count > 0) {
        take_words(mw_tool_key(mw_tool_find("pip"), key), &winner.words, &effective->value);
        if (winner.section != NULL && winner.file < sources.count) {
            effective->path = mw_xstrdup(sources.items[winner.file].path);
        } else {
            const char *name = strrchr(winner.by, ' ');
            name = name != NULL ? name + 1 : winner.by;
            effective->variable = mw_xstrdup(name);
        }
        effective->by = winner.by;
        winner.by = NULL;
    }
    pip_hit_release(&winner);
    pip_sources_release(&sources);
    free(section);
}

/* ---- docker: daemon.json or a flag, never both --------------------------------------------------
 */

void mw_docker_files(const struct mw_system *sys, enum mw_scope scope,
                     struct mw_locations *locations)
{
    add_scope(sys, mw_tool_find("docker"), scope, locations);
}

void mw_docker_effective(const struct mw_system *sys, enum mw_scope scope, const char *key,
                         struct mw_effective *effective)
{
    struct mw_location location = {0};
    struct mw_buf text = {0};
    struct mw_value value = {0};
    struct mw_shadows flags = {0};
    if (mw_docker_locate(sys, scope, &location, NULL) != MW_OK)
        return;
    if (mw_tools_read(sys, location.path, location.actor, &text))
        mw_tools_get(&mw_editor_json, &text, key, &value);
    if (value.kind != MW_VALUE_ABSENT) {
        take_file_value(&mw_editor_json, location.path, &text, key, &value, effective);
    } else {
        struct mw_tool_setting setting = {.key = key, .value = &value};
        mw_docker_shadows(sys, &location, &text, &setting, &flags);
        if (flags.count > 0) {
            effective->by = mw_xstrdup(flags.items[0].by);
            effective->value.kind = MW_VALUE_LIST;
            mw_strings_split(&effective->value.items, flags.items[0].value, ",");
        }
    }
    mw_shadows_release(&flags);
    mw_value_release(&value);
    mw_buf_release(&text);
    mw_location_release(&location);
}
