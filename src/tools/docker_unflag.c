/* Taking a flag of dockerd's out of where it is handed to it: out of a file of the machine's own,
 * or, since the units of a package are left as they are, by a drop-in that says the same without it
 * (systemd.unit(5), systemctl edit). */
#include <stdlib.h>
#include <string.h>

#include "docker_parts.h"
#include "internal.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

/* ---- one logical line ------------------------------------------------------------------------ */

struct line {
    const char *text;
    size_t begin, end;
};

/* Behind the blanks and continuations at `at`. */
static size_t skip_gap(const struct line *line, size_t at)
{
    const char *text = line->text;
    while (at < line->end && (docker_is_blank(text[at]) ||
                              (text[at] == '\\' && at + 1 < line->end && text[at + 1] == '\n')))
        at++;
    return at;
}

/* The end of what is in front of the blanks and continuations before `at`. */
static size_t before_gap(const struct line *line, size_t at)
{
    const char *text = line->text;
    while (at > line->begin &&
           (docker_is_blank(text[at - 1]) || (text[at - 1] == '\\' && text[at] == '\n')))
        at--;
    return at;
}

/* The end of the word at `at`, inside of the quote `outer` if that is not '\0'. */
static size_t word_end(const struct line *line, size_t at, char outer)
{
    char quote = '\0';
    for (; at < line->end; at++) {
        char c = line->text[at];
        if (quote != '\0')
            quote = c == quote ? '\0' : quote;
        else if (outer == '\0' && (c == '"' || c == '\''))
            quote = c;
        else if (docker_is_blank(c) || c == outer)
            break;
    }
    return at;
}

/* Behind the comments between continuations, if a line begins at `at`. */
static size_t skip_comments(const struct line *line, size_t at)
{
    while (at > line->begin && line->text[at - 1] == '\n') {
        size_t first = at + strspn(line->text + at, " \t");
        if (line->text[first] != '#' && line->text[first] != ';')
            break;
        at = first + strcspn(line->text + first, "\n") + 1;
    }
    return at < line->end ? at : line->end - 1;
}

/* Adds the edits that take the flag out with its values, and with the blanks before it. */
static void cut_flag(const struct line *line, const struct mw_tool_key *row, struct mw_edits *edits)
{
    const char *text = line->text;
    char letter = row->letter != NULL ? *row->letter : '\0', quote = '\0';
    for (size_t at = line->begin; at < line->end; at++) {
        at = skip_comments(line, at);
        bool is_first =
            at == line->begin || docker_is_blank(text[at - 1]) || strchr("\"'=", text[at - 1]);
        size_t end = word_end(line, at, quote);
        MW_FREE char *word = mw_xstrndup(text + at, end - at);
        const char *rest = is_first ? docker_flag_match(word, row->flag, letter) : NULL;
        if (rest == NULL) {
            bool is_quote = text[at] == '"' || text[at] == '\'';
            if (is_quote && (quote == '\0' || quote == text[at]))
                quote = quote == '\0' ? text[at] : '\0';
            continue;
        }
        if (*rest == '\0' && row->type != MW_TYPE_BOOL)
            end = word_end(line, skip_gap(line, end), quote);
        size_t from = before_gap(line, at);
        if (from == at) /* the first of a variable's */
            end = skip_gap(line, end);
        (void)mw_edits_add(edits, from, end);
        at = end - 1;
    }
}

/* ---- files ----------------------------------------------------------------------------------- */

struct unflagging {
    const struct mw_system *sys;
    const struct mw_tool *tool;
    const struct mw_tool_key *row;
    bool is_users; /* the user's own engine */
    struct mw_rewrites *rewrites;
};

static bool is_named(const struct unflagging *unflagging, const char *path)
{
    const struct mw_source *source = mw_tool_source_at(unflagging->sys, unflagging->tool, path);
    return source != NULL && source->kind == MW_SOURCE_HOOK;
}

/* One of the files that the source of the flags names, there or not, and no link to another? */
static bool is_flag_file(const struct unflagging *unflagging, const char *path)
{
    MW_FREE char *real = mw_path_resolve(unflagging->sys, path);
    return is_named(unflagging, path) && (real == NULL || is_named(unflagging, real));
}

static struct mw_edits *edits_of(const struct unflagging *unflagging, const char *path)
{
    struct mw_rewrites *rewrites = unflagging->rewrites;
    for (size_t i = 0; i < rewrites->count; i++) {
        if (strcmp(rewrites->items[i].path, path) == 0)
            return &rewrites->items[i].edits;
    }
    struct mw_rewrite *rewrite = MW_PUSH(rewrites->items, rewrites->count);
    rewrite->path = mw_xstrdup(path);
    if (unflagging->is_users)
        rewrite->actor = unflagging->sys->user;
    return &rewrite->edits;
}

/* Owned; NULL if that cannot be told. */
static char *drop_in_path(const struct unflagging *unflagging)
{
    static const char system[] = "/etc/systemd/system/docker.service.d/mirrorwise.conf",
                      users[] = "systemd/user/docker.service.d/mirrorwise.conf";
    return unflagging->is_users ? mw_tools_config_file(unflagging->sys, users)
                                : mw_system_path(unflagging->sys, system);
}

