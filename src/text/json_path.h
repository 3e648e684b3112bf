/* Inside the JSON editor: where a key is.
 *
 * A key is a path of member names. Each name may occur several times in its object, so the
 * objects that a path leads through form levels: level 0 is the root, level 1 all objects that
 * the first name leads to, and so on. Go's decoder merges the objects of a level in their order;
 * a null (or anything else) between them discards what came before: those are no longer alive.
 * (dockerd decodes into structs and maps: encoding/json decode.go, func (d *decodeState) object.)
 */
#ifndef MW_JSON_PATH_H
#define MW_JSON_PATH_H

#include <stdbool.h>
#include <stddef.h>

#include "key_path.h"
#include "mirrorwise/edit.h"
#include "mirrorwise/json_scan.h"

struct json_object {
    struct mw_json_span span;
    struct mw_json_member *members; /* owned */
    size_t count;
    size_t parent; /* of the level above: whose member this object is */
};

struct json_level {
    const char *name; /* borrowed from the key; the member that is looked up in these objects */
    size_t name_len;
    struct json_object *objects;
    size_t count;
    size_t dead; /* so many at the front */
};

struct json_place {
    bool found;
    size_t object, member; /* indexes */
};

struct json_path {
    const char *text;
    size_t len;
    struct key_path key;
    struct json_level levels[MW_JSON_MAX_DEPTH];
    size_t count; /* names in the key, and levels, of which the last ones may be empty */
};

/* Follows `key` ("features.buildkit") from the root of a checked text, which may be null. False
 * if it is no path of names joined by dots, if it picks an item of a list, or has more names than
 * objects may nest; then there is nothing to close. */
bool json_path_open(const char *text, size_t len, struct mw_json_span root, const char *key,
                    struct json_path *path);
void json_path_close(struct json_path *path);

bool json_is_name(const struct json_path *path, size_t level, const struct mw_json_member *member);
/* The last member of that name in the living objects of a level: the one that counts. */
struct json_place json_path_last(const struct json_path *path, size_t level);
const struct mw_json_member *json_member(const struct json_path *path, size_t level,
                                         struct json_place place);

/* Checks a text and finds its object. A root of type null means that there is none: the text is
 * empty, then the root spans all of it, or it is `null`. */
enum mw_code json_root(const char *path, const char *text, size_t len, struct mw_json_span *root,
                       struct mw_error *err);
/* `value` must be empty. */
void json_read_value(const char *text, struct mw_json_span span, struct mw_value *value);
/* The same of the key, if it is there. */
void json_read_key(const struct json_path *path, struct mw_value *value);
enum mw_code json_put(const struct mw_editor *editor, const char *text, size_t len, const char *key,
                      const struct mw_value *value, struct mw_edits *edits, struct mw_error *err);
void json_remove(const struct json_path *path, struct mw_edits *edits);

#endif
