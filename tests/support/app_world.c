#include "support/model_host.h"
#include "support/rows.h"

#include "app_world.h"

#include <stdlib.h>
#include <string.h>

#include "mirrorwise/memory.h"

static const char usual[] =
    "{\"tool\":\"go\",\"mirrors\":["
    "{\"id\":\"goproxy.cn\",\"name\":\"Goproxy.cn\",\"name_zh\":\"七牛云\",\"operator\":\"Qiniu\","
    "\"url\":\"https://"
    "goproxy.cn\",\"region\":\"cn\",\"verified\":\"2026-01-01\",\"status\":\"active\"},"
    "{\"id\":\"aliyun\",\"name\":\"Alibaba Cloud\",\"name_zh\":\"阿里云\",\"operator\":\"Alibaba\","
    "\"url\":\"https://mirrors.aliyun.com/goproxy\",\"region\":\"cn\",\"status\":\"active\"},"
    "{\"id\":\"upstream\",\"default\":true,\"name\":\"proxy.golang.org\",\"name_zh\":\"Go "
    "官方\",\"operator\":\"Google\","
    "\"url\":\"https://proxy.golang.org\",\"region\":\"global\",\"status\":\"active\"},"
    "{\"id\":\"huawei\",\"name\":\"Huawei "
    "Cloud\",\"name_zh\":\"华为云\",\"url\":\"https://h.example/go\","
    "\"region\":\"cn\",\"status\":\"fallback\",\"reason\":\"checksums are not passed on\"},"
    "{\"id\":\"gone\",\"name\":\"Gone\",\"url\":\"https://gone.example\",\"status\":\"dead\","
    "\"reason\":\"closed\"}]}";

static const char usual_pip[] =
    "{\"tool\":\"pip\",\"mirrors\":["
    "{\"id\":\"tuna\",\"name\":\"Tsinghua "
    "University\",\"name_zh\":\"清华大学\",\"operator\":\"TUNA\","
    "\"url\":\"https://tuna.example/simple\",\"region\":\"cn\",\"status\":\"active\"},"
    "{\"id\":\"ustc\",\"name\":\"USTC\",\"name_zh\":\"中国科学技术大学\",\"operator\":\"USTC\","
    "\"url\":\"https://ustc.example/simple\",\"region\":\"cn\",\"status\":\"active\"},"
    "{\"id\":\"upstream\",\"default\":true,\"name\":\"PyPI\",\"name_zh\":\"PyPI "
    "官方\",\"url\":\"https://pypi.example/simple\","
    "\"status\":\"active\"}]}";

static const char usual_docker[] =
    "{\"tool\":\"docker\",\"mirrors\":["
    "{\"id\":\"daocloud\",\"name\":\"DaoCloud\",\"name_zh\":\"DaoCloud "
    "道客\",\"url\":\"https://d.example\","
    "\"status\":\"active\"},"
    "{\"id\":\"1ms\",\"name\":\"1ms\",\"name_zh\":\"毫秒镜像\",\"url\":\"https://1ms.example\","
    "\"status\":\"active\"}]}";

/* Escapes that would clear a screen, overrides that turn text round, names without end. The
 * catalogue's reader refuses some of them, so they are put in behind its back. */
static const char *const hostile_names[] = {
    "a\033[2Jb\xc2\x9b"
    "31mc\td\re",
    "\xe2\x80\xaegnp.exe\xe2\x80\x8b\xef\xbb\xbf",
    "a very long name that goes on and on and on until nobody reads it any more",
    "中华人民共和国某某大学开源软件镜像站教育网",
};

static void add_catalog(struct mw_session *session, const char *text)
{
    struct mw_error err = {0};
    if (session->catalog.service_count == 0)
        test_add_services(&session->catalog);
    if (mw_catalog_add(&session->catalog, "test.json", text, strlen(text), false, &err) != MW_OK)
        fail_msg("%s", err.message);
}

static void add_profile(struct mw_session *session, const char *name, const char *summary)
{
    char *text = mw_xasprintf("[profile]\nname = %s\nsummary = %s\n", name, summary);
    char *path = mw_xasprintf("builtin:profiles/%s.ini", name);
    mw_profile_set_add(&session->profiles, path, text, strlen(text));
    free(path);
    free(text);
}

