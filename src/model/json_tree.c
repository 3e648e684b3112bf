#include "mirrorwise/json_tree.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/builtin.h"
#include "model.h"

enum { MEMBER_LIMIT = 1000, FIELD_LIMIT = 64 /* of a table */ };

static const double number_max = 2147483647;

enum mw_code mw_json_tree_refuse(const struct mw_json_tree *tree, size_t offset,
                                 const char *allowed, const char *what, ...)
{
    MW_AUTO(mw_buf) found = {0};
    size_t line = 0;
    size_t column = 0;
    va_list args;
    va_start(args, what);
    mw_buf_vprintf(&found, what, args);
    va_end(args);
    mw_text_position(tree->text, offset, &line, &column);
    MW_FREE char *where = mw_xasprintf("%s:%zu:%zu", tree->file, line, column);
    mw_model_refuse(tree->err, where, 0, allowed, "%s", mw_buf_text(&found));
    return MW_BAD_PROFILE;
}

/* The first \u that is half of a pair; `len` if there is none. */
static size_t find_half(const char *text, size_t len)
{
    for (size_t i = 0; i + 1 < len; i++) {
        const char *escape = memchr(text + i, '\\', len - i - 1);
        if (escape == NULL)
            break;
        i = (size_t)(escape - text) + 1;
        if (text[i] != 'u' || strchr("dD", text[i + 1]) == NULL || text[i + 2] < '8')
            continue;
        bool is_first = strchr("89aAbB", text[i + 2]) != NULL;
        bool has_second = is_first && text[i + 5] == '\\' && text[i + 6] == 'u' &&
                          strchr("dD", text[i + 7]) != NULL &&
                          strchr("cCdDeEfF", text[i + 8]) != NULL;
        if (!has_second)
            return i - 1;
        i += 10;
    }
    return len;
}

static bool is_built_in(const char *text)
{
    const struct mw_builtin *file = mw_builtin_files;
    while (file->path != NULL && file->text != text)
        file++;
    return file->path != NULL;
}

enum mw_code mw_json_tree_parse(struct mw_json_tree *tree, const char *file, const char *text,
                                size_t len, struct mw_error *err)
{
    size_t at = 0;
    const char *what = NULL;
    *tree = (struct mw_json_tree){.file = file, .text = text, .err = err};
    /* A test has checked these (test_tool_files.c built_in_files_are_json). */
    tree->is_built_in = is_built_in(text);
    if (tree->is_built_in) {
        tree->span = mw_json_root(text, len);
        return MW_OK;
    }
    if (!mw_json_check(text, len, &tree->span, &at, &what))
        return mw_json_tree_refuse(tree, at, _("JSON as in RFC 8259"), "%s", what);
    at = find_half(text, len);
    if (at < len)
        return mw_json_tree_refuse(tree, at, _("JSON as in RFC 8259"), "%s",
                                   _("half of a character after \\u"));
    return MW_OK;
}

struct mw_json_node mw_json_tree_root(const struct mw_json_tree *tree)
{
    return (struct mw_json_node){.is_there = true, .span = tree->span};
}

static const char *type_word(enum mw_json_type type)
{
    switch (type) {
    case MW_JSON_OBJECT:
        return _("an object");
    case MW_JSON_ARRAY:
        return _("an array");
    case MW_JSON_STRING:
        return _("a string");
    case MW_JSON_NUMBER:
        return _("a number");
    case MW_JSON_TRUE:
    case MW_JSON_FALSE:
        return _("true or false");
    case MW_JSON_NULL:
        break;
    }
    return "null";
}

static enum mw_code need_type(const struct mw_json_tree *tree, struct mw_json_node node,
                              const char *what, enum mw_json_type type)
{
    if (node.span.type == type)
        return MW_OK;
    return mw_json_tree_refuse(tree, node.span.begin, type_word(type), _("%s is %s"), what,
                               type_word(node.span.type));
}

static bool is_named(const struct mw_json_tree *tree, const struct mw_json_member *member,
                     const char *name)
{
    const char *key = tree->text + member->key_begin + 1;
    size_t len = member->key_end - member->key_begin - 2;
    if (*key != *name && *key != '\\') /* as most fields of most tables */
        return false;
    if (memchr(key, '\\', len) == NULL)
        return strlen(name) == len && memcmp(key, name, len) == 0;
    MW_FREE char *plain = mw_json_unescape(tree->text, member->key_begin, member->key_end, NULL);
    return strcmp(plain, name) == 0;
}

