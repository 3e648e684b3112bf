/* XML: Maven's settings.xml, NuGet.Config. A path begins with the name of the root element; its
 * last part may be an attribute (`@name`). Names are compared as they are spelled, prefix and all.
 */
#include <stdlib.h>
#include <string.h>

#include "edit_parts.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "xml_scan.h"

/* ---- reading --------------------------------------------------------------------------------- */

static const struct xml_attribute *find_attribute(const struct tree *xml, size_t node,
                                                  const char *name)
{
    const struct node *self = &xml->nodes[node];
    for (size_t i = 0; i < self->attribute_count; i++) {
        const struct xml_attribute *attribute = &xml->attributes[self->attribute + i];
        if (edit_is(xml->text, attribute->name, attribute->name_end, name))
            return attribute;
    }
    return NULL;
}

static size_t find_child(const struct tree *xml, size_t node, const char *name)
{
    size_t child = xml->nodes[node].first;
    while (child != 0 && strcmp(xml->nodes[child].name, name) != 0)
        child = xml->nodes[child].next;
    return child;
}

static void trim(const char *text, size_t *begin, size_t *end)
{
    *begin = edit_skip_space(text, *begin, *end);
    while (*end > *begin && edit_is_space(text[*end - 1]))
        --*end;
}

/* Owned: the text of an element, without blanks around it. */
static char *read_text(const struct tree *xml, size_t node)
{
    MW_AUTO(mw_buf) out = {0};
    xml_decode(xml->text, xml->nodes[node].value, xml->nodes[node].value_end, &out);
    size_t begin = 0;
    size_t end = out.len;
    trim(mw_buf_text(&out), &begin, &end);
    return mw_edit_item(mw_buf_text(&out) + begin, end - begin);
}

static char *read_attribute(const struct tree *xml, const struct xml_attribute *attribute)
{
    MW_AUTO(mw_buf) out = {0};
    for (size_t at = attribute->value; at < attribute->value_end; at++) {
        size_t end = at;
        while (end < attribute->value_end && !edit_is_space(xml->text[end]))
            end++;
        xml_decode(xml->text, at, end, &out);
        at = end;
        if (at < attribute->value_end)
            mw_buf_putc(&out, ' ');
        if (at + 1 < attribute->value_end && xml->text[at] == '\r' && xml->text[at + 1] == '\n')
            at++;
    }
    return mw_edit_item(mw_buf_text(&out), out.len);
}

static bool is_picked(const struct tree *xml, size_t node, const struct key_part *part)
{
    MW_FREE char *value = NULL;
    if (part->pick[0] == '@') {
        const struct xml_attribute *attribute = find_attribute(xml, node, part->pick + 1);
        value = attribute != NULL ? read_attribute(xml, attribute) : NULL;
    } else {
        size_t child = find_child(xml, node, part->pick);
        value = child != 0 ? read_text(xml, child) : NULL;
    }
    return value != NULL && strcmp(value, part->pick_value) == 0;
}

/* `node` or the next one beside it that the part stands for; 0 if there is none. */
static size_t find_part(const struct tree *xml, size_t node, const struct key_part *part)
{
    while (node != 0 && (strcmp(xml->nodes[node].name, part->name) != 0 ||
                         (part->pick != NULL && !is_picked(xml, node, part))))
        node = xml->nodes[node].next;
    return node;
}

static void follow_xml(const struct tree *xml, const struct key_path *path,
                       struct tree_place *place)
{
    for (; place->done < path->count; place->done++) {
        const struct key_part *part = &path->parts[place->done];
        if (part->name[0] == '@') {
            place->attribute = find_attribute(xml, place->at, part->name + 1);
            place->done += place->attribute != NULL;
            return;
        }
        size_t child = find_part(xml, xml->nodes[place->at].first, part);
        if (child == 0)
            return;
        place->is_one_of = place->is_one_of || find_part(xml, xml->nodes[child].next, part) != 0;
        place->at = child;
    }
}

/* Absent for an element that holds others. */
static void read_xml_value(const struct tree *xml, const struct tree_place *place,
                           struct mw_value *value)
{
    if (place->attribute == NULL && xml->nodes[place->at].first != 0)
        return;
    value->kind = MW_VALUE_STRING;
    mw_strings_take(&value->items, place->attribute != NULL ? read_attribute(xml, place->attribute)
                                                            : read_text(xml, place->at));
}

/* ---- writing --------------------------------------------------------------------------------- */

