/* Named grammars, of the values whose grammar is the point. */
#include <arpa/inet.h>
#include <regex.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "mirrorwise/url.h"
#include "tool_read.h"

static check_text_fn check_file, check_user, check_group;
static wrong_text_fn wrong_ip, wrong_prefix4, wrong_prefix6, wrong_pairs, wrong_search,
    wrong_web_url, wrong_index, wrong_proxy;
static char *meant_address(const char *text), *meant_proxy(const char *text),
    *meant_index(const char *text);

/* rustc -C help of 1.65 and 1.95, each with '-' or '_'. */
#define RUST_CODEGEN                                                                               \
    "ar|code[-_]model|codegen[-_]units|collapse[-_]macro[-_]debuginfo"                             \
    "|control[-_]flow[-_]guard|debug[-_]assertions|debuginfo"                                      \
    "|default[-_]linker[-_]libraries|dlltool|dwarf[-_]version|embed[-_]bitcode"                    \
    "|extra[-_]filename|force[-_]frame[-_]pointers|force[-_]unwind[-_]tables|help"                 \
    "|incremental|inline[-_]threshold|instrument[-_]coverage|jump[-_]tables"                       \
    "|link[-_]arg|link[-_]args|link[-_]dead[-_]code|link[-_]self[-_]contained"                     \
    "|linker|linker[-_]features|linker[-_]flavor|linker[-_]plugin[-_]lto"                          \
    "|llvm[-_]args|lto|metadata|no[-_]prepopulate[-_]passes|no[-_]redzone"                         \
    "|no[-_]stack[-_]check|no[-_]vectorize[-_]loops|no[-_]vectorize[-_]slp"                        \
    "|opt[-_]level|overflow[-_]checks|panic|passes|prefer[-_]dynamic"                              \
    "|profile[-_]generate|profile[-_]use|relocation[-_]model|relro[-_]level|remark"                \
    "|rpath|save[-_]temps|soft[-_]float|split[-_]debuginfo|strip"                                  \
    "|symbol[-_]mangling[-_]version|target[-_]cpu|target[-_]feature"                               \
    "|unsafe[-_]allow[-_]abi[-_]mismatch"
#define RUST_FLAG(between)                                                                         \
    "((-C[" between "]*|--codegen[=" between "][" between "]*)(" RUST_CODEGEN ")(=[^" between      \
    "]*)?|"                                                                                        \
    "-[LlZAWDFo][" between "]+[^" between "]+|-[LlZAWDFo][^ " between "][^" between "]*|"          \
    "-[gOvVh]+|"                                                                                   \
    "--[-a-z]+(=[^" between "]*|[" between "]+[^-" between "][^" between "]*)?)"
#define RUST_REASON                                                                                \
    N_("each word must be a flag of rustc such as -Ctarget-cpu=native, or belong to one")
/* Of pip: utils/misc.py strtobool(). */
#define PYTHON_NO "n|no|f|false|off|0"
#define PYTHON_YES "y|yes|t|true|on|1"

