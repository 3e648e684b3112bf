/* Panels and mirrors from a reading of the profile, the catalogue and what the tools use. */
#include <stdlib.h>
#include <string.h>

#include "app_parts.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "mirrorwise/url.h"

static void release_mirror(struct mw_app_mirror *mirror)
{
    free(mirror->id);
    free(mirror->name);
    free(mirror->name_zh);
    free(mirror->operator_name);
    free(mirror->url);
    free(mirror->region);
    free(mirror->verified);
    free(mirror->source);
    free(mirror->reason);
}

static void release_panel(struct mw_app_panel *panel)
{
    free(panel->rows);
    free(panel->now);
    free(panel->now_by);
    free(panel->picked);
}

void app_load_release(struct mw_app *app)
{
    for (size_t i = 0; i < app->mirror_count; i++)
        release_mirror(&app->mirrors[i]);
    for (size_t i = 0; i < app->panel_count; i++)
        release_panel(&app->panels[i]);
    free(app->mirrors);
    free(app->panels);
    app->mirrors = NULL;
    app->panels = NULL;
    app->mirror_count = app->panel_count = 0;
}

static void load_mirror(struct mw_app *app, size_t panel, const struct mw_mirror *from)
{
    struct mw_app_mirror *mirror = MW_PUSH(app->mirrors, app->mirror_count);
    *mirror = (struct mw_app_mirror){
        .panel = panel,
        .id = mw_xstrdup(from->id),
        .name = mw_xstrdup(from->name),
        .name_zh = mw_xstrdup(from->name_zh),
        .operator_name = mw_xstrdup(from->operator_name),
        .url = mw_xstrdup(from->url),
        .region = mw_xstrdup(from->region),
        .verified = mw_xstrdup(from->verified),
        .source = mw_xstrdup(from->source),
        .reason = mw_xstrdup(from->reason),
        .status = from->status,
    };
    mw_probe_result_init(&mirror->result);
}

/* The part of a value that the tool asks first: of GOPROXY's "a,b|c" that is a. */
static char *first_of(const struct mw_value *value)
{
    if (value->items.count == 0)
        return mw_xstrdup("");
    const char *text = value->items.items[0];
    return mw_xstrndup(text, strcspn(text, ",| "));
}

/* What a tool asks if nobody tells it anything is in the catalogue as "upstream". */
static size_t find_now(const struct mw_app *app, size_t panel, const char *url)
{
    for (size_t i = 0; i < app->mirror_count; i++) {
        const struct mw_app_mirror *mirror = &app->mirrors[i];
        if (mirror->panel != panel)
            continue;
        if (url[0] == '\0' ? strcmp(mirror->id, "upstream") == 0 : mw_url_same(mirror->url, url))
            return i;
    }
    return MW_APP_NONE;
}

static void mark_in_use(struct mw_app *app, size_t index, const char *url, size_t place)
{
    size_t mirror = find_now(app, index, url);
    if (mirror == MW_APP_NONE || app->mirrors[mirror].is_in_use)
        return;
    app->mirrors[mirror].is_in_use = true;
    app->mirrors[mirror].place_in_use = place;
}

/* Every mirror of the value is in use; the first is what the tool asks. */
static void load_now(struct mw_app *app, size_t index, const struct mw_app_now *now,
                     const char *url)
{
    struct mw_app_panel *panel = &app->panels[index];
    struct mw_strings urls = {0};
    panel->now_mirror = find_now(app, index, url);
    mark_in_use(app, index, url, 0);
    for (size_t i = 0; now != NULL && i < now->effective.value.items.count; i++)
        mw_strings_split(&urls, now->effective.value.items.items[i], ",| ");
    for (size_t i = 0; i < urls.count; i++)
        mark_in_use(app, index, urls.items[i], i);
    mw_strings_release(&urls);
    panel->now = mw_text_redact(url);
    const char *by = now != NULL ? now->effective.variable : NULL;
    panel->now_by = mw_xstrdup(by != NULL ? by : "");
}

/* A dead mirror is shown only where somebody still uses it. */
static void load_panel(struct mw_app *app, const struct mw_job_result *result,
                       const struct mw_tool *tool)
{
    const struct mw_app_now *now = NULL;
    for (size_t i = 0; i < result->now_count; i++) {
        if (result->now[i].tool == tool)
            now = &result->now[i];
    }
    static const struct mw_value nothing = {0};
    char *url = first_of(now != NULL ? &now->effective.value : &nothing);

    size_t index = app->panel_count;
    struct mw_app_panel *panel = MW_PUSH(app->panels, app->panel_count);
    *panel = (struct mw_app_panel){
        .tool = tool,
        .selected = MW_APP_NONE,
        .leader = MW_APP_NONE,
        .now_mirror = MW_APP_NONE,
    };
    const struct mw_catalog *catalog = &result->session->catalog;
    for (size_t i = 0; i < catalog->count; i++) {
        const struct mw_mirror *mirror = &catalog->mirrors[i];
        bool is_wanted = mirror->status != MW_MIRROR_DEAD || mw_url_same(mirror->url, url);
        if (strcmp(mirror->tool, tool->id) == 0 && is_wanted) {
            load_mirror(app, index, mirror);
            panel->mirror_count++;
        }
    }
    load_now(app, index, now, url);
    free(url);
}

