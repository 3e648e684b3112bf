/* From wishes to the values that the tools will find, and to the plan. */
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/url.h"
#include "parts.h"

/* A wrong value of the command line is wrong usage; else the profile is wrong, or the catalogue. A
 * reason quotes the value, whole or in parts, so that of a secret is not repeated. */
enum mw_code session_judge(const struct mw_wish *wish, enum mw_code code, struct mw_error *err)
{
    bool is_catalog = err != NULL && strcmp(err->step, "catalog") == 0;
    if (code == MW_BAD_PROFILE && !is_catalog && wish->from.layer == MW_LAYER_COMMAND_LINE)
        code = MW_USAGE;
    if (err != NULL && wish->is_secret)
        mw_fail(err, code, 0, "secret", _("the secret value is not a valid one"));
    if (err != NULL)
        err->code = code;
    return code;
}

/* Puts where the value was written in front of a reason that does not know it. */
enum mw_code session_blame(const struct mw_wish *wish, enum mw_code code, struct mw_error *err)
{
    code = session_judge(wish, code, err);
    if (err == NULL)
        return code;
    struct mw_error cause = *err;
    const char *file = wish->from.file != NULL ? wish->from.file : "";
    if (wish->from.line > 0)
        mw_fail(err, code, 0, cause.step, "%s:%zu: %s.%s: %s", file, wish->from.line, wish->tool,
                wish->key, cause.message);
    else
        mw_fail(err, code, 0, cause.step, "%s: %s.%s: %s", file, wish->tool, wish->key,
                cause.message);
    if (cause.hint[0] != '\0')
        mw_error_hint(err, "%s", cause.hint);
    return code;
}

/* What an empty wish means: no key, or an empty list where the tool forgets only so. */
static void clear_value(const struct mw_tool_key *row, struct mw_value *value)
{
    mw_value_release(value);
    value->kind = row->clears_to_list ? MW_VALUE_LIST : MW_VALUE_ABSENT;
}

void session_take_choice(struct mw_session *session, const struct mw_choice *choice)
{
    session->used_ranking = session->used_ranking || choice->used_ranking;
    for (size_t i = 0; i < choice->warnings.count; i++)
        session_warn(session, "%s", choice->warnings.items[i]);
}

static enum mw_code fill_value(struct mw_session *session, const struct mw_tool *tool,
                               const struct mw_tool_key *row, const struct mw_wish *wish,
                               struct mw_wanted *wanted, struct mw_error *err)
{
    if (wish->text[0] == '\0') {
        clear_value(row, &wanted->value);
        return MW_OK;
    }
    MW_AUTO(mw_choice) choice = {0};
    struct mw_wish named = *wish;
    named.service = mw_session_service_of(tool, wish->key);
    bool is_mirror = session_row_of(tool, wish->key) != NULL;
    const char *forced = is_mirror ? session_forced_mirror(session, tool->id, named.service) : NULL;
    enum mw_code code = mw_choose(&session->catalog, &session->profile.policy, &session->ranking,
                                  &named, row->shape, forced, &choice, err);
    if (code != MW_OK)
        return wish->is_secret ? session_blame(wish, code, err) : session_judge(wish, code, err);

    session_take_choice(session, &choice);
    if (is_mirror && row->shape == MW_SHAPE_LIST)
        session_leave_default_out(session, named.service, wish->text, &choice.value.items);
    if (row->kind == MW_VALUE_LITERAL)
        code = mw_tool_value_from_text(row, wish->text, &wanted->value, err);
    else
        mw_value_copy(&wanted->value, &choice.value);
    if (wanted->value.kind == MW_VALUE_LIST && wanted->value.items.count == 0)
        clear_value(row, &wanted->value);
    mw_strings_copy(&wanted->mirror_ids, &choice.ids);
    return code == MW_OK ? MW_OK : session_blame(wish, code, err);
}

/* ---- lists --------------------------------------------------------------------------------- */

