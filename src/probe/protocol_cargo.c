/* A sparse index of crates (doc.rust-lang.org/cargo/reference/registry-index.html): config.json,
 * the file of a small crate, and that crate from where config.json says. */
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

#include "exchange.h"
#include "json_at.h"
#include "link.h"

#define SMALL_BYTES 65536
#define INDEX_MAX_BYTES 1048576
#define CRATE_MAX_BYTES 1048576

/* What cargo asks an index with (src/cargo/sources/registry/http_remote.rs). */
#define ACCEPT_INDEX "text/plain"

enum { ASKED_CONFIG, ASKED_INDEX, ASKED_CRATE };

static void begin_cargo(struct probe_exchange *exchange)
{
    probe_exchange_ask(exchange, probe_exchange_below(exchange, "/config.json"), ACCEPT_INDEX,
                       SMALL_BYTES);
}

/* Owned: the folder of a crate in an index: 1, 2, 3/F, or FI/RS. */
static char *prefix_of(const char *crate)
{
    size_t len = strlen(crate);
    if (len < 3)
        return mw_xasprintf("%zu", len);
    return len == 3 ? mw_xasprintf("3/%.1s", crate) : mw_xasprintf("%.2s/%.2s", crate, crate + 2);
}

/* Owned: where "dl" says that the canary is. */
static char *crate_url(const char *dl, const struct mw_canary *canary)
{
    MW_FREE char *prefix = prefix_of(canary->crate);
    MW_FREE char *crate = mw_text_lower(canary->crate);
    MW_FREE char *lower_prefix = prefix_of(crate);
    const struct {
        const char *marker, *value;
    } markers[] = {
        {"{crate}", canary->crate},
        {"{version}", canary->version},
        {"{prefix}", prefix},
        {"{lowerprefix}", lower_prefix},
        {"{sha256-checksum}", canary->sha256},
    };
    struct mw_buf url = {0};
    bool has_marker = false;
    for (const char *at = dl; *at != '\0';) {
        size_t i = 0;
        while (i < sizeof markers / sizeof *markers && !mw_text_starts(at, markers[i].marker))
            i++;
        if (i == sizeof markers / sizeof *markers) {
            mw_buf_putc(&url, *at++);
            continue;
        }
        has_marker = true;
        mw_buf_puts(&url, markers[i].value);
        at += strlen(markers[i].marker);
    }
    if (!has_marker)
        mw_buf_printf(&url, "/%s/%s/download", canary->crate, canary->version);
    return mw_buf_take(&url);
}

/* Remembers where crates come from: the address is that of the step after the next. */
static bool ask_index(struct probe_exchange *exchange, const char *dl)
{
    const struct mw_canary *canary = exchange->target->canary;
    MW_FREE char *named = crate_url(dl, canary);
    mw_replace(&exchange->next_url, probe_link_resolve(exchange->url, named));
    if (exchange->next_url == NULL)
        return probe_exchange_fail(exchange, MW_PROBE_CONTENT,
                                   _("Its config.json sends crates to where nobody should follow: "
                                     "%s"),
                                   dl);
    MW_FREE char *crate = mw_text_lower(canary->crate);
    MW_FREE char *prefix = prefix_of(crate);
    MW_FREE char *path = mw_xasprintf("/%s/%s", prefix, crate);
    exchange->step = ASKED_INDEX;
    probe_exchange_ask(exchange, probe_exchange_below(exchange, path), ACCEPT_INDEX,
                       INDEX_MAX_BYTES);
    return true;
}

static bool answer_config(struct probe_exchange *exchange, const struct probe_response *response)
{
    const struct mw_canary *canary = exchange->target->canary;
    PROBE_JSON *root = probe_json_body(response);
    MW_FREE char *dl = probe_json_text(probe_json_at(root, "/dl"));
    if (dl == NULL || *dl == '\0')
        return probe_exchange_fail(exchange, MW_PROBE_CONTENT, "%s",
                                   _("It serves no config.json of a sparse index."));
    if (exchange->kind == PROBE_FULL && canary != NULL && canary->crate != NULL &&
        canary->version != NULL)
        return ask_index(exchange, dl);
    return probe_exchange_end_well(exchange);
}

/* One JSON object a line; owned: the checksum of the version, NULL if it is not there. */
static char *checksum_of(const struct mw_buf *body, const char *version)
{
    char *found = NULL;
    for (const char *line = mw_buf_text(body); *line != '\0' && found == NULL;) {
        size_t len = strcspn(line, "\n");
        PROBE_JSON *row = cJSON_ParseWithLength(line, len);
        MW_FREE char *vers = probe_json_text(probe_json_at(row, "/vers"));
        if (vers != NULL && strcmp(vers, version) == 0)
            found = probe_json_text(probe_json_at(row, "/cksum"));
        line += len;
        line += *line == '\n';
    }
    return found;
}

static bool answer_index(struct probe_exchange *exchange, const struct probe_response *response)
{
    const struct mw_canary *canary = exchange->target->canary;
    MW_FREE char *checksum = checksum_of(&response->body, canary->version);
    if (checksum == NULL)
        return probe_exchange_fail(exchange, MW_PROBE_CONTENT, _("Its index does not list %s %s."),
                                   canary->crate, canary->version);
    if (strcmp(checksum, canary->sha256) != 0) {
        exchange->sample.integrity = MW_PROBE_WRONG;
        return probe_exchange_fail(exchange, MW_PROBE_INTEGRITY,
                                   _("Its index has another checksum of %s %s than everybody "
                                     "else."),
                                   canary->crate, canary->version);
    }
    char *url = exchange->next_url;
    exchange->next_url = NULL;
    exchange->step = ASKED_CRATE;
    probe_exchange_ask(exchange, url, NULL, probe_canary_max(canary, CRATE_MAX_BYTES));
    return true;
}

static bool answer_cargo(struct probe_exchange *exchange, const struct probe_response *response)
{
    if (!probe_exchange_has_status(exchange, response, 200))
        return false;
    if (exchange->step == ASKED_CONFIG)
        return answer_config(exchange, response);
    if (exchange->step == ASKED_INDEX)
        return answer_index(exchange, response);
    if (!probe_exchange_verify(exchange, response, exchange->target->canary, _("crate file")))
        return false;
    probe_exchange_note_host(exchange);
    return probe_exchange_end_well(exchange);
}

const struct probe_protocol probe_protocol_cargo = {
    .name = "cargo",
    .begin = begin_cargo,
    .answer = answer_cargo,
};
