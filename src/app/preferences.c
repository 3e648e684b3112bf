/* CONFIG/interface.ini: what somebody chose in the interface, for the next start. Reading and
 * writing it never fails a run: what cannot be understood is said and passed over, what cannot be
 * written is simply not remembered. */
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/app.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "session_parts.h"

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
        char *seconds = mw_xasprintf("%ld", mw_app_intervals_ms[i] / 1000);
        bool is_one = strcmp(seconds, text) == 0;
        free(seconds);
        if (is_one) {
            preferences->interval = i;
            preferences->has_interval = true;
            return true;
        }
    }
    return false;
}

static const struct {
    const char *key;
    bool (*read)(struct mw_preferences *preferences, const char *text);
} keys[] = {
    {"theme", read_theme},
    {"language", read_language},
    {"family", read_family},
    {"interval", read_interval},
};

/* ---- the file ------------------------------------------------------------------------------ */

static char *path_of(const struct mw_system *sys)
{
    char *directory = session_config_dir(sys);
    char *path = directory != NULL ? mw_xasprintf("%s/interface.ini", directory) : NULL;
    free(directory);
    return path;
}

/* Owned: without the blanks around it. */
static char *trimmed(const char *text, size_t len)
{
    while (len > 0 && strchr(" \t\r", text[len - 1]) != NULL)
        len--;
    while (len > 0 && strchr(" \t", *text) != NULL) {
        text++;
        len--;
    }
    return mw_xstrndup(text, len);
}

static bool read_line(struct mw_preferences *preferences, const char *line)
{
    const char *equals = strchr(line, '=');
    if (line[0] == '\0' || line[0] == '#' || line[0] == ';')
        return true;
    if (equals == NULL)
        return false;
    char *key = trimmed(line, (size_t)(equals - line));
    char *value = trimmed(equals + 1, strlen(equals + 1));
    bool is_understood = false;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (strcmp(keys[i].key, key) == 0)
            is_understood = keys[i].read(preferences, value);
    }
    free(value);
    free(key);
    return is_understood;
}

void mw_preferences_parse(struct mw_preferences *preferences, const char *path, const char *text,
                          struct mw_strings *warnings)
{
    size_t number = 0;
    for (const char *at = text; *at != '\0';) {
        size_t len = strcspn(at, "\n");
        char *line = trimmed(at, len);
        number++;
        if (!read_line(preferences, line))
            mw_strings_take(warnings,
                            mw_xasprintf(_("%s:%zu: the interface does not understand \"%s\" and "
                                           "passes it over"),
                                         path, number, line));
        free(line);
        at += len + (at[len] == '\n' ? 1 : 0);
    }
}

void mw_preferences_load(const struct mw_system *sys, struct mw_preferences *preferences,
                         struct mw_strings *warnings)
{
    struct mw_file file = {0};
    struct mw_error err = {0};
    char *path = path_of(sys);
    *preferences = (struct mw_preferences){0};
    if (path != NULL && mw_file_read(sys, path, sys->user, &file, &err) != MW_OK)
        mw_strings_add(warnings, err.message);
    else if (path != NULL)
        mw_preferences_parse(preferences, path, mw_buf_text(&file.bytes), warnings);
    mw_file_release(&file);
    free(path);
}

char *mw_preferences_format(const struct mw_preferences *preferences)
{
    struct mw_buf text = {0};
    mw_buf_printf(&text, "# %s\n",
                  _("What was chosen in the interface of mirrorwise, which writes this file when "
                    "it ends."));
    if (preferences->has_theme)
        mw_buf_printf(&text, "theme = %s\n", themes[preferences->theme]);
    if (preferences->has_language)
        mw_buf_printf(&text, "language = %s\n", languages[preferences->language]);
    for (size_t i = 0; preferences->has_family && i < sizeof families / sizeof *families; i++) {
        if (families[i].family == preferences->family)
            mw_buf_printf(&text, "family = %s\n", families[i].word);
    }
    if (preferences->has_interval)
        mw_buf_printf(&text, "interval = %ld\n", mw_app_intervals_ms[preferences->interval] / 1000);
    return mw_buf_take(&text);
}

void mw_preferences_save(const struct mw_system *sys, const struct mw_preferences *preferences)
{
    enum { NEW_MODE = 0666 };
    struct mw_file file = {0};
    struct mw_stage stage = {.dirfd = -1};
    struct mw_buf bytes = {0};
    char *text = mw_preferences_format(preferences);
    char *path = path_of(sys);
    mw_buf_puts(&bytes, text);
    if (path != NULL && mw_file_read(sys, path, sys->user, &file, NULL) == MW_OK &&
        mw_file_preflight(sys, &file, NULL) == MW_OK &&
        mw_stage_plan(sys, &file, &stage, NULL) == MW_OK &&
        mw_stage_write(sys, &file, &stage, &bytes, NEW_MODE, NULL) == MW_OK &&
        mw_stage_publish(sys, &file, &stage, NULL) != MW_OK)
        mw_stage_discard(sys, &file, &stage);
    mw_stage_release(sys, &stage);
    mw_buf_release(&bytes);
    mw_file_release(&file);
    free(path);
    free(text);
}
