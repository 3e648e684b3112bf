/* Tools as data: what every tool file must keep, whatever is in it, and what is refused. */
#include "mirrorwise/tool.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../src/tools/internal.h"
#include "../../src/tools/tool_read.h"
#include "mirrorwise/builtin.h"
#include "mirrorwise/catalog.h"
#include "mirrorwise/history.h"
#include "mirrorwise/json_tree.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/plan.h"
#include "mirrorwise/text.h"
#include "mirrorwise/transaction.h"
#include "support/rows.h"
#include "support/world.h"

/* ---- laws of every tool ---------------------------------------------------------------------- */

static void open_world(struct mw_sandbox *box)
{
    mw_world_open(box);
    box->sys.euid = geteuid();
    mw_world_setenv(box, "MIRRORWISE_STATE_DIR=/state");
    for (size_t i = 0; i < mw_tool_count(); i++) {
        const struct mw_tool *tool = mw_tool_at(i);
        const char *program = tool->programs.items[0];
        char *path = mw_xasprintf("usr/bin/%s", program);
        if (strchr(program, '/') == NULL)
            mw_sandbox_put(box, path, "", 0755);
        free(path);
    }
}

/* A value that the tool takes; false if none of a few is one. */
static bool find_value(const struct mw_system *sys, const struct mw_tool *tool, const char *key,
                       const struct mw_tool_key *row, struct mw_value *value)
{
    static const char *const samples[] = {"https://mirror.example/path",
                                          "https://mirror.example",
                                          "mirror.example",
                                          "true",
                                          "7",
                                          "off",
                                          "auto",
                                          "git.example:git",
                                          "/srv/x",
                                          "-x"};
    for (size_t i = 0; i < ROWS(samples) + row->choices.count; i++) {
        const char *text = i < ROWS(samples) ? samples[i] : row->choices.items[i - ROWS(samples)];
        if (mw_tool_value_from_text(row, text, value, NULL) == MW_OK &&
            mw_tool_validate(sys, tool, key, value, NULL) == MW_OK)
            return true;
    }
    return false;
}

static enum mw_code apply(const struct mw_system *sys, const struct mw_plan *plan, bool rolls_back,
                          long restores)
{
    struct mw_history history = {0};
    struct mw_outcome outcome = {0};
    struct mw_guard guard = {.fd = -1};
    struct mw_error err = {0};
    struct mw_apply_request request = {.action = rolls_back ? "rollback" : "apply",
                                       .profile = rolls_back ? NULL : "test",
                                       .restores = restores};
    enum mw_code code = mw_guard_take(sys, &guard, &err);
    if (code == MW_OK)
        code = mw_history_load(sys, &history, NULL, &err);
    if (code == MW_OK)
        code = mw_transaction_run(sys, &history, plan, &request, NULL, &outcome, &err);
    if (code != MW_OK)
        print_message("%s\n", err.message);
    mw_guard_release(sys, &guard);
    mw_outcome_release(&outcome);
    mw_history_release(&history);
    return code;
}

static void make_plan(const struct mw_system *sys, const struct mw_tool *tool, const char *key,
                      const struct mw_value *value, struct mw_plan *plan)
{
    struct mw_history history = {0};
    struct mw_error err = {0};
    struct mw_wanted wanted = {.tool = tool, .key = mw_xstrdup(key)};
    struct mw_wanted_list list = {.items = &wanted, .count = 1};
    struct mw_plan_options options = {.scope = MW_SCOPE_USER};
    mw_value_copy(&wanted.value, value);
    assert_int_equal(mw_history_load(sys, &history, NULL, &err), MW_OK);
    if (mw_plan_make(sys, &list, &history, &options, plan, &err) != MW_OK)
        fail_msg("%s.%s: %s", tool->id, key, err.message);
    mw_value_release(&wanted.value);
    free(wanted.key);
    mw_history_release(&history);
}

static void go_back(const struct mw_system *sys)
{
    struct mw_history history = {0};
    struct mw_plan plan = {0};
    struct mw_error err = {0};
    long restores = -1;
    assert_int_equal(mw_history_load(sys, &history, NULL, &err), MW_OK);
    if (mw_rollback_plan(sys, &history, -1, false, &plan, &restores, &err) != MW_OK)
        fail_msg("%s", err.message);
    assert_int_equal(apply(sys, &plan, true, restores), MW_OK);
    mw_plan_release(&plan);
    mw_history_release(&history);
}

/* The bytes of a file as the tool's source sees it. */
static void read_back(const struct mw_system *sys, const struct mw_location *at,
                      const struct mw_tool *tool, const char *key, struct mw_value *value,
                      struct mw_file *file)
{
    struct mw_error err = {0};
    assert_int_equal(mw_file_read(sys, at->path, at->actor, file, &err), MW_OK);
    if (mw_source_check(at->source, at->path, mw_buf_text(&file->bytes), file->bytes.len, &err) !=
            MW_OK ||
        mw_source_get(at->source, tool, mw_buf_text(&file->bytes), file->bytes.len, key, value,
                      &err) != MW_OK)
        fail_msg("%s.%s: %s", tool->id, key, err.message);
}

