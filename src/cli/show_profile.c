/* --show profile.NAME: the profile with all that it extends, as one profile, and who said what. */
#include <string.h>

#include "render.h"

enum { ORIGIN_COLUMN = 56 };

/* "KEY = VALUE   ; FILE:LINE", the value quoted where a comment would begin in it. */
static void put_wish_line(struct mw_buf *buf, const struct mw_style *style, const char *key,
                          const char *sign, const char *value, const char *origin)
{
    const char *quote = strpbrk(value, ";#") != NULL ? "\"" : "";
    mw_put_shown(buf, key);
    mw_buf_printf(buf, " %s %s", sign, quote);
    mw_put_shown(buf, value);
    mw_buf_puts(buf, quote);
    if (origin != NULL && origin[0] != '\0') {
        MW_FREE char *comment = mw_xasprintf("; %s", origin);
        mw_pad_to(buf, ORIGIN_COLUMN, 2);
        mw_paint(buf, style, MW_PAINT_DIM, comment);
    }
    mw_buf_putc(buf, '\n');
}

static void put_said(struct mw_buf *buf, const struct mw_style *style, const char *key,
                     const char *sign, const char *value, const struct mw_origin *from)
{
    MW_FREE char *origin = mw_render_origin(from);
    put_wish_line(buf, style, key, sign, value, origin);
}

static void put_section(struct mw_buf *buf, const struct mw_style *style, const char *name)
{
    MW_FREE char *title = mw_xasprintf("[%s]", name);
    mw_buf_putc(buf, '\n');
    mw_paint_line(buf, style, MW_PAINT_BOLD, title);
}

static void put_wish(struct mw_buf *buf, const struct mw_style *style, const struct mw_wish *wish)
{
    if (!wish->is_edit)
        put_said(buf, style, wish->key, "=", wish->is_secret ? "****" : wish->text, &wish->from);
    for (size_t i = 0; i < wish->edit_count; i++) {
        const struct mw_list_edit *edit = &wish->edits[i];
        put_said(buf, style, wish->key,
                 edit->removes ? "-=" : "+=", edit->is_secret ? "****" : edit->item, &edit->from);
    }
    for (size_t i = 0; i < wish->overridden_count; i++) {
        MW_FREE char *origin = mw_render_origin(&wish->overridden[i].from);
        MW_FREE char *value = mw_text_redact(wish->overridden[i].text);
        MW_FREE char *text = mw_xasprintf(_("in place of %s (%s)"), value, origin);
        MW_AUTO(mw_buf) line = {0};
        mw_buf_puts(&line, ";   ");
        mw_put_shown(&line, text);
        mw_paint_line(buf, style, MW_PAINT_DIM, mw_buf_text(&line));
    }
}

static void put_wishes(struct mw_buf *buf, const struct mw_style *style,
                       const struct mw_wishes *wishes)
{
    MW_AUTO(mw_strings) tools = {0};
    for (size_t i = 0; i < wishes->count; i++) {
        mw_strings_add_new(&tools, wishes->items[i].tool);
    }
    for (size_t t = 0; t < tools.count; t++) {
        put_section(buf, style, tools.items[t]);
        for (size_t i = 0; i < wishes->count; i++) {
            if (strcmp(wishes->items[i].tool, tools.items[t]) == 0)
                put_wish(buf, style, &wishes->items[i]);
        }
    }
}

/* What nobody says anything of, as far as it always holds. */
static void put_policy(struct mw_buf *buf, const struct mw_style *style,
                       const struct mw_wishes *said)
{
    static const struct {
        const char *key, *value;
    } defaults[] = {{"select", "ordered"}, {"metric", "latency"}, {"require", "https, integrity"}};
    put_wishes(buf, style, said);
    if (said->count == 0)
        put_section(buf, style, "policy");
    for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++) {
        const struct mw_wish *wish = mw_wishes_find(said, "policy", defaults[i].key);
        if (wish == NULL)
            put_wish_line(buf, style, defaults[i].key, "=", defaults[i].value, _("default"));
    }
}

