/* Catalogues in the format of GNU MO files ("The Format of GNU MO Files" in the gettext manual):
 * two sorted tables of {length, offset}, the originals and the translations. */
#include "mirrorwise/i18n.h"

#include <ctype.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "mirrorwise/builtin.h"
#include "mirrorwise/text.h"

enum { MO_MAGIC = 0, MO_COUNT = 8, MO_ORIGINALS = 12, MO_TRANSLATIONS = 16, MO_HEADER = 28 };

const struct mw_builtin *mw_builtin_find(const char *path)
{
    const struct mw_builtin *file = mw_builtin_files;
    while (file->path != NULL && strcmp(file->path, path) != 0)
        file++;
    return file;
}

/* NULL: English. The interface changes it while the worker speaks, too. */
static _Atomic(const struct mw_builtin *) spoken;

static uint32_t word_at(const struct mw_builtin *catalogue, uint32_t offset)
{
    const unsigned char *bytes = (const unsigned char *)catalogue->text + offset;
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* String number `i` of the table whose offset stands at `table`. */
static const char *string_at(const struct mw_builtin *catalogue, uint32_t table, uint32_t i)
{
    uint32_t row = word_at(catalogue, table) + 8 * i;
    return catalogue->text + word_at(catalogue, row + 4);
}

/* NULL if the catalogue lacks it. Of a sentence that counts, the original is the singular; the
 * translation is its first form, and Chinese has one form only. */
static const char *find_message(const struct mw_builtin *catalogue, const char *text)
{
    uint32_t low = 0;
    uint32_t high = word_at(catalogue, MO_COUNT);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = strcmp(text, string_at(catalogue, MO_ORIGINALS, middle));
        if (order == 0)
            return string_at(catalogue, MO_TRANSLATIONS, middle);
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

static const struct mw_builtin *find_catalogue(const char *lang)
{
    for (const struct mw_builtin *file = mw_builtin_catalogues; file->path != NULL; file++) {
        if (strcmp(file->path, lang) == 0 && file->len > MO_HEADER &&
            word_at(file, MO_MAGIC) == 0x950412DE)
            return file;
    }
    return NULL;
}

void mw_i18n_speak(const char *lang)
{
    atomic_store(&spoken, find_catalogue(lang));
}

const char *mw_i18n_spoken(void)
{
    const struct mw_builtin *catalogue = atomic_load(&spoken);
    return catalogue != NULL ? catalogue->path : "en";
}

const char *mw_i18n_text(const char *text)
{
    const struct mw_builtin *catalogue = atomic_load(&spoken);
    const char *found = catalogue != NULL && text[0] != '\0' ? find_message(catalogue, text)
                                                             : NULL; /* "": the header */
    return found != NULL ? found : text;
}

const char *mw_i18n_plural(const char *one, const char *many, unsigned long count)
{
    const struct mw_builtin *catalogue = atomic_load(&spoken);
    const char *found = catalogue != NULL ? find_message(catalogue, one) : NULL;
    if (found != NULL)
        return found;
    return count == 1 ? one : many;
}

/* ---- what the environment asks for ---------------------------------------------------------- */

/* A language of ours that a name such as "zh_TW.UTF-8" stands for; NULL if it is none. */
static const char *language_of(const char *name)
{
    for (size_t i = 0; mw_builtin_catalogues[i].path != NULL; i++) {
        const char *ours = mw_builtin_catalogues[i].path;
        size_t len = strcspn(ours, "_");
        if (strncmp(name, ours, len) == 0 && !isalpha((unsigned char)name[len]))
            return ours;
    }
    return mw_text_starts(name, "en") ? "en" : NULL;
}

const char *mw_i18n_wanted(const char *(*get_env)(const char *name))
{
    const char *own = get_env("MIRRORWISE_LANG");
    if (own != NULL && language_of(own) != NULL)
        return language_of(own);

    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    const char *locale = "C";
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = get_env(names[i]);
        if (value != NULL && value[0] != '\0') {
            locale = value;
            break;
        }
    }
    /* gettext ignores LANGUAGE in the locale C, and scripts count on it. */
    if (strcmp(locale, "C") == 0 || strcmp(locale, "POSIX") == 0 || mw_text_starts(locale, "C."))
        return "en";

    /* A list such as "zh_TW:zh:en", the best first. */
    const char *list = get_env("LANGUAGE");
    while (list != NULL && list[0] != '\0') {
        if (language_of(list) != NULL)
            return language_of(list);
        list = strchr(list, ':');
        list = list != NULL ? list + 1 : NULL;
    }
    const char *lang = language_of(locale);
    return lang != NULL ? lang : "en";
}
