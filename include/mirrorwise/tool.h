/* Tools: what a tool is, as data. One file a tool, assets/tools/ID.json (built in; ID is its name),
 * extended or replaced field by field by files of the same name in the folders that
 * mw_tools_open() reads. To add a tool of a known format, add its file; order.txt beside it says
 * where it is shown. All else (planning, writing, undoing) is the engine's and the same for all.
 *
 *   {"tool": "npm",                the id: [a-z0-9-], as the file is called
 *    "title": "npm", "title_zh": …
 *    "group": "language",          language, system, container
 *    "programs": ["npm"],          any of them in PATH, or a path (~/.nvm/nvm.sh): installed
 *    "prepare": false,             true: configured although not installed
 *    "expands": true,              ${NAME} in a value is put in by the tool itself
 *    "opt_in": "why",              [all] passes it over and says why
 *    "sections": ["global", …],    each key stands below one of them, SECTION.KEY; the first is
 *                                  the one shown, and says what holds for all the others; asked
 *                                  for, it is what the second makes of it. A section of any file
 *                                  beats the first one of all. Values are words between blanks; an
 *                                  empty one hides those of weaker files and counts for nothing
 *    "section_over": "NAME",       one more, which wins over the others as variables do
 *    "section_since": {"NAME": "V"},   the first version that reads that section
 *    "sources": [SOURCE, …],       weakest first: every place where a value may come from
 *    "unread": {"PATH": "", …},    files where people put its settings and it does not look; with a
 *                                  path: unless that is there; with names of variables, those of
 *                                  the file that the code of "hooks" finds handed on to nobody
 *    "grammars": {"NAME": {        how texts of keys with that "grammar" or "whole" are written:
 *      "matches": "[a-z]+",        an extended regular expression for the whole text,
 *      "otherwise": "…",           why another one is refused ("otherwise_zh");
 *      "never": {"x.*": "…"},      what it must not match, and why ("never_zh")
 *      "any_case": true,           both are held against the text in lower case;
 *      "of_files": true}},         what a profile sets must be of the key's type besides
 *    "risks": {"ID": {             what is said of a finding that "risk" of a key names; without
 *                                  it, what an id that ends so means for any tool
 *      "level": "error",           stops --apply; "warning"; "policy": an error where the policy
 *                                  requires https
 *      "why": "…", "remedy": "…",  ("why_zh", "remedy_zh")
 *      "choice": true,             without the value something that is used may stop working
 *      "standing": true}},         it says what is missing rather than what is wrong
 *    "keys": {"NAME": KEY, …},     the whole vocabulary, NAME as a profile has it
 *    "whole": true,                no other key is a setting of the tool; without it, only a name
 *                                  that is nearly one is told, and none of "others": ["NAME", …]
 *    "mirror": [ROW, …],           what choosing a mirror writes
 *    "ca_key": "cafile",           the key that names a file of certificates to trust
 *    "ask": ["npm", "config", "get", "{key}"],   slow, for people: what the tool itself says;
 *                                  without {key} of the key of the first mirror row alone,
 *                                  of a tool with sections lines SECTION.NAME=VALUE of all keys
 *    "prefix": ["python3", "-c", "…"],           a command beside the program that tells {prefix}
 *                                  where that is a shell's script, as of pyenv
 *    "version": ["{program}", "--version"],      what tells the version
 *    "version_file": "{real_prefix}/VERSION",    text or list: files that tell it faster; where a
 *                                  '*' as in glob(7) stands, the name of the only one does
 *    "version_unless": ["NAME", …],              variables with which they may be another one's
 *    "modules": ["PATH", …],       folders, as in glob(7), with packages that the program loads
 *    "hooks": ["docker"],          code for what data cannot say: the table in src/tools/hooks.c
 *    "checks": {"NAME": "…"},      checks of the table in src/check that are not for every tool;
 *                                  what each is told: "" or as its row there says; "empty": "V",
 *                                  the first version that starts with an empty file,
 *                                  "" if none does; "bom": "V", the first that reads one with a
 *                                  byte order mark; "elements": "KEY", the outermost one; "float",
 *                                  "date", "toml-1.1": "V", the first that reads a file that has
 *                                  such a thing, "" if none does; "variables": "FILE", a ${NAME}
 *                                  that is not set stops it, but for what that file sets
 *    "packages": {"apt-get": "npm"},   what brings it, by the program that installs packages
 *    "locks": {"package-lock.json": "npm …"},   lock files of a project, which may have kept an
 *                                  address, and the tool's command that takes it out; "": none
 *    "locks_mirror": true}         with that command the mirror in use stands there
 *
 * SOURCE, a file:
 *   "scope"    user, system (the strongest of the scope that holds a key is where it is written)
 *              or project (only read)
 *   "path"     text or list: of a list the first that exists, else the last. Starts with ~/, ./
 *              (project), ${VAR:-DEFAULT}/, {prefix}/ (the folder above the program's bin),
 *              {real_prefix}/ (the same, links followed), or is an absolute system path.
 *              ${VAR/BELOW:-DEFAULT} is a folder of the variable's, DEFAULT may begin with a
 *              variable itself; an empty one: no such file
 *   "exists"   "folder": the folder of each path is what is tested
 *   "format"   name of an editor: env, ini, json, …
 *   "moved_by" the variable that names another file
 *   "off"      its word for no file at all, as /dev/null is
 *   "named_by" in place of "path": the file that this variable names, if it is there; no other file
 *              of its scope is read then, and with /dev/null no file at all
 *   "listed"   true: the variable of the path names several folders with ':' between, weakest first
 *   "never_made"  the file comes with the tool and is never made: what to say where there is none
 *   "upward"   true: the folders above are searched too
 *   "includes" a key: the files of that list are read before this one, as if they were of this
 *              source
 *   "for"      a program: the source shadows that program only
 *   "keys"     {"registry": "install.registry"}: the source holds these keys only, spelled so
 *   "own"      true: wholly ours; "content": its lines, {key} is a value, lines of unset keys drop
 *              out. "block": "#": content between two marked lines of a file that is not ours
 *   "shell"    true: the shared shell files (in place of path and format; without "scope" of both)
 *   "only_read" true: never written, though of scope user or system
 * or the environment: {"environment": "npm_config_{key}", "any_case": true}, the part in front of
 *   the hole as it stands if that begins with a capital; {key} the name as a
 *   profile has it, or as the source's "keys" spell it; {KEY}
 *   upper case with _ for all else, {LAST} the same of what follows the last dot
 * or {"hook": "NAME"}: sources that code finds, such as the flags that a daemon is started with.
 *
 * KEY: see tool_key.h.
 *
 * ROW:
 *   "set"   the key;  "to"  a text or a list, {url} the address without final slashes, {name}
 *   "from"  the service (default: the tool's id)
 *   "each"  true: all chosen;  "join" puts something between them, "last" behind the last one
 *   "name"  for {name} where no table holds the address yet
 *   "if"    {"key": K, "has": V}, {"key": K, "not": V} (it is there and another) or
 *           {"absent": K}
 *   "default"  what is written in place of nothing when the tool goes back to its default: for what
 *           is somebody else's and not whole without it
 *   "part"  where the mirror `lacks` it, a known mirror that stands there gives way to the tool's
 *           default, and anything else stays; of a list, what lies at "{url}/PART" is left out
 *
 * Fields that begin with "x-" are passed over. */
