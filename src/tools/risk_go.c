/* Dangers in what go takes: patterns of module paths, flags, programs. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "internal.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "mirrorwise/url.h"
#include "risk_tests.h"

static bool is_public_proxy(const char *word)
{
    struct mw_url url;
    if (strcmp(word, "direct") == 0 || strcmp(word, "off") == 0)
        return false;
    return mw_url_parse(word, &url, NULL) && !mw_url_is(&url, "file") && !mw_url_is_loopback(&url);
}

static bool test_public_alone(const struct mw_risk_look *look)
{
    return risk_any_word(look, is_public_proxy) && risk_other(look, "GOPRIVATE")[0] == '\0' &&
           risk_other(look, "GONOPROXY")[0] == '\0';
}

/* ---- patterns of module paths ---------------------------------------------------------------- */

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
    return risk_any_word(look, matches_all);
}

static bool test_matches_many(const struct mw_risk_look *look)
{
    return risk_any_word(look, matches_many);
}

static bool test_anything(const struct mw_risk_look *look)
{
    return risk_first(look)[0] != '\0' && strcmp(risk_first(look), "none") != 0;
}

static bool test_alone(const struct mw_risk_look *look)
{
    return test_anything(look) && risk_other(look, "GOPRIVATE")[0] == '\0' &&
           risk_other(look, "GONOSUMDB")[0] == '\0';
}

static bool test_other_database(const struct mw_risk_look *look)
{
    const char *text = risk_first(look) + strspn(risk_first(look), " \t");
    return strcmp(text, "off") != 0 && !mw_text_starts(text, "sum.golang.");
}

/* `go help vcs`: public code over git and hg only, because the others were not made for hostile
 * servers. */
static bool test_all_public(const struct mw_risk_look *look)
{
    return strstr(risk_first(look), "*:all") != NULL ||
           strstr(risk_first(look), "public:all") != NULL;
}

/* git runs what the folder's own configuration names. */
static bool test_runs(const struct mw_risk_look *look)
{
    MW_AUTO(mw_strings) commands = {0};
    bool runs = false;
    mw_strings_split(&commands, risk_first(look), ";");
    for (size_t i = 0; i < commands.count; i++) {
        const char *word = commands.items[i] + strspn(commands.items[i], " \t");
        size_t len = strcspn(word, " \t");
        runs = runs || !((len == 3 && memcmp(word, "off", len) == 0) ||
                         (len == 5 && memcmp(word, "netrc", len) == 0));
    }
    return runs;
}

/* ---- flags ----------------------------------------------------------------------------------- */

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
    MW_AUTO(mw_strings) words = {0};
    bool found = false;
    if (!go_split_quoted(risk_first(look), &words)) {
        mw_strings_release(&words);
        mw_strings_split(&words, risk_first(look), " \t\"'");
    }
    for (size_t i = 0; !found && i < words.count; i++) {
        const char *value = flag_value(words.items[i], names);
        found = value != NULL && (is_bad == NULL || is_bad(value));
    }
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
    MW_AUTO(mw_strings) words = {0};
    bool found = names_program(risk_first(look));
    mw_strings_split(&words, risk_first(look), " \t\"'");
    for (size_t i = 0; !found && i < words.count; i++)
        found = mw_text_starts(words.items[i], "-B");
    return found;
}

const struct risk_test risk_go_tests[] = {
    {"@all-public", test_all_public},
    {"@alone", test_alone},
    {"@anything", test_anything},
    {"@compiler-program", test_compiler_program},
    {"@flag-file", test_flag_file},
    {"@flag-insecure", test_flag_insecure},
    {"@flag-linker", test_flag_linker},
    {"@flag-program", test_flag_program},
    {"@matches-all", test_matches_all},
    {"@matches-many", test_matches_many},
    {"@other-database", test_other_database},
    {"@public-without-private", test_public_alone},
    {"@runs", test_runs},
};
const size_t risk_go_test_count = sizeof risk_go_tests / sizeof *risk_go_tests;
