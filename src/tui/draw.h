/* Drawing: text, numbers and boxes by display columns, in roles instead of colours.
 *
 * Everything that reaches the screen goes through tui_put(): it makes foreign text safe, clips it
 * to a width and never lets curses wrap. A role says what a text means; the theme says how that
 * looks. What lies where is remembered for the mouse. */
#ifndef MW_TUI_DRAW_H
#define MW_TUI_DRAW_H

#include <stdbool.h>
#include <stddef.h>

#include "layout.h"
#include "mirrorwise/app.h"
#include "mirrorwise/text.h"
#include "theme.h"

/* What a click on a place means. */
struct tui_hit {
    struct tui_rect rect;
    struct mw_event event; /* ACTION, SELECT, SORT */
};

enum { TUI_HITS = 512 };

struct tui {
    struct mw_app *app;
    int rows, cols;
    bool is_ascii;
    struct tui_palette palette;
    bool is_selected;       /* what is drawn now lies on the selected row */
    int cursor_y, cursor_x; /* -1: hidden */
    struct tui_hit hits[TUI_HITS];
    size_t hit_count;
};

/* Draws at most `width` columns of `text`, with an ellipsis if that cuts it; returns the columns
 * drawn. Outside of the screen nothing is drawn. */
int tui_put(struct tui *tui, int y, int x, int width, enum tui_role role, const char *text);
/* The same at the right end of the width. */
void tui_put_right(struct tui *tui, int y, int x, int width, enum tui_role role, const char *text);
/* The same with every place that matches `needle` (any case; "": none) in the role of matches. */
int tui_put_match(struct tui *tui, int y, int x, int width, enum tui_role role, const char *text,
                  const char *needle);
int tui_glyph(struct tui *tui, int y, int x, enum tui_role role, enum tui_glyph glyph);
const char *tui_glyph_text(const struct tui *tui, enum tui_glyph glyph);
/* Blanks; for the ground of a selected row. */
void tui_blank(struct tui *tui, int y, int x, int width);

/* A duration in microseconds, right-aligned, the unit dimmed: "12 ms", "1.4 s". -1 is a dash. */
void tui_put_time(struct tui *tui, int y, int x, int width, long us);
/* "6 h", "2 d"; -1 is a dash. */
void tui_put_age(struct tui *tui, int y, int x, int width, long seconds);

/* A rounded box with a title at the left and, if there is room, a note at the right of its top. */
void tui_box(struct tui *tui, struct tui_rect rect, bool has_focus, const char *title);
/* A note on the top border, if it fits. */
void tui_box_note(struct tui *tui, struct tui_rect rect, const char *title, enum tui_role role,
                  const char *note);
/* How far one has scrolled, on the right border. */
void tui_scrollbar(struct tui *tui, struct tui_rect rect, size_t top, size_t page, size_t count);

void tui_hit(struct tui *tui, struct tui_rect rect, const struct mw_event *event);
/* As if the key of that action was pressed. */
void tui_hit_action(struct tui *tui, struct tui_rect rect, enum mw_app_action_id action);

#endif
