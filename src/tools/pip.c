/* pip: what it says itself. Which of its files wins is said by the words of assets/tools/pip.json
 * (pip's configuration.py, utils/appdirs.py, cli/parser.py _get_ordered_configuration_items). */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

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
static char *find_answer(const char *output, const char *key)
{
    MW_FREE char *wanted = mw_xasprintf("%s=", key);
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
        const struct mw_tool *tool = mw_tool_find("pip");
        const struct mw_tool_key *row = mw_tool_key(tool, key);
        MW_AUTO(mw_strings) keys = {0};
        MW_FREE char *answer = NULL;
        mw_section_keys(tool, row, key, &keys);
        for (size_t i = 0; answer == NULL && i < keys.count; i++)
            answer = find_answer(mw_buf_text(&output), keys.items[i]);
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
