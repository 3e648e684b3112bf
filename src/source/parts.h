/* What the files of this room share. */
#ifndef MW_SOURCE_PARTS_H
#define MW_SOURCE_PARTS_H

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/source.h"
#include "mirrorwise/text.h"

/* Directly in it? */
bool source_is_in(const char *path, const char *directory);
bool source_is_below(const char *path, const char *directory);

/* Owned: the repository that the profile lies in: the nearest folder at or above the one that holds
 * ./.mirrorwise (or the file) with a .git in it, else that one itself. */
char *source_repository(const struct mw_system *sys, const char *profile_path);

struct source_reach {
    const struct mw_system *sys;
    const char *repository;
    struct mw_strings *paths; /* receives them, each once */
    char **too_wide;          /* as of struct mw_trust_entry */
};
/* The files of the repository that `file` could read or run: all of its ./.mirrorwise but the other
 * profiles there; what its settings and the words of its commands name; and with a command that
 * could reach any file of the repository, all of them. */
void source_programs(const struct source_reach *reach, const struct mw_profile_file *file);

#endif
