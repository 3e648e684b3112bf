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
    char *old = mw_xasprintf("%s/.pip/pip.conf", run->sys->home);
    if (mw_path_exists(run->sys, old)) {
        const char *ours = run->tool->ours->location.path;
        bool is_free = !run->tool->ours->file.exists && run->tool->ours->is_readable;
        char *aside = mw_xasprintf("%s.old", old);
        char *directory = mw_xstrndup(ours, (size_t)(strrchr(ours, '/') - ours));
        struct mw_buf fix = {0};
        if (is_free) {
            mw_buf_puts(&fix, "mkdir -p");
            mw_buf_put_word(&fix, directory);
            mw_buf_puts(&fix, " && ");
        }
        mw_buf_puts(&fix, "mv");
        mw_buf_put_word(&fix, old);
        mw_buf_put_word(&fix, is_free ? ours : aside);
        check_add(run, (struct check_result){
                           .status = MW_CHECK_WARN,
                           .observed = mw_xasprintf(_("%s is there"), old),
                           .fix = mw_buf_take(&fix),
                       });
        free(directory);
        free(aside);
    }
    free(old);
}

/* A name without a file counts as not set, so the settings that are meant never come. */
void check_pip_named_file(struct check_run *run)
{
    const char *named = mw_system_user_env(run->sys, "PIP_CONFIG_FILE");
    if (named == NULL)
        return;
    if (strcmp(named, "/dev/null") == 0)
        check_add(run, (struct check_result){
                           .status = MW_CHECK_WARN,
                           .observed = mw_xstrdup(_("PIP_CONFIG_FILE=/dev/null: pip reads no file "
                                                    "at all")),
                           .fix = mw_xstrdup("unset PIP_CONFIG_FILE"),
                       });
    else if (!mw_path_exists(run->sys, named))
        check_add(run, (struct check_result){
                           .status = MW_CHECK_WARN,
                           .observed = mw_xasprintf(_("PIP_CONFIG_FILE=%s: there is no such file, "
                                                      "so pip acts as if it were not set"),
                                                    named),
                           .fix = mw_xstrdup("unset PIP_CONFIG_FILE"),
                       });
}

/* ---- requirements files ------------------------------------------------------------------------
 */

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

static void read_requirements(struct check_run *run, const char *name)
{
    struct mw_buf text = {0};
    bool exists = false;
    char *path = mw_xasprintf("%s/%s", run->sys->cwd, name);
    if (mw_text_file_read(run->sys, path, &text, &exists, NULL) != MW_OK)
        exists = false;
    size_t len = 0;
    for (size_t number = 1; exists && number <= 10000; number++) {
        const char *line = check_line(mw_buf_text(&text), text.len, number, &len);
        if (line == mw_buf_text(&text) + text.len || (len == 0 && *line == '\0'))
            break;
        if (!is_index_option(line, len))
            continue;
        struct mw_buf fix = {0};
        char *script = mw_xasprintf("%zus/^/# /", number);
        mw_buf_puts(&fix, "sed");
        check_put_in_place(run, path, &fix);
        mw_buf_put_word(&fix, script);
        mw_buf_put_word(&fix, path);
        check_add(run, (struct check_result){
                           .status = MW_CHECK_WARN,
                           .subject = mw_xasprintf("%s.%zu", name, number),
                           .observed = mw_xasprintf("%s:%zu: %.*s", path, number, (int)len, line),
                           .fix = mw_buf_take(&fix),
                       });
        free(script);
    }
    mw_buf_release(&text);
    free(path);
}

void check_pip_project(struct check_run *run)
{
    struct mw_strings names = {0};
    if (run->sys->cwd == NULL)
        return;
    mw_dir_list(run->sys, run->sys->cwd, ".txt", &names);
    for (size_t i = 0; i < names.count; i++) {
        if (mw_text_starts(names.items[i], "requirements") ||
            mw_text_starts(names.items[i], "constraints"))
            read_requirements(run, names.items[i]);
    }
    mw_strings_release(&names);
}
