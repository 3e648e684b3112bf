/* The one table of what a person can do: dispatch, key bar, help, man page and tests are made from
 * it. A key that cannot act says why; hjkl, g, G, /, n, N, Ctrl-D/U/F/B belong to moving. */
#include <limits.h>

#include "app_parts.h"

#define IN(view) (1U << (MW_VIEW_##view))
#define TOOLS (IN(HOME) | IN(OVERVIEW))
#define LIVE (TOOLS | IN(DETAIL))
#define LISTS (IN(PROFILES) | IN(HISTORY) | IN(CHECKS))
#define TEXTS (IN(DETAIL) | IN(DIFF) | IN(CHECK) | IN(HELP) | IN(MESSAGES))
#define ALL ((1U << MW_VIEW_COUNT) - 1)
#define F(number) (MW_KEY_F1 + (number)-1)

/* What it is, where, how much it matters there (0: not in the key bar), what it is called and does,
 * why not now, what acts, and its keys. */
#define ROW(id, views, priority, label, help, why_not, run, ...)                                   \
    {                                                                                              \
        MW_DO_##id, {__VA_ARGS__}, (views), (priority), label, help, why_not, run, 0               \
    }
/* The same of what one function does in several ways, and which it is. */
#define ROW_OF(id, views, priority, label, help, why_not, run, about, ...)                         \
    {                                                                                              \
        MW_DO_##id, {__VA_ARGS__}, (views), (priority), label, help, why_not, run, about           \
    }
