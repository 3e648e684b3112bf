/* What each tool needs: is it as the profile wants, what would be done, what stands in the way. */
#include <stdlib.h>
#include <string.h>

#include "app_parts.h"

/* ---- bad mirrors ----------------------------------------------------------------------------- */

bool mw_app_writes(const struct mw_app *app, const struct mw_plan_setting *setting,
                   const struct mw_app_mirror *mirror)
{
    const struct mw_app_panel *panel = &app->panels[mirror->panel];
    if (panel->tool != setting->tool)
        return false;
    bool is_row = false;
    bool is_ours = false;
    for (size_t i = 0; i < panel->tool->row_count; i++) {
        const struct mw_mirror_row *row = &panel->tool->rows[i];
        bool is_it = mw_row_sets(row, setting->key);
        is_row = is_row || is_it;
        is_ours = is_ours || (is_it && strcmp(row->from, panel->services[mirror->service]) == 0);
    }
    if (is_row && !is_ours)
        return false;
    if (mw_strings_has(&setting->mirror_ids, mirror->id))
        return true;
    return app_has_place(&setting->want.items, mirror->url);
}

static bool is_risked(const struct mw_app *app, const struct mw_app_mirror *mirror)
{
    MW_FREE char *name = mw_xasprintf("%s=%s", app->panels[mirror->panel].tool->id, mirror->id);
    return mw_strings_has(&app->risked, name);
}

bool mw_app_is_bad(const struct mw_app_mirror *mirror)
{
    return mirror->track->result.class != MW_PROBE_NONE &&
           mw_app_mirror_state(mirror) == MW_STATE_BAD;
}

bool mw_app_writes_bad(const struct mw_app *app, const struct mw_app_mirror *mirror)
{
    const struct mw_session *session = app->session;
    if (session == NULL || !session->has_plan || !mw_app_is_bad(mirror))
        return false;
    for (size_t i = 0; i < session->plan.setting_count; i++) {
        const struct mw_plan_setting *setting = &session->plan.settings[i];
        if (setting->verdict != MW_VERDICT_SAME && !session->plan.files[setting->file].is_skipped &&
            mw_app_writes(app, setting, mirror))
            return true;
    }
    return false;
}

const struct mw_app_mirror *mw_app_bad_mirror(const struct mw_app *app,
                                              const struct mw_app_panel *panel)
{
    for (size_t i = 0; i < app->mirror_count; i++) {
        const struct mw_app_mirror *mirror = &app->mirrors[i];
        if ((panel == NULL || &app->panels[mirror->panel] == panel) && mirror->is_wanted &&
            mw_app_writes_bad(app, mirror) && !is_risked(app, mirror))
            return mirror;
    }
    return NULL;
}

/* ---- tasks ----------------------------------------------------------------------------------- */

bool mw_app_is_file_of(const struct mw_plan *plan, size_t file, const struct mw_tool *tool)
{
    if (tool == NULL || plan->files[file].tool == tool)
        return true;
    for (size_t i = 0; i < plan->setting_count; i++) {
        if (plan->settings[i].file == file && plan->settings[i].tool == tool)
            return true;
    }
    return false;
}

const struct mw_left *mw_app_without_mirror(const struct mw_app *app)
{
    const struct mw_session *session = app->session;
    for (size_t i = 0; session != NULL && i < session->left.count; i++) {
        const struct mw_left *left = &session->left.items[i];
        if (left->code == MW_NO_MIRROR && !mw_strings_has(&app->skip, left->tool->id))
            return left;
    }
    return NULL;
}

static enum mw_app_task blocked_by(enum mw_code code)
{
    return code == MW_NO_PERMISSION ? MW_TASK_RIGHTS
           : code == MW_CONFLICT    ? MW_TASK_CONFLICT
                                    : MW_TASK_INVALID;
}

/* Adds one key or several, and changes none. */
static bool only_adds(const struct mw_plan *plan, size_t file)
{
    for (size_t i = 0; i < plan->setting_count; i++) {
        const struct mw_plan_setting *setting = &plan->settings[i];
        if (setting->file == file && setting->verdict != MW_VERDICT_SAME &&
            setting->have.kind != MW_VALUE_ABSENT)
            return false;
    }
    return true;
}

static enum mw_app_task task_of_file(const struct mw_plan *plan, size_t index)
{
    const struct mw_plan_file *file = &plan->files[index];
    if (file->is_skipped)
        return MW_TASK_LEFT;
    switch (file->verdict) {
    case MW_FILE_CREATE:
        return MW_TASK_CREATE;
    case MW_FILE_CHANGE:
        return !file->after_exists      ? MW_TASK_REMOVE
               : only_adds(plan, index) ? MW_TASK_ADD
                                        : MW_TASK_CHANGE;
    case MW_FILE_CONFLICT:
    case MW_FILE_BLOCKED:
        return blocked_by(file->error.code);
    case MW_FILE_SAME:
    default:
        return MW_TASK_NONE;
    }
}

static bool is_overruled(const struct mw_plan *plan, const struct mw_tool *tool)
{
    for (size_t i = 0; i < plan->setting_count; i++) {
        if (plan->settings[i].tool == tool && plan->settings[i].shadows.count > 0)
            return true;
    }
    return false;
}

