#include "link.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "mirrorwise/buffer.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/url.h"

#include "json_at.h"

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
static void put_url_origin(struct mw_buf *out, const struct mw_url *base, bool with_authority)
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
        put_url_origin(&out, &from, false);
        mw_buf_append(&out, reference, strcspn(reference, "#"));
    } else {
        put_url_origin(&out, &from, true);
        put_relative(&out, &from, reference);
    }
    char *url = mw_buf_take(&out);
    if (may_ask(&from, url))
        return url;
    free(url);
    return NULL;
}

/* ---- a project's page on a package index, as far as one link needs it ------------------------ */

/* Owned: an attribute's value with the entities that occur in URLs resolved. */
static char *attribute_text(const char *text, size_t len)
{
    struct mw_buf out = {0};
    for (size_t i = 0; i < len; i++) {
        static const char amp[] = "&amp;";
        mw_buf_putc(&out, text[i]);
        if (len - i >= strlen(amp) && strncasecmp(text + i, amp, strlen(amp)) == 0)
            i += strlen(amp) - 1;
    }
    mw_buf_puts(&out, "");
    return mw_buf_take(&out);
}

static const char *skip_space(const char *at, const char *end)
{
    while (at < end && isspace((unsigned char)*at))
        at++;
    return at;
}

/* The href of the tag that ends at `end`; owned, NULL if it has none. */
static char *href_of(const char *tag, const char *end)
{
    for (const char *at = tag; at + 5 < end; at++) {
        if (!isspace((unsigned char)*at) || strncasecmp(at + 1, "href", 4) != 0)
            continue;
        const char *value = skip_space(at + 5, end);
        if (value >= end || *value != '=')
            continue;
        value = skip_space(value + 1, end);
        if (value >= end)
            return NULL;
        const char *stop = NULL;
        if (*value == '"' || *value == '\'') {
            stop = memchr(value + 1, *value, (size_t)(end - value - 1));
            value++;
        } else {
            for (stop = value; stop < end && !isspace((unsigned char)*stop);)
                stop++;
        }
        return stop == NULL ? NULL : attribute_text(value, (size_t)(stop - value));
    }
    return NULL;
}

/* A '>' inside an attribute is legal in HTML 5: data-requires-python=">=3.7". */
static const char *tag_end(const char *tag)
{
    char quote = '\0';
    for (; *tag != '\0'; tag++) {
        if (quote != '\0')
            quote = *tag == quote ? '\0' : quote;
        else if (*tag == '"' || *tag == '\'')
            quote = *tag;
        else if (*tag == '>')
            return tag;
    }
    return NULL;
}

/* Behind the name of the next anchor; NULL if there is none. */
static const char *next_anchor(const char *at)
{
    while ((at = strcasestr(at, "<a")) != NULL) {
        at += 2;
        if (isspace((unsigned char)*at))
            return at;
    }
    return NULL;
}

char *probe_link_in_html(const char *page, const char *file)
{
    for (const char *at = page; (at = next_anchor(at)) != NULL;) {
        const char *end = tag_end(at);
        if (end == NULL)
            return NULL;
        const char *stop = end + 1 + strcspn(end + 1, "<");
        const char *shown = skip_space(end + 1, stop);
        while (stop > shown && isspace((unsigned char)stop[-1]))
            stop--;
        size_t len = (size_t)(stop - shown);
        if (len == strlen(file) && memcmp(shown, file, len) == 0)
            return href_of(at, end);
        at = end;
    }
    return NULL;
}

bool probe_link_is_html_page(const char *page)
{
    return next_anchor(page) != NULL;
}

char *probe_link_in_json(const char *page, const char *file)
{
    PROBE_JSON *root = probe_json_parse(page, strlen(page));
    const cJSON *entry = NULL;
    cJSON_ArrayForEach(entry, cJSON_GetObjectItemCaseSensitive(root, "files"))
    {
        const char *name =
            cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(entry, "filename"));
        const char *url = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(entry, "url"));
        if (name != NULL && url != NULL && strcmp(name, file) == 0)
            return mw_xstrdup(url);
    }
    return NULL;
}

bool probe_link_is_json_page(const char *page)
{
    PROBE_JSON *root = probe_json_parse(page, strlen(page));
    return cJSON_IsArray(cJSON_GetObjectItemCaseSensitive(root, "files"));
}
