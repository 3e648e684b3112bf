/* libcurl loaded at run time, and one GET on a Unix socket. */
#include "mirrorwise/net.h"

#include <stdlib.h>
#include <time.h>

#include "../../src/net/curl_table.h"
#include "support/rows.h"
#include "support/sandbox.h"
#include "support/unix_server.h"

#define OK "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
#define TIMEOUT_MS 10000

static void test_load(void **state)
{
    (void)state;
    const struct mw_curl *table = mw_curl_load(NULL);
    assert_non_null(table);
    assert_ptr_equal(table, mw_curl_load(NULL));
#define PRESENT(name) assert_non_null(table->name);
    MW_CURL_FUNCTIONS(PRESENT)
    assert_string_equal(table->easy_strerror(CURLE_COULDNT_CONNECT), "Couldn't connect to server");
}

static const struct {
    const char *name, *answer;
    size_t max_bytes;
    enum mw_code code;
    long status;
    const char *body;
} rows[] = {
    {"plain", OK "{\"a\":1}", 100, MW_OK, 200, "{\"a\":1}"},
    {"empty", OK, 100, MW_OK, 200, ""},
    {"exactly the limit", OK "12345", 5, MW_OK, 200, "12345"},
    {"over the limit", OK "123456", 5, MW_IO, 0, ""},
    {"error status", "HTTP/1.1 503 Busy\r\nConnection: close\r\n\r\nx", 100, MW_OK, 503, "x"},
    {"redirect is not followed",
     "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nConnection: close\r\n\r\n", 100, MW_OK,
     302, ""},
    {"not HTTP", "220 mail.example ESMTP\r\n", 100, MW_IO, 0, ""},
    {"cut off", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc", 100, MW_IO, 0, ""},
};

static enum mw_code ask(const char *socket, const char *path, long timeout_ms, size_t max_bytes,
                        struct mw_buf *body, long *status, struct mw_error *err)
{
    const struct mw_net_question question = {
        .socket_path = socket, .path = path, .timeout_ms = timeout_ms, .max_bytes = max_bytes};
    return mw_net_unix_get(&question, body, status, err);
}

static void test_get(void **state)
{
    (void)state;
    /* A proxy of the environment must not get in between. */
    assert_int_equal(setenv("http_proxy", "http://127.0.0.1:1", 1), 0);
    assert_int_equal(setenv("ALL_PROXY", "http://127.0.0.1:1", 1), 0);
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_sandbox box;
        struct mw_buf body = {0};
        struct mw_error err = {0};
        long status = 0;
        mw_sandbox_open(&box);
        char *path = mw_sandbox_path(&box, "s");
        struct mw_unix_server *server = mw_unix_server_start(path, rows[i].answer);
        enum mw_code code =
            ask(path, "/info?x=1", TIMEOUT_MS, rows[i].max_bytes, &body, &status, &err);
        row_true(rows[i].name, code == rows[i].code);
        row_true(rows[i].name, status == rows[i].status);
        row_string_equal(rows[i].name, mw_buf_text(&body), rows[i].body);
        row_true(rows[i].name, (err.message[0] != '\0') == (code != MW_OK));
        row_string_equal(rows[i].name, mw_unix_server_request(server), "GET /info?x=1 HTTP/1.1");
        mw_unix_server_stop(server);
        mw_buf_release(&body);
        free(path);
        mw_sandbox_close(&box);
    }
}

static void test_nobody_answers(void **state)
{
    (void)state;
    struct mw_sandbox box;
    struct mw_buf body = {0};
    struct mw_error err = {0};
    long status = 0;
    mw_sandbox_open(&box);
    char *path = mw_sandbox_path(&box, "s");
    assert_int_equal(ask(path, "/", TIMEOUT_MS, 10, &body, &status, &err), MW_IO);
    assert_non_null(strstr(err.message, path));
    struct mw_unix_server *server = mw_unix_server_start(path, NULL);
    assert_int_equal(ask(path, "/", 20, 10, &body, &status, &err), MW_IO);
    mw_unix_server_stop(server);
    free(path);
    mw_sandbox_close(&box);
}

static int looks;

static int stop_at_third_look(void *context)
{
    return ++looks >= *(int *)context ? 2 : 0;
}

/* Asked to stop, it does not wait for somebody who says nothing; who answers at once is heard. */
static void test_stop(void **state)
{
    (void)state;
    struct mw_sandbox box;
    struct mw_buf body = {0};
    struct mw_error err = {0};
    struct timespec begun, ended;
    long status = 0;
    int third = 3, first = 1;
    mw_sandbox_open(&box);
    char *path = mw_sandbox_path(&box, "s");
    struct mw_net_question question = {.socket_path = path,
                                       .path = "/",
                                       .timeout_ms = 60000,
                                       .max_bytes = 10,
                                       .stop_signal = stop_at_third_look,
                                       .stop_context = &third};
    struct mw_unix_server *server = mw_unix_server_start(path, NULL);
    clock_gettime(CLOCK_MONOTONIC, &begun);
    assert_int_equal(mw_net_unix_get(&question, &body, &status, &err), MW_IO);
    clock_gettime(CLOCK_MONOTONIC, &ended);
    assert_true(ended.tv_sec - begun.tv_sec < 10);
    mw_unix_server_stop(server);
    free(path);
    path = mw_sandbox_path(&box, "answers");
    server = mw_unix_server_start(path, OK "here");
    question.socket_path = path;
    question.stop_context = &first;
    enum mw_code code = MW_IO;
    for (int i = 0; i < 50 && code != MW_OK; i++) /* a busy machine may be too slow for one */
        code = mw_net_unix_get(&question, &body, &status, &err);
    assert_int_equal(code, MW_OK);
    assert_string_equal(mw_buf_text(&body), "here");
    mw_unix_server_stop(server);
    mw_buf_release(&body);
    free(path);
    mw_sandbox_close(&box);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_load),
        cmocka_unit_test(test_get),
        cmocka_unit_test(test_nobody_answers),
        cmocka_unit_test(test_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
