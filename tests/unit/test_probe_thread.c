/* The thread of the prober with the real transport, on loopback: runs, replacements, endings. No
 * figure is tested here, only what arrives. */
#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mirrorwise/probe.h"
#include "support/inquiries.h"
#include "support/rows.h"

/* Long enough for a sanitizer on a busy machine; nothing waits for it to pass. */
#define PATIENCE_MS 60000

struct port {
    int fd;
    char url[64];
};

/* A port of loopback: one that refuses, or one that listens and never says a word. */
static struct port open_port(bool listens)
{
    struct port port = {.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    assert_true(port.fd >= 0);
    assert_int_equal(bind(port.fd, (struct sockaddr *)&address, len), 0);
    if (listens)
        assert_int_equal(listen(port.fd, 16), 0);
    assert_int_equal(getsockname(port.fd, (struct sockaddr *)&address, &len), 0);
    snprintf(port.url, sizeof port.url, "https://127.0.0.1:%u", ntohs(address.sin_port));
    return port;
}

static const struct mw_probe_environment environment = {.no_proxy = "*"};

static struct mw_probe_options patient_options(void)
{
    struct mw_probe_options options;
    mw_probe_options_init(&options);
    options.timeout_ms = PATIENCE_MS;
    options.deadline_ms = 2 * PATIENCE_MS;
    options.environment = environment;
    return options;
}

static unsigned start(struct mw_probe_thread *thread, const struct mw_probe_target *targets,
                      size_t count)
{
    const struct mw_probe_options options = patient_options();
    return mw_probe_thread_start(thread, &options, targets, count);
}

static struct mw_probe_thread *new_thread(void)
{
    struct mw_error err = {0};
    struct mw_probe_thread *thread = mw_probe_thread_new(&environment, &err);
    if (thread == NULL)
        fail_msg("%s", err.message);
    return thread;
}

/* The next event; waits for it. */
static struct mw_probe_event next_event(struct mw_probe_thread *thread)
{
    struct mw_probe_event event;
    struct pollfd ready = {.fd = mw_probe_thread_fd(thread), .events = POLLIN};
    while (!mw_probe_thread_take(thread, &event))
        assert_int_equal(poll(&ready, 1, PATIENCE_MS), 1);
    return event;
}

static void a_run_tells_everything(void **state)
{
    (void)state;
    struct port port = open_port(false);
    char url[64];
    snprintf(url, sizeof url, "%s", port.url);
    struct mw_probe_target targets[] = {
        {.tool = "go", .inquiry = test_inquiry("go"), .id = "a", .url = url},
        {.tool = "pip",
         .inquiry = test_inquiry("pip"),
         .id = "b",
         .url = "http://mirror.example"}, /* not https */
    };
    struct mw_probe_thread *thread = new_thread();
    unsigned generation = start(thread, targets, 2);
    memset(url, 'x', sizeof url - 1); /* the thread has its own copy */
    size_t samples = 0;
    size_t results = 0;
    struct mw_probe_event event;
    do {
        event = next_event(thread);
        assert_int_equal(event.generation, generation);
        if (event.kind == MW_PROBE_EVENT_FAILED)
            fail_msg("%s", event.result.reason);
        samples += event.kind == MW_PROBE_EVENT_SAMPLE ? 1 : 0;
        results += event.kind == MW_PROBE_EVENT_RESULT ? 1 : 0;
        if (event.kind == MW_PROBE_EVENT_RESULT)
            assert_int_equal(event.result.class,
                             event.target == 0 ? MW_PROBE_REFUSED : MW_PROBE_POLICY);
    } while (event.kind != MW_PROBE_EVENT_DONE);
    assert_int_equal(samples, 2);
    assert_int_equal(results, 2);
    assert_false(mw_probe_thread_take(thread, &event));
    struct pollfd ready = {.fd = mw_probe_thread_fd(thread), .events = POLLIN};
    assert_int_equal(poll(&ready, 1, 0), 0);
    mw_probe_thread_stop(&thread);
    assert_null(thread);
    close(port.fd);
}

static void a_new_run_silences_the_old_one(void **state)
{
    (void)state;
    struct port silent = open_port(true);
    struct port refusing = open_port(false);
    struct mw_probe_target stuck = {
        .tool = "go", .inquiry = test_inquiry("go"), .id = "a", .url = silent.url};
    struct mw_probe_target quick = {
        .tool = "go", .inquiry = test_inquiry("go"), .id = "b", .url = refusing.url};
    struct mw_probe_thread *thread = new_thread();
    unsigned last = 0;
    for (int i = 0; i < 20; i++) {
        unsigned first = start(thread, &stuck, 1);
        unsigned second = start(thread, &quick, 1);
        assert_true(first != second && first != last && second != 0);
        last = second;
        struct mw_probe_event event;
        do {
            event = next_event(thread);
            assert_int_equal(event.generation, second);
        } while (event.kind != MW_PROBE_EVENT_DONE);
    }
    mw_probe_thread_stop(&thread);
    close(silent.fd);
    close(refusing.fd);
}

static void after_cancelling_nothing_comes(void **state)
{
    (void)state;
    struct port port = open_port(false);
    struct mw_probe_target target = {
        .tool = "go", .inquiry = test_inquiry("go"), .id = "a", .url = port.url};
    struct mw_probe_thread *thread = new_thread();
    struct mw_probe_event event;
    for (int i = 0; i < 20; i++) {
        start(thread, &target, 1);
        if (i % 2 == 0)
            next_event(thread);
        mw_probe_thread_cancel(thread);
        assert_false(mw_probe_thread_take(thread, &event));
    }
    mw_probe_thread_stop(&thread);
    close(port.fd);
}

/* The timeout of a sample is a minute: whoever waited for it would fail the test by time. */
static void it_stops_in_any_state(void **state)
{
    (void)state;
    struct port silent = open_port(true);
    struct mw_probe_target targets[] = {
        {.tool = "go", .inquiry = test_inquiry("go"), .id = "a", .url = silent.url},
        {.tool = "go", .inquiry = test_inquiry("go"), .id = "b", .url = "https://name.invalid"},
    };
    struct mw_probe_thread *thread = new_thread();
    mw_probe_thread_stop(&thread); /* before it has done anything */
    for (int i = 0; i < 10; i++) {
        thread = new_thread();
        start(thread, targets, 2);
        if (i % 2 == 0) /* the name fails somehow, the silent one is under way */
            next_event(thread);
        mw_probe_thread_stop(&thread);
    }
    mw_probe_thread_stop(&thread); /* NULL by now */
    close(silent.fd);
}

static void bad_certificates_are_said(void **state)
{
    (void)state;
    struct mw_probe_options options;
    struct mw_probe_target target = {
        .tool = "go", .inquiry = test_inquiry("go"), .id = "a", .url = "https://127.0.0.1:1"};
    struct mw_probe_result result;
    struct mw_error err = {0};
    mw_probe_options_init(&options);
    options.environment.ca_file = "/nonexistent/ca.pem";
    assert_int_equal(mw_probe_run(&target, 1, &options, NULL, 0, NULL, &result, &err), MW_IO);
    assert_non_null(strstr(err.message, "/nonexistent/ca.pem"));
    struct mw_probe_thread *thread = mw_probe_thread_new(&options.environment, &err);
    assert_non_null(thread);
    mw_probe_thread_start(thread, &options, &target, 1);
    struct mw_probe_event event = next_event(thread);
    assert_int_equal(event.kind, MW_PROBE_EVENT_FAILED);
    assert_non_null(strstr(event.result.reason, "/nonexistent/ca.pem"));

    /* The environment goes with the run: another one may do better, and worse again. */
    start(thread, &target, 1);
    event = next_event(thread);
    assert_int_equal(event.kind, MW_PROBE_EVENT_SAMPLE);
    mw_probe_thread_start(thread, &options, &target, 1);
    assert_int_equal(next_event(thread).kind, MW_PROBE_EVENT_FAILED);
    mw_probe_thread_stop(&thread);
}

static void options_go_with_the_run(void **state)
{
    (void)state;
    struct mw_probe_target target = {
        .tool = "go", .inquiry = test_inquiry("go"), .id = "a", .url = "http://127.0.0.1:1"};
    struct mw_probe_options options = patient_options();
    struct mw_probe_thread *thread = new_thread();
    static const struct {
        bool require_https;
        char *url;
        enum mw_probe_class class;
    } rows[] = {{true, "http://mirror.example", MW_PROBE_POLICY},
                {false, "http://127.0.0.1:1", MW_PROBE_REFUSED},
                {true, "http://mirror.example", MW_PROBE_POLICY}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        options.policy.require_https = rows[i].require_https;
        target.url = rows[i].url;
        mw_probe_thread_start(thread, &options, &target, 1);
        struct mw_probe_event event = next_event(thread);
        assert_int_equal(event.sample.class, rows[i].class);
    }
    mw_probe_thread_stop(&thread);
}

static void signals_go_elsewhere(void **state)
{
    (void)state;
    sigset_t before;
    sigset_t after;
    pthread_sigmask(SIG_SETMASK, NULL, &before);
    struct mw_probe_thread *thread = new_thread();
    pthread_sigmask(SIG_SETMASK, NULL, &after);
    for (int number = 1; number < 32; number++)
        assert_int_equal(sigismember(&before, number), sigismember(&after, number));
    mw_probe_thread_stop(&thread);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_tells_everything),
        cmocka_unit_test(a_new_run_silences_the_old_one),
        cmocka_unit_test(after_cancelling_nothing_comes),
        cmocka_unit_test(it_stops_in_any_state),
        cmocka_unit_test(bad_certificates_are_said),
        cmocka_unit_test(options_go_with_the_run),
        cmocka_unit_test(signals_go_elsewhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
