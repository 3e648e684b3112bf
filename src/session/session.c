#include "mirrorwise/session.h"

#include <string.h>

#include "mirrorwise/builtin.h"
#include "parts.h"

/* ---- profile and catalogue files ------------------------------------------------------------- */

static enum mw_code add_catalog(struct mw_session *session, const char *path,
                                const struct mw_buf *text, struct mw_error *err)
{
    return mw_catalog_add(&session->catalog, path, mw_buf_text(text), text->len, false, err);
}

static void add_builtin(struct mw_session *session)
{
    static const char mirrors[] = "assets/mirrors/";
    for (const struct mw_builtin *file = mw_builtin_files; file->path != NULL; file++) {
        MW_FREE char *path = mw_xasprintf("builtin:%s", file->path);
        if (mw_text_starts(file->path, "profiles/")) {
            mw_profile_set_add(&session->profiles, path, file->text, file->len);
        } else if (mw_text_starts(file->path, mirrors)) {
            const char *name = file->path + strlen(mirrors);
            MW_FREE char *service = mw_xstrndup(name, strcspn(name, "."));
            mw_catalog_promise(&session->catalog, service, path, file->text, file->len);
        }
    }
}

static void add_one(struct mw_session *session, const char *directory, struct mw_actor actor,
                    const char *name)
{
    MW_AUTO(mw_file) file = {0};
    struct mw_error err = {0};
    MW_FREE char *path = mw_xasprintf("%s/%s", directory, name);
    enum mw_code code = mw_source_read(&session->sys, path, actor, false, &file, &err);
    if (code == MW_OK && file.exists)
        code = add_catalog(session, path, &file.bytes, &err);
    if (code == MW_OK)
        return;
    session_warn(session, "%s", err.message);
    struct mw_pairs *left_out = &session->catalog.left_out;
    *MW_PUSH(left_out->items, left_out->count) =
        (struct mw_pair){mw_xstrndup(name, strcspn(name, ".")), mw_xstrdup(err.message)};
}

static void add_catalogs(struct mw_session *session, const char *directory, struct mw_actor actor)
{
    MW_AUTO(mw_strings) names = {0};
    mw_source_list(&session->sys, directory, ".json", &names, &session->warnings);
    for (size_t i = 0; i < names.count; i++)
        add_one(session, directory, actor, names.items[i]);
}

void session_sources(struct mw_session *session, struct mw_sources *sources)
{
    *sources = (struct mw_sources){
        .sys = &session->sys,
        .trust = &session->trust,
        .set = &session->profiles,
        .warnings = &session->warnings,
    };
}

static enum mw_code add_named_catalog(struct mw_session *session, const char *path,
                                      struct mw_error *err)
{
    MW_AUTO(mw_file) file = {0};
    struct mw_error why = {0};
    enum mw_code code =
        mw_source_read(&session->sys, path, (struct mw_actor){0}, true, &file, &why);
    if (code == MW_OK && !file.exists)
        code =
            mw_fail(err, MW_BAD_PROFILE, 0, "catalog", _("--catalog: there is no file %s"), path);
    else if (code == MW_BAD_CONFIG) /* what this is for a tool's file */
        code = mw_fail(err, MW_BAD_PROFILE, 0, "catalog", _("--catalog: %s"), why.message);
    else if (code == MW_OK)
        code = add_catalog(session, path, &file.bytes, err);
    else if (err != NULL)
        *err = why;
    return code;
}

/* Finds every profile and catalogue file, weakest first. Only a --catalog that is not one fails;
 * what was not asked for by name becomes a warning. */
static enum mw_code find_files(struct mw_session *session, struct mw_error *err)
{
    mw_tools_open(&session->sys, &session->warnings);
    session->catalog.is_drawn_on = mw_tools_draw_on;
    struct mw_sources sources;
    MW_FREE char *config = mw_system_own_config_dir(&session->sys);
    session_sources(session, &sources);
    mw_trust_load(&session->sys, &session->trust, &session->warnings);
    add_builtin(session);
    mw_source_find(&sources, config);

    MW_FREE char *shared = mw_system_path(&session->sys, "/etc/mirrorwise/mirrors");
    MW_FREE char *own = config != NULL ? mw_xasprintf("%s/mirrors", config) : NULL;
    add_catalogs(session, shared, (struct mw_actor){0});
    if (own != NULL)
        add_catalogs(session, own, session->sys.user);
    for (size_t i = 0; i < session->options.catalogs.count; i++) {
        enum mw_code code = add_named_catalog(session, session->options.catalogs.items[i], err);
        if (code != MW_OK)
            return code;
    }
    return MW_OK;
}

