/* The only door to the operating system.
 *
 * Everything that can fail outside this program goes through `struct mw_ops`, a table of
 * functions with the meaning of the system calls they are named after (they return -1 and set
 * errno). mw_ops_real calls the kernel; tests wrap it to fail or to die at the n-th call. Nothing
 * in other rooms calls open, rename, unlink, fork, exec or getenv. */
#ifndef MW_SYSTEM_H
#define MW_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

#include "mirrorwise/buffer.h"
#include "mirrorwise/error.h"

enum mw_attribute {
    MW_ATTRIBUTE_MOUNT_ROOT = 1,
    MW_ATTRIBUTE_IMMUTABLE = 2,   /* chattr +i */
    MW_ATTRIBUTE_APPEND_ONLY = 4, /* chattr +a */
};

enum mw_rename {
    MW_RENAME_EXCHANGE, /* both names exist and change places, at one moment */
    MW_RENAME_NEW,      /* EEXIST if `to` exists */
};

struct mw_ops {
    int (*openat)(int dirfd, const char *name, int flags, mode_t mode);
    ssize_t (*read)(int fd, void *bytes, size_t len);
    ssize_t (*write)(int fd, const void *bytes, size_t len);
    int (*fsync)(int fd);
    int (*close)(int fd);
    int (*fstat)(int fd, struct stat *st);
    int (*fstatat)(int dirfd, const char *name, struct stat *st, int flags);
    ssize_t (*readlinkat)(int dirfd, const char *name, char *target, size_t size);
    int (*renameat)(int from_dirfd, const char *from, int to_dirfd, const char *to);
    int (*unlinkat)(int dirfd, const char *name, int flags);
    int (*mkdirat)(int dirfd, const char *name, mode_t mode);
    int (*fchown)(int fd, uid_t uid, gid_t gid);
    int (*fchmod)(int fd, mode_t mode);
    ssize_t (*flistxattr)(int fd, char *names, size_t size);
    ssize_t (*fgetxattr)(int fd, const char *name, void *value, size_t size);
    int (*fsetxattr)(int fd, const char *name, const void *value, size_t size);
    int (*flock)(int fd, int operation);
    int (*ftruncate)(int fd, off_t len);
    int (*kill)(pid_t pid, int sig);
    int (*clock_gettime)(clockid_t clock, struct timespec *ts);
    int (*random)(void *bytes, size_t len); /* getrandom(2), all of it or -1 */
    int (*fremovexattr)(int fd, const char *name);
    int (*faccessat)(int dirfd, const char *name, int mode, int flags);
    /* MW_ATTRIBUTE_* of an open file or directory, as far as this system can tell. */
    int (*attributes)(int fd, unsigned *attributes);
    int (*nanosleep)(const struct timespec *duration);
    /* Effective uid, gid and supplementary groups of the calling thread alone, for file access as
     * another user (sudoedit does the same); switch_back returns to root. Only root may switch. */
    int (*switch_to)(uid_t uid, gid_t gid);
    int (*switch_back)(void);
    /* linkat(2) within one directory; then renameat2(2) with MW_RENAME_*; EINVAL or ENOSYS where
     * kernel or file system have no such. */
    int (*linkat)(int dirfd, const char *from, const char *to);
    int (*rename_special)(int dirfd, const char *from, const char *to, enum mw_rename how);
    /* EAGAIN if anybody has the file, open for reading as `fd`, open for writing (fcntl(2),
     * F_SETLEASE); 0 if nobody has; any other error where this cannot be told. */
    int (*check_writers)(int fd);
    /* fsync(2) of each, side by side; errors[i] is 0 or errno. */
    void (*fsync_each)(const int *fds, size_t count, int *errors);
};

extern const struct mw_ops mw_ops_real;

/* On whose behalf a file is touched. `switched` false: as the process was started. */
struct mw_actor {
    bool switched;
    uid_t uid;
    gid_t gid;
};

/* A text that is read in the place of a file's: what a change would make of this machine can be
 * looked at before anything is written. Borrowed. */