#ifndef MW_TOOL_H
#define MW_TOOL_H

#include <stdbool.h>
#include <stddef.h>

#include "mirrorwise/choose.h"
#include "mirrorwise/edit.h"
#include "mirrorwise/error.h"
#include "mirrorwise/hit.h"
#include "mirrorwise/json_scan.h"
#include "mirrorwise/risk.h"
#include "mirrorwise/system.h"
#include "mirrorwise/tool_key.h"
#include "mirrorwise/value.h"

enum mw_group { MW_GROUP_LANGUAGE, MW_GROUP_SYSTEM, MW_GROUP_CONTAINER };
/* "language", …: as in --only; never translated. */
const char *mw_group_word(enum mw_group group);
bool mw_group_parse(const char *word, enum mw_group *group);

/* Of MW_SOURCE_SHELL: which of the shared files. */
enum mw_shell_file {
    MW_SHELL_SH, /* the one that is asked: a tool's file shows it alone */
    MW_SHELL_FISH,
    MW_SHELL_ENVIRONMENT_D,
    MW_SHELL_START,      /* holds the line that reads the first */
    MW_SHELL_FISH_START, /* and the second */
};

enum mw_source_kind {
    MW_SOURCE_FILE,
    MW_SOURCE_ENVIRONMENT,
    MW_SOURCE_SHELL, /* the shared shell files (src/tools/shell.c) */
    MW_SOURCE_HOOK,  /* found by code */
};

