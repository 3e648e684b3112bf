/* A Python package index (PEP 503, PEP 691): the page of a tiny project, and the wheel that it
 * links to. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"

#include "exchange.h"
#include "link.h"

#define TYPE_JSON "application/vnd.pypi.simple.v1+json"
#define TYPE_HTML "application/vnd.pypi.simple.v1+html"

/* pip/_internal/index/collector.py, ACCEPT. */
#define ACCEPT_PAGE TYPE_JSON ", " TYPE_HTML ";q=0.1, text/html;q=0.01"

#define PAGE_MAX_BYTES 262144
#define FILE_MAX_BYTES 1048576
#define DATE_MAX_BYTES 64

/* For catalogues without a canary. */
#define KNOWN_PROJECT "iniconfig"

enum { ASKED_PAGE, ASKED_FILE, ASKED_DATE };

static bool has_canary(const struct probe_exchange *exchange)
{
    const struct mw_canary *canary = exchange->target->canary;
    return canary != NULL && canary->project != NULL && canary->file != NULL;
}

static void begin(struct probe_exchange *exchange)
{
    const char *project = has_canary(exchange) ? exchange->target->canary->project : KNOWN_PROJECT;
    char *path = mw_xasprintf("%s/", project);
    probe_exchange_ask(exchange, probe_link_below(exchange->target->url, path), ACCEPT_PAGE,
                       PAGE_MAX_BYTES);
    free(path);
}

/* bandersnatch keeps the start of its last good sync beside "simple" (mirror.py); the dates of
 * the page itself say when the project last changed, which may be years ago. */
static bool ask_date(struct probe_exchange *exchange)
{
    const struct mw_probe_options *options = exchange->options;
    exchange->sample.class = MW_PROBE_OK;
    if (exchange->kind != PROBE_FULL || (!options->is_thorough && options->policy.max_age_s == 0))
        return false;
    char *base = probe_link_below(exchange->target->url, "");
    char *url = probe_link_resolve(base, "../last-modified");
    free(base);
    if (url == NULL)
        return false;
    exchange->step = ASKED_DATE;
    exchange->is_optional = true;
    probe_exchange_ask(exchange, url, NULL, DATE_MAX_BYTES);
    return true;
}

static bool answer_date(struct probe_exchange *exchange, const struct probe_response *response)
{
    struct tm date = {0};
    exchange->sample.class = MW_PROBE_OK;
    if (response->status != 200 || response->is_cut)
        return false;
    const char *end = strptime(mw_buf_text(&response->body), "%Y%m%dT%H:%M:%S", &date);
    if (end == NULL || end[strspn(end, " \r\n")] != '\0')
        return false;
    time_t synced = timegm(&date);
    time_t now = time(NULL);
    if (synced > 0 && synced <= now)
        exchange->sample.age_s = (long)(now - synced);
    return false;
}

/* pip's rule for what it will read as a page (collector.py, _ensure_api_header). */
static bool is_page_type(const struct probe_response *response)
{
    return probe_response_is(response, "text/html") || probe_response_is(response, TYPE_HTML) ||
           probe_response_is(response, TYPE_JSON);
}

static bool answer_page(struct probe_exchange *exchange, const struct probe_response *response)
{
    const struct mw_canary *canary = exchange->target->canary;
    const char *page = mw_buf_text(&response->body);
    bool is_json = probe_response_is(response, TYPE_JSON);
    if (!probe_exchange_is_ok(exchange, response))
        return false;
    if (!is_page_type(response))
        return probe_exchange_fail(
            exchange, MW_PROBE_CONTENT, _("pip does not read its pages: their type is %s."),
            response->content_type != NULL ? response->content_type : _("not said"));
    if (!has_canary(exchange)) {
        if (is_json ? !probe_link_is_json_page(page) : !probe_link_is_html_page(page))
            return probe_exchange_fail(exchange, MW_PROBE_CONTENT,
                                       _("It serves something else in place of a package page."));
        return ask_date(exchange);
    }
    char *link =
        is_json ? probe_link_in_json(page, canary->file) : probe_link_in_html(page, canary->file);
    if (link == NULL)
        return probe_exchange_fail(exchange, MW_PROBE_CONTENT,
                                   _("Its page of the package %s does not list %s."),
                                   canary->project, canary->file);
    char *url = probe_link_resolve(exchange->url, link);
    free(link);
    if (url == NULL)
        return probe_exchange_fail(exchange, MW_PROBE_CONTENT,
                                   _("Its page links to where nobody should follow."));
    if (exchange->kind != PROBE_FULL) {
        free(url);
        exchange->sample.class = MW_PROBE_OK;
        return false;
    }
    exchange->step = ASKED_FILE;
    probe_exchange_ask(exchange, url, NULL,
                       canary->bytes > 0 ? (size_t)canary->bytes : FILE_MAX_BYTES);
    return true;
}

static bool answer_file(struct probe_exchange *exchange, const struct probe_response *response)
{
    char host[sizeof exchange->sample.host];
    if (!probe_exchange_is_ok(exchange, response) ||
        !probe_exchange_verify(exchange, response, exchange->target->canary->sha256, _("wheel")))
        return false;
    probe_link_host(exchange->url, host, sizeof host);
    if (strcasecmp(host, exchange->sample.host) != 0)
        probe_exchange_note(exchange, _("Its files come from %s."), host);
    return ask_date(exchange);
}

static bool answer(struct probe_exchange *exchange, const struct probe_response *response)
{
    switch (exchange->step) {
    case ASKED_PAGE:
        return answer_page(exchange, response);
    case ASKED_FILE:
        return answer_file(exchange, response);
    default:
        return answer_date(exchange, response);
    }
}

const struct probe_protocol probe_protocol_pip = {
    .tool = "pip",
    /* pip's own form (_internal/network/session.py, user_agent); TUNA answers 403 to less. */
    .user_agent =
        "pip/23.2.1 {\"ci\":null,\"cpu\":\"x86_64\",\"distro\":{\"id\":\"bookworm\",\"libc\":"
        "{\"lib\":\"glibc\",\"version\":\"2.36\"},\"name\":\"Debian GNU/Linux\",\"version\":"
        "\"12\"},\"implementation\":{\"name\":\"CPython\",\"version\":\"3.11.2\"},\"installer\":"
        "{\"name\":\"pip\",\"version\":\"23.2.1\"},\"openssl_version\":\"OpenSSL 3.0.11 19 Sep "
        "2023\",\"python\":\"3.11.2\",\"setuptools_version\":\"66.1.1\",\"system\":{\"name\":"
        "\"Linux\",\"release\":\"6.1.0\"}} mirrorwise/" MW_VERSION,
    .begin = begin,
    .answer = answer,
};
