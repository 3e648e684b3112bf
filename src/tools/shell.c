/* The shared files of tools that know only the environment: env.sh, its copies for fish and for
 * systemd (environment.d(5)), and the line in the start files of shells that reads them. Every tool
 * owns its variables; lines of others stay. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/json_scan.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

static const char mark[] = " # mirrorwise";
static const char header[] = "# Written by mirrorwise: variables of tools that know only the "
                             "environment.\n";

/* How each of the files spells a variable. */
static const struct {
    const char *before, *between, *after;
} forms[] = {
    [MW_SHELL_SH] = {"export ", "='", "'"},
    [MW_SHELL_FISH] = {"set -gx ", " '", "'"},
    [MW_SHELL_ENVIRONMENT_D] = {"", "=", ""},
};

#define USERS(file)                                                                                \
    {                                                                                              \
        .kind = MW_SOURCE_SHELL, .scope = MW_SCOPE_USER, .shell = (file)                           \
    }
static const struct mw_source copies[] = {
    [MW_SHELL_FISH] = USERS(MW_SHELL_FISH),
    [MW_SHELL_ENVIRONMENT_D] = USERS(MW_SHELL_ENVIRONMENT_D),
    [MW_SHELL_START] = USERS(MW_SHELL_START),
    [MW_SHELL_FISH_START] = USERS(MW_SHELL_FISH_START),
};

/* Of bash, of a POSIX sh, and of zsh. bash reads the first of the login files only. */
static const char login_files[] = ".bash_profile .bash_login .profile";
static const char other_files[] = ".bashrc";
static const char zsh_files[] = ".zshenv .zprofile .zshrc .zlogin";

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* ---- where they are ------------------------------------------------------------------------- */

static char *below_own(const struct mw_system *sys, const char *name)
{
    MW_FREE char *directory = mw_system_own_config_dir(sys);
    return directory != NULL ? mw_xasprintf("%s/%s", directory, name) : NULL;
}

char *mw_shell_path(const struct mw_system *sys, const struct mw_source *source)
{
    if (source->scope == MW_SCOPE_SYSTEM)
        return mw_system_path(sys, "/etc/profile.d/mirrorwise.sh");
    if (sys->home == NULL)
        return NULL;
    if (source->shell == MW_SHELL_ENVIRONMENT_D)
        return mw_xasprintf("%s/.config/environment.d/60-mirrorwise.conf", sys->home);
    return below_own(sys, source->shell == MW_SHELL_FISH ? "env.fish" : "env.sh");
}

const struct mw_source *mw_shell_source_at(const struct mw_tool *tool, const char *path)
{
    const char *name = name_of(path);
    enum mw_scope scope = strcmp(name, "mirrorwise.sh") == 0 ? MW_SCOPE_SYSTEM : MW_SCOPE_USER;
    const struct mw_source *own = NULL;
    for (size_t i = 0; i < tool->source_count; i++) {
        if (tool->sources[i].kind == MW_SOURCE_SHELL && tool->sources[i].scope == scope)
            own = &tool->sources[i];
    }
    if (own == NULL || scope == MW_SCOPE_SYSTEM || strcmp(name, "env.sh") == 0)
        return own;
    if (strcmp(name, "env.fish") == 0)
        return &copies[MW_SHELL_FISH];
    if (strcmp(name, "60-mirrorwise.conf") == 0)
        return &copies[MW_SHELL_ENVIRONMENT_D];
    if (strcmp(name, "config.fish") == 0)
        return &copies[MW_SHELL_FISH_START];
    bool is_start = mw_tools_is_word(login_files, name) || mw_tools_is_word(other_files, name) ||
                    mw_tools_is_word(zsh_files, name);
    return is_start ? &copies[MW_SHELL_START] : NULL;
}

static void add_shell_file(const struct mw_system *sys, enum mw_shell_file shell, char *take_path,
                           struct mw_locations *locations)
{
    *MW_PUSH(locations->items, locations->count) =
        (struct mw_location){.path = take_path, .actor = sys->user, .source = &copies[shell]};
}

void mw_shell_copies(const struct mw_system *sys, struct mw_locations *locations)
{
    static const enum mw_shell_file which[] = {MW_SHELL_FISH, MW_SHELL_ENVIRONMENT_D};
    for (size_t i = 0; i < sizeof which / sizeof *which; i++) {
        char *path = mw_shell_path(sys, &copies[which[i]]);
        if (path != NULL)
            add_shell_file(sys, which[i], path, locations);
    }
}

