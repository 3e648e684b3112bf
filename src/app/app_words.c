/* What the interface calls things. */
#include <stdio.h>
#include <string.h>

#include "app_parts.h"
#include "mirrorwise/command.h"

enum mw_app_state mw_app_mirror_state(const struct mw_app_mirror *mirror)
{
    if (mirror->status == MW_MIRROR_DEAD)
        return MW_STATE_BAD;
    if (mirror->track->result.class == MW_PROBE_NONE)
        return MW_STATE_WAITING;
    if (!mirror->track->result.is_usable)
        return MW_STATE_BAD;
    return mirror->status == MW_MIRROR_FALLBACK ? MW_STATE_FALLBACK : MW_STATE_GOOD;
}

char *mw_app_proxy(const struct mw_probe_environment *environment, bool is_tls)
{
    const char *text = is_tls ? environment->https_proxy : environment->http_proxy;
    if (text == NULL || text[0] == '\0')
        text = environment->all_proxy;
    bool is_off = environment->no_proxy != NULL && strcmp(environment->no_proxy, "*") == 0;
    if (text == NULL || text[0] == '\0' || is_off)
        return NULL;
    /* What is left of the last '@' is the user's, and no one else's: a password may have "://" and
     * every other mark in it. */
    const char *at = strrchr(text, '@');
    const char *scheme = strstr(text, "://");
    const char *host = at != NULL ? at + 1 : scheme != NULL ? scheme + 3 : text;
    return mw_xstrndup(host, strcspn(host, "/?#"));
}

bool mw_app_is_cut_off(const struct mw_app *app)
{
    for (size_t i = 0; i < app->mirror_count; i++) {
        if (!mw_probe_is_silent(app->mirrors[i].track->result.class))
            return false;
    }
    return app->is_online && app->mirror_count > 0;
}

char *mw_app_verdict(const struct mw_app *app, const struct mw_app_mirror *mirror)
{
    const struct mw_probe_result *result = &mirror->track->result;
    bool is_ok = result->class == MW_PROBE_OK;
    if (mirror->status != MW_MIRROR_DEAD && result->class == MW_PROBE_HTTP &&
        result->http_status >= 300)
        return mw_xasprintf("HTTP %ld", result->http_status);
    return mw_xstrdup(mirror->status == MW_MIRROR_DEAD                        ? _("dead")
                      : result->class == MW_PROBE_NONE && !app->is_online     ? _("not measured")
                      : result->class == MW_PROBE_POLICY && result->is_usable ? _("alive")
                      : is_ok && mirror->status == MW_MIRROR_FALLBACK         ? _("fallback")
                      : is_ok && result->integrity == MW_PROBE_GENUINE
                          ? _("verified")
                          : mw_probe_class_label(result->class));
}

const char *mw_app_name(const struct mw_app *app, const struct mw_app_mirror *mirror)
{
    if (app->options.language == MW_LANGUAGE_ZH && mirror->name_zh[0] != '\0')
        return mirror->name_zh;
    return mirror->name[0] != '\0' ? mirror->name : mirror->id;
}

const char *mw_app_now_text(const struct mw_app *app, const struct mw_app_panel *panel)
{
    if (panel->now_mirror != MW_APP_NONE)
        return mw_app_name(app, &app->mirrors[panel->now_mirror]);
    return panel->now[0] != '\0' ? panel->now : _("its own default");
}

size_t mw_app_changes(const struct mw_app *app)
{
    return app->session != NULL && app->session->has_plan ? mw_plan_changes(&app->session->plan)
                                                          : 0;
}

const struct mw_app_mirror *mw_app_selected(const struct mw_app *app)
{
    if (app->focus >= app->panel_count)
        return NULL;
    const struct mw_app_panel *panel = &app->panels[app->focus];
    return panel->row_count > 0 && panel->selected < app->mirror_count
               ? &app->mirrors[panel->selected]
               : NULL;
}

const struct mw_session *mw_app_shown_session(const struct mw_app *app)
{
    enum mw_app_view view = mw_app_top(app);
    bool is_row = view == MW_VIEW_DIFF && app_is_open(app, MW_VIEW_PROFILES);
    if (view == MW_VIEW_PROFILES || is_row)
        return app->preview;
    if (view == MW_VIEW_APPLY && app->apply.question != MW_ASK_APPLY)
        return app->apply.session;
    return app->session;
}

/* ---- the history --------------------------------------------------------------------------- */

