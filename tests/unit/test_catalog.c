#include "support/rows.h"

#include "mirrorwise/builtin.h"
#include "mirrorwise/catalog.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "mirrorwise/url.h"
#include "support/model_host.h"

#define HASH "b167e79090d79e4b5738995c62a2186548fc33c919d6b4da1d36cc8c7c1e40c1"
#define GO(mirrors) "{\"tool\":\"go\",\"mirrors\":[" mirrors "]}"
#define A "{\"id\":\"a\",\"url\":\"https://a.example\"}"

static const struct {
    const char *name;
    const char *text;
    const char *message;
    const char *hint;
} refusals[] = {
    {"empty", "", "c.json:1:1: the text holds no value; allowed: JSON as in RFC 8259", ""},
    {"comma before ]", "{\"tool\":\"go\",\n \"mirrors\":[" A ",]}",
     "c.json:2:49: a comma before ]; allowed: JSON as in RFC 8259", ""},
    {"two documents", GO(A) "\n{}",
     "c.json:2:1: a second value after the end; allowed: JSON as in RFC 8259", ""},
    {"half a character", GO("{\"id\":\"a\",\"url\":\"https://a\",\"name\":\"\\ud800\"}"),
     "c.json:1:61: half of a character after \\u; allowed: JSON as in RFC 8259", ""},
    {"an array", "[]", "c.json:1:1: a catalogue is an array; allowed: an object", ""},
    {"no tool", "{\"mirrors\":[]}", "c.json:1:1: a catalogue without \"tool\", which is required",
     ""},
    {"no mirrors", "{\"tool\":\"go\"}",
     "c.json:1:1: a catalogue without \"mirrors\", which is required", ""},
    {"unknown tool", "{\"tool\":\"npm\",\"mirrors\":[]}",
     "c.json:1:9: \"tool\" is 'npm'; allowed: the id of a service (go, pip, docker), "
     "one that a tool draws on, or one that says in \"probe\" how its mirrors are asked",
     ""},
    {"tool is a number", "{\"tool\":1,\"mirrors\":[]}",
     "c.json:1:9: \"tool\" is a number; allowed: a string", ""},
    {"tool is null", "{\"tool\":null,\"mirrors\":[]}",
     "c.json:1:9: \"tool\" is null; allowed: a string", ""},
    {"tool is true", "{\"tool\":true,\"mirrors\":[]}",
     "c.json:1:9: \"tool\" is true or false; allowed: a string", ""},
    {"mirrors is an object", "{\"tool\":\"go\",\"mirrors\":{}}",
     "c.json:1:24: \"mirrors\" is an object; allowed: an array", ""},
    {"unknown field of the file", "{\"tool\":\"go\",\"mirrors\":[],\n\"canery\":{}}",
     "c.json:2:1: unknown field \"canery\" in a catalogue; allowed: tool, title, title_zh, "
     "max_age, probe, age, mirrors, canary, bulk",
     "Did you mean canary?"},
    {"field twice", "{\"tool\":\"go\",\"mirrors\":[],\n\"tool\":\"go\"}",
     "c.json:2:1: the field \"tool\" a second time in a catalogue; allowed: each field once", ""},
    {"mirror is a string", GO("\"https://a\""),
     "c.json:1:25: a mirror is a string; allowed: an object", ""},
    {"no id", GO("{\"url\":\"https://a\"}"),
     "c.json:1:25: a mirror without \"id\", which is required", ""},
    {"no url", GO("{\"id\":\"a\"}"), "c.json:1:25: a mirror without \"url\", which is required",
     ""},
    {"misspelled field", GO("{\"id\":\"a\",\n\"url\":\"https://a\",\n\"nmae\":\"A\"}"),
     "c.json:3:1: unknown field \"nmae\" in a mirror; allowed: id, name, name_zh, operator, url, "
     "region, verified, source, status, reason, aliases, style, lacks, rebase, default",
     "Did you mean name?"},
    {"id with upper case", GO("{\"id\":\"Aliyun\",\"url\":\"https://a\"}"),
     "c.json:1:31: \"id\" is 'Aliyun'; allowed: up to 64 lower-case letters, digits, '.', '_' and "
     "'-', a letter or digit first",
     ""},
    {"id with a dot first", GO("{\"id\":\".a\",\"url\":\"https://a\"}"),
     "c.json:1:31: \"id\" is '.a'; allowed: up to 64 lower-case letters, digits, '.', '_' and '-', "
     "a letter or digit first",
     ""},
    {"id fastest", GO("{\"id\":\"fastest\",\"url\":\"https://a\"}"),
     "c.json:1:31: the id 'fastest', which profiles write for the best mirror; allowed: another id",
     ""},
    {"id twice", GO(A ",\n" A),
     "c.json:2:1: the id a stands in line 1 already; allowed: each id once in a file", ""},
    {"ftp", GO("{\"id\":\"a\",\"url\":\"ftp://a\"}"),
     "c.json:1:41: the address 'ftp://a' is wrong: it is neither https nor http; allowed: "
     "https://HOST[:PORT][/PATH]",
     ""},
    {"credentials", GO("{\"id\":\"a\",\"url\":\"https://me:pw@a\"}"),
     "c.json:1:41: the address 'https://me:****@a' is wrong: it carries a user name or password; "
     "allowed: https://HOST[:PORT][/PATH]",
     ""},
    {"query", GO("{\"id\":\"a\",\"url\":\"https://a?x=1\"}"),
     "c.json:1:41: the address 'https://a?x=1' is wrong: it has a query or a fragment; allowed: "
     "https://HOST[:PORT][/PATH]",
     ""},
    {"no scheme", GO("{\"id\":\"a\",\"url\":\"a.example\"}"),
     "c.json:1:41: the address 'a.example' is wrong: it does not start with a scheme such as "
     "https://; allowed: https://HOST[:PORT][/PATH]",
     ""},
    {"NUL in a string", GO("{\"id\":\"a\\u0000b\",\"url\":\"https://a\"}"),
     "c.json:1:31: a control character in \"id\"; allowed: one line of printable text", ""},
    {"escape in a name", GO("{\"id\":\"a\",\"url\":\"https://a\",\"name\":\"\\u001b[2J\"}"),
     "c.json:1:60: a control character in \"name\"; allowed: one line of printable text", ""},
    {"status", GO("{\"id\":\"a\",\"url\":\"https://a\",\"status\":\"gone\"}"),
     "c.json:1:62: \"status\" is 'gone'; allowed: active, fallback, dead", ""},
    {"date", GO("{\"id\":\"a\",\"url\":\"https://a\",\"verified\":\"2026-8-21\"}"),
     "c.json:1:64: \"verified\" is '2026-8-21'; allowed: a date as in 2026-08-21", ""},
    {"canary without hash", "{\"tool\":\"go\",\"mirrors\":[],\"canary\":{\"path\":\"/x\"}}",
     "c.json:1:36: \"canary\" does not say what the object is; allowed: one of sha256, begins, "
     "contains",
     ""},
    {"canary with upper-case hash",
     "{\"tool\":\"go\",\"mirrors\":[],\"canary\":{\"path\":\"/x\",\"sha256\":\"AB\"}}",
     "c.json:1:58: \"sha256\" is 'AB'; allowed: 64 hexadecimal digits in lower case", ""},
    {"canary of another tool",
     "{\"tool\":\"go\",\"mirrors\":[],\"canary\":{\"project\":\"x\",\"sha256\":\"" HASH "\"}}",
     "c.json:1:37: unknown field \"project\" in \"canary\"; allowed: sha256, bytes, path, "
     "begins, contains",
     ""},
    {"canary that climbs",
     "{\"tool\":\"go\",\"mirrors\":[],\"canary\":{\"path\":\"/../x\",\"sha256\":\"" HASH "\"}}",
     "c.json:1:44: \"path\" is '/../x'; allowed: a path that starts with '/' and has no blanks, "
     "'..' "
     "or query",
     ""},
    {"half a canary of pip",
     "{\"tool\":\"pip\",\"mirrors\":[],\"canary\":{\"project\":\"x\",\"sha256\":\"" HASH "\"}}",
     "c.json:1:37: \"canary\" without \"file\", which is required", ""},
    {"digest",
     "{\"tool\":\"docker\",\"mirrors\":[],\"canary\":{\"repository\":\"l/x\","
     "\"digest\":\"" HASH "\"}}",
     "c.json:1:69: \"digest\" is '" HASH
     "'; allowed: sha256: and 64 hexadecimal digits in lower case",
     ""},
    {"digest and another hash",
     "{\"tool\":\"docker\",\"mirrors\":[],\"canary\":{\"repository\":\"l/"
     "x\",\"digest\":\"sha256:" HASH
     "\",\"sha256\":\"0167e79090d79e4b5738995c62a2186548fc33c919d6b4da1d36cc8c7c1e40c1\"}}",
     "c.json:1:152: \"sha256\" and \"digest\" are different hashes; allowed: the hash that "
     "\"digest\" names",
     ""},
    {"bytes",
     "{\"tool\":\"go\",\"mirrors\":[],\"canary\":{\"bytes\":1.5,\"path\":\"/x\",\"sha256\":\"" HASH
     "\"}}",
     "c.json:1:45: \"bytes\" is 1.5; allowed: a whole number from 0 to 2147483647", ""},
    {"huge bytes",
     "{\"tool\":\"go\",\"mirrors\":[],\"canary\":{\"bytes\":1e400,\"path\":\"/"
     "x\",\"sha256\":\"" HASH "\"}}",
     "c.json:1:45: \"bytes\" is 1e400; allowed: a whole number from 0 to 2147483647", ""},
    {"alias with two stars",
     GO("{\"id\":\"a\",\"url\":\"https://a\",\"aliases\":[\"https://*.*.b\"]}"),
     "c.json:1:63: the address 'https://*.*.b' is wrong: '*' stands for one whole label of its "
     "host; allowed: https://HOST[:PORT][/PATH], https://*.HOST[:PORT][/PATH]",
     ""},
    {"alias with half a label",
     GO("{\"id\":\"a\",\"url\":\"https://a\",\"aliases\":[\"https://x*.b\"]}"),
     "c.json:1:63: the address 'https://x*.b' is wrong: '*' stands for one whole label of its "
     "host; allowed: https://HOST[:PORT][/PATH], https://*.HOST[:PORT][/PATH]",
     ""},
    {"alias with a star in its path",
     GO("{\"id\":\"a\",\"url\":\"https://a\",\"aliases\":[\"https://b.c/.*.\"]}"),
     "c.json:1:63: the address 'https://b.c/.*.' is wrong: '*' stands for one whole label of its "
     "host; allowed: https://HOST[:PORT][/PATH], https://*.HOST[:PORT][/PATH]",
     ""},
    {"an address of git that is no alias", GO("{\"id\":\"a\",\"url\":\"git://a\"}"),
     "c.json:1:41: the address 'git://a' is wrong: it is neither https nor http; allowed: "
     "https://HOST[:PORT][/PATH]",
     ""},
    {"two defaults",
     GO("{\"id\":\"a\",\"url\":\"https://a\",\"default\":true},\n"
        "{\"id\":\"b\",\"url\":\"https://b\",\"default\":true}"),
     "c.json:2:1: \"default\" a second time, after a; allowed: one a service", ""},
    {"a day that is none", GO("{\"id\":\"a\",\"url\":\"https://a\",\"verified\":\"2025-02-30\"}"),
     "c.json:1:64: \"verified\" is '2025-02-30'; allowed: a date as in 2026-08-21", ""},
    {"default is a string", GO("{\"id\":\"a\",\"url\":\"https://a\",\"default\":\"yes\"}"),
     "c.json:1:63: \"default\" is a string; allowed: true or false", ""},
    {"unknown protocol", "{\"tool\":\"x\",\"probe\":{\"protocol\":\"npm\"},\"mirrors\":[]}",
     "c.json:1:33: \"protocol\" is 'npm'; allowed: pypi, oci, goproxy, cargo, nuget, pub, apt", ""},
    {"HEAD with a body",
     "{\"tool\":\"x\",\"probe\":{\"path\":\"/"
     "\",\"method\":\"HEAD\",\"starts_with\":\"x\"},\"mirrors\":[]}",
     "c.json:1:21: a HEAD request, whose answer has no body to look at; allowed: GET", ""},
    {"agent that breaks the line",
     "{\"tool\":\"x\",\"probe\":{\"path\":\"/\",\"agent\":\"a\\r\\nX: y\"},\"mirrors\":[]}",
     "c.json:1:41: a control character in \"agent\"; allowed: one line of printable text", ""},
    {"rule that is no pointer",
     "{\"tool\":\"x\",\"probe\":{\"path\":\"/\",\"json\":{\"v\":\"1\"}},\"mirrors\":[]}",
     "c.json:1:40: \"json\" has the field 'v'; allowed: a JSON pointer such as /dist/url", ""},
    {"age in no form",
     "{\"tool\":\"go\",\"age\":{\"path\":\"/\",\"from\":\"body\",\"as\":\"days\"},\"mirrors\":[]}",
     "c.json:1:51: \"as\" is 'days'; allowed: unix, http-date, rfc3339, date, yyyymmddhhmmss, "
     "json:/POINTER, xml:NAME, release:Date, repomd, same-as-upstream",
     ""},
    {"max_age without a unit", "{\"tool\":\"go\",\"max_age\":\"6\",\"mirrors\":[]}",
     "c.json:1:24: \"max_age\" is '6'; allowed: a time of at least 1s with its unit (s, m, h, d), "
     "such as 6h",
     ""},
    {"a canary in two ways",
     "{\"tool\":\"go\",\"mirrors\":[],\"canary\":{\"path\":\"/"
     "x\",\"begins\":\"a\",\"contains\":\"b\"}}",
     "c.json:1:36: \"canary\" says in 2 ways what the object is; allowed: one of sha256, begins, "
     "contains",
     ""},
    {"bulk without size", "{\"tool\":\"go\",\"mirrors\":[],\"bulk\":{\"path\":\"/x\"}}",
     "c.json:1:34: \"bulk\" without \"bytes\", which is required", ""},
};