static struct mw_plan_file *add_file(struct mw_plan *plan, const char *tool, const char *path,
                                     const char *before, const char *after)
{
    struct mw_plan_file *file = MW_PUSH(plan->files, plan->file_count);
    file->tool = tool != NULL ? mw_tool_find(tool) : NULL;
    file->location.path = mw_xstrdup(path);
    file->before.path = mw_xstrdup(path);
    file->before.exists = before[0] != '\0';
    mw_buf_puts(&file->before.bytes, before);
    mw_buf_puts(&file->after, after);
    file->after_exists = true;
    file->verdict = strcmp(before, after) == 0 ? MW_FILE_SAME
                    : file->before.exists      ? MW_FILE_CHANGE
                                               : MW_FILE_CREATE;
    return file;
}

static struct mw_plan_setting *add_setting(struct mw_plan *plan, const char *key, const char *have,
                                           const char *want, const char *id)
{
    struct mw_plan_setting *setting = MW_PUSH(plan->settings, plan->setting_count);
    setting->file = plan->file_count - 1;
    setting->tool = plan->files[setting->file].tool;
    setting->key = mw_xstrdup(key);
    if (have != NULL)
        mw_value_set_string(&setting->have, have);
    mw_value_set_string(&setting->want, want);
    setting->verdict = have == NULL              ? MW_VERDICT_CREATE
                       : strcmp(have, want) == 0 ? MW_VERDICT_SAME
                                                 : MW_VERDICT_FOREIGN;
    if (id != NULL)
        mw_strings_add(&setting->mirror_ids, id);
    setting->from.layer = MW_LAYER_PROFILE;
    setting->from.profile = mw_xstrdup("dev");
    setting->from.file = mw_xstrdup("builtin:profiles/dev.ini");
    setting->from.line = 25;
    return setting;
}

static void add_plan(struct mw_session *session)
{
    struct mw_plan *plan = &session->plan;
    session->has_plan = true;
    add_file(plan, "go", "/home/me/.config/go/env", "GOPROXY=https://proxy.golang.org,direct\n",
             "GOPROXY=https://goproxy.cn|direct\nGOSUMDB=sum.golang.google.cn\n");
    add_setting(plan, "GOSUMDB", NULL, "sum.golang.google.cn", NULL);
    struct mw_plan_setting *proxy = add_setting(plan, "GOPROXY", "https://proxy.golang.org,direct",
                                                "https://goproxy.cn|direct", "goproxy.cn");
    struct mw_shadow *shadow =
        mw_shadows_add(&proxy->shadows, MW_SHADOW_STRONGER,
                       (struct mw_hit){.variable = mw_xstrdup("GOPROXY")}, mw_xstrdup("off"), NULL);
    shadow->by = mw_xstrdup("environment variable GOPROXY");
    shadow->fix = mw_xstrdup("unset GOPROXY");
    add_file(plan, "pip", "/home/me/.config/pip/pip.conf",
             "[global]\nindex-url = https://tuna.example/simple\n",
             "[global]\nindex-url = https://tuna.example/simple\n");
    add_setting(plan, "global.index-url", "https://tuna.example/simple",
                "https://tuna.example/simple", "tuna");
}

static void add_generation(struct mw_history *history, const char *action, const char *profile)
{
    struct mw_record *record = MW_PUSH(history->items, history->count);
    record->id = (long)history->count;
    record->action = mw_xstrdup(action);
    record->profile = profile != NULL ? mw_xstrdup(profile) : NULL;
    record->user = mw_xstrdup("me");
    record->host = mw_xstrdup("desk");
    record->time = mw_xstrdup("2026-08-21T09:30:00Z");
    record->version = mw_xstrdup("1.0");
    record->restores = profile != NULL ? -1 : 0;
    struct mw_record_file *file = MW_PUSH(record->files, record->file_count);
    file->path = mw_xstrdup("/home/me/.config/go/env");
    struct mw_record_setting *setting = MW_PUSH(record->settings, record->setting_count);
    setting->tool = mw_xstrdup("go");
    setting->path = mw_xstrdup("/home/me/.config/go/env");
    setting->key = mw_xstrdup("GOPROXY");
    mw_value_set_string(&setting->after, "https://goproxy.cn|direct");
}

