/* What an engine says that it uses (GET /info; docs/api: SystemInfo), be it here or elsewhere. */
#include <stdlib.h>
#include <string.h>

#include "docker_parts.h"
#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/net.h"
#include "mirrorwise/text.h"
#include "mirrorwise/url.h"

#define ANSWER_MAX_BYTES (4u << 20)

/* ---- what it uses ---------------------------------------------------------------------------- */

/* The answer of /info, to be deleted; NULL if there is none. */
cJSON *docker_ask_info(const struct mw_system *sys, const char *socket, long timeout_ms,
                       struct mw_error *err)
{
    const struct mw_net_question question = {.socket_path = socket,
                                             .path = "/info",
                                             .timeout_ms = timeout_ms,
                                             .max_bytes = ANSWER_MAX_BYTES,
                                             .stop_signal = sys->stop_signal,
                                             .stop_context = sys->stop_context};
    MW_AUTO(mw_buf) body = {0};
    long status = 0;
    cJSON *info = NULL;
    if (mw_net_unix_get(&question, &body, &status, err) == MW_OK && status == 200)
        info = cJSON_ParseWithLength(mw_buf_text(&body), body.len);
    if (!cJSON_IsObject(info)) {
        cJSON_Delete(info);
        info = NULL;
    }
    return info;
}

static void add_strings(const cJSON *array, struct mw_strings *list)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, array)
    {
        if (cJSON_IsString(item))
            mw_strings_add(list, item->valuestring);
    }
}

/* CIDRs stand in a list, hosts as indexes that are not secure. */
static void add_insecure(const cJSON *registry, struct mw_strings *list)
{
    const cJSON *index;
    add_strings(cJSON_GetObjectItemCaseSensitive(registry, "InsecureRegistryCIDRs"), list);
    cJSON_ArrayForEach(index, cJSON_GetObjectItemCaseSensitive(registry, "IndexConfigs"))
    {
        if (cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(index, "Secure")))
            mw_strings_add(list, index->string);
    }
}

static bool add_switch(const cJSON *info, const char *name, struct mw_value *value)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(info, name);
    if (!cJSON_IsBool(item))
        return false;
    value->kind = MW_VALUE_LITERAL;
    mw_strings_add(&value->items, cJSON_IsTrue(item) ? "true" : "false");
    return true;
}

/* False if /info does not tell that key. */
bool docker_find_live(const cJSON *info, const char *key, struct mw_value *value)
{
    const cJSON *registry = cJSON_GetObjectItemCaseSensitive(info, "RegistryConfig");
    if (strcmp(key, "debug") == 0)
        return add_switch(info, "Debug", value);
    if (strcmp(key, "live-restore") == 0)
        return add_switch(info, "LiveRestoreEnabled", value);
    if (!cJSON_IsObject(registry))
        return false;
    value->kind = MW_VALUE_LIST;
    if (strcmp(key, "registry-mirrors") == 0)
        add_strings(cJSON_GetObjectItemCaseSensitive(registry, "Mirrors"), &value->items);
    else if (strcmp(key, "insecure-registries") == 0)
        add_insecure(registry, &value->items);
    else
        return false;
    return true;
}

static bool has_all(const struct mw_strings *list, const struct mw_strings *wanted)
{
    for (size_t i = 0; i < wanted->count; i++) {
        if (!mw_strings_has(list, wanted->items[i]))
            return false;
    }
    return true;
}

static bool is_used(const char *key, const struct mw_value *live, const struct mw_value *want)
{
    if (strcmp(key, "insecure-registries") == 0)
        return has_all(&live->items, &want->items);
    if (strcmp(key, "registry-mirrors") == 0)
        return mw_urls_used(&want->items, &live->items);
    return strcmp(mw_tools_first(live), mw_tools_first(want)) == 0;
}

/* Appends "KEY = VALUE" of what is used, or of what is used instead. Returns how many settings of
 * the answer differ; *told receives how many it tells at all. */
