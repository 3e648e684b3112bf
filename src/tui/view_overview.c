/* The overview of many tools: a line each, the panel of one and what apply would do to it. */
#include <stdio.h>
#include <string.h>

#include "columns.h"
#include "views.h"

/* ---- columns --------------------------------------------------------------------------------- */

enum column { COL_TOOL, COL_NOW, COL_RTT, COL_BEST, COL_BEST_RTT, COL_STATE, COL_COUNT };

static const struct tui_column columns[COL_COUNT] = {
    [COL_TOOL] = {N_("tool"), 0, 8, 0, false, 0},
    [COL_NOW] = {N_("in use"), 1, 9, 0, false, 0},
    [COL_RTT] = {N_("rtt"), 1, 7, 44, true, 0},
    [COL_BEST] = {N_("better"), 2, 8, 66, false, 0},
    [COL_BEST_RTT] = {N_("best"), 1, 7, 52, true, 0},
    [COL_STATE] = {N_("apply"), 2, 6, 0, false, 0},
};

enum { FRAME_COLS = 4, MARKS = 5 }; /* the pointer stands on the frame's blank; sign, number */

/* The mirror that would be better than what is in use; NULL: none is known. */
static const struct mw_app_mirror *better(const struct mw_app *app,
                                          const struct mw_app_panel *panel)
{
    bool is_any = panel->leader != MW_APP_NONE && panel->leader != panel->now_mirror;
    return is_any ? &app->mirrors[panel->leader] : NULL;
}

/* The mirror in use, if it is of no use; NULL: it works, or nothing is known of it. */
static const struct mw_app_mirror *unusable(const struct mw_app *app,
                                            const struct mw_app_panel *panel)
{
    bool is_one = panel->now_mirror != MW_APP_NONE &&
                  mw_app_mirror_state(&app->mirrors[panel->now_mirror]) == MW_STATE_BAD;
    return is_one ? &app->mirrors[panel->now_mirror] : NULL;
}

static void find_longest(const struct mw_app *app, int longest[COL_COUNT])
{
    enum { NAME_MOST = 32 };
    for (size_t i = 0; i < app->panel_count; i++) {
        const struct mw_app_panel *panel = &app->panels[i];
        const struct mw_app_mirror *best = better(app, panel);
        const struct mw_app_mirror *bad = unusable(app, panel);
        MW_FREE char *verdict = bad != NULL ? mw_app_verdict(app, bad) : NULL;
        const char *const texts[COL_COUNT] = {
            [COL_TOOL] = mw_tool_title(panel->tool),
            [COL_NOW] = mw_app_now_text(app, panel),
            [COL_RTT] = verdict,
            [COL_BEST] = best != NULL ? mw_app_name(app, best) : "",
            [COL_STATE] = mw_app_task_word(app, panel),
        };
        for (int k = 0; k < COL_COUNT; k++) {
            int cols = texts[k] != NULL ? (int)mw_text_cols(texts[k]) : 0;
            cols += k == COL_RTT && cols > 0; /* a number brings its own blank */
            cols = cols < NAME_MOST ? cols : NAME_MOST;
            longest[k] = cols > longest[k] ? cols : longest[k];
        }
    }
}

/* No column takes more than its longest text, so that the others are not cut beside free space. */
static void fit_columns(const struct mw_app *app, int room, struct tui_fit *fit)
{
    static const int growing[] = {COL_RTT, COL_STATE, COL_TOOL, COL_NOW, COL_BEST};
    int longest[COL_COUNT] = {0};
    find_longest(app, longest);
    tui_columns_begin(fit, columns, COL_COUNT, MARKS, room);
    if (longest[COL_BEST] == 0) {
        tui_columns_drop(fit, COL_BEST);
        tui_columns_drop(fit, COL_BEST_RTT);
    }
    tui_columns_grow(fit, growing, 2, longest);
    tui_columns_grow(fit, growing, sizeof growing / sizeof *growing, longest);
}

/* ---- lines ----------------------------------------------------------------------------------- */

