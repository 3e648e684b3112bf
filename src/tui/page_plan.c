/* The plan and its diff, as parts of pages. */
#include <string.h>

#include "views.h"

void tui_put_remark(struct tui_page *page, enum tui_role role, enum tui_glyph glyph,
                    const char *text)
{
    if (text == NULL || text[0] == '\0')
        return;
    MW_FREE char *redacted = mw_text_redact(text);
    tui_page_row(page, 0, role, tui_glyph_text(page->tui, glyph));
    tui_page_block(page, 2, role, redacted);
}

void tui_put_remark_take(struct tui_page *page, enum tui_role role, enum tui_glyph glyph,
                         char *take_text)
{
    tui_put_remark(page, role, glyph, take_text);
    free(take_text);
}

void tui_put_remarks(struct tui_page *page, enum tui_role role, enum tui_glyph glyph,
                     const struct mw_strings *texts)
{
    for (size_t i = 0; i < texts->count; i++)
        tui_put_remark(page, role, glyph, texts->items[i]);
}

void tui_put_error(struct tui_page *page, enum tui_role role, enum tui_glyph glyph,
                   const struct mw_error *err)
{
    tui_put_remark(page, role, glyph, err->message);
    tui_put_remark(page, TUI_DIM, TUI_ARROW, err->hint);
}

/* ---- settings ------------------------------------------------------------------------------ */

static void put_plan_value(struct tui_page *page, enum tui_role role, enum tui_role sign_role,
                           const char *sign, const struct mw_value *value, bool is_secret)
{
    MW_FREE char *text = mw_value_shown(value, is_secret);
    tui_page_row(page, 2, sign_role, sign);
    tui_page_at(page, 4, role, "");
    tui_page_wrap(page, 6, role, text);
}

static void put_plan_origin(struct tui_page *page, const struct mw_origin *from)
{
    MW_FREE char *text = mw_origin_text(from);
    const char *slash = strrchr(text, '/');
    tui_page_right(page, TUI_DIM, slash != NULL ? slash + 1 : text);
}

static void put_shadows(struct tui_page *page, const struct mw_plan_setting *setting)
{
    for (size_t i = 0; i < setting->shadows.count; i++) {
        const struct mw_shadow *shadow = &setting->shadows.items[i];
        tui_remark(page, shadow->is_fatal ? TUI_BAD : TUI_WARN, TUI_WARNING,
                   shadow->is_fatal
                       ? _("%s: %s sets it, too, and the tool would not start with both")
                       : _("%s: %s wins, so this has no effect"),
                   setting->key, shadow->by);
        tui_put_remark(page, TUI_DIM, TUI_ARROW, shadow->fix);
    }
}

void tui_put_bad_mirror(struct tui_page *page, const struct mw_app_mirror *mirror)
{
    MW_FREE char *verdict = mw_app_verdict(page->tui->app, mirror);
    /* The same site may serve several tools. */
    MW_FREE char *name =
        mw_xasprintf(_("%s: %s"), mw_tool_title(page->tui->app->panels[mirror->panel].tool),
                     mw_app_name(page->tui->app, mirror));
    const char *reason = mirror->track->result.reason;
    if (reason[0] != '\0')
        tui_remark(page, TUI_BAD, TUI_FAIL, _("%s was measured: %s (%s)"), name, verdict, reason);
    else
        tui_remark(page, TUI_BAD, TUI_FAIL, _("%s was measured: %s"), name, verdict);
}

/* What would be written although it does not work, or lies. */
static void put_bad_mirrors(struct tui_page *page, const struct mw_plan_setting *setting)
{
    const struct mw_app *app = page->tui->app;
    for (size_t i = 0; i < app->mirror_count; i++) {
        const struct mw_app_mirror *mirror = &app->mirrors[i];
        if (mw_app_is_bad(mirror) && mw_app_writes(app, setting, mirror))
            tui_put_bad_mirror(page, mirror);
    }
}

