/* Checks: is this machine right, and if not, why and what then.
 *
 * Three questions, one answer type. The doctor asks what is odd here, whatever is wanted: it reads
 * files and the environment, writes nothing, starts nothing, needs no network and works with
 * everything broken. The checklist asks whether this machine is as a profile wants it, down to
 * what the running tools use. Lint asks whether a value is dangerous, before it is written and
 * where it stands already. Both lists of checks come from one table (src/check/table.c): a new
 * check is a row and a function. The results are values with texts that are redacted and safe to
 * print; the renderers make documents of them. One thread; nothing here prints. */
#ifndef MW_CHECK_H
#define MW_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "mirrorwise/buffer.h"
#include "mirrorwise/catalog.h"
#include "mirrorwise/edit.h"
#include "mirrorwise/error.h"
#include "mirrorwise/module.h"
#include "mirrorwise/profile.h"
#include "mirrorwise/system.h"
#include "mirrorwise/tool.h"
#include "mirrorwise/value.h"

/* ---- lint ------------------------------------------------------------------------------------ */

enum mw_lint_level { MW_LINT_NONE, MW_LINT_WARNING, MW_LINT_ERROR };

/* A dangerous value. Ids are stable: `--accept-risk ID` lets one through. */
struct mw_lint_finding {
    const char *id;
    enum mw_lint_level level;
    bool is_accepted;
    bool is_standing; /* says what is missing rather than what is wrong: no need to repeat it */
    const struct mw_tool *tool;
    char *key;
    char *value; /* redacted */
    char *where; /* "profile prod, …:12", "/etc/pip.conf:3 [global] index-url" */
    const char *sentence, *remedy; /* translated */
};

struct mw_lint_findings {
    struct mw_lint_finding *items;
    size_t count;
};

void mw_lint_findings_release(struct mw_lint_findings *findings);

/* A value to be judged, wanted or found; borrowed. */
struct mw_lint_setting {
    const struct mw_tool *tool;
    const char *key;
    const struct mw_value *value;
    bool is_secret;    /* came from ${env:} or ${file:}: never shown */
    bool is_wanted;    /* by a profile; else found on the machine */
    const char *where; /* for people */
};

struct mw_lint_settings {
    struct mw_lint_setting *items;
    size_t count;
};

/* Judges all settings together, for some are dangerous only without another. Plain http and
 * trusted-host are errors where the policy requires https and warnings elsewhere; to this machine
 * itself (loopback) they are none. `accepted`: ids. */
void mw_lint(const struct mw_lint_settings *settings, const struct mw_policy *policy,
             const struct mw_strings *accepted, struct mw_lint_findings *findings);
/* MW_OK, or MW_BAD_PROFILE with all the errors that nobody accepted and how to accept them. */
enum mw_code mw_lint_verdict(const struct mw_lint_findings *findings, struct mw_error *err);
/* Adds one without sentence and remedy, which the caller fills in. */
struct mw_lint_finding *mw_lint_add(const char *id, const struct mw_lint_setting *setting,
                                    enum mw_lint_level level, const struct mw_strings *accepted,
                                    struct mw_lint_findings *findings);
extern const char mw_lint_untrusted[]; /* of a mirror that was measured as bad */
/* All ids, for messages and tests. */
void mw_lint_ids(struct mw_strings *ids);

/* ---- checks ---------------------------------------------------------------------------------- */

enum mw_check_status {
    MW_CHECK_PASS,
    MW_CHECK_WARN, /* odd, or a matter of taste: does not fail the run */
    MW_CHECK_FAIL,
    MW_CHECK_SKIP, /* not checked; `observed` says why */
};
/* "pass", "warn", "fail", "skip"; never translated. */
const char *mw_check_status_word(enum mw_check_status status);

/* What mends a finding, as data. Those up to MW_REMEDY_REENCODE change the text of one file, by way
 * of a plan and a transaction (mw_session_plan_fix()); the others are commands. */
enum mw_remedy_kind {
    MW_REMEDY_NONE,
    MW_REMEDY_UNSET,       /* takes a setting out of its file */
    MW_REMEDY_SET,         /* gives it another value */
    MW_REMEDY_EDIT_TEXT,   /* mends lines */
    MW_REMEDY_REMOVE_ITEM, /* takes items out of a list */
    MW_REMEDY_REENCODE,    /* writes the file in UTF-8 */
    MW_REMEDY_APPLY,       /* the profile, to `tool` or to all, with `sets` on top */
    MW_REMEDY_RELOAD,      /* the running tool reads its file again */
    MW_REMEDY_SHELL        /* only the person's own shell can do it, or it is another program's */
};

struct mw_remedy {
    enum mw_remedy_kind kind;
    const struct mw_tool *tool; /* NULL: of none, or of all */
    bool needs_root;
    bool is_choice;       /* only who names the finding wants it: what it takes may be in use,
                             or what it adds is for good */
    bool comes_later;     /* right by itself; with others of its file it was not tried */
    const char *variable; /* of the shell, whose value it writes; NULL: none */
    /* Of those that change a text: the file, and what changes in it as it was read. */
    char *path;
    struct mw_actor actor;
    struct mw_edits edits;
    struct mw_remedy *with; /* another text that changes as well; NULL: none */
    struct mw_strings sets; /* KEY=VALUE */
    char *command;          /* of the others; NULL: none */
};