/* ---- opening and closing --------------------------------------------------------------------- */

enum mw_code mw_session_open(struct mw_session *session, const struct mw_session_options *options,
                             const struct mw_ops *ops, struct mw_error *err)
{
    *session = (struct mw_session){.options = *options, .guard = {.fd = -1}, .restores = -1};
    enum mw_code code = mw_system_init(&session->sys, ops, options->root, err);
    if (code != MW_OK)
        return code;
    return find_files(session, err);
}

void mw_session_close(struct mw_session *session)
{
    mw_plan_release(&session->plan);
    mw_lint_findings_release(&session->lint);
    mw_wanted_list_release(&session->wanted);
    session_picks_release(session);
    mw_profile_release(&session->profile);
    free(session->profile_name);
    mw_ranking_release(&session->ranking);
    mw_history_release(&session->history);
    mw_outcome_release(&session->recovery);
    if (session->guard.fd >= 0)
        mw_guard_release(&session->sys, &session->guard);
    mw_catalog_release(&session->catalog);
    mw_profile_set_release(&session->profiles);
    mw_trust_release(&session->trust);
    free(session->stranger);
    mw_strings_release(&session->warnings);
    mw_system_release(&session->sys);
    *session = (struct mw_session){.guard = {.fd = -1}};
}

void mw_session_free(struct mw_session **session)
{
    if (*session != NULL)
        mw_session_close(*session);
    free(*session);
    *session = NULL;
}

bool mw_options_select(const struct mw_session_options *options, const char *tool)
{
    return (options->only.count == 0 || mw_strings_has(&options->only, tool)) &&
           !mw_strings_has(&options->skip, tool);
}

/* ---- beginning -------------------------------------------------------------------------- */

static enum mw_code recover(struct mw_session *session, const struct mw_progress *progress,
                            struct mw_error *err)
{
    if (session->guard.fd < 0) {
        enum mw_code code = mw_guard_take(&session->sys, &session->guard, err);
        if (code != MW_OK)
            return code;
    }
    struct mw_system sys = session->sys;
    sys.stop_signal = NULL; /* what is begun is finished: a transaction looks for itself */
    return mw_recover(&sys, progress, &session->recovered, &session->recovery, err);
}

/* A reader must not fail because somebody else is writing, nor because a file is not its own. */
static void recover_for_reader(struct mw_session *session, const struct mw_progress *progress)
{
    struct mw_error err = {0};
    if (recover(session, progress, &err) == MW_LOCKED)
        session_warn(session,
                     _("another run is under way, and this is what it has done so far: %s"),
                     err.message);
    else if (err.code != MW_OK)
        session_warn(session, _("an earlier run was cut off and is not undone yet: %s"),
                     err.message);
    if (session->guard.fd >= 0)
        mw_guard_release(&session->sys, &session->guard);
    session->guard.fd = -1;
}

/* A run through sudo that was cut off: only sudo can undo it, and until then what it left in the
 * person's files is neither the old nor the new. */
static enum mw_code meet_open_traces(struct mw_session *session, enum mw_intent intent,
                                     struct mw_error *err)
{
    const struct mw_history *history = &session->history;
    enum mw_code code = MW_OK;
    for (size_t i = 0; i < history->trace_count && code == MW_OK; i++) {
        const struct mw_footprint *trace = &history->traces[i];
        if (!trace->is_open || mw_trace_is_own(history, trace))
            continue;
        MW_FREE char *command = mw_trace_command(trace, "--recover");
        if (intent == MW_INTENT_WRITE) {
            code = mw_fail(err, MW_NO_PERMISSION, 0, "recover",
                           _("a run of mirrorwise through sudo or with --root was cut off (%s) and "
                             "is not undone yet"),
                           trace->time);
            mw_error_hint(err, _("Run `%s`."), command);
        } else {
            session_warn(session,
                         _("a run of mirrorwise through sudo or with --root was cut off, or goes "
                           "on (%s); `%s` undoes what it left"),
                         trace->time, command);
        }
    }
    return code;
}

