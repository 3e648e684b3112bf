/* What the two makers of plans (apply and rollback) and the transaction share. */
#ifndef MW_ENGINE_PLAN_FILE_H
#define MW_ENGINE_PLAN_FILE_H

#include "mirrorwise/plan.h"

/* Sets hash and verdict of a file whose `before`, `after` and `after_exists` are known; a verdict
 * of conflict or blocked stays. Files that change are preflighted. */
void mw_plan_file_finish(const struct mw_system *sys, struct mw_plan *plan,
                         struct mw_plan_file *file);
/* Is it to be written? */
bool mw_plan_file_changes(const struct mw_plan_file *file);
/* Do the two read the same from that source? */
bool mw_plan_same_value(const struct mw_source *source, const struct mw_value *have,
                        const struct mw_value *want);
void mw_plan_original_free(struct mw_record_file *original);

#endif
