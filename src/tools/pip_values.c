/* Values of pip.conf. One value of the wrong type and every pip command fails ("pip config", which
 * could mend it, included), so types are checked as cli/cmdoptions.py and cli/parser.py do. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "mirrorwise/url.h"

/* Above it time.sleep() and settimeout() overflow. */
#define MAX_SECONDS 1e9

static enum mw_code check_url(const char *text, bool is_index, struct mw_error *err)
{
    struct mw_url url;
    const char *reason = NULL;
    if (mw_tools_names_variable(text))
        return mw_tools_refuse_variable(err, text, "pip");
    size_t before = strcspn(text, ",;");
    if (text[before] != '\0' && (text[before + 1] == '\0' || strstr(text + before, "://") != NULL))
        return mw_tools_refuse(err, text,
                               _("pip separates addresses at blanks and takes this for one; write "
                                 "each on a line of its own"));
    if (!mw_url_parse(text, &url, &reason))
        return mw_tools_refuse(err, text, reason);
    if (!mw_url_is(&url, "https") && !mw_url_is(&url, "http") && !mw_url_is(&url, "file"))
        return mw_tools_refuse(err, text, _("it must be an https or http URL"));
    if (is_index && (url.has_fragment || url.has_query))
        return mw_tools_refuse(err, text,
                               _("pip puts the project's name behind a '?' or '#', where no index "
                                 "looks for it"));
    return MW_OK;
}

enum mw_code mw_pip_check_index(const struct mw_system *sys, const char *text, struct mw_error *err)
{
    (void)sys;
    return check_url(text, true, err);
}

/* A directory, a file or a URL. */
enum mw_code mw_pip_check_links(const struct mw_system *sys, const char *text, struct mw_error *err)
{
    (void)sys;
    if (mw_tools_matches("^[A-Za-z][A-Za-z+.-]*:/", text))
        return check_url(text, false, err);
    if (strstr(text, ",/") != NULL)
        return mw_tools_refuse(err, text,
                               _("pip separates addresses at blanks and takes this for one; write "
                                 "each on a line of its own"));
    return strpbrk(text, " \t") != NULL
               ? mw_tools_refuse(err, text, _("pip would split it at the blank"))
               : MW_OK;
}

/* utils/misc.py parse_netloc(): host or host:port; of several colons it is an address. */
const char *mw_pip_wrong_host(const char *text)
{
    struct mw_url url;
    const char *reason = NULL;
    if (strstr(text, "://") != NULL || strchr(text, '/') != NULL)
        return _("it must be a host or host:port, not a URL");
    bool is_bare = text[0] != '[' && strchr(text, ':') != strrchr(text, ':');
    MW_FREE char *whole = mw_xasprintf(is_bare ? "https://[%s]" : "https://%s", text);
    if (mw_url_parse(whole, &url, &reason) &&
        (url.has_userinfo || url.has_query || url.has_fragment))
        reason = _("it must be a host or host:port");
    return reason;
}

/* What float() takes and a socket waits: "1e3" and "1_000", not "inf". */
const char *mw_pip_wrong_timeout(const char *text)
{
    static const char number[] = "^\\+?([0-9](_?[0-9])*\\.?|[0-9](_?[0-9])*\\.[0-9](_?[0-9])*|"
                                 "\\.[0-9](_?[0-9])*)([eE][-+]?[0-9](_?[0-9])*)?$";
    MW_FREE char *plain = mw_text_replace(text, "_", "");
    if (text[0] > '0' && text[strspn(text, "0123456789")] == '\0' && strlen(text) < 9)
        return NULL; /* nearly all are; patterns take time */
    double seconds = mw_tools_matches(number, text) ? strtod(plain, NULL) : 0;
    bool is_right = seconds > 0 && seconds < MAX_SECONDS;
    if (mw_tools_matches("^[-+]?0+(\\.0*)?$", text))
        return _("pip passes over a 0 and waits for as long as without it");
    return is_right ? NULL : _("it must be a number of seconds above 0, without a unit");
}

/* [scheme://][user:password@]host:port */
enum mw_code mw_pip_check_proxy(const struct mw_system *sys, const char *text, struct mw_error *err)
{
    (void)sys;
    struct mw_url url;
    const char *reason = NULL;
    if (mw_tools_names_variable(text))
        return mw_tools_refuse_variable(err, text, "pip");
    MW_FREE char *whole = mw_xasprintf("%s%s", strstr(text, "://") != NULL ? "" : "http://", text);
    if (!mw_url_parse(whole, &url, &reason))
        return mw_tools_refuse(err, text, reason);
    if (mw_tools_is_word("none null no off false", text))
        reason = _("pip takes it for the name of a host; without a proxy the line goes");
    else if (!mw_tools_matches("^(https?|socks(4a?|5h?)):", whole))
        reason = _("it must be a proxy of http, https or socks5");
    return reason == NULL ? MW_OK : mw_tools_refuse(err, text, reason);
}
