/* Every sign that is not a letter, with its ASCII twin: some terminals have no Unicode, and in
 * Chinese ones box drawing and blocks may be two columns wide. */
#ifndef MW_TUI_GLYPHS_H
#define MW_TUI_GLYPHS_H

#include <stdbool.h>

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
