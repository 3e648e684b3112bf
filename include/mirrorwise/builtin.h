/* What was built into the program: data of the source tree, as bytes. */
#ifndef MW_BUILTIN_H
#define MW_BUILTIN_H

#include <stddef.h>

struct mw_builtin {
    const char *path; /* "profiles/dev.ini"; NULL ends the table */
    const char *text; /* a NUL behind it that `len` does not count */
    size_t len;
};

/* The files of profiles/, assets/mirrors/, assets/tools/, assets/completions/
 * and assets/manuals/. */
extern const struct mw_builtin mw_builtin_files[];
/* The one of that path; the end of the table if there is none. */
const struct mw_builtin *mw_builtin_find(const char *path);

/* assets/po/LANG.po as compiled by msgfmt, each under the name LANG. */
extern const struct mw_builtin mw_builtin_catalogues[];

#endif
