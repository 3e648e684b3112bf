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

/* ---- keys that are named --------------------------------------------------------------------- */

/* With its section or without; or a member of an object, "KEY.MEMBER". */
static bool is_key(const struct mw_tool *tool, const char *name)
{
    const char *dot = strrchr(name, '.');
    MW_FREE char *object = mw_xstrndup(name, dot != NULL ? (size_t)(dot - name) : 0);
    const struct mw_tool_key *row = mw_tool_key(tool, object);
    bool is = mw_tool_has_key(tool, name) || (row != NULL && row->type == MW_TYPE_OBJECT);
    for (size_t i = 0; !is && i < tool->key_count; i++)
        is = strcmp(tool->keys[i].key, name) == 0;
    return is;
}

/* What a field names as a key is one. */
static enum mw_code need_key(const struct mw_json_tree *tree, const struct mw_tool *tool,
                             size_t offset, const char *field, const char *key)
{
    MW_AUTO(mw_strings) keys = {0};
    if (key == NULL || is_key(tool, key))
        return MW_OK;
    for (size_t i = 0; i < tool->key_count; i++)
        mw_strings_add(&keys, tool->keys[i].key);
    MW_FREE char *allowed = mw_strings_join(&keys, ", ");
    MW_FREE char *shown = mw_text_safe(key, strlen(key), 80, false);
    return mw_json_tree_refuse(tree, offset, allowed,
                               _("\"%s\" names the key '%s', which \"keys\" lacks"), field, shown);
}

/* Fields of a key that name others, as tool_key.h has them: in texts, lists and conditions
 * ("KEY KEY=VALUE|KEY"). Of "least" and "most" the first is one. */
static enum mw_code check_naming(const struct mw_json_tree *tree, const struct mw_tool *tool,
                                 struct mw_json_node key, const char *field)
{
    const struct mw_json_node node = mw_json_tree_field(tree, key, field);
    bool is_first_only = strcmp(field, "least") == 0 || strcmp(field, "most") == 0;
    MW_AUTO(mw_strings) names = {0};
    MW_AUTO(mw_pairs) pairs = {0};
    enum mw_code code = node.is_there && node.span.type == MW_JSON_OBJECT
                            ? mw_json_tree_pairs(tree, node, field, &pairs)
                            : mw_json_tree_words(tree, node, field, &names);
    for (size_t i = 0; i < pairs.count; i++)
        mw_strings_split(&names, pairs.items[i].value, " |");
    for (size_t i = 0; code == MW_OK && i < names.count && !(is_first_only && i > 0); i++) {
        size_t len = pairs.count > 0 ? strcspn(names.items[i], "=") : strlen(names.items[i]);
        MW_FREE char *name = mw_xstrndup(names.items[i], len);
        code = need_key(tree, tool, node.span.begin, field, name);
    }
    return code;
}

static enum mw_code check_key_names(const struct mw_json_tree *tree, const struct mw_tool *tool,
                                    struct mw_json_node keys)
{
    static const char *const fields[] = {"silenced_by", "trusted_by", "default_of", "instead",
                                         "names",       "follows",    "goes_with",  "requires",
                                         "forbids",     "least",      "most"};
    struct mw_json_member member = {0};
    enum mw_code code = MW_OK;
    while (keys.is_there && code == MW_OK && mw_json_next(tree->text, keys.span, &member)) {
        for (size_t i = 0; code == MW_OK && i < sizeof fields / sizeof *fields; i++)
            code = check_naming(tree, tool, (struct mw_json_node){true, member.value}, fields[i]);
    }
    return code;
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
    enum mw_code code = need_key(tree, tool, found[SET].span.begin, "set", row->set);
    if (code == MW_OK)
        code = need_key(tree, tool, found[IF].span.begin, "if", row->if_key);
    if (code != MW_OK)
        return code;
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

static bool is_title(const char *text)
{
    return text[strspn(text, " ")] != '\0';
}

static const char title_rule[] = N_("a text that is not empty");

/* Words of "checks": the rows of src/check/table.c that are not for every tool, and what files of
 * the tool are held against. */
static const char *const check_words[] = {
    "bom",     "date",   "elements", "empty",    "float",      "keys",
    "live",    "logins", "modules",  "old-file", "named-file", "private",
    "project", "proxy",  "sumdb",    "toml-1.1", "variables"};

static enum mw_code check_checks(const struct mw_json_tree *tree, struct mw_json_node node,
                                 void *at)
{
    const struct mw_pairs *checks = at;
    MW_AUTO(mw_strings) words = {0};
    for (size_t i = 0; i < sizeof check_words / sizeof *check_words; i++)
        mw_strings_add(&words, check_words[i]);
    for (size_t i = 0; i < checks->count; i++) {
        if (mw_strings_has(&words, checks->items[i].name))
            continue;
        MW_FREE char *allowed = mw_strings_join(&words, ", ");
        return mw_json_tree_refuse(tree, node.span.begin, allowed, _("there is no check '%s'"),
                                   checks->items[i].name);
    }
    return MW_OK;
}

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
    {"title", MW_JSON_WORD, OF_TOOL(title), false, is_title, title_rule},
    {"title_zh", MW_JSON_WORD, OF_TOOL(title_zh), false, is_title, title_rule},
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
    {"checks", MW_JSON_PAIRS, OF_TOOL(checks), .take = check_checks},
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
    const struct mw_json_node root = mw_json_tree_root(tree);
    enum mw_code code = need_key(tree, tool, mw_json_tree_field(tree, root, "ca_key").span.begin,
                                 "ca_key", tool->ca_key);
    for (size_t i = 0; i < tool->source_count && code == MW_OK; i++) {
        const struct mw_source *source = &tool->sources[i];
        for (size_t k = 0; k < source->keys.count && code == MW_OK; k++)
            code = need_key(tree, tool, source->at, "keys", source->keys.items[k].name);
        if (code == MW_OK)
            code = need_key(tree, tool, source->at, "includes", source->includes);
    }
    return code == MW_OK ? check_key_names(tree, tool, mw_json_tree_field(tree, root, "keys"))
                         : code;
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
