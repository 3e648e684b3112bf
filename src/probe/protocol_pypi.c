/* A Python package index (PEP 503, PEP 691): the page of a tiny project, and the wheel that it
 * links to. */
#include <stdlib.h>

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

enum { ASKED_PAGE, ASKED_FILE };

static bool has_canary(const struct probe_exchange *exchange)
{
    const struct mw_canary *canary = exchange->target->canary;
    return canary != NULL && canary->project != NULL && canary->file != NULL;
}

/* Without a canary, the page of a project that every index has. */
static void begin_pypi(struct probe_exchange *exchange)
{
    const char *known = exchange->target->inquiry->path;
    MW_FREE char *path = has_canary(exchange)
                             ? mw_xasprintf("%s/", exchange->target->canary->project)
                             : mw_xstrdup(known != NULL ? known : "/");
    probe_exchange_ask(exchange, probe_exchange_below(exchange, path), ACCEPT_PAGE, PAGE_MAX_BYTES);
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
    if (!probe_exchange_has_status(exchange, response, 200))
        return false;
    if (!is_page_type(response))
        return probe_exchange_fail(
            exchange, MW_PROBE_CONTENT, _("Its pages cannot be read: their type is %s."),
            response->content_type != NULL ? response->content_type : _("not said"));
    if (!has_canary(exchange)) {
        if (is_json ? !probe_link_is_json_page(page) : !probe_link_is_html_page(page))
            return probe_exchange_fail(exchange, MW_PROBE_CONTENT,
                                       _("It serves something else in place of a package page."));
        return probe_exchange_end_well(exchange);
    }
    MW_FREE char *link =
        is_json ? probe_link_in_json(page, canary->file) : probe_link_in_html(page, canary->file);
    if (link == NULL)
        return probe_exchange_fail(exchange, MW_PROBE_CONTENT,
                                   _("Its page of the package %s does not list %s."),
                                   canary->project, canary->file);
    char *url = probe_link_resolve(exchange->url, link);
    if (url == NULL)
        return probe_exchange_fail(exchange, MW_PROBE_CONTENT,
                                   _("Its page links to where nobody should follow."));
    if (exchange->kind != PROBE_FULL) {
        free(url);
        return probe_exchange_end_well(exchange);
    }
    exchange->step = ASKED_FILE;
    probe_exchange_ask(exchange, url, NULL, probe_canary_max(canary, FILE_MAX_BYTES));
    return true;
}

static bool answer_file(struct probe_exchange *exchange, const struct probe_response *response)
{
    if (!probe_exchange_has_status(exchange, response, 200) ||
        !probe_exchange_verify(exchange, response, exchange->target->canary, _("wheel")))
        return false;
    probe_exchange_note_host(exchange);
    return probe_exchange_end_well(exchange);
}

static bool answer_pypi(struct probe_exchange *exchange, const struct probe_response *response)
{
    return exchange->step == ASKED_PAGE ? answer_page(exchange, response)
                                        : answer_file(exchange, response);
}

const struct probe_protocol probe_protocol_pypi = {
    .name = "pypi",
    .begin = begin_pypi,
    .answer = answer_pypi,
};
