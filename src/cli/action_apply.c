/* --apply, --diff and --rollback: three ways to use one plan. */
#include <string.h>

#include "mirrorwise/command.h"
#include "render.h"

/* ---- what to do about missing rights ------------------------------------------------------- */

/* This command line again; sudo drops the environment, so a profile named there becomes an
 * option. */
static void put_command(struct mw_buf *buf, const struct mw_run *run)
{
    for (int i = 0; i < run->argc; i++)
        mw_buf_put_word(buf, run->argv[i]);
    if (run->has_session && run->session.named_by == MW_NAMED_BY_ENVIRONMENT &&
        !run->session.is_rollback)
        mw_buf_put_option(buf, "--profile", run->session.profile_name);
}

static bool lacks_rights(const struct mw_plan_file *file)
{
    return file->verdict == MW_FILE_BLOCKED && !file->is_skipped &&
           file->error.code == MW_NO_PERMISSION;
}

/* Under sudo a user's files are written as that user, with no more rights than now; and a cause
 * that has a remedy of its own is not taken away by rights. */
static bool sudo_helps(const struct mw_run *run)
{
    const struct mw_plan *plan = &run->session.plan;
    bool helps = run->session.sys.euid != 0;
    for (size_t i = 0; i < plan->file_count; i++) {
        const struct mw_plan_file *file = &plan->files[i];
        if (lacks_rights(file))
            helps = helps && file->location.actor.uid == 0 && file->error.hint[0] == '\0';
    }
    return helps;
}

static void hint_rights(struct mw_run *run)
{
    const struct mw_plan *plan = &run->session.plan;
    MW_AUTO(mw_strings) tools = {0};
    bool has_other_tool = false;
    for (size_t i = 0; i < plan->file_count; i++) {
        const char *tool = plan->files[i].tool->id;
        if (lacks_rights(&plan->files[i]) && !mw_strings_has(&tools, tool))
            mw_strings_add(&tools, tool);
    }
    for (size_t i = 0; i < plan->file_count; i++)
        has_other_tool = has_other_tool || !mw_strings_has(&tools, plan->files[i].tool->id);

    MW_AUTO(mw_buf) command = {0};
    put_command(&command, run);
    MW_FREE char *skipped = mw_strings_join(&tools, ",");
    bool can_skip = skipped[0] != '\0' && has_other_tool && !run->session.is_rollback;
    bool can_sudo = sudo_helps(run);
    const char *text = mw_buf_text(&command);
    /* Twice in one hint; a command that is cut off must not be copied. */
    bool is_long = 2 * command.len + 2 * strlen(skipped) + 120 > sizeof run->error.hint;
    if (run->error.hint[0] != '\0') { /* what mends it */
        MW_FREE char *own = mw_xstrdup(run->error.hint);
        if (can_skip && 120 + strlen(own) + strlen(skipped) < sizeof run->error.hint)
            mw_error_hint(&run->error, _("Leave %s out with --skip %s. %s"), skipped, skipped, own);
    } else if (can_sudo && can_skip && is_long)
        mw_error_hint(&run->error,
                      _("Run the same command with sudo (your own files stay yours), or leave %s "
                        "out with --skip %s."),
                      skipped, skipped);
    else if (can_sudo && is_long)
        mw_error_hint(&run->error, _("Run the same command with sudo."));
    else if (can_sudo && can_skip)
        mw_error_hint(&run->error,
                      _("Run `sudo %s` (your own files stay yours), or leave %s out: "
                        "`%s --skip %s`."),
                      text, skipped, text, skipped);
    else if (can_sudo)
        mw_error_hint(&run->error, _("Run `sudo %s`."), text);
    else if (can_skip && !is_long)
        mw_error_hint(&run->error, _("Leave %s out: `%s --skip %s`."), skipped, text, skipped);
}

/* The way on for the tools that nothing is wrong with, where there are any. */
static void hint_rest(struct mw_run *run)
{
    const struct mw_plan *plan = &run->session.plan;
    bool has_fine = false;
    for (size_t i = 0; i < plan->file_count; i++)
        has_fine = has_fine || !mw_plan_file_stops(&plan->files[i]);
    if (!has_fine || run->session.is_rollback || run->session.options.keep_going)
        return;
    /* In front: the other one may end with a command to copy. */
    MW_FREE char *way = mw_xstrdup(run->error.hint);
    mw_error_hint(&run->error, "%s%s%s", _("--keep-going does the rest without it."),
                  way[0] != '\0' ? " " : "", way);
}

