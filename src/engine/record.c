#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <cJSON.h>
#include <sodium.h>

#include "mirrorwise/hash.h"
#include "mirrorwise/secret.h"

#include "internal.h"

#define MAGIC "mirrorwise-record 1 "
/* MAGIC, a length of up to 20 digits, a blank, the hash, a line feed. */
#define HEAD_MAX_BYTES (sizeof MAGIC + 20 + 1 + MW_SHA256_HEX)

static const char *const value_kinds[] = {
    [MW_VALUE_ABSENT] = "absent",
    [MW_VALUE_STRING] = "string",
    [MW_VALUE_LIST] = "list",
    [MW_VALUE_LITERAL] = "literal",
};

/* ---- writing --------------------------------------------------------------------------------- */

static void add_text(cJSON *object, const char *name, const char *text)
{
    if (text != NULL)
        cJSON_AddStringToObject(object, name, text);
    else
        cJSON_AddNullToObject(object, name);
}

static cJSON *strings_to_json(const struct mw_strings *list)
{
    cJSON *array = cJSON_CreateArray();
    for (size_t i = 0; i < list->count; i++)
        cJSON_AddItemToArray(array, cJSON_CreateString(list->items[i]));
    return array;
}

static cJSON *value_to_json(const struct mw_value *value)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "kind", value_kinds[value->kind]);
    cJSON_AddItemToObject(object, "items", strings_to_json(&value->items));
    return object;
}

static cJSON *xattrs_to_json(const struct mw_record_file *file)
{
    cJSON *array = cJSON_CreateArray();
    for (size_t i = 0; i < file->xattr_count; i++) {
        const struct mw_xattr *xattr = &file->xattrs[i];
        size_t room = sodium_base64_encoded_len(xattr->value.len, sodium_base64_VARIANT_ORIGINAL);
        MW_FREE char *text = mw_xmalloc(room);
        sodium_bin2base64(text, room, (const unsigned char *)mw_buf_text(&xattr->value),
                          xattr->value.len, sodium_base64_VARIANT_ORIGINAL);
        cJSON *object = cJSON_CreateObject();
        cJSON_AddStringToObject(object, "name", xattr->name);
        cJSON_AddStringToObject(object, "value", text);
        cJSON_AddItemToArray(array, object);
    }
    return array;
}

static cJSON *file_to_json(const struct mw_record_file *file)
{
    cJSON *object = cJSON_CreateObject();
    add_text(object, "tool", file->tool);
    add_text(object, "path", file->path);
    add_text(object, "real_path", file->real_path);
    cJSON_AddBoolToObject(object, "switched", file->actor.switched);
    cJSON_AddNumberToObject(object, "actor_uid", (double)file->actor.uid);
    cJSON_AddNumberToObject(object, "actor_gid", (double)file->actor.gid);
    cJSON_AddBoolToObject(object, "before_exists", file->before_exists);
    cJSON_AddBoolToObject(object, "after_exists", file->after_exists);
    cJSON_AddBoolToObject(object, "before_has_secret", file->before_has_secret);
    cJSON_AddBoolToObject(object, "after_has_secret", file->after_has_secret);
    add_text(object, "before_sha256", file->before_sha256);
    add_text(object, "after_sha256", file->after_sha256);
    add_text(object, "bridge_sha256", file->bridge_sha256);
    cJSON_AddNumberToObject(object, "image_offset", (double)file->image_offset);
    cJSON_AddNumberToObject(object, "image_bytes", (double)file->image_bytes);
    cJSON_AddNumberToObject(object, "mode", (double)file->mode);
    cJSON_AddNumberToObject(object, "uid", (double)file->uid);
    cJSON_AddNumberToObject(object, "gid", (double)file->gid);
    cJSON_AddItemToObject(object, "xattrs", xattrs_to_json(file));
    add_text(object, "temp_path", file->temp_path);
    cJSON_AddItemToObject(object, "made_directories", strings_to_json(&file->made_directories));
    return object;
}

