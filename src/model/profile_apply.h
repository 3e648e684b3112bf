/* Putting the sections of one profile file on top of what the files it extends said. */
#ifndef MW_MODEL_PROFILE_APPLY_H
#define MW_MODEL_PROFILE_APPLY_H

#include "mirrorwise/profile.h"
#include "model.h"
#include "profile_scan.h"

/* Checks every section and key of `scan` and applies it to `profile`; texts stay unexpanded. With
 * faults `profile` is half changed and good for nothing but mw_profile_release(). */
void mw_profile_apply(const struct mw_profile_file *file, const struct mw_profile_scan *scan,
                      const struct mw_profile_host *host, struct mw_profile *profile,
                      struct mw_faults *faults);

#endif