static void add_now(struct mw_job_result *result, const char *tool, const char *url)
{
    struct mw_app_now *now = MW_PUSH(result->now, result->now_count);
    now->tool = mw_tool_find(tool);
    if (url != NULL)
        mw_value_set_string(&now->effective.value, url);
    mw_strings_add(&now->urls[0], url != NULL ? url : "https://proxy.golang.org");
}

/* ---- many tools ------------------------------------------------------------------------------ */

/* Made-up tools, so that nothing here depends on which the program knows. */
static const struct made {
    const char *id, *title;
    const char *now; /* in use; NULL: the first mirror */
    enum mw_file_verdict verdict;
    enum mw_code code; /* of what blocks it */
    bool is_missing, has_no_mirror;
} made[] = {
    {"alpha", "Alpha", NULL, MW_FILE_SAME, MW_OK, false, false},
    {"bravo", "Bravo", "https://two.bravo.example", MW_FILE_CHANGE, MW_OK, false, false},
    {"charlie", "Charlie", "https://own.company.example/repo", MW_FILE_SAME, MW_OK, false, false},
    {"delta", "Delta package manager", NULL, MW_FILE_CREATE, MW_OK, false, false},
    {"echo", "Echo", "https://dead.echo.example", MW_FILE_CHANGE, MW_OK, false, false},
    {"foxtrot", "Foxtrot", NULL, MW_FILE_BLOCKED, MW_NO_PERMISSION, false, false},
    {"golf", "Golf", NULL, MW_FILE_SAME, MW_OK, false, true},
    {"hotel", "Hotel", NULL, MW_FILE_BLOCKED, MW_BAD_CONFIG, false, false},
    {"india", "India", NULL, MW_FILE_SAME, MW_OK, false, false},
    {"juliet", "Juliet", NULL, MW_FILE_SAME, MW_OK, true, false},
    {"kilo", "Kilo", NULL, MW_FILE_SAME, MW_OK, true, false},
    {"lima", "Lima", NULL, MW_FILE_SAME, MW_OK, true, false},
};
enum { MADE = sizeof made / sizeof *made };
static struct mw_tool made_tools[MADE];

static const struct mw_tool *make_tool(size_t i)
{
    struct mw_error err = {0};
    if (made_tools[i].id != NULL)
        return &made_tools[i];
    char *text = mw_xasprintf(
        "{\"tool\":\"%s\",\"title\":\"%s\",\"group\":\"language\",\"programs\":[\"%s\"],"
        "\"sources\":[{\"scope\":\"user\",\"path\":\"~/.%src\",\"format\":\"ini\"}],"
        "\"sections\":[\"main\"],"
        "\"mirror\":[{\"set\":\"main.url\",\"to\":\"{url}\",\"from\":\"%s\"}],"
        "\"keys\":{\"url\":{\"type\":\"url\",\"risk\":\"made up\",\"summary\":\"the index\"}}}",
        made[i].id, made[i].title, made[i].id, made[i].id, made[i].id);
    char *file = mw_xasprintf("%s.json", made[i].id);
    if (mw_tool_read(file, text, strlen(text), &made_tools[i], &err) != MW_OK ||
        mw_tool_complete(&made_tools[i], &err) != MW_OK)
        fail_msg("%s", err.message);
    free(file);
    free(text);
    return &made_tools[i];
}

static void add_made_mirrors(struct mw_session *session, size_t i)
{
    static const char *const names[] = {"One", "Two", "Dead"};
    static const char *const ids[] = {"one", "two", "dead"};
    for (size_t k = 0; k < ROWS(names); k++) {
        struct mw_mirror *mirror = mw_xcalloc(1, sizeof *mirror);
        *MW_PUSH(session->catalog.mirrors, session->catalog.count) = mirror;
        *mirror = (struct mw_mirror){
            .tool = mw_xstrdup(made[i].id),
            .id = mw_xasprintf("%s", k == 2 ? "upstream" : ids[k]),
            .name = mw_xasprintf("%s of %s", names[k], made[i].title),
            .url = mw_xasprintf("https://%s.%s.example", ids[k], made[i].id),
        };
        char **const texts[] = {&mirror->name_zh,  &mirror->operator_name, &mirror->region,
                                &mirror->verified, &mirror->source,        &mirror->reason,
                                &mirror->style,    &mirror->file,          &mirror->path_from,
                                &mirror->path_to};
        for (size_t t = 0; t < ROWS(texts); t++)
            *texts[t] = mw_xstrdup("");
    }
}