/* What runs to come have to hide. */
static void find_secrets(const struct mw_value *value, struct mw_strings *secrets)
{
    for (size_t i = 0; i < value->items.count; i++)
        mw_secret_find(value->items.items[i], secrets);
}

static cJSON *setting_to_json(const struct mw_record_setting *setting)
{
    cJSON *object = cJSON_CreateObject();
    add_text(object, "tool", setting->tool);
    add_text(object, "path", setting->path);
    add_text(object, "key", setting->key);
    cJSON_AddItemToObject(object, "before", value_to_json(&setting->before));
    cJSON_AddItemToObject(object, "after", value_to_json(&setting->after));
    cJSON_AddBoolToObject(object, "is_secret", setting->is_secret);
    cJSON_AddBoolToObject(object, "before_is_secret", setting->before_is_secret);
    cJSON_AddBoolToObject(object, "after_is_secret", setting->after_is_secret);
    MW_AUTO(mw_strings) secrets = {0};
    find_secrets(&setting->before, &secrets);
    find_secrets(&setting->after, &secrets);
    cJSON_AddItemToObject(object, "secrets", strings_to_json(&secrets));
    add_text(object, "from", setting->from);
    cJSON_AddItemToObject(object, "mirrors", strings_to_json(&setting->mirror_ids));
    return object;
}

void mw_record_format(struct mw_record *record, struct mw_buf *bytes)
{
    cJSON *root = cJSON_CreateObject();
    cJSON_AddNumberToObject(root, "id", (double)record->id);
    add_text(root, "action", record->action);
    add_text(root, "profile", record->profile);
    cJSON_AddNumberToObject(root, "profile_serial", (double)record->profile_serial);
    add_text(root, "user", record->user);
    add_text(root, "host", record->host);
    add_text(root, "time", record->time);
    add_text(root, "version", record->version);
    add_text(root, "root", record->root);
    add_text(root, "home", record->home);
    cJSON_AddBoolToObject(root, "person_switched", record->person.switched);
    cJSON_AddNumberToObject(root, "person_uid", (double)record->person.uid);
    cJSON_AddNumberToObject(root, "person_gid", (double)record->person.gid);
    cJSON_AddNumberToObject(root, "restores", (double)record->restores);

    size_t offset = 0;
    cJSON *files = cJSON_AddArrayToObject(root, "files");
    for (size_t i = 0; i < record->file_count; i++) {
        record->files[i].image_offset = offset;
        record->files[i].image_bytes = record->files[i].image.len;
        offset += record->files[i].image.len;
        cJSON_AddItemToArray(files, file_to_json(&record->files[i]));
    }
    cJSON *settings = cJSON_AddArrayToObject(root, "settings");
    for (size_t i = 0; i < record->setting_count; i++)
        cJSON_AddItemToArray(settings, setting_to_json(&record->settings[i]));
    MW_FREE char *ranking = mw_ranking_format(&record->ranking);
    add_text(root, "ranking", ranking);

    char *meta = cJSON_PrintUnformatted(root);
    cJSON_Delete(root);
    char hex[MW_SHA256_HEX];
    mw_sha256_hex(meta, strlen(meta), hex);
    mw_buf_printf(bytes, MAGIC "%zu %s\n%s", strlen(meta), hex, meta);
    for (size_t i = 0; i < record->file_count; i++)
        mw_buf_append(bytes, mw_buf_text(&record->files[i].image), record->files[i].image.len);
    cJSON_free(meta);
}

/* ---- reading --------------------------------------------------------------------------------- */

static char *get_text(const cJSON *object, const char *name)
{
    return mw_copy(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name)));
}

char *mw_record_text(const cJSON *object, const char *name)
{
    char *text = get_text(object, name);
    return text != NULL ? text : mw_xstrdup("");
}

long mw_record_number(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    if (!cJSON_IsNumber(item) || item->valuedouble < -1 || item->valuedouble > 9e15)
        return 0;
    return (long)item->valuedouble;
}

