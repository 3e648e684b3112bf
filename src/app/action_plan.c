/* What has to do with the plan: profiles, diff, apply, the way back. */
#include <string.h>

#include "app_parts.h"
#include "mirrorwise/hash.h"
#include "mirrorwise/text.h"

/* ---- why not ------------------------------------------------------------------------------- */

const char *app_why_not_session(const struct mw_app *app)
{
    return app->session == NULL ? _("the files are still being read") : NULL;
}

const char *app_why_not_diff(const struct mw_app *app)
{
    const char *reason = app_why_not_session(app);
    if (reason != NULL || app->session->has_plan)
        return reason;
    return app->read_code == MW_NO_MIRROR ? app->read_error.message
                                          : _("there is no plan: M shows why");
}

const char *app_why_not_apply(const struct mw_app *app)
{
    if (mw_app_top(app) == MW_VIEW_DIFF && app_is_open(app, MW_VIEW_PROFILES))
        return app_why_not_choose(app);
    if (app->is_reading)
        return _("the plan is still being made");
    const char *reason = app_why_not_diff(app);
    if (reason != NULL)
        return reason;
    bool is_blocked =
        mw_session_verdict(app->session, NULL) != MW_OK || mw_app_without_mirror(app) != NULL;
    return !is_blocked && mw_app_changes(app) == 0 ? _("nothing to do: all is as the profile wants")
                                                   : NULL;
}

const char *app_why_not_write(const struct mw_app *app)
{
    const struct mw_app_apply *apply = &app->apply;
    const struct mw_session *session = mw_app_shown_session(app);
    if (apply->phase == MW_PHASE_WRITING)
        return _("files are being written");
    if (apply->phase == MW_PHASE_PLANNING || (apply->question == MW_ASK_APPLY && app->is_reading))
        return _("the plan is still being made");
    if (apply->phase != MW_PHASE_ASKING)
        return _("nothing is asked");
    if (session == NULL || !session->has_plan)
        return _("there is no plan");
    bool is_left = apply->question == MW_ASK_APPLY && mw_app_without_mirror(app) != NULL;
    if (is_left || mw_session_verdict(session, NULL) != MW_OK)
        return _("something stands in the way; see above");
    if (apply->question == MW_ASK_APPLY && mw_app_bad_mirror(app, NULL) != NULL)
        return _("a mirror that was measured as bad would be written; see above");
    return mw_plan_changes(&session->plan) == 0 ? _("there is nothing to write") : NULL;
}

const char *app_why_not_no(const struct mw_app *app)
{
    return app_why_not_write(app) != NULL ? _("nothing is asked; Esc goes back") : NULL;
}

const char *app_why_not_back(const struct mw_app *app)
{
    return mw_app_top(app) == MW_VIEW_APPLY && app->apply.phase == MW_PHASE_WRITING
               ? _("files are being written; try again in a moment")
               : NULL;
}

const char *app_why_not_press(const struct mw_app *app)
{
    bool is_asked = app->apply.phase == MW_PHASE_ASKING && app->apply.is_yes;
    return is_asked ? app_why_not_write(app) : app_why_not_back(app);
}

const char *app_why_not_unfilter(const struct mw_app *app)
{
    const char *filter = mw_app_filter(app);
    bool is_first = app->view_count == 1 && filter != NULL && filter[0] == '\0';
    return is_first ? _("this is the first view; q quits") : NULL;
}

/* MW_OK: whatever it is. */
static bool has_obstacle(const struct mw_app *app, enum mw_code code)
{
    const struct mw_session *session = mw_app_shown_session(app);
    if (app->apply.phase != MW_PHASE_ASKING || session == NULL || !session->has_plan)
        return false;
    for (size_t i = 0; i < session->plan.file_count; i++) {
        const struct mw_plan_file *file = &session->plan.files[i];
        if (mw_plan_file_stops(file) && (code == MW_OK || file->error.code == code))
            return true;
    }
    return false;
}

bool mw_app_lacks_rights(const struct mw_app *app)
{
    return has_obstacle(app, MW_NO_PERMISSION);
}

const char *app_why_not_skip(const struct mw_app *app)
{
    if (app->apply.question != MW_ASK_APPLY)
        return _("only what a profile wants can be left out");
    if (app->is_reading)
        return _("the plan is still being made");
    bool is_stopped = has_obstacle(app, MW_OK) || mw_app_without_mirror(app) != NULL ||
                      mw_app_bad_mirror(app, NULL) != NULL;
    return is_stopped ? NULL : _("nothing stands in the way");
}

