/* What the files of the engine share about records. */
#ifndef MW_ENGINE_RECORD_H
#define MW_ENGINE_RECORD_H

#include <cJSON.h>

#include "mirrorwise/history.h"

/* Members of what this program wrote as JSON: owned, "" for what is no text; 0 for what is no
 * number of ours. */
char *mw_record_text(const cJSON *object, const char *name);
long mw_record_number(const cJSON *object, const char *name);

/* What the record says of this key of this file; NULL if nothing. */
const struct mw_record_setting *mw_record_find(const struct mw_record *record, const char *path,
                                               const char *key);

struct mw_xattr *mw_record_xattrs_copy(const struct mw_xattr *xattrs, size_t count); /* owned */

/* Owned paths inside the state directory. */
char *mw_state_journal_path(const char *state_dir);
char *mw_state_generation_path(const char *state_dir, long id);

#endif