static void put_attribute(const char *name, const char *value, struct mw_buf *out)
{
    mw_buf_printf(out, " %s=\"", name);
    xml_put_escaped(value, out);
    mw_buf_putc(out, '"');
}

/* The blanks in front of an element; false if it does not lead its line. */
static bool find_indent(const struct tree *xml, size_t node, struct edit_slice *indent)
{
    size_t end = xml->nodes[node].begin;
    size_t begin = end;
    while (begin > 0 && mw_text_is_blank(xml->text[begin - 1]))
        begin--;
    if (begin > odd_text_mark(xml->text, xml->len) && xml->text[begin - 1] != '\n')
        return false;
    *indent = (struct edit_slice){xml->text + begin, end - begin};
    return true;
}

struct writer {
    const struct tree_change *change;
    const char *value;
    struct edit_slice unit;   /* how much deeper each level is */
    struct edit_slice indent; /* of a new child, */
    size_t levels;            /* and by so many units more */
    struct mw_buf *out;
};

static void learn_indent(const struct tree *xml, size_t node, struct writer *writer)
{
    size_t root = xml->nodes[0].first, last = xml->nodes[node].last;
    struct edit_slice outer = {0}, inner = {0};
    writer->unit = (struct edit_slice){"  ", 2};
    if (find_indent(xml, root, &outer) && find_indent(xml, xml->nodes[root].first, &inner) &&
        inner.len > outer.len)
        writer->unit = (struct edit_slice){inner.text + outer.len, inner.len - outer.len};
    if (node == 0 || (last != 0 && find_indent(xml, last, &writer->indent)))
        return;
    find_indent(xml, node, &writer->indent);
    writer->levels = 1;
}

static void put_break(const struct writer *writer, struct edit_slice indent, size_t levels)
{
    mw_buf_puts(writer->out, edit_ending(writer->change->tree->text, writer->change->tree->len));
    edit_put_slice(writer->out, indent);
    for (size_t i = 0; i < levels; i++)
        edit_put_slice(writer->out, writer->unit);
}

/* Elements for the parts of the path from `first` on; the first one's indentation is there. */
static void put_elements(const struct writer *writer, size_t first)
{
    const struct key_path *path = writer->change->path;
    struct mw_buf *out = writer->out;
    size_t last = path->count - 1;
    bool is_attribute = path->parts[last].name[0] == '@';
    size_t elements = path->count - is_attribute;
    for (size_t i = first; i < elements; i++) {
        const struct key_part *part = &path->parts[i];
        if (i > first)
            put_break(writer, writer->indent, writer->levels + i - first);
        mw_buf_printf(out, "<%s", part->name);
        if (part->pick != NULL && part->pick[0] == '@')
            put_attribute(part->pick + 1, part->pick_value, out);
        if (i + 1 == elements && is_attribute) {
            put_attribute(path->parts[last].name + 1, writer->value, out);
            mw_buf_puts(out, " />");
            continue;
        }
        mw_buf_putc(out, '>');
        const char *pick = key_path_pick(path, i);
        if (pick != NULL && pick[0] != '@') {
            put_break(writer, writer->indent, writer->levels + i - first + 1);
            mw_buf_printf(out, "<%s>", pick);
            xml_put_escaped(part->pick_value, out);
            mw_buf_printf(out, "</%s>", pick);
        }
    }
    if (!is_attribute) {
        xml_put_escaped(writer->value, out);
        mw_buf_printf(out, "</%s>", path->parts[last].name);
    }
    for (size_t open = elements - 1; open-- > first;) {
        put_break(writer, writer->indent, writer->levels + open - first);
        mw_buf_printf(out, "</%s>", path->parts[open].name);
    }
}

static void add_attribute(const struct tree_change *change, const char *value)
{
    const struct tree *xml = change->tree;
    const struct node *node = &xml->nodes[change->place.at];
    const char *name = change->path->parts[change->path->count - 1].name;
    size_t where = node->attribute_count > 0
                       ? xml->attributes[node->attribute + node->attribute_count - 1].end
                       : node->name_end;
    put_attribute(name + 1, value, mw_edits_add(change->edits, where, where));
}

