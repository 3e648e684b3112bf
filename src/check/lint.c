/* Lint: the rules of lint_rules.c against a set of values. */
#include <string.h>

#include "lint.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

void mw_lint_findings_release(struct mw_lint_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        free(findings->items[i].key);
        free(findings->items[i].value);
        free(findings->items[i].where);
    }
    free(findings->items);
    *findings = (struct mw_lint_findings){0};
}

static bool applies(const struct lint_rule *rule, const struct mw_lint_setting *setting)
{
    if (rule->tool != NULL && strcmp(rule->tool, setting->tool->id) != 0)
        return false;
    if (rule->key == NULL)
        return true;
    const char *option = setting->tool->section != NULL ? strchr(setting->key, '.') : NULL;
    return strcmp(rule->key, option != NULL ? option + 1 : setting->key) == 0;
}

static void add_finding(const struct lint_rule *rule, const struct mw_lint_setting *setting,
                        enum mw_lint_level level, const struct mw_strings *accepted,
                        struct mw_lint_findings *findings)
{
    struct mw_lint_finding *finding = MW_PUSH(findings->items, findings->count);
    char *text = mw_value_text(setting->value);
    *finding = (struct mw_lint_finding){
        .id = rule->id,
        .level = level,
        .is_accepted = accepted != NULL && mw_strings_has(accepted, rule->id),
        .is_standing = rule->is_standing,
        .tool = setting->tool,
        .key = mw_xstrdup(setting->key),
        .value = setting->is_secret ? mw_xstrdup("****") : mw_text_redact(text),
        .where = mw_xstrdup(setting->where != NULL ? setting->where : ""),
        .sentence = _(rule->sentence),
        .remedy = _(rule->remedy),
    };
    free(text);
}

void mw_lint(const struct mw_lint_settings *settings, const struct mw_policy *policy,
             const struct mw_strings *accepted, struct mw_lint_findings *findings)
{
    for (const struct lint_rule *rule = lint_rules; rule->id != NULL; rule++) {
        for (size_t i = 0; i < settings->count; i++) {
            const struct mw_lint_setting *setting = &settings->items[i];
            struct lint_look look = {.all = settings, .setting = setting, .policy = policy};
            if (!applies(rule, setting) || setting->value->items.count == 0)
                continue;
            enum mw_lint_level level = rule->judge(&look);
            if (level != MW_LINT_NONE)
                add_finding(rule, setting, level, accepted, findings);
        }
    }
}

static bool stops(const struct mw_lint_finding *finding)
{
    return finding->level == MW_LINT_ERROR && !finding->is_accepted;
}

enum mw_code mw_lint_verdict(const struct mw_lint_findings *findings, struct mw_error *err)
{
    struct mw_strings ids = {0};
    const struct mw_lint_finding *first = NULL;
    for (size_t i = 0; i < findings->count; i++) {
        const struct mw_lint_finding *finding = &findings->items[i];
        if (!stops(finding))
            continue;
        first = first == NULL ? finding : first;
        if (!mw_strings_has(&ids, finding->id))
            mw_strings_add(&ids, finding->id);
    }
    if (first == NULL)
        return MW_OK;

    char *names = mw_strings_join(&ids, ", ");
    char *options = mw_strings_join(&ids, " --accept-risk ");
    mw_fail(err, MW_BAD_PROFILE, 0, "lint", _("dangerous (%s): %s.%s = %s, %s: %s"), names,
            first->tool->id, first->key, first->value, first->where, first->sentence);
    mw_error_hint(err, _("%s If it must be so: --accept-risk %s"), first->remedy, options);
    free(options);
    free(names);
    mw_strings_release(&ids);
    return MW_BAD_PROFILE;
}

void mw_lint_ids(struct mw_strings *ids)
{
    for (const struct lint_rule *rule = lint_rules; rule->id != NULL; rule++) {
        if (!mw_strings_has(ids, rule->id))
            mw_strings_add(ids, rule->id);
    }
}
