/* A journal of any content under the right hash, met by a run that may write nothing: its
 * recovery ends without a crash. runs: 20000 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mirrorwise/hash.h"
#include "mirrorwise/history.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/secret.h"
#include "mirrorwise/system.h"
#include "mirrorwise/transaction.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static char state_dir[] = "/tmp/mirrorwise-fuzz.XXXXXX";

static int refuse(void)
{
    errno = EROFS;
    return -1;
}

/* What the journal says may be of this machine: it is looked at and no more. */
static int read_only_openat(int dirfd, const char *name, int flags, mode_t mode)
{
    bool writes = (flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)) != 0;
    return writes ? refuse() : mw_ops_real.openat(dirfd, name, flags, mode);
}

static int no_rename(int from, const char *old, int to, const char *new)
{
    (void)from, (void)old, (void)to, (void)new;
    return refuse();
}

static int no_unlink(int dirfd, const char *name, int flags)
{
    (void)dirfd, (void)name, (void)flags;
    return refuse();
}

static int no_mkdir(int dirfd, const char *name, mode_t mode)
{
    (void)dirfd, (void)name, (void)mode;
    return refuse();
}

static int no_chown(int fd, uid_t uid, gid_t gid)
{
    (void)fd, (void)uid, (void)gid;
    return refuse();
}

static int no_chmod(int fd, mode_t mode)
{
    (void)fd, (void)mode;
    return refuse();
}

static int no_kill(pid_t pid, int sig)
{
    (void)pid, (void)sig;
    return refuse();
}

static int no_link(int dirfd, const char *from, const char *to)
{
    (void)dirfd, (void)from, (void)to;
    return refuse();
}

static int no_special(int dirfd, const char *from, const char *to, enum mw_rename how)
{
    (void)dirfd, (void)from, (void)to, (void)how;
    return refuse();
}

static int no_switch(uid_t uid, gid_t gid)
{
    (void)uid, (void)gid;
    return refuse();
}

static void open_system(struct mw_system *sys)
{
    static struct mw_ops ops;
    ops = mw_ops_real;
    ops.openat = read_only_openat;
    ops.renameat = no_rename;
    ops.unlinkat = no_unlink;
    ops.mkdirat = no_mkdir;
    ops.fchown = no_chown;
    ops.fchmod = no_chmod;
    ops.kill = no_kill;
    ops.linkat = no_link;
    ops.rename_special = no_special;
    ops.switch_to = no_switch;
    if (mkdtemp(state_dir) == NULL || setenv("MIRRORWISE_STATE_DIR", state_dir, 1) != 0 ||
        mw_system_init(sys, &ops, NULL, NULL) != MW_OK)
        abort();
}

static void leave(void)
{
    char *journal = mw_xasprintf("%s/journal", state_dir);
    (void)unlink(journal);
    (void)rmdir(state_dir);
    free(journal);
}

/* The first line of a record, up to the length. */
static char *find_magic(void)
{
    struct mw_record empty = {.restores = -1};
    struct mw_buf bytes = {0};
    mw_record_format(&empty, &bytes);
    size_t len = strcspn(mw_buf_text(&bytes), "\n");
    for (int blanks = 0; blanks < 2 && len > 0;)
        blanks += bytes.data[--len] == ' ';
    char *magic = mw_xstrndup(mw_buf_text(&bytes), len + 1);
    mw_buf_release(&bytes);
    return magic;
}

static void write_journal(const char *path, const char *magic, const uint8_t *bytes, size_t len)
{
    const uint8_t *nul = len > 0 ? memchr(bytes, '\0', len) : NULL;
    size_t meta_len = nul != NULL ? (size_t)(nul - bytes) : len;
    size_t image_len = nul != NULL ? len - meta_len - 1 : 0;
    char hex[MW_SHA256_HEX];
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        abort();
    mw_sha256_hex((const char *)bytes, meta_len, hex);
    fprintf(file, "%s%zu %s\n", magic, meta_len, hex);
    fwrite(bytes, 1, meta_len, file);
    if (image_len > 0)
        fwrite(nul + 1, 1, image_len, file);
    fclose(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static struct mw_system sys;
    static char *magic, *journal;
    if (magic == NULL) {
        open_system(&sys);
        magic = find_magic();
        journal = mw_xasprintf("%s/journal", state_dir);
        (void)atexit(leave);
    }
    write_journal(journal, magic, bytes, len);

    struct mw_outcome outcome = {0};
    struct mw_error err = {0};
    bool recovered = false;
    (void)!mw_recover(&sys, NULL, &recovered, &outcome, &err);
    mw_outcome_release(&outcome);
    mw_secret_forget();
    return 0;
}
