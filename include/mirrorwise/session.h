/* A session: from the options of one run to a plan, and from the plan to its execution.
 *
 * Both faces (command line and interface) go through here, so that they cannot differ. The
 * session gathers what the rooms below need: finds profile and catalogue files, recovers what a
 * crash left, loads history and ranking, merges the layers, chooses mirrors, makes the plan,
 * applies it. It prints nothing. The order of calls is the order of this file; one thread. */
#ifndef MW_SESSION_H
#define MW_SESSION_H

#include <stdbool.h>

#include "mirrorwise/catalog.h"
#include "mirrorwise/check.h"
#include "mirrorwise/choose.h"
#include "mirrorwise/history.h"
#include "mirrorwise/plan.h"
#include "mirrorwise/probe.h"
#include "mirrorwise/profile.h"
#include "mirrorwise/source.h"
#include "mirrorwise/system.h"
#include "mirrorwise/transaction.h"

/* What the user asked for; borrowed strings, filled by the command line or the interface. */
struct mw_session_options {
    const char *profile;               /* --profile: name or path; NULL: environment, last, dev */
    const char *root;                  /* --root or NULL */
    struct mw_strings sets;            /* --set TOOL.KEY=VALUE */
    struct mw_strings mirrors;         /* --mirror TOOL=ID|URL */
    const char *mirrors_by;            /* who says so, for people; NULL: --mirror */
    struct mw_strings catalogs;        /* --catalog FILE */
    struct mw_strings only;            /* --only, already split */
    struct mw_strings skip;            /* --skip, already split */
    struct mw_strings named;           /* of --only, those that stand there by their own id */
    const struct mw_strings *insisted; /* whose lacking rights stop the run; NULL: of `named` */
    struct mw_strings accepted;        /* --accept-risk */
    enum mw_scope scope;
    bool force;
    bool keep_going;           /* leave out the tools that cannot be done, and do the rest */
    bool leave_without_mirror; /* leave out those without a usable mirror, and nothing else */
    bool no_network;
    long samples, timeout_ms, deadline_ms; /* of measuring; 0: not given */
    bool ipv4, ipv6;                       /* only over this family; neither: no matter which */
};

/* Who named the profile; an unattended --apply wants the first two. */
enum mw_named_by {
    MW_NAMED_BY_OPTION,
    MW_NAMED_BY_ENVIRONMENT,
    MW_NAMED_BY_HISTORY, /* the last one applied */
    MW_NAMED_BY_DEFAULT, /* "dev" */
};

/* A service of a tool that a `mirror` key speaks for; all borrowed. */
struct mw_pick {
    const struct mw_tool *tool;
    const char *service;
    const struct mw_wish *wish; /* @ID, @fastest, @fastest:N, a URL; "": what mirrors set goes */
};

struct mw_picks {
    struct mw_pick *items;
    size_t count;
};

/* A tool that stays as it is although it is selected, and why. */
struct mw_left {
    const struct mw_tool *tool; /* mw_tool_head() of one that is not installed */
    bool is_installed;
    bool is_told;      /* a warning says so: somebody would have it otherwise */
    enum mw_code code; /* MW_OK: so it is meant to be */
    char *reason;
};

struct mw_left_list {
    struct mw_left *items;
    size_t count;
};

struct mw_session {
    struct mw_session_options options; /* borrowed content */
    struct mw_system sys;
    struct mw_trust trust;
    struct mw_profile_set profiles;
    struct mw_catalog catalog;
    struct mw_guard guard;
    const struct mw_progress *progress; /* of mw_session_begin(); NULL: nobody is told */
    bool recovered;                     /* a crashed run was undone before this one began */
    struct mw_outcome recovery;         /* what that was */
    struct mw_history history;
    struct mw_ranking ranking; /* measured now or loaded */
    bool is_measured;          /* in this run, by the caller or by mw_session_measure() */
    bool used_ranking;         /* it chose a mirror of what is wanted */
    char *profile_name;
    enum mw_named_by named_by;
    struct mw_profile profile;
    struct mw_picks picks;
    struct mw_left_list left;
    char *stranger;         /* a sentence if nobody has trusted the loaded profile; else NULL */
    bool wants_policy_only; /* set before loading: nothing is expanded */
    struct mw_wanted_list wanted;
    struct mw_lint_findings lint; /* of what is wanted */
    struct mw_plan plan;
    bool has_plan;
    bool is_rollback;
    bool is_fix;
    long restores;              /* of a rollback plan: the generation it returns to */
    struct mw_strings warnings; /* sentences; sanitised and redacted when printed */
    /* Hears of every check as soon as it is made; set it before mw_session_check(). */
    void *found_context;
    void (*found)(void *context, const struct mw_check *check);
};

/* Fills the system, finds profile and catalogue files. `ops` is mw_ops_real but in tests. The
 * options are copied shallowly and must outlive the session. Close it also after a failure. */
enum mw_code mw_session_open(struct mw_session *session, const struct mw_session_options *options,
                             const struct mw_ops *ops, struct mw_error *err) MW_WARN_UNUSED;
