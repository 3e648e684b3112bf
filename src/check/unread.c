/* What people wrote where the tool does not look. */
#include <stdlib.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"

/* A file goes aside; a line among others is for its owner to move to the file that is read. */
static char *way_out(const struct check_run *run, const struct mw_hit *hit)
{
    struct check_file file = {.location = {.path = hit->path, .actor = hit->actor}};
    struct mw_buf fix = {0};
    if (!check_is_ours(run, &file))
        check_put_sudo(run, &fix);
    if (hit->line > 0) {
        mw_buf_printf(&fix, "${EDITOR:-vi} +%zu", hit->line);
        mw_buf_put_word(&fix, hit->path);
        return mw_buf_take(&fix);
    }
    MW_FREE char *aside = mw_xasprintf("%s.old", hit->path);
    mw_buf_puts(&fix, "mv");
    mw_buf_put_word(&fix, hit->path);
    mw_buf_put_word(&fix, aside);
    return mw_buf_take(&fix);
}

void check_unread(struct check_run *run)
{
    MW_AUTO(mw_hits) hits = {0};
    const struct check_tool *tool = run->tool;
    const char *title = mw_tool_title(tool->tool);
    const char *ours = tool->ours != NULL ? tool->ours->location.path : "";
    mw_tool_unread(run->sys, tool->tool, &hits);
    for (size_t i = 0; i < hits.count; i++) {
        const struct mw_hit *hit = &hits.items[i];
        check_add(
            run,
            (struct check_result){
                .status = MW_CHECK_WARN,
                .subject = hit->variable != NULL ? mw_xstrdup(hit->variable) : NULL,
                .observed = hit->variable != NULL
                                ? mw_xasprintf(_("%s:%zu: %s is set, and nothing that starts %s "
                                                 "reads it; its file is %s"),
                                               hit->path, hit->line, hit->variable, title, ours)
                                : mw_xasprintf(_("%s is there, and %s does not read it; its file "
                                                 "is %s"),
                                               hit->path, title, ours),
                .fix = way_out(run, hit),
            });
    }
}
