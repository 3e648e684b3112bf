/* Two threads, one with the rights of a user and one with those of root, at the same time: neither
 * sees anything of the other. Threads only note what they find; the test itself judges. */
#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "mirrorwise/memory.h"
#include "support/box.h"
#include "support/rows.h"

enum { OTHER_USER = 65533, ROUNDS = 100, OPENINGS = 20, GROUPS_MAX = 64 };

static const struct mw_actor as_user = {
    .switched = true,
    .uid = MW_SANDBOX_USER,
    .gid = MW_SANDBOX_USER,
};

#define NEEDS_ROOT()                                                                               \
    do {                                                                                           \
        if (geteuid() != 0) {                                                                      \
            print_message("only root can act as another user\n");                                  \
            skip();                                                                                \
        }                                                                                          \
    } while (0)

/* ---- what a thread is, step by step ------------------------------------------------------- */

struct identity {
    uid_t uid;
    gid_t gid;
    int group_count;
    gid_t first_group;
};

static struct identity identity_now(void)
{
    gid_t groups[GROUPS_MAX] = {0};
    struct identity now = {.uid = geteuid(), .gid = getegid()};
    now.group_count = getgroups(GROUPS_MAX, groups);
    now.first_group = groups[0];
    return now;
}

static void assert_identity(struct identity found, struct identity wanted)
{
    assert_int_equal(found.uid, wanted.uid);
    assert_int_equal(found.gid, wanted.gid);
    assert_int_equal(found.group_count, wanted.group_count);
    assert_int_equal(found.first_group, wanted.first_group);
}

static struct identity identity_of(uid_t id)
{
    return (struct identity){.uid = id, .gid = id, .group_count = 1, .first_group = id};
}

struct steps {
    pthread_barrier_t barrier;
    int entered, left;
    struct identity inside, still_inside, outside;
};

/* Meets the test three times: when it has become the user, when the test has become another one,
 * and when it is root again. */
static void *enter_and_leave(void *context)
{
    struct steps *steps = context;
    steps->entered = mw_ops_real.switch_to(MW_SANDBOX_USER, MW_SANDBOX_USER);
    steps->inside = identity_now();
    pthread_barrier_wait(&steps->barrier);
    pthread_barrier_wait(&steps->barrier);
    steps->still_inside = identity_now();
    steps->left = mw_ops_real.switch_back();
    steps->outside = identity_now();
    pthread_barrier_wait(&steps->barrier);
    return NULL;
}

static void rights_are_of_one_thread(void **state)
{
    (void)state;
    NEEDS_ROOT();
    struct steps steps = {.entered = -1};
    pthread_t thread;
    const struct identity root = identity_now();
    assert_int_equal(pthread_barrier_init(&steps.barrier, NULL, 2), 0);
    assert_int_equal(pthread_create(&thread, NULL, enter_and_leave, &steps), 0);
    pthread_barrier_wait(&steps.barrier);
    struct identity before = identity_now();
    int entered = mw_ops_real.switch_to(OTHER_USER, OTHER_USER);
    struct identity inside = identity_now();
    pthread_barrier_wait(&steps.barrier);
    pthread_barrier_wait(&steps.barrier);
    struct identity still_inside = identity_now();
    int left = mw_ops_real.switch_back();
    struct identity after = identity_now();
    pthread_join(thread, NULL);
    pthread_barrier_destroy(&steps.barrier);

    assert_int_equal(steps.entered, 0);
    assert_int_equal(steps.left, 0);
    assert_int_equal(entered, 0);
    assert_int_equal(left, 0);
    assert_identity(steps.inside, identity_of(MW_SANDBOX_USER));
    assert_identity(steps.still_inside, identity_of(MW_SANDBOX_USER));
    assert_identity(steps.outside, root);
    assert_identity(before, root);
    assert_identity(inside, identity_of(OTHER_USER));
    assert_identity(still_inside, identity_of(OTHER_USER));
    assert_identity(after, root);
}

/* ---- children ------------------------------------------------------------------------------ */

static enum mw_code run_id(struct mw_actor actor, char **text)
{
    static const char *const argv[] = {"/bin/sh", "-c", "id -u; id -g; id -G", NULL};
    struct mw_buf output = {0};
    int status = -1;
    enum mw_code code =
        mw_child_run(&box.sys, argv, actor, NULL, 30000, &output, NULL, &status, NULL);
    *text = mw_buf_take(&output);
    return code;
}

/* A child has the rights of the thread that starts it, whoever another thread is just now. */
static void children_are_of_their_thread(void **state)
{
    (void)state;
    NEEDS_ROOT();
    struct steps steps = {.entered = -1};
    pthread_t thread;
    char *of_root = NULL, *of_root_alone = NULL, *of_user = NULL;
    struct mw_actor other = {.switched = true, .uid = OTHER_USER, .gid = OTHER_USER};
    assert_int_equal(run_id((struct mw_actor){0}, &of_root_alone), MW_OK);
    assert_int_equal(pthread_barrier_init(&steps.barrier, NULL, 2), 0);
    assert_int_equal(pthread_create(&thread, NULL, enter_and_leave, &steps), 0);
    pthread_barrier_wait(&steps.barrier);
    enum mw_code root_code = run_id((struct mw_actor){0}, &of_root);
    enum mw_code user_code = run_id(other, &of_user);
    pthread_barrier_wait(&steps.barrier);
    pthread_barrier_wait(&steps.barrier);
    pthread_join(thread, NULL);
    pthread_barrier_destroy(&steps.barrier);

    assert_int_equal(root_code, MW_OK);
    assert_int_equal(user_code, MW_OK);
    assert_string_equal(of_root, of_root_alone);
    assert_string_equal(of_user, "65533\n65533\n65533\n");
    free(of_user);
    free(of_root);
    free(of_root_alone);
}