void mw_session_close(struct mw_session *session);
/* The same of one that was allocated, or of none; sets *session to NULL. */
void mw_session_free(struct mw_session **session);

enum mw_intent {
    MW_INTENT_LOOK,  /* writes nothing at all: what a crash left stays as it is; a history that
                        cannot be read is a warning */
    MW_INTENT_READ,  /* writes nothing itself, waits for nobody */
    MW_INTENT_WRITE, /* takes the guard and keeps it until the session closes */
};

/* Undoes what a crash left (not for LOOK), then loads history and ranking. A reader that lacks the
 * rights or the lock to recover goes on with a warning; a writer fails. `progress` is borrowed
 * until the plan is made. */
enum mw_code mw_session_begin(struct mw_session *session, enum mw_intent intent,
                              const struct mw_progress *progress,
                              struct mw_error *err) MW_WARN_UNUSED;

/* Loads the profile that the options, MIRRORWISE_PROFILE, the last apply or "dev" name, and puts
 * --set and --mirror on top. MW_BAD_PROFILE, or MW_USAGE for a wrong --set or --mirror. One that
 * nobody has trusted is loaded as well, to be shown: nothing of it is expanded, and the session
 * measures nothing from then on. */
enum mw_code mw_session_load_profile(struct mw_session *session,
                                     struct mw_error *err) MW_WARN_UNUSED;
/* The id of --accept-risk that lets the commands of a profile run that is named by its path. */
#define MW_RISK_COMMANDS "profile-commands"

/* MW_UNTRUSTED with the command to trust it, if that profile is a stranger's. */
enum mw_code mw_session_trusted(const struct mw_session *session,
                                struct mw_error *err) MW_WARN_UNUSED;
/* MW_UNTRUSTED if the profile has expired, else what its dangerous values allow: whether --apply
 * may follow it. */
enum mw_code mw_session_allowed(const struct mw_session *session,
                                struct mw_error *err) MW_WARN_UNUSED;
/* MW_UNTRUSTED if one of its commands is a stranger's, and --accept-risk profile-commands was not
 * given. */
enum mw_code mw_session_may_run(const struct mw_session *session,
                                struct mw_error *err) MW_WARN_UNUSED;
/* Chooses mirrors, checks values, lints them, makes the plan. Needs a loaded profile. */
enum mw_code mw_session_plan(struct mw_session *session, struct mw_error *err) MW_WARN_UNUSED;
/* The highest code of the tools that --keep-going left as they are, and their reasons; MW_OK if
 * none. */
enum mw_code mw_session_left(const struct mw_session *session, struct mw_error *err) MW_WARN_UNUSED;
/* Makes the plan that returns to generation `id` (-1: to before the last one) instead. */
enum mw_code mw_session_plan_rollback(struct mw_session *session, long id,
                                      struct mw_error *err) MW_WARN_UNUSED;
/* Makes the plan that carries out the remedies of these findings instead: each an id, the beginning
 * of only one, or "all". One that is not found any more is done. Of --profile the checklist counts,
 * too. MW_USAGE for one that is not ours to mend. */
enum mw_code mw_session_plan_fix(struct mw_session *session, const struct mw_strings *ids,
                                 struct mw_error *err) MW_WARN_UNUSED;
/* May the plan be executed? MW_UNTRUSTED for a stranger's profile, MW_BAD_PROFILE for a dangerous
 * value that --accept-risk does not name, then what mw_plan_verdict() says. */
enum mw_code mw_session_verdict(const struct mw_session *session,
                                struct mw_error *err) MW_WARN_UNUSED;
/* Executes the plan; needs MW_INTENT_WRITE. Refuses dangerous values again. */
enum mw_code mw_session_apply(struct mw_session *session, const struct mw_progress *progress,
                              struct mw_outcome *outcome, struct mw_error *err) MW_WARN_UNUSED;

/* Makes session->ranking good enough to choose by, if the profile wants the fastest mirrors: by a
 * race, unless the caller has measured already or forbids the network; then by the last saved
 * ranking, or with a warning that the catalogue's order decides. A session that may write saves
 * what it measured. MW_NO_MIRROR if a tool has no usable mirror (the hint says why, and the ranking
 * has every reason), or the code of the signal that stopped it. Called by mw_session_plan(). */
enum mw_code mw_session_measure(struct mw_session *session, struct mw_error *err) MW_WARN_UNUSED;

/* Mirrors to be measured, how, and what came of it. Borrows from the session. */
struct mw_survey {
    struct mw_probe_target *targets;
    struct mw_probe_result *results; /* one a target */
    size_t count;
    struct mw_probe_options options;
};
void mw_survey_release(struct mw_survey *survey);
/* Did nothing come back from anywhere, so that the machine itself may be offline? */
bool mw_survey_is_cut_off(const struct mw_survey *survey);

/* What helps if the same failed for whoever gave a sign, mw_probe_advice(); NULL otherwise. */
const char *mw_survey_advice(const struct mw_survey *survey);

/* What the environment and the profile say of measuring; borrows from both. */
void mw_session_environment(const struct mw_system *sys, const struct mw_policy *policy,
                            struct mw_probe_environment *environment);

