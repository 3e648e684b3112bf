/* A Go module proxy (go.dev/ref/mod#goproxy-protocol), and a checksum database of Go. */
#include <stddef.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/note.h"

#include "exchange.h"
#include "json_at.h"
#include "link.h"

#define SMALL_BYTES 65536

enum { ASKED_FILE, ASKED_SUMDB };

/* Without a canary, the .info of a module that every public proxy has. */
static void begin_go(struct probe_exchange *exchange)
{
    const struct mw_canary *canary = exchange->target->canary;
    bool has_canary = probe_has_canary(exchange);
    const char *known = exchange->target->inquiry->path;
    const char *path = has_canary ? canary->path : known != NULL ? known : "/";
    probe_exchange_ask(exchange, probe_exchange_below(exchange, path), NULL,
                       has_canary ? probe_canary_max(canary, SMALL_BYTES) : SMALL_BYTES);
}

static bool is_info(const struct probe_response *response)
{
    PROBE_JSON *info = cJSON_Parse(mw_buf_text(&response->body));
    return cJSON_IsString(cJSON_GetObjectItemCaseSensitive(info, "Version"));
}

/* GOPROXY=x,direct stops for good at anything but 200, 404 and 410 here
 * (cmd/go/internal/modfetch/sumdb.go, initBase). */
static bool answer_sumdb(struct probe_exchange *exchange, const struct probe_response *response)
{
    if (response->status == 404 || response->status == 410)
        probe_exchange_note(exchange, "%s",
                            _("It does not relay the checksum database, which is asked directly."));
    else if (response->status != 200)
        probe_exchange_note(exchange,
                            _("It answers %ld for the checksum database, which then needs an "
                              "address of its own."),
                            response->status);
    return probe_exchange_end_well(exchange);
}

static bool answer_go(struct probe_exchange *exchange, const struct probe_response *response)
{
    const struct mw_canary *canary = exchange->target->canary;
    if (exchange->step == ASKED_SUMDB)
        return answer_sumdb(exchange, response);
    if (!probe_exchange_has_status(exchange, response, 200))
        return false;
    if (probe_has_canary(exchange)) {
        if (!probe_exchange_verify(exchange, response, canary, _(".mod file")))
            return false;
    } else if (!is_info(response)) {
        return probe_exchange_fail(exchange, MW_PROBE_CONTENT,
                                   _("It does not speak the protocol of a module proxy."));
    }
    exchange->sample.class = MW_PROBE_OK;
    if (exchange->kind != PROBE_FULL || !exchange->options->is_thorough)
        return false;
    exchange->step = ASKED_SUMDB;
    exchange->is_optional = true;
    probe_exchange_ask(exchange, probe_exchange_below(exchange, "/sumdb/sum.golang.org/supported"),
                       NULL, SMALL_BYTES);
    return true;
}

const struct probe_protocol probe_protocol_goproxy = {
    .name = "goproxy",
    .begin = begin_go,
    .answer = answer_go,
};

/* ---- a checksum database --------------------------------------------------------------------- */

/* cmd/go/internal/modfetch/sumdb.go: a proxy is asked whether it relays
 * it, and then whoever answers for the head of its tree, which only the database can sign. */
enum { ASKED_SUPPORTED, ASKED_LATEST };

static void ask_go(struct probe_exchange *exchange, int step)
{
    const char *path = step == ASKED_LATEST ? "/latest" : "/supported";
    exchange->step = step;
    probe_exchange_ask(exchange, probe_link_below(exchange->target->url, path), NULL, SMALL_BYTES);
}

static void begin_sumdb(struct probe_exchange *exchange)
{
    ask_go(exchange, exchange->target->is_relayed ? ASKED_SUPPORTED : ASKED_LATEST);
}

static bool answer_latest(struct probe_exchange *exchange, const struct probe_response *response)
{
    struct mw_note_key key;
    char size[MW_NOTE_SIZE_TEXT];
    if (!mw_note_key_parse(exchange->target->note_key, &key))
        return probe_exchange_fail(exchange, MW_PROBE_POLICY, _("Its key is malformed."));
    if (!mw_note_is_tree(mw_buf_text(&response->body), response->body.len, &key, size)) {
        exchange->sample.integrity = MW_PROBE_WRONG;
        return probe_exchange_fail(exchange, MW_PROBE_INTEGRITY,
                                   _("It serves no tree that %s has signed."), key.name);
    }
    probe_exchange_note(exchange, _("a signed tree of %s records"), size);
    exchange->sample.integrity = MW_PROBE_GENUINE;
    return probe_exchange_end_well(exchange);
}

static bool answer_tree(struct probe_exchange *exchange, const struct probe_response *response)
{
    if (!probe_exchange_has_status(exchange, response, 200))
        return false;
    if (exchange->step == ASKED_LATEST)
        return answer_latest(exchange, response);
    ask_go(exchange, ASKED_LATEST);
    return true;
}

const struct probe_protocol probe_protocol_sumdb = {
    .name = MW_PROBE_SUMDB,
    .begin = begin_sumdb,
    .answer = answer_tree,
};
