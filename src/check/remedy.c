/* Remedies: commands that work when pasted into a POSIX shell. They never change the number of a
 * line, so that several of them can be pasted one after the other: what has to go becomes a
 * comment, which also keeps it for whoever wants it back. Each keeps a backup under a name of its
 * own, so that the first of them is the file as it was. */
#include <stdarg.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/json_scan.h"
#include "mirrorwise/memory.h"

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
        if (strstr(fix, option) != NULL && strstr(fix, word) != NULL)
            return true;
    }
    return false;
}

/* GNU, BSD and busybox agree on -i with a suffix, and what was there is kept. */
void check_put_in_place(const struct check_run *run, const char *path, struct mw_buf *buf)
{
    struct mw_buf word = {0};
    char *option = mw_xstrdup(" -i.bak ");
    mw_buf_put_word(&word, path);
    for (size_t n = 2; n <= MAX_BACKUPS; n++) {
        size_t suffix_len = strlen(option) - strlen(" -i ");
        char *backup = mw_xasprintf("%s%.*s", path, (int)suffix_len, option + strlen(" -i"));
        bool is_taken =
            mw_path_exists(run->sys, backup) || is_promised(run, option, mw_buf_text(&word));
        free(backup);
        if (!is_taken)
            break;
        free(option);
        option = mw_xasprintf(" -i.bak%zu ", n);
    }
    mw_buf_puts(buf, option);
    free(option);
    mw_buf_release(&word);
}

/* Through a symlink sed would replace it, hence the real path. */
static char *sed(const struct check_run *run, const struct check_file *file, const char *program,
                 const char *words)
{
    const char *path = file->file.real_path != NULL ? file->file.real_path : file->location.path;
    struct mw_buf command = {0};
    if (!check_is_ours(run, file))
        check_put_sudo(run, &command);
    mw_buf_puts(&command, program);
    check_put_in_place(run, path, &command);
    mw_buf_puts(&command, words);
    mw_buf_put_word(&command, path);
    return mw_buf_take(&command);
}

char *check_sed_words(const struct check_run *run, const struct check_file *file,
                      const char *format, ...)
{
    struct mw_buf words = {0};
    va_list args;
    va_start(args, format);
    mw_buf_vprintf(&words, format, args);
    va_end(args);
    char *command = sed(run, file, "sed", mw_buf_text(&words));
    mw_buf_release(&words);
    return command;
}

MW_PRINTF(4, 0)
static char *sed_script(const struct check_run *run, const struct check_file *file,
                        const char *program, const char *format, va_list args)
{
    struct mw_buf script = {0}, word = {0};
    mw_buf_vprintf(&script, format, args);
    mw_buf_put_word(&word, mw_buf_text(&script));
    char *command = sed(run, file, program, mw_buf_text(&word));
    mw_buf_release(&script);
    mw_buf_release(&word);
    return command;
}

char *check_sed(const struct check_run *run, const struct check_file *file, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *command = sed_script(run, file, "sed", format, args);
    va_end(args);
    return command;
}

char *check_sed_bytes(const struct check_run *run, const struct check_file *file,
                      const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *command = sed_script(run, file, "env LC_ALL=C sed", format, args);
    va_end(args);
    return command;
}

char *check_comment_out(const struct check_run *run, const struct check_file *file, size_t first,
                        size_t last)
{
    if (last <= first)
        return check_sed(run, file, "%zus/^/# /", first);
    return check_sed(run, file, "%zu,%zus/^/# /", first, last);
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
        return "";
    }
    const char *stop = memchr(line, '\n', (size_t)(end - line));
    *len = (size_t)((stop != NULL ? stop : end) - line);
    return line;
}

/* The lines that an editor would take away; *from and *to receive the first and the last. */
static bool lines_of_key(const struct mw_tool *tool, const struct check_file *file, const char *key,
                         struct mw_buf *script, size_t *from, size_t *to)
{
    struct mw_edits edits = {0};
    struct mw_value nothing = {0};
    const char *text = mw_buf_text(&file->file.bytes);
    if (!file->is_valid ||
        tool->editor->put(text, file->file.bytes.len, key, &nothing, &edits, NULL) != MW_OK)
        return false;
    for (size_t i = 0; i < edits.count; i++) {
        size_t first = 0, last = 0, column = 0;
        const struct mw_edit *edit = &edits.items[i];
        if (edit->end <= edit->begin)
            continue;
        mw_text_position(text, edit->begin, &first, &column);
        mw_text_position(text, edit->end - 1, &last, &column);
        *from = script->len == 0 ? first : *from;
        *to = last;
        mw_buf_printf(script, last > first ? "%s%zu,%zus/^/# /" : "%s%zus/^/# /",
                      script->len > 0 ? ";" : "", first, last);
    }
    mw_edits_release(&edits);
    return script->len > 0;
}

