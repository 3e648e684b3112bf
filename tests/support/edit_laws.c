#include "support/edit_laws.h"

#include <stdlib.h>
#include <string.h>

#include "mirrorwise/json_scan.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

struct mw_value edit_value(const char *notation)
{
    struct mw_value value = {0};
    if (notation == NULL)
        return value;
    const char *text = notation + 2;
    switch (notation[0]) {
    case 's':
        mw_value_set_string(&value, text);
        break;
    case 'x':
        mw_value_set_string(&value, text);
        value.kind = MW_VALUE_LITERAL;
        break;
    default:
        value.kind = MW_VALUE_LIST;
        while (*text != '\0') {
            size_t len = strcspn(text, "|");
            mw_strings_add_n(&value.items, text, len);
            text += len + (text[len] == '|');
        }
        break;
    }
    return value;
}

char *edit_notation(const struct mw_value *value)
{
    static const char *const marks[] = {
        [MW_VALUE_STRING] = "s:", [MW_VALUE_LIST] = "l:", [MW_VALUE_LITERAL] = "x:"};
    if (value->kind == MW_VALUE_ABSENT)
        return NULL;
    char *items = mw_strings_join(&value->items, "|");
    char *notation = mw_xasprintf("%s%s", marks[value->kind], items);
    free(items);
    return notation;
}

bool edit_put(const struct mw_editor *editor, const char *text, size_t len, const char *key,
              const struct mw_value *value, struct mw_buf *out)
{
    struct mw_edits edits = {0};
    bool done = editor->put(editor, text, len, key, value, &edits, NULL) == MW_OK;
    if (done)
        mw_edits_apply(&edits, text, len, out);
    mw_edits_release(&edits);
    return done;
}

char *edit_get(const struct mw_editor *editor, const char *text, size_t len, const char *key)
{
    struct mw_value value = {0};
    char *notation = NULL;
    if (editor->get(editor, text, len, key, &value, NULL) == MW_OK)
        notation = edit_notation(&value);
    mw_value_release(&value);
    return notation;
}

static bool reads_as(const struct mw_editor *editor, const struct mw_buf *text, const char *key,
                     const struct mw_value *value)
{
    struct mw_value found = {0};
    bool same = editor->get(editor, mw_buf_text(text), text->len, key, &found, NULL) == MW_OK &&
                mw_value_equal(&found, value);
    mw_value_release(&found);
    return same;
}

static bool equal_bytes(const struct mw_buf *a, const char *bytes, size_t len)
{
    return a->len == len && (len == 0 || memcmp(a->data, bytes, len) == 0);
}

/* ---- put, remove = before -------------------------------------------------------------------- */

/* `less` is `text` without one span, and that span holds `part`. */
static bool lost_only(const char *text, size_t len, const struct mw_buf *less, const char *part)
{
    if (less->len >= len)
        return false;
    size_t same = 0;
    while (same < less->len && text[same] == less->data[same])
        same++;
    size_t lost = len - less->len;
    return (less->len == same ||
            memcmp(text + same + lost, less->data + same, less->len - same) == 0) &&
           memmem(text + same, lost, part, strlen(part)) != NULL;
}

/* The last thing in the text was the key's section, empty: it may go with the key. */
static bool lost_empty_section(const char *text, size_t len, const char *key,
                               const struct mw_buf *back)
{
    char *header = mw_xasprintf("[%.*s]", (int)strcspn(key, "."), key);
    bool lost = lost_only(text, len, back, header);
    free(header);
    return lost;
}

static bool has_remains(const char *text, struct mw_json_span object, const char *key);

/* The same inside of a list whose item is picked: it is empty, or an item has no more than what
 * picks it. */
static bool item_remains(const char *text, struct mw_json_span list, const char *key)
{
    struct mw_json_member *items = NULL, *members = NULL;
    size_t count = mw_json_children(text, list, &items);
    bool remains = count == 0;
    for (size_t i = 0; i < count && !remains; i++) {
        remains = mw_json_children(text, items[i].value, &members) <= 1 ||
                  has_remains(text, items[i].value, key);
        free(members);
    }
    free(items);
    return remains;
}

/* On the way to the key is a value without members (an empty object, a null), or the key itself,
 * in an object that a null discards. */