static void add_made(struct mw_job_result *result, size_t i)
{
    struct mw_session *session = result->session;
    const struct mw_tool *tool = make_tool(i);
    struct mw_app_now *now = MW_PUSH(result->now, result->now_count);
    char *first = mw_xasprintf("https://one.%s.example", made[i].id);
    const char *url = made[i].now != NULL ? made[i].now : first;
    now->tool = tool;
    now->is_missing = made[i].is_missing;
    mw_strings_add(&now->urls[0], url);
    add_made_mirrors(session, i);
    if (made[i].has_no_mirror) {
        *MW_PUSH(session->left.items, session->left.count) = (struct mw_left){
            .tool = tool,
            .is_installed = true,
            .code = MW_NO_MIRROR,
            .reason = mw_xstrdup("no usable mirror"),
        };
    }
    if (made[i].has_no_mirror || made[i].is_missing || strcmp(made[i].id, "india") == 0) {
        free(first);
        return;
    }
    char *path = mw_xasprintf("/home/me/.%src", made[i].id);
    bool is_same = made[i].verdict == MW_FILE_SAME;
    bool is_new = made[i].verdict == MW_FILE_CREATE;
    struct mw_plan_file *file =
        add_file(&session->plan, NULL, path, is_new ? "" : "a\n", is_same ? "a\n" : "b\n");
    file->tool = tool;
    file->verdict = made[i].verdict;
    if (made[i].code != MW_OK)
        mw_fail(&file->error, made[i].code, 0, "plan", "%s: it cannot be written", path);
    struct mw_plan_setting *setting = add_setting(&session->plan, "main.url", is_new ? NULL : url,
                                                  is_same ? url : first, is_same ? NULL : "one");
    setting->tool = tool;
    free(path);
    free(first);
}

struct mw_job_result *app_world_many(const struct mw_app *app)
{
    struct mw_job_result *result = app_world_result((struct mw_app *)app, APP_WORLD_USUAL, "dev");
    mw_plan_release(&result->session->plan);
    result->session->plan = (struct mw_plan){0};
    for (size_t i = 0; i < result->now_count; i++)
        mw_strings_release(&result->now[i].urls[0]);
    for (size_t i = 0; i < result->now_count; i++)
        mw_hit_release(&result->now[i].effective);
    result->now_count = 0;
    for (size_t i = 0; i < MADE; i++)
        add_made(result, i);
    return result;
}

struct mw_job_result *app_world_result(struct mw_app *app, enum app_world_names names,
                                       const char *profile)
{
    struct mw_job_result *result = mw_xcalloc(1, sizeof *result);
    struct mw_session *session = mw_xcalloc(1, sizeof *session);
    result->kind = MW_JOB_READ;
    result->number = app->newest[MW_JOB_READ];
    result->session = session;
    session->sys.home = mw_xstrdup("/home/me");
    session->sys.root = mw_xstrdup("");
    session->guard.fd = -1;
    session->restores = -1;
    session->profile_name = mw_xstrdup(profile);
    session->profile.name = mw_xstrdup(profile);
    session->profile.summary = mw_xstrdup("Workstations: the fastest honest mirrors");
    session->profile.file = mw_xstrdup("builtin:profiles/dev.ini");
    mw_strings_add(&session->profile.chain, profile);
    mw_strings_add(&session->profile.chain, "base");
    add_profile(session, "base", "The common ground");
    add_profile(session, "dev", "Workstations: the fastest honest mirrors");
    add_profile(session, "prod", "Production and build hosts: pinned mirrors");
    add_generation(&session->history, "apply", "dev");
    add_generation(&session->history, "rollback", NULL);
    add_catalog(session, usual);
    for (size_t i = 0; names == APP_WORLD_HOSTILE && i < ROWS(hostile_names); i++) {
        free(session->catalog.mirrors[i]->name);
        session->catalog.mirrors[i]->name = mw_xstrdup(hostile_names[i]);
    }
    add_catalog(session, usual_pip);
    add_catalog(session, usual_docker);
    add_plan(session);
    add_now(result, "go", NULL);
    add_now(result, "pip", "https://tuna.example/simple");
    add_now(result, "docker", "https://elsewhere.example");
    return result;
}