static bool is_item(const char *item, const char *other)
{
    return strcmp(item, other) == 0 || mw_url_same(item, other);
}

static void remove_item(struct mw_strings *items, const char *item)
{
    size_t kept = 0;
    for (size_t i = 0; i < items->count; i++) {
        if (is_item(items->items[i], item))
            free(items->items[i]);
        else
            items->items[kept++] = items->items[i];
    }
    items->count = kept;
}

static bool has_item(const struct mw_strings *items, const char *item)
{
    size_t i = 0;
    while (i < items->count && !is_item(items->items[i], item))
        i++;
    return i < items->count;
}

/* What stands between the items of a text that is a list; NULL: a list has items. */
static const char *split_of(const struct mw_tool_key *row)
{
    return row->shape == MW_SHAPE_LIST ? NULL : row->split;
}

void session_add_items(const struct mw_tool *tool, const struct mw_value *value, const char *split,
                       struct mw_strings *items)
{
    bool is_whole = split == NULL && tool->editor != NULL && tool->editor->is_typed;
    if (is_whole && value->kind != MW_VALUE_LITERAL)
        mw_strings_add_all(items, &value->items);
    for (size_t i = 0; !is_whole && i < value->items.count; i++)
        mw_strings_split(items, value->items.items[i], split != NULL ? split : " \t");
}

/* Adds the items that stand in the tool's file now. A file that cannot be read stops its tool when
 * the plan is made, and says why. */
static void find_items(struct mw_session *session, const struct mw_tool *tool,
                       const struct mw_tool_key *row, const char *key, struct mw_strings *items)
{
    MW_AUTO(mw_look) look = {0};
    if (mw_session_look(session, tool, key, &look, NULL) == MW_OK)
        session_add_items(tool, &look.have, split_of(row), items);
}

/* A text that is a list in its items. */
static void split_text(const struct mw_tool_key *row, struct mw_strings *items)
{
    if (split_of(row) == NULL || items->count == 0)
        return;
    MW_FREE char *text = mw_xstrdup(items->items[0]);
    mw_strings_release(items);
    mw_strings_split(items, text, row->split);
}

/* The items as the key takes them: a list, or one text. */
static void put_items(const struct mw_tool_key *row, struct mw_value *value)
{
    value->kind = MW_VALUE_LIST;
    if (split_of(row) == NULL || value->items.count == 0)
        return;
    const char between[] = {row->split[0], '\0'};
    MW_FREE char *text = mw_strings_join(&value->items, between);
    mw_value_set_string(value, text);
}

static enum mw_code apply_edit(struct mw_session *session, const struct mw_tool_key *row,
                               const struct mw_wish *wish, const struct mw_list_edit *edit,
                               struct mw_wanted *wanted, struct mw_error *err)
{
    struct mw_strings *items = &wanted->value.items;
    MW_AUTO(mw_choice) choice = {0};
    const struct mw_wish one = {.tool = wish->tool,
                                .key = wish->key,
                                .service = mw_session_service_of(wanted->tool, wish->key),
                                .text = edit->item,
                                .is_secret = edit->is_secret,
                                .from = edit->from};
    enum mw_code code = mw_choose(&session->catalog, &session->profile.policy, &session->ranking,
                                  &one, row->shape, NULL, &choice, err);
    if (code != MW_OK)
        return edit->is_secret ? session_blame(&one, code, err) : session_judge(&one, code, err);
    session_take_choice(session, &choice);
    split_text(row, &choice.value.items);
    if (!edit->removes && session_row_of(wanted->tool, wish->key) != NULL)
        session_leave_default_out(session, one.service, edit->item, &choice.value.items);
    for (size_t i = 0; i < choice.value.items.count; i++) {
        const char *item = choice.value.items.items[i];
        remove_item(&wanted->own.items, item);
        if (edit->removes)
            remove_item(items, item);
        else if (!has_item(items, item))
            mw_strings_add(items, item);
        if (!edit->removes)
            mw_strings_add(&wanted->own.items, item);
    }
    for (size_t i = 0; !edit->removes && i < choice.ids.count; i++)
        mw_strings_add(&wanted->mirror_ids, choice.ids.items[i]);
    return MW_OK;
}

