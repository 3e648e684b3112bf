/* Views that are read: diff, help, messages. */
#include <string.h>

#include "views.h"

void tui_view_diff(struct tui *tui, struct tui_rect body)
{
    const struct mw_app *app = tui->app;
    const struct mw_session *session = mw_app_shown_session(app);
    const char *name =
        session != NULL && session->profile.name != NULL ? session->profile.name : "";
    MW_FREE char *title = mw_xasprintf(_("What apply would write: %s"), name);
    MW_AUTO(tui_page) page = tui_page_open(tui, body, true, title);
    if (session == NULL || !session->has_plan) {
        tui_put_error(&page, TUI_BAD, TUI_FAIL,
                      session != NULL && session == app->preview ? &app->preview_error
                                                                 : &app->read_error);
    } else {
        bool is_stopped = mw_plan_verdict(&session->plan, NULL) != MW_OK;
        if (is_stopped) {
            tui_page_put(&page, TUI_BAD, _("In the way; a, then x, leaves these out:"));
            tui_put_obstacles(&page, &session->plan);
            tui_page_line(&page);
            tui_page_line(&page);
        }
        tui_put_diff(&page, session);
        if (!is_stopped && mw_plan_changes(&session->plan) == 0)
            tui_put_remark(&page, TUI_GOOD, TUI_OK,
                           _("Nothing: every file is as the profile wants it."));
        tui_page_row(&page, 0, TUI_HEADING, _("Setting by setting, and who wants it"));
        tui_page_line(&page);
        tui_put_plan(&page, session, NULL);
    }
    tui_page_view(tui, &page, MW_VIEW_DIFF);
}

/* ---- help ---------------------------------------------------------------------------------- */

static void put_action(struct tui_page *page, const struct mw_app *app,
                       const struct mw_app_action *action)
{
    enum { KEYS = sizeof action->keys / sizeof *action->keys };
    MW_AUTO(mw_buf) keys = {0};
    /* As many as there may be are a range: 1 to 9. */
    bool is_range = action->keys[KEYS - 1] != MW_KEY_NONE;
    for (size_t i = 0; i < KEYS; i += is_range ? KEYS - 1 : 1) {
        if (action->keys[i] == MW_KEY_NONE)
            continue;
        MW_FREE char *name = mw_key_name(action->keys[i]);
        mw_buf_printf(&keys, "%s%s", keys.len == 0 ? "" : is_range ? " - " : " ", name);
    }
    const char *reason = action->why_not != NULL ? action->why_not(app) : NULL;
    tui_page_row(page, 2, TUI_KEY, mw_buf_text(&keys));
    int column = page->cols >= 60 ? 20 : 14;
    if (tui_page_cols(page) >= column)
        tui_page_line(page);
    tui_page_block(page, column, reason == NULL ? TUI_TEXT : TUI_DIM, _(action->help));
    if (reason != NULL) {
        MW_FREE char *text = mw_xasprintf(_("(not now: %s)"), reason);
        if (text[0] == '(') /* the Chinese one brings its own room */
            tui_page_put(page, TUI_TEXT, " ");
        tui_page_wrap(page, column, TUI_DIM, text);
    }
}

static void put_signs(struct tui_page *page)
{
    static const struct {
        enum tui_glyph glyph;
        enum tui_role role;
        const char *text;
    } signs[] = {
        {TUI_LEADER, TUI_STAR, N_("the best mirror of its tool, here and now")},
        {TUI_IN_USE, TUI_ACCENT, N_("the tool uses it now")},
        {TUI_WANTED, TUI_ACCENT, N_("apply would write it")},
        {TUI_FAIL, TUI_BAD, N_("not usable; Enter says why")},
        {TUI_LOST, TUI_BAD, N_("a sample that got no good answer")},
    };
    tui_page_heading(page, _("Signs"));
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        tui_page_row(page, 2, signs[i].role, tui_glyph_text(page->tui, signs[i].glyph));
        tui_page_at(page, 5, TUI_TEXT, _(signs[i].text));
    }
    tui_page_line(page);
    for (int level = 0; level < 8; level++)
        tui_page_at(page, 2 + level, tui_spark_role(level),
                    tui_glyph_text(page->tui, (enum tui_glyph)((int)TUI_BAR_1 + level)));
    tui_page_block(page, 12, TUI_TEXT,
                   _("time to the first byte: 8, 16, 32, ... ms; each step is twice the one "
                     "before"));
}

