/* The plan: wanted against found, as values of our keys and as bytes before and after.
 *
 * A plan is computed without touching anything and decides everything that can be known before
 * the first write: which file changes to which bytes, which values somebody else changed since
 * our last write (three-way rule: have, want, last written by us), what shadows a value, where
 * rights are missing. --diff prints it, --apply executes exactly it. */
#ifndef MW_PLAN_H
#define MW_PLAN_H

#include "mirrorwise/history.h"
#include "mirrorwise/profile.h"
#include "mirrorwise/system.h"
#include "mirrorwise/tool.h"

/* Of one setting. */
enum mw_verdict {
    MW_VERDICT_SAME,    /* have == want */
    MW_VERDICT_CREATE,  /* the key is not there */
    MW_VERDICT_CHANGE,  /* ours: have == what we last wrote */
    MW_VERDICT_FOREIGN, /* set, never by us: written, its old value kept for rollback */
    MW_VERDICT_DRIFTED, /* we wrote it and somebody changed it since: a conflict unless forced */
};

/* Of one file; the words are those of the JSON. */
enum mw_file_verdict {
    MW_FILE_SAME,
    MW_FILE_CREATE,
    MW_FILE_CHANGE,
    MW_FILE_CONFLICT, /* holds a drifted setting, or a flag that forbids one */
    MW_FILE_BLOCKED,  /* unreadable, invalid, no rights; the error says why */
};
const char *mw_file_verdict_word(enum mw_file_verdict verdict);

struct mw_plan_setting {
    const struct mw_tool *tool;
    const struct mw_source *source; /* of the tool: how its file holds the key */
    size_t file;                    /* index into mw_plan.files; a tool may have several */
    char *key;
    struct mw_value have, want;
    bool is_secret;      /* `have` or `want` is, or holds one */
    bool have_is_secret; /* only what of a value is secret is hidden: the other one is shown */
    bool want_is_secret;
    struct mw_origin from;
    struct mw_strings mirror_ids;
    enum mw_verdict verdict;
    struct mw_shadows shadows; /* empty: it is effective */
};

struct mw_plan_file {
    const struct mw_tool *tool; /* the first one that wants something of it */
    struct mw_location location;
    struct mw_file before;
    struct mw_buf after; /* equals before.bytes if nothing changes */
    char after_sha256[65];
    bool after_exists;
    /* Published and read by the running tool before `after`: dockerd forgets mirrors only while
     * the key is there, so a rollback to a file without it goes by way of an empty list. */
    struct mw_buf bridge;
    bool is_secret; /* a new file gets mode 0600 */
    bool tool_missing;
    bool is_named;   /* of the tools that are asked for by name */
    bool is_skipped; /* left out with a warning: the tool is missing and its file out of reach, or
                        mw_plan_leave_tool() */
    /* Rollback only: what the file looked like when it has to be made again (of the history), and
     * the directories that an apply had made for it. */
    const struct mw_record_file *original;
    struct mw_strings spare_directories;
    bool is_ours_only;      /* somebody else changed it since: only our settings go back */
    bool is_ours_elsewhere; /* and that was a run of ours with another --root or home */
    enum mw_file_verdict verdict;
    struct mw_error error;     /* of BLOCKED and CONFLICT */
    bool only_unwritable;      /* BLOCKED, but what it would become is known: `after` */
    struct mw_notices notices; /* lines of the file as found that the tool ignores */
};

struct mw_plan {
    struct mw_plan_file *files;
    size_t file_count;
    struct mw_plan_setting *settings;
    size_t setting_count;
    struct mw_strings warnings; /* sentences; sanitised and redacted when printed */
    bool is_partial;            /* a tool is left out with a warning */
};

struct mw_plan_options {
    enum mw_scope scope;
    bool force;                     /* drifted settings are written all the same */
    const struct mw_strings *named; /* ids of tools that are asked for by name, so that lacking
                                       rights stop the run though the tool is missing; or NULL */
};

/* Reads every file concerned and computes the plan. What is wanted of a tool stands together, in
 * the order of the tools. Only fails for reasons that stop everything;
 * what stops one file is in its `error`. */
enum mw_code mw_plan_make(const struct mw_system *sys, const struct mw_wanted_list *wanted,
                          const struct mw_history *history, const struct mw_plan_options *options,
                          struct mw_plan *plan, struct mw_error *err) MW_WARN_UNUSED;
/* Adds a file with another text to a plan: that of one that is planned already was made from it.
 * `named` is that of the options. */
enum mw_code mw_plan_add_text(const struct mw_system *sys, struct mw_plan *plan,
                              const struct mw_tool *tool, const char *path, struct mw_actor actor,
                              const struct mw_buf *text, const struct mw_strings *named,
                              const struct mw_history *history,
                              struct mw_error *err) MW_WARN_UNUSED;
void mw_plan_release(struct mw_plan *plan);

/* Leaves every file of the tool as it is, so that the others can be done. */
void mw_plan_leave_tool(struct mw_plan *plan, const struct mw_tool *tool);

/* Number of files that would change. */
size_t mw_plan_changes(const struct mw_plan *plan);
/* Does this file keep the whole plan from being executed? Its error says why. */
bool mw_plan_file_stops(const struct mw_plan_file *file);
/* MW_OK if the plan can be executed; else the code and remedy of the worst obstacle (invalid file,
 * missing rights, conflict), and a sentence that names all of them, this one first. */
enum mw_code mw_plan_verdict(const struct mw_plan *plan, struct mw_error *err);
/* MW_SHADOWED with the winner's name if some value will not be effective; else MW_OK. */
enum mw_code mw_plan_effective(const struct mw_plan *plan, struct mw_error *err);
/* Does the file hold a secret, as found or as it will be? Then nobody is told the hash of that: all
 * else in it is known, so it would tell which guess is right. */
bool mw_plan_file_had_secret(const struct mw_plan_file *file);
bool mw_plan_file_has_secret(const struct mw_plan_file *file);
/* Is the setting one to be told? Of a file that could not be read there is nothing to say but the
 * error, and a copy is told with what it copies. */
bool mw_plan_shows(const struct mw_plan *plan, const struct mw_plan_setting *setting);
/* Owned: the unified diff of one file, secrets redacted; "" if it does not change. */
char *mw_plan_file_diff(const struct mw_plan_file *file);

#endif
