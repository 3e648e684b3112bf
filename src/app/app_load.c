/* Panels and mirrors from a reading of the profile, the catalogue and what the tools use. */
#include <stdlib.h>
#include <string.h>

#include "app_parts.h"
#include "mirrorwise/text.h"
#include "mirrorwise/url.h"

static void release_track(struct mw_app_track *track)
{
    MW_FREE_ALL(track->service, track->url, track);
}

/* As if nothing was loaded yet. */
static void reset_lists(struct mw_app *app)
{
    app->mirrors = NULL;
    app->panels = NULL;
    app->order = NULL;
    app->absent = app->texts = (struct mw_strings){0};
    app->mirror_count = app->panel_count = app->order_count = 0;
}

void app_load_release(struct mw_app *app)
{
    for (size_t i = 0; i < app->panel_count; i++) {
        MW_FREE_ALL(app->panels[i].rows, app->panels[i].now, app->panels[i].now_by);
        mw_strings_release(&app->panels[i].picked);
    }
    MW_FREE_ALL(app->mirrors, app->panels, app->order);
    mw_strings_release_all(&app->absent, &app->texts);
    reset_lists(app);
}

void app_tracks_release(struct mw_app *app)
{
    for (size_t i = 0; i < app->track_count; i++)
        release_track(app->tracks[i]);
    free(app->tracks);
    app->tracks = NULL;
    app->track_count = 0;
}

static struct mw_app_track *track_of(struct mw_app *app, const char *service, const char *url)
{
    for (size_t i = 0; i < app->track_count; i++) {
        struct mw_app_track *track = app->tracks[i];
        if (strcmp(track->service, service) == 0 && strcmp(track->url, url) == 0)
            return track;
    }
    struct mw_app_track *track = mw_xcalloc(1, sizeof *track);
    track->service = mw_xstrdup(service);
    track->url = mw_xstrdup(url);
    mw_probe_result_init(&track->result);
    *MW_PUSH(app->tracks, app->track_count) = track;
    return track;
}

/* Forgets what no mirror points to any more. */
static void sweep_tracks(struct mw_app *app)
{
    for (size_t i = 0; i < app->track_count; i++)
        app->tracks[i]->is_used = false;
    for (size_t i = 0; i < app->mirror_count; i++)
        app->mirrors[i].track->is_used = true;
    for (size_t i = app->track_count; i > 0; i--) {
        if (app->tracks[i - 1]->is_used)
            continue;
        release_track(app->tracks[i - 1]);
        app->tracks[i - 1] = app->tracks[--app->track_count];
    }
}

static const char *keep_text(struct mw_app *app, char *take_text)
{
    mw_strings_take(&app->texts, take_text);
    return take_text;
}

/* Of a tool's second service and so on the name begins with what it is for: "plugins: Aliyun". */
static const char *name_of(struct mw_app *app, const struct mw_app_mirror *mirror, const char *name,
                           const char *colon)
{
    const struct mw_app_panel *panel = &app->panels[mirror->panel];
    if (mirror->service == 0 || name[0] == '\0')
        return keep_text(app, mw_xstrdup(name));
    const char *of = panel->services[mirror->service];
    size_t len = strlen(panel->tool->id);
    if (strncmp(of, panel->tool->id, len) == 0 && of[len] == '-')
        of += len + 1;
    return keep_text(app, mw_xasprintf("%s%s%s", of, colon, name));
}

static const char *kept_text(struct mw_app *app, const char *text)
{
    return text != NULL ? keep_text(app, mw_xstrdup(text)) : "";
}

/* What a catalogue, or nobody, says of it: texts that are NULL are empty. */
static struct mw_app_mirror *add_app_mirror(struct mw_app *app, size_t panel, size_t service,
                                            const struct mw_mirror *from)
{
    struct mw_app_mirror *mirror = MW_PUSH(app->mirrors, app->mirror_count);
    *mirror = (struct mw_app_mirror){
        .panel = panel,
        .service = service,
        .id = kept_text(app, from->id),
        .operator_name = kept_text(app, from->operator_name),
        .url = kept_text(app, from->url),
        .region = kept_text(app, from->region),
        .verified = kept_text(app, from->verified),
        .source = kept_text(app, from->source),
        .reason = kept_text(app, from->reason),
        .status = from->status,
        .is_default = from->is_default,
        .track = track_of(app, app->panels[panel].services[service], from->url),
    };
    app->panels[panel].mirror_count++;
    return mirror;
}

