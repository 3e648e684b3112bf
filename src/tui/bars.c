/* Head, message line and key bar: the same in every view. */
#include <string.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "views.h"

/* ---- head ---------------------------------------------------------------------------------- */

struct piece {
    char *text;
    enum tui_role role;
    int weight; /* the heaviest goes first where room is short */
    enum mw_app_action_id action;
};

static size_t unusable(const struct mw_app *app)
{
    size_t count = 0;
    for (size_t i = 0; i < app->mirror_count; i++)
        count += mw_app_mirror_state(&app->mirrors[i]) == MW_STATE_BAD;
    return count;
}

static size_t add_feed(const struct mw_app *app, struct piece *pieces, size_t count)
{
    size_t bad = unusable(app);
    if (app->options.family == 6)
        pieces[count++] = (struct piece){mw_xstrdup(_("IPv6 only")), TUI_WARN, 1, MW_DO_FAMILY};
    if (mw_app_is_cut_off(app)) {
        pieces[count++] = (struct piece){mw_xstrdup(_("! no mirror can be reached: offline?")),
                                         TUI_BAD, 1, MW_DO_MESSAGES};
        return count;
    }
    const char *state = !app->is_online || app->probe_error != NULL ? _("not measured")
                        : app->is_frozen                            ? _("frozen")
                                                                    : _("measuring");
    enum tui_role role = app->is_frozen || app->probe_error != NULL ? TUI_WARN
                         : app->is_online                           ? TUI_TEXT
                                                                    : TUI_DIM;
    bool is_live = app->is_online && !app->is_frozen && app->probe_error == NULL && app->round > 0;
    size_t all = app->mirror_count;
    char *text =
        is_live ? mw_xasprintf(ngettext("%zu of %zu mirror live", "%zu of %zu mirrors live", all),
                               all - bad, all)
                : mw_xasprintf(ngettext("%zu mirror %s", "%zu mirrors %s", all), all, state);
    pieces[count++] = (struct piece){text, role, 4, MW_DO_FREEZE};
    return count;
}