static enum mw_code add(struct mw_catalog *catalog, const char *file, const char *text,
                        struct mw_error *err)
{
    if (catalog->service_count == 0)
        test_add_services(catalog);
    return mw_catalog_add(catalog, file, text, strlen(text), false, err);
}

static void refusals_name_the_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(refusals); i++) {
        struct mw_catalog catalog = {0};
        struct mw_error err = {0};
        enum mw_code code = add(&catalog, "c.json", refusals[i].text, &err);
        row_string_equal(refusals[i].name, err.message, refusals[i].message);
        row_string_equal(refusals[i].name, err.hint, refusals[i].hint);
        row_size_equal(refusals[i].name, code, MW_BAD_PROFILE);
        row_size_equal(refusals[i].name, catalog.count, 0);
        mw_catalog_release(&catalog);
    }
}

static void a_mirror_has_all_its_fields(void **state)
{
    (void)state;
    struct mw_catalog catalog = {0};
    assert_int_equal(
        add(&catalog, "c.json",
            "{\"x-note\":1,\"tool\":\"go\",\"mirrors\":[{\"id\":\"1a.b_c-d\",\"name\":\"N\","
            "\"name_zh\":\"\\u4e03牛\",\"operator\":\"O\",\"url\":\"https://a.example/go/\","
            "\"region\":\"cn\",\"verified\":\"2026-08-21\",\"source\":\"S\",\"x-what\":[{}],"
            "\"status\":\"fallback\",\"reason\":\"R\"}," A "],\"canary\":{\"path\":\"/x@v1.mod\","
            "\"sha256\":\"" HASH "\",\"bytes\":55},\"bulk\":{\"path\":\"/big\",\"bytes\":9,"
            "\"sha256\":\"" HASH "\"}}",
            NULL),
        MW_OK);
    assert_int_equal(catalog.count, 2);
    const struct mw_mirror *mirror = mw_catalog_find(&catalog, "go", "1a.b_c-d");
    assert_non_null(mirror);
    assert_string_equal(mirror->name, "N");
    assert_string_equal(mirror->name_zh, "七牛");
    assert_string_equal(mirror->operator_name, "O");
    assert_string_equal(mirror->url, "https://a.example/go/");
    assert_string_equal(mirror->region, "cn");
    assert_string_equal(mirror->verified, "2026-08-21");
    assert_string_equal(mirror->source, "S");
    assert_string_equal(mirror->reason, "R");
    assert_string_equal(mirror->file, "c.json");
    assert_string_equal(mw_mirror_status_word(mirror->status), "fallback");
    assert_string_equal(mirror->canary->path, "/x@v1.mod");
    assert_string_equal(mirror->canary->sha256, HASH);
    assert_int_equal(mirror->canary->bytes, 55);
    assert_string_equal(mirror->bulk->path, "/big");
    assert_int_equal(mirror->bulk->bytes, 9);
    assert_ptr_equal(mw_catalog_find_url(&catalog, "go", "HTTPS://A.example:443/go"), mirror);
    assert_null(mw_catalog_find_url(&catalog, "pip", "https://a.example/go/"));
    assert_null(mw_catalog_find(&catalog, "pip", "1a.b_c-d"));

    const struct mw_mirror *bare = mw_catalog_find(&catalog, "go", "a");
    assert_string_equal(bare->name, "a");
    assert_string_equal(bare->reason, "");
    assert_int_equal(bare->status, MW_MIRROR_ACTIVE);
    assert_ptr_equal(bare->canary, mirror->canary);

    /* Whoever shows a reason translates it then: the language may change in between. */
    mw_i18n_speak("zh_CN");
    assert_int_equal(add(&catalog, "d.json",
                         GO("{\"id\":\"gone\",\"url\":\"https://g\",\"status\":\"dead\"}"), NULL),
                     MW_OK);
    const char *reason = mw_catalog_find(&catalog, "go", "gone")->reason;
    assert_string_equal(reason, "its catalogue does not say why");
    assert_string_not_equal(_(reason), reason);
    mw_i18n_speak("en");
    mw_catalog_release(&catalog);
}