static const struct tui_look looks[] = {
    [MW_NEED_BLOCKED] = {TUI_BAD, TUI_WARNING},
    [MW_NEED_DEAD] = {TUI_BAD, TUI_FAIL},
    [MW_NEED_CHANGE] = {TUI_WARN, TUI_CHANGE},
    [MW_NEED_NOTHING] = {TUI_GOOD, TUI_OK},
};

static enum tui_role task_role(const struct mw_app_panel *panel)
{
    if (panel->need == MW_NEED_BLOCKED)
        return TUI_BAD;
    return panel->task == MW_TASK_NONE                                         ? TUI_GOOD
           : panel->task >= MW_TASK_CREATE && panel->task <= MW_TASK_OVERRULED ? TUI_WARN
                                                                               : TUI_DIM;
}

/* What is in use and how far it is, or why it is of no use. */
static void put_now(struct tui *tui, const struct mw_app_panel *panel, const struct tui_fit *fit,
                    int y)
{
    const struct mw_app *app = tui->app;
    if (panel->now_mirror == MW_APP_NONE) {
        tui_put(tui, y, fit->x[COL_NOW], fit->w[COL_NOW], TUI_DIM, mw_app_now_text(app, panel));
        tui_put_right(tui, y, fit->x[COL_RTT], fit->w[COL_RTT], TUI_DIM,
                      tui_glyph_text(tui, TUI_DASH));
        return;
    }
    const struct mw_app_mirror *mirror = &app->mirrors[panel->now_mirror];
    bool is_bad = unusable(app, panel) != NULL;
    MW_FREE char *verdict = mw_app_verdict(app, mirror);
    tui_put_match(tui, y, fit->x[COL_NOW], fit->w[COL_NOW], is_bad ? TUI_BAD : TUI_TEXT,
                  mw_app_name(app, mirror), app->tool_filter);
    if (is_bad)
        tui_put_right(tui, y, fit->x[COL_RTT], fit->w[COL_RTT], TUI_BAD, verdict);
    else
        tui_put_time(tui, y, fit->x[COL_RTT], fit->w[COL_RTT], mirror->track->result.rtt_us);
}

/* Nothing where what is in use is the best there is. */
static void put_best(struct tui *tui, const struct mw_app_panel *panel, const struct tui_fit *fit,
                     int y)
{
    const struct mw_app *app = tui->app;
    const struct mw_app_mirror *best = better(app, panel);
    if (best == NULL)
        return;
    tui_put(tui, y, fit->x[COL_BEST], fit->w[COL_BEST], TUI_TEXT, mw_app_name(app, best));
    tui_put_time(tui, y, fit->x[COL_BEST_RTT], fit->w[COL_BEST_RTT], best->track->result.rtt_us);
}

static void put_panel_row(struct tui *tui, size_t row, struct tui_rect rect,
                          const struct tui_fit *fit, int y, bool has_keys)
{
    const struct mw_app *app = tui->app;
    size_t index = app->order[row];
    const struct mw_app_panel *panel = &app->panels[index];
    bool is_here = index == app->focus;
    char number[8] = "";
    tui->is_selected = is_here && has_keys;
    if (tui->is_selected)
        tui_blank(tui, y, rect.x + 1, rect.w - 2);
    if (is_here)
        tui_glyph(tui, y, rect.x + 1, has_keys ? TUI_ACCENT : TUI_DIM, TUI_POINTER);
    bool is_idle = panel->task == MW_TASK_UNKNOWN || panel->task == MW_TASK_FREE ||
                   panel->task == MW_TASK_LEFT;
    if (is_idle && panel->need == MW_NEED_NOTHING)
        tui_glyph(tui, y, rect.x + 2, TUI_DIM, TUI_DOT);
    else
        tui_glyph(tui, y, rect.x + 2, looks[panel->need].role, looks[panel->need].glyph);
    if (row < 9)
        snprintf(number, sizeof number, "%zu", row + 1);
    tui_put(tui, y, rect.x + 4, 2, TUI_DIM, number);
    tui_put_match(tui, y, fit->x[COL_TOOL], fit->w[COL_TOOL], TUI_TITLE, mw_tool_title(panel->tool),
                  app->tool_filter);
    put_now(tui, panel, fit, y);
    put_best(tui, panel, fit, y);
    tui_put(tui, y, fit->x[COL_STATE], fit->w[COL_STATE], task_role(panel),
            mw_app_task_word(app, panel));
    tui->is_selected = false;
    tui_hit(tui, (struct tui_rect){y, rect.x, 1, rect.w},
            &(struct mw_event){.kind = MW_EVENT_SELECT, .panel = index, .row = MW_APP_NONE});
}

