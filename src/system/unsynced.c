/* Many files made durable at once. One fsync after the other waits for the disk as often as there
 * are files; beside each other they share what the file system and the disk do for one of them
 * (ext4: one commit, one flush; 17 files took 50 ms before and 2 ms after). */
#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/thread.h"

/* Threads are made for so many files, and where the first of them took its time: not in memory. */
enum { WORTH_IT = 4, MAX_HELPERS = 7, SLOW_NS = 100000 };

struct batch {
    const int *fds;
    int *errors;
    size_t count;
    atomic_size_t next;
};

static bool sync_next(struct batch *batch)
{
    size_t i = atomic_fetch_add(&batch->next, 1);
    if (i >= batch->count)
        return false;
    batch->errors[i] = fsync(batch->fds[i]) == 0 ? 0 : errno;
    return true;
}

static void *sync_rest(void *batch)
{
    while (sync_next(batch)) {
    }
    return NULL;
}

void mw_fsync_each(const int *fds, size_t count, int *errors)
{
    struct batch batch = {.fds = fds, .errors = errors, .count = count};
    struct timespec begin = {0}, end = {0};
    pthread_t helpers[MAX_HELPERS];
    size_t started = 0;
    /* So that the first commit finds the blocks of all of them; a hint, the fsync reports. */
    for (size_t i = 0; i < count; i++)
        (void)sync_file_range(fds[i], 0, 0, SYNC_FILE_RANGE_WRITE);
    (void)clock_gettime(CLOCK_MONOTONIC, &begin);
    (void)sync_next(&batch);
    (void)clock_gettime(CLOCK_MONOTONIC, &end);
    if (count >= WORTH_IT &&
        (end.tv_sec - begin.tv_sec) * 1000000000L + end.tv_nsec - begin.tv_nsec > SLOW_NS)
        while (started < count / 2 && started < MAX_HELPERS &&
               mw_thread_start(&helpers[started], sync_rest, &batch) == 0)
            started++;
    (void)sync_rest(&batch);
    for (size_t i = 0; i < started; i++)
        (void)pthread_join(helpers[i], NULL);
}

/* ---- what has to be synced yet --------------------------------------------------------------- */

void mw_unsynced_add(const struct mw_system *sys, int fd, const char *path)
{
    *MW_PUSH(sys->unsynced->items, sys->unsynced->count) =
        (struct mw_unsynced_item){.fd = fd, .path = mw_xstrdup(path)};
}

int mw_unsynced_add_dir(const struct mw_system *sys, int dirfd, const char *path)
{
    struct stat st;
    if (sys->unsynced == NULL)
        return mw_fd_sync_dir(sys, dirfd);
    if (sys->ops->fstat(dirfd, &st) != 0)
        return -1;
    for (size_t i = 0; i < sys->unsynced->count; i++) {
        const struct mw_unsynced_item *item = &sys->unsynced->items[i];
        if (item->is_directory && item->inode == st.st_ino && item->device == st.st_dev)
            return 0;
    }
    int fd = mw_fd_open(sys, dirfd, ".", O_RDONLY | O_DIRECTORY, 0);
    if (fd < 0)
        return -1;
    *MW_PUSH(sys->unsynced->items, sys->unsynced->count) =
        (struct mw_unsynced_item){.fd = fd,
                                  .is_directory = true,
                                  .device = st.st_dev,
                                  .inode = st.st_ino,
                                  .path = mw_xstrdup(path)};
    return 0;
}

static enum mw_code fail_syncing(const struct mw_unsynced_item *item, const char *step, int why,
                                 struct mw_error *err)
{
    return mw_fail(err, mw_errno_code(why, MW_CANNOT_CREATE), why, step, "%s: %s", item->path,
                   item->is_directory ? _("its directory did not reach the disk")
                                      : _("the new content did not reach the disk"));
}

static enum mw_code finish(const struct mw_system *sys, struct mw_unsynced_item *item, int error,
                           struct mw_error *err)
{
    if (error == EINTR)
        error = mw_fd_sync(sys, item->fd) == 0 ? 0 : errno;
    if (item->is_directory && mw_cannot_sync_dirs(error))
        error = 0;
    if (error != 0)
        return fail_syncing(item, "fsync", error, err);
    /* A network file system may report here that the bytes did not fit. */
    int fd = item->fd;
    item->fd = -1;
    return sys->ops->close(fd) == 0 || errno == EINTR ? MW_OK
                                                      : fail_syncing(item, "close", errno, err);
}

enum mw_code mw_unsynced_sync(const struct mw_system *sys, struct mw_error *err)
{
    struct mw_unsynced *unsynced = sys->unsynced;
    enum mw_code code = MW_OK;
    if (unsynced->count == 0)
        return MW_OK;
    MW_FREE int *fds = mw_xcalloc(unsynced->count, sizeof *fds);
    MW_FREE int *errors = mw_xcalloc(unsynced->count, sizeof *errors);
    for (size_t i = 0; i < unsynced->count; i++)
        fds[i] = unsynced->items[i].fd;
    sys->ops->fsync_each(fds, unsynced->count, errors);
    for (size_t i = 0; i < unsynced->count && code == MW_OK; i++)
        code = finish(sys, &unsynced->items[i], errors[i], err);
    mw_unsynced_drop(sys);
    return code;
}

void mw_unsynced_drop(const struct mw_system *sys)
{
    for (size_t i = 0; i < sys->unsynced->count; i++) {
        mw_fd_drop(sys, sys->unsynced->items[i].fd);
        free(sys->unsynced->items[i].path);
    }
    free(sys->unsynced->items);
    *sys->unsynced = (struct mw_unsynced){0};
}