/* Behind all else in the element, in front of its end tag. */
static void add_elements(const struct tree_change *change, const char *value)
{
    const struct tree *xml = change->tree;
    size_t at = change->place.at;
    const struct node *node = &xml->nodes[at];
    struct writer writer = {.change = change, .value = value};
    learn_indent(xml, at, &writer);
    if (at == 0) {
        writer.out = mw_edits_add(change->edits, xml->len, xml->len);
        if (xml->len <= odd_text_mark(xml->text, xml->len))
            mw_buf_puts(writer.out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        put_elements(&writer, 0);
        mw_buf_puts(writer.out, edit_ending(xml->text, xml->len));
    } else {
        size_t where = node->is_closed ? node->end - 2 : node->value_end;
        while (!node->is_closed && where > node->value && edit_is_space(xml->text[where - 1]))
            where--;
        bool breaks =
            !node->is_closed && memchr(xml->text + where, '\n', node->value_end - where) != NULL;
        writer.out = mw_edits_add(change->edits, where, node->is_closed ? node->end : where);
        if (node->is_closed)
            mw_buf_putc(writer.out, '>');
        put_break(&writer, writer.indent, writer.levels);
        put_elements(&writer, change->place.done);
        struct edit_slice own = {0};
        if (!breaks) {
            find_indent(xml, at, &own);
            put_break(&writer, own, 0);
        }
        if (node->is_closed)
            mw_buf_printf(writer.out, "</%s>", node->name);
    }
}

static void replace_xml_value(const struct tree_change *change, const char *value)
{
    const struct tree *xml = change->tree;
    const struct node *node = &xml->nodes[change->place.at];
    const struct xml_attribute *attribute = change->place.attribute;
    if (attribute != NULL) {
        xml_put_escaped(value, mw_edits_add(change->edits, attribute->value, attribute->value_end));
        return;
    }
    if (node->is_closed) {
        struct mw_buf *out = mw_edits_add(change->edits, node->end - 2, node->end);
        mw_buf_putc(out, '>');
        xml_put_escaped(value, out);
        mw_buf_printf(out, "</%s>", node->name);
        return;
    }
    size_t begin = node->value;
    size_t end = node->value_end;
    trim(xml->text, &begin, &end);
    xml_put_escaped(value, mw_edits_add(change->edits, begin, end));
}

/* ---- removing -------------------------------------------------------------------------------- */

/* Would nothing be left of the element but what picks it? `going`: a child; 0: an attribute. */
static bool is_emptied(const struct tree *xml, size_t node, size_t going,
                       const struct key_part *part)
{
    const struct node *self = &xml->nodes[node];
    bool by_attribute = part->pick != NULL && part->pick[0] == '@';
    size_t attributes = self->attribute_count - (going == 0);
    if (self->parent == 0 || self->has_text || self->has_remarks || attributes > by_attribute)
        return false;
    for (size_t i = self->first; i != 0; i = xml->nodes[i].next) {
        bool is_pick =
            part->pick != NULL && !by_attribute && strcmp(xml->nodes[i].name, part->pick) == 0;
        if (i != going && !is_pick)
            return false;
    }
    return true;
}

static void remove_value(const struct tree_change *change)
{
    const struct tree *xml = change->tree;
    const struct key_path *path = change->path;
    const struct xml_attribute *attribute = change->place.attribute;
    size_t at = change->place.at;
    size_t part = path->count - 1;
    if (attribute != NULL) {
        part--;
        if (!is_emptied(xml, at, 0, &path->parts[part])) {
            mw_edits_add(change->edits, attribute->begin, attribute->end);
            return;
        }
    }
    while (part > 0 && is_emptied(xml, xml->nodes[at].parent, at, &path->parts[part - 1])) {
        at = xml->nodes[at].parent;
        part--;
    }
    size_t begin = xml->nodes[at].begin;
    struct edit_slice indent = {0};
    if (xml->nodes[at].parent != 0 && find_indent(xml, at, &indent)) {
        begin -= indent.len;
        begin -= begin > 0;
        begin -= begin > 0 && xml->text[begin - 1] == '\r';
    }
    mw_edits_add(change->edits, begin, xml->nodes[at].end);
}

/* ---- the editor ------------------------------------------------------------------------------ */

static bool is_xml_name(const char *name)
{
    name += *name == '@';
    bool begins = (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z') || *name == '_';
    return begins && name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                       "0123456789-_.:")] == '\0';
}

