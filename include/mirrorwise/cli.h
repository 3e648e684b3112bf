/* The command line: argv in, text or one JSON document out, exit code back.
 *
 * One table of actions and options feeds parsing, --help, the man page and the completions.
 * An action's function gathers what there is to say in a `struct mw_run`; the exit code, the text
 * and the document are made from that one result, so they cannot disagree. This is the only room
 * that prints (the interface draws). */
#ifndef MW_CLI_H
#define MW_CLI_H

#include <stdbool.h>
#include <stddef.h>

#include "mirrorwise/error.h"
#include "mirrorwise/session.h"

struct mw_run;

/* A bit each, so that an option can say which actions it fits. */
enum mw_action_id {
    MW_ACTION_APPLY = 1 << 0,
    MW_ACTION_DIFF = 1 << 1,
    MW_ACTION_PROBE = 1 << 2,
    MW_ACTION_CHECKLIST = 1 << 3,
    MW_ACTION_DOCTOR = 1 << 4,
    MW_ACTION_HISTORY = 1 << 5,
    MW_ACTION_ROLLBACK = 1 << 6,
    MW_ACTION_RECOVER = 1 << 7,
    MW_ACTION_LIST = 1 << 8,
    MW_ACTION_SHOW = 1 << 9,
    MW_ACTION_WATCH = 1 << 10,
    MW_ACTION_HELP = 1 << 11,
    MW_ACTION_VERSION = 1 << 12,
    MW_ACTION_GENERATE = 1 << 14,
    MW_ACTION_FIX = 1 << 15,
    MW_ACTION_INTERFACE = 1 << 13, /* no action given: the terminal interface */
    MW_ACTION_TRUST = 1 << 16,
    MW_ACTION_UNTRUST = 1 << 17,
};

enum mw_option_kind {
    MW_OPTION_ACTION,     /* takes no value, and fills nothing */
    MW_OPTION_FLAG,       /* bool */
    MW_OPTION_COUNT,      /* int: how often */
    MW_OPTION_TEXT,       /* const char *, not empty */
    MW_OPTION_CHOICE,     /* const char *, one of mw_cli_choices() */
    MW_OPTION_GENERATION, /* const char *, a number; NULL: none was given */
    MW_OPTION_NUMBER,     /* long between 1 and `max` */
    MW_OPTION_MORE,       /* struct mw_strings, one more each time */
    MW_OPTION_TOOLS,      /* struct mw_strings, names of tools, split at commas */
};

enum mw_option_group {
    MW_GROUP_ACTION, /* what is done; a run has one */
    MW_GROUP_WANT,   /* what is wanted */
    MW_GROUP_WHERE,  /* what is touched, and how */
    MW_GROUP_PROBE,  /* measuring */
    MW_GROUP_OUTPUT, /* what is printed */
    MW_GROUP_COUNT
};

/* An option; actions are options, too. */
struct mw_option {
    enum mw_option_group group;
    enum mw_option_kind kind;
    const char *name;       /* without the dashes */
    char letter;            /* of the short form, 0 if there is none */
    const char *value_name; /* "FILE"; NULL if it takes none */
    const char *choices;    /* "man|bash", where the value's name does not list them */
    long max;
    unsigned fits;       /* of an option the actions that it goes with, of an action its own bit */
    size_t offset;       /* in struct mw_cli_options */
    const char *summary; /* N_() */
    bool may_preview;    /* an action: --diff beside it shows what it would do */
    /* An action; NULL: not in this version. Prints its text unless --json; fills run->error or
     * run->message. */
    enum mw_code (*run)(struct mw_run *run);
};

/* What one command line says. */
struct mw_cli_options {
    const struct mw_option *action;  /* NULL: none was given */
    const char *action_value;        /* borrowed from argv; NULL if there is none */
    struct mw_strings action_values; /* of MW_OPTION_MORE */
    bool preview;                    /* --diff beside an action that may be previewed */
    struct mw_session_options session;
    const char *scope, *format, *output, *color, *lang; /* NULL: not given */
    int verbose;
    bool yes, json, ascii, plain, no_mouse, quiet;
};

/* The table, in the order in which help shows it; a row without a name ends it. */
extern const struct mw_option mw_cli_table[];
enum { MW_CLI_ROWS_MAX = 64 };
/* The heading of a group of options, translated. */
const char *mw_cli_group_title(enum mw_option_group group);
/* The words that the value may be; none of a row that is no choice. */
void mw_cli_choices(const struct mw_option *row, struct mw_strings *words);
/* By its name without dashes, or by its letter; NULL: there is none. */
const struct mw_option *mw_cli_find(const char *name, size_t len);
const struct mw_option *mw_cli_find_letter(char letter);
/* Owned: "-p, --profile NAME|FILE", "--rollback [ID]". */
char *mw_cli_tag(const struct mw_option *row);

/* Reads a command line. MW_USAGE with the closest name for what is not known. Strings are
 * borrowed from argv. `options` is filled as far as it went even then; release it always. */
enum mw_code mw_cli_parse(int argc, char *const argv[], struct mw_cli_options *options,
                          struct mw_error *err) MW_WARN_UNUSED;
void mw_cli_options_release(struct mw_cli_options *options);

/* What matters before the options are read, or whatever is wrong with them. */
struct mw_cli_peek {
    const char *lang; /* --lang; NULL if not given or not one of its choices */
    const char *root; /* --root: a team's own tool, which --only may name, is in its folder */
    bool json;        /* --json, which --format json amounts to */
};
struct mw_cli_peek mw_cli_peek(int argc, char *const argv[]);

/* What only the program itself may touch. */
struct mw_cli_host {
    const char *(*get_env)(const char *name); /* NULL if unset */
    const char *screen_version;               /* of the library that draws; NULL: there is none */
    int (*stop_signal)(void);                 /* the signal that asked us to stop, 0 if none */
    /* Runs the terminal interface; false if this terminal cannot show it. NULL: there is none. */
    bool (*interface)(const struct mw_cli_options *options, bool is_ascii, bool may_color,
                      enum mw_code *code, struct mw_error *err);
};

/* Runs one command line; returns the exit code. */
int mw_cli_run(int argc, char *argv[], const struct mw_cli_host *host);

#endif
