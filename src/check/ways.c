/* Ways to mend a finding, in the order in which they are preferred. Those that change a text are
 * tried before one of them is offered (trial.c). */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

void mw_remedy_release(struct mw_remedy *remedy)
{
    free(remedy->path);
    free(remedy->command);
    mw_edits_release(&remedy->edits);
    mw_strings_release(&remedy->sets);
    if (remedy->with != NULL)
        mw_remedy_release(remedy->with);
    free(remedy->with);
    *remedy = (struct mw_remedy){0};
}

void mw_remedy_copy(struct mw_remedy *to, const struct mw_remedy *from)
{
    *to = *from;
    to->path = from->path != NULL ? mw_xstrdup(from->path) : NULL;
    to->command = from->command != NULL ? mw_xstrdup(from->command) : NULL;
    to->edits = (struct mw_edits){0};
    to->sets = (struct mw_strings){0};
    to->with = NULL;
    mw_edits_copy(&to->edits, &from->edits);
    mw_strings_copy(&to->sets, &from->sets);
    if (from->with != NULL) {
        to->with = mw_xcalloc(1, sizeof *to->with);
        mw_remedy_copy(to->with, from->with);
    }
}

bool mw_remedy_is_text(const struct mw_remedy *remedy)
{
    return remedy->kind >= MW_REMEDY_UNSET && remedy->kind <= MW_REMEDY_REENCODE;
}

const struct check_ways check_no_way = {.count = 0};

void check_ways_release(struct check_ways *ways)
{
    for (size_t i = 0; i < ways->count; i++) {
        mw_remedy_release(&ways->items[i].remedy);
        mw_strings_release(&ways->items[i].drops);
        mw_buf_release(&ways->items[i].changes);
    }
    free(ways->items);
    *ways = (struct check_ways){0};
}

/* ---- commands -------------------------------------------------------------------------------- */

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

char *check_command(const struct check_run *run, bool needs_root, const char *words,
                    const char *path, const char *to)
{
    struct mw_buf text = {0};
    if (needs_root)
        check_put_sudo(run, &text);
    mw_buf_puts(&text, words);
    mw_buf_put_word(&text, path);
    if (to != NULL)
        mw_buf_put_word(&text, to);
    return mw_buf_take(&text);
}

char *check_editor(const struct check_run *run, const struct check_file *file, size_t line)
{
    MW_FREE char *words = line > 0 ? mw_xasprintf("${EDITOR:-vi} +%zu", line) : NULL;
    return check_command(run, !check_is_ours(run, file), words != NULL ? words : "${EDITOR:-vi}",
                         file->location.path, NULL);
}

char *check_program(const struct check_run *run, const char *options)
{
    struct mw_buf command = {0};
    mw_system_put_program(run->sys, &command, false);
    mw_buf_printf(&command, " %s", options);
    return mw_buf_take(&command);
}

static void put_surroundings(const struct check_run *run, struct mw_buf *command)
{
    if (run->sys->root[0] != '\0')
        mw_buf_put_option(command, "--root", run->sys->root);
    if (run->ctx->scope == MW_SCOPE_SYSTEM)
        mw_buf_puts(command, " --scope system");
    if (run->ctx->no_network)
        mw_buf_puts(command, " --no-network");
    const struct {
        const char *option;
        const struct mw_strings *values;
    } lists[] = {
        {"--set", run->ctx->sets},
        {"--mirror", run->ctx->mirrors},
        {"--catalog", run->ctx->catalogs},
        {"--accept-risk", run->ctx->accepted},
    };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        for (size_t k = 0; lists[i].values != NULL && k < lists[i].values->count; k++)
            mw_buf_put_option(command, lists[i].option, lists[i].values->items[k]);
    }
}

char *check_fix(const struct check_run *run, const struct mw_remedy *remedy, const char *id)
{
    struct mw_buf command = {0};
    if (!mw_remedy_is_text(remedy))
        return mw_xstrdup(remedy->command != NULL ? remedy->command : "");
    static const char sudo[] = "sudo ";
    MW_AUTO(mw_buf) program = {0};
    mw_system_put_program(run->sys, &program, remedy->needs_root);
    const char *words = mw_buf_text(&program);
    if (remedy->variable != NULL && mw_text_starts(words, sudo)) {
        mw_buf_printf(&command, "%s--preserve-env=%s ", sudo, remedy->variable);
        words += strlen(sudo);
    }
    mw_buf_puts(&command, words);
    if (run->ctx->is_profile_named && run->ctx->profile_name != NULL)
        mw_buf_put_option(&command, "--profile", run->ctx->profile_name);
    put_surroundings(run, &command);
    mw_buf_put_option(&command, "--fix", id);
    return mw_buf_take(&command);
}

void check_way_command(struct check_ways *ways, enum mw_remedy_kind kind, char *take_command)
{
    if (take_command == NULL)
        return;
    struct check_way *way = MW_PUSH(ways->items, ways->count);
    way->remedy.kind = kind;
    way->remedy.command = take_command;
    way->remedy.needs_root = mw_text_starts(take_command, "sudo ");
}

