#include "support/rows.h"

#include <dirent.h>
#include <stdio.h>

#include "mirrorwise/memory.h"
#include "mirrorwise/profile.h"
#include "support/model_host.h"

static void durations(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        long ms;
    } rows[] = {
        {"300ms", 300},
        {"2s", 2000},
        {"5m", 300000},
        {"6h", 21600000},
        {"1d", 86400000},
        {"0s", 0},
        {"", -1},
        {"300", -1},
        {"ms", -1},
        {"-1s", -1},
        {"1.5s", -1},
        {"1 s", -1},
        {" 1s", -1},
        {"1s ", -1},
        {"1S", -1},
        {"1w", -1},
        {"9223372036854775807ms", 9223372036854775807L},
        {"9223372036854775808ms", -1},
        {"9223372036854775807s", -1},
        {"99999999999999999999999d", -1},
    };
    for (size_t i = 0; i < ROWS(rows); i++)
        row_true(rows[i].text, mw_duration_parse_ms(rows[i].text) == rows[i].ms);
}

static void policies(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        struct mw_policy policy;
    } rows[] = {
        {"", {.require_https = true, .require_integrity = true}},
        {"select = fastest", {MW_SELECT_FASTEST, MW_METRIC_LATENCY, 0, 0, true, true, "", 0}},
        {"SELECT =", {MW_SELECT_ORDERED, MW_METRIC_LATENCY, 0, 0, true, true, "", 0}},
        {"metric = throughput", {MW_SELECT_ORDERED, MW_METRIC_THROUGHPUT, 0, 0, true, true, "", 0}},
        {"metric = balanced", {MW_SELECT_ORDERED, MW_METRIC_BALANCED, 0, 0, true, true, "", 0}},
        {"max-latency = 2s", {MW_SELECT_ORDERED, MW_METRIC_LATENCY, 2000, 0, true, true, "", 0}},
        {"max-age = 6h", {MW_SELECT_ORDERED, MW_METRIC_LATENCY, 0, 21600, true, true, "", 0}},
        {"require = https", {MW_SELECT_ORDERED, MW_METRIC_LATENCY, 0, 0, true, false, "", 0}},
        {"require = integrity , https",
         {MW_SELECT_ORDERED, MW_METRIC_LATENCY, 0, 0, true, true, "", 0}},
        {"require = none", {MW_SELECT_ORDERED, MW_METRIC_LATENCY, 0, 0, false, false, "", 0}},
        {"require =", {MW_SELECT_ORDERED, MW_METRIC_LATENCY, 0, 0, true, true, "", 0}},
        {"ca-file = /etc/ca.pem",
         {MW_SELECT_ORDERED, MW_METRIC_LATENCY, 0, 0, true, true, "/etc/ca.pem", 0}},
        {"missing = skip",
         {MW_SELECT_ORDERED, MW_METRIC_LATENCY, 0, 0, true, true, "", MW_MISSING_SKIP}},
        {"missing = configure",
         {MW_SELECT_ORDERED, MW_METRIC_LATENCY, 0, 0, true, true, "", MW_MISSING_CONFIGURE}},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_profile profile = {0};
        const struct mw_policy *want = &rows[i].policy;
        char *text = mw_xasprintf("[policy]\n%s\n", rows[i].text);
        row_size_equal(rows[i].text, test_load_profile("p.ini", text, strlen(text), &profile, NULL),
                       MW_OK);
        const struct mw_policy *have = &profile.policy;
        row_true(rows[i].text, have->select == want->select && have->metric == want->metric);
        row_true(rows[i].text, have->max_latency_ms == want->max_latency_ms);
        row_true(rows[i].text, have->max_age_s == want->max_age_s);
        row_true(rows[i].text, have->require_https == want->require_https);
        row_true(rows[i].text, have->require_integrity == want->require_integrity);
        row_true(rows[i].text, have->missing == want->missing);
        row_string_equal(rows[i].text, have->ca_file, want->ca_file);
        mw_profile_release(&profile);
        free(text);
    }
}

