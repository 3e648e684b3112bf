/* The state and its one way to change. */
#include "mirrorwise/app.h"

#include <string.h>

#include "app_parts.h"
#include "mirrorwise/text.h"

enum { MESSAGE_MS = 12000, MESSAGES_MAX = 200 };

const long mw_app_intervals_ms[] = {10000, 5000, 2000, 30000, 60000, 0};
const size_t mw_app_interval_count = sizeof mw_app_intervals_ms / sizeof *mw_app_intervals_ms;

/* ---- messages ------------------------------------------------------------------------------ */

void app_take_message(struct mw_app *app, enum mw_app_level level, char *take_text)
{
    MW_FREE char *text = take_text;
    if (app->message_count == MESSAGES_MAX) {
        free(app->messages[0].text);
        memmove(app->messages, app->messages + 1, (MESSAGES_MAX - 1) * sizeof *app->messages);
        app->message_count--;
    }
    *MW_PUSH(app->messages, app->message_count) = (struct mw_app_message){
        .level = level,
        .text = mw_text_redact(text),
        .at_ms = app->now_ms,
    };
    app->has_message = true;
}

void app_say_error(struct mw_app *app, const struct mw_error *err)
{
    if (err->hint[0] != '\0')
        app_say(app, MW_LEVEL_ERROR, _("%s. %s"), err->message, err->hint);
    else
        app_say(app, MW_LEVEL_ERROR, "%s", err->message);
}

/* ---- views --------------------------------------------------------------------------------- */

enum mw_app_view mw_app_top(const struct mw_app *app)
{
    return app->views[app->view_count - 1];
}

bool app_is_open(const struct mw_app *app, enum mw_app_view view)
{
    size_t i = 0;
    while (i < app->view_count && app->views[i] != view)
        i++;
    return i < app->view_count;
}

void app_close(struct mw_app *app, enum mw_app_view view)
{
    size_t kept = 0;
    for (size_t i = 0; i < app->view_count; i++) {
        if (app->views[i] != view)
            app->views[kept++] = app->views[i];
    }
    app->view_count = kept;
}

void app_push(struct mw_app *app, enum mw_app_view view)
{
    /* A view that is open already comes to the top: the stack cannot grow without end. */
    app_close(app, view);
    app->views[app->view_count++] = view;
    app->scroll[view] = (struct mw_app_scroll){0};
    app->search[0] = '\0';
    app->match_count = 0;
}

void app_pop(struct mw_app *app)
{
    if (app->view_count > 1)
        app->view_count--;
    app->search[0] = '\0';
    app->match_count = 0;
}

void mw_app_extent(struct mw_app *app, enum mw_app_view view, size_t count, size_t page)
{
    struct mw_app_scroll *scroll = &app->scroll[view];
    scroll->count = count;
    scroll->page = page;
    size_t last = count > page ? count - page : 0;
    if (scroll->top > last)
        scroll->top = last;
    if (scroll->cursor >= count)
        scroll->cursor = count > 0 ? count - 1 : 0;
}

/* ---- life ---------------------------------------------------------------------------------- */

void mw_app_init(struct mw_app *app, const struct mw_app_options *options)
{
    *app = (struct mw_app){.options = *options, .view_count = 1};
    app->views[0] = MW_VIEW_HOME;
    app->is_online = !options->session.no_network;
    int interval = options->preferences.choice[MW_PREFER_INTERVAL];
    app->interval = interval > 0 ? (size_t)interval - 1 : 0;
}

void app_apply_release(struct mw_app_apply *apply)
{
    free(apply->fix);
    mw_session_free(&apply->session);
    mw_strings_release(&apply->steps);
    mw_outcome_release(&apply->outcome);
}

void mw_app_release(struct mw_app *app)
{
    app_load_release(app);
    app_tracks_release(app);
    mw_session_free(&app->session);
    mw_session_free(&app->preview);
    app_apply_release(&app->apply);
    mw_checks_release(&app->checks);
    mw_strings_release_all(&app->skip, &app->sets, &app->accepted, &app->risked,
                           &app->fresh_checks);
    free(app->clipboard);
    for (size_t i = 0; i < app->job_count; i++)
        mw_job_free(app->jobs[i]);
    for (size_t i = 0; i < app->message_count; i++)
        free(app->messages[i].text);
    MW_FREE_ALL(app->messages, app->asked, app->profile, app->targets, app->probe_error, app->best);
    *app = (struct mw_app){0};
}

