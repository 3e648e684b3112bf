/* Rows about dangerous values: what lint says of the machine and of the profile. */
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"

/* A key that may be dangerous, or that another one is dangerous without. */
static bool is_looked_at(const struct mw_tool *tool, const struct mw_tool_key *key)
{
    return key->risks.count > 0 || (tool->sections.count == 0 && !key->is_only_read);
}

/* Of a list, the part without which nothing is dangerous any more; else all of it. */
static void end_risk(const struct check_run *run, const struct mw_lint_settings *found,
                     const char *key, struct check_ways *ways)
{
    enum { MAX_PARTS = 16 };
    const struct mw_hit *effective = check_in_effect(run, key);
    const struct mw_tool_key *row = mw_tool_key(run->tool->tool, key);
    bool is_text = row->shape == MW_SHAPE_SCALAR && row->check == NULL;
    MW_AUTO(mw_strings) parts = {0}, dead = {0};
    check_use_tls(run, key, effective, ways);
    check_find_dead(run, &effective->value, true, &dead);
    if (dead.count > 0 && ways->count == 0)
        check_end_dead(run, key, effective, &dead, ways);
    if (!is_text)
        mw_value_split(&effective->value, CHECK_SEPARATORS, &parts);
    for (size_t i = 0; parts.count > 1 && i < parts.count && i < MAX_PARTS; i++) {
        MW_AUTO(mw_strings) one = {0};
        mw_strings_add(&one, parts.items[i]);
        check_drop_parts(run, key, effective, &one, ways);
    }
    check_end_effect(run, key, effective, ways);
    /* One may hold only because of another: a host that is trusted for the sake of plain http. */
    MW_AUTO(check_ways) others = {0};
    for (size_t i = 0; i < found->count; i++) {
        const char *other = found->items[i].key;
        if (strcmp(other, key) != 0)
            check_use_tls(run, other, check_in_effect(run, other), &others);
    }
    check_way_join(ways, &others);
}

/* What goes without another in its place may be in use. */
static void mark_choices(const struct mw_lint_finding *finding, struct check_ways *ways)
{
    const struct mw_risk *risk = mw_risk_find(finding->tool, finding->id);
    for (size_t i = 0; i < ways->count; i++) {
        struct mw_remedy *remedy = &ways->items[i].remedy;
        if (remedy->kind == MW_REMEDY_UNSET || remedy->kind == MW_REMEDY_REMOVE_ITEM)
            remedy->is_choice = risk->is_choice || risk->level != MW_RISK_ERROR;
    }
}

static void add_risk(struct check_run *run, const struct mw_lint_finding *finding,
                     struct check_ways take_ways)
{
    bool is_error = finding->level == MW_LINT_ERROR && !finding->is_accepted;
    const char *colon = finding->value[0] != '\0' ? " = " : "";
    check_add(run, (struct check_result){
                       .status = is_error ? MW_CHECK_FAIL : MW_CHECK_WARN,
                       .subject = mw_xstrdup(finding->id),
                       .observed = mw_xasprintf(_("%s%s%s (%s)"), finding->key, colon,
                                                finding->value, finding->where),
                       .expected = mw_xstrdup(finding->remedy),
                       .why = finding->sentence,
                       .ways = take_ways,
                   });
}

static const struct mw_policy *policy_of(const struct check_run *run)
{
    static const struct mw_policy strict = {.require_https = true, .require_integrity = true};
    return run->ctx->profile != NULL ? &run->ctx->profile->policy : &strict;
}

void check_risks(struct check_run *run)
{
    const struct mw_tool *tool = run->tool->tool;
    struct mw_lint_settings settings = {0};
    MW_AUTO(mw_lint_findings) findings = {0};
    MW_AUTO(mw_strings) keys = {0}, places = {0};
    check_key_names(run, &keys);
    for (size_t i = 0; i < keys.count; i++) {
        const struct mw_tool_key *row = mw_tool_key(tool, keys.items[i]);
        if (!is_looked_at(tool, row))
            continue;
        const struct mw_hit *found = check_in_effect(run, keys.items[i]);
        if (found->value.kind == MW_VALUE_ABSENT ||
            (row->is_only_read && mw_hit_file(found) == NULL))
            continue;
        mw_strings_take(&places, check_place_of(found));
        *MW_PUSH(settings.items, settings.count) = (struct mw_lint_setting){
            .tool = tool,
            .key = keys.items[i],
            .value = &found->value,
            .where = places.items[places.count - 1],
        };
    }
    mw_lint(&settings, policy_of(run), run->ctx->accepted, &findings);
    for (size_t i = 0; i < findings.count; i++) {
        struct check_ways ways = {0};
        if (findings.items[i].is_standing && run->list != MW_CHECK_CHECKLIST)
            continue;
        /* What stands for something missing is not mended by taking it away. */
        if (!check_only_counts(run) && !findings.items[i].is_standing) {
            end_risk(run, &settings, findings.items[i].key, &ways);
            mark_choices(&findings.items[i], &ways);
        }
        add_risk(run, &findings.items[i], ways);
    }
    free(settings.items);
}

void check_profile_risks(struct check_run *run)
{
    const struct mw_check_context *ctx = run->ctx;
    struct mw_lint_settings settings = {0};
    MW_AUTO(mw_lint_findings) findings = {0};
    MW_AUTO(mw_strings) places = {0};
    for (size_t i = 0; i < ctx->wanted.count; i++)
        mw_strings_take(&places, mw_origin_text(&ctx->wanted.items[i].from));
    for (size_t i = 0; i < ctx->wanted.count; i++)
        *MW_PUSH(settings.items, settings.count) = (struct mw_lint_setting){
            .tool = ctx->wanted.items[i].tool,
            .key = ctx->wanted.items[i].key,
            .value = &ctx->wanted.items[i].value,
            .is_secret = ctx->wanted.items[i].is_secret,
            .is_wanted = true,
            .where = places.items[i],
        };
    mw_lint(&settings, policy_of(run), ctx->accepted, &findings);
    for (size_t i = 0; i < findings.count; i++) {
        /* What is missing may be on the machine already: the tool's own row knows. */
        if (!findings.items[i].is_standing)
            add_risk(run, &findings.items[i], (struct check_ways){0});
    }
    free(settings.items);
}