static void load_mirror(struct mw_app *app, size_t panel, size_t service,
                        const struct mw_mirror *from)
{
    struct mw_app_mirror *mirror = add_app_mirror(app, panel, service, from);
    const char *name = from->name[0] != '\0' ? from->name : from->id;
    mirror->name = name_of(app, mirror, name, ": ");
    mirror->name_zh = name_of(app, mirror, from->name_zh, "\xEF\xBC\x9A");
}

/* What somebody uses is a row, whoever knows it. */
static void load_unknown(struct mw_app *app, size_t panel, size_t service, char *url)
{
    const struct mw_mirror from = {.id = url, .url = url, .status = MW_MIRROR_ACTIVE};
    struct mw_app_mirror *mirror = add_app_mirror(app, panel, service, &from);
    MW_FREE char *shown = mw_text_redact(url);
    const char *host = strstr(shown, "://");
    host = host != NULL ? host + 3 : shown;
    const char *at = strchr(host, '@');
    if (at != NULL && at < host + strcspn(host, "/?#"))
        host = at + 1;
    mirror->name = keep_text(app, mw_xstrndup(host, strcspn(host, "/?#")));
    mirror->name_zh = "";
    mirror->is_unknown = true;
}

/* Marks what is in use; returns the mirror. */
static size_t load_in_use(struct mw_app *app, size_t panel, size_t service, char *url, size_t place)
{
    size_t found = MW_APP_NONE;
    for (size_t i = 0; i < app->mirror_count && found == MW_APP_NONE; i++) {
        if (app->mirrors[i].panel == panel && app->mirrors[i].service == service &&
            mw_url_same_place(app->mirrors[i].url, url))
            found = i;
    }
    if (found == MW_APP_NONE) {
        load_unknown(app, panel, service, url);
        found = app->mirror_count - 1;
    }
    if (!app->mirrors[found].is_in_use) {
        app->mirrors[found].is_in_use = true;
        app->mirrors[found].place_in_use = place;
    }
    return found;
}

bool app_has_place(const struct mw_strings *urls, const char *url)
{
    for (size_t i = 0; i < urls->count; i++) {
        if (mw_url_same_place(urls->items[i], url))
            return true;
    }
    return false;
}

/* A dead mirror is shown only where somebody still uses it. */
static void load_service(struct mw_app *app, const struct mw_strings *urls, size_t index,
                         size_t service)
{
    struct mw_app_panel *panel = &app->panels[index];
    const struct mw_mirror *of = NULL;
    while ((of = mw_catalog_next(&app->session->catalog, panel->services[service], of)) != NULL) {
        if (of->status != MW_MIRROR_DEAD || app_has_place(urls, of->url))
            load_mirror(app, index, service, of);
    }
    for (size_t i = 0; i < urls->count; i++) {
        size_t mirror = load_in_use(app, index, service, urls->items[i], i);
        if (i == 0 && service == 0)
            panel->now_mirror = mirror;
    }
}

static void load_panel(struct mw_app *app, const struct mw_app_now *now)
{
    const struct mw_tool *tool = now->tool;
    size_t index = app->panel_count;
    struct mw_app_panel *panel = MW_PUSH(app->panels, app->panel_count);
    *panel = (struct mw_app_panel){
        .tool = tool,
        .selected = MW_APP_NONE,
        .leader = MW_APP_NONE,
        .now_mirror = MW_APP_NONE,
    };
    panel->service_count = mw_tool_services(tool, panel->services);
    for (size_t i = 0; i < panel->service_count; i++)
        load_service(app, &now->urls[i], index, i);
    const struct mw_strings *urls = &now->urls[0];
    const struct mw_value *value = &now->effective.value;
    panel->now = mw_text_redact(urls->count > 0          ? urls->items[0]
                                : value->items.count > 0 ? value->items.items[0]
                                                         : "");
    panel->now_by = mw_xstrdup(now->effective.variable != NULL ? now->effective.variable : "");
}

/* Is it a tool of this machine, or one that the profile prepares all the same? */
static bool is_here(const struct mw_session *session, const struct mw_app_now *now)
{
    for (size_t i = 0; session->has_plan && i < session->plan.setting_count; i++) {
        if (session->plan.settings[i].tool == now->tool)
            return true;
    }
    for (size_t i = 0; i < session->left.count; i++) {
        const struct mw_left *left = &session->left.items[i];
        if (strcmp(left->tool->id, now->tool->id) == 0 && !left->is_installed &&
            left->code == MW_OK)
            return false;
    }
    return !now->is_missing && now->tool->row_count > 0;
}

