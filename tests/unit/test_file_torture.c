/* Every call of a replacement fails once, or is the last thing the process does: afterwards the
 * file is the old one or the new one, whole, and nothing lies about. */
#include "support/rows.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "mirrorwise/hash.h"
#include "mirrorwise/memory.h"
#include "support/box.h"
#include "support/fake_ops.h"

#define OLD_TEXT "old old old old old\n"
#define NEW_TEXT "new new new\n"
#define MAX_CALLS 500 /* far above what a replacement needs; ends the loops */

struct scene {
    const char *name;
    const char *asked, *real; /* the path asked for and where the bytes are */
    bool exists;              /* else it is made, with its directories */
    struct mw_actor actor;
};

#define AS_USER                                                                                    \
    {                                                                                              \
        .switched = true, .uid = MW_SANDBOX_USER, .gid = MW_SANDBOX_USER                           \
    }
static const struct scene scenes[] = {
    {.name = "change", .asked = "s/d/f", .real = "s/d/f", .exists = true},
    {.name = "through a link", .asked = "s/link", .real = "s/d/f", .exists = true},
    {.name = "create", .asked = "s/a/b/f", .real = "s/a/b/f"},
    {.name = "change as user", .asked = "s/d/f", .real = "s/d/f", .exists = true, .actor = AS_USER},
    {.name = "create as user", .asked = "s/a/b/f", .real = "s/a/b/f", .actor = AS_USER},
};

static bool can_play(const struct scene *scene)
{
    return !scene->actor.switched || geteuid() == 0;
}

static void give(const char *name, const struct scene *scene)
{
    char *path = mw_sandbox_path(&box, name);
    if (scene->actor.switched)
        assert_int_equal(lchown(path, scene->actor.uid, scene->actor.gid), 0);
    free(path);
}

static void clear_scene(void)
{
    struct mw_strings names = {0};
    char *list = mw_sandbox_list(&box, "s");
    mw_strings_split(&names, list, " ");
    for (size_t i = names.count; i > 0; i--) {
        char *path = mw_xasprintf("%s/s/%s", box.dir, names.items[i - 1]);
        assert_int_equal(remove(path), 0);
        free(path);
    }
    mw_strings_release(&names);
    free(list);
}

/* A foreign group and an attribute make fchown and fsetxattr happen, too. */
static void set_scene(const struct scene *scene)
{
    clear_scene();
    mw_sandbox_mkdir(&box, "s", 0755);
    give("s", scene);
    if (!scene->exists)
        return;
    mw_sandbox_put(&box, "s/d/f", OLD_TEXT, 0640);
    mw_sandbox_link(&box, "s/link", "d/f");
    give("s/d", scene);
    give("s/d/f", scene);
    give("s/link", scene);
    char *path = mw_sandbox_path(&box, "s/d/f");
    if (geteuid() == 0 && !scene->actor.switched)
        assert_int_equal(chown(path, 0, 12345), 0);
    (void)setxattr(path, "user.note", "by hand", 7, 0); /* where the file system has them */
    free(path);
}

static enum mw_code play(const struct scene *scene, bool *published, struct mw_error *err)
{
    struct mw_file file = {0};
    struct mw_stage stage = {.dirfd = -1};
    struct mw_buf bytes = {0};
    char *path = mw_sandbox_path(&box, scene->asked);

    mw_buf_puts(&bytes, NEW_TEXT);
    enum mw_code code = mw_file_read(&box.sys, path, scene->actor, &file, err);
    if (code != MW_OK)
        goto out;
    code = mw_file_preflight(&box.sys, &file, err);
    if (code == MW_OK)
        code = mw_stage_plan(&box.sys, &file, &stage, err);
    if (code == MW_OK)
        code = mw_stage_write(&box.sys, &file, &stage, &bytes, 0644, err);
    if (code == MW_OK) {
        code = mw_stage_publish(&box.sys, &file, &stage, err);
        if (code != MW_OK)
            mw_stage_discard(&box.sys, &file, &stage);
    }
    *published = stage.published;
    mw_stage_release(&box.sys, &stage);
    mw_file_release(&file);
out:
    mw_buf_release(&bytes);
    free(path);
    return code;
}

