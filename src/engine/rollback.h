/* Rollback, setting by setting. */
#ifndef MW_ENGINE_ROLLBACK_H
#define MW_ENGINE_ROLLBACK_H

#include "mirrorwise/plan.h"

/* The file is not as we left it. `file->after` holds the whole text to return to and becomes what
 * is there now with only the settings of the generations after `id` put back. A conflict if one of
 * those was changed too (unless `force`), or if ours cannot be told from what others wrote; then
 * `force` returns to the whole text. */
void rollback_ours_only(const struct mw_history *history, long id, bool force,
                        struct mw_plan_file *file);

/* The keys that the generations after `id` wrote in this file: what the rollback changes, in
 * words. */
void rollback_add_settings(struct mw_plan *plan, size_t index, const struct mw_history *history,
                           long id);

#endif
