/* Where profiles come from, and whom they speak for.
 *
 * What is built in, in the system's folders or in the user's own one is believed. What lies in
 * ./.mirrorwise of the working directory is a stranger's: it replaces no name of elsewhere, and
 * until somebody trusts it (--trust) it is shown and no more: nothing of it is run, expanded or
 * measured. A file that is named by its path is believed for its settings, not for its commands.
 * Trust is of a path and of bytes: those of the profile, of what it extends in the repository, of
 * all else in its ./.mirrorwise, and of what its settings and commands name in the repository; of
 * every file there, if a command could reach any. Changed bytes are a stranger's again, and so is a
 * file more or less. As root every part
 * of the way to a believed file must be root's, or the invoking user's, and nobody else's to write.
 *
 * This room finds files and judges them; it asks nobody and prints nothing. */
#ifndef MW_SOURCE_H
#define MW_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "mirrorwise/buffer.h"
#include "mirrorwise/error.h"
#include "mirrorwise/profile.h"
#include "mirrorwise/system.h"

/* Of a profile, of a catalogue; and how many of them a folder may hold. */
#define MW_SOURCE_MAX_BYTES (1u << 20)
#define MW_SOURCE_MAX_FILES 64
/* How much of a repository is looked at. */
#define MW_TRUST_MAX_FILES 1000
#define MW_TRUST_MAX_BYTES (32u << 20)

/* "builtin", "system", "user", "repository", "file", "root"; for JSON, never translated. */
const char *mw_from_word(enum mw_from source);
/* A few words for people: "a stranger's, ./.mirrorwise"; translated. */
const char *mw_from_text(enum mw_from source, bool is_stranger);

/* ---- trust ------------------------------------------------------------------------------- */

/* One file whose bytes are trusted. `text` is kept of profiles, to show what has changed. */
struct mw_trust_file {
    char *path; /* resolved */
    char sha256[65];
    char *text; /* NULL: no profile */
};

/* A profile with all that hangs on it, the profile itself first. */
struct mw_trust_entry {
    char *repository; /* in which files count */
    char time[MW_TIME_TEXT];
    struct mw_trust_file *files;
    size_t count;
    char *too_wide; /* the command, or the folder, of which not all can be looked at, and which so
                       cannot be trusted; NULL: none */
};
void mw_trust_entry_release(struct mw_trust_entry *entry);
/* Borrowed; NULL: it has no file of that path. */
const struct mw_trust_file *mw_trust_file_find(const struct mw_trust_entry *entry,
                                               const char *path);

struct mw_trust {
    struct mw_trust_entry *entries;
    size_t count;
};

/* Loads what this person trusts: with sudo the invoking user. A store that others could have
 * written is not believed: a warning, and nobody is trusted. */
void mw_trust_load(const struct mw_system *sys, struct mw_trust *trust,
                   struct mw_strings *warnings);
void mw_trust_release(struct mw_trust *trust);
/* Writes it, as that person, 0600, whole or not at all. */
enum mw_code mw_trust_save(const struct mw_system *sys, const struct mw_trust *trust,
                           struct mw_error *err) MW_WARN_UNUSED;
/* Borrowed: what is known of that profile, whatever its bytes are now; NULL: nothing. */
const struct mw_trust_entry *mw_trust_find(const struct mw_trust *trust, const char *real_path);
/* Puts the entry in place of an older one of the same path. */
void mw_trust_put(struct mw_trust *trust, struct mw_trust_entry *take_entry);
/* Removes the profile PATH, or all that lie below the directory PATH; how many there were. */
size_t mw_trust_remove(struct mw_trust *trust, const char *path);

/* Everything that trusting `file` would be about, as it is now. `set` is where what it extends is
 * looked up. `repository` (NULL: found out) is in which folder programs count. */
void mw_trust_gather(const struct mw_system *sys, const struct mw_profile_set *set,
                     const struct mw_profile_file *file, const char *repository,
                     struct mw_trust_entry *entry);
/* Does what is trusted cover the file as it is now? */
bool mw_trust_covers(const struct mw_trust *trust, const struct mw_system *sys,
                     const struct mw_profile_set *set, const struct mw_profile_file *file);

/* ---- finding files ------------------------------------------------------------------------ */

struct mw_sources {
    const struct mw_system *sys;
    const struct mw_trust *trust;
    struct mw_profile_set *set;
    struct mw_strings *warnings;
};

/* Adds the profiles of every folder, weakest first. `config` is the user's own folder, NULL:
 * none. What is built in the caller has added. */
void mw_source_find(const struct mw_sources *sources, const char *config);

/* Adds what lies in a folder as a stranger's, unless it is there already. */
void mw_source_add_strangers(const struct mw_sources *sources, const char *directory);

/* Adds the profile of that path, strongest of all, and weakly what lies beside it. `is_named`: now,
 * on the command line, so that it may be anybody's; a path that was remembered or inherited is
 * followed with the user's own rights. MW_BAD_PROFILE if there is none. *file is borrowed. */
enum mw_code mw_source_add_path(const struct mw_sources *sources, const char *path, bool is_named,
                                const struct mw_profile_file **file,
                                struct mw_error *err) MW_WARN_UNUSED;

/* Owned: without "./", and from the root as far as the working directory is known. */
char *mw_source_absolute(const struct mw_system *sys, const char *path);
/* Reads a file of such a folder: MW_OK with file->exists false if it is missing; refused as root,
 * MW_UNTRUSTED, if others could have written it; one that is named may be somebody's, but not one
 * that anybody may write. Catalogues are read by this, too. */
enum mw_code mw_source_read(const struct mw_system *sys, const char *path, struct mw_actor actor,
                            bool is_named, struct mw_file *file,
                            struct mw_error *err) MW_WARN_UNUSED;
/* Names in a folder, at most MW_SOURCE_MAX_FILES; a warning if there are more. */
void mw_source_list(const struct mw_system *sys, const char *directory, const char *suffix,
                    struct mw_strings *names, struct mw_strings *warnings);

#endif