/* A file that its tool cannot read has a remedy of --doctor, as a rule. */
static void hint_doctor(struct mw_run *run)
{
    const struct mw_plan *plan = &run->session.plan;
    const struct mw_plan_file *bad = NULL;
    for (size_t i = 0; i < plan->file_count && bad == NULL; i++) {
        if (mw_plan_file_stops(&plan->files[i]) && plan->files[i].error.code == run->error.code)
            bad = &plan->files[i];
    }
    if (bad == NULL || run->session.is_fix)
        return;
    MW_AUTO(mw_buf) command = {0};
    mw_system_put_command(&run->session.sys, &command);
    mw_buf_put_word(&command, "--doctor");
    mw_buf_put_option(&command, "--only", bad->tool->id);
    MW_FREE char *text = mw_xasprintf(_("`%s` says what mends it."), mw_buf_text(&command));
    MW_FREE char *way = mw_xstrdup(run->error.hint);
    mw_error_hint(&run->error, "%s%s%s", way, way[0] != '\0' ? " " : "", text);
}

/* The verdict on a plan, with the way on spelled out for this command line. */
static enum mw_code told(struct mw_run *run, enum mw_code code)
{
    if (code == MW_NO_PERMISSION)
        hint_rights(run);
    if (code == MW_BAD_CONFIG || (code == MW_NO_PERMISSION && run->error.hint[0] == '\0'))
        hint_doctor(run);
    if (code != MW_OK && mw_plan_verdict(&run->session.plan, NULL) == code)
        hint_rest(run);
    return code;
}

/* ---- showing ------------------------------------------------------------------------------- */

static void show_plan(struct mw_run *run)
{
    struct mw_buf text = {0};
    mw_render_plan(&text, &run->session, &run->out);
    mw_buf_putc(&text, '\n');
    mw_run_print(run, &text);
}

static void show_diff(struct mw_run *run)
{
    struct mw_buf text = {0};
    mw_render_diff(&text, &run->session.plan, &run->out);
    mw_run_print(run, &text);
}

/* What the tools themselves report now; slow, so only with --verbose. */
static void show_answers(struct mw_run *run)
{
    const struct mw_plan *plan = &run->session.plan;
    struct mw_buf text = {0};
    for (size_t i = 0; run->options.verbose > 0 && i < plan->setting_count; i++) {
        const struct mw_plan_setting *setting = &plan->settings[i];
        const struct mw_plan_file *file = &plan->files[setting->file];
        MW_AUTO(mw_value) value = {0};
        if (file->tool_missing || mw_source_is_copy(setting->source) ||
            mw_tool_ask(&run->session.sys, setting->tool, &file->location, setting->key, &value,
                        NULL) != MW_OK)
            continue;
        MW_FREE char *shown = mw_render_value(&value, setting->is_secret);
        mw_buf_printf(&text, _("  %s reports %s = %s\n"), setting->tool->id, setting->key, shown);
    }
    mw_run_note(run, &text);
}

/* ---- --apply and --rollback ---------------------------------------------------------------- */

/* Without a terminal files change only for a profile that was named. */
static bool is_authorised(const struct mw_run *run)
{
    return run->is_interactive || run->session.is_rollback || run->session.is_fix ||
           run->session.named_by == MW_NAMED_BY_OPTION ||
           run->session.named_by == MW_NAMED_BY_ENVIRONMENT;
}

static enum mw_code may_change(struct mw_run *run)
{
    if (!is_authorised(run)) {
        mw_misuse(&run->error,
                  _("without a terminal, --apply changes files only for a profile that you name"));
        MW_FREE char *word = mw_command_word(run->session.profile_name);
        mw_error_hint(&run->error, _("Add --profile %s, or set MIRRORWISE_PROFILE."), word);
        return MW_USAGE;
    }
    return mw_run_confirm(run, run->session.is_rollback ? _("Go back?") : _("Write these changes?"),
                          MW_FAILURE, _("not confirmed; nothing was written"));
}

