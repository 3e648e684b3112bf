/* Types of values, and the named grammars of those whose grammar is the point. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "mirrorwise/url.h"
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
    [MW_TYPE_ANY] = "any",
    NULL,
};

bool mw_type_is_list(enum mw_type type)
{
    return type == MW_TYPE_URL_LIST || type == MW_TYPE_LIST || type == MW_TYPE_HOST_LIST ||
           type == MW_TYPE_GLOB_LIST;
}

static mw_grammar check_pair, check_ip, check_prefix, check_bytes, check_url, check_number,
    check_index, check_proxy, check_yarn_truth, check_duration;

/* What every value of a type must be where its key names no grammar of its own. */
static mw_grammar *const type_checks[] = {
    [MW_TYPE_URL] = check_url,          [MW_TYPE_URL_LIST] = check_url,
    [MW_TYPE_BOOL] = mw_pip_check_bool, [MW_TYPE_NUMBER] = check_number,
    [MW_TYPE_SECONDS] = check_number,   [MW_TYPE_ANY] = NULL,
};

static char *meant_address(const char *text), *meant_proxy(const char *text),
    *meant_index(const char *text);

static const struct {
    const char *name;
    mw_grammar *check;
    char *(*meant)(const char *text); /* owned: what a refused text stands for; NULL: unknown */
} grammars[] = {
    {"goproxy", mw_go_check_proxy, NULL},
    {"gosumdb", mw_go_check_sumdb, NULL},
    {"module-patterns", mw_go_check_globs, mw_go_meant_globs},
    {"goflags", mw_go_check_flags, NULL},
    {"gotoolchain", mw_go_check_toolchain, NULL},
    {"govcs", mw_go_check_vcs, NULL},
    {"goauth", mw_go_check_auth, NULL},
    {"go-folder", mw_go_check_folder, NULL},
    {"go-folders", mw_go_check_folders, NULL},
    {"go-cache", mw_go_check_cache, NULL},
    {"go-work", mw_go_check_work, NULL},
    {"go-command", mw_go_check_command, NULL},
    {"go-words", mw_go_check_words, NULL},
    {"go-arm64", mw_go_check_arm64, NULL},
    {"go-wasm", mw_go_check_wasm, NULL},
    {"go-fips140", mw_go_check_fips140, NULL},
    {"go-experiment", mw_go_check_experiment, NULL},
    {"python-bool", mw_pip_check_bool, NULL},
    {"python-index", mw_pip_check_index, meant_address},
    {"pip-links", mw_pip_check_links, NULL},
    {"pip-host", mw_pip_check_host, NULL},
    {"pip-timeout", mw_pip_check_timeout, NULL},
    {"pip-retries", mw_pip_check_retries, NULL},
    {"pip-proxy", mw_pip_check_proxy, NULL},
    {"python-count", mw_pip_check_count, NULL},
    {"python-version", mw_pip_check_version, NULL},
    {"yarn-bool", check_yarn_truth, NULL},
    {"duration", check_duration, NULL},
    {"index-address", check_index, meant_index},
    {"proxy-or-none", check_proxy, meant_proxy},
    {"pair", check_pair, NULL},
    {"ip", check_ip, NULL},
    {"ip-prefix", check_prefix, NULL},
    {"bytes", check_bytes, NULL},
    {"log-level", mw_docker_check_level, NULL},
    {"docker-mirror", mw_docker_check_mirror, meant_address},
    {"docker-insecure", mw_docker_check_insecure, NULL},
    {"docker-bool", mw_docker_check_bool, NULL},
    {"docker-count", mw_docker_check_count, NULL},
    {"docker-positive", mw_docker_check_positive, NULL},
    {"docker-timeout", mw_docker_check_timeout, NULL},
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

/* ---- grammars of no tool's own --------------------------------------------------------------- */

static enum mw_code check_pair(const struct mw_system *sys, const char *text, struct mw_error *err)
{
    (void)sys;
    const char *equals = strchr(text, '=');
    if (equals != NULL && equals != text)
        return MW_OK;
    return mw_tools_refuse(err, text, _("it must be NAME=VALUE"));
}

static bool is_address(const char *text)
{
    unsigned char binary[sizeof(struct in6_addr)];
    return inet_pton(strchr(text, ':') != NULL ? AF_INET6 : AF_INET, text, binary) == 1;
}

static enum mw_code check_ip(const struct mw_system *sys, const char *text, struct mw_error *err)
{
    (void)sys;
    return is_address(text) ? MW_OK : mw_tools_refuse(err, text, _("it must be an IP address"));
}

static enum mw_code check_prefix(const struct mw_system *sys, const char *text,
                                 struct mw_error *err)
{
    (void)sys;
    const char *slash = strchr(text, '/');
    char *address = mw_xstrndup(text, strcspn(text, "/"));
    unsigned long most = strchr(text, ':') != NULL ? 128 : 32;
    bool is_right = slash != NULL && mw_tools_is_number(slash + 1, 3) &&
                    strtoul(slash + 1, NULL, 10) <= most && is_address(address);
    free(address);
    return is_right ? MW_OK
                    : mw_tools_refuse(err, text,
                                      _("it must be an IP address with the length of its prefix, "
                                        "such as 172.17.0.1/16"));
}

/* docker/go-units RAMInBytes(): "64M", "1.5 GiB". */
static enum mw_code check_bytes(const struct mw_system *sys, const char *text, struct mw_error *err)
{
    (void)sys;
    const char *rest = text + strspn(text, "0123456789");
    bool has_digits = rest != text;
    rest += *rest == '.' ? 1 + strspn(rest + 1, "0123456789") : 0;
    rest += *rest == ' ';
    rest += *rest != '\0' && strchr("kKmMgGtTpP", *rest) != NULL;
    rest += *rest == 'i';
    rest += *rest == 'b' || *rest == 'B';
    return has_digits && *rest == '\0'
               ? MW_OK
               : mw_tools_refuse(err, text, _("it must be a size such as 64M"));
}

static enum mw_code check_url(const struct mw_system *sys, const char *text, struct mw_error *err)
{
    (void)sys;
    struct mw_url url;
    const char *reason = NULL;
    size_t before = strcspn(text, ",;");
    if (text[before] != '\0' && strstr(text + before, "://") != NULL)
        return mw_tools_refuse(err, text, _("these are two addresses where one belongs"));
    return mw_url_parse(text, &url, &reason) ? MW_OK : mw_tools_refuse(err, text, reason);
}

static enum mw_code check_number(const struct mw_system *sys, const char *text,
                                 struct mw_error *err)
{
    (void)sys;
    const char *digits = text + (text[0] == '-');
    size_t len = strspn(digits, "0123456789");
    size_t fraction = digits[len] == '.' ? 1 + strspn(digits + len + 1, "0123456789") : 0;
    if (len > 0 && fraction != 1 && digits[len + fraction] == '\0')
        return MW_OK;
    return mw_tools_refuse(err, text, _("it must be a number"));
}

/* parseBoolean() of Yarn stops at anything else. */
static enum mw_code check_yarn_truth(const struct mw_system *sys, const char *text,
                                     struct mw_error *err)
{
    (void)sys;
    static const char *const words[] = {"true", "false", "1", "0"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(text, words[i]) == 0)
            return MW_OK;
    }
    return mw_tools_refuse(err, text, _("it must be true or false"));
}

