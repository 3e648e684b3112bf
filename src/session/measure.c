/* By which ranking mirrors are chosen: a race now, or what an earlier measurement left. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "parts.h"

/* A race has to be short: somebody waits for his plan. Three samples tell a lucky one from a good
 * one; who has not answered within the deadline is nobody's fastest mirror. */
enum { RACE_SAMPLES = 3, RACE_DEADLINE_MS = 3500, RACE_SPEED_DEADLINE_MS = 10000 };

/* Mirrors named a class of failure. */
enum { NAMED_MAX = 3 };

enum { MINUTE_S = 60, HOUR_S = 3600, DAY_S = 86400 };

/* ---- what is wanted ------------------------------------------------------------------------ */

struct demands {
    struct mw_probe_wish *items; /* `tool` is a service */
    size_t count;
};

static void demands_release(struct demands *demands)
{
    free(demands->items);
}

static void add_demand(struct demands *demands, const char *service, size_t count)
{
    struct mw_probe_wish *demand = MW_FIND(demands->items, demands->count, tool, service);
    if (demand != NULL)
        demand->count = count > demand->count ? count : demand->count;
    else if (count > 0)
        *MW_PUSH(demands->items, demands->count) = (struct mw_probe_wish){service, count};
}

/* What the keys that the profile itself names need. */
static void add_wishes(const struct mw_session *session, const struct mw_tool *tool,
                       struct demands *demands)
{
    const struct mw_wishes *wishes = &session->profile.wishes;
    for (size_t i = 0; i < wishes->count; i++) {
        const struct mw_wish *wish = &wishes->items[i];
        const char *service = mw_session_service_of(tool, wish->key);
        bool is_forced = session_row_of(tool, wish->key) != NULL &&
                         session_forced_mirror(session, tool->id, service) != NULL;
        if (strcmp(wish->tool, tool->id) != 0 || strcmp(wish->key, MW_MIRROR_KEY) == 0 || is_forced)
            continue;
        add_demand(demands, service, mw_choose_fastest_count(wish->text));
        for (size_t k = 0; k < wish->edit_count; k++)
            add_demand(demands, service, mw_choose_fastest_count(wish->edits[k].item));
    }
}

/* Of every service, how many of its best mirrors are needed, in the order of the tools. */
static void list_demands(const struct mw_session *session, struct demands *demands)
{
    for (size_t i = 0; i < mw_tool_count() && session->profile.policy.select == MW_SELECT_FASTEST;
         i++) {
        const struct mw_tool *tool = session_wanting(session, mw_tool_id(i));
        if (tool != NULL && !session_is_missing(session, tool))
            add_wishes(session, tool, demands);
        for (size_t k = 0; k < session->picks.count; k++) {
            const struct mw_pick *pick = &session->picks.items[k];
            if (pick->tool == tool)
                add_demand(demands, pick->service, mw_choose_fastest_count(pick->wish->text));
        }
    }
}

/* ---- without the network ------------------------------------------------------------------- */

long session_age_s(const struct mw_session *session, const char *time)
{
    char now[MW_TIME_TEXT];
    mw_system_now(&session->sys, now);
    long then_s = mw_text_seconds(time), now_s = mw_text_seconds(now);
    if (then_s < 0 || now_s < 0)
        return -1;
    return now_s > then_s ? now_s - then_s : 0;
}

static char *age_text(const struct mw_session *session, const char *time)
{
    long age_s = session_age_s(session, time);
    if (age_s < 0)
        return mw_xstrdup(time);
    if (age_s < 2 * MINUTE_S)
        return mw_xstrdup(_("just now"));
    if (age_s < 2 * HOUR_S)
        return mw_xasprintf(_("%ld minutes ago"), age_s / MINUTE_S);
    if (age_s < 2 * DAY_S)
        return mw_xasprintf(_("%ld hours ago"), age_s / HOUR_S);
    return mw_xasprintf(_("%ld days ago"), age_s / DAY_S);
}

/* Measured when? NULL: never. Texts that were saved without a time are from some time. */
static const char *time_of(const struct mw_ranking *ranking, const char *tool)
{
    const char *time = mw_ranking_time(ranking, tool);
    bool is_there = MW_FIND(ranking->items, ranking->count, tool, tool) != NULL;
    return time == NULL && is_there ? "?" : time;
}

