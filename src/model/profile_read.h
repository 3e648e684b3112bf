/* Reading a profile's values. Our scan finds them; iniparser, which every profile is written for,
 * is the cross-check, where there is a way to hand it a text: it takes only file names, and without
 * /proc and /dev/fd an anonymous file has none. */
#ifndef MW_MODEL_PROFILE_READ_H
#define MW_MODEL_PROFILE_READ_H

#include "mirrorwise/profile.h"
#include "profile_scan.h"

/* Scans `file` and lets iniparser read it; MW_BAD_PROFILE unless both find the same values. Not
 * for two threads at once: the error callback of iniparser is global. */
enum mw_code mw_profile_read(const struct mw_profile_file *file, const struct mw_profile_host *host,
                             struct mw_profile_scan *scan, struct mw_error *err) MW_WARN_UNUSED;

#endif
