/* The network as libcurl and the kernel know it.
 *
 * Linking libcurl costs every start about 4 ms and 6 MiB for its 33 libraries, and an apply of
 * pinned mirrors needs none of it. So this room opens the library at run time and hands out a
 * table with the few functions that we use, typed from curl's own header; everybody else calls
 * through the table. This is the only room that includes <curl/curl.h>, with the prober's
 * transport. Any thread may load the table and use it: from libcurl 7.84 on curl_global_init() is
 * safe there, and we want a newer one. */
#ifndef MW_NET_H
#define MW_NET_H

#include "mirrorwise/buffer.h"
#include "mirrorwise/error.h"

struct mw_curl; /* curl_table.h inside src/net */

/* The table, after curl_global_init; NULL with MW_FAILURE in `err` where libcurl is missing. The
 * first call loads, later ones are free. */
const struct mw_curl *mw_curl_load(struct mw_error *err);

/* Owned: "8.14.1 mbedTLS/3.6.6", NULL where libcurl cannot be loaded. */
char *mw_net_version(void);

/* A question to a daemon on a Unix socket: GET http://localhost PATH. Borrowed. */
struct mw_net_question {
    const char *socket_path, *path;
    long timeout_ms;
    size_t max_bytes; /* of the answer */
    /* The signal that asks this run to stop, 0 if there is none; then the answer has
     * MW_NET_GRACE_MS in all. NULL: nobody is asked. */
    int (*stop_signal)(void *context);
    void *stop_context;
};
/* A daemon that works answers in less, so that what was done can be undone and told to it. */
#define MW_NET_GRACE_MS 50

/* *status is the HTTP status. MW_IO if nobody answers. */
enum mw_code mw_net_unix_get(const struct mw_net_question *question, struct mw_buf *body,
                             long *status, struct mw_error *err) MW_WARN_UNUSED;

/* Appends "gateway ADDRESS\n" for the default route of this machine: the link address of its
 * gateway, else, where none is known, the gateway's address or the device's name. Nothing where
 * there is no such route. Sends nothing to anybody but the kernel. */
void mw_net_put_gateway(struct mw_buf *text);

#endif
