#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cJSON.h>
#include <sodium.h>

#include "mirrorwise/command.h"
#include "mirrorwise/hash.h"

#include "internal.h"

enum { SALT_BYTES = 16, SALT_HEX = 2 * SALT_BYTES + 1, STATE_DIGITS = 8, MAX_BYTES = 1 << 20 };

/* Does this run write into a person's files with a state of its own? A state directory that was
 * named is meant for both. */
static bool applies(const struct mw_system *sys)
{
    const char *named = mw_system_getenv(sys, "MIRRORWISE_STATE_DIR");
    bool is_named = named != NULL && named[0] != '\0';
    return sys->home != NULL && sys->euid == 0 &&
           (sys->under_sudo || (sys->root[0] != '\0' && !is_named));
}

char *mw_trace_dir(const struct mw_system *sys)
{
    return sys->home != NULL ? mw_xasprintf("%s/.local/state/mirrorwise", sys->home) : NULL;
}

/* Owned; there is a home. */
static char *directory_of(const struct mw_system *sys)
{
    return mw_xasprintf("%s/.local/state/mirrorwise/elsewhere", sys->home);
}

/* Owned. Numbers of several states meet in one directory. */
static char *path_of(const struct mw_system *sys, const char *state_dir, long id)
{
    char hex[MW_SHA256_HEX];
    MW_FREE char *directory = directory_of(sys);
    mw_sha256_hex(state_dir, strlen(state_dir), hex);
    return mw_xasprintf("%s/%06ld-%.*s", directory, id, STATE_DIGITS, hex);
}

static void hash_value(const char *salt, const struct mw_value *value, char hex[MW_SHA256_HEX])
{
    MW_AUTO(mw_buf) bytes = {0};
    mw_buf_puts(&bytes, salt);
    for (size_t i = 0; i < value->items.count; i++)
        mw_buf_append(&bytes, value->items.items[i], strlen(value->items.items[i]) + 1);
    mw_sha256_hex(mw_buf_text(&bytes), bytes.len, hex);
}

/* ---- writing --------------------------------------------------------------------------------- */

static cJSON *files_node(const struct mw_record *record)
{
    cJSON *files = cJSON_CreateArray();
    for (size_t i = 0; i < record->file_count; i++) {
        const struct mw_record_file *file = &record->files[i];
        cJSON *one = cJSON_CreateObject();
        cJSON_AddStringToObject(one, "tool", file->tool);
        cJSON_AddStringToObject(one, "path", file->path);
        cJSON_AddItemToArray(files, one);
    }
    return files;
}

static cJSON *settings_node(const struct mw_record *record, const char *salt)
{
    cJSON *settings = cJSON_CreateArray();
    for (size_t i = 0; i < record->setting_count; i++) {
        const struct mw_record_setting *setting = &record->settings[i];
        char hex[MW_SHA256_HEX];
        hash_value(salt, &setting->after, hex);
        cJSON *one = cJSON_CreateObject();
        cJSON_AddStringToObject(one, "path", setting->path);
        cJSON_AddStringToObject(one, "key", setting->key);
        cJSON_AddStringToObject(one, "salted_sha256", hex);
        cJSON_AddItemToArray(settings, one);
    }
    return settings;
}

static char *format_trace(const struct mw_system *sys, const struct mw_history *history,
                          const struct mw_record *record, bool is_open)
{
    unsigned char bytes[SALT_BYTES];
    char salt[SALT_HEX];
    (void)sys->ops->random(bytes, sizeof bytes);
    sodium_bin2hex(salt, sizeof salt, bytes, sizeof bytes);
    cJSON *root = cJSON_CreateObject();
    cJSON_AddNumberToObject(root, "id", (double)record->id);
    cJSON_AddStringToObject(root, "state", is_open ? "open" : "done");
    cJSON_AddStringToObject(root, "time", record->time);
    cJSON_AddStringToObject(root, "action", record->action);
    if (record->profile != NULL)
        cJSON_AddStringToObject(root, "profile", record->profile);
    cJSON_AddStringToObject(root, "user", record->user);
    cJSON_AddStringToObject(root, "host", record->host);
    cJSON_AddNumberToObject(root, "restores", (double)record->restores);
    cJSON_AddNumberToObject(root, "after_own", (double)history->person_last);
    cJSON_AddStringToObject(root, "state_dir", history->state_dir);
    cJSON_AddStringToObject(root, "root", sys->root);
    cJSON_AddBoolToObject(root, "through_sudo", sys->under_sudo);
    cJSON_AddStringToObject(root, "salt", salt);
    cJSON_AddItemToObject(root, "files", files_node(record));
    cJSON_AddItemToObject(root, "settings", settings_node(record, salt));
    char *text = cJSON_PrintUnformatted(root);
    cJSON_Delete(root);
    return text;
}

