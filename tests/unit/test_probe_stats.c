/* Medians, verdicts, ranks. */
#include <stdlib.h>

#include "../../src/probe/tally.h"
#include "mirrorwise/memory.h"
#include "support/rows.h"

static const struct {
    const char *name;
    long values[6];
    size_t count;
    long median, jitter;
} series[] = {
    {"nothing", {0}, 0, -1, -1},
    {"one", {7}, 1, 7, -1},
    {"two have no jitter", {7, 9}, 2, 8, -1},
    {"odd", {9, 1, 5}, 3, 5, 6},
    {"even", {4, 1, 3, 2}, 4, 2, 2},
    {"one spike moves nothing", {10, 10, 900, 10, 10}, 5, 10, 445},
    {"a steady climb", {10, 20, 30, 40, 50}, 5, 30, 10},
};

static void a_median_is_the_middle(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(series); i++) {
        row_true(series[i].name,
                 mw_probe_median(series[i].values, series[i].count) == series[i].median);
        row_true(series[i].name,
                 mw_probe_jitter(series[i].values, series[i].count) == series[i].jitter);
    }
}

static struct mw_probe_sample sample(enum mw_probe_class class, long rtt_us, bool is_cold)
{
    struct mw_probe_sample made = {
        .class = class,
        .rtt_us = rtt_us,
        .dns_us = is_cold ? 500 : -1,
        .tcp_us = is_cold ? rtt_us + 100 : -1,
        .tls_us = is_cold ? rtt_us + 2000 : -1,
        .ttfb_us = rtt_us + (is_cold ? 5000 : 200),
        .bytes_per_s = -1,
        .age_s = -1,
        .is_cold = is_cold,
        .family = 4,
        .integrity = is_cold && class == MW_PROBE_OK ? MW_PROBE_GENUINE : MW_PROBE_UNCHECKED,
    };
    if (class != MW_PROBE_OK)
        strcpy(made.reason, "It failed.");
    return made;
}

static void first_and_reused_connections_are_kept_apart(void **state)
{
    (void)state;
    struct probe_tally tally = {0};
    struct mw_probe_result result;
    struct mw_policy policy = {0};
    mw_probe_result_init(&result);
    const struct mw_probe_sample samples[] = {
        sample(MW_PROBE_OK, 20000, true),
        sample(MW_PROBE_OK, 21000, false),
        sample(MW_PROBE_OK, 22000, false),
    };
    probe_tally_add(&tally, &samples[0], &policy, &result);
    assert_int_equal(result.ttfb_us, 25000);
    for (size_t i = 1; i < 3; i++)
        probe_tally_add(&tally, &samples[i], &policy, &result);
    assert_int_equal(result.rtt_us, 21000);
    assert_int_equal(result.rtt_min_us, 20000);
    assert_int_equal(result.rtt_max_us, 22000);
    assert_int_equal(result.dns_us, 500);
    assert_int_equal(result.tcp_us, 20100);
    assert_int_equal(result.tls_us, 22000);
    assert_int_equal(result.ttfb_us, 21700);
    assert_int_equal(result.integrity, MW_PROBE_GENUINE);
    probe_tally_release(&tally);
}

#define O MW_PROBE_OK
#define T MW_PROBE_TIMEOUT
#define I MW_PROBE_INTEGRITY
#define R MW_PROBE_RATE_LIMITED

static const struct {
    const char *name;
    enum mw_probe_class classes[5];
    size_t count;
    bool is_usable;
    enum mw_probe_class class;
    unsigned lost;
} verdicts[] = {
    {"one good", {O}, 1, true, O, 0},
    {"one bad", {T}, 1, false, T, 1},
    {"half lost is bearable", {O, T}, 2, true, O, 1},
    {"more is not", {O, T, T}, 3, false, T, 2},
    {"a forgery among many", {O, O, O, I, O}, 5, false, I, 1},
    {"and timeouts do not hide it", {O, I, T, T}, 4, false, I, 3},
    {"a pause wanted at the end", {O, O, R}, 3, true, O, 1},
    {"a pause wanted at once", {R}, 1, false, R, 1},
};

static void a_verdict_needs_good_samples(void **state)
{
    (void)state;
    struct mw_policy policy = {.require_integrity = true};
    for (size_t i = 0; i < ROWS(verdicts); i++) {
        struct probe_tally tally = {0};
        struct mw_probe_result result;
        mw_probe_result_init(&result);
        for (size_t k = 0; k < verdicts[i].count; k++) {
            struct mw_probe_sample next = sample(verdicts[i].classes[k], 20000, k == 0);
            probe_tally_add(&tally, &next, &policy, &result);
        }
        row_true(verdicts[i].name, result.is_usable == verdicts[i].is_usable);
        row_true(verdicts[i].name, result.class == verdicts[i].class);
        row_size_equal(verdicts[i].name, result.lost, verdicts[i].lost);
        row_size_equal(verdicts[i].name, result.samples, verdicts[i].count);
        row_true(verdicts[i].name, (result.reason[0] == '\0') == result.is_usable);
        probe_tally_release(&tally);
    }
}

