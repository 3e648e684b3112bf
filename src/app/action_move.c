/* Moving, searching, and how things are shown. */
#include <string.h>

#include "app_parts.h"

/* ---- moving -------------------------------------------------------------------------------- */

static bool is_list(enum mw_app_view view)
{
    return view == MW_VIEW_PROFILES || view == MW_VIEW_HISTORY || view == MW_VIEW_CHECKS;
}

static size_t list_count(const struct mw_app *app, enum mw_app_view view)
{
    if (view == MW_VIEW_PROFILES)
        return mw_app_profile_count(app);
    if (view == MW_VIEW_CHECKS)
        return mw_app_check_count(app);
    return mw_app_history_count(app);
}

static size_t clamp(long value, size_t last)
{
    if (value < 0)
        return 0;
    return (size_t)value > last ? last : (size_t)value;
}

/* The chooser shows what the profile under the cursor would change. */
static unsigned cursor_moved(struct mw_app *app, enum mw_app_view view)
{
    if (view != MW_VIEW_PROFILES)
        return 0;
    mw_replace(&app->asked, NULL);
    const struct mw_profile_file *file = mw_app_profile(app);
    return file != NULL ? app_preview(app, file->name) : 0;
}

unsigned app_move(struct mw_app *app, long lines)
{
    enum mw_app_view view = mw_app_top(app);
    struct mw_app_scroll *scroll = &app->scroll[view];
    if (mw_app_filter(app) != NULL) {
        app_rows_move(app, lines);
        return 0;
    }
    if (is_list(view)) {
        size_t before = scroll->cursor;
        long to = (long)scroll->cursor + lines;
        size_t count = list_count(app, view);
        scroll->cursor = clamp(to, count > 0 ? count - 1 : 0);
        scroll->is_chosen = scroll->cursor > 0;
        return scroll->cursor != before ? cursor_moved(app, view) : 0;
    }
    size_t last = scroll->count > scroll->page ? scroll->count - scroll->page : 0;
    scroll->top = clamp((long)scroll->top + lines, last);
    return 0;
}

unsigned app_run_move(struct mw_app *app)
{
    return app_move(app, app->about);
}

/* In halves. */
unsigned app_run_pages(struct mw_app *app)
{
    size_t page = app->scroll[mw_app_top(app)].page;
    return app_move(app, app->about * (page > 1 ? (long)page : 2) / 2);
}

unsigned app_run_sideways(struct mw_app *app)
{
    size_t count = app->panel_count;
    if (mw_app_top(app) == MW_VIEW_APPLY)
        app->apply.is_yes = !app->apply.is_yes && app_why_not_write(app) == NULL;
    else if (mw_app_is_many(app) && app->about < 0)
        app_pop(app);
    else if (!mw_app_is_many(app) && count > 0)
        app->focus = (app->focus + (app->about < 0 ? count - 1 : 1)) % count;
    return 0;
}

unsigned app_run_open(struct mw_app *app)
{
    app_push(app, (enum mw_app_view)app->about);
    return 0;
}

unsigned app_run_effect(struct mw_app *app)
{
    return (unsigned)app->about;
}

const char *app_why_not_tool(const struct mw_app *app)
{
    return app->order_count == 0 ? _("no tool is selected") : NULL;
}

unsigned app_run_jump(struct mw_app *app)
{
    bool is_many = mw_app_is_many(app);
    size_t row = (size_t)(app->key - '1');
    if (row >= (is_many ? app->order_count : app->panel_count)) {
        app_say(app, MW_LEVEL_WARNING, _("there is no tool no. %zu"), row + 1);
        return 0;
    }
    app->focus = is_many ? app->order[row] : row;
    app->moved_at_ms = app->now_ms > 0 ? app->now_ms : 1;
    return 0;
}

/* ---- searching ----------------------------------------------------------------------------- */

unsigned app_run_filter(struct mw_app *app)
{
    app->input = MW_INPUT_FILTER;
    const char *filter = mw_app_filter(app);
    if (filter != NULL)
        memcpy(app->text, filter, sizeof app->text);
    else
        app->text[0] = app->search[0] = '\0';
    return 0;
}

const char *app_why_not_next(const struct mw_app *app)
{
    if (app->search[0] == '\0')
        return _("nothing is searched for; / searches");
    return app->match_count == 0 ? _("it is not found here") : NULL;
}

const char *app_why_not_filtered(const struct mw_app *app)
{
    const char *filter = mw_app_filter(app);
    return filter == NULL || filter[0] == '\0' ? _("there is no filter; / sets one") : NULL;
}

/* Where one is: the cursor of a list, the first line of a text. */
static size_t place(const struct mw_app *app)
{
    enum mw_app_view view = mw_app_top(app);
    return is_list(view) ? app->scroll[view].cursor : app->scroll[view].top;
}

/* Round and round, as in a pager. */
static unsigned to_match(struct mw_app *app, bool is_back)
{
    size_t at = place(app);
    size_t count = app->match_count;
    size_t i = 0;
    if (count == 0)
        return 0;
    while (i < count && (app->matches[i] < at || (app->matches[i] == at && !is_back)))
        i++;
    i = (i + (is_back ? count - 1 : 0)) % count;
    return app_move(app, (long)app->matches[i] - (long)at);
}

unsigned app_run_match(struct mw_app *app)
{
    return to_match(app, app->about < 0);
}

