/* Services that are asked by data: what the catalogue says is asked, and its rules are kept; and
 * a sparse index of crates, whose requests follow from answers. */
#include <stdlib.h>
#include <time.h>

#include "../../src/probe/exchange.h"
#include "mirrorwise/hash.h"
#include "mirrorwise/memory.h"
#include "support/rows.h"

#define U "https://m.example/r"
#define TGZ "tarball"

struct reply {
    const char *url;
    long status;
    const char *type, *body, *header;
    bool is_head;
};

struct row {
    const char *name;
    const char *text; /* what stands beside "mirrors" in the catalogue */
    struct reply replies[6];
    enum mw_probe_class class;
    enum mw_probe_integrity integrity;
    const char *said;
    const char *more; /* of the mirror */
    bool is_ping;
};

#define SHA "SHA256" /* stands for the hash of TGZ */
#define CANARY ",\"canary\":{\"path\":\"/t.tgz\",\"sha256\":\"" SHA "\",\"bytes\":7}"
#define DOC                                                                                        \
    "\"probe\":{\"path\":\"/doc\",\"type\":\"application/json\",\"agent\":\"tool/1\",\"json\":{"
#define INDEX                                                                                      \
    "{\"name\":\"ab-cd\",\"vers\":\"0.1.0\",\"cksum\":\"x\"}\n"                                    \
    "{\"name\":\"ab-cd\",\"vers\":\"1.0.0\",\"cksum\":\"" SHA "\"}\n"
#define CRATES                                                                                     \
    "\"probe\":{\"protocol\":\"cargo\"},\"canary\":{\"crate\":\"ab-cd\",\"version\":\"1.0.0\","    \
    "\"sha256\":\"" SHA "\"}"
#define DIGEST "sha256:db4b4d0d1cb480bf9aeea253771c00febe627f236765fa37d6a5614f079a3aa0"
#define REGISTRY                                                                                   \
    "\"probe\":{\"protocol\":\"oci\"},\"canary\":{\"repository\":\"library/hi\","                  \
    "\"digest\":\"" DIGEST "\",\"bytes\":7}"
#define MANIFEST "/library/hi/manifests/" DIGEST
#define JSON "application/json; charset=utf-8"

