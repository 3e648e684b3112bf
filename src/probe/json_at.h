/* Values in a JSON answer, which is a stranger's. */
#ifndef MW_PROBE_JSON_AT_H
#define MW_PROBE_JSON_AT_H

#include <cjson/cJSON.h>

#include "mirrorwise/buffer.h"

/* Owned (cJSON_Delete); NULL if the body is no JSON document of one value. */
cJSON *probe_json_parse(const struct mw_buf *body, bool is_cut);
/* The value that an RFC 6901 pointer names; NULL if there is none. */
const cJSON *probe_json_at(const cJSON *root, const char *pointer);
/* Owned: a string as it is, a number or a truth value as JSON writes it, "{}" of anything that
 * has parts; NULL of null and of nothing. */
char *probe_json_text(const cJSON *value);

#endif
