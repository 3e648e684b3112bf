/* XML: Maven's settings.xml, NuGet.Config. A path begins with the name of the root element; its
 * last part may be an attribute (`@name`). Names are compared as they are spelled, prefix and all.
 */
#include <stdlib.h>
#include <string.h>

#include "edit_parts.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "names.h"
#include "odd_text.h"
#include "xml_scan.h"

static enum mw_code xml_check(const char *path, const char *text, size_t len, struct mw_error *err)
{
    enum mw_code code = odd_text_check(path, text, len, err);
    if (code != MW_OK)
        return code;
    MW_AUTO(xml) xml = {0};
    if (!xml_parse(&xml, text, len)) {
        code = edit_refuse(err, "check", path, text, xml.bad, _(xml.what),
                           _("Correct the file there, or change it by hand."));
    }
    return code;
}

/* ---- reading --------------------------------------------------------------------------------- */

static bool is_named(const struct xml *xml, size_t begin, size_t end, const char *name)
{
    return end - begin == strlen(name) && memcmp(xml->text + begin, name, end - begin) == 0;
}

static const struct xml_attribute *find_attribute(const struct xml *xml, size_t node,
                                                  const char *name)
{
    const struct xml_node *self = &xml->nodes[node];
    for (size_t i = 0; i < self->attribute_count; i++) {
        const struct xml_attribute *attribute = &xml->attributes[self->attribute + i];
        if (is_named(xml, attribute->name, attribute->name_end, name))
            return attribute;
    }
    return NULL;
}

static size_t find_child(const struct xml *xml, size_t node, const char *name)
{
    size_t child = xml->nodes[node].first;
    while (child != 0 && !is_named(xml, xml->nodes[child].name, xml->nodes[child].name_end, name))
        child = xml->nodes[child].next;
    return child;
}

static void trim(const char *text, size_t *begin, size_t *end)
{
    while (*begin < *end && edit_is_space(text[*begin]))
        ++*begin;
    while (*end > *begin && edit_is_space(text[*end - 1]))
        --*end;
}

/* Owned: the text of an element, without blanks around it. */
static char *read_text(const struct xml *xml, size_t node)
{
    MW_AUTO(mw_buf) out = {0};
    xml_decode(xml->text, xml->nodes[node].inner, xml->nodes[node].inner_end, &out);
    size_t begin = 0;
    size_t end = out.len;
    trim(mw_buf_text(&out), &begin, &end);
    return mw_edit_item(mw_buf_text(&out) + begin, end - begin);
}

static char *read_attribute(const struct xml *xml, const struct xml_attribute *attribute)
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

static bool is_picked(const struct xml *xml, size_t node, const struct key_part *part)
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
static size_t find_part(const struct xml *xml, size_t node, const struct key_part *part)
{
    while (node != 0 &&
           (!is_named(xml, xml->nodes[node].name, xml->nodes[node].name_end, part->name) ||
            (part->pick != NULL && !is_picked(xml, node, part))))
        node = xml->nodes[node].next;
    return node;
}

/* Follows the path as far as it is there: `at` is the last element, `done` the parts that led to
 * it, an attribute included. False if a part stands for several elements; the first is taken. */
static bool follow(const struct xml *xml, const struct key_path *path, size_t *at, size_t *done,
                   const struct xml_attribute **attribute)
{
    bool is_one = true;
    *at = 0;
    *attribute = NULL;
    for (*done = 0; *done < path->count; ++*done) {
        const struct key_part *part = &path->parts[*done];
        if (part->name[0] == '@') {
            *attribute = find_attribute(xml, *at, part->name + 1);
            *done += *attribute != NULL;
            return is_one;
        }
        size_t child = find_part(xml, xml->nodes[*at].first, part);
        if (child == 0)
            return is_one;
        is_one = is_one && find_part(xml, xml->nodes[child].next, part) == 0;
        *at = child;
    }
    return is_one;
}

/* Absent for an element that holds others. */
static void read_value(const struct xml *xml, size_t at, const struct xml_attribute *attribute,
                       struct mw_value *value)
{
    if (attribute == NULL && xml->nodes[at].first != 0)
        return;
    value->kind = MW_VALUE_STRING;
    mw_strings_take(&value->items,
                    attribute != NULL ? read_attribute(xml, attribute) : read_text(xml, at));
}

static enum mw_code xml_get(const char *text, size_t len, const char *key, struct mw_value *value,
                            struct mw_error *err)
{
    (void)err;
    MW_AUTO(xml) xml = {0};
    MW_AUTO(key_path) path = {0};
    size_t at = 0;
    size_t done = 0;
    const struct xml_attribute *attribute = NULL;
    if (key_path_parse(key, &path) && xml_parse(&xml, text, len)) {
        (void)follow(&xml, &path, &at, &done, &attribute);
        if (done == path.count)
            read_value(&xml, at, attribute, value);
    }
    return MW_OK;
}