/* Yarn: milliseconds, or a number with its unit. */
static enum mw_code check_duration(const struct mw_system *sys, const char *text,
                                   struct mw_error *err)
{
    static const char *const units[] = {"ms", "s", "m", "h", "d", "w"};
    size_t digits = strspn(text, "0123456789.");
    for (size_t i = 0; digits > 0 && i < sizeof units / sizeof *units; i++) {
        if (strcmp(text + digits, units[i]) == 0)
            return MW_OK;
    }
    return check_number(sys, text, err);
}

/* Of Cargo: "sparse+https://…", or the address of a git repository. */
static enum mw_code check_index(const struct mw_system *sys, const char *text, struct mw_error *err)
{
    bool is_sparse = mw_text_starts(text, "sparse+");
    if (is_sparse && text[strlen(text) - 1] != '/')
        return mw_tools_refuse(err, text, _("the address of a sparse index ends in '/'"));
    return check_url(sys, is_sparse ? text + strlen("sparse+") : text, err);
}

/* npm's words for no proxy are what "npm config set proxy null" writes. */
static enum mw_code check_proxy(const struct mw_system *sys, const char *text, struct mw_error *err)
{
    bool is_none = strcmp(text, "null") == 0 || strcmp(text, "false") == 0;
    return is_none ? MW_OK : check_url(sys, text, err);
}

/* A host where an address belongs. */
static char *meant_host(const char *text, const char *scheme)
{
    bool is_host = strstr(text, "://") == NULL && strchr(text, '.') != NULL && text[0] != '/' &&
                   text[0] != '.' && text[0] != '~';
    return is_host ? mw_xasprintf("%s%s", scheme, text) : NULL;
}

static char *meant_address(const char *text)
{
    size_t len = strlen(text);
    mw_text_trim(&text, &len);
    char *trimmed = mw_xstrndup(text, len);
    char *whole = meant_host(trimmed, "https://");
    if (whole == NULL)
        return trimmed;
    free(trimmed);
    return whole;
}

static char *meant_proxy(const char *text)
{
    return meant_host(text, "http://");
}

static char *meant_index(const char *text)
{
    bool is_sparse = mw_text_starts(text, "sparse+") && text[strlen(text) - 1] != '/';
    return is_sparse ? mw_xasprintf("%s/", text) : meant_address(text);
}