static const struct {
    const char *name;
    struct mw_policy policy;
    long rtt_us, age_s;
    bool was_refused; /* the canary, by an allow-list */
    bool is_usable;
} policies[] = {
    {"no limits", {0}, 900000, 900000, false, true},
    {"near enough", {.max_latency_ms = 300}, 299000, -1, false, true},
    {"too far", {.max_latency_ms = 300}, 301000, -1, false, false},
    {"an age alone is no fault", {.max_age_s = 3600}, 1000, 900000, false, true},
    {"unchecked, where that will do", {0}, 1000, -1, true, true},
    {"unchecked, where it will not", {.require_integrity = true}, 1000, -1, true, false},
};

static void the_profile_has_the_last_word(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(policies); i++) {
        struct probe_tally tally = {0};
        struct mw_probe_result result;
        struct mw_probe_sample only = sample(MW_PROBE_OK, policies[i].rtt_us, true);
        mw_probe_result_init(&result);
        only.age_s = policies[i].age_s;
        if (policies[i].was_refused)
            only.integrity = MW_PROBE_UNCHECKED;
        only.is_withheld = policies[i].was_refused;
        strcpy(only.note, "It is worth knowing."); /* changes nothing */
        probe_tally_add(&tally, &only, &policies[i].policy, &result);
        row_true(policies[i].name, result.is_usable == policies[i].is_usable);
        row_true(policies[i].name, result.is_usable || result.class == MW_PROBE_POLICY);
        probe_tally_release(&tally);
    }
}

/* "s" is the service, "o" another one; the first mirror of each is upstream. */
static const struct lag_row {
    const char *name, *tool;
    long max_age_s;     /* the policy's */
    long own_max_age_s; /* the service's */
    long state_s;
    unsigned long state_hash;
    long lag_s;
    bool is_usable;
} lags[] = {
    {"upstream", "s", 3600, 0, 1000000, 0, 0, true},
    {"as far as allowed", "s", 3600, 0, 996400, 0, 3600, true},
    {"further", "s", 3600, 0, 996399, 0, 3601, false},
    {"unknown", "s", 3600, 0, -1, 0, -1, true},
    {"the newest of another service", "o", 3600, 0, 5000, 0, 0, true},
    {"no limit but the service's", "o", 0, 60, 4000, 0, 1000, false},
    {"the profile's goes first", "o", 2000, 60, 4000, 0, 1000, true},
    {"bytes: upstream", "h", 1, 0, -1, 7, 0, true},
    {"bytes: the same", "h", 1, 0, -1, 7, 0, true},
    {"bytes: others", "h", 1, 0, -1, 9, -1, true},
    {"bytes: unknown", "h", 1, 0, -1, 0, -1, true},
};

static void the_lag_is_behind_the_newest_that_was_seen(void **state)
{
    (void)state;
    struct mw_probe_target targets[ROWS(lags)] = {{0}};
    struct mw_probe_result results[ROWS(lags)];
    for (size_t i = 0; i < ROWS(lags); i++) {
        targets[i] = (struct mw_probe_target){
            .tool = lags[i].tool,
            .max_age_s = lags[i].own_max_age_s,
            .is_default = i == 0 || strcmp(lags[i - 1].tool, lags[i].tool) != 0,
        };
        mw_probe_result_init(&results[i]);
        results[i].is_usable = true;
        results[i].state_s = lags[i].state_s;
        results[i].state_hash = lags[i].state_hash;
    }
    for (size_t i = 0; i < ROWS(lags); i++) {
        struct mw_policy policy = {.max_age_s = lags[i].max_age_s};
        struct mw_probe_result now[ROWS(lags)];
        memcpy(now, results, sizeof now);
        mw_probe_compare_ages(targets, ROWS(lags), &policy, now, i);
        row_true(lags[i].name, now[i].lag_s == lags[i].lag_s);
        row_true(lags[i].name, now[i].is_usable == lags[i].is_usable);
        row_true(lags[i].name, (now[i].reason[0] == '\0') == lags[i].is_usable);
        for (size_t k = 0; k < ROWS(lags); k++)
            row_true(lags[i].name, strcmp(lags[k].tool, lags[i].tool) == 0 || now[k].lag_s == -1);
    }
}

