/* The objects by which mirrors are judged: the canary, and the larger one for throughput. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "catalog_read.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

enum { SHA256_DIGITS = 64 };

static bool is_sha256(const char *text)
{
    return mw_text_is_of(text, "0123456789abcdef") && strlen(text) == SHA256_DIGITS;
}

static bool is_digest(const char *text)
{
    return mw_text_starts(text, "sha256:") && is_sha256(text + strlen("sha256:"));
}

bool mw_catalog_is_path(const char *text)
{
    return *text == '/' && text[1] != '/' && strstr(text, "..") == NULL &&
           mw_text_is_of(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                               "/@!+~._-%");
}

static bool is_file_name(const char *text)
{
    return mw_text_is_of(text,
                         "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+!._-") &&
           *text != '.';
}

static bool is_repository(const char *text)
{
    return mw_text_is_of(text, "abcdefghijklmnopqrstuvwxyz0123456789/._-") &&
           strchr("/._-", *text) == NULL && strstr(text, "..") == NULL;
}

static bool is_not_empty(const char *text)
{
    return *text != '\0';
}

const char mw_catalog_path_rule[] =
    N_("a path that starts with '/' and has no blanks, '..' or query");
static const char sha256_rule[] = N_("64 hexadecimal digits in lower case");
static const char text_rule[] = N_("a text that is not empty");

#define OF_CANARY(field) .offset = offsetof(struct mw_canary, field)
#define CANARY_PROOF                                                                               \
    {"sha256", MW_JSON_WORD, OF_CANARY(sha256), false, is_sha256, sha256_rule},                    \
    {                                                                                              \
        "bytes", MW_JSON_AMOUNT, OF_CANARY(bytes)                                                  \
    }

enum { CANARY_FIELDS = 5 };

/* What a canary is called by; every protocol has "sha256" and "bytes" besides, and one that is
 * named by its path "begins" and "contains". */
static const struct canary_kind {
    const char *protocol;
    struct mw_json_field fields[CANARY_FIELDS];
} canary_kinds[] = {
    {"pypi",
     {CANARY_PROOF,
      {"project", MW_JSON_WORD, OF_CANARY(project), true, is_file_name,
       N_("the name of a project")},
      {"file", MW_JSON_WORD, OF_CANARY(file), true, is_file_name, N_("the name of a file")}}},
    {"oci",
     {CANARY_PROOF,
      {"repository", MW_JSON_WORD, OF_CANARY(repository), true, is_repository,
       N_("a repository as in library/hello-world")},
      {"digest", MW_JSON_WORD, OF_CANARY(digest), true, is_digest,
       N_("sha256: and 64 hexadecimal digits in lower case")}}},
    {"cargo",
     {CANARY_PROOF,
      {"crate", MW_JSON_WORD, OF_CANARY(crate), true, is_file_name, N_("the name of a crate")},
      {"version", MW_JSON_WORD, OF_CANARY(version), true, is_file_name, N_("a version")}}},
    /* The last row is for every other protocol. */
    {"path",
     {CANARY_PROOF,
      {"path", MW_JSON_WORD, OF_CANARY(path), true, mw_catalog_is_path, mw_catalog_path_rule},
      {"begins", MW_JSON_WORD, OF_CANARY(begins), false, is_not_empty, text_rule},
      {"contains", MW_JSON_WORD, OF_CANARY(contains), false, is_not_empty, text_rule}}},
};

static size_t field_count(const struct canary_kind *kind)
{
    return kind->fields[CANARY_FIELDS - 1].name != NULL ? CANARY_FIELDS : CANARY_FIELDS - 1;
}

static const struct canary_kind *canary_kind(const char *protocol)
{
    size_t last = sizeof canary_kinds / sizeof *canary_kinds - 1;
    size_t i = 0;
    while (i < last && strcmp(canary_kinds[i].protocol, protocol) != 0)
        i++;
    return &canary_kinds[i];
}

