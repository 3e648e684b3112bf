/* Plans of the shared shell files: what goes into env.sh goes into its copies, and start files read
 * them as long as there is anything to read. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static bool is_shared(const struct mw_source *source)
{
    return source->kind == MW_SOURCE_SHELL && source->scope == MW_SCOPE_USER &&
           !mw_source_is_copy(source);
}

/* Takes what is in the locations. */
static enum mw_code add_each(const struct plan_making *making, struct mw_locations *locations,
                             const struct mw_wanted *wanted, struct mw_error *err)
{
    enum mw_code code = MW_OK;
    for (size_t i = 0; i < locations->count; i++) {
        if (code == MW_OK)
            code = plan_add_at(making, &locations->items[i], wanted, err);
    }
    mw_locations_release(locations);
    return code;
}

enum mw_code plan_add_copies(const struct plan_making *making, const struct mw_source *source,
                             const struct mw_wanted *wanted, struct mw_error *err)
{
    struct mw_locations locations = {0};
    if (!is_shared(source))
        return MW_OK;
    mw_shell_copies(making->sys, &locations);
    return add_each(making, &locations, wanted, err);
}

/* The line that reads the variables, or none where there are none. */
static enum mw_code add_starts(const struct plan_making *making, const struct mw_plan_file *from,
                               const struct mw_origin *origin, struct mw_error *err)
{
    bool is_any = mw_shell_has_variables(mw_buf_text(&from->after), from->after.len);
    MW_AUTO(mw_locations) starts = {0};
    const struct mw_tool *tool = from->tool; /* `from` moves when the plan grows */
    enum mw_code code = MW_OK;
    mw_shell_starts(making->sys, &starts);
    for (size_t i = 0; i < starts.count && code == MW_OK; i++) {
        struct mw_wanted line = {.tool = tool, .key = mw_xstrdup(MW_SHELL_LINE)};
        MW_FREE char *word = is_any ? mw_shell_word(making->sys, starts.items[i].source) : NULL;
        if (word != NULL)
            mw_value_set_string(&line.value, word);
        mw_origin_copy(&line.from, origin);
        code = plan_add_at(making, &starts.items[i], &line, err);
        mw_origin_release(&line.from);
        mw_value_release(&line.value);
        free(line.key);
    }
    return code;
}

enum mw_code plan_add_starts(const struct plan_making *making, struct mw_error *err)
{
    const struct mw_plan *plan = making->plan;
    for (size_t i = 0; i < plan->setting_count; i++) {
        const struct mw_plan_setting *setting = &plan->settings[i];
        const struct mw_plan_file *file = &plan->files[setting->file];
        if (!is_shared(setting->source) || file->verdict == MW_FILE_BLOCKED)
            continue;
        MW_AUTO(mw_origin) origin = {0};
        mw_origin_copy(&origin, &setting->from);
        return add_starts(making, file, &origin, err);
    }
    return MW_OK;
}

void plan_judge_shell(struct mw_plan *plan, struct mw_plan_file *file)
{
    const struct mw_source *source = file->location.source;
    bool is_start = mw_source_is_copy(source) && !mw_source_goes_when_empty(source);
    if (is_start && file->verdict == MW_FILE_BLOCKED) {
        /* A link into a folder that a program looks after: the other start files will do. */
        file->is_skipped = true;
        mw_strings_take(&plan->warnings, mw_xasprintf(_("%s cannot be changed and does not read "
                                                        "the variables: %s"),
                                                      file->location.path, file->error.message));
    } else if (is_shared(source) && mw_plan_file_changes(file) && file->after_exists) {
        mw_strings_take(&plan->warnings,
                        mw_xasprintf(_("The variables in %s are in effect in the next shell."),
                                     file->location.path));
    }
}