/* Those that need code, or that several tools name. JSON has no leading zeros. */
static const struct mw_grammar grammars[] = {
    {"goproxy", .check = mw_go_check_proxy},
    {"gosumdb", .check = mw_go_check_sumdb},
    {"module-patterns", .check = mw_go_check_patterns, .meant = mw_go_meant_patterns},
    {"goflags", .check = mw_go_check_flags},
    {"govcs", .check = mw_go_check_rules},
    {"goauth", .check = mw_go_check_auth},
    {"go-command", .check = mw_go_check_command},
    {"go-words", .wrong = mw_go_wrong_words},
    {"python-bool", .pattern = PYTHON_NO "|" PYTHON_YES, .any_case = true,
     .otherwise = N_("it must be true or false")},
    {"python-index", .check = mw_pip_check_index, .meant = meant_address},
    {"pip-links", .check = mw_pip_check_links},
    {"pip-host", .wrong = mw_pip_wrong_host},
    {"pip-timeout", .wrong = mw_pip_wrong_timeout},
    {"pip-proxy", .check = mw_pip_check_proxy},
    {"host", .pattern = "[^/]+", .otherwise = N_("it must be the name of a host alone")},
    /* Of Cargo: what libcurl takes (CURLOPT_PROXY). */
    {"curl-proxy",
     .pattern =
         "((https?|socks4a?|socks5h?)://)?([^@/ ]*@)?([^]:/@[ ]+|\\[[^] ]+\\])(:[0-9]{1,5})?/?",
     .any_case = true, .otherwise = N_("it must be an address such as http://proxy.example:8080"),
     .meant = meant_proxy},
    /* What a flag of rustc looks like: nothing but what belongs to the flag before it begins
     * without a '-', and none has a blank behind its letter. */
    {"rust-flags",
     .pattern = "[[:space:]]*" RUST_FLAG("[:space:]") "([[:space:]]+" RUST_FLAG(
         "[:space:]") ")*[[:space:]]*",
     .otherwise = RUST_REASON},
    {"rust-flag-list", .pattern = RUST_FLAG("\n") "(\n" RUST_FLAG("\n") ")*",
     .otherwise = RUST_REASON},
    {"index-address", .wrong = wrong_index, .meant = meant_index},
    {"web-url", .wrong = wrong_web_url, .meant = meant_address},
    {"proxy-or-none", .wrong = wrong_proxy, .meant = meant_proxy},
    {"pairs-agree", .wrong = wrong_pairs},
    {"ip", .wrong = wrong_ip},
    {"ip4-prefix", .wrong = wrong_prefix4},
    {"ip6-prefix", .wrong = wrong_prefix6},
    {"search-domain", .wrong = wrong_search},
    {"file", .check = check_file},
    {"user", .check = check_user},
    {"group", .check = check_group},
    {"bytes", .pattern = "[0-9]+(\\.[0-9]+)? ?([kKmMgGtTpP](i?[bB])?|[bB])?",
     .otherwise = N_("it must be a size such as 64M")},
    {"docker-mirror", .check = mw_docker_check_mirror, .meant = meant_address},
    {"docker-registry", .wrong = mw_docker_wrong_registry},
    {"docker-registry-url", .wrong = mw_docker_wrong_registry_url},
    {"integer", .pattern = "-?(0|[1-9][0-9]{0,17})", .otherwise = N_("it must be a whole number")},
    {"docker-resources", .wrong = mw_docker_wrong_resources},
    {"docker-bridge", .check = mw_docker_check_bridge},
    {"docker-pool", .wrong = mw_docker_wrong_pool},
};

static const struct mw_grammar *find_shared(const char *name)
{
    for (size_t i = 0; i < sizeof grammars / sizeof *grammars; i++) {
        if (strcmp(grammars[i].name, name) == 0)
            return &grammars[i];
    }
    return NULL;
}

const struct mw_grammar *mw_grammar_find(const struct mw_tool *tool, const char *name)
{
    const struct mw_grammar *shared = find_shared(name);
    return shared != NULL ? shared
                          : tool_find_part(&tool_grammar_kind, tool, &tool->grammars, name);
}

void mw_grammar_names(const struct mw_tool *tool, struct mw_strings *names)
{
    for (size_t i = 0; i < sizeof grammars / sizeof *grammars; i++)
        mw_strings_add(names, grammars[i].name);
    tool_part_names(tool, &tool->grammars, names);
}

bool mw_tools_is_pattern(const char *text)
{
    regex_t compiled;
    bool is_right = regcomp(&compiled, text, REG_EXTENDED | REG_NOSUB) == 0;
    if (is_right)
        regfree(&compiled);
    return is_right;
}

static const char pattern_rule[] = N_("an extended regular expression of regex(7)");

static enum mw_code check_never(const struct mw_json_tree *tree, struct mw_json_node node, void *at)
{
    const struct mw_pairs *never = at;
    for (size_t i = 0; i < never->count; i++) {
        if (!tree->is_built_in && !mw_tools_is_pattern(never->items[i].name))
            return mw_json_tree_refuse(tree, node.span.begin, _(pattern_rule),
                                       _("\"never\" has the pattern '%s'"), never->items[i].name);
    }
    return MW_OK;
}

