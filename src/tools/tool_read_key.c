/* Reading "keys" of a tool's file: the whole vocabulary. The schema is at the top of tool.h. */
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "tool_read.h"

enum { DEPTH_LIMIT = 8 };

enum {
    TYPE,
    CHOICES,
    GRAMMAR,
    AS,
    ALSO,
    SINCE,
    UNTIL,
    SECRET,
    EMPTY,
    ONLY_READ,
    RISK,
    SUMMARY,
    SUMMARY_ZH,
    ONLY,
    ITEM,
    FIELDS,
    CLOSED,
    FLAG,
    LETTER,
    UNHEARD,
    INSTEAD,
    NAMES,
    UNIQUE,
    KEY_FIELDS
};

static bool is_version(const char *text)
{
    return *text >= '0' && *text <= '9' && text[strspn(text, "0123456789.")] == '\0';
}

static const char version_rule[] = N_("a version such as 1.21");

static bool is_letter(const char *text)
{
    return text[0] != '\0' && text[1] == '\0';
}

#define KEY_WORD(name, field, ...)                                                                 \
    {                                                                                              \
        name, MW_JSON_WORD, offsetof(struct mw_tool_key, field), __VA_ARGS__                       \
    }
#define KEY_MARK(name, field)                                                                      \
    {                                                                                              \
        name, MW_JSON_MARK, offsetof(struct mw_tool_key, field), NULL, NULL, false                 \
    }
static const struct mw_json_field key_fields[KEY_FIELDS] = {
    [TYPE] = {.name = "type", .is_needed = true},
    [CHOICES] = {"choices", MW_JSON_WORDS, offsetof(struct mw_tool_key, choices), NULL, NULL,
                 false},
    [GRAMMAR] = KEY_WORD("grammar", grammar_name, NULL, NULL, false),
    [AS] = KEY_WORD("as", as, NULL, NULL, false),
    [ALSO] = KEY_WORD("also", also, NULL, NULL, false),
    [SINCE] = KEY_WORD("since", since, is_version, version_rule, false),
    [UNTIL] = KEY_WORD("until", until, is_version, version_rule, false),
    [SECRET] = KEY_MARK("secret", is_secret),
    [EMPTY] = {.name = "empty"},
    [ONLY_READ] = KEY_MARK("only_read", is_only_read),
    [RISK] = {.name = "risk"},
    [SUMMARY] = KEY_WORD("summary", summary, NULL, NULL, false),
    [SUMMARY_ZH] = KEY_WORD("summary_zh", summary_zh, NULL, NULL, false),
    [ONLY] = {.name = "only"},
    [ITEM] = {.name = "item"},
    [FIELDS] = {.name = "fields"},
    [CLOSED] = KEY_MARK("closed", is_closed),
    [FLAG] = KEY_WORD("flag", flag, NULL, NULL, false),
    [LETTER] = KEY_WORD("letter", letter, is_letter, N_("one letter"), false),
    [UNHEARD] = {.name = "unheard"},
    [NAMES] = {"names", MW_JSON_WORDS, offsetof(struct mw_tool_key, names), NULL, NULL, false},
    [UNIQUE] = KEY_MARK("unique", is_unique),
    [INSTEAD] = KEY_WORD("instead", instead, NULL, NULL, false),
};

const char *const mw_unheard_words[] = {
    [MW_HEARD] = "",
    [MW_UNHEARD_ENVIRONMENT] = "environment",
    [MW_UNHEARD_COMPUTED] = "computed",
    [MW_UNHEARD_FLAG] = "flag",
    [MW_UNHEARD_DROPPED] = "dropped",
    NULL,
};

static void key_release(struct mw_tool_key *key)
{
    for (size_t i = 0; i < key->field_count; i++)
        key_release(&key->fields[i]);
    free(key->fields);
    if (key->item != NULL)
        key_release(key->item);
    free(key->item);
    for (size_t i = 0; i < key->only_count; i++) {
        free(key->only[i].choice);
        free(key->only[i].since);
        free(key->only[i].until);
    }
    free(key->only);
    mw_json_fields_release(key_fields, KEY_FIELDS, key);
    free(key->key);
    mw_pairs_release(&key->risks);
    free(key->no_risk);
    *key = (struct mw_tool_key){0};
}

