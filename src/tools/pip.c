/* pip: pip.conf. Which files there are and which of them wins is in pip_files.c. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "pip_files.h"

/* ---- where the file is ----------------------------------------------------------------------- */

enum mw_code mw_pip_locate(const struct mw_system *sys, enum mw_scope scope,
                           struct mw_location *location, struct mw_error *err)
{
    if (scope == MW_SCOPE_SYSTEM) {
        location->path = mw_system_path(sys, PIP_GLOBAL_FILE);
        location->actor = (struct mw_actor){0};
        return MW_OK;
    }
    char *path = pip_named_file(sys);
    if (path == NULL)
        path = mw_tools_config_file(sys, PIP_USER_FILE);
    if (path == NULL) {
        mw_fail(err, MW_USAGE, 0, "locate", _("cannot tell where pip.conf is: HOME is not set"));
        mw_error_hint(err, "%s", _("Set HOME, or use --scope system."));
        return MW_USAGE;
    }
    location->path = path;
    location->actor = sys->user;
    return MW_OK;
}

/* ---- what wins, by the rules of pip_files.c ------------------------------------------------- */

struct pip_list {
    struct pip_sources sources;
    bool in_root;
};

static void release_list(void *found)
{
    MW_FREE struct pip_list *list = found;
    pip_sources_release(&list->sources);
}

static struct pip_list *read_list(const struct mw_system *sys, enum mw_scope scope,
                                  const struct mw_overlay *overlay)
{
    struct pip_list *list = mw_xcalloc(1, sizeof *list);
    MW_AUTO(mw_location) location = {0};
    list->in_root =
        mw_pip_locate(sys, scope, &location, NULL) == MW_OK && mw_tools_in_root(sys, &location);
    pip_sources_list(sys, list->in_root, overlay, &list->sources);
    return list;
}

static void *find_list(const struct mw_system *sys, const void *of)
{
    return read_list(sys, *(const enum mw_scope *)of, NULL);
}

/* With an overlay nothing is kept. */
static const struct pip_list *list_pip(const struct mw_system *sys, enum mw_scope scope,
                                       const struct mw_overlay *overlay, struct mw_held *held)
{
    if (overlay == NULL)
        return mw_memo_hold(sys, scope == MW_SCOPE_SYSTEM ? "pip system" : "pip user", find_list,
                            &scope, release_list, held);
    *held = (struct mw_held){.found = read_list(sys, scope, overlay), .release = release_list};
    return held->found;
}

void mw_pip_files(const struct mw_system *sys, enum mw_scope scope, struct mw_locations *locations)
{
    MW_AUTO(mw_held) held = {0};
    const struct pip_list *list = list_pip(sys, scope, NULL, &held);
    for (size_t i = 0; i < list->sources.count; i++) {
        const char *path = list->sources.items[i].path;
        size_t home = sys->home != NULL ? strlen(sys->home) : 0;
        bool is_users = home > 0 && strncmp(path, sys->home, home) == 0 && path[home] == '/';
        mw_locations_add(locations, path, is_users ? sys->user : (struct mw_actor){0}, NULL);
    }
}

static void take_words(const struct mw_tool_key *row, struct mw_strings *words, bool has_break,
                       struct mw_value *value)
{
    if ((row != NULL && row->shape == MW_SHAPE_LIST) || has_break) {
        value->kind = MW_VALUE_LIST;
        value->items = *words;
        *words = (struct mw_strings){0};
        return;
    }
    MW_FREE char *text = mw_strings_join(words, " ");
    mw_value_set_string(value, text);
}

static void add_pip_hit(const struct mw_tool *tool, const char *key, struct pip_hit *found,
                        struct mw_hits *hits)
{
    struct mw_hit *hit = MW_PUSH(hits->items, hits->count);
    mw_hit_copy_place(hit, &found->place);
    take_words(mw_tool_key(tool, key), &found->words, found->has_break, &hit->value);
    hit->source = hit->variable != NULL ? &tool->sources[tool->source_count - 1]
                                        : mw_tool_target(tool, MW_SCOPE_SYSTEM, NULL);
}

