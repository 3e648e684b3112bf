/* What the interface knows and does, without a terminal.
 *
 * `struct mw_app` is all state that a face shows. It changes only in mw_app_update(), by events:
 * keys, ticks of a clock, samples of the prober, results of jobs. An update returns effects: bits
 * that say what the owner of the loop has to do (draw, start a job, measure, quit). Nothing here
 * waits, reads the clock, a file or the network, so every key shows its effect at once and a test
 * needs no terminal. What takes time is a job (mw_job_run()), made by a worker thread. One table
 * of actions says what a key does, where, and why it cannot just now. */
#ifndef MW_APP_H
#define MW_APP_H

#include <stdbool.h>
#include <stddef.h>

#include "mirrorwise/job.h"
#include "mirrorwise/key.h"
#include "mirrorwise/preferences.h"
#include "mirrorwise/probe.h"

/* ---- events ------------------------------------------------------------------------------ */

enum mw_event_kind {
    MW_EVENT_START,    /* once, before anything else */
    MW_EVENT_KEY,      /* `key` */
    MW_EVENT_TICK,     /* time has passed; `now_ms` of every event is of a monotonic clock */
    MW_EVENT_PROBE,    /* `probe`, borrowed */
    MW_EVENT_STEP,     /* `step`, borrowed: a transaction says what it does */
    MW_EVENT_CHECK,    /* `checks`, taken over: an item of the checklist, made by job `number` */
    MW_EVENT_RESULT,   /* `result`, taken over */
    MW_EVENT_ACTION,   /* `action`, as if its key was pressed: the key bar was clicked */
    MW_EVENT_SELECT,   /* a click on row `row` of list `panel` */
    MW_EVENT_SORT,     /* a click on the head of column `sort` */
    MW_EVENT_SCROLL,   /* the wheel: `lines`, up is negative */
    MW_EVENT_TOO_SMALL /* `is_small`: nothing can be shown; only quit acts then */
};

enum mw_app_sort {
    MW_SORT_RANK,
    MW_SORT_NAME,
    MW_SORT_RTT,
    MW_SORT_TTFB,
    MW_SORT_LOSS,
    MW_SORT_AGE,
    MW_SORT_VERDICT,
    MW_SORT_COUNT
};

struct mw_event {
    enum mw_event_kind kind;
    long now_ms;
    int key;
    const struct mw_probe_event *probe;
    const char *step;
    unsigned number;
    struct mw_checks *checks;
    struct mw_job_result *result;
    int action;
    size_t panel, row;
    enum mw_app_sort sort;
    int lines;
    bool is_small;
};

/* What the owner of the loop has to do after an update. */
enum mw_effect {
    MW_EFFECT_DRAW = 1 << 0,
    MW_EFFECT_REDRAW = 1 << 1, /* everything, the terminal may be garbled */
    MW_EFFECT_JOB = 1 << 2,    /* mw_app_take_job() until NULL */
    MW_EFFECT_PROBE = 1 << 3,  /* mw_app_probe_targets(), start a round */
    MW_EFFECT_CANCEL = 1 << 4, /* cancel the round that runs */
    MW_EFFECT_LANGUAGE = 1 << 5,
    MW_EFFECT_QUIT = 1 << 6,
    MW_EFFECT_COPY = 1 << 7, /* `clipboard` */
};

/* ---- state ------------------------------------------------------------------------------- */

#define MW_APP_NONE ((size_t)-1)
enum { MW_APP_GRID = 4 }; /* panels that are shown side by side; of more there is an overview */
enum { MW_APP_POINTS = 48, MW_APP_BURST = 5, MW_APP_HOLD_MS = 3000, MW_APP_INPUT_BYTES = 96 };

/* One sample in a mirror's memory. */
struct mw_app_point {
    int rtt_us, ttfb_us;        /* -1: lost */
    int dns_us, tcp_us, tls_us; /* -1: did not happen, or the connection was there already */
    int total_us;
    unsigned at_ms;    /* when it came, of the clock of events, its low bits */
    short http_status; /* 0: no answer */
    signed char class; /* enum mw_probe_class */
    bool is_cold;
};

/* What is known of an address of a service, whichever tools use it. */
struct mw_app_track {
    char *service, *url;
    struct mw_probe_result result; /* of everything remembered here; its rank is not used */
    struct mw_app_point points[MW_APP_POINTS]; /* a ring; the newest at (seen - 1) % POINTS */
    unsigned seen, lost;
    bool is_used; /* by a mirror of the last reading */
};