/* clang-format off */
static const struct row rows[] = {
    {"the rules hold, and the canary follows",
     DOC "\"/v\":\"1\",\"/d/url\":\"same-host\",\"/l/1\":\"present\"}}" CANARY,
     {{U "/doc", 200, JSON, "{\"v\":\"1\",\"d\":{\"url\":\"https://m.example/t\"},\"l\":[0,1]}", NULL, false},
      {U "/t.tgz", 200, NULL, TGZ, NULL, false}},
     MW_PROBE_OK, MW_PROBE_GENUINE, NULL, "", false},
    {"a ping asks the first only", DOC "\"/v\":\"1\"}}" CANARY,
     {{U "/doc", 200, JSON, "{\"v\":\"1\"}", NULL, false}},
     MW_PROBE_OK, MW_PROBE_UNCHECKED, NULL, "", true},
    {"another host", DOC "\"/d\":\"same-host\"}}" CANARY,
     {{U "/doc", 200, JSON, "{\"d\":\"https://evil.example/t\"}", NULL, false}},
     MW_PROBE_CONTENT, MW_PROBE_UNCHECKED, "evil.example", "", false},
    {"another port", DOC "\"/d\":\"same-host\"}}" CANARY,
     {{U "/doc", 200, JSON, "{\"d\":\"https://m.example:8443/t\"}", NULL, false}},
     MW_PROBE_CONTENT, MW_PROBE_UNCHECKED, "another host", "", false},
    {"another text", DOC "\"/v\":\"1\"}}" CANARY,
     {{U "/doc", 200, JSON, "{\"v\":\"2\"}", NULL, false}},
     MW_PROBE_CONTENT, MW_PROBE_UNCHECKED, "/v", "", false},
    {"a number is its text", DOC "\"/v\":\"3\",\"/t\":\"true\"}}",
     {{U "/doc", 200, JSON, "{\"v\":3,\"t\":true}", NULL, false}},
     MW_PROBE_OK, MW_PROBE_UNCHECKED, NULL, "", false},
    {"missing", DOC "\"/a~1b/c\":\"present\"}}" CANARY,
     {{U "/doc", 200, JSON, "{\"a/b\":{\"c\":null}}", NULL, false}},
     MW_PROBE_CONTENT, MW_PROBE_UNCHECKED, "/a~1b/c", "", false},
    {"no JSON", DOC "\"/v\":\"1\"}}" CANARY,
     {{U "/doc", 200, JSON, "{\"v\":\"1\"} {}", NULL, false}},
     MW_PROBE_CONTENT, MW_PROBE_UNCHECKED, "JSON", "", false},
    {"a portal", DOC "\"/v\":\"1\"}}" CANARY,
     {{U "/doc", 200, "text/html", "<html>", NULL, false}},
     MW_PROBE_CONTENT, MW_PROBE_UNCHECKED, "text/html", "", false},
    {"a list, with HEAD and a range",
     "\"probe\":[{\"path\":\"/i\",\"range\":8,\"starts_with\":\"head\"},{\"path\":\"/big\",\"method\":\"HEAD\"}]" CANARY,
     {{U "/i", 206, NULL, "header..", NULL, false}, {U "/big", 200, NULL, "", NULL, true},
      {U "/t.tgz", 200, NULL, TGZ, NULL, false}},
     MW_PROBE_OK, MW_PROBE_GENUINE, NULL, "", false},
    {"the second request fails",
     "\"probe\":[{\"path\":\"/i\"},{\"path\":\"/big\",\"method\":\"HEAD\"}]" CANARY,
     {{U "/i", 200, NULL, "x", NULL, false}, {U "/big", 404, NULL, "", NULL, true}},
     MW_PROBE_HTTP, MW_PROBE_UNCHECKED, "404", "", false},
    {"another status is wanted", "\"probe\":{\"path\":\"/i\",\"status\":204}",
     {{U "/i", 204, NULL, "", NULL, false}}, MW_PROBE_OK, MW_PROBE_UNCHECKED, NULL, "", false},
    {"a wrong beginning", "\"probe\":{\"path\":\"/i\",\"starts_with\":\"---\"}",
     {{U "/i", 200, "text/plain", "--", NULL, false}},
     MW_PROBE_CONTENT, MW_PROBE_UNCHECKED, "/i", "", false},
    {"the request is the canary", "\"probe\":{\"path\":\"/t.tgz\"}" CANARY,
     {{U "/t.tgz", 200, NULL, TGZ, NULL, false}},
     MW_PROBE_OK, MW_PROBE_GENUINE, NULL, "", false},
    {"forged", "\"probe\":{\"path\":\"/t.tgz\"}" CANARY,
     {{U "/t.tgz", 200, NULL, "TARBALL", NULL, false}},
     MW_PROBE_INTEGRITY, MW_PROBE_WRONG, "SHA-256", "", false},
    {"begins", "\"probe\":{\"path\":\"/i\"},\"canary\":{\"path\":\"/s\",\"begins\":\"abc\"}",
     {{U "/i", 200, NULL, "x", NULL, false}, {U "/s", 200, NULL, "abc  name\n", NULL, false}},
     MW_PROBE_OK, MW_PROBE_GENUINE, NULL, "", false},
    {"does not contain", "\"probe\":{\"path\":\"/i\"},\"canary\":{\"path\":\"/s\",\"contains\":\"abc\"}",
     {{U "/i", 200, NULL, "x", NULL, false}, {U "/s", 200, NULL, "ab c\n", NULL, false}},
     MW_PROBE_INTEGRITY, MW_PROBE_WRONG, NULL, "", false},
    {"paths that begin otherwise here",
     "\"probe\":{\"path\":\"/cloud/x\"},\"canary\":{\"path\":\"/cloud/s\",\"begins\":\"a\"}",
     {{U "/x", 200, NULL, "x", NULL, false}, {U "/s", 200, NULL, "a", NULL, false}},
     MW_PROBE_OK, MW_PROBE_GENUINE, NULL, ",\"rebase\":[\"/cloud/\",\"/\"]", false},
    {"a path before /v2", REGISTRY,
     {{U "/v2/", 200, JSON, "{}", NULL, false}, {U "/v2" MANIFEST, 200, NULL, TGZ, NULL, false}},
     MW_PROBE_OK, MW_PROBE_GENUINE, NULL, ",\"style\":\"before-v2\"", false},
    {"a path behind it", REGISTRY,
     {{"https://m.example/v2/", 200, JSON, "{}", NULL, false},
      {"https://m.example/v2/r" MANIFEST, 200, NULL, TGZ, NULL, false}},
     MW_PROBE_OK, MW_PROBE_GENUINE, NULL, ",\"style\":\"after-v2\"", false},
    {"crates", CRATES,
     {{U "/config.json", 200, NULL, "{\"dl\":\"https://m.example/dl\"}", NULL, false},
      {U "/ab/-c/ab-cd", 200, NULL, INDEX, NULL, false},
      {"https://m.example/dl/ab-cd/1.0.0/download", 200, NULL, TGZ, NULL, false}},
     MW_PROBE_OK, MW_PROBE_GENUINE, NULL, "", false},
    {"crates from another host, by a template", CRATES,
     {{U "/config.json", 200, NULL, "{\"dl\":\"https://s.example/{lowerprefix}/{crate}-{version}.crate\"}", NULL, false},
      {U "/ab/-c/ab-cd", 200, NULL, INDEX, NULL, false},
      {"https://s.example/ab/-c/ab-cd-1.0.0.crate", 200, NULL, TGZ, NULL, false}},
     MW_PROBE_OK, MW_PROBE_GENUINE, "s.example", "", false},
    {"crates: another checksum in the index", CRATES,
     {{U "/config.json", 200, NULL, "{\"dl\":\"https://m.example/dl\"}", NULL, false},
      {U "/ab/-c/ab-cd", 200, NULL, "{\"vers\":\"1.0.0\",\"cksum\":\"00\"}\n", NULL, false}},
     MW_PROBE_INTEGRITY, MW_PROBE_WRONG, "checksum", "", false},
    {"crates: forged", CRATES,
     {{U "/config.json", 200, NULL, "{\"dl\":\"https://m.example/dl\"}", NULL, false},
      {U "/ab/-c/ab-cd", 200, NULL, INDEX, NULL, false},
      {NULL, 200, NULL, "TARBALL", NULL, false}},
     MW_PROBE_INTEGRITY, MW_PROBE_WRONG, NULL, "", false},
    {"crates: sent to plain http", CRATES,
     {{U "/config.json", 200, NULL, "{\"dl\":\"http://m.example/dl\"}", NULL, false}},
     MW_PROBE_CONTENT, MW_PROBE_UNCHECKED, "nobody", "", false},
    {"crates: no index", CRATES,
     {{U "/config.json", 200, NULL, "{}", NULL, false}},
     MW_PROBE_CONTENT, MW_PROBE_UNCHECKED, "config.json", "", false},
};
/* clang-format on */

