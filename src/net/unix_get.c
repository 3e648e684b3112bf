/* One question to a daemon on a Unix socket. */
#include <stdbool.h>

#include "curl_table.h"
#include "mirrorwise/i18n.h"

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

static void ask(const struct mw_curl *curl, CURL *handle, const char *socket_path, const char *url,
                long timeout_ms, struct answer *answer)
{
    curl->easy_setopt(handle, CURLOPT_URL, url);
    curl->easy_setopt(handle, CURLOPT_UNIX_SOCKET_PATH, socket_path);
    curl->easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http");
    curl->easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl->easy_setopt(handle, CURLOPT_TIMEOUT_MS, timeout_ms);
    curl->easy_setopt(handle, CURLOPT_USERAGENT, "mirrorwise/" MW_VERSION);
    curl->easy_setopt(handle, CURLOPT_WRITEFUNCTION, keep);
    curl->easy_setopt(handle, CURLOPT_WRITEDATA, answer);
}

enum mw_code mw_net_unix_get(const char *socket_path, const char *path, long timeout_ms,
                             size_t max_bytes, struct mw_buf *body, long *status,
                             struct mw_error *err)
{
    const struct mw_curl *curl = mw_curl_load(err);
    if (curl == NULL)
        return MW_FAILURE;
    CURL *handle = curl->easy_init();
    if (handle == NULL)
        return mw_fail(err, MW_FAILURE, 0, "ask", _("libcurl does not start"));

    struct mw_buf url = {0}, found = {0};
    struct answer answer = {.body = &found, .max_bytes = max_bytes};
    long got_status = 0;
    mw_buf_printf(&url, "http://localhost%s", path);
    ask(curl, handle, socket_path, mw_buf_text(&url), timeout_ms, &answer);
    CURLcode result = curl->easy_perform(handle);
    enum mw_code code = MW_OK;
    if (answer.too_long)
        code = mw_fail(err, MW_IO, 0, "ask", _("the answer of %s is longer than %zu bytes"),
                       socket_path, max_bytes);
    else if (result != CURLE_OK)
        code = mw_fail(err, MW_IO, 0, "ask", _("nobody answers on %s: %s"), socket_path,
                       curl->easy_strerror(result));
    else
        curl->easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &got_status);
    if (code == MW_OK) {
        mw_buf_append(body, mw_buf_text(&found), found.len);
        *status = got_status;
    }
    curl->easy_cleanup(handle);
    mw_buf_release(&found);
    mw_buf_release(&url);
    return code;
}
