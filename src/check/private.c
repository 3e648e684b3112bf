/* Row about module paths that leak. Nothing is asked: go's rules are computed. */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"

/* ---- patterns (x/mod module.MatchPrefixPatterns) --------------------------------------------- */

/* path.Match knows * ? [ ] and \, none of which crosses a '/'; fnmatch(3) with FNM_PATHNAME does
 * the same but for classes like [:alpha:], which no module path needs. Go spells negation [^ too.
 * What stands behind as many elements as the pattern has is of no account. */
static bool pattern_matches(const char *begin, size_t len, const char *module)
{
    len -= len > 0 && begin[len - 1] == '/';
    MW_FREE char *glob = mw_xstrndup(begin, len);
    return len > 0 && fnmatch(glob, module, FNM_PATHNAME | FNM_LEADING_DIR) == 0;
}

/* No trimming: a blank behind a comma belongs to the pattern, which then matches nothing. */
bool mw_check_go_matches(const char *patterns, const char *module)
{
    for (const char *at = patterns;; at++) {
        size_t len = strcspn(at, ",");
        if (pattern_matches(at, len, module))
            return true;
        at += len;
        if (*at == '\0')
            return false;
    }
}

/* ---- private paths --------------------------------------------------------------------------- */

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
        pattern_matches(pattern, strlen(pattern), module))
        return true;
    patterns->compared_bytes += strlen(patterns->text);
    return patterns->compared_bytes <= MAX_COMPARED_BYTES &&
           mw_check_go_matches(patterns->text, module);
}

/* Who hears of `module`, which stands for `pattern`; NULL: nobody. */
static const char *who_hears(struct patterns *noproxy, struct patterns *nosumdb,
                             const char *proxies, const char *sumdb, const char *pattern,
                             const char *module)
{
    bool skips_proxy = strcmp(proxies, "direct") == 0 || strcmp(proxies, "off") == 0 ||
                       matches(noproxy, pattern, module);
    bool skips_sumdb = strcmp(sumdb, "off") == 0 || matches(nosumdb, pattern, module);
    if (!skips_proxy && !skips_sumdb)
        return _("the module proxies and the checksum database");
    if (!skips_proxy)
        return _("the module proxies");
    return skips_sumdb ? NULL : _("the checksum database");
}

/* The patterns that somebody wants to be private: the profile's, else those of this machine. */
static const char *wanted_patterns(const struct check_run *run)
{
    const struct mw_check_wanted *wanted = check_wanted(run, "GOPRIVATE");
    return wanted != NULL && wanted->value->items.count > 0
               ? wanted->value->items.items[0]
               : check_text_in_effect(run, "GOPRIVATE");
}

/* GONOPROXY=none sends everything through the proxies, which is right if they are one's own: none
 * of them is a mirror that everybody knows. */
static bool is_own_proxy(const struct check_run *run, const char *noproxy, const char *proxies)
{
    MW_AUTO(mw_strings) list = {0};
    bool is_own = strcmp(noproxy, "none") == 0;
    mw_strings_split(&list, proxies, ",|");
    for (size_t i = 0; is_own && i < list.count; i++)
        is_own =
            mw_catalog_find_url(run->ctx->catalog, run->tool->tool->id, list.items[i]) == NULL &&
            strstr(list.items[i], "proxy.golang.org") == NULL;
    return is_own && list.count > 0;
}

void check_private(struct check_run *run)
{
    const char *patterns = wanted_patterns(run);
    const char *private_value = check_text_in_effect(run, "GOPRIVATE");
    const char *noproxy = check_text_in_effect(run, "GONOPROXY");
    const char *nosumdb = check_text_in_effect(run, "GONOSUMDB");
    const char *proxies = check_text_in_effect(run, "GOPROXY");
    const char *sumdb = check_text_in_effect(run, "GOSUMDB");
    bool is_own = is_own_proxy(run, noproxy, proxies);
    MW_AUTO(mw_strings) list = {0};
    struct patterns past_proxy = {0}, past_sumdb = {0};
    list_patterns(&past_proxy, is_own ? patterns : noproxy[0] != '\0' ? noproxy : private_value);
    list_patterns(&past_sumdb, nosumdb[0] != '\0' ? nosumdb : private_value);
    mw_strings_split(&list, patterns, ",; \t\r");
    size_t i = 0;
    for (; i < list.count && past_proxy.compared_bytes <= MAX_COMPARED_BYTES &&
           past_sumdb.compared_bytes <= MAX_COMPARED_BYTES;
         i++) {
        MW_FREE char *module = sample_of(list.items[i]);
        const char *who =
            who_hears(&past_proxy, &past_sumdb, proxies, sumdb, list.items[i], module);
        struct check_ways ways = {0};
        if (who == NULL)
            continue;
        if (!check_only_counts(run)) {
            MW_FREE char *clean = mw_strings_join(&list, ",");
            MW_FREE char *set = mw_xasprintf("%s.GOPRIVATE=%s", run->tool->tool->id, clean);
            check_way_apply(run, &ways, run->tool->tool, set);
        }
        check_found(run, MW_CHECK_FAIL, list.items[i], ways, _("for %s go asks %s"), module, who);
    }
    if (list.count == 0)
        check_skip(run, "%s", _("nobody named private modules: GOPRIVATE is empty"));
    if (i < list.count)
        check_skip(run, _("%zu more patterns were not looked at: there are too many"),
                   list.count - i);
    mw_strings_release(&past_proxy.sorted);
    mw_strings_release(&past_sumdb.sorted);
}
