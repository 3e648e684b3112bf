/* Home: a live panel a tool, and what apply would do. */
#include <stdio.h>
#include <string.h>

#include "columns.h"
#include "views.h"

/* ---- signs --------------------------------------------------------------------------------- */

const struct tui_look tui_state_looks[] = {
    [MW_STATE_WAITING] = {TUI_DIM, TUI_WAIT},
    [MW_STATE_GOOD] = {TUI_GOOD, TUI_OK},
    [MW_STATE_FALLBACK] = {TUI_WARN, TUI_OK},
    [MW_STATE_BAD] = {TUI_BAD, TUI_FAIL},
};

int tui_spark_level(long us)
{
    int level = 0;
    for (long limit = 8000; level < 7 && us > limit; limit *= 2)
        level++;
    return level;
}

enum tui_role tui_spark_role(int level)
{
    return level <= 3 ? TUI_SPARK_LOW : level <= 5 ? TUI_SPARK_MID : TUI_SPARK_HIGH;
}

/* The sparkline of a mirror, the newest sample at the right. */
static void put_spark(struct tui *tui, int y, int x, int width, const struct mw_app_mirror *mirror)
{
    for (int i = 0; i < width; i++) {
        size_t back = (size_t)(width - 1 - i);
        if (back >= mw_app_kept(mirror->track)) {
            tui_glyph(tui, y, x + i, TUI_BORDER, TUI_NO_SAMPLE);
            continue;
        }
        long us = mw_app_point_back(mirror->track, back)->ttfb_us;
        int level = tui_spark_level(us);
        if (us < 0)
            tui_glyph(tui, y, x + i, TUI_BAD, TUI_LOST);
        else
            tui_glyph(tui, y, x + i, tui_spark_role(level),
                      (enum tui_glyph)((int)TUI_BAR_1 + level));
    }
}

/* ---- columns ------------------------------------------------------------------------------- */

enum column {
    COL_NAME,
    COL_RTT,
    COL_TTFB,
    COL_JITTER,
    COL_SPARK,
    COL_SEEN,
    COL_AGE,
    COL_VERDICT,
    COL_COUNT
};

static const struct tui_column columns[COL_COUNT] = {
    [COL_NAME] = {N_("mirror"), 0, 12, 0, false, MW_SORT_NAME},
    [COL_RTT] = {N_("rtt"), 1, 6, 0, true, MW_SORT_RTT},
    [COL_TTFB] = {N_("1st byte"), 2, 8, 48, true, MW_SORT_TTFB},
    [COL_JITTER] = {N_("jitter"), 1, 7, 88, true, MW_SORT_RANK},
    [COL_SPARK] = {N_("trend"), 2, 5, 52, false, MW_SORT_RANK},
    [COL_SEEN] = {N_("good"), 1, 7, 66, true, MW_SORT_LOSS},
    [COL_AGE] = {N_("age"), 1, 5, 72, true, MW_SORT_AGE},
    [COL_VERDICT] = {N_("verdict"), 2, 7, 0, false, MW_SORT_VERDICT},
};

enum {
    MARKS = 3,
    RTT_COLS = 7,
    NAME_COLS = 16,
    NAME_WHOLE = 26, /* so much of a name is worth more than a number that goes for it */
    NAME_MOST = 40,
    VERDICT_COLS = 12,
    VERDICT_ROOM = 10
};

/* What goes where `cols` more are needed than there are; the column that the rows are sorted by
 * stays. The trend goes last: it shows the first byte, too. */
static void make_room(const struct mw_app *app, struct tui_fit *fit, int cols, bool spares_trend)
{
    static const enum column goes[] = {COL_JITTER, COL_SEEN, COL_TTFB, COL_SPARK};
    const size_t count = sizeof goes / sizeof *goes - spares_trend;
    for (size_t i = 0; i < count && fit->used + cols > fit->room; i++) {
        if (app->sort == MW_SORT_RANK || columns[goes[i]].sort != app->sort)
            tui_columns_drop(fit, (int)goes[i]);
    }
}

