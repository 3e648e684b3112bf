/* Links: from what a mirror names to a URL that can be asked. */
#ifndef MW_PROBE_LINK_H
#define MW_PROBE_LINK_H

#include <stdbool.h>
#include <stddef.h>

/* Owned: `reference` as seen from the page at `base` (RFC 3986, section 5.2), without its
 * fragment; NULL if that is no http or https URL that we would ask: it is malformed, of another
 * scheme, has credentials, or leads from https to http. */
char *probe_link_resolve(const char *base, const char *reference);

/* Owned: `base` and `path` with exactly one '/' between them. */
char *probe_link_below(const char *base, const char *path);

/* Host of a URL, without port, in `host`; "" if the URL is none. */
void probe_link_host(const char *url, char *host, size_t size);

/* Do both lead to one host, at its scheme's own port or at one and the same? */
bool probe_link_is_same_host(const char *a, const char *b);

/* The link to `file` on the page of a project (PEP 503 HTML or PEP 691 JSON), owned, as the page
 * writes it; NULL if there is none. */
char *probe_link_in_html(const char *page, const char *file);
char *probe_link_in_json(const char *page, const char *file);
/* Is this a project's page at all? */
bool probe_link_is_html_page(const char *page);
bool probe_link_is_json_page(const char *page);

#endif
