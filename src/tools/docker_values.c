/* Values of daemon.json. One wrong entry and dockerd does not start, or refuses the reload, and
 * `dockerd --validate` looks at mirrors only from 28.3 on: so we hold them to ValidateMirror(),
 * loadInsecureRegistries() (moby registry/config.go) and Validate() (daemon/config/config.go). */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
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

static bool is_cidr(const char *text)
{
    const char *slash = strchr(text, '/');
    unsigned char binary[sizeof(struct in6_addr)];
    if (slash == NULL || !mw_tools_is_number(slash + 1, 3))
        return false;
    MW_FREE char *address = mw_xstrndup(text, (size_t)(slash - text));
    int family = strchr(address, ':') != NULL ? AF_INET6 : AF_INET;
    return inet_pton(family, address, binary) == 1 &&
           strtoul(slash + 1, NULL, 10) <= (family == AF_INET6 ? 128 : 32);
}

enum mw_code mw_docker_check_insecure(const struct mw_system *sys, const char *text,
                                      struct mw_error *err)
{
    (void)sys;
    struct mw_url url;
    const char *reason = NULL;
    if (is_cidr(text))
        return MW_OK;
    if (strstr(text, "://") != NULL)
        return mw_tools_refuse(err, text,
                               _("a registry is a host, host:port or network, not a URL"));
    MW_FREE char *whole = mw_xasprintf("http://%s", text);
    enum mw_code code = MW_OK;
    if (!mw_url_parse(whole, &url, &reason))
        code = mw_tools_refuse(err, text, reason);
    else if (url.path_len > 0 || url.has_userinfo || url.has_query || url.has_fragment)
        code = mw_tools_refuse(err, text,
                               _("a registry is a host, host:port or network such as 10.0.0.0/8"));
    else if (text[0] == '-' || url.host[url.host_len - 1] == '-')
        code = mw_tools_refuse(err, text, _("a host must not start or end with '-'"));
    return code;
}

/* ---- numbers and switches -------------------------------------------------------------------- */

enum mw_code mw_docker_check_bool(const struct mw_system *sys, const char *text,
                                  struct mw_error *err)
{
    (void)sys;
    if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
        return MW_OK;
    return mw_tools_refuse(err, text, _("it must be true or false"));
}

/* JSON has no leading zeros. */
static bool is_count(const char *text)
{
    return mw_tools_is_number(text, 9) && (text[0] != '0' || text[1] == '\0');
}

enum mw_code mw_docker_check_count(const struct mw_system *sys, const char *text,
                                   struct mw_error *err)
{
    (void)sys;
    if (is_count(text))
        return MW_OK;
    return mw_tools_refuse(err, text, _("it must be a whole number, 0 or more"));
}

enum mw_code mw_docker_check_positive(const struct mw_system *sys, const char *text,
                                      struct mw_error *err)
{
    (void)sys;
    if (is_count(text) && text[0] != '0')
        return MW_OK;
    return mw_tools_refuse(err, text, _("it must be a whole number, 1 or more"));
}

enum mw_code mw_docker_check_timeout(const struct mw_system *sys, const char *text,
                                     struct mw_error *err)
{
    (void)sys;
    if (is_count(text) || strcmp(text, "-1") == 0)
        return MW_OK;
    return mw_tools_refuse(err, text, _("it must be a whole number of seconds, or -1 for ever"));
}

/* containerd/log ParseLevel(), in any case; before 23.0 logrus', which knows "warning". */
enum mw_code mw_docker_check_level(const struct mw_system *sys, const char *text,
                                   struct mw_error *err)
{
    static const char *const words[] = {"trace", "debug", "info", "warn",
                                        "error", "fatal", "panic"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcasecmp(text, words[i]) == 0)
            return MW_OK;
    }
    MW_FREE char *version = mw_tool_version(sys, mw_tool_find("docker"));
    bool is_old = version != NULL && mw_version_compare(version, "23.0") < 0;
    if (is_old && strcasecmp(text, "warning") == 0)
        return MW_OK;
    return mw_tools_refuse(err, text, _("it must be debug, info, warn, error or fatal"));
}
