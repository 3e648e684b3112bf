/* The whole screen: bars around the view on top of the stack. */
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "views.h"

static void draw_too_small(struct tui *tui)
{
    MW_FREE char *need = mw_xasprintf(_("needs %d x %d"), TUI_MIN_COLS, TUI_MIN_ROWS);
    MW_FREE char *have = mw_xasprintf(_("has %d x %d"), tui->cols, tui->rows);
    int y = tui->rows / 2 - 1;
    tui_put(tui, y > 0 ? y : 0, 0, tui->cols, TUI_WARN, _("too small"));
    tui_put(tui, (y > 0 ? y : 0) + 1, 0, tui->cols, TUI_TEXT, need);
    tui_put(tui, (y > 0 ? y : 0) + 2, 0, tui->cols, TUI_DIM, have);
}

void tui_draw(struct tui *tui)
{
    static void (*const views[])(struct tui *, struct tui_rect) = {
        [MW_VIEW_HOME] = tui_view_home,         [MW_VIEW_DETAIL] = tui_view_detail,
        [MW_VIEW_PROFILES] = tui_view_profiles, [MW_VIEW_DIFF] = tui_view_diff,
        [MW_VIEW_APPLY] = tui_view_apply,       [MW_VIEW_HISTORY] = tui_view_history,
        [MW_VIEW_CHECKS] = tui_view_checks,     [MW_VIEW_CHECK] = tui_view_check,
        [MW_VIEW_HELP] = tui_view_help,         [MW_VIEW_MESSAGES] = tui_view_messages,
        [MW_VIEW_OVERVIEW] = tui_view_overview,
    };
    werase(stdscr);
    tui->hit_count = 0;
    tui->cursor_y = tui->cursor_x = -1;
    if (tui->rows < TUI_MIN_ROWS || tui->cols < TUI_MIN_COLS) {
        draw_too_small(tui);
    } else {
        struct tui_frame frame;
        tui_layout_frame(tui->rows, tui->cols, &frame);
        tui_bar_head(tui, frame.head);
        views[mw_app_top(tui->app)](tui, frame.body);
        tui_bar_message(tui, frame.message);
        tui_bar_keys(tui, frame.keys);
    }
    attr_set(A_NORMAL, 0, NULL);
    if (tui->cursor_y >= 0)
        wmove(stdscr, tui->cursor_y, tui->cursor_x);
    wnoutrefresh(stdscr);
}
