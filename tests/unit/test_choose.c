#include "support/rows.h"

#include <stdint.h>

#include "mirrorwise/builtin.h"
#include "mirrorwise/choose.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "support/model_host.h"

/* a, b, c active; h plain http; l loopback http; f, z fallback; d dead. */
static const char go_mirrors[] =
    "{\"tool\":\"go\",\"mirrors\":["
    "{\"id\":\"a\",\"url\":\"https://a.example/go/\"},"
    "{\"id\":\"h\",\"url\":\"http://h.example\"},"
    "{\"id\":\"b\",\"url\":\"https://b.example\"},"
    "{\"id\":\"l\",\"url\":\"http://127.0.0.1:3000\"},"
    "{\"id\":\"f\",\"url\":\"https://f.example\",\"status\":\"fallback\",\"reason\":\"one list\"},"
    "{\"id\":\"d\",\"url\":\"https://d.example\",\"status\":\"dead\",\"reason\":\"shut down\"},"
    "{\"id\":\"c\",\"url\":\"https://c.example\"},"
    "{\"id\":\"z\",\"url\":\"https://z.example\",\"status\":\"fallback\",\"reason\":\"slow\"}]}";

static const char pip_mirrors[] =
    "{\"tool\":\"pip\",\"mirrors\":["
    "{\"id\":\"h\",\"url\":\"http://h.example\"},"
    "{\"id\":\"d\",\"url\":\"https://d.example\",\"status\":\"dead\",\"reason\":\"shut down\"}]}";

static const char docker_mirrors[] =
    "{\"tool\":\"docker\",\"mirrors\":["
    "{\"id\":\"f\",\"url\":\"https://f.example\",\"status\":\"fallback\",\"reason\":\"one list\"},"
    "{\"id\":\"g\",\"url\":\"https://g.example\",\"status\":\"fallback\",\"reason\":\"slow\"}]}";

static struct mw_catalog catalog;

static int load_catalog(void **state)
{
    (void)state;
    static const char *const texts[] = {go_mirrors, pip_mirrors, docker_mirrors};
    struct mw_error err = {0};
    test_add_services(&catalog);
    for (size_t i = 0; i < ROWS(texts); i++) {
        if (mw_catalog_add(&catalog, "test.json", texts[i], strlen(texts[i]), false, &err) != MW_OK)
            fail_msg("%s", err.message);
    }
    return 0;
}

static int release_catalog(void **state)
{
    (void)state;
    mw_catalog_release(&catalog);
    return 0;
}

static struct mw_wish wish_of(const char *tool, const char *text)
{
    return (struct mw_wish){
        .tool = (char *)(uintptr_t)tool,
        .key = (char *)(uintptr_t) "KEY",
        .text = (char *)(uintptr_t)text,
        .from = {.layer = MW_LAYER_PROFILE, .file = (char *)(uintptr_t) "p.ini", .line = 7}};
}

static const struct mw_policy ordered = {.require_https = true};
static const struct mw_policy lax = {0};
static const struct mw_policy fastest = {.select = MW_SELECT_FASTEST, .require_https = true};

#define U(id) "https://" id ".example"
#define UA "https://a.example/go/"