struct mw_source {
    const struct mw_tool *tool; /* whose it is; NULL before mw_tool_complete() */
    enum mw_source_kind kind;
    enum mw_shell_file shell;
    enum mw_scope scope;
    struct mw_strings paths;
    bool tests_folder, is_upward, is_listed, is_only_read, is_shell;
    const struct mw_editor *editor; /* NULL unless a FILE of a format, not `content` */
    char *includes;                 /* the key that names further files; NULL: none does */
    char *moved_by;                 /* NULL: nothing moves it */
    char *named_by;                 /* NULL: it has paths */
    char *off;                      /* what it says for no file; NULL: no word of its own */
    char *never_made;               /* NULL: it is made where it is not there */
    char *program;                  /* "for"; NULL: every program of the tool */
    struct mw_pairs keys;           /* none: all, each as its row says */
    bool is_own;
    struct mw_strings content;
    char *block; /* the comment sign of the marker lines; NULL: no block */
    char *environment;
    bool any_case;
    char *hook;
    size_t at; /* where it stands in the tool's file */
};

/* Does this source hold the key? *spelling (may be NULL) borrows how it is spelled there. */
bool mw_source_holds(const struct mw_source *source, const struct mw_tool_key *key,
                     const char **spelling);

struct mw_mirror_row {
    char *set;
    struct mw_strings to;
    bool is_list; /* "to" was a list */
    char *from;   /* a service */
    bool each;
    char *join, *last, *name; /* NULL: none */
    char *if_key, *if_has;    /* if_key NULL: always; both others NULL: if the key is absent */
    char *if_not;
    char *fallback; /* "default"; NULL: the setting goes */
    char *part;
};

/* One key with the value that the file has (or is about to have). */
struct mw_tool_setting {
    const char *key;
    const struct mw_value *value;
};

/* Objects of a tool's file by name; private to tools. */
struct mw_parts {
    struct mw_part *items;
    struct mw_json_span unread; /* where the others stand in a built-in file */
};

struct mw_tool {
    char *id;
    char *file; /* that said so last, for messages: "builtin:assets/tools/go.json" */
    char *title, *title_zh;
    enum mw_group group;
    struct mw_strings programs;
    struct mw_parts grammars, risks; /* private to tools */
    bool prepare;
    bool expands;
    bool is_whole;            /* the keys are all that the tool has */
    struct mw_strings others; /* else, names that it has as well */
    char *opt_in;             /* NULL: part of [all] */
    char *ca_key;             /* NULL: none */
    struct mw_strings sections;
    char *section_over;            /* NULL: none */
    struct mw_pairs section_since; /* a section, and the first version that reads it */
    struct mw_source *sources;     /* weakest first */
    size_t source_count;
    struct mw_pairs unread;
    struct mw_key_entry *keys;
    size_t key_count;
    struct mw_mirror_row *rows;
    size_t row_count;
    struct mw_strings ask_words, hooks, version_words, prefix_words;
    struct mw_pairs checks;   /* a check, and what it is told */
    struct mw_pairs packages; /* a package manager, and what brings the tool there */
    struct mw_pairs locks;    /* a lock file, and the command */
    bool locks_mirror;
    struct mw_strings version_files, version_unless, modules;
    const char *mirror_key; /* borrowed: the key of mw_tool_mirror_row(); "": no mirrors */