static void put_setting(struct tui_page *page, const struct mw_session *session,
                        const struct mw_plan_setting *setting)
{
    bool is_same = setting->verdict == MW_VERDICT_SAME;
    bool comes = setting->have.kind == MW_VALUE_ABSENT;
    bool goes = setting->want.kind == MW_VALUE_ABSENT;
    tui_page_line(page);
    if (is_same)
        tui_page_put(page, TUI_GOOD, tui_glyph_text(page->tui, TUI_OK));
    else
        tui_page_put(page, setting->verdict == MW_VERDICT_DRIFTED ? TUI_BAD : TUI_WARN,
                     comes  ? "+"
                     : goes ? "-"
                            : "~");
    tui_page_at(page, 2, TUI_TEXT, setting->key);
    put_plan_origin(page, &setting->from);
    if (is_same && comes) {
        tui_page_row(page, 4, TUI_DIM, _("not set, as wanted"));
        return;
    }
    if (!comes && !is_same)
        put_plan_value(page, TUI_REMOVE, TUI_REMOVE, "-", &setting->have, setting->have_is_secret);
    if (!goes)
        put_plan_value(page, is_same ? TUI_DIM : TUI_ADD, is_same ? TUI_DIM : TUI_ADD,
                       is_same ? "" : "+", &setting->want, setting->want_is_secret);
    if (setting->verdict == MW_VERDICT_FOREIGN && !comes)
        tui_put_remark(page, TUI_DIM, TUI_DOT,
                       _("set by someone else; the old value is kept for the way back"));
    if (setting->verdict == MW_VERDICT_DRIFTED)
        tui_put_remark(page, TUI_BAD, TUI_WARNING,
                       _("changed by someone else since our last write"));
    if (!is_same && session == page->tui->app->session)
        put_bad_mirrors(page, setting);
    put_shadows(page, setting);
}

/* ---- files --------------------------------------------------------------------------------- */

static void put_file_head(struct tui_page *page, const struct mw_session *session,
                          const struct mw_plan_file *file)
{
    static const struct {
        const char *word;
        enum tui_role role;
    } looks[] = {
        [MW_FILE_SAME] = {N_("as wanted"), TUI_GOOD},
        [MW_FILE_CREATE] = {N_("create"), TUI_WARN},
        [MW_FILE_CHANGE] = {N_("change"), TUI_WARN},
        [MW_FILE_CONFLICT] = {N_("conflict"), TUI_BAD},
        [MW_FILE_BLOCKED] = {N_("blocked"), TUI_BAD},
    };
    bool goes = file->verdict == MW_FILE_CHANGE && !file->after_exists;
    const char *word = file->is_skipped ? _("skipped")
                       : goes           ? _("remove")
                                        : _(looks[file->verdict].word);
    MW_FREE char *path = mw_system_short_path(&session->sys, file->location.path);
    tui_page_row(page, 0, TUI_TITLE, mw_tool_title(file->tool));
    tui_page_put(page, TUI_TEXT, "  ");
    tui_page_put(page, TUI_DIM, path);
    enum tui_role role = file->is_skipped ? TUI_DIM : looks[file->verdict].role;
    if (tui_page_right(page, role, word))
        return;
    tui_page_line(page);
    tui_page_right(page, role, word);
}

static void put_file(struct tui_page *page, const struct mw_session *session, size_t index)
{
    const struct mw_plan *plan = &session->plan;
    const struct mw_plan_file *file = &plan->files[index];
    put_file_head(page, session, file);
    for (size_t i = 0; i < plan->setting_count; i++) {
        if (plan->settings[i].file == index && mw_plan_shows(plan, &plan->settings[i]))
            put_setting(page, session, &plan->settings[i]);
    }
    for (size_t i = 0; i < file->notices.count; i++) {
        const struct mw_notice *notice = &file->notices.items[i];
        tui_remark(page, TUI_WARN, TUI_WARNING, _("line %zu: %s"), notice->line, notice->message);
    }
    if (file->verdict == MW_FILE_BLOCKED || file->verdict == MW_FILE_CONFLICT || file->is_skipped)
        tui_put_error(page, file->is_skipped ? TUI_WARN : TUI_BAD, TUI_WARNING, &file->error);
    if (file->tool_missing)
        tui_put_remark(page, TUI_DIM, TUI_DOT,
                       file->is_skipped ? _("not installed: skipped")
                                        : _("not installed: configured for later"));
}

