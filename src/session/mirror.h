/* `mirror` as a key: for whom it speaks, and what it writes. */
#ifndef MW_SESSION_MIRROR_H
#define MW_SESSION_MIRROR_H

#include "parts.h"

/* Does the profile say anything of the tool? */
bool session_is_wished(const struct mw_session *session, const char *tool);
/* The tool of that id if this run wants something of its mirrors; else NULL. */
const struct mw_tool *session_wanting(const struct mw_session *session, const char *id);
/* The tool's mirror row that sets that key; NULL: none does. */
const struct mw_mirror_row *session_row_of(const struct mw_tool *tool, const char *key);
/* Is the tool not there, and nobody's wish that it be configured all the same? */
bool session_is_missing(const struct mw_session *session, const struct mw_tool *tool);

/* Takes the default out of what goes into a list, for a tool asks it after the list by itself: of
 * `wish` with @fastest all, if it is the best. */
void session_leave_default_out(const struct mw_session *session, const char *service,
                               const char *wish, struct mw_strings *urls);
/* The mirror of the service at the address in `text`, which is as the row writes it; NULL if
 * there is none or the text holds no address. *is_address (may be NULL): it holds one. */
const struct mw_mirror *session_find_address(const struct mw_session *session,
                                             const struct mw_mirror_row *row, const char *text,
                                             bool *is_address);

/* What the key, or what the row sets, reads as now: what the tool uses, and what stands in the file
 * that we write. */
void session_values_now(const struct mw_session *session, const struct mw_tool *tool,
                        const char *key, struct mw_value *in_use, struct mw_value *in_file);
void session_row_now(const struct mw_session *session, const struct mw_tool *tool,
                     const struct mw_mirror_row *row, struct mw_value *in_use,
                     struct mw_value *in_file);

/* May [all] take the tool's mirror of that service? Else why not: owned, for people. */
char *session_all_leaves(const struct mw_session *session, const struct mw_tool *tool,
                         const char *service, const struct mw_wish *wish);

/* Chooses for `pick` and adds what its rows write to session->wanted. */
enum mw_code session_add_pick(struct mw_session *session, const struct mw_pick *pick,
                              struct mw_error *err) MW_WARN_UNUSED;

#endif
