#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cJSON.h>

#include "internal.h"

#define KEEP_GENERATIONS 20
#define KEEP_S (90L * 24 * 3600)

char *mw_state_journal_path(const char *state_dir)
{
    return mw_xasprintf("%s/journal", state_dir);
}

char *mw_state_generation_path(const char *state_dir, long id)
{
    return mw_xasprintf("%s/generations/%06ld", state_dir, id);
}

/* A state directory that lies inside the root goes with it: what was done while the image was built
 * is the history of the machine that boots it. */
static char *root_of(const struct mw_system *sys, const char *state_dir)
{
    size_t len = strlen(sys->root);
    bool is_inside = state_dir != NULL && mw_text_starts(state_dir, sys->root) &&
                     (state_dir[len] == '/' || state_dir[len] == '\0');
    return mw_xstrdup(is_inside ? "" : sys->root);
}

/* Older records do not say whose home it was; where a file lies does. */
static bool is_of_home(const struct mw_history *history, const struct mw_record *record)
{
    size_t len = strlen(history->home);
    if (record->home != NULL)
        return record->home[0] == '\0' ||
               (strncmp(record->home, history->home, len) == 0 &&
                strspn(record->home + len, "/") == strlen(record->home + len));
    for (size_t i = 0; i < record->file_count; i++) {
        const char *path = record->files[i].path;
        const char *config = strstr(path, "/.config/");
        if (config != NULL &&
            ((size_t)(config - path) != len || strncmp(path, history->home, len) != 0))
            return false;
    }
    return true;
}

static void sort_in(struct mw_history *history, const struct mw_record *record)
{
    bool is_own = (record->root == NULL || strcmp(record->root, history->root) == 0) &&
                  is_of_home(history, record);
    if (is_own)
        *MW_PUSH(history->items, history->count) = *record;
    else
        *MW_PUSH(history->others, history->other_count) = *record;
}

enum mw_code mw_history_load(const struct mw_system *sys, struct mw_history *history,
                             struct mw_strings *warnings, struct mw_error *err)
{
    struct mw_history found = {.state_dir = mw_system_state_dir(sys), .next_id = 1};
    MW_AUTO(mw_strings) names = {0};
    enum mw_code code = MW_OK;
    found.root = root_of(sys, found.state_dir);
    found.home = mw_xstrdup(sys->home != NULL ? sys->home : "");
    if (found.state_dir != NULL) {
        MW_FREE char *directory = mw_xasprintf("%s/generations", found.state_dir);
        code = mw_state_list(sys, directory, &names, err);
    }
    for (size_t i = 0; code == MW_OK && i < names.count; i++) {
        struct mw_record record = {0};
        struct mw_error broken = {0};
        MW_FREE char *path = mw_xasprintf("%s/generations/%s", found.state_dir, names.items[i]);
        long id = strtol(names.items[i], NULL, 10);
        found.next_id = id >= found.next_id && id < LONG_MAX ? id + 1 : found.next_id;
        if (mw_record_read(sys, path, false, &record, &broken) == MW_OK)
            sort_in(&found, &record);
        else if (warnings != NULL)
            mw_strings_add(warnings, broken.message);
    }
    if (code == MW_OK) {
        mw_trace_load(sys, &found);
        *history = found;
    } else {
        mw_history_release(&found);
    }
    return code;
}

void mw_history_release(struct mw_history *history)
{
    free(history->state_dir);
    for (size_t i = 0; i < history->count; i++)
        mw_record_release(&history->items[i]);
    free(history->items);
    for (size_t i = 0; i < history->other_count; i++)
        mw_record_release(&history->others[i]);
    MW_FREE_ALL(history->others, history->root, history->home);
    mw_trace_release(history);
    *history = (struct mw_history){0};
}

static const struct mw_record *find_record(const struct mw_record *items, size_t count, long id)
{
    for (size_t i = 0; i < count; i++) {
        if (items[i].id == id)
            return &items[i];
    }
    return NULL;
}

const struct mw_record *mw_history_find(const struct mw_history *history, long id)
{
    return find_record(history->items, history->count, id);
}

const struct mw_record *mw_history_find_other(const struct mw_history *history, long id)
{
    return find_record(history->others, history->other_count, id);
}

const struct mw_record *mw_history_last(const struct mw_history *history)
{
    return history->count > 0 ? &history->items[history->count - 1] : NULL;
}

