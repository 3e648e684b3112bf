/* Rules, folders and programs in Go's env file; go itself checks hardly any of them when they are
 * written. Go takes the text as it stands: no `~`, no variables; and with a relative path most
 * commands end before they begin (cmd/go main.go, internal/cache default.go, internal/modload
 * init.go). */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

/* ---- GOVCS and GOAUTH ------------------------------------------------------------------------ */

static bool is_vcs_list(const char *text)
{
    MW_AUTO(mw_strings) list = {0};
    mw_strings_split(&list, text, "|");
    bool known = list.count > 0;
    for (size_t i = 0; i < list.count; i++)
        known = known && mw_tools_is_word("git hg svn bzr fossil mod all off", list.items[i]);
    return known;
}

/* cmd/go/internal/vcs/vcs.go parseGOVCS(). */
const char *mw_go_wrong_rule(const char *rule)
{
    const char *list = strchr(rule, ':');
    MW_FREE char *pattern = mw_xstrndup(rule, strcspn(rule, ":"));
    const char *wrong = NULL;
    if (list == NULL || pattern[0] == '\0' || !is_vcs_list(list + 1))
        wrong = _("each rule is PATTERN:LIST, LIST being all, off, or names "
                  "such as git|hg");
    else if (!mw_tools_is_word("public private", pattern))
        wrong = mw_go_wrong_pattern(pattern);
    return wrong;
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

/* ---- folders --------------------------------------------------------------------------------- */

const char *mw_go_wrong_folder(const char *path)
{
    if (path[0] == '/')
        return NULL;
    if (path[0] == '~')
        return _("go does not know '~', and stops; write the whole path");
    if (strchr(path, '$') != NULL)
        return _("go puts no variables in, and stops; write the whole path");
    return _("it must be an absolute path, else go stops");
}

const char *mw_go_wrong_cache(const char *path)
{
    return strcmp(path, "off") == 0 ? _("go does not build without a cache since 1.12")
                                    : mw_go_wrong_folder(path);
}

const char *mw_go_wrong_work(const char *path)
{
    return strcmp(path, "off") == 0 ? NULL : mw_go_wrong_folder(path);
}

/* ---- programs -------------------------------------------------------------------------------- */

/* cmd/go/internal/envcmd checkEnvWrite() and internal/work: a program, and perhaps its flags. */
enum mw_code mw_go_check_command(const struct mw_system *sys, const char *text,
                                 struct mw_error *err)
{
    (void)sys;
    MW_AUTO(mw_strings) words = {0};
    const char *wrong = NULL, *item = text;
    if (!go_split_quoted(text, &words))
        wrong = _("a quote is opened and not closed");
    else if (words.count == 0)
        wrong = _("it names no program");
    else if (strchr(words.items[0], '/') != NULL)
        wrong = mw_go_wrong_folder(item = words.items[0]);
    return wrong == NULL ? MW_OK : mw_tools_refuse(err, item, wrong);
}

const char *mw_go_wrong_words(const char *text)
{
    MW_AUTO(mw_strings) words = {0};
    return go_split_quoted(text, &words) ? NULL : _("a quote is opened and not closed");
}
