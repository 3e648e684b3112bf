/* Views with a list and what the selected row means: profiles and history. */
#include <stdio.h>
#include <string.h>

#include "views.h"

/* ---- profiles ------------------------------------------------------------------------------ */

/* What somebody who is to trust it has to know besides what it writes. */
static void put_stranger(struct tui_page *page, const struct mw_profile *profile)
{
    if (!profile->is_stranger)
        return;
    tui_page_wrap(
        page, 0, TUI_WARN,
        _("a stranger's: nothing of it is run, expanded or measured until it is trusted"));
    tui_page_line(page);
    for (size_t i = 0; i < profile->reads.count; i++) {
        tui_page_printf(page, TUI_WARN, _("reads: %s"), profile->reads.items[i]);
        tui_page_line(page);
    }
    for (size_t i = 0; i < profile->check_count; i++) {
        if (profile->checks[i].command == NULL)
            continue;
        tui_page_printf(page, TUI_WARN, _("runs: %s"), profile->checks[i].command);
        tui_page_line(page);
    }
}

/* Which file says so, and whether it is believed. */
static void put_value_origin(struct tui_page *page, const struct mw_session *session,
                             const struct mw_profile_file *file)
{
    MW_FREE char *path = mw_system_short_path(&session->sys, file->path);
    tui_page_line(page);
    tui_page_printf(page, TUI_DIM, _("file: %s"), path);
    if (file->is_stranger)
        tui_page_printf(page, TUI_WARN, "  %s", _("not trusted"));
    else if (file->is_trusted)
        tui_page_printf(page, TUI_GOOD, "  %s", _("trusted"));
}

static void put_preview(struct tui *tui, struct tui_rect frame, const struct mw_profile_file *file)
{
    const char *name = file != NULL ? file->name : "";
    const struct mw_session *preview = tui->app->preview;
    MW_AUTO(tui_page) page = tui_page_open(tui, frame, false, name);
    bool is_it = preview != NULL && preview->profile_name != NULL && file != NULL &&
                 strcmp(preview->profile_name, name) == 0;
    if (file == NULL && tui->app->read_code != MW_OK) {
        tui_put_error(&page, TUI_BAD, TUI_FAIL, &tui->app->read_error);
    } else if (!is_it) {
        tui_page_put(&page, TUI_DIM, _("reading"));
    } else if (!preview->has_plan) {
        tui_put_error(&page, TUI_BAD, TUI_FAIL, &tui->app->preview_error);
    } else {
        const struct mw_profile *profile = &preview->profile;
        put_stranger(&page, profile);
        if (profile->summary != NULL)
            tui_page_wrap(&page, 0, TUI_TEXT, _(profile->summary));
        MW_FREE char *chain = mw_strings_join(&profile->chain, _(", "));
        tui_page_line(&page);
        tui_page_printf(&page, TUI_DIM, _("layers: %s"), chain);
        put_value_origin(&page, preview, file);
        tui_page_line(&page);
        size_t changes = mw_plan_changes(&preview->plan);
        tui_page_line(&page);
        tui_page_printf(&page, changes > 0 ? TUI_WARN : TUI_GOOD,
                        changes > 0
                            ? ngettext("would change %zu file:", "would change %zu files:", changes)
                            : _("would change nothing (%zu files):"),
                        changes);
        tui_put_plan(&page, preview, NULL);
    }
    if (!tui_page_peek(tui, &page))
        tui_box_note(tui, frame, name, TUI_DIM, _("d shows all"));
}

enum { SUMMARY_COLUMN = 11 };

/* A row is shown whole where what stands beside it can spare the room. */
static void put_list_page(struct tui *tui, struct tui_page *page, enum mw_app_view view,
                          const char *title, struct tui_rect body, struct tui_rect *rest)
{
    struct tui_rect list;
    tui_layout_split(body, (int)page->count, tui_page_longest(page) + 4, &list, rest);
    tui_page_list(tui, page, view, list, title);
}

