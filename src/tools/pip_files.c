/* pip's files and which of them wins. Files are merged section by section, a later one over an
 * earlier one; only then do sections and environment follow each other: [global], [COMMAND], PIP_*
 * (configuration.py, cli/parser.py _get_ordered_configuration_items). So a section beats a file:
 * [install] of /etc/pip.conf wins over [global] of the user's. An empty value hides those of
 * earlier files in its section and then counts for nothing. */
#include "pip_files.h"

#include <ctype.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "internal.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

static const char blanks[] = " \t\r\n";

/* Other long names of the same option (cmdoptions.py). */
static const struct {
    const char *option, *other;
} other_names[] = {{"timeout", "default-timeout"}, {"index-url", "pypi-url"}};

static const char *other_name(const char *option)
{
    for (size_t i = 0; i < sizeof other_names / sizeof *other_names; i++) {
        if (strcmp(other_names[i].option, option) == 0)
            return other_names[i].other;
    }
    return NULL;
}

const char *pip_command_of(const char *section)
{
    return strcmp(section, "global") == 0 ? "install" : section;
}

/* ---- the files ------------------------------------------------------------------------------- */

bool pip_reads_nothing(const struct mw_system *sys)
{
    const char *named = mw_system_user_env(sys, "PIP_CONFIG_FILE");
    return named != NULL && strcmp(named, MW_DEV_NULL) == 0;
}

char *pip_named_file(const struct mw_system *sys)
{
    const char *named = mw_system_user_env(sys, "PIP_CONFIG_FILE");
    if (named == NULL || pip_reads_nothing(sys))
        return NULL;
    char *path = mw_tools_absolute(sys, named);
    if (mw_path_exists(sys, path))
        return path;
    free(path);
    return NULL;
}

bool pip_is_shim(const struct mw_system *sys, const char *program)
{
    MW_AUTO(mw_buf) text = {0};
    bool is = mw_tools_read_text(sys, program, &text) && mw_text_starts(mw_buf_text(&text), "#!");
    if (is) {
        MW_FREE char *line = mw_xstrndup(text.data, strcspn(text.data, "\r\n"));
        is = strstr(line, "python") == NULL && strstr(line, "pypy") == NULL;
    }
    return is;
}

/* Owned: sys.prefix of the python3 beside that program, NULL if it does not say. */
static char *ask_prefix(const struct mw_system *sys, const char *program)
{
    MW_FREE char *directory = mw_text_directory(program);
    MW_FREE char *python = mw_xasprintf("%s/python3", directory);
    const char *const argv[] = {python, "-c", "import sys; print(sys.prefix)", NULL};
    MW_AUTO(mw_buf) output = {0};
    char *prefix = NULL;
    if (mw_path_exists(sys, python) && mw_tools_run(sys, argv, &output, NULL) == MW_OK &&
        mw_buf_text(&output)[0] == '/')
        prefix = mw_xstrndup(output.data, strcspn(output.data, "\r\n"));
    return prefix;
}

/* The answer, given once: a shim takes a tenth of a second, and every key asks again. */
static char *ask_prefix_once(const struct mw_system *sys, const char *program)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static char *asked, *answer;
    (void)pthread_mutex_lock(&lock);
    if (asked == NULL || strcmp(asked, program) != 0) {
        free(asked);
        free(answer);
        asked = mw_xstrdup(program);
        answer = ask_prefix(sys, program);
    }
    char *prefix = answer == NULL ? NULL : mw_xstrdup(answer);
    (void)pthread_mutex_unlock(&lock);
    return prefix;
}

/* sys.prefix/pip.conf of the Python whose pip is in PATH; only a shim is asked for it. */
static char *site_file(const struct mw_system *sys)
{
    const char *virtual_env = mw_system_user_env(sys, "VIRTUAL_ENV");
    if (virtual_env != NULL && sys->root[0] == '\0')
        return mw_xasprintf("%s/pip.conf", virtual_env);
    char *program = mw_system_which(sys, "pip3");
    if (program == NULL)
        program = mw_system_which(sys, "python3");
    if (program == NULL)
        return NULL;
    bool asks = sys->root[0] == '\0' && pip_is_shim(sys, program);
    MW_FREE char *bin = mw_text_directory(program);
    MW_FREE char *prefix = asks ? ask_prefix_once(sys, program) : NULL;
    if (prefix == NULL)
        prefix = mw_text_directory(bin);
    char *path = mw_xasprintf("%s/pip.conf", strcmp(prefix, "/") == 0 ? "/usr" : prefix);
    free(program);
    return path;
}

