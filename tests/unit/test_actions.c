/* The table of actions: what help, key bar and man page are made from must not contradict itself.
 */
#include "support/rows.h"

#include <stdlib.h>

#include "mirrorwise/app.h"

static void test_no_key_means_two_things(void **state)
{
    (void)state;
    size_t count = 0;
    const struct mw_app_action *actions = mw_app_actions(&count);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = i + 1; k < count; k++) {
            if ((actions[i].views & actions[k].views) == 0)
                continue;
            for (size_t a = 0; a < ROWS(actions[i].keys); a++) {
                for (size_t b = 0; b < ROWS(actions[k].keys); b++) {
                    if (actions[i].keys[a] != 0 && actions[i].keys[a] == actions[k].keys[b])
                        fail_msg("\"%s\" and \"%s\" share a key", actions[i].label,
                                 actions[k].label);
                }
            }
        }
    }
}

static void test_rows_are_complete(void **state)
{
    (void)state;
    size_t count = 0;
    const struct mw_app_action *actions = mw_app_actions(&count);
    for (size_t i = 0; i < count; i++) {
        row_true(actions[i].label, actions[i].id != MW_DO_NONE);
        row_true(actions[i].label, actions[i].keys[0] != 0);
        row_true(actions[i].label, actions[i].views != 0);
        row_true(actions[i].label, actions[i].run != NULL);
        row_true(actions[i].label, actions[i].help[0] != '\0');
        row_true(actions[i].label, mw_app_action_find(actions[i].id) != NULL);
        /* F-keys are aliases, never the only way. */
        row_true(actions[i].label, actions[i].keys[0] < MW_KEY_F1);
    }
}

/* Moving and leaving belong to every view; a person's fingers know them. */
static void test_keys_of_every_view(void **state)
{
    (void)state;
    static const struct {
        int key;
        enum mw_app_action_id id;
    } keys[] = {
        {'j', MW_DO_DOWN},
        {'k', MW_DO_UP},
        {MW_KEY_DOWN, MW_DO_DOWN},
        {MW_KEY_UP, MW_DO_UP},
        {'g', MW_DO_FIRST},
        {'G', MW_DO_LAST},
        {MW_KEY_CTRL('D'), MW_DO_HALF_DOWN},
        {MW_KEY_CTRL('U'), MW_DO_HALF_UP},
        {MW_KEY_CTRL('F'), MW_DO_PAGE_DOWN},
        {MW_KEY_CTRL('B'), MW_DO_PAGE_UP},
        {MW_KEY_CTRL('L'), MW_DO_REDRAW},
        {MW_KEY_ESCAPE, MW_DO_BACK},
        {'q', MW_DO_QUIT},
    };
    for (int view = 0; view < MW_VIEW_COUNT; view++) {
        for (size_t i = 0; i < ROWS(keys); i++) {
            const struct mw_app_action *action =
                mw_app_action_for((enum mw_app_view)view, keys[i].key);
            if (action == NULL || action->id != keys[i].id)
                fail_msg("view %d, key %d", view, keys[i].key);
        }
        row_true("help", view == MW_VIEW_HELP || mw_app_action_for((enum mw_app_view)view, '?'));
    }
    assert_int_equal(mw_app_action_for(MW_VIEW_HOME, 'h')->id, MW_DO_LEFT);
    assert_int_equal(mw_app_action_for(MW_VIEW_HOME, 'l')->id, MW_DO_RIGHT);
    assert_int_equal(mw_app_action_for(MW_VIEW_HOME, '/')->id, MW_DO_FILTER);
    assert_null(mw_app_action_for(MW_VIEW_HOME, 0));
    assert_null(mw_app_action_for(MW_VIEW_HOME, 'y'));
}

static void test_key_names(void **state)
{
    (void)state;
    static const struct {
        int key;
        const char *name;
    } rows[] = {
        {'q', "q"},        {' ', "Space"},      {MW_KEY_ENTER, "Enter"}, {MW_KEY_ESCAPE, "Esc"},
        {MW_KEY_F1, "F1"}, {MW_KEY_F12, "F12"}, {4, "Ctrl-D"},           {MW_KEY_TAB, "Tab"},
        {MW_KEY_UP, "Up"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char *name = mw_key_name(rows[i].key);
        row_string_equal(rows[i].name, name, rows[i].name);
        free(name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_key_means_two_things),
        cmocka_unit_test(test_rows_are_complete),
        cmocka_unit_test(test_keys_of_every_view),
        cmocka_unit_test(test_key_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