struct mw_stand_in {
    const char *path;
    const char *text;
    size_t len;
    const struct mw_stand_in *next;
};

/* Open files and directories that have not been synced yet, each directory once. */
struct mw_unsynced_item {
    int fd;
    bool is_directory;
    dev_t device; /* of a directory */
    ino_t inode;
    char *path; /* of what was written there, for the message */
};
struct mw_unsynced {
    struct mw_unsynced_item *items;
    size_t count;
};

/* What one run knows of its surroundings. Filled once by mw_system_init() from the process, or
 * by a test. All strings are owned. */
struct mw_system {
    const struct mw_ops *ops;
    char **environ_copy; /* NAME=VALUE; the only source of mw_system_getenv() */
    /* Whose user files: HOME, or the invoking user's of the password database under sudo. With HOME
     * unset (cloud-init, systemd) also the database's; NULL if HOME is relative or nobody knows. */
    char *home;
    char *cwd;
    char *root; /* --root DIR without a final '/', "" otherwise */
    uid_t euid;
    mode_t umask;         /* of the process at start; new files honour it */
    bool under_sudo;      /* root through sudo: user files belong to `user` */
    struct mw_actor user; /* who reads and writes user files */
    char *user_name;      /* for history: the invoking user's login name */
    char *host_name;
    const struct mw_stand_in *stand_ins; /* NULL: files are read as they are */
    /* Asked by whatever waits for a lock or a child: the signal that asks this run to stop, 0 if
     * there is none. NULL: nobody is asked. */
    int (*stop_signal)(void *context);
    void *stop_context;

    struct mw_memo *memo;         /* NULL: everything is looked up anew */
    struct mw_unsynced *unsynced; /* NULL: what is written is durable when its function returns */
};

/* Fills `sys` from the process: environment, effective ids, SUDO_UID with the home of the
 * password database (contract section 6). `root` is --root or NULL. MW_USAGE if `root` is no
 * directory. Any thread; each run has a system of its own, and what one does as another user leaves
 * the other threads as they are. The caller ignores SIGPIPE and SIGXFSZ, so that a closed pipe or a
 * file-size limit is an error like others (EPIPE, EFBIG), and does not ignore SIGCHLD, or
 * mw_child_run() could not learn how a child ended. */
enum mw_code mw_system_init(struct mw_system *sys, const struct mw_ops *ops, const char *root,
                            struct mw_error *err) MW_WARN_UNUSED;
void mw_system_release(struct mw_system *sys);

/* While `sys->memo` is set, what was looked for (mw_memo_hold()) is kept there and not looked up
 * again: for one look at a machine on which nothing changes meanwhile, by one thread. */
struct mw_memo *mw_memo_new(void);
void mw_memo_free(struct mw_memo *memo);
/* What somebody holds for as long as it is looked at, where there is no memo to keep it. */
struct mw_held {
    void *found;
    void (*release)(void *found);
};
void mw_held_release(struct mw_held *held);
/* Borrowed of the memo or of `held` (empty before): what was kept under that name, else what `find`
 * finds now; never NULL. */
typedef void *mw_find_fn(const struct mw_system *sys, const void *of);
void *mw_memo_hold(const struct mw_system *sys, const char *name, mw_find_fn *find, const void *of,
                   void (*release)(void *found), struct mw_held *held);

/* MW_OK, or the code of the signal that asks this run to stop. */
enum mw_code mw_system_stopped(const struct mw_system *sys, struct mw_error *err);

/* Is that what uname(1) calls this machine, or its system? */
bool mw_system_is_machine(const char *name);

/* Borrowed value of an environment variable, NULL if unset. */
const char *mw_system_getenv(const struct mw_system *sys, const char *name);
/* The same for variables that say where user files are (XDG_*, GOENV, PIP_CONFIG_FILE,
 * VIRTUAL_ENV, ...): NULL also if empty, and always NULL under sudo, which may have kept them from
 * root's shell or from the user's. */
