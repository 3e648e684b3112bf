/* The checklist: filled item by item while the checks run. What the run before said stays on the
 * screen until there is something newer to say, so that nothing jumps and nothing flickers. */
#include <string.h>

#include "app_parts.h"
#include "mirrorwise/memory.h"

const struct mw_check *mw_app_check(const struct mw_app *app)
{
    size_t row = app->scroll[MW_VIEW_CHECKS].cursor;
    return row < app->checks.count ? &app->checks.items[row] : NULL;
}

bool mw_app_check_is_fresh(const struct mw_app *app, const struct mw_check *check)
{
    return !app->is_checking || mw_strings_has(&app->fresh_checks, check->id);
}

static size_t find(const struct mw_checks *checks, const char *id)
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
    bool is_news = app->is_checking && event->number == app->check_number;
    struct mw_app_scroll *scroll = &app->scroll[MW_VIEW_CHECKS];
    for (size_t i = 0; is_news && i < event->checks->count; i++) {
        const struct mw_check *check = &event->checks->items[i];
        size_t at = find(&app->checks, check->id);
        bool is_known = at < app->checks.count;
        if (is_known)
            mw_checks_remove(&app->checks, at);
        else
            at = place_of(&app->checks, check->area);
        mw_checks_put(&app->checks, at, check);
        mw_strings_add(&app->fresh_checks, check->id);
        if (!is_known && scroll->cursor > 0 && at <= scroll->cursor)
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
    size_t row = before != NULL ? find(checks, before->id) : checks->count;
    bool is_chosen = app->scroll[MW_VIEW_CHECKS].cursor > 0 || app_is_open(app, MW_VIEW_CHECK);
    if (is_chosen && row < checks->count)
        return row;
    for (size_t i = 0; i < checks->count; i++) {
        if (checks->items[i].status == MW_CHECK_FAIL)
            return i;
    }
    return 0;
}

void app_checks_end(struct mw_app *app, struct mw_checks *checks)
{
    /* An item that is gone closes: `f` must not mend another one under the same eyes. */
    const struct mw_check *before = mw_app_check(app);
    if (before == NULL || find(checks, before->id) == checks->count)
        app_close(app, MW_VIEW_CHECK);
    app->scroll[MW_VIEW_CHECKS].cursor = cursor_in(app, checks);
    app->is_checking = false;
    app->has_checks = true;
    mw_strings_release(&app->fresh_checks);
    mw_checks_release(&app->checks);
    app->checks = *checks;
    *checks = (struct mw_checks){0};
}

void app_checks_forget(struct mw_app *app)
{
    app->check_number = 0;
    app->is_checking = false;
    app->has_checks = false;
    mw_strings_release(&app->fresh_checks);
    mw_checks_release(&app->checks);
}
