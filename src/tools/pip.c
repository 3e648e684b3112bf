/* pip: pip.conf. Which files there are and which of them wins is in pip_files.c. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "pip_files.h"

/* ---- where the file is ----------------------------------------------------------------------- */

enum mw_code mw_pip_locate(const struct mw_system *sys, enum mw_scope scope,
                           struct mw_location *location, struct mw_error *err)
{
    if (scope == MW_SCOPE_SYSTEM) {
        location->path = mw_system_path(sys, PIP_GLOBAL_FILE);
        location->actor = (struct mw_actor){0};
        return MW_OK;
    }
    char *path = pip_named_file(sys);
    if (path == NULL)
        path = mw_tools_config_file(sys, PIP_USER_FILE);
    if (path == NULL) {
        mw_fail(err, MW_USAGE, 0, "locate", _("cannot tell where pip.conf is: HOME is not set"));
        mw_error_hint(err, "%s", _("Set HOME, or use --scope system."));
        return MW_USAGE;
    }
    location->path = path;
    location->actor = sys->user;
    return MW_OK;
}

/* ---- asking pip ------------------------------------------------------------------------------ */

/* One line of `pip config list` is NAME=REPR, REPR being a Python string. */
static char *unquote(const char *repr, size_t len)
{
    MW_AUTO(mw_buf) text = {0};
    bool quoted = len >= 2 && (repr[0] == '\'' || repr[0] == '"') && repr[len - 1] == repr[0];
    size_t end = quoted ? len - 1 : len;
    for (size_t i = quoted ? 1 : 0; i < end; i++) {
        bool escaped = quoted && repr[i] == '\\' && i + 1 < end;
        char c = escaped ? repr[++i] : repr[i];
        if (escaped && (c == 'n' || c == 't' || c == 'r'))
            c = c == 'n' ? '\n' : c == 't' ? '\t' : '\r';
        mw_buf_putc(&text, c);
    }
    return mw_xstrdup(mw_buf_text(&text));
}

/* Owned, NULL if there is no such line or its value is empty. */
static char *find_answer(const char *output, const char *section, const char *option)
{
    MW_FREE char *wanted = mw_xasprintf("%s.%s=", section, option);
    char *found = NULL;
    for (const char *line = output; found == NULL && *line != '\0';) {
        size_t len = strcspn(line, "\n");
        if (mw_text_starts(line, wanted))
            found = unquote(line + strlen(wanted), len - strlen(wanted));
        line += len + (line[len] == '\n');
    }
    if (found != NULL && found[0] == '\0') {
        free(found);
        found = NULL;
    }
    return found;
}

enum mw_code mw_pip_ask(const struct mw_system *sys, const struct mw_location *location,
                        const char *key, struct mw_value *value, struct mw_error *err)
{
    (void)location;
    static const char *const python[] = {"python3", "-m", "pip", "config", "list", NULL};
    static const char *const pip[] = {"pip", "config", "list", NULL};
    MW_AUTO(mw_buf) output = {0};
    enum mw_code code = mw_tools_run(sys, python, &output, NULL);
    if (code != MW_OK)
        code = mw_tools_run(sys, pip, &output, err);
    if (code == MW_OK) {
        const char *dot = strchr(key, '.');
        MW_FREE char *section = mw_xstrndup(key, (size_t)(dot - key));
        const char *const order[] = {":env:", pip_command_of(section), section};
        const struct mw_tool_key *row = mw_tool_key(mw_tool_find("pip"), key);
        MW_FREE char *answer = NULL;
        for (size_t i = 0; answer == NULL && i < sizeof order / sizeof *order; i++)
            answer = find_answer(mw_buf_text(&output), order[i], dot + 1);
        if (answer == NULL) {
            mw_value_release(value);
        } else if (row != NULL && row->shape == MW_SHAPE_LIST) {
            mw_value_release(value);
            value->kind = MW_VALUE_LIST;
            mw_strings_split(&value->items, answer, " \t\r\n");
        } else {
            mw_value_set_string(value, answer);
        }
    }
    return code;
}
