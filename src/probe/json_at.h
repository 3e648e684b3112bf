/* Values in a JSON answer, which is a stranger's. */
#ifndef MW_PROBE_JSON_AT_H
#define MW_PROBE_JSON_AT_H

#include <cjson/cJSON.h>

#include "transport.h"

/* A variable of this type is freed at the end of its block (memory.h). */
#define PROBE_JSON __attribute__((cleanup(probe_json_free))) cJSON
static inline void probe_json_free(cJSON **root)
{
    cJSON_Delete(*root);
}

/* Owned; NULL if it is no JSON document of one value. The second: of the whole body. */
cJSON *probe_json_parse(const char *text, size_t len);
cJSON *probe_json_body(const struct probe_response *response);
/* The value that an RFC 6901 pointer names; NULL if there is none. */
const cJSON *probe_json_at(const cJSON *root, const char *pointer);
/* Owned: a string as it is, a number or a truth value as JSON writes it, "{}" of anything that
 * has parts; NULL of null and of nothing. */
char *probe_json_text(const cJSON *value);

#endif