#define OF_GRAMMAR(field) .offset = offsetof(struct mw_grammar, field)
static const struct mw_json_field grammar_fields[] = {
    {"matches", MW_JSON_WORD, OF_GRAMMAR(pattern), false, mw_tools_is_pattern, pattern_rule},
    {"otherwise", MW_JSON_WORD, OF_GRAMMAR(otherwise)},
    {"otherwise_zh", MW_JSON_WORD, OF_GRAMMAR(otherwise_zh)},
    {"never", MW_JSON_PAIRS, OF_GRAMMAR(never), .take = check_never},
    {"never_zh", MW_JSON_PAIRS, OF_GRAMMAR(never_zh)},
    {"any_case", MW_JSON_MARK, OF_GRAMMAR(any_case)},
    {"of_files", MW_JSON_MARK, OF_GRAMMAR(is_of_files)},
};

static enum mw_code check_grammar(const struct mw_json_tree *tree, struct mw_json_node node,
                                  const char *name, const void *part)
{
    const struct mw_grammar *own = part;
    bool is_whole = (own->pattern != NULL) == (own->otherwise != NULL) &&
                    (own->pattern != NULL || own->never.count > 0);
    if (!is_whole)
        return mw_json_tree_refuse(tree, node.span.begin, NULL, "%s",
                                   _("a grammar needs \"matches\" with \"otherwise\", "
                                     "\"never\", or both"));
    return find_shared(name) == NULL ? MW_OK
                                     : mw_json_tree_refuse(tree, node.span.begin, _("another name"),
                                                           _("the grammar '%s' is built in"), name);
}

const struct mw_part_kind tool_grammar_kind = {
    .name = "grammars",
    .what = N_("a grammar"),
    .fields = grammar_fields,
    .count = sizeof grammar_fields / sizeof *grammar_fields,
    .size = sizeof(struct mw_grammar),
    .check = check_grammar,
};

bool mw_tools_matches(const char *pattern, const char *text)
{
    regex_t compiled;
    if (regcomp(&compiled, pattern, REG_EXTENDED | REG_NOSUB) != 0)
        return false;
    bool is_match = regexec(&compiled, text, 0, NULL, 0) == 0;
    regfree(&compiled);
    return is_match;
}

/* Of "WORD|WORD|...": to compile a pattern takes a hundred times as long. */
static bool is_one_of(const char *words, const char *word)
{
    size_t len = strcspn(word, "|");
    for (const char *at = words; len > 0 && word[len] == '\0' && (at = strstr(at, word)) != NULL;
         at++) {
        if ((at == words || at[-1] == '|') && (at[len] == '|' || at[len] == '\0'))
            return true;
    }
    return false;
}

bool mw_tools_is_whole(const char *pattern, const char *text)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:/-_";
    if (text[strspn(text, plain)] == '\0' && is_one_of(pattern, text))
        return true;
    MW_FREE char *whole = mw_xasprintf("^(%s)$", pattern);
    return mw_tools_matches(whole, text);
}

bool mw_pip_parse_bool(const char *text, bool *value)
{
    MW_FREE char *word = mw_text_lower(text);
    *value = is_one_of(PYTHON_YES, word);
    return *value || is_one_of(PYTHON_NO, word);
}

static bool matches(const struct mw_grammar *grammar, const char *pattern, const char *text)
{
    MW_FREE char *lower = grammar->any_case ? mw_text_lower(text) : NULL;
    return mw_tools_is_whole(pattern, lower != NULL ? lower : text);
}

const char *mw_grammar_wrong(const struct mw_grammar *grammar, const char *text)
{
    if (grammar->wrong != NULL)
        return grammar->wrong(text);
    for (size_t i = 0; i < grammar->never.count; i++) {
        const struct mw_pair *never = &grammar->never.items[i];
        if (matches(grammar, never->name, text))
            return _(mw_tools_spoken(never->value, mw_pairs_find(&grammar->never_zh, never->name)));
    }
    return grammar->pattern == NULL || matches(grammar, grammar->pattern, text)
               ? NULL
               : _(mw_tools_spoken(grammar->otherwise, grammar->otherwise_zh));
}

enum mw_code mw_grammar_check(const struct mw_system *sys, const struct mw_grammar *grammar,
                              const char *text, struct mw_error *err)
{
    if (grammar->check != NULL)
        return grammar->check(sys, text, err);
    const char *reason = mw_grammar_wrong(grammar, text);
    return reason == NULL ? MW_OK : mw_tools_refuse(err, text, reason);
}

