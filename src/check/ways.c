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
    *remedy = (struct mw_remedy){0};
}

void mw_remedy_copy(struct mw_remedy *to, const struct mw_remedy *from)
{
    *to = (struct mw_remedy){
        .kind = from->kind,
        .tool = from->tool,
        .needs_root = from->needs_root,
        .is_choice = from->is_choice,
        .comes_later = from->comes_later,
        .path = from->path != NULL ? mw_xstrdup(from->path) : NULL,
        .actor = from->actor,
        .command = from->command != NULL ? mw_xstrdup(from->command) : NULL,
    };
    mw_edits_copy(&to->edits, &from->edits);
    mw_strings_copy(&to->sets, &from->sets);
}

bool mw_remedy_is_text(const struct mw_remedy *remedy)
{
    return remedy->kind >= MW_REMEDY_UNSET && remedy->kind <= MW_REMEDY_REENCODE;
}

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

void check_way_command(struct check_ways *ways, enum mw_remedy_kind kind, char *take_command)
{
    if (take_command == NULL)
        return;
    struct check_way *way = MW_PUSH(ways->items, ways->count);
    way->remedy.kind = kind;
    way->remedy.command = take_command;
    way->remedy.needs_root = mw_text_starts(take_command, "sudo ");
}

void check_way_apply(const struct check_run *run, struct check_ways *ways,
                     const struct mw_tool *tool, const char *set)
{
    check_way_command(ways, MW_REMEDY_APPLY, check_apply(run, tool != NULL ? tool->id : NULL, set));
    struct check_way *way = &ways->items[ways->count - 1];
    way->remedy.tool = tool;
    if (set != NULL)
        mw_strings_add(&way->remedy.sets, set);
}

/* ---- texts ----------------------------------------------------------------------------------- */

struct check_way *check_way_text(const struct check_run *run, struct check_ways *ways,
                                 enum mw_remedy_kind kind, const struct check_file *file)
{
    struct check_way *way = MW_PUSH(ways->items, ways->count);
    way->text = &file->file.bytes;
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
    struct mw_edits edits = {0};
    MW_AUTO(mw_value) have = {0};
    if (!file->is_valid || check_only_counts(run))
        return NULL;
    /* What the file does not say under this key (a company's mirror of everything stands for
     * Maven's central) is not mended by saying it once more. */
    check_file_get(run->tool->tool, file, key, &have);
    bool is_there = have.kind != MW_VALUE_ABSENT;
    if (!is_there ||
        mw_source_put(file->location.source, run->tool->tool, text, file->file.bytes.len, key,
                      value, &edits, NULL) != MW_OK ||
        edits.count == 0) {
        mw_edits_release(&edits);
        return NULL;
    }
    struct check_way *way = check_way_text(
        run, ways, value->kind == MW_VALUE_ABSENT ? MW_REMEDY_UNSET : MW_REMEDY_SET, file);
    way->remedy.edits = edits;
    return way;
}

struct check_way *check_way_line(const struct check_run *run, struct check_ways *ways,
                                 const struct check_file *file, size_t number,
                                 const struct mw_buf *line)
{
    size_t len = 0;
    const char *text = mw_buf_text(&file->file.bytes);
    const char *old = check_line(text, file->file.bytes.len, number, &len);
    struct check_way *way = check_way_text(run, ways, MW_REMEDY_EDIT_TEXT, file);
    if (line->len == len && memcmp(mw_buf_text(line), old, len) == 0)
        return way;
    size_t begin = (size_t)(old - text);
    mw_buf_append(mw_edits_add(&way->remedy.edits, begin, begin + len), mw_buf_text(line),
                  line->len);
    mw_buf_append(&way->changes, old, len);
    return way;
}

struct check_way *check_way_comment(const struct check_run *run, struct check_ways *ways,
                                    const struct check_file *file, size_t first, size_t last)
{
    const char *text = mw_buf_text(&file->file.bytes);
    struct check_way *way = check_way_text(run, ways, MW_REMEDY_EDIT_TEXT, file);
    size_t len = 0;
    size_t at = (size_t)(check_line(text, file->file.bytes.len, first, &len) - text);
    for (size_t number = first; at < file->file.bytes.len; number++) {
        const char *end = memchr(text + at, '\n', file->file.bytes.len - at);
        len = end != NULL ? (size_t)(end - text) - at : file->file.bytes.len - at;
        if (len > 0)
            mw_buf_puts(mw_edits_add(&way->remedy.edits, at, at), "# ");
        at += len + 1;
        if (number >= last)
            break;
    }
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
    joined.text = last->text;
    mw_strings_copy(&joined.drops, &last->drops);
    for (size_t i = 0; i < others->count; i++) {
        const struct check_way *other = &others->items[i];
        if (other->text != joined.text ||
            !mw_edits_merge(&joined.remedy.edits, &other->remedy.edits))
            continue;
        for (size_t k = 0; k < other->drops.count; k++)
            mw_strings_add(&joined.drops, other->drops.items[k]);
    }
    *MW_PUSH(ways->items, ways->count) = joined;
}
