/* History: the generations, the journal, the audit log.
 *
 * One record format serves all three moments of a transaction. Before the first file is touched,
 * the record is written durably as STATE/journal; it holds the bytes and metadata of every file
 * before, and the hash of what it will be. Committing renames it to STATE/generations/ID. So a
 * journal that exists is an unfinished transaction, and no crash can lose a generation.
 *
 *     mirrorwise-record 1 META_BYTES META_SHA256\n
 *     {JSON meta of META_BYTES bytes}\n
 *     before-images, back to back
 *
 * Reading the history reads the meta parts only. Before-images are secrets: 0600 in 0700. */
#ifndef MW_HISTORY_H
#define MW_HISTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "mirrorwise/buffer.h"
#include "mirrorwise/choose.h"
#include "mirrorwise/error.h"
#include "mirrorwise/system.h"
#include "mirrorwise/value.h"

/* One file of a transaction. */
struct mw_record_file {
    char *tool;
    char *path, *real_path;
    struct mw_actor actor;
    bool before_exists, after_exists;
    bool before_has_secret, after_has_secret;
    char before_sha256[65], after_sha256[65];
    char bridge_sha256[65];           /* of the text between the two, "" if there is none */
    size_t image_offset, image_bytes; /* of the before-image, from the end of the meta part */
    struct mw_buf image;              /* only when read with images */
    mode_t mode;
    uid_t uid;
    gid_t gid;
    struct mw_xattr *xattrs;
    size_t xattr_count;
    char *temp_path; /* the temp beside the real file; recovery removes only names from here */
    struct mw_strings made_directories;
};

/* One setting of a transaction; `after` is what the three-way rule calls "last". */
struct mw_record_setting {
    char *tool, *path, *key;
    struct mw_value before, after;
    bool is_secret;        /* `before` or `after` is, or holds one */
    bool before_is_secret; /* only what of a value is secret is hidden: the other one is shown */
    bool after_is_secret;
    char *from; /* where it was wanted: text for people */
    struct mw_strings mirror_ids;
};

struct mw_record {
    long id;                  /* 1, 2, 3, ... */
    char *action;             /* "apply", "rollback" */
    char *profile;            /* NULL for a rollback */
    long profile_serial;      /* 0: it had none */
    char *user, *host, *time; /* time: RFC 3339 UTC */
    char *version;            /* of mirrorwise */
    char *root;               /* --root of the run, "" without; NULL in older records */
    char *home;               /* whose files there are among them, "" if none; NULL in older ones */
    struct mw_actor person;   /* who owns that home */
    long restores;            /* of a rollback: the generation whose state it returns to; -1 */
    struct mw_record_file *files;
    size_t file_count;
    struct mw_record_setting *settings;
    size_t setting_count;
    struct mw_ranking ranking; /* the measurement that chose the mirrors; may be empty */
};

void mw_record_release(struct mw_record *record);
/* Owned, for people: what it did: "apply dev, serial 1". */
char *mw_record_words(const struct mw_record *record);

/* What a run with another state directory (through sudo, or root's with --root) wrote into this
 * person's files: engine/trace.h. No text is NULL. */
struct mw_footprint {
    long id;        /* of the generation there */
    long restores;  /* as in a record */
    long after_own; /* the last generation of the person's own at that time */
    bool is_open;   /* not ended yet, or cut off */
    bool through_sudo;
    char *time, *action, *profile, *user, *host, *state_dir, *root, *salt;
    struct mw_strings tools, paths;                /* of the files, parallel */
    struct mw_strings setting_paths, keys, hashes; /* parallel */
};

/* The generations of this state directory, oldest first, without images. One directory may serve
 * several --root, and as root several homes: what is listed and rolled back is of the root at hand,
 * while the user's files, which all roots share, make the others matter for what we last wrote. */
