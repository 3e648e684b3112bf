/* --history: the generations, newest first. */
#include <string.h>

#include "render.h"

enum { PATH_COLS_MAX = 200 };

/* ---- text ---------------------------------------------------------------------------------- */

/* The mirrors that a file's settings name, in their order, each once. */
static char *mirrors_of(const struct mw_record *record, const char *path)
{
    MW_AUTO(mw_strings) ids = {0};
    for (size_t i = 0; i < record->setting_count; i++) {
        const struct mw_record_setting *setting = &record->settings[i];
        for (size_t m = 0; strcmp(setting->path, path) == 0 && m < setting->mirror_ids.count; m++) {
            mw_strings_add_new(&ids, setting->mirror_ids.items[m]);
        }
    }
    return mw_strings_join(&ids, ", ");
}

static size_t widest_path(const struct mw_record *record, const struct mw_system *sys)
{
    size_t widest = 0;
    for (size_t i = 0; i < record->file_count; i++) {
        MW_FREE char *path = mw_render_path(sys, record->files[i].path);
        size_t cols = mw_text_cols(path);
        if (cols > widest)
            widest = cols;
    }
    return widest < PATH_COLS_MAX ? widest : PATH_COLS_MAX;
}

static void put_files(struct mw_buf *buf, const struct mw_record *record,
                      const struct mw_system *sys, const struct mw_style *style)
{
    size_t widest = widest_path(record, sys);
    for (size_t i = 0; i < record->file_count; i++) {
        const struct mw_record_file *file = &record->files[i];
        enum mw_glyph glyph = !file->after_exists   ? MW_GLYPH_REMOVE
                              : file->before_exists ? MW_GLYPH_CHANGE
                                                    : MW_GLYPH_CREATE;
        MW_FREE char *path = mw_render_path(sys, file->path);
        MW_FREE char *mirrors = mirrors_of(record, file->path);
        mw_buf_printf(buf, "      %s %s", mw_glyph(style, glyph), path);
        if (mirrors[0] != '\0') {
            mw_pad_to(buf, 8 + widest + 2, 2);
            mw_put_shown(buf, mirrors);
        }
        mw_buf_putc(buf, '\n');
    }
}

/* The measurement that chose the mirrors: the best of each tool. */
static void put_ranking(struct mw_buf *buf, const struct mw_ranking *ranking)
{
    if (ranking->count == 0 || ranking->measured_at == NULL)
        return;
    MW_FREE char *time = mw_render_time(ranking->measured_at);
    mw_buf_printf(buf, _("      measured %s: "), time);
    const char *last = NULL;
    size_t shown = 0;
    for (size_t i = 0; i < ranking->count; i++) {
        const struct mw_ranked *one = &ranking->items[i];
        bool is_first = last == NULL || strcmp(last, one->tool) != 0;
        last = one->tool;
        if (!is_first || !one->usable)
            continue;
        MW_FREE char *text = one->rtt_us >= 0 ? mw_xasprintf("%s %s %.1f ms", one->tool, one->id,
                                                             (double)one->rtt_us / 1000.0)
                                              : mw_xasprintf("%s %s", one->tool, one->id);
        mw_buf_puts(buf, shown++ > 0 ? ", " : "");
        mw_put_shown(buf, text);
    }
    mw_buf_putc(buf, '\n');
}

/* "  12  TIME  USER@HOST  WHAT" */
static void put_head(struct mw_buf *buf, const struct mw_style *style, long id, const char *utc,
                     const char *user, const char *host, const char *what)
{
    MW_FREE char *number = mw_xasprintf("%4ld", id);
    MW_FREE char *time = mw_render_time(utc);
    MW_FREE char *safe = mw_shown(what);
    mw_paint(buf, style, MW_PAINT_CHANGE, number);
    mw_buf_printf(buf, "  %s  ", time);
    mw_put_shown(buf, user);
    mw_buf_putc(buf, '@');
    mw_put_shown(buf, host);
    mw_buf_puts(buf, "  ");
    mw_paint(buf, style, MW_PAINT_BOLD, safe);
}

static void put_record(struct mw_buf *buf, const struct mw_record *record,
                       const struct mw_system *sys, const struct mw_style *style)
{
    MW_FREE char *what = mw_record_words(record);
    put_head(buf, style, record->id, record->time, record->user, record->host, what);
    mw_buf_putc(buf, '\n');
    put_files(buf, record, sys, style);
    put_ranking(buf, &record->ranking);
}

/* ---- JSON ---------------------------------------------------------------------------------- */

static void add_files(cJSON *object, const struct mw_record *record)
{
    cJSON *files = cJSON_AddArrayToObject(object, "files");
    for (size_t i = 0; i < record->file_count; i++) {
        const struct mw_record_file *file = &record->files[i];
        bool tells_before = file->before_exists && !file->before_has_secret;
        bool tells_after = file->after_exists && !file->after_has_secret;
        mw_json_put(mw_json_add(files), TEXT("tool", file->tool), TEXT("path", file->path),
                    TEXT("before_sha256", tells_before ? file->before_sha256 : NULL),
                    TEXT("after_sha256", tells_after ? file->after_sha256 : NULL));
    }
}

