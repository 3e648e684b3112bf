/* Tests that "risk" of a tool's file names as "@NAME": when is a value dangerous? */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "go_parts.h"
#include "internal.h"
#include "mirrorwise/json_scan.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "mirrorwise/url.h"

/* ---- words ------------------------------------------------------------------------------------
 */

/* True if `is_bad` is true for some word, wherever the value was split: list items, chains, lists
 * of pip. */
static bool any_word(const struct mw_risk_look *look, bool (*is_bad)(const char *word))
{
    struct mw_strings words = {0};
    bool found = false;
    for (size_t i = 0; i < look->value->items.count; i++)
        mw_strings_split(&words, look->value->items.items[i], ",| \t\r\n");
    for (size_t i = 0; !found && i < words.count; i++)
        found = is_bad(words.items[i]);
    mw_strings_release(&words);
    return found;
}

static const char *first(const struct mw_risk_look *look)
{
    return mw_tools_first(look->value);
}

static const char *other(const struct mw_risk_look *look, const char *key)
{
    const char *value = look->other != NULL ? look->other(look->context, key) : NULL;
    return value != NULL ? value : "";
}

/* ---- addresses --------------------------------------------------------------------------------
 */

static bool is_plain_http(const char *word)
{
    struct mw_url url;
    return mw_url_parse(word, &url, NULL) && mw_url_is(&url, "http") && !mw_url_is_loopback(&url);
}

static bool is_file(const char *word)
{
    return strncasecmp(word, "file:", strlen("file:")) == 0;
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

static bool is_public_proxy(const char *word)
{
    struct mw_url url;
    if (strcmp(word, "direct") == 0 || strcmp(word, "off") == 0)
        return false;
    return mw_url_parse(word, &url, NULL) && !mw_url_is(&url, "file") && !mw_url_is_loopback(&url);
}

static bool is_tcp(const char *word)
{
    return mw_text_starts(word, "tcp://") || (strstr(word, "://") == NULL && word[0] != '/');
}

/* Registries of their own, which serve no image of another one. */
static bool is_other_registry(const char *word)
{
    static const char *const hosts[] = {
        "ghcr.io",
        "quay.io",
        "gcr.io",
        "registry.k8s.io",
        "k8s.gcr.io",
        "mcr.microsoft.com",
        "nvcr.io",
        "public.ecr.aws",
        "docker.elastic.co",
        "registry.gitlab.com",
        "hub.docker.com",
        "www.docker.com",
    };
    struct mw_url url;
    if (!mw_url_parse(word, &url, NULL))
        return false;
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        if (strlen(hosts[i]) == url.host_len && strncasecmp(hosts[i], url.host, url.host_len) == 0)
            return true;
    }
    return false;
}

static bool test_other_registry(const struct mw_risk_look *look)
{
    return any_word(look, is_other_registry);
}

static bool test_plain_http(const struct mw_risk_look *look)
{
    return any_word(look, is_plain_http);
}

static bool test_file_url(const struct mw_risk_look *look)
{
    return any_word(look, is_file);
}

static bool test_foreign_host(const struct mw_risk_look *look)
{
    return any_word(look, is_foreign_host);
}

static bool test_public_alone(const struct mw_risk_look *look)
{
    return any_word(look, is_public_proxy) && other(look, "GOPRIVATE")[0] == '\0' &&
           other(look, "GONOPROXY")[0] == '\0';
}

static bool test_open_tcp(const struct mw_risk_look *look)
{
    return any_word(look, is_tcp) && strcmp(other(look, "tlsverify"), "true") != 0;
}

/* ---- patterns of module paths -----------------------------------------------------------------
 */

/* A glob that every module path matches: x/mod compares only as many elements as it has. */
static bool matches_all(const char *word)
{
    return strchr(word, '*') != NULL && strspn(word, "*?/.") == strlen(word);
}

/* Where the code of many strangers lives, one folder for each of them. */
static bool is_shared_host(const char *host, size_t len)
{
    static const char *const hosts[] = {
        "bitbucket.org",
        "code.cloudfoundry.org",
        "codeberg.org",
        "gitcode.com",
        "gitee.com",
        "github.com",
        "gitlab.com",
        "git.sr.ht",
        "go.googlesource.com",
        "go.uber.org",
        "golang.org",
        "google.golang.org",
        "gopkg.in",
        "k8s.io",
        "sigs.k8s.io",
        "cloud.google.com",
    };
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        if (strlen(hosts[i]) == len && strncasecmp(hosts[i], host, len) == 0)
            return true;
    }
    return false;
}

