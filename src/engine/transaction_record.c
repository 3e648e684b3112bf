/* The record of a transaction before it begins. */
#include <stdio.h>
#include <string.h>

#include "mirrorwise/hash.h"
#include "mirrorwise/memory.h"
#include "plan_file.h"
#include "record.h"
#include "transaction_run.h"

static void record_file(struct run *run, const struct mw_plan_file *from,
                        const struct mw_stage *stage)
{
    struct mw_record_file *file = MW_PUSH(run->record.files, run->record.file_count);
    file->tool = mw_xstrdup(from->tool->id);
    file->path = mw_xstrdup(from->location.path);
    file->real_path = mw_xstrdup(from->before.real_path);
    file->actor = from->location.actor;
    file->before_exists = from->before.exists;
    file->after_exists = from->after_exists;
    file->before_has_secret = mw_plan_file_had_secret(from);
    file->after_has_secret = mw_plan_file_has_secret(from);
    snprintf(file->before_sha256, sizeof file->before_sha256, "%s", from->before.sha256);
    snprintf(file->after_sha256, sizeof file->after_sha256, "%s", from->after_sha256);
    if (from->bridge.len > 0)
        mw_sha256_hex(from->bridge.data, from->bridge.len, file->bridge_sha256);
    mw_buf_append(&file->image, mw_buf_text(&from->before.bytes), from->before.bytes.len);
    file->mode = from->before.st.st_mode;
    file->uid = from->before.st.st_uid;
    file->gid = from->before.st.st_gid;
    file->xattrs = mw_record_xattrs_copy(from->before.xattrs, from->before.xattr_count);
    file->xattr_count = from->before.xattr_count;
    file->temp_path = mw_xasprintf("%s/%s", stage->directory, stage->temp_name);
    mw_strings_copy(&file->made_directories, &stage->made_directories);
}

static void record_setting(struct run *run, const struct mw_plan_setting *from)
{
    struct mw_record_setting *setting = MW_PUSH(run->record.settings, run->record.setting_count);
    setting->tool = mw_xstrdup(from->tool->id);
    setting->path = mw_xstrdup(run->plan->files[from->file].location.path);
    setting->key = mw_xstrdup(from->key);
    mw_value_copy(&setting->before, &from->have);
    mw_value_copy(&setting->after, &from->want);
    setting->is_secret = from->is_secret;
    setting->before_is_secret = from->have_is_secret;
    setting->after_is_secret = from->want_is_secret;
    setting->from = run->record.restores >= 0
                        ? mw_xasprintf("rollback to %ld", run->record.restores)
                        : mw_origin_text(&from->from);
    mw_strings_copy(&setting->mirror_ids, &from->mirror_ids);
}

/* Root's state serves several homes: whose is this? */
static bool touches_home(const struct run *run)
{
    bool is_users = false;
    size_t len = run->sys->home != NULL ? strlen(run->sys->home) : 0;
    for (size_t i = 0; i < run->count && len > 0; i++) {
        const struct mw_location *location = &run->files[i]->location;
        is_users =
            is_users || location->actor.switched ||
            (strncmp(location->path, run->sys->home, len) == 0 && location->path[len] == '/');
    }
    return is_users;
}

enum mw_code transaction_record(struct run *run, const struct mw_apply_request *request,
                                struct mw_error *err)
{
    char now[MW_TIME_TEXT];
    mw_system_now(run->sys, now);
    run->record.id = run->history->next_id;
    run->record.action = mw_xstrdup(request->action);
    run->record.profile = request->profile != NULL ? mw_xstrdup(request->profile) : NULL;
    run->record.profile_serial = request->profile_serial;
    run->record.restores = request->restores;
    run->record.user = mw_xstrdup(run->sys->user_name);
    run->record.host = mw_xstrdup(run->sys->host_name);
    run->record.time = mw_xstrdup(now);
    run->record.version = mw_xstrdup(MW_VERSION);
    run->record.root = mw_xstrdup(run->history->root != NULL ? run->history->root : "");
    run->record.person = run->sys->user;
    if (request->ranking != NULL && request->ranking->count > 0)
        mw_ranking_copy(&run->record.ranking, request->ranking);

    run->files = mw_xcalloc(run->plan->file_count + 1, sizeof *run->files);
    run->stages = mw_xcalloc(run->plan->file_count + 1, sizeof *run->stages);
    for (size_t i = 0; i < run->plan->file_count; i++) {
        const struct mw_plan_file *file = &run->plan->files[i];
        if (!mw_plan_file_changes(file))
            continue;
        enum mw_code code = mw_stage_plan(run->sys, &file->before, &run->stages[run->count], err);
        if (code != MW_OK)
            return code;
        record_file(run, file, &run->stages[run->count]);
        run->files[run->count++] = file;
    }
    run->record.home = mw_xstrdup(touches_home(run) ? run->sys->home : "");
    for (size_t i = 0; i < run->plan->setting_count; i++) {
        const struct mw_plan_setting *setting = &run->plan->settings[i];
        if (mw_plan_file_changes(&run->plan->files[setting->file]))
            record_setting(run, setting);
    }
    return MW_OK;
}

void transaction_run_release(struct run *run)
{
    for (size_t i = 0; i < run->count; i++)
        mw_stage_release(run->sys, &run->stages[i]);
    free(run->stages);
    free(run->files);
    free(run->journal);
    mw_record_release(&run->record);
}
