/* What the files of src/system share and nobody else needs: whole reads and writes, whose rights
 * count, and the walk to a file that follows symbolic links itself. */
#ifndef MW_SYSTEM_INTERNAL_H
#define MW_SYSTEM_INTERNAL_H

#include <fcntl.h>
#include <pwd.h>

#include "mirrorwise/system.h"

/* A descriptor that only names a directory: needs search permission, not read permission. */
#define MW_O_DIRECTORY (O_PATH | O_DIRECTORY)

#define MW_TEMP_PREFIX ".mw-"
/* Behind the name of a temp that is complete: from then on it may be what was taken out of the
 * file's place, and so the only copy of what somebody else wrote. */
#define MW_TEMP_WHOLE ".out"

/* fd.c. These return what system calls return, -1 and errno. A call interrupted by a signal is
 * made again, a bounded number of times. */
int mw_fd_open(const struct mw_system *sys, int dirfd, const char *name, int flags, mode_t mode);
/* Appends the bytes up to end of file, or `max` of them. */
int mw_fd_read(const struct mw_system *sys, int fd, size_t max, struct mw_buf *bytes);
/* All bytes, to an empty buffer; EFBIG if there are more than `max`. */
int mw_fd_read_all(const struct mw_system *sys, int fd, size_t max, struct mw_buf *bytes);
int mw_fd_write_all(const struct mw_system *sys, int fd, const void *bytes, size_t len);
int mw_fd_sync(const struct mw_system *sys, int fd);
/* `dirfd` may be a MW_O_DIRECTORY descriptor, which fsync itself would refuse. */
int mw_fd_sync_dir(const struct mw_system *sys, int dirfd);
bool mw_cannot_sync_dirs(int sys_errno);
/* Closes without touching errno; a negative `fd` is nothing. */
void mw_fd_drop(const struct mw_system *sys, int fd);
/* Name of a temporary file: MW_TEMP_PREFIX and 12 random hex digits; NULL and errno. */
char *mw_temp_name(const struct mw_system *sys);
/* MW_NO_PERMISSION for what a right would mend, MW_BAD_CONFIG for what is of the wrong kind,
 * MW_IO for a full or failing disk, `otherwise` for the rest. */
enum mw_code mw_errno_code(int sys_errno, enum mw_code otherwise);

/* unsynced.c. Takes the descriptor of a file, whose `path` is named if it cannot be synced; only
 * while sys->unsynced is set. */
void mw_unsynced_add(const struct mw_system *sys, int fd, const char *path);
/* The directory `dirfd` now, or, while sys->unsynced is set, later and once; -1 and errno. */
int mw_unsynced_add_dir(const struct mw_system *sys, int dirfd, const char *path);
void mw_fsync_each(const int *fds, size_t count, int *errors);

/* user.c; any thread. Looks a user up; `*bytes` is owned, found or not, and holds what the entry
 * points to. */
bool mw_user_find(uid_t uid, struct passwd *user, char **bytes);
/* How many groups: `gid` and those that the user is in, the first MW_GROUPS_MAX of them. */
#define MW_GROUPS_MAX 256
int mw_user_groups(uid_t uid, gid_t gid, gid_t groups[MW_GROUPS_MAX]);

/* actor.c. Between enter and leave file access of this thread has the rights of `actor`; other
 * threads keep theirs. A thread or process made in between would inherit these rights for good:
 * make none. Failing to return is fatal. They do not nest. */
enum mw_code mw_actor_enter(const struct mw_system *sys, struct mw_actor actor,
                            struct mw_error *err) MW_WARN_UNUSED;
void mw_actor_leave(const struct mw_system *sys, struct mw_actor actor);
uid_t mw_actor_uid(const struct mw_system *sys, struct mw_actor actor);

/* state.c. MW_BAD_CONFIG speaks of a tool's file; for one of our own it becomes `otherwise`. */
enum mw_code mw_own_file_code(enum mw_code code, enum mw_code otherwise);

/* place.c. Where a path leads: the deepest directory that exists, and what would come below it. One
 * that is not opened yet is {.dirfd = -1}. */
