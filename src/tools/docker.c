/* Docker: the engine's daemon.json (daemon/config/config.go, daemon/command/daemon_unix.go). */
#include <stdlib.h>
#include <string.h>

#include "docker_parts.h"
#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

/* ---- where the file is ----------------------------------------------------------------------- */

static bool exists(const struct mw_system *sys, char *take_path)
{
    bool found = take_path != NULL && mw_path_exists(sys, take_path);
    free(take_path);
    return found;
}

/* DOCKER_HOST=unix://... to a socket in the user's own runtime directory. */
static bool asks_own_socket(const struct mw_system *sys)
{
    const char *host = mw_system_user_env(sys, "DOCKER_HOST");
    MW_FREE char *runtime = docker_runtime_path(sys, "");
    return host != NULL && mw_text_starts(host, "unix://") &&
           mw_text_starts(host + strlen("unix://"), runtime);
}

/* Does this user run an engine of his own? */
static bool is_rootless(const struct mw_system *sys, const struct docker_daemons *daemons)
{
    if (sys->euid == 0 || sys->root[0] != '\0')
        return false;
    for (size_t i = 0; i < daemons->count; i++) {
        if (daemons->items[i].uid == sys->euid)
            return true;
    }
    return asks_own_socket(sys) ||
           exists(sys, mw_tools_config_file(sys, "systemd/user/docker.service")) ||
           exists(sys, docker_runtime_path(sys, "docker.sock"));
}

char *docker_default_file(const struct mw_system *sys, bool is_users)
{
    const struct mw_tool *docker = mw_tool_find("docker");
    enum mw_scope scope = is_users ? MW_SCOPE_USER : MW_SCOPE_SYSTEM;
    return mw_source_path(sys, docker, mw_tool_target(sys, docker, scope, NULL));
}

/* Owned: the file of the snap's engine, NULL if the snap does not start one. Where a distribution's
 * engine is set up too, that one is meant. */
static char *find_snap_file(const struct mw_system *sys)
{
    static const char *const units[] = {
        "/etc/systemd/system/docker.service", "/usr/lib/systemd/system/docker.service",
        "/lib/systemd/system/docker.service", "/usr/bin/dockerd", "/usr/sbin/dockerd"};
    bool is_snap =
        exists(sys, mw_system_path(sys, "/etc/systemd/system/snap.docker.dockerd.service")) &&
        exists(sys, mw_system_path(sys, "/var/snap/docker/current"));
    for (size_t i = 0; is_snap && i < sizeof units / sizeof *units; i++)
        is_snap = !exists(sys, mw_system_path(sys, units[i]));
    return is_snap ? mw_system_path(sys, "/var/snap/docker/current/config/daemon.json") : NULL;
}

/* Owned: the file of the daemon that runs, else of the one that would be started, else the
 * default. */
static char *find_file(const struct mw_system *sys, const struct docker_daemons *daemons,
                       bool rootless)
{
    MW_AUTO(mw_held) held = {0};
    MW_AUTO(docker_flag) flag = {0};
    char *path = NULL;
    for (size_t i = 0; path == NULL && i < daemons->count; i++) {
        const struct docker_daemon *daemon = &daemons->items[i];
        if (daemon->config != NULL && daemon->uid == (rootless ? sys->euid : 0))
            path = mw_xstrdup(daemon->config);
    }
    if (path == NULL) {
        docker_command_flag(docker_configured(sys, rootless, &held), "config-file", '\0', false,
                            &flag);
        const char *last = flag.values.count > 0 ? flag.values.items[flag.values.count - 1] : "";
        if (last[0] == '/')
            path = mw_system_path(sys, last);
        else if (rootless || (path = find_snap_file(sys)) == NULL)
            path = docker_default_file(sys, rootless);
    }
    return path;
}

enum mw_code mw_docker_locate(const struct mw_system *sys, enum mw_scope scope,
                              struct mw_location *location, struct mw_error *err)
{
    MW_AUTO(mw_held) held = {0};
    const struct docker_daemons *daemons = docker_daemons_find(sys, &held);
    bool is_users = scope == MW_SCOPE_USER && is_rootless(sys, daemons);
    char *path = find_file(sys, daemons, is_users);
    if (path == NULL)
        return mw_fail(err, MW_USAGE, 0, "locate",
                       _("cannot tell where your daemon.json is: HOME is not set to a full path"));
    location->path = path;
    location->actor = is_users ? sys->user : (struct mw_actor){0};
    return MW_OK;
}