/* "*.com" and "*.co.uk": no name of one's own before the wildcard's dot. Second-level domains for
 * registration are short words such as co, com, org, ac, gov. */
static bool is_whole_domain(const char *host, size_t len)
{
    static const char *const seconds[] = {"ac", "co", "com", "edu", "gov", "net", "org"};
    static const char *const inner[] = {"corp",        "example",   "home",    "internal",
                                        "intranet",    "invalid",   "lan",     "local",
                                        "localdomain", "localhost", "private", "test"};
    if (host[0] != '*' || len < 2)
        return false;
    size_t stars = strspn(host, "*?");
    const char *rest = host + stars + (host[stars] == '.');
    size_t rest_len = len - (size_t)(rest - host);
    const char *dot = memchr(rest, '.', rest_len);
    for (size_t i = 0; dot == NULL && i < sizeof inner / sizeof *inner; i++) {
        if (strlen(inner[i]) == rest_len && memcmp(inner[i], rest, rest_len) == 0)
            return false; /* a domain that nobody can register */
    }
    if (dot == NULL)
        return true;
    if (memchr(dot + 1, '.', rest_len - (size_t)(dot + 1 - rest)) != NULL)
        return false;
    for (size_t i = 0; i < sizeof seconds / sizeof *seconds; i++) {
        if (strlen(seconds[i]) == (size_t)(dot - rest) &&
            memcmp(seconds[i], rest, (size_t)(dot - rest)) == 0)
            return true;
    }
    return false;
}

static bool matches_many(const char *word)
{
    size_t len = strcspn(word, "/");
    const char *owner = word + len + (word[len] == '/');
    bool names_owner = owner[0] != '\0' && strchr("*?[", owner[0]) == NULL;
    if (matches_all(word))
        return false; /* a finding of its own */
    return is_whole_domain(word, len) || (is_shared_host(word, len) && !names_owner);
}

static bool test_matches_all(const struct mw_risk_look *look)
{
    return any_word(look, matches_all);
}

static bool test_matches_many(const struct mw_risk_look *look)
{
    return any_word(look, matches_many);
}

static bool test_anything(const struct mw_risk_look *look)
{
    return first(look)[0] != '\0' && strcmp(first(look), "none") != 0;
}

static bool test_alone(const struct mw_risk_look *look)
{
    return test_anything(look) && other(look, "GOPRIVATE")[0] == '\0' &&
           other(look, "GONOSUMDB")[0] == '\0';
}

static bool test_other_database(const struct mw_risk_look *look)
{
    const char *text = first(look) + strspn(first(look), " \t");
    return strcmp(text, "off") != 0 && !mw_text_starts(text, "sum.golang.");
}

/* `go help vcs`: public code over git and hg only, because the others were not made for hostile
 * servers. */
static bool test_all_public(const struct mw_risk_look *look)
{
    return strstr(first(look), "*:all") != NULL || strstr(first(look), "public:all") != NULL;
}

/* git runs what the folder's own configuration names. */
static bool test_runs(const struct mw_risk_look *look)
{
    struct mw_strings commands = {0};
    bool runs = false;
    mw_strings_split(&commands, first(look), ";");
    for (size_t i = 0; i < commands.count; i++) {
        const char *word = commands.items[i] + strspn(commands.items[i], " \t");
        size_t len = strcspn(word, " \t");
        runs = runs || !((len == 3 && memcmp(word, "off", len) == 0) ||
                         (len == 5 && memcmp(word, "netrc", len) == 0));
    }
    mw_strings_release(&commands);
    return runs;
}

/* ---- flags ------------------------------------------------------------------------------------
 */

/* The value of a flag in `word` if it is one of `names` (ended by NULL); NULL if it is none. */
static const char *flag_value(const char *word, const char *const *names)
{
    const char *name = word + (word[0] == '-') + (word[0] == '-' && word[1] == '-');
    size_t len = strcspn(name, "=");
    for (size_t i = 0; names[i] != NULL; i++) {
        if (strlen(names[i]) == len && memcmp(names[i], name, len) == 0)
            return name + len + (name[len] == '=');
    }
    return NULL;
}