static void canaries_of_all_tools(void **state)
{
    (void)state;
    struct mw_catalog catalog = {0};
    assert_int_equal(add(&catalog, "d.json",
                         "{\"tool\":\"docker\",\"mirrors\":[" A "],\"canary\":{\"repository\":"
                         "\"library/hello-world\",\"digest\":\"sha256:" HASH "\"}}",
                         NULL),
                     MW_OK);
    assert_int_equal(add(&catalog, "p.json",
                         "{\"tool\":\"pip\",\"mirrors\":[" A "],\"canary\":{\"project\":"
                         "\"iniconfig\",\"file\":\"iniconfig-2.0.0-py3-none-any.whl\",\"sha256\":"
                         "\"" HASH "\",\"bytes\":5892}}",
                         NULL),
                     MW_OK);
    const struct mw_canary *docker = mw_catalog_find(&catalog, "docker", "a")->canary;
    assert_string_equal(docker->repository, "library/hello-world");
    assert_string_equal(docker->sha256, HASH);
    assert_int_equal(docker->bytes, -1);
    const struct mw_canary *pip = mw_catalog_find(&catalog, "pip", "a")->canary;
    assert_string_equal(pip->project, "iniconfig");
    assert_string_equal(pip->file, "iniconfig-2.0.0-py3-none-any.whl");
    assert_int_equal(pip->bytes, 5892);
    mw_catalog_release(&catalog);
}