static bool is_known(const struct mw_history *history, const struct mw_footprint *trace)
{
    return !mw_trace_is_own(history, trace) || mw_history_find(history, trace->id) != NULL ||
           mw_history_find_other(history, trace->id) != NULL;
}

/* As the person. */
static void forget_old(const struct mw_system *as, const struct mw_history *history)
{
    for (size_t i = 0; i < history->trace_count; i++) {
        const struct mw_footprint *trace = &history->traces[i];
        MW_FREE char *path = path_of(as, trace->state_dir, trace->id);
        if (!is_known(history, trace) && mw_state_unlink(as, path, NULL) != MW_OK) {
            /* Untidy, not wrong. */
        }
    }
    MW_FREE char *directory = directory_of(as);
    mw_state_sweep(as, directory); /* what a run that was killed had begun to write */
}

enum mw_code mw_trace_write(const struct mw_system *sys, const struct mw_history *history,
                            const struct mw_record *record, bool is_open, struct mw_error *err)
{
    struct mw_system as;
    if (!applies(sys) || history->state_dir == NULL ||
        (!sys->under_sudo && record->home[0] == '\0'))
        return MW_OK;
    char *text = format_trace(sys, history, record, is_open);
    MW_FREE char *directory = directory_of(sys);
    MW_FREE char *path = path_of(sys, history->state_dir, record->id);
    enum mw_code code = MW_NO_PERMISSION;
    if (mw_person_enter(sys, &as)) {
        code = mw_state_make_dir(&as, directory, err);
        if (code == MW_OK)
            code = mw_state_write(&as, path, text, strlen(text), err);
        if (code == MW_OK && !is_open)
            forget_old(&as, history);
        mw_person_leave(sys);
    }
    cJSON_free(text);
    return code;
}

void mw_trace_remove(const struct mw_system *sys, const char *state_dir, long id)
{
    struct mw_system as;
    if (!applies(sys) || !mw_person_enter(sys, &as))
        return;
    MW_FREE char *path = path_of(sys, state_dir, id);
    if (mw_state_unlink(&as, path, NULL) != MW_OK) {
        /* The next run settles it. */
    }
    mw_person_leave(sys);
}

void mw_history_settle(const struct mw_system *sys, const struct mw_history *history)
{
    for (size_t i = 0; applies(sys) && i < history->trace_count; i++) {
        const struct mw_footprint *trace = &history->traces[i];
        if (!trace->is_open || !mw_trace_is_own(history, trace))
            continue;
        const struct mw_record *record = mw_history_find(history, trace->id);
        if (record == NULL || mw_trace_write(sys, history, record, false, NULL) != MW_OK)
            mw_trace_remove(sys, trace->state_dir, trace->id);
    }
}

/* ---- reading --------------------------------------------------------------------------------- */

