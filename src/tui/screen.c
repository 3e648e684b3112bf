/* The whole screen: the view on top of the stack between head, message line and key bar. */
#include <string.h>

#include "views.h"

/* A word of the head, or a key of the key bar. */
struct item {
    char *text;
    const char *label; /* of a key */
    enum tui_role role;
    int cols;   /* with what stands between it and the next */
    int weight; /* the heaviest goes first where room is short, those of 1 never; 0: it is gone */
    enum mw_app_action_id action;
};

enum { ITEMS = 40 };
struct bar {
    struct item items[ITEMS];
    size_t count;
};

static struct item *add_bar_item(struct bar *bar, char *take_text, enum tui_role role, int weight,
                                 enum mw_app_action_id action)
{
    struct item *item = &bar->items[bar->count++];
    int cols = (int)mw_text_cols(take_text) + 3;
    *item = (struct item){take_text, NULL, role, cols, weight, action};
    return item;
}

/* Leaves out the least needed until the rest fits. */
static void thin_out(struct bar *bar, int room)
{
    for (;;) {
        int cols = 0;
        struct item *worst = NULL;
        for (size_t i = 0; i < bar->count; i++) {
            struct item *item = &bar->items[i];
            cols += item->weight > 0 ? item->cols : 0;
            if (item->weight > 1 && (worst == NULL || item->weight >= worst->weight))
                worst = item;
        }
        if (cols <= room || worst == NULL)
            return;
        worst->weight = 0;
    }
}

/* ---- head ---------------------------------------------------------------------------------- */

static void add_feed(const struct mw_app *app, struct bar *bar)
{
    size_t all = app->mirror_count;
    size_t bad = 0;
    for (size_t i = 0; i < all; i++)
        bad += mw_app_mirror_state(&app->mirrors[i]) == MW_STATE_BAD;
    if (app->options.family == 6)
        add_bar_item(bar, mw_xstrdup(_("IPv6 only")), TUI_WARN, 1, MW_DO_FAMILY);
    if (all == 0)
        return;
    if (mw_app_is_cut_off(app)) {
        add_bar_item(bar, mw_xstrdup(_("! no mirror can be reached: offline?")), TUI_BAD, 1,
                     MW_DO_MESSAGES);
        return;
    }
    const char *state = !app->is_online || app->probe_error != NULL ? _("not measured")
                        : app->is_frozen                            ? _("frozen")
                                                                    : _("measuring");
    enum tui_role role = app->is_frozen || app->probe_error != NULL ? TUI_WARN
                         : app->is_online                           ? TUI_TEXT
                                                                    : TUI_DIM;
    bool is_live = app->is_online && !app->is_frozen && app->probe_error == NULL && app->round > 0;
    add_bar_item(
        bar,
        is_live ? mw_xasprintf(ngettext("%zu of %zu mirror live", "%zu of %zu mirrors live", all),
                               all - bad, all)
                : mw_xasprintf(ngettext("%zu mirror %s", "%zu mirrors %s", all), all, state),
        role, 4, MW_DO_FREEZE);
}

/* A proxy changes what every figure means; that there is none is worth less room. */
static void add_proxy(const struct mw_app *app, struct bar *bar)
{
    const char *proxy = app->options.proxy;
    if (proxy != NULL)
        add_bar_item(bar, mw_xasprintf(_("proxy: %s"), proxy), TUI_TEXT, 3, MW_DO_NONE);
    else
        add_bar_item(bar, mw_xstrdup(_("proxy: none")), TUI_DIM, 5, MW_DO_NONE);
}

/* Owned: "! Docker needs sudo", the first of those that something stands in the way of; NULL: none.
 */
static char *blocked_text(const struct mw_app *app)
{
    char *text = NULL;
    size_t more = 0;
    for (size_t i = 0; i < app->panel_count; i++) {
        const struct mw_app_panel *panel = &app->panels[i];
        if (panel->need != MW_NEED_BLOCKED)
            continue;
        const char *title = mw_tool_title(panel->tool);
        if (text != NULL)
            more++;
        else if (panel->task == MW_TASK_RIGHTS)
            text = mw_xasprintf(_("! %s needs sudo"), title);
        else
            text = mw_xasprintf(_("! %s: %s"), title, mw_app_task_word(app, panel));
    }
    if (more == 0)
        return text;
    char *all = mw_xasprintf("%s +%zu", text, more);
    free(text);
    return all;
}

