#include "page.h"

#include <stdlib.h>
#include <string.h>

void tui_page_init(struct tui_page *page, int cols)
{
    *page = (struct tui_page){.cols = cols > 8 ? cols : 8};
}

struct tui_page tui_page_open(struct tui *tui, struct tui_rect frame, bool has_focus,
                              const char *title)
{
    struct tui_page page;
    tui_page_init(&page, tui_inside(frame).w);
    page.frame = frame;
    page.tui = tui;
    tui_box(tui, frame, has_focus, title);
    return page;
}

void tui_page_release(struct tui_page *page)
{
    for (size_t i = 0; i < page->count; i++) {
        for (size_t k = 0; k < page->rows[i].count; k++)
            free(page->rows[i].spans[k].text);
        free(page->rows[i].spans);
    }
    free(page->rows);
    *page = (struct tui_page){0};
}

void tui_page_line(struct tui_page *page)
{
    struct tui_row *row = MW_PUSH(page->rows, page->count);
    *row = (struct tui_row){0};
}

static struct tui_row *last_row(struct tui_page *page)
{
    if (page->count == 0)
        tui_page_line(page);
    return &page->rows[page->count - 1];
}

static void add_span(struct tui_page *page, int column, enum tui_role role, char *take_text)
{
    struct tui_row *row = last_row(page);
    *MW_PUSH(row->spans, row->count) =
        (struct tui_span){.role = role, .text = take_text, .column = column};
}

static char *make_safe(const char *text)
{
    return mw_text_safe(text, strlen(text), 0, false);
}

void tui_page_put(struct tui_page *page, enum tui_role role, const char *text)
{
    add_span(page, -1, role, make_safe(text));
}

void tui_page_at(struct tui_page *page, int column, enum tui_role role, const char *text)
{
    add_span(page, column, role, make_safe(text));
}

void tui_page_row(struct tui_page *page, int column, enum tui_role role, const char *text)
{
    tui_page_line(page);
    tui_page_at(page, column, role, text);
}

void tui_page_take(struct tui_page *page, enum tui_role role, char *take_text)
{
    tui_page_put(page, role, take_text);
    free(take_text);
}

static int row_cols(const struct tui_row *row)
{
    int cols = 0;
    for (size_t i = 0; i < row->count; i++) {
        if (row->spans[i].column >= 0)
            cols = row->spans[i].column;
        cols += (int)mw_text_cols(row->spans[i].text);
    }
    return cols;
}

int tui_page_longest(const struct tui_page *page)
{
    int most = 0;
    for (size_t i = 0; i < page->count; i++) {
        int cols = row_cols(&page->rows[i]);
        most = cols > most ? cols : most;
    }
    return most;
}

int tui_page_cols(const struct tui_page *page)
{
    return page->count > 0 ? row_cols(&page->rows[page->count - 1]) : 0;
}

bool tui_page_right(struct tui_page *page, enum tui_role role, const char *text)
{
    int column = page->cols - (int)mw_text_cols(text);
    bool has_room = tui_page_cols(page) + 2 <= column;
    if (has_room)
        tui_page_at(page, column, role, text);
    return has_room;
}

void tui_page_heading(struct tui_page *page, const char *text)
{
    if (page->count > 0)
        tui_page_line(page);
    tui_page_row(page, 0, TUI_TITLE, text);
}

/* ---- wrapping ------------------------------------------------------------------------------ */

/* A word that is longer than a line, an address list, breaks behind a separator if it has one in
 * its later part. Returns the bytes that fit, `bytes` if there is none. */
static size_t break_behind_separator(const char *text, size_t bytes)
{
    if (text[bytes] == '\0' || text[bytes] == ' ')
        return bytes;
    for (size_t i = bytes; i > bytes / 3; i--) {
        if (text[i - 1] == '|' || text[i - 1] == ',')
            return i;
    }
    return bytes;
}

