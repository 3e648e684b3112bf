/* Reading "keys" of a tool's file: the whole vocabulary. The schema is at the top of tool.h. */
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "tool_read.h"

enum { DEPTH_LIMIT = 8 };

static bool is_version(const char *text)
{
    return *text >= '0' && *text <= '9' && text[strspn(text, "0123456789.")] == '\0';
}

static const char version_rule[] = N_("a version such as 1.21");

static bool is_letter(const char *text)
{
    return text[0] != '\0' && text[1] == '\0';
}

/* "1..10", "1..", or several with commas between; no part is empty. */
static bool is_range(const char *text)
{
    do {
        char *end = NULL;
        long least = strtol(text, &end, 10);
        if (end == text || !mw_text_starts(end, ".."))
            return false;
        text = end + 2;
        long most = strtol(text, &end, 10);
        if ((end != text && most < least) || (*end != '\0' && (*end != ',' || end[1] == '\0')))
            return false;
        text = *end == ',' ? end + 1 : end;
    } while (*text != '\0');
    return true;
}

static const char *const exists_words[] = {"",         "program",     "path", "absolute",
                                           "if-named", "if-required", NULL};

static const char *const strays_words[] = {"", "trimmed", "quoted", NULL};

const char *const mw_unheard_words[] = {
    [MW_HEARD] = "",
    [MW_UNHEARD_ENVIRONMENT] = "environment",
    [MW_UNHEARD_COMPUTED] = "computed",
    [MW_UNHEARD_FLAG] = "flag",
    [MW_UNHEARD_DROPPED] = "dropped",
    NULL,
};

static enum mw_code find_grammar(const struct mw_json_tree *tree, struct mw_json_node node,
                                 const char *field, char **name, const struct mw_grammar **grammar)
{
    MW_AUTO(mw_strings) names = {0};
    enum mw_code code = mw_json_tree_word(tree, node, field, NULL, NULL, name);
    if (code == MW_OK)
        *grammar = mw_grammar_find(tree->owner, *name);
    if (code != MW_OK || *grammar != NULL)
        return code;
    mw_grammar_names(tree->owner, &names);
    MW_FREE char *allowed = mw_strings_join(&names, ", ");
    return mw_json_tree_refuse(tree, node.span.begin, allowed, _("there is no grammar '%s'"),
                               *name);
}

static enum mw_code read_grammar(const struct mw_json_tree *tree, struct mw_json_node node,
                                 void *at)
{
    struct mw_tool_key *key = at;
    return find_grammar(tree, node, "grammar", &key->grammar_name, &key->check);
}

static enum mw_code read_whole(const struct mw_json_tree *tree, struct mw_json_node node, void *at)
{
    struct mw_tool_key *key = at;
    MW_FREE char *name = NULL;
    return find_grammar(tree, node, "whole", &name, &key->whole);
}

static enum mw_code check_by(const struct mw_json_tree *tree, struct mw_json_node node, void *at)
{
    const struct mw_strings *by = at;
    return by->count == 2 ? MW_OK
                          : mw_json_tree_refuse(tree, node.span.begin, NULL, "%s",
                                                _("a key and the value that it has by itself "
                                                  "belong here"));
}

static enum mw_code check_risks(const struct mw_json_tree *tree, struct mw_json_node node, void *at)
{
    const struct mw_pairs *risks = at;
    for (size_t i = 0; !tree->is_built_in && i < risks->count; i++) {
        if (mw_risk_test_exists(risks->items[i].name))
            continue;
        MW_AUTO(mw_strings) names = {0};
        mw_risk_test_names(&names);
        MW_FREE char *allowed = mw_strings_join(&names, ", ");
        return mw_json_tree_refuse(tree, node.span.begin, allowed, _("there is no test '%s'"),
                                   risks->items[i].name);
    }
    return MW_OK;
}

