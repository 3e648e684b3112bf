/* A plan for a file whose new text is known, whatever wants it so. */
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/secret.h"
#include "mirrorwise/text.h"

#include "internal.h"

void plan_get(const struct mw_plan_file *file, const struct mw_buf *text, const char *key,
              struct mw_value *value)
{
    const struct mw_source *source = file->location.source;
    const char *bytes = mw_buf_text(text);
    if (mw_source_check(source, "", bytes, text->len, NULL) != MW_OK ||
        mw_source_get(source, file->tool, bytes, text->len, key, value, NULL) != MW_OK)
        mw_value_release(value);
}

void plan_compare(const struct mw_plan *plan, size_t index, const struct mw_history *history,
                  const char *key, struct mw_plan_setting *setting)
{
    const struct mw_plan_file *file = &plan->files[index];
    const char *path = file->location.path;
    *setting = (struct mw_plan_setting){
        .tool = file->tool, .file = index, .source = file->location.source, .key = mw_xstrdup(key)};
    plan_get(file, &file->before.bytes, key, &setting->have);
    plan_get(file, &file->after, key, &setting->want);
    setting->want_is_secret = mw_history_is_secret(history, path, key, &setting->want) ||
                              mw_value_has_secret(&setting->want);
    setting->have_is_secret = mw_history_is_secret(history, path, key, &setting->have) ||
                              mw_value_has_secret(&setting->have);
    setting->is_secret = setting->want_is_secret || setting->have_is_secret;
}

static bool is_planned(const struct mw_plan *plan, size_t index, const char *key)
{
    for (size_t i = 0; i < plan->setting_count; i++) {
        if (plan->settings[i].file == index && strcmp(plan->settings[i].key, key) == 0)
            return true;
    }
    return false;
}

/* What becomes of a key, if that is anything: the history has to know whose value it is. A file
 * that could not be read has no values to compare, so only those of ours count. */
static void add_key(struct mw_plan *plan, size_t index, const char *key,
                    const struct mw_history *history, bool was_valid)
{
    const char *path = plan->files[index].location.path;
    struct mw_plan_setting setting;
    if (is_planned(plan, index, key) ||
        (!was_valid && mw_history_last_written(history, path, key) == NULL))
        return;
    plan_compare(plan, index, history, key, &setting);
    setting.verdict = setting.have.kind == MW_VALUE_ABSENT ? MW_VERDICT_CREATE : MW_VERDICT_CHANGE;
    if (mw_plan_same_value(setting.source, &setting.have, &setting.want)) {
        free(setting.key);
        mw_value_release(&setting.have);
        mw_value_release(&setting.want);
        return;
    }
    *MW_PUSH(plan->settings, plan->setting_count) = setting;
}

static void add_keys(struct mw_plan *plan, size_t index, const struct mw_history *history)
{
    const struct mw_plan_file *file = &plan->files[index];
    MW_AUTO(mw_strings) names = {0};
    bool was_valid = mw_source_check(file->location.source, "", mw_buf_text(&file->before.bytes),
                                     file->before.bytes.len, NULL) == MW_OK;
    mw_tool_key_names(file->tool, &names);
    for (size_t i = 0; i < names.count; i++)
        add_key(plan, index, names.items[i], history, was_valid);
    for (size_t i = 0; i < history->count; i++) {
        const struct mw_record *record = &history->items[i];
        for (size_t k = 0; k < record->setting_count; k++) {
            if (strcmp(record->settings[k].path, plan->files[index].location.path) == 0)
                add_key(plan, index, record->settings[k].key, history, was_valid);
        }
    }
}

enum mw_code mw_plan_add_text(const struct mw_system *sys, struct mw_plan *plan,
                              const struct mw_tool *tool, const char *path, struct mw_actor actor,
                              const struct mw_buf *text, const struct mw_strings *named,
                              const struct mw_history *history, struct mw_error *err)
{
    struct mw_file before = {0};
    enum mw_code code = mw_file_read(sys, path, actor, &before, err);
    if (code != MW_OK)
        return code;
    size_t index = plan_find_file(plan, path);
    bool is_new = index == plan->file_count;
    struct mw_plan_file *file =
        is_new ? MW_PUSH(plan->files, plan->file_count) : &plan->files[index];
    if (is_new) {
        file->tool = tool;
        file->tool_missing = !mw_tool_installed(sys, tool, NULL);
        file->is_named = mw_strings_has(named, tool->id);
        file->location = (struct mw_location){
            .path = mw_xstrdup(path),
            .actor = actor,
            .source = mw_tool_source_at(sys, tool, path),
        };
        mw_buf_append(&file->after, mw_buf_text(text), text->len);
    }
    mw_file_release(&file->before);
    mw_notices_release(&file->notices);
    file->before = before;
    file->after_exists = before.exists || text->len > 0;
    file->is_secret = file->is_secret || (!before.exists && mw_text_has_secret(mw_buf_text(text)));
    if (file->verdict == MW_FILE_SAME)
        file->verdict = MW_FILE_CHANGE;
    add_keys(plan, index, history);
    mw_plan_file_finish(sys, plan, file);
    return MW_OK;
}
