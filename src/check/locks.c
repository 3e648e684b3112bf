/* Row about lock files of the project here that have kept a mirror's address: whoever installs by
 * them asks that mirror, whatever is set on this machine. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

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

static void look_for(struct check_run *run, const char *path, const char *name,
                     const struct mw_buf *text, const struct mw_mirror *mirror)
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
    struct mw_buf fix = {0};
    mw_buf_printf(&fix, "${EDITOR:-vi} +%zu", line);
    mw_buf_put_word(&fix, path);
    check_add(run, (struct check_result){
                       .status = is_dead ? MW_CHECK_FAIL : MW_CHECK_WARN,
                       .subject = mw_xasprintf("%s.%s", name, mirror->id),
                       .observed = mw_xasprintf(is_dead ? _("%s:%zu: %s, which is dead (%zu times)")
                                                        : _("%s:%zu: %s (%zu times)"),
                                                path, line, mirror->url, count),
                       .fix = mw_buf_take(&fix),
                   });
}

static void look_at(struct check_run *run, const char *name)
{
    MW_FREE char *path = mw_xasprintf("%s/%s", run->sys->cwd, name);
    MW_AUTO(mw_file) file = {0};
    struct mw_error why = {0};
    enum mw_code code = mw_file_read(run->sys, path, run->sys->user, &file, &why);
    const char *services[MW_TOOL_SERVICES];
    size_t count = mw_tool_services(run->tool->tool, services);
    for (size_t i = 0; code == MW_OK && file.bytes.len > 0 && i < count; i++) {
        const struct mw_mirror *mirror = NULL;
        while ((mirror = mw_catalog_next(run->ctx->catalog, services[i], mirror)) != NULL) {
            if (!mirror->is_default)
                look_for(run, path, name, &file.bytes, mirror);
        }
    }
    if (code != MW_OK)
        check_add(run, (struct check_result){.status = MW_CHECK_SKIP,
                                             .subject = mw_xstrdup(name),
                                             .observed = mw_xstrdup(why.message)});
}

void check_locks(struct check_run *run)
{
    const struct mw_strings *names = &run->tool->tool->locks;
    for (size_t i = 0; run->sys->cwd != NULL && i < names->count; i++)
        look_at(run, names->items[i]);
}