    const char *text;               /* private to tools: where `unread` keys stand */
    const struct mw_hook *code;     /* private to tools; NULL: data alone says it all */
    const struct mw_editor *editor; /* of the strongest file that is written; NULL: lines of ours */
    const char *section;            /* the first of `sections`, or NULL */
};

/* ---- which tools there are ------------------------------------------------------------------
 *
 * One list for the process. It holds what is built in until mw_tools_open() adds the folders of a
 * system; a tool is read when it is asked for. Pointers to tools stay valid as long as the program
 * runs. Any thread. */

/* Adds, weakest first, MW_DATA_DIR/tools, /usr/share/mirrorwise/tools, /etc/mirrorwise/tools and
 * tools/ of the user's configuration. A file that cannot be used adds a sentence to `warnings`
 * (may be NULL), and its tool is left out. As root only files count that nobody else can write. */
void mw_tools_open(const struct mw_system *sys, struct mw_strings *warnings);

/* In the order in which they are shown; a tool whose file is wrong is not among them. */
size_t mw_tool_count(void);
const char *mw_tool_id(size_t i);
const struct mw_tool *mw_tool_at(size_t i); /* NULL if its file turns out to be wrong */
/* Does a mirror row of any tool name that service? */
bool mw_tools_draw_on(const char *service);
/* NULL if there is none, or its file is wrong. */
const struct mw_tool *mw_tool_find(const char *id);
/* Only `id`, `programs` and `prepare` need be there: most tools are not on a machine, and then
 * nothing else is asked of their files. */
const struct mw_tool *mw_tool_head(const char *id);
/* Is there a tool of that name? Reads no file. */
bool mw_tool_exists(const char *id);
/* The same; MW_BAD_PROFILE with file, line and column if its file is wrong, MW_USAGE if there is
 * no such tool. */
enum mw_code mw_tool_need(const char *id, const struct mw_tool **tool,
                          struct mw_error *err) MW_WARN_UNUSED;

/* Reads one file on top of `tool` (zeroed, or what weaker files said), for tests and for those who
 * look at a file before it is put in its place. MW_BAD_PROFILE with "FILE:LINE:COLUMN: what;
 * allowed: ..." */
enum mw_code mw_tool_read(const char *file, const char *text, size_t len, struct mw_tool *tool,
                          struct mw_error *err) MW_WARN_UNUSED;
/* Is it whole: sources, keys and mirror rows that fit each other? Fills what follows from the rest.
 */
enum mw_code mw_tool_complete(struct mw_tool *tool, struct mw_error *err) MW_WARN_UNUSED;
void mw_tool_release(struct mw_tool *tool);

/* ---- what a tool says ------------------------------------------------------------------------ */

/* The name in the language spoken. */
const char *mw_tool_title(const struct mw_tool *tool);
/* The row of a key as a profile has it, those that are only read included; NULL: unknown. */
const struct mw_tool_key *mw_tool_key(const struct mw_tool *tool, const char *key);
const struct mw_tool_key *mw_tool_key_at(const struct mw_tool *tool, size_t i);
/* Is it a section of the tool's, or above them? */
bool mw_tool_has_section(const struct mw_tool *tool, const char *section);
/* Does the section of that name read the key? The first one does. */
bool mw_tool_key_is_in(const struct mw_tool *tool, const struct mw_tool_key *key,
                       const char *section);
/* Is a key of "keys" so called one of a section alone (SECTION.NAME)? */
bool mw_tool_key_has_section(const struct mw_tool *tool, const char *key);
/* Owned canonical spelling of a key that a profile may set, in any case and with '_' for '-';
 * NULL: unknown. */