void tui_put_obstacles(struct tui_page *page, const struct mw_plan *plan)
{
    for (size_t i = 0; i < plan->file_count; i++) {
        const struct mw_plan_file *file = &plan->files[i];
        if (!mw_plan_file_stops(file))
            continue;
        tui_remark(page, TUI_BAD, TUI_FAIL, _("%s: %s"), mw_tool_title(file->tool),
                   file->error.message);
        if (file->error.code != MW_CONFLICT) /* the question has a key for it */
            tui_put_remark(page, TUI_DIM, TUI_ARROW, file->error.hint);
    }
}

/* A tool that stays as it is although the profile wants something of it, and why. */
static void put_left(struct tui_page *page, const struct mw_session *session,
                     const struct mw_tool *tool)
{
    for (size_t i = 0; i < session->left.count; i++) {
        const struct mw_left *left = &session->left.items[i];
        if ((tool != NULL && left->tool != tool) || (left->code == MW_OK && !left->is_installed))
            continue;
        if (page->count > 0)
            tui_page_line(page);
        tui_remark(page, left->code == MW_OK ? TUI_DIM : TUI_BAD,
                   left->code == MW_OK ? TUI_DOT : TUI_WARNING, _("%s: %s"),
                   mw_tool_title(left->tool), left->reason);
    }
}

void tui_put_plan(struct tui_page *page, const struct mw_session *session,
                  const struct mw_tool *tool)
{
    for (size_t i = 0; i < session->plan.file_count; i++) {
        if (!mw_app_is_file_of(&session->plan, i, tool))
            continue;
        if (page->count > 0)
            tui_page_line(page);
        put_file(page, session, i);
    }
    put_left(page, session, tool);
    if (tool != NULL)
        return;
    if (session->warnings.count + session->plan.warnings.count > 0 && page->count > 0)
        tui_page_line(page);
    tui_put_remarks(page, TUI_WARN, TUI_WARNING, &session->warnings);
    tui_put_remarks(page, TUI_WARN, TUI_WARNING, &session->plan.warnings);
}

/* ---- diffs --------------------------------------------------------------------------------- */

/* Breaks only where the width ends: blanks are part of a diff. */
static void put_hard(struct tui_page *page, enum tui_role role, const char *text)
{
    MW_FREE char *safe = mw_text_safe(text, strlen(text), 0, true);
    const char *at = safe;
    do {
        size_t bytes = 0;
        int cols = at == safe ? 0 : 2;
        if (at != safe)
            tui_page_line(page);
        MW_AUTO(mw_buf) piece = {0};
        while (at[bytes] != '\0') {
            unsigned code_point = 0;
            size_t len = mw_utf8_decode(at + bytes, strlen(at + bytes), &code_point);
            int wide = at[bytes] == '\t' ? 4 : (int)mw_utf8_cols(code_point);
            if (len == 0 || cols + wide > page->cols)
                break;
            if (at[bytes] == '\t')
                mw_buf_puts(&piece, "    ");
            else
                mw_buf_append(&piece, at + bytes, len);
            bytes += len;
            cols += wide;
        }
        tui_page_at(page, at == safe ? 0 : 2, role, mw_buf_text(&piece));
        at += bytes;
        if (bytes == 0)
            break;
    } while (*at != '\0');
}

static void put_diff_line(struct tui_page *page, const char *line)
{
    enum tui_role role = TUI_TEXT;
    if (line[0] == '+')
        role = TUI_ADD;
    else if (line[0] == '-')
        role = TUI_REMOVE;
    else if (mw_text_starts(line, "@@"))
        role = TUI_HUNK;
    tui_page_line(page);
    put_hard(page, role, line);
}

static void put_file_diff(struct tui_page *page, const struct mw_session *session,
                          const struct mw_plan_file *file)
{
    MW_FREE char *diff = mw_plan_file_diff(file);
    if (diff[0] == '\0')
        return;
    put_file_head(page, session, file);
    for (char *line = diff; *line != '\0';) {
        size_t len = strcspn(line, "\n");
        bool has_more = line[len] == '\n';
        line[len] = '\0';
        if (!mw_text_starts(line, "--- ") && !mw_text_starts(line, "+++ "))
            put_diff_line(page, line);
        line += len + (has_more ? 1 : 0);
    }
    tui_page_line(page);
}

void tui_put_diff(struct tui_page *page, const struct mw_session *session)
{
    for (size_t i = 0; i < session->plan.file_count; i++)
        put_file_diff(page, session, &session->plan.files[i]);
}