/* A value that a truth or one of the choices cannot have says nothing. */
static enum mw_code check_risk_values(const struct mw_json_tree *tree, struct mw_json_node node,
                                      const struct mw_tool_key *key)
{
    MW_AUTO(mw_strings) values = {0};
    if (key->type == MW_TYPE_BOOL)
        mw_strings_split(&values, "true false", " ");
    else if (key->type == MW_TYPE_CHOICE && key->split == NULL)
        mw_strings_copy(&values, &key->choices);
    for (size_t i = 0; values.count > 0 && key->other == NULL && i < key->risks.count; i++) {
        const char *value = key->risks.items[i].name;
        if (strchr("*@~!", value[0]) != NULL || mw_strings_has(&values, value))
            continue;
        mw_strings_add(&values, "*");
        MW_FREE char *allowed = mw_strings_join(&values, ", ");
        return mw_json_tree_refuse(tree, node.span.begin, allowed,
                                   _("\"risk\" speaks of the value '%s'"), value);
    }
    return MW_OK;
}

/* {"VALUE": "finding-id"}, or why there is none. */
static enum mw_code read_risk(const struct mw_json_tree *tree, struct mw_json_node node, void *at)
{
    struct mw_tool_key *key = at;
    if (node.span.type == MW_JSON_STRING)
        return mw_json_tree_word(tree, node, "risk", NULL, NULL, &key->no_risk);
    enum mw_code code = mw_json_tree_pairs(tree, node, "risk", &key->risks);
    if (code == MW_OK && !tree->is_built_in)
        code = check_risk_values(tree, node, key);
    return code == MW_OK ? check_risks(tree, node, &key->risks) : code;
}

/* "in": sections that the tool has. */
static enum mw_code check_sections(const struct mw_json_tree *tree, struct mw_json_node node,
                                   void *at)
{
    const struct mw_strings *sections = at;
    const struct mw_tool *tool = tree->owner;
    for (size_t i = 0; !tree->is_built_in && i < sections->count; i++) {
        if (mw_tool_has_section(tool, sections->items[i]))
            continue;
        MW_FREE char *allowed = mw_strings_join(&tool->sections, ", ");
        return mw_json_tree_refuse(tree, node.span.begin, allowed,
                                   _("\"in\" names the section '%s'"), sections->items[i]);
    }
    return MW_OK;
}

static enum mw_code read_empty(const struct mw_json_tree *tree, struct mw_json_node node, void *at)
{
    static const char *const words[] = {"remove", "list", "nothing", "refused", NULL};
    struct mw_tool_key *key = at;
    unsigned word = 0;
    enum mw_code code = mw_json_tree_choice(tree, node, "empty", words, &word);
    key->clears_to_list = word == 1;
    key->takes_empty = word == 2;
    key->refuses_empty = word == 3;
    return code;
}

#define OF_RANGE(field) .offset = offsetof(struct mw_choice_range, field)
static const struct mw_json_field range_fields[] = {
    {"since", MW_JSON_WORD, OF_RANGE(since), false, is_version, version_rule},
    {"until", MW_JSON_WORD, OF_RANGE(until), false, is_version, version_rule},
    {"package", MW_JSON_WORD, OF_RANGE(package)},
};
enum { RANGE_FIELDS = sizeof range_fields / sizeof *range_fields };

/* "only": {"CHOICE": {"since": V, "until": V}}, or what a text begins with. */
static enum mw_code read_only(const struct mw_json_tree *tree, struct mw_json_node node, void *at)
{
    struct mw_tool_key *key = at;
    MW_FREE struct mw_json_node *items = NULL;
    MW_AUTO(mw_strings) choices = {0};
    bool is_beginning =
        key->choices.count == 0 && (key->type == MW_TYPE_TEXT || key->type == MW_TYPE_URL);
    enum mw_code code = mw_json_tree_members(tree, node, "only", &items, &choices);
    for (size_t i = 0; i < choices.count && code == MW_OK; i++) {
        struct mw_choice_range *range = MW_PUSH(key->only, key->only_count);
        range->choice = mw_xstrdup(choices.items[i]);
        if (!is_beginning && !mw_strings_has(&key->choices, range->choice)) {
            MW_FREE char *allowed = mw_strings_join(&key->choices, ", ");
            code = mw_json_tree_refuse(tree, items[i].span.begin, allowed, _("\"only\" names '%s'"),
                                       range->choice);
        }
        if (code == MW_OK)
            code =
                mw_json_tree_read(tree, items[i], "only", range_fields, RANGE_FIELDS, NULL, range);
    }
    return code;
}

