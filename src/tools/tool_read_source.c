/* "sources" of a tool's file: where its values come from. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "tool_read.h"

static bool is_variable(const char *text)
{
    return *text != '\0' && strpbrk(text, "= \t") == NULL;
}

static bool is_template(const char *text)
{
    MW_FREE char *other = tool_read_other_hole(text, "{key}{KEY}{LAST}");
    return other == NULL && is_variable(text);
}

static bool is_comment(const char *text)
{
    return *text != '\0';
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

enum mw_code tool_check_path(const struct mw_json_tree *tree, struct mw_json_node node,
                             enum mw_scope scope, const char *path)
{
    if (tree->is_built_in || is_place(path, scope))
        return MW_OK;
    MW_FREE char *shown = mw_text_safe(path, strlen(path), 80, false);
    return mw_json_tree_refuse(tree, node.span.begin,
                               _("~/..., ${VAR:-DEFAULT}/..., {prefix}/..., a file below /etc, "
                                 "/usr/local, /opt, /var/lib and the like, or ./... of a project"),
                               _("the path '%s'"), shown);
}

static enum mw_code check_paths(const struct mw_json_tree *tree, struct mw_json_node node,
                                const struct mw_source *source)
{
    enum mw_code code = MW_OK;
    for (size_t i = 0; code == MW_OK && i < source->paths.count; i++)
        code = tool_check_path(tree, node, source->scope, source->paths.items[i]);
    return code;
}

/* ---- one source ------------------------------------------------------------------------------ */

static enum mw_code read_format(const struct mw_json_tree *tree, struct mw_json_node node, void *at)
{
    const char *names[32] = {NULL};
    unsigned index = 0;
    for (size_t i = 0; mw_editors[i] != NULL && i + 1 < sizeof names / sizeof *names; i++)
        names[i] = mw_editors[i]->name;
    enum mw_code code = mw_json_tree_choice(tree, node, "format", names, &index);
    if (code == MW_OK)
        *(const struct mw_editor **)at = mw_editors[index];
    return code;
}

static enum mw_code read_exists(const struct mw_json_tree *tree, struct mw_json_node node, void *at)
{
    static const char *const words[] = {"file", "folder", NULL};
    unsigned word = 0;
    enum mw_code code = mw_json_tree_choice(tree, node, "exists", words, &word);
    *(bool *)at = word == 1;
    return code;
}

#define OF_SOURCE(field) .offset = offsetof(struct mw_source, field)
enum { SCOPE, PATH, FIELDS = 21 };
static const char variable_rule[] = N_("the name of a variable");
static const char *const scope_words[] = {
    [MW_SCOPE_USER] = "user", [MW_SCOPE_SYSTEM] = "system", [MW_SCOPE_PROJECT] = "project", NULL};
static const struct mw_json_field fields[FIELDS] = {
    [SCOPE] = {"scope", MW_JSON_CHOICE, OF_SOURCE(scope), .words = scope_words},
    [PATH] = {"path", MW_JSON_WORDS, OF_SOURCE(paths)},
    {"exists", MW_JSON_OWN, OF_SOURCE(tests_folder), .take = read_exists},
    {"format", MW_JSON_OWN, OF_SOURCE(editor), .take = read_format},
    {"moved_by", MW_JSON_WORD, OF_SOURCE(moved_by), false, is_variable, variable_rule},
    {"off", MW_JSON_WORD, OF_SOURCE(off)},
    {"named_by", MW_JSON_WORD, OF_SOURCE(named_by), false, is_variable, variable_rule},
    {"listed", MW_JSON_MARK, OF_SOURCE(is_listed)},
    {"never_made", MW_JSON_WORD, OF_SOURCE(never_made)},
    {"upward", MW_JSON_MARK, OF_SOURCE(is_upward)},
    {"includes", MW_JSON_WORD, OF_SOURCE(includes)},
    {"for", MW_JSON_WORD, OF_SOURCE(program)},
    {"keys", MW_JSON_PAIRS, OF_SOURCE(keys)},
    {"own", MW_JSON_MARK, OF_SOURCE(is_own)},
    {"content", MW_JSON_WORDS, OF_SOURCE(content)},
    {"block", MW_JSON_WORD, OF_SOURCE(block), false, is_comment, N_("what begins a comment, as #")},
    {"shell", MW_JSON_MARK, OF_SOURCE(is_shell)},
    {"only_read", MW_JSON_MARK, OF_SOURCE(is_only_read)},
    {"environment", MW_JSON_WORD, OF_SOURCE(environment), false, is_template,
     N_("the name of a variable, with {key}, {KEY} or {LAST} in it")},
    {"any_case", MW_JSON_MARK, OF_SOURCE(any_case)},
    {"hook", MW_JSON_WORD, OF_SOURCE(hook)},
};

