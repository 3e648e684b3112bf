/* Rows about the files themselves: can the tool read them, which lines does it pass over, whose
 * are they, and who can read the credentials inside. */
#include <fcntl.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

/* ---- readable and valid ------------------------------------------------------------------------
 */

static char *way_to_read(const struct check_run *run, const struct check_file *file)
{
    struct stat st;
    const char *path = file->location.path;
    struct mw_buf command = {0};
    if (run->sys->ops->fstatat(AT_FDCWD, path, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
        !S_ISREG(st.st_mode)) {
        char *aside = mw_xasprintf("%s.aside", path);
        if (!check_is_ours(run, file))
            check_put_sudo(run, &command);
        mw_buf_puts(&command, "mv");
        mw_buf_put_word(&command, path);
        mw_buf_put_word(&command, aside);
        free(aside);
        return mw_buf_take(&command);
    }
    check_put_sudo(run, &command);
    mw_buf_puts(&command, file->location.actor.uid == 0 ? "chmod a+r" : "chmod u+r");
    mw_buf_put_word(&command, path);
    return mw_buf_take(&command);
}

void check_files(struct check_run *run)
{
    const struct check_tool *tool = run->tool;
    size_t existing = 0;
    for (size_t i = 0; i < tool->file_count; i++) {
        const struct check_file *file = &tool->files[i];
        existing += file->file.exists;
        if (!file->is_readable)
            check_add(run, (struct check_result){
                               .status = MW_CHECK_FAIL,
                               .subject = mw_xstrdup("unreadable"),
                               .observed = mw_xstrdup(file->error.message),
                               .fix = way_to_read(run, file),
                           });
        else if (!file->is_valid)
            check_file_faults(run, file);
        else if (tool->tool->editor == &mw_editor_json && file->file.exists &&
                 strspn(mw_buf_text(&file->file.bytes), " \t\r\n") == file->file.bytes.len)
            check_add(run, (struct check_result){
                               .status = MW_CHECK_WARN,
                               .subject = mw_xstrdup("empty"),
                               .observed = mw_xasprintf(_("%s is empty: dockerd before 23.0 does "
                                                          "not start with it"),
                                                        file->location.path),
                               .fix = check_file_command(run, file, "printf '{}\\n' | tee"),
                           });
    }
    if (existing == 0 && tool->file_count > 0 && tool->ours != NULL && tool->ours->is_readable)
        check_pass(run, _("there is no file yet: %s"), tool->ours->location.path);
    if (tool->ours == NULL && tool->locate_error.message[0] != '\0')
        check_skip(run, "%s", tool->locate_error.message);
}

/* ---- lines without effect ----------------------------------------------------------------------
 */

/* What mends a line that has a notice, as a script for sed behind the number of the line. Of those
 * that are not here the line becomes a comment. */
static const struct {
    const char *id, *script;
} menders[] = {
    {"env-quotes", "s/=[\"']\\(.*\\)[\"']\\([[:space:]]*\\)$/=\\1\\2/"},
    {"env-space", "{s/^[[:space:]]*\\(export[[:space:]][[:space:]]*\\)\\{0,1\\}//;"
                  "s/^\\([A-Za-z0-9_]*\\)[[:space:]]*=[[:space:]]*/\\1=/;s/[[:blank:]]*$//;}"},
    {"ini-indented-option", "s/^[[:space:]]*//"},
    {"ini-quotes", "s/\\([=:][[:space:]]*\\)[\"']\\(.*\\)[\"'][[:space:]]*$/\\1\\2/"},
    {"ini-inline-comment", "s/[[:space:]][[:space:]]*[#;].*$//"},
};

char *check_mend_bom(const struct check_run *run, const struct check_file *file)
{
    return check_sed_words(run, file, "\"1s/^$(printf '\\357\\273\\277')//\"");
}

/* A value that only begins with a quote is not mended by taking one away at the end. */
static bool ends_with_quote(const struct check_file *file, size_t number)
{
    size_t len = 0;
    const char *line =
        check_line(mw_buf_text(&file->file.bytes), file->file.bytes.len, number, &len);
    while (len > 0 && strchr(" \t\r", line[len - 1]) != NULL)
        len--;
    return len > 0 && (line[len - 1] == '"' || line[len - 1] == '\'');
}

/* Owned: writes a part of the line in the other case, which no sed but GNU's can do by itself; NULL
 * if sed would read something into it. */
static char *change_case(const struct check_run *run, const struct check_file *file, size_t number,
                         const char *name, size_t len, bool to_upper)
{
    struct mw_buf changed = {0};
    mw_text_trim(&name, &len);
    for (size_t i = 0; i < len; i++) {
        bool is_lower = name[i] >= 'a' && name[i] <= 'z';
        bool is_upper = name[i] >= 'A' && name[i] <= 'Z';
        if ((name[i] < '0' || name[i] > '9') && !is_lower && !is_upper &&
            strchr("_-. ", name[i]) == NULL) {
            mw_buf_release(&changed);
            return NULL;
        }
        mw_buf_putc(&changed, (char)(to_upper && is_lower    ? name[i] - 'a' + 'A'
                                     : !to_upper && is_upper ? name[i] - 'A' + 'a'
                                                             : name[i]));
    }
    char *command = check_sed(run, file, to_upper ? "%zus/^[^=]*/%s/" : "%zus/\\[.*\\]/[%s]/",
                              number, mw_buf_text(&changed));
    mw_buf_release(&changed);
    return command;
}

/* "GOPROXY https://x": a key of the tool and one word. */
static bool is_key_and_word(const struct check_run *run, const char *line, size_t len)
{
    mw_text_trim(&line, &len);
    size_t key_len = 0;
    while (key_len < len && memchr(" \t", line[key_len], 2) == NULL)
        key_len++;
    const char *value = line + key_len;
    size_t value_len = len - key_len;
    mw_text_trim(&value, &value_len);
    char *key = mw_xstrndup(line, key_len);
    bool is_one = value_len > 0 && memchr(value, ' ', value_len) == NULL &&
                  memchr(value, '\t', value_len) == NULL &&
                  mw_tool_key(run->tool->tool, key) != NULL;
    free(key);
    return is_one;
}

/* Owned; NULL if the script alone does it, or nothing. */
static char *mend_specially(const struct check_run *run, const struct check_file *file,
                            const struct mw_notice *notice)
{
    size_t len = 0;
    const char *line =
        check_line(mw_buf_text(&file->file.bytes), file->file.bytes.len, notice->line, &len);
    const char *equals = memchr(line, '=', len);
    const char *open = memchr(line, '[', len);
    const char *close = memrchr(line, ']', len);
    if (strcmp(notice->id, "env-bom") == 0)
        return check_mend_bom(run, file);
    if (strcmp(notice->id, "env-cr") == 0)
        return check_sed_words(run, file, "\"%zus/$(printf '\\r')\\$//\"", notice->line);
    if (strcmp(notice->id, "env-no-setting") == 0 && is_key_and_word(run, line, len))
        return check_sed(run, file,
                         "%zu{s/^[[:space:]]*//;s/[[:space:]][[:space:]]*/=/;s/[[:space:]]*$//;}",
                         notice->line);
    if (strcmp(notice->id, "env-lower-case") == 0 && equals != NULL)
        return change_case(run, file, notice->line, line, (size_t)(equals - line), true);
    if (strcmp(notice->id, "ini-section-case") == 0 && open != NULL && close > open)
        return change_case(run, file, notice->line, open + 1, (size_t)(close - open - 1), false);
    return NULL;
}

char *check_mend_line(const struct check_run *run, const struct check_file *file,
                      const struct mw_notice *notice)
{
    bool is_quote = strstr(notice->id, "-quotes") != NULL;
    char *command = mend_specially(run, file, notice);
    for (size_t i = 0; command == NULL && i < sizeof menders / sizeof *menders; i++) {
        bool is_it = strcmp(menders[i].id, notice->id) == 0;
        if (is_it && (!is_quote || ends_with_quote(file, notice->line)))
            command = check_sed(run, file, "%zu%s", notice->line, menders[i].script);
    }
    return command != NULL ? command : check_comment_out(run, file, notice->line, notice->line);
}

static void add_notice(struct check_run *run, const struct check_file *file,
                       const struct mw_notice *notice)
{
    check_add(run, (struct check_result){
                       .status = MW_CHECK_WARN,
                       .subject = mw_xasprintf("%s.%zu", notice->id, notice->line),
                       .observed = mw_xasprintf("%s:%zu: %s", file->location.path, notice->line,
                                                notice->message),
                       .fix = check_mend_line(run, file, notice),
                   });
}

void check_lines(struct check_run *run)
{
    const struct mw_editor *editor = run->tool->tool->editor;
    for (size_t i = 0; editor->notices != NULL && i < run->tool->file_count; i++) {
        const struct check_file *file = &run->tool->files[i];
        struct mw_notices notices = {0};
        if (file->is_readable && (file->is_valid || editor != &mw_editor_json))
            editor->notices(mw_buf_text(&file->file.bytes), file->file.bytes.len, &notices);
        for (size_t n = 0; n < notices.count; n++)
            add_notice(run, file, &notices.items[n]);
        mw_notices_release(&notices);
    }
}

/* ---- owners and modes --------------------------------------------------------------------------
 */

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
    for (;;) {
        at += strcspn(path + at, "/");
        char *part = mw_xstrndup(path, at);
        if (sys->ops->fstatat(AT_FDCWD, part, st, 0) == 0 && st->st_uid != owner)
            return part;
        free(part);
        if (path[at] == '\0')
            return NULL;
        at++;
    }
}

