/* All about one mirror: how it answers, why it is not usable, who runs it. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "views.h"

enum { LABEL_COLS = 18, CHART_ROWS = 5, AXIS_COLS = 9, DAY_S = 86400 };
enum { NOTE_COLUMN = LABEL_COLS + 12, NOTE_COLS = 20 };

static void put_label(struct tui_page *page, const char *label)
{
    tui_page_row(page, 0, TUI_DIM, label);
    tui_page_at(page, LABEL_COLS, TUI_TEXT, "");
}

static void put_fact(struct tui_page *page, const char *label, enum tui_role role, const char *text)
{
    if (text == NULL || text[0] == '\0')
        return;
    MW_FREE char *redacted = mw_text_redact(text);
    put_label(page, label);
    tui_page_wrap(page, LABEL_COLS, role, redacted);
}

static void time_text(long us, char *text, size_t size)
{
    if (us < 0)
        snprintf(text, size, "-");
    else if (us < 9950)
        snprintf(text, size, "%ld.%ld ms", (us + 50) / 1000, (us + 50) / 100 % 10);
    else
        snprintf(text, size, "%ld ms", (us + 500) / 1000);
}

static void put_time(struct tui_page *page, const char *label, long us, const char *note)
{
    char text[32];
    time_text(us, text, sizeof text);
    put_label(page, label);
    tui_page_printf(page, us < 0 ? TUI_DIM : TUI_NUMBER, "%9s", text);
    if (note[0] == '\0')
        return;
    bool has_room = page->cols >= NOTE_COLUMN + NOTE_COLS;
    if (!has_room)
        tui_page_line(page);
    tui_page_block(page, has_room ? NOTE_COLUMN : 2, TUI_DIM, note);
}

/* ---- the chart ----------------------------------------------------------------------------- */

/* The longest time to a first byte; -1: nothing was answered. */
static long longest(const struct mw_app_mirror *mirror)
{
    long most = -1;
    for (size_t i = 0; i < mw_app_kept(mirror->track); i++) {
        if (mirror->track->points[i].ttfb_us > most)
            most = mirror->track->points[i].ttfb_us;
    }
    return most;
}

/* The glyph of one column of bars in one of its rows, 0 at the bottom. */
static enum tui_glyph bar_glyph(long us, long most, int row, bool *is_empty)
{
    long eighths = us * CHART_ROWS * 8 / most;
    long here = eighths - row * 8L;
    if (row == 0 && here < 1)
        here = 1;
    *is_empty = here <= 0;
    return (enum tui_glyph)((int)TUI_BAR_1 + (here > 8 ? 7 : here < 1 ? 0 : (int)here - 1));
}

static void put_chart_row(struct tui_page *page, const struct mw_app_mirror *mirror, long most,
                          int row)
{
    char axis[32] = "";
    if (row == CHART_ROWS - 1)
        time_text(most, axis, sizeof axis);
    else if (row == 0)
        snprintf(axis, sizeof axis, "0 ms");
    tui_page_line(page);
    tui_page_printf(page, TUI_DIM, "%*s ", AXIS_COLS - 1, axis);
    int kept = (int)mw_app_kept(mirror->track);
    int step = page->cols - AXIS_COLS >= 2 * MW_APP_POINTS ? 2 : 1; /* columns a sample */
    int width = (page->cols - AXIS_COLS) / step;
    int count = kept < width ? kept : width;
    for (int i = 0; i < count; i++) {
        long us = mw_app_point_back(mirror->track, (size_t)(count - 1 - i))->ttfb_us;
        bool is_empty = false;
        enum tui_glyph glyph = bar_glyph(us, most, row, &is_empty);
        for (int k = 0; k < step; k++) {
            int column = AXIS_COLS + i * step + k;
            if (us < 0 && row == 0 && k == 0)
                tui_page_at(page, column, TUI_BAD, tui_glyph_text(page->tui, TUI_LOST));
            else if (us >= 0 && !is_empty)
                tui_page_at(page, column, tui_spark_role(tui_spark_level(us)),
                            tui_glyph_text(page->tui, glyph));
        }
    }
}

static void put_chart(struct tui_page *page, const struct mw_app_mirror *mirror)
{
    long most = longest(mirror);
    if (most < 0)
        return;
    tui_page_heading(page, _("Time to the first byte, sample by sample"));
    most = most > 1000 ? most : 1000;
    for (int row = CHART_ROWS - 1; row >= 0; row--)
        put_chart_row(page, mirror, most, row);
}

/* ---- every sample -------------------------------------------------------------------------- */

enum { WHEN_COLS = 8, KIND_COLS = 6, PHASES_LEAST_COLS = 72 };

