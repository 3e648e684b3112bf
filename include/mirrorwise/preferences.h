/* What somebody chose in the interface, kept in a file of theirs for the next start. */
#ifndef MW_PREFERENCES_H
#define MW_PREFERENCES_H

#include "mirrorwise/buffer.h"
#include "mirrorwise/system.h"

enum mw_app_theme { MW_THEME_DEFAULT, MW_THEME_LIGHT, MW_THEME_MONO, MW_THEME_COUNT };
enum mw_app_language { MW_LANGUAGE_EN, MW_LANGUAGE_ZH };

enum mw_preference {
    MW_PREFER_THEME,    /* as enum mw_app_theme */
    MW_PREFER_LANGUAGE, /* as enum mw_app_language */
    MW_PREFER_FAMILY,   /* 0, 4, 6 */
    MW_PREFER_INTERVAL, /* as mw_app_intervals_ms */
    MW_PREFERENCES
};

/* Of each which choice it is, from 1; 0: nobody chose. An option or a variable of this program wins
 * over it, the locale and guesses do not. */
struct mw_preferences {
    int choice[MW_PREFERENCES];
};

/* Reads the user's file; what is wrong with it becomes a sentence in `warnings`, never an error.
 * `preferences` is filled as far as it goes. */
void mw_preferences_load(const struct mw_system *sys, struct mw_preferences *preferences,
                         struct mw_strings *warnings);
/* The same from the text of the file; `path` is for the sentences. */
void mw_preferences_parse(struct mw_preferences *preferences, const char *path, const char *text,
                          struct mw_strings *warnings);
/* The text of the file into an empty buffer: `before` ("" if there is none) with what `chosen` has
 * put in. Every other line stays byte for byte: comments, what a newer version keeps there, what
 * another interface has chosen meanwhile. */
void mw_preferences_format(const struct mw_preferences *chosen, const char *before,
                           struct mw_buf *text);
/* Puts what was chosen into the file as it is now, if it can; there is nobody to tell if it cannot.
 * Nothing chosen: the file is not touched. */
void mw_preferences_save(const struct mw_system *sys, const struct mw_preferences *chosen);

#endif
