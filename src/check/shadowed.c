/* Rows about values that are not heard: what wins over them, and how that ends. */
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/secret.h"
#include "mirrorwise/text.h"

/* ---- flags ----------------------------------------------------------------------------------- */

/* Are both "NAME=...", of the same name? */
static bool same_name(const char *a, const char *b)
{
    size_t len = strcspn(a, "=");
    return a[len] == '=' && strncmp(a, b, len + 1) == 0;
}

/* What the file should say once the flag is gone: `have`, and what the flag says on top, but for
 * mirrors that are dead. False if both cannot be kept. */
static bool keep_both(const struct check_run *run, const char *key, const struct mw_value *have,
                      const struct mw_strings *said, struct mw_value *kept)
{
    const struct mw_tool_key *row = mw_tool_key(run->tool->tool, key);
    MW_AUTO(mw_strings) dead = {0};
    bool is_first = have->kind == MW_VALUE_ABSENT, keeps = true;
    mw_value_copy(kept, have);
    if (is_first)
        kept->kind = row->shape == MW_SHAPE_LIST ? MW_VALUE_LIST : row->kind;
    check_find_dead(run, &(struct mw_value){.kind = MW_VALUE_LIST, .items = *said}, false, &dead);
    for (size_t i = 0; i < said->count; i++) {
        const char *item = said->items[i];
        if (item[0] == '\0' || mw_strings_has(&kept->items, item) || mw_strings_has(&dead, item))
            continue;
        keeps = keeps && (is_first || row->shape == MW_SHAPE_LIST);
        for (size_t k = 0; k < have->items.count; k++)
            keeps = keeps && !same_name(item, have->items.items[k]);
        mw_strings_add(&kept->items, item);
    }
    return keeps && mw_tool_validate(run->sys, run->tool->tool, key, kept, NULL) == MW_OK;
}

/* The edits as one remedy; `take_with`, NULL or owned, changes another text. */
static struct check_way *add_rewrites(const struct check_run *run,
                                      const struct mw_rewrites *rewrites,
                                      struct mw_remedy *take_with, struct check_ways *ways)
{
    struct mw_remedy *with = take_with;
    for (size_t i = rewrites->count; i > 0; i--) {
        const struct mw_rewrite *rewrite = &rewrites->items[i - 1];
        struct mw_remedy remedy = {
            .kind = MW_REMEDY_EDIT_TEXT,
            .tool = run->tool->tool,
            .needs_root = run->sys->euid != 0 && rewrite->actor.uid != run->sys->euid,
            .path = mw_xstrdup(rewrite->path),
            .actor = rewrite->actor,
            .with = with,
        };
        mw_edits_copy(&remedy.edits, &rewrite->edits);
        if (i == 1) {
            struct check_way *way = MW_PUSH(ways->items, ways->count);
            way->remedy = remedy;
            return way;
        }
        with = mw_xcalloc(1, sizeof *with);
        *with = remedy;
    }
    return NULL;
}

/* Takes a flag out of where it is written. What it says goes into the file where both can stand
 * there; where one has to go only who names the finding wants that, unless `is_decided`: a profile
 * says which. */
static void end_flag(const struct check_run *run, const char *key, const struct mw_hit *hit,
                     bool is_decided, struct check_ways *ways)
{
    const struct check_tool *tool = run->tool;
    const struct check_file *file = tool->ours;
    MW_AUTO(mw_rewrites) rewrites = {0};
    MW_AUTO(mw_value) have = {0}, kept = {0};
    MW_AUTO(mw_edits) edits = {0};
    if (!mw_tool_unflag(run->sys, tool->tool, &file->location, key, &rewrites)) {
        struct mw_buf fix = {0};
        check_put_sudo(run, &fix);
        mw_buf_printf(&fix, "systemctl edit --full %s.service",
                      mw_pairs_find(&tool->tool->checks, "live"));
        check_way_command(ways, MW_REMEDY_SHELL, mw_buf_take(&fix));
        return;
    }
    check_file_get(tool->tool, file, key, &have);
    bool keeps = keep_both(run, key, &have, &hit->value.items, &kept);
    bool is_same = mw_value_equal(&have, &kept);
    if (keeps && !is_same &&
        mw_source_put(file->location.source, tool->tool, mw_buf_text(&file->file.bytes),
                      file->file.bytes.len, key, &kept, &edits, NULL) == MW_OK) {
        struct mw_remedy *with = mw_xcalloc(1, sizeof *with);
        *with = (struct mw_remedy){
            .kind = MW_REMEDY_SET,
            .tool = tool->tool,
            .needs_root = !check_is_ours(run, file),
            .path = mw_xstrdup(file->location.path),
            .actor = file->location.actor,
            .edits = edits,
        };
        edits = (struct mw_edits){0};
        (void)add_rewrites(run, &rewrites, with, ways);
    }
    struct check_way *way = add_rewrites(run, &rewrites, NULL, ways);
    way->remedy.is_choice = !is_same && !is_decided;
    mw_strings_copy(&way->drops, &hit->value.items);
}

