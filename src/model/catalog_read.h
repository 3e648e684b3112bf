/* Reading one catalogue file into mirrors. */
#ifndef MW_MODEL_CATALOG_READ_H
#define MW_MODEL_CATALOG_READ_H

#include "mirrorwise/catalog.h"
#include "mirrorwise/json_tree.h"

/* What one file says. `mirrors` have no canary and bulk yet. */
struct mw_catalog_file {
    char *tool;
    struct mw_mirror *mirrors;
    size_t count;
    struct mw_canary *canary; /* NULL: none */
    struct mw_bulk *bulk;     /* NULL: none */
    bool speaks_of_canary;    /* "canary" is there, be it null */
};

enum mw_code mw_catalog_read(const char *file, const char *text, size_t len,
                             bool (*is_tool)(const char *name), struct mw_catalog_file *read,
                             struct mw_error *err) MW_WARN_UNUSED;
void mw_catalog_file_release(struct mw_catalog_file *file);

/* The "canary" and "bulk" of a file whose tool is known; `object` may be absent or null. */
enum mw_code mw_canary_read(const struct mw_json_tree *tree, struct mw_json_node object,
                            struct mw_catalog_file *read) MW_WARN_UNUSED;
enum mw_code mw_bulk_read(const struct mw_json_tree *tree, struct mw_json_node object,
                          struct mw_catalog_file *read) MW_WARN_UNUSED;

void mw_mirror_release(struct mw_mirror *mirror);
void mw_canary_free(struct mw_canary *canary);
void mw_bulk_free(struct mw_bulk *bulk);

#endif