/* ---- what forbids a key ---------------------------------------------------------------------- */

size_t docker_place_line(const char *place, size_t *len)
{
    const char *colon = strrchr(place, ':');
    *len = strlen(place);
    if (place[0] != '/' || colon == NULL || colon[1] == '\0' ||
        colon[1 + strspn(colon + 1, "0123456789")] != '\0')
        return 0;
    *len = (size_t)(colon - place);
    return strtoul(colon + 1, NULL, 10);
}

static bool add_flag(const struct mw_source *source, const struct docker_command *command,
                     const struct mw_tool_key *row, struct mw_hits *hits)
{
    MW_AUTO(docker_flag) flag = {0};
    size_t place_len = 0;
    docker_command_flag_of(command, row, &flag);
    if (flag.values.count == 0)
        return false;
    const char *place = flag.places.items[0];
    size_t line = docker_place_line(place, &place_len);
    struct mw_value value = {.kind = MW_VALUE_LIST, .items = flag.values};
    flag.values = (struct mw_strings){0};
    if (row->shape != MW_SHAPE_LIST && row->type != MW_TYPE_OBJECT) {
        mw_value_set_string(&value, value.items.items[value.items.count - 1]);
        value.kind = row->kind;
    }
    *MW_PUSH(hits->items, hits->count) = (struct mw_hit){
        .value = value,
        .source = source,
        .path = mw_xstrndup(place, place_len),
        .line = line,
        .flag = mw_xstrdup(row->flag),
    };
    return true;
}

bool docker_is_users_file(const struct mw_system *sys, const char *path)
{
    MW_FREE char *own = docker_default_file(sys, true);
    return own != NULL && strcmp(own, path) == 0;
}

/* A flag and a key that say the same, and dockerd does not start, even with equal values
 * (getConflictFreeConfiguration). */
void docker_add_flags(const struct mw_system *sys, const struct mw_tool *tool, const char *path,
                      const char *key, struct mw_hits *hits)
{
    const struct mw_tool_key *row = mw_tool_key(tool, key);
    const struct mw_source *source = NULL;
    for (size_t i = 0; i < tool->source_count; i++) {
        if (tool->sources[i].kind == MW_SOURCE_HOOK)
            source = &tool->sources[i];
    }
    if (row == NULL || row->flag == NULL || source == NULL)
        return;
    MW_AUTO(mw_held) held = {0}, held_daemons = {0};
    const struct docker_command *configured =
        docker_configured(sys, docker_is_users_file(sys, path), &held);
    bool found = add_flag(source, configured, row, hits);
    const struct docker_daemons *daemons = found ? NULL : docker_daemons_find(sys, &held_daemons);
    for (size_t i = 0; !found && i < daemons->count; i++) {
        const struct docker_daemon *daemon = &daemons->items[i];
        bool is_old = daemon->is_service && configured->words.count > 0;
        if (!is_old && daemon->config != NULL && strcmp(daemon->config, path) == 0)
            found = add_flag(source, &daemon->command, row, hits);
    }
}

void mw_docker_shadows(const struct mw_system *sys, const struct mw_location *location,
                       const struct mw_buf *text, const struct mw_tool_setting *setting,
                       struct mw_shadows *shadows)
{
    (void)text;
    MW_AUTO(mw_hits) flags = {0};
    docker_add_flags(sys, mw_tool_find("docker"), location->path, setting->key, &flags);
    for (size_t i = 0; i < flags.count; i++) {
        struct mw_hit place;
        mw_hit_copy_place(&place, &flags.items[i]);
        mw_shadows_add(shadows, MW_SHADOW_EXCLUDES, place,
                       mw_strings_join(&flags.items[i].value.items, ", "), NULL)
            ->is_fatal = setting->value->kind != MW_VALUE_ABSENT;
    }
    docker_shadow_elsewhere(sys, setting, shadows);
}

/* ---- daemon.json or a flag, never both ------------------------------------------------------- */

void mw_docker_resolve(const struct mw_system *sys, const struct mw_tool *tool, enum mw_scope scope,
                       const char *key, const struct mw_overlay *overlay, struct mw_hits *hits)
{
    MW_AUTO(mw_location) at = {0};
    if (mw_locate(sys, tool, scope, key, &at, NULL) != MW_OK)
        return;
    mw_hits_add_file(sys, tool, at.source, at.path, at.actor, overlay, key, hits);
    docker_add_flags(sys, tool, at.path, key, hits);
    docker_hear_elsewhere(sys, key, hits);
}
