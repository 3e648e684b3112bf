#include <string.h>

#include "mirrorwise/hash.h"
#include "mirrorwise/secret.h"

#include "internal.h"

const char *mw_file_verdict_word(enum mw_file_verdict verdict)
{
    static const char *const words[] = {
        [MW_FILE_SAME] = N_("same"),       [MW_FILE_CREATE] = N_("create"),
        [MW_FILE_CHANGE] = N_("change"),   [MW_FILE_CONFLICT] = N_("conflict"),
        [MW_FILE_BLOCKED] = N_("blocked"),
    };
    return words[verdict];
}

/* What every step of making a plan needs. */
struct plan_making {
    const struct mw_system *sys;
    struct mw_plan *plan;
    const struct mw_history *history;
    const struct mw_plan_options *options;
};

/* An INI or env value of one line is the same whether it was wanted as a string or as a list of
 * one; in JSON "x" and ["x"] differ, and only one of them is accepted. */
bool mw_plan_same_value(const struct mw_source *source, const struct mw_value *have,
                        const struct mw_value *want)
{
    bool have_text = have->kind == MW_VALUE_STRING || have->kind == MW_VALUE_LIST;
    bool want_text = want->kind == MW_VALUE_STRING || want->kind == MW_VALUE_LIST;
    bool is_typed = source->editor != NULL && source->editor->is_typed;
    if (!is_typed && have_text && want_text)
        return mw_strings_equal(&have->items, &want->items);
    return mw_value_equal(have, want);
}

static enum mw_verdict judge_setting(const struct mw_history *history,
                                     const struct mw_plan_file *file,
                                     const struct mw_plan_setting *setting, bool keeps_others)
{
    /* An empty list tells a tool to forget what it has from there. Who chose the tool's default as
     * a mirror wants no such line where nothing stands; who asked for the empty list gets it, for
     * a running daemon forgets only while the key is there. */
    bool is_empty = setting->want.kind == MW_VALUE_LIST && setting->want.items.count == 0 &&
                    (setting->mirror_ids.count > 0 || !file->before.exists);
    if (mw_plan_same_value(setting->source, &setting->have, &setting->want) ||
        (is_empty && setting->have.kind == MW_VALUE_ABSENT))
        return MW_VERDICT_SAME;
    if (setting->have.kind == MW_VALUE_ABSENT)
        return MW_VERDICT_CREATE;
    if (keeps_others)
        return MW_VERDICT_CHANGE;
    if (mw_trace_wrote(history, file->location.path, setting->key, &setting->have))
        return MW_VERDICT_CHANGE; /* mirrorwise through sudo, or with --root */
    const struct mw_record_setting *last =
        mw_history_last_written(history, file->location.path, setting->key);
    if (last == NULL)
        return MW_VERDICT_FOREIGN;
    return mw_plan_same_value(setting->source, &setting->have, &last->after) ? MW_VERDICT_CHANGE
                                                                             : MW_VERDICT_DRIFTED;
}

static void block(struct mw_plan *plan, struct mw_plan_file *file, const struct mw_error *why)
{
    file->verdict = MW_FILE_BLOCKED;
    file->error = *why;
    bool rights = why->code == MW_NO_PERMISSION || why->code == MW_CANNOT_CREATE;
    if (rights && file->tool_missing && !file->is_named) {
        file->is_skipped = true;
        plan->is_partial = true;
        mw_strings_take(&plan->warnings, mw_xasprintf(_("%s is not installed and its file is out "
                                                        "of reach; left out: %s"),
                                                      mw_tool_title(file->tool), why->message));
    }
}

/* Reads the file of a tool and judges whether it can be read by the tool itself. */
static void open_file(const struct mw_system *sys, struct mw_plan *plan,
                      const struct mw_strings *named, struct mw_plan_file *file)
{
    const struct mw_location *location = &file->location;
    struct mw_error why = {0};
    file->is_named = named != NULL && mw_strings_has(named, file->tool->id);
    file->tool_missing = !mw_tool_installed(sys, file->tool, NULL);
    enum mw_code code = mw_file_read(sys, location->path, location->actor, &file->before, &why);
    if (code == MW_OK)
        code = mw_source_check(location->source, location->path, mw_buf_text(&file->before.bytes),
                               file->before.bytes.len, &why);
    if (code != MW_OK) {
        block(plan, file, &why);
        return;
    }
    mw_source_notices(location->source, file->tool, mw_buf_text(&file->before.bytes),
                      file->before.bytes.len, &file->notices);
    mw_buf_append(&file->after, mw_buf_text(&file->before.bytes), file->before.bytes.len);
}

