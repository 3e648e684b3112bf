/* Tests that "risk" of a tool's file names as "@NAME": when is a value dangerous? */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "internal.h"
#include "mirrorwise/json_scan.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "mirrorwise/url.h"

struct risk_test {
    const char *name;                              /* "@NAME" */
    bool (*word)(const char *word);                /* is a word of the value dangerous? */
    bool (*test)(const struct mw_risk_look *look); /* or the whole of it? */
};

/* ---- words ----------------------------------------------------------------------------------- */

/* Wherever the value was split: list items, chains, lists of pip. */
static void split_words(const struct mw_risk_look *look, struct mw_strings *words)
{
    for (size_t i = 0; i < look->value->items.count; i++)
        mw_strings_split(words, look->value->items.items[i], ",| \t\r\n");
}

static bool any_word(const struct mw_risk_look *look, bool (*is_bad)(const char *word))
{
    MW_AUTO(mw_strings) words = {0};
    bool found = false;
    split_words(look, &words);
    for (size_t i = 0; !found && i < words.count; i++)
        found = is_bad(words.items[i]);
    return found;
}

static bool is_host(const char *hosts, const char *host, size_t len)
{
    MW_FREE char *name = mw_xstrndup(host, len);
    MW_FREE char *lower = mw_text_lower(name);
    return mw_tools_is_word(hosts, lower);
}

/* "@host:NAME NAME …": is some word an address of one of these hosts? */
static bool any_of_host(const struct mw_risk_look *look, const char *hosts)
{
    MW_AUTO(mw_strings) words = {0};
    struct mw_url url;
    bool found = false;
    split_words(look, &words);
    for (size_t i = 0; !found && i < words.count; i++)
        found = mw_url_parse(words.items[i], &url, NULL) && is_host(hosts, url.host, url.host_len);
    return found;
}

/* "~PATTERN": does some word match it? "!~PATTERN": does some word not? */
static bool any_match(const struct mw_risk_look *look, const char *test)
{
    bool wants_match = test[0] == '~', found = false;
    const char *pattern = test + (wants_match ? 1 : 2);
    MW_AUTO(mw_strings) words = {0};
    split_words(look, &words);
    for (size_t i = 0; !found && i < words.count; i++)
        found = mw_tools_is_whole(pattern, words.items[i]) == wants_match;
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

/* ---- addresses ------------------------------------------------------------------------------- */

/* Also behind "sparse+" and "--source=". */
static bool is_plain_http(const char *word)
{
    static const char *const plain[] = {"http://", "git://", "ftp://"};
    struct mw_url url;
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        const char *at = strstr(word, plain[i]);
        if (at != NULL && (at == word || at[-1] == '+' || at[-1] == '='))
            return mw_url_parse(at, &url, NULL) && !mw_url_is_loopback(&url);
    }
    return false;
}

static bool is_file(const char *word)
{
    const char *plus = strchr(word, '+');
    return strncasecmp(word, "file:", strlen("file:")) == 0 || (plus != NULL && is_file(plus + 1));
}

/* "host", "host:port" or "[::1]:port" of this machine. */
static bool is_loopback_host(const char *word)
{
    struct mw_url url;
    MW_FREE char *whole = mw_xasprintf("https://%s", word);
    return mw_url_parse(whole, &url, NULL) && mw_url_is_loopback(&url);
}

static bool is_foreign_host(const char *word)
{
    const char *host = mw_text_starts(word, "http://") ? word + strlen("http://") : word;
    return !mw_text_starts(host, "127.") && strcmp(host, "::1/128") != 0 && !is_loopback_host(host);
}

static bool is_tcp(const char *word)
{
    return mw_text_starts(word, "tcp://") || (strstr(word, "://") == NULL && word[0] != '/');
}

static bool test_open_tcp(const struct mw_risk_look *look)
{
    return any_word(look, is_tcp) && strcmp(other(look, "tlsverify"), "true") != 0;
}

/* ---- paths ----------------------------------------------------------------------------------- */

/* Folders that everybody may write to. */
static bool test_shared_folder(const struct mw_risk_look *look)
{
    return mw_tools_matches("^(/tmp|/var/tmp|/dev/shm)(/|$)", first(look));
}

/* A name alone is looked for in root's own PATH. */
static bool is_of_system(const char *path)
{
    return strchr(path, '/') == NULL ||
           (mw_tools_matches("^/(usr|bin|sbin|opt|nix/store)/", path) &&
            strstr(path, "/../") == NULL);
}

/* {"NAME": {"path": PROGRAM, "runtimeType": SHIM}} */
static bool is_foreign_runtime(const char *text, struct mw_json_span runtime)
{
    struct mw_json_member member = {0};
    bool found = false;
    while (!found && runtime.type == MW_JSON_OBJECT && mw_json_next(text, runtime, &member)) {
        size_t len = 0;
        if (member.value.type != MW_JSON_STRING)
            continue;
        MW_FREE char *name = mw_json_unescape(text, member.key_begin, member.key_end, &len);
        MW_FREE char *value = mw_json_unescape(text, member.value.begin, member.value.end, &len);
        found = (strcasecmp(name, "path") == 0 || strcasecmp(name, "runtimeType") == 0) &&
                !is_of_system(value);
    }
    return found;
}

static bool test_runtime_program(const struct mw_risk_look *look)
{
    const char *text = first(look);
    struct mw_json_span root;
    struct mw_json_member member = {0};
    bool found = false;
    if (!mw_json_check(text, strlen(text), &root, NULL, NULL) || root.type != MW_JSON_OBJECT)
        return true; /* what cannot be read is not called harmless */
    while (!found && mw_json_next(text, root, &member))
        found = is_foreign_runtime(text, member.value);
    return found;
}

