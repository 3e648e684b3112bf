/* A secret in the midst of any text: masked wherever it stands. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/memory.h"
#include "mirrorwise/secret.h"
#include "mirrorwise/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void demand(bool condition)
{
    if (!condition)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const char secret[] = "c0rrect-h0rse";
    size_t half = len / 2;
    char *before = mw_xstrndup((const char *)bytes, half);
    char *after = mw_xstrndup((const char *)bytes + half, len - half);
    char *text = mw_xasprintf("%s%s%s", before, secret, after);
    mw_secret_add(secret);
    char *masked = mw_text_redact(text);
    char *settings = mw_text_redact_settings(text);
    demand(strstr(masked, secret) == NULL && strstr(settings, secret) == NULL);
    demand(mw_text_has_secret(text));
    char *again = mw_text_redact(masked);
    demand(strcmp(again, masked) == 0); /* nothing that was left would be masked by another look */
    free(again);
    free(masked);
    free(settings);
    mw_secret_forget();

    free(text);
    free(before);
    free(after);
    return 0;
}
