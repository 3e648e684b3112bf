/* Editors: change one key of a file and leave every other byte alone.
 *
 * An editor is pure: text in, byte spans out. It never parses and prints a file again; what lies
 * outside the returned spans is copied verbatim: comments, order, indentation, line endings, big
 * numbers. Tests hold every editor to these laws, for every text that passes check() and every
 * value that put() accepts:
 *
 *   no edit, same bytes     no spans, no change; and no spans if the key reads so already
 *   get(put(v)) = v         and the new text passes check() again
 *   put twice = put once    the second put returns no spans
 *   other keys stay         get() of any other key is the same before and after
 *   put, remove = before    a key that no line had before: the same bytes come back
 *
 * Where the last law cannot hold, because two different texts become the same one by the put:
 * a final newline that was missing stays (env, ini); a section or a nested object that was there
 * but empty goes too (an empty section only as the last thing in the file; of YAML sometimes
 * only its {}, [] or null does); an empty JSON object comes back as {}, and so does an empty text
 * and a null.
 *
 * An editor knows a grammar, not a tool: which keys exist and what values make sense is decided
 * in tools. (The env editor's notices alone name a few keys, to say what a stray byte breaks.)
 * Adding a format means one editor and one row in mw_editors. */
#ifndef MW_EDIT_H
#define MW_EDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "mirrorwise/buffer.h"
#include "mirrorwise/error.h"
#include "mirrorwise/value.h"

/* Replace bytes [begin, end) of the old text by `text`. */
struct mw_edit {
    size_t begin, end;
    struct mw_buf text;
};

/* Edits in ascending order, not overlapping. */
struct mw_edits {
    struct mw_edit *items;
    size_t count;
};

void mw_edits_release(struct mw_edits *edits);
/* The new text: `text` with the spans replaced. `out` must be empty. */
void mw_edits_apply(const struct mw_edits *edits, const char *text, size_t len, struct mw_buf *out);

void mw_edits_copy(struct mw_edits *to, const struct mw_edits *from); /* adds to `to` */
/* Adds the spans of `from` in their places. False, and nothing added, if one of them touches a span
 * of `to` that is not the same. Two that put text at the same place do. */
bool mw_edits_merge(struct mw_edits *to, const struct mw_edits *from);
/* Where a byte of the new text was in the old one; the place of the edit for what one put there. */
size_t mw_edits_origin(const struct mw_edits *edits, size_t offset);

/* Something in the file that its own tool silently ignores or misreads. */
struct mw_notice {
    size_t line;
    const char *id; /* stable: "env-bom", "env-cr", ... */
    char *message;  /* owned; translated; sanitised */
};

/* What a tool does with stray bytes in the value of a key, where it is not the rule: they stay, and
 * the value is wrong. */
struct mw_key_fact {
    bool trims;            /* blanks and CR at either end do no harm */
    bool quotes;           /* quotes are syntax */
    const char *cr;        /* translated: what a CR breaks; NULL: nothing in particular */
    const char *cr_breaks; /* the one value that it breaks; NULL: any */
};

struct mw_notices {
    struct mw_notice *items;
    size_t count;
    /* For the editor: the fact of a key; NULL function: there are none. */
    struct mw_key_fact (*fact)(const void *context, const char *key);
    const void *context;
    const char *reader;  /* as of an editor */
    bool is_of_sections; /* it knows no sections but its own, whose names are in lower case */
};

void mw_notices_release(struct mw_notices *notices);

/* For editors: appends an edit and returns its text, to be filled before the next call. */
struct mw_buf *mw_edits_add(struct mw_edits *edits, size_t begin, size_t end);
/* For editors: into the order of the text. */
void mw_edits_sort(struct mw_edits *edits);
/* For editors, owned: foreign bytes as an item of a value, which cannot hold NULs: each becomes
 * U+FFFD, so that a value with a NUL never equals one without. */
char *mw_edit_item(const char *bytes, size_t len);
/* For editors: appends a notice; the formatted message is sanitised here. */
void mw_notices_add(struct mw_notices *notices, size_t line, const char *id, const char *format,
                    ...) __attribute__((format(printf, 4, 5)));
/* For editors: into the order of lines. */
void mw_notices_sort(struct mw_notices *notices);

