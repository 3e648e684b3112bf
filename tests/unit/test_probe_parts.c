/* The parsers behind the protocols, against text that a mirror made up. */
#include <arpa/inet.h>
#include <stdlib.h>

#include "../../src/probe/address.h"
#include "../../src/probe/challenge.h"
#include "../../src/probe/link.h"
#include "../../src/probe/peer.h"
#include "support/rows.h"

static const struct {
    const char *base, *reference, *url; /* url NULL: refused */
} links[] = {
    {"https://h/a/b/", "c", "https://h/a/b/c"},
    {"https://h/a/b", "c", "https://h/a/c"},
    {"https://h/a/b/", "../c", "https://h/a/c"},
    {"https://h/a/b/", "../../../../c", "https://h/c"},
    {"https://h/a/b/", "./", "https://h/a/b/"},
    {"https://h/a/b/", "..", "https://h/a/"},
    {"https://h/a/b/?q", "", "https://h/a/b/?q"},
    {"https://h/a/b/?q", "?r", "https://h/a/b/?r"},
    {"https://h/a/b/", "/x/./y/../z?p=1#f", "https://h/x/z?p=1"},
    {"https://h:8443/a/", "b", "https://h:8443/a/b"},
    {"https://h", "b", "https://h/b"},
    {"https://h/a", "//i/b", "https://i/b"},
    {"https://h/a", "https://i/b#f", "https://i/b"},
    {"https://h/a", "HTTPS://i/b", "HTTPS://i/b"},
    {"http://h/a", "http://i/b", "http://i/b"},
    {"http://h/a", "https://i/b", "https://i/b"},
    {"https://h/a", "http://i/b", NULL},
    {"https://h/a", "file:///etc/passwd", NULL},
    {"https://h/a", "javascript:alert(1)", NULL},
    {"https://h/a", "https://user:pw@i/b", NULL},
    {"https://h/a", "https://i\\@j/b", NULL},
    {"https://h/a", "/x y", NULL},
    {"https://h/a", "/x\r\nHost: i", NULL},
    {"https://h/a", "https:///b", NULL},
    {"https://u:p@h/a/", "b", "https://u:p@h/a/b"},
    {"https://u:p@h/a/", "https://i/b", "https://i/b"},
    {"https://u:p@h/a/", "https://u:p@i/b", NULL},
};

static void links_lead_where_they_may(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(links); i++) {
        char *url = probe_link_resolve(links[i].base, links[i].reference);
        row_string_equal(links[i].reference, url != NULL ? url : "refused",
                         links[i].url != NULL ? links[i].url : "refused");
        free(url);
    }
}

static const struct {
    const char *name, *page, *link; /* link NULL: none */
} pages[] = {
    {"plain", "<a href=\"u\">f.whl</a>", "u"},
    {"single quotes", "<a href='u'>f.whl</a>", "u"},
    {"no quotes", "<a href=u >f.whl</a>", "u"},
    {"upper case", "<A HREF=\"u\">f.whl</A>", "u"},
    {"'>' in an attribute", "<a data-requires-python=\">=3.7\" href=\"u\">f.whl</a>", "u"},
    {"blanks around", "<a\n href = \"u\" >\n f.whl\n</a>", "u"},
    {"the second", "<a href=\"x\">e.whl</a><a href=\"u\">f.whl</a>", "u"},
    {"a longer name", "<a href=\"x\">f.whl.asc</a>", NULL},
    {"only in the href", "<a href=\"f.whl\">other</a>", NULL},
    {"data-href", "<a data-href=\"x\">f.whl</a>", NULL},
    {"never ends", "<a href=\"u", NULL},
    {"never ends either", "<a href=\"u\"", NULL},
    {"abbr", "<abbr href=\"u\">f.whl</abbr>", NULL},
    {"nothing", "", NULL},
};

static void a_link_is_found_by_its_file(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(pages); i++) {
        char *link = probe_link_in_html(pages[i].page, "f.whl");
        row_string_equal(pages[i].name, link != NULL ? link : "none",
                         pages[i].link != NULL ? pages[i].link : "none");
        free(link);
    }
    static const char *const bad[] = {"",
                                      "[]",
                                      "{\"files\":{}}",
                                      "{\"files\":[1,{}]}",
                                      "{\"files\":[{\"filename\":\"f.whl\"}]}",
                                      "{\"files\":[{\"filename\":\"f.whl\",\"url\":\"u\"}]} x"};
    for (size_t i = 0; i < ROWS(bad); i++)
        row_true(bad[i], probe_link_in_json(bad[i], "f.whl") == NULL);
}