static enum mw_code refuse_edits(const struct mw_wish *wish, struct mw_error *err)
{
    const struct mw_wish one = {.tool = wish->tool, .key = wish->key, .from = wish->edits[0].from};
    mw_fail(err, MW_BAD_PROFILE, 0, "plan", _("it is no list that += and -= could change"));
    return session_blame(&one, MW_BAD_PROFILE, err);
}

/* KEY += and -=, on top of the text that is wished, else of what stands in the file. */
static enum mw_code edit_value(struct mw_session *session, const struct mw_tool *tool,
                               const struct mw_tool_key *row, const struct mw_wish *wish,
                               struct mw_wanted *wanted, struct mw_error *err)
{
    enum mw_code code = MW_OK;
    if (row->shape != MW_SHAPE_LIST && row->split == NULL)
        return refuse_edits(wish, err);
    split_text(row, &wanted->value.items);
    if (wish->is_edit)
        find_items(session, tool, row, wish->key, &wanted->value.items);
    for (size_t i = 0; code == MW_OK && i < wish->edit_count; i++)
        code = apply_edit(session, row, wish, &wish->edits[i], wanted, err);
    put_items(row, &wanted->value);
    put_items(row, &wanted->own);
    wanted->keeps_others = wish->is_edit;
    if (code == MW_OK && wanted->value.items.count == 0)
        clear_value(row, &wanted->value);
    return code;
}

/* What is not expanded is no value yet: it is shown as it is written, and judged by nobody. */
static void put_as_written(struct mw_session *session, const struct mw_tool *tool,
                           const struct mw_tool_key *row, const struct mw_wish *wish,
                           struct mw_wanted *wanted)
{
    struct mw_strings *items = &wanted->value.items;
    if (wish->is_edit)
        find_items(session, tool, row, wish->key, items);
    else
        mw_strings_add(items, wish->text);
    for (size_t i = 0; i < wish->edit_count; i++) {
        const char *item = wish->edits[i].item;
        if (wish->edits[i].removes) {
            remove_item(items, item);
        } else {
            mw_strings_add(items, item);
            mw_strings_add(&wanted->own.items, item);
        }
    }
    wanted->value.kind = MW_VALUE_STRING;
    if (row->kind == MW_VALUE_LIST || wish->edit_count > 0)
        put_items(row, &wanted->value);
    wanted->keeps_others = wish->is_edit;
}

/* ---- settings ------------------------------------------------------------------------------- */

struct mw_wanted *session_push_wanted(struct mw_session *session, const struct mw_tool *tool,
                                      const char *key, const struct mw_wish *wish)
{
    struct mw_wanted *wanted = MW_PUSH(session->wanted.items, session->wanted.count);
    *wanted =
        (struct mw_wanted){.tool = tool, .key = mw_xstrdup(key), .is_secret = wish->is_secret};
    mw_origin_copy(&wanted->from, &wish->from);
    return wanted;
}

