#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "mirrorwise/hash.h"

#include "internal.h"

/* One run of mw_transaction_run(): what its steps hand to each other. */
struct run {
    const struct mw_system *sys;
    struct mw_system writing; /* the same, and what it writes is synced together: unsynced */
    struct mw_unsynced unsynced;
    const struct mw_history *history;
    const struct mw_plan *plan;
    const struct mw_progress *progress;
    struct mw_outcome *outcome;
    struct mw_record record;
    /* Parallel to record.files. */
    const struct mw_plan_file **files;
    struct mw_stage *stages;
    size_t count;
    size_t written; /* so many of them have been renamed or removed */
    char *journal;
    bool touched; /* the journal is durable and something outside the state may have changed */
    bool reloaded;
};

/* ---- the record before it begins ------------------------------------------------------------- */

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
    const char *home = run->sys->home;
    size_t len = home != NULL ? strlen(home) : 0;
    for (size_t i = 0; i < run->count && len > 0; i++) {
        const struct mw_location *at = &run->files[i]->location;
        if (at->actor.switched || (mw_text_starts(at->path, home) && at->path[len] == '/'))
            return true;
    }
    return false;
}

/* Fills run->record from the plan, and with it files, stages and count: which files change, under
 * which temporary names, and what they were before. Touches nothing. */