static void drop_jobs(struct mw_app *app)
{
    struct mw_job *job = NULL;
    while ((job = mw_app_take_job(app)) != NULL)
        mw_job_free(job);
}

void app_world_open(struct mw_app *app, enum app_world_names names)
{
    const struct mw_app_options options = {.may_color = true};
    mw_app_init(app, &options);
    mw_app_update(app, &(struct mw_event){.kind = MW_EVENT_START, .now_ms = 1000});
    drop_jobs(app);
    struct mw_job_result *result =
        names == APP_WORLD_MANY ? app_world_many(app) : app_world_result(app, names, "dev");
    mw_app_update(app,
                  &(struct mw_event){.kind = MW_EVENT_RESULT, .now_ms = 1000, .result = result});
    struct mw_probe_target *targets = NULL;
    mw_app_probe_targets(app, &targets);
    free(targets);
    mw_app_probe_started(app, 1);
}

void app_world_sample(struct mw_app *app, const char *tool, const char *id, long ttfb_ms,
                      long after_ms)
{
    struct mw_probe_event event = {.kind = MW_PROBE_EVENT_SAMPLE, .generation = app->generation};
    bool is_good = ttfb_ms >= 0;
    for (size_t i = 0; i < app->mirror_count; i++) {
        const struct mw_app_mirror *mirror = &app->mirrors[i];
        if (strcmp(app->panels[mirror->panel].tool->id, tool) == 0 && strcmp(mirror->id, id) == 0)
            event.target = i;
    }
    bool is_new = ttfb_ms == 42 || !is_good; /* one hiccup needs a new connection */
    event.sample = (struct mw_probe_sample){
        .class = is_good ? MW_PROBE_OK : MW_PROBE_TIMEOUT,
        .rtt_us = is_good ? ttfb_ms * 900 : -1,
        .ttfb_us = is_good ? ttfb_ms * 1000 : -1,
        .dns_us = is_new ? 1200 : -1,
        .tcp_us = is_new && is_good ? 12000 : -1,
        .tls_us = is_new && is_good ? 25000 : -1,
        .total_us = is_good ? ttfb_ms * 1100 : 3000000,
        .http_status = is_good ? 200 : 0,
        .is_cold = is_new,
        .age_s = is_good ? 6L * 3600 : -1,
        .bytes_per_s = -1,
        .family = 4,
        .http_version = 20,
    };
    event.result = (struct mw_probe_result){
        .class = event.sample.class,
        .is_usable = is_good,
        .integrity = is_good ? MW_PROBE_GENUINE : MW_PROBE_UNCHECKED,
        .rtt_us = event.sample.rtt_us,
        .ttfb_us = event.sample.ttfb_us,
        .dns_us = 1200,
        .tcp_us = 12000,
        .tls_us = 25000,
        .jitter_us = -1,
        .age_s = event.sample.age_s,
        .bytes_per_s = -1,
        .family = 4,
        .http_version = 20,
        .address = "192.0.2.7",
        .peer = {.tried = {"2001:db8::7", "192.0.2.7"},
                 .cert_expires_s = 1798761600, /* 2027-01-01 */
                 .cert_left_s = is_good ? 9L * 86400 : 90L * 86400,
                 .cert_issuer = "Let's Encrypt, R11"},
        .reason = "",
    };
    if (!is_good)
        memcpy(event.result.reason, "no answer within 3 s", sizeof "no answer within 3 s");
    mw_app_update(app, &(struct mw_event){.kind = MW_EVENT_PROBE,
                                          .now_ms = app->now_ms + after_ms,
                                          .probe = &event});
}

