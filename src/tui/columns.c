/* Columns of a table: how much each may take, and where it stands. */
#include "columns.h"

void tui_columns_add(struct tui_fit *fit, int column)
{
    fit->w[column] = fit->columns[column].least;
    fit->used += fit->columns[column].least + fit->columns[column].gap;
}

void tui_columns_drop(struct tui_fit *fit, int column)
{
    if (fit->w[column] > 0)
        fit->used -= fit->w[column] + fit->columns[column].gap;
    fit->w[column] = 0;
}

void tui_columns_begin(struct tui_fit *fit, const struct tui_column *columns, int count, int marks,
                       int room)
{
    *fit = (struct tui_fit){.columns = columns, .count = count, .used = marks, .room = room};
    for (int i = 0; i < count; i++) {
        if (room >= columns[i].from)
            tui_columns_add(fit, i);
    }
}

void tui_columns_grow(struct tui_fit *fit, const int *which, int count, const int *wants)
{
    for (bool has_grown = true; has_grown;) {
        has_grown = false;
        for (int i = 0; i < count && fit->used < fit->room; i++) {
            int *width = &fit->w[which[i]];
            if (*width == 0 || *width >= wants[which[i]])
                continue;
            (*width)++;
            fit->used++;
            has_grown = true;
        }
    }
}

void tui_columns_place(struct tui_fit *fit, int x)
{
    for (int i = 0; i < fit->count; i++) {
        fit->x[i] = x + fit->columns[i].gap;
        x += fit->w[i] > 0 ? fit->w[i] + fit->columns[i].gap : 0;
    }
}

void tui_columns_head(struct tui *tui, const struct tui_fit *fit, int column, int y,
                      enum tui_role role, const char *title)
{
    if (fit->columns[column].is_right)
        tui_put_right(tui, y, fit->x[column], fit->w[column], role, title);
    else
        tui_put(tui, y, fit->x[column], fit->w[column], role, title);
}
