/* How the mirrors of a service are asked, and where the date of their newest state stands. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "catalog_read.h"
#include "model.h"

enum { ASK_LIMIT = 8, RULE_LIMIT = 16, POINTER_LIMIT_BYTES = 256 };

static bool is_ask_path(const char *text)
{
    return strcmp(text, "/") == 0 || mw_catalog_is_path(text);
}

/* The date may stand beside what the address names. */
static bool is_age_path(const char *text)
{
    return mw_text_starts(text, "../") ? mw_catalog_is_path(text + 2) : is_ask_path(text);
}

static bool is_token(const char *text)
{
    return mw_text_is_of(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-");
}

static bool is_type(const char *text)
{
    return mw_text_is_of(text,
                         "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/.+-");
}

/* The value of a header: what a tool may send, and nothing that would end the line. */
static bool is_header_value(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text < ' ' || *text > '~')
            return false;
    }
    return true;
}

static const char header_rule[] = N_("ASCII without control characters");

static bool is_pointer(const char *text)
{
    return *text == '/' && strlen(text) <= POINTER_LIMIT_BYTES;
}

/* ---- requests -------------------------------------------------------------------------------- */

static enum mw_code read_rules(const struct mw_json_tree *tree, struct mw_json_node node, void *at)
{
    struct mw_ask *ask = at;
    MW_AUTO(mw_strings) keys = {0};
    MW_FREE struct mw_json_node *items = NULL;
    enum mw_code code = mw_json_tree_members(tree, node, "json", &items, &keys);
    if (code != MW_OK)
        return code;
    if (keys.count > RULE_LIMIT)
        code =
            mw_json_tree_refuse(tree, node.span.begin, _("up to 16"), _("%zu rules"), keys.count);
    for (size_t i = 0; i < keys.count && code == MW_OK; i++) {
        MW_FREE char *word = NULL;
        if (!is_pointer(keys.items[i])) {
            MW_FREE char *shown = mw_model_shown(keys.items[i]);
            code = mw_json_tree_refuse(tree, node.span.begin, _("a JSON pointer such as /dist/url"),
                                       _("\"%s\" has the field '%s'"), "json", shown);
            break;
        }
        code = mw_json_tree_word(tree, items[i], keys.items[i], NULL, NULL, &word);
        if (code != MW_OK)
            break;
        struct mw_json_rule *rule = MW_PUSH(ask->rules, ask->rule_count);
        *rule = (struct mw_json_rule){.pointer = mw_xstrdup(keys.items[i])};
        rule->is_host = strcmp(word, "same-host") == 0;
        if (!rule->is_host && strcmp(word, "present") != 0)
            rule->text = mw_xstrdup(word);
    }
    return code;
}

static enum mw_code check_status(const struct mw_json_tree *tree, struct mw_json_node node,
                                 void *at)
{
    long status = *(long *)at;
    if (status >= 200 && status <= 599)
        return MW_OK;
    return mw_json_tree_refuse(tree, node.span.begin, _("200 to 599"), _("\"%s\" is %ld"), "status",
                               status);
}

static enum mw_code read_method(const struct mw_json_tree *tree, struct mw_json_node node, void *at)
{
    static const char *const methods[] = {"GET", "HEAD", NULL};
    unsigned method = 0;
    enum mw_code code = mw_json_tree_choice(tree, node, "method", methods, &method);
    *(bool *)at = method == 1;
    return code;
}

#define OF_ASK(field) .offset = offsetof(struct mw_ask, field)
static const struct mw_json_field ask_fields[] = {
    {"path", MW_JSON_WORD, OF_ASK(path), true, is_ask_path, mw_catalog_path_rule},
    {"method", MW_JSON_OWN, OF_ASK(is_head), .take = read_method},
    {"accept", MW_JSON_WORD, OF_ASK(accept), false, is_header_value, header_rule},
    {"agent", MW_JSON_WORD, OF_ASK(agent), false, is_header_value, header_rule},
    {"range", MW_JSON_AMOUNT, OF_ASK(range)},
    {"status", MW_JSON_AMOUNT, OF_ASK(status), .take = check_status},
    {"type", MW_JSON_WORD, OF_ASK(type), false, is_type,
     N_("a media type such as application/json")},
    {"starts_with", MW_JSON_WORD, OF_ASK(begins)},
    {"json", MW_JSON_OWN, .take = read_rules},
};
enum { ASK_FIELDS = sizeof ask_fields / sizeof *ask_fields };

