/* What the files of this room share. A row of the table says what is asked; its function adds what
 * it found; a row that adds nothing has passed. */
#ifndef MW_CHECK_INTERNAL_H
#define MW_CHECK_INTERNAL_H

#include "mirrorwise/check.h"
#include "mirrorwise/json_scan.h"

/* Of one kind in a file, and of one row for a tool: whoever has mended these sees the next ones. */
enum { CHECK_MAX_FAULTS = 20, CHECK_MAX_ROW = 30 };

/* A file of a tool, read once. */
struct check_file {
    struct mw_location location;
    struct mw_file file;
    bool is_readable;
    struct mw_error error; /* why not */
    bool is_valid;         /* the tool can make sense of it */
};

/* What a tool uses for a key: found once, asked for by many rows. */
struct check_known {
    char *key;
    struct mw_hit effective;
    struct check_known *next;
};

struct check_tool {
    struct check_known *known; /* the first is none */
    const struct mw_tool *tool;
    char *program;  /* NULL: not installed */
    bool is_absent; /* nothing of it is here and nobody asked for it: one row names all of these */
    struct mw_error locate_error;
    struct check_file *files; /* in the order in which the tool reads them */
    size_t file_count;
    struct check_file *ours; /* one of them, the one that we would write; NULL: it has none */
    size_t *mirrors;         /* indices of check_run.mirrors, once these are known */
    size_t mirror_count;
};

struct check_row;

struct check_run {
    const struct mw_check_context *ctx;
    const struct mw_system *sys;
    enum mw_check_list list;
    struct check_tool *tools;
    size_t tool_count;
    struct mw_check_mirror *mirrors; /* that the tools use */
    size_t mirror_count;
    struct mw_strings mirror_urls; /* theirs, in that order */
    bool is_measured, is_proxy_told;
    const struct check_row *row;
    const struct check_tool *tool;  /* of rows for every tool, and of a tool's own */
    bool is_trial;                  /* nothing is offered: a remedy is being tried */
    struct check_trials *trials;    /* of the tool whose remedies were tried last */
    long end_ms;                    /* when time is up, of the monotonic clock */
    long since_ms;                  /* when what the next result is about began */
    size_t row_odd, row_dropped;    /* of the row: findings, and those that are only counted */
    enum mw_check_status row_worst; /* of these */
    struct mw_checks *checks;
};

struct check_row {
    const char *id;
    const char *area; /* NULL: for every tool, and "TOOL-" goes before the id */
    bool is_named;    /* only for tools whose file has the id among its "checks" */
    bool has_locks;   /* only for tools that have lock files */
    unsigned lists;   /* enum mw_check_list */
    const char *title, *why;
    const char *expected; /* what is so when it passes */
    bool is_tried;        /* reads files only, so that a remedy is judged by it, too */
    bool is_of_reading;   /* can the file be read at all? Then more comes to light */
    bool is_by_value;     /* the subject is a value of the user's, not a kind of finding */
    void (*run)(struct check_run *run);
};

/* table.c */
const struct check_row *check_rows(size_t *count);
/* Is it a row of that tool's? */
bool check_row_is_of(const struct check_row *row, const struct mw_tool *tool);
/* What the file of the tool of the row tells it. */
const char *check_told(const struct check_run *run);

/* Between the parts of a value that holds several. */
#define CHECK_SEPARATORS ",|; \t\r\n"

/* One way, and what it is allowed to take out of effect: these parts of values, or any that stands
 * in these lines. */
struct check_way {
    struct mw_remedy remedy;
    struct mw_strings drops;
    struct mw_buf changes;
};

/* In order of preference. */
struct check_ways {
    struct check_way *items;
    size_t count;
};

/* What a row found; texts are taken. NULL: the row's own, or "". */
struct check_result {
    enum mw_check_status status;
    char *subject; /* goes behind the id */
    char *title;
    char *observed, *expected;
    struct check_ways ways;
    const char *why;
    bool is_secret; /* observed and expected hold a value that must not be shown */
};
void check_add(struct check_run *run, struct check_result take);
/* With one sentence of evidence; without a subject if that is NULL. */
void check_found(struct check_run *run, enum mw_check_status status, const char *subject,
                 struct check_ways take_ways, const char *format, ...) MW_PRINTF(5, 6);
#define check_pass(run, ...) check_found(run, MW_CHECK_PASS, NULL, check_no_way, __VA_ARGS__)
#define check_skip(run, ...) check_found(run, MW_CHECK_SKIP, NULL, check_no_way, __VA_ARGS__)
/* Of what is found now no more than the number counts: a remedy is being tried, or the row has said
 * enough. */