/* ---- files --------------------------------------------------------------------------------- */

/* One thread's work: the same file replaced again and again, and a secret tried. */
struct work {
    struct mw_actor actor;
    char *path, *secret;
    enum mw_code secret_code; /* what trying the secret gives */
    int failed_round;         /* -1: none */
    struct mw_error err;
};

static bool replace(const struct work *work, int round, struct mw_error *err)
{
    struct mw_file file = {0};
    struct mw_stage stage = {.dirfd = -1};
    struct mw_buf text = {0};
    if (mw_file_read(&box.sys, work->path, work->actor, &file, err) != MW_OK)
        return false;
    mw_buf_printf(&text, "round %d\n", round);
    bool worked = mw_stage_plan(&box.sys, &file, &stage, err) == MW_OK &&
                  mw_stage_write(&box.sys, &file, &stage, &text, 0600, err) == MW_OK &&
                  mw_stage_publish(&box.sys, &file, &stage, err) == MW_OK;
    if (!worked)
        mw_stage_discard(&box.sys, &file, &stage);
    mw_stage_release(&box.sys, &stage);
    mw_buf_release(&text);
    mw_file_release(&file);
    return worked;
}

static void *read_and_write(void *context)
{
    struct work *work = context;
    work->failed_round = -1;
    for (int i = 0; i < ROUNDS && work->failed_round < 0; i++) {
        struct mw_file secret = {0};
        enum mw_code code = mw_file_read(&box.sys, work->secret, work->actor, &secret, &work->err);
        if (code == MW_OK)
            mw_file_release(&secret);
        if (code != work->secret_code || !replace(work, i, &work->err))
            work->failed_round = i;
    }
    return NULL;
}

static void assert_work(const struct work *work, const char *name)
{
    if (work->failed_round >= 0)
        fail_msg("%s: round %d failed: %s", name, work->failed_round, work->err.message);
    char *owned = mw_xasprintf("%s/file", name);
    struct stat st = mw_sandbox_stat(&box, owned);
    char *text = mw_sandbox_get(&box, owned);
    row_size_equal(name, st.st_uid, work->actor.uid);
    row_size_equal(name, st.st_gid, work->actor.gid);
    row_string_equal(name, text, "round 99\n");
    free(text);
    free(owned);
}

static void files_side_by_side(void **state)
{
    (void)state;
    NEEDS_ROOT();
    mw_sandbox_mkdir(&box, "root", 0700);
    mw_sandbox_mkdir(&box, "user", 0700);
    mw_sandbox_put(&box, "secret", "root's", 0600);
    struct work root = {.path = mw_sandbox_path(&box, "root/file"),
                        .secret = mw_sandbox_path(&box, "secret"),
                        .secret_code = MW_OK};
    struct work user = {.actor = as_user,
                        .path = mw_sandbox_path(&box, "user/file"),
                        .secret = root.secret,
                        .secret_code = MW_NO_PERMISSION};
    char *home = mw_sandbox_path(&box, "user");
    assert_int_equal(chown(home, MW_SANDBOX_USER, MW_SANDBOX_USER), 0);
    pthread_t threads[2];
    assert_int_equal(pthread_create(&threads[0], NULL, read_and_write, &root), 0);
    assert_int_equal(pthread_create(&threads[1], NULL, read_and_write, &user), 0);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    assert_work(&root, "root");
    assert_work(&user, "user");
    free(home);
    free(root.secret);
    free(root.path);
    free(user.path);
}

/* ---- the umask ----------------------------------------------------------------------------- */

static atomic_int umask_calls;

/* In place of libc's, for the whole program. */
mode_t umask(mode_t mask)
{
    atomic_fetch_add(&umask_calls, 1);
    return (mode_t)syscall(SYS_umask, mask);
}

static void *open_systems(void *context)
{
    enum mw_code *code = context;
    for (int i = 0; i < OPENINGS && *code == MW_OK; i++) {
        struct mw_system sys = {0};
        *code = mw_system_init(&sys, &mw_ops_real, NULL, NULL);
        if (*code == MW_OK && sys.umask != 022)
            *code = MW_FAILURE;
        mw_system_release(&sys);
    }
    return NULL;
}

/* Setting the umask, for however short a time, would open the files that another thread makes
 * just then to all. */
static void umask_is_only_read(void **state)
{
    (void)state;
    if (access("/proc/self/status", R_OK) != 0) {
        print_message("without /proc the umask can be read by setting it only\n");
        skip();
    }
    enum mw_code codes[2] = {MW_OK, MW_OK};
    pthread_t threads[2];
    int calls_before = atomic_load(&umask_calls);
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, open_systems, &codes[i]), 0);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(codes[0], MW_OK);
    assert_int_equal(codes[1], MW_OK);
    assert_int_equal(atomic_load(&umask_calls), calls_before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOX_TEST(rights_are_of_one_thread),
        BOX_TEST(children_are_of_their_thread),
        BOX_TEST(files_side_by_side),
        BOX_TEST(umask_is_only_read),
    };
    return cmocka_run_group_tests_name("rights_thread", tests, NULL, NULL);
}
