/* What the editors have in common besides edits: how a file ends its lines, and refusals. */
#ifndef MW_EDIT_PARTS_H
#define MW_EDIT_PARTS_H

#include <wchar.h>

#include "key_path.h"
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
/* No quote in it and no control character, which '...' of TOML and YAML could not hold. */
bool edit_fits_single_quotes(const char *item);

/* MW_BAD_CONFIG with "PATH:LINE:COLUMN: what." of that place in the text. `hint` is a whole
 * sentence; NULL: that the tool cannot read the file either. */
enum mw_code edit_refuse(struct mw_error *err, const char *step, const char *path, const char *text,
                         size_t at, const char *what, const char *hint);
size_t edit_line(const char *text, size_t at);
/* MW_USAGE if the key was no path that leads to a value. */
enum mw_code edit_check_path(struct mw_error *err, const char *key, const struct key_path *path,
                             bool is_parsed);
/* MW_USAGE if an item of the value is not UTF-8. */
enum mw_code edit_check_items(struct mw_error *err, const char *key, const struct mw_value *value);
enum mw_code edit_check_utf8(struct mw_error *err, const char *key, const char *item);
/* MW_USAGE: "The value of KEY holds WHAT." */
enum mw_code edit_refuse_value(struct mw_error *err, const char *key, const char *what);

#endif
