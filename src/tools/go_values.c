/* Words and rules in Go's env file; go itself checks hardly any of them when they are written. */
#include <stdlib.h>
#include <string.h>

#include "go_parts.h"
#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

/* ---- words ---------------------------------------------------------------------------------- */

/* go.dev/doc/toolchain: NAME, NAME+auto, NAME+path, auto, path; NAME is local or goVERSION. */
enum mw_code mw_go_check_toolchain(const struct mw_system *sys, const char *text,
                                   struct mw_error *err)
{
    (void)sys;
    static const char version_chars[] =
        "0123456789.-_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    if (strcmp(text, "auto") == 0 || strcmp(text, "path") == 0)
        return MW_OK;
    const char *rest = NULL;
    if (mw_text_starts(text, "local"))
        rest = text + strlen("local");
    else if (mw_text_starts(text, "go") && text[2] >= '1' && text[2] <= '9')
        rest = text + strspn(text, version_chars);
    if (rest != NULL && (*rest == '\0' || strcmp(rest, "+auto") == 0 || strcmp(rest, "+path") == 0))
        return MW_OK;
    return mw_tools_refuse(err, text,
                           _("it must be local, auto, path or a version such as go1.24.4, with "
                             "+auto or +path behind it if you like"));
}

/* ---- GOVCS ----------------------------------------------------------------------------------- */

static bool is_vcs_list(const char *text)
{
    static const char *const names[] = {"git", "hg", "svn", "bzr", "fossil", "mod", "all", "off"};
    MW_AUTO(mw_strings) list = {0};
    mw_strings_split(&list, text, "|");
    bool known = list.count > 0;
    for (size_t i = 0; i < list.count; i++) {
        bool found = false;
        for (size_t k = 0; k < sizeof names / sizeof *names; k++)
            found = found || strcmp(list.items[i], names[k]) == 0;
        known = known && found;
    }
    return known;
}

/* cmd/go/internal/vcs/vcs.go parseGOVCS(). */
enum mw_code mw_go_check_vcs(const struct mw_system *sys, const char *text, struct mw_error *err)
{
    (void)sys;
    MW_AUTO(mw_strings) rules = {0};
    enum mw_code code = MW_OK;
    mw_strings_split(&rules, text, ",");
    for (size_t i = 0; code == MW_OK && i < rules.count; i++) {
        MW_FREE char *pattern = mw_xstrdup(rules.items[i]);
        char *list = strchr(pattern, ':');
        const char *dead = NULL;
        if (list != NULL)
            *list++ = '\0';
        if (list == NULL || pattern[0] == '\0' || !is_vcs_list(list))
            code = mw_tools_refuse(err, rules.items[i],
                                   _("each rule is PATTERN:LIST, LIST being all, off, or names "
                                     "such as git|hg"));
        else if (strcmp(pattern, "public") != 0 && strcmp(pattern, "private") != 0 &&
                 (dead = go_dead_pattern(pattern)) != NULL)
            code = mw_tools_refuse(err, rules.items[i], dead);
    }
    return code;
}

/* `go help goauth`; cmd/go/internal/auth. */
static const char *wrong_auth(const char *command)
{
    const char *word = command + strspn(command, " \t");
    size_t len = strcspn(word, " \t");
    const char *rest = word + len + strspn(word + len, " \t");
    if (len == strlen("git") && memcmp(word, "git", len) == 0 && rest[0] != '/')
        return _("git wants the absolute path of a working directory behind it");
    return NULL;
}

/* Commands joined by ';'; "off" stands alone. */
enum mw_code mw_go_check_auth(const struct mw_system *sys, const char *text, struct mw_error *err)
{
    (void)sys;
    MW_AUTO(mw_strings) commands = {0};
    enum mw_code code = MW_OK;
    mw_strings_split(&commands, text, ";");
    if (commands.count == 0)
        code = mw_tools_refuse(err, text, _("it names no command"));
    else if (commands.count > 1 && mw_strings_has(&commands, "off"))
        code = mw_tools_refuse(err, text, _("off must stand alone"));
    for (size_t i = 0; code == MW_OK && i < commands.count; i++) {
        const char *wrong = wrong_auth(commands.items[i]);
        if (wrong != NULL)
            code = mw_tools_refuse(err, commands.items[i], wrong);
    }
    return code;
}
