/* Putting a file back to what a record says it was: used by a failing transaction and by the
 * recovery after a crash alike, so that both mean the same. */
#ifndef MW_ENGINE_RESTORE_H
#define MW_ENGINE_RESTORE_H

#include "mirrorwise/history.h"
#include "mirrorwise/system.h"

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

#endif
