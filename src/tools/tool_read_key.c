/* Reading "keys" of a tool's file: the whole vocabulary. The schema is at the top of tool.h. */
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
    KEY_FIELDS
};

static const char *const key_fields[KEY_FIELDS] = {
    [TYPE] = "type",
    [CHOICES] = "choices",
    [GRAMMAR] = "grammar",
    [AS] = "as",
    [ALSO] = "also",
    [SINCE] = "since",
    [UNTIL] = "until",
    [SECRET] = "secret",
    [EMPTY] = "empty",
    [ONLY_READ] = "only_read",
    [RISK] = "risk",
    [SUMMARY] = "summary",
    [SUMMARY_ZH] = "summary_zh",
    [ONLY] = "only",
    [ITEM] = "item",
    [FIELDS] = "fields",
    [CLOSED] = "closed",
    [FLAG] = "flag",
    [LETTER] = "letter",
    [UNHEARD] = "unheard",
    [INSTEAD] = "instead",
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
    free(key->flag);
    free(key->instead);
    free(key->key);
    free(key->as);
    free(key->also);
    mw_strings_release(&key->choices);
    free(key->grammar_name);
    free(key->since);
    free(key->until);
    mw_pairs_release(&key->risks);
    free(key->no_risk);
    free(key->summary);
    free(key->summary_zh);
    *key = (struct mw_tool_key){0};
}

static enum mw_code read_grammar(const struct mw_json_tree *tree, struct mw_json_node node,
                                 struct mw_tool_key *key)
{
    struct mw_strings names = {0};
    enum mw_code code =
        mw_json_tree_word(tree, node, key_fields[GRAMMAR], NULL, NULL, &key->grammar_name);
    if (code != MW_OK || key->grammar_name == NULL)
        return code;
    key->check = mw_grammar_find(key->grammar_name);
    if (key->check != NULL)
        return MW_OK;
    mw_grammar_names(&names);
    char *allowed = mw_strings_join(&names, ", ");
    code = mw_json_tree_refuse(tree, node.span.begin, allowed, _("there is no grammar '%s'"),
                               key->grammar_name);
    free(allowed);
    mw_strings_release(&names);
    return code;
}

static enum mw_code read_risk(const struct mw_json_tree *tree, struct mw_json_node node,
                              struct mw_tool_key *key)
{
    if (node.is_there && node.span.type == MW_JSON_STRING)
        return mw_json_tree_word(tree, node, key_fields[RISK], NULL, NULL, &key->no_risk);
    enum mw_code code = tool_read_pairs(tree, node, key_fields[RISK], &key->risks);
    for (size_t i = 0; i < key->risks.count && code == MW_OK; i++) {
        if (mw_risk_test_exists(key->risks.items[i].name))
            continue;
        struct mw_strings names = {0};
        mw_risk_test_names(&names);
        char *allowed = mw_strings_join(&names, ", ");
        code = mw_json_tree_refuse(tree, node.span.begin, allowed, _("there is no test '%s'"),
                                   key->risks.items[i].name);
        free(allowed);
        mw_strings_release(&names);
    }
    return code;
}

static bool is_version(const char *text)
{
    return *text >= '0' && *text <= '9' && text[strspn(text, "0123456789.")] == '\0';
}

static enum mw_code read_range(const struct mw_json_tree *tree, struct mw_json_node since,
                               struct mw_json_node until, char **since_to, char **until_to)
{
    const char *version = _("a version such as 1.21");
    enum mw_code code =
        mw_json_tree_word(tree, since, key_fields[SINCE], is_version, version, since_to);
    if (code == MW_OK)
        code = mw_json_tree_word(tree, until, key_fields[UNTIL], is_version, version, until_to);
    return code;
}

