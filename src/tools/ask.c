/* What is asked beside the resolver: code of "hooks", places that nobody reads, the tool itself. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

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

static const char hole[] = "{key}";

enum mw_code mw_tool_ask(const struct mw_system *sys, const struct mw_tool *tool,
                         const struct mw_location *location, const char *key,
                         struct mw_value *value, struct mw_error *err)
{
    if (tool->code != NULL && tool->code->ask != NULL)
        return tool->code->ask(sys, location, key, value, err);
    bool is_general = false;
    for (size_t i = 0; i < tool->ask_words.count; i++)
        is_general = is_general || strstr(tool->ask_words.items[i], hole) != NULL;
    if (tool->ask_words.count == 0 || (!is_general && strcmp(key, tool->mirror_key) != 0))
        return mw_fail(err, MW_FAILURE, 0, "ask", _("%s cannot be asked"), mw_tool_title(tool));
    const char *argv[16] = {NULL};
    MW_AUTO(mw_strings) words = {0};
    MW_AUTO(mw_buf) output = {0};
    for (size_t i = 0; i < tool->ask_words.count && i + 1 < sizeof argv / sizeof *argv; i++)
        mw_strings_take(&words, mw_text_replace(tool->ask_words.items[i], hole, key));
    for (size_t i = 0; i < words.count; i++)
        argv[i] = words.items[i];
    enum mw_code code = mw_tools_run(sys, argv, &output, err);
    if (code == MW_OK) {
        const char *text = mw_buf_text(&output);
        size_t len = strcspn(text, "\r\n");
        MW_FREE char *line = mw_xstrndup(text, len);
        mw_value_set_string(value, line);
    }
    return code;
}