enum mw_code plan_put(const struct mw_source *source, const struct mw_tool *tool, const char *key,
                      const struct mw_value *want, struct mw_buf *text, struct mw_error *err)
{
    MW_AUTO(mw_edits) edits = {0};
    enum mw_code code =
        mw_source_put(source, tool, mw_buf_text(text), text->len, key, want, &edits, err);
    if (code == MW_OK && edits.count > 0) {
        struct mw_buf next = {0};
        mw_edits_apply(&edits, mw_buf_text(text), text->len, &next);
        mw_buf_release(text);
        *text = next;
    }
    return code;
}

/* Puts one wanted value into file->after. */
static enum mw_code put_wanted(struct mw_plan_file *file, const struct mw_plan_setting *setting,
                               struct mw_error *err)
{
    enum mw_code code =
        plan_put(setting->source, setting->tool, setting->key, &setting->want, &file->after, err);
    if (code == MW_BAD_CONFIG && err != NULL) { /* an editor knows no paths */
        const struct mw_error why = *err;
        (void)mw_fail(err, code, 0, "edit", "%s%s", file->location.path, why.message);
        mw_error_hint(err, "%s", why.hint);
    }
    return code;
}

static enum mw_code add_setting(const struct plan_making *making, size_t index,
                                const struct mw_source *source, const struct mw_wanted *wanted,
                                struct mw_error *err)
{
    struct mw_plan *plan = making->plan;
    const struct mw_history *history = making->history;
    struct mw_plan_file *file = &plan->files[index];
    struct mw_plan_setting *setting = MW_PUSH(plan->settings, plan->setting_count);
    setting->tool = wanted->tool;
    setting->source = source;
    setting->file = index;
    setting->key = mw_xstrdup(wanted->key);
    setting->is_secret = wanted->is_secret;
    setting->want_is_secret = wanted->is_secret;
    mw_value_copy(&setting->want, &wanted->value);
    mw_origin_copy(&setting->from, &wanted->from);
    mw_strings_copy(&setting->mirror_ids, &wanted->mirror_ids);
    if (file->verdict == MW_FILE_BLOCKED)
        return MW_OK;

    enum mw_code code = mw_source_get(source, wanted->tool, mw_buf_text(&file->before.bytes),
                                      file->before.bytes.len, setting->key, &setting->have, err);
    if (code != MW_OK)
        return code;
    setting->verdict = judge_setting(history, file, setting, wanted->keeps_others);
    setting->have_is_secret =
        mw_history_is_secret(history, file->location.path, setting->key, &setting->have) ||
        mw_value_has_secret(&setting->have);
    setting->is_secret = setting->is_secret || setting->have_is_secret;
    file->is_secret =
        file->is_secret || setting->want_is_secret || mw_value_has_secret(&setting->want);
    if (setting->verdict == MW_VERDICT_SAME)
        return MW_OK;
    if (setting->verdict == MW_VERDICT_DRIFTED && !making->options->force &&
        file->verdict != MW_FILE_CONFLICT) {
        file->verdict = MW_FILE_CONFLICT;
        mw_fail(&file->error, MW_CONFLICT, 0, "plan",
                _("%s: somebody changed %s since mirrorwise last wrote it"), file->location.path,
                setting->key);
        mw_error_hint(&file->error,
                      _("Look at it with --diff; --force overwrites it and keeps the old value "
                        "for --rollback."));
    }
    return put_wanted(file, setting, err);
}

