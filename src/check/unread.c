/* What people wrote where the tool does not look, or looks without their knowing. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

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

void check_old_file(struct check_run *run)
{
    const char *place = check_told(run);
    if (run->sys->home == NULL || run->tool->ours == NULL || place[0] != '~')
        return;
    MW_FREE char *old = mw_xasprintf("%s%s", run->sys->home, place + strlen("~"));
    if (!mw_path_exists(run->sys, old))
        return;
    const char *ours = run->tool->ours->location.path;
    bool is_free = !run->tool->ours->file.exists && run->tool->ours->is_readable;
    MW_FREE char *aside = mw_xasprintf("%s.old", old);
    MW_FREE char *directory = mw_text_directory(ours);
    MW_FREE char *make = check_command(run, false, "mkdir -p", directory, NULL);
    MW_FREE char *move = check_command(run, false, "mv", old, is_free ? ours : aside);
    char *fix = mw_xasprintf("%s%s%s", is_free ? make : "", is_free ? " && " : "", move);
    check_found(run, MW_CHECK_WARN, NULL, check_by_hand(fix), _("%s is there"), old);
}

/* A name without a file counts as not set, so the settings that are meant never come. */
void check_named_file(struct check_run *run)
{
    const char *variable = check_told(run), *title = mw_tool_title(run->tool->tool);
    const char *named = mw_system_user_env(run->sys, variable);
    bool is_nothing = named != NULL && strcmp(named, "/dev/null") == 0;
    if (named == NULL || (!is_nothing && mw_path_exists(run->sys, named)))
        return;
    struct check_ways ways = check_by_hand(mw_xasprintf("unset %s", variable));
    if (is_nothing)
        check_found(run, MW_CHECK_WARN, NULL, ways, _("%s=/dev/null: %s reads no file at all"),
                    variable, title);
    else
        check_found(run, MW_CHECK_WARN, NULL, ways,
                    _("%s=%s: there is no such file, so %s acts as if it were not set"), variable,
                    named, title);
}