/* locate, read, set, resolve, diff, apply, rollback, byte for byte. */
static void hold_to_laws(struct mw_sandbox *box, const struct mw_tool *tool, const char *key)
{
    const struct mw_system *sys = &box->sys;
    char *name = mw_xasprintf("%s.%s", tool->id, key);
    struct mw_value want = {0}, have = {0};
    struct mw_location at = {0};
    struct mw_file before = {0}, file = {0};
    struct mw_plan plan = {0}, again = {0};
    struct mw_hits hits = {0};
    struct mw_error err = {0};
    if (!find_value(sys, tool, key, mw_tool_key(tool, key), &want))
        fail_msg("%s: no sample is a value of it", name);
    if (mw_locate(sys, tool, MW_SCOPE_USER, key, &at, &err) != MW_OK)
        fail_msg("%s: %s", name, err.message);
    row_true(name, at.source != NULL && at.path[0] == '/');
    assert_int_equal(mw_file_read(sys, at.path, at.actor, &before, NULL), MW_OK);

    make_plan(sys, tool, key, &want, &plan);
    row_true(name, at.source->kind == MW_SOURCE_SHELL || mw_plan_changes(&plan) == 1);
    row_string_equal(name, plan.files[0].location.path, at.path);
    char *diff = mw_plan_file_diff(&plan.files[0]);
    row_true(name, diff[0] != '\0');
    free(diff);
    row_true(name, apply(sys, &plan, false, -1) == MW_OK);
    read_back(sys, &at, tool, key, &have, &file);
    row_true(name, mw_strings_equal(&have.items, &want.items));
    mw_resolve(sys, tool, MW_SCOPE_USER, key, NULL, &hits);
    const struct mw_hit *winner = mw_hits_winner(&hits);
    row_true(name, winner != NULL && winner->path != NULL && strcmp(winner->path, at.path) == 0);
    row_true(name, mw_strings_equal(&winner->value.items, &want.items));
    make_plan(sys, tool, key, &want, &again);
    row_true(name, mw_plan_changes(&again) == 0);

    go_back(sys);
    mw_file_release(&file);
    assert_int_equal(mw_file_read(sys, at.path, at.actor, &file, NULL), MW_OK);
    row_true(name, file.exists == before.exists);
    row_true(name, mw_buf_equals(&file.bytes, &before.bytes));

    mw_plan_release(&plan);
    mw_plan_release(&again);
    mw_hits_release(&hits);
    mw_file_release(&before);
    mw_file_release(&file);
    mw_location_release(&at);
    mw_value_release(&want);
    mw_value_release(&have);
    free(name);
}

/* Each key in an empty home, and once more in a file that has another one. */
static void hold_tool(struct mw_sandbox *box, const struct mw_tool *tool)
{
    struct mw_strings keys = {0};
    mw_tool_key_names(tool, &keys);
    row_true(tool->id, keys.count > 0);
    for (size_t i = 0; i < keys.count; i++) {
        row_true(keys.items[i], mw_tool_key(tool, keys.items[i]) != NULL);
        char *hole = strstr(keys.items[i], "{name}");
        if (hole != NULL) /* any name of that length */
            memcpy(hole, "table1", strlen("table1"));
        hold_to_laws(box, tool, keys.items[i]);
    }
    if (keys.count > 1) {
        struct mw_value first = {0};
        struct mw_plan plan = {0};
        assert_true(
            find_value(&box->sys, tool, keys.items[0], mw_tool_key(tool, keys.items[0]), &first));
        make_plan(&box->sys, tool, keys.items[0], &first, &plan);
        row_true(tool->id, apply(&box->sys, &plan, false, -1) == MW_OK);
        hold_to_laws(box, tool, keys.items[1]);
        go_back(&box->sys);
        mw_plan_release(&plan);
        mw_value_release(&first);
    }
    mw_strings_release(&keys);
}

static void every_tool_keeps_the_laws(void **state)
{
    (void)state;
    assert_true(mw_tool_count() >= 3);
    for (size_t i = 0; i < mw_tool_count(); i++) {
        struct mw_sandbox box;
        const struct mw_tool *tool = mw_tool_at(i);
        assert_non_null(tool);
        open_world(&box);
        hold_tool(&box, tool);
        mw_sandbox_close(&box);
    }
}

/* Every key says what it is, in both languages, and every address of a row is a key. */
static void every_tool_is_described(void **state)
{
    (void)state;
    for (size_t i = 0; i < mw_tool_count(); i++) {
        const struct mw_tool *tool = mw_tool_at(i);
        row_string_equal(tool->id, tool->id, mw_tool_id(i));
        row_true(tool->id, tool->title[0] != '\0');
        for (size_t k = 0; k < tool->key_count; k++) {
            const struct mw_tool_key *key = mw_tool_key_at(tool, k);
            row_true(key->key, key->is_only_read || key->summary != NULL);
            row_true(key->key, (key->summary == NULL) == (key->summary_zh == NULL));
        }
        MW_AUTO(mw_strings) names = {0};
        tool_part_names(tool, &tool->grammars, &names);
        for (size_t k = 0; k < names.count; k++) {
            const struct mw_grammar *own = mw_grammar_find(tool, names.items[k]);
            row_true(names.items[k], (own->otherwise == NULL) == (own->otherwise_zh == NULL));
            row_true(names.items[k], own->never.count == own->never_zh.count);
        }
        for (size_t k = 0; k < tool->row_count; k++)
            row_true(tool->rows[k].set, mw_tool_key(tool, tool->rows[k].set) != NULL);
    }
}

/* The program believes what is built in and reads late; here it is read as anybody's file is. */
static void built_in_files_have_no_faults(void **state)
{
    (void)state;
    for (const struct mw_builtin *file = mw_builtin_files; file->path != NULL; file++) {
        struct mw_json_tree tree;
        struct mw_error err = {0};
        if (strstr(file->path, ".json") == NULL)
            continue;
        MW_FREE char *copy = mw_xstrndup(file->text, file->len);
        enum mw_code code = mw_json_tree_parse(&tree, file->path, copy, file->len, &err);
        if (code == MW_OK && mw_text_starts(file->path, "assets/tools/")) {
            struct mw_tool tool = {0};
            code = mw_tool_read(file->path, copy, file->len, &tool, &err);
            if (code == MW_OK)
                code = mw_tool_complete(&tool, &err);
            mw_tool_release(&tool);
        } else if (code == MW_OK && mw_text_starts(file->path, "assets/mirrors/")) {
            struct mw_catalog catalog = {0};
            code = mw_catalog_add(&catalog, file->path, copy, file->len, false, &err);
            mw_catalog_release(&catalog);
        }
        row_string_equal(file->path, err.message, "");
        row_true(file->path, code == MW_OK);
    }
}