enum mw_code mw_session_begin(struct mw_session *session, enum mw_intent intent,
                              const struct mw_progress *progress, struct mw_error *err)
{
    enum mw_code code = MW_OK;
    session->progress = progress;
    if (progress != NULL) {
        session->sys.stop_signal = progress->stop_signal;
        session->sys.stop_context = progress->context;
    }
    if (intent == MW_INTENT_WRITE)
        code = recover(session, progress, err);
    else if (intent == MW_INTENT_READ && mw_recover_needed(&session->sys))
        recover_for_reader(session, progress);
    if (code != MW_OK)
        return code;

    struct mw_error history_err = {0}, ranking_err = {0};
    code = mw_history_load(&session->sys, &session->history, &session->warnings, &history_err);
    if (code != MW_OK && intent != MW_INTENT_LOOK) {
        mw_error_hint(&history_err, _("--doctor says how to mend it."));
        if (err != NULL)
            *err = history_err;
        return code;
    }
    if (code != MW_OK) /* whoever looks at a broken machine needs no history for it */
        session_warn(session, "%s", history_err.message);
    if (intent == MW_INTENT_WRITE)
        mw_history_settle(&session->sys, &session->history);
    code = meet_open_traces(session, intent, err);
    if (code != MW_OK)
        return code;

    MW_FREE char *state = mw_system_state_dir(&session->sys);
    if (state != NULL &&
        mw_ranking_load(&session->sys, state, &session->ranking, &ranking_err) != MW_OK)
        session_warn(session, "%s", ranking_err.message);
    return MW_OK;
}

/* ---- executing -------------------------------------------------------------------------- */

/* What is wrong with the wish keeps it from being carried out, whatever the plan says. */
static enum mw_code may_write(const struct mw_session *session, struct mw_error *err)
{
    if (session->is_rollback)
        return MW_OK;
    enum mw_code code = mw_session_trusted(session, err);
    if (code != MW_OK)
        return code;
    return session->is_fix ? mw_lint_verdict(&session->lint, err)
                           : mw_session_allowed(session, err);
}

enum mw_code mw_session_verdict(const struct mw_session *session, struct mw_error *err)
{
    enum mw_code code = may_write(session, err);
    return code == MW_OK ? mw_plan_verdict(&session->plan, err) : code;
}

enum mw_code mw_session_apply(struct mw_session *session, const struct mw_progress *progress,
                              struct mw_outcome *outcome, struct mw_error *err)
{
    enum mw_code code = may_write(session, err);
    if (code != MW_OK)
        return code;
    bool is_apply = !session->is_rollback && !session->is_fix;
    struct mw_system sys = session->sys;
    sys.stop_signal = NULL; /* what is begun is finished: the transaction looks for itself */
    struct mw_apply_request request = {
        .action = session->is_rollback ? "rollback"
                  : session->is_fix    ? "fix"
                                       : "apply",
        .profile = is_apply ? session->profile_name : NULL,
        .profile_serial = is_apply ? session->profile.serial : 0,
        .restores = session->restores,
        .ranking = !session->is_rollback && session->used_ranking ? &session->ranking : NULL,
    };
    return mw_transaction_run(&sys, &session->history, &session->plan, &request, progress, outcome,
                              err);
}

/* ---- looking ---------------------------------------------------------------------------- */

void mw_look_release(struct mw_look *look)
{
    mw_location_release(&look->location);
    mw_value_release(&look->have);
    mw_shadows_release(&look->shadows);
    *look = (struct mw_look){0};
}

enum mw_code mw_session_look(const struct mw_session *session, const struct mw_tool *tool,
                             const char *key, struct mw_look *look, struct mw_error *err)
{
    const struct mw_system *sys = &session->sys;
    MW_AUTO(mw_look) found = {0};
    MW_AUTO(mw_file) file = {0};

    enum mw_code code = mw_locate(sys, tool, session->options.scope, key, &found.location, err);
    if (code == MW_OK)
        code = mw_file_read(sys, found.location.path, found.location.actor, &file, err);
    if (code == MW_OK)
        code = mw_source_check(found.location.source, file.path, mw_buf_text(&file.bytes),
                               file.bytes.len, err);
    if (code == MW_OK)
        code = mw_source_get(found.location.source, tool, mw_buf_text(&file.bytes), file.bytes.len,
                             key, &found.have, err);
    if (code != MW_OK)
        return code;

    found.exists = file.exists;
    struct mw_tool_setting setting = {.key = key, .value = &found.have};
    mw_shadows_find(sys, tool, &found.location, &file.bytes, &setting, &found.shadows);
    *look = found;
    memset(&found, 0, sizeof found); /* it is the caller's now */
    return code;
}
