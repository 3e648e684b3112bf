/* Texts and documents from results made by hand. */
#include "support/rows.h"

#include <stdlib.h>

#include "../../src/cli/render.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

/* ---- a result -------------------------------------------------------------------------------- */

static struct mw_plan_setting *add_setting(struct mw_plan *plan, size_t file, const char *key,
                                           const char *have, const char *want,
                                           enum mw_verdict verdict)
{
    struct mw_plan_setting *setting = MW_PUSH(plan->settings, plan->setting_count);
    setting->tool = plan->files[file].tool;
    setting->file = file;
    setting->key = mw_xstrdup(key);
    setting->verdict = verdict;
    if (have != NULL)
        mw_value_set_string(&setting->have, have);
    if (want != NULL)
        mw_value_set_string(&setting->want, want);
    setting->from.layer = MW_LAYER_PROFILE;
    setting->from.file = mw_xstrdup("builtin:profiles/prod.ini");
    setting->from.line = 14;
    return setting;
}

static struct mw_plan_file *add_file(struct mw_plan *plan, const char *tool, const char *path,
                                     enum mw_file_verdict verdict)
{
    struct mw_plan_file *file = MW_PUSH(plan->files, plan->file_count);
    file->tool = mw_tool_find(tool);
    file->location.path = mw_xstrdup(path);
    file->before.path = mw_xstrdup(path);
    file->verdict = verdict;
    file->after_exists = true;
    return file;
}

static void fill_session(struct mw_session *session)
{
    struct mw_plan *plan = &session->plan;
    session->sys.home = mw_xstrdup("/home/me");
    session->sys.root = mw_xstrdup("");
    session->has_plan = true;
    session->restores = -1;
    session->guard.fd = -1;
    session->profile_name = mw_xstrdup("prod");
    session->profile.name = mw_xstrdup("prod");
    session->profile.summary = mw_xstrdup("Build hosts");
    session->profile.file = mw_xstrdup("builtin:profiles/prod.ini");
    mw_strings_add(&session->profile.chain, "prod");
    mw_strings_add(&session->profile.chain, "base");

    add_file(plan, "go", "/home/me/.config/go/env", MW_FILE_CREATE);
    add_setting(plan, 0, "GOPROXY", NULL, "https://a.example,direct", MW_VERDICT_CREATE);
    add_setting(plan, 0, "GOPRIVATE", "old.example", NULL, MW_VERDICT_CHANGE);
    struct mw_plan_setting *shadowed =
        add_setting(plan, 0, "GOSUMDB", "off", "sum.golang.org", MW_VERDICT_FOREIGN);
    struct mw_shadow *shadow =
        mw_shadows_add(&shadowed->shadows, MW_SHADOW_STRONGER,
                       (struct mw_hit){.variable = mw_xstrdup("GOSUMDB")}, mw_xstrdup("off"), NULL);
    shadow->by = mw_xstrdup("environment variable GOSUMDB");
    shadow->fix = mw_xstrdup("unset GOSUMDB");

    struct mw_plan_file *pip = add_file(plan, "pip", "/etc/pip\033[2J.conf", MW_FILE_CONFLICT);
    pip->tool_missing = true;
    mw_fail(&pip->error, MW_CONFLICT, 0, "plan", "somebody changed index-url");
    struct mw_plan_setting *drifted =
        add_setting(plan, 1, "global.index-url", "https://u:pw@x.example/simple",
                    "https://y.example/simple?token=abc", MW_VERDICT_DRIFTED);
    free(drifted->from.file);
    drifted->from = (struct mw_origin){.layer = MW_LAYER_COMMAND_LINE, .file = mw_xstrdup("--set")};
    struct mw_plan_setting *secret =
        add_setting(plan, 1, "global.proxy", "hush", "hush-hush", MW_VERDICT_CHANGE);
    secret->is_secret = secret->have_is_secret = secret->want_is_secret = true;

    add_file(plan, "docker", "/etc/docker/daemon.json", MW_FILE_SAME);
    struct mw_plan_setting *mirrors =
        add_setting(plan, 2, "registry-mirrors", NULL, NULL, MW_VERDICT_SAME);
    mirrors->have.kind = mirrors->want.kind = MW_VALUE_LIST;
    for (int i = 0; i < 2; i++) {
        const char *url =
            i == 0 ? "https://first-mirror.example.com" : "https://second.example.com";
        mw_strings_add(&mirrors->have.items, url);
        mw_strings_add(&mirrors->want.items, url);
    }
}

/* ---- the plan -------------------------------------------------------------------------------- */