void tui_view_profiles(struct tui *tui, struct tui_rect body)
{
    const struct mw_app *app = tui->app;
    struct tui_rect rest;
    const char *current = app->session != NULL && app->session->profile.name != NULL
                              ? app->session->profile.name
                              : "";
    MW_AUTO(tui_page) page = {.tui = tui};
    for (size_t i = 0; i < mw_app_profile_count(app); i++) {
        const struct mw_profile_file *file = mw_app_profile_file(app, i);
        bool is_current = strcmp(file->name, current) == 0;
        tui_page_row(&page, 0, file->is_stranger ? TUI_WARN : TUI_ACCENT,
                     file->is_stranger ? tui_glyph_text(tui, TUI_WARNING)
                     : is_current      ? tui_glyph_text(tui, TUI_IN_USE)
                                       : " ");
        tui_page_at(&page, 2,
                    file->is_stranger ? TUI_WARN
                    : is_current      ? TUI_TITLE
                                      : TUI_TEXT,
                    file->name);
        if (tui_page_cols(&page) < SUMMARY_COLUMN)
            tui_page_at(&page, SUMMARY_COLUMN, TUI_DIM, _(file->summary));
        else
            tui_page_printf(&page, TUI_DIM, "  %s", _(file->summary));
    }
    put_list_page(tui, &page, MW_VIEW_PROFILES, _("Profiles"), body, &rest);
    put_preview(tui, rest, mw_app_profile(app));
}

/* ---- history ------------------------------------------------------------------------------- */

enum { ACTION_COLUMN = 25 };

/* Owned: who wrote it, and into whose home, where that is somebody else; NULL: it is not. */
static char *whose_text(const struct mw_system *sys, const struct mw_record *record)
{
    bool is_elsewhere = record->home != NULL && record->home[0] != '\0' &&
                        (sys->home == NULL || strcmp(record->home, sys->home) != 0);
    bool is_other =
        sys->user_name != NULL && record->user != NULL && strcmp(sys->user_name, record->user) != 0;
    if (is_elsewhere)
        return mw_xasprintf(_("by %s, in %s"), record->user, record->home);
    return is_other ? mw_xasprintf(_("by %s"), record->user) : NULL;
}

/* To the minute; in full, and in UTC, it stands beside the list. */
static void put_time(struct tui_page *page, const char *utc)
{
    MW_FREE char *time = mw_text_local_time(utc);
    time[strlen(time) > 16 ? 16 : strlen(time)] = '\0';
    tui_page_at(page, 7, TUI_DIM, time);
}

static void put_generation(struct tui_page *page, const struct mw_record *record, bool is_now)
{
    tui_page_row(page, 0, TUI_ACCENT, is_now ? tui_glyph_text(page->tui, TUI_IN_USE) : " ");
    tui_page_at(page, 2, TUI_NUMBER, "");
    tui_page_printf(page, TUI_NUMBER, "%3ld", record->id);
    put_time(page, record->time);
    MW_FREE char *what = mw_record_words(record);
    tui_page_at(page, ACTION_COLUMN, TUI_TEXT, what);
    MW_FREE char *whose = whose_text(&page->tui->app->session->sys, record);
    if (whose != NULL)
        tui_page_printf(page, TUI_WARN, "  %s", whose);
}

/* What sudo, or a run with --root, wrote into our files: another history, and another way back. */
static void put_trace_row(struct tui_page *page, const struct mw_footprint *trace)
{
    tui_page_row(page, 2, TUI_WARN, trace->through_sudo ? "sudo" : "root");
    put_time(page, trace->time);
    MW_FREE char *what = strcmp(trace->action, "rollback") == 0
                             ? mw_xstrdup(_("rollback"))
                             : mw_xasprintf(_("apply %s"), trace->profile);
    MW_FREE char *whose = mw_xasprintf(_("by %s"), trace->user);
    tui_page_at(page, ACTION_COLUMN, TUI_TEXT, what);
    tui_page_printf(page, TUI_WARN, "  %s", whose);
}

/* Who wrote it, where and when. */
static void put_writer(struct tui_page *page, const char *user, const char *host, const char *time)
{
    tui_page_printf(page, TUI_DIM, _("written by %s on %s, %s"), user, host, time);
    tui_page_line(page);
}

static void put_trace(struct tui *tui, struct tui_rect frame, const struct mw_footprint *trace)
{
    MW_FREE char *title = mw_xasprintf(_("Generation %ld of another history"), trace->id);
    MW_FREE char *command = mw_trace_command(trace, trace->is_open ? "--recover" : "--rollback");
    MW_AUTO(tui_page) page = tui_page_open(tui, frame, false, title);
    put_writer(&page, trace->user, trace->host, trace->time);
    for (size_t i = 0; i < trace->paths.count; i++) {
        MW_FREE char *path = mw_system_short_path(&tui->app->session->sys, trace->paths.items[i]);
        tui_page_row(&page, 0, TUI_TITLE, path);
    }
    tui_page_line(&page);
    tui_page_row(&page, 0, TUI_TEXT, _("To undo it:"));
    tui_page_line(&page);
    tui_page_wrap(&page, 2, TUI_KEY, command);
    tui_page_peek(tui, &page);
}

