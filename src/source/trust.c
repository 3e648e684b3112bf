/* Whom somebody trusts: which bytes, and whether they are still the same. */
#include <string.h>

#include "mirrorwise/hash.h"
#include "parts.h"

enum { CHAIN_MAX = 32 };

void mw_trust_entry_release(struct mw_trust_entry *entry)
{
    for (size_t i = 0; i < entry->count; i++) {
        free(entry->files[i].path);
        free(entry->files[i].text);
    }
    MW_FREE_ALL(entry->files, entry->repository, entry->too_wide);
    *entry = (struct mw_trust_entry){0};
}

void mw_trust_release(struct mw_trust *trust)
{
    for (size_t i = 0; i < trust->count; i++)
        mw_trust_entry_release(&trust->entries[i]);
    free(trust->entries);
    *trust = (struct mw_trust){0};
}

const struct mw_trust_entry *mw_trust_find(const struct mw_trust *trust, const char *real_path)
{
    for (size_t i = 0; real_path != NULL && i < trust->count; i++) {
        if (strcmp(trust->entries[i].files[0].path, real_path) == 0)
            return &trust->entries[i];
    }
    return NULL;
}

static void drop(struct mw_trust *trust, size_t index)
{
    mw_trust_entry_release(&trust->entries[index]);
    trust->count--;
    memmove(&trust->entries[index], &trust->entries[index + 1],
            (trust->count - index) * sizeof *trust->entries);
}

void mw_trust_put(struct mw_trust *trust, struct mw_trust_entry *take_entry)
{
    const struct mw_trust_entry *old = mw_trust_find(trust, take_entry->files[0].path);
    if (old != NULL)
        drop(trust, (size_t)(old - trust->entries));
    *MW_PUSH(trust->entries, trust->count) = *take_entry;
    *take_entry = (struct mw_trust_entry){0};
}

size_t mw_trust_remove(struct mw_trust *trust, const char *path)
{
    size_t before = trust->count;
    for (size_t i = trust->count; i-- > 0;) {
        const char *profile = trust->entries[i].files[0].path;
        if (strcmp(profile, path) == 0 || source_is_below(profile, path))
            drop(trust, i);
    }
    return before - trust->count;
}

const struct mw_trust_file *mw_trust_file_find(const struct mw_trust_entry *entry, const char *path)
{
    for (size_t i = 0; i < entry->count; i++) {
        if (strcmp(entry->files[i].path, path) == 0)
            return &entry->files[i];
    }
    return NULL;
}

static void add_profile(struct mw_trust_entry *entry, const struct mw_profile_file *file)
{
    struct mw_trust_file *one = MW_PUSH(entry->files, entry->count);
    one->path = mw_xstrdup(file->real_path);
    one->text = mw_xstrndup(mw_buf_text(&file->text), file->text.len);
    mw_sha256_hex(mw_buf_text(&file->text), file->text.len, one->sha256);
}

/* Of a link it is the target that counts; where that lies in the repository it is a file of its
 * own. What cannot be read, or remembered in JSON, cannot be trusted. Returns the bytes. */
static size_t add_program(const struct mw_system *sys, struct mw_trust_entry *entry,
                          const char *path)
{
    MW_AUTO(mw_file) file = {0};
    struct mw_trust_file *one = MW_PUSH(entry->files, entry->count);
    MW_FREE char *target = mw_link_target(sys, path);
    one->path = mw_xstrdup(path);
    if (target != NULL)
        mw_sha256_hex(target, strlen(target), one->sha256);
    else if (mw_file_read(sys, path, sys->user, &file, NULL) == MW_OK && file.exists)
        memcpy(one->sha256, file.sha256, sizeof one->sha256);
    if (one->sha256[0] == '\0' || !mw_utf8_valid(path, strlen(path)))
        entry->too_wide = mw_xstrdup(path);
    return file.bytes.len;
}

/* Borrowed: what the file extends; NULL: nothing that is found. */
static const struct mw_profile_file *parent_of(const struct mw_profile_set *set,
                                               const struct mw_profile_file *file)
{
    return file->extends[0] != '\0' ? mw_profile_set_find(set, file->extends) : NULL;
}

void mw_trust_gather(const struct mw_system *sys, const struct mw_profile_set *set,
                     const struct mw_profile_file *file, const char *repository,
                     struct mw_trust_entry *entry)
{
    MW_AUTO(mw_strings) programs = {0};
    entry->repository =
        repository != NULL ? mw_xstrdup(repository) : source_repository(sys, file->real_path);
    struct source_reach reach = {.sys = sys,
                                 .repository = entry->repository,
                                 .paths = &programs,
                                 .too_wide = &entry->too_wide};
    size_t left = MW_TRUST_MAX_BYTES;
    mw_system_now(sys, entry->time);
    for (int i = 0; file != NULL && i < CHAIN_MAX; i++) {
        /* What is believed anyway is nobody's to trust. */
        if (file->real_path != NULL && mw_trust_file_find(entry, file->real_path) != NULL)
            break;
        if (i == 0 || file->needs_trust) {
            add_profile(entry, file);
            source_programs(&reach, file);
        }
        file = parent_of(set, file);
    }
    for (size_t i = 0; i < programs.count && entry->too_wide == NULL; i++) {
        size_t len = mw_trust_file_find(entry, programs.items[i]) == NULL
                         ? add_program(sys, entry, programs.items[i])
                         : 0;
        if (len > left && entry->too_wide == NULL)
            entry->too_wide = mw_xstrdup(entry->repository);
        left -= len <= left ? len : left;
    }
}

bool mw_trust_covers(const struct mw_trust *trust, const struct mw_system *sys,
                     const struct mw_profile_set *set, const struct mw_profile_file *file)
{
    const struct mw_trust_entry *known = mw_trust_find(trust, file->real_path);
    MW_AUTO(mw_trust_entry) now = {0};
    if (known == NULL)
        return false;
    mw_trust_gather(sys, set, file, known->repository, &now);
    bool is_same = now.too_wide == NULL && now.count == known->count;
    for (size_t i = 0; is_same && i < now.count; i++) {
        const struct mw_trust_file *then = mw_trust_file_find(known, now.files[i].path);
        is_same = then != NULL && now.files[i].sha256[0] != '\0' &&
                  strcmp(then->sha256, now.files[i].sha256) == 0;
    }
    return is_same;
}