static void add_plan(const struct mw_app *app, struct bar *bar)
{
    const struct mw_session *session = app->session;
    if (session == NULL) {
        add_bar_item(bar, mw_xstrdup(_("reading")), TUI_DIM, 2, MW_DO_NONE);
        return;
    }
    if (!session->has_plan) {
        bool is_without = app->read_code == MW_NO_MIRROR;
        add_bar_item(bar,
                     mw_xstrdup(is_without ? _("! no usable mirror") : _("! no plan: M shows why")),
                     TUI_BAD, is_without && mw_app_is_cut_off(app) ? 4 : 1, MW_DO_MESSAGES);
        return;
    }
    size_t changes = mw_plan_changes(&session->plan);
    bool is_shadowed = mw_plan_effective(&session->plan, NULL) != MW_OK;
    char *blocked = blocked_text(app);
    if (mw_app_is_many(app))
        add_bar_item(bar, mw_xasprintf(_("%zu tools here"), app->panel_count), TUI_DIM, 7,
                     MW_DO_NONE);
    if (blocked == NULL && mw_session_verdict(session, NULL) != MW_OK)
        add_bar_item(bar, mw_xstrdup(_("! something stands in the way")), TUI_BAD, 2, MW_DO_DIFF);
    else if (changes > 0)
        add_bar_item(
            bar,
            mw_xasprintf(ngettext("%zu file to change", "%zu files to change", changes), changes),
            TUI_WARN, 2, MW_DO_DIFF);
    else if (blocked == NULL && is_shadowed)
        add_bar_item(bar, mw_xstrdup(_("! written, but something else wins")), TUI_WARN, 2,
                     MW_DO_DIFF);
    else if (blocked == NULL && app->skip.count > 0)
        add_bar_item(bar, mw_xstrdup(_("the rest is as wanted")), TUI_WARN, 2, MW_DO_DIFF);
    else if (blocked == NULL)
        add_bar_item(bar, mw_xstrdup(_("all as wanted")), TUI_GOOD, 2, MW_DO_DIFF);
    if (blocked != NULL)
        add_bar_item(bar, blocked, TUI_BAD, 1, MW_DO_DIFF);
}

/* Owned: the name, and whose it is unless that goes without saying. */
static char *profile_text(struct tui *tui, const struct mw_session *session, const char *name)
{
    const struct mw_profile *profile = &session->profile;
    bool is_usual = !profile->is_stranger && profile->source != MW_FROM_REPOSITORY &&
                    profile->source != MW_FROM_FILE && profile->source != MW_FROM_TREE;
    const char *more = tui_glyph_text(tui, TUI_MORE);
    if (is_usual)
        return mw_xasprintf("%s %s", name, more);
    return mw_xasprintf(_("%s (%s) %s"), name, mw_from_text(profile->source, profile->is_stranger),
                        more);
}

static void fill_head(struct tui *tui, struct bar *bar)
{
    const struct mw_app *app = tui->app;
    const struct mw_session *session = app->session;
    const char *name = session != NULL && session->profile.name != NULL   ? session->profile.name
                       : session != NULL && session->profile_name != NULL ? session->profile_name
                                                                          : "";
    if (name[0] != '\0')
        add_bar_item(bar, profile_text(tui, session, name),
                     session->stranger != NULL ? TUI_WARN : TUI_TITLE, 1, MW_DO_PROFILES);
    add_plan(app, bar);
    add_feed(app, bar);
    add_proxy(app, bar);
}