/* Every spelling of a mirror is that mirror. */
static void aliases_and_schemes_count_as_one(void **state)
{
    (void)state;
    struct mw_catalog catalog = {0};
    static const struct {
        const char *url, *id;
    } rows[] = {
        {"https://dead.example/go", "dead"},
        {"http://dead.example/go/", "dead"},
        {"HTTP://DEAD.example:80/go", "dead"},
        {"http://dead.example:8080/go", NULL},
        {"https://old.example", "dead"},
        {"http://a1b2.family.example", "dead"},
        {"https://a1b2.family.example/", "dead"},
        {"https://a.b.family.example", NULL},
        {"https://family.example", NULL},
        {"https://.family.example", NULL},
        {"https://a.family.example.evil", NULL},
        {"https://me@a.family.example", NULL},
        {"https://registry.cn-x.cloud.example/p", "dead"},
        {"sparse+https://dead.example/go", "dead"},
        {"https://new.example", "new"},
        {"http://new.example", "new"},
        {"git://git.example/go", "dead"},
        {"dead.example/go", NULL},
        {"", NULL},
    };
    assert_int_equal(
        add(&catalog, "c.json",
            GO("{\"id\":\"dead\",\"url\":\"https://dead.example/"
               "go\",\"status\":\"dead\",\"aliases\":"
               "[\"https://old.example\",\"git://git.example/go\",\"https://*.family.example\","
               "\"https://registry.*.cloud.example/p\",\"http://new.example\"]},"
               "{\"id\":\"new\",\"url\":\"https://new.example\",\"default\":true},"
               "{\"id\":\"plain\",\"url\":\"http://new.example\"}"),
            NULL),
        MW_OK);
    for (size_t i = 0; i < ROWS(rows); i++) {
        const struct mw_mirror *found = mw_catalog_find_url(&catalog, "go", rows[i].url);
        const char *wanted = rows[i].id;
        if (strcmp(rows[i].url, "http://new.example") == 0)
            wanted = "plain"; /* as it is written goes first */
        row_string_equal(rows[i].url, found != NULL ? found->id : "-",
                         wanted != NULL ? wanted : "-");
    }
    assert_string_equal(mw_catalog_default(&catalog, "go")->id, "new");
    assert_int_equal(
        add(&catalog, "d.json", GO("{\"id\":\"new\",\"url\":\"https://n2.example\"}"), NULL),
        MW_OK);
    assert_string_equal(mw_catalog_default(&catalog, "go")->url, "https://n2.example");
    assert_null(mw_catalog_default(&catalog, "pip"));
    mw_catalog_release(&catalog);
}