const char *mw_system_user_env(const struct mw_system *sys, const char *name);

/* Owned paths, NULL if HOME is needed and unknown. mw_system_config_home: XDG_CONFIG_HOME or
 * ~/.config; a relative XDG_* is ignored, as the XDG base directory specification says (Go's
 * os.UserConfigDir refuses it instead). mw_system_state_dir: MIRRORWISE_STATE_DIR, else below
 * `root` /var/lib/mirrorwise as root, else XDG_STATE_HOME/mirrorwise. mw_system_path puts --root
 * in front of an absolute system path. */
char *mw_system_config_home(const struct mw_system *sys);
char *mw_system_state_dir(const struct mw_system *sys);
/* Where the user keeps profiles, catalogues and tools: MIRRORWISE_CONFIG_DIR, else mirrorwise/ of
 * the configuration. */
char *mw_system_own_config_dir(const struct mw_system *sys);
char *mw_system_path(const struct mw_system *sys, const char *system_path);
/* Owned, for people: the path with the user's home as "~"; not sanitised. */
char *mw_system_short_path(const struct mw_system *sys, const char *path);
/* Owned absolute path of a program found in the absolute directories of PATH, or NULL. As root only
 * directories and programs count that nobody else can change, and the system's own directories
 * are searched too; with `root` these alone, inside it. */
char *mw_system_which(const struct mw_system *sys, const char *program);

/* Appends this program as a command that works from any directory: with sudo where it came through
 * sudo or needs root; _command with --root, too, where it has one. */
void mw_system_put_program(const struct mw_system *sys, struct mw_buf *buf, bool needs_root);
void mw_system_put_command(const struct mw_system *sys, struct mw_buf *buf);
/* Owned: "sudo systemctl VERB SERVICE", as this machine and its person want it. */
char *mw_system_service(const struct mw_system *sys, bool is_users, const char *verb,
                        const char *service);

/* RFC 3339 UTC with seconds, "2026-08-21T09:30:00Z". */
#define MW_TIME_TEXT 24
void mw_system_now(const struct mw_system *sys, char text[MW_TIME_TEXT]);
/* Milliseconds of a clock that nobody sets. */
long mw_monotonic_ms(const struct mw_system *sys);

/* Between the two file access of this thread has the rights of sys->user, and *as is the system
 * that says so (borrowing from `sys`): for state files that are the person's. False if it cannot
 * be; they do not nest, and file functions that switch by themselves must not be called in between.
 */
bool mw_person_enter(const struct mw_system *sys, struct mw_system *as) MW_WARN_UNUSED;
void mw_person_leave(const struct mw_system *sys);

/* ---- files ---------------------------------------------------------------------------- */

#define MW_FILE_MAX_BYTES (16u << 20)

struct mw_xattr {
    char *name;
    struct mw_buf value;
};

void mw_xattrs_release(struct mw_xattr *xattrs, size_t count);

/* A file as found: its bytes, identity and metadata. A missing file has exists == false, empty
 * bytes and sha256 "". */
struct mw_file {
    char *path;      /* as asked for */
    char *real_path; /* every symlink resolved; where the bytes live or would live */
    struct mw_actor actor;
    bool exists;
    bool is_mount_point; /* a bind-mounted single file: rename would give EBUSY */
    bool is_immutable;   /* chattr +i or +a */
    struct mw_buf bytes;
    char sha256[65];
    struct stat st;
    struct mw_xattr *xattrs; /* ACLs and SELinux labels are among them */
    size_t xattr_count;
    char *doubt; /* of mw_file_read_warily(): which part of the path others could change, and how;
                    NULL: none */
};

/* Reads `path` on behalf of `actor`. Missing: MW_OK with exists false. Not a regular file, a
 * dangling or looping symlink, larger than MW_FILE_MAX_BYTES: MW_BAD_CONFIG. No right to read:
 * MW_NO_PERMISSION. Opens O_NONBLOCK, so a FIFO never blocks. */