static void parse_trace(const cJSON *root, struct mw_footprint *trace)
{
    MW_FREE char *state = mw_record_text(root, "state");
    trace->id = mw_record_number(root, "id");
    trace->restores = mw_record_number(root, "restores");
    trace->after_own = mw_record_number(root, "after_own");
    trace->is_open = strcmp(state, "open") == 0;
    trace->through_sudo = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(root, "through_sudo"));
    trace->time = mw_record_text(root, "time");
    trace->action = mw_record_text(root, "action");
    trace->profile = mw_record_text(root, "profile");
    trace->user = mw_record_text(root, "user");
    trace->host = mw_record_text(root, "host");
    trace->state_dir = mw_record_text(root, "state_dir");
    trace->root = mw_record_text(root, "root");
    trace->salt = mw_record_text(root, "salt");
    const cJSON *item;
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(root, "files"))
    {
        mw_strings_take(&trace->tools, mw_record_text(item, "tool"));
        mw_strings_take(&trace->paths, mw_record_text(item, "path"));
    }
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(root, "settings"))
    {
        mw_strings_take(&trace->setting_paths, mw_record_text(item, "path"));
        mw_strings_take(&trace->keys, mw_record_text(item, "key"));
        mw_strings_take(&trace->hashes, mw_record_text(item, "salted_sha256"));
    }
}

static void load_traces(const struct mw_system *as, struct mw_history *history)
{
    MW_AUTO(mw_strings) names = {0};
    MW_FREE char *directory = directory_of(as);
    if (mw_state_list(as, directory, &names, NULL) != MW_OK)
        mw_strings_release(&names);
    for (size_t i = 0; i < names.count; i++) {
        MW_AUTO(mw_buf) bytes = {0};
        bool exists = false;
        MW_FREE char *path = mw_xasprintf("%s/%s", directory, names.items[i]);
        cJSON *root = NULL;
        if (mw_state_read_head(as, path, MAX_BYTES, &bytes, &exists, NULL) == MW_OK && exists)
            root = cJSON_ParseWithLength(mw_buf_text(&bytes), bytes.len);
        if (cJSON_IsObject(root))
            parse_trace(root, MW_PUSH(history->traces, history->trace_count));
        cJSON_Delete(root);
    }
}

/* Of the person's record only what is about the person's own files: it is the person's to write,
 * and must not speak for root's. */
static void keep_personal(const struct mw_system *as, struct mw_record *record)
{
    size_t len = strlen(as->home);
    for (size_t i = 0; i < record->setting_count; i++) {
        char *path = record->settings[i].path;
        if (!mw_text_starts(path, as->home) || path[len] != '/' || strstr(path, "/../") != NULL)
            path[0] = '\0';
    }
}

static void load_person(const struct mw_system *as, struct mw_history *history)
{
    MW_AUTO(mw_strings) names = {0};
    MW_FREE char *person = as->under_sudo ? mw_trace_dir(as) : mw_xstrdup("/var/lib/mirrorwise");
    MW_FREE char *directory = mw_xasprintf("%s/generations", person);
    if (strcmp(person, history->state_dir) != 0 &&
        mw_state_list(as, directory, &names, NULL) != MW_OK)
        mw_strings_release(&names);
    for (size_t i = 0; i < names.count; i++) {
        struct mw_record record = {0};
        MW_FREE char *path = mw_xasprintf("%s/%s", directory, names.items[i]);
        if (mw_record_read(as, path, false, &record, NULL) == MW_OK) {
            history->person_last =
                record.id > history->person_last ? record.id : history->person_last;
            keep_personal(as, &record);
            *MW_PUSH(history->person, history->person_count) = record;
        }
    }
}

/* Numbers of several states say nothing of what came first. */
static int by_time(const void *a, const void *b)
{
    const struct mw_footprint *one = a, *other = b;
    int order = strcmp(one->time, other->time);
    return order != 0 ? order : (one->id > other->id) - (one->id < other->id);
}

void mw_trace_load(const struct mw_system *sys, struct mw_history *history)
{
    struct mw_system as;
    if (sys->home == NULL || history->state_dir == NULL || !mw_person_enter(sys, &as))
        return;
    load_traces(&as, history);
    if (history->trace_count > 0)
        qsort(history->traces, history->trace_count, sizeof *history->traces, by_time);
    history->is_persons = !applies(sys);
    if (applies(sys))
        load_person(&as, history);
    mw_person_leave(sys);
}

