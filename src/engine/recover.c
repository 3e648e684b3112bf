#include <stdio.h>
#include <string.h>

#include "internal.h"

/* A run that is killed while it writes its record leaves a part of it, with what the files held. */
static void sweep(const struct mw_system *sys, const char *directory)
{
    MW_FREE char *generations = mw_xasprintf("%s/generations", directory);
    mw_state_sweep(sys, directory);
    mw_state_sweep(sys, generations);
}

bool mw_recover_needed(const struct mw_system *sys)
{
    MW_FREE char *directory = mw_system_state_dir(sys);
    MW_FREE char *journal = directory != NULL ? mw_state_journal_path(directory) : NULL;
    return journal != NULL && mw_path_exists(sys, journal);
}

/* A journal appears by rename only, so a damaged one is a damaged disk, not an interrupted write.
 * What it said about our files is lost; moved aside it stops nobody. */
static enum mw_code set_aside(const struct mw_system *sys, const char *journal,
                              struct mw_outcome *outcome, struct mw_error *err)
{
    MW_FREE char *aside = mw_xasprintf("%s.damaged", journal);
    enum mw_code code = mw_state_rename(sys, journal, aside, NULL, err);
    if (code == MW_OK)
        mw_strings_take(&outcome->warnings,
                        mw_xasprintf(_("the journal of an unfinished run was damaged; nothing "
                                       "could be undone from it; it is kept as %s"),
                                     aside));
    return code;
}

/* Tells the tool whose file was put back. Nothing hangs on the answer. */
static void reload(const struct mw_system *sys, const struct mw_progress *progress,
                   const struct mw_record_file *file)
{
    struct mw_system hearing = mw_progress_heard(sys, progress);
    const struct mw_tool *tool = mw_tool_find(file->tool);
    if (tool == NULL || !mw_tool_reloads(tool))
        return;
    struct mw_location location = {.path = file->path,
                                   .actor = file->actor,
                                   .source = mw_tool_source_at(sys, tool, file->path)};
    MW_AUTO(mw_live) live = {0};
    if (mw_tool_reload(&hearing, tool, &location, NULL, 0, &live, NULL) != MW_OK) {
        /* The file is right; the tool reads it at its next start. */
    }
}

/* So that nothing is lost and the next run is not stopped again. */
static enum mw_code keep_images(const struct mw_system *sys, const struct mw_record *record,
                                const bool *is_foreign, struct mw_outcome *outcome,
                                struct mw_error *err)
{
    MW_AUTO(mw_history) history = {0};
    enum mw_code code = mw_history_load(sys, &history, NULL, err);
    if (code == MW_OK)
        code = mw_restore_keep(sys, &history, record, is_foreign, &outcome->generation, err);
    return code;
}

/* Undoes one journal that could be read. */
static enum mw_code undo_record(const struct mw_system *sys, struct mw_record *record,
                                const struct mw_progress *progress, struct mw_outcome *outcome,
                                struct mw_error *err)
{
    struct mw_error conflict = {0}, failed = {0};
    MW_FREE bool *is_foreign = mw_xcalloc(record->file_count + 1, sizeof *is_foreign);
    for (size_t i = record->file_count; i-- > 0;) {
        const struct mw_record_file *file = &record->files[i];
        struct mw_error why = {0};
        bool restored = false;
        enum mw_code code = mw_restore_file(sys, file, &restored, &why);
        is_foreign[i] = code == MW_CONFLICT;
        if (code == MW_CONFLICT)
            conflict = why;
        else if (code != MW_OK)
            failed = why;
        if (!restored)
            continue;
        reload(sys, progress, file);
        mw_progress_say(progress, mw_xasprintf(_("restored %s"), file->path));
    }
    enum mw_code code = MW_OK;
    if (failed.code != MW_OK) {
        code = mw_fail(err, MW_INCOMPLETE, failed.sys_errno, "recover",
                       _("an unfinished run could not be undone: %s"), failed.message);
        mw_restore_hint_recover(sys, err);
    } else if (conflict.code != MW_OK) {
        code = keep_images(sys, record, is_foreign, outcome, err);
        if (code == MW_OK) {
            code = mw_fail(err, MW_CONFLICT, 0, "recover", "%s", conflict.message);
            mw_restore_hint(sys, err, outcome->generation);
        }
    }
    return code;
}

/* Of the person for whom the run was, who need not be the one that this run is for. */
static void forget_trace(const struct mw_system *sys, const char *state_dir,
                         const struct mw_record *record)
{
    struct mw_system of = *sys;
    if (record->home == NULL || sys->euid != 0)
        return;
    of.under_sudo = record->person.switched;
    of.user = record->person;
    if (record->home[0] != '\0')
        of.home = record->home;
    mw_trace_remove(&of, state_dir, record->id);
}

enum mw_code mw_recover(const struct mw_system *sys, const struct mw_progress *progress,
                        bool *recovered, struct mw_outcome *outcome, struct mw_error *err)
{
    *recovered = false;
    MW_FREE char *directory = mw_system_state_dir(sys);
    if (directory == NULL)
        return MW_OK;
    MW_FREE char *journal = mw_state_journal_path(directory);
    MW_AUTO(mw_record) record = {0};
    sweep(sys, directory);
    if (!mw_path_exists(sys, journal))
        return MW_OK;
    struct mw_error damaged = {0};
    if (mw_record_read(sys, journal, true, &record, &damaged) != MW_OK) {
        if (damaged.sys_errno == 0)
            return set_aside(sys, journal, outcome, err);
        if (err != NULL)
            *err = damaged;
        return MW_IO;
    }
    enum mw_code code = undo_record(sys, &record, progress, outcome, err);
    if (code == MW_OK || code == MW_CONFLICT) {
        struct mw_error why = {0};
        enum mw_code unlinked = mw_state_unlink(sys, journal, &why);
        if (unlinked != MW_OK) {
            code = MW_INCOMPLETE;
            mw_fail(err, code, 0, "recover", "%s", why.message);
        }
        forget_trace(sys, directory, &record);
        struct mw_error ignored = {0};
        if (mw_audit_append(sys, directory, &record, code == MW_OK ? MW_ROLLED_BACK : code,
                            _("undone after a crash"), &ignored) != MW_OK)
            mw_strings_add(&outcome->warnings, ignored.message);
        *recovered = true;
    }
    return code;
}