static const struct row {
    const char *text;
    enum mw_shape shape;
    const char *forced;
    const char *value; /* items joined by ' '; NULL: absent */
    const char *ids;
    const char *warning;
} rows[] = {
    /* Untouched. */
    {"", MW_SHAPE_CHAIN, NULL, NULL, "", ""},
    {"", MW_SHAPE_SCALAR, NULL, NULL, "", ""},
    {"", MW_SHAPE_LIST, "", NULL, "", ""},
    {"@a", MW_SHAPE_SCALAR, NULL, "@a", "", ""},
    {"user@host,@x", MW_SHAPE_SCALAR, "b", "user@host,@x", "", ""},
    {" x ,, direct| ", MW_SHAPE_CHAIN, NULL, " x ,, direct| ", "", ""},
    {"https://me@x/?a,b|c", MW_SHAPE_URL, NULL, "https://me@x/?a,b|c", "", ""},
    {"https://x/go,direct", MW_SHAPE_CHAIN, NULL, "https://x/go,direct", "", ""},
    {"https://a.example/go", MW_SHAPE_URL, NULL, "https://a.example/go", "a", ""},
    {"https://d.example/", MW_SHAPE_URL, NULL, "https://d.example/", "d",
     "p.ini:7: go.KEY: the mirror d is dead: shut down"},
    /* By id. */
    {"@a", MW_SHAPE_URL, NULL, UA, "a", ""},
    {" @b ", MW_SHAPE_URL, NULL, U("b"), "b", ""},
    {"@a,@b,direct", MW_SHAPE_CHAIN, NULL, UA "," U("b") ",direct", "a b", ""},
    {"@a | @b , direct", MW_SHAPE_CHAIN, NULL, UA "|" U("b") ",direct", "a b", ""},
    {"https://x,@a|direct", MW_SHAPE_CHAIN, NULL, "https://x," UA "|direct", "a", ""},
    {"@a|@a,direct", MW_SHAPE_CHAIN, NULL, UA ",direct", "a", ""},
    {"https://A.example/go|@a,off", MW_SHAPE_CHAIN, NULL, "https://A.example/go,off", "a", ""},
    {"@l", MW_SHAPE_URL, NULL, "http://127.0.0.1:3000", "l", ""},
    {"@d,direct", MW_SHAPE_CHAIN, NULL, U("d") ",direct", "d",
     "p.ini:7: go.KEY: the mirror d is dead: shut down"},
    {"@f", MW_SHAPE_URL, NULL, U("f"), "f",
     "p.ini:7: go.KEY: the mirror f is only a fallback: one list"},
    /* The best ones, in the catalogue's order. */
    {"@fastest", MW_SHAPE_URL, NULL, UA, "a", ""},
    {"@fastest:1", MW_SHAPE_URL, NULL, UA, "a", ""},
    {"@fastest:2", MW_SHAPE_CHAIN, NULL, UA "," U("b"), "a b", ""},
    {"@fastest:2|direct", MW_SHAPE_CHAIN, NULL, UA "|" U("b") "|direct", "a b", ""},
    {"@fastest:2,direct", MW_SHAPE_CHAIN, NULL, UA "," U("b") ",direct", "a b", ""},
    {"x|@fastest:2", MW_SHAPE_CHAIN, NULL, "x|" UA "|" U("b"), "a b", ""},
    {"x|@fastest:2,", MW_SHAPE_CHAIN, NULL, "x|" UA "," U("b"), "a b", ""},
    {"@fastest:99", MW_SHAPE_LIST, NULL, UA " " U("b") " http://127.0.0.1:3000 " U("c"), "a b l c",
     ""},
    {"@b,@fastest:2", MW_SHAPE_CHAIN, NULL, U("b") "," UA ",http://127.0.0.1:3000", "b a l", ""},
    {"@fastest|@fastest,direct", MW_SHAPE_CHAIN, NULL, UA "|" U("b") ",direct", "a b", ""},
    {"@fastest:9|@a,direct", MW_SHAPE_CHAIN, NULL,
     UA "|" U("b") "|http://127.0.0.1:3000|" U("c") ",direct", "a b l c", ""},
    /* Lists. */
    {"@a, https://x\t@b", MW_SHAPE_LIST, NULL, UA " https://x " U("b"), "a b", ""},
    {"one", MW_SHAPE_LIST, NULL, "one", "", ""},
    /* --mirror. */
    {"@a,@b|direct", MW_SHAPE_CHAIN, "c", U("c") "|direct", "c", ""},
    {"@fastest:3|direct", MW_SHAPE_CHAIN, "@c", U("c") "|direct", "c", ""},
    {"https://x|direct,@b", MW_SHAPE_CHAIN, "c", U("c") "|direct", "c", ""},
    {"direct,@a|off", MW_SHAPE_CHAIN, "c", "direct," U("c") "|off", "c", ""},
    {"direct", MW_SHAPE_CHAIN, "https://corp.example/x", "https://corp.example/x,direct", "", ""},
    {"", MW_SHAPE_CHAIN, "c", U("c"), "c", ""},
    {"@nope", MW_SHAPE_URL, "c", U("c"), "c", ""},
    {"@fastest:3", MW_SHAPE_LIST, "https://b.example/", "https://b.example/", "b", ""},
    {"", MW_SHAPE_LIST, "d", U("d"), "d", "p.ini:7: go.KEY: the mirror d is dead: shut down"},
    {"@a", MW_SHAPE_URL, "h", "http://h.example", "h",
     "p.ini:7: go.KEY: http://h.example is plain http"},
};

