/* Where things go: pure functions of rows, columns and how much there is. */
#ifndef MW_TUI_LAYOUT_H
#define MW_TUI_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

struct tui_rect {
    int y, x, h, w; /* h 0: not shown */
};

enum { TUI_MIN_ROWS = 10, TUI_MIN_COLS = 40, TUI_PANELS = 4 };

/* Head, body, message line and key bar of the screen. */
struct tui_frame {
    struct tui_rect head, body, message, keys;
};
void tui_layout_frame(int rows, int cols, struct tui_frame *frame);

/* Panels of the body. `wants[i]` is how many rows panel i could use, borders included; the plan
 * comes last and only where there is room for everybody. The focused panel is always shown. */
struct tui_home {
    struct tui_rect panels[TUI_PANELS];
    struct tui_rect plan;
};
void tui_layout_home(struct tui_rect body, const int *wants, size_t count, size_t focus,
                     int plan_wants, struct tui_home *home);

/* The overview of many tools at the left, the panel of one and its plan at the right; where it is
 * narrow the overview or the panel, whichever has the keys, and the plan if there is room.
 * `tools_cols` is what the overview needs to cut nothing; what it does not need is the panel's. */
struct tui_many {
    struct tui_rect tools, panel, plan;
};
void tui_layout_many(struct tui_rect body, bool is_panel, int tools_want, int tools_cols,
                     int panel_wants, int plan_wants, struct tui_many *many);
/* The most that the overview gets beside a panel. */
int tui_layout_tools_cols(struct tui_rect body);

/* Two panes side by side, or one above the other where it is narrow. Side by side the list gets
 * `list_cols` as far as that leaves the other enough. */
void tui_layout_split(struct tui_rect body, int list_rows, int list_cols, struct tui_rect *list,
                      struct tui_rect *rest);

struct tui_rect tui_inside(struct tui_rect rect); /* without its frame and a blank at each side */
size_t tui_room(struct tui_rect rect);            /* rows of it, 0 if it has none */
/* Moves the first of `count` rows that is shown, so that the cursor (`count`: there is none) is one
 * of `room` rows. */
void tui_keep_in_sight(size_t *top, size_t cursor, size_t room, size_t count);

#endif