enum mw_code mw_file_read(const struct mw_system *sys, const char *path, struct mw_actor actor,
                          struct mw_file *file, struct mw_error *err) MW_WARN_UNUSED;
/* The same for what is to be believed rather than edited: larger than `max_bytes` is
 * MW_BAD_CONFIG; and file->doubt names the first part of the path, every link followed, that
 * somebody else than root, this process's user and the one that sudo speaks for owns or may write.
 * In a sticky directory (/tmp) that is open to all an entry counts by its owner, and a file with a
 * second name, which anybody may have given it there, by nobody. */
enum mw_code mw_file_read_warily(const struct mw_system *sys, const char *path,
                                 struct mw_actor actor, size_t max_bytes, struct mw_file *file,
                                 struct mw_error *err) MW_WARN_UNUSED;
void mw_file_release(struct mw_file *file);

/* Says before anything is written whether `file` could be replaced: directory writable (or could
 * be created), not read-only, no mount point, not immutable, one hard link, sticky directory.
 * MW_NO_PERMISSION with the reason and the remedy otherwise. */
enum mw_code mw_file_preflight(const struct mw_system *sys, const struct mw_file *file,
                               struct mw_error *err) MW_WARN_UNUSED;

/* Steps of one replacement, reliability: temp beside the real file, full write, metadata on the
 * descriptor, re-read, fsync; later compare-and-swap and rename, fsync of the directory. */
struct mw_stage {
    int dirfd;
    char *directory;                    /* of the real path */
    char *name;                         /* of the real path */
    char *temp_name;                    /* short, random, starts with ".mw-" */
    struct mw_strings made_directories; /* outermost first, for the journal and for undo */
    bool published; /* the rename has happened, even if mw_stage_publish() failed after it */
    bool is_whole;  /* what lies under the name of a complete temp is nobody's loss */
};

/* Chooses the temp name and lists the directories that would have to be made, touching nothing:
 * the journal must know them before they exist. */
enum mw_code mw_stage_plan(const struct mw_system *sys, const struct mw_file *file,
                           struct mw_stage *stage, struct mw_error *err) MW_WARN_UNUSED;
/* Makes the missing directories, writes `bytes` to the temp with the metadata of `file` (or, for
 * a new file, `new_mode` & ~umask), re-reads it, fsyncs. made_directories then lists what was
 * really made. A directory that was there when planned and is not now: MW_CONFLICT. On failure
 * nothing of it is left. */
enum mw_code mw_stage_write(const struct mw_system *sys, const struct mw_file *file,
                            struct mw_stage *stage, const struct mw_buf *bytes, mode_t new_mode,
                            struct mw_error *err) MW_WARN_UNUSED;
/* Compare-and-swap: the live file must still hash to `file->sha256` and have the owner, mode and
 * names of `file->st` and its attributes (MW_CONFLICT otherwise; also if a file that was missing is
 * there, or the directory is gone). On failure the old content is in place, unless stage->published
 * says that only the fsync after the rename failed: then the caller restores the old bytes from its
 * journal.
 *
 * No write of somebody else is lost: the new file and the old one change places, and what came out
 * is compared again, once nobody has it open for writing. If it is not what was read, it goes back:
 * MW_CONFLICT. A file that was missing is made under a name that nobody may have taken meanwhile.
 * Where the file system cannot exchange (NFS, some FUSE; renameat2(2), EINVAL) the old file keeps a
 * second name while it is replaced, and is compared then: who writes into it (`go env -w`, `pip
 * config set`) is seen and gets it back, but a file that somebody moves there in the moment between
 * is lost; where there are no hard links either (FAT) so is what is written in that moment. Where
 * it has no leases (fcntl(2)), somebody who opened the file before and writes into it
 * after the comparison is not seen. */
enum mw_code mw_stage_publish(const struct mw_system *sys, const struct mw_file *file,
                              struct mw_stage *stage, struct mw_error *err) MW_WARN_UNUSED;
/* Removes the temp unless it was published, and the directories it made if they are empty. */
void mw_stage_discard(const struct mw_system *sys, const struct mw_file *file,
                      struct mw_stage *stage);
