/* daemon.json: how dockerd reads it (moby/moby daemon/config, Go's encoding/json), and one key of
 * it changed.
 *
 * A name may occur several times in its object. Go's decoder merges the objects that a path leads
 * through, in their order; a null (or anything else) between them discards what came before: those
 * are no longer alive. (dockerd decodes into structs and maps: encoding/json decode.go, func (d
 * *decodeState) object.) */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "edit_parts.h"
#include "json_style.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"

/* ---- reading --------------------------------------------------------------------------------- */

/* In the order of the text; no deeper than values nest (MW_JSON_MAX_DEPTH). */
static void add_value(struct tree *json, size_t parent, struct node node, struct mw_json_span span)
{
    struct mw_json_member member = {0};
    node.kind = span.type;
    node.value = span.begin;
    node.value_end = span.end;
    size_t self = tree_add(json, parent, node);
    while (mw_json_next(json->text, span, &member)) {
        bool is_item = span.type == MW_JSON_ARRAY;
        struct node child = {.begin = is_item ? member.value.begin : member.key_begin,
                             .name_end = member.key_end};
        if (span.type == MW_JSON_OBJECT)
            child.name = mw_json_unescape(json->text, child.begin, child.name_end, &child.name_len);
        add_value(json, self, child, member.value);
    }
}

/* A text without a value is a null as long as it is. */
static bool json_parse(struct tree *json)
{
    struct mw_json_span root = {.type = MW_JSON_NULL, .end = json->len};
    bool is_empty = edit_skip_space(json->text, 0, json->len) == json->len;
    if (!is_empty && !mw_json_check(json->text, json->len, &root, &json->bad, &json->what))
        return false;
    if (root.type != MW_JSON_OBJECT && root.type != MW_JSON_NULL)
        return tree_refuse(json, root.begin, N_("the text is not an object in { }"));
    add_value(json, 0, (struct node){0}, root);
    return true;
}

static char *read_string(const struct tree *json, const struct node *node)
{
    size_t len = 0;
    if (node->kind != MW_JSON_STRING)
        return NULL;
    MW_FREE char *raw = mw_json_unescape(json->text, node->value, node->value_end, &len);
    return mw_edit_item(raw, len);
}

static void read_node(const struct tree *json, const struct node *node, struct mw_value *value)
{
    if (tree_read_strings(json, node, node->kind == MW_JSON_ARRAY, read_string, value))
        return;
    value->kind = MW_VALUE_LITERAL;
    mw_strings_add_n(&value->items, json->text + node->value, node->value_end - node->value);
}

static void read_json_value(const struct tree *json, const struct tree_place *place,
                            struct mw_value *value)
{
    read_node(json, &json->nodes[place->at], value);
}

/* What the first parts of a path, one more at each level, stand for; 0: nothing. */
struct level {
    size_t last;   /* the last of all such members */
    size_t object; /* the last one that is an object */
    size_t other;  /* the last one that is none, or a list: it discards what comes before */
};

/* No member has no name: what picks an item, where nothing does. */
static bool is_part(const struct node *member, const struct key_part *part)
{
    return part->name != NULL && strlen(part->name) == member->name_len &&
           memcmp(member->name, part->name, member->name_len) == 0;
}

static bool is_item(const struct tree *json, size_t node)
{
    return json->nodes[json->nodes[node].parent].kind == MW_JSON_ARRAY;
}

/* Is it an object that the part picks from its list? */
static bool is_picked(const struct tree *json, const struct key_part *part, size_t item)
{
    const struct key_part by = {.name = part->pick};
    bool found = false;
    for (size_t i = json->nodes[item].first; i != 0; i = json->nodes[i].next) {
        if (json->nodes[item].kind != MW_JSON_OBJECT || !is_part(&json->nodes[i], &by))
            continue;
        MW_AUTO(mw_value) value = {0};
        read_node(json, &json->nodes[i], &value);
        found = value.items.count == 1 && strcmp(value.items.items[0], part->pick_value) == 0;
    }
    return found;
}

/* What a member leads to: itself, or the first item that the part picks from it; 0: nothing. */
static size_t led_to(const struct tree *json, const struct key_part *part, size_t member)
{
    size_t item = json->nodes[member].kind == MW_JSON_ARRAY ? json->nodes[member].first : 0;
    if (part->pick == NULL)
        return member;
    while (item != 0 && !is_picked(json, part, item))
        item = json->nodes[item].next;
    return item;
}