static enum mw_code read_grammar(const struct mw_json_tree *tree, struct mw_json_node node,
                                 struct mw_tool_key *key)
{
    MW_AUTO(mw_strings) names = {0};
    if (key->grammar_name == NULL)
        return MW_OK;
    key->check = mw_grammar_find(key->grammar_name);
    if (key->check != NULL)
        return MW_OK;
    mw_grammar_names(&names);
    MW_FREE char *allowed = mw_strings_join(&names, ", ");
    return mw_json_tree_refuse(tree, node.span.begin, allowed, _("there is no grammar '%s'"),
                               key->grammar_name);
}

static enum mw_code read_risk(const struct mw_json_tree *tree, struct mw_json_node node,
                              struct mw_tool_key *key)
{
    if (node.is_there && node.span.type == MW_JSON_STRING)
        return mw_json_tree_word(tree, node, key_fields[RISK].name, NULL, NULL, &key->no_risk);
    enum mw_code code = tool_read_pairs(tree, node, key_fields[RISK].name, &key->risks);
    for (size_t i = 0; i < key->risks.count && code == MW_OK; i++) {
        if (mw_risk_test_exists(key->risks.items[i].name))
            continue;
        MW_AUTO(mw_strings) names = {0};
        mw_risk_test_names(&names);
        MW_FREE char *allowed = mw_strings_join(&names, ", ");
        code = mw_json_tree_refuse(tree, node.span.begin, allowed, _("there is no test '%s'"),
                                   key->risks.items[i].name);
    }
    return code;
}

/* "only": {"CHOICE": {"since": V, "until": V}}, or what a text begins with. */
static enum mw_code read_only(const struct mw_json_tree *tree, struct mw_json_node node,
                              struct mw_tool_key *key)
{
    static const struct mw_json_field ranges[] = {
        {"since", MW_JSON_WORD, offsetof(struct mw_choice_range, since), is_version, version_rule,
         false},
        {"until", MW_JSON_WORD, offsetof(struct mw_choice_range, until), is_version, version_rule,
         false},
    };
    struct mw_json_node found[2], *items = NULL;
    MW_AUTO(mw_strings) choices = {0};
    bool is_beginning =
        key->choices.count == 0 && (key->type == MW_TYPE_TEXT || key->type == MW_TYPE_URL);
    if (!node.is_there)
        return MW_OK;
    enum mw_code code = mw_json_tree_members(tree, node, key_fields[ONLY].name, &items, &choices);
    for (size_t i = 0; i < choices.count && code == MW_OK; i++) {
        struct mw_choice_range *range = MW_PUSH(key->only, key->only_count);
        range->choice = mw_xstrdup(choices.items[i]);
        if (!is_beginning && !mw_strings_has(&key->choices, range->choice)) {
            MW_FREE char *allowed = mw_strings_join(&key->choices, ", ");
            code = mw_json_tree_refuse(tree, items[i].span.begin, allowed, _("\"only\" names '%s'"),
                                       range->choice);
        }
        if (code == MW_OK)
            code = mw_json_tree_read(tree, items[i], "only", ranges, 2, found, range);
    }
    free(items);
    return code;
}

static enum mw_code read_key(const struct mw_json_tree *tree, struct mw_json_node object, int depth,
                             struct mw_tool_key *key);

/* "item" and "fields": keys below this one. */
static enum mw_code read_inside(const struct mw_json_tree *tree, const struct mw_json_node *found,
                                int depth, struct mw_tool_key *key)
{
    enum mw_code code = MW_OK;
    MW_FREE struct mw_json_node *items = NULL;
    MW_AUTO(mw_strings) names = {0};
    const struct mw_json_node outer = found[ITEM].is_there ? found[ITEM] : found[FIELDS];
    if (outer.is_there && depth == DEPTH_LIMIT)
        return mw_json_tree_refuse(tree, outer.span.begin, NULL, "%s",
                                   _("keys stand within keys too deeply"));
    if (found[ITEM].is_there) {
        key->item = mw_xcalloc(1, sizeof *key->item);
        code = read_key(tree, found[ITEM], depth + 1, key->item);
    }
    if (code == MW_OK && found[FIELDS].is_there)
        code = mw_json_tree_members(tree, found[FIELDS], key_fields[FIELDS].name, &items, &names);
    for (size_t i = 0; i < names.count && code == MW_OK; i++) {
        struct mw_tool_key *field = MW_PUSH(key->fields, key->field_count);
        field->key = mw_xstrdup(names.items[i]);
        code = read_key(tree, items[i], depth + 1, field);
    }
    return code;
}

