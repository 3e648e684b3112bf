/* How dockerd is started, and which one runs. */
#ifndef MW_TOOLS_DOCKER_PARTS_H
#define MW_TOOLS_DOCKER_PARTS_H

#include <cJSON.h>

#include "internal.h"

/* ---- docker_command.c: a command line, and where each word of it was written ----------------- */

struct docker_command {
    struct mw_strings words;
    struct mw_strings places; /* "/etc/default/docker:9"; as many as words */
};

void docker_command_add(struct docker_command *command, const char *word, const char *place);
static inline bool docker_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
/* Splits as systemd and the shell do: blanks separate, quotes group, a backslash escapes. */
void docker_command_split(struct docker_command *command, const char *text, const char *place);
void docker_command_release(struct docker_command *command);

/* What a command line says by one flag. */
struct docker_flag {
    struct mw_strings values, places; /* each where it was written */
    struct mw_strings others;         /* all words of the command line but these */
};

void docker_flag_release(struct docker_flag *flag);
/* "--NAME=VALUE", "--NAME VALUE" or with its letter (0: none) "-L VALUE". A switch takes none:
 * "true" unless "--NAME=VALUE" says otherwise. `flag` must be empty. */
void docker_command_flag(const struct docker_command *command, const char *name, char letter,
                         bool is_switch, struct docker_flag *flag);
/* The same of a key's row. */
void docker_command_flag_of(const struct docker_command *command, const struct mw_tool_key *row,
                            struct docker_flag *flag);
/* What follows the flag's name in `word`: "", "=VALUE", or for a letter "VALUE"; NULL if it is
 * another word. */
const char *docker_flag_match(const char *word, const char *name, char letter);

/* ---- docker_units.c ------------------------------------------------------------------------- */

/* How dockerd will be started next time: by systemd (`user`: the user's own) or an init script.
 * Empty if nobody starts it. */
const struct docker_command *docker_configured(const struct mw_system *sys, bool user,
                                               struct mw_held *held);

/* Owned: the logical line that starts at *at, which moves to the next; continuations are joined by
 * a blank, and comments between them are skipped. *next, the number of a line, moves on as well. */
char *docker_logical_line(const char **at, size_t *next);

/* ---- docker.c ------------------------------------------------------------------------------- */

/* Owned: what the tool's file says, where nobody says otherwise; NULL if that cannot be told. */
char *docker_default_file(const struct mw_system *sys, bool is_users);
/* Is it the file of the user's own engine? */
bool docker_is_users_file(const struct mw_system *sys, const char *path);
/* "PATH:LINE" of a file; 0: a process has no line. *len receives the length of PATH. */
size_t docker_place_line(const char *place, size_t *len);
/* The flag that says the same as a key of the file at `path`. */
void docker_add_flags(const struct mw_system *sys, const struct mw_tool *tool, const char *path,
                      const char *key, struct mw_hits *hits);

/* ---- docker_live.c: an engine that answers here and runs elsewhere, so that our file is not its
 */

/* What it uses, and nothing else. */
void docker_hear_elsewhere(const struct mw_system *sys, const char *key, struct mw_hits *hits);
/* It goes on with another value. */
void docker_shadow_elsewhere(const struct mw_system *sys, const struct mw_tool_setting *setting,
                             struct mw_shadows *shadows);

/* ---- docker_daemon.c ------------------------------------------------------------------------ */

/* A dockerd that runs outside of containers. */
struct docker_daemon {
    pid_t pid;
    uid_t uid;
    struct docker_command command;
    char *config;    /* the file it reads; NULL if that cannot be told */
    bool is_service; /* what starts it next time is what is configured, not how it runs now */
};

struct docker_daemons {
    struct docker_daemon *items;
    size_t count;
};

/* None with --root: what runs here says nothing about that tree. */
const struct docker_daemons *docker_daemons_find(const struct mw_system *sys, struct mw_held *held);
bool docker_is_same_file(const struct mw_system *sys, const char *a, const char *b);
/* Owned: the Unix socket that it listens on, NULL if it has none. */
char *docker_daemon_socket(const struct mw_system *sys, const struct docker_daemon *daemon);
/* Owned: where rootless Docker has its pid file and socket. */
char *docker_runtime_path(const struct mw_system *sys, const char *name);

/* ---- docker_info.c --------------------------------------------------------------------------- */

#define ANSWER_TIMEOUT_MS 1000L

/* The answer of /info, to be deleted; NULL if there is none. */
cJSON *docker_ask_info(const struct mw_system *sys, const char *socket, long timeout_ms,
                       struct mw_error *err);
/* False if /info does not tell that key. */
bool docker_find_live(const cJSON *info, const char *key, struct mw_value *value);
/* Appends "KEY = VALUE" of what is used, or of what is used instead. Returns how many settings of
 * the answer differ; *told receives how many it tells at all. */
size_t docker_compare(const cJSON *info, const struct mw_tool_setting *settings, size_t count,
                      struct mw_strings *used, struct mw_strings *other, size_t *told);

#endif