static void report(struct mw_run *run)
{
    const struct mw_session *session = &run->session;
    struct mw_buf text = {0};
    for (size_t i = 0; i < session->plan.file_count; i++) {
        const struct mw_plan_file *file = &session->plan.files[i];
        if (file->verdict != MW_FILE_CREATE && file->verdict != MW_FILE_CHANGE)
            continue;
        MW_FREE char *path = mw_render_path(&session->sys, file->location.path);
        mw_paint(&text, &run->out, MW_PAINT_GOOD, mw_glyph(&run->out, MW_GLYPH_OK));
        mw_buf_printf(&text,
                      !file->after_exists    ? _(" %s removed")
                      : !file->before.exists ? _(" %s created")
                      : session->is_rollback ? _(" %s restored")
                                             : _(" %s changed"),
                      path);
        mw_buf_putc(&text, '\n');
    }
    for (size_t i = 0; i < run->outcome.notes.count; i++) {
        mw_paint(&text, &run->out, MW_PAINT_GOOD, mw_glyph(&run->out, MW_GLYPH_OK));
        mw_buf_putc(&text, ' ');
        mw_put_line(&text, run->outcome.notes.items[i]);
    }
    if (run->options.quiet)
        mw_buf_release(&text);
    else
        mw_run_print(run, &text);
}

static enum mw_code execute(struct mw_run *run, size_t changes)
{
    enum mw_code code = mw_session_apply(&run->session, &run->progress, &run->outcome, &run->error);
    run->changed = code == MW_OK || code == MW_INCOMPLETE;
    if (code != MW_OK)
        return code;

    report(run);
    MW_AUTO(mw_buf) undo = {0};
    mw_system_put_command(&run->session.sys, &undo);
    mw_buf_put_word(&undo, "--rollback");
    bool keeps_others = false; /* of a rollback: what somebody else wrote since */
    for (size_t i = 0; i < run->session.plan.file_count; i++)
        keeps_others = keeps_others || run->session.plan.files[i].is_ours_only;
    if (run->session.is_rollback && keeps_others)
        mw_run_say(run,
                   ngettext("Went back: our settings in %zu file are as they were, and what others "
                            "changed since stays. This is generation %ld.",
                            "Went back: our settings in %zu files are as they were, and what "
                            "others changed since stays. This is generation %ld.",
                            changes),
                   changes, run->outcome.generation);
    else if (run->session.is_rollback)
        mw_run_say(run,
                   ngettext("Went back: %zu file is as it was. This is generation %ld.",
                            "Went back: %zu files are as they were. This is generation %ld.",
                            changes),
                   changes, run->outcome.generation);
    else if (run->session.is_fix)
        mw_run_say(run,
                   ngettext("Mended: %zu file written, generation %ld. To undo: %s",
                            "Mended: %zu files written, generation %ld. To undo: %s", changes),
                   changes, run->outcome.generation, mw_buf_text(&undo));
    else
        mw_run_say(run,
                   ngettext("Applied %s: %zu file written, generation %ld. To undo: %s",
                            "Applied %s: %zu files written, generation %ld. To undo: %s", changes),
                   run->session.profile.name, changes, run->outcome.generation, mw_buf_text(&undo));
    return MW_OK;
}

static void conclude_mended(struct mw_run *run)
{
    MW_FREE char *ids = mw_strings_join(&run->options.action_values, ", ");
    if (mw_strings_has(&run->options.action_values, "all"))
        mw_run_conclude(run, _("Nothing to do: nothing is found that --fix mends."));
    else
        mw_run_conclude(run, _("Nothing to do: nothing is found under %s that --fix mends."), ids);
}

static void conclude_nothing(struct mw_run *run)
{
    const struct mw_plan *plan = &run->session.plan;
    const struct mw_session_options *options = &run->session.options;
    bool is_effective = mw_plan_effective(plan, NULL) == MW_OK;
    bool is_partial = plan->is_partial;
    for (size_t i = 0; i < run->session.left.count; i++)
        is_partial = is_partial || run->session.left.items[i].is_told;
    bool is_chosen = options->only.count + options->skip.count > 0;
    if (run->session.is_rollback && run->session.history.count == 0)
        mw_run_conclude(run, _("Nothing to roll back: mirrorwise has written nothing here."));
    else if (run->session.is_rollback)
        mw_run_conclude(run, _("Nothing to do: every file is already so."));
    else if (run->session.is_fix)
        conclude_mended(run);
    else if (is_effective && !is_partial && is_chosen)
        mw_run_conclude(run, _("Nothing to do: the tools chosen are as %s wants them."),
                        run->session.profile.name);
    else if (is_effective && !is_partial)
        mw_run_conclude(run, _("Nothing to do: this machine is as %s wants it."),
                        run->session.profile.name);
    else if (is_effective)
        mw_run_conclude(run, _("Nothing to write: every file within reach is as %s wants it."),
                        run->session.profile.name);
    else
        mw_run_conclude(run, _("Nothing to write, but not every value is in effect."));
}

