/* What the files of the session share. */
#ifndef MW_SESSION_PARTS_H
#define MW_SESSION_PARTS_H

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/session.h"
#include "mirrorwise/text.h"

/* What the room of the sources needs. */
void session_sources(struct mw_session *session, struct mw_sources *sources);

/* Puts --set and --mirror on top of the loaded profile. */
enum mw_code session_override(struct mw_session *session, struct mw_error *err) MW_WARN_UNUSED;
/* The mirror of "TOOL=MIRROR" or "TOOL.SERVICE=MIRROR"; NULL if it is another's. */
const char *session_mirror_in(const char *option, const char *tool, const char *service);
/* The value of --mirror for the tool, or for that service of it; NULL if it was not given. */
const char *session_forced_mirror(const struct mw_session *session, const char *tool,
                                  const char *service);

/* MW_USAGE: --mirror names, as `text`, none of the tool; `reason`: of a URL, else NULL. */
enum mw_code session_refuse_mirror(const struct mw_catalog *catalog, const char *tool,
                                   const char *text, const char *reason, struct mw_error *err);

/* Finds out for which tools and services `mirror` speaks, into session->picks, and which tools are
 * left as they are. */
enum mw_code session_find_picks(struct mw_session *session, struct mw_error *err) MW_WARN_UNUSED;
void session_picks_release(struct mw_session *session);
struct mw_left *session_leave(struct mw_session *session, const struct mw_tool *tool,
                              enum mw_code code, char *take_reason);

/* A wrong value of the command line is wrong usage, else the profile is wrong; a secret is not
 * repeated. `blame` puts where the value was written in front. */
enum mw_code session_judge(const struct mw_wish *wish, enum mw_code code, struct mw_error *err);
enum mw_code session_blame(const struct mw_wish *wish, enum mw_code code, struct mw_error *err);
/* Adds a setting that the wish is the reason for; its value is still absent. */
struct mw_wanted *session_push_wanted(struct mw_session *session, const struct mw_tool *tool,
                                      const char *key, const struct mw_wish *wish);
/* Adds the items of a list as it stands in a file: of a text what stands between characters of
 * `split`; NULL: items, which where all is text are words. */
void session_add_items(const struct mw_tool *tool, const struct mw_value *value, const char *split,
                       struct mw_strings *items);
/* Takes the warnings of a choice. */
void session_take_choice(struct mw_session *session, const struct mw_choice *choice);

/* The serial with which the loaded profile was applied here the last time, if that state was not
 * left since; -1 otherwise. */
long session_applied_serial(const struct mw_session *session);

/* Owned: `mirror`, or the service of a tool that draws on several, whatever the case; else NULL. */
char *session_mirror_key(const struct mw_tool *tool, const char *key);
/* Every tool that there is. */
void session_tool_ids(struct mw_strings *ids);
/* The same keys, all of them. */
void session_mirror_keys(const struct mw_tool *tool, struct mw_strings *names);

/* The callbacks of the profile room; `host->context` is the session. */
void session_profile_host(struct mw_session *session, struct mw_profile_host *host);

/* Lints what is wanted into session->lint; warnings of it become warnings. MW_USAGE for an id of
 * --accept-risk that no rule has. */
enum mw_code session_lint(struct mw_session *session, struct mw_error *err) MW_WARN_UNUSED;

/* The finding as a warning, if it does not stop the run. */
void session_warn_of(struct mw_session *session, const struct mw_lint_finding *finding);
/* Adds to session->lint the mirrors that the plan would write although they were measured as
 * tampered with, out of reach or too old. */
void session_doubt_mirrors(struct mw_session *session);

/* Adds the mirrors of a tool to the survey, over one family (4, 6, 0: any). `in_use` are the URLs
 * that the tool has now, the first one first. */
void session_add_targets(const struct mw_session *session, struct mw_survey *survey,
                         const char *tool, int family, const struct mw_strings *in_use);
/* The URLs in a value that names mirrors, in its order. */
void session_mirror_urls(const struct mw_value *value, struct mw_strings *urls);
/* Nobody asked to stop; `context` is the session. */
bool session_goes_on(void *context);
/* Did any mirror of the service (NULL: of all) answer? Else it is the machine that was cut off. */
bool session_has_answer(const struct mw_ranking *ranking, const char *service);
/* Seconds since that time of the form RFC 3339; -1 if it is none. */
long session_age_s(const struct mw_session *session, const char *time);
/* What the options, the profile and the environment say of measuring. */
void session_probe_options(const struct mw_session *session, struct mw_probe_options *options);
/* Is this another network than the one on which the service was measured, as far as is known? */
bool session_is_elsewhere(const struct mw_session *session, const char *service);

/* Appends a formatted warning. */
#define session_warn(session, ...) mw_strings_take(&(session)->warnings, mw_xasprintf(__VA_ARGS__))

/* ---- `mirror` as a key: for whom it speaks, and what it writes ----------------------------- */

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

/* Chooses for `pick` and adds what its rows write to session->wanted. *unknown (owned): why the
 * version that is installed does not take it, then the tool is to be left; else NULL. */
enum mw_code session_add_pick(struct mw_session *session, const struct mw_pick *pick,
                              char **unknown, struct mw_error *err) MW_WARN_UNUSED;

#endif