/* A variable that this shell has from us, of an earlier apply, wins here and nowhere else. */
static void forget_own(const struct mw_history *history, struct mw_plan_setting *setting)
{
    struct mw_shadows *shadows = &setting->shadows;
    bool is_own = shadows->count > 0;
    for (size_t i = 0; i < shadows->count; i++)
        is_own = is_own && mw_history_has_written(history, setting->key, shadows->items[i].value);
    if (is_own)
        mw_shadows_release(shadows);
}

/* A place that only one of the tool's programs reads is no reason to fail: it is told. */
static void tell_programs(const struct mw_system *sys, struct mw_plan *plan,
                          const struct mw_plan_setting *setting)
{
    MW_AUTO(mw_hits) own = {0};
    if (!setting->is_secret)
        mw_resolve_own(sys, setting->tool, setting->source->scope, setting->key, &own);
    for (size_t i = 0; i < own.count; i++) {
        const struct mw_hit *hit = &own.items[i];
        if (hit->source < setting->source ||
            mw_strings_equal(&hit->value.items, &setting->want.items))
            continue;
        MW_FREE char *text = mw_hit_own_text(setting->tool, hit);
        mw_strings_add(&plan->warnings, text);
    }
}

/* What wins over our values, known only when the whole text of the file is. */
static void find_shadows(const struct mw_system *sys, struct mw_plan *plan,
                         const struct mw_history *history, size_t index)
{
    struct mw_plan_file *file = &plan->files[index];
    for (size_t i = 0; i < plan->setting_count; i++) {
        struct mw_plan_setting *setting = &plan->settings[i];
        if (setting->file != index || mw_source_is_copy(setting->source))
            continue;
        struct mw_tool_setting asked = {.key = setting->key, .value = &setting->want};
        const struct mw_location place = {
            .path = file->location.path, .actor = file->location.actor, .source = setting->source};
        mw_shadows_find(sys, setting->tool, &place, &file->after, &asked, &setting->shadows);
        tell_programs(sys, plan, setting);
        if (setting->source->kind == MW_SOURCE_SHELL)
            forget_own(history, setting);
        for (size_t k = 0; k < setting->shadows.count; k++) {
            const struct mw_shadow *shadow = &setting->shadows.items[k];
            if (!shadow->is_fatal || setting->verdict == MW_VERDICT_SAME)
                continue;
            file->verdict = MW_FILE_CONFLICT;
            mw_fail(&file->error, MW_CONFLICT, 0, "plan",
                    _("%s: %s is also set by %s; %s would not start with both"),
                    file->location.path, setting->key, shadow->by, mw_tool_title(setting->tool));
            mw_error_hint(&file->error, "%s", shadow->fix);
        }
    }
}

void mw_plan_file_finish(const struct mw_system *sys, struct mw_plan *plan,
                         struct mw_plan_file *file)
{
    bool same = file->after_exists == file->before.exists &&
                mw_buf_equals(&file->after, &file->before.bytes);
    if (file->after_exists)
        mw_sha256_hex(mw_buf_text(&file->after), file->after.len, file->after_sha256);
    if (file->verdict == MW_FILE_CONFLICT || file->verdict == MW_FILE_BLOCKED)
        return;
    if (same) {
        file->verdict = MW_FILE_SAME;
        return;
    }
    file->verdict = file->before.exists ? MW_FILE_CHANGE : MW_FILE_CREATE;
    struct mw_error why = {0};
    if (mw_file_preflight(sys, &file->before, &why) != MW_OK) {
        block(plan, file, &why);
        file->only_unwritable = !file->is_skipped;
    } else if (file->is_secret && file->before.exists && (file->before.st.st_mode & 077) != 0) {
        mw_strings_take(&plan->warnings,
                        mw_xasprintf(_("%s can be read by other users and will hold a secret; "
                                       "chmod 600 it"),
                                     file->location.path));
    }
}

size_t plan_find_file(const struct mw_plan *plan, const char *path)
{
    size_t index = 0;
    while (index < plan->file_count && strcmp(plan->files[index].location.path, path) != 0)
        index++;
    return index;
}

