/* What the files of this room share. A row of the table says what is asked; its function adds what
 * it found; a row that adds nothing has passed. */
#ifndef MW_CHECK_INTERNAL_H
#define MW_CHECK_INTERNAL_H

#include "mirrorwise/check.h"

enum { CHECK_MAX_TOOLS = 8, CHECK_MAX_FAULTS = 20 };

/* A file of a tool, read once. */
struct check_file {
    struct mw_location location;
    struct mw_file file;
    bool is_readable;
    struct mw_error error; /* why not */
    bool is_valid;         /* the tool can make sense of it */
};

struct check_tool {
    const struct mw_tool *tool;
    char *program; /* NULL: not installed */
    struct mw_error locate_error;
    struct check_file *files; /* in the order in which the tool reads them */
    size_t file_count;
    struct check_file *ours; /* one of them, the one that we would write; NULL: it has none */
};

struct check_row;

struct check_run {
    const struct mw_check_context *ctx;
    const struct mw_system *sys;
    enum mw_check_list list;
    struct check_tool tools[CHECK_MAX_TOOLS];
    size_t tool_count;
    const struct check_row *row;
    const struct check_tool *tool; /* of rows for every tool, and of a tool's own */
    long end_ms;                   /* when time is up, of the monotonic clock */
    struct mw_checks *checks;
};

struct check_row {
    const char *id;
    const char *area; /* NULL: for every tool, and "TOOL-" goes before the id */
    unsigned lists;   /* enum mw_check_list */
    const char *title, *why;
    const char *expected; /* what is so when it passes */
    void (*run)(struct check_run *run);
};

/* table.c */
const struct check_row *check_rows(size_t *count);

/* What a row found; texts are taken. NULL: the row's own, or "". */
struct check_result {
    enum mw_check_status status;
    char *subject; /* goes behind the id */
    char *title;
    char *observed, *expected, *fix;
    const char *why;
    bool is_secret; /* observed and expected hold a value that must not be shown */
};
void check_add(struct check_run *run, struct check_result take);
/* With one sentence of evidence. */
void check_pass(struct check_run *run, const char *format, ...) MW_PRINTF(2, 3);
void check_skip(struct check_run *run, const char *format, ...) MW_PRINTF(2, 3);
/* What the list may still take; 0 when time is up, and then an item says `check_no_time` (N_()). */
long check_left_ms(const struct check_run *run);
/* For something that may take limit_ms by itself. */
int check_timeout_ms(const struct check_run *run, int limit_ms);
extern const char check_no_time[];
/* What is wanted is not known because of that; an error that the list names already is not told
 * again. */
void check_skip_unknown(struct check_run *run, const struct mw_error *err);

/* ---- machine.c ------------------------------------------------------------------------------- */

void check_machine_read(struct check_run *run);
void check_machine_release(struct check_run *run);
/* The tool of the row; NULL if it is not selected. */
const struct check_tool *check_tool_find(const struct check_run *run, const char *id);
/* Value in that file; ABSENT if it cannot be read. */
void check_file_get(const struct mw_tool *tool, const struct check_file *file, const char *key,
                    struct mw_value *value);
/* Owned: a value for people; "(not set)" if absent. */
char *check_value_text(const struct mw_value *value);

/* ---- remedy.c: commands that can be pasted ----------------------------------------------------
 */

/* Appends " -i.SUFFIX ", which edits that file in place: neither the disk nor an earlier remedy of
 * this list has a backup of that name, which would be lost. */
void check_put_in_place(const struct check_run *run, const char *path, struct mw_buf *buf);
/* Owned: sed with that script on the file in place, with sudo where the file is not ours. Nothing
 * but POSIX in the script, and a ';' before every '}'. */
char *check_sed(const struct check_run *run, const struct check_file *file, const char *format, ...)
    MW_PRINTF(3, 4);
/* The same, where '.' has to be any byte. */
char *check_sed_bytes(const struct check_run *run, const struct check_file *file,
                      const char *format, ...) MW_PRINTF(3, 4);
