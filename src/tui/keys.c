#include <wchar.h>

#include "terminal.h"

enum { PASTE_BEGIN = KEY_MAX + 1, PASTE_END };

static bool is_pasting;

void tui_keys_define(void)
{
    is_pasting = false;
    define_key("\033[200~", PASTE_BEGIN);
    define_key("\033[201~", PASTE_END);
    /* F1 to F4 of terminals that call themselves something else. */
    for (int i = 0; i < 4; i++) {
        const char ss3[] = {'\033', 'O', (char)('P' + i), '\0'};
        define_key(ss3, KEY_F(1 + i));
    }
    static const struct {
        const char *sequence;
        int key;
    } more[] = {
        {"\033[11~", KEY_F(1)}, {"\033[12~", KEY_F(2)}, {"\033[13~", KEY_F(3)},
        {"\033[14~", KEY_F(4)}, {"\033[1~", KEY_HOME},  {"\033[4~", KEY_END},
        {"\033[H", KEY_HOME},   {"\033[F", KEY_END},    {"\033[A", KEY_UP},
        {"\033[B", KEY_DOWN},   {"\033[C", KEY_RIGHT},  {"\033[D", KEY_LEFT},
    };
    for (size_t i = 0; i < sizeof more / sizeof *more; i++)
        define_key(more[i].sequence, more[i].key);
}

static int function_key(wint_t key)
{
    static const struct {
        int curses, ours;
    } keys[] = {
        {KEY_UP, MW_KEY_UP},         {KEY_DOWN, MW_KEY_DOWN},
        {KEY_LEFT, MW_KEY_LEFT},     {KEY_RIGHT, MW_KEY_RIGHT},
        {KEY_HOME, MW_KEY_HOME},     {KEY_END, MW_KEY_END},
        {KEY_PPAGE, MW_KEY_PAGE_UP}, {KEY_NPAGE, MW_KEY_PAGE_DOWN},
        {KEY_BTAB, MW_KEY_BACK_TAB}, {KEY_BACKSPACE, MW_KEY_BACKSPACE},
        {KEY_ENTER, MW_KEY_ENTER},
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (keys[i].curses == (int)key)
            return keys[i].ours;
    }
    if (key >= KEY_F(1) && key <= KEY_F(12))
        return MW_KEY_F1 + (int)(key - KEY_F(1));
    return MW_KEY_NONE;
}

static bool contains(const struct tui_rect *rect, int y, int x)
{
    return y >= rect->y && y < rect->y + rect->h && x >= rect->x && x < rect->x + rect->w;
}

/* The wheel scrolls whatever has the keys; a press means what was drawn there last. ncurses may
 * report the release as well, and by then the press has put something else under the pointer. */
static enum tui_read read_mouse(struct tui *tui, struct mw_event *event)
{
    MEVENT mouse;
    if (getmouse(&mouse) != OK)
        return TUI_READ_IGNORED;
    if ((mouse.bstate & (BUTTON4_PRESSED | BUTTON5_PRESSED)) != 0) {
        event->kind = MW_EVENT_SCROLL;
        event->lines = (mouse.bstate & BUTTON4_PRESSED) != 0 ? -3 : 3;
        return TUI_READ_EVENT;
    }
    if ((mouse.bstate & BUTTON1_PRESSED) == 0)
        return TUI_READ_IGNORED;
    for (size_t i = tui->hit_count; i > 0; i--) {
        const struct tui_hit *hit = &tui->hits[i - 1];
        if (!contains(&hit->rect, mouse.y, mouse.x))
            continue;
        *event = hit->event;
        return TUI_READ_EVENT;
    }
    return TUI_READ_IGNORED;
}

enum tui_read tui_keys_read(struct tui *tui, struct mw_event *event)
{
    wint_t key = 0;
    int kind = get_wch(&key);
    if (kind == ERR)
        return TUI_READ_NOTHING;
    if (kind == KEY_CODE_YES && key == KEY_RESIZE)
        return TUI_READ_RESIZE;
    if (kind == KEY_CODE_YES && (key == PASTE_BEGIN || key == PASTE_END)) {
        is_pasting = key == PASTE_BEGIN;
        return TUI_READ_IGNORED;
    }
    if (kind == KEY_CODE_YES && key == KEY_MOUSE)
        return read_mouse(tui, event);
    event->kind = MW_EVENT_KEY;
    event->key = kind == KEY_CODE_YES ? function_key(key) : (int)key;
    if (event->key == '\b')
        event->key = MW_KEY_BACKSPACE;
    bool is_text = event->key >= ' ' && event->key < MW_KEY_UP;
    if (is_pasting && (tui->app->input == MW_INPUT_NONE || !is_text))
        return TUI_READ_IGNORED;
    return event->key == MW_KEY_NONE ? TUI_READ_IGNORED : TUI_READ_EVENT;
}
