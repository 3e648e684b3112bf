#include "toml_scan.h"

#include <stdlib.h>
#include <string.h>

#include "edit_parts.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

enum { MAX_DEPTH = 64 };

/* ---- the tree -------------------------------------------------------------------------------- */

/* Where the nodes of that hash begin. */
static size_t *slot_of(const struct tree *toml, size_t parent, const char *name, size_t len)
{
    size_t hash = 2166136261u ^ (parent * 2654435761u); /* FNV-1a */
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)name[i]) * 16777619u;
    return &toml->slots[(hash ^ (hash >> 15)) % toml->slot_count];
}

size_t toml_child(const struct tree *toml, size_t parent, const char *name, size_t len)
{
    size_t child = *slot_of(toml, parent, name, len);
    for (; child != 0; child = toml->nodes[child].in_slot) {
        const struct node *node = &toml->nodes[child];
        if (node->parent == parent && node->name_len == len && memcmp(node->name, name, len) == 0)
            break;
    }
    return child;
}

/* `name` is taken. */
static size_t add_node(struct tree *toml, size_t parent, enum toml_kind kind, char *name,
                       size_t name_len)
{
    enum { LINE_BYTES = 8 }; /* about as many slots as the text has keys at most */
    size_t index =
        tree_add(toml, parent, (struct node){.kind = kind, .name = name, .name_len = name_len});
    if (toml->slots == NULL) {
        toml->slot_count = toml->len / LINE_BYTES + 1;
        toml->slots = mw_xcalloc(toml->slot_count, sizeof *toml->slots);
    }
    if (name != NULL) {
        size_t *slot = slot_of(toml, parent, name, name_len);
        toml->nodes[index].in_slot = *slot;
        *slot = index;
    }
    return index;
}

/* ---- values ---------------------------------------------------------------------------------- */

static bool scan_value(struct tree *toml, size_t parent, char *name, size_t name_len, bool inside,
                       size_t depth, size_t *index);

/* A comment up to the end of the line, if there is one. */
static bool skip_comment(struct tree *toml)
{
    if (toml_peek(toml) != '#')
        return true;
    while (toml_peek(toml) >= 0 && toml_ending(toml) == 0) {
        if (toml_is_control(toml_peek(toml)))
            return tree_refuse(toml, toml->pos, N_("a control character"));
        toml->pos++;
    }
    return true;
}

static bool skip_lines(struct tree *toml)
{
    for (;;) {
        toml_skip_blanks(toml);
        if (!skip_comment(toml))
            return false;
        if (toml_ending(toml) == 0)
            return true;
        toml->pos += toml_ending(toml);
    }
}

/* Owned: one name of a key; NULL if there is none. */
static char *scan_name(struct tree *toml, size_t *len)
{
    size_t begin = toml->pos;
    MW_AUTO(mw_buf) name = {0};
    if (toml_peek(toml) == '"' || toml_peek(toml) == '\'') {
        if (tree_at(toml, "\"\"\"") || tree_at(toml, "'''")) {
            tree_refuse(toml, begin, N_("a key cannot be a string of several lines"));
            return NULL;
        }
        if (!toml_scan_string(toml, &name))
            return NULL;
    } else {
        while (edit_is_word(toml_peek(toml)))
            toml->pos++;
        if (toml->pos == begin) {
            tree_refuse(toml, begin, N_("a key was expected here"));
            return NULL;
        }
        mw_buf_append(&name, toml->text + begin, toml->pos - begin);
    }
    *len = name.len;
    return mw_buf_take(&name);
}

/* KEY = VALUE in `table`. */
static bool scan_pair(struct tree *toml, size_t table, bool inside, size_t depth, size_t *index)
{
    size_t section = toml->section_count;
    for (;;) {
        size_t at = toml->pos;
        size_t len = 0;
        char *name = scan_name(toml, &len);
        if (name == NULL)
            return false;
        toml_skip_blanks(toml);
        size_t child = toml_child(toml, table, name, len);
        if (toml_peek(toml) == '=') {
            if (child != 0) {
                free(name);
                return tree_refuse(toml, at, N_("this key is there twice"));
            }
            toml->pos++;
            toml_skip_blanks(toml);
            return scan_value(toml, table, name, len, inside, depth, index);
        }
        if (toml_peek(toml) != '.') {
            free(name);
            return tree_refuse(toml, toml->pos, N_("an equals sign was expected behind the key"));
        }
        toml->pos++;
        toml_skip_blanks(toml);
        if (child == 0) {
            child = add_node(toml, table, TOML_TABLE, name, len);
            toml->nodes[child].is_dotted = true;
            toml->nodes[child].is_inside = inside;
        } else {
            free(name);
        }
        struct node *node = &toml->nodes[child];
        if (node->kind != TOML_TABLE || (node->explicit_in != 0 && node->explicit_in != section))
            return tree_refuse(toml, at, N_("this key is there already, as something else"));
        node->explicit_in = section;
        table = child;
    }
}

