/* What the files of this room share: the parts that tools.c makes its table of, and a few helpers.
 * Each tool's file knows its own tool and nothing of the others. */
#ifndef MW_TOOLS_INTERNAL_H
#define MW_TOOLS_INTERNAL_H

#include "mirrorwise/tool.h"

/* ---- hooks.c: code for what data cannot say ----------------------------------------------- */

typedef enum mw_code locate_fn(const struct mw_system *sys, enum mw_scope scope,
                               struct mw_location *location, struct mw_error *err);
typedef void shadows_fn(const struct mw_system *sys, const struct mw_location *location,
                        const struct mw_buf *text, const struct mw_tool_setting *setting,
                        struct mw_shadows *shadows);
typedef enum mw_code reload_fn(const struct mw_system *sys, const struct mw_location *location,
                               const struct mw_tool_setting *settings, size_t count,
                               struct mw_live *live, struct mw_error *err);
typedef void resolve_fn(const struct mw_system *sys, const struct mw_tool *tool,
                        enum mw_scope scope, const char *key, const struct mw_overlay *overlay,
                        struct mw_hits *hits);
typedef enum mw_code ask_fn(const struct mw_system *sys, const struct mw_location *location,
                            const char *key, struct mw_value *value, struct mw_error *err);
typedef char *elsewhere_fn(const struct mw_system *sys);
typedef bool restarts_fn(const struct mw_system *sys, const struct mw_location *location);
typedef bool unflag_fn(const struct mw_system *sys, const struct mw_tool *tool,
                       const struct mw_location *location, const struct mw_tool_key *row,
                       struct mw_rewrites *rewrites);
/* Adds the lines of that file which set one of the variables (words) for nobody. */
typedef void unread_fn(const struct mw_system *sys, const char *path, const char *variables,
                       struct mw_hits *hits);

/* As the functions of tool.h that ask them. */
struct mw_hook {
    const char *name;
    locate_fn *locate;
    shadows_fn *shadows;
    reload_fn *reload;
    restarts_fn *restarts;
    resolve_fn *resolve;
    ask_fn *ask;
    elsewhere_fn *elsewhere;
    unflag_fn *unflag;
    unread_fn *unread;
};

const struct mw_hook *mw_hook_find(const char *name);
void mw_hook_names(struct mw_strings *names);

locate_fn mw_docker_locate;
shadows_fn mw_docker_shadows, mw_maven_shadows;
reload_fn mw_docker_reload;
restarts_fn mw_docker_restarts;
resolve_fn mw_docker_resolve, mw_maven_resolve;
ask_fn mw_docker_ask;
elsewhere_fn mw_docker_elsewhere;
unflag_fn mw_docker_unflag;
unread_fn mw_docker_unread;

/* tool_keys.c. A text of a tool's file in the language of the run; `chinese` may be NULL. */
const char *mw_tools_spoken(const char *text, const char *chinese);

/* ---- grammars.c --------------------------------------------------------------------------- */

/* Does the tool accept this text: the whole value, or one item of a list? MW_BAD_PROFILE with the
 * reason, which does not repeat the key. */
typedef enum mw_code check_text_fn(const struct mw_system *sys, const char *text,
                                   struct mw_error *err);
/* The reason alone; NULL: it accepts it. */
typedef const char *wrong_text_fn(const char *text);

/* How the texts of a key are judged: by `check`, else by `wrong` or by `pattern`. */
struct mw_grammar {
    const char *name;
    const char *pattern;                  /* of regex(7), for the whole text; NULL: any */
    const char *otherwise, *otherwise_zh; /* N_(): why a text that does not match is refused; NULL:
                                             the catalogue of messages has the Chinese */
    struct mw_pairs never, never_zh;      /* patterns, and why a text that matches is refused */
    bool any_case;
    bool is_of_files; /* what a profile sets is held against the type of its key besides */
    wrong_text_fn *wrong;
    check_text_fn *check;
    char *(*meant)(const char *text); /* owned: what a refused text stands for; NULL: unknown */
};

/* go_proxy.c, go_patterns.c, go_flags.c, go_values.c */
check_text_fn mw_go_check_proxy, mw_go_check_sumdb, mw_go_check_flags, mw_go_check_auth,
    mw_go_check_command, mw_go_check_patterns, mw_go_check_rules;