/* ---- writing --------------------------------------------------------------------------------- */

static void put_escaped(const char *item, struct mw_buf *out)
{
    for (; *item != '\0'; item++) {
        const char *entity = *item == '&'    ? "&amp;"
                             : *item == '<'  ? "&lt;"
                             : *item == '>'  ? "&gt;"
                             : *item == '"'  ? "&quot;"
                             : *item == '\'' ? "&apos;"
                                             : NULL;
        if (entity != NULL)
            mw_buf_puts(out, entity);
        else
            mw_buf_putc(out, *item);
    }
}

static void put_attribute(const char *name, const char *value, struct mw_buf *out)
{
    mw_buf_printf(out, " %s=\"", name);
    put_escaped(value, out);
    mw_buf_putc(out, '"');
}

static void put_end_tag(const struct xml *xml, const struct xml_node *node, struct mw_buf *out)
{
    mw_buf_puts(out, "</");
    mw_buf_append(out, xml->text + node->name, node->name_end - node->name);
    mw_buf_putc(out, '>');
}

/* Appends the blanks in front of an element that leads its line; false if it does not. */
static bool put_indent(const struct xml *xml, size_t node, struct mw_buf *out)
{
    size_t end = xml->nodes[node].begin;
    size_t begin = end;
    while (begin > 0 && (xml->text[begin - 1] == ' ' || xml->text[begin - 1] == '\t'))
        begin--;
    if (begin > odd_text_mark(xml->text, xml->len) && xml->text[begin - 1] != '\n')
        return false;
    mw_buf_append(out, xml->text + begin, end - begin);
    return true;
}

/* The indentation of a new child of `node`, and how much deeper each level is. */
static void learn_indent(const struct xml *xml, size_t node, struct mw_buf *child,
                         struct mw_buf *unit)
{
    size_t root = xml->nodes[0].first;
    MW_AUTO(mw_buf) outer = {0};
    MW_AUTO(mw_buf) inner = {0};
    bool known = root != 0 && xml->nodes[root].first != 0 && put_indent(xml, root, &outer) &&
                 put_indent(xml, xml->nodes[root].first, &inner) && inner.len > outer.len;
    if (known)
        mw_buf_append(unit, inner.data + outer.len, inner.len - outer.len);
    else
        mw_buf_puts(unit, "  ");
    if (xml->nodes[node].last != 0 && put_indent(xml, xml->nodes[node].last, child))
        return;
    if (node != 0) {
        put_indent(xml, node, child);
        mw_buf_append(child, unit->data, unit->len);
    }
}

struct writer {
    const struct xml *xml;
    const struct key_path *path;
    const char *value;
    struct mw_buf unit;
    struct mw_buf *out;
};

static void put_break(const struct writer *writer, const struct mw_buf *indent, size_t deeper)
{
    mw_buf_puts(writer->out, edit_ending(writer->xml->text, writer->xml->len));
    mw_buf_append(writer->out, mw_buf_text(indent), indent->len);
    for (size_t i = 0; i < deeper; i++)
        mw_buf_append(writer->out, writer->unit.data, writer->unit.len);
}

/* Elements for the parts of the path from `first` on; the first one's indentation is there. */
static void put_elements(const struct writer *writer, const struct mw_buf *indent, size_t first)
{
    const struct key_path *path = writer->path;
    struct mw_buf *out = writer->out;
    size_t last = path->count - 1;
    bool is_attribute = path->parts[last].name[0] == '@';
    size_t elements = path->count - is_attribute;
    for (size_t i = first; i < elements; i++) {
        const struct key_part *part = &path->parts[i];
        if (i > first)
            put_break(writer, indent, i - first);
        mw_buf_printf(out, "<%s", part->name);
        if (part->pick != NULL && part->pick[0] == '@')
            put_attribute(part->pick + 1, part->pick_value, out);
        if (i + 1 == elements && is_attribute) {
            put_attribute(path->parts[last].name + 1, writer->value, out);
            mw_buf_puts(out, " />");
            continue;
        }
        mw_buf_putc(out, '>');
        if (part->pick != NULL && part->pick[0] != '@' &&
            !(i + 2 == path->count && strcmp(path->parts[last].name, part->pick) == 0)) {
            put_break(writer, indent, i - first + 1);
            mw_buf_printf(out, "<%s>", part->pick);
            put_escaped(part->pick_value, out);
            mw_buf_printf(out, "</%s>", part->pick);
        }
    }
    if (!is_attribute) {
        put_escaped(writer->value, out);
        mw_buf_printf(out, "</%s>", path->parts[last].name);
    }
    for (size_t open = elements - 1; open-- > first;) {
        put_break(writer, indent, open - first);
        mw_buf_printf(out, "</%s>", path->parts[open].name);
    }
}

