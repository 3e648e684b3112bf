/* Keys: the vocabulary of a tool, as the "keys" of its file say it, and what a value may be.
 *
 * KEY ({name} in NAME stands for the name of a table; one with a dot or bracket is in quotes; where
 * there are sections, SECTION.NAME is what NAME is in that section alone):
 *   "type"      text, url, url-list, list, bool, number, seconds, path, host-list, glob-list,
 *               choice, object and any (both known, only read)
 *   "choices"   of type choice, or for the items of a list; the names that an object may hold
 *   "in"        the sections that read it, besides the first; without it, all do
 *   "only"      {"CHOICE": {"since": V, "until": V}}: choices that not every version knows; of type
 *               text or url what such a value begins with; "package": P: one of the tool's
 *               "modules" brings it, to the other versions or, without a version, to all
 *   "split"     the characters that stand between the items of a text that is a list, the usual
 *               one first: += and -= change one of them, and of type choice each is one;
 *               "negated": what may stand before each of these
 *   "goes_with" another key, and "pairs": a KEY of choices: which values of both go together,
 *               "OTHER/THIS"; the tool stops at any other pair
 *   "machine"   {"x86_64": V, "Linux": V}: what it is where nobody sets it, by what uname(1) says
 *   "item"      a KEY without a name: what a list or an object is made of
 *   "fields"    {"NAME": KEY}: what an object holds; "closed": true: and nothing else; "needs":
 *               ["NAME", …]: and these always
 *   "except"    names that an object must not hold
 *   "by"        ["KEY", "DEFAULT"]: the field of that name, the value of the key beside it, says
 *               what the object is; where there is none, "item" does
 *   "whole"     a grammar that judges a list or an object as one text: the items, or the values of
 *               the fields, one a line
 *   "or"        a KEY without a name, of which a value in a file may be instead, in its versions if
 *               it has any; what is told is why it is none of the first kind that it looks like
 *   "requires"  {"VALUE": "KEY KEY=VALUE|KEY …"}: what has to stand beside that value ("*": any),
 *               of names with '|' between them one; KEY has the {name} of NAME, of
 *               a table it may stand in it; in an object it is a member, "NAME.MEMBER" one deeper
 *   "forbids"   the same: what must not stand beside it. Where there are sections, KEY has its
 *               own, in which alone it is judged, and what says no is not there
 *   "flag", "letter"  the flag of the program that says the same; both at once are refused
 *   "unheard"   environment, computed, flag, dropped: why the tool does not listen to it there
 *   "instead"   the key that is meant
 *   "range"     of a number: "1..10", "1..", or several with commas between
 *   "least", "most"   ["KEY", "DEFAULT"]: of a number, the number that it must not be below, or
 *               above: that of the other key
 *   "names"     keys with a {name}, one of which must be there for the name that the value is, or
 *               without, the key of a flag with items NAME=…;
 *               "follows": the key that leads on from there, and back to no name that was there;
 *               "unique": true: no other {name} has the same value; "taken": {"VALUE": "NAME"}:
 *               the tool itself has that value under that name. The tool stops otherwise
 *   "exists"    program or path: what has to be on the machine; "absolute": the same, of
 *               absolute paths; "if-named": once a key with "names" leads to it; "if-required":
 *               once another "requires" it. "beside": where a path that is not absolute begins,
 *               seen from the folder of the file
 *   "grammar"   a check of its own: one of "grammars", or of the table in src/tools/grammars.c
 *   "strays"    of a format that keeps blanks, quotes and a CR around a value: "trimmed": the tool
 *               takes off blanks and CR, "quoted": and quotes. "cr" ("cr_zh"): what a CR breaks
 *               where it does not; "cr_breaks": the one value with which it does
 *   "as"        the path in the file, where it differs from NAME
 *   "spellings" other names of the option in its section; of those that are there the one counts
 *               that first stands last
 *   "silenced_by"  the switch with which the tool passes over it
 *   "trusted_by"   the list of hosts that it may name without TLS; the tool passes over others
 *   "default_of"  keys of which this is only the default; a list, which they may make shorter
 *   "also"      another path that says the same, used where the file has it
 *   "since", "until"  versions of the tool: the first that knows it, the first that does not
 *   "secret"    true
 *   "empty"     "list": an empty wish writes [] instead of removing the key, and the tool stops
 *               at an empty item; "nothing": where it stands an empty text or list is as good as
 *               none; "refused": the tool stops at an empty text, of a list at an empty item
 *   "only_read" true: judged where it stands, never set by a profile
 *   "risk"      {"VALUE": "finding-id"}, or a text: why there is none. VALUE is one, "*" for any,
 *               "~PATTERN": a word of it matches that extended regular expression, "!~PATTERN": one
 *               does not, "@host:NAME NAME": one is an address of such a host;
 *               or "@NAME", a test of the table in src/tools/risk_tests.c
 *   "summary", "summary_zh"  half a sentence */
#ifndef MW_TOOL_KEY_H
#define MW_TOOL_KEY_H