void tui_page_wrap(struct tui_page *page, int indent, enum tui_role role, const char *text)
{
    MW_FREE char *safe = make_safe(text);
    const char *at = safe;
    MW_AUTO(mw_buf) line = {0};
    last_row(page);
    int start = tui_page_cols(page);
    int cols = start;
    while (*at != '\0') {
        size_t blanks = strspn(at, " ");
        size_t piece_cols = 0;
        int limit = page->cols > indent ? page->cols - indent : 1;
        size_t bytes = mw_text_piece(at + blanks, (size_t)limit, &piece_cols);
        if (bytes == 0)
            break;
        if (piece_cols == (size_t)limit) {
            bytes = break_behind_separator(at + blanks, bytes);
            MW_FREE char *piece = mw_xstrndup(at + blanks, bytes);
            piece_cols = mw_text_cols(piece);
        }
        int wide = (int)piece_cols;
        int gap = line.len > 0 ? (int)(blanks > 0) : 0;
        if (cols + gap + wide > page->cols && cols > indent) {
            if (line.len > 0)
                add_span(page, start, role, mw_buf_take(&line));
            tui_page_line(page);
            start = cols = indent;
            gap = 0;
        }
        if (gap > 0)
            mw_buf_putc(&line, ' ');
        mw_buf_append(&line, at + blanks, bytes);
        cols += gap + wide;
        at += blanks + bytes;
    }
    if (line.len > 0)
        add_span(page, start, role, mw_buf_take(&line));
}

void tui_page_block(struct tui_page *page, int column, enum tui_role role, const char *text)
{
    tui_page_at(page, column, role, "");
    tui_page_wrap(page, column, role, text);
}

/* ---- showing ------------------------------------------------------------------------------- */

static bool matches(const struct tui_row *row, const char *needle)
{
    for (size_t i = 0; i < row->count; i++) {
        if (strcasestr(row->spans[i].text, needle) != NULL)
            return true;
    }
    return false;
}

static void show_row(struct tui *tui, const struct tui_row *row, struct tui_rect rect, int y,
                     const char *needle)
{
    int x = rect.x;
    tui->is_selected = row->is_selected;
    if (row->is_selected)
        tui_blank(tui, y, rect.x - 1, rect.w + 2);
    for (size_t i = 0; i < row->count; i++) {
        const struct tui_span *span = &row->spans[i];
        if (span->column >= 0)
            x = rect.x + span->column;
        int room = rect.x + rect.w - x;
        if (room <= 0)
            break;
        x += tui_put_match(tui, y, x, room, span->role, span->text, needle);
    }
    tui->is_selected = false;
}

void tui_page_show(struct tui *tui, const struct tui_page *page, struct tui_rect rect, size_t top,
                   const char *needle)
{
    for (int i = 0; i < rect.h && top + (size_t)i < page->count; i++)
        show_row(tui, &page->rows[top + (size_t)i], rect, rect.y + i, needle);
}

/* Tells the app where the search finds something. */
static void find_matches(struct mw_app *app, const struct tui_page *page)
{
    const size_t room = sizeof app->matches / sizeof *app->matches;
    app->match_count = 0;
    for (size_t i = 0; app->search[0] != '\0' && i < page->count; i++) {
        if (app->match_count < room && matches(&page->rows[i], app->search))
            app->matches[app->match_count++] = i;
    }
}

bool tui_page_peek(struct tui *tui, const struct tui_page *page)
{
    struct tui_rect rect = tui_inside(page->frame);
    tui_page_show(tui, page, rect, 0, "");
    return page->count <= tui_room(rect);
}

void tui_page_view(struct tui *tui, const struct tui_page *page, enum mw_app_view view)
{
    struct tui_rect rect = tui_inside(page->frame);
    struct mw_app *app = tui->app;
    mw_app_extent(app, view, page->count, tui_room(rect));
    find_matches(app, page);
    tui_page_show(tui, page, rect, app->scroll[view].top, app->search);
    tui_scrollbar(tui, page->frame, app->scroll[view].top, tui_room(rect), page->count);
}

void tui_page_list(struct tui *tui, struct tui_page *page, enum mw_app_view view,
                   struct tui_rect frame, const char *title)
{
    struct tui_rect inside = tui_inside(frame);
    size_t room = tui_room(inside);
    struct mw_app_scroll *scroll = &tui->app->scroll[view];
    page->frame = frame;
    tui_box(tui, frame, true, title);
    mw_app_extent(tui->app, view, page->count, room);
    tui_keep_in_sight(&scroll->top, scroll->cursor, room, page->count);
    if (scroll->cursor < page->count)
        page->rows[scroll->cursor].is_selected = true;
    tui_page_view(tui, page, view);
    if (scroll->cursor < page->count && room > 0) {
        tui->is_selected = true;
        tui_glyph(tui, inside.y + (int)(scroll->cursor - scroll->top), inside.x - 1, TUI_ACCENT,
                  TUI_POINTER);
        tui->is_selected = false;
    }
    for (size_t i = 0; i < room && scroll->top + i < page->count; i++)
        tui_hit(tui, (struct tui_rect){inside.y + (int)i, frame.x, 1, frame.w},
                &(struct mw_event){.kind = MW_EVENT_SELECT, .row = scroll->top + i});
}
