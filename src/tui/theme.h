/* How meanings look. A role is a meaning; a theme has a row for each. Colours are those of the
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
    enum mw_app_theme theme;
    bool has_color;
    attr_t attrs[TUI_ROLE_COUNT];
    short pairs[TUI_ROLE_COUNT];    /* on the terminal's ground */
    short selected[TUI_ROLE_COUNT]; /* on the ground of the selected row; 0: reversed instead */
};

/* Sets the pairs of curses up; curses must be running. Without colours every theme is mono. */
void tui_palette_init(struct tui_palette *palette, enum mw_app_theme theme, bool may_color);

#endif