static void add_source(const struct mw_system *sys, const struct mw_overlay *overlay,
                       struct mw_actor actor, char *take_path, struct pip_sources *sources)
{
    struct pip_source source = {.path = take_path};
    struct mw_error why = {0};
    if (take_path == NULL || !mw_overlay_read(sys, take_path, actor, overlay, &source.text)) {
        free(take_path);
        return;
    }
    if (mw_editor_ini.check(&mw_editor_ini, take_path, mw_buf_text(&source.text), source.text.len,
                            &why) != MW_OK)
        source.broken = mw_xstrdup(why.message);
    *MW_PUSH(sources->items, sources->count) = source;
}

void pip_sources_list(const struct mw_system *sys, bool in_root, const struct mw_overlay *overlay,
                      struct pip_sources *sources)
{
    const struct mw_actor root = {0};
    const char *xdg = in_root ? NULL : mw_system_getenv(sys, "XDG_CONFIG_DIRS");
    MW_AUTO(mw_strings) directories = {0};
    char *named = in_root ? NULL : pip_named_file(sys);

    if (!in_root && pip_reads_nothing(sys))
        return;
    mw_strings_split(&directories, xdg != NULL && xdg[0] != '\0' ? xdg : "/etc/xdg", ":");
    for (size_t i = 0; i < directories.count; i++) {
        MW_FREE char *path = mw_xasprintf("%s/pip/pip.conf", directories.items[i]);
        add_source(sys, overlay, root, mw_system_path(sys, path), sources);
    }
    add_source(sys, overlay, root, mw_system_path(sys, PIP_GLOBAL_FILE), sources);
    if (!in_root && named == NULL) {
        if (sys->home != NULL)
            add_source(sys, overlay, sys->user, mw_xasprintf("%s/.pip/pip.conf", sys->home),
                       sources);
        add_source(sys, overlay, sys->user, mw_tools_config_file(sys, PIP_USER_FILE), sources);
    }
    add_source(sys, overlay, sys->user, site_file(sys), sources);
    if (named != NULL)
        add_source(sys, overlay, sys->user, named, sources);
}

void pip_sources_release(struct pip_sources *sources)
{
    for (size_t i = 0; i < sources->count; i++) {
        struct pip_source *source = &sources->items[i];
        free(source->path);
        mw_buf_release(&source->text);
        free(source->broken);
        for (size_t k = 0; k < source->answer_count; k++) {
            free(source->answers[k].key);
            mw_value_release(&source->answers[k].value);
        }
        free(source->answers);
    }
    free(sources->items);
}

/* ---- what wins ------------------------------------------------------------------------------ */

void pip_hit_release(struct pip_hit *hit)
{
    mw_hit_release(&hit->place);
    mw_strings_release(&hit->words);
    *hit = (struct pip_hit){0};
}

void pip_split_words(const struct mw_value *value, struct mw_strings *words)
{
    for (size_t i = 0; i < value->items.count; i++)
        mw_strings_split(words, value->items.items[i], blanks);
}

/* Most files have one section or two; a search is cheaper than a parse for each command. */
static bool has_section(const struct pip_source *source, const char *section)
{
    MW_FREE char *header = mw_xasprintf("[%s]", section);
    const char *text = mw_buf_text(&source->text);
    return memmem(text, source->text.len, header, strlen(header)) != NULL;
}

/* NULL: the file does not set it. */
static const struct pip_answer *read_key(struct pip_source *source, const char *section,
                                         const char *name)
{
    if (source->broken != NULL || !has_section(source, section))
        return NULL;
    MW_FREE char *key = mw_xasprintf("%s.%s", section, name);
    struct pip_answer *answer = NULL;
    for (size_t i = 0; i < source->answer_count && answer == NULL; i++) {
        if (strcmp(source->answers[i].key, key) == 0)
            answer = &source->answers[i];
    }
    if (answer == NULL) {
        answer = MW_PUSH(source->answers, source->answer_count);
        answer->key = mw_xstrdup(key);
        (void)mw_editor_ini.get(&mw_editor_ini, mw_buf_text(&source->text), source->text.len, key,
                                &answer->value, NULL);
        if (answer->value.kind != MW_VALUE_ABSENT)
            answer->line = mw_tools_line(&mw_editor_ini, &source->text, key);
    }
    return answer->value.kind != MW_VALUE_ABSENT ? answer : NULL;
}

