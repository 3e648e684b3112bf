/* Laws of the tables, and the parser over command lines. */
#include "support/rows.h"

#include <stdio.h>
#include <stdlib.h>

#include "mirrorwise/cli.h"

enum { ARGS_MAX = 14 };

static enum mw_code parse(const char *const *args, struct mw_cli_options *options,
                          struct mw_error *err)
{
    char *argv[ARGS_MAX + 1] = {(char *)"mirrorwise"};
    int argc = 1;
    for (; *args != NULL; args++)
        argv[argc++] = (char *)*args;
    return mw_cli_parse(argc, argv, options, err);
}

/* ---- what is refused ------------------------------------------------------------------------- */

static const struct refusal {
    const char *name;
    const char *args[ARGS_MAX];
    const char *message; /* a part of it */
    const char *hint;    /* a part of it; NULL: any */
} refusals[] = {
    {"unknown option", {"--aply"}, "no option '--aply'", "--apply"},
    {"unknown with a value", {"--profil=prod"}, "no option '--profil'", "--profile"},
    {"nothing like it", {"--zzzzzzzz"}, "no option '--zzzzzzzz'", "--help"},
    {"no abbreviation", {"--prof", "prod"}, "no option '--prof'", NULL},
    {"unknown letter", {"-Z"}, "no option '-Z'", NULL},
    {"unknown letter in a bundle", {"--apply", "-yZ"}, "no option '-Z'", NULL},
    {"letter of two bytes", {"-é"}, "no option '-é'", NULL},
    {"word", {"apply"}, "'apply' belongs to no option", "--apply"},
    {"dash", {"-"}, "'-' belongs to no option", NULL},
    {"after --", {"--apply", "--", "x"}, "'x' belongs to no option", NULL},
    {"empty word", {""}, "'' belongs to no option", NULL},
    {"two actions", {"--apply", "--diff"}, "--apply and --diff", NULL},
    {"action with value", {"--apply=yes"}, "--apply takes no value", NULL},
    {"flag with value", {"--apply", "--yes=1"}, "--yes takes no value", NULL},
    {"list of nothing", {"--list"}, "--list needs a value", NULL},
    {"list of something else", {"--list", "mirors"}, "cannot be 'mirors'", "mirrors"},
    {"show nothing", {"--show="}, "--show needs a value", NULL},
    {"rollback to a word", {"--rollback=last"}, "'last' is not the number", NULL},
    {"rollback below nothing", {"--rollback=-1"}, "'-1' is not the number", NULL},
    {"rollback too far", {"--rollback=99999999999999999999"}, "is not the number", NULL},
    {"word after rollback", {"--rollback", "x"}, "'x' is not the number of a generation", NULL},
    {"profile at the end", {"--apply", "--profile"}, "--profile needs a value", NULL},
    {"profile swallows no option", {"--profile", "--apply"}, "--profile needs a value", NULL},
    {"letter at the end", {"--apply", "-p"}, "--profile needs a value", NULL},
    {"empty profile", {"--profile", ""}, "--profile needs a value", NULL},
    {"empty root", {"--apply", "--root="}, "--root needs a value", NULL},
    {"unknown tool", {"--apply", "--only", "go,pipp"}, "cannot be 'pipp'", "pip"},
    {"no tool", {"--apply", "--only", ","}, "--only names no tool", NULL},
    {"no tool left", {"--apply", "--only", "go", "--skip", "go"}, "leave no tool", NULL},
    {"a group of no tool", {"--apply", "--only", "system"}, "leave no tool", NULL},
    {"unknown scope", {"--apply", "--scope", "world"}, "cannot be 'world'", NULL},
    {"unknown colour mode", {"--diff", "--color=sometimes"}, "cannot be 'sometimes'", NULL},
    {"unknown language", {"--diff", "--lang", "fr"}, "cannot be 'fr'", NULL},
    {"unknown format", {"--doctor", "--format", "xml"}, "cannot be 'xml'", NULL},
    {"no samples", {"--probe", "--samples", "0"}, "from 1 to 100", NULL},
    {"a word of samples", {"--probe", "--samples", "5x"}, "from 1 to 100", NULL},
    {"negative timeout", {"--probe", "--timeout=-5"}, "from 1 to 600000", NULL},
    {"huge deadline", {"--probe", "--deadline=9999999999999999999999"}, "from 1 to", NULL},
    {"format of apply",
     {"--apply", "--format", "md"},
     "--format does not go with --apply",
     "--doctor"},
    {"yes of diff", {"--diff", "--yes"}, "--yes does not go with --diff", "--apply"},
    {"yes of a profile alone", {"-p", "prod", "-y"}, "--yes does not go with --diff", NULL},
    {"profile of history",
     {"--history", "-p", "prod"},
     "--profile does not go with --history",
     NULL},
    {"yes alone", {"--yes"}, "--yes needs an action", NULL},
};

