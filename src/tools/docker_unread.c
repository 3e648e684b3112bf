/* Where people set Docker's options and dockerd does not look. */
#include <stdlib.h>
#include <string.h>

#include "docker_parts.h"
#include "internal.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

/* "DOCKER_OPTS=...": true and its length for the names that init scripts and units of Debian,
 * Alpine and the Red Hat family hand to dockerd. */
static bool is_options(const char *word, size_t *len)
{
    static const char *const names[] = {"DOCKER_OPTS", "OPTIONS", "DOCKER_NETWORK_OPTIONS",
                                        "DOCKER_STORAGE_OPTIONS"};
    *len = strcspn(word, "=");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strlen(names[i]) == *len && strncmp(word, names[i], *len) == 0)
            return word[*len] == '=' && word[*len + 1] != '\0';
    }
    return false;
}

static void add(struct mw_hits *hits, const char *path, size_t line, char *take_variable)
{
    *MW_PUSH(hits->items, hits->count) =
        (struct mw_hit){.path = mw_xstrdup(path), .line = line, .variable = take_variable};
}

/* The words of a variable that is used carry its place. */
static void look_at_file(const struct mw_system *sys, const char *path,
                         const struct docker_command *command, struct mw_hits *hits)
{
    MW_AUTO(docker_command) assignments = {0};
    docker_assignments(sys, path, &assignments);
    for (size_t i = 0; i < assignments.words.count; i++) {
        const char *place = assignments.places.items[i];
        size_t len = 0;
        if (is_options(assignments.words.items[i], &len) &&
            !mw_strings_has(&command->places, place))
            add(hits, path, strtoul(strrchr(place, ':') + 1, NULL, 10),
                mw_xstrndup(assignments.words.items[i], len));
    }
}

/* Docker Desktop for Linux keeps its socket and settings there, and hands its engine the file. */
static bool has_desktop(const struct mw_system *sys)
{
    MW_FREE char *folder = mw_xasprintf("%s/.docker/desktop", sys->home);
    return mw_path_exists(sys, folder);
}

void mw_docker_unread(const struct mw_system *sys, struct mw_hits *hits)
{
    static const char *const files[] = {"/etc/default/docker", "/etc/sysconfig/docker",
                                        "/etc/conf.d/docker"};
    MW_AUTO(mw_held) held = {0};
    MW_AUTO(mw_location) ours = {0};
    const struct docker_command *command = docker_configured(sys, false, &held);
    for (size_t i = 0; command->words.count > 0 && i < sizeof files / sizeof *files; i++) {
        MW_FREE char *path = mw_system_path(sys, files[i]);
        look_at_file(sys, path, command, hits);
    }

    MW_FREE char *path =
        sys->home != NULL ? mw_xasprintf("%s/.docker/daemon.json", sys->home) : NULL;
    bool is_ours = path != NULL && mw_docker_locate(sys, MW_SCOPE_USER, &ours, NULL) == MW_OK &&
                   strcmp(ours.path, path) == 0;
    if (path != NULL && mw_path_exists(sys, path) && !is_ours && !has_desktop(sys))
        add(hits, path, 0, NULL);
}
