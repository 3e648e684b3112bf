/* Values of pip.conf. One value of the wrong type and every pip command fails ("pip config", which
 * could mend it, included), so types are checked as cli/cmdoptions.py and cli/parser.py do. */
#include <string.h>
#include <strings.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/url.h"

/* utils/misc.py strtobool(). */
bool mw_pip_parse_bool(const char *text, bool *value)
{
    static const char *const words[2][6] = {{"n", "no", "f", "false", "off", "0"},
                                            {"y", "yes", "t", "true", "on", "1"}};
    for (int truth = 0; truth < 2; truth++) {
        for (size_t i = 0; i < sizeof words[0] / sizeof *words[0]; i++) {
            if (strcasecmp(text, words[truth][i]) == 0) {
                *value = truth != 0;
                return true;
            }
        }
    }
    return false;
}

enum mw_code mw_pip_check_bool(const struct mw_system *sys, const char *text, struct mw_error *err)
{
    (void)sys;
    bool value;
    if (mw_pip_parse_bool(text, &value))
        return MW_OK;
    return mw_tools_refuse(err, text, _("it must be true or false"));
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

static bool has_blank(const char *text)
{
    return strpbrk(text, " \t") != NULL;
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
    return has_blank(text) ? mw_tools_refuse(err, text, _("pip would split it at the blank"))
                           : MW_OK;
}

/* utils/misc.py parse_netloc(): host or host:port. */
enum mw_code mw_pip_check_host(const struct mw_system *sys, const char *text, struct mw_error *err)
{
    (void)sys;
    struct mw_url url;
    const char *reason = NULL;
    if (strstr(text, "://") != NULL || strchr(text, '/') != NULL)
        return mw_tools_refuse(err, text, _("it must be a host or host:port, not a URL"));
    MW_FREE char *whole = mw_xasprintf("https://%s", text);
    enum mw_code code = MW_OK;
    if (!mw_url_parse(whole, &url, &reason))
        code = mw_tools_refuse(err, text, reason);
    else if (url.has_userinfo || url.has_query || url.has_fragment)
        code = mw_tools_refuse(err, text, _("it must be a host or host:port"));
    return code;
}

/* Plain decimals only: Python would take "1e3" and "inf" too, but no person means them. */
enum mw_code mw_pip_check_timeout(const struct mw_system *sys, const char *text,
                                  struct mw_error *err)
{
    (void)sys;
    size_t whole = strspn(text, "0123456789");
    const char *rest = text + whole + (text[whole] == '.');
    rest += strspn(rest, "0123456789");
    if (whole > 0 && whole <= 9 && *rest == '\0' && strpbrk(text, "123456789") != NULL)
        return MW_OK;
    return mw_tools_refuse(err, text, _("it must be a number of seconds above 0, without a unit"));
}

enum mw_code mw_pip_check_retries(const struct mw_system *sys, const char *text,
                                  struct mw_error *err)
{
    (void)sys;
    if (mw_tools_is_number(text, 9))
        return MW_OK;
    return mw_tools_refuse(err, text, _("it must be a whole number, 0 or more"));
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

/* cli/parser.py: a whole number, or a word for 0 or 1. */
enum mw_code mw_pip_check_count(const struct mw_system *sys, const char *text, struct mw_error *err)
{
    (void)sys;
    bool value;
    if (mw_tools_is_number(text, 9) || mw_pip_parse_bool(text, &value))
        return MW_OK;
    return mw_tools_refuse(err, text, _("it must be a whole number, 0 or more"));
}

/* cli/cmdoptions.py _convert_python_version(): "3", "311", "3.11", "3.11.4". */
enum mw_code mw_pip_check_version(const struct mw_system *sys, const char *text,
                                  struct mw_error *err)
{
    (void)sys;
    size_t parts = 1;
    for (const char *p = strchr(text, '.'); p != NULL; p = strchr(p + 1, '.'))
        parts++;
    bool is_right = text[strspn(text, "0123456789.")] == '\0' && strstr(text, "..") == NULL &&
                    text[0] != '.' && text[0] != '\0' && text[strlen(text) - 1] != '.' &&
                    parts <= 3;
    return is_right ? MW_OK
                    : mw_tools_refuse(err, text, _("it must be a version of Python such as 3.11"));
}