static enum mw_code read_key(const struct mw_json_tree *tree, struct mw_json_node object,
                             struct mw_tool_key *key);

/* A key below this one. */
static enum mw_code read_below(const struct mw_json_tree *tree, struct mw_json_node object,
                               const struct mw_tool_key *key, struct mw_tool_key *below)
{
    below->depth = key->depth + 1;
    if (below->depth > DEPTH_LIMIT)
        return mw_json_tree_refuse(tree, object.span.begin, NULL, "%s",
                                   _("keys stand within keys too deeply"));
    return read_key(tree, object, below);
}

static enum mw_code read_item(const struct mw_json_tree *tree, struct mw_json_node node, void *at)
{
    struct mw_tool_key *key = at;
    key->item = mw_xcalloc(1, sizeof *key->item);
    return read_below(tree, node, key, key->item);
}

static enum mw_code read_other(const struct mw_json_tree *tree, struct mw_json_node node, void *at)
{
    struct mw_tool_key *key = at;
    key->other = mw_xcalloc(1, sizeof *key->other);
    key->other->key = key->key != NULL ? mw_xstrdup(key->key) : NULL; /* an item has none */
    return read_below(tree, node, key, key->other);
}

static enum mw_code read_pairs(const struct mw_json_tree *tree, struct mw_json_node node, void *at)
{
    struct mw_tool_key *key = at;
    key->pairs = mw_xcalloc(1, sizeof *key->pairs);
    return read_below(tree, node, key, key->pairs);
}

static enum mw_code read_fields(const struct mw_json_tree *tree, struct mw_json_node node, void *at)
{
    struct mw_tool_key *key = at;
    MW_FREE struct mw_json_node *items = NULL;
    MW_AUTO(mw_strings) names = {0};
    enum mw_code code = mw_json_tree_members(tree, node, "fields", &items, &names);
    for (size_t i = 0; i < names.count && code == MW_OK; i++) {
        struct mw_tool_key *field = MW_PUSH(key->fields, key->field_count);
        field->key = mw_xstrdup(names.items[i]);
        code = read_below(tree, items[i], key, field);
    }
    return code;
}

