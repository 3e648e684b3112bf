/* Records survive what disks and files do to them; the history knows who wrote what last. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/rows.h"
#include "support/sandbox.h"

#include "mirrorwise/hash.h"
#include "mirrorwise/history.h"
#include "mirrorwise/memory.h"

/* A record as a transaction makes it, of one file with bytes that no text format likes. */
static struct mw_record make_record(long id, const char *path, const char *time)
{
    static const char image[] = "a\0b\xff\r\n\x1b[31m";
    struct mw_record record = {.id = id,
                               .action = mw_xstrdup("apply"),
                               .profile = mw_xstrdup("dev"),
                               .user = mw_xstrdup("u\xff"),
                               .host = mw_xstrdup("h"),
                               .time = mw_xstrdup(time),
                               .version = mw_xstrdup("1"),
                               .profile_serial = 41,
                               .restores = -1};
    struct mw_record_file *file = MW_PUSH(record.files, record.file_count);
    file->tool = mw_xstrdup("go");
    file->path = mw_xstrdup(path);
    file->real_path = mw_xstrdup(path);
    file->actor = (struct mw_actor){.switched = true, .uid = 4294967294u, .gid = 7};
    file->before_exists = file->after_exists = true;
    mw_buf_append(&file->image, image, sizeof image - 1);
    mw_sha256_hex(image, sizeof image - 1, file->before_sha256);
    mw_sha256_hex("x", 1, file->after_sha256);
    file->mode = 0100640;
    file->temp_path = mw_xstrdup("/tmp/.mw-1");
    mw_strings_add(&file->made_directories, "/tmp/d");
    struct mw_xattr *xattr = MW_PUSH(file->xattrs, file->xattr_count);
    xattr->name = mw_xstrdup("user.a");
    mw_buf_append(&xattr->value, "\0\1", 2);
    struct mw_record_setting *setting = MW_PUSH(record.settings, record.setting_count);
    setting->tool = mw_xstrdup("go");
    setting->path = mw_xstrdup(path);
    setting->key = mw_xstrdup("GOPROXY");
    mw_value_set_string(&setting->before, "https://user:hidden@old.example");
    setting->after.kind = MW_VALUE_LIST;
    mw_strings_add(&setting->after.items, "a");
    mw_strings_add(&setting->after.items, "b");
    setting->from = mw_xstrdup("profile dev");
    return record;
}

static char *write_record(const struct mw_sandbox *box, struct mw_record *record)
{
    struct mw_buf bytes = {0};
    char name[64];
    mw_record_format(record, &bytes);
    snprintf(name, sizeof name, "state/generations/%06ld", record->id);
    mw_sandbox_mkdir(box, "state", 0700);
    mw_sandbox_mkdir(box, "state/generations", 0700);
    char *path = mw_sandbox_path(box, name);
    FILE *file = fopen(path, "w");
    assert_int_equal(fwrite(bytes.data, 1, bytes.len, file), bytes.len);
    fclose(file);
    assert_int_equal(chmod(path, 0600), 0);
    mw_buf_release(&bytes);
    return path;
}

static void use_state_of(struct mw_sandbox *box)
{
    char *state = mw_sandbox_path(box, "state");
    free(box->sys.environ_copy);
    box->sys.environ_copy = mw_xcalloc(2, sizeof(char *));
    box->sys.environ_copy[0] = mw_xasprintf("MIRRORWISE_STATE_DIR=%s", state);
    free(state);
}