/* The figures that chose the mirrors of a setting, if it was a measurement that did. */
static void put_measured(struct tui_page *page, const struct mw_record *record,
                         const struct mw_record_setting *setting)
{
    MW_AUTO(mw_buf) text = {0};
    MW_AUTO(mw_strings) seen = {0};
    for (size_t i = 0; i < setting->mirror_ids.count; i++) {
        const char *id = setting->mirror_ids.items[i];
        const struct mw_ranked *ranked = mw_ranking_find(&record->ranking, setting->tool, id);
        if (ranked != NULL && ranked->rtt_us >= 0 && !mw_strings_has(&seen, id))
            mw_buf_printf(&text, "%s%s %ld ms", text.len > 0 ? _(", ") : "", id,
                          (ranked->rtt_us + 500) / 1000);
        mw_strings_add(&seen, id);
    }
    if (text.len > 0) {
        MW_FREE char *line = mw_xasprintf(_("measured: %s"), text.data);
        tui_page_line(page);
        tui_page_block(page, 4, TUI_DIM, line);
    }
}

static void put_record(struct tui *tui, struct tui_rect frame, const struct mw_record *record)
{
    MW_FREE char *title = record != NULL ? mw_xasprintf(_("Generation %ld"), record->id)
                                         : mw_xstrdup(_("Before the first one"));
    MW_AUTO(tui_page) page = tui_page_open(tui, frame, false, title);
    if (record == NULL) {
        tui_page_wrap(&page, 0, TUI_TEXT,
                      _("Every file as it was before mirrorwise wrote for the first time."));
    } else {
        put_writer(&page, record->user, record->host, record->time);
        for (size_t i = 0; i < record->file_count; i++) {
            char *path = mw_system_short_path(&tui->app->session->sys, record->files[i].path);
            tui_page_row(&page, 0, TUI_TITLE, path);
            free(path);
            for (size_t k = 0; k < record->setting_count; k++) {
                const struct mw_record_setting *setting = &record->settings[k];
                bool is_nothing = setting->before.kind == MW_VALUE_ABSENT &&
                                  setting->after.kind == MW_VALUE_ABSENT;
                if (strcmp(setting->path, record->files[i].path) != 0 || is_nothing)
                    continue;
                MW_FREE char *shown =
                    setting->after.kind == MW_VALUE_ABSENT
                        ? mw_xstrdup(_("removed"))
                        : mw_value_shown(&setting->after, setting->after_is_secret);
                tui_page_row(&page, 2, TUI_TEXT, setting->key);
                tui_page_put(&page, TUI_DIM, " = ");
                tui_page_wrap(&page, 4, TUI_TEXT, shown);
                put_measured(&page, record, setting);
            }
        }
    }
    tui_page_peek(tui, &page);
}

void tui_view_history(struct tui *tui, struct tui_rect body)
{
    const struct mw_app *app = tui->app;
    const struct mw_history *history = app->session != NULL ? &app->session->history : NULL;
    size_t count = history != NULL ? history->count : 0;
    struct tui_rect rest;
    MW_AUTO(tui_page) page = {.tui = tui};
    for (size_t i = count; i > 0; i--)
        put_generation(&page, &history->items[i - 1], i == count);
    tui_page_row(&page, 2, TUI_NUMBER, "  0");
    tui_page_at(&page, 7, TUI_DIM,
                count > 0 ? _("before the first one") : _("nothing was written yet"));
    for (size_t i = count + 1; i < mw_app_history_count(app); i++)
        put_trace_row(&page, mw_app_trace_at(app, i));
    put_list_page(tui, &page, MW_VIEW_HISTORY, _("History, the newest first"), body, &rest);
    size_t row = app->scroll[MW_VIEW_HISTORY].cursor;
    if (mw_app_trace(app) != NULL)
        put_trace(tui, rest, mw_app_trace(app));
    else
        put_record(tui, rest, row < count ? &history->items[count - 1 - row] : NULL);
}