#define OF_KEY(field) .offset = offsetof(struct mw_tool_key, field)
static const struct mw_json_field key_fields[] = {
    {"type", MW_JSON_CHOICE, OF_KEY(type), true, .words = mw_type_words},
    {"choices", MW_JSON_WORDS, OF_KEY(choices)},
    {"grammar", MW_JSON_OWN, .take = read_grammar},
    {"strays", MW_JSON_CHOICE, OF_KEY(strays), .words = strays_words},
    {"cr", MW_JSON_WORD, OF_KEY(cr)},
    {"cr_zh", MW_JSON_WORD, OF_KEY(cr_zh)},
    {"cr_breaks", MW_JSON_WORD, OF_KEY(cr_breaks)},
    {"as", MW_JSON_WORD, OF_KEY(as)},
    {"also", MW_JSON_WORD, OF_KEY(also)},
    {"spellings", MW_JSON_WORDS, OF_KEY(spellings)},
    {"silenced_by", MW_JSON_WORD, OF_KEY(silenced_by)},
    {"trusted_by", MW_JSON_WORD, OF_KEY(trusted_by)},
    {"default_of", MW_JSON_WORDS, OF_KEY(default_of)},
    {"since", MW_JSON_WORD, OF_KEY(since), false, is_version, version_rule},
    {"until", MW_JSON_WORD, OF_KEY(until), false, is_version, version_rule},
    {"secret", MW_JSON_MARK, OF_KEY(is_secret)},
    {"empty", MW_JSON_OWN, .take = read_empty},
    {"only_read", MW_JSON_MARK, OF_KEY(is_only_read)},
    {"risk", MW_JSON_OWN, .take = read_risk},
    {"summary", MW_JSON_WORD, OF_KEY(summary)},
    {"summary_zh", MW_JSON_WORD, OF_KEY(summary_zh)},
    {"only", MW_JSON_OWN, .take = read_only},
    {"item", MW_JSON_OWN, .take = read_item},
    {"fields", MW_JSON_OWN, .take = read_fields},
    {"closed", MW_JSON_MARK, OF_KEY(is_closed)},
    {"needs", MW_JSON_WORDS, OF_KEY(needs)},
    {"except", MW_JSON_WORDS, OF_KEY(except)},
    {"by", MW_JSON_WORDS, OF_KEY(by), .take = check_by},
    {"least", MW_JSON_WORDS, OF_KEY(least), .take = check_by},
    {"most", MW_JSON_WORDS, OF_KEY(most), .take = check_by},
    {"whole", MW_JSON_OWN, .take = read_whole},
    {"or", MW_JSON_OWN, .take = read_other},
    {"requires", MW_JSON_PAIRS, OF_KEY(requires)},
    {"forbids", MW_JSON_PAIRS, OF_KEY(forbids)},
    {"flag", MW_JSON_WORD, OF_KEY(flag)},
    {"letter", MW_JSON_WORD, OF_KEY(letter), false, is_letter, N_("one letter")},
    {"unheard", MW_JSON_CHOICE, OF_KEY(unheard), .words = mw_unheard_words},
    {"instead", MW_JSON_WORD, OF_KEY(instead)},
    {"names", MW_JSON_WORDS, OF_KEY(names)},
    {"unique", MW_JSON_MARK, OF_KEY(is_unique)},
    {"taken", MW_JSON_PAIRS, OF_KEY(taken)},
    {"follows", MW_JSON_WORD, OF_KEY(follows)},
    {"range", MW_JSON_WORD, OF_KEY(range), false, is_range, N_("two numbers such as 1..10")},
    {"exists", MW_JSON_CHOICE, OF_KEY(exists), .words = exists_words},
    {"beside", MW_JSON_WORD, OF_KEY(beside)},
    {"in", MW_JSON_WORDS, OF_KEY(sections), .take = check_sections},
    {"split", MW_JSON_WORD, OF_KEY(split)},
    {"negated", MW_JSON_WORD, OF_KEY(negated)},
    {"goes_with", MW_JSON_WORD, OF_KEY(goes_with)},
    {"pairs", MW_JSON_OWN, .take = read_pairs},
    {"machine", MW_JSON_PAIRS, OF_KEY(machine)},
};
enum { KEY_FIELDS = sizeof key_fields / sizeof *key_fields };

static void key_release(struct mw_tool_key *key)
{
    for (size_t i = 0; i < key->field_count; i++)
        key_release(&key->fields[i]);
    free(key->fields);
    struct mw_tool_key *const inner[] = {key->item, key->other, key->pairs};
    for (size_t i = 0; i < sizeof inner / sizeof *inner; i++) {
        if (inner[i] != NULL)
            key_release(inner[i]);
        free(inner[i]);
    }
    for (size_t i = 0; i < key->only_count; i++) {
        free(key->only[i].choice);
        mw_json_fields_release(range_fields, RANGE_FIELDS, &key->only[i]);
    }
    free(key->only);
    mw_json_fields_release(key_fields, KEY_FIELDS, key);
    free(key->key);
    mw_pairs_release(&key->risks);
    free(key->grammar_name);
    free(key->no_risk);
    *key = (struct mw_tool_key){0};
}

static enum mw_code read_key(const struct mw_json_tree *tree, struct mw_json_node object,
                             struct mw_tool_key *key)
{
    enum mw_code code =
        mw_json_tree_read(tree, object, _("a key"), key_fields, KEY_FIELDS, NULL, key);
    bool may_choose = key->type == MW_TYPE_CHOICE || key->type == MW_TYPE_LIST ||
                      key->type == MW_TYPE_OBJECT || key->type == MW_TYPE_ANY;
    bool must_choose = key->type == MW_TYPE_CHOICE;
    if (code == MW_OK && (key->choices.count > 0 ? !may_choose : must_choose))
        code = mw_json_tree_refuse(tree, object.span.begin, NULL, "%s",
                                   _("\"choices\" go with the types \"choice\", \"list\", "
                                     "\"object\" and \"any\", and \"choice\" needs them"));
    if (code == MW_OK && (key->goes_with != NULL) != (key->pairs != NULL))
        code = mw_json_tree_refuse(tree, object.span.begin, NULL, "%s",
                                   _("\"goes_with\" and \"pairs\" need each other"));
    key->is_only_read = key->is_only_read || key->type == MW_TYPE_OBJECT ||
                        key->type == MW_TYPE_ANY || key->unheard != MW_HEARD;
    return code;
}