/* What older records do not say is `otherwise`. */
static bool get_bool(const cJSON *object, const char *name, bool otherwise)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsBool(item) ? cJSON_IsTrue(item) : otherwise;
}

static void get_hash(const cJSON *object, const char *name, char hex[MW_SHA256_HEX])
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
    snprintf(hex, MW_SHA256_HEX, "%s", text != NULL ? text : "");
}

static void get_strings(const cJSON *object, const char *name, struct mw_strings *list)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(object, name))
    {
        if (cJSON_IsString(item))
            mw_strings_add(list, item->valuestring);
    }
}

static void get_value(const cJSON *object, const char *name, struct mw_value *value)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    const char *kind = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "kind"));
    for (size_t i = 0; i < sizeof value_kinds / sizeof *value_kinds; i++) {
        if (kind != NULL && strcmp(kind, value_kinds[i]) == 0)
            value->kind = (enum mw_value_kind)i;
    }
    get_strings(item, "items", &value->items);
}

static void get_xattrs(const cJSON *object, struct mw_record_file *file)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(object, "xattrs"))
    {
        MW_FREE char *text = mw_record_text(item, "value");
        size_t len = 0;
        unsigned char *bytes = mw_xmalloc(strlen(text) + 1);
        if (sodium_base642bin(bytes, strlen(text) + 1, text, strlen(text), NULL, &len, NULL,
                              sodium_base64_VARIANT_ORIGINAL) == 0) {
            struct mw_xattr *xattr = MW_PUSH(file->xattrs, file->xattr_count);
            xattr->name = mw_record_text(item, "name");
            mw_buf_append(&xattr->value, bytes, len);
        }
        free(bytes);
    }
}

static void file_from_json(const cJSON *object, struct mw_record_file *file)
{
    file->tool = mw_record_text(object, "tool");
    file->path = mw_record_text(object, "path");
    file->real_path = mw_record_text(object, "real_path");
    file->actor.switched = get_bool(object, "switched", false);
    file->actor.uid = (uid_t)mw_record_number(object, "actor_uid");
    file->actor.gid = (gid_t)mw_record_number(object, "actor_gid");
    file->before_exists = get_bool(object, "before_exists", false);
    file->after_exists = get_bool(object, "after_exists", false);
    file->before_has_secret = get_bool(object, "before_has_secret", false);
    file->after_has_secret = get_bool(object, "after_has_secret", false);
    get_hash(object, "before_sha256", file->before_sha256);
    get_hash(object, "after_sha256", file->after_sha256);
    get_hash(object, "bridge_sha256", file->bridge_sha256);
    file->image_offset = (size_t)mw_record_number(object, "image_offset");
    file->image_bytes = (size_t)mw_record_number(object, "image_bytes");
    file->mode = (mode_t)mw_record_number(object, "mode");
    file->uid = (uid_t)mw_record_number(object, "uid");
    file->gid = (gid_t)mw_record_number(object, "gid");
    get_xattrs(object, file);
    file->temp_path = get_text(object, "temp_path");
    get_strings(object, "made_directories", &file->made_directories);
}

/* Older records say only that there is a secret in a value: then all of it counts, unless a part
 * can be told by its shape. */
static void tell_secrets(const cJSON *object, const struct mw_record_setting *setting)
{
    MW_AUTO(mw_strings) secrets = {0};
    get_strings(object, "secrets", &secrets);
    bool is_older = cJSON_GetObjectItemCaseSensitive(object, "secrets") == NULL;
    for (size_t i = 0; is_older && setting->after_is_secret && i < setting->after.items.count;
         i++) {
        const char *item = setting->after.items.items[i];
        if (!mw_text_has_secret(item))
            mw_strings_add(&secrets, item);
    }
    for (size_t i = 0; i < secrets.count; i++)
        mw_secret_add(secrets.items[i]);
}

