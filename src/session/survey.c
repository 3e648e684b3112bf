/* What there is to measure, how, and on which network; what was measured is kept. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/hash.h"
#include "mirrorwise/net.h"
#include "mirrorwise/url.h"
#include "parts.h"

enum { NETWORK_DIGITS = 16 };

void mw_survey_release(struct mw_survey *survey)
{
    MW_FREE_ALL(survey->targets, survey->results);
    *survey = (struct mw_survey){0};
}

/* Did nothing come back from anywhere? A race gives up on a mirror that the profile's limit rules
 * out while it is still silent. */
bool mw_survey_is_cut_off(const struct mw_survey *survey)
{
    for (size_t i = 0; i < survey->count; i++) {
        const struct mw_probe_result *result = &survey->results[i];
        bool is_silent = mw_probe_is_silent(result->class) || result->samples == 0;
        if (!is_silent || result->rtt_us >= 0)
            return false;
    }
    return true;
}

const char *mw_survey_advice(const struct mw_survey *survey)
{
    const char *first = NULL;
    bool is_first = true;
    for (size_t i = 0; i < survey->count; i++) {
        const struct mw_probe_result *result = &survey->results[i];
        const char *advice = mw_probe_advice(result->class);
        if (result->samples == 0 || mw_probe_is_silent(result->class))
            continue;
        if (!is_first && advice != first)
            return NULL;
        first = advice;
        is_first = false;
    }
    return first;
}

/* ---- how ---------------------------------------------------------------------------------- */

/* As curl reads it: what is empty is not set, and HTTP_PROXY nobody looks at, which in a CGI
 * program is a header of the client. */
static const char *proxy(const struct mw_system *sys, const char *name, const char *upper)
{
    const char *value = mw_system_getenv(sys, name);
    return value != NULL && value[0] != '\0' ? value : mw_system_getenv(sys, upper);
}

void mw_session_environment(const struct mw_system *sys, const struct mw_policy *policy,
                            struct mw_probe_environment *environment)
{
    bool has_file = policy->ca_file[0] != '\0';
    *environment = (struct mw_probe_environment){
        .ca_file = has_file ? policy->ca_file : mw_system_getenv(sys, "SSL_CERT_FILE"),
        .http_proxy = mw_system_getenv(sys, "http_proxy"),
        .https_proxy = proxy(sys, "https_proxy", "HTTPS_PROXY"),
        .all_proxy = proxy(sys, "all_proxy", "ALL_PROXY"),
        .no_proxy = proxy(sys, "no_proxy", "NO_PROXY"),
    };
}

void session_probe_options(const struct mw_session *session, struct mw_probe_options *options)
{
    const struct mw_session_options *asked = &session->options;
    mw_probe_options_init(options);
    if (asked->samples > 0)
        options->samples = (int)asked->samples;
    if (asked->timeout_ms > 0)
        options->timeout_ms = asked->timeout_ms;
    if (asked->deadline_ms > 0)
        options->deadline_ms = asked->deadline_ms;
    struct timespec now = {0};
    session->sys.ops->clock_gettime(CLOCK_REALTIME, &now);
    options->seed = (unsigned long)now.tv_nsec;
    options->policy = session->profile.policy;
    mw_session_environment(&session->sys, &session->profile.policy, &options->environment);
}

/* ---- what --------------------------------------------------------------------------------- */

void session_mirror_urls(const struct mw_value *value, struct mw_strings *urls)
{
    MW_AUTO(mw_strings) words = {0};
    for (size_t i = 0; i < value->items.count; i++)
        mw_strings_split(&words, value->items.items[i], ",| \t\n");
    for (size_t i = 0; i < words.count; i++) {
        if (strstr(words.items[i], "://") != NULL)
            mw_strings_add(urls, words.items[i]);
    }
}

static void mark_in_use(struct mw_probe_target *target, const struct mw_strings *in_use)
{
    for (size_t i = 0; i < in_use->count && !target->is_in_use; i++) {
        target->is_in_use = mw_url_same_place(target->url, in_use->items[i]);
        target->place_in_use = target->is_in_use ? i : 0;
    }
}

void session_add_targets(const struct mw_session *session, struct mw_survey *survey,
                         const char *tool, int family, const struct mw_strings *in_use)
{
    size_t first = survey->count;
    mw_probe_targets_add(&survey->targets, &survey->count, &session->catalog, tool, family);
    for (size_t i = first; i < survey->count; i++)
        mark_in_use(&survey->targets[i], in_use);
}

/* What an honest mirror of the tool serves, whoever runs it. */
const struct mw_mirror *mw_session_sample(const struct mw_catalog *catalog, const char *service)
{
    const struct mw_mirror *mirror = NULL;
    while ((mirror = mw_catalog_next(catalog, service, mirror)) != NULL && mirror->canary == NULL)
        ;
    return mirror;
}