/* "only": {"CHOICE": {"since": V, "until": V}} */
static enum mw_code read_only(const struct mw_json_tree *tree, struct mw_json_node node,
                              struct mw_tool_key *key)
{
    static const char *const names[] = {"since", "until"};
    struct mw_json_node found[2], *items = NULL;
    struct mw_strings choices = {0};
    if (!node.is_there)
        return MW_OK;
    enum mw_code code = mw_json_tree_members(tree, node, key_fields[ONLY], &items, &choices);
    for (size_t i = 0; i < choices.count && code == MW_OK; i++) {
        struct mw_choice_range *range = MW_PUSH(key->only, key->only_count);
        range->choice = mw_xstrdup(choices.items[i]);
        if (!mw_strings_has(&key->choices, range->choice)) {
            char *allowed = mw_strings_join(&key->choices, ", ");
            code = mw_json_tree_refuse(tree, items[i].span.begin, allowed, _("\"only\" names '%s'"),
                                       range->choice);
            free(allowed);
        }
        if (code == MW_OK)
            code = mw_json_tree_fields(tree, items[i], key_fields[ONLY], names, 2, found);
        if (code == MW_OK)
            code = read_range(tree, found[0], found[1], &range->since, &range->until);
    }
    mw_strings_release(&choices);
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
    struct mw_json_node *items = NULL;
    struct mw_strings names = {0};
    const struct mw_json_node outer = found[ITEM].is_there ? found[ITEM] : found[FIELDS];
    if (outer.is_there && depth == DEPTH_LIMIT)
        return mw_json_tree_refuse(tree, outer.span.begin, NULL, "%s",
                                   _("keys stand within keys too deeply"));
    if (found[ITEM].is_there) {
        key->item = mw_xcalloc(1, sizeof *key->item);
        code = read_key(tree, found[ITEM], depth + 1, key->item);
    }
    if (code == MW_OK && found[FIELDS].is_there)
        code = mw_json_tree_members(tree, found[FIELDS], key_fields[FIELDS], &items, &names);
    for (size_t i = 0; i < names.count && code == MW_OK; i++) {
        struct mw_tool_key *field = MW_PUSH(key->fields, key->field_count);
        field->key = mw_xstrdup(names.items[i]);
        code = read_key(tree, items[i], depth + 1, field);
    }
    mw_strings_release(&names);
    free(items);
    return code;
}

static enum mw_code read_flag(const struct mw_json_tree *tree, const struct mw_json_node *found,
                              struct mw_tool_key *key)
{
    char *letter = NULL;
    enum mw_code code =
        mw_json_tree_word(tree, found[FLAG], key_fields[FLAG], NULL, NULL, &key->flag);
    if (code == MW_OK)
        code = mw_json_tree_word(tree, found[LETTER], key_fields[LETTER], NULL, NULL, &letter);
    if (code == MW_OK && letter != NULL && (letter[0] == '\0' || letter[1] != '\0'))
        code = mw_json_tree_refuse(tree, found[LETTER].span.begin, _("one letter"),
                                   _("\"%s\" is '%s'"), key_fields[LETTER], letter);
    if (code == MW_OK && letter != NULL)
        key->flag_letter = letter[0];
    free(letter);
    return code;
}

static enum mw_code read_type(const struct mw_json_tree *tree, struct mw_json_node object,
                              const struct mw_json_node *found, struct mw_tool_key *key)
{
    size_t type = MW_TYPE_TEXT;
    enum mw_code code =
        mw_json_tree_need(tree, object.span.begin, found[TYPE], _("a key"), key_fields[TYPE]);
    if (code == MW_OK)
        code = tool_read_word(tree, found[TYPE], key_fields[TYPE], mw_type_words, &type);
    if (code == MW_OK)
        code = mw_json_tree_words(tree, found[CHOICES], key_fields[CHOICES], &key->choices, NULL);
    bool may_choose = type == MW_TYPE_CHOICE || type == MW_TYPE_LIST;
    bool must_choose = type == MW_TYPE_CHOICE;
    if (code == MW_OK && (key->choices.count > 0 ? !may_choose : must_choose))
        code = mw_json_tree_refuse(
            tree, object.span.begin, NULL, "%s",
            _("\"choices\" go with the types \"choice\" and \"list\", and \"choice\" needs them"));
    key->type = (enum mw_type)type;
    return code == MW_OK ? read_only(tree, found[ONLY], key) : code;
}

