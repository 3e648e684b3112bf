/* The dangerous values, one row each. What they have in common: somebody else decides what runs
 * here, or learns what should stay inside. */
#include <string.h>
#include <strings.h>

#include "lint.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "mirrorwise/url.h"

/* ---- helpers -----------------------------------------------------------------------------------
 */

/* Every word of the value, wherever it was split: list items, chains, pip's lists. */
static void split_value(const struct lint_look *look, struct mw_strings *words)
{
    for (size_t i = 0; i < look->setting->value->items.count; i++)
        mw_strings_split(words, look->setting->value->items.items[i], ",| \t\r\n");
}

/* True if `is_bad` is true for some word. */
static bool any_word(const struct lint_look *look, bool (*is_bad)(const char *word))
{
    struct mw_strings words = {0};
    bool found = false;
    split_value(look, &words);
    for (size_t i = 0; !found && i < words.count; i++)
        found = is_bad(words.items[i]);
    mw_strings_release(&words);
    return found;
}

static const char *first_item(const struct mw_value *value)
{
    return value->items.count > 0 ? value->items.items[0] : "";
}

/* The value of another key in the same set, "" if there is none. */
static const char *other_value(const struct lint_look *look, const char *key)
{
    for (size_t i = 0; i < look->all->count; i++) {
        const struct mw_lint_setting *other = &look->all->items[i];
        if (other->tool == look->setting->tool && strcmp(other->key, key) == 0)
            return first_item(other->value);
    }
    return "";
}

/* An error where the policy requires https, else a warning. */
static enum mw_lint_level by_policy(const struct lint_look *look, bool is_bad)
{
    if (!is_bad)
        return MW_LINT_NONE;
    return look->policy->require_https ? MW_LINT_ERROR : MW_LINT_WARNING;
}

static enum mw_lint_level error_if(bool is_bad)
{
    return is_bad ? MW_LINT_ERROR : MW_LINT_NONE;
}

static enum mw_lint_level warning_if(bool is_bad)
{
    return is_bad ? MW_LINT_WARNING : MW_LINT_NONE;
}

static bool is_plain_http(const char *word)
{
    struct mw_url url;
    return mw_url_parse(word, &url, NULL) && mw_url_is(&url, "http") && !mw_url_is_loopback(&url);
}

/* "host", "host:port" or "[::1]:port" of this machine. */
static bool is_loopback_host(const char *word)
{
    struct mw_url url;
    char *whole = mw_xasprintf("https://%s", word);
    bool is_loopback = mw_url_parse(whole, &url, NULL) && mw_url_is_loopback(&url);
    free(whole);
    return is_loopback;
}

static bool is_foreign_host(const char *word)
{
    const char *host = mw_text_starts(word, "http://") ? word + strlen("http://") : word;
    return !mw_text_starts(host, "127.") && strcmp(host, "::1/128") != 0 && !is_loopback_host(host);
}

static bool has_credentials(const char *word)
{
    struct mw_url url;
    return mw_url_parse(word, &url, NULL) && url.has_userinfo;
}

/* A glob that every module path matches: x/mod compares only as many elements as it has. */
static bool matches_everything(const char *word)
{
    return strchr(word, '*') != NULL && strspn(word, "*?/.") == strlen(word);
}

static bool is_public_proxy(const char *word)
{
    struct mw_url url;
    if (strcmp(word, "direct") == 0 || strcmp(word, "off") == 0)
        return false;
    return mw_url_parse(word, &url, NULL) && !mw_url_is(&url, "file") && !mw_url_is_loopback(&url);
}

static bool has_flag(const char *word, const char *name)
{
    size_t len = strlen(name);
    word += *word == '-';
    word += *word == '-';
    return strncmp(word, name, len) == 0 && (word[len] == '\0' || word[len] == '=');
}

/* ---- go ----------------------------------------------------------------------------------------
 */

static enum mw_lint_level judge_http(const struct lint_look *look)
{
    return by_policy(look, any_word(look, is_plain_http));
}

