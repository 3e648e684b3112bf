/* From wishes to the values that the tools will find, and to the plan. */
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/tool.h"
#include "mirrorwise/url.h"
#include "parts.h"

/* A wrong value of the command line is wrong usage; else the profile is wrong. A reason quotes the
 * value, whole or in parts, so that of a secret is not repeated. */
static enum mw_code judge(const struct mw_wish *wish, enum mw_code code, struct mw_error *err)
{
    if (code == MW_BAD_PROFILE && wish->from.layer == MW_LAYER_COMMAND_LINE)
        code = MW_USAGE;
    if (err != NULL && wish->is_secret)
        mw_fail(err, code, 0, "secret", _("the secret value is not a valid one"));
    if (err != NULL)
        err->code = code;
    return code;
}

/* Puts where the value was written in front of a reason that does not know it. */
static enum mw_code blame(const struct mw_wish *wish, enum mw_code code, struct mw_error *err)
{
    code = judge(wish, code, err);
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

static void take_choice(struct mw_session *session, const struct mw_choice *choice)
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
    bool is_mirror = strcmp(wish->key, tool->mirror_key) == 0;
    const char *forced = is_mirror ? session_forced_mirror(session, tool->id) : NULL;
    struct mw_choice choice = {0};
    enum mw_code code = mw_choose(&session->catalog, &session->profile.policy, &session->ranking,
                                  wish, row->shape, forced, &choice, err);
    if (code != MW_OK)
        return wish->is_secret ? blame(wish, code, err) : judge(wish, code, err);

    take_choice(session, &choice);
    if (row->kind == MW_VALUE_LITERAL)
        code = mw_tool_value_from_text(row, wish->text, &wanted->value, err);
    else
        mw_value_copy(&wanted->value, &choice.value);
    mw_strings_copy(&wanted->mirror_ids, &choice.ids);
    mw_choice_release(&choice);
    return code == MW_OK ? MW_OK : blame(wish, code, err);
}

/* ---- lists --------------------------------------------------------------------------------- */

static void remove_item(struct mw_strings *items, const char *item)
{
    for (size_t i = items->count; i-- > 0;) {
        if (strcmp(items->items[i], item) != 0 && !mw_url_same(items->items[i], item))
            continue;
        free(items->items[i]);
        memmove(&items->items[i], &items->items[i + 1],
                (items->count - i - 1) * sizeof *items->items);
        items->count--;
    }
}

static bool has_item(const struct mw_strings *items, const char *item)
{
    for (size_t i = 0; i < items->count; i++) {
        if (strcmp(items->items[i], item) == 0 || mw_url_same(items->items[i], item))
            return true;
    }
    return false;
}

/* The items that stand in the tool's file now; of a text those between blanks. */
static enum mw_code find_items(struct mw_session *session, const struct mw_tool *tool,
                               const char *key, struct mw_strings *items, struct mw_error *err)
{
    struct mw_look look = {0};
    enum mw_code code = mw_session_look(session, tool, key, &look, err);
    for (size_t i = 0; code == MW_OK && i < look.have.items.count; i++)
        mw_strings_split(items, look.have.items.items[i], " \t");
    mw_look_release(&look);
    return code;
}

static enum mw_code apply_edit(struct mw_session *session, const struct mw_wish *wish,
                               const struct mw_list_edit *edit, struct mw_wanted *wanted,
                               struct mw_error *err)
{
    struct mw_strings *items = &wanted->value.items;
    struct mw_choice choice = {0};
    const struct mw_wish one = {.tool = wish->tool,
                                .key = wish->key,
                                .text = edit->item,
                                .is_secret = edit->is_secret,
                                .from = edit->from};
    enum mw_code code = mw_choose(&session->catalog, &session->profile.policy, &session->ranking,
                                  &one, MW_SHAPE_LIST, NULL, &choice, err);
    if (code != MW_OK)
        return edit->is_secret ? blame(&one, code, err) : judge(&one, code, err);
    take_choice(session, &choice);
    for (size_t i = 0; i < choice.value.items.count; i++) {
        const char *item = choice.value.items.items[i];
        if (edit->removes)
            remove_item(items, item);
        else if (!has_item(items, item))
            mw_strings_add(items, item);
    }
    for (size_t i = 0; !edit->removes && i < choice.ids.count; i++)
        mw_strings_add(&wanted->mirror_ids, choice.ids.items[i]);
    mw_choice_release(&choice);
    return MW_OK;
}

