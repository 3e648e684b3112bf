/* daemon.json: one key removed, wherever it stands, with its comma; and objects that this leaves
 * empty, but not the root. */
#include <stdlib.h>

#include "json_path.h"
#include "mirrorwise/memory.h"

static void mark(struct json_object *object, size_t member)
{
    if (object->goes == NULL)
        object->goes = mw_xcalloc(object->count, sizeof *object->goes);
    object->going += !object->goes[member];
    object->goes[member] = true;
}

static void mark_level(struct json_path *path, size_t level)
{
    struct json_level *here = &path->levels[level];
    for (size_t i = 0; i < here->count; i++) {
        struct json_object *object = &here->objects[i];
        for (size_t j = 0; j < object->count && level + 1 == path->count; j++) {
            if (json_is_name(path, level, &object->members[j]))
                mark(object, j);
        }
        if (level > 0 && object->going > 0 && object->going == object->count)
            mark(&path->levels[level - 1].objects[object->parent], object->member);
    }
}

/* Each run of members that go takes the comma before it, or, at the start, the one behind. */
static void cut_members(const struct json_object *object, struct mw_edits *edits)
{
    const struct mw_json_member *members = object->members;
    if (object->going == object->count) {
        mw_edits_add(edits, object->span.begin + 1, object->span.end - 1);
        return;
    }
    for (size_t i = 0; i < object->count; i++) {
        size_t end = i;
        while (end < object->count && object->goes[end])
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

void json_remove(struct json_path *path, struct mw_edits *edits)
{
    for (size_t level = path->count; level-- > 0;)
        mark_level(path, level);
    for (size_t level = 0; level < path->count; level++) {
        for (size_t i = 0; i < path->levels[level].count; i++) {
            const struct json_object *object = &path->levels[level].objects[i];
            const struct json_object *parent =
                level > 0 ? &path->levels[level - 1].objects[object->parent] : NULL;
            bool gone = parent != NULL && parent->goes != NULL && parent->goes[object->member];
            if (object->going > 0 && !gone)
                cut_members(object, edits);
        }
    }
    mw_edits_sort(edits);
}
