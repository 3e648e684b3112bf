#include "mirrorwise/catalog.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "catalog_read.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "mirrorwise/url.h"

struct mw_catalog_promise {
    char *service, *file; /* NULL: kept */
    const char *text;
    size_t len;
};

void mw_catalog_promise(struct mw_catalog *catalog, const char *service, const char *file,
                        const char *text, size_t len)
{
    *MW_PUSH(catalog->promises, catalog->promise_count) = (struct mw_catalog_promise){
        .service = mw_xstrdup(service), .file = mw_xstrdup(file), .text = text, .len = len};
}

void mw_catalog_promised(const struct mw_catalog *catalog, struct mw_strings *names)
{
    for (size_t i = 0; i < catalog->promise_count; i++) {
        if (catalog->promises[i].service != NULL)
            mw_strings_add(names, catalog->promises[i].service);
    }
}

/* What nobody has seen yet may be read while others only look. */
static void need(const struct mw_catalog *catalog, const char *service)
{
    struct mw_catalog *own = (struct mw_catalog *)catalog;
    for (size_t i = 0; i < own->promise_count; i++) {
        struct mw_catalog_promise promise = own->promises[i];
        if (promise.service == NULL || strcmp(promise.service, service) != 0)
            continue;
        own->promises[i] = (struct mw_catalog_promise){0};
        /* One that is wrong (the tests see to it that none is) is as good as none. */
        enum mw_code code =
            mw_catalog_add(own, promise.file, promise.text, promise.len, true, NULL);
        (void)code;
        free(promise.service);
        free(promise.file);
    }
}

static struct mw_service *find_service(const struct mw_catalog *catalog, const char *id)
{
    need(catalog, id);
    for (size_t i = 0; i < catalog->service_count; i++) {
        if (strcmp(catalog->services[i]->id, id) == 0)
            return catalog->services[i];
    }
    return NULL;
}

/* The first file of the service that says something of this; the built-in one as a rule. */
#define FIRST_WITH(catalog, service, field, to)                                                    \
    do {                                                                                           \
        for (size_t f = 0; (to) == NULL && f < (catalog)->service_count; f++) {                    \
            if (strcmp((catalog)->services[f]->id, (service)) == 0)                                \
                (to) = (catalog)->services[f]->field;                                              \
        }                                                                                          \
    } while (false)

const struct mw_service *mw_catalog_service(const struct mw_catalog *catalog, const char *id)
{
    return find_service(catalog, id);
}

enum mw_code mw_catalog_left_out(const struct mw_catalog *catalog, const char *service,
                                 struct mw_error *err)
{
    const char *why = mw_pairs_find(&catalog->left_out, service);
    return why == NULL ? MW_OK : mw_fail(err, MW_BAD_PROFILE, 0, "catalog", "%s", why);
}

static void take_mirror(struct mw_catalog *catalog, struct mw_mirror *mirror)
{
    for (size_t i = 0; i < catalog->count; i++) {
        struct mw_mirror *old = catalog->mirrors[i];
        if (strcmp(old->tool, mirror->tool) == 0 && strcmp(old->id, mirror->id) == 0) {
            mirror->is_default = mirror->is_default || old->is_default;
            mw_mirror_release(old);
            *old = *mirror;
            return;
        }
    }
    struct mw_mirror *own = mw_xcalloc(1, sizeof *own);
    *own = *mirror;
    *MW_PUSH(catalog->mirrors, catalog->count) = own;
}

static void give(char **to, char **from)
{
    if (*from == NULL)
        return;
    free(*to);
    *to = *from;
    *from = NULL;
}

/* What a later file says of the service itself is said of all its mirrors. */
static void rename_service(struct mw_service *first, struct mw_service *later)
{
    give(&first->title, &later->title);
    give(&first->title_zh, &later->title_zh);
    if (later->max_age_s > 0)
        first->max_age_s = later->max_age_s;
}

enum mw_code mw_catalog_add(struct mw_catalog *catalog, const char *file, const char *text,
                            size_t len, bool is_built_in, struct mw_error *err)
{
    MW_AUTO(mw_catalog_file) read = {0};
    enum mw_code code = mw_catalog_read(catalog, file, text, len, is_built_in, &read, err);
    if (code != MW_OK)
        return code;
    struct mw_service *own = read.service;
    struct mw_service *first = find_service(catalog, own->id);
    if (first == NULL)
        first = own;
    else
        rename_service(first, own);
    if (first->title == NULL)
        first->title = mw_xstrdup(first->id);
    if (first->title_zh == NULL)
        first->title_zh = mw_xstrdup("");
    const struct mw_canary *canary = own->canary;
    const struct mw_bulk *bulk = own->bulk;
    const struct mw_inquiry *inquiry = own->inquiry;
    const struct mw_age_rule *age = own->age;
    if (!read.speaks_of_canary) {
        FIRST_WITH(catalog, own->id, canary, canary);
        FIRST_WITH(catalog, own->id, bulk, bulk);
    }
    FIRST_WITH(catalog, own->id, inquiry, inquiry);
    FIRST_WITH(catalog, own->id, age, age);
    for (size_t i = 0; i < read.count; i++) {
        struct mw_mirror *mirror = &read.mirrors[i];
        mirror->canary = canary;
        mirror->bulk = bulk;
        mirror->inquiry = inquiry;
        mirror->age = age;
        take_mirror(catalog, mirror);
    }
    *MW_PUSH(catalog->services, catalog->service_count) = own;
    read.service = NULL;
    read.count = 0;
    return MW_OK;
}

