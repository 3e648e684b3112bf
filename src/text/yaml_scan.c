#include "yaml_scan.h"

#include <stdlib.h>
#include <string.h>

#include "edit_parts.h"
#include "mirrorwise/buffer.h"
#include "mirrorwise/edit.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

enum { MAX_DEPTH = 64 };

struct scan {
    struct tree *yaml;
    size_t begin, end, next; /* the line; without its ending */
    size_t open[MAX_DEPTH];  /* maps and lists that this line may go on with */
    size_t depth;
    size_t pending; /* a key or dash that has no value yet, or a plain scalar that may go on */
};

static const char not_understood[] =
    N_("this is no `key: value` and no `- item`, or in a form of YAML that is not understood here");
static const char second_document[] =
    N_("a second document or a form of it that is not understood here");

static bool cut_line(struct scan *scan)
{
    const struct tree *yaml = scan->yaml;
    if (scan->next >= yaml->len)
        return false;
    scan->begin = scan->next;
    const char *lf = memchr(yaml->text + scan->begin, '\n', yaml->len - scan->begin);
    scan->end = lf != NULL ? (size_t)(lf - yaml->text) : yaml->len;
    scan->next = lf != NULL ? scan->end + 1 : yaml->len;
    if (lf != NULL && scan->end > scan->begin && yaml->text[scan->end - 1] == '\r')
        scan->end--;
    return true;
}

static bool is_blank(const char *text, size_t at, size_t end)
{
    return edit_skip_blanks(text, at, end) == end;
}

static bool is_dash(const char *text, size_t at, size_t end)
{
    return text[at] == '-' && yaml_is_alone(text, at, end);
}

static bool ends_here(const char *text, size_t at, size_t end)
{
    return is_blank(text, at, end) || text[edit_skip_blanks(text, at, end)] == '#';
}

/* All around the node end where it does. */
static void extend(struct tree *yaml, size_t index, size_t end)
{
    for (;; index = yaml->nodes[index].parent) {
        if (yaml->nodes[index].end < end)
            yaml->nodes[index].end = end;
        if (index == 0)
            return;
    }
}

/* ---- values ---------------------------------------------------------------------------------- */

/* Behind the bracket that closes the one at `at`, over lines; 0 if there is none. */
static size_t flow_end(const char *text, size_t at, size_t end)
{
    size_t depth = 0;
    for (; at < end; at++) {
        char c = text[at];
        bool leads = at == 0 || strchr(" \t\n,[]{}:", text[at - 1]) != NULL;
        if ((c == '"' || c == '\'') && leads) {
            at = yaml_quoted_end(text, at, end);
            if (at == 0)
                return 0;
            at--;
        } else if (c == '#' && at > 0 && strchr(" \t\n", text[at - 1]) != NULL) {
            while (at + 1 < end && text[at + 1] != '\n')
                at++;
        } else if (c == '[' || c == '{') {
            depth++;
        } else if ((c == ']' || c == '}') && --depth == 0) {
            return at + 1;
        }
    }
    return 0;
}

/* Behind blanks, ends of lines and comments. */
static size_t skip_flow(const char *text, size_t at, size_t end)
{
    bool is_comment = false;
    for (; at < end; at++) {
        bool is_break = text[at] == '\n';
        is_comment =
            !is_break && (is_comment || (text[at] == '#' && strchr(" \t\n", text[at - 1]) != NULL));
        if (!is_comment && !is_break && text[at] != '\r' && !mw_text_is_blank(text[at]))
            break;
    }
    return at;
}

/* The end of the scalar at `at`, on its line; 0 if it is none. */
static size_t flow_scalar_end(const char *text, size_t at, size_t end, unsigned *kind)
{
    const char *lf = memchr(text + at, '\n', end - at);
    end = lf != NULL ? (size_t)(lf - text) : end;
    *kind = text[at] == '"' || text[at] == '\'' ? YAML_QUOTED : YAML_PLAIN;
    if (*kind == YAML_PLAIN)
        return yaml_begins_plain(text, at, end, true) ? yaml_plain_end(text, at, end, true) : 0;
    size_t stop = yaml_quoted_end(text, at, end);
    return yaml_unquote(text, at, stop, NULL) ? stop : 0;
}