/* All of `names` were measured at the same time as `tool`, so on the same network. */
static void warn_of_ranking(struct mw_session *session, const char *tool,
                            const struct mw_strings *names)
{
    const char *time = time_of(&session->ranking, tool);
    MW_FREE char *age = age_text(session, time);
    MW_FREE char *tools = mw_strings_join(names, ", ");
    session_warn(session,
                 session_is_elsewhere(session, tool)
                     ? _("%s: nothing was measured now; the ranking of %s (%s) decides, which "
                         "was made on another network")
                     : _("%s: nothing was measured now; the ranking of %s (%s) decides"),
                 tools, time, age);
}

/* A warning for each time of measuring. */
static void warn_of_rankings(struct mw_session *session, const struct mw_strings *tools)
{
    for (size_t i = 0; i < tools->count; i++) {
        const char *time = time_of(&session->ranking, tools->items[i]);
        MW_AUTO(mw_strings) same = {0};
        bool is_told = false;
        for (size_t k = 0; k < tools->count; k++) {
            bool is_same = strcmp(time_of(&session->ranking, tools->items[k]), time) == 0;
            is_told = is_told || (is_same && k < i);
            if (is_same)
                mw_strings_add(&same, tools->items[k]);
        }
        if (!is_told)
            warn_of_ranking(session, tools->items[i], &same);
    }
}

/* A saved ranking that leaves no choice is worth less than none: these tools are chosen for by the
 * catalogue, and told so. */
static void forget_useless(struct mw_session *session, const struct demands *demands,
                           struct mw_strings *useless)
{
    struct mw_ranking *ranking = &session->ranking;
    for (size_t i = 0; i < demands->count; i++) {
        const char *tool = demands->items[i].tool;
        if (time_of(ranking, tool) == NULL ||
            mw_ranking_has_usable(ranking, &session->catalog, &session->profile.policy, tool))
            continue;
        mw_strings_add(useless, tool);
        mw_ranking_forget(ranking, tool);
    }
    MW_FREE char *tools = mw_strings_join(useless, ", ");
    if (useless->count > 0)
        session_warn(session,
                     _("%s: the last measurement left no usable mirror, so the order of the "
                       "catalogue decides; --probe measures anew"),
                     tools);
}

static void fall_back(struct mw_session *session, const struct demands *demands)
{
    MW_AUTO(mw_strings) ranked = {0}, unknown = {0}, useless = {0};
    forget_useless(session, demands, &useless);
    for (size_t i = 0; i < demands->count; i++) {
        const char *tool = demands->items[i].tool;
        if (!mw_strings_has(&useless, tool))
            mw_strings_add(time_of(&session->ranking, tool) != NULL ? &ranked : &unknown, tool);
    }
    MW_FREE char *unknown_tools = mw_strings_join(&unknown, ", ");
    warn_of_rankings(session, &ranked);
    if (unknown.count > 0)
        session_warn(session,
                     _("%s: nothing was measured yet, so the order of the catalogue decides which "
                       "mirror counts as the fastest"),
                     unknown_tools);
}

/* ---- the race ------------------------------------------------------------------------------ */

/* The mirrors of the service that stand in the files of the tools that want some; one that is set
 * elsewhere is not ours to keep. */
static void find_in_files(const struct mw_session *session, const char *service,
                          struct mw_strings *urls)
{
    size_t count = mw_tool_count();
    for (size_t i = 0; i < count; i++) {
        const struct mw_tool *tool = session_wanting(session, mw_tool_id(i));
        for (size_t r = 0; tool != NULL && r < tool->row_count; r++) {
            MW_AUTO(mw_value) in_use = {0}, in_file = {0};
            if (strcmp(tool->rows[r].from, service) == 0)
                session_row_now(session, tool, &tool->rows[r], &in_use, &in_file);
            session_mirror_urls(&in_file, urls);
        }
    }
}