/* 'o' old, 'n' new, '!' neither. */
static char state_of(const struct scene *scene)
{
    char *text = mw_sandbox_get(&box, scene->real);
    char which = '!';
    if (text == NULL)
        which = scene->exists ? '!' : 'o';
    else if (scene->exists && strcmp(text, OLD_TEXT) == 0)
        which = 'o';
    else if (strcmp(text, NEW_TEXT) == 0)
        which = 'n';
    free(text);
    return which;
}

static void assert_nothing_lies_about(const struct scene *scene, const char *row, bool published)
{
    const char *old = scene->exists ? "d d/f link" : "";
    const char *new = scene->exists ? old : "a a/b a/b/f";
    char *list = mw_sandbox_list(&box, "s");
    row_string_equal(row, list, published ? new : old);
    free(list);
}

/* One run with a fault; false if the n-th call was never reached. */
static bool strike(const struct scene *scene, const struct mw_fake *fake, const char *row)
{
    struct mw_error err = {0};
    bool published = false;

    set_scene(scene);
    unsigned descriptors = mw_sandbox_descriptors();
    box.sys.ops = mw_fake_ops(fake);
    enum mw_code code = play(scene, &published, &err);
    bool reached = mw_fake_calls() >= fake->at;
    box.sys.ops = &mw_ops_real;

    char now = state_of(scene);
    row_true(row, now == (published ? 'n' : 'o'));
    row_true(row, code == err.code);
    row_true(row, code != MW_OK || published);
    /* A kernel that refuses everything refuses the tidying up, too. */
    if (!fake->persistent)
        assert_nothing_lies_about(scene, row, published);
    row_true(row, code == MW_OK || (err.message[0] != '\0' && err.step[0] != '\0'));
    row_size_equal(row, mw_sandbox_descriptors(), descriptors);
    return reached;
}

static void fails_at_every_call(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum mw_fake_fault fault;
        int error;
        bool persistent;
    } faults[] = {
        {"EIO", MW_FAKE_FAIL, EIO, false},
        {"ENOSPC", MW_FAKE_FAIL, ENOSPC, false},
        {"EINTR", MW_FAKE_FAIL, EINTR, false},
        {"EPERM", MW_FAKE_FAIL, EPERM, false},
        {"EROFS", MW_FAKE_FAIL, EROFS, false},
        {"ENOENT", MW_FAKE_FAIL, ENOENT, false},
        {"EDQUOT", MW_FAKE_FAIL, EDQUOT, false},
        {"short", MW_FAKE_SHORT, 0, false},
        {"lie", MW_FAKE_LIE, 0, false},
        {"EIO on", MW_FAKE_FAIL, EIO, true},
        {"ENOSPC on", MW_FAKE_FAIL, ENOSPC, true},
        {"EINTR on", MW_FAKE_FAIL, EINTR, true},
        {"short on", MW_FAKE_SHORT, 0, true},
    };
    for (size_t s = 0; s < ROWS(scenes); s++) {
        for (size_t f = 0; can_play(&scenes[s]) && f < ROWS(faults); f++) {
            bool reached = true;
            unsigned n = 1;
            for (; reached && n < MAX_CALLS; n++) {
                struct mw_fake fake = {.at = n,
                                       .fault = faults[f].fault,
                                       .error = faults[f].error,
                                       .persistent = faults[f].persistent};
                char *row = mw_xasprintf("%s, %s, call %u", scenes[s].name, faults[f].name, n);
                reached = strike(&scenes[s], &fake, row);
                free(row);
            }
            assert_in_range(n, 20, MAX_CALLS - 1);
        }
    }
}