/* Line endings and comments; in an inline table they are of 1.1. */
static bool skip_inside(struct tree *toml, bool is_table)
{
    toml_skip_blanks(toml);
    if (is_table && (toml_peek(toml) == '#' || toml_ending(toml) > 0))
        toml_note(toml, toml->pos, TOML_NEWER);
    return skip_lines(toml);
}

/* An array or an inline table, from its bracket on. */
static bool scan_list(struct tree *toml, size_t self, size_t depth, bool is_table)
{
    const char *missing = is_table ? N_("a comma or } is missing in this table")
                                   : N_("a comma or ] is missing in this list");
    size_t begin = toml->pos++;
    int close = is_table ? '}' : ']';
    for (bool is_behind_comma = false;;) {
        size_t item = 0;
        if (!skip_inside(toml, is_table))
            return false;
        if (toml_peek(toml) == close) {
            if (is_table && is_behind_comma)
                toml_note(toml, toml->pos, TOML_NEWER);
            break;
        }
        if (toml_peek(toml) < 0)
            return tree_refuse(toml, begin,
                               is_table ? missing : N_("a bracket that is never closed"));
        if (!(is_table ? scan_pair(toml, self, true, depth + 1, &item)
                       : scan_value(toml, self, NULL, 0, true, depth + 1, &item)) ||
            !skip_inside(toml, is_table))
            return false;
        is_behind_comma = toml_peek(toml) == ',';
        if (is_behind_comma)
            toml->pos++;
        else if (toml_peek(toml) != close)
            return tree_refuse(toml, toml_peek(toml) < 0 ? begin : toml->pos, missing);
    }
    toml->pos++;
    return true;
}

/* What numbers, dates, true and false are made of. */
static void skip_word(struct tree *toml)
{
    while (edit_is_word(toml_peek(toml)) ||
           (toml_peek(toml) > 0 && strchr("+.:", toml_peek(toml)) != NULL))
        toml->pos++;
}

/* Recursion is bounded by MAX_DEPTH. `name` is taken. */
static bool scan_value(struct tree *toml, size_t parent, char *name, size_t name_len, bool inside,
                       size_t depth, size_t *index)
{
    int c = toml_peek(toml);
    size_t begin = toml->pos;
    bool done = false;
    size_t self = add_node(toml, parent, TOML_OTHER, name, name_len);
    if (depth > MAX_DEPTH)
        return tree_refuse(toml, begin, N_("values are nested too deeply"));
    if (c == '"' || c == '\'') {
        toml->nodes[self].kind = TOML_STRING;
        done = toml_scan_string(toml, NULL);
    } else if (c == '[' || c == '{') {
        toml->nodes[self].kind = c == '[' ? TOML_ARRAY : TOML_INLINE;
        done = scan_list(toml, self, depth, c == '{');
    } else {
        skip_word(toml);
        /* a date, a blank and a time are one value */
        if (toml->pos - begin == 10 && mw_text_fits(toml->text + begin, 10, "0000-00-00") &&
            toml->len - toml->pos > 3 && mw_text_fits(toml->text + toml->pos, 3, " 00")) {
            toml->pos++;
            skip_word(toml);
        }
        enum toml_word word = toml_word(toml->text + begin, toml->pos - begin);
        if (word == TOML_NO_WORD)
            return tree_refuse(
                toml, begin,
                N_("this is no value: a string stands in quotes, or it is a number, a "
                   "date, true, false, a list or a table"));
        if (word == TOML_TOO_BIG)
            return tree_refuse(toml, begin, N_("this number does not fit into 64 bits"));
        if (word == TOML_DATE || word == TOML_FLOAT)
            toml_note(toml, begin, word == TOML_DATE ? "date" : "float");
        done = true;
    }
    toml->nodes[self].is_inside = inside;
    toml->nodes[self].value = begin;
    toml->nodes[self].value_end = toml->pos;
    *index = self;
    return done;
}

