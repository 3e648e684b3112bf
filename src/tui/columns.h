/* Columns of a table: how much each may take, and where it stands. */
#ifndef MW_TUI_COLUMNS_H
#define MW_TUI_COLUMNS_H

#include "draw.h"

enum { TUI_COLUMNS = 8 };

struct tui_column {
    const char *title;
    int gap;   /* blanks in front of it; a number brings its own */
    int least; /* columns, without those blanks */
    int from;  /* tables narrower than this go without */
    bool is_right;
    enum mw_app_sort sort; /* by which a click on its head sorts */
};

struct tui_fit {
    const struct tui_column *columns;
    int count;
    int x[TUI_COLUMNS], w[TUI_COLUMNS]; /* w 0: not there */
    int used, room;
};

/* Behind so many columns of marks, in `room`: each that this has room for, as narrow as it may be.
 */
void tui_columns_begin(struct tui_fit *fit, const struct tui_column *columns, int count, int marks,
                       int room);
void tui_columns_add(struct tui_fit *fit, int column);
void tui_columns_drop(struct tui_fit *fit, int column);
/* Gives them what there is, in turns, until each of them has what `wants` says of it. */
void tui_columns_grow(struct tui_fit *fit, const int *which, int count, const int *wants);
void tui_columns_place(struct tui_fit *fit, int x);
void tui_columns_head(struct tui *tui, const struct tui_fit *fit, int column, int y,
                      enum tui_role role, const char *title);

#endif