/* ---- whatever wins --------------------------------------------------------------------------- */

/* Which other key of the tool is it that wins, and how does it go? */
static void end_other_key(const struct check_run *run, const struct mw_hit *place,
                          struct check_ways *ways)
{
    MW_AUTO(mw_strings) keys = {0};
    check_key_names(run, &keys);
    for (size_t i = 0; ways->count == 0 && i < keys.count; i++) {
        const char *key = keys.items[i];
        const struct mw_hit *other = check_in_effect(run, key);
        bool is_named = place->spelling != NULL && strcmp(place->spelling, key) == 0;
        if (other->value.kind != MW_VALUE_ABSENT && (is_named || mw_hit_same_place(other, place)))
            check_end_effect(run, key, other, ways);
    }
}

/* Adds the parts of a value, or only those that the tool accepts for `key`. */
static void add_patterns(const struct check_run *run, const struct mw_value *value, const char *key,
                         bool only_good, struct mw_strings *to)
{
    MW_AUTO(mw_strings) parts = {0};
    mw_value_split(value, ",", &parts);
    for (size_t i = 0; i < parts.count; i++) {
        MW_AUTO(mw_value) part = {0};
        mw_value_set_string(&part, parts.items[i]);
        bool is_good = mw_tool_validate(run->sys, run->tool->tool, key, &part, NULL) == MW_OK;
        if ((is_good || !only_good) && !mw_strings_has(to, parts.items[i]))
            mw_strings_add(to, parts.items[i]);
    }
}

/* The other key of our file is more than a default that was left behind: what it covers must stay
 * covered. So it gets the parts of this one. False if it covers nothing. */
static bool widen_other_key(const struct check_run *run, const char *key, const char *other,
                            struct check_ways *ways)
{
    const struct check_file *file = run->tool->ours;
    MW_AUTO(mw_value) own = {0}, theirs = {0};
    MW_AUTO(mw_strings) good = {0}, all = {0};
    check_file_get(run->tool->tool, file, key, &own);
    check_file_get(run->tool->tool, file, other, &theirs);
    add_patterns(run, &theirs, other, true, &good);
    add_patterns(run, &theirs, other, false, &all);
    size_t before = all.count;
    add_patterns(run, &own, other, true, &all);
    if (good.count > 0 && all.count > before) {
        MW_AUTO(mw_value) value = {0};
        MW_FREE char *text = mw_strings_join(&all, ",");
        mw_value_set_string(&value, text);
        (void)check_way_put(run, ways, file, other, &value);
    }
    return good.count > 0;
}

static void end_shadow(const struct check_run *run, const char *key, const struct mw_shadow *shadow,
                       bool is_decided, struct check_ways *ways)
{
    if (shadow->place.spelling != NULL && shadow->place.section == NULL &&
        shadow->place.path != NULL && run->tool->ours != NULL &&
        strcmp(shadow->place.path, run->tool->ours->location.path) == 0 &&
        widen_other_key(run, key, shadow->place.spelling, ways))
        return;
    static const struct mw_value nothing = {.kind = MW_VALUE_ABSENT};
    /* Nothing wins: it keeps the tool from reading the file at all. */
    if (shadow->place.variable != NULL && shadow->value[0] == '\0') {
        check_way_command(ways, MW_REMEDY_SHELL, mw_xasprintf("unset %s", shadow->place.variable));
        return;
    }
    if (shadow->kind == MW_SHADOW_UNREAD)
        return;
    MW_AUTO(mw_hits) hits = {0};
    mw_resolve(run->sys, run->tool->tool, run->ctx->scope, key, NULL, &hits);
    for (size_t i = 0; ways->count == 0 && i < hits.count; i++) {
        if (hits.items[i].flag != NULL)
            end_flag(run, key, &hits.items[i], is_decided, ways);
    }
    if (ways->count > 0)
        return;
    const struct mw_hit *winner = check_in_effect(run, key);
    if (winner->value.kind != MW_VALUE_ABSENT && mw_hit_same_place(winner, &shadow->place))
        check_end_effect(run, key, winner, ways);
    else
        end_other_key(run, &shadow->place, ways);
    /* What is left is a rule of the tool against the value itself. */
    (void)check_way_put(run, ways, run->tool->ours, key, &nothing);
}