void mw_stage_release(const struct mw_system *sys, struct mw_stage *stage);

/* While sys->unsynced is set mw_stage_write(), mw_stage_publish(), mw_file_remove() and
 * mw_state_make_dir() leave their fsyncs to the next mw_unsynced_sync(), which makes all of it
 * durable at once: to be called when all temps are written, before the first is published, and
 * again when all are in place. Empties it, on failure too. _drop: nothing of it matters any more.
 */
enum mw_code mw_unsynced_sync(const struct mw_system *sys, struct mw_error *err) MW_WARN_UNUSED;
void mw_unsynced_drop(const struct mw_system *sys);

/* Removes a file with the same care: it is moved to the temporary name, compared there, and then
 * removed; fsyncs its directory. `temp_name` is one of mw_stage_plan(). */
enum mw_code mw_file_remove(const struct mw_system *sys, const struct mw_file *file,
                            const char *temp_name, struct mw_error *err) MW_WARN_UNUSED;
/* Removes the temp of a crashed run, which the journal names: only a regular file whose name is
 * that of a temp; missing is MW_OK. What was taken out of its place and hashes to none of `known`
 * (ended by NULL) is somebody else's, and the only copy of it: it goes back to `real_path`, and the
 * result is MW_CONFLICT. */
enum mw_code mw_temp_remove(const struct mw_system *sys, const char *path, const char *real_path,
                            struct mw_actor actor, const char *const known[],
                            struct mw_error *err) MW_WARN_UNUSED;
/* rmdir for each, innermost first, as long as they are empty. Never an error. */
void mw_directories_remove(const struct mw_system *sys, struct mw_actor actor,
                           const struct mw_strings *directories);

/* ---- private state files (0600 in a 0700 directory, owned by the process) ---------------- */

/* The next step where the state can be kept nowhere. */
void mw_state_hint_elsewhere(struct mw_error *err);
/* Makes `path` and its parents, the last one 0700. MW_CANNOT_CREATE or MW_NO_PERMISSION. */
enum mw_code mw_state_make_dir(const struct mw_system *sys, const char *path,
                               struct mw_error *err) MW_WARN_UNUSED;
/* The whole file; missing is MW_OK with *exists false. */
enum mw_code mw_state_read(const struct mw_system *sys, const char *path, struct mw_buf *bytes,
                           bool *exists, struct mw_error *err) MW_WARN_UNUSED;
/* Only the first `len` bytes (or fewer). */
enum mw_code mw_state_read_head(const struct mw_system *sys, const char *path, size_t len,
                                struct mw_buf *bytes, bool *exists,
                                struct mw_error *err) MW_WARN_UNUSED;
/* Durable replacement through a temp and rename; fsync of file and directory. */
enum mw_code mw_state_write(const struct mw_system *sys, const char *path, const void *bytes,
                            size_t len, struct mw_error *err) MW_WARN_UNUSED;
/* The same for a file of the caller's, as readable as the umask says. */
enum mw_code mw_report_write(const struct mw_system *sys, const char *path, const void *bytes,
                             size_t len, struct mw_error *err) MW_WARN_UNUSED;
/* The same as NAME in DIRECTORY, which is made if it is missing, on behalf of `actor`. */
enum mw_code mw_state_write_as(const struct mw_system *sys, struct mw_actor actor,
                               const char *directory, const char *name, const void *bytes,
                               size_t len, struct mw_error *err) MW_WARN_UNUSED;
/* Appends whole lines, fsyncs. */
enum mw_code mw_state_append(const struct mw_system *sys, const char *path, const void *bytes,
                             size_t len, struct mw_error *err) MW_WARN_UNUSED;
/* Durable rename inside the state directory (both directories fsynced). *renamed (may be NULL)
 * tells even on failure whether the new name stands; only its durability is in doubt then. */
enum mw_code mw_state_rename(const struct mw_system *sys, const char *from, const char *to,
                             bool *renamed, struct mw_error *err) MW_WARN_UNUSED;
