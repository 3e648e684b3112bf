/* The way back: before the last write, or to a generation of the history. */
#include "app_parts.h"
#include "mirrorwise/i18n.h"

const char *app_why_not_go_back(const struct mw_app *app)
{
    if (mw_app_trace(app) != NULL)
        return _("it is undone by the command shown");
    if (app->session == NULL || app->session->history.count == 0)
        return _("nothing was ever written");
    return app->scroll[MW_VIEW_HISTORY].cursor == 0 ? _("this is how it is now; choose another one")
                                                    : NULL;
}

const char *app_why_not_undo(const struct mw_app *app)
{
    if (app->apply.phase == MW_PHASE_WRITING)
        return _("files are being written; try again in a moment");
    if (mw_app_top(app) == MW_VIEW_APPLY && app->apply.phase != MW_PHASE_DONE)
        return _("nothing is written yet");
    if (app->is_reading)
        return _("the history is still being read");
    return app->session == NULL || app->session->history.count == 0 ? _("nothing was ever written")
                                                                    : NULL;
}

unsigned app_run_undo(struct mw_app *app)
{
    app_ask(app, true);
    return app_go_back(app, -1);
}

unsigned app_run_go_back(struct mw_app *app)
{
    const struct mw_history *history = &app->session->history;
    size_t row = app->scroll[MW_VIEW_HISTORY].cursor;
    app_ask(app, true);
    return app_go_back(app, row < history->count ? history->items[history->count - 1 - row].id : 0);
}