void pip_find_key(const struct pip_sources *sources, const char *section, const char *name,
                  struct pip_hit *hit)
{
    const struct pip_answer *last = NULL;
    for (size_t i = 0; i < sources->count; i++) {
        const struct pip_answer *answer = read_key(&sources->items[i], section, name);
        if (answer == NULL)
            continue;
        if (last == NULL) {
            hit->first_file = i;
            hit->first_line = answer->line;
        }
        last = answer;
        hit->file = i;
    }
    if (last == NULL)
        return;
    hit->is_set = true;
    hit->place = (struct mw_hit){.path = mw_xstrdup(sources->items[hit->file].path),
                                 .line = last->line,
                                 .section = mw_xstrdup(section),
                                 .spelling = mw_xstrdup(name)};
    hit->has_break = last->value.kind == MW_VALUE_LIST;
    pip_split_words(&last->value, &hit->words);
}

static bool is_later(const struct pip_hit *a, const struct pip_hit *b)
{
    return a->first_file > b->first_file ||
           (a->first_file == b->first_file && a->first_line > b->first_line);
}

/* Leaves `other` empty. */
static void replace_hit(struct pip_hit *hit, struct pip_hit *other)
{
    pip_hit_release(hit);
    *hit = *other;
    *other = (struct pip_hit){0};
}

/* Two names of one option are two keys of pip's dictionary, set one after the other in the order in
 * which the dictionary first saw them (a name in [DEFAULT] is taken to come first). */
static void find_in_section(const struct pip_sources *sources, const char *section,
                            const char *option, struct pip_hit *hit)
{
    const char *const names[] = {option, other_name(option)};
    for (size_t i = 0; i < sizeof names / sizeof *names && names[i] != NULL; i++) {
        MW_AUTO(pip_hit) next = {0};
        pip_find_key(sources, section, names[i], &next);
        if (next.words.count > 0 && (!hit->is_set || is_later(&next, hit))) {
            replace_hit(hit, &next);
        }
    }
}

/* PIP_INDEX_URL: the prefix in upper case, the rest in any (configuration.py get_environ_vars). */
static bool names_option(const char *variable, size_t len, const char *option)
{
    if (len != strlen("PIP_") + strlen(option) || !mw_text_starts(variable, "PIP_"))
        return false;
    for (size_t i = 0; option[i] != '\0'; i++) {
        char c = variable[strlen("PIP_") + i];
        if ((c == '_' ? '-' : tolower((unsigned char)c)) != option[i])
            return false;
    }
    return true;
}

static void find_in_environment(const struct mw_system *sys, const char *option,
                                struct pip_hit *hit)
{
    const char *other = other_name(option);
    for (char **item = sys->environ_copy; item != NULL && *item != NULL; item++) {
        size_t len = strcspn(*item, "=");
        if (!names_option(*item, len, option) &&
            (other == NULL || !names_option(*item, len, other)))
            continue;
        struct mw_strings words = {0};
        mw_strings_split(&words, *item + len + ((*item)[len] == '='), blanks);
        if (words.count > 0) {
            pip_hit_release(hit);
            *hit = (struct pip_hit){.is_set = true,
                                    .words = words,
                                    .has_break = strchr(*item + len, '\n') != NULL,
                                    .place = {.variable = mw_xstrndup(*item, len)},
                                    .file = SIZE_MAX};
        }
    }
}

static void keep_stronger(struct pip_hit *winner, struct pip_hit *other)
{
    if (other->words.count > 0)
        replace_hit(winner, other);
    pip_hit_release(other);
}

void pip_find_winner(const struct mw_system *sys, const struct pip_sources *sources, bool in_root,
                     const char *command, const char *option, struct pip_hit *winner)
{
    struct pip_hit next = {0};
    find_in_section(sources, "global", option, &next);
    keep_stronger(winner, &next);
    find_in_section(sources, command, option, &next);
    keep_stronger(winner, &next);
    find_in_section(sources, PIP_STRONGEST_SECTION, option, &next);
    keep_stronger(winner, &next);
    if (!in_root)
        find_in_environment(sys, option, &next);
    keep_stronger(winner, &next);
}
