/* Rows about the files themselves: can the tool read them, which lines does it pass over, whose
 * are they, and who can read the credentials inside. */
#include <fcntl.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

/* ---- readable and valid ---------------------------------------------------------------------- */

/* Owned: the command for the last part of the path that is there: the file, or what keeps us from
 * it, a folder that may not be searched, or a file or a broken link in place of one. NULL: a
 * device. */
static char *way_to_read(const struct check_run *run, const struct check_file *file)
{
    struct stat st;
    MW_FREE char *path = mw_xstrdup(file->location.path);
    bool is_last = true;
    while (run->sys->ops->fstatat(AT_FDCWD, path, &st, AT_SYMLINK_NOFOLLOW) != 0) {
        char *slash = strrchr(path, '/');
        if (slash == NULL || slash == path)
            return NULL;
        *slash = '\0';
        is_last = false;
    }
    if (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode))
        return NULL;
    if (is_last ? !S_ISREG(st.st_mode) : !S_ISDIR(st.st_mode)) {
        MW_FREE char *aside = mw_xasprintf("%s.aside", path);
        return check_command(run, !check_is_ours(run, file), "mv", path, aside);
    }
    bool is_anybodys = file->location.actor.uid == 0 || (!is_last && st.st_uid != run->sys->euid);
    MW_FREE char *words = mw_xasprintf("chmod %c+%c", is_anybodys ? 'a' : 'u', is_last ? 'r' : 'x');
    return check_command(run, st.st_uid != run->sys->euid, words, path, NULL);
}

/* The first version of the tool that starts with an empty file; "": none does; NULL: all do. */
static const char *starts_empty_since(const struct check_run *run)
{
    return mw_pairs_find(&run->tool->tool->checks, "empty");
}

static void add_empty(struct check_run *run, const struct check_file *file)
{
    const char *program = run->tool->tool->programs.items[0], *since = starts_empty_since(run);
    MW_FREE char *version = since[0] != '\0' ? mw_tool_version(run->sys, run->tool->tool) : NULL;
    struct check_ways ways = {0};
    if (version != NULL && mw_version_compare(version, since) >= 0)
        return;
    struct check_way *way = check_way_text(run, &ways, MW_REMEDY_EDIT_TEXT, file);
    const char *root = mw_pairs_find(&run->tool->tool->checks, "elements");
    MW_FREE char *whole = root != NULL ? mw_xasprintf("<%s/>\n", root) : mw_xstrdup("{}\n");
    mw_buf_puts(mw_edits_add(&way->remedy.edits, 0, file->file.bytes.len), whole);
    if (since[0] == '\0')
        check_found(run, MW_CHECK_FAIL, "empty", ways, _("%s is empty: %s does not start with it"),
                    file->location.path, program);
    else
        check_found(run, version != NULL ? MW_CHECK_FAIL : MW_CHECK_WARN, "empty", ways,
                    _("%s is empty: %s before %s does not start with it"), file->location.path,
                    program, since);
}

/* What stops the version that is installed wherever it stands, under keys that it does not know,
 * too (Cargo: util/context ConfigValue::from_toml()). */
struct odd_look {
    struct check_run *run;
    const struct check_file *file;
    size_t count;
};

static void add_odd(void *context, const char *section, const char *what, size_t line)
{
    struct odd_look *look = context;
    const struct mw_tool *tool = look->run->tool->tool;
    const char *since = mw_pairs_find(&tool->checks, what);
    (void)section;
    if (since == NULL || look->count >= CHECK_MAX_FAULTS)
        return;
    MW_FREE char *version = since[0] != '\0' ? mw_tool_version(look->run->sys, tool) : NULL;
    if (since[0] != '\0' && mw_version_within(version, since, NULL))
        return;
    look->count++;
    MW_FREE char *subject = mw_xasprintf("%s.%zu", what, line);
    struct check_ways ways = check_by_hand(check_editor(look->run, look->file, line));
    const char *path = look->file->location.path, *title = mw_tool_title(tool);
    if (since[0] != '\0')
        check_found(look->run, MW_CHECK_FAIL, subject, ways,
                    _("%s:%zu: this is TOML 1.1, which %s reads from %s on; %s stops at it"), path,
                    line, title, since, version);
    else
        check_found(look->run, MW_CHECK_FAIL, subject, ways,
                    strcmp(what, "date") == 0
                        ? _("%s:%zu: %s stops at a date, whatever key has it; as a text it stands "
                            "in quotes")
                        : _("%s:%zu: %s stops at a number with a point, an exponent, inf or nan, "
                            "whatever key has it; a whole number is one, and so is a text in "
                            "quotes"),
                    path, line, title);
}

static void look_for_odd(struct check_run *run, const struct check_file *file)
{
    const struct mw_source *source = file->location.source;
    struct odd_look look = {.run = run, .file = file};
    if (source == NULL || source->editor == NULL || source->editor->odd == NULL)
        return;
    source->editor->odd(mw_buf_text(&file->file.bytes), file->file.bytes.len, add_odd, &look);
}