static const char plan_text[] =
    "Profile prod: Build hosts (builtin:profiles/prod.ini, extends base)\n"
    "\n"
    "Go            ~/.config/go/env                                            create\n"
    "  + GOPROXY    https://a.example,direct                              prod.ini:14\n"
    "  - GOPRIVATE  old.example                                           prod.ini:14\n"
    "  ~ GOSUMDB    off\n"
    "            -> sum.golang.org                                        prod.ini:14\n"
    "  ! GOSUMDB: set by someone else; the old value is kept for rollback\n"
    "  ! GOSUMDB: environment variable GOSUMDB wins: off; fix: unset GOSUMDB\n"
    "\n"
    "pip           /etc/pip\\x1B[2J.conf                                      conflict\n"
    "  ~ global.index-url  https://u:****@x.example/simple\n"
    "                   -> https://y.example/simple?token=****                  --set\n"
    "  ~ global.proxy      ****\n"
    "                   -> ****                                           prod.ini:14\n"
    "  ! global.index-url: changed by someone else since our last write\n"
    "  ! somebody changed index-url\n"
    "  ! not installed: configured for later\n"
    "\n"
    "Docker        /etc/docker/daemon.json                                       same\n"
    "  = registry-mirrors  https://first-mirror.example.com,\n"
    "                      https://second.example.com                     prod.ini:14\n";

static void test_plan(void **state)
{
    (void)state;
    struct mw_session session = {0};
    struct mw_style style = {.ascii = true, .cols = 80};
    struct mw_buf text = {0};
    fill_session(&session);
    mw_render_plan(&text, &session, &style);
    row_string_equal("plan", mw_buf_text(&text), plan_text);
    mw_buf_release(&text);
    mw_session_close(&session);
}

/* Colour and symbols only add: without them the same words are there. */
static void test_colour_is_not_needed(void **state)
{
    (void)state;
    struct mw_session session = {0};
    struct mw_style style = {.ascii = true, .color = true, .cols = 80};
    struct mw_buf text = {0};
    struct mw_buf stripped = {0};
    fill_session(&session);
    mw_render_plan(&text, &session, &style);
    size_t escapes = 0;
    for (const char *at = mw_buf_text(&text); *at != '\0'; at++) {
        if (*at == '\033') {
            escapes++;
            at += strcspn(at, "m");
        } else {
            mw_buf_putc(&stripped, *at);
        }
    }
    assert_true(escapes > 20);
    row_string_equal("without colour", mw_buf_text(&stripped), plan_text);
    mw_buf_release(&stripped);
    mw_buf_release(&text);
    mw_session_close(&session);
}

/* ---- the document ---------------------------------------------------------------------------- */

static const char *const top_level[] = {
    "schema_version", "tool_version", "action",   "exit_code", "result", "message", "profile",
    "changed",        "files",        "settings", "mirrors",   "checks", "warnings"};

static cJSON *document(struct mw_run *run, enum mw_code code)
{
    char *text = mw_render_json(run, code);
    row_true("valid UTF-8", mw_utf8_valid(text, strlen(text)));
    row_true("no escape", strchr(text, '\033') == NULL);
    row_true("no secret", strstr(text, "hush") == NULL && strstr(text, "pw@") == NULL &&
                              strstr(text, "abc") == NULL);
    cJSON *root = cJSON_Parse(text);
    assert_non_null(root);
    for (size_t i = 0; i < ROWS(top_level); i++)
        row_true(top_level[i], cJSON_HasObjectItem(root, top_level[i]));
    for (size_t i = 8; i < ROWS(top_level); i++)
        row_true(top_level[i], cJSON_IsArray(cJSON_GetObjectItem(root, top_level[i])));
    free(text);
    return root;
}

static void test_json_of_nothing(void **state)
{
    (void)state;
    struct mw_run run = {0};
    mw_fail(&run.error, MW_USAGE, 0, "options", "there is no option '%s'", "\xff\033[2J\x80");
    cJSON *root = document(&run, MW_USAGE);
    row_string_equal("message", cJSON_GetObjectItem(root, "message")->valuestring,
                     "there is no option '\\xFF\\x1B[2J\\x80'");
    assert_int_equal(cJSON_GetObjectItem(root, "exit_code")->valueint, 64);
    row_string_equal("result", cJSON_GetObjectItem(root, "result")->valuestring, "usage");
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(root, "action")));
    cJSON_Delete(root);
}

static const char *text_at(cJSON *root, const char *array, int index, const char *name)
{
    cJSON *item =
        cJSON_GetObjectItem(cJSON_GetArrayItem(cJSON_GetObjectItem(root, array), index), name);
    return cJSON_IsString(item) ? item->valuestring : cJSON_IsNull(item) ? "null" : "?";
}

