/* The laws of the editors over golden files and over generated ones, the same in every run. */
#include "support/rows.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "mirrorwise/memory.h"
#include "support/edit_laws.h"

#define BOM "\xEF\xBB\xBF"

/* What is put into every text. */
struct subject {
    const struct mw_editor *editor;
    const char *keys[8];
    const char *values[12]; /* NULL in front: absent */
    size_t key_count, value_count;
    const char *tokens[64]; /* what generated texts are made of; none: by a function of its own */
};

static const struct subject subjects[] = {
    {.editor = &mw_editor_env,
     .keys = {"GOPROXY", "GOSUMDB", "GOPRIVATE", "GOFLAGS", "AR"},
     .key_count = 5,
     .values = {NULL, "s:", "s:off", "s:https://例.example/,direct", "s: \"a\" ", "s:a=b#c",
                "s:a\r", "l:a"},
     .value_count = 8},
    {.editor = &mw_editor_ini,
     .keys = {"global.index-url", "global.extra-index-url", "install.index_url",
              "install.trusted-host", "wheel.pre", "DEFAULT.index-url"},
     .key_count = 6,
     .values = {NULL, "s:", "s:https://a.example/simple", "l:a", "l:https://a|b c|[install]",
                "s:; # [x] = :", "l:x = y|z", "s: a", "l:#"},
     .value_count = 9},
    {.editor = &mw_editor_json,
     .keys = {"registry-mirrors", "debug", "features.buildkit", "log-opts.max-size", "a.b.\"c.d\"",
              "a/b", "repositories[name=ours].url", "repositories[name=ours].options.verify"},
     .key_count = 8,
     .values = {NULL, "s:", "s:\"\\\n例", "l:", "l:https://a.example", "l:a|b|c", "x:true",
                "x:9007199254740993", "x:{\"a\": [1, {}]}", "x:null", "x:tru"},
     .value_count = 11},
    {.editor = &mw_editor_npmrc,
     .keys = {"registry", "@team:registry", "//npm.example/:_authToken", "omit", "cafile"},
     .key_count = 5,
     .values = {NULL, "s:", "s:https://a.example/", "s:a;b#c\\\\;", "s:\"q\"", "s: a ", "s:'",
                "l:a", "l:a|b;c|\"", "s:true", "s:[x]", "s:a\\"},
     .value_count = 12,
     .tokens = {"registry", "registry", "@team:registry",
                "omit[]",   "omit",     "cafile",
                "\"omit\"", "=",        "=",
                "=",        " = ",      "\"",
                "'",        ";",        "#",
                "\\",       " ",        "\n",
                "\n",       "\n",       "\n",
                "\r\n",     "\r",       "https://a/",
                "\n[x]\n",  "例",       "\xC2\xA0",
                BOM,        "\n# c\n",  "\n\n"}},
    {.editor = &mw_editor_brew_env,
     .keys = {"HOMEBREW_API_DOMAIN", "HOMEBREW_BOTTLE_DOMAIN", "http_proxy"},
     .key_count = 3,
     .values = {NULL, "s:", "s:https://a.example/api", "s: a", "s:a ", "s:\"$X\" # é", "l:a"},
     .value_count = 7,
     .tokens = {"HOMEBREW_API_DOMAIN", "HOMEBREW_API_DOMAIN=", "HOMEBREW_BOTTLE_DOMAIN=x",
                "http_proxy=", "export ", "=", " ", "\t", "\n", "\n", "\n", "\r\n", "# c", "'a'",
                BOM, "x"}},
    {.editor = &mw_editor_shell_env,
     .keys = {"RUSTUP_DIST_SERVER", "HF_ENDPOINT", "A"},
     .key_count = 3,
     .values = {NULL, "s:", "s:https://a.example", "s:it's \"$1\"", "s:\\", "s: a b ", "l:a"},
     .value_count = 7,
     .tokens = {"A=", "A=", "HF_ENDPOINT=", "RUSTUP_DIST_SERVER=\"x\"", "export ", " ", "'", "\"",
                "\\", "\n", "\n", "\n", "# c", "$X", ";", "a", "\r\n", "fi", "B=1 cmd"}},
    {.editor = &mw_editor_bundle,
     .keys = {"BUNDLE_MIRROR__HTTPS://RUBYGEMS__ORG/", "BUNDLE_JOBS"},
     .key_count = 2,
     .values = {NULL, "s:", "s:https://a.example/", "s:\"", "s:a: b", "s:a:", "s: # 'x'", "l:a"},
     .value_count = 8,
     .tokens = {"---\n", "BUNDLE_JOBS", "BUNDLE_JOBS: ", "BUNDLE_MIRROR__HTTPS://RUBYGEMS__ORG/:",
                "BUNDLE_MIRROR__HTTPS://RUBYGEMS.ORG: ", " ", "\"", "'", "\n", "\n", "\n", "\r\n",
                "- a\n", "4", "https://b/", "# c", ":"}},
    {.editor = &mw_editor_yarnrc,
     .keys = {"registry", "@a:registry", "strict-ssl"},
     .key_count = 3,
     .values = {NULL, "s:", "s:https://a.example/", "s:true", "s:4", "s: a # b", "s:a\\", "l:a"},
     .value_count = 8,
     .tokens = {"registry ",
                "registry: ",
                "registry \"https://a/\"",
                "\"@a:registry\" ",
                "strict-ssl false",
                "env:\n  A 1\n",
                " ",
                "\"",
                "\\",
                ":",
                ",",
                "\n",
                "\n",
                "\n",
                "\r\n",
                "\r",
                "# c",
                "https://b/",
                "4",
                "=",
                BOM}},
    {.editor = &mw_editor_toml,
     .keys = {"source.crates-io.replace-with", "source.m.registry", "net.offline", "top",
              "index[name=ours].url", "a.\"b.c\".d"},
     .key_count = 6,
     .values = {NULL, "s:", "s:https://a.example/", "s:q\"\\'\n例", "l:", "l:a", "l:a|b|c", "l:b|c",
                "x:true", "x:1_000", "x:1979-05-27 07:32:00Z", "x:yes"},
     .value_count = 12,
     .tokens = {"[source.crates-io]\n",
                "replace-with = 'm'\n",
                "[source.m] # c\n",
                "registry = \"x\"\n",
                "[net]\noffline = false\n",
                "top = [\"a\", 'b'] # c\n",
                "[[index]]\n",
                "name = \"ours\"\n",
                "url = [\n  \"a\", # 1\n  \"b\",\n]\n",
                "\n",
                "\n",
                "\r\n",
                "# c\n",
                "source.m.x = 1\n",
                "[a.\"b.c\"]\n",
                "d = \"\"\"\nx \\\n y\"\"\"\n",
                "[a]\n",
                "t = {offline = 1, x.y = []}\n",
                "[source]\n",
                "z = [ [1], {a = 2} ]",
                BOM,
                "net = {offline = true}\n",
                "  indented = 1e3\n",
                "replace-with = [ \"a\", \"c\" ]\r\n",
                "d = 07:32:00\n",
                "= 1\n"}},
    {.editor = &mw_editor_yaml,
     .keys = {"npmRegistryServer", "channels", "custom_channels.conda-forge", ":sources",
              "list[name=ours].url", "a.b.c"},
     .key_count = 6,
     .values = {NULL, "s:", "s:https://a.example/", "s:q\"\\'\n例: #", "l:", "l:a", "l:a|b|c",
                "l:b|no", "x:true", "x:12", "s:true", "x:x"},
     .value_count = 12,
     .tokens = {"npmRegistryServer: \"x\" # c\n",
                "npmRegistryServer: https://b/\n",
                "channels:\n",
                "  - a\n",
                "  - 'b' # c\n",
                "- c\n",
                "custom_channels:\n",
                "  conda-forge: x\n",
                "  other: 1\n",
                ":sources: [a, \"b\"]\n",
                ":sources:\n- a\n",
                "list:\n",
                "  - name: ours\n    url: x\n",
                "  - name: b\n",
                "\n",
                "# c\n",
                "a:\n  b:\n    c: |\n      x\n",
                "a: &x {b: 1}\n",
                "a: {b: {c: 1}}\n",
                "z: plain\n  goes on\n",
                "k: ~\r\n",
                "a: {}\n",
                "a:\n  b: { } # c\n",
                "a:\n  b: null\n",
                "{} # c\n",
                "list: []\n",
                "  - url: x # c\n    name: ours\n",
                "  - name: ours\n    # c\n    url: x\n    k: 1\n",
                "  - url:\n    - x\n    # c\n    k: 1\n    name: ours\n",
                "---\n",
                "a:\n  <<: *x\n  b: y\n",
                "    c: \"z\"\n",
                "a:\n  b:\n    c: yes",
                "z: [1,\n 2]\n",
                BOM}},
    {.editor = &mw_editor_xml,
     .keys = {"s.mirrors.mirror[id=ours].url", "s.mirrors.mirror[id=ours].mirrorOf", "s.p",
              "s.list.add[@key=k].@value", "s.@v"},
     .key_count = 5,
     .values = {NULL, "s:", "s:https://a.example/?a=1&b=2", "s:<\"'>例]]>", "s: a", "l:a"},
     .value_count = 6,
     .tokens = {"<s>",
                "<s v='1'>\n",
                "</s>\n",
                "</s>",
                "  <mirrors>\n",
                "  </mirrors>\n",
                "<mirrors/>",
                "    <mirror>\n      <id>ours</id>\n      <url>x</url>\n    </mirror>\n",
                "<mirror><id> ours </id></mirror>",
                "  <p><![CDATA[x]]></p>\n",
                "<p/>",
                "\n",
                "<!-- c -->",
                "  <list>\n    <add key=\"k\" value='v&amp;' />\n  </list>\n",
                "<list><add key=\"k\"/></list>",
                "<list>",
                "</list>",
                "text",
                "\r\n",
                "<p>&#x4f8b;</p>"}},
};

