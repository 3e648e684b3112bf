/* Making a running dockerd read its file again: SIGHUP, never a restart, for containers live on.
 *
 * The signal is what `systemctl reload docker` sends (ExecReload=). dockerd says nothing about what
 * became of it, so the proof is GET /info afterwards (reload.go, docs/api: SystemInfo). */
#include <cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "docker_parts.h"
#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/net.h"
#include "mirrorwise/text.h"

#define START_TIMEOUT_MS 3000L /* a dockerd that is starting holds the first question back */
#define ANSWER_TIMEOUT_MS 1000L
#define ANSWER_MAX_BYTES (4u << 20)

/* A reload takes 10 to 50 ms; together these wait 3 s. */
static const long pauses_ms[] = {20, 30, 50, 100, 200, 300, 400, 600, 600, 700};

/* ---- what it uses ------------------------------------------------------------------------------
 */

/* The answer of /info, to be deleted; NULL if there is none. */
static cJSON *ask_info(const struct mw_system *sys, const char *socket, long timeout_ms,
                       struct mw_error *err)
{
    const struct mw_net_question question = {.socket_path = socket,
                                             .path = "/info",
                                             .timeout_ms = timeout_ms,
                                             .max_bytes = ANSWER_MAX_BYTES,
                                             .stop_signal = sys->stop_signal,
                                             .stop_context = sys->stop_context};
    struct mw_buf body = {0};
    long status = 0;
    cJSON *info = NULL;
    if (mw_net_unix_get(&question, &body, &status, err) == MW_OK && status == 200)
        info = cJSON_ParseWithLength(mw_buf_text(&body), body.len);
    if (!cJSON_IsObject(info)) {
        cJSON_Delete(info);
        info = NULL;
    }
    mw_buf_release(&body);
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
static bool find_live(const cJSON *info, const char *key, struct mw_value *value)
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

/* As dockerd lists them: one '/' at the end, each once (registry/config.go LoadMirrors). */
static void normalise(const struct mw_strings *mirrors, struct mw_strings *normal)
{
    for (size_t i = 0; i < mirrors->count; i++) {
        size_t len = strlen(mirrors->items[i]);
        len -= len > 0 && mirrors->items[i][len - 1] == '/';
        char *text = mw_xasprintf("%.*s/", (int)len, mirrors->items[i]);
        if (mw_strings_has(normal, text))
            free(text);
        else
            mw_strings_take(normal, text);
    }
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
    if (strcmp(key, "registry-mirrors") != 0)
        return strcmp(mw_tools_first(live), mw_tools_first(want)) == 0;
    struct mw_strings has = {0}, needs = {0};
    normalise(&live->items, &has);
    normalise(&want->items, &needs);
    bool equal = mw_strings_equal(&has, &needs);
    mw_strings_release(&has);
    mw_strings_release(&needs);
    return equal;
}

/* Appends "KEY = VALUE" of what is used, or of what is used instead. Returns how many settings of
 * the answer differ; *told receives how many it tells at all. */
static size_t compare(const cJSON *info, const struct mw_tool_setting *settings, size_t count,
                      struct mw_strings *used, struct mw_strings *other, size_t *told)
{
    *told = 0;
    for (size_t i = 0; i < count; i++) {
        struct mw_value live = {0};
        if (settings[i].value->kind != MW_VALUE_ABSENT && find_live(info, settings[i].key, &live)) {
            bool same = is_used(settings[i].key, &live, settings[i].value);
            char *text = mw_value_text(same ? settings[i].value : &live);
            mw_strings_take(same ? used : other,
                            text[0] != '\0' ? mw_xasprintf("%s = %s", settings[i].key, text)
                                            : mw_xasprintf(_("no %s"), settings[i].key));
            free(text);
            ++*told;
        }
        mw_value_release(&live);
    }
    return other->count;
}

/* ---- the reload ---------------------------------------------------------------------------------
 */

struct reload {
    const struct mw_system *sys;
    const struct docker_daemon *daemon;
    const char *socket; /* NULL: it has none */
    const struct mw_tool_setting *settings;
    size_t count;
};

static void say(struct mw_live *live, enum mw_live_state state, char *take_message)
{
    mw_live_release(live);
    live->state = state;
    live->message = take_message;
}

static const char *reload_command(const struct reload *reload)
{
    if (reload->daemon->uid != 0)
        return "systemctl --user reload docker";
    return mw_path_exists(reload->sys, "/run/systemd/system") ? "sudo systemctl reload docker"
                                                              : "sudo service docker reload";
}

static void pause_ms(const struct mw_system *sys, long ms)
{
    struct timespec duration = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    (void)sys->ops->nanosleep(&duration);
}

/* One look at /info; true when no further look can help. */
static bool judge(const struct reload *reload, struct mw_live *live)
{
    long pid = (long)reload->daemon->pid;
    struct mw_error why = {0};
    struct mw_strings used = {0}, other = {0};
    size_t told = 0;
    cJSON *info = ask_info(reload->sys, reload->socket, ANSWER_TIMEOUT_MS, &why);
    if (info == NULL) {
        say(live, MW_LIVE_UNVERIFIED,
            mw_xasprintf(_("dockerd (pid %ld) was told to reload, but cannot be asked: %s"), pid,
                         why.message[0] != '\0' ? why.message : _("it gives no /info")));
        return false;
    }
    size_t differ = compare(info, reload->settings, reload->count, &used, &other, &told);
    char *now = mw_strings_join(differ > 0 ? &other : &used, "; ");
    if (told == 0)
        say(live, MW_LIVE_UNVERIFIED,
            mw_xasprintf(_("dockerd (pid %ld) was told to reload; it does not say what became of "
                           "these settings"),
                         pid));
    else if (differ == 0)
        say(live, MW_LIVE_OK, mw_xasprintf(_("dockerd (pid %ld) uses %s now"), pid, now));
    else
        say(live, MW_LIVE_REFUSED,
            mw_xasprintf(_("dockerd (pid %ld) did not take the new settings over and goes on with "
                           "%s; its log may say why"),
                         pid, now));
    free(now);
    mw_strings_release(&used);
    mw_strings_release(&other);
    cJSON_Delete(info);
    return told == 0 || differ == 0;
}

/* Before dockerd has set its trap (it does so right before it serves), SIGHUP would end it. So one
 * that has a socket must have answered first. */
static bool is_ready(const struct reload *reload)
{
    if (reload->socket == NULL || !mw_path_exists(reload->sys, reload->socket))
        return true;
    cJSON *info = ask_info(reload->sys, reload->socket, START_TIMEOUT_MS, NULL);
    bool answers = info != NULL;
    cJSON_Delete(info);
    return answers;
}

static void send_signal(const struct reload *reload, struct mw_live *live)
{
    long pid = (long)reload->daemon->pid;
    if (reload->sys->euid != 0 && reload->sys->euid != reload->daemon->uid) {
        errno = EPERM;
    } else if (!is_ready(reload)) {
        say(live, MW_LIVE_UNVERIFIED,
            mw_xasprintf(_("dockerd (pid %ld) does not answer on %s, so it was not told to reload; "
                           "when it does: %s"),
                         pid, reload->socket, reload_command(reload)));
        return;
    } else if (reload->sys->ops->kill(reload->daemon->pid, SIGHUP) == 0) {
        say(live, MW_LIVE_OK, NULL);
        return;
    }
    if (errno == ESRCH)
        say(live, MW_LIVE_NONE,
            mw_xstrdup(_("dockerd has just ended; it reads the file when it "
                         "starts")));
    else
        say(live, MW_LIVE_UNVERIFIED,
            mw_xasprintf(_("dockerd (pid %ld) could not be told to reload and uses the old "
                           "settings; run: %s"),
                         pid, reload_command(reload)));
}

static void run_reload(const struct reload *reload, struct mw_live *live)
{
    send_signal(reload, live);
    if (live->state != MW_LIVE_OK)
        return;
    if (reload->socket == NULL || !mw_path_exists(reload->sys, reload->socket)) {
        say(live, MW_LIVE_UNVERIFIED,
            mw_xasprintf(_("dockerd (pid %ld) was told to reload; it has no socket to be asked on"),
                         (long)reload->daemon->pid));
        return;
    }
    bool done = false;
    for (size_t i = 0; !done && i < sizeof pauses_ms / sizeof *pauses_ms; i++) {
        pause_ms(reload->sys, pauses_ms[i]);
        done = judge(reload, live) || mw_system_stopped(reload->sys, NULL) != MW_OK;
    }
}

/* ---- an engine elsewhere ------------------------------------------------------------------------
 */

/* Docker Desktop's machine in WSL, or a host that lends its socket: there is a client here and no
 * dockerd, and what answers does not read our file. */
struct elsewhere {
    char *socket;
    cJSON *info; /* NULL: nothing answers */
    bool is_kept;
};

static void release_elsewhere(void *found)
{
    struct elsewhere *elsewhere = found;
    cJSON_Delete(elsewhere->info);
    free(elsewhere->socket);
    free(elsewhere);
}

/* Where there is a dockerd that could be started, the question itself might start it
 * (docker.socket). */
static bool has_dockerd(const struct mw_system *sys)
{
    struct docker_daemons daemons = {0};
    docker_daemons_find(sys, &daemons);
    bool has = daemons.count > 0 || mw_tool_installed(sys, mw_tool_find("docker"), NULL);
    docker_daemons_release(&daemons);
    return has;
}

static struct elsewhere *find_elsewhere(const struct mw_system *sys)
{
    static const char name[] = "docker elsewhere", local[] = "unix://";
    struct elsewhere *elsewhere = mw_memo_find(sys, name);
    if (elsewhere != NULL)
        return elsewhere;
    const char *host = mw_system_user_env(sys, "DOCKER_HOST");
    elsewhere = mw_xcalloc(1, sizeof *elsewhere);
    if (host == NULL)
        elsewhere->socket = mw_xstrdup("/var/run/docker.sock");
    else if (mw_text_starts(host, local))
        elsewhere->socket = mw_xstrdup(host + strlen(local));
    if (sys->root[0] == '\0' && elsewhere->socket != NULL &&
        mw_path_exists(sys, elsewhere->socket) && !has_dockerd(sys))
        elsewhere->info = ask_info(sys, elsewhere->socket, ANSWER_TIMEOUT_MS, NULL);
    elsewhere->is_kept = mw_memo_keep(sys, name, elsewhere, release_elsewhere);
    return elsewhere;
}

static void leave_elsewhere(struct elsewhere *elsewhere)
{
    if (!elsewhere->is_kept)
        release_elsewhere(elsewhere);
}

char *mw_docker_elsewhere(const struct mw_system *sys)
{
    struct elsewhere *elsewhere = find_elsewhere(sys);
    char *socket = elsewhere->info != NULL ? mw_xstrdup(elsewhere->socket) : NULL;
    leave_elsewhere(elsewhere);
    return socket;
}

void docker_hear_elsewhere(const struct mw_system *sys, const char *key, struct mw_hits *hits)
{
    struct elsewhere *elsewhere = find_elsewhere(sys);
    struct mw_value value = {0};
    for (size_t i = 0; elsewhere->info != NULL && i < hits->count; i++)
        hits->items[i].is_heard = false;
    if (elsewhere->info != NULL && find_live(elsewhere->info, key, &value)) {
        (void)MW_PUSH(hits->items, hits->count);
        memmove(hits->items + 1, hits->items, (hits->count - 1) * sizeof *hits->items);
        hits->items[0] = (struct mw_hit){
            .value = value, .path = mw_xstrdup(elsewhere->socket), .is_heard = true};
    }
    leave_elsewhere(elsewhere);
}

void docker_shadow_elsewhere(const struct mw_system *sys, const struct mw_tool_setting *setting,
                             struct mw_shadows *shadows)
{
    struct elsewhere *elsewhere = find_elsewhere(sys);
    struct mw_strings used = {0}, other = {0};
    struct mw_value live = {0};
    size_t told = 0;
    if (elsewhere->info != NULL && setting->value->kind != MW_VALUE_ABSENT &&
        (compare(elsewhere->info, setting, 1, &used, &other, &told) > 0 || told == 0)) {
        (void)find_live(elsewhere->info, setting->key, &live);
        struct mw_hit place = {.path = mw_xstrdup(elsewhere->socket)};
        mw_shadows_add(shadows, false, &place,
                       mw_xasprintf(_("the engine that answers on %s, which does not run here"),
                                    elsewhere->socket),
                       mw_value_text(&live),
                       mw_xstrdup(_("Set it where that engine runs; Docker Desktop has it under "
                                    "Settings, Docker Engine.")));
    }
    mw_value_release(&live);
    mw_strings_release(&used);
    mw_strings_release(&other);
    leave_elsewhere(elsewhere);
}

/* Nothing runs here that would read the file. */
static void say_nobody_reads(const struct mw_system *sys, const char *path, struct mw_live *live)
{
    char *socket = mw_docker_elsewhere(sys);
    if (socket != NULL)
        say(live, MW_LIVE_UNVERIFIED,
            mw_xasprintf(_("the engine that answers on %s does not run here and does not read %s"),
                         socket, path));
    else
        say(live, MW_LIVE_NONE,
            mw_xasprintf(_("no running dockerd reads %s; it takes effect when dockerd starts"),
                         path));
    free(socket);
}

/* ---- which daemon, which settings
 * ----------------------------------------------------------------- */

static bool is_same_file(const struct mw_system *sys, const char *a, const char *b)
{
    struct stat one, two;
    if (strcmp(a, b) == 0)
        return true;
    return sys->ops->fstatat(AT_FDCWD, a, &one, 0) == 0 &&
           sys->ops->fstatat(AT_FDCWD, b, &two, 0) == 0 && one.st_dev == two.st_dev &&
           one.st_ino == two.st_ino;
}

static const struct docker_daemon *
find_reader(const struct mw_system *sys, const struct docker_daemons *daemons, const char *path)
{
    for (size_t i = 0; i < daemons->count; i++) {
        if (daemons->items[i].config != NULL && is_same_file(sys, daemons->items[i].config, path))
            return &daemons->items[i];
    }
    return NULL;
}

/* After an undo nobody says what is wanted: what the file says. A list that it lacks should be
 * empty, unless a flag gives it. */
static size_t read_wanted(const struct mw_system *sys, const struct mw_tool *docker,
                          const struct mw_location *location, struct mw_value *values,
                          struct mw_tool_setting *settings)
{
    struct mw_buf text = {0};
    size_t count = 0;
    (void)mw_tools_read(sys, location->path, location->actor, &text);
    for (size_t i = 0; i < docker->key_count; i++) {
        const struct mw_tool_key *row = &docker->keys[i];
        struct mw_tool_setting setting = {.key = row->key, .value = &values[count]};
        struct mw_shadows flags = {0};
        if (row->is_only_read)
            continue;
        mw_tools_get(&mw_editor_json, &text, setting.key, &values[count]);
        mw_docker_shadows(sys, location, &text, &setting, &flags);
        if (values[count].kind == MW_VALUE_ABSENT && flags.count == 0 && row->clears_to_list)
            values[count].kind = MW_VALUE_LIST;
        settings[count++] = setting;
        mw_shadows_release(&flags);
    }
    mw_buf_release(&text);
    return count;
}

enum mw_code mw_docker_reload(const struct mw_system *sys, const struct mw_location *location,
                              const struct mw_tool_setting *settings, size_t count,
                              struct mw_live *live, struct mw_error *err)
{
    (void)err;
    struct docker_daemons daemons = {0};
    const struct mw_tool *docker = mw_tool_find("docker");
    say(live, MW_LIVE_NONE, NULL);
    if (sys->root[0] != '\0')
        return MW_OK;

