/* Folders, programs and targets in Go's env file. Go takes the text as it stands: no `~`, no
 * variables; and with a relative path most commands end before they begin (cmd/go main.go,
 * internal/cache default.go, internal/modload init.go). */
#include <stdlib.h>
#include <string.h>

#include "go_parts.h"
#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

/* ---- folders --------------------------------------------------------------------------------- */

static enum mw_code check_absolute(const char *path, struct mw_error *err)
{
    if (path[0] == '/')
        return MW_OK;
    if (path[0] == '~')
        return mw_tools_refuse(err, path,
                               _("go does not know '~', and stops; write the whole path"));
    if (strchr(path, '$') != NULL)
        return mw_tools_refuse(err, path,
                               _("go puts no variables in, and stops; write the whole path"));
    return mw_tools_refuse(err, path, _("it must be an absolute path, else go stops"));
}

enum mw_code mw_go_check_folder(const struct mw_system *sys, const char *text, struct mw_error *err)
{
    (void)sys;
    return check_absolute(text, err);
}

/* filepath.SplitList(); an empty element is passed over. */
enum mw_code mw_go_check_folders(const struct mw_system *sys, const char *text,
                                 struct mw_error *err)
{
    (void)sys;
    MW_AUTO(mw_strings) list = {0};
    enum mw_code code = MW_OK;
    mw_strings_split(&list, text, ":");
    for (size_t i = 0; code == MW_OK && i < list.count; i++)
        code = check_absolute(list.items[i], err);
    return code;
}

enum mw_code mw_go_check_cache(const struct mw_system *sys, const char *text, struct mw_error *err)
{
    (void)sys;
    if (strcmp(text, "off") == 0)
        return mw_tools_refuse(err, text, _("go does not build without a cache since 1.12"));
    return check_absolute(text, err);
}

enum mw_code mw_go_check_work(const struct mw_system *sys, const char *text, struct mw_error *err)
{
    (void)sys;
    return strcmp(text, "off") == 0 ? MW_OK : check_absolute(text, err);
}

/* ---- programs -------------------------------------------------------------------------------- */

/* cmd/go/internal/envcmd checkEnvWrite() and internal/work: a program, and perhaps its flags. */
enum mw_code mw_go_check_command(const struct mw_system *sys, const char *text,
                                 struct mw_error *err)
{
    (void)sys;
    MW_AUTO(mw_strings) words = {0};
    enum mw_code code = MW_OK;
    if (!go_split_quoted(text, &words))
        code = mw_tools_refuse(err, text, _("a quote is opened and not closed"));
    else if (words.count == 0)
        code = mw_tools_refuse(err, text, _("it names no program"));
    else if (words.items[0][0] != '/' && strchr(words.items[0], '/') != NULL)
        code = check_absolute(words.items[0], err);
    return code;
}

enum mw_code mw_go_check_words(const struct mw_system *sys, const char *text, struct mw_error *err)
{
    (void)sys;
    MW_AUTO(mw_strings) words = {0};
    bool is_closed = go_split_quoted(text, &words);
    return is_closed ? MW_OK : mw_tools_refuse(err, text, _("a quote is opened and not closed"));
}

/* ---- targets --------------------------------------------------------------------------------- */

/* internal/buildcfg ParseGoarm64(). */
enum mw_code mw_go_check_arm64(const struct mw_system *sys, const char *text, struct mw_error *err)
{
    (void)sys;
    bool is_v8 = mw_text_starts(text, "v8.") && text[3] >= '0' && text[3] <= '9';
    bool is_v9 = mw_text_starts(text, "v9.") && text[3] >= '0' && text[3] <= '5';
    const char *rest = is_v8 || is_v9 ? text + 4 : "";
    while (mw_text_starts(rest, ",lse") || mw_text_starts(rest, ",crypto"))
        rest += mw_text_starts(rest, ",lse") ? strlen(",lse") : strlen(",crypto");
    if ((is_v8 || is_v9) && *rest == '\0')
        return MW_OK;
    return mw_tools_refuse(err, text,
                           _("it must be v8.0 to v8.9 or v9.0 to v9.5, with ,lse or ,crypto "
                             "behind it if you like"));
}

enum mw_code mw_go_check_wasm(const struct mw_system *sys, const char *text, struct mw_error *err)
{
    (void)sys;
    MW_AUTO(mw_strings) list = {0};
    enum mw_code code = MW_OK;
    mw_strings_split(&list, text, ",");
    for (size_t i = 0; code == MW_OK && i < list.count; i++) {
        if (strcmp(list.items[i], "satconv") != 0 && strcmp(list.items[i], "signext") != 0)
            code = mw_tools_refuse(err, list.items[i], _("it must be satconv or signext"));
    }
    return code;
}

/* cmd/go/internal/fips140. */
enum mw_code mw_go_check_fips140(const struct mw_system *sys, const char *text,
                                 struct mw_error *err)
{
    (void)sys;
    static const char *const words[] = {"off", "latest", "inprocess", "certified"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(text, words[i]) == 0)
            return MW_OK;
    }
    if (text[0] == 'v' && text[1] >= '0' && text[1] <= '9')
        return MW_OK;
    return mw_tools_refuse(err, text,
                           _("it must be off, latest, inprocess, certified or a version such as "
                             "v1.0.0"));
}

/* internal/goexperiment flags.go of go 1.19.8, 1.24.4 and 1.26.10. An experiment that the go at
 * hand does not know stops it; which one knows which is not written down anywhere else. */
enum mw_code mw_go_check_experiment(const struct mw_system *sys, const char *text,
                                    struct mw_error *err)
{
    (void)sys;
    static const char *const known[] = {
        "none",
        "aliastypeparams",
        "arenas",
        "boringcrypto",
        "cacheprog",
        "cgocheck2",
        "coverageredesign",
        "dwarf5",
        "exectracer2",
        "fieldtrack",
        "goroutineleakprofile",
        "greenteagc",
        "heapminimum512kib",
        "jsonv2",
        "loopvar",
        "newinliner",
        "pagetrace",
        "preemptibleloops",
        "randomizedheapbase64",
        "rangefunc",
        "regabi",
        "regabiargs",
        "regabiwrappers",
        "runtimefreegc",
        "runtimesecret",
        "simd",
        "sizespecializedmalloc",
        "spinbitmutex",
        "staticlockranking",
        "swissmap",
        "synchashtriemap",
        "synctest",
        "unified",
    };
    MW_AUTO(mw_strings) list = {0};
    enum mw_code code = MW_OK;
    mw_strings_split(&list, text, ",");
    for (size_t i = 0; code == MW_OK && i < list.count; i++) {
        const char *name = list.items[i];
        bool is_known = false;
        for (size_t k = 0; !is_known && k < sizeof known / sizeof *known; k++)
            is_known = strcmp(name, known[k]) == 0 ||
                       (mw_text_starts(name, "no") && strcmp(name + 2, known[k]) == 0);
        if (!is_known)
            code = mw_tools_refuse(err, name,
                                   _("no go that we know has this experiment, and go "
                                     "stops at one that it does not know"));
    }
    return code;
}