char *mw_tool_meant(const struct mw_tool_key *row, const char *text)
{
    for (size_t i = 0; row->check != NULL && i < sizeof grammars / sizeof *grammars; i++) {
        if (grammars[i].check == row->check)
            return grammars[i].meant != NULL ? grammars[i].meant(text) : NULL;
    }
    return row->type == MW_TYPE_URL || row->type == MW_TYPE_URL_LIST ? meant_address(text) : NULL;
}

/* ---- one value ------------------------------------------------------------------------------- */

/* A choice of some versions is judged by the one that is installed. */
static enum mw_code check_range(const struct mw_system *sys, const struct mw_tool *tool,
                                const struct mw_tool_key *row, const char *item,
                                struct mw_error *err)
{
    const struct mw_choice_range *range = NULL;
    for (size_t i = 0; range == NULL && i < row->only_count; i++)
        range = strcmp(row->only[i].choice, item) == 0 ? &row->only[i] : NULL;
    char *version = range != NULL ? mw_tool_version(sys, tool) : NULL;
    enum mw_code code = MW_OK;
    if (range != NULL && !mw_version_within(version, range->since, range->until)) {
        char *reason =
            mw_xasprintf(_("%s %s does not know this value"), mw_tool_title(tool), version);
        code = mw_tools_refuse(err, item, reason);
        free(reason);
    }
    free(version);
    return code;
}

static enum mw_code check_choice(const struct mw_system *sys, const struct mw_tool *tool,
                                 const struct mw_tool_key *row, const char *item,
                                 struct mw_error *err)
{
    if (row->choices.count == 0)
        return MW_OK;
    if (mw_strings_has(&row->choices, item))
        return check_range(sys, tool, row, item, err);
    char *list = mw_strings_join(&row->choices, ", ");
    char *reason = mw_xasprintf(_("it must be one of %s"), list);
    mw_tools_refuse(err, item, reason);
    free(reason);
    free(list);
    return MW_BAD_PROFILE;
}

static mw_grammar *type_check(const struct mw_tool *tool, const struct mw_tool_key *row,
                              const char *item)
{
    /* What it comes to is known to the tool alone. */
    if (tool->expands && mw_tools_names_variable(item))
        return NULL;
    return row->type < sizeof type_checks / sizeof *type_checks ? type_checks[row->type] : NULL;
}

enum mw_code mw_types_check(const struct mw_system *sys, const struct mw_tool *tool,
                            const struct mw_tool_key *row, const char *item, struct mw_error *err)
{
    for (const char *p = item; *p != '\0'; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7F)
            return mw_tools_refuse(err, item, _("it holds a control character"));
    }
    if (!mw_utf8_valid(item, strlen(item)))
        return mw_tools_refuse(err, item, _("it is not UTF-8"));
    if (*item == '\0')
        return mw_fail(err, MW_BAD_PROFILE, 0, "validate", _("the value is empty"));
    enum mw_code code = check_choice(sys, tool, row, item, err);
    mw_grammar *check = row->check != NULL ? row->check : type_check(tool, row, item);
    return code == MW_OK && check != NULL ? check(sys, item, err) : code;
}

enum mw_code mw_type_check(const struct mw_tool_key *row, const char *item, struct mw_error *err)
{
    const char *reason = NULL;
    bool is_bool = strcmp(item, "true") == 0 || strcmp(item, "false") == 0;
    if (row->check != NULL || row->choices.count > 0)
        return MW_OK;
    if (row->type == MW_TYPE_BOOL && !is_bool)
        reason = _("it must be true or false");
    else if ((row->type == MW_TYPE_NUMBER || row->type == MW_TYPE_SECONDS) &&
             !mw_tools_is_number(item, 18))
        reason = _("it must be a whole number, 0 or more");
    return reason == NULL ? MW_OK : mw_tools_refuse(err, item, reason);
}

enum mw_code mw_tool_validate(const struct mw_system *sys, const struct mw_tool *tool,
                              const char *key, const struct mw_value *value, struct mw_error *err)
{
    const struct mw_tool_key *row = mw_tool_key(tool, key);
    if (row == NULL)
        return mw_fail(err, MW_BAD_PROFILE, 0, "validate", _("there is no such setting"));
    if (value->kind == MW_VALUE_ABSENT || row->type == MW_TYPE_ANY)
        return MW_OK;
    if (row->shape != MW_SHAPE_LIST && value->items.count != 1)
        return mw_fail(err, MW_BAD_PROFILE, 0, "validate", _("it takes one value, not a list"));
    if (value->items.count == 0 && !row->clears_to_list)
        return mw_fail(err, MW_BAD_PROFILE, 0, "validate", _("the list is empty"));
    for (size_t i = 0; i < value->items.count; i++) {
        const char *item = value->items.items[i];
        enum mw_code code = item[0] == '\0' && value->items.count > 1
                                ? mw_fail(err, MW_BAD_PROFILE, 0, "validate",
                                          _("entry %zu of the list is empty"), i + 1)
                                : mw_types_check(sys, tool, row, item, err);
        if (code != MW_OK)
            return code;
    }
    return MW_OK;
}