static void wishes_become_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        const struct row *row = &rows[i];
        char *name = mw_xasprintf("\"%s\" forced %s", row->text, row->forced);
        struct mw_wish wish = wish_of("go", row->text);
        struct mw_choice choice = {0};
        struct mw_error err = {0};
        if (mw_choose(&catalog, &ordered, NULL, &wish, row->shape, row->forced, &choice, &err) !=
            MW_OK)
            fail_msg("%s: %s", name, err.message);
        enum mw_value_kind kind = row->value == NULL            ? MW_VALUE_ABSENT
                                  : row->shape == MW_SHAPE_LIST ? MW_VALUE_LIST
                                                                : MW_VALUE_STRING;
        char *value = mw_strings_join(&choice.value.items, " ");
        char *ids = mw_strings_join(&choice.ids, " ");
        char *warnings = mw_strings_join(&choice.warnings, "; ");
        row_size_equal(name, choice.value.kind, kind);
        row_string_equal(name, value, row->value != NULL ? row->value : "");
        row_string_equal(name, ids, row->ids);
        row_string_equal(name, warnings, row->warning);
        row_true(name, !choice.used_ranking);
        free(value);
        free(ids);
        free(warnings);
        free(name);
        mw_choice_release(&choice);
    }
}

static void some_wishes_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *tool, *text;
        enum mw_shape shape;
        const char *forced;
        enum mw_code code;
        const char *message, *hint;
    } refused[] = {
        {"docker", "@gg", MW_SHAPE_LIST, NULL, MW_BAD_PROFILE,
         "p.ini:7: docker.KEY: there is no mirror @gg; allowed: @fastest, @f, @g",
         "Did you mean @g?"},
        {"go", "@", MW_SHAPE_CHAIN, NULL, MW_BAD_PROFILE,
         "p.ini:7: go.KEY: there is no mirror @; allowed: @fastest, @a, @h, @b, @l, @f, @c, @z",
         ""},
        {"go", "@fastests", MW_SHAPE_CHAIN, NULL, MW_BAD_PROFILE,
         "p.ini:7: go.KEY: there is no mirror @fastests; allowed: @fastest, @a, @h, @b, @l, @f, "
         "@c, @z",
         "Did you mean @fastest?"},
        {"go", "@fastest:0", MW_SHAPE_CHAIN, NULL, MW_BAD_PROFILE,
         "p.ini:7: go.KEY: @fastest:0; allowed: @fastest, or @fastest:N with N from 1 to 99", ""},
        {"go", "@fastest:100", MW_SHAPE_LIST, NULL, MW_BAD_PROFILE,
         "p.ini:7: go.KEY: @fastest:100; allowed: @fastest, or @fastest:N with N from 1 to 99", ""},
        {"go", "@fastest:two", MW_SHAPE_LIST, NULL, MW_BAD_PROFILE,
         "p.ini:7: go.KEY: @fastest:two; allowed: @fastest, or @fastest:N with N from 1 to 99", ""},
        {"go", "@fastest:2", MW_SHAPE_URL, NULL, MW_BAD_PROFILE,
         "p.ini:7: go.KEY: @fastest:2; allowed: @fastest alone: it takes one mirror", ""},
        {"go", "@a,@b", MW_SHAPE_URL, NULL, MW_BAD_PROFILE,
         "p.ini:7: go.KEY: a list of 2 where one is wanted; allowed: one mirror or URL", ""},
        {"go", "https://a,@b", MW_SHAPE_URL, NULL, MW_BAD_PROFILE,
         "p.ini:7: go.KEY: a list of 2 where one is wanted; allowed: one mirror or URL", ""},
        {"go", "https://a https://b", MW_SHAPE_URL, NULL, MW_BAD_PROFILE,
         "p.ini:7: go.KEY: a list of 2 where one is wanted; allowed: one mirror or URL", ""},
        {"go", "@h", MW_SHAPE_URL, NULL, MW_BAD_PROFILE,
         "p.ini:7: go.KEY: the mirror @h is plain http (http://h.example); allowed: mirrors with "
         "https",
         "[policy] require = integrity would let it through."},
        {"go", "@a", MW_SHAPE_URL, "alibaba", MW_BAD_PROFILE,
         "p.ini:7: go.KEY: there is no mirror @alibaba; allowed: @fastest, @a, @h, @b, @l, @f, @c, "
         "@z",
         ""},
        {"go", "@a", MW_SHAPE_URL, "ftp://x", MW_BAD_PROFILE,
         "p.ini:7: go.KEY: the address 'ftp://x' is wrong: it is neither https nor http; allowed: "
         "the id of a mirror, or https://HOST[:PORT][/PATH]",
         ""},
        {"go", "@a", MW_SHAPE_URL, "https://u:pw@x y", MW_BAD_PROFILE,
         "p.ini:7: go.KEY: the address 'https://u:****@x y' is wrong: it contains a blank; "
         "allowed: "
         "the id of a mirror, or https://HOST[:PORT][/PATH]",
         ""},
        {"pip", "@fastest", MW_SHAPE_URL, NULL, MW_NO_MIRROR,
         "p.ini:7: pip.KEY: the catalogue has no usable mirror for pip", "h: not https; d: dead"},
    };
    for (size_t i = 0; i < ROWS(refused); i++) {
        struct mw_wish wish = wish_of(refused[i].tool, refused[i].text);
        struct mw_choice choice = {0};
        struct mw_error err = {0};
        enum mw_code code = mw_choose(&catalog, &ordered, NULL, &wish, refused[i].shape,
                                      refused[i].forced, &choice, &err);
        row_string_equal(refused[i].text, err.message, refused[i].message);
        row_string_equal(refused[i].text, err.hint, refused[i].hint);
        row_size_equal(refused[i].text, code, refused[i].code);
        row_size_equal(refused[i].text, choice.value.kind, MW_VALUE_ABSENT);
    }
}

