#include "catalog_read.h"

#include <stddef.h>
#include <string.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/json_tree.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "mirrorwise/url.h"

enum { TEXT_LIMIT_BYTES = 1 << 20, MIRROR_LIMIT = 1000, ID_LIMIT_BYTES = 64 };

static bool has_only(const char *text, const char *set)
{
    return *text != '\0' && text[strspn(text, set)] == '\0';
}

static bool is_id(const char *text)
{
    return has_only(text, "abcdefghijklmnopqrstuvwxyz0123456789._-") &&
           strchr("._-", *text) == NULL && strlen(text) <= ID_LIMIT_BYTES;
}

static bool is_date(const char *text)
{
    static const char form[] = "dddd-dd-dd";
    for (size_t i = 0; i < sizeof form - 1; i++) {
        bool is_digit = text[i] >= '0' && text[i] <= '9';
        if (form[i] == 'd' ? !is_digit : text[i] != '-')
            return false;
    }
    return text[sizeof form - 1] == '\0';
}

static const char *const status_words[] = {
    [MW_MIRROR_ACTIVE] = "active", [MW_MIRROR_FALLBACK] = "fallback", [MW_MIRROR_DEAD] = "dead"};

const char *mw_mirror_status_word(enum mw_mirror_status status)
{
    return status_words[status];
}

static enum mw_code read_status(const struct mw_json_tree *tree, struct mw_json_node node,
                                enum mw_mirror_status *status)
{
    char *word = NULL;
    enum mw_code code = mw_json_tree_word(tree, node, "status", NULL, NULL, &word);
    if (code != MW_OK || word == NULL)
        return code;
    size_t i = 0;
    while (i < sizeof status_words / sizeof *status_words && strcmp(word, status_words[i]) != 0)
        i++;
    if (i < sizeof status_words / sizeof *status_words)
        *status = (enum mw_mirror_status)i;
    else
        code = mw_json_tree_refuse(tree, node.span.begin, "active, fallback, dead", _("%s is '%s'"),
                                   "\"status\"", word);
    free(word);
    return code;
}

/* NULL if the address is one that profiles may hand to a tool. */
static const char *url_fault(const char *text)
{
    struct mw_url url;
    const char *reason = NULL;
    if (!mw_url_parse(text, &url, &reason))
        return reason;
    if (!mw_url_is(&url, "https") && !mw_url_is(&url, "http"))
        return _("it is neither https nor http");
    if (url.has_userinfo)
        return _("it carries a user name or password");
    if (url.has_query || url.has_fragment)
        return _("it has a query or a fragment");
    return NULL;
}

static enum mw_code read_url(const struct mw_json_tree *tree, struct mw_json_node node, char **to)
{
    char *text = NULL;
    enum mw_code code = mw_json_tree_word(tree, node, "url", NULL, NULL, &text);
    if (code != MW_OK)
        return code;
    const char *reason = url_fault(text);
    if (reason == NULL) {
        *to = text;
        return MW_OK;
    }
    char *redacted = mw_text_redact(text);
    mw_json_tree_refuse(tree, node.span.begin, "https://HOST[:PORT][/PATH]",
                        _("the address '%s' is wrong: %s"), redacted, reason);
    free(redacted);
    free(text);
    return MW_BAD_PROFILE;
}

enum { ID, NAME, NAME_ZH, OPERATOR, URL, REGION, VERIFIED, SOURCE, STATUS, REASON, FIELD_COUNT };

static const char *const mirror_fields[FIELD_COUNT] = {
    [ID] = "id",         [NAME] = "name",     [NAME_ZH] = "name_zh",   [OPERATOR] = "operator",
    [URL] = "url",       [REGION] = "region", [VERIFIED] = "verified", [SOURCE] = "source",
    [STATUS] = "status", [REASON] = "reason"};

static const struct text_field {
    int field;
    size_t offset;
    bool (*is_right)(const char *text);
    const char *allowed;
} text_fields[] = {
    {ID, offsetof(struct mw_mirror, id), is_id,
     N_("up to 64 lower-case letters, digits, '.', '_' and '-', a letter or digit first")},
    {NAME, offsetof(struct mw_mirror, name), NULL, NULL},
    {NAME_ZH, offsetof(struct mw_mirror, name_zh), NULL, NULL},
    {OPERATOR, offsetof(struct mw_mirror, operator_name), NULL, NULL},
    {REGION, offsetof(struct mw_mirror, region), NULL, NULL},
    {VERIFIED, offsetof(struct mw_mirror, verified), is_date, N_("a date as in 2026-08-21")},
    {SOURCE, offsetof(struct mw_mirror, source), NULL, NULL},
    {REASON, offsetof(struct mw_mirror, reason), NULL, NULL},
};

static void fill_gaps(struct mw_mirror *mirror)
{
    if (mirror->status != MW_MIRROR_ACTIVE && mirror->reason == NULL)
        mirror->reason = mw_xstrdup(N_("its catalogue does not say why"));
    for (size_t i = 0; i < sizeof text_fields / sizeof *text_fields; i++) {
        char **text = (char **)(void *)((char *)mirror + text_fields[i].offset);
        if (*text == NULL)
            *text = mw_xstrdup(text_fields[i].field == NAME ? mirror->id : "");
    }
}