static bool has_remains(const char *text, struct mw_json_span object, const char *key)
{
    struct mw_json_member *members = NULL;
    size_t count = mw_json_children(text, object, &members);
    bool is_quoted = key[0] == '"';
    size_t name_len = strcspn(key + is_quoted, is_quoted ? "\"" : ".[");
    const char *rest = key + name_len + 2 * is_quoted;
    bool picks = *rest == '[';
    rest = picks ? strchr(rest, ']') + 1 : rest;
    bool remains = count == 0;
    if (object.type != MW_JSON_OBJECT)
        count = 0;
    for (size_t i = 0; i < count && !remains; i++) {
        size_t len = 0;
        char *name = mw_json_unescape(text, members[i].key_begin, members[i].key_end, &len);
        if (len == name_len && memcmp(name, key + is_quoted, len) == 0)
            remains = *rest == '\0' ||
                      (picks ? item_remains : has_remains)(text, members[i].value, rest + 1);
        free(name);
    }
    free(members);
    return remains;
}

/* An object that was empty, null or missing comes back as {} or not at all. */
static bool had_no_object(const char *text, size_t len, const char *key)
{
    struct mw_json_span root;
    size_t at = 0;
    const char *what = NULL;
    if (!mw_json_check(text, len, &root, &at, &what))
        return true;
    bool is_shortest = root.type == MW_JSON_OBJECT && root.end - root.begin == 2;
    return !is_shortest && has_remains(text, root, key);
}

/* Paths of names, in which what a name stands for may hold other keys. */
static bool editor_nests(const struct mw_editor *editor)
{
    return editor == &mw_editor_toml || editor == &mw_editor_yaml || editor == &mw_editor_xml;
}

/* An element that was empty may have got a line of its own, and <x/> an end tag; a text that was
 * empty keeps its root. */
static bool has_same_tags(const char *text, size_t len, const struct mw_buf *back)
{
    size_t at = 0;
    bool is_rootless = memmem(text, len, "</", 2) == NULL;
    for (size_t i = 0; i < back->len && !is_rootless; i++) {
        while (at < len && strchr(" \t\r\n", text[at]) != NULL && text[at] != '\0')
            at++;
        if (strchr(" \t\r\n", back->data[i]) != NULL)
            continue;
        if (at == len || text[at++] != back->data[i])
            return false;
    }
    return true;
}

static bool is_back(const struct mw_editor *editor, const char *text, size_t len, const char *key,
                    const struct mw_buf *back)
{
    if (equal_bytes(back, text, len))
        return true;
    if (editor == &mw_editor_json)
        return had_no_object(text, len, key);
    struct mw_buf ended = {0};
    mw_buf_append(&ended, text, len);
    bool same = false;
    bool is_ended =
        len == 0 || text[len - 1] == '\n' ||
        ((editor == &mw_editor_ini || editor == &mw_editor_npmrc) && text[len - 1] == '\r');
    if (!is_ended) {
        mw_buf_append(&ended, back->data + len, back->len > len ? back->len - len : 0);
        size_t added = ended.len - len;
        same = added > 0 && added <= 2 && mw_buf_equals(back, &ended) &&
               strspn(ended.data + len, "\r\n") == added;
    }
    /* Of YAML a key that held nothing goes too, or only what said so: {}, [], null or ~. */
    for (const char *const *part = (const char *const[]){":", "{", "[", "null", "~", NULL};
         !same && editor == &mw_editor_yaml && *part != NULL; part++)
        same = lost_only(text, len, back, *part);
    if (!same && editor == &mw_editor_xml)
        same = lost_only(text, len, back, "<") || has_same_tags(text, len, back);
    if (!same && editor == &mw_editor_toml) /* a table that was empty goes too */
        same = lost_only(text, len, back, "[");
    if (!same && editor == &mw_editor_ini)
        same = lost_empty_section(text, len, key, back);
    mw_buf_release(&ended);
    return same;
}

/* ---- the laws -------------------------------------------------------------------------------- */

static const char *broken_spans(const struct mw_edits *edits, size_t len)
{
    size_t last = 0;
    for (size_t i = 0; i < edits->count; i++) {
        const struct mw_edit *edit = &edits->items[i];
        if (edit->begin < last || edit->end < edit->begin || edit->end > len)
            return "spans ascend and do not overlap";
        if (edit->begin == edit->end && edit->text.len == 0)
            return "no span is empty";
        last = edit->end;
    }
    return NULL;
}

static bool has(const char *text, size_t len, const char *part)
{
    return memmem(text, len, part, strlen(part)) != NULL;
}

/* May the other key read differently? [DEFAULT] values are those of every section, and a section
 * that appears or goes turns them on or off; a path of names goes with its object. */
