/* What is asked beside the resolver: code of "hooks", by the name that a tool's file gives it,
 * places that nobody reads, the tool itself. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

static const struct mw_hook hooks[] = {
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

bool mw_tool_reloads(const struct mw_tool *tool)
{
    return tool->code != NULL && tool->code->reload != NULL;
}

bool mw_tool_restarts(const struct mw_system *sys, const struct mw_tool *tool,
                      const struct mw_location *location)
{
    return tool->code != NULL && tool->code->restarts != NULL &&
           tool->code->restarts(sys, location);
}

enum mw_code mw_tool_reload(const struct mw_system *sys, const struct mw_tool *tool,
                            const struct mw_location *location,
                            const struct mw_tool_setting *settings, size_t count,
                            struct mw_live *live, struct mw_error *err)
{
    if (!mw_tool_reloads(tool)) {
        *live = (struct mw_live){.state = MW_LIVE_NONE};
        return MW_OK;
    }
    return tool->code->reload(sys, location, settings, count, live, err);
}

char *mw_tool_elsewhere(const struct mw_system *sys, const struct mw_tool *tool)
{
    return tool->code != NULL && tool->code->elsewhere != NULL ? tool->code->elsewhere(sys) : NULL;
}

bool mw_tool_unflag(const struct mw_system *sys, const struct mw_tool *tool,
                    const struct mw_location *location, const char *key,
                    struct mw_rewrites *rewrites)
{
    const struct mw_tool_key *row = mw_tool_key(tool, key);
    return row != NULL && row->flag != NULL && tool->code != NULL && tool->code->unflag != NULL &&
           tool->code->unflag(sys, tool, location, row, rewrites);
}

/* Is it there, none that stands for it, and not the file that a variable or a flag names? */
static bool is_unread(const struct mw_system *sys, const struct mw_tool *tool, const char *path,
                      const char *unless)
{
    MW_AUTO(mw_location) ours = {0};
    MW_FREE char *other =
        unless[0] != '\0' ? mw_tools_expand_path(sys, tool, MW_SCOPE_USER, unless) : NULL;
    return mw_path_exists(sys, path) && (other == NULL || !mw_path_exists(sys, other)) &&
           (mw_locate(sys, tool, MW_SCOPE_USER, NULL, &ours, NULL) != MW_OK ||
            strcmp(ours.path, path) != 0);
}

void mw_tool_unread(const struct mw_system *sys, const struct mw_tool *tool, struct mw_hits *hits)
{
    for (size_t i = 0; i < tool->unread.count; i++) {
        const char *place = tool->unread.items[i].name, *what = tool->unread.items[i].value;
        bool is_file = what[0] == '\0' || strchr(what, '/') != NULL;
        MW_FREE char *path = mw_tools_expand_path(sys, tool, MW_SCOPE_USER, place);
        if (path != NULL && is_file && is_unread(sys, tool, path, what)) {
            struct mw_hit *hit = MW_PUSH(hits->items, hits->count);
            hit->path = mw_xstrdup(path);
            if (place[0] != '/')
                hit->actor = sys->user;
        } else if (path != NULL && !is_file && tool->code != NULL && tool->code->unread != NULL) {
            tool->code->unread(sys, path, what, hits);
        }
    }
}

/* ---- asking the tool itself ------------------------------------------------------------------ */

/* Owned: the value of a line NAME=VALUE, which may be quoted as a string of Python ("pip config
 * list"); NULL if there is no such line or it says nothing. */
static char *find_answer(const char *listing, const char *key)
{
    MW_FREE char *all = mw_xasprintf("\n%s", listing), *begin = mw_xasprintf("\n%s=", key);
    MW_AUTO(mw_buf) value = {0};
    const char *at = strstr(all, begin);
    if (at == NULL)
        return NULL;
    at += strlen(begin);
    const char quote = *at == '\'' || *at == '"' ? *at : '\n';
    for (at += quote != '\n'; *at != '\0' && *at != quote && *at != '\n'; at++) {
        bool is_escaped = quote != '\n' && *at == '\\' && at[1] != '\0';
        at += is_escaped;
        bool is_blank = is_escaped && strchr("ntr", *at) != NULL;
        mw_buf_putc(&value, !is_blank ? *at : *at == 'n' ? '\n' : *at == 't' ? '\t' : '\r');
    }
    return value.len > 0 ? mw_buf_take(&value) : NULL;
}

/* A tool with sections lists all that it has, as its files are merged. */
static void take_listed(const struct mw_tool *tool, const char *key, const char *listing,
                        struct mw_value *value)
{
    const struct mw_tool_key *row = mw_tool_key(tool, key);
    MW_AUTO(mw_strings) keys = {0};
    MW_FREE char *answer = NULL;
    mw_section_keys(tool, row, key, &keys);
    for (size_t i = 0; answer == NULL && i < keys.count; i++)
        answer = find_answer(listing, keys.items[i]);
    mw_value_release(value);
    if (answer == NULL)
        return;
    mw_value_set_string(value, answer);
    if (row != NULL)
        mw_section_words(row, value);
}

enum mw_code mw_tool_ask(const struct mw_system *sys, const struct mw_tool *tool,
                         const struct mw_location *location, const char *key,
                         struct mw_value *value, struct mw_error *err)
{
    const struct mw_strings *words = &tool->ask_words;
    bool is_general = tool->section != NULL;
    if (tool->code != NULL && tool->code->ask != NULL)
        return tool->code->ask(sys, location, key, value, err);
    for (size_t i = 0; i < words->count; i++)
        is_general = is_general || strstr(words->items[i], "{key}") != NULL;
    if (words->count == 0 || (!is_general && strcmp(key, tool->mirror_key) != 0))
        return mw_fail(err, MW_FAILURE, 0, "ask", _("%s cannot be asked"), mw_tool_title(tool));
    MW_FREE char *program = NULL;
    MW_AUTO(mw_buf) output = {0};
    (void)mw_tool_installed(sys, tool, &program);
    enum mw_code code =
        mw_tools_run(sys, words, program != NULL ? program : tool->programs.items[0], key,
                     MW_RUN_TIMEOUT_MS, &output, err);
    const char *text = mw_buf_text(&output);
    if (code == MW_OK && tool->section != NULL) {
        take_listed(tool, key, text, value);
    } else if (code == MW_OK) {
        MW_FREE char *line = mw_xstrndup(text, strcspn(text, "\r\n"));
        mw_value_set_string(value, line);
    }
    return code;
}
