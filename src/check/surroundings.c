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
    mw_system_put_program(run->sys, &fix, false);
    mw_buf_puts(&fix, " --recover");
    if (run->sys->root[0] != '\0')
        mw_buf_put_option(&fix, "--root", run->sys->root);
    check_found(run, MW_CHECK_FAIL, NULL, check_by_hand(mw_buf_take(&fix)), "%s",
                _("an earlier run was cut off; its journal is still there"));
}

/* ---- our own files --------------------------------------------------------------------------- */

/* "PATH:LINE: sentence" opens in an editor there; else the list of profiles is all there is. */
static char *way_to_edit(const struct check_run *run, const char *warning)
{
    size_t path_len = strcspn(warning, ":");
    if (warning[0] != '/' || warning[path_len] != ':')
        return check_program(run, "--list profiles -v");
    const char *number = warning + path_len + 1;
    size_t digits = strspn(number, "0123456789");
    MW_FREE char *path = mw_xstrndup(warning, path_len);
    MW_FREE char *words =
        mw_xasprintf("${EDITOR:-vi}%s%.*s", digits > 0 ? " +" : "", (int)digits, number);
    return check_command(run, false, words, path, NULL);
}

void check_own_files(struct check_run *run)
{
    const struct mw_strings *warnings = run->ctx->warnings;
    for (size_t i = 0; warnings != NULL && i < warnings->count; i++) {
        MW_FREE char *number = mw_xasprintf("%zu", i + 1);
        check_found(run, MW_CHECK_WARN, number, check_by_hand(way_to_edit(run, warnings->items[i])),
                    "%s", warnings->items[i]);
    }
}

/* Owned: a change of owner or mode, behind sudo if the file is somebody else's. */
static char *way_to_change(const struct check_run *run, const struct stat *st, const char *words,
                           const char *path)
{
    return check_command(run, st->st_uid != run->sys->euid, words, path, NULL);
}

/* A run as root in this home leaves what the user can no longer write; and before-images hold
 * whatever the files held. */
void check_state(struct check_run *run)
{
    const struct mw_system *sys = run->sys;
    struct stat st;
    MW_FREE char *path = mw_system_state_dir(sys);
    if (path == NULL || sys->ops->fstatat(AT_FDCWD, path, &st, 0) != 0)
        return;
    if (st.st_uid != sys->euid && !sys->under_sudo)
        check_found(run, MW_CHECK_FAIL, NULL,
                    check_by_hand(check_command(run, true, "chown -R", sys->user_name, path)),
                    _("%s belongs to user %ju"), path, (uintmax_t)st.st_uid);
    else if ((st.st_mode & 077) != 0)
        check_found(run, MW_CHECK_FAIL, NULL,
                    check_by_hand(check_command(run, false, "chmod 700", path, NULL)),
                    _("others may read %s (mode %04o), and it holds what your files held"), path,
                    (unsigned)(st.st_mode & 07777));
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
        char *fix = mw_xasprintf("export %s=\"$%s\"", pairs[i][1], pairs[i][0]);
        check_found(run, MW_CHECK_WARN, pairs[i][0], check_by_hand(fix), "%s=%s, %s=%s",
                    pairs[i][0], lower, pairs[i][1], upper);
    }
}

/* ---- logins ---------------------------------------------------------------------------------- */

static void look_at_login(struct check_run *run, const char *subject, const char *path)
{
    struct stat st;
    if (run->sys->ops->fstatat(AT_FDCWD, path, &st, 0) != 0 || !S_ISREG(st.st_mode) ||
        st.st_size == 0 || (st.st_mode & 077) == 0)
        return;
    check_found(run, MW_CHECK_FAIL, subject,
                check_by_hand(way_to_change(run, &st, "chmod go-rwx", path)),
                _("others may read %s (mode %04o)"), path, (unsigned)(st.st_mode & 07777));
}

/* Has somebody logged in without a helper that keeps what he typed? Told "PATH WORD". */
static void look_at_logins_of(struct check_run *run, const struct mw_tool *tool)
{
    MW_AUTO(mw_strings) told = {0};
    MW_AUTO(mw_buf) text = {0};
    const char *words = mw_pairs_find(&tool->checks, run->row->id);
    mw_strings_split(&told, words != NULL ? words : "", " ");
    if (told.count < 2)
        return;
    MW_FREE char *path = mw_xasprintf("%s%s", run->sys->home, told.items[0] + strlen("~"));
    if (mw_text_file_read(run->sys, path, &text) &&
        strstr(mw_buf_text(&text), told.items[1]) != NULL)
        look_at_login(run, tool->id, path);
}

/* Many programs take passwords from .netrc (curl, cmd/go/internal/auth, requests.utils
 * get_netrc_auth). */
void check_logins(struct check_run *run)
{
    const struct mw_system *sys = run->sys;
    const char *named = mw_system_getenv(sys, "NETRC");
    bool is_named = named != NULL && named[0] == '/';
    if (sys->home == NULL)
        return;
    MW_FREE char *netrc = is_named ? mw_xstrdup(named) : mw_xasprintf("%s/.netrc", sys->home);
    look_at_login(run, "netrc", netrc);
    for (size_t i = 0; i < run->tool_count; i++)
        look_at_logins_of(run, run->tools[i].tool);
}

/* ---- the profile ----------------------------------------------------------------------------- */

static void add_open_profile(struct check_run *run, const char *path)
{
    struct stat st;
    if (path == NULL || path[0] != '/' || run->sys->ops->fstatat(AT_FDCWD, path, &st, 0) != 0 ||
        (st.st_mode & S_IWOTH) == 0)
        return;
    check_found(run, MW_CHECK_FAIL, "mode",
                check_by_hand(way_to_change(run, &st, "chmod o-w", path)),
                _("everybody may write %s"), path);
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
    for (size_t i = 0; i < run->ctx->wanted.count; i++) {
        const struct mw_wanted *wanted = &run->ctx->wanted.items[i];
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
        result.ways = check_by_hand(check_program(run, "--list profiles"));
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
    char *fix = mending != NULL ? mw_xstrdup(mending) : way_to_edit(run, err->message);
    check_found(run, MW_CHECK_FAIL, mending != NULL ? "mode" : NULL, check_by_hand(fix), "%s",
                err->message);
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