bool check_only_counts(const struct check_run *run);
/* What the next result tells of begins now. */
void check_start_clock(struct check_run *run);
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
/* A profile that says nothing about a tool does not ask for it. */
bool check_is_wanted(const struct check_run *run, const struct mw_tool *tool);
/* One of them. */
void check_machine_add(struct check_run *run, const struct mw_tool *tool);
void check_machine_release(struct check_run *run);
/* What the profile wants of that key of the tool of the row; NULL: nothing. */
const struct mw_wanted *check_wanted(const struct check_run *run, const char *key);
/* The tool of that id; NULL if it is not selected. */
const struct check_tool *check_tool_find(const struct check_run *run, const char *id);
/* Value in that file; ABSENT if it cannot be read. */
void check_file_get(const struct mw_tool *tool, const struct check_file *file, const char *key,
                    struct mw_value *value);
/* Owned: a value for people; "(not set)" if absent. */
char *check_value_text(const struct mw_value *value);

/* ---- ways.c, trial.c: what mends a finding --------------------------------------------------- */

extern const struct check_ways check_no_way;
void check_ways_release(struct check_ways *ways);

/* Appends "sudo " unless this is root. */
void check_put_sudo(const struct check_run *run, struct mw_buf *buf);
/* May we write that file? */
bool check_is_ours(const struct check_run *run, const struct check_file *file);
/* Owned: "WORDS PATH TO", behind sudo if it needs rights; `to` may be NULL. */
char *check_command(const struct check_run *run, bool needs_root, const char *words,
                    const char *path, const char *to);
/* Owned: the person's editor for that file, at that line unless it is 0. */
char *check_editor(const struct check_run *run, const struct check_file *file, size_t line);
/* Owned: this program with these options. */
char *check_program(const struct check_run *run, const char *options);
/* Owned: what people are told: this program mending that item, "mirrorwise --fix ID", or the
 * remedy's own command; "" if there is none. */
char *check_fix(const struct check_run *run, const struct mw_remedy *remedy, const char *id);

/* One way: a command for the person's own shell. */
struct check_ways check_by_hand(char *take_command);
/* A command, taken; NULL adds no way. */
void check_way_command(struct check_ways *ways, enum mw_remedy_kind kind, char *take_command);
/* This program applying the profile to one tool (NULL: to all), `set` (KEY=VALUE) on top. */
void check_way_apply(const struct check_run *run, struct check_ways *ways,
                     const struct mw_tool *tool, const char *set);
/* A change of the file's text, of which the caller fills the edits. Good until the next way. */
struct check_way *check_way_text(const struct check_run *run, struct check_ways *ways,
                                 enum mw_remedy_kind kind, const struct check_file *file);
/* The file with another value of a key, ABSENT for none; NULL if its editor cannot do that, or if
 * nobody would offer it (check_only_counts()). */
struct check_way *check_way_put(const struct check_run *run, struct check_ways *ways,
                                const struct check_file *file, const char *key,
                                const struct mw_value *value);
/* The file with another line. */
void check_way_line(const struct check_run *run, struct check_ways *ways,
                    const struct check_file *file, size_t number, const struct mw_buf *line);
/* The file with that line as a comment. */
struct check_way *check_way_comment(const struct check_run *run, struct check_ways *ways,
                                    const struct check_file *file, size_t number);
/* Is a line that begins with # none of the tool's? */
bool check_has_comments(const struct check_file *file);
/* Borrowed: the 1-based line, without its end; the end of the text and *len 0 if there is none. */
const char *check_line(const char *text, size_t text_len, size_t number, size_t *len);

/* The last way together with all of `others`, which change the same text. */
void check_way_join(struct check_ways *ways, const struct check_ways *others);

/* The first way that is no change of a text, or that holds when it is tried. NULL: none. */
const struct check_way *check_choose(struct check_run *run, struct check_ways *ways,
                                     const char *id);
void check_trials_release(struct check_run *run);

/* ---- remedy.c: what ends what ---------------------------------------------------------------- */

/* Ends the effect of what wins: unset, or the removal from its file. */
void check_end_effect(const struct check_run *run, const char *key, const struct mw_hit *effective,
                      struct check_ways *ways);
/* Takes these parts out of a value where it stands; the whole value if nothing else is in it. */
void check_drop_parts(const struct check_run *run, const char *key, const struct mw_hit *effective,
                      const struct mw_strings *parts, struct check_ways *ways);
/* https in the place of http, and nothing in that of a dead mirror, which answers neither. */
void check_use_tls(const struct check_run *run, const char *key, const struct mw_hit *effective,
                   struct check_ways *ways);
/* Mends a value that the tool refuses: its line, the parts that are wrong, all of it. */
void check_mend_value(const struct check_run *run, const char *key, const struct mw_hit *effective,
                      struct check_ways *ways);
/* mend.c: a line that has a notice. */
void check_mend_line(const struct check_run *run, const struct check_file *file,
                     const struct mw_notice *notice, struct check_ways *ways);