/* Unless its name begins with "x-". */
static enum mw_code refuse_field(const struct mw_json_tree *tree,
                                 const struct mw_json_member *member, const char *what,
                                 const struct mw_json_field *fields, size_t count)
{
    MW_FREE char *key = mw_json_unescape(tree->text, member->key_begin, member->key_end, NULL);
    MW_AUTO(mw_strings) list = {0};
    if (mw_text_starts(key, "x-"))
        return MW_OK;
    for (size_t i = 0; i < count; i++)
        mw_strings_add(&list, fields[i].name);
    MW_FREE char *allowed = mw_strings_join(&list, ", ");
    MW_FREE char *shown = mw_model_shown(key);
    mw_json_tree_refuse(tree, member->key_begin, allowed, _("unknown field \"%s\" in %s"), shown,
                        what);
    mw_model_suggest(tree->err, key, &list);
    return MW_BAD_PROFILE;
}

/* found[i] is the one of fields[i]. */
static enum mw_code find_fields(const struct mw_json_tree *tree, struct mw_json_node object,
                                const char *what, const struct mw_json_field *fields, size_t count,
                                struct mw_json_node *found)
{
    struct mw_json_member member = {0};
    enum mw_code code = need_type(tree, object, what, MW_JSON_OBJECT);
    if (code != MW_OK)
        return code;
    while (code == MW_OK && mw_json_next(tree->text, object.span, &member)) {
        size_t i = 0;
        while (i < count && !is_named(tree, &member, fields[i].name))
            i++;
        if (i < count && !found[i].is_there)
            found[i] = (struct mw_json_node){true, member.value};
        else if (i < count)
            code = mw_json_tree_refuse(tree, member.key_begin, _("each field once"),
                                       _("the field \"%s\" a second time in %s"), fields[i].name,
                                       what);
        else
            code = refuse_field(tree, &member, what, fields, count);
    }
    return code;
}

struct mw_json_node mw_json_tree_field(const struct mw_json_tree *tree, struct mw_json_node object,
                                       const char *name)
{
    struct mw_json_member member = {0};
    while (object.span.type == MW_JSON_OBJECT && mw_json_next(tree->text, object.span, &member)) {
        if (is_named(tree, &member, name))
            return (struct mw_json_node){true, member.value};
    }
    return (struct mw_json_node){0};
}

static enum mw_code need_field_type(const struct mw_json_tree *tree, struct mw_json_node node,
                                    const char *name, enum mw_json_type type)
{
    if (node.span.type == type)
        return MW_OK;
    MW_FREE char *what = mw_xasprintf("\"%s\"", name);
    return need_type(tree, node, what, type);
}

enum mw_code mw_json_tree_elements(const struct mw_json_tree *tree, struct mw_json_node array,
                                   const char *name, struct mw_json_node **items, size_t *count)
{
    enum mw_code code = need_field_type(tree, array, name, MW_JSON_ARRAY);
    if (code != MW_OK)
        return code;
    struct mw_json_member member = {0};
    *items = NULL;
    *count = 0;
    while (mw_json_next(tree->text, array.span, &member))
        *MW_PUSH(*items, *count) = (struct mw_json_node){true, member.value};
    return MW_OK;
}

/* `node` must be there. */
static enum mw_code read_string(const struct mw_json_tree *tree, struct mw_json_node node,
                                const char *name, char **text)
{
    enum mw_code code = need_field_type(tree, node, name, MW_JSON_STRING);
    if (code != MW_OK)
        return code;
    size_t len = 0;
    char *string = mw_json_unescape(tree->text, node.span.begin, node.span.end, &len);
    if (!tree->is_built_in && mw_model_odd_byte(string, len) < len) {
        free(string);
        return mw_json_tree_refuse(tree, node.span.begin, _("one line of printable text"),
                                   _("a control character in \"%s\""), name);
    }
    *text = string;
    return MW_OK;
}

static enum mw_code read_number(const struct mw_json_tree *tree, struct mw_json_node node,
                                const char *name, long *number)
{
    enum mw_code code = need_field_type(tree, node, name, MW_JSON_NUMBER);
    if (code != MW_OK)
        return code;
    MW_FREE char *written =
        mw_xstrndup(tree->text + node.span.begin, node.span.end - node.span.begin);
    double value = strtod(written, NULL);
    if (value >= 0 && value <= number_max && value == (double)(long)value) {
        *number = (long)value;
        return MW_OK;
    }
    MW_FREE char *shown = mw_model_shown(written);
    return mw_json_tree_refuse(tree, node.span.begin, _("a whole number from 0 to 2147483647"),
                               _("\"%s\" is %s"), name, shown);
}