static void test_refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(refusals); i++) {
        const struct refusal *row = &refusals[i];
        struct mw_cli_options options;
        struct mw_error err = {0};
        enum mw_code code = parse(row->args, &options, &err);
        if (code != MW_USAGE || strstr(err.message, row->message) == NULL ||
            (row->hint != NULL && strstr(err.hint, row->hint) == NULL))
            fail_msg("%s: code %d, \"%s\", hint \"%s\"", row->name, (int)code, err.message,
                     err.hint);
        mw_cli_options_release(&options);
    }
}

/* ---- what is understood ---------------------------------------------------------------------- */

/* What a row says about the options, as one line. */
static char *describe(const struct mw_cli_options *o)
{
    struct mw_buf text = {0};
    mw_buf_puts(&text, o->action != NULL ? o->action->name : "(none)");
    if (o->action_value != NULL)
        mw_buf_printf(&text, " %s", o->action_value);
    if (o->session.profile != NULL)
        mw_buf_printf(&text, " profile=%s", o->session.profile);
    const struct {
        const char *name;
        const struct mw_strings *list;
    } lists[] = {
        {"set", &o->session.sets},         {"mirror", &o->session.mirrors},
        {"only", &o->session.only},        {"skip", &o->session.skip},
        {"catalog", &o->session.catalogs}, {"accept", &o->session.accepted},
    };
    for (size_t i = 0; i < ROWS(lists); i++) {
        char *joined = mw_strings_join(lists[i].list, "+");
        if (joined[0] != '\0')
            mw_buf_printf(&text, " %s=%s", lists[i].name, joined);
        free(joined);
    }
    const struct {
        const char *name;
        bool is_set;
    } flags[] = {
        {"yes", o->yes},         {"force", o->session.force},
        {"json", o->json},       {"quiet", o->quiet},
        {"v4", o->session.ipv4}, {"v6", o->session.ipv6},
        {"ascii", o->ascii},     {"no-network", o->session.no_network},
        {"plain", o->plain},     {"system", o->session.scope == MW_SCOPE_SYSTEM},
        {"verbose", o->verbose}, {"very", o->verbose > 1},
    };
    for (size_t i = 0; i < ROWS(flags); i++) {
        if (flags[i].is_set)
            mw_buf_printf(&text, " %s", flags[i].name);
    }
    const struct {
        const char *name;
        long number;
    } numbers[] = {{"samples", o->session.samples},
                   {"timeout", o->session.timeout_ms},
                   {"deadline", o->session.deadline_ms}};
    for (size_t i = 0; i < ROWS(numbers); i++) {
        if (numbers[i].number != 0)
            mw_buf_printf(&text, " %s=%ld", numbers[i].name, numbers[i].number);
    }
    return mw_buf_take(&text);
}

static const struct reading {
    const char *name;
    const char *args[ARGS_MAX];
    const char *wanted;
} readings[] = {
    {"nothing", {NULL}, "(none)"},
    {"only --", {"--"}, "(none)"},
    {"interface option", {"--plain"}, "(none) plain"},
    {"which an alias may bring along", {"--plain", "--no-mouse", "--history"}, "history plain"},
    {"profile alone", {"--profile", "prod"}, "diff profile=prod"},
    {"value after =", {"--profile=prod", "--apply"}, "apply profile=prod"},
    {"value with =", {"--apply", "--set=go.GOPROXY=a=b"}, "apply set=go.GOPROXY=a=b"},
    {"letters",
     {"--apply", "-p", "x", "-s", "a.b=c", "-m", "go=x", "-o", "go", "-f"},
     "apply profile=x set=a.b=c mirror=go=x only=go force"},
    {"bundle", {"--apply", "-yfqvv"}, "apply yes force quiet verbose very"},
    {"bundle with value", {"--apply", "-yptest"}, "apply profile=test yes"},
    {"bundle, value next", {"--apply", "-yp", "test"}, "apply profile=test yes"},
    {"families", {"--probe", "-46"}, "probe v4 v6"},
    {"last one counts", {"-p", "a", "--apply", "-p", "b"}, "apply profile=b"},
    {"repeated",
     {"--apply", "-s", "a.b=1", "-s", "a.b=2", "-o", "go,pip", "--only=docker"},
     "apply set=a.b=1+a.b=2 only=go+pip+docker"},
    {"blanks in a list", {"--apply", "--skip", "go, pip"}, "apply skip=go+pip"},
    {"dash as value", {"--apply", "--set", "-x"}, "apply set=-x"},
    {"same action twice", {"--apply", "--apply"}, "apply"},
    {"rollback", {"--rollback"}, "rollback"},
    {"rollback to a number", {"--rollback", "3", "-y"}, "rollback 3 yes"},
    {"rollback to a number, =", {"--rollback=0"}, "rollback 0"},
    {"rollback and an option", {"--rollback", "--yes"}, "rollback yes"},
    {"list", {"--list", "mirrors", "--only", "go"}, "list mirrors only=go"},
    {"show", {"--show=go.GOPROXY", "--json"}, "show go.GOPROXY json"},
    {"help wins", {"--apply", "--help", "--format=md"}, "help"},
    {"first of help and version", {"--version", "-h", "--apply"}, "version"},
    {"numbers",
     {"--probe", "--samples=5", "--timeout", "800", "--deadline=3000"},
     "probe samples=5 timeout=800 deadline=3000"},
    {"scope", {"--diff", "--scope", "system", "--no-network"}, "diff no-network system"},
};

