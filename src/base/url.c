#include "mirrorwise/url.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>

#include "mirrorwise/buffer.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/text.h"

/* The character classes of RFC 3986; <ctype.h> would ask the locale. */
static bool is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

static bool is_unreserved(char c)
{
    return is_alpha(c) || is_digit(c) || is_one_of(c, "-._~");
}

char *mw_url_escape(const char *text, const char *kept)
{
    struct mw_buf out = {0};
    for (; *text != '\0'; text++) {
        if (is_unreserved(*text) || is_one_of(*text, kept))
            mw_buf_putc(&out, *text);
        else
            mw_buf_printf(&out, "%%%02X", (unsigned)(unsigned char)*text);
    }
    return mw_buf_take(&out);
}

/* Every character is unreserved, a sub-delimiter, one of `extra` or a whole %XX. */
static bool is_made_of(const char *text, size_t len, const char *extra)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '%') {
            if (len - i < 3 || mw_text_hex(text[i + 1]) < 0 || mw_text_hex(text[i + 2]) < 0)
                return false;
            i += 2;
        } else if (!is_unreserved(text[i]) && !is_one_of(text[i], "!$&'()*+,;=") &&
                   !is_one_of(text[i], extra)) {
            return false;
        }
    }
    return true;
}

/* Refused anywhere, with a reason of its own: these are the usual slips. */
static const char *forbidden_byte(const char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == ' ')
            return N_("it contains a blank");
        if (c < 0x20 || c == 0x7F)
            return N_("it contains a control character");
        if (c == '\\')
            return N_("it contains a backslash");
        if (c >= 0x80)
            return N_("it contains a character that is not ASCII; write it as %XX, or a host name "
                      "as xn--...");
    }
    return NULL;
}

static const char *parse_scheme(const char *text, struct mw_url *url)
{
    const char *end = text;
    while (is_alpha(*end) || is_digit(*end) || is_one_of(*end, "+-."))
        end++;
    if (end == text || !is_alpha(*text) || strncmp(end, "://", 3) != 0)
        return N_("it does not start with a scheme such as https://");
    url->scheme = text;
    url->scheme_len = (size_t)(end - text);
    return NULL;
}

static const char *parse_port(const char *text, size_t len, struct mw_url *url)
{
    unsigned value = 0;
    for (size_t i = 0; i < len; i++) {
        if (!is_digit(text[i]))
            return N_("its port is not a number");
        value = value * 10 + (unsigned)(text[i] - '0');
        if (value > 65535)
            return N_("its port is larger than 65535");
    }
    if (value == 0)
        return N_("its port is missing or 0");
    url->port = text;
    url->port_len = len;
    return NULL;
}

/* "[::1]:80": the span of the host is without the brackets. */
static const char *parse_ip_literal(const char *text, size_t len, struct mw_url *url)
{
    const char *close = memchr(text, ']', len);
    char address[INET6_ADDRSTRLEN];
    size_t host_len = close != NULL ? (size_t)(close - text) - 1 : sizeof address;
    if (host_len >= sizeof address)
        return N_("its IPv6 address is wrong");
    memcpy(address, text + 1, host_len);
    address[host_len] = '\0';
    struct in6_addr binary;
    if (inet_pton(AF_INET6, address, &binary) != 1)
        return N_("its IPv6 address is wrong");
    url->host = text + 1;
    url->host_len = host_len;
    size_t rest = len - host_len - 2;
    if (rest == 0)
        return NULL;
    return close[1] == ':' ? parse_port(close + 2, rest - 1, url)
                           : N_("something other than a port follows its IPv6 address");
}

static const char *parse_host_and_port(const char *text, size_t len, struct mw_url *url)
{
    if (len > 0 && *text == '[')
        return parse_ip_literal(text, len, url);
    const char *colon = memchr(text, ':', len);
    url->host = text;
    url->host_len = colon != NULL ? (size_t)(colon - text) : len;
    if (url->host_len == 0 && !mw_url_is(url, "file"))
        return N_("it has no host");
    for (size_t i = 0; i < url->host_len; i++) {
        if (!is_alpha(text[i]) && !is_digit(text[i]) && !is_one_of(text[i], "-._"))
            return N_("its host has a character that no host name has");
    }
    return colon != NULL ? parse_port(colon + 1, len - url->host_len - 1, url) : NULL;
}

static const char *parse_authority(const char *text, size_t len, struct mw_url *url)
{
    const char *at = memchr(text, '@', len);
    if (at != NULL) {
        url->has_userinfo = true;
        url->userinfo = text;
        url->userinfo_len = (size_t)(at - text);
        if (!is_made_of(text, url->userinfo_len, ":"))
            return N_("its user name or password has a character to be written as %XX");
        len -= url->userinfo_len + 1;
        text = at + 1;
        if (memchr(text, '@', len) != NULL)
            return N_("an @ in its user name or password is to be written as %40");
    }
    return parse_host_and_port(text, len, url);
}

static const char *parse_rest(const char *text, struct mw_url *url)
{
    url->path = text;
    url->path_len = strcspn(text, "?#");
    if (!is_made_of(text, url->path_len, ":@/"))
        return N_("its path has a character to be written as %XX");
    text += url->path_len;
    if (*text == '?') {
        url->has_query = true;
        url->query = text + 1;
        url->query_len = strcspn(text + 1, "#");
        if (!is_made_of(url->query, url->query_len, ":@/?"))
            return N_("its query has a character to be written as %XX");
        text += 1 + url->query_len;
    }
    if (*text == '#') {
        url->has_fragment = true;
        url->fragment = text + 1;
        url->fragment_len = strlen(text + 1);
        if (!is_made_of(url->fragment, url->fragment_len, ":@/?"))
            return N_("its fragment has a character to be written as %XX");
    }
    return NULL;
}