/* Exactly one of the three ways to know the object again. */
static enum mw_code check_proof(const struct mw_json_tree *tree, struct mw_json_node object,
                                const struct mw_canary *canary)
{
    int count = (canary->sha256 != NULL) + (canary->begins != NULL) + (canary->contains != NULL);
    if (count == 1)
        return MW_OK;
    if (count == 0)
        return mw_json_tree_refuse(tree, object.span.begin,
                                   canary->path != NULL ? _("one of sha256, begins, contains")
                                                        : "sha256",
                                   _("\"canary\" does not say what the object is"));
    return mw_json_tree_refuse(tree, object.span.begin, _("one of sha256, begins, contains"),
                               _("\"canary\" says in %d ways what the object is"), count);
}

static enum mw_code read_canary_parts(const struct mw_json_tree *tree, struct mw_json_node object,
                                      const struct canary_kind *kind, struct mw_canary *canary)
{
    struct mw_json_node found[CANARY_FIELDS];
    enum mw_code code = mw_json_tree_read(tree, object, "\"canary\"", kind->fields,
                                          field_count(kind), found, canary);
    if (code != MW_OK)
        return code;
    const char *digest = canary->digest != NULL ? canary->digest + strlen("sha256:") : NULL;
    if (canary->sha256 == NULL && digest != NULL)
        canary->sha256 = mw_xstrdup(digest);
    if (canary->sha256 != NULL && digest != NULL && strcmp(canary->sha256, digest) != 0)
        return mw_json_tree_refuse(tree, found[0].span.begin, _("the hash that \"digest\" names"),
                                   _("\"sha256\" and \"digest\" are different hashes"));
    return check_proof(tree, object, canary);
}

static bool is_given(struct mw_json_node node)
{
    return node.is_there && node.span.type != MW_JSON_NULL;
}

enum mw_code mw_canary_read(const struct mw_json_tree *tree, struct mw_json_node object,
                            const char *protocol, struct mw_catalog_file *read)
{
    read->speaks_of_canary = object.is_there;
    if (!is_given(object))
        return MW_OK;
    struct mw_canary *canary = mw_xcalloc(1, sizeof *canary);
    read->service->canary = canary;
    canary->bytes = -1;
    return read_canary_parts(tree, object, canary_kind(protocol), canary);
}

#define OF_BULK(field) .offset = offsetof(struct mw_bulk, field)
static const struct mw_json_field bulk_fields[] = {
    {"path", MW_JSON_WORD, OF_BULK(path), true, mw_catalog_is_path, mw_catalog_path_rule},
    {"bytes", MW_JSON_AMOUNT, OF_BULK(bytes), true},
    {"sha256", MW_JSON_WORD, OF_BULK(sha256), true, is_sha256, sha256_rule},
};
enum { BULK_FIELDS = sizeof bulk_fields / sizeof *bulk_fields };

enum mw_code mw_bulk_read(const struct mw_json_tree *tree, struct mw_json_node object, void *at)
{
    if (!is_given(object))
        return MW_OK;
    struct mw_bulk *bulk = mw_xcalloc(1, sizeof *bulk);
    *(struct mw_bulk **)at = bulk;
    return mw_json_tree_read(tree, object, "\"bulk\"", bulk_fields, BULK_FIELDS, NULL, bulk);
}

const void *mw_fact_keep(const void *fact)
{
    if (fact != NULL)
        atomic_fetch_add((atomic_uint *)(uintptr_t)fact, 1);
    return fact;
}

bool mw_fact_is_kept(void *fact)
{
    atomic_uint *keepers = fact;
    return fact == NULL || atomic_fetch_sub(keepers, 1) > 0;
}

void mw_canary_free(struct mw_canary *canary)
{
    if (mw_fact_is_kept(canary))
        return;
    for (size_t i = 0; i < sizeof canary_kinds / sizeof *canary_kinds; i++)
        mw_json_fields_release(canary_kinds[i].fields, field_count(&canary_kinds[i]), canary);
    free(canary);
}

void mw_bulk_free(struct mw_bulk *bulk)
{
    if (mw_fact_is_kept(bulk))
        return;
    mw_json_fields_release(bulk_fields, BULK_FIELDS, bulk);
    free(bulk);
}
