/* Is the tool there, and which version? The only row that starts the tool itself. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

enum { VERSION_TIMEOUT_MS = 5000, VERSION_COLS = 80 };

/* How the package managers that people have are told to install something. */
static const struct {
    const char *program, *words;
} managers[] = {
    {"apt-get", "install -y"},    {"dnf", "install -y"}, {"zypper", "install -y"},
    {"pacman", "-S --noconfirm"}, {"apk", "add"},
};

/* Owned; NULL where no package brings the tool. */
static char *way_to_install(const struct check_run *run, const struct mw_tool *tool)
{
    for (size_t i = 0; i < sizeof managers / sizeof *managers; i++) {
        const char *package = mw_pairs_find(&tool->packages, managers[i].program);
        MW_FREE char *program = mw_system_which(run->sys, managers[i].program);
        if (program == NULL)
            continue;
        struct mw_buf command = {0};
        if (package == NULL)
            return NULL;
        check_put_sudo(run, &command);
        mw_buf_printf(&command, "%s %s %s", managers[i].program, managers[i].words, package);
        return mw_buf_take(&command);
    }
    return NULL;
}

/* Owned: what the program says of its version; NULL if it says nothing. */
static char *ask_version(const struct check_run *run, const char *program)
{
    MW_FREE char *line = mw_tool_version_line(run->sys, run->tool->tool, program,
                                              check_timeout_ms(run, VERSION_TIMEOUT_MS));
    return line != NULL ? mw_text_safe(line, strlen(line), VERSION_COLS, false) : NULL;
}

void check_absent(struct check_run *run)
{
    MW_AUTO(mw_buf) names = {0};
    for (size_t i = 0; i < run->tool_count; i++) {
        if (run->tools[i].is_absent)
            mw_buf_printf(&names, "%s%s", names.len > 0 ? ", " : "",
                          mw_tool_title(run->tools[i].tool));
    }
    if (names.len > 0)
        check_skip(run, _("not here, and the profile wants nothing of them: %s"),
                   mw_buf_text(&names));
    else if (run->tool_count < mw_tool_count())
        check_skip(run, "%s", _("only the tools that were chosen were looked at"));
}

void check_installed(struct check_run *run)
{
    const struct check_tool *tool = run->tool;
    const char *name = tool->tool->programs.items[0];
    MW_FREE char *elsewhere =
        tool->program == NULL ? mw_tool_elsewhere(run->sys, tool->tool) : NULL;
    if (tool->program == NULL) {
        if (elsewhere != NULL)
            check_skip(run, _("no %s here; the one that answers on %s runs elsewhere"), name,
                       elsewhere);
        else if (!check_is_wanted(run, tool->tool))
            check_skip(run, _("no %s in PATH, and the profile wants nothing of it here"), name);
        else
            check_found(run, MW_CHECK_FAIL, NULL, check_by_hand(way_to_install(run, tool->tool)),
                        _("no %s in PATH"), name);
        return;
    }
    /* A program of another tree is not ours to start. */
    MW_FREE char *version = run->sys->root[0] == '\0' ? ask_version(run, tool->program) : NULL;
    /* That a team's program knows no --version is no fault, unless its file says how to ask. */
    bool may_be_silent =
        tool->tool->version_words.count == 0 && !mw_text_starts(tool->tool->file, "builtin:");
    if (version != NULL && version[0] != '\0')
        check_pass(run, "%s (%s)", version, tool->program);
    else if (version != NULL || may_be_silent || run->sys->root[0] != '\0')
        check_pass(run, "%s", tool->program);
    else if (check_left_ms(run) == 0)
        check_skip(run, "%s", _(check_no_time));
    else
        check_found(run, MW_CHECK_WARN, NULL, check_no_way, _("%s does not tell its version"),
                    tool->program);
}
