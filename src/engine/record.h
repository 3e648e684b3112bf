/* What the files of the engine share about records. */
#ifndef MW_ENGINE_RECORD_H
#define MW_ENGINE_RECORD_H

#include "mirrorwise/history.h"

struct mw_xattr *mw_record_xattrs_copy(const struct mw_xattr *xattrs, size_t count); /* owned */

/* Owned paths inside the state directory. */
char *mw_state_journal_path(const char *state_dir);
char *mw_state_generation_path(const char *state_dir, long id);

#endif