    struct mw_value *values = mw_xcalloc(docker->key_count, sizeof *values);
    struct mw_tool_setting *own = mw_xcalloc(docker->key_count, sizeof *own);
    docker_daemons_find(sys, &daemons);
    const struct docker_daemon *daemon = find_reader(sys, &daemons, location->path);
    if (daemon == NULL) {
        say_nobody_reads(sys, location->path, live);
    } else {
        if (count == 0) {
            count = read_wanted(sys, docker, location, values, own);
            settings = own;
        }
        char *socket = docker_daemon_socket(sys, daemon);
        struct reload reload = {
            .sys = sys, .daemon = daemon, .socket = socket, .settings = settings, .count = count};
        run_reload(&reload, live);
        free(socket);
    }
    for (size_t i = 0; i < docker->key_count; i++)
        mw_value_release(&values[i]);
    free(values);
    free(own);
    docker_daemons_release(&daemons);
    return MW_OK;
}

enum mw_code mw_docker_ask(const struct mw_system *sys, const struct mw_location *location,
                           const char *key, struct mw_value *value, struct mw_error *err)
{
    struct docker_daemons daemons = {0};
    struct mw_value found = {0};
    docker_daemons_find(sys, &daemons);
    const struct docker_daemon *daemon = find_reader(sys, &daemons, location->path);
    char *socket = daemon == NULL ? NULL : docker_daemon_socket(sys, daemon);
    if (daemon == NULL)
        socket = mw_docker_elsewhere(sys);
    cJSON *info = socket == NULL ? NULL : ask_info(sys, socket, ANSWER_TIMEOUT_MS, NULL);
    enum mw_code code = MW_OK;
    if (info == NULL)
        code = mw_fail(err, MW_FAILURE, 0, "ask", _("no running dockerd can be asked"));
    else if (!find_live(info, key, &found))
        code = mw_fail(err, MW_FAILURE, 0, "ask", _("dockerd does not tell its %s"), key);
    if (code == MW_OK) {
        mw_value_release(value);
        *value = found;
        found = (struct mw_value){0};
    }
    mw_value_release(&found);
    cJSON_Delete(info);
    free(socket);
    docker_daemons_release(&daemons);
    return code;
}
