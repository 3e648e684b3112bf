/* What the editors have in common besides edits: blanks and line endings, what no grammar is about
 * (encodings, characters that are not what they look like), names that occur again, refusals. */
#ifndef MW_EDIT_PARTS_H
#define MW_EDIT_PARTS_H

#include <wchar.h>

#include "mirrorwise/edit.h"
#include "mirrorwise/text.h"

/* A part of a text, borrowed. */
struct edit_slice {
    const char *text;
    size_t len;
};
void edit_put_slice(struct mw_buf *out, struct edit_slice slice);
/* "\r\n" if the first line ends so, else "\n". */
const char *edit_ending(const char *text, size_t len);
static inline bool edit_is_space(char c)
{
    return mw_text_is_blank(c) || c == '\r' || c == '\n';
}
/* A letter of ASCII, a digit, '-' or '_', of which names are made that need no quotes. */
bool edit_is_word(int c);
/* Are the bytes from `begin` up to `end` that word? */
bool edit_is(const char *text, size_t begin, size_t end, const char *word);
/* The next place in [at, end) that is no blank; `end` if there is none. */
size_t edit_skip_blanks(const char *text, size_t at, size_t end);
/* The same of line endings, too. */
size_t edit_skip_space(const char *text, size_t at, size_t end);

/* What str.isspace() of Python and String.trim() of JavaScript take for a blank, Unicode's too. */
enum edit_language { EDIT_PYTHON, EDIT_JAVASCRIPT };
/* Bytes of the blank at the start of the text; 0 if there is none. */
size_t edit_blank_len(enum edit_language language, const char *text, size_t len);
/* Narrows [*begin, *end) to what stands between its blanks. */
void edit_trim(enum edit_language language, const char *text, size_t *begin, size_t *end);
/* The length of the escape at `text`, which begins with a backslash, and what it stands for; 0: it
 * is none. `meant` has a character for each of `letters`; behind \x, \u and \U stand 2, 4 or 8
 * digits. */
size_t edit_escape(const char *text, size_t len, const char *letters, const wchar_t *meant,
                   unsigned *point);
/* Appends a string in double quotes, as TOML and YAML both read it; what no reader takes as it is,
 * is escaped. */
void edit_put_quoted(const char *item, struct mw_buf *out);
/* No quote in it and no control character, which '...' of TOML and YAML could not hold. */
bool edit_fits_single_quotes(const char *item);

/* MW_BAD_CONFIG with "PATH:LINE:COLUMN: what." of that place in the text. `hint` is a whole
 * sentence; NULL: that the tool cannot read the file either. */
enum mw_code edit_refuse(struct mw_error *err, const char *step, const char *path, const char *text,
                         size_t at, const char *what, const char *hint);
/* MW_USAGE if the item is not UTF-8. */
enum mw_code edit_check_utf8(struct mw_error *err, const char *key, const char *item);
/* MW_USAGE: "The value of KEY holds WHAT." */
enum mw_code edit_refuse_value(struct mw_error *err, const char *key, const char *what);

/* ---- odd_text.c ---- */

/* `check` of an editor. Refuses a text that is not UTF-8, with the step "encoding" in `err`; that
 * begins with the mark of another encoding, too. All that check() does for formats whose tools
 * ignore what they cannot read. */
enum mw_code odd_text_check(const struct mw_editor *editor, const char *path, const char *text,
                            size_t len, struct mw_error *err);
/* The same for tools that read any bytes: refuses only what has the byte order mark of another
 * encoding. */
enum mw_code odd_text_check_mark(const struct mw_editor *editor, const char *path, const char *text,
                                 size_t len, struct mw_error *err);
/* Bytes of the byte order mark of UTF-8 at the start of the text; 0 if there is none. */
size_t odd_text_mark(const char *text, size_t len);
/* Where the first byte below 0x20 is that is no tab, \n or \r; `len` if there is none. */
size_t odd_text_control(const char *text, size_t len);

/* Names characters that pass for ASCII's: blanks that are none, full-width signs, curly quotes;
 * one a line, and none on lines that begin with one of `comments`. */
void odd_text_notices(const char *text, size_t len, const char *comments,
                      struct mw_notices *notices);

/* ---- names.c: the names of a text, to find those that occur again ---- */

struct name {
    char *text;   /* owned; as it is compared */
    size_t scope; /* the same text in another scope is another name */
    size_t place; /* among all, as they were added */
    size_t line;
    size_t at, len; /* the caller's: how it is spelled */
};

struct names {
    struct name *items;
    size_t count;
};

/* Borrowed until the next call. */
struct name *names_add(struct names *names, char *take_text, size_t scope, size_t line);
/* The same ones side by side, as they were added; cheap in a text of any size. */
void names_sort(struct names *names);
/* Of sorted ones: is this one the same as the one before it? */
bool names_again(const struct names *names, size_t i);
void names_release(struct names *names);

#endif
