/* --probe: measures, shows how it goes where somebody looks, and what came of it. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "mirrorwise/app.h"
#include "render.h"

/* Eyes take in no more, and a slow line no less. Narrower terminals would wrap the table. */
enum { DRAW_EVERY_MS = 100, LIVE_COLS_MIN = 60, LIVE_ROWS_MIN = 8 };

/* The table that is redrawn in its place. */
struct live {
    struct mw_run *run;
    struct mw_survey *survey;
    struct mw_trace *traces;
    struct mw_probe_result *results; /* so far; the survey's belong to the prober now */
    struct mw_style style;
    long begun_ms, drawn_ms;
    size_t lines; /* on the screen */
    bool is_on;
};

/* ---- live ----------------------------------------------------------------------------------- */

static bool may_live(const struct mw_run *run)
{
    size_t cols = 0, rows = 0;
    const char *term = run->host->get_env("TERM");
    return !run->options.json && !run->options.quiet && term != NULL && term[0] != '\0' &&
           strcmp(term, "dumb") != 0 && mw_style_screen(STDOUT_FILENO, &cols, &rows) &&
           cols >= LIVE_COLS_MIN && rows >= LIVE_ROWS_MIN;
}

static void put_progress(struct mw_buf *text, const struct live *live, long elapsed_ms)
{
    size_t made = 0, finished = 0, count = live->survey->count;
    for (size_t i = 0; i < count; i++) {
        made += live->results[i].samples;
        finished += live->results[i].is_done;
    }
    MW_FREE char *line =
        mw_xasprintf(_("%zu samples, %zu of %zu mirrors done, %.1f s; Ctrl-C stops"), made,
                     finished, count, (double)elapsed_ms / 1000);
    mw_paint_line(text, &live->style, MW_PAINT_DIM, line);
}

/* Goes up to the first line of what is on the screen. */
static void put_rewind(struct mw_buf *screen, const struct live *live)
{
    mw_buf_putc(screen, '\r');
    if (live->lines > 0)
        mw_buf_printf(screen, "\033[%zuA", live->lines);
}

/* Over the old lines, each cleared from its end, so that nothing flickers. */
static void put_lines(struct mw_buf *screen, struct live *live, const char *text)
{
    live->lines = 0;
    while (*text != '\0') {
        size_t len = strcspn(text, "\n");
        mw_buf_append(screen, text, len);
        mw_buf_puts(screen, "\033[K\n");
        text += len + (text[len] == '\n');
        live->lines++;
    }
    mw_buf_puts(screen, "\033[J");
}

static void draw(struct live *live)
{
    size_t cols = live->style.cols, rows = 0;
    struct mw_buf text = {0}, screen = {0};
    live->drawn_ms = mw_monotonic_ms(&live->run->session.sys);
    if (!mw_style_screen(STDOUT_FILENO, &cols, &rows) || rows < LIVE_ROWS_MIN)
        return;
    live->style.cols = cols;
    const struct mw_survey so_far = {
        .targets = live->survey->targets,
        .results = live->results,
        .count = live->survey->count,
        .options = live->survey->options,
    };
    const struct mw_probe_view view = {
        .catalog = &live->run->session.catalog,
        .survey = &so_far,
        .traces = live->traces,
        .rows = rows - 2, /* the progress and the line of the cursor */
    };
    mw_render_probe(&text, &view, &live->style);
    put_progress(&text, live, live->drawn_ms - live->begun_ms);
    put_rewind(&screen, live);
    put_lines(&screen, live, mw_buf_text(&text));
    mw_run_print(live->run, &screen);
    mw_run_flush(live->run);
    mw_buf_release(&text);
}

static void erase(struct live *live)
{
    struct mw_buf screen = {0};
    if (live->lines == 0)
        return;
    put_rewind(&screen, live);
    mw_buf_puts(&screen, "\033[J");
    mw_run_print(live->run, &screen);
    live->lines = 0;
}

/* ---- measuring ------------------------------------------------------------------------------ */

static void take_sample(void *context, const struct mw_probe_sample *sample,
                        const struct mw_probe_result *result)
{
    struct live *live = context;
    bool is_good = sample->class == MW_PROBE_OK || sample->class == MW_PROBE_POLICY;
    live->results[sample->target] = *result;
    if (sample->bytes_per_s < 0)
        mw_trace_add(&live->traces[sample->target], is_good ? sample->ttfb_us : -1);
}

static bool go_on(void *context)
{
    struct live *live = context;
    if (live->is_on && mw_monotonic_ms(&live->run->session.sys) - live->drawn_ms >= DRAW_EVERY_MS)
        draw(live);
    return live->run->host->stop_signal() == 0;
}

static enum mw_code measure(struct mw_run *run, struct live *live)
{
    const struct mw_probe_watch watch = {.context = live, .sample = take_sample, .go_on = go_on};
    struct mw_survey *survey = live->survey;
    live->is_on = may_live(run);
    live->begun_ms = mw_monotonic_ms(&run->session.sys);
    live->results = mw_xcalloc(survey->count + 1, sizeof *live->results);
    if (live->is_on)
        draw(live);
    else
        run->progress.wait(run, _("measuring ..."));
    enum mw_code code = mw_probe_run(survey->targets, survey->count, &survey->options, NULL, 0,
                                     &watch, survey->results, &run->error);
    erase(live);
    free(live->results);
    return code;
}