static void add_attribute(const struct xml *xml, size_t at, const char *name, const char *value,
                          struct mw_edits *edits)
{
    const struct xml_node *node = &xml->nodes[at];
    size_t where = node->attribute_count > 0
                       ? xml->attributes[node->attribute + node->attribute_count - 1].end
                       : node->name_end;
    put_attribute(name + 1, value, mw_edits_add(edits, where, where));
}

/* Behind all else in the element, in front of its end tag. */
static void add_elements(const struct xml *xml, const struct key_path *path, size_t at, size_t done,
                         const char *value, struct mw_edits *edits)
{
    const struct xml_node *node = &xml->nodes[at];
    MW_AUTO(mw_buf) indent = {0};
    struct writer writer = {.xml = xml, .path = path, .value = value};
    learn_indent(xml, at, &indent, &writer.unit);
    if (at == 0) {
        writer.out = mw_edits_add(edits, xml->len, xml->len);
        if (xml->len <= odd_text_mark(xml->text, xml->len))
            mw_buf_puts(writer.out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        put_elements(&writer, &indent, 0);
        mw_buf_puts(writer.out, edit_ending(xml->text, xml->len));
    } else {
        size_t where = node->is_closed ? node->end - 2 : node->inner_end;
        while (!node->is_closed && where > node->inner && edit_is_space(xml->text[where - 1]))
            where--;
        bool breaks =
            !node->is_closed && memchr(xml->text + where, '\n', node->inner_end - where) != NULL;
        writer.out = mw_edits_add(edits, where, node->is_closed ? node->end : where);
        if (node->is_closed)
            mw_buf_putc(writer.out, '>');
        put_break(&writer, &indent, 0);
        put_elements(&writer, &indent, done);
        if (!breaks) {
            MW_AUTO(mw_buf) own = {0};
            put_indent(xml, at, &own);
            put_break(&writer, &own, 0);
        }
        if (node->is_closed)
            put_end_tag(xml, node, writer.out);
    }
    mw_buf_release(&writer.unit);
}

static void replace_value(const struct xml *xml, size_t at, const struct xml_attribute *attribute,
                          const char *value, struct mw_edits *edits)
{
    const struct xml_node *node = &xml->nodes[at];
    if (attribute != NULL) {
        put_escaped(value, mw_edits_add(edits, attribute->value, attribute->value_end));
        return;
    }
    if (node->is_closed) {
        struct mw_buf *out = mw_edits_add(edits, node->end - 2, node->end);
        mw_buf_putc(out, '>');
        put_escaped(value, out);
        put_end_tag(xml, node, out);
        return;
    }
    size_t begin = node->inner;
    size_t end = node->inner_end;
    trim(xml->text, &begin, &end);
    put_escaped(value, mw_edits_add(edits, begin, end));
}

/* ---- removing -------------------------------------------------------------------------------- */

/* Would nothing be left of the element but what picks it? `going`: a child; 0: an attribute. */
static bool is_emptied(const struct xml *xml, size_t node, size_t going,
                       const struct key_part *part)
{
    const struct xml_node *self = &xml->nodes[node];
    bool by_attribute = part->pick != NULL && part->pick[0] == '@';
    size_t attributes = self->attribute_count - (going == 0);
    if (self->parent == 0 || self->has_text || self->has_remarks || attributes > by_attribute)
        return false;
    for (size_t i = self->first; i != 0; i = xml->nodes[i].next) {
        bool is_pick = part->pick != NULL && !by_attribute &&
                       is_named(xml, xml->nodes[i].name, xml->nodes[i].name_end, part->pick);
        if (i != going && !is_pick)
            return false;
    }
    return true;
}

static void remove_value(const struct xml *xml, const struct key_path *path, size_t at,
                         const struct xml_attribute *attribute, struct mw_edits *edits)
{
    size_t part = path->count - 1;
    if (attribute != NULL) {
        part--;
        if (!is_emptied(xml, at, 0, &path->parts[part])) {
            mw_edits_add(edits, attribute->begin, attribute->end);
            return;
        }
    }
    while (part > 0 && is_emptied(xml, xml->nodes[at].parent, at, &path->parts[part - 1])) {
        at = xml->nodes[at].parent;
        part--;
    }
    size_t begin = xml->nodes[at].begin;
    MW_AUTO(mw_buf) indent = {0};
    if (xml->nodes[at].parent != 0 && put_indent(xml, at, &indent)) {
        begin -= indent.len;
        begin -= begin > 0;
        begin -= begin > 0 && xml->text[begin - 1] == '\r';
    }
    mw_edits_add(edits, begin, xml->nodes[at].end);
}

/* ---- the editor ------------------------------------------------------------------------------ */

static bool is_xml_name(const char *name)
{
    name += *name == '@';
    bool begins = (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z') || *name == '_';
    return begins && name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                       "0123456789-_.:")] == '\0';
}

