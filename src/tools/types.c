/* Types of values, and the named grammars of those whose grammar is the point. */
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "tool_read.h"

const char *const mw_type_words[] = {
    [MW_TYPE_TEXT] = "text",
    [MW_TYPE_URL] = "url",
    [MW_TYPE_URL_LIST] = "url-list",
    [MW_TYPE_LIST] = "list",
    [MW_TYPE_BOOL] = "bool",
    [MW_TYPE_NUMBER] = "number",
    [MW_TYPE_SECONDS] = "seconds",
    [MW_TYPE_PATH] = "path",
    [MW_TYPE_HOST_LIST] = "host-list",
    [MW_TYPE_GLOB_LIST] = "glob-list",
    [MW_TYPE_CHOICE] = "choice",
    [MW_TYPE_OBJECT] = "object",
    NULL,
};

const char *mw_type_word(enum mw_type type)
{
    return mw_type_words[type];
}

bool mw_type_is_list(enum mw_type type)
{
    return type == MW_TYPE_URL_LIST || type == MW_TYPE_LIST || type == MW_TYPE_HOST_LIST ||
           type == MW_TYPE_GLOB_LIST;
}

static const struct {
    const char *name;
    mw_grammar *check;
} grammars[] = {
    {"goproxy", mw_go_check_proxy},
    {"gosumdb", mw_go_check_sumdb},
    {"module-patterns", mw_go_check_globs},
    {"goflags", mw_go_check_flags},
    {"gotoolchain", mw_go_check_toolchain},
    {"go111module", mw_go_check_modules},
    {"govcs", mw_go_check_vcs},
    {"goauth", mw_go_check_auth},
    {"python-bool", mw_pip_check_bool},
    {"python-index", mw_pip_check_index},
    {"pip-links", mw_pip_check_links},
    {"pip-host", mw_pip_check_host},
    {"pip-timeout", mw_pip_check_timeout},
    {"pip-retries", mw_pip_check_retries},
    {"pip-proxy", mw_pip_check_proxy},
    {"pip-keyring", mw_pip_check_keyring},
    {"docker-mirror", mw_docker_check_mirror},
    {"docker-insecure", mw_docker_check_insecure},
    {"docker-bool", mw_docker_check_bool},
    {"docker-count", mw_docker_check_count},
    {"docker-positive", mw_docker_check_positive},
    {"docker-timeout", mw_docker_check_timeout},
};

mw_grammar *mw_grammar_find(const char *name)
{
    for (size_t i = 0; i < sizeof grammars / sizeof *grammars; i++) {
        if (strcmp(grammars[i].name, name) == 0)
            return grammars[i].check;
    }
    return NULL;
}

void mw_grammar_names(struct mw_strings *names)
{
    for (size_t i = 0; i < sizeof grammars / sizeof *grammars; i++)
        mw_strings_add(names, grammars[i].name);
}

/* ---- one value ------------------------------------------------------------------------------- */

static enum mw_code check_choice(const struct mw_tool_key *row, const char *item,
                                 struct mw_error *err)
{
    if (row->type != MW_TYPE_CHOICE || mw_strings_has(&row->choices, item))
        return MW_OK;
    char *list = mw_strings_join(&row->choices, ", ");
    char *reason = mw_xasprintf(_("it must be one of %s"), list);
    mw_tools_refuse(err, item, reason);
    free(reason);
    free(list);
    return MW_BAD_PROFILE;
}

static enum mw_code check_item(const struct mw_system *sys, const struct mw_tool_key *row,
                               const char *item, struct mw_error *err)
{
    for (const char *p = item; *p != '\0'; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7F)
            return mw_tools_refuse(err, item, _("it holds a control character"));
    }
    if (!mw_utf8_valid(item, strlen(item)))
        return mw_tools_refuse(err, item, _("it is not UTF-8"));
    if (*item == '\0')
        return mw_fail(err, MW_BAD_PROFILE, 0, "validate", _("the value is empty"));
    enum mw_code code = check_choice(row, item, err);
    return code == MW_OK && row->check != NULL ? row->check(sys, item, err) : code;
}

enum mw_code mw_tool_validate(const struct mw_system *sys, const struct mw_tool *tool,
                              const char *key, const struct mw_value *value, struct mw_error *err)
{
    const struct mw_tool_key *row = mw_tool_key(tool, key);
    if (row == NULL)
        return mw_fail(err, MW_BAD_PROFILE, 0, "validate", _("there is no such setting"));
    if (value->kind == MW_VALUE_ABSENT)
        return MW_OK;
    if (row->shape != MW_SHAPE_LIST && value->items.count != 1)
        return mw_fail(err, MW_BAD_PROFILE, 0, "validate", _("it takes one value, not a list"));
    if (value->items.count == 0 && !row->clears_to_list)
        return mw_fail(err, MW_BAD_PROFILE, 0, "validate", _("the list is empty"));
    for (size_t i = 0; i < value->items.count; i++) {
        enum mw_code code = check_item(sys, row, value->items.items[i], err);
        if (code != MW_OK)
            return code;
    }
    return MW_OK;
}