static enum mw_code read_mirror(const struct mw_json_tree *tree, struct mw_json_node object,
                                struct mw_mirror *mirror)
{
    struct mw_json_node found[FIELD_COUNT];
    const char *what = _("a mirror");
    enum mw_code code = mw_json_tree_fields(tree, object, what, mirror_fields, FIELD_COUNT, found);
    if (code == MW_OK)
        code = mw_json_tree_need(tree, object.span.begin, found[ID], what, "id");
    if (code == MW_OK)
        code = mw_json_tree_need(tree, object.span.begin, found[URL], what, "url");
    for (size_t i = 0; i < sizeof text_fields / sizeof *text_fields && code == MW_OK; i++) {
        const struct text_field *field = &text_fields[i];
        code = mw_json_tree_word(tree, found[field->field], mirror_fields[field->field],
                                 field->is_right, field->allowed != NULL ? _(field->allowed) : NULL,
                                 (char **)(void *)((char *)mirror + field->offset));
    }
    if (code == MW_OK)
        code = read_url(tree, found[URL], &mirror->url);
    if (code == MW_OK)
        code = read_status(tree, found[STATUS], &mirror->status);
    if (code != MW_OK)
        return code;
    fill_gaps(mirror);
    if (strcmp(mirror->id, "fastest") == 0)
        return mw_json_tree_refuse(tree, found[ID].span.begin, _("another id"),
                                   _("the id 'fastest', which profiles write for the best mirror"));
    return MW_OK;
}

static enum mw_code refuse_twin(const struct mw_json_tree *tree, const char *id,
                                struct mw_json_node first, struct mw_json_node second)
{
    size_t line = 0;
    size_t column = 0;
    mw_text_position(tree->text, first.span.begin, &line, &column);
    return mw_json_tree_refuse(tree, second.span.begin, _("each id once in a file"),
                               _("the id %s stands in line %zu already"), id, line);
}

static enum mw_code read_mirrors(const struct mw_json_tree *tree, struct mw_json_node array,
                                 struct mw_catalog_file *read)
{
    struct mw_json_node *items = NULL;
    size_t count = 0;
    enum mw_code code = mw_json_tree_elements(tree, array, "mirrors", &items, &count);
    if (code == MW_OK && count > MIRROR_LIMIT)
        code =
            mw_json_tree_refuse(tree, array.span.begin, _("up to 1000"), _("%zu mirrors"), count);
    for (size_t i = 0; i < count && code == MW_OK; i++) {
        struct mw_mirror *mirror = MW_PUSH(read->mirrors, read->count);
        code = read_mirror(tree, items[i], mirror);
        if (code != MW_OK)
            break;
        mirror->tool = mw_xstrdup(read->tool);
        mirror->file = mw_xstrdup(tree->file);
        for (size_t k = 0; k < i && code == MW_OK; k++) {
            if (strcmp(read->mirrors[k].id, mirror->id) == 0)
                code = refuse_twin(tree, mirror->id, items[k], items[i]);
        }
    }
    free(items);
    return code;
}

static enum mw_code read_tool(const struct mw_json_tree *tree, struct mw_json_node node,
                              bool (*is_tool)(const char *name), struct mw_catalog_file *read)
{
    return mw_json_tree_word(tree, node, "tool", is_tool, _("the name of a tool as in a profile"),
                             &read->tool);
}

enum mw_code mw_catalog_read(const char *file, const char *text, size_t len,
                             bool (*is_tool)(const char *name), struct mw_catalog_file *read,
                             struct mw_error *err)
{
    enum { TOOL, MIRRORS, CANARY, BULK, COUNT };
    static const char *const names[COUNT] = {"tool", "mirrors", "canary", "bulk"};
    struct mw_json_node found[COUNT];
    struct mw_json_tree tree = {0};
    struct mw_catalog_file got = {0};
    const char *what = _("a catalogue");
    if (len > TEXT_LIMIT_BYTES)
        return mw_fail(err, MW_BAD_PROFILE, 0, "catalog",
                       _("%s: a catalogue of %zu bytes; allowed: up to 1 MiB"), file, len);
    enum mw_code code = mw_json_tree_parse(&tree, file, text, len, err);
    if (code != MW_OK)
        return code;
    struct mw_json_node root = {tree.root, tree.span};
    code = mw_json_tree_fields(&tree, root, what, names, COUNT, found);
    if (code == MW_OK)
        code = mw_json_tree_need(&tree, tree.span.begin, found[TOOL], what, "tool");
    if (code == MW_OK)
        code = mw_json_tree_need(&tree, tree.span.begin, found[MIRRORS], what, "mirrors");
    if (code == MW_OK)
        code = read_tool(&tree, found[TOOL], is_tool, &got);
    if (code == MW_OK)
        code = read_mirrors(&tree, found[MIRRORS], &got);
    if (code == MW_OK)
        code = mw_canary_read(&tree, found[CANARY], &got);
    if (code == MW_OK)
        code = mw_bulk_read(&tree, found[BULK], &got);
    if (code == MW_OK) {
        *read = got;
        got = (struct mw_catalog_file){0};
    }
    mw_catalog_file_release(&got);
    mw_json_tree_release(&tree);
    return code;
}

void mw_mirror_release(struct mw_mirror *mirror)
{
    for (size_t i = 0; i < sizeof text_fields / sizeof *text_fields; i++)
        free(*(char **)(void *)((char *)mirror + text_fields[i].offset));
    free(mirror->tool);
    free(mirror->url);
    free(mirror->file);
    *mirror = (struct mw_mirror){0};
}

void mw_catalog_file_release(struct mw_catalog_file *file)
{
    for (size_t i = 0; i < file->count; i++)
        mw_mirror_release(&file->mirrors[i]);
    free(file->mirrors);
    free(file->tool);
    mw_canary_free(file->canary);
    mw_bulk_free(file->bulk);
    *file = (struct mw_catalog_file){0};
}
