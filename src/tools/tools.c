/* The table of tools. */
#include "mirrorwise/tool.h"

#include <string.h>
#include <strings.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"

static const char *const go_programs[] = {"go", NULL};
static const char *const pip_programs[] = {"pip3", "pip", NULL};
/* The client alone is no engine; but Docker Desktop on macOS brings nothing else. */
#if defined(__APPLE__)
static const char *const docker_programs[] = {"dockerd", "docker", NULL};
#else
static const char *const docker_programs[] = {"dockerd", NULL};
#endif

static const struct mw_tool tools[] = {
    {
        .id = "go",
        .title = N_("Go"),
        .programs = go_programs,
        .editor = &mw_editor_env,
        .keys = mw_go_keys,
        .key_count = MW_GO_KEYS,
        .mirror_key = "GOPROXY",
        .locate = mw_go_locate,
        .validate = mw_go_validate,
        .shadows = mw_go_shadows,
        .effective = mw_go_effective,
        .files = mw_go_files,
        .ask = mw_go_ask,
    },
    {
        .id = "pip",
        .title = N_("pip"),
        .programs = pip_programs,
        .editor = &mw_editor_ini,
        .keys = mw_pip_keys,
        .key_count = MW_PIP_KEYS,
        .mirror_key = "global.index-url",
        .section = "global",
        .canonical = mw_pip_canonical,
        .key_row = mw_pip_key_row,
        .locate = mw_pip_locate,
        .validate = mw_pip_validate,
        .shadows = mw_pip_shadows,
        .effective = mw_pip_effective,
        .files = mw_pip_files,
        .ask = mw_pip_ask,
    },
    {
        .id = "docker",
        .title = N_("Docker"),
        .programs = docker_programs,
        .editor = &mw_editor_json,
        .keys = mw_docker_keys,
        .key_count = MW_DOCKER_KEYS,
        .mirror_key = "registry-mirrors",
        .locate = mw_docker_locate,
        .validate = mw_docker_validate,
        .shadows = mw_docker_shadows,
        .reload = mw_docker_reload,
        .effective = mw_docker_effective,
        .files = mw_docker_files,
        .ask = mw_docker_ask,
    },
};

const struct mw_tool *mw_tools(size_t *count)
{
    *count = sizeof tools / sizeof *tools;
    return tools;
}

const struct mw_tool *mw_tool_find(const char *id)
{
    for (size_t i = 0; i < sizeof tools / sizeof *tools; i++) {
        if (strcmp(tools[i].id, id) == 0)
            return &tools[i];
    }
    return NULL;
}

const struct mw_tool_key *mw_tool_key(const struct mw_tool *tool, const char *key)
{
    if (tool->key_row != NULL)
        return tool->key_row(key);
    for (size_t i = 0; i < tool->key_count; i++) {
        if (strcmp(tool->keys[i].key, key) == 0)
            return &tool->keys[i];
    }
    return NULL;
}

char *mw_tool_canonical(const struct mw_tool *tool, const char *key)
{
    if (tool->canonical != NULL)
        return tool->canonical(key);
    for (size_t i = 0; i < tool->key_count; i++) {
        if (strcasecmp(tool->keys[i].key, key) == 0)
            return mw_xstrdup(tool->keys[i].key);
    }
    return NULL;
}

void mw_tool_key_names(const struct mw_tool *tool, struct mw_strings *names)
{
    for (size_t i = 0; i < tool->key_count; i++) {
        if (tool->section != NULL)
            mw_strings_take(names, mw_xasprintf("%s.%s", tool->section, tool->keys[i].key));
        else
            mw_strings_add(names, tool->keys[i].key);
    }
}

/* A user's PATH need not hold the directories of daemons (Debian's does not). */
static char *find_daemon(const struct mw_system *sys, const char *program)
{
    static const char *const directories[] = {"/usr/local/sbin", "/usr/sbin", "/sbin"};
    for (size_t i = 0; i < sizeof directories / sizeof *directories; i++) {
        char *below = mw_xasprintf("%s/%s", directories[i], program);
        char *path = mw_system_path(sys, below);
        free(below);
        if (mw_path_exists(sys, path))
            return path;
        free(path);
    }
    return NULL;
}

bool mw_tool_installed(const struct mw_system *sys, const struct mw_tool *tool, char **path)
{
    char *found = NULL;
    for (size_t i = 0; found == NULL && tool->programs[i] != NULL; i++)
        found = mw_system_which(sys, tool->programs[i]);
    for (size_t i = 0; found == NULL && tool->programs[i] != NULL; i++)
        found = find_daemon(sys, tool->programs[i]);
    bool installed = found != NULL;
    if (path != NULL)
        *path = found;
    else
        free(found);
    return installed;
}