#include <stdbool.h>
#include <stddef.h>

#include "mirrorwise/choose.h"
#include "mirrorwise/error.h"
#include "mirrorwise/json_scan.h"
#include "mirrorwise/system.h"
#include "mirrorwise/value.h"

struct mw_tool; /* tool.h */

/* Whose files. */
enum mw_scope { MW_SCOPE_USER, MW_SCOPE_SYSTEM, MW_SCOPE_PROJECT };

enum mw_type {
    MW_TYPE_TEXT,
    MW_TYPE_URL,
    MW_TYPE_URL_LIST,
    MW_TYPE_LIST,
    MW_TYPE_BOOL,
    MW_TYPE_NUMBER,
    MW_TYPE_SECONDS,
    MW_TYPE_PATH,
    MW_TYPE_HOST_LIST,
    MW_TYPE_GLOB_LIST,
    MW_TYPE_CHOICE,
    MW_TYPE_OBJECT,
    MW_TYPE_ANY,
};
bool mw_type_is_list(enum mw_type type);

/* Why the tool does not listen to a key that looks as if it did. */
enum mw_unheard {
    MW_HEARD,
    MW_UNHEARD_ENVIRONMENT, /* it is taken from the environment only */
    MW_UNHEARD_COMPUTED,    /* the tool works it out by itself */
    MW_UNHEARD_FLAG,        /* it is the name of a flag */
    MW_UNHEARD_DROPPED,     /* since `until` it is passed over, not refused */
};

/* What a path has to lead to. */
enum mw_exists {
    MW_EXISTS_ANYWAY,
    MW_EXISTS_PROGRAM,
    MW_EXISTS_PATH,
    MW_EXISTS_ABSOLUTE,
    MW_EXISTS_IF_NAMED,
    MW_EXISTS_IF_REQUIRED
};

enum mw_strays { MW_STRAYS_STAY, MW_STRAYS_TRIMMED, MW_STRAYS_QUOTED };

struct mw_choice_range {
    char *choice; /* without choices: what the value begins with */
    char *since, *until;
    char *package; /* that brings it; NULL: the version alone says */
};

struct mw_tool_key {
    int depth;  /* private to tools: of keys that stand within keys */
    char *key;  /* as in a profile; of a tool with sections without the section */
    char *as;   /* the same in the file */
    char *also; /* or this, where the file has it; NULL: no other way */
    enum mw_type type;
    struct mw_strings choices;
    char *grammar_name;      /* NULL: none */
    struct mw_strings names; /* NAME.{name} of what the value names */
    bool is_unique;
    struct mw_pairs taken;
    char *follows;
    char *range;
    struct mw_strings needs; /* of fields */
    enum mw_exists exists;
    char *beside;
    bool takes_empty;
    struct mw_strings sections;     /* "in"; none: all */
    const struct mw_grammar *check; /* private to tools: the grammar, else NULL */
    char *since, *until;
    enum mw_strays strays;
    char *cr, *cr_zh, *cr_breaks; /* NULL: none */
    bool is_secret;
    bool is_only_read;
    bool clears_to_list;
    bool refuses_empty;
    bool is_closed; /* an object that holds its `fields` and no others */
    struct mw_choice_range *only;
    size_t only_count;
    char *split, *negated;     /* NULL: none */
    char *goes_with;           /* NULL: it goes with anything */
    struct mw_tool_key *pairs; /* with that */
    struct mw_pairs machine;
    struct mw_tool_key *item;   /* what a list or object is made of; NULL: texts, anything */
    struct mw_tool_key *fields; /* of an object, by name */
    size_t field_count;
    struct mw_strings except, by;
    struct mw_strings least, most; /* another key, and what it has by itself; none: no such limit */
    const struct mw_grammar *whole; /* private to tools, as `check` */
    struct mw_tool_key *other;      /* "or"; NULL: none */
    struct mw_pairs requires, forbids;
    char *flag;   /* of the program, for which it must not be given as well; NULL: none */
    char *letter; /* its short form; NULL: none */
    enum mw_unheard unheard;
    struct mw_strings spellings;
    char *silenced_by, *trusted_by; /* NULL: none */
    struct mw_strings default_of;
    char *instead;         /* the key that is meant; NULL: unknown */
    struct mw_pairs risks; /* a value, or "*", and the id of its finding */
    char *no_risk;         /* why there is none, where the file says so */
    char *summary, *summary_zh;
    /* What follows from the rest: */
    enum mw_shape shape; /* CHAIN if a mirror row joins several, LIST, URL, else SCALAR */
    enum mw_value_kind
        kind; /* MW_VALUE_LITERAL: a number, true or false where the format has types */
};

/* A key of a vocabulary, of which a run asks for few: its row is read when mw_tool_key() or
 * mw_tool_key_at() is first asked for it. */
struct mw_key_entry {
    char *key;
    /* Private to tools: */
    struct mw_tool_key *row;    /* NULL: not read yet */
    struct mw_json_span unread; /* of the built-in text */
};

