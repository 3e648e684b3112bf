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

static const struct mw_json_field condition_fields[] = {
    {"key", MW_JSON_WORD, offsetof(struct mw_mirror_row, if_key), NULL, NULL, true},
    {"has", MW_JSON_WORD, offsetof(struct mw_mirror_row, if_has), NULL, NULL, false},
    {"not", MW_JSON_WORD, offsetof(struct mw_mirror_row, if_not), NULL, NULL, false},
    {.name = "absent"},
};
enum { CONDITION_FIELDS = sizeof condition_fields / sizeof *condition_fields };

enum { SET, TO, FROM, EACH, JOIN, LAST, NAME, IF, PART, DEFAULT, ROW_FIELDS };
static const struct mw_json_field row_fields[ROW_FIELDS] = {
    [TO] = {.name = "to", .is_needed = true},
    [IF] = {.name = "if"},
    [SET] = {"set", MW_JSON_WORD, offsetof(struct mw_mirror_row, set), NULL, NULL, true},
    [FROM] = {"from", MW_JSON_WORD, offsetof(struct mw_mirror_row, from), NULL, NULL, false},
    [EACH] = {"each", MW_JSON_MARK, offsetof(struct mw_mirror_row, each), NULL, NULL, false},
    [JOIN] = {"join", MW_JSON_WORD, offsetof(struct mw_mirror_row, join), NULL, NULL, false},
    [LAST] = {"last", MW_JSON_WORD, offsetof(struct mw_mirror_row, last), NULL, NULL, false},
    [NAME] = {"name", MW_JSON_WORD, offsetof(struct mw_mirror_row, name), NULL, NULL, false},
    [PART] = {"part", MW_JSON_WORD, offsetof(struct mw_mirror_row, part), NULL, NULL, false},
    [DEFAULT] = {"default", MW_JSON_WORD, offsetof(struct mw_mirror_row, fallback), NULL, NULL,
                 false},
};

static void row_release(struct mw_mirror_row *row)
{
    mw_json_fields_release(row_fields, ROW_FIELDS, row);
    mw_json_fields_release(condition_fields, CONDITION_FIELDS, row);
    mw_strings_release(&row->to);
}

static enum mw_code read_condition(const struct mw_json_tree *tree, struct mw_json_node object,
                                   struct mw_mirror_row *row)
{
    struct mw_json_node found[CONDITION_FIELDS];
    bool absent = false;
    if (!object.is_there)
        return MW_OK;
    enum mw_code code =
        mw_json_tree_read(tree, object, "\"if\"", condition_fields, CONDITION_FIELDS, found, row);
    if (code == MW_OK)
        code = mw_json_tree_bool(tree, found[CONDITION_FIELDS - 1], "absent", &absent);
    if (code == MW_OK && absent + (row->if_has != NULL) + (row->if_not != NULL) != 1)
        code = mw_json_tree_refuse(tree, object.span.begin, NULL, "%s",
                                   _("\"if\" takes one of \"has\", \"not\" and \"absent\": true"));
    return code;
}

static enum mw_code read_row(const struct mw_json_tree *tree, struct mw_json_node object,
                             struct mw_mirror_row *row)
{
    struct mw_json_node found[ROW_FIELDS];
    enum mw_code code =
        mw_json_tree_read(tree, object, _("a mirror row"), row_fields, ROW_FIELDS, found, row);
    if (code == MW_OK)
        code = mw_json_tree_words(tree, found[TO], "to", &row->to, &row->is_list);
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
    EXPANDS,
    WHOLE,
    OTHERS,
    OPT_IN,
    SECTIONS,
    SOURCES,
    KEYS,
    MIRROR,
    ASK,
    HOOKS,
    CHECKS,
    VERSION,
    VERSION_FILE,
    PACKAGES,
    LOCKS,
    LOCKS_MIRROR,
    TOOL_FIELDS
};

#define TOOL_FIELD(name, shape, field)                                                             \
    {                                                                                              \
        name, shape, offsetof(struct mw_tool, field), NULL, NULL, false                            \
    }
