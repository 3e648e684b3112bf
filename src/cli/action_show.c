/* --show KEY: what is there, what is wanted, who said so, and what wins. */
#include <string.h>

#include "mirrorwise/tool.h"
#include "render.h"

enum { LABEL_COLS = 14 };

/* All that is known about one setting; the borrowed parts are NULL where there is nothing. */
struct found {
    const struct mw_tool *tool;
    const char *key;
    struct mw_look look;
    struct mw_hits hits; /* everybody who says something, strongest first */
    struct mw_hits own;  /* what wins for one program alone */
    const struct mw_plan_setting *planned;
    const struct mw_wish *wish; /* NULL as well where a mirror of the profile wants the key */
    bool is_secret, have_is_secret;
};

/* What wins once the profile is applied; without a wish, what wins now. */
static const struct mw_shadows *winners(const struct found *found)
{
    return found->planned != NULL ? &found->planned->shadows : &found->look.shadows;
}

/* Does the tool use what stands in the file, or nothing where nothing is wanted? */
static bool is_effective(const struct found *found)
{
    bool is_there = found->look.have.kind != MW_VALUE_ABSENT ||
                    (found->planned != NULL && found->planned->verdict == MW_VERDICT_SAME);
    return is_there && winners(found)->count == 0;
}

/* ---- text ---------------------------------------------------------------------------------- */

static void put_shown_line(struct mw_buf *buf, const struct mw_style *style, const char *label,
                           const char *text)
{
    mw_put_label(buf, style, 2, label, LABEL_COLS);
    mw_put_line(buf, text);
}

static void put_shown_value(struct mw_buf *buf, const struct mw_style *style, const char *label,
                            const struct mw_value *value, bool is_secret)
{
    MW_FREE char *text = mw_render_value(value, is_secret);
    put_shown_line(buf, style, label, value->kind == MW_VALUE_ABSENT ? _("(not set)") : text);
}

/* Is it what stands in the file where we write? */
static bool is_in_our_file(const struct found *found, const struct mw_hit *hit)
{
    return mw_hit_file(hit) != NULL && strcmp(mw_hit_file(hit), found->look.location.path) == 0;
}

static void put_hit(struct mw_buf *buf, const struct mw_style *style, const char *label,
                    const struct found *found, const struct mw_hit *hit)
{
    MW_FREE char *value = mw_render_value(&hit->value, found->have_is_secret);
    MW_FREE char *place = mw_hit_place(hit);
    MW_FREE char *text = mw_xasprintf(_("%s (%s)"), value, place);
    put_shown_line(buf, style, label, text);
}

/* From the home folder a file is found as the user's and as the project's. */
static bool is_again(const struct found *found, const struct mw_hit *hit)
{
    for (const struct mw_hit *other = found->hits.items; other < hit; other++) {
        if (mw_hit_same_place(other, hit))
            return true;
    }
    return false;
}

/* What the tool uses now, if that is not what our file says, and what it would use else. */
static void put_hits(struct mw_buf *buf, const struct mw_style *style, const struct found *found)
{
    const struct mw_hit *winner = mw_hits_winner(&found->hits);
    for (size_t i = 0; i < found->own.count; i++)
        put_hit(buf, style, found->own.items[i].source->program, found, &found->own.items[i]);
    if (winner == NULL)
        return;
    if (!is_in_our_file(found, winner))
        put_hit(buf, style, _("in use"), found, winner);
    for (const struct mw_hit *hit = winner + 1; hit < found->hits.items + found->hits.count;
         hit++) {
        if (!is_in_our_file(found, hit) && !is_again(found, hit))
            put_hit(buf, style, _("overrides"), found, hit);
    }
}

static void put_wish(struct mw_buf *buf, const struct mw_style *style, const struct found *found)
{
    const struct mw_wish *wish = found->wish;
    const struct mw_strings *ids = &found->planned->mirror_ids;
    put_shown_value(buf, style, _("wanted"), &found->planned->want, found->planned->want_is_secret);
    MW_FREE char *origin = mw_origin_text(&found->planned->from);
    MW_AUTO(mw_buf) from = {0};
    mw_buf_puts(&from, origin);
    if (wish != NULL && !wish->is_secret && strchr(wish->text, '@') != NULL)
        mw_buf_printf(&from, _(" (%s)"), wish->text);
    for (size_t i = 0; wish == NULL && i < ids->count; i++)
        mw_buf_printf(&from, "%s@%s%s", i == 0 ? " (" : ",", ids->items[i],
                      i + 1 == ids->count ? ")" : "");
    put_shown_line(buf, style, _("from"), mw_buf_text(&from));

    for (size_t i = 0; wish != NULL && i < wish->overridden_count; i++) {
        MW_FREE char *where = mw_origin_text(&wish->overridden[i].from);
        MW_FREE char *text = mw_xasprintf(_("%s (%s)"), wish->overridden[i].text, where);
        put_shown_line(buf, style, _("overrides"), text);
    }
}

