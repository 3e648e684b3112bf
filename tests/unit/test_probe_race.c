/* When a race is over, and who wins it. */
#include <stdio.h>
#include <stdlib.h>

#include "../../src/probe/engine.h"
#include "../../src/probe/race.h"
#include "mirrorwise/memory.h"
#include "support/fake_transport.h"
#include "support/inquiries.h"
#include "support/rows.h"

#define GO_MOD "module \"rsc.io/quote\"\n\nrequire \"rsc.io/sampler\" v1.3.0\n"
#define GO_SHA256 "b167e79090d79e4b5738995c62a2186548fc33c919d6b4da1d36cc8c7c1e40c1"

static struct mw_canary canary = {
    .path = (char *)"/quote.mod", .sha256 = (char *)GO_SHA256, .bytes = 55};

static const struct {
    const char *name;
    struct probe_glimpse glimpse;
    long floor_us;
} floors[] = {
    {"a lookup says nothing at first", {PROBE_LOOKUP, 90000, -1, false, 0, 0}, 0},
    {"a long one does", {PROBE_LOOKUP, 300000, -1, false, 0, 0}, 150000},
    {"no SYN-ACK after t: above t", {PROBE_CONNECT, 40000, -1, false, 0, 0}, 40000},
    {"connected: about that", {PROBE_HANDSHAKE, 90000, 20000, false, 0, 0}, 15000},
    {"connected, kernel silent", {PROBE_HANDSHAKE, 90000, -1, false, 0, 0}, 0},
    {"through a proxy", {PROBE_CONNECT, 40000, 1000, true, 0, 0}, 10000},
};

static void a_request_under_way_bounds_its_round_trip(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(floors); i++)
        row_true(floors[i].name, probe_race_floor_us(&floors[i].glimpse) == floors[i].floor_us);
}

#define SETTLED(rtt)                                                                               \
    {                                                                                              \
        .tool = "go", .is_settled = true, .is_usable = true, .rtt_us = (rtt)                       \
    }
/* One good sample so far. */
#define BEGUN(rtt)                                                                                 \
    {                                                                                              \
        .tool = "go", .is_usable = true, .rtt_us = (rtt), .floor_us = (rtt) - (rtt) / 4            \
    }
#define FAILED                                                                                     \
    {                                                                                              \
        .tool = "go", .is_settled = true                                                           \
    }
#define RUNNING(floor)                                                                             \
    {                                                                                              \
        .tool = "go", .floor_us = (floor)                                                          \
    }
#define IN_USE(floor)                                                                              \
    {                                                                                              \
        .tool = "go", .floor_us = (floor), .is_in_use = true                                       \
    }
#define FALLBACK(floor)                                                                            \
    {                                                                                              \
        .tool = "go", .floor_us = (floor), .is_fallback = true                                     \
    }
#define OTHER                                                                                      \
    {                                                                                              \
        .tool = "pip"                                                                              \
    }

static const struct {
    const char *name;
    struct probe_runner runners[4];
    size_t wanted;
    long max_latency_us;
    bool is_decided;
    const char *out; /* a letter a runner: o out, - not */
} races[] = {
    {"nobody there yet", {RUNNING(0), RUNNING(90000)}, 1, 0, false, "--"},
    {"the first is there, others can win", {SETTLED(12000), RUNNING(3000)}, 1, 0, false, "--"},
    {"others cannot", {SETTLED(12000), RUNNING(14000), FAILED}, 1, 0, true, "-o-"},
    {"within noise both must be known", {SETTLED(12000), RUNNING(12500)}, 1, 0, false, "--"},
    {"three wanted, two known",
     {SETTLED(12000), SETTLED(20000), RUNNING(30000)},
     3,
     0,
     false,
     "---"},
    {"three wanted, the rest too far to wait for",
     {SETTLED(12000), RUNNING(401000)},
     3,
     0,
     true,
     "-o"},
    {"three wanted, patience grows with the best",
     {SETTLED(90000), RUNNING(700000)},
     3,
     0,
     false,
     "--"},
    {"two wanted, nobody can pass the second", {SETTLED(12000), BEGUN(220000)}, 2, 0, true, "--"},
    {"two wanted, somebody may",
     {SETTLED(12000), BEGUN(220000), RUNNING(200000)},
     2,
     0,
     false,
     "---"},
    {"two wanted, who is still silent is farther",
     {SETTLED(12000), BEGUN(220000), RUNNING(280000)},
     2,
     0,
     true,
     "--o"},
    {"two wanted, their order is open", {SETTLED(12000), BEGUN(15000)}, 2, 0, false, "--"},
    {"two wanted, two begun: whose order is open",
     {SETTLED(12000), BEGUN(90000), BEGUN(100000)},
     3,
     0,
     false,
     "---"},
    {"the first place needs all its samples", {BEGUN(12000), RUNNING(90000)}, 1, 0, false, "--"},
    {"all failed", {FAILED, FAILED}, 1, 0, true, "--"},
    {"over the limit of the profile", {RUNNING(310000), FAILED}, 1, 300000, true, "o-"},
    {"other tools do not matter", {SETTLED(12000), OTHER}, 1, 0, true, "--"},
    {"the one in use is waited for longer", {SETTLED(12000), IN_USE(20000)}, 1, 0, false, "--"},
    {"but not for ever", {SETTLED(12000), IN_USE(24000)}, 1, 0, true, "-o"},
    {"a fallback holds nobody up", {SETTLED(12000), FALLBACK(0)}, 1, 0, true, "--"},
    {"unless nothing else is usable", {FAILED, FALLBACK(0)}, 1, 0, false, "--"},
};