/* ---- what stays over a new reading ----------------------------------------------------------- */

static size_t find_panel(const struct mw_app *app, const struct mw_tool *tool)
{
    for (size_t i = 0; i < app->panel_count; i++) {
        if (app->panels[i].tool == tool)
            return i;
    }
    return MW_APP_NONE;
}

static size_t find_same(const struct mw_app *app, size_t panel, const struct mw_app_mirror *old)
{
    for (size_t i = 0; i < app->mirror_count; i++) {
        const struct mw_app_mirror *mirror = &app->mirrors[i];
        if (mirror->panel == panel && mirror->service == old->service &&
            strcmp(mirror->id, old->id) == 0 && strcmp(mirror->url, old->url) == 0)
            return i;
    }
    return MW_APP_NONE;
}

/* Owned: where each of the old mirrors is now; counts those that there still are. Their places
 * among the others last until the next ranking. */
static size_t *keep_mirrors(struct mw_app *app, const struct mw_app *old, size_t *kept)
{
    size_t *moved = mw_xcalloc(old->mirror_count + 1, sizeof *moved);
    for (size_t i = 0; i < old->mirror_count; i++) {
        const struct mw_app_mirror *from = &old->mirrors[i];
        moved[i] = find_same(app, find_panel(app, old->panels[from->panel].tool), from);
        if (moved[i] == MW_APP_NONE)
            continue;
        (*kept)++;
        app->mirrors[moved[i]].rank = from->rank;
        app->mirrors[moved[i]].is_tied = from->is_tied;
    }
    return moved;
}

static void move(const size_t *moved, size_t *mirror)
{
    if (*mirror != MW_APP_NONE)
        *mirror = moved[*mirror];
}

/* Until it is time for a new order, the rows stand as they stood. */
static void keep_panels(struct mw_app *app, const struct mw_app *old, const size_t *moved)
{
    for (size_t i = 0; i < old->panel_count; i++) {
        struct mw_app_panel *from = &old->panels[i];
        size_t index = find_panel(app, from->tool);
        if (index == MW_APP_NONE)
            continue;
        struct mw_app_panel *to = &app->panels[index];
        to->selected = from->selected;
        to->leader = from->leader;
        move(moved, &to->selected);
        move(moved, &to->leader);
        to->rows = mw_xcalloc(from->row_count + 1, sizeof *to->rows);
        for (size_t k = 0; k < from->row_count; k++) {
            if (moved[from->rows[k]] != MW_APP_NONE)
                to->rows[to->row_count++] = moved[from->rows[k]];
        }
        to->top = from->top;
        to->picked = from->picked;
        from->picked = (struct mw_strings){0};
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
            mirror->is_wanted = mirror->is_wanted || mw_app_writes(app, setting, mirror);
        }
    }
}

/* The selection is a tool, not a line, and the lines stand as they stood. */
static void keep_order(struct mw_app *app, const struct mw_app *old)
{
    app->order = mw_xcalloc(app->panel_count + 1, sizeof *app->order);
    for (size_t i = 0; i < old->order_count; i++) {
        size_t panel = find_panel(app, old->panels[old->order[i]].tool);
        if (panel != MW_APP_NONE)
            app->order[app->order_count++] = panel;
    }
    size_t focus =
        old->focus < old->panel_count ? find_panel(app, old->panels[old->focus].tool) : 0;
    app->focus = focus != MW_APP_NONE && focus < app->panel_count ? focus : 0;
}

bool app_load(struct mw_app *app, const struct mw_app_now *tools, size_t count)
{
    struct mw_app old = *app;
    reset_lists(app);
    for (size_t i = 0; i < count; i++) {
        const struct mw_app_now *now = &tools[i];
        if (is_here(app->session, now))
            load_panel(app, now);
        else if (now->is_missing)
            mw_strings_add(&app->absent, mw_tool_title(now->tool));
    }
    keep_order(app, &old);
    size_t kept = 0;
    MW_FREE size_t *moved = keep_mirrors(app, &old, &kept);
    keep_panels(app, &old, moved);
    for (size_t i = 0; i < app->target_count; i++)
        move(moved, &app->targets[i]);
    bool is_same = app->panel_count == old.panel_count && kept == app->mirror_count &&
                   kept == old.mirror_count && kept > 0;
    app_load_release(&old);
    sweep_tracks(app);
    mark_wanted(app);
    app_need_make(app);
    app->views[0] = mw_app_is_many(app) ? MW_VIEW_OVERVIEW : MW_VIEW_HOME;
    return is_same;
}
