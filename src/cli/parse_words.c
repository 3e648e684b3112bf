/* Options that say something about tools must agree with each other. */
#include "parse.h"

#include <string.h>

#include "mirrorwise/builtin.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/tool.h"

static bool is_in(const struct mw_session_options *session, const char *tool)
{
    return (session->only.count == 0 || mw_strings_has(&session->only, tool)) &&
           !mw_strings_has(&session->skip, tool);
}

/* The value stays out of the sentence: it may be a secret. */
static enum mw_code check_kept(const struct mw_session_options *session, const char *option,
                               const char *text, char end, struct mw_error *err)
{
    MW_FREE char *tool = mw_xstrndup(text, strcspn(text, (const char[]){end, '=', '\0'}));
    MW_FREE char *name = mw_xstrndup(text, strcspn(text, "="));
    enum mw_code code = MW_OK;
    if (mw_tool_exists(tool) && !is_in(session, tool))
        code =
            mw_fail(err, MW_USAGE, 0, "options",
                    _("--%s %s: --only or --skip leaves %s out of this run"), option, name, tool);
    return code;
}

enum mw_code mw_cli_check_tools(const struct mw_session_options *session, struct mw_error *err)
{
    bool is_any_left = false;
    size_t count = mw_tool_count();
    for (size_t i = 0; i < count; i++)
        is_any_left = is_any_left || is_in(session, mw_tool_id(i));
    if (!is_any_left)
        return mw_fail(err, MW_USAGE, 0, "options", _("--only and --skip leave no tool"));
    enum mw_code code = MW_OK;
    for (size_t i = 0; code == MW_OK && i < session->sets.count; i++)
        code = check_kept(session, "set", session->sets.items[i], '.', err);
    for (size_t i = 0; code == MW_OK && i < session->mirrors.count; i++)
        code = check_kept(session, "mirror", session->mirrors.items[i], '=', err);
    return code;
}

bool mw_cli_is_profile(const char *text)
{
    MW_FREE char *path = mw_xasprintf("profiles/%s.ini", text);
    bool is_found = false;
    for (const struct mw_builtin *file = mw_builtin_files; file->path != NULL && !is_found; file++)
        is_found = strcmp(file->path, path) == 0;
    return is_found;
}