static void put_answer(struct mw_run *run, struct mw_buf *buf, const struct found *found)
{
    MW_AUTO(mw_value) value = {0};
    if (run->options.verbose > 0 &&
        mw_tool_ask(&run->session.sys, found->tool, &found->look.location, found->key, &value,
                    NULL) == MW_OK)
        put_shown_value(buf, &run->out, _("reported"), &value, found->is_secret);
}

static void put_effect(struct mw_run *run, struct mw_buf *buf, const struct found *found)
{
    const struct mw_shadows *shadows = winners(found);
    if (shadows->count == 0)
        put_shown_line(buf, &run->out, _("effective"),
                       is_effective(found) ? _("yes: nothing else wins over the file")
                                           : _("not yet: --apply writes it"));
    for (size_t i = 0; i < shadows->count; i++) {
        const struct mw_shadow *shadow = &shadows->items[i];
        MW_AUTO(mw_buf) text = {0};
        mw_buf_printf(&text, _("no: %s wins"), shadow->by);
        if (shadow->value != NULL && shadow->value[0] != '\0')
            mw_buf_printf(&text, _(": %s"), found->is_secret ? "****" : shadow->value);
        put_shown_line(buf, &run->out, _("effective"), mw_buf_text(&text));
        if (shadow->fix != NULL && shadow->fix[0] != '\0')
            put_shown_line(buf, &run->out, _("fix"), shadow->fix);
    }
}

/* Owned: why the profile wants nothing of it. */
static char *unwanted_text(const struct mw_session *session, const struct found *found)
{
    bool is_mirror = false;
    for (size_t i = 0; i < found->tool->row_count; i++)
        is_mirror = is_mirror || mw_row_sets(&found->tool->rows[i], found->key);
    for (size_t i = 0; i < session->left.count; i++) {
        const struct mw_left *left = &session->left.items[i];
        if (strcmp(left->tool->id, found->tool->id) == 0 && (is_mirror || !left->is_installed))
            return mw_xasprintf(_("nothing: %s"), left->reason);
    }
    return mw_xasprintf(_("nothing: profile %s does not name it"), session->profile.name);
}

static void print_text(struct mw_run *run, const struct found *found)
{
    struct mw_buf buf = {0};
    MW_FREE char *title = mw_xasprintf("%s.%s", found->tool->id, found->key);
    mw_paint(&buf, &run->out, MW_PAINT_BOLD, title);
    const struct mw_tool_key *row = mw_tool_key(found->tool, found->key);
    if (row != NULL && row->summary != NULL) {
        mw_buf_printf(&buf, _(": %s"), mw_tool_key_summary(row));
    }
    mw_buf_putc(&buf, '\n');

    MW_FREE char *path = mw_render_path(&run->session.sys, found->look.location.path);
    MW_FREE char *file =
        found->look.exists ? mw_xstrdup(path) : mw_xasprintf(_("%s (does not exist)"), path);
    put_shown_line(&buf, &run->out, _("file"), file);

    put_shown_value(&buf, &run->out, _("value"), &found->look.have, found->have_is_secret);
    put_hits(&buf, &run->out, found);
    if (found->planned != NULL) {
        put_wish(&buf, &run->out, found);
    } else {
        MW_FREE char *text = unwanted_text(&run->session, found);
        put_shown_line(&buf, &run->out, _("wanted"), text);
    }
    if (found->look.have.kind != MW_VALUE_ABSENT || found->planned != NULL ||
        winners(found)->count > 0)
        put_effect(run, &buf, found);
    put_answer(run, &buf, found);
    mw_run_print(run, &buf);
}

/* ---- JSON ---------------------------------------------------------------------------------- */