static void look(const struct tree *json, const struct key_path *path, size_t level, size_t object,
                 struct level *levels)
{
    for (size_t i = json->nodes[object].first; i != 0; i = json->nodes[i].next) {
        const struct key_part *part = &path->parts[level];
        if (!is_part(&json->nodes[i], part))
            continue;
        size_t to = led_to(json, part, i);
        bool is_object = to != 0 && json->nodes[to].kind == MW_JSON_OBJECT;
        levels[level].last = to != 0 ? to : i;
        if (is_object)
            levels[level].object = to;
        if (!is_object || part->pick != NULL)
            levels[level].other = i;
        if (is_object && level + 1 < path->count)
            look(json, path, level + 1, to, levels);
    }
}

/* Owned. */
static struct level *find_levels(const struct tree *json, const struct key_path *path)
{
    struct level *levels = mw_xcalloc(path->count, sizeof *levels);
    look(json, path, 0, 0, levels);
    return levels;
}

/* Is it a member, and what the last part picks not there? */
static bool lacks_item(const struct tree *json, const struct key_path *path,
                       const struct tree_place *place)
{
    return place->done > 0 && path->parts[place->done - 1].pick != NULL &&
           !is_item(json, place->at);
}

static void follow_json(const struct tree *json, const struct key_path *path,
                        struct tree_place *place)
{
    MW_FREE struct level *levels = find_levels(json, path);
    while (place->done < path->count && json->nodes[place->at].kind == MW_JSON_OBJECT &&
           !lacks_item(json, path, place)) {
        size_t found = levels[place->done].last;
        size_t up = found;
        bool is_alive = found != 0;
        for (size_t level = place->done; is_alive && level-- > 0;) {
            up = json->nodes[up].parent;
            up = json->nodes[up].kind == MW_JSON_ARRAY ? json->nodes[up].parent : up;
            is_alive = up > levels[level].other;
        }
        if (!is_alive)
            return;
        place->at = found;
        place->done++;
    }
}

/* ---- what can be written --------------------------------------------------------------------- */

/* Would the value still be within the nesting that check() allows, so many objects deep? */
static bool nests(const char *value, size_t names)
{
    MW_AUTO(mw_buf) wrapped = {0};
    for (size_t i = 0; i < names; i++)
        mw_buf_putc(&wrapped, '[');
    mw_buf_puts(&wrapped, value);
    for (size_t i = 0; i < names; i++)
        mw_buf_putc(&wrapped, ']');
    return mw_json_check(mw_buf_text(&wrapped), wrapped.len, NULL, NULL, NULL);
}

/* A literal is one JSON value that reads as a literal again, without blanks around it. */
static bool is_literal(const char *text)
{
    struct mw_json_span span;
    size_t len = strlen(text);
    if (!mw_json_check(text, len, &span, NULL, NULL) || span.begin != 0 || span.end != len)
        return false;
    MW_AUTO(tree) json = {.text = text, .len = len};
    MW_AUTO(mw_value) value = {0};
    add_value(&json, 0, (struct node){0}, span);
    read_node(&json, &json.nodes[0], &value);
    return value.kind == MW_VALUE_LITERAL;
}

static enum mw_code accepts_json(const char *key, const struct key_path *path, bool is_parsed,
                                 const struct mw_value *value, struct mw_error *err)
{
    const char *item = value->kind == MW_VALUE_LITERAL ? value->items.items[0] : "[]";
    size_t depth = path->count;
    for (size_t i = 0; i < path->count; i++)
        depth += path->parts[i].pick != NULL;
    if (tree_accepts(err, key, path, is_parsed, value) != MW_OK)
        return MW_USAGE;
    if (value->kind == MW_VALUE_LITERAL && !is_literal(item))
        return mw_fail(err, MW_USAGE, 0, "edit",
                       _("The value of %s is no JSON literal: true, false, null, a number or an "
                         "object."),
                       key);
    if (!nests(item, depth))
        return mw_fail(err, MW_USAGE, 0, "edit", _("%s would be nested more than %d deep."), key,
                       MW_JSON_MAX_DEPTH);
    return MW_OK;
}

/* ---- changing -------------------------------------------------------------------------------- */