static const struct mw_json_field tool_fields[TOOL_FIELDS] = {
    [TOOL] = {.name = "tool", .is_needed = true},
    [GROUP] = {.name = "group"},
    [SOURCES] = {.name = "sources"},
    [KEYS] = {.name = "keys"},
    [MIRROR] = {.name = "mirror"},
    [PACKAGES] = {.name = "packages"},
    [HOOKS] = TOOL_FIELD("hooks", MW_JSON_WORDS, hooks),
    [TITLE] = TOOL_FIELD("title", MW_JSON_WORD, title),
    [TITLE_ZH] = TOOL_FIELD("title_zh", MW_JSON_WORD, title_zh),
    [OPT_IN] = TOOL_FIELD("opt_in", MW_JSON_WORD, opt_in),
    [VERSION_FILE] = TOOL_FIELD("version_file", MW_JSON_WORD, version_file),
    [PROGRAMS] = TOOL_FIELD("programs", MW_JSON_WORDS, programs),
    [SECTIONS] = TOOL_FIELD("sections", MW_JSON_WORDS, sections),
    [ASK] = TOOL_FIELD("ask", MW_JSON_WORDS, ask_words),
    [LOCKS] = {.name = "locks"},
    [LOCKS_MIRROR] = TOOL_FIELD("locks_mirror", MW_JSON_MARK, locks_mirror),
    [CHECKS] = {.name = "checks"},
    [VERSION] = TOOL_FIELD("version", MW_JSON_WORDS, version_words),
    [PREPARE] = TOOL_FIELD("prepare", MW_JSON_MARK, prepare),
    [WHOLE] = TOOL_FIELD("whole", MW_JSON_MARK, is_whole),
    [OTHERS] = TOOL_FIELD("others", MW_JSON_WORDS, others),
    [EXPANDS] = TOOL_FIELD("expands", MW_JSON_MARK, expands),
};

static enum mw_code read_hooks(const struct mw_json_tree *tree, struct mw_json_node node,
                               struct mw_tool *tool)
{
    enum mw_code code = MW_OK;
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

static enum mw_code read_id(const struct mw_json_tree *tree, struct mw_json_node node,
                            struct mw_tool *tool)
{
    char *id = NULL;
    enum mw_code code = mw_json_tree_word(
        tree, node, "tool", is_id,
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
    size_t group = (size_t)tool->group;
    enum mw_code code =
        mw_json_tree_read(tree, root, _("a tool"), tool_fields, TOOL_FIELDS, found, tool);
    if (code == MW_OK)
        code = read_id(tree, found[TOOL], tool);
    if (code == MW_OK)
        code = tool_read_word(tree, found[GROUP], "group", mw_group_words, &group);
    if (code == MW_OK)
        code = tool_read_pairs(tree, found[PACKAGES], "packages", &tool->packages);
    if (code == MW_OK)
        code = tool_read_pairs(tree, found[LOCKS], "locks", &tool->locks);
    if (code == MW_OK)
        code = tool_read_pairs(tree, found[CHECKS], "checks", &tool->checks);
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

struct mw_tool *tool_read_head(const char *id, const char *text, size_t len)
{
    struct mw_tool *tool = mw_xcalloc(1, sizeof *tool);
    struct mw_json_tree tree = {0};
    tool->id = mw_xstrdup(id);
    enum mw_code code = mw_json_tree_parse(&tree, id, text, len, NULL);
    const struct mw_json_node root = mw_json_tree_root(&tree);
    if (code == MW_OK)
        code = mw_json_tree_words(&tree, mw_json_tree_field(&tree, root, "programs"), "programs",
                                  &tool->programs, NULL);
    if (code == MW_OK)
        code = mw_json_tree_bool(&tree, mw_json_tree_field(&tree, root, "prepare"), "prepare",
                                 &tool->prepare);
    if (code == MW_OK)
        return tool;
    mw_tool_release(tool);
    free(tool);
    return NULL;
}

void mw_tool_release(struct mw_tool *tool)
{
    tool_keys_release(tool);
    tool_sources_release(tool);
    rows_release(tool);
    mw_json_fields_release(tool_fields, TOOL_FIELDS, tool);
    mw_pairs_release(&tool->packages);
    mw_pairs_release(&tool->locks);
    mw_pairs_release(&tool->checks);
    free(tool->id);
    free(tool->file);
    *tool = (struct mw_tool){0};
}
