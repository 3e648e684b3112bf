/* Go: the env file that `go env -w` writes. Rules: cmd/go/internal/cfg/cfg.go (EnvFile, Getenv),
 * cmd/go/internal/envcmd/env.go. */
#include <cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

#define MAX_LINKS 40

/* ---- where the file is ----------------------------------------------------------------------- */

/* GOENV=/dev/null is the other way to say "off": go reads nothing there and keeps nothing. */
bool mw_go_ignores_file(const struct mw_system *sys)
{
    const char *goenv = mw_system_user_env(sys, "GOENV");
    return goenv != NULL && (strcmp(goenv, "off") == 0 || strcmp(goenv, MW_DEV_NULL) == 0);
}

static char *user_file(const struct mw_system *sys)
{
    const char *goenv = mw_system_user_env(sys, "GOENV");
    if (goenv != NULL && !mw_go_ignores_file(sys))
        return mw_tools_absolute(sys, goenv);
    return mw_tools_config_file(sys, "go/env"); /* os.UserConfigDir() */
}

/* Owned: the end of a chain of links such as /usr/bin/go -> /etc/alternatives/go -> ... */
static char *follow(const struct mw_system *sys, char *take_path)
{
    char *path = take_path;
    char target[PATH_MAX];
    for (int i = 0; i < MAX_LINKS; i++) {
        ssize_t len = sys->ops->readlinkat(AT_FDCWD, path, target, sizeof target - 1);
        if (len <= 0)
            break;
        target[len] = '\0';
        MW_FREE char *directory = mw_text_directory(path);
        char *next = target[0] == '/' ? mw_system_path(sys, target)
                                      : mw_xasprintf("%s/%s", directory, target);
        free(path);
        path = next;
    }
    return path;
}

/* Owned, NULL if there is no go. A go binary is at GOROOT/bin/go. */
static char *look_for_goroot(const struct mw_system *sys)
{
    const char *named = sys->root[0] == '\0' ? mw_system_getenv(sys, "GOROOT") : NULL;
    if (named != NULL && named[0] == '/')
        return mw_xstrdup(named);
    char *program = mw_system_which(sys, "go");
    if (program == NULL)
        return NULL;
    program = follow(sys, program);
    MW_FREE char *bin = mw_text_directory(program);
    char *root = mw_text_directory(bin);
    free(program);
    return root;
}

/* The same; "" is kept where there is none. */
static char *find_goroot(const struct mw_system *sys)
{
    static const char name[] = "GOROOT";
    const char *kept = mw_memo_find(sys, name);
    if (kept != NULL)
        return kept[0] != '\0' ? mw_xstrdup(kept) : NULL;
    char *root = look_for_goroot(sys);
    char *copy = mw_xstrdup(root != NULL ? root : "");
    if (!mw_memo_keep(sys, name, copy, free))
        free(copy);
    return root;
}

static enum mw_code locate_system(const struct mw_system *sys, struct mw_location *location,
                                  struct mw_error *err)
{
    MW_AUTO(mw_file) file = {0};
    char *root = find_goroot(sys);
    if (root == NULL)
        return mw_fail(err, MW_USAGE, 0, "locate",
                       _("go has no file for the whole system here: there is no go"));
    MW_FREE char *path = mw_xasprintf("%s/go.env", root);
    enum mw_code code = mw_file_read(sys, path, (struct mw_actor){0}, &file, err);
    if (code == MW_OK && !file.exists) {
        code = mw_fail(err, MW_USAGE, 0, "locate",
                       _("go has no file for the whole system here: there is no %s"), path);
        mw_error_hint(err, "%s", _("Go reads such a file from 1.21 on; leave out --scope system."));
    }
    if (code == MW_OK) {
        location->path = mw_xstrdup(file.real_path);
        location->actor = (struct mw_actor){0};
    }
    free(root);
    return code;
}

enum mw_code mw_go_locate(const struct mw_system *sys, enum mw_scope scope,
                          struct mw_location *location, struct mw_error *err)
{
    if (scope == MW_SCOPE_SYSTEM)
        return locate_system(sys, location, err);
    char *path = user_file(sys);
    if (path == NULL) {
        mw_fail(err, MW_USAGE, 0, "locate",
                _("cannot tell where the env file of go is: HOME is not set"));
        mw_error_hint(err, "%s", _("Set HOME, or name the file with GOENV."));
        return MW_USAGE;
    }
    location->path = path;
    location->actor = sys->user;
    return MW_OK;
}

/* ---- what wins over it ----------------------------------------------------------------------- */

