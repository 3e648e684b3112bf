/* A checksum database of Go (cmd/go/internal/modfetch/sumdb.go): a proxy is asked whether it relays
 * it, and then whoever answers for the head of its tree, which only the database can sign. */
#include "mirrorwise/i18n.h"
#include "mirrorwise/note.h"

#include "exchange.h"
#include "link.h"

#define SMALL_BYTES 65536

enum { ASKED_SUPPORTED, ASKED_LATEST };

static void ask(struct probe_exchange *exchange, int step)
{
    const char *path = step == ASKED_LATEST ? "/latest" : "/supported";
    exchange->step = step;
    probe_exchange_ask(exchange, probe_link_below(exchange->target->url, path), NULL, SMALL_BYTES);
}

static void begin(struct probe_exchange *exchange)
{
    ask(exchange, exchange->target->is_relayed ? ASKED_SUPPORTED : ASKED_LATEST);
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

static bool answer(struct probe_exchange *exchange, const struct probe_response *response)
{
    if (!probe_exchange_is_ok(exchange, response))
        return false;
    if (exchange->step == ASKED_LATEST)
        return answer_latest(exchange, response);
    ask(exchange, ASKED_LATEST);
    return true;
}

const struct probe_protocol probe_protocol_sumdb = {
    .name = MW_PROBE_SUMDB,
    .begin = begin,
    .answer = answer,
};