char *mw_tool_canonical(const struct mw_tool *tool, const char *key);
/* No output may show what a key holds that is a secret by what it is ("secret"). */
void mw_tool_tell_secret(const struct mw_tool *tool, const char *key,
                         const struct mw_strings *items);
/* May one of its keys be such? Reads none of them. */
bool mw_tool_has_secrets(const struct mw_tool *tool);
/* Names of the keys that a profile may set, for messages; "global.index-url" where sections
 * matter. */
void mw_tool_key_names(const struct mw_tool *tool, struct mw_strings *names);

/* ---- the text of a source -----------------------------------------------------------------------
 *
 * As the functions of `struct mw_editor`, for keys as a profile has them: the source knows how its
 * file spells them, and lines of ours ("content") are read and written as well. */

enum mw_code mw_source_check(const struct mw_source *source, const char *path, const char *text,
                             size_t len, struct mw_error *err);
enum mw_code mw_source_get(const struct mw_source *source, const struct mw_tool *tool,
                           const char *text, size_t len, const char *key, struct mw_value *value,
                           struct mw_error *err);
enum mw_code mw_source_put(const struct mw_source *source, const struct mw_tool *tool,
                           const char *text, size_t len, const char *key,
                           const struct mw_value *value, struct mw_edits *edits,
                           struct mw_error *err);
/* The line of the value, from 1; 0 if it cannot be told. */
size_t mw_source_line(const struct mw_source *source, const struct mw_tool *tool,
                      const struct mw_buf *text, const char *key);
/* Owned: for a key with {name} what stands there in the text where the value is `value`, be it
 * with a final '/' or without; NULL: nowhere, or the format does not name what stands in it. */
char *mw_source_find_name(const struct mw_source *source, const struct mw_tool *tool,
                          const char *text, size_t len, const char *key, const char *value);
/* Lines without effect, for the format or for the tool. */
void mw_source_notices(const struct mw_source *source, const struct mw_tool *tool, const char *text,
                       size_t len, struct mw_notices *notices);

/* ---- the shared shell files ------------------------------------------------------------------ */

/* What stands in a start file under this name is the word that it reads env.sh or env.fish by. */
#define MW_SHELL_LINE "shell"

/* Adds the files that say what env.sh says, be they there or not. */
void mw_shell_copies(const struct mw_system *sys, struct mw_locations *locations);
/* Adds the start files of shells that are there, and ~/.profile if bash would find no login file.
 */
void mw_shell_starts(const struct mw_system *sys, struct mw_locations *locations);
/* Owned: the value of MW_SHELL_LINE in that start file; NULL if HOME is not set. */
char *mw_shell_word(const struct mw_system *sys, const struct mw_source *start);
/* Does the text of env.sh set any variable? */
bool mw_shell_has_variables(const char *text, size_t len);
/* Is it a shared shell file other than the first, or a setting of one? People are told of the
 * first. */
bool mw_source_is_copy(const struct mw_source *source);
bool mw_shell_is_copy(const char *path, const char *key);
/* Is the file all ours, so that it goes when nothing is left in it? */
bool mw_source_goes_when_empty(const struct mw_source *source);

/* ---- where things are, and who is heard ------------------------------------------------------ */

/* Owned: a file that "includes" of that file, or of those in it, name a second time; NULL: none. */
char *mw_source_included_twice(const struct mw_system *sys, const struct mw_tool *tool,
                               const struct mw_source *source, const char *path);

/* The file where that scope keeps `key` (NULL: whatever the tool's strongest file holds). MW_USAGE
 * if the tool has none there. */
enum mw_code mw_locate(const struct mw_system *sys, const struct mw_tool *tool, enum mw_scope scope,
                       const char *key, struct mw_location *location,
                       struct mw_error *err) MW_WARN_UNUSED;