/* A vocabulary is large, and a run asks for few of its keys. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct mw_tool_key *row_new(const char *key)
{
    struct mw_tool_key *row = mw_xcalloc(1, sizeof *row);
    row->key = mw_xstrdup(key);
    return row;
}

static void row_free(struct mw_tool_key *row)
{
    if (row != NULL)
        key_release(row);
    free(row);
}

const struct mw_tool_key *tool_key_need(const struct mw_tool *tool, struct mw_key_entry *entry)
{
    (void)pthread_mutex_lock(&lock);
    if (entry->row == NULL) {
        const struct mw_json_tree tree = {
            .file = tool->file, .text = tool->text, .is_built_in = true, .owner = tool};
        entry->row = row_new(entry->key);
        (void)read_key(&tree, (struct mw_json_node){true, entry->unread}, entry->row);
        tool_key_derive(tool, entry->row);
    }
    (void)pthread_mutex_unlock(&lock);
    return entry->row;
}

/* Every file has a place for a key that is spelled so (and not below a section). */
static enum mw_code check_spelling(const struct mw_json_tree *tree, size_t at,
                                   const struct mw_tool *tool, const struct mw_tool_key *key)
{
    for (size_t i = 0; i < tool->source_count; i++) {
        const struct mw_source *source = &tool->sources[i];
        const char *there = key->as != NULL ? key->as : key->key;
        if (source->keys.count > 0)
            there = mw_pairs_find(&source->keys, key->key);
        MW_AUTO(mw_value) any = {0};
        MW_AUTO(mw_edits) edits = {0};
        struct mw_error why = {0};
        mw_value_set_string(&any, "x");
        if (source->editor == NULL || there == NULL || key->is_only_read ||
            source->editor->put(source->editor, "", 0, there, &any, &edits, &why) == MW_OK)
            continue;
        return mw_json_tree_refuse(tree, at, NULL, "%s", why.message);
    }
    return MW_OK;
}

enum mw_code tool_read_keys(const struct mw_json_tree *tree, struct mw_json_node node, void *at)
{
    struct mw_tool *tool = at;
    MW_FREE struct mw_json_node *items = NULL;
    MW_AUTO(mw_strings) names = {0};
    size_t known = tool->key_count; /* what weaker files say; no name is there twice in one */
    enum mw_code code = mw_json_tree_members(tree, node, "keys", &items, &names);
    tool->keys = mw_xrealloc(tool->keys, known + names.count, sizeof *tool->keys);
    for (size_t i = 0; i < names.count && code == MW_OK; i++) {
        struct mw_key_entry *entry = NULL;
        for (size_t k = 0; k < known && entry == NULL; k++) {
            if (strcmp(tool->keys[k].key, names.items[i]) == 0)
                entry = &tool->keys[k];
        }
        if (entry == NULL) {
            entry = &tool->keys[tool->key_count++];
            *entry = (struct mw_key_entry){.key = mw_xstrdup(names.items[i])};
        }
        row_free(entry->row);
        entry->row = tree->is_built_in ? NULL : row_new(entry->key);
        entry->unread = items[i].span;
        if (entry->row != NULL)
            code = read_key(tree, items[i], entry->row);
        if (code == MW_OK && entry->row != NULL && tool->sections.count == 0)
            code = check_spelling(tree, items[i].span.begin, tool, entry->row);
    }
    if (tree->is_built_in)
        tool->text = tree->text;
    return code;
}

void tool_keys_release(struct mw_tool *tool)
{
    for (size_t i = 0; i < tool->key_count; i++) {
        row_free(tool->keys[i].row);
        free(tool->keys[i].key);
    }
    free(tool->keys);
    tool->keys = NULL;
    tool->key_count = 0;
}
