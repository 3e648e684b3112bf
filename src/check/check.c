/* Running the table. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/secret.h"
#include "mirrorwise/text.h"

enum { DOCTOR_MS = 10000, CHECKLIST_MS = 30000 };

const char check_no_time[] = N_("not checked: no time was left");

const char *mw_check_status_word(enum mw_check_status status)
{
    static const char *const words[] = {
        [MW_CHECK_PASS] = N_("pass"),
        [MW_CHECK_WARN] = N_("warn"),
        [MW_CHECK_FAIL] = N_("fail"),
        [MW_CHECK_SKIP] = N_("skip"),
    };
    return words[status];
}

static void release_check(struct mw_check *check)
{
    MW_FREE_ALL(check->id, check->title, check->observed, check->expected, check->why, check->fix);
    mw_remedy_release(&check->remedy);
}

void mw_checks_put(struct mw_checks *checks, size_t index, const struct mw_check *check)
{
    (void)MW_PUSH(checks->items, checks->count);
    struct mw_check *at = &checks->items[index];
    memmove(at + 1, at, (checks->count - 1 - index) * sizeof *at);
    *at = (struct mw_check){
        .id = mw_xstrdup(check->id),
        .area = check->area,
        .status = check->status,
        .title = mw_xstrdup(check->title),
        .observed = mw_xstrdup(check->observed),
        .expected = mw_xstrdup(check->expected),
        .why = mw_xstrdup(check->why),
        .fix = mw_xstrdup(check->fix),
        .took_ms = check->took_ms,
    };
    mw_remedy_copy(&at->remedy, &check->remedy);
}

void mw_checks_remove(struct mw_checks *checks, size_t index)
{
    struct mw_check *at = &checks->items[index];
    release_check(at);
    checks->count--;
    memmove(at, at + 1, (checks->count - index) * sizeof *at);
}

void mw_checks_release(struct mw_checks *checks)
{
    for (size_t i = 0; i < checks->count; i++)
        release_check(&checks->items[i]);
    free(checks->items);
    *checks = (struct mw_checks){0};
}

size_t mw_checks_count(const struct mw_checks *checks, enum mw_check_status status)
{
    size_t count = 0;
    for (size_t i = 0; i < checks->count; i++)
        count += checks->items[i].status == status;
    return count;
}

enum mw_code mw_checks_code(const struct mw_checks *checks)
{
    return mw_checks_count(checks, MW_CHECK_FAIL) > 0 ? MW_PENDING : MW_OK;
}

/* ---- results --------------------------------------------------------------------------------- */

/* Owned: what anybody may see of `text`. */
static char *shown(const char *text)
{
    MW_FREE char *redacted = mw_text_redact(text != NULL ? text : "");
    return mw_text_safe(redacted, strlen(redacted), 0, false);
}

/* What a value of a setting stands in, which may be a short secret. */
static char *shown_value(const char *text)
{
    char *masked = mw_secret_mask_words(text != NULL ? text : "");
    char *safe = shown(masked);
    mw_secret_free(masked);
    return safe;
}

/* The values that a command sets. */
static char *shown_command(const char *text)
{
    const char *set = strstr(text, " --set ");
    MW_FREE char *values = shown_value(set);
    MW_FREE char *command = mw_xstrndup(text, set != NULL ? (size_t)(set - text) : strlen(text));
    MW_FREE char *before = shown(command);
    return mw_xasprintf("%s%s", before, values);
}

const char *check_told(const struct check_run *run)
{
    const char *told = mw_pairs_find(&run->tool->tool->checks, run->row->id);
    return told != NULL ? told : "";
}

/* Owned: a text of the row, for its tool and in the language of the run. */
static char *row_text(const struct check_run *run, const char *text)
{
    if (run->row->area != NULL || strchr(text, '{') == NULL)
        return mw_xstrdup(_(text));
    const struct mw_tool *tool = run->tool->tool;
    MW_FREE char *titled = mw_text_replace(_(text), "{tool}", mw_tool_title(tool));
    MW_FREE char *named = mw_text_replace(titled, "{program}", tool->programs.items[0]);
    return mw_text_replace(named, "{told}", check_told(run));
}

static char *row_title(const struct check_run *run)
{
    MW_FREE char *title = row_text(run, run->row->title);
    return run->row->area != NULL
               ? mw_xstrdup(title)
               : mw_xasprintf(_("%s: %s"), mw_tool_title(run->tool->tool), title);
}

static bool has_id(const struct mw_checks *checks, const char *id)
{
    for (size_t i = 0; i < checks->count; i++) {
        if (strcmp(checks->items[i].id, id) == 0)
            return true;
    }
    return false;
}

