#include "support/rows.h"

#include <stdio.h>

#include "mirrorwise/url.h"

static void accepted_rows(void **state)
{
    (void)state;
    /* scheme|userinfo|host|port|path|query|fragment; "-" for a part that is absent, not empty */
    static const struct {
        const char *text, *parts;
    } rows[] = {
        {"https://goproxy.cn", "https|-|goproxy.cn|||-|-"},
        {"HTTP://Host:8080/a/b?c=d#e", "HTTP|-|Host|8080|/a/b|c=d|e"},
        {"https://h/", "https|-|h||/|-|-"},
        {"https://h?", "https|-|h||||-"},
        {"https://h#", "https|-|h|||-|"},
        {"https://h#a?b", "https|-|h|||-|a?b"},
        {"https://user:p%40ss@h/", "https|user:p%40ss|h||/|-|-"},
        {"https://@h/", "https||h||/|-|-"},
        {"http://[::1]:3128/x", "http|-|::1|3128|/x|-|-"},
        {"http://[2001:db8::7]", "http|-|2001:db8::7|||-|-"},
        {"http://127.0.0.1:65535", "http|-|127.0.0.1|65535||-|-"},
        {"git+ssh://h/x", "git+ssh|-|h||/x|-|-"},
        {"file:///srv/goproxy", "file|-|||/srv/goproxy|-|-"},
        {"https://h/a@b,c;d=(1)!*'$&+~", "https|-|h||/a@b,c;d=(1)!*'$&+~|-|-"},
        {"https://h/%E4%B8%AD", "https|-|h||/%E4%B8%AD|-|-"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_url url;
        const char *reason = "accepted";
        row_true(rows[i].text, mw_url_parse(rows[i].text, &url, &reason));
        row_string_equal(rows[i].text, reason, "accepted");
        char parts[200];
        snprintf(parts, sizeof parts, "%.*s|%.*s|%.*s|%.*s|%.*s|%.*s|%.*s", (int)url.scheme_len,
                 url.scheme, url.has_userinfo ? (int)url.userinfo_len : 1,
                 url.has_userinfo ? url.userinfo : "-", (int)url.host_len, url.host,
                 (int)url.port_len, url.port, (int)url.path_len, url.path,
                 url.has_query ? (int)url.query_len : 1, url.has_query ? url.query : "-",
                 url.has_fragment ? (int)url.fragment_len : 1,
                 url.has_fragment ? url.fragment : "-");
        row_string_equal(rows[i].text, parts, rows[i].parts);
    }
}

static void refused_rows(void **state)
{
    (void)state;
    static const struct {
        const char *text, *reason_has;
    } rows[] = {
        {"", "empty"},
        {"goproxy.cn", "scheme"},
        {"//host/x", "scheme"},
        {"https:/host", "scheme"},
        {"https:host", "scheme"},
        {"://host", "scheme"},
        {"1http://host", "scheme"},
        {"direct", "scheme"},
        {"https://", "no host"},
        {"https:///path", "no host"},
        {"https://:80/", "no host"},
        {"https://user@", "no host"},
        {"https://h h/", "blank"},
        {" https://h", "blank"},
        {"https://h/\tx", "control"},
        {"https://h/\n", "control"},
        {"https://h/\x7F", "control"},
        {"https://h\\x", "backslash"},
        {"https://\xE4\xB8\xAD/", "ASCII"},
        {"https://h/\xE4\xB8\xAD", "ASCII"},
        {"https://h:x/", "not a number"},
        {"https://h:80a/", "not a number"},
        {"https://h:/", "missing"},
        {"https://h:0/", "missing or 0"},
        {"https://h:65536/", "65535"},
        {"https://h:99999999999999999999/", "65535"},
        {"https://::1/", "no host"},
        {"https://a:b:c/", "not a number"},
        {"https://[::1/", "IPv6"},
        {"https://[::g]/", "IPv6"},
        {"https://[127.0.0.1]/", "IPv6"},
        {"https://[]/", "IPv6"},
        {"https://[fe80::1%25eth0]/", "IPv6"},
        {"https://[::1]x/", "follows"},
        {"https://[::1]:x/", "not a number"},
        {"https://ho%73t/", "host"},
        {"https://ho,st/", "host"},
        {"https://a@b@c/", "%40"},
        {"https://us\"er@h/", "%XX"},
        {"https://us%4gr@h/", "%XX"},
        {"https://h/a|b", "path"},
        {"https://h/<a>", "path"},
        {"https://h/%", "path"},
        {"https://h/%4", "path"},
        {"https://h/%4g", "path"},
        {"https://h/?a=\"", "query"},
        {"https://h/#a#b", "fragment"},
        {"https://h/${VAR}", "path"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_url url = {.host = "untouched"};
        const char *reason = NULL;
        row_true(rows[i].text, !mw_url_parse(rows[i].text, &url, &reason));
        row_true(rows[i].text, reason != NULL);
        if (strstr(reason, rows[i].reason_has) == NULL)
            fail_msg("\"%s\": the reason is \"%s\"", rows[i].text, reason);
        row_string_equal(rows[i].text, url.host, "untouched");
        row_true(rows[i].text, !mw_url_parse(rows[i].text, &url, NULL));
    }
}

static void loopback_rows(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_loopback;
    } rows[] = {
        {"http://localhost", true},
        {"http://LocalHost:5000/v2", true},
        {"http://127.0.0.1", true},
        {"http://127.255.0.9:1", true},
        {"http://[::1]:80", true},
        {"http://[0:0:0:0:0:0:0:1]", true},
        {"http://localhost.example.org", false},
        {"http://127.0.0.1.example.org", false},
        {"http://128.0.0.1", false},
        {"http://127.1", false},
        {"http://[::2]", false},
        {"http://[::]", false},
        {"http://0.0.0.0", false},
        {"http://localhost@evil.example", false},
        {"http://a-host-name-that-is-longer-than-any-address-in-the-world.example", false},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_url url;
        row_true(rows[i].text, mw_url_parse(rows[i].text, &url, NULL));
        row_true(rows[i].text, mw_url_is_loopback(&url) == rows[i].is_loopback);
    }
}

static void used_rows(void **state)
{
    static const struct {
        const char *urls, *used; /* words */
        bool is;
    } rows[] = {
        {"", "", true},
        {"https://a", "https://a/", true},
        {"https://a https://b", "https://b https://a", false},
        {"https://a", "", false},
        {"", "https://a", false},
        {"https://a https://a/ https://b", "https://a/ https://b/", true},
        {"https://a https://A", "https://a/ https://A/", true},
        {"https://a https://b", "https://a", false},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_strings urls = {0}, used = {0};
        mw_strings_split(&urls, rows[i].urls, " ");
        mw_strings_split(&used, rows[i].used, " ");
        row_true(rows[i].urls, mw_urls_used(&urls, &used) == rows[i].is);
        mw_strings_release_all(&urls, &used);
    }
}

static void same_rows(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        bool same;
    } rows[] = {
        {"https://h", "https://h/", true},
        {"https://h/x", "https://h/x/", true},
        {"https://h/x", "https://h/x//", false},
        {"HTTPS://H/x", "https://h/x", true},
        {"https://h/X", "https://h/x", false},
        {"https://h:443/", "https://h", true},
        {"http://h:80/", "http://h", true},
        {"http://h:080/", "http://h", true},
        {"http://h:443/", "http://h", false},
        {"https://h", "http://h", false},
        {"https://h", "https://i", false},
        {"https://u@h", "https://h", false},
        {"https://u@h", "https://U@h", false},
        {"https://h?a", "https://h?a", true},
        {"https://h?a", "https://h?b", false},
        {"https://h?", "https://h", false},
        {"https://h#a", "https://h", false},
        {"direct", "direct", true},
        {"direct", "off", false},
        {"direct", "https://h", false},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        row_true(rows[i].a, mw_url_same(rows[i].a, rows[i].b) == rows[i].same);
        row_true(rows[i].a, mw_url_same(rows[i].b, rows[i].a) == rows[i].same);
        row_true(rows[i].a, mw_url_same(rows[i].a, rows[i].a));
    }
}

static void scheme_ignores_case(void **state)
{
    (void)state;
    struct mw_url url;
    assert_true(mw_url_parse("HttpS://h", &url, NULL));
    assert_true(mw_url_is(&url, "https"));
    assert_false(mw_url_is(&url, "http"));
    assert_false(mw_url_is(&url, "httpss"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepted_rows), cmocka_unit_test(refused_rows),
        cmocka_unit_test(loopback_rows), cmocka_unit_test(same_rows),
        cmocka_unit_test(used_rows),     cmocka_unit_test(scheme_ignores_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
