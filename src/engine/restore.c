#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

struct mw_file mw_restore_template(const struct mw_file *live, const struct mw_record_file *file)
{
    struct mw_file template = *live;
    template.exists = true;
    template.st.st_mode = file->mode;
    template.st.st_uid = file->uid;
    template.st.st_gid = file->gid;
    template.xattrs = file->xattrs;
    template.xattr_count = file->xattr_count;
    return template;
}

static bool is_as(const struct mw_file *live, bool exists, const char *sha256)
{
    return live->exists == exists && (!exists || strcmp(live->sha256, sha256) == 0);
}

static bool is_as_written(const struct mw_file *live, const struct mw_record_file *file)
{
    return is_as(live, file->after_exists, file->after_sha256) ||
           (file->bridge_sha256[0] != '\0' && is_as(live, true, file->bridge_sha256));
}

/* The name that the journal knows: a crash in here leaves nothing unnamed. */
static void use_temp_name(const struct mw_record_file *file, struct mw_stage *stage)
{
    const char *slash = file->temp_path != NULL ? strrchr(file->temp_path, '/') : NULL;
    if (slash == NULL || !mw_text_starts(slash + 1, ".mw-"))
        return;
    free(stage->temp_name);
    stage->temp_name = mw_xstrdup(slash + 1);
}

/* Makes the file what it was before, or takes it away. */
static enum mw_code put_back(const struct mw_system *sys, const struct mw_file *live,
                             const struct mw_record_file *file, struct mw_error *err)
{
    struct mw_stage stage = {0};
    struct mw_file template = mw_restore_template(live, file);
    enum mw_code code = mw_stage_plan(sys, live, &stage, err);
    if (code != MW_OK)
        return code;
    use_temp_name(file, &stage);
    if (!file->before_exists) {
        code = mw_file_remove(sys, live, stage.temp_name, err);
    } else {
        code = mw_stage_write(sys, &template, &stage, &file->image, 0600, err);
        if (code == MW_OK) {
            code = mw_stage_publish(sys, live, &stage, err);
            if (code != MW_OK)
                mw_stage_discard(sys, live, &stage);
        }
    }
    mw_stage_release(sys, &stage);
    return code;
}

/* What lies under the names of the temp is ours, or it goes back to its place. */
static enum mw_code remove_temp(const struct mw_system *sys, const struct mw_record_file *file,
                                struct mw_error *err)
{
    const char *known[4] = {0};
    size_t count = 0;
    if (file->before_exists)
        known[count++] = file->before_sha256;
    if (file->after_exists)
        known[count++] = file->after_sha256;
    if (file->bridge_sha256[0] != '\0')
        known[count++] = file->bridge_sha256;
    return mw_temp_remove(sys, file->temp_path, file->real_path, file->actor, known, err);
}

static enum mw_code fail_foreign(const struct mw_record_file *file, struct mw_error *err)
{
    return mw_fail(err, MW_CONFLICT, 0, "restore",
                   _("%s: somebody else wrote it meanwhile; it was left alone"), file->path);
}

enum mw_code mw_restore_file(const struct mw_system *sys, const struct mw_record_file *file,
                             bool *restored, struct mw_error *err)
{
    MW_AUTO(mw_file) live = {0};
    bool wrote = false;
    enum mw_code code = MW_OK;
    if (file->temp_path != NULL)
        code = remove_temp(sys, file, err);
    if (code == MW_OK)
        code = mw_file_read(sys, file->path, file->actor, &live, err);
    if (code == MW_BAD_CONFIG) /* a FIFO, a folder, a link to nothing: not by us */
        return fail_foreign(file, err);
    if (code != MW_OK)
        return code;
    if (!is_as(&live, file->before_exists, file->before_sha256)) {
        if (!is_as_written(&live, file) || strcmp(live.real_path, file->real_path) != 0) {
            code = fail_foreign(file, err);
        } else {
            code = put_back(sys, &live, file, err);
            wrote = code == MW_OK;
        }
    }
    if (code == MW_OK && !file->before_exists)
        mw_directories_remove(sys, file->actor, &file->made_directories);
    if (code == MW_OK)
        *restored = wrote;
    return code;
}

/* The record of the foreign files alone, `after` being what somebody else made of them. Borrows
 * all but the array of files. */
static enum mw_code foreign_part(const struct mw_system *sys, const struct mw_record *record,
                                 const bool *is_foreign, struct mw_record *part,
                                 struct mw_error *err)
{
    enum mw_code code = MW_OK;
    *part = *record;
    part->action = "recover";
    part->setting_count = 0;
    part->files = NULL;
    part->file_count = 0;
    for (size_t i = 0; i < record->file_count && code == MW_OK; i++) {
        if (!is_foreign[i])
            continue;
        MW_AUTO(mw_file) live = {0};
        struct mw_record_file *file = MW_PUSH(part->files, part->file_count);
        *file = record->files[i];
        code = mw_file_read(sys, file->path, file->actor, &live, err);
        if (code == MW_BAD_CONFIG) /* no file */
            code = MW_OK;
        file->after_exists = live.exists;
        snprintf(file->after_sha256, sizeof file->after_sha256, "%s", live.sha256);
    }
    return code;
}

enum mw_code mw_restore_keep(const struct mw_system *sys, const struct mw_history *history,
                             const struct mw_record *record, const bool *is_foreign, long *id,
                             struct mw_error *err)
{
    struct mw_record part = {0};
    MW_AUTO(mw_buf) bytes = {0};
    MW_FREE char *directory = mw_xasprintf("%s/generations", history->state_dir);
    MW_FREE char *path = mw_state_generation_path(history->state_dir, history->next_id);
    enum mw_code code = mw_state_make_dir(sys, directory, err);
    if (code == MW_OK)
        code = foreign_part(sys, record, is_foreign, &part, err);
    if (code == MW_OK) {
        part.id = history->next_id;
        mw_record_format(&part, &bytes);
        code = mw_state_write(sys, path, bytes.data, bytes.len, err);
    }
    if (code == MW_OK)
        *id = part.id;
    free(part.files);
    return code;
}

/* Owned. */
static char *own_command(const struct mw_system *sys, const char *action)
{
    struct mw_buf command = {0};
    mw_system_put_command(sys, &command);
    mw_buf_put_word(&command, action);
    return mw_buf_take(&command);
}

void mw_restore_hint(const struct mw_system *sys, struct mw_error *err, long id)
{
    MW_FREE char *command = own_command(sys, "--rollback");
    mw_error_hint(err, _("what was there before is kept as generation %ld; %s brings it back"), id,
                  command);
}

void mw_restore_hint_recover(const struct mw_system *sys, struct mw_error *err)
{
    MW_FREE char *command = own_command(sys, "--recover");
    mw_error_hint(err, _("the journal is kept: mend the cause, then run %s"), command);
}