/* The text has no object yet. */
static void add_root(const struct tree_change *change)
{
    const struct node *root = &change->tree->nodes[0];
    struct json_style style = json_style_learn(change->tree, 0);
    struct mw_buf *out = mw_edits_add(change->edits, root->value, root->value_end);
    mw_buf_putc(out, '{');
    json_put_only_member(out, &style, change, 0);
    mw_buf_putc(out, '}');
    if (root->value == 0 && root->value_end == change->tree->len)
        mw_buf_puts(out, style.ending);
}

static void add_member(const struct tree_change *change, size_t object, size_t part)
{
    const struct tree *json = change->tree;
    const struct node *node = &json->nodes[object];
    struct json_style style = json_style_learn(json, object);
    if (node->first == 0) {
        json_put_only_member(mw_edits_add(change->edits, node->value + 1, node->value_end - 1),
                             &style, change, part);
        return;
    }
    size_t end = json->nodes[node->last].value_end;
    struct mw_buf *out = mw_edits_add(change->edits, end, end);
    json_put_separator(out, &style, 0);
    json_put_member(out, &style, change, part);
}

/* An item behind those of a list, written as the last one is if that is an object with members. */
static void add_item(const struct tree_change *change, size_t list, size_t part)
{
    const struct tree *json = change->tree;
    const struct node *node = &json->nodes[list], *last = &json->nodes[node->last];
    bool has_like = node->first != 0 && last->kind == MW_JSON_OBJECT && last->first != 0;
    struct json_style gaps = {0};
    struct json_style style = json_style_learn(json, has_like ? node->last : node->parent);
    json_style_learn_array(json, node, &gaps);
    if (node->first == 0) {
        struct mw_buf *out = mw_edits_add(change->edits, node->value, node->value_end);
        json_put_value(out, &style, change, part, 0);
        return;
    }
    struct mw_buf *out = mw_edits_add(change->edits, last->value_end, last->value_end);
    if (gaps.array_comma.text != NULL) {
        edit_put_slice(out, gaps.array_comma);
    } else {
        mw_buf_putc(out, ',');
        edit_put_slice(out,
                       gaps.array_open.len > 0 ? gaps.array_open : (struct edit_slice){" ", 1});
    }
    json_put_object(out, &style, change, part, has_like ? -1 : 1);
}

static void replace_json_value(const struct tree_change *change, size_t part)
{
    const struct tree *json = change->tree;
    const struct node *node = &json->nodes[change->place.at];
    struct json_style style = json_style_learn(json, node->parent);
    json_style_learn_array(json, node, &style);
    json_put_value(mw_edits_add(change->edits, node->value, node->value_end), &style, change, part,
                   0);
}

/* Which part what is inside of a member, or of an item, is compared with; as many as there are: it
 * is the key itself; OFF_THE_WAY: it is none that leads there. */
#define OFF_THE_WAY SIZE_MAX
static size_t part_inside(const struct tree_change *change, size_t part, size_t node)
{
    const struct tree *json = change->tree;
    const struct key_part *key = &change->path->parts[part];
    bool is_of_list = is_item(json, node), is_list = !is_of_list && key->pick != NULL;
    unsigned kind = is_list ? MW_JSON_ARRAY : MW_JSON_OBJECT;
    if (is_of_list ? !is_picked(json, key, node) : !is_part(&json->nodes[node], key))
        return OFF_THE_WAY;
    if (part + 1 < change->path->count && json->nodes[node].kind != kind)
        return OFF_THE_WAY;
    return is_list ? part : part + 1;
}

static bool goes(const struct tree_change *change, size_t part, size_t node);

/* Would nothing be left inside without the key? What picks an item is nothing. */
static bool is_emptied(const struct tree_change *change, size_t part, size_t node)
{
    const struct node *nodes = change->tree->nodes;
    bool is_some = false, is_picked_by = is_item(change->tree, node);
    for (size_t i = nodes[node].first; i != 0; i = nodes[i].next) {
        const struct key_part by = {.name = change->path->parts[part > 0 ? part - 1 : 0].pick};
        if (goes(change, part, i))
            is_some = true;
        else if (!is_picked_by || !is_part(&nodes[i], &by))
            return false;
    }
    return is_some;
}

/* Is it gone without the key? No deeper than values nest. */
static bool goes(const struct tree_change *change, size_t part, size_t node)
{
    size_t inside = part_inside(change, part, node);
    return inside != OFF_THE_WAY &&
           (inside == change->path->count || is_emptied(change, inside, node));
}