const struct mw_record *mw_history_in_effect(const struct mw_history *history)
{
    const struct mw_record *record = mw_history_last(history);
    /* A rollback returns to an older id, and a remedy leaves the profile as it was; so this ends.
     */
    while (record != NULL && record->profile == NULL)
        record = record->action != NULL && strcmp(record->action, "fix") == 0
                     ? (record > history->items ? record - 1 : NULL)
                 : record->restores > 0 && record->restores < record->id
                     ? mw_history_find(history, record->restores)
                     : NULL;
    return record;
}

/* One after the other, all records of all roots; NULL after the last. */
static const struct mw_record *any(const struct mw_history *history, size_t i)
{
    if (i < history->count)
        return &history->items[i];
    return i - history->count < history->other_count ? &history->others[i - history->count] : NULL;
}

const struct mw_record_setting *mw_history_last_written(const struct mw_history *history,
                                                        const char *path, const char *key)
{
    const struct mw_record_setting *last = NULL;
    const struct mw_record *record = NULL;
    long last_id = 0;
    for (size_t i = 0; (record = any(history, i)) != NULL; i++) {
        const struct mw_record_setting *setting = mw_record_find(record, path, key);
        if (setting != NULL && (last == NULL || record->id > last_id)) {
            last = setting;
            last_id = record->id;
        }
    }
    return last;
}

bool mw_history_has_written(const struct mw_history *history, const char *key, const char *value)
{
    const struct mw_record *record = NULL;
    for (size_t i = 0; (record = any(history, i)) != NULL; i++) {
        for (size_t k = 0; k < record->setting_count; k++) {
            const struct mw_record_setting *setting = &record->settings[k];
            if (strcmp(setting->key, key) == 0 && mw_strings_has(&setting->after.items, value))
                return true;
        }
    }
    return false;
}

bool mw_history_has_made(const struct mw_history *history, const char *path)
{
    bool is_made = false;
    for (size_t i = 0; i < history->count; i++) {
        const struct mw_record *record = &history->items[i];
        for (size_t k = 0; k < record->file_count; k++) {
            const struct mw_record_file *file = &record->files[k];
            if (strcmp(file->path, path) == 0)
                is_made = file->after_exists && (is_made || !file->before_exists);
        }
    }
    return is_made;
}

bool mw_history_is_secret(const struct mw_history *history, const char *path, const char *key,
                          const struct mw_value *value)
{
    const struct mw_record *record = NULL;
    for (size_t i = 0; value->items.count > 0 && (record = any(history, i)) != NULL; i++) {
        const struct mw_record_setting *setting = mw_record_find(record, path, key);
        if (setting != NULL && setting->after_is_secret &&
            mw_strings_equal(&setting->after.items, &value->items))
            return true;
    }
    return false;
}

/* Is this the first generation that touched one of its files? Then it holds an original. */
static bool holds_original(const struct mw_history *history, size_t index)
{
    const struct mw_record *record = &history->items[index];
    for (size_t f = 0; f < record->file_count; f++) {
        bool seen = false;
        for (size_t i = 0; i < index && !seen; i++)
            seen = mw_record_touches(&history->items[i], record->files[f].real_path) != NULL;
        if (!seen)
            return true;
    }
    return false;
}

/* Is one of its settings the newest word on that key? The three-way rule needs it. */
static bool holds_last_word(const struct mw_history *history, size_t index)
{
    const struct mw_record *record = &history->items[index];
    for (size_t k = 0; k < record->setting_count; k++) {
        const struct mw_record_setting *setting = &record->settings[k];
        if (mw_history_last_written(history, setting->path, setting->key) == setting)
            return true;
    }
    return false;
}

void mw_history_prune(const struct mw_system *sys, const struct mw_history *history)
{
    char now[MW_TIME_TEXT];
    mw_system_now(sys, now);
    for (size_t i = 0; i + KEEP_GENERATIONS < history->count; i++) {
        const struct mw_record *record = &history->items[i];
        long then_s = mw_text_seconds(record->time);
        if (then_s < 0 || mw_text_seconds(now) - then_s <= KEEP_S || holds_original(history, i) ||
            holds_last_word(history, i))
            continue;
        MW_FREE char *path = mw_state_generation_path(history->state_dir, record->id);
        if (mw_state_unlink(sys, path, NULL) != MW_OK) {
            /* Old records are untidy, not wrong: the next run tries again. */
        }
    }
}

/* ---- audit log ------------------------------------------------------------------------------- */

/* Foreign text may hold broken UTF-8 and secrets; neither may reach the log. */
static void add_safe(cJSON *object, const char *name, const char *text)
{
    MW_FREE char *redacted = mw_text_redact(text != NULL ? text : "");
    MW_FREE char *safe = mw_text_safe(redacted, strlen(redacted), 0, false);
    cJSON_AddStringToObject(object, name, safe);
}

