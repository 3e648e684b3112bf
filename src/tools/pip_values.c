/* Values of pip.conf. One value of the wrong type and every pip command fails ("pip config", which
 * could mend it, included), so types are checked as cli/cmdoptions.py and cli/parser.py do. */
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "mirrorwise/url.h"

/* utils/misc.py strtobool(). */
bool mw_pip_parse_bool(const char *text, bool *value)
{
    MW_FREE char *word = mw_text_lower(text);
    *value = mw_tools_is_word("y yes t true on 1", word);
    return *value || mw_tools_is_word("n no f false off 0", word);
}

static enum mw_code check_url(const char *text, bool files_too, struct mw_error *err)
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
    if (!mw_url_is(&url, "https") && !mw_url_is(&url, "http") &&
        !(files_too && mw_url_is(&url, "file")))
        return mw_tools_refuse(err, text, _("it must be an https or http URL"));
    if (url.has_fragment || url.has_query)
        return mw_tools_refuse(err, text,
                               _("pip puts the project's name behind a '?' or '#', where no index "
                                 "looks for it"));
    return MW_OK;
}

enum mw_code mw_pip_check_index(const struct mw_system *sys, const char *text, struct mw_error *err)
{
    (void)sys;
    return check_url(text, false, err);
}

/* A directory, a file or a URL. */
enum mw_code mw_pip_check_links(const struct mw_system *sys, const char *text, struct mw_error *err)
{
    (void)sys;
    if (strstr(text, "://") != NULL)
        return check_url(text, true, err);
    if (strstr(text, ",/") != NULL)
        return mw_tools_refuse(err, text,
                               _("pip separates addresses at blanks and takes this for one; write "
                                 "each on a line of its own"));
    return strpbrk(text, " \t") != NULL
               ? mw_tools_refuse(err, text, _("pip would split it at the blank"))
               : MW_OK;
}

/* utils/misc.py parse_netloc(): host or host:port. */
const char *mw_pip_wrong_host(const char *text)
{
    struct mw_url url;
    const char *reason = NULL;
    if (strstr(text, "://") != NULL || strchr(text, '/') != NULL)
        return _("it must be a host or host:port, not a URL");
    MW_FREE char *whole = mw_xasprintf("https://%s", text);
    if (mw_url_parse(whole, &url, &reason) &&
        (url.has_userinfo || url.has_query || url.has_fragment))
        reason = _("it must be a host or host:port");
    return reason;
}

/* Plain decimals only: Python would take "1e3" and "inf" too, but no person means them. */
const char *mw_pip_wrong_timeout(const char *text)
{
    size_t whole = strspn(text, "0123456789");
    const char *rest = text + whole + (text[whole] == '.');
    rest += strspn(rest, "0123456789");
    bool is_right = whole > 0 && whole <= 9 && *rest == '\0' && strpbrk(text, "123456789") != NULL;
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
    enum mw_code code =
        mw_url_parse(whole, &url, &reason) ? MW_OK : mw_tools_refuse(err, text, reason);
    return code;
}
