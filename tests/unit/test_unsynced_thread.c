/* Several files made durable at once: nothing is put in place before all of it is on the disk, each
 * directory is synced once, and who could not be synced is named. */
#include "support/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mirrorwise/memory.h"
#include "support/box.h"
#include "support/fake_ops.h"

enum { FILES = 12, FOLDERS = 3 };

struct many {
    struct mw_system sys; /* the box's, unsynced */
    struct mw_unsynced unsynced;
    struct mw_file files[FILES];
    struct mw_stage stages[FILES];
};

/* The temps of new files in new folders of `name`. */
static void write_all(struct many *many, const char *name)
{
    struct mw_buf bytes = {0};
    mw_buf_puts(&bytes, "new\n");
    many->sys = box.sys;
    many->sys.unsynced = &many->unsynced;
    mw_sandbox_mkdir(&box, name, 0755);
    for (int i = 0; i < FILES; i++) {
        char *file = mw_xasprintf("%s/%d/f%d", name, i % FOLDERS, i);
        char *path = mw_sandbox_path(&box, file);
        assert_int_equal(mw_file_read(&many->sys, path, box.sys.user, &many->files[i], NULL), 0);
        assert_false(many->files[i].exists);
        assert_int_equal(mw_stage_plan(&many->sys, &many->files[i], &many->stages[i], NULL), 0);
        assert_int_equal(
            mw_stage_write(&many->sys, &many->files[i], &many->stages[i], &bytes, 0644, NULL), 0);
        free(path);
        free(file);
    }
    mw_buf_release(&bytes);
}

static void publish_all(struct many *many)
{
    for (int i = 0; i < FILES; i++)
        assert_int_equal(mw_stage_publish(&many->sys, &many->files[i], &many->stages[i], NULL), 0);
}

static void finish(struct many *many)
{
    for (int i = 0; i < FILES; i++) {
        mw_stage_discard(&many->sys, &many->files[i], &many->stages[i]);
        mw_stage_release(&many->sys, &many->stages[i]);
        mw_file_release(&many->files[i]);
    }
    mw_unsynced_drop(&many->sys);
}

/* By the kernel, with the threads that so many files are worth. */
static void all_are_written(void **state)
{
    (void)state;
    struct many many = {0};
    write_all(&many, "real");
    assert_int_equal(many.unsynced.count, FILES + 1); /* and the folder that folders were made in */
    assert_int_equal(mw_unsynced_sync(&many.sys, NULL), MW_OK);
    publish_all(&many);
    assert_int_equal(many.unsynced.count, FOLDERS);
    assert_int_equal(mw_unsynced_sync(&many.sys, NULL), MW_OK);
    assert_int_equal(many.unsynced.count, 0);
    for (int i = 0; i < FILES; i++) {
        char *file = mw_xasprintf("real/%d/f%d", i % FOLDERS, i);
        char *text = mw_sandbox_get(&box, file);
        assert_string_equal(text, "new\n");
        free(text);
        free(file);
    }
    finish(&many);
}

static void each_once_and_in_order(void **state)
{
    (void)state;
    struct many many = {0};
    box.sys.ops = mw_fake_ops(&(struct mw_fake){0});
    write_all(&many, "fake");
    assert_int_equal(mw_fake_calls_of("fsync"), 0);
    assert_int_equal(mw_unsynced_sync(&many.sys, NULL), MW_OK);
    assert_int_equal(mw_fake_calls_of("fsync"), FILES + 1);
    assert_int_equal(mw_fake_calls_of("renameat"), 0);
    publish_all(&many);
    assert_int_equal(mw_fake_calls_of("fsync"), FILES + 1);
    assert_int_equal(mw_unsynced_sync(&many.sys, NULL), MW_OK);
    assert_int_equal(mw_fake_calls_of("fsync"), FILES + 1 + FOLDERS);
    finish(&many);
}

/* A pipe cannot be synced. */
static void who_fails_is_named(void **state)
{
    (void)state;
    struct many many = {0};
    struct mw_error err = {0};
    int ends[2];
    write_all(&many, "named");
    assert_int_equal(pipe(ends), 0);
    struct mw_unsynced_item *item = &many.unsynced.items[7];
    assert_false(item->is_directory);
    char *path = mw_xstrdup(item->path);
    assert_int_equal(close(item->fd), 0);
    item->fd = ends[1];
    assert_int_not_equal(mw_unsynced_sync(&many.sys, &err), MW_OK);
    assert_string_equal(err.step, "fsync");
    assert_non_null(strstr(err.message, path));
    assert_int_equal(many.unsynced.count, 0);
    assert_int_equal(close(ends[0]), 0);
    free(path);
    finish(&many);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOX_TEST(all_are_written),
        BOX_TEST(each_once_and_in_order),
        BOX_TEST(who_fails_is_named),
    };
    return cmocka_run_group_tests_name("unsynced_thread", tests, NULL, NULL);
}