/* ---- a team's own tool ----------------------------------------------------------------------- */

static const char acme[] =
    "{\"tool\": \"acme\", \"title\": \"Acme\", \"title_zh\": \"艾克\", \"group\": \"system\",\n"
    " \"programs\": [\"acme\"], \"prepare\": true,\n"
    " \"sources\": [{\"scope\": \"system\", \"path\": \"/etc/acme.ini\", \"format\": \"ini\"},\n"
    "  {\"scope\": \"user\", \"path\": [\"~/.acmerc\", \"${ACME_HOME:-~/.acme}/config.ini\"],\n"
    "   \"format\": \"ini\", \"moved_by\": \"ACME_CONFIG\"},\n"
    "  {\"scope\": \"project\", \"path\": \"./.acme.ini\", \"format\": \"ini\", \"upward\": "
    "true},\n"
    "  {\"environment\": \"ACME_{KEY}\"}],\n"
    " \"keys\": {\"url\": {\"type\": \"url\", \"as\": \"net.url\"},\n"
    "  \"retry\": {\"type\": \"number\", \"as\": \"net.retry\"}},\n"
    " \"mirror\": [{\"set\": \"url\", \"to\": \"{url}/\"}]}\n";

/* A file wholly ours, and lines in one that is not. */
static const char lines_tool[] =
    "{\"tool\": \"lines\", \"programs\": [\"lines\"], \"sources\": [{\"scope\": \"user\",\n"
    "  \"path\": \"~/.lines/init\", \"own\": true, \"content\": [\"# made by mirrorwise\",\n"
    "  \"use <{repo}>\", \"limit={limit}\"]}],\n"
    " \"keys\": {\"repo\": {\"type\": \"url\"}, \"limit\": {\"type\": \"number\"}}}\n";
static const char block_tool[] =
    "{\"tool\": \"block\", \"programs\": [\"block\"], \"sources\": [{\"scope\": \"user\",\n"
    "  \"path\": \"~/.blockrc\", \"block\": \"#\", \"content\": [\"local({\",\n"
    "  \"  options(repos = \\\"{repo}\\\")\", \"  limit={limit}\", \"})\"]}],\n"
    " \"keys\": {\"repo\": {\"type\": \"url\"}, \"limit\": {\"type\": \"number\"}}}\n";

static void a_teams_tool_is_one(void **state)
{
    (void)state;
    struct mw_sandbox box;
    struct mw_strings warnings = {0};
    open_world(&box);
    mw_sandbox_put(&box, "home/u/.config/mirrorwise/tools/acme.json", acme, 0644);
    mw_sandbox_put(&box, "home/u/.config/mirrorwise/tools/lines.json", lines_tool, 0644);
    mw_sandbox_put(&box, "home/u/.config/mirrorwise/tools/block.json", block_tool, 0644);
    mw_tools_open(&box.sys, &warnings);
    if (warnings.count > 0)
        fail_msg("%s", warnings.items[0]);
    const struct mw_tool *tool = mw_tool_find("acme");
    assert_non_null(tool);
    assert_string_equal(tool->rows[0].from, "acme");
    hold_tool(&box, tool);
    hold_tool(&box, mw_tool_find("lines"));
    hold_tool(&box, mw_tool_find("block"));
    mw_sandbox_put(&box, "home/u/.blockrc", "echo a\nlast line", 0644);
    mw_sandbox_put(&box, "home/u/.acmerc", "[net]\nurl = https://old.example\n", 0644);
    hold_tool(&box, mw_tool_find("block"));
    hold_tool(&box, tool);
    mw_tools_open(&box.sys, NULL);
    assert_ptr_equal(mw_tool_find("acme"), tool);
    mw_sandbox_close(&box);

    mw_world_open(&box);
    mw_tools_open(&box.sys, NULL);
    assert_null(mw_tool_find("acme"));
    mw_sandbox_close(&box);
}