static void try_one(const struct subject *subject, const char *name, const struct mw_buf *text,
                    size_t key, size_t notation)
{
    const char *others[ROWS(subject->keys) + 1] = {NULL};
    for (size_t i = 0; i < subject->key_count; i++)
        others[i] = subject->keys[i];
    struct mw_value value = edit_value(subject->values[notation]);
    char *broken = edit_broken_law(subject->editor, mw_buf_text(text), text->len,
                                   subject->keys[key], &value, others);
    if (broken != NULL)
        fail_msg("%s: %s", name, broken);
    mw_value_release(&value);
}

/* ---- golden files ---------------------------------------------------------------------------- */

static struct mw_buf read_golden(const struct mw_editor *editor, const char *name)
{
    struct mw_buf text = {0};
    char *path = mw_xasprintf("%s/golden/edit/%s/%s", MW_TEST_DIR, editor->name, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        fail_msg("cannot read %s", path);
    int c;
    while ((c = getc(file)) != EOF)
        mw_buf_putc(&text, (char)c);
    fclose(file);
    free(path);
    return text;
}

/* A line of cases.tsv: IN, OUT, KEY, VALUE ("-": absent), separated by tabs. */
static void check_case(const struct mw_editor *editor, char *line)
{
    char *field[4];
    for (size_t i = 0; i < 4; i++) {
        field[i] = strsep(&line, "\t");
        if (field[i] == NULL)
            fail_msg("%s/cases.tsv: a line has less than 4 fields", editor->name);
    }
    struct mw_buf in = read_golden(editor, field[0]);
    struct mw_buf wanted = read_golden(editor, field[1]);
    struct mw_value value = edit_value(strcmp(field[3], "-") == 0 ? NULL : field[3]);
    struct mw_buf out = {0};
    row_true(field[0], edit_put(editor, in.data, in.len, field[2], &value, &out));
    row_string_equal(field[1], mw_buf_text(&out), mw_buf_text(&wanted));
    row_true(field[1], mw_buf_equals(&out, &wanted));
    mw_buf_release(&out);
    mw_value_release(&value);
    mw_buf_release(&wanted);
    mw_buf_release(&in);
}

static void golden_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(subjects); i++) {
        struct mw_buf cases = read_golden(subjects[i].editor, "cases.tsv");
        char *rest = cases.data;
        size_t count = 0;
        for (char *line = strsep(&rest, "\n"); line != NULL; line = strsep(&rest, "\n")) {
            if (*line == '\0' || *line == '#')
                continue;
            check_case(subjects[i].editor, line);
            count++;
        }
        assert_true(count >= 5);
        mw_buf_release(&cases);
    }
}