/* What a signal or a slow disk does must not even be seen. */
static void interruptions_are_no_failure(void **state)
{
    (void)state;
    static const struct mw_fake faults[] = {
        {.only = "openat", .error = EINTR},       {.only = "read", .error = EINTR},
        {.only = "write", .error = EINTR},        {.only = "fsync", .error = EINTR},
        {.only = "close", .error = EINTR},        {.only = "write", .fault = MW_FAKE_SHORT},
        {.only = "read", .fault = MW_FAKE_SHORT},
    };
    for (size_t i = 0; i < ROWS(faults); i++) {
        struct mw_error err = {0};
        struct mw_fake fake = faults[i];
        bool published = false;
        fake.at = 1;
        fake.persistent = fake.fault == MW_FAKE_SHORT;
        set_scene(&scenes[0]);
        box.sys.ops = mw_fake_ops(&fake);
        row_size_equal(fake.only, play(&scenes[0], &published, &err), MW_OK);
        row_true(fake.only, mw_fake_calls() > 0 && state_of(&scenes[0]) == 'n');
    }
}

/* The failing step is named, with the code that the step deserves. */
static void step_rows(void **state)
{
    (void)state;
    static const struct {
        const char *function, *step;
        unsigned at;
        int error;
        enum mw_code code;
    } rows[] = {
        {"write", "write", 1, ENOSPC, MW_IO},
        {"write", "write", 1, EFBIG, MW_IO},
        {"write", "write", 1, EDQUOT, MW_IO},
        {"fchown", "metadata", 1, EPERM, MW_NO_PERMISSION},
        {"fchmod", "metadata", 1, EIO, MW_IO},
        {"flistxattr", "metadata", 3, EIO, MW_IO},
        {"fsync", "fsync", 1, EIO, MW_IO},
        {"renameat", "rename", 1, EBUSY, MW_CANNOT_CREATE},
        {"renameat", "rename", 1, EPERM, MW_NO_PERMISSION},
        {"renameat", "rename", 1, EISDIR, MW_BAD_CONFIG},
        {"renameat", "compare", 1, ENOENT, MW_CONFLICT},
        {"fsync", "fsync", 2, EIO, MW_IO},
        {"random", "random", 1, ENOSYS, MW_CANNOT_CREATE},
        {"faccessat", "preflight", 1, EROFS, MW_NO_PERMISSION},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_error err = {0};
        bool published = false;
        if (strcmp(rows[i].function, "fchown") == 0 && geteuid() != 0)
            continue;
        set_scene(&scenes[0]);
        box.sys.ops = mw_fake_ops(
            &(struct mw_fake){.at = rows[i].at, .only = rows[i].function, .error = rows[i].error});
        row_size_equal(rows[i].function, play(&scenes[0], &published, &err), rows[i].code);
        row_string_equal(rows[i].function, err.step, rows[i].step);
    }
}

/* A network file system may say at close that the bytes did not fit. */
static void close_of_the_temp_counts(void **state)
{
    (void)state;
    unsigned failed = 0;
    bool reached = true;
    for (unsigned n = 1; reached && n < MAX_CALLS; n++) {
        struct mw_error err = {0};
        bool published = false;
        set_scene(&scenes[0]);
        box.sys.ops = mw_fake_ops(&(struct mw_fake){.at = n, .only = "close", .error = EDQUOT});
        if (play(&scenes[0], &published, &err) != MW_OK) {
            assert_string_equal(err.step, "close");
            assert_int_equal(err.code, MW_IO);
            failed++;
        }
        reached = mw_fake_calls() >= n;
    }
    assert_int_equal(failed, 1);
}

/* fsync reports a lost page once; asking again would be told that all is well. */
static void fsync_is_not_tried_again(void **state)
{
    (void)state;
    struct mw_error err = {0};
    bool published = false;
    set_scene(&scenes[0]);
    box.sys.ops = mw_fake_ops(&(struct mw_fake){.at = 1, .only = "fsync", .error = EIO});
    assert_int_equal(play(&scenes[0], &published, &err), MW_IO);
    assert_int_equal(mw_fake_calls(), 1);
}