/* The source whose file `path` is; of a file that has moved since the one that is written. */
const struct mw_source *mw_tool_source_at(const struct mw_system *sys, const struct mw_tool *tool,
                                          const char *path);
/* Every existing file that has a say, weakest first. */
void mw_files(const struct mw_system *sys, const struct mw_tool *tool, enum mw_scope scope,
              struct mw_locations *locations);

/* "This path is about to hold this text." */
struct mw_overlay {
    const char *path;
    const struct mw_buf *text;
    const struct mw_tool_texts *texts; /* private to tools: all of them then; NULL: not read yet */
};

/* Who says what about `key` when the tool is started from here; files, environment and flags are
 * read, nothing is started. `overlay` may be NULL; `hits` must be empty. */
void mw_resolve(const struct mw_system *sys, const struct mw_tool *tool, enum mw_scope scope,
                const char *key, const struct mw_overlay *overlay, struct mw_hits *hits);
/* Of the tool's programs that are here: what wins for one of them alone, because only that one
 * reads it ("for"). `own` must be empty. */
void mw_resolve_own(const struct mw_system *sys, const struct mw_tool *tool, enum mw_scope scope,
                    const char *key, struct mw_hits *own);
/* Owned, for people: one of these. */
char *mw_hit_own_text(const struct mw_tool *tool, const struct mw_hit *own);
/* What the tool uses for a key when it is started from here: the winner of mw_resolve(). Its value
 * is ABSENT where nobody says anything, so that the tool's own default counts. `hit` must be empty.
 */
void mw_hit_find(const struct mw_system *sys, const struct mw_tool *tool, enum mw_scope scope,
                 const char *key, struct mw_hit *hit);

/* ---- what is wanted -------------------------------------------------------------------------- */

/* What is wanted of one setting, with URLs already chosen. */
struct mw_wanted {
    const struct mw_tool *tool;
    char *key;
    struct mw_value value; /* ABSENT: remove */
    bool keeps_others;   /* `value` has what others put into the list: their changes are no drift */
    struct mw_value own; /* of these the wish's; of a wish that only takes items out none */
    bool is_secret;
    struct mw_origin from;
    struct mw_strings mirror_ids;
};

struct mw_wanted_list {
    struct mw_wanted *items;
    size_t count;
};
void mw_wanted_list_release(struct mw_wanted_list *list);
/* Takes away what was added behind the first `count`. */
void mw_wanted_list_shrink(struct mw_wanted_list *list, size_t count);

/* ---- mirror rows ----------------------------------------------------------------------------- */

bool mw_row_has_address(const struct mw_mirror_row *row); /* does it write one? */
bool mw_row_is_named(const struct mw_mirror_row *row);    /* has its `set` a {name}? */
/* Owned: the key that it sets in the table of that name. */
char *mw_row_key(const struct mw_mirror_row *row, const char *name);
/* Owned: the address in `text`, without what the row writes around it ("sparse+{url}/"). Only the
 * last form may do without what stands behind it. */
char *mw_row_address(const struct mw_mirror_row *row, const char *text);
/* The name that it gives a table of ours. */
const char *mw_row_name(const struct mw_mirror_row *row);
/* Is `key` what it sets, whatever stands for {name}? */
bool mw_row_sets(const struct mw_mirror_row *row, const char *key);
/* The row that says which table is in use, for one with {name}; NULL: none. */
const struct mw_mirror_row *mw_row_naming(const struct mw_tool *tool,
                                          const struct mw_mirror_row *row);
enum { MW_TOOL_SERVICES = 8 };
/* The services that the tool draws on, in the order of its rows; the tool's own id if it has no
 * rows. Fills `services` and returns how many there are. */
size_t mw_tool_services(const struct mw_tool *tool, const char *services[MW_TOOL_SERVICES]);
/* Owned: the table in use: the one that `naming` names, else the one that it stands in itself
 * ("crates-io" of source.crates-io.replace-with), without it the row's own; NULL: none. */
char *mw_row_table(const struct mw_mirror_row *row, const struct mw_mirror_row *naming,
                   const struct mw_value *named);
