/* Where the files of a source are on this machine. */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

bool mw_path_variable_parse(const char *path, struct mw_path_variable *found)
{
    static const char name_chars[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
    const char *name = path + strlen("${");
    size_t name_len = strspn(name, name_chars);
    const char *below = name + name_len;
    const char *separator = strstr(below, ":-");
    size_t depth = 1;
    if (name_len == 0 || separator == NULL || (separator != below && *below != '/') ||
        memchr(below, '}', (size_t)(separator - below)) != NULL)
        return false;
    const char *end = separator + strlen(":-");
    *found = (struct mw_path_variable){.name = name,
                                       .name_len = name_len,
                                       .below = below,
                                       .below_len = (size_t)(separator - below),
                                       .fallback = end};
    for (; *end != '\0'; end++) {
        depth += *end == '{';
        depth -= *end == '}';
        if (depth == 0)
            break;
    }
    found->fallback_len = (size_t)(end - found->fallback);
    found->rest = *end == '}' ? end + 1 : end;
    return *end == '}';
}

static char *expand_variable(const struct mw_system *sys, const struct mw_tool *tool,
                             enum mw_scope scope, const char *path)
{
    struct mw_path_variable found;
    if (!mw_path_variable_parse(path, &found))
        return NULL;
    MW_FREE char *variable = mw_xstrndup(found.name, found.name_len);
    /* The environment of this run says nothing about an image. */
    bool is_image = sys->root[0] != '\0' && scope == MW_SCOPE_SYSTEM;
    const char *value = is_image ? NULL : mw_system_user_env(sys, variable);
    char *whole = NULL;
    if (value != NULL && value[0] == '/') {
        whole = mw_xasprintf("%s%.*s%s", value, (int)found.below_len, found.below, found.rest);
    } else if (found.fallback_len > 0) {
        char *fallback =
            mw_xasprintf("%.*s%s", (int)found.fallback_len, found.fallback, found.rest);
        whole = mw_tools_expand_path(sys, tool, scope, fallback);
        free(fallback);
    }
    return whole;
}

char *mw_tools_expand_path(const struct mw_system *sys, const struct mw_tool *tool,
                           enum mw_scope scope, const char *path)
{
    static const char prefix_word[] = "{prefix}", real_word[] = "{real_prefix}";
    if (mw_text_starts(path, "~/"))
        return sys->home == NULL ? NULL : mw_xasprintf("%s%s", sys->home, path + 1);
    if (mw_text_starts(path, "./"))
        return mw_xasprintf("%s%s", strcmp(sys->cwd, "/") == 0 ? "" : sys->cwd, path + 1);
    if (mw_text_starts(path, "${"))
        return expand_variable(sys, tool, scope, path);
    bool is_real = mw_text_starts(path, real_word);
    if (!is_real && !mw_text_starts(path, prefix_word))
        return mw_system_path(sys, path);
    MW_FREE char *prefix = mw_tools_prefix(sys, tool, is_real);
    return prefix == NULL ? NULL : mw_xasprintf("%s%s", prefix, strchr(path, '}') + 1);
}

static bool is_there(const struct mw_system *sys, const struct mw_source *source, const char *path)
{
    if (!source->tests_folder)
        return mw_path_exists(sys, path);
    MW_FREE char *directory = mw_text_directory(path);
    return mw_path_exists(sys, directory);
}

/* npm takes its variables in any case. */
static const char *moved_to(const struct mw_system *sys, const struct mw_tool *tool,
                            const char *variable)
{
    const char *moved = mw_system_user_env(sys, variable);
    bool any_case = false;
    for (size_t i = 0; i < tool->source_count; i++)
        any_case = any_case || tool->sources[i].any_case;
    if (moved != NULL || !any_case)
        return moved;
    MW_FREE char *lower = mw_xstrdup(variable);
    for (char *c = lower; *c != '\0'; c++)
        *c = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
    return mw_system_user_env(sys, lower);
}

/* Owned: the file that the variable of "named_by" names, if it is there. */
static char *find_named(const struct mw_system *sys, const struct mw_source *source)
{
    const char *named = mw_system_user_env(sys, source->named_by);
    char *path = named == NULL ? NULL : mw_tools_absolute(sys, named);
    if (path != NULL && (strcmp(named, MW_DEV_NULL) == 0 || !mw_path_exists(sys, path))) {
        free(path);
        path = NULL;
    }
    return path;
}

/* What the variable of another source says if that keeps the tool from reading this one. */
static const char *hidden_by_named(const struct mw_system *sys, const struct mw_tool *tool,
                                   const struct mw_source *source, const char **variable)
{
    bool is_image = sys->root[0] != '\0' && source->scope == MW_SCOPE_SYSTEM;
    for (size_t i = 0; !is_image && i < tool->source_count; i++) {
        const struct mw_source *other = &tool->sources[i];
        *variable = other->named_by;
        const char *named = *variable != NULL ? mw_system_user_env(sys, *variable) : NULL;
        if (named == NULL)
            continue;
        MW_FREE char *path =
            other->scope == source->scope ? mw_source_path(sys, tool, other) : NULL;
        if (strcmp(named, MW_DEV_NULL) == 0 || (path != NULL && other != source))
            return named;
    }
    return NULL;
}

const char *mw_source_hidden_by(const struct mw_system *sys, const struct mw_tool *tool,
                                const struct mw_source *source, const char **variable)
{
    const char *name = NULL, *named = hidden_by_named(sys, tool, source, &name);
    if (variable != NULL)
        *variable = named != NULL ? name : source->moved_by;
    if (named != NULL)
        return named;
    const char *moved = source->moved_by != NULL ? moved_to(sys, tool, source->moved_by) : NULL;
    bool is_hidden = moved != NULL && (strcmp(moved, MW_DEV_NULL) == 0 ||
                                       (source->off != NULL && strcmp(moved, source->off) == 0));
    return is_hidden ? moved : NULL;
}

static char *find_path(const struct mw_system *sys, const struct mw_tool *tool,
                       const struct mw_source *source)
{
    const char *moved =
        source->moved_by != NULL && mw_source_hidden_by(sys, tool, source, NULL) == NULL
            ? moved_to(sys, tool, source->moved_by)
            : NULL;
    char *path = NULL;
    if (source->kind == MW_SOURCE_SHELL)
        return mw_shell_path(sys, source);
    if (source->named_by != NULL)
        return find_named(sys, source);
    if (moved != NULL)
        return mw_tools_absolute(sys, moved);
    for (size_t i = 0; i < source->paths.count; i++) {
        char *next = mw_tools_expand_path(sys, tool, source->scope, source->paths.items[i]);
        if (next == NULL)
            continue;
        free(path);
        path = next;
        if (is_there(sys, source, path))
            break;
    }
    /* What came with the tool may lie elsewhere; it is one file by either name. */
    char *real = source->never_made != NULL && path != NULL ? mw_path_resolve(sys, path) : NULL;
    if (real != NULL) {
        free(path);
        path = real;
    }
    return path;
}

/* Whose path is looked for. */
struct asked {
    const struct mw_tool *tool;
    const struct mw_source *source;
};

/* Owned: "" for none, so that this is kept, too. */
static void *find_asked(const struct mw_system *sys, const void *of)
{
    const struct asked *asked = of;
    char *path = find_path(sys, asked->tool, asked->source);
    return path != NULL ? path : mw_xstrdup("");
}

char *mw_source_path(const struct mw_system *sys, const struct mw_tool *tool,
                     const struct mw_source *source)
{
    MW_AUTO(mw_held) held = {0};
    const struct asked asked = {tool, source};
    MW_FREE char *name = mw_xasprintf("path %s %p", tool->id, (const void *)source);
    const char *path = mw_memo_hold(sys, name, find_asked, &asked, free, &held);
    return path[0] != '\0' ? mw_xstrdup(path) : NULL;
}

/* Every folder from the root down to the working directory, so that the nearest is the strongest.
 * What is also the user's own file is no project's. */
static void add_upward(const struct mw_system *sys, const char *name, struct mw_strings *paths)
{
    size_t home = sys->home != NULL ? strlen(sys->home) : 0;
    for (const char *slash = sys->cwd; slash != NULL; slash = strchr(slash + 1, '/')) {
        size_t len = slash == sys->cwd ? 0 : (size_t)(slash - sys->cwd);
        bool is_home = home > 0 && len == home && strncmp(sys->cwd, sys->home, len) == 0;
        if (!is_home)
            mw_strings_take(paths, mw_xasprintf("%.*s/%s", (int)len, sys->cwd, name));
        if (slash[1] == '\0')
            return;
    }
    mw_strings_take(paths, mw_xasprintf("%s/%s", sys->cwd, name));
}

enum { MAX_INCLUDED = 20 };

/* A file of a source. */
struct including {
    struct asked asked;
    const char *path;
    struct mw_strings *seen;
    char **twice; /* owned: the first that is seen again; may be NULL */
};

/* Owned: the files that it includes, one a line. A path begins at its folder. */
static void *find_included(const struct mw_system *sys, const void *of)
{
    const struct including *file = of;
    const struct mw_source *source = file->asked.source;
    MW_AUTO(mw_buf) text = {0}, all = {0};
    MW_AUTO(mw_value) value = {0};
    MW_FREE char *folder = mw_text_directory(file->path);
    bool is_read =
        mw_tools_read(sys, file->path, mw_source_actor(sys, source, file->path), &text) &&
        mw_source_check(source, file->path, mw_buf_text(&text), text.len, NULL) == MW_OK &&
        mw_source_get(source, file->asked.tool, mw_buf_text(&text), text.len, source->includes,
                      &value, NULL) == MW_OK;
    for (size_t i = 0; is_read && value.kind == MW_VALUE_LIST && i < value.items.count; i++) {
        const char *item = value.items.items[i];
        MW_FREE char *path =
            item[0] == '/' ? mw_system_path(sys, item) : mw_xasprintf("%s/%s", folder, item);
        mw_buf_printf(&all, "%s\n", path);
    }
    return mw_xstrdup(mw_buf_text(&all));
}

/* The files that it includes go before it, as they are weaker. */
static void add_included_file(const struct mw_system *sys, const struct including *file,
                              struct mw_strings *paths)
{
    const struct mw_tool *tool = file->asked.tool;
    const char *key = file->asked.source->includes;
    MW_AUTO(mw_held) held = {0};
    MW_AUTO(mw_strings) included = {0};
    if (key != NULL && file->seen->count < MAX_INCLUDED) {
        MW_FREE char *name = mw_xasprintf("included %s %s", tool->id, file->path);
        mw_strings_split(&included, mw_memo_hold(sys, name, find_included, file, free, &held),
                         "\n");
    }
    MW_FREE char *real = key != NULL ? mw_path_resolve(sys, file->path) : NULL;
    mw_strings_add(file->seen, real != NULL ? real : file->path);
    if (included.count > 0 && !mw_tool_knows(sys, tool, mw_tool_key(tool, key)))
        mw_strings_release(&included);
    for (size_t i = 0; i < included.count; i++) {
        const struct including next = {file->asked, included.items[i], file->seen, file->twice};
        MW_FREE char *there = mw_path_resolve(sys, next.path);
        if (!mw_strings_has(file->seen, there != NULL ? there : next.path))
            add_included_file(sys, &next, paths);
        else if (file->twice != NULL && *file->twice == NULL)
            *file->twice = mw_xstrdup(next.path);
    }
    mw_strings_add(paths, file->path);
}

char *mw_source_included_twice(const struct mw_system *sys, const struct mw_tool *tool,
                               const struct mw_source *source, const char *path)
{
    MW_AUTO(mw_strings) seen = {0}, paths = {0};
    char *twice = NULL;
    const struct including file = {{tool, source}, path, &seen, &twice};
    add_included_file(sys, &file, &paths);
    return twice;
}

/* One file in each folder that the variable of the path lists; false if it lists none. */
static bool add_listed(const struct mw_system *sys, const struct mw_source *source,
                       struct mw_strings *paths)
{
    struct mw_path_variable found;
    bool is_image = sys->root[0] != '\0' && source->scope == MW_SCOPE_SYSTEM;
    if (is_image || source->paths.count == 0 ||
        !mw_path_variable_parse(source->paths.items[0], &found))
        return false;
    MW_AUTO(mw_strings) folders = {0};
    MW_FREE char *variable = mw_xstrndup(found.name, found.name_len);
    const char *list = mw_system_user_env(sys, variable);
    size_t before = paths->count;
    mw_strings_split(&folders, list != NULL ? list : "", ":");
    for (size_t i = 0; i < folders.count; i++) {
        if (folders.items[i][0] == '/')
            mw_strings_take(paths, mw_xasprintf("%s%.*s%s", folders.items[i], (int)found.below_len,
                                                found.below, found.rest));
    }
    return paths->count > before;
}

void mw_source_paths(const struct mw_system *sys, const struct mw_tool *tool,
                     const struct mw_source *source, struct mw_strings *paths)
{
    MW_AUTO(mw_strings) files = {0}, seen = {0};
    for (size_t i = 0; source->is_upward && i < source->paths.count; i++)
        add_upward(sys, source->paths.items[i] + strlen("./"), &files);
    bool is_found = source->is_upward || (source->is_listed && add_listed(sys, source, &files));
    char *path = is_found ? NULL : mw_source_path(sys, tool, source);
    if (path != NULL)
        mw_strings_take(&files, path);
    for (size_t i = 0; i < files.count; i++) {
        const struct including file = {{tool, source}, files.items[i], &seen, NULL};
        add_included_file(sys, &file, paths);
    }
}

struct mw_actor mw_source_actor(const struct mw_system *sys, const struct mw_source *source,
                                const char *path)
{
    size_t home = sys->home != NULL ? strlen(sys->home) : 0;
    bool is_users = home > 0 && strncmp(path, sys->home, home) == 0 && path[home] == '/';
    struct mw_actor actor = {0};
    if (source->scope != MW_SCOPE_SYSTEM || is_users)
        actor = sys->user;
    return actor;
}

static bool is_written_at(const struct mw_source *source, enum mw_scope scope)
{
    bool is_file = source->kind == MW_SOURCE_FILE || source->kind == MW_SOURCE_SHELL;
    return is_file && source->scope == scope && !source->is_only_read && source->program == NULL;
}

const struct mw_source *mw_tool_target(const struct mw_system *sys, const struct mw_tool *tool,
                                       enum mw_scope scope, const char *key)
{
    const struct mw_tool_key *row = key != NULL ? mw_tool_key(tool, key) : NULL;
    bool has_any = scope != MW_SCOPE_USER;
    for (size_t i = tool->source_count; i > 0; i--) {
        const struct mw_source *source = &tool->sources[i - 1];
        has_any = has_any || is_written_at(source, scope);
        if (!is_written_at(source, scope) || (row != NULL && !mw_source_holds(source, row, NULL)))
            continue;
        MW_FREE char *named = source->named_by != NULL ? mw_source_path(sys, tool, source) : NULL;
        if (source->named_by == NULL || named != NULL)
            return source;
    }
    return has_any ? NULL : mw_tool_target(sys, tool, MW_SCOPE_SYSTEM, key);
}

/* Does one of the source's patterns of glob(7) match it? */
static bool is_named(const struct mw_system *sys, const struct mw_tool *tool,
                     const struct mw_source *source, const char *path)
{
    bool is = false;
    for (size_t i = 0; !is && i < source->paths.count; i++) {
        MW_FREE char *pattern =
            mw_tools_expand_path(sys, tool, source->scope, source->paths.items[i]);
        is = pattern != NULL && fnmatch(pattern, path, FNM_PATHNAME) == 0;
    }
    return is;
}

const struct mw_source *mw_tool_source_at(const struct mw_system *sys, const struct mw_tool *tool,
                                          const char *path)
{
    const struct mw_source *fallback = NULL;
    for (size_t i = tool->source_count; i > 0; i--) {
        const struct mw_source *source = &tool->sources[i - 1];
        if (source->kind == MW_SOURCE_HOOK && is_named(sys, tool, source, path))
            return source;
        if (source->kind != MW_SOURCE_FILE)
            continue;
        MW_FREE char *own = mw_source_path(sys, tool, source);
        bool is_same = own != NULL && strcmp(own, path) == 0;
        if (is_same)
            return source;
        if (fallback == NULL && source->scope != MW_SCOPE_PROJECT && !source->is_only_read &&
            source->named_by == NULL)
            fallback = source;
    }
    const struct mw_source *shell = mw_shell_source_at(tool, path);
    return shell != NULL ? shell : fallback;
}

/* ---- the file of a scope --------------------------------------------------------------------- */

static enum mw_code locate_by_data(const struct mw_system *sys, const struct mw_tool *tool,
                                   enum mw_scope scope, const char *key,
                                   struct mw_location *location, struct mw_error *err)
{
    const struct mw_source *source = mw_tool_target(sys, tool, scope, key);
    if (source == NULL) {
        mw_fail(err, MW_USAGE, 0, "locate", _("%s has no file in this scope"), mw_tool_title(tool));
        mw_error_hint(err, _("It has one with --scope %s."),
                      scope == MW_SCOPE_SYSTEM ? "user" : "system");
        return MW_USAGE;
    }
    char *path = mw_source_path(sys, tool, source);
    if (source->never_made != NULL && (path == NULL || !mw_path_exists(sys, path))) {
        const char *program = tool->programs.items[0];
        mw_fail(err, MW_USAGE, 0, "locate",
                _("%s has no file for the whole system here: there is no %s"), program,
                path != NULL ? path : program);
        if (path != NULL)
            mw_error_hint(err, "%s", _(source->never_made));
        free(path);
        return MW_USAGE;
    }
    if (path == NULL && sys->home == NULL && scope == MW_SCOPE_USER) {
        mw_fail(err, MW_USAGE, 0, "locate",
                sys->under_sudo
                    ? _("cannot tell where the file of %s is: this machine knows no user "
                        "with the number in SUDO_UID")
                    : _("cannot tell where the file of %s is: HOME is not set to a full path"),
                mw_tool_title(tool));
        if (sys->under_sudo)
            mw_error_hint(err, "%s", _("Without SUDO_UID root's own files are meant."));
        else if (source->moved_by != NULL)
            mw_error_hint(err, _("Set HOME, or name the file with %s."), source->moved_by);
        else if (mw_tool_target(sys, tool, MW_SCOPE_SYSTEM, key) != NULL)
            mw_error_hint(err, "%s", _("Set HOME, or use --scope system."));
        return MW_USAGE;
    }
    if (path == NULL)
        return mw_fail(err, MW_USAGE, 0, "locate",
                       _("cannot tell where the file of %s is: it is not installed"),
                       mw_tool_title(tool));
    location->path = path;
    location->actor = mw_source_actor(sys, source, path);
    location->source = source;
    return MW_OK;
}

enum mw_code mw_locate(const struct mw_system *sys, const struct mw_tool *tool, enum mw_scope scope,
                       const char *key, struct mw_location *location, struct mw_error *err)
{
    if (tool->code == NULL || tool->code->locate == NULL)
        return locate_by_data(sys, tool, scope, key, location, err);
    enum mw_code code = tool->code->locate(sys, scope, location, err);
    if (code == MW_OK)
        location->source = mw_tool_target(sys, tool, scope, key);
    return code;
}
