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

/* Owned: the line at *at, without the blanks around it; the next one begins at *at then. */
static char *take_line(const char **at)
{
    const char *line = *at;
    size_t len = strcspn(line, "\n");
    *at += len + (line[len] == '\n');
    if (len > 0 && line[len - 1] == '\r')
        len--;
    mw_text_trim(&line, &len);
    return mw_xstrndup(line, len);
}

/* Which of `rows` the line sets, and to what; NONE: none. */
static size_t find_row(const char *line, const char **value)
{
    size_t row = 0;
    for (; row < NONE; row++) {
        if (!mw_text_starts(line, rows[row].name))
            continue;
        const char *equals = line + strlen(rows[row].name);
        equals += strspn(equals, " \t");
        if (*equals != '=')
            continue;
        *value = equals + 1 + strspn(equals + 1, " \t");
        break;
    }
    return row;
}

static bool read_line(struct mw_preferences *preferences, const char *line)
{
    const char *value = NULL;
    size_t row = find_row(line, &value);
    if (row == NONE)
        return *line == '\0' || *line == '#' || *line == ';';
    for (int i = 0; i < WORDS && rows[row].words[i] != NULL; i++) {
        if (strcmp(rows[row].words[i], value) == 0) {
            preferences->choice[row] = i + 1;
            return true;
        }
    }
    return false;
}

void mw_preferences_parse(struct mw_preferences *preferences, const char *path, const char *text,
                          struct mw_strings *warnings)
{
    size_t number = 0, strange = 0;
    while (*text != '\0') {
        MW_FREE char *line = take_line(&text);
        number++;
        if (read_line(preferences, line) || ++strange > STRANGE_MAX)
            continue;
        MW_FREE char *shown = mw_text_safe(line, strlen(line), SHOWN_COLS, false);
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

static void put_choice(struct mw_buf *text, const struct mw_preferences *chosen, size_t row)
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
        const char *begin = before;
        const char *value = NULL;
        MW_FREE char *line = take_line(&before);
        size_t row = find_row(line, &value);
        if (row != NONE && chosen->choice[row] > 0) {
            put_choice(text, chosen, row);
            is_put[row] = true;
        } else {
            mw_buf_append(text, begin, (size_t)(before - begin));
        }
    }
    if (text->data[text->len - 1] != '\n')
        mw_buf_putc(text, '\n');
    for (size_t row = 0; row < MW_PREFERENCES; row++) {
        if (chosen->choice[row] > 0 && !is_put[row])
            put_choice(text, chosen, row);
    }
}

void mw_preferences_save(const struct mw_system *sys, const struct mw_preferences *chosen)
{
    enum { NEW_MODE = 0666 };
    MW_AUTO(mw_file) file = {0};
    MW_AUTO(mw_buf) bytes = {0};
    struct mw_stage stage = {.dirfd = -1};
    bool has_any = false;
    for (size_t row = 0; row < MW_PREFERENCES; row++)
        has_any = has_any || chosen->choice[row] > 0;
    MW_FREE char *path = has_any ? path_of(sys) : NULL;
    if (path == NULL || mw_file_read(sys, path, sys->user, &file, NULL) != MW_OK ||
        strlen(mw_buf_text(&file.bytes)) != file.bytes.len) /* no text: NULs */
        return;
    mw_preferences_format(chosen, mw_buf_text(&file.bytes), &bytes);
    if (mw_file_preflight(sys, &file, NULL) == MW_OK &&
        mw_stage_plan(sys, &file, &stage, NULL) == MW_OK &&
        mw_stage_write(sys, &file, &stage, &bytes, NEW_MODE, NULL) == MW_OK &&
        mw_stage_publish(sys, &file, &stage, NULL) != MW_OK)
        mw_stage_discard(sys, &file, &stage);
    mw_stage_release(sys, &stage);
}