/* A broken file has its own row. */
static bool is_of_broken_file(const struct check_tool *tool, const struct mw_shadow *shadow)
{
    for (size_t i = 0; i < tool->file_count; i++) {
        if (!tool->files[i].is_valid && shadow->place.path != NULL &&
            strcmp(shadow->place.path, tool->files[i].location.path) == 0)
            return true;
    }
    return false;
}

/* Owned: "flag --mtu in /etc/…/docker.service contradicts mtu: 1400". */
static char *shadow_text(const char *key, const struct mw_shadow *shadow)
{
    char *value = mw_secret_mask_words(shadow->value != NULL ? shadow->value : "");
    char *text =
        mw_xasprintf(shadow->is_fatal ? _("%s contradicts %s%s%s") : _("%s wins over %s%s%s"),
                     shadow->by, key, value[0] != '\0' ? _(": ") : "", value);
    mw_secret_free(value);
    return text;
}

static void add_shadow(struct check_run *run, const char *key, const struct mw_shadow *shadow)
{
    struct check_ways ways = {0};
    MW_FREE char *text = shadow_text(key, shadow);
    if (!run->is_trial)
        end_shadow(run, key, shadow, false, &ways);
    check_found(run, shadow->is_fatal ? MW_CHECK_FAIL : MW_CHECK_WARN, key, ways, "%s", text);
}

/* What one of the tool's programs reads alone wins for that one. */
static void add_own(struct check_run *run, const char *key, const struct mw_value *have)
{
    MW_AUTO(mw_hits) own = {0};
    mw_resolve_own(run->sys, run->tool->tool, run->ctx->scope, key, &own);
    for (size_t i = 0; i < own.count; i++) {
        struct check_ways ways = {0};
        if (mw_strings_equal(&own.items[i].value.items, &have->items))
            continue;
        if (!run->is_trial)
            check_end_effect(run, key, &own.items[i], &ways);
        check_add(run, (struct check_result){
                           .status = MW_CHECK_WARN,
                           .subject = mw_xstrdup(key),
                           .observed = mw_hit_own_text(run->tool->tool, &own.items[i]),
                           .ways = ways,
                       });
    }
}

static void look_at_key(struct check_run *run, const char *key)
{
    const struct check_file *file = run->tool->ours;
    MW_AUTO(mw_value) have = {0};
    MW_AUTO(mw_shadows) shadows = {0};
    check_file_get(run->tool->tool, file, key, &have);
    if (have.kind != MW_VALUE_ABSENT) {
        struct mw_tool_setting setting = {.key = key, .value = &have};
        mw_shadows_find(run->sys, run->tool->tool, &file->location, &file->file.bytes, &setting,
                        &shadows);
        add_own(run, key, &have);
    }
    for (size_t i = 0; i < shadows.count; i++) {
        if (!is_of_broken_file(run->tool, &shadows.items[i]))
            add_shadow(run, key, &shadows.items[i]);
    }
}

void check_shadowed(struct check_run *run)
{
    MW_AUTO(mw_strings) keys = {0};
    if (run->tool->ours == NULL)
        return;
    check_key_names(run, &keys);
    for (size_t i = 0; i < keys.count; i++)
        look_at_key(run, keys.items[i]);
}

bool check_contradiction(struct check_run *run, const struct mw_wanted *wanted)
{
    const struct mw_tool *tool = run->tool->tool;
    const struct check_file *file = run->tool->ours;
    struct mw_tool_setting setting = {.key = wanted->key, .value = &wanted->value};
    MW_AUTO(mw_shadows) shadows = {0};
    const struct mw_shadow *fatal = NULL;
    if (file != NULL)
        mw_shadows_find(run->sys, tool, &file->location, &file->file.bytes, &setting, &shadows);
    for (size_t i = 0; fatal == NULL && i < shadows.count; i++)
        fatal = shadows.items[i].is_fatal ? &shadows.items[i] : NULL;
    struct check_ways ways = {0};
    MW_AUTO(mw_value) have = {0};
    if (fatal != NULL && !run->is_trial) {
        check_file_get(tool, file, wanted->key, &have);
        end_shadow(run, wanted->key, fatal, mw_value_equal(&have, &wanted->value), &ways);
    }
    if (fatal != NULL)
        check_add(run, (struct check_result){
                           .status = MW_CHECK_FAIL,
                           .subject = mw_xstrdup(wanted->key),
                           .title = mw_xasprintf(_("%s uses %s"), mw_tool_title(tool), wanted->key),
                           .observed = shadow_text(wanted->key, fatal),
                           .expected = check_value_text(&wanted->value),
                           .why = _("the tool does not start with both"),
                           .ways = ways,
                           .is_secret = wanted->is_secret,
                       });
    return fatal != NULL;
}
