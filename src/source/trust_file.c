/* The store of trust: trust.json of the person's state directory. */
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/json_scan.h"
#include "parts.h"

enum { SCHEMA_VERSION = 1, HASH_DIGITS = 64 };

static const char store_name[] = "trust.json";

/* Owned: the state directory of the person whose trust counts, never one of --root, which would be
 * the word of that tree; NULL without a HOME. */
static char *state_directory(const struct mw_system *sys)
{
    const char *named = mw_system_getenv(sys, "MIRRORWISE_STATE_DIR");
    if (sys->under_sudo && (named == NULL || named[0] == '\0'))
        return sys->home != NULL ? mw_xasprintf("%s/.local/state/mirrorwise", sys->home) : NULL;
    struct mw_system here = *sys;
    char no_root[] = "";
    here.root = no_root;
    return mw_system_state_dir(&here);
}

/* ---- reading ------------------------------------------------------------------------------ */

static const char *trust_text(const cJSON *object, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
}

static bool read_trusted_file(const cJSON *object, struct mw_trust_entry *entry)
{
    const char *path = trust_text(object, "path");
    const char *sha256 = trust_text(object, "sha256");
    const char *text = trust_text(object, "text");
    if (path == NULL || path[0] != '/' || sha256 == NULL || strlen(sha256) != HASH_DIGITS)
        return false;
    struct mw_trust_file *file = MW_PUSH(entry->files, entry->count);
    file->path = mw_xstrdup(path);
    memcpy(file->sha256, sha256, HASH_DIGITS);
    file->text = mw_copy(text);
    return true;
}

static bool read_entry(const cJSON *object, struct mw_trust *trust)
{
    struct mw_trust_entry *entry = MW_PUSH(trust->entries, trust->count);
    const char *repository = trust_text(object, "repository");
    const char *time = trust_text(object, "time");
    const cJSON *file = NULL;
    if (repository == NULL || repository[0] != '/' || time == NULL ||
        strlen(time) >= sizeof entry->time)
        return false;
    entry->repository = mw_xstrdup(repository);
    memcpy(entry->time, time, strlen(time));
    cJSON_ArrayForEach(file, cJSON_GetObjectItemCaseSensitive(object, "files"))
    {
        if (!read_trusted_file(file, entry))
            return false;
    }
    return entry->count > 0;
}

static bool parse(const struct mw_buf *bytes, struct mw_trust *trust)
{
    const char *text = mw_buf_text(bytes);
    const cJSON *object = NULL;
    if (!mw_json_check(text, bytes->len, NULL, NULL, NULL))
        return false;
    cJSON *root = cJSON_ParseWithLengthOpts(text, bytes->len, NULL, 0);
    const cJSON *version = cJSON_GetObjectItemCaseSensitive(root, "schema_version");
    bool is_good = cJSON_IsNumber(version) && version->valueint == SCHEMA_VERSION;
    cJSON_ArrayForEach(object, cJSON_GetObjectItemCaseSensitive(root, "profiles"))
    {
        is_good = is_good && read_entry(object, trust);
    }
    cJSON_Delete(root);
    return is_good;
}

void mw_trust_load(const struct mw_system *sys, struct mw_trust *trust, struct mw_strings *warnings)
{
    MW_AUTO(mw_file) file = {0};
    struct mw_error why = {0};
    MW_FREE char *directory = state_directory(sys);
    if (directory == NULL)
        return;
    MW_FREE char *path = mw_xasprintf("%s/%s", directory, store_name);
    uid_t owner = sys->user.switched ? sys->user.uid : sys->euid;
    if (mw_file_read_warily(sys, path, sys->user, MW_FILE_MAX_BYTES, &file, &why) != MW_OK)
        mw_strings_take(warnings, mw_xasprintf(_("no profile is trusted: %s"), why.message));
    else if (file.exists &&
             (file.st.st_uid != owner || (file.st.st_mode & (S_IWGRP | S_IWOTH)) != 0 ||
              (sys->euid == 0 && file.doubt != NULL)))
        mw_strings_take(
            warnings, mw_xasprintf(_("no profile is trusted: others could have written %s"), path));
    else if (file.exists && !parse(&file.bytes, trust)) {
        mw_trust_release(trust);
        mw_strings_take(
            warnings,
            mw_xasprintf(_("no profile is trusted: %s is damaged; --trust writes it anew"), path));
    }
}

/* ---- writing ------------------------------------------------------------------------------ */

static cJSON *add_object(cJSON *array)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddItemToArray(array, object);
    return object;
}

static void add_entry(cJSON *profiles, const struct mw_trust_entry *entry)
{
    cJSON *object = add_object(profiles);
    cJSON_AddStringToObject(object, "repository", entry->repository);
    cJSON_AddStringToObject(object, "time", entry->time);
    cJSON *files = cJSON_AddArrayToObject(object, "files");
    for (size_t i = 0; i < entry->count; i++) {
        cJSON *file = add_object(files);
        cJSON_AddStringToObject(file, "path", entry->files[i].path);
        cJSON_AddStringToObject(file, "sha256", entry->files[i].sha256);
        if (entry->files[i].text != NULL)
            cJSON_AddStringToObject(file, "text", entry->files[i].text);
    }
}

enum mw_code mw_trust_save(const struct mw_system *sys, const struct mw_trust *trust,
                           struct mw_error *err)
{
    MW_FREE char *directory = state_directory(sys);
    if (directory == NULL)
        return mw_fail(err, MW_CANNOT_CREATE, 0, "trust",
                       _("there is no place to remember it: HOME is not set to a full path"));
    cJSON *root = cJSON_CreateObject();
    cJSON_AddNumberToObject(root, "schema_version", SCHEMA_VERSION);
    cJSON *profiles = cJSON_AddArrayToObject(root, "profiles");
    for (size_t i = 0; i < trust->count; i++)
        add_entry(profiles, &trust->entries[i]);
    char *printed = cJSON_Print(root);
    cJSON_Delete(root);
    enum mw_code code = printed == NULL ? mw_fail(err, MW_FAILURE, 0, "trust", _("out of memory"))
                                        : mw_state_write_as(sys, sys->user, directory, store_name,
                                                            printed, strlen(printed), err);
    cJSON_free(printed);
    return code;
}
