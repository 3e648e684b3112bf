/* Rules, commands and programs in Go's env file; go itself checks hardly any of them when they are
 * written. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

/* ---- GOVCS and GOAUTH ------------------------------------------------------------------------ */

/* The items of a text that go splits and trims itself, empty ones too, at which it stops. */
static void split_all(struct mw_strings *items, const char *text, char separator)
{
    const char separators[] = {separator, '\0'};
    for (bool is_more = true; is_more;) {
        const char *item = text;
        size_t len = strcspn(text, separators);
        is_more = text[len] != '\0';
        text += len + is_more;
        mw_text_trim(&item, &len);
        mw_strings_add_n(items, item, len);
    }
}

/* `patterns` are those of the rules before. */
static const char *wrong_rule(const char *rule, struct mw_strings *patterns)
{
    static const char list_rule[] =
        "^ *(git|hg|svn|bzr|fossil|mod|all|off)( *\\| *(git|hg|svn|bzr|fossil|mod|all|off))* *$";
    const char *list = strchr(rule, ':');
    size_t len = strcspn(rule, ":");
    mw_text_trim(&rule, &len);
    char *pattern = mw_xstrndup(rule, len);
    bool is_again = mw_strings_has(patterns, pattern);
    mw_strings_take(patterns, pattern);
    if (rule[0] == '\0')
        return _("a rule between two commas is empty, and go stops");
    if (list == NULL || pattern[0] == '\0' || !mw_tools_matches(list_rule, list + 1))
        return _("each rule is PATTERN:LIST, LIST being all, off, or names "
                 "such as git|hg");
    if (is_again)
        return _("there is a rule for this pattern before it, and go stops");
    return mw_tools_is_word("public private", pattern) ? NULL : mw_go_wrong_pattern(pattern);
}

/* cmd/go/internal/vcs/vcs.go parseGOVCS(). */
enum mw_code mw_go_check_rules(const struct mw_system *sys, const char *text, struct mw_error *err)
{
    (void)sys;
    MW_AUTO(mw_strings) rules = {0}, patterns = {0};
    enum mw_code code = MW_OK;
    split_all(&rules, text, ',');
    for (size_t i = 0; code == MW_OK && i < rules.count; i++) {
        const char *rule = rules.items[i], *wrong = wrong_rule(rule, &patterns);
        if (wrong != NULL)
            code = mw_tools_refuse(err, rule[0] != '\0' ? rule : text, wrong);
    }
    return code;
}

/* `go help goauth`; cmd/go/internal/auth. */
static const char *wrong_auth(const char *command)
{
    size_t len = strcspn(command, " \t");
    const char *rest = command + len + strspn(command + len, " \t");
    if (len == 0)
        return _("it names no command");
    if (len == strlen("git") && memcmp(command, "git", len) == 0 && rest[0] != '/')
        return _("git wants the absolute path of a working directory behind it");
    return NULL;
}

/* Commands joined by ';'; "off" stands alone. */
enum mw_code mw_go_check_auth(const struct mw_system *sys, const char *text, struct mw_error *err)
{
    (void)sys;
    MW_AUTO(mw_strings) commands = {0};
    enum mw_code code = MW_OK;
    split_all(&commands, text, ';');
    if (commands.count > 1 && mw_strings_has(&commands, "off"))
        code = mw_tools_refuse(err, text, _("off must stand alone"));
    for (size_t i = 0; code == MW_OK && i < commands.count; i++) {
        const char *command = commands.items[i], *wrong = wrong_auth(command);
        if (wrong != NULL)
            code = mw_tools_refuse(err, command[0] != '\0' ? command : text, wrong);
    }
    return code;
}

/* ---- programs -------------------------------------------------------------------------------- */

/* cmd/go/internal/envcmd checkEnvWrite() and internal/work: a program, and perhaps its flags. */
enum mw_code mw_go_check_command(const struct mw_system *sys, const char *text,
                                 struct mw_error *err)
{
    (void)sys;
    MW_AUTO(mw_strings) words = {0};
    const char *wrong = NULL;
    if (!go_split_quoted(text, &words))
        wrong = _("a quote is opened and not closed");
    else if (words.count == 0)
        wrong = _("it names no program");
    else if (words.items[0][0] != '/' && strchr(words.items[0], '/') != NULL)
        return mw_tools_refuse(err, words.items[0],
                               _("it must be an absolute path, else go stops"));
    return wrong == NULL ? MW_OK : mw_tools_refuse(err, text, wrong);
}

const char *mw_go_wrong_words(const char *text)
{
    MW_AUTO(mw_strings) words = {0};
    return go_split_quoted(text, &words) ? NULL : _("a quote is opened and not closed");
}