/* Some word of a command is a path that is not the system's. */
static bool is_foreign_program(const char *word)
{
    return word[0] != '-' && strstr(word, "://") == NULL && !is_of_system(word);
}

/* "-C linker=/x", in a list or in one text. */
static bool is_rust_program(const char *word)
{
    const char *linker = strstr(word, "linker=");
    return linker != NULL && is_foreign_program(linker + strlen("linker="));
}

/* Certificates, or the file that they are in: no word that only switches checks on or off. */
static bool test_certificate(const struct mw_risk_look *look)
{
    bool value = false;
    const char *text = first(look);
    return text[0] != '\0' && !mw_pip_parse_bool(text, &value) && strcmp(text, "null") != 0 &&
           strcmp(text, "truststore") != 0;
}

/* ---- go: proxies, patterns of module paths, flags, programs --------------------------------- */

static bool is_public_proxy(const char *word)
{
    struct mw_url url;
    if (strcmp(word, "direct") == 0 || strcmp(word, "off") == 0)
        return false;
    return mw_url_parse(word, &url, NULL) && !mw_url_is(&url, "file") && !mw_url_is_loopback(&url);
}

static bool test_public_alone(const struct mw_risk_look *look)
{
    return any_word(look, is_public_proxy) && other(look, "GOPRIVATE")[0] == '\0' &&
           other(look, "GONOPROXY")[0] == '\0';
}

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
    return is_whole_domain(host) || (is_host(shared_hosts, host, len) && !names_owner);
}

static bool test_alone(const struct mw_risk_look *look)
{
    return first(look)[0] != '\0' && strcmp(first(look), "none") != 0 &&
           other(look, "GOPRIVATE")[0] == '\0' && other(look, "GONOSUMDB")[0] == '\0';
}

/* git runs what the folder's own configuration names. */
static bool test_runs(const struct mw_risk_look *look)
{
    MW_AUTO(mw_strings) commands = {0};
    bool runs = false;
    mw_strings_split(&commands, first(look), ";");
    for (size_t i = 0; i < commands.count; i++) {
        MW_FREE char *word = mw_xstrndup(commands.items[i], strcspn(commands.items[i], " \t"));
        runs = runs || !mw_tools_is_word("off netrc", word);
    }
    return runs;
}

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
    if (!go_split_quoted(first(look), &words)) {
        mw_strings_release(&words);
        mw_strings_split(&words, first(look), " \t\"'");
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
    bool found = names_program(first(look));
    mw_strings_split(&words, first(look), " \t\"'");
    for (size_t i = 0; !found && i < words.count; i++)
        found = mw_text_starts(words.items[i], "-B");
    return found;
}

/* ---- the table ------------------------------------------------------------------------------- */

static const struct risk_test tests[] = {
    {"@alone", .test = test_alone},
    {"@certificate", .test = test_certificate},
    {"@compiler-program", .test = test_compiler_program},
    {"@file-url", .word = is_file},
    {"@flag-file", .test = test_flag_file},
    {"@flag-insecure", .test = test_flag_insecure},
    {"@flag-linker", .test = test_flag_linker},
    {"@flag-program", .test = test_flag_program},
    {"@foreign-host", .word = is_foreign_host},
    {"@foreign-program", .word = is_foreign_program},
    {"@matches-many", .word = matches_many},
    {"@open-tcp", .test = test_open_tcp},
    {"@plain-http", .word = is_plain_http},
    {"@public-without-private", .test = test_public_alone},
    {"@runs", .test = test_runs},
    {"@runtime-program", .test = test_runtime_program},
    {"@rust-program", .word = is_rust_program},
    {"@shared-folder", .test = test_shared_folder},
};

static const char host_test[] = "@host:";

static const struct risk_test *find_test(const char *name)
{
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        if (strcmp(tests[i].name, name) == 0)
            return &tests[i];
    }
    return NULL;
}

bool mw_risk_test_exists(const char *name)
{
    if (name[0] == '~' || mw_text_starts(name, "!~"))
        return mw_tools_is_pattern(name + (name[0] == '~' ? 1 : 2));
    return name[0] != '@' || mw_text_starts(name, host_test) || find_test(name) != NULL;
}

void mw_risk_test_names(struct mw_strings *names)
{
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        mw_strings_add(names, tests[i].name);
    mw_strings_add(names, "@host:NAME");
}

bool mw_risk_applies(const char *test, const struct mw_risk_look *look)
{
    const struct risk_test *known = find_test(test);
    bool is_bad = false, value = false;
    if (look->value->kind == MW_VALUE_LITERAL && strcmp(first(look), "null") == 0)
        return false; /* as good as nothing */
    if (strcmp(test, "*") == 0)
        return first(look)[0] != '\0';
    if (test[0] == '~' || mw_text_starts(test, "!~"))
        return any_match(look, test);
    if (mw_text_starts(test, host_test))
        return any_of_host(look, test + strlen(host_test));
    if (known == NULL && mw_pip_parse_bool(test, &is_bad) && !isdigit((unsigned char)test[0]))
        return mw_pip_parse_bool(first(look), &value) && value == is_bad;
    if (known == NULL)
        return mw_strings_has(&look->value->items, test);
    return known->word != NULL ? any_word(look, known->word) : known->test(look);
}