static void test_json_of_a_plan(void **state)
{
    (void)state;
    static const struct {
        const char *array;
        int index;
        const char *name, *wanted;
    } rows[] = {
        {"files", 0, "verdict", "create"},
        {"files", 0, "before_sha256", "null"},
        {"files", 1, "path", "/etc/pip\\x1B[2J.conf"},
        {"files", 1, "error", "somebody changed index-url"},
        {"settings", 0, "have", "null"},
        {"settings", 0, "want", "https://a.example,direct"},
        {"settings", 1, "want", "null"},
        {"settings", 2, "shadowed_by", "environment variable GOSUMDB"},
        {"settings", 3, "have", "https://u:****@x.example/simple"},
        {"settings", 3, "want", "https://y.example/simple?token=****"},
        {"settings", 4, "have", "****"},
        {"settings", 4, "want", "****"},
    };
    struct mw_run run = {.has_session = true};
    fill_session(&run.session);
    mw_strings_add(&run.session.warnings, "careful: https://u:pw@x.example");
    cJSON *root = document(&run, MW_CONFLICT);
    for (size_t i = 0; i < ROWS(rows); i++)
        row_string_equal(rows[i].name, text_at(root, rows[i].array, rows[i].index, rows[i].name),
                         rows[i].wanted);

    cJSON *settings = cJSON_GetObjectItem(root, "settings");
    cJSON *effective = cJSON_GetObjectItem(cJSON_GetArrayItem(settings, 2), "effective");
    assert_true(cJSON_IsFalse(effective));
    cJSON *from = cJSON_GetObjectItem(cJSON_GetArrayItem(settings, 3), "from");
    row_string_equal("layer", cJSON_GetObjectItem(from, "layer")->valuestring, "command-line");
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(from, "line")));
    cJSON *mirrors = cJSON_GetObjectItem(cJSON_GetArrayItem(settings, 5), "want");
    assert_int_equal(cJSON_GetArraySize(mirrors), 2);
    cJSON *warning = cJSON_GetArrayItem(cJSON_GetObjectItem(root, "warnings"), 0);
    row_string_equal("warning", warning->valuestring, "careful: https://u:****@x.example");
    cJSON_Delete(root);
    mw_session_close(&run.session);
}

/* ---- style ----------------------------------------------------------------------------------- */

struct variable {
    const char *name, *value;
};
static const struct variable *environment;

static const char *get_env(const char *name)
{
    for (const struct variable *v = environment; v->name != NULL; v++) {
        if (strcmp(v->name, name) == 0)
            return v->value;
    }
    return NULL;
}

static void test_colour_precedence(void **state)
{
    (void)state;
    static const struct {
        const char *name, *flag;
        struct variable environment[5];
        bool is_terminal, wanted;
    } rows[] = {
        {"terminal", NULL, {{"TERM", "xterm"}}, true, true},
        {"pipe", NULL, {{"TERM", "xterm"}}, false, false},
        {"dumb terminal", NULL, {{"TERM", "dumb"}}, true, false},
        {"no TERM", NULL, {{NULL, NULL}}, true, false},
        {"CLICOLOR=0", NULL, {{"TERM", "xterm"}, {"CLICOLOR", "0"}}, true, false},
        {"CLICOLOR=1 in a pipe", NULL, {{"TERM", "xterm"}, {"CLICOLOR", "1"}}, false, false},
        {"FORCE over CLICOLOR=0", NULL, {{"CLICOLOR_FORCE", "1"}, {"CLICOLOR", "0"}}, false, true},
        {"FORCE=0", NULL, {{"CLICOLOR_FORCE", "0"}}, false, false},
        {"NO_COLOR over FORCE", NULL, {{"CLICOLOR_FORCE", "1"}, {"NO_COLOR", "1"}}, true, false},
        {"empty NO_COLOR", NULL, {{"NO_COLOR", ""}, {"TERM", "xterm"}}, true, true},
        {"always over NO_COLOR", "always", {{"NO_COLOR", "1"}}, false, true},
        {"never over FORCE", "never", {{"CLICOLOR_FORCE", "1"}}, true, false},
        {"auto is no flag", "auto", {{"NO_COLOR", "1"}, {"TERM", "xterm"}}, true, false},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        environment = rows[i].environment;
        row_true(rows[i].name, mw_style_wants_color(rows[i].flag, get_env, rows[i].is_terminal) ==
                                   rows[i].wanted);
    }
}

