/* What stands in the table of a measurement: one function a column, and the table of columns. */
#include <stddef.h>
#include <string.h>

#include "probe_table.h"

enum { ID_COLS_MAX = 24, LEVELS = 8, MINUTE_S = 60, HOUR_S = 3600, DAY_S = 86400 };

/* ---- cells --------------------------------------------------------------------------------- */

static char *dash(const struct probe_table *table)
{
    return mw_xstrdup(mw_glyph(table->style, MW_GLYPH_NONE));
}

/* A time of the result, which stands at the column's place in it. */
static char *time_cell(const struct probe_table *table, const struct probe_row *row, size_t time_at)
{
    const struct mw_probe_result *result = row->result;
    long us = *(const long *)((const char *)result + time_at);
    if (us < 0 || result->samples == 0)
        return dash(table);
    if (us < 999950)
        return mw_xasprintf("%.1f ms", (double)us / 1e3);
    return mw_xasprintf("%.2f s", (double)us / 1e6);
}

static char *rank_cell(struct probe_table *table, const struct probe_row *row)
{
    const struct mw_probe_result *result = row->result;
    if (result->rank == 0)
        return mw_xasprintf("%s ", mw_glyph(table->style, MW_GLYPH_NONE));
    return mw_xasprintf("%zu%s", result->rank, result->is_tied ? "=" : " ");
}

static char *id_cell(struct probe_table *table, const struct probe_row *row)
{
    (void)table;
    const char *id = row->target->id;
    const char *scheme = strstr(id, "://"); /* a mirror without an id has its URL */
    const char *text = scheme != NULL ? scheme + 3 : id;
    MW_FREE char *redacted = mw_text_redact(text);
    return mw_text_safe(redacted, strlen(redacted), ID_COLS_MAX, false);
}

static char *family_cell(struct probe_table *table, const struct probe_row *row)
{
    (void)table;
    return mw_xasprintf("v%d", row->target->family);
}

static char *name_cell(struct probe_table *table, const struct probe_row *row)
{
    (void)table;
    const struct mw_mirror *mirror = row->mirror;
    if (mirror == NULL)
        return mw_xstrdup("");
    bool has_other_name = strcmp(mirror->name_zh, mirror->name) != 0;
    MW_FREE char *names =
        mw_xasprintf("%s %s", mirror->name, has_other_name ? mirror->name_zh : "");
    return mw_shown(names);
}

static char *speed_cell(struct probe_table *table, const struct probe_row *row)
{
    long speed = row->result->bytes_per_s;
    if (speed <= 0)
        return dash(table);
    return mw_xasprintf("%.2f MB/s", (double)speed / 1e6);
}

static char *seen_cell(struct probe_table *table, const struct probe_row *row)
{
    const struct mw_probe_result *result = row->result;
    if (result->samples == 0)
        return dash(table);
    return mw_xasprintf("%u/%u", result->samples - result->lost, result->samples);
}

/* Does it matter to anybody how old the mirror is? */
static bool is_age_asked(const struct probe_table *table, const struct mw_probe_target *target)
{
    return target->age != NULL || target->max_age_s > 0 ||
           table->view->survey->options.policy.max_age_s > 0;
}

static char *age_cell(struct probe_table *table, const struct probe_row *row)
{
    const struct mw_probe_result *result = row->result;
    long age_s = result->age_s;
    if (age_s < 0 && result->is_usable && is_age_asked(table, row->target))
        return mw_xstrdup(result->lag_s == 0 ? _("as upstream") : _("age unknown"));
    if (age_s < 0 || result->samples == 0)
        return dash(table);
    if (age_s < 2 * HOUR_S)
        return mw_xasprintf(_("%ld min"), age_s / MINUTE_S);
    return age_s < 2 * DAY_S ? mw_xasprintf(_("%ld h"), age_s / HOUR_S)
                             : mw_xasprintf(_("%ld d"), age_s / DAY_S);
}

/* The slowest sample of the tool: bars of one tool can be compared. */
static long scale_of(struct probe_table *table, const char *tool)
{
    const struct mw_probe_view *view = table->view;
    if (table->scale_tool != NULL && strcmp(table->scale_tool, tool) == 0)
        return table->scale_us;
    table->scale_tool = tool;
    table->scale_us = 1;
    for (size_t i = 0; i < table->count; i++) {
        if (strcmp(view->survey->targets[i].tool, tool) != 0)
            continue;
        for (size_t k = 0; k < view->traces[i].count; k++) {
            if (view->traces[i].ttfb_us[k] > table->scale_us)
                table->scale_us = view->traces[i].ttfb_us[k];
        }
    }
    return table->scale_us;
}

