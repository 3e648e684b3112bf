/* Which files of the repository a profile could read or run.
 *
 * No reader of words can say what a program makes of them, so a word that is not understood counts
 * as one that reaches every file. What is understood: a word without a path in it, which names a
 * program or a thing of the machine; a path that exists; an address of the web. */
#include <fcntl.h>
#include <string.h>

#include "mirrorwise/command.h"
#include "parts.h"

enum { LEVELS_MAX = 64 };

#define PLAIN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+"

/* Does it end in /.mirrorwise? */
static bool is_own_folder(const char *folder)
{
    size_t len = strlen(folder), mark = strlen("/.mirrorwise");
    return len > mark && strcmp(folder + len - mark, "/.mirrorwise") == 0;
}

char *source_repository(const struct mw_system *sys, const char *profile_path)
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

enum lead { LEADS_NOWHERE, LEADS_TO_ONE, LEADS_ANYWHERE };

/* A file of the repository is added; a folder that is part of it, or holds it, leads anywhere. */
static enum lead add_path(const struct source_reach *reach, const char *path)
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
static bool names_way(const struct source_reach *reach, const char *word)
{
    size_t len = strcspn(reach->repository + 1, "/");
    return len == 0 || memmem(word, strlen(word), reach->repository + 1, len) != NULL;
}

/* A word behind the program. Commands run in "/". */
static enum lead add_word(const struct source_reach *reach, const char *word)
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
static enum lead add_program(const struct source_reach *reach, const char *directory,
                             const char *word)
{
    MW_FREE char *path = word[0] == '/'              ? mw_xstrdup(word)
                         : strchr(word, '/') != NULL ? mw_xasprintf("%s/%s", directory, word)
                                                     : mw_system_which(reach->sys, word);
    return path != NULL ? add_path(reach, path) : LEADS_NOWHERE;
}

static bool add_command(const struct source_reach *reach, const char *directory, const char *text)
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

static bool add_tree(const struct source_reach *reach, const char *folder, bool with_profiles)
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

void source_programs(const struct source_reach *reach, const struct mw_profile_file *file)
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
