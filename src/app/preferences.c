/* CONFIG/interface.ini: what somebody chose in the interface, for the next start. Reading and
 * writing it never fails a run: what cannot be understood is said and passed over, what cannot be
 * written is simply not remembered. */
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/app.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/session.h"
#include "mirrorwise/text.h"

/* Sentences about lines that nobody understands, and columns of such a line: the file may be
 * anything. */
enum { STRANGE_MAX = 10, SHOWN_COLS = 60 };

static const char *const themes[] = {
    [MW_THEME_DEFAULT] = "default",
    [MW_THEME_LIGHT] = "light",
    [MW_THEME_MONO] = "mono",
};
static const char *const languages[] = {
    [MW_LANGUAGE_EN] = "en",
    [MW_LANGUAGE_ZH] = "zh_CN",
};
static const struct {
    const char *word;
    int family;
} families[] = {{"any", 0}, {"4", 4}, {"6", 6}};

/* ---- words --------------------------------------------------------------------------------- */

static bool find_word(const char *const *words, size_t count, const char *text, size_t *index)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(words[i], text) == 0) {
            *index = i;
            return true;
        }
    }
    return false;
}

static bool read_theme(struct mw_preferences *preferences, const char *text)
{
    size_t index = 0;
    bool is_one = find_word(themes, sizeof themes / sizeof *themes, text, &index);
    if (is_one)
        preferences->theme = (enum mw_app_theme)index;
    preferences->has_theme = preferences->has_theme || is_one;
    return is_one;
}

static bool read_language(struct mw_preferences *preferences, const char *text)
{
    size_t index = 0;
    bool is_one = find_word(languages, sizeof languages / sizeof *languages, text, &index);
    if (is_one)
        preferences->language = (enum mw_app_language)index;
    preferences->has_language = preferences->has_language || is_one;
    return is_one;
}

static bool read_family(struct mw_preferences *preferences, const char *text)
{
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        if (strcmp(families[i].word, text) == 0) {
            preferences->family = families[i].family;
            preferences->has_family = true;
            return true;
        }
    }
    return false;
}

/* Seconds; only those that the key goes through. */
static bool read_interval(struct mw_preferences *preferences, const char *text)
{
    for (size_t i = 0; i < mw_app_interval_count; i++) {
        MW_FREE char *seconds = mw_xasprintf("%ld", mw_app_intervals_ms[i] / 1000);
        bool is_one = strcmp(seconds, text) == 0;
        if (is_one) {
            preferences->interval = i;
            preferences->has_interval = true;
            return true;
        }
    }
    return false;
}

/* ---- the same, written: owned ---- */

static char *write_theme(const struct mw_preferences *chosen)
{
    return chosen->has_theme ? mw_xstrdup(themes[chosen->theme]) : NULL;
}

static char *write_language(const struct mw_preferences *chosen)
{
    return chosen->has_language ? mw_xstrdup(languages[chosen->language]) : NULL;
}

static char *write_family(const struct mw_preferences *chosen)
{
    for (size_t i = 0; chosen->has_family && i < sizeof families / sizeof *families; i++) {
        if (families[i].family == chosen->family)
            return mw_xstrdup(families[i].word);
    }
    return NULL;
}

static char *write_interval(const struct mw_preferences *chosen)
{
    return chosen->has_interval ? mw_xasprintf("%ld", mw_app_intervals_ms[chosen->interval] / 1000)
                                : NULL;
}

enum { KEY_COUNT = 4 };
static const struct {
    const char *name;
    bool (*read)(struct mw_preferences *preferences, const char *text);
    char *(*write)(const struct mw_preferences *chosen); /* NULL: nobody chose */
} keys[KEY_COUNT] = {
    {"theme", read_theme, write_theme},
    {"language", read_language, write_language},
    {"family", read_family, write_family},
    {"interval", read_interval, write_interval},
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
    size_t key;        /* KEY_COUNT: none of ours */
    const char *value; /* up to the end of the text; NULL: the line has no '=' */
};

static size_t find_key(const char *name, size_t len)
{
    size_t i = 0;
    while (i < KEY_COUNT && (strlen(keys[i].name) != len || memcmp(keys[i].name, name, len) != 0))
        i++;
    return i;
}

/* The line at `at`; returns where the next one begins. */
static const char *cut_line(const char *at, struct line *line)
{
    const char *end = at + strcspn(at, "\n");
    const char *next = *end == '\n' ? end + 1 : end;
    if (end > at && end[-1] == '\r')
        end--;
    *line = (struct line){.text = at, .len = (size_t)(end - at), .key = KEY_COUNT};
    mw_text_trim(&line->text, &line->len);
    const char *equals = memchr(line->text, '=', line->len);
    if (equals == NULL || *line->text == '#' || *line->text == ';')
        return next;
    const char *name = line->text;
    size_t name_len = (size_t)(equals - name);
    mw_text_trim(&name, &name_len);
    line->key = find_key(name, name_len);
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
    if (line->key == KEY_COUNT)
        return false;
    MW_FREE char *value = value_of(line);
    return keys[line->key].read(preferences, value);
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
    *preferences = (struct mw_preferences){0};
    if (path != NULL && mw_file_read(sys, path, sys->user, &file, &err) != MW_OK)
        mw_strings_add(warnings, err.message);
    else if (path != NULL)
        mw_preferences_parse(preferences, path, mw_buf_text(&file.bytes), warnings);
}

static void put_line(struct mw_buf *text, size_t key, const char *value)
{
    mw_buf_printf(text, "%s = %s\n", keys[key].name, value);
}

char *mw_preferences_format(const struct mw_preferences *chosen, const char *before)
{
    char *values[KEY_COUNT];
    bool is_put[KEY_COUNT] = {false};
    struct mw_buf text = {0};
    for (size_t i = 0; i < KEY_COUNT; i++)
        values[i] = keys[i].write(chosen);
    if (*before == '\0')
        mw_buf_printf(&text, "# %s\n",
                      _("What was chosen in the interface of mirrorwise, which writes this file "
                        "when it ends."));
    while (*before != '\0') {
        struct line line;
        const char *next = cut_line(before, &line);
        if (line.key < KEY_COUNT && values[line.key] != NULL) {
            put_line(&text, line.key, values[line.key]);
            is_put[line.key] = true;
        } else {
            mw_buf_append(&text, before, (size_t)(next - before));
        }
        before = next;
    }
    if (text.data[text.len - 1] != '\n')
        mw_buf_putc(&text, '\n');
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (values[i] != NULL && !is_put[i])
            put_line(&text, i, values[i]);
        free(values[i]);
    }
    return mw_buf_take(&text);
}

static bool has_any(const struct mw_preferences *chosen)
{
    return chosen->has_theme || chosen->has_language || chosen->has_family || chosen->has_interval;
}

void mw_preferences_save(const struct mw_system *sys, const struct mw_preferences *chosen)
{
    enum { NEW_MODE = 0666 };
    struct mw_file file = {0};
    struct mw_stage stage = {.dirfd = -1};
    struct mw_buf bytes = {0};
    char *path = has_any(chosen) ? path_of(sys) : NULL;
    if (path == NULL || mw_file_read(sys, path, sys->user, &file, NULL) != MW_OK ||
        strlen(mw_buf_text(&file.bytes)) != file.bytes.len) /* no text: NULs */
        goto out;
    char *text = mw_preferences_format(chosen, mw_buf_text(&file.bytes));
    mw_buf_puts(&bytes, text);
    free(text);
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
