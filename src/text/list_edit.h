/* One list between brackets made of another: items that stay are not touched, nor is what stands
 * between them. */
#ifndef MW_LIST_EDIT_H
#define MW_LIST_EDIT_H

#include "mirrorwise/edit.h"

struct list_item {
    size_t begin, end;
    char *text; /* owned; what it reads as */
};

struct list_edit {
    const char *text;
    size_t begin, end; /* of the list, brackets included */
    struct list_item *items;
    size_t count;
    const char *ending;               /* of lines */
    char comment;                     /* begins one up to the end of the line; 0: none does */
    bool may_trail;                   /* a comma may stand behind the last item */
    char *(*quote)(const char *item); /* owned: an item as it is spelled */
};

void list_edit(const struct list_edit *list, const struct mw_strings *wanted,
               struct mw_edits *edits);

#endif