char *check_remove_key(const struct check_run *run, const struct mw_tool *tool,
                       const struct check_file *file, const char *key)
{
    struct mw_buf script = {0};
    size_t from = 0, to = 0;
    char *command = NULL;
    if (tool->editor == &mw_editor_json) {
        char *set = mw_xasprintf("%s.%s=", tool->id, key);
        command = mw_tool_key(tool, key) != NULL ? check_apply(run, tool->id, set)
                                                 : check_file_command(run, file, "${EDITOR:-vi}");
        free(set);
    } else if (lines_of_key(tool, file, key, &script, &from, &to)) {
        command = check_sed(run, file, "%s", mw_buf_text(&script));
    }
    mw_buf_release(&script);
    return command;
}

static char *mend_key(const struct check_run *run, const struct mw_tool *tool,
                      const struct check_file *file, const char *key)
{
    struct mw_buf script = {0};
    struct mw_notices notices = {0};
    size_t from = 0, to = 0;
    char *command = NULL;
    if (tool->editor->notices != NULL && lines_of_key(tool, file, key, &script, &from, &to))
        tool->editor->notices(mw_buf_text(&file->file.bytes), file->file.bytes.len, &notices);
    for (size_t i = 0; command == NULL && i < notices.count; i++) {
        if (notices.items[i].line >= from && notices.items[i].line <= to)
            command = check_mend_line(run, file, &notices.items[i]);
    }
    mw_notices_release(&notices);
    mw_buf_release(&script);
    return command;
}

/* The file that a value stands in, and its full key there; NULL if it is in none of ours. */
static const struct check_file *home_of(const struct check_tool *tool, const char *key,
                                        const struct mw_effective *effective, char **full)
{
    /* pip: the winner may stand in another section than the one that was asked for. */
    const char *section = effective->by != NULL ? strrchr(effective->by, '[') : NULL;
    const char *dot = strchr(key, '.');
    bool has_section = tool->tool->section != NULL && section != NULL && dot != NULL;
    for (size_t i = 0; effective->path != NULL && i < tool->file_count; i++) {
        if (strcmp(tool->files[i].location.path, effective->path) != 0)
            continue;
        *full = has_section
                    ? mw_xasprintf("%.*s.%s", (int)strcspn(section + 1, "]"), section + 1, dot + 1)
                    : mw_xstrdup(key);
        return &tool->files[i];
    }
    return NULL;
}

char *check_mend_value(const struct check_run *run, const struct check_tool *tool, const char *key,
                       const struct mw_effective *effective)
{
    char *full = NULL;
    const struct check_file *file = home_of(tool, key, effective, &full);
    char *command = file != NULL ? mend_key(run, tool->tool, file, full) : NULL;
    free(full);
    return command != NULL ? command : check_end_effect(run, tool, key, effective);
}

char *check_end_effect(const struct check_run *run, const struct check_tool *tool, const char *key,
                       const struct mw_effective *effective)
{
    if (effective->variable != NULL)
        return mw_xasprintf("unset %s", effective->variable);
    char *full = NULL;
    const struct check_file *file = home_of(tool, key, effective, &full);
    char *command = file != NULL ? check_remove_key(run, tool->tool, file, full) : NULL;
    free(full);
    return command;
}

/* What a remedy without a wish of its own may apply: the profile in use, else the one that wants
 * next to nothing. */
char *check_apply(const struct check_run *run, const char *tool, const char *set)
{
    const struct mw_check_context *ctx = run->ctx;
    const char *fallback = set != NULL ? "base" : "dev";
    struct mw_buf command = {0};
    bool is_system = tool != NULL && strcmp(tool, "docker") == 0;
    const struct check_tool *found = tool != NULL ? check_tool_find(run, tool) : NULL;
    if (is_system && found != NULL && found->ours != NULL && !check_is_ours(run, found->ours))
        check_put_sudo(run, &command);
    mw_buf_puts(&command, "mirrorwise --profile");
    mw_buf_put_word(&command, ctx->profile_name != NULL ? ctx->profile_name : fallback);
    if (tool != NULL) {
        mw_buf_put_word(&command, "--only");
        mw_buf_put_word(&command, tool);
    }
    if (set != NULL) {
        mw_buf_put_word(&command, "--set");
        mw_buf_put_word(&command, set);
    }
    if (run->sys->root[0] != '\0') {
        mw_buf_put_word(&command, "--root");
        mw_buf_put_word(&command, run->sys->root);
    }
    if (ctx->scope == MW_SCOPE_SYSTEM)
        mw_buf_puts(&command, " --scope system");
    if (ctx->no_network)
        mw_buf_puts(&command, " --no-network");
    mw_buf_puts(&command, " --apply");
    return mw_buf_take(&command);
}
