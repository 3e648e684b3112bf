/* --fix: from the remedies of doctor and checklist to a plan. What changes texts is carried out in
 * memory, round by round, with every file read as it would be then; the profile is planned on top
 * of that. Nothing is written here. */
#include <stdlib.h>
#include <string.h>

#include "parts.h"

/* Nobody waits for a list here: every remedy is tried, however long it takes. */
enum { MAX_ROUNDS = 20, LOOK_MS = 60000 };

/* A file as it would be. */
struct text {
    const struct mw_tool *tool;
    char *path;
    struct mw_actor actor;
    struct mw_buf now;
    struct mw_edits edits; /* of this round */
};

struct fixing {
    struct mw_session *session;
    const struct mw_strings *wanted;
    bool wants_all;
    struct mw_strings ids; /* in full, of the first round */
    struct text *texts;
    size_t text_count;
    struct mw_stand_in *stand_ins;
    struct mw_strings tools, sets; /* of the profile, to be applied */
    /* Tools of findings that somebody named: where the rights lack nothing is left out of those,
     * as it is of others that are not installed. */
    struct mw_strings insisted;
    bool applies, applies_all;
};

static void release(struct fixing *fixing)
{
    for (size_t i = 0; i < fixing->text_count; i++) {
        free(fixing->texts[i].path);
        mw_buf_release(&fixing->texts[i].now);
        mw_edits_release(&fixing->texts[i].edits);
    }
    MW_FREE_ALL(fixing->texts, fixing->stand_ins);
    mw_strings_release_all(&fixing->ids, &fixing->tools, &fixing->sets, &fixing->insisted);
}

/* ---- which findings -------------------------------------------------------------------------- */

static bool is_odd(const struct mw_check *check)
{
    return check->status == MW_CHECK_FAIL || check->status == MW_CHECK_WARN;
}

/* The finding of that name, else the only one that begins so. */
static enum mw_code find_id(struct fixing *fixing, const struct mw_checks *checks, const char *id,
                            struct mw_error *err)
{
    const struct mw_check *found = NULL;
    MW_AUTO(mw_strings) matches = {0};
    for (size_t i = 0; i < checks->count; i++) {
        const struct mw_check *check = &checks->items[i];
        if (!is_odd(check) || !mw_text_starts(check->id, id))
            continue;
        mw_strings_add_new(&matches, check->id);
        if (found == NULL || strcmp(check->id, id) == 0)
            found = check;
    }
    enum mw_code code = MW_OK;
    if (found != NULL && strcmp(found->id, id) != 0 && matches.count > 1) {
        MW_FREE char *names = mw_strings_join(&matches, ", ");
        code = mw_fail(err, MW_USAGE, 0, "fix", _("--fix: '%s' is the beginning of %zu findings"),
                       id, matches.count);
        mw_error_hint(err, _("They are %s."), names);
    } else if (found != NULL && !mw_remedy_is_text(&found->remedy) &&
               found->remedy.kind != MW_REMEDY_APPLY) {
        code = mw_fail(err, MW_USAGE, 0, "fix", _("--fix: %s is not ours to mend"), found->id);
        if (found->fix[0] != '\0')
            mw_error_hint(err, _("Run: %s"), found->fix);
        else
            mw_error_hint(err, _("No remedy is known; --doctor says what was found."));
    } else if (found != NULL) {
        mw_strings_add(&fixing->ids, found->id);
        for (const struct mw_remedy *at = &found->remedy; at != NULL; at = at->with) {
            if (at->tool != NULL)
                mw_strings_add_new(&fixing->insisted, at->tool->id);
        }
    }
    return code;
}

static enum mw_code find_ids(struct fixing *fixing, const struct mw_checks *checks,
                             struct mw_error *err)
{
    enum mw_code code = MW_OK;
    for (size_t i = 0; code == MW_OK && i < fixing->wanted->count; i++) {
        if (strcmp(fixing->wanted->items[i], "all") != 0)
            code = find_id(fixing, checks, fixing->wanted->items[i], err);
    }
    return code;
}

/* ---- a round --------------------------------------------------------------------------------- */

static void put_stand_ins(struct fixing *fixing)
{
    free(fixing->stand_ins);
    fixing->stand_ins = mw_xcalloc(fixing->text_count + 1, sizeof *fixing->stand_ins);
    for (size_t i = 0; i < fixing->text_count; i++)
        fixing->stand_ins[i] = (struct mw_stand_in){
            .path = fixing->texts[i].path,
            .text = mw_buf_text(&fixing->texts[i].now),
            .len = fixing->texts[i].now.len,
            .next = i + 1 < fixing->text_count ? &fixing->stand_ins[i + 1] : NULL,
        };
    fixing->session->sys.stand_ins = fixing->text_count > 0 ? fixing->stand_ins : NULL;
}

