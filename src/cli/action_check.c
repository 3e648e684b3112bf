/* --checklist and --doctor: one list of checks in the form that was asked for. */
#include <string.h>

#include "render.h"

/* ---- for people ------------------------------------------------------------------------------ */

/* What is wrong first to the eye, evidence below it, and the remedy on a line of its own that can
 * be pasted. */
enum detail {
    DETAIL_BAD, /* what failed and what is odd */
    DETAIL_ODD, /* and what was not checked */
    DETAIL_ALL,
};

enum { INDENT = 4, LABEL_COLS = 8 };

static const struct look {
    enum mw_glyph glyph;
    enum mw_paint paint;
    const char *word;
} looks[] = {
    [MW_CHECK_PASS] = {MW_GLYPH_OK, MW_PAINT_GOOD, N_("ok")},
    [MW_CHECK_WARN] = {MW_GLYPH_WARN, MW_PAINT_CHANGE, N_("warning")},
    [MW_CHECK_FAIL] = {MW_GLYPH_FAIL, MW_PAINT_BAD, N_("failed")},
    [MW_CHECK_SKIP] = {MW_GLYPH_NONE, MW_PAINT_DIM, N_("not checked")},
};

/* What is known of a check, behind labels as wide as this language needs them. */
static void put_parts(struct mw_buf *buf, const struct mw_style *style,
                      const struct mw_check *check)
{
    const struct {
        const char *label, *text;
    } parts[] = {
        {_("found"), check->observed},
        {_("wanted"), check->expected},
        {_("why"), check->why},
        {_("fix"), check->fix},
    };
    enum { COUNT = sizeof parts / sizeof *parts };
    size_t room = LABEL_COLS;
    for (size_t i = 0; i < COUNT; i++)
        room = mw_text_cols(parts[i].label) >= room ? mw_text_cols(parts[i].label) + 1 : room;
    for (size_t i = 0; i < COUNT; i++) {
        if (parts[i].text[0] == '\0')
            continue;
        mw_put_label(buf, style, INDENT, parts[i].label, INDENT + room);
        if (parts[i].text == check->fix) /* to be pasted */
            mw_paint(buf, style, MW_PAINT_BOLD, check->fix);
        else
            mw_put_wrapped(buf, parts[i].text, INDENT + room, style->cols);
        mw_buf_putc(buf, '\n');
    }
}

static void put_check(struct mw_buf *buf, const struct mw_style *style,
                      const struct mw_check *check)
{
    const struct look *look = &looks[check->status];
    mw_paint(buf, style, look->paint, mw_glyph(style, look->glyph));
    mw_buf_putc(buf, ' ');
    if (check->status == MW_CHECK_PASS || check->status == MW_CHECK_SKIP) {
        MW_FREE char *text =
            check->status == MW_CHECK_PASS
                ? mw_xasprintf(_("%s: %s"), check->title, check->observed)
                : mw_xasprintf(_("%s (%s): %s"), check->title, _(look->word), check->observed);
        mw_put_wrapped(buf, text, INDENT, style->cols);
        mw_buf_putc(buf, '\n');
        return;
    }
    mw_paint(buf, style, MW_PAINT_BOLD, check->title);
    mw_buf_printf(buf, _(" (%s)  "), _(look->word));
    mw_paint_line(buf, style, MW_PAINT_DIM, check->id);
    put_parts(buf, style, check);
}

static void render_text(struct mw_buf *buf, const struct mw_checks *checks, enum detail detail,
                        const struct mw_style *style)
{
    const char *area = NULL;
    for (size_t i = 0; i < checks->count; i++) {
        const struct mw_check *check = &checks->items[i];
        bool is_bad = check->status == MW_CHECK_FAIL || check->status == MW_CHECK_WARN;
        if ((detail == DETAIL_BAD && !is_bad) ||
            (detail == DETAIL_ODD && check->status == MW_CHECK_PASS))
            continue;
        if (area == NULL || strcmp(area, check->area) != 0)
            mw_buf_putc(buf, '\n');
        area = check->area;
        put_check(buf, style, check);
    }
    if (area != NULL)
        mw_buf_putc(buf, '\n');
}

static cJSON *to_json(const struct mw_checks *checks)
{
    cJSON *array = cJSON_CreateArray();
    for (size_t i = 0; i < checks->count; i++) {
        const struct mw_check *check = &checks->items[i];
        mw_json_put(mw_json_add(array), TEXT("id", check->id), TEXT("area", check->area),
                    TEXT("title", check->title),
                    TEXT("status", mw_check_status_word(check->status)),
                    TEXT("observed", check->observed), TEXT("expected", check->expected),
                    TEXT("why", check->why), TEXT("fix", check->fix));
    }
    return array;
}

/* ---- the whole ------------------------------------------------------------------------------- */

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
    enum detail detail = run->options.quiet ? DETAIL_BAD : wants_good ? DETAIL_ALL : DETAIL_ODD;
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
        render_text(text, checks, detail, &run->out);
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
    cJSON_AddItemToObject(run->details, "checks", to_json(&checks));
    render(run, list, format, &checks, &text);
    mw_run_print(run, &text);
    conclude(run, format, &checks);
    return mw_checks_code(&checks);
}

enum mw_code mw_action_checklist(struct mw_run *run)
{
    return run_checks(run, MW_CHECK_CHECKLIST);
}

enum mw_code mw_action_doctor(struct mw_run *run)
{
    return run_checks(run, MW_CHECK_DOCTOR);
}
