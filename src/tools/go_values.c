/* The other values of Go's env file. Go itself checks hardly any of them when they are written, and
 * a glob that is wrong it silently never matches: private paths then go to public servers. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

/* ---- globs: GOPRIVATE and its family -------------------------------------------------------- */

/* One character of a [class], as getEsc() of Go's path/match.go takes it; NULL if it is malformed.
 */
static const char *skip_class_char(const char *p)
{
    if (*p == '\0' || *p == '-' || *p == ']')
        return NULL;
    if (*p == '\\')
        p++;
    return p[0] == '\0' || p[1] == '\0' ? NULL : p + 1;
}

/* `p` stands behind the '['. Returns what follows the ']', NULL if it is malformed. */
static const char *skip_class(const char *p)
{
    if (*p == '^')
        p++;
    for (size_t ranges = 0; *p != ']' || ranges == 0; ranges++) {
        p = skip_class_char(p);
        if (p != NULL && *p == '-')
            p = skip_class_char(p + 1);
        if (p == NULL)
            return NULL;
    }
    return p + 1;
}

static bool is_glob(const char *p)
{
    while (p != NULL && *p != '\0') {
        if (*p == '[')
            p = skip_class(p + 1);
        else if (*p == '\\')
            p = p[1] == '\0' ? NULL : p + 2;
        else
            p++;
    }
    return p != NULL;
}

/* Why no module path can ever match, or NULL. x/mod module.MatchPrefixPatterns compares path
 * elements, trims nothing and drops one trailing '/'. */
static const char *dead_pattern(const char *pattern)
{
    if (strpbrk(pattern, " \t") != NULL)
        return _("go does not trim blanks, so this pattern never matches and private paths leak");
    if (strchr(pattern, ';') != NULL)
        return _("';' does not separate patterns, so this one never matches and private paths "
                 "leak; write ','");
    if (strstr(pattern, "://") != NULL)
        return _("module paths have no scheme, so this pattern never matches; write host/path");
    if (pattern[0] == '/' || strstr(pattern, "//") != NULL)
        return _("no module path has an empty element, so this pattern never matches");
    if (strpbrk(pattern, "\"'") != NULL)
        return _("go takes quotes literally, so this pattern never matches");
    if (!is_glob(pattern))
        return _("the pattern is malformed, and go would silently never match it");
    return NULL;
}

enum mw_code mw_go_check_globs(const struct mw_system *sys, const char *text, struct mw_error *err)
{
    (void)sys;
    size_t patterns = 0;
    for (const char *at = text; *at != '\0';) {
        char *pattern = mw_xstrndup(at, strcspn(at, ","));
        const char *dead = dead_pattern(pattern);
        enum mw_code code = dead != NULL ? mw_tools_refuse(err, pattern, dead) : MW_OK;
        patterns += pattern[0] != '\0';
        free(pattern);
        if (code != MW_OK)
            return code;
        at += strcspn(at, ",");
        at += *at == ',';
    }
    return patterns > 0 ? MW_OK : mw_tools_refuse(err, text, _("the list has no patterns"));
}

/* ---- words ---------------------------------------------------------------------------------- */

/* cmd/go/internal/base/goflags.go InitGOFLAGS(): anything else makes nearly every command fail. */
static bool is_flag(const char *word)
{
    const char *name = word + (word[0] == '-') + (word[0] == '-' && word[1] == '-');
    return name != word && name[0] != '\0' && name[0] != '-' && name[0] != '=';
}

enum mw_code mw_go_check_flags(const struct mw_system *sys, const char *text, struct mw_error *err)
{
    (void)sys;
    struct mw_strings words = {0};
    enum mw_code code = MW_OK;
    mw_strings_split(&words, text, " \t");
    for (size_t i = 0; code == MW_OK && i < words.count; i++) {
        if (!is_flag(words.items[i]))
            code = mw_tools_refuse(err, words.items[i],
                                   _("every word must be a flag such as -mod=mod"));
    }
    mw_strings_release(&words);
    return code;
}

enum mw_code mw_go_check_modules(const struct mw_system *sys, const char *text,
                                 struct mw_error *err)
{
    (void)sys;
    if (strcmp(text, "on") == 0 || strcmp(text, "off") == 0 || strcmp(text, "auto") == 0)
        return MW_OK;
    return mw_tools_refuse(err, text, _("it must be on, off or auto"));
}

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

/* ---- GOVCS ------------------------------------------------------------------------------------
 */

static bool is_vcs_list(const char *text)
{
    static const char *const names[] = {"git", "hg", "svn", "bzr", "fossil", "mod", "all", "off"};
    struct mw_strings list = {0};
    mw_strings_split(&list, text, "|");
    bool known = list.count > 0;
    for (size_t i = 0; i < list.count; i++) {
        bool found = false;
        for (size_t k = 0; k < sizeof names / sizeof *names; k++)
            found = found || strcmp(list.items[i], names[k]) == 0;
        known = known && found;
    }
    mw_strings_release(&list);
    return known;
}

/* cmd/go/internal/vcs/vcs.go parseGOVCS(). */
enum mw_code mw_go_check_vcs(const struct mw_system *sys, const char *text, struct mw_error *err)
{
    (void)sys;
    struct mw_strings rules = {0};
    enum mw_code code = MW_OK;
    mw_strings_split(&rules, text, ",");
    for (size_t i = 0; code == MW_OK && i < rules.count; i++) {
        char *pattern = mw_xstrdup(rules.items[i]);
        char *list = strchr(pattern, ':');
        const char *dead = NULL;
        if (list != NULL)
            *list++ = '\0';
        if (list == NULL || pattern[0] == '\0' || !is_vcs_list(list))
            code = mw_tools_refuse(err, rules.items[i],
                                   _("each rule is PATTERN:LIST, LIST being all, off, or names "
                                     "such as git|hg"));
        else if ((dead = dead_pattern(pattern)) != NULL)
            code = mw_tools_refuse(err, rules.items[i], dead);
        free(pattern);
    }
    mw_strings_release(&rules);
    return code;
}

/* `go help goauth`: commands joined by ';'; "off" stands alone. */
enum mw_code mw_go_check_auth(const struct mw_system *sys, const char *text, struct mw_error *err)
{
    (void)sys;
    struct mw_strings commands = {0};
    enum mw_code code = MW_OK;
    mw_strings_split(&commands, text, ";");
    if (commands.count == 0)
        code = mw_tools_refuse(err, text, _("it names no command"));
    else if (commands.count > 1 && mw_strings_has(&commands, "off"))
        code = mw_tools_refuse(err, text, _("off must stand alone"));
    mw_strings_release(&commands);
    return code;
}