void tool_sources_release(struct mw_tool *tool)
{
    for (size_t i = 0; i < tool->source_count; i++)
        mw_json_fields_release(fields, FIELDS, &tool->sources[i]);
    free(tool->sources);
    tool->sources = NULL;
    tool->source_count = 0;
}

/* Which fields go together. */
static enum mw_code check_shape(const struct mw_json_tree *tree, struct mw_json_node object,
                                const struct mw_json_node *found, const struct mw_source *source)
{
    const char *fault = NULL;
    size_t kinds = (size_t)(source->paths.count > 0 && source->hook == NULL) +
                   (size_t)(source->environment != NULL) + (size_t)(source->hook != NULL) +
                   (size_t)(source->named_by != NULL) + (size_t)(source->kind == MW_SOURCE_SHELL);
    bool is_file = source->kind == MW_SOURCE_FILE;
    bool has_content = source->content.count > 0;
    if (kinds != 1)
        fault =
            _("a source has either \"path\", \"named_by\", \"environment\", \"shell\" or \"hook\"");
    else if (is_file && (source->editor != NULL) == has_content)
        fault = _("a file has either \"format\" or \"content\"");
    else if (is_file && has_content && source->is_own == (source->block != NULL))
        fault = _("\"content\" goes with either \"own\": true or \"block\"");
    else if (is_file && !has_content && (source->is_own || source->block != NULL))
        fault = _("\"own\" and \"block\" go with \"content\"");
    else if (is_file && !found[SCOPE].is_there)
        fault = _("a file has a \"scope\": user, system or project");
    else if (source->is_upward && source->scope != MW_SCOPE_PROJECT)
        fault = _("\"upward\" goes with the scope \"project\"");
    return fault == NULL ? MW_OK : mw_json_tree_refuse(tree, object.span.begin, NULL, "%s", fault);
}

static enum mw_code read_source(const struct mw_json_tree *tree, struct mw_json_node object,
                                struct mw_tool *tool)
{
    struct mw_json_node found[FIELDS];
    struct mw_source *source = MW_PUSH(tool->sources, tool->source_count);
    enum mw_code code =
        mw_json_tree_read(tree, object, _("a source"), fields, FIELDS, found, source);
    if (code != MW_OK)
        return code;
    source->kind = source->environment != NULL ? MW_SOURCE_ENVIRONMENT
                   : source->hook != NULL      ? MW_SOURCE_HOOK
                   : source->is_shell          ? MW_SOURCE_SHELL
                                               : MW_SOURCE_FILE;
    source->at = object.span.begin;
    code = check_shape(tree, object, found, source);
    if (code == MW_OK)
        code = check_paths(tree, found[PATH], source);
    if (code != MW_OK || source->kind != MW_SOURCE_SHELL || found[SCOPE].is_there)
        return code;
    /* The shared file of either scope. */
    source->scope = MW_SCOPE_SYSTEM;
    *MW_PUSH(tool->sources, tool->source_count) = (struct mw_source){
        .kind = MW_SOURCE_SHELL, .scope = MW_SCOPE_USER, .is_shell = true, .at = object.span.begin};
    return MW_OK;
}

enum mw_code tool_read_sources(const struct mw_json_tree *tree, struct mw_json_node node, void *at)
{
    struct mw_tool *tool = at;
    MW_FREE struct mw_json_node *items = NULL;
    size_t count = 0;
    enum mw_code code = mw_json_tree_elements(tree, node, "sources", &items, &count);
    if (code == MW_OK)
        tool_sources_release(tool);
    for (size_t i = 0; i < count && code == MW_OK; i++)
        code = read_source(tree, items[i], tool);
    return code;
}