struct mw_history {
    char *state_dir;
    char *root, *home; /* as in a record */
    struct mw_record *items;
    size_t count;
    struct mw_record *others; /* of other roots and homes */
    size_t other_count;
    struct mw_footprint *traces;
    size_t trace_count;       /* oldest first */
    bool is_persons;          /* not one that sudo or --root keeps apart */
    struct mw_record *person; /* under sudo: what the person's own runs wrote */
    size_t person_count;
    long person_last; /* id of the last of those */
    long next_id;     /* above every record there is, damaged or of a newer version too */
};

/* Broken records are left out and named in `warnings`. A missing state directory is an empty
 * history. */
enum mw_code mw_history_load(const struct mw_system *sys, struct mw_history *history,
                             struct mw_strings *warnings, struct mw_error *err) MW_WARN_UNUSED;
/* After a recovery nothing of this state is open any more: what became a generation is done in its
 * trace, too, and the rest undone. */
void mw_history_settle(const struct mw_system *sys, const struct mw_history *history);
void mw_history_release(struct mw_history *history);
const struct mw_record *mw_history_find(const struct mw_history *history, long id);
const struct mw_record *mw_history_last(const struct mw_history *history);
/* Is it of a generation in this state directory? */
bool mw_trace_is_own(const struct mw_history *history, const struct mw_footprint *trace);
/* The newest trace in effect that is younger than the last generation; NULL if none. */
const struct mw_footprint *mw_trace_newest(const struct mw_history *history);
/* Owned, for a shell: "sudo mirrorwise --root DIR --rollback", with `action` for its last word. */
char *mw_trace_command(const struct mw_footprint *trace, const char *action);
/* The one of another root or home with that id, or NULL. */
const struct mw_record *mw_history_find_other(const struct mw_history *history, long id);
/* The apply whose state the machine was left in: the last one, or the one that a rollback returned
 * to; NULL if that was the state before the first, or is forgotten. */
const struct mw_record *mw_history_in_effect(const struct mw_history *history);
/* The newest record that wrote this key of this file; NULL if we never did. */
const struct mw_record_setting *mw_history_last_written(const struct mw_history *history,
                                                        const char *path, const char *key);
/* Did a generation give the key this value, in whatever file? */
bool mw_history_has_written(const struct mw_history *history, const char *key, const char *value);
/* Is the file there because a generation made it? */
bool mw_history_has_made(const struct mw_history *history, const char *path);
/* Is `value`, found in that file, a secret that we put there? */
bool mw_history_is_secret(const struct mw_history *history, const char *path, const char *key,
                          const struct mw_value *value);

/* Reads one record with its images; verifies every hash. MW_IO for a broken one. Its secrets are
 * told (secret.h). */
enum mw_code mw_record_read(const struct mw_system *sys, const char *path, bool with_images,
                            struct mw_record *record, struct mw_error *err) MW_WARN_UNUSED;
/* The bytes of a record; images come from record->files[].image. */
void mw_record_format(struct mw_record *record, struct mw_buf *bytes);

/* Appends one line to STATE/audit.jsonl; `outcome` is a code, `message` a sentence. Secrets are
 * redacted before, and the hash of a file that holds one is left out. A failure to log is a
 * warning, never a failed apply. */
enum mw_code mw_audit_append(const struct mw_system *sys, const char *state_dir,
                             const struct mw_record *record, enum mw_code outcome,
                             const char *message, struct mw_error *err);

/* Removes generations older than 90 days beyond the newest 20; never the first one that touched a
 * file, so that the originals stay. */
void mw_history_prune(const struct mw_system *sys, const struct mw_history *history);

/* STATE/last-ranking.json. Missing: an empty ranking and MW_OK. */
enum mw_code mw_ranking_load(const struct mw_system *sys, const char *state_dir,
                             struct mw_ranking *ranking, struct mw_error *err) MW_WARN_UNUSED;
enum mw_code mw_ranking_save(const struct mw_system *sys, const char *state_dir,
                             const struct mw_ranking *ranking, struct mw_error *err) MW_WARN_UNUSED;

#endif
