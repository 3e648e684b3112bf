/* GOPROXY and GOSUMDB. `go env -w` checks neither, and one bad element breaks every download
 * though it may never be reached, so we hold them to what cmd/go/internal/modfetch will do:
 * proxyList() and newProxyRepo() in proxy.go, dbDial() in sumdb.go. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/note.h"
#include "mirrorwise/url.h"

/* ---- GOPROXY ------------------------------------------------------------------------------- */

static bool is_keyword(const char *element)
{
    return strcmp(element, "direct") == 0 || strcmp(element, "off") == 0;
}

static enum mw_code refuse_with_hint(struct mw_error *err, const char *element, const char *reason,
                                     const char *hint)
{
    mw_tools_refuse(err, element, reason);
    mw_error_hint(err, "%s", hint);
    return MW_BAD_PROFILE;
}

/* The common slips, before a URL parser would say something less helpful. */
static enum mw_code check_slips(const char *element, struct mw_error *err)
{
    if (strcasecmp(element, "direct") == 0 || strcasecmp(element, "off") == 0)
        return mw_tools_refuse(err, element, _("go knows this word in lower case only"));
    if (mw_tools_names_variable(element))
        return mw_tools_refuse_variable(err, element, "go");
    if (strpbrk(element, "; \t") != NULL)
        return refuse_with_hint(
            err, element, _("go would take the ';' or blank for a part of the URL"),
            _("Separate proxies with ',' (go on after \"not found\") or '|' (go on after any "
              "error)."));
    if (element[0] == '/')
        return refuse_with_hint(err, element, _("a path is no URL"),
                                _("Write a directory as file:///path."));
    if (strpbrk(element, ".:/") == NULL)
        return refuse_with_hint(err, element, _("it is neither a URL nor a word that go knows"),
                                _("The words are direct and off."));
    return MW_OK;
}

static enum mw_code check_parts(const char *element, const struct mw_url *url, struct mw_error *err)
{
    bool is_file = mw_url_is(url, "file");
    if (!is_file && !mw_url_is(url, "http") && !mw_url_is(url, "https"))
        return mw_tools_refuse(err, element, _("go knows the schemes https, http and file only"));
    if (is_file && (url->host_len > 0 || url->has_userinfo))
        return refuse_with_hint(err, element, _("a file URL must not name a host"),
                                _("Write three slashes: file:///path."));
    if (url->has_query || url->has_fragment)
        return mw_tools_refuse(err, element,
                               _("go puts the module's path behind a '?' or '#', where no proxy "
                                 "looks for it"));
    if (url->has_userinfo && mw_url_is(url, "http"))
        return mw_tools_refuse(err, element, _("go refuses to send credentials over plain http"));
    return MW_OK;
}

static enum mw_code check_element(const char *element, struct mw_error *err)
{
    struct mw_url url;
    const char *reason = NULL;
    enum mw_code code = check_slips(element, err);
    if (code != MW_OK)
        return code;
    /* proxyList() puts https:// in front of whatever has no ":/" in it. */
    bool is_whole = strstr(element, ":/") != NULL;
    MW_FREE char *whole = mw_xasprintf("%s%s", is_whole ? "" : "https://", element);
    if (!mw_url_parse(whole, &url, &reason))
        code = mw_tools_refuse(err, element, reason);
    else
        code = check_parts(element, &url, err);
    return code;
}

enum mw_code mw_go_check_proxy(const struct mw_system *sys, const char *text, struct mw_error *err)
{
    (void)sys;
    MW_AUTO(mw_strings) elements = {0};
    enum mw_code code = MW_OK;
    mw_strings_split(&elements, text, ",|");
    if (elements.count == 0)
        code = mw_tools_refuse(err, text, _("the list has no entries"));
    for (size_t i = 0; code == MW_OK && i < elements.count; i++) {
        const char *element = elements.items[i];
        if (i > 0 && is_keyword(elements.items[i - 1]))
            code = mw_tools_refuse(err, element,
                                   _("go stops at direct and off; nothing behind "
                                     "them is ever used"));
        else if (!is_keyword(element))
            code = check_element(element, err);
    }
    return code;
}

/* ---- GOSUMDB ------------------------------------------------------------------------------- */

static enum mw_code check_database(const struct mw_strings *fields, struct mw_error *err)
{
    struct mw_url url;
    struct mw_note_key key;
    const char *reason = NULL;
    const char *name = fields->items[0];
    if (strcmp(name, "sum.golang.google.cn") == 0)
        return refuse_with_hint(err, name, _("go knows this name only when nothing follows it"),
                                _("Write sum.golang.google.cn alone, or sum.golang.org and the "
                                  "URL."));
    if (strcmp(name, "sum.golang.org") != 0 && !mw_note_key_parse(name, &key))
        return refuse_with_hint(err, name,
                                _("it is neither a checksum database that go knows nor a "
                                  "verifier key"),
                                _("Allowed are sum.golang.org, sum.golang.google.cn, "
                                  "NAME+HASH+KEY, one of these with a URL, and off."));
    if (fields->count < 2)
        return MW_OK;
    if (!mw_url_parse(fields->items[1], &url, &reason))
        return mw_tools_refuse(err, fields->items[1], reason);
    if (!mw_url_is(&url, "http") && !mw_url_is(&url, "https"))
        return mw_tools_refuse(err, fields->items[1],
                               _("a checksum database is asked by https or http only"));
    return check_parts(fields->items[1], &url, err);
}

enum mw_code mw_go_check_sumdb(const struct mw_system *sys, const char *text, struct mw_error *err)
{
    (void)sys;
    MW_AUTO(mw_strings) fields = {0};
    enum mw_code code = MW_OK;
    /* Both are compared before the text is split. */
    if (strcmp(text, "off") == 0 || strcmp(text, "sum.golang.google.cn") == 0)
        return MW_OK;
    if (strcasecmp(text, "off") == 0)
        return mw_tools_refuse(err, text, _("go knows this word in lower case only"));
    mw_strings_split(&fields, text, " \t");
    if (fields.count == 0 || fields.count > 2)
        code = mw_tools_refuse(err, text, _("it takes a name or key and at most one URL"));
    else
        code = check_database(&fields, err);
    return code;
}