enum mw_app_state {
    MW_STATE_WAITING, /* not measured yet */
    MW_STATE_GOOD,    /* works; where it has a canary, byte for byte */
    MW_STATE_FALLBACK,
    MW_STATE_BAD,
};

struct mw_app_mirror {
    size_t panel;
    size_t service; /* of the panel's services */
    const char *id, *name, *name_zh, *operator_name, *url, *region, *verified, *source, *reason;
    enum mw_mirror_status status;
    bool is_default;     /* what the tool uses by itself */
    bool is_unknown;     /* to the catalogue: `id` is its address */
    bool is_in_use;      /* the tool has it now */
    size_t place_in_use; /* 0 is asked first */
    bool is_wanted;      /* the plan puts it in */
    struct mw_app_track *track;
    size_t rank;  /* of its service in its panel, from 1; 0: not usable or not ranked yet */
    bool is_tied; /* within noise of the one before it */
};

/* How much a tool needs somebody, the most first. */
enum mw_app_need {
    MW_NEED_BLOCKED, /* something stands in the way of what the profile wants */
    MW_NEED_DEAD,    /* what it uses does not work */
    MW_NEED_CHANGE,  /* apply would write */
    MW_NEED_NOTHING,
};

/* What apply would do to a tool. */
enum mw_app_task {
    MW_TASK_UNKNOWN, /* nobody has looked yet */
    MW_TASK_NONE,    /* all is as the profile wants */
    MW_TASK_FREE,    /* the profile says nothing of it */
    MW_TASK_CREATE,
    MW_TASK_CHANGE,
    MW_TASK_ADD, /* to a file that is there */
    MW_TASK_REMOVE,
    MW_TASK_OVERRULED, /* written, but something else wins */
    MW_TASK_RIGHTS,
    MW_TASK_INVALID,
    MW_TASK_CONFLICT,
    MW_TASK_NO_MIRROR,
    MW_TASK_BAD_MIRROR, /* one that was measured as bad would be written */
    MW_TASK_LEFT,       /* left out by hand */
};

/* The mirrors of one tool, service by service. */
struct mw_app_panel {
    const struct mw_tool *tool;
    const char *services[MW_TOOL_SERVICES]; /* live as long as the tool */
    size_t service_count;
    enum mw_app_need need;
    enum mw_app_task task;
    size_t *rows; /* mirrors as shown: sorted, filtered */
    size_t row_count, mirror_count;
    size_t selected;          /* a mirror; NONE if there are no rows */
    size_t top;               /* first row that is drawn */
    size_t leader;            /* the best mirror of its first service; NONE while nobody knows */
    char *now;                /* what the tool uses now, for people */
    char *now_by;             /* the environment variable that says so; "" */
    size_t now_mirror;        /* NONE: the catalogue does not know it */
    struct mw_strings picked; /* by hand: "TOOL=ID" or "TOOL.SERVICE=ID", as --mirror takes it */
};

enum mw_app_view {
    MW_VIEW_HOME,
    MW_VIEW_DETAIL,
    MW_VIEW_PROFILES,
    MW_VIEW_DIFF,
    MW_VIEW_APPLY,
    MW_VIEW_HISTORY,
    MW_VIEW_CHECKS,
    MW_VIEW_CHECK, /* one item of it */
    MW_VIEW_HELP,
    MW_VIEW_MESSAGES,
    MW_VIEW_OVERVIEW, /* the tools, a line each; HOME is then the panel of one of them */
    MW_VIEW_COUNT
};

/* A list or a text that may be longer than the screen. The drawing side tells `count` and `page`
 * through mw_app_extent(). */
struct mw_app_scroll {
    size_t top, cursor, count, page;
    bool is_chosen; /* somebody moved the cursor off the first row */
};

enum mw_app_phase {
    MW_PHASE_IDLE,
    MW_PHASE_PLANNING, /* the way back, or a remedy, is being worked out */
    MW_PHASE_ASKING,
    MW_PHASE_WRITING,
    MW_PHASE_DONE,
};

/* What is asked about. */
enum mw_app_question {
    MW_ASK_APPLY, /* the plan of the profile, which is the app's */
    MW_ASK_ROLLBACK,
    MW_ASK_FIX,
};

struct mw_app_apply {
    enum mw_app_phase phase;
    enum mw_app_question question;
    bool is_yes;                /* the button under the cursor; No when asked */
    long generation;            /* ROLLBACK: where to */
    char *fix;                  /* FIX: id of the finding */
    struct mw_session *session; /* of the plan, but for APPLY; NULL: not there yet */
    struct mw_strings steps;
    enum mw_code code;
    struct mw_error error;
    struct mw_outcome outcome;
    size_t changes;
};

