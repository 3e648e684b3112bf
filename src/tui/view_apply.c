/* Apply and the way back: what will be written, the question, the steps, what is true now. */
#include <string.h>

#include "views.h"

/* ---- the question -------------------------------------------------------------------------- */

/* "Press X to ...": `text` goes on after the key. */
static void put_way(struct tui_page *page, char key, const char *text)
{
    const char name[] = {key, '\0'};
    tui_page_row(page, 0, TUI_TEXT, _("Press "));
    tui_page_put(page, TUI_KEY, name);
    tui_page_put(page, TUI_TEXT, " ");
    tui_page_wrap(page, 0, TUI_TEXT, text);
}

/* A dangerous value with its remedy; the first that nobody has accepted with the way to do so. */
static void put_risk(struct tui_page *page, const struct mw_lint_finding *finding)
{
    if (finding->is_accepted) {
        tui_remark(page, TUI_WARN, TUI_WARNING, _("risk taken (%s): %s.%s = %s"), finding->id,
                   finding->tool->id, finding->key, finding->value);
        tui_page_line(page);
        return;
    }
    tui_remark(page, TUI_BAD, TUI_FAIL, _("dangerous (%s): %s.%s = %s"), finding->id,
               finding->tool->id, finding->key, finding->value);
    tui_put_remark(page, TUI_TEXT, TUI_BLANK, finding->sentence);
    tui_put_remark(page, TUI_DIM, TUI_BLANK, finding->where);
    tui_put_remark(page, TUI_TEXT, TUI_ARROW, finding->remedy);
    if (finding == mw_app_risk(page->tui->app)) {
        MW_FREE char *text =
            mw_xasprintf(_("to take this risk knowingly, this one time, as --accept-risk "
                           "%s does; Esc goes back and writes nothing."),
                         finding->id);
        put_way(page, 'A', text);
    }
    tui_page_line(page);
}

static void put_risks(struct tui_page *page, const struct mw_session *session)
{
    for (size_t i = 0; i < session->lint.count; i++) {
        if (session->lint.items[i].level == MW_LINT_ERROR)
            put_risk(page, &session->lint.items[i]);
    }
}

/* What stands in the way, and each way on with its key. */
static void put_obstacle(struct tui_page *page, const struct mw_error *obstacle)
{
    const struct mw_app *app = page->tui->app;
    tui_put_obstacles(page, &mw_app_shown_session(app)->plan);
    if (mw_app_lacks_rights(app)) {
        MW_FREE char *command = mw_app_sudo(app);
        tui_page_line(page);
        tui_page_row(page, 0, TUI_TEXT, _("Run this instead; your own files stay yours:"));
        tui_page_line(page);
        tui_page_block(page, 4, TUI_KEY, command);
        put_way(page, 'C', _("to copy it."));
    }
    if (app->apply.question == MW_ASK_APPLY)
        put_way(page, 'x', _("to leave those tools out and apply the rest."));
    if (obstacle->code == MW_CONFLICT)
        put_way(page, 'F',
                _("to overwrite it all the same; what is there now is kept for the way back."));
    tui_page_line(page);
    tui_page_line(page);
}

/* Tools without a usable mirror; true: somebody has to say that they may be left out. */
static bool put_without_mirror(struct tui_page *page, const struct mw_session *session)
{
    bool is_asked = false;
    for (size_t i = 0; i < session->left.count; i++) {
        const struct mw_left *left = &session->left.items[i];
        if (left->code != MW_NO_MIRROR || mw_strings_has(&page->tui->app->skip, left->tool->id))
            continue;
        tui_remark(page, TUI_BAD, TUI_FAIL, _("%s: %s"), mw_tool_title(left->tool), left->reason);
        is_asked = true;
    }
    return is_asked;
}

/* Mirrors that were measured as bad and would be written; the first one that nobody has taken the
 * risk of with the way to do so. is_stopped: there are other obstacles, and what follows on them
 * says how to leave all of it out. */