static void test_wrapping(void **state)
{
    (void)state;
    static const struct {
        const char *name, *start, *text;
        size_t indent, cols;
        const char *wanted;
    } rows[] = {
        {"fits", "", "one two", 2, 20, "one two"},
        {"breaks at a blank", "", "one two three", 2, 8, "one two\n  three"},
        {"goes on where the line is", "name: ", "one two", 6, 10, "name: one\n      two"},
        {"never cuts a word", "", "a https://very.long.example b", 1, 8,
         "a\n https://very.long.example\n b"},
        {"wide characters break anywhere", "", "配置开发环境", 0, 8, "配置开发\n环境"},
        {"a comma does not start a line", "", "配置开发，环境", 0, 8, "配置开\n发，环境"},
        {"blanks fold", "", "a   b", 0, 20, "a b"},
        {"empty", "x", "", 0, 20, "x"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_buf text = {0};
        mw_buf_puts(&text, rows[i].start);
        mw_put_wrapped(&text, rows[i].text, rows[i].indent, rows[i].cols);
        row_string_equal(rows[i].name, mw_buf_text(&text), rows[i].wanted);
        mw_buf_release(&text);
    }
}

static void test_columns_ignore_colour(void **state)
{
    (void)state;
    struct mw_style style = {.color = true};
    struct mw_buf text = {0};
    mw_buf_puts(&text, "first line\n");
    mw_paint(&text, &style, MW_PAINT_BAD, "中文ab");
    assert_int_equal(mw_line_cols(&text), 6);
    mw_pad_to(&text, 10, 1);
    assert_int_equal(mw_line_cols(&text), 10);
    mw_pad_to(&text, 5, 2);
    assert_int_equal(mw_line_cols(&text), 12);
    mw_buf_release(&text);
}

/* Whoever pipes a diff can apply it; a terminal gets what is harmless. */
static void test_diff_lines(void **state)
{
    (void)state;
#define MARK "\xEF\xBB\xBF"
    static const struct {
        const char *name, *diff, *piped, *shown;
    } rows[] = {
        {"a return at the end, and elsewhere", "@@ -1 +1 @@\n-a\rb\r\n+\r\n",
         "@@ -1 +1 @@\n-a\\x0Db\r\n+\r\n", "@@ -1 +1 @@\n-a\\x0Db\r\n+\r\n"},
        {"a mark at the start", "@@ -1,2 +1,2 @@\n-" MARK "a\n+" MARK "b\n c" MARK "\n",
         "@@ -1,2 +1,2 @@\n-" MARK "a\n+" MARK "b\n c\\u{FEFF}\n",
         "@@ -1,2 +1,2 @@\n-\\u{FEFF}a\n+\\u{FEFF}b\n c\\u{FEFF}\n"},
        {"of a new file", "@@ -0,0 +1 @@\n+" MARK "\n", "@@ -0,0 +1 @@\n+" MARK "\n",
         "@@ -0,0 +1 @@\n+\\u{FEFF}\n"},
        {"a mark further down", "@@ -11 +11 @@\n-" MARK "a\n+\033\n",
         "@@ -11 +11 @@\n-\\u{FEFF}a\n+\\x1B\n", "@@ -11 +11 @@\n-\\u{FEFF}a\n+\\x1B\n"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        MW_AUTO(mw_buf) piped = {0};
        MW_AUTO(mw_buf) shown = {0};
        mw_render_lines(&piped, rows[i].diff, &(struct mw_style){.is_piped = true});
        mw_render_lines(&shown, rows[i].diff, &(struct mw_style){0});
        row_string_equal(rows[i].name, mw_buf_text(&piped), rows[i].piped);
        row_string_equal(rows[i].name, mw_buf_text(&shown), rows[i].shown);
    }
}

static void test_times(void **state)
{
    (void)state;
    static const struct {
        const char *text, *wanted;
    } rows[] = {
        {"2026-08-21T09:30:00Z", "2026-08-21 09:30:00 UTC"},
        {"yesterday", "yesterday"},
        {"2026-08-21T09:30:00\033", "2026-08-21T09:30:00\\x1B"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char *found = mw_render_time(rows[i].text);
        row_string_equal(rows[i].text, found, rows[i].wanted);
        free(found);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plan),
        cmocka_unit_test(test_colour_is_not_needed),
        cmocka_unit_test(test_json_of_nothing),
        cmocka_unit_test(test_json_of_a_plan),
        cmocka_unit_test(test_colour_precedence),
        cmocka_unit_test(test_wrapping),
        cmocka_unit_test(test_columns_ignore_colour),
        cmocka_unit_test(test_diff_lines),
        cmocka_unit_test(test_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