/* The line of somebody else's unit, without the flag, in a drop-in that is not there yet. */
static bool put_drop_in(const struct unflagging *unflagging, const struct line *line)
{
    MW_FREE char *path = drop_in_path(unflagging);
    MW_AUTO(mw_edits) cuts = {0};
    MW_AUTO(mw_buf) text = {0};
    if (path == NULL || mw_path_exists(unflagging->sys, path))
        return false;
    struct mw_edits *edits = edits_of(unflagging, path);
    bool is_first = edits->count == 0;
    struct mw_buf *out = is_first ? mw_edits_add(edits, 0, 0) : &edits->items[0].text;
    cut_flag(line, unflagging->row, &cuts);
    mw_edits_apply(&cuts, line->text, line->end, &text);
    const char *without = mw_buf_text(&text) + line->begin;
    size_t len = text.len - line->begin;
    mw_text_trim(&without, &len);
    mw_buf_puts(out, is_first ? "[Service]\n" : "");
    mw_buf_puts(out, mw_text_starts(without, "ExecStart") ? "ExecStart=\n" : "");
    mw_buf_append(out, without, len);
    mw_buf_puts(out, without[len - 1] == '\n' ? "" : "\n");
    return true;
}

/* Takes the flag out of the line at `place`, "PATH:LINE". */
static bool cut_at(const struct unflagging *unflagging, const char *place)
{
    size_t len = 0, next = 0, number = docker_place_line(place, &len);
    MW_FREE char *path = mw_xstrndup(place, len);
    MW_AUTO(mw_buf) text = {0};
    if (number == 0 || !mw_text_file_read(unflagging->sys, path, &text))
        return false;
    const char *at = mw_buf_text(&text);
    while (--number > 0 && strchr(at, '\n') != NULL)
        at = strchr(at, '\n') + 1;
    struct line line = {.text = mw_buf_text(&text), .begin = (size_t)(at - mw_buf_text(&text))};
    free(docker_logical_line(&at, &next));
    line.end = (size_t)(at - line.text);
    if (!is_flag_file(unflagging, path))
        return strstr(path, "/docker.service") != NULL && put_drop_in(unflagging, &line);
    cut_flag(&line, unflagging->row, edits_of(unflagging, path));
    return true;
}

/* Would dockerd be started with these words? */
static bool starts_so(const struct unflagging *unflagging, const struct mw_strings *words)
{
    const struct mw_rewrites *rewrites = unflagging->rewrites;
    struct mw_system then = *unflagging->sys;
    MW_FREE struct mw_stand_in *stand_ins = mw_xcalloc(rewrites->count, sizeof *stand_ins);
    MW_FREE struct mw_buf *texts = mw_xcalloc(rewrites->count, sizeof *texts);
    MW_AUTO(mw_held) held = {0};
    then.memo = NULL;
    for (size_t i = 0; i < rewrites->count; i++) {
        const struct mw_rewrite *rewrite = &rewrites->items[i];
        MW_AUTO(mw_buf) before = {0};
        (void)mw_text_file_read(unflagging->sys, rewrite->path, &before);
        mw_edits_apply(&rewrite->edits, mw_buf_text(&before), before.len, &texts[i]);
        stand_ins[i] = (struct mw_stand_in){.path = rewrite->path,
                                            .text = mw_buf_text(&texts[i]),
                                            .len = texts[i].len,
                                            .next = then.stand_ins};
        then.stand_ins = &stand_ins[i];
    }
    bool is_so =
        mw_strings_equal(&docker_configured(&then, unflagging->is_users, &held)->words, words);
    for (size_t i = 0; i < rewrites->count; i++)
        mw_buf_release(&texts[i]);
    return is_so;
}

bool mw_docker_unflag(const struct mw_system *sys, const struct mw_tool *tool,
                      const struct mw_location *location, const struct mw_tool_key *row,
                      struct mw_rewrites *rewrites)
{
    struct unflagging unflagging = {.sys = sys,
                                    .tool = tool,
                                    .row = row,
                                    .is_users = docker_is_users_file(sys, location->path),
                                    .rewrites = rewrites};
    MW_AUTO(mw_held) held = {0};
    MW_AUTO(docker_flag) flag = {0};
    docker_command_flag_of(docker_configured(sys, unflagging.is_users, &held), row, &flag);
    bool is_cut = flag.places.count > 0;
    mw_strings_sort(&flag.places);
    for (size_t i = 0; is_cut && i < flag.places.count; i++) {
        bool is_done = i > 0 && strcmp(flag.places.items[i], flag.places.items[i - 1]) == 0;
        is_cut = is_done || cut_at(&unflagging, flag.places.items[i]);
    }
    for (size_t i = 0; is_cut && i < rewrites->count; i++)
        mw_edits_sort(&rewrites->items[i].edits);
    return is_cut && starts_so(&unflagging, &flag.others);
}
