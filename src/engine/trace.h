/* Traces: what runs with another state directory (through sudo, or with --root) wrote into this
 * person's files.
 *
 * Such a run leaves a note without values in HOME/.local/state/mirrorwise/elsewhere, written as the
 * person and before the first file changes, so that the person's own runs know whose hand that was
 * and how to undo it, and tell it from somebody else's. A setting is known by the hash of its value
 * with a random salt: enough to recognise it in the file, nothing to read it from. */
#ifndef MW_ENGINE_TRACE_H
#define MW_ENGINE_TRACE_H

#include "mirrorwise/history.h"

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

#endif
