/* The checklist: filled item by item while the checks run. What the run before said stays on the
 * screen until there is something newer to say, so that nothing jumps and nothing flickers. */
#include <string.h>

#include "app_parts.h"

static bool is_shown(const struct mw_app *app, const struct mw_check *check)
{
    return !app->is_only_wrong || check->status == MW_CHECK_FAIL || check->status == MW_CHECK_WARN;
}

size_t mw_app_check_count(const struct mw_app *app)
{
    size_t count = 0;
    for (size_t i = 0; i < app->checks.count; i++)
        count += is_shown(app, &app->checks.items[i]);
    return count;
}

const struct mw_check *mw_app_check_at(const struct mw_app *app, size_t row)
{
    for (size_t i = 0; i < app->checks.count; i++) {
        if (is_shown(app, &app->checks.items[i]) && row-- == 0)
            return &app->checks.items[i];
    }
    return NULL;
}

const struct mw_check *mw_app_check(const struct mw_app *app)
{
    return mw_app_check_at(app, app->scroll[MW_VIEW_CHECKS].cursor);
}

unsigned app_run_only(struct mw_app *app)
{
    app->is_only_wrong = !app->is_only_wrong;
    app->scroll[MW_VIEW_CHECKS] = (struct mw_app_scroll){0};
    app_say(app, MW_LEVEL_INFO, "%s",
            app->is_only_wrong ? _("only what is not in order; o shows everything")
                               : _("everything is shown"));
    return 0;
}

bool mw_app_check_is_fresh(const struct mw_app *app, const struct mw_check *check)
{
    return !app->is_checking || mw_strings_has(&app->fresh_checks, check->id);
}

static size_t index_of_check(const struct mw_checks *checks, const char *id)
{
    size_t i = 0;
    while (i < checks->count && strcmp(checks->items[i].id, id) != 0)
        i++;
    return i;
}

/* Items of an area stay together, as in the list at the end. */
static size_t place_of(const struct mw_checks *checks, const char *area)
{
    size_t place = checks->count;
    for (size_t i = 0; i < checks->count; i++) {
        if (strcmp(checks->items[i].area, area) == 0)
            place = i + 1;
    }
    return place;
}

unsigned app_checks_take(struct mw_app *app, const struct mw_event *event)
{
    bool is_news = app->is_checking && event->number == app->newest[MW_JOB_CHECKS];
    struct mw_app_scroll *scroll = &app->scroll[MW_VIEW_CHECKS];
    for (size_t i = 0; is_news && i < event->checks->count; i++) {
        const struct mw_check *check = &event->checks->items[i];
        size_t at = index_of_check(&app->checks, check->id);
        bool is_known = at < app->checks.count;
        if (is_known)
            mw_checks_remove(&app->checks, at);
        else
            at = place_of(&app->checks, check->area);
        mw_checks_put(&app->checks, at, check);
        mw_strings_add(&app->fresh_checks, check->id);
        if (!is_known && is_shown(app, check) && scroll->cursor > 0 && at <= scroll->cursor)
            scroll->cursor++;
    }
    mw_checks_release(event->checks);
    return is_news ? MW_EFFECT_DRAW : 0;
}

/* The cursor stays on its item; until somebody has moved it or opened the item, what fails is what
 * one wants to see. */
static size_t cursor_in(const struct mw_app *app, const struct mw_checks *checks)
{
    const struct mw_check *before = mw_app_check(app);
    size_t row = 0;
    bool is_chosen = app->scroll[MW_VIEW_CHECKS].is_chosen || app_is_open(app, MW_VIEW_CHECK);
    for (size_t i = 0; is_chosen && before != NULL && i < checks->count; i++) {
        if (strcmp(checks->items[i].id, before->id) == 0)
            return row;
        row += is_shown(app, &checks->items[i]);
    }
    return 0; /* what fails comes first */
}

/* What fails first, then what warns; each as it stood. */
static void sort_by_need(const struct mw_checks *checks, struct mw_checks *sorted)
{
    static const enum mw_check_status order[] = {MW_CHECK_FAIL, MW_CHECK_WARN, MW_CHECK_PASS,
                                                 MW_CHECK_SKIP};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        for (size_t k = 0; k < checks->count; k++) {
            if (checks->items[k].status == order[i])
                mw_checks_put(sorted, sorted->count, &checks->items[k]);
        }
    }
}

void app_checks_end(struct mw_app *app, struct mw_checks *checks)
{
    /* An item that is gone closes: `f` must not mend another one under the same eyes. */
    const struct mw_check *before = mw_app_check(app);
    if (before == NULL || index_of_check(checks, before->id) == checks->count)
        app_close(app, MW_VIEW_CHECK);
    struct mw_checks sorted = {0};
    sort_by_need(checks, &sorted);
    mw_checks_release(checks);
    *checks = sorted;
    app->scroll[MW_VIEW_CHECKS].cursor = cursor_in(app, checks);
    app->is_checking = false;
    mw_strings_release(&app->fresh_checks);
    mw_checks_release(&app->checks);
    app->checks = *checks;
    *checks = (struct mw_checks){0};
}

void app_checks_forget(struct mw_app *app)
{
    app->newest[MW_JOB_CHECKS] = 0;
    app->is_checking = false;
    mw_strings_release(&app->fresh_checks);
    mw_checks_release(&app->checks);
}
