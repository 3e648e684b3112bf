/* What no format's grammar is about: the encoding of a text, and characters that are not what they
 * look like. */
#ifndef MW_ODD_TEXT_H
#define MW_ODD_TEXT_H

#include "mirrorwise/edit.h"

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
#endif