static enum mw_code make_record(struct run *run, const struct mw_apply_request *request,
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

static void run_release(struct run *run)
{
    for (size_t i = 0; i < run->count; i++)
        mw_stage_release(run->sys, &run->stages[i]);
    MW_FREE_ALL(run->stages, run->files, run->journal);
    mw_record_release(&run->record);
}

/* ---- stopping -------------------------------------------------------------------------------- */

/* Looked at before each file: is there a signal that asks us to stop? */
static enum mw_code stop_asked(const struct run *run, struct mw_error *err)
{
    int signal_number = 0;
    if (run->progress != NULL && run->progress->stop_signal != NULL)
        signal_number = run->progress->stop_signal(run->progress->context);
    if (signal_number == 0)
        return MW_OK;
    return mw_fail(err, mw_signal_code(signal_number), 0, "signal", _("stopped by signal %d"),
                   signal_number);
}

/* ---- writing --------------------------------------------------------------------------------- */

static bool has_bridge(const struct mw_plan_file *file)
{
    return file->bridge.len > 0;
}

static enum mw_code stage_bytes(struct run *run, size_t i, const struct mw_buf *bytes,
                                struct mw_error *err)
{
    const struct mw_plan_file *file = run->files[i];
    struct mw_file like = file->before;
    if (!file->before.exists && file->original != NULL)
        like = mw_restore_template(&file->before, file->original);
    return mw_stage_write(&run->writing, &like, &run->stages[i], bytes,
                          file->is_secret ? 0600 : 0666, err);
}

/* Every temp is complete and durable before the first rename: what can fail, fails here. */
static enum mw_code stage_all(struct run *run, struct mw_error *err)
{
    run->touched = true;
    for (size_t i = 0; i < run->count; i++) {
        const struct mw_plan_file *file = run->files[i];
        enum mw_code code = stop_asked(run, err);
        if (code == MW_OK && (file->after_exists || has_bridge(file)))
            code = stage_bytes(run, i, has_bridge(file) ? &file->bridge : &file->after, err);
        if (code != MW_OK)
            return code;
    }
    return mw_unsynced_sync(&run->writing, err);
}

/* A tool that says nothing keeps nobody waiting who wants to stop; all else here is finished. */
static enum mw_code reload_tool(struct run *run, const struct mw_plan_file *file,
                                const struct mw_tool_setting *settings, size_t count,
                                struct mw_live *live, struct mw_error *err)
{
    struct mw_system sys = mw_progress_heard(run->sys, run->progress);
    if (!mw_tool_reloads(file->tool))
        return MW_OK;
    run->reloaded = true;
    return mw_tool_reload(&sys, file->tool, &file->location, settings, count, live, err);
}

static enum mw_code reload_file(struct run *run, const struct mw_plan_file *file, bool bridging,
                                struct mw_live *live, struct mw_error *err)
{
    static const struct mw_value nothing = {.kind = MW_VALUE_LIST};
    MW_FREE struct mw_tool_setting *settings = NULL;
    size_t count = 0;
    for (size_t i = 0; i < run->plan->setting_count; i++) {
        const struct mw_plan_setting *setting = &run->plan->settings[i];
        if (&run->plan->files[setting->file] != file)
            continue;
        struct mw_tool_setting *row = MW_PUSH(settings, count);
        row->key = setting->key;
        row->value = bridging && setting->want.kind == MW_VALUE_ABSENT ? &nothing : &setting->want;
    }
    return reload_tool(run, file, settings, count, live, err);
}

/* What the tool that was told answers. */
static void take_answer(struct run *run, const struct mw_live *live)
{
    bool is_well = live->state == MW_LIVE_OK || live->state == MW_LIVE_NONE;
    if (live->message != NULL)
        mw_strings_add(is_well ? &run->outcome->notes : &run->outcome->warnings, live->message);
}

/* Reads a file that must be as we wrote it last. */
static enum mw_code read_ours(const struct run *run, const struct mw_plan_file *file, bool exists,
                              const char *sha256, struct mw_file *live, struct mw_error *err)
{
    enum mw_code code =
        mw_file_read(run->sys, file->location.path, file->location.actor, live, err);
    if (code == MW_OK && (live->exists != exists || strcmp(live->sha256, sha256) != 0))
        code = mw_fail(err, MW_CONFLICT, 0, "verify", _("%s: somebody else wrote it while we did"),
                       file->location.path);
    return code;
}

/* The file between before and after: published, read by the running tool, then replaced. */
static enum mw_code cross_bridge(struct run *run, size_t i, struct mw_error *err)
{
    const struct mw_plan_file *file = run->files[i];
    MW_AUTO(mw_file) crossed = {0};
    MW_AUTO(mw_live) live = {0};
    enum mw_code code = mw_unsynced_sync(&run->writing, err);
    if (code == MW_OK)
        code = reload_file(run, file, true, &live, err);
    if (code == MW_OK) {
        take_answer(run, &live);
        code = read_ours(run, file, true, run->record.files[i].bridge_sha256, &crossed, err);
    }
    if (code == MW_OK && file->after_exists) {
        code = stage_bytes(run, i, &file->after, err);
        if (code == MW_OK)
            code = mw_unsynced_sync(&run->writing, err);
        if (code == MW_OK)
            code = mw_stage_publish(&run->writing, &crossed, &run->stages[i], err);
    } else if (code == MW_OK) {
        code = mw_file_remove(&run->writing, &crossed, run->stages[i].temp_name, err);
    }
    return code;
}

static enum mw_code publish_all(struct run *run, struct mw_error *err)
{
    for (size_t i = 0; i < run->count; i++) {
        const struct mw_plan_file *file = run->files[i];
        enum mw_code code = stop_asked(run, err);
        if (code != MW_OK)
            return code;
        if (file->after_exists || has_bridge(file))
            code = mw_stage_publish(&run->writing, &file->before, &run->stages[i], err);
        else
            code = mw_file_remove(&run->writing, &file->before, run->stages[i].temp_name, err);
        run->written += code == MW_OK;
        if (code == MW_OK && has_bridge(file))
            code = cross_bridge(run, i, err);
        if (code != MW_OK)
            return code;
    }
    enum mw_code code = mw_unsynced_sync(&run->writing, err);
    for (size_t i = 0; i < run->count && code == MW_OK; i++) {
        const struct mw_plan_file *file = run->files[i];
        if (!file->after_exists)
            mw_directories_remove(run->sys, file->location.actor, &file->spare_directories);
        MW_FREE char *path = mw_system_short_path(run->sys, file->location.path);
        mw_progress_say(run->progress, mw_xasprintf(!file->after_exists ? _("removed %s")
                                                    : strcmp(run->record.action, "rollback") == 0
                                                        ? _("restored %s")
                                                        : _("wrote %s"),
                                                    path));
    }
    return code;
}

/* ---- verifying ------------------------------------------------------------------------------- */

static enum mw_code reload_and_verify(struct run *run, struct mw_error *err)
{
    for (size_t i = 0; i < run->count; i++) {
        const struct mw_plan_file *file = run->files[i];
        MW_AUTO(mw_file) now = {0};
        enum mw_code code = stop_asked(run, err);
        if (code == MW_OK)
            code = read_ours(run, file, file->after_exists, file->after_sha256, &now, err);
        if (code != MW_OK)
            return code;
        /* Across a bridge the running tool has been told already. */
        if (has_bridge(file))
            continue;
        MW_AUTO(mw_live) live = {0};
        code = reload_file(run, file, false, &live, err);
        if (code == MW_OK && live.state == MW_LIVE_REFUSED)
            code = mw_fail(err, MW_ROLLED_BACK, 0, "reload", "%s", live.message);
        if (code == MW_OK) {
            take_answer(run, &live);
            code = stop_asked(run, err); /* the reload may have taken its time */
        }
        if (code != MW_OK)
            return code;
    }
    return MW_OK;
}

/* ---- committing and undoing ------------------------------------------------------------------ */

static enum mw_code commit(struct run *run, struct mw_error *err)
{
    MW_FREE char *directory = mw_xasprintf("%s/generations", run->history->state_dir);
    MW_FREE char *path = mw_state_generation_path(run->history->state_dir, run->record.id);
    enum mw_code code = mw_state_make_dir(&run->writing, directory, err);
    bool renamed = false;
    if (code == MW_OK)
        code = mw_state_rename(run->sys, run->journal, path, &renamed, err);
    if (renamed) /* both directories are synced, the one that `generations` was made in, too */
        mw_unsynced_drop(&run->writing);
    if (renamed && code != MW_OK) {
        /* Committed; only a power failure now could bring the journal back, and with it the old
         * files: consistent either way. */
        mw_strings_add(&run->outcome->warnings, err->message);
        code = MW_OK;
    }
    return code;
}

/* A running tool that was told of the new file is told of the old one again. */
static void reload_again(struct run *run, const struct mw_plan_file *file)
{
    MW_AUTO(mw_live) live = {0};
    if (!run->reloaded)
        return;
    if (reload_tool(run, file, NULL, 0, &live, NULL) != MW_OK || live.state == MW_LIVE_UNVERIFIED ||
        live.state == MW_LIVE_REFUSED)
        mw_strings_take(&run->outcome->warnings,
                        mw_xasprintf(_("%s may go on with the values that were undone until "
                                       "it restarts"),
                                     mw_tool_title(file->tool)));
}

/* *is_foreign: somebody else wrote over what we wrote. */
static enum mw_code undo_file(struct run *run, size_t i, const struct mw_error *why,
                              bool *is_foreign, struct mw_error *err)
{
    bool restored = false;
    mw_stage_discard(run->sys, &run->files[i]->before, &run->stages[i]);
    enum mw_code code = mw_restore_file(run->sys, &run->record.files[i], &restored, err);
    if (code == MW_CONFLICT && why->code == MW_CONFLICT) {
        *is_foreign = i < run->written || run->stages[i].published;
        return MW_OK; /* the very write that made us stop: theirs stays */
    }
    if (code == MW_OK && restored)
        reload_again(run, run->files[i]);
    return code;
}

/* Undoes every file; *kept is the generation that holds what somebody else wrote over, or 0. */
static enum mw_code undo_files(struct run *run, const struct mw_error *why, long *kept,
                               struct mw_error *err)
{
    struct mw_error failed = {0};
    enum mw_code first = MW_OK;
    bool any_foreign = false;
    MW_FREE bool *is_foreign = mw_xcalloc(run->count + 1, sizeof *is_foreign);
    mw_unsynced_drop(&run->writing);
    for (size_t i = run->touched ? run->count : 0; i-- > 0;) {
        enum mw_code code = undo_file(run, i, why, &is_foreign[i], &failed);
        any_foreign = any_foreign || is_foreign[i];
        if (code == MW_OK || first != MW_OK)
            continue;
        first = code;
        *err = failed;
    }
    if (first == MW_OK && any_foreign)
        first = mw_restore_keep(run->sys, run->history, &run->record, is_foreign, kept, err);
    return first;
}

/* Returns the code of the whole run: that of `why` if everything is as it was, MW_INCOMPLETE with
 * the journal kept if not. */
static enum mw_code undo(struct run *run, const struct mw_error *why, struct mw_error *err)
{
    struct mw_error failed = {0};
    long kept_id = 0;
    bool is_undone = undo_files(run, why, &kept_id, &failed) == MW_OK;
    /* A journal that cannot be removed but undoes nothing is met by the next run. */
    if (is_undone && mw_state_unlink(run->sys, run->journal, &failed) != MW_OK)
        is_undone = !run->touched;
    if (!is_undone) {
        mw_fail(err, MW_INCOMPLETE, 0, "undo", _("%s; undoing it failed too: %s"), why->message,
                failed.message);
        mw_restore_hint_recover(run->sys, err);
        return MW_INCOMPLETE;
    }
    mw_trace_remove(run->sys, run->history->state_dir, run->record.id);
    if (kept_id > 0) {
        run->outcome->generation = kept_id;
        mw_fail(err, MW_CONFLICT, 0, why->step,
                _("%s; that stays, everything else is as it was before"), why->message);
        mw_restore_hint(run->sys, err, kept_id);
        return MW_CONFLICT;
    }
    static const enum mw_code kept[] = {MW_CONFLICT, MW_NO_PERMISSION, MW_HANGUP, MW_INTERRUPTED,
                                        MW_TERMINATED};
    enum mw_code code = MW_ROLLED_BACK;
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        if (why->code == kept[i])
            code = why->code;
    }
    mw_fail(err, code, 0, why->step, _("%s; everything is as it was before"), why->message);
    if (err != NULL)
        err->sys_errno = why->sys_errno;
    mw_error_hint(err, "%s", why->hint);
    return code;
}

