/* What ends the effect of a value, mends it, or takes a part of it away; and the commands of this
 * program that people are told. */
#include <string.h>
#include <strings.h>

#include "internal.h"
#include "mirrorwise/json_scan.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/url.h"

enum { MAX_BACKUPS = 1000 };

void check_put_sudo(const struct check_run *run, struct mw_buf *buf)
{
    if (run->sys->euid != 0)
        mw_buf_puts(buf, "sudo ");
}

bool check_is_ours(const struct check_run *run, const struct check_file *file)
{
    if (run->sys->euid == 0)
        return true;
    if (file->file.exists)
        return file->file.st.st_uid == run->sys->euid;
    size_t home = run->sys->home != NULL ? strlen(run->sys->home) : 0;
    return home > 0 && strncmp(file->location.path, run->sys->home, home) == 0;
}

char *check_file_command(const struct check_run *run, const struct check_file *file,
                         const char *command)
{
    struct mw_buf text = {0};
    if (!check_is_ours(run, file))
        check_put_sudo(run, &text);
    mw_buf_puts(&text, command);
    mw_buf_put_word(&text, file->location.path);
    return mw_buf_take(&text);
}

static bool is_promised(const struct check_run *run, const char *option, const char *word)
{
    for (size_t i = 0; i < run->checks->count; i++) {
        const char *fix = run->checks->items[i].fix;
        if (fix != NULL && strstr(fix, option) != NULL && strstr(fix, word) != NULL)
            return true;
    }
    return false;
}

/* GNU, BSD and busybox agree on -i with a suffix, and what was there is kept. */
void check_put_in_place(const struct check_run *run, const char *path, struct mw_buf *buf)
{
    MW_AUTO(mw_buf) word = {0};
    MW_FREE char *option = mw_xstrdup(" -i.bak ");
    mw_buf_put_word(&word, path);
    for (size_t n = 2; n <= MAX_BACKUPS; n++) {
        size_t suffix_len = strlen(option) - strlen(" -i ");
        MW_FREE char *backup =
            mw_xasprintf("%s%.*s", path, (int)suffix_len, option + strlen(" -i"));
        bool is_taken =
            mw_path_exists(run->sys, backup) || is_promised(run, option, mw_buf_text(&word));
        if (!is_taken)
            break;
        free(option);
        option = mw_xasprintf(" -i.bak%zu ", n);
    }
    mw_buf_puts(buf, option);
}

const char *check_line(const char *text, size_t text_len, size_t number, size_t *len)
{
    const char *line = text;
    const char *end = text + text_len;
    for (size_t i = 1; i < number && line != NULL; i++) {
        line = memchr(line, '\n', (size_t)(end - line));
        line = line != NULL ? line + 1 : NULL;
    }
    if (line == NULL || line >= end) {
        *len = 0;
        return end;
    }
    const char *stop = memchr(line, '\n', (size_t)(end - line));
    *len = (size_t)((stop != NULL ? stop : end) - line);
    return line;
}

bool check_has_comments(const struct check_file *file)
{
    const struct mw_source *source = file->location.source;
    return source != NULL && source->editor != NULL && source->editor->has_comments;
}

/* ---- where a value stands -------------------------------------------------------------------- */

/* The file that a value stands in, and its full key there; NULL if it is in none of ours. */
const struct check_file *check_home_of(const struct check_tool *tool, const char *key,
                                       const struct mw_effective *effective, char **full)
{
    /* pip: the winner may stand in another section than the one that was asked for. */
    const char *section = effective->place.section;
    const char *dot = strchr(key, '.');
    bool has_section = tool->tool->section != NULL && section != NULL && dot != NULL;
    for (size_t i = 0; effective->path != NULL && i < tool->file_count; i++) {
        if (strcmp(tool->files[i].location.path, effective->path) != 0)
            continue;
        *full = has_section ? mw_xasprintf("%s.%s", section, dot + 1) : mw_xstrdup(key);
        return &tool->files[i];
    }
    return NULL;
}

bool check_is_weaker(const struct check_tool *tool, const struct mw_effective *effective)
{
    if (effective->path == NULL || effective->variable != NULL || tool->ours == NULL)
        return false;
    for (const struct check_file *file = tool->ours; file < tool->files + tool->file_count;
         file++) {
        if (strcmp(file->location.path, effective->path) == 0)
            return false;
    }
    return true;
}