static void put_columns(struct tui_page *page)
{
    static const struct {
        const char *name, *text;
    } columns[] = {
        {N_("rtt"), N_("round trip of the connection, measured by the kernel")},
        {N_("first byte"), N_("from the request to the first byte of the answer")},
        {N_("jitter"), N_("how much that differs from one sample to the next")},
        {N_("good"), N_("samples that were answered well, of all")},
        {N_("age"), N_("since the mirror's own last sync")},
        {N_("verdict"), N_("verified: a known file came byte for byte; alive: it answers well")},
    };
    tui_page_heading(page, _("Columns"));
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        tui_page_row(page, 2, TUI_HEADING, _(columns[i].name));
        tui_page_block(page, 14, TUI_TEXT, _(columns[i].text));
    }
}

void tui_view_help(struct tui *tui, struct tui_rect body)
{
    const struct mw_app *app = tui->app;
    enum mw_app_view below = app->view_count > 1 ? app->views[app->view_count - 2] : MW_VIEW_HOME;
    MW_AUTO(tui_page) page = tui_page_open(tui, body, true, _("Help"));
    tui_page_heading(&page, _("Keys of the view you came from"));
    size_t count = 0;
    const struct mw_app_action *actions = mw_app_actions(&count);
    for (size_t i = 0; i < count; i++) {
        if ((actions[i].views & (1U << below)) != 0)
            put_action(&page, app, &actions[i]);
    }
    put_signs(&page);
    put_columns(&page);
    tui_page_heading(&page, _("Mouse"));
    tui_page_line(&page);
    tui_page_block(&page, 2, TUI_TEXT,
                   _("A click selects a row, sorts by the head of a column, presses a key of the "
                     "bar; the wheel scrolls. Hold Shift to select text as without a mouse; "
                     "--no-mouse leaves the mouse to the terminal."));
    tui_page_view(tui, &page, MW_VIEW_HELP);
}

/* ---- messages ------------------------------------------------------------------------------ */

void tui_view_messages(struct tui *tui, struct tui_rect body)
{
    const struct mw_app *app = tui->app;
    MW_AUTO(tui_page) page = tui_page_open(tui, body, true, _("Messages, the newest first"));
    for (size_t i = app->message_count; i > 0; i--) {
        const struct mw_app_message *message = &app->messages[i - 1];
        const struct tui_look *look = &tui_message_looks[message->level];
        long seconds = (app->now_ms - message->at_ms) / 1000;
        tui_page_line(&page);
        if (seconds < 120)
            tui_page_printf(&page, TUI_DIM, _("%3ld s ago"), seconds);
        else
            tui_page_printf(&page, TUI_DIM, _("%3ld min ago"), seconds / 60);
        tui_page_at(&page, 13, look->role, tui_glyph_text(tui, look->glyph));
        tui_page_block(&page, 15, look->role, message->text);
    }
    const struct mw_session *session = app->session;
    if (session != NULL && session->warnings.count > 0) {
        tui_page_heading(&page, _("From the last reading"));
        tui_put_remarks(&page, TUI_WARN, TUI_WARNING, &session->warnings);
    }
    if (page.count == 0)
        tui_page_put(&page, TUI_DIM, _("Nothing was said yet."));
    tui_page_view(tui, &page, MW_VIEW_MESSAGES);
}
