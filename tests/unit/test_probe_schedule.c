/* The scheduler, over a network and a clock that are made up. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/probe/engine.h"
#include "mirrorwise/memory.h"
#include "support/fake_transport.h"
#include "support/inquiries.h"
#include "support/rows.h"

#define GO_MOD "module \"rsc.io/quote\"\n\nrequire \"rsc.io/sampler\" v1.3.0\n"
#define GO_SHA256 "b167e79090d79e4b5738995c62a2186548fc33c919d6b4da1d36cc8c7c1e40c1"

static struct mw_canary canary = {
    .path = (char *)"/quote.mod", .sha256 = (char *)GO_SHA256, .bytes = 55};
static struct mw_bulk bulk = {
    .path = (char *)"/bulk", .sha256 = (char *)GO_SHA256, .bytes = 64 << 20};

#define TARGETS_MAX 1000

struct world {
    struct fake_transport fake;
    struct mw_probe_options options;
    struct mw_probe_target targets[TARGETS_MAX];
    char urls[TARGETS_MAX][64];
    struct mw_probe_result results[TARGETS_MAX];
    size_t count, samples;
    bool wants_no_more;
    struct mw_probe_watch watch;
    size_t bad; /* index of a mirror that misbehaves, by `how` */
    int how;
    unsigned asked_bad;
};

enum { HONEST, FORGES, ALWAYS_FAILS, FAILS_ONCE_LATER, WANTS_PAUSE_LATER, NEVER_ANSWERS };

/* Which mirror a URL of the world is for: https://mNN.example/... */
static size_t index_of(const char *url)
{
    return (size_t)strtoul(url + strlen("https://m"), NULL, 10);
}

static void misbehave(struct world *world, struct fake_answer *answer)
{
    struct probe_response *response = &answer->response;
    unsigned time = ++world->asked_bad;
    switch (world->how) {
    case FORGES:
        fake_answer_body(answer, "module evil\n", "text/plain");
        break;
    case ALWAYS_FAILS:
        response->class = MW_PROBE_REFUSED;
        break;
    case FAILS_ONCE_LATER:
        response->class = time == 3 ? MW_PROBE_TIMEOUT : MW_PROBE_OK;
        break;
    case WANTS_PAUSE_LATER:
        response->status = time == 3 ? 429 : 200;
        break;
    case NEVER_ANSWERS:
        answer->delay_us = -1;
        break;
    default:
        break;
    }
}

static void serve(void *context, const struct probe_request *request, struct fake_answer *answer)
{
    struct world *world = context;
    size_t index = index_of(request->url);
    long rtt_us = 10000 + (long)index * 1000;
    fake_answer_body(answer, GO_MOD, "text/plain");
    answer->connect_us = rtt_us;
    answer->delay_us = rtt_us * (request->needs_new_connection ? 3 : 1);
    answer->response.rtt_us = rtt_us;
    answer->response.ttfb_us = rtt_us;
    answer->response.body_us = 1000;
    if (index == world->bad)
        misbehave(world, answer);
}

static void on_sample(void *context, const struct mw_probe_sample *sample,
                      const struct mw_probe_result *result)
{
    struct world *world = context;
    (void)sample;
    (void)result;
    world->samples++;
}

static bool go_on(void *context)
{
    return !((struct world *)context)->wants_no_more;
}

static struct world *make_world(size_t count)
{
    struct world *world = mw_xcalloc(1, sizeof *world);
    fake_transport_init(&world->fake, serve, world);
    mw_probe_options_init(&world->options);
    world->options.is_thorough = false;
    world->options.spacing_ms = 0;
    world->count = count;
    world->bad = SIZE_MAX;
    world->watch = (struct mw_probe_watch){.context = world, .sample = on_sample, .go_on = go_on};
    for (size_t i = 0; i < count; i++) {
        snprintf(world->urls[i], sizeof world->urls[i], "https://m%zu.example/x", i);
        world->targets[i] = (struct mw_probe_target){.tool = "go",
                                                     .inquiry = test_inquiry("go"),
                                                     .id = "m",
                                                     .url = world->urls[i],
                                                     .canary = &canary};
    }
    return world;
}

static struct probe_engine *make_engine(struct world *world)
{
    return probe_engine_new(world->targets, world->count, &world->options, NULL, 0, &world->watch,
                            &world->fake.base, &world->fake.clock, world->results);
}