/* Adds one wish to the file at that place; what the plan keeps of `location` it takes. */
static enum mw_code add_at(const struct plan_making *making, struct mw_location *location,
                           const struct mw_wanted *wanted, struct mw_error *err)
{
    struct mw_plan *plan = making->plan;
    const struct mw_source *source = location->source;
    size_t index = plan_find_file(plan, location->path); /* several tools may share one */
    if (plan->files == NULL || index == plan->file_count) {
        struct mw_plan_file file = {.tool = wanted->tool, .location = *location};
        *location = (struct mw_location){0};
        open_file(making->sys, plan, making->options->named, &file);
        *MW_PUSH(plan->files, plan->file_count) = file;
    }
    return add_setting(making, index, source, wanted, err);
}

/* ---- the shared shell files ------------------------------------------------------------------ */

/* What goes into env.sh goes into its copies, and start files read them as long as there is
 * anything to read. */
static bool is_shared(const struct mw_source *source)
{
    return source->kind == MW_SOURCE_SHELL && source->scope == MW_SCOPE_USER &&
           !mw_source_is_copy(source);
}

/* The same wish in the copies of the shared shell file, if `source` is that. */
static enum mw_code add_copies(const struct plan_making *making, const struct mw_source *source,
                               const struct mw_wanted *wanted, struct mw_error *err)
{
    MW_AUTO(mw_locations) copies = {0};
    enum mw_code code = MW_OK;
    if (is_shared(source))
        mw_shell_copies(making->sys, &copies);
    for (size_t i = 0; i < copies.count && code == MW_OK; i++)
        code = add_at(making, &copies.items[i], wanted, err);
    return code;
}

/* The line that reads the variables, or none where there are none. */
static enum mw_code add_start_lines(const struct plan_making *making,
                                    const struct mw_plan_file *from, struct mw_origin origin,
                                    struct mw_error *err)
{
    bool is_any = mw_shell_has_variables(mw_buf_text(&from->after), from->after.len);
    MW_AUTO(mw_locations) starts = {0};
    const struct mw_tool *tool = from->tool; /* `from` moves when the plan grows */
    char key[] = MW_SHELL_LINE;
    enum mw_code code = MW_OK;
    mw_shell_starts(making->sys, &starts);
    for (size_t i = 0; i < starts.count && code == MW_OK; i++) {
        MW_FREE char *word = is_any ? mw_shell_word(making->sys, starts.items[i].source) : NULL;
        struct mw_wanted line = {.tool = tool, .key = key, .from = origin}; /* all borrowed */
        if (word != NULL)
            line.value = (struct mw_value){MW_VALUE_STRING, {.items = &word, .count = 1}};
        code = add_at(making, &starts.items[i], &line, err);
    }
    return code;
}

/* The line in start files that reads them, once all wishes are known. */
static enum mw_code add_starts(const struct plan_making *making, struct mw_error *err)
{
    const struct mw_plan *plan = making->plan;
    for (size_t i = 0; i < plan->setting_count; i++) {
        const struct mw_plan_setting *setting = &plan->settings[i];
        const struct mw_plan_file *file = &plan->files[setting->file];
        if (!is_shared(setting->source) || file->verdict == MW_FILE_BLOCKED)
            continue;
        return add_start_lines(making, file, setting->from, err);
    }
    return MW_OK;
}

/* A start file that cannot be written is left out; whoever plans variables hears when they are in
 * effect. */