enum mw_code session_refuse_mirror(const struct mw_catalog *catalog, const char *tool,
                                   const char *text, const char *reason, struct mw_error *err)
{
    MW_AUTO(mw_strings) ids = {0};
    if (reason != NULL)
        return mw_misuse(err, _("--mirror: '%s' is no mirror of %s: %s"), text, tool, reason);
    if (mw_catalog_left_out(catalog, tool, err) != MW_OK)
        return MW_BAD_PROFILE;
    const struct mw_mirror *mirror = NULL;
    while ((mirror = mw_catalog_next(catalog, tool, mirror)) != NULL)
        mw_strings_add(&ids, mirror->id);
    const char *closest = mw_text_closest(text, &ids);
    enum mw_code code =
        mw_misuse(err, _("--mirror: the catalogue has no mirror '%s' of %s"), text, tool);
    MW_FREE char *allowed = mw_strings_join(&ids, ", ");
    if (closest != NULL)
        mw_error_hint(err, _("Did you mean %s?"), closest);
    else if (ids.count > 0)
        mw_error_hint(err, _("Allowed are %s."), allowed);
    return code;
}

/* Adds the mirror that --mirror names, unless it is there: a dead one of the catalogue, or a URL
 * that nobody knows, which is its own id. */
static enum mw_code add_named(const struct mw_session *session, struct mw_survey *survey,
                              const char *tool, int family, const char *text,
                              const struct mw_strings *in_use, struct mw_error *err)
{
    const struct mw_catalog *catalog = &session->catalog;
    if (mw_text_has_secret(text)) /* it is the tool's to send, to whom it is for */
        return mw_fail(err, MW_USAGE, 0, "mirror",
                       _("not measured: the address holds a secret, which only the tool itself may "
                         "send"));
    text += *text == '@';
    bool is_url = strstr(text, "://") != NULL;
    const struct mw_mirror *known =
        is_url ? mw_catalog_find_url(catalog, tool, text) : mw_catalog_find(catalog, tool, text);
    const char *reason = known == NULL && is_url ? mw_url_web_fault(text) : NULL;
    if (reason != NULL || (known == NULL && !is_url))
        return session_refuse_mirror(catalog, tool, text, reason, err);
    if (known != NULL && known->status != MW_MIRROR_DEAD)
        return MW_OK;

    const struct mw_mirror *sample = known != NULL ? known : mw_session_sample(catalog, tool);
    struct mw_probe_target *target = MW_PUSH(survey->targets, survey->count);
    *target = (struct mw_probe_target){
        .tool = mw_catalog_service(catalog, tool)->id,
        .id = known != NULL ? known->id : text,
        .url = known != NULL ? known->url : text,
        .family = family,
    };
    mw_probe_target_judge(target, catalog, sample);
    target->is_default = false;
    if (known == NULL)
        target->path_from = target->path_to = NULL;
    mark_in_use(target, in_use);
    return MW_OK;
}

/* Any spelling of a mirror that is known counts as that mirror. */
static void add_known(const struct mw_session *session, const struct mw_mirror_row *row,
                      const struct mw_value *value, struct mw_strings *in_use)
{
    MW_AUTO(mw_strings) urls = {0};
    session_mirror_urls(value, &urls);
    for (size_t i = 0; i < urls.count; i++) {
        const struct mw_mirror *known = session_find_address(session, row, urls.items[i], NULL);
        const char *url = known != NULL ? known->url : urls.items[i];
        mw_strings_add_new(in_use, url);
    }
}

/* What the tool draws on the service by; what it asks if nobody tells it anything is the
 * catalogue's default. */
void mw_session_in_use(const struct mw_session *session, const struct mw_tool *tool,
                       const char *service, struct mw_strings *urls)
{
    const struct mw_mirror *upstream = mw_catalog_default(&session->catalog, service);
    bool is_told = false;
    for (size_t i = 0; i < tool->row_count; i++) {
        const struct mw_mirror_row *row = &tool->rows[i];
        MW_AUTO(mw_hit) effective = {0};
        if (strcmp(row->from, service) != 0 || !mw_row_has_address(row))
            continue;
        mw_row_find(&session->sys, tool, session->options.scope, row, &effective);
        is_told = is_told || effective.value.kind != MW_VALUE_ABSENT;
        add_known(session, row, &effective.value, urls);
    }
    if (!is_told && upstream != NULL)
        mw_strings_add_new(urls, upstream->url);
}

/* Has the plan found that it is not on this machine? */
static bool is_left_missing(const struct mw_session *session, const char *id)
{
    for (size_t i = 0; i < session->left.count; i++) {
        if (strcmp(session->left.items[i].tool->id, id) == 0)
            return !session->left.items[i].is_installed;
    }
    return false;
}

/* Is it a tool of this run that draws on the service? */
static bool draws_on(const struct mw_session *session, const char *id, const char *service)
{
    bool counts = mw_options_select(&session->options, id) && !is_left_missing(session, id);
    const struct mw_tool *tool = counts ? mw_tool_find(id) : NULL;
    return tool != NULL && MW_FIND(tool->rows, tool->row_count, from, service) != NULL;
}

