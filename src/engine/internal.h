/* What the files of the engine share. */
#ifndef MW_ENGINE_INTERNAL_H
#define MW_ENGINE_INTERNAL_H

#include <cJSON.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "mirrorwise/transaction.h"

/* ---- records --------------------------------------------------------------------------------- */

/* Members of what this program wrote as JSON: owned, "" for what is no text; 0 for what is no
 * number of ours. */
char *mw_record_text(const cJSON *object, const char *name);
long mw_record_number(const cJSON *object, const char *name);

/* What the record says of this key of this file; NULL if nothing. */
const struct mw_record_setting *mw_record_find(const struct mw_record *record, const char *path,
                                               const char *key);

/* What the record says of this file; NULL: nothing. */
const struct mw_record_file *mw_record_touches(const struct mw_record *record,
                                               const char *real_path);

struct mw_xattr *mw_record_xattrs_copy(const struct mw_xattr *xattrs, size_t count); /* owned */

/* Owned paths inside the state directory. */
char *mw_state_journal_path(const char *state_dir);
char *mw_state_generation_path(const char *state_dir, long id);

/* ---- plans ----------------------------------------------------------------------------------- */

/* Sets hash and verdict of a file whose `before`, `after` and `after_exists` are known; a verdict
 * of conflict or blocked stays. Files that change are preflighted. */
void mw_plan_file_finish(const struct mw_system *sys, struct mw_plan *plan,
                         struct mw_plan_file *file);
/* Is it to be written? */
bool mw_plan_file_changes(const struct mw_plan_file *file);
/* Do the two read the same from that source? */
bool mw_plan_same_value(const struct mw_source *source, const struct mw_value *have,
                        const struct mw_value *want);

/* Makes `key` in *text read as `want`. */
enum mw_code plan_put(const struct mw_source *source, const struct mw_tool *tool, const char *key,
                      const struct mw_value *want, struct mw_buf *text, struct mw_error *err);
/* The value of a key in that text; absent if the tool could not read it. `value` must be empty. */
void plan_get(const struct mw_plan_file *file, const struct mw_buf *text, const char *key,
              struct mw_value *value);
/* Fills all of `setting` but its verdict: that key of the file at that place, before and after. */
void plan_compare(const struct mw_plan *plan, size_t index, const struct mw_history *history,
                  const char *key, struct mw_plan_setting *setting);
/* Its place among the files; their number if there is none with that path. */
size_t plan_find_file(const struct mw_plan *plan, const char *path);

/* ---- restoring ------------------------------------------------------------------------------- */

/* Putting a file back to what a record says it was: used by a failing transaction and by the
 * recovery after a crash alike, so that both mean the same. */
/* Restores bytes, metadata or absence. A file that is as before is left alone; one that is
 * neither as before nor as we wrote it gives MW_CONFLICT and is left alone. Removes the temp that
 * the record names and the directories made for a file that did not exist. *restored says whether
 * anything was written. */
enum mw_code mw_restore_file(const struct mw_system *sys, const struct mw_record_file *file,
                             bool *restored, struct mw_error *err) MW_WARN_UNUSED;

/* Somebody else wrote over what we wrote in the files that `is_foreign` marks (parallel to
 * record->files). Theirs stays; what was there before us becomes a generation of its own, whose
 * number is *id, so that it is not lost. */
enum mw_code mw_restore_keep(const struct mw_system *sys, const struct mw_history *history,
                             const struct mw_record *record, const bool *is_foreign, long *id,
                             struct mw_error *err) MW_WARN_UNUSED;

/* How to get it back, and what to do about a journal that stays: the whole command. */
void mw_restore_hint(const struct mw_system *sys, struct mw_error *err, long id);
void mw_restore_hint_recover(const struct mw_system *sys, struct mw_error *err);

/* `live` as a template for mw_stage_write(): it carries the metadata of the record. Borrows from
 * both; release nothing. */
struct mw_file mw_restore_template(const struct mw_file *live, const struct mw_record_file *file);

/* ---- traces ---------------------------------------------------------------------------------- */

/* Traces: what runs with another state directory (through sudo, or with --root) wrote into this
 * person's files.
 *
 * Such a run leaves a note without values in HOME/.local/state/mirrorwise/elsewhere, written as the
 * person and before the first file changes, so that the person's own runs know whose hand that was
 * and how to undo it, and tell it from somebody else's. A setting is known by the hash of its value
 * with a random salt: enough to recognise it in the file, nothing to read it from. */

/* Owned: HOME/.local/state/mirrorwise, whatever XDG_STATE_HOME says: sudo does not know that. NULL
 * without a home. */
char *mw_trace_dir(const struct mw_system *sys);

/* Fills history->traces, and history->person with what the person's own runs wrote into the
 * person's own files. What cannot be read is left out. */
void mw_trace_load(const struct mw_system *sys, struct mw_history *history);
void mw_trace_release(struct mw_history *history);

/* Writes the trace of a transaction that begins (`is_open`) or has ended; then of all that the
 * history forgot none stays. No-op unless this run writes into a person's files with a state
 * of its own. */
enum mw_code mw_trace_write(const struct mw_system *sys, const struct mw_history *history,
                            const struct mw_record *record, bool is_open,
                            struct mw_error *err) MW_WARN_UNUSED;
/* The transaction is undone. */
void mw_trace_remove(const struct mw_system *sys, const char *state_dir, long id);

/* Is this value in this file what such a run, or under sudo the person's own, put there last? */
bool mw_trace_wrote(const struct mw_history *history, const char *path, const char *key,
                    const struct mw_value *value);

/* Tells the person one step. */
static inline void mw_progress_say(const struct mw_progress *progress, char *take_sentence)
{
    if (progress != NULL && progress->step != NULL)
        progress->step(progress->context, take_sentence);
    free(take_sentence);
}

/* `sys`, borrowed from, as one that hears the signals that `progress` (may be NULL) tells of. */
static inline struct mw_system mw_progress_heard(const struct mw_system *sys,
                                                 const struct mw_progress *progress)
{
    struct mw_system hearing = *sys;
    if (progress != NULL && progress->stop_signal != NULL) {
        hearing.stop_signal = progress->stop_signal;
        hearing.stop_context = progress->context;
    }
    return hearing;
}

#endif