static enum mw_code add_wanted(struct mw_session *session, const struct mw_tool *tool,
                               const struct mw_wish *wish, struct mw_error *err)
{
    const struct mw_tool_key *row = mw_tool_key(tool, wish->key);
    if (row == NULL)
        return session_blame(
            wish, mw_fail(err, MW_BAD_PROFILE, 0, "plan", _("there is no such setting")), err);

    struct mw_wanted *wanted = session_push_wanted(session, tool, wish->key, wish);
    if (wish->is_unexpanded) {
        put_as_written(session, tool, row, wish, wanted);
        return MW_OK;
    }
    enum mw_code code = wish->is_edit ? MW_OK : fill_value(session, tool, row, wish, wanted, err);
    if (code == MW_OK && wish->edit_count > 0)
        code = edit_value(session, tool, row, wish, wanted, err);
    if (code != MW_OK || wanted->value.items.count == 0)
        return code;
    code = mw_tool_validate(&session->sys, tool, wish->key, &wanted->value, err);
    /* What an edit keeps is others' own. */
    for (size_t i = 0; code == MW_OK && !wish->is_edit && i < wanted->value.items.count; i++)
        code = mw_type_check(row, wanted->value.items.items[i], err);
    if (code != MW_OK)
        return session_blame(wish, code, err);
    MW_FREE char *unknown = mw_tool_unknown_key(&session->sys, tool, wish->key, row);
    if (unknown != NULL)
        session_warn(session, "%s: %s", tool->id, unknown);
    return MW_OK;
}

/* Does `mirror` set this key, said nearer than the key itself? */
static bool is_overruled(const struct mw_session *session, const struct mw_wish *wish)
{
    for (size_t i = 0; i < session->picks.count; i++) {
        const struct mw_pick *pick = &session->picks.items[i];
        bool sets = false;
        for (size_t r = 0; r < pick->tool->row_count; r++)
            sets = sets || (strcmp(pick->tool->rows[r].from, pick->service) == 0 &&
                            mw_row_sets(&pick->tool->rows[r], wish->key));
        if (sets && strcmp(pick->tool->id, wish->tool) == 0 &&
            mw_profile_distance(&session->profile, &pick->wish->from) <
                mw_profile_distance(&session->profile, &wish->from))
            return true;
    }
    return false;
}

/* Wishes stand in the order of profiles, settings in the order of tools. */
static enum mw_code add_wishes(struct mw_session *session, const struct mw_tool *tool,
                               struct mw_error *err)
{
    const struct mw_wishes *wishes = &session->profile.wishes;
    MW_AUTO(mw_strings) services = {0};
    enum mw_code code = MW_OK;
    mw_session_services(tool, &services);
    for (size_t i = 0; code == MW_OK && i < wishes->count; i++) {
        const struct mw_wish *wish = &wishes->items[i];
        bool is_pick = strcmp(wish->key, MW_MIRROR_KEY) == 0 ||
                       (services.count > 1 && mw_strings_has(&services, wish->key));
        if (strcmp(wish->tool, tool->id) != 0)
            continue;
        if (is_pick && wish->edit_count > 0)
            code = refuse_edits(wish, err);
        else if (!is_pick && !is_overruled(session, wish))
            code = add_wanted(session, tool, wish, err);
    }
    return code;
}

/* The mirror would break the version that is installed. */
static void leave_unknown(struct mw_session *session, const struct mw_tool *tool, const char *why)
{
    char *reason = mw_xasprintf(_("left as it is: %s"), why);
    session_warn(session, "%s: %s", tool->id, reason);
    session_leave(session, tool, MW_OK, reason)->is_told = true;
}

/* Everything that is wanted of a tool, or nothing. */
static enum mw_code add_tool(struct mw_session *session, const struct mw_tool *tool,
                             struct mw_error *err)
{
    struct mw_wanted_list *wanted = &session->wanted;
    size_t before = wanted->count;
    struct mw_error why = {0};
    MW_FREE char *unknown = NULL;
    enum mw_code code = add_wishes(session, tool, &why);
    for (size_t i = 0; code == MW_OK && unknown == NULL && i < session->picks.count; i++) {
        if (session->picks.items[i].tool == tool)
            code = session_add_pick(session, &session->picks.items[i], &unknown, &why);
    }
    if (unknown != NULL) {
        leave_unknown(session, tool, unknown);
        mw_wanted_list_shrink(wanted, before);
        return MW_OK;
    }
    if (code != MW_OK && err != NULL)
        *err = why;
    bool is_left = session->options.keep_going || session->options.leave_without_mirror;
    if (code != MW_NO_MIRROR || !is_left)
        return code;
    session_leave(session, tool, code, mw_xstrdup(why.message));
    mw_wanted_list_shrink(wanted, before);
    if (err != NULL)
        *err = (struct mw_error){0};
    return MW_OK;
}

