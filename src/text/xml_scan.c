#include "xml_scan.h"

#include <stdlib.h>
#include <string.h>

#include "edit_parts.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

static void skip_blanks(struct tree *xml)
{
    xml->pos = edit_skip_space(xml->text, xml->pos, xml->len);
}

static bool is_name_char(char c, bool first)
{
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' ||
                  (unsigned char)c >= 0x80;
    return letter || (!first && ((c >= '0' && c <= '9') || c == '-' || c == '.'));
}

static bool scan_name(struct tree *xml, size_t *begin, size_t *end)
{
    *begin = xml->pos;
    while (xml->pos < xml->len && is_name_char(xml->text[xml->pos], xml->pos == *begin))
        xml->pos++;
    *end = xml->pos;
    return *end > *begin || tree_refuse(xml, xml->pos, N_("a name was expected here"));
}

/* Behind the next `mark`. */
static bool skip_to(struct tree *xml, const char *mark, const char *what)
{
    const char *found = memmem(xml->text + xml->pos, xml->len - xml->pos, mark, strlen(mark));
    if (found == NULL)
        return tree_refuse(xml, xml->pos, what);
    xml->pos = (size_t)(found - xml->text) + strlen(mark);
    return true;
}

static const struct {
    const char *name;
    char sign;
} entities[] = {{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}};
enum { ENTITIES = sizeof entities / sizeof *entities };

void xml_put_escaped(const char *item, struct mw_buf *out)
{
    for (; *item != '\0'; item++) {
        size_t i = 0;
        while (i < ENTITIES && entities[i].sign != *item)
            i++;
        if (i < ENTITIES)
            mw_buf_puts(out, entities[i].name);
        else
            mw_buf_putc(out, *item);
    }
}

/* Bytes of the reference at `text`, and what it stands for; 0 if it is none. */
static size_t reference_len(const char *text, size_t len, char bytes[4], size_t *used)
{
    for (size_t i = 0; i < ENTITIES; i++) {
        if (mw_text_fits(text, len, entities[i].name)) {
            bytes[0] = entities[i].sign;
            *used = 1;
            return strlen(entities[i].name);
        }
    }
    bool is_hex = len > 3 && text[1] == '#' && text[2] == 'x';
    size_t at = is_hex ? 3 : 2;
    size_t begin = at;
    unsigned point = 0;
    if (len < 4 || text[1] != '#')
        return 0;
    for (; at < len && text[at] != ';' && at - begin < 8; at++) {
        int digit = mw_text_hex(text[at]);
        if (digit < 0 || (!is_hex && digit > 9))
            return 0;
        point = point * (is_hex ? 16 : 10) + (unsigned)digit;
    }
    bool is_char = point == '\t' || point == '\n' || point == '\r' ||
                   (point >= 0x20 && point <= 0x10FFFF && !(point >= 0xD800 && point < 0xE000) &&
                    point != 0xFFFE && point != 0xFFFF);
    if (at == begin || at == len || text[at] != ';' || !is_char)
        return 0;
    *used = mw_utf8_encode(point, bytes);
    return at + 1;
}

void xml_decode(const char *text, size_t begin, size_t end, struct mw_buf *out)
{
    static const char cdata[] = "<![CDATA[";
    while (begin < end) {
        char bytes[4];
        size_t used = 0;
        size_t len =
            text[begin] == '&' ? reference_len(text + begin, end - begin, bytes, &used) : 0;
        if (len > 0) {
            mw_buf_append(out, bytes, used);
            begin += len;
        } else if (text[begin] == '<') {
            bool is_cdata = mw_text_fits(text + begin, end - begin, cdata);
            const char *mark = is_cdata ? "]]>" : text[begin + 1] == '?' ? "?>" : "-->";
            const char *close = memmem(text + begin, end - begin, mark, strlen(mark));
            size_t stop = close != NULL ? (size_t)(close - text) : end;
            if (is_cdata)
                mw_buf_append(out, text + begin + sizeof cdata - 1,
                              stop - begin - sizeof cdata + 1);
            begin = stop + strlen(mark);
        } else {
            /* CRLF and CR are LF */
            if (text[begin] == '\r' && (begin + 1 == end || text[begin + 1] != '\n'))
                mw_buf_putc(out, '\n');
            else if (text[begin] != '\r')
                mw_buf_putc(out, text[begin]);
            begin++;
        }
    }
}

static bool check_char(struct tree *xml)
{
    char c = xml->text[xml->pos];
    char bytes[4];
    size_t used = 0;
    if (c == '&' && reference_len(xml->text + xml->pos, xml->len - xml->pos, bytes, &used) == 0)
        return tree_refuse(
            xml, xml->pos,
            N_("an & that begins no entity known here; write &amp; for the sign itself"));
    return true;
}

static bool same_name(const struct tree *xml, size_t a, size_t a_end, size_t b, size_t b_end)
{
    return a_end - a == b_end - b && memcmp(xml->text + a, xml->text + b, a_end - a) == 0;
}

