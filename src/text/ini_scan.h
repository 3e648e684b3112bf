/* The lines of a pip.conf as Python's configparser sees them.
 *
 * One line at a time, with the little state that RawConfigParser._read keeps (in a section? in an
 * option? how deep was it indented?), so that check, get, put and notices cannot disagree about
 * what a line is. Lines end as in Python's text mode: LF, CRLF or CR. Blanks are those of
 * str.strip(): Unicode's, not only ASCII's. Indentation counts characters, not bytes. */
#ifndef MW_INI_SCAN_H
#define MW_INI_SCAN_H

#include <stdbool.h>
#include <stddef.h>

enum ini_kind {
    INI_BLANK,
    INI_COMMENT,
    INI_SECTION, /* [name] */
    INI_OPTION,  /* name = value */
    INI_MORE,    /* indented deeper than its option: goes on with the value */
    /* What configparser refuses: */
    INI_HOMELESS, /* before the first section */
    INI_BARE,     /* neither a section nor a delimiter */
    INI_NAMELESS  /* nothing before the delimiter */
};

struct ini_line {
    enum ini_kind kind;
    size_t number;
    size_t begin, end;     /* without its ending */
    size_t next;           /* behind its ending */
    size_t text, text_end; /* without blanks at either end */
    size_t name, name_end; /* of a section or an option */
    size_t delimiter;      /* of an option: '=' or ':' */
    size_t value;          /* of an option or of more: [value, text_end) */
};

struct ini_scan {
    const char *text;
    size_t len;
    size_t pos;
    size_t number; /* of the line last read */
    bool in_section;
    bool in_option;
    size_t indent; /* of the last section or option, in characters */
};

/* Reads the next line; false at the end. A copy of `scan` goes on from where it was made. */
bool ini_next(struct ini_scan *scan, struct ini_line *line);

/* Bytes of the blank (str.isspace) that starts at `text`; 0 if there is none. */
size_t ini_blank_len(const char *text, size_t len);

/* strcmp() of two option names: lower case as configparser compares them; `as_pip` also takes
 * '_' for '-' and drops a leading "--". Letters beyond ASCII compare in their own case. */
int ini_compare(const char *a, size_t a_len, const char *b, size_t b_len, bool as_pip);
/* Equal for names that compare equal. */
size_t ini_hash(const char *name, size_t len, bool as_pip);

bool ini_is_default(const char *text, const struct ini_line *section);

/* The first line that configparser refuses; false if there is none. */
bool ini_refused(const char *text, size_t len, struct ini_line *line);

/* A name of a text. */
struct ini_name {
    const char *name; /* borrowed from the text */
    size_t len;
    size_t section; /* of an option: 0 is [DEFAULT], however often it occurs; else from 1 */
    size_t number;  /* of its line */
    size_t column;  /* in bytes, from 1 */
    size_t hash;
};

enum ini_sameness {
    INI_SAME_SECTION, /* section names, byte for byte; [DEFAULT] may repeat */
    INI_SAME_OPTION,  /* options of one section, as configparser compares them */
    INI_SAME_KEY      /* options of one section, as pip does */
};

struct ini_repeat {
    struct ini_name first, again; /* neighbours: of three equal names two pairs are reported */
};

/* Owned array of the names that occur again, before the first line that is refused. */
size_t ini_repeats(const char *text, size_t len, enum ini_sameness same,
                   struct ini_repeat **repeats);

#endif