static char *trace_cell(struct probe_table *table, const struct probe_row *row)
{
    static const char *const bars[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    static const char *const plain[] = {"_", ".", ":", "-", "=", "+", "*", "#"};
    const struct mw_trace *trace = row->trace;
    bool is_ascii = table->style->ascii;
    long scale_us = scale_of(table, row->target->tool);
    struct mw_buf cell = {0};
    for (size_t i = 0; i < trace->count; i++) {
        if (trace->ttfb_us[i] < 0) {
            mw_buf_puts(&cell, is_ascii ? "x" : "×");
            continue;
        }
        long level = trace->ttfb_us[i] * LEVELS / (scale_us + 1);
        mw_buf_puts(&cell, is_ascii ? plain[level] : bars[level]);
    }
    return cell.len > 0 ? mw_buf_take(&cell) : dash(table);
}

static char *verdict_cell(struct probe_table *table, const struct probe_row *row)
{
    const struct mw_probe_result *result = row->result;
    bool is_refusal = result->http_status >= 300; /* else it broke off after a good status */
    if (!result->is_usable && result->class == MW_PROBE_HTTP && is_refusal)
        return mw_xasprintf("HTTP %ld", result->http_status);
    if (result->class == MW_PROBE_NONE && table->view->is_final)
        return mw_xstrdup(_("not asked"));
    if (!result->is_usable)
        return mw_xstrdup(mw_probe_class_label(result->class));
    if (row->target->is_fallback)
        return mw_xstrdup(_("fallback"));
    return mw_xstrdup(result->integrity == MW_PROBE_GENUINE ? _("verified")
                                                            : mw_probe_class_label(MW_PROBE_OK));
}

/* ---- columns ------------------------------------------------------------------------------- */

static bool has_families(const struct probe_table *table)
{
    const struct mw_survey *survey = table->view->survey;
    for (size_t i = 1; i < table->count; i++) {
        if (survey->targets[i].family != survey->targets[0].family)
            return true;
    }
    return false;
}

static bool has_speed(const struct probe_table *table)
{
    return table->view->survey->options.policy.metric != MW_METRIC_LATENCY;
}

static bool has_age(const struct probe_table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        if (table->results[i].samples > 0 &&
            (table->results[i].age_s >= 0 || is_age_asked(table, &table->view->survey->targets[i])))
            return true;
    }
    return false;
}

#define TIME(member) NULL, offsetof(struct mw_probe_result, member)
const struct probe_column probe_columns[COLUMN_COUNT] = {
    [COLUMN_RANK] = {"#", rank_cell, 0, NULL, 3, 3, true},
    [COLUMN_ID] = {NULL, id_cell, 0, NULL, 0, 0, false},
    [COLUMN_FAMILY] = {"IP", family_cell, 0, has_families, 1, 0, false},
    [COLUMN_NAME] = {N_("NAME"), name_cell, 0, NULL, 8, 0, false},
    [COLUMN_RTT] = {N_("RTT"), TIME(rtt_us), NULL, 0, 8, true},
    [COLUMN_ANSWER] = {N_("1ST BYTE"), TIME(ttfb_us), NULL, 0, 8, true},
    [COLUMN_DNS] = {N_("DNS"), TIME(dns_us), NULL, 7, 8, true},
    [COLUMN_TCP] = {N_("TCP"), TIME(tcp_us), NULL, 7, 8, true},
    [COLUMN_TLS] = {N_("TLS"), TIME(tls_us), NULL, 7, 8, true},
    [COLUMN_JITTER] = {N_("JITTER"), TIME(jitter_us), NULL, 5, 8, true},
    [COLUMN_SPEED] = {N_("SPEED"), speed_cell, 0, has_speed, 2, 9, true},
    [COLUMN_TRACE] = {N_("TREND"), trace_cell, 0, NULL, 4, 0, false},
    [COLUMN_SEEN] = {N_("GOOD"), seen_cell, 0, NULL, 0, 0, true},
    [COLUMN_AGE] = {N_("AGE"), age_cell, 0, has_age, 6, 5, true},
    [COLUMN_VERDICT] = {N_("VERDICT"), verdict_cell, 0, NULL, 0, 0, false},
};

char *probe_cell(struct probe_table *table, const struct probe_row *row,
                 const struct probe_column *column)
{
    return column->cell != NULL ? column->cell(table, row) : time_cell(table, row, column->time_at);
}
