/* Unit files and init scripts, read as far as needed to know dockerd's flags: systemd.unit(5) (load
 * path, drop-ins), systemd.service(5) (ExecStart=), systemd.exec(5) (Environment=). */
#include <stdlib.h>
#include <string.h>

#include "docker_parts.h"
#include "internal.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

static const char unit_name[] = "docker.service";

/* Strongest first. "~" is the user's configuration, "%" the user's runtime directory. */
static const char *const system_directories[] = {
    "/etc/systemd/system.control", "/run/systemd/system.control", "/run/systemd/transient",
    "/etc/systemd/system",         "/run/systemd/system",         "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",     "/lib/systemd/system",
};
static const char *const user_directories[] = {
    "~/systemd/user.control", "~/systemd/user",    "/etc/systemd/user",
    "%/systemd/user",         "/run/systemd/user", "/usr/local/lib/systemd/user",
    "/usr/lib/systemd/user",
};

/* What the files have said so far. */
struct unit {
    struct docker_command exec;        /* ExecStart= as written */
    struct docker_command environment; /* NAME=VALUE words */
    struct mw_strings files;           /* of EnvironmentFile= */
};

/* Owned, NULL if unknown. */
static char *expand(const struct mw_system *sys, const char *directory)
{
    if (directory[0] == '%')
        return docker_runtime_path(sys, directory + 2);
    if (directory[0] != '~')
        return mw_system_path(sys, directory);
    MW_FREE char *config = mw_system_config_home(sys);
    return config == NULL ? NULL : mw_xasprintf("%s%s", config, directory + 1);
}

/* ---- one file -------------------------------------------------------------------------------- */

/* An empty ExecStart= or Environment= forgets what came before. */
static void take_setting(struct unit *unit, const char *name, const char *value, const char *place)
{
    struct docker_command *words = strcmp(name, "ExecStart") == 0     ? &unit->exec
                                   : strcmp(name, "Environment") == 0 ? &unit->environment
                                                                      : NULL;
    if (words != NULL) {
        if (*value == '\0')
            docker_command_release(words);
        docker_command_split(words, value, place);
    } else if (strcmp(name, "EnvironmentFile") == 0) {
        if (*value == '\0')
            mw_strings_release(&unit->files);
        else
            mw_strings_add(&unit->files, value + (*value == '-'));
    }
}

static bool is_comment(const char *text, size_t len)
{
    return len > 0 && (text[0] == '#' || text[0] == ';');
}

char *docker_logical_line(const char **at, size_t *next)
{
    struct mw_buf joined = {0};
    bool goes_on = true;
    while (goes_on && **at != '\0') {
        const char *text = *at;
        size_t len = strcspn(text, "\n");
        *at += len + (text[len] == '\n');
        ++*next;
        mw_text_trim(&text, &len);
        if (is_comment(text, len) && joined.len > 0)
            continue;
        goes_on = len > 0 && text[len - 1] == '\\' && !is_comment(text, len);
        mw_buf_append(&joined, text, goes_on ? len - 1 : len);
        if (goes_on)
            mw_buf_putc(&joined, ' ');
    }
    return mw_buf_take(&joined);
}

static void parse_unit(struct unit *unit, const char *path, const char *text)
{
    bool in_service = false;
    size_t next = 1;
    for (const char *at = text; *at != '\0';) {
        size_t number = next;
        MW_FREE char *line = docker_logical_line(&at, &next);
        char *value = line[0] == '#' || line[0] == ';' ? NULL : strchr(line, '=');
        if (line[0] == '[') {
            in_service = mw_text_starts(line, "[Service]");
        } else if (in_service && value != NULL) {
            const char *name = line, *rest = value + 1;
            size_t name_len = (size_t)(value - line), rest_len = strlen(rest);
            mw_text_trim(&name, &name_len);
            mw_text_trim(&rest, &rest_len);
            MW_FREE char *key = mw_xstrndup(name, name_len);
            MW_FREE char *clean = mw_xstrndup(rest, rest_len);
            MW_FREE char *place = mw_xasprintf("%s:%zu", path, number);
            take_setting(unit, key, clean, place);
        }
    }
}

