/* What a rollback does to a file that somebody else changed since: it takes back our settings and
 * leaves every other line. */
#include "rollback.h"

#include <string.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "plan_file.h"
#include "trace.h"

/* Borrowed: the keys of the file at `path` that the generations after `id` wrote, each once. Frees
 * nothing but the array. */
struct keys {
    const struct mw_record_setting **items;
    size_t count;
};

static void add_key(struct keys *keys, const struct mw_record_setting *setting)
{
    for (size_t i = 0; i < keys->count; i++) {
        if (strcmp(keys->items[i]->key, setting->key) == 0)
            return;
    }
    *MW_PUSH(keys->items, keys->count) = setting;
}

static void find_keys(const struct mw_history *history, const char *path, long id,
                      struct keys *keys)
{
    for (size_t i = 0; i < history->count; i++) {
        const struct mw_record *record = &history->items[i];
        for (size_t k = 0; k < record->setting_count && record->id > id; k++) {
            if (strcmp(record->settings[k].path, path) == 0)
                add_key(keys, &record->settings[k]);
        }
    }
}

/* Did a generation write this file for another reason than a setting? Then its settings do not
 * tell what of the file is ours. */
static bool has_other_edits(const struct mw_history *history, const char *path, long id)
{
    for (size_t i = 0; i < history->count; i++) {
        const struct mw_record *record = &history->items[i];
        bool is_written = false, is_named = false;
        for (size_t f = 0; f < record->file_count && record->id > id; f++)
            is_written = is_written || strcmp(record->files[f].path, path) == 0;
        for (size_t k = 0; k < record->setting_count; k++)
            is_named = is_named || strcmp(record->settings[k].path, path) == 0;
        if (is_written && !is_named)
            return true;
    }
    return false;
}

/* The first reason counts. */
static void refuse(struct mw_plan_file *file, char *take_reason)
{
    if (file->verdict != MW_FILE_CONFLICT) {
        file->verdict = MW_FILE_CONFLICT;
        mw_fail(&file->error, MW_CONFLICT, 0, "rollback", "%s: %s", file->location.path,
                take_reason);
        mw_error_hint(&file->error, _("--force overwrites it; --rollback then brings it back"));
    }
    free(take_reason);
}

/* One key of ours in *text, from the whole text to return to. */
static void put_back(const struct mw_history *history, bool force, struct mw_plan_file *file,
                     const char *key, struct mw_buf *text)
{
    const struct mw_record_setting *last =
        mw_history_last_written(history, file->location.path, key);
    MW_AUTO(mw_value) have = {0}, want = {0};
    struct mw_error why = {0};
    plan_get(file, &file->before.bytes, key, &have);
    plan_get(file, &file->after, key, &want);
    bool is_back = mw_plan_same_value(file->location.source, &have, &want);
    bool is_ours = last != NULL && mw_plan_same_value(file->location.source, &have, &last->after);
    if (!is_back && !is_ours && !force)
        refuse(file,
               mw_xasprintf(mw_trace_wrote(history, file->location.path, key, &have)
                                ? _("a run of mirrorwise that sudo or --root keeps apart wrote %s "
                                    "since; undo that one first")
                                : _("somebody changed %s since mirrorwise last wrote it"),
                            key));
    if (!is_back && plan_put(file->location.source, file->tool, key, &want, text, &why) != MW_OK)
        refuse(file, mw_xstrdup(why.message));
}

void rollback_ours_only(const struct mw_history *history, long id, bool force,
                        struct mw_plan_file *file)
{
    const char *path = file->location.path;
    const struct mw_buf *before = &file->before.bytes;
    struct keys keys = {0};
    bool is_readable =
        file->before.exists && mw_source_check(file->location.source, path, mw_buf_text(before),
                                               before->len, NULL) == MW_OK;
    find_keys(history, path, id, &keys);
    if (!is_readable || keys.count == 0 || has_other_edits(history, path, id)) {
        if (!force)
            refuse(file, mw_xstrdup(_("somebody changed it since mirrorwise last wrote it")));
        free(keys.items);
        return;
    }
    struct mw_buf text = {0};
    mw_buf_append(&text, mw_buf_text(before), before->len);
    for (size_t i = 0; i < keys.count; i++)
        put_back(history, force, file, keys.items[i]->key, &text);
    file->is_ours_only = true;
    file->after_exists = file->after_exists || text.len > 0;
    mw_buf_release(&file->after);
    file->after = text;
    free(keys.items);
}

void rollback_add_settings(struct mw_plan *plan, size_t index, const struct mw_history *history,
                           long id)
{
    const struct mw_plan_file *file = &plan->files[index];
    struct keys keys = {0};
    find_keys(history, file->location.path, id, &keys);
    for (size_t i = 0; i < keys.count; i++) {
        const struct mw_record_setting *from = keys.items[i];
        struct mw_plan_setting *setting = MW_PUSH(plan->settings, plan->setting_count);
        setting->tool = file->tool;
        setting->source = file->location.source;
        setting->file = index;
        setting->key = mw_xstrdup(from->key);
        plan_get(file, &file->before.bytes, from->key, &setting->have);
        plan_get(file, &file->after, from->key, &setting->want);
        setting->want_is_secret =
            mw_history_is_secret(history, from->path, from->key, &setting->want);
        setting->have_is_secret =
            mw_history_is_secret(history, from->path, from->key, &setting->have);
        setting->is_secret = setting->want_is_secret || setting->have_is_secret || from->is_secret;
        setting->verdict =
            mw_value_equal(&setting->have, &setting->want) ? MW_VERDICT_SAME : MW_VERDICT_CHANGE;
    }
    free(keys.items);
}