/* True if a word of the value is one of these flags, and its value one that `is_bad` finds so. */
static bool any_flag(const struct mw_risk_look *look, const char *const *names,
                     bool (*is_bad)(const char *value))
{
    struct mw_strings words = {0};
    bool found = false;
    if (!go_split_quoted(first(look), &words)) {
        mw_strings_release(&words);
        mw_strings_split(&words, first(look), " \t\"'");
    }
    for (size_t i = 0; !found && i < words.count; i++) {
        const char *value = flag_value(words.items[i], names);
        found = value != NULL && (is_bad == NULL || is_bad(value));
    }
    mw_strings_release(&words);
    return found;
}

static bool test_flag_insecure(const struct mw_risk_look *look)
{
    static const char *const names[] = {"insecure", NULL};
    return any_flag(look, names, NULL);
}

/* They run a program of their own; -overlay puts other files in place of the sources. */
static bool test_flag_program(const struct mw_risk_look *look)
{
    static const char *const names[] = {"toolexec", "exec", "overlay", "vettool", NULL};
    return any_flag(look, names, NULL);
}

/* Flags of a linker, and of compilers for C, that name a program or code to load. */
static bool names_program(const char *text)
{
    static const char *const words[] = {"-extld",   "-extar",   "-fplugin",
                                        "-wrapper", "-specs",   "-plugin",
                                        "-fuse-ld", "-ld-path", "-gcc-toolchain"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        for (const char *at = strstr(text, words[i]); at != NULL; at = strstr(at + 1, words[i])) {
            char next = at[strlen(words[i])];
            bool begins = at == text || strchr(" \t\"',=-", at[-1]) != NULL;
            if (begins && (next == '\0' || strchr("=, \t\"'", next) != NULL))
                return true;
        }
    }
    return false;
}

static bool test_flag_linker(const struct mw_risk_look *look)
{
    static const char *const names[] = {"ldflags", "gccgoflags", "gcflags", "asmflags", NULL};
    return any_flag(look, names, names_program);
}

static bool test_flag_file(const struct mw_risk_look *look)
{
    static const char *const names[] = {"modfile", "pkgdir", "pgo", NULL};
    return any_flag(look, names, NULL);
}

/* gcc's -B names the folder of the programs that it runs. */
static bool test_compiler_program(const struct mw_risk_look *look)
{
    struct mw_strings words = {0};
    bool found = names_program(first(look));
    mw_strings_split(&words, first(look), " \t\"'");
    for (size_t i = 0; !found && i < words.count; i++)
        found = mw_text_starts(words.items[i], "-B");
    mw_strings_release(&words);
    return found;
}

/* ---- paths ------------------------------------------------------------------------------------
 */

/* Folders that everybody may write to. */
static bool is_in_shared_folder(const char *path)
{
    static const char *const folders[] = {"/tmp", "/var/tmp", "/dev/shm"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        size_t len = strlen(folders[i]);
        if (strncmp(path, folders[i], len) == 0 && (path[len] == '/' || path[len] == '\0'))
            return true;
    }
    return false;
}

static bool test_shared_folder(const struct mw_risk_look *look)
{
    return is_in_shared_folder(first(look));
}

static bool test_named_file(const struct mw_risk_look *look)
{
    return first(look)[0] != '\0' && strcmp(first(look), "off") != 0;
}

static bool test_not_docker(const struct mw_risk_look *look)
{
    static const char *const groups[] = {"", "docker", "root", "0"};
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        if (strcmp(first(look), groups[i]) == 0)
            return false;
    }
    return true;
}

static bool is_other_cdi(const char *word)
{
    return strcmp(word, "/etc/cdi") != 0 && strcmp(word, "/var/run/cdi") != 0 &&
           strcmp(word, "/run/cdi") != 0;
}

static bool test_other_cdi(const struct mw_risk_look *look)
{
    return any_word(look, is_other_cdi);
}

/* A name alone is looked for in root's own PATH. */
static bool is_of_system(const char *path)
{
    static const char *const folders[] = {"/usr/", "/bin/", "/sbin/", "/nix/store/"};
    if (strchr(path, '/') == NULL)
        return true;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        if (mw_text_starts(path, folders[i]) && strstr(path, "/../") == NULL)
            return true;
    }
    return false;
}