/* The column that the rows are sorted by is there, whatever has to go for it. */
static void keep_sorted(const struct mw_app *app, struct tui_fit *fit)
{
    for (int i = 0; i < COL_COUNT; i++) {
        if (columns[i].sort == app->sort && app->sort != MW_SORT_RANK && fit->w[i] == 0)
            tui_columns_add(fit, i);
    }
    make_room(app, fit, 0, false);
}

static void grow(struct tui_fit *fit, int column, int to)
{
    int wants[COL_COUNT] = {0};
    wants[column] = to;
    tui_columns_grow(fit, &column, 1, wants);
}

/* Names are shown whole before anything else takes room; then the trend grows. */
static void fit_columns(const struct mw_app *app, const struct mw_app_panel *panel,
                        struct tui_rect inside, struct tui_fit *fit)
{
    int longest = NAME_COLS;
    int words = columns[COL_VERDICT].least;
    for (size_t i = 0; i < panel->row_count; i++) {
        const struct mw_app_mirror *mirror = &app->mirrors[panel->rows[i]];
        int cols = (int)mw_text_cols(mw_app_name(app, mirror));
        longest = cols > longest ? cols : longest;
        MW_FREE char *verdict = mw_app_verdict(app, mirror);
        cols = (int)mw_text_cols(verdict);
        words = cols > words ? cols : words;
    }
    longest = longest < NAME_MOST ? longest : NAME_MOST;
    tui_columns_begin(fit, columns, COL_COUNT, MARKS, inside.w);
    keep_sorted(app, fit);
    grow(fit, COL_RTT, RTT_COLS);
    grow(fit, COL_VERDICT, words < VERDICT_COLS ? words : VERDICT_COLS);
    int name = longest < NAME_WHOLE ? longest : NAME_WHOLE;
    make_room(app, fit, name - fit->w[COL_NAME], true);
    grow(fit, COL_NAME, longest);
    grow(fit, COL_VERDICT, words > VERDICT_ROOM ? words : VERDICT_ROOM);
    grow(fit, COL_SPARK, MW_APP_POINTS);
    tui_columns_place(fit, inside.x + MARKS);
}

static void put_heads(struct tui *tui, const struct tui_fit *fit, int y, int x)
{
    const struct mw_app *app = tui->app;
    enum tui_glyph sign = app->is_reversed ? TUI_SORTED_DOWN : TUI_SORTED_UP;
    if (app->sort == MW_SORT_RANK) /* above the stars */
        tui_glyph(tui, y, x, TUI_KEY, sign);
    for (int i = 0; i < COL_COUNT; i++) {
        bool is_sorted = app->sort == columns[i].sort && app->sort != MW_SORT_RANK;
        MW_FREE char *title =
            mw_xasprintf("%s%s", _(columns[i].title), is_sorted ? tui_glyph_text(tui, sign) : "");
        tui_columns_head(tui, fit, i, y, is_sorted ? TUI_KEY : TUI_HEADING, title);
        tui_hit(tui, (struct tui_rect){y, fit->x[i], 1, fit->w[i]},
                &(struct mw_event){.kind = MW_EVENT_SORT, .sort = columns[i].sort});
    }
}

/* ---- rows ---------------------------------------------------------------------------------- */

static void put_marks(struct tui *tui, size_t index, int y, int x)
{
    const struct mw_app_mirror *mirror = &tui->app->mirrors[index];
    if (mirror->rank == 1)
        tui_glyph(tui, y, x, TUI_STAR, TUI_LEADER);
    else if (mw_app_mirror_state(mirror) == MW_STATE_BAD)
        tui_glyph(tui, y, x, TUI_BAD, TUI_FAIL);
    if (mirror->is_in_use)
        tui_glyph(tui, y, x + 1, TUI_ACCENT, TUI_IN_USE);
    else if (mirror->is_wanted)
        tui_glyph(tui, y, x + 1, TUI_ACCENT, TUI_WANTED);
}