/* Owned: the text without its comments, for samples of passwords stand in those. */
static char *without_comments(const char *text)
{
    struct mw_buf out = {0};
    while (*text != '\0') {
        const char *close = mw_text_starts(text, "<!--") ? strstr(text, "-->") : NULL;
        if (close != NULL) {
            text = close + strlen("-->");
            continue;
        }
        size_t len = strcspn(text, "\n<");
        len += len == 0;
        if (text[strspn(text, " \t")] != '#' && text[strspn(text, " \t")] != ';')
            mw_buf_append(&out, text, len);
        text += len;
    }
    return mw_buf_take(&out);
}

/* Does the name of a setting go on to its colon there? Yarn puts nothing in there. */
static bool is_in_name(const char *at)
{
    at += strcspn(at, "\"' \t\r\n:,");
    at += *at == '"' || *at == '\'';
    at += strspn(at, " \t");
    return at[0] == ':' && (at[1] == '\0' || strchr(" \t\r\n", at[1]) != NULL);
}

/* Variables that stop the tool if they are not set (Yarn: miscUtils.replaceEnvVariables()). What
 * the tool takes them from besides is a file of the working directory, which is not read here. */
static void look_for_unset(struct check_run *run, const struct check_file *file)
{
    const struct mw_tool *tool = run->tool->tool;
    const char *more = mw_pairs_find(&tool->checks, "variables");
    MW_FREE char *others = more != NULL ? mw_xasprintf("%s/%s", run->sys->cwd, more) : NULL;
    if (others == NULL || mw_path_exists(run->sys, others))
        return;
    MW_FREE char *bare = without_comments(mw_buf_text(&file->file.bytes));
    const char *at = bare;
    for (size_t i = 0; i < CHECK_MAX_FAULTS; i++) {
        size_t line = 0, column = 0;
        MW_FREE char *name = check_unset(run->sys, &at);
        if (name == NULL)
            return;
        mw_text_position(bare, (size_t)(at - bare), &line, &column);
        const char *begin = at - column + 1, *comment = strstr(begin, " #");
        if ((comment != NULL && comment < at) || is_in_name(at))
            continue;
        MW_FREE char *subject = mw_xasprintf("variable.%zu", line);
        check_found(run, MW_CHECK_FAIL, subject, check_by_hand(check_editor(run, file, line)),
                    _("%s:%zu: the variable %s is not set here, and %s stops; with ${%s:-} it "
                      "would be empty"),
                    file->location.path, line, name, mw_tool_title(tool), name);
    }
}

void check_files(struct check_run *run)
{
    const struct check_tool *tool = run->tool;
    size_t existing = 0;
    for (size_t i = 0; i < tool->file_count; i++) {
        const struct check_file *file = &tool->files[i];
        existing += file->file.exists;
        if (!file->is_readable)
            check_found(run, MW_CHECK_FAIL, "unreadable", check_by_hand(way_to_read(run, file)),
                        "%s", file->error.message);
        else if (!file->is_valid)
            check_file_faults(run, file);
        else if (starts_empty_since(run) != NULL && file->file.exists &&
                 strspn(mw_buf_text(&file->file.bytes), " \t\r\n") == file->file.bytes.len)
            add_empty(run, file);
        else {
            look_for_odd(run, file);
            look_for_unset(run, file);
        }
    }
    if (existing == 0 && tool->file_count > 0 && tool->ours != NULL && tool->ours->is_readable)
        check_pass(run, _("there is no file yet: %s"), tool->ours->location.path);
    if (tool->ours == NULL && tool->locate_error.message[0] != '\0')
        check_skip(run, "%s", tool->locate_error.message);
}

/* ---- lines without effect -------------------------------------------------------------------- */

static void add_notice(struct check_run *run, const struct check_file *file,
                       const struct mw_notice *notice)
{
    struct check_ways ways = {0};
    if (!run->is_trial)
        check_mend_line(run, file, notice, &ways);
    MW_FREE char *subject = mw_xasprintf("%s.%zu", notice->id, notice->line);
    check_found(run, MW_CHECK_WARN, subject, ways, "%s:%zu: %s", file->location.path, notice->line,
                notice->message);
}

/* Whoever has mended the first ones sees the next ones. */
static void add_more(struct check_run *run, const struct check_file *file, size_t more, size_t line)
{
    check_found(run, MW_CHECK_WARN, "more", check_by_hand(check_editor(run, file, line)),
                ngettext("%s: %zu more line like these, from line %zu on",
                         "%s: %zu more lines like these, from line %zu on", more),
                file->location.path, more, line);
}