static enum mw_code read_type(const struct mw_json_tree *tree, struct mw_json_node object,
                              const struct mw_json_node *found, struct mw_tool_key *key)
{
    size_t type = MW_TYPE_TEXT;
    enum mw_code code = tool_read_word(tree, found[TYPE], "type", mw_type_words, &type);
    bool may_choose = type == MW_TYPE_CHOICE || type == MW_TYPE_LIST;
    bool must_choose = type == MW_TYPE_CHOICE;
    if (code == MW_OK && (key->choices.count > 0 ? !may_choose : must_choose))
        code = mw_json_tree_refuse(
            tree, object.span.begin, NULL, "%s",
            _("\"choices\" go with the types \"choice\" and \"list\", and \"choice\" needs them"));
    key->type = (enum mw_type)type;
    return code == MW_OK ? read_only(tree, found[ONLY], key) : code;
}

static enum mw_code read_key(const struct mw_json_tree *tree, struct mw_json_node object, int depth,
                             struct mw_tool_key *key)
{
    static const char *const empties[] = {"remove", "list", NULL};
    struct mw_json_node found[KEY_FIELDS];
    size_t empty = 0, unheard = MW_HEARD;
    enum mw_code code =
        mw_json_tree_read(tree, object, _("a key"), key_fields, KEY_FIELDS, found, key);
    if (code == MW_OK)
        code = read_type(tree, object, found, key);
    if (code == MW_OK)
        code = read_grammar(tree, found[GRAMMAR], key);
    if (code == MW_OK)
        code = tool_read_word(tree, found[EMPTY], "empty", empties, &empty);
    if (code == MW_OK)
        code = tool_read_word(tree, found[UNHEARD], "unheard", mw_unheard_words, &unheard);
    if (code == MW_OK)
        code = read_risk(tree, found[RISK], key);
    if (code == MW_OK)
        code = read_inside(tree, found, depth, key);
    key->clears_to_list = empty == 1;
    key->unheard = (enum mw_unheard)unheard;
    key->is_only_read = key->is_only_read || key->type == MW_TYPE_OBJECT ||
                        key->type == MW_TYPE_ANY || key->unheard != MW_HEARD;
    return code;
}

/* A vocabulary is large, and a run asks for few of its keys. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void tool_key_need(const struct mw_tool *tool, struct mw_tool_key *key)
{
    (void)pthread_mutex_lock(&lock);
    if (key->unread.end > 0) {
        const struct mw_json_tree tree = {
            .file = tool->file, .text = tool->text, .is_built_in = true};
        (void)read_key(&tree, (struct mw_json_node){true, key->unread}, 0, key);
        tool_key_derive(tool, key);
        key->unread = (struct mw_json_span){0};
    }
    (void)pthread_mutex_unlock(&lock);
}

enum mw_code tool_read_keys(const struct mw_json_tree *tree, struct mw_json_node node,
                            struct mw_tool *tool)
{
    MW_FREE struct mw_json_node *items = NULL;
    MW_AUTO(mw_strings) names = {0};
    if (!node.is_there)
        return MW_OK;
    size_t known = tool->key_count; /* what weaker files say; no name is there twice in one */
    enum mw_code code = mw_json_tree_members(tree, node, "keys", &items, &names);
    tool->keys = mw_xrealloc(tool->keys, known + names.count, sizeof *tool->keys);
    for (size_t i = 0; i < names.count && code == MW_OK; i++) {
        struct mw_tool_key *key = NULL;
        for (size_t k = 0; k < known && key == NULL; k++) {
            if (strcmp(tool->keys[k].key, names.items[i]) == 0)
                key = &tool->keys[k];
        }
        if (key == NULL)
            key = &tool->keys[tool->key_count++];
        else
            key_release(key);
        *key = (struct mw_tool_key){0};
        key->key = mw_xstrdup(names.items[i]);
        if (tree->is_built_in)
            key->unread = items[i].span;
        else
            code = read_key(tree, items[i], 0, key);
    }
    if (tree->is_built_in)
        tool->text = tree->text;
    return code;
}

void tool_keys_release(struct mw_tool *tool)
{
    for (size_t i = 0; i < tool->key_count; i++)
        key_release(&tool->keys[i]);
    free(tool->keys);
    tool->keys = NULL;
    tool->key_count = 0;
}
