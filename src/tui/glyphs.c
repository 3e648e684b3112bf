#include "glyphs.h"

static const struct {
    const char *symbol, *ascii; /* one column each */
} glyphs[TUI_GLYPH_COUNT] = {
    [TUI_HORIZONTAL] = {"─", "-"},  [TUI_VERTICAL] = {"│", "|"},    [TUI_TOP_LEFT] = {"╭", "+"},
    [TUI_TOP_RIGHT] = {"╮", "+"},   [TUI_BOTTOM_LEFT] = {"╰", "+"}, [TUI_BOTTOM_RIGHT] = {"╯", "+"},
    [TUI_THUMB] = {"┃", "#"},       [TUI_LEADER] = {"★", "*"},      [TUI_IN_USE] = {"●", "o"},
    [TUI_WANTED] = {"○", "+"},      [TUI_OK] = {"✓", "v"},          [TUI_FAIL] = {"✗", "x"},
    [TUI_WARNING] = {"!", "!"},     [TUI_SKIP] = {"–", "-"},        [TUI_WAIT] = {"·", "."},
    [TUI_ELLIPSIS] = {"…", "~"},    [TUI_DASH] = {"–", "-"},        [TUI_ARROW] = {"→", ">"},
    [TUI_POINTER] = {"▌", ">"},     [TUI_DOT] = {"·", "|"},         [TUI_BLANK] = {" ", " "},
    [TUI_CHANGE] = {"~", "~"},      [TUI_MORE] = {"▾", ""},         [TUI_SORTED_UP] = {"▴", "^"},
    [TUI_SORTED_DOWN] = {"▾", "v"}, [TUI_NO_SAMPLE] = {"·", " "},   [TUI_LOST] = {"×", "x"},
    [TUI_BAR_1] = {"▁", "_"},       [TUI_BAR_1 + 1] = {"▂", "."},   [TUI_BAR_1 + 2] = {"▃", ","},
    [TUI_BAR_1 + 3] = {"▄", "-"},   [TUI_BAR_1 + 4] = {"▅", "~"},   [TUI_BAR_1 + 5] = {"▆", "+"},
    [TUI_BAR_1 + 6] = {"▇", "="},   [TUI_BAR_8] = {"█", "#"},
};

const char *tui_glyph_of(enum tui_glyph glyph, bool is_ascii)
{
    return is_ascii ? glyphs[glyph].ascii : glyphs[glyph].symbol;
}
