/* Rows of pip's own: files that people forget about. */
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

/* ~/.pip/pip.conf is still read, before ~/.config/pip/pip.conf, and never written any more. */
void check_pip_old_file(struct check_run *run)
{
    if (run->sys->home == NULL || run->tool->ours == NULL)
        return;
    MW_FREE char *old = mw_xasprintf("%s/.pip/pip.conf", run->sys->home);
    if (mw_path_exists(run->sys, old)) {
        const char *ours = run->tool->ours->location.path;
        bool is_free = !run->tool->ours->file.exists && run->tool->ours->is_readable;
        MW_FREE char *aside = mw_xasprintf("%s.old", old);
        MW_FREE char *directory = mw_xstrndup(ours, (size_t)(strrchr(ours, '/') - ours));
        MW_FREE char *make = check_command(run, false, "mkdir -p", directory, NULL);
        MW_FREE char *move = check_command(run, false, "mv", old, is_free ? ours : aside);
        char *fix = is_free ? mw_xasprintf("%s && %s", make, move) : mw_xstrdup(move);
        check_found(run, MW_CHECK_WARN, NULL, check_by_hand(fix), _("%s is there"), old);
    }
}

/* A name without a file counts as not set, so the settings that are meant never come. */
void check_pip_named_file(struct check_run *run)
{
    const char *named = mw_system_user_env(run->sys, "PIP_CONFIG_FILE");
    if (named == NULL)
        return;
    char *fix = mw_xstrdup("unset PIP_CONFIG_FILE");
    if (strcmp(named, "/dev/null") == 0)
        check_found(run, MW_CHECK_WARN, NULL, check_by_hand(fix), "%s",
                    _("PIP_CONFIG_FILE=/dev/null: pip reads no file at all"));
    else if (!mw_path_exists(run->sys, named))
        check_found(
            run, MW_CHECK_WARN, NULL, check_by_hand(fix),
            _("PIP_CONFIG_FILE=%s: there is no such file, so pip acts as if it were not set"),
            named);
    else
        free(fix);
}

/* ---- requirements files ---------------------------------------------------------------------- */

/* Options of a requirements file that beat pip.conf for the whole run (req_file.py). */
static const char *const index_options[] = {
    "-i", "--index-url", "--extra-index-url", "--trusted-host", "-f", "--find-links", "--no-index",
};

static bool is_index_option(const char *line, size_t len)
{
    for (size_t i = 0; i < sizeof index_options / sizeof *index_options; i++) {
        size_t n = strlen(index_options[i]);
        if (len >= n && strncmp(line, index_options[i], n) == 0 &&
            (len == n || line[n] == ' ' || line[n] == '='))
            return true;
    }
    return false;
}

static void add_index_line(struct check_run *run, const struct check_file *file, const char *name,
                           size_t number, const char *line, size_t len)
{
    struct check_ways ways = {0};
    MW_FREE char *subject = mw_xasprintf("%s.%zu", name, number);
    (void)check_way_comment(run, &ways, file, number);
    check_found(run, MW_CHECK_WARN, subject, ways, "%s:%zu: %.*s", file->location.path, number,
                (int)len, line);
}

static void read_requirements(struct check_run *run, const char *name)
{
    struct check_file file = {
        .location = {.path = mw_xasprintf("%s/%s", run->sys->cwd, name), .actor = run->sys->user},
    };
    if (mw_file_read(run->sys, file.location.path, file.location.actor, &file.file, NULL) ==
            MW_OK &&
        file.file.exists) {
        const char *text = mw_buf_text(&file.file.bytes);
        const char *end = text + file.file.bytes.len;
        size_t number = 1;
        for (const char *line = text; line < end; number++) {
            size_t len = strcspn(line, "\n");
            if (is_index_option(line, len))
                add_index_line(run, &file, name, number, line, len);
            line += len;
            line += line < end;
        }
    }
    mw_file_release(&file.file);
    mw_location_release(&file.location);
}

void check_pip_project(struct check_run *run)
{
    MW_AUTO(mw_strings) names = {0};
    if (run->sys->cwd == NULL)
        return;
    mw_dir_list(run->sys, run->sys->cwd, ".txt", &names);
    for (size_t i = 0; i < names.count; i++) {
        if (mw_text_starts(names.items[i], "requirements") ||
            mw_text_starts(names.items[i], "constraints"))
            read_requirements(run, names.items[i]);
    }
}