/* ---- what stays over a new reading ----------------------------------------------------------- */

static size_t find_same(const struct mw_app *app, const struct mw_app_panel *panel,
                        const struct mw_app_mirror *old)
{
    for (size_t i = 0; i < app->mirror_count; i++) {
        const struct mw_app_mirror *mirror = &app->mirrors[i];
        if (app->panels[mirror->panel].tool == panel->tool && strcmp(mirror->id, old->id) == 0 &&
            strcmp(mirror->url, old->url) == 0)
            return i;
    }
    return MW_APP_NONE;
}

/* Returns how many of the old mirrors there still are. */
static size_t keep_mirrors(struct mw_app *app, const struct mw_app *old)
{
    size_t kept = 0;
    for (size_t i = 0; i < old->mirror_count; i++) {
        const struct mw_app_mirror *from = &old->mirrors[i];
        size_t index = find_same(app, &old->panels[from->panel], from);
        if (index == MW_APP_NONE)
            continue;
        kept++;
        struct mw_app_mirror *to = &app->mirrors[index];
        to->result = from->result;
        to->last = from->last;
        to->has_sample = from->has_sample;
        to->seen = from->seen;
        to->lost = from->lost;
        memcpy(to->points, from->points, sizeof to->points);
    }
    return kept;
}

/* Until it is time for a new order, the rows stand as they stood. */
static void keep_rows(const struct mw_app *app, const struct mw_app *old,
                      const struct mw_app_panel *from, struct mw_app_panel *to)
{
    to->rows = mw_xcalloc(app->mirror_count + 1, sizeof *to->rows);
    for (size_t i = 0; i < from->row_count; i++) {
        size_t mirror = find_same(app, from, &old->mirrors[from->rows[i]]);
        if (mirror != MW_APP_NONE && to->row_count < app->mirror_count)
            to->rows[to->row_count++] = mirror;
    }
}

static void keep_panels(struct mw_app *app, const struct mw_app *old)
{
    for (size_t i = 0; i < old->panel_count; i++) {
        struct mw_app_panel *from = &old->panels[i];
        for (size_t k = 0; k < app->panel_count; k++) {
            struct mw_app_panel *to = &app->panels[k];
            if (to->tool != from->tool)
                continue;
            if (from->selected != MW_APP_NONE)
                to->selected = find_same(app, from, &old->mirrors[from->selected]);
            if (from->leader != MW_APP_NONE)
                to->leader = find_same(app, from, &old->mirrors[from->leader]);
            keep_rows(app, old, from, to);
            to->top = from->top;
            to->picked = from->picked;
            from->picked = NULL;
        }
    }
}

static void keep_targets(struct mw_app *app, const struct mw_app *old)
{
    for (size_t i = 0; i < app->target_count; i++) {
        if (app->targets[i] == MW_APP_NONE)
            continue;
        const struct mw_app_mirror *mirror = &old->mirrors[app->targets[i]];
        app->targets[i] = find_same(app, &old->panels[mirror->panel], mirror);
    }
}

static void mark_wanted(struct mw_app *app)
{
    const struct mw_plan *plan = &app->session->plan;
    for (size_t i = 0; app->session->has_plan && i < plan->setting_count; i++) {
        const struct mw_plan_setting *setting = &plan->settings[i];
        if (setting->verdict == MW_VERDICT_SAME)
            continue;
        for (size_t k = 0; k < app->mirror_count; k++) {
            struct mw_app_mirror *mirror = &app->mirrors[k];
            if (app->panels[mirror->panel].tool == setting->tool &&
                mw_strings_has(&setting->mirror_ids, mirror->id))
                mirror->is_wanted = true;
        }
    }
}

bool app_load(struct mw_app *app, const struct mw_job_result *result)
{
    struct mw_app old = *app;
    app->mirrors = NULL;
    app->panels = NULL;
    app->mirror_count = app->panel_count = 0;
    for (size_t i = 0; i < result->now_count; i++)
        load_panel(app, result, result->now[i].tool);
    size_t kept = keep_mirrors(app, &old);
    keep_panels(app, &old);
    keep_targets(app, &old);
    bool is_same = app->panel_count == old.panel_count && kept == app->mirror_count &&
                   kept == old.mirror_count && kept > 0;
    app_load_release(&old);
    if (app->focus >= app->panel_count)
        app->focus = 0;
    mark_wanted(app);
    return is_same;
}