static enum mw_code read_ask(const struct mw_json_tree *tree, struct mw_json_node object,
                             struct mw_ask *ask)
{
    ask->status = 200;
    enum mw_code code =
        mw_json_tree_read(tree, object, "\"probe\"", ask_fields, ASK_FIELDS, NULL, ask);
    if (code == MW_OK && ask->is_head && (ask->begins != NULL || ask->rule_count > 0))
        return mw_json_tree_refuse(tree, object.span.begin, "GET",
                                   _("a HEAD request, whose answer has no body to look at"));
    return code;
}

static enum mw_code read_asks(const struct mw_json_tree *tree, struct mw_json_node node,
                              struct mw_inquiry *inquiry)
{
    MW_FREE struct mw_json_node *items = NULL;
    size_t count = 0;
    inquiry->protocol = mw_xstrdup("path");
    if (node.span.type == MW_JSON_OBJECT)
        return read_ask(tree, node, MW_PUSH(inquiry->asks, inquiry->ask_count));
    enum mw_code code = mw_json_tree_elements(tree, node, "probe", &items, &count);
    if (code == MW_OK && (count == 0 || count > ASK_LIMIT))
        code = mw_json_tree_refuse(tree, node.span.begin, _("1 to 8"), _("%zu requests"), count);
    for (size_t i = 0; i < count && code == MW_OK; i++)
        code = read_ask(tree, items[i], MW_PUSH(inquiry->asks, inquiry->ask_count));
    return code;
}

/* ---- protocols ------------------------------------------------------------------------------- */

static const char protocol_words[] = "pypi, oci, goproxy, cargo, nuget, pub, apt";

static bool is_protocol(const char *text)
{
    MW_AUTO(mw_strings) words = {0};
    mw_strings_split(&words, protocol_words, ", ");
    return mw_strings_has(&words, text);
}

#define OF_INQUIRY(field) .offset = offsetof(struct mw_inquiry, field)
static const struct mw_json_field inquiry_fields[] = {
    {"protocol", MW_JSON_WORD, OF_INQUIRY(protocol), true, is_protocol, protocol_words},
    {"agent", MW_JSON_WORD, OF_INQUIRY(agent), false, is_header_value, header_rule},
    {"path", MW_JSON_WORD, OF_INQUIRY(path), false, mw_catalog_is_path, mw_catalog_path_rule},
};
enum { INQUIRY_FIELDS = sizeof inquiry_fields / sizeof *inquiry_fields };

enum mw_code mw_inquiry_read(const struct mw_json_tree *tree, struct mw_json_node node, void *at)
{
    struct mw_inquiry *inquiry = mw_xcalloc(1, sizeof *inquiry);
    *(struct mw_inquiry **)at = inquiry;
    return mw_json_tree_field(tree, node, "protocol").is_there
               ? mw_json_tree_read(tree, node, "\"probe\"", inquiry_fields, INQUIRY_FIELDS, NULL,
                                   inquiry)
               : read_asks(tree, node, inquiry);
}

/* ---- age ------------------------------------------------------------------------------------- */

static const char form_words[] = "unix, http-date, rfc3339, date, yyyymmddhhmmss, json:/POINTER, "
                                 "xml:NAME, release:Date, repomd, same-as-upstream";