void app_world_measure(struct mw_app *app)
{
    static const long wave[] = {0, 3, 1, 9, 2, 30, 1, 0, 4};
    for (size_t i = 0; i < sizeof wave / sizeof *wave; i++) {
        for (size_t k = 0; k < app->mirror_count; k++) {
            const struct mw_app_mirror *mirror = &app->mirrors[k];
            long base = 12 + 23 * (long)(k % 7) * (long)(k % 7);
            bool is_dead = strcmp(mirror->id, "upstream") == 0;
            bool is_hiccup = k == 1 && i == 5;
            app_world_sample(app, app->panels[mirror->panel].tool->id, mirror->id,
                             is_dead || is_hiccup ? -1 : base + wave[i], 10);
        }
    }
    const struct mw_probe_event done = {.kind = MW_PROBE_EVENT_DONE, .generation = app->generation};
    mw_app_update(app, &(struct mw_event){
                           .kind = MW_EVENT_PROBE, .now_ms = app->now_ms + 500, .probe = &done});
    drop_jobs(app);
}

static const struct mw_check answers[] = {
    {.id = "own-files",
     .area = "machine",
     .status = MW_CHECK_PASS,
     .title = "profiles and catalogues can be read",
     .observed = "every profile and catalogue is in order",
     .expected = "every profile and catalogue is in order",
     .why = "what cannot be read is left out",
     .fix = ""},
    {.id = "go-installed",
     .area = "go",
     .status = MW_CHECK_FAIL,
     .title = "Go: installed",
     .observed = "no go in PATH",
     .expected = "it is in PATH",
     .why = "its settings are no use without it",
     .fix = ""},
    {.id = "pip-installed",
     .area = "pip",
     .status = MW_CHECK_PASS,
     .title = "pip: installed",
     .observed = "pip 23.0.1",
     .expected = "it is in PATH",
     .why = "its settings are no use without it",
     .fix = ""},
    {.id = "go-settings.GOPROXY",
     .area = "go",
     .status = MW_CHECK_FAIL,
     .title = "Go has GOPROXY",
     .observed = "https://proxy.golang.org,direct",
     .expected = "https://goproxy.cn|direct (profile dev)",
     .why = "this is what the team agreed on",
     .fix = "mirrorwise --profile dev --only go --apply",
     .remedy = {.kind = MW_REMEDY_APPLY}},
    {.id = "go-effective.GOPROXY",
     .area = "go",
     .status = MW_CHECK_WARN,
     .title = "Go uses GOPROXY",
     .observed = "off, by the environment variable GOPROXY",
     .expected = "https://goproxy.cn|direct",
     .why = "the environment of this shell wins over what is written",
     .fix = "unset GOPROXY",
     .remedy = {.kind = MW_REMEDY_SHELL}},
    {.id = "pip-mirrors.tuna",
     .area = "pip",
     .status = MW_CHECK_SKIP,
     .title = "pip: mirror tuna works",
     .observed = "not measured: the network is not allowed (--no-network)",
     .expected = "reachable, honest and fresh",
     .why = "a mirror that is slow, stale or dishonest is worse than none",
     .fix = ""},
};

static void put_answer(struct mw_checks *checks, const struct mw_check *answer)
{
    mw_checks_put(checks, checks->count, answer);
    struct mw_remedy *remedy = &checks->items[checks->count - 1].remedy;
    if (remedy->kind == MW_REMEDY_APPLY)
        remedy->tool = mw_tool_find(answer->area);
}

/* The list at the end: areas in the order in which they were first heard of. */
static void group_by_area(struct mw_checks *checks)
{
    for (size_t i = 0; i < ROWS(answers); i++) {
        bool is_first = true;
        for (size_t k = 0; k < i; k++)
            is_first = is_first && strcmp(answers[k].area, answers[i].area) != 0;
        for (size_t k = i; is_first && k < ROWS(answers); k++) {
            if (strcmp(answers[k].area, answers[i].area) == 0)
                put_answer(checks, &answers[k]);
        }
    }
}

struct mw_job_result *app_world_answers(const struct mw_app *app)
{
    struct mw_job_result *result = mw_xcalloc(1, sizeof *result);
    result->kind = MW_JOB_CHECKS;
    result->number = app->newest[MW_JOB_CHECKS];
    group_by_area(&result->checks);
    return result;
}