void mw_session_service_in_use(const struct mw_session *session, const char *service,
                               struct mw_strings *urls)
{
    for (size_t t = 0; t < mw_tool_count(); t++) {
        if (draws_on(session, mw_tool_id(t), service))
            mw_session_in_use(session, mw_tool_at(t), service, urls);
    }
}

static enum mw_code add_service(const struct mw_session *session, struct mw_survey *survey,
                                const char *service, int family, struct mw_error *err)
{
    const struct mw_strings *named = &session->options.mirrors;
    MW_AUTO(mw_strings) in_use = {0};
    enum mw_code code = MW_OK;
    size_t tool_count = mw_tool_count();
    mw_session_service_in_use(session, service, &in_use);
    session_add_targets(session, survey, service, family, &in_use);
    for (size_t t = 0; t < tool_count; t++) {
        bool is_drawn = draws_on(session, mw_tool_id(t), service);
        for (size_t i = 0; is_drawn && code == MW_OK && i < named->count; i++) {
            const char *mirror = session_mirror_in(named->items[i], mw_tool_id(t), service);
            if (mirror != NULL)
                code = add_named(session, survey, service, family, mirror, &in_use, err);
        }
    }
    return code;
}

enum mw_code mw_session_survey(const struct mw_session *session, struct mw_survey *survey,
                               struct mw_error *err)
{
    const struct mw_session_options *options = &session->options;
    const int families[] = {options->ipv4 ? 4 : options->ipv6 ? 6 : 0, 6};
    size_t family_count = options->ipv4 && options->ipv6 ? 2 : 1;
    MW_AUTO(mw_strings) services = {0};
    enum mw_code code = MW_OK;
    mw_session_all_services(session, &services);
    for (size_t i = 0; code == MW_OK && i < services.count; i++) {
        bool is_known = mw_catalog_service(&session->catalog, services.items[i]) != NULL;
        for (size_t f = 0; is_known && code == MW_OK && f < family_count; f++)
            code = add_service(session, survey, services.items[i], families[f], err);
    }
    session_probe_options(session, &survey->options);
    survey->results = mw_xcalloc(survey->count + 1, sizeof *survey->results);
    return code;
}

/* ---- where, and keeping it ----------------------------------------------------------------- */

static void put_name_servers(struct mw_buf *text, const char *config)
{
    for (const char *line = config; *line != '\0';) {
        size_t len = strcspn(line, "\n");
        if (mw_text_starts(line, "nameserver"))
            mw_buf_printf(text, "%.*s\n", (int)len, line);
        line += len;
        line += *line == '\n';
    }
}

/* Owned: the same word for the same network, as far as gateway and name servers tell; NULL
 * without a network. */
static char *network_of(const struct mw_session *session)
{
    MW_AUTO(mw_buf) text = {0}, config = {0};
    mw_net_put_gateway(&text);
    if (mw_text_file_read(&session->sys, "/etc/resolv.conf", &config))
        put_name_servers(&text, mw_buf_text(&config));
    char hex[MW_SHA256_HEX];
    mw_sha256_hex(mw_buf_text(&text), text.len, hex);
    return text.len > 0 ? mw_xstrndup(hex, NETWORK_DIGITS) : NULL;
}

bool session_is_elsewhere(const struct mw_session *session, const char *service)
{
    const char *measured_on = mw_ranking_network(&session->ranking, service);
    MW_FREE char *network = network_of(session);
    return network != NULL && measured_on != NULL && strcmp(network, measured_on) != 0;
}

void mw_session_take_ranking(struct mw_session *session)
{
    char now[MW_TIME_TEXT];
    mw_system_now(&session->sys, now);
    MW_FREE_ALL(session->ranking.measured_at, session->ranking.network);
    session->ranking.measured_at = mw_xstrdup(now);
    session->ranking.network = network_of(session);
    session->is_measured = true;
}

void mw_session_take_survey(struct mw_session *session, const struct mw_survey *survey)
{
    mw_ranking_release(&session->ranking);
    mw_probe_ranking(survey->targets, survey->count, survey->results, &session->ranking);
    mw_session_take_ranking(session);
}

enum mw_code mw_session_save_ranking(const struct mw_session *session, struct mw_error *err)
{
    MW_FREE char *state = mw_system_state_dir(&session->sys);
    enum mw_code code =
        state == NULL
            ? mw_fail(err, MW_CANNOT_CREATE, 0, "state",
                      _("there is no place for the ranking: HOME is not set to a full path"))
            : mw_state_make_dir(&session->sys, state, err);
    if (code == MW_OK) {
        MW_AUTO(mw_ranking) older = {0};
        MW_AUTO(mw_ranking) all = {0};
        mw_ranking_copy(&all, &session->ranking);
        /* One that cannot be read is replaced. */
        if (mw_ranking_load(&session->sys, state, &older, NULL) == MW_OK)
            mw_ranking_merge(&all, &older);
        code = mw_ranking_save(&session->sys, state, &all, err);
    }
    return code;
}