const char *app_why_not_force(const struct mw_app *app)
{
    if (app->is_forced)
        return _("already forced");
    return has_obstacle(app, MW_CONFLICT) ? NULL : _("nobody else changed anything");
}

const struct mw_lint_finding *mw_app_risk(const struct mw_app *app)
{
    const struct mw_session *session = mw_app_shown_session(app);
    for (size_t i = 0; session != NULL && !session->is_rollback && i < session->lint.count; i++) {
        const struct mw_lint_finding *finding = &session->lint.items[i];
        if (finding->level == MW_LINT_ERROR && !finding->is_accepted)
            return finding;
    }
    return NULL;
}

const char *app_why_not_accept(const struct mw_app *app)
{
    if (app->apply.phase != MW_PHASE_ASKING)
        return _("nothing is asked");
    if (app->is_reading)
        return _("the plan is still being made");
    bool is_bad = app->apply.question == MW_ASK_APPLY && mw_app_bad_mirror(app, NULL) != NULL;
    return mw_app_risk(app) == NULL && !is_bad ? _("nothing dangerous is wanted") : NULL;
}

const char *app_why_not_mirror(const struct mw_app *app)
{
    return mw_app_selected(app) == NULL ? _("no mirror is selected") : NULL;
}

const char *app_why_not_choose(const struct mw_app *app)
{
    return mw_app_profile(app) == NULL ? _("there is no profile here") : NULL;
}

const char *app_why_not_checks(const struct mw_app *app)
{
    return mw_app_top(app) == MW_VIEW_APPLY && app->apply.phase != MW_PHASE_DONE
               ? _("nothing is written yet")
               : NULL;
}

/* ---- profiles ------------------------------------------------------------------------------ */

/* The set has weaker files of the same name too; only the winner counts. */
static bool is_winner(const struct mw_profile_set *set, const struct mw_profile_file *file)
{
    return mw_profile_set_find(set, file->name) == file;
}

size_t mw_app_profile_count(const struct mw_app *app)
{
    size_t count = 0;
    while (mw_app_profile_file(app, count) != NULL)
        count++;
    return count;
}

const struct mw_profile_file *mw_app_profile_file(const struct mw_app *app, size_t row)
{
    for (size_t i = 0; app->session != NULL && i < app->session->profiles.count; i++) {
        const struct mw_profile_file *file = &app->session->profiles.items[i];
        if (is_winner(&app->session->profiles, file) && row-- == 0)
            return file;
    }
    return NULL;
}

const struct mw_profile_file *mw_app_profile(const struct mw_app *app)
{
    return mw_app_profile_file(app, app->scroll[MW_VIEW_PROFILES].cursor);
}

static size_t current_row(const struct mw_app *app)
{
    const char *name = app->session->profile.name;
    for (size_t i = 0; name != NULL && i < mw_app_profile_count(app); i++) {
        if (strcmp(mw_app_profile_file(app, i)->name, name) == 0)
            return i;
    }
    return 0;
}

unsigned app_run_profiles(struct mw_app *app)
{
    mw_replace(&app->asked, NULL);
    app_push(app, MW_VIEW_PROFILES);
    app->scroll[MW_VIEW_PROFILES].cursor = current_row(app);
    mw_session_free(&app->preview);
    const struct mw_profile_file *file = mw_app_profile(app);
    return file != NULL ? app_preview(app, file->name) : 0;
}

/* The bytes that the preview was made of, if it is there; else nobody has seen them. */
static const struct mw_profile_file *file_shown(const struct mw_app *app)
{
    const struct mw_profile_file *here = mw_app_profile(app);
    const struct mw_profile_file *shown =
        app->preview != NULL && here != NULL
            ? mw_profile_set_find(&app->preview->profiles, here->name)
            : NULL;
    return shown != NULL && strcmp(shown->path, here->path) == 0 ? shown : NULL;
}

const char *app_why_not_trust(const struct mw_app *app)
{
    const struct mw_profile_file *file = mw_app_profile(app);
    bool is_asked = file != NULL && app->asked != NULL && strcmp(app->asked, file->path) == 0;
    return is_asked && file_shown(app) != NULL ? NULL : _("pick the stranger's profile first");
}