static void golden_laws(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(subjects); i++) {
        char *path = mw_xasprintf("%s/golden/edit/%s", MW_TEST_DIR, subjects[i].editor->name);
        DIR *dir = opendir(path);
        assert_non_null(dir);
        struct dirent *entry;
        size_t count = 0;
        while ((entry = readdir(dir)) != NULL) {
            if (entry->d_name[0] == '.' || strcmp(entry->d_name, "cases.tsv") == 0)
                continue;
            struct mw_buf text = read_golden(subjects[i].editor, entry->d_name);
            assert_int_equal(subjects[i].editor->check(subjects[i].editor, entry->d_name, text.data,
                                                       text.len, NULL),
                             MW_OK);
            for (size_t key = 0; key < subjects[i].key_count; key++) {
                for (size_t value = 0; value < subjects[i].value_count; value++)
                    try_one(&subjects[i], entry->d_name, &text, key, value);
            }
            mw_buf_release(&text);
            count++;
        }
        assert_true(count >= 5);
        closedir(dir);
        free(path);
    }
}

/* ---- generated files ------------------------------------------------------------------------- */

static uint64_t seed;

/* xorshift64* (Vigna). */
static size_t pick(size_t count)
{
    seed ^= seed >> 12;
    seed ^= seed << 25;
    seed ^= seed >> 27;
    return (size_t)((seed * 2685821657736338717u) >> 33) % count;
}