/* ---- grammars of no tool's own --------------------------------------------------------------- */

bool mw_tools_is_address(const char *text)
{
    unsigned char binary[sizeof(struct in6_addr)];
    return inet_pton(strchr(text, ':') != NULL ? AF_INET6 : AF_INET, text, binary) == 1;
}

static const char *wrong_ip(const char *text)
{
    return mw_tools_is_address(text) ? NULL : _("it must be an IP address");
}

bool mw_tools_is_prefix(const char *text)
{
    const char *slash = strchr(text, '/');
    MW_FREE char *address = mw_xstrndup(text, strcspn(text, "/"));
    unsigned long most = strchr(text, ':') != NULL ? 128 : 32;
    bool is_prefix = slash != NULL && mw_tools_is_number(slash + 1, 3) &&
                     strtoul(slash + 1, NULL, 10) <= most && mw_tools_is_address(address);
    return is_prefix;
}

static const char *wrong_prefix4(const char *text)
{
    return mw_tools_is_prefix(text) && strchr(text, ':') == NULL
               ? NULL
               : _("it must be an IPv4 address with the length of its prefix, such as "
                   "172.17.0.1/16");
}

static const char *wrong_prefix6(const char *text)
{
    return mw_tools_is_prefix(text) && strchr(text, ':') != NULL
               ? NULL
               : _("it must be an IPv6 address with the length of its prefix, such as fd00::/64");
}

/* Lines NAME=VALUE: no name has two values. */
static const char *wrong_pairs(const char *text)
{
    MW_AUTO(mw_strings) lines = {0};
    const char *reason = NULL;
    mw_strings_split(&lines, text, "\n");
    mw_strings_sort(&lines);
    for (size_t i = 1; reason == NULL && i < lines.count; i++) {
        const char *before = lines.items[i - 1], *here = lines.items[i];
        size_t name = strcspn(here, "=") + 1;
        if (strncmp(before, here, name) == 0 && strcmp(before, here) != 0)
            reason = _("one name has two values");
    }
    return reason;
}

/* opts.ValidateDNSSearch() of Docker: names with a letter, or the root. */
static const char *wrong_search(const char *text)
{
    static const char label[] = "([a-zA-Z0-9]|[a-zA-Z0-9][-a-zA-Z0-9]*[a-zA-Z0-9])";
    MW_FREE char *pattern = mw_xasprintf("^ *(\\.|%s(\\.%s)*\\.?)[[:space:]]*$", label, label);
    bool is_root = strchr(text, '.') != NULL && strspn(text, " .") == strlen(text);
    bool is_domain = (is_root || mw_tools_matches("[a-zA-Z]", text)) && strlen(text) < 255 &&
                     mw_tools_matches(pattern, text);
    return is_domain ? NULL : _("it must be a domain such as example.com, or '.'");
}

/* What has no '/' is a word of the tool's or a path from wherever it is started. */
static enum mw_code check_file(const struct mw_system *sys, const char *text, struct mw_error *err)
{
    MW_FREE char *path = mw_system_path(sys, text);
    if (text[0] != '/')
        return mw_tools_refuse(err, text, _("it must be the whole path of a file"));
    return mw_path_exists(sys, path) ? MW_OK
                                     : mw_tools_refuse(err, text, _("there is no such file"));
}

/* Is the name one of that database of nsswitch.conf(5), or may it be one of another service than
 * files, or stand there as a number (subuid(5))? */
static bool may_be_known(const struct mw_system *sys, const char *database, const char *name)
{
    MW_AUTO(mw_buf) names = {0}, services = {0};
    MW_FREE char *path = mw_xasprintf("/etc/%s", database);
    MW_FREE char *file = mw_system_path(sys, path);
    MW_FREE char *switch_file = mw_system_path(sys, "/etc/nsswitch.conf");
    MW_FREE char *line = mw_xasprintf("\n%s:", name);
    MW_FREE char *others = mw_xasprintf("\n%s:[^\n]*(sss|ldap|nis|winbind)", database);
    if (name[strspn(name, "0123456789")] == '\0' || !mw_text_file_read(sys, file, &names))
        return true;
    (void)mw_text_file_read(sys, switch_file, &services);
    return strncmp(mw_buf_text(&names), line + 1, strlen(line + 1)) == 0 ||
           strstr(mw_buf_text(&names), line) != NULL ||
           mw_tools_matches("(^|\n)[0-9]+:", mw_buf_text(&names)) ||
           mw_tools_matches(others, mw_buf_text(&services));
}