static void setting_from_json(const cJSON *object, struct mw_record_setting *setting)
{
    setting->tool = mw_record_text(object, "tool");
    setting->path = mw_record_text(object, "path");
    setting->key = mw_record_text(object, "key");
    get_value(object, "before", &setting->before);
    get_value(object, "after", &setting->after);
    setting->is_secret = get_bool(object, "is_secret", false);
    setting->before_is_secret = get_bool(object, "before_is_secret", setting->is_secret);
    setting->after_is_secret = get_bool(object, "after_is_secret", false);
    setting->from = mw_record_text(object, "from");
    get_strings(object, "mirrors", &setting->mirror_ids);
    tell_secrets(object, setting);
}

static void record_from_json(const cJSON *root, struct mw_record *record)
{
    record->id = mw_record_number(root, "id");
    record->action = mw_record_text(root, "action");
    record->profile = get_text(root, "profile");
    record->profile_serial = mw_record_number(root, "profile_serial");
    record->user = mw_record_text(root, "user");
    record->host = mw_record_text(root, "host");
    record->time = mw_record_text(root, "time");
    record->version = mw_record_text(root, "version");
    record->root = get_text(root, "root");
    record->home = get_text(root, "home");
    record->person.switched = get_bool(root, "person_switched", false);
    record->person.uid = (uid_t)mw_record_number(root, "person_uid");
    record->person.gid = (gid_t)mw_record_number(root, "person_gid");
    record->restores = mw_record_number(root, "restores");
    const cJSON *item;
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(root, "files"))
        file_from_json(item, MW_PUSH(record->files, record->file_count));
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(root, "settings"))
        setting_from_json(item, MW_PUSH(record->settings, record->setting_count));
    MW_FREE char *ranking = mw_record_text(root, "ranking");
    if (*ranking != '\0' &&
        mw_ranking_parse(ranking, strlen(ranking), &record->ranking, NULL) != MW_OK)
        record->ranking = (struct mw_ranking){0}; /* a record is readable without it */
}

/* Finds the meta part in the head of a record; its hash is not looked at here. */
static bool parse_head(const struct mw_buf *bytes, size_t *meta_begin, size_t *meta_len,
                       char hex[MW_SHA256_HEX])
{
    const char *text = mw_buf_text(bytes);
    size_t magic_len = sizeof MAGIC - 1;
    if (bytes->len < magic_len || memcmp(text, MAGIC, magic_len) != 0)
        return false;
    const char *end = memchr(text, '\n', bytes->len);
    if (end == NULL || end - text > (long)HEAD_MAX_BYTES)
        return false;
    char *after = NULL;
    errno = 0;
    unsigned long len = strtoul(text + magic_len, &after, 10);
    if (errno != 0 || *after != ' ' || len > MW_FILE_MAX_BYTES ||
        end - (after + 1) != MW_SHA256_HEX - 1)
        return false;
    memcpy(hex, after + 1, MW_SHA256_HEX - 1);
    hex[MW_SHA256_HEX - 1] = '\0';
    *meta_begin = (size_t)(end + 1 - text);
    *meta_len = len;
    return true;
}

static enum mw_code broken(const char *path, struct mw_error *err)
{
    return mw_fail(err, MW_IO, 0, "record", _("%s: the record is incomplete or damaged"), path);
}

static bool take_images(const struct mw_buf *bytes, size_t images_begin, struct mw_record *record)
{
    for (size_t i = 0; i < record->file_count; i++) {
        struct mw_record_file *file = &record->files[i];
        if (file->image_offset > bytes->len || file->image_bytes > bytes->len ||
            images_begin + file->image_offset + file->image_bytes > bytes->len)
            return false;
        mw_buf_append(&file->image, bytes->data + images_begin + file->image_offset,
                      file->image_bytes);
        char hex[MW_SHA256_HEX];
        mw_sha256_hex(mw_buf_text(&file->image), file->image.len, hex);
        if (file->before_exists && strcmp(hex, file->before_sha256) != 0)
            return false;
    }
    return true;
}

