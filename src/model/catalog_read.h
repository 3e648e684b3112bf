/* Reading one catalogue file into mirrors. */
#ifndef MW_MODEL_CATALOG_READ_H
#define MW_MODEL_CATALOG_READ_H

#include "mirrorwise/catalog.h"
#include "mirrorwise/json_tree.h"

/* What one file says. What `mirrors` are judged by is not set yet. */
struct mw_catalog_file {
    struct mw_service *service;
    struct mw_mirror *mirrors;
    size_t count;
    bool speaks_of_canary; /* "canary" is there, be it null */
};

/* `catalog` is what was read before: the services that there are. */
enum mw_code mw_catalog_read(const struct mw_catalog *catalog, const char *file, const char *text,
                             size_t len, bool is_built_in, struct mw_catalog_file *read,
                             struct mw_error *err) MW_WARN_UNUSED;
void mw_catalog_file_release(struct mw_catalog_file *file);

/* The "canary" of a file whose service is known; `object` may be absent or null. */
enum mw_code mw_canary_read(const struct mw_json_tree *tree, struct mw_json_node object,
                            const char *protocol, struct mw_catalog_file *read) MW_WARN_UNUSED;
/* For tables of fields: "bulk", which may be null, "probe" and "age"; `at` points to where the
 * pointer to it is. */
enum mw_code mw_bulk_read(const struct mw_json_tree *tree, struct mw_json_node object, void *at);
enum mw_code mw_inquiry_read(const struct mw_json_tree *tree, struct mw_json_node node, void *at);
enum mw_code mw_age_rule_read(const struct mw_json_tree *tree, struct mw_json_node node, void *at);

/* For whoever frees a canary, bulk, inquiry or age rule: does another one keep it yet? True of
 * NULL, too. */
bool mw_fact_is_kept(void *fact);

/* What mw_catalog_is_path() takes, for messages. */
extern const char mw_catalog_path_rule[];
/* What may follow a mirror's address as it is: no blanks, queries, or ways up. */
bool mw_catalog_is_path(const char *text);

/* Adds the ids of services that nobody asked for yet. */
void mw_catalog_promised(const struct mw_catalog *catalog, struct mw_strings *names);

void mw_mirror_release(struct mw_mirror *mirror);
void mw_service_free(struct mw_service *service);

#endif
