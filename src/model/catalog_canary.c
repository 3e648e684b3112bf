/* The objects by which mirrors are judged: the canary, and the larger one for throughput. */
#include <stddef.h>
#include <string.h>

#include "catalog_read.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

enum { SHA256_DIGITS = 64 };

static bool has_only(const char *text, const char *set)
{
    return *text != '\0' && text[strspn(text, set)] == '\0';
}

static bool is_sha256(const char *text)
{
    return has_only(text, "0123456789abcdef") && strlen(text) == SHA256_DIGITS;
}

static bool is_digest(const char *text)
{
    return mw_text_starts(text, "sha256:") && is_sha256(text + strlen("sha256:"));
}

bool mw_catalog_is_path(const char *text)
{
    return *text == '/' && text[1] != '/' && strstr(text, "..") == NULL &&
           has_only(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                          "/@!+~._-%");
}

static bool is_file_name(const char *text)
{
    return has_only(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+!._-") &&
           *text != '.';
}

static bool is_repository(const char *text)
{
    return has_only(text, "abcdefghijklmnopqrstuvwxyz0123456789/._-") &&
           strchr("/._-", *text) == NULL && strstr(text, "..") == NULL;
}

static bool is_not_empty(const char *text)
{
    return *text != '\0';
}

enum { CANARY_PARTS = 2, CANARY_COMMON = 4, CANARY_FIELDS = CANARY_PARTS + CANARY_COMMON };

/* What a canary is called by; every protocol has "sha256" and "bytes" besides, and one that is
 * named by its path "begins" and "contains". */
static const struct canary_kind {
    const char *protocol;
    struct canary_part {
        const char *name;
        size_t offset;
        bool (*is_right)(const char *text);
        const char *allowed;
    } parts[CANARY_PARTS];
} canary_kinds[] = {
    {"pypi",
     {{"project", offsetof(struct mw_canary, project), is_file_name, N_("the name of a project")},
      {"file", offsetof(struct mw_canary, file), is_file_name, N_("the name of a file")}}},
    {"oci",
     {{"repository", offsetof(struct mw_canary, repository), is_repository,
       N_("a repository as in library/hello-world")},
      {"digest", offsetof(struct mw_canary, digest), is_digest,
       N_("sha256: and 64 hexadecimal digits in lower case")}}},
    {"cargo",
     {{"crate", offsetof(struct mw_canary, crate), is_file_name, N_("the name of a crate")},
      {"version", offsetof(struct mw_canary, version), is_file_name, N_("a version")}}},
    /* The last row is for every other protocol. */
    {"path",
     {{"path", offsetof(struct mw_canary, path), mw_catalog_is_path,
       N_("a path that starts with '/' and has no blanks, '..' or query")}}},
};

static const struct canary_kind *canary_kind(const char *protocol)
{
    size_t last = sizeof canary_kinds / sizeof *canary_kinds - 1;
    for (size_t i = 0; i < last; i++) {
        if (strcmp(canary_kinds[i].protocol, protocol) == 0)
            return &canary_kinds[i];
    }
    return &canary_kinds[last];
}

static const char *const sha256_rule = N_("64 hexadecimal digits in lower case");
static const char *const text_rule = N_("a text that is not empty");

/* Exactly one of the three ways to know the object again. */
static enum mw_code check_proof(const struct mw_json_tree *tree, struct mw_json_node object,
                                const struct mw_canary *canary)
{
    int count = (canary->sha256 != NULL) + (canary->begins != NULL) + (canary->contains != NULL);
    if (count == 1)
        return MW_OK;
    if (count == 0)
        return mw_json_tree_need(tree, object.span.begin, (struct mw_json_node){0}, "\"canary\"",
                                 "sha256");
    return mw_json_tree_refuse(tree, object.span.begin, _("one of sha256, begins, contains"),
                               _("\"canary\" says in %d ways what the object is"), count);
}

static enum mw_code read_canary_parts(const struct mw_json_tree *tree, struct mw_json_node object,
                                      const struct canary_kind *kind, struct mw_canary *canary)
{
    const char *names[CANARY_FIELDS] = {"sha256", "bytes"};
    struct mw_json_node found[CANARY_FIELDS] = {{0}};
    const char *what = "\"canary\"";
    bool has_path = kind->parts[0].offset == offsetof(struct mw_canary, path);
    size_t count = 2;
    for (size_t i = 0; i < CANARY_PARTS && kind->parts[i].name != NULL; i++)
        names[count++] = kind->parts[i].name;
    size_t part_end = count;
    if (has_path) {
        names[count++] = "begins";
        names[count++] = "contains";
    }
    enum mw_code code = mw_json_tree_fields(tree, object, what, names, count, found);
    for (size_t i = 2; i < part_end && code == MW_OK; i++) {
        const struct canary_part *part = &kind->parts[i - 2];
        code = mw_json_tree_need(tree, object.span.begin, found[i], what, part->name);
        if (code == MW_OK)
            code = mw_json_tree_word(tree, found[i], part->name, part->is_right, _(part->allowed),
                                     (char **)(void *)((char *)canary + part->offset));
    }
    if (code == MW_OK)
        code =
            mw_json_tree_word(tree, found[0], "sha256", is_sha256, _(sha256_rule), &canary->sha256);
    if (code == MW_OK && has_path)
        code = mw_json_tree_word(tree, found[part_end], "begins", is_not_empty, _(text_rule),
                                 &canary->begins);
    if (code == MW_OK && has_path)
        code = mw_json_tree_word(tree, found[part_end + 1], "contains", is_not_empty, _(text_rule),
                                 &canary->contains);
    if (code == MW_OK && found[1].is_there)
        code = mw_json_tree_number(tree, found[1], "bytes", &canary->bytes);
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

enum mw_code mw_bulk_read(const struct mw_json_tree *tree, struct mw_json_node object,
                          struct mw_catalog_file *read)
{
    static const char *const names[] = {"path", "bytes", "sha256"};
    enum { COUNT = sizeof names / sizeof *names };
    struct mw_json_node found[COUNT];
    const char *what = "\"bulk\"";
    if (!is_given(object))
        return MW_OK;
    struct mw_bulk *bulk = mw_xcalloc(1, sizeof *bulk);
    read->service->bulk = bulk;
    enum mw_code code = mw_json_tree_fields(tree, object, what, names, COUNT, found);
    for (size_t i = 0; i < COUNT && code == MW_OK; i++)
        code = mw_json_tree_need(tree, object.span.begin, found[i], what, names[i]);
    if (code == MW_OK)
        code = mw_json_tree_word(tree, found[0], "path", mw_catalog_is_path,
                                 _("a path that starts with '/' and has no blanks, '..' or query"),
                                 &bulk->path);
    if (code == MW_OK)
        code = mw_json_tree_number(tree, found[1], "bytes", &bulk->bytes);
    if (code == MW_OK)
        code =
            mw_json_tree_word(tree, found[2], "sha256", is_sha256, _(sha256_rule), &bulk->sha256);
    return code;
}

static char *copy(const char *text)
{
    return text != NULL ? mw_xstrdup(text) : NULL;
}

struct mw_canary *mw_canary_copy(const struct mw_canary *canary)
{
    if (canary == NULL)
        return NULL;
    struct mw_canary *to = mw_xcalloc(1, sizeof *to);
    *to = (struct mw_canary){
        .path = copy(canary->path),
        .project = copy(canary->project),
        .file = copy(canary->file),
        .repository = copy(canary->repository),
        .digest = copy(canary->digest),
        .crate = copy(canary->crate),
        .version = copy(canary->version),
        .sha256 = copy(canary->sha256),
        .begins = copy(canary->begins),
        .contains = copy(canary->contains),
        .bytes = canary->bytes,
    };
    return to;
}

void mw_canary_free(struct mw_canary *canary)
{
    if (canary == NULL)
        return;
    free(canary->path);
    free(canary->project);
    free(canary->file);
    free(canary->repository);
    free(canary->digest);
    free(canary->crate);
    free(canary->version);
    free(canary->sha256);
    free(canary->begins);
    free(canary->contains);
    free(canary);
}

struct mw_bulk *mw_bulk_copy(const struct mw_bulk *bulk)
{
    if (bulk == NULL)
        return NULL;
    struct mw_bulk *to = mw_xcalloc(1, sizeof *to);
    *to = (struct mw_bulk){copy(bulk->path), copy(bulk->sha256), bulk->bytes};
    return to;
}

void mw_bulk_free(struct mw_bulk *bulk)
{
    if (bulk == NULL)
        return;
    free(bulk->path);
    free(bulk->sha256);
    free(bulk);
}