/* Owned: `text` with the hash of TGZ put in. */
static char *with_hash(const char *text)
{
    char hash[MW_SHA256_HEX];
    struct mw_buf out = {0};
    mw_sha256_hex(TGZ, strlen(TGZ), hash);
    for (const char *at = text; *at != '\0';) {
        bool is_hash = strncmp(at, SHA, strlen(SHA)) == 0;
        if (is_hash)
            mw_buf_puts(&out, hash);
        else
            mw_buf_putc(&out, *at);
        at += is_hash ? strlen(SHA) : 1;
    }
    mw_buf_puts(&out, "");
    return mw_buf_take(&out);
}

static void load(struct mw_catalog *catalog, const char *name, const char *text, const char *more)
{
    char *hashed = with_hash(text);
    char *whole = mw_xasprintf(
        "{\"tool\":\"s\",\"mirrors\":[{\"id\":\"m\",\"url\":\"" U "\"%s}],%s}", more, hashed);
    struct mw_error err = {0};
    if (mw_catalog_add(catalog, "s.json", whole, strlen(whole), false, &err) != MW_OK)
        fail_msg("%s: %s", name, err.message);
    free(whole);
    free(hashed);
}

static bool give(struct probe_exchange *exchange, const char *name, const struct reply *reply)
{
    struct probe_response response;
    char *body = with_hash(reply->body);
    if (reply->url != NULL)
        row_string_equal(name, exchange->request.url, reply->url);
    row_true(name, exchange->request.is_head == reply->is_head);
    probe_response_init(&response);
    response.class = MW_PROBE_OK;
    response.scope = PROBE_SCOPE_PUBLIC;
    response.status = reply->status;
    response.content_type = reply->type != NULL ? mw_xstrdup(reply->type) : NULL;
    response.header = reply->header != NULL ? mw_xstrdup(reply->header) : NULL;
    mw_buf_puts(&response.body, body);
    bool more = probe_exchange_take(exchange, &response);
    probe_response_release(&response);
    free(body);
    return more;
}

static void what_data_says_is_asked_and_kept(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        const struct row *row = &rows[i];
        struct mw_catalog catalog = {0};
        struct mw_probe_options options;
        struct probe_exchange exchange;
        load(&catalog, row->name, row->text, row->more);
        struct mw_probe_target target = {.tool = "s", .id = "m", .url = U};
        mw_probe_options_init(&options);
        mw_probe_target_judge(&target, &catalog, catalog.mirrors[0]);
        size_t at = 0;
        bool more = probe_exchange_begin(&exchange, &target, &options,
                                         row->is_ping ? PROBE_PING : PROBE_FULL, 0);
        while (more) {
            row_true(row->name, row->replies[at].status != 0);
            more = give(&exchange, row->name, &row->replies[at++]);
        }
        row_true(row->name, row->replies[at].status == 0);
        row_string_equal(row->name, mw_probe_class_word(exchange.sample.class),
                         mw_probe_class_word(row->class));
        row_string_equal(row->name, mw_probe_integrity_word(exchange.sample.integrity),
                         mw_probe_integrity_word(row->integrity));
        if (row->said != NULL)
            row_true(row->name, strstr(exchange.sample.reason, row->said) != NULL ||
                                    strstr(exchange.sample.note, row->said) != NULL);
        probe_exchange_release(&exchange);
        mw_catalog_release(&catalog);
    }
}

