/* Reading assets/tools/ID.json: the schema is at the top of tool.h. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "tool_read.h"

enum { TEXT_LIMIT_BYTES = 1 << 20, ID_LIMIT_BYTES = 40 };

static bool is_id(const char *text)
{
    size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return len > 0 && len <= ID_LIMIT_BYTES && text[len] == '\0' && text[0] != '-' &&
           strcmp(text, "all") != 0 && strcmp(text, "profile") != 0 &&
           strcmp(text, "policy") != 0 && strcmp(text, "watch") != 0;
}

enum mw_code tool_read_word(const struct mw_json_tree *tree, struct mw_json_node node,
                            const char *name, const char *const *words, size_t *index)
{
    char *text = NULL;
    enum mw_code code = mw_json_tree_word(tree, node, name, NULL, NULL, &text);
    if (code != MW_OK || text == NULL)
        return code;
    size_t found = 0;
    while (words[found] != NULL && strcmp(words[found], text) != 0)
        found++;
    if (words[found] != NULL) {
        *index = found;
    } else {
        struct mw_strings allowed = {0};
        for (size_t i = 0; words[i] != NULL; i++)
            mw_strings_add(&allowed, words[i]);
        char *list = mw_strings_join(&allowed, ", ");
        char *shown = mw_text_safe(text, strlen(text), 80, false);
        code = mw_json_tree_refuse(tree, node.span.begin, list, _("\"%s\" is '%s'"), name, shown);
        free(shown);
        free(list);
        mw_strings_release(&allowed);
    }
    free(text);
    return code;
}

enum mw_code tool_read_pairs(const struct mw_json_tree *tree, struct mw_json_node node,
                             const char *name, struct mw_pairs *pairs)
{
    struct mw_json_node *items = NULL;
    struct mw_strings names = {0};
    if (!node.is_there)
        return MW_OK;
    enum mw_code code = mw_json_tree_members(tree, node, name, &items, &names);
    if (code == MW_OK)
        mw_pairs_release(pairs);
    for (size_t i = 0; i < names.count && code == MW_OK; i++) {
        struct mw_pair *pair = MW_PUSH(pairs->items, pairs->count);
        pair->name = mw_xstrdup(names.items[i]);
        pair->value = mw_xstrdup("");
        code = mw_json_tree_word(tree, items[i], names.items[i], NULL, NULL, &pair->value);
    }
    mw_strings_release(&names);
    free(items);
    return code;
}

/* ---- mirror rows --------------------------------------------------------------------------- */

static void row_release(struct mw_mirror_row *row)
{
    free(row->set);
    mw_strings_release(&row->to);
    free(row->from);
    free(row->join);
    free(row->last);
    free(row->name);
    free(row->if_key);
    free(row->if_has);
    free(row->if_not);
    free(row->fallback);
    free(row->part);
    *row = (struct mw_mirror_row){0};
}

static enum mw_code read_condition(const struct mw_json_tree *tree, struct mw_json_node object,
                                   struct mw_mirror_row *row)
{
    enum { KEY, HAS, NOT, ABSENT, COUNT };
    static const char *const names[COUNT] = {"key", "has", "not", "absent"};
    struct mw_json_node found[COUNT];
    bool absent = false;
    if (!object.is_there)
        return MW_OK;
    enum mw_code code = mw_json_tree_fields(tree, object, "\"if\"", names, COUNT, found);
    if (code == MW_OK)
        code = mw_json_tree_need(tree, object.span.begin, found[KEY], "\"if\"", names[KEY]);
    if (code == MW_OK)
        code = mw_json_tree_word(tree, found[KEY], names[KEY], NULL, NULL, &row->if_key);
    if (code == MW_OK)
        code = mw_json_tree_word(tree, found[HAS], names[HAS], NULL, NULL, &row->if_has);
    if (code == MW_OK)
        code = mw_json_tree_word(tree, found[NOT], names[NOT], NULL, NULL, &row->if_not);
    if (code == MW_OK)
        code = mw_json_tree_bool(tree, found[ABSENT], names[ABSENT], &absent);
    if (code == MW_OK && absent + (row->if_has != NULL) + (row->if_not != NULL) != 1)
        code = mw_json_tree_refuse(tree, object.span.begin, NULL, "%s",
                                   _("\"if\" takes one of \"has\", \"not\" and \"absent\": true"));
    return code;
}

