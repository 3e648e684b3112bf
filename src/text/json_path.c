#include "json_path.h"

#include <stdlib.h>
#include <string.h>

#include "mirrorwise/memory.h"

bool json_is_name(const struct json_path *path, size_t level, const struct mw_json_member *member)
{
    const struct json_level *here = &path->levels[level];
    const char *key = path->text + member->key_begin + 1;
    size_t len = member->key_end - member->key_begin - 2;
    if (memchr(key, '\\', len) == NULL)
        return len == here->name_len && memcmp(key, here->name, len) == 0;
    MW_FREE char *name = mw_json_unescape(path->text, member->key_begin, member->key_end, &len);
    return len == here->name_len && memcmp(name, here->name, len) == 0;
}

static void add_object(struct json_path *path, size_t level, struct json_object object)
{
    struct json_level *here = &path->levels[level];
    object.count = mw_json_children(path->text, object.span, &object.members);
    *MW_PUSH(here->objects, here->count) = object;
}

/* Fills level + 1 from the members that carry the name of `level`. What dead objects lead to is
 * dead too, and comes first. */
static void descend(struct json_path *path, size_t level)
{
    const struct json_level *here = &path->levels[level];
    struct json_level *below = &path->levels[level + 1];
    for (size_t i = 0; i < here->count; i++) {
        const struct json_object *object = &here->objects[i];
        for (size_t j = 0; j < object->count; j++) {
            const struct mw_json_member *member = &object->members[j];
            if (!json_is_name(path, level, member))
                continue;
            if (member->value.type == MW_JSON_OBJECT)
                add_object(path, level + 1,
                           (struct json_object){.span = member->value, .parent = i});
            else
                below->dead = below->count;
        }
        if (i < here->dead)
            below->dead = below->count;
    }
}

bool json_path_open(const char *text, size_t len, struct mw_json_span root, const char *key,
                    struct json_path *path)
{
    *path = (struct json_path){.text = text, .len = len};
    bool fits = key_path_parse(key, &path->key) && path->key.count <= MW_JSON_MAX_DEPTH;
    for (size_t i = 0; i < path->key.count; i++)
        fits = fits && path->key.parts[i].pick == NULL;
    if (!fits) {
        key_path_release(&path->key);
        return false;
    }
    path->count = path->key.count;
    add_object(path, 0, (struct json_object){.span = root});
    for (size_t level = 0; level < path->count; level++) {
        path->levels[level].name = path->key.parts[level].name;
        path->levels[level].name_len = strlen(path->levels[level].name);
        if (level + 1 < path->count)
            descend(path, level);
    }
    return true;
}

void json_path_close(struct json_path *path)
{
    for (size_t i = 0; i < path->count; i++) {
        for (size_t j = 0; j < path->levels[i].count; j++)
            free(path->levels[i].objects[j].members);
        free(path->levels[i].objects);
    }
    key_path_release(&path->key);
}

struct json_place json_path_last(const struct json_path *path, size_t level)
{
    const struct json_level *here = &path->levels[level];
    struct json_place place = {.found = false};
    for (size_t i = here->count; i-- > here->dead && !place.found;) {
        const struct json_object *object = &here->objects[i];
        for (size_t j = object->count; j-- > 0 && !place.found;) {
            if (json_is_name(path, level, &object->members[j]))
                place = (struct json_place){true, i, j};
        }
    }
    return place;
}

const struct mw_json_member *json_member(const struct json_path *path, size_t level,
                                         struct json_place place)
{
    return &path->levels[level].objects[place.object].members[place.member];
}
