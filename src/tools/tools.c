/* Which tools there are: what is built in, and what folders add to it. */
#include "mirrorwise/tool.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/builtin.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "tool_read.h"

static const char folder[] = "assets/tools/";
static const char order_file[] = "assets/tools/order.txt";

/* What one file says of a tool. */
enum { TOOL_MAX_BYTES = 1 << 20, FOLDER_MAX_FILES = 256 };

struct layer {
    char *file, *text; /* owned; NULL text: `built_in` has it */
    size_t len;
    const struct mw_builtin *built_in;
    char *fault; /* why the file cannot be used at all; NULL: it can be read */
};

/* A tool by its name; read when it is first asked for. */
struct entry {
    char *id;
    struct layer *layers;
    size_t layer_count;
    bool is_loaded;
    struct mw_tool *tool, *head; /* NULL: not read, or its file is wrong */
    struct mw_error fault;
};

struct list {
    struct entry **items;
    size_t count;
};

/* `all` owns every entry there ever was, so that pointers stay valid when another system's folders
 * are opened; `now` is what counts. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct list all, now;

/* ---- entries --------------------------------------------------------------------------------- */

static struct entry *list_find(const struct list *list, const char *id)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i]->id, id) == 0)
            return list->items[i];
    }
    return NULL;
}

static void entry_free(struct entry *entry)
{
    for (size_t i = 0; i < entry->layer_count; i++)
        MW_FREE_ALL(entry->layers[i].file, entry->layers[i].text, entry->layers[i].fault);
    MW_FREE_ALL(entry->layers, entry->id, entry);
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool same_entry(const struct entry *a, const struct entry *b)
{
    bool same = strcmp(a->id, b->id) == 0 && a->layer_count == b->layer_count;
    for (size_t i = 0; same && i < a->layer_count; i++) {
        const struct layer *x = &a->layers[i], *y = &b->layers[i];
        same = strcmp(x->file, y->file) == 0 && x->built_in == y->built_in && x->len == y->len &&
               same_text(x->text, y->text) && same_text(x->fault, y->fault);
    }
    return same;
}

static void entry_load(struct entry *entry)
{
    struct mw_tool *tool = mw_xcalloc(1, sizeof *tool);
    enum mw_code code = MW_OK;
    tool->id = mw_xstrdup(entry->id);
    for (size_t i = 0; i < entry->layer_count && code == MW_OK; i++) {
        const struct layer *layer = &entry->layers[i];
        bool is_built_in = layer->built_in != NULL;
        if (layer->fault != NULL)
            code = mw_fail(&entry->fault, MW_BAD_PROFILE, 0, "tool", "%s", layer->fault);
        else
            code =
                mw_tool_read(layer->file, is_built_in ? layer->built_in->text : layer->text,
                             is_built_in ? layer->built_in->len : layer->len, tool, &entry->fault);
    }
    if (code == MW_OK)
        code = mw_tool_complete(tool, &entry->fault);
    if (code != MW_OK) {
        mw_tool_release(tool);
        free(tool);
        tool = NULL;
    }
    entry->tool = tool;
    entry->is_loaded = true;
}

/* ---- the list -------------------------------------------------------------------------------- */

static struct entry *list_add(struct list *list, const char *id)
{
    struct entry *entry = list_find(list, id);
    if (entry == NULL) {
        entry = mw_xcalloc(1, sizeof *entry);
        entry->id = mw_xstrdup(id);
        *MW_PUSH(list->items, list->count) = entry;
    }
    return entry;
}

/* "assets/tools/npm.json" is "npm"; NULL for another file. */
static char *built_in_id(const char *path)
{
    size_t start = strlen(folder), len = strlen(path);
    if (!mw_text_starts(path, folder) || len < start + 6 || strcmp(path + len - 5, ".json") != 0)
        return NULL;
    return mw_xstrndup(path + start, len - start - 5);
}

static void list_built_in(struct list *list)
{
    MW_AUTO(mw_strings) order = {0};
    mw_strings_split(&order, mw_builtin_find(order_file)->text, "\n ");
    struct list found = {0};
    for (const struct mw_builtin *file = mw_builtin_files; file->path != NULL; file++) {
        char *id = built_in_id(file->path);
        if (id == NULL)
            continue;
        struct entry *entry = list_add(&found, id);
        *MW_PUSH(entry->layers, entry->layer_count) =
            (struct layer){.file = mw_xasprintf("builtin:%s", file->path), .built_in = file};
        free(id);
    }
    for (size_t i = 0; i < order.count; i++) {
        struct entry *entry = list_find(&found, order.items[i]);
        if (entry != NULL && list_find(list, entry->id) == NULL)
            *MW_PUSH(list->items, list->count) = entry;
    }
    for (size_t i = 0; i < found.count; i++) {
        if (list_find(list, found.items[i]->id) == NULL)
            *MW_PUSH(list->items, list->count) = found.items[i];
    }
    free(found.items);
}

/* Makes `list` the one that counts; an entry that was there before stays the one it was. */
static void list_publish(struct list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        struct entry *old = NULL;
        for (size_t k = 0; k < all.count && old == NULL; k++) {
            if (same_entry(all.items[k], list->items[i]))
                old = all.items[k];
        }
        if (old != NULL)
            entry_free(list->items[i]);
        else
            *MW_PUSH(all.items, all.count) = list->items[i];
        if (old != NULL)
            list->items[i] = old;
    }
    free(now.items);
    now = *list;
}