static void what_a_mirror_thinks_counts(void **state)
{
    (void)state;
    struct probe_tally tally = {0};
    struct mw_probe_target targets[2] = {{.tool = "go"}, {.tool = "go"}};
    struct mw_probe_result results[2];
    const struct mw_policy policy = {.max_latency_ms = 300};
    const struct {
        const char *name;
        long ttfb_us, latency_us;
        bool is_usable;
    } rows[] = {
        {"over the limit", 501000, 401000, false},
        {"quicker the second time", 151000, 51000, true},
        {"slower again is bad luck", 251000, 51000, true},
    };
    for (size_t i = 0; i < 2; i++)
        mw_probe_result_init(&results[i]);
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_probe_sample slow = sample(MW_PROBE_OK, 1000, true);
        slow.ttfb_us = rows[i].ttfb_us;
        probe_tally_add(&tally, &slow, &policy, &results[0]);
        row_true(rows[i].name, probe_latency_us(&results[0]) == rows[i].latency_us);
        row_true(rows[i].name, results[0].is_usable == rows[i].is_usable);
        row_true(rows[i].name, results[0].rtt_us == 1000);
    }
    probe_tally_release(&tally);

    /* What may be our own doing blurs no round trip. */
    struct mw_probe_sample far = sample(MW_PROBE_OK, 40000, true);
    far.ttfb_us = 139000;
    probe_tally_add(&tally, &far, &policy, &results[1]);
    assert_int_equal(probe_latency_us(&results[1]), 40000);
    mw_probe_rank(targets, 2, MW_METRIC_LATENCY, results);
    assert_int_equal(results[1].rank, 1);
    probe_tally_release(&tally);
}

struct entry {
    long rtt_us, bytes_per_s;
    char kind; /* u usable, x not, f usable fallback, i usable and in use, j the same, asked second,
                * d the same by default
                */
    long spread_us;
};

static const struct {
    const char *name;
    enum mw_metric metric;
    struct entry entries[5];
    const char *order; /* indices, best first */
    const char *tied;  /* of these, the ones tied with the one before */
} rankings[] = {
    {"by round trip",
     MW_METRIC_LATENCY,
     {{30000, 0, 'u', 0}, {10000, 0, 'u', 0}, {20000, 0, 'u', 0}},
     "120",
     "---"},
    {"two milliseconds are a difference",
     MW_METRIC_LATENCY,
     {{14000, 0, 'u', 0}, {12000, 0, 'u', 0}},
     "10",
     "--"},
    {"half of one is not", MW_METRIC_LATENCY, {{12500, 0, 'u', 0}, {12000, 0, 'u', 0}}, "01", "-t"},
    {"unless they jump about",
     MW_METRIC_LATENCY,
     {{14000, 0, 'u', 12000}, {12000, 0, 'u', 0}},
     "01",
     "-t"},
    {"the unusable have no rank",
     MW_METRIC_LATENCY,
     {{1000, 0, 'x', 0}, {12000, 0, 'u', 0}},
     "1",
     "-"},
    {"fallback behind", MW_METRIC_LATENCY, {{1000, 0, 'f', 0}, {90000, 0, 'u', 0}}, "10", "--"},
    {"in use stays: 9 ms are 40 %, but only 9 ms",
     MW_METRIC_LATENCY,
     {{12000, 0, 'u', 0}, {21000, 0, 'i', 0}},
     "10",
     "--"},
    {"until it is clearly beaten",
     MW_METRIC_LATENCY,
     {{12000, 0, 'u', 0}, {23000, 0, 'i', 0}},
     "01",
     "--"},
    {"far away 30 ms are little: 13 %",
     MW_METRIC_LATENCY,
     {{200000, 0, 'u', 0}, {230000, 0, 'i', 0}},
     "10",
     "--"},
    {"40 ms are more than 15 %",
     MW_METRIC_LATENCY,
     {{200000, 0, 'u', 0}, {240000, 0, 'i', 0}},
     "01",
     "--"},
    {"two in use keep their order",
     MW_METRIC_LATENCY,
     {{12000, 0, 'u', 0}, {14000, 0, 'j', 0}, {20000, 0, 'i', 0}},
     "210",
     "---"},
    {"the second stays where the first is beaten",
     MW_METRIC_LATENCY,
     {{12000, 0, 'u', 0}, {14000, 0, 'j', 0}, {40000, 0, 'i', 0}},
     "102",
     "---"},
    {"the first where the second is",
     MW_METRIC_LATENCY,
     {{12000, 0, 'u', 0}, {40000, 0, 'j', 0}, {14000, 0, 'i', 0}},
     "201",
     "---"},
    {"the tool's own default stays in front",
     MW_METRIC_LATENCY,
     {{200000, 0, 'u', 0}, {230000, 0, 'd', 0}, {220000, 0, 'u', 0}},
     "102",
     "---"},
    {"and does not get between those that beat it",
     MW_METRIC_LATENCY,
     {{12000, 0, 'u', 0}, {220000, 0, 'd', 0}, {190000, 0, 'u', 0}},
     "021",
     "---"},
    {"by speed",
     MW_METRIC_THROUGHPUT,
     {{10000, 100000, 'u', 0}, {50000, 900000, 'u', 0}},
     "10",
     "--"},
    {"unknown speed behind",
     MW_METRIC_THROUGHPUT,
     {{10000, -1, 'u', 0}, {50000, 900, 'u', 0}},
     "10",
     "--"},
    {"balanced: near and slow against far and fast",
     MW_METRIC_BALANCED,
     {{10000, 200000, 'u', 0}, {60000, 5000000, 'u', 0}},
     "10",
     "--"},
    {"balanced: speed alike",
     MW_METRIC_BALANCED,
     {{10000, 5000000, 'u', 0}, {60000, 5000000, 'u', 0}},
     "01",
     "--"},
};