static void put_bad(struct tui_page *page, bool is_stopped)
{
    const struct mw_app *app = page->tui->app;
    const struct mw_app_mirror *asked = mw_app_bad_mirror(app, NULL);
    bool has_any = false;
    for (size_t i = 0; i < app->mirror_count; i++) {
        if (!mw_app_writes_bad(app, &app->mirrors[i]))
            continue;
        has_any = true;
        tui_put_bad_mirror(page, &app->mirrors[i]);
    }
    if (asked != NULL) {
        if (mw_app_risk(app) == NULL)
            put_way(page, 'A', _("to write it all the same, this one time."));
        if (!is_stopped)
            put_way(page, 'x', _("to leave those tools out and apply the rest."));
    }
    if (has_any) {
        tui_page_line(page);
        tui_page_line(page);
    }
}

/* Files that are left out; true: there are some. */
static bool put_skipped(struct tui_page *page, const struct mw_plan *plan)
{
    bool has_some = false;
    for (size_t i = 0; i < plan->file_count; i++) {
        const struct mw_plan_file *file = &plan->files[i];
        if (!file->is_skipped)
            continue;
        has_some = true;
        tui_remark(page, TUI_WARN, TUI_WARNING, _("%s is left out, it is not installed: %s"),
                   mw_tool_title(file->tool), file->error.message);
    }
    return has_some;
}

static void put_question(struct tui_page *page)
{
    const struct mw_app *app = page->tui->app;
    const struct mw_session *session = mw_app_shown_session(app);
    if (app->apply.phase == MW_PHASE_PLANNING ||
        (app->apply.question == MW_ASK_APPLY && app->is_reading)) {
        tui_page_put(page, TUI_DIM, _("working out what would change"));
        return;
    }
    if (session == NULL || !session->has_plan) {
        const struct mw_error *err =
            app->apply.question == MW_ASK_APPLY ? &app->read_error : &app->apply.error;
        tui_put_error(page, TUI_BAD, TUI_FAIL, err);
        return;
    }
    struct mw_error obstacle = {0};
    size_t changes = mw_plan_changes(&session->plan);
    if (app->apply.question == MW_ASK_APPLY)
        put_risks(page, session);
    bool is_stopped = app->apply.question == MW_ASK_APPLY && put_without_mirror(page, session);
    is_stopped = mw_plan_verdict(&session->plan, &obstacle) != MW_OK || is_stopped;
    if (app->apply.question == MW_ASK_APPLY)
        put_bad(page, is_stopped);
    if (is_stopped) {
        put_obstacle(page, &obstacle);
    } else if (changes == 0) {
        if (!put_skipped(page, &session->plan))
            tui_put_remark(page, TUI_GOOD, TUI_OK,
                           app->apply.question != MW_ASK_APPLY || app->skip.count == 0
                               ? _("Nothing to do: every file is already so.")
                               : _("Nothing is left to write without the tools left out."));
        return;
    } else {
        tui_page_line(page);
        tui_page_printf(page, TUI_TEXT,
                        ngettext("This writes %zu file, all or nothing, and keeps the way back.",
                                 "This writes %zu files, all or nothing, and keeps the way back.",
                                 changes),
                        changes);
        tui_page_line(page);
    }
    tui_put_remarks(page, TUI_WARN, TUI_WARNING, &session->warnings);
    if (session->warnings.count > 0)
        tui_page_line(page);
    tui_put_diff(page, session);
    (void)put_skipped(page, &session->plan);
    struct mw_error shadowed = {0};
    if (mw_plan_effective(&session->plan, &shadowed) != MW_OK)
        tui_put_error(page, TUI_WARN, TUI_WARNING, &shadowed);
}

/* ---- writing and after --------------------------------------------------------------------- */

static void put_steps(struct tui_page *page)
{
    const struct mw_app_apply *apply = &page->tui->app->apply;
    bool is_over = apply->phase == MW_PHASE_DONE;
    for (size_t i = 0; i < apply->steps.count; i++) {
        bool is_last = i + 1 == apply->steps.count;
        tui_put_remark(page, is_last && !is_over ? TUI_TEXT : TUI_DIM,
                       is_last && !is_over ? TUI_ARROW : TUI_OK, apply->steps.items[i]);
    }
    if (apply->steps.count == 0 && !is_over)
        tui_page_put(page, TUI_DIM, _("writing"));
}

