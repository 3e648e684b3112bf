/* CONFIG/interface.ini: what somebody chose in the interface, for the next start. Reading and
 * writing it never fails a run: what cannot be understood is said and passed over, what cannot be
 * written is simply not remembered. */
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/preferences.h"
#include "mirrorwise/text.h"

/* Sentences about lines that nobody understands, and columns of such a line: the file may be
 * anything. */
enum { STRANGE_MAX = 10, SHOWN_COLS = 60 };

enum { WORDS = 6, NONE = MW_PREFERENCES };

/* The choices in the order in which the keys of the interface go through them; intervals in
 * seconds, as mw_app_intervals_ms has them. */
static const struct {
    const char *name;
    const char *words[WORDS];
} rows[MW_PREFERENCES] = {
    [MW_PREFER_THEME] = {"theme", {"default", "light", "mono"}},
    [MW_PREFER_LANGUAGE] = {"language", {"en", "zh_CN"}},
    [MW_PREFER_FAMILY] = {"family", {"any", "4", "6"}},
    [MW_PREFER_INTERVAL] = {"interval", {"10", "5", "2", "30", "60", "0"}},
};

/* ---- the file ------------------------------------------------------------------------------ */

static char *path_of(const struct mw_system *sys)
{
    MW_FREE char *directory = mw_system_own_config_dir(sys);
    return directory != NULL ? mw_xasprintf("%s/interface.ini", directory) : NULL;
}

struct line {
    const char *text; /* without the blanks around it */
    size_t len;
    size_t row;        /* of `rows`; NONE: none of ours */
    const char *value; /* up to the end of the text; NULL: the line has no '=' */
};

static size_t find_row(const char *name, size_t len)
{
    size_t row = 0;
    while (row < NONE && (strlen(rows[row].name) != len || memcmp(rows[row].name, name, len) != 0))
        row++;
    return row;
}

/* The line at `at`; returns where the next one begins. */
static const char *cut_line(const char *at, struct line *line)
{
    const char *end = at + strcspn(at, "\n");
    const char *next = *end == '\n' ? end + 1 : end;
    if (end > at && end[-1] == '\r')
        end--;
    *line = (struct line){.text = at, .len = (size_t)(end - at), .row = NONE};
    mw_text_trim(&line->text, &line->len);
    const char *equals = memchr(line->text, '=', line->len);
    if (equals == NULL || *line->text == '#' || *line->text == ';')
        return next;
    const char *name = line->text;
    size_t name_len = (size_t)(equals - name);
    mw_text_trim(&name, &name_len);
    line->row = find_row(name, name_len);
    line->value = equals + 1;
    return next;
}

/* Owned. */
static char *value_of(const struct line *line)
{
    const char *value = line->value;
    size_t len = (size_t)(line->text + line->len - value);
    mw_text_trim(&value, &len);
    return mw_xstrndup(value, len);
}

static bool read_line(struct mw_preferences *preferences, const struct line *line)
{
    if (line->len == 0 || *line->text == '#' || *line->text == ';')
        return true;
    if (line->row == NONE)
        return false;
    MW_FREE char *value = value_of(line);
    const char *const *words = rows[line->row].words;
    int choice = 0;
    while (choice < WORDS && words[choice] != NULL && strcmp(words[choice], value) != 0)
        choice++;
    bool is_one = choice < WORDS && words[choice] != NULL;
    if (is_one)
        preferences->choice[line->row] = choice + 1;
    return is_one;
}

void mw_preferences_parse(struct mw_preferences *preferences, const char *path, const char *text,
                          struct mw_strings *warnings)
{
    size_t number = 0, strange = 0;
    while (*text != '\0') {
        struct line line;
        text = cut_line(text, &line);
        number++;
        if (read_line(preferences, &line) || ++strange > STRANGE_MAX)
            continue;
        MW_FREE char *shown = mw_text_safe(line.text, line.len, SHOWN_COLS, false);
        mw_strings_take(warnings,
                        mw_xasprintf(_("%s:%zu: the interface does not understand \"%s\" and "
                                       "passes it over"),
                                     path, number, shown));
    }
    if (strange > STRANGE_MAX)
        mw_strings_take(warnings, mw_xasprintf(ngettext("%s: %zu more line is passed over",
                                                        "%s: %zu more lines are passed over",
                                                        strange - STRANGE_MAX),
                                               path, strange - STRANGE_MAX));
}

void mw_preferences_load(const struct mw_system *sys, struct mw_preferences *preferences,
                         struct mw_strings *warnings)
{
    MW_AUTO(mw_file) file = {0};
    struct mw_error err = {0};
    MW_FREE char *path = path_of(sys);
    *preferences = (struct mw_preferences){{0}};
    if (path != NULL && mw_file_read(sys, path, sys->user, &file, &err) != MW_OK)
        mw_strings_add(warnings, err.message);
    else if (path != NULL)
        mw_preferences_parse(preferences, path, mw_buf_text(&file.bytes), warnings);
}

static void put_line(struct mw_buf *text, const struct mw_preferences *chosen, size_t row)
{
    mw_buf_printf(text, "%s = %s\n", rows[row].name, rows[row].words[chosen->choice[row] - 1]);
}

void mw_preferences_format(const struct mw_preferences *chosen, const char *before,
                           struct mw_buf *text)
{
    bool is_put[MW_PREFERENCES] = {false};
    if (*before == '\0')
        mw_buf_printf(text, "# %s\n",
                      _("What was chosen in the interface of mirrorwise, which writes this file "
                        "when it ends."));
    while (*before != '\0') {
        struct line line;
        const char *next = cut_line(before, &line);
        if (line.row != NONE && chosen->choice[line.row] > 0) {
            put_line(text, chosen, line.row);
            is_put[line.row] = true;
        } else {
            mw_buf_append(text, before, (size_t)(next - before));
        }
        before = next;
    }
    if (text->data[text->len - 1] != '\n')
        mw_buf_putc(text, '\n');
    for (size_t row = 0; row < MW_PREFERENCES; row++) {
        if (chosen->choice[row] > 0 && !is_put[row])
            put_line(text, chosen, row);
    }
}

void mw_preferences_save(const struct mw_system *sys, const struct mw_preferences *chosen)
{
    enum { NEW_MODE = 0666 };
    struct mw_file file = {0};
    struct mw_stage stage = {.dirfd = -1};
    struct mw_buf bytes = {0};
    bool has_any = false;
    for (size_t row = 0; row < MW_PREFERENCES; row++)
        has_any = has_any || chosen->choice[row] > 0;
    char *path = has_any ? path_of(sys) : NULL;
    if (path == NULL || mw_file_read(sys, path, sys->user, &file, NULL) != MW_OK ||
        strlen(mw_buf_text(&file.bytes)) != file.bytes.len) /* no text: NULs */
        goto out;
    mw_preferences_format(chosen, mw_buf_text(&file.bytes), &bytes);
    if (mw_file_preflight(sys, &file, NULL) == MW_OK &&
        mw_stage_plan(sys, &file, &stage, NULL) == MW_OK &&
        mw_stage_write(sys, &file, &stage, &bytes, NEW_MODE, NULL) == MW_OK &&
        mw_stage_publish(sys, &file, &stage, NULL) != MW_OK)
        mw_stage_discard(sys, &file, &stage);
out:
    mw_stage_release(sys, &stage);
    mw_buf_release(&bytes);
    mw_file_release(&file);
    free(path);
}