/* Adds those of the names that exist; how many. */
static size_t add_existing(const struct mw_system *sys, const char *directory, const char *names,
                           struct mw_locations *locations)
{
    MW_AUTO(mw_strings) list = {0};
    size_t before = locations->count;
    mw_strings_split(&list, names, " ");
    for (size_t i = 0; i < list.count; i++) {
        char *path = mw_xasprintf("%s/%s", directory, list.items[i]);
        if (mw_path_exists(sys, path))
            add_shell_file(sys, MW_SHELL_START, path, locations);
        else
            free(path);
    }
    return locations->count - before;
}

/* fish makes its folder when it is first used. */
static void add_fish(const struct mw_system *sys, struct mw_locations *locations)
{
    MW_FREE char *config = mw_system_config_home(sys);
    MW_FREE char *folder = config != NULL ? mw_xasprintf("%s/fish", config) : NULL;
    if (folder != NULL && mw_path_exists(sys, folder))
        add_shell_file(sys, MW_SHELL_FISH_START, mw_xasprintf("%s/config.fish", folder), locations);
}

void mw_shell_starts(const struct mw_system *sys, struct mw_locations *locations)
{
    if (sys->home == NULL)
        return;
    const char *zsh = mw_system_user_env(sys, "ZDOTDIR");
    if (add_existing(sys, sys->home, login_files, locations) == 0)
        add_shell_file(sys, MW_SHELL_START, mw_xasprintf("%s/.profile", sys->home), locations);
    add_existing(sys, sys->home, other_files, locations);
    add_existing(sys, zsh != NULL && zsh[0] == '/' ? zsh : sys->home, zsh_files, locations);
    add_fish(sys, locations);
}

char *mw_shell_word(const struct mw_system *sys, const struct mw_source *start)
{
    bool is_fish = start->shell == MW_SHELL_FISH_START;
    MW_FREE char *path = below_own(sys, is_fish ? "env.fish" : "env.sh");
    size_t len = sys->home != NULL ? strlen(sys->home) : 0;
    bool is_home = path != NULL && len > 1 && strncmp(path, sys->home, len) == 0 &&
                   path[len] == '/' && mw_source_is_harmless(path);
    struct mw_buf word = {0};
    if (is_home)
        mw_buf_printf(&word, "\"$HOME%s\"", path + len);
    else if (path != NULL)
        mw_buf_put_word(&word, path);
    return mw_buf_take(&word);
}

bool mw_source_is_copy(const struct mw_source *source)
{
    return source != NULL && source->kind == MW_SOURCE_SHELL && source->shell != MW_SHELL_SH;
}

bool mw_source_goes_when_empty(const struct mw_source *source)
{
    return source != NULL &&
           (source->is_own || (source->kind == MW_SOURCE_SHELL && source->shell != MW_SHELL_START &&
                               source->shell != MW_SHELL_FISH_START));
}

bool mw_shell_is_copy(const char *path, const char *key)
{
    const char *name = name_of(path);
    return strcmp(key, MW_SHELL_LINE) == 0 || strcmp(name, "env.fish") == 0 ||
           strcmp(name, "60-mirrorwise.conf") == 0;
}

/* ---- lines ---------------------------------------------------------------------------------- */

struct line {
    const char *text;
    size_t begin, len, end; /* offsets in the whole text; len without the LF */
};

static bool next_line(const char *text, size_t len, struct line *line)
{
    size_t at = line->text == NULL ? 0 : line->end;
    if (at >= len)
        return false;
    const char *lf = memchr(text + at, '\n', len - at);
    line->text = text + at;
    line->begin = at;
    line->len = lf == NULL ? len - at : (size_t)(lf - text) - at;
    line->end = at + line->len + (lf != NULL);
    return true;
}

static bool is_start(enum mw_shell_file shell)
{
    return shell == MW_SHELL_START || shell == MW_SHELL_FISH_START;
}

static char *start_line(enum mw_shell_file shell, const char *word)
{
    return shell == MW_SHELL_FISH_START
               ? mw_xasprintf("test -r %s; and source %s%s", word, word, mark)
               : mw_xasprintf("[ -r %s ] && . %s%s", word, word, mark);
}

/* Owned: the word that the line reads its file by; NULL if it is not ours. */
static char *read_start(const struct line *line, enum mw_shell_file shell)
{
    bool is_fish = shell == MW_SHELL_FISH_START;
    char *word = mw_source_between(line->text, line->len, is_fish ? "test -r " : "[ -r ", mark);
    char *end = word != NULL ? strstr(word, is_fish ? "; and source " : " ] && . ") : NULL;
    if (end != NULL) {
        *end = '\0';
        return word;
    }
    free(word);
    return NULL;
}

/* Owned: the value that the line gives the variable, NULL if it does not. */
static char *read_variable(const struct line *line, enum mw_shell_file shell, const char *name)
{
    MW_FREE char *before = mw_xasprintf("%s%s%s", forms[shell].before, name, forms[shell].between);
    char *value = mw_source_between(line->text, line->len, before, forms[shell].after);
    return value;
}