enum mw_code mw_json_tree_word(const struct mw_json_tree *tree, struct mw_json_node node,
                               const char *name, bool (*is_right)(const char *text),
                               const char *allowed, char **to)
{
    char *text = NULL;
    if (!node.is_there)
        return MW_OK;
    enum mw_code code = read_string(tree, node, name, &text);
    if (code != MW_OK)
        return code;
    if (is_right != NULL && !tree->is_built_in && !is_right(text)) {
        MW_FREE char *shown = mw_model_shown(text);
        mw_json_tree_refuse(tree, node.span.begin, allowed, _("\"%s\" is '%s'"), name, shown);
        free(text);
        return MW_BAD_PROFILE;
    }
    free(*to);
    *to = text;
    return MW_OK;
}

enum mw_code mw_json_tree_words(const struct mw_json_tree *tree, struct mw_json_node node,
                                const char *name, struct mw_strings *to)
{
    struct mw_strings read = {0};
    MW_FREE struct mw_json_node *items = NULL;
    size_t count = 1;
    enum mw_code code = MW_OK;
    if (!node.is_there)
        return MW_OK;
    bool is_array = node.span.type == MW_JSON_ARRAY;
    if (is_array)
        code = mw_json_tree_elements(tree, node, name, &items, &count);
    for (size_t i = 0; i < count && code == MW_OK; i++) {
        char *text = NULL;
        code = read_string(tree, is_array ? items[i] : node, name, &text);
        if (code == MW_OK)
            mw_strings_take(&read, text);
    }
    if (code != MW_OK) {
        mw_strings_release(&read);
        return code;
    }
    mw_strings_release(to);
    *to = read;
    return MW_OK;
}

static enum mw_code read_mark(const struct mw_json_tree *tree, struct mw_json_node node,
                              const char *name, bool *to)
{
    enum mw_json_type type = node.span.type == MW_JSON_TRUE ? MW_JSON_TRUE : MW_JSON_FALSE;
    enum mw_code code = need_field_type(tree, node, name, type);
    if (code == MW_OK)
        *to = type == MW_JSON_TRUE;
    return code;
}

enum mw_code mw_json_tree_choice(const struct mw_json_tree *tree, struct mw_json_node node,
                                 const char *name, const char *const *words, unsigned *index)
{
    MW_FREE char *text = NULL;
    MW_AUTO(mw_strings) allowed = {0};
    enum mw_code code = mw_json_tree_word(tree, node, name, NULL, NULL, &text);
    if (code != MW_OK || text == NULL)
        return code;
    for (unsigned i = 0; words[i] != NULL; i++) {
        if (strcmp(words[i], text) == 0) {
            *index = i;
            return MW_OK;
        }
        if (words[i][0] != '\0')
            mw_strings_add(&allowed, words[i]);
    }
    MW_FREE char *list = mw_strings_join(&allowed, ", ");
    MW_FREE char *shown = mw_model_shown(text);
    return mw_json_tree_refuse(tree, node.span.begin, list, _("\"%s\" is '%s'"), name, shown);
}

/* Takes the name of a member into `names`. */
static enum mw_code read_name(const struct mw_json_tree *tree, const struct mw_json_member *member,
                              const char *name, struct mw_strings *names)
{
    size_t len = 0;
    size_t offset = member->key_begin;
    char *text = mw_json_unescape(tree->text, offset, member->key_end, &len);
    bool is_twin = !tree->is_built_in && mw_strings_has(names, text);
    mw_strings_take(names, text);
    if (!tree->is_built_in && (len == 0 || mw_model_odd_byte(text, len) < len))
        return mw_json_tree_refuse(tree, offset, _("one line of printable text"),
                                   _("a name in \"%s\" that is empty or holds a control character"),
                                   name);
    if (is_twin)
        return mw_json_tree_refuse(tree, offset, _("each field once"),
                                   _("the field \"%s\" a second time in %s"), text, name);
    return MW_OK;
}

