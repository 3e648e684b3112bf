#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* ---- setting by setting ---------------------------------------------------------------------- */

/* What a rollback does to a file that somebody else changed since: it takes back our settings and
 * leaves every other line. */

/* Borrowed: the keys of the file at `path` that the generations after `id` wrote, each once. */
struct keys {
    const struct mw_record_setting **items;
    size_t count;
};

static void keys_release(struct keys *keys)
{
    free(keys->items);
}

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
static void refuse_rollback(struct mw_plan_file *file, char *take_reason)
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
        refuse_rollback(
            file,
            mw_xasprintf(mw_trace_wrote(history, file->location.path, key, &have)
                             ? _("a run of mirrorwise that sudo or --root keeps apart wrote %s "
                                 "since; undo that one first")
                             : _("somebody changed %s since mirrorwise last wrote it"),
                         key));
    if (!is_back && plan_put(file->location.source, file->tool, key, &want, text, &why) != MW_OK)
        refuse_rollback(file, mw_xstrdup(why.message));
}

/* The file is not as we left it. `file->after` holds the whole text to return to and becomes what
 * is there now with only the settings of the generations after `id` put back. A conflict if one of
 * those was changed too (unless `force`), or if ours cannot be told from what others wrote; then
 * `force` returns to the whole text. */
