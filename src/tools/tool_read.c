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

char *tool_read_other_hole(const char *text, const char *known)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
    for (const char *at = text; (at = strchr(at, '{')) != NULL; at++) {
        size_t len = strspn(at + 1, letters);
        if (len == 0 || at[len + 1] != '}')
            continue;
        char *hole = mw_xstrndup(at, len + 2);
        if (strstr(known, hole) == NULL)
            return hole;
        free(hole);
    }
    return NULL;
}

/* ---- mirror rows --------------------------------------------------------------------------- */

#define OF_ROW(field) .offset = offsetof(struct mw_mirror_row, field)
enum { IF_KEY, IF_HAS, IF_NOT, IF_ABSENT, CONDITION_FIELDS };
static const struct mw_json_field condition_fields[CONDITION_FIELDS] = {
    [IF_KEY] = {"key", MW_JSON_WORD, OF_ROW(if_key)},
    [IF_HAS] = {"has", MW_JSON_WORD, OF_ROW(if_has)},
    [IF_NOT] = {"not", MW_JSON_WORD, OF_ROW(if_not)},
    [IF_ABSENT] = {"absent", MW_JSON_WORD, OF_ROW(if_key)},
};

static enum mw_code read_condition(const struct mw_json_tree *tree, struct mw_json_node object,
                                   void *at)
{
    struct mw_json_node found[CONDITION_FIELDS];
    enum mw_code code =
        mw_json_tree_read(tree, object, "\"if\"", condition_fields, CONDITION_FIELDS, found, at);
    bool has_key = found[IF_KEY].is_there;
    if (code == MW_OK && (has_key == found[IF_ABSENT].is_there ||
                          found[IF_HAS].is_there + found[IF_NOT].is_there != has_key))
        code =
            mw_json_tree_refuse(tree, object.span.begin, NULL, "%s",
                                _("\"if\" takes \"key\" with \"has\" or \"not\", or \"absent\""));
    return code;
}

enum { SET, TO, IF, ROW_FIELDS = 10 };
static const struct mw_json_field row_fields[ROW_FIELDS] = {
    [SET] = {"set", MW_JSON_WORD, OF_ROW(set), true},
    [TO] = {"to", MW_JSON_WORDS, OF_ROW(to), true},
    [IF] = {"if", MW_JSON_OWN, .take = read_condition},
    {"from", MW_JSON_WORD, OF_ROW(from)},
    {"each", MW_JSON_MARK, OF_ROW(each)},
    {"join", MW_JSON_WORD, OF_ROW(join)},
    {"last", MW_JSON_WORD, OF_ROW(last)},
    {"name", MW_JSON_WORD, OF_ROW(name)},
    {"part", MW_JSON_WORD, OF_ROW(part)},
    {"default", MW_JSON_WORD, OF_ROW(fallback)},
};

static void rows_release(struct mw_tool *tool)
{
    for (size_t i = 0; i < tool->row_count; i++) {
        mw_json_fields_release(row_fields, ROW_FIELDS, &tool->rows[i]);
        mw_json_fields_release(condition_fields, CONDITION_FIELDS, &tool->rows[i]);
    }
    free(tool->rows);
    tool->rows = NULL;
    tool->row_count = 0;
}

/* What a row speaks of: keys that there are, and holes that are filled. */
static enum mw_code check_row(const struct mw_json_tree *tree, const struct mw_tool *tool,
                              const struct mw_json_node *found, const struct mw_mirror_row *row)
{
    MW_AUTO(mw_strings) keys = {0};
    for (size_t i = 0; i < tool->key_count; i++)
        mw_strings_add(&keys, tool->keys[i].key);
    MW_FREE char *allowed = mw_strings_join(&keys, ", ");
    if (!mw_tool_has_key(tool, row->set))
        return mw_json_tree_refuse(tree, found[SET].span.begin, allowed,
                                   _("a mirror row sets '%s', which \"keys\" lacks"), row->set);
    if (row->if_key != NULL && !mw_tool_has_key(tool, row->if_key))
        return mw_json_tree_refuse(tree, found[IF].span.begin, allowed,
                                   _("\"if\" asks for '%s', which \"keys\" lacks"), row->if_key);
    if (row->each && row->join == NULL && !row->is_list &&
        !mw_type_is_list(mw_tool_key(tool, row->set)->type))
        return mw_json_tree_refuse(tree, found[SET].span.begin, NULL, "%s",
                                   _("\"each\" needs \"join\" where the key is no list"));
    for (size_t i = 0; i < row->to.count; i++) {
        MW_FREE char *other = tool_read_other_hole(row->to.items[i], "{url}{name}");
        if (other != NULL)
            return mw_json_tree_refuse(tree, found[TO].span.begin, "{url}, {name}",
                                       _("\"%s\" has %s in it"), "to", other);
    }
    return MW_OK;
}

