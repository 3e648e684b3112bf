/* A strict look at a URL: enough to validate what profiles and catalogues say, without libcurl.
 * It accepts a subset of RFC 3986 (scheme://[user@]host[:port][/path][?query][#fragment]) and
 * refuses what any of the tools might read differently: blanks, control bytes, backslashes. */
#ifndef MW_URL_H
#define MW_URL_H

#include <stdbool.h>
#include <stddef.h>

#include "mirrorwise/buffer.h"

struct mw_url {
    const char *scheme, *userinfo, *host, *port, *path, *query, *fragment; /* spans of the input */
    size_t scheme_len, userinfo_len, host_len, port_len, path_len, query_len, fragment_len;
    bool has_userinfo, has_query, has_fragment;
};

/* False if `text` is not such a URL; *reason (when not NULL) then receives a translated, static
 * half-sentence: "it has no host". The spans of `url` borrow from `text`; absent parts are empty,
 * never NULL; the host of "[::1]" is without its brackets, and only file:///x may have none. */
bool mw_url_parse(const char *text, struct mw_url *url, const char **reason);
/* Borrowed: the same reason, or that it is neither https nor http; NULL if it is one of them. */
const char *mw_url_web_fault(const char *text);
/* Scheme compare without case. */
bool mw_url_is(const struct mw_url *url, const char *scheme);
/* The port that it names, else that of https or http; 0 of other schemes. */
unsigned mw_url_port(const struct mw_url *url);
/* Owned: every character as %XX but RFC 3986's unreserved ones and those in `kept`. */
char *mw_url_escape(const char *text, const char *kept);
/* localhost, 127.0.0.0/8 or ::1. */
bool mw_url_is_loopback(const struct mw_url *url);
/* Same place: equal but for case of scheme and host, a default port and one trailing '/'. */
bool mw_url_same(const char *a, const char *b);
/* Are these the ones in use, in their order? One that is there twice may be used once. */
bool mw_urls_used(const struct mw_strings *urls, const struct mw_strings *used);
/* The same if http and https count as one. */
bool mw_url_same_place(const char *a, const char *b);

#endif