static enum mw_lint_level judge_sumdb(const struct lint_look *look)
{
    return error_if(strcmp(first_item(look->setting->value), "off") == 0);
}

static enum mw_lint_level judge_everything(const struct lint_look *look)
{
    return error_if(any_word(look, matches_everything));
}

static enum mw_lint_level judge_insecure(const struct lint_look *look)
{
    const char *value = first_item(look->setting->value);
    return error_if(value[0] != '\0' && strcmp(value, "none") != 0);
}

static bool is_insecure_flag(const char *word)
{
    return has_flag(word, "insecure");
}

static enum mw_lint_level judge_flags_insecure(const struct lint_look *look)
{
    return error_if(any_word(look, is_insecure_flag));
}

/* -toolexec and -exec run a program of their own; -overlay puts other files in place of the
 * sources. */
static bool is_program_flag(const char *word)
{
    return has_flag(word, "toolexec") || has_flag(word, "exec") || has_flag(word, "overlay");
}

static enum mw_lint_level judge_flags_program(const struct lint_look *look)
{
    return error_if(any_word(look, is_program_flag));
}

static enum mw_lint_level judge_no_private(const struct lint_look *look)
{
    bool is_public = any_word(look, is_public_proxy);
    return warning_if(is_public && other_value(look, "GOPRIVATE")[0] == '\0' &&
                      other_value(look, "GONOPROXY")[0] == '\0');
}

static enum mw_lint_level judge_noproxy_alone(const struct lint_look *look)
{
    const char *value = first_item(look->setting->value);
    return warning_if(value[0] != '\0' && strcmp(value, "none") != 0 &&
                      other_value(look, "GOPRIVATE")[0] == '\0' &&
                      other_value(look, "GONOSUMDB")[0] == '\0');
}

/* `go help vcs`: public code over git and hg only, because the others were not made for hostile
 * servers. */
static enum mw_lint_level judge_vcs(const struct lint_look *look)
{
    const char *value = first_item(look->setting->value);
    return warning_if(strstr(value, "*:all") != NULL || strstr(value, "public:all") != NULL);
}

static enum mw_lint_level judge_auth(const struct lint_look *look)
{
    struct mw_strings commands = {0};
    bool runs = false;
    mw_strings_split(&commands, first_item(look->setting->value), ";");
    for (size_t i = 0; i < commands.count; i++) {
        const char *command = commands.items[i];
        runs = runs || (strcmp(command, "off") != 0 && strcmp(command, "netrc") != 0 &&
                        !mw_text_starts(command, "git"));
    }
    mw_strings_release(&commands);
    return warning_if(runs);
}

static enum mw_lint_level judge_program(const struct lint_look *look)
{
    return warning_if(first_item(look->setting->value)[0] != '\0');
}

/* ---- pip ---------------------------------------------------------------------------------------
 */

static enum mw_lint_level judge_present(const struct lint_look *look)
{
    return error_if(first_item(look->setting->value)[0] != '\0');
}

static enum mw_lint_level judge_trusted(const struct lint_look *look)
{
    return by_policy(look, any_word(look, is_foreign_host));
}

/* ---- docker ------------------------------------------------------------------------------------
 */

static enum mw_lint_level judge_foreign(const struct lint_look *look)
{
    return error_if(any_word(look, is_foreign_host));
}

static bool is_tcp(const char *word)
{
    return mw_text_starts(word, "tcp://");
}

static enum mw_lint_level judge_hosts(const struct lint_look *look)
{
    return error_if(any_word(look, is_tcp) && strcmp(other_value(look, "tlsverify"), "true") != 0);
}

/* ---- every tool --------------------------------------------------------------------------------
 */

/* From ${env:} or ${file:} they are where they belong; on the machine the file's mode decides, and
 * that is a check of its own. */
static enum mw_lint_level judge_credentials(const struct lint_look *look)
{
    return warning_if(look->setting->is_wanted && !look->setting->is_secret &&
                      any_word(look, has_credentials));
}

