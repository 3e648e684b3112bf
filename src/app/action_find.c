/* The row of the table that is meant, and what its keys are called. */
#include <stddef.h>

#include "mirrorwise/app.h"
#include "mirrorwise/memory.h"

const struct mw_app_action *mw_app_action_find(enum mw_app_action_id id)
{
    size_t count = 0;
    const struct mw_app_action *actions = mw_app_actions(&count);
    for (size_t i = 0; i < count; i++) {
        if (actions[i].id == id)
            return &actions[i];
    }
    return NULL;
}

const struct mw_app_action *mw_app_action_in(enum mw_app_view view, enum mw_app_action_id id)
{
    size_t count = 0;
    const struct mw_app_action *actions = mw_app_actions(&count);
    for (size_t i = 0; i < count; i++) {
        if (actions[i].id == id && (actions[i].views & (1U << view)) != 0)
            return &actions[i];
    }
    return NULL;
}

const struct mw_app_action *mw_app_action_for(enum mw_app_view view, int key)
{
    if (key == '\n')
        key = MW_KEY_ENTER;
    size_t count = 0;
    const struct mw_app_action *actions = mw_app_actions(&count);
    for (size_t i = 0; i < count; i++) {
        if ((actions[i].views & (1U << view)) == 0)
            continue;
        for (size_t k = 0; k < sizeof actions[i].keys / sizeof *actions[i].keys; k++) {
            if (actions[i].keys[k] != MW_KEY_NONE && actions[i].keys[k] == key)
                return &actions[i];
        }
    }
    return NULL;
}

char *mw_key_name(int key)
{
    static const struct {
        int key;
        const char *name;
    } names[] = {
        {MW_KEY_TAB, "Tab"},
        {MW_KEY_ENTER, "Enter"},
        {MW_KEY_ESCAPE, "Esc"},
        {MW_KEY_BACKSPACE, "Backspace"},
        {MW_KEY_UP, "Up"},
        {MW_KEY_DOWN, "Down"},
        {MW_KEY_LEFT, "Left"},
        {MW_KEY_RIGHT, "Right"},
        {MW_KEY_HOME, "Home"},
        {MW_KEY_END, "End"},
        {MW_KEY_PAGE_UP, "PgUp"},
        {MW_KEY_PAGE_DOWN, "PgDn"},
        {MW_KEY_BACK_TAB, "Shift-Tab"},
        {' ', "Space"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (names[i].key == key)
            return mw_xstrdup(names[i].name);
    }
    if (key >= MW_KEY_F1 && key <= MW_KEY_F12)
        return mw_xasprintf("F%d", key - MW_KEY_F1 + 1);
    if (key > 0 && key < ' ')
        return mw_xasprintf("Ctrl-%c", key + '@');
    return mw_xasprintf("%c", key < 128 ? key : '?');
}
