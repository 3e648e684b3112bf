/* A service whose mirrors serve files below an address: what to ask and what a good answer is, its
 * catalogue says. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

#include "exchange.h"
#include "json_at.h"
#include "link.h"

#define SMALL_BYTES 65536
#define LARGE_BYTES 1048576

static const struct mw_ask *ask_at(const struct probe_exchange *exchange, size_t step)
{
    const struct mw_inquiry *inquiry = exchange->target->inquiry;
    return inquiry != NULL && step < inquiry->ask_count ? &inquiry->asks[step] : NULL;
}

/* A request for the canary itself need not be made twice. */
static bool is_canary(const struct probe_exchange *exchange, const struct mw_ask *ask)
{
    return probe_has_canary(exchange) && !ask->is_head && ask->range == 0 &&
           strcmp(ask->path, exchange->target->canary->path) == 0;
}

static void ask_canary(struct probe_exchange *exchange)
{
    probe_exchange_ask(exchange, probe_exchange_below(exchange, exchange->target->canary->path),
                       NULL, probe_canary_max(exchange->target->canary, LARGE_BYTES));
}

static size_t body_max(const struct probe_exchange *exchange, const struct mw_ask *ask)
{
    if (ask->range > 0)
        return (size_t)ask->range;
    if (is_canary(exchange, ask))
        return probe_canary_max(exchange->target->canary, LARGE_BYTES);
    return ask->rule_count > 0 ? LARGE_BYTES : SMALL_BYTES;
}

static void make_request(struct probe_exchange *exchange, const struct mw_ask *ask)
{
    const char *agent = ask->agent;
    if (agent == NULL)
        agent = exchange->target->inquiry->agent;
    probe_exchange_call_itself(exchange, agent);
    probe_exchange_ask(exchange, probe_exchange_below(exchange, ask->path), ask->accept,
                       body_max(exchange, ask));
    exchange->request.range_bytes = ask->range;
    exchange->request.is_head = ask->is_head;
}

static void begin_path(struct probe_exchange *exchange)
{
    const struct mw_ask *first = ask_at(exchange, 0);
    if (first != NULL)
        make_request(exchange, first);
    else if (probe_has_canary(exchange))
        ask_canary(exchange);
    else
        probe_exchange_ask(exchange, probe_exchange_below(exchange, "/"), NULL, SMALL_BYTES);
}

static bool is_text_right(struct probe_exchange *exchange, const struct mw_ask *ask,
                          const struct probe_response *response)
{
    if (ask->type != NULL && !probe_response_is(response, ask->type))
        return probe_exchange_fail(
            exchange, MW_PROBE_CONTENT, _("It answers with the type %s, not %s."),
            response->content_type != NULL ? response->content_type : _("not said"), ask->type);
    if (ask->begins == NULL || mw_text_starts(mw_buf_text(&response->body), ask->begins))
        return true;
    if (probe_response_is(response, "text/html"))
        return probe_exchange_fail(exchange, MW_PROBE_CONTENT,
                                   _("It serves a web page in place of %s."), ask->path);
    return probe_exchange_fail(exchange, MW_PROBE_CONTENT,
                               _("What it serves as %s does not begin as it should."), ask->path);
}

static bool is_rule_kept(struct probe_exchange *exchange, const struct mw_ask *ask,
                         const struct mw_json_rule *rule, const cJSON *value)
{
    MW_FREE char *text = probe_json_text(value);
    if (text == NULL || *text == '\0')
        return probe_exchange_fail(exchange, MW_PROBE_CONTENT, _("Its %s has no %s."), ask->path,
                                   rule->pointer);
    if (rule->is_host && !probe_link_is_same_host(exchange->target->url, text)) {
        char host[sizeof exchange->sample.host];
        probe_link_host(text, host, sizeof host);
        return probe_exchange_fail(exchange, MW_PROBE_CONTENT,
                                   _("Its %s leads to another host: %s"), ask->path,
                                   *host != '\0' ? host : text);
    }
    if (rule->text != NULL && strcmp(rule->text, text) != 0)
        return probe_exchange_fail(exchange, MW_PROBE_CONTENT,
                                   _("Its %s has another %s than it should: %s"), ask->path,
                                   rule->pointer, text);
    return true;
}

static bool is_json_right(struct probe_exchange *exchange, const struct mw_ask *ask,
                          const struct probe_response *response)
{
    if (ask->rule_count == 0)
        return true;
    PROBE_JSON *root = probe_json_body(response);
    if (root == NULL)
        return probe_exchange_fail(exchange, MW_PROBE_CONTENT,
                                   _("What it serves as %s is not JSON."), ask->path);
    for (size_t i = 0; i < ask->rule_count; i++)
        if (!is_rule_kept(exchange, ask, &ask->rules[i],
                          probe_json_at(root, ask->rules[i].pointer)))
            return false;
    return true;
}

static bool answer_path(struct probe_exchange *exchange, const struct probe_response *response)
{
    const struct mw_ask *ask = ask_at(exchange, (size_t)exchange->step);
    bool was_canary = probe_has_canary(exchange) && (ask == NULL || is_canary(exchange, ask));
    /* A server may answer with the whole where a part would do. */
    long status = ask != NULL ? ask->status : 200;
    bool is_part = status == 200 && response->status == 206 && ask != NULL && ask->range > 0;
    if (!is_part && !probe_exchange_has_status(exchange, response, status))
        return false;
    if (ask != NULL &&
        !(is_text_right(exchange, ask, response) && is_json_right(exchange, ask, response)))
        return false;
    if (was_canary &&
        !probe_exchange_verify(exchange, response, exchange->target->canary, _("known file")))
        return false;
    exchange->sample.class = MW_PROBE_OK;
    if (exchange->kind != PROBE_FULL || ask == NULL)
        return false;
    exchange->step++;
    const struct mw_ask *next = ask_at(exchange, (size_t)exchange->step);
    if (next != NULL)
        make_request(exchange, next);
    else if (probe_has_canary(exchange) && exchange->sample.integrity == MW_PROBE_UNCHECKED)
        ask_canary(exchange);
    else
        return false;
    return true;
}

const struct probe_protocol probe_protocol_path = {
    .name = "path",
    .begin = begin_path,
    .answer = answer_path,
};