static char *chosen(const struct mw_policy *policy, const struct mw_ranking *ranking,
                    const char *tool, const char *text, bool *used_ranking, struct mw_error *err)
{
    struct mw_wish wish = wish_of(tool, text);
    struct mw_choice choice = {0};
    if (mw_choose(&catalog, policy, ranking, &wish, MW_SHAPE_CHAIN, NULL, &choice, err) != MW_OK)
        return mw_xstrdup("refused");
    char *value = mw_value_text(&choice.value);
    *used_ranking = choice.used_ranking;
    mw_choice_release(&choice);
    return value;
}

static void secrets_and_origins_in_messages(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        size_t line;
        bool is_secret;
        const char *message;
    } places[] = {
        {NULL, 0, false, "go.KEY: there is no mirror @t0ken"},
        {"--set", 0, false, "--set: go.KEY: there is no mirror @t0ken"},
        {"p.ini", 7, true, "p.ini:7: go.KEY: there is no mirror @****"},
    };
    for (size_t i = 0; i < ROWS(places); i++) {
        struct mw_wish wish = wish_of("go", "@t0ken");
        struct mw_choice choice = {0};
        struct mw_error err = {0};
        wish.from.file = (char *)(uintptr_t)places[i].file;
        wish.from.line = places[i].line;
        wish.is_secret = places[i].is_secret;
        row_size_equal(
            places[i].message,
            mw_choose(&catalog, &ordered, NULL, &wish, MW_SHAPE_URL, NULL, &choice, &err),
            MW_BAD_PROFILE);
        row_true(places[i].message, mw_text_starts(err.message, places[i].message));
    }
}

static void policy_decides_about_http(void **state)
{
    (void)state;
    bool used = false;
    char *value = chosen(&lax, NULL, "go", "@h,@fastest:2", &used, NULL);
    assert_string_equal(value, "http://h.example," UA "," U("b"));
    free(value);
    value = chosen(&lax, NULL, "pip", "@fastest:9", &used, NULL);
    assert_string_equal(value, "http://h.example");
    free(value);
}

