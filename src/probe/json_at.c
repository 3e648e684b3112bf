#include "json_at.h"

#include <stdlib.h>
#include <string.h>

#include "mirrorwise/json_scan.h"
#include "mirrorwise/memory.h"

cJSON *probe_json_parse(const char *text, size_t len)
{
    /* cJSON alone is too lenient to call something a JSON document. */
    return mw_json_check(text, len, NULL, NULL, NULL) ? cJSON_ParseWithLength(text, len) : NULL;
}

cJSON *probe_json_body(const struct probe_response *response)
{
    const struct mw_buf *body = &response->body;
    return response->is_cut ? NULL : probe_json_parse(mw_buf_text(body), body->len);
}

/* Takes the next part of the pointer, with ~1 and ~0 resolved; owned. */
static char *next_part(const char **pointer)
{
    struct mw_buf part = {0};
    const char *at = *pointer + 1;
    for (; *at != '\0' && *at != '/'; at++) {
        if (at[0] == '~' && (at[1] == '0' || at[1] == '1'))
            mw_buf_putc(&part, *++at == '0' ? '~' : '/');
        else
            mw_buf_putc(&part, *at);
    }
    *pointer = at;
    mw_buf_puts(&part, "");
    return mw_buf_take(&part);
}

static const cJSON *item_at(const cJSON *array, const char *part)
{
    if (*part == '\0' || strlen(part) > 6 || part[strspn(part, "0123456789")] != '\0')
        return NULL;
    return cJSON_GetArrayItem(array, (int)strtol(part, NULL, 10));
}

const cJSON *probe_json_at(const cJSON *root, const char *pointer)
{
    const cJSON *value = root;
    while (*pointer == '/' && value != NULL) {
        MW_FREE char *part = next_part(&pointer);
        value = cJSON_IsArray(value) ? item_at(value, part)
                                     : cJSON_GetObjectItemCaseSensitive(value, part);
    }
    return value;
}

char *probe_json_text(const cJSON *value)
{
    if (value == NULL || cJSON_IsNull(value))
        return NULL;
    if (cJSON_IsString(value))
        return mw_xstrdup(value->valuestring);
    if (cJSON_IsArray(value) || cJSON_IsObject(value))
        return mw_xstrdup("{}");
    return cJSON_PrintUnformatted(value);
}