/* The name of an entry, and where its value begins. */
static bool scan_flow_name(const struct tree *yaml, size_t *at, size_t end, struct node *node)
{
    struct node key = {.value = *at};
    key.value_end = flow_scalar_end(yaml->text, *at, end - 1, &key.kind);
    *at = skip_flow(yaml->text, key.value_end, end);
    if (key.value_end == 0 || *at >= end || strchr(":,}", yaml->text[*at]) == NULL)
        return false;
    if (yaml->text[*at] == ':')
        *at = skip_flow(yaml->text, *at + 1, end);
    if (*at >= end)
        return false;
    node->name = yaml_read(yaml, &key);
    return true;
}

/* What stands in the brackets or braces at `at` that end where the node's value does; false if it
 * is a form that is not understood, such as a scalar over lines. */
static bool scan_flow(struct tree *yaml, size_t self, size_t at, size_t depth)
{
    const char *text = yaml->text;
    size_t end = yaml->nodes[self].value_end;
    bool is_map = text[at] == '{';
    yaml->nodes[self].kind = is_map ? YAML_BRACES : YAML_FLOW;
    for (at = skip_flow(text, at + 1, end); at + 1 < end;) {
        struct node node = {.begin = at, .is_inside = true};
        if (is_map && !scan_flow_name(yaml, &at, end, &node))
            return false;
        bool is_flow = text[at] == '[' || text[at] == '{';
        node.value = node.value_end = at;
        if (is_flow)
            node.value_end = flow_end(text, at, end - 1);
        else if (!is_map || strchr(",}", text[at]) == NULL)
            node.value_end = flow_scalar_end(text, at, end - 1, &node.kind);
        node.end = node.value_end;
        size_t inner = tree_add(yaml, self, node);
        if (node.value_end == 0 ||
            (is_flow && (depth == MAX_DEPTH || !scan_flow(yaml, inner, at, depth + 1))))
            return false;
        at = skip_flow(text, node.value_end, end);
        if (at < end && text[at] == ',')
            at = skip_flow(text, at + 1, end);
        else if (at + 1 != end)
            return false;
    }
    return at + 1 == end;
}

/* Nothing has been read behind what is inside it. */
static void make_opaque(struct tree *yaml, size_t self)
{
    while (yaml->nodes[self].first != 0 && yaml->count > yaml->nodes[self].first)
        free(yaml->nodes[--yaml->count].name);
    yaml->nodes[self].kind = YAML_OPAQUE;
    yaml->nodes[self].first = yaml->nodes[self].last = 0;
}

/* A value that may go on over lines: [at, end). The next line is the one behind it. */
static bool close_value(struct scan *scan, size_t self, size_t at, size_t end)
{
    struct tree *yaml = scan->yaml;
    bool several = end > scan->end;
    while (end > scan->end && cut_line(scan))
        ;
    /* A comment has a blank before it. */
    if (!ends_here(yaml->text, end, scan->end) || (end < scan->end && yaml->text[end] == '#'))
        return tree_refuse(yaml, end, N_("there is something behind the end of this value"));
    yaml->nodes[self].value = at;
    yaml->nodes[self].value_end = end;
    if (several && yaml->nodes[self].kind != YAML_BRACES)
        make_opaque(yaml, self);
    extend(yaml, self, scan->next);
    return true;
}

/* Takes all lines that are deeper than `indent`, and those of a list that is as deep as its key. */
static void take_deeper(struct scan *scan, size_t self, size_t indent)
{
    struct tree *yaml = scan->yaml;
    struct scan ahead = *scan;
    while (cut_line(&ahead)) {
        size_t at = ahead.begin;
        while (at < ahead.end && yaml->text[at] == ' ')
            at++;
        if (at < ahead.end && at - ahead.begin <= indent &&
            !(at - ahead.begin == indent && yaml->nodes[self].name != NULL &&
              is_dash(yaml->text, at, ahead.end)))
            break;
        if (at < ahead.end)
            *scan = ahead;
    }
    make_opaque(yaml, self);
    yaml->nodes[self].value_end = scan->end;
    extend(yaml, self, scan->next);
}

