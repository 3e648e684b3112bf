/* Row about lock files of the project here that have kept a mirror's address: whoever installs by
 * them asks that mirror, whatever is set on this machine. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

struct lock_file {
    const struct mw_pair *known; /* its name and the tool's command */
    const char *directory, *path;
};

/* How often the address stands there, http and https being one; *line of the first. */
static size_t count_address(const struct mw_buf *text, const char *url, size_t *line)
{
    static const char mark[] = "://";
    const char *needle = strstr(url, mark);
    size_t count = 0, column = 0;
    if (needle == NULL || strchr(url, '*') != NULL)
        return 0;
    size_t needle_len = strlen(needle);
    while (needle[needle_len - 1] == '/')
        needle_len--;
    const char *end = text->data + text->len;
    for (const char *at = text->data; at != NULL && at < end; at += needle_len) {
        at = memmem(at, (size_t)(end - at), needle, needle_len);
        if (at == NULL)
            break;
        unsigned char next = at + needle_len < end ? (unsigned char)at[needle_len] : '\0';
        if (isalnum(next) || next == '.' || next == '-' || next == ':')
            continue; /* a longer name */
        if (count++ == 0)
            mw_text_position(text->data, (size_t)(at - text->data), line, &column);
    }
    return count;
}

static bool is_in_use(const struct check_run *run, const struct mw_mirror *mirror)
{
    const struct mw_tool *tool = run->tool->tool;
    return mw_catalog_find_url(run->ctx->catalog, mw_tool_mirror_row(tool)->from,
                               check_text_in_effect(run, tool->mirror_key)) == mirror;
}

/* Owned: the tool's own command where it would take the address out, else the editor. */
static char *remedy(const struct check_run *run, const struct lock_file *lock,
                    const struct mw_mirror *mirror, size_t line)
{
    const char *command = lock->known->value;
    bool is_known =
        command[0] != '\0' && !(run->tool->tool->locks_mirror && is_in_use(run, mirror));
    MW_FREE char *editor = mw_xasprintf("${EDITOR:-vi} +%zu", line);
    if (!is_known)
        return check_command(run, false, editor, lock->path, NULL);
    MW_FREE char *there = check_command(run, false, "(cd", lock->directory, NULL);
    return mw_xasprintf("%s && %s)", there, command);
}

static void look_for(struct check_run *run, const struct lock_file *lock, const struct mw_buf *text,
                     const struct mw_mirror *mirror)
{
    size_t line = 0, other = 0;
    size_t count = count_address(text, mirror->url, &line);
    for (size_t i = 0; i < mirror->aliases.count; i++) {
        size_t more = count_address(text, mirror->aliases.items[i], &other);
        line = more > 0 && (count == 0 || other < line) ? other : line;
        count += more;
    }
    if (count == 0)
        return;
    bool is_dead = mirror->status == MW_MIRROR_DEAD;
    MW_FREE char *subject = mw_xasprintf("%s.%s", lock->known->name, mirror->id);
    check_found(run, is_dead ? MW_CHECK_FAIL : MW_CHECK_WARN, subject,
                check_by_hand(remedy(run, lock, mirror, line)),
                is_dead ? _("%s:%zu: %s, which is dead (%zu times)") : _("%s:%zu: %s (%zu times)"),
                lock->path, line, mirror->url, count);
}

/* Owned: the folder of the project's lock file, here or above, as the tools look for it: not beyond
 * what git calls the project, nor in a home that this is only a part of. NULL: there is none. */
static char *find_folder(const struct check_run *run, const char *name)
{
    const struct mw_system *sys = run->sys;
    char *folder = mw_xstrdup(sys->cwd);
    for (bool is_first = true;; is_first = false) {
        bool is_home = sys->home != NULL && strcmp(folder, sys->home) == 0;
        MW_FREE char *path = mw_xasprintf("%s/%s", folder, name);
        MW_FREE char *git = mw_xasprintf("%s/.git", folder);
        bool is_there = (is_first || !is_home) && mw_path_exists(sys, path);
        bool is_last = is_home || mw_path_exists(sys, git);
        char *slash = strrchr(folder, '/');
        if (is_there)
            return folder;
        if (is_last || slash == NULL || slash == folder)
            break;
        *slash = '\0';
    }
    free(folder);
    return NULL;
}

static void look_at(struct check_run *run, const struct mw_pair *known)
{
    MW_FREE char *directory = find_folder(run, known->name);
    if (directory == NULL)
        return;
    MW_FREE char *path = mw_xasprintf("%s/%s", directory, known->name);
    const struct lock_file lock = {.known = known, .directory = directory, .path = path};
    MW_AUTO(mw_file) file = {0};
    struct mw_error why = {0};
    enum mw_code code = mw_file_read(run->sys, lock.path, run->sys->user, &file, &why);
    const char *services[MW_TOOL_SERVICES];
    size_t count = mw_tool_services(run->tool->tool, services);
    for (size_t i = 0; code == MW_OK && file.bytes.len > 0 && i < count; i++) {
        const struct mw_mirror *mirror = NULL;
        while ((mirror = mw_catalog_next(run->ctx->catalog, services[i], mirror)) != NULL) {
            if (!mirror->is_default)
                look_for(run, &lock, &file.bytes, mirror);
        }
    }
    if (code != MW_OK)
        check_found(run, MW_CHECK_SKIP, known->name, check_no_way, "%s", why.message);
}

void check_locks(struct check_run *run)
{
    const struct mw_pairs *locks = &run->tool->tool->locks;
    for (size_t i = 0; run->sys->cwd != NULL && i < locks->count; i++)
        look_at(run, &locks->items[i]);
}
