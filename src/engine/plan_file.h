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

/* Makes `key` in *text read as `want`. */
enum mw_code plan_put(const struct mw_source *source, const struct mw_tool *tool, const char *key,
                      const struct mw_value *want, struct mw_buf *text, struct mw_error *err);
/* The value of a key in that text; absent if the tool could not read it. `value` must be empty. */
void plan_get(const struct mw_plan_file *file, const struct mw_buf *text, const char *key,
              struct mw_value *value);
/* Its place among the files; their number if there is none with that path. */
size_t plan_find_file(const struct mw_plan *plan, const char *path);

/* What every step of making a plan needs. */
struct plan_making {
    const struct mw_system *sys;
    struct mw_plan *plan;
    const struct mw_history *history;
    const struct mw_plan_options *options;
};

/* Adds one wish to the file at that place; what the plan keeps of `location` it takes. */
enum mw_code plan_add_at(const struct plan_making *making, struct mw_location *location,
                         const struct mw_wanted *wanted, struct mw_error *err);

/* plan_shell.c. The same wish in the copies of the shared shell file, if `source` is that. */
enum mw_code plan_add_copies(const struct plan_making *making, const struct mw_source *source,
                             const struct mw_wanted *wanted, struct mw_error *err);
/* The line in start files that reads them, once all wishes are known. */
enum mw_code plan_add_starts(const struct plan_making *making, struct mw_error *err);
/* A start file that cannot be written is left out; whoever plans variables hears when they are in
 * effect. */
void plan_judge_shell(struct mw_plan *plan, struct mw_plan_file *file);

#endif
