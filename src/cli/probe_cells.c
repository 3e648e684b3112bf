/* What stands in the table of a measurement: one function a column, and the table of columns. */
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "probe_table.h"

enum { ID_COLS_MAX = 24, LEVELS = 8, MINUTE_S = 60, HOUR_S = 3600, DAY_S = 86400 };

const struct mw_probe_target *probe_row_target(const struct probe_table *table,
                                               const struct probe_row *row)
{
    return &table->view->survey->targets[row->target];
}

const struct mw_probe_result *probe_row_result(const struct probe_table *table,
                                               const struct probe_row *row)
{
    return &table->results[row->target];
}

/* ---- cells --------------------------------------------------------------------------------- */

static char *dash(const struct probe_table *table)
{
    return mw_xstrdup(mw_glyph(table->style, MW_GLYPH_NONE));
}

static char *time_cell(const struct probe_table *table, const struct probe_row *row, long us)
{
    if (us < 0 || probe_row_result(table, row)->samples == 0)
        return dash(table);
    if (us < 999950)
        return mw_xasprintf("%.1f ms", (double)us / 1e3);
    return mw_xasprintf("%.2f s", (double)us / 1e6);
}

static char *rank_cell(struct probe_table *table, const struct probe_row *row)
{
    const struct mw_probe_result *result = probe_row_result(table, row);
    if (result->rank == 0)
        return mw_xasprintf("%s ", mw_glyph(table->style, MW_GLYPH_NONE));
    return mw_xasprintf("%zu%s", result->rank, result->is_tied ? "=" : " ");
}

static char *id_cell(struct probe_table *table, const struct probe_row *row)
{
    const char *id = probe_row_target(table, row)->id;
    const char *scheme = strstr(id, "://"); /* a mirror without an id has its URL */
    const char *text = scheme != NULL ? scheme + 3 : id;
    MW_FREE char *redacted = mw_text_redact(text);
    return mw_text_safe(redacted, strlen(redacted), ID_COLS_MAX, false);
}

static char *family_cell(struct probe_table *table, const struct probe_row *row)
{
    return mw_xasprintf("v%d", probe_row_target(table, row)->family);
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

static char *rtt_cell(struct probe_table *table, const struct probe_row *row)
{
    return time_cell(table, row, probe_row_result(table, row)->rtt_us);
}

static char *answer_cell(struct probe_table *table, const struct probe_row *row)
{
    return time_cell(table, row, probe_row_result(table, row)->ttfb_us);
}

static char *dns_cell(struct probe_table *table, const struct probe_row *row)
{
    return time_cell(table, row, probe_row_result(table, row)->dns_us);
}

static char *tcp_cell(struct probe_table *table, const struct probe_row *row)
{
    return time_cell(table, row, probe_row_result(table, row)->tcp_us);
}

static char *tls_cell(struct probe_table *table, const struct probe_row *row)
{
    return time_cell(table, row, probe_row_result(table, row)->tls_us);
}

static char *jitter_cell(struct probe_table *table, const struct probe_row *row)
{
    return time_cell(table, row, probe_row_result(table, row)->jitter_us);
}

static char *speed_cell(struct probe_table *table, const struct probe_row *row)
{
    long speed = probe_row_result(table, row)->bytes_per_s;
    if (speed <= 0)
        return dash(table);
    return mw_xasprintf("%.2f MB/s", (double)speed / 1e6);
}

static char *seen_cell(struct probe_table *table, const struct probe_row *row)
{
    const struct mw_probe_result *result = probe_row_result(table, row);
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
    const struct mw_probe_result *result = probe_row_result(table, row);
    long age_s = result->age_s;
    if (age_s < 0 && result->is_usable && is_age_asked(table, probe_row_target(table, row)))
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
    const struct mw_trace *trace = &table->view->traces[row->target];
    bool is_ascii = table->style->ascii;
    long scale_us = scale_of(table, probe_row_target(table, row)->tool);
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

static const char *verdict_word(const struct probe_table *table, const struct probe_row *row)
{
    const struct mw_probe_result *result = probe_row_result(table, row);
    if (result->class == MW_PROBE_NONE && table->view->is_final)
        return _("not asked");
    if (!result->is_usable)
        return mw_probe_class_label(result->class);
    if (probe_row_target(table, row)->is_fallback)
        return _("fallback");
    return result->integrity == MW_PROBE_GENUINE ? _("verified")
                                                 : mw_probe_class_label(MW_PROBE_OK);
}

static char *verdict_cell(struct probe_table *table, const struct probe_row *row)
{
    const struct mw_probe_result *result = probe_row_result(table, row);
    bool is_refusal = result->http_status >= 300; /* else it broke off after a good status */
    if (!result->is_usable && result->class == MW_PROBE_HTTP && is_refusal)
        return mw_xasprintf("HTTP %ld", result->http_status);
    return mw_xstrdup(verdict_word(table, row));
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

const struct probe_column probe_columns[COLUMN_COUNT] = {
    [COLUMN_RANK] = {"#", rank_cell, NULL, 3, 3, true},
    [COLUMN_ID] = {NULL, id_cell, NULL, 0, 0, false},
    [COLUMN_FAMILY] = {"IP", family_cell, has_families, 1, 0, false},
    [COLUMN_NAME] = {N_("NAME"), name_cell, NULL, 8, 0, false},
    [COLUMN_RTT] = {N_("RTT"), rtt_cell, NULL, 0, 8, true},
    [COLUMN_ANSWER] = {N_("1ST BYTE"), answer_cell, NULL, 0, 8, true},
    [COLUMN_DNS] = {N_("DNS"), dns_cell, NULL, 7, 8, true},
    [COLUMN_TCP] = {N_("TCP"), tcp_cell, NULL, 7, 8, true},
    [COLUMN_TLS] = {N_("TLS"), tls_cell, NULL, 7, 8, true},
    [COLUMN_JITTER] = {N_("JITTER"), jitter_cell, NULL, 5, 8, true},
    [COLUMN_SPEED] = {N_("SPEED"), speed_cell, has_speed, 2, 9, true},
    [COLUMN_TRACE] = {N_("TREND"), trace_cell, NULL, 4, 0, false},
    [COLUMN_SEEN] = {N_("GOOD"), seen_cell, NULL, 0, 0, true},
    [COLUMN_AGE] = {N_("AGE"), age_cell, has_age, 6, 5, true},
    [COLUMN_VERDICT] = {N_("VERDICT"), verdict_cell, NULL, 0, 0, false},
};
