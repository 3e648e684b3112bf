#include "mirrorwise/choose.h"

#include <string.h>

#include "mirrorwise/url.h"
#include "model.h"
#include "pieces.h"

/* ---- what @fastest may take ------------------------------------------------------------------ */

/* The mirrors, best first. */
struct pool {
    const struct mw_mirror **mirrors; /* borrowed from the catalogue */
    size_t count;
    bool used_ranking;
    struct mw_buf reasons; /* "a: timeout; b: ...", why the others are out */
};

/* May the policy use a mirror at that URL? https, or loopback, or no https required. */
static bool allows_url(const struct mw_policy *policy, const char *url)
{
    struct mw_url parsed;
    if (!policy->require_https)
        return true;
    return mw_url_parse(url, &parsed, NULL) &&
           (mw_url_is(&parsed, "https") || mw_url_is_loopback(&parsed));
}

static void give_reason(struct pool *pool, const char *id, const char *reason)
{
    if (pool->reasons.len > 0)
        mw_buf_puts(&pool->reasons, "; ");
    mw_buf_printf(&pool->reasons, _("%s: %s"), id, reason);
}

/* Adds the mirror if nothing but its speed is in question. */
static void consider(struct pool *pool, const struct mw_policy *policy,
                     const struct mw_mirror *mirror)
{
    if (mirror->status == MW_MIRROR_DEAD)
        give_reason(pool, mirror->id, _("dead"));
    else if (!allows_url(policy, mirror->url))
        give_reason(pool, mirror->id, _("not https"));
    else
        *MW_PUSH(pool->mirrors, pool->count) = mirror;
}