/* ---- extends --------------------------------------------------------------------------------- */

static void add(struct mw_profile_set *set, const char *path, const char *text)
{
    mw_profile_set_add(set, path, text, strlen(text));
}

static void children_override_key_by_key(void **state)
{
    (void)state;
    static const struct test_pair env[] = {{"TOKEN", "s3cret"}, {NULL, NULL}};
    struct test_world world = {.env = env};
    struct mw_profile_host host = test_host(&world);
    struct mw_profile_set set = {0};
    struct mw_profile profile = {0};
    add(&set, "/etc/root.ini",
        "[profile]\nserial = 7\n[policy]\nselect = fastest\nmax-age = 1d\n[go]\n"
        "GOPROXY = ${env:MISSING}\n"
        "GOSUMDB = ${env:TOKEN}\n[check.VPN]\ntitle = old\nwhy = because\n"
        "file = /etc/vpn\n");
    add(&set, "/etc/mid.ini", "[profile]\nextends = root\n[go]\nGOPROXY = https://u:p@mid\n");
    add(&set, "/home/leaf.ini",
        "[profile]\nsummary = Leaf\nextends = mid\n[policy]\nmax-age =\n[go]\ngoproxy = direct\n"
        "[check.vpn]\ntitle = new\ncommand = vpnctl\n");
    assert_int_equal(mw_profile_load(&set, "leaf", &host, &profile, NULL), MW_OK);

    char *chain = mw_strings_join(&profile.chain, " ");
    assert_string_equal(chain, "leaf mid root");
    free(chain);
    assert_string_equal(profile.name, "leaf");
    assert_string_equal(profile.summary, "Leaf");
    assert_string_equal(profile.file, "/home/leaf.ini");
    assert_int_equal(profile.serial, 0); /* nobody inherits one */
    assert_int_equal(profile.policy.select, MW_SELECT_FASTEST);
    assert_int_equal(profile.policy.max_age_s, 0);

    const struct mw_wish *proxy = mw_wishes_find(&profile.wishes, "go", "GOPROXY");
    assert_string_equal(proxy->text, "direct");
    assert_false(proxy->is_secret);
    char *origin = mw_origin_text(&proxy->from);
    assert_string_equal(origin, "profile leaf, /home/leaf.ini:7");
    free(origin);
    assert_int_equal(proxy->overridden_count, 2);
    assert_string_equal(proxy->overridden[0].text, "****");
    assert_string_equal(proxy->overridden[0].from.profile, "mid");
    assert_int_equal(proxy->overridden[0].from.line, 4);
    /* Not looked up: nobody needs it. */
    assert_string_equal(proxy->overridden[1].text, "${env:MISSING}");
    assert_string_equal(proxy->overridden[1].from.file, "/etc/root.ini");

    const struct mw_wish *sumdb = mw_wishes_find(&profile.wishes, "go", "GOSUMDB");
    assert_string_equal(sumdb->text, "s3cret");
    assert_true(sumdb->is_secret);

    assert_int_equal(profile.check_count, 1);
    assert_string_equal(profile.checks[0].name, "VPN");
    assert_string_equal(profile.checks[0].title, "new");
    assert_string_equal(profile.checks[0].why, "because");
    assert_string_equal(profile.checks[0].command, "vpnctl"); /* in the place of the file */
    assert_null(profile.checks[0].file);
    assert_string_equal(profile.checks[0].from.file, "/home/leaf.ini");
    mw_profile_release(&profile);
    mw_profile_set_release(&set);
}

