/* Is the tool there, and which version? The only row that starts the tool itself. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

enum { VERSION_TIMEOUT_MS = 5000, VERSION_COLS = 80 };

/* What the package that brings the tool is called, for the package managers that people have. */
static const struct {
    const char *program, *command;
    const char *go, *pip, *docker;
} managers[] = {
    {"apt-get", "apt-get install -y", "golang-go", "python3-pip", "docker.io"},
    {"dnf", "dnf install -y", "golang", "python3-pip", "moby-engine"},
    {"zypper", "zypper install -y", "go", "python3-pip", "docker"},
    {"pacman", "pacman -S --noconfirm", "go", "python-pip", "docker"},
    {"apk", "apk add", "go", "py3-pip", "docker"},
};

static char *way_to_install(const struct check_run *run, const char *tool)
{
    for (size_t i = 0; i < sizeof managers / sizeof *managers; i++) {
        char *program = mw_system_which(run->sys, managers[i].program);
        if (program == NULL)
            continue;
        free(program);
        struct mw_buf command = {0};
        check_put_sudo(run, &command);
        mw_buf_printf(&command, "%s %s", managers[i].command,
                      strcmp(tool, "go") == 0    ? managers[i].go
                      : strcmp(tool, "pip") == 0 ? managers[i].pip
                                                 : managers[i].docker);
        return mw_buf_take(&command);
    }
    return NULL;
}

/* The run's environment with GOTOOLCHAIN=local: a question must not download a toolchain. */
static char **quiet_environment(const struct mw_system *sys)
{
    char **environment = NULL;
    size_t count = 0;
    for (char **item = sys->environ_copy; item != NULL && *item != NULL; item++) {
        if (!mw_text_starts(*item, "GOTOOLCHAIN="))
            *MW_PUSH(environment, count) = *item;
    }
    static char local[] = "GOTOOLCHAIN=local";
    *MW_PUSH(environment, count) = local;
    *MW_PUSH(environment, count) = NULL;
    return environment;
}

/* Owned: the first line of what the program says of itself; NULL if it says nothing. */
static char *ask_version(const struct check_run *run, const char *program)
{
    bool is_go = strcmp(run->tool->tool->id, "go") == 0;
    const char *const argv[] = {program, is_go ? "version" : "--version", NULL};
    struct mw_buf output = {0};
    char *version = NULL;
    int status = 0;
    char **environment = run->sys->user.switched ? NULL : quiet_environment(run->sys);
    if (mw_child_run(run->sys, argv, run->sys->user, environment,
                     check_timeout_ms(run, VERSION_TIMEOUT_MS), &output, NULL, &status,
                     NULL) == MW_OK &&
        status == 0) {
        const char *text = mw_buf_text(&output);
        version = mw_text_safe(text, strcspn(text, "\r\n"), VERSION_COLS, false);
    }
    mw_buf_release(&output);
    free(environment);
    return version;
}

/* A profile that says nothing about a tool does not ask for it. */
static bool is_wanted(const struct check_run *run)
{
    const struct mw_check_context *ctx = run->ctx;
    bool is = ctx->profile == NULL || ctx->plan_error != NULL;
    for (size_t i = 0; !is && i < ctx->wanted_count; i++)
        is = ctx->wanted[i].tool == run->tool->tool;
    return is;
}

void check_installed(struct check_run *run)
{
    const struct check_tool *tool = run->tool;
    char *elsewhere = tool->program == NULL ? mw_tool_elsewhere(run->sys, tool->tool) : NULL;
    if (elsewhere != NULL) {
        check_skip(run, _("no %s here; the one that answers on %s runs elsewhere"),
                   tool->tool->programs.items[0], elsewhere);
        free(elsewhere);
        return;
    }
    if (tool->program == NULL && !is_wanted(run)) {
        check_skip(run, _("no %s in PATH, and the profile says nothing about it"),
                   tool->tool->programs.items[0]);
        return;
    }
    if (tool->program == NULL) {
        check_add(run,
                  (struct check_result){
                      .status = MW_CHECK_FAIL,
                      .observed = mw_xasprintf(_("no %s in PATH"), tool->tool->programs.items[0]),
                      .fix = way_to_install(run, tool->tool->id),
                  });
        return;
    }
    /* A program of another tree is not ours to start. */
    char *version = run->sys->root[0] == '\0' ? ask_version(run, tool->program) : NULL;
    if (version != NULL)
        check_pass(run, "%s (%s)", version, tool->program);
    else if (run->sys->root[0] != '\0')
        check_pass(run, "%s", tool->program);
    else if (check_left_ms(run) == 0)
        check_skip(run, "%s", _(check_no_time));
    else
        check_add(run,
                  (struct check_result){
                      .status = MW_CHECK_WARN,
                      .observed = mw_xasprintf(_("%s does not tell its version"), tool->program),
                  });
    free(version);
}