/* {"NAME": {"path": PROGRAM, "runtimeType": SHIM}} */
static bool is_foreign_runtime(const char *text, struct mw_json_span runtime)
{
    struct mw_json_member *members = NULL;
    bool found = false;
    size_t count = runtime.type == MW_JSON_OBJECT ? mw_json_children(text, runtime, &members) : 0;
    for (size_t i = 0; !found && i < count; i++) {
        size_t len = 0;
        if (members[i].value.type != MW_JSON_STRING)
            continue;
        char *name = mw_json_unescape(text, members[i].key_begin, members[i].key_end, &len);
        char *value = mw_json_unescape(text, members[i].value.begin, members[i].value.end, &len);
        found = (strcasecmp(name, "path") == 0 || strcasecmp(name, "runtimeType") == 0) &&
                !is_of_system(value);
        free(value);
        free(name);
    }
    free(members);
    return found;
}

static bool test_runtime_program(const struct mw_risk_look *look)
{
    const char *text = first(look), *what = NULL;
    struct mw_json_span root;
    struct mw_json_member *members = NULL;
    size_t at = 0;
    bool found = false;
    if (!mw_json_check(text, strlen(text), &root, &at, &what) || root.type != MW_JSON_OBJECT)
        return true; /* what cannot be read is not called harmless */
    size_t count = mw_json_children(text, root, &members);
    for (size_t i = 0; !found && i < count; i++)
        found = is_foreign_runtime(text, members[i].value);
    free(members);
    return found;
}

static bool test_true(const struct mw_risk_look *look)
{
    bool value = false;
    return mw_pip_parse_bool(first(look), &value) && value;
}

static bool has_port(const char *word)
{
    struct mw_url url;
    return mw_url_parse(word, &url, NULL) && url.port_len > 0;
}

static bool test_port(const struct mw_risk_look *look)
{
    return any_word(look, has_port);
}

/* ---- the table --------------------------------------------------------------------------------
 */

static const struct {
    const char *name;
    bool (*test)(const struct mw_risk_look *look);
} tests[] = {
    {"@all-public", test_all_public},
    {"@alone", test_alone},
    {"@anything", test_anything},
    {"@compiler-program", test_compiler_program},
    {"@file-url", test_file_url},
    {"@flag-file", test_flag_file},
    {"@flag-insecure", test_flag_insecure},
    {"@flag-linker", test_flag_linker},
    {"@flag-program", test_flag_program},
    {"@foreign-host", test_foreign_host},
    {"@has-port", test_port},
    {"@matches-all", test_matches_all},
    {"@matches-many", test_matches_many},
    {"@named-file", test_named_file},
    {"@not-docker", test_not_docker},
    {"@open-tcp", test_open_tcp},
    {"@other-cdi", test_other_cdi},
    {"@other-database", test_other_database},
    {"@other-registry", test_other_registry},
    {"@plain-http", test_plain_http},
    {"@public-without-private", test_public_alone},
    {"@runs", test_runs},
    {"@runtime-program", test_runtime_program},
    {"@shared-folder", test_shared_folder},
    {"@true", test_true},
};
enum { TEST_COUNT = sizeof tests / sizeof *tests };

bool mw_risk_test_exists(const char *name)
{
    for (size_t i = 0; i < TEST_COUNT; i++) {
        if (strcmp(tests[i].name, name) == 0)
            return true;
    }
    return name[0] != '@';
}

void mw_risk_test_names(struct mw_strings *names)
{
    for (size_t i = 0; i < TEST_COUNT; i++)
        mw_strings_add(names, tests[i].name);
}

bool mw_risk_applies(const char *test, const struct mw_risk_look *look)
{
    if (look->value->kind == MW_VALUE_LITERAL && strcmp(first(look), "null") == 0)
        return false; /* as good as nothing */
    if (strcmp(test, "*") == 0)
        return first(look)[0] != '\0';
    for (size_t i = 0; i < TEST_COUNT; i++) {
        if (strcmp(tests[i].name, test) == 0)
            return tests[i].test(look);
    }
    return mw_strings_has(&look->value->items, test);
}
