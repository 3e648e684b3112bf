/* Building blocks of documents: every text is redacted and sanitised here, so that no byte of
 * somebody else can break a document or reach a terminal through one. */
#include <string.h>

#include "render.h"

static cJSON *text_node(const char *text)
{
    if (text == NULL)
        return cJSON_CreateNull();
    MW_FREE char *redacted = mw_text_redact(text);
    MW_FREE char *safe = mw_text_safe(redacted, strlen(redacted), 0, false);
    return cJSON_CreateString(safe);
}

cJSON *mw_json_add(cJSON *array)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddItemToArray(array, object);
    return object;
}

cJSON *mw_json_diff(const char *diff)
{
    MW_FREE char *redacted = mw_text_redact(diff);
    MW_AUTO(mw_buf) lines = {0};
    mw_render_lines(&lines, redacted, &(struct mw_style){.is_piped = true});
    return cJSON_CreateString(mw_buf_text(&lines));
}

static void add_list_node(cJSON *object, const char *name, const struct mw_strings *list)
{
    cJSON *array = cJSON_AddArrayToObject(object, name);
    for (size_t i = 0; i < list->count; i++)
        cJSON_AddItemToArray(array, text_node(list->items[i]));
}

/* A secret in which no part could be told is masked whole. */
static void put_item(cJSON *array, const char *item, bool is_secret)
{
    bool is_whole = is_secret && !mw_text_has_secret(item);
    cJSON_AddItemToArray(array, text_node(is_whole ? "****" : item));
}

static void add_value_node(cJSON *object, const char *name, const struct mw_value *value,
                           bool is_secret)
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
        mw_json_put(object, TEXT(name, shown));
    }
}

void mw_json_fill(cJSON *object, const struct mw_json_field *fields)
{
    for (const struct mw_json_field *field = fields; field->name != NULL; field++) {
        if (field->kind == FIELD_TEXT)
            cJSON_AddItemToObject(object, field->name, text_node(field->text));
        else if (field->kind == FIELD_NUMBER && field->number < 0)
            cJSON_AddNullToObject(object, field->name);
        else if (field->kind == FIELD_NUMBER)
            cJSON_AddNumberToObject(object, field->name, (double)field->number);
        else if (field->kind == FIELD_FLAG)
            cJSON_AddBoolToObject(object, field->name, field->flag);
        else if (field->kind == FIELD_VALUE)
            add_value_node(object, field->name, field->value, field->flag);
        else if (field->kind == FIELD_LIST)
            add_list_node(object, field->name, field->list);
        else
            mw_json_put(cJSON_AddObjectToObject(object, field->name),
                        TEXT("layer", mw_layer_word(field->from->layer)),
                        TEXT("file", field->from->file),
                        NUMBER("line", field->from->line > 0 ? (long)field->from->line : -1));
    }
}

void mw_json_overrides(cJSON *object, const struct mw_wish *wish)
{
    cJSON *array = cJSON_AddArrayToObject(object, "overrides");
    for (size_t i = 0; wish != NULL && i < wish->overridden_count; i++) {
        mw_json_put(mw_json_add(array), TEXT("text", wish->overridden[i].text),
                    FROM("from", &wish->overridden[i].from));
    }
}

void mw_json_mirror(cJSON *array, const struct mw_mirror *mirror, const struct mw_session *session,
                    const struct mw_strings *in_use, long rank)
{
    const struct mw_ranked *ranked = mw_ranking_find(&session->ranking, mirror->tool, mirror->id);
    bool is_dead = mirror->status == MW_MIRROR_DEAD;
    cJSON *object = mw_json_add(array);
    mw_json_put(object, TEXT("tool", mirror->tool), TEXT("id", mirror->id),
                TEXT("url", mirror->url), NUMBER("rank", rank),
                FLAG("usable", ranked != NULL ? ranked->usable : !is_dead),
                TEXT("reason", ranked != NULL ? ranked->reason : mirror->reason));
    struct mw_probe_result result;
    mw_probe_result_init(&result);
    result.rtt_us = ranked != NULL ? ranked->rtt_us : -1;
    result.ttfb_us = ranked != NULL ? ranked->ttfb_us : -1;
    mw_json_figures(object, &result, ranked == NULL);
    mw_json_put(object, FLAG("in_use", mw_strings_has(in_use, mirror->url)));
    mw_json_about(object, mirror);
}

void mw_json_figures(cJSON *object, const struct mw_probe_result *result, bool knows_samples)
{
    mw_json_put(object, NUMBER("rtt_us", result->rtt_us), NUMBER("dns_us", result->dns_us),
                NUMBER("tcp_us", result->tcp_us), NUMBER("tls_us", result->tls_us),
                NUMBER("ttfb_us", result->ttfb_us), NUMBER("jitter_us", result->jitter_us),
                NUMBER("samples", knows_samples ? (long)result->samples : -1),
                NUMBER("lost", knows_samples ? (long)result->lost : -1),
                TEXT("integrity", mw_probe_integrity_word(result->integrity)),
                NUMBER("age_s", result->age_s), NUMBER("lag_s", result->lag_s),
                NUMBER("bytes_per_s", result->bytes_per_s),
                NUMBER("family", result->family > 0 ? result->family : -1));
}

void mw_json_about(cJSON *object, const struct mw_mirror *mirror)
{
    mw_json_put(object, TEXT("name", mirror->name), TEXT("name_zh", mirror->name_zh),
                TEXT("operator", mirror->operator_name), TEXT("region", mirror->region),
                TEXT("status", mw_mirror_status_word(mirror->status)),
                TEXT("verified", mirror->verified), TEXT("source", mirror->source),
                TEXT("file", mirror->file));
}
