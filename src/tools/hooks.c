/* Code for what data cannot say, by the name that a tool's file gives it. */
#include <string.h>

#include "internal.h"

static const struct mw_hook hooks[] = {
    {
        .name = "go",
        .facts = mw_go_facts,
        .fact_count = &mw_go_fact_count,
        .shadows = mw_go_shadows,
        .ask = mw_go_ask,
    },
    {
        .name = "pip",
        .ask = mw_pip_ask,
        .version = mw_pip_version,
    },
    {
        .name = "docker",
        .locate = mw_docker_locate,       /* the daemon that runs, or its unit, names the file */
        .shadows = mw_docker_shadows,     /* flags of that unit; an engine that answers for it */
        .reload = mw_docker_reload,       /* a signal, and a question over its socket */
        .restarts = mw_docker_restarts,   /* flags of the one that runs */
        .resolve = mw_docker_resolve,     /* as of shadows */
        .ask = mw_docker_ask,             /* GET /info */
        .elsewhere = mw_docker_elsewhere, /* whose socket answers here */
        .unflag = mw_docker_unflag,       /* of shadows, out of where they are written */
        .unread = mw_docker_unread,       /* variables that the unit does not hand on */
    },
    {
        .name = "maven",
        .shadows = mw_maven_shadows,
        .resolve = mw_maven_resolve,
    },
};

const struct mw_hook *mw_hook_find(const char *name)
{
    for (size_t i = 0; i < sizeof hooks / sizeof *hooks; i++) {
        if (strcmp(hooks[i].name, name) == 0)
            return &hooks[i];
    }
    return NULL;
}

void mw_hook_names(struct mw_strings *names)
{
    for (size_t i = 0; i < sizeof hooks / sizeof *hooks; i++)
        mw_strings_add(names, hooks[i].name);
}