static void add_settings(cJSON *object, const struct mw_record *record)
{
    cJSON *settings = cJSON_AddArrayToObject(object, "settings");
    for (size_t i = 0; i < record->setting_count; i++) {
        const struct mw_record_setting *setting = &record->settings[i];
        if (mw_shell_is_copy(setting->path, setting->key))
            continue;
        mw_json_put(mw_json_add(settings), TEXT("tool", setting->tool), TEXT("key", setting->key),
                    VALUE("before", &setting->before, setting->before_is_secret),
                    VALUE("after", &setting->after, setting->after_is_secret),
                    TEXT("from", setting->from), LIST("mirrors", &setting->mirror_ids));
    }
}

static void add_ranking(cJSON *object, const struct mw_ranking *ranking)
{
    mw_json_put(object, TEXT("measured_at", ranking->measured_at));
    cJSON *mirrors = cJSON_AddArrayToObject(object, "ranking");
    for (size_t i = 0; i < ranking->count; i++) {
        const struct mw_ranked *ranked = &ranking->items[i];
        mw_json_put(mw_json_add(mirrors), TEXT("tool", ranked->tool), TEXT("id", ranked->id),
                    TEXT("url", ranked->url), FLAG("usable", ranked->usable),
                    TEXT("reason", ranked->reason), NUMBER("rtt_us", ranked->rtt_us),
                    NUMBER("ttfb_us", ranked->ttfb_us));
    }
}

static cJSON *add_head(cJSON *generations, long id, const char *time, const char *user,
                       const char *host, const char *action, const char *profile)
{
    cJSON *object = mw_json_add(generations);
    mw_json_put(object, NUMBER("id", id), TEXT("time", time), TEXT("user", user),
                TEXT("host", host), TEXT("action", action), TEXT("profile", profile));
    return object;
}

static void add_record(cJSON *generations, const struct mw_record *record)
{
    cJSON *object = add_head(generations, record->id, record->time, record->user, record->host,
                             record->action, record->profile);
    mw_json_put(object,
                NUMBER("profile_serial", record->profile_serial > 0 ? record->profile_serial : -1),
                NUMBER("restores", record->restores), TEXT("tool_version", record->version));
    add_files(object, record);
    add_settings(object, record);
    add_ranking(object, &record->ranking);
}

/* ---- through sudo -------------------------------------------------------------------------- */

static void put_trace(struct mw_buf *buf, const struct mw_footprint *trace,
                      const struct mw_system *sys, const struct mw_style *style)
{
    MW_FREE char *command = mw_trace_command(trace, trace->is_open ? "--recover" : "--rollback");
    MW_FREE char *what =
        mw_xasprintf(strcmp(trace->action, "rollback") == 0 ? _("rollback, %s") : _("apply, %s"),
                     trace->through_sudo ? "sudo" : "--root");
    put_head(buf, style, trace->id, trace->time, trace->user, trace->host, what);
    mw_buf_putc(buf, ' ');
    mw_put_line(buf, trace->profile);
    for (size_t i = 0; i < trace->paths.count; i++) {
        MW_FREE char *path = mw_render_path(sys, trace->paths.items[i]);
        mw_buf_printf(buf, "      %s\n", path);
    }
    mw_buf_puts(buf, "      ");
    MW_FREE char *undo = mw_xasprintf(
        trace->is_open ? _("not ended, or cut off; to undo: %s") : _("to undo: %s"), command);
    mw_put_line(buf, undo);
}

static void add_trace(cJSON *generations, const struct mw_footprint *trace)
{
    MW_FREE char *command = mw_trace_command(trace, trace->is_open ? "--recover" : "--rollback");
    cJSON *object = add_head(generations, trace->id, trace->time, trace->user, trace->host,
                             trace->action, trace->profile[0] != '\0' ? trace->profile : NULL);
    mw_json_put(object, NUMBER("restores", trace->restores),
                FLAG("through_sudo", trace->through_sudo),
                TEXT("state", trace->is_open ? "open" : "done"), TEXT("undo", command));
    cJSON *files = cJSON_AddArrayToObject(object, "files");
    for (size_t i = 0; i < trace->paths.count; i++)
        mw_json_put(mw_json_add(files), TEXT("tool", trace->tools.items[i]),
                    TEXT("path", trace->paths.items[i]));
}

/* ---- the whole ------------------------------------------------------------------------------ */

enum mw_code mw_action_history(struct mw_run *run)
{
    enum mw_code code = mw_run_begin(run, MW_INTENT_READ);
    if (code != MW_OK)
        return code;

    const struct mw_history *history = &run->session.history;
    struct mw_buf text = {0};
    size_t foreign = 0;
    run->details = cJSON_CreateObject();
    cJSON *generations = cJSON_AddArrayToObject(run->details, "generations");
    size_t left = history->count;
    for (size_t t = history->trace_count; t > 0 || left > 0;) {
        bool is_trace = left == 0 || (t > 0 && strcmp(history->traces[t - 1].time,
                                                      history->items[left - 1].time) >= 0);
        if (!is_trace) {
            put_record(&text, &history->items[--left], &run->session.sys, &run->out);
            add_record(generations, &history->items[left]);
        } else if (!mw_trace_is_own(history, &history->traces[--t])) {
            put_trace(&text, &history->traces[t], &run->session.sys, &run->out);
            add_trace(generations, &history->traces[t]);
            foreign++;
        }
    }
    if (history->count == 0 && foreign > 0)
        mw_run_conclude(run, _("No generation of your own yet."));
    else if (history->count == 0)
        mw_run_say(run, _("No generation yet: nothing was applied here."));
    else
        mw_run_conclude(run, ngettext("%zu generation.", "%zu generations.", history->count),
                        history->count);
    mw_run_print(run, &text);
    return MW_OK;
}