wrong_text_fn mw_go_wrong_words;
/* Why no module path can ever match that pattern. */
wrong_text_fn mw_go_wrong_pattern;
char *mw_go_meant_patterns(const char *text);
/* Splits as cmd/internal/quoted Split() does: at blanks; a field that begins with a quote reaches
 * to the next one. False if that one is missing. */
bool go_split_quoted(const char *text, struct mw_strings *fields);
/* pip_values.c */
check_text_fn mw_pip_check_index, mw_pip_check_links, mw_pip_check_proxy;
wrong_text_fn mw_pip_wrong_host, mw_pip_wrong_timeout;
/* docker_values.c */
check_text_fn mw_docker_check_mirror, mw_docker_check_bridge;
wrong_text_fn mw_docker_wrong_registry, mw_docker_wrong_registry_url, mw_docker_wrong_resources,
    mw_docker_wrong_pool;

/* types_kind.c. A number, true, false or what else is no text, against the row's range. */
enum mw_code mw_types_check_literal(const struct mw_tool_key *row, const char *text,
                                    struct mw_error *err);
/* What Python's strtobool() takes. */
bool mw_pip_parse_bool(const char *text, bool *value);
/* One of the table, else of the tool's own file; NULL: there is none. */
const struct mw_grammar *mw_grammar_find(const struct mw_tool *tool, const char *name);
void mw_grammar_names(const struct mw_tool *tool, struct mw_strings *names);
/* What every value of a type must be where its key names no grammar of its own; NULL: anything. */
const struct mw_grammar *mw_grammar_of_type(enum mw_type type);
enum mw_code mw_grammar_check(const struct mw_system *sys, const struct mw_grammar *grammar,
                              const char *text, struct mw_error *err);
/* Why a grammar that has no `check` refuses the text; NULL: it does not. */
const char *mw_grammar_wrong(const struct mw_grammar *grammar, const char *text);

/* risk_tests.c. Is it no test, or one that there is? */
bool mw_risk_test_exists(const char *name);
void mw_risk_test_names(struct mw_strings *names);

/* ---- places.c and resolve.c ---------------------------------------------------------------- */

/* "${NAME/BELOW:-DEFAULT}REST": BELOW in the folder that the variable names if it is an absolute
 * path, else DEFAULT, a path that may itself begin so. Borrows `path`; false if it is none. */
struct mw_path_variable {
    const char *name, *below, *fallback, *rest;
    size_t name_len, below_len, fallback_len;
};
bool mw_path_variable_parse(const char *path, struct mw_path_variable *found);
/* Owned: a path of a tool's file on this machine; NULL if it cannot be told. */
char *mw_tools_expand_path(const struct mw_system *sys, const struct mw_tool *tool,
                           enum mw_scope scope, const char *path);
/* Owned: the path of a source's file, NULL if it cannot be told. */
char *mw_source_path(const struct mw_system *sys, const struct mw_tool *tool,
                     const struct mw_source *source);
/* Borrowed: what a variable says if that keeps the tool from reading and keeping anything there,
 * /dev/null, the source's own word for it, or another file of its scope; NULL: none does.
 * mw_source_path() is where it would be without the variable. *variable may be NULL. */
#define MW_DEV_NULL "/dev/null"
const char *mw_source_hidden_by(const struct mw_system *sys, const struct mw_tool *tool,
                                const struct mw_source *source, const char **variable);
/* All of them, weakest first: a project has several. */
void mw_source_paths(const struct mw_system *sys, const struct mw_tool *tool,
                     const struct mw_source *source, struct mw_strings *paths);
/* What lies in somebody's home is the user's, whatever reads it. */
struct mw_actor mw_source_actor(const struct mw_system *sys, const struct mw_source *source,
                                const char *path);
/* The source that a key is written to in that scope, of a tool that has none for a user in the
 * system's; NULL: none. */
const struct mw_source *mw_tool_target(const struct mw_system *sys, const struct mw_tool *tool,
                                       enum mw_scope scope, const char *key);
