#include "catalog_read.h"

#include <stddef.h>
#include <string.h>

#include "mirrorwise/json_tree.h"
#include "mirrorwise/profile.h"
#include "mirrorwise/url.h"
#include "model.h"

enum { TEXT_LIMIT_BYTES = 1 << 20, MIRROR_LIMIT = 1000, ID_LIMIT_BYTES = 64, ALIAS_LIMIT = 32 };

static bool is_id(const char *text)
{
    return mw_text_is_of(text, "abcdefghijklmnopqrstuvwxyz0123456789._-") &&
           strchr("._-", *text) == NULL && strlen(text) <= ID_LIMIT_BYTES;
}

static const char id_rule[] =
    N_("up to 64 lower-case letters, digits, '.', '_' and '-', a letter or digit first");

static const char *const status_words[] = {[MW_MIRROR_ACTIVE] = N_("active"),
                                           [MW_MIRROR_FALLBACK] = N_("fallback"),
                                           [MW_MIRROR_DEAD] = N_("dead"),
                                           NULL};

const char *mw_mirror_status_word(enum mw_mirror_status status)
{
    return status_words[status];
}

/* NULL if the address is one that profiles may hand to a tool; an alias, which is only recognised
 * where it stands, may be one of git, too. */
static const char *url_fault(const char *text, bool is_alias)
{
    struct mw_url url;
    const char *reason = mw_url_web_fault(text);
    bool is_url = mw_url_parse(text, &url, NULL);
    if (reason != NULL && !(is_url && is_alias && mw_url_is(&url, "git")))
        return reason;
    if (url.has_userinfo)
        return _("it carries a user name or password");
    if (url.has_query || url.has_fragment)
        return _("it has a query or a fragment");
    return NULL;
}

static enum mw_code check_address(const struct mw_json_tree *tree, struct mw_json_node node,
                                  const char *text, const char *reason, const char *allowed)
{
    if (reason == NULL)
        return MW_OK;
    MW_FREE char *redacted = mw_text_redact(text);
    return mw_json_tree_refuse(tree, node.span.begin, allowed, _("the address '%s' is wrong: %s"),
                               redacted, reason);
}

static enum mw_code check_url(const struct mw_json_tree *tree, struct mw_json_node node, void *at)
{
    const char *url = *(char **)at;
    return check_address(tree, node, url, url_fault(url, false), "https://HOST[:PORT][/PATH]");
}

/* An address that may have '*' for one whole label of its host. */
static const char *alias_fault(const char *alias)
{
    const char *star = strchr(alias, '*');
    if (star == NULL)
        return url_fault(alias, true);
    const char *host = strstr(alias, "://");
    bool is_label = host != NULL && star >= host + 3 && (star[-1] == '/' || star[-1] == '.') &&
                    star[1] == '.' && strcspn(host + 3, "/") > (size_t)(star - host - 3) &&
                    strchr(star + 1, '*') == NULL;
    if (!is_label)
        return _("'*' stands for one whole label of its host");
    MW_FREE char *filled = mw_xasprintf("%.*sx%s", (int)(star - alias), alias, star + 1);
    return url_fault(filled, true);
}

static enum mw_code check_aliases(const struct mw_json_tree *tree, struct mw_json_node node,
                                  void *at)
{
    const struct mw_strings *aliases = at;
    enum mw_code code = MW_OK;
    if (aliases->count > ALIAS_LIMIT)
        return mw_json_tree_refuse(tree, node.span.begin, _("up to 32"), _("%zu aliases"),
                                   aliases->count);
    for (size_t i = 0; i < aliases->count && code == MW_OK; i++)
        code = check_address(tree, node, aliases->items[i], alias_fault(aliases->items[i]),
                             "https://HOST[:PORT][/PATH], https://*.HOST[:PORT][/PATH]");
    return code;
}

static bool is_path_start(const char *text)
{
    return strcmp(text, "/") == 0 || mw_catalog_is_path(text);
}

