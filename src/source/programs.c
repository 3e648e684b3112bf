/* Which files of the repository a profile's commands would run or read. */
#include <string.h>

#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "parts.h"

enum { LEVELS_MAX = 64 };

char *source_repository(const struct mw_system *sys, const char *profile_path)
{
    char *folder = mw_text_directory(profile_path);
    size_t len = strlen(folder);
    if (len > strlen("/.mirrorwise") &&
        strcmp(folder + len - strlen("/.mirrorwise"), "/.mirrorwise") == 0)
        folder[len - strlen("/.mirrorwise")] = '\0';
    char *at = mw_xstrdup(folder);
    for (int level = 0; level < LEVELS_MAX && strcmp(at, "/") != 0; level++) {
        char *mark = mw_xasprintf("%s/.git", at);
        bool is_found = mw_path_exists(sys, mark);
        free(mark);
        if (is_found) {
            free(folder);
            return at;
        }
        char *above = mw_text_directory(at);
        free(at);
        at = above;
    }
    free(at);
    return folder;
}

static void add_if_inside(const struct mw_system *sys, const char *path, const char *repository,
                          struct mw_strings *paths)
{
    struct mw_file file = {0};
    if (mw_file_read(sys, path, sys->user, &file, NULL) == MW_OK && file.exists &&
        (source_is_below(file.real_path, repository) || source_is_below(path, repository)) &&
        !mw_strings_has(paths, file.real_path))
        mw_strings_add(paths, file.real_path);
    mw_file_release(&file);
}

/* A word may be a path, and an option or a script of a shell may hold one. */
static void add_paths(const struct mw_system *sys, const char *word, const char *directory,
                      const char *repository, struct mw_strings *paths)
{
    struct mw_strings parts = {0};
    mw_strings_add(&parts, word);
    mw_strings_split(&parts, word, " \t'\"=;:,&|<>()");
    for (size_t i = 0; i < parts.count; i++) {
        const char *part = parts.items[i];
        bool is_relative = part[0] != '/' && strchr(part, '/') != NULL;
        char *whole = is_relative ? mw_xasprintf("%s/%s", directory, part) : mw_xstrdup(part);
        if (whole[0] == '/')
            add_if_inside(sys, whole, repository, paths);
        free(whole);
    }
    mw_strings_release(&parts);
}

void source_programs(const struct mw_system *sys, const struct mw_profile_file *file,
                     const char *repository, struct mw_strings *paths)
{
    struct mw_strings commands = {0};
    char *directory = mw_text_directory(file->real_path != NULL ? file->real_path : file->path);
    mw_profile_file_commands(file, &commands);
    for (size_t i = 0; i < commands.count; i++) {
        struct mw_strings words = {0};
        mw_strings_split(&words, commands.items[i], " \t'\"");
        for (size_t w = 0; w < words.count; w++)
            add_paths(sys, words.items[w], directory, repository, paths);
        char *program = words.count > 0 && strchr(words.items[0], '/') == NULL
                            ? mw_system_which(sys, words.items[0])
                            : NULL;
        if (program != NULL)
            add_if_inside(sys, program, repository, paths);
        free(program);
        mw_strings_release(&words);
    }
    free(directory);
    mw_strings_release(&commands);
}