static const struct {
    const char *header;
    bool is_right;
    const char *url;
} challenges[] = {
    {"Bearer realm=\"https://a/t\"", true, "https://a/t?scope=repository%3Al%2Fh%3Apull"},
    {"bearer realm=\"https://a/t\" , service=s", true,
     "https://a/t?service=s&scope=repository%3Al%2Fh%3Apull"},
    {"Bearer service=\"a \\\"q\\\" & b\",scope=\"x,y\",realm=\"https://a/t?x=1\"", true,
     "https://a/t?x=1&service=a%20%22q%22%20%26%20b&scope=repository%3Al%2Fh%3Apull"},
    {"Bearer realm=\"https://a/t", false, NULL},
    {"Bearer realm", false, NULL},
    {"Bearer service=\"s\"", false, NULL},
    {"Basic realm=\"https://a/t\"", false, NULL},
    {"", false, NULL},
};

static void challenges_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(challenges); i++) {
        struct probe_challenge challenge = {0};
        bool is_right = probe_challenge_parse(challenges[i].header, &challenge);
        row_true(challenges[i].header, is_right == challenges[i].is_right);
        if (!is_right)
            continue;
        char *url = probe_challenge_url(&challenge, "l/h");
        row_string_equal(challenges[i].header, url, challenges[i].url);
        free(url);
        probe_challenge_release(&challenge);
    }
}

static const struct {
    const char *address;
    bool is_somebody;
    enum probe_scope scope;
} addresses[] = {
    {"127.0.0.1", true, PROBE_SCOPE_LOOPBACK},
    {"127.9.9.9", true, PROBE_SCOPE_LOOPBACK},
    {"::1", true, PROBE_SCOPE_LOOPBACK},
    {"::ffff:127.0.0.1", true, PROBE_SCOPE_LOOPBACK},
    {"64:ff9b::7f00:1", true, PROBE_SCOPE_LOOPBACK},
    {"2002:7f00:1::", true, PROBE_SCOPE_LOOPBACK},
    {"169.254.169.254", true, PROBE_SCOPE_LINK},
    {"::ffff:169.254.169.254", true, PROBE_SCOPE_LINK},
    {"fe80::1", true, PROBE_SCOPE_LINK},
    {"10.1.2.3", true, PROBE_SCOPE_PRIVATE},
    {"172.31.255.255", true, PROBE_SCOPE_PRIVATE},
    {"192.168.0.1", true, PROBE_SCOPE_PRIVATE},
    {"100.100.100.200", true, PROBE_SCOPE_PRIVATE},
    {"fd00::1", true, PROBE_SCOPE_PRIVATE},
    {"172.32.0.0", true, PROBE_SCOPE_PUBLIC},
    {"8.8.8.8", true, PROBE_SCOPE_PUBLIC},
    {"2001:db8::1", true, PROBE_SCOPE_PUBLIC},
    {"0.0.0.0", false, PROBE_SCOPE_LOOPBACK},
    {"::", false, PROBE_SCOPE_LOOPBACK},
    {"224.0.0.1", false, PROBE_SCOPE_LOOPBACK},
    {"255.255.255.255", false, PROBE_SCOPE_LOOPBACK},
    {"ff02::1", false, PROBE_SCOPE_LOOPBACK},
};

static void addresses_have_a_scope(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(addresses); i++) {
        struct sockaddr_storage storage = {0};
        struct sockaddr_in v4 = {.sin_family = AF_INET};
        struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
        if (inet_pton(AF_INET, addresses[i].address, &v4.sin_addr) == 1)
            memcpy(&storage, &v4, sizeof v4);
        else if (inet_pton(AF_INET6, addresses[i].address, &v6.sin6_addr) == 1)
            memcpy(&storage, &v6, sizeof v6);
        enum probe_scope scope = PROBE_SCOPE_LOOPBACK;
        row_true(addresses[i].address, probe_address_scope((struct sockaddr *)&storage, &scope) ==
                                           addresses[i].is_somebody);
        if (addresses[i].is_somebody)
            row_true(addresses[i].address,
                     scope == addresses[i].scope &&
                         probe_address_scope_text(addresses[i].address) == addresses[i].scope);
    }
}

