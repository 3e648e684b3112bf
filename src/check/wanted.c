/* Rows about values: are they the wanted ones, do they name mirrors that are no more. */
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "mirrorwise/url.h"

/* Owned: "VALUE, from PLACE". */
static char *evidence(const struct mw_hit *effective)
{
    MW_FREE char *value = check_value_text(&effective->value);
    MW_FREE char *place = mw_hit_place(effective);
    return effective->value.kind == MW_VALUE_ABSENT ? mw_xstrdup(value)
                                                    : mw_xasprintf(_("%s, from %s"), value, place);
}

/* ---- what is wanted -------------------------------------------------------------------------- */

static bool same_value(const struct mw_value *a, const struct mw_value *b)
{
    if (a->items.count != b->items.count)
        return false;
    for (size_t i = 0; i < a->items.count; i++) {
        if (!mw_url_same(a->items.items[i], b->items.items[i]))
            return false;
    }
    return true;
}

static void compare_wishes(struct check_run *run,
                           void (*compare)(struct check_run *run, const struct mw_wanted *wanted))
{
    const struct mw_check_context *ctx = run->ctx;
    bool is_any = false;
    if (ctx->plan_error != NULL) {
        check_skip_unknown(run, ctx->plan_error);
        return;
    }
    for (size_t i = 0; i < ctx->wanted.count; i++) {
        if (ctx->wanted.items[i].tool != run->tool->tool)
            continue;
        is_any = true;
        compare(run, &ctx->wanted.items[i]);
    }
    if (!is_any)
        check_skip(run, "%s", _("the profile wants nothing of it here"));
}

static char *wish_text(const struct mw_wanted *wanted)
{
    MW_FREE char *value = check_value_text(&wanted->value);
    MW_FREE char *from = mw_origin_text(&wanted->from);
    return from[0] != '\0' ? mw_xasprintf(_("%s (%s)"), value, from) : mw_xstrdup(value);
}

bool check_is_written(const struct check_tool *tool, const struct mw_wanted *wanted)
{
    MW_AUTO(mw_value) have = {0};
    if (tool->ours != NULL)
        check_file_get(tool->tool, tool->ours, wanted->key, &have);
    return mw_value_equal(&have, &wanted->value);
}

static void compare_setting(struct check_run *run, const struct mw_wanted *wanted)
{
    MW_AUTO(mw_value) have = {0};
    if (run->tool->ours != NULL)
        check_file_get(run->tool->tool, run->tool->ours, wanted->key, &have);
    bool same = mw_value_equal(&have, &wanted->value);
    struct check_ways ways = {0};
    if (!same)
        check_way_apply(run, &ways, run->tool->tool, NULL);
    check_add(
        run, (struct check_result){
                 .status = same ? MW_CHECK_PASS : MW_CHECK_FAIL,
                 .subject = mw_xstrdup(wanted->key),
                 .title = mw_xasprintf(_("%s has %s"), mw_tool_title(run->tool->tool), wanted->key),
                 .observed = check_value_text(&have),
                 .expected = wish_text(wanted),
                 .ways = ways,
                 .is_secret = wanted->is_secret,
             });
}

void check_settings(struct check_run *run)
{
    compare_wishes(run, compare_setting);
}

static bool stands_in_ours(const struct check_tool *tool, const struct mw_hit *effective)
{
    if (effective->value.kind == MW_VALUE_ABSENT)
        return true;
    return mw_hit_file(effective) != NULL && tool->ours != NULL &&
           strcmp(mw_hit_file(effective), tool->ours->location.path) == 0;
}

/* The wish is not in its file yet: the other row says so and how to put it there. */
static bool is_unwritten(const struct check_run *run, const struct mw_wanted *wanted,
                         const struct mw_hit *found)
{
    return !check_is_written(run->tool, wanted) &&
           (stands_in_ours(run->tool, found) || check_is_weaker(run->tool, found));
}

/* Does the value name a table of a project's own copies ("directory")? Then it asks no mirror, and
 * is right. */
