/* Inside the TOML scanner: what its two halves share. */
#ifndef MW_TOML_PARTS_H
#define MW_TOML_PARTS_H

#include "toml_scan.h"

/* -1 at the end. */
int toml_peek(const struct tree *toml);
bool toml_is_bare(int c);
bool toml_is_control(int c);
void toml_skip_blanks(struct tree *toml);
/* Bytes of the line ending at the position; 0 if there is none. */
size_t toml_ending(const struct tree *toml);

/* A string from its quote on. */
bool toml_scan_string(struct tree *toml);
/* Does the text begin so, where each 0 stands for a digit? */
bool toml_fits(const char *text, size_t len, const char *shape);
/* A number, a date, true, false. */
bool toml_is_other(const char *text, size_t len);
/* Of such a text. */
bool toml_is_date(const char *text, size_t len);
bool toml_is_float(const char *text, size_t len);
/* A whole number that does not fit into 64 bits, of which 1.0 says that it is an error. */
bool toml_is_too_big(const char *text, size_t len);
/* One more of those; of what 1.1 has added the first is told. */
void toml_note(struct tree *toml, size_t at, const char *what);
#define TOML_NEWER "toml-1.1"

#endif