static enum mw_code accepts_xml(const char *key, const struct key_path *path, bool parsed,
                                const struct mw_value *value, struct mw_error *err)
{
    bool fits = parsed && path->count > 1 && path->parts[path->count - 1].pick == NULL;
    for (size_t i = 0; fits && i < path->count; i++)
        fits = is_xml_name(path->parts[i].name) &&
               (path->parts[i].name[0] != '@' || i + 1 == path->count) &&
               (path->parts[i].pick == NULL || is_xml_name(path->parts[i].pick));
    if (!fits)
        return mw_fail(err, MW_USAGE, 0, "edit",
                       _("\"%s\" is no path of elements joined by dots, from the root element on."),
                       key);
    if (value->kind == MW_VALUE_LIST || value->kind == MW_VALUE_LITERAL)
        return mw_fail(err, MW_USAGE, 0, "edit",
                       _("%s takes one string; a file of this format knows nothing else."), key);
    const char *item = value->kind == MW_VALUE_STRING ? value->items.items[0] : "";
    size_t len = strlen(item);
    if (edit_check_utf8(err, key, item) != MW_OK)
        return MW_USAGE;
    bool odd = strstr(item, "\xEF\xBF\xBE") != NULL || strstr(item, "\xEF\xBF\xBF") != NULL;
    for (size_t i = 0; i < len; i++)
        odd = odd || (unsigned char)item[i] < 0x20;
    if (odd)
        return edit_refuse_value(err, key, _("a control character"));
    if (len > 0 && (edit_is_space(item[0]) || edit_is_space(item[len - 1])))
        return edit_refuse_value(err, key,
                                 _("a blank at its start or end, which would be dropped"));
    return MW_OK;
}

static enum mw_code change_xml_value(const struct tree_change *change)
{
    const struct tree *xml = change->tree;
    const struct key_path *path = change->path;
    size_t at = change->place.at;
    const struct node *node = &xml->nodes[at];
    const char *item = change->value->kind == MW_VALUE_STRING ? change->value->items.items[0] : "";
    bool is_there = change->place.done == path->count;
    bool wrong_root = at == 0 && node->first != 0;
    bool adds_attribute =
        path->parts[path->count - 1].name[0] == '@' && change->place.done + 1 == path->count;
    bool is_mixed = is_there
                        ? change->place.attribute == NULL && (node->first != 0 || node->has_remarks)
                        : node->has_text && !adds_attribute;
    if (change->place.is_one_of || wrong_root || (at != 0 && is_mixed))
        return tree_refuse_change(change, xml->nodes[at != 0 ? at : node->first].begin,
                                  _("the element is there twice or holds something else, or the "
                                    "root element has another name"),
                                  NULL);
    if (change->value->kind == MW_VALUE_ABSENT)
        remove_value(change);
    else if (is_there)
        replace_xml_value(change, item);
    else if (adds_attribute)
        add_attribute(change, item);
    else
        add_elements(change, item);
    return MW_OK;
}

static const struct tree_format format = {.parse = xml_parse,
                                          .hint =
                                              N_("Correct the file there, or change it by hand."),
                                          .follow = follow_xml,
                                          .read = read_xml_value,
                                          .accepts = accepts_xml,
                                          .change = change_xml_value};

static void xml_elements(const char *text, size_t len, mw_each_element *each, void *context)
{
    MW_AUTO(tree) xml = {0};
    MW_AUTO(names) names = {0};
    size_t line = 1, at = 0;
    if (!tree_parse(&format, &xml, text, len))
        return;
    MW_FREE size_t *depths = mw_xcalloc(xml.count, sizeof *depths);
    MW_FREE bool *again = mw_xcalloc(xml.count, sizeof *again);
    for (size_t i = 1; i < xml.count; i++)
        names_add(&names, mw_xstrdup(xml.nodes[i].name), xml.nodes[i].parent, 0);
    names_sort(&names);
    for (size_t i = 0; i < names.count; i++)
        again[names.items[i].place + 1] = names_again(&names, i);
    for (size_t i = 1; i < xml.count; i++) {
        const struct node *node = &xml.nodes[i];
        MW_FREE char *own = node->has_text || node->first == 0 ? read_text(&xml, i) : NULL;
        for (; at < node->begin; at++)
            line += text[at] == '\n';
        depths[i] = node->parent != 0 ? depths[node->parent] + 1 : 0;
        each(context, &(struct mw_element){
                          .name = node->name,
                          .text = own != NULL ? own : "",
                          .depth = depths[i],
                          .line = line,
                          .name_at = node->begin + 1,
                          .end_name_at = node->is_closed ? 0 : node->value_end + 2,
                          .has_elements = node->first != 0,
                          .is_again = again[i],
                      });
    }
}

const struct mw_editor mw_editor_xml = {
    .name = "xml",
    .check = tree_check,
    .get = tree_get,
    .put = tree_put,
    .elements = xml_elements,
    .comments = "",
    .tree = &format,
};
