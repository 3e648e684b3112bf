/* What GOSUMDB names, and the way to it. */
#include "mirrorwise/module.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

enum { MAX_PROXIES = 8 };

/* go's alias for the same database at an address of its own (sumdb.go dbDial). */
#define ALIAS "sum.golang.google.cn"
#define KNOWN "sum.golang.org"

const char mw_database_known_key[] = KNOWN "+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
const char mw_database_known[] = KNOWN;
const char mw_database_proxies[] = "https://proxy.golang.org,direct";

void mw_database_release(struct mw_database *database)
{
    free(database->key_text);
    free(database->url);
    *database = (struct mw_database){0};
}

bool mw_database_read(const char *text, struct mw_database *database)
{
    MW_AUTO(mw_strings) fields = {0};
    mw_strings_split(&fields, strcmp(text, ALIAS) == 0 ? KNOWN " https://" ALIAS : text, " \t\r");
    if (fields.count == 1 || fields.count == 2) {
        const char *name = fields.items[0];
        database->key_text = mw_xstrdup(strcmp(name, KNOWN) == 0 ? mw_database_known_key : name);
        database->url = fields.count == 2 ? mw_xstrdup(fields.items[1]) : NULL;
    }
    return database->key_text != NULL && mw_note_key_parse(database->key_text, &database->key);
}

/* ---- the way --------------------------------------------------------------------------------- */

void mw_database_way_release(struct mw_database_way *way)
{
    free(way->url);
    mw_buf_release(&way->met);
    *way = (struct mw_database_way){0};
}

/* One search for a way: its questions, which are all asked before the first answer is looked at. */
struct search {
    const struct mw_system *sys;
    const struct mw_database *database;
    struct mw_database_way *way;
    struct mw_strings urls; /* those of the questions */
    struct mw_database_answer answers[MAX_PROXIES + 1];
    size_t count;
};

static void meet(struct mw_database_way *way, const char *proxy,
                 const struct mw_database_answer *answer)
{
    mw_buf_end_clause(&way->met);
    mw_buf_puts(&way->met, way->met.len > 0 ? _("; ") : "");
    if (answer->http_status > 0)
        mw_buf_printf(&way->met, _("%s answers %ld for it"), proxy, answer->http_status);
    else
        mw_buf_printf(&way->met, _("%s: %s"), proxy, answer->reason);
}

static void look_into(const struct mw_system *sys, const char *directory,
                      struct mw_database_answer *answer)
{
    MW_FREE char *supported = mw_xasprintf("%s/supported", directory);
    answer->http_status = mw_path_exists(sys, supported) ? 200 : 404;
    snprintf(answer->reason, sizeof answer->reason, "%s", _("a directory; nobody was asked"));
}

static void add_question(struct search *search, const char *url, bool is_relayed)
{
    mw_strings_add(&search->urls, url);
    search->answers[search->count++] =
        (struct mw_database_answer){.key = search->database->key_text,
                                    .is_relayed = is_relayed,
                                    .url = search->urls.items[search->urls.count - 1]};
}

/* Owned: where a proxy would relay it. */
static char *relay_url(const struct search *search, const char *proxy)
{
    size_t len = strlen(proxy);
    return mw_xasprintf("%.*s/sumdb/%s", (int)(len - (len > 0 && proxy[len - 1] == '/')), proxy,
                        search->database->key.name);
}

static char *direct_url(const struct mw_database *database)
{
    return database->url != NULL ? mw_xstrdup(database->url)
                                 : mw_xasprintf("https://%s", database->key.name);
}

/* The end of the way is at `url`, which it takes. */
static void end_way(const struct search *search, char *url)
{
    struct mw_database_way *way = search->way;
    for (size_t i = 0; i < search->count; i++) {
        if (strcmp(search->answers[i].url, url) == 0)
            way->end = search->answers[i];
    }
    way->url = url;
    way->end.url = url;
}

/* True if this proxy relays it, or nobody can say; then go asks nobody else. */
static bool try_proxy(const struct search *search, const char *proxy, bool *is_not_found)
{
    char *url = relay_url(search, proxy);
    const struct mw_database_answer *answer = search->answers;
    while (strcmp(answer->url, url) != 0)
        answer++;
    *is_not_found = answer->http_status == 404 || answer->http_status == 410;
    if (answer->http_status == 200 || (!answer->is_asked && !*is_not_found)) {
        end_way(search, url);
        return true;
    }
    meet(search->way, proxy, answer);
    free(url);
    return false;
}

