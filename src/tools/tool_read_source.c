/* "sources" of a tool's file: where its values come from. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "tool_read.h"

enum {
    SCOPE,
    PATH,
    EXISTS,
    FORMAT,
    MOVED_BY,
    OFF,
    NEVER_MADE,
    UPWARD,
    FOR,
    KEYS,
    OWN,
    CONTENT,
    BLOCK,
    SHELL,
    ONLY_READ,
    ENVIRONMENT,
    ANY_CASE,
    HOOK,
    FIELDS
};

static bool is_variable(const char *text)
{
    return *text != '\0' && strpbrk(text, "= \t") == NULL;
}

#define SOURCE_FIELD(name, shape, field, ...)                                                      \
    {                                                                                              \
        name, shape, offsetof(struct mw_source, field), __VA_ARGS__                                \
    }
static const char variable_rule[] = N_("the name of a variable");
static const struct mw_json_field fields[FIELDS] = {
    [SCOPE] = {.name = "scope"},
    [PATH] = SOURCE_FIELD("path", MW_JSON_WORDS, paths, NULL, NULL, false),
    [EXISTS] = {.name = "exists"},
    [FORMAT] = {.name = "format"},
    [MOVED_BY] =
        SOURCE_FIELD("moved_by", MW_JSON_WORD, moved_by, is_variable, variable_rule, false),
    [OFF] = SOURCE_FIELD("off", MW_JSON_WORD, off, NULL, NULL, false),
    [NEVER_MADE] = SOURCE_FIELD("never_made", MW_JSON_WORD, never_made, NULL, NULL, false),
    [UPWARD] = SOURCE_FIELD("upward", MW_JSON_MARK, is_upward, NULL, NULL, false),
    [FOR] = SOURCE_FIELD("for", MW_JSON_WORD, program, NULL, NULL, false),
    [KEYS] = {.name = "keys"},
    [OWN] = SOURCE_FIELD("own", MW_JSON_MARK, is_own, NULL, NULL, false),
    [CONTENT] = SOURCE_FIELD("content", MW_JSON_WORDS, content, NULL, NULL, false),
    [BLOCK] = SOURCE_FIELD("block", MW_JSON_WORD, block, NULL, NULL, false),
    [SHELL] = {.name = "shell"},
    [ONLY_READ] = SOURCE_FIELD("only_read", MW_JSON_MARK, is_only_read, NULL, NULL, false),
    [ENVIRONMENT] =
        SOURCE_FIELD("environment", MW_JSON_WORD, environment, is_variable, variable_rule, false),
    [ANY_CASE] = SOURCE_FIELD("any_case", MW_JSON_MARK, any_case, NULL, NULL, false),
    [HOOK] = SOURCE_FIELD("hook", MW_JSON_WORD, hook, NULL, NULL, false),
};

static void source_release(struct mw_source *source)
{
    mw_json_fields_release(fields, FIELDS, source);
    mw_pairs_release(&source->keys);
    *source = (struct mw_source){0};
}

void tool_sources_release(struct mw_tool *tool)
{
    for (size_t i = 0; i < tool->source_count; i++)
        source_release(&tool->sources[i]);
    free(tool->sources);
    tool->sources = NULL;
    tool->source_count = 0;
}

/* ---- paths ----------------------------------------------------------------------------------- */

/* Where programs keep their configuration (hier(7), file-hierarchy(7), snap, Homebrew, pkgsrc). */
static const char *const system_places[] = {
    "/etc/",     "/usr/local/", "/usr/share/",    "/usr/lib/",    "/usr/etc/",
    "/usr/pkg/", "/opt/",       "/var/lib/",      "/var/snap/",   "/var/db/",
    "/Library/", "{prefix}/",   "{real_prefix}/", "/private/etc/"};

static bool is_variable_path(const char *path, enum mw_scope scope);

static bool is_place(const char *path, enum mw_scope scope)
{
    if (mw_tools_matches("(^|/)\\.\\.(/|$)", path))
        return false;
    if (mw_text_starts(path, "~/"))
        return path[2] != '\0';
    if (mw_text_starts(path, "./"))
        return scope == MW_SCOPE_PROJECT && path[2] != '\0';
    if (mw_text_starts(path, "${"))
        return is_variable_path(path, scope);
    for (size_t i = 0; i < sizeof system_places / sizeof *system_places; i++) {
        size_t len = strlen(system_places[i]);
        if (mw_text_starts(path, system_places[i]) && path[len] != '\0')
            return true;
    }
    return false;
}

static bool is_variable_path(const char *path, enum mw_scope scope)
{
    struct mw_path_variable found;
    if (!mw_path_variable_parse(path, &found))
        return false;
    if (found.fallback_len == 0)
        return true;
    MW_FREE char *whole =
        mw_xasprintf("%.*s%s", (int)found.fallback_len, found.fallback, found.rest);
    return is_place(whole, scope);
}