/* Of several files what stops counts most, then what changes. */
static enum mw_app_task task_of(const struct mw_app *app, const struct mw_app_panel *panel)
{
    const struct mw_session *session = app->session;
    if (mw_strings_has(&app->skip, panel->tool->id))
        return MW_TASK_LEFT;
    for (size_t i = 0; session != NULL && i < session->left.count; i++) {
        const struct mw_left *left = &session->left.items[i];
        if (left->tool == panel->tool && left->code == MW_NO_MIRROR)
            return MW_TASK_NO_MIRROR;
    }
    if (session == NULL || !session->has_plan)
        return MW_TASK_UNKNOWN;
    enum mw_app_task task = MW_TASK_FREE;
    for (size_t i = 0; i < session->plan.file_count; i++) {
        if (!mw_app_is_file_of(&session->plan, i, panel->tool))
            continue;
        enum mw_app_task one = task_of_file(&session->plan, i);
        task = task == MW_TASK_FREE || task == MW_TASK_NONE || one >= MW_TASK_RIGHTS ? one : task;
    }
    if (task < MW_TASK_RIGHTS && mw_app_bad_mirror(app, panel) != NULL)
        return MW_TASK_BAD_MIRROR;
    return task == MW_TASK_NONE && is_overruled(&session->plan, panel->tool) ? MW_TASK_OVERRULED
                                                                             : task;
}

static enum mw_app_need need_of(const struct mw_app *app, const struct mw_app_panel *panel)
{
    if (panel->task >= MW_TASK_RIGHTS && panel->task <= MW_TASK_BAD_MIRROR)
        return MW_NEED_BLOCKED;
    if (panel->now_mirror != MW_APP_NONE && mw_app_is_bad(&app->mirrors[panel->now_mirror]))
        return MW_NEED_DEAD;
    bool is_written = panel->task >= MW_TASK_CREATE && panel->task <= MW_TASK_OVERRULED;
    return is_written ? MW_NEED_CHANGE : MW_NEED_NOTHING;
}

void app_need_make(struct mw_app *app)
{
    for (size_t i = 0; i < app->panel_count; i++) {
        app->panels[i].task = task_of(app, &app->panels[i]);
        app->panels[i].need = need_of(app, &app->panels[i]);
    }
}

const char *mw_app_task_word(const struct mw_app *app, const struct mw_app_panel *panel)
{
    static const char *const words[] = {
        [MW_TASK_UNKNOWN] = N_("reading"),       [MW_TASK_NONE] = N_("as wanted"),
        [MW_TASK_FREE] = N_("not managed"),      [MW_TASK_CREATE] = N_("create"),
        [MW_TASK_CHANGE] = N_("change"),         [MW_TASK_ADD] = N_("add"),
        [MW_TASK_REMOVE] = N_("remove"),         [MW_TASK_OVERRULED] = N_("overruled"),
        [MW_TASK_RIGHTS] = N_("needs sudo"),     [MW_TASK_INVALID] = N_("bad file"),
        [MW_TASK_CONFLICT] = N_("conflict"),     [MW_TASK_NO_MIRROR] = N_("no mirror"),
        [MW_TASK_BAD_MIRROR] = N_("bad mirror"), [MW_TASK_LEFT] = N_("left out"),
    };
    if (panel->task == MW_TASK_UNKNOWN && !app->is_reading)
        return _("no plan");
    return _(words[panel->task]);
}

/* ---- order ----------------------------------------------------------------------------------- */

static bool passes(const struct mw_app *app, const struct mw_app_panel *panel)
{
    const char *now =
        panel->now_mirror != MW_APP_NONE ? mw_app_name(app, &app->mirrors[panel->now_mirror]) : "";
    const char *const texts[] = {panel->tool->id, mw_tool_title(panel->tool), now,
                                 mw_app_task_word(app, panel)};
    return app_any_has(texts, sizeof texts / sizeof *texts, app->tool_filter);
}

void app_need_order(struct mw_app *app)
{
    app_need_make(app);
    free(app->order);
    app->order = mw_xcalloc(app->panel_count + 1, sizeof *app->order);
    app->order_count = 0;
    for (int need = MW_NEED_BLOCKED; need <= MW_NEED_NOTHING; need++) {
        for (size_t i = 0; i < app->panel_count; i++) {
            if (app->panels[i].need == (enum mw_app_need)need && passes(app, &app->panels[i]))
                app->order[app->order_count++] = i;
        }
    }
    bool is_there = mw_app_place(app->order, app->order_count, app->focus) < app->order_count;
    /* Until somebody moves, the selection is the first line, not a tool. */
    if (mw_app_is_many(app) && app->order_count > 0 &&
        (!is_there || (app->moved_at_ms == 0 && mw_app_top(app) == MW_VIEW_OVERVIEW)))
        app->focus = app->order[0];
}

bool mw_app_is_many(const struct mw_app *app)
{
    return app->panel_count > MW_APP_GRID;
}

const char *mw_app_filter(const struct mw_app *app)
{
    enum mw_app_view view = mw_app_top(app);
    return view == MW_VIEW_HOME ? app->filter : view == MW_VIEW_OVERVIEW ? app->tool_filter : NULL;
}