/* One element of GOPROXY and the separator behind it. Owned, trimmed. */
static char *next_proxy(const char **at, bool *falls_back)
{
    size_t len = strcspn(*at, ",|");
    const char *text = *at;
    *falls_back = text[len] == '|';
    *at += len + (text[len] != '\0');
    mw_text_trim(&text, &len);
    /* proxyList() puts https:// in front of whatever has no ":/" in it. */
    MW_FREE char *proxy = mw_xstrndup(text, len);
    bool is_bare = strpbrk(proxy, ".:/") != NULL && strstr(proxy, ":/") == NULL;
    return is_bare ? mw_xasprintf("https://%s", proxy) : mw_xstrdup(proxy);
}

static bool is_word_of_list(const char *proxy)
{
    return strcmp(proxy, "direct") == 0 || strcmp(proxy, "off") == 0;
}

/* TryProxies() of proxy.go: an error outweighs "not found" to its end, but for a "direct". False if
 * go gives up. */
static bool try_proxies(const struct search *search, const char *proxies)
{
    bool has_error = false;
    const char *at = proxies;
    for (size_t i = 0; *at != '\0' && i < MAX_PROXIES; i++) {
        bool falls_back = false, is_not_found = false;
        MW_FREE char *proxy = next_proxy(&at, &falls_back);
        bool is_direct = strcmp(proxy, "direct") == 0;
        bool is_last = is_word_of_list(proxy);
        bool relays = proxy[0] != '\0' && !is_last && try_proxy(search, proxy, &is_not_found);
        bool is_skipped = proxy[0] == '\0';
        if (relays || is_direct)
            return true;
        if (is_last)
            break;
        has_error = has_error || (!is_not_found && !is_skipped);
        if (!is_not_found && !is_skipped && !falls_back)
            break;
    }
    return !has_error;
}

static void ask_all(struct search *search, const char *proxies, mw_ask_database *ask, void *context)
{
    static const char file[] = "file://";
    struct mw_database_answer remote[MAX_PROXIES + 1];
    size_t from[MAX_PROXIES + 1] = {0}, count = 0;
    bool is_end = search->database->url != NULL, falls_back = false;
    for (const char *at = proxies; !is_end && *at != '\0' && search->count < MAX_PROXIES;) {
        MW_FREE char *proxy = next_proxy(&at, &falls_back);
        MW_FREE char *url = relay_url(search, proxy);
        is_end = is_word_of_list(proxy);
        if (!is_end && proxy[0] != '\0')
            add_question(search, url, true);
    }
    MW_FREE char *direct = direct_url(search->database);
    add_question(search, direct, false);
    for (size_t i = 0; i < search->count; i++) {
        struct mw_database_answer *answer = &search->answers[i];
        if (mw_text_starts(answer->url, file)) {
            look_into(search->sys, answer->url + strlen(file), answer);
            continue;
        }
        from[count] = i;
        remote[count++] = *answer;
    }
    ask(context, remote, count);
    for (size_t i = 0; i < count; i++)
        search->answers[from[i]] = remote[i];
}

void mw_database_find_way(const struct mw_system *sys, const struct mw_database *database,
                          const char *proxies, mw_ask_database *ask, void *context,
                          struct mw_database_way *way)
{
    struct search search = {.sys = sys, .database = database, .way = way};
    ask_all(&search, proxies, ask, context);
    if (database->url != NULL || (try_proxies(&search, proxies) && way->url == NULL))
        end_way(&search, direct_url(database));
    mw_strings_release(&search.urls);
}

/* ---- what would work ------------------------------------------------------------------------- */

char *mw_database_find_value(const struct mw_database *database, const char *has,
                             mw_ask_database *ask, void *context, bool *is_unknown)
{
    bool is_known = strcmp(database->key_text, mw_database_known_key) == 0;
    MW_FREE char *itself = mw_xasprintf("https://%s", database->key.name);
    MW_FREE char *addressed = mw_xasprintf("%s %s", is_known ? KNOWN : database->key_text, itself);
    const struct {
        const char *value, *url;
    } ways[] = {{is_known ? ALIAS : "", "https://" ALIAS}, {addressed, itself}};
    struct mw_database_answer answers[sizeof ways / sizeof *ways];
    const char *values[sizeof ways / sizeof *ways];
    size_t count = 0;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        if (ways[i].value[0] == '\0' || strcmp(ways[i].value, has) == 0)
            continue;
        values[count] = ways[i].value;
        answers[count++] =
            (struct mw_database_answer){.url = ways[i].url, .key = database->key_text};
    }
    ask(context, answers, count);
    for (size_t i = 0; i < count; i++) {
        *is_unknown = *is_unknown || !answers[i].is_asked;
        if (answers[i].is_genuine)
            return mw_xstrdup(values[i]);
    }
    return NULL;
}