/* A proxy changes what every figure means; that there is none is worth less room. */
static size_t add_proxy(const struct mw_app *app, struct piece *pieces, size_t count)
{
    const char *proxy = app->options.proxy;
    pieces[count++] = (struct piece){
        proxy != NULL ? mw_xasprintf(_("proxy: %s"), proxy) : mw_xstrdup(_("proxy: none")),
        proxy != NULL ? TUI_TEXT : TUI_DIM, proxy != NULL ? 3 : 5, MW_DO_NONE};
    return count;
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

static size_t add_plan(const struct mw_app *app, struct piece *pieces, size_t count)
{
    const struct mw_session *session = app->session;
    if (session == NULL) {
        pieces[count++] = (struct piece){mw_xstrdup(_("reading")), TUI_DIM, 2, MW_DO_NONE};
        return count;
    }
    if (app->read_code == MW_NO_MIRROR && !session->has_plan) {
        pieces[count++] = (struct piece){mw_xstrdup(_("! no usable mirror")), TUI_BAD,
                                         mw_app_is_cut_off(app) ? 4 : 1, MW_DO_MESSAGES};
        return count;
    }
    if (!session->has_plan) {
        pieces[count++] =
            (struct piece){mw_xstrdup(_("! no plan: M shows why")), TUI_BAD, 1, MW_DO_MESSAGES};
        return count;
    }
    size_t changes = mw_plan_changes(&session->plan);
    bool is_blocked = mw_session_verdict(session, NULL) != MW_OK;
    bool is_shadowed = mw_plan_effective(&session->plan, NULL) != MW_OK;
    char *blocked = blocked_text(app);
    char *text =
        is_blocked && blocked == NULL ? mw_xstrdup(_("! something stands in the way"))
        : changes > 0
            ? mw_xasprintf(ngettext("%zu file to change", "%zu files to change", changes), changes)
        : is_shadowed         ? mw_xstrdup(_("! written, but something else wins"))
        : app->skip.count > 0 ? mw_xstrdup(_("the rest is as wanted"))
                              : mw_xstrdup(_("all as wanted"));
    if (mw_app_is_many(app))
        pieces[count++] = (struct piece){mw_xasprintf(_("%zu tools here"), app->panel_count),
                                         TUI_DIM, 7, MW_DO_NONE};
    bool is_all_blocked = blocked != NULL && changes == 0;
    if (is_all_blocked)
        free(text);
    else
        pieces[count++] =
            (struct piece){text,
                           is_blocked && blocked == NULL                       ? TUI_BAD
                           : changes > 0 || is_shadowed || app->skip.count > 0 ? TUI_WARN
                                                                               : TUI_GOOD,
                           2, MW_DO_DIFF};
    if (blocked != NULL)
        pieces[count++] = (struct piece){blocked, TUI_BAD, 1, MW_DO_DIFF};
    return count;
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

static size_t head_pieces(struct tui *tui, struct piece *pieces)
{
    const struct mw_app *app = tui->app;
    const struct mw_session *session = app->session;
    const char *name = session != NULL && session->profile.name != NULL   ? session->profile.name
                       : session != NULL && session->profile_name != NULL ? session->profile_name
                                                                          : "";
    size_t count = 0;
    if (name[0] != '\0')
        pieces[count++] =
            (struct piece){profile_text(tui, session, name),
                           session->stranger != NULL ? TUI_WARN : TUI_TITLE, 1, MW_DO_PROFILES};
    count = add_plan(app, pieces, count);
    count = add_feed(app, pieces, count);
    return add_proxy(app, pieces, count);
}

static int pieces_cols(const struct piece *pieces, size_t count)
{
    int cols = 0;
    for (size_t i = 0; i < count; i++)
        cols += pieces[i].weight > 0 ? (int)mw_text_cols(pieces[i].text) + 3 : 0;
    return cols;
}

/* Leaves out the least needed until the rest fits. */
static void thin_out(struct piece *pieces, size_t count, int room)
{
    for (size_t round = 0; round < count && pieces_cols(pieces, count) > room; round++) {
        size_t worst = 0;
        for (size_t i = 1; i < count; i++) {
            if (pieces[i].weight > pieces[worst].weight)
                worst = i;
        }
        if (pieces[worst].weight > 1)
            pieces[worst].weight = 0;
    }
}

void tui_bar_head(struct tui *tui, struct tui_rect rect)
{
    struct piece pieces[8];
    size_t count = head_pieces(tui, pieces);
    int x = 1 + tui_put(tui, rect.y, 1, rect.w, TUI_BRAND, "mirrorwise");
    const char *language = tui->app->options.language == MW_LANGUAGE_ZH ? "中文 ⇄ en" : "en ⇄ 中文";
    if (tui->is_ascii)
        language = "L: en/zh";
    int right = (int)mw_text_cols(language) + 2;
    bool has_right = rect.w >= 76;
    thin_out(pieces, count, rect.w - x - (has_right ? right : 0) - 1);
    for (size_t i = 0; i < count; i++) {
        if (pieces[i].weight == 0)
            continue;
        x += 1 + tui_put(tui, rect.y, x, 3, TUI_BORDER, i == 0 ? "  " : " ");
        if (i > 0 && x > 0) {
            tui_glyph(tui, rect.y, x - 1, TUI_BORDER, TUI_DOT);
            x += 1;
        }
        int cols = tui_put(tui, rect.y, x, rect.w - x - 1, pieces[i].role, pieces[i].text);
        if (pieces[i].action != MW_DO_NONE)
            tui_hit(tui, &(struct tui_hit){.rect = {rect.y, x, 1, cols},
                                           .kind = MW_EVENT_ACTION,
                                           .action = (int)pieces[i].action});
        x += cols;
    }
    for (size_t i = 0; i < count; i++)
        free(pieces[i].text);
    if (has_right) {
        tui_put_right(tui, rect.y, rect.w - right, right - 1, TUI_DIM, language);
        tui_hit(tui, &(struct tui_hit){.rect = {rect.y, rect.w - right, 1, right},
                                       .kind = MW_EVENT_ACTION,
                                       .action = MW_DO_LANGUAGE});
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
    tui_put(tui, rect.y, rect.x + 3, rect.w - 4, look->role, message->text);
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
        {TUI_FAIL, TUI_BAD, N_("dead in use")},
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

void tui_bar_message(struct tui *tui, struct tui_rect rect)
{
    if (tui->app->input != MW_INPUT_NONE)
        put_input(tui, rect);
    else if (tui->app->has_message && tui->app->message_count > 0)
        put_message(tui, rect);
    else if (mw_app_filter(tui->app) != NULL)
        put_legend(tui, rect);
}

/* ---- key bar ------------------------------------------------------------------------------- */

struct hint {
    const struct mw_app_action *action;
    char *key;
    int cols;
    bool is_off, is_shown;
};

static size_t find_hints(const struct mw_app *app, struct hint *hints, size_t max)
{
    size_t count = 0;
    size_t action_count = 0;
    const struct mw_app_action *actions = mw_app_actions(&action_count);
    for (size_t i = 0; i < action_count && count < max; i++) {
        const struct mw_app_action *action = &actions[i];
        if (action->priority == 0 || (action->views & (1U << mw_app_top(app))) == 0)
            continue;
        struct hint *hint = &hints[count++];
        *hint = (struct hint){.action = action, .key = mw_key_name(action->keys[0])};
        hint->cols = (int)mw_text_cols(hint->key) + 1 + (int)mw_text_cols(_(action->label)) + 2;
        hint->is_off = action->why_not != NULL && action->why_not(app) != NULL;
        /* What cannot act now makes room, but for the main keys, which keep their places; a
         * question shows only its answers. */
        bool is_main = action->priority < 5 && mw_app_top(app) != MW_VIEW_APPLY;
        hint->is_shown = !hint->is_off || is_main;
    }
    return count;
}

/* The least needed go first; help and quit never do. */
static void thin_hints(struct hint *hints, size_t count, int room)
{
    for (size_t round = 0; round < count; round++) {
        int cols = 0;
        size_t worst = count;
        for (size_t i = 0; i < count; i++) {
            cols += hints[i].is_shown ? hints[i].cols : 0;
            if (hints[i].is_shown && hints[i].action->priority > 1 &&
                (worst == count || hints[i].action->priority >= hints[worst].action->priority))
                worst = i;
        }
        if (cols <= room || worst == count)
            return;
        hints[worst].is_shown = false;
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

void tui_bar_keys(struct tui *tui, struct tui_rect rect)
{
    if (tui->app->input != MW_INPUT_NONE) {
        put_typing_keys(tui, rect);
        return;
    }
    enum { HINTS = 40 };
    struct hint hints[HINTS];
    size_t count = find_hints(tui->app, hints, HINTS);
    thin_hints(hints, count, rect.w);
    int x = rect.x + 1;
    for (size_t i = 0; i < count; i++) {
        const struct hint *hint = &hints[i];
        if (hint->is_shown && x + hint->cols - 2 <= rect.w) {
            int cols =
                tui_put(tui, rect.y, x, hint->cols, hint->is_off ? TUI_DIM : TUI_KEY, hint->key);
            tui_put(tui, rect.y, x + cols + 1, rect.w - x - cols - 1,
                    hint->is_off ? TUI_DIM : TUI_LABEL, _(hint->action->label));
            tui_hit(tui, &(struct tui_hit){.rect = {rect.y, x, 1, hint->cols - 2},
                                           .kind = MW_EVENT_ACTION,
                                           .action = (int)hint->action->id});
            x += hint->cols;
        }
        free(hint->key);
    }
}