void mw_catalog_release(struct mw_catalog *catalog)
{
    for (size_t i = 0; i < catalog->count; i++) {
        mw_mirror_release(catalog->mirrors[i]);
        free(catalog->mirrors[i]);
    }
    for (size_t i = 0; i < catalog->promise_count; i++) {
        free(catalog->promises[i].service);
        free(catalog->promises[i].file);
    }
    free(catalog->promises);
    for (size_t i = 0; i < catalog->service_count; i++)
        mw_service_free(catalog->services[i]);
    free(catalog->mirrors);
    free(catalog->services);
    mw_pairs_release(&catalog->left_out);
    *catalog = (struct mw_catalog){0};
}

const struct mw_mirror *mw_catalog_next(const struct mw_catalog *catalog, const char *service,
                                        const struct mw_mirror *after)
{
    size_t i = 0;
    need(catalog, service);
    while (after != NULL && catalog->mirrors[i++] != after)
        ;
    while (i < catalog->count && strcmp(catalog->mirrors[i]->tool, service) != 0)
        i++;
    return i < catalog->count ? catalog->mirrors[i] : NULL;
}

const struct mw_mirror *mw_catalog_default(const struct mw_catalog *catalog, const char *service)
{
    const struct mw_mirror *mirror = NULL;
    while ((mirror = mw_catalog_next(catalog, service, mirror)) != NULL && !mirror->is_default)
        ;
    return mirror;
}

const struct mw_mirror *mw_catalog_find(const struct mw_catalog *catalog, const char *tool,
                                        const char *id)
{
    const struct mw_mirror *mirror = NULL;
    while ((mirror = mw_catalog_next(catalog, tool, mirror)) != NULL && strcmp(mirror->id, id) != 0)
        ;
    return mirror;
}

/* Behind "https://" or "http://"; NULL if it begins with neither. */
static const char *behind_scheme(const char *url)
{
    static const char *const schemes[] = {"https://", "http://"};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        if (strncasecmp(url, schemes[i], strlen(schemes[i])) == 0)
            return url + strlen(schemes[i]);
    }
    return NULL;
}

/* An alias with '*' is that of a host whose label there is any. */
static bool is_alias(const char *alias, const char *url)
{
    const char *star = strchr(alias, '*');
    if (star == NULL)
        return mw_url_same_place(alias, url);
    const char *host = behind_scheme(url);
    const char *pattern = behind_scheme(alias);
    if (host == NULL || pattern == NULL)
        return false;
    size_t before = (size_t)(star - pattern);
    if (strncasecmp(host, pattern, before) != 0)
        return false;
    size_t label = strcspn(host + before, "./:?#@");
    if (label == 0)
        return false;
    MW_FREE char *filled =
        mw_xasprintf("%.*s%.*s%s", (int)(star - alias), alias, (int)label, host + before, star + 1);
    return mw_url_same_place(filled, url);
}

/* Some tools write how to speak in front of an address: "sparse+https://". */
static const char *without_prefix(const char *url)
{
    size_t len = strspn(url, "abcdefghijklmnopqrstuvwxyz");
    return len > 0 && url[len] == '+' ? url + len + 1 : url;
}

static bool is_at(const struct mw_mirror *mirror, const char *url)
{
    if (mw_url_same_place(mirror->url, url))
        return true;
    for (size_t i = 0; i < mirror->aliases.count; i++) {
        if (is_alias(mirror->aliases.items[i], url))
            return true;
    }
    return false;
}

const struct mw_mirror *mw_catalog_find_url(const struct mw_catalog *catalog, const char *tool,
                                            const char *url)
{
    const struct mw_mirror *found = NULL;
    url = without_prefix(url);
    for (const struct mw_mirror *mirror = NULL;
         (mirror = mw_catalog_next(catalog, tool, mirror)) != NULL;) {
        if (mw_url_same(mirror->url, url))
            return mirror;
        if (found == NULL && is_at(mirror, url))
            found = mirror;
    }
    return found;
}
