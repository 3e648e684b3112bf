#include "draw.h"

#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"

/* ---- text ---------------------------------------------------------------------------------- */

static void set_role(const struct tui *tui, enum tui_role role)
{
    const struct tui_palette *palette = &tui->palette;
    attr_t attrs = palette->attrs[role];
    short pair = palette->pairs[role];
    bool has_ground = role == TUI_BUTTON_ON || role == TUI_MATCH;
    if (tui->is_selected && palette->selected[role] != 0)
        pair = palette->selected[role];
    else if (tui->is_selected && !has_ground)
        attrs = (attrs & ~(attr_t)A_DIM) | A_REVERSE;
    attr_set(attrs, pair, NULL);
}

/* Places one character where it belongs whatever curses thinks of the width of the one before.
 * Where libc disagrees about its width, or the locale has no such character, it is a '?'. */
static void put_character(int y, int x, unsigned code_point, int cols)
{
    wchar_t wide[2] = {(wchar_t)code_point, 0};
    if (code_point >= 0x80 && wcwidth(wide[0]) != cols) {
        wide[0] = L'?';
        for (int i = 1; i < cols; i++)
            mvaddnwstr(y, x + i, L"?", 1);
    }
    mvaddnwstr(y, x, wide, 1);
}

/* Walks over safe text up to `width` columns, and draws it if `tui` is given; combining characters
 * are left out, they would change the cell before. Returns the bytes that fit, and their columns.
 */
static size_t walk(const struct tui *tui, int y, int x, int width, const char *text, int *cols)
{
    size_t at = 0;
    size_t len = strlen(text);
    *cols = 0;
    while (at < len) {
        unsigned code_point = 0;
        size_t bytes = mw_utf8_decode(text + at, len - at, &code_point);
        int wide = bytes > 0 ? (int)mw_utf8_cols(code_point) : 0;
        if (bytes == 0 || *cols + wide > width)
            break;
        if (tui != NULL && wide > 0)
            put_character(y, x + *cols, code_point, wide);
        *cols += wide;
        at += bytes;
    }
    return at;
}

/* Owned: safe, and cut to the width. */
static char *make_fit(const struct tui *tui, const char *text, int width)
{
    char *safe = mw_text_safe(text, strlen(text), 0, false);
    if (width > 0 && (int)mw_text_cols(safe) > width) {
        int cols = 0;
        size_t at = walk(NULL, 0, 0, width - 1, safe, &cols);
        char *cut = mw_xasprintf("%.*s%s", (int)at, safe, tui_glyph_text(tui, TUI_ELLIPSIS));
        mw_replace(&safe, cut);
    }
    return safe;
}

int tui_put(struct tui *tui, int y, int x, int width, enum tui_role role, const char *text)
{
    if (y < 0 || y >= tui->rows || x < 0 || x >= tui->cols || width <= 0)
        return 0;
    MW_FREE char *fit = make_fit(tui, text, width);
    int cols = 0;
    set_role(tui, role);
    (void)walk(tui, y, x, width < tui->cols - x ? width : tui->cols - x, fit, &cols);
    return cols;
}

void tui_put_right(struct tui *tui, int y, int x, int width, enum tui_role role, const char *text)
{
    MW_FREE char *fit = make_fit(tui, text, width);
    int cols = width > 0 ? (int)mw_text_cols(fit) : 0;
    tui_put(tui, y, x + width - cols, cols, role, fit);
}

int tui_put_match(struct tui *tui, int y, int x, int width, enum tui_role role, const char *text,
                  const char *needle)
{
    MW_FREE char *fit = make_fit(tui, text, width);
    int cols = tui_put(tui, y, x, width, role, fit);
    size_t len = strlen(needle);
    const char *at = len > 0 ? strcasestr(fit, needle) : NULL;
    for (; at != NULL; at = strcasestr(at + len, needle)) {
        MW_FREE char *before = mw_xstrndup(fit, (size_t)(at - fit));
        MW_FREE char *match = mw_xstrndup(at, len);
        int offset = (int)mw_text_cols(before);
        if (mw_utf8_valid(match, len))
            tui_put(tui, y, x + offset, width - offset, TUI_MATCH, match);
    }
    return cols;
}

/* ---- glyphs -------------------------------------------------------------------------------- */

const char *tui_glyph_text(const struct tui *tui, enum tui_glyph glyph)
{
    return tui_glyph_of(glyph, tui->is_ascii);
}

int tui_glyph(struct tui *tui, int y, int x, enum tui_role role, enum tui_glyph glyph)
{
    return tui_put(tui, y, x, 1, role, tui_glyph_text(tui, glyph));
}

/* `count` times the same glyph, to the right. */
static void put_glyph_run(struct tui *tui, int y, int x, int count, enum tui_role role,
                          enum tui_glyph glyph)
{
    for (int i = 0; i < count; i++)
        tui_glyph(tui, y, x + i, role, glyph);
}

void tui_blank(struct tui *tui, int y, int x, int width)
{
    set_role(tui, TUI_TEXT);
    if (y >= 0 && y < tui->rows && x >= 0 && x < tui->cols)
        mvhline(y, x, ' ', width < tui->cols - x ? width : tui->cols - x);
}

/* ---- numbers ------------------------------------------------------------------------------- */

/* The unit is two columns wide, so that numbers stand in line. */
static void put_amount(struct tui *tui, int y, int x, int width, const char *number,
                       const char *unit)
{
    int unit_cols = width > 0 ? (int)mw_text_cols(unit) : 0;
    tui_put_right(tui, y, x, width - unit_cols - 1, TUI_NUMBER, number);
    tui_put(tui, y, x + width - unit_cols, unit_cols, TUI_DIM, unit);
}

