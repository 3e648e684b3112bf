/* Which files pip reads, and what it makes of them (configuration.py, utils/appdirs.py,
 * cli/parser.py). */
#ifndef MW_TOOLS_PIP_FILES_H
#define MW_TOOLS_PIP_FILES_H

#include "mirrorwise/system.h"
#include "mirrorwise/tool.h"

#define PIP_GLOBAL_FILE "/etc/pip.conf"
/* Where `pip config --user set` writes, below ~/.config. The older ~/.pip/pip.conf is read but
 * never written. */
#define PIP_USER_FILE "pip/pip.conf"

/* Variables are kept under this name, and a section of it is no other (configuration.py
 * _load_environment_vars, cli/parser.py _get_ordered_configuration_items). */
#define PIP_STRONGEST_SECTION ":env:"

/* PIP_CONFIG_FILE is os.devnull, spelled exactly so: pip then reads no file at all. */
bool pip_reads_nothing(const struct mw_system *sys);
/* Owned: the existing file that PIP_CONFIG_FILE names, or NULL. */
char *pip_named_file(const struct mw_system *sys);
/* Is it a shell's script that chooses a Python (pyenv, asdf)? Where it stands says nothing then. */
bool pip_is_shim(const struct mw_system *sys, const char *program);
/* The command whose value is meant by a setting of `section`: itself, or for global "install". */
const char *pip_command_of(const char *section);

/* What a file says about SECTION.NAME. */
struct pip_answer {
    char *key;
    struct mw_value value;
    size_t line; /* 0: unknown */
};

/* A file that exists, or is about to. */
struct pip_source {
    char *path;
    struct mw_buf text;
    char *broken;               /* why pip cannot read it; NULL: it can */
    struct pip_answer *answers; /* given so far: each command asks for the same keys again */
    size_t answer_count;
};

struct pip_sources {
    struct pip_source *items; /* weakest first */
    size_t count;
};

/* `in_root`: those of the tree given with --root. `overlay` may be NULL. */
void pip_sources_list(const struct mw_system *sys, bool in_root, const struct mw_overlay *overlay,
                      struct pip_sources *sources);
void pip_sources_release(struct pip_sources *sources);

/* A value and where it stands. */
struct pip_hit {
    bool is_set;
    struct mw_strings words;       /* of the value; none if it is empty */
    bool has_break;                /* the value is not all on the line of its name */
    struct mw_hit place;           /* without a value */
    size_t file;                   /* index of the source; SIZE_MAX: the environment */
    size_t first_file, first_line; /* where the key was seen first */
};

void pip_hit_release(struct pip_hit *hit);
/* The words of a value: pip splits lists at any blank. */
void pip_split_words(const struct mw_value *value, struct mw_strings *words);
/* The value of SECTION.NAME after all files are merged; it may be empty. `hit` is empty before. */
void pip_find_key(const struct pip_sources *sources, const char *section, const char *name,
                  struct pip_hit *hit);
/* What `pip COMMAND` uses; not set if it is pip's own default. Without the environment `in_root`.
 */
void pip_find_winner(const struct mw_system *sys, const struct pip_sources *sources, bool in_root,
                     const char *command, const char *option, struct pip_hit *winner);

#endif