static void add_value(cJSON *object, const char *name, const struct mw_value *value, bool is_secret)
{
    if (value->kind == MW_VALUE_ABSENT) {
        cJSON_AddNullToObject(object, name);
        return;
    }
    MW_FREE char *text = mw_value_shown(value, is_secret);
    add_safe(object, name, text);
}

static cJSON *audit_record(const struct mw_record *record)
{
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "time", record->time);
    cJSON_AddNumberToObject(root, "generation", (double)record->id);
    add_safe(root, "action", record->action);
    if (record->profile != NULL)
        add_safe(root, "profile", record->profile);
    if (record->profile_serial > 0)
        cJSON_AddNumberToObject(root, "profile_serial", (double)record->profile_serial);
    add_safe(root, "user", record->user);
    add_safe(root, "host", record->host);
    add_safe(root, "version", record->version);
    cJSON *files = cJSON_AddArrayToObject(root, "files");
    for (size_t i = 0; i < record->file_count; i++) {
        cJSON *file = cJSON_CreateObject();
        add_safe(file, "path", record->files[i].path);
        if (!record->files[i].before_has_secret)
            cJSON_AddStringToObject(file, "before_sha256", record->files[i].before_sha256);
        if (!record->files[i].after_has_secret)
            cJSON_AddStringToObject(file, "after_sha256", record->files[i].after_sha256);
        cJSON_AddItemToArray(files, file);
    }
    cJSON *settings = cJSON_AddArrayToObject(root, "settings");
    for (size_t i = 0; i < record->setting_count; i++) {
        const struct mw_record_setting *from = &record->settings[i];
        cJSON *setting = cJSON_CreateObject();
        add_safe(setting, "tool", from->tool);
        add_safe(setting, "key", from->key);
        add_value(setting, "before", &from->before, from->before_is_secret);
        add_value(setting, "after", &from->after, from->after_is_secret);
        add_safe(setting, "from", from->from);
        cJSON_AddItemToArray(settings, setting);
    }
    if (record->ranking.count > 0) {
        MW_FREE char *ranking = mw_ranking_format(&record->ranking);
        cJSON_AddItemToObject(root, "measurement", cJSON_Parse(ranking));
    }
    return root;
}

enum mw_code mw_audit_append(const struct mw_system *sys, const char *state_dir,
                             const struct mw_record *record, enum mw_code outcome,
                             const char *message, struct mw_error *err)
{
    cJSON *root = audit_record(record);
    cJSON_AddStringToObject(root, "result", mw_code_word(outcome));
    add_safe(root, "message", message);
    char *line = cJSON_PrintUnformatted(root);
    cJSON_Delete(root);
    MW_AUTO(mw_buf) bytes = {0};
    mw_buf_printf(&bytes, "%s\n", line);
    cJSON_free(line);
    MW_FREE char *path = mw_xasprintf("%s/audit.jsonl", state_dir);
    return mw_state_append(sys, path, bytes.data, bytes.len, err);
}

/* ---- ranking --------------------------------------------------------------------------------- */

enum mw_code mw_ranking_load(const struct mw_system *sys, const char *state_dir,
                             struct mw_ranking *ranking, struct mw_error *err)
{
    MW_AUTO(mw_buf) bytes = {0};
    bool exists = false;
    MW_FREE char *path = mw_xasprintf("%s/last-ranking.json", state_dir);
    enum mw_code code = mw_state_read(sys, path, &bytes, &exists, err);
    if (code == MW_OK && exists)
        code = mw_ranking_parse(mw_buf_text(&bytes), bytes.len, ranking, err);
    return code;
}

enum mw_code mw_ranking_save(const struct mw_system *sys, const char *state_dir,
                             const struct mw_ranking *ranking, struct mw_error *err)
{
    MW_FREE char *text = mw_ranking_format(ranking);
    MW_FREE char *path = mw_xasprintf("%s/last-ranking.json", state_dir);
    return mw_state_write(sys, path, text, strlen(text), err);
}

char *mw_record_words(const struct mw_record *record)
{
    const char *profile = record->profile != NULL ? record->profile : "";
    bool is_rollback = strcmp(record->action, "rollback") == 0;
    if (strcmp(record->action, "fix") == 0)
        return mw_xstrdup(_("remedies of --doctor"));
    if (is_rollback && record->restores > 0)
        return mw_xasprintf(_("rollback to generation %ld"), record->restores);
    if (is_rollback)
        return mw_xstrdup(_("rollback to before the first one"));
    if (record->profile_serial > 0)
        return mw_xasprintf(_("apply %s, serial %ld"), profile, record->profile_serial);
    return mw_xasprintf(_("apply %s"), profile);
}