static void return_ours_only(const struct mw_history *history, long id, bool force,
                             bool as_we_left_it, struct mw_plan_file *file)
{
    const char *path = file->location.path;
    const struct mw_buf *before = &file->before.bytes;
    MW_AUTO(keys) keys = {0};
    bool is_readable =
        file->before.exists && mw_source_check(file->location.source, path, mw_buf_text(before),
                                               before->len, NULL) == MW_OK;
    /* A file wholly ours is written as a whole: lines of others would go with it. */
    is_readable = is_readable && (as_we_left_it || !file->location.source->is_own);
    find_keys(history, path, id, &keys);
    if (!is_readable || keys.count == 0 || has_other_edits(history, path, id)) {
        if (!force)
            refuse_rollback(file,
                            mw_xstrdup(_("somebody changed it since mirrorwise last wrote it")));
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
}

/* The keys that the generations after `id` wrote in this file: what the rollback changes, in
 * words. */
static void add_settings(struct mw_plan *plan, size_t index, const struct mw_history *history,
                         long id)
{
    MW_AUTO(keys) keys = {0};
    find_keys(history, plan->files[index].location.path, id, &keys);
    for (size_t i = 0; i < keys.count; i++) {
        const struct mw_record_setting *from = keys.items[i];
        struct mw_plan_setting *setting = MW_PUSH(plan->settings, plan->setting_count);
        plan_compare(plan, index, history, from->key, setting);
        setting->is_secret = setting->is_secret || from->is_secret;
        setting->verdict =
            mw_value_equal(&setting->have, &setting->want) ? MW_VERDICT_SAME : MW_VERDICT_CHANGE;
    }
}

/* ---- the plan -------------------------------------------------------------------------------- */

static bool is_of_other_home(const struct mw_history *history, const struct mw_record *other)
{
    return other->home != NULL && other->home[0] != '\0' && strcmp(other->home, history->home) != 0;
}

/* Owned: the way to what this state directory holds of another root or home; NULL: nothing. */
static char *way_to_others(const struct mw_history *history)
{
    if (history->other_count == 0)
        return NULL;
    const struct mw_record *other = &history->others[history->other_count - 1];
    if (is_of_other_home(history, other))
        return mw_xasprintf(_("The last generation belongs to the home %s."), other->home);
    if (other->root != NULL && other->root[0] != '\0')
        return mw_xasprintf(_("The last generation belongs to --root %s."), other->root);
    return mw_xstrdup(_("The last generation was written without --root."));
}

static enum mw_code refuse_other(const struct mw_history *history, const struct mw_record *other,
                                 struct mw_error *err)
{
    enum mw_code code =
        is_of_other_home(history, other)
            ? mw_fail(err, MW_USAGE, 0, "rollback", _("generation %ld belongs to the home %s"),
                      other->id, other->home)
        : other->root != NULL && other->root[0] != '\0'
            ? mw_fail(err, MW_USAGE, 0, "rollback", _("generation %ld belongs to --root %s"),
                      other->id, other->root)
            : mw_fail(err, MW_USAGE, 0, "rollback", _("generation %ld was written without --root"),
                      other->id);
    mw_error_hint(err, _("--history lists them; 0 is the state before the first one"));
    return code;
}

/* What sudo wrote is undone by sudo. */
static enum mw_code refuse_trace(const struct mw_footprint *trace, struct mw_error *err)
{
    MW_FREE char *command = mw_trace_command(trace, "--rollback");
    mw_fail(
        err, MW_NO_PERMISSION, 0, "rollback",
        trace->through_sudo
            ? _("the last generation (%s) was written by mirrorwise through sudo, and is undone "
                "that way")
            : _("the last generation (%s) was written by mirrorwise with --root, and is undone "
                "that way"),
        trace->time);
    mw_error_hint(err, _("Run `%s`."), command);
    return MW_NO_PERMISSION;
}

/* Generations from `id` + 1 on must all be there: the first of them that touched a file holds what
 * the file was after `id`. */
static enum mw_code find_target(const struct mw_history *history, long *id, struct mw_error *err)
{
    const struct mw_record *last = mw_history_last(history);
    const struct mw_footprint *trace = *id < 0 ? mw_trace_newest(history) : NULL;
    if (trace != NULL)
        return refuse_trace(trace, err);
    if (last == NULL && history->other_count == 0 && history->next_id > 1)
        return mw_fail(err, MW_IO, 0, "rollback",
                       _("there are generations here, and none of them can be read"));
    if (last == NULL && *id <= 0) {
        *id = 0; /* how it was before the first one is how it is */
        return MW_OK;
    }
    if (last == NULL) {
        mw_fail(err, MW_USAGE, 0, "rollback",
                _("there is nothing to roll back: mirrorwise has written nothing here"));
        MW_FREE char *way = way_to_others(history);
        if (way != NULL)
            mw_error_hint(err, "%s", way);
        return MW_USAGE;
    }
    long before = last->id - 1;
    while (mw_history_find_other(history, before) != NULL)
        before--;
    if (*id < 0)
        *id = before;
    if (mw_history_find_other(history, *id) != NULL)
        return refuse_other(history, mw_history_find_other(history, *id), err);
    bool known = *id == 0 || *id == before || mw_history_find(history, *id) != NULL;
    for (long next = *id + 1; known && *id > 0 && next <= last->id; next++)
        known =
            mw_history_find(history, next) != NULL || mw_history_find_other(history, next) != NULL;
    if (!known || *id > last->id) {
        mw_fail(err, MW_USAGE, 0, "rollback", _("there is no generation %ld to return to"), *id);
        mw_error_hint(err, _("--history lists them; 0 is the state before the first one"));
        return MW_USAGE;
    }
    return MW_OK;
}

/* The newest word on what the file should be now. */
static const struct mw_record_file *last_touch(const struct mw_history *history,
                                               const char *real_path)
{
    const struct mw_record_file *found = NULL;
    for (size_t i = history->count; i-- > 0 && found == NULL;)
        found = mw_record_touches(&history->items[i], real_path);
    return found;
}

/* Did a run of another --root or home, which shares this history and the user's files, leave the
 * file as it is? Then nobody else is to be named. */
static bool is_left_by_other(const struct mw_history *history, const struct mw_plan_file *file)
{
    for (size_t i = history->other_count; i-- > 0;) {
        const struct mw_record_file *left =
            mw_record_touches(&history->others[i], file->before.real_path);
        if (left != NULL)
            return left->after_exists == file->before.exists &&
                   strcmp(left->after_sha256, file->before.sha256) == 0;
    }
    return false;
}

/* The bytes of the file in that record, which the history keeps without images. */
static enum mw_code read_image(const struct mw_system *sys, const struct mw_history *history,
                               const struct mw_record *record, const char *real_path,
                               struct mw_buf *image, struct mw_error *err)
{
    MW_AUTO(mw_record) full = {0};
    MW_FREE char *path = mw_state_generation_path(history->state_dir, record->id);
    enum mw_code code = mw_record_read(sys, path, true, &full, err);
    const struct mw_record_file *file = code == MW_OK ? mw_record_touches(&full, real_path) : NULL;
    if (code == MW_OK && file == NULL)
        code =
            mw_fail(err, MW_IO, 0, "rollback", _("%s: the record is incomplete or damaged"), path);
    if (code == MW_OK)
        mw_buf_append(image, mw_buf_text(&file->image), file->image.len);
    return code;
}

/* A running tool that forgets a list only while its key is there is led over an empty one. */
static void add_bridge(struct mw_plan_file *file)
{
    struct mw_buf text = {0};
    if (!file->before.exists || !mw_tool_reloads(file->tool))
        return;
    mw_buf_append(&text, mw_buf_text(&file->before.bytes), file->before.bytes.len);
    bool needed = false;
    for (size_t i = 0; i < file->tool->key_count; i++) {
        const struct mw_tool_key *row = mw_tool_key_at(file->tool, i);
        static const struct mw_value empty = {.kind = MW_VALUE_LIST};
        MW_AUTO(mw_value) have = {0}, want = {0};
        plan_get(file, &text, row->key, &have);
        plan_get(file, &file->after, row->key, &want);
        if (row->clears_to_list && have.items.count > 0 && want.kind == MW_VALUE_ABSENT &&
            plan_put(file->location.source, file->tool, row->key, &empty, &text, NULL) == MW_OK)
            needed = true;
    }
    if (needed)
        file->bridge = text;
    else
        mw_buf_release(&text);
}

/* Did each generation after `id` find the file as the one before had left it? Else it has lines of
 * others, which the image of the first does not know. */
static bool is_ours_throughout(const struct mw_history *history, const char *real_path, long id)
{
    const struct mw_record_file *left = NULL;
    for (size_t i = 0; i < history->count; i++) {
        const struct mw_record_file *file =
            history->items[i].id > id ? mw_record_touches(&history->items[i], real_path) : NULL;
        if (file == NULL)
            continue;
        if (left != NULL &&
            (file->before_exists != left->after_exists ||
             (left->after_exists && strcmp(file->before_sha256, left->after_sha256) != 0)))
            return false;
        left = file;
    }
    return true;
}

/* A file of the record as it is now; NULL: it is in the plan as one that cannot be read. */
static struct mw_plan_file *add_file(const struct mw_system *sys, struct mw_plan *plan,
                                     const struct mw_tool *tool, const struct mw_record_file *from)
{
    struct mw_plan_file *file = MW_PUSH(plan->files, plan->file_count);
    file->tool = tool;
    file->location.path = mw_xstrdup(from->path);
    file->location.actor = from->actor;
    file->location.source = mw_tool_source_at(sys, tool, from->path);
    if (mw_file_read(sys, from->path, from->actor, &file->before, &file->error) == MW_OK)
        return file;
    file->verdict = MW_FILE_BLOCKED;
    return NULL;
}

static enum mw_code add_rollback_file(const struct mw_system *sys, const struct mw_history *history,
                                      const struct mw_record *record,
                                      const struct mw_record_file *from, bool force, long id,
                                      struct mw_plan *plan, struct mw_error *err)
{
    const struct mw_tool *tool = mw_tool_find(from->tool);
    if (tool == NULL)
        return mw_fail(err, MW_FAILURE, 0, "rollback", _("there is no tool named %s"), from->tool);
    struct mw_plan_file *file = add_file(sys, plan, tool, from);
    if (file == NULL)
        return MW_OK;
    file->after_exists = from->before_exists;
    enum mw_code code = read_image(sys, history, record, from->real_path, &file->after, err);
    if (code != MW_OK)
        return code;
    file->original = from;
    if (!from->before_exists)
        mw_strings_copy(&file->spare_directories, &from->made_directories);

    const struct mw_record_file *last = last_touch(history, from->real_path);
    bool as_we_left_it = strcmp(file->before.real_path, from->real_path) == 0 &&
                         file->before.exists == last->after_exists &&
                         strcmp(file->before.sha256, last->after_sha256) == 0;
    bool as_wanted = file->before.exists == from->before_exists &&
                     strcmp(file->before.sha256, from->before_sha256) == 0;
    /* People write into the start files of their shell all the time. */
    bool is_start = mw_source_is_copy(file->location.source) &&
                    !mw_source_goes_when_empty(file->location.source);
    bool is_ours = as_we_left_it && is_ours_throughout(history, from->real_path, id);
    if (!as_wanted && (!is_ours || is_start))
        return_ours_only(history, id, force, as_we_left_it, file);
    file->is_ours_only = file->is_ours_only && !is_ours;
    file->is_ours_elsewhere = file->is_ours_only && is_left_by_other(history, file);
    add_settings(plan, plan->file_count - 1, history, id);
    add_bridge(file);
    mw_plan_file_finish(sys, plan, file);
    return MW_OK;
}

/* Of a file that was changed since the newest generation, whose whole text nobody kept: our
 * settings as they were written. */
static void add_newest_file(const struct mw_system *sys, const struct mw_history *history,
                            const struct mw_record_file *left, bool force, struct mw_plan *plan)
{
    MW_AUTO(keys) keys = {0};
    const struct mw_tool *tool = mw_tool_find(left->tool);
    find_keys(history, left->path, 0, &keys);
    if (tool == NULL || keys.count == 0 || !left->after_exists)
        return;
    struct mw_plan_file *file = add_file(sys, plan, tool, left);
    if (file == NULL)
        return;
    const struct mw_buf *before = &file->before.bytes;
    file->after_exists = true;
    mw_buf_append(&file->after, mw_buf_text(before), before->len);
    for (size_t i = 0; i < keys.count; i++) {
        const char *key = keys.items[i]->key;
        const struct mw_value *want = &mw_history_last_written(history, left->path, key)->after;
        MW_AUTO(mw_value) have = {0};
        struct mw_error why = {0};
        plan_get(file, before, key, &have);
        if (mw_plan_same_value(file->location.source, &have, want))
            continue;
        if (plan_put(file->location.source, tool, key, want, &file->after, &why) != MW_OK)
            refuse_rollback(file, mw_xstrdup(why.message));
        else if (!force)
            refuse_rollback(
                file, mw_xasprintf(_("somebody changed %s since mirrorwise last wrote it"), key));
    }
    file->is_ours_only = true;
    add_settings(plan, plan->file_count - 1, history, 0);
    mw_plan_file_finish(sys, plan, file);
}

/* Nothing is there to undo, but what others did since. */
static void add_newest(const struct mw_system *sys, const struct mw_history *history, bool force,
                       struct mw_plan *plan)
{
    for (size_t i = 0; i < history->count; i++) {
        for (size_t f = 0; f < history->items[i].file_count; f++) {
            const struct mw_record_file *file = &history->items[i].files[f];
            if (last_touch(history, file->real_path) == file)
                add_newest_file(sys, history, file, force, plan);
        }
    }
}

enum mw_code mw_rollback_plan(const struct mw_system *sys, const struct mw_history *history,
                              long id, bool force, struct mw_plan *plan, long *restores,
                              struct mw_error *err)
{
    struct mw_plan made = {0};
    enum mw_code code = find_target(history, &id, err);
    char *way = code == MW_OK && history->count == 0 ? way_to_others(history) : NULL;
    if (way != NULL)
        mw_strings_take(&made.warnings, way);
    if (code == MW_OK && history->count > 0 && mw_history_last(history)->id == id)
        add_newest(sys, history, force, &made);
    for (size_t i = 0; i < history->count && code == MW_OK; i++) {
        const struct mw_record *record = &history->items[i];
        for (size_t f = 0; f < record->file_count && record->id > id && code == MW_OK; f++) {
            bool seen = false;
            for (size_t k = 0; k < i && !seen; k++)
                seen = history->items[k].id > id &&
                       mw_record_touches(&history->items[k], record->files[f].real_path) != NULL;
            if (!seen)
                code = add_rollback_file(sys, history, record, &record->files[f], force, id, &made,
                                         err);
        }
    }
    if (code == MW_OK) {
        *plan = made;
        *restores = id;
    } else {
        mw_plan_release(&made);
    }
    return code;
}