/* "not here: Maven, Gradle and 12 more", as many as fit. */
static void put_absent(struct tui *tui, struct tui_rect rect)
{
    const struct mw_strings *absent = &tui->app->absent;
    struct tui_rect inside = tui_inside(rect);
    MW_FREE char *text = NULL;
    for (size_t named = absent->count; named > 0; named--) {
        struct mw_strings some = {.items = absent->items, .count = named};
        MW_FREE char *names = mw_strings_join(&some, _(", "));
        free(text);
        text = named == absent->count
                   ? mw_xasprintf(_("not here: %s"), names)
                   : mw_xasprintf(_("not here: %s and %zu more"), names, absent->count - named);
        if ((int)mw_text_cols(text) <= inside.w - 2)
            break;
    }
    tui_put(tui, rect.y + rect.h - 2, inside.x + 2, inside.w - 2, TUI_DIM, text);
}

static void put_tools(struct tui *tui, struct tui_rect rect, bool has_keys)
{
    struct mw_app *app = tui->app;
    tui_box(tui, rect, has_keys, _("Tools"));
    struct tui_rect inside = tui_inside(rect);
    struct tui_fit fit;
    fit_columns(app, inside.w, &fit);
    tui_columns_place(&fit, inside.x + MARKS);
    for (int i = 0; i < COL_COUNT; i++)
        tui_columns_head(tui, &fit, i, inside.y, TUI_HEADING, _(columns[i].title));
    bool has_absent = app->absent.count > 0 && rect.h > 6;
    int lines = rect.h - 3 - has_absent;
    size_t room = lines > 0 ? (size_t)lines : 0;
    size_t cursor = mw_app_place(app->order, app->order_count, app->focus);
    tui_keep_in_sight(&app->overview_top, cursor, room, app->order_count);
    mw_app_extent(app, MW_VIEW_OVERVIEW, app->order_count, room);
    for (size_t i = 0; i < room && app->overview_top + i < app->order_count; i++)
        put_panel_row(tui, app->overview_top + i, rect, &fit, inside.y + 1 + (int)i, has_keys);
    if (app->order_count == 0)
        tui_put(tui, inside.y + 1, inside.x, inside.w, TUI_DIM, _("nothing passes the filter"));
    tui_scrollbar(tui, rect, app->overview_top, room, app->order_count);
    if (has_absent)
        put_absent(tui, rect);
}

void tui_view_overview(struct tui *tui, struct tui_rect body)
{
    const struct mw_app *app = tui->app;
    if (app->panel_count == 0) {
        tui_home_nothing(tui, body);
        return;
    }
    const struct mw_app_panel *panel = &app->panels[app->focus];
    bool is_panel = mw_app_top(app) == MW_VIEW_HOME;
    struct tui_many many;
    struct tui_fit fit;
    fit_columns(app, tui_layout_tools_cols(body) - FRAME_COLS, &fit);
    tui_layout_many(body, is_panel, (int)app->panel_count + 3 + (app->absent.count > 0),
                    fit.used + FRAME_COLS, (int)panel->mirror_count + 3,
                    tui_home_plan_wants(app, panel->tool), &many);
    if (many.tools.h > 0)
        put_tools(tui, many.tools, !is_panel);
    if (many.panel.h > 0)
        tui_home_panel(tui, app->focus, many.panel, is_panel);
    if (many.plan.h > 0)
        tui_home_plan(tui, many.plan, panel->tool);
}