/* The non-empty value of the environment; go takes an empty one for unset. */
static const char *from_environment(const struct mw_system *sys, const struct mw_location *location,
                                    const char *key)
{
    const char *value = mw_tools_in_root(sys, location) ? NULL : mw_system_getenv(sys, key);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

static void shadow_environment(const struct mw_system *sys, const struct mw_location *location,
                               const char *key, const char *want, struct mw_shadows *shadows)
{
    const char *value = from_environment(sys, location, key);
    if (value != NULL && strcmp(value, want) != 0)
        mw_shadows_add(shadows, MW_SHADOW_STRONGER, (struct mw_hit){.variable = mw_xstrdup(key)},
                       mw_xstrdup(value), NULL);
}

static void shadow_no_file(const struct mw_system *sys, struct mw_shadows *shadows)
{
    const char *goenv = mw_system_user_env(sys, "GOENV");
    if (mw_go_ignores_file(sys))
        mw_shadows_add(shadows, MW_SHADOW_UNREAD, (struct mw_hit){.variable = mw_xstrdup("GOENV")},
                       mw_xstrdup(""), mw_xstrdup(goenv));
    else if (goenv == NULL)
        mw_tools_shadow_relative_xdg(sys, shadows);
}

/* The user's file wins over go.env, with an empty value too. */
static void shadow_user_file(const struct mw_system *sys, const char *key, const char *want,
                             struct mw_shadows *shadows)
{
    MW_AUTO(mw_buf) text = {0};
    MW_AUTO(mw_value) value = {0};
    MW_FREE char *path = mw_go_ignores_file(sys) ? NULL : user_file(sys);
    if (path != NULL && mw_tools_read(sys, path, sys->user, &text))
        mw_tools_get(&mw_editor_env, &text, key, &value);
    if (value.kind != MW_VALUE_ABSENT && strcmp(mw_tools_first(&value), want) != 0)
        mw_shadows_add(shadows, MW_SHADOW_STRONGER,
                       (struct mw_hit){.path = mw_xstrdup(path),
                                       .line = mw_tools_line(&mw_editor_env, &text, key)},
                       mw_xstrdup(mw_tools_first(&value)), NULL);
}

/* Does `list` name every pattern of `wanted`? */
static bool covers(const char *list, const char *wanted)
{
    MW_AUTO(mw_strings) has = {0}, needs = {0};
    mw_strings_split(&has, list, ",");
    mw_strings_split(&needs, wanted, ",");
    mw_strings_sort(&has);
    bool all = true;
    for (size_t i = 0; i < needs.count; i++)
        all = all && mw_strings_has_sorted(&has, needs.items[i]);
    return all;
}

/* GOPRIVATE is only the default of these two (`go help environment`). "none" is the documented way
 * to let a private proxy serve private modules, so it is meant. */
static void shadow_private(const struct mw_system *sys, const struct mw_location *location,
                           const struct mw_buf *text, const char *want, struct mw_shadows *shadows)
{
    static const char *const overriding[] = {"GONOPROXY", "GONOSUMDB"};
    for (size_t i = 0; i < sizeof overriding / sizeof *overriding; i++) {
        const char *key = overriding[i];
        MW_AUTO(mw_value) in_file = {0};
        mw_tools_get(&mw_editor_env, text, key, &in_file);
        const char *named = from_environment(sys, location, key);
        const char *value = named != NULL ? named : mw_tools_first(&in_file);
        if (value[0] != '\0' && strcmp(value, "none") != 0 && !covers(value, want)) {
            struct mw_hit place = {.spelling = mw_xstrdup(key)};
            if (named != NULL)
                place.variable = mw_xstrdup(key);
            else
                place = (struct mw_hit){.spelling = place.spelling,
                                        .path = mw_xstrdup(location->path),
                                        .line = mw_tools_line(&mw_editor_env, text, key)};
            mw_shadows_add(shadows, MW_SHADOW_NARROWER, place, mw_xstrdup(value), NULL);
        }
    }
}

void mw_go_shadows(const struct mw_system *sys, const struct mw_location *location,
                   const struct mw_buf *text, const struct mw_tool_setting *setting,
                   struct mw_shadows *shadows)
{
    const char *want = mw_tools_first(setting->value);
    shadow_environment(sys, location, setting->key, want, shadows);
    MW_FREE char *user = user_file(sys);
    bool is_user_file = user != NULL && strcmp(user, location->path) == 0;
    if (is_user_file)
        shadow_no_file(sys, shadows);
    else if (!mw_tools_in_root(sys, location))
        shadow_user_file(sys, setting->key, want, shadows);
    if (strcmp(setting->key, "GOPRIVATE") == 0 && want[0] != '\0')
        shadow_private(sys, location, text, want, shadows);
}

/* ---- asking go ------------------------------------------------------------------------------- */

enum mw_code mw_go_ask(const struct mw_system *sys, const struct mw_location *location,
                       const char *key, struct mw_value *value, struct mw_error *err)
{
    (void)location;
    const char *const argv[] = {"go", "env", "-json", key, NULL};
    MW_AUTO(mw_buf) output = {0};
    enum mw_code code = mw_tools_run(sys, argv, &output, err);
    if (code == MW_OK) {
        cJSON *answer = cJSON_ParseWithLength(mw_buf_text(&output), output.len);
        const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(answer, key));
        if (text != NULL)
            mw_value_set_string(value, text);
        else
            code = mw_fail(err, MW_FAILURE, 0, "ask", _("go env does not know %s"), key);
        cJSON_Delete(answer);
    }
    return code;
}
