/* The one document of a run. Its members and their meaning are frozen (contract: JSON); more may
 * be added, none taken away. */
#include <string.h>

#include "render.h"

enum { SCHEMA_VERSION = 1 };

/* ---- of a plan ---------------------------------------------------------------------------- */

static void add_json_file(cJSON *files, const struct mw_plan_file *file)
{
    cJSON *object = mw_json_add(files);
    bool tells_before = file->before.exists && !mw_plan_file_had_secret(file);
    bool tells_after = file->after_sha256[0] != '\0' && !mw_plan_file_has_secret(file);
    mw_json_put(object, TEXT("path", file->location.path), TEXT("tool", file->tool->id),
                TEXT("verdict", mw_file_verdict_word(file->verdict)),
                TEXT("before_sha256", tells_before ? file->before.sha256 : NULL),
                TEXT("after_sha256", tells_after ? file->after_sha256 : NULL));
    MW_FREE char *diff = mw_plan_file_diff(file);
    cJSON_AddItemToObject(object, "diff", mw_json_diff(diff));
    bool has_error = file->error.message[0] != '\0';
    mw_json_put(object, TEXT("error", has_error ? file->error.message : NULL),
                FLAG("tool_missing", file->tool_missing), FLAG("skipped", file->is_skipped));
}

static void add_setting(cJSON *settings, const struct mw_plan_setting *setting)
{
    static const char *const verdicts[] = {
        [MW_VERDICT_SAME] = "same",       [MW_VERDICT_CREATE] = "create",
        [MW_VERDICT_CHANGE] = "change",   [MW_VERDICT_FOREIGN] = "foreign",
        [MW_VERDICT_DRIFTED] = "drifted",
    };
    bool is_shadowed = setting->shadows.count > 0;
    mw_json_put(mw_json_add(settings), TEXT("tool", setting->tool->id), TEXT("key", setting->key),
                VALUE("have", &setting->have, setting->have_is_secret),
                VALUE("want", &setting->want, setting->want_is_secret),
                FROM("from", &setting->from), FLAG("effective", !is_shadowed),
                TEXT("shadowed_by", is_shadowed ? setting->shadows.items[0].by : NULL),
                TEXT("fix", is_shadowed ? setting->shadows.items[0].fix : NULL),
                TEXT("verdict", verdicts[setting->verdict]), FLAG("secret", setting->is_secret),
                LIST("mirrors", &setting->mirror_ids));
}

/* What the tools of a service ask; asked again only for another service. */
struct in_use {
    const char *service;
    struct mw_strings urls;
};

/* A mirror of the catalogue by its id; none if the catalogue does not know it. */
static void add_json_mirror(cJSON *mirrors, const struct mw_session *session, struct in_use *in_use,
                            const char *service, const char *id, long rank)
{
    const struct mw_mirror *mirror = mw_catalog_find(&session->catalog, service, id);
    if (mirror == NULL)
        return;
    if (in_use->service == NULL || strcmp(in_use->service, service) != 0) {
        mw_strings_release(&in_use->urls);
        mw_session_service_in_use(session, service, &in_use->urls);
        in_use->service = service;
    }
    mw_json_mirror(mirrors, mirror, session, &in_use->urls, rank);
}

static void add_plan(cJSON *files, cJSON *settings, cJSON *mirrors,
                     const struct mw_session *session)
{
    const struct mw_plan *plan = &session->plan;
    struct in_use in_use = {0};
    for (size_t i = 0; i < plan->file_count; i++)
        add_json_file(files, &plan->files[i]);
    for (size_t i = 0; i < plan->setting_count; i++) {
        const struct mw_plan_setting *setting = &plan->settings[i];
        if (mw_source_is_copy(setting->source))
            continue;
        add_setting(settings, setting);
        const char *service = mw_session_service_of(setting->tool, setting->key);
        for (size_t m = 0; m < setting->mirror_ids.count; m++)
            add_json_mirror(mirrors, session, &in_use, service, setting->mirror_ids.items[m],
                            (long)m + 1);
    }
    mw_strings_release(&in_use.urls);
}

/* Why nothing could be chosen: every mirror with its reason. */
static void add_ranking(cJSON *mirrors, const struct mw_session *session)
{
    const struct mw_ranking *ranking = &session->ranking;
    struct in_use in_use = {0};
    for (size_t i = 0; i < ranking->count; i++)
        add_json_mirror(mirrors, session, &in_use, ranking->items[i].tool, ranking->items[i].id,
                        -1);
    mw_strings_release(&in_use.urls);
}

/* ---- tools ---------------------------------------------------------------------------------- */

/* What became of a tool in this run: of several files the worst. */
struct fate {
    const struct mw_tool *tool;
    bool is_installed;
    const char *state, *reason;
    enum mw_code code;
};

static struct fate *find_fate(struct fate **fates, size_t *count, const struct mw_tool *tool)
{
    for (size_t i = 0; i < *count; i++) {
        if ((*fates)[i].tool == tool)
            return &(*fates)[i];
    }
    struct fate *fate = MW_PUSH(*fates, *count);
    *fate = (struct fate){.tool = tool, .state = "same", .code = MW_OK};
    return fate;
}

