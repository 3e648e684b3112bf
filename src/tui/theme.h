/* How meanings look. A role is a meaning; each has a look in every theme. Colours are those of the
 * 256-colour palette where there is one, else the eight; the ground is always the terminal's own,
 * so that nobody's background is painted over. Nothing is told by colour alone. */
#ifndef MW_TUI_THEME_H
#define MW_TUI_THEME_H

#include <curses.h>
#include <stdbool.h>

#include "mirrorwise/app.h"

enum tui_role {
    TUI_TEXT,
    TUI_DIM,    /* explanations, units */
    TUI_BORDER, /* frames at rest */
    TUI_FOCUS,  /* the frame that has the keys */
    TUI_TITLE,
    TUI_BRAND,
    TUI_HEADING, /* heads of columns */
    TUI_KEY,
    TUI_LABEL,
    TUI_NUMBER,
    TUI_GOOD,
    TUI_WARN,
    TUI_BAD,
    TUI_ACCENT,
    TUI_STAR,
    TUI_SPARK_LOW,
    TUI_SPARK_MID,
    TUI_SPARK_HIGH,
    TUI_ADD,
    TUI_REMOVE,
    TUI_HUNK,
    TUI_MATCH,
    TUI_BUTTON,
    TUI_BUTTON_ON,
    TUI_ROLE_COUNT
};

struct tui_palette {
    attr_t attrs[TUI_ROLE_COUNT];
    short pairs[TUI_ROLE_COUNT];    /* on the terminal's ground */
    short selected[TUI_ROLE_COUNT]; /* on the ground of the selected row; 0: reversed instead */
};

/* Sets the pairs of curses up; curses must be running. Without colours every theme is mono. */
void tui_palette_init(struct tui_palette *palette, enum mw_app_theme theme, bool may_color);

/* Every sign that is not a letter, with its ASCII twin: some terminals have no Unicode, and in
 * Chinese ones box drawing and blocks may be two columns wide. */
enum tui_glyph {
    TUI_HORIZONTAL,
    TUI_VERTICAL,
    TUI_TOP_LEFT,
    TUI_TOP_RIGHT,
    TUI_BOTTOM_LEFT,
    TUI_BOTTOM_RIGHT,
    TUI_THUMB, /* of a scroll bar */
    TUI_LEADER,
    TUI_IN_USE,
    TUI_WANTED,
    TUI_OK,
    TUI_FAIL,
    TUI_WARNING,
    TUI_SKIP,
    TUI_WAIT,
    TUI_ELLIPSIS,
    TUI_DASH,
    TUI_ARROW,
    TUI_POINTER, /* in front of the selected row */
    TUI_DOT,     /* between things */
    TUI_BLANK,
    TUI_CHANGE,
    TUI_MORE, /* something opens here */
    TUI_SORTED_UP,
    TUI_SORTED_DOWN,
    TUI_NO_SAMPLE,
    TUI_LOST,
    TUI_BAR_1, /* eight heights */
    TUI_BAR_8 = TUI_BAR_1 + 7,
    TUI_GLYPH_COUNT
};

const char *tui_glyph_of(enum tui_glyph glyph, bool is_ascii);

#endif