unsigned app_run_trust(struct mw_app *app)
{
    const struct mw_profile_file *file = file_shown(app);
    char hash[MW_SHA256_HEX];
    mw_sha256_hex(mw_buf_text(&file->text), file->text.len, hash);
    unsigned effects = app_trust(app, file->path, hash);
    mw_replace(&app->profile, mw_xstrdup(file->name));
    mw_replace(&app->asked, NULL);
    app_pop(app);
    return effects;
}

unsigned app_run_choose(struct mw_app *app)
{
    const struct mw_profile_file *file = mw_app_profile(app);
    if (file->is_stranger) {
        mw_replace(&app->asked, mw_xstrdup(file->path));
        app_say(app, MW_LEVEL_WARNING,
                _("%s is a stranger's profile: y trusts it, any other key does not"), file->name);
        return 0;
    }
    mw_replace(&app->profile, mw_xstrdup(file->name));
    app_checks_forget(app);
    app_say(app, MW_LEVEL_INFO, _("profile %s: d shows what it would change, a applies it"),
            app->profile);
    app_pop(app);
    return app_read(app);
}

/* ---- mirrors by hand ----------------------------------------------------------------------- */

unsigned app_run_pick(struct mw_app *app)
{
    const struct mw_app_mirror *mirror = mw_app_selected(app);
    struct mw_app_panel *panel = &app->panels[mirror->panel];
    MW_FREE char *of = panel->service_count > 1 ? mw_xasprintf("%s.%s=", panel->tool->id,
                                                               panel->services[mirror->service])
                                                : mw_xasprintf("%s=", panel->tool->id);
    MW_FREE char *pick = mw_xasprintf("%s%s", of, mirror->id);
    struct mw_strings others = {0};
    for (size_t i = 0; i < panel->picked.count; i++) {
        if (!mw_text_starts(panel->picked.items[i], of))
            mw_strings_add(&others, panel->picked.items[i]);
    }
    bool is_picked = mw_strings_has(&panel->picked, pick);
    if (!is_picked)
        mw_strings_add(&others, pick);
    mw_strings_release(&panel->picked);
    panel->picked = others;
    if (is_picked)
        app_say(app, MW_LEVEL_INFO, _("%s: the profile chooses again"), mw_tool_title(panel->tool));
    else
        app_say(app, MW_LEVEL_INFO, _("%s: %s, picked by hand; d shows the change, a applies it"),
                mw_tool_title(panel->tool), mw_app_name(app, mirror));
    return app_read(app);
}

/* ---- apply --------------------------------------------------------------------------------- */

void app_ask(struct mw_app *app, enum mw_app_question question)
{
    struct mw_app_apply *apply = &app->apply;
    app_apply_release(apply);
    *apply = (struct mw_app_apply){
        .phase = MW_PHASE_ASKING,
        .question = question,
        .generation = -1,
    };
    app_push(app, MW_VIEW_APPLY);
}

/* Of the profile under the cursor. */
unsigned app_run_apply_row(struct mw_app *app)
{
    bool is_in_diff = mw_app_top(app) == MW_VIEW_DIFF;
    const struct mw_profile_file *file = mw_app_profile(app);
    const char *current = app->session->profile_name;
    if (file == NULL)
        return 0;
    if (current != NULL && strcmp(file->name, current) == 0) {
        app_ask(app, MW_ASK_APPLY);
        return 0;
    }
    if (is_in_diff)
        app_pop(app);
    unsigned effects = app_run_choose(app);
    if (app->is_reading)
        app_ask(app, MW_ASK_APPLY);
    return effects;
}

unsigned app_run_apply(struct mw_app *app)
{
    if (mw_app_top(app) == MW_VIEW_DIFF && app_is_open(app, MW_VIEW_PROFILES))
        return app_run_apply_row(app);
    app_ask(app, MW_ASK_APPLY);
    return 0;
}

/* What was left out, put on top, accepted or forced was so for this one question. */
static unsigned end_question(struct mw_app *app)
{
    bool is_changed =
        app->skip.count > 0 || app->sets.count > 0 || app->accepted.count > 0 || app->is_forced;
    app->is_forced = false;
    mw_strings_release_all(&app->risked, &app->skip, &app->sets, &app->accepted);
    return is_changed ? app_read(app) : 0;
}