/* Columns of times, as right ends; phases of a new connection are left out where room is short. */
static const struct sample_column {
    const char *head;
    int cols;
    bool is_phase;
    size_t member; /* of struct mw_app_point */
} sample_columns[] = {
    {N_("lookup"), 8, true, offsetof(struct mw_app_point, dns_us)},
    {N_("TCP"), 8, true, offsetof(struct mw_app_point, tcp_us)},
    {N_("TLS"), 8, true, offsetof(struct mw_app_point, tls_us)},
    {N_("1st byte"), 9, false, offsetof(struct mw_app_point, ttfb_us)},
    {N_("whole"), 8, true, offsetof(struct mw_app_point, total_us)},
    {N_("round trip"), 11, false, offsetof(struct mw_app_point, rtt_us)},
};

static void put_right(struct tui_page *page, int end, enum tui_role role, const char *text)
{
    int column = end - (int)mw_text_cols(text);
    tui_page_at(page, column > tui_page_cols(page) ? column : tui_page_cols(page), role, text);
}

static bool has_column(const struct tui_page *page, const struct sample_column *column)
{
    return !column->is_phase || page->cols >= PHASES_LEAST_COLS;
}

static void put_sample_heads(struct tui_page *page)
{
    int end = WHEN_COLS + KIND_COLS;
    tui_page_line(page);
    put_right(page, WHEN_COLS - 2, TUI_HEADING, _("ago"));
    for (size_t i = 0; i < sizeof sample_columns / sizeof *sample_columns; i++) {
        if (!has_column(page, &sample_columns[i]))
            continue;
        end += sample_columns[i].cols;
        put_right(page, end, TUI_HEADING, _(sample_columns[i].head));
    }
}

static void put_sample(struct tui_page *page, long ago_s, const struct mw_app_point *point)
{
    char text[32];
    int end = WHEN_COLS + KIND_COLS;
    bool is_good = point->class == MW_PROBE_OK;
    tui_page_line(page);
    snprintf(text, sizeof text, ago_s < 100 ? _("%ld s") : _("%ld min"),
             ago_s < 100 ? ago_s : (ago_s + 30) / 60);
    put_right(page, WHEN_COLS - 2, TUI_DIM, text);
    tui_page_at(page, WHEN_COLS, TUI_DIM, point->is_cold ? _("new") : "");
    for (size_t i = 0; i < sizeof sample_columns / sizeof *sample_columns; i++) {
        const struct sample_column *column = &sample_columns[i];
        if (!has_column(page, column))
            continue;
        int us = 0;
        memcpy(&us, (const char *)point + column->member, sizeof us);
        time_text(us, text, sizeof text);
        end += column->cols;
        put_right(page, end, us < 0 ? TUI_DIM : TUI_NUMBER, text);
    }
    tui_page_at(page, end + 2, is_good ? TUI_DIM : TUI_BAD, "");
    if (is_good || point->class == MW_PROBE_HTTP)
        tui_page_printf(page, is_good ? TUI_DIM : TUI_BAD, "HTTP %d", point->http_status);
    else
        tui_page_put(page, TUI_BAD, mw_probe_class_label((enum mw_probe_class)point->class));
}

static void put_samples(struct tui_page *page, const struct mw_app *app,
                        const struct mw_app_mirror *mirror)
{
    size_t kept = mw_app_kept(mirror->track);
    if (kept == 0)
        return;
    tui_page_heading(page, _("Every sample, the newest first"));
    put_sample_heads(page);
    for (size_t back = 0; back < kept; back++) {
        const struct mw_app_point *point = mw_app_point_back(mirror->track, back);
        put_sample(page, ((unsigned)app->now_ms - point->at_ms) / 1000, point);
    }
}

/* ---- facts --------------------------------------------------------------------------------- */

static void put_verdict(struct tui_page *page, const struct mw_app_mirror *mirror)
{
    const struct mw_probe_result *result = &mirror->track->result;
    MW_FREE char *verdict = mw_app_verdict(page->tui->app, mirror);
    const struct tui_look *look = &tui_state_looks[mw_app_mirror_state(mirror)];
    tui_page_row(page, 0, look->role, tui_glyph_text(page->tui, look->glyph));
    tui_page_printf(page, look->role, " %s", verdict);
    if (mirror->rank > 0)
        tui_page_printf(page, TUI_DIM, _("   no. %zu of its tool"), mirror->rank);
    if (mirror->is_in_use)
        tui_page_printf(page, TUI_ACCENT, "   %s %s", tui_glyph_text(page->tui, TUI_IN_USE),
                        _("in use now"));
    else if (mirror->is_wanted)
        tui_page_printf(page, TUI_ACCENT, "   %s %s", tui_glyph_text(page->tui, TUI_WANTED),
                        _("apply writes it"));
    tui_put_remark(page, TUI_BAD, TUI_ARROW, result->reason);
    if (strcmp(mirror->reason, result->reason) != 0)
        tui_put_remark(page, mirror->status == MW_MIRROR_DEAD ? TUI_BAD : TUI_WARN, TUI_ARROW,
                       _(mirror->reason));
    tui_put_remark(page, TUI_DIM, TUI_DOT, result->note);
}