/* What own lines look like. */
static void lines_are_written(void **state)
{
    (void)state;
    static const struct {
        const char *name, *tool, *text, *key, *value, *after;
    } rows[] = {
        {"own", lines_tool, "", "repo", "https://a", "# made by mirrorwise\nuse <https://a>\n"},
        {"a second key", lines_tool, "# made by mirrorwise\nuse <https://a>\n", "limit", "3",
         "# made by mirrorwise\nuse <https://a>\nlimit=3\n"},
        {"one leaves", lines_tool, "# made by mirrorwise\nuse <https://a>\nlimit=3\n", "repo", NULL,
         "# made by mirrorwise\nlimit=3\n"},
        {"the last leaves", lines_tool, "# made by mirrorwise\nlimit=3\n", "limit", NULL, ""},
        {"block", block_tool, "x\n", "limit", "3",
         "x\n# >>> mirrorwise >>>\nlocal({\n  limit=3\n})\n# <<< mirrorwise <<<\n"},
        {"block in the middle", block_tool,
         "x\n# >>> mirrorwise >>>\nlocal({\n  limit=3\n})\n# <<< mirrorwise <<<\ny\n", "limit", "4",
         "x\n# >>> mirrorwise >>>\nlocal({\n  limit=4\n})\n# <<< mirrorwise <<<\ny\n"},
        {"block leaves", block_tool,
         "x\n# >>> mirrorwise >>>\nlocal({\n  limit=3\n})\n# <<< mirrorwise <<<\ny\n", "limit",
         NULL, "x\ny\n"},
        {"what would end the text", block_tool, "", "repo", "https://a\"; quit(\"", NULL},
        {"code", block_tool, "", "repo", "https://a/$(x)", NULL},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_tool tool = {0};
        struct mw_edits edits = {0};
        struct mw_value value = {0};
        struct mw_buf after = {0};
        const char *text = rows[i].text;
        assert_int_equal(mw_tool_read("x", rows[i].tool, strlen(rows[i].tool), &tool, NULL), MW_OK);
        assert_int_equal(mw_tool_complete(&tool, NULL), MW_OK);
        if (rows[i].value != NULL)
            mw_value_set_string(&value, rows[i].value);
        enum mw_code code = mw_source_put(&tool.sources[0], &tool, text, strlen(text), rows[i].key,
                                          &value, &edits, NULL);
        row_true(rows[i].name, code == (rows[i].after != NULL ? MW_OK : MW_USAGE));
        mw_edits_apply(&edits, text, strlen(text), &after);
        row_string_equal(rows[i].name, mw_buf_text(&after),
                         rows[i].after != NULL ? rows[i].after : text);
        mw_buf_release(&after);
        mw_edits_release(&edits);
        mw_value_release(&value);
        mw_tool_release(&tool);
    }
}

/* Whose folder it is, by variables. */
static void variables_lead_to_folders(void **state)
{
    (void)state;
    static const struct {
        const char *name, *path, *environment[2], *want; /* NULL: there is no such file */
    } rows[] = {
        {"set", "${A:-~/.a}/f", {"A=/srv"}, "/srv/f"},
        {"not set", "${A:-~/.a}/f", {NULL}, "/home/u/.a/f"},
        {"relative", "${A:-~/.a}/f", {"A=srv"}, "/home/u/.a/f"},
        {"a folder below", "${A/sub:-~/.a}/f", {"A=/srv"}, "/srv/sub/f"},
        {"no folder below", "${A/sub:-~/.a}/f", {NULL}, "/home/u/.a/f"},
        {"the outer", "${A:-${B:-~/.b}/a}/f", {"A=/srv", "B=/b"}, "/srv/f"},
        {"the inner", "${A:-${B:-~/.b}/a}/f", {"B=/b"}, "/b/a/f"},
        {"neither", "${A:-${B:-~/.b}/a}/f", {NULL}, "/home/u/.b/a/f"},
        {"a file of the variable's", "${A:-}", {"A=/srv/f"}, "/srv/f"},
        {"no file of the variable's", "${A:-}/f", {NULL}, NULL},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_sandbox box;
        struct mw_tool tool = {0};
        struct mw_location location = {0};
        open_world(&box);
        for (size_t k = 0; k < 2 && rows[i].environment[k] != NULL; k++)
            mw_world_setenv(&box, rows[i].environment[k]);
        char *text = mw_xasprintf("{\"tool\": \"x\", \"programs\": [\"x\"], \"sources\": "
                                  "[{\"scope\": \"user\", \"path\": \"%s\", \"format\": \"ini\"}], "
                                  "\"keys\": {\"a.b\": {\"type\": \"text\"}}}",
                                  rows[i].path);
        row_true(rows[i].name, mw_tool_read("x", text, strlen(text), &tool, NULL) == MW_OK);
        row_true(rows[i].name, mw_tool_complete(&tool, NULL) == MW_OK);
        enum mw_code code = mw_locate(&box.sys, &tool, MW_SCOPE_USER, NULL, &location, NULL);
        row_true(rows[i].name, (code == MW_OK) == (rows[i].want != NULL));
        if (rows[i].want != NULL)
            row_string_equal(rows[i].name, location.path, rows[i].want);
        mw_location_release(&location);
        mw_tool_release(&tool);
        mw_sandbox_close(&box);
        free(text);
    }
}

/* A second spelling is the one that is read and changed where the file has it. */
static void either_spelling_counts(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text, *have, *after;
    } rows[] = {
        {"neither", "{}", NULL, "{\n  \"new\": \"v\"\n}"},
        {"the usual", "{\"new\": \"a\"}", "a", "{\"new\": \"v\"}"},
        {"the other", "{\"old\": \"a\"}", "a", "{\"old\": \"v\"}"},
        {"both", "{\"old\": \"a\", \"new\": \"b\"}", "a", "{\"old\": \"v\", \"new\": \"b\"}"},
    };
    static const char text[] =
        "{\"tool\": \"x\", \"programs\": [\"x\"], \"sources\": [{\"scope\": \"user\", \"path\": "
        "\"~/x\", \"format\": \"json\"}], \"keys\": {\"k\": {\"type\": \"text\", \"as\": \"new\", "
        "\"also\": \"old\"}}}";
    struct mw_tool tool = {0};
    assert_int_equal(mw_tool_read("x", text, strlen(text), &tool, NULL), MW_OK);
    assert_int_equal(mw_tool_complete(&tool, NULL), MW_OK);
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_value have = {0}, want = {0};
        struct mw_edits edits = {0};
        struct mw_buf after = {0};
        size_t len = strlen(rows[i].text);
        assert_int_equal(
            mw_source_get(&tool.sources[0], &tool, rows[i].text, len, "k", &have, NULL), MW_OK);
        row_true(rows[i].name, (have.kind == MW_VALUE_ABSENT) == (rows[i].have == NULL));
        if (rows[i].have != NULL)
            row_string_equal(rows[i].name, have.items.items[0], rows[i].have);
        mw_value_set_string(&want, "v");
        assert_int_equal(
            mw_source_put(&tool.sources[0], &tool, rows[i].text, len, "k", &want, &edits, NULL),
            MW_OK);
        mw_edits_apply(&edits, rows[i].text, len, &after);
        row_string_equal(rows[i].name, mw_buf_text(&after), rows[i].after);
        mw_buf_release(&after);
        mw_edits_release(&edits);
        mw_value_release(&have);
        mw_value_release(&want);
    }
    mw_tool_release(&tool);
}

