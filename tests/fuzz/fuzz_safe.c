/* Any bytes to the one function through which foreign text reaches a terminal. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void demand(bool condition)
{
    if (!condition)
        abort();
}

/* No control or format character, valid UTF-8. */
static void demand_safe(const char *safe, bool keep_lines)
{
    size_t len = strlen(safe);
    demand(mw_utf8_valid(safe, len));
    for (size_t at = 0; at < len;) {
        unsigned point = 0;
        size_t used = mw_utf8_decode(safe + at, len - at, &point);
        bool is_kept = keep_lines && (point == '\n' || point == '\t');
        demand(used > 0);
        demand(is_kept || (point >= 0x20 && point != 0x7F && !(point >= 0x80 && point < 0xA0)));
        demand(point != 0x2028 && point != 0x2029 && point != 0xFEFF);
        demand(!(point >= 0x202A && point <= 0x202E) && !(point >= 0x2066 && point <= 0x2069));
        demand(!(point >= 0x200B && point <= 0x200F));
        at += used;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    if (len == 0)
        return 0;
    bool keep_lines = (bytes[0] & 1) != 0;
    size_t cols = bytes[0] >> 1;
    char *safe = mw_text_safe((const char *)bytes + 1, len - 1, cols, keep_lines);
    demand_safe(safe, keep_lines);
    demand(cols == 0 || keep_lines || mw_text_cols(safe) <= cols);
    char *again = mw_text_safe(safe, strlen(safe), 0, keep_lines);
    demand(strcmp(again, safe) == 0);
    free(again);
    free(safe);
    return 0;
}
