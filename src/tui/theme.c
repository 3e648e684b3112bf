#include "theme.h"

/* One role in one theme. -1: the terminal's own colour. */
struct look {
    short fg256, fg8;
    attr_t attr;
    short bg256, bg8; /* 0: the terminal's own */
};

static const struct look looks[MW_THEME_COUNT][TUI_ROLE_COUNT] =
    {
        [MW_THEME_DEFAULT] =
            {
                [TUI_TEXT] = {-1, -1, 0, 0, 0},
                [TUI_DIM] = {245, -1, 0, 0, 0},
                [TUI_BORDER] = {239, -1, 0, 0, 0},
                [TUI_FOCUS] = {73, COLOR_CYAN, 0, 0, 0},
                [TUI_TITLE] = {-1, -1, A_BOLD, 0, 0},
                [TUI_BRAND] = {80, COLOR_CYAN, A_BOLD, 0, 0},
                [TUI_HEADING] = {242, -1, 0, 0, 0},
                [TUI_KEY] = {80, COLOR_CYAN, A_BOLD, 0, 0},
                [TUI_LABEL] = {249, -1, 0, 0, 0},
                [TUI_NUMBER] = {-1, -1, 0, 0, 0},
                [TUI_GOOD] = {114, COLOR_GREEN, 0, 0, 0},
                [TUI_WARN] = {179, COLOR_YELLOW, 0, 0, 0},
                [TUI_BAD] = {203, COLOR_RED, 0, 0, 0},
                [TUI_ACCENT] = {80, COLOR_CYAN, 0, 0, 0},
                [TUI_STAR] = {221, COLOR_YELLOW, A_BOLD, 0, 0},
                [TUI_SPARK_LOW] = {72, COLOR_GREEN, 0, 0, 0},
                [TUI_SPARK_MID] = {143, COLOR_YELLOW, 0, 0, 0},
                [TUI_SPARK_HIGH] = {173, COLOR_RED, 0, 0, 0},
                [TUI_ADD] = {114, COLOR_GREEN, 0, 0, 0},
                [TUI_REMOVE] = {203, COLOR_RED, 0, 0, 0},
                [TUI_HUNK] = {73, COLOR_CYAN, 0, 0, 0},
                [TUI_MATCH] = {16, COLOR_BLACK, 0, 221, COLOR_YELLOW},
                [TUI_BUTTON] = {249, -1, 0, 0, 0},
                [TUI_BUTTON_ON] = {16, COLOR_BLACK, A_BOLD, 80, COLOR_CYAN},
            },
        [MW_THEME_LIGHT] =
            {
                [TUI_TEXT] = {-1, -1, 0, 0, 0},
                [TUI_DIM] = {243, -1, 0, 0, 0},
                [TUI_BORDER] = {250, -1, 0, 0, 0},
                [TUI_FOCUS] = {31, COLOR_BLUE, 0, 0, 0},
                [TUI_TITLE] = {-1, -1, A_BOLD, 0, 0},
                [TUI_BRAND] = {30, COLOR_BLUE, A_BOLD, 0, 0},
                [TUI_HEADING] = {245, -1, 0, 0, 0},
                [TUI_KEY] = {30, COLOR_BLUE, A_BOLD, 0, 0},
                [TUI_LABEL] = {239, -1, 0, 0, 0},
                [TUI_NUMBER] = {-1, -1, 0, 0, 0},
                [TUI_GOOD] = {28, COLOR_GREEN, 0, 0, 0},
                [TUI_WARN] = {130, COLOR_MAGENTA, 0, 0, 0},
                [TUI_BAD] = {160, COLOR_RED, 0, 0, 0},
                [TUI_ACCENT] = {30, COLOR_BLUE, 0, 0, 0},
                [TUI_STAR] = {136, COLOR_MAGENTA, A_BOLD, 0, 0},
                [TUI_SPARK_LOW] = {65, COLOR_GREEN, 0, 0, 0},
                [TUI_SPARK_MID] = {136, COLOR_MAGENTA, 0, 0, 0},
                [TUI_SPARK_HIGH] = {166, COLOR_RED, 0, 0, 0},
                [TUI_ADD] = {28, COLOR_GREEN, 0, 0, 0},
                [TUI_REMOVE] = {160, COLOR_RED, 0, 0, 0},
                [TUI_HUNK] = {31, COLOR_BLUE, 0, 0, 0},
                [TUI_MATCH] = {16, COLOR_BLACK, 0, 222, COLOR_YELLOW},
                [TUI_BUTTON] = {239, -1, 0, 0, 0},
                [TUI_BUTTON_ON] = {231, COLOR_WHITE, A_BOLD, 30, COLOR_BLUE},
            },
        [MW_THEME_MONO] =
            {
                [TUI_TITLE] = {-1, -1, A_BOLD, 0, 0},
                [TUI_DIM] = {-1, -1, A_DIM, 0, 0},
                [TUI_BORDER] = {-1, -1, A_DIM, 0, 0},
                [TUI_FOCUS] = {-1, -1, A_BOLD, 0, 0},
                [TUI_BRAND] = {-1, -1, A_BOLD, 0, 0},
                [TUI_HEADING] = {-1, -1, A_DIM, 0, 0},
                [TUI_KEY] = {-1, -1, A_BOLD, 0, 0},
                [TUI_STAR] = {-1, -1, A_BOLD, 0, 0},
                [TUI_WARN] = {-1, -1, A_BOLD, 0, 0},
                [TUI_BAD] = {-1, -1, A_BOLD, 0, 0},
                [TUI_ADD] = {-1, -1, A_BOLD, 0, 0},
                [TUI_REMOVE] = {-1, -1, A_DIM, 0, 0},
                [TUI_HUNK] = {-1, -1, A_DIM, 0, 0},
                [TUI_MATCH] = {-1, -1, A_UNDERLINE, 0, 0},
                [TUI_BUTTON_ON] = {-1, -1, A_REVERSE, 0, 0},
            },
};