/* What is stronger than our file, in its order. */
static void sources_are_ranked(void **state)
{
    (void)state;
    static const struct {
        const char *name, *environment, *file, *place;
    } rows[] = {
        {"nothing else", NULL, NULL, "/home/u/.acme/config.ini:2"},
        {"environment", "ACME_URL=https://e.example", NULL, "environment variable ACME_URL"},
        {"an empty one is none", "ACME_URL=", NULL, "/home/u/.acme/config.ini:2"},
        {"project", NULL, "work/.acme.ini",
         "/work"
         "/.acme.ini:2"},
        {"a folder above", NULL, ".acme.ini", "/.acme.ini:2"},
        {"a weaker file", NULL, "etc/acme.ini", "/home/u/.acme/config.ini:2"},
        {"the list's first file", NULL, "home/u/.acmerc", "/home/u/.acmerc:2"},
        {"moved away", "ACME_CONFIG=/srv/none", "etc/acme.ini", "/etc/acme.ini:2"},
    };
    struct mw_tool tool = {0};
    struct mw_error err = {0};
    if (mw_tool_read("acme.json", acme, strlen(acme), &tool, &err) != MW_OK ||
        mw_tool_complete(&tool, &err) != MW_OK)
        fail_msg("%s", err.message);
    for (size_t i = 0; i < ROWS(rows); i++) {
        static const char text[] = "[net]\nurl = https://x.example\n";
        struct mw_sandbox box;
        struct mw_hits hits = {0};
        mw_world_open(&box);
        mw_sandbox_put(&box, "home/u/.acme/config.ini", text, 0644);
        if (rows[i].environment != NULL)
            mw_world_setenv(&box, rows[i].environment);
        if (rows[i].file != NULL)
            mw_sandbox_put(&box, rows[i].file, text, 0644);
        mw_resolve(&box.sys, &tool, MW_SCOPE_USER, "url", NULL, &hits);
        const struct mw_hit *winner = mw_hits_winner(&hits);
        char *place = winner != NULL ? mw_hit_place(winner) : mw_xstrdup("nobody");
        row_string_equal(rows[i].name, place, rows[i].place);
        free(place);
        mw_hits_release(&hits);
        mw_sandbox_close(&box);
    }
    mw_tool_release(&tool);
}

/* cargo takes no address twice: the table that has it already is the one to name. */
static void a_named_table_is_found(void **state)
{
    (void)state;
    static const char text[] =
        "[source.crates-io]\nreplace-with = \"a\"\n[source.a]\nregistry = \"sparse+https://a/\"\n"
        "[source.\"b\"]\nregistry = \"sparse+https://b\"\n";
    static const struct {
        const char *value, *name;
    } rows[] = {{"sparse+https://a/", "a"}, {"sparse+https://b/", "b"}, {"sparse+https://c/", "-"}};
    const struct mw_tool *cargo = mw_tool_find("cargo");
    const struct mw_source *source = &cargo->sources[0];
    for (size_t i = 0; i < ROWS(rows); i++) {
        char *name = mw_source_find_name(source, cargo, text, strlen(text),
                                         "source.{name}.registry", rows[i].value);
        row_string_equal(rows[i].value, name != NULL ? name : "-", rows[i].name);
        free(name);
    }
}

/* ---- what is refused ------------------------------------------------------------------------- */

#define HEAD                                                                                       \
    "{\"tool\": \"x\", \"programs\": [\"x\"], \"keys\": {\"k\": {\"type\": \"url\", \"as\": "      \
    "\"a.k\"}},\n"
#define FILE_(path)                                                                                \
    HEAD "\"sources\": [{\"scope\": \"user\", \"path\": \"" path "\", \"format\": \"ini\"}]}"

#define ROW(to, more)                                                                              \
    HEAD "\"sources\": [{\"scope\": \"user\", \"path\": \"~/x\", \"format\": \"npmrc\"}],\n"       \
         "\"mirror\": [{\"set\": \"k\", \"to\": \"" to "\"" more "}]}"

#define KEY(type, more)                                                                            \
    "{\"tool\": \"x\", \"programs\": [\"x\"],\n\"keys\": {\"k\": {\"type\": \"" type "\", " more   \
    "}},\n\"sources\": [{\"scope\": \"user\", \"path\": \"~/x\", \"format\": \"json\"}]}"

