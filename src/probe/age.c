/* How old a mirror's newest state is, by what its catalogue says where that date stands. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "mirrorwise/hash.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

#include "exchange.h"
#include "json_at.h"
#include "link.h"

#define SMALL_BYTES 4096
#define LARGE_BYTES 1048576

/* Two clocks may differ by so much. */
#define CLOCK_SKEW_S 600

/* The first second of year 1 as some programs write "never", and all before 1990. */
#define EARLIEST_S 631152000

/* Milliseconds, where a number is too large for seconds. */
#define LATEST_S 100000000000

static bool is_wanted(const struct probe_exchange *exchange)
{
    const struct mw_probe_options *options = exchange->options;
    return exchange->target->age != NULL && exchange->kind == PROBE_FULL &&
           (options->is_thorough || options->policy.max_age_s > 0 ||
            exchange->target->max_age_s > 0);
}

static char *url_of(const struct probe_exchange *exchange, const char *path)
{
    if (!mw_text_starts(path, "../"))
        return probe_exchange_below(exchange, path);
    MW_FREE char *base = probe_link_below(exchange->target->url, "");
    return probe_link_resolve(base, path);
}

bool probe_age_ask(struct probe_exchange *exchange)
{
    if (!is_wanted(exchange))
        return false;
    const struct mw_age_rule *rule = exchange->target->age;
    char *url = url_of(exchange, rule->path);
    if (url == NULL)
        return false;
    bool is_long = rule->form == MW_AGE_JSON || rule->form == MW_AGE_XML ||
                   rule->form == MW_AGE_REPOMD || rule->form == MW_AGE_SAME ||
                   rule->form == MW_AGE_RELEASE;
    exchange->is_age = exchange->is_optional = true;
    probe_exchange_ask(exchange, url, NULL, is_long ? LARGE_BYTES : SMALL_BYTES);
    exchange->request.header = rule->header;
    exchange->request.is_head = rule->header != NULL;
    return true;
}

/* ---- dates ----------------------------------------------------------------------------------- */

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " \t\r\n");
}

/* -1 if the text is not of the form. What follows is nobody's business if `may_go_on`. */
static long by_form(const char *text, const char *form, bool may_go_on)
{
    struct tm date = {0};
    const char *end = strptime(text, form, &date);
    if (end == NULL || (!may_go_on && *skip_blanks(end) != '\0'))
        return -1;
    return (long)timegm(&date);
}

static long read_unix(const char *text)
{
    char *end = NULL;
    errno = 0;
    double value = strtod(text, &end);
    if (end == text || errno != 0 || (*end != '\0' && strchr(" \t\r\n", *end) == NULL) ||
        !(value >= 0 && value < LATEST_S * 1000.0))
        return -1;
    return value >= (double)LATEST_S ? (long)(value / 1000) : (long)value;
}

/* Fourteen digits, whatever stands between them: 20260821120000, 20260821T12:00:00. */
static long read_digits(const char *text)
{
    char digits[15];
    size_t count = 0;
    for (; *text != '\0' && strchr(" \t\r\n", *text) == NULL; text++) {
        if (strchr("-T:.", *text) != NULL)
            continue;
        if (*text < '0' || *text > '9' || count == sizeof digits - 1)
            return -1;
        digits[count++] = *text;
    }
    digits[count] = '\0';
    struct tm date = {0};
    if (count != sizeof digits - 1 || *skip_blanks(text) != '\0' ||
        strptime(digits, "%Y%m%d%H%M%S", &date) == NULL)
        return -1;
    return (long)timegm(&date);
}

static long read_http_date(const char *text)
{
    return by_form(text, "%a, %d %b %Y %H:%M:%S", true);
}

static long read_date(const char *text)
{
    return by_form(text, "%Y-%m-%d", false);
}

/* A value of a document says itself how it is written. */
static long read_any(const char *text)
{
    static long (*const forms[])(const char *) = {mw_text_seconds, read_date, read_http_date,
                                                  read_digits, read_unix};
    long value = -1;
    for (size_t i = 0; i < sizeof forms / sizeof *forms && value < 0; i++)
        value = forms[i](text);
    return value;
}

/* Owned: the text of the first element of that name; NULL if there is none. */
static char *element_text(const char *body, const char *name)
{
    size_t len = strlen(name);
    for (const char *at = body; (at = strchr(at, '<')) != NULL; at++) {
        if (strncmp(at + 1, name, len) != 0 || strchr("> \t\r\n", at[1 + len]) == NULL)
            continue;
        const char *text = strchr(at, '>');
        if (text == NULL)
            return NULL;
        text = skip_blanks(text + 1);
        return mw_xstrndup(text, strcspn(text, "<"));
    }
    return NULL;
}

/* Owned: the value of a field of a stanza; NULL if there is none. */
static char *field_text(const char *body, const char *name)
{
    size_t len = strlen(name);
    for (const char *line = body; line != NULL && *line != '\0';) {
        if (strncasecmp(line, name, len) == 0 && line[len] == ':') {
            const char *value = line + len + 1;
            value += strspn(value, " \t");
            return mw_xstrndup(value, strcspn(value, "\r\n"));
        }
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    return NULL;
}

static char *pointed_text(const struct probe_response *response, const char *pointer)
{
    PROBE_JSON *root = probe_json_body(response);
    return probe_json_text(probe_json_at(root, pointer));
}

/* Owned: the date as it is written. */
static char *date_text(const struct mw_age_rule *rule, const struct probe_response *response)
{
    const char *body = mw_buf_text(&response->body);
    if (rule->header != NULL)
        return mw_copy(response->header);
    switch (rule->form) {
    case MW_AGE_JSON:
        return pointed_text(response, rule->name);
    case MW_AGE_XML:
        return element_text(body, rule->name);
    case MW_AGE_REPOMD:
        return element_text(body, "revision");
    case MW_AGE_RELEASE:
        return field_text(body, rule->name);
    default:
        return mw_xstrdup(skip_blanks(body));
    }
}

static long (*const readers[])(const char *) = {
    [MW_AGE_UNIX] = read_unix,
    [MW_AGE_HTTP_DATE] = read_http_date,
    [MW_AGE_RFC3339] = mw_text_seconds,
    [MW_AGE_DATE] = read_date,
    [MW_AGE_DIGITS] = read_digits,
    [MW_AGE_JSON] = read_any,
    [MW_AGE_XML] = read_any,
    [MW_AGE_RELEASE] = read_http_date,
    [MW_AGE_REPOMD] = read_unix,
};

/* Equal bytes have an equal hash; the shortest that never is 0. */
static unsigned long hash_of(const struct mw_buf *body)
{
    char hex[MW_SHA256_HEX];
    mw_sha256_hex(body->data, body->len, hex);
    hex[15] = '\0';
    return strtoul(hex, NULL, 16) | 1;
}

void probe_age_answer(struct probe_exchange *exchange, const struct probe_response *response)
{
    const struct mw_age_rule *rule = exchange->target->age;
    exchange->sample.class = MW_PROBE_OK;
    if (response->status != 200)
        return;
    if (rule->form == MW_AGE_SAME) {
        if (response->body.len > 0 && !response->is_cut)
            exchange->sample.state_hash = hash_of(&response->body);
        return;
    }
    MW_FREE char *text = date_text(rule, response);
    long state_s = text != NULL ? readers[rule->form](text) : -1;
    long now_s = (long)time(NULL);
    if (state_s < EARLIEST_S || state_s > now_s + CLOCK_SKEW_S)
        return;
    exchange->sample.state_s = state_s;
    exchange->sample.age_s = state_s < now_s ? now_s - state_s : 0;
}
