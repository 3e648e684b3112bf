/* What the files of the session share. */
#ifndef MW_SESSION_PARTS_H
#define MW_SESSION_PARTS_H

#include "mirrorwise/session.h"

/* Finds every profile and catalogue file, weakest first. Only a --catalog that is not one fails;
 * what was not asked for by name becomes a warning. */
enum mw_code session_find_files(struct mw_session *session, struct mw_error *err) MW_WARN_UNUSED;

/* Puts --set and --mirror on top of the loaded profile. */
enum mw_code session_override(struct mw_session *session, struct mw_error *err) MW_WARN_UNUSED;
/* The value of --mirror for the tool, NULL if it was not given. */
const char *session_forced_mirror(const struct mw_session *session, const char *tool);

/* The callbacks of the profile room; `host->context` is the session. */
void session_profile_host(struct mw_session *session, struct mw_profile_host *host);

/* Lints what is wanted into session->lint; warnings of it become warnings. MW_USAGE for an id of
 * --accept-risk that no rule has. */
enum mw_code session_lint(struct mw_session *session, struct mw_error *err) MW_WARN_UNUSED;

/* Appends a formatted warning. */
void session_warn(struct mw_session *session, const char *format, ...) MW_PRINTF(2, 3);

#endif
