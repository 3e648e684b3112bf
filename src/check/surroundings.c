/* Rows about what is around the tools: our own state and files, the profile, the proxies. */
#include <fcntl.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"

void check_recovery(struct check_run *run)
{
    if (!run->ctx->has_journal)
        return;
    struct mw_buf fix = {0};
    check_put_program(run, &fix, false);
    mw_buf_puts(&fix, " --recover");
    if (run->sys->root[0] != '\0') {
        mw_buf_put_word(&fix, "--root");
        mw_buf_put_word(&fix, run->sys->root);
    }
    check_add(run, (struct check_result){
                       .status = MW_CHECK_FAIL,
                       .observed = mw_xstrdup(_("an earlier run was cut off; its journal is still "
                                                "there")),
                       .fix = mw_buf_take(&fix),
                   });
}

/* ---- our own files --------------------------------------------------------------------------- */

/* "PATH:LINE: sentence" opens in an editor there; else the list of profiles is all there is. */
static char *way_to_edit(const struct check_run *run, const char *warning)
{
    size_t path_len = strcspn(warning, ":");
    struct mw_buf fix = {0};
    if (warning[0] != '/' || warning[path_len] != ':') {
        check_put_program(run, &fix, false);
        mw_buf_puts(&fix, " --list profiles -v");
        return mw_buf_take(&fix);
    }
    const char *number = warning + path_len + 1;
    size_t digits = strspn(number, "0123456789");
    MW_FREE char *path = mw_xstrndup(warning, path_len);
    mw_buf_puts(&fix, "${EDITOR:-vi}");
    if (digits > 0)
        mw_buf_printf(&fix, " +%.*s", (int)digits, number);
    mw_buf_put_word(&fix, path);
    return mw_buf_take(&fix);
}

void check_own_files(struct check_run *run)
{
    const struct mw_strings *warnings = run->ctx->warnings;
    for (size_t i = 0; warnings != NULL && i < warnings->count; i++)
        check_add(run, (struct check_result){
                           .status = MW_CHECK_WARN,
                           .subject = mw_xasprintf("%zu", i + 1),
                           .observed = mw_xstrdup(warnings->items[i]),
                           .fix = way_to_edit(run, warnings->items[i]),
                       });
}

/* A run as root in this home leaves what the user can no longer write; and before-images hold
 * whatever the files held. */
void check_state(struct check_run *run)
{
    const struct mw_system *sys = run->sys;
    struct stat st;
    MW_FREE char *path = mw_system_state_dir(sys);
    if (path != NULL && sys->ops->fstatat(AT_FDCWD, path, &st, 0) == 0) {
        bool is_foreign = st.st_uid != sys->euid && !sys->under_sudo;
        if (is_foreign || (st.st_mode & 077) != 0) {
            struct mw_buf fix = {0};
            mw_buf_puts(&fix, is_foreign && sys->euid != 0 ? "sudo " : "");
            mw_buf_puts(&fix, is_foreign ? "chown -R" : "chmod 700");
            if (is_foreign)
                mw_buf_put_word(&fix, sys->user_name);
            mw_buf_put_word(&fix, path);
            check_add(
                run,
                (struct check_result){
                    .status = MW_CHECK_FAIL,
                    .observed =
                        is_foreign
                            ? mw_xasprintf(_("%s belongs to user %ju"), path, (uintmax_t)st.st_uid)
                            : mw_xasprintf(_("others may read %s (mode %04o), and it holds "
                                             "what your files held"),
                                           path, (unsigned)(st.st_mode & 07777)),
                    .fix = mw_buf_take(&fix),
                });
        }
    }
}

/* ---- proxies --------------------------------------------------------------------------------- */