enum mw_app_level { MW_LEVEL_INFO, MW_LEVEL_GOOD, MW_LEVEL_WARNING, MW_LEVEL_ERROR };

struct mw_app_message {
    enum mw_app_level level;
    char *text;
    long at_ms;
};

enum mw_app_input { MW_INPUT_NONE, MW_INPUT_FILTER };
struct mw_app_options {
    struct mw_session_options session; /* borrowed content */
    enum mw_app_theme theme;
    enum mw_app_language language;
    int family;                        /* 4, 6, 0 */
    struct mw_preferences preferences; /* as loaded */
    const struct mw_strings *warnings; /* about them, borrowed; NULL: none */
    const char *proxy; /* host of the one that measuring goes through, borrowed; NULL: none */
    bool may_color, is_ascii;
    bool is_english_only; /* the characters of the locale are not UTF-8, and we write no other */
};

struct mw_app {
    struct mw_app_options options;
    long now_ms;

    enum mw_app_view views[MW_VIEW_COUNT + 1]; /* the stack; the last one is shown */
    size_t view_count;
    struct mw_app_scroll scroll[MW_VIEW_COUNT];
    size_t matches[256]; /* lines of the text shown that match the search */
    size_t match_count;
    bool is_small;
    struct mw_preferences chosen; /* here, by keys: to be remembered */

    struct mw_app_mirror *mirrors;
    size_t mirror_count;
    struct mw_app_track **tracks;
    size_t track_count;
    struct mw_app_panel *panels;
    size_t panel_count, focus;
    size_t *order; /* panels as the overview shows them: by need, filtered */
    size_t order_count, overview_top;
    struct mw_strings absent; /* titles of tools that are not installed */
    struct mw_strings texts;  /* what the mirrors are made of */
    int key;                  /* that is being acted on */
    long about;               /* of the action that runs */
    enum mw_app_sort sort;
    bool is_reversed, is_frozen;
    long moved_at_ms;  /* last move of the selection: the order holds still for a while */
    long sorted_at_ms; /* last new order */
    bool is_unsorted;  /* samples have come since */

    enum mw_app_input input;
    char text[MW_APP_INPUT_BYTES];        /* what is being typed */
    char filter[MW_APP_INPUT_BYTES];      /* what is in force at home */
    char tool_filter[MW_APP_INPUT_BYTES]; /* and in the overview */
    char search[MW_APP_INPUT_BYTES];      /* what is sought in texts */

    struct mw_session *session; /* of the last READ; NULL until the first */
    struct mw_session *preview; /* of the profile chooser */
    struct mw_error preview_error;
    enum mw_code read_code; /* of the last READ */
    struct mw_error read_error;
    bool is_reading;
    char *profile; /* chosen here; NULL: as the options say */
    char *asked;   /* file of a stranger's profile that was picked: y trusts it; NULL: none */
    /* Of the question that is asked now, and gone with it: */
    struct mw_strings skip;     /* tools left out */
    struct mw_strings sets;     /* KEY=VALUE on top of the profile, to mend one thing */
    struct mw_strings accepted; /* risks taken knowingly */
    struct mw_strings risked;   /* "TOOL=MIRROR": written although it was measured as bad */
    bool is_forced;             /* what somebody else changed is overwritten */
    struct mw_app_apply apply;
    struct mw_checks checks;
    bool is_checking, is_reloading;
    bool is_only_wrong;             /* checks that pass or are skipped are not shown */
    struct mw_strings fresh_checks; /* ids that it has answered so far */
    char *clipboard;                /* what was copied last; NULL */

    unsigned job_number;               /* of the newest job */
    unsigned newest[MW_JOB_TRUST + 1]; /* of each kind: what an older one says is dropped */
    struct mw_job *jobs[8];
    size_t job_count;

    bool is_online, is_measuring;
    unsigned round;      /* rounds begun since the start or the last "probe now" */
    unsigned generation; /* of the prober's run that counts */
    size_t *targets;     /* mirror of each target of that run */
    size_t target_count;
    long round_at_ms;
    size_t interval;   /* index into mw_app_intervals */
    char *probe_error; /* why nothing can be measured; NULL */
    char *best;        /* the best mirrors of each tool, as one word: the plan follows them */
    long saved_at_ms;  /* when what was measured was kept; 0: never */