static void put_seen(struct tui *tui, int y, int x, int w, const struct mw_app_mirror *mirror)
{
    char text[32];
    if (mirror->track->seen == 0) {
        tui_put_right(tui, y, x, w, TUI_DIM, tui_glyph_text(tui, TUI_DASH));
        return;
    }
    unsigned cap = mirror->track->seen > 999 ? 999 : mirror->track->seen;
    unsigned lost = mirror->track->lost > cap ? cap : mirror->track->lost;
    snprintf(text, sizeof text, "%u/%u", cap - lost, cap);
    tui_put_right(tui, y, x, w, lost > 0 ? TUI_WARN : TUI_DIM, text);
}

static void put_mirror_row(struct tui *tui, size_t index, const struct tui_fit *fit, int y)
{
    const struct mw_app *app = tui->app;
    const struct mw_app_mirror *mirror = &app->mirrors[index];
    const struct mw_probe_result *result = &mirror->track->result;
    bool is_bad = mw_app_mirror_state(mirror) == MW_STATE_BAD;
    MW_FREE char *verdict = mw_app_verdict(app, mirror);
    tui_put_match(tui, y, fit->x[COL_NAME], fit->w[COL_NAME],
                  is_bad              ? TUI_DIM
                  : mirror->rank == 1 ? TUI_TITLE
                                      : TUI_TEXT,
                  mw_app_name(app, mirror), app->filter);
    tui_put_time(tui, y, fit->x[COL_RTT], fit->w[COL_RTT], result->rtt_us);
    tui_put_time(tui, y, fit->x[COL_TTFB], fit->w[COL_TTFB], result->ttfb_us);
    tui_put_time(tui, y, fit->x[COL_JITTER], fit->w[COL_JITTER], result->jitter_us);
    put_spark(tui, y, fit->x[COL_SPARK], fit->w[COL_SPARK], mirror);
    put_seen(tui, y, fit->x[COL_SEEN], fit->w[COL_SEEN], mirror);
    tui_put_age(tui, y, fit->x[COL_AGE], fit->w[COL_AGE], result->age_s);
    /* What does not work and nobody uses need not shout. */
    bool is_quiet = is_bad && !mirror->is_in_use && !mirror->is_wanted;
    tui_put_match(tui, y, fit->x[COL_VERDICT], fit->w[COL_VERDICT],
                  is_quiet ? TUI_DIM : tui_state_looks[mw_app_mirror_state(mirror)].role, verdict,
                  app->filter);
}

static void put_rows(struct tui *tui, size_t index, struct tui_rect rect, const struct tui_fit *fit,
                     int y, bool has_focus)
{
    struct mw_app *app = tui->app;
    struct mw_app_panel *panel = &app->panels[index];
    size_t room = rect.y + rect.h - 1 > y ? (size_t)(rect.y + rect.h - 1 - y) : 0;
    size_t cursor = mw_app_place(panel->rows, panel->row_count, panel->selected);
    tui_keep_in_sight(&panel->top, cursor, room, panel->row_count);
    if (has_focus)
        mw_app_extent(app, MW_VIEW_HOME, panel->row_count, room);

    for (size_t i = 0; i < room && panel->top + i < panel->row_count; i++) {
        size_t row = panel->top + i;
        size_t mirror = panel->rows[row];
        tui->is_selected = has_focus && mirror == panel->selected;
        if (tui->is_selected) {
            tui_blank(tui, y + (int)i, rect.x + 1, rect.w - 2);
            tui_glyph(tui, y + (int)i, rect.x + 1, TUI_ACCENT, TUI_POINTER);
        }
        put_marks(tui, mirror, y + (int)i, rect.x + 2);
        put_mirror_row(tui, mirror, fit, y + (int)i);
        tui->is_selected = false;
        tui_hit(tui, (struct tui_rect){y + (int)i, rect.x, 1, rect.w},
                &(struct mw_event){.kind = MW_EVENT_SELECT, .panel = index, .row = row});
    }
    tui_scrollbar(tui, rect, panel->top, room, panel->row_count);
    if (panel->row_count == 0)
        tui_put(tui, y, rect.x + 3, rect.w - 6, TUI_DIM,
                app->filter[0] != '\0' ? _("nothing passes the filter") : _("no mirrors"));
}