static void ranks_follow_the_figures(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rankings); i++) {
        struct mw_probe_target targets[5] = {0};
        struct mw_probe_result results[5];
        size_t count = 0;
        for (; count < 5 && rankings[i].entries[count].kind != '\0'; count++) {
            const struct entry *entry = &rankings[i].entries[count];
            targets[count].tool = "go";
            targets[count].is_fallback = entry->kind == 'f';
            targets[count].is_default = entry->kind == 'd';
            targets[count].is_in_use =
                entry->kind == 'i' || entry->kind == 'j' || entry->kind == 'd';
            targets[count].place_in_use = entry->kind == 'j';
            mw_probe_result_init(&results[count]);
            results[count].is_usable = entry->kind != 'x';
            results[count].rtt_us = entry->rtt_us;
            results[count].rtt_min_us = entry->rtt_us;
            results[count].rtt_max_us = entry->rtt_us + entry->spread_us;
            results[count].bytes_per_s = entry->bytes_per_s;
        }
        mw_probe_rank(targets, count, rankings[i].metric, results);
        size_t ranked = 0;
        for (size_t k = 0; k < count; k++)
            ranked += results[k].rank > 0 ? 1 : 0;
        row_size_equal(rankings[i].name, ranked, strlen(rankings[i].order));
        for (size_t k = 0; k < ranked; k++) {
            size_t index = (size_t)(rankings[i].order[k] - '0');
            row_size_equal(rankings[i].name, results[index].rank, k + 1);
            row_true(rankings[i].name, results[index].is_tied == (rankings[i].tied[k] == 't'));
        }
    }
}

static void tools_are_ranked_apart_and_saved_best_first(void **state)
{
    (void)state;
    static const struct {
        const char *tool, *id;
        long rtt_us;
        bool is_usable;
    } rows[] = {
        {"go", "a", 30000, true}, {"pip", "b", 5000, true}, {"go", "c", -1, false},
        {"go", "d", 10000, true}, {"pip", "e", 1000, true},
    };
    static const char *const wanted[] = {"d", "a", "c", "e", "b"};
    struct mw_probe_target targets[5] = {0};
    struct mw_probe_result results[5];
    struct mw_ranking ranking = {0};
    for (size_t i = 0; i < 5; i++) {
        targets[i] =
            (struct mw_probe_target){.tool = rows[i].tool, .id = rows[i].id, .url = "https://h"};
        mw_probe_result_init(&results[i]);
        results[i].rtt_us = rows[i].rtt_us;
        results[i].is_usable = rows[i].is_usable;
    }
    strcpy(results[2].reason, "It failed.");
    mw_probe_rank(targets, 5, MW_METRIC_LATENCY, results);
    mw_probe_ranking(targets, 5, results, &ranking);
    assert_int_equal(ranking.count, 5);
    for (size_t i = 0; i < 5; i++)
        assert_string_equal(ranking.items[i].id, wanted[i]);
    assert_false(ranking.items[2].usable);
    assert_string_equal(ranking.items[2].reason, "It failed.");
    assert_string_equal(ranking.items[0].reason, "");
    assert_int_equal(ranking.items[0].rtt_us, 10000);
    mw_ranking_release(&ranking);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_median_is_the_middle),
        cmocka_unit_test(first_and_reused_connections_are_kept_apart),
        cmocka_unit_test(a_verdict_needs_good_samples),
        cmocka_unit_test(the_profile_has_the_last_word),
        cmocka_unit_test(the_lag_is_behind_the_newest_that_was_seen),
        cmocka_unit_test(what_a_mirror_thinks_counts),
        cmocka_unit_test(ranks_follow_the_figures),
        cmocka_unit_test(tools_are_ranked_apart_and_saved_best_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
