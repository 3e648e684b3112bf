/* What the files of this room share. */
#ifndef MW_SOURCE_PARTS_H
#define MW_SOURCE_PARTS_H

#include "mirrorwise/source.h"

/* Directly in it? */
bool source_is_in(const char *path, const char *directory);
bool source_is_below(const char *path, const char *directory);

/* Owned: the repository that the profile lies in: the nearest folder at or above the one that holds
 * ./.mirrorwise (or the file) with a .git in it, else that one itself. */
char *source_repository(const struct mw_system *sys, const char *profile_path);
/* The files of the repository that the commands of `file` name: the program, and any path in their
 * words. Resolved paths, each once. */
void source_programs(const struct mw_system *sys, const struct mw_profile_file *file,
                     const char *repository, struct mw_strings *paths);

#endif