/* The value of a key or dash, from `at` on. `indent` is that of the map or list it stands in. */
static bool scan_value(struct scan *scan, size_t self, size_t at, size_t indent)
{
    struct tree *yaml = scan->yaml;
    const char *text = yaml->text;
    at = edit_skip_blanks(text, at, scan->end);
    scan->pending = 0;
    extend(yaml, self, scan->next);
    if (ends_here(text, at, scan->end)) {
        scan->pending = self;
        return true;
    }
    char c = text[at];
    yaml->nodes[self].value = at;
    if (c == '"' || c == '\'') {
        size_t end = yaml_quoted_end(text, at, yaml->len);
        yaml->nodes[self].kind = YAML_QUOTED;
        if (end == 0)
            return tree_refuse(yaml, at, N_("a string that is never closed"));
        if (end <= scan->end && !yaml_unquote(text, at, end, NULL))
            return tree_refuse(yaml, at, N_("an unknown escape in a string"));
        return close_value(scan, self, at, end);
    }
    if (c == '[' || c == '{') {
        size_t end = flow_end(text, at, yaml->len);
        if (end == 0)
            return tree_refuse(yaml, at, N_("a bracket that is never closed"));
        yaml->nodes[self].value_end = end;
        if (!scan_flow(yaml, self, at, 0))
            make_opaque(yaml, self);
        return close_value(scan, self, at, end);
    }
    if (strchr("&*!|>", c) != NULL) {
        take_deeper(scan, self, indent);
        return true;
    }
    if (!yaml_begins_plain(text, at, scan->end, false))
        return tree_refuse(yaml, at, N_("a value cannot begin so; put it in quotes"));
    size_t end = yaml_plain_end(text, at, scan->end, false);
    if (!ends_here(text, end, scan->end))
        return tree_refuse(yaml, end,
                           N_("a second colon with a blank behind it; put the value in quotes"));
    yaml->nodes[self].kind = YAML_PLAIN;
    yaml->nodes[self].value_end = end;
    scan->pending = is_blank(text, end, scan->end) ? self : 0;
    return true;
}

/* ---- lines ----------------------------------------------------------------------------------- */

/* The colon of `key:`; 0 if the line at `at` is none. */
static size_t find_colon(const char *text, size_t at, size_t end)
{
    size_t colon = 0;
    if (text[at] == '"' || text[at] == '\'') {
        colon = yaml_quoted_end(text, at, end);
        if (colon == 0)
            return 0;
        colon = edit_skip_blanks(text, colon, end);
    } else {
        /* gem's keys begin with a colon */
        for (colon = at; colon < end; colon++) {
            if (text[colon] == ':' && yaml_is_alone(text, colon, end))
                break;
            if (text[colon] == '#' && colon > at && mw_text_is_blank(text[colon - 1]))
                return 0;
        }
    }
    return colon < end && colon > at && text[colon] == ':' && yaml_is_alone(text, colon, end)
               ? colon
               : 0;
}

static bool push(struct scan *scan, size_t node, enum yaml_kind kind, size_t indent, size_t at)
{
    struct tree *yaml = scan->yaml;
    if (scan->depth == MAX_DEPTH)
        return tree_refuse(yaml, at, N_("values are nested too deeply"));
    yaml->nodes[node].kind = kind;
    yaml->nodes[node].indent = indent;
    scan->open[scan->depth++] = node;
    scan->pending = 0;
    return true;
}

/* What stands at `at`, `indent` columns into the line: an item or an entry. Bounded by MAX_DEPTH.
 */