static void chains_of_any_depth(void **state)
{
    (void)state;
    struct test_world world = {0};
    struct mw_profile_host host = test_host(&world);
    struct mw_profile_set set = {0};
    struct mw_profile profile = {0};
    struct mw_error err = {0};
    enum { DEPTH = 300 };
    for (int i = 0; i < DEPTH; i++) {
        char *path = mw_xasprintf("p%d.ini", i);
        char *text = mw_xasprintf("[profile]\nextends = p%d\n[go]\nGOSUMDB = %d\n", i + 1, i);
        add(&set, path, text);
        free(path);
        free(text);
    }
    assert_int_equal(mw_profile_load(&set, "p0", &host, &profile, &err), MW_BAD_PROFILE);
    assert_non_null(strstr(err.message, "p299.ini:2: there is no profile 'p300' to extend"));
    add(&set, "p300.ini", "");
    assert_int_equal(mw_profile_load(&set, "p0", &host, &profile, &err), MW_OK);
    assert_int_equal(profile.chain.count, DEPTH + 1);
    assert_string_equal(profile.wishes.items[0].text, "0");
    assert_int_equal(profile.wishes.items[0].overridden_count, DEPTH - 1);
    mw_profile_release(&profile);
    mw_profile_set_release(&set);
}

static void cycles_show_the_chain(void **state)
{
    (void)state;
    struct test_world world = {0};
    struct mw_profile_host host = test_host(&world);
    struct mw_profile_set set = {0};
    struct mw_profile profile = {0};
    struct mw_error err = {0};
    add(&set, "a.ini", "[profile]\nextends = b\n");
    add(&set, "b.ini", "[profile]\nextends = c\n");
    add(&set, "c.ini", "[profile]\n\nextends = b\n");
    assert_int_equal(mw_profile_load(&set, "a", &host, &profile, &err), MW_BAD_PROFILE);
    assert_string_equal(err.message, "c.ini:3: the profiles extend each other: a -> b -> c -> b; "
                                     "allowed: a chain of profiles that ends");
    assert_string_equal(err.hint, "");
    mw_profile_set_release(&set);
}

static void later_files_win(void **state)
{
    (void)state;
    struct test_world world = {0};
    struct mw_profile_host host = test_host(&world);
    struct mw_profile_set set = {0};
    struct mw_profile profile = {0};
    struct mw_error err = {0};
    add(&set, "builtin:profiles/dev.ini", "[go]\nGOSUMDB = old\n");
    add(&set, "/x/other.ini", "[profile]\nname = dev\n[go]\nGOSUMDB = new\n");
    add(&set, "/x/broken.ini", "[go\n");
    add(&set, "/x/bad name.ini", "");
    assert_string_equal(set.items[0].name, "dev");
    assert_string_equal(mw_profile_set_find(&set, "dev")->path, "/x/other.ini");
    assert_int_equal(mw_profile_load(&set, "dev", &host, &profile, NULL), MW_OK);
    assert_string_equal(profile.wishes.items[0].text, "new");
    mw_profile_release(&profile);

    /* A broken file stays where it is and says so when it is wanted. */
    assert_int_equal(mw_profile_load(&set, "broken", &host, &profile, &err), MW_BAD_PROFILE);
    assert_non_null(strstr(err.message, "/x/broken.ini:1: "));
    assert_int_equal(mw_profile_load(&set, "bad name", &host, &profile, &err), MW_BAD_PROFILE);
    assert_string_equal(err.message,
                        "/x/bad name.ini: 'bad name' cannot be the name of a profile; allowed: 1 "
                        "to 64 letters, digits, '.', '_' and '-'");
    assert_string_equal(err.hint, "Name it in the file: [profile] and name = NAME.");
    assert_int_equal(mw_profile_load(&set, "prod", &host, &profile, &err), MW_BAD_PROFILE);
    assert_string_equal(err.message,
                        "there is no profile 'prod'; there are: dev, broken, bad name");
    mw_profile_set_release(&set);
}

static void profiles_describe_themselves(void **state)
{
    (void)state;
    struct mw_profile_set set = {0};
    add(&set, "x.ini", "[profile]\nname = y\nsummary = A \"b\"\nextends = z ; c\n");
    add(&set, "broken.ini", "[profile]\nname = y\nsummary = A\n?\n");
    assert_string_equal(set.items[0].name, "y");
    assert_string_equal(set.items[0].summary, "A \"b\"");
    assert_string_equal(set.items[0].extends, "z");
    assert_string_equal(set.items[1].name, "broken");
    assert_string_equal(set.items[1].summary, "");
    assert_string_equal(set.items[1].extends, "");
    mw_profile_set_release(&set);
}

