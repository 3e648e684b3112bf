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

/* The first of them holds the caches of modules. */
enum mw_code mw_go_check_folders(const struct mw_system *sys, const char *text,
                                 struct mw_error *err)
{
    (void)sys;
    MW_AUTO(mw_strings) folders = {0};
    const char *wrong = text[0] == ':' ? _("its first folder is empty, and go stops") : NULL;
    if (wrong != NULL)
        return mw_tools_refuse(err, text, wrong);
    mw_strings_split(&folders, text, ":");
    for (size_t i = 0; i < folders.count; i++) {
        wrong = mw_go_wrong_folder(folders.items[i]);
        if (wrong != NULL)
            return mw_tools_refuse(err, folders.items[i], wrong);
    }
    return MW_OK;
}

/* internal/work init.go: it makes its working directory there and nowhere else. */
enum mw_code mw_go_check_temporary(const struct mw_system *sys, const char *text,
                                   struct mw_error *err)
{
    const char *wrong = mw_go_wrong_folder(text);
    MW_FREE char *path = mw_system_path(sys, text);
    if (wrong == NULL && !mw_path_exists(sys, path))
        wrong = _("there is no such folder, and go stops");
    return wrong == NULL ? MW_OK : mw_tools_refuse(err, text, wrong);
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

/* ---- stray bytes ----------------------------------------------------------------------------- */

/* modfetch proxyList trims each proxy; cmd/internal/quoted splits flags and compilers at white
 * space and takes quotes; modfetch dbDial compares "off" exactly; x/mod module.MatchPrefixPatterns
 * trims nothing. */
const struct mw_key_fact mw_go_facts[] = {
    {.key = "GOPROXY", .trims = true},
    {.key = "GOFLAGS", .trims = true, .quotes = true},
    {.key = "CC", .trims = true, .quotes = true},
    {.key = "CXX", .trims = true, .quotes = true},
    {.key = "FC", .trims = true, .quotes = true},
    {.key = "CGO_", .trims = true, .quotes = true},
    {.key = "GOSUMDB",
     .cr = N_("\"off\" with it is no longer off but an invalid name"),
     .cr_breaks = "off"},
    {.key = "GOPRIVATE",
     .cr = N_("its last pattern never matches, so private module paths are sent to the public "
              "proxy and checksum database")},
    {.key = "GONOPROXY",
     .cr = N_("its last pattern never matches, so private module paths are sent to the public "
              "proxy")},
    {.key = "GONOSUMDB",
     .cr = N_("its last pattern never matches, so private module paths are sent to the public "
              "checksum database")},
    {.key = "GOINSECURE", .cr = N_("its last pattern never matches")},
};
const size_t mw_go_fact_count = sizeof mw_go_facts / sizeof *mw_go_facts;