static const char *parse(const char *text, struct mw_url *url)
{
    const char *wrong = forbidden_byte(text);
    if (wrong == NULL)
        wrong = parse_scheme(text, url);
    if (wrong != NULL)
        return wrong;
    const char *authority = text + url->scheme_len + strlen("://");
    size_t len = strcspn(authority, "/?#");
    wrong = parse_authority(authority, len, url);
    return wrong != NULL ? wrong : parse_rest(authority + len, url);
}

bool mw_url_parse(const char *text, struct mw_url *url, const char **reason)
{
    /* Absent parts are empty spans, never NULL, so that callers can compare them. */
    struct mw_url parsed = {
        .scheme = "",
        .userinfo = "",
        .host = "",
        .port = "",
        .path = "",
        .query = "",
        .fragment = "",
    };
    const char *wrong = *text == '\0' ? N_("it is empty") : parse(text, &parsed);
    if (wrong == NULL) {
        *url = parsed;
        return true;
    }
    if (reason != NULL)
        *reason = _(wrong);
    return false;
}

static bool same_span(const char *a, size_t a_len, const char *b, size_t b_len)
{
    return a_len == b_len && memcmp(a, b, a_len) == 0;
}

static bool same_word(const char *a, size_t a_len, const char *b, size_t b_len)
{
    return a_len == b_len && strncasecmp(a, b, a_len) == 0;
}

bool mw_url_is(const struct mw_url *url, const char *scheme)
{
    return same_word(url->scheme, url->scheme_len, scheme, strlen(scheme));
}

const char *mw_url_web_fault(const char *text)
{
    const char *reason = NULL;
    struct mw_url url;
    if (!mw_url_parse(text, &url, &reason))
        return reason;
    return mw_url_is(&url, "https") || mw_url_is(&url, "http") ? NULL
                                                               : _("it is neither https nor http");
}

bool mw_url_is_loopback(const struct mw_url *url)
{
    static const char name[] = "localhost";
    if (same_word(url->host, url->host_len, name, strlen(name)))
        return true;
    char host[INET6_ADDRSTRLEN];
    if (url->host_len >= sizeof host)
        return false;
    memcpy(host, url->host, url->host_len);
    host[url->host_len] = '\0';
    struct in_addr v4;
    if (inet_pton(AF_INET, host, &v4) == 1)
        return ntohl(v4.s_addr) >> 24 == IN_LOOPBACKNET;
    struct in6_addr v6;
    return inet_pton(AF_INET6, host, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

unsigned mw_url_port(const struct mw_url *url)
{
    unsigned port = 0;
    for (size_t i = 0; i < url->port_len; i++)
        port = port * 10 + (unsigned)(url->port[i] - '0');
    if (port == 0 && mw_url_is(url, "https"))
        return 443;
    if (port == 0 && mw_url_is(url, "http"))
        return 80;
    return port;
}

/* Length of the path without one trailing '/'; "" and "/" are the same place. */
static size_t path_len(const struct mw_url *url)
{
    return url->path_len > 0 && url->path[url->path_len - 1] == '/' ? url->path_len - 1
                                                                    : url->path_len;
}

static bool is_http(const struct mw_url *url)
{
    return mw_url_is(url, "https") || mw_url_is(url, "http");
}

static bool is_same(const char *a, const char *b, bool any_http)
{
    struct mw_url one;
    struct mw_url two;
    if (!mw_url_parse(a, &one, NULL) || !mw_url_parse(b, &two, NULL))
        return strcmp(a, b) == 0;
    any_http = any_http && is_http(&one) && is_http(&two);
    bool are_default = any_http && (mw_url_port(&one) == 80 || mw_url_port(&one) == 443) &&
                       (mw_url_port(&two) == 80 || mw_url_port(&two) == 443);
    return (any_http || same_word(one.scheme, one.scheme_len, two.scheme, two.scheme_len)) &&
           one.has_userinfo == two.has_userinfo &&
           same_span(one.userinfo, one.userinfo_len, two.userinfo, two.userinfo_len) &&
           same_word(one.host, one.host_len, two.host, two.host_len) &&
           (are_default || mw_url_port(&one) == mw_url_port(&two)) &&
           same_span(one.path, path_len(&one), two.path, path_len(&two)) &&
           one.has_query == two.has_query &&
           same_span(one.query, one.query_len, two.query, two.query_len) &&
           one.has_fragment == two.has_fragment &&
           same_span(one.fragment, one.fragment_len, two.fragment, two.fragment_len);
}

bool mw_url_same(const char *a, const char *b)
{
    return is_same(a, b, false);
}

bool mw_urls_used(const struct mw_strings *urls, const struct mw_strings *used)
{
    size_t next = 0;
    for (size_t i = 0; i < urls->count; i++) {
        bool is_next = next < used->count && mw_url_same(used->items[next], urls->items[i]);
        bool is_repeated = false;
        for (size_t k = 0; !is_next && k < i; k++)
            is_repeated = is_repeated || mw_url_same(urls->items[k], urls->items[i]);
        if (!is_next && !is_repeated)
            return false;
        next += is_next;
    }
    return next == used->count;
}

bool mw_url_same_place(const char *a, const char *b)
{
    return is_same(a, b, true);
}