/* Runs to the end; the number of steps is bounded. */
static void run(struct world *world)
{
    struct probe_engine *engine = make_engine(world);
    size_t steps = 0;
    while (probe_engine_step(engine))
        assert_true(++steps < 100000);
    probe_engine_free(engine);
    assert_int_equal(world->fake.busy, 0);
}

static void release(struct world *world)
{
    fake_transport_release(&world->fake);
    free(world);
}

static void everybody_gets_his_samples(void **state)
{
    (void)state;
    struct world *world = make_world(40);
    world->options.slots = 5;
    run(world);
    assert_int_equal(world->samples, 40 * 5);
    assert_int_equal(world->fake.busy_most, 5);
    assert_int_equal(world->fake.host_overlaps, 0);
    assert_int_equal(world->fake.new_connections, 40);
    for (size_t i = 0; i < 40; i++) {
        assert_true(world->results[i].is_usable);
        assert_true(world->results[i].is_done);
        assert_int_equal(world->results[i].samples, 5);
        assert_int_equal(world->results[i].rtt_us, 10000 + (long)i * 1000);
        assert_int_equal(world->results[i].rank, i + 1);
        assert_int_equal(world->results[i].integrity, MW_PROBE_GENUINE);
    }
    release(world);
}

static void slots_are_bounded(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t count;
        int wanted;
        size_t most;
    } rows[] = {
        {"few", 5, 0, 5},
        {"one a mirror", 40, 0, 40},
        {"and with more", 200, 0, 200},
        {"very many", 1000, 0, PROBE_REQUESTS_MAX},
        {"wanted", 40, 30, 30},
        {"too many wanted", 1000, 1000, PROBE_REQUESTS_MAX},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world *world = make_world(rows[i].count);
        world->options.slots = rows[i].wanted;
        world->options.samples = 1;
        run(world);
        if (world->fake.busy_most != rows[i].most)
            fail_msg("%s: %zu", rows[i].name, world->fake.busy_most);
        release(world);
    }
}

static void one_slot_goes_round_in_a_new_order_each_time(void **state)
{
    (void)state;
    struct world *world = make_world(20);
    world->options.slots = 1;
    run(world);
    bool differs = false;
    bool is_catalogue_order = true;
    for (size_t round = 0; round < 5; round++) {
        unsigned seen = 0;
        for (size_t i = 0; i < 20; i++) {
            size_t index = index_of(world->fake.urls.items[round * 20 + i]);
            seen |= 1U << index;
            is_catalogue_order = is_catalogue_order && index == i;
            if (round > 0 && index != index_of(world->fake.urls.items[(round - 1) * 20 + i]))
                differs = true;
        }
        assert_int_equal(seen, (1U << 20) - 1);
    }
    assert_true(differs);
    assert_false(is_catalogue_order);
    release(world);
}

static void the_order_follows_the_seed(void **state)
{
    (void)state;
    struct world *worlds[3];
    const unsigned long seeds[] = {1, 1, 2};
    for (size_t i = 0; i < 3; i++) {
        worlds[i] = make_world(20);
        worlds[i]->options.slots = 1;
        worlds[i]->options.seed = seeds[i];
        run(worlds[i]);
    }
    assert_true(mw_strings_equal(&worlds[0]->fake.urls, &worlds[1]->fake.urls));
    assert_false(mw_strings_equal(&worlds[0]->fake.urls, &worlds[2]->fake.urls));
    for (size_t i = 0; i < 3; i++)
        release(worlds[i]);
}

static void mirrors_of_one_host_take_turns(void **state)
{
    (void)state;
    struct world *world = make_world(6);
    for (size_t i = 0; i < 6; i++)
        snprintf(world->urls[i], sizeof world->urls[i], "https://M0.example/%zu", i);
    run(world);
    assert_int_equal(world->fake.host_overlaps, 0);
    assert_int_equal(world->fake.busy_most, 1);
    assert_int_equal(world->samples, 30);
    release(world);
}

static void serve_but_one(void *context, const struct probe_request *request,
                          struct fake_answer *answer)
{
    serve(context, request, answer);
    if (strstr(request->url, "/silent") != NULL)
        answer->delay_us = -1;
}