static void a_race_ends_when_nobody_can_win_any_more(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(races); i++) {
        struct probe_runner runners[4];
        memcpy(runners, races[i].runners, sizeof runners);
        size_t count = strlen(races[i].out);
        bool is_decided =
            probe_race_update(runners, count, "go", races[i].wanted, races[i].max_latency_us);
        row_true(races[i].name, is_decided == races[i].is_decided);
        for (size_t k = 0; k < count; k++)
            row_true(races[i].name, runners[k].is_out == (races[i].out[k] == 'o'));
    }
}

/* How the mirrors of a made-up race behave: one letter each. */
struct track {
    const char *name;
    const char *kinds; /* n near (12 ms), m 15 ms, f far (220 ms), b blackhole, d dead DNS,
                          l lies in 2 ms, r refuses in 2 ms, s slow fallback (80 ms),
                          u in use (17 ms) */
    size_t wanted;
    const char *best; /* of the winners, best first; "" none */
    long at_most_ms;
};

static const struct track tracks[] = {
    {"the specification's", "fbnd", 1, "n", 120},
    {"a blackhole costs nothing", "bbbbn", 1, "n", 65},
    {"the liar is no winner", "lnf", 1, "n", 65},
    {"a fast refusal is no winner", "rnf", 1, "n", 65},
    {"the best three, though two would do", "fnmd", 3, "nmf", 1200},
    {"the best two: the second is far, and that is enough", "fbnd", 2, "nf", 900},
    {"up to three: blackholes are not waited for", "nmbb", 3, "nm", 460},
    {"only bad ones: no winner", "lrlr", 1, "", 100},
    {"only bad ones: the fallback", "lrs", 1, "s", 460},
    {"a good one: not the fallback", "ns", 1, "n", 65},
    {"the one in use stays", "nu", 1, "u", 100},
    {"the one in use is left when it is far", "nb", 1, "n", 65},
};

static long rtt_us_of(char kind)
{
    switch (kind) {
    case 'n':
        return 12000;
    case 'm':
        return 15000;
    case 'u':
        return 17000;
    case 's':
        return 80000;
    case 'f':
        return 220000;
    default:
        return 2000;
    }
}

static char kind_of(const char *url)
{
    return url[strlen("https://")];
}

static void serve(void *context, const struct probe_request *request, struct fake_answer *answer)
{
    char kind = kind_of(request->url);
    long rtt_us = rtt_us_of(kind);
    (void)context;
    fake_answer_body(answer, kind == 'l' ? "lies\n" : GO_MOD, "text/plain");
    answer->lookup_us = kind == 'd' ? 100000000 : 1000;
    answer->connect_us = kind == 'b' ? 100000000 : rtt_us;
    answer->delay_us = kind == 'd' || kind == 'b'      ? -1
                       : request->needs_new_connection ? rtt_us * 3
                                                       : rtt_us;
    answer->response.rtt_us = rtt_us;
    answer->response.ttfb_us = rtt_us;
    answer->response.class = kind == 'r' ? MW_PROBE_REFUSED : MW_PROBE_OK;
}

static void run_track(const struct track *track)
{
    struct fake_transport fake;
    struct mw_probe_options options;
    struct mw_probe_target targets[8];
    struct mw_probe_result results[8];
    char urls[8][64];
    size_t count = strlen(track->kinds);
    struct mw_probe_wish wish = {.tool = "go", .count = track->wanted};
    mw_probe_options_init(&options);
    for (size_t i = 0; i < count; i++) {
        char kind = track->kinds[i];
        snprintf(urls[i], sizeof urls[i], "https://%c%zu.example", kind, i);
        targets[i] = (struct mw_probe_target){.tool = "go",
                                              .inquiry = test_inquiry("go"),
                                              .id = urls[i],
                                              .url = urls[i],
                                              .canary = &canary,
                                              .is_fallback = kind == 's',
                                              .is_in_use = kind == 'u'};
    }
    fake_transport_init(&fake, serve, NULL);
    struct probe_engine *engine = probe_engine_new(targets, count, &options, &wish, 1, NULL,
                                                   &fake.base, &fake.clock, results);
    int64_t begun_us = fake.now_us;
    while (probe_engine_step(engine))
        ;
    probe_engine_free(engine);
    row_true(track->name, fake.now_us - begun_us <= track->at_most_ms * 1000);
    row_size_equal(track->name, fake.busy, 0);
    for (size_t i = 0; i < count; i++) {
        size_t rank = results[i].rank;
        if (rank > 0 && rank <= strlen(track->best))
            row_true(track->name, track->kinds[i] == track->best[rank - 1]);
        if (rank == 0)
            row_true(track->name, !results[i].is_usable && results[i].reason[0] != '\0');
    }
    for (size_t rank = 1; rank <= strlen(track->best); rank++) {
        bool is_there = false;
        for (size_t i = 0; i < count; i++)
            is_there = is_there || results[i].rank == rank;
        row_true(track->name, is_there);
    }
    for (size_t i = 0; track->best[0] == '\0' && i < count; i++)
        row_size_equal(track->name, results[i].rank, 0);
    fake_transport_release(&fake);
}

static void the_right_one_wins_in_time(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(tracks); i++)
        run_track(&tracks[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_under_way_bounds_its_round_trip),
        cmocka_unit_test(a_race_ends_when_nobody_can_win_any_more),
        cmocka_unit_test(the_right_one_wins_in_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