static void test_reads(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(readings); i++) {
        struct mw_cli_options options;
        struct mw_error err = {0};
        enum mw_code code = parse(readings[i].args, &options, &err);
        if (code != MW_OK)
            fail_msg("%s: code %d, %s", readings[i].name, (int)code, err.message);
        char *found = describe(&options);
        row_string_equal(readings[i].name, found, readings[i].wanted);
        free(found);
        mw_cli_options_release(&options);
    }
}

/* A broken line must not leak, and must keep what it had understood: --json above all. */
static void test_keeps_what_it_read(void **state)
{
    (void)state;
    static const char *const args[] = {"--json", "--set", "a.b=c", "--only", "go", "--bogus", NULL};
    struct mw_cli_options options;
    assert_int_equal(parse(args, &options, NULL), MW_USAGE);
    assert_true(options.json);
    assert_int_equal(options.session.sets.count, 1);
    mw_cli_options_release(&options);
}

static void test_peeks(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *args[ARGS_MAX];
        const char *lang, *root;
        bool json;
    } rows[] = {
        {"nothing", {"--apply"}, "", "", false},
        {"behind an error", {"--bogus", "--json", "--lang=zh_CN"}, "zh_CN", "", true},
        {"in two words", {"--lang", "en"}, "en", "", false},
        {"unknown language", {"--lang", "fr"}, "", "", false},
        {"after --", {"--", "--json", "--root=/x"}, "", "", false},
        {"a format", {"--doctor", "--format=json"}, "", "", true},
        {"a format in two words", {"--format", "json", "--lang", "zh_CN"}, "zh_CN", "", true},
        {"another format", {"--format", "tap"}, "", "", false},
        {"a root", {"--root=/x"}, "", "/x", false},
        {"a root in two words", {"--root", "/x", "--root"}, "", "/x", false},
        {"no root", {"--rooted=/x", "--root"}, "", "", false},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char *argv[ARGS_MAX + 1] = {(char *)"mirrorwise"};
        int argc = 1;
        for (const char *const *arg = rows[i].args; *arg != NULL; arg++)
            argv[argc++] = (char *)*arg;
        const struct mw_cli_peek peek = mw_cli_peek(argc, argv);
        row_string_equal(rows[i].name, peek.lang != NULL ? peek.lang : "", rows[i].lang);
        row_string_equal(rows[i].name, peek.root != NULL ? peek.root : "", rows[i].root);
        row_true(rows[i].name, peek.json == rows[i].json);
    }
}

/* ---- laws of the tables ---------------------------------------------------------------------- */

static void check_name(const char *name, char letter, const char *summary, struct mw_strings *names)
{
    char text[2] = {letter, '\0'};
    row_true(name, !mw_strings_has(names, name));
    mw_strings_add(names, name);
    if (letter != 0) {
        row_true(name, !mw_strings_has(names, text));
        mw_strings_add(names, text);
    }
    row_true(name, strlen(name) > 1 && strlen(name) <= 16);
    row_true(name, summary != NULL && strlen(summary) > 4 && summary[strlen(summary) - 1] != '.');
}

static void test_tables(void **state)
{
    (void)state;
    struct mw_strings names = {0};
    unsigned ids = 0;
    for (const struct mw_option *row = mw_cli_table; row->name != NULL; row++) {
        bool is_action = row->group == MW_GROUP_ACTION;
        bool takes_nothing = row->kind == MW_OPTION_ACTION || row->kind == MW_OPTION_FLAG ||
                             row->kind == MW_OPTION_COUNT;
        struct mw_strings choices = {0};
        check_name(row->name, row->letter, row->summary, &names);
        mw_cli_choices(row, &choices);
        row_true(row->name, takes_nothing == (row->value_name == NULL));
        row_true(row->name, (row->kind == MW_OPTION_CHOICE) == (choices.count > 1));
        row_true(row->name, row->kind == MW_OPTION_CHOICE || row->choices == NULL);
        row_true(row->name, (row->kind == MW_OPTION_NUMBER) == (row->max > 0));
        row_true(row->name, row->offset < sizeof(struct mw_cli_options));
        row_true(row->name, is_action || (row->kind != MW_OPTION_ACTION && row->run == NULL));
        row_true(row->name, row->fits != 0);
        if (is_action) {
            row_true(row->name, (ids & row->fits) == 0 && (row->fits & (row->fits - 1)) == 0);
            ids |= row->fits;
        } else {
            row_true(row->name, (row->fits & ~(ids | MW_ACTION_INTERFACE)) == 0);
        }
        for (const struct mw_option *other = mw_cli_table; !is_action && other < row; other++)
            row_true(row->name, other->offset != row->offset);
        mw_strings_release(&choices);
    }
    mw_strings_release(&names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_reads),
        cmocka_unit_test(test_keeps_what_it_read),
        cmocka_unit_test(test_peeks),
        cmocka_unit_test(test_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