static void add_foreign(struct check_run *run, const struct check_file *file, uid_t owner,
                        const char *owner_name)
{
    struct stat st;
    char *part = find_foreign(run->sys, file->location.path, owner, &st);
    if (part == NULL)
        return;
    struct mw_buf fix = {0};
    if (run->sys->euid != 0)
        mw_buf_puts(&fix, "sudo ");
    mw_buf_printf(&fix, "chown %s", S_ISDIR(st.st_mode) ? "-R " : "");
    mw_buf_put_word(&fix, owner_name);
    mw_buf_put_word(&fix, part);
    check_add(run, (struct check_result){
                       .status = MW_CHECK_FAIL,
                       .subject = mw_xstrdup("owner"),
                       .observed = mw_xasprintf(_("%s belongs to user %ju, not to %s"), part,
                                                (uintmax_t)st.st_uid, owner_name),
                       .fix = mw_buf_take(&fix),
                   });
    free(part);
}

static void add_writable(struct check_run *run, const struct check_file *file)
{
    if (!file->file.exists || (file->file.st.st_mode & S_IWOTH) == 0)
        return;
    check_add(run, (struct check_result){
                       .status = MW_CHECK_FAIL,
                       .subject = mw_xstrdup("mode"),
                       .observed = mw_xasprintf(_("everybody may write %s (mode %04o)"),
                                                file->location.path,
                                                (unsigned)(file->file.st.st_mode & 07777)),
                       .fix = check_file_command(run, file, "chmod o-w"),
                   });
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

/* ---- credentials -------------------------------------------------------------------------------
 */

static void add_secret(struct check_run *run, const struct check_file *file)
{
    mode_t mode = file->file.st.st_mode;
    bool is_users = is_below_home(run->sys, file->location.path);
    mode_t others = is_users ? S_IRGRP | S_IROTH : S_IROTH;
    if (!file->file.exists || (mode & others) == 0 ||
        !mw_text_has_secret(mw_buf_text(&file->file.bytes)))
        return;
    check_add(run,
              (struct check_result){
                  .status = MW_CHECK_FAIL,
                  .observed = mw_xasprintf(_("%s holds credentials and others can read it "
                                             "(mode %04o)"),
                                           file->location.path, (unsigned)(mode & 07777)),
                  .fix = check_file_command(run, file, is_users ? "chmod go-rwx" : "chmod o-rwx"),
              });
}

void check_secrets(struct check_run *run)
{
    for (size_t i = 0; i < run->tool->file_count; i++) {
        if (run->tool->files[i].is_readable)
            add_secret(run, &run->tool->files[i]);
    }
}