static enum mw_code read_rows(const struct mw_json_tree *tree, struct mw_json_node node, void *at)
{
    struct mw_tool *tool = at;
    MW_FREE struct mw_json_node *items = NULL;
    size_t count = 0;
    enum mw_code code = mw_json_tree_elements(tree, node, "mirror", &items, &count);
    if (code == MW_OK)
        rows_release(tool);
    for (size_t i = 0; i < count && code == MW_OK; i++) {
        struct mw_json_node found[ROW_FIELDS];
        struct mw_mirror_row *row = MW_PUSH(tool->rows, tool->row_count);
        code = mw_json_tree_read(tree, items[i], _("a mirror row"), row_fields, ROW_FIELDS, found,
                                 row);
        row->is_list = found[TO].span.type == MW_JSON_ARRAY;
        if (code == MW_OK && !tree->is_built_in)
            code = check_row(tree, tool, found, row);
    }
    return code;
}

/* ---- the whole ----------------------------------------------------------------------------- */

static enum mw_code check_hooks(const struct mw_json_tree *tree, struct mw_json_node node, void *at)
{
    const struct mw_strings *hooks = at;
    for (size_t i = 0; i < hooks->count; i++) {
        if (mw_hook_find(hooks->items[i]) != NULL)
            continue;
        MW_AUTO(mw_strings) names = {0};
        mw_hook_names(&names);
        MW_FREE char *allowed = mw_strings_join(&names, ", ");
        return mw_json_tree_refuse(tree, node.span.begin, allowed, _("there is no hook '%s'"),
                                   hooks->items[i]);
    }
    return MW_OK;
}

static enum mw_code check_unread(const struct mw_json_tree *tree, struct mw_json_node node,
                                 void *at)
{
    const struct mw_pairs *unread = at;
    enum mw_code code = MW_OK;
    for (size_t i = 0; code == MW_OK && i < unread->count; i++)
        code = tool_check_path(tree, node, MW_SCOPE_USER, unread->items[i].name);
    return code;
}

static enum mw_code read_id(const struct mw_json_tree *tree, struct mw_json_node node, void *at)
{
    char **own = at;
    MW_FREE char *id = NULL;
    enum mw_code code = mw_json_tree_word(
        tree, node, "tool", is_id,
        _("up to 40 lower-case letters, digits and '-', and no word of profiles"), &id);
    if (code == MW_OK && *own != NULL && strcmp(*own, id) != 0)
        code = mw_json_tree_refuse(tree, node.span.begin, *own,
                                   _("\"tool\" is '%s' in a file that is named after another"), id);
    if (code == MW_OK && *own == NULL) {
        *own = id;
        id = NULL;
    }
    return code;
}

static enum mw_code read_grammars(const struct mw_json_tree *tree, struct mw_json_node node,
                                  void *at)
{
    struct mw_tool *tool = at;
    return tool_read_parts(&tool_grammar_kind, tree, node, &tool->grammars);
}

static enum mw_code read_risks(const struct mw_json_tree *tree, struct mw_json_node node, void *at)
{
    struct mw_tool *tool = at;
    return tool_read_parts(&tool_risk_kind, tree, node, &tool->risks);
}