static void fill_survey(const struct mw_session *session, const struct demands *demands,
                        struct mw_survey *survey)
{
    const struct mw_session_options *asked = &session->options;
    int family = asked->ipv4 == asked->ipv6 ? 0 : asked->ipv4 ? 4 : 6;
    for (size_t i = 0; i < demands->count; i++) {
        MW_AUTO(mw_strings) in_use = {0};
        find_in_files(session, demands->items[i].tool, &in_use);
        session_add_targets(session, survey, demands->items[i].tool, family, &in_use);
    }
    struct mw_probe_options *options = &survey->options;
    session_probe_options(session, options);
    bool needs_speed = options->policy.metric != MW_METRIC_LATENCY;
    if (asked->samples == 0)
        options->samples = RACE_SAMPLES;
    if (asked->deadline_ms == 0)
        options->deadline_ms = needs_speed ? RACE_SPEED_DEADLINE_MS : RACE_DEADLINE_MS;
    options->spacing_ms = 0;
    options->is_thorough = false;
    survey->results = mw_xcalloc(survey->count + 1, sizeof *survey->results);
}

bool session_goes_on(void *context)
{
    const struct mw_session *session = context;
    return mw_system_stopped(&session->sys, NULL) == MW_OK;
}

static void tell(const struct mw_session *session, size_t count)
{
    const struct mw_progress *progress = session->progress;
    if (progress == NULL || progress->wait == NULL)
        return;
    MW_FREE char *sentence = mw_xasprintf(
        ngettext("measuring %zu mirror ...", "measuring %zu mirrors ...", count), count);
    progress->wait(progress->context, sentence);
}

/* ---- when nobody is usable ------------------------------------------------------------------ */

/* -1: the ranking has nothing on the tool. */
static int count_usable(const struct mw_ranking *ranking, const char *tool)
{
    int count = -1;
    for (size_t i = 0; i < ranking->count; i++) {
        if (strcmp(ranking->items[i].tool, tool) == 0)
            count = (count < 0 ? 0 : count) + ranking->items[i].usable;
    }
    return count;
}

/* "no address: goproxy.cn, aliyun; timeout: upstream": with a dozen mirrors sentences would be a
 * page. */
static void put_reason(struct mw_buf *text, const struct mw_survey *survey, const char *tool,
                       enum mw_probe_class class)
{
    size_t found = 0;
    for (size_t i = 0; i < survey->count; i++) {
        if (strcmp(survey->targets[i].tool, tool) != 0 || survey->results[i].class != class ||
            found++ >= NAMED_MAX)
            continue;
        if (found == 1)
            mw_buf_printf(text, "%s%s%s", text->len > 0 ? _("; ") : "", mw_probe_class_label(class),
                          _(": "));
        mw_buf_printf(text, "%s%s", found > 1 ? ", " : "", survey->targets[i].id);
    }
    if (found > NAMED_MAX)
        mw_buf_printf(text, _(" and %zu more"), found - NAMED_MAX);
}

/* Owned: the tools that draw on these services, as --skip takes them. */
static char *tools_of(const struct mw_session *session, const struct mw_strings *services)
{
    MW_AUTO(mw_strings) tools = {0};
    for (size_t i = 0; i < session->picks.count; i++) {
        const struct mw_pick *pick = &session->picks.items[i];
        if (mw_strings_has(services, pick->service))
            mw_strings_add_new(&tools, pick->tool->id);
    }
    return mw_strings_join(tools.count > 0 ? &tools : services, ",");
}