static void put_one_of(struct mw_buf *out, const char *const *list, size_t count)
{
    mw_buf_puts(out, list[pick(count)]);
}

#define PUT_ONE_OF(out, list) put_one_of((out), (list), ROWS(list))

static void generate_env(struct mw_buf *out)
{
    static const char *const starts[] = {
        "", "", "", "", "", "", " ", "export ", "#", "\xEF\xBB\xBF", "go", "\t"};
    static const char *const keys[] = {"GOPROXY", "GOPROXY", "GOSUMDB", "GOPRIVATE", "GOFLAGS",
                                       "AR",      "GOENV",   "",        "GOPROX"};
    static const char *const equals[] = {"=", "=", "=", "=", "=", " = ", "==", ":", ""};
    static const char *const values[] = {
        "", "off", "https://a.example", "\"q\"", " x ", "a=b", "\r", "\xFF", "例", "#"};
    static const char *const ends[] = {"\n", "\n", "\n", "\r\n", "\n\n", "\r", ""};
    for (size_t lines = pick(10); lines > 0; lines--) {
        PUT_ONE_OF(out, starts);
        PUT_ONE_OF(out, keys);
        PUT_ONE_OF(out, equals);
        PUT_ONE_OF(out, values);
        if (pick(40) == 0)
            mw_buf_putc(out, '\0');
        PUT_ONE_OF(out, ends);
    }
}

/* Options and sections repeat seldom, so that most texts pass check(). */
static void generate_ini(struct mw_buf *out)
{
    static const char *const sections[] = {"[global]", "[install]",  "[DEFAULT]", "[wheel] # x",
                                           "[GLOBAL]", "[ global ]", "[]]",       "[global"};
    static const char *const options[] = {"index-url",   "index_url",    "extra-index-url",
                                          "pre",         "trusted-host", "Timeout",
                                          "--index-url", "a.b",          "é"};
    static const char *const indents[] = {"", "", "", "", "", "", "  ", "\t", " ", "\xE3\x80\x80"};
    static const char *const deltas[] = {" = ", " = ", "=", ": ", " :", "\t=\t", "   =   "};
    static const char *const values[] = {
        "", "x", "https://a.example/simple", "a # b", "\"q\"", "[x]", "= y", "\xC2\xA0z", "例 "};
    static const char *const more[] = {"  a", "    b", "\tc = d", "   [install]", "  # e", "",
                                       "",    "   ",   "; f",     "# g",          "\x0C"};
    static const char *const all_ends[] = {"\n", "\r\n", "\r"};
    const char *end = all_ends[pick(12) < 9 ? 0 : pick(3)];
    size_t section = pick(4);
    size_t option = 0;
    if (pick(3) > 0)
        mw_buf_printf(out, "%s%s", sections[section++], end);
    for (size_t lines = pick(12); lines > 0; lines--) {
        size_t kind = pick(10);
        if (kind == 0 && section < ROWS(sections)) {
            PUT_ONE_OF(out, indents);
            mw_buf_puts(out, sections[section++]);
            option = pick(3);
        } else if (kind < 5 && option < ROWS(options)) {
            PUT_ONE_OF(out, indents);
            mw_buf_puts(out, options[option++]);
            PUT_ONE_OF(out, deltas);
            PUT_ONE_OF(out, values);
        } else {
            PUT_ONE_OF(out, more);
        }
        mw_buf_puts(out, pick(20) == 0 ? all_ends[pick(3)] : lines == 1 && pick(3) == 0 ? "" : end);
    }
}

static void generate_space(struct mw_buf *out, bool wild, size_t depth)
{
    static const char *const spaces[] = {"", "", " ", "\n", "\r\n  ", "\t", "\n\n    ", "  ", "\r"};
    if (wild)
        PUT_ONE_OF(out, spaces);
    else
        mw_buf_printf(out, "\n%*s", (int)(2 * depth), "");
}