void mw_trace_release(struct mw_history *history)
{
    for (size_t i = 0; i < history->trace_count; i++) {
        struct mw_footprint *trace = &history->traces[i];
        MW_FREE_ALL(trace->time, trace->action, trace->profile, trace->user, trace->host,
                    trace->state_dir, trace->root, trace->salt);
        mw_strings_release_all(&trace->tools, &trace->paths, &trace->setting_paths, &trace->keys,
                               &trace->hashes);
    }
    free(history->traces);
    for (size_t i = 0; i < history->person_count; i++)
        mw_record_release(&history->person[i]);
    free(history->person);
}

/* ---- asking ---------------------------------------------------------------------------------- */

bool mw_trace_is_own(const struct mw_history *history, const struct mw_footprint *trace)
{
    return history->state_dir != NULL && strcmp(trace->state_dir, history->state_dir) == 0;
}

static const struct mw_footprint *find_trace(const struct mw_history *history,
                                             const char *state_dir, long id)
{
    const struct mw_footprint *found = NULL;
    for (size_t i = 0; i < history->trace_count; i++) {
        const struct mw_footprint *trace = &history->traces[i];
        if (strcmp(trace->state_dir, state_dir) == 0 &&
            (id < 0 ? found == NULL || trace->id > found->id : trace->id == id))
            found = trace;
    }
    return found;
}

/* Of one state: what its last run left, or what that went back to. */
static const struct mw_footprint *in_effect(const struct mw_history *history, const char *state_dir)
{
    const struct mw_footprint *trace = find_trace(history, state_dir, -1);
    while (trace != NULL && !trace->is_open && strcmp(trace->action, "rollback") == 0)
        trace = trace->restores > 0 && trace->restores < trace->id
                    ? find_trace(history, state_dir, trace->restores)
                    : NULL;
    return trace;
}

/* after_own counts the person's own generations; to any other state only the time tells. */
static bool is_newer(const struct mw_history *history, const struct mw_footprint *trace,
                     const struct mw_record *record)
{
    return history->is_persons ? trace->after_own >= record->id
                               : strcmp(trace->time, record->time) > 0;
}

const struct mw_footprint *mw_trace_newest(const struct mw_history *history)
{
    const struct mw_record *last = mw_history_last(history);
    const struct mw_footprint *newest = NULL;
    for (size_t i = 0; i < history->trace_count; i++) {
        if (mw_trace_is_own(history, &history->traces[i]))
            continue;
        const struct mw_footprint *trace = in_effect(history, history->traces[i].state_dir);
        if (trace != NULL && (last == NULL || is_newer(history, trace, last)) &&
            (newest == NULL || strcmp(trace->time, newest->time) > 0))
            newest = trace;
    }
    return newest;
}

static bool trace_wrote(const struct mw_footprint *trace, const char *path, const char *key,
                        const struct mw_value *value)
{
    char hex[MW_SHA256_HEX];
    for (size_t i = 0; i < trace->keys.count; i++) {
        if (strcmp(trace->setting_paths.items[i], path) != 0 ||
            strcmp(trace->keys.items[i], key) != 0)
            continue;
        hash_value(trace->salt, value, hex);
        return strcmp(hex, trace->hashes.items[i]) == 0;
    }
    return false;
}

bool mw_trace_wrote(const struct mw_history *history, const char *path, const char *key,
                    const struct mw_value *value)
{
    for (size_t i = 0; i < history->trace_count; i++) {
        if (!mw_trace_is_own(history, &history->traces[i]) &&
            trace_wrote(&history->traces[i], path, key, value))
            return true;
    }
    for (size_t i = history->person_count; i-- > 0;) {
        const struct mw_record_setting *setting = mw_record_find(&history->person[i], path, key);
        if (setting != NULL && mw_strings_equal(&setting->after.items, &value->items))
            return true;
    }
    return false;
}

char *mw_trace_command(const struct mw_footprint *trace, const char *action)
{
    struct mw_buf command = {0};
    if (trace->through_sudo)
        mw_buf_put_word(&command, "sudo");
    mw_buf_put_word(&command, mw_command_program());
    if (trace->root[0] != '\0')
        mw_buf_put_option(&command, "--root", trace->root);
    mw_buf_put_word(&command, action);
    return mw_buf_take(&command);
}
