/* The functions of libcurl that this program uses: name one here and it is loaded and typed. */
#ifndef MW_NET_CURL_TABLE_H
#define MW_NET_CURL_TABLE_H

/* The type checks are macros around the names, which a table's members cannot have. */
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

#include "mirrorwise/net.h"

#define MW_CURL_FUNCTIONS(X)                                                                       \
    X(global_init)                                                                                 \
    X(version_info)                                                                                \
    X(slist_append)                                                                                \
    X(slist_free_all)                                                                              \
    X(easy_init)                                                                                   \
    X(easy_setopt)                                                                                 \
    X(easy_getinfo)                                                                                \
    X(easy_reset)                                                                                  \
    X(easy_cleanup)                                                                                \
    X(easy_strerror)                                                                               \
    X(multi_init)                                                                                  \
    X(multi_setopt)                                                                                \
    X(multi_add_handle)                                                                            \
    X(multi_remove_handle)                                                                         \
    X(multi_perform)                                                                               \
    X(multi_poll)                                                                                  \
    X(multi_socket_action)                                                                         \
    X(multi_info_read)                                                                             \
    X(multi_cleanup)                                                                               \
    X(share_init)                                                                                  \
    X(share_setopt)                                                                                \
    X(share_cleanup)

/* table->easy_init() is curl_easy_init(), and so on. */
struct mw_curl {
#define MW_CURL_MEMBER(name) __typeof__ (&curl_##name)(name);
    MW_CURL_FUNCTIONS(MW_CURL_MEMBER)
#undef MW_CURL_MEMBER
};

#endif