static void audit(struct run *run, enum mw_code code, const char *message)
{
    struct mw_error err = {0};
    if (mw_audit_append(run->sys, run->history->state_dir, &run->record, code, message, &err) !=
        MW_OK)
        mw_strings_add(&run->outcome->warnings, err.message);
}

/* For the person's own runs. Not being able to is no reason to fail. */
static void leave_trace(struct run *run, bool is_open)
{
    struct mw_error err = {0};
    if (mw_trace_write(run->sys, run->history, &run->record, is_open, &err) != MW_OK)
        mw_strings_add(&run->outcome->warnings, err.message);
}

enum mw_code mw_transaction_run(const struct mw_system *sys, const struct mw_history *history,
                                const struct mw_plan *plan, const struct mw_apply_request *request,
                                const struct mw_progress *progress, struct mw_outcome *outcome,
                                struct mw_error *err)
{
    if (mw_plan_changes(plan) == 0)
        return MW_OK;
    MW_AUTO(run) run = {.sys = sys,
                        .history = history,
                        .plan = plan,
                        .progress = progress,
                        .outcome = outcome,
                        .writing = *sys,
                        .journal = mw_state_journal_path(history->state_dir)};
    struct mw_error why = {0};
    run.writing.unsynced = &run.unsynced;
    MW_AUTO(mw_buf) journal = {0};
    enum mw_code code = make_record(&run, request, &why);
    if (code == MW_OK) {
        mw_record_format(&run.record, &journal);
        code = mw_state_write(sys, run.journal, journal.data, journal.len, &why);
    }
    if (code == MW_OK)
        code = stage_all(&run, &why);
    if (code == MW_OK) {
        leave_trace(&run, true);
        code = publish_all(&run, &why);
    }
    if (code == MW_OK)
        code = reload_and_verify(&run, &why);
    if (code == MW_OK)
        code = commit(&run, &why);
    if (code == MW_OK) {
        outcome->generation = run.record.id;
        leave_trace(&run, false);
        audit(&run, MW_OK, "");
        mw_history_prune(sys, history);
    } else {
        code = undo(&run, &why, err);
        audit(&run, code, why.message);
    }
    return code;
}

void mw_outcome_release(struct mw_outcome *outcome)
{
    mw_strings_release_all(&outcome->notes, &outcome->warnings);
}