static void judge_shell(struct mw_plan *plan, struct mw_plan_file *file)
{
    const struct mw_source *source = file->location.source;
    bool is_start = mw_source_is_copy(source) && !mw_source_goes_when_empty(source);
    if (is_start && file->verdict == MW_FILE_BLOCKED) {
        /* A link into a folder that a program looks after: the other start files will do. */
        file->is_skipped = true;
        mw_strings_take(&plan->warnings, mw_xasprintf(_("%s cannot be changed and does not read "
                                                        "the variables: %s"),
                                                      file->location.path, file->error.message));
    } else if (is_shared(source) && mw_plan_file_changes(file) && file->after_exists) {
        mw_strings_take(&plan->warnings,
                        mw_xasprintf(_("The variables in %s are in effect in the next shell."),
                                     file->location.path));
    }
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* Adds one wish to the file that keeps its key, whichever of the tool's files that is. *why: that
 * the tool has none in this scope. */
static enum mw_code add_wish(const struct plan_making *making, const struct mw_wanted *wanted,
                             struct mw_error *why, struct mw_error *err)
{
    MW_AUTO(mw_location) location = {0};
    struct mw_error reason = {0};
    enum mw_scope scope = making->options->scope;
    enum mw_code code =
        mw_locate(making->sys, wanted->tool, scope, wanted->key, &location, &reason);
    if (code == MW_USAGE && scope == MW_SCOPE_SYSTEM) {
        *why = reason;
        return MW_OK;
    }
    if (code != MW_OK) {
        if (err != NULL)
            *err = reason;
        return code;
    }
    const struct mw_source *source = location.source;
    code = add_at(making, &location, wanted, err);
    return code == MW_OK ? add_copies(making, source, wanted, err) : code;
}

enum mw_code mw_plan_make(const struct mw_system *sys, const struct mw_wanted_list *wanted,
                          const struct mw_history *history, const struct mw_plan_options *options,
                          struct mw_plan *plan, struct mw_error *err)
{
    struct mw_plan made = {0};
    struct mw_error why = {0}, homeless = {0};
    const struct plan_making making = {
        .sys = sys, .plan = &made, .history = history, .options = options};
    enum mw_code code = MW_OK;
    for (size_t i = 0; i < wanted->count && code == MW_OK; i++) {
        const struct mw_tool *tool = wanted->items[i].tool;
        bool is_last = i + 1 == wanted->count || wanted->items[i + 1].tool != tool;
        code = add_wish(&making, &wanted->items[i], &why, err);
        if (code == MW_OK && is_last && why.code != MW_OK) {
            /* Go before 1.21 has no file for the whole machine, which is no reason to leave the
             * other tools as they are. */
            made.is_partial = true;
            mw_strings_take(&made.warnings, mw_xasprintf(_("%s is left out: %s"),
                                                         mw_tool_title(tool), why.message));
            homeless = why;
            why = (struct mw_error){0};
        }
    }
    if (code == MW_OK && made.file_count == 0 && homeless.code != MW_OK) {
        code = homeless.code;
        if (err != NULL)
            *err = homeless;
    }
    if (code == MW_OK)
        code = add_starts(&making, err);
    for (size_t i = 0; i < made.file_count && code == MW_OK; i++) {
        struct mw_plan_file *file = &made.files[i];
        bool may_go = mw_source_goes_when_empty(file->location.source) ||
                      mw_history_has_made(history, file->location.path);
        bool stays = file->before.exists && !(file->before.bytes.len > 0 && may_go);
        file->after_exists = stays || file->after.len > 0;
        if (file->verdict != MW_FILE_BLOCKED)
            find_shadows(sys, &made, history, i);
        mw_plan_file_finish(sys, &made, file);
        judge_shell(&made, file);
    }
    if (code == MW_OK)
        *plan = made;
    else
        mw_plan_release(&made);
    return code;
}

size_t mw_plan_changes(const struct mw_plan *plan)
{
    size_t changes = 0;
    for (size_t i = 0; i < plan->file_count; i++)
        changes += mw_plan_file_changes(&plan->files[i]);
    return changes;
}

/* ---- ownership ------------------------------------------------------------------------------- */

void mw_plan_release(struct mw_plan *plan)
{
    for (size_t i = 0; i < plan->file_count; i++) {
        struct mw_plan_file *file = &plan->files[i];
        mw_location_release(&file->location);
        mw_file_release(&file->before);
        mw_buf_release(&file->after);
        mw_buf_release(&file->bridge);
        mw_strings_release(&file->spare_directories);
        mw_notices_release(&file->notices);
    }
    free(plan->files);
    for (size_t i = 0; i < plan->setting_count; i++) {
        struct mw_plan_setting *setting = &plan->settings[i];
        free(setting->key);
        mw_value_release(&setting->have);
        mw_value_release(&setting->want);
        mw_origin_release(&setting->from);
        mw_strings_release(&setting->mirror_ids);
        mw_shadows_release(&setting->shadows);
    }
    free(plan->settings);
    mw_strings_release(&plan->warnings);
    *plan = (struct mw_plan){0};
}
