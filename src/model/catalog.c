#include "mirrorwise/catalog.h"

#include <string.h>

#include "catalog_read.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/url.h"

static struct mw_canary *first_canary(const struct mw_catalog *catalog, const char *tool)
{
    for (size_t i = 0; i < catalog->canary_count; i++) {
        if (strcmp(catalog->canaries[i]->tool, tool) == 0)
            return catalog->canaries[i];
    }
    return NULL;
}

static struct mw_bulk *first_bulk(const struct mw_catalog *catalog, const char *tool)
{
    for (size_t i = 0; i < catalog->bulk_count; i++) {
        if (strcmp(catalog->bulks[i]->tool, tool) == 0)
            return catalog->bulks[i];
    }
    return NULL;
}

/* Moves canary and bulk of `read` into the catalogue. */
static void take_objects(struct mw_catalog *catalog, struct mw_catalog_file *read)
{
    if (read->canary != NULL)
        *MW_PUSH(catalog->canaries, catalog->canary_count) = read->canary;
    if (read->bulk != NULL)
        *MW_PUSH(catalog->bulks, catalog->bulk_count) = read->bulk;
    read->canary = NULL;
    read->bulk = NULL;
}

static void take_mirror(struct mw_catalog *catalog, struct mw_mirror *mirror)
{
    for (size_t i = 0; i < catalog->count; i++) {
        struct mw_mirror *old = &catalog->mirrors[i];
        if (strcmp(old->tool, mirror->tool) == 0 && strcmp(old->id, mirror->id) == 0) {
            mw_mirror_release(old);
            *old = *mirror;
            return;
        }
    }
    *MW_PUSH(catalog->mirrors, catalog->count) = *mirror;
}

enum mw_code mw_catalog_add(struct mw_catalog *catalog, const char *file, const char *text,
                            size_t len, bool (*is_tool)(const char *name), struct mw_error *err)
{
    struct mw_catalog_file read = {0};
    enum mw_code code = mw_catalog_read(file, text, len, is_tool, &read, err);
    if (code != MW_OK)
        return code;
    struct mw_canary *canary = read.canary;
    struct mw_bulk *bulk = read.bulk;
    if (!read.speaks_of_canary) {
        canary = first_canary(catalog, read.tool);
        bulk = bulk != NULL ? bulk : first_bulk(catalog, read.tool);
    }
    take_objects(catalog, &read);
    for (size_t i = 0; i < read.count; i++) {
        read.mirrors[i].canary = canary;
        read.mirrors[i].bulk = bulk;
        take_mirror(catalog, &read.mirrors[i]);
    }
    read.count = 0;
    mw_catalog_file_release(&read);
    return MW_OK;
}

void mw_catalog_release(struct mw_catalog *catalog)
{
    for (size_t i = 0; i < catalog->count; i++)
        mw_mirror_release(&catalog->mirrors[i]);
    for (size_t i = 0; i < catalog->canary_count; i++)
        mw_canary_free(catalog->canaries[i]);
    for (size_t i = 0; i < catalog->bulk_count; i++)
        mw_bulk_free(catalog->bulks[i]);
    free(catalog->mirrors);
    free(catalog->canaries);
    free(catalog->bulks);
    *catalog = (struct mw_catalog){0};
}

const struct mw_mirror *mw_catalog_find(const struct mw_catalog *catalog, const char *tool,
                                        const char *id)
{
    for (size_t i = 0; i < catalog->count; i++) {
        if (strcmp(catalog->mirrors[i].tool, tool) == 0 && strcmp(catalog->mirrors[i].id, id) == 0)
            return &catalog->mirrors[i];
    }
    return NULL;
}

const struct mw_mirror *mw_catalog_find_url(const struct mw_catalog *catalog, const char *tool,
                                            const char *url)
{
    for (size_t i = 0; i < catalog->count; i++) {
        if (strcmp(catalog->mirrors[i].tool, tool) == 0 &&
            mw_url_same(catalog->mirrors[i].url, url))
            return &catalog->mirrors[i];
    }
    return NULL;
}
