/* The files of profiles/ and assets/mirrors/ as they were when the program was built. */
#ifndef MW_BUILTIN_H
#define MW_BUILTIN_H

#include <stddef.h>

struct mw_builtin {
    const char *path; /* "profiles/dev.ini"; NULL ends the table */
    const char *text;
    size_t len;
};

extern const struct mw_builtin mw_builtin_files[];

#endif
