/* A page: styled lines of text that may be longer than the screen. Views that are read fill one;
 * drawing, scrolling and searching are the same for all. */
#ifndef MW_TUI_PAGE_H
#define MW_TUI_PAGE_H

#include "draw.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"

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
    int cols;              /* to wrap at */
    struct tui_rect frame; /* around it */
    const struct tui *tui; /* that it is for */
};

void tui_page_init(struct tui_page *page, int cols);
/* The same for the inside of a box, which is drawn. */
struct tui_page tui_page_open(struct tui *tui, struct tui_rect frame, bool has_focus,
                              const char *title);
void tui_page_release(struct tui_page *page);

/* Begins a new line. */
void tui_page_line(struct tui_page *page);
/* The same with a text at a column of it. */
void tui_page_row(struct tui_page *page, int column, enum tui_role role, const char *text);
/* Appends to the last line; foreign text is made safe when it is drawn. */
void tui_page_put(struct tui_page *page, enum tui_role role, const char *text);
void tui_page_take(struct tui_page *page, enum tui_role role, char *take_text);
#define tui_page_printf(page, role, ...) tui_page_take(page, role, mw_xasprintf(__VA_ARGS__))
/* The same at a column of the line. */
void tui_page_at(struct tui_page *page, int column, enum tui_role role, const char *text);
/* Wraps text at blanks, from where the last line ends; later lines start at `indent`. */
void tui_page_wrap(struct tui_page *page, int indent, enum tui_role role, const char *text);
/* The same from a column of the line on, at which later lines start, too. */
void tui_page_block(struct tui_page *page, int column, enum tui_role role, const char *text);
/* Puts text at the right end of the last line; false: there is no room. */
bool tui_page_right(struct tui_page *page, enum tui_role role, const char *text);
/* A heading with an empty line in front of it, unless it is the first line. */
void tui_page_heading(struct tui_page *page, const char *text);
int tui_page_cols(const struct tui_page *page);    /* columns of the last line so far */
int tui_page_longest(const struct tui_page *page); /* of the longest one */

/* Draws what fits inside `rect` from line `top` on, with the places of `needle` marked. */
void tui_page_show(struct tui *tui, const struct tui_page *page, struct tui_rect rect, size_t top,
                   const char *needle);
/* What fits into the frame of a page that was opened; false: that is not all. */
bool tui_page_peek(struct tui *tui, const struct tui_page *page);
/* The page as the body of a view: tells the app its extent and the places found, draws the scroll
 * bar on the frame around it. */
void tui_page_view(struct tui *tui, const struct tui_page *page, enum mw_app_view view);

/* The page, which needs but `tui`, as the list of a view in a box, an item a row: the cursor's row
 * is selected and in sight, a click selects. */
void tui_page_list(struct tui *tui, struct tui_page *page, enum mw_app_view view,
                   struct tui_rect frame, const char *title);

#endif