    struct mw_app_message *messages;
    size_t message_count;
    bool has_message; /* the last one is shown in the message line */
};

extern const long mw_app_intervals_ms[]; /* 0: only by hand */
extern const size_t mw_app_interval_count;

void mw_app_init(struct mw_app *app, const struct mw_app_options *options);
void mw_app_release(struct mw_app *app);

/* Returns MW_EFFECT_ bits. */
unsigned mw_app_update(struct mw_app *app, const struct mw_event *event);

/* The next job that update() wished for; owned, NULL if there is none. */
struct mw_job *mw_app_take_job(struct mw_app *app);
/* What to measure now: an owned array (free()), borrowing from the app until its next update. */
size_t mw_app_probe_targets(struct mw_app *app, struct mw_probe_target **targets);
/* The run of these targets has this generation. */
void mw_app_probe_started(struct mw_app *app, unsigned generation);
/* How: everything but the environment. */
void mw_app_probe_options(const struct mw_app *app, struct mw_probe_options *options);
/* Milliseconds until the next event that only the clock brings; -1: none. */
long mw_app_wait_ms(const struct mw_app *app);

/* Where an index stands in a list of them, such as the rows of a panel; `count`: it does not. */
size_t mw_app_place(const size_t *list, size_t count, size_t index);
/* How much there is to see, told by whoever draws it. */
void mw_app_extent(struct mw_app *app, enum mw_app_view view, size_t count, size_t page);

enum mw_app_view mw_app_top(const struct mw_app *app);
const struct mw_app_mirror *mw_app_selected(const struct mw_app *app); /* NULL: none */
/* Are there so many tools that the first view is an overview of them? */
bool mw_app_is_many(const struct mw_app *app);
/* The filter that acts in the view on top; NULL: none does. */
const char *mw_app_filter(const struct mw_app *app);
/* Two or three words on what apply would do to the tool: "as wanted", "needs sudo". Borrowed. */
const char *mw_app_task_word(const struct mw_app *app, const struct mw_app_panel *panel);
/* Was it measured, or given up, as one that does not work or lies? */
bool mw_app_is_bad(const struct mw_app_mirror *mirror);
/* Is it bad, and apply would write it? */
bool mw_app_writes_bad(const struct mw_app *app, const struct mw_app_mirror *mirror);
/* A mirror that apply would write although it was measured as bad, and nobody has taken that risk;
 * NULL: none (any more). `panel` NULL: of any tool. */
const struct mw_app_mirror *mw_app_bad_mirror(const struct mw_app *app,
                                              const struct mw_app_panel *panel);
/* Would the setting write that mirror, of its own tool? */
bool mw_app_writes(const struct mw_app *app, const struct mw_plan_setting *setting,
                   const struct mw_app_mirror *mirror);
/* Is the file one that keeps a setting of the tool? */
bool mw_app_is_file_of(const struct mw_plan *plan, size_t file, const struct mw_tool *tool);
/* The first tool without a usable mirror that nobody has left out yet; NULL: none. */
const struct mw_left *mw_app_without_mirror(const struct mw_app *app);
/* The plan that the top view is about; NULL: none yet. */
const struct mw_session *mw_app_shown_session(const struct mw_app *app);
/* Files that the profile would change. */
size_t mw_app_changes(const struct mw_app *app);
enum mw_app_state mw_app_mirror_state(const struct mw_app_mirror *mirror);
/* Owned: host and port of the proxy that https (or plain http) goes through, without credentials;
 * NULL: none. */
char *mw_app_proxy(const struct mw_probe_environment *environment, bool is_tls);
/* Was every mirror asked, and nothing came back from any? */
bool mw_app_is_cut_off(const struct mw_app *app);
/* How many samples of it there are. */
size_t mw_app_kept(const struct mw_app_track *track);
/* The newest for 0, and so on back. */
const struct mw_app_point *mw_app_point_back(const struct mw_app_track *track, size_t back);
/* Owned: a few words on a mirror's state: "verified", "timeout", "HTTP 418". */
char *mw_app_verdict(const struct mw_app *app, const struct mw_app_mirror *mirror);
/* The name in the language of the interface; borrowed. */
const char *mw_app_name(const struct mw_app *app, const struct mw_app_mirror *mirror);
/* What the tool uses now, for people; borrowed. */
const char *mw_app_now_text(const struct mw_app *app, const struct mw_app_panel *panel);
/* Does the question wait for rights that we lack? */
bool mw_app_lacks_rights(const struct mw_app *app);
/* Owned: the shell command that does the same as root; for missing rights. */
char *mw_app_sudo(const struct mw_app *app);
/* The one tool that the question is about when all others are left out; else NULL. */
const struct mw_tool *mw_app_only(const struct mw_app *app);
/* The check under the cursor of the list; NULL: none. */
const struct mw_check *mw_app_check(const struct mw_app *app);
/* Those that the list shows. */
size_t mw_app_check_count(const struct mw_app *app);
const struct mw_check *mw_app_check_at(const struct mw_app *app, size_t row);
/* Is that an answer of the run that is under way, or of the last one if none is? */
bool mw_app_check_is_fresh(const struct mw_app *app, const struct mw_check *check);
/* Rows of the history: our generations, "before the first", and what sudo and --root wrote into our
 * files. */
