/* One run of the command line: what was asked, what came of it. Actions fill it; run.c makes exit
 * code, text and document from it. */
#ifndef MW_CLI_RUN_H
#define MW_CLI_RUN_H

#include <cjson/cJSON.h>

#include "mirrorwise/cli.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "style.h"

struct mw_run {
    int argc;
    char **argv;
    const struct mw_cli_host *host;
    struct mw_cli_options options;
    struct mw_style out, err;  /* of stdout and stderr */
    bool is_interactive;       /* there is somebody to ask */
    struct mw_session session; /* valid if has_session */
    bool has_session;
    struct mw_progress progress;
    struct mw_outcome outcome;
    struct mw_error error; /* filled if the code is an error */
    char *message;         /* one sentence about a success; NULL: none yet */
    bool pending;          /* a look found something to do */
    bool changed;          /* this run wrote something of the user's */
    size_t warned;         /* warnings already printed, but for the one of a stranger */
    bool told_stranger;
    struct mw_buf document; /* what goes into the file of --output */
    int out_errno;          /* why stdout could not be written; 0: it could */
    /* What only this action has to say in JSON: arrays named like those of the top level take
     * their place, other members are added. Owned. */
    cJSON *details;
};

/* Opens the session with the options of the run, recovers, loads history; tells of a recovery. */
enum mw_code mw_run_begin(struct mw_run *run, enum mw_intent intent) MW_WARN_UNUSED;

/* Loads the profile; that it is a stranger's is said before anything else, whatever is quiet. */
enum mw_code mw_run_load_profile(struct mw_run *run) MW_WARN_UNUSED;

/* Says that, once. */
void mw_run_tell_stranger(struct mw_run *run);
/* What the session has to say by now about our own files is an item of the list. */
void mw_run_leave_to_list(struct mw_run *run);

/* Sends what was printed on its way, also without a newline at its end. */
void mw_run_flush(struct mw_run *run);
/* Prints and empties the buffer, unless --json. */
void mw_run_print(struct mw_run *run, struct mw_buf *text);
/* The same to stderr, and not with --quiet. */
void mw_run_note(struct mw_run *run, struct mw_buf *text);
/* A safe sentence so. */
void mw_run_note_line(struct mw_run *run, enum mw_paint paint, const char *sentence);
/* Sets the sentence of the result. */
void mw_run_take_end(struct mw_run *run, char *take_sentence);
#define mw_run_conclude(run, ...) mw_run_take_end(run, mw_xasprintf(__VA_ARGS__))
/* Prints it, unless --quiet or --json. */
void mw_run_tell_end(struct mw_run *run);
#define mw_run_say(run, ...) (mw_run_conclude(run, __VA_ARGS__), mw_run_tell_end(run))
/* Prints what there is of warnings by now to stderr. */
void mw_run_warn(struct mw_run *run);
/* All warnings so far: of the session, its plan, its recovery, the outcome. Owned sentences. */
void mw_run_warnings(const struct mw_run *run, struct mw_strings *warnings);

/* Asks on the terminal, unless --yes was given or nobody is there. MW_OK: yes; `refused` with the
 * sentence for anything else, or the code of the signal that asked us to stop. */
enum mw_code mw_run_confirm(struct mw_run *run, const char *question, enum mw_code refused,
                            const char *sentence);
/* MW_OK, or the code of the signal that asked us to stop. */
enum mw_code mw_run_stopped(struct mw_run *run);

/* ---- behind the rows of the table of actions, one file an action or two ---------------------- */

/* Each prints its text unless --json was given, leaves what JSON needs in the run, and returns its
 * code. */
enum mw_code mw_action_apply(struct mw_run *run);
enum mw_code mw_action_diff(struct mw_run *run);
enum mw_code mw_action_probe(struct mw_run *run);
enum mw_code mw_action_checklist(struct mw_run *run);
enum mw_code mw_action_doctor(struct mw_run *run);
enum mw_code mw_action_history(struct mw_run *run);
enum mw_code mw_action_mend(struct mw_run *run);
enum mw_code mw_action_recover(struct mw_run *run);
enum mw_code mw_action_list(struct mw_run *run);
/* --show profile.NAME */
enum mw_code mw_show_profile(struct mw_run *run, const char *name);
enum mw_code mw_action_show(struct mw_run *run);
enum mw_code mw_action_generate(struct mw_run *run);
enum mw_code mw_action_trust(struct mw_run *run);
enum mw_code mw_action_untrust(struct mw_run *run);
enum mw_code mw_action_help(struct mw_run *run);
enum mw_code mw_action_version(struct mw_run *run);

/* The interface as numbered lines, for screen readers and terminals that cannot place a cursor:
 * asks on stdin and answers on stdout until somebody leaves or the input ends. */
enum mw_code mw_plain_run(struct mw_run *run);
/* The usage in a few lines, for a run without an action. */
void mw_help_short(struct mw_buf *buf, const struct mw_style *style);

#endif
