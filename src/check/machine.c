/* What the rows look at: the tools that are asked about and the files that they read. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"

static bool wants_tool(const struct mw_check_context *ctx, const char *id)
{
    if (ctx->only != NULL && ctx->only->count > 0 && !mw_strings_has(ctx->only, id))
        return false;
    return ctx->skip == NULL || !mw_strings_has(ctx->skip, id);
}

static void read_check_file(const struct check_run *run, struct check_file *file)
{
    const struct mw_location *at = &file->location;
    file->is_readable =
        mw_file_read(run->sys, at->path, at->actor, &file->file, &file->error) == MW_OK;
    if (file->is_readable)
        file->is_valid = mw_source_check(at->source, at->path, mw_buf_text(&file->file.bytes),
                                         file->file.bytes.len, &file->error) == MW_OK;
}

static void add_checked_file(struct check_tool *tool, const struct mw_location *at)
{
    for (size_t i = 0; i < tool->file_count; i++) {
        if (strcmp(tool->files[i].location.path, at->path) == 0)
            return;
    }
    struct check_file *file = MW_PUSH(tool->files, tool->file_count);
    file->location = (struct mw_location){
        .path = mw_xstrdup(at->path), .actor = at->actor, .source = at->source};
}

bool check_is_wanted(const struct check_run *run, const struct mw_tool *tool)
{
    const struct mw_check_context *ctx = run->ctx;
    bool is = ctx->profile == NULL;
    /* A plan that failed says nothing: what the profile names counts, not what it says of [all]. */
    for (size_t i = 0; !is && ctx->plan_error != NULL && i < ctx->profile->wishes.count; i++)
        is = strcmp(ctx->profile->wishes.items[i].tool, tool->id) == 0;
    for (size_t i = 0; !is && i < ctx->wanted.count; i++)
        is = ctx->wanted.items[i].tool == tool;
    return is;
}

static void read_tool(const struct check_run *run, struct check_tool *tool)
{
    MW_AUTO(mw_locations) files = {0};
    MW_AUTO(mw_location) ours = {0};
    const struct mw_tool *row = tool->tool;
    if (!run->is_trial) /* what changes in a file installs nothing */
        (void)mw_tool_installed(run->sys, row, &tool->program);
    mw_files(run->sys, row, run->ctx->scope, &files);
    for (size_t i = 0; i < files.count; i++)
        add_checked_file(tool, &files.items[i]);

    bool is_located =
        mw_locate(run->sys, row, run->ctx->scope, NULL, &ours, &tool->locate_error) == MW_OK;
    if (is_located)
        add_checked_file(tool, &ours);
    for (size_t i = 0; i < tool->file_count; i++) {
        read_check_file(run, &tool->files[i]);
        if (is_located && strcmp(tool->files[i].location.path, ours.path) == 0)
            tool->ours = &tool->files[i];
    }
    bool has_file = false;
    for (size_t i = 0; i < tool->file_count; i++)
        has_file = has_file || tool->files[i].file.exists || !tool->files[i].is_readable;
    bool is_named = run->ctx->only != NULL && run->ctx->only->count > 0;
    if (run->list == MW_CHECK_CHECKLIST && !run->is_trial && !is_named && !has_file &&
        !row->prepare && tool->program == NULL && !check_is_wanted(run, row)) {
        char *elsewhere = mw_tool_elsewhere(run->sys, row);
        tool->is_absent = elsewhere == NULL;
        free(elsewhere);
    }
}

void check_machine_add(struct check_run *run, const struct mw_tool *tool)
{
    struct check_tool *added = MW_PUSH(run->tools, run->tool_count);
    added->tool = tool;
    added->known = mw_xcalloc(1, sizeof *added->known);
    read_tool(run, added);
}

void check_machine_read(struct check_run *run)
{
    size_t count = mw_tool_count();
    for (size_t i = 0; i < count; i++) {
        const struct mw_tool *found = wants_tool(run->ctx, mw_tool_id(i)) ? mw_tool_at(i) : NULL;
        if (found != NULL)
            check_machine_add(run, found);
    }
}

void check_machine_release(struct check_run *run)
{
    for (size_t t = 0; t < run->tool_count; t++) {
        struct check_tool *tool = &run->tools[t];
        for (size_t i = 0; i < tool->file_count; i++) {
            mw_location_release(&tool->files[i].location);
            mw_file_release(&tool->files[i].file);
        }
        MW_FREE_ALL(tool->files, tool->program, tool->mirrors);
        for (struct check_known *known = tool->known, *next; known != NULL; known = next) {
            next = known->next;
            mw_hit_release(&known->effective);
            free(known->key);
            free(known);
        }
    }
    MW_FREE_ALL(run->tools, run->mirrors);
    mw_strings_release(&run->mirror_urls);
    run->tools = NULL;
    run->tool_count = 0;
}

const struct mw_wanted *check_wanted(const struct check_run *run, const char *key)
{
    for (size_t i = 0; i < run->ctx->wanted.count; i++) {
        const struct mw_wanted *wanted = &run->ctx->wanted.items[i];
        if (wanted->tool == run->tool->tool && strcmp(wanted->key, key) == 0)
            return wanted;
    }
    return NULL;
}

const struct check_tool *check_tool_find(const struct check_run *run, const char *id)
{
    for (size_t i = 0; i < run->tool_count; i++) {
        if (strcmp(run->tools[i].tool->id, id) == 0)
            return &run->tools[i];
    }
    return NULL;
}

void check_file_get(const struct mw_tool *tool, const struct check_file *file, const char *key,
                    struct mw_value *value)
{
    if (!file->is_valid ||
        mw_source_get(file->location.source, tool, mw_buf_text(&file->file.bytes),
                      file->file.bytes.len, key, value, NULL) != MW_OK)
        mw_value_release(value);
}

char *check_value_text(const struct mw_value *value)
{
    if (value->kind == MW_VALUE_ABSENT)
        return mw_xstrdup(_("(not set)"));
    char *text = mw_value_text(value);
    if (text[0] != '\0')
        return text;
    free(text);
    return mw_xstrdup(_("(empty)"));
}