/* KEY += and -=, on top of the text that is wished, else of what stands in the file. */
static enum mw_code edit_value(struct mw_session *session, const struct mw_tool *tool,
                               const struct mw_tool_key *row, const struct mw_wish *wish,
                               struct mw_wanted *wanted, struct mw_error *err)
{
    enum mw_code code = MW_OK;
    if (row->shape != MW_SHAPE_LIST) {
        mw_fail(err, MW_BAD_PROFILE, 0, "plan", _("it is no list that += and -= could change"));
        const struct mw_wish one = {
            .tool = wish->tool, .key = wish->key, .from = wish->edits[0].from};
        return blame(&one, MW_BAD_PROFILE, err);
    }
    /* A file that cannot be read stops its tool when the plan is made, and says why. */
    if (wish->is_edit && find_items(session, tool, wish->key, &wanted->value.items, NULL) != MW_OK)
        mw_strings_release(&wanted->value.items);
    for (size_t i = 0; code == MW_OK && i < wish->edit_count; i++)
        code = apply_edit(session, wish, &wish->edits[i], wanted, err);
    wanted->value.kind = MW_VALUE_LIST;
    wanted->keeps_others = wish->is_edit;
    if (code == MW_OK && wanted->value.items.count == 0)
        clear_value(row, &wanted->value);
    return code;
}

/* ---- settings ------------------------------------------------------------------------------- */

static enum mw_code add_wanted(struct mw_session *session, const struct mw_tool *tool,
                               const struct mw_wish *wish, struct mw_error *err)
{
    const struct mw_tool_key *row = mw_tool_key(tool, wish->key);
    if (row == NULL)
        return blame(wish, mw_fail(err, MW_BAD_PROFILE, 0, "plan", _("there is no such setting")),
                     err);

    struct mw_wanted *wanted = MW_PUSH(session->wanted.items, session->wanted.count);
    wanted->tool = tool;
    wanted->key = mw_xstrdup(wish->key);
    wanted->is_secret = wish->is_secret;
    mw_origin_copy(&wanted->from, &wish->from);
    enum mw_code code = wish->is_edit ? MW_OK : fill_value(session, tool, row, wish, wanted, err);
    if (code == MW_OK && wish->edit_count > 0)
        code = edit_value(session, tool, row, wish, wanted, err);
    if (code != MW_OK || wanted->value.items.count == 0)
        return code;
    code = mw_tool_validate(&session->sys, tool, wish->key, &wanted->value, err);
    return code == MW_OK ? MW_OK : blame(wish, code, err);
}

static bool is_wished(const struct mw_wishes *wishes, const char *tool)
{
    for (size_t i = 0; i < wishes->count; i++) {
        if (strcmp(wishes->items[i].tool, tool) == 0)
            return true;
    }
    return false;
}

/* Wishes stand in the order of profiles, settings in the order of tools. */
static enum mw_code add_tool(struct mw_session *session, const struct mw_tool *tool,
                             struct mw_error *err)
{
    const struct mw_wishes *wishes = &session->profile.wishes;
    enum mw_code code = MW_OK;
    if (!mw_session_has_tool(session, tool->id))
        return MW_OK;
    for (size_t i = 0; code == MW_OK && i < wishes->count; i++) {
        if (strcmp(wishes->items[i].tool, tool->id) == 0)
            code = add_wanted(session, tool, &wishes->items[i], err);
    }
    return code;
}

enum mw_code mw_session_plan(struct mw_session *session, struct mw_error *err)
{
    enum mw_code code = mw_session_measure(session, err);
    if (code != MW_OK)
        return code;

    size_t tool_count = mw_tool_count();
    for (size_t i = 0; i < tool_count; i++) {
        const char *id = mw_tool_id(i);
        if (!is_wished(&session->profile.wishes, id))
            continue;
        code = add_tool(session, mw_tool_find(id), err);
        if (code != MW_OK)
            return code;
    }

    code = session_lint(session, err);
    if (code != MW_OK)
        return code;

    struct mw_plan_options options = {
        .scope = session->options.scope,
        .force = session->options.force,
    };
    code = mw_plan_make(&session->sys, &session->wanted, &session->history, &options,
                        &session->plan, err);
    session->has_plan = code == MW_OK;
    return code;
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
