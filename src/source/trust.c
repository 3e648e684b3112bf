/* Whom somebody trusts: which bytes, and whether they are still the same. */
#include <fcntl.h>
#include <string.h>

#include "mirrorwise/command.h"
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
    return MW_FIND(entry->files, entry->count, path, path);
}

/* ---- what a profile reaches ------------------------------------------------------------------ */

/* Which files of the repository a profile could read or run.
 *
 * No reader of words can say what a program makes of them, so a word that is not understood counts
 * as one that reaches every file. What is understood: a word without a path in it, which names a
 * program or a thing of the machine; a path that exists; an address of the web. */
enum { LEVELS_MAX = 64 };

#define PLAIN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+"

/* Does it end in /.mirrorwise? */
static bool is_own_folder(const char *folder)
{
    size_t len = strlen(folder), mark = strlen("/.mirrorwise");
    return len > mark && strcmp(folder + len - mark, "/.mirrorwise") == 0;
}

/* Owned: the repository that the profile lies in: the nearest folder at or above the one that holds
 * ./.mirrorwise (or the file) with a .git in it, else that one itself. */
static char *find_repository(const struct mw_system *sys, const char *profile_path)
{
    MW_FREE char *folder = mw_text_directory(profile_path);
    if (is_own_folder(folder))
        folder[strlen(folder) - strlen("/.mirrorwise")] = '\0';
    MW_FREE char *at = mw_xstrdup(folder);
    for (int level = 0; level < LEVELS_MAX && strcmp(at, "/") != 0; level++) {
        MW_FREE char *mark = mw_xasprintf("%s/.git", at);
        if (mw_path_exists(sys, mark))
            return mw_xstrdup(at);
        char *above = mw_text_directory(at);
        free(at);
        at = above;
    }
    return mw_xstrdup(folder);
}

struct reach {
    const struct mw_system *sys;
    const char *repository;
    struct mw_strings *paths; /* receives them, each once */
    char **too_wide;          /* as of struct mw_trust_entry */
};

enum lead { LEADS_NOWHERE, LEADS_TO_ONE, LEADS_ANYWHERE };

