/* What was found out, kept for whoever asks again: a list of checks asks for every key of a tool,
 * and each asks for the same files. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/memory.h"

struct entry {
    char *name;
    void *found;
    void (*release)(void *found);
};

struct mw_memo {
    struct entry *items;
    size_t count;
};

struct mw_memo *mw_memo_new(void)
{
    return mw_xcalloc(1, sizeof(struct mw_memo));
}

void mw_memo_free(struct mw_memo *memo)
{
    if (memo == NULL)
        return;
    for (size_t i = 0; i < memo->count; i++) {
        free(memo->items[i].name);
        memo->items[i].release(memo->items[i].found);
    }
    free(memo->items);
    free(memo);
}

void *mw_memo_hold(const struct mw_system *sys, const char *name, mw_find_fn *find, const void *of,
                   void (*release)(void *found), struct mw_held *held)
{
    struct mw_memo *memo = sys->memo;
    for (size_t i = 0; memo != NULL && i < memo->count; i++) {
        if (strcmp(memo->items[i].name, name) == 0)
            return memo->items[i].found;
    }
    void *found = find(sys, of);
    if (memo != NULL)
        *MW_PUSH(memo->items, memo->count) =
            (struct entry){.name = mw_xstrdup(name), .found = found, .release = release};
    else
        *held = (struct mw_held){.found = found, .release = release};
    return found;
}

void mw_held_release(struct mw_held *held)
{
    if (held->release != NULL)
        held->release(held->found);
    *held = (struct mw_held){0};
}