#define OPENS(id, views, priority, label, help, why_not, view, ...)                                \
    ROW_OF(id, views, priority, label, help, why_not, app_run_open, MW_VIEW_##view, __VA_ARGS__)
#define MOVES(id, views, label, help, run, about, ...)                                             \
    ROW_OF(id, views, 0, label, help, NULL, run, about, __VA_ARGS__)
/* Far, without overflow when it is added to a place. */
#define FAR (LONG_MAX / 4)

static const struct mw_app_action actions[] = {
    ROW(YES, IN(APPLY), 2, N_("yes"), N_("write what is shown"), app_why_not_write, app_write, 'y'),
    ROW(NO, IN(APPLY), 2, N_("no"), N_("write nothing and go back"), app_why_not_no, app_run_back,
        'n'),
    ROW(SKIP, IN(APPLY), 3, N_("leave out"),
        N_("leave out the tools that something stands in the way of, apply the rest"),
        app_why_not_skip, app_run_skip, 'x'),
    ROW(FORCE, IN(APPLY), 3, N_("force"),
        N_("overwrite what somebody else changed since our last write"), app_why_not_force,
        app_run_force, 'F'),
    ROW(ACCEPT, IN(APPLY), 3, N_("accept"), N_("take the risk that is named first, this one time"),
        app_why_not_accept, app_run_accept, 'A'),
    ROW(PRESS, IN(APPLY), 0, N_("press"), N_("press the chosen button"), app_why_not_press,
        app_run_press, MW_KEY_ENTER),
    OPENS(OPEN, IN(HOME), 2, N_("details"), N_("all about this mirror"), app_why_not_mirror, DETAIL,
          MW_KEY_ENTER),
    OPENS(OPEN, IN(OVERVIEW), 2, N_("mirrors"), N_("the mirrors of this tool"), app_why_not_tool,
          HOME, MW_KEY_ENTER),
    ROW(OPEN, IN(PROFILES), 2, N_("choose"), N_("use this profile"), app_why_not_choose,
        app_run_choose, MW_KEY_ENTER),
    ROW(TRUST, IN(PROFILES), 0, N_("trust"), N_("trust the stranger's profile that was picked"),
        app_why_not_trust, app_run_trust, 'y'),
    ROW(OPEN, IN(HISTORY), 2, N_("go back"), N_("look at the way back to this generation"),
        app_why_not_go_back, app_run_go_back, MW_KEY_ENTER),
    OPENS(OPEN, IN(CHECKS), 2, N_("why"), N_("what was found, why it matters and what mends it"),
          app_why_not_check, CHECK, MW_KEY_ENTER),
    ROW(ONLY, IN(CHECKS), 3, N_("only wrong"),
        N_("show only what is not in order; again: everything"), NULL, app_run_only, 'o'),
    ROW(FIX, IN(CHECKS) | IN(CHECK), 2, N_("fix"), N_("mend it; asks before it writes"),
        app_why_not_fix, app_run_fix, 'f'),
    ROW(CHECK_AGAIN, IN(CHECKS) | IN(CHECK), 4, N_("check again"), N_("make all checks again"),
        app_why_not_check_again, app_check, 'r', F(5)),
    ROW(COPY, IN(CHECKS) | IN(CHECK) | IN(APPLY), 4, N_("copy"),
        N_("copy the command to the terminal's clipboard"), app_why_not_copy, app_run_copy, 'C'),
    ROW(APPLY, LIVE | IN(DIFF) | IN(CHECKS) | IN(CHECK), 3, N_("apply"),
        N_("bring this machine to the profile; asks first"), app_why_not_apply, app_run_apply, 'a',
        F(9)),
    ROW(APPLY, IN(PROFILES), 3, N_("apply"),
        N_("use this profile and bring this machine to it; asks first"), app_why_not_choose,
        app_run_apply_row, 'a', F(9)),
    ROW(UNDO, IN(APPLY) | IN(HISTORY), 3, N_("undo"),
        N_("look at the way back to before the last write"), app_why_not_undo, app_run_undo, 'u'),
    ROW(UNDO, TOOLS, 4, N_("undo"), N_("look at the way back to before the last write"),
        app_why_not_undo, app_run_undo, 'u'),
    OPENS(DIFF, ALL & ~(IN(APPLY) | IN(DIFF)), 4, N_("diff"),
          N_("what apply would write, line by line"), app_why_not_diff, DIFF, 'd'),
    ROW(PROFILES, ALL & ~(IN(APPLY) | IN(PROFILES)), 4, N_("profile"),
        N_("choose a profile; see each value and what it would change"), app_why_not_session,
        app_run_profiles, 'p', F(2)),
    ROW(CHECKS, ALL & ~(IN(CHECKS) | IN(CHECK)), 5, N_("checklist"),
        N_("is this machine as the profile wants it?"), app_why_not_checks, app_run_checks, 'c'),
    OPENS(HISTORY, ALL & ~(IN(APPLY) | IN(HISTORY)), 5, N_("history"),
          N_("what was written when, and the way back"), app_why_not_session, HISTORY, 'H', F(4)),
    ROW(PICK, IN(HOME) | IN(DETAIL), 3, N_("pick"),
        N_("use this mirror for its tool, whatever the profile says; again: take it back"),
        app_why_not_mirror, app_run_pick, ' ', 'm'),
    ROW(PROBE, LIVE, 4, N_("probe"), N_("forget what was measured and measure again now"),
        app_why_not_probe, app_run_probe, 'r', F(5)),
    ROW(FILTER, TOOLS, 6, N_("filter"), N_("show only rows with this text"), NULL, app_run_filter,
        '/', F(3)),
    ROW(FILTER, TEXTS | LISTS, 4, N_("search"), N_("look for a text"), NULL, app_run_filter, '/',
        F(3)),
    ROW_OF(NEXT, TEXTS | LISTS, 9, N_("next"), N_("to the next place found"), app_why_not_next,
           app_run_match, 1, 'n'),
    ROW_OF(PREVIOUS, TEXTS | LISTS, 0, N_("previous"), N_("to the place found before"),
           app_why_not_next, app_run_match, -1, 'N'),
    ROW_OF(NEXT, TOOLS, 0, N_("next"), N_("to the next row of the filter"), app_why_not_filtered,
           app_run_move, 1, 'n'),
    ROW_OF(PREVIOUS, TOOLS, 0, N_("previous"), N_("to the row of the filter before"),
           app_why_not_filtered, app_run_move, -1, 'N'),
    ROW(SORT, IN(HOME), 7, N_("sort"), N_("sort by the next column"), NULL, app_run_sort, 's',
        F(6)),
    ROW(REVERSE, IN(HOME), 0, N_("reverse"), N_("turn the order round"), NULL, app_run_reverse,
        'S'),
    ROW(FREEZE, LIVE, 7, N_("freeze"),
        N_("hold everything still and measure nothing; again: go on"), NULL, app_run_freeze, 'z'),
    ROW(INTERVAL, LIVE, 10, N_("interval"), N_("how often mirrors are measured"), NULL,
        app_run_interval, 'i'),
    ROW(FAMILY, LIVE, 10, N_("IPv4/6"), N_("measure over IPv4, IPv6, or what the system prefers"),
        NULL, app_run_family, 'f'),
    ROW(THEME, ALL & ~IN(APPLY), 10, N_("theme"), N_("default, light, mono"), app_why_not_theme,
        app_run_theme, 't'),
    ROW(LANGUAGE, ALL & ~IN(APPLY), 10, N_("language"), N_("English, Chinese"),
        app_why_not_language, app_run_language, 'L'),
    OPENS(MESSAGES, ALL & ~(IN(APPLY) | IN(MESSAGES)), 10, N_("messages"),
          N_("everything that was said in the message line"), NULL, MESSAGES, 'M'),
    MOVES(UP, ALL, N_("up"), N_("one row up"), app_run_move, -1, 'k', MW_KEY_UP, MW_KEY_CTRL('P')),
    MOVES(DOWN, ALL, N_("down"), N_("one row down"), app_run_move, 1, 'j', MW_KEY_DOWN,
          MW_KEY_CTRL('N')),
    MOVES(LEFT, IN(HOME) | IN(APPLY), N_("left"), N_("to the panel or button before"),
          app_run_sideways, -1, 'h', MW_KEY_LEFT, MW_KEY_BACK_TAB),
    MOVES(RIGHT, IN(HOME) | IN(APPLY), N_("right"), N_("to the next panel or button"),
          app_run_sideways, 1, 'l', MW_KEY_RIGHT, MW_KEY_TAB),
    OPENS(RIGHT, IN(OVERVIEW), 0, N_("right"), N_("into the panel of this tool"), app_why_not_tool,
          HOME, 'l', MW_KEY_RIGHT, MW_KEY_TAB),
    ROW(JUMP, TOOLS, 0, N_("jump"), N_("to the tool with this number"), NULL, app_run_jump, '1',
        '2', '3', '4', '5', '6', '7', '8', '9'),
    MOVES(FIRST, ALL, N_("top"), N_("to the first row"), app_run_move, -FAR, 'g', MW_KEY_HOME),
    MOVES(LAST, ALL, N_("end"), N_("to the last row"), app_run_move, FAR, 'G', MW_KEY_END),
    MOVES(HALF_UP, ALL, N_("half up"), N_("half a page up"), app_run_pages, -1, MW_KEY_CTRL('U')),
    MOVES(HALF_DOWN, ALL, N_("half down"), N_("half a page down"), app_run_pages, 1,
          MW_KEY_CTRL('D')),
    MOVES(PAGE_UP, ALL, N_("page up"), N_("a page up"), app_run_pages, -2, MW_KEY_CTRL('B'),
          MW_KEY_PAGE_UP),
    MOVES(PAGE_DOWN, LIVE, N_("page down"), N_("a page down"), app_run_pages, 2, MW_KEY_CTRL('F'),
          MW_KEY_PAGE_DOWN),
    MOVES(PAGE_DOWN, ALL & ~LIVE, N_("page down"), N_("a page down"), app_run_pages, 2, ' ',
          MW_KEY_CTRL('F'), MW_KEY_PAGE_DOWN),
    ROW_OF(REDRAW, ALL, 0, N_("redraw"), N_("draw the whole screen again"), NULL, app_run_effect,
           MW_EFFECT_REDRAW, MW_KEY_CTRL('L')),
    ROW(BACK, ALL & ~TOOLS, 1, N_("back"), N_("to where you came from"), app_why_not_back,
        app_run_back, MW_KEY_ESCAPE, MW_KEY_BACKSPACE),
    ROW(BACK, TOOLS, 0, N_("unfilter"), N_("show all rows again; then back to the tools"),
        app_why_not_unfilter, app_run_back, MW_KEY_ESCAPE),
    OPENS(HELP, ALL & ~IN(HELP), 1, N_("help"), N_("all keys"), NULL, HELP, '?', F(1)),
    ROW_OF(QUIT, ALL, 1, N_("quit"), N_("leave at once"), app_why_not_quit, app_run_effect,
           MW_EFFECT_QUIT, 'q', F(10)),
};

const struct mw_app_action *mw_app_actions(size_t *count)
{
    *count = sizeof actions / sizeof *actions;
    return actions;
}

/* ---- the row that is meant ----------------------------------------------------------------- */

static const struct mw_app_action *find_action(unsigned views, enum mw_app_action_id id)
{
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
        if (actions[i].id == id && (actions[i].views & views) != 0)
            return &actions[i];
    }
    return NULL;
}