static bool names_copies(const struct check_run *run, const char *key, const struct mw_hit *found)
{
    const struct mw_tool *tool = run->tool->tool;
    const struct mw_source *source = found->source;
    bool is_naming = false, has_copies = false;
    for (size_t i = 0; i < tool->row_count; i++) {
        const struct mw_mirror_row *naming = mw_row_naming(tool, &tool->rows[i]);
        is_naming = is_naming || (naming != NULL && strcmp(naming->set, key) == 0);
    }
    if (!is_naming || source == NULL || source->scope != MW_SCOPE_PROJECT ||
        found->value.items.count != 1)
        return false;
    for (size_t i = 0; !has_copies && i < tool->key_count; i++) {
        const struct mw_tool_key *row = mw_tool_key_at(tool, i);
        if (row->type != MW_TYPE_PATH || strstr(row->key, "{name}") == NULL)
            continue;
        MW_FREE char *full = mw_text_replace(row->key, "{name}", found->value.items.items[0]);
        has_copies = check_in_effect(run, full)->value.kind != MW_VALUE_ABSENT;
    }
    return has_copies;
}

static void compare_effective(struct check_run *run, const struct mw_wanted *wanted)
{
    if (check_contradiction(run, wanted))
        return;
    const struct mw_hit *found = check_in_effect(run, wanted->key);
    bool same = same_value(&found->value, &wanted->value);
    bool is_copies = !same && names_copies(run, wanted->key, found);
    bool is_early = !same && !is_copies && is_unwritten(run, wanted, found);
    struct check_ways ways = {0};
    if (!same && !is_early && !is_copies)
        check_end_effect(run, wanted->key, found, &ways);
    MW_FREE char *now = evidence(found);
    check_add(
        run,
        (struct check_result){
            .status = same || is_copies ? MW_CHECK_PASS
                      : is_early        ? MW_CHECK_SKIP
                                        : MW_CHECK_FAIL,
            .subject = mw_xstrdup(wanted->key),
            .title = mw_xasprintf(_("%s uses %s"), mw_tool_title(run->tool->tool), wanted->key),
            .observed =
                mw_xasprintf(is_early    ? _("not in the file yet; in effect is %s")
                             : is_copies ? _("%s: the project brings its own copies and asks no "
                                             "mirror")
                                         : "%s",
                             now),
            .expected = check_value_text(&wanted->value),
            .ways = ways,
            .is_secret = wanted->is_secret,
        });
}

void check_effective(struct check_run *run)
{
    compare_wishes(run, compare_effective);
}

void check_off(struct check_run *run)
{
    const char *told = check_told(run);
    size_t key_len = strcspn(told, "=");
    const char *value = told + key_len + (told[key_len] != '\0');
    MW_FREE char *key = mw_xstrndup(told, key_len);
    const struct mw_hit *found = check_in_effect(run, key);
    struct check_ways ways = {0};
    if (value[0] == '\0' || strcmp(check_text_in_effect(run, key), value) != 0)
        return;
    check_end_effect(run, key, found, &ways);
    MW_FREE char *place = check_place_of(found);
    check_found(run, MW_CHECK_WARN, NULL, ways, _("%s = %s (%s)"), key, value, place);
}

/* ---- dead mirrors ---------------------------------------------------------------------------- */

/* Does it have an address that is none of those? */
static bool has_others(const struct mw_value *value, const struct mw_strings *dead)
{
    MW_AUTO(mw_strings) words = {0};
    bool has = false;
    mw_value_split(value, CHECK_SEPARATORS, &words);
    for (size_t i = 0; !has && i < words.count; i++)
        has = strstr(words.items[i], "://") != NULL && !mw_strings_has(dead, words.items[i]);
    return has;
}

/* A mirror of ours, or one that ours would win over, gives way to the profile's, but for one of
 * several: the others, a company's perhaps, are not to go with it. What one program has for itself
 * does not: the profile may want nothing that would win over it. */