/* Runs the scene in a process that dies at call n; false if it lived. */
static bool die_at(const struct scene *scene, unsigned n)
{
    int status = 0;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct mw_error err = {0};
        bool published = false;
        box.sys.ops = mw_fake_ops(&(struct mw_fake){.at = n, .fault = MW_FAKE_KILL});
        _exit(play(scene, &published, &err) == MW_OK ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (WIFSIGNALED(status))
        return true;
    assert_int_equal(WEXITSTATUS(status), 0);
    return false;
}

/* What stays besides old or new is at most one temp, which mw_temp_remove() knows, and empty
 * directories, which the journal names. */
static void sweep(const char *row, const struct scene *scene)
{
    char old[MW_SHA256_HEX], new[MW_SHA256_HEX];
    const char *const known[] = {old, new, NULL};
    char *real = mw_sandbox_path(&box, scene->real);
    mw_sha256_hex(OLD_TEXT, strlen(OLD_TEXT), old);
    mw_sha256_hex(NEW_TEXT, strlen(NEW_TEXT), new);
    char *list = mw_sandbox_list(&box, "s");
    struct mw_strings names = {0};
    unsigned temps = 0;
    mw_strings_split(&names, list, " ");
    for (size_t i = 0; i < names.count; i++) {
        const char *temp = strstr(names.items[i], ".mw-");
        if (temp == NULL)
            continue;
        char *path = mw_xasprintf("%s/s/%s", box.dir, names.items[i]);
        char *temp_path = mw_xstrdup(path);
        char *whole = strstr(temp_path, ".out");
        if (whole != NULL)
            *whole = '\0';
        row_true(row, mw_temp_remove(&box.sys, temp_path, real, (struct mw_actor){0}, known,
                                     NULL) == MW_OK);
        row_true(row, !mw_path_exists(&box.sys, path));
        free(temp_path);
        free(path);
        temps++;
    }
    row_true(row, temps <= 1);
    free(real);
    mw_strings_release(&names);
    free(list);
}

static void dies_at_every_call(void **state)
{
    (void)state;
    for (size_t s = 0; s < ROWS(scenes); s++) {
        bool died = can_play(&scenes[s]);
        char last = 'o';
        for (unsigned n = 1; died && n < MAX_CALLS; n++) {
            char *row = mw_xasprintf("%s, killed at call %u", scenes[s].name, n);
            set_scene(&scenes[s]);
            died = die_at(&scenes[s], n);
            char now = state_of(&scenes[s]);
            row_true(row, now == 'o' || now == 'n');
            row_true(row, last == 'o' || now == 'n'); /* once new, it stays new */
            last = now;
            sweep(row, &scenes[s]);
            free(row);
        }
        assert_false(died);
        assert_true(!can_play(&scenes[s]) || last == 'n');
    }
}

/* ---- somebody else writes at every moment ---------------------------------------------------- */

#define THEIR_TEXT "theirs, and longer than anything of ours\n"

enum writer {
    MOVES,        /* a new file over the old name */
    WRITES,       /* opens the file and writes into it */
    HAD_IT_OPEN,  /* has it open all the time, writes into it and closes it */
    KEEPS_IT_OPEN /* and does not close it */
};

struct other {
    enum writer writer;
    int fd;
    bool has_written;
};

static void write_into(int fd)
{
    assert_int_equal(ftruncate(fd, 0), 0);
    assert_int_equal(pwrite(fd, THEIR_TEXT, strlen(THEIR_TEXT), 0), strlen(THEIR_TEXT));
}

static void other_writes(void *context)
{
    struct other *other = context;
    if (other->has_written)
        return;
    other->has_written = true;
    if (other->writer == MOVES) {
        char *from = mw_sandbox_path(&box, "s/theirs");
        char *to = mw_sandbox_path(&box, "s/d/f");
        mw_sandbox_put(&box, "s/theirs", THEIR_TEXT, 0640);
        assert_int_equal(rename(from, to), 0);
        free(to);
        free(from);
    } else if (other->writer == WRITES) {
        mw_sandbox_put(&box, "s/d/f", THEIR_TEXT, 0640);
    } else {
        write_into(other->fd);
        if (other->writer == HAD_IT_OPEN)
            close(other->fd);
    }
}

static int no_such_rename(int dirfd, const char *from, const char *to, enum mw_rename how)
{
    (void)dirfd, (void)from, (void)to, (void)how;
    errno = EINVAL;
    return -1;
}

/* One run in which somebody else writes at call n; false if there is no such call. */
static bool meet(enum writer writer, bool can_exchange, unsigned n)
{
    static struct mw_ops ops;
    struct mw_error err = {0};
    struct other other = {.writer = writer, .fd = -1};
    bool published = false;
    set_scene(&scenes[0]);
    if (writer >= HAD_IT_OPEN) {
        char *path = mw_sandbox_path(&box, "s/d/f");
        other.fd = open(path, O_WRONLY);
        assert_true(other.fd >= 0);
        free(path);
    }
    ops = *mw_fake_ops(
        &(struct mw_fake){.at = n, .fault = MW_FAKE_HOOK, .hook = other_writes, .context = &other});
    if (!can_exchange)
        ops.rename_special = no_such_rename;
    box.sys.ops = &ops;
    enum mw_code code = play(&scenes[0], &published, &err);
    box.sys.ops = &mw_ops_real;
    bool was_met = other.has_written;
    /* Whoever has the file open goes on writing into what has its name, if we said that we left it
     * alone. */
    if (writer == KEEPS_IT_OPEN) {
        write_into(other.fd);
        close(other.fd);
    } else if (writer == HAD_IT_OPEN && !was_met) {
        close(other.fd);
    }
    char *row = mw_xasprintf("writer %d, exchange %d, call %u: code %d", (int)writer, can_exchange,
                             n, (int)code);
    char *text = mw_sandbox_get(&box, "s/d/f");
    char *list = mw_sandbox_list(&box, "s");
    if (was_met || writer == KEEPS_IT_OPEN)
        row_string_equal(row, text, THEIR_TEXT);
    row_string_equal(row, list, "d d/f link");
    row_true(row, code == MW_OK || code == MW_CONFLICT || code == MW_ROLLED_BACK);
    free(list);
    free(text);
    free(row);
    return was_met;
}

/* Who writes before the file is read is simply who wrote last. */
static unsigned calls_of_reading(void)
{
    struct mw_file file = {0};
    set_scene(&scenes[0]);
    char *path = mw_sandbox_path(&box, scenes[0].asked);
    box.sys.ops = mw_fake_ops(&(struct mw_fake){0});
    assert_int_equal(mw_file_read(&box.sys, path, scenes[0].actor, &file, NULL), MW_OK);
    box.sys.ops = &mw_ops_real;
    mw_file_release(&file);
    free(path);
    return mw_fake_calls();
}

static void meet_at_every_call(enum writer first, bool can_exchange)
{
    for (int writer = (int)first; writer <= KEEPS_IT_OPEN; writer++) {
        unsigned begin = calls_of_reading() + 1;
        unsigned n = begin;
        while (n < MAX_CALLS && meet((enum writer)writer, can_exchange, n))
            n++;
        assert_in_range(n, begin + 20, MAX_CALLS - 1);
    }
}

static void what_somebody_else_writes_is_never_lost(void **state)
{
    (void)state;
    meet_at_every_call(MOVES, true);
}

/* The header says what is not promised there: a file that is moved into place. */
static void nor_where_there_is_no_exchange(void **state)
{
    (void)state;
    meet_at_every_call(WRITES, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOX_TEST(fails_at_every_call),
        BOX_TEST(interruptions_are_no_failure),
        BOX_TEST(step_rows),
        BOX_TEST(close_of_the_temp_counts),
        BOX_TEST(fsync_is_not_tried_again),
        BOX_TEST(dies_at_every_call),
        BOX_TEST(what_somebody_else_writes_is_never_lost),
        BOX_TEST(nor_where_there_is_no_exchange),
    };
    return cmocka_run_group_tests_name("file_torture", tests, NULL, NULL);
}
