/* Values of daemon.json. One wrong entry and dockerd does not start, or refuses the reload, and
 * `dockerd --validate` looks at mirrors only from 28.3 on: so we hold them to ValidateMirror(),
 * loadInsecureRegistries() (moby registry/config.go) and Validate() (daemon/config/config.go). */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

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

/* validateHostPort() of moby registry/config.go: a domain of distribution's reference package, an
 * address, and a port. */
const char *mw_docker_wrong_registry(const char *text)
{
    static const char label[] = "([a-zA-Z0-9]|[a-zA-Z0-9][-a-zA-Z0-9]*[a-zA-Z0-9])";
    MW_FREE char *pattern =
        mw_xasprintf("^(%s(\\.%s)*|\\[[0-9a-fA-F:.]+\\])(:[0-9]{1,5})?$", label, label);
    const char *port = strrchr(text, ':');
    bool has_port = port != NULL && strchr(port, ']') == NULL;
    if (mw_tools_is_prefix(text) || mw_tools_is_address(text))
        return NULL;
    if (strstr(text, "://") != NULL)
        return _("a registry is a host, host:port or network, not a URL");
    if (!mw_tools_matches(pattern, text))
        return _("a registry is a host, host:port or network such as 10.0.0.0/8");
    return has_port && strtoul(port + 1, NULL, 10) > 65535 ? _("its port is larger than 65535")
                                                           : NULL;
}

/* loadInsecureRegistries() takes a scheme off, which is no good form, and a wish has none. */
const char *mw_docker_wrong_registry_url(const char *text)
{
    size_t scheme = strncasecmp(text, "http://", 7) == 0    ? 7
                    : strncasecmp(text, "https://", 8) == 0 ? 8
                                                            : 0;
    return mw_docker_wrong_registry(text + scheme);
}

/* ---- resources, networks --------------------------------------------------------------------- */

/* Lines NAME=VALUE: a name has a number, or words (swarmkit genericresource.Parse()). */
const char *mw_docker_wrong_resources(const char *text)
{
    MW_AUTO(mw_strings) lines = {0};
    mw_strings_split(&lines, text, "\n");
    mw_strings_sort(&lines);
    for (size_t i = 0; i < lines.count; i++) {
        const char *here = lines.items[i], *before = i > 0 ? lines.items[i - 1] : "";
        size_t name = strcspn(here, "=") + 1;
        bool is_number = mw_tools_matches("=-?[0-9]+$", here);
        if (is_number && here[name] == '-')
            return _("a number of a resource is 0 or more");
        if (strncmp(before, here, name) == 0 &&
            (is_number || mw_tools_matches("=-?[0-9]+$", before)))
            return _("a resource has one number, or names");
    }
    return NULL;
}

/* "BASE\nSIZE": libnetwork ipamutils splits BASE into networks with a prefix of SIZE bits. */
const char *mw_docker_wrong_pool(const char *text)
{
    MW_FREE char *base = mw_xstrndup(text, strcspn(text, "\n"));
    const char *size = text + strlen(base) + 1;
    if (!mw_tools_is_prefix(base))
        return _("base must be a network such as 10.0.0.0/8");
    long bits = strtol(size, NULL, 10), least = strtol(strchr(base, '/') + 1, NULL, 10);
    if (bits < 1 || bits < least || bits > (strchr(base, ':') != NULL ? 128 : 32))
        return _(
            "size must be there, not less than the prefix of base, and at most 32 (of IPv6 128)");
    return NULL;
}

/* ---- bridge ---------------------------------------------------------------------------------- */

/* libnetwork drivers/bridge setupDevice(): all but its own has to be there. */
enum mw_code mw_docker_check_bridge(const struct mw_system *sys, const char *text,
                                    struct mw_error *err)
{
    static const char own[] = "docker0|none";
    if (!mw_tools_is_whole("[^/[:space:]]{1,15}", text) || strcmp(text, "lo") == 0)
        return mw_tools_refuse(err, text,
                               _("it must be the name of a bridge, of at most 15 characters"));
    MW_FREE char *path = mw_xasprintf("/sys/class/net/%s", text);
    bool is_seen = sys->root[0] == '\0' && mw_path_exists(sys, "/sys/class/net/lo");
    return !is_seen || mw_tools_is_whole(own, text) || mw_path_exists(sys, path)
               ? MW_OK
               : mw_tools_refuse(err, text,
                                 _("there is no such bridge here, and dockerd makes none but "
                                   "docker0"));
}