struct mw_place {
    const struct mw_system *sys;
    int dirfd;                 /* MW_O_DIRECTORY descriptor of `directory` */
    char *directory;           /* absolute, no symbolic link in it */
    struct mw_strings missing; /* directories below `directory` that do not exist */
    char *name;                /* last component; "." if the path leads to a directory */
    bool is_sticky;            /* others may put names into `directory`, each their own */
    char *doubt;               /* MW_FOLLOW_WARILY: as mw_file_read_warily() says */
};
enum mw_links {
    MW_FOLLOW_LINKS,
    MW_FOLLOW_WARILY,  /* and look at who could change the way */
    MW_FOLLOW_TO_NAME, /* a file of our own: whatever has that name is meant, a link too */
    MW_REFUSE_LINKS,   /* the path is a resolved one; a link in it is news: MW_CONFLICT */
};

/* Walks `path` component by component with the rights that this thread has now. Below
 * sys->root, absolute links and ".." stay inside it, as under chroot(2). A link that leads to
 * nothing, a loop, a file in place of a directory: MW_BAD_CONFIG. The last component need not
 * exist. `uid` is whose rights count now. */
enum mw_code mw_place_open(const struct mw_system *sys, const char *path, uid_t uid,
                           enum mw_links links, struct mw_place *place,
                           struct mw_error *err) MW_WARN_UNUSED;
void mw_place_release(struct mw_place *place);
/* Opens the file that the path leads to; -1 and errno, ENOENT too if its directory is missing. */
int mw_place_file(const struct mw_place *place, int flags, mode_t mode);
/* Goes down into the directory `name`, making it first if it is not there, which *made tells; -1
 * and errno. It is durable then if it was made, or `was_missing`, so that somebody else made it
 * just now. `path` is named if that fails later. */
int mw_place_descend(struct mw_place *place, const char *name, mode_t mode, bool was_missing,
                     const char *path, bool *made);
/* Owned: the whole path, missing directories and name included. */
char *mw_place_path(const struct mw_place *place);
/* Owned: `directory` with `count` of the missing ones. */
char *mw_place_directory(const struct mw_place *place, size_t count);
bool mw_path_below_root(const struct mw_system *sys, const char *path);

/* file_stage.c. What the files about one replacement share. */
#define MW_LIVE_FLAGS (O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW)
enum mw_code mw_stage_place(const struct mw_system *sys, const struct mw_file *file,
                            struct mw_place *place, struct mw_error *err) MW_WARN_UNUSED;
/* With errno as the reason. */
enum mw_code mw_stage_fail(const struct mw_file *file, const char *step, const char *sentence,
                           struct mw_error *err);
enum mw_code mw_stage_conflict(const struct mw_file *file, const char *sentence,
                               struct mw_error *err);

/* owner.c. Owned: who else than root, this process's user and the one that sudo speaks for may
 * change what is open as `fd`; NULL: nobody. `is_sticky` (may be NULL) receives whether that is a
 * directory where everybody may put names, each their own, which is no reason. */
char *mw_owner_doubt(const struct mw_system *sys, int fd, const struct stat *st, bool *is_sticky);
bool mw_owner_is_ours(const struct mw_system *sys, uid_t uid);

/* directory.c. open(2) and stat(2); below sys->root with links that stay inside. -1 and errno. */
int mw_path_open(const struct mw_system *sys, const char *path, int flags);
int mw_path_stat(const struct mw_system *sys, const char *path, struct stat *st);

/* metadata.c. The extended attributes that a replacement keeps; -1 and errno. */
int mw_xattrs_read(const struct mw_system *sys, int fd, struct mw_xattr **xattrs, size_t *count);
bool mw_xattrs_equal(const struct mw_xattr *a, size_t a_count, const struct mw_xattr *b,
                     size_t b_count);
/* Gives `fd` the owner, extended attributes and mode of `file`, changing only what differs, and
 * checks that it has them. */
enum mw_code mw_metadata_keep(const struct mw_system *sys, int fd, const struct mw_file *file,
                              struct mw_error *err) MW_WARN_UNUSED;

/* The text that is read for the file under one of these names (the second may be NULL); NULL: its
 * own. */
const struct mw_stand_in *mw_stand_in_find(const struct mw_system *sys, const char *path,
                                           const char *real_path);

#endif