/* Reads as much of the file as is wanted: all of it, or the head and then the meta part. */
static enum mw_code read_bytes(const struct mw_system *sys, const char *path, bool with_images,
                               struct mw_buf *bytes, struct mw_error *err)
{
    bool exists = false;
    enum mw_code code;
    if (with_images) {
        code = mw_state_read(sys, path, bytes, &exists, err);
    } else {
        /* Most records fit; the second read is for the few that do not. */
        size_t first = 16384, begin = 0, len = 0;
        char hex[MW_SHA256_HEX];
        code = mw_state_read_head(sys, path, first, bytes, &exists, err);
        if (code == MW_OK && parse_head(bytes, &begin, &len, hex) && begin + len > first) {
            mw_buf_release(bytes);
            code = mw_state_read_head(sys, path, begin + len, bytes, &exists, err);
        }
    }
    return code == MW_OK && !exists ? broken(path, err) : code;
}

enum mw_code mw_record_read(const struct mw_system *sys, const char *path, bool with_images,
                            struct mw_record *record, struct mw_error *err)
{
    MW_AUTO(mw_buf) bytes = {0};
    MW_AUTO(mw_record) found = {0};
    size_t begin = 0, len = 0;
    char want[MW_SHA256_HEX], have[MW_SHA256_HEX];
    enum mw_code code = read_bytes(sys, path, with_images, &bytes, err);
    if (code != MW_OK)
        return code;
    if (!parse_head(&bytes, &begin, &len, want) || begin + len > bytes.len)
        return broken(path, err);
    mw_sha256_hex(bytes.data + begin, len, have);
    cJSON *root = strcmp(want, have) == 0 ? cJSON_ParseWithLength(bytes.data + begin, len) : NULL;
    if (root == NULL)
        return broken(path, err);
    record_from_json(root, &found);
    cJSON_Delete(root);
    if (with_images && !take_images(&bytes, begin + len, &found))
        return broken(path, err);
    *record = found;
    found = (struct mw_record){0};
    return MW_OK;
}

/* ---- ownership ------------------------------------------------------------------------------- */

const struct mw_record_setting *mw_record_find(const struct mw_record *record, const char *path,
                                               const char *key)
{
    for (size_t i = 0; i < record->setting_count; i++) {
        const struct mw_record_setting *setting = &record->settings[i];
        if (strcmp(setting->path, path) == 0 && strcmp(setting->key, key) == 0)
            return setting;
    }
    return NULL;
}

const struct mw_record_file *mw_record_touches(const struct mw_record *record,
                                               const char *real_path)
{
    return MW_FIND(record->files, record->file_count, real_path, real_path);
}

static void file_release(struct mw_record_file *file)
{
    MW_FREE_ALL(file->tool, file->path, file->real_path, file->temp_path);
    mw_buf_release(&file->image);
    mw_strings_release(&file->made_directories);
    mw_xattrs_release(file->xattrs, file->xattr_count);
}

struct mw_xattr *mw_record_xattrs_copy(const struct mw_xattr *xattrs, size_t count)
{
    struct mw_xattr *copy = NULL;
    size_t copied = 0;
    for (size_t i = 0; i < count; i++) {
        struct mw_xattr *xattr = MW_PUSH(copy, copied);
        xattr->name = mw_xstrdup(xattrs[i].name);
        mw_buf_append(&xattr->value, mw_buf_text(&xattrs[i].value), xattrs[i].value.len);
    }
    return copy;
}

void mw_record_release(struct mw_record *record)
{
    MW_FREE_ALL(record->action, record->profile, record->user, record->host, record->time,
                record->version, record->root, record->home);
    for (size_t i = 0; i < record->file_count; i++)
        file_release(&record->files[i]);
    free(record->files);
    for (size_t i = 0; i < record->setting_count; i++) {
        struct mw_record_setting *setting = &record->settings[i];
        MW_FREE_ALL(setting->tool, setting->path, setting->key, setting->from);
        mw_value_release(&setting->before);
        mw_value_release(&setting->after);
        mw_strings_release(&setting->mirror_ids);
    }
    free(record->settings);
    mw_ranking_release(&record->ranking);
    *record = (struct mw_record){0};
}