/* The ground of the selected row; the eight colours have none that is calm. */
static const short selected_ground[MW_THEME_COUNT] = {
    [MW_THEME_DEFAULT] = 237,
    [MW_THEME_LIGHT] = 254,
};

static void init_role(struct tui_palette *palette, const struct look *look, int role, bool has_many)
{
    short fg = has_many ? look->fg256 : look->fg8;
    short bg = has_many ? look->bg256 : look->bg8;
    short pair = (short)(1 + 2 * role);
    bool is_dim = !has_many && (role == TUI_DIM || role == TUI_BORDER || role == TUI_HEADING);
    palette->attrs[role] = is_dim ? look->attr | A_DIM : look->attr;
    if (fg == -1 && bg == 0) {
        palette->pairs[role] = 0;
    } else {
        init_pair(pair, fg, bg != 0 ? bg : -1);
        palette->pairs[role] = pair;
    }
    if (!has_many)
        return;
    init_pair((short)(pair + 1), fg, bg != 0 ? bg : selected_ground[palette->theme]);
    palette->selected[role] = (short)(pair + 1);
}

void tui_palette_init(struct tui_palette *palette, enum mw_app_theme theme, bool may_color)
{
    bool has_color = may_color && has_colors() && start_color() == OK && COLORS >= 8;
    if (has_color)
        use_default_colors();
    *palette = (struct tui_palette){
        .theme = has_color ? theme : MW_THEME_MONO,
        .has_color = has_color && theme != MW_THEME_MONO,
    };
    bool has_many = COLORS >= 256 && COLOR_PAIRS > 2 * TUI_ROLE_COUNT;
    for (int role = 0; role < TUI_ROLE_COUNT; role++) {
        const struct look *look = &looks[palette->theme][role];
        if (palette->has_color)
            init_role(palette, look, role, has_many);
        else
            palette->attrs[role] = look->attr;
    }
}
