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

enum key { THEME, LANGUAGE, FAMILY, INTERVAL, KEY_COUNT };
static const char *const names[KEY_COUNT] = {"theme", "language", "family", "interval"};
static const int families[] = {0, 4, 6};

/* ---- choices, each a number from 0 on ------------------------------------------------------ */

/* Owned: the word for it; NULL: there are no more. */
static char *word_of(enum key key, size_t choice)
{
    static const char *const words[KEY_COUNT][4] = {
        [THEME] = {"default", "light", "mono"},
        [LANGUAGE] = {"en", "zh_CN"},
        [FAMILY] = {"any", "4", "6"},
    };
    if (key != INTERVAL)
        return words[key][choice] != NULL ? mw_xstrdup(words[key][choice]) : NULL;
    /* Seconds; only those that the key of the interface goes through. */
    return choice < mw_app_interval_count ? mw_xasprintf("%ld", mw_app_intervals_ms[choice] / 1000)
                                          : NULL;
}

/* True if somebody chose. */
static bool get_choice(const struct mw_preferences *from, enum key key, size_t *choice)
{
    switch (key) {
    case THEME:
        *choice = (size_t)from->theme;
        return from->has_theme;
    case LANGUAGE:
        *choice = (size_t)from->language;
        return from->has_language;
    case FAMILY:
        *choice = from->family == 0 ? 0 : from->family == 4 ? 1 : 2;
        return from->has_family;
    case INTERVAL:
        *choice = from->interval;
        return from->has_interval;
    case KEY_COUNT:
    default:
        return false;
    }
}

static void set_choice(struct mw_preferences *to, enum key key, size_t choice)
{
    if (key == THEME)
        to->theme = (enum mw_app_theme)choice;
    else if (key == LANGUAGE)
        to->language = (enum mw_app_language)choice;
    else if (key == FAMILY)
        to->family = families[choice];
    else
        to->interval = choice;
    bool *const has[] = {&to->has_theme, &to->has_language, &to->has_family, &to->has_interval};
    *has[key] = true;
}

/* ---- the file ------------------------------------------------------------------------------ */

static char *path_of(const struct mw_system *sys)
{
    MW_FREE char *directory = mw_system_own_config_dir(sys);
    return directory != NULL ? mw_xasprintf("%s/interface.ini", directory) : NULL;
}

struct line {
    const char *text; /* without the blanks around it */
    size_t len;
    enum key key;      /* KEY_COUNT: none of ours */
    const char *value; /* up to the end of the text; NULL: the line has no '=' */
};

static enum key find_key(const char *name, size_t len)
{
    enum key key = THEME;
    while (key < KEY_COUNT && (strlen(names[key]) != len || memcmp(names[key], name, len) != 0))
        key++;
    return key;
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
    for (size_t choice = 0;; choice++) {
        MW_FREE char *word = word_of(line->key, choice);
        bool is_it = word != NULL && strcmp(word, value) == 0;
        if (is_it)
            set_choice(preferences, line->key, choice);
        if (is_it || word == NULL)
            return is_it;
    }
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

static void put_line(struct mw_buf *text, enum key key, const char *value)
{
    mw_buf_printf(text, "%s = %s\n", names[key], value);
}

char *mw_preferences_format(const struct mw_preferences *chosen, const char *before)
{
    char *values[KEY_COUNT];
    bool is_put[KEY_COUNT] = {false};
    struct mw_buf text = {0};
    for (enum key key = THEME; key < KEY_COUNT; key++) {
        size_t choice = 0;
        values[key] = get_choice(chosen, key, &choice) ? word_of(key, choice) : NULL;
    }
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
    for (enum key key = THEME; key < KEY_COUNT; key++) {
        if (values[key] != NULL && !is_put[key])
            put_line(&text, key, values[key]);
        free(values[key]);
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