static void origins_read_well(void **state)
{
    (void)state;
    static const struct {
        struct mw_origin from;
        const char *text;
    } rows[] = {
        {{MW_LAYER_DEFAULT, NULL, NULL, 0}, "built-in default"},
        {{MW_LAYER_COMMAND_LINE, NULL, (char *)(uintptr_t) "--set", 0}, "--set"},
        {{MW_LAYER_ENVIRONMENT, NULL, NULL, 0}, "environment"},
        {{MW_LAYER_PROFILE, (char *)(uintptr_t) "dev", NULL, 0}, "profile dev"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char *text = mw_origin_text(&rows[i].from);
        row_string_equal(rows[i].text, text, rows[i].text);
        free(text);
    }
    assert_string_equal(mw_layer_word(MW_LAYER_DEFAULT), "default");
    assert_string_equal(mw_layer_word(MW_LAYER_COMMAND_LINE), "command-line");
}

/* ---- golden files: NAME.ini loads as NAME.txt says ------------------------------------------- */

static void read_golden(const char *name, struct mw_buf *text)
{
    char *path = mw_xasprintf("%s/golden/profiles/%s", MW_TEST_DIR, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        fail_msg("cannot open %s", path);
    char room[4096];
    size_t got;
    while ((got = fread(room, 1, sizeof room, file)) > 0)
        mw_buf_append(text, room, got);
    fclose(file);
    free(path);
}

static void dump(const struct mw_profile *profile, struct mw_buf *out)
{
    static const char *const selects[] = {"ordered", "fastest"};
    static const char *const metrics[] = {"latency", "throughput", "balanced"};
    const struct mw_policy *policy = &profile->policy;
    char *chain = mw_strings_join(&profile->chain, " -> ");
    mw_buf_printf(out, "%s: %s\n", chain, profile->summary);
    free(chain);
    mw_buf_printf(out, "policy: %s %s %ldms %lds%s%s\n", selects[policy->select],
                  metrics[policy->metric], policy->max_latency_ms, policy->max_age_s,
                  policy->require_https ? " https" : "",
                  policy->require_integrity ? " integrity" : "");
    for (size_t i = 0; i < profile->wishes.count; i++) {
        const struct mw_wish *wish = &profile->wishes.items[i];
        mw_buf_printf(out, "%s.%s = <%s>%s (%s:%zu)\n", wish->tool, wish->key, wish->text,
                      wish->is_secret ? " secret" : "", wish->from.file, wish->from.line);
        for (size_t k = 0; k < wish->overridden_count; k++)
            mw_buf_printf(out, "    over <%s> (%s:%zu)\n", wish->overridden[k].text,
                          wish->overridden[k].from.file, wish->overridden[k].from.line);
    }
    for (size_t i = 0; i < profile->check_count; i++) {
        const struct mw_profile_check *check = &profile->checks[i];
        mw_buf_printf(
            out, "check %s: title <%s> command <%s> file <%s> expected <%s> fix <%s>\n",
            check->name, check->title != NULL ? check->title : "",
            check->command != NULL ? check->command : "", check->file != NULL ? check->file : "",
            check->expected != NULL ? check->expected : "", check->fix != NULL ? check->fix : "");
    }
}

static void serials_are_whole_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        long serial; /* -1: refused */
    } rows[] = {
        {"0", 0},
        {"1", 1},
        {"2026112201", 2026112201},
        {"999999999999999", 999999999999999},
        {"", 0},
        {"-1", -1},
        {"1.5", -1},
        {"1000000000000000", -1},
        {"0x10", -1},
        {"1 2", -1},
        {"one", -1},
    };
    struct test_world world = {0};
    struct mw_profile_host host = test_host(&world);
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_profile_set set = {0};
        struct mw_profile profile = {0};
        struct mw_error err = {0};
        char *text = mw_xasprintf("[profile]\nserial = %s\n[go]\n", rows[i].text);
        add(&set, "/p/x.ini", text);
        bool is_loaded = mw_profile_load(&set, "x", &host, &profile, &err) == MW_OK;
        row_true(rows[i].text, is_loaded == (rows[i].serial >= 0));
        row_true(rows[i].text, is_loaded ? profile.serial == rows[i].serial
                                         : strncmp(err.message, "/p/x.ini:2: ", 12) == 0);
        mw_profile_release(&profile);
        mw_profile_set_release(&set);
        free(text);
    }
}