unsigned app_find_first(struct mw_app *app)
{
    enum mw_app_view view = mw_app_top(app);
    size_t at = place(app);
    size_t page = is_list(view) ? 1 : app->scroll[view].page;
    if (mw_app_filter(app) != NULL || app->search[0] == '\0' || app->match_count == 0)
        return 0;
    for (size_t i = 0; i < app->match_count; i++) {
        if (app->matches[i] >= at && app->matches[i] < at + page)
            return 0; /* it is in sight */
    }
    return to_match(app, false);
}

/* ---- order and measuring ------------------------------------------------------------------- */

unsigned app_run_sort(struct mw_app *app)
{
    static const char *const names[] = {
        [MW_SORT_RANK] = N_("sorted by rank, best first"),
        [MW_SORT_NAME] = N_("sorted by name"),
        [MW_SORT_RTT] = N_("sorted by round trip"),
        [MW_SORT_TTFB] = N_("sorted by first byte"),
        [MW_SORT_LOSS] = N_("sorted by loss"),
        [MW_SORT_AGE] = N_("sorted by age"),
        [MW_SORT_VERDICT] = N_("sorted by verdict"),
    };
    app->sort = (enum mw_app_sort)((app->sort + 1) % MW_SORT_COUNT);
    app->is_reversed = false;
    app_rows_make(app);
    app_say(app, MW_LEVEL_INFO, "%s", _(names[app->sort]));
    return 0;
}

unsigned app_run_reverse(struct mw_app *app)
{
    app->is_reversed = !app->is_reversed;
    app_rows_make(app);
    return 0;
}

unsigned app_run_freeze(struct mw_app *app)
{
    app->is_frozen = !app->is_frozen;
    if (app->is_frozen) {
        app->is_measuring = false;
        app->generation = 0;
        app_say(app, MW_LEVEL_INFO, _("frozen: nothing is measured until you press z again"));
        return MW_EFFECT_CANCEL;
    }
    app_say(app, MW_LEVEL_INFO, _("live again"));
    return app->is_online ? MW_EFFECT_PROBE : 0;
}

const char *app_why_not_probe(const struct mw_app *app)
{
    if (!app->is_online)
        return _("--no-network: nothing is measured");
    if (app->is_frozen)
        return _("frozen; z goes on");
    return app->mirror_count == 0 ? _("there is no mirror yet") : NULL;
}

static unsigned probe_anew(struct mw_app *app)
{
    for (size_t i = 0; i < app->track_count; i++)
        app->tracks[i]->seen = app->tracks[i]->lost = 0;
    app->round = 0;
    mw_replace(&app->probe_error, NULL);
    return app->is_online && !app->is_frozen ? MW_EFFECT_PROBE : 0;
}

unsigned app_run_probe(struct mw_app *app)
{
    app_say(app, MW_LEVEL_INFO, _("measuring again"));
    return probe_anew(app);
}

unsigned app_run_interval(struct mw_app *app)
{
    app->interval = (app->interval + 1) % mw_app_interval_count;
    app->chosen.choice[MW_PREFER_INTERVAL] = (int)app->interval + 1;
    long ms = mw_app_intervals_ms[app->interval];
    if (ms > 0)
        app_say(app, MW_LEVEL_INFO, _("every mirror is measured every %ld s"), ms / 1000);
    else
        app_say(app, MW_LEVEL_INFO, _("mirrors are measured only when you press r"));
    return 0;
}

unsigned app_run_family(struct mw_app *app)
{
    int *family = &app->options.family;
    *family = *family == 0 ? 4 : *family == 4 ? 6 : 0;
    app->chosen.choice[MW_PREFER_FAMILY] = *family == 0 ? 1 : *family == 4 ? 2 : 3;
    if (*family == 0)
        app_say(app, MW_LEVEL_INFO, _("measuring over what the system prefers"));
    else
        app_say(app, MW_LEVEL_INFO, _("measuring over IPv%d only"), *family);
    return probe_anew(app);
}

/* ---- looks --------------------------------------------------------------------------------- */

const char *app_why_not_theme(const struct mw_app *app)
{
    return app->options.may_color ? NULL : _("this terminal has no colours: the theme stays mono");
}

unsigned app_run_theme(struct mw_app *app)
{
    static const char *const names[] = {
        [MW_THEME_DEFAULT] = N_("theme: default, for dark terminals"),
        [MW_THEME_LIGHT] = N_("theme: light"),
        [MW_THEME_MONO] = N_("theme: mono"),
    };
    app->options.theme = (enum mw_app_theme)((app->options.theme + 1) % MW_THEME_COUNT);
    app->chosen.choice[MW_PREFER_THEME] = (int)app->options.theme + 1;
    app_say(app, MW_LEVEL_INFO, "%s", _(names[app->options.theme]));
    return MW_EFFECT_REDRAW;
}

const char *app_why_not_language(const struct mw_app *app)
{
    return app->options.is_english_only
               ? _("the characters of this locale are not UTF-8; --lang zh_CN speaks Chinese all "
                   "the same")
               : NULL;
}

unsigned app_run_language(struct mw_app *app)
{
    app->options.language =
        app->options.language == MW_LANGUAGE_EN ? MW_LANGUAGE_ZH : MW_LANGUAGE_EN;
    app->chosen.choice[MW_PREFER_LANGUAGE] = (int)app->options.language + 1;
    app_rows_make(app);
    return MW_EFFECT_LANGUAGE | MW_EFFECT_REDRAW;
}

const char *app_why_not_quit(const struct mw_app *app)
{
    return app->apply.phase == MW_PHASE_WRITING
               ? _("files are being written; try again in a moment")
               : NULL;
}
