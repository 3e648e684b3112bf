/* What became of a plan: does it change anything, what stops it, is it in effect. */
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/secret.h"

#include "internal.h"

bool mw_plan_file_changes(const struct mw_plan_file *file)
{
    return !file->is_skipped &&
           (file->verdict == MW_FILE_CREATE || file->verdict == MW_FILE_CHANGE);
}

bool mw_plan_shows(const struct mw_plan *plan, const struct mw_plan_setting *setting)
{
    bool is_known = plan->files[setting->file].verdict != MW_FILE_BLOCKED ||
                    setting->verdict != MW_VERDICT_SAME || setting->have.kind != MW_VALUE_ABSENT;
    return is_known && !mw_source_is_copy(setting->source);
}

bool mw_plan_file_stops(const struct mw_plan_file *file)
{
    return !file->is_skipped &&
           (file->verdict == MW_FILE_CONFLICT || file->verdict == MW_FILE_BLOCKED);
}

void mw_plan_leave_tool(struct mw_plan *plan, const struct mw_tool *tool)
{
    for (size_t i = 0; i < plan->setting_count; i++) {
        if (plan->settings[i].tool == tool)
            plan->files[plan->settings[i].file].is_skipped = true;
    }
    plan->is_partial = true;
}

static void put_stop(struct mw_buf *text, const struct mw_plan_file *file)
{
    if (text->len > 0)
        mw_buf_puts(text, _("; "));
    if (file->error.code == MW_NO_PERMISSION)
        mw_buf_printf(text, "%s%s", mw_tool_title(file->tool), _(": "));
    mw_buf_puts(text, file->error.message);
}

/* Who mends one file must not learn of the next only then. */
static void name_all(const struct mw_plan *plan, const struct mw_plan_file *worst,
                     struct mw_error *err)
{
    MW_AUTO(mw_buf) text = {0};
    put_stop(&text, worst);
    for (size_t i = 0; i < plan->file_count; i++) {
        if (&plan->files[i] != worst && mw_plan_file_stops(&plan->files[i]))
            put_stop(&text, &plan->files[i]);
    }
    mw_fail(err, worst->error.code, 0, worst->error.step, "%s", mw_buf_text(&text));
    mw_error_hint(err, "%s", worst->error.hint);
    err->sys_errno = worst->error.sys_errno;
}

enum mw_code mw_plan_verdict(const struct mw_plan *plan, struct mw_error *err)
{
    const struct mw_plan_file *worst = NULL;
    for (size_t i = 0; i < plan->file_count; i++) {
        const struct mw_plan_file *file = &plan->files[i];
        if (mw_plan_file_stops(file) && (worst == NULL || (file->verdict == MW_FILE_BLOCKED &&
                                                           worst->verdict == MW_FILE_CONFLICT)))
            worst = file;
    }
    if (worst == NULL)
        return MW_OK;
    if (err != NULL)
        name_all(plan, worst, err);
    return worst->error.code;
}

enum mw_code mw_plan_effective(const struct mw_plan *plan, struct mw_error *err)
{
    const struct mw_plan_setting *first = NULL;
    MW_AUTO(mw_buf) winners = {0};
    size_t count = 0;
    for (size_t i = 0; i < plan->setting_count; i++) {
        const struct mw_plan_setting *setting = &plan->settings[i];
        if (setting->shadows.count == 0 || plan->files[setting->file].is_skipped)
            continue;
        first = count++ == 0 ? setting : first;
        mw_buf_printf(&winners, "%s%s (%s)", count > 1 ? ", " : "", setting->key,
                      setting->shadows.items[0].by);
    }
    if (count == 1)
        mw_fail(err, MW_SHADOWED, 0, "verify", _("%s is written but not effective: %s wins"),
                first->key, first->shadows.items[0].by);
    else if (count > 1)
        mw_fail(err, MW_SHADOWED, 0, "verify",
                _("written but not effective, because something else wins: %s"),
                mw_buf_text(&winners));
    if (count > 0)
        mw_error_hint(err, count > 1 ? _("%s --diff shows what helps with the others.") : "%s",
                      first->shadows.items[0].fix);
    return count > 0 ? MW_SHADOWED : MW_OK;
}

bool mw_plan_file_had_secret(const struct mw_plan_file *file)
{
    return mw_text_has_secret(mw_buf_text(&file->before.bytes));
}

bool mw_plan_file_has_secret(const struct mw_plan_file *file)
{
    return file->is_secret || mw_text_has_secret(mw_buf_text(&file->after));
}

/* What the keys hold that are secrets by what they are, whether they are in the plan or not. */
static void tell_secrets(const struct mw_plan_file *file)
{
    const struct mw_source *source = file->location.source;
    bool has_some = source != NULL && mw_tool_has_secrets(file->tool);
    for (size_t i = 0; has_some && i < file->tool->key_count; i++) {
        const struct mw_tool_key *row = mw_tool_key_at(file->tool, i);
        MW_AUTO(mw_value) before = {0}, after = {0};
        if (!row->is_secret)
            continue;
        (void)mw_source_get(source, file->tool, mw_buf_text(&file->before.bytes),
                            file->before.bytes.len, row->key, &before, NULL);
        (void)mw_source_get(source, file->tool, mw_buf_text(&file->after), file->after.len,
                            row->key, &after, NULL);
    }
}

char *mw_plan_file_diff(const struct mw_plan_file *file)
{
    if (file->verdict == MW_FILE_BLOCKED && !file->only_unwritable)
        return mw_xstrdup("");
    const char *path = file->location.path;
    tell_secrets(file);
    char *diff = mw_text_diff(mw_buf_text(&file->before.bytes), file->before.bytes.len,
                              mw_buf_text(&file->after), file->after.len,
                              file->before.exists ? path : "/dev/null",
                              file->after_exists ? path : "/dev/null");
    char *safe = mw_text_redact_settings(diff);
    mw_secret_free(diff);
    /* What stands behind the two lines of names are values. */
    size_t names = strcspn(safe, "\n");
    names += safe[names] == '\n' ? 1 + strcspn(safe + names + 1, "\n") : 0;
    char *values = mw_secret_mask_words(safe + names);
    char *whole = mw_xasprintf("%.*s%s", (int)names, safe, values);
    mw_secret_free(values);
    mw_secret_free(safe);
    return whole;
}