unsigned app_run_back(struct mw_app *app)
{
    const char *filter = mw_app_filter(app);
    if (filter != NULL && (filter[0] != '\0' || app->view_count == 1)) {
        app_typed_into(app)[0] = app->text[0] = '\0';
        app_rows_make(app);
        return 0;
    }
    bool was_asked = mw_app_top(app) == MW_VIEW_APPLY;
    struct mw_app_scroll *list = &app->scroll[MW_VIEW_CHECKS];
    if (mw_app_top(app) == MW_VIEW_CHECK && !list->is_chosen)
        list->cursor = 0; /* the open item may have moved down; nobody moved the list */
    bool is_refused = was_asked && app_why_not_write(app) == NULL;
    app_pop(app);
    if (!was_asked)
        return 0;
    if (is_refused)
        app_say(app, MW_LEVEL_INFO, "%s", _("nothing was written"));
    enum mw_app_view below = mw_app_top(app);
    bool is_checklist = below == MW_VIEW_CHECKS || below == MW_VIEW_CHECK;
    bool is_written = app->apply.phase == MW_PHASE_DONE;
    app->apply.phase = MW_PHASE_IDLE;
    unsigned effects = end_question(app);
    return is_checklist && is_written ? effects | app_check(app) : effects;
}

unsigned app_run_press(struct mw_app *app)
{
    bool is_asked = app->apply.phase == MW_PHASE_ASKING && app->apply.is_yes;
    return is_asked ? app_write(app) : app_run_back(app);
}

static void leave_out(struct mw_app *app, const struct mw_tool *tool, struct mw_strings *titles)
{
    if (mw_strings_has(&app->skip, tool->id))
        return;
    mw_strings_add(&app->skip, tool->id);
    mw_strings_add(titles, mw_tool_title(tool));
}

unsigned app_run_skip(struct mw_app *app)
{
    const struct mw_plan *plan = &app->session->plan;
    const struct mw_left *left = NULL;
    const struct mw_app_mirror *bad = NULL;
    MW_AUTO(mw_strings) titles = {0};
    for (size_t i = 0; i < plan->file_count; i++) {
        if (mw_plan_file_stops(&plan->files[i]))
            leave_out(app, plan->files[i].tool, &titles);
    }
    while ((left = mw_app_without_mirror(app)) != NULL)
        leave_out(app, left->tool, &titles);
    for (size_t i = 0; i < app->panel_count; i++) {
        bad = mw_app_bad_mirror(app, &app->panels[i]);
        if (bad != NULL)
            leave_out(app, app->panels[i].tool, &titles);
    }
    MW_FREE char *names = mw_strings_join(&titles, _(", "));
    if (titles.count > 0)
        app_say(app, MW_LEVEL_INFO, _("left out: %s"), names);
    app->apply.is_yes = false;
    return app_read(app);
}

/* The first risk that a plan has, or all mirrors that were measured as bad. */
unsigned app_run_accept(struct mw_app *app)
{
    const struct mw_lint_finding *risk = mw_app_risk(app);
    const struct mw_app_mirror *bad = NULL;
    /* What a plan finds of a mirror is what is measured here: nobody is asked twice. */
    bool is_of_mirrors = risk == NULL || strcmp(risk->id, mw_lint_untrusted) == 0;
    MW_AUTO(mw_strings) names = {0};
    while (is_of_mirrors && (bad = mw_app_bad_mirror(app, NULL)) != NULL) {
        mw_strings_take(&app->risked,
                        mw_xasprintf("%s=%s", app->panels[bad->panel].tool->id, bad->id));
        mw_strings_add(&names, mw_app_name(app, bad));
    }
    app->apply.is_yes = false;
    if (risk != NULL) {
        mw_strings_add(&app->accepted, risk->id);
        app_say(app, MW_LEVEL_WARNING, _("the risk %s is taken, for this one time"), risk->id);
        return app_read(app);
    }
    MW_FREE char *all = mw_strings_join(&names, _(", "));
    app_need_make(app);
    app_say(app, MW_LEVEL_WARNING, _("taken all the same, for this one time: %s"), all);
    return 0;
}

unsigned app_run_force(struct mw_app *app)
{
    app->is_forced = true;
    app->apply.is_yes = false;
    return app->apply.question == MW_ASK_APPLY ? app_read(app) : app_plan_question(app);
}

/* ---- the way back: before the last write, or to a generation of the history ---------------- */

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
    app_ask(app, MW_ASK_ROLLBACK);
    return app_plan_question(app);
}

unsigned app_run_go_back(struct mw_app *app)
{
    const struct mw_history *history = &app->session->history;
    size_t row = app->scroll[MW_VIEW_HISTORY].cursor;
    app_ask(app, MW_ASK_ROLLBACK);
    app->apply.generation = row < history->count ? history->items[history->count - 1 - row].id : 0;
    return app_plan_question(app);
}