/* Written, or nothing to write: but in effect, and for every tool? */
static enum mw_code end_verdict(struct mw_run *run)
{
    struct mw_error left = {0};
    enum mw_code effective = mw_plan_effective(&run->session.plan, &run->error);
    enum mw_code code = mw_session_left(&run->session, &left);
    if (code <= effective)
        return effective;
    run->error = left;
    return code;
}

/* From a finished plan to its end. */
static enum mw_code carry_out(struct mw_run *run)
{
    const struct mw_plan *plan = &run->session.plan;
    size_t changes = mw_plan_changes(plan);
    enum mw_code code = told(run, mw_session_verdict(&run->session, &run->error));
    bool must_ask = run->is_interactive && !run->options.yes && code == MW_OK && changes > 0;
    bool is_news = code != MW_OK || changes > 0 || run->options.verbose > 0;
    if (must_ask || (is_news && !run->options.quiet))
        show_plan(run);
    bool is_shown = run->session.is_fix && code == MW_OK && changes > 0 && !run->options.quiet;
    if (is_shown || (code == MW_CONFLICT && !run->options.quiet))
        show_diff(run);
    mw_run_warn(run);
    if (code != MW_OK) {
        mw_run_note_line(run, MW_PAINT_PLAIN, _("Nothing was written."));
        return code;
    }
    if (changes == 0) {
        conclude_nothing(run);
        mw_run_tell_end(run);
    } else {
        code = may_change(run);
        if (code == MW_OK)
            code = execute(run, changes);
    }
    if (code != MW_OK)
        return code;
    show_answers(run);
    return run->session.is_rollback ? MW_OK : end_verdict(run);
}

enum mw_code mw_action_apply(struct mw_run *run)
{
    enum mw_code code = mw_run_begin(run, MW_INTENT_WRITE);
    if (code == MW_OK)
        code = mw_run_load_profile(run);
    if (code == MW_OK)
        code = mw_session_trusted(&run->session, &run->error);
    if (!is_authorised(run)) /* who may change nothing needs no measurement */
        run->session.options.no_network = true;
    if (code == MW_OK)
        code = mw_session_plan(&run->session, &run->error);
    return code == MW_OK ? carry_out(run) : code;
}

/* ---- --diff -------------------------------------------------------------------------------- */

/* A dangerous value stops --apply; a look at it is what a person needs to decide. */
static void warn_of_risks(struct mw_run *run)
{
    struct mw_error risk = {0};
    if (!run->session.is_rollback && !run->session.is_fix &&
        mw_session_allowed(&run->session, &risk) != MW_OK)
        mw_strings_take(&run->session.warnings, mw_xasprintf(_("--apply will refuse this: %s. %s"),
                                                             risk.message, risk.hint));
}

/* Owned. */
static char *unwritable_text(const struct mw_run *run, enum mw_code code, const char *tools)
{
    const char *message = run->error.message;
    bool can_sudo = code == MW_NO_PERMISSION && sudo_helps(run);
    if (run->session.is_fix)
        return can_sudo ? mw_xasprintf(_("%s; --fix needs sudo for it"), message)
                        : mw_xstrdup(message);
    if (run->session.is_rollback)
        return can_sudo ? mw_xasprintf(_("%s; --rollback needs sudo for it"), message)
                        : mw_xstrdup(message);
    return can_sudo ? mw_xasprintf(_("%s; --apply needs sudo for it, or --skip %s"), message, tools)
                    : mw_xasprintf(_("%s; --apply needs --skip %s"), message, tools);
}