/* ---- all files of the unit ------------------------------------------------------------------- */

/* Of one name only the strongest directory's counts, be it readable or not (/dev/null hides the
 * others); they apply in the order of their names. */
static void parse_drop_ins(const struct mw_system *sys, const struct mw_strings *directories,
                           struct unit *unit)
{
    MW_AUTO(mw_strings) names = {0};
    for (size_t i = 0; i < directories->count; i++) {
        MW_FREE char *directory = mw_xasprintf("%s/%s.d", directories->items[i], unit_name);
        mw_dir_list(sys, directory, ".conf", &names);
    }
    mw_strings_sort(&names);
    for (size_t n = 0; n < names.count; n++) {
        bool is_there = n > 0 && strcmp(names.items[n], names.items[n - 1]) == 0;
        for (size_t i = 0; !is_there && i < directories->count; i++) {
            MW_AUTO(mw_buf) text = {0};
            MW_FREE char *path =
                mw_xasprintf("%s/%s.d/%s", directories->items[i], unit_name, names.items[n]);
            bool is_read = mw_text_file_read(sys, path, &text);
            if (is_read)
                parse_unit(unit, path, mw_buf_text(&text));
            is_there = is_read || mw_path_exists(sys, path);
        }
    }
}

static bool find_unit(const struct mw_system *sys, bool user, struct unit *unit)
{
    const char *const *directories = user ? user_directories : system_directories;
    size_t count = user ? sizeof user_directories / sizeof *user_directories
                        : sizeof system_directories / sizeof *system_directories;
    MW_AUTO(mw_strings) expanded = {0};
    bool found = false;
    for (size_t i = 0; i < count; i++) {
        char *directory = expand(sys, directories[i]);
        if (directory != NULL)
            mw_strings_take(&expanded, directory);
    }
    for (size_t i = 0; !found && i < expanded.count; i++) {
        MW_AUTO(mw_buf) text = {0};
        MW_FREE char *path = mw_xasprintf("%s/%s", expanded.items[i], unit_name);
        found = mw_text_file_read(sys, path, &text);
        if (found)
            parse_unit(unit, path, mw_buf_text(&text));
    }
    if (found)
        parse_drop_ins(sys, &expanded, unit);
    return found;
}

/* ---- variables ------------------------------------------------------------------------------- */

/* Lines NAME=VALUE as the shell and EnvironmentFile= read them. */
static void read_assignments(const struct mw_system *sys, const char *path,
                             struct docker_command *assignments)
{
    MW_AUTO(mw_buf) text = {0};
    size_t next = 1;
    if (mw_text_file_read(sys, path, &text)) {
        for (const char *at = mw_buf_text(&text); *at != '\0';) {
            MW_FREE char *place = mw_xasprintf("%s:%zu", path, next);
            MW_FREE char *line = docker_logical_line(&at, &next);
            const char *assignment = line + (mw_text_starts(line, "export ") ? 7 : 0);
            if (line[0] != '#' && strchr(assignment, '=') != NULL)
                docker_command_split(assignments, assignment, place);
        }
    }
}

/* Adds the words of the last assignment to NAME. */
static void add_variable(const struct docker_command *assignments, const char *name, size_t len,
                         struct docker_command *command)
{
    for (size_t i = assignments->words.count; i > 0; i--) {
        const char *word = assignments->words.items[i - 1];
        if (strncmp(word, name, len) == 0 && word[len] == '=') {
            docker_command_split(command, word + len + 1, assignments->places.items[i - 1]);
            return;
        }
    }
}