const struct lint_extra_key lint_extra_keys[] = {
    {"go", "CC"},
    {"go", "CXX"},
    {"go", "AR"},
    {"go", "PKG_CONFIG"},
    {"go", "GOCACHEPROG"},
    {"docker", "hosts"},
    {"docker", "tlsverify"},
    {"docker", "runtimes"},
    {"docker", "authorization-plugins"},
    {NULL, NULL},
};

#define RUNS_PROGRAM                                                                               \
    N_("it names a program that then runs with your rights whenever the tool does its work")
#define RUNS_PROGRAM_REMEDY N_("Remove it unless you know that program and who may change it.")

const struct lint_rule lint_rules[] = {
    {
        .id = "go-sumdb-off",
        .tool = "go",
        .key = "GOSUMDB",
        .sentence =
            N_("without the checksum database a proxy can hand out any code under any name"),
        .remedy = N_("Leave GOSUMDB on and name private modules in GOPRIVATE."),
        .judge = judge_sumdb,
    },
    {
        .id = "go-nosumdb-all",
        .tool = "go",
        .key = "GONOSUMDB",
        .sentence = N_("this pattern matches every module, so no checksum is compared any more"),
        .remedy = N_("Name only your own modules, in GOPRIVATE."),
        .judge = judge_everything,
    },
    {
        .id = "go-private-all",
        .tool = "go",
        .key = "GOPRIVATE",
        .sentence = N_("this pattern makes every module private: no proxy, no checksum database"),
        .remedy = N_("Name only your own modules."),
        .judge = judge_everything,
    },
    {
        .id = "go-insecure",
        .tool = "go",
        .key = "GOINSECURE",
        .sentence = N_("these modules are fetched without checking who answers"),
        .remedy = N_("Give the server a certificate; for private modules GOPRIVATE is enough."),
        .judge = judge_insecure,
    },
    {
        .id = "go-flags-insecure",
        .tool = "go",
        .key = "GOFLAGS",
        .sentence = N_("-insecure allows downloads without TLS and without checksums"),
        .remedy = N_("Remove it and name private modules in GOPRIVATE."),
        .judge = judge_flags_insecure,
    },
    {
        .id = "go-flags-toolexec",
        .tool = "go",
        .key = "GOFLAGS",
        .sentence = N_("-toolexec, -exec and -overlay put somebody's program or files into every "
                       "build"),
        .remedy = N_("Give such a flag on the command line where it is needed."),
        .judge = judge_flags_program,
    },
    {
        .id = "go-http-proxy",
        .tool = "go",
        .key = "GOPROXY",
        .sentence = N_("over plain http anybody on the way sees and changes what is downloaded"),
        .remedy = N_("Use the https address of the proxy."),
        .judge = judge_http,
    },
    {
        .id = "go-no-private",
        .tool = "go",
        .key = "GOPROXY",
        .sentence = N_("a public proxy is asked for every module, for private ones too, and learns "
                       "their names"),
        .remedy = N_("If you have private modules, name them: GOPRIVATE = git.example.com"),
        .is_standing = true,
        .judge = judge_no_private,
    },
    {
        .id = "go-noproxy-alone",
        .tool = "go",
        .key = "GONOPROXY",
        .sentence = N_("these modules go past the proxy, but the checksum database is still asked "
                       "for them"),
        .remedy = N_("Set GOPRIVATE instead; it is the default of both."),
        .judge = judge_noproxy_alone,
    },
    {
        .id = "go-vcs-all",
        .tool = "go",
        .key = "GOVCS",
        .sentence = N_("every version control program may be run for public code, also those that "
                       "were not made for hostile servers"),
        .remedy = N_("Use public:git|hg, which is the default."),
        .judge = judge_vcs,
    },
    {
        .id = "go-auth-command",
        .tool = "go",
        .key = "GOAUTH",
        .sentence = RUNS_PROGRAM,
        .remedy = RUNS_PROGRAM_REMEDY,
        .judge = judge_auth,
    },
    {.id = "go-runs-program",
     .tool = "go",
     .key = "CC",
     .sentence = RUNS_PROGRAM,
     .remedy = RUNS_PROGRAM_REMEDY,
     .judge = judge_program},
    {.id = "go-runs-program",
     .tool = "go",
     .key = "CXX",
     .sentence = RUNS_PROGRAM,
     .remedy = RUNS_PROGRAM_REMEDY,
     .judge = judge_program},
    {.id = "go-runs-program",
     .tool = "go",
     .key = "AR",
     .sentence = RUNS_PROGRAM,
     .remedy = RUNS_PROGRAM_REMEDY,
     .judge = judge_program},
    {.id = "go-runs-program",
     .tool = "go",
     .key = "PKG_CONFIG",
     .sentence = RUNS_PROGRAM,
     .remedy = RUNS_PROGRAM_REMEDY,
     .judge = judge_program},
    {.id = "go-runs-program",
     .tool = "go",
     .key = "GOCACHEPROG",
     .sentence = RUNS_PROGRAM,
     .remedy = RUNS_PROGRAM_REMEDY,
     .judge = judge_program},
    {
        .id = "pip-extra-index",
        .tool = "pip",
        .key = "extra-index-url",
        .sentence = N_("pip pools all indexes and takes the highest version from any of them, so a "
                       "stranger's package can replace yours"),
        .remedy = N_("Use one index-url that merges what you need, or install with hashes."),
        .judge = judge_present,
    },
    {
        .id = "pip-trusted-host",
        .tool = "pip",
        .key = "trusted-host",
        .sentence = N_("pip does not check who answers as these hosts"),
        .remedy = N_("Use https with a certificate; a private authority goes into cert."),
        .judge = judge_trusted,
    },
    {
        .id = "pip-http-index",
        .tool = "pip",
        .key = "index-url",
        .sentence = N_("over plain http anybody on the way sees and changes what is installed"),
        .remedy = N_("Use the https address of the index."),
        .judge = judge_http,
    },
    {
        .id = "pip-http-links",
        .tool = "pip",
        .key = "find-links",
        .sentence = N_("over plain http anybody on the way sees and changes what is installed"),
        .remedy = N_("Use an https address or a local directory."),
        .judge = judge_http,
    },
    {
        .id = "docker-insecure-registry",
        .tool = "docker",
        .key = "insecure-registries",
        .sentence = N_("images of these registries come without checking who answers, and images "
                       "run as root"),
        .remedy = N_("Give the registry a certificate; a private authority goes into "
                     "/etc/docker/certs.d/HOST/ca.crt."),
        .judge = judge_foreign,
    },
    {
        .id = "docker-http-mirror",
        .tool = "docker",
        .key = "registry-mirrors",
        .sentence = N_("a mirror decides what a tag means, and over plain http everybody on the "
                       "way does"),
        .remedy = N_("Use the https address of the mirror."),
        .judge = judge_http,
    },
    {
        .id = "docker-hosts-tcp",
        .tool = "docker",
        .key = "hosts",
        .sentence = N_("whoever reaches this port without a certificate is root here"),
        .remedy = N_("Use the Unix socket, or tlsverify with certificates, or ssh."),
        .judge = judge_hosts,
    },
    {
        .id = "docker-runs-program",
        .tool = "docker",
        .key = "runtimes",
        .sentence = RUNS_PROGRAM,
        .remedy = RUNS_PROGRAM_REMEDY,
        .judge = judge_program,
    },
    {
        .id = "docker-runs-program",
        .tool = "docker",
        .key = "authorization-plugins",
        .sentence = RUNS_PROGRAM,
        .remedy = RUNS_PROGRAM_REMEDY,
        .judge = judge_program,
    },
    {
        .id = "url-credentials",
        .sentence = N_("credentials in a profile are read by everybody who reads the profile"),
        .remedy = N_("Put them into the environment or a private file: ${env:NAME}, "
                     "${file:PATH}."),
        .judge = judge_credentials,
    },
    {.id = NULL},
};