/* Owned. The second of a name (on one line, or in another file) is NAME.2: an id names one thing.
 */
static char *row_id(const struct check_run *run, const char *subject)
{
    const char *tool = run->row->area == NULL ? run->tool->tool->id : "";
    MW_FREE char *plain = mw_xasprintf("%s%s%s%s%s", tool, tool[0] != '\0' ? "-" : "", run->row->id,
                                       subject != NULL ? "." : "", subject != NULL ? subject : "");
    if (run->is_trial) /* nobody reads it */
        return mw_xstrdup(plain);
    MW_FREE char *safe = shown(plain);
    char *id = mw_xstrdup(safe);
    for (size_t n = 2; has_id(run->checks, id) && n <= run->checks->count + 1; n++) {
        free(id);
        id = mw_xasprintf("%s.%zu", safe, n);
    }
    return id;
}

bool check_only_counts(const struct check_run *run)
{
    return run->is_trial || run->row_odd >= CHECK_MAX_ROW;
}

static void release_result(struct check_result *take)
{
    MW_FREE_ALL(take->subject, take->title, take->observed, take->expected);
    check_ways_release(&take->ways);
}

/* A file of any size has findings of any number. True if this one is only counted. */
static bool is_dropped(struct check_run *run, struct check_result *take)
{
    bool is_odd = take->status == MW_CHECK_FAIL || take->status == MW_CHECK_WARN;
    if (!is_odd || run->is_trial || run->row->area != NULL || run->row_odd++ < CHECK_MAX_ROW)
        return false;
    run->row_worst =
        run->row_dropped == 0 || take->status > run->row_worst ? take->status : run->row_worst;
    run->row_dropped++;
    release_result(take);
    return true;
}

static void add_dropped(struct check_run *run)
{
    size_t more = run->row_dropped;
    if (more == 0)
        return;
    run->row_odd = 0;
    check_found(run, run->row_worst, "more", check_no_way, _("%zu more like these"), more);
}

void check_add(struct check_run *run, struct check_result take)
{
    if (is_dropped(run, &take))
        return;
    bool is_of_short = take.subject != NULL && mw_secret_is_short(take.subject);
    char *id = row_id(run, is_of_short ? "****" : take.subject);
    const struct check_way *way = run->is_trial ? NULL : check_choose(run, &take.ways, id);
    struct mw_check *check = MW_PUSH(run->checks->items, run->checks->count);
    *check = (struct mw_check){.id = id, .status = take.status};
    if (run->is_trial) { /* nobody reads the rest */
        release_result(&take);
        return;
    }
    long now = mw_monotonic_ms(run->sys);
    check->took_ms = now - run->since_ms;
    run->since_ms = now;
    check->area = run->row->area != NULL ? run->row->area : run->tool->tool->id;
    MW_FREE char *title = take.title != NULL ? mw_xstrdup(take.title) : row_title(run);
    check->title = shown(title);
    /* A secret in which no part can be told; else only that part is masked. */
    bool is_hidden =
        take.is_secret && !(take.expected != NULL && mw_text_has_secret(take.expected));
    check->observed = is_hidden     ? mw_xstrdup("****")
                      : is_of_short ? shown_value(take.observed)
                                    : shown(take.observed);
    check->expected = is_hidden               ? mw_xstrdup("****")
                      : take.expected != NULL ? shown(take.expected)
                                              : row_text(run, run->row->expected);
    MW_FREE char *why = row_text(run, run->row->why);
    check->why = shown(take.why != NULL ? take.why : why);
    if (way != NULL)
        mw_remedy_copy(&check->remedy, &way->remedy);
    MW_FREE char *fix = check_fix(run, &check->remedy, id);
    check->fix = shown_command(fix);
    release_result(&take);
}

void check_found(struct check_run *run, enum mw_check_status status, const char *subject,
                 struct check_ways take_ways, const char *format, ...)
{
    struct mw_buf text = {0};
    va_list args;
    va_start(args, format);
    mw_buf_vprintf(&text, format, args);
    va_end(args);
    check_add(run, (struct check_result){
                       .status = status,
                       .subject = subject != NULL ? mw_xstrdup(subject) : NULL,
                       .observed = mw_buf_take(&text),
                       .ways = take_ways,
                   });
}

void check_skip_unknown(struct check_run *run, const struct mw_error *err)
{
    MW_FREE char *sentence = shown(err->message);
    bool is_told = false;
    for (size_t i = 0; !is_told && i < run->checks->count; i++)
        is_told = strstr(run->checks->items[i].observed, sentence) != NULL;
    if (is_told)
        check_skip(run, "%s", _("what is wanted is not known; the reason stands above"));
    else if (err->hint[0] != '\0')
        check_skip(run, _("what is wanted is not known: %s; %s"), err->message, err->hint);
    else
        check_skip(run, _("what is wanted is not known: %s"), err->message);
}

