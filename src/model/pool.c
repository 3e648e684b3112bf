#include "pool.h"

#include <string.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/url.h"

bool mw_policy_allows_url(const struct mw_policy *policy, const char *url)
{
    struct mw_url parsed;
    if (!policy->require_https)
        return true;
    return mw_url_parse(url, &parsed, NULL) &&
           (mw_url_is(&parsed, "https") || mw_url_is_loopback(&parsed));
}

static void give_reason(struct mw_pool *pool, const char *id, const char *reason)
{
    if (pool->reasons.len > 0)
        mw_buf_puts(&pool->reasons, "; ");
    mw_buf_printf(&pool->reasons, _("%s: %s"), id, reason);
}

/* Adds the mirror if nothing but its speed is in question. */
static void consider(struct mw_pool *pool, const struct mw_policy *policy,
                     const struct mw_mirror *mirror)
{
    if (mirror->status == MW_MIRROR_DEAD)
        give_reason(pool, mirror->id, _("dead"));
    else if (!mw_policy_allows_url(policy, mirror->url))
        give_reason(pool, mirror->id, _("not https"));
    else
        *MW_PUSH(pool->mirrors, pool->count) = mirror;
}

static void consider_ranked(struct mw_pool *pool, const struct mw_catalog *catalog,
                            const struct mw_policy *policy, const struct mw_ranked *ranked)
{
    const struct mw_mirror *mirror = mw_catalog_find(catalog, ranked->tool, ranked->id);
    if (mirror == NULL)
        give_reason(pool, ranked->id, _("no longer in the catalogue"));
    else if (!mw_url_same(mirror->url, ranked->url))
        give_reason(pool, ranked->id, _("moved since it was measured"));
    else if (!ranked->usable)
        give_reason(pool, ranked->id, *ranked->reason != '\0' ? ranked->reason : _("not usable"));
    else
        consider(pool, policy, mirror);
}

/* Fallback mirrors leave if there is an active one. */
static void keep_active(struct mw_pool *pool)
{
    size_t active = 0;
    for (size_t i = 0; i < pool->count; i++) {
        if (pool->mirrors[i]->status == MW_MIRROR_ACTIVE)
            pool->mirrors[active++] = pool->mirrors[i];
    }
    if (active > 0)
        pool->count = active;
}

static bool covers(const struct mw_ranking *ranking, const char *tool)
{
    for (size_t i = 0; ranking != NULL && i < ranking->count; i++) {
        if (strcmp(ranking->items[i].tool, tool) == 0)
            return true;
    }
    return false;
}

void mw_pool_fill(struct mw_pool *pool, const struct mw_catalog *catalog,
                  const struct mw_policy *policy, const struct mw_ranking *ranking,
                  const char *tool)
{
    if (policy->select == MW_SELECT_FASTEST && covers(ranking, tool)) {
        pool->used_ranking = true;
        for (size_t i = 0; i < ranking->count; i++) {
            if (strcmp(ranking->items[i].tool, tool) == 0)
                consider_ranked(pool, catalog, policy, &ranking->items[i]);
        }
    } else {
        const struct mw_mirror *mirror = NULL;
        while ((mirror = mw_catalog_next(catalog, tool, mirror)) != NULL)
            consider(pool, policy, mirror);
    }
    keep_active(pool);
}

void mw_pool_release(struct mw_pool *pool)
{
    free(pool->mirrors);
    mw_buf_release(&pool->reasons);
    *pool = (struct mw_pool){0};
}