static void put_head(struct tui *tui, struct tui_rect rect)
{
    struct bar bar = {.count = 0};
    fill_head(tui, &bar);
    int x = 1 + tui_put(tui, rect.y, 1, rect.w, TUI_BRAND, "mirrorwise");
    const char *language = tui->app->options.language == MW_LANGUAGE_ZH ? "中文 ⇄ en" : "en ⇄ 中文";
    if (tui->is_ascii)
        language = "L: en/zh";
    int right = (int)mw_text_cols(language) + 2;
    bool has_right = rect.w >= 76;
    int end = rect.w - (has_right ? right : 0) - 1;
    thin_out(&bar, end - x);
    for (size_t i = 0; i < bar.count; i++) {
        const struct item *item = &bar.items[i];
        if (item->weight > 0) {
            x += 1 + tui_put(tui, rect.y, x, 3, TUI_BORDER, i == 0 ? "  " : " ");
            if (i > 0)
                tui_glyph(tui, rect.y, x - 1, TUI_BORDER, TUI_DOT);
            x += i > 0;
            int cols = tui_put(tui, rect.y, x, end - x, item->role, item->text);
            if (item->action != MW_DO_NONE)
                tui_hit_action(tui, (struct tui_rect){rect.y, x, 1, cols}, item->action);
            x += cols;
        }
        free(item->text);
    }
    if (has_right) {
        tui_put_right(tui, rect.y, rect.w - right, right - 1, TUI_DIM, language);
        tui_hit_action(tui, (struct tui_rect){rect.y, rect.w - right, 1, right}, MW_DO_LANGUAGE);
    }
}

/* ---- message line -------------------------------------------------------------------------- */

static void put_input(struct tui *tui, struct tui_rect rect)
{
    const struct mw_app *app = tui->app;
    bool is_tools = mw_app_top(app) == MW_VIEW_OVERVIEW;
    bool is_home = mw_app_top(app) == MW_VIEW_HOME || is_tools;
    const char *label = is_home ? _("filter") : _("search");
    int x = rect.x + 1 + tui_put(tui, rect.y, rect.x + 1, 20, TUI_KEY, label);
    x += 1 + tui_put(tui, rect.y, x, 2, TUI_KEY, ":");
    size_t found = app->match_count;
    size_t all = app->mirror_count;
    if (is_home) {
        found = 0;
        for (size_t i = 0; i < app->panel_count; i++)
            found += app->panels[i].row_count;
    }
    if (is_tools) {
        found = app->order_count;
        all = app->panel_count;
    }
    bool is_lost = found == 0 && app->text[0] != '\0';
    x += tui_put(tui, rect.y, x, rect.w - x - 24, is_lost ? TUI_BAD : TUI_TEXT, app->text);
    tui->cursor_y = rect.y;
    tui->cursor_x = x;
    MW_FREE char *count = is_home ? mw_xasprintf(_("%zu of %zu"), found, all)
                          : app->text[0] == '\0'
                              ? mw_xstrdup("")
                              : mw_xasprintf(ngettext("%zu line", "%zu lines", found), found);
    tui_put_right(tui, rect.y, rect.w - 22, 21, is_lost ? TUI_BAD : TUI_DIM, count);
}

const struct tui_look tui_message_looks[] = {
    [MW_LEVEL_INFO] = {TUI_TEXT, TUI_DOT},
    [MW_LEVEL_GOOD] = {TUI_GOOD, TUI_OK},
    [MW_LEVEL_WARNING] = {TUI_WARN, TUI_WARNING},
    [MW_LEVEL_ERROR] = {TUI_BAD, TUI_FAIL},
};

static void put_message(struct tui *tui, struct tui_rect rect)
{
    const struct mw_app *app = tui->app;
    const struct mw_app_message *message = &app->messages[app->message_count - 1];
    const struct tui_look *look = &tui_message_looks[message->level];
    tui_glyph(tui, rect.y, rect.x + 1, look->role, look->glyph);
    /* Where it is cut, the key that shows all of it stands behind it. */
    const struct mw_app_action *all = mw_app_action_in(mw_app_top(app), MW_DO_MESSAGES);
    bool is_cut = all != NULL && (int)mw_text_cols(message->text) > rect.w - 4;
    tui_put(tui, rect.y, rect.x + 3, rect.w - (is_cut ? 6 : 4), look->role, message->text);
    if (is_cut)
        tui_put_right(tui, rect.y, rect.x, rect.w - 1, TUI_KEY, "M");
}