static void put_nothing(struct tui *tui, int y, int x, int width)
{
    tui_put_right(tui, y, x, width, TUI_DIM, tui_glyph_text(tui, TUI_DASH));
}

void tui_put_time(struct tui *tui, int y, int x, int width, long us)
{
    char number[32];
    bool is_long = us >= 9999500;
    if (us < 0) {
        put_nothing(tui, y, x, width);
        return;
    }
    bool is_cramped = width < 7 && us >= 999500;
    if (is_cramped && !is_long)
        snprintf(number, sizeof number, "%ld.%ld", us / 1000000, us / 100000 % 10);
    else if (us < 9950)
        snprintf(number, sizeof number, "%ld.%ld", (us + 50) / 1000, (us + 50) / 100 % 10);
    else if (!is_long)
        snprintf(number, sizeof number, "%ld", (us + 500) / 1000);
    else
        snprintf(number, sizeof number, "%ld", us / 1000000);
    put_amount(tui, y, x, width, number, is_long || is_cramped ? " s" : "ms");
}

void tui_put_age(struct tui *tui, int y, int x, int width, long seconds)
{
    char number[32];
    if (seconds < 0) {
        put_nothing(tui, y, x, width);
        return;
    }
    bool is_minutes = seconds < 2 * 3600;
    bool is_hours = !is_minutes && seconds < 48 * 3600;
    long amount = is_minutes ? seconds / 60 : is_hours ? seconds / 3600 : seconds / 86400;
    snprintf(number, sizeof number, "%ld", amount > 999 ? 999 : amount);
    put_amount(tui, y, x, width, number, is_minutes ? "m" : is_hours ? "h" : "d");
}

/* ---- boxes --------------------------------------------------------------------------------- */

void tui_box(struct tui *tui, struct tui_rect rect, bool has_focus, const char *title)
{
    enum tui_role role = has_focus ? TUI_FOCUS : TUI_BORDER;
    int right = rect.x + rect.w - 1;
    int bottom = rect.y + rect.h - 1;
    tui_glyph(tui, rect.y, rect.x, role, TUI_TOP_LEFT);
    put_glyph_run(tui, rect.y, rect.x + 1, rect.w - 2, role, TUI_HORIZONTAL);
    tui_glyph(tui, rect.y, right, role, TUI_TOP_RIGHT);
    for (int y = rect.y + 1; y < bottom; y++) {
        tui_glyph(tui, y, rect.x, role, TUI_VERTICAL);
        tui_glyph(tui, y, right, role, TUI_VERTICAL);
    }
    tui_glyph(tui, bottom, rect.x, role, TUI_BOTTOM_LEFT);
    put_glyph_run(tui, bottom, rect.x + 1, rect.w - 2, role, TUI_HORIZONTAL);
    tui_glyph(tui, bottom, right, role, TUI_BOTTOM_RIGHT);
    if (title[0] == '\0')
        return;
    int cols =
        tui_put(tui, rect.y, rect.x + 3, rect.w - 6, has_focus ? TUI_TITLE : TUI_LABEL, title);
    tui_put(tui, rect.y, rect.x + 2, 1, role, " ");
    tui_put(tui, rect.y, rect.x + 3 + cols, 1, role, " ");
}

void tui_box_note(struct tui *tui, struct tui_rect rect, const char *title, enum tui_role role,
                  const char *note)
{
    MW_FREE char *safe = mw_text_safe(note, strlen(note), 0, false);
    int cols = (int)mw_text_cols(safe);
    int room = rect.w - 10 - (int)mw_text_cols(title);
    if (cols > room && room < 12)
        return;
    if (cols > room)
        cols = room;
    int x = rect.x + rect.w - 3 - cols;
    tui_put(tui, rect.y, x, cols, role, safe);
    tui_put(tui, rect.y, x - 1, 1, TUI_TEXT, " ");
    tui_put(tui, rect.y, x + cols, 1, TUI_TEXT, " ");
}

void tui_scrollbar(struct tui *tui, struct tui_rect rect, size_t top, size_t page, size_t count)
{
    int track = rect.h - 2;
    if (count <= page || track < 2)
        return;
    int size = (int)((size_t)track * page / count);
    if (size < 1)
        size = 1;
    int at = (int)((size_t)(track - size) * top / (count - page));
    for (int i = 0; i < size; i++)
        tui_glyph(tui, rect.y + 1 + at + i, rect.x + rect.w - 1, TUI_FOCUS, TUI_THUMB);
    MW_FREE char *place = mw_xasprintf(_(" %zu-%zu of %zu "), top + 1,
                                       top + page < count ? top + page : count, count);
    int cols = (int)mw_text_cols(place);
    if (cols + 8 <= rect.w)
        tui_put(tui, rect.y + rect.h - 1, rect.x + rect.w - 2 - cols, cols, TUI_DIM, place);
}

/* ---- the mouse ----------------------------------------------------------------------------- */

void tui_hit(struct tui *tui, struct tui_rect rect, const struct mw_event *event)
{
    if (tui->hit_count < TUI_HITS)
        tui->hits[tui->hit_count++] = (struct tui_hit){rect, *event};
}

void tui_hit_action(struct tui *tui, struct tui_rect rect, enum mw_app_action_id action)
{
    tui_hit(tui, rect, &(struct mw_event){.kind = MW_EVENT_ACTION, .action = (int)action});
}