/* ---- the run --------------------------------------------------------------------------------- */

void check_start_clock(struct check_run *run)
{
    run->since_ms = mw_monotonic_ms(run->sys);
}

long check_left_ms(const struct check_run *run)
{
    long left_ms = run->end_ms - mw_monotonic_ms(run->sys);
    if (mw_system_stopped(run->sys, NULL) != MW_OK)
        return 0;
    return left_ms > 0 ? left_ms : 0;
}

int check_timeout_ms(const struct check_run *run, int limit_ms)
{
    long left_ms = check_left_ms(run);
    return left_ms < limit_ms ? (int)left_ms : limit_ms;
}

static void run_row(struct check_run *run)
{
    size_t before = run->checks->count;
    check_start_clock(run);
    run->row_odd = run->row_dropped = 0;
    if (check_left_ms(run) == 0)
        check_skip(run, "%s", _(check_no_time));
    else
        run->row->run(run);
    add_dropped(run);
    MW_FREE char *expected = row_text(run, run->row->expected);
    if (run->checks->count == before)
        check_pass(run, "%s", expected);
    for (size_t i = before; run->ctx->found != NULL && i < run->checks->count; i++)
        run->ctx->found(run->ctx->found_context, &run->checks->items[i]);
}

static bool is_selected(const struct check_run *run, const struct check_row *row)
{
    return (row->lists & (unsigned)run->list) != 0;
}

bool check_row_is_of(const struct check_row *row, const struct mw_tool *tool)
{
    return row->area == NULL && (!row->is_named || mw_pairs_find(&tool->checks, row->id) != NULL) &&
           (!row->has_locks || tool->locks.count > 0);
}

/* Rows go by what may disturb what; people read by area. */
static void group_by_area(struct mw_checks *checks)
{
    struct mw_checks grouped = {0};
    for (size_t i = 0; i < checks->count; i++) {
        const char *area = checks->items[i].area;
        bool is_done = false;
        for (size_t k = 0; !is_done && k < i; k++)
            is_done = strcmp(checks->items[k].area, area) == 0;
        for (size_t k = i; !is_done && k < checks->count; k++) {
            if (strcmp(checks->items[k].area, area) == 0)
                *MW_PUSH(grouped.items, grouped.count) = checks->items[k];
        }
    }
    free(checks->items);
    *checks = grouped;
}

void mw_checks_run(const struct mw_check_context *context, enum mw_check_list list,
                   struct mw_checks *checks)
{
    struct mw_system sys = *context->sys;
    struct mw_check_context ctx = *context;
    struct check_run run = {.ctx = &ctx, .sys = &sys, .list = list, .checks = checks};
    sys.memo = mw_memo_new();
    ctx.sys = &sys;
    bool is_quick = list == MW_CHECK_DOCTOR && context->measure == NULL;
    long limit_ms = is_quick ? DOCTOR_MS : CHECKLIST_MS;
    if (context->deadline_ms > 0)
        limit_ms = context->deadline_ms;
    run.end_ms = mw_monotonic_ms(context->sys) + limit_ms;

    check_machine_read(&run);
    size_t count = 0;
    const struct check_row *rows = check_rows(&count);
    for (size_t i = 0; i < count; i++) {
        run.row = &rows[i];
        if (!is_selected(&run, run.row))
            continue;
        run.tool = NULL;
        if (run.row->area != NULL)
            run_row(&run);
        for (size_t t = 0; run.row->area == NULL && t < run.tool_count; t++) {
            run.tool = &run.tools[t];
            if (!run.tool->is_absent && check_row_is_of(run.row, run.tool->tool))
                run_row(&run);
        }
    }
    check_trials_release(&run);
    check_machine_release(&run);
    mw_memo_free(sys.memo);
    group_by_area(checks);
}

void mw_check_ids(enum mw_check_list list, struct mw_strings *ids)
{
    size_t count = 0, tool_count = mw_tool_count();
    const struct check_row *rows = check_rows(&count);
    for (size_t i = 0; i < count; i++) {
        if ((rows[i].lists & (unsigned)list) == 0)
            continue;
        if (rows[i].area != NULL)
            mw_strings_add(ids, rows[i].id);
        for (size_t t = 0; rows[i].area == NULL && t < tool_count; t++) {
            const struct mw_tool *tool = mw_tool_at(t);
            if (tool != NULL && check_row_is_of(&rows[i], tool))
                mw_strings_take(ids, mw_xasprintf("%s-%s", tool->id, rows[i].id));
        }
    }
}
