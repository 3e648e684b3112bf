/* --trust and --untrust: what a profile of somebody else's would write, read and run, and whether
 * it may. */
#include <string.h>

#include "render.h"

enum { INDENT = 2, LABEL_COLS = 10, SHOWN_MAX = 20 };

/* ---- showing ------------------------------------------------------------------------------- */

static void put_trust_line(struct mw_buf *buf, const struct mw_style *style, const char *label,
                           const char *text)
{
    MW_FREE char *safe = mw_shown(text);
    mw_put_label(buf, style, INDENT, label, INDENT + LABEL_COLS);
    mw_put_wrapped(buf, safe, INDENT + LABEL_COLS, style->cols);
    mw_buf_putc(buf, '\n');
}

static void add_write(struct mw_strings *lines, const struct mw_wish *wish, const char *sign,
                      const char *value)
{
    mw_strings_take(lines, mw_xasprintf("%s.%s %s %s", wish->tool, wish->key, sign, value));
}

static void list_writes(const struct mw_profile *profile, struct mw_strings *lines)
{
    for (size_t i = 0; i < profile->wishes.count; i++) {
        const struct mw_wish *wish = &profile->wishes.items[i];
        if (!wish->is_edit)
            add_write(lines, wish, "=", wish->is_secret ? "****" : wish->text);
        for (size_t k = 0; k < wish->edit_count; k++) {
            const struct mw_list_edit *edit = &wish->edits[k];
            add_write(lines, wish,
                      edit->removes ? "-=" : "+=", edit->is_secret ? "****" : edit->item);
        }
    }
}

static void list_reads(const struct mw_profile *profile, struct mw_strings *reads,
                       struct mw_strings *runs)
{
    mw_strings_copy(reads, &profile->reads);
    if (profile->policy.ca_file[0] != '\0')
        mw_strings_take(reads, mw_xasprintf(_("%s (certificates)"), profile->policy.ca_file));
    for (size_t i = 0; i < profile->check_count; i++) {
        const struct mw_profile_check *check = &profile->checks[i];
        if (check->file != NULL)
            mw_strings_take(reads, mw_xasprintf(_("%s (check %s)"), check->file, check->name));
        if (check->command != NULL)
            mw_strings_take(runs, mw_xasprintf(_("%s (check %s)"), check->command, check->name));
    }
}

static void put_trust_list(struct mw_buf *buf, const struct mw_style *style, const char *label,
                           const struct mw_strings *lines)
{
    for (size_t i = 0; i < lines->count && i < SHOWN_MAX; i++)
        put_trust_line(buf, style, i == 0 ? label : "", lines->items[i]);
    if (lines->count > SHOWN_MAX) {
        MW_FREE char *rest = mw_xasprintf(_("and %zu more"), lines->count - SHOWN_MAX);
        put_trust_line(buf, style, "", rest);
    }
    if (lines->count == 0)
        put_trust_line(buf, style, label, _("nothing"));
}

static const char *const state_words[] = {
    [MW_TRUST_NEW] = "new", [MW_TRUST_CHANGED] = "changed", [MW_TRUST_SAME] = "trusted"};

