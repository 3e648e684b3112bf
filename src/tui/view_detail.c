/* All about one mirror: how it answers, why it is not usable, who runs it. */
#include <stdio.h>
#include <string.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "views.h"

enum { LABEL_COLS = 18, CHART_ROWS = 5, AXIS_COLS = 9 };

static void put_label(struct tui_page *page, const char *label)
{
    tui_page_line(page);
    tui_page_at(page, 0, TUI_DIM, label);
    tui_page_at(page, LABEL_COLS, TUI_TEXT, "");
}

static void put_fact(struct tui_page *page, const char *label, enum tui_role role, const char *text)
{
    if (text == NULL || text[0] == '\0')
        return;
    char *redacted = mw_text_redact(text);
    put_label(page, label);
    tui_page_wrap(page, LABEL_COLS, role, redacted);
    free(redacted);
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
    if (note[0] != '\0') {
        tui_page_put(page, TUI_DIM, "   ");
        tui_page_wrap(page, LABEL_COLS + 12, TUI_DIM, note);
    }
}

/* ---- the chart ----------------------------------------------------------------------------- */

static long longest(const struct mw_app_mirror *mirror)
{
    long most = 1000;
    unsigned kept = mirror->seen < MW_APP_POINTS ? mirror->seen : MW_APP_POINTS;
    for (unsigned i = 0; i < kept; i++) {
        if (mirror->points[i].ttfb_us > most)
            most = mirror->points[i].ttfb_us;
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

static void put_chart_row(struct tui_page *page, const struct tui *tui,
                          const struct mw_app_mirror *mirror, long most, int row)
{
    char axis[32] = "";
    if (row == CHART_ROWS - 1)
        time_text(most, axis, sizeof axis);
    else if (row == 0)
        snprintf(axis, sizeof axis, "0 ms");
    tui_page_line(page);
    tui_page_at(page, 0, TUI_DIM, "");
    tui_page_printf(page, TUI_DIM, "%*s ", AXIS_COLS - 1, axis);
    int kept = mirror->seen < MW_APP_POINTS ? (int)mirror->seen : MW_APP_POINTS;
    int step = page->cols - AXIS_COLS >= 2 * MW_APP_POINTS ? 2 : 1; /* columns a sample */
    int width = (page->cols - AXIS_COLS) / step;
    int count = kept < width ? kept : width;
    for (int i = 0; i < count; i++) {
        unsigned back = (unsigned)(count - 1 - i);
        long us = mirror->points[(mirror->seen - 1 - back) % MW_APP_POINTS].ttfb_us;
        bool is_empty = false;
        enum tui_glyph glyph = bar_glyph(us, most, row, &is_empty);
        for (int k = 0; k < step; k++) {
            int column = AXIS_COLS + i * step + k;
            if (us < 0 && row == 0 && k == 0)
                tui_page_at(page, column, TUI_BAD, tui_glyph_text(tui, TUI_LOST));
            else if (us >= 0 && !is_empty)
                tui_page_at(page, column, tui_spark_role(tui_spark_level(us)),
                            tui_glyph_text(tui, glyph));
        }
    }
}

static void put_chart(struct tui_page *page, const struct tui *tui,
                      const struct mw_app_mirror *mirror)
{
    tui_page_heading(page, _("Time to the first byte, sample by sample"));
    if (mirror->seen == 0) {
        tui_page_line(page);
        tui_page_put(page, TUI_DIM, _("no sample yet"));
        return;
    }
    long most = longest(mirror);
    for (int row = CHART_ROWS - 1; row >= 0; row--)
        put_chart_row(page, tui, mirror, most, row);
}

/* ---- facts --------------------------------------------------------------------------------- */

static void put_verdict(struct tui_page *page, const struct tui *tui,
                        const struct mw_app_mirror *mirror)
{
    const struct mw_probe_result *result = &mirror->result;
    char verdict[64];
    mw_app_verdict(mirror, verdict, sizeof verdict);
    tui_page_line(page);
    tui_page_put(page, tui_state_role(mirror), tui_glyph_text(tui, tui_state_glyph(mirror)));
    tui_page_put(page, tui_state_role(mirror), " ");
    tui_page_put(page, tui_state_role(mirror), verdict);
    if (result->rank > 0)
        tui_page_printf(page, TUI_DIM, _("   no. %zu of its tool"), result->rank);
    if (mirror->is_in_use)
        tui_page_printf(page, TUI_ACCENT, "   %s %s", tui_glyph_text(tui, TUI_IN_USE),
                        _("in use now"));
    else if (mirror->is_wanted)
        tui_page_printf(page, TUI_ACCENT, "   %s %s", tui_glyph_text(tui, TUI_WANTED),
                        _("apply writes it"));
    tui_put_remark(page, tui, TUI_BAD, TUI_ARROW, result->reason);
    if (strcmp(mirror->reason, result->reason) != 0)
        tui_put_remark(page, tui, mirror->status == MW_MIRROR_DEAD ? TUI_BAD : TUI_WARN, TUI_ARROW,
                       _(mirror->reason));
    tui_put_remark(page, tui, TUI_DIM, TUI_DOT, result->note);
}

static void put_times(struct tui_page *page, const struct mw_app_mirror *mirror)
{
    const struct mw_probe_result *result = &mirror->result;
    char note[96] = "";
    if (result->rtt_min_us >= 0)
        snprintf(note, sizeof note, _("between %ld and %ld ms"), result->rtt_min_us / 1000,
                 (result->rtt_max_us + 999) / 1000);
    tui_page_heading(page, _("How it answers"));
    put_time(page, _("round trip"), result->rtt_us, note);
    put_time(page, _("name lookup"), result->dns_us, "");
    put_time(page, _("TCP connect"), result->tcp_us, "");
    put_time(page, _("TLS handshake"), result->tls_us, "");
    put_time(page, _("first byte"), result->ttfb_us, _("of a connection that stands"));
    put_time(page, _("jitter"), result->jitter_us, "");
    put_label(page, _("samples"));
    tui_page_printf(page, TUI_NUMBER, "%9u", mirror->seen);
    tui_page_printf(page, mirror->lost > 0 ? TUI_WARN : TUI_DIM, _("   %u lost"), mirror->lost);
}

static void put_place(struct tui_page *page, const struct mw_app_mirror *mirror)
{
    const struct mw_probe_result *result = &mirror->result;
    char text[160] = "";
    tui_page_heading(page, _("Where and who"));
    put_fact(page, _("address"), TUI_TEXT, mirror->url);
    if (result->address[0] != '\0') {
        const char *version = result->http_version >= 20   ? "2"
                              : result->http_version == 10 ? "1.0"
                                                           : "1.1";
        snprintf(text, sizeof text, "%s, IPv%d, HTTP/%s%s", result->address, result->family,
                 version, result->is_proxied ? _(", through a proxy") : "");
        put_fact(page, _("connected to"), TUI_TEXT, text);
    }
    if (result->host[0] != '\0' && strstr(mirror->url, result->host) == NULL)
        put_fact(page, _("answered by"), TUI_TEXT, result->host);
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
    char *title = mw_xasprintf(_("%s: %s"), _(app->panels[mirror->panel].tool->title),
                               mw_app_name(app, mirror));
    tui_box(tui, body, true, title);
    struct tui_page page;
    tui_page_init(&page, tui_inside(body).w);
    put_verdict(&page, tui, mirror);
    put_times(&page, mirror);
    put_chart(&page, tui, mirror);
    put_place(&page, mirror);
    tui_page_view(tui, &page, body, MW_VIEW_DETAIL);
    tui_page_release(&page);
    free(title);
}