/* The mirrors of a tool, service by service, in the order in which its files name them. */
static void put_names(struct mw_buf *names, const struct mw_app *app, size_t panel)
{
    for (size_t service = 0; service < app->panels[panel].service_count; service++) {
        for (size_t place = 0; place < app->panels[panel].mirror_count; place++) {
            for (size_t i = 0; i < app->mirror_count; i++) {
                const struct mw_app_mirror *mirror = &app->mirrors[i];
                if (mirror->panel == panel && mirror->service == service && mirror->is_in_use &&
                    mirror->place_in_use == place)
                    mw_buf_printf(names, "%s%s", names->len > 0 ? _(", ") : "",
                                  mw_app_name(app, mirror));
            }
        }
    }
}

/* What each tool asks from now on, read from its files again. */
static void put_now(struct tui_page *page)
{
    const struct mw_app *app = page->tui->app;
    bool is_first = true;
    int column = 11;
    for (size_t i = 0; i < app->panel_count; i++) {
        int cols = (int)mw_text_cols(mw_tool_title(app->panels[i].tool)) + 4;
        column = cols > column && cols < page->cols / 2 ? cols : column;
    }
    for (size_t i = 0; !app->is_reading && i < app->panel_count; i++) {
        MW_AUTO(mw_buf) names = {0};
        if (mw_strings_has(&app->skip, app->panels[i].tool->id))
            continue;
        put_names(&names, app, i);
        const char *now = app->panels[i].now;
        tui_page_line(page);
        if (is_first) {
            tui_page_row(page, 0, TUI_HEADING, _("In use now"));
            tui_page_line(page);
        }
        is_first = false;
        tui_page_put(page, TUI_ACCENT, tui_glyph_text(page->tui, TUI_IN_USE));
        tui_page_at(page, 2, TUI_TEXT, mw_tool_title(app->panels[i].tool));
        tui_page_block(page, column, TUI_DIM,
                       names.len > 0    ? names.data
                       : now[0] != '\0' ? now
                                        : _("its own default"));
    }
}

static void put_result(struct tui_page *page)
{
    const struct mw_app_apply *apply = &page->tui->app->apply;
    bool is_done = apply->code == MW_OK || apply->code == MW_SHADOWED;
    if (is_done) {
        MW_FREE char *text = mw_xasprintf(
            apply->question == MW_ASK_ROLLBACK
                ? ngettext("Went back: %zu file is as it was. This is generation %ld.",
                           "Went back: %zu files are as they were. This is generation %ld.",
                           apply->changes)
            : apply->question == MW_ASK_FIX
                ? ngettext("Mended: %zu file written. This is generation %ld.",
                           "Mended: %zu files written. This is generation %ld.", apply->changes)
                : ngettext("Applied: %zu file written. This is generation %ld.",
                           "Applied: %zu files written. This is generation %ld.", apply->changes),
            apply->changes, apply->outcome.generation);
        tui_page_put(page, TUI_GOOD, tui_glyph_text(page->tui, TUI_OK));
        tui_page_at(page, 2, TUI_TITLE, text);
    }
    if (apply->code != MW_OK)
        tui_put_error(page, is_done ? TUI_WARN : TUI_BAD, is_done ? TUI_WARNING : TUI_FAIL,
                      &apply->error);
    tui_put_remarks(page, TUI_GOOD, TUI_OK, &apply->outcome.notes);
    tui_put_remarks(page, TUI_WARN, TUI_WARNING, &apply->outcome.warnings);
    if (is_done) {
        put_now(page);
        tui_page_line(page);
        tui_page_row(page, 0, TUI_TEXT, _("To undo this, press "));
        tui_page_put(page, TUI_KEY, "u");
        tui_page_put(page, TUI_TEXT, _(", or any time later run "));
        MW_AUTO(mw_buf) command = {0};
        mw_system_put_command(&page->tui->app->session->sys, &command);
        mw_buf_puts(&command, " --rollback");
        tui_page_wrap(page, 0, TUI_KEY, mw_buf_text(&command));
    }
}