size_t docker_compare(const cJSON *info, const struct mw_tool_setting *settings, size_t count,
                      struct mw_strings *used, struct mw_strings *other, size_t *told)
{
    *told = 0;
    for (size_t i = 0; i < count; i++) {
        MW_AUTO(mw_value) live = {0};
        if (settings[i].value->kind != MW_VALUE_ABSENT &&
            docker_find_live(info, settings[i].key, &live)) {
            bool same = is_used(settings[i].key, &live, settings[i].value);
            char *text = mw_value_text(same ? settings[i].value : &live);
            mw_strings_take(same ? used : other,
                            text[0] != '\0' ? mw_xasprintf("%s = %s", settings[i].key, text)
                                            : mw_xasprintf(_("no %s"), settings[i].key));
            free(text);
            ++*told;
        }
    }
    return other->count;
}

/* ---- an engine elsewhere --------------------------------------------------------------------- */

/* Docker Desktop's machine in WSL, or a host that lends its socket: there is a client here and no
 * dockerd, and what answers does not read our file. */
struct elsewhere {
    char *socket;
    cJSON *info; /* NULL: nothing answers */
};

static void release_elsewhere(void *found)
{
    MW_FREE struct elsewhere *elsewhere = found;
    cJSON_Delete(elsewhere->info);
    free(elsewhere->socket);
}

/* Where there is a dockerd that could be started, the question itself might start it
 * (docker.socket). */
static bool has_dockerd(const struct mw_system *sys)
{
    MW_AUTO(mw_held) held = {0};
    return docker_daemons_find(sys, &held)->count > 0 ||
           mw_tool_installed(sys, mw_tool_find("docker"), NULL);
}

static void *look_elsewhere(const struct mw_system *sys, const void *of)
{
    (void)of;
    static const char local[] = "unix://";
    struct elsewhere *elsewhere = mw_xcalloc(1, sizeof *elsewhere);
    const char *host = mw_system_user_env(sys, "DOCKER_HOST");
    if (host == NULL)
        elsewhere->socket = mw_xstrdup("/var/run/docker.sock");
    else if (mw_text_starts(host, local))
        elsewhere->socket = mw_xstrdup(host + strlen(local));
    if (sys->root[0] == '\0' && elsewhere->socket != NULL &&
        mw_path_exists(sys, elsewhere->socket) && !has_dockerd(sys))
        elsewhere->info = docker_ask_info(sys, elsewhere->socket, ANSWER_TIMEOUT_MS, NULL);
    return elsewhere;
}

/* NULL: nothing answers from elsewhere. */
static const struct elsewhere *find_elsewhere(const struct mw_system *sys, struct mw_held *held)
{
    const struct elsewhere *elsewhere =
        mw_memo_hold(sys, "docker elsewhere", look_elsewhere, NULL, release_elsewhere, held);
    return elsewhere->info != NULL ? elsewhere : NULL;
}

char *mw_docker_elsewhere(const struct mw_system *sys)
{
    MW_AUTO(mw_held) held = {0};
    const struct elsewhere *elsewhere = find_elsewhere(sys, &held);
    return elsewhere != NULL ? mw_xstrdup(elsewhere->socket) : NULL;
}

void docker_hear_elsewhere(const struct mw_system *sys, const char *key, struct mw_hits *hits)
{
    MW_AUTO(mw_held) held = {0};
    const struct elsewhere *elsewhere = find_elsewhere(sys, &held);
    struct mw_value value = {0};
    if (elsewhere == NULL)
        return;
    mw_hits_release(hits);
    if (docker_find_live(elsewhere->info, key, &value))
        *MW_PUSH(hits->items, hits->count) =
            (struct mw_hit){.value = value, .path = mw_xstrdup(elsewhere->socket)};
}

void docker_shadow_elsewhere(const struct mw_system *sys, const struct mw_tool_setting *setting,
                             struct mw_shadows *shadows)
{
    MW_AUTO(mw_held) held = {0};
    MW_AUTO(mw_strings) used = {0}, other = {0};
    MW_AUTO(mw_value) live = {0};
    const struct elsewhere *elsewhere = find_elsewhere(sys, &held);
    size_t told = 0;
    if (elsewhere == NULL || setting->value->kind == MW_VALUE_ABSENT)
        return;
    if (docker_compare(elsewhere->info, setting, 1, &used, &other, &told) > 0 || told == 0) {
        (void)docker_find_live(elsewhere->info, setting->key, &live);
        mw_shadows_add(shadows, MW_SHADOW_ELSEWHERE,
                       (struct mw_hit){.path = mw_xstrdup(elsewhere->socket)}, mw_value_text(&live),
                       NULL);
    }
}