/* Words that are a whole variable, "$DOCKER_OPTS" or "${DOCKER_OPTS}", become its words. */
static void expand_words(const struct docker_command *from,
                         const struct docker_command *assignments, struct docker_command *command)
{
    for (size_t i = 0; i < from->words.count; i++) {
        const char *word = from->words.items[i];
        size_t braces = word[0] == '$' && word[1] == '{';
        if (word[0] == '$' && word[1] != '\0')
            add_variable(assignments, word + 1 + braces, strcspn(word + 1 + braces, "}"), command);
        else
            docker_command_add(command, word, from->places.items[i]);
    }
}

static void add_unit(const struct mw_system *sys, struct unit *unit, struct docker_command *command)
{
    for (size_t i = 0; i < unit->files.count; i++) {
        MW_FREE char *path = mw_system_path(sys, unit->files.items[i]);
        read_assignments(sys, path, &unit->environment);
    }
    expand_words(&unit->exec, &unit->environment, command);
}

/* Debian's and Alpine's init scripts start dockerd with $DOCKER_OPTS of these files. */
static bool add_init_script(const struct mw_system *sys, struct docker_command *command)
{
    static const char *const files[] = {"/etc/default/docker", "/etc/conf.d/docker"};
    MW_FREE char *script = mw_system_path(sys, "/etc/init.d/docker");
    bool exists = mw_path_exists(sys, script);
    for (size_t i = 0; exists && i < sizeof files / sizeof *files; i++) {
        MW_AUTO(docker_command) assignments = {0};
        MW_FREE char *path = mw_system_path(sys, files[i]);
        read_assignments(sys, path, &assignments);
        add_variable(&assignments, "DOCKER_OPTS", strlen("DOCKER_OPTS"), command);
    }
    return exists;
}

static void *find_configured(const struct mw_system *sys, const void *of)
{
    const bool user = of != NULL;
    struct docker_command *command = mw_xcalloc(1, sizeof *command);
    struct unit unit = {0};
    /* sd_booted(3). An image under --root is taken to be booted with what it has. */
    bool booted_otherwise = sys->root[0] == '\0' && !mw_path_exists(sys, "/run/systemd/system");
    bool done = !user && booted_otherwise && add_init_script(sys, command);
    if (!done && find_unit(sys, user, &unit))
        add_unit(sys, &unit, command);
    else if (!done && !user)
        (void)add_init_script(sys, command);
    docker_command_release(&unit.exec);
    docker_command_release(&unit.environment);
    mw_strings_release(&unit.files);
    return command;
}

static void release_configured(void *found)
{
    docker_command_release(found);
    free(found);
}

const struct docker_command *docker_configured(const struct mw_system *sys, bool user,
                                               struct mw_held *held)
{
    const char *name = user ? "docker user" : "docker system";
    return mw_memo_hold(sys, name, find_configured, user ? name : NULL, release_configured, held);
}

/* ---- where people set options and dockerd does not look -------------------------------------- */

/* The words of a variable that is used carry its place. */
void mw_docker_unread(const struct mw_system *sys, const char *path, const char *variables,
                      struct mw_hits *hits)
{
    MW_AUTO(mw_held) held = {0};
    MW_AUTO(docker_command) assignments = {0};
    const struct docker_command *command = docker_configured(sys, false, &held);
    if (command->words.count > 0)
        read_assignments(sys, path, &assignments);
    for (size_t i = 0; i < assignments.words.count; i++) {
        const char *word = assignments.words.items[i], *place = assignments.places.items[i];
        size_t len = strcspn(word, "=");
        MW_FREE char *name = mw_xstrndup(word, len);
        bool is_set = word[len] == '=' && word[len + 1] != '\0';
        if (is_set && mw_tools_is_word(variables, name) && !mw_strings_has(&command->places, place))
            *MW_PUSH(hits->items, hits->count) =
                (struct mw_hit){.path = mw_xstrdup(path),
                                .line = strtoul(strrchr(place, ':') + 1, NULL, 10),
                                .variable = mw_xstrdup(name)};
    }
}
