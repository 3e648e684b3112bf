/* The mirrors that @fastest may take, best first. */
#ifndef MW_MODEL_POOL_H
#define MW_MODEL_POOL_H

#include "mirrorwise/choose.h"

struct mw_pool {
    const struct mw_mirror **mirrors; /* borrowed from the catalogue */
    size_t count;
    bool used_ranking;
    struct mw_buf reasons; /* "a: timeout; b: ...", why the others are out */
};

void mw_pool_fill(struct mw_pool *pool, const struct mw_catalog *catalog,
                  const struct mw_policy *policy, const struct mw_ranking *ranking,
                  const char *tool);
void mw_pool_release(struct mw_pool *pool);

/* May the policy use a mirror at that URL? https, or loopback, or no https required. */
bool mw_policy_allows_url(const struct mw_policy *policy, const char *url);

#endif
