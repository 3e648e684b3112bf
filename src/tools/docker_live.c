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

#include "docker_parts.h"
#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

#define START_TIMEOUT_MS 3000L /* a dockerd that is starting holds the first question back */

/* A reload takes 10 to 50 ms; together these wait 3 s. */
static const long pauses_ms[] = {20, 30, 50, 100, 200, 300, 400, 600, 600, 700};

/* ---- the reload ------------------------------------------------------------------------------ */

struct reload {
    const struct mw_system *sys;
    const struct docker_daemon *daemon;
    const char *path, *socket; /* of its file; socket NULL: it has none */
    const struct mw_tool_setting *settings;
    size_t count;
};

static void say(struct mw_live *live, enum mw_live_state state, char *take_message)
{
    mw_live_release(live);
    live->state = state;
    live->message = take_message;
}

static void pause_ms(const struct mw_system *sys, long ms)
{
    struct timespec duration = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    (void)sys->ops->nanosleep(&duration);
}

/* One look at /info; true when no further look can help. */
static bool judge_info(const struct reload *reload, struct mw_live *live)
{
    long pid = (long)reload->daemon->pid;
    struct mw_error why = {0};
    MW_AUTO(mw_strings) used = {0}, other = {0};
    size_t told = 0;
    cJSON *info = docker_ask_info(reload->sys, reload->socket, ANSWER_TIMEOUT_MS, &why);
    if (info == NULL) {
        say(live, MW_LIVE_UNVERIFIED,
            mw_xasprintf(_("dockerd (pid %ld) was told to reload, but cannot be asked: %s"), pid,
                         why.message[0] != '\0' ? why.message : _("it gives no /info")));
        return false;
    }
    size_t differ = docker_compare(info, reload->settings, reload->count, &used, &other, &told);
    MW_FREE char *now = mw_strings_join(differ > 0 ? &other : &used, "; ");
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
    cJSON_Delete(info);
    return told == 0 || differ == 0;
}

/* Before dockerd has set its trap (it does so right before it serves), SIGHUP would end it. So one
 * that has a socket must have answered first. */
static bool is_ready(const struct reload *reload)
{
    if (reload->socket == NULL || !mw_path_exists(reload->sys, reload->socket))
        return true;
    cJSON *info = docker_ask_info(reload->sys, reload->socket, START_TIMEOUT_MS, NULL);
    bool answers = info != NULL;
    cJSON_Delete(info);
    return answers;
}

static void send_signal(const struct reload *reload, struct mw_live *live)
{
    long pid = (long)reload->daemon->pid;
    MW_FREE char *command =
        mw_system_service(reload->sys, reload->daemon->uid != 0, "reload", "docker");
    if (reload->sys->euid != 0 && reload->sys->euid != reload->daemon->uid) {
        errno = EPERM;
    } else if (!is_ready(reload)) {
        say(live, MW_LIVE_UNVERIFIED,
            mw_xasprintf(_("dockerd (pid %ld) does not answer on %s, so it was not told to reload; "
                           "when it does: %s"),
                         pid, reload->socket, command));
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
                         pid, command));
}

/* The first flag that it runs with and whose key the file has: such a file it refuses until it is
 * started without. NULL: none. */
static const char *refused_flag(const struct mw_system *sys, const struct docker_daemon *daemon,
                                const char *path)
{
    const struct mw_tool *docker = mw_tool_find("docker");
    MW_AUTO(mw_buf) text = {0};
    (void)mw_text_file_read(sys, path, &text);
    for (size_t i = 0; i < docker->key_count; i++) {
        MW_AUTO(docker_flag) flag = {0};
        MW_AUTO(mw_value) value = {0};
        const struct mw_tool_key *row = mw_tool_key_at(docker, i);
        if (row->flag == NULL)
            continue;
        docker_command_flag_of(&daemon->command, row, &flag);
        if (flag.values.count > 0)
            mw_tools_get(&mw_editor_json, &text, row->key, &value);
        if (value.kind != MW_VALUE_ABSENT)
            return row->flag;
    }
    return NULL;
}

static void run_reload(const struct reload *reload, struct mw_live *live)
{
    const char *flag = refused_flag(reload->sys, reload->daemon, reload->path);
    if (flag != NULL) {
        MW_FREE char *restart =
            mw_system_service(reload->sys, reload->daemon->uid != 0, "restart", "docker");
        say(live, MW_LIVE_UNVERIFIED,
            mw_xasprintf(_("dockerd (pid %ld) runs with --%s and reads the file when it is started "
                           "again: %s"),
                         (long)reload->daemon->pid, flag, restart));
        return;
    }
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
        done = judge_info(reload, live) || mw_system_stopped(reload->sys, NULL) != MW_OK;
    }
}

/* Nothing runs here that would read the file. */
static void say_nobody_reads(const struct mw_system *sys, const char *path, struct mw_live *live)
{
    MW_FREE char *socket = mw_docker_elsewhere(sys);
    if (socket != NULL)
        say(live, MW_LIVE_UNVERIFIED,
            mw_xasprintf(_("the engine that answers on %s does not run here and does not read %s"),
                         socket, path));
    else
        say(live, MW_LIVE_NONE,
            mw_xasprintf(_("no running dockerd reads %s; it takes effect when dockerd starts"),
                         path));
}

/* What starts dockerd has changed: systemd reads it again. A restart is the person's to time, for
 * containers may end with it. */
