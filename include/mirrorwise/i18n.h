/* Languages: every sentence that a person reads passes through _(). English is the source.
 * N_() marks a string of a table for extraction; the place that prints it applies _(). */
#ifndef MW_I18N_H
#define MW_I18N_H

#include <libintl.h>

#define _(text) gettext(text)
#define N_(text) text

#endif
