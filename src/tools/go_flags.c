/* GOFLAGS: cmd/go/internal/base/goflags.go InitGOFLAGS() and SetFromGOFLAGS(). One word that is no
 * flag of any go command and hardly a go command runs. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

/* What go 1.19.8, 1.24.4 and 1.26.10 take for flags in GOFLAGS, each one tried. */
static const char switches[] =
    "a all artifacts asan benchmem buildvcs c cache changed compiled cover d deps diff e export "
    "f failfast find fix fmt fullpath fuzzcache i insecure json linkshared m modcache modcacherw "
    "msan n print r race retracted short t test testcache tool trimpath u v vendor versions w "
    "work x";
static const char valued[] =
    "asmflags bench benchtime blockprofile blockprofilerate buildmode compat compiler count "
    "covermode coverpkg coverprofile cpu cpuprofile dropexclude dropgodebug dropignore "
    "dropreplace droprequire dropretract droptool dropuse exclude exec fuzz fuzzminimizetime "
    "fuzztime gccgoflags gcflags go godebug ignore installsuffix ldflags list memprofile "
    "memprofilerate mod modfile module mutexprofile mutexprofilefraction o outputdir overlay p "
    "parallel pgo pkgdir replace require retract reuse run shuffle skip tags timeout toolchain "
    "toolexec trace use vet vettool";

bool go_split_quoted(const char *text, struct mw_strings *fields)
{
    static const char blanks[] = " \t\r\n";
    for (const char *at = text + strspn(text, blanks); *at != '\0'; at += strspn(at, blanks)) {
        bool is_quoted = *at == '"' || *at == '\'';
        const char quote[] = {*at, '\0'};
        size_t len = is_quoted ? strcspn(at + 1, quote) : strcspn(at, blanks);
        mw_strings_take(fields, mw_xstrndup(at + is_quoted, len));
        at += is_quoted + len;
        if (is_quoted && *at++ == '\0')
            return false;
    }
    return true;
}

/* ParseBool() of Go's strconv, and what -buildvcs and -json take besides. */
static bool is_switch_value(const char *name, const char *value)
{
    return mw_tools_is_word("1 t T true TRUE True 0 f F false FALSE False", value) ||
           strcmp(name, "json") == 0 ||
           (strcmp(name, "buildvcs") == 0 && strcmp(value, "auto") == 0);
}

/* cmd/go/internal/work build.go and init.go, cmd/go/internal/test testflag.go. */
static const struct {
    const char *name, *pattern, *otherwise;
} choices[] = {
    {"mod", "^(|mod|readonly|vendor)$", N_("-mod takes mod, readonly or vendor")},
    {"p", "^0*[1-9][0-9]{0,8}$", N_("-p takes a number, 1 or more")},
    {"compiler", "^(gc|gccgo)$", N_("-compiler takes gc or gccgo")},
    {"covermode", "^(set|count|atomic)$", N_("-covermode takes set, count or atomic")},
    {"buildmode", "^(|archive|c-archive|c-shared|default|shared|exe|pie|plugin)$",
     N_("-buildmode takes archive, c-archive, c-shared, default, shared, exe, pie or plugin")},
};

static const char *wrong_value(const char *name, const char *value)
{
    if (mw_tools_is_word(switches, name))
        return value == NULL || is_switch_value(name, value)
                   ? NULL
                   : _("this flag is switched by true or false, and go refuses any other value");
    if (value == NULL)
        return _(
            "this flag needs its value behind a '='; every word must be a flag such as -mod=mod");
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
        if (strcmp(choices[i].name, name) == 0 && !mw_tools_matches(choices[i].pattern, value))
            return _(choices[i].otherwise);
    }
    return NULL;
}

/* `text` without its "-flag=" is what a person meant by quotes inside of a word. */
static const char *wrong_word(const char *word)
{
    const char *name = word + (word[0] == '-') + (word[0] == '-' && word[1] == '-');
    if (name == word || name[0] == '\0' || name[0] == '-' || name[0] == '=')
        return _("every word must be a flag such as -mod=mod");
    const char *equals = strchr(name, '=');
    const char *value = equals != NULL ? equals + 1 : NULL;
    MW_FREE char *flag = mw_xstrndup(name, strcspn(name, "="));
    const char *wrong = NULL;
    if (strcmp(flag, "C") == 0)
        wrong = _("-C is taken on the command line only, as its first flag");
    else if (strcmp(flag, "w") == 0 || strcmp(flag, "u") == 0)
        wrong = _("`go env` takes it for its own and stops; several flags of the linker stand in "
                  "quotes, as in '-ldflags=-s -w'");
    else if (!mw_tools_is_word(switches, flag) && !mw_tools_is_word(valued, flag))
        wrong = strpbrk(flag, "\"'") != NULL
                    ? _("go reads this word as a flag of its own: a quote counts only where a "
                        "word begins, as in '-ldflags=-s -w'")
                    : _("no go command has this flag, and go stops at it");
    else
        wrong = wrong_value(flag, value);
    return wrong;
}

enum mw_code mw_go_check_flags(const struct mw_system *sys, const char *text, struct mw_error *err)
{
    (void)sys;
    MW_AUTO(mw_strings) words = {0};
    enum mw_code code = MW_OK;
    if (!go_split_quoted(text, &words))
        code = mw_tools_refuse(err, text, _("a quote is opened and not closed"));
    for (size_t i = 0; code == MW_OK && i < words.count; i++) {
        const char *wrong = wrong_word(words.items[i]);
        if (wrong != NULL)
            code = mw_tools_refuse(err, words.items[i], wrong);
    }
    return code;
}
