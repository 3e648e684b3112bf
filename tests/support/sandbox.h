/* A directory of its own for a test, and a `struct mw_system` that lives in it. Names are relative
 * to the directory; the last component of every function that makes something may have missing
 * parents. */
#ifndef MW_TEST_SANDBOX_H
#define MW_TEST_SANDBOX_H

#include <stdbool.h>
#include <sys/types.h>

#include "mirrorwise/system.h"

struct mw_sandbox {
    char *dir; /* absolute, without links in it; everybody may pass it */
    struct mw_system sys;
};

/* A user without files and rights, for tests that run as root. */
#define MW_SANDBOX_USER 65534

/* home is DIR/home (not made), cwd is DIR, the environment is empty, umask 022. */
void mw_sandbox_open(struct mw_sandbox *box);
void mw_sandbox_close(struct mw_sandbox *box);

/* --root: absolute, or a name in the sandbox. */
void mw_sandbox_set_root(struct mw_sandbox *box, const char *root);

/* Owned absolute path. */
char *mw_sandbox_path(const struct mw_sandbox *box, const char *name);
void mw_sandbox_mkdir(const struct mw_sandbox *box, const char *name, mode_t mode);
void mw_sandbox_put(const struct mw_sandbox *box, const char *name, const char *text, mode_t mode);
void mw_sandbox_link(const struct mw_sandbox *box, const char *name, const char *target);
/* Owned text of a file, links followed; NULL if it is not there. */
char *mw_sandbox_get(const struct mw_sandbox *box, const char *name);
/* Owned: everything below a directory, "a a/b c", sorted; "" if it is empty or missing. */
char *mw_sandbox_list(const struct mw_sandbox *box, const char *name);
/* As lstat(2), which must work. */
struct stat mw_sandbox_stat(const struct mw_sandbox *box, const char *name);
/* Open descriptors of this process: a test that ends with more has leaked. */
unsigned mw_sandbox_descriptors(void);

#endif
