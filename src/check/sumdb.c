/* Row about Go's checksum database: is it on, and does it answer on the way that go takes to it?
 * The way is cmd/go/internal/modfetch/sumdb.go's: a database with an address of its own is asked
 * there; of another one the proxies are asked first whether they relay it. */
#include <stdio.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/note.h"
#include "mirrorwise/text.h"

enum { MAX_PROXIES = 8, ROW_MS = 10000 };

/* go's alias for the same database at an address of its own (sumdb.go dbDial). */
#define ALIAS "sum.golang.google.cn"
#define KNOWN "sum.golang.org"
#define DEFAULT_PROXIES "https://proxy.golang.org,direct"

/* What GOSUMDB says. */
struct database {
    struct mw_note_key key;
    char *key_text;
    char *url; /* its own address; NULL: by the proxies */
};

static void database_release(struct database *database)
{
    free(database->key_text);
    free(database->url);
    *database = (struct database){0};
}

/* False if go would refuse it. */
static bool read_database(const char *text, struct database *database)
{
    MW_AUTO(mw_strings) fields = {0};
    mw_strings_split(&fields, strcmp(text, ALIAS) == 0 ? KNOWN " https://" ALIAS : text, " \t\r");
    if (fields.count == 1 || fields.count == 2) {
        const char *name = fields.items[0];
        database->key_text = mw_xstrdup(strcmp(name, KNOWN) == 0 ? mw_note_key_golang : name);
        database->url = fields.count == 2 ? mw_xstrdup(fields.items[1]) : NULL;
    }
    return database->key_text != NULL && mw_note_key_parse(database->key_text, &database->key);
}

/* ---- the way --------------------------------------------------------------------------------- */

/* Where go ends up, and what it met before. */
struct way {
    struct mw_check_database end; /* url is owned; NULL: go gives up on the way */
    char *url;
    struct mw_buf met;
    long spare_ms; /* of the list's time: for the rows behind this one */
};

static void way_release(struct way *way)
{
    free(way->url);
    mw_buf_release(&way->met);
    *way = (struct way){0};
}

/* All questions together may take half of what is left: other rows want to be run as well. */
static long spare_ms(const struct check_run *run)
{
    long left_ms = check_left_ms(run);
    return left_ms / 2 > ROW_MS ? left_ms - ROW_MS : left_ms / 2;
}

static void ask(const struct check_run *run, const struct way *way,
                struct mw_check_database *database)
{
    long left_ms = check_left_ms(run) - way->spare_ms;
    if (left_ms > 0)
        run->ctx->ask_database(run->ctx->measure_context, database, left_ms);
    else
        snprintf(database->reason, sizeof database->reason, "%s", _(check_no_time));
}

/* A reason is a sentence of its own; here more follows. */
static void end_clause(struct mw_buf *text)
{
    static const char *const stops[] = {".", "。"};
    for (size_t i = 0; i < sizeof stops / sizeof stops[0]; i++) {
        size_t len = strlen(stops[i]);
        if (text->len >= len && memcmp(text->data + text->len - len, stops[i], len) == 0) {
            text->len -= len;
            text->data[text->len] = '\0';
            return;
        }
    }
}

static void meet(struct way *way, const char *proxy, const struct mw_check_database *answer)
{
    end_clause(&way->met);
    mw_buf_puts(&way->met, way->met.len > 0 ? _("; ") : "");
    if (answer->http_status > 0)
        mw_buf_printf(&way->met, _("%s answers %ld for it"), proxy, answer->http_status);
    else
        mw_buf_printf(&way->met, _("%s: %s"), proxy, answer->reason);
}

static void look_into(const struct check_run *run, const char *directory,
                      struct mw_check_database *answer)
{
    MW_FREE char *supported = mw_xasprintf("%s/supported", directory);
    answer->http_status = mw_path_exists(run->sys, supported) ? 200 : 404;
    snprintf(answer->reason, sizeof answer->reason, "%s", _("a directory; nobody was asked"));
}