void mw_remedy_release(struct mw_remedy *remedy);
void mw_remedy_copy(struct mw_remedy *to, const struct mw_remedy *from); /* `to` must be empty */
/* Does it change the text of a file? */
bool mw_remedy_is_text(const struct mw_remedy *remedy);

/* One item of a list. No text is NULL; all are redacted, without control characters. */
struct mw_check {
    char *id;         /* stable: "go-lines.env-cr.3", "pip-settings.global.index-url" */
    const char *area; /* "machine", "profile", the id of a tool, "team" */
    enum mw_check_status status;
    char *title;
    char *observed, *expected;
    char *why;
    char *fix;               /* a command for a POSIX shell; "" if there is nothing to do */
    struct mw_remedy remedy; /* the same as data */
    long took_ms;            /* to find it out, since the one before */
};

struct mw_checks {
    struct mw_check *items;
    size_t count;
};

void mw_checks_release(struct mw_checks *checks);
/* Puts a copy in at `index`; what stands there and behind it moves on. */
void mw_checks_put(struct mw_checks *checks, size_t index, const struct mw_check *check);
void mw_checks_remove(struct mw_checks *checks, size_t index);
size_t mw_checks_count(const struct mw_checks *checks, enum mw_check_status status);
/* MW_PENDING if something failed, else MW_OK: warnings do not fail. */
enum mw_code mw_checks_code(const struct mw_checks *checks);

/* Which list. */
enum mw_check_list { MW_CHECK_DOCTOR = 1, MW_CHECK_CHECKLIST = 2 };

/* A mirror to be measured, and what came of it. */
struct mw_check_mirror {
    const char *tool, *id, *url; /* id "": the catalogue does not know it */
    bool is_measured, is_usable;
    bool is_genuine;    /* its canary had the right hash */
    bool is_of_proxy;   /* the proxy on the way failed */
    bool is_untrusted;  /* whoever signed its certificate */
    const char *advice; /* mw_probe_advice(); NULL: none */
    long rtt_us;        /* -1 unknown */
    long age_s;         /* -1 unknown */
    char reason[256];   /* why not usable, or not measured */
    char note[192];     /* what else is worth knowing */
};

/* Everything that the checks may know; borrowed. */
struct mw_check_context {
    const struct mw_system *sys;
    const struct mw_catalog *catalog;
    enum mw_scope scope;
    const struct mw_strings *only, *skip; /* tools, as --only and --skip; NULL: all */
    const struct mw_strings *accepted;    /* NULL: none */
    /* What else the command line said, which a remedy has to repeat; NULL: nothing. */
    const struct mw_strings *sets, *mirrors, *catalogs;
    /* NULL: none could be loaded; profile_error says why, if one was named. */
    const struct mw_profile *profile;
    const char *profile_name; /* what a remedy hands to --profile; NULL: none was ever used */
    bool is_profile_named;    /* by option or environment: a remedy has to repeat it */
    const char *profile_by;   /* how it came to be this one, translated; NULL: not said */
    long applied_serial; /* of this profile, the last time it was applied and stayed; -1: not */
    const struct mw_error *profile_error;
    const char *profile_mending; /* the command that mends profile_error; NULL: none */
    struct mw_wanted_list wanted;
    const struct mw_error *plan_error; /* why there is nothing wanted; NULL: there is */
    const struct mw_strings *warnings; /* about our own files; NULL: none */
    bool has_journal;                  /* a crash left one */
    bool no_network;
    long deadline_ms; /* for everything together; 0: 10000 for a doctor that does not measure, 30000
                         else */
    /* Measures mirrors, for at most left_ms. NULL: nobody measures, and the list says so. */
    void *measure_context;
    void (*measure)(void *context, struct mw_check_mirror *mirrors, size_t count, long left_ms);
    /* Asks databases, for at most left_ms, as mw_ask_database; with the same context, and NULL in
     * the same case. */
    void (*ask_database)(void *context, struct mw_database_answer *answers, size_t count,
                         long left_ms);
    /* Hears of every item as soon as it is known, in the order of the table. NULL: nobody does. */
    void *found_context;
    void (*found)(void *context, const struct mw_check *check);
};

/* Runs every row of the table that belongs to the list. What cannot be found out in time or by the
 * rights at hand is MW_CHECK_SKIP. `checks` must be empty. */
void mw_checks_run(const struct mw_check_context *context, enum mw_check_list list,
                   struct mw_checks *checks);
/* Ids of the rows, "go-lines"; for tests. */
void mw_check_ids(enum mw_check_list list, struct mw_strings *ids);

/* ---- documents ------------------------------------------------------------------------------- */

/* Each appends a whole document. `title` heads it: "checklist of prod on host". */
void mw_checks_render_md(struct mw_buf *buf, const struct mw_checks *checks, const char *title);
/* A file that Jenkins' JUnit schema accepts: a warning passes, with its text in system-out. */
void mw_checks_render_junit(struct mw_buf *buf, const struct mw_checks *checks, const char *title);
/* TAP version 14. */
void mw_checks_render_tap(struct mw_buf *buf, const struct mw_checks *checks);

#endif