/* The length of what stands for {name}, 0 if `key` is no name of that pattern. */
size_t mw_tools_match_name(const char *pattern, const char *key, size_t *begin);
/* Is it one that mw_tool_key() knows? Reads nothing of it, and may be asked of a tool that is not
 * complete. */
bool mw_tool_has_key(const struct mw_tool *tool, const char *key);
void mw_locations_add(struct mw_locations *locations, const char *path, struct mw_actor actor,
                      const struct mw_source *source);
/* Adds the settings that say something about one of a tool with sections, strongest first: in the
 * section over all, in its own (the first one is asked for what the second makes of it), and in
 * the first. */
void mw_section_keys(const struct mw_tool *tool, const struct mw_tool_key *row, const char *key,
                     struct mw_strings *keys);
/* A file of such a tool, and what it holds. */
struct mw_tool_text {
    const struct mw_source *source;
    char *path;
    struct mw_buf text;
    char *broken; /* why the tool cannot read it; NULL: it can */
};
struct mw_tool_texts {
    struct mw_tool_text *items; /* weakest first */
    size_t count;
};
const struct mw_tool_texts *mw_tool_texts_hold(const struct mw_system *sys,
                                               const struct mw_tool *tool, enum mw_scope scope,
                                               const struct mw_overlay *overlay,
                                               struct mw_held *held);
bool mw_tool_text_has(const struct mw_tool_text *in, const char *section, size_t len);
/* How values are heard there: as words between blanks, one text where the key is no list. */
void mw_section_words(const struct mw_tool_key *row, struct mw_value *value);
/* What the tool's sources say, without its code. `empty` (may be NULL) receives the empty values
 * that hide those of weaker files. */
void mw_resolve_by_data(const struct mw_system *sys, const struct mw_tool *tool,
                        enum mw_scope scope, const char *key, const struct mw_overlay *overlay,
                        struct mw_hits *hits, struct mw_hits *empty);
/* What wins by the sources alone. */
void mw_shadows_by_data(const struct mw_system *sys, const struct mw_tool *tool,
                        const struct mw_location *location, const struct mw_buf *text,
                        const struct mw_tool_setting *setting, struct mw_shadows *shadows);
/* Adds what the file says of the key, if it says anything. */
void mw_hits_add_file(const struct mw_system *sys, const struct mw_tool *tool,
                      const struct mw_source *source, const char *path, struct mw_actor actor,
                      const struct mw_overlay *overlay, const char *key, struct mw_hits *hits);

/* Owned: what stands in a line between these two texts at its ends; NULL: they are not there. */
char *mw_source_between(const char *line, size_t len, const char *before, const char *after);
/* Nothing in it would end a quoted text of whatever language the lines are. */
bool mw_source_is_harmless(const char *value);

/* ---- shell.c ------------------------------------------------------------------------------- */

/* Owned; NULL without HOME. */
char *mw_shell_path(const struct mw_system *sys, const struct mw_source *source);
/* The source whose file `path` is, by its name; NULL if it is none or the tool has none. */
const struct mw_source *mw_shell_source_at(const struct mw_tool *tool, const char *path);
void mw_shell_get(const struct mw_source *source, const char *text, size_t len, const char *key,
                  struct mw_value *value);
size_t mw_shell_line(const struct mw_source *source, const struct mw_buf *text, const char *key);
enum mw_code mw_shell_put(const struct mw_source *source, const char *text, size_t len,
                          const char *key, const struct mw_value *value, struct mw_edits *edits,
                          struct mw_error *err);

/* ---- source_text.c --------------------------------------------------------------------------- */

/* The hole of a line of "content": "{KEY}"; NULL if it has none. *len is that of KEY. */
const char *mw_source_hole(const struct mw_tool *tool, const char *line, size_t *len);

/* ---- helpers.c ---------------------------------------------------------------------------- */

