#include "layout.h"

enum {
    GRID_COLS = 110, /* from here on two panels stand side by side */
    GRID_ROWS = 16,
    PANEL_MIN = 5, /* frame, heads, two mirrors */
    FOCUS_MIN = 8,
    PLAN_MIN = 6,
    SPLIT_COLS = 96,
    TOOLS_LEAST_COLS = 48, /* of the overview beside a panel */
    TOOLS_COLS = 62,
    TOOLS_MOST_COLS = 84,
};

void tui_layout_frame(int rows, int cols, struct tui_frame *frame)
{
    *frame = (struct tui_frame){
        .head = {0, 0, 1, cols},
        .body = {1, 0, rows - 3, cols},
        .message = {rows - 2, 0, 1, cols},
        .keys = {rows - 1, 0, 1, cols},
    };
}

struct tui_rect tui_inside(struct tui_rect rect)
{
    return (struct tui_rect){rect.y + 1, rect.x + 2, rect.h - 2, rect.w - 4};
}

size_t tui_room(struct tui_rect rect)
{
    return rect.h > 0 ? (size_t)rect.h : 0;
}

void tui_keep_in_sight(size_t *top, size_t cursor, size_t room, size_t count)
{
    if (cursor == count || count <= room)
        *top = 0;
    else if (cursor < *top)
        *top = cursor;
    else if (room > 0 && cursor >= *top + room)
        *top = cursor - room + 1;
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

static int most(int a, int b)
{
    return a > b ? a : b;
}

/* Two columns, and rows of panels that line up. A row gets what it wants if all can, else its
 * share; what is left over goes to all alike. */
static void layout_grid(struct tui_rect body, const int *wants, size_t count, int plan_wants,
                        struct tui_home *home)
{
    int all[TUI_PANELS + 1];
    for (size_t i = 0; i < count; i++)
        all[i] = wants[i];
    all[count] = plan_wants;
    int cells = (int)count + 1;
    int lines = (cells + 1) / 2;
    int wanted[TUI_PANELS];
    int total = 0;
    for (int line = 0; line < lines; line++) {
        int right = 2 * line + 1 < cells ? all[2 * line + 1] : 0;
        wanted[line] = most(PANEL_MIN, most(all[2 * line], right));
        total += wanted[line];
    }

    /* A long list of mirrors must not squeeze out the plan below it. */
    if (lines == 2 && total > body.h)
        wanted[0] = least(wanted[0], most(body.h * 3 / 5, body.h - wanted[1]));
    total = 0;
    for (int line = 0; line < lines; line++)
        total += wanted[line];

    int left_half = body.w / 2;
    int y = body.y;
    for (int line = 0; line < lines; line++) {
        bool is_last = line == lines - 1;
        int height = is_last           ? body.y + body.h - y
                     : total <= body.h ? wanted[line] + (body.h - total) / lines
                                       : most(PANEL_MIN, body.h * wanted[line] / total);
        for (int side = 0; side < 2 && 2 * line + side < cells; side++) {
            int cell = 2 * line + side;
            bool is_wide = side == 0 && cell == cells - 1;
            struct tui_rect rect = {y, side == 0 ? body.x : body.x + left_half, height,
                                    is_wide     ? body.w
                                    : side == 0 ? left_half
                                                : body.w - left_half};
            *(cell == (int)count ? &home->plan : &home->panels[cell]) = rect;
        }
        y += height;
    }
}

/* One column: the focused panel takes what the others do not need. */
static void layout_stack(struct tui_rect body, const int *wants, size_t count, size_t focus,
                         int plan_wants, struct tui_home *home)
{
    int others = (int)count - 1;
    if (body.h < FOCUS_MIN + others * PANEL_MIN) {
        home->panels[focus] = body;
        return;
    }
    int heights[TUI_PANELS];
    int left = body.h - most(least(wants[focus], body.h - others * PANEL_MIN), FOCUS_MIN);
    heights[focus] = body.h - left;
    for (size_t i = 0; i < count; i++) {
        if (i == focus)
            continue;
        others--;
        heights[i] = least(most(wants[i], PANEL_MIN), left - others * PANEL_MIN);
        left -= heights[i];
    }
    int plan = left >= PLAN_MIN ? least(left, most(plan_wants, PLAN_MIN)) : 0;
    heights[plan > 0 ? (size_t)0 : focus] += plan > 0 ? 0 : left;
    int y = body.y;
    for (size_t i = 0; i < count; i++) {
        home->panels[i] = (struct tui_rect){y, body.x, heights[i], body.w};
        y += heights[i];
    }
    if (plan > 0)
        home->plan = (struct tui_rect){y, body.x, body.y + body.h - y, body.w};
}

void tui_layout_home(struct tui_rect body, const int *wants, size_t count, size_t focus,
                     int plan_wants, struct tui_home *home)
{
    *home = (struct tui_home){0};
    if (count == 0 || count > TUI_PANELS)
        return;
    if (body.w >= GRID_COLS && body.h >= GRID_ROWS && count > 1)
        layout_grid(body, wants, count, plan_wants, home);
    else
        layout_stack(body, wants, count, focus < count ? focus : 0, plan_wants, home);
}

int tui_layout_tools_cols(struct tui_rect body)
{
    return least(most(TOOLS_COLS, body.w * 2 / 5), TOOLS_MOST_COLS);
}

void tui_layout_many(struct tui_rect body, bool is_panel, int tools_want, int tools_cols,
                     int panel_wants, int plan_wants, struct tui_many *many)
{
    *many = (struct tui_many){0};
    if (body.w >= GRID_COLS && body.h >= GRID_ROWS) {
        int left = least(most(TOOLS_LEAST_COLS, tools_cols), tui_layout_tools_cols(body));
        many->tools = (struct tui_rect){body.y, body.x, body.h, left};
        many->panel = (struct tui_rect){body.y, body.x + left, body.h, body.w - left};
        int half = body.h * 3 / 5;
        int spare = body.h - least(most(plan_wants, PLAN_MIN), body.h - half);
        many->panel.h = most(FOCUS_MIN, least(panel_wants, spare));
        many->plan = many->panel;
        many->plan.y += many->panel.h;
        many->plan.h = body.h - many->panel.h;
        return;
    }
    struct tui_rect *shown = is_panel ? &many->panel : &many->tools;
    int wants = is_panel ? most(panel_wants, FOCUS_MIN) : tools_want;
    *shown = body;
    if (wants + PLAN_MIN > body.h)
        return;
    many->plan = body;
    many->plan.h = least(most(plan_wants, PLAN_MIN), body.h - wants);
    shown->h = body.h - many->plan.h;
    many->plan.y += shown->h;
}

void tui_layout_split(struct tui_rect body, int list_rows, int list_cols, struct tui_rect *list,
                      struct tui_rect *rest)
{
    *list = *rest = body;
    if (body.w >= SPLIT_COLS) {
        list->w = least(most(most(36, body.w * 2 / 5), list_cols), body.w * 11 / 20);
        rest->x += list->w;
        rest->w -= list->w;
        return;
    }
    list->h = least(list_rows + 2, most(4, body.h / 3));
    rest->y += list->h;
    rest->h -= list->h;
}