static void judge_file(struct fate *fate, const struct mw_run *run, const struct mw_plan_file *file)
{
    fate->is_installed = !file->tool_missing;
    bool stops = file->verdict == MW_FILE_BLOCKED || file->verdict == MW_FILE_CONFLICT;
    if (stops || file->is_skipped) {
        fate->state = "left";
        if (stops && fate->reason == NULL) {
            fate->reason = file->error.message;
            fate->code = file->is_skipped && file->tool_missing ? MW_OK : file->error.code;
        }
    } else if (file->verdict != MW_FILE_SAME && strcmp(fate->state, "left") != 0) {
        fate->state = run->changed ? "done" : "left";
    }
}

static void add_tools(cJSON *tools, const struct mw_run *run)
{
    const struct mw_session *session = &run->session;
    MW_FREE struct fate *fates = NULL;
    size_t count = 0;
    for (size_t i = 0; i < session->plan.file_count; i++) {
        const struct mw_plan_file *file = &session->plan.files[i];
        judge_file(find_fate(&fates, &count, file->tool), run, file);
    }
    for (size_t i = 0; i < session->plan.setting_count; i++) { /* of tools that share a file */
        const struct mw_plan_setting *setting = &session->plan.settings[i];
        const struct mw_plan_file *file = &session->plan.files[setting->file];
        if (setting->tool == file->tool)
            continue;
        struct fate *fate = find_fate(&fates, &count, setting->tool);
        if (setting->verdict != MW_VERDICT_SAME)
            judge_file(fate, run, file);
        fate->is_installed = mw_tool_installed(&session->sys, setting->tool, NULL);
    }
    for (size_t i = 0; i < session->left.count; i++) {
        const struct mw_left *left = &session->left.items[i];
        struct fate *fate = find_fate(&fates, &count, left->tool);
        fate->state = "left";
        fate->reason = left->reason;
        fate->is_installed = left->is_installed;
        fate->code = left->code > fate->code ? left->code : fate->code;
    }
    for (size_t i = 0; i < count; i++)
        mw_json_put(mw_json_add(tools), TEXT("tool", fates[i].tool->id),
                    FLAG("installed", fates[i].is_installed), TEXT("state", fates[i].state),
                    TEXT("reason", fates[i].reason), NUMBER("exit_code", fates[i].code));
}

/* ---- the whole ---------------------------------------------------------------------------- */

static void add_head(cJSON *root, const struct mw_run *run, enum mw_code code)
{
    const struct mw_option *action = run->options.action;
    bool has_error = run->error.message[0] != '\0';
    bool has_profile = run->has_session && run->session.profile.name != NULL;
    const char *message = has_error ? run->error.message : run->message;
    const char *named = run->has_session ? run->session.profile_name : NULL;

    mw_json_put(root, NUMBER("schema_version", SCHEMA_VERSION), TEXT("tool_version", MW_VERSION),
                TEXT("action", action != NULL ? action->name : NULL), NUMBER("exit_code", code),
                TEXT("result", mw_code_word(code)),
                TEXT("message", message != NULL ? message : mw_code_text(code)),
                TEXT("hint", run->error.hint[0] != '\0' ? run->error.hint : NULL),
                TEXT("profile", has_profile ? run->session.profile.name : named),
                FLAG("changed", run->changed), FLAG("pending", run->pending));
    const struct mw_profile *profile = &run->session.profile;
    if (has_profile)
        mw_json_put(root, TEXT("profile_file", profile->file),
                    TEXT("profile_source", mw_from_word(profile->source)),
                    FLAG("trusted", !profile->is_stranger), LIST("reads", &profile->reads));
    else if (run->has_session && profile->is_stranger) /* and cannot be read */
        mw_json_put(root, TEXT("profile_file", profile->file), FLAG("trusted", false));
    mw_json_put(root,
                NUMBER("generation", run->outcome.generation > 0 ? run->outcome.generation : -1));
}

/* The array of the details if they have one of that name, else a new one. */
static cJSON *add_array(cJSON *root, cJSON *details, const char *name)
{
    cJSON *given = cJSON_DetachItemFromObjectCaseSensitive(details, name);
    cJSON *array = given != NULL ? given : cJSON_CreateArray();
    cJSON_AddItemToObject(root, name, array);
    return array;
}

char *mw_render_json(const struct mw_run *run, enum mw_code code)
{
    cJSON *root = cJSON_CreateObject();
    cJSON *details =
        run->details != NULL ? cJSON_Duplicate(run->details, true) : cJSON_CreateObject();

    add_head(root, run, code);
    cJSON *files = add_array(root, details, "files");
    cJSON *settings = add_array(root, details, "settings");
    cJSON *mirrors = add_array(root, details, "mirrors");
    add_array(root, details, "checks");
    cJSON *tools = add_array(root, details, "tools");
    add_array(root, details, "sources");
    if (run->has_session && run->details == NULL)
        add_tools(tools, run);
    if (run->has_session && run->session.has_plan && run->details == NULL)
        add_plan(files, settings, mirrors, &run->session);
    else if (run->has_session && code == MW_NO_MIRROR && run->details == NULL)
        add_ranking(mirrors, &run->session);

    MW_AUTO(mw_strings) warnings = {0};
    mw_run_warnings(run, &warnings);
    mw_json_put(root, LIST("warnings", &warnings), LIST("notes", &run->outcome.notes));

    while (details->child != NULL) {
        cJSON *item = cJSON_DetachItemViaPointer(details, details->child);
        MW_FREE char *name = mw_xstrdup(item->string);
        cJSON_AddItemToObject(root, name, item);
    }
    cJSON_Delete(details);
    char *text = cJSON_Print(root);
    cJSON_Delete(root);
    return text != NULL ? text : mw_xstrdup("{}");
}