/* ---- panels -------------------------------------------------------------------------------- */

/* The name of a mirror that was picked as "TOOL=ID" or "TOOL.SERVICE=ID". */
static const char *picked_name(const struct mw_app *app, size_t index, const char *pick)
{
    const struct mw_app_panel *panel = &app->panels[index];
    const char *id = strchr(pick, '=') + 1;
    const char *dot = memchr(pick, '.', (size_t)(id - pick));
    for (size_t i = 0; i < app->mirror_count; i++) {
        const struct mw_app_mirror *mirror = &app->mirrors[i];
        const char *service = panel->services[mirror->service];
        if (mirror->panel == index && strcmp(mirror->id, id) == 0 &&
            (dot == NULL || strncmp(dot + 1, service, strlen(service)) == 0))
            return mw_app_name(app, mirror);
    }
    return id;
}

/* "now: goproxy.cn, best"; what is in use is judged, not only named. */
static void put_now(struct tui *tui, size_t index, struct tui_rect rect, const char *title)
{
    const struct mw_app *app = tui->app;
    const struct mw_app_panel *panel = &app->panels[index];
    if (panel->picked.count > 0) {
        MW_AUTO(mw_strings) names = {0};
        for (size_t i = 0; i < panel->picked.count; i++)
            mw_strings_add(&names, picked_name(app, index, panel->picked.items[i]));
        MW_FREE char *all = mw_strings_join(&names, _(", "));
        MW_FREE char *text = mw_xasprintf(_("picked by hand: %s"), all);
        tui_box_note(tui, rect, title, TUI_WARN, text);
        return;
    }
    const char *now = mw_app_now_text(app, panel);
    if (panel->now_mirror == MW_APP_NONE) {
        MW_FREE char *text = panel->now_by[0] != '\0'
                                 ? mw_xasprintf(_("now: %s, by $%s"), now, panel->now_by)
                                 : mw_xasprintf(_("now: %s"), now);
        tui_box_note(tui, rect, title, TUI_DIM, text);
        return;
    }
    const struct mw_app_mirror *mirror = &app->mirrors[panel->now_mirror];
    enum mw_app_state state = mw_app_mirror_state(mirror);
    MW_FREE char *verdict = mw_app_verdict(app, mirror);
    MW_FREE char *text =
        state == MW_STATE_WAITING ? mw_xasprintf(_("now: %s"), now)
        : state == MW_STATE_BAD
            ? mw_xasprintf(_("now: %s %s %s"), now, tui_glyph_text(tui, TUI_FAIL), verdict)
        : mirror->rank == 1
            ? mw_xasprintf(_("now: %s %s best"), now, tui_glyph_text(tui, TUI_LEADER))
            : mw_xasprintf(_("now: %s, no. %zu"), now, mirror->rank);
    tui_box_note(tui, rect, title,
                 state == MW_STATE_BAD ? TUI_BAD
                 : mirror->rank == 1   ? TUI_GOOD
                                       : TUI_DIM,
                 text);
}

void tui_home_panel(struct tui *tui, size_t index, struct tui_rect rect, bool has_focus)
{
    const struct mw_app *app = tui->app;
    const struct mw_app_panel *panel = &app->panels[index];
    const char *title = mw_tool_title(panel->tool);
    bool is_alone =
        rect.h > 0 && app->panel_count > 1 && rect.h == tui->rows - 3 && rect.w == tui->cols;
    MW_FREE char *shown = is_alone ? mw_xasprintf("%s %zu/%zu", title, index + 1, app->panel_count)
                                   : mw_xstrdup(title);
    tui_box(tui, rect, has_focus, shown);
    put_now(tui, index, rect, shown);
    struct tui_rect inside = tui_inside(rect);
    struct tui_fit fit;
    fit_columns(app, panel, inside, &fit);
    /* Where room is short, the heads of the panel that has the keys serve for all. */
    bool has_heads = has_focus || rect.h >= 5;
    if (has_heads)
        put_heads(tui, &fit, inside.y, inside.x);
    put_rows(tui, index, rect, &fit, inside.y + (has_heads ? 1 : 0), has_focus);
}