static enum mw_code read_rebase(const struct mw_json_tree *tree, struct mw_json_node node, void *at)
{
    struct mw_mirror *mirror = at;
    MW_AUTO(mw_strings) both = {0};
    enum mw_code code = mw_json_tree_words(tree, node, "rebase", &both);
    for (size_t i = 0; i < both.count && code == MW_OK; i++) {
        if (!is_path_start(both.items[i]))
            code = mw_json_tree_refuse(
                tree, node.span.begin,
                _("a path that starts with '/' and has no blanks, '..' or query"),
                _("\"%s\" is '%s'"), "rebase", both.items[i]);
    }
    if (code == MW_OK && both.count != 0 && both.count != 2)
        code =
            mw_json_tree_refuse(tree, node.span.begin, _("two paths"), _("%zu paths"), both.count);
    if (code == MW_OK && both.count == 2) {
        mirror->path_from = mw_xstrdup(both.items[0]);
        mirror->path_to = mw_xstrdup(both.items[1]);
    }
    return code;
}

static bool is_style(const char *text)
{
    return strcmp(text, "before-v2") == 0 || strcmp(text, "after-v2") == 0;
}

#define OF_MIRROR(field) .offset = offsetof(struct mw_mirror, field)
enum { ID };
static const struct mw_json_field mirror_fields[] = {
    [ID] = {"id", MW_JSON_WORD, OF_MIRROR(id), true, is_id, id_rule},
    {"name", MW_JSON_WORD, OF_MIRROR(name)},
    {"name_zh", MW_JSON_WORD, OF_MIRROR(name_zh)},
    {"operator", MW_JSON_WORD, OF_MIRROR(operator_name)},
    {"url", MW_JSON_WORD, OF_MIRROR(url), .is_needed = true, .take = check_url},
    {"region", MW_JSON_WORD, OF_MIRROR(region)},
    {"verified", MW_JSON_WORD, OF_MIRROR(verified), false, mw_model_is_day,
     N_("a date as in 2026-08-21")},
    {"source", MW_JSON_WORD, OF_MIRROR(source)},
    {"status", MW_JSON_CHOICE, OF_MIRROR(status), .words = status_words},
    {"reason", MW_JSON_WORD, OF_MIRROR(reason)},
    {"aliases", MW_JSON_WORDS, OF_MIRROR(aliases), .take = check_aliases},
    {"style", MW_JSON_WORD, OF_MIRROR(style), false, is_style, "before-v2, after-v2"},
    {"lacks", MW_JSON_WORDS, OF_MIRROR(lacks)},
    {"rebase", MW_JSON_OWN, .take = read_rebase},
    {"default", MW_JSON_MARK, OF_MIRROR(is_default)},
};
enum { FIELD_COUNT = sizeof mirror_fields / sizeof *mirror_fields };

static void fill_gaps(struct mw_mirror *mirror)
{
    if (mirror->status != MW_MIRROR_ACTIVE && mirror->reason == NULL)
        mirror->reason = mw_xstrdup(N_("its catalogue does not say why"));
    if (mirror->name == NULL)
        mirror->name = mw_xstrdup(mirror->id);
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        char **text = (char **)(void *)((char *)mirror + mirror_fields[i].offset);
        if (mirror_fields[i].shape == MW_JSON_WORD && *text == NULL)
            *text = mw_xstrdup("");
    }
    if (mirror->path_from == NULL)
        mirror->path_from = mw_xstrdup("");
    if (mirror->path_to == NULL)
        mirror->path_to = mw_xstrdup("");
}

/* A built-in mirror says who runs it, who says so, and when. */
static enum mw_code check_evidence(const struct mw_json_tree *tree, struct mw_json_node object,
                                   const struct mw_json_node *found, const char *what)
{
    static const char *const needed[] = {"operator", "verified", "source", "status"};
    enum mw_code code = MW_OK;
    for (size_t i = 0, next = 0; i < FIELD_COUNT && next < 4 && code == MW_OK; i++) {
        if (strcmp(mirror_fields[i].name, needed[next]) == 0)
            code = mw_json_tree_need(tree, object.span.begin, found[i], what, needed[next++]);
    }
    return code;
}