/* ---- parts of a value ------------------------------------------------------------------------ */

void check_add_parts(const struct mw_value *value, struct mw_strings *parts)
{
    for (size_t i = 0; i < value->items.count; i++)
        mw_strings_split(parts, value->items.items[i], CHECK_SEPARATORS);
}

/* The text without those parts and without what separated them from the next. */
static char *text_without(const char *text, const struct mw_strings *parts)
{
    struct mw_buf kept = {0};
    const char *separator = "";
    size_t separator_len = 0;
    for (const char *at = text; *at != '\0';) {
        size_t len = strcspn(at, CHECK_SEPARATORS);
        MW_FREE char *part = mw_xstrndup(at, len);
        if (len > 0 && !mw_strings_has(parts, part)) {
            if (kept.len > 0)
                mw_buf_append(&kept, separator, separator_len);
            mw_buf_append(&kept, at, len);
        }
        separator = at + len;
        separator_len = strspn(separator, CHECK_SEPARATORS);
        at = separator + separator_len;
    }
    return mw_buf_take(&kept);
}

static void value_without(const struct mw_value *value, const struct mw_strings *parts,
                          struct mw_value *kept)
{
    kept->kind = value->kind;
    for (size_t i = 0; i < value->items.count; i++) {
        const char *item = value->items.items[i];
        MW_FREE char *left =
            mw_strings_has(parts, item) ? mw_xstrdup("") : text_without(item, parts);
        if (left[0] != '\0' ||
            (value->kind == MW_VALUE_LIST && item[0] == '\0' && !mw_strings_has(parts, item)))
            mw_strings_add(&kept->items, left);
    }
    if (kept->items.count == 0 && value->kind != MW_VALUE_LIST)
        kept->kind = MW_VALUE_ABSENT;
}

void check_drop_parts(const struct check_run *run, const char *key,
                      const struct mw_effective *effective, const struct mw_strings *parts,
                      struct check_ways *ways)
{
    MW_FREE char *full = NULL;
    const struct check_file *file = check_home_of(run->tool, key, effective, &full);
    MW_AUTO(mw_value) kept = {0};
    if (effective->variable != NULL || file == NULL)
        return;
    value_without(&effective->value, parts, &kept);
    if (kept.kind == MW_VALUE_LIST && kept.items.count == 0 &&
        check_has_comments(file)) /* which cannot hold an empty list */
        kept.kind = MW_VALUE_ABSENT;
    struct check_way *way = check_way_put(run, ways, file, full, &kept);
    if (way != NULL) {
        way->remedy.kind = kept.kind == MW_VALUE_ABSENT ? MW_REMEDY_UNSET : MW_REMEDY_REMOVE_ITEM;
        mw_strings_copy(&way->drops, parts);
        for (size_t i = 0; i < parts->count; i++)
            mw_strings_split(&way->drops, parts->items[i], CHECK_SEPARATORS);
    }
}

void check_end_effect(const struct check_run *run, const char *key,
                      const struct mw_effective *effective, struct check_ways *ways)
{
    static const struct mw_value nothing = {.kind = MW_VALUE_ABSENT};
    MW_FREE char *full = NULL;
    if (effective->variable != NULL) {
        check_way_command(ways, MW_REMEDY_SHELL, mw_xasprintf("unset %s", effective->variable));
        return;
    }
    const struct check_file *file = check_home_of(run->tool, key, effective, &full);
    struct check_way *way = file != NULL ? check_way_put(run, ways, file, full, &nothing) : NULL;
    if (way != NULL)
        check_add_parts(&effective->value, &way->drops);
}

/* Owned: with `to` wherever `from` stands. */
static char *replace_all(const char *text, const char *from, const char *to)
{
    struct mw_buf out = {0};
    const char *found;
    while ((found = strstr(text, from)) != NULL) {
        mw_buf_append(&out, text, (size_t)(found - text));
        mw_buf_puts(&out, to);
        text = found + strlen(from);
    }
    mw_buf_puts(&out, text);
    return mw_buf_take(&out);
}