static const struct {
    const char *name, *text, *message; /* NULL: fine */
} refused_rows[] = {
    {"fine", FILE_("~/.x"), NULL},
    {"not JSON", "{", "x.json:1:2: "},
    {"unknown field", HEAD "\"color\": 1}", "x.json:2:1: unknown field \"color\" in a tool"},
    {"unknown format",
     HEAD "\"sources\": [{\"scope\": \"user\", \"path\": \"~/x\", \"format\": \"tex\"}]}",
     "x.json:2:56: \"format\" is 'tex'; allowed: go-env, ini, json"},
    {"outside of home", FILE_("/bin/x"), "the path '/bin/x'; allowed: ~/"},
    {"out of home", FILE_("~/../x"), "the path '~/../x'"},
    {"a device", FILE_("/dev/x"), "the path '/dev/x'"},
    {"root's home", FILE_("/root/.x"), "the path '/root/.x'"},
    {"a variable alone", FILE_("${X}/y"), "the path '${X}/y'"},
    {"a variable that defaults to anywhere", FILE_("${X:-/bin}/y"), "the path '${X:-/bin}/y'"},
    {"a project's file for a user", FILE_("./x"), "the path './x'"},
    {"two ways to a file",
     HEAD "\"sources\": [{\"scope\": \"user\", \"path\": \"~/x\", \"named_by\": \"X\", \"format\": "
          "\"ini\"}]}",
     "x.json:2:13: a source has either \"path\", \"named_by\""},
    {"unread, and anywhere", HEAD "\"unread\": {\"~/x\": \"\", \"/bin/x\": \"\"}}",
     "x.json:2:11: the path '/bin/x'"},
    {"unknown type",
     "{\"tool\": \"x\", \"programs\": [\"x\"], \"keys\": {\"k\": {\"type\": \"uri\"}}}",
     "\"type\" is 'uri'; allowed: text, url, "},
    {"choices without choice",
     "{\"tool\": \"x\", \"keys\": {\"k\": {\"type\": \"url\", \"choices\": [\"a\"]}}}",
     "\"choices\" go with the type"},
    {"what some versions' values begin with",
     "{\"tool\": \"x\", \"programs\": [\"x\"],\n"
     "\"sources\": [{\"scope\": \"user\", \"path\": \"~/x\", \"format\": \"toml\"}],\n"
     "\"keys\": {\"k\": {\"type\": \"url\", \"only\": {\"a+\": {\"since\": \"2.1\"}}}}}",
     NULL},
    {"a number begins with nothing",
     "{\"tool\": \"x\", \"keys\": {\"k\": {\"type\": \"number\", \"only\": {\"a+\": {}}}}}",
     "\"only\" names 'a+'"},
    {"unknown grammar",
     "{\"tool\": \"x\", \"keys\": {\"k\": {\"type\": \"text\", \"grammar\": \"g\"}}}",
     "there is no grammar 'g'; allowed: goproxy, "},
    {"a grammar of its own",
     "{\"tool\": \"x\", \"programs\": [\"x\"],\n"
     "\"sources\": [{\"scope\": \"user\", \"path\": \"~/x\", \"format\": \"toml\"}],\n"
     "\"keys\": {\"k\": {\"type\": \"text\", \"grammar\": \"g\"}},\n"
     "\"grammars\": {\"g\": {\"matches\": \"[a-z]+\", \"otherwise\": \"letters\"}}}",
     NULL},
    {"a grammar that is built in",
     "{\"tool\": \"x\", \"grammars\": {\"bytes\": {\"matches\": \"x\", \"otherwise\": \"-\"}}}",
     "the grammar 'bytes' is built in; allowed: another name"},
    {"a pattern that is none",
     "{\"tool\": \"x\", \"grammars\": {\"g\": {\"matches\": \"(\", \"otherwise\": \"-\"}}}",
     ":1:45: \"matches\" is '('; allowed: an extended regular expression"},
    {"half of a rule", "{\"tool\": \"x\", \"grammars\": {\"g\": {\"matches\": \"x\"}}}",
     "a grammar needs \"matches\" with \"otherwise\", "},
    {"a wrong pattern among others",
     "{\"tool\": \"x\", \"grammars\": {\"g\": {\"never\": {\"a\": \"-\", \"(\": \"-\"}}}}",
     "\"never\" has the pattern '('; allowed: an extended regular expression"},
    {"a risk by a pattern that is none",
     "{\"tool\": \"x\", \"keys\": {\"k\": {\"type\": \"text\", \"risk\": {\"!~(\": \"x\"}}}}",
     "there is no test '!~('; allowed: "},
    {"unknown hook", "{\"tool\": \"x\", \"hooks\": [\"h\"]}", "there is no hook 'h'; allowed: "},
    {"a section of profiles", "{\"tool\": \"policy\"}", "\"tool\" is 'policy'"},
    {"no sources",
     "{\"tool\": \"x\", \"programs\": [\"x\"], \"keys\": {\"k\": {\"type\": \"url\"}}}",
     "x has no source that could be written"},
    {"a row without its key",
     HEAD "\"sources\": [{\"scope\": \"user\", \"path\": \"~/x\", \"format\": \"ini\"}],\n"
          "\"mirror\": [{\"set\": \"m\", \"to\": \"{url}\"}]}",
     "x.json:3:20: \"set\" names the key 'm', which \"keys\" lacks; allowed: k"},
    {"a row of no keys", "{\"tool\": \"x\", \"mirror\": [{\"set\": \"m\", \"to\": \"{url}\"}]}",
     "\"set\" names the key 'm', which \"keys\" lacks"},
    {"a word among some and none",
     "{\"tool\": \"x\", \"keys\": {\"k\": {\"type\": \"text\", \"strays\": \"kept\"}}}",
     "\"strays\" is 'kept'; allowed: trimmed, quoted"},
    {"a condition without its key", ROW("{url}", ", \"if\": {\"absent\": \"m\"}"),
     "\"if\" names the key 'm'"},
    {"a hole that nothing fills", ROW("{urk}/", ""),
     "x.json:3:31: \"to\" has {urk} in it; allowed: {url}, {name}"},
    {"texts with nothing between", ROW("{url}/", ", \"each\": true"), "\"each\" needs \"join\""},
    {"no path", HEAD "\"sources\": [{\"scope\": \"user\", \"path\": [], \"format\": \"ini\"}]}",
     "x.json:2:13: a source has either \"path\""},
    {"braces that are none", ROW("{url}/{1}", ""), NULL},
    {"a variable of no key", HEAD "\"sources\": [{\"environment\": \"X_{KAY}\"}]}",
     "\"environment\" is 'X_{KAY}'; allowed: "},
    {"a block without its mark",
     HEAD "\"sources\": [{\"scope\": \"user\", \"path\": \"~/x\", \"block\": \"\",\n"
          "\"content\": [\"{k}\"]}]}",
     "\"block\" is ''; allowed: "},
    {"a source's own spelling of no key",
     HEAD "\"sources\": [{\"scope\": \"user\", \"path\": \"~/x\", \"format\": \"ini\",\n"
          "\"keys\": {\"m\": \"a.m\"}}]}",
     "x.json:2:13: \"keys\" names the key 'm'"},
    {"a file of certificates that no key names",
     "{\"tool\": \"x\",\n\"ca_key\": \"cert\", \"keys\": {\"k\": {\"type\": \"url\"}}}",
     "x.json:2:11: \"ca_key\" names the key 'cert', which \"keys\" lacks"},
    {"a source that includes by no key",
     HEAD
     "\"sources\": [{\"scope\": \"user\", \"path\": \"~/x\", \"format\": \"ini\", \"includes\": "
     "\"m\"}]}",
     "x.json:2:13: \"includes\" names the key 'm'"},
    {"a key that another silences, which is not there", KEY("text", "\"silenced_by\": \"m\""),
     "x.json:2:47: \"silenced_by\" names the key 'm', which \"keys\" lacks; allowed: k"},
    {"the default of a key that is not there", KEY("text", "\"default_of\": [\"k\", \"m\"]"),
     "\"default_of\" names the key 'm'"},
    {"a condition on a key that is not there", KEY("text", "\"requires\": {\"*\": \"k=1|m=2\"}"),
     "\"requires\" names the key 'm'"},
    {"a condition on the member of no object", KEY("text", "\"forbids\": {\"*\": \"k.m\"}"),
     "\"forbids\" names the key 'k.m'"},
    {"a condition on a member", KEY("object", "\"forbids\": {\"*\": \"k.m\"}"), NULL},
    {"a limit by a key that is not there", KEY("number", "\"most\": [\"m\", \"10\"]"),
     "\"most\" names the key 'm'"},
    {"a limit by itself", KEY("number", "\"most\": [\"k\", \"10\"]"), NULL},
    {"a range that ends before it begins", KEY("number", "\"range\": \"10..1\""),
     "\"range\" is '10..1'; allowed: two numbers"},
    {"half of a range", KEY("number", "\"range\": \"1..2,\""), "\"range\" is '1..2,'"},
    {"ranges", KEY("number", "\"range\": \"-9..-1,1..\""), NULL},
    {"a risk of what no truth is", KEY("bool", "\"risk\": {\"off\": \"x\"}"),
     "\"risk\" speaks of the value 'off'; allowed: true, false, *"},
    {"a risk of no choice", KEY("choice", "\"choices\": [\"a\"], \"risk\": {\"b\": \"x\"}"),
     "\"risk\" speaks of the value 'b'; allowed: a, *"},
    {"a risk of a choice", KEY("choice", "\"choices\": [\"a\"], \"risk\": {\"a\": \"x\"}"), NULL},
    {"a key in no section",
     "{\"tool\": \"x\", \"sections\": [\"s\"], \"keys\": {\"k\": {\"type\": \"text\", \"in\": "
     "[\"t\"]}}}",
     "\"in\" names the section 't'; allowed: s"},
    {"an unknown check", "{\"tool\": \"x\", \"checks\": {\"emtpy\": \"\"}}",
     "x.json:1:25: there is no check 'emtpy'; allowed: bom, date, "},
    {"a title of nothing", "{\"tool\": \"x\", \"title\": \" \"}", "\"title\" is ' '; allowed: "},
    {"a key that is no path",
     "{\"tool\": \"x\", \"programs\": [\"x\"],\n"
     "\"sources\": [{\"scope\": \"user\", \"path\": \"~/x\", \"format\": \"toml\"}],\n"
     "\"keys\": {\"k\": {\"type\": \"url\", \"as\": \"a..b\"}}}",
     "x.json:3:15: \"a..b\" is no path"},
    {"content and format",
     HEAD "\"sources\": [{\"scope\": \"user\", \"path\": \"~/x\", \"format\": \"ini\",\n"
          "\"content\": [\"a\"], \"own\": true}]}",
     "either \"format\" or \"content\""},
};