/* ---- buttons ------------------------------------------------------------------------------- */

static int put_button(struct tui *tui, int y, int x, bool is_on, const char *label,
                      enum mw_app_action_id action)
{
    MW_FREE char *text = mw_xasprintf(is_on ? "[ %s ]" : "  %s  ", label);
    int cols = tui_put(tui, y, x, 40, is_on ? TUI_BUTTON_ON : TUI_BUTTON, text);
    tui_hit_action(tui, (struct tui_rect){y, x, 1, cols}, action);
    return cols + 2;
}

static void put_buttons(struct tui *tui, struct tui_rect rect)
{
    const struct mw_app_apply *apply = &tui->app->apply;
    const struct mw_app_action *yes = mw_app_action_find(MW_DO_YES);
    bool can_write = yes->why_not(tui->app) == NULL;
    int x = rect.x;
    if (apply->phase == MW_PHASE_WRITING) {
        tui_put(tui, rect.y, x, rect.w, TUI_DIM, _("writing; this cannot be left half done"));
        return;
    }
    if (apply->phase == MW_PHASE_DONE) {
        put_button(tui, rect.y, x, true, _("Close"), MW_DO_BACK);
        return;
    }
    if (!can_write) {
        put_button(tui, rect.y, x, true, _("Back"), MW_DO_BACK);
        return;
    }
    const char *question =
        apply->question == MW_ASK_ROLLBACK ? _("Go back?") : _("Write these changes?");
    x += 2 + tui_put(tui, rect.y, x, rect.w, TUI_TITLE, question);
    x += put_button(tui, rect.y, x, !apply->is_yes, _("No"), MW_DO_NO);
    put_button(tui, rect.y, x, apply->is_yes, _("Yes"), MW_DO_YES);
}

static char *make_title(const struct mw_app *app)
{
    const struct mw_app_apply *apply = &app->apply;
    if (apply->question == MW_ASK_APPLY) {
        const struct mw_session *session = app->session;
        const char *name =
            session != NULL && session->profile.name != NULL ? session->profile.name : "";
        MW_AUTO(mw_strings) titles = {0};
        for (size_t i = 0; i < app->skip.count; i++) {
            const struct mw_tool *tool = mw_tool_find(app->skip.items[i]);
            mw_strings_add(&titles, tool != NULL ? mw_tool_title(tool) : app->skip.items[i]);
        }
        MW_FREE char *without = mw_strings_join(&titles, _(", "));
        const struct mw_tool *only = mw_app_only(app);
        return only != NULL ? mw_xasprintf(_("Apply %s, only %s"), name, mw_tool_title(only))
               : app->skip.count > 0 ? mw_xasprintf(_("Apply %s, without %s"), name, without)
                                     : mw_xasprintf(_("Apply %s"), name);
    }
    if (apply->question == MW_ASK_FIX)
        return mw_xasprintf(_("Mend %s"), apply->fix);
    if (apply->generation < 0)
        return mw_xstrdup(_("Back to before the last write"));
    if (apply->generation == 0)
        return mw_xstrdup(_("Back to before the first write"));
    return mw_xasprintf(_("Back to generation %ld"), apply->generation);
}

void tui_view_apply(struct tui *tui, struct tui_rect body)
{
    const struct mw_app_apply *apply = &tui->app->apply;
    MW_FREE char *title = make_title(tui->app);
    MW_AUTO(tui_page) page = tui_page_open(tui, body, true, title);
    /* What came of it is what somebody looks for; how it came about stands below. */
    if (apply->phase == MW_PHASE_DONE) {
        put_result(&page);
        tui_page_line(&page);
    }
    if (apply->phase == MW_PHASE_WRITING || apply->phase == MW_PHASE_DONE)
        put_steps(&page);
    else
        put_question(&page);

    /* The buttons have the last two rows; the page scrolls above them. */
    struct tui_rect inside = tui_inside(body);
    page.frame.h -= 2;
    tui_page_view(tui, &page, MW_VIEW_APPLY);
    put_buttons(tui, (struct tui_rect){inside.y + inside.h - 1, inside.x, 1, inside.w});
}
