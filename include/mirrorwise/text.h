/* Text: the only way for foreign bytes to reach a terminal or a document.
 *
 * Whatever comes from the network, a file, the environment or a child process is untrusted: it
 * may hold escape sequences, bidi overrides, zero-width characters, broken UTF-8. Printing code
 * passes it through mw_text_safe(); secrets pass through mw_text_redact() first. */
#ifndef MW_TEXT_H
#define MW_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Length of the valid UTF-8 sequence at `text` (1 to 4), 0 if there is none; *code_point is set
 * when it is not NULL. Surrogates and overlong forms are invalid (RFC 3629). */
size_t mw_utf8_decode(const char *text, size_t len, unsigned *code_point);
bool mw_utf8_valid(const char *text, size_t len);
/* Where the first byte is that is not UTF-8; `len` if there is none. */
size_t mw_utf8_bad(const char *text, size_t len);
/* Appends the UTF-8 form of a code point to `out` (4 bytes of room); returns its length. */
size_t mw_utf8_encode(unsigned code_point, char out[4]);
/* True for code points that must not reach a terminal as they are: control, bidi, invisible. */
bool mw_utf8_unsafe(unsigned code_point);
/* Names a character that passes for one of ASCII's, "U+FF0C (a full-width comma), which is no
 * comma", untranslated; NULL for all others. */
const char *mw_utf8_lookalike(unsigned code_point);
/* The same of the character at a place in a text. */
const char *mw_utf8_lookalike_at(const char *text, size_t len, size_t at);
/* The length of the character at `text` if it stands where ASCII was meant, as input methods, word
 * processors and web pages have it, else 0; `ascii` is what was meant, "" for one that nobody sees.
 */
size_t mw_utf8_meant(const char *text, size_t len, char ascii[2]);
/* Display columns of one code point: 0, 1 or 2; 0 for an unsafe one. */
size_t mw_utf8_cols(unsigned code_point);

/* Owned: what stands before the last '/', "." if there is none: dirname(3). */
char *mw_text_directory(const char *path);
/* Owned: A-Z become a-z. */
char *mw_text_lower(const char *text);

/* Owned: `text` with C0, C1, DEL, U+2028/9 and format characters (bidi, zero-width, BOM) shown
 * as \xNN or \u{NNNN}, invalid bytes as \xNN. LF and TAB are escaped too unless `keep_lines`
 * (they count no column then). Longer than `max_cols` columns (0: no limit) is cut with an
 * ellipsis; an escape is never cut in two. The result is valid UTF-8 without NULs. */
char *mw_text_safe(const char *text, size_t len, size_t max_cols, bool keep_lines);
/* Display columns of valid UTF-8 text: wide characters count 2, combining ones 0. Depends on
 * no locale. */
size_t mw_text_cols(const char *text);

/* Owned: the text with the credentials of every URL inside replaced (`user:****@host`, a lone
 * token becomes `****@host`; the rule of pip's utils/misc.py redact_auth_from_url) and the values
 * of query keys whose last word is token, key, sig, password, auth or the like masked. In doubt
 * more is masked. */
char *mw_text_redact(const char *text);
/* The same for lines of a file that somebody else keeps settings in: the values of those that say
 * they are secret ("_authToken=", "<password>", "token: ") become **** too. Owned. */
char *mw_text_redact_settings(const char *text);
/* Does the name that ends at `at`, and begins at or behind `begin`, say that a secret follows:
 * "_authToken", "API-Key", "pasword"? */
bool mw_text_ends_secret_name(const char *begin, const char *at);
/* Does it look like a token that a program made? */
bool mw_text_is_token(const char *text, size_t len);
/* True if redaction would change the text. */
bool mw_text_has_secret(const char *text);

/* The value of a hexadecimal digit; -1 if it is none. */
int mw_text_hex(char c);
/* That of so many digits at `text`. */
unsigned mw_text_hex_value(const char *text, size_t digits);

/* Copies as much of a text as there is room for, cut where a character ends. */
void mw_text_put(char *room, size_t size, const char *text);

bool mw_text_starts(const char *text, const char *prefix);
/* Does it begin with that form, in which each 0 stands for a digit? */
bool mw_text_fits(const char *text, size_t len, const char *form);
/* Has it characters, all of them of `set`? */
bool mw_text_is_of(const char *text, const char *set);
/* Is it one of `words`, of which the last is NULL, whatever its case? */
bool mw_text_is_word(const char *text, size_t len, const char *const *words);
/* Owned: `text` with every `what` in it replaced. */
char *mw_text_replace(const char *text, const char *what, const char *with);

/* Bytes up to the next place where a line may be broken, 0 at a blank or the end: a word, or one
 * wide character with the punctuation that belongs to it (no line starts with a Chinese comma or
 * ends with an opening bracket). Never more than `limit` columns wide unless it is one character;
 * 0: no limit. *cols receives its width. */
size_t mw_text_piece(const char *text, size_t limit, size_t *cols);
static inline bool mw_text_is_blank(char c)
{
    return c == ' ' || c == '\t';
}
/* Trims blanks and tabs at both ends of [*text, *text + *len). */
void mw_text_trim(const char **text, size_t *len);
/* Owned: a time as RFC 3339 has it, in UTC: "2026-08-21T09:30:00Z". */
char *mw_text_time(long seconds_since_1970);
/* Seconds since 1970 of a time of RFC 3339, in any zone (none: UTC); -1 for another text. */
long mw_text_seconds(const char *text);
/* Borrowed: the closest of `names` by edit distance if it is close enough to be a slip, else NULL.
 */
struct mw_strings;
const char *mw_text_closest(const char *text, const struct mw_strings *names);

/* Unified diff (GNU format, 3 lines of context) of two texts; appends to nothing and returns an
 * owned string, "" if equal. `from` and `to` are the names of the two header lines. A missing
 * final newline is marked as diff(1) does. */
char *mw_text_diff(const char *before, size_t before_len, const char *after, size_t after_len,
                   const char *from, const char *to);

/* Owned: the clock on the wall at a time as in "2026-08-21T09:30:00Z", and how far that is from
 * UTC; another text as it is. */
char *mw_text_local_time(const char *utc);

#endif