static void golden_profiles(void **state)
{
    (void)state;
    static const struct test_pair env[] = {
        {"PIP_TOKEN", "tok"}, {"HOME", "/home/me"}, {NULL, NULL}};
    static const struct test_pair files[] = {
        {"/home/me/.token", "from-home\n"}, {"./secrets/host", "h.example\r\n"}, {NULL, NULL}};
    struct test_world world = {.env = env, .files = files};
    struct mw_profile_host host = test_host(&world);
    struct mw_profile_set set = {0};
    char *folder = mw_xasprintf("%s/golden/profiles", MW_TEST_DIR);
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        struct mw_buf text = {0};
        const char *name = entries[i]->d_name;
        size_t len = strlen(name);
        if (len > 4 && strcmp(name + len - 4, ".ini") == 0) {
            read_golden(name, &text);
            mw_profile_set_add(&set, name, mw_buf_text(&text), text.len);
        }
        mw_buf_release(&text);
        free(entries[i]);
    }
    free(entries);
    free(folder);
    assert_in_range(set.count, 5, 100);
    for (size_t i = 0; i < set.count; i++) {
        struct mw_profile profile = {0};
        struct mw_error err = {0};
        struct mw_buf found = {0};
        struct mw_buf wanted = {0};
        char *name =
            mw_xasprintf("%.*s.txt", (int)(strlen(set.items[i].path) - 4), set.items[i].path);
        if (mw_profile_load(&set, set.items[i].name, &host, &profile, &err) == MW_OK)
            dump(&profile, &found);
        else
            mw_buf_printf(&found, "%s\n%s\n", err.message, err.hint);
        read_golden(name, &wanted);
        row_string_equal(name, mw_buf_text(&found), mw_buf_text(&wanted));
        mw_profile_release(&profile);
        mw_buf_release(&found);
        mw_buf_release(&wanted);
        free(name);
    }
    mw_profile_set_release(&set);
}

/* ---- what is built in ------------------------------------------------------------------------ */

static void built_in_profiles_load(void **state)
{
    (void)state;
    static const char *const names[] = {"base", "dev", "test", "prod"};
    struct test_world world = {0};
    struct mw_profile_host host = test_host(&world);
    struct mw_profile_set set = {0};
    test_add_builtin_profiles(&set);
    for (size_t i = 0; i < ROWS(names); i++)
        row_true(names[i], mw_profile_set_find(&set, names[i]) != NULL);
    for (size_t i = 0; i < set.count; i++) {
        struct mw_profile profile = {0};
        struct mw_error err = {0};
        if (mw_profile_load(&set, set.items[i].name, &host, &profile, &err) != MW_OK)
            fail_msg("%s", err.message);
        row_true(profile.name, *profile.summary != '\0');
        row_true(profile.name, profile.wishes.count > 0);
        mw_profile_release(&profile);
    }
    mw_profile_set_release(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations),
        cmocka_unit_test(policies),
        cmocka_unit_test(children_override_key_by_key),
        cmocka_unit_test(chains_of_any_depth),
        cmocka_unit_test(cycles_show_the_chain),
        cmocka_unit_test(later_files_win),
        cmocka_unit_test(profiles_describe_themselves),
        cmocka_unit_test(origins_read_well),
        cmocka_unit_test(serials_are_whole_numbers),
        cmocka_unit_test(golden_profiles),
        cmocka_unit_test(built_in_profiles_load),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