/* The same with words as a shell reads them: "$(printf ...)" for bytes that sed cannot name. */
char *check_sed_words(const struct check_run *run, const struct check_file *file,
                      const char *format, ...) MW_PRINTF(3, 4);
/* Owned: makes comments of the lines `first` to `last`, so that no line number changes. */
char *check_comment_out(const struct check_run *run, const struct check_file *file, size_t first,
                        size_t last);
/* Owned: removes the key from the file, however that format does it. */
char *check_remove_key(const struct check_run *run, const struct mw_tool *tool,
                       const struct check_file *file, const char *key);
/* Owned: ends the effect of what wins: unset, or the removal from its file. */
char *check_end_effect(const struct check_run *run, const struct check_tool *tool, const char *key,
                       const struct mw_effective *effective);
/* Owned: mends the line that the value stands on if something is odd about it, else ends its
 * effect. */
char *check_mend_value(const struct check_run *run, const struct check_tool *tool, const char *key,
                       const struct mw_effective *effective);
/* files.c. Owned: takes the byte order mark away. */
char *check_mend_bom(const struct check_run *run, const struct check_file *file);
/* files.c. Owned: mends a line that has a notice. */
char *check_mend_line(const struct check_run *run, const struct check_file *file,
                      const struct mw_notice *notice);
/* Owned: this program applying the profile to one tool (NULL: to all), `set` (KEY=VALUE) on top. */
char *check_apply(const struct check_run *run, const char *tool, const char *set);
/* Owned: `PROGRAM ARGUMENT... PATH`, with sudo where the file is not ours. */
char *check_file_command(const struct check_run *run, const struct check_file *file,
                         const char *command);
/* May we write that file? */
bool check_is_ours(const struct check_run *run, const struct check_file *file);
/* Appends "sudo " unless this is root. */
void check_put_sudo(const struct check_run *run, struct mw_buf *buf);
/* Borrowed: the 1-based line, without its end; *len 0 if there is none. */
const char *check_line(const char *text, size_t text_len, size_t number, size_t *len);

/* ---- rows ------------------------------------------------------------------------------------ */

/* files.c */
void check_files(struct check_run *run);
void check_lines(struct check_run *run);
void check_owners(struct check_run *run);
void check_secrets(struct check_run *run);
/* faults.c */
void check_file_faults(struct check_run *run, const struct check_file *file);
/* values.c */
void check_values(struct check_run *run);
void check_shadowed(struct check_run *run);
void check_settings(struct check_run *run);
void check_effective(struct check_run *run);
void check_dead_mirrors(struct check_run *run);
/* Owned: the full name of the i-th key, "global.index-url" where there are sections. */
char *check_full_key(const struct mw_tool *tool, size_t i);
/* What the tool of the row uses. */
void check_find_effective(const struct check_run *run, const char *key,
                          struct mw_effective *effective);
const char *check_place_of(const struct mw_effective *effective);
/* Does it stand in the file that we would write? */
bool check_is_written(const struct check_tool *tool, const struct mw_check_wanted *wanted);
/* risks.c */
void check_risks(struct check_run *run);
void check_profile_risks(struct check_run *run);
/* installed.c */
void check_installed(struct check_run *run);
/* go.c */
/* Owned: the first of what the tool of the row uses; "" if there is none. */
char *check_effective_text(const struct check_run *run, const char *key);
void check_go_private(struct check_run *run);
/* sumdb.c */
void check_go_sumdb(struct check_run *run);
/* go.c */
void check_go_modules(struct check_run *run);
/* pip.c */
void check_pip_old_file(struct check_run *run);
void check_pip_named_file(struct check_run *run);
void check_pip_project(struct check_run *run);
/* docker.c */
void check_docker_keys(struct check_run *run);
void check_docker_live(struct check_run *run);
void check_docker_proxy(struct check_run *run);
/* surroundings.c */
void check_recovery(struct check_run *run);
void check_own_files(struct check_run *run);
void check_state(struct check_run *run);
void check_proxies(struct check_run *run);
void check_logins(struct check_run *run);
void check_profile(struct check_run *run);
/* mirrors.c */
void check_mirrors(struct check_run *run);
/* team.c */
void check_team(struct check_run *run);

#endif