#define AGE(from, as) "\"age\":{\"path\":\"/a\",\"from\":\"" from "\",\"as\":\"" as "\"}"
#define NOON 1767268800 /* 2026-01-01 12:00:00 UTC */

static const struct age_row {
    const char *name, *age, *body, *header;
    long state_s;
} ages[] = {
    {"unix", AGE("body", "unix"), "1767268800\n", NULL, NOON},
    {"unix, and a date behind it", AGE("body", "unix"), "1767268800 Thu Jan  1", NULL, NOON},
    {"HTTP", AGE("header:Last-Modified", "http-date"), "", "Thu, 01 Jan 2026 12:00:00 GMT", NOON},
    {"RFC 3339", AGE("body", "rfc3339"), "2026-01-01T12:00:00Z", NULL, NOON},
    {"RFC 3339 with a zone", AGE("body", "rfc3339"), "2026-01-01T20:00:00.5+08:00", NULL, NOON},
    {"a day", AGE("body", "date"), "2026-01-01", NULL, NOON - 12 * 3600},
    {"digits", AGE("body", "yyyymmddhhmmss"), "20260101120000", NULL, NOON},
    {"digits, apart", AGE("body", "yyyymmddhhmmss"), "20260101T12:00:00\n", NULL, NOON},
    {"JSON text", AGE("body", "json:/a/0/t"), "{\"a\":[{\"t\":\"2026-01-01T12:00:00.000Z\"}]}",
     NULL, NOON},
    {"JSON seconds", AGE("body", "json:/t"), "{\"t\":1767268800}", NULL, NOON},
    {"JSON milliseconds", AGE("body", "json:/t"), "{\"t\":1767268800000}", NULL, NOON},
    {"XML", AGE("body", "xml:lastUpdated"),
     "<m><lastUpdatedBy>x</lastUpdatedBy><lastUpdated>20260101120000</lastUpdated></m>", NULL,
     NOON},
    {"Release", AGE("body", "release:Date"),
     "Origin: x\nDate: Thu, 01 Jan 2026 12:00:00 UTC\nValid-Until: y\n", NULL, NOON},
    {"repomd", AGE("body", "repomd"), "<repomd><revision>1767268800</revision>", NULL, NOON},
    {"a page", AGE("body", "unix"), "<html>", NULL, -1},
    {"no such header", AGE("header:Last-Modified", "http-date"), "", NULL, -1},
    {"never", AGE("body", "json:/t"), "{\"t\":\"0001-01-01T00:00:00Z\"}", NULL, -1},
    {"the future", AGE("body", "date"), "2999-01-01", NULL, -1},
    {"a date and more", AGE("body", "date"), "2026-01-01 and more", NULL, -1},
    {"no day of any month", AGE("body", "rfc3339"), "2026-13-01T12:00:00Z", NULL, -1},
    {"no JSON", AGE("body", "json:/t"), "{\"t\":", NULL, -1},
    {"an endless number", AGE("body", "unix"), "1e999", NULL, -1},
};

static void a_date_is_read_in_every_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(ages); i++) {
        const struct age_row *row = &ages[i];
        struct mw_catalog catalog = {0};
        struct mw_probe_options options;
        struct probe_exchange exchange;
        char *text = mw_xasprintf("\"probe\":{\"path\":\"/i\"},%s", row->age);
        load(&catalog, row->name, text, "");
        struct mw_probe_target target = {.tool = "s", .id = "m", .url = U};
        mw_probe_options_init(&options);
        mw_probe_target_judge(&target, &catalog, catalog.mirrors[0]);
        const struct reply first = {U "/i", 200, NULL, "x", NULL, false};
        const struct reply second = {U "/a",    200,         NULL,
                                     row->body, row->header, strstr(row->age, "header:") != NULL};
        row_true(row->name, probe_exchange_begin(&exchange, &target, &options, PROBE_FULL, 0));
        row_true(row->name, give(&exchange, row->name, &first));
        row_true(row->name, !give(&exchange, row->name, &second));
        row_true(row->name, exchange.sample.class == MW_PROBE_OK);
        row_size_equal(row->name, (size_t)(exchange.sample.state_s + 1),
                       (size_t)(row->state_s + 1));
        row_true(row->name, (exchange.sample.age_s >= 0) == (row->state_s >= 0));
        probe_exchange_release(&exchange);
        mw_catalog_release(&catalog);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_data_says_is_asked_and_kept),
        cmocka_unit_test(a_date_is_read_in_every_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