/* Looking needs no right to write: what --apply would change is told, and what it will need. */
static enum mw_code diff_verdict(struct mw_run *run, size_t *changes)
{
    const struct mw_plan *plan = &run->session.plan;
    MW_AUTO(mw_strings) tools = {0};
    bool is_known = true;
    for (size_t i = 0; i < plan->file_count; i++) {
        const struct mw_plan_file *file = &plan->files[i];
        if (file->only_unwritable)
            mw_strings_add(&tools, file->tool->id);
        else if (file->verdict == MW_FILE_CONFLICT || file->verdict == MW_FILE_BLOCKED)
            is_known = is_known && file->is_skipped;
    }
    warn_of_risks(run);
    enum mw_code code = told(run, mw_plan_verdict(plan, &run->error));
    if (code != MW_OK && is_known && tools.count > 0) {
        MW_FREE char *names = mw_strings_join(&tools, ",");
        mw_strings_take(&run->session.warnings, unwritable_text(run, code, names));
        run->error = (struct mw_error){0};
        *changes += tools.count;
        code = MW_OK;
    }
    return code;
}

static void conclude_pending(struct mw_run *run, size_t changes)
{
    const char *action = run->session.is_rollback ? "rollback"
                         : run->session.is_fix    ? "fix"
                                                  : "apply";
    if (mw_session_verdict(&run->session, NULL) != MW_OK)
        mw_run_conclude(run,
                        ngettext("%zu file would change; --%s refuses as it stands.",
                                 "%zu files would change; --%s refuses as it stands.", changes),
                        changes, action);
    else if (run->session.is_rollback)
        mw_run_conclude(run,
                        ngettext("%zu file would go back; without --diff it does.",
                                 "%zu files would go back; without --diff they do.", changes),
                        changes);
    else if (run->session.is_fix)
        mw_run_conclude(run,
                        ngettext("%zu file would change; without --diff it does.",
                                 "%zu files would change; without --diff they do.", changes),
                        changes);
    else
        mw_run_conclude(run,
                        ngettext("%zu file would change; --apply writes it.",
                                 "%zu files would change; --apply writes them.", changes),
                        changes);
}

/* A finished plan, looked at. */
static enum mw_code preview(struct mw_run *run)
{
    struct mw_buf text = {0};
    mw_render_plan(&text, &run->session, &run->err);
    mw_buf_putc(&text, '\n');
    mw_run_note(run, &text);
    if (!run->options.quiet)
        show_diff(run);
    size_t changes = mw_plan_changes(&run->session.plan);
    enum mw_code code = diff_verdict(run, &changes);
    mw_run_warn(run);
    if (code != MW_OK)
        return code;
    run->pending = changes > 0;
    code = run->session.is_rollback ? MW_OK : mw_session_left(&run->session, &run->error);
    if (changes == 0)
        conclude_nothing(run);
    else
        conclude_pending(run, changes);
    mw_run_note_line(run, MW_PAINT_PLAIN, run->message);
    return code != MW_OK ? code : changes == 0 ? MW_OK : MW_PENDING;
}

enum mw_code mw_action_diff(struct mw_run *run)
{
    enum mw_code code = mw_run_begin(run, MW_INTENT_READ);
    if (code == MW_OK)
        code = mw_run_load_profile(run);
    if (code == MW_OK)
        code = mw_session_plan(&run->session, &run->error);
    return code == MW_OK ? preview(run) : code;
}

/* --rollback and --fix: a plan that the session makes, looked at or carried out. */
enum mw_code mw_action_mend(struct mw_run *run)
{
    bool is_look = run->options.preview;
    const char *id = run->options.action_value;
    enum mw_code code = mw_run_begin(run, is_look ? MW_INTENT_READ : MW_INTENT_WRITE);
    if (code == MW_OK && run->options.action->fits == MW_ACTION_FIX)
        code = mw_session_plan_fix(&run->session, &run->options.action_values, &run->error);
    else if (code == MW_OK)
        code = mw_session_plan_rollback(&run->session, id != NULL ? strtol(id, NULL, 10) : -1,
                                        &run->error);
    if (code != MW_OK)
        return code;
    return is_look ? preview(run) : carry_out(run);
}

/* ---- --recover ----------------------------------------------------------------------------- */

/* What every other action does first, by itself. */
enum mw_code mw_action_recover(struct mw_run *run)
{
    enum mw_code code = mw_run_begin(run, MW_INTENT_WRITE);
    run->changed = run->session.recovered;
    if (code != MW_OK)
        return code;
    if (run->session.recovered)
        mw_run_conclude(run, _("An earlier run was cut off; what it had begun is undone."));
    else
        mw_run_say(run, _("Nothing is left to recover."));
    return MW_OK;
}
