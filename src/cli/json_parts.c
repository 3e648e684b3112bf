/* Building blocks of documents: every text is redacted and sanitised here, so that no byte of
 * somebody else can break a document or reach a terminal through one. */
#include <string.h>

#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "render.h"

static cJSON *text_node(const char *text, bool keep_lines)
{
    if (text == NULL)
        return cJSON_CreateNull();
    MW_FREE char *redacted = mw_text_redact(text);
    MW_FREE char *safe = mw_text_safe(redacted, strlen(redacted), 0, keep_lines);
    return cJSON_CreateString(safe);
}

cJSON *mw_json_add(cJSON *array)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddItemToArray(array, object);
    return object;
}

void mw_json_text(cJSON *object, const char *name, const char *text)
{
    cJSON_AddItemToObject(object, name, text_node(text, false));
}

cJSON *mw_json_lines(const char *text)
{
    return text_node(text, true);
}

void mw_json_number(cJSON *object, const char *name, long number)
{
    if (number < 0)
        cJSON_AddNullToObject(object, name);
    else
        cJSON_AddNumberToObject(object, name, (double)number);
}

void mw_json_strings(cJSON *object, const char *name, const struct mw_strings *list)
{
    cJSON *array = cJSON_AddArrayToObject(object, name);
    for (size_t i = 0; i < list->count; i++)
        cJSON_AddItemToArray(array, text_node(list->items[i], false));
}

/* A secret in which no part could be told is masked whole. */
static void put_item(cJSON *array, const char *item, bool is_secret)
{
    bool is_whole = is_secret && !mw_text_has_secret(item);
    cJSON_AddItemToArray(array, text_node(is_whole ? "****" : item, false));
}

void mw_json_value(cJSON *object, const char *name, const struct mw_value *value, bool is_secret)
{
    if (value->kind == MW_VALUE_LIST) {
        cJSON *array = cJSON_AddArrayToObject(object, name);
        for (size_t i = 0; i < value->items.count; i++)
            put_item(array, value->items.items[i], is_secret);
    } else if (value->kind == MW_VALUE_ABSENT) {
        cJSON_AddNullToObject(object, name);
    } else {
        MW_FREE char *shown = value->items.count == 0 || value->items.items[0][0] == '\0'
                                  ? mw_xstrdup("")
                                  : mw_value_shown(value, is_secret);
        mw_json_text(object, name, shown);
    }
}

void mw_json_origin(cJSON *object, const char *name, const struct mw_origin *origin)
{
    cJSON *from = cJSON_AddObjectToObject(object, name);
    cJSON_AddStringToObject(from, "layer", mw_layer_word(origin->layer));
    mw_json_text(from, "file", origin->file);
    mw_json_number(from, "line", origin->line > 0 ? (long)origin->line : -1);
}

void mw_json_overrides(cJSON *object, const struct mw_wish *wish)
{
    cJSON *array = cJSON_AddArrayToObject(object, "overrides");
    for (size_t i = 0; wish != NULL && i < wish->overridden_count; i++) {
        cJSON *one = mw_json_add(array);
        mw_json_text(one, "text", wish->overridden[i].text);
        mw_json_origin(one, "from", &wish->overridden[i].from);
    }
}

void mw_json_mirror(cJSON *array, const struct mw_mirror *mirror, const struct mw_session *session,
                    const struct mw_strings *in_use, long rank)
{
    const struct mw_ranking *ranking = &session->ranking;
    const struct mw_ranked *ranked = mw_ranking_find(ranking, mirror->tool, mirror->id);
    bool is_dead = mirror->status == MW_MIRROR_DEAD;
    cJSON *object = mw_json_add(array);
    mw_json_text(object, "tool", mirror->tool);
    mw_json_text(object, "id", mirror->id);
    mw_json_text(object, "url", mirror->url);
    mw_json_number(object, "rank", rank);
    cJSON_AddBoolToObject(object, "usable", ranked != NULL ? ranked->usable : !is_dead);
    mw_json_text(object, "reason", ranked != NULL ? ranked->reason : mirror->reason);
    struct mw_probe_result result;
    mw_probe_result_init(&result);
    result.rtt_us = ranked != NULL ? ranked->rtt_us : -1;
    result.ttfb_us = ranked != NULL ? ranked->ttfb_us : -1;
    mw_json_figures(object, &result, ranked == NULL);
    cJSON_AddBoolToObject(object, "in_use", mw_strings_has(in_use, mirror->url));
    mw_json_about(object, mirror);
}

void mw_json_figures(cJSON *object, const struct mw_probe_result *result, bool knows_samples)
{
    mw_json_number(object, "rtt_us", result->rtt_us);
    mw_json_number(object, "dns_us", result->dns_us);
    mw_json_number(object, "tcp_us", result->tcp_us);
    mw_json_number(object, "tls_us", result->tls_us);
    mw_json_number(object, "ttfb_us", result->ttfb_us);
    mw_json_number(object, "jitter_us", result->jitter_us);
    mw_json_number(object, "samples", knows_samples ? (long)result->samples : -1);
    mw_json_number(object, "lost", knows_samples ? (long)result->lost : -1);
    cJSON_AddStringToObject(object, "integrity", mw_probe_integrity_word(result->integrity));
    mw_json_number(object, "age_s", result->age_s);
    mw_json_number(object, "lag_s", result->lag_s);
    mw_json_number(object, "bytes_per_s", result->bytes_per_s);
    mw_json_number(object, "family", result->family > 0 ? result->family : -1);
}

void mw_json_about(cJSON *object, const struct mw_mirror *mirror)
{
    mw_json_text(object, "name", mirror->name);
    mw_json_text(object, "name_zh", mirror->name_zh);
    mw_json_text(object, "operator", mirror->operator_name);
    mw_json_text(object, "region", mirror->region);
    cJSON_AddStringToObject(object, "status", mw_mirror_status_word(mirror->status));
    mw_json_text(object, "verified", mirror->verified);
    mw_json_text(object, "source", mirror->source);
    mw_json_text(object, "file", mirror->file);
}