/* A file of the repository is added; a folder that is part of it, or holds it, leads anywhere. */
static enum lead add_path(const struct reach *reach, const char *path)
{
    struct stat st;
    MW_FREE char *real = mw_path_resolve(reach->sys, path);
    if (real == NULL || reach->sys->ops->fstatat(AT_FDCWD, real, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return LEADS_NOWHERE;
    bool is_inside = source_is_below(real, reach->repository);
    bool is_around = strcmp(real, reach->repository) == 0 || strcmp(real, "/") == 0 ||
                     source_is_below(reach->repository, real);
    if (S_ISDIR(st.st_mode) && (is_inside || is_around))
        return LEADS_ANYWHERE;
    if (is_inside && !mw_strings_has(reach->paths, real))
        mw_strings_add(reach->paths, real);
    return LEADS_TO_ONE;
}

/* Does the word hold the name of the first folder on the way to the repository? */
static bool names_way(const struct reach *reach, const char *word)
{
    size_t len = strcspn(reach->repository + 1, "/");
    return len == 0 || memmem(word, strlen(word), reach->repository + 1, len) != NULL;
}

/* A word behind the program. Commands run in "/". */
static enum lead add_word(const struct reach *reach, const char *word)
{
    MW_FREE char *path = mw_xasprintf("%s%s", word[0] == '/' ? "" : "/", word);
    MW_FREE char *program = strchr(word, '/') == NULL ? mw_system_which(reach->sys, word) : NULL;
    enum lead lead = word[0] != '\0' ? add_path(reach, path) : LEADS_TO_ONE;
    if (program != NULL && lead != LEADS_ANYWHERE) /* env NAME */
        lead = add_path(reach, program);
    if (lead == LEADS_NOWHERE && word[0] == '/') /* not there: looked for again every time */
        lead = word[strspn(word, PLAIN "/")] != '\0' || strstr(word, "/..") != NULL ? LEADS_ANYWHERE
                                                                                    : LEADS_NOWHERE;
    else if (lead == LEADS_NOWHERE)
        lead = word[strspn(word, PLAIN ":=,@%")] != '\0' || names_way(reach, word) ? LEADS_ANYWHERE
                                                                                   : LEADS_NOWHERE;
    if (mw_text_starts(word, "https://") || mw_text_starts(word, "http://"))
        lead = LEADS_NOWHERE;
    return lead;
}

/* The program: in PATH, or beside the profile. */
static enum lead add_program(const struct reach *reach, const char *directory, const char *word)
{
    MW_FREE char *path = word[0] == '/'              ? mw_xstrdup(word)
                         : strchr(word, '/') != NULL ? mw_xasprintf("%s/%s", directory, word)
                                                     : mw_system_which(reach->sys, word);
    return path != NULL ? add_path(reach, path) : LEADS_NOWHERE;
}

static bool add_command(const struct reach *reach, const char *directory, const char *text)
{
    MW_AUTO(mw_strings) words = {0};
    bool is_known = mw_command_split(text, &words, NULL) != MW_OK || /* is not run either */
                    add_program(reach, directory, words.items[0]) != LEADS_ANYWHERE;
    for (size_t i = 1; is_known && i < words.count; i++)
        is_known = add_word(reach, words.items[i]) != LEADS_ANYWHERE;
    return is_known;
}

/* A profile beside which it lies may be extended, and is then looked at for itself. */
static bool is_profile(const char *path, const char *folder)
{
    size_t len = strlen(path);
    return source_is_in(path, folder) && len > 4 && strcmp(path + len - 4, ".ini") == 0;
}

static bool add_tree(const struct reach *reach, const char *folder, bool with_profiles)
{
    MW_AUTO(mw_strings) found = {0};
    bool is_whole = mw_tree_list(reach->sys, reach->sys->user, folder, MW_TRUST_MAX_FILES, &found);
    for (size_t i = 0; i < found.count; i++) {
        if ((with_profiles || !is_profile(found.items[i], folder)) &&
            !mw_strings_has(reach->paths, found.items[i]))
            mw_strings_add(reach->paths, found.items[i]);
    }
    return is_whole;
}

/* The files of the repository that `file` could read or run: all of its ./.mirrorwise but the other
 * profiles there; what its settings and the words of its commands name; and with a command that
 * could reach any file of the repository, all of them. */
static void find_programs(const struct reach *reach, const struct mw_profile_file *file)
{
    MW_AUTO(mw_strings) commands = {0}, files = {0};
    MW_FREE char *directory = mw_text_directory(file->real_path);
    const char *wild = NULL;
    bool is_whole = true;
    mw_profile_file_uses(file, &commands, &files);
    for (size_t i = 0; i < files.count; i++) {
        const char *name = files.items[i];
        bool is_home = mw_text_starts(name, "~/") && reach->sys->home != NULL;
        MW_FREE char *path = name[0] == '/'
                                 ? mw_xstrdup(name)
                                 : mw_xasprintf("%s/%s", is_home ? reach->sys->home : directory,
                                                is_home ? name + 2 : name);
        (void)add_path(reach, path);
    }
    for (size_t i = 0; i < commands.count; i++) {
        if (!add_command(reach, directory, commands.items[i]))
            wild = commands.items[i];
    }
    if (wild != NULL)
        is_whole = add_tree(reach, reach->repository, true);
    else if (is_own_folder(directory))
        is_whole = add_tree(reach, directory, false);
    if (!is_whole && *reach->too_wide == NULL)
        *reach->too_wide = mw_xstrdup(wild != NULL ? wild : directory);
}

/* ---- gathering ------------------------------------------------------------------------------- */

static void add_profile(struct mw_trust_entry *entry, const struct mw_profile_file *file)
{
    struct mw_trust_file *one = MW_PUSH(entry->files, entry->count);
    one->path = mw_xstrdup(file->real_path);
    one->text = mw_xstrndup(mw_buf_text(&file->text), file->text.len);
    mw_sha256_hex(mw_buf_text(&file->text), file->text.len, one->sha256);
}

/* Of a link it is the target that counts; where that lies in the repository it is a file of its
 * own. What cannot be read, or remembered in JSON, cannot be trusted. Returns the bytes. */
static size_t add_bytes(const struct mw_system *sys, struct mw_trust_entry *entry, const char *path)
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
        repository != NULL ? mw_xstrdup(repository) : find_repository(sys, file->real_path);
    struct reach reach = {.sys = sys,
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
            find_programs(&reach, file);
        }
        file = parent_of(set, file);
    }
    for (size_t i = 0; i < programs.count && entry->too_wide == NULL; i++) {
        size_t len = mw_trust_file_find(entry, programs.items[i]) == NULL
                         ? add_bytes(sys, entry, programs.items[i])
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