/* True if this proxy relays it, or nobody can say; then go asks nobody else. */
static bool try_proxy(const struct check_run *run, const struct database *database,
                      const char *proxy, struct way *way, bool *is_not_found)
{
    static const char file[] = "file://";
    size_t len = strlen(proxy);
    char *url = mw_xasprintf("%.*s/sumdb/%s", (int)(len - (len > 0 && proxy[len - 1] == '/')),
                             proxy, database->key.name);
    struct mw_check_database answer = {.key = database->key_text, .is_relayed = true};
    answer.url = url;
    if (mw_text_starts(url, file))
        look_into(run, url + strlen(file), &answer);
    else
        ask(run, way, &answer);
    *is_not_found = answer.http_status == 404 || answer.http_status == 410;
    if (answer.http_status == 200 || (!answer.is_asked && !*is_not_found)) {
        way->end = answer;
        way->url = url;
        return true;
    }
    meet(way, proxy, &answer);
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

/* TryProxies() of proxy.go: an error outweighs "not found" to its end, but for a "direct". False if
 * go gives up. */
static bool try_proxies(const struct check_run *run, const struct database *database,
                        const char *proxies, struct way *way)
{
    bool has_error = false;
    const char *at = proxies;
    for (size_t i = 0; *at != '\0' && i < MAX_PROXIES; i++) {
        bool falls_back = false, is_not_found = false;
        MW_FREE char *proxy = next_proxy(&at, &falls_back);
        bool is_direct = strcmp(proxy, "direct") == 0;
        bool is_last = is_direct || strcmp(proxy, "off") == 0;
        bool relays =
            proxy[0] != '\0' && !is_last && try_proxy(run, database, proxy, way, &is_not_found);
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

static void go_directly(const struct check_run *run, const struct database *database,
                        struct way *way)
{
    way->url = database->url != NULL ? mw_xstrdup(database->url)
                                     : mw_xasprintf("https://%s", database->key.name);
    way->end = (struct mw_check_database){.url = way->url, .key = database->key_text};
    ask(run, way, &way->end);
}

static void find_way(const struct check_run *run, const struct database *database,
                     const char *proxies, struct way *way)
{
    if (database->url != NULL || (try_proxies(run, database, proxies, way) && way->url == NULL))
        go_directly(run, database, way);
}

/* ---- what would work ------------------------------------------------------------------------- */

/* Owned: another value with which go gets to the same database, or NULL if none answers now.
 * *is_unknown: somebody could not be asked. */
static char *find_value(const struct check_run *run, const struct database *database,
                        const struct way *way, const char *has, bool *is_unknown)
{
    bool is_known = strcmp(database->key_text, mw_note_key_golang) == 0;
    MW_FREE char *itself = mw_xasprintf("https://%s", database->key.name);
    MW_FREE char *addressed = mw_xasprintf("%s %s", is_known ? KNOWN : database->key_text, itself);
    const struct {
        const char *value, *url;
    } ways[] = {{is_known ? ALIAS : "", "https://" ALIAS}, {addressed, itself}};
    char *found = NULL;
    for (size_t i = 0; found == NULL && i < sizeof ways / sizeof *ways; i++) {
        struct mw_check_database answer = {.url = ways[i].url, .key = database->key_text};
        if (ways[i].value[0] == '\0' || strcmp(ways[i].value, has) == 0)
            continue;
        ask(run, way, &answer);
        *is_unknown = *is_unknown || !answer.is_asked;
        if (answer.is_genuine)
            found = mw_xstrdup(ways[i].value);
    }
    return found;
}

static void fix_with(const struct check_run *run, const char *value,
                     const struct mw_effective *found, struct check_ways *ways)
{
    const struct mw_tool *tool = run->tool->tool;
    MW_FREE char *probe = mw_xasprintf("--probe --only %s", tool->id);
    MW_FREE char *variable = mw_xasprintf("GOSUMDB=%s", value != NULL ? value : "");
    MW_FREE char *set = mw_xasprintf("%s.%s", tool->id, variable);
    if (value == NULL)
        *ways = check_by_hand(check_program(run, probe));
    else if (found->variable == NULL)
        check_way_apply(run, ways, tool, set);
    else
        *ways = check_by_hand(check_command(run, false, "export", variable, NULL));
}

/* ---- the row --------------------------------------------------------------------------------- */

static void add_way(struct check_run *run, const struct database *database, const struct way *way,
                    const char *has, const struct mw_effective *found)
{
    struct mw_buf text = {0};
    bool works = way->url != NULL && way->end.is_genuine;
    bool is_unknown = way->url != NULL && !way->end.is_asked;
    bool is_half_known = false;
    MW_FREE char *value =
        works || is_unknown ? NULL : find_value(run, database, way, has, &is_half_known);
    mw_buf_puts(&text, mw_buf_text(&way->met));
    end_clause(&text);
    mw_buf_puts(&text, way->met.len > 0 ? _("; ") : "");
    if (way->url == NULL)
        mw_buf_puts(&text, _("go gives up there and verifies nothing"));
    else
        mw_buf_printf(&text,
                      way->end.is_relayed ? _("go asks %s, a relay: %s") : _("go asks %s: %s"),
                      way->url, works ? way->end.note : way->end.reason);
    if (value != NULL || is_half_known || (!works && !is_unknown))
        end_clause(&text);
    if (value != NULL)
        mw_buf_printf(&text, _("; with GOSUMDB=%s it answers"), value);
    else if (is_half_known)
        mw_buf_puts(&text, _("; whether it answers elsewhere is not known"));
    else if (!works && !is_unknown)
        mw_buf_puts(&text, _("; it does not answer elsewhere either"));
    struct check_ways ways = {0};
    if (!works && !is_unknown)
        fix_with(run, value, found, &ways);
    check_add(run, (struct check_result){
                       .status = works        ? MW_CHECK_PASS
                                 : is_unknown ? MW_CHECK_SKIP
                                              : MW_CHECK_FAIL,
                       .subject = mw_xstrdup("reachable"),
                       .title = mw_xstrdup(_("Go: the checksum database answers")),
                       .observed = mw_buf_take(&text),
                       .expected = mw_xasprintf(_("a tree that %s has signed, on the way that go "
                                                  "takes"),
                                                database->key.name),
                       .ways = ways,
                       .why = _("without it go refuses every module that go.sum does not know"),
                   });
}

static void add_unasked(struct check_run *run, const char *reason)
{
    check_add(run, (struct check_result){
                       .status = MW_CHECK_SKIP,
                       .subject = mw_xstrdup("reachable"),
                       .title = mw_xstrdup(_("Go: the checksum database answers")),
                       .observed = mw_xstrdup(reason),
                   });
}

/* One bad element of GOPROXY breaks every download, so there is no way to follow. */
static bool is_list(const struct check_run *run, const char *proxies)
{
    MW_AUTO(mw_value) value = {0};
    mw_value_set_string(&value, proxies);
    return mw_tool_validate(run->sys, run->tool->tool, "GOPROXY", &value, NULL) == MW_OK;
}

static void look_for_it(struct check_run *run, const char *value, const char *proxies,
                        const struct mw_effective *found)
{
    const struct mw_check_context *ctx = run->ctx;
    MW_AUTO(database) database = {.url = NULL};
    MW_AUTO(way) way = {.spare_ms = spare_ms(run)};
    if (!read_database(value, &database))
        add_unasked(run, _("not asked: GOSUMDB is malformed"));
    else if (!is_list(run, proxies))
        add_unasked(run, _("not asked: GOPROXY is malformed"));
    else if (ctx->no_network)
        add_unasked(run, _("not asked: the network is not allowed (--no-network)"));
    else if (ctx->ask_database == NULL || run->sys->root[0] != '\0')
        add_unasked(run, _("not asked"));
    else {
        find_way(run, &database, proxies, &way);
        add_way(run, &database, &way, value, found);
    }
}

void check_sumdb(struct check_run *run)
{
    const char *has = check_text_in_effect(run, "GOPROXY");
    const char *proxies = has[0] != '\0' ? has : DEFAULT_PROXIES;
    const struct mw_effective *found = check_in_effect(run, "GOSUMDB");
    const char *value = found->value.items.count > 0 ? found->value.items.items[0] : KNOWN;
    if (strcmp(value, "off") == 0) {
        struct check_ways ways = {0};
        check_end_effect(run, "GOSUMDB", found, &ways);
        check_found(run, MW_CHECK_FAIL, NULL, ways, "GOSUMDB = off (%s)", check_place_of(found));
        add_unasked(run, _("not asked: it is off"));
    } else {
        check_pass(run, _("%s = %s (%s)"), "GOSUMDB", value, check_place_of(found));
        look_for_it(run, value, proxies, found);
    }
}
