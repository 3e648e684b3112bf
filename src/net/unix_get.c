/* One question to a daemon on a Unix socket. */
#include <stdbool.h>
#include <time.h>

#include "curl_table.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"

struct answer {
    struct mw_buf *body;
    size_t max_bytes;
    bool too_long;
};

/* Own counting: CURLOPT_MAXFILESIZE looks at what the server announces. */
static size_t keep(char *bytes, size_t size, size_t count, void *context)
{
    struct answer *answer = context;
    size_t len = size * count;
    answer->too_long = len > answer->max_bytes - answer->body->len;
    if (answer->too_long)
        return 0;
    mw_buf_append(answer->body, bytes, len);
    return len;
}

static void prepare(const struct mw_curl *curl, CURL *handle, const char *url,
                    const struct mw_net_question *question, struct answer *answer)
{
    curl->easy_setopt(handle, CURLOPT_URL, url);
    curl->easy_setopt(handle, CURLOPT_UNIX_SOCKET_PATH, question->socket_path);
    curl->easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http");
    curl->easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl->easy_setopt(handle, CURLOPT_TIMEOUT_MS, question->timeout_ms);
    curl->easy_setopt(handle, CURLOPT_USERAGENT, "mirrorwise/" MW_VERSION);
    curl->easy_setopt(handle, CURLOPT_WRITEFUNCTION, keep);
    curl->easy_setopt(handle, CURLOPT_WRITEDATA, answer);
}

static long now_ms(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* curl_easy_perform() would look up only once a second. */
static CURLcode perform(const struct mw_curl *curl, CURLM *multi, CURL *handle,
                        const struct mw_net_question *question)
{
    const long begun_ms = now_ms();
    int running = 1;
    if (curl->multi_add_handle(multi, handle) != CURLM_OK)
        return CURLE_FAILED_INIT;
    while (curl->multi_perform(multi, &running) == CURLM_OK && running > 0) {
        bool is_stopped =
            question->stop_signal != NULL && question->stop_signal(question->stop_context) != 0;
        if (is_stopped && now_ms() - begun_ms >= MW_NET_GRACE_MS)
            return CURLE_ABORTED_BY_CALLBACK;
        if (curl->multi_poll(multi, NULL, 0, MW_NET_GRACE_MS / 2, NULL) != CURLM_OK)
            break;
    }
    int left = 0;
    const CURLMsg *message = curl->multi_info_read(multi, &left);
    return message != NULL && message->msg == CURLMSG_DONE ? message->data.result
                                                           : CURLE_FAILED_INIT;
}

enum mw_code mw_net_unix_get(const struct mw_net_question *question, struct mw_buf *body,
                             long *status, struct mw_error *err)
{
    const struct mw_curl *curl = mw_curl_load(err);
    if (curl == NULL)
        return MW_FAILURE;
    MW_AUTO(mw_buf) url = {0};
    MW_AUTO(mw_buf) found = {0};
    struct answer answer = {.body = &found, .max_bytes = question->max_bytes};
    long got_status = 0;
    enum mw_code code = MW_OK;
    CURLcode result = CURLE_FAILED_INIT;
    CURL *handle = curl->easy_init();
    CURLM *multi = curl->multi_init();
    if (handle == NULL || multi == NULL) {
        code = mw_fail(err, MW_FAILURE, 0, "ask", _("libcurl does not start"));
        goto out;
    }
    mw_buf_printf(&url, "http://localhost%s", question->path);
    prepare(curl, handle, mw_buf_text(&url), question, &answer);
    result = perform(curl, multi, handle, question);
    if (answer.too_long)
        code = mw_fail(err, MW_IO, 0, "ask", _("the answer of %s is longer than %zu bytes"),
                       question->socket_path, question->max_bytes);
    else if (result != CURLE_OK)
        code = mw_fail(err, MW_IO, 0, "ask", _("nobody answers on %s: %s"), question->socket_path,
                       curl->easy_strerror(result));
    else
        curl->easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &got_status);
    if (code == MW_OK) {
        mw_buf_append(body, mw_buf_text(&found), found.len);
        *status = got_status;
    }
    curl->multi_remove_handle(multi, handle);
out:
    if (handle != NULL)
        curl->easy_cleanup(handle);
    if (multi != NULL)
        curl->multi_cleanup(multi);
    return code;
}
