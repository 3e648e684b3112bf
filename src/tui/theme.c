#include "theme.h"

/* ---- roles --------------------------------------------------------------------------------- */

/* A colour where there are 256 of them, and where there are eight. -1: the terminal's own. */
struct color {
    short of_256, of_8;
};

/* One role: of each theme with colours the colour, by enum mw_app_theme. */
static const struct {
    attr_t attr, mono_attr;
    struct color ink[MW_THEME_MONO];
    struct color ground[MW_THEME_MONO]; /* 0: the terminal's own */
} looks[TUI_ROLE_COUNT] = {
    [TUI_TEXT] = {0, 0, {{-1, -1}, {-1, -1}}, {{0}}},
    [TUI_DIM] = {0, A_DIM, {{245, -1}, {243, -1}}, {{0}}},
    [TUI_BORDER] = {0, A_DIM, {{239, -1}, {250, -1}}, {{0}}},
    [TUI_FOCUS] = {0, A_BOLD, {{73, COLOR_CYAN}, {31, COLOR_BLUE}}, {{0}}},
    [TUI_TITLE] = {A_BOLD, A_BOLD, {{-1, -1}, {-1, -1}}, {{0}}},
    [TUI_BRAND] = {A_BOLD, A_BOLD, {{80, COLOR_CYAN}, {30, COLOR_BLUE}}, {{0}}},
    [TUI_HEADING] = {0, A_DIM, {{242, -1}, {245, -1}}, {{0}}},
    [TUI_KEY] = {A_BOLD, A_BOLD, {{80, COLOR_CYAN}, {30, COLOR_BLUE}}, {{0}}},
    [TUI_LABEL] = {0, 0, {{249, -1}, {239, -1}}, {{0}}},
    [TUI_NUMBER] = {0, 0, {{-1, -1}, {-1, -1}}, {{0}}},
    [TUI_GOOD] = {0, 0, {{114, COLOR_GREEN}, {28, COLOR_GREEN}}, {{0}}},
    [TUI_WARN] = {0, A_BOLD, {{179, COLOR_YELLOW}, {130, COLOR_MAGENTA}}, {{0}}},
    [TUI_BAD] = {0, A_BOLD, {{203, COLOR_RED}, {160, COLOR_RED}}, {{0}}},
    [TUI_ACCENT] = {0, 0, {{80, COLOR_CYAN}, {30, COLOR_BLUE}}, {{0}}},
    [TUI_STAR] = {A_BOLD, A_BOLD, {{221, COLOR_YELLOW}, {136, COLOR_MAGENTA}}, {{0}}},
    [TUI_SPARK_LOW] = {0, 0, {{72, COLOR_GREEN}, {65, COLOR_GREEN}}, {{0}}},
    [TUI_SPARK_MID] = {0, 0, {{143, COLOR_YELLOW}, {136, COLOR_MAGENTA}}, {{0}}},
    [TUI_SPARK_HIGH] = {0, 0, {{173, COLOR_RED}, {166, COLOR_RED}}, {{0}}},
    [TUI_ADD] = {0, A_BOLD, {{114, COLOR_GREEN}, {28, COLOR_GREEN}}, {{0}}},
    [TUI_REMOVE] = {0, A_DIM, {{203, COLOR_RED}, {160, COLOR_RED}}, {{0}}},
    [TUI_HUNK] = {0, A_DIM, {{73, COLOR_CYAN}, {31, COLOR_BLUE}}, {{0}}},
    [TUI_MATCH] = {0,
                   A_UNDERLINE,
                   {{16, COLOR_BLACK}, {16, COLOR_BLACK}},
                   {{221, COLOR_YELLOW}, {222, COLOR_YELLOW}}},
    [TUI_BUTTON] = {0, 0, {{249, -1}, {239, -1}}, {{0}}},
    [TUI_BUTTON_ON] = {A_BOLD,
                       A_REVERSE,
                       {{16, COLOR_BLACK}, {231, COLOR_WHITE}},
                       {{80, COLOR_CYAN}, {30, COLOR_BLUE}}},
};

/* The ground of the selected row; the eight colours have none that is calm. */
static const short selected_ground[MW_THEME_MONO] = {
    [MW_THEME_DEFAULT] = 237,
    [MW_THEME_LIGHT] = 254,
};

static void init_role(struct tui_palette *palette, enum mw_app_theme theme, int role, bool has_many)
{
    const struct color *ink = &looks[role].ink[theme];
    const struct color *ground = &looks[role].ground[theme];
    short fg = has_many ? ink->of_256 : ink->of_8;
    short bg = has_many ? ground->of_256 : ground->of_8;
    short pair = (short)(1 + 2 * role);
    bool is_dim = !has_many && (role == TUI_DIM || role == TUI_BORDER || role == TUI_HEADING);
    palette->attrs[role] = looks[role].attr | (is_dim ? A_DIM : 0);
    if (fg != -1 || bg != 0) {
        init_pair(pair, fg, bg != 0 ? bg : -1);
        palette->pairs[role] = pair;
    }
    if (!has_many)
        return;
    init_pair((short)(pair + 1), fg, bg != 0 ? bg : selected_ground[theme]);
    palette->selected[role] = (short)(pair + 1);
}

void tui_palette_init(struct tui_palette *palette, enum mw_app_theme theme, bool may_color)
{
    bool has_color = may_color && has_colors() && start_color() == OK && COLORS >= 8;
    if (has_color)
        use_default_colors();
    *palette = (struct tui_palette){0};
    bool has_many = COLORS >= 256 && COLOR_PAIRS > 2 * TUI_ROLE_COUNT;
    for (int role = 0; role < TUI_ROLE_COUNT; role++) {
        if (has_color && theme != MW_THEME_MONO)
            init_role(palette, theme, role, has_many);
        else
            palette->attrs[role] = looks[role].mono_attr;
    }
}

/* ---- signs --------------------------------------------------------------------------------- */

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