/* Go reads HTTPS_PROXY first (x/net httpproxy), curl and pip https_proxy: two values, two ways. */
void check_proxies(struct check_run *run)
{
    static const char *const pairs[][2] = {
        {"https_proxy", "HTTPS_PROXY"}, {"http_proxy", "HTTP_PROXY"}, {"no_proxy", "NO_PROXY"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const char *lower = mw_system_getenv(run->sys, pairs[i][0]);
        const char *upper = mw_system_getenv(run->sys, pairs[i][1]);
        if (lower == NULL || upper == NULL || strcmp(lower, upper) == 0)
            continue;
        check_add(run, (struct check_result){
                           .status = MW_CHECK_WARN,
                           .subject = mw_xstrdup(pairs[i][0]),
                           .observed =
                               mw_xasprintf("%s=%s, %s=%s", pairs[i][0], lower, pairs[i][1], upper),
                           .fix = mw_xasprintf("export %s=\"$%s\"", pairs[i][1], pairs[i][0]),
                       });
    }
}

/* ---- logins ---------------------------------------------------------------------------------- */

static void look_at_login(struct check_run *run, const char *subject, const char *path)
{
    struct stat st;
    if (run->sys->ops->fstatat(AT_FDCWD, path, &st, 0) != 0 || !S_ISREG(st.st_mode) ||
        st.st_size == 0 || (st.st_mode & 077) == 0)
        return;
    struct mw_buf fix = {0};
    mw_buf_puts(&fix, st.st_uid != run->sys->euid && run->sys->euid != 0 ? "sudo chmod go-rwx"
                                                                         : "chmod go-rwx");
    mw_buf_put_word(&fix, path);
    check_add(run, (struct check_result){
                       .status = MW_CHECK_FAIL,
                       .subject = mw_xstrdup(subject),
                       .observed = mw_xasprintf(_("others may read %s (mode %04o)"), path,
                                                (unsigned)(st.st_mode & 07777)),
                       .fix = mw_buf_take(&fix),
                   });
}

/* Has somebody logged in to a registry without a helper that keeps what he typed? */
static bool holds_login(const struct mw_system *sys, const char *path)
{
    MW_AUTO(mw_buf) text = {0};
    bool exists = false;
    return mw_text_file_read(sys, path, &text, &exists, NULL) == MW_OK &&
           strstr(mw_buf_text(&text), "\"auth\"") != NULL;
}

/* go and pip take passwords from .netrc (cmd/go/internal/auth, requests.utils.get_netrc_auth). */
void check_logins(struct check_run *run)
{
    const struct mw_system *sys = run->sys;
    const char *named = mw_system_getenv(sys, "NETRC");
    bool is_named = named != NULL && named[0] == '/';
    if (sys->home == NULL)
        return;
    MW_FREE char *netrc = is_named ? mw_xstrdup(named) : mw_xasprintf("%s/.netrc", sys->home);
    MW_FREE char *docker = mw_xasprintf("%s/.docker/config.json", sys->home);
    look_at_login(run, "netrc", netrc);
    if (holds_login(sys, docker))
        look_at_login(run, "docker", docker);
}

/* ---- the profile ----------------------------------------------------------------------------- */

static void add_open_profile(struct check_run *run, const char *path)
{
    struct stat st;
    if (path == NULL || path[0] != '/' || run->sys->ops->fstatat(AT_FDCWD, path, &st, 0) != 0 ||
        (st.st_mode & S_IWOTH) == 0)
        return;
    struct mw_buf fix = {0};
    mw_buf_puts(&fix, st.st_uid != run->sys->euid && run->sys->euid != 0 ? "sudo chmod o-w"
                                                                         : "chmod o-w");
    mw_buf_put_word(&fix, path);
    check_add(run, (struct check_result){
                       .status = MW_CHECK_FAIL,
                       .subject = mw_xstrdup("mode"),
                       .observed = mw_xasprintf(_("everybody may write %s"), path),
                       .fix = mw_buf_take(&fix),
                   });
}

static void add_source(struct check_run *run, const struct mw_profile *profile)
{
    MW_AUTO(mw_buf) text = {0};
    MW_FREE char *chain = mw_strings_join(&profile->chain, " > ");
    mw_buf_puts(&text, chain[0] != '\0' ? chain : profile->name);
    if (profile->serial > 0)
        mw_buf_printf(&text, _(", serial %ld"), profile->serial);
    else
        mw_buf_puts(&text, _(", without a serial"));
    mw_buf_printf(&text, _(", from %s"), profile->file != NULL ? profile->file : _("memory"));
    if (run->ctx->profile_by != NULL)
        mw_buf_printf(&text, _(" (%s)"), run->ctx->profile_by);
    check_pass(run, "%s", mw_buf_text(&text));
}

/* An apply that finds nothing to write records nothing, so an old serial alone is no fault. */
static bool is_all_written(const struct check_run *run)
{
    for (size_t i = 0; i < run->ctx->wanted_count; i++) {
        const struct mw_check_wanted *wanted = &run->ctx->wanted[i];
        const struct check_tool *tool = check_tool_find(run, wanted->tool->id);
        if (tool != NULL && !check_is_written(tool, wanted))
            return false;
    }
    return true;
}

static void check_expiry(struct check_run *run, const struct mw_profile *profile)
{
    char now[MW_TIME_TEXT];
    mw_system_now(run->sys, now);
    if (profile->expires == NULL || strcmp(now, profile->expires) < 0)
        return;
    check_add(run, (struct check_result){
                       .status = MW_CHECK_FAIL,
                       .subject = mw_xstrdup("expires"),
                       .observed = mw_xasprintf(_("it expired on %s"), profile->expires),
                       .why = _("who wrote it says that it is too old to follow from then on"),
                   });
}

static void compare_serials(struct check_run *run, const struct mw_profile *profile)
{
    long applied = run->ctx->applied_serial;
    struct check_result result = {.subject = NULL};
    if (applied < 0 || (applied == 0 && profile->serial == 0) ||
        (run->list == MW_CHECK_DOCTOR && profile->serial >= applied))
        return;
    if (profile->serial < applied) {
        result.status = MW_CHECK_WARN;
        result.observed =
            mw_xasprintf(_("serial %ld was applied here; what is found now has serial %ld"),
                         applied, profile->serial);
        result.why = _("an old copy brings back what was changed for a reason");
        struct mw_buf list = {0};
        check_put_program(run, &list, false);
        mw_buf_puts(&list, " --list profiles");
        result.fix = mw_buf_take(&list);
    } else if (profile->serial > applied && !is_all_written(run)) {
        result.status = MW_CHECK_WARN;
        result.observed =
            mw_xasprintf(_("this machine has serial %ld; the profile is at serial %ld"), applied,
                         profile->serial);
        result.why = _("what the team changed since then is not on this machine");
        check_way_apply(run, &result.ways, NULL, NULL);
    } else if (profile->serial > applied) {
        result.observed =
            mw_xasprintf(_("serial %ld was applied, and what serial %ld wants is all there"),
                         applied, profile->serial);
    } else {
        result.observed = mw_xasprintf(_("serial %ld is applied"), applied);
    }
    result.subject = mw_xstrdup("serial");
    result.title = mw_xstrdup(_("the profile is the newest that was here"));
    result.expected =
        mw_xasprintf(_("serial %ld"), profile->serial > applied ? profile->serial : applied);
    check_add(run, result);
}

static void add_profile_error(struct check_run *run, const struct mw_error *err)
{
    const char *mending = run->ctx->profile_mending;
    check_add(run,
              (struct check_result){
                  .status = MW_CHECK_FAIL,
                  .subject = mending != NULL ? mw_xstrdup("mode") : NULL,
                  .observed = mw_xstrdup(err->message),
                  .fix = mending != NULL ? mw_xstrdup(mending) : way_to_edit(run, err->message),
              });
}

void check_profile(struct check_run *run)
{
    const struct mw_profile *profile = run->ctx->profile;
    if (profile == NULL) {
        const struct mw_error *err = run->ctx->profile_error;
        if (err == NULL)
            check_skip(run, "%s", _("no profile is in use"));
        else
            add_profile_error(run, err);
        return;
    }
    add_source(run, profile);
    check_expiry(run, profile);
    compare_serials(run, profile);
    add_open_profile(run, profile->file);
}
