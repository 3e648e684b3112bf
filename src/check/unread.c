/* What people wrote where the tool does not look. */
#include <stdlib.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"

/* A file goes aside; a line among others is for its owner to move to the file that is read. */
static char *way_out(const struct check_run *run, const struct mw_hit *hit)
{
    const struct check_file file = {.location = {.path = hit->path, .actor = hit->actor}};
    if (hit->line > 0)
        return check_editor(run, &file, hit->line);
    MW_FREE char *aside = mw_xasprintf("%s.old", hit->path);
    return check_command(run, !check_is_ours(run, &file), "mv", hit->path, aside);
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
        struct check_ways ways = check_by_hand(way_out(run, hit));
        if (hit->variable != NULL)
            check_found(run, MW_CHECK_WARN, hit->variable, ways,
                        _("%s:%zu: %s is set, and nothing that starts %s reads it; its file is %s"),
                        hit->path, hit->line, hit->variable, title, ours);
        else
            check_found(run, MW_CHECK_WARN, NULL, ways,
                        _("%s is there, and %s does not read it; its file is %s"), hit->path, title,
                        ours);
    }
}