/* Half a sentence in the language spoken; NULL if the file has none. */
const char *mw_tool_key_summary(const struct mw_tool_key *key);

/* ---- values ---------------------------------------------------------------------------------- */

/* Is `value` one that the tool accepts for `key`? MW_BAD_PROFILE with the reason. */
enum mw_code mw_tool_validate(const struct mw_system *sys, const struct mw_tool *tool,
                              const char *key, const struct mw_value *value, struct mw_error *err);

/* The same of one that stands somewhere already, and of one of the kinds that its key may be. */
enum mw_code mw_tool_check_found(const struct mw_system *sys, const struct mw_tool *tool,
                                 const struct mw_tool_key *kind, const struct mw_value *value,
                                 struct mw_error *err);

/* Is an item that somebody wishes written as a truth or a number is in a profile? In files tools
 * take more (yes, -1); all else is mw_tool_validate()'s. MW_BAD_PROFILE with the reason. */
enum mw_code mw_type_check(const struct mw_tool_key *row, const char *item, struct mw_error *err);

/* One text against all that its row says. MW_BAD_PROFILE with the reason. */
enum mw_code mw_types_check(const struct mw_system *sys, const struct mw_tool *tool,
                            const struct mw_tool_key *row, const char *item, struct mw_error *err);

/* Does the version at hand have that key, or that kind of value? */
bool mw_tool_knows(const struct mw_system *sys, const struct mw_tool *tool,
                   const struct mw_tool_key *row);
/* Owned: that it does not have the key, called `key`; NULL: it does, or nobody can tell. */
char *mw_tool_unknown_key(const struct mw_system *sys, const struct mw_tool *tool, const char *key,
                          const struct mw_tool_key *row);
/* Owned: which versions have it: "since 25.0", "from 24.0 to before 28.0", "before 23.0". */
char *mw_tool_key_range(const struct mw_tool_key *row);

/* Does a value of a format with types look like that kind? */
bool mw_tool_is_of_kind(const struct mw_tool_key *kind, const struct mw_value *value);
/* MW_BAD_PROFILE: it looks like none of the kinds of its key. */
enum mw_code mw_tool_refuse_kind(const struct mw_tool_key *row, struct mw_error *err);

/* Owned: `spelling` with what `key` has where its row has {name}. */
char *mw_tool_key_fill(const struct mw_tool_key *row, const char *spelling, const char *key);
/* Owned: `pattern` with that name for {name}. */
char *mw_tool_key_of(const char *pattern, const char *name);

/* What stands beside a value, wherever it is. */
struct mw_beside {
    const struct mw_system *sys;
    const struct mw_tool *tool;
    /* Owned: what it says under that name, of a list one item a line; NULL: nothing. */
    char *(*find)(const void *context, const char *name);
    const void *context;
};

/* Owned: which of the ties of its row ("names", "least", "most", "requires", "forbids") that value
 * of `key` ("{}": a table) breaks; NULL: none. *named (owned) receives the key that its name led
 * to, NULL if it is no name. */
char *mw_tool_broken_tie(const struct mw_beside *beside, const struct mw_tool_key *row,
                         const char *key, const char *text, char **named);

/* Is the member `span` of the object `root`, in a checked text, what `row` says, at every level?
 * MW_BAD_PROFILE with the reason, which names the member; *at receives where what is refused
 * stands. */
enum mw_code mw_tool_check_json(const struct mw_system *sys, const struct mw_tool *tool,
                                enum mw_scope scope, const struct mw_tool_key *row,
                                const char *text, struct mw_json_span root,
                                struct mw_json_span span, size_t *at, struct mw_error *err);

/* Does the tool take the key of `row` together with the one that it goes with? `own` and `other`
 * are their values, "" where nobody set one. MW_BAD_CONFIG with the reason; MW_OK where that cannot
 * be told. */
enum mw_code mw_tool_check_pair(const struct mw_system *sys, const struct mw_tool *tool,
                                const struct mw_tool_key *row, const char *own, const char *other,
                                struct mw_error *err);

/* What a wish's text (not empty, mirrors already chosen) is for that key: a string, a list split
 * at blanks and commas, or for MW_VALUE_LITERAL the literal; MW_BAD_PROFILE if it is none. */
enum mw_code mw_tool_value_from_text(const struct mw_tool_key *key, const char *text,
                                     struct mw_value *value, struct mw_error *err) MW_WARN_UNUSED;

/* Owned: what a text stands for that its key refuses, such as the address of a bare host; NULL if
 * that cannot be told. */
char *mw_tool_meant(const struct mw_tool_key *row, const char *text);

/* Owned: why the version that is installed does not take that value of the key, "Cargo 1.65.0 does
 * not know …"; NULL: it does, or nobody can tell. Asks for the version only where the key has
 * values of some versions and this is one. */
char *mw_tool_unknown_value(const struct mw_system *sys, const struct mw_tool *tool,
                            const struct mw_tool_key *row, const char *text);

#endif