/* Fills an empty survey with every mirror of the selected tools and those that --mirror names, over
 * each family that was asked for; those in use are marked. Needs a loaded profile, whose policy it
 * takes. MW_USAGE for a --mirror that is none. */
enum mw_code mw_session_survey(const struct mw_session *session, struct mw_survey *survey,
                               struct mw_error *err) MW_WARN_UNUSED;
/* Puts what was measured into session->ranking, with time and network. */
void mw_session_take_survey(struct mw_session *session, const struct mw_survey *survey);
/* Marks session->ranking, measured by the caller, as made now and on this network. */
void mw_session_take_ranking(struct mw_session *session);
/* Addresses that the tool draws on the service by now, as the catalogue spells them, the first to
 * be asked in front; with nothing set the catalogue's default. */
void mw_session_in_use(const struct mw_session *session, const struct mw_tool *tool,
                       const char *service, struct mw_strings *urls);
/* The same of all tools of this run. */
void mw_session_service_in_use(const struct mw_session *session, const char *service,
                               struct mw_strings *urls);
/* What an honest mirror of the service serves; NULL if the catalogue does not say. */
const struct mw_mirror *mw_session_sample(const struct mw_catalog *catalog, const char *service);
/* Saves session->ranking for later runs without a network. */
enum mw_code mw_session_save_ranking(const struct mw_session *session,
                                     struct mw_error *err) MW_WARN_UNUSED;

/* Runs the doctor (after MW_INTENT_LOOK) or the checklist. Loads the profile, and for the
 * checklist plans, if that was not done; what fails there is an item of the list. `deadline_ms`:
 * of everything together, 0: the list's own. `checks` must be empty. MW_OK whatever they say; for
 * the checklist of a profile that may not be run MW_UNTRUSTED, and nothing was checked; the code of
 * the signal that ended it. */
enum mw_code mw_session_check(struct mw_session *session, enum mw_check_list list, long deadline_ms,
                              struct mw_checks *checks, struct mw_error *err) MW_WARN_UNUSED;

/* One profile that somebody is asked to trust. */
struct mw_trust_question {
    struct mw_profile profile; /* nothing expanded */
    enum { MW_TRUST_NEW, MW_TRUST_CHANGED, MW_TRUST_SAME } state;
    char *path;                /* as found */
    char *taken_by;            /* another file has its name, and this one only its path; NULL: no */
    char *since;               /* when the older bytes were trusted; NULL: never */
    struct mw_trust_entry now; /* what would be remembered */
    struct mw_strings diffs;   /* what has changed since: unified diffs, sentences of programs */
};
struct mw_trust_questions {
    struct mw_trust_question *items;
    size_t count;
};
void mw_trust_questions_release(struct mw_trust_questions *questions);

/* Looks at the profile FILE, or at all of DIR/.mirrorwise (DIR itself if there is none);
 * `questions` must be empty. What is no profile is a warning in a folder, MW_BAD_PROFILE by its
 * name. */
enum mw_code mw_session_trust_look(struct mw_session *session, const char *path,
                                   struct mw_trust_questions *questions,
                                   struct mw_error *err) MW_WARN_UNUSED;
/* Remembers them; takes what they hold. Takes the guard meanwhile if the session has none. */
enum mw_code mw_session_trust(struct mw_session *session, struct mw_trust_questions *questions,
                              struct mw_error *err) MW_WARN_UNUSED;
/* Forgets the profile, or all of the directory; *count receives how many. */
enum mw_code mw_session_untrust(struct mw_session *session, const char *path, size_t *count,
                                struct mw_error *err) MW_WARN_UNUSED;

/* Adds the services that the tool's mirror rows draw on, each once, in their order. */
void mw_session_services(const struct mw_tool *tool, struct mw_strings *services);
/* The same of all tools of this run. */
void mw_session_all_services(const struct mw_session *session, struct mw_strings *services);
/* Borrowed: whose mirrors the key of the tool names; the tool's id where no row says it. */
const char *mw_session_service_of(const struct mw_tool *tool, const char *key);

/* Is the tool selected by --only and --skip? */
bool mw_options_select(const struct mw_session_options *options, const char *tool);

/* Reads "TOOL.KEY", the tool up to the first dot, in any case: the tool and the owned canonical
 * key. MW_USAGE with the closest name. `where` is for messages: "--set", "--show". */
enum mw_code mw_setting_name_parse(const char *where, const char *text, size_t len,
                                   const struct mw_tool **tool, char **key,
                                   struct mw_error *err) MW_WARN_UNUSED;

/* One setting as it is on this machine now, whatever the profile says. */
struct mw_look {
    struct mw_location location;
    bool exists; /* the file */
    struct mw_value have;
    struct mw_shadows shadows; /* what wins over `have`, or is set where it is not */
};
void mw_look_release(struct mw_look *look);
enum mw_code mw_session_look(const struct mw_session *session, const struct mw_tool *tool,
                             const char *key, struct mw_look *look,
                             struct mw_error *err) MW_WARN_UNUSED;

#endif
