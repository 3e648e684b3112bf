/* The text of last-ranking.json. */
#include <cjson/cJSON.h>
#include <stddef.h>
#include <string.h>

#include "mirrorwise/choose.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/json_scan.h"
#include "mirrorwise/memory.h"

enum { SCHEMA_VERSION = 1 };

static const double time_max_us = 9007199254740992.0; /* 2^53: the integers of a double */

/* The texts of a line of a ranking. */
static const struct {
    const char *name; /* in the file */
    size_t offset;
} texts[] = {
    {"tool", offsetof(struct mw_ranked, tool)},
    {"id", offsetof(struct mw_ranked, id)},
    {"url", offsetof(struct mw_ranked, url)},
    {"reason", offsetof(struct mw_ranked, reason)},
    {"class", offsetof(struct mw_ranked, class)},
    {"measured_at", offsetof(struct mw_ranked, measured_at)},
    {"network", offsetof(struct mw_ranked, network)},
};

enum { TEXT_COUNT = sizeof texts / sizeof *texts };

static char **text_in(struct mw_ranked *ranked, size_t i)
{
    return (char **)(void *)((char *)ranked + texts[i].offset);
}

static void release_ranked(struct mw_ranked *ranked)
{
    for (size_t i = 0; i < TEXT_COUNT; i++)
        free(*text_in(ranked, i));
}

void mw_ranking_forget(struct mw_ranking *ranking, const char *tool)
{
    size_t kept = 0;
    for (size_t i = 0; i < ranking->count; i++) {
        if (strcmp(ranking->items[i].tool, tool) == 0)
            release_ranked(&ranking->items[i]);
        else
            ranking->items[kept++] = ranking->items[i];
    }
    ranking->count = kept;
}

void mw_ranking_release(struct mw_ranking *ranking)
{
    for (size_t i = 0; i < ranking->count; i++)
        release_ranked(&ranking->items[i]);
    MW_FREE_ALL(ranking->items, ranking->measured_at, ranking->network);
    *ranking = (struct mw_ranking){0};
}

static struct mw_ranked *add_copy(struct mw_ranking *ranking, const struct mw_ranked *from)
{
    struct mw_ranked *to = MW_PUSH(ranking->items, ranking->count);
    *to = *from;
    for (size_t i = 0; i < TEXT_COUNT; i++)
        *text_in(to, i) = mw_copy(*text_in(to, i));
    return to;
}

void mw_ranking_copy(struct mw_ranking *to, const struct mw_ranking *from)
{
    *to = (struct mw_ranking){
        .measured_at = mw_copy(from->measured_at),
        .network = mw_copy(from->network),
    };
    for (size_t i = 0; i < from->count; i++)
        add_copy(to, &from->items[i]);
}

const struct mw_ranked *mw_ranking_find(const struct mw_ranking *ranking, const char *tool,
                                        const char *id)
{
    for (size_t i = 0; i < ranking->count; i++) {
        if (strcmp(ranking->items[i].tool, tool) == 0 && strcmp(ranking->items[i].id, id) == 0)
            return &ranking->items[i];
    }
    return NULL;
}

const char *mw_ranking_time(const struct mw_ranking *ranking, const char *tool)
{
    const struct mw_ranked *first = MW_FIND(ranking->items, ranking->count, tool, tool);
    if (first == NULL)
        return NULL;
    return first->measured_at != NULL ? first->measured_at : ranking->measured_at;
}

/* A tool with its own time has its own network too, even if that is unknown. */
const char *mw_ranking_network(const struct mw_ranking *ranking, const char *tool)
{
    const struct mw_ranked *first = MW_FIND(ranking->items, ranking->count, tool, tool);
    if (first == NULL)
        return NULL;
    return first->measured_at != NULL ? first->network : ranking->network;
}

void mw_ranking_merge(struct mw_ranking *ranking, const struct mw_ranking *older)
{
    size_t own = ranking->count;
    for (size_t i = 0; i < older->count; i++) {
        const char *tool = older->items[i].tool;
        const char *time = mw_ranking_time(older, tool);
        /* Without a time it would pass for as new as the others. */
        if (MW_FIND(ranking->items, own, tool, tool) != NULL || time == NULL)
            continue;
        struct mw_ranked *ranked = add_copy(ranking, &older->items[i]);
        free(ranked->measured_at);
        free(ranked->network);
        ranked->measured_at = mw_copy(time);
        ranked->network = mw_copy(mw_ranking_network(older, tool));
    }
}

static enum mw_code refuse_ranking(const char *what, struct mw_error *err)
{
    mw_fail(err, MW_FAILURE, 0, "ranking", _("last-ranking.json is no saved ranking: %s"), what);
    mw_error_hint(err, _("Delete it: the next --probe makes a new one."));
    return MW_FAILURE;
}