const struct mw_app_action *mw_app_action_find(enum mw_app_action_id id)
{
    return find_action(ALL, id);
}

const struct mw_app_action *mw_app_action_in(enum mw_app_view view, enum mw_app_action_id id)
{
    return find_action(1U << view, id);
}

const struct mw_app_action *mw_app_action_for(enum mw_app_view view, int key)
{
    if (key == '\n')
        key = MW_KEY_ENTER;
    for (size_t i = 0; key != MW_KEY_NONE && i < sizeof actions / sizeof *actions; i++) {
        for (size_t k = 0; k < sizeof actions[i].keys / sizeof *actions[i].keys; k++) {
            if ((actions[i].views & (1U << view)) != 0 && actions[i].keys[k] == key)
                return &actions[i];
        }
    }
    return NULL;
}

/* ---- keys ---------------------------------------------------------------------------------- */

char *mw_key_name(int key)
{
    static const struct {
        int key;
        const char *name;
    } names[] = {
        {MW_KEY_TAB, "Tab"},
        {MW_KEY_ENTER, "Enter"},
        {MW_KEY_ESCAPE, "Esc"},
        {MW_KEY_BACKSPACE, "Backspace"},
        {MW_KEY_UP, "Up"},
        {MW_KEY_DOWN, "Down"},
        {MW_KEY_LEFT, "Left"},
        {MW_KEY_RIGHT, "Right"},
        {MW_KEY_HOME, "Home"},
        {MW_KEY_END, "End"},
        {MW_KEY_PAGE_UP, "PgUp"},
        {MW_KEY_PAGE_DOWN, "PgDn"},
        {MW_KEY_BACK_TAB, "Shift-Tab"},
        {' ', "Space"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (names[i].key == key)
            return mw_xstrdup(names[i].name);
    }
    if (key >= MW_KEY_F1 && key <= MW_KEY_F12)
        return mw_xasprintf("F%d", key - MW_KEY_F1 + 1);
    if (key > 0 && key < ' ')
        return mw_xasprintf("Ctrl-%c", key + '@');
    return mw_xasprintf("%c", key < 128 ? key : '?');
}