static enum mw_code check_paths(const struct mw_json_tree *tree, struct mw_json_node node,
                                const struct mw_source *source)
{
    for (size_t i = 0; !tree->is_built_in && i < source->paths.count; i++) {
        const char *path = source->paths.items[i];
        if (is_place(path, source->scope))
            continue;
        MW_FREE char *shown = mw_text_safe(path, strlen(path), 80, false);
        mw_json_tree_refuse(tree, node.span.begin,
                            _("~/..., ${VAR:-DEFAULT}/..., {prefix}/..., a file below /etc, "
                              "/usr/local, /opt, /var/lib and the like, or ./... of a project"),
                            _("the path '%s'"), shown);
        return MW_BAD_PROFILE;
    }
    return MW_OK;
}

/* ---- one source ------------------------------------------------------------------------------ */

static enum mw_code read_format(const struct mw_json_tree *tree, struct mw_json_node node,
                                struct mw_source *source)
{
    const char *names[32] = {NULL};
    size_t index = SIZE_MAX;
    for (size_t i = 0; mw_editors[i] != NULL && i + 1 < sizeof names / sizeof *names; i++)
        names[i] = mw_editors[i]->name;
    enum mw_code code = tool_read_word(tree, node, "format", names, &index);
    if (code == MW_OK && index != SIZE_MAX)
        source->editor = mw_editors[index];
    return code;
}

/* Which fields go together. */
static enum mw_code check_shape(const struct mw_json_tree *tree, struct mw_json_node object,
                                const struct mw_json_node *found, const struct mw_source *source)
{
    const char *fault = NULL;
    size_t kinds = (size_t)(found[PATH].is_there) + (size_t)(found[ENVIRONMENT].is_there) +
                   (size_t)(found[HOOK].is_there) + (size_t)(source->kind == MW_SOURCE_SHELL);
    bool is_file = source->kind == MW_SOURCE_FILE;
    bool has_content = source->content.count > 0;
    if (kinds != 1)
        fault = _("a source has either \"path\", \"environment\", \"shell\" or \"hook\"");
    else if (is_file && (source->editor != NULL) == has_content)
        fault = _("a file has either \"format\" or \"content\"");
    else if (is_file && has_content && source->is_own == (source->block != NULL))
        fault = _("\"content\" goes with either \"own\": true or \"block\"");
    else if (is_file && !has_content && (source->is_own || source->block != NULL))
        fault = _("\"own\" and \"block\" go with \"content\"");
    else if ((is_file || source->kind == MW_SOURCE_SHELL) && !found[SCOPE].is_there)
        fault = _("a file has a \"scope\"");
    else if (source->is_upward && source->scope != MW_SCOPE_PROJECT)
        fault = _("\"upward\" goes with the scope \"project\"");
    return fault == NULL ? MW_OK : mw_json_tree_refuse(tree, object.span.begin, NULL, "%s", fault);
}

static enum mw_code read_source(const struct mw_json_tree *tree, struct mw_json_node object,
                                struct mw_source *source)
{
    static const char *const scopes[] = {"user", "system", "project", NULL};
    static const char *const exists[] = {"file", "folder", NULL};
    struct mw_json_node found[FIELDS];
    size_t scope = MW_SCOPE_USER, tests = 0;
    bool is_shell = false;
    enum mw_code code =
        mw_json_tree_read(tree, object, _("a source"), fields, FIELDS, found, source);
    if (code == MW_OK)
        code = tool_read_word(tree, found[SCOPE], "scope", scopes, &scope);
    if (code == MW_OK)
        code = tool_read_word(tree, found[EXISTS], "exists", exists, &tests);
    if (code == MW_OK)
        code = read_format(tree, found[FORMAT], source);
    if (code == MW_OK)
        code = tool_read_pairs(tree, found[KEYS], "keys", &source->keys);
    if (code == MW_OK)
        code = mw_json_tree_bool(tree, found[SHELL], "shell", &is_shell);
    if (code != MW_OK)
        return code;
    source->scope = (enum mw_scope)scope;
    source->tests_folder = tests == 1;
    source->kind = source->environment != NULL ? MW_SOURCE_ENVIRONMENT
                   : source->hook != NULL      ? MW_SOURCE_HOOK
                   : is_shell                  ? MW_SOURCE_SHELL
                                               : MW_SOURCE_FILE;
    code = check_shape(tree, object, found, source);
    return code == MW_OK ? check_paths(tree, found[PATH], source) : code;
}

enum mw_code tool_read_sources(const struct mw_json_tree *tree, struct mw_json_node node,
                               struct mw_tool *tool)
{
    MW_FREE struct mw_json_node *items = NULL;
    size_t count = 0;
    if (!node.is_there)
        return MW_OK;
    enum mw_code code = mw_json_tree_elements(tree, node, "sources", &items, &count);
    if (code == MW_OK)
        tool_sources_release(tool);
    for (size_t i = 0; i < count && code == MW_OK; i++)
        code = read_source(tree, items[i], MW_PUSH(tool->sources, tool->source_count));
    return code;
}
