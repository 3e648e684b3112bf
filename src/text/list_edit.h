/* One list between brackets made of another: items that stay are not touched, nor is what stands
 * between them. */
#ifndef MW_LIST_EDIT_H
#define MW_LIST_EDIT_H

#include "mirrorwise/edit.h"

struct list_item {
    size_t begin, end;
};

struct list_edit {
    const char *text;
    size_t begin, end; /* of the list, brackets included */
    struct list_item *items;
    size_t count;
    const struct mw_strings *have;    /* what they read as */
    const char *ending;               /* of lines */
    char comment;                     /* begins one up to the end of the line; 0: none does */
    bool may_trail;                   /* a comma may stand behind the last item */
    char *(*quote)(const char *item); /* owned: an item as it is spelled */
};

/* How many items two lists have in common at the front, and of the rest at the back. */
void list_same_ends(const struct mw_strings *a, const struct mw_strings *b, size_t *front,
                    size_t *back);
/* Frees list->items. */
void list_edit(struct list_edit *list, const struct mw_strings *wanted, struct mw_edits *edits);

#endif