/* ---- typing -------------------------------------------------------------------------------- */

char *app_typed_into(struct mw_app *app)
{
    enum mw_app_view view = mw_app_top(app);
    return view == MW_VIEW_HOME       ? app->filter
           : view == MW_VIEW_OVERVIEW ? app->tool_filter
                                      : app->search;
}

static void type_character(struct mw_app *app, int key)
{
    char bytes[4];
    size_t len = mw_utf8_encode((unsigned)key, bytes);
    size_t now = strlen(app->text);
    if (now + len < sizeof app->text) {
        memcpy(app->text + now, bytes, len);
        app->text[now + len] = '\0';
    }
}

static void erase_character(struct mw_app *app)
{
    size_t len = strlen(app->text);
    while (len > 0 && ((unsigned char)app->text[len - 1] & 0xC0) == 0x80)
        len--;
    app->text[len > 0 ? len - 1 : 0] = '\0';
}

/* What is typed acts at once; Enter keeps it, Esc takes it back. */
static unsigned type_key(struct mw_app *app, int key)
{
    bool is_done = false;
    unsigned effects = MW_EFFECT_DRAW;
    if (key == MW_KEY_ESCAPE) {
        app->text[0] = '\0';
        is_done = true;
    } else if (key == MW_KEY_ENTER) {
        is_done = true;
        effects |= app_find_first(app);
    } else if (key == MW_KEY_BACKSPACE || key == MW_KEY_CTRL('H')) {
        erase_character(app);
    } else if (key == MW_KEY_CTRL('U')) {
        app->text[0] = '\0';
    } else if (key >= ' ' && key < MW_KEY_UP && !mw_utf8_unsafe((unsigned)key)) {
        type_character(app, key);
    } else if (key == MW_KEY_UP || key == MW_KEY_DOWN) {
        app_rows_move(app, key == MW_KEY_UP ? -1 : 1);
    }
    memcpy(app_typed_into(app), app->text, sizeof app->text);
    if (is_done)
        app->input = MW_INPUT_NONE;
    if (mw_app_filter(app) != NULL)
        app_rows_make(app);
    return effects;
}

/* ---- events -------------------------------------------------------------------------------- */

/* Who is refused is told why, in the words of what he did: pressed `key`. */
static unsigned run_action(struct mw_app *app, const struct mw_app_action *action, int key)
{
    const char *reason = action->why_not != NULL ? action->why_not(app) : NULL;
    app->about = action->about;
    if (reason == NULL)
        return MW_EFFECT_DRAW | action->run(app);
    MW_FREE char *name = mw_key_name(key);
    app_say(app, MW_LEVEL_WARNING, _("%s: %s"), name, reason);
    return MW_EFFECT_DRAW;
}

static unsigned take_action(struct mw_app *app, enum mw_app_action_id id)
{
    if (app->is_small)
        return 0;
    app->input = MW_INPUT_NONE;
    const struct mw_app_action *action = mw_app_action_in(mw_app_top(app), id);
    if (action != NULL)
        return run_action(app, action, action->keys[0]);
    action = mw_app_action_find(id);
    if (action != NULL)
        app_say(app, MW_LEVEL_WARNING, _("%s: not from here; Esc goes back"), _(action->label));
    return MW_EFFECT_DRAW;
}

static unsigned take_key(struct mw_app *app, int key)
{
    if (app->is_small) {
        bool is_quit = key == 'q' || key == MW_KEY_F1 + 9;
        return is_quit ? run_action(app, mw_app_action_find(MW_DO_QUIT), key) : 0;
    }
    if (app->input != MW_INPUT_NONE)
        return type_key(app, key);
    app->key = key;
    bool had_message = app->has_message;
    app->has_message = false;
    const struct mw_app_action *action = mw_app_action_for(mw_app_top(app), key);
    if (action != NULL)
        return run_action(app, action, key) | (had_message ? MW_EFFECT_DRAW : 0);
    app_say(app, MW_LEVEL_INFO, _("this key does nothing here; ? shows those that do"));
    return MW_EFFECT_DRAW;
}

/* Milliseconds until the next round is due; -1: it is not up to the clock. The first rounds follow
 * each other at once. */