static void fallback_mirrors_serve_when_nothing_else_does(void **state)
{
    (void)state;
    bool used = false;
    char *value = chosen(&ordered, NULL, "docker", "@fastest:9", &used, NULL);
    assert_string_equal(value, U("f") "," U("g"));
    free(value);
}

/* "tool id url usable reason", best first. */
static const char ranking_text[] =
    "{\"schema_version\":1,\"measured_at\":\"2026-08-24T10:00:00Z\",\"network\":\"n1\",\"mirrors\":"
    "["
    "{\"tool\":\"docker\",\"id\":\"g\",\"url\":\"https://g.example\",\"usable\":true},"
    "{\"tool\":\"go\",\"id\":\"f\",\"url\":\"https://f.example\",\"rank\":1,\"usable\":true,"
    "\"reason\":\"\",\"rtt_us\":900,\"ttfb_us\":2500,\"later\":[1]},"
    "{\"tool\":\"go\",\"id\":\"c\",\"url\":\"https://c.example\",\"usable\":true,\"rtt_us\":1000},"
    "{\"tool\":\"go\",\"id\":\"d\",\"url\":\"https://d.example\",\"usable\":true},"
    "{\"tool\":\"go\",\"id\":\"h\",\"url\":\"http://h.example\",\"usable\":true},"
    "{\"tool\":\"go\",\"id\":\"gone\",\"url\":\"https://x\",\"usable\":true},"
    "{\"tool\":\"go\",\"id\":\"a\",\"url\":\"https://a.example/go\",\"usable\":true},"
    "{\"tool\":\"go\",\"id\":\"b\",\"url\":\"https://old.example\",\"usable\":true},"
    "{\"tool\":\"pip\",\"id\":\"h\",\"url\":\"http://h.example\",\"usable\":false,"
    "\"reason\":\"timeout\"}]}";

static void parse_ranking(struct mw_ranking *ranking)
{
    struct mw_error err = {0};
    if (mw_ranking_parse(ranking_text, strlen(ranking_text), ranking, &err) != MW_OK)
        fail_msg("%s", err.message);
}

static void rankings_decide_when_the_policy_lets_them(void **state)
{
    (void)state;
    static const struct {
        const struct mw_policy *policy;
        const char *tool, *text, *value;
        bool used_ranking;
    } ranked[] = {
        /* f is a fallback, d dead, h http, gone gone, b moved. */
        {&fastest, "go", "@fastest:9|direct", U("c") "|" UA "|direct", true},
        {&fastest, "go", "@fastest", U("c"), true},
        {&fastest, "go", "@c,@fastest", U("c") "," UA, true},
        {&fastest, "go", "@b", U("b"), false},
        {&ordered, "go", "@fastest", UA, false},
        {&fastest, "docker", "@fastest:2", U("g"), true},
    };
    struct mw_ranking ranking = {0};
    parse_ranking(&ranking);
    for (size_t i = 0; i < ROWS(ranked); i++) {
        bool used = !ranked[i].used_ranking;
        char *value =
            chosen(ranked[i].policy, &ranking, ranked[i].tool, ranked[i].text, &used, NULL);
        row_string_equal(ranked[i].text, value, ranked[i].value);
        row_true(ranked[i].text, used == ranked[i].used_ranking);
        free(value);
    }
    struct mw_error err = {0};
    bool used = false;
    char *value = chosen(&fastest, &ranking, "pip", "@fastest", &used, &err);
    assert_string_equal(value, "refused");
    assert_int_equal(err.code, MW_NO_MIRROR);
    assert_string_equal(err.message,
                        "p.ini:7: pip.KEY: the measurement found no usable mirror for pip");
    assert_string_equal(err.hint, "h: timeout");
    free(value);
    mw_ranking_release(&ranking);

    value = chosen(&fastest, &ranking, "go", "@fastest", &used, NULL); /* an empty one */
    assert_string_equal(value, UA);
    assert_false(used);
    free(value);
}