void check_end_dead(const struct check_run *run, const char *key, const struct mw_hit *found,
                    const struct mw_strings *dead, struct check_ways *ways)
{
    const struct mw_tool *tool = run->tool->tool;
    const struct mw_source *source = found->source;
    bool is_own = source != NULL && source->program != NULL;
    bool is_ours = stands_in_ours(run->tool, found) || check_is_weaker(run->tool, found);
    MW_AUTO(mw_strings) all = {0};
    check_find_dead(run, &found->value, false, &all);
    bool is_one_of = has_others(&found->value, &all);
    if (is_one_of)
        check_drop_parts(run, key, found, dead, ways);
    if (check_is_of_row(tool, key) && is_ours && !is_own)
        check_way_apply(run, ways, tool, NULL);
    if (!is_one_of)
        check_drop_parts(run, key, found, dead, ways);
    check_end_effect(run, key, found, ways);
}

static void add_dead(struct check_run *run, const char *key, const struct mw_hit *found,
                     const char *url, const struct mw_mirror *mirror)
{
    struct check_ways ways = {0};
    MW_AUTO(mw_strings) dead = {0};
    mw_strings_add(&dead, url);
    check_end_dead(run, key, found, &dead, &ways);
    MW_FREE char *place = check_place_of(found);
    check_found(run, MW_CHECK_FAIL, mirror->id, ways, _("%s in %s (%s): %s"), url, key, place,
                _(mirror->reason));
}

/* The mirror at that address, of whatever service of the tool's, if it is dead. */
static const struct mw_mirror *find_dead(const struct check_run *run, const char *text)
{
    const struct mw_tool *tool = run->tool->tool;
    const struct mw_mirror *mirror = NULL;
    for (size_t i = 0; mirror == NULL && i < tool->row_count; i++) {
        MW_FREE char *address = mw_row_address(&tool->rows[i], text);
        mirror = mw_catalog_find_url(run->ctx->catalog, tool->rows[i].from, address);
    }
    return mirror != NULL && mirror->status == MW_MIRROR_DEAD ? mirror : NULL;
}

void check_find_dead(const struct check_run *run, const struct mw_value *value, bool only_plain,
                     struct mw_strings *dead)
{
    MW_AUTO(mw_strings) words = {0};
    mw_value_split(value, CHECK_SEPARATORS, &words);
    for (size_t i = 0; i < words.count; i++) {
        bool is_meant = !only_plain || strstr(words.items[i], "http://") != NULL;
        if (is_meant && find_dead(run, words.items[i]) != NULL)
            mw_strings_add(dead, words.items[i]);
    }
}

static void judge_addresses(struct check_run *run, const char *key, const struct mw_hit *found)
{
    MW_AUTO(mw_strings) urls = {0};
    mw_value_split(&found->value, ",| \t\r\n", &urls);
    for (size_t i = 0; i < urls.count; i++) {
        const struct mw_mirror *mirror = find_dead(run, urls.items[i]);
        if (mirror != NULL)
            add_dead(run, key, found, urls.items[i], mirror);
    }
}

static void look_for_dead(struct check_run *run, const char *key)
{
    MW_AUTO(mw_hits) own = {0};
    judge_addresses(run, key, check_in_effect(run, key));
    mw_resolve_own(run->sys, run->tool->tool, run->ctx->scope, key, &own);
    for (size_t i = 0; i < own.count; i++) {
        judge_addresses(run, key, &own.items[i]);
    }
}

void check_dead_mirrors(struct check_run *run)
{
    const struct mw_tool *tool = run->tool->tool;
    MW_AUTO(mw_strings) keys = {0};
    check_key_names(run, &keys);
    for (size_t i = 0; i < keys.count; i++) {
        const struct mw_tool_key *row = mw_tool_key(tool, keys.items[i]);
        if (row->shape != MW_SHAPE_SCALAR && strchr(row->key, '{') == NULL)
            look_for_dead(run, keys.items[i]);
    }
    for (size_t i = 0; i < tool->row_count; i++) {
        const struct mw_mirror_row *row = &tool->rows[i];
        bool is_sure = mw_row_is_named(row) && mw_row_naming(tool, row) != NULL &&
                       strcmp(row->set, tool->mirror_key) == 0;
        MW_FREE char *key =
            is_sure ? mw_row_key_in_use(run->sys, tool, run->ctx->scope, row) : NULL;
        if (key != NULL)
            look_for_dead(run, key);
    }
}