static enum mw_code read_row(const struct mw_json_tree *tree, struct mw_json_node object,
                             struct mw_mirror_row *row)
{
    enum { SET, TO, FROM, EACH, JOIN, LAST, NAME, IF, PART, DEFAULT, COUNT };
    static const char *const names[COUNT] = {"set",  "to",   "from", "each", "join",
                                             "last", "name", "if",   "part", "default"};
    struct mw_json_node found[COUNT];
    const char *what = _("a mirror row");
    enum mw_code code = mw_json_tree_fields(tree, object, what, names, COUNT, found);
    if (code == MW_OK)
        code = mw_json_tree_need(tree, object.span.begin, found[SET], what, names[SET]);
    if (code == MW_OK)
        code = mw_json_tree_need(tree, object.span.begin, found[TO], what, names[TO]);
    if (code == MW_OK)
        code = mw_json_tree_words(tree, found[TO], names[TO], &row->to, &row->is_list);
    if (code == MW_OK)
        code = mw_json_tree_bool(tree, found[EACH], names[EACH], &row->each);
    const struct {
        int field;
        char **to;
    } texts[] = {{SET, &row->set},         {FROM, &row->from}, {JOIN, &row->join},
                 {LAST, &row->last},       {NAME, &row->name}, {PART, &row->part},
                 {DEFAULT, &row->fallback}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts && code == MW_OK; i++)
        code = mw_json_tree_word(tree, found[texts[i].field], names[texts[i].field], NULL, NULL,
                                 texts[i].to);
    return code == MW_OK ? read_condition(tree, found[IF], row) : code;
}

static void rows_release(struct mw_tool *tool)
{
    for (size_t i = 0; i < tool->row_count; i++)
        row_release(&tool->rows[i]);
    free(tool->rows);
    tool->rows = NULL;
    tool->row_count = 0;
}

static enum mw_code read_rows(const struct mw_json_tree *tree, struct mw_json_node node,
                              struct mw_tool *tool)
{
    struct mw_json_node *items = NULL;
    size_t count = 0;
    if (!node.is_there)
        return MW_OK;
    enum mw_code code = mw_json_tree_elements(tree, node, "mirror", &items, &count);
    if (code == MW_OK)
        rows_release(tool);
    for (size_t i = 0; i < count && code == MW_OK; i++)
        code = read_row(tree, items[i], MW_PUSH(tool->rows, tool->row_count));
    free(items);
    return code;
}

/* ---- the whole ----------------------------------------------------------------------------- */

enum {
    TOOL,
    TITLE,
    TITLE_ZH,
    GROUP,
    PROGRAMS,
    PREPARE,
    OPT_IN,
    SECTIONS,
    SOURCES,
    KEYS,
    MIRROR,
    ASK,
    HOOKS,
    CHECKS,
    PACKAGES,
    VERSION,
    VERSION_FILE,
    TOOL_FIELDS
};

static const char *const tool_fields[TOOL_FIELDS] = {
    [TOOL] = "tool",         [TITLE] = "title",
    [TITLE_ZH] = "title_zh", [GROUP] = "group",
    [PROGRAMS] = "programs", [PREPARE] = "prepare",
    [OPT_IN] = "opt_in",     [SECTIONS] = "sections",
    [SOURCES] = "sources",   [KEYS] = "keys",
    [MIRROR] = "mirror",     [ASK] = "ask",
    [HOOKS] = "hooks",       [CHECKS] = "checks",
    [VERSION] = "version",   [VERSION_FILE] = "version_file",
    [PACKAGES] = "packages",
};

static enum mw_code read_hooks(const struct mw_json_tree *tree, struct mw_json_node node,
                               struct mw_tool *tool)
{
    enum mw_code code = mw_json_tree_words(tree, node, tool_fields[HOOKS], &tool->hooks, NULL);
    for (size_t i = 0; i < tool->hooks.count && code == MW_OK; i++) {
        if (mw_hook_find(tool->hooks.items[i]) != NULL)
            continue;
        struct mw_strings names = {0};
        mw_hook_names(&names);
        char *allowed = mw_strings_join(&names, ", ");
        code = mw_json_tree_refuse(tree, node.span.begin, allowed, _("there is no hook '%s'"),
                                   tool->hooks.items[i]);
        free(allowed);
        mw_strings_release(&names);
    }
    return code;
}