/* Removes the key from an object or a list, wherever it stands, with its comma: each run of members
 * that go takes the one before it, or, at the start, the one behind; and objects that this leaves
 * empty, but not the root. */
static void remove_from(const struct tree_change *change, size_t part, size_t object)
{
    const struct node *nodes = change->tree->nodes;
    size_t first = nodes[object].first, kept = 0, gone = 0; /* the last ones */
    for (size_t i = first; i != 0; i = nodes[i].next) {
        size_t inside = part_inside(change, part, i);
        if (goes(change, part, i)) {
            gone = i;
            continue;
        }
        if (inside != OFF_THE_WAY)
            remove_from(change, inside, i);
        if (gone != 0 && kept == 0)
            mw_edits_add(change->edits, nodes[first].begin, nodes[i].begin);
        else if (gone != 0)
            mw_edits_add(change->edits, nodes[kept].value_end, nodes[gone].value_end);
        kept = i;
        gone = 0;
    }
    if (gone != 0 && kept != 0)
        mw_edits_add(change->edits, nodes[kept].value_end, nodes[gone].value_end);
    else if (gone != 0)
        mw_edits_add(change->edits, nodes[0].value + 1, nodes[0].value_end - 1);
}

/* Goes down as far as there are objects and puts there what is missing. */
static enum mw_code change_json_value(const struct tree_change *change)
{
    const struct tree *json = change->tree;
    size_t at = change->place.at, done = change->place.done;
    const struct node *node = &json->nodes[at];
    if (change->value->kind == MW_VALUE_ABSENT) {
        remove_from(change, 0, 0);
        mw_edits_sort(change->edits);
    } else if (json->nodes[0].kind == MW_JSON_NULL) {
        add_root(change);
    } else if (done == change->path->count) {
        replace_json_value(change, done - 1);
    } else if (lacks_item(json, change->path, &change->place) && node->kind == MW_JSON_ARRAY) {
        add_item(change, at, done - 1);
    } else if (node->kind == MW_JSON_OBJECT && !lacks_item(json, change->path, &change->place)) {
        add_member(change, at, done);
    } else if (node->kind != MW_JSON_NULL) {
        return tree_refuse_change(change, node->value,
                                  change->path->parts[done - 1].pick != NULL
                                      ? _("what stands here is no list")
                                      : _("what stands here is no object"),
                                  NULL);
    } else {
        /* An object in the place of the null would merge with those that the null had discarded. */
        MW_FREE struct level *levels = find_levels(json, change->path);
        if (levels[done - 1].object != 0)
            add_member(change, done > 1 ? levels[done - 2].last : 0, done - 1);
        else
            replace_json_value(change, done - 1);
    }
    return MW_OK;
}

/* ---- the editor ------------------------------------------------------------------------------ */

static const struct tree_format format = {.parse = json_parse,
                                          .follow = follow_json,
                                          .read = read_json_value,
                                          .has_dead = true,
                                          .accepts = accepts_json,
                                          .change = change_json_value};

/* Of two members of one name the later counts; only objects merge. */
static void json_notices(const char *text, size_t len, struct mw_notices *notices)
{
    MW_AUTO(tree) json = {0};
    MW_AUTO(names) names = {0};
    if (!tree_parse(&format, &json, text, len))
        return;
    size_t line = 1;
    size_t seen = 0;
    for (size_t i = json.nodes[0].first; i != 0; i = json.nodes[i].next) {
        const struct node *node = &json.nodes[i];
        for (; seen < node->begin; seen++)
            line += text[seen] == '\n';
        names_add(&names, mw_edit_item(node->name, node->name_len), 0, line)->at = i;
    }
    names_sort(&names);
    for (size_t i = 1; i < names.count; i++) {
        const struct name *name = &names.items[i - 1];
        bool merge = json.nodes[name->at].kind == MW_JSON_OBJECT &&
                     json.nodes[name[1].at].kind == MW_JSON_OBJECT;
        if (names_again(&names, i) && !merge)
            mw_notices_add(notices, name->line, "json-duplicate",
                           _("\"%.60s\" is given again on line %zu, so this one has no effect"),
                           name->text, name[1].line);
    }
}

const struct mw_editor mw_editor_json = {
    .name = "json",
    .check = tree_check,
    .get = tree_get,
    .put = tree_put,
    .notices = json_notices,
    .is_typed = true,
    .is_json = true,
    .tree = &format,
};