/* The lock is held. */
static void need_list(void)
{
    struct list list = {0};
    if (now.count > 0)
        return;
    list_built_in(&list);
    list_publish(&list);
}

/* ---- folders --------------------------------------------------------------------------------- */

static char *layer_fault(const struct mw_system *sys, const struct mw_file *file)
{
    if (sys->euid != 0 || file->doubt == NULL)
        return NULL;
    return mw_xasprintf(_("root follows no file that others could change: %s"), file->doubt);
}

static void add_layer(const struct mw_system *sys, struct list *list, const char *directory,
                      const char *name, struct mw_actor actor)
{
    MW_AUTO(mw_file) file = {0};
    struct mw_error err = {0};
    struct layer layer = {.file = mw_xasprintf("%s/%s", directory, name)};
    enum mw_code code = mw_file_read_warily(sys, layer.file, actor, TOOL_MAX_BYTES, &file, &err);
    if (code == MW_OK && !file.exists) {
        free(layer.file);
        return;
    }
    layer.fault = code != MW_OK ? mw_xstrdup(err.message) : layer_fault(sys, &file);
    layer.text = mw_xstrndup(mw_buf_text(&file.bytes), file.bytes.len);
    layer.len = strlen(layer.text) < file.bytes.len ? strlen(layer.text) : file.bytes.len;
    MW_FREE char *id = mw_xstrndup(name, strlen(name) - strlen(".json"));
    struct entry *entry = list_add(list, id);
    *MW_PUSH(entry->layers, entry->layer_count) = layer;
}

static void add_folder(const struct mw_system *sys, struct list *list, char *take_directory,
                       struct mw_actor actor)
{
    MW_AUTO(mw_strings) names = {0};
    (void)mw_dir_list_some(sys, take_directory, ".json", FOLDER_MAX_FILES, &names);
    for (size_t i = 0; i < names.count; i++) {
        if (strlen(names.items[i]) > strlen(".json"))
            add_layer(sys, list, take_directory, names.items[i], actor);
    }
    free(take_directory);
}

static void warn(const struct list *list, struct mw_strings *warnings)
{
    for (size_t i = 0; i < list->count; i++) {
        struct entry *entry = list->items[i];
        bool is_built_in = entry->layer_count == 1 && entry->layers[0].built_in != NULL;
        if (is_built_in)
            continue;
        if (!entry->is_loaded)
            entry_load(entry);
        if (entry->tool == NULL && warnings != NULL)
            mw_strings_take(warnings,
                            mw_xasprintf(_("%s is left out: %s"), entry->id, entry->fault.message));
    }
}

void mw_tools_open(const struct mw_system *sys, struct mw_strings *warnings)
{
    static const char shared[] = "/usr/share/mirrorwise/tools";
    struct mw_actor nobody_else = {0};
    struct list list = {0};
    list_built_in(&list);
    if (strcmp(MW_DATA_DIR "/tools", shared) != 0)
        add_folder(sys, &list, mw_system_path(sys, MW_DATA_DIR "/tools"), nobody_else);
    add_folder(sys, &list, mw_system_path(sys, shared), nobody_else);
    add_folder(sys, &list, mw_system_path(sys, "/etc/mirrorwise/tools"), nobody_else);
    MW_FREE char *config = mw_system_own_config_dir(sys);
    if (config != NULL)
        add_folder(sys, &list, mw_xasprintf("%s/tools", config), sys->user);

    (void)pthread_mutex_lock(&lock);
    list_publish(&list);
    warn(&now, warnings);
    (void)pthread_mutex_unlock(&lock);
}

/* ---- questions ------------------------------------------------------------------------------- */

/* A file that turned out to be wrong is no tool; what was never read may be one. */
static bool counts(const struct entry *entry)
{
    return !entry->is_loaded || entry->tool != NULL;
}

static struct entry *nth(size_t i)
{
    for (size_t k = 0; k < now.count; k++) {
        if (counts(now.items[k]) && i-- == 0)
            return now.items[k];
    }
    return NULL;
}

size_t mw_tool_count(void)
{
    size_t count = 0;
    (void)pthread_mutex_lock(&lock);
    need_list();
    for (size_t i = 0; i < now.count; i++)
        count += counts(now.items[i]);
    (void)pthread_mutex_unlock(&lock);
    return count;
}

const char *mw_tool_id(size_t i)
{
    (void)pthread_mutex_lock(&lock);
    need_list();
    const struct entry *entry = nth(i);
    (void)pthread_mutex_unlock(&lock);
    return entry != NULL ? entry->id : NULL;
}