/* Missing is MW_OK. A removal that did not reach the disk is one too: what comes back after a power
 * failure is met again by whoever looks for it. */
enum mw_code mw_state_unlink(const struct mw_system *sys, const char *path,
                             struct mw_error *err) MW_WARN_UNUSED;
/* Names in a directory that start with a digit, sorted; empty if it does not exist. */
enum mw_code mw_state_list(const struct mw_system *sys, const char *path, struct mw_strings *names,
                           struct mw_error *err) MW_WARN_UNUSED;
/* Removes what runs that were killed in the middle of mw_state_write() left in a directory: it may
 * hold what files held before. For whoever holds the lock, so that nobody else is writing. Never an
 * error. */
void mw_state_sweep(const struct mw_system *sys, const char *path);

/* Advisory lock on PATH (flock, so it cannot go stale). Waits up to `wait_ms`, then MW_LOCKED with
 * pid, start time and command of the holder, which it wrote into the file; the code of a signal
 * that asks this run to stop ends the wait. *fd on success; closing releases it. */
enum mw_code mw_lock_take(const struct mw_system *sys, const char *path, int wait_ms, int *fd,
                          struct mw_error *err) MW_WARN_UNUSED;
/* Does another process hold it now? Makes and writes nothing. */
bool mw_lock_is_held(const struct mw_system *sys, const char *path);
void mw_lock_release(const struct mw_system *sys, int fd);

/* ---- reading other people's files, child processes, data ------------------------------- */

/* Any text file (proc, unit file): bytes up to MW_FILE_MAX_BYTES, behind what is there. False if it
 * is missing or cannot be read. */
bool mw_text_file_read(const struct mw_system *sys, const char *path, struct mw_buf *bytes);
/* Names in a directory that end in `suffix`, sorted; empty if it does not exist. */
void mw_dir_list(const struct mw_system *sys, const char *path, const char *suffix,
                 struct mw_strings *names);
/* The first `max` of them; returns how many there are. */
size_t mw_dir_list_some(const struct mw_system *sys, const char *path, const char *suffix,
                        size_t max, struct mw_strings *names);
/* Appends the regular files and the links below a directory, but none of a folder .git, sorted, as
 * `actor`. False if not all can be told: there are more than `max`, or a folder cannot be read. */
bool mw_tree_list(const struct mw_system *sys, struct mw_actor actor, const char *path, size_t max,
                  struct mw_strings *files);
/* Owned: what is written in a link; NULL: it is none. */
char *mw_link_target(const struct mw_system *sys, const char *path);
bool mw_path_exists(const struct mw_system *sys, const char *path);
/* Owned: the path with every link followed; NULL if it leads nowhere. */
char *mw_path_resolve(const struct mw_system *sys, const char *path);

/* Runs argv[0] (absolute path) without a shell, stdin empty, stdout captured up to 1 MiB, stderr
 * captured into `diagnostics` (both may be NULL), at most `timeout_ms`, in the directory "/", as
 * `actor` (who cannot come back), with the given environment (NULL: this run's; for a switched
 * actor only HOME, USER, LOGNAME and a system PATH). *status is the exit status, or 128 + signal.
 * MW_FAILURE if it cannot be run or takes too long, the code of the signal that asks this run to
 * stop; then it and its children are killed. */
enum mw_code mw_child_run(const struct mw_system *sys, const char *const argv[],
                          struct mw_actor actor, char *const *environment, int timeout_ms,
                          struct mw_buf *output, struct mw_buf *diagnostics, int *status,
                          struct mw_error *err) MW_WARN_UNUSED;

/* Owned openable path ("/dev/fd/N" of an anonymous file) that reads as `text`, for libraries that
 * take only file names (iniparser 4.1). Close the descriptor. */
enum mw_code mw_anonymous_file(const struct mw_system *sys, const char *text, size_t len,
                               char **path, int *fd, struct mw_error *err) MW_WARN_UNUSED;

#endif
