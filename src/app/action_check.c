/* The checklist's keys: why, fix, copy, check again.
 *
 * A remedy is a command that anybody can paste. What it asks of this program itself is done here
 * as well, by the same engine and with the same question; what belongs to the user's shell or to
 * other programs is only shown. */
#include <string.h>

#include "app_parts.h"

/* ---- why not ------------------------------------------------------------------------------- */

const char *app_why_not_check(const struct mw_app *app)
{
    if (mw_app_check(app) != NULL)
        return NULL;
    return app->is_checking ? _("nothing is answered yet") : _("there is no check here");
}

const char *app_why_not_check_again(const struct mw_app *app)
{
    if (app->is_checking)
        return _("the checks are still being made");
    return app->is_reloading ? _("something else is running; try again in a moment") : NULL;
}

static const char *why_not_remedy(const struct mw_check *check)
{
    const struct mw_remedy *remedy = &check->remedy;
    if (remedy->kind == MW_REMEDY_RELOAD && remedy->needs_root)
        return _("it needs root; C copies the command");
    if (remedy->kind == MW_REMEDY_RELOAD || remedy->kind == MW_REMEDY_APPLY ||
        mw_remedy_is_text(remedy))
        return NULL;
    return strncmp(check->fix, "unset ", 6) == 0
               ? _("only your own shell can do that; C copies the command")
               : _("it is for you to run; C copies it");
}

const char *app_why_not_fix(const struct mw_app *app)
{
    const struct mw_check *check = mw_app_check(app);
    if (check == NULL)
        return app_why_not_check(app);
    if (!mw_app_check_is_fresh(app, check) || app->is_reloading)
        return _("it is being checked; in a moment");
    if (check->status == MW_CHECK_PASS)
        return _("it is in order");
    if (check->fix[0] == '\0')
        return _("there is no command for it; see what was found and what is wanted");
    if (app->is_reading)
        return _("the plan is still being made");
    return why_not_remedy(check);
}

/* The command that the view shows; owned, NULL: none. */
static char *shown_command(const struct mw_app *app)
{
    if (mw_app_top(app) == MW_VIEW_APPLY)
        return mw_app_lacks_rights(app) ? mw_app_sudo(app) : NULL;
    const struct mw_check *check = mw_app_check(app);
    return check != NULL && check->fix[0] != '\0' ? mw_xstrdup(check->fix) : NULL;
}

const char *app_why_not_copy(const struct mw_app *app)
{
    MW_FREE char *command = shown_command(app);
    bool has_one = command != NULL;
    return has_one ? NULL : _("there is no command here");
}

/* ---- doing --------------------------------------------------------------------------------- */

unsigned app_run_checks(struct mw_app *app)
{
    unsigned effects = mw_app_top(app) == MW_VIEW_APPLY ? app_run_back(app) : 0; /* it is over */
    app_push(app, MW_VIEW_CHECKS);
    return effects | (app->is_checking ? 0 : app_check(app));
}

/* The usual question, about as much as the remedy names. */
static unsigned ask_to_apply(struct mw_app *app, const struct mw_remedy *remedy)
{
    size_t count = mw_tool_count();
    app_ask(app, MW_ASK_APPLY);
    for (size_t i = 0; remedy->tool != NULL && i < count; i++) {
        if (strcmp(remedy->tool->id, mw_tool_id(i)) != 0)
            mw_strings_add(&app->skip, mw_tool_id(i));
    }
    mw_strings_add_all(&app->sets, &remedy->sets);
    return app_read(app);
}

/* As --fix does: the plan is the remedy's, and so is the way back. */
static unsigned ask_to_mend(struct mw_app *app, const char *id)
{
    app_ask(app, MW_ASK_FIX);
    app->apply.fix = mw_xstrdup(id);
    return app_plan_question(app);
}

unsigned app_run_fix(struct mw_app *app)
{
    const struct mw_check *check = mw_app_check(app);
    const struct mw_remedy *remedy = &check->remedy;
    if (mw_remedy_is_text(remedy))
        return ask_to_mend(app, check->id);
    if (remedy->kind == MW_REMEDY_APPLY)
        return ask_to_apply(app, remedy);
    app_say(app, MW_LEVEL_INFO, _("%s is told to read its file again"),
            mw_tool_title(remedy->tool));
    return app_reload(app, remedy->tool);
}

unsigned app_run_copy(struct mw_app *app)
{
    mw_replace(&app->clipboard, shown_command(app));
    app_say(app, MW_LEVEL_INFO, _("copied, if this terminal lets programs copy: %s"),
            app->clipboard);
    return MW_EFFECT_COPY;
}
