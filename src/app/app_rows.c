/* The rows that are shown: sorted, filtered, and still while somebody reads them. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "app_parts.h"

enum { SETTLE_MS = 400 };

size_t mw_app_place(const size_t *list, size_t count, size_t index)
{
    size_t i = 0;
    while (i < count && list[i] != index)
        i++;
    return i;
}

size_t app_rows_cursor(const struct mw_app_panel *panel)
{
    size_t row = mw_app_place(panel->rows, panel->row_count, panel->selected);
    return row < panel->row_count ? row : 0;
}

/* ---- order --------------------------------------------------------------------------------- */

/* Usable by rank, then those not measured yet, then the rest; each in the catalogue's order. */
static long rank_key(const struct mw_app_mirror *mirror)
{
    if (mirror->rank > 0)
        return (long)mirror->rank;
    return mw_app_mirror_state(mirror) == MW_STATE_WAITING ? 100000 : 200000;
}

/* The number that rows are sorted by; -1: nobody knows. */
static long sort_key(const struct mw_app_mirror *mirror, enum mw_app_sort sort)
{
    const struct mw_app_track *track = mirror->track;
    switch (sort) {
    case MW_SORT_RTT:
        return track->result.rtt_us;
    case MW_SORT_TTFB:
        return track->result.ttfb_us;
    case MW_SORT_LOSS:
        return track->seen > 0 ? (long)(1000UL * track->lost / track->seen) : -1;
    case MW_SORT_AGE:
        return track->result.age_s;
    case MW_SORT_VERDICT:
        return (long)mw_app_mirror_state(mirror);
    case MW_SORT_NAME:
    case MW_SORT_RANK:
    case MW_SORT_COUNT:
    default:
        return rank_key(mirror);
    }
}

static int compare_mirrors(const struct mw_app *app, const struct mw_app_mirror *a,
                           const struct mw_app_mirror *b)
{
    long x = sort_key(a, app->sort);
    long y = sort_key(b, app->sort);
    int order = (x > y) - (x < y);
    if (app->sort == MW_SORT_NAME)
        order = strcasecmp(mw_app_name(app, a), mw_app_name(app, b));
    else if ((x < 0) != (y < 0)) /* nobody knows: last, either way round */
        return x < 0 ? 1 : -1;
    return app->is_reversed ? -order : order;
}

static int compare_rows(const void *a, const void *b, void *context)
{
    const struct mw_app *app = context;
    size_t x = *(const size_t *)a;
    size_t y = *(const size_t *)b;
    const struct mw_app_mirror *a_mirror = &app->mirrors[x];
    const struct mw_app_mirror *b_mirror = &app->mirrors[y];
    int order = (a_mirror->service > b_mirror->service) - (a_mirror->service < b_mirror->service);
    if (order == 0)
        order = compare_mirrors(app, a_mirror, b_mirror);
    if (order == 0) /* qsort_r() is not stable; the catalogue's order is */
        order = (x > y) - (x < y);
    return order;
}

/* ---- filter -------------------------------------------------------------------------------- */

bool app_any_has(const char *const *texts, size_t count, const char *filter)
{
    for (size_t i = 0; i < count; i++) {
        if (strcasestr(texts[i], filter) != NULL)
            return true;
    }
    return false;
}

static bool passes(const struct mw_app *app, const struct mw_app_mirror *mirror)
{
    MW_FREE char *verdict = mw_app_verdict(app, mirror);
    const char *const texts[] = {
        mirror->id,     mirror->name, mirror->name_zh, mirror->operator_name,
        mirror->region, mirror->url,  verdict};
    return app_any_has(texts, sizeof texts / sizeof *texts, app->filter);
}

static void make_panel(struct mw_app *app, size_t index)
{
    struct mw_app_panel *panel = &app->panels[index];
    size_t cursor = app_rows_cursor(panel);
    free(panel->rows);
    panel->rows = mw_xcalloc(app->mirror_count + 1, sizeof *panel->rows);
    panel->row_count = 0;
    for (size_t i = 0; i < app->mirror_count; i++) {
        if (app->mirrors[i].panel == index && passes(app, &app->mirrors[i]))
            panel->rows[panel->row_count++] = i;
    }
    qsort_r(panel->rows, panel->row_count, sizeof *panel->rows, compare_rows, app);

    /* Until somebody moves, the selection is the first row, not a mirror. */
    bool is_there = mw_app_place(panel->rows, panel->row_count, panel->selected) < panel->row_count;
    if (app->moved_at_ms == 0)
        panel->selected = panel->row_count > 0 ? panel->rows[0] : MW_APP_NONE;
    else if (!is_there && app->input != MW_INPUT_FILTER)
        panel->selected = panel->row_count == 0       ? MW_APP_NONE
                          : cursor < panel->row_count ? panel->rows[cursor]
                                                      : panel->rows[panel->row_count - 1];
}

void app_rows_make(struct mw_app *app)
{
    app_rank_make(app);
    for (size_t i = 0; i < app->panel_count; i++)
        make_panel(app, i);
    app_need_order(app);
    app->sorted_at_ms = app->now_ms;
    app->is_unsorted = false;
}

long app_rows_wait_ms(const struct mw_app *app)
{
    if (!app->is_unsorted || app->is_frozen)
        return -1;
    long at = app->sorted_at_ms + SETTLE_MS;
    if (app->moved_at_ms != 0 && app->moved_at_ms + MW_APP_HOLD_MS > at)
        at = app->moved_at_ms + MW_APP_HOLD_MS;
    return at > app->now_ms ? at - app->now_ms : 0;
}

bool app_rows_settle(struct mw_app *app)
{
    if (app_rows_wait_ms(app) != 0)
        return false;
    app_rows_make(app);
    return true;
}

/* Of a list another row; *index is the selected one. */
static void move(const size_t *list, size_t count, size_t *index, long lines)
{
    size_t at = mw_app_place(list, count, *index);
    if (count == 0)
        return;
    long row = (at < count ? (long)at : 0) + lines;
    *index = list[row < 0 ? 0 : row >= (long)count ? (long)count - 1 : row];
}

void app_rows_move(struct mw_app *app, long lines)
{
    struct mw_app_panel *panel = app->focus < app->panel_count ? &app->panels[app->focus] : NULL;
    app->moved_at_ms = app->now_ms > 0 ? app->now_ms : 1;
    if (mw_app_top(app) == MW_VIEW_OVERVIEW) /* there it is the tool that is selected */
        move(app->order, app->order_count, &app->focus, lines);
    else if (panel != NULL)
        move(panel->rows, panel->row_count, &panel->selected, lines);
}