static void generate_json(struct mw_buf *out, bool wild, size_t depth)
{
    static const char *const scalars[] = {"1",
                                          "-0.50e+7",
                                          "true",
                                          "null",
                                          "\"x\"",
                                          "\"\\u00e9\\n\"",
                                          "\"例\"",
                                          "9007199254740993",
                                          "\"\"",
                                          "{}",
                                          "[]",
                                          "[ ]",
                                          "\"ours\"",
                                          "[{\"name\": \"ours\"}]",
                                          "[1, {\"name\": \"ours\", \"url\": 1}]"};
    static const char *const keys[] = {"registry-mirrors",
                                       "debug",
                                       "features",
                                       "log-opts",
                                       "a",
                                       "b",
                                       "c",
                                       "buildkit",
                                       "max-size",
                                       "c.d",
                                       "\\u0061",
                                       "a/b",
                                       "repositories",
                                       "name",
                                       "options"};
    size_t kind = depth == 0 ? 0 : pick(depth > 4 ? 1 : 4);
    if (kind > 1 || (depth > 4 && kind == 0)) {
        PUT_ONE_OF(out, scalars);
        return;
    }
    mw_buf_putc(out, kind == 0 ? '{' : '[');
    size_t count = pick(5);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            mw_buf_putc(out, ',');
        generate_space(out, wild, depth + 1);
        if (kind == 0) {
            mw_buf_putc(out, '"');
            PUT_ONE_OF(out, keys);
            mw_buf_puts(out, wild && pick(3) == 0 ? "\" : " : "\":");
        }
        generate_json(out, wild, depth + 1);
        if (wild)
            generate_space(out, true, depth);
    }
    if (count > 0)
        generate_space(out, wild, depth);
    mw_buf_putc(out, kind == 0 ? '}' : ']');
}

static void generate(const struct subject *subject, struct mw_buf *out)
{
    const struct mw_editor *editor = subject->editor;
    size_t tokens = 0;
    while (tokens < ROWS(subject->tokens) && subject->tokens[tokens] != NULL)
        tokens++;
    if (subject->editor == &mw_editor_xml && pick(4) > 0) { /* or hardly any would be one */
        mw_buf_puts(out, pick(2) == 0 ? "<?xml version='1.0'?>\n<s>\n" : "<s>");
        for (size_t count = pick(5); count > 0; count--) {
            static const size_t whole[] = {6, 7, 8, 9, 10, 11, 12, 13, 14, 19, 11, 12};
            mw_buf_puts(out, subject->tokens[whole[pick(ROWS(whole))]]);
        }
        mw_buf_puts(out, pick(2) == 0 ? "</s>\n" : "\n</s>");
    } else if (tokens > 0) {
        for (size_t count = pick(tokens > 25 ? 6 : 24); count > 0; count--)
            put_one_of(out, subject->tokens, tokens);
    } else if (editor == &mw_editor_env) {
        generate_env(out);
    } else if (editor == &mw_editor_ini) {
        generate_ini(out);
    } else if (pick(20) == 0) {
        generate_space(out, true, 0);
    } else {
        bool wild = pick(2) == 0;
        generate_json(out, wild, 0);
        generate_space(out, wild, 0);
    }
}

static void generated_laws(void **state)
{
    (void)state;
    enum { TEXTS = 4000, TRIES = 8 };
    for (size_t i = 0; i < ROWS(subjects); i++) {
        seed = 0x9E3779B97F4A7C15u + i;
        print_message("%s: seed %#llx\n", subjects[i].editor->name, (unsigned long long)seed);
        size_t valid = 0;
        for (size_t n = 0; n < TEXTS; n++) {
            struct mw_buf text = {0};
            char *name = mw_xasprintf("text %zu", n);
            generate(&subjects[i], &text);
            valid += subjects[i].editor->check(subjects[i].editor, name, mw_buf_text(&text),
                                               text.len, NULL) == MW_OK;
            for (size_t tries = 0; tries < TRIES; tries++)
                try_one(&subjects[i], name, &text, pick(subjects[i].key_count),
                        pick(subjects[i].value_count));
            free(name);
            mw_buf_release(&text);
        }
        print_message("%s: %zu of %d texts are valid\n", subjects[i].editor->name, valid, TEXTS);
        assert_true(valid > TEXTS / 3); /* or the generator tests nothing */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_cases),
        cmocka_unit_test(golden_laws),
        cmocka_unit_test(generated_laws),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
