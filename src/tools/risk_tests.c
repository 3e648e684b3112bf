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
#include "risk_tests.h"

/* ---- words ----------------------------------------------------------------------------------- */

/* True if `is_bad` is true for some word, wherever the value was split: list items, chains, lists
 * of pip. */
bool risk_any_word(const struct mw_risk_look *look, bool (*is_bad)(const char *word))
{
    MW_AUTO(mw_strings) words = {0};
    bool found = false;
    for (size_t i = 0; i < look->value->items.count; i++)
        mw_strings_split(&words, look->value->items.items[i], ",| \t\r\n");
    for (size_t i = 0; !found && i < words.count; i++)
        found = is_bad(words.items[i]);
    return found;
}

bool risk_is_host(const char *hosts, const char *host, size_t len)
{
    MW_FREE char *name = mw_xstrndup(host, len);
    MW_FREE char *lower = mw_text_lower(name);
    return mw_tools_is_word(hosts, lower);
}

const char *risk_first(const struct mw_risk_look *look)
{
    return mw_tools_first(look->value);
}

const char *risk_other(const struct mw_risk_look *look, const char *key)
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

/* Registries of their own, which serve no image of another one. */
static bool is_other_registry(const char *word)
{
    static const char hosts[] = "ghcr.io quay.io gcr.io registry.k8s.io k8s.gcr.io "
                                "mcr.microsoft.com nvcr.io public.ecr.aws docker.elastic.co "
                                "registry.gitlab.com hub.docker.com www.docker.com";
    struct mw_url url;
    return mw_url_parse(word, &url, NULL) && risk_is_host(hosts, url.host, url.host_len);
}

static bool test_open_tcp(const struct mw_risk_look *look)
{
    return risk_any_word(look, is_tcp) && strcmp(risk_other(look, "tlsverify"), "true") != 0;
}

/* ---- paths ----------------------------------------------------------------------------------- */

/* Folders that everybody may write to. */
static bool test_shared_folder(const struct mw_risk_look *look)
{
    return mw_tools_matches("^(/tmp|/var/tmp|/dev/shm)(/|$)", risk_first(look));
}

static bool test_named_file(const struct mw_risk_look *look)
{
    return risk_first(look)[0] != '\0' && strcmp(risk_first(look), "off") != 0;
}

static bool test_not_docker(const struct mw_risk_look *look)
{
    return risk_first(look)[0] != '\0' && !mw_tools_is_word("docker root 0", risk_first(look));
}

static bool is_other_cdi(const char *word)
{
    return !mw_tools_is_word("/etc/cdi /var/run/cdi /run/cdi", word);
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
    const char *text = risk_first(look);
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

/* Flags of node with which code of another file runs in every program. */
static bool is_node_program(const char *word)
{
    MW_FREE char *flag = mw_xstrndup(word, strcspn(word, "="));
    return mw_tools_is_word("-r --require --import --loader --experimental-loader --env-file",
                            flag);
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
    const char *text = risk_first(look);
    return text[0] != '\0' && !mw_pip_parse_bool(text, &value) && strcmp(text, "null") != 0 &&
           strcmp(text, "truststore") != 0;
}

static bool test_true(const struct mw_risk_look *look)
{
    bool value = false;
    return mw_pip_parse_bool(risk_first(look), &value) && value;
}

static bool has_port(const char *word)
{
    struct mw_url url;
    return mw_url_parse(word, &url, NULL) && url.port_len > 0;
}

/* ---- the table ------------------------------------------------------------------------------- */

static const struct risk_test tests[] = {
    {"@certificate", .test = test_certificate},
    {"@file-url", .word = is_file},
    {"@foreign-host", .word = is_foreign_host},
    {"@foreign-program", .word = is_foreign_program},
    {"@has-port", .word = has_port},
    {"@named-file", .test = test_named_file},
    {"@node-program", .word = is_node_program},
    {"@not-docker", .test = test_not_docker},
    {"@open-tcp", .test = test_open_tcp},
    {"@other-cdi", .word = is_other_cdi},
    {"@other-registry", .word = is_other_registry},
    {"@plain-http", .word = is_plain_http},
    {"@runtime-program", .test = test_runtime_program},
    {"@rust-program", .word = is_rust_program},
    {"@shared-folder", .test = test_shared_folder},
    {"@true", .test = test_true},
};

static const struct risk_test *find_test(const char *name)
{
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        if (strcmp(tests[i].name, name) == 0)
            return &tests[i];
    }
    for (size_t i = 0; i < risk_go_test_count; i++) {
        if (strcmp(risk_go_tests[i].name, name) == 0)
            return &risk_go_tests[i];
    }
    return NULL;
}

bool mw_risk_test_exists(const char *name)
{
    return name[0] != '@' || find_test(name) != NULL;
}

void mw_risk_test_names(struct mw_strings *names)
{
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        mw_strings_add(names, tests[i].name);
    for (size_t i = 0; i < risk_go_test_count; i++)
        mw_strings_add(names, risk_go_tests[i].name);
}

bool mw_risk_applies(const char *test, const struct mw_risk_look *look)
{
    const struct risk_test *known = find_test(test);
    bool is_bad = false, value = false;
    if (look->value->kind == MW_VALUE_LITERAL && strcmp(risk_first(look), "null") == 0)
        return false; /* as good as nothing */
    if (strcmp(test, "*") == 0)
        return risk_first(look)[0] != '\0';
    if (known == NULL && mw_pip_parse_bool(test, &is_bad) && !isdigit((unsigned char)test[0]))
        return mw_pip_parse_bool(risk_first(look), &value) && value == is_bad;
    if (known == NULL)
        return mw_strings_has(&look->value->items, test);
    return known->word != NULL ? risk_any_word(look, known->word) : known->test(look);
}
