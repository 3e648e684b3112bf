/* Row about a checksum database: is it on, and does it answer on the way that the tool takes to it?
 * Told "DATABASE PROXIES": the keys that name it and the proxies. */
#include <stdio.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/module.h"

enum { ROW_MS = 10000 };

/* Who asks, and for whom. */
struct row {
    struct check_run *run;
    const char *key, *proxies_key; /* of the tool */
    const char *program;
    const struct mw_hit *found; /* of the key */
    const char *value;
    long spare_ms; /* of the list's time: for the rows behind this one */
};

/* All questions together may take half of what is left: other rows want to be run as well. */
static long spare_ms(const struct check_run *run)
{
    long left_ms = check_left_ms(run);
    return left_ms / 2 > ROW_MS ? left_ms - ROW_MS : left_ms / 2;
}

static void ask_for_row(void *context, struct mw_database_answer *answers, size_t count)
{
    const struct row *row = context;
    const struct mw_check_context *ctx = row->run->ctx;
    long left_ms = check_left_ms(row->run) - row->spare_ms;
    for (size_t i = 0; i < count; i++) {
        answers[i].service = row->run->tool->tool->id;
        if (left_ms <= 0)
            snprintf(answers[i].reason, sizeof answers[i].reason, "%s", _(check_no_time));
    }
    if (left_ms > 0 && count > 0)
        ctx->ask_database(ctx->measure_context, answers, count, left_ms);
}

static void fix_with(const struct row *row, const char *value, struct check_ways *ways)
{
    const struct check_run *run = row->run;
    const struct mw_tool *tool = run->tool->tool;
    MW_FREE char *probe = mw_xasprintf("--probe --only %s", tool->id);
    MW_FREE char *variable = mw_xasprintf("%s=%s", row->key, value != NULL ? value : "");
    MW_FREE char *set = mw_xasprintf("%s.%s", tool->id, variable);
    if (value == NULL)
        *ways = check_by_hand(check_program(run, probe));
    else if (row->found->variable == NULL)
        check_way_apply(run, ways, tool, set);
    else
        *ways = check_by_hand(check_command(run, false, "export", variable, NULL));
}

static char *title_of(const struct row *row)
{
    return mw_xasprintf(_("%s: %s"), mw_tool_title(row->run->tool->tool),
                        _("the checksum database answers"));
}

static void add_way(struct row *row, const struct mw_database *database,
                    const struct mw_database_way *way)
{
    struct mw_buf text = {0};
    bool works = way->url != NULL && way->end.is_genuine;
    bool is_unknown = way->url != NULL && !way->end.is_asked;
    bool is_half_known = false;
    MW_FREE char *value =
        works || is_unknown
            ? NULL
            : mw_database_find_value(database, row->value, ask_for_row, row, &is_half_known);
    mw_buf_puts(&text, mw_buf_text(&way->met));
    mw_buf_end_clause(&text);
    mw_buf_puts(&text, way->met.len > 0 ? _("; ") : "");
    if (way->url == NULL)
        mw_buf_printf(&text, _("%s gives up there and verifies nothing"), row->program);
    else
        mw_buf_printf(&text,
                      way->end.is_relayed ? _("%s asks %s, a relay: %s") : _("%s asks %s: %s"),
                      row->program, way->url, works ? way->end.note : way->end.reason);
    if (value != NULL || is_half_known || (!works && !is_unknown))
        mw_buf_end_clause(&text);
    if (value != NULL)
        mw_buf_printf(&text, _("; with %s=%s it answers"), row->key, value);
    else if (is_half_known)
        mw_buf_puts(&text, _("; whether it answers elsewhere is not known"));
    else if (!works && !is_unknown)
        mw_buf_puts(&text, _("; it does not answer elsewhere either"));
    struct check_ways ways = {0};
    if (!works && !is_unknown)
        fix_with(row, value, &ways);
    check_add(row->run, (struct check_result){
                            .status = works        ? MW_CHECK_PASS
                                      : is_unknown ? MW_CHECK_SKIP
                                                   : MW_CHECK_FAIL,
                            .subject = mw_xstrdup("reachable"),
                            .title = title_of(row),
                            .observed = mw_buf_take(&text),
                            .expected = mw_xasprintf(_("a tree that %s has signed, on the way that "
                                                       "%s takes"),
                                                     database->key.name, row->program),
                            .ways = ways,
                            .why = _("without it every module is refused that the project has no "
                                     "checksum of yet"),
                        });
}

static void add_unasked(const struct row *row, const char *reason)
{
    check_add(row->run, (struct check_result){
                            .status = MW_CHECK_SKIP,
                            .subject = mw_xstrdup("reachable"),
                            .title = title_of(row),
                            .observed = mw_xstrdup(reason),
                        });
}

static void add_malformed(const struct row *row, const char *key)
{
    MW_FREE char *reason = mw_xasprintf(_("not asked: %s is malformed"), key);
    add_unasked(row, reason);
}

/* One bad element of the list breaks every download, so there is no way to follow. */
static bool is_list(const struct row *row, const char *proxies)
{
    MW_AUTO(mw_value) value = {0};
    mw_value_set_string(&value, proxies);
    return mw_tool_validate(row->run->sys, row->run->tool->tool, row->proxies_key, &value, NULL) ==
           MW_OK;
}

static void look_for_it(struct row *row, const char *proxies)
{
    const struct check_run *run = row->run;
    MW_AUTO(mw_database) database = {.url = NULL};
    MW_AUTO(mw_database_way) way = {.url = NULL};
    if (!mw_database_read(row->value, &database))
        add_malformed(row, row->key);
    else if (!is_list(row, proxies))
        add_malformed(row, row->proxies_key);
    else if (run->ctx->no_network)
        add_unasked(row, _("not asked: the network is not allowed (--no-network)"));
    else if (run->ctx->ask_database == NULL || run->sys->root[0] != '\0')
        add_unasked(row, _("not asked"));
    else {
        mw_database_find_way(run->sys, &database, proxies, ask_for_row, row, &way);
        add_way(row, &database, &way);
    }
}

void check_database(struct check_run *run)
{
    MW_AUTO(mw_strings) keys = {0};
    mw_strings_split(&keys, check_told(run), " ");
    if (keys.count < 2)
        return;
    const char *has = check_text_in_effect(run, keys.items[1]);
    const struct mw_hit *found = check_in_effect(run, keys.items[0]);
    struct row row = {
        .run = run,
        .key = keys.items[0],
        .proxies_key = keys.items[1],
        .program = run->tool->tool->programs.items[0],
        .found = found,
        .value = found->value.items.count > 0 ? found->value.items.items[0] : mw_database_known,
        .spare_ms = spare_ms(run),
    };
    MW_FREE char *place = check_place_of(found);
    if (strcmp(row.value, "off") == 0) {
        struct check_ways ways = {0};
        check_end_effect(run, row.key, found, &ways);
        check_found(run, MW_CHECK_FAIL, NULL, ways, "%s = off (%s)", row.key, place);
        add_unasked(&row, _("not asked: it is off"));
    } else {
        check_pass(run, _("%s = %s (%s)"), row.key, row.value, place);
        look_for_it(&row, has[0] != '\0' ? has : mw_database_proxies);
    }
}