static void a_silent_one_does_not_block_its_server(void **state)
{
    (void)state;
    struct world *world = make_world(3);
    world->fake.script = serve_but_one;
    world->options.deadline_ms = 1000;
    world->options.timeout_ms = 10000;
    for (size_t i = 0; i < 3; i++)
        snprintf(world->urls[i], sizeof world->urls[i], "https://m0.example/%s%zu",
                 i == 0 ? "silent" : "", i);
    run(world);
    assert_false(world->results[0].is_usable);
    assert_true(world->results[1].is_usable && world->results[2].is_usable);
    release(world);
}

static void another_port_is_another_server(void **state)
{
    (void)state;
    struct world *world = make_world(6);
    for (size_t i = 0; i < 6; i++)
        snprintf(world->urls[i], sizeof world->urls[i], "https://m0.example:844%zu/", i);
    run(world);
    assert_int_equal(world->fake.busy_most, 6);
    release(world);
}

static void samples_of_a_mirror_are_apart(void **state)
{
    (void)state;
    struct world *world = make_world(3);
    world->options.spacing_ms = 100;
    run(world);
    for (size_t i = 0; i < world->fake.urls.count; i++)
        for (size_t k = i + 1; k < world->fake.urls.count; k++)
            if (index_of(world->fake.urls.items[i]) == index_of(world->fake.urls.items[k]))
                assert_true(world->fake.times_us[k] - world->fake.times_us[i] >= 100000);
    release(world);
}

static const struct {
    const char *name;
    int how;
    unsigned samples, lost;
    bool is_usable;
    enum mw_probe_class class;
} manners[] = {
    {"honest", HONEST, 5, 0, true, MW_PROBE_OK},
    {"forges: condemned at once", FORGES, 1, 1, false, MW_PROBE_INTEGRITY},
    {"never answered: not asked again", ALWAYS_FAILS, 1, 1, false, MW_PROBE_REFUSED},
    {"loses one: goes on", FAILS_ONCE_LATER, 5, 1, true, MW_PROBE_OK},
    {"asks for a pause: gets it", WANTS_PAUSE_LATER, 3, 1, true, MW_PROBE_OK},
    {"silent: a timeout of ours", NEVER_ANSWERS, 1, 1, false, MW_PROBE_TIMEOUT},
};

static void a_mirror_is_asked_as_long_as_it_makes_sense(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(manners); i++) {
        struct world *world = make_world(3);
        world->bad = 1;
        world->how = manners[i].how;
        run(world);
        row_size_equal(manners[i].name, world->results[1].samples, manners[i].samples);
        row_size_equal(manners[i].name, world->results[1].lost, manners[i].lost);
        row_true(manners[i].name, world->results[1].is_usable == manners[i].is_usable);
        row_true(manners[i].name, world->results[1].class == manners[i].class);
        row_true(manners[i].name, (world->results[1].reason[0] == '\0') == manners[i].is_usable);
        row_size_equal(manners[i].name, world->results[0].samples, 5);
        row_true(manners[i].name, (world->results[1].rank > 0) == manners[i].is_usable);
        release(world);
    }
}

static void the_deadline_ends_everything(void **state)
{
    (void)state;
    struct world *world = make_world(30);
    world->bad = 2;
    world->how = NEVER_ANSWERS;
    world->options.timeout_ms = 60000;
    world->options.deadline_ms = 700;
    run(world);
    assert_true(world->fake.now_us - 1000000 <= 700000 + 50000);
    assert_false(world->results[2].is_usable);
    assert_int_equal(world->results[2].class, MW_PROBE_TIMEOUT);
    assert_true(world->results[0].is_usable);
    assert_true(world->fake.cancelled >= 1);
    release(world);
}

static void no_more_means_now(void **state)
{
    (void)state;
    struct world *world = make_world(30);
    struct probe_engine *engine = make_engine(world);
    assert_true(probe_engine_step(engine));
    assert_true(world->fake.busy > 0);
    world->wants_no_more = true;
    int64_t before = world->fake.now_us;
    assert_false(probe_engine_step(engine));
    assert_int_equal(world->fake.now_us, before);
    assert_int_equal(world->fake.busy, 0);
    probe_engine_free(engine);
    release(world);
}

static void freeing_cancels(void **state)
{
    (void)state;
    struct world *world = make_world(30);
    struct probe_engine *engine = make_engine(world);
    assert_true(probe_engine_step(engine));
    size_t busy = world->fake.busy;
    assert_true(busy > 0);
    probe_engine_free(engine);
    assert_int_equal(world->fake.cancelled, busy);
    release(world);
}