#define MW_STEP_NO_SECTION "no-section"       /* what stands on the line needs a section above it */
#define MW_STEP_OPTION_TWICE "option-twice"   /* it is there already */
#define MW_STEP_SECTION_TWICE "section-twice" /* so is it */

typedef void mw_each_name(void *context, const char *section, const char *option, size_t line);

/* An element of a format that nests them. */
struct mw_element {
    const char *name, *text; /* its own text, without blanks around it */
    size_t depth;            /* 0: the root */
    size_t line;
    size_t name_at, end_name_at; /* offsets of its name in both tags; no end tag: 0 */
    bool has_elements;
    bool is_again; /* another one of that name stands before it in the same element */
};
typedef void mw_each_element(void *context, const struct mw_element *element);

/* get() and put() are for texts that passed check(); others cannot crash them, but what they then
 * say means nothing. No function keeps anything; they may run in any thread. All take time in
 * proportion to the text. */
struct mw_editor {
    const char *name;  /* the format, as tool files call it: "go-env", "ini", "json", ... */
    bool has_comments; /* a line that begins with # is none of the tool's */

    /* Refuses a text that the tool itself could not read: MW_BAD_CONFIG with
     * "PATH:LINE:COLUMN: what is wrong" and a step that says what kind of fault it is: one of the
     * words above, "encoding", or "check" for any other. `path` is only for the message. Empty text
     * is fine. */
    enum mw_code (*check)(const struct mw_editor *editor, const char *path, const char *text,
                          size_t len, struct mw_error *err);

    /* What the tool would read for `key`, exactly (last duplicate, trimming, line endings).
     * `value` must be empty. */
    enum mw_code (*get)(const struct mw_editor *editor, const char *text, size_t len,
                        const char *key, struct mw_value *value, struct mw_error *err);

    /* Spans that make `key` read as `value`; MW_VALUE_ABSENT removes it (every duplicate, so that
     * no older one comes to life). No spans if it reads so already. `edits` must be empty. Fails
     * with MW_USAGE for a key or value that the format cannot hold (a newline in an env value),
     * with MW_BAD_CONFIG and ":LINE:COLUMN: why", to stand behind the path, where something hinders
     * that only a person can change. */
    enum mw_code (*put)(const struct mw_editor *editor, const char *text, size_t len,
                        const char *key, const struct mw_value *value, struct mw_edits *edits,
                        struct mw_error *err);

    /* Adds those of mw_editor_notices() that are the format's own. NULL: it has none. */
    void (*notices)(const char *text, size_t len, struct mw_notices *notices);

    /* Calls back for every section (`option` NULL) and for every option, as the tool compares
     * them, in the order of lines; `section` is NULL where the format has none. NULL: it cannot
     * say. */
    void (*names)(const char *text, size_t len, mw_each_name *each, void *context);

    /* Calls back for every element, in the order of the text. NULL: the format has none. */
    void (*elements)(const char *text, size_t len, mw_each_element *each, void *context);

    /* The same for what not every reader of the format takes: "float", "date", or the version of
     * the format that has it ("toml-1.1"). NULL: there is no such thing. */
    void (*odd)(const char *text, size_t len, mw_each_name *each, void *context);

    /* Numbers, true and false, strings and lists are different things (JSON); else all is text. */
    bool is_typed;
    bool has_lists; /* of texts, though all is text */
    /* What is written as one kind of these is no other to who reads it, "1" no number, in numbers
     * of its own spellings (0x1F, 1_000). */
    bool is_strict;
    bool is_json; /* what is neither a text nor a list of texts reads as JSON */

    /* In a copy of it that check() and put() are handed: who reads the file, and the section of
     * keys that name none, for messages. NULL: nobody in particular; no section has a say. */
    const char *reader, *section;

    /* Private to src/text: what the functions above, which are handed the editor for that, are
     * about; and how a comment begins, for formats in which characters that only look like ASCII's
     * are told: NULL where they are not. */
    const struct line_dialect *lines;
    const struct tree_format *tree;
    const char *comments;
    /* Of a byte order mark: the id of the notice, and N_() what it does; NULL: nothing. */
    const char *mark_id, *mark;
};

/* Adds lines that have no effect though they look as if they had. */
void mw_editor_notices(const struct mw_editor *editor, const char *text, size_t len,
                       struct mw_notices *notices);