void app_world_checks(struct mw_app *app, size_t count)
{
    for (size_t i = 0; i < ROWS(answers) && i < count; i++) {
        struct mw_checks one = {0};
        put_answer(&one, &answers[i]);
        mw_app_update(app, &(struct mw_event){.kind = MW_EVENT_CHECK,
                                              .now_ms = app->now_ms,
                                              .number = app->newest[MW_JOB_CHECKS],
                                              .checks = &one});
    }
    if (count >= ROWS(answers))
        mw_app_update(app, &(struct mw_event){.kind = MW_EVENT_RESULT,
                                              .now_ms = app->now_ms,
                                              .result = app_world_answers(app)});
    drop_jobs(app);
}

void app_world_risk(struct mw_app *app)
{
    struct mw_lint_findings *lint = &app->session->lint;
    *MW_PUSH(lint->items, lint->count) = (struct mw_lint_finding){
        .id = "go-sumdb-off",
        .level = MW_LINT_ERROR,
        .tool = mw_tool_find("go"),
        .key = mw_xstrdup("GOSUMDB"),
        .value = mw_xstrdup("off"),
        .where = mw_xstrdup("profile dev, builtin:profiles/dev.ini:25"),
        .sentence = "without the checksum database a proxy can hand out any code under any name",
        .remedy = "Leave GOSUMDB on and name private modules in GOPRIVATE.",
    };
}

static void block(struct mw_plan_file *file, const char *message, const char *hint)
{
    file->verdict = MW_FILE_BLOCKED;
    mw_fail(&file->error, MW_BAD_CONFIG, 0, "parse", "%s", message);
    mw_error_hint(&file->error, "%s", hint);
}

void app_world_block(struct mw_app *app)
{
    struct mw_plan *plan = &app->session->plan;
    struct mw_plan_file *go = &plan->files[0];
    go->verdict = MW_FILE_SAME;
    mw_buf_release(&go->after);
    mw_buf_puts(&go->after, go->before.bytes.data);
    block(&plan->files[1], "~/.config/pip/pip.conf:1: the section is not closed",
          "Write [global].");
    block(add_file(plan, "docker", "/etc/docker/daemon.json", "{", "{"),
          "/etc/docker/daemon.json:1: the object is not closed", "Write } at the end.");
    mw_strings_add(&app->session->warnings, "go: nothing was measured yet");
}

static int named_key(const char *name, size_t len)
{
    static const struct {
        const char *name;
        int key;
    } keys[] = {
        {"Enter", MW_KEY_ENTER}, {"Esc", MW_KEY_ESCAPE},     {"Up", MW_KEY_UP},
        {"Down", MW_KEY_DOWN},   {"Left", MW_KEY_LEFT},      {"Right", MW_KEY_RIGHT},
        {"Tab", MW_KEY_TAB},     {"BS", MW_KEY_BACKSPACE},   {"F5", MW_KEY_F1 + 4},
        {"F10", MW_KEY_F1 + 9},  {"PgDn", MW_KEY_PAGE_DOWN},
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (strlen(keys[i].name) == len && strncmp(keys[i].name, name, len) == 0)
            return keys[i].key;
    }
    assert_true(len == 3 && strncmp(name, "C-", 2) == 0);
    return MW_KEY_CTRL(name[2]);
}

unsigned app_world_keys(struct mw_app *app, const char *keys)
{
    unsigned effects = 0;
    while (*keys != '\0') {
        int key = (unsigned char)*keys++;
        const char *end = key == '<' ? strchr(keys, '>') : NULL;
        if (end != NULL) {
            key = named_key(keys, (size_t)(end - keys));
            keys = end + 1;
        }
        effects |= mw_app_update(
            app, &(struct mw_event){.kind = MW_EVENT_KEY, .now_ms = app->now_ms + 5, .key = key});
    }
    return effects;
}

unsigned app_world_tick(struct mw_app *app, long after_ms)
{
    return mw_app_update(
        app, &(struct mw_event){.kind = MW_EVENT_TICK, .now_ms = app->now_ms + after_ms});
}
