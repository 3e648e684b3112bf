/* Row about module paths that leak. Nothing is asked: the tool's rules are computed. Told the keys
 * in the order of `enum key`. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/module.h"

/* The modules that are private, those that pass by the proxies and the database, these two. */
enum key { PRIVATE, PAST_PROXIES, PAST_DATABASE, PROXIES, DATABASE, KEYS };

/* Owned: a module that the pattern is meant for. */
static char *sample_of(const char *pattern)
{
    struct mw_buf module = {0};
    for (const char *p = pattern; *p != '\0'; p++) {
        if (*p == '*')
            mw_buf_puts(&module, "sample");
        else
            mw_buf_putc(&module, *p == '?' ? 'x' : *p);
    }
    mw_buf_puts(&module, "/team/app");
    return mw_buf_take(&module);
}

/* A list of patterns of which most are asked for literally: then only that one is looked at, and of
 * a list of any length all the others as often as MAX_COMPARED_BYTES allow. */
enum { MAX_COMPARED_BYTES = 16 << 20 };

struct patterns {
    const char *text;
    struct mw_strings sorted;
    size_t compared_bytes;
};

static void list_patterns(struct patterns *patterns, const char *text)
{
    patterns->text = text;
    for (const char *at = text; *at != '\0';) { /* with their blanks, as go has them */
        size_t len = strcspn(at, ",");
        mw_strings_take(&patterns->sorted, mw_xstrndup(at, len));
        at += len + (at[len] == ',');
    }
    mw_strings_sort(&patterns->sorted);
}

static bool matches(struct patterns *patterns, const char *pattern, const char *module)
{
    if (mw_strings_has_sorted(&patterns->sorted, pattern) &&
        mw_module_matches_one(pattern, strlen(pattern), module))
        return true;
    patterns->compared_bytes += strlen(patterns->text);
    return patterns->compared_bytes <= MAX_COMPARED_BYTES &&
           mw_module_matches(patterns->text, module);
}

/* Who hears of `module`, which stands for `pattern`; NULL: nobody. */
static const char *who_hears(struct patterns *past_proxies, struct patterns *past_database,
                             const char *const values[KEYS], const char *pattern,
                             const char *module)
{
    bool skips_proxies = strcmp(values[PROXIES], "direct") == 0 ||
                         strcmp(values[PROXIES], "off") == 0 ||
                         matches(past_proxies, pattern, module);
    bool skips_database =
        strcmp(values[DATABASE], "off") == 0 || matches(past_database, pattern, module);
    if (!skips_proxies && !skips_database)
        return _("the module proxies and the checksum database");
    if (!skips_proxies)
        return _("the module proxies");
    return skips_database ? NULL : _("the checksum database");
}

/* The patterns that somebody wants to be private: the profile's, else those of this machine. */
static const char *wanted_patterns(const struct check_run *run, const char *key)
{
    const struct mw_wanted *wanted = check_wanted(run, key);
    return wanted != NULL && wanted->value.items.count > 0 ? wanted->value.items.items[0]
                                                           : check_text_in_effect(run, key);
}

/* "none" sends everything through the proxies, which is right if they are one's own: none of them
 * is a mirror that everybody knows. */
static bool is_own_proxy(const struct check_run *run, const char *past_proxies, const char *proxies)
{
    MW_AUTO(mw_strings) list = {0};
    const struct mw_catalog *catalog = run->ctx->catalog;
    const char *service = run->tool->tool->id;
    bool is_own = strcmp(past_proxies, "none") == 0;
    mw_strings_split(&list, proxies, ",|");
    for (size_t i = 0; is_own && i < list.count; i++)
        is_own = mw_catalog_find_url(catalog, service, list.items[i]) == NULL;
    return is_own && list.count > 0;
}

void check_private(struct check_run *run)
{
    MW_AUTO(mw_strings) keys = {0}, list = {0};
    const char *values[KEYS];
    mw_strings_split(&keys, check_told(run), " ");
    if (keys.count != KEYS)
        return;
    for (size_t i = 0; i < KEYS; i++)
        values[i] = check_text_in_effect(run, keys.items[i]);
    const char *key = keys.items[PRIVATE], *program = run->tool->tool->programs.items[0];
    const char *patterns = wanted_patterns(run, key);
    const char *past = values[PAST_PROXIES];
    bool is_own = is_own_proxy(run, past, values[PROXIES]);
    struct patterns past_proxies = {0}, past_database = {0};
    list_patterns(&past_proxies, is_own ? patterns : past[0] != '\0' ? past : values[PRIVATE]);
    past = values[PAST_DATABASE];
    list_patterns(&past_database, past[0] != '\0' ? past : values[PRIVATE]);
    mw_strings_split(&list, patterns, ",; \t\r");
    size_t i = 0;
    for (; i < list.count && past_proxies.compared_bytes <= MAX_COMPARED_BYTES &&
           past_database.compared_bytes <= MAX_COMPARED_BYTES;
         i++) {
        MW_FREE char *module = sample_of(list.items[i]);
        const char *who = who_hears(&past_proxies, &past_database, values, list.items[i], module);
        struct check_ways ways = {0};
        if (who == NULL)
            continue;
        if (!check_only_counts(run)) {
            MW_FREE char *clean = mw_strings_join(&list, ",");
            MW_FREE char *set = mw_xasprintf("%s.%s=%s", run->tool->tool->id, key, clean);
            check_way_apply(run, &ways, run->tool->tool, set);
        }
        check_found(run, MW_CHECK_FAIL, list.items[i], ways, _("for %s %s asks %s"), module,
                    program, who);
    }
    if (list.count == 0)
        check_skip(run, _("nobody named private modules: %s is empty"), key);
    if (i < list.count)
        check_skip(run, _("%zu more patterns were not looked at: there are too many"),
                   list.count - i);
    mw_strings_release(&past_proxies.sorted);
    mw_strings_release(&past_database.sorted);
}