static const struct age_form {
    const char *word; /* one that ends in ':' has a name behind it */
    enum mw_age_form form;
} age_forms[] = {
    {"unix", MW_AGE_UNIX},
    {"http-date", MW_AGE_HTTP_DATE},
    {"rfc3339", MW_AGE_RFC3339},
    {"date", MW_AGE_DATE},
    {"yyyymmddhhmmss", MW_AGE_DIGITS},
    {"json:", MW_AGE_JSON},
    {"xml:", MW_AGE_XML},
    {"release:", MW_AGE_RELEASE},
    {"repomd", MW_AGE_REPOMD},
    {"same-as-upstream", MW_AGE_SAME},
};

/* NULL if there is no such form; *name is what follows it. */
static const struct age_form *find_form(const char *text, const char **name)
{
    for (size_t i = 0; i < sizeof age_forms / sizeof *age_forms; i++) {
        const char *word = age_forms[i].word;
        size_t len = strlen(word);
        *name = text + len;
        if (word[len - 1] != ':' ? strcmp(text, word) == 0
                                 : strncmp(text, word, len) == 0 && text[len] != '\0' &&
                                       (age_forms[i].form != MW_AGE_JSON || is_pointer(text + len)))
            return &age_forms[i];
    }
    return NULL;
}

static bool is_form(const char *text)
{
    const char *name = NULL;
    return find_form(text, &name) != NULL;
}

static bool is_place(const char *text)
{
    return strcmp(text, "body") == 0 ||
           (mw_text_starts(text, "header:") && is_token(text + strlen("header:")));
}

static enum mw_code read_form(const struct mw_json_tree *tree, struct mw_json_node node, void *at)
{
    struct mw_age_rule *rule = at;
    const char *name = NULL;
    MW_FREE char *as = NULL;
    enum mw_code code = mw_json_tree_word(tree, node, "as", is_form, form_words, &as);
    if (code == MW_OK) {
        rule->form = find_form(as, &name)->form;
        rule->name = mw_xstrdup(name);
    }
    return code;
}

static enum mw_code read_place(const struct mw_json_tree *tree, struct mw_json_node node, void *at)
{
    MW_FREE char *from = NULL;
    enum mw_code code =
        mw_json_tree_word(tree, node, "from", is_place, _("body, header:NAME"), &from);
    if (code == MW_OK && mw_text_starts(from, "header:"))
        *(char **)at = mw_xstrdup(from + strlen("header:"));
    return code;
}

enum mw_code mw_age_rule_read(const struct mw_json_tree *tree, struct mw_json_node node, void *at)
{
    static const struct mw_json_field fields[] = {
        {"path", MW_JSON_WORD, .offset = offsetof(struct mw_age_rule, path), true, is_age_path,
         mw_catalog_path_rule},
        {"from", MW_JSON_OWN, offsetof(struct mw_age_rule, header), true, .take = read_place},
        {"as", MW_JSON_OWN, .is_needed = true, .take = read_form},
    };
    struct mw_age_rule *rule = mw_xcalloc(1, sizeof *rule);
    *(struct mw_age_rule **)at = rule;
    return mw_json_tree_read(tree, node, "\"age\"", fields, sizeof fields / sizeof *fields, NULL,
                             rule);
}

/* ---- copies ---------------------------------------------------------------------------------- */

static void release_ask(struct mw_ask *ask)
{
    for (size_t i = 0; i < ask->rule_count; i++) {
        free(ask->rules[i].pointer);
        free(ask->rules[i].text);
    }
    free(ask->rules);
    mw_json_fields_release(ask_fields, ASK_FIELDS, ask);
}

void mw_inquiry_free(struct mw_inquiry *inquiry)
{
    if (mw_fact_is_kept(inquiry))
        return;
    for (size_t i = 0; i < inquiry->ask_count; i++)
        release_ask(&inquiry->asks[i]);
    free(inquiry->asks);
    mw_json_fields_release(inquiry_fields, INQUIRY_FIELDS, inquiry);
    free(inquiry);
}

void mw_age_rule_free(struct mw_age_rule *rule)
{
    if (mw_fact_is_kept(rule))
        return;
    MW_FREE_ALL(rule->path, rule->header, rule->name, rule);
}