static bool scan_entry(struct scan *scan, size_t at, size_t indent)
{
    struct tree *yaml = scan->yaml;
    const char *text = yaml->text;
    size_t here = scan->open[scan->depth - 1];
    struct node node = {.begin = scan->begin, .end = scan->next, .column = indent};
    if (is_dash(text, at, scan->end)) {
        node.colon = at + 1;
        size_t self = tree_add(yaml, here, node);
        size_t inner = edit_skip_blanks(text, at + 1, scan->end);
        if (ends_here(text, inner, scan->end))
            return scan_value(scan, self, at + 1, indent);
        bool nests = is_dash(text, inner, scan->end) || (strchr("&*!|>[{", text[inner]) == NULL &&
                                                         find_colon(text, inner, scan->end) != 0);
        if (!nests)
            return scan_value(scan, self, at + 1, indent);
        if (memchr(text + at, '\t', inner - at) != NULL)
            return tree_refuse(yaml, at, N_("a tab in the indentation; YAML knows only blanks"));
        extend(yaml, self, scan->next);
        return push(scan, self, is_dash(text, inner, scan->end) ? YAML_LIST : YAML_MAP,
                    indent + inner - at, inner) &&
               scan_entry(scan, inner, indent + inner - at);
    }
    size_t colon = strchr("&*!|>[{%@`?", text[at]) != NULL &&
                           !(text[at] == '?' && !yaml_is_alone(text, at, scan->end))
                       ? 0
                       : find_colon(text, at, scan->end);
    if (colon == 0)
        return tree_refuse(yaml, at, not_understood);
    bool is_quoted = text[at] == '"' || text[at] == '\'';
    size_t key_end = colon;
    while (key_end > at && mw_text_is_blank(text[key_end - 1]))
        key_end--;
    if (is_quoted && !yaml_unquote(text, at, key_end, NULL))
        return tree_refuse(yaml, at, N_("an unknown escape in a string"));
    struct node key = {
        .kind = is_quoted ? YAML_QUOTED : YAML_PLAIN, .value = at, .value_end = key_end};
    node.name = yaml_read(yaml, &key);
    node.colon = colon + 1;
    return scan_value(scan, tree_add(yaml, here, node), colon + 1, indent);
}

/* Finds the map or list that the line goes on with, or opens the one that it begins. */
static bool find_place(struct scan *scan, size_t at, size_t indent, bool *is_more)
{
    struct tree *yaml = scan->yaml;
    bool dash = is_dash(yaml->text, at, scan->end);
    size_t pending = scan->pending;
    size_t top = scan->depth > 0 ? scan->open[scan->depth - 1] : 0;
    *is_more = false;
    if (scan->depth == 0)
        return push(scan, 0, dash ? YAML_LIST : YAML_MAP, indent, at);
    size_t level = yaml->nodes[top].indent;
    if (pending != 0 && yaml->nodes[pending].kind != YAML_NULL && indent > level) {
        *is_more = true; /* a plain scalar over lines, up to a comment */
        if (find_colon(yaml->text, at, scan->end) != 0)
            return tree_refuse(yaml, at, N_("this line is indented deeper than its place allows"));
        make_opaque(yaml, pending);
        yaml->nodes[pending].value_end = scan->end;
        extend(yaml, pending, scan->next);
        if (!is_blank(yaml->text, yaml_plain_end(yaml->text, at, scan->end, false), scan->end))
            scan->pending = 0;
        return true;
    }
    if (pending != 0 && yaml->nodes[pending].kind == YAML_NULL &&
        (indent > level || (dash && indent == level && yaml->nodes[top].kind == YAML_MAP))) {
        if (!dash && find_colon(yaml->text, at, scan->end) == 0) {
            *is_more = true; /* a value below its key */
            if (strchr("?%@`", yaml->text[at]) != NULL)
                return tree_refuse(yaml, at, N_("a value cannot begin so; put it in quotes"));
            yaml->nodes[pending].value = at;
            take_deeper(scan, pending, level);
            scan->pending = 0;
            return true;
        }
        return push(scan, pending, dash ? YAML_LIST : YAML_MAP, indent, at);
    }
    while (scan->depth > 0) {
        top = scan->open[scan->depth - 1];
        level = yaml->nodes[top].indent;
        bool fits = dash == (yaml->nodes[top].kind == YAML_LIST);
        if (level == indent && fits)
            return true;
        if (level < indent)
            break;
        scan->depth--;
    }
    return tree_refuse(yaml, at, N_("the indentation fits nothing above"));
}