static enum mw_code add_tools(struct mw_session *session, struct mw_error *err)
{
    enum mw_code code = MW_OK;
    for (size_t i = 0; code == MW_OK && i < mw_tool_count(); i++) {
        const struct mw_tool *tool = session_wanting(session, mw_tool_id(i));
        if (tool != NULL && !session_is_missing(session, tool))
            code = add_tool(session, tool, err);
    }
    return code;
}

/* With --keep-going: what stops one file leaves its whole tool as it is. */
static void leave_stopped(struct mw_session *session)
{
    struct mw_plan *plan = &session->plan;
    for (size_t i = 0; i < plan->file_count; i++) {
        struct mw_plan_file *file = &plan->files[i];
        if (!mw_plan_file_stops(file))
            continue;
        session_leave(session, file->tool, file->error.code, mw_xstrdup(file->error.message));
        mw_plan_leave_tool(plan, file->tool);
    }
}

/* One look at the machine: while `step` runs, each file is read once. */
static enum mw_code look_once(struct mw_session *session,
                              enum mw_code (*step)(struct mw_session *, struct mw_error *),
                              struct mw_error *err)
{
    session->sys.memo = mw_memo_new();
    enum mw_code code = step(session, err);
    mw_memo_free(session->sys.memo);
    session->sys.memo = NULL;
    return code;
}

static enum mw_code plan_wishes(struct mw_session *session, struct mw_error *err)
{
    enum mw_code code = add_tools(session, err);
    if (code == MW_OK)
        code = session_lint(session, err);
    if (code != MW_OK)
        return code;

    struct mw_plan_options options = {
        .scope = session->options.scope,
        .force = session->options.force,
        .named =
            session->options.insisted != NULL ? session->options.insisted : &session->options.named,
    };
    code = mw_plan_make(&session->sys, &session->wanted, &session->history, &options,
                        &session->plan, err);
    session->has_plan = code == MW_OK;
    if (code == MW_OK)
        session_doubt_mirrors(session);
    if (code == MW_OK && session->options.keep_going)
        leave_stopped(session);
    return code;
}

/* Measuring takes its time: what was read before is looked at again. */
enum mw_code mw_session_plan(struct mw_session *session, struct mw_error *err)
{
    session_picks_release(session);
    enum mw_code code = look_once(session, session_find_picks, err);
    if (code == MW_OK)
        code = mw_session_measure(session, err);
    return code == MW_OK ? look_once(session, plan_wishes, err) : code;
}

enum mw_code mw_session_left(const struct mw_session *session, struct mw_error *err)
{
    const struct mw_left_list *left = &session->left;
    MW_AUTO(mw_buf) text = {0};
    enum mw_code worst = MW_OK;
    for (size_t i = 0; i < left->count; i++) {
        if (left->items[i].code == MW_OK)
            continue;
        worst = left->items[i].code > worst ? left->items[i].code : worst;
        mw_buf_printf(&text, "%s%s: %s", text.len > 0 ? _("; ") : "",
                      mw_tool_title(left->items[i].tool), left->items[i].reason);
    }
    if (worst != MW_OK)
        mw_fail(err, worst, 0, "plan", _("left as it is: %s"), mw_buf_text(&text));
    return worst;
}

enum mw_code mw_session_plan_rollback(struct mw_session *session, long id, struct mw_error *err)
{
    enum mw_code code =
        mw_rollback_plan(&session->sys, &session->history, id, session->options.force,
                         &session->plan, &session->restores, err);
    session->has_plan = code == MW_OK;
    session->is_rollback = true;
    return code;
}