enum mw_code mw_json_tree_members(const struct mw_json_tree *tree, struct mw_json_node object,
                                  const char *name, struct mw_json_node **items,
                                  struct mw_strings *names)
{
    enum mw_code code = need_field_type(tree, object, name, MW_JSON_OBJECT);
    if (code != MW_OK)
        return code;
    struct mw_json_member member = {0};
    struct mw_json_node *list = NULL;
    size_t count = 0;
    while (code == MW_OK && mw_json_next(tree->text, object.span, &member)) {
        *MW_PUSH(list, count) = (struct mw_json_node){true, member.value};
        if (count <= MEMBER_LIMIT) /* each is compared with those before */
            code = read_name(tree, &member, name, names);
    }
    if (code == MW_OK && count > MEMBER_LIMIT)
        code = mw_json_tree_refuse(tree, object.span.begin, _("up to 1000"),
                                   _("%zu fields in \"%s\""), count, name);
    if (code != MW_OK) {
        free(list);
        mw_strings_release(names);
        return code;
    }
    *items = list;
    return MW_OK;
}

enum mw_code mw_json_tree_need(const struct mw_json_tree *tree, size_t offset,
                               struct mw_json_node node, const char *what, const char *name)
{
    if (node.is_there)
        return MW_OK;
    return mw_json_tree_refuse(tree, offset, NULL, _("%s without \"%s\", which is required"), what,
                               name);
}

enum mw_code mw_json_tree_pairs(const struct mw_json_tree *tree, struct mw_json_node node,
                                const char *name, struct mw_pairs *pairs)
{
    MW_FREE struct mw_json_node *items = NULL;
    MW_AUTO(mw_strings) names = {0};
    enum mw_code code = mw_json_tree_members(tree, node, name, &items, &names);
    if (code == MW_OK)
        mw_pairs_release(pairs);
    for (size_t i = 0; i < names.count && code == MW_OK; i++) {
        struct mw_pair *pair = MW_PUSH(pairs->items, pairs->count);
        pair->name = mw_xstrdup(names.items[i]);
        pair->value = mw_xstrdup("");
        code = mw_json_tree_word(tree, items[i], names.items[i], NULL, NULL, &pair->value);
    }
    return code;
}

static enum mw_code read_field(const struct mw_json_tree *tree, struct mw_json_node node,
                               const struct mw_json_field *field, void *to)
{
    const char *allowed = field->allowed != NULL ? _(field->allowed) : NULL;
    switch (field->shape) {
    case MW_JSON_WORD:
        return mw_json_tree_word(tree, node, field->name, field->is_right, allowed, to);
    case MW_JSON_WORDS:
        return mw_json_tree_words(tree, node, field->name, to);
    case MW_JSON_MARK:
        return read_mark(tree, node, field->name, to);
    case MW_JSON_AMOUNT:
        return read_number(tree, node, field->name, to);
    case MW_JSON_CHOICE:
        return mw_json_tree_choice(tree, node, field->name, field->words, to);
    case MW_JSON_PAIRS:
        return mw_json_tree_pairs(tree, node, field->name, to);
    case MW_JSON_OWN:
        break;
    }
    return MW_OK;
}

enum mw_code mw_json_tree_read(const struct mw_json_tree *tree, struct mw_json_node object,
                               const char *what, const struct mw_json_field *fields, size_t count,
                               struct mw_json_node *found, void *to)
{
    struct mw_json_node nodes[FIELD_LIMIT] = {0};
    enum mw_code code = find_fields(tree, object, what, fields, count, nodes);
    for (size_t i = 0; i < count && code == MW_OK; i++) {
        if (fields[i].is_needed)
            code = mw_json_tree_need(tree, object.span.begin, nodes[i], what, fields[i].name);
    }
    for (size_t i = 0; i < 2 * count && code == MW_OK; i++) {
        const struct mw_json_field *field = &fields[i % count];
        struct mw_json_node node = nodes[i % count];
        void *at = (char *)to + field->offset;
        if (!node.is_there || (field->take != NULL) != (i >= count))
            continue;
        code = read_field(tree, node, field, at);
        if (code == MW_OK && field->take != NULL)
            code = field->take(tree, node, at);
    }
    if (found != NULL)
        memcpy(found, nodes, count * sizeof *found);
    return code;
}

void mw_json_fields_release(const struct mw_json_field *fields, size_t count, void *from)
{
    for (size_t i = 0; i < count; i++) {
        void *place = (char *)from + fields[i].offset;
        if (fields[i].shape == MW_JSON_WORD) {
            free(*(char **)place);
            *(char **)place = NULL;
        } else if (fields[i].shape == MW_JSON_WORDS) {
            mw_strings_release(place);
        } else if (fields[i].shape == MW_JSON_PAIRS) {
            mw_pairs_release(place);
        }
    }
}
