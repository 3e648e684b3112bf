/* daemon.json: one key removed, wherever it stands, with its comma; and objects that this leaves
 * empty, but not the root. */
#include <stdlib.h>

#include "json_path.h"
#include "mirrorwise/memory.h"

/* Each run of members that go takes the comma before it, or, at the start, the one behind. */
static void cut_members(const struct mw_json_member *members, size_t count, const bool *goes,
                        struct mw_edits *edits)
{
    for (size_t i = 0; i < count; i++) {
        size_t end = i;
        while (end < count && goes[end])
            end++;
        if (end == i)
            continue;
        if (i == 0)
            mw_edits_add(edits, members[0].key_begin, members[end].key_begin);
        else
            mw_edits_add(edits, members[i - 1].value.end, members[end - 1].value.end);
        i = end;
    }
}

/* Removes it from an object of that level and what is below; true if nothing would be left. */
static bool remove_from(const struct json_path *path, size_t level, struct mw_json_span object,
                        struct mw_edits *edits)
{
    MW_FREE struct mw_json_member *members = NULL;
    size_t count = mw_json_children(path->text, object, &members);
    MW_FREE bool *goes = mw_xcalloc(count + 1, sizeof *goes);
    size_t going = 0;
    for (size_t i = 0; i < count; i++) {
        bool is_last = level + 1 == path->count;
        if (json_is_name(path, level, &members[i]))
            goes[i] = is_last || (members[i].value.type == MW_JSON_OBJECT &&
                                  remove_from(path, level + 1, members[i].value, edits));
        going += goes[i];
    }
    if (going < count)
        cut_members(members, count, goes, edits);
    else if (going > 0 && level == 0)
        mw_edits_add(edits, object.begin + 1, object.end - 1);
    return going > 0 && going == count;
}

/* No deeper than objects nest (MW_JSON_MAX_DEPTH). */
void json_remove(const struct json_path *path, struct mw_edits *edits)
{
    remove_from(path, 0, path->levels[0].objects[0].span, edits);
    mw_edits_sort(edits);
}
