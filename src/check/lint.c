/* Lint: what the files of the tools call dangerous, against a set of values. */
#include <string.h>

#include "mirrorwise/check.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "mirrorwise/url.h"

void mw_lint_findings_release(struct mw_lint_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        MW_FREE_ALL(findings->items[i].key, findings->items[i].value, findings->items[i].where);
    free(findings->items);
    *findings = (struct mw_lint_findings){0};
}

static const char url_credentials[] = "url-credentials";
const char mw_lint_untrusted[] = "mirror-untrusted";
static const char credentials_sentence[] =
    N_("credentials in a profile are read by everybody who reads the profile");
static const char credentials_remedy[] =
    N_("Put them into the environment or a private file: ${env:NAME}, ${file:PATH}.");

/* Owned: on one line, for people. */
static char *one_line(const struct mw_value *value)
{
    char *text = mw_value_text(value);
    size_t len = 0;
    for (const char *p = text; *p != '\0'; p++) {
        bool is_blank = strchr(" \t\r\n", *p) != NULL;
        if (!is_blank || (len > 0 && text[len - 1] != ' '))
            text[len++] = is_blank ? ' ' : *p;
    }
    text[len] = '\0';
    return text;
}

struct mw_lint_finding *mw_lint_add(const char *id, const struct mw_lint_setting *setting,
                                    enum mw_lint_level level, const struct mw_strings *accepted,
                                    struct mw_lint_findings *findings)
{
    struct mw_lint_finding *finding = MW_PUSH(findings->items, findings->count);
    MW_FREE char *text = one_line(setting->value);
    *finding = (struct mw_lint_finding){
        .id = id,
        .level = level,
        .is_accepted = accepted != NULL && mw_strings_has(accepted, id),
        .tool = setting->tool,
        .key = mw_xstrdup(setting->key),
        .value = setting->is_secret ? mw_xstrdup("****") : mw_text_redact(text),
        .where = mw_xstrdup(setting->where != NULL ? setting->where : ""),
    };
    return finding;
}

static const char *first_item(const struct mw_value *value)
{
    return value->items.count > 0 ? value->items.items[0] : "";
}

struct lint_others {
    const struct mw_lint_settings *all;
    const struct mw_tool *tool;
};

/* The value of another key in the same set. */
static const char *other_value(const void *context, const char *key)
{
    const struct lint_others *others = context;
    for (size_t i = 0; i < others->all->count; i++) {
        const struct mw_lint_setting *setting = &others->all->items[i];
        if (setting->tool == others->tool && strcmp(setting->key, key) == 0)
            return first_item(setting->value);
    }
    return NULL;
}

static enum mw_lint_level level_of(const struct mw_risk *risk, const struct mw_policy *policy)
{
    if (risk->level == MW_RISK_BY_POLICY)
        return policy->require_https ? MW_LINT_ERROR : MW_LINT_WARNING;
    return risk->level == MW_RISK_ERROR ? MW_LINT_ERROR : MW_LINT_WARNING;
}

static bool has_credentials(const struct mw_value *value)
{
    MW_AUTO(mw_strings) words = {0};
    struct mw_url url;
    bool found = false;
    mw_value_split(value, ",| \t\r\n", &words);
    for (size_t i = 0; !found && i < words.count; i++)
        found = mw_url_parse(words.items[i], &url, NULL) && url.has_userinfo;
    return found;
}

/* From ${env:} or ${file:} they are where they belong; on the machine the file's mode decides, and
 * that is a check of its own. */
static bool shows_credentials(const struct mw_lint_setting *setting)
{
    return setting->is_wanted && !setting->is_secret && has_credentials(setting->value);
}

/* Every finding about one setting; an id only once. */
static void lint_setting(const struct mw_lint_settings *settings,
                         const struct mw_lint_setting *setting, const struct mw_policy *policy,
                         const struct mw_strings *accepted, struct mw_lint_findings *findings)
{
    const struct mw_tool_key *row = mw_tool_key(setting->tool, setting->key);
    struct lint_others others = {.all = settings, .tool = setting->tool};
    struct mw_risk_look look = {.value = setting->value, .other = other_value, .context = &others};
    MW_AUTO(mw_strings) told = {0};
    for (size_t i = 0; row != NULL && i < row->risks.count; i++) {
        const char *id = row->risks.items[i].value;
        if (mw_strings_has(&told, id) || !mw_risk_applies(row->risks.items[i].name, &look))
            continue;
        const struct mw_risk *risk = mw_risk_find(setting->tool, id);
        struct mw_lint_finding *finding =
            mw_lint_add(id, setting, level_of(risk, policy), accepted, findings);
        finding->is_standing = risk->is_standing;
        finding->sentence = mw_risk_sentence(risk);
        finding->remedy = mw_risk_remedy(risk);
        mw_strings_add(&told, id);
    }
    if (shows_credentials(setting)) {
        struct mw_lint_finding *finding =
            mw_lint_add(url_credentials, setting, MW_LINT_WARNING, accepted, findings);
        finding->sentence = _(credentials_sentence);
        finding->remedy = _(credentials_remedy);
    }
}

void mw_lint(const struct mw_lint_settings *settings, const struct mw_policy *policy,
             const struct mw_strings *accepted, struct mw_lint_findings *findings)
{
    for (size_t i = 0; i < settings->count; i++) {
        if (settings->items[i].value->items.count > 0)
            lint_setting(settings, &settings->items[i], policy, accepted, findings);
    }
}

static bool stops(const struct mw_lint_finding *finding)
{
    return finding->level == MW_LINT_ERROR && !finding->is_accepted;
}

enum mw_code mw_lint_verdict(const struct mw_lint_findings *findings, struct mw_error *err)
{
    MW_AUTO(mw_strings) ids = {0};
    MW_AUTO(mw_strings) others = {0};
    const struct mw_lint_finding *first = NULL;
    for (size_t i = 0; i < findings->count; i++) {
        const struct mw_lint_finding *finding = &findings->items[i];
        if (!stops(finding))
            continue;
        if (first == NULL)
            first = finding;
        else
            mw_strings_take(
                &others, mw_xasprintf("%s.%s (%s)", finding->tool->id, finding->key, finding->id));
        mw_strings_add_new(&ids, finding->id);
    }
    if (first == NULL)
        return MW_OK;

    MW_FREE char *names = mw_strings_join(&ids, ", ");
    MW_FREE char *options = mw_strings_join(&ids, " --accept-risk ");
    MW_FREE char *rest = mw_strings_join(&others, ", ");
    MW_FREE char *all =
        others.count > 0 ? mw_xasprintf(_("%s; and %s"), first->sentence, rest) : NULL;
    mw_fail(err, MW_BAD_PROFILE, 0, "lint", _("dangerous (%s): %s.%s = %s, %s: %s"), names,
            first->tool->id, first->key, first->value, first->where,
            all != NULL ? all : first->sentence);
    mw_error_hint(err, _("%s If it must be so: --accept-risk %s"), first->remedy, options);
    return MW_BAD_PROFILE;
}

void mw_lint_ids(struct mw_strings *ids)
{
    mw_risk_ids(ids);
    mw_strings_add(ids, url_credentials);
    mw_strings_add(ids, mw_lint_untrusted);
}