size_t mw_app_history_count(const struct mw_app *app);
/* The trace in that row; NULL: it is one of the others. */
const struct mw_footprint *mw_app_trace_at(const struct mw_app *app, size_t row);
/* The trace under the cursor; NULL: none. */
const struct mw_footprint *mw_app_trace(const struct mw_app *app);
/* A value that stops apply until its risk is taken; NULL: none (any more). */
const struct mw_lint_finding *mw_app_risk(const struct mw_app *app);
/* The profiles that can be chosen, in the order shown; NULL past the end. Borrowed. */
size_t mw_app_profile_count(const struct mw_app *app);
const struct mw_profile_file *mw_app_profile_file(const struct mw_app *app, size_t row);
/* The one under the cursor. */
const struct mw_profile_file *mw_app_profile(const struct mw_app *app);

/* ---- actions ----------------------------------------------------------------------------- */

enum mw_app_action_id {
    MW_DO_NONE,
    MW_DO_UP,
    MW_DO_DOWN,
    MW_DO_LEFT,
    MW_DO_RIGHT,
    MW_DO_FIRST,
    MW_DO_LAST,
    MW_DO_HALF_UP,
    MW_DO_HALF_DOWN,
    MW_DO_PAGE_UP,
    MW_DO_PAGE_DOWN,
    MW_DO_OPEN,
    MW_DO_JUMP,
    MW_DO_ONLY,
    MW_DO_BACK,
    MW_DO_APPLY,
    MW_DO_YES,
    MW_DO_NO,
    MW_DO_TRUST,
    MW_DO_PRESS,
    MW_DO_SKIP,
    MW_DO_FORCE,
    MW_DO_ACCEPT,
    MW_DO_FIX,
    MW_DO_CHECK_AGAIN,
    MW_DO_COPY,
    MW_DO_DIFF,
    MW_DO_PROFILES,
    MW_DO_CHECKS,
    MW_DO_HISTORY,
    MW_DO_UNDO,
    MW_DO_PICK,
    MW_DO_PROBE,
    MW_DO_FILTER,
    MW_DO_NEXT,
    MW_DO_PREVIOUS,
    MW_DO_SORT,
    MW_DO_REVERSE,
    MW_DO_FREEZE,
    MW_DO_INTERVAL,
    MW_DO_FAMILY,
    MW_DO_THEME,
    MW_DO_LANGUAGE,
    MW_DO_MESSAGES,
    MW_DO_HELP,
    MW_DO_REDRAW,
    MW_DO_QUIT,
};

struct mw_app_action {
    enum mw_app_action_id id;
    int keys[9];       /* the first one is shown; 0 ends */
    unsigned views;    /* 1 << MW_VIEW_..., where it acts */
    int priority;      /* in the key bar: 1 goes last; 0: not there */
    const char *label; /* N_(), a word for the key bar */
    const char *help;  /* N_(), a line for the help */
    /* Why it cannot act now (translated, static), NULL if it can. NULL: always can. */
    const char *(*why_not)(const struct mw_app *app);
    unsigned (*run)(struct mw_app *app);
    long about; /* for `run`: how far, which view, which effect */
};

/* The table, in the order of the key bar and the help. */
const struct mw_app_action *mw_app_actions(size_t *count);
const struct mw_app_action *mw_app_action_find(enum mw_app_action_id id);
/* The same, but the row that acts in that view; NULL: none does. */
const struct mw_app_action *mw_app_action_in(enum mw_app_view view, enum mw_app_action_id id);
/* What that key does in that view; NULL: nothing. */
const struct mw_app_action *mw_app_action_for(enum mw_app_view view, int key);

#endif