static enum mw_code read_mirror(const struct mw_json_tree *tree, struct mw_json_node object,
                                bool is_built_in, struct mw_mirror *mirror)
{
    struct mw_json_node found[FIELD_COUNT];
    const char *what = _("a mirror");
    enum mw_code code =
        mw_json_tree_read(tree, object, what, mirror_fields, FIELD_COUNT, found, mirror);
    if (code == MW_OK && is_built_in)
        code = check_evidence(tree, object, found, what);
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
                                 bool is_built_in, struct mw_catalog_file *read)
{
    MW_FREE struct mw_json_node *items = NULL;
    size_t count = 0;
    enum mw_code code = mw_json_tree_elements(tree, array, "mirrors", &items, &count);
    if (code == MW_OK && count > MIRROR_LIMIT)
        code =
            mw_json_tree_refuse(tree, array.span.begin, _("up to 1000"), _("%zu mirrors"), count);
    for (size_t i = 0; i < count && code == MW_OK; i++) {
        struct mw_mirror *mirror = MW_PUSH(read->mirrors, read->count);
        code = read_mirror(tree, items[i], is_built_in, mirror);
        if (code != MW_OK)
            break;
        mirror->tool = mw_xstrdup(read->service->id);
        mirror->file = mw_xstrdup(tree->file);
        for (size_t k = 0; k < i && code == MW_OK; k++) {
            if (strcmp(read->mirrors[k].id, mirror->id) == 0)
                code = refuse_twin(tree, mirror->id, items[k], items[i]);
            else if (read->mirrors[k].is_default && mirror->is_default)
                code = mw_json_tree_refuse(tree, items[i].span.begin, _("one a service"),
                                           _("\"default\" a second time, after %s"),
                                           read->mirrors[k].id);
        }
    }
    return code;
}

/* ---- the file -------------------------------------------------------------------------------- */

static enum mw_code refuse_unknown(const struct mw_catalog *catalog,
                                   const struct mw_json_tree *tree, struct mw_json_node node,
                                   const char *id)
{
    MW_AUTO(mw_strings) names = {0};
    for (size_t i = 0; i < catalog->service_count; i++) {
        mw_strings_add_new(&names, catalog->services[i]->id);
    }
    mw_catalog_promised(catalog, &names);
    MW_FREE char *list = mw_strings_join(&names, ", ");
    MW_FREE char *allowed = mw_xasprintf(_("the id of a service (%s), one that a tool draws on, or "
                                           "one that says in \"probe\" how its "
                                           "mirrors are asked"),
                                         list);
    MW_FREE char *shown = mw_model_shown(id);
    mw_json_tree_refuse(tree, node.span.begin, allowed, _("\"%s\" is '%s'"), "tool", shown);
    mw_model_suggest(tree->err, id, &names);
    return MW_BAD_PROFILE;
}

static bool is_duration(const char *text)
{
    return mw_duration_parse_ms(text) >= 1000;
}

static enum mw_code read_max_age(const struct mw_json_tree *tree, struct mw_json_node node,
                                 void *at)
{
    MW_FREE char *max_age = NULL;
    enum mw_code code = mw_json_tree_word(
        tree, node, "max_age", is_duration,
        _("a time of at least 1s with its unit (s, m, h, d), such as 6h"), &max_age);
    if (code == MW_OK)
        *(long *)at = mw_duration_parse_ms(max_age) / 1000;
    return code;
}