/* A file that is one map in braces, as JSON is. */
static bool scan_braces(struct scan *scan, size_t at)
{
    struct tree *yaml = scan->yaml;
    size_t begin = scan->begin, end = flow_end(yaml->text, at, yaml->len);
    if (end == 0)
        return tree_refuse(yaml, at, N_("a bracket that is never closed"));
    yaml->nodes[0].value_end = end;
    if (!scan_flow(yaml, 0, at, 0))
        return tree_refuse(yaml, at, not_understood);
    if (!close_value(scan, 0, at, end))
        return false;
    /* Lines take its place where it is empty: of conda, for one. */
    yaml->nodes[0].value = begin;
    yaml->nodes[0].value_end = is_blank(yaml->text, end, scan->end) ? scan->next : end;
    return true;
}

static bool scan_line(struct scan *scan)
{
    struct tree *yaml = scan->yaml;
    const char *text = yaml->text;
    size_t at = scan->begin;
    while (at < scan->end && text[at] == ' ')
        at++;
    if (ends_here(text, at, scan->end)) {
        if (!is_blank(text, at, scan->end) && yaml->nodes[scan->pending].kind != YAML_NULL)
            scan->pending = 0;
        return true;
    }
    if (text[at] == '\t')
        return tree_refuse(yaml, at, N_("a tab in the indentation; YAML knows only blanks"));
    struct node *root = &yaml->nodes[0];
    if (root->value_end > 0)
        return tree_refuse(yaml, at, N_("there is something behind the end of this value"));
    bool is_marker = scan->end - scan->begin >= 3 && at == scan->begin &&
                     (scan->end - at == 3 || mw_text_is_blank(text[at + 3])) &&
                     (memcmp(text + at, "---", 3) == 0 || memcmp(text + at, "...", 3) == 0);
    if (is_marker) {
        if (text[at] == '-' && yaml->count == 1 && yaml->start <= odd_text_mark(text, yaml->len) &&
            ends_here(text, at + 3, scan->end)) {
            yaml->start = scan->next;
            return true;
        }
        return tree_refuse(yaml, at, second_document);
    }
    if (text[at] == '%' && at == scan->begin && yaml->count == 1)
        return tree_refuse(yaml, at, second_document);
    if (text[at] == '{' && yaml->count == 1)
        return scan_braces(scan, at);
    size_t indent = at - scan->begin;
    bool is_more = false;
    return find_place(scan, at, indent, &is_more) && (is_more || scan_entry(scan, at, indent));
}

bool yaml_parse(struct tree *yaml)
{
    const char *text = yaml->text;
    size_t len = yaml->len;
    yaml->start = yaml->pos;
    struct scan scan = {.yaml = yaml, .next = yaml->start};
    tree_add(yaml, 0, (struct node){.begin = yaml->start});
    /* YAML 1.2, section 5.1: what a text may not hold; section 5.4: \r alone ends a line too, which
     * is not understood here. */
    size_t control = odd_text_control(text, len);
    if (control < len)
        return tree_refuse(yaml, control, N_("a control character"));
    while (cut_line(&scan)) {
        for (size_t i = scan.begin; i < scan.end; i++) {
            if (text[i] == '\r' || text[i] == 0x7F)
                return tree_refuse(yaml, i, N_("a control character"));
        }
        if (odd_text_mark(text + scan.begin, scan.end - scan.begin) > 0)
            return tree_refuse(yaml, scan.begin, N_("a byte order mark that is not at the start"));
        if (!scan_line(&scan))
            return false;
    }
    /* Settings are a map; a list is none to any of the tools. */
    return yaml->nodes[0].kind != YAML_LIST ||
           tree_refuse(yaml, yaml->start, N_("a list where `key: value` belongs"));
}