void tui_home_plan(struct tui *tui, struct tui_rect rect, const struct mw_tool *tool)
{
    const struct mw_session *session = tui->app->session;
    const char *name =
        session != NULL && session->profile.name != NULL ? session->profile.name : "";
    MW_FREE char *title = mw_xasprintf(_("Plan: %s"), tool != NULL ? mw_tool_title(tool) : name);
    MW_AUTO(tui_page) page = tui_page_open(tui, rect, false, title);
    if (session != NULL && session->stranger != NULL)
        tui_put_remark(&page, TUI_WARN, TUI_FAIL, session->stranger);
    if (session != NULL && session->has_plan)
        tui_put_plan(&page, session, tool);
    else if (session != NULL)
        tui_put_remark(&page, TUI_BAD, TUI_FAIL, tui->app->read_error.message);
    if (page.count == 0 && session != NULL)
        tui_page_put(&page, TUI_DIM, _("the profile says nothing of it"));
    if (!tui_page_peek(tui, &page) || tool != NULL)
        tui_box_note(tui, rect, title, TUI_DIM, _("d shows all"));
    tui_hit_action(tui, rect, MW_DO_DIFF);
}

int tui_home_plan_wants(const struct mw_app *app, const struct mw_tool *tool)
{
    if (app->session == NULL || !app->session->has_plan)
        return 8;
    const struct mw_plan *plan = &app->session->plan;
    size_t rows = 2;
    for (size_t i = 0; i < plan->file_count; i++)
        rows += !mw_app_is_file_of(plan, i, tool) ? 0 : plan->files[i].error.code == MW_OK ? 2 : 5;
    for (size_t i = 0; i < plan->setting_count; i++)
        rows += tool == NULL || plan->settings[i].tool == tool ? 2 : 0;
    return (int)rows;
}

void tui_home_nothing(struct tui *tui, struct tui_rect body)
{
    const struct mw_app *app = tui->app;
    MW_AUTO(tui_page) page = tui_page_open(tui, body, true, "");
    if (app->is_reading) {
        tui_page_put(&page, TUI_DIM, _("reading files"));
    } else if (app->read_code != MW_OK) {
        tui_put_error(&page, TUI_BAD, TUI_FAIL, &app->read_error);
    } else {
        MW_FREE char *names = mw_strings_join(&app->absent, _(", "));
        char *text =
            mw_xasprintf(_("None of the tools that this program knows is here: %s."), names);
        tui_page_wrap(&page, 0, TUI_TEXT, text);
        free(text);
    }
    tui_page_peek(tui, &page);
}

/* Of more tools than fit side by side, one; the overview stands beside it where there is room. */
void tui_view_home(struct tui *tui, struct tui_rect body)
{
    const struct mw_app *app = tui->app;
    if (mw_app_is_many(app)) {
        tui_view_overview(tui, body);
        return;
    }
    int wants[TUI_PANELS] = {0};
    size_t count = app->panel_count;
    for (size_t i = 0; i < count; i++)
        wants[i] = (int)app->panels[i].mirror_count + 3;
    struct tui_home home;
    tui_layout_home(body, wants, count, app->focus, tui_home_plan_wants(app, NULL), &home);
    for (size_t i = 0; i < count; i++) {
        if (home.panels[i].h > 0)
            tui_home_panel(tui, i, home.panels[i], app->focus == i);
    }
    if (home.plan.h > 0)
        tui_home_plan(tui, home.plan, NULL);
    if (count == 0)
        tui_home_nothing(tui, body);
}