static void a_record_reads_as_it_was_written(void **unused)
{
    (void)unused;
    struct mw_sandbox box;
    mw_sandbox_open(&box);
    struct mw_record record = make_record(3, "/etc/x", "2026-01-01T00:00:00Z"), read = {0};
    char *path = write_record(&box, &record);
    struct mw_error err = {0};
    if (mw_record_read(&box.sys, path, true, &read, &err) != MW_OK)
        fail_msg("%s", err.message);
    assert_int_equal(read.id, 3);
    assert_string_equal(read.user, "u\xff");
    assert_int_equal(read.restores, -1);
    assert_int_equal(read.profile_serial, 41);
    assert_int_equal(read.file_count, 1);
    const struct mw_record_file *file = &read.files[0];
    assert_true(file->actor.switched && file->actor.uid == 4294967294u);
    assert_true(mw_buf_equals(&file->image, &record.files[0].image));
    assert_int_equal(file->mode, 0100640);
    assert_int_equal(file->xattrs[0].value.len, 2);
    assert_string_equal(file->made_directories.items[0], "/tmp/d");
    assert_true(mw_value_equal(&read.settings[0].after, &record.settings[0].after));
    mw_record_release(&read);
    /* Without images nothing but the meta part is read. */
    assert_int_equal(mw_record_read(&box.sys, path, false, &read, &err), MW_OK);
    assert_int_equal(read.files[0].image.len, 0);
    mw_record_release(&read);
    mw_record_release(&record);
    free(path);
    mw_sandbox_close(&box);
}

/* Cut at any byte, or with any one bit turned, it is refused. */
static void a_damaged_record_is_refused(void **unused)
{
    (void)unused;
    struct mw_sandbox box;
    mw_sandbox_open(&box);
    struct mw_record record = make_record(1, "/etc/x", "2026-01-01T00:00:00Z");
    struct mw_buf good = {0};
    mw_record_format(&record, &good);
    char *path = write_record(&box, &record);
    for (size_t i = 0; i < 2 * good.len; i++) {
        struct mw_buf bad = {0};
        struct mw_record read = {0};
        struct mw_error err = {0};
        bool cut = i < good.len;
        mw_buf_append(&bad, good.data, cut ? i : good.len);
        if (!cut)
            bad.data[i - good.len] ^= 1;
        FILE *file = fopen(path, "w");
        fwrite(mw_buf_text(&bad), 1, bad.len, file);
        fclose(file);
        enum mw_code code = mw_record_read(&box.sys, path, true, &read, &err);
        if (code != MW_IO)
            fail_msg("%s at byte %zu was accepted", cut ? "cut" : "a bit turned",
                     cut ? i : i - good.len);
        mw_buf_release(&bad);
    }
    mw_buf_release(&good);
    mw_record_release(&record);
    free(path);
    mw_sandbox_close(&box);
}

static void old_generations_go_but_originals_stay(void **unused)
{
    (void)unused;
    struct mw_sandbox box;
    mw_sandbox_open(&box);
    use_state_of(&box);
    for (long id = 1; id <= 30; id++) {
        struct mw_record record =
            make_record(id, id == 5 ? "/etc/other" : "/etc/x", "2001-01-01T00:00:00Z");
        free(write_record(&box, &record));
        mw_record_release(&record);
    }
    struct mw_history history = {0};
    assert_int_equal(mw_history_load(&box.sys, &history, NULL, NULL), MW_OK);
    assert_int_equal(history.count, 30);
    mw_history_prune(&box.sys, &history);
    char *left = mw_sandbox_list(&box, "state/generations");
    /* 1 and 5 are the first to touch their file; 5 is also the last word on it. */
    assert_true(strncmp(left, "000001 000005 000011 000012 ", 28) == 0);
    free(left);
    mw_history_release(&history);
    mw_sandbox_close(&box);
}

static void a_broken_generation_is_a_warning(void **unused)
{
    (void)unused;
    struct mw_sandbox box;
    mw_sandbox_open(&box);
    use_state_of(&box);
    struct mw_record record = make_record(1, "/etc/x", "2026-01-01T00:00:00Z");
    free(write_record(&box, &record));
    mw_record_release(&record);
    mw_sandbox_put(&box, "state/generations/000002", "rubbish", 0600);
    struct mw_history history = {0};
    struct mw_strings warnings = {0};
    assert_int_equal(mw_history_load(&box.sys, &history, &warnings, NULL), MW_OK);
    assert_int_equal(history.count, 1);
    assert_int_equal(warnings.count, 1);
    assert_non_null(strstr(warnings.items[0], "000002"));
    const struct mw_record_setting *last = mw_history_last_written(&history, "/etc/x", "GOPROXY");
    assert_int_equal(last->after.items.count, 2);
    assert_null(mw_history_last_written(&history, "/etc/x", "GOSUMDB"));
    mw_strings_release(&warnings);
    mw_history_release(&history);
    mw_sandbox_close(&box);
}

