/* The profile files that were found, and what they say of themselves. */
#include <string.h>
#include <strings.h>

#include "mirrorwise/profile.h"
#include "profile_scan.h"

/* Owned: the value of [profile] KEY; "" if it has none. */
static char *profile_value(const struct mw_profile_scan *scan, const char *key)
{
    const struct mw_profile_entry *entry = mw_profile_scan_find(scan, "profile", key);
    return mw_xstrdup(entry != NULL ? entry->value : "");
}

static char *base_name(const char *path)
{
    const char *base = path + strlen(path);
    while (base > path && base[-1] != '/' && base[-1] != ':')
        base--;
    size_t len = strlen(base);
    if (len > 4 && strcmp(base + len - 4, ".ini") == 0)
        len -= 4;
    return mw_xstrndup(base, len);
}

static void fill(struct mw_profile_file *file, const char *path, const char *text, size_t len)
{
    struct mw_profile_scan scan = {0};
    file->path = mw_xstrdup(path);
    mw_buf_append(&file->text, text, len);
    /* A file that cannot be read keeps its place, so that loading it can say why. */
    enum mw_code code = mw_profile_scan(path, text, len, &scan, NULL);
    (void)code;
    file->name = profile_value(&scan, "name");
    file->summary = profile_value(&scan, "summary");
    file->extends = profile_value(&scan, "extends");
    if (!mw_model_is_name(file->name)) {
        free(file->name);
        file->name = base_name(path);
    }
    mw_profile_scan_release(&scan);
}

struct mw_profile_file *mw_profile_set_add(struct mw_profile_set *set, const char *path,
                                           const char *text, size_t len)
{
    struct mw_profile_file *file = MW_PUSH(set->items, set->count);
    fill(file, path, text, len);
    return file;
}

struct mw_profile_file *mw_profile_set_add_weak(struct mw_profile_set *set, const char *path,
                                                const char *text, size_t len)
{
    (void)MW_PUSH(set->items, set->count);
    memmove(set->items + 1, set->items, (set->count - 1) * sizeof *set->items);
    set->items[0] = (struct mw_profile_file){.is_weak = true};
    fill(&set->items[0], path, text, len);
    return &set->items[0];
}

const struct mw_profile_file *mw_profile_set_find(const struct mw_profile_set *set,
                                                  const char *name)
{
    for (size_t i = set->count; i-- > 0;) {
        if (strcmp(set->items[i].name, name) == 0)
            return &set->items[i];
    }
    return NULL;
}

void mw_profile_set_release(struct mw_profile_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        MW_FREE_ALL(set->items[i].name, set->items[i].summary, set->items[i].extends,
                    set->items[i].path, set->items[i].real_path, set->items[i].distrust,
                    set->items[i].remedy, set->items[i].mending);
        mw_buf_release(&set->items[i].text);
    }
    free(set->items);
    *set = (struct mw_profile_set){0};
}

/* The paths of the ${file:PATH} in a value. */
static void add_files(const char *value, struct mw_strings *files)
{
    static const char mark[] = "${file:";
    for (const char *at = value; (at = strstr(at, mark)) != NULL;) {
        at += strlen(mark);
        mw_strings_add_n(files, at, strcspn(at, "}"));
    }
}

void mw_profile_file_uses(const struct mw_profile_file *file, struct mw_strings *commands,
                          struct mw_strings *files)
{
    struct mw_profile_scan scan = {0};
    if (mw_profile_scan(file->path, mw_buf_text(&file->text), file->text.len, &scan, NULL) != MW_OK)
        return;
    for (size_t i = 0; i < scan.entry_count; i++) {
        const struct mw_profile_entry *entry = &scan.entries[i];
        const char *section = scan.sections[entry->section].name;
        if (mw_text_starts(section, "check.") && strcasecmp(entry->key, "command") == 0)
            mw_strings_add(commands, entry->value);
        else if (strcmp(section, "policy") == 0 && strcasecmp(entry->key, "ca-file") == 0)
            mw_strings_add(files, entry->value);
        else
            add_files(entry->value, files);
    }
    mw_profile_scan_release(&scan);
}