/* MW_BAD_PROFILE with `"ITEM": REASON`; credentials in the item are hidden. */
enum mw_code mw_tools_refuse(struct mw_error *err, const char *item, const char *reason);
/* Does it hold $NAME or ${NAME}, which shells would replace? */
bool mw_tools_names_variable(const char *text);
/* MW_BAD_PROFILE: `program` takes such a text as it stands. */
enum mw_code mw_tools_refuse_variable(struct mw_error *err, const char *item, const char *program);
bool mw_tools_is_address(const char *text); /* of IP */
/* "172.17.0.1/16": an address and the length of its prefix? */
bool mw_tools_is_prefix(const char *text);
/* Is it an extended regular expression of regex(7), and does it match? */
bool mw_tools_is_pattern(const char *text);
/* Does it match the whole text? */
bool mw_tools_is_whole(const char *pattern, const char *text);
bool mw_tools_matches(const char *pattern, const char *text);
/* Is it one of the words, which a blank separates? */
bool mw_tools_is_word(const char *words, const char *text);
/* Only decimal digits, at least one and at most `max_digits`. */
bool mw_tools_is_number(const char *text, size_t max_digits);
/* The value as one string: its only item, or "". Borrowed. */
const char *mw_tools_first(const struct mw_value *value);

/* Owned: "~/.config/NAME", or where XDG_CONFIG_HOME says; NULL without HOME. */
char *mw_tools_config_file(const struct mw_system *sys, const char *name);
/* Owned: `path`, relative to the working directory if it is not absolute. */
char *mw_tools_absolute(const struct mw_system *sys, const char *path);
/* Is the file part of the tree given with --root? The environment and the programs of this
 * machine say nothing about that one. */
bool mw_tools_in_root(const struct mw_system *sys, const struct mw_location *location);
/* As mw_text_file_read(), or what the file is about to hold; `overlay` may be NULL. */
bool mw_overlay_read(const struct mw_system *sys, const char *path, struct mw_actor actor,
                     const struct mw_overlay *overlay, struct mw_buf *text);
/* The bytes of a configuration file; false if there is none that `actor` may read. */
bool mw_tools_read(const struct mw_system *sys, const char *path, struct mw_actor actor,
                   struct mw_buf *text);
/* The line where the editor finds the value of `key`, from 1; 0 if it cannot tell. */
size_t mw_tools_line(const struct mw_editor *editor, const struct mw_buf *text, const char *key);
/* Owned: of a list where texts alone are held, what stands between its items there: any of these
 * characters, or what is written. NULL: it is no such list. */
char *mw_list_glue(const struct mw_source *source, const struct mw_tool *tool, const char *key,
                   bool writes);
/* Such a text that was read becomes the list that it stands for. */
void mw_source_split(const struct mw_source *source, const struct mw_tool *tool, const char *key,
                     struct mw_value *value);
/* Value of a key, absent if the text cannot be read. */
void mw_tools_get(const struct mw_editor *editor, const struct mw_buf *text, const char *key,
                  struct mw_value *value);
/* A relative XDG_CONFIG_HOME sends the tool to a file that depends on where it is started. */
void mw_tools_shadow_relative_xdg(const struct mw_system *sys, struct mw_shadows *shadows);
/* shadow.c: the texts for people. */
void mw_shadow_say(const struct mw_tool *tool, const char *key, struct mw_shadow *shadow);

/* ---- programs.c ---------------------------------------------------------------------------- */

enum { MW_RUN_TIMEOUT_MS = 20000 }; /* pip on a cold disk takes seconds */

/* Runs a command of a tool's file, with {program} and {key} filled in, as the owner of user files;
 * MW_FAILURE unless it ends with 0. */
enum mw_code mw_tools_run(const struct mw_system *sys, const struct mw_strings *words,
                          const char *program, const char *key, int timeout_ms,
                          struct mw_buf *output, struct mw_error *err);
/* mw_types_check() of a text that may hold any character, as one of JSON does. */
enum mw_code mw_types_check_text(const struct mw_system *sys, const struct mw_tool *tool,
                                 const struct mw_tool_key *row, const char *item,
                                 struct mw_error *err);
/* Is that package in none of the folders of the tool's "modules"? */
bool mw_tools_lacks(const struct mw_system *sys, const struct mw_tool *tool, const char *package);
/* Owned: {prefix} of a tool, or {real_prefix}: the folder above the bin that its program is in;
 * NULL without it. */
char *mw_tools_prefix(const struct mw_system *sys, const struct mw_tool *tool, bool is_real);

#endif
