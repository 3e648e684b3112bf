#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/transaction.h"
#include "plan_file.h"
#include "record.h"
#include "rollback.h"

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

static const struct mw_record_file *touches(const struct mw_record *record, const char *real_path)
{
    for (size_t i = 0; i < record->file_count; i++) {
        if (strcmp(record->files[i].real_path, real_path) == 0)
            return &record->files[i];
    }
    return NULL;
}

/* The newest word on what the file should be now. */
static const struct mw_record_file *last_touch(const struct mw_history *history,
                                               const char *real_path)
{
    const struct mw_record_file *found = NULL;
    for (size_t i = history->count; i-- > 0 && found == NULL;)
        found = touches(&history->items[i], real_path);
    return found;
}

/* Did a run of another --root or home, which shares this history and the user's files, leave the
 * file as it is? Then nobody else is to be named. */
static bool is_left_by_other(const struct mw_history *history, const struct mw_plan_file *file)
{
    for (size_t i = history->other_count; i-- > 0;) {
        const struct mw_record_file *left = touches(&history->others[i], file->before.real_path);
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
    const struct mw_record_file *file = code == MW_OK ? touches(&full, real_path) : NULL;
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
            history->items[i].id > id ? touches(&history->items[i], real_path) : NULL;
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

static enum mw_code add_file(const struct mw_system *sys, const struct mw_history *history,
                             const struct mw_record *record, const struct mw_record_file *from,
                             bool force, long id, struct mw_plan *plan, struct mw_error *err)
{
    const struct mw_tool *tool = mw_tool_find(from->tool);
    if (tool == NULL)
        return mw_fail(err, MW_FAILURE, 0, "rollback", _("there is no tool named %s"), from->tool);
    struct mw_plan_file *file = MW_PUSH(plan->files, plan->file_count);
    file->tool = tool;
    file->location.path = mw_xstrdup(from->path);
    file->location.actor = from->actor;
    file->location.source = mw_tool_source_at(sys, tool, from->path);
    struct mw_error why = {0};
    if (mw_file_read(sys, from->path, from->actor, &file->before, &why) != MW_OK) {
        file->verdict = MW_FILE_BLOCKED;
        file->error = why;
        return MW_OK;
    }
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
    if (!as_wanted &&
        (!as_we_left_it || is_start || !is_ours_throughout(history, from->real_path, id)))
        rollback_ours_only(history, id, force, file);
    file->is_ours_elsewhere = file->is_ours_only && is_left_by_other(history, file);
    rollback_add_settings(plan, plan->file_count - 1, history, id);
    add_bridge(file);
    mw_plan_file_finish(sys, plan, file);
    return MW_OK;
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
    for (size_t i = 0; i < history->count && code == MW_OK; i++) {
        const struct mw_record *record = &history->items[i];
        for (size_t f = 0; f < record->file_count && record->id > id && code == MW_OK; f++) {
            bool seen = false;
            for (size_t k = 0; k < i && !seen; k++)
                seen = history->items[k].id > id &&
                       touches(&history->items[k], record->files[f].real_path) != NULL;
            if (!seen)
                code = add_file(sys, history, record, &record->files[f], force, id, &made, err);
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
