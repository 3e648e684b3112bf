/* A session: from the options of one run to a plan, and from the plan to its execution.
 *
 * Both faces (command line and interface) go through here, so that they cannot differ. The
 * session gathers what the rooms below need: finds profile and catalogue files, loads history and
 * ranking, merges the layers, chooses mirrors, makes the plan, applies it. It prints nothing. */
#ifndef MW_SESSION_H
#define MW_SESSION_H

#include <stdbool.h>

#include "mirrorwise/catalog.h"
#include "mirrorwise/choose.h"
#include "mirrorwise/history.h"
#include "mirrorwise/plan.h"
#include "mirrorwise/profile.h"
#include "mirrorwise/system.h"
#include "mirrorwise/transaction.h"

/* What the user asked for; borrowed strings, filled by the command line or the interface. */
struct mw_session_options {
    const char *profile;        /* --profile: name or path; NULL: environment, last, dev */
    const char *root;           /* --root or NULL */
    struct mw_strings sets;     /* --set TOOL.KEY=VALUE */
    struct mw_strings mirrors;  /* --mirror TOOL=ID|URL */
    struct mw_strings catalogs; /* --catalog FILE */
    struct mw_strings only;     /* --only, already split */
    struct mw_strings skip;     /* --skip, already split */
    struct mw_strings accepted; /* --accept-risk */
    enum mw_scope scope;
    bool force;
    bool no_network;
};

struct mw_session {
    struct mw_session_options options; /* borrowed content */
    struct mw_system sys;
    struct mw_profile_set profiles;
    struct mw_catalog catalog;
    struct mw_history history;
    struct mw_ranking ranking; /* measured now or loaded */
    char *profile_name;        /* which profile, and who named it */
    struct mw_origin profile_from;
    struct mw_profile profile;
    struct mw_wanted_list wanted;
    struct mw_plan plan;
    struct mw_strings warnings;
};

/* Fills the system, finds profile and catalogue files, loads the history. `ops` is mw_ops_real
 * but in tests. The options are copied shallowly and must outlive the session. */
enum mw_code mw_session_open(struct mw_session *session, const struct mw_session_options *options,
                             const struct mw_ops *ops, struct mw_error *err) MW_WARN_UNUSED;
void mw_session_close(struct mw_session *session);

/* Loads the profile that the options, MIRRORWISE_PROFILE, the last apply or "dev" name, and puts
 * --set on top. Needs an open session. */
enum mw_code mw_session_load_profile(struct mw_session *session,
                                     struct mw_error *err) MW_WARN_UNUSED;
/* Chooses mirrors, checks values, makes the plan. Needs a loaded profile. */
enum mw_code mw_session_plan(struct mw_session *session, struct mw_error *err) MW_WARN_UNUSED;
/* Executes the plan; the caller holds the guard and has taken it before planning. */
enum mw_code mw_session_apply(struct mw_session *session, const struct mw_progress *progress,
                              struct mw_outcome *outcome, struct mw_error *err) MW_WARN_UNUSED;

/* Is the tool selected by --only and --skip? */
bool mw_session_has_tool(const struct mw_session *session, const char *tool);

#endif