static enum mw_code find_text(struct fixing *fixing, const struct mw_remedy *remedy,
                              struct text **found, struct mw_error *err)
{
    *found = MW_FIND(fixing->texts, fixing->text_count, path, remedy->path);
    if (*found != NULL)
        return MW_OK;
    MW_AUTO(mw_file) file = {0};
    enum mw_code code =
        mw_file_read(&fixing->session->sys, remedy->path, remedy->actor, &file, err);
    if (code != MW_OK)
        return code;
    *found = MW_PUSH(fixing->texts, fixing->text_count);
    **found = (struct text){
        .tool = remedy->tool,
        .path = mw_xstrdup(remedy->path),
        .actor = remedy->actor,
    };
    mw_buf_append(&(*found)->now, mw_buf_text(&file.bytes), file.bytes.len);
    return MW_OK;
}

/* All texts of a remedy that comes later, or none. Edits that meet those of another finding are
 * left for the next round. */
static enum mw_code take_texts(struct fixing *fixing, const struct mw_remedy *remedy,
                               struct mw_error *err)
{
    struct text *text = NULL;
    bool is_free = true;
    enum mw_code code = MW_OK;
    for (const struct mw_remedy *at = remedy; code == MW_OK && at != NULL; at = at->with) {
        code = find_text(fixing, at, &text, err);
        is_free = is_free && code == MW_OK && text->edits.count == 0;
    }
    if (remedy->comes_later && !is_free)
        return code;
    for (const struct mw_remedy *at = remedy; code == MW_OK && at != NULL; at = at->with) {
        code = find_text(fixing, at, &text, err);
        if (code == MW_OK)
            (void)mw_edits_merge(&text->edits, &at->edits);
    }
    return code;
}

static enum mw_code take_remedy(struct fixing *fixing, const struct mw_check *check,
                                struct mw_error *err)
{
    const struct mw_remedy *remedy = &check->remedy;
    enum mw_code code = MW_OK;
    if (remedy->kind == MW_REMEDY_APPLY) {
        fixing->applies = true;
        fixing->applies_all = fixing->applies_all || remedy->tool == NULL;
        if (remedy->tool != NULL)
            mw_strings_add_new(&fixing->tools, remedy->tool->id);
        for (size_t i = 0; i < remedy->sets.count; i++)
            mw_strings_add_new(&fixing->sets, remedy->sets.items[i]);
    } else if (mw_remedy_is_text(remedy)) {
        code = take_texts(fixing, remedy, err);
    }
    return code;
}

static bool carry_out(struct fixing *fixing)
{
    bool is_changed = false;
    for (size_t i = 0; i < fixing->text_count; i++) {
        struct text *text = &fixing->texts[i];
        struct mw_buf next = {0};
        is_changed = is_changed || text->edits.count > 0;
        mw_edits_apply(&text->edits, mw_buf_text(&text->now), text->now.len, &next);
        mw_edits_release(&text->edits);
        mw_buf_release(&text->now);
        text->now = next;
    }
    put_stand_ins(fixing);
    return is_changed;
}

/* The tools that the wanted findings are of ("TOOL-KIND"), as far as that can be told: nobody else
 * need be looked at. */
static void find_tools(const struct fixing *fixing, struct mw_strings *tools)
{
    for (size_t i = 0; i < fixing->wanted->count; i++) {
        size_t before = tools->count;
        for (size_t t = 0; t < mw_tool_count(); t++) {
            const char *id = mw_tool_id(t), *wanted = fixing->wanted->items[i];
            bool is_of = mw_text_starts(wanted, id) && wanted[strlen(id)] == '-';
            if (is_of || mw_text_starts(id, wanted))
                mw_strings_add_new(tools, id);
        }
        if (tools->count == before) {
            mw_strings_release(tools);
            return;
        }
    }
}

/* Without asking the network: what a remedy is depends on files alone. */
static enum mw_code look(struct fixing *fixing, struct mw_checks *checks, struct mw_error *err)
{
    struct mw_session *session = fixing->session;
    const struct mw_session_options before = session->options;
    size_t warned = session->warnings.count;
    MW_AUTO(mw_strings) tools = {0};
    if (before.only.count + before.skip.count == 0)
        find_tools(fixing, &tools);
    session->options.only = tools.count > 0 ? tools : before.only;
    session->options.samples = 0;
    enum mw_code code = mw_session_check(session, MW_CHECK_DOCTOR, LOOK_MS, checks, err);
    if (code == MW_OK && before.profile != NULL) {
        MW_AUTO(mw_checks) more = {0};
        code = mw_session_check(session, MW_CHECK_CHECKLIST, LOOK_MS, &more, err);
        for (size_t i = 0; i < more.count; i++)
            mw_checks_put(checks, checks->count, &more.items[i]);
    }
    /* What the checklist's own plan warns of is not of this one. */
    while (session->warnings.count > warned)
        free(session->warnings.items[--session->warnings.count]);
    session->options = before;
    return code;
}