static long next_round_ms(const struct mw_app *app)
{
    long interval = mw_app_intervals_ms[app->interval];
    if (app->round == 0 || !app->is_online || app->is_frozen || app->is_measuring ||
        app->probe_error != NULL || app->mirror_count == 0)
        return -1;
    if (app->round < MW_APP_BURST)
        return 0;
    if (interval == 0)
        return -1;
    long left = app->round_at_ms + interval - app->now_ms;
    return left > 0 ? left : 0;
}

/* Milliseconds until the message line is cleared; -1: it shows no message. */
static long message_left_ms(const struct mw_app *app)
{
    if (!app->has_message || app->message_count == 0)
        return -1;
    long left = app->messages[app->message_count - 1].at_ms + MESSAGE_MS - app->now_ms;
    return left > 0 ? left : 0;
}

static unsigned take_tick(struct mw_app *app)
{
    unsigned effects = app_rows_settle(app) ? MW_EFFECT_DRAW : 0;
    if (message_left_ms(app) == 0) {
        app->has_message = false;
        effects |= MW_EFFECT_DRAW;
    }
    if (next_round_ms(app) == 0)
        effects |= MW_EFFECT_PROBE;
    return effects;
}

long mw_app_wait_ms(const struct mw_app *app)
{
    const long waits[] = {app_rows_wait_ms(app), next_round_ms(app), message_left_ms(app)};
    long wait = -1;
    for (size_t i = 0; i < sizeof waits / sizeof *waits; i++)
        wait = waits[i] >= 0 && (wait < 0 || waits[i] < wait) ? waits[i] : wait;
    return wait;
}

static unsigned select_row(struct mw_app *app, const struct mw_event *event)
{
    if (mw_app_filter(app) == NULL) {
        struct mw_app_scroll *scroll = &app->scroll[mw_app_top(app)];
        if (event->row >= scroll->count)
            return 0;
        return MW_EFFECT_DRAW | app_move(app, (long)event->row - (long)scroll->cursor);
    }
    if (event->panel >= app->panel_count)
        return 0;
    app->focus = event->panel;
    const struct mw_app_panel *panel = &app->panels[event->panel];
    bool is_row = event->row < panel->row_count;
    if (mw_app_is_many(app)) { /* the overview and a panel of it stand side by side */
        app_close(app, MW_VIEW_HOME);
        app->moved_at_ms = app->now_ms > 0 ? app->now_ms : 1;
        if (is_row)
            app_push(app, MW_VIEW_HOME);
    }
    if (is_row)
        app_rows_move(app, (long)event->row - (long)app_rows_cursor(panel));
    return MW_EFFECT_DRAW;
}

unsigned mw_app_update(struct mw_app *app, const struct mw_event *event)
{
    if (event->now_ms > app->now_ms)
        app->now_ms = event->now_ms;
    switch (event->kind) {
    case MW_EVENT_START:
        for (size_t i = 0; app->options.warnings != NULL && i < app->options.warnings->count; i++)
            app_say(app, MW_LEVEL_WARNING, "%s", app->options.warnings->items[i]);
        return MW_EFFECT_DRAW | app_read(app);
    case MW_EVENT_KEY:
        return take_key(app, event->key);
    case MW_EVENT_TICK:
        return take_tick(app);
    case MW_EVENT_PROBE:
        return app_feed_event(app, event->probe);
    case MW_EVENT_STEP:
        mw_strings_add(&app->apply.steps, event->step);
        return MW_EFFECT_DRAW;
    case MW_EVENT_RESULT:
        return app_take_result(app, event->result);
    case MW_EVENT_CHECK:
        return app_checks_take(app, event);
    case MW_EVENT_ACTION:
        return take_action(app, (enum mw_app_action_id)event->action);
    case MW_EVENT_SELECT:
        return app->is_small ? 0 : select_row(app, event);
    case MW_EVENT_SORT:
        app->is_reversed = event->sort == app->sort && !app->is_reversed;
        app->sort = event->sort;
        app_rows_make(app);
        return MW_EFFECT_DRAW;
    case MW_EVENT_SCROLL:
        return app->is_small ? 0 : MW_EFFECT_DRAW | app_move(app, event->lines);
    case MW_EVENT_TOO_SMALL:
        app->is_small = event->is_small;
        return MW_EFFECT_DRAW;
    default:
        return 0;
    }
}
