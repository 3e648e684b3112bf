/* Dangers in what go takes: patterns of module paths, flags, programs. */
#include <stdlib.h>
#include <string.h>

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
static const char shared_hosts[] =
    "bitbucket.org code.cloudfoundry.org codeberg.org gitcode.com gitee.com github.com gitlab.com "
    "git.sr.ht go.googlesource.com go.uber.org golang.org google.golang.org gopkg.in k8s.io "
    "sigs.k8s.io cloud.google.com";

/* "*.com" and "*.co.uk": no name of one's own before the wildcard's dot. Second-level domains for
 * registration are short words such as co, com, org, ac, gov. */
static bool is_whole_domain(const char *host)
{
    /* domains that nobody can register */
    static const char inner[] = "corp example home internal intranet invalid lan local localdomain "
                                "localhost private test";
    if (host[0] != '*' || host[1] == '\0')
        return false;
    const char *rest = host + strspn(host, "*?");
    rest += *rest == '.';
    const char *dot = strchr(rest, '.');
    if (dot == NULL)
        return !mw_tools_is_word(inner, rest);
    MW_FREE char *second = mw_xstrndup(rest, (size_t)(dot - rest));
    return strchr(dot + 1, '.') == NULL && mw_tools_is_word("ac co com edu gov net org", second);
}

static bool matches_many(const char *word)
{
    size_t len = strcspn(word, "/");
    const char *owner = word + len + (word[len] == '/');
    bool names_owner = owner[0] != '\0' && strchr("*?[", owner[0]) == NULL;
    if (matches_all(word))
        return false; /* a finding of its own */
    MW_FREE char *host = mw_xstrndup(word, len);
    return is_whole_domain(host) || (risk_is_host(shared_hosts, host, len) && !names_owner);
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
        MW_FREE char *word = mw_xstrndup(commands.items[i], strcspn(commands.items[i], " \t"));
        runs = runs || !mw_tools_is_word("off netrc", word);
    }
    return runs;
}

/* ---- flags ----------------------------------------------------------------------------------- */

/* The value of a flag in `word` if it is one of `names`; NULL if it is none. */
static const char *flag_value(const char *word, const char *names)
{
    const char *name = word + (word[0] == '-') + (word[0] == '-' && word[1] == '-');
    size_t len = strcspn(name, "=");
    MW_FREE char *flag = mw_xstrndup(name, len);
    return mw_tools_is_word(names, flag) ? name + len + (name[len] == '=') : NULL;
}

/* True if a word of the value is one of these flags, and its value one that `is_bad` finds so. */
static bool any_flag(const struct mw_risk_look *look, const char *names,
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
    return any_flag(look, "insecure", NULL);
}

/* They run a program of their own; -overlay puts other files in place of the sources. */
static bool test_flag_program(const struct mw_risk_look *look)
{
    return any_flag(look, "toolexec exec overlay vettool", NULL);
}

/* Flags of a linker, and of compilers for C, that name a program or code to load. */
static bool names_program(const char *text)
{
    return mw_tools_matches(
        "(^|[- \t\"',=])-(extld|extar|fplugin|wrapper|specs|plugin|fuse-ld|ld-path|"
        "gcc-toolchain)($|[=, \t\"'])",
        text);
}

static bool test_flag_linker(const struct mw_risk_look *look)
{
    return any_flag(look, "ldflags gccgoflags gcflags asmflags", names_program);
}

static bool test_flag_file(const struct mw_risk_look *look)
{
    return any_flag(look, "modfile pkgdir pgo", NULL);
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
    {"@all-public", .test = test_all_public},
    {"@alone", .test = test_alone},
    {"@anything", .test = test_anything},
    {"@compiler-program", .test = test_compiler_program},
    {"@flag-file", .test = test_flag_file},
    {"@flag-insecure", .test = test_flag_insecure},
    {"@flag-linker", .test = test_flag_linker},
    {"@flag-program", .test = test_flag_program},
    {"@matches-all", .word = matches_all},
    {"@matches-many", .word = matches_many},
    {"@other-database", .test = test_other_database},
    {"@public-without-private", .test = test_public_alone},
    {"@runs", .test = test_runs},
};
const size_t risk_go_test_count = sizeof risk_go_tests / sizeof *risk_go_tests;