static const struct mw_tool *tool_of(struct entry *entry)
{
    if (entry != NULL && !entry->is_loaded)
        entry_load(entry);
    return entry != NULL ? entry->tool : NULL;
}

const struct mw_tool *mw_tool_at(size_t i)
{
    (void)pthread_mutex_lock(&lock);
    need_list();
    const struct mw_tool *tool = tool_of(nth(i));
    (void)pthread_mutex_unlock(&lock);
    return tool;
}

bool mw_tools_draw_on(const char *service)
{
    bool does = false;
    for (size_t i = 0; !does && i < mw_tool_count(); i++) {
        const struct mw_tool *tool = mw_tool_at(i);
        for (size_t k = 0; tool != NULL && k < tool->row_count; k++)
            does = does || strcmp(tool->rows[k].from, service) == 0;
    }
    return does;
}

const struct mw_tool *mw_tool_head(const char *id)
{
    (void)pthread_mutex_lock(&lock);
    need_list();
    struct entry *entry = list_find(&now, id);
    const struct mw_builtin *file =
        entry != NULL && entry->layer_count == 1 ? entry->layers[0].built_in : NULL;
    const struct mw_tool *head = NULL;
    if (file == NULL || entry->is_loaded) {
        head = tool_of(entry);
    } else {
        if (entry->head == NULL)
            entry->head = tool_read_head(id, file->text, file->len);
        head = entry->head;
    }
    (void)pthread_mutex_unlock(&lock);
    return head;
}

const struct mw_tool *mw_tool_find(const char *id)
{
    (void)pthread_mutex_lock(&lock);
    need_list();
    const struct mw_tool *tool = tool_of(list_find(&now, id));
    (void)pthread_mutex_unlock(&lock);
    return tool;
}

bool mw_tool_exists(const char *id)
{
    (void)pthread_mutex_lock(&lock);
    need_list();
    const struct entry *entry = list_find(&now, id);
    bool exists = entry != NULL && counts(entry);
    (void)pthread_mutex_unlock(&lock);
    return exists;
}

enum mw_code mw_tool_need(const char *id, const struct mw_tool **tool, struct mw_error *err)
{
    enum mw_code code = MW_OK;
    (void)pthread_mutex_lock(&lock);
    need_list();
    struct entry *entry = list_find(&now, id);
    const struct mw_tool *found = tool_of(entry);
    if (entry == NULL) {
        code = mw_fail(err, MW_USAGE, 0, "tool", _("there is no tool '%s'"), id);
    } else if (found == NULL) {
        code = MW_BAD_PROFILE;
        if (err != NULL)
            *err = entry->fault;
    }
    (void)pthread_mutex_unlock(&lock);
    if (code == MW_OK)
        *tool = found;
    return code;
}

/* ---- is it installed ------------------------------------------------------------------------- */

/* A user's PATH need not hold the directories of daemons (Debian's does not); where root looks, and
 * below --root, they are among the others. */
static char *find_daemon(const struct mw_system *sys, const char *program)
{
    static const char *const directories[] = {"/usr/local/sbin", "/usr/sbin", "/sbin"};
    bool is_done = sys->euid == 0 || sys->root[0] != '\0';
    for (size_t i = 0; !is_done && i < sizeof directories / sizeof *directories; i++) {
        MW_FREE char *below = mw_xasprintf("%s/%s", directories[i], program);
        char *path = mw_system_path(sys, below);
        if (mw_path_exists(sys, path))
            return path;
        free(path);
    }
    return NULL;
}

/* "~/.nvm/nvm.sh", "/opt/x/y": a path, else the name of a program. */
static char *find_path(const struct mw_system *sys, const char *program)
{
    bool is_home = mw_text_starts(program, "~/");
    if (is_home && sys->home == NULL)
        return NULL;
    char *path =
        is_home ? mw_xasprintf("%s%s", sys->home, program + 1) : mw_system_path(sys, program);
    if (mw_path_exists(sys, path))
        return path;
    free(path);
    return NULL;
}

/* Owned: the path of one of them, "" if none is there. */
static void *find_program(const struct mw_system *sys, const void *of)
{
    const struct mw_strings *programs = of;
    char *found = NULL;
    for (size_t i = 0; found == NULL && i < programs->count; i++)
        found = strchr(programs->items[i], '/') != NULL ? find_path(sys, programs->items[i])
                                                        : mw_system_which(sys, programs->items[i]);
    for (size_t i = 0; found == NULL && i < programs->count; i++) {
        if (strchr(programs->items[i], '/') == NULL)
            found = find_daemon(sys, programs->items[i]);
    }
    return found != NULL ? found : mw_xstrdup("");
}

bool mw_tool_installed(const struct mw_system *sys, const struct mw_tool *tool, char **path)
{
    MW_AUTO(mw_held) held = {0};
    MW_FREE char *name = mw_xasprintf("installed %s", tool->id);
    const char *found = mw_memo_hold(sys, name, find_program, &tool->programs, free, &held);
    bool is_installed = found[0] != '\0';
    if (path != NULL)
        *path = is_installed ? mw_xstrdup(found) : NULL;
    return is_installed;
}