/* What --fix all leaves, once what it mends is mended. Told last: a warning of the session is
 * itself a finding of the next look. */
static void tell_left(struct fixing *fixing, const struct mw_checks *checks)
{
    MW_AUTO(mw_strings) left = {0};
    for (size_t i = 0; i < checks->count; i++) {
        const struct mw_check *check = &checks->items[i];
        if (!is_odd(check) || mw_strings_has(&fixing->ids, check->id))
            continue;
        if (check->remedy.is_choice)
            session_warn(fixing->session,
                         _("%s is left: only you know whether its remedy is wanted; --fix %s "
                           "carries it out"),
                         check->id, check->id);
        else if (check->remedy.kind != MW_REMEDY_APPLY)
            mw_strings_add_new(&left, check->id);
    }
    MW_FREE char *ids = mw_strings_join(&left, ", ");
    if (left.count > 0)
        session_warn(fixing->session,
                     _("left for you to mend: %s; --doctor and --checklist say what was found"),
                     ids);
}

static enum mw_code run_round(struct fixing *fixing, size_t number, bool *goes_on,
                              struct mw_error *err)
{
    MW_AUTO(mw_checks) checks = {0};
    enum mw_code code = look(fixing, &checks, err);
    if (code == MW_OK && number == 0)
        code = find_ids(fixing, &checks, err);
    for (size_t i = 0; code == MW_OK && i < 2 * checks.count; i++) {
        const struct mw_check *check = &checks.items[i % checks.count];
        bool is_turn = check->remedy.comes_later == (i >= checks.count);
        bool is_of_all = fixing->wants_all && !check->remedy.is_choice;
        if (is_turn && is_odd(check) && (is_of_all || mw_strings_has(&fixing->ids, check->id)))
            code = take_remedy(fixing, check, err);
    }
    *goes_on = code == MW_OK && carry_out(fixing);
    if (code == MW_OK && !*goes_on && fixing->wants_all)
        tell_left(fixing, &checks);
    return code;
}

/* ---- the plan -------------------------------------------------------------------------------- */

static void forget_profile(struct mw_session *session)
{
    mw_plan_release(&session->plan);
    mw_lint_findings_release(&session->lint);
    mw_wanted_list_release(&session->wanted);
    mw_profile_release(&session->profile);
    free(session->profile_name);
    session->profile_name = NULL;
    session->has_plan = false;
}

/* The profile for the tools concerned, as the printed command says it. */
static enum mw_code plan_profile(struct fixing *fixing, struct mw_error *err)
{
    struct mw_session *session = fixing->session;
    struct mw_session_options before = session->options;
    bool is_default = session->named_by == MW_NAMED_BY_DEFAULT;
    forget_profile(session);
    session->options.only = fixing->applies_all ? before.only : fixing->tools;
    session->options.named = fixing->tools; /* the printed command names them, too */
    session->options.insisted = &fixing->insisted;
    session->options.sets = fixing->sets;
    if (is_default && fixing->sets.count > 0)
        session->options.profile = "base";
    enum mw_code code = mw_session_load_profile(session, err);
    if (code == MW_OK)
        code = mw_session_plan(session, err);
    session->options = before;
    return code;
}

static enum mw_code make_plan(struct fixing *fixing, struct mw_error *err)
{
    struct mw_session *session = fixing->session;
    enum mw_code code = MW_OK;
    if (fixing->applies)
        code = plan_profile(fixing, err);
    else
        forget_profile(session);
    session->sys.stand_ins = NULL;
    for (size_t i = 0; code == MW_OK && i < fixing->text_count; i++) {
        const struct text *text = &fixing->texts[i];
        code = mw_plan_add_text(&session->sys, &session->plan, text->tool, text->path, text->actor,
                                &text->now, &fixing->insisted, &session->history, err);
    }
    session->has_plan = code == MW_OK;
    return code;
}

enum mw_code mw_session_plan_fix(struct mw_session *session, const struct mw_strings *ids,
                                 struct mw_error *err)
{
    struct fixing fixing = {
        .session = session,
        .wanted = ids,
        .wants_all = mw_strings_has(ids, "all"),
    };
    enum mw_code code = MW_OK;
    bool goes_on = true;
    session->is_fix = true;
    mw_strings_copy(&fixing.insisted, &session->options.named);
    for (size_t i = 0; code == MW_OK && goes_on && i < MAX_ROUNDS; i++)
        code = run_round(&fixing, i, &goes_on, err);
    if (code == MW_OK)
        code = make_plan(&fixing, err);
    session->sys.stand_ins = NULL;
    release(&fixing);
    return code;
}
