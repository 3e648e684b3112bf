#include "mirrorwise/choose.h"

#include <string.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/url.h"
#include "model.h"
#include "pieces.h"
#include "pool.h"

struct chooser {
    const struct mw_catalog *catalog;
    const struct mw_policy *policy;
    const struct mw_ranking *ranking;
    const struct mw_wish *wish;
    enum mw_shape shape;
    char *where; /* "FILE:LINE: TOOL.KEY" */
    struct mw_pieces pieces;
    struct mw_pool pool;
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

/* Is the mirror in the value already, left of piece i? */
static bool stands_before(const struct chooser *c, size_t i, const struct mw_mirror *mirror)
{
    for (size_t k = 0; k < i; k++) {
        if (mw_url_same(c->pieces.items[k].text, mirror->url))
            return true;
    }
    return false;
}

/* What joins the mirrors that replace piece i. */
static char separator_of(const struct chooser *c, size_t i)
{
    char own = c->pieces.items[i].separator;
    if (own != '\0' || i == 0)
        return own;
    return c->pieces.items[i - 1].separator;
}

/* Replaces the reference at *i; *i is then the next piece to look at. */
static enum mw_code resolve_id(struct chooser *c, size_t *i)
{
    const char *id = c->pieces.items[*i].text;
    const struct mw_mirror *mirror = mw_catalog_find(c->catalog, service_of(c), id);
    if (mirror == NULL)
        return refuse_id(c, id);
    if (!mw_policy_allows_url(c->policy, mirror->url)) {
        mw_model_refuse(c->err, c->where, 0, _("mirrors with https"),
                        _("the mirror @%s is plain http (%s)"), id, mirror->url);
        mw_error_hint(c->err, _("[policy] require = integrity would let it through."));
        return MW_BAD_PROFILE;
    }
    note_named(c, mirror);
    if (stands_before(c, *i, mirror))
        mw_pieces_remove(&c->pieces, *i);
    else
        mw_pieces_replace(&c->pieces, (*i)++, mirror->url);
    return MW_OK;
}

static enum mw_code fill_pool(struct chooser *c)
{
    if (!c->pool_is_filled)
        mw_pool_fill(&c->pool, c->catalog, c->policy, c->ranking, service_of(c));
    c->pool_is_filled = true;
    if (c->pool.count > 0)
        return MW_OK;
    mw_fail(c->err, MW_NO_MIRROR, 0, "choose",
            c->pool.used_ranking ? _("%s: the measurement found no usable mirror for %s")
                                 : _("%s: the catalogue has no usable mirror for %s"),
            c->where, service_of(c));
    if (c->pool.reasons.len > 0)
        mw_error_hint(c->err, "%s", mw_buf_text(&c->pool.reasons));
    return MW_NO_MIRROR;
}

static enum mw_code resolve_fastest(struct chooser *c, size_t *i)
{
    size_t wanted = c->pieces.items[*i].count;
    if (wanted == 0 || (wanted > 1 && c->shape == MW_SHAPE_URL)) {
        MW_FREE char *shown = mw_model_shown(c->pieces.items[*i].text);
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
    char between = separator_of(c, *i);
    size_t taken = 0;
    for (size_t k = 0; k < c->pool.count && taken < wanted; k++) {
        const struct mw_mirror *mirror = c->pool.mirrors[k];
        if (stands_before(c, *i, mirror))
            continue;
        note_id(c, mirror);
        mw_pieces_insert(&c->pieces, (*i)++, mirror->url, between);
        taken++;
    }
    /* The reference itself goes; its separator now follows the last of those before it. */
    mw_pieces_remove(&c->pieces, *i);
    return MW_OK;
}

static enum mw_code resolve(struct chooser *c)
{
    enum mw_code code = MW_OK;
    for (size_t i = 0; i < c->pieces.count && code == MW_OK;) {
        const struct mw_piece *piece = &c->pieces.items[i];
        if (piece->kind == MW_PIECE_ID || piece->kind == MW_PIECE_FASTEST)
            c->substituted = true;
        if (piece->kind == MW_PIECE_ID) {
            code = resolve_id(c, &i);
        } else if (piece->kind == MW_PIECE_FASTEST) {
            code = resolve_fastest(c, &i);
        } else {
            const struct mw_mirror *mirror =
                mw_catalog_find_url(c->catalog, service_of(c), piece->text);
            if (mirror != NULL)
                note_named(c, mirror);
            i++;
        }
    }
    return code;
}

/* The address that --mirror means. */
static enum mw_code forced_url(const struct chooser *c, const char *forced, const char **url)
{
    struct mw_url parsed;
    const char *reason = NULL;
    if (strstr(forced, "://") == NULL) {
        const char *id = *forced == '@' ? forced + 1 : forced;
        const struct mw_mirror *mirror = mw_catalog_find(c->catalog, service_of(c), id);
        if (mirror == NULL)
            return refuse_id(c, id);
        *url = mirror->url;
        return MW_OK;
    }
    if (mw_url_parse(forced, &parsed, &reason)) {
        if (mw_url_is(&parsed, "https") || mw_url_is(&parsed, "http")) {
            *url = forced;
            return MW_OK;
        }
        reason = _("it is neither https nor http");
    }
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
    if (!mw_policy_allows_url(c->policy, url)) {
        MW_FREE char *shown = mw_model_shown(url);
        mw_strings_take(&c->choice.warnings,
                        mw_xasprintf(_("%s: %s is plain http"), c->where, shown));
    }
    c->substituted = true;
    size_t place = 0;
    while (place < c->pieces.count && c->pieces.items[place].kind == MW_PIECE_WORD)
        place++;
    if (place == c->pieces.count) {
        mw_pieces_insert(&c->pieces, 0, url, ',');
        return MW_OK;
    }
    for (size_t i = c->pieces.count - 1; i > place; i--) {
        if (c->pieces.items[i].kind != MW_PIECE_WORD)
            mw_pieces_remove(&c->pieces, i);
    }
    mw_pieces_replace(&c->pieces, place, url);
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
    mw_pool_release(&c.pool);
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
    MW_AUTO(mw_pool) pool = {0};
    mw_pool_fill(&pool, catalog, policy, ranking, tool);
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