static enum mw_code check_put(const char *key, const struct key_path *path, bool parsed,
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

static enum mw_code refuse_form(const struct xml *xml, size_t node, const char *key,
                                struct mw_error *err)
{
    return mw_fail(err, MW_BAD_CONFIG, 0, "edit",
                   _("Line %zu: %s cannot be put there: the element is there twice or holds "
                     "something else, or the root element has another name."),
                   edit_line(xml->text, xml->nodes[node].begin), key);
}

static enum mw_code xml_put(const char *text, size_t len, const char *key,
                            const struct mw_value *value, struct mw_edits *edits,
                            struct mw_error *err)
{
    MW_AUTO(key_path) path = {0};
    bool parsed = key_path_parse(key, &path);
    MW_AUTO(xml) xml = {0};
    MW_AUTO(mw_value) have = {0};
    size_t at = 0;
    size_t done = 0;
    const struct xml_attribute *attribute = NULL;
    enum mw_code code = check_put(key, &path, parsed, value, err);
    if (code != MW_OK || !xml_parse(&xml, text, len))
        return code;
    bool is_one = follow(&xml, &path, &at, &done, &attribute);
    if (done == path.count)
        read_value(&xml, at, attribute, &have);
    if (mw_value_equal(&have, value))
        return code;
    const char *item = value->kind == MW_VALUE_STRING ? value->items.items[0] : "";
    const struct xml_node *node = &xml.nodes[at];
    const char *last = path.parts[path.count - 1].name;
    bool wrong_root = at == 0 && node->first != 0;
    bool adds_attribute = last[0] == '@' && done + 1 == path.count;
    bool is_mixed = done < path.count
                        ? node->has_text && !adds_attribute
                        : attribute == NULL && (node->first != 0 || node->has_remarks);
    if (!is_one || wrong_root || (at != 0 && is_mixed))
        code = refuse_form(&xml, at != 0 ? at : node->first, key, err);
    else if (value->kind == MW_VALUE_ABSENT)
        remove_value(&xml, &path, at, attribute, edits);
    else if (done == path.count)
        replace_value(&xml, at, attribute, item, edits);
    else if (adds_attribute)
        add_attribute(&xml, at, last, item, edits);
    else
        add_elements(&xml, &path, at, done, item, edits);
    return code;
}

static void xml_notices(const char *text, size_t len, struct mw_notices *notices)
{
    odd_text_notices(text, len, "", notices);
}

static void xml_elements(const char *text, size_t len, mw_each_element *each, void *context)
{
    MW_AUTO(xml) xml = {0};
    MW_AUTO(names) names = {0};
    size_t line = 1, at = 0;
    if (!xml_parse(&xml, text, len))
        return;
    MW_FREE size_t *depths = mw_xcalloc(xml.count, sizeof *depths);
    MW_FREE bool *again = mw_xcalloc(xml.count, sizeof *again);
    for (size_t i = 1; i < xml.count; i++) {
        const struct xml_node *node = &xml.nodes[i];
        names_add(&names, mw_edit_item(text + node->name, node->name_end - node->name),
                  node->parent, 0);
    }
    names_sort(&names);
    for (size_t i = 0; i < names.count; i++)
        again[names.items[i].place + 1] = names_again(&names, i);
    for (size_t i = 1; i < xml.count; i++) {
        const struct xml_node *node = &xml.nodes[i];
        MW_FREE char *name = mw_edit_item(text + node->name, node->name_end - node->name);
        MW_FREE char *own = node->has_text || node->first == 0 ? read_text(&xml, i) : NULL;
        for (; at < node->begin; at++)
            line += text[at] == '\n';
        depths[i] = node->parent != 0 ? depths[node->parent] + 1 : 0;
        each(context, &(struct mw_element){
                          .name = name,
                          .text = own != NULL ? own : "",
                          .depth = depths[i],
                          .line = line,
                          .name_at = node->name,
                          .end_name_at = node->is_closed ? 0 : node->inner_end + 2,
                          .has_elements = node->first != 0,
                          .is_again = again[i],
                      });
    }
}

const struct mw_editor mw_editor_xml = {
    .name = "xml",
    .check = xml_check,
    .get = xml_get,
    .put = xml_put,
    .notices = xml_notices,
    .elements = xml_elements,
};