static void wrong_files_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(refused_rows); i++) {
        const char *text = refused_rows[i].text;
        struct mw_tool tool = {0};
        struct mw_error err = {0};
        enum mw_code code = mw_tool_read("x.json", text, strlen(text), &tool, &err);
        if (code == MW_OK)
            code = mw_tool_complete(&tool, &err);
        const char *message = refused_rows[i].message;
        const char *allowed = strstr(err.message, "allowed: ");
        if (allowed != NULL && strcspn(allowed + strlen("allowed: "), ",") == 0)
            fail_msg("%s: \"%s\" names nothing", refused_rows[i].name, err.message);
        row_true(refused_rows[i].name, code == (message == NULL ? MW_OK : MW_BAD_PROFILE));
        if (message != NULL && strstr(err.message, message) == NULL)
            fail_msg("%s: \"%s\" says nothing of \"%s\"", refused_rows[i].name, err.message,
                     message);
        mw_tool_release(&tool);
    }
}

/* A file that is wrong takes its tool out of the list, says so, and is an error for who needs it.
 */
static void a_broken_file_is_left_out(void **state)
{
    (void)state;
    struct mw_sandbox box;
    struct mw_strings warnings = {0};
    const struct mw_tool *tool = NULL;
    struct mw_error err = {0};
    mw_world_open(&box);
    mw_tools_open(&box.sys, NULL);
    size_t before = mw_tool_count();
    mw_sandbox_put(&box, "etc/mirrorwise/tools/acme.json", "{\"tool\": \"acme\",\n \"x\": 1}",
                   0644);
    mw_tools_open(&box.sys, &warnings);
    assert_int_equal(mw_tool_count(), before);
    assert_int_equal(warnings.count, 1);
    assert_non_null(strstr(warnings.items[0], "acme.json:2:2: unknown field \"x\""));
    assert_null(mw_tool_find("acme"));
    assert_false(mw_tool_exists("acme"));
    assert_int_equal(mw_tool_need("acme", &tool, &err), MW_BAD_PROFILE);
    assert_non_null(strstr(err.message, "acme.json:2:2"));
    assert_int_equal(mw_tool_need("nothing", &tool, &err), MW_USAGE);
    assert_int_equal(mw_tool_need("go", &tool, &err), MW_OK);
    mw_strings_release(&warnings);
    mw_sandbox_close(&box);
}

