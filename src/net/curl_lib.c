/* Loading libcurl. */
#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "curl_table.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"

/* 7.85 brought PROTOCOLS_STR; an older one could not be told which protocols are allowed. */
#define OLDEST_VERSION 0x075500u

#ifndef MW_STATIC_CURL
/* By ABI, not by the name for developers; Debian's build with GnuTLS exports the same functions. */
static const char *const library_names[] = {
    "libcurl.so.4",
    "libcurl-gnutls.so.4",
};

static const struct {
    const char *name;
    size_t member;
} functions[] = {
#define MW_CURL_ROW(function) {"curl_" #function, offsetof(struct mw_curl, function)},
    MW_CURL_FUNCTIONS(MW_CURL_ROW)
#undef MW_CURL_ROW
};

static bool find_functions(void *library, struct mw_curl *table, const char **missing)
{
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        void *found = dlsym(library, functions[i].name);
        *missing = functions[i].name;
        if (found == NULL)
            return false;
        /* POSIX dlsym(): a function's address fits a void *. */
        *(void **)((char *)table + functions[i].member) = found;
    }
    return true;
}

static enum mw_code find_library(struct mw_curl *table, struct mw_error *err)
{
    void *library = NULL;
    const char *missing = "";
    for (size_t i = 0; library == NULL && i < sizeof library_names / sizeof *library_names; i++)
        library = dlopen(library_names[i], RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        mw_fail(err, MW_FAILURE, 0, "libcurl", _("libcurl cannot be loaded: %s"), dlerror());
        mw_error_hint(err, "%s", _("Install libcurl 4 (Debian: libcurl4), or use --no-network."));
        return MW_FAILURE;
    }
    /* From here on it stays loaded: what it started (OpenSSL's tables) cannot be unloaded. */
    if (!find_functions(library, table, &missing))
        return mw_fail(err, MW_FAILURE, 0, "libcurl", _("this libcurl is too old: it has no %s"),
                       missing);
    return MW_OK;
}

#else
/* One static program (MW_STATIC): libcurl is inside, and musl has no dlopen() there. */
static enum mw_code find_library(struct mw_curl *table, struct mw_error *err)
{
    (void)err;
#define MW_CURL_ROW(function) table->function = curl_##function;
    MW_CURL_FUNCTIONS(MW_CURL_ROW)
#undef MW_CURL_ROW
    return MW_OK;
}
#endif

static enum mw_code load(struct mw_curl *table, struct mw_error *err)
{
    enum mw_code code = find_library(table, err);
    if (code != MW_OK)
        return code;
    const curl_version_info_data *version = table->version_info(CURLVERSION_NOW);
    if (version->version_num < OLDEST_VERSION)
        return mw_fail(err, MW_FAILURE, 0, "libcurl",
                       _("libcurl %s is too old; 7.85 or newer is needed"), version->version);
    if (table->global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return mw_fail(err, MW_FAILURE, 0, "libcurl", _("libcurl %s does not start"),
                       version->version);
    return MW_OK;
}

const struct mw_curl *mw_curl_load(struct mw_error *err)
{
    static struct mw_curl table;
    static bool loaded;
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER; /* two threads may be the first */
    pthread_mutex_lock(&mutex);
    if (!loaded)
        loaded = load(&table, err) == MW_OK;
    bool is_there = loaded;
    pthread_mutex_unlock(&mutex);
    return is_there ? &table : NULL;
}

char *mw_net_version(void)
{
    const struct mw_curl *curl = mw_curl_load(NULL);
    if (curl == NULL)
        return NULL;
    const curl_version_info_data *version = curl->version_info(CURLVERSION_NOW);
    return mw_xasprintf("%s %s", version->version,
                        version->ssl_version != NULL ? version->ssl_version : "");
}
