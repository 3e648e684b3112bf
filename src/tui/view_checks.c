/* The checklist, and one item of it: what was found, why it matters, what mends it. */
#include <string.h>

#include "views.h"

enum { WORD_COLUMN = 2, TITLE_COLUMN = 8, LABEL_COLS = 9, SIDE_COLS = 96 };

static const struct tui_look looks[] = {
    [MW_CHECK_PASS] = {TUI_GOOD, TUI_OK},
    [MW_CHECK_WARN] = {TUI_WARN, TUI_WARNING},
    [MW_CHECK_FAIL] = {TUI_BAD, TUI_FAIL},
    [MW_CHECK_SKIP] = {TUI_DIM, TUI_SKIP},
};

/* ---- one item ------------------------------------------------------------------------------ */

static void put_part(struct tui_page *page, enum tui_role role, const char *label, const char *text)
{
    if (text[0] == '\0')
        return;
    tui_page_row(page, 0, TUI_DIM, label);
    tui_page_block(page, LABEL_COLS, role, text);
}

static void put_evidence(struct tui_page *page, const struct mw_check *check)
{
    enum tui_role found = check->status == MW_CHECK_PASS ? TUI_TEXT : looks[check->status].role;
    put_part(page, found, _("found"), check->observed);
    put_part(page, TUI_TEXT, _("wanted"), check->expected);
    put_part(page, TUI_TEXT, _("why"), check->why);
}

/* Who can do it: this program at a key, or only the person. */
static void put_fix(struct tui_page *page, const struct mw_check *check)
{
    const struct mw_app_action *fix = mw_app_action_find(MW_DO_FIX);
    if (check->fix[0] == '\0')
        return;
    put_part(page, TUI_KEY, _("fix"), check->fix);
    const char *reason = fix->why_not(page->tui->app);
    tui_page_row(page, LABEL_COLS, TUI_DIM, "");
    if (reason != NULL) {
        tui_page_wrap(page, LABEL_COLS, TUI_DIM, reason);
        return;
    }
    tui_page_put(page, TUI_KEY, "f");
    tui_page_put(page, TUI_DIM, " ");
    tui_page_wrap(page, LABEL_COLS, TUI_DIM, _("does it here, and asks before it writes"));
}

static void put_status(struct tui_page *page, const struct mw_check *check)
{
    bool is_fresh = mw_app_check_is_fresh(page->tui->app, check);
    enum tui_role role = is_fresh ? looks[check->status].role : TUI_DIM;
    tui_page_row(page, 0, role, tui_glyph_text(page->tui, looks[check->status].glyph));
    tui_page_at(page, WORD_COLUMN, role, _(mw_check_status_word(check->status)));
    if (!is_fresh)
        tui_page_printf(page, TUI_DIM, "  %s", _("is being checked again"));
    tui_page_right(page, TUI_DIM, check->id);
    tui_page_line(page);
}

void tui_view_check(struct tui *tui, struct tui_rect body)
{
    const struct mw_check *check = mw_app_check(tui->app);
    MW_AUTO(tui_page) page =
        tui_page_open(tui, body, true, check != NULL ? check->title : _("Checklist"));
    if (check == NULL) {
        tui_page_put(&page, TUI_DIM, _("there is no check here"));
    } else {
        put_status(&page, check);
        put_evidence(&page, check);
        if (check->fix[0] != '\0')
            tui_page_line(&page);
        put_fix(&page, check);
    }
    tui_page_view(tui, &page, MW_VIEW_CHECK);
}

/* ---- the list ------------------------------------------------------------------------------ */

static void put_check_row(struct tui_page *page, const struct mw_check *check)
{
    bool is_quiet = check->status == MW_CHECK_SKIP || !mw_app_check_is_fresh(page->tui->app, check);
    enum tui_role role = is_quiet ? TUI_DIM : looks[check->status].role;
    tui_page_row(page, 0, role, tui_glyph_text(page->tui, looks[check->status].glyph));
    tui_page_at(page, WORD_COLUMN, role, _(mw_check_status_word(check->status)));
    tui_page_at(page, TITLE_COLUMN, is_quiet ? TUI_DIM : TUI_TEXT, check->title);
}

/* Owned: how it went, or how far it is. */
static char *make_note(const struct mw_app *app, int cols)
{
    const bool is_narrow = cols < 60; /* then only what needs somebody */
    const struct mw_checks *checks = &app->checks;
    struct mw_buf text = {0};
    if (app->is_checking)
        return mw_xasprintf(_("checking, %zu answered"), app->fresh_checks.count);
    for (int i = 0; i < 4; i++) {
        size_t count = mw_checks_count(checks, (enum mw_check_status)i);
        bool is_quiet = i == MW_CHECK_PASS || i == MW_CHECK_SKIP;
        if (count > 0 && !(is_narrow && is_quiet))
            mw_buf_printf(&text, _("%s%zu %s"), text.len > 0 ? _(", ") : "", count,
                          _(mw_check_status_word((enum mw_check_status)i)));
    }
    return mw_buf_take(&text);
}

/* A title is shown whole where the explanation beside it can spare the room. */
static int list_cols(const struct mw_checks *checks)
{
    int wants = 0;
    for (size_t i = 0; i < checks->count; i++) {
        int cols = (int)mw_text_cols(checks->items[i].title) + TITLE_COLUMN + 4;
        wants = cols > wants ? cols : wants;
    }
    return wants;
}

void tui_view_checks(struct tui *tui, struct tui_rect body)
{
    const struct mw_app *app = tui->app;
    const struct mw_checks *checks = &app->checks;
    struct tui_rect list;
    struct tui_rect rest;
    size_t shown = mw_app_check_count(app);
    tui_layout_split(body, (int)shown + 1, list_cols(checks), &list, &rest);
    if (body.w < SIDE_COLS) { /* below each other: the list is what counts */
        list.h = body.h - 8 > 5 ? body.h - 8 : body.h;
        rest.y = list.y + list.h;
        rest.h = body.h - list.h;
    }
    if (shown == 0) { /* nothing to be explained yet */
        list = body;
        rest.h = 0;
    }
    MW_FREE char *note = make_note(app, list.w);
    MW_AUTO(tui_page) page = {.tui = tui};
    for (size_t i = 0; i < shown; i++)
        put_check_row(&page, mw_app_check_at(app, i));
    tui_page_list(tui, &page, MW_VIEW_CHECKS, list, _("Checklist"));
    tui_box_note(tui, list, _("Checklist"), TUI_DIM, note);
    if (shown == 0)
        tui_put(tui, list.y + 1, list.x + 2, list.w - 4, TUI_DIM,
                app->is_checking     ? _("checking")
                : checks->count == 0 ? _("nothing to check")
                                     : _("all is in order; o shows everything"));
    if (rest.h == 0)
        return;

    const struct mw_check *check = mw_app_check(app);
    MW_AUTO(tui_page) item = tui_page_open(tui, rest, false, check != NULL ? check->title : "");
    if (check == NULL)
        return;
    put_evidence(&item, check);
    put_fix(&item, check);
    if (!tui_page_peek(tui, &item))
        tui_box_note(tui, rest, check->title, TUI_DIM, _("Enter shows all"));
}