static enum mw_code check_group(const struct mw_system *sys, const char *text, struct mw_error *err)
{
    return may_be_known(sys, "group", text)
               ? MW_OK
               : mw_tools_refuse(err, text, _("there is no such group"));
}

/* "USER", with the group of the same name, or "USER:GROUP"; "default" is one that the tool makes,
 * and others but root need ranges (moby idtools LoadIdentityMapping()). */
static enum mw_code check_user(const struct mw_system *sys, const char *text, struct mw_error *err)
{
    MW_FREE char *user = mw_xstrndup(text, strcspn(text, ":"));
    bool is_made = strcmp(user, "default") == 0;
    if (!is_made && !may_be_known(sys, "passwd", user))
        return mw_tools_refuse(err, text, _("there is no such user"));
    if (!is_made && strcmp(user, "root") != 0 &&
        (!may_be_known(sys, "subuid", user) || !may_be_known(sys, "subgid", user)))
        return mw_tools_refuse(err, text,
                               _("the user needs ranges in /etc/subuid and /etc/subgid"));
    if (text[strlen(user)] == ':')
        return check_group(sys, text + strlen(user) + 1, err);
    return is_made ? MW_OK : check_group(sys, user, err);
}

static const char *wrong_url(const char *text)
{
    struct mw_url url;
    const char *reason = NULL;
    size_t before = strcspn(text, ",;");
    if (text[before] != '\0' && strstr(text + before, "://") != NULL)
        return _("these are two addresses where one belongs");
    return mw_url_parse(text, &url, &reason) ? NULL : reason;
}

/* Of Cargo: "sparse+https://…", or the address of a git repository. */
static const char *wrong_index(const char *text)
{
    bool is_sparse = mw_text_starts(text, "sparse+");
    if (is_sparse && text[strlen(text) - 1] != '/')
        return _("the address of a sparse index ends in '/'");
    if (is_sparse && !mw_tools_matches("^sparse\\+[hH][tT][tT][pP][sS]?://", text))
        return _("a sparse index is asked over https or http");
    if (mw_tools_matches("^(registry|git)\\+https?://", text))
        return _("what Cargo.lock writes before an address does not belong here; of these sparse+ "
                 "alone does");
    return wrong_url(is_sparse ? text + strlen("sparse+") : text);
}

static const char *wrong_web_url(const char *text)
{
    const char *reason = wrong_url(text);
    if (reason == NULL && !mw_tools_matches("^[hH][tT][tT][pP][sS]?:", text))
        reason = _("it must begin with https:// or http://");
    return reason;
}

/* npm's words for no proxy are what "npm config set proxy null" writes; of others getProxyAgent()
 * of @npmcli/agent takes these. */
static const char *wrong_proxy(const char *text)
{
    bool is_none = strcmp(text, "null") == 0 || strcmp(text, "false") == 0;
    const char *reason = is_none ? NULL : wrong_url(text);
    MW_FREE char *lower = mw_text_lower(text);
    if (reason == NULL && !is_none && !mw_tools_matches("^(https?|socks(4a?|5h?)?):", lower))
        reason = _("it must be a proxy of http, https or socks5");
    return reason;
}

/* What every value of a type must be where its key names no grammar of its own. */
const struct mw_grammar *mw_grammar_of_type(enum mw_type type)
{
    static const struct mw_grammar url = {.wrong = wrong_url, .meant = meant_address};
    static const struct mw_grammar number = {.pattern = "-?[0-9]+(\\.[0-9]+)?",
                                             .otherwise = N_("it must be a number")};
    switch (type) {
    case MW_TYPE_URL:
    case MW_TYPE_URL_LIST:
        return &url;
    case MW_TYPE_BOOL:
        return find_shared("python-bool");
    case MW_TYPE_NUMBER:
    case MW_TYPE_SECONDS:
        return &number;
    default:
        return NULL;
    }
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