static void nothing_to_measure_ends_at_once(void **state)
{
    (void)state;
    struct world *world = make_world(0);
    run(world);
    assert_int_equal(world->fake.urls.count, 0);
    release(world);
}

static void what_cannot_be_asked_is_not(void **state)
{
    (void)state;
    static char protocol[] = "nuget";
    static const struct mw_inquiry unbuilt = {.protocol = protocol};
    struct world *world = make_world(3);
    world->targets[0].url = "http://m0.example/x";
    world->targets[1].tool = "cargo";
    world->targets[1].inquiry = &unbuilt;
    world->targets[1].canary = NULL;
    world->targets[2].url = "https://";
    run(world);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(world->results[i].class, MW_PROBE_POLICY);
        assert_true(world->results[i].reason[0] != '\0');
    }
    assert_int_equal(world->fake.urls.count, 0);
    release(world);
}

/* Everybody answers with 10,000 bytes in 1 ms; m1 dribbles. */
static void serve_bulk(void *context, const struct probe_request *request,
                       struct fake_answer *answer)
{
    serve(context, request, answer);
    if (request->range_bytes == 0)
        return;
    struct mw_buf body = {0};
    for (size_t i = 0; i < 10000; i++)
        mw_buf_putc(&body, 'x');
    fake_answer_body(answer, body.data, NULL);
    mw_buf_release(&body);
    answer->response.status = 206;
    answer->response.body_us = 1000 * (10 - (long)index_of(request->url));
    if (index_of(request->url) == 1)
        answer->delay_us = -1;
}

static void speed_is_measured_among_the_nearest_one_at_a_time(void **state)
{
    (void)state;
    struct world *world = make_world(10);
    world->fake.script = serve_bulk;
    world->options.policy.metric = MW_METRIC_THROUGHPUT;
    for (size_t i = 0; i < 10; i++)
        world->targets[i].bulk = &bulk;
    run(world);
    size_t bulks = 0;
    for (size_t i = 0; i < world->fake.urls.count; i++)
        bulks += strstr(world->fake.urls.items[i], "/bulk") != NULL ? 1 : 0;
    assert_int_equal(bulks, 4);
    assert_true(world->fake.range_total <= 8000000);
    assert_int_equal(world->fake.host_overlaps, 0);
    /* 10,000 bytes in 10, 8 and 7 ms; m1's 10,000 are cut short after 300 ms and more. */
    assert_int_equal(world->results[0].bytes_per_s, 1000000);
    assert_int_equal(world->results[3].bytes_per_s, 1428571);
    assert_true(world->results[1].bytes_per_s > 0 && world->results[1].bytes_per_s < 34000);
    assert_int_equal(world->results[4].bytes_per_s, -1);
    assert_int_equal(world->results[3].rank, 1);
    assert_int_equal(world->results[1].rank, 4);
    assert_int_equal(world->results[4].rank, 5);
    release(world);
}

static void latency_fetches_nothing_large(void **state)
{
    (void)state;
    struct world *world = make_world(4);
    for (size_t i = 0; i < 4; i++)
        world->targets[i].bulk = &bulk;
    run(world);
    assert_int_equal(world->fake.range_total, 0);
    release(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everybody_gets_his_samples),
        cmocka_unit_test(slots_are_bounded),
        cmocka_unit_test(one_slot_goes_round_in_a_new_order_each_time),
        cmocka_unit_test(the_order_follows_the_seed),
        cmocka_unit_test(mirrors_of_one_host_take_turns),
        cmocka_unit_test(a_silent_one_does_not_block_its_server),
        cmocka_unit_test(another_port_is_another_server),
        cmocka_unit_test(samples_of_a_mirror_are_apart),
        cmocka_unit_test(a_mirror_is_asked_as_long_as_it_makes_sense),
        cmocka_unit_test(the_deadline_ends_everything),
        cmocka_unit_test(no_more_means_now),
        cmocka_unit_test(freeing_cancels),
        cmocka_unit_test(nothing_to_measure_ends_at_once),
        cmocka_unit_test(what_cannot_be_asked_is_not),
        cmocka_unit_test(speed_is_measured_among_the_nearest_one_at_a_time),
        cmocka_unit_test(latency_fetches_nothing_large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