bool toml_is_literal(const char *text, size_t len)
{
    MW_AUTO(tree) toml = {.text = text, .len = len};
    size_t index = 0;
    add_node(&toml, 0, TOML_TABLE, NULL, 0);
    return scan_value(&toml, 0, NULL, 0, true, 0, &index) && toml.pos == len &&
           toml.nodes[index].kind != TOML_STRING && memchr(text, '\n', len) == NULL;
}

/* ---- lines ----------------------------------------------------------------------------------- */

static bool refuse_header(struct tree *toml, size_t at)
{
    return tree_refuse(toml, at, N_("this table is there already"));
}

/* The table of the header whose names are scanned from here on. */
static bool scan_header_names(struct tree *toml, bool is_array, size_t section, size_t *table)
{
    size_t at = 0;
    for (;;) {
        size_t begin = toml->pos;
        size_t len = 0;
        char *name = scan_name(toml, &len);
        if (name == NULL)
            return false;
        toml_skip_blanks(toml);
        bool is_last = toml_peek(toml) != '.';
        enum toml_kind kind = is_last && is_array ? TOML_TABLES : TOML_TABLE;
        size_t child = toml_child(toml, at, name, len);
        if (child == 0)
            child = add_node(toml, at, kind, name, len);
        else
            free(name);
        enum toml_kind found = toml->nodes[child].kind;
        if (is_last && (found != kind || (!is_array && toml->nodes[child].explicit_in != 0)))
            return refuse_header(toml, begin);
        if (!is_last && found != TOML_TABLE && found != TOML_TABLES)
            return refuse_header(toml, begin);
        if (is_last && is_array)
            child = add_node(toml, child, TOML_TABLE, NULL, 0);
        else if (found == TOML_TABLES)
            child = toml->nodes[child].last;
        at = child;
        if (is_last)
            break;
        toml->pos++;
        toml_skip_blanks(toml);
    }
    toml->nodes[at].explicit_in = section + 1;
    toml->nodes[at].section = section;
    toml->nodes[at].is_dotted = false;
    *table = at;
    return true;
}

static bool scan_header(struct tree *toml, size_t line)
{
    size_t begin = toml->pos;
    bool is_array = tree_at(toml, "[[");
    size_t section = toml->section_count;
    size_t table = 0;
    toml->sections[section - 1].end = line;
    toml->pos += is_array ? 2 : 1;
    toml_skip_blanks(toml);
    if (!scan_header_names(toml, is_array, section, &table))
        return false;
    if (!tree_at(toml, is_array ? "]]" : "]"))
        return tree_refuse(toml, begin, N_("a bracket that is never closed"));
    toml->pos += is_array ? 2 : 1;
    *MW_PUSH(toml->sections, toml->section_count) =
        (struct toml_section){.node = table, .begin = line};
    return true;
}

static bool scan_line(struct tree *toml)
{
    size_t begin = toml->pos;
    size_t index = 0;
    bool is_content = true;
    toml_skip_blanks(toml);
    if (toml_peek(toml) == '[') {
        if (!scan_header(toml, begin))
            return false;
    } else if (toml_peek(toml) >= 0 && toml_peek(toml) != '#' && toml_ending(toml) == 0) {
        size_t table = toml->sections[toml->section_count - 1].node;
        if (!scan_pair(toml, table, false, 0, &index))
            return false;
    } else {
        is_content = false;
    }
    struct toml_section *section = &toml->sections[toml->section_count - 1];
    toml_skip_blanks(toml);
    if (toml_peek(toml) == '#' && index == 0)
        section->has_comments = true;
    if (!skip_comment(toml))
        return false;
    if (toml_peek(toml) >= 0 && toml_ending(toml) == 0)
        return tree_refuse(toml, toml->pos, N_("there is something behind the end of this value"));
    toml->pos += toml_ending(toml);
    if (is_content)
        section->tail = toml->pos;
    if (index != 0) {
        toml->nodes[index].begin = begin;
        toml->nodes[index].end = toml->pos;
        toml->nodes[index].section = toml->section_count - 1;
        section->last = index;
        section->count++;
    }
    return true;
}

bool toml_parse(struct tree *toml)
{
    add_node(toml, 0, TOML_TABLE, NULL, 0);
    *MW_PUSH(toml->sections, toml->section_count) =
        (struct toml_section){.begin = toml->pos, .tail = toml->pos};
    while (toml->pos < toml->len) {
        if (!scan_line(toml))
            return false;
    }
    toml->sections[toml->section_count - 1].end = toml->len;
    return true;
}
