/* A page: styled lines of text that may be longer than the screen. Views that are read fill one;
 * drawing, scrolling and searching are the same for all. */
#ifndef MW_TUI_PAGE_H
#define MW_TUI_PAGE_H

#include "draw.h"

struct tui_span {
    enum tui_role role;
    char *text;
    int column; /* where it starts; -1: right behind the one before */
};

struct tui_row {
    struct tui_span *spans;
    size_t count;
    bool is_selected;
};

struct tui_page {
    struct tui_row *rows;
    size_t count;
    int cols; /* to wrap at */
};

void tui_page_init(struct tui_page *page, int cols);
void tui_page_release(struct tui_page *page);

/* Begins a new line. */
void tui_page_line(struct tui_page *page);
/* Appends to the last line; foreign text is made safe when it is drawn. */
void tui_page_put(struct tui_page *page, enum tui_role role, const char *text);
void tui_page_printf(struct tui_page *page, enum tui_role role, const char *format, ...)
    MW_PRINTF(3, 4);
/* The same at a column of the line. */
void tui_page_at(struct tui_page *page, int column, enum tui_role role, const char *text);
/* Wraps text at blanks, from where the last line ends; later lines start at `indent`. */
void tui_page_wrap(struct tui_page *page, int indent, enum tui_role role, const char *text);
/* A heading with an empty line in front of it, unless it is the first line. */
void tui_page_heading(struct tui_page *page, const char *text);
int tui_page_cols(const struct tui_page *page); /* columns of the last line so far */

/* Draws what fits inside `rect` from line `top` on, with the places of `needle` marked. */
void tui_page_show(struct tui *tui, const struct tui_page *page, struct tui_rect rect, size_t top,
                   const char *needle);
/* The page as the body of a view: tells the app its extent and the places found, draws the scroll
 * bar on the frame around it. */
void tui_page_view(struct tui *tui, const struct tui_page *page, struct tui_rect frame,
                   enum mw_app_view view);

/* The page as the list of a view, an item a row: the cursor's row is selected and in sight, a click
 * selects. */
void tui_page_list(struct tui *tui, struct tui_page *page, struct tui_rect frame,
                   enum mw_app_view view);

#endif