static void rankings_survive_the_file(void **state)
{
    (void)state;
    struct mw_ranking first = {0};
    struct mw_ranking second = {0};
    parse_ranking(&first);
    char *text = mw_ranking_format(&first);
    assert_int_equal(text[strlen(text) - 1], '\n');
    assert_int_equal(mw_ranking_parse(text, strlen(text), &second, NULL), MW_OK);
    assert_int_equal(second.count, first.count);
    assert_string_equal(second.measured_at, "2026-08-24T10:00:00Z");
    assert_string_equal(second.network, "n1");
    for (size_t i = 0; i < first.count; i++) {
        const struct mw_ranked *a = &first.items[i];
        const struct mw_ranked *b = &second.items[i];
        row_string_equal(a->id, b->tool, a->tool);
        row_string_equal(a->id, b->id, a->id);
        row_string_equal(a->id, b->url, a->url);
        row_string_equal(a->id, b->reason, a->reason);
        row_true(a->id, a->usable == b->usable && a->rtt_us == b->rtt_us);
        row_true(a->id, a->ttfb_us == b->ttfb_us);
    }
    assert_int_equal(first.items[1].rtt_us, 900);
    assert_int_equal(first.items[1].ttfb_us, 2500);
    assert_int_equal(first.items[2].ttfb_us, -1);
    assert_non_null(strstr(text, "\"rank\":\t2"));
    assert_non_null(strstr(text, "\"rank\":\tnull"));
    free(text);
    mw_ranking_release(&first);
    mw_ranking_release(&second);

    text = mw_ranking_format(&first);
    assert_int_equal(mw_ranking_parse(text, strlen(text), &second, NULL), MW_OK);
    assert_int_equal(second.count, 0);
    assert_null(second.measured_at);
    free(text);
    mw_ranking_release(&second);
}

static void a_measurement_of_some_tools_keeps_the_others(void **state)
{
    (void)state;
    static const char newer_text[] =
        "{\"schema_version\":1,\"measured_at\":\"2026-08-25T10:00:00Z\",\"network\":null,"
        "\"mirrors\":[{\"tool\":\"go\",\"id\":\"c\",\"url\":\"https://"
        "c.example\",\"usable\":true}]}";
    static const struct {
        const char *tool, *time, *network;
        size_t count;
    } wanted[] = {
        {"go", "2026-08-25T10:00:00Z", "", 1},
        {"pip", "2026-08-24T10:00:00Z", "n1", 1},
        {"docker", "2026-08-24T10:00:00Z", "n1", 1},
        {"npm", "", "", 0},
    };
    struct mw_ranking older = {0};
    struct mw_ranking newer = {0};
    struct mw_ranking all = {0};
    parse_ranking(&older);
    assert_int_equal(mw_ranking_parse(newer_text, strlen(newer_text), &newer, NULL), MW_OK);
    mw_ranking_merge(&newer, &older);
    mw_ranking_merge(&newer, &older); /* nothing is taken twice */
    char *text = mw_ranking_format(&newer);
    assert_int_equal(mw_ranking_parse(text, strlen(text), &all, NULL), MW_OK);
    for (size_t i = 0; i < ROWS(wanted); i++) {
        const char *time = mw_ranking_time(&all, wanted[i].tool);
        const char *network = mw_ranking_network(&all, wanted[i].tool);
        size_t count = 0;
        for (size_t k = 0; k < all.count; k++)
            count += strcmp(all.items[k].tool, wanted[i].tool) == 0;
        row_string_equal(wanted[i].tool, time != NULL ? time : "", wanted[i].time);
        row_string_equal(wanted[i].tool, network != NULL ? network : "", wanted[i].network);
        row_size_equal(wanted[i].tool, count, wanted[i].count);
    }
    assert_string_equal(all.measured_at, "2026-08-25T10:00:00Z");
    free(text);
    mw_ranking_release(&older);
    mw_ranking_release(&newer);
    mw_ranking_release(&all);
}

