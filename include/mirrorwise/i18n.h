/* Languages: every sentence that a person reads passes through _(), or ngettext() if it counts.
 * English is the source, and stands in for what a catalogue lacks. N_() marks a string of a table
 * for extraction; the place that prints it applies _().
 *
 * The catalogues (assets/po) are built into the program and read here rather than by the C
 * library's gettext: that one speaks only where a locale other than C is installed, which no
 * container image has, and from glibc 2.39 on it takes C.UTF-8 for C (commit 2897b231a6, bug
 * 16621). Every function may be called from any thread. */
#ifndef MW_I18N_H
#define MW_I18N_H

#define _(text) mw_i18n_text(text)
#define N_(text) text
/* The name that xgettext and translators' tools know. */
#define ngettext(one, many, count) mw_i18n_plural(one, many, count)

/* Speaks `lang` ("zh_CN") from now on, English if there is no such catalogue. */
void mw_i18n_speak(const char *lang);
/* The language spoken: "en", "zh_CN". Static. */
const char *mw_i18n_spoken(void);

/* The language that the environment asks for: MIRRORWISE_LANG, else what gettext would go by:
 * LANGUAGE, LC_ALL, LC_MESSAGES, LANG, whether or not that locale is installed. Chinese of any
 * place gets "zh_CN", all others "en". `get_env` returns NULL for what is not set. Static. */
const char *mw_i18n_wanted(const char *(*get_env)(const char *name));

/* The translation, else the argument itself. Lives as long as the program. */
__attribute__((format_arg(1))) const char *mw_i18n_text(const char *text);
__attribute__((format_arg(1), format_arg(2))) const char *
mw_i18n_plural(const char *one, const char *many, unsigned long count);

#endif