static void put_checks(struct mw_buf *buf, const struct mw_style *style,
                       const struct mw_profile *profile)
{
    for (size_t i = 0; i < profile->check_count; i++) {
        const struct mw_profile_check *check = &profile->checks[i];
        const struct {
            const char *key, *text;
        } parts[] = {
            {"title", check->title},       {"command", check->command}, {"file", check->file},
            {"expected", check->expected}, {"why", check->why},         {"fix", check->fix},
        };
        MW_FREE char *name = mw_xasprintf("check.%s", check->name);
        put_section(buf, style, name);
        for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
            if (parts[k].text != NULL && k == 0)
                put_said(buf, style, parts[k].key, "=", parts[k].text, &check->from);
            else if (parts[k].text != NULL)
                put_wish_line(buf, style, parts[k].key, "=", parts[k].text, NULL);
        }
        if (check->timeout_ms > 0)
            mw_buf_printf(buf, "timeout = %ldms\n", check->timeout_ms);
    }
}

/* The layers, strongest first, as comments. */
static void put_layers(struct mw_buf *buf, const struct mw_session *session,
                       const struct mw_style *style)
{
    const struct mw_profile *profile = &session->profile;
    for (size_t i = 0; i < profile->chain.count; i++) {
        const char *name = profile->chain.items[i];
        const struct mw_profile_file *file = mw_profile_set_find(&session->profiles, name);
        const char *path = i == 0 ? profile->file : file != NULL ? file->path : "";
        MW_AUTO(mw_buf) line = {0};
        mw_buf_puts(&line, "; ");
        mw_put_shown(&line, name);
        mw_buf_puts(&line, ": ");
        mw_put_shown(&line, path != NULL ? path : "");
        mw_paint_line(buf, style, MW_PAINT_DIM, mw_buf_text(&line));
    }
    put_section(buf, style, "profile");
    put_wish_line(buf, style, "name", "=", profile->name, NULL);
    if (profile->summary != NULL && profile->summary[0] != '\0')
        put_wish_line(buf, style, "summary", "=", profile->summary, NULL);
    if (profile->serial > 0)
        mw_buf_printf(buf, "serial = %ld\n", profile->serial);
    if (profile->expires != NULL)
        put_wish_line(buf, style, "expires", "=", profile->expires, NULL);
}

static void add_wishes(cJSON *list, const struct mw_wishes *wishes)
{
    for (size_t i = 0; i < wishes->count; i++) {
        const struct mw_wish *wish = &wishes->items[i];
        cJSON *one = mw_json_add(list);
        mw_json_put(one, TEXT("tool", wish->tool), TEXT("key", wish->key), TEXT("have", NULL),
                    TEXT("want", wish->is_secret ? "****" : wish->text), FROM("from", &wish->from),
                    TEXT("effective", NULL), TEXT("shadowed_by", NULL));
        cJSON *edits = cJSON_AddArrayToObject(one, "edits");
        for (size_t k = 0; k < wish->edit_count; k++) {
            const struct mw_list_edit *edit = &wish->edits[k];
            mw_json_put(
                mw_json_add(edits),
                TEXT(edit->removes ? "remove" : "add", edit->is_secret ? "****" : edit->item),
                FROM("from", &edit->from));
        }
        mw_json_overrides(one, wish);
    }
}

static void fill_details(struct mw_run *run)
{
    const struct mw_profile *profile = &run->session.profile;
    run->details = cJSON_CreateObject();
    add_wishes(cJSON_AddArrayToObject(run->details, "settings"), &profile->wishes);
    add_wishes(cJSON_AddArrayToObject(run->details, "policy"), &profile->said);
    mw_json_put(run->details, LIST("layers", &profile->chain));
}

enum mw_code mw_show_profile(struct mw_run *run, const char *name)
{
    run->options.session.profile = name;
    run->options.session.no_network = true;
    enum mw_code code = mw_run_begin(run, MW_INTENT_READ);
    if (code == MW_OK)
        code = mw_session_load_profile(&run->session, &run->error);
    mw_run_tell_stranger(run);
    if (code != MW_OK)
        return code;
    const struct mw_profile *profile = &run->session.profile;
    struct mw_buf text = {0};
    put_layers(&text, &run->session, &run->out);
    put_policy(&text, &run->out, &profile->said);
    put_wishes(&text, &run->out, &profile->wishes);
    put_checks(&text, &run->out, profile);
    mw_run_conclude(run, _("Profile %s with what it extends."), profile->name);
    mw_run_print(run, &text);
    fill_details(run);
    return MW_OK;
}