/* `survey`: of the race; NULL: the caller has measured, and the reasons are his to show. */
static void hint_ways_on(const struct mw_session *session, const struct mw_survey *survey,
                         const struct mw_strings *without, bool others_are_fine,
                         struct mw_error *err)
{
    bool is_cut_off = survey != NULL ? mw_survey_is_cut_off(survey)
                                     : !session_has_answer(&session->ranking, NULL);
    if (is_cut_off) {
        mw_error_hint(err,
                      _("None of %zu mirrors could be reached: is this machine offline? "
                        "With --no-network the last ranking decides, else the order of the "
                        "catalogue."),
                      survey != NULL ? survey->count : session->ranking.count);
        return;
    }
    MW_AUTO(mw_buf) reasons = {0};
    MW_FREE char *tools = tools_of(session, without);
    int first = (int)strcspn(tools, ",");
    for (int class = MW_PROBE_NONE; survey != NULL && class <= MW_PROBE_POLICY; class ++)
        put_reason(&reasons, survey, without->items[0], (enum mw_probe_class) class);
    if (survey == NULL && others_are_fine)
        mw_error_hint(err, _("Use --skip %s to do the rest."), tools);
    else if (survey == NULL)
        mw_error_hint(err, _("Use --mirror %.*s=URL to take one unmeasured."), first, tools);
    else if (!others_are_fine && mw_survey_advice(survey) != NULL)
        mw_error_hint(err, "%s %s: %s.", mw_survey_advice(survey), without->items[0],
                      mw_buf_text(&reasons));
    else if (others_are_fine)
        mw_error_hint(err, _("Use --skip %s to do the rest. %s: %s."), tools, without->items[0],
                      mw_buf_text(&reasons));
    else
        mw_error_hint(err, _("Use --mirror %.*s=URL to take one unmeasured. %s: %s."), first, tools,
                      without->items[0], mw_buf_text(&reasons));
}

/* Every tool needs a mirror. Of a race one without targets has none in the catalogue, which
 * choosing says better; what the caller has not measured is chosen as without the network. */
static enum mw_code check_usable(struct mw_session *session, const struct mw_survey *survey,
                                 const struct demands *demands, struct mw_error *err)
{
    MW_AUTO(demands) unknown = {0};
    MW_AUTO(mw_strings) without = {0};
    for (size_t i = 0; i < demands->count; i++) {
        int usable = count_usable(&session->ranking, demands->items[i].tool);
        if (usable < 0 && survey == NULL)
            *MW_PUSH(unknown.items, unknown.count) = demands->items[i];
        else if (usable <= 0)
            mw_strings_add(&without, demands->items[i].tool);
    }
    fall_back(session, &unknown);
    bool is_all = without.count == demands->count;
    /* Those without may be left out when they are chosen for; but if the caller has measured and
     * nobody has one, there is nothing to go on with, and the reason is the same for all. */
    bool leaves_some = session->options.keep_going ||
                       (session->options.leave_without_mirror && !(survey == NULL && is_all));
    if (without.count == 0 || (survey != NULL && survey->count == 0) || leaves_some)
        return MW_OK;
    MW_FREE char *tools = mw_strings_join(&without, ", ");
    enum mw_code code = mw_fail(err, MW_NO_MIRROR, 0, "measure",
                                _("no usable mirror for %s; nothing was written"), tools);
    hint_ways_on(session, survey, &without, !is_all, err);
    return code;
}

/* ---- the whole ------------------------------------------------------------------------------ */

/* A session that may write holds the lock. Not being able to remember is no reason to fail. */
static void remember(struct mw_session *session)
{
    struct mw_error why = {0};
    if (session->guard.fd >= 0 && mw_session_save_ranking(session, &why) != MW_OK)
        session_warn(session, _("the measurement could not be saved: %s"), why.message);
}

static enum mw_code race(struct mw_session *session, const struct demands *demands,
                         struct mw_error *err)
{
    MW_AUTO(mw_survey) survey = {0};
    const struct mw_probe_watch watch = {.context = session, .go_on = session_goes_on};
    fill_survey(session, demands, &survey);
    tell(session, survey.count);
    enum mw_code code = mw_probe_run(survey.targets, survey.count, &survey.options, demands->items,
                                     demands->count, &watch, survey.results, err);
    if (code == MW_OK)
        code = mw_system_stopped(&session->sys, err);
    if (code == MW_OK) {
        mw_session_take_survey(session, &survey);
        code = check_usable(session, &survey, demands, err);
    }
    if (code == MW_OK)
        remember(session);
    return code;
}

enum mw_code mw_session_measure(struct mw_session *session, struct mw_error *err)
{
    MW_AUTO(demands) demands = {0};
    enum mw_code code = MW_OK;
    list_demands(session, &demands);
    if (demands.count > 0 && session->is_measured)
        code = check_usable(session, NULL, &demands, err);
    else if (demands.count > 0 && session->options.no_network)
        fall_back(session, &demands);
    else if (demands.count > 0)
        code = race(session, &demands, err);
    return code;
}
