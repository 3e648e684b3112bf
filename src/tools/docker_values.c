/* Values of daemon.json. One wrong entry and dockerd does not start, or refuses the reload, and
 * `dockerd --validate` looks at mirrors only from 28.3 on: so we hold them to ValidateMirror(),
 * loadInsecureRegistries() (moby registry/config.go) and Validate() (daemon/config/config.go). */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "mirrorwise/url.h"

/* ---- registry-mirrors ------------------------------------------------------------------------ */

/* moby commit c587ba3422, in 24.0.8 and 25.0. */
static enum mw_code check_path(const struct mw_system *sys, const char *text, struct mw_error *err)
{
    /* What cannot be told (an image, an engine that is yet to be installed) is no reason to refuse:
     * every release since is fine, and Nexus and Artifactory have no mirrors but with a path. */
    MW_FREE char *version = mw_tool_version(sys, mw_tool_find("docker"));
    enum mw_code code = MW_OK;
    if (version != NULL && mw_version_compare(version, "24.0.8") < 0) {
        code = mw_tools_refuse(err, text,
                               _("a dockerd before 24.0.8 does not start with a path in a mirror"));
        mw_error_hint(err, _("dockerd %s is installed; use a mirror without a path."), version);
    }
    return code;
}

enum mw_code mw_docker_check_mirror(const struct mw_system *sys, const char *text,
                                    struct mw_error *err)
{
    struct mw_url url;
    const char *reason = NULL;
    if (mw_tools_names_variable(text))
        return mw_tools_refuse_variable(err, text, "dockerd");
    if (!mw_url_parse(text, &url, &reason))
        return mw_tools_refuse(err, text, reason);
    if (!mw_url_is(&url, "https") && !mw_url_is(&url, "http"))
        return mw_tools_refuse(err, text, _("dockerd takes https and http mirrors only"));
    if (url.has_userinfo)
        return mw_tools_refuse(err, text,
                               _("dockerd does not start with a user name or password in a "
                                 "mirror"));
    if (url.has_query || url.has_fragment)
        return mw_tools_refuse(err, text,
                               _("dockerd does not start with a '?' or '#' in a mirror"));
    if (url.path_len > 0 && !(url.path_len == 1 && url.path[0] == '/'))
        return check_path(sys, text, err);
    return MW_OK;
}

/* ---- insecure-registries --------------------------------------------------------------------- */

const char *mw_docker_wrong_registry(const char *text)
{
    struct mw_url url;
    const char *reason = NULL;
    if (mw_tools_is_prefix(text))
        return NULL;
    if (strstr(text, "://") != NULL)
        return _("a registry is a host, host:port or network, not a URL");
    MW_FREE char *whole = mw_xasprintf("http://%s", text);
    if (!mw_url_parse(whole, &url, &reason))
        return reason;
    if (url.path_len > 0 || url.has_userinfo || url.has_query || url.has_fragment)
        reason = _("a registry is a host, host:port or network such as 10.0.0.0/8");
    else if (text[0] == '-' || url.host[url.host_len - 1] == '-')
        reason = _("a host must not start or end with '-'");
    return reason;
}

/* ---- log-level ------------------------------------------------------------------------------- */

/* containerd/log ParseLevel(), in any case; before 23.0 logrus', which knows "warning". */
enum mw_code mw_docker_check_level(const struct mw_system *sys, const char *text,
                                   struct mw_error *err)
{
    MW_FREE char *word = mw_text_lower(text);
    if (mw_tools_is_word("trace debug info warn error fatal panic", word))
        return MW_OK;
    MW_FREE char *version = mw_tool_version(sys, mw_tool_find("docker"));
    bool is_old = version != NULL && mw_version_compare(version, "23.0") < 0;
    if (is_old && strcmp(word, "warning") == 0)
        return MW_OK;
    return mw_tools_refuse(err, text, _("it must be debug, info, warn, error or fatal"));
}