struct check_ways check_by_hand(char *take_command)
{
    struct check_ways ways = {0};
    check_way_command(&ways, MW_REMEDY_SHELL, take_command);
    return ways;
}

/* What a remedy without a wish of its own may apply: the profile in use, else the one that wants
 * next to nothing. */
void check_way_apply(const struct check_run *run, struct check_ways *ways,
                     const struct mw_tool *tool, const char *set)
{
    const char *fallback = set != NULL ? "base" : "dev";
    const char *profile = run->ctx->profile_name;
    struct mw_buf command = {0};
    const struct check_tool *found = tool != NULL ? check_tool_find(run, tool->id) : NULL;
    mw_system_put_program(run->sys, &command,
                          found != NULL && found->ours != NULL && !check_is_ours(run, found->ours));
    mw_buf_put_option(&command, "--profile", profile != NULL ? profile : fallback);
    if (tool != NULL)
        mw_buf_printf(&command, " --only %s", tool->id);
    put_surroundings(run, &command);
    if (set != NULL) /* the last of a setting wins */
        mw_buf_put_option(&command, "--set", set);
    mw_buf_puts(&command, " --apply");
    check_way_command(ways, MW_REMEDY_APPLY, mw_buf_take(&command));
    struct check_way *way = &ways->items[ways->count - 1];
    way->remedy.tool = tool;
    if (set != NULL)
        mw_strings_add(&way->remedy.sets, set);
}

/* ---- texts ----------------------------------------------------------------------------------- */

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

struct check_way *check_way_text(const struct check_run *run, struct check_ways *ways,
                                 enum mw_remedy_kind kind, const struct check_file *file)
{
    struct check_way *way = MW_PUSH(ways->items, ways->count);
    way->remedy.kind = kind;
    way->remedy.tool = run->tool->tool;
    way->remedy.path = mw_xstrdup(file->location.path);
    way->remedy.actor = file->location.actor;
    way->remedy.needs_root = !check_is_ours(run, file);
    return way;
}

struct check_way *check_way_put(const struct check_run *run, struct check_ways *ways,
                                const struct check_file *file, const char *key,
                                const struct mw_value *value)
{
    const char *text = mw_buf_text(&file->file.bytes);
    MW_AUTO(mw_edits) edits = {0};
    MW_AUTO(mw_value) have = {0};
    if (!file->is_valid || check_only_counts(run))
        return NULL;
    /* What the file does not say under this key (a company's mirror of everything stands for
     * Maven's central) is not mended by saying it once more. */
    check_file_get(run->tool->tool, file, key, &have);
    if (have.kind == MW_VALUE_ABSENT ||
        mw_source_put(file->location.source, run->tool->tool, text, file->file.bytes.len, key,
                      value, &edits, NULL) != MW_OK ||
        edits.count == 0)
        return NULL;
    struct check_way *way = check_way_text(
        run, ways, value->kind == MW_VALUE_ABSENT ? MW_REMEDY_UNSET : MW_REMEDY_SET, file);
    way->remedy.edits = edits;
    edits = (struct mw_edits){0};
    return way;
}

void check_way_line(const struct check_run *run, struct check_ways *ways,
                    const struct check_file *file, size_t number, const struct mw_buf *line)
{
    size_t len = 0;
    const char *text = mw_buf_text(&file->file.bytes);
    const char *old = check_line(text, file->file.bytes.len, number, &len);
    size_t begin = (size_t)(old - text);
    if (line->len == len && memcmp(mw_buf_text(line), old, len) == 0)
        return;
    struct check_way *way = check_way_text(run, ways, MW_REMEDY_EDIT_TEXT, file);
    mw_buf_append(mw_edits_add(&way->remedy.edits, begin, begin + len), mw_buf_text(line),
                  line->len);
    mw_buf_append(&way->changes, old, len);
}

struct check_way *check_way_comment(const struct check_run *run, struct check_ways *ways,
                                    const struct check_file *file, size_t number)
{
    const char *text = mw_buf_text(&file->file.bytes);
    struct check_way *way = check_way_text(run, ways, MW_REMEDY_EDIT_TEXT, file);
    size_t len = 0;
    size_t at = (size_t)(check_line(text, file->file.bytes.len, number, &len) - text);
    if (len > 0)
        mw_buf_puts(mw_edits_add(&way->remedy.edits, at, at), "# ");
    return way;
}

void check_way_join(struct check_ways *ways, const struct check_ways *others)
{
    if (ways->count == 0 || others->count == 0)
        return;
    struct check_way joined = {0};
    const struct check_way *last = &ways->items[ways->count - 1];
    if (!mw_remedy_is_text(&last->remedy))
        return;
    mw_remedy_copy(&joined.remedy, &last->remedy);
    mw_strings_copy(&joined.drops, &last->drops);
    for (size_t i = 0; i < others->count; i++) {
        const struct check_way *other = &others->items[i];
        if (!mw_remedy_is_text(&other->remedy) ||
            strcmp(other->remedy.path, joined.remedy.path) != 0 ||
            !mw_edits_merge(&joined.remedy.edits, &other->remedy.edits))
            continue;
        mw_strings_add_all(&joined.drops, &other->drops);
    }
    *MW_PUSH(ways->items, ways->count) = joined;
}