/* 2026-08-21T00:00:00Z */
#define TODAY 1787270400L

static const struct {
    const char *line;
    long expires_s;
    const char *issuer;
} certificate_lines[] = {
    {"Expire date:Aug 31 00:00:00 2026 GMT", TODAY + 10 * 86400L, ""},
    {"Expire date:Aug  1 12:00:00 2026 GMT", TODAY - 20 * 86400L + 43200, ""},
    {"Expire date:2026-08-31 00:00:00 GMT", TODAY + 10 * 86400L, ""},
    {"Expire date:Aug 31 00:00:00 2026 GMT and more", 0, ""},
    {"Expire date:soon", 0, ""},
    {"Start date:Aug 31 00:00:00 2026 GMT", 0, ""},
    {"Issuer:C = US, O = Let's Encrypt, CN = R11", 0, "Let's Encrypt, R11"},
    {"Issuer:CN = lab root", 0, "lab root"},
    {"Issuer:O=Lab,CN=key", 0, "Lab, key"},
    {"Issuer:C = US, O = \"Wide, Inc.\", OU = x, CN = a", 0, "Wide, Inc., a"},
    {"Issuer:O = a\\, b, CN = c", 0, "a\\, b, c"},
    {"Issuer:", 0, ""},
    {"Issuer:C = US", 0, ""},
    {"Issuer:O = \"", 0, "\""},
    {"Subject:O = Somebody", 0, ""},
};

static void certificates_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(certificate_lines); i++) {
        struct mw_probe_peer peer = {0};
        const char *line = certificate_lines[i].line;
        probe_peer_read(&peer, line, TODAY);
        row_true(line, peer.cert_expires_s == certificate_lines[i].expires_s);
        row_string_equal(line, peer.cert_issuer, certificate_lines[i].issuer);
        if (peer.cert_expires_s != 0)
            row_true(line, peer.cert_left_s == certificate_lines[i].expires_s - TODAY);
    }
    struct mw_probe_peer peer = {0};
    char line[512] = "Issuer:O = ";
    memset(line + 11, 'x', sizeof line - 12);
    probe_peer_read(&peer, line, TODAY);
    assert_int_equal(strlen(peer.cert_issuer), sizeof peer.cert_issuer - 1);
}

static void peers_remember_addresses(void **state)
{
    (void)state;
    struct mw_probe_peer peer = {.tried = {"2001:db8::1", "192.0.2.1"}};
    struct mw_probe_peer more = {
        .tried = {"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"},
        .cert_expires_s = 5,
        .cert_issuer = "who",
    };
    mw_probe_peer_merge(&peer, &more);
    static const char *const wanted[] = {"2001:db8::1", "192.0.2.1", "192.0.2.2", "192.0.2.3"};
    for (size_t i = 0; i < ROWS(wanted); i++)
        row_string_equal(wanted[i], peer.tried[i], wanted[i]);
    assert_string_equal(peer.cert_issuer, "who");
    mw_probe_peer_merge(&peer, &(struct mw_probe_peer){.tried = {""}});
    assert_int_equal(peer.cert_expires_s, 5); /* nobody looked: nothing is forgotten */

    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    struct mw_probe_peer empty = {0};
    assert_int_equal(inet_pton(AF_INET6, "2001:db8::9", &v6.sin6_addr), 1);
    probe_peer_add_address(&empty, (const struct sockaddr *)&v6);
    probe_peer_add_address(&empty, (const struct sockaddr *)&v6);
    assert_string_equal(empty.tried[0], "2001:db8::9");
    assert_string_equal(empty.tried[1], "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(links_lead_where_they_may), cmocka_unit_test(a_link_is_found_by_its_file),
        cmocka_unit_test(challenges_are_read),       cmocka_unit_test(addresses_have_a_scope),
        cmocka_unit_test(certificates_are_read),     cmocka_unit_test(peers_remember_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
