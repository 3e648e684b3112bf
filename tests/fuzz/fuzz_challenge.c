/* Any bytes as a registry's WWW-Authenticate header and as the answer of its token server: no
 * crash, and nothing gets into a request that would end a line of it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/probe/challenge.h"
#include "mirrorwise/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void demand(bool condition)
{
    if (!condition)
        abort();
}

/* Of what may stand in a header: RFC 6750, section 2.1. */
static void check_token(char *take_token)
{
    for (const char *at = take_token; at != NULL && *at != '\0'; at++)
        demand(*at > ' ' && *at < 0x7f);
    free(take_token);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    char *text = mw_xstrndup((const char *)bytes, len);
    struct probe_challenge challenge = {0};
    if (probe_challenge_parse(text, &challenge)) {
        demand(challenge.realm != NULL);
        char *url = probe_challenge_url(&challenge, "library/hello-world");
        size_t realm = strlen(challenge.realm);
        demand(url == NULL || strncmp(url, challenge.realm, realm) == 0);
        for (const char *at = url != NULL ? url + realm : ""; *at != '\0'; at++)
            demand(*at > ' ' && *at < 0x7f);
        free(url);
        probe_challenge_release(&challenge);
    }
    check_token(probe_challenge_token(text));
    free(text);
    return 0;
}