static bool scan_attribute(struct tree *xml, size_t self, size_t begin)
{
    struct xml_attribute attribute = {.begin = begin};
    if (!scan_name(xml, &attribute.name, &attribute.name_end))
        return false;
    skip_blanks(xml);
    if (!tree_at(xml, "="))
        return tree_refuse(xml, xml->pos,
                           N_("an equals sign was expected behind the attribute's name"));
    xml->pos++;
    skip_blanks(xml);
    char quote = xml->pos < xml->len ? xml->text[xml->pos] : '\0';
    if (quote != '"' && quote != '\'')
        return tree_refuse(xml, xml->pos, N_("an attribute's value stands in quotes"));
    attribute.value = ++xml->pos;
    for (; xml->pos < xml->len && xml->text[xml->pos] != quote; xml->pos++) {
        if (xml->text[xml->pos] == '<')
            return tree_refuse(xml, xml->pos, N_("a < in an attribute; write &lt;"));
        if (!check_char(xml))
            return false;
    }
    if (xml->pos == xml->len)
        return tree_refuse(xml, attribute.value - 1, N_("a string that is never closed"));
    attribute.value_end = xml->pos++;
    attribute.end = xml->pos;
    struct node *node = &xml->nodes[self];
    for (size_t i = node->attribute; i < node->attribute + node->attribute_count; i++) {
        if (same_name(xml, xml->attributes[i].name, xml->attributes[i].name_end, attribute.name,
                      attribute.name_end))
            return tree_refuse(xml, attribute.name, N_("this attribute is there twice"));
    }
    /* Bounds the search above: nobody's file has more. */
    if (node->attribute_count == 256)
        return tree_refuse(xml, attribute.name, N_("too many attributes"));
    node->attribute_count++;
    *MW_PUSH(xml->attributes, xml->attribute_count) = attribute;
    return true;
}

/* A start tag; `parent` becomes the element if it has an end tag of its own. */
static bool scan_start(struct tree *xml, size_t *parent)
{
    struct node node = {.begin = xml->pos++, .attribute = xml->attribute_count};
    size_t name = 0;
    if (!scan_name(xml, &name, &node.name_end))
        return false;
    node.name = mw_xstrndup(xml->text + name, node.name_end - name);
    size_t self = tree_add(xml, *parent, node);
    for (;;) {
        size_t begin = xml->pos;
        skip_blanks(xml);
        if (tree_at(xml, ">") || tree_at(xml, "/>"))
            break;
        if (xml->pos == begin || xml->pos == xml->len)
            return tree_refuse(xml, begin, N_("a tag that is never closed"));
        if (!scan_attribute(xml, self, begin))
            return false;
    }
    struct node *done = &xml->nodes[self];
    done->is_closed = tree_at(xml, "/>");
    xml->pos += done->is_closed ? 2 : 1;
    done->value = done->value_end = done->end = xml->pos;
    if (!done->is_closed)
        *parent = self;
    return true;
}

static bool scan_end(struct tree *xml, size_t *open)
{
    struct node *node = &xml->nodes[*open];
    size_t begin = xml->pos;
    size_t name = 0;
    size_t name_end = 0;
    xml->pos += 2;
    if (!scan_name(xml, &name, &name_end))
        return false;
    if (*open == 0 || !edit_is(xml->text, name, name_end, node->name))
        return tree_refuse(xml, begin, N_("an end tag that closes nothing"));
    skip_blanks(xml);
    if (!tree_at(xml, ">"))
        return tree_refuse(xml, begin, N_("a tag that is never closed"));
    node->value_end = begin;
    node->end = ++xml->pos;
    *open = node->parent;
    return true;
}

static bool scan_comment(struct tree *xml, size_t open)
{
    size_t begin = xml->pos;
    xml->nodes[open].has_remarks = true;
    xml->pos += 4;
    if (!skip_to(xml, "--", N_("a comment that is never closed")))
        return false;
    if (!tree_at(xml, ">"))
        return tree_refuse(xml, xml->pos < xml->len ? xml->pos : begin,
                           N_("two hyphens in a comment"));
    xml->pos++;
    return true;
}

static bool scan_text(struct tree *xml, size_t open)
{
    bool blank = edit_is_space(xml->text[xml->pos]);
    if (!blank && open == 0)
        return tree_refuse(xml, xml->pos, N_("text outside of the root element"));
    if (tree_at(xml, "]]>"))
        return tree_refuse(xml, xml->pos, N_("]]> outside of CDATA"));
    xml->nodes[open].has_text = xml->nodes[open].has_text || !blank;
    return check_char(xml);
}

static bool scan_one(struct tree *xml, size_t *open)
{
    if (tree_at(xml, "<!--"))
        return scan_comment(xml, *open);
    if (tree_at(xml, "<![CDATA[") && *open != 0) {
        xml->nodes[*open].has_text = true;
        return skip_to(xml, "]]>", N_("CDATA that is never closed"));
    }
    if (tree_at(xml, "<!"))
        return tree_refuse(
            xml, xml->pos,
            N_("a document type, whose entities could stand for anything, is not read"));
    if (tree_at(xml, "<?")) {
        if (tree_at(xml, "<?xml ") && xml->pos != odd_text_mark(xml->text, xml->len))
            return tree_refuse(xml, xml->pos, N_("an XML declaration that is not the first thing"));
        xml->nodes[*open].has_remarks = true;
        return skip_to(xml, "?>", N_("a processing instruction that is never closed"));
    }
    if (tree_at(xml, "</"))
        return scan_end(xml, open);
    if (tree_at(xml, "<")) {
        if (*open == 0 && xml->nodes[0].first != 0)
            return tree_refuse(xml, xml->pos, N_("a second root element"));
        return scan_start(xml, open);
    }
    if (!scan_text(xml, *open))
        return false;
    xml->pos++;
    return true;
}

bool xml_parse(struct tree *xml)
{
    size_t open = tree_add(xml, 0, (struct node){0});
    /* XML 1.0, section 2.2 */
    size_t control = odd_text_control(xml->text, xml->len);
    if (control < xml->len)
        return tree_refuse(xml, control, N_("a control character"));
    while (xml->pos < xml->len) {
        if (!scan_one(xml, &open))
            return false;
    }
    if (open != 0)
        return tree_refuse(xml, xml->nodes[open].begin, N_("an element that is never closed"));
    if (xml->nodes[0].first == 0 && xml->nodes[0].has_remarks)
        return tree_refuse(xml, xml->len, N_("there is no root element"));
    return true;
}