size_t mw_app_history_count(const struct mw_app *app)
{
    if (app->session == NULL)
        return 0;
    const struct mw_history *history = &app->session->history;
    size_t count = history->count + 1;
    for (size_t i = 0; i < history->trace_count; i++)
        count += !mw_trace_is_own(history, &history->traces[i]);
    return count;
}

const struct mw_footprint *mw_app_trace_at(const struct mw_app *app, size_t row)
{
    if (app->session == NULL || row <= app->session->history.count)
        return NULL;
    const struct mw_history *history = &app->session->history;
    size_t left = row - history->count;
    for (size_t i = history->trace_count; i > 0; i--) {
        left -= !mw_trace_is_own(history, &history->traces[i - 1]);
        if (left == 0)
            return &history->traces[i - 1];
    }
    return NULL;
}

const struct mw_footprint *mw_app_trace(const struct mw_app *app)
{
    return mw_app_trace_at(app, app->scroll[MW_VIEW_HISTORY].cursor);
}

/* ---- commands ------------------------------------------------------------------------------ */

static void put_each(struct mw_buf *buf, const char *option, const struct mw_strings *list)
{
    for (size_t i = 0; i < list->count; i++)
        mw_buf_put_option(buf, option, list->items[i]);
}

/* "--skip pip,docker". */
static void put_tools(struct mw_buf *buf, const char *option, const struct mw_strings *list)
{
    MW_FREE char *names = mw_strings_join(list, ",");
    if (list->count > 0)
        mw_buf_put_option(buf, option, names);
}

/* What was left out, and what rights do not mend. */
static void add_left(const struct mw_app *app, struct mw_strings *skip)
{
    mw_strings_add_all(skip, &app->skip);
    for (size_t i = 0; app->session != NULL && i < app->session->plan.file_count; i++) {
        const struct mw_plan_file *file = &app->session->plan.files[i];
        if (mw_plan_file_stops(file) && file->error.code != MW_NO_PERMISSION)
            mw_strings_add_new(skip, file->tool->id);
    }
}

const struct mw_tool *mw_app_only(const struct mw_app *app)
{
    const char *only = NULL;
    size_t count = mw_tool_count();
    for (size_t i = 0; app->skip.count > 0 && i < count; i++) {
        if (mw_strings_has(&app->skip, mw_tool_id(i)))
            continue;
        if (only != NULL)
            return NULL;
        only = mw_tool_id(i);
    }
    return only != NULL ? mw_tool_find(only) : NULL;
}

char *mw_app_sudo(const struct mw_app *app)
{
    const struct mw_session_options *options = &app->options.session;
    struct mw_buf text = {0};
    const struct mw_tool *only = mw_app_only(app);
    mw_buf_put_word(&text, "sudo");
    mw_buf_put_word(&text, mw_command_program());
    if (app->apply.question == MW_ASK_FIX) {
        mw_buf_put_option(&text, "--fix", app->apply.fix);
    } else if (app->apply.question == MW_ASK_ROLLBACK) {
        mw_buf_put_word(&text, "--rollback");
        if (app->apply.generation >= 0)
            mw_buf_printf(&text, " %ld", app->apply.generation);
    } else {
        mw_buf_put_word(&text, "--apply");
        mw_buf_put_option(&text, "--profile",
                          app->session != NULL && app->session->profile_name != NULL
                              ? app->session->profile_name
                              : "dev");
    }
    if (options->force || app->is_forced)
        mw_buf_put_word(&text, "--force");
    if (options->root != NULL)
        mw_buf_put_option(&text, "--root", options->root);
    if (options->scope == MW_SCOPE_SYSTEM)
        mw_buf_put_option(&text, "--scope", "system");
    if (options->no_network)
        mw_buf_put_word(&text, "--no-network");
    if (app->apply.question == MW_ASK_APPLY) {
        if (only != NULL) {
            mw_buf_put_option(&text, "--only", only->id);
        } else {
            MW_AUTO(mw_strings) skip = {0};
            mw_strings_copy(&skip, &options->skip);
            add_left(app, &skip);
            put_tools(&text, "--only", &options->only);
            put_tools(&text, "--skip", &skip);
        }
        put_each(&text, "--set", &options->sets);
        put_each(&text, "--set", &app->sets);
        put_each(&text, "--accept-risk", &options->accepted);
        put_each(&text, "--accept-risk", &app->accepted);
        put_each(&text, "--mirror", &options->mirrors);
        for (size_t i = 0; i < app->panel_count; i++)
            put_each(&text, "--mirror", &app->panels[i].picked);
    }
    put_each(&text, "--catalog", &options->catalogs);
    return mw_buf_take(&text);
}