#define OF_TOOL(field) .offset = offsetof(struct mw_tool, field)
static const struct mw_json_field tool_fields[] = {
    {"tool", MW_JSON_OWN, OF_TOOL(id), true, .take = read_id},
    {"title", MW_JSON_WORD, OF_TOOL(title)},
    {"title_zh", MW_JSON_WORD, OF_TOOL(title_zh)},
    {"group", MW_JSON_CHOICE, OF_TOOL(group), .words = mw_group_words},
    {"programs", MW_JSON_WORDS, OF_TOOL(programs)},
    {"prepare", MW_JSON_MARK, OF_TOOL(prepare)},
    {"expands", MW_JSON_MARK, OF_TOOL(expands)},
    {"whole", MW_JSON_MARK, OF_TOOL(is_whole)},
    {"others", MW_JSON_WORDS, OF_TOOL(others)},
    {"opt_in", MW_JSON_WORD, OF_TOOL(opt_in)},
    {"sections", MW_JSON_WORDS, OF_TOOL(sections)},
    {"section_over", MW_JSON_WORD, OF_TOOL(section_over)},
    {"section_since", MW_JSON_PAIRS, OF_TOOL(section_since)},
    {"sources", MW_JSON_OWN, .take = tool_read_sources},
    {"unread", MW_JSON_PAIRS, OF_TOOL(unread), .take = check_unread},
    {"grammars", MW_JSON_OWN, .take = read_grammars},
    {"risks", MW_JSON_OWN, .take = read_risks},
    {"keys", MW_JSON_OWN, .take = tool_read_keys},
    {"mirror", MW_JSON_OWN, .take = read_rows},
    {"ca_key", MW_JSON_WORD, OF_TOOL(ca_key)},
    {"ask", MW_JSON_WORDS, OF_TOOL(ask_words)},
    {"hooks", MW_JSON_WORDS, OF_TOOL(hooks), .take = check_hooks},
    {"checks", MW_JSON_PAIRS, OF_TOOL(checks)},
    {"prefix", MW_JSON_WORDS, OF_TOOL(prefix_words)},
    {"version", MW_JSON_WORDS, OF_TOOL(version_words)},
    {"version_file", MW_JSON_WORDS, OF_TOOL(version_files)},
    {"version_unless", MW_JSON_WORDS, OF_TOOL(version_unless)},
    {"modules", MW_JSON_WORDS, OF_TOOL(modules)},
    {"packages", MW_JSON_PAIRS, OF_TOOL(packages)},
    {"locks", MW_JSON_PAIRS, OF_TOOL(locks)},
    {"locks_mirror", MW_JSON_MARK, OF_TOOL(locks_mirror)},
};
enum { TOOL_FIELDS = sizeof tool_fields / sizeof *tool_fields };

/* The keys that others than mirror rows name are there. */
static enum mw_code check_keys(const struct mw_json_tree *tree, const struct mw_tool *tool)
{
    if (tool->ca_key != NULL && !mw_tool_has_key(tool, tool->ca_key))
        return mw_json_tree_refuse(
            tree, mw_json_tree_field(tree, mw_json_tree_root(tree), "ca_key").span.begin, NULL,
            _("\"ca_key\" is '%s', which \"keys\" lacks"), tool->ca_key);
    for (size_t i = 0; i < tool->source_count; i++) {
        const struct mw_pairs *keys = &tool->sources[i].keys;
        for (size_t k = 0; k < keys->count; k++) {
            if (!mw_tool_has_key(tool, keys->items[k].name))
                return mw_json_tree_refuse(tree, tool->sources[i].at, NULL,
                                           _("a source spells the key '%s', which \"keys\" lacks"),
                                           keys->items[k].name);
        }
    }
    return MW_OK;
}

enum mw_code mw_tool_read(const char *file, const char *text, size_t len, struct mw_tool *tool,
                          struct mw_error *err)
{
    struct mw_json_tree tree = {0};
    if (len > TEXT_LIMIT_BYTES)
        return mw_fail(err, MW_BAD_PROFILE, 0, "tool",
                       _("%s: a tool of %zu bytes; allowed: up to 1 MiB"), file, len);
    enum mw_code code = mw_json_tree_parse(&tree, file, text, len, err);
    tree.owner = tool;
    if (code == MW_OK)
        code = mw_json_tree_read(&tree, mw_json_tree_root(&tree), _("a tool"), tool_fields,
                                 TOOL_FIELDS, NULL, tool);
    if (code == MW_OK && !tree.is_built_in)
        code = check_keys(&tree, tool);
    free(tool->file);
    tool->file = mw_xstrdup(file);
    return code;
}

struct mw_tool *tool_read_head(const char *id, const char *text, size_t len)
{
    struct mw_tool *tool = mw_xcalloc(1, sizeof *tool);
    struct mw_json_tree tree = {0};
    tool->id = mw_xstrdup(id);
    enum mw_code code = mw_json_tree_parse(&tree, id, text, len, NULL);
    const struct mw_json_node root = mw_json_tree_root(&tree);
    if (code == MW_OK)
        code = mw_json_tree_words(&tree, mw_json_tree_field(&tree, root, "programs"), "programs",
                                  &tool->programs);
    tool->prepare = mw_json_tree_field(&tree, root, "prepare").span.type == MW_JSON_TRUE;
    if (code == MW_OK)
        return tool;
    mw_tool_release(tool);
    free(tool);
    return NULL;
}

void mw_tool_release(struct mw_tool *tool)
{
    tool_keys_release(tool);
    tool_parts_release(&tool_grammar_kind, &tool->grammars);
    tool_parts_release(&tool_risk_kind, &tool->risks);
    tool_sources_release(tool);
    rows_release(tool);
    mw_json_fields_release(tool_fields, TOOL_FIELDS, tool);
    free(tool->id);
    free(tool->file);
    *tool = (struct mw_tool){0};
}
