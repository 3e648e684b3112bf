/* What a list of checks may take, and what its remedies must hold however long the texts become. */
#include "support/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/check.h"
#include "mirrorwise/memory.h"
#include "support/sandbox.h"

static const struct mw_check *find(const struct mw_checks *checks, const char *id)
{
    for (size_t i = 0; i < checks->count; i++) {
        if (strcmp(checks->items[i].id, id) == 0)
            return &checks->items[i];
    }
    fail_msg("no %s", id);
    return NULL;
}

/* ---- a clock that only the network moves ----------------------------------------------------- */

enum { PATIENCE_MS = 3000 }; /* of whoever asks somebody who is silent */

static long clock_ms;

static int moved_clock(clockid_t clock, struct timespec *now)
{
    (void)clock;
    *now =
        (struct timespec){.tv_sec = 1000 + clock_ms / 1000, .tv_nsec = clock_ms % 1000 * 1000000};
    return 0;
}

static void use_clock(struct mw_sandbox *box)
{
    static struct mw_ops ops;
    ops = mw_ops_real;
    ops.clock_gettime = moved_clock;
    box->sys.ops = &ops;
    clock_ms = 0;
}

static void wait_for_nothing(long left_ms)
{
    assert_true(left_ms > 0);
    clock_ms += left_ms < PATIENCE_MS ? left_ms : PATIENCE_MS;
}

static void ask_silent(void *context, struct mw_database_answer *databases, size_t count,
                       long left_ms)
{
    size_t *asked = context;
    wait_for_nothing(left_ms);
    for (size_t i = 0; i < count; i++) {
        databases[i].is_asked = left_ms >= PATIENCE_MS;
        (void)snprintf(databases[i].reason, sizeof databases[i].reason, "it keeps us waiting");
    }
    *asked += count;
}

static void measure_silent(void *context, struct mw_check_mirror *mirrors, size_t count,
                           long left_ms)
{
    (void)context;
    wait_for_nothing(left_ms);
    for (size_t i = 0; i < count; i++)
        mirrors[i].is_measured = left_ms >= PATIENCE_MS;
}

/* However many are silent, the list ends in time; who was not asked is no fault, and what asks
 * nobody is checked all the same. */
static void test_time_of_network(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        long deadline_ms;
        bool measures;
        const char *proxies;
        size_t asked;
        long took_ms;
        enum mw_check_status status; /* of the database */
        const char *says;
    } rows[] = {
        {"many, at once", 0, false, "http://a|http://b|http://c|http://d|http://e|http://f", 9,
         6000, MW_CHECK_FAIL, "http://f: it keeps us waiting"},
        {"a short list", 2000, false, "http://a|http://b|http://c", 4, 1000, MW_CHECK_SKIP,
         "go asks http://a/sumdb/sum.golang.org, a relay: it keeps us waiting"},
        {"the rest of a short list", 4000, true, "http://a|http://b|http://c", 4, 3500,
         MW_CHECK_SKIP, "go asks http://a"},
        {"no time for others", 7000, false, "http://a", 4, 3500, MW_CHECK_FAIL,
         "whether it answers elsewhere is not known"},
        {"time for others", 0, false, "http://a", 4, 6000, MW_CHECK_FAIL,
         "it does not answer elsewhere either"},
    };
    struct mw_strings only = {0};
    mw_strings_add(&only, "go");
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_sandbox box;
        struct mw_catalog catalog = {0};
        struct mw_checks checks = {0};
        size_t count = 0;
        char *file = mw_xasprintf("GOPROXY=%s\n", rows[i].proxies);
        mw_sandbox_open(&box);
        mw_sandbox_put(&box, "home/.config/go/env", file, 0644);
        use_clock(&box);
        struct mw_check_context context = {
            .sys = &box.sys,
            .catalog = &catalog,
            .only = &only,
            .deadline_ms = rows[i].deadline_ms,
            .measure_context = &count,
            .measure = rows[i].measures ? measure_silent : NULL,
            .ask_database = ask_silent,
        };
        mw_checks_run(&context, MW_CHECK_CHECKLIST, &checks);
        const struct mw_check *database = find(&checks, "go-sumdb.reachable");
        const struct mw_check *behind = find(&checks, "go-modules");
        if (count != rows[i].asked || clock_ms != rows[i].took_ms)
            fail_msg("%s: %zu questions in %ld ms", rows[i].name, count, clock_ms);
        if (database->status != rows[i].status || strstr(database->observed, rows[i].says) == NULL)
            fail_msg("%s: %s", rows[i].name, database->observed);
        row_string_equal(rows[i].name, mw_check_status_word(behind->status), "pass");
        mw_checks_release(&checks);
        mw_sandbox_close(&box);
        free(file);
    }
    mw_strings_release(&only);
}

