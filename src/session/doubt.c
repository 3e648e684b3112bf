/* Mirrors that were measured as bad are written only by who says so: --accept-risk. */
#include <string.h>

#include "mirrorwise/url.h"
#include "parts.h"

/* A mirror that did not answer yesterday, or through another gateway, may answer now. */
enum { DOUBT_S = 24 * 3600 };

struct doubt {
    const char *class;
    const char *sentence;
    bool stays; /* whenever and wherever it was measured */
};

static const char tampered[] =
    N_("the mirror was measured as tampered with: what it serves is not what the others serve");
static const char silent[] = N_("the mirror did not answer as one when it was measured");
static const char nameless[] =
    N_("the mirror was measured less than a day ago, and its name could not be resolved");
static const char away[] =
    N_("the mirror was measured less than a day ago, and could not be reached");
static const char old[] = N_("the mirror was measured as too far behind the others");
static const char remedy[] = N_("Choose another one, or @fastest; --probe measures them anew.");

static const struct doubt doubts[] = {
    {"integrity", tampered, true}, {"content", tampered, true}, {"tls", silent, false},
    {"redirected", silent, false}, {"dns", nameless, false},    {"refused", away, false},
    {"unreachable", away, false},  {"timeout", away, false},    {"http", silent, false},
    {"old", old, false},
};

/* A bad answer is one, too. */
static bool is_answer(const struct mw_ranked *ranked)
{
    bool is_silent = ranked->class == NULL;
    for (int class = MW_PROBE_NONE; !is_silent && class <= MW_PROBE_POLICY; class ++)
        is_silent = (class == MW_PROBE_NONE || mw_probe_is_silent((enum mw_probe_class) class)) &&
                    strcmp(mw_probe_class_word((enum mw_probe_class) class), ranked->class) == 0;
    return ranked->usable || ranked->rtt_us >= 0 || !is_silent;
}

bool session_has_answer(const struct mw_ranking *ranking, const char *service)
{
    for (size_t i = 0; i < ranking->count; i++) {
        const struct mw_ranked *ranked = &ranking->items[i];
        if ((service == NULL || strcmp(ranked->tool, service) == 0) && is_answer(ranked))
            return true;
    }
    return false;
}

/* Was the service measured a short time ago, on this network? */
static bool is_recent(const struct mw_session *session, const char *service)
{
    const char *time = mw_ranking_time(&session->ranking, service);
    long age_s = time != NULL ? session_age_s(session, time) : -1;
    return !session_is_elsewhere(session, service) && age_s >= 0 && age_s < DOUBT_S;
}

static const struct doubt *find_doubt(const struct mw_session *session, const char *service,
                                      const struct mw_ranked *ranked)
{
    for (size_t i = 0; ranked->class != NULL && i < sizeof doubts / sizeof *doubts; i++) {
        if (strcmp(doubts[i].class, ranked->class) != 0)
            continue;
        bool counts = doubts[i].stays || (is_recent(session, service) &&
                                          session_has_answer(&session->ranking, service));
        return counts ? &doubts[i] : NULL;
    }
    return NULL;
}

/* What speaks against the address; NULL if nothing does. */
static const struct doubt *doubt_of(const struct mw_session *session, const char *service,
                                    const char *url)
{
    const struct mw_ranking *ranking = &session->ranking;
    const struct mw_mirror *known = mw_catalog_find_url(&session->catalog, service, url);
    for (size_t i = 0; i < ranking->count; i++) {
        const struct mw_ranked *ranked = &ranking->items[i];
        if (strcmp(ranked->tool, service) == 0 && !ranked->usable &&
            mw_url_same(ranked->url, known != NULL ? known->url : url))
            return find_doubt(session, service, ranked);
    }
    return NULL;
}

static void doubt_setting(struct mw_session *session, const struct mw_plan_setting *setting)
{
    const char *service = mw_session_service_of(setting->tool, setting->key);
    MW_AUTO(mw_strings) urls = {0};
    MW_FREE char *where = mw_origin_text(&setting->from);
    session_mirror_urls(&setting->want, &urls);
    for (size_t i = 0; i < urls.count; i++) {
        const struct doubt *doubt = doubt_of(session, service, urls.items[i]);
        if (doubt == NULL)
            continue;
        MW_AUTO(mw_value) value = {0};
        mw_value_set_string(&value, urls.items[i]);
        struct mw_lint_setting asked = {.tool = setting->tool,
                                        .key = setting->key,
                                        .value = &value,
                                        .is_secret = setting->want_is_secret,
                                        .is_wanted = true,
                                        .where = where};
        struct mw_lint_finding *finding = mw_lint_add(mw_lint_untrusted, &asked, MW_LINT_ERROR,
                                                      &session->options.accepted, &session->lint);
        finding->sentence = _(doubt->sentence);
        finding->remedy = _(remedy);
        session_warn_of(session, finding);
    }
}

void session_doubt_mirrors(struct mw_session *session)
{
    for (size_t i = 0; i < session->plan.setting_count; i++) {
        const struct mw_plan_setting *setting = &session->plan.settings[i];
        bool is_written = setting->verdict != MW_VERDICT_SAME &&
                          session_row_of(setting->tool, setting->key) != NULL;
        if (is_written)
            doubt_setting(session, setting);
    }
}