static enum mw_code read_texts(const struct mw_json_tree *tree, const struct mw_json_node *found,
                               struct mw_tool *tool)
{
    const struct {
        int field;
        char **to;
    } texts[] = {{TITLE, &tool->title},
                 {TITLE_ZH, &tool->title_zh},
                 {OPT_IN, &tool->opt_in},
                 {VERSION_FILE, &tool->version_file}};
    const struct {
        int field;
        struct mw_strings *to;
    } lists[] = {{PROGRAMS, &tool->programs},
                 {SECTIONS, &tool->sections},
                 {ASK, &tool->ask_words},
                 {CHECKS, &tool->checks},
                 {VERSION, &tool->version_words}};
    enum mw_code code = MW_OK;
    for (size_t i = 0; i < sizeof texts / sizeof *texts && code == MW_OK; i++)
        code = mw_json_tree_word(tree, found[texts[i].field], tool_fields[texts[i].field], NULL,
                                 NULL, texts[i].to);
    for (size_t i = 0; i < sizeof lists / sizeof *lists && code == MW_OK; i++)
        code = mw_json_tree_words(tree, found[lists[i].field], tool_fields[lists[i].field],
                                  lists[i].to, NULL);
    return code;
}

static enum mw_code read_id(const struct mw_json_tree *tree, struct mw_json_node node,
                            struct mw_tool *tool)
{
    char *id = NULL;
    enum mw_code code = mw_json_tree_word(
        tree, node, tool_fields[TOOL], is_id,
        _("up to 40 lower-case letters, digits and '-', and no word of profiles"), &id);
    if (code == MW_OK && tool->id != NULL && strcmp(tool->id, id) != 0)
        code = mw_json_tree_refuse(tree, node.span.begin, tool->id,
                                   _("\"tool\" is '%s' in a file that is named after another"), id);
    if (code == MW_OK) {
        free(tool->id);
        tool->id = id;
        return MW_OK;
    }
    free(id);
    return code;
}

static enum mw_code read_root(const struct mw_json_tree *tree, struct mw_tool *tool)
{
    struct mw_json_node found[TOOL_FIELDS];
    const struct mw_json_node root = mw_json_tree_root(tree);
    const char *what = _("a tool");
    size_t group = (size_t)tool->group;
    enum mw_code code = mw_json_tree_fields(tree, root, what, tool_fields, TOOL_FIELDS, found);
    if (code == MW_OK)
        code = mw_json_tree_need(tree, root.span.begin, found[TOOL], what, tool_fields[TOOL]);
    if (code == MW_OK)
        code = read_id(tree, found[TOOL], tool);
    if (code == MW_OK)
        code = read_texts(tree, found, tool);
    if (code == MW_OK)
        code = tool_read_word(tree, found[GROUP], tool_fields[GROUP], mw_group_words, &group);
    if (code == MW_OK)
        code = mw_json_tree_bool(tree, found[PREPARE], tool_fields[PREPARE], &tool->prepare);
    if (code == MW_OK)
        code = tool_read_pairs(tree, found[PACKAGES], tool_fields[PACKAGES], &tool->packages);
    if (code == MW_OK)
        code = tool_read_keys(tree, found[KEYS], tool);
    if (code == MW_OK)
        code = tool_read_sources(tree, found[SOURCES], tool);
    if (code == MW_OK)
        code = read_rows(tree, found[MIRROR], tool);
    if (code == MW_OK)
        code = read_hooks(tree, found[HOOKS], tool);
    tool->group = (enum mw_group)group;
    return code;
}

enum mw_code mw_tool_read(const char *file, const char *text, size_t len, struct mw_tool *tool,
                          struct mw_error *err)
{
    struct mw_json_tree tree = {0};
    if (len > TEXT_LIMIT_BYTES)
        return mw_fail(err, MW_BAD_PROFILE, 0, "tool",
                       _("%s: a tool of %zu bytes; allowed: up to 1 MiB"), file, len);
    enum mw_code code = mw_json_tree_parse(&tree, file, text, len, err);
    if (code == MW_OK)
        code = read_root(&tree, tool);
    free(tool->file);
    tool->file = mw_xstrdup(file);
    return code;
}

void mw_tool_release(struct mw_tool *tool)
{
    tool_keys_release(tool);
    tool_sources_release(tool);
    rows_release(tool);
    mw_strings_release(&tool->programs);
    mw_strings_release(&tool->sections);
    mw_strings_release(&tool->ask_words);
    mw_strings_release(&tool->hooks);
    mw_strings_release(&tool->checks);
    mw_strings_release(&tool->version_words);
    mw_pairs_release(&tool->packages);
    free(tool->version_file);
    free(tool->id);
    free(tool->file);
    free(tool->title);
    free(tool->title_zh);
    free(tool->opt_in);
    *tool = (struct mw_tool){0};
}