static void put_question(struct mw_buf *buf, const struct mw_style *style,
                         const struct mw_trust_question *question, cJSON *list)
{
    MW_AUTO(mw_strings) writes = {0}, reads = {0}, runs = {0}, files = {0};
    list_writes(&question->profile, &writes);
    list_reads(&question->profile, &reads, &runs);
    for (size_t i = 1; i < question->now.count; i++) /* the first is the profile itself */
        mw_strings_add(&files, question->now.files[i].path);

    MW_FREE char *name = mw_shown(question->profile.name);
    MW_FREE char *path = mw_shown(question->path);
    MW_FREE char *title = mw_xasprintf(_("Profile %s (%s)"), name, path);
    mw_paint_line(buf, style, MW_PAINT_BOLD, title);
    if (question->state == MW_TRUST_SAME)
        put_trust_line(buf, style, _("trust"), _("it is trusted as it is"));
    if (question->state == MW_TRUST_CHANGED) {
        MW_FREE char *since =
            mw_xasprintf(_("it has changed since you trusted it on %s:"), question->since);
        put_trust_line(buf, style, _("trust"), since);
        for (size_t i = 0; i < question->diffs.count; i++)
            mw_render_lines(buf, question->diffs.items[i], style);
    }
    if (question->taken_by != NULL) {
        MW_FREE char *taken = mw_xasprintf(_("%s has this name already: name this one by its path"),
                                           question->taken_by);
        put_trust_line(buf, style, _("name"), taken);
    }
    put_trust_list(buf, style, _("writes"), &writes);
    put_trust_list(buf, style, _("reads"), &reads);
    put_trust_list(buf, style, _("runs"), &runs);
    if (files.count > 0)
        put_trust_list(buf, style, _("with"), &files);

    cJSON *one = mw_json_add(list);
    mw_json_put(one, TEXT("name", question->profile.name), TEXT("file", question->path),
                TEXT("state", state_words[question->state]),
                TEXT("name_taken_by", question->taken_by), LIST("writes", &writes),
                LIST("reads", &reads), LIST("runs", &runs), LIST("files", &files));
    cJSON *diffs = cJSON_AddArrayToObject(one, "diffs");
    for (size_t i = 0; i < question->diffs.count; i++)
        cJSON_AddItemToArray(diffs, mw_json_diff(question->diffs.items[i]));
}

/* ---- asking -------------------------------------------------------------------------------- */

static enum mw_code ask_trust(struct mw_run *run, size_t count)
{
    if (!run->options.yes && !run->is_interactive) {
        mw_fail(&run->error, MW_UNTRUSTED, 0, "trust",
                _("without a terminal nobody can be asked; nothing was trusted"));
        mw_error_hint(&run->error, _("Read what stands above, then add --yes."));
        return MW_UNTRUSTED;
    }
    return mw_run_confirm(run, ngettext("Trust this profile?", "Trust these profiles?", count),
                          MW_UNTRUSTED, _("not confirmed; nothing was trusted"));
}

static enum mw_code trust(struct mw_run *run, struct mw_trust_questions *questions)
{
    struct mw_buf text = {0};
    size_t count = 0;
    run->details = cJSON_CreateObject();
    cJSON *list = cJSON_AddArrayToObject(run->details, "profiles");
    for (size_t i = 0; i < questions->count; i++) {
        put_question(&text, &run->out, &questions->items[i], list);
        mw_buf_putc(&text, '\n');
        count += questions->items[i].state != MW_TRUST_SAME;
    }
    mw_run_print(run, &text);
    mw_run_warn(run);
    if (count == 0) {
        mw_run_say(run, "%s", _("Nothing to do: it is trusted already."));
        return MW_OK;
    }
    enum mw_code code = ask_trust(run, count);
    if (code == MW_OK)
        code = mw_session_trust(&run->session, questions, &run->error);
    if (code == MW_OK)
        mw_run_say(run,
                   ngettext("%zu profile is trusted now.", "%zu profiles are trusted now.", count),
                   count);
    run->changed = code == MW_OK;
    return code;
}

enum mw_code mw_action_trust(struct mw_run *run)
{
    MW_AUTO(mw_trust_questions) questions = {0};
    enum mw_code code = mw_run_begin(run, MW_INTENT_READ);
    if (code == MW_OK)
        code = mw_session_trust_look(&run->session, run->options.action_value, &questions,
                                     &run->error);
    return code == MW_OK ? trust(run, &questions) : code;
}

enum mw_code mw_action_untrust(struct mw_run *run)
{
    size_t count = 0;
    enum mw_code code = mw_run_begin(run, MW_INTENT_READ);
    if (code == MW_OK)
        code = mw_session_untrust(&run->session, run->options.action_value, &count, &run->error);
    if (code != MW_OK)
        return code;
    run->changed = count > 0;
    if (count == 0)
        mw_run_say(run, _("Nothing to do: nothing of %s was trusted."), run->options.action_value);
    else
        mw_run_say(run,
                   ngettext("%zu profile is a stranger's again.",
                            "%zu profiles are strangers' again.", count),
                   count);
    return MW_OK;
}
