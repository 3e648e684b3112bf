#include "link.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "mirrorwise/buffer.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/url.h"

char *probe_link_below(const char *base, const char *path)
{
    size_t len = strlen(base);
    while (len > 0 && base[len - 1] == '/')
        len--;
    while (*path == '/')
        path++;
    return mw_xasprintf("%.*s/%s", (int)len, base, path);
}

void probe_link_host(const char *url, char *host, size_t size)
{
    struct mw_url parsed;
    host[0] = '\0';
    if (mw_url_parse(url, &parsed, NULL))
        snprintf(host, size, "%.*s", (int)parsed.host_len, parsed.host);
}

static bool has_usual_port(const struct mw_url *url)
{
    return url->port_len == 0 || mw_url_port(url) == (mw_url_is(url, "https") ? 443 : 80);
}

bool probe_link_is_same_host(const char *a, const char *b)
{
    struct mw_url one, two;
    return mw_url_parse(a, &one, NULL) && mw_url_parse(b, &two, NULL) &&
           one.host_len == two.host_len && strncasecmp(one.host, two.host, one.host_len) == 0 &&
           ((has_usual_port(&one) && has_usual_port(&two)) ||
            mw_url_port(&one) == mw_url_port(&two));
}

void probe_link_authority(const char *url, char *authority, size_t size)
{
    struct mw_url parsed;
    authority[0] = '\0';
    if (mw_url_parse(url, &parsed, NULL))
        snprintf(authority, size, "%.*s:%u", (int)parsed.host_len, parsed.host,
                 mw_url_port(&parsed));
}

/* RFC 3986, section 5.2.4; `path` begins with '/'. */
static void remove_dots(struct mw_buf *out, const char *path, size_t len)
{
    size_t start = out->len;
    const char *end = path + len;
    while (path < end) {
        const char *next = memchr(path + 1, '/', (size_t)(end - path - 1));
        if (next == NULL)
            next = end;
        size_t segment = (size_t)(next - path);
        bool is_dot = segment == 2 && memcmp(path, "/.", 2) == 0;
        bool is_up = segment == 3 && memcmp(path, "/..", 3) == 0;
        if (is_up)
            while (out->len > start && out->data[--out->len] != '/')
                ;
        if (!is_dot && !is_up)
            mw_buf_append(out, path, segment);
        else if (next == end)
            mw_buf_putc(out, '/');
        path = next;
    }
    if (out->len > start)
        out->data[out->len] = '\0';
    else
        mw_buf_putc(out, '/');
}

/* Does the reference begin with a scheme? */
static bool is_absolute(const char *reference)
{
    const char *at = reference;
    if (!isalpha((unsigned char)*at))
        return false;
    while (isalnum((unsigned char)*at) || (*at != '\0' && strchr("+-.", *at) != NULL))
        at++;
    return *at == ':';
}

/* Scheme and, unless the reference brings its own, authority of the base. */
static void put_origin(struct mw_buf *out, const struct mw_url *base, bool with_authority)
{
    mw_buf_append(out, base->scheme, base->scheme_len);
    mw_buf_putc(out, ':');
    if (!with_authority)
        return;
    const char *authority = base->scheme + base->scheme_len + 1;
    mw_buf_append(out, authority, strcspn(authority + 2, "/?#") + 2);
}

static void put_relative(struct mw_buf *out, const struct mw_url *base, const char *reference)
{
    size_t path_len = strcspn(reference, "?#");
    MW_AUTO(mw_buf) path = {0};
    if (*reference != '/') {
        size_t keep = base->path_len;
        if (path_len > 0)
            while (keep > 0 && base->path[keep - 1] != '/')
                keep--;
        mw_buf_append(&path, base->path, keep);
    }
    if (path.len == 0 && *reference != '/')
        mw_buf_putc(&path, '/');
    mw_buf_append(&path, reference, path_len);
    remove_dots(out, path.data, path.len);
    if (path_len == 0 && reference[path_len] != '?' && base->has_query) {
        mw_buf_putc(out, '?');
        mw_buf_append(out, base->query, base->query_len);
    }
    mw_buf_append(out, reference + path_len, strcspn(reference + path_len, "#"));
}

static bool may_ask(const struct mw_url *from, const char *text)
{
    struct mw_url url;
    if (!mw_url_parse(text, &url, NULL))
        return false;
    /* Credentials may be passed on to where they are for, but not come from the mirror. */
    if (url.has_userinfo && (url.host_len != from->host_len || !from->has_userinfo ||
                             strncasecmp(url.host, from->host, url.host_len) != 0))
        return false;
    return mw_url_is(&url, "https") || (mw_url_is(&url, "http") && mw_url_is(from, "http"));
}

char *probe_link_resolve(const char *base, const char *reference)
{
    struct mw_url from;
    if (!mw_url_parse(base, &from, NULL))
        return NULL;
    struct mw_buf out = {0};
    if (is_absolute(reference)) {
        mw_buf_append(&out, reference, strcspn(reference, "#"));
    } else if (strncmp(reference, "//", 2) == 0) {
        put_origin(&out, &from, false);
        mw_buf_append(&out, reference, strcspn(reference, "#"));
    } else {
        put_origin(&out, &from, true);
        put_relative(&out, &from, reference);
    }
    char *url = mw_buf_take(&out);
    if (may_ask(&from, url))
        return url;
    free(url);
    return NULL;
}