/* Strongest first; those that count for nothing too. */
static void fill_hits(cJSON *setting, const struct found *found)
{
    const struct mw_hit *winner = mw_hits_winner(&found->hits);
    cJSON *list = cJSON_AddArrayToObject(setting, "places");
    for (size_t i = 0; i < found->hits.count; i++) {
        const struct mw_hit *hit = &found->hits.items[i];
        if (is_again(found, hit))
            continue;
        mw_json_put(mw_json_add(list), VALUE("value", &hit->value, found->have_is_secret),
                    TEXT("file", hit->path), NUMBER("line", hit->line > 0 ? (long)hit->line : -1),
                    TEXT("variable", hit->variable), TEXT("flag", hit->flag),
                    FLAG("in_use", hit == winner));
    }
}

static void fill_details(struct mw_run *run, const struct found *found)
{
    const struct mw_shadows *shadows = winners(found);
    bool is_shadowed = shadows->count > 0;
    static const struct mw_plan_setting nothing = {0};
    const struct mw_plan_setting *planned = found->planned != NULL ? found->planned : &nothing;

    run->details = cJSON_CreateObject();
    cJSON *setting = mw_json_add(cJSON_AddArrayToObject(run->details, "settings"));
    mw_json_put(setting, TEXT("tool", found->tool->id), TEXT("key", found->key),
                VALUE("have", &found->look.have, found->have_is_secret),
                VALUE("want", &planned->want, planned->want_is_secret),
                FROM("from", &planned->from), FLAG("effective", is_effective(found)),
                TEXT("shadowed_by", is_shadowed ? shadows->items[0].by : NULL),
                TEXT("fix", is_shadowed ? shadows->items[0].fix : NULL),
                FLAG("secret", found->is_secret), TEXT("path", found->look.location.path));
    fill_hits(setting, found);
    mw_json_overrides(setting, found->wish);
}

/* ---- the whole ------------------------------------------------------------------------------ */

static enum mw_code look_up(struct mw_run *run, struct found *found)
{
    enum mw_code code = mw_run_load_profile(run);
    if (code == MW_OK)
        code = mw_session_plan(&run->session, &run->error);
    if (code == MW_OK)
        code = mw_session_look(&run->session, found->tool, found->key, &found->look, &run->error);
    if (code != MW_OK)
        return code;
    mw_resolve(&run->session.sys, found->tool, run->session.options.scope, found->key, NULL,
               &found->hits);
    mw_resolve_own(&run->session.sys, found->tool, run->session.options.scope, found->key,
                   &found->own);
    const struct mw_plan *plan = &run->session.plan;
    found->planned = MW_FIND(plan->settings, plan->setting_count, key, found->key);
    found->wish = mw_wishes_find(&run->session.profile.wishes, found->tool->id, found->key);
    found->have_is_secret = mw_history_is_secret(&run->session.history, found->look.location.path,
                                                 found->key, &found->look.have);
    found->is_secret =
        found->have_is_secret || (found->planned != NULL && found->planned->is_secret);
    return MW_OK;
}

/* Borrowed: "mirror", or the name of a service, stands for the key that a mirror of it sets. */
static const char *key_meant(const struct mw_tool *tool, const char *key)
{
    if (mw_tool_key(tool, key) != NULL)
        return key;
    for (size_t i = 0; i < tool->row_count; i++) {
        const struct mw_mirror_row *row = &tool->rows[i];
        if (strcmp(row->from, key) == 0 && !mw_row_is_named(row))
            return row->set;
    }
    return tool->mirror_key;
}

enum mw_code mw_action_show(struct mw_run *run)
{
    const char *name = run->options.action_value;
    struct found found = {0};
    MW_FREE char *key = NULL;
    if (mw_text_starts(name, "profile."))
        return mw_show_profile(run, name + strlen("profile."));
    enum mw_code code =
        mw_setting_name_parse("--show", name, strlen(name), &found.tool, &key, &run->error);
    if (code != MW_OK)
        return code;
    found.key = key_meant(found.tool, key);
    /* The other tools' files may be broken; that is no matter here. */
    mw_strings_add(&run->options.session.only, found.tool->id);
    run->options.session.no_network = true; /* looking takes no time: the last ranking will do */
    code = mw_run_begin(run, MW_INTENT_READ);
    if (code == MW_OK)
        code = look_up(run, &found);
    if (code == MW_OK) {
        MW_FREE char *value = mw_render_value(&found.look.have, found.have_is_secret);
        bool is_set = found.look.have.kind != MW_VALUE_ABSENT;
        mw_run_conclude(run, "%s.%s = %s", found.tool->id, found.key,
                        is_set ? value : _("(not set)"));
        print_text(run, &found);
        fill_details(run, &found);
    }
    mw_look_release(&found.look);
    mw_hits_release(&found.hits);
    mw_hits_release(&found.own);
    return code;
}
