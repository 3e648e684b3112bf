/* The checklist's keys: why, fix, copy, check again.
 *
 * A remedy is a command that anybody can paste. What it asks of this program itself is done here
 * as well, by the same engine and with the same question; what belongs to the user's shell or to
 * other programs is only shown. */
#include <string.h>

#include "action_run.h"
#include "app_parts.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"

/* What a remedy asks for. */
enum remedy_kind {
    REMEDY_PASTE, /* nothing that we do */
    REMEDY_APPLY, /* the profile, to one tool or to all */
    REMEDY_RELOAD /* dockerd reads its file again */
};

struct remedy {
    enum remedy_kind kind;
    struct mw_strings only, sets;
    bool needs_root;
};

static void release(struct remedy *remedy)
{
    mw_strings_release(&remedy->only);
    mw_strings_release(&remedy->sets);
    *remedy = (struct remedy){0};
}

/* `mirrorwise --profile NAME [--only TOOL] [--set KEY=VALUE] ... --apply`, of this profile. */
static bool read_apply(const struct mw_app *app, const struct mw_strings *words, size_t first,
                       struct remedy *remedy)
{
    const char *name = app->session != NULL ? app->session->profile_name : NULL;
    bool applies = false, is_ours = name != NULL;
    for (size_t i = first + 1; is_ours && i < words->count; i++) {
        const char *word = words->items[i];
        const char *value = i + 1 < words->count ? words->items[i + 1] : "";
        if (strcmp(word, "--apply") == 0) {
            applies = true;
            continue;
        }
        if (strcmp(word, "--no-network") == 0)
            continue;
        if (strcmp(word, "--profile") == 0)
            is_ours = strcmp(value, name) == 0;
        else if (strcmp(word, "--only") == 0)
            mw_strings_add(&remedy->only, value);
        else if (strcmp(word, "--set") == 0)
            mw_strings_add(&remedy->sets, value);
        else
            is_ours = strcmp(word, "--root") == 0 || strcmp(word, "--scope") == 0;
        i++;
    }
    return is_ours && applies;
}

static bool is_reload(const struct mw_strings *words, size_t first)
{
    static const char *const commands[][5] = {
        {"systemctl", "reload", "docker"},
        {"systemctl", "--user", "reload", "docker"},
        {"service", "docker", "reload"},
    };
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        size_t same = 0;
        while (commands[i][same] != NULL && first + same < words->count &&
               strcmp(commands[i][same], words->items[first + same]) == 0)
            same++;
        if (commands[i][same] == NULL && first + same == words->count)
            return true;
    }
    return false;
}

static void read_remedy(const struct mw_app *app, const struct mw_check *check,
                        struct remedy *remedy)
{
    struct mw_strings words = {0};
    *remedy = (struct remedy){0};
    if (mw_check_split_command(check->fix, &words, NULL) == MW_OK && words.count > 0) {
        remedy->needs_root = strcmp(words.items[0], "sudo") == 0;
        size_t first = remedy->needs_root ? 1 : 0;
        if (first < words.count && strcmp(words.items[first], "mirrorwise") == 0 &&
            read_apply(app, &words, first, remedy))
            remedy->kind = REMEDY_APPLY;
        else if (is_reload(&words, first))
            remedy->kind = REMEDY_RELOAD;
    }
    mw_strings_release(&words);
}

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

static const char *why_not_remedy(const struct mw_check *check, const struct remedy *remedy)
{
    if (remedy->kind == REMEDY_RELOAD && remedy->needs_root)
        return _("it needs root; C copies the command");
    if (remedy->kind != REMEDY_PASTE)
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
    struct remedy remedy;
    read_remedy(app, check, &remedy);
    const char *reason = why_not_remedy(check, &remedy);
    release(&remedy);
    return reason;
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
    char *command = shown_command(app);
    bool has_one = command != NULL;
    free(command);
    return has_one ? NULL : _("there is no command here");
}

/* ---- doing --------------------------------------------------------------------------------- */

unsigned app_run_checks(struct mw_app *app)
{
    app_push(app, MW_VIEW_CHECKS);
    return app->is_checking ? 0 : app_check(app);
}

unsigned app_run_check(struct mw_app *app)
{
    app_push(app, MW_VIEW_CHECK);
    return 0;
}

unsigned app_run_check_again(struct mw_app *app)
{
    return app_check(app);
}

/* The usual question, about as much as the remedy names. */
static unsigned ask_to_apply(struct mw_app *app, struct remedy *remedy)
{
    size_t count = mw_tool_count();
    app_ask(app, false);
    for (size_t i = 0; remedy->only.count > 0 && i < count; i++) {
        if (!mw_strings_has(&remedy->only, mw_tool_id(i)))
            mw_strings_add(&app->skip, mw_tool_id(i));
    }
    for (size_t i = 0; i < remedy->sets.count; i++)
        mw_strings_add(&app->sets, remedy->sets.items[i]);
    return app_read(app);
}

unsigned app_run_fix(struct mw_app *app)
{
    struct remedy remedy;
    unsigned effects = 0;
    read_remedy(app, mw_app_check(app), &remedy);
    if (remedy.kind == REMEDY_APPLY) {
        effects = ask_to_apply(app, &remedy);
    } else {
        app_say(app, MW_LEVEL_INFO, "%s", _("dockerd is told to read its file again"));
        effects = app_reload(app, mw_tool_find("docker"));
    }
    release(&remedy);
    return effects;
}

unsigned app_run_copy(struct mw_app *app)
{
    free(app->clipboard);
    app->clipboard = shown_command(app);
    app_say(app, MW_LEVEL_INFO, _("copied, if this terminal lets programs copy: %s"),
            app->clipboard);
    return MW_EFFECT_COPY;
}