static enum mw_code read_words(const struct mw_json_tree *tree, const struct mw_json_node *found,
                               struct mw_tool_key *key)
{
    const struct {
        int field;
        char **to;
    } texts[] = {{AS, &key->as},
                 {ALSO, &key->also},
                 {INSTEAD, &key->instead},
                 {SUMMARY, &key->summary},
                 {SUMMARY_ZH, &key->summary_zh}};
    const struct {
        int field;
        bool *to;
    } marks[] = {
        {SECRET, &key->is_secret}, {ONLY_READ, &key->is_only_read}, {CLOSED, &key->is_closed}};
    enum mw_code code = MW_OK;
    for (size_t i = 0; i < sizeof texts / sizeof *texts && code == MW_OK; i++)
        code = mw_json_tree_word(tree, found[texts[i].field], key_fields[texts[i].field], NULL,
                                 NULL, texts[i].to);
    for (size_t i = 0; i < sizeof marks / sizeof *marks && code == MW_OK; i++)
        code =
            mw_json_tree_bool(tree, found[marks[i].field], key_fields[marks[i].field], marks[i].to);
    return code;
}

static enum mw_code read_key(const struct mw_json_tree *tree, struct mw_json_node object, int depth,
                             struct mw_tool_key *key)
{
    static const char *const empties[] = {"remove", "list", NULL};
    struct mw_json_node found[KEY_FIELDS];
    size_t empty = 0, unheard = MW_HEARD;
    enum mw_code code =
        mw_json_tree_fields(tree, object, _("a key"), key_fields, KEY_FIELDS, found);
    if (code == MW_OK)
        code = read_type(tree, object, found, key);
    if (code == MW_OK)
        code = read_grammar(tree, found[GRAMMAR], key);
    if (code == MW_OK)
        code = read_range(tree, found[SINCE], found[UNTIL], &key->since, &key->until);
    if (code == MW_OK)
        code = read_words(tree, found, key);
    if (code == MW_OK)
        code = tool_read_word(tree, found[EMPTY], key_fields[EMPTY], empties, &empty);
    if (code == MW_OK)
        code =
            tool_read_word(tree, found[UNHEARD], key_fields[UNHEARD], mw_unheard_words, &unheard);
    if (code == MW_OK)
        code = read_risk(tree, found[RISK], key);
    if (code == MW_OK)
        code = read_flag(tree, found, key);
    if (code == MW_OK)
        code = read_inside(tree, found, depth, key);
    key->clears_to_list = empty == 1;
    key->unheard = (enum mw_unheard)unheard;
    key->is_only_read = key->is_only_read || key->type == MW_TYPE_OBJECT ||
                        key->type == MW_TYPE_ANY || key->unheard != MW_HEARD;
    return code;
}

enum mw_code tool_read_keys(const struct mw_json_tree *tree, struct mw_json_node node,
                            struct mw_tool *tool)
{
    struct mw_json_node *items = NULL;
    struct mw_strings names = {0};
    if (!node.is_there)
        return MW_OK;
    enum mw_code code = mw_json_tree_members(tree, node, "keys", &items, &names);
    for (size_t i = 0; i < names.count && code == MW_OK; i++) {
        struct mw_tool_key *key = NULL;
        for (size_t k = 0; k < tool->key_count && key == NULL; k++) {
            if (strcmp(tool->keys[k].key, names.items[i]) == 0)
                key = &tool->keys[k];
        }
        if (key == NULL)
            key = MW_PUSH(tool->keys, tool->key_count);
        else
            key_release(key);
        key->key = mw_xstrdup(names.items[i]);
        code = read_key(tree, items[i], 0, key);
    }
    mw_strings_release(&names);
    free(items);
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