struct sign {
    enum tui_glyph glyph;
    enum tui_role role;
    const char *text;
};

/* What the signs mean; what else is in force. */
static void put_legend(struct tui *tui, struct tui_rect rect)
{
    const struct mw_app *app = tui->app;
    int x = rect.x + 1;
    const char *filter = mw_app_filter(app);
    if (filter[0] != '\0') {
        x += tui_put(tui, rect.y, x, 20, TUI_KEY, _("filter"));
        x += tui_put(tui, rect.y, x, 3, TUI_KEY, ": ");
        x += tui_put(tui, rect.y, x, 30, TUI_WARN, filter);
        tui_put(tui, rect.y, x, 40, TUI_DIM, _("  Esc shows all"));
        return;
    }
    static const struct sign signs[] = {
        {TUI_LEADER, TUI_STAR, N_("best")},
        {TUI_IN_USE, TUI_ACCENT, N_("in use")},
        {TUI_WANTED, TUI_ACCENT, N_("apply writes it")},
        {TUI_FAIL, TUI_BAD, N_("unusable")},
    };
    static const struct sign needs[] = {
        {TUI_WARNING, TUI_BAD, N_("blocked")},
        {TUI_FAIL, TUI_BAD, N_("unusable in use")},
        {TUI_CHANGE, TUI_WARN, N_("to change")},
        {TUI_OK, TUI_GOOD, N_("as wanted")},
    };
    const struct sign *shown = mw_app_top(app) == MW_VIEW_OVERVIEW ? needs : signs;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        int cols = (int)mw_text_cols(_(shown[i].text)) + 5;
        if (x + cols > rect.w)
            return;
        tui_glyph(tui, rect.y, x, shown[i].role, shown[i].glyph);
        tui_put(tui, rect.y, x + 2, rect.w - x - 2, TUI_DIM, _(shown[i].text));
        x += cols;
    }
    long ms = mw_app_intervals_ms[app->interval];
    MW_FREE char *how = !app->is_online ? mw_xstrdup(_("--no-network"))
                        : ms == 0       ? mw_xstrdup(_("measured by hand"))
                                        : mw_xasprintf(_("every %ld s"), ms / 1000);
    MW_FREE char *note = app->options.family != 0
                             ? mw_xasprintf("IPv%d  %s", app->options.family, how)
                             : mw_xstrdup(how);
    if (x + (int)mw_text_cols(note) + 2 < rect.w)
        tui_put_right(tui, rect.y, x, rect.w - x - 1, TUI_DIM, note);
}

static void put_message_line(struct tui *tui, struct tui_rect rect)
{
    if (tui->app->input != MW_INPUT_NONE)
        put_input(tui, rect);
    else if (tui->app->has_message && tui->app->message_count > 0)
        put_message(tui, rect);
    else if (mw_app_filter(tui->app) != NULL)
        put_legend(tui, rect);
}

/* ---- key bar ------------------------------------------------------------------------------- */

static void fill_keys(const struct mw_app *app, struct bar *bar)
{
    size_t count = 0;
    const struct mw_app_action *actions = mw_app_actions(&count);
    for (size_t i = 0; i < count && bar->count < ITEMS; i++) {
        const struct mw_app_action *action = &actions[i];
        if (action->priority == 0 || (action->views & (1U << mw_app_top(app))) == 0)
            continue;
        bool is_off = action->why_not != NULL && action->why_not(app) != NULL;
        /* What cannot act now makes room, but for the main keys, which keep their places; a
         * question shows only its answers. */
        bool is_main = action->priority < 5 && mw_app_top(app) != MW_VIEW_APPLY;
        struct item *item =
            add_bar_item(bar, mw_key_name(action->keys[0]), is_off ? TUI_DIM : TUI_KEY,
                         is_off && !is_main ? 0 : action->priority, action->id);
        item->label = _(action->label);
        item->cols += (int)mw_text_cols(item->label);
    }
}