/* The first row that writes an address; NULL: the tool has no mirrors. */
const struct mw_mirror_row *mw_tool_mirror_row(const struct mw_tool *tool);
/* Owned: the key that it sets in the table in use; NULL: no table is. */
char *mw_row_key_in_use(const struct mw_system *sys, const struct mw_tool *tool,
                        enum mw_scope scope, const struct mw_mirror_row *row);
/* What the tool uses now of what the row sets, in the table in use. `effective` must be empty. */
void mw_row_find(const struct mw_system *sys, const struct mw_tool *tool, enum mw_scope scope,
                 const struct mw_mirror_row *row, struct mw_hit *effective);

/* Everything that wins over `setting` when the tool is started from this environment, given the
 * whole text that our file will have. Adds nothing for a value that wins. */
void mw_shadows_find(const struct mw_system *sys, const struct mw_tool *tool,
                     const struct mw_location *location, const struct mw_buf *text,
                     const struct mw_tool_setting *setting, struct mw_shadows *shadows);

/* Does a running tool have to be told of a new file? */
bool mw_tool_reloads(const struct mw_tool *tool);
/* Does the one that runs refuse the file until it is started again? */
bool mw_tool_restarts(const struct mw_system *sys, const struct mw_tool *tool,
                      const struct mw_location *location);
/* Tells it, and asks it what it uses now. `settings` are those of the plan; none of them (after an
 * undo): what the file says now. */
enum mw_code mw_tool_reload(const struct mw_system *sys, const struct mw_tool *tool,
                            const struct mw_location *location,
                            const struct mw_tool_setting *settings, size_t count,
                            struct mw_live *live, struct mw_error *err);
/* Owned: where that answers what does the tool's work without running here, "/var/run/docker.sock";
 * it does not read our file. NULL: there is no such thing. */
char *mw_tool_elsewhere(const struct mw_system *sys, const struct mw_tool *tool);

/* Edits of a file. */
struct mw_rewrite {
    char *path;
    struct mw_actor actor;
    struct mw_edits edits;
};

struct mw_rewrites {
    struct mw_rewrite *items;
    size_t count;
};

void mw_rewrites_release(struct mw_rewrites *rewrites);
/* What takes the flags that say `key`, and nothing else, out of what starts the tool. False: they
 * stand where we do not write. `rewrites` must be empty. */
bool mw_tool_unflag(const struct mw_system *sys, const struct mw_tool *tool,
                    const struct mw_location *location, const char *key,
                    struct mw_rewrites *rewrites);
/* Where people write settings that the tool does not read: files, and lines (then `variable` is
 * what is set there). */
void mw_tool_unread(const struct mw_system *sys, const struct mw_tool *tool, struct mw_hits *hits);
/* Slow and only for --verbose: what the real tool reports for a key, or MW_FAILURE. */
enum mw_code mw_tool_ask(const struct mw_system *sys, const struct mw_tool *tool,
                         const struct mw_location *location, const char *key,
                         struct mw_value *value, struct mw_error *err);
/* Owned: the version that is installed, "20.10.24"; NULL if there is none or it cannot be told.
 * May run the tool. */
char *mw_tool_version(const struct mw_system *sys, const struct mw_tool *tool);
/* Owned: the first line of what the program says of its version; NULL if it says nothing. */
char *mw_tool_version_line(const struct mw_system *sys, const struct mw_tool *tool,
                           const char *program, int timeout_ms);
/* strcmp() of "1.9" and "1.10", number by number. */
int mw_version_compare(const char *a, const char *b);
/* Is it one of those from `since` up to before `until` (NULL: no such end)? A version that is not
 * known (NULL) may be. */
bool mw_version_within(const char *version, const char *since, const char *until);

/* Is any of its programs there? *path (owned, may be NULL) receives which. */
bool mw_tool_installed(const struct mw_system *sys, const struct mw_tool *tool, char **path);

#endif