static void reload_units(const struct mw_system *sys, const char *path, struct mw_live *live)
{
    enum { TIMEOUT_MS = 10000 };
    MW_FREE char *config = mw_system_config_home(sys);
    bool is_users = config != NULL && mw_text_starts(path, config);
    bool is_unit = strstr(path, "/systemd/") != NULL &&
                   (is_users || mw_path_exists(sys, "/run/systemd/system"));
    MW_FREE char *program = is_unit ? mw_system_which(sys, "systemctl") : NULL;
    MW_FREE char *restart = mw_system_service(sys, is_users, "restart", "docker");
    const char *const argv[] = {program, is_users ? "--user" : "daemon-reload",
                                is_users ? "daemon-reload" : NULL, NULL};
    struct mw_actor actor = {0};
    int status = 0;
    if (is_users)
        actor = sys->user;
    if (!is_unit ||
        (program != NULL &&
         mw_child_run(sys, argv, actor, NULL, TIMEOUT_MS, NULL, NULL, &status, NULL) == MW_OK &&
         status == 0))
        say(live, MW_LIVE_NONE,
            mw_xasprintf(_("it takes effect when dockerd is started again: %s"), restart));
    else
        say(live, MW_LIVE_UNVERIFIED,
            mw_xasprintf(_("systemd could not be told that %s has changed; run: %s"), path,
                         is_users ? "systemctl --user daemon-reload"
                                  : "sudo systemctl daemon-reload"));
}

/* ---- which daemon, which settings ------------------------------------------------------------ */

static const struct docker_daemon *
find_reader(const struct mw_system *sys, const struct docker_daemons *daemons, const char *path)
{
    for (size_t i = 0; i < daemons->count; i++) {
        const char *config = daemons->items[i].config;
        if (config != NULL && (strcmp(config, path) == 0 || docker_is_same_file(sys, config, path)))
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
    MW_AUTO(mw_buf) text = {0};
    size_t count = 0;
    (void)mw_tools_read(sys, location->path, location->actor, &text);
    for (size_t i = 0; i < docker->key_count; i++) {
        const struct mw_tool_key *row = mw_tool_key_at(docker, i);
        struct mw_tool_setting setting = {.key = row->key, .value = &values[count]};
        MW_AUTO(mw_shadows) flags = {0};
        if (row->is_only_read)
            continue;
        mw_tools_get(&mw_editor_json, &text, setting.key, &values[count]);
        mw_docker_shadows(sys, location, &text, &setting, &flags);
        if (values[count].kind == MW_VALUE_ABSENT && flags.count == 0 && row->clears_to_list)
            values[count].kind = MW_VALUE_LIST;
        settings[count++] = setting;
    }
    return count;
}

enum mw_code mw_docker_reload(const struct mw_system *sys, const struct mw_location *location,
                              const struct mw_tool_setting *settings, size_t count,
                              struct mw_live *live, struct mw_error *err)
{
    (void)err;
    MW_AUTO(mw_held) held = {0};
    const struct mw_tool *docker = mw_tool_find("docker");
    say(live, MW_LIVE_NONE, NULL);
    if (sys->root[0] != '\0')
        return MW_OK;
    if (location->source != NULL && location->source->kind == MW_SOURCE_HOOK) {
        reload_units(sys, location->path, live);
        return MW_OK;
    }

    MW_FREE struct mw_value *values = mw_xcalloc(docker->key_count, sizeof *values);
    MW_FREE struct mw_tool_setting *own = mw_xcalloc(docker->key_count, sizeof *own);
    const struct docker_daemon *daemon =
        find_reader(sys, docker_daemons_find(sys, &held), location->path);
    if (daemon == NULL) {
        say_nobody_reads(sys, location->path, live);
    } else {
        if (count == 0) {
            count = read_wanted(sys, docker, location, values, own);
            settings = own;
        }
        MW_FREE char *socket = docker_daemon_socket(sys, daemon);
        struct reload reload = {.sys = sys,
                                .daemon = daemon,
                                .path = location->path,
                                .socket = socket,
                                .settings = settings,
                                .count = count};
        run_reload(&reload, live);
    }
    for (size_t i = 0; i < docker->key_count; i++)
        mw_value_release(&values[i]);
    return MW_OK;
}

bool mw_docker_restarts(const struct mw_system *sys, const struct mw_location *location)
{
    MW_AUTO(mw_held) held = {0};
    const struct docker_daemon *daemon =
        find_reader(sys, docker_daemons_find(sys, &held), location->path);
    return daemon != NULL && refused_flag(sys, daemon, location->path) != NULL;
}

enum mw_code mw_docker_ask(const struct mw_system *sys, const struct mw_location *location,
                           const char *key, struct mw_value *value, struct mw_error *err)
{
    MW_AUTO(mw_held) held = {0};
    MW_AUTO(mw_value) found = {0};
    const struct docker_daemon *daemon =
        find_reader(sys, docker_daemons_find(sys, &held), location->path);
    MW_FREE char *socket = daemon == NULL ? NULL : docker_daemon_socket(sys, daemon);
    if (daemon == NULL)
        socket = mw_docker_elsewhere(sys);
    cJSON *info = socket == NULL ? NULL : docker_ask_info(sys, socket, ANSWER_TIMEOUT_MS, NULL);
    enum mw_code code = MW_OK;
    if (info == NULL)
        code = mw_fail(err, MW_FAILURE, 0, "ask", _("no running dockerd can be asked"));
    else if (!docker_find_live(info, key, &found))
        code = mw_fail(err, MW_FAILURE, 0, "ask", _("dockerd does not tell its %s"), key);
    if (code == MW_OK) {
        mw_value_release(value);
        *value = found;
        found = (struct mw_value){0};
    }
    cJSON_Delete(info);
    return code;
}
