/* Rows of package managers: what a project's lock file remembers, and files or variables that look
 * as if they counted. Whose facts these are stands at each. */
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/json_scan.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

/* ---- lock files ---------------------------------------------------------------------------------
 */

struct lock_file {
    const char *tool, *name;
    const char *fix; /* what writes it anew with what is in use then; NULL: it is edited */
};

/* Seen with Composer 2.5 (dist.mirrors) and Bundler 2.3, which writes down what the Gemfile names
 * but not the mirror of its own configuration; and with npm 11 and yarn 1 ("resolved"). */
static const struct lock_file lock_files[] = {
    {"composer", "composer.lock", "composer update --lock"},
    {"bundler", "Gemfile.lock", NULL},
    {"npm", "package-lock.json", NULL},
    {"npm", "npm-shrinkwrap.json", NULL},
    {"npm", "yarn.lock", NULL},
    {"npm", "bun.lock", NULL},
};

/* The mirror that the address lies below. */
static const struct mw_mirror *find_above(const struct mw_catalog *catalog, const char *service,
                                          const char *address, size_t len)
{
    char *url = mw_xstrndup(address, len);
    const struct mw_mirror *found = NULL;
    for (char *slash = url + len; found == NULL && slash != NULL; slash = strrchr(url, '/')) {
        *slash = '\0';
        size_t left = strlen(url);
        if (left == 0 || url[left - 1] == ':')
            break;
        found = mw_catalog_find_url(catalog, service, url);
    }
    free(url);
    return found;
}

const struct mw_mirror *check_find_mirror(const struct check_run *run, const char *url)
{
    const struct mw_tool *tool = run->tool->tool;
    const struct mw_mirror *found = NULL;
    if (tool->row_count == 0)
        return mw_catalog_find_url(run->ctx->catalog, tool->id, url);
    for (size_t i = 0; i < tool->row_count && found == NULL; i++) {
        const char *service = tool->rows[i].from;
        found = tool->hooks.count > 0 ? mw_catalog_find_url(run->ctx->catalog, service, url)
                                      : find_above(run->ctx->catalog, service, url, strlen(url));
    }
    return found;
}

static void add_lock(struct check_run *run, const struct lock_file *lock, const char *path,
                     size_t line, const struct mw_mirror *mirror)
{
    bool is_dead = mirror->status == MW_MIRROR_DEAD;
    char *text =
        mw_xasprintf(_("%s:%zu records the mirror %s (%s)"), path, line, mirror->id, mirror->url);
    if (is_dead && mirror->reason != NULL) {
        char *longer = mw_xasprintf(_("%s, which is dead: %s"), text, mirror->reason);
        free(text);
        text = longer;
    }
    struct mw_buf fix = {0};
    if (lock->fix != NULL) {
        mw_buf_puts(&fix, lock->fix);
    } else {
        mw_buf_printf(&fix, "${EDITOR:-vi} +%zu", line);
        mw_buf_put_word(&fix, path);
    }
    check_add(run, (struct check_result){
                       .status = is_dead ? MW_CHECK_FAIL : MW_CHECK_WARN,
                       .subject = mw_xasprintf("%s.%s", lock->name, mirror->id),
                       .observed = text,
                       .fix = mw_buf_take(&fix),
                   });
}

/* Each mirror once, at its first line. */
static void read_lock(struct check_run *run, const struct lock_file *lock, const char *service)
{
    char *path = mw_xasprintf("%s/%s", run->sys->cwd, lock->name);
    struct mw_file file = {0};
    struct mw_strings seen = {0};
    if (mw_file_read(run->sys, path, run->sys->user, &file, NULL) != MW_OK || !file.exists)
        goto out;
    const char *text = mw_buf_text(&file.bytes);
    for (const char *at = text; (at = strstr(at, "http")) != NULL; at++) {
        size_t scheme = strcspn(at, ":");
        size_t len = strcspn(at, " \t\r\n\"'<>;,()%#?");
        if (scheme > strlen("https") || strncmp(at + scheme, "://", 3) != 0)
            continue;
        const struct mw_mirror *mirror = find_above(run->ctx->catalog, service, at, len);
        if (mirror != NULL && !mirror->is_default && !mw_strings_has(&seen, mirror->id)) {
            size_t line = 0;
            size_t column = 0;
            mw_text_position(text, (size_t)(at - text), &line, &column);
            add_lock(run, lock, path, line, mirror);
            mw_strings_add(&seen, mirror->id);
        }
        at += len - 1;
    }
out:
    mw_strings_release(&seen);
    mw_file_release(&file);
    free(path);
}

void check_lock_files(struct check_run *run)
{
    const struct mw_tool *tool = run->tool->tool;
    if (run->sys->cwd == NULL || run->ctx->catalog == NULL || tool->row_count == 0)
        return;
    for (size_t i = 0; i < sizeof lock_files / sizeof *lock_files; i++) {
        if (strcmp(lock_files[i].tool, tool->id) == 0)
            read_lock(run, &lock_files[i], tool->rows[0].from);
    }
}

/* ---- conda --------------------------------------------------------------------------------------
 */

/* Since 25.9 nothing stands in for a missing list (conda's change log, #15196), and
 * default_channels says only what the channel "defaults" is. */
void check_conda_channels(struct check_run *run)
{
    struct mw_effective channels = {0};
    check_find_effective(run, "channels", &channels);
    if (channels.value.kind == MW_VALUE_ABSENT && run->tool->program != NULL)
        check_add(run, (struct check_result){
                           .status = MW_CHECK_WARN,
                           .observed = mw_xstrdup(_("no file names a channel")),
                           .fix = mw_xstrdup("conda config --append channels conda-forge"),
                       });
    mw_effective_release(&channels);
}

/* ---- Homebrew -----------------------------------------------------------------------------------
 */

/* bin/brew exports what its files say over what it was started with. */
void check_homebrew_environment(struct check_run *run)
{
    const struct mw_tool *tool = run->tool->tool;
    for (size_t i = 0; i < tool->key_count; i++) {
        struct mw_hits hits = {0};
        const char *key = tool->keys[i].key;
        mw_resolve(run->sys, tool, MW_SCOPE_USER, key, NULL, &hits);
        const struct mw_hit *winner = mw_hits_winner(&hits);
        const struct mw_hit *last = hits.count > 0 ? &hits.items[hits.count - 1] : NULL;
        if (winner != NULL && winner->path != NULL && last->variable != NULL &&
            !mw_strings_equal(&winner->value.items, &last->value.items)) {
            char *place = mw_hit_place(winner);
            check_add(run, (struct check_result){
                               .status = MW_CHECK_WARN,
                               .subject = mw_xstrdup(key),
                               .observed = mw_xasprintf(
                                   _("%s has no effect: %s says something else, and wins"),
                                   last->variable, place),
                               .fix = mw_xasprintf("unset %s", last->variable),
                           });
            free(place);
        }
        mw_hits_release(&hits);
    }
}