/* Go's env file: KEY=VALUE lines (golang/go cmd/go/internal/cfg initEnvCache). Key: "GOPROXY".
 * Values are strings. A value is all bytes up to the LF, so a CR belongs to it: a line of ours
 * ends in a bare LF even in a file with CRLF, as `go env -w` writes it. */
extern const struct mw_editor mw_editor_env;

/* Python configparser.RawConfigParser as pip uses it. Key: "SECTION.OPTION", split at the first
 * dot; option names compare as pip does: lower case, '_' equals '-', a leading "--" dropped. Of
 * two spellings in a section the later one counts. A value that continues on indented lines is
 * a list of its non-empty lines, even if there is only one; any other is a string. So a list of
 * one item is written below its key, where a string stands beside it; an empty list cannot be
 * written. A value of [DEFAULT] counts for every section of the file: get() returns it, removing
 * a key can bring it to light, and so can a section that put() adds; but put() never touches it. */
extern const struct mw_editor mw_editor_ini;

/* Strict JSON object as Go's encoding/json reads it. Key: names joined by dots, as in the nested
 * formats below ("features.buildkit", "repositories.\"packagist.org\""); no item of an array is
 * picked. A list is an array of strings; an array
 * of anything else is a literal. Of duplicates the last counts, but objects merge, unless a null
 * between them starts anew. An empty text and a top-level null count as an empty object. */
extern const struct mw_editor mw_editor_json;

/* npm's .npmrc (npm/ini). Key: "registry", "@scope:registry", "//host/:_authToken", case kept. A
 * string, or a list of `key[]` lines, never empty. Bare keys read as "true"; `${NAME}` is given as
 * it stands. Only what stands before the first [section] counts. */
extern const struct mw_editor mw_editor_npmrc;

/* Homebrew's brew.env: NAME=VALUE lines taken literally, a last line without LF is dead; a shell's
 * env file ("env"): NAME=WORD or export NAME=WORD, quotes as in POSIX sh, nothing expanded;
 * Bundler's config ("bundle"): KEY: "VALUE" lines, the key as Bundler writes it; and the .yarnrc
 * of Yarn 1 ("yarnrc"): KEY "VALUE" lines, what stands below a key left alone. Values are
 * strings. */
extern const struct mw_editor mw_editor_brew_env;
extern const struct mw_editor mw_editor_shell_env;
extern const struct mw_editor mw_editor_bundle;
extern const struct mw_editor mw_editor_yarnrc;

/* The nested formats. Key: names joined by dots, "source.crates-io.replace-with"; a name that holds
 * a dot or a bracket stands in double quotes; `list[name=value]` picks, or makes, the list item
 * whose child `name` has that value. What is given in a form that is not edited is MW_BAD_CONFIG
 * with its line, unless it reads as wanted already.
 *
 * TOML 1.1. Strings, lists of strings; literals are true, false, numbers and dates (an array of
 * anything else and an inline table are read as literals). Not edited: inline tables and what
 * stands in them, tables made by dotted keys. A table that put() leaves with nothing but what picks
 * it goes with its header, unless a comment stands in it. */
extern const struct mw_editor mw_editor_toml;

/* YAML in block style, one document. Strings, lists of strings; literals are true, false, null and
 * numbers (YAML 1.1: yes, on, dates and the like, too; what is no string, as it is spelled). A flow
 * list on one line is edited as such; {}, null and, where items go, [] make room for what stands
 * below. Not edited: anchors, aliases, tags, maps in braces, values
 * over several lines, a map with `<<`. Of equal names the last one counts. A map or an item that
 * put() leaves with nothing but what picks it goes too, unless a comment stands in it. check() also
 * refuses what is YAML but not understood here: complex keys, directives, a second document. */
extern const struct mw_editor mw_editor_yaml;

/* XML without a document type. Key: the names of the elements from the root on,
 * "settings.mirrors.mirror[id=ours].url"; the last part may be an attribute,
 * "configuration.packageSources.add[@key=nuget.org].@value". Values are strings without blanks
 * around them. Of several elements that a part stands for the first is read and none edited. An
 * element that put() leaves with nothing but what picks it goes too, but not the
 * root. */
extern const struct mw_editor mw_editor_xml;

/* All of them; ends with NULL. */
extern const struct mw_editor *const mw_editors[];

#endif