void check_lines(struct check_run *run)
{
    for (size_t i = 0; i < run->tool->file_count; i++) {
        const struct check_file *file = &run->tool->files[i];
        MW_AUTO(mw_notices) notices = {0};
        if (file->is_readable && (file->is_valid || check_has_comments(file)))
            mw_source_notices(file->location.source, run->tool->tool,
                              mw_buf_text(&file->file.bytes), file->file.bytes.len, &notices);
        /* A remedy that ends one of many has to be seen to. */
        size_t shown = run->is_trial ? SIZE_MAX : CHECK_MAX_FAULTS;
        for (size_t n = 0; n < notices.count && n < shown; n++)
            add_notice(run, file, &notices.items[n]);
        if (notices.count > shown)
            add_more(run, file, notices.count - CHECK_MAX_FAULTS,
                     notices.items[CHECK_MAX_FAULTS].line);
        if (file->is_readable)
            check_names(run, file);
    }
}

/* ---- owners and modes ------------------------------------------------------------------------ */

static bool is_below_home(const struct mw_system *sys, const char *path)
{
    size_t len = sys->home != NULL ? strlen(sys->home) : 0;
    return len > 1 && strncmp(path, sys->home, len) == 0 && path[len] == '/';
}

/* Owned: the outermost part of `path` below HOME, or the file itself, that belongs to somebody
 * else; NULL if none does. *st is its. */
static char *find_foreign(const struct mw_system *sys, const char *path, uid_t owner,
                          struct stat *st)
{
    size_t at = is_below_home(sys, path) ? strlen(sys->home) + 1 : strlen(path);
    for (;; at++) {
        at += strcspn(path + at, "/");
        MW_FREE char *part = mw_xstrndup(path, at);
        if (sys->ops->fstatat(AT_FDCWD, part, st, 0) == 0 && st->st_uid != owner)
            return mw_xstrdup(part);
        if (path[at] == '\0')
            return NULL;
    }
}

static void add_foreign(struct check_run *run, const struct check_file *file, uid_t owner,
                        const char *owner_name)
{
    struct stat st;
    MW_FREE char *part = find_foreign(run->sys, file->location.path, owner, &st);
    if (part == NULL)
        return;
    char *fix =
        check_command(run, true, S_ISDIR(st.st_mode) ? "chown -R" : "chown", owner_name, part);
    check_found(run, MW_CHECK_FAIL, "owner", check_by_hand(fix),
                _("%s belongs to user %ju, not to %s"), part, (uintmax_t)st.st_uid, owner_name);
}

static void add_writable(struct check_run *run, const struct check_file *file)
{
    if (!file->file.exists || (file->file.st.st_mode & S_IWOTH) == 0)
        return;
    char *fix =
        check_command(run, !check_is_ours(run, file), "chmod o-w", file->location.path, NULL);
    check_found(run, MW_CHECK_FAIL, "mode", check_by_hand(fix),
                _("everybody may write %s (mode %04o)"), file->location.path,
                (unsigned)(file->file.st.st_mode & 07777));
}

void check_owners(struct check_run *run)
{
    const struct mw_system *sys = run->sys;
    for (size_t i = 0; i < run->tool->file_count; i++) {
        const struct check_file *file = &run->tool->files[i];
        if (is_below_home(sys, file->location.path))
            add_foreign(run, file, sys->user.uid, sys->user_name);
        else if (sys->root[0] == '\0' && file->file.exists &&
                 mw_text_starts(file->location.path, "/etc/"))
            add_foreign(run, file, 0, "root");
        add_writable(run, file);
    }
}

/* ---- credentials ----------------------------------------------------------------------------- */

/* In an address, or as the value of a setting that is called so. A file of the system that names
 * one is for everybody who is meant to use it. */
static bool holds_secret(const char *text, bool is_users)
{
    if (!is_users || mw_text_has_secret(text))
        return mw_text_has_secret(text);
    MW_FREE char *bare = without_comments(text);
    MW_FREE char *shown = mw_text_redact_settings(bare);
    return strcmp(bare, shown) != 0;
}

static void add_secret(struct check_run *run, const struct check_file *file)
{
    mode_t mode = file->file.st.st_mode;
    bool is_users = is_below_home(run->sys, file->location.path);
    mode_t others = is_users ? S_IRGRP | S_IROTH : S_IROTH;
    if (!file->file.exists || (mode & others) == 0 ||
        !holds_secret(mw_buf_text(&file->file.bytes), is_users))
        return;
    char *fix = check_command(run, !check_is_ours(run, file),
                              is_users ? "chmod go-rwx" : "chmod o-rwx", file->location.path, NULL);
    check_found(run, MW_CHECK_FAIL, NULL, check_by_hand(fix),
                _("%s holds credentials and others can read it (mode %04o)"), file->location.path,
                (unsigned)(mode & 07777));
}

void check_secrets(struct check_run *run)
{
    for (size_t i = 0; i < run->tool->file_count; i++) {
        if (run->tool->files[i].is_readable)
            add_secret(run, &run->tool->files[i]);
    }
}