static bool is_bound(const struct mw_editor *editor, const char *text, size_t len, const char *key,
                     const char *other)
{
    if (strcmp(key, other) == 0)
        return true;
    if (editor == &mw_editor_json)
        return mw_text_starts(key, other) || mw_text_starts(other, key);
    if (editor != &mw_editor_ini)
        return editor_nests(editor) && (mw_text_starts(key, other) || mw_text_starts(other, key));
    size_t section_len = strcspn(key, ".");
    return mw_text_starts(key, "DEFAULT.") ||
           (has(text, len, "DEFAULT]") && section_len == strcspn(other, ".") &&
            strncmp(key, other, section_len) == 0);
}

static const char *broken_reading(const struct mw_editor *editor, const char *text, size_t len,
                                  const struct mw_buf *after, const char *key,
                                  const struct mw_value *value, const char *const *others)
{
    if (editor->check(editor, "new", mw_buf_text(after), after->len, NULL) != MW_OK)
        return "the new text passes check()";
    /* What [DEFAULT] gives cannot be removed. */
    bool inherits =
        value->kind == MW_VALUE_ABSENT && editor == &mw_editor_ini && has(text, len, "DEFAULT]");
    if (!inherits && !reads_as(editor, after, key, value))
        return "get(put(v)) = v";
    for (; *others != NULL; others++) {
        if (is_bound(editor, text, len, key, *others))
            continue;
        struct mw_value before = {0};
        bool read = editor->get(editor, text, len, *others, &before, NULL) == MW_OK;
        bool same = read && reads_as(editor, after, *others, &before);
        mw_value_release(&before);
        if (!same)
            return "other keys stay";
    }
    return NULL;
}

static const char *broken_return(const struct mw_editor *editor, const char *text, size_t len,
                                 const struct mw_buf *after, const char *key)
{
    static const struct mw_value absent = {0};
    struct mw_value before = {0};
    const char *broken = NULL;
    bool was_new = editor->get(editor, text, len, key, &before, NULL) == MW_OK &&
                   before.kind == MW_VALUE_ABSENT;
    mw_value_release(&before);
    struct mw_buf back = {0};
    if (!edit_put(editor, mw_buf_text(after), after->len, key, &absent, &back))
        broken = "what was put can be removed";
    else if (was_new && !is_back(editor, text, len, key, &back))
        broken = "put, remove = before";
    mw_buf_release(&back);
    return broken;
}

static const char *broken_put(const struct mw_editor *editor, const char *text, size_t len,
                              const char *key, const struct mw_value *value,
                              const char *const *others, struct mw_buf *after)
{
    struct mw_edits edits = {0};
    struct mw_edits again = {0};
    const char *broken = NULL;
    if (editor->put(editor, text, len, key, value, &edits, NULL) != MW_OK) {
        broken = edits.count > 0 ? "a refused put gives no spans" : NULL;
        goto out;
    }
    broken = broken_spans(&edits, len);
    if (broken != NULL)
        goto out;
    mw_edits_apply(&edits, text, len, after);
    broken = broken_reading(editor, text, len, after, key, value, others);
    if (broken == NULL &&
        (editor->put(editor, mw_buf_text(after), after->len, key, value, &again, NULL) != MW_OK ||
         again.count > 0))
        broken = "put twice = put once";
    struct mw_buf same = {0};
    mw_buf_append(&same, text, len);
    if (broken == NULL && edits.count > 0 && reads_as(editor, &same, key, value) &&
        value->kind != MW_VALUE_ABSENT)
        broken = "no edit, same bytes";
    mw_buf_release(&same);
    bool may_stay = edits.count == 0 && editor_nests(editor); /* in a form that is not edited */
    if (broken == NULL && value->kind != MW_VALUE_ABSENT && !may_stay)
        broken = broken_return(editor, text, len, after, key);
out:
    mw_edits_release(&edits);
    mw_edits_release(&again);
    return broken;
}

char *edit_broken_law(const struct mw_editor *editor, const char *text, size_t len, const char *key,
                      const struct mw_value *value, const char *const *others)
{
    struct mw_notices notices = {0};
    mw_editor_notices(editor, text, len, &notices);
    mw_notices_release(&notices);
    if (editor->check(editor, "text", text, len, NULL) != MW_OK)
        return NULL;
    struct mw_buf after = {0};
    char *report = NULL;
    const char *broken = broken_put(editor, text, len, key, value, others, &after);
    if (broken != NULL) {
        char *before_shown = mw_json_quote(text, len);
        char *after_shown = mw_json_quote(mw_buf_text(&after), after.len);
        char *notation = edit_notation(value);
        report =
            mw_xasprintf("%s, law \"%s\": put %s %s\n  in   %s\n  gave %s", editor->name, broken,
                         key, notation != NULL ? notation : "(absent)", before_shown, after_shown);
        free(before_shown);
        free(after_shown);
        free(notation);
    }
    mw_buf_release(&after);
    return report;
}