#define OF_SERVICE(field) .offset = offsetof(struct mw_service, field)
enum { TOOL, TITLE, TITLE_ZH, MAX_AGE, PROBE, AGE, MIRRORS, CANARY, BULK, FILE_FIELDS };
static const struct mw_json_field file_fields[FILE_FIELDS] = {
    [TOOL] = {"tool", MW_JSON_WORD, OF_SERVICE(id), true, is_id, id_rule},
    [TITLE] = {"title", MW_JSON_WORD, OF_SERVICE(title)},
    [TITLE_ZH] = {"title_zh", MW_JSON_WORD, OF_SERVICE(title_zh)},
    [MAX_AGE] = {"max_age", MW_JSON_OWN, OF_SERVICE(max_age_s), .take = read_max_age},
    [PROBE] = {"probe", MW_JSON_OWN, OF_SERVICE(inquiry), .take = mw_inquiry_read},
    [AGE] = {"age", MW_JSON_OWN, OF_SERVICE(age), .take = mw_age_rule_read},
    [MIRRORS] = {"mirrors", MW_JSON_OWN, .is_needed = true},
    [CANARY] = {"canary", MW_JSON_OWN, .offset = 0},
    [BULK] = {"bulk", MW_JSON_OWN, OF_SERVICE(bulk), .take = mw_bulk_read},
};

/* What the canary's fields are called depends on how the service is asked. */
static const char *protocol_of(const struct mw_catalog *catalog, const struct mw_service *service)
{
    const struct mw_inquiry *inquiry = service->inquiry;
    const struct mw_service *known = mw_catalog_service(catalog, service->id);
    if (inquiry == NULL && known != NULL)
        inquiry = known->inquiry;
    return inquiry != NULL ? inquiry->protocol : "path";
}

enum mw_code mw_catalog_read(const struct mw_catalog *catalog, const char *file, const char *text,
                             size_t len, bool is_built_in, struct mw_catalog_file *read,
                             struct mw_error *err)
{
    struct mw_json_node found[FILE_FIELDS];
    struct mw_json_tree tree = {0};
    MW_AUTO(mw_catalog_file) got = {0};
    if (len > TEXT_LIMIT_BYTES)
        return mw_fail(err, MW_BAD_PROFILE, 0, "catalog",
                       _("%s: a catalogue of %zu bytes; allowed: up to 1 MiB"), file, len);
    enum mw_code code = mw_json_tree_parse(&tree, file, text, len, err);
    if (code != MW_OK)
        return code;
    got.service = mw_xcalloc(1, sizeof *got.service);
    got.service->file = mw_xstrdup(file);
    code = mw_json_tree_read(&tree, mw_json_tree_root(&tree), _("a catalogue"), file_fields,
                             FILE_FIELDS, found, got.service);
    bool is_known = code != MW_OK || found[PROBE].is_there || found[CANARY].is_there ||
                    mw_catalog_service(catalog, got.service->id) != NULL ||
                    (catalog->is_drawn_on != NULL && catalog->is_drawn_on(got.service->id));
    if (!is_known)
        code = refuse_unknown(catalog, &tree, found[TOOL], got.service->id);
    if (code == MW_OK)
        code = read_mirrors(&tree, found[MIRRORS], is_built_in, &got);
    if (code == MW_OK)
        code = mw_canary_read(&tree, found[CANARY], protocol_of(catalog, got.service), &got);
    if (code == MW_OK) {
        *read = got;
        got = (struct mw_catalog_file){0};
    }
    return code;
}

void mw_mirror_release(struct mw_mirror *mirror)
{
    mw_json_fields_release(mirror_fields, FIELD_COUNT, mirror);
    MW_FREE_ALL(mirror->tool, mirror->file, mirror->path_from, mirror->path_to);
    *mirror = (struct mw_mirror){0};
}

void mw_service_free(struct mw_service *service)
{
    if (service == NULL)
        return;
    mw_json_fields_release(file_fields, FILE_FIELDS, service);
    free(service->file);
    mw_canary_free(service->canary);
    mw_bulk_free(service->bulk);
    mw_inquiry_free(service->inquiry);
    mw_age_rule_free(service->age);
    free(service);
}

void mw_catalog_file_release(struct mw_catalog_file *file)
{
    for (size_t i = 0; i < file->count; i++)
        mw_mirror_release(&file->mirrors[i]);
    free(file->mirrors);
    mw_service_free(file->service);
    *file = (struct mw_catalog_file){0};
}