static char *read_line(const struct line *line, enum mw_shell_file shell, const char *key)
{
    if (is_start(shell))
        return strcmp(key, MW_SHELL_LINE) == 0 ? read_start(line, shell) : NULL;
    return read_variable(line, shell, key);
}

/* Owned: the last value of the key; NULL: none. *found is its line. */
static char *find_value(const char *text, size_t len, enum mw_shell_file shell, const char *key,
                        struct line *found)
{
    struct line line = {0};
    char *value = NULL;
    while (next_line(text, len, &line)) {
        char *next = read_line(&line, shell, key);
        if (next == NULL)
            continue;
        free(value);
        value = next;
        *found = line;
    }
    return value;
}

bool mw_shell_has_variables(const char *text, size_t len)
{
    struct line line = {0};
    bool has = false;
    while (!has && next_line(text, len, &line)) {
        MW_FREE char *setting = mw_source_between(line.text, line.len, "export ", "'");
        has = setting != NULL && mw_tools_matches("^[A-Za-z0-9_]+='", setting);
    }
    return has;
}

/* ---- get and put ---------------------------------------------------------------------------- */

void mw_shell_get(const struct mw_source *source, const char *text, size_t len, const char *key,
                  struct mw_value *value)
{
    struct line line = {0};
    MW_FREE char *found = find_value(text, len, source->shell, key, &line);
    if (found != NULL)
        mw_value_set_string(value, found);
}

size_t mw_shell_line(const struct mw_source *source, const struct mw_buf *text, const char *key)
{
    struct line line = {0};
    size_t number = 0, column = 0;
    MW_FREE char *found = find_value(mw_buf_text(text), text->len, source->shell, key, &line);
    if (found != NULL)
        mw_text_position(mw_buf_text(text), line.begin, &number, &column);
    return number;
}

/* Every line of the key; with the last variable what we wrote above it, and with a last line that
 * had no LF the one that we put in front of it. */
static void remove_lines(const struct mw_source *source, const char *text, size_t len,
                         const char *key, struct mw_edits *edits)
{
    struct line line = {0};
    bool is_all = !is_start(source->shell);
    while (is_all && next_line(text, len, &line)) {
        MW_FREE char *value = read_line(&line, source->shell, key);
        is_all = value != NULL || (line.begin == 0 && line.end == strlen(header) &&
                                   memcmp(text, header, line.end) == 0);
    }
    if (is_all) {
        (void)mw_edits_add(edits, 0, len);
        return;
    }
    line = (struct line){0};
    size_t removed_to = 0;
    while (next_line(text, len, &line)) {
        MW_FREE char *value = read_line(&line, source->shell, key);
        bool takes_lf = line.end == line.begin + line.len && line.begin > removed_to;
        if (value != NULL) {
            (void)mw_edits_add(edits, line.begin - takes_lf, line.end);
            removed_to = line.end;
        }
    }
}

static void write_line(const struct mw_source *source, const char *key, const char *value,
                       struct mw_buf *out)
{
    if (is_start(source->shell)) {
        MW_FREE char *line = start_line(source->shell, value);
        mw_buf_puts(out, line);
        return;
    }
    mw_buf_printf(out, "%s%s%s%s%s", forms[source->shell].before, key, forms[source->shell].between,
                  value, forms[source->shell].after);
}

enum mw_code mw_shell_put(const struct mw_source *source, const char *text, size_t len,
                          const char *key, const struct mw_value *value, struct mw_edits *edits,
                          struct mw_error *err)
{
    struct line line = {0};
    const char *wanted = value->kind == MW_VALUE_ABSENT ? NULL : mw_tools_first(value);
    bool is_line = is_start(source->shell);
    if (wanted != NULL && !is_line && (value->items.count != 1 || !mw_source_is_harmless(wanted)))
        return mw_fail(err, MW_USAGE, 0, "put",
                       _("the value of %s is no single text without quotes, '\\', '`' and '$'"),
                       key);
    MW_FREE char *have = find_value(text, len, source->shell, key, &line);
    bool is_same = have == NULL ? wanted == NULL : wanted != NULL && strcmp(have, wanted) == 0;
    if (is_same)
        return MW_OK;
    if (wanted == NULL) {
        remove_lines(source, text, len, key, edits);
    } else if (have != NULL) {
        write_line(source, key, wanted, mw_edits_add(edits, line.begin, line.begin + line.len));
    } else {
        struct mw_buf *out = mw_edits_add(edits, len, len);
        bool is_open = len > 0 && text[len - 1] != '\n';
        mw_buf_puts(out, is_open ? "\n" : len == 0 && !is_line ? header : "");
        write_line(source, key, wanted, out);
        mw_buf_puts(out, is_open ? "" : "\n");
    }
    return MW_OK;
}