/* ---- the result ------------------------------------------------------------------------------ */

static void report(struct mw_run *run, const struct live *live)
{
    const struct mw_probe_view view = {
        .catalog = &run->session.catalog,
        .survey = live->survey,
        .traces = live->traces,
        .is_final = true,
        .is_verbose = run->options.verbose > 0,
    };
    struct mw_buf text = {0};
    mw_render_probe(&text, &view, &live->style);
    mw_run_print(run, &text);
    run->details = cJSON_CreateObject();
    cJSON_AddItemToObject(run->details, "mirrors", mw_json_probe(&view));
}

/* What was cut short or found nothing is worth less than what an earlier run saved. */
static void save(struct mw_run *run, const struct mw_survey *survey)
{
    struct mw_error why = {0};
    mw_session_take_survey(&run->session, survey);
    if (mw_session_save_ranking(&run->session, &why) != MW_OK)
        mw_strings_take(&run->session.warnings,
                        mw_xasprintf(_("the measurement could not be saved: %s"), why.message));
}

/* What a proxy does to the figures is its user's to know. */
static void tell_proxy(struct mw_run *run, const struct mw_survey *survey)
{
    size_t i = 0;
    while (i < survey->count && !survey->results[i].is_proxied)
        i++;
    if (i == survey->count)
        return;
    bool is_tls = strncasecmp(survey->targets[i].url, "https:", 6) == 0;
    MW_FREE char *proxy = mw_app_proxy(&survey->options.environment, is_tls);
    mw_strings_take(&run->session.warnings,
                    mw_xasprintf(_("measured through the proxy %s: a round trip is the time of a "
                                   "whole request, there and beyond"),
                                 proxy != NULL ? proxy : "http_proxy"));
}

static enum mw_code judge_survey(struct mw_run *run, const struct live *live, double seconds)
{
    size_t count = live->survey->count;
    size_t usable = 0;
    for (size_t i = 0; i < count; i++)
        usable += live->survey->results[i].is_usable;
    tell_proxy(run, live->survey);
    enum mw_code code = mw_run_stopped(run);
    if (code != MW_OK)
        return mw_fail(&run->error, code, 0, "signal",
                       _("stopped; this is what was known by then, and nothing was saved"));
    if (usable == 0) {
        code = mw_fail(&run->error, MW_NO_MIRROR, 0, "probe",
                       _("none of %zu mirrors is usable; nothing was saved"), count);
        const char *advice = mw_survey_advice(live->survey);
        mw_error_hint(&run->error, "%s",
                      mw_survey_is_cut_off(live->survey)
                          ? _("Nothing came back from anywhere: is this machine offline?")
                      : advice != NULL ? advice
                                       : _("The table says why for each."));
        return code;
    }
    save(run, live->survey);
    mw_run_say(run,
               ngettext("%zu mirror measured in %.1f s, %zu usable.",
                        "%zu mirrors measured in %.1f s, %zu usable.", count),
               count, seconds, usable);
    return MW_OK;
}

/* Of the profile only the policy counts, which no secret is needed for. A stranger's policy is not
 * measured by, unless nobody named that profile: then the default is as good. */
static enum mw_code load_policy(struct mw_run *run)
{
    struct mw_session *session = &run->session;
    session->wants_policy_only = true;
    enum mw_code code = mw_run_load_profile(run);
    bool is_named =
        session->named_by == MW_NAMED_BY_OPTION || session->named_by == MW_NAMED_BY_ENVIRONMENT;
    if (code != MW_OK || !session->profile.is_stranger)
        return code;
    if (is_named)
        return mw_session_trusted(session, &run->error);
    mw_policy_init(&session->profile.policy);
    session->options.no_network = false;
    return MW_OK;
}

enum mw_code mw_action_probe(struct mw_run *run)
{
    struct mw_survey survey = {0};
    struct live live = {.run = run, .survey = &survey, .style = run->out};
    size_t rows = 0;
    enum mw_code code = mw_run_begin(run, MW_INTENT_READ);
    if (code == MW_OK)
        code = load_policy(run);
    if (code == MW_OK)
        code = mw_session_survey(&run->session, &survey, &run->error);
    if (code != MW_OK)
        goto out;

    /* Figures may use what prose should not: the whole width. */
    mw_style_screen(STDOUT_FILENO, &live.style.cols, &rows);
    live.traces = mw_xcalloc(survey.count + 1, sizeof *live.traces);
    code = measure(run, &live);
    if (code == MW_OK) {
        report(run, &live);
        code = judge_survey(run, &live,
                            (double)(mw_monotonic_ms(&run->session.sys) - live.begun_ms) / 1000);
    }
out:
    free(live.traces);
    mw_survey_release(&survey);
    return code;
}