/* Owned; NULL if the field is no string. */
static char *ranking_text(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsString(item) ? mw_xstrdup(item->valuestring) : NULL;
}

static long time_of(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0 && item->valuedouble <= time_max_us))
        return -1;
    return (long)item->valuedouble;
}

static bool read_ranked(const cJSON *object, struct mw_ranked *ranked)
{
    for (size_t i = 0; i < TEXT_COUNT; i++)
        *text_in(ranked, i) = ranking_text(object, texts[i].name);
    if (ranked->reason == NULL)
        ranked->reason = mw_xstrdup("");
    const cJSON *usable = cJSON_GetObjectItemCaseSensitive(object, "usable");
    ranked->usable = cJSON_IsTrue(usable);
    ranked->rtt_us = time_of(object, "rtt_us");
    ranked->ttfb_us = time_of(object, "ttfb_us");
    return ranked->tool != NULL && ranked->id != NULL && ranked->url != NULL &&
           cJSON_IsBool(usable);
}

/* What is wrong with the document, or NULL. */
static const char *read_root(const cJSON *root, struct mw_ranking *ranking)
{
    const cJSON *version = cJSON_GetObjectItemCaseSensitive(root, "schema_version");
    const cJSON *mirrors = cJSON_GetObjectItemCaseSensitive(root, "mirrors");
    if (!cJSON_IsNumber(version) || version->valueint != SCHEMA_VERSION)
        return _("its schema_version is not 1");
    if (!cJSON_IsArray(mirrors))
        return _("it has no mirrors");
    ranking->measured_at = ranking_text(root, "measured_at");
    ranking->network = ranking_text(root, "network");
    for (const cJSON *item = mirrors->child; item != NULL; item = item->next) {
        if (!read_ranked(item, MW_PUSH(ranking->items, ranking->count)))
            return _("a mirror lacks tool, id, url or usable");
    }
    return NULL;
}

enum mw_code mw_ranking_parse(const char *text, size_t len, struct mw_ranking *ranking,
                              struct mw_error *err)
{
    struct mw_json_span span;
    const char *what = NULL;
    if (!mw_json_check(text, len, &span, NULL, &what))
        return refuse_ranking(what, err);
    struct mw_ranking read = {0};
    cJSON *root = cJSON_ParseWithLengthOpts(text + span.begin, span.end - span.begin, NULL, 0);
    what = root != NULL ? read_root(root, &read) : _("a string in it is no text");
    cJSON_Delete(root);
    if (what == NULL) {
        *ranking = read;
        return MW_OK;
    }
    mw_ranking_release(&read);
    return refuse_ranking(what, err);
}

/* The place of item i among the usable ones of its tool. */
static size_t rank_of(const struct mw_ranking *ranking, size_t i)
{
    size_t rank = 1;
    for (size_t k = 0; k < i; k++)
        rank +=
            ranking->items[k].usable && strcmp(ranking->items[k].tool, ranking->items[i].tool) == 0;
    return rank;
}

static void add_text(cJSON *object, const char *name, const char *text)
{
    if (text != NULL)
        cJSON_AddStringToObject(object, name, text);
    else
        cJSON_AddNullToObject(object, name);
}

char *mw_ranking_format(const struct mw_ranking *ranking)
{
    cJSON *root = cJSON_CreateObject();
    cJSON_AddNumberToObject(root, "schema_version", SCHEMA_VERSION);
    add_text(root, "measured_at", ranking->measured_at);
    add_text(root, "network", ranking->network);
    cJSON *mirrors = cJSON_AddArrayToObject(root, "mirrors");
    for (size_t i = 0; i < ranking->count; i++) {
        const struct mw_ranked *ranked = &ranking->items[i];
        cJSON *object = cJSON_CreateObject();
        cJSON_AddItemToArray(mirrors, object);
        add_text(object, "tool", ranked->tool);
        add_text(object, "id", ranked->id);
        add_text(object, "url", ranked->url);
        if (ranked->usable)
            cJSON_AddNumberToObject(object, "rank", (double)rank_of(ranking, i));
        else
            cJSON_AddNullToObject(object, "rank");
        cJSON_AddBoolToObject(object, "usable", ranked->usable);
        add_text(object, "reason", ranked->reason);
        if (ranked->class != NULL)
            add_text(object, "class", ranked->class);
        cJSON_AddNumberToObject(object, "rtt_us", (double)ranked->rtt_us);
        cJSON_AddNumberToObject(object, "ttfb_us", (double)ranked->ttfb_us);
        if (ranked->measured_at != NULL) {
            add_text(object, "measured_at", ranked->measured_at);
            add_text(object, "network", ranked->network);
        }
    }
    char *printed = cJSON_Print(root);
    cJSON_Delete(root);
    char *text = mw_xasprintf("%s\n", printed != NULL ? printed : "{}");
    cJSON_free(printed);
    return text;
}