static void put_times(struct tui_page *page, const struct mw_app_mirror *mirror)
{
    const struct mw_probe_result *result = &mirror->track->result;
    char note[96] = "";
    if (result->rtt_min_us >= 0)
        snprintf(note, sizeof note, _("between %ld and %ld ms"), result->rtt_min_us / 1000,
                 (result->rtt_max_us + 999) / 1000);
    tui_page_heading(page, _("How it answers"));
    put_time(page, _("round trip"), result->rtt_us, note);
    put_time(page, _("name lookup"), result->dns_us, "");
    put_time(page, _("TCP connect"), result->tcp_us, "");
    put_time(page, _("TLS handshake"), result->tls_us, "");
    put_time(page, _("first byte"), result->ttfb_us, _("on an open connection"));
    put_time(page, _("jitter"), result->jitter_us, "");
    put_label(page, _("samples"));
    tui_page_printf(page, TUI_NUMBER, "%9u", mirror->track->seen);
    tui_page_printf(page, mirror->track->lost > 0 ? TUI_WARN : TUI_DIM, _("   %u lost"),
                    mirror->track->lost);
}

/* The one in use first, marked; then the others that were tried. */
static void put_addresses(struct tui_page *page, const struct mw_probe_result *result)
{
    const char *version = result->http_version >= 20   ? "2"
                          : result->http_version == 10 ? "1.0"
                                                       : "1.1";
    if (result->address[0] != '\0') {
        put_label(page, _("connected to"));
        tui_page_printf(page, TUI_ACCENT, "%s ", tui_glyph_text(page->tui, TUI_IN_USE));
        tui_page_printf(page, TUI_TEXT, "%s, IPv%d", result->address, result->family);
        if (result->http_version > 0)
            tui_page_printf(page, TUI_TEXT, ", HTTP/%s", version);
        if (result->is_proxied)
            tui_page_put(page, TUI_TEXT, _(", through a proxy"));
    }
    const char *label = _("also tried");
    for (size_t i = 0; i < MW_PROBE_ADDRESSES && result->peer.tried[i][0] != '\0'; i++) {
        if (strcmp(result->peer.tried[i], result->address) == 0)
            continue;
        put_label(page, label);
        tui_page_printf(page, TUI_DIM, "  %s", result->peer.tried[i]);
        label = "";
    }
}

static void put_certificate(struct tui_page *page, const struct mw_probe_peer *peer)
{
    char *certificate = mw_probe_cert_text(peer);
    if (certificate == NULL)
        return;
    bool is_soon = peer->cert_left_s / DAY_S < MW_PROBE_CERT_SOON_DAYS;
    enum tui_role role = is_soon ? TUI_WARN : TUI_TEXT;
    put_label(page, _("certificate"));
    if (is_soon)
        tui_page_printf(page, TUI_WARN, "%s ", tui_glyph_text(page->tui, TUI_WARNING));
    tui_page_put(page, role, certificate);
    put_fact(page, _("issued by"), TUI_TEXT, peer->cert_issuer);
    free(certificate);
}

static void put_place(struct tui_page *page, const struct mw_app_mirror *mirror)
{
    const struct mw_probe_result *result = &mirror->track->result;
    char text[160] = "";
    tui_page_heading(page, _("Where and who"));
    put_fact(page, _("address"), TUI_TEXT, mirror->url);
    if (mirror->is_unknown)
        put_fact(page, _("known from"), TUI_WARN,
                 _("the tool's own configuration; the catalogue does not know it"));
    put_addresses(page, result);
    if (result->host[0] != '\0' && strstr(mirror->url, result->host) == NULL)
        put_fact(page, _("answered by"), TUI_TEXT, result->host);
    put_certificate(page, &result->peer);
    put_fact(page, _("run by"), TUI_TEXT, mirror->operator_name);
    put_fact(page, _("region"), TUI_TEXT, mirror->region);
    put_fact(page, _("checked by hand"), TUI_TEXT, mirror->verified);
    put_fact(page, _("known from"), TUI_DIM, mirror->source);
    if (result->age_s >= 0) {
        snprintf(text, sizeof text, _("%ld min ago"), result->age_s / 60);
        put_fact(page, _("last sync"), TUI_TEXT, text);
    }
}

void tui_view_detail(struct tui *tui, struct tui_rect body)
{
    const struct mw_app *app = tui->app;
    const struct mw_app_mirror *mirror = mw_app_selected(app);
    if (mirror == NULL) {
        tui_box(tui, body, true, "");
        return;
    }
    MW_FREE char *title = mw_xasprintf(_("%s: %s"), mw_tool_title(app->panels[mirror->panel].tool),
                                       mw_app_name(app, mirror));
    MW_AUTO(tui_page) page = tui_page_open(tui, body, true, title);
    put_verdict(&page, mirror);
    put_times(&page, mirror);
    put_chart(&page, mirror);
    put_place(&page, mirror);
    put_samples(&page, app, mirror);
    tui_page_view(tui, &page, MW_VIEW_DETAIL);
}