/* While somebody types, letters are letters. */
static void put_typing_keys(struct tui *tui, struct tui_rect rect)
{
    static const struct {
        const char *key, *label;
    } keys[] = {
        {"Enter", N_("keep")},
        {"Esc", N_("clear")},
        {"Ctrl-U", N_("erase all")},
        {"Up/Down", N_("move")},
    };
    size_t count = mw_app_filter(tui->app) != NULL ? 4 : 3;
    int x = rect.x + 1;
    for (size_t i = 0; i < count; i++) {
        x += tui_put(tui, rect.y, x, rect.w - x, TUI_KEY, keys[i].key) + 1;
        x += tui_put(tui, rect.y, x, rect.w - x, TUI_LABEL, _(keys[i].label)) + 2;
    }
}

static void put_keys(struct tui *tui, struct tui_rect rect)
{
    if (tui->app->input != MW_INPUT_NONE) {
        put_typing_keys(tui, rect);
        return;
    }
    struct bar bar = {.count = 0};
    fill_keys(tui->app, &bar);
    thin_out(&bar, rect.w);
    int x = rect.x + 1;
    for (size_t i = 0; i < bar.count; i++) {
        const struct item *item = &bar.items[i];
        if (item->weight > 0 && x + item->cols - 2 <= rect.w) {
            int cols = tui_put(tui, rect.y, x, item->cols, item->role, item->text) + 1;
            tui_put(tui, rect.y, x + cols, rect.w - x - cols,
                    item->role == TUI_DIM ? TUI_DIM : TUI_LABEL, item->label);
            tui_hit_action(tui, (struct tui_rect){rect.y, x, 1, item->cols - 2}, item->action);
            x += item->cols;
        }
        free(item->text);
    }
}

/* ---- all of it ----------------------------------------------------------------------------- */

static void draw_too_small(struct tui *tui)
{
    MW_FREE char *need = mw_xasprintf(_("needs %d x %d"), TUI_MIN_COLS, TUI_MIN_ROWS);
    MW_FREE char *have = mw_xasprintf(_("has %d x %d"), tui->cols, tui->rows);
    int y = tui->rows / 2 - 1;
    tui_put(tui, y > 0 ? y : 0, 0, tui->cols, TUI_WARN, _("too small"));
    tui_put(tui, (y > 0 ? y : 0) + 1, 0, tui->cols, TUI_TEXT, need);
    tui_put(tui, (y > 0 ? y : 0) + 2, 0, tui->cols, TUI_DIM, have);
}

void tui_draw(struct tui *tui)
{
    static void (*const views[])(struct tui *, struct tui_rect) = {
        [MW_VIEW_HOME] = tui_view_home,         [MW_VIEW_DETAIL] = tui_view_detail,
        [MW_VIEW_PROFILES] = tui_view_profiles, [MW_VIEW_DIFF] = tui_view_diff,
        [MW_VIEW_APPLY] = tui_view_apply,       [MW_VIEW_HISTORY] = tui_view_history,
        [MW_VIEW_CHECKS] = tui_view_checks,     [MW_VIEW_CHECK] = tui_view_check,
        [MW_VIEW_HELP] = tui_view_help,         [MW_VIEW_MESSAGES] = tui_view_messages,
        [MW_VIEW_OVERVIEW] = tui_view_overview,
    };
    werase(stdscr);
    tui->hit_count = 0;
    tui->cursor_y = tui->cursor_x = -1;
    if (tui->rows < TUI_MIN_ROWS || tui->cols < TUI_MIN_COLS) {
        draw_too_small(tui);
    } else {
        struct tui_frame frame;
        tui_layout_frame(tui->rows, tui->cols, &frame);
        put_head(tui, frame.head);
        views[mw_app_top(tui->app)](tui, frame.body);
        put_message_line(tui, frame.message);
        put_keys(tui, frame.keys);
    }
    attr_set(A_NORMAL, 0, NULL);
    if (tui->cursor_y >= 0)
        wmove(stdscr, tui->cursor_y, tui->cursor_x);
    wnoutrefresh(stdscr);
}