static void broken_rankings_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } broken[] = {
        {"", "last-ranking.json is no saved ranking: the text holds no value"},
        {"[]", "last-ranking.json is no saved ranking: its schema_version is not 1"},
        {"{\"schema_version\":2,\"mirrors\":[]}",
         "last-ranking.json is no saved ranking: its schema_version is not 1"},
        {"{\"schema_version\":1}", "last-ranking.json is no saved ranking: it has no mirrors"},
        {"{\"schema_version\":1,\"mirrors\":[{\"tool\":\"go\",\"id\":\"a\",\"url\":\"u\"}]}",
         "last-ranking.json is no saved ranking: a mirror lacks tool, id, url or usable"},
        {"{\"schema_version\":1,\"mirrors\":[1]}",
         "last-ranking.json is no saved ranking: a mirror lacks tool, id, url or usable"},
    };
    for (size_t i = 0; i < ROWS(broken); i++) {
        struct mw_ranking ranking = {0};
        struct mw_error err = {0};
        row_size_equal(broken[i].text,
                       mw_ranking_parse(broken[i].text, strlen(broken[i].text), &ranking, &err),
                       MW_FAILURE);
        row_string_equal(broken[i].text, err.message, broken[i].message);
        row_true(broken[i].text, ranking.items == NULL);
    }
}

static void only_fastest_wants_a_measurement(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t wanted;
    } texts[] = {{"@fastest", 1},  {"@fastest:3|direct", 3},  {"@a, @fastest", 2},
                 {"@fastests", 0}, {"https://x/@fastest", 0}, {"", 0},
                 {"@a,direct", 0}, {"@fastest:oops", 1}};
    for (size_t i = 0; i < ROWS(texts); i++)
        row_size_equal(texts[i].text, mw_choose_fastest_count(texts[i].text), texts[i].wanted);
}

/* Every reference of the built-in profiles finds its mirror, active and over https. */
static void built_in_profiles_choose_built_in_mirrors(void **state)
{
    (void)state;
    struct mw_catalog built_in = {0};
    struct test_world world = {0};
    struct mw_profile_host host = test_host(&world);
    struct mw_profile_set set = {0};
    struct mw_error err = {0};
    for (const struct mw_builtin *file = mw_builtin_files; file->path != NULL; file++) {
        if (mw_text_starts(file->path, "assets/mirrors/"))
            assert_int_equal(
                mw_catalog_add(&built_in, file->path, file->text, file->len, true, &err), MW_OK);
    }
    test_add_builtin_profiles(&set);
    for (size_t i = 0; i < set.count; i++) {
        struct mw_profile profile = {0};
        assert_int_equal(mw_profile_load(&set, set.items[i].name, &host, &profile, &err), MW_OK);
        for (size_t w = 0; w < profile.wishes.count; w++) {
            const struct mw_wish *wish = &profile.wishes.items[w];
            struct mw_choice choice = {0};
            if (strcmp(wish->tool, MW_ALL_TOOLS) == 0)
                continue; /* a mirror of each tool's own service */
            if (mw_choose(&built_in, &profile.policy, NULL, wish, MW_SHAPE_CHAIN, NULL, &choice,
                          &err) != MW_OK)
                fail_msg("%s", err.message);
            row_size_equal(wish->key, choice.warnings.count, 0);
            row_true(wish->key, strchr(choice.value.items.items[0], '@') == NULL);
            mw_choice_release(&choice);
        }
        mw_profile_release(&profile);
    }
    mw_profile_set_release(&set);
    mw_catalog_release(&built_in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wishes_become_values),
        cmocka_unit_test(some_wishes_are_refused),
        cmocka_unit_test(secrets_and_origins_in_messages),
        cmocka_unit_test(policy_decides_about_http),
        cmocka_unit_test(fallback_mirrors_serve_when_nothing_else_does),
        cmocka_unit_test(rankings_decide_when_the_policy_lets_them),
        cmocka_unit_test(rankings_survive_the_file),
        cmocka_unit_test(a_measurement_of_some_tools_keeps_the_others),
        cmocka_unit_test(broken_rankings_are_refused),
        cmocka_unit_test(only_fastest_wants_a_measurement),
        cmocka_unit_test(built_in_profiles_choose_built_in_mirrors),
    };
    return cmocka_run_group_tests(tests, load_catalog, release_catalog);
}
