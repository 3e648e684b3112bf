/* --checklist and --doctor: one list of checks in the form that was asked for. */
#include <string.h>

#include "render.h"

/* The format as a word; --json is --format json. MW_USAGE for two that contradict. */
static enum mw_code read_format(struct mw_run *run, const char **format)
{
    const char *wanted = run->options.format;
    if (wanted == NULL)
        wanted = run->options.json ? "json" : "text";
    else if (run->options.json && strcmp(wanted, "json") != 0)
        return mw_misuse(&run->error, _("--json and --format %s contradict"), wanted);
    if (strcmp(wanted, "json") == 0)
        run->options.json = true;
    *format = wanted;
    return MW_OK;
}

/* Owned; safe to print. */
static char *title_of(const struct mw_run *run, enum mw_check_list list)
{
    const struct mw_session *session = &run->session;
    MW_FREE char *host = mw_shown(session->sys.host_name != NULL ? session->sys.host_name : "");
    MW_FREE char *profile = mw_shown(session->profile_name != NULL ? session->profile_name : "?");
    return list == MW_CHECK_DOCTOR
               ? mw_xasprintf(_("mirrorwise doctor on %s"), host)
               : mw_xasprintf(_("mirrorwise checklist of %s on %s"), profile, host);
}

static void render(const struct mw_run *run, enum mw_check_list list, const char *format,
                   const struct mw_checks *checks, struct mw_buf *text)
{
    bool wants_good = list == MW_CHECK_CHECKLIST || run->options.verbose > 0;
    enum mw_check_detail detail = run->options.quiet ? MW_CHECK_DETAIL_BAD
                                  : wants_good       ? MW_CHECK_DETAIL_ALL
                                                     : MW_CHECK_DETAIL_ODD;
    const char *name = run->session.sys.user_name;
    char now[MW_TIME_TEXT];
    mw_system_now(&run->session.sys, now);
    MW_FREE char *title = title_of(run, list);
    MW_FREE char *time = mw_render_time(now);
    MW_FREE char *user = mw_shown(name != NULL ? name : "?");
    /* Who asked and when, for what is pasted and read later. */
    /* TRANSLATORS: "mirrorwise doctor on HOST", user, time */
    MW_FREE char *heading = mw_xasprintf(_("%s, by %s, %s"), title, user, time);
    if (strcmp(format, "md") == 0)
        mw_checks_render_md(text, checks, heading);
    else if (strcmp(format, "junit") == 0)
        mw_checks_render_junit(text, checks, title);
    else if (strcmp(format, "tap") == 0)
        mw_checks_render_tap(text, checks);
    else {
        mw_put_wrapped(text, heading, 2, run->out.cols);
        mw_buf_putc(text, '\n');
        mw_render_checks(text, checks, detail, &run->out);
    }
}

static void conclude(struct mw_run *run, const char *format, const struct mw_checks *checks)
{
    size_t passed = mw_checks_count(checks, MW_CHECK_PASS);
    size_t warned = mw_checks_count(checks, MW_CHECK_WARN);
    size_t failed = mw_checks_count(checks, MW_CHECK_FAIL);
    size_t skipped = mw_checks_count(checks, MW_CHECK_SKIP);
    if (failed + warned == 0)
        mw_run_conclude(run, _("All is well: %zu passed, %zu not checked."), passed, skipped);
    else
        mw_run_conclude(run, _("%zu failed, %zu warnings, %zu passed, %zu not checked."), failed,
                        warned, passed, skipped);
    if (strcmp(format, "text") != 0)
        return;
    struct mw_buf text = {0};
    mw_put_line(&text, run->message);
    mw_run_print(run, &text);
}

static enum mw_code run_checks(struct mw_run *run, enum mw_check_list list)
{
    const char *format = NULL;
    MW_AUTO(mw_checks) checks = {0};
    struct mw_buf text = {0};
    enum mw_code code = read_format(run, &format);
    if (code == MW_OK)
        code = mw_run_begin(run, list == MW_CHECK_DOCTOR ? MW_INTENT_LOOK : MW_INTENT_READ);
    if (code != MW_OK)
        return code;

    mw_run_leave_to_list(run);
    code = mw_session_check(&run->session, list, run->options.session.deadline_ms, &checks,
                            &run->error);
    mw_run_tell_stranger(run);
    if (code != MW_OK)
        return code;
    run->details = cJSON_CreateObject();
    cJSON_AddItemToObject(run->details, "checks", mw_json_checks(&checks));
    render(run, list, format, &checks, &text);
    mw_run_print(run, &text);
    conclude(run, format, &checks);
    code = mw_checks_code(&checks);
    return code;
}

enum mw_code mw_action_checklist(struct mw_run *run)
{
    return run_checks(run, MW_CHECK_CHECKLIST);
}

enum mw_code mw_action_doctor(struct mw_run *run)
{
    return run_checks(run, MW_CHECK_DOCTOR);
}