/* Root follows only what nobody else can write. */
static void root_is_careful(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        mode_t folder, file;
        bool is_taken;
    } rows[] = {
        {"root's alone", 0755, 0644, true},
        {"anybody's file", 0755, 0666, false},
        {"anybody's folder", 0777, 0644, false},
        {"anybody's sticky folder", 01777, 0644, true},
    };
    if (geteuid() != 0)
        skip();
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_sandbox box;
        mw_world_open(&box);
        box.sys.euid = 0;
        mw_sandbox_mkdir(&box, "etc/mirrorwise/tools", 0755);
        mw_sandbox_put(&box, "etc/mirrorwise/tools/acme.json", acme, rows[i].file);
        char *folder = mw_sandbox_path(&box, "etc/mirrorwise/tools");
        assert_int_equal(chmod(folder, rows[i].folder), 0);
        free(folder);
        mw_tools_open(&box.sys, NULL);
        row_true(rows[i].name, (mw_tool_find("acme") != NULL) == rows[i].is_taken);
        mw_sandbox_close(&box);
    }
}

/* A field of a stronger file replaces that field, a key that key. */
static void files_extend_each_other(void **state)
{
    (void)state;
    static const char weak[] = FILE_("~/.x");
    static const char strong[] = "{\"tool\": \"x\", \"title\": \"X\", \"keys\": {\"k\": {\"type\": "
                                 "\"text\", \"as\": \"a.k\"}, \"l\": {\"type\": \"bool\", \"as\": "
                                 "\"a.l\"}}}";
    struct mw_tool tool = {0};
    struct mw_error err = {0};
    assert_int_equal(mw_tool_read("a", weak, strlen(weak), &tool, &err), MW_OK);
    assert_int_equal(mw_tool_read("b", strong, strlen(strong), &tool, &err), MW_OK);
    assert_int_equal(mw_tool_complete(&tool, &err), MW_OK);
    assert_string_equal(tool.title, "X");
    assert_int_equal(tool.source_count, 1);
    assert_int_equal(tool.key_count, 2);
    assert_int_equal(mw_tool_key_at(&tool, 0)->type, MW_TYPE_TEXT);
    mw_tool_release(&tool);
}

/* What the installed version does not know is refused; of one that does not tell, nothing is. */
static const struct {
    const char *version, *key, *text;
    bool is_known;
} version_rows[] = {
    {"cargo 1.65.0", "source.a.registry", "sparse+https://crates.example/", false},
    {"cargo 1.65.0", "registries.a.index", "sparse+https://crates.example/", false},
    {"cargo 1.65.0", "source.a.registry", "https://crates.example/sparse+", true},
    {"cargo 1.68.0 (115f34552 2023-02-26)", "source.a.registry", "sparse+https://c.example/", true},
    {"cargo", "source.a.registry", "sparse+https://crates.example/", true},
};

static void values_of_some_versions(void **state)
{
    (void)state;
    const struct mw_tool *cargo = mw_tool_find("cargo");
    for (size_t i = 0; i < ROWS(version_rows); i++) {
        struct mw_sandbox box;
        struct mw_value value = {0};
        struct mw_error err = {0};
        mw_sandbox_open(&box);
        char *text = mw_xasprintf("PATH=%s/bin", box.dir);
        mw_world_setenv(&box, text);
        free(text);
        text = mw_xasprintf("#!/bin/sh\necho '%s'\n", version_rows[i].version);
        mw_sandbox_put(&box, "bin/cargo", text, 0755);
        free(text);
        mw_value_set_string(&value, version_rows[i].text);
        bool is_known =
            mw_tool_validate(&box.sys, cargo, version_rows[i].key, &value, &err) == MW_OK;
        row_true(version_rows[i].version, is_known == version_rows[i].is_known);
        row_true(version_rows[i].version,
                 is_known || strstr(err.message, "Cargo 1.65.0 does not know sparse+; from 1.68 on "
                                                 "it does") != NULL);
        mw_value_release(&value);
        mw_sandbox_close(&box);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(built_in_files_have_no_faults),
        cmocka_unit_test(every_tool_keeps_the_laws),
        cmocka_unit_test(every_tool_is_described),
        cmocka_unit_test(a_teams_tool_is_one),
        cmocka_unit_test(sources_are_ranked),
        cmocka_unit_test(wrong_files_are_refused),
        cmocka_unit_test(a_broken_file_is_left_out),
        cmocka_unit_test(root_is_careful),
        cmocka_unit_test(files_extend_each_other),
        cmocka_unit_test(lines_are_written),
        cmocka_unit_test(variables_lead_to_folders),
        cmocka_unit_test(either_spelling_counts),
        cmocka_unit_test(a_named_table_is_found),
        cmocka_unit_test(values_of_some_versions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