static void count_mirrors(void *context, struct mw_check_mirror *mirrors, size_t count,
                          long left_ms)
{
    struct mw_strings *asked = context;
    wait_for_nothing(left_ms);
    for (size_t i = 0; i < count; i++) {
        mirrors[i].is_measured = mirrors[i].is_usable = true;
        mw_strings_take(asked, mw_xasprintf("%s %s", mirrors[i].tool, mirrors[i].url));
    }
    mw_strings_add(asked, "end");
}

/* What several tools use is asked once, and all of it at once. */
static void test_one_measurement(void **state)
{
    (void)state;
    static const char wanted[] =
        "go https://a.example, pip https://p.example, npm https://n.example, end";
    struct mw_sandbox box;
    struct mw_catalog catalog = {0};
    struct mw_checks checks = {0};
    struct mw_strings only = {0}, asked = {0};
    mw_sandbox_open(&box);
    mw_sandbox_put(&box, "home/.config/go/env", "GOPROXY=https://a.example,direct\n", 0644);
    mw_sandbox_put(&box, "home/.npmrc", "registry=https://n.example/\n", 0644);
    mw_sandbox_put(&box, "home/.yarnrc.yml", "npmRegistryServer: https://n.example\n", 0644);
    mw_sandbox_put(&box, "home/.config/pip/pip.conf", "[global]\nindex-url = https://p.example\n",
                   0644);
    mw_strings_split(&only, "go npm yarn-berry pip", " ");
    use_clock(&box);
    struct mw_check_context context = {
        .sys = &box.sys,
        .catalog = &catalog,
        .only = &only,
        .measure_context = &asked,
        .measure = count_mirrors,
    };
    mw_checks_run(&context, MW_CHECK_CHECKLIST, &checks);
    char *text = mw_strings_join(&asked, ", ");
    assert_string_equal(text, wanted);
    assert_int_equal(clock_ms, PATIENCE_MS);
    free(text);
    mw_checks_release(&checks);
    mw_strings_release(&only);
    mw_strings_release(&asked);
    mw_sandbox_close(&box);
}

/* ---- a profile that is not followed ---------------------------------------------------------- */

/* A remedy is pasted: it names the whole file, however long the sentence about it became. */
static void test_refused_profile(void **state)
{
    (void)state;
    char directory[600];
    memset(directory, 'd', sizeof directory - 1);
    directory[sizeof directory - 1] = '\0';
    char *path = mw_xasprintf("/%s/a team.ini", directory);
    char *command = mw_xasprintf("chmod go-w '%s'", path);
    const struct {
        const char *name, *mending, *hint, *id, *fix;
    } rows[] = {
        {"others can write it", command, "lies das, dann: chmod go-w '/ddd", "profile.mode",
         command},
        {"something else", NULL, "do not run: chmod go-w /x", "profile",
         "mirrorwise --list profiles -v"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_sandbox box;
        struct mw_catalog catalog = {0};
        struct mw_checks checks = {0};
        struct mw_error err = {0};
        mw_fail(&err, MW_UNTRUSTED, 0, "profile", "no such profile is followed");
        mw_error_hint(&err, "%s", rows[i].hint);
        mw_sandbox_open(&box);
        use_clock(&box);
        struct mw_check_context context = {
            .sys = &box.sys,
            .catalog = &catalog,
            .profile_name = "team",
            .profile_error = &err,
            .profile_mending = rows[i].mending,
        };
        mw_checks_run(&context, MW_CHECK_DOCTOR, &checks);
        const struct mw_check *check = find(&checks, rows[i].id);
        row_string_equal(rows[i].name, check->fix, rows[i].fix);
        mw_checks_release(&checks);
        mw_sandbox_close(&box);
    }
    free(command);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_time_of_network),
        cmocka_unit_test(test_one_measurement),
        cmocka_unit_test(test_refused_profile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