static void the_audit_log_holds_no_secret(void **unused)
{
    (void)unused;
    struct mw_sandbox box;
    mw_sandbox_open(&box);
    struct mw_record record = make_record(1, "/etc/x\x1b[2J", "2026-01-01T00:00:00Z");
    record.settings[0].is_secret = false;
    mw_sandbox_mkdir(&box, "state", 0700);
    char *state = mw_sandbox_path(&box, "state");
    struct mw_error err = {0};
    if (mw_audit_append(&box.sys, state, &record, MW_OK, "", &err) != MW_OK)
        fail_msg("%s", err.message);
    record.settings[0].is_secret = record.settings[0].after_is_secret = true;
    record.files[0].after_has_secret = true;
    assert_int_equal(mw_audit_append(&box.sys, state, &record, MW_CONFLICT, "why", &err), MW_OK);
    char *log = mw_sandbox_get(&box, "state/audit.jsonl");
    assert_null(strstr(log, "hidden"));
    assert_non_null(strstr(log, "\"profile_serial\":41"));
    assert_null(strchr(log, '\x1b'));
    char *second = strchr(log, '\n') + 1;
    assert_non_null(strstr(log, "user:****@old.example"));
    assert_null(strstr(second, "a, b"));
    assert_non_null(strstr(log, "after_sha256"));
    assert_non_null(strstr(second, "before_sha256"));
    assert_null(strstr(second, "after_sha256"));
    assert_non_null(strstr(second, "\"result\":\"conflict\""));
    assert_int_equal(second[strlen(second) - 1], '\n');
    free(log);
    free(state);
    mw_record_release(&record);
    mw_sandbox_close(&box);
}

/* 1 applies a, 2 applies b; then rollbacks. */
static void what_is_in_effect_follows_rollbacks(void **unused)
{
    (void)unused;
    static char a[] = "a", b[] = "b";
    static const struct {
        const char *name;
        long restores[3]; /* -2: no such record */
        const char *profile;
    } rows[] = {
        {"the last apply", {-2, -2, -2}, "b"},
        {"one back", {1, -2, -2}, "a"},
        {"one back and forward again", {1, 2, -2}, "b"},
        {"a rollback to a rollback", {1, 2, 3}, "a"},
        {"to before the first", {0, -2, -2}, NULL},
        {"to what is forgotten", {9, -2, -2}, NULL},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_record items[5] = {{.id = 1, .profile = a, .restores = -1},
                                     {.id = 2, .profile = b, .restores = -1}};
        struct mw_history history = {.items = items, .count = 2};
        for (size_t k = 0; k < ROWS(rows[i].restores) && rows[i].restores[k] != -2; k++) {
            items[history.count] =
                (struct mw_record){.id = (long)history.count + 1, .restores = rows[i].restores[k]};
            history.count++;
        }
        const struct mw_record *record = mw_history_in_effect(&history);
        row_true(rows[i].name, (record == NULL) == (rows[i].profile == NULL));
        if (record != NULL && rows[i].profile != NULL)
            row_string_equal(rows[i].name, record->profile, rows[i].profile);
    }
    struct mw_history nothing = {0};
    assert_null(mw_history_in_effect(&nothing));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_reads_as_it_was_written),
        cmocka_unit_test(a_damaged_record_is_refused),
        cmocka_unit_test(old_generations_go_but_originals_stay),
        cmocka_unit_test(a_broken_generation_is_a_warning),
        cmocka_unit_test(the_audit_log_holds_no_secret),
        cmocka_unit_test(what_is_in_effect_follows_rollbacks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