/* Order, override in place, and whose canary judges the mirrors of a second file. */
static void later_files_extend_and_override(void **state)
{
    (void)state;
    static const char first[] =
        "{\"tool\":\"go\",\"mirrors\":[{\"id\":\"a\",\"url\":\"https://a\"},{\"id\":\"b\",\"url\":"
        "\"https://b\"}],\"canary\":{\"path\":\"/first\",\"sha256\":\"" HASH "\"},\"bulk\":"
        "{\"path\":\"/big\",\"bytes\":9,\"sha256\":\"" HASH "\"}}";
    static const struct {
        const char *name;
        const char *rest; /* of the second file */
        const char *canary, *bulk;
    } rows[] = {
        {"says nothing", "", "/first", "/big"},
        {"opts out", ",\"canary\":null", NULL, NULL},
        {"own canary", ",\"canary\":{\"path\":\"/own\",\"sha256\":\"" HASH "\"}", "/own", NULL},
        {"own bulk", ",\"bulk\":{\"path\":\"/own\",\"bytes\":1,\"sha256\":\"" HASH "\"}", "/first",
         "/own"},
        {"null bulk", ",\"bulk\":null", "/first", "/big"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_catalog catalog = {0};
        char *second = mw_xasprintf("{\"tool\":\"go\",\"mirrors\":[{\"id\":\"c\",\"url\":"
                                    "\"https://c\"},{\"id\":\"a\",\"url\":\"https://new\"}]%s}",
                                    rows[i].rest);
        row_size_equal(rows[i].name, add(&catalog, "1.json", first, NULL), MW_OK);
        row_size_equal(rows[i].name, add(&catalog, "2.json", second, NULL), MW_OK);
        row_size_equal(rows[i].name, catalog.count, 3);
        row_string_equal(rows[i].name, catalog.mirrors[0]->url, "https://new");
        row_string_equal(rows[i].name, catalog.mirrors[0]->file, "2.json");
        row_string_equal(rows[i].name, catalog.mirrors[1]->id, "b");
        row_string_equal(rows[i].name, catalog.mirrors[1]->canary->path, "/first");
        row_string_equal(rows[i].name, catalog.mirrors[2]->id, "c");
        for (size_t m = 0; m < 3; m += 2) {
            const struct mw_mirror *mirror = catalog.mirrors[m];
            row_string_equal(rows[i].name, mirror->canary != NULL ? mirror->canary->path : "none",
                             rows[i].canary != NULL ? rows[i].canary : "none");
            row_string_equal(rows[i].name, mirror->bulk != NULL ? mirror->bulk->path : "none",
                             rows[i].bulk != NULL ? rows[i].bulk : "none");
        }
        mw_catalog_release(&catalog);
        free(second);
    }
}

/* A file that was promised is read when its service is asked for, by whatever function. */
static void promises_are_kept(void **state)
{
    (void)state;
    static const char text[] =
        "{\"tool\":\"t\",\"title\":\"T\",\"title_zh\":\"T\",\"probe\":{\"path\":\"/"
        "\"},\"mirrors\":[{\"id\":\"a\","
        "\"url\":\"https://"
        "a.example\",\"operator\":\"A\",\"verified\":\"2026-01-01\",\"source\":\"s\","
        "\"status\":\"active\",\"default\":true}]}";
    static const char more[] =
        "{\"tool\":\"t\",\"mirrors\":[{\"id\":\"b\",\"url\":\"https://b.example\"}]}";
    for (int i = 0; i < 5; i++) {
        struct mw_catalog catalog = {0};
        struct mw_error err = {0};
        mw_catalog_promise(&catalog, "t", "t.json", text, strlen(text));
        assert_int_equal(catalog.count, 0);
        assert_null(mw_catalog_service(&catalog, "other"));
        assert_int_equal(catalog.count, 0);
        if (i == 0)
            assert_non_null(mw_catalog_service(&catalog, "t"));
        else if (i == 1)
            assert_non_null(mw_catalog_find(&catalog, "t", "a"));
        else if (i == 2)
            assert_non_null(mw_catalog_find_url(&catalog, "t", "http://a.example/"));
        else if (i == 3)
            assert_non_null(mw_catalog_default(&catalog, "t"));
        else
            assert_int_equal(mw_catalog_add(&catalog, "more.json", more, strlen(more), false, &err),
                             MW_OK);
        const struct mw_mirror *first = mw_catalog_next(&catalog, "t", NULL);
        assert_string_equal(first->id, "a");
        const struct mw_mirror *second = mw_catalog_next(&catalog, "t", first);
        assert_int_equal(second != NULL, i == 4);
        mw_catalog_release(&catalog);
    }
}

/* A file that is wrong leaves the catalogue as it was. */
static void errors_change_nothing(void **state)
{
    (void)state;
    struct mw_catalog catalog = {0};
    assert_int_equal(add(&catalog, "1.json", GO(A), NULL), MW_OK);
    assert_int_equal(add(&catalog, "2.json",
                         GO("{\"id\":\"a\",\"url\":\"https://evil\"},{\"id\":\"b\",\"url\":1}"),
                         NULL),
                     MW_BAD_PROFILE);
    assert_int_equal(catalog.count, 1);
    assert_string_equal(catalog.mirrors[0]->url, "https://a.example");
    mw_catalog_release(&catalog);
}

static void too_large_files_are_refused(void **state)
{
    (void)state;
    struct mw_catalog catalog = {0};
    struct mw_error err = {0};
    size_t len = (1 << 20) + 1;
    char *text = mw_xmalloc(len);
    memset(text, ' ', len);
    assert_int_equal(mw_catalog_add(&catalog, "c.json", text, len, false, &err), MW_BAD_PROFILE);
    assert_string_equal(err.message, "c.json: a catalogue of 1048577 bytes; allowed: up to 1 MiB");
    free(text);
}

static void built_in_catalogues_load(void **state)
{
    (void)state;
    struct mw_catalog catalog = {0};
    struct mw_error err = {0};
    for (const struct mw_builtin *file = mw_builtin_files; file->path != NULL; file++) {
        if (mw_text_starts(file->path, "assets/mirrors/") &&
            mw_catalog_add(&catalog, file->path, file->text, file->len, true, &err) != MW_OK)
            fail_msg("%s", err.message);
        /* A file is found by the name of its service. */
        if (mw_text_starts(file->path, "assets/mirrors/")) {
            char *name = mw_xasprintf("assets/mirrors/%s.json",
                                      catalog.services[catalog.service_count - 1]->id);
            row_string_equal(file->path, name, file->path);
            free(name);
        }
    }
    row_true("services", catalog.service_count >= 14);
    for (size_t t = 0; t < catalog.service_count; t++) {
        const struct mw_service *service = catalog.services[t];
        const struct mw_mirror *upstream = mw_catalog_default(&catalog, service->id);
        row_true(service->id, service->inquiry != NULL && *service->title_zh != '\0');
        row_true(service->id, upstream != NULL && strcmp(upstream->id, "upstream") == 0);
        size_t active = 0;
        for (size_t i = 0; i < catalog.count; i++) {
            const struct mw_mirror *mirror = catalog.mirrors[i];
            struct mw_url url;
            if (strcmp(mirror->tool, service->id) != 0)
                continue;
            active += mirror->status == MW_MIRROR_ACTIVE;
            row_true(mirror->id, *mirror->verified != '\0' && *mirror->source != '\0');
            row_true(mirror->id, *mirror->name_zh != '\0' && *mirror->operator_name != '\0');
            row_true(mirror->id, mirror->status == MW_MIRROR_ACTIVE || *mirror->reason != '\0');
            row_true(mirror->id, mw_url_parse(mirror->url, &url, NULL));
            row_true(mirror->id, mw_url_is(&url, "https") || mirror->status == MW_MIRROR_DEAD);
            /* Two names of one place would be measured twice. */
            row_true(mirror->id, mw_catalog_find_url(&catalog, service->id, mirror->url) == mirror);
            for (size_t k = 0; k < mirror->aliases.count; k++)
                row_true(mirror->id, strchr(mirror->aliases.items[k], '*') != NULL ||
                                         mw_catalog_find_url(&catalog, service->id,
                                                             mirror->aliases.items[k]) == mirror);
        }
        row_true(service->id, active >= 1);
    }
    mw_catalog_release(&catalog);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refusals_name_the_place),
        cmocka_unit_test(a_mirror_has_all_its_fields),
        cmocka_unit_test(canaries_of_all_tools),
        cmocka_unit_test(aliases_and_schemes_count_as_one),
        cmocka_unit_test(later_files_extend_and_override),
        cmocka_unit_test(promises_are_kept),
        cmocka_unit_test(errors_change_nothing),
        cmocka_unit_test(too_large_files_are_refused),
        cmocka_unit_test(built_in_catalogues_load),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