/* The text with ASCII in the place of what only looks like it; false if there is none. */
bool check_put_ascii(const char *text, size_t len, struct mw_buf *out);
/* Does the value stand in a file that ours wins over? */
bool check_is_weaker(const struct check_tool *tool, const struct mw_hit *effective);

/* ---- rows ------------------------------------------------------------------------------------ */

/* vocabulary.c: the members of a file with types */
void check_keys(struct check_run *run);
/* vocabulary.c: does the value go with those of the tool's other keys? MW_BAD_CONFIG if not. */
enum mw_code check_tie(const struct check_run *run, const char *key, const struct mw_tool_key *row,
                       const struct mw_hit *found, struct mw_error *err);
/* ties.c, owned: the name in the first ${NAME} of *text that is not set here, behind which *text
 * moves; NULL: there is none, or nobody can tell. */
char *check_unset(const struct mw_system *sys, const char **text);
/* vocabulary.c: adds the tables of files under keys that are none. */
void check_tables(struct check_run *run);
/* values.c: of one of its kinds. */
bool check_may_be_table(const struct mw_tool_key *row);
/* vocabulary.c: adds the sections and options of a file that the tool does not have. */
void check_names(struct check_run *run, const struct check_file *file);
/* elements.c: told the name of the outermost one, which is a key of the tool's. */
void check_elements(struct check_run *run);
/* files.c */
void check_files(struct check_run *run);
void check_lines(struct check_run *run);
void check_owners(struct check_run *run);
void check_secrets(struct check_run *run);
/* encoding.c: true if the file is in another one, and that is added. */
bool check_encoding(struct check_run *run, const struct check_file *file);
/* faults.c */
void check_file_faults(struct check_run *run, const struct check_file *file);
/* values.c */
void check_values(struct check_run *run);
/* Does a mirror row of the tool's put an address there? */
bool check_is_of_row(const struct mw_tool *tool, const char *key);

/* wanted.c */
void check_settings(struct check_run *run);
void check_effective(struct check_run *run);
/* Told "KEY=VALUE": that switches something off. */
void check_off(struct check_run *run);
void check_dead_mirrors(struct check_run *run);
/* The parts of a value that are dead mirrors of the tool's, as they are written; `only_plain`: of
 * those over plain http. */
void check_find_dead(const struct check_run *run, const struct mw_value *value, bool only_plain,
                     struct mw_strings *dead);
/* Those parts give way to the profile's mirror where that would win, else they go. */
void check_end_dead(const struct check_run *run, const char *key, const struct mw_hit *found,
                    const struct mw_strings *dead, struct check_ways *ways);
/* The full names of all keys of the tool of the row, "global.index-url" where there are sections;
 * of those with a {name}, the ones that its files have. */
void check_key_names(const struct check_run *run, struct mw_strings *keys);
/* Borrowed until the run ends: what the tool of the row uses. */
const struct mw_hit *check_in_effect(const struct check_run *run, const char *key);
/* The first of it; "" if there is none. */
const char *check_text_in_effect(const struct check_run *run, const char *key);
/* Owned, for people: where it comes from. */
char *check_place_of(const struct mw_hit *effective);
/* Does it stand in the file that we would write? */
bool check_is_written(const struct check_tool *tool, const struct mw_wanted *wanted);
/* shadowed.c */
void check_shadowed(struct check_run *run);
/* What makes the tool refuse to run with both: true if there is such a thing, and the item added.
 */
bool check_contradiction(struct check_run *run, const struct mw_wanted *wanted);
/* risks.c */
void check_risks(struct check_run *run);
void check_profile_risks(struct check_run *run);
/* installed.c */
void check_installed(struct check_run *run);
void check_absent(struct check_run *run);
/* private.c: told five keys */
void check_private(struct check_run *run);
/* database.c: told two keys */
void check_database(struct check_run *run);
/* project.c: told the names of files, "requirements*.txt", and what a line of them begins with,
 * "--index-url". */
void check_project(struct check_run *run);
/* unread.c */
void check_unread(struct check_run *run);
/* Told "PATH": a place that the tool still reads and never writes. */
void check_old_file(struct check_run *run);
/* Told "VARIABLE": it names a file of the tool's. */
void check_named_file(struct check_run *run);
/* service.c: told the name of the service that the tool runs as. */
void check_live(struct check_run *run);
void check_proxy(struct check_run *run);
/* surroundings.c. What is told "logins" is a file and the word in it that says it holds some. */
void check_recovery(struct check_run *run);
void check_own_files(struct check_run *run);
void check_state(struct check_run *run);
void check_proxies(struct check_run *run);
void check_logins(struct check_run *run);
void check_profile(struct check_run *run);
/* mirrors.c */
void check_mirrors(struct check_run *run);
/* locks.c */
void check_locks(struct check_run *run);
/* team.c */
void check_team(struct check_run *run);

#endif