/* Is there a mirror of the tool's on the same host that is asked over https? */
static bool is_known_host(const struct check_run *run, const char *text)
{
    const struct mw_tool *tool = run->tool->tool;
    struct mw_url url, known;
    bool is = false;
    if (!mw_url_parse(text, &url, NULL))
        return false;
    for (size_t i = 0; !is && i < tool->row_count; i++) {
        const struct mw_mirror *mirror = NULL;
        while (!is &&
               (mirror = mw_catalog_next(run->ctx->catalog, tool->rows[i].from, mirror)) != NULL)
            is = mirror->status != MW_MIRROR_DEAD && mw_url_parse(mirror->url, &known, NULL) &&
                 mw_url_is(&known, "https") && known.host_len == url.host_len &&
                 strncasecmp(known.host, url.host, url.host_len) == 0;
    }
    return is;
}

/* Does everything there that is asked over plain http answer over https, as far as we know? */
static bool is_known(const struct check_run *run, const struct mw_value *value)
{
    struct mw_strings words = {0};
    bool is = true;
    for (size_t i = 0; i < value->items.count; i++)
        mw_strings_split(&words, value->items.items[i], CHECK_SEPARATORS);
    for (size_t i = 0; is && i < words.count; i++) {
        const char *at = strstr(words.items[i], "http://");
        is = at == NULL || is_known_host(run, at);
    }
    mw_strings_release(&words);
    return is;
}

void check_use_tls(const struct check_run *run, const char *key,
                   const struct mw_effective *effective, struct check_ways *ways)
{
    MW_FREE char *full = NULL;
    MW_AUTO(mw_value) safe = {.kind = effective->value.kind};
    bool is_other = false;
    const struct check_file *file = check_home_of(run->tool, key, effective, &full);
    for (size_t i = 0; i < effective->value.items.count; i++) {
        const char *item = effective->value.items.items[i];
        is_other = is_other || strstr(item, "http://") != NULL;
        mw_strings_take(&safe.items, replace_all(item, "http://", "https://"));
    }
    struct check_way *way = is_other && file != NULL && effective->variable == NULL
                                ? check_way_put(run, ways, file, full, &safe)
                                : NULL;
    if (way != NULL) {
        check_add_parts(&effective->value, &way->drops);
        way->remedy.is_choice = !is_known(run, &effective->value);
    }
}

/* ---- commands of this program ---------------------------------------------------------------- */

void check_put_program(const struct check_run *run, struct mw_buf *buf, bool needs_root)
{
    mw_system_put_program(run->sys, buf, needs_root);
}

static void put_surroundings(const struct check_run *run, struct mw_buf *command)
{
    if (run->sys->root[0] != '\0') {
        mw_buf_put_word(command, "--root");
        mw_buf_put_word(command, run->sys->root);
    }
    if (run->ctx->scope == MW_SCOPE_SYSTEM)
        mw_buf_puts(command, " --scope system");
    if (run->ctx->no_network)
        mw_buf_puts(command, " --no-network");
}

char *check_fix(const struct check_run *run, const struct mw_remedy *remedy, const char *id)
{
    struct mw_buf command = {0};
    check_put_program(run, &command, remedy->needs_root);
    if (run->ctx->is_profile_named && run->ctx->profile_name != NULL) {
        mw_buf_put_word(&command, "--profile");
        mw_buf_put_word(&command, run->ctx->profile_name);
    }
    put_surroundings(run, &command);
    mw_buf_puts(&command, " --fix");
    mw_buf_put_word(&command, id);
    return mw_buf_take(&command);
}

/* What a remedy without a wish of its own may apply: the profile in use, else the one that wants
 * next to nothing. */
char *check_apply(const struct check_run *run, const char *tool, const char *set)
{
    const struct mw_check_context *ctx = run->ctx;
    const char *fallback = set != NULL ? "base" : "dev";
    struct mw_buf command = {0};
    const struct check_tool *found = tool != NULL ? check_tool_find(run, tool) : NULL;
    check_put_program(run, &command,
                      found != NULL && found->ours != NULL && !check_is_ours(run, found->ours));
    mw_buf_puts(&command, " --profile");
    mw_buf_put_word(&command, ctx->profile_name != NULL ? ctx->profile_name : fallback);
    if (tool != NULL) {
        mw_buf_put_word(&command, "--only");
        mw_buf_put_word(&command, tool);
    }
    if (set != NULL) {
        mw_buf_put_word(&command, "--set");
        mw_buf_put_word(&command, set);
    }
    put_surroundings(run, &command);
    mw_buf_puts(&command, " --apply");
    return mw_buf_take(&command);
}
