/* Any bytes as a base and, after a line feed, as a reference: no crash; what comes out is a URL
 * that may be asked, stays what it is when it is resolved again, and names a host. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../../src/probe/link.h"
#include "../../src/probe/peer.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void demand(bool condition)
{
    if (!condition)
        abort();
}

static void resolve(const char *base, const char *reference)
{
    char host[64];
    char *url = probe_link_resolve(base, reference);
    if (url == NULL)
        return;
    demand(strncasecmp(url, "https://", 8) == 0 || strncasecmp(url, "http://", 7) == 0);
    demand(strncasecmp(base, "https:", 6) != 0 || strncasecmp(url, "https:", 6) == 0);
    demand(strpbrk(url, "# \r\n") == NULL);
    char *again = probe_link_resolve(base, url);
    demand(again != NULL && strcmp(again, url) == 0);
    probe_link_host(url, host, sizeof host);
    demand(host[0] != '\0' && strlen(host) < sizeof host);
    free(again);
    free(url);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    char *text = mw_xstrndup((const char *)bytes, len);
    char *line = strchr(text, '\n');
    struct mw_probe_peer peer = {0};
    probe_peer_read(&peer, text, 0);
    resolve("https://mirror.example/simple/", text);
    if (line != NULL) {
        *line = '\0';
        resolve(text, line + 1);
    }
    char *escaped = mw_url_escape(text, "");
    demand(strspn(escaped, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~%") ==
           strlen(escaped));
    free(escaped);
    free(text);
    return 0;
}