static void consider_ranked(struct pool *pool, const struct mw_catalog *catalog,
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
static void keep_active(struct pool *pool)
{
    size_t active = 0;
    for (size_t i = 0; i < pool->count; i++) {
        if (pool->mirrors[i]->status == MW_MIRROR_ACTIVE)
            pool->mirrors[active++] = pool->mirrors[i];
    }
    if (active > 0)
        pool->count = active;
}

static void pool_fill(struct pool *pool, const struct mw_catalog *catalog,
                      const struct mw_policy *policy, const struct mw_ranking *ranking,
                      const char *tool)
{
    if (policy->select == MW_SELECT_FASTEST && ranking != NULL &&
        MW_FIND(ranking->items, ranking->count, tool, tool) != NULL) {
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

static void pool_release(struct pool *pool)
{
    free(pool->mirrors);
    mw_buf_release(&pool->reasons);
    *pool = (struct pool){0};
}

/* ---- choosing -------------------------------------------------------------------------------- */

struct chooser {
    const struct mw_catalog *catalog;
    const struct mw_policy *policy;
    const struct mw_ranking *ranking;
    const struct mw_wish *wish;
    enum mw_shape shape;
    char *where; /* "FILE:LINE: TOOL.KEY" */
    struct mw_pieces pieces;
    struct pool pool;
    bool pool_is_filled;
    bool substituted; /* something other than the wish's own text is in the pieces */
    struct mw_choice choice;
    struct mw_error *err;
};

static const char *service_of(const struct chooser *c)
{
    return c->wish->service != NULL ? c->wish->service : c->wish->tool;
}

static char *where_of(const struct mw_wish *wish)
{
    const struct mw_origin *from = &wish->from;
    if (from->file == NULL)
        return mw_xasprintf("%s.%s", wish->tool, wish->key);
    if (from->line == 0)
        return mw_xasprintf("%s: %s.%s", from->file, wish->tool, wish->key);
    return mw_xasprintf("%s:%zu: %s.%s", from->file, from->line, wish->tool, wish->key);
}

static void note_id(struct chooser *c, const struct mw_mirror *mirror)
{
    mw_strings_add_new(&c->choice.ids, mirror->id);
}

/* A mirror that a person named, by id or URL: it is taken whatever its status, and told. */
static void note_named(struct chooser *c, const struct mw_mirror *mirror)
{
    note_id(c, mirror);
    if (mirror->status == MW_MIRROR_DEAD)
        mw_strings_take(&c->choice.warnings, mw_xasprintf(_("%s: the mirror %s is dead: %s"),
                                                          c->where, mirror->id, _(mirror->reason)));
    else if (mirror->status == MW_MIRROR_FALLBACK)
        mw_strings_take(&c->choice.warnings,
                        mw_xasprintf(_("%s: the mirror %s is only a fallback: %s"), c->where,
                                     mirror->id, _(mirror->reason)));
}

static enum mw_code refuse_id(const struct chooser *c, const char *id)
{
    if (mw_catalog_left_out(c->catalog, service_of(c), c->err) != MW_OK)
        return MW_BAD_PROFILE;
    struct mw_strings names = {0};
    mw_strings_add(&names, "@fastest");
    const struct mw_mirror *mirror = NULL;
    while ((mirror = mw_catalog_next(c->catalog, service_of(c), mirror)) != NULL) {
        if (mirror->status != MW_MIRROR_DEAD)
            mw_strings_take(&names, mw_xasprintf("@%s", mirror->id));
    }
    MW_FREE char *found = mw_xasprintf("@%s", id);
    /* A token that starts with '@' is no id either. */
    MW_FREE char *shown = c->wish->is_secret ? mw_xstrdup("@****") : mw_model_shown(found);
    mw_model_refuse_unknown(c->err, c->where, 0, &names, found, _("there is no mirror %s"), shown);
    return MW_BAD_PROFILE;
}

/* Is the mirror in the value already? */
static bool stands_in(const struct mw_pieces *out, const struct mw_mirror *mirror)
{
    for (size_t i = 0; i < out->count; i++) {
        if (mw_url_same(out->items[i].text, mirror->url))
            return true;
    }
    return false;
}

/* What followed a piece that goes now follows the one before. */
static void pass_over(struct mw_pieces *out, const struct mw_piece *piece)
{
    if (out->count > 0 && piece->separator != '\0')
        out->items[out->count - 1].separator = piece->separator;
}

static enum mw_code resolve_id(struct chooser *c, const struct mw_piece *piece,
                               struct mw_pieces *out)
{
    const char *id = piece->text;
    const struct mw_mirror *mirror = mw_catalog_find(c->catalog, service_of(c), id);
    if (mirror == NULL)
        return refuse_id(c, id);
    if (!allows_url(c->policy, mirror->url)) {
        mw_model_refuse(c->err, c->where, 0, _("mirrors with https"),
                        _("the mirror @%s is plain http (%s)"), id, mirror->url);
        mw_error_hint(c->err, _("[policy] require = integrity would let it through."));
        return MW_BAD_PROFILE;
    }
    note_named(c, mirror);
    if (stands_in(out, mirror))
        pass_over(out, piece);
    else
        mw_pieces_add(out, mirror->url, piece->separator);
    return MW_OK;
}

static enum mw_code fill_pool(struct chooser *c)
{
    if (!c->pool_is_filled)
        pool_fill(&c->pool, c->catalog, c->policy, c->ranking, service_of(c));
    c->pool_is_filled = true;
    if (c->pool.count > 0)
        return MW_OK;
    if (mw_catalog_left_out(c->catalog, service_of(c), c->err) != MW_OK)
        return MW_BAD_PROFILE;
    mw_fail(c->err, MW_NO_MIRROR, 0, "choose",
            c->pool.used_ranking ? _("%s: the measurement found no usable mirror for %s")
                                 : _("%s: the catalogue has no usable mirror for %s"),
            c->where, service_of(c));
    if (c->pool.reasons.len > 0)
        mw_error_hint(c->err, "%s", mw_buf_text(&c->pool.reasons));
    return MW_NO_MIRROR;
}

static enum mw_code resolve_fastest(struct chooser *c, const struct mw_piece *piece,
                                    struct mw_pieces *out)
{
    size_t wanted = piece->count;
    if (wanted == 0 || (wanted > 1 && c->shape == MW_SHAPE_URL)) {
        MW_FREE char *shown = mw_model_shown(piece->text);
        mw_model_refuse(c->err, c->where, 0,
                        c->shape == MW_SHAPE_URL ? _("@fastest alone: it takes one mirror")
                                                 : _("@fastest, or @fastest:N with N from 1 to 99"),
                        "%s", shown);
        return MW_BAD_PROFILE;
    }
    enum mw_code code = fill_pool(c);
    if (code != MW_OK)
        return code;
    c->choice.used_ranking = c->pool.used_ranking;
    /* The mirrors are joined as the reference is to what follows it, else to what is before. */
    bool is_last = piece->separator == '\0' && out->count > 0;
    char between = is_last ? out->items[out->count - 1].separator : piece->separator;
    size_t taken = 0;
    for (size_t k = 0; k < c->pool.count && taken < wanted; k++) {
        const struct mw_mirror *mirror = c->pool.mirrors[k];
        if (stands_in(out, mirror))
            continue;
        note_id(c, mirror);
        mw_pieces_add(out, mirror->url, between);
        taken++;
    }
    pass_over(out, piece);
    return MW_OK;
}

static enum mw_code resolve(struct chooser *c)
{
    struct mw_pieces out = {0};
    enum mw_code code = MW_OK;
    for (size_t i = 0; i < c->pieces.count && code == MW_OK; i++) {
        const struct mw_piece *piece = &c->pieces.items[i];
        if (piece->kind == MW_PIECE_ID || piece->kind == MW_PIECE_FASTEST)
            c->substituted = true;
        if (piece->kind == MW_PIECE_ID) {
            code = resolve_id(c, piece, &out);
        } else if (piece->kind == MW_PIECE_FASTEST) {
            code = resolve_fastest(c, piece, &out);
        } else {
            const struct mw_mirror *mirror =
                mw_catalog_find_url(c->catalog, service_of(c), piece->text);
            if (mirror != NULL)
                note_named(c, mirror);
            mw_pieces_add(&out, piece->text, piece->separator);
        }
    }
    mw_pieces_release(&c->pieces);
    c->pieces = out;
    return code;
}

/* The address that --mirror means. */
static enum mw_code forced_url(const struct chooser *c, const char *forced, const char **url)
{
    if (strstr(forced, "://") == NULL) {
        const char *id = *forced == '@' ? forced + 1 : forced;
        const struct mw_mirror *mirror = mw_catalog_find(c->catalog, service_of(c), id);
        if (mirror == NULL)
            return refuse_id(c, id);
        *url = mirror->url;
        return MW_OK;
    }
    const char *reason = mw_url_web_fault(forced);
    *url = forced;
    if (reason == NULL)
        return MW_OK;
    MW_FREE char *shown = mw_model_shown(forced);
    mw_model_refuse(c->err, c->where, 0, _("the id of a mirror, or https://HOST[:PORT][/PATH]"),
                    _("the address '%s' is wrong: %s"), shown, reason);
    return MW_BAD_PROFILE;
}

static enum mw_code force(struct chooser *c, const char *forced)
{
    const char *url = NULL;
    enum mw_code code = forced_url(c, forced, &url);
    if (code != MW_OK)
        return code;
    if (!allows_url(c->policy, url)) {
        MW_FREE char *shown = mw_model_shown(url);
        mw_strings_take(&c->choice.warnings,
                        mw_xasprintf(_("%s: %s is plain http"), c->where, shown));
    }
    c->substituted = true;
    struct mw_pieces out = {0};
    size_t place = 0;
    while (place < c->pieces.count && c->pieces.items[place].kind == MW_PIECE_WORD)
        place++;
    if (place == c->pieces.count)
        mw_pieces_add(&out, url, ',');
    for (size_t i = 0; i < c->pieces.count; i++) {
        const struct mw_piece *piece = &c->pieces.items[i];
        if (piece->kind == MW_PIECE_WORD || i == place)
            mw_pieces_add(&out, i == place ? url : piece->text, piece->separator);
        else
            pass_over(&out, piece);
    }
    mw_pieces_release(&c->pieces);
    c->pieces = out;
    return MW_OK;
}

static void build_value(struct chooser *c)
{
    struct mw_value *value = &c->choice.value;
    if (c->shape == MW_SHAPE_LIST) {
        value->kind = MW_VALUE_LIST;
        for (size_t i = 0; i < c->pieces.count; i++)
            mw_strings_add(&value->items, c->pieces.items[i].text);
    } else if (c->substituted) {
        MW_FREE char *text = mw_pieces_join(&c->pieces);
        mw_value_set_string(value, text);
    } else {
        mw_value_set_string(value, c->wish->text);
    }
}

static enum mw_code choose(struct chooser *c, const char *forced)
{
    mw_pieces_split(&c->pieces, c->wish->text, c->shape);
    if (c->shape == MW_SHAPE_URL && c->pieces.count > 1)
        return mw_model_refuse(c->err, c->where, 0, _("one mirror or URL"),
                               _("a list of %zu where one is wanted"), c->pieces.count);
    enum mw_code code = forced != NULL && *forced != '\0' ? force(c, forced) : MW_OK;
    if (code == MW_OK)
        code = resolve(c);
    if (code == MW_OK)
        build_value(c);
    return code;
}

enum mw_code mw_choose(const struct mw_catalog *catalog, const struct mw_policy *policy,
                       const struct mw_ranking *ranking, const struct mw_wish *wish,
                       enum mw_shape shape, const char *forced, struct mw_choice *choice,
                       struct mw_error *err)
{
    struct chooser c = {.catalog = catalog,
                        .policy = policy,
                        .ranking = ranking,
                        .wish = wish,
                        .shape = shape,
                        .err = err};
    enum mw_code code = MW_OK;
    c.where = where_of(wish);
    if (shape == MW_SHAPE_SCALAR && *wish->text != '\0')
        mw_value_set_string(&c.choice.value, wish->text);
    else if (shape != MW_SHAPE_SCALAR &&
             (*wish->text != '\0' || (forced != NULL && *forced != '\0')))
        code = choose(&c, forced);
    if (code == MW_OK) {
        *choice = c.choice;
        c.choice = (struct mw_choice){0};
    }
    mw_choice_release(&c.choice);
    mw_pieces_release(&c.pieces);
    pool_release(&c.pool);
    free(c.where);
    return code;
}

void mw_choice_release(struct mw_choice *choice)
{
    mw_value_release(&choice->value);
    mw_strings_release(&choice->ids);
    mw_strings_release(&choice->warnings);
    choice->used_ranking = false;
}

bool mw_ranking_has_usable(const struct mw_ranking *ranking, const struct mw_catalog *catalog,
                           const struct mw_policy *policy, const char *tool)
{
    MW_AUTO(pool) pool = {0};
    pool_fill(&pool, catalog, policy, ranking, tool);
    return pool.used_ranking && pool.count > 0;
}

size_t mw_choose_fastest_count(const char *text)
{
    MW_AUTO(mw_pieces) pieces = {0};
    size_t wanted = 0;
    size_t named = 0;
    mw_pieces_split(&pieces, text, MW_SHAPE_CHAIN);
    for (size_t i = 0; i < pieces.count; i++) {
        if (pieces.items[i].kind == MW_PIECE_FASTEST)
            wanted += pieces.items[i].count > 0 ? pieces.items[i].count : 1;
        else
            named += pieces.items[i].kind != MW_PIECE_WORD;
    }
    /* No mirror is put in twice: where the best one is named already, the next one is taken. */
    return wanted > 0 ? wanted + named : 0;
}