/* The winner first; then what each section says, the command's before [global]. */
void mw_pip_resolve(const struct mw_system *sys, const struct mw_tool *tool, enum mw_scope scope,
                    const char *key, const struct mw_overlay *overlay, struct mw_hits *hits)
{
    MW_AUTO(pip_hit) winner = {0};
    const char *dot = strchr(key, '.');
    if (dot == NULL)
        return;
    MW_FREE char *section = mw_xstrndup(key, (size_t)(dot - key));
    const struct mw_tool_key *row = mw_tool_key(tool, key);
    const char *command = pip_command_of(section);
    if (row != NULL && !mw_tool_key_is_in(tool, row, command))
        command = "global";
    const char *const order[] = {PIP_STRONGEST_SECTION, command, "global"};
    size_t count = strcmp(command, "global") == 0 ? 2 : 3;
    MW_AUTO(mw_held) held = {0};
    const struct pip_list *list = list_pip(sys, scope, overlay, &held);
    const struct pip_sources *sources = &list->sources;
    pip_find_winner(sys, sources, list->in_root, order[1], dot + 1, &winner);
    bool is_won = winner.is_set && winner.words.count > 0;
    if (is_won)
        add_pip_hit(tool, key, &winner, hits);
    for (size_t i = 0; i < count; i++) {
        MW_AUTO(pip_hit) next = {0};
        pip_find_key(sources, order[i], dot + 1, &next);
        bool is_same = is_won && next.is_set && winner.place.section != NULL &&
                       strcmp(winner.place.section, next.place.section) == 0 &&
                       winner.file == next.file;
        if (next.words.count > 0 && !is_same)
            add_pip_hit(tool, key, &next, hits);
    }
}

/* ---- asking pip ------------------------------------------------------------------------------ */

/* One line of `pip config list` is NAME=REPR, REPR being a Python string. */
static char *unquote(const char *repr, size_t len)
{
    MW_AUTO(mw_buf) text = {0};
    bool quoted = len >= 2 && (repr[0] == '\'' || repr[0] == '"') && repr[len - 1] == repr[0];
    size_t end = quoted ? len - 1 : len;
    for (size_t i = quoted ? 1 : 0; i < end; i++) {
        bool escaped = quoted && repr[i] == '\\' && i + 1 < end;
        char c = escaped ? repr[++i] : repr[i];
        if (escaped && (c == 'n' || c == 't' || c == 'r'))
            c = c == 'n' ? '\n' : c == 't' ? '\t' : '\r';
        mw_buf_putc(&text, c);
    }
    return mw_xstrdup(mw_buf_text(&text));
}

/* Owned, NULL if there is no such line or its value is empty. */
static char *find_answer(const char *output, const char *section, const char *option)
{
    MW_FREE char *wanted = mw_xasprintf("%s.%s=", section, option);
    char *found = NULL;
    for (const char *line = output; found == NULL && *line != '\0';) {
        size_t len = strcspn(line, "\n");
        if (mw_text_starts(line, wanted))
            found = unquote(line + strlen(wanted), len - strlen(wanted));
        line += len + (line[len] == '\n');
    }
    if (found != NULL && found[0] == '\0') {
        free(found);
        found = NULL;
    }
    return found;
}

enum mw_code mw_pip_ask(const struct mw_system *sys, const struct mw_location *location,
                        const char *key, struct mw_value *value, struct mw_error *err)
{
    (void)location;
    static const char *const python[] = {"python3", "-m", "pip", "config", "list", NULL};
    static const char *const pip[] = {"pip", "config", "list", NULL};
    MW_AUTO(mw_buf) output = {0};
    enum mw_code code = mw_tools_run(sys, python, &output, NULL);
    if (code != MW_OK)
        code = mw_tools_run(sys, pip, &output, err);
    if (code == MW_OK) {
        const char *dot = strchr(key, '.');
        MW_FREE char *section = mw_xstrndup(key, (size_t)(dot - key));
        const char *const order[] = {":env:", pip_command_of(section), section};
        const struct mw_tool_key *row = mw_tool_key(mw_tool_find("pip"), key);
        MW_FREE char *answer = NULL;
        for (size_t i = 0; answer == NULL && i < sizeof order / sizeof *order; i++)
            answer = find_answer(mw_buf_text(&output), order[i], dot + 1);
        if (answer == NULL) {
            mw_value_release(value);
        } else if (row != NULL && row->shape == MW_SHAPE_LIST) {
            mw_value_release(value);
            value->kind = MW_VALUE_LIST;
            mw_strings_split(&value->items, answer, " \t\r\n");
        } else {
            mw_value_set_string(value, answer);
        }
    }
    return code;
}
